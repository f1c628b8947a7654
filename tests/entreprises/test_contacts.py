"""Les contacts d’une entreprise : propres à la structure, jamais visibles d’une autre."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from entreprises import actions
from entreprises.models import Contact, Entreprise
from tests.factories import EntrepriseFactory, RattachementFactory, acteur
from tests.factories_releves import ContactFactory

SAISIE = {"nom": "Alex Fictif", "fonction": "Paie", "courriel": "alex@ent.invalid", "telephone": "03 21 00 00 00"}


@pytest.fixture
def rattachement():
    return RattachementFactory()


@pytest.fixture
def client(client: Client, rattachement) -> Client:
    client.force_login(rattachement.utilisateur)
    return client


@pytest.fixture
def entreprise() -> Entreprise:
    return EntrepriseFactory()


def fiche(client: Client, entreprise: Entreprise) -> str:
    return client.get(reverse("entreprises:fiche", args=[entreprise.pk])).content.decode()


def ajouter(client: Client, entreprise: Entreprise, **valeurs: str) -> str:
    adresse = reverse("entreprises:contact_creer", args=[entreprise.pk])
    return client.post(adresse, SAISIE | valeurs, follow=True).content.decode()


def test_un_contact_s_ajoute_se_modifie_et_se_retire(client, entreprise, rattachement):
    assert "alex@ent.invalid" in ajouter(client, entreprise, recoit_demandes="on")
    contact = Contact.objects.get()
    assert (contact.structure, contact.entreprise, contact.recoit_demandes) == (
        rattachement.structure,
        entreprise,
        True,
    )
    adresse = reverse("entreprises:contact_modifier", args=[contact.pk])
    client.post(adresse, SAISIE | {"nom": "Zoé Fictive", "version": 1})
    assert "Zoé Fictive" in fiche(client, entreprise)
    client.post(reverse("entreprises:contact_retirer", args=[contact.pk]))
    contact.refresh_from_db()
    assert (contact.est_actif, contact.recoit_demandes) == (False, False)
    assert "Zoé Fictive" not in fiche(client, entreprise)


def test_un_contact_retire_reprend_du_service_a_la_meme_adresse(client, entreprise):
    ajouter(client, entreprise)
    Contact.objects.update(est_actif=False)
    ajouter(client, entreprise, nom="Camille Fictive")
    contact = Contact.objects.get()
    assert (contact.est_actif, contact.nom) == (True, "Camille Fictive")


def test_une_autre_structure_ne_voit_pas_les_contacts_d_une_entreprise_commune(client, entreprise):
    contact = ContactFactory(entreprise=entreprise, nom="Secret Fictif", courriel="alex@ent.invalid")
    assert "Secret Fictif" not in fiche(client, entreprise)
    assert "Aucun contact" in fiche(client, entreprise)
    assert client.get(reverse("entreprises:contact_modifier", args=[contact.pk])).status_code == 404
    ajouter(client, entreprise)
    contact.refresh_from_db()
    assert (Contact.objects.count(), contact.nom) == (2, "Secret Fictif")


def test_l_entreprise_elle_meme_ne_voit_pas_les_contacts(entreprise, rattachement):
    ContactFactory(entreprise=entreprise, structure=rattachement.structure, nom="Secret Fictif")
    compte = RattachementFactory(role=Role.ENTREPRISE, entreprise=entreprise, structure=rattachement.structure)
    client = Client()
    client.force_login(compte.utilisateur)
    page = fiche(client, entreprise)
    assert entreprise.raison_sociale in page
    assert "Secret Fictif" not in page
    assert "titre-contacts" not in page


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"nom": ""}, "obligatoire"),
        ({"courriel": "alex"}, "adresse"),
        ({"courriel": "", "recoit_demandes": "on"}, "Qui reçoit les demandes de relevé a une adresse"),
        ({"telephone": "zéro trois"}, "Écrire un numéro en chiffres"),
    ],
)
def test_une_saisie_fausse_est_dite(client, entreprise, valeurs, phrase):
    assert phrase in ajouter(client, entreprise, **valeurs)
    assert not Contact.objects.exists()


def test_une_adresse_ne_sert_qu_une_fois_par_entreprise(client, entreprise):
    ajouter(client, entreprise)
    assert "déjà celle d’un contact" in ajouter(client, entreprise, nom="Autre")
    assert Contact.objects.count() == 1


def test_deux_personnes_ne_s_ecrasent_pas(client, entreprise):
    ajouter(client, entreprise)
    adresse = reverse("entreprises:contact_modifier", args=[Contact.objects.get().pk])
    client.post(adresse, SAISIE | {"nom": "Première", "version": 1})
    page = client.post(adresse, SAISIE | {"nom": "Seconde", "version": 1}).content.decode()
    assert "modifiée par quelqu’un d’autre" in page
    assert Contact.objects.get().nom == "Première"


def test_un_lecteur_lit_les_contacts_sans_les_changer(rattachement, entreprise):
    contact = ContactFactory(entreprise=entreprise, structure=rattachement.structure)
    lecteur = acteur(rattachement.structure, Role.LECTEUR)
    for geste in (
        lambda: actions.creer_contact(entreprise, nom="x", par=lecteur),
        lambda: actions.modifier_contact(contact, nom="x", version=1, par=lecteur),
        lambda: actions.retirer_contact(contact, par=lecteur),
    ):
        with pytest.raises(PermissionDenied):
            geste()


def test_lire_les_contacts_s_inscrit_au_journal_sans_les_nommer(client, entreprise):
    ajouter(client, entreprise)
    fiche(client, entreprise)
    lecture = EcritureJournal.objects.filter(action="lire les contacts d’une entreprise").first()
    assert (lecture.objet_type, lecture.nombre) == ("entreprises.contact", 1)
    traces = str(list(EcritureJournal.objects.values_list("avant", "apres")))
    assert not [mot for mot in ("Alex", "alex@", "0321", "03 21") if mot in traces]


def test_la_fiche_coute_autant_pour_un_contact_que_pour_onze(client, entreprise, rattachement):
    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            fiche(client, entreprise)
        return len(requetes)

    ContactFactory(entreprise=entreprise, structure=rattachement.structure)
    un = compter()
    ContactFactory.create_batch(10, entreprise=entreprise, structure=rattachement.structure)
    assert compter() == un
