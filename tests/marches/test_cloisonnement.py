"""Qui voit quoi : structures, acheteurs, entreprises ; un titulaire ne voit pas les lots voisins."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import Structure
from marches.models import Engagement, Marche
from tests.factories import (
    EngagementFactory,
    EntrepriseFactory,
    LigneHeuresFactory,
    LotFactory,
    MarcheFactory,
    RattachementFactory,
    StructureFactory,
)


@pytest.fixture
def structure() -> Structure:
    return StructureFactory()


@pytest.fixture
def mien(structure: Structure) -> Engagement:
    """Mon engagement, sur le lot « Gros œuvre » d’un marché partagé."""
    marche = MarcheFactory(structure=structure, reference="PARTAGE", motif_art35="Note interne")
    engagement = EngagementFactory(
        clause__lot=LotFactory(marche=marche, intitule="Gros œuvre"),
        entreprise=EntrepriseFactory(raison_sociale="Maçonnerie fictive"),
        heures="300",
    )
    LigneHeuresFactory(engagement=engagement, heures=Decimal("40"), validee=True)
    return engagement


@pytest.fixture
def voisin(mien: Engagement) -> Engagement:
    """L’engagement d’un autre, sur un lot voisin du même marché."""
    engagement = EngagementFactory(
        clause__lot=LotFactory(marche=mien.clause.lot.marche, intitule="Peinture secrète"),
        entreprise=EntrepriseFactory(raison_sociale="Concurrente fictive"),
        heures="777",
    )
    LigneHeuresFactory(engagement=engagement, heures=Decimal("111"), validee=True)
    return engagement


def connecter(structure: Structure, role: Role = Role.FACILITATEUR, **organisation: object) -> Client:
    client = Client()
    client.force_login(RattachementFactory(structure=structure, role=role, **organisation).utilisateur)
    return client


def fiches(client: Client, marche: Marche) -> str:
    """Tous les onglets d’une fiche, bout à bout."""
    adresse = reverse("marches:fiche", args=[marche.pk])
    onglets = ("resume", "lots", "titulaires", "heures", "journal")
    reponses = [client.get(adresse, {"onglet": onglet}) for onglet in onglets]
    assert {reponse.status_code for reponse in reponses} == {200}
    return "".join(reponse.content.decode() for reponse in reponses)


def test_un_titulaire_ne_voit_ni_les_lots_voisins_ni_leurs_heures(
    structure: Structure, mien: Engagement, voisin: Engagement
) -> None:
    client = connecter(structure, Role.ENTREPRISE, entreprise=mien.entreprise)
    html = fiches(client, mien.clause.lot.marche)
    assert "Gros œuvre" in html
    assert "300,00" in html
    for secret in ("Peinture secrète", "Concurrente fictive", "777", "1\u202f077", "151,00"):
        assert secret not in html


def test_la_liste_d_un_titulaire_ne_compte_que_ses_heures(
    structure: Structure, mien: Engagement, voisin: Engagement
) -> None:
    client = connecter(structure, Role.ENTREPRISE, entreprise=mien.entreprise)
    marche = client.get(reverse("marches:liste")).context["table"].rows[0].record
    assert (marche.heures_engagees, marche.heures_realisees) == (Decimal(300), Decimal(40))


def test_l_export_d_un_titulaire_ne_compte_que_ses_heures(
    structure: Structure, mien: Engagement, voisin: Engagement
) -> None:
    client = connecter(structure, Role.ENTREPRISE, entreprise=mien.entreprise)
    reponse = client.get(reverse("marches:liste"), {"export": "xlsx"})
    _, ligne = openpyxl.load_workbook(io.BytesIO(b"".join(reponse))).active.values
    assert ligne[9:11] == (300, 40)


def test_un_titulaire_ne_trouve_pas_son_voisin_par_la_recherche(
    structure: Structure, mien: Engagement, voisin: Engagement
) -> None:
    client = connecter(structure, Role.ENTREPRISE, entreprise=mien.entreprise)
    assert client.get(reverse("marches:liste"), {"q": "Concurrente"}).context["total"] == 0
    assert client.get(reverse("marches:liste"), {"q": "Maçonnerie"}).context["total"] == 1


def test_un_titulaire_ne_lit_ni_position_ni_facilitateur_ni_journal(structure: Structure, mien: Engagement) -> None:
    client = connecter(structure, Role.ENTREPRISE, entreprise=mien.entreprise)
    html = fiches(client, mien.clause.lot.marche)
    for interne in ("Article 35", "Note interne", "Facilitateur", "Complétude", "Inscrit par", "Journal"):
        assert interne not in html


def test_un_acheteur_voit_tout_son_marche_sans_lien_d_ecriture(
    structure: Structure, mien: Engagement, voisin: Engagement
) -> None:
    marche = mien.clause.lot.marche
    html = fiches(connecter(structure, Role.ACHETEUR, acheteur=marche.acheteur), marche)
    for visible in ("Gros œuvre", "Peinture secrète", "1\u202f077,00", "151,00", "Article 35", "Complétude"):
        assert visible in html
    for cache in ("Ajouter", "Modifier", "Ouvrir la grille", "Inscrit par"):
        assert cache not in html


def test_un_acheteur_ne_voit_pas_les_marches_d_un_autre(structure: Structure, mien: Engagement) -> None:
    client = connecter(structure, Role.ACHETEUR, acheteur=MarcheFactory(structure=structure).acheteur)
    assert client.get(reverse("marches:fiche", args=[mien.clause.lot.marche.pk])).status_code == 404
    references = [r.record.reference for r in client.get(reverse("marches:liste")).context["table"].rows]
    assert "PARTAGE" not in references


def adresses(engagement: Engagement) -> list[str]:
    """Toutes les pages qui partent d’un objet du marché."""
    clause = engagement.clause
    lot, marche = clause.lot, clause.lot.marche
    return [
        *(reverse(f"marches:{nom}", args=[marche.pk]) for nom in ("fiche", "modifier", "lot_creer")),
        *(reverse(f"marches:{nom}", args=[lot.pk]) for nom in ("lot_modifier", "attribuer", "clause_creer")),
        *(reverse(f"marches:{nom}", args=[clause.pk]) for nom in ("clause_modifier", "engager")),
        reverse("marches:mouvement_creer", args=[engagement.pk]),
    ]


def test_une_autre_structure_ne_trouve_rien(mien: Engagement) -> None:
    client = connecter(StructureFactory())
    assert {client.get(adresse).status_code for adresse in adresses(mien)} == {404}
    assert client.post(reverse("marches:statut", args=[mien.clause.lot.marche.pk])).status_code == 404
    assert client.get(reverse("marches:liste")).context["total"] == 0


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.ACHETEUR, Role.ENTREPRISE])
def test_voir_n_est_pas_ecrire(structure: Structure, mien: Engagement, role: Role) -> None:
    organisation = {
        Role.ACHETEUR: {"acheteur": mien.clause.lot.marche.acheteur},
        Role.ENTREPRISE: {"entreprise": mien.entreprise},
    }.get(role, {})
    client = connecter(structure, role, **organisation)
    fiche, *ecritures = adresses(mien)
    assert client.get(fiche).status_code == 200
    assert {client.get(adresse).status_code for adresse in ecritures} == {403}
    assert {client.post(adresse, {"version": 1}).status_code for adresse in ecritures} == {403}
    assert client.get(reverse("marches:creer")).status_code == 403


def test_un_facilitateur_ouvre_toutes_les_pages(structure: Structure, mien: Engagement) -> None:
    client = connecter(structure)
    assert {client.get(adresse).status_code for adresse in adresses(mien)} == {200}


def test_un_financeur_ne_voit_aucun_marche(structure: Structure, mien: Engagement) -> None:
    client = connecter(structure, Role.FINANCEUR)
    assert client.get(reverse("marches:liste")).status_code == 403
    assert client.get(reverse("marches:fiche", args=[mien.clause.lot.marche.pk])).status_code == 404
