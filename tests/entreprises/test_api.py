"""Entreprises et contacts par l’API."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from entreprises.models import Contact, Entreprise
from tests.appels import client_de, creee, fautes, gestes, lire, numeros, poster, rapiecer, retirer
from tests.factories import EntrepriseFactory, StructureFactory, siret
from tests.factories_releves import ContactFactory


@pytest.fixture
def structure() -> Any:
    return StructureFactory()


def test_une_entreprise_se_cree_et_se_modifie(structure: Any) -> None:
    client, corps = client_de(structure), {"siret": siret(4_242, "0"), "raison_sociale": "Neuve fictive"}
    neuve = creee(poster(client, "entreprises/", corps))
    assert (neuve["siret"], neuve["type_employeur"]) == (siret(4_242, "0"), "ENTREPRISE")
    assert fautes(poster(client, "entreprises/", corps)) == {"siret": "Ce SIRET est déjà dans l’annuaire."}
    modifiee = rapiecer(client, f"entreprises/{neuve['id']}/", {"type_employeur": "ETTI"}, version=1).json()
    assert (modifiee["type_employeur"], modifiee["version"]) == ("ETTI", 2)
    assert rapiecer(client, f"entreprises/{neuve['id']}/", {"naf": "81.21Z"}, version=1).status_code == 412
    assert gestes(structure) == ["créer l’entreprise", "modifier l’entreprise"]


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"siret": "12345678901234"}, "siret", "clef de contrôle"),
        ({"siret": 12345678901234}, "siret", "clef de contrôle"),
        ({"siret": "123"}, "siret", "14 chiffres"),
        ({"raison_sociale": ""}, "raison_sociale", "vide"),
        ({"type_employeur": "SIAE"}, "type_employeur", "Code inconnu"),
        ({"commune_insee": "6204"}, None, "5 caractères"),
    ],
)
def test_une_entreprise_impossible_se_dit(structure: Any, champs: Any, champ: str | None, phrase: str) -> None:
    corps = {"siret": siret(4_242, "0"), "raison_sociale": "Neuve fictive"} | champs
    assert phrase in fautes(poster(client_de(structure), "entreprises/", corps))[champ]
    assert not Entreprise.objects.exists()


def test_une_entreprise_se_cherche_par_son_siret(structure: Any) -> None:
    cherchee = EntrepriseFactory()
    EntrepriseFactory()
    assert numeros(client_de(structure, Role.LECTEUR), f"entreprises/?siret={cherchee.siret}") == [cherchee.pk]


def test_l_annuaire_est_aux_agents(structure: Any) -> None:
    entreprise = EntrepriseFactory()
    client = client_de(structure, Role.ENTREPRISE, entreprise=entreprise)
    assert client.get("/api/v1/entreprises/").status_code == 403
    assert client.get("/api/v1/contacts/").status_code == 403


def contact(entreprise: Any, **champs: Any) -> dict[str, Any]:
    return {"entreprise": entreprise.pk, "nom": "Alex Fictif", "courriel": "alex@entreprise.invalid"} | champs


def test_un_contact_s_ajoute_se_modifie_et_se_retire(structure: Any) -> None:
    client, entreprise = client_de(structure), EntrepriseFactory()
    neuf = creee(poster(client, "contacts/", contact(entreprise, recoit_demandes=True)))
    chemin = f"contacts/{neuf['id']}/"
    assert rapiecer(client, chemin, {"fonction": "Paie"}, version=1).json()["fonction"] == "Paie"
    assert retirer(client, chemin).status_code == 428
    assert retirer(client, chemin, version=1).status_code == 412
    assert retirer(client, chemin, version=2).status_code == 204
    assert numeros(client, f"contacts/?entreprise={entreprise.pk}") == []
    garde = Contact.objects.get()
    assert (garde.est_actif, garde.recoit_demandes) == (False, False)
    assert creee(poster(client, "contacts/", contact(entreprise)))["id"] == garde.pk


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"telephone": "abc"}, "telephone", "03 21 00 00 00"),
        ({"courriel": "alex"}, "courriel", "valide"),
        ({"courriel": "", "recoit_demandes": True}, None, "a une adresse de courriel"),
        ({"recoit_demandes": "oui"}, "recoit_demandes", "true ou false"),
        ({"nom": "a" * 121}, "nom", "120"),
    ],
)
def test_un_contact_impossible_se_dit(structure: Any, champs: Any, champ: str | None, phrase: str) -> None:
    assert phrase in fautes(poster(client_de(structure), "contacts/", contact(EntrepriseFactory(), **champs)))[champ]
    assert not Contact.objects.exists()


def test_deux_contacts_sans_adresse_se_cotoient(structure: Any) -> None:
    client, entreprise = client_de(structure), EntrepriseFactory()
    for nom in ("Un", "Deux"):
        creee(poster(client, "contacts/", {"entreprise": entreprise.pk, "nom": nom}))
    autre = creee(poster(client, "contacts/", contact(entreprise)))
    assert "déjà celle d’un contact" in fautes(poster(client, "contacts/", contact(entreprise)))[None]
    assert Contact.objects.filter(courriel="alex@entreprise.invalid").get().pk == autre["id"]


def test_lire_un_contact_s_inscrit_au_journal(structure: Any) -> None:
    sien = ContactFactory(structure=structure)
    ContactFactory(entreprise=sien.entreprise)
    client = client_de(structure, Role.LECTEUR)
    assert numeros(client, f"contacts/?courriel={sien.courriel}") == [sien.pk]
    lire(client, f"contacts/{sien.pk}/")
    lectures = EcritureJournal.objects.filter(structure=structure, nature="LECTURE").order_by("pk")
    assert [(e.action, e.objet_type, e.objet_id, e.nombre) for e in lectures] == [
        ("lire les contacts d’une entreprise", "entreprises.contact", "", 1)
    ] * 2


def test_un_contact_d_ailleurs_est_introuvable(structure: Any) -> None:
    ailleurs, client = ContactFactory(), client_de(structure)
    chemin = f"contacts/{ailleurs.pk}/"
    assert client.get(f"/api/v1/{chemin}").status_code == 404
    assert rapiecer(client, chemin, {"nom": "x"}, version=1).status_code == 404
    assert retirer(client, chemin, version=1).status_code == 404
    assert Contact.objects.get().est_actif
