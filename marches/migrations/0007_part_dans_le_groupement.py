"""La part d’une entreprise dans son groupement, pour répartir un objectif commun."""

from __future__ import annotations

from decimal import Decimal

import clauses.socle.champs
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marches", "0006_objectif_de_chaque_type")]

    operations = [
        migrations.AddField(
            model_name="engagement",
            name="part_groupement",
            field=clauses.socle.champs.CentiemesField(
                blank=True,
                help_text="Répartit l’objectif entre les entreprises engagées ; vide : selon ce que chacune facture.",
                null=True,
                verbose_name="part dans le groupement (%)",
            ),
        ),
        migrations.AddConstraint(
            model_name="engagement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("part_groupement", None),
                    models.Q(("part_groupement__gt", 0), ("part_groupement__lte", Decimal("100"))),
                    _connector="OR",
                ),
                name="engagement_part_groupement",
                violation_error_message="La part dans le groupement va de 0 à 100 pour cent.",
            ),
        ),
    ]
