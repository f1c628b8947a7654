"""Annuaire des entreprises : recherche, création par SIRET, fiche dans le périmètre, contrats sans nom."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import Structure
from entreprises.models import Entreprise
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntrepriseFactory,
    LigneHeuresFactory,
    MarcheFactory,
    RattachementFactory,
    StructureFactory,
    siret,
)

SAISIE = {"raison_sociale": "Peintures fictives", "type_employeur": "ENTREPRISE", "naf": "43.34Z", "commune_insee": ""}


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(datetime.datetime(2025, 6, 30, 12, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def structure() -> Structure:
    return StructureFactory()


@pytest.fixture
def client(client: Client, structure: Structure) -> Client:
    client.force_login(RattachementFactory(structure=structure).utilisateur)
    return client


def fiche(client: Client, entreprise: Entreprise) -> str:
    reponse = client.get(reverse("entreprises:fiche", args=[entreprise.pk]))
    assert reponse.status_code == 200
    return str(reponse.content.decode())


@pytest.mark.parametrize("ecrit", [siret(41), f"{siret(41)[:3]} {siret(41)[3:9]} {siret(41)[9:]}", "35600000000048"])
def test_une_entreprise_se_cree_par_son_siret_espaces_permises(client: Client, ecrit: str) -> None:
    assert client.post(reverse("entreprises:creer"), {**SAISIE, "siret": ecrit}).status_code == 302
    assert Entreprise.objects.get().siret == "".join(ecrit.split())


def test_un_siret_faux_est_refuse_sous_son_champ(client: Client) -> None:
    refus = client.post(reverse("entreprises:creer"), {**SAISIE, "siret": "12345678901234"})
    assert "clef de contrôle fausse" in refus.context["form"].errors["siret"][0]
    assert 'href="#id_siret"' in refus.content.decode()
    assert not Entreprise.objects.exists()


def test_un_siret_connu_mene_a_la_fiche_existante(client: Client) -> None:
    connue = EntrepriseFactory(raison_sociale="Déjà là", siret=siret(42))
    page = client.post(reverse("entreprises:creer"), {**SAISIE, "siret": connue.siret}).content.decode()
    assert f'href="{connue.get_absolute_url()}">Déjà là</a>' in page
    assert Entreprise.objects.count() == 1


def test_la_recherche_accepte_un_siret_espace(client: Client) -> None:
    EntrepriseFactory(siret=siret(43))
    EntrepriseFactory(siret=siret(99, "1"))
    cherche = f"{siret(43)[:3]} {siret(43)[3:9]}"
    assert client.get(reverse("entreprises:liste"), {"q": cherche}).context["total"] == 1


def test_l_export_de_l_annuaire_se_relit_cellule_par_cellule(client: Client) -> None:
    entreprise = EntrepriseFactory(raison_sociale="=Peinture", naf="43.34Z", commune_insee="62041", etti=True)
    reponse = client.get(reverse("entreprises:liste"), {"export": "xlsx"})
    lignes = list(openpyxl.load_workbook(io.BytesIO(b"".join(reponse))).active.values)
    assert lignes == [
        ("SIRET", "Raison sociale", "Type d’employeur", "NAF", "Commune (INSEE)"),
        (entreprise.siret, "=Peinture", "Entreprise de travail temporaire d’insertion", "43.34Z", "62041"),
    ]


def test_la_fiche_montre_les_engagements_du_perimetre(client: Client, structure: Structure) -> None:
    entreprise = EntrepriseFactory()
    ici = EngagementFactory(
        entreprise=entreprise, heures="400", clause__lot__marche=MarcheFactory(structure=structure, reference="ICI")
    )
    EngagementFactory(entreprise=entreprise, clause__lot__marche=MarcheFactory(reference="AILLEURS"))
    LigneHeuresFactory(engagement=ici, heures=Decimal(100), validee=True)
    html = fiche(client, entreprise)
    for texte in ("ICI", "400,00", "100,00", "25,00\u202f%"):
        assert texte in html
    assert "AILLEURS" not in html


def test_les_contrats_en_cours_se_comptent_sans_nommer_personne(client: Client, structure: Structure) -> None:
    employeur = EntrepriseFactory()
    contrat = {"employeur": employeur, "participant__structure": structure}
    for _ in range(2):
        ContratTravailFactory(**contrat, participant__nom="Secretfictif")
    ContratTravailFactory(**contrat, type_contrat="CDI")
    ContratTravailFactory(**contrat, date_fin=datetime.date(2025, 6, 29))
    ContratTravailFactory(**contrat, date_debut=datetime.date(2025, 7, 1))
    ContratTravailFactory(employeur=employeur)
    reponse = client.get(reverse("entreprises:fiche", args=[employeur.pk]))
    assert reponse.context["contrats"] == [("CDD", "Embauche directe", 2), ("CDI", "Embauche directe", 1)]
    assert "Secretfictif" not in reponse.content.decode()


def test_une_fiche_vide_dit_quoi_faire(client: Client) -> None:
    html = fiche(client, EntrepriseFactory(aci=True))
    assert "Aucun engagement" in html
    assert "Aucun contrat en cours" in html
    assert "SIAE" in html


def test_une_entreprise_voit_sa_fiche_sans_contrats_ni_journal(structure: Structure) -> None:
    engagement = EngagementFactory(clause__lot__marche=MarcheFactory(structure=structure))
    ContratTravailFactory(employeur=engagement.entreprise, participant__structure=structure)
    client = Client()
    rattachement = RattachementFactory(structure=structure, role=Role.ENTREPRISE, entreprise=engagement.entreprise)
    client.force_login(rattachement.utilisateur)
    html = fiche(client, engagement.entreprise)
    assert engagement.clause.lot.marche.reference in html
    for interne in ("Contrats de travail", "Journal", "Modifier"):
        assert interne not in html
    assert client.get(reverse("entreprises:fiche", args=[EntrepriseFactory().pk])).status_code == 404
    assert client.get(reverse("entreprises:modifier", args=[engagement.entreprise.pk])).status_code == 403
    assert client.get(reverse("entreprises:choix")).status_code == 403


def test_les_suggestions_proposent_nom_et_siret(client: Client) -> None:
    entreprise = EntrepriseFactory(raison_sociale="Bâtisseurs fictifs")
    page = client.get(reverse("entreprises:choix"), {"entreprise-entreprise": "fictifs"}).content.decode()
    assert page.strip() == f'<option value="Bâtisseurs fictifs – {entreprise.siret}"></option>'


def test_un_conflit_montre_les_deux_valeurs(client: Client) -> None:
    entreprise = EntrepriseFactory(raison_sociale="Origine", siret=siret(44))
    adresse = reverse("entreprises:modifier", args=[entreprise.pk])
    client.post(adresse, {**SAISIE, "siret": entreprise.siret, "version": 1, "raison_sociale": "Premier nom"})
    conflit = client.post(adresse, {**SAISIE, "siret": entreprise.siret, "version": 1, "raison_sociale": "Second nom"})
    assert "Premier nom" in conflit.content.decode()
    assert "Second nom" in conflit.content.decode()
    entreprise.refresh_from_db()
    assert entreprise.raison_sociale == "Premier nom"


def test_la_fiche_coute_autant_avec_un_engagement_qu_avec_onze(client: Client, structure: Structure) -> None:
    entreprise = EntrepriseFactory()

    def charger() -> None:
        EngagementFactory(entreprise=entreprise, clause__lot__marche=MarcheFactory(structure=structure))
        ContratTravailFactory(employeur=entreprise, participant__structure=structure)

    charger()
    fiche(client, entreprise)
    with CaptureQueriesContext(connection) as un:
        fiche(client, entreprise)
    for _ in range(10):
        charger()
    with CaptureQueriesContext(connection) as onze:
        fiche(client, entreprise)
    assert len(onze) == len(un)
