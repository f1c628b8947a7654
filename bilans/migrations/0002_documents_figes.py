"""Un document émis ne change plus : la base le refuse ; seule son annulation s’inscrit."""

from django.db import migrations

from clauses.socle.immuable import interdire_modification

FIGEES = (
    "structure_id", "engagement_id", "nature", "titre", "annee", "numero", "code", "totaux", "format", "contenu",
    "empreinte", "emis_le", "emis_par_id",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("bilans", "0001_documents")]

    operations = [
        migrations.RunPython(
            *interdire_modification(
                "bilans_document", "Un document émis ne se modifie pas : l’annuler, puis en émettre un autre.", FIGEES
            )
        )
    ]
