from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import clauses.socle.champs


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Rattachement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("FACILITATEUR", "Facilitateur"),
                            ("RESPONSABLE", "Responsable"),
                            ("LECTEUR", "Lecteur"),
                            ("ACHETEUR", "Acheteur"),
                            ("ENTREPRISE", "Entreprise"),
                            ("FINANCEUR", "Financeur"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                ("est_actif", models.BooleanField(default=True, verbose_name="actif")),
            ],
            options={
                "verbose_name": "rattachement",
                "ordering": ["structure", "role", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Structure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sigle", models.CharField(max_length=20, unique=True, verbose_name="sigle")),
                ("nom", models.CharField(max_length=200, verbose_name="nom")),
                ("base_etp", models.PositiveSmallIntegerField(default=1820, verbose_name="base ETP (heures par an)")),
                (
                    "duree_eligibilite_mois",
                    models.PositiveSmallIntegerField(default=24, verbose_name="durée d’éligibilité (mois)"),
                ),
                (
                    "delai_sortie_mois",
                    models.PositiveSmallIntegerField(default=3, verbose_name="délai de sortie sans heure (mois)"),
                ),
                (
                    "seuil_avertissement_heures",
                    clauses.socle.champs.HeuresField(
                        default=Decimal("151.67"), verbose_name="avertissement au-delà de (h par mois)"
                    ),
                ),
                (
                    "seuil_refus_heures",
                    clauses.socle.champs.HeuresField(
                        default=Decimal("250.00"), verbose_name="refus au-delà de (h par mois)"
                    ),
                ),
                (
                    "etp_facilitateurs",
                    clauses.socle.champs.HeuresField(blank=True, null=True, verbose_name="ETP de facilitateur"),
                ),
                ("departement", models.CharField(default="62", max_length=3, verbose_name="département")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
            ],
            options={
                "verbose_name": "structure",
                "ordering": ["sigle"],
            },
        ),
        migrations.CreateModel(
            name="Utilisateur",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="adresse de courriel")),
                ("nom", models.CharField(blank=True, max_length=100, verbose_name="nom")),
                ("prenom", models.CharField(blank=True, max_length=100, verbose_name="prénom")),
                ("is_active", models.BooleanField(default=True, verbose_name="actif")),
            ],
            options={
                "verbose_name": "utilisateur",
                "ordering": ["nom", "prenom", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        name="utilisateur_courriel_unique",
                        violation_error_message="Cette adresse de courriel a déjà un compte.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EcritureJournal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "nature",
                    models.CharField(
                        choices=[("ECRITURE", "Écriture"), ("LECTURE", "Consultation")],
                        max_length=10,
                        verbose_name="nature",
                    ),
                ),
                ("action", models.CharField(max_length=60, verbose_name="action")),
                ("objet_type", models.CharField(max_length=60, verbose_name="type d’objet")),
                ("objet_id", models.CharField(blank=True, max_length=40, verbose_name="identifiant de l’objet")),
                ("avant", models.JSONField(blank=True, null=True, verbose_name="avant")),
                ("apres", models.JSONField(blank=True, null=True, verbose_name="après")),
                ("nombre", models.PositiveIntegerField(default=1, verbose_name="nombre d’objets")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("FACILITATEUR", "Facilitateur"),
                            ("RESPONSABLE", "Responsable"),
                            ("LECTEUR", "Lecteur"),
                            ("ACHETEUR", "Acheteur"),
                            ("ENTREPRISE", "Entreprise"),
                            ("FINANCEUR", "Financeur"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                ("inscrite_le", models.DateTimeField(auto_now_add=True, verbose_name="inscrite le")),
                (
                    "inscrite_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="inscrite par",
                    ),
                ),
            ],
            options={
                "verbose_name": "écriture du journal",
                "verbose_name_plural": "écritures du journal",
                "ordering": ["-inscrite_le", "-pk"],
            },
        ),
    ]
