"""Les textes des courriels : variables connues, objet sans nom, un paragraphe répété par relevé."""

from __future__ import annotations

import pytest

from heures.courriels import D_ORIGINE, OBJET_MAX, VARIABLES, Texte, composer, fautes, rendre
from heures.enums import NatureEnvoi


def valeurs(**connues: str) -> dict[str, str]:
    return {nom: f"<{nom}>" for nom in VARIABLES} | connues


@pytest.mark.parametrize("nature", NatureEnvoi)
def test_chaque_nature_a_un_texte_d_origine_sans_faute(nature):
    assert fautes(D_ORIGINE[nature], nature) == {}


@pytest.mark.parametrize("nature", NatureEnvoi)
def test_un_texte_d_origine_donne_le_lien_et_ne_laisse_aucune_variable(nature):
    ecrit = composer(D_ORIGINE[nature], [valeurs()])
    assert "<lien>" in ecrit.corps
    assert "{" not in ecrit.objet + ecrit.corps


def test_une_variable_inconnue_est_nommee_avec_celles_qui_existent():
    refus = fautes(Texte("Relevé", "Bonjour {nom}, {lien}"), NatureEnvoi.DEMANDE)
    assert list(refus) == ["corps"]
    assert refus["corps"][0].startswith("La variable {nom} n’existe pas. Variables admises : {entreprise}")


@pytest.mark.parametrize("variable", ["{facilitateur}", "{details}", "{lien}"])
def test_l_objet_ne_porte_ni_nom_de_personne_ni_lien(variable):
    refus = fautes(Texte(f"Relevé {variable}", "{lien}"), NatureEnvoi.DEMANDE)
    assert "n’a pas sa place dans l’objet" in refus["objet"][0]


def test_une_demande_sans_lien_est_refusee_un_complement_sans_lien_ne_l_est_pas():
    assert "{lien}" in fautes(Texte("Relevé", "Bonjour"), NatureEnvoi.RELANCE_1)["corps"][0]
    assert fautes(Texte("Relevé", "Bonjour"), NatureEnvoi.COMPLEMENT) == {}


def test_une_valeur_qui_ressemble_a_une_variable_n_est_pas_remplacee():
    assert rendre("{details}", valeurs(details="voir {lien}")) == "voir {lien}"


def test_le_mois_s_elide_apres_sa_preposition():
    assert rendre("relevé de {mois}", valeurs(mois="octobre 2026")) == "relevé d’octobre 2026"
    assert rendre("relevé de {mois}", valeurs(mois="mars 2026")) == "relevé de mars 2026"


def test_deux_releves_d_une_meme_adresse_tiennent_en_un_courriel():
    texte = Texte("Relevés de {mois}", "Bonjour {entreprise},\n\nMarché {marche} :\n{lien}\n\n{structure}")
    ecrit = composer(
        texte,
        [
            valeurs(entreprise="Bâtir", marche="M1", lien="https/1", mois="mars 2025", structure="PLIE"),
            valeurs(entreprise="Bâtir", marche="M2", lien="https/2", mois="mars 2025", structure="PLIE"),
        ],
    )
    assert ecrit.objet == "Relevés de mars 2025"
    assert ecrit.corps == "Bonjour Bâtir,\n\nMarché M1 :\nhttps/1\n\nMarché M2 :\nhttps/2\n\nPLIE"


def test_un_paragraphe_vide_disparait_et_l_objet_tient_en_une_ligne():
    ecrit = composer(Texte("Relevé\n{marche}", "A\n\n{details}\n\nB"), [valeurs(details="", marche="m" * 300)])
    assert ecrit.corps == "A\n\nB"
    assert "\n" not in ecrit.objet
    assert len(ecrit.objet) == OBJET_MAX
