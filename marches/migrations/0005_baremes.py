"""SMIC horaire et plafond horaire de la sécurité sociale, à leurs dates (métropole)."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import migrations

SMIC = "SMIC_HORAIRE"
PLAFOND = "PLAFOND_SS_HORAIRE"
VALEURS = (
    (SMIC, "2023-01-01", "11.27", "Décret du 22 décembre 2022 relatif au SMIC"),
    (SMIC, "2023-05-01", "11.52", "Arrêté du 26 avril 2023 relatif au SMIC"),
    (SMIC, "2024-01-01", "11.65", "Décret du 20 décembre 2023 relatif au SMIC"),
    (SMIC, "2024-11-01", "11.88", "Décret du 23 octobre 2024 relatif au SMIC"),
    (SMIC, "2026-01-01", "12.02", "Revalorisation du SMIC au 1er janvier 2026"),
    (PLAFOND, "2023-01-01", "27.00", "Plafond de la sécurité sociale pour 2023"),
    (PLAFOND, "2024-01-01", "29.00", "Arrêté du 19 décembre 2023, plafond pour 2024"),
    (PLAFOND, "2025-01-01", "29.00", "Plafond de la sécurité sociale pour 2025"),
    (PLAFOND, "2026-01-01", "30.00", "Plafond de la sécurité sociale pour 2026"),
)


def poser(apps, schema_editor):
    Bareme = apps.get_model("marches", "Bareme")
    Bareme.objects.bulk_create(
        Bareme(
            code=code,
            date_debut=datetime.date.fromisoformat(date),
            valeur=Decimal(valeur),
            source=source,
        )
        for code, date, valeur, source in VALEURS
    )


def retirer(apps, schema_editor):
    Bareme = apps.get_model("marches", "Bareme")
    for code, date, *_ in VALEURS:
        Bareme.objects.filter(code=code, date_debut=date).delete()


class Migration(migrations.Migration):
    dependencies = [("marches", "0004_objectifs_manquements_activites")]
    operations = [migrations.RunPython(poser, retirer)]
