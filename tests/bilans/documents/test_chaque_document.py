"""Chaque document, regardé par ses balises et son texte : PDF/UA-1, un titre, une langue, un ordre, une page."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from bilans.enums import COURRIERS, FINAUX, NatureDocument
from bilans.models import Document
from heures.models import LigneHeures
from tests.bilans.documents.outils import emettre, en_ligne, lire_pdf
from tests.factories_conformite import EvenementFactory, PropositionPenaliteFactory, ReglePenaliteFactory

# Ce que chaque document montre, dans l’ordre où on le lit.
ENTETE = ["PLIE fictif", "12 rue des Essais", "62000 Arras"]
REFERENCES = ["Marché :", "2025-M1", "Lot :", "Acheteur :", "Ville fictive"]
COURRIER = [*ENTETE, "Bâtisseurs fictifs", "3 rue du Chantier", "62223 Feuchy", "Le 15 décembre 2025", "Objet :"]
SIGNATURE = ["Pour PLIE fictif,", "Directrice", "Camille Fictif"]
ORDRES = {
    NatureDocument.RELANCE_1: [*COURRIER, *REFERENCES, "Madame, Monsieur,", "Engagées", "avant le", *SIGNATURE],
    NatureDocument.RELANCE_2: [*COURRIER, *REFERENCES, "notre courrier du", "Engagées", *SIGNATURE, "Copie :"],
    NatureDocument.MISE_EN_DEMEURE: [*COURRIER, *REFERENCES, "Malgré", "mise en demeure", "Plafond", *SIGNATURE],
    NatureDocument.PROPOSITION_PENALITE: [
        *ENTETE, "Ville fictive", "3 rue du Chantier", "Le 15 décembre 2025", "Objet :", *REFERENCES, "Manquantes",
        "Avant plafond", "Pénalité proposée", "Décision de l’acheteur", *SIGNATURE,
    ],
    NatureDocument.ATTESTATION_INTERMEDIAIRE: [
        *ENTETE, "n° 2025-001", "Attestation de réalisation", *REFERENCES, "atteste que", "Code de vérification",
        *SIGNATURE, "Annexe", "Identifiant", "Total",
    ],
    NatureDocument.ATTESTATION_DEFINITIVE: [*ENTETE, "Attestation définitive", *REFERENCES, *SIGNATURE, "Annexe"],
    NatureDocument.ETAT_FINAL: [
        *ENTETE, "État final", *REFERENCES, "Reste à réaliser", "Grand livre", "Par mois", "Par modalité",
        "Attestations", "Suite donnée", "Total décidé", *SIGNATURE,
    ],
}  # fmt: skip
ADRESSE = "3 rue du Chantier\n62223 Feuchy"
# Un signe double ou un guillemet précédé d’une espace qui se coupe.
MAUVAISE_ESPACE = re.compile(r" [;:!?»%€]|« | h\b")


@pytest.fixture(params=sorted(NatureDocument))
def document(request, engagement, par) -> Document:
    nature = NatureDocument(request.param)
    ReglePenaliteFactory(clause=engagement.clause, plafond_euros=Decimal(8000))
    EvenementFactory(engagement=engagement)
    PropositionPenaliteFactory(engagement=engagement, arretee_au="2025-12-01")
    if nature in FINAUX:
        LigneHeures.objects.filter(engagement=engagement, statut="DECLAREE").delete()
        type(engagement.clause.lot.marche).objects.update(statut="SOLDE")
        engagement.clause.lot.marche.refresh_from_db()
    return emettre(engagement, nature, par=par, **{"adresse_postale": ADRESSE} if nature in COURRIERS else {})


def noeuds(noeud: Any) -> list[Any]:
    objet = noeud.get_object()
    if not hasattr(objet, "get"):
        return []
    enfants = objet.get("/K", [])
    enfants = enfants.get_object() if hasattr(enfants, "get_object") else enfants
    suite = enfants if isinstance(enfants, list) else [enfants]
    return [objet] + [petit for enfant in suite if hasattr(enfant, "get_object") for petit in noeuds(enfant)]


def test_il_est_balise_titre_dans_sa_langue_et_se_lit_dans_l_ordre(document):
    lu = lire_pdf(document.contenu)
    racine = lu.trailer["/Root"]
    assert racine["/MarkInfo"]["/Marked"]
    assert racine["/Lang"] == "fr-FR"
    assert racine["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part>1<" in racine["/Metadata"].get_data()
    assert lu.metadata.title[0].isupper()
    assert all(page["/Tabs"] == "/S" for page in lu.pages)
    balises = [str(n["/S"]) for n in noeuds(racine["/StructTreeRoot"]) if "/S" in n]
    assert balises.count("/H1") == 1
    assert balises.index("/H1") < balises.index("/P", balises.index("/H1"))
    assert balises.count("/Table") == balises.count("/Caption") == balises.count("/THead")
    cellules = [n for n in noeuds(racine["/StructTreeRoot"]) if n.get("/S") == "/TH"]
    assert all(cellule["/A"] for cellule in cellules)
    brut = "\n".join(page.extract_text() for page in lu.pages)
    texte = en_ligne(brut)
    depart = 0
    for mots in ORDRES[NatureDocument(document.nature)]:
        assert mots in texte[depart:], f"« {mots} » manque, ou vient trop tôt"
        depart = texte.index(mots, depart) + len(mots)
    assert not MAUVAISE_ESPACE.search(brut.replace("\n", "  "))
    assert len(lu.pages) == 1
    assert "Page 1 sur 1" in texte
