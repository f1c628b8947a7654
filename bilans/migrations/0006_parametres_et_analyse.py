"""Les paramètres du bilan Département et son analyse qualitative, que la structure règle et rédige."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bilans", "0005_bilans_emis_figes"),
        ("comptes", "0008_message_des_seuils"),
    ]

    operations = [
        migrations.CreateModel(
            name="AnalyseQualitative",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("du", models.DateField(verbose_name="du")),
                ("au", models.DateField(verbose_name="au")),
                (
                    "faits_marquants",
                    models.TextField(blank=True, max_length=4000, verbose_name="faits marquants de la période"),
                ),
                ("publics", models.TextField(blank=True, max_length=4000, verbose_name="publics et parcours")),
                (
                    "acheteurs",
                    models.TextField(blank=True, max_length=4000, verbose_name="acheteurs et commande publique"),
                ),
                (
                    "entreprises",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="entreprises et structures d’insertion"
                    ),
                ),
                (
                    "difficultes",
                    models.TextField(blank=True, max_length=4000, verbose_name="difficultés et réponses apportées"),
                ),
                ("perspectives", models.TextField(blank=True, max_length=4000, verbose_name="perspectives")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
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
                "verbose_name": "analyse qualitative",
                "verbose_name_plural": "analyses qualitatives",
                "ordering": ["-du", "-au", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("structure", "du", "au"),
                        name="analyse_une_par_periode",
                        violation_error_message="Cette période a déjà son analyse.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("du__lte", models.F("au"))),
                        name="analyse_periode_dans_l_ordre",
                        violation_error_message="La période de l’analyse finit avant de commencer.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ParametresBilan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "definition_brsa",
                    models.CharField(
                        choices=[
                            ("A_L_ENTREE", "Critère RSA, principal ou non, à l’entrée"),
                            ("PRINCIPAL", "Critère RSA principal seulement, à l’entrée"),
                        ],
                        default="A_L_ENTREE",
                        max_length=20,
                        verbose_name="définition du BRSA",
                    ),
                ),
                (
                    "annexe_nominative",
                    models.BooleanField(default=False, verbose_name="annexe nominative conventionnée"),
                ),
                ("lignes_masquees", models.JSONField(blank=True, default=list, verbose_name="lignes masquées")),
                ("objectifs", models.JSONField(blank=True, default=dict, verbose_name="objectifs par année")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "structure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.structure",
                        verbose_name="structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "paramètres du bilan",
                "verbose_name_plural": "paramètres du bilan",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("definition_brsa__in", ["A_L_ENTREE", "PRINCIPAL"])),
                        name="parametres_definition_brsa",
                        violation_error_message="Cette définition du BRSA n’existe pas.",
                    )
                ],
            },
        ),
    ]
