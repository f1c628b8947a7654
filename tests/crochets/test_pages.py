"""Les pages du responsable : le secret une fois, les gestes, le journal des livraisons."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from clauses.comptes.models import EcritureJournal
from clauses.crochets import actions
from clauses.crochets.enums import EtatLivraison
from clauses.crochets.models import Crochet, Livraison
from clauses.crochets.signature import secret_de
from tests import recepteur as recepteurs
from tests.factories import RattachementFactory
from tests.factories_crochets import CrochetFactory, LivraisonFactory

SAISIE = {"adresse": "https://recepteur.exemple/clauses", "releve_recu": "on"}


@pytest.fixture
def responsable():
    return RattachementFactory(responsable=True)


@pytest.fixture
def client(responsable) -> Client:
    client = Client()
    client.force_login(responsable.utilisateur)
    return client


@pytest.fixture
def crochet(responsable) -> Crochet:
    return CrochetFactory(structure=responsable.structure)


def page(reponse) -> str:
    assert reponse.status_code == 200
    return reponse.content.decode()


def url(nom: str, objet) -> str:
    return reverse(f"crochets:{nom}", args=[objet.pk])


def test_le_secret_se_montre_a_la_creation_et_plus_jamais(client):
    montree = client.post(reverse("crochets:creer"), SAISIE)
    crochet = Crochet.objects.get()
    secret = secret_de(crochet.sel)
    assert secret in page(montree)
    assert "no-store" in montree.headers["Cache-Control"]
    for suite in (reverse("crochets:liste"), url("fiche", crochet), url("modifier", crochet), reverse("journal")):
        lue = page(client.get(suite))
        assert secret not in lue
        assert crochet.sel not in lue
    assert crochet.evenements == ["Relevé reçu"]


def test_le_secret_n_est_pas_en_base(client):
    client.post(reverse("crochets:creer"), SAISIE)
    crochet = Crochet.objects.get()
    secret = secret_de(crochet.sel)
    assert secret not in [str(valeur) for valeur in Crochet.objects.values_list().get()]
    assert not EcritureJournal.objects.filter(apres__icontains=crochet.sel).exists()


def test_un_secret_renouvele_se_montre_avec_la_fin_de_l_ancien(client, crochet):
    ancien = secret_de(crochet.sel)
    lue = page(client.post(url("renouveler", crochet)))
    crochet.refresh_from_db()
    assert secret_de(crochet.sel) in lue
    assert ancien not in lue
    assert "L’ancien secret signe encore jusqu’au" in lue


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"adresse": "http://recepteur.exemple/"}, "L’adresse commence par https://"),
        ({"adresse": "https://10.0.0.5/"}, "réseau interne"),
        ({"adresse": ""}, "Ce champ est obligatoire"),
        ({"adresse": "https://" + "a" * 600}, "500"),
        ({"releve_recu": ""}, "Choisir au moins un événement à annoncer."),
    ],
)
def test_une_saisie_fautive_a_sa_phrase_et_n_enregistre_rien(client, saisie, phrase):
    assert phrase in page(client.post(reverse("crochets:creer"), SAISIE | saisie))
    assert not Crochet.objects.exists()


def test_une_adresse_ne_se_prend_pas_deux_fois_dans_une_structure(client):
    CrochetFactory(adresse=SAISIE["adresse"])
    client.post(reverse("crochets:creer"), SAISIE)
    assert "reçoit déjà des notifications" in page(client.post(reverse("crochets:creer"), SAISIE))
    assert Crochet.objects.count() == 2


def test_dix_adresses_au_plus(client, responsable):
    CrochetFactory.create_batch(actions.CROCHETS_MAX, structure=responsable.structure)
    assert "10 adresses au plus" in page(client.post(reverse("crochets:creer"), SAISIE))
    assert "Ajouter une notification" not in page(client.get(reverse("crochets:liste")))


def test_une_modification_garde_le_secret_et_refuse_une_version_depassee(client, crochet):
    saisie = SAISIE | {"version": 1, "bilan_emis": "on"}
    assert client.post(url("modifier", crochet), saisie).url == crochet.get_absolute_url()
    relu = Crochet.objects.get()
    assert (relu.adresse, relu.evenements, relu.sel) == (
        SAISIE["adresse"], ["Relevé reçu", "Bilan émis"], crochet.sel,
    )  # fmt: skip
    assert "modifiée par quelqu’un d’autre" in page(client.post(url("modifier", crochet), SAISIE | {"version": 1}))


def test_suspendre_puis_reprendre(client, crochet):
    assert "Plus rien ne part" in page(client.post(url("suspendre", crochet), follow=True))
    assert "déjà suspendue" in page(client.post(url("suspendre", crochet), follow=True))
    assert "À la demande du responsable." in page(client.get(reverse("crochets:liste")))
    assert "partent de nouveau" in page(client.post(url("reprendre", crochet), follow=True))
    assert "n’est pas suspendue" in page(client.post(url("reprendre", crochet), follow=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("code", "etat"), [(204, "Livrée"), (500, "L’adresse a répondu par une erreur (500).")])
def test_un_essai_part_aussitot_et_son_resultat_se_lit_sur_la_page(client, recepteur, responsable, code, etat):
    recepteur.repondre = recepteurs.code(code)
    crochet = CrochetFactory(structure=responsable.structure, adresse=recepteur.adresse, suspendu=True)
    lue = page(client.post(url("essayer", crochet), follow=True))
    assert etat in lue
    assert str(Livraison.objects.get().cle) in lue
    assert len(recepteur.recus) == 1


def test_le_journal_montre_corps_code_et_tentatives_par_pages(client, crochet):
    LivraisonFactory.create_batch(25, crochet=crochet, livree=True)
    LivraisonFactory(
        crochet=crochet, corps='{"nom":"<script>alert(1)</script>"}', etat=EtatLivraison.ABANDONNEE,
        prochaine_tentative=None, nombre_tentatives=7, code=500, erreur="L’adresse a répondu par une erreur (500).",
    )  # fmt: skip
    lue = page(client.get(url("fiche", crochet)))
    assert "7 tentatives" in lue
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in lue
    assert "1 sur 2" in lue
    assert "2 sur 2" in page(client.get(url("fiche", crochet), {"page": "2"}))
    assert "2 sur 2" in page(client.get(url("fiche", crochet), {"page": "900"}))


def test_renvoyer_remet_en_attente_ce_qui_est_clos_seulement(client, crochet):
    livraison = LivraisonFactory(crochet=crochet, livree=True)
    assert "Livraison renvoyée" in page(client.post(url("renvoyer", livraison), follow=True))
    livraison.refresh_from_db()
    assert (livraison.etat, livraison.nombre_tentatives) == (EtatLivraison.A_ENVOYER, 0)
    assert "déjà en attente" in page(client.post(url("renvoyer", livraison), follow=True))
