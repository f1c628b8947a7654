"""Une clause ne porte plus sa pénalité : elle porte des règles."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("marches", "0009_penalites_en_regles")]

    operations = [
        migrations.RemoveConstraint(
            model_name="clause",
            name="clause_penalite_complete",
        ),
        migrations.RemoveField(
            model_name="clause",
            name="penalite_formule",
        ),
        migrations.RemoveField(
            model_name="clause",
            name="penalite_valeur",
        ),
    ]
