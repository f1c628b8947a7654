"""La pénalité de chaque clause devient sa première règle de pénalité."""

from __future__ import annotations

from django.db import migrations


def en_regles(apps, schema_editor):
    Clause = apps.get_model("marches", "Clause")
    ReglePenalite = apps.get_model("marches", "ReglePenalite")
    for clause in Clause.objects.exclude(penalite_formule="").order_by("pk").iterator():
        ReglePenalite.objects.get_or_create(
            clause=clause,
            formule=clause.penalite_formule,
            defaults={"structure_id": clause.structure_id, "valeur": clause.penalite_valeur},
        )


def en_champs(apps, schema_editor):
    """La clause n’a de place que pour une formule : elle reprend la plus ancienne de ses règles."""
    Clause = apps.get_model("marches", "Clause")
    ReglePenalite = apps.get_model("marches", "ReglePenalite")
    reprises = set()
    for regle in ReglePenalite.objects.order_by("clause", "pk").iterator():
        if regle.clause_id not in reprises:
            reprises.add(regle.clause_id)
            Clause.objects.filter(pk=regle.clause_id).update(
                penalite_formule=regle.formule, penalite_valeur=regle.valeur
            )


class Migration(migrations.Migration):
    dependencies = [("marches", "0008_derogations_a_l_article_35")]
    operations = [migrations.RunPython(en_regles, en_champs)]
