"""Les anomalies d’une ligne reçue : chaque règle, son seuil, sa gravité et son remède ; sans base."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from heures import anomalies, calculs
from heures.anomalies import AutreContrat, Contexte, Gravite
from heures.enums import StatutAttente, StatutLigne, StatutReleve

MARS = datetime.date(2025, 3, 1)
JOUR = datetime.date(2025, 4, 10)
CADRE = calculs.Cadre(
    embauche=datetime.date(2025, 2, 1),
    fin_contrat=None,
    debut_engagement=datetime.date(2025, 1, 1),
    fin_engagement=datetime.date(2026, 12, 31),
    fin_eligibilite=datetime.date(2027, 1, 15),
    date_constat=datetime.date(2025, 1, 15),
    notification=datetime.date(2025, 1, 1),
    aujourd_hui=JOUR,
    seuil_avertissement=Decimal("151.67"),
    seuil_refus=Decimal("250.00"),
)
SANS_ANOMALIE = Contexte(
    mois=MARS,
    heures=Decimal("100.00"),
    type_heures="TRAVAIL",
    cadre=CADRE,
    type_employeur="ENTREPRISE",
    type_contrat="CDD",
    modalite="EMBAUCHE_DIRECTE",
    siret_redevable="00000203000013",
    emploi=calculs.Emploi(7, datetime.date(2025, 2, 1), None, est_continu=False),
    alerte_jusqu_au=JOUR + datetime.timedelta(days=60),
    objets={"personne": 1, "contrat": 2, "entree": 3, "engagement": 4, "marche": 5},
    date_entree=datetime.date(2025, 1, 15),
    piece_type="ATTESTATION_RSA",
    piece_valable_jusqu_au=datetime.date(2025, 3, 31),
    heures_du_mois=Decimal("100.00"),
)
AUTRE = AutreContrat("Autre employeur", datetime.date(2025, 1, 20), None, None)


def constats(contexte: Contexte = SANS_ANOMALIE, **cadre: object) -> dict[str, str]:
    """Le constat de chaque anomalie trouvée, par code."""
    if cadre:
        contexte = replace(contexte, cadre=replace(contexte.cadre, **cadre))
    return {anomalie.code: anomalie.constat for anomalie in anomalies.examiner(contexte)}


def test_une_ligne_en_regle_n_a_aucune_anomalie():
    assert anomalies.examiner(SANS_ANOMALIE) == []


@pytest.mark.parametrize(
    ("cadre", "code", "phrase"),
    [
        ({"aujourd_hui": datetime.date(2025, 2, 20)}, "MOIS_A_VENIR", "Mars 2025 n’est pas commencé."),
        ({"embauche": datetime.date(2025, 4, 1)}, "HORS_CONTRAT", "Mars 2025 précède l’embauche du 01/04/2025."),
        (
            {"fin_contrat": datetime.date(2025, 2, 28)},
            "HORS_CONTRAT",
            "Mars 2025 suit la fin du contrat de travail, le 28/02/2025.",
        ),
        (
            {"debut_engagement": datetime.date(2025, 4, 1)},
            "HORS_ENGAGEMENT",
            "Mars 2025 précède le début de l’engagement, le 01/04/2025.",
        ),
        (
            {"fin_engagement": datetime.date(2025, 2, 28)},
            "HORS_ENGAGEMENT",
            "Mars 2025 suit la fin de l’engagement, le 28/02/2025.",
        ),
        (
            {"fin_eligibilite": datetime.date(2025, 2, 28)},
            "ELIGIBILITE_FINIE",
            "L’éligibilité s’arrête le 28/02/2025 : pour compter mars 2025, accorder une prolongation motivée sur la "
            "fiche de la personne.",
        ),
        (
            {"autres_heures": Decimal("150.01")},
            "PLAFOND",
            "Cette personne aurait 250,01 h ce mois-ci, tous engagements confondus : le plafond est de 250,00 h. "
            "Vérifier la saisie.",
        ),
    ],
)
def test_une_regle_non_tenue_bloque(cadre, code, phrase):
    contexte = replace(SANS_ANOMALIE, cadre=replace(CADRE, **cadre))
    premiere = anomalies.examiner(contexte)[0]
    assert (premiere.code, premiere.constat, premiere.gravite) == (code, phrase, Gravite.BLOQUE)
    assert premiere.est_bloquante


def test_une_globalisation_manquante_bloque_avec_la_phrase_de_la_regle():
    (anomalie,) = anomalies.examiner(replace(SANS_ANOMALIE, refus_de_globalisation="Convention à enregistrer."))
    assert (anomalie.code, anomalie.gravite, anomalie.constat) == (
        "GLOBALISATION", Gravite.BLOQUE, "Convention à enregistrer.",
    )  # fmt: skip
    assert anomalie.url == "/heures/conventions/creer/?entreprise=00000203000013"


@pytest.mark.parametrize(
    ("cadre", "code", "phrase"),
    [
        (
            {"autres_heures": Decimal("51.68")},
            "MOIS_PLEIN",
            "151,68 h ce mois-ci, tous engagements : plus d’un mois plein (151,67 h).",
        ),
        (
            {"date_constat": datetime.date(2025, 2, 2)},
            "CONSTAT_TARDIF",
            "Éligibilité constatée le 02/02/2025, après l’embauche.",
        ),
        (
            {"notification": datetime.date(2025, 2, 2)},
            "EMBAUCHE_AVANT_NOTIFICATION",
            "Embauche avant la notification du marché, le 02/02/2025.",
        ),
        (
            {"quotite": Decimal("0.50"), "autres_heures_du_contrat": Decimal("10.00")},
            "HEURES_PAYEES",
            "Ce contrat répartit 110,00 h sur plusieurs engagements ce mois-ci, pour 75,84 h payées d’après sa "
            "quotité.",
        ),
        (
            {"fin_eligibilite": datetime.date(2025, 3, 15)},
            "ELIGIBILITE_QUI_FINIT",
            "L’éligibilité s’arrête le 15/03/2025.",
        ),
        (
            {"fin_eligibilite": datetime.date(2025, 6, 9)},
            "ELIGIBILITE_QUI_FINIT",
            "L’éligibilité s’arrête le 09/06/2025.",
        ),
    ],
)
def test_ce_qui_choque_se_verifie_sans_bloquer(cadre, code, phrase):
    assert constats(**cadre) == {code: phrase}


@pytest.mark.parametrize(
    "cadre",
    [
        {"autres_heures": Decimal("51.67")},
        {"fin_eligibilite": datetime.date(2025, 6, 10)},
        {"fin_eligibilite": datetime.date(2025, 4, 9), "aujourd_hui": datetime.date(2025, 4, 10)},
        {"date_constat": datetime.date(2025, 2, 1)},
        {"quotite": Decimal("1.00"), "autres_heures_du_contrat": Decimal("51.67")},
    ],
)
def test_au_seuil_exact_rien_n_est_dit(cadre):
    assert constats(**cadre) == {}


def test_sans_entree_l_eligibilite_ne_se_lit_pas():
    contexte = replace(SANS_ANOMALIE, date_entree=None, piece_type="", objets=SANS_ANOMALIE.objets | {"entree": None})
    (anomalie,) = anomalies.examiner(replace(contexte, cadre=replace(CADRE, fin_eligibilite=None, date_constat=None)))
    assert (anomalie.code, anomalie.url) == ("SANS_ENTREE", "/heures/participants/1/entrees/ajouter/")


def test_une_entree_sans_piece_mene_a_sa_correction():
    (anomalie,) = anomalies.examiner(replace(SANS_ANOMALIE, piece_type="", piece_valable_jusqu_au=None))
    assert anomalie.constat == "L’entrée du 15/01/2025 ne porte aucune pièce vue."
    assert (anomalie.code, anomalie.url) == ("SANS_PIECE", "/heures/entrees/3/corriger/")


@pytest.mark.parametrize(
    ("piece", "jusqu_au", "perimee"),
    [
        # Une attestation datée vaut le jour de l’entrée ; elle n’a pas à durer.
        ("ATTESTATION_RSA", datetime.date(2025, 1, 14), True),
        ("ATTESTATION_RSA", datetime.date(2025, 1, 15), False),
        # Un titre à durée propre vaut tant que la personne travaille.
        ("TITRE_SEJOUR", datetime.date(2025, 2, 28), True),
        ("TITRE_SEJOUR", datetime.date(2025, 3, 1), False),
        ("PIECE_IDENTITE", None, False),
    ],
)
def test_une_piece_est_perimee_a_sa_date(piece, jusqu_au, perimee):
    contexte = replace(SANS_ANOMALIE, piece_type=piece, piece_valable_jusqu_au=jusqu_au)
    assert ("PIECE_PERIMEE" in constats(contexte)) is perimee


@pytest.mark.parametrize(
    ("avant", "maintenant", "dit"), [("50.00", "100.00", False), ("50.00", "100.01", True), ("0.00", "100.00", False)]
)
def test_des_heures_plus_que_doublees_se_confirment(avant, maintenant, dit):
    contexte = replace(SANS_ANOMALIE, heures_d_avant=Decimal(avant), heures_du_mois=Decimal(maintenant))
    assert ("HAUSSE" in constats(contexte)) is dit


@pytest.mark.parametrize(
    ("type_heures", "totale", "dit"),
    [("FORMATION", "40.01", True), ("FORMATION", "40.00", False), ("TRAVAIL", "40.01", False)],
)
def test_la_formation_au_dela_du_plafond_se_voit_sur_ses_lignes(type_heures, totale, dit):
    contexte = replace(
        SANS_ANOMALIE, type_heures=type_heures, formation_totale=Decimal(totale), plafond_formation=Decimal("40.00")
    )
    assert ("FORMATION" in constats(contexte)) is dit


@pytest.mark.parametrize(
    ("autre", "quotite", "dit"),
    [
        (AUTRE, None, True),
        (replace(AUTRE, quotite=Decimal("0.50")), Decimal("0.50"), False),
        (replace(AUTRE, quotite=Decimal("0.60")), Decimal("0.50"), True),
        (replace(AUTRE, fin=datetime.date(2025, 2, 28)), None, False),
        (replace(AUTRE, debut=datetime.date(2025, 4, 1)), None, False),
    ],
)
def test_deux_contrats_du_meme_mois_se_verifient_sauf_a_temps_partiel(autre, quotite, dit):
    contexte = replace(SANS_ANOMALIE, autres_contrats=[autre], cadre=replace(CADRE, quotite=quotite))
    assert ("CHEVAUCHEMENT" in constats(contexte)) is dit


@pytest.mark.parametrize(
    ("employeur", "fin", "est_continu", "dit"),
    [
        (7, datetime.date(2025, 1, 31), False, True),
        (7, datetime.date(2025, 1, 30), False, False),
        (7, datetime.date(2025, 1, 31), True, False),
        (8, datetime.date(2025, 1, 31), False, False),
    ],
)
def test_un_salarie_deja_present_la_veille_chez_cet_employeur_se_voit(employeur, fin, est_continu, dit):
    ancien = calculs.Emploi(employeur, datetime.date(2024, 6, 1), fin, est_continu)
    assert ("DEJA_SALARIE" in constats(replace(SANS_ANOMALIE, autres_emplois=[ancien]))) is dit


@pytest.mark.parametrize(("est_continu", "dit"), [(False, True), (True, False)])
def test_une_embauche_avant_l_entree_se_voit_sauf_missions_successives(est_continu, dit):
    emploi = replace(SANS_ANOMALIE.emploi, debut=datetime.date(2025, 1, 14), est_continu=est_continu)
    assert ("DEJA_SALARIE" in constats(replace(SANS_ANOMALIE, emploi=emploi))) is dit


def test_un_constat_tardif_ne_se_dit_pas_deux_fois():
    tardif = {"embauche": datetime.date(2025, 1, 2)}
    assert set(constats(**tardif)) == {"CONSTAT_TARDIF"}


def test_une_combinaison_inhabituelle_se_verifie():
    assert "«\u00a0Intérim\u00a0»" in constats(replace(SANS_ANOMALIE, type_contrat="INTERIM"))["COMBINAISON"]


def test_ce_qui_bloque_se_lit_d_abord():
    trouvees = anomalies.examiner(
        replace(
            SANS_ANOMALIE,
            date_entree=None,
            cadre=replace(CADRE, fin_contrat=datetime.date(2025, 2, 28), autres_heures=Decimal("200.00")),
        )
    )
    assert [a.est_bloquante for a in trouvees] == sorted((a.est_bloquante for a in trouvees), reverse=True)
    assert {a.code for a in trouvees} == {"HORS_CONTRAT", "PLAFOND", "SANS_ENTREE", "MOIS_PLEIN"}


def test_chaque_regle_a_son_titre_son_enonce_et_son_remede():
    assert len({regle.code for regle in anomalies.REGLES}) == len(anomalies.REGLES)
    assert all(regle.titre and regle.enonce.endswith(".") and regle.remede for regle in anomalies.REGLES)


DECLAREE, VALIDEE, REFUSEE = StatutLigne.DECLAREE, StatutLigne.VALIDEE, StatutLigne.REFUSEE


@pytest.mark.parametrize(
    ("lignes", "options", "attendu"),
    [
        ((), {}, StatutReleve.ATTENDU),
        ((), {"est_neant": True}, StatutReleve.NEANT),
        ((), {"complement_attendu": True}, StatutReleve.A_COMPLETER),
        ((), {"attentes": {StatutAttente.EN_ATTENTE}, "est_neant": True}, StatutReleve.RECU),
        ((), {"attentes": {StatutAttente.REFUSEE}}, StatutReleve.REFUSE),
        ((), {"attentes": {StatutAttente.REPRISE}}, StatutReleve.ATTENDU),
        ((DECLAREE,), {}, StatutReleve.RECU),
        ((DECLAREE, VALIDEE, REFUSEE), {"est_neant": True}, StatutReleve.RECU),
        ((DECLAREE,), {"complement_attendu": True}, StatutReleve.A_COMPLETER),
        ((VALIDEE, REFUSEE), {"est_neant": True}, StatutReleve.VALIDE),
        ((VALIDEE,), {"attentes": {StatutAttente.EN_ATTENTE}}, StatutReleve.RECU),
        ((VALIDEE,), {"attentes": {StatutAttente.REFUSEE}}, StatutReleve.VALIDE),
        ((REFUSEE,), {}, StatutReleve.REFUSE),
        ((REFUSEE,), {"est_neant": True}, StatutReleve.NEANT),
    ],
)
def test_l_etat_d_un_releve_suit_ses_lignes(lignes, options, attendu):
    assert calculs.statut_du_releve(lignes, **options) == attendu
