"""Les documents par l’API : chacun lit ceux qui lui sont destinés, et en télécharge le fichier."""

from __future__ import annotations

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from tests.appels import client_de, lire, numeros, poster
from tests.factories import EngagementFactory
from tests.factories_conformite import DocumentFactory


def test_un_agent_lit_et_telecharge_le_document_tel_qu_emis():
    document = DocumentFactory(contenu=b"%PDF-1.7 fictif")
    client = client_de(document.structure, Role.LECTEUR)
    fiche = lire(client, f"documents/{document.pk}/")
    assert (fiche["engagement"], fiche["empreinte"], fiche["est_annule"]) == (
        document.engagement_id, document.empreinte, False,
    )  # fmt: skip
    fichier = client.get(f"/api/v1/documents/{document.pk}/fichier/", headers={"Accept": "application/pdf"})
    assert (fichier.status_code, fichier["Content-Type"], fichier.content) == (
        200,
        "application/pdf",
        b"%PDF-1.7 fictif",
    )
    assert EcritureJournal.objects.filter(action="télécharger un document", objet_id=document.pk).exists()


def test_une_entreprise_ne_lit_que_les_siens():
    sien = DocumentFactory()
    autre = DocumentFactory(engagement=EngagementFactory(clause=sien.engagement.clause))
    client = client_de(sien.structure, Role.ENTREPRISE, entreprise=sien.engagement.entreprise)
    assert numeros(client, "documents/") == [sien.pk]
    assert client.get(f"/api/v1/documents/{autre.pk}/fichier/").status_code == 404


def test_annuler_garde_le_document_et_ne_se_redit_pas():
    document = DocumentFactory(attestation=True)
    client = client_de(document.structure)
    assert poster(client, f"documents/{document.pk}/annuler/", {}).json()["est_annule"] is True
    refus = poster(client, f"documents/{document.pk}/annuler/", {})
    assert (refus.status_code, refus.json()["detail"]) == (409, "Ce document est déjà annulé.")
    assert (
        poster(client_de(document.structure, Role.LECTEUR), f"documents/{document.pk}/annuler/", {}).status_code == 403
    )
