"""Publications DECP, modifications datées d’un marché, contrats à veiller (article 35)."""

import clauses.socle.champs
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0011_invitations"),
        ("marches", "0013_echeancier"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicationDecp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_identifiant", models.CharField(max_length=120, verbose_name="identifiant dans la source")),
                ("id_accord_cadre", models.CharField(blank=True, max_length=60, verbose_name="accord-cadre")),
                ("date_publication", models.DateField(blank=True, null=True, verbose_name="date de publication")),
                ("valeurs", models.JSONField(default=dict, verbose_name="valeurs de la source")),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="marches.lot",
                        verbose_name="lot",
                    ),
                ),
                (
                    "marche",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="marches.marche",
                        verbose_name="marché",
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
                "verbose_name": "publication DECP",
                "verbose_name_plural": "publications DECP",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ModificationMarche",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="date de la modification")),
                (
                    "montant_ht",
                    clauses.socle.champs.EurosField(blank=True, null=True, verbose_name="nouveau montant HT"),
                ),
                (
                    "duree_mois",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="nouvelle durée (mois)"),
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
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="modifications",
                        to="marches.publicationdecp",
                        verbose_name="publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "modification de marché",
                "verbose_name_plural": "modifications de marché",
                "ordering": ["date", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ContratAVeiller",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identifiant", models.CharField(max_length=60, verbose_name="identifiant")),
                ("objet", models.CharField(max_length=1000, verbose_name="objet")),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("MARCHE", "Marché"),
                            ("PARTENARIAT", "Marché de partenariat"),
                            ("DEFENSE", "Marché de défense ou de sécurité"),
                            ("CONCESSION", "Concession"),
                        ],
                        default="MARCHE",
                        max_length=20,
                        verbose_name="nature",
                    ),
                ),
                ("cpv", models.CharField(blank=True, max_length=10, verbose_name="code CPV")),
                ("montant_ht", clauses.socle.champs.EurosField(verbose_name="montant HT")),
                ("date_notification", models.DateField(blank=True, null=True, verbose_name="date de notification")),
                ("seuil_ht", clauses.socle.champs.EurosField(verbose_name="seuil HT")),
                (
                    "acheteur",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="marches.acheteur",
                        verbose_name="acheteur",
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
                "verbose_name": "contrat à veiller",
                "verbose_name_plural": "contrats à veiller",
                "ordering": ["-date_notification", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("structure", "acheteur", "identifiant"),
                        name="veille_contrat_unique",
                        violation_error_message="Ce contrat est déjà à veiller.",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="publicationdecp",
            constraint=models.UniqueConstraint(
                fields=("structure", "source_identifiant"),
                name="publication_source_unique",
                violation_error_message="Ce contrat publié est déjà rattaché à un marché.",
            ),
        ),
        migrations.AddConstraint(
            model_name="modificationmarche",
            constraint=models.CheckConstraint(
                condition=models.Q(("montant_ht", None), ("montant_ht__gte", 0), _connector="OR"),
                name="modification_montant_positif",
                violation_error_message="Le nouveau montant d’un marché ne peut pas être négatif.",
            ),
        ),
    ]
