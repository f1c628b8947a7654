"""Émettre un document par l’API, en voir le projet : les règles, les fautes et le journal de la page."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from bilans.models import Document
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from marches.models import Evenement
from tests.bilans.documents.outils import en_ligne, texte_de, texte_docx
from tests.factories import EngagementFactory
from tests.heures.api.porte import Porte, fautes, refus

RELANCE = {"nature": "RELANCE_1", "au": "2025-12-15"}
INTERMEDIAIRE = {"nature": "ATTESTATION_INTERMEDIAIRE", "au": "2025-11-30"}


@pytest.fixture
def porte(engagement: Any) -> Porte:
    return Porte(engagement.structure)


def test_emettre_une_attestation_la_fige_la_numerote_et_l_inscrit(engagement: Any, porte: Porte) -> None:
    reponse = porte.poster("documents/", INTERMEDIAIRE | {"engagement": engagement.pk})
    assert reponse.status_code == 201, reponse.content
    document = Document.objects.get()
    fiche = reponse.json()
    assert reponse["Location"] == f"http://testserver/api/v1/documents/{document.pk}/"
    assert (fiche["id"], fiche["numero"], fiche["format"]) == (document.pk, 1, "pdf")
    assert hashlib.sha256(bytes(document.contenu)).hexdigest() == fiche["empreinte"]
    # L’adresse imprimée est celle de la page publique de ce serveur, comme depuis la page.
    assert "http://testserver/verifier/" in texte_de(document).replace(" ", "")
    assert porte.journal("ECRITURE")[-1][:2] == ("émettre un document", str(document.pk))


def test_une_lettre_se_donne_en_docx_avec_l_adresse_et_l_echeance_voulues(engagement: Any, porte: Porte) -> None:
    voulue = RELANCE | {"format": "docx", "echeance": "2026-01-20", "adresse_postale": "1 rue Neuve\n62000 Arras"}
    assert porte.poster("documents/", voulue | {"engagement": engagement.pk}).status_code == 201
    document = Document.objects.get()
    lu = texte_docx(bytes(document.contenu))
    assert "1 rue Neuve" in lu
    assert "20/01/2026" in lu
    assert Evenement.objects.get().echeance.isoformat() == "2026-01-20"


def test_la_meme_demande_sous_la_meme_clef_n_emet_qu_un_document(engagement: Any, porte: Porte) -> None:
    corps, clef = INTERMEDIAIRE | {"engagement": engagement.pk}, {"Idempotency-Key": "attestation"}
    un, deux = (porte.poster("documents/", corps, **clef) for _ in range(2))
    assert (deux.status_code, deux.json(), deux["Idempotency-Replayed"]) == (201, un.json(), "true")
    assert "déjà servi" in refus(porte.poster("documents/", corps | {"au": "2025-10-31"}, **clef))
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("corps", "champ", "phrase"),
    [
        ({"nature": "INVENTEE", "au": "2025-12-15"}, "nature", "Code inconnu"),
        ({"nature": "RELANCE_1"}, "au", "obligatoire"),
        (RELANCE | {"au": "15/12/2025"}, "au", "AAAA-MM-JJ"),
        (RELANCE | {"echeance": "2025-12-01"}, "echeance", "après la date d’arrêté"),
        (RELANCE | {"du": "2025-01-01"}, "du", "Cette nature de document ne l’emploie pas. Employés"),
        (INTERMEDIAIRE | {"adresse_postale": "1 rue Neuve"}, "adresse_postale", "ne l’emploie pas"),
        (RELANCE | {"est_consolidee": False}, "est_consolidee", "ne l’emploie pas"),
        (RELANCE | {"adresse_postale": "x" * 301}, "adresse_postale", "300"),
        (RELANCE | {"format": "odt"}, "format", "Code inconnu"),
        (RELANCE | {"inconnu": 1}, "inconnu", "Champ inconnu"),
        (RELANCE | {"engagement": "un"}, "engagement", "nombre entier"),
    ],
)
def test_une_demande_fausse_se_dit_a_son_champ(
    engagement: Any, porte: Porte, corps: dict[str, Any], champ: str, phrase: str
) -> None:
    reponse = porte.poster("documents/", {"engagement": engagement.pk} | corps)
    assert phrase in fautes(reponse)[champ]
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("corps", "phrase"),
    [
        (INTERMEDIAIRE | {"format": "docx"}, "fait foi"),
        (INTERMEDIAIRE | {"est_consolidee": True}, "qu’une entreprise engagée"),
        (INTERMEDIAIRE | {"au": "2026-12-31"}, "est à venir"),
        ({"nature": "ETAT_FINAL", "au": "2025-12-15"}, "n’est pas tenu"),
        ({"nature": "RELANCE_2", "au": "2025-12-15"}, "relance"),
    ],
)
def test_un_refus_du_metier_est_celui_de_la_page(
    engagement: Any, porte: Porte, corps: dict[str, Any], phrase: str
) -> None:
    assert phrase in en_ligne(refus(porte.poster("documents/", {"engagement": engagement.pk} | corps)))
    assert not Document.objects.exists()
    assert not Evenement.objects.exists()


def test_la_lettre_en_un_geste_inscrit_l_etape_une_fois_par_jour(engagement: Any, porte: Porte) -> None:
    corps = {"engagement": engagement.pk, "nature": "RELANCE_1"}
    un, redite = (porte.poster("documents/lettre/", corps, **{"Idempotency-Key": "lettre"}) for _ in range(2))
    assert (un.status_code, redite.json(), redite["Idempotency-Replayed"]) == (201, un.json(), "true")
    assert un["Location"] == f"http://testserver/api/v1/documents/{un.json()['id']}/"
    assert Evenement.objects.get().nature == "RELANCE_1"
    assert "déjà inscrite aujourd’hui" in refus(porte.poster("documents/lettre/", corps))
    assert "Code inconnu" in fautes(porte.poster("documents/lettre/", corps | {"nature": "ETAT_FINAL"}))["nature"]
    assert Document.objects.count() == 1


def test_un_engagement_d_ailleurs_n_existe_pas_et_un_lecteur_n_emet_rien(engagement: Any, porte: Porte) -> None:
    ailleurs = EngagementFactory().pk
    for chemin, corps in (("documents/", RELANCE), ("documents/lettre/", {"nature": "RELANCE_1"})):
        assert "Aucune fiche" in fautes(porte.poster(chemin, corps | {"engagement": ailleurs}))["engagement"]
        lecteur = Porte(engagement.structure, Role.LECTEUR)
        assert lecteur.poster(chemin, corps | {"engagement": engagement.pk}).status_code == 403
    assert porte.lire(f"engagements/{ailleurs}/projet/?nature=RELANCE_1&au=2025-12-15").status_code == 404
    assert not Document.objects.exists()


def test_le_projet_est_un_fichier_qui_n_enregistre_rien_et_s_inscrit_au_journal(engagement: Any, porte: Porte) -> None:
    projet = f"engagements/{engagement.pk}/projet/"
    pdf = porte.lire(f"{projet}?nature=ATTESTATION_INTERMEDIAIRE&au=2025-11-30&est_consolidee=false")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:6]) == (200, "application/pdf", b"%PDF-1")
    assert f'filename="projet-attestation-intermediaire-{engagement.pk}.pdf"' in pdf["Content-Disposition"]
    docx = porte.lire(f"{projet}?nature=RELANCE_1&au=2025-12-15&format=docx")
    assert "187,17" in texte_docx(docx.content)
    assert porte.journal() == [("voir un projet d’attestation", str(engagement.pk), 1)]
    assert not Document.objects.exists()
    assert not Evenement.objects.exists()


@pytest.mark.parametrize(
    ("parametres", "champ", "phrase"),
    [
        ("nature=RELANCE_1", "au", "obligatoire"),
        ("nature=RELANCE_1&au=2025-12-15&du=2025-01-01", "du", "ne l’emploie pas"),
        ("nature=ATTESTATION_INTERMEDIAIRE&au=2025-12-15&est_consolidee=oui", "est_consolidee", "true ou false"),
        ("nature=RELANCE_1&au=2025-12-15&engagement=1", "engagement", "Paramètre inconnu"),
    ],
)
def test_un_projet_mal_demande_se_dit_au_parametre(
    engagement: Any, porte: Porte, parametres: str, champ: str, phrase: str
) -> None:
    assert phrase in fautes(porte.lire(f"engagements/{engagement.pk}/projet/?{parametres}"))[champ]


def test_un_projet_refuse_dit_la_raison_du_metier(engagement: Any, porte: Porte) -> None:
    projet = f"engagements/{engagement.pk}/projet/?au=2025-12-15&nature="
    assert "n’est pas tenu" in en_ligne(refus(porte.lire(f"{projet}ETAT_FINAL")))
    assert "fait foi" in refus(porte.lire(f"{projet}ATTESTATION_INTERMEDIAIRE&format=docx"))
    assert not EcritureJournal.objects.filter(action="voir un projet d’attestation").exists()
