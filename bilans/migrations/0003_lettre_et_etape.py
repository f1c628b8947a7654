"""Une lettre connaît l’étape qu’elle est ; ce lien, comme le reste du document, ne change plus."""

import django.db.models.deletion
from django.db import migrations, models

from clauses.socle.immuable import interdire_modification

PHRASE = "Un document émis ne se modifie pas : l’annuler, puis en émettre un autre."
FIGEES = (
    "structure_id", "engagement_id", "nature", "titre", "annee", "numero", "code", "totaux", "format", "contenu",
    "empreinte", "emis_le", "emis_par_id",
)  # fmt: skip
anciens = interdire_modification("bilans_document", PHRASE, FIGEES)
nouveaux = interdire_modification("bilans_document", PHRASE, (*FIGEES, "evenement_id"))


class Migration(migrations.Migration):
    dependencies = [
        ("bilans", "0002_documents_figes"),
        ("marches", "0011_messages_sans_signe_pour_cent"),
    ]

    operations = [
        # SQLite refait la table, et perd ses déclencheurs : on les retire avant, on les repose après.
        migrations.RunPython(*reversed(anciens)),
        migrations.AddField(
            model_name="document",
            name="evenement",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lettres",
                to="marches.evenement",
                verbose_name="étape",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("evenement", None),
                    ("nature__in", ["MISE_EN_DEMEURE", "RELANCE_1", "RELANCE_2"]),
                    _connector="OR",
                ),
                name="document_etape_d_une_lettre",
                violation_error_message="Seule une relance ou une mise en demeure est une étape de la suite graduée.",
            ),
        ),
        migrations.RunPython(*nouveaux),
    ]
