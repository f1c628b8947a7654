"""Un refus de la base ne porte pas de « % » : Django le prendrait pour une mise en forme."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0007_entete_des_courriers"),
        ("territoires", "0002_communes_du_pays_d_artois"),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name="structure",
            name="structure_seuils_de_situation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("alerte_fin_mois__range", (1, 24)),
                    ("seuil_retard_points__range", (1, 99)),
                    ("taux_risque_pourcent__range", (1, 100)),
                ),
                name="structure_seuils_de_situation",
                violation_error_message="Les seuils de situation : retard de 1 à 99 points, 1 à 24 mois avant la fin, taux de 1 à 100 pour cent.",
            ),
        ),
    ]
