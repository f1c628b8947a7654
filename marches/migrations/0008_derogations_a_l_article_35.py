"""Les quatre dérogations du L2112-2-1, en toutes lettres."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marches", "0007_part_dans_le_groupement")]

    operations = [
        migrations.AlterField(
            model_name="marche",
            name="position_art35",
            field=models.CharField(
                choices=[
                    ("A_DETERMINER", "À déterminer"),
                    ("NON_CONCERNE", "Non concerné"),
                    ("CONCERNE_CLAUSE", "Concerné, clause prévue"),
                    ("DEROGATION_1", "Dérogation 1, solution immédiatement disponible"),
                    ("DEROGATION_2", "Dérogation 2, pas de lien suffisant avec l’objet"),
                    ("DEROGATION_3", "Dérogation 3, concurrence restreinte ou exécution difficile"),
                    ("DEROGATION_4", "Dérogation 4, durée inférieure à six mois"),
                ],
                default="A_DETERMINER",
                max_length=20,
                verbose_name="position article 35",
            ),
        ),
    ]
