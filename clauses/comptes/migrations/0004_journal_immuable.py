"""Le journal ne se modifie pas : la base le refuse."""

from django.db import migrations

from clauses.socle.immuable import interdire_modification


class Migration(migrations.Migration):
    dependencies = [("comptes", "0003_table_du_cache")]

    operations = [
        migrations.RunPython(*interdire_modification("comptes_ecriturejournal", "Le journal ne se modifie pas."))
    ]
