"""Annuaire des acheteurs : liste, export, fiche, création par SIRET, modification versionnée, suggestions."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal, Structure
from marches.models import Acheteur
from tests.factories import (
    AcheteurFactory,
    EngagementFactory,
    MarcheFactory,
    RattachementFactory,
    StructureFactory,
    siret,
)

SAISIE = {"nom": "Ville fictive", "type": "COMMUNE", "commune_insee": "", "epci_siren": ""}


@pytest.fixture
def structure() -> Structure:
    return StructureFactory()


@pytest.fixture
def client(client: Client, structure: Structure) -> Client:
    client.force_login(RattachementFactory(structure=structure).utilisateur)
    return client


def noms(client: Client, **parametres: str) -> list[str]:
    lignes = client.get(reverse("marches:acheteurs"), parametres).context["table"].rows
    return [ligne.record.nom for ligne in lignes]


def test_la_liste_se_cherche_par_nom_siret_ou_type(client: Client) -> None:
    AcheteurFactory(nom="Ville d’Exemple", siret=siret(11, "2"))
    AcheteurFactory(nom="Habitat fictif", siret=siret(12, "2"), type="BAILLEUR_SOCIAL")
    assert noms(client, q="exemple") == ["Ville d’Exemple"]
    assert noms(client, q=f"{siret(12, '2')[:3]} {siret(12, '2')[3:]}") == ["Habitat fictif"]
    assert noms(client, type="BAILLEUR_SOCIAL") == ["Habitat fictif"]


def test_la_liste_ne_compte_que_les_marches_de_la_structure(client: Client, structure: Structure) -> None:
    acheteur = MarcheFactory(structure=structure).acheteur
    MarcheFactory(structure=structure, acheteur=acheteur)
    MarcheFactory(acheteur=acheteur)
    lignes = client.get(reverse("marches:acheteurs")).context["table"].rows
    assert [ligne.record.nombre_marches for ligne in lignes] == [2]


def test_l_export_des_acheteurs_se_relit_cellule_par_cellule(client: Client, structure: Structure) -> None:
    acheteur = AcheteurFactory(nom="=Ville", commune_insee="62041", epci_siren="200033579")
    MarcheFactory(structure=structure, acheteur=acheteur)
    reponse = client.get(reverse("marches:acheteurs"), {"export": "xlsx"})
    lignes = list(openpyxl.load_workbook(io.BytesIO(b"".join(reponse))).active.values)
    assert lignes == [
        (
            "SIRET", "Nom", "Type de donneur d’ordre", "Commune (INSEE)", "Intercommunalité (SIREN)", "Marchés suivis",
        ),
        (acheteur.siret, "=Ville", "Commune", "62041", "200033579", 1),
    ]  # fmt: skip


def test_la_fiche_montre_les_marches_du_perimetre_et_leur_avancement(client: Client, structure: Structure) -> None:
    marche = MarcheFactory(structure=structure, reference="ICI")
    EngagementFactory(clause__lot__marche=marche, heures="321")
    MarcheFactory(acheteur=marche.acheteur, reference="AILLEURS")
    page = client.get(reverse("marches:acheteur", args=[marche.acheteur.pk])).content.decode()
    assert "ICI" in page
    assert "321,00" in page
    assert "AILLEURS" not in page


@pytest.mark.parametrize(
    "ecrit", [siret(21, "2"), f" {siret(21, '2')[:9]} {siret(21, '2')[9:]} ", "356 000 000 00048"]
)
def test_un_acheteur_se_cree_par_son_siret(client: Client, ecrit: str) -> None:
    reponse = client.post(reverse("marches:acheteur_creer"), {**SAISIE, "siret": ecrit})
    acheteur = Acheteur.objects.get()
    assert reponse["Location"] == acheteur.get_absolute_url()
    assert acheteur.siret == "".join(ecrit.split())
    assert EcritureJournal.objects.filter(action="créer l’acheteur", objet_id=str(acheteur.pk)).exists()


@pytest.mark.parametrize(
    ("ecrit", "phrase"),
    [
        ("21590350100018", "clef de contrôle fausse"),
        ("2159", "un SIRET en compte 14"),
        ("200033579", "est un SIREN"),
        ("", "obligatoire"),
        ("2.00E+13", "arrondi"),
    ],
)
def test_un_siret_faux_est_refuse_sous_son_champ(client: Client, ecrit: str, phrase: str) -> None:
    refus = client.post(reverse("marches:acheteur_creer"), {**SAISIE, "siret": ecrit})
    assert phrase in refus.context["form"].errors["siret"][0]
    assert not Acheteur.objects.exists()


def test_un_siret_connu_mene_a_la_fiche_existante(client: Client) -> None:
    connu = AcheteurFactory(nom="Ville connue")
    espace = f"{connu.siret[:9]} {connu.siret[9:]}"
    refus = client.post(reverse("marches:acheteur_creer"), {**SAISIE, "siret": espace})
    page = refus.content.decode()
    assert "déjà dans l’annuaire" in page
    assert f'href="{connu.get_absolute_url()}">Ville connue</a>' in page
    assert Acheteur.objects.count() == 1


def test_les_codes_mal_formes_sont_refuses_a_leur_place(client: Client) -> None:
    saisie = {**SAISIE, "siret": siret(5, "2"), "commune_insee": "Arras", "epci_siren": "12"}
    erreurs = client.post(reverse("marches:acheteur_creer"), saisie).context["form"].errors
    assert "code INSEE" in erreurs["commune_insee"][0]
    assert "9 chiffres" in erreurs["epci_siren"][0]


def test_un_conflit_montre_les_deux_valeurs_et_n_ecrase_rien(client: Client) -> None:
    acheteur = AcheteurFactory(nom="Nom d’origine")
    adresse = reverse("marches:acheteur_modifier", args=[acheteur.pk])
    saisie = {**SAISIE, "siret": acheteur.siret}
    client.post(adresse, {**saisie, "version": 1, "nom": "Nom du premier"})
    page = client.post(adresse, {**saisie, "version": 1, "nom": "Nom du second"}).content.decode()
    assert "Nom du premier" in page
    assert "Nom du second" in page
    acheteur.refresh_from_db()
    assert acheteur.nom == "Nom du premier"


def test_un_conflit_se_lit_en_libelles_et_non_en_codes(client: Client) -> None:
    acheteur = AcheteurFactory(type="COMMUNE")
    adresse = reverse("marches:acheteur_modifier", args=[acheteur.pk])
    saisie = {**SAISIE, "siret": acheteur.siret, "nom": acheteur.nom}
    client.post(adresse, {**saisie, "version": 1, "type": "BAILLEUR_SOCIAL"})
    conflit = client.post(adresse, {**saisie, "version": 1, "type": "ETAT", "commune_insee": "62041"})
    phrase = conflit.context["form"].non_field_errors()[0]
    assert "« Bailleur social » est enregistré, vous proposez « État »" in phrase
    assert "« vide » est enregistré, vous proposez « 62041 »" in phrase


def test_les_suggestions_repondent_au_nom_comme_au_siret(client: Client) -> None:
    acheteur = AcheteurFactory(nom="Ville d’Exemple", siret=siret(31, "2"))
    AcheteurFactory(nom="Autre", siret=siret(32, "3"))
    option = f'<option value="{acheteur} – {acheteur.siret}"></option>'
    for cherche in ("exempl", acheteur.siret[:10]):
        assert client.get(reverse("marches:acheteurs_choix"), {"acheteur": cherche}).content.decode().strip() == option


def test_les_suggestions_sont_bornees_et_attendent_deux_lettres(client: Client) -> None:
    for n in range(25):
        AcheteurFactory(nom=f"Ville {n}")
    adresse = reverse("marches:acheteurs_choix")
    assert client.get(adresse, {"q": "Ville"}).content.decode().count("<option") == 20
    assert "<option" not in client.get(adresse, {"q": "V"}).content.decode()
    assert "<option" not in client.get(adresse).content.decode()


def test_un_acheteur_ne_voit_que_sa_fiche(structure: Structure) -> None:
    lui, autre = MarcheFactory(structure=structure).acheteur, AcheteurFactory()
    client = Client()
    client.force_login(RattachementFactory(structure=structure, role=Role.ACHETEUR, acheteur=lui).utilisateur)
    assert client.get(reverse("marches:acheteur", args=[lui.pk])).status_code == 200
    assert client.get(reverse("marches:acheteur", args=[autre.pk])).status_code == 404
    assert client.get(reverse("marches:acheteur_modifier", args=[lui.pk])).status_code == 403
    for nom in ("acheteurs", "acheteurs_choix", "acheteur_creer"):
        assert client.get(reverse(f"marches:{nom}")).status_code == 403


def test_onze_acheteurs_coutent_autant_de_requetes_qu_un(client: Client, structure: Structure) -> None:
    premier = MarcheFactory(structure=structure).acheteur
    adresses = (reverse("marches:acheteurs"), reverse("marches:acheteur", args=[premier.pk]))

    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            for adresse in adresses:
                assert client.get(adresse).status_code == 200
        return len(requetes)

    compter()
    un = compter()
    for _ in range(10):
        MarcheFactory(structure=structure, acheteur=premier)
        MarcheFactory(structure=structure)
    assert compter() == un
