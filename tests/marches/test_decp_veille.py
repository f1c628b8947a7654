"""Veille de l’article 35 : les contrats de nos acheteurs au-dessus des seuils et sans clause sociale."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from marches.enums import PositionArt35
from marches.imports.decp.enregistrement import Enregistrement
from marches.models import ContratAVeiller, Marche
from marches.seuils import seuil
from marches.veille import lignes_a_veiller
from tests.factories import MarcheFactory, RattachementFactory, StructureFactory, acteur, siret
from tests.marches.decp import ACHETEUR, contrat, fichier, lire

SANS = {"considerationSociale": ["Pas de considération sociale"]}
SERVICES = {"codeCPV": "90910000", "ccag": "Fournitures courantes et services", "considerationsSociales": SANS}


@pytest.fixture
def par():
    par = acteur(StructureFactory())
    MarcheFactory(structure_id=par.structure_id, acheteur__siret=ACHETEUR, montant_ht=None)
    return par


def importer(par, *contrats):
    return Enregistrement(par).traiter(lire(fichier(*contrats)))


@pytest.mark.parametrize(
    ("champs", "attendu"),
    [
        ({"cpv": "45210000", "le": datetime.date(2026, 3, 1)}, 5_404_000),
        ({"cpv": "45210000", "le": datetime.date(2024, 1, 1)}, 5_538_000),
        ({"cpv": "90910000", "le": datetime.date(2025, 12, 31)}, 221_000),
        ({"cpv": "90910000", "type_acheteur": "ETAT", "le": datetime.date(2026, 1, 1)}, 140_000),
        ({"cpv": "", "ccag": "TRAVAUX", "le": datetime.date(2023, 5, 1)}, 5_382_000),
        ({"cpv": "55500000", "nature": "CONCESSION", "le": None}, 5_404_000),
        ({"cpv": "90910000", "le": datetime.date(2007, 1, 1)}, 221_000),
    ],
)
def test_le_seuil_suit_la_date_l_objet_et_l_acheteur(champs, attendu):
    assert seuil(**({"nature": "MARCHE", "ccag": "", "type_acheteur": "COMMUNE"} | champs)) == Decimal(attendu)


def test_seuls_les_contrats_de_nos_acheteurs_au_dessus_des_seuils_et_sans_clause_sont_a_veiller(par):
    lignes = importer(
        par,
        contrat(id="haut", montant=300_000, **SERVICES),
        contrat(id="bas", montant=200_000, **SERVICES),
        contrat(id="ailleurs", montant=300_000, acheteur={"id": siret(400, "2")}, **SERVICES),
        contrat(id="muet", montant=300_000, **(SERVICES | {"considerationsSociales": None})),
        contrat(id="social", montant=300_000, codeCPV="90910000"),
    )
    assert [bool(ligne.veille) for ligne in lignes] == [True, False, False, False, False]
    veille = ContratAVeiller.objects.get()
    assert (veille.identifiant, veille.montant_ht, veille.seuil_ht) == ("haut", Decimal(300_000), Decimal(221_000))
    importer(par, contrat(id="haut", montant=320_000, **SERVICES))
    assert ContratAVeiller.objects.get().montant_ht == Decimal(320_000)


def test_un_contrat_devenu_un_marche_n_est_plus_a_veiller(par):
    haut = contrat(id="haut", montant=300_000, **SERVICES)
    importer(par, haut)
    Enregistrement(par, retenir=lambda contrat: True).traiter(lire(fichier(haut)))
    assert not ContratAVeiller.objects.exists()
    # Suivi ici, mais sans clause : il reste dans la liste, sous son nom de marché.
    (ligne,) = lignes_a_veiller(acteur=par)
    assert (ligne.identifiant, ligne.marche) == ("haut", Marche.objects.get(reference="haut"))


def test_une_position_prise_ou_une_autre_structure_sortent_de_la_liste(par):
    importer(acteur(StructureFactory()), contrat(id="ailleurs", montant=300_000))
    champs = {"structure_id": par.structure_id, "montant_ht": Decimal(300_000), "cpv": "90910000"}
    MarcheFactory(**champs, position_art35=PositionArt35.NON_CONCERNE)
    MarcheFactory(**champs, a_clause_sociale=True)
    reste = MarcheFactory(**champs)
    assert [ligne.marche for ligne in lignes_a_veiller(acteur=par)] == [reste]


def test_la_page_liste_les_contrats_les_seuils_et_leur_source(client, par):
    rattachement = RattachementFactory(structure_id=par.structure_id, lecteur=True)
    client.force_login(rattachement.utilisateur)
    vide = client.get(reverse("marches:veille")).content.decode()
    assert "Aucun contrat au-dessus des seuils" in vide
    importer(par, contrat(id="haut", montant=300_000, **SERVICES))
    page = client.get(reverse("marches:veille")).content.decode()
    assert "haut" in page
    assert "publié, non suivi" in page
    assert "annexe 2 du code de la commande publique" in page


def test_un_contrat_a_veiller_coute_autant_de_requetes_que_onze(client, par, django_assert_max_num_queries):
    client.force_login(RattachementFactory(structure_id=par.structure_id).utilisateur)
    importer(par, *(contrat(id=str(rang), montant=300_000, **SERVICES) for rang in range(1)))
    adresse = reverse("marches:veille")
    client.get(adresse)
    with django_assert_max_num_queries(100) as une:
        client.get(adresse)
    importer(par, *(contrat(id=str(rang), montant=300_000, **SERVICES) for rang in range(11)))
    with django_assert_max_num_queries(100) as onze:
        client.get(adresse)
    assert len(onze) == len(une)
