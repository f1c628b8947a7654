"""Charge les communes livrées : 255 communes et 4 EPCI du Pays d’Artois (source : donnees/SOURCE.md)."""

from django.db import migrations

from clauses.territoires.chargement import LIVRE, charger


def remplir(apps, schema_editor):
    charger(LIVRE, commune=apps.get_model("territoires", "Commune"), epci=apps.get_model("territoires", "Epci"))


class Migration(migrations.Migration):
    dependencies = [("territoires", "0001_communes_epci")]

    operations = [migrations.RunPython(remplir, migrations.RunPython.noop)]
