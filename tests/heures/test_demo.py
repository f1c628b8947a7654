"""La démonstration : déterministe, conforme aux règles, et montrant toutes les situations."""

from __future__ import annotations

import datetime
import io

import pytest
import time_machine
from django.core.management import CommandError, call_command

from bilans.models import Document
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal, Rattachement
from entreprises.models import Entreprise
from heures import calculs
from heures.actions.lignes import cadre
from heures.demo.plan import tracer
from heures.enums import NatureLigne, StatutLigne, StatutReleve, TypeHeures
from heures.models import LigneHeures, Participant, Prolongation, Releve
from marches.enums import NatureEvenement, Situation
from marches.models import Acheteur, Activite, Engagement, Evenement, PropositionPenalite
from marches.previsions import Seuils, situation

JOUR = datetime.date(2026, 11, 24)


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DEMO_MOT_DE_PASSE", "un mot de passe de demonstration")
    sortie = io.StringIO()
    with time_machine.travel(datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC), tick=False):
        call_command("demo", stdout=sortie)
    return sortie.getvalue()


def resume(graine: int) -> list[tuple[object, ...]]:
    plan = tracer(graine, JOUR, nombre_marches=12, nombre_personnes=40)
    return [(ligne.contrat.personne.numero, ligne.mois, ligne.heures, ligne.statut) for ligne in plan.lignes]


def test_la_meme_graine_donne_les_memes_heures():
    assert resume(62) == resume(62)
    assert resume(62) != resume(63)


def test_la_demonstration_a_la_taille_annoncee(demo: str):
    assert Acheteur.objects.count() == 6
    assert Engagement.objects.values("clause__lot__marche").distinct().count() >= 35
    assert Participant.objects.count() == 150
    assert set(LigneHeures.objects.values_list("mois__year", flat=True)) == {2024, 2025, 2026}


def test_toutes_les_situations_sont_representees(demo: str):
    engagements = Engagement.objects.avec_marche().avec_avancement(au=JOUR)
    presentes = {
        situation(
            engage=e.heures_engagees, realise=e.heures_realisees, debut=e.debut, fin=e.fin, au=JOUR, seuils=Seuils()
        )
        for e in engagements
    }
    assert presentes == set(Situation) - {Situation.SANS_ENGAGEMENT}
    assert Engagement.objects.first().clause._meta.model.objects.filter(engagements=None).exists()


def test_tous_les_etats_d_heures_et_de_releves_sont_representes(demo: str):
    assert set(LigneHeures.objects.values_list("statut", flat=True)) == set(StatutLigne)
    assert LigneHeures.objects.filter(nature=NatureLigne.ANNULATION).exists()
    assert LigneHeures.objects.filter(type_heures=TypeHeures.FORMATION).exists()
    assert {StatutReleve.RECU, StatutReleve.VALIDE, StatutReleve.NEANT} <= set(
        Releve.objects.values_list("statut", flat=True)
    )
    assert Prolongation.objects.exists()


def test_aucune_ligne_posee_n_enfreint_les_regles(demo: str):
    with time_machine.travel(datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC), tick=False):
        lignes = LigneHeures.objects.select_related(
            "contrat", "engagement__clause__lot__marche", "engagement__entreprise"
        )
        fautes = [
            raison
            for ligne in lignes.filter(nature=NatureLigne.ORDINAIRE).exclude(statut=StatutLigne.REFUSEE)
            if (raison := calculs.refus_de_mois(ligne.mois, cadre(ligne.contrat, ligne.engagement, ligne.mois)))
        ]
    assert fautes == []


def test_un_compte_par_role_est_imprime(demo: str):
    assert set(Rattachement.objects.values_list("role", flat=True)) == set(Role)
    assert demo.count("@demo.invalid") == len(Role)
    assert "un mot de passe de demonstration" in demo


def test_les_organisations_sont_etiquetees_fictives(demo: str):
    assert not Acheteur.objects.exclude(nom__contains="fictif").exists()
    assert not Entreprise.objects.exclude(raison_sociale__contains="fictif").exists()


def test_les_gestes_laissent_leur_trace_au_journal(demo: str):
    assert EcritureJournal.objects.filter(action="rectifier une ligne validée").count() == 1
    # La suite graduée, de l’appel noté à la décision, une lettre émise, une attestation, le journal d’activité.
    assert set(Evenement.objects.values_list("nature", flat=True)) == set(NatureEvenement)
    assert list(PropositionPenalite.objects.order_by("statut").values_list("statut", flat=True)) == [
        "PROPOSEE",
        "REDUITE",
    ]
    assert list(Document.objects.order_by("nature").values_list("nature", "evenement__nature")) == [
        ("ATTESTATION_INTERMEDIAIRE", None),
        ("RELANCE_1", "RELANCE_1"),
    ]
    assert Activite.objects.count() == 8


def test_une_base_deja_remplie_est_refusee(demo: str):
    with pytest.raises(CommandError, match="base vide"):
        call_command("demo")
