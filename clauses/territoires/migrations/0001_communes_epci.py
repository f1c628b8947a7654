import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Epci",
            fields=[
                ("siren", models.CharField(max_length=9, primary_key=True, serialize=False, verbose_name="SIREN")),
                ("nom", models.CharField(max_length=120, verbose_name="nom")),
                ("type", models.CharField(blank=True, max_length=10, verbose_name="type")),
            ],
            options={
                "verbose_name": "intercommunalité",
                "verbose_name_plural": "intercommunalités",
                "ordering": ["nom"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("siren__regex", "^[0-9]{9}$")),
                        name="epci_siren_9_chiffres",
                        violation_error_message="Le SIREN d’une intercommunalité comporte 9 chiffres.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Commune",
            fields=[
                (
                    "code_insee",
                    models.CharField(max_length=5, primary_key=True, serialize=False, verbose_name="code INSEE"),
                ),
                ("nom", models.CharField(max_length=120, verbose_name="nom")),
                ("departement", models.CharField(db_index=True, max_length=3, verbose_name="département")),
                (
                    "population_municipale",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="population municipale"),
                ),
                ("a_qpv", models.BooleanField(default=False, verbose_name="porte un quartier prioritaire")),
                (
                    "epci",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communes",
                        to="territoires.epci",
                        verbose_name="intercommunalité",
                    ),
                ),
            ],
            options={
                "verbose_name": "commune",
                "ordering": ["nom"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code_insee__regex", "^([0-9]{2}|2[AB])[0-9]{3}$")),
                        name="commune_code_insee",
                        violation_error_message="Un code INSEE comporte 5 caractères, par exemple 62041.",
                    )
                ],
            },
        ),
    ]
