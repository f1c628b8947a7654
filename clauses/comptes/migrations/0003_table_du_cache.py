"""Crée la table du cache partagé : une mise en service ne demande que « migrate »."""

from django.conf import settings
from django.core.management import call_command
from django.db import migrations


def creer(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def retirer(apps, schema_editor):
    table = schema_editor.quote_name(settings.CACHES["default"]["LOCATION"])
    schema_editor.execute(f"DROP TABLE IF EXISTS {table}")


class Migration(migrations.Migration):
    dependencies = [("comptes", "0002_rattachements_journal")]

    operations = [migrations.RunPython(creer, retirer)]
