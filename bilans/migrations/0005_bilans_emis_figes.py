"""Un bilan émis ne change plus : la base refuse toute modification ; on le réémet."""

from django.db import migrations

from clauses.socle.immuable import interdire_modification


class Migration(migrations.Migration):
    dependencies = [("bilans", "0004_bilans_emis")]

    operations = [
        migrations.RunPython(
            *interdire_modification(
                "bilans_bilanemis", "Un bilan émis ne se modifie pas : le réémettre fait la version suivante."
            )
        )
    ]
