"""Vider les durées de marché qui n’en sont pas : zéro, ou plus de cinquante ans ; la contrainte suit."""

from __future__ import annotations

from django.db import migrations
from django.db.models import Q


def vider(apps, schema_editor):
    impossibles = Q(duree_mois__lt=1) | Q(duree_mois__gt=600)
    apps.get_model("marches", "Marche").objects.filter(impossibles).update(duree_mois=None)


class Migration(migrations.Migration):
    dependencies = [("marches", "0015_retards_constates")]

    operations = [migrations.RunPython(vider, migrations.RunPython.noop)]
