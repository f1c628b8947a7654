"""Un refus de la base ne porte pas de « % » : Django le prendrait pour une mise en forme."""

from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("marches", "0010_clause_sans_penalite"),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name="reglepenalite",
            name="penalite_plafonds",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("plafond_euros", None), ("plafond_euros__gt", 0), _connector="OR"),
                    models.Q(
                        ("plafond_pourcent", None),
                        models.Q(("plafond_pourcent__gt", 0), ("plafond_pourcent__lte", Decimal("100"))),
                        _connector="OR",
                    ),
                ),
                name="penalite_plafonds",
                violation_error_message="Un plafond est supérieur à zéro, et d’au plus 100 pour cent du montant.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="reperemetier",
            name="repere_part",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__gt", 0), ("part__lte", Decimal("100"))),
                name="repere_part",
                violation_error_message="Une part de main-d’œuvre va de 0 à 100 pour cent.",
            ),
        ),
    ]
