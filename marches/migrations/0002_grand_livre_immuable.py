"""Le grand livre des engagements se complète, il ne se modifie pas : la base le refuse."""

from django.db import migrations

from clauses.socle.immuable import interdire_modification


class Migration(migrations.Migration):
    dependencies = [("marches", "0001_marches_clauses_engagements")]

    operations = [
        migrations.RunPython(
            *interdire_modification("marches_mouvementengagement", "Le grand livre ne se modifie pas : le compléter.")
        )
    ]
