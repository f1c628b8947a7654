"""L’échéancier d’un engagement : quelle part est attendue, à quelle date."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0008_message_des_seuils"),
        ("marches", "0012_decision_recue_par_courrier"),
    ]

    operations = [
        migrations.CreateModel(
            name="JalonEngagement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="date")),
                ("part", models.PositiveSmallIntegerField(verbose_name="part attendue (%)")),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jalons",
                        to="marches.engagement",
                        verbose_name="engagement",
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.structure",
                        verbose_name="structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "jalon de l’échéancier",
                "verbose_name_plural": "jalons de l’échéancier",
                "ordering": ["date", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("engagement", "date"),
                        name="jalon_date_unique",
                        violation_error_message="L’échéancier a déjà un jalon à cette date.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(part__range=(0, 100)),
                        name="jalon_part",
                        violation_error_message="La part attendue va de 0 à 100 pour cent.",
                    ),
                ],
            },
        ),
    ]
