"""Ce que toutes les vues de l’API promettent : problèmes, ETag, idempotence, curseur, champs choisis, corps strict."""

from __future__ import annotations

import datetime
import json
from base64 import b64encode
from typing import Any

import pytest
import time_machine
from django.test import Client

from clauses.comptes.acteurs import Role
from clauses.comptes.models import ClefIdempotence
from marches.models import Acheteur, Marche
from tests.factories import AcheteurFactory, MarcheFactory, RattachementFactory, StructureFactory

JOUR = datetime.datetime(2026, 3, 15, 9, tzinfo=datetime.UTC)
MARCHES, ACHETEURS = "/api/v1/marches/", "/api/v1/acheteurs/"


@pytest.fixture
def structure() -> Any:
    return StructureFactory()


@pytest.fixture
def client(structure: Any) -> Client:
    client = Client()
    client.force_login(RattachementFactory(structure=structure, role=Role.FACILITATEUR).utilisateur)
    return client


def poster(client: Client, chemin: str, corps: Any, **entetes: str) -> Any:
    brut = corps if isinstance(corps, bytes | str) else json.dumps(corps)
    return client.post(chemin, brut, content_type="application/json", headers=entetes)


def rapiecer(client: Client, chemin: str, corps: Any, **entetes: str) -> Any:
    return client.patch(chemin, json.dumps(corps), content_type="application/json", headers=entetes)


def neuf(acheteur: Acheteur, **champs: Any) -> dict[str, Any]:
    return {"acheteur": acheteur.pk, "reference": "2026-01", "objet": "Travaux fictifs"} | champs


def fautes(reponse: Any) -> dict[str | None, str]:
    assert reponse.status_code == 400, reponse.content
    assert reponse["Content-Type"] == "application/problem+json"
    return {erreur["champ"]: erreur["message"] for erreur in reponse.json()["erreurs"]}


def test_une_creation_rend_la_fiche_son_adresse_et_sa_version(client: Client) -> None:
    reponse = poster(client, MARCHES, neuf(AcheteurFactory(), montant_ht="1500.50", a_clause_sociale=True))
    assert reponse.status_code == 201, reponse.content
    fiche = reponse.json()
    assert reponse["Location"] == f"http://testserver{MARCHES}{fiche['id']}/"
    assert reponse["ETag"] == '"1"'
    assert (fiche["montant_ht"], fiche["a_clause_sociale"], fiche["statut"]) == ("1500.50", True, "EN_COURS")
    assert client.get(reponse["Location"]).json() == fiche


def test_une_creation_est_journalisee_comme_a_la_page(client: Client, structure: Any) -> None:
    from clauses.comptes.models import EcritureJournal

    poster(client, MARCHES, neuf(AcheteurFactory()))
    assert [e.action for e in EcritureJournal.objects.filter(structure=structure)] == ["créer le marché"]


def test_une_modification_part_de_la_version_lue(client: Client, structure: Any) -> None:
    marche = MarcheFactory(structure=structure, objet="Ancien")
    chemin = f"{MARCHES}{marche.pk}/"
    etag = client.get(chemin)["ETag"]
    reponse = rapiecer(client, chemin, {"objet": "Nouveau"}, **{"If-Match": etag})
    assert (reponse.status_code, reponse.json()["objet"], reponse["ETag"]) == (200, "Nouveau", '"2"')
    depassee = rapiecer(client, chemin, {"objet": "Autre"}, **{"If-Match": etag})
    assert depassee.status_code == 412
    lu = depassee.json()
    assert (lu["type"], lu["version"]) == ("urn:clauses:probleme:version-depassee", 2)
    assert lu["ecarts"] == [{"champ": "objet", "enregistre": "Nouveau", "propose": "Autre"}]
    marche.refresh_from_db()
    assert marche.objet == "Nouveau"


@pytest.mark.parametrize(("entete", "code"), [(None, 428), ("*", 400), ('W/"1"', 400), ("1", 400), ('"abc"', 400)])
def test_sans_version_lisible_rien_ne_change(client: Client, structure: Any, entete: str | None, code: int) -> None:
    marche = MarcheFactory(structure=structure, objet="Ancien")
    entetes = {"If-Match": entete} if entete is not None else {}
    reponse = rapiecer(client, f"{MARCHES}{marche.pk}/", {"objet": "Nouveau"}, **entetes)
    assert reponse.status_code == code
    marche.refresh_from_db()
    assert marche.objet == "Ancien"


def test_la_meme_clef_ne_cree_qu_une_fiche(client: Client) -> None:
    corps = neuf(AcheteurFactory())
    un = poster(client, MARCHES, corps, **{"Idempotency-Key": "k-1"})
    deux = poster(client, MARCHES, dict(reversed(corps.items())), **{"Idempotency-Key": "k-1"})
    assert (un.status_code, deux.status_code) == (201, 201)
    assert un.json() == deux.json()
    assert ("Idempotency-Replayed" in un, deux["Idempotency-Replayed"]) == (False, "true")
    assert Marche.objects.count() == 1


def test_la_meme_clef_pour_une_autre_demande_est_refusee(client: Client) -> None:
    acheteur = AcheteurFactory()
    poster(client, MARCHES, neuf(acheteur), **{"Idempotency-Key": "k-1"})
    reponse = poster(client, MARCHES, neuf(acheteur, reference="2026-02"), **{"Idempotency-Key": "k-1"})
    assert reponse.status_code == 409
    assert "en tirer une neuve" in reponse.json()["detail"]
    assert Marche.objects.count() == 1


def test_une_creation_refusee_ne_use_pas_sa_clef(client: Client) -> None:
    acheteur = AcheteurFactory()
    assert poster(client, MARCHES, neuf(acheteur, objet=""), **{"Idempotency-Key": "k-1"}).status_code == 400
    assert poster(client, MARCHES, neuf(acheteur), **{"Idempotency-Key": "k-1"}).status_code == 201


def test_une_clef_ne_vaut_qu_un_jour_et_que_pour_qui_l_a_tiree(client: Client, structure: Any) -> None:
    acheteur = AcheteurFactory()
    with time_machine.travel(JOUR, tick=False):
        poster(client, MARCHES, neuf(acheteur), **{"Idempotency-Key": "k-1"})
    autre = Client()
    autre.force_login(RattachementFactory(structure=structure, role=Role.FACILITATEUR).utilisateur)
    with time_machine.travel(JOUR + datetime.timedelta(hours=23), tick=False):
        assert poster(autre, MARCHES, neuf(acheteur, reference="b"), **{"Idempotency-Key": "k-1"}).status_code == 201
        assert poster(client, MARCHES, neuf(acheteur, reference="c"), **{"Idempotency-Key": "k-1"}).status_code == 409
    with time_machine.travel(JOUR + datetime.timedelta(hours=25), tick=False):
        assert poster(client, MARCHES, neuf(acheteur, reference="c"), **{"Idempotency-Key": "k-1"}).status_code == 201
    assert ClefIdempotence.objects.count() == 2


@pytest.mark.parametrize("clef", ["", "a b", "é", "x" * 101])
def test_une_clef_illisible_est_refusee(client: Client, clef: str) -> None:
    reponse = poster(client, MARCHES, neuf(AcheteurFactory()), **{"Idempotency-Key": clef})
    assert "UUID" in fautes(reponse)["Idempotency-Key"]
    assert not Marche.objects.exists()


@pytest.mark.parametrize(
    ("corps", "code", "phrase"),
    [
        (b"{", 400, "n’est pas du JSON lisible"),
        (b"[]", 400, "objet JSON"),
        (b'"x"', 400, "objet JSON"),
        (b"null", 400, "objet JSON"),
        (b'\xef\xbb\xbf{"objet": "a"}', 400, "n’est pas du JSON lisible"),
        (b'{"objet": "\xff"}', 400, "n’est pas du JSON lisible"),
        (b'{"montant_ht": NaN}', 400, "NaN n’est pas un nombre"),
        (b'{"objet": "a", "objet": "b"}', 400, "« objet » y est deux fois"),
        (b"[" * 100_000, 400, "n’est pas du JSON lisible"),
        (b'{"objet": "' + b"a" * 3_000_000 + b'"}', 413, "en plusieurs demandes"),
    ],
    ids=["coupé", "liste", "texte", "nul", "marque", "octet", "nan", "double", "profond", "gros"],
)
def test_un_corps_illisible_se_dit(client: Client, corps: bytes, code: int, phrase: str) -> None:
    reponse = poster(client, MARCHES, corps)
    assert reponse.status_code == code, reponse.content
    assert phrase in reponse.json()["detail"]
    assert not Marche.objects.exists()


def test_un_corps_d_un_autre_type_est_refuse(client: Client) -> None:
    reponse = client.post(MARCHES, {"objet": "a"})
    assert (reponse.status_code, reponse.json()["title"]) == (415, "Type de corps non lu")


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"structure": 1}, "structure", "Champ inconnu, ou qui ne s’écrit pas"),
        ({"version": 7}, "version", "Champ inconnu, ou qui ne s’écrit pas"),
        ({"acheteur": "12"}, "acheteur", "nombre entier"),
        ({"acheteur": [12]}, "acheteur", "nombre entier"),
        ({"acheteur": True}, "acheteur", "nombre entier"),
        ({"acheteur": 2**70}, "acheteur", "nombre entier"),
        ({"acheteur": 999_999}, "acheteur", "que vous puissiez voir"),
        ({"a_clause_sociale": "oui"}, "a_clause_sociale", "true ou false"),
        ({"a_clause_sociale": 1}, "a_clause_sociale", "true ou false"),
        ({"nature": "marche"}, "nature", "Code inconnu : marche. Codes : MARCHE"),
        ({"montant_ht": "12.345"}, "montant_ht", "Deux décimales au plus"),
        ({"montant_ht": "-1"}, None, "ne peut pas être négatif"),
        ({"montant_ht": True}, "montant_ht", "Un nombre"),
        ({"date_debut": "15/03/2026"}, "date_debut", "AAAA-MM-JJ"),
        ({"date_debut": "2026-03-15T10:00:00Z"}, "date_debut", "AAAA-MM-JJ"),
        ({"objet": "a\x00b"}, "objet", "nul"),
        ({"objet": ""}, "objet", "ne peut être vide"),
        ({"duree_mois": -1}, "duree_mois", "supérieure ou égale"),
        ({"duree_mois": 2**70}, "duree_mois", "inférieure ou égale"),
        ({"date_debut": "2026-03-15", "date_fin": "2026-03-14"}, None, "précède sa date de début"),
    ],
)
def test_une_valeur_fausse_se_dit_a_son_champ(
    client: Client, champs: dict[str, Any], champ: str | None, phrase: str
) -> None:
    lues = fautes(poster(client, MARCHES, neuf(AcheteurFactory()) | champs))
    assert phrase in lues[champ], lues
    assert not Marche.objects.exists()


def test_l_acheteur_deja_connu_est_refuse_par_l_action(client: Client) -> None:
    connu = AcheteurFactory()
    lues = fautes(poster(client, ACHETEURS, {"siret": connu.siret, "nom": "Doublon"}))
    assert lues == {"siret": "Ce SIRET est déjà dans l’annuaire."}


def test_un_curseur_parcourt_tout_une_fois(client: Client, structure: Any) -> None:
    attendus = {MarcheFactory(structure=structure, reference=f"R{i % 3}").pk for i in range(7)}
    for tri in ("", "&tri=reference", "&tri=-reference"):
        lus, page = [], f"{MARCHES}?taille=3{tri}"
        while page:
            lu = client.get(page).json()
            lus += [(m["reference"], m["id"]) for m in lu["results"]]
            page = lu["next"]
        assert len(lus) == len(attendus)
        assert {pk for _, pk in lus} == attendus
        if tri:
            assert [ref for ref, _ in lus] == sorted((ref for ref, _ in lus), reverse="-" in tri)


@pytest.mark.parametrize(
    ("requete", "champ"),
    [
        ("statuts=EN_COURS", "statuts"),
        ("statut=en_cours", "statut"),
        ("statut=EN_COURS&statut=SOLDE", "statut"),
        ("taille=0", "taille"),
        ("taille=201", "taille"),
        ("taille=abc", "taille"),
        ("taille=²", "taille"),
        ("tri=objet", "tri"),
        ("champs=id,secret", "champs"),
        ("champs=", "champs"),
        ("acheteur=abc", "acheteur"),
        ("acheteur=99999999999999999999999", "acheteur"),
        ("notifie_depuis=15/03/2026", "notifie_depuis"),
        ("format=xml", "format"),
    ],
)
def test_un_parametre_faux_se_dit(client: Client, structure: Any, requete: str, champ: str) -> None:
    MarcheFactory(structure=structure)
    assert champ in fautes(client.get(f"{MARCHES}?{requete}"))


@pytest.mark.parametrize(
    "curseur", ["abc", "é", b64encode(b"p=abc").decode(), b64encode(b"p=a%00b").decode(), b64encode(b"o=x").decode()]
)
def test_un_curseur_fabrique_se_refuse(client: Client, structure: Any, curseur: str) -> None:
    MarcheFactory(structure=structure)
    assert "repartir de la première page" in fautes(client.get(MARCHES, {"curseur": curseur}))["curseur"]


def test_les_champs_choisis_seuls_reviennent(client: Client, structure: Any) -> None:
    marche = MarcheFactory(structure=structure)
    assert client.get(f"{MARCHES}?champs=reference,id").json()["results"] == [
        {"id": marche.pk, "reference": marche.reference}
    ]
    assert set(client.get(f"{MARCHES}{marche.pk}/?champs=objet").json()) == {"objet"}


def test_un_partenaire_ne_lit_pas_les_champs_reserves(structure: Any) -> None:
    marche = MarcheFactory(structure=structure, motif_art35="Confidentiel")
    client = Client()
    partenaire = RattachementFactory(structure=structure, pour_acheteur=True, acheteur=marche.acheteur)
    client.force_login(partenaire.utilisateur)
    fiche = client.get(f"{MARCHES}{marche.pk}/").json()
    assert "motif_art35" not in fiche
    assert "facilitateur" not in fiche
    assert fautes(client.get(f"{MARCHES}?champs=motif_art35"))["champs"].startswith("Champ inconnu")


def test_tout_refus_est_un_probleme(client: Client) -> None:
    for methode, chemin, code in (
        ("get", "/api/v1/rien/", 404),
        ("get", f"{MARCHES}0/", 404),
        ("get", f"{MARCHES}abc/", 404),
        ("put", MARCHES, 405),
    ):
        reponse = getattr(client, methode)(chemin)
        assert (reponse.status_code, reponse["Content-Type"]) == (code, "application/problem+json"), chemin
        assert set(reponse.json()) >= {"type", "title", "status", "detail"}
    reponse = client.get(MARCHES, headers={"Accept": "application/xml"})
    assert (reponse.status_code, reponse.json()["title"]) == (406, "Format non proposé")


def test_un_lecteur_ne_peut_rien_ecrire(structure: Any) -> None:
    client = Client()
    client.force_login(RattachementFactory(structure=structure, role=Role.LECTEUR).utilisateur)
    reponse = poster(client, MARCHES, neuf(AcheteurFactory()))
    assert (reponse.status_code, reponse.json()["type"]) == (403, "urn:clauses:probleme:droit")
    assert not Marche.objects.exists()


def test_une_session_ecrit_avec_son_jeton_contre_les_requetes_forgees(structure: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(RattachementFactory(structure=structure, role=Role.FACILITATEUR).utilisateur)
    assert poster(client, MARCHES, neuf(AcheteurFactory())).status_code == 403
    assert not Marche.objects.exists()
