"""Les articles modèles d’une clause : le texte suit les choix, ce qui manque se voit."""

from __future__ import annotations

import io

import docx
import pytest
from django.test import Client
from django.urls import reverse
from docx.enum.text import WD_COLOR_INDEX

from bilans.documents.articles import FONDEMENTS, PUBLICS
from heures.enums import CriterePublic
from tests.bilans.documents.outils import en_ligne, texte_docx
from tests.factories import RattachementFactory

PAGE = reverse("bilans:articles")
CHOIX = {
    "acheteur": "Ville fictive", "objet": "Réfection d’une école", "nature": "COND_EXEC", "objectif": "HEURES_FIXES",
    "heures": "833,5", "publics": ["RSA", "DELD"], "duree_eligibilite": "24", "periodicite": "MENSUELLE",
    "formule": "H_X_EUROS", "valeur": "40", "delai": "15",
}  # fmt: skip


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(RattachementFactory(structure__nom="PLIE fictif").utilisateur)
    return client


def demander(client: Client, **changes: object) -> bytes:
    reponse = client.get(PAGE, CHOIX | changes)
    assert reponse.status_code == 200
    assert reponse["Content-Disposition"] == 'attachment; filename="articles-clause-sociale.docx"'
    return reponse.content


def test_les_articles_disent_ce_qui_a_ete_choisi(client):
    lu = texte_docx(demander(client))
    for mots in (
        "Ville fictive", "Réfection d’une école", "article L2112-2 du code de la commande publique",
        "au moins 833,50 heures d’insertion", "les bénéficiaires du revenu de solidarité active (RSA) ;",
        "les demandeurs d’emploi de longue durée.", "PLIE fictif est le facilitateur", "pendant 24 mois",
        "Chaque mois, et au plus tard le dixième jour", "40 € par heure d’insertion non réalisée",
        "dans un délai de 15 jours ouvrés", "Article 1 – Objet", "Article 11 – Fin d’exécution",
    ):  # fmt: skip
        assert mots in lu, mots


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"objectif": "PCT_HEURES_TRAVAILLEES", "taux": "5"}, "au moins 5,00 % du total des heures travaillées"),
        (
            {"objectif": "HEURES_PAR_TRANCHE_MONTANT", "tranche": "2000"},
            "une heure d’insertion par tranche de 2 000 €",
        ),
        ({"objectif": "OFFRE_TITULAIRE"}, "sans descendre sous 833,50 heures"),
        ({"objectif": "NB_PERSONNES_OU_ETP"}, "en équivalents temps plein : [à compléter]"),
        ({"formule": "H_X_PLAFOND_SS", "valeur": "4"}, "heures non réalisées × 4,00 × plafond horaire"),
        ({"formule": "H_X_SMIC", "valeur": "1,5"}, "heures non réalisées × 1,50 × SMIC horaire"),
        ({"formule": "PCT_MONTANT", "valeur": "2"}, "2,00 % du montant hors taxes du lot"),
        ({"formule": "JOUR_RETARD", "valeur": "50"}, "50 € par jour ouvré de retard"),
        ({"formule": "FORFAIT_ABSENCE", "valeur": "500"}, "500 € par absence"),
        ({"formule": "", "valeur": ""}, "la pénalité suivante : [à compléter]"),
        ({"periodicite": "TRIMESTRIELLE"}, "Chaque trimestre, et au plus tard"),
    ],
)
def test_chaque_choix_change_le_texte(client, changes, phrase):
    assert phrase in texte_docx(demander(client, **changes))


@pytest.mark.parametrize("nature", sorted(FONDEMENTS))
def test_chaque_nature_proposee_a_son_fondement(client, nature):
    assert en_ligne(FONDEMENTS[nature]) in texte_docx(demander(client, nature=nature))


def test_tout_public_de_la_liste_a_son_nom_dans_un_marche(client):
    lu = texte_docx(demander(client, publics=CriterePublic.values))
    assert not [public for public in CriterePublic if en_ligne(PUBLICS[public]) not in lu]


def test_ce_qui_manque_est_surligne(client):
    contenu = demander(client, heures="", delai="", valeur="", acheteur="", publics=[])
    surlignes = [
        course.text
        for paragraphe in docx.Document(io.BytesIO(contenu)).paragraphs
        for course in paragraphe.runs
        if course.font.highlight_color == WD_COLOR_INDEX.YELLOW
    ]
    assert set(surlignes) == {"[à compléter]"}
    assert len(surlignes) >= 6


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"heures": "abc"}, "Heures d’insertion"),
        ({"heures": "-1"}, "supérieure ou égale à 0"),
        ({"taux": "101"}, "inférieure ou égale à 100"),
        ({"nature": "INVENTEE"}, "INVENTEE"),
        ({"publics": ["LICORNE"]}, "LICORNE"),
        ({"delai": "0"}, "supérieure ou égale à 1"),
    ],
)
def test_une_saisie_fausse_rend_le_formulaire_et_sa_phrase(client, changes, phrase):
    reponse = client.get(PAGE, CHOIX | changes)
    page = reponse.content.decode()
    assert reponse.status_code == 400
    assert phrase in page
    assert "Ville fictive" in page


def test_un_texte_saisi_n_est_jamais_du_balisage(client):
    lu = texte_docx(demander(client, acheteur="<w:br/> & «Ville» \x07"))
    assert "<w:br/> & «Ville»" in lu
