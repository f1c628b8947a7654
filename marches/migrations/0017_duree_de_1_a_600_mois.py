"""Une durée de marché va de 1 à 600 mois."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marches", "0016_durees_impossibles")]

    operations = [
        migrations.AddConstraint(
            model_name="marche",
            constraint=models.CheckConstraint(
                condition=models.Q(("duree_mois", None), ("duree_mois__range", (1, 600)), _connector="OR"),
                name="marche_duree",
                violation_error_message="La durée d’un marché va de 1 à 600 mois.",
            ),
        ),
    ]
