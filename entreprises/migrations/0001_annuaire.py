from django.db import migrations, models

import clauses.socle.champs
import clauses.socle.recherche


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entreprise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "siret",
                    clauses.socle.champs.SiretField(
                        error_messages={"unique": "Ce SIRET est déjà dans l’annuaire."},
                        max_length=14,
                        unique=True,
                        verbose_name="SIRET",
                    ),
                ),
                (
                    "recherche",
                    clauses.socle.recherche.RechercheField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=300,
                        sources=["raison_sociale"],
                        verbose_name="texte de recherche",
                    ),
                ),
                ("raison_sociale", models.CharField(max_length=255, verbose_name="raison sociale")),
                (
                    "type_employeur",
                    models.CharField(
                        choices=[
                            ("ENTREPRISE", "Entreprise"),
                            ("ETT", "Entreprise de travail temporaire"),
                            ("ETTI", "Entreprise de travail temporaire d’insertion"),
                            ("AI", "Association intermédiaire"),
                            ("GEIQ", "Groupement d’employeurs pour l’insertion et la qualification"),
                            ("EATT", "Entreprise adaptée de travail temporaire"),
                            ("EI", "Entreprise d’insertion"),
                            ("ACI", "Atelier et chantier d’insertion"),
                            ("EITI", "Entreprise d’insertion par le travail indépendant"),
                            ("EA", "Entreprise adaptée"),
                            ("ESAT", "Établissement et service d’aide par le travail"),
                            ("REGIE_QUARTIER", "Régie de quartier"),
                            ("SEP", "Structure d’emploi pénitentiaire"),
                            ("AUTRE", "Autre employeur"),
                        ],
                        default="ENTREPRISE",
                        max_length=20,
                        verbose_name="type d’employeur",
                    ),
                ),
                ("naf", models.CharField(blank=True, max_length=6, verbose_name="code NAF")),
                ("commune_insee", models.CharField(blank=True, max_length=5, verbose_name="commune (code INSEE)")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
            ],
            options={
                "verbose_name": "entreprise",
                "ordering": ["raison_sociale", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("siret__regex", "^[0-9]{14}$")),
                        name="entreprise_siret_14_chiffres",
                        violation_error_message="Un SIRET comporte 14 chiffres.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("commune_insee__regex", "^(([0-9]{2}|2[AB])[0-9]{3})?$")),
                        name="entreprise_code_insee",
                        violation_error_message="Un code INSEE de commune comporte 5 caractères, par exemple 62041.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "type_employeur__in",
                                [
                                    "ENTREPRISE",
                                    "ETT",
                                    "ETTI",
                                    "AI",
                                    "GEIQ",
                                    "EATT",
                                    "EI",
                                    "ACI",
                                    "EITI",
                                    "EA",
                                    "ESAT",
                                    "REGIE_QUARTIER",
                                    "SEP",
                                    "AUTRE",
                                ],
                            )
                        ),
                        name="entreprise_type_employeur",
                        violation_error_message="Ce type d’employeur n’existe pas.",
                    ),
                ],
            },
        ),
    ]
