"""La grille construite sans base : états des cellules, lignes montrées, totaux au centième."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heures.calculs import Cadre
from heures.construction import construire
from heures.enums import StatutLigne, TypeHeures
from heures.grille import (
    Bornes,
    ContratLu,
    Etat,
    HeuresLues,
    Lu,
    ReleveLu,
    axes_de_l_annee,
    axes_du_mois,
    entetes,
    mois_de,
)

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
    axes = options.pop("axes", None) or axes_de_l_annee(2025, options.pop("type_heures", TypeHeures.TRAVAIL))
    lu = {
        "cadres": {c.pk: cadre for c in contrats},
        "releves": {},
        "bornes": BORNES,
        "jour_echeance": 10,
        "pleins": {},
        **options,
    }
    return construire(axes, Lu(contrats=contrats, lignes=lignes, **lu))


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
        (3, {datetime.date(2025, 3, 1): ReleveLu("NEANT")}, [], False),
        (3, {}, [ligne()], False),
        (3, {}, [ligne(statut=StatutLigne.REFUSEE)], True),
        (8, {}, [], False),
    ],
)
def test_un_mois_est_neant_s_il_est_ouvert_et_vide(mois, releves, lignes, attendu):
    assert grille(lignes, releves=releves).colonnes[mois - 1].etat.est_neant_possible is attendu


def test_le_mois_courant_est_marque():
    axes = axes_de_l_annee(2025, TypeHeures.TRAVAIL)
    tetes = entetes(axes, [grille()], AUJOURD_HUI)
    assert [tete.axe.mois.month for tete in tetes if tete.est_courante] == [6]
    assert [tete.axe.mois.month for tete in tetes if tete.est_ouverte] == [1, 2, 3, 4, 5, 6]
    assert (tetes[2].libelle, tetes[2].lieu) == ("mars", "mars 2025")


def test_un_mois_a_une_colonne_par_type_d_heures():
    axes = axes_du_mois(datetime.date(2025, 3, 1))
    lignes = [ligne("10.00", pk=1), ligne("4.50", pk=2, type_heures="FORMATION"), ligne("99.00", pk=3, mois=4)]
    lue = grille(lignes, axes=axes)
    assert [cellule.heures for cellule in lue.lignes[0].cellules] == [Decimal("10.00"), Decimal("4.50")]
    assert (lue.lignes[0].total, lue.total) == (Decimal("14.50"), Decimal("14.50"))
    assert [colonne.total for colonne in lue.colonnes] == [Decimal("10.00"), Decimal("4.50")]
    assert [etat.nombre_declarees for etat in lue.etats] == [2]
    assert [tete.lieu for tete in entetes(axes, [lue], AUJOURD_HUI)] == ["travail, mars 2025", "formation, mars 2025"]


def test_une_eligibilite_finie_se_distingue_des_autres_fermetures():
    fini = replace(CADRE, fin_eligibilite=datetime.date(2025, 3, 31))
    cellules = grille([ligne(mois=2)], cadre=fini).lignes[0].cellules
    assert [cellules[rang].etat for rang in (2, 3, 6)] == [Etat.VIDE, Etat.HORS_ELIGIBILITE, Etat.FERMEE]
    assert "L’éligibilité s’arrête le 31/03/2025" in cellules[3].raison
    assert cellules[3].est_fermee


def test_une_personne_au_dela_d_un_mois_plein_est_marquee_sur_ses_cellules_ouvertes_ou_notees():
    pleins = {(1, datetime.date(2025, mois, 1)): "Trop." for mois in (1, 2, 3)}
    cellules = grille([ligne(mois=2, statut=StatutLigne.VALIDEE)], pleins=pleins).lignes[0].cellules
    assert [cellule.plein for cellule in cellules[:4]] == ["", "Trop.", "Trop.", ""]


MAI = datetime.date(2025, 5, 1)


@pytest.mark.parametrize(
    ("jour", "options", "attendu"),
    [
        (datetime.date(2025, 6, 10), {}, False),
        (datetime.date(2025, 6, 11), {}, True),
        (datetime.date(2025, 5, 31), {"jour_echeance": 1}, False),
        (datetime.date(2025, 6, 11), {"lignes": [ligne(mois=5)]}, False),
        (datetime.date(2025, 6, 11), {"lignes": [ligne(mois=5, type_heures="FORMATION")]}, False),
        (datetime.date(2025, 6, 11), {"lignes": [ligne(mois=5, statut=StatutLigne.REFUSEE)]}, True),
        (datetime.date(2025, 6, 11), {"releves": {MAI: ReleveLu("NEANT")}}, False),
        (datetime.date(2025, 6, 11), {"releves": {MAI: ReleveLu("A_COMPLETER")}}, False),
        (datetime.date(2025, 6, 11), {"releves": {MAI: ReleveLu("ATTENDU", datetime.date(2025, 6, 20))}}, False),
        (datetime.date(2025, 6, 21), {"releves": {MAI: ReleveLu("ATTENDU", datetime.date(2025, 6, 20))}}, True),
        (datetime.date(2025, 6, 11), {"fermee": "Ce marché est soldé."}, False),
    ],
)
def test_un_mois_acheve_sans_heures_ni_neant_est_en_retard_apres_l_echeance(jour, options, attendu):
    bornes = replace(BORNES, aujourd_hui=jour)
    lue = grille(bornes=bornes, cadre=replace(CADRE, aujourd_hui=jour), ajoutes=[1], **options)
    assert bool(lue.colonnes[4].etat.retard) is attendu
    assert lue.lignes[0].cellules[4].est_en_retard is (attendu and not options.get("lignes"))


def test_un_engagement_sans_debut_connu_n_est_jamais_en_retard():
    lue = grille(bornes=Bornes(None, None, AUJOURD_HUI))
    assert [colonne.etat.retard for colonne in lue.colonnes] == [""] * 12


def test_un_retard_dit_le_mois_et_l_echeance():
    assert grille().colonnes[4].etat.retard == "En retard\u00a0: relevé de mai 2025 attendu le 10/06/2025."


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
