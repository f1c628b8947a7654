"""Les pages des documents : ce que chaque rôle y trouve, y télécharge, et ce qui s’inscrit au journal."""

from __future__ import annotations

import hashlib

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bilans.enums import FormatDocument, NatureDocument
from bilans.models import Document
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from tests.bilans.documents.conftest import noter
from tests.bilans.documents.outils import emettre, en_ligne, texte_docx
from tests.factories import RattachementFactory
from tests.factories_conformite import DocumentFactory

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def client_de(engagement, role: Role = Role.FACILITATEUR) -> Client:
    organisations = {
        Role.ACHETEUR: {"acheteur": engagement.clause.lot.marche.acheteur},
        Role.ENTREPRISE: {"entreprise": engagement.entreprise},
    }
    client = Client()
    rattachement = RattachementFactory(structure=engagement.structure, role=role, **organisations.get(role, {}))
    client.force_login(rattachement.utilisateur)
    return client


def liste(engagement) -> str:
    return reverse("bilans:documents", args=[engagement.pk])


def test_emettre_depuis_la_page_puis_telecharger_le_meme_fichier(engagement):
    client = client_de(engagement)
    page = reverse("bilans:emettre", args=[engagement.pk])
    assert "Réponse attendue" in client.get(page, {"nature": "RELANCE_1"}).content.decode()
    envoi = {"nature": "ATTESTATION_INTERMEDIAIRE", "du": "", "au": "2025-11-30"}
    reponse = client.post(page, envoi, follow=True)
    assert "« Attestation intermédiaire n° 2025-001 » est émis." in en_ligne(reponse.content.decode())
    document = Document.objects.get()
    recu = client.get(reverse("bilans:document", args=[document.pk]))
    assert hashlib.sha256(recu.content).hexdigest() == document.empreinte
    assert recu["Content-Type"] == "application/pdf"
    assert recu["Content-Disposition"] == 'attachment; filename="attestation-intermediaire-2025-001.pdf"'
    assert recu["X-Content-Type-Options"] == "nosniff"
    lecture = EcritureJournal.objects.get(action="télécharger un document")
    assert (lecture.nature, lecture.objet_id) == ("LECTURE", str(document.pk))


def test_une_saisie_fausse_garde_le_formulaire_et_nomme_le_champ(engagement):
    client = client_de(engagement)
    page = reverse("bilans:emettre", args=[engagement.pk])
    reponse = client.post(page, {"nature": "RELANCE_1", "au": "2025-12-15", "echeance": "2025-12-01", "format": "odt"})
    assert reponse.status_code == 200
    lu = en_ligne(reponse.content.decode())
    assert "La réponse est attendue après la date d’arrêté, le 15/12/2025." in lu
    assert "odt n’en fait pas partie" in lu
    assert not Document.objects.exists()


def test_un_refus_du_metier_se_lit_sur_le_formulaire(engagement):
    reponse = client_de(engagement).post(
        reverse("bilans:emettre", args=[engagement.pk]), {"nature": "ETAT_FINAL", "au": "2025-12-15"}
    )
    assert "n’est pas tenu. Émettre une attestation intermédiaire" in en_ligne(reponse.content.decode())


@pytest.mark.parametrize("nom", ["emettre", "projet"])
def test_une_nature_inconnue_renvoie_a_la_liste_avec_sa_phrase(engagement, nom):
    reponse = client_de(engagement).get(
        reverse(f"bilans:{nom}", args=[engagement.pk]), {"nature": "INVENTEE"}, follow=True
    )
    assert reponse.redirect_chain == [(liste(engagement), 302)]
    assert "Cette nature de document n’existe pas" in reponse.content.decode()


def test_le_projet_ne_garde_rien_ne_numerote_rien_et_inscrit_la_lecture(engagement):
    client = client_de(engagement)
    page = reverse("bilans:projet", args=[engagement.pk])
    reponse = client.get(page, {"nature": "ATTESTATION_INTERMEDIAIRE", "au": "2025-12-15"})
    assert reponse.content.startswith(b"%PDF-1")
    assert f"projet-attestation-intermediaire-{engagement.pk}.pdf" in reponse["Content-Disposition"]
    assert not Document.objects.exists()
    assert EcritureJournal.objects.filter(nature="LECTURE", action="voir un projet d’attestation").count() == 1
    refuse = client.get(page, {"nature": "ATTESTATION_INTERMEDIAIRE"}, follow=True)
    assert "Au : Ce champ est obligatoire." in en_ligne(refuse.content.decode())


def test_le_projet_d_un_courrier_se_prend_en_docx(engagement):
    reponse = client_de(engagement).get(
        reverse("bilans:projet", args=[engagement.pk]), {"nature": "RELANCE_1", "au": "2025-12-15", "format": "docx"}
    )
    assert reponse["Content-Type"] == DOCX
    assert "187,17" in texte_docx(reponse.content)


def test_annuler_se_confirme_et_se_voit(engagement, par):
    client, document = client_de(engagement), emettre(engagement, NatureDocument.RELANCE_1, par=par)
    page = reverse("bilans:document_annuler", args=[document.pk])
    assert "ne se défait pas" in client.get(page).content.decode()
    reponse = client.post(page, follow=True)
    assert "annulé le 15/12/2025" in reponse.content.decode()
    assert "déjà annulé" in client.post(page, follow=True).content.decode()


ATTENDUS = {
    # rôle : (relance PDF, relance DOCX, attestation)
    Role.FACILITATEUR: (200, 200, 200),
    Role.RESPONSABLE: (200, 200, 200),
    Role.LECTEUR: (200, 200, 200),
    Role.ACHETEUR: (200, 404, 404),
    Role.ENTREPRISE: (200, 404, 200),
    Role.FINANCEUR: (404, 404, 404),
}


@pytest.mark.parametrize("role", list(Role))
def test_qui_telecharge_quoi(engagement, par, role):
    """L’acheteur n’a pas l’état par personne ; un DOCX, version de travail, ne sort pas de la structure."""
    documents = [
        emettre(engagement, NatureDocument.RELANCE_1, par=par),
        emettre(engagement, NatureDocument.RELANCE_1, par=par, format_=FormatDocument.DOCX),
        emettre(engagement, NatureDocument.ATTESTATION_INTERMEDIAIRE, par=par),
    ]
    client = client_de(engagement, role)
    statuts = tuple(client.get(reverse("bilans:document", args=[d.pk])).status_code for d in documents)
    assert statuts == ATTENDUS[role]


def test_l_acheteur_ne_lit_pas_meme_le_titre_d_une_attestation(engagement, par):
    emettre(engagement, NatureDocument.ATTESTATION_INTERMEDIAIRE, par=par)
    page = client_de(engagement, Role.ACHETEUR).get(liste(engagement)).content.decode()
    assert "Aucun document n’a encore été émis pour cet engagement." in page
    assert "Émettre" not in page


@pytest.mark.parametrize("role", [Role.ACHETEUR, Role.ENTREPRISE])
def test_l_agent_qui_emet_n_est_nomme_que_dans_la_structure(engagement, par, role):
    document = emettre(engagement, NatureDocument.RELANCE_1, par=par)
    agent = str(document.emis_par)
    assert agent in client_de(engagement).get(liste(engagement)).content.decode()
    page = client_de(engagement, role).get(liste(engagement)).content.decode()
    assert "Relance 1" in page
    assert agent not in page


def test_une_ligne_coute_autant_de_requetes_que_onze(
    engagement, django_assert_num_queries, django_assert_max_num_queries
):
    client = client_de(engagement)
    DocumentFactory(engagement=engagement)
    client.get(liste(engagement))
    with django_assert_max_num_queries(30) as une:
        client.get(liste(engagement))
    DocumentFactory.create_batch(10, engagement=engagement)
    with django_assert_num_queries(len(une)) as onze:
        client.get(liste(engagement))
    assert not [requete for requete in onze.captured_queries if '"contenu"' in requete["sql"]]


def test_la_page_d_un_engagement_mene_a_ses_documents(engagement):
    page = client_de(engagement).get(reverse("marches:engagement", args=[engagement.pk])).content.decode()
    assert f'href="{liste(engagement)}"' in page


@pytest.mark.parametrize("nature", ["ATTESTATION_INTERMEDIAIRE", "RELANCE_1"])
def test_le_cout_d_une_emission_ne_depend_pas_du_nombre_d_heures(engagement, par, nature, django_assert_num_queries):
    # La première lettre du jour inscrit aussi son étape.
    emettre(engagement, NatureDocument(nature), par=par)
    with CaptureQueriesContext(connection) as peu:
        emettre(engagement, NatureDocument(nature), par=par)
    for rang in range(10):
        noter(engagement, f"P-1{rang:02d}", "2025-06-01", "7.00")
    with django_assert_num_queries(len(peu)):
        emettre(engagement, NatureDocument(nature), par=par)
