"""Le répertoire national : éteint par défaut, jamais indispensable, et jamais cru sur parole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from entreprises.models import Entreprise
from entreprises.repertoire import OCTETS_MAX, Etablissement, Repertoire, RepertoireIndisponible
from marches.models import Acheteur
from tests import recepteur as recepteurs
from tests.entreprises import reponses
from tests.entreprises.reponses import AGENCE, PEINTURES, SIEGE, etablissement, reponse, unite
from tests.factories import EntrepriseFactory, RattachementFactory, siret
from tests.recepteur import Recepteur, texte


@pytest.fixture
def serveur(settings) -> Iterator[Recepteur]:
    serveur = Recepteur()
    settings.CLAUSES_RECHERCHE_ENTREPRISES = f"http://127.0.0.1:{serveur.server_address[1]}/"
    serveur.repondre = texte(reponse(PEINTURES))
    serveur.fil.start()
    yield serveur
    serveur.fermer()


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(RattachementFactory().utilisateur)
    return client


def page(client: Client, url: str = "entreprises:creer", /, **parametres: str) -> str:
    reponse_ = client.get(reverse(url), parametres)
    assert reponse_.status_code == 200
    return reponse_.content.decode()


# --- La classe -------------------------------------------------------------------------------------------------------


def test_les_etablissements_ouverts_reviennent_siege_d_abord_sans_doublon(serveur):
    assert Repertoire().chercher("peintures fictives") == [
        Etablissement(SIEGE, "PEINTURES FICTIVES", "62041", "ARRAS", "43.34Z"),
        Etablissement(AGENCE, "PEINTURES FICTIVES", "62498", "LENS", "43.39Z"),
    ]


def test_la_demande_est_minimale_et_ne_ramene_aucun_dirigeant(serveur):
    Repertoire().chercher("  Société   d’Épreuve & fils ")
    (recu,) = serveur.recus
    assert urlsplit(recu.chemin).path == "/search"
    assert parse_qs(urlsplit(recu.chemin).query) == {
        "q": ["Société d’Épreuve & fils"], "per_page": ["10"], "minimal": ["true"],
        "include": ["siege,matching_etablissements"],
    }  # fmt: skip


@pytest.mark.parametrize("ecrit", [SIEGE, f"{SIEGE[:3]} {SIEGE[3:9]} {SIEGE[9:]}"])
def test_un_siret_se_demande_sans_espace(serveur, ecrit):
    Repertoire().chercher(ecrit)
    assert parse_qs(urlsplit(serveur.recus[0].chemin).query)["q"] == [SIEGE]


@pytest.mark.parametrize("court", ["", "  ", "ab"])
def test_moins_de_trois_lettres_ne_se_demande_pas(serveur, court):
    assert Repertoire().chercher(court) == []
    assert serveur.recus == []


def test_la_poste_et_son_siret_particulier_sont_admis(serveur):
    serveur.repondre = texte(reponse(unite(etablissement("35600000000048"), nom_raison_sociale="LA POSTE")))
    assert [trouve.siret for trouve in Repertoire().chercher("la poste")] == ["35600000000048"]


@pytest.mark.parametrize(
    "lue",
    [
        unite(None),
        unite(etablissement(SIEGE, siret=None)),
        unite(etablissement(SIEGE, siret=12345678901234)),
        unite(etablissement("12345678901234")),
        unite(etablissement(SIEGE, etat_administratif="F")),
        unite(etablissement(SIEGE), nom_raison_sociale=None, nom_complet=None),
        unite(etablissement(SIEGE), nom_raison_sociale=" ", nom_complet=""),
        {},
        {"siege": "texte", "matching_etablissements": "texte"},
        None,
        "texte",
    ],
)
def test_ce_qui_manque_ou_se_contredit_est_laisse_sans_perdre_le_reste(serveur, lue):
    serveur.repondre = texte(reponse(lue, unite(etablissement(AGENCE))))
    assert [trouve.siret for trouve in Repertoire().chercher("peintures")] == [AGENCE]


def test_un_champ_facultatif_absent_ou_fautif_reste_vide(serveur):
    pauvre = unite({"siret": SIEGE}, nom_raison_sociale=None, matching_etablissements=None)
    fautif = unite(etablissement(AGENCE, commune="Arras", activite_principale="4334Z", libelle_commune=["ARRAS"]))
    serveur.repondre = texte(reponse(pauvre, fautif))
    assert Repertoire().chercher("peintures") == [
        Etablissement(SIEGE, "PEINTURES FICTIVES (PF)", "", "", ""),
        Etablissement(AGENCE, "PEINTURES FICTIVES", "", "", ""),
    ]


def test_vingt_propositions_au_plus(serveur):
    serveur.repondre = texte(reponse(*(unite(etablissement(siret(numero))) for numero in range(900, 930))))
    assert len(Repertoire().chercher("peintures")) == 20


PANNES = [
    (recepteurs.code(429), "reçoit trop de demandes"),
    (recepteurs.code(500), r"est en panne \(500\)"),
    (recepteurs.code(503), r"est en panne \(503\)"),
    (texte(reponses.ERREUR, 400), r"a refusé la demande \(400\)"),
    (recepteurs.code(404), r"a refusé la demande \(404\)"),
    (recepteurs.code(302, Location="http://127.0.0.1/"), r"a refusé la demande \(302\)"),
    (texte("<html>"), "autre chose que prévu"),
    (texte(""), "autre chose que prévu"),
    (texte(b"\xff\xfe{}"), "autre chose que prévu"),
    (texte("[]"), "autre chose que prévu"),
    (texte('{"results": null}'), "autre chose que prévu"),
    (texte('{"results": {"a": 1}}'), "autre chose que prévu"),
    (texte("[" * 200_000), "autre chose que prévu"),
    (texte("x" * (OCTETS_MAX + 1)), "trop longuement"),
    (recepteurs.sans_fin, "trop longuement"),
    (recepteurs.pas_du_http, "ne répond pas"),
    (recepteurs.goutte_a_goutte, "ne répond pas"),
    (lambda poste: poste.server.fini.wait(10), "ne répond pas"),
]


@pytest.mark.parametrize(("panne", "phrase"), PANNES)
def test_une_panne_est_une_phrase_qui_laisse_la_saisie_a_la_main(serveur, panne, phrase):
    serveur.repondre = panne
    with pytest.raises(RepertoireIndisponible, match=phrase) as refus:
        Repertoire(delai=1.0).chercher("peintures")
    assert str(refus.value).endswith("Remplir la fiche à la main, ou réessayer plus tard.")


@pytest.mark.parametrize("adresse", ["https://[::1", "https://exemple.fr:port/", "sans-schema", "https:///"])
def test_une_adresse_mal_reglee_est_une_panne_comme_une_autre(adresse):
    with pytest.raises(RepertoireIndisponible):
        Repertoire(adresse, delai=1.0).chercher("peintures")


# --- L’écran d’ajout -------------------------------------------------------------------------------------------------


def test_eteint_rien_ne_sort_et_l_ecran_ne_propose_pas_de_chercher(client, settings):
    assert settings.CLAUSES_RECHERCHE_ENTREPRISES == ""
    assert "Chercher avant d’ajouter" not in page(client, q="peintures")


def test_une_fiche_deja_la_se_montre_et_rien_ne_sort(client, serveur):
    connue = EntrepriseFactory(raison_sociale="Peintures Fictives")
    for cherche in ("peintures", connue.siret):
        lue = page(client, q=cherche)
        assert "Déjà dans l’annuaire" in lue
        assert connue.get_absolute_url() in lue
    assert serveur.recus == []


def test_une_proposition_se_choisit_puis_s_enregistre_d_un_geste(client, serveur):
    lue = page(client, q="peintures")
    assert f"siret={SIEGE}&amp;nom=PEINTURES+FICTIVES&amp;ape=43.34Z&amp;commune=62041#formulaire" in lue
    assert "LENS" in lue
    assert not Entreprise.objects.exists()
    choisie = page(client, siret=SIEGE, nom="PEINTURES FICTIVES", ape="43.34Z", commune="62041")
    for valeur in (SIEGE, "PEINTURES FICTIVES", "43.34Z", "62041"):
        assert f'value="{valeur}"' in choisie
    assert not Entreprise.objects.exists()
    saisie = {
        "siret": SIEGE, "raison_sociale": "PEINTURES FICTIVES", "type_employeur": "ENTREPRISE", "naf": "43.34Z",
        "commune_insee": "62041",
    }  # fmt: skip
    assert client.post(reverse("entreprises:creer"), saisie).status_code == 302
    assert Entreprise.objects.get().siret == SIEGE


def test_une_valeur_choisie_est_controlee_comme_une_saisie(client, serveur):
    assert "&lt;b&gt;" in page(client, siret="<b>", nom="<b>")
    saisie = {"siret": "12345678901234", "raison_sociale": "x", "type_employeur": "ENTREPRISE"}
    lue = client.post(reverse("entreprises:creer"), saisie).content.decode()
    assert "12345678901234" in lue
    assert not Entreprise.objects.exists()
    assert serveur.recus == []


def test_une_panne_se_dit_sur_l_ecran_et_le_formulaire_reste(client, serveur):
    serveur.repondre = recepteurs.code(503)
    lue = page(client, q="peintures")
    assert "est en panne (503)" in lue
    assert 'name="raison_sociale"' in lue


def test_rien_nulle_part_se_dit(client, serveur):
    serveur.repondre = texte(reponse())
    assert "Rien ne répond, ni dans l’annuaire ni dans le répertoire national" in page(client, q="introuvable")


def test_un_nom_hostile_du_repertoire_n_est_que_du_texte(client, serveur):
    nom = "<script>alert(1)</script>"
    serveur.repondre = texte(json.dumps({"results": [unite(etablissement(SIEGE), nom_raison_sociale=nom)]}))
    lue = page(client, q="peintures")
    assert nom not in lue
    assert "&lt;script&gt;" in lue


def test_un_acheteur_se_cherche_de_meme(client, serveur):
    assert "PEINTURES FICTIVES" in page(client, "marches:acheteur_creer", q="peintures")
    lue = page(client, "marches:acheteur_creer", siret=SIEGE, nom="Ville fictive", commune="62041")
    assert 'value="Ville fictive"' in lue
    assert not Acheteur.objects.exists()
