"""Corrections sur exercices antérieurs : ce qui a changé depuis l’émission a sa ligne dans le bilan suivant."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bilans import actions, corrections, gel
from bilans.catalogue import RAPPORTS
from bilans.exports import document, lignes_csv
from bilans.faits import Periode
from bilans.presentation import liens
from bilans.rapport import Demande
from clauses.comptes.models import Structure
from heures.models import LigneHeures
from tests.bilans.emission.outils import INTERMEDIAIRE, demande, emettre
from tests.bilans.emission.test_emission import alterer
from tests.bilans.outils import connecte
from tests.factories import EngagementFactory, LigneHeuresFactory, StructureFactory, acteur
from tests.factories_conformite import BilanEmisFactory

H = Decimal


@pytest.fixture
def engagement():
    """Dix heures en 2024, vingt en 2025, d’une personne chacune."""
    du = EngagementFactory()
    noter(du, "2024-05-01", "10.00")
    noter(du, "2025-05-01", "20.00")
    return du


@pytest.fixture
def par(engagement):
    return acteur(engagement.structure)


def noter(du, mois, heures, **ligne):
    return LigneHeuresFactory(
        engagement=du, mois=datetime.date.fromisoformat(mois), heures=H(heures), validee=True, **ligne
    )


def portees(par, numero):
    tableau = RAPPORTS["departement"].etablir(par, demande(numero)).tableaux.get("corrections")
    return [
        (
            v["code"], v["heures_emises"], v["heures"], v["ecart_heures"], v["beneficiaires_emis"],
            v["beneficiaires"], v["ecart_beneficiaires"],
        )
        for v in (tableau.details() if tableau else [])
    ]  # fmt: skip


EN_2024 = "2024-01-01/2024-12-31"


def test_sans_bilan_emis_ni_changement_il_n_y_a_pas_de_correction(par):
    assert portees(par, 2025) == []
    emettre(par, 2024)
    assert portees(par, 2025) == []


def test_une_validation_tardive_se_porte_sur_sa_propre_ligne(engagement, par):
    emettre(par, 2024)
    noter(engagement, "2024-12-01", "30.25")
    assert portees(par, 2025) == [(EN_2024, H("10.00"), H("40.25"), H("30.25"), 1, 2, 1)]
    lu = RAPPORTS["departement"].etablir(par, demande(2025))
    assert lu.indicateurs["heures_realisees"] == H("20.00")


def test_deux_fiches_fusionnees_changent_les_seuls_beneficiaires(engagement, par):
    autre = noter(engagement, "2024-06-01", "5.00")
    emettre(par, 2024)
    premiere = LigneHeures.objects.get(mois="2024-05-01")
    LigneHeures.objects.filter(pk=autre.pk).update(participant=premiere.participant)
    assert portees(par, 2025) == [(EN_2024, H("15.00"), H("15.00"), H("0.00"), 2, 1, -1)]


def test_une_fois_reemis_l_exercice_n_a_plus_de_correction(engagement, par):
    emettre(par, 2024)
    noter(engagement, "2024-12-01", "30.25")
    emettre(par, 2024)
    assert portees(par, 2025) == []


def test_la_periode_en_cours_et_les_suivantes_ne_se_corrigent_pas(engagement, par):
    emettre(par, 2025)
    noter(engagement, "2025-12-01", "30.25")
    assert portees(par, 2025) == portees(par, 2024) == []


def test_une_periode_contenue_dans_une_autre_ne_se_redit_pas(engagement, par):
    emettre(par, 2024)
    semestre = Periode(datetime.date(2024, 1, 1), datetime.date(2024, 6, 30), datetime.date(2024, 6, 30))
    actions.emettre_bilan(RAPPORTS["departement"], Demande("departement", semestre), nature=INTERMEDIAIRE, par=par)
    noter(engagement, "2024-06-01", "1.00")
    assert [ligne[0] for ligne in portees(par, 2025)] == [EN_2024]


def test_la_correction_est_dans_tous_les_formats_et_s_ouvre(engagement, par):
    emettre(par, 2024)
    noter(engagement, "2024-12-01", "30.25")
    lu = RAPPORTS["departement"].etablir(par, demande(2025))
    assert document(lu)["tableaux"]["corrections"][0]["ecart_heures"] == "30.25"
    csv = [ligne for ligne in lignes_csv(lu) if ligne[0] == "corrections" and ligne[3] == "ecart_heures"]
    assert csv == [
        ("corrections", EN_2024, "Du 01/01/2024 au 31/12/2024, version 1", "ecart_heures", H("30.25"), "heures")
    ]
    url = next(url for url, valeur, _ in liens(lu) if valeur == H("40.25"))
    ouvert = connecte(engagement.structure).get(url).context["ouvert"]
    assert (ouvert.heures, ouvert.nombre) == (H("40.25"), 2)


def test_le_bilan_suivant_fige_ses_corrections(engagement, par):
    emettre(par, 2024)
    noter(engagement, "2024-12-01", "30.25")
    suivant = emettre(par, 2025)
    emettre(par, 2024)
    assert '"ecart_heures":{"decimal":"30.25"}' in suivant.chiffres


def test_un_bilan_emis_altere_ne_se_compare_pas_et_la_ligne_le_dit(par):
    alterer(emettre(par, 2024), "chiffres = replace(chiffres, '10.00', '99.99')")
    tableau = RAPPORTS["departement"].etablir(par, demande(2025)).tableaux["corrections"]
    (ligne,) = tableau.details()
    assert ligne["libelle"].endswith("chiffres émis altérés, non comparés")
    assert (ligne["heures_emises"], ligne["ecart_heures"]) == (None, None)


def test_un_effectif_emis_sous_le_secret_le_reste(par):
    rangee = corrections._rangee(BilanEmisFactory(), {1: 500}, {"heures_realisees": H("4.00"), "beneficiaires": "< 5"})
    assert rangee.valeurs["beneficiaires"] == "< 5"
    assert rangee.valeurs["ecart_beneficiaires"] is None
    assert rangee.valeurs["ecart_heures"] == H("1.00")


def test_les_bilans_d_un_autre_perimetre_ou_d_une_autre_structure_ne_comptent_pas(engagement, par):
    autre = Demande("departement", demande(2024).periode, "01234567800011")
    communs = {"du": datetime.date(2024, 1, 1), "au": datetime.date(2024, 12, 31)}
    BilanEmisFactory(structure=engagement.structure, perimetre=gel.perimetre(autre), **communs)
    BilanEmisFactory(structure=StructureFactory(), **communs)
    assert portees(par, 2025) == []
    assert Structure.objects.count() == 2


def test_un_exercice_coute_autant_de_requetes_que_trois(engagement, par):
    def requetes() -> int:
        with CaptureQueriesContext(connection) as lues:
            corrections.anterieurs(demande(2025), par=par)
            list(corrections._rangees(demande(2025), par=par))
        return len(lues)

    for annee in (2024, 2023, 2022):
        dates = {"du": datetime.date(annee, 1, 1), "au": datetime.date(annee, 12, 31)}
        BilanEmisFactory(structure=engagement.structure, **dates)
        if annee == 2024:
            une = requetes()
    assert requetes() == une
