"""La grille construite sans base : états des cellules, lignes montrées, totaux au centième."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heures.calculs import Cadre
from heures.enums import StatutLigne, TypeHeures
from heures.grille import Bornes, ContratLu, Etat, HeuresLues, construire, mois_de

AUJOURD_HUI = datetime.date(2025, 6, 15)
CADRE = Cadre(
    embauche=datetime.date(2025, 2, 1),
    fin_contrat=None,
    debut_engagement=datetime.date(2025, 1, 1),
    fin_engagement=datetime.date(2026, 12, 31),
    fin_eligibilite=None,
    date_constat=None,
    notification=None,
    aujourd_hui=AUJOURD_HUI,
    seuil_avertissement=Decimal("151.67"),
    seuil_refus=Decimal("250.00"),
)
BORNES = Bornes(CADRE.debut_engagement, CADRE.fin_engagement, AUJOURD_HUI)


def contrat(pk=1, **champs):
    return ContratLu(pk, pk, "Nom", "Prénom", "Employeur", "CDD", CADRE.embauche, None, **champs)


def ligne(heures="10.00", *, pk=1, contrat_id=1, mois=3, statut=StatutLigne.DECLAREE, type_heures="TRAVAIL", **champs):
    return HeuresLues(
        pk,
        contrat_id,
        datetime.date(2025, mois, 1),
        type_heures,
        Decimal(heures),
        statut,
        champs.get("motif", ""),
        champs.get("version", 1),
        champs.get("est_vive", True),
    )


def grille(lignes=(), contrats=None, cadre=CADRE, **options):
    contrats = [contrat()] if contrats is None else contrats
    return construire(
        annee=2025,
        type_heures=options.pop("type_heures", TypeHeures.TRAVAIL),
        contrats=contrats,
        lignes=lignes,
        cadres={c.pk: cadre for c in contrats},
        releves=options.pop("releves", {}),
        bornes=options.pop("bornes", BORNES),
        **options,
    )


def test_chaque_cellule_dit_son_etat_et_pourquoi():
    lignes = [
        ligne(pk=1, mois=2, statut=StatutLigne.VALIDEE),
        ligne(pk=2, mois=3, version=4),
        ligne(pk=3, mois=4, statut=StatutLigne.REFUSEE, motif="Relevé illisible"),
    ]
    cellules = grille(lignes).lignes[0].cellules
    etats = [cellule.etat for cellule in cellules]
    assert etats[:7] == [Etat.FERMEE, Etat.VALIDEE, Etat.DECLAREE, Etat.REFUSEE, Etat.VIDE, Etat.VIDE, Etat.FERMEE]
    assert cellules[0].raison == "Janvier 2025 précède l’embauche du 01/02/2025."
    assert cellules[3].raison == "Relevé illisible"
    assert (cellules[2].version, cellules[4].version) == (4, 0)


def test_une_heure_deja_notee_reste_corrigeable_meme_si_son_mois_s_est_ferme():
    ferme = replace(CADRE, fin_contrat=datetime.date(2025, 2, 28))
    cellules = grille([ligne(mois=3)], cadre=ferme).lignes[0].cellules
    assert cellules[2].etat is Etat.DECLAREE
    assert cellules[3].etat is Etat.FERMEE


def test_un_marche_clos_ferme_toutes_les_cellules_vides():
    cellules = grille([ligne(mois=3)], fermee="Ce marché est soldé.").lignes[0].cellules
    assert cellules[3].raison == "Ce marché est soldé."
    assert {cellule.etat for cellule in cellules} == {Etat.DECLAREE, Etat.FERMEE}


def test_un_contrat_sans_rien_a_noter_ne_se_montre_que_s_il_est_ajoute():
    fini = replace(CADRE, fin_eligibilite=datetime.date(2024, 1, 1))
    assert grille(cadre=fini).lignes == []
    assert [rangee.contrat.pk for rangee in grille(cadre=fini, ajoutes=[1]).lignes] == [1]


def test_une_heure_refusee_se_montre_sans_compter():
    lue = grille([ligne("10.00", pk=1), ligne("99.00", pk=2, mois=4, statut=StatutLigne.REFUSEE)])
    assert (lue.total, lue.lignes[0].total, lue.colonnes[3].total) == (Decimal("10.00"), Decimal("10.00"), 0)


def test_une_rectification_compte_une_fois_et_montre_la_nouvelle_valeur():
    lignes = [
        ligne("30.00", pk=1, statut=StatutLigne.VALIDEE, est_vive=False),
        ligne("-30.00", pk=2, statut=StatutLigne.VALIDEE, est_vive=False),
        ligne("25.00", pk=3, statut=StatutLigne.VALIDEE),
    ]
    lue = grille(lignes)
    assert lue.total == Decimal("25.00")
    assert lue.lignes[0].cellules[2].heures == Decimal("25.00")


def test_la_formation_a_sa_grille_mais_le_mois_se_valide_en_entier():
    lignes = [ligne("10.00", pk=1), ligne("4.50", pk=2, type_heures="FORMATION")]
    lue = grille(lignes, type_heures=TypeHeures.FORMATION)
    assert lue.total == Decimal("4.50")
    assert lue.colonnes[2].etat.geste == "Valider mars\u00a0: 2 lignes, 14,50\u00a0h"


@pytest.mark.parametrize(
    ("mois", "releves", "lignes", "attendu"),
    [
        (3, {}, [], True),
        (3, {datetime.date(2025, 3, 1): "NEANT"}, [], False),
        (3, {}, [ligne()], False),
        (3, {}, [ligne(statut=StatutLigne.REFUSEE)], True),
        (8, {}, [], False),
    ],
)
def test_un_mois_est_neant_s_il_est_ouvert_et_vide(mois, releves, lignes, attendu):
    assert grille(lignes, releves=releves).colonnes[mois - 1].etat.est_neant_possible is attendu


def test_le_mois_courant_est_marque():
    assert [colonne.mois.month for colonne in grille().colonnes if colonne.est_courante] == [6]


@pytest.mark.parametrize(
    ("debut", "fin", "aujourd_hui", "annee"),
    [
        (None, None, datetime.date(2026, 1, 10), 2025),
        (datetime.date(2024, 1, 1), datetime.date(2025, 12, 31), datetime.date(2026, 11, 1), 2025),
        (datetime.date(2027, 3, 1), None, datetime.date(2026, 11, 1), 2027),
        (datetime.date(2024, 1, 1), None, datetime.date(2026, 11, 1), 2026),
    ],
)
def test_la_grille_s_ouvre_sur_l_annee_ou_l_on_saisit(debut, fin, aujourd_hui, annee):
    assert Bornes(debut, fin, aujourd_hui).annee_par_defaut == annee


@given(
    saisies=st.dictionaries(
        st.tuples(st.integers(1, 4), st.integers(1, 12)),
        st.tuples(st.decimals(0, 250, places=2), st.sampled_from(StatutLigne.values)),
        max_size=48,
    )
)
def test_les_totaux_sont_la_somme_des_lignes_au_centieme(saisies):
    lignes = [
        ligne(str(heures), pk=rang, contrat_id=pk, mois=mois, statut=statut)
        for rang, ((pk, mois), (heures, statut)) in enumerate(saisies.items())
    ]
    lue = grille(lignes, contrats=[contrat(pk) for pk in range(1, 5)], cadre=replace(CADRE, fin_contrat=None))
    comptees = sum((entree.heures for entree in lignes if entree.statut != "REFUSEE"), Decimal(0))
    assert lue.total == comptees
    assert sum((rangee.total for rangee in lue.lignes), Decimal(0)) == comptees
    assert sum((colonne.total for colonne in lue.colonnes), Decimal(0)) == comptees
    a_valider = sum((entree.heures for entree in lignes if entree.statut == "DECLAREE"), Decimal(0))
    assert sum((colonne.etat.heures_declarees for colonne in lue.colonnes), Decimal(0)) == a_valider


def test_une_annee_a_douze_mois():
    assert [mois.month for mois in mois_de(2025)] == list(range(1, 13))
