"""Les sorties présumées et les échéances, à leurs bornes ; puis lues en base."""

from __future__ import annotations

import datetime

import pytest

from bilans.departement import NOM, etablir
from bilans.faits import Periode, Sortie
from bilans.rapport import Demande, lire_faits
from bilans.sorties import presumer
from tests.bilans import jeu
from tests.bilans.outils import annee, bilan
from tests.factories import ContratTravailFactory, SortieFactory

D = datetime.date
FIN, DERNIER = D(2025, 6, 15), D(2025, 6, 1)


@pytest.mark.parametrize(
    ("arrete_au", "delai", "sortie"),
    [
        (D(2025, 9, 29), 3, False),
        (D(2025, 9, 30), 3, True),
        (D(2025, 6, 30), 0, True),
        (D(2025, 6, 14), 0, False),
        (D(2026, 5, 31), 12, False),
        (D(2026, 6, 30), 12, True),
    ],
)
def test_le_delai_court_depuis_la_fin_du_dernier_mois_d_heures(arrete_au, delai, sortie):
    lues = presumer({1: FIN}, {1: DERNIER}, [], delai_mois=delai, arrete_au=arrete_au)
    assert lues == ([Sortie(1, FIN, "", est_presumee=True)] if sortie else [])


@pytest.mark.parametrize(
    ("saisie_le", "sortie"), [(D(2025, 5, 31), True), (D(2025, 6, 1), False), (D(2026, 2, 1), False)]
)
def test_une_sortie_saisie_depuis_les_dernieres_heures_remplace_la_presumee(saisie_le, sortie):
    saisies = [Sortie(1, D(2024, 1, 1), "CDI"), Sortie(1, saisie_le, "CDI"), Sortie(2, D(2025, 7, 1), "CDI")]
    lues = presumer({1: FIN}, {1: DERNIER}, saisies, delai_mois=3, arrete_au=D(2025, 12, 31))
    assert bool(lues) == sortie


def test_sans_heure_on_n_est_pas_sorti():
    assert presumer({1: FIN}, {}, [], delai_mois=3, arrete_au=D(2025, 12, 31)) == []


def presumees(pose, periode):
    gens = {personne.pk: nom for nom, personne in pose.personnes.items()}
    return sorted(gens[s.participant] for s in lire_faits(pose.par, periode)[1].sorties if s.est_presumee)


def test_le_jeu_de_comptage_presume_ceux_dont_le_contrat_est_fini_et_que_rien_ne_suit():
    """P4 a encore 40 h déclarées en juillet : trois mois plus tard, son contrat fini, elle est sortie quand même."""
    pose = jeu.poser()
    assert presumees(pose, annee(2025)) == ["P1", "P2", "P3", "P4", "P6"]
    assert presumees(pose, annee(2025, D(2025, 6, 30))) == ["P1"]
    ContratTravailFactory(participant=pose.personnes["P3"], date_debut=D(2025, 11, 1), date_fin=None)
    ContratTravailFactory(participant=pose.personnes["P6"], date_debut=D(2026, 1, 5), date_fin=None)
    assert presumees(pose, annee(2025)) == ["P1", "P2", "P4", "P6"]
    assert presumees(pose, annee(2025, D(2026, 1, 31))) == ["P1", "P2", "P4"]


def test_le_delai_est_celui_de_la_structure():
    pose = jeu.poser()
    pose.structure.delai_sortie_mois = 9
    pose.structure.save()
    assert presumees(pose, annee(2025)) == ["P1", "P2"]


def test_a_6_et_12_mois_on_ne_compte_que_les_echeances_passees():
    pose = jeu.poser()
    SortieFactory(
        participant=pose.personnes["P1"], date=D(2025, 3, 31), situation="CDI", situation_6_mois="CDD",
        situation_12_mois="INJOIGNABLE",
    )  # fmt: skip
    SortieFactory(participant=pose.personnes["P2"], date=D(2025, 9, 30), situation="CDI", situation_6_mois="CDI")
    lu = bilan(pose.par, 2025)
    lignes = {ligne["code"]: ligne for ligne in lu.tableaux["sorties"].details()}
    assert [lignes["CDI"][cle] for cle in ("sorties", "a_6_mois", "a_12_mois")] == [2, 0, 0]
    assert lignes["CDD"]["a_6_mois"] == 1
    # P3 et P6, présumés sortis au printemps : leur échéance à six mois est passée, personne ne l’a notée.
    assert lignes["NON_RENSEIGNE"]["a_6_mois"] == 2
    assert lignes["INJOIGNABLE"]["a_6_mois"] == 0
    assert (lu.indicateurs["echeances_6_mois"], lu.indicateurs["positives_6_mois"]) == (3, 1)
    suivante = bilan(pose.par, 2026)
    par_code = {ligne["code"]: ligne for ligne in suivante.tableaux["sorties"].details()}
    assert par_code["INJOIGNABLE"]["a_12_mois"] == 1
    assert suivante.indicateurs["positives_6_mois"] == 1
    tronque = bilan_arrete(pose, D(2025, 9, 29))
    assert tronque["echeances_6_mois"] == 0


def bilan_arrete(pose, arrete_au):
    return etablir(pose.par, Demande(NOM, Periode(D(2025, 1, 1), D(2025, 12, 31), arrete_au))).indicateurs


def test_les_sous_totaux_types_font_le_total():
    pose = jeu.poser()
    for nom, situation in (("P1", "CDI"), ("P2", "ABANDON"), ("P3", "DECES"), ("P4", "RECHERCHE")):
        SortieFactory(participant=pose.personnes[nom], date=D(2025, 8, 31), situation=situation)
    totaux = bilan(pose.par, 2025).tableaux["sorties"].totaux()
    assert [(ligne["categorie"], ligne["sorties"]) for ligne in totaux] == [
        ("Positives", 1), ("Autres", 1), ("Administratives", 1), ("En recherche ou sans réponse", 2), ("Ensemble", 5),
    ]  # fmt: skip
