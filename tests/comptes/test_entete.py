"""L’en-tête des courriers : adresse, signataire et logo, réservés au responsable."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bilans.documents.dossier import entete_de
from bilans.documents.moteur import en_pdf
from bilans.documents.piece import Paragraphe, Piece
from bilans.documents.traitement import en_docx
from clauses.comptes.models import EcritureJournal
from tests.bilans.documents.outils import lire_pdf
from tests.bilans.documents.test_moteur import INSTANT
from tests.factories import RattachementFactory
from tests.socle.test_image import png

PAGE = reverse("entete")


@pytest.fixture
def rattachement():
    return RattachementFactory(responsable=True)


@pytest.fixture
def client(rattachement) -> Client:
    client = Client()
    client.force_login(rattachement.utilisateur)
    return client


def envoi(structure, **champs):
    structure.refresh_from_db()
    base = {
        "version": structure.version, "adresse": "12 rue des Essais\n62000 Arras", "signataire_nom": "Camille Fictif",
        "signataire_fonction": "Directrice",
    }  # fmt: skip
    return base | champs


def fichier(contenu: bytes, nom: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, contenu, content_type="image/png")


def test_l_en_tete_s_enregistre_et_le_logo_se_garde(client, rattachement):
    structure = rattachement.structure
    client.post(PAGE, envoi(structure, fichier=fichier(png())))
    client.post(PAGE, envoi(structure, signataire_fonction="Présidente"))
    structure.refresh_from_db()
    assert (bytes(structure.logo), structure.signataire_fonction) == (png(), "Présidente")
    page = client.get(PAGE).content.decode()
    assert 'src="data:image/png;base64,' in page


def test_le_logo_se_retire(client, rattachement):
    structure = rattachement.structure
    client.post(PAGE, envoi(structure, fichier=fichier(png())))
    client.post(PAGE, envoi(structure, sans_logo="on"))
    structure.refresh_from_db()
    assert not structure.logo
    assert "Aucun logo pour l’instant" in client.get(PAGE).content.decode()


def test_un_faux_png_est_refuse_et_rien_n_est_perdu(client, rattachement):
    reponse = client.post(PAGE, envoi(rattachement.structure, fichier=fichier(b"<svg/>")))
    page = reponse.content.decode()
    assert reponse.status_code == 200
    assert "Ce fichier n’est pas une image PNG. Enregistrer le logo au format PNG" in page
    assert "12 rue des Essais" in page
    rattachement.structure.refresh_from_db()
    assert not rattachement.structure.adresse


def test_le_journal_ne_garde_ni_le_logo_ni_le_nom_du_signataire(client, rattachement):
    client.post(PAGE, envoi(rattachement.structure, fichier=fichier(png())))
    ecriture = EcritureJournal.objects.get(action="modifier les réglages")
    assert ecriture.apres["logo"] == f"{len(png())} octets"
    assert ecriture.apres["signataire_nom"] == "(modifié)"


def test_un_conflit_se_dit_sans_montrer_d_octets(client, rattachement):
    donnees = envoi(rattachement.structure, fichier=fichier(png()))
    client.post(PAGE, envoi(rattachement.structure, adresse="Autre"))
    page = client.post(PAGE, donnees).content.decode()
    assert f"vous proposez « un fichier de {len(png())} octets »" in page
    assert "x89PNG" not in page


def test_aucune_adresse_ne_sert_le_logo(client, rattachement):
    client.post(PAGE, envoi(rattachement.structure, fichier=fichier(png())))
    pages = [client.get(adresse) for adresse in ("/", "/compte/structure/", "/marches/", "/verifier/")]
    assert all(reponse.status_code == 200 for reponse in pages)
    assert not [r for r in pages if b"data:image/png" in r.content]


def test_le_logo_n_est_lu_que_la_ou_il_sert(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as faites:
        client.get("/marches/")
    assert not [requete for requete in faites.captured_queries if '"logo"' in requete["sql"]]


def test_les_documents_portent_le_logo_avec_son_texte(client, rattachement):
    structure = rattachement.structure
    client.post(PAGE, envoi(structure, fichier=fichier(png(40, 30))))
    structure.refresh_from_db()
    piece = Piece("Essai", entete_de(structure), "Le 15", [Paragraphe("Corps")])
    (image,) = lire_pdf(en_pdf(piece, instant=INSTANT)).pages[0]["/Resources"]["/XObject"].values()
    assert (image.get_object()["/Width"], image.get_object()["/Height"]) == (40, 30)
    assert f"Logo de {structure.nom}".encode() in b"".join(_parties(en_docx(piece, instant=INSTANT)))


def _parties(contenu: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
        return [archive.read(nom) for nom in archive.namelist()]
