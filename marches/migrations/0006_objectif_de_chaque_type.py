"""Ce que chaque type d’objectif demande : heures totales, personnes, ETP, plancher, offre, texte."""

from __future__ import annotations

import clauses.socle.champs
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marches", "0005_baremes")]

    operations = [
        migrations.RemoveConstraint(
            model_name="clause",
            name="clause_objectif_complet_ou_absent",
        ),
        migrations.AddField(
            model_name="clause",
            name="objectif_etp",
            field=clauses.socle.champs.CentiemesField(
                blank=True, null=True, verbose_name="équivalents temps plein à employer"
            ),
        ),
        migrations.AddField(
            model_name="clause",
            name="objectif_heures_totales",
            field=clauses.socle.champs.HeuresField(
                blank=True, null=True, verbose_name="heures travaillées en tout sur le lot"
            ),
        ),
        migrations.AddField(
            model_name="clause",
            name="objectif_offre",
            field=clauses.socle.champs.HeuresField(
                blank=True, null=True, verbose_name="heures offertes par le titulaire"
            ),
        ),
        migrations.AddField(
            model_name="clause",
            name="objectif_part_heures",
            field=clauses.socle.champs.CentiemesField(
                blank=True, null=True, verbose_name="part réservée à l’insertion (%)"
            ),
        ),
        migrations.AddField(
            model_name="clause",
            name="objectif_personnes",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="personnes à employer"),
        ),
        migrations.AddField(
            model_name="clause",
            name="objectif_plancher",
            field=clauses.socle.champs.HeuresField(
                blank=True, null=True, verbose_name="heures demandées au moins (plancher)"
            ),
        ),
        migrations.AddField(
            model_name="clause",
            name="objectif_texte",
            field=models.TextField(blank=True, verbose_name="objectif, tel que le contrat l’écrit"),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("objectif_cout_horaire", None),
                        ("objectif_exclu", None),
                        ("objectif_montant", None),
                        ("objectif_part", None),
                        ("objectif_taux", None),
                    ),
                    models.Q(
                        ("objectif_cout_horaire__gt", 0),
                        ("objectif_cout_horaire__isnull", False),
                        ("objectif_montant__gt", 0),
                        ("objectif_montant__isnull", False),
                        ("objectif_part__gt", 0),
                        ("objectif_part__isnull", False),
                        ("objectif_part__lte", 100),
                        ("objectif_taux__gt", 0),
                        ("objectif_taux__isnull", False),
                        ("objectif_taux__lte", 100),
                    ),
                    _connector="OR",
                ),
                name="clause_objectif_complet_ou_absent",
                violation_error_message="Un calcul d’objectif se garde entier : montant, part de main-d’œuvre et taux (de 0 à 100 pour cent), coût horaire, tous supérieurs à zéro.",
            ),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("objectif_exclu", None),
                    models.Q(("objectif_exclu__gte", 0), ("objectif_exclu__lt", models.F("objectif_montant"))),
                    _connector="OR",
                ),
                name="clause_objectif_exclu",
                violation_error_message="Le personnel repris, exclu de l’assiette, coûte moins que le montant.",
            ),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("objectif_heures_totales", None), ("objectif_part_heures", None)),
                    models.Q(
                        ("objectif_heures_totales__gt", 0),
                        ("objectif_heures_totales__isnull", False),
                        ("objectif_part_heures__gt", 0),
                        ("objectif_part_heures__isnull", False),
                        ("objectif_part_heures__lte", 100),
                    ),
                    _connector="OR",
                ),
                name="clause_objectif_part_heures",
                violation_error_message="Une part des heures travaillées se donne avec le total des heures, supérieur à zéro, et un pourcentage de 0 à 100.",
            ),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("objectif_personnes", None), ("objectif_personnes__gt", 0), _connector="OR"),
                    models.Q(("objectif_etp", None), ("objectif_etp__gt", 0), _connector="OR"),
                ),
                name="clause_objectif_personnes",
                violation_error_message="Un nombre de personnes ou d’équivalents temps plein est supérieur à zéro.",
            ),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("objectif_plancher", None), ("objectif_plancher__gte", 0), _connector="OR"),
                    models.Q(("objectif_offre", None), ("objectif_offre__gte", 0), _connector="OR"),
                ),
                name="clause_objectif_offre",
                violation_error_message="Le plancher et l’offre sont des heures, jamais négatives.",
            ),
        ),
    ]
