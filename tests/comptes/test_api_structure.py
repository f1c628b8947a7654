"""La structure, ses utilisateurs, son journal et le référentiel public, par l’API."""

from __future__ import annotations

import datetime
from base64 import b64decode, b64encode
from typing import Any

import pytest
import time_machine
from django.test import Client

from clauses.comptes.acteurs import Role
from clauses.comptes.api_structure import REGLAGES
from clauses.comptes.models import EcritureJournal, Structure
from clauses.comptes.portees import portees_de
from clauses.territoires.models import Commune, Epci
from tests.appels import client_de, fautes, gestes, lire, numeros, poster, rapiecer
from tests.factories import JetonFactory, MarcheFactory, RattachementFactory, StructureFactory, texte_de
from tests.socle.test_image import png

ARRAS = "200033579"


@pytest.fixture
def structure() -> Any:
    return StructureFactory()


def test_chacun_lit_sa_structure_et_elle_seule(structure: Any) -> None:
    StructureFactory()
    (lue,) = lire(client_de(structure, Role.RESPONSABLE), "structures/")["results"]
    assert (lue["id"], lue["base_etp"], lue["seuil_refus_heures"]) == (structure.pk, 1820, "250.00")
    assert set(lue) == {"id", "sigle", "nom", "departement", "adresse", "territoire", "version", *REGLAGES}


@pytest.mark.parametrize("role", [Role.FACILITATEUR, Role.LECTEUR, Role.FINANCEUR])
def test_qui_ne_gere_pas_la_structure_n_en_lit_pas_les_reglages(structure: Any, role: Role) -> None:
    """Comme à la page des réglages : pour les autres, ces champs n’existent pas."""
    client, chemin = client_de(structure, role), f"structures/{structure.pk}/"
    assert set(lire(client, chemin)) == {"id", "sigle", "nom", "departement", "adresse", "territoire", "version"}
    assert "Champ inconnu" in fautes(client.get(f"/api/v1/{chemin}?champs=base_etp"))["champs"]
    assert client.get(f"/api/v1/{chemin}logo/").status_code == 403


def test_un_jeton_de_responsable_ne_lit_pas_les_reglages(structure: Any) -> None:
    """Aucune portée ne donne le droit de gérer la structure."""
    acces = RattachementFactory(structure=structure, responsable=True)
    jeton = JetonFactory(rattachement=acces, portees=list(portees_de(Role.RESPONSABLE)))
    client = Client(headers={"authorization": f"Bearer {texte_de(jeton)}"})
    assert "base_etp" not in lire(client, f"structures/{structure.pk}/")


def test_l_en_tete_des_courriers_s_ecrit_et_se_relit(structure: Any) -> None:
    client, chemin = client_de(structure, Role.RESPONSABLE), f"structures/{structure.pk}/"
    image = b64encode(png()).decode()
    assert lire(client, f"{chemin}logo/") == {"logo": None}
    ecrite = rapiecer(client, chemin, {"signataire_nom": "Camille Fictif", "logo": image}, version=1).json()
    assert (ecrite["signataire_nom"], "logo" in ecrite) == ("Camille Fictif", False)
    assert b64decode(lire(client, f"{chemin}logo/")["logo"]) == bytes(Structure.objects.get().logo)
    assert image not in str(list(EcritureJournal.objects.values_list("apres", flat=True)))
    assert rapiecer(client, chemin, {"logo": None}, version=2).status_code == 200
    assert lire(client, f"{chemin}logo/") == {"logo": None}
    assert gestes(structure) == ["modifier les réglages"] * 2


def test_un_responsable_regle_sa_structure(structure: Any) -> None:
    client, chemin = client_de(structure, Role.RESPONSABLE), f"structures/{structure.pk}/"
    reglee = rapiecer(client, chemin, {"base_etp": 1600, "territoire": [ARRAS]}, version=1)
    assert (reglee.json()["base_etp"], reglee.json()["territoire"], reglee["ETag"]) == (1600, [ARRAS], '"2"')
    assert rapiecer(client, chemin, {"base_etp": 1607}, version=1).status_code == 412
    assert gestes(structure) == ["modifier les réglages", "modifier le territoire"]
    assert rapiecer(client_de(structure), chemin, {"base_etp": 1}, version=2).status_code == 403


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"territoire": ["000000000"]}, "territoire", "Aucune fiche de code « 000000000 »"),
        ({"territoire": [200033579]}, "territoire", "Un code est un texte"),
        ({"territoire": "200033579"}, "territoire", "liste"),
        ({"territoire": ["\x00"]}, "territoire", "Un code est un texte"),
        ({"base_etp": 0}, None, "supérieur à zéro"),
        ({"seuil_refus_heures": "1"}, None, "au moins égal"),
        ({"sigle": "AUTRE"}, "sigle", "ne s’écrit pas"),
        ({"logo": "x"}, "logo", "écrite en base64"),
        ({"logo": 3}, "logo", "écrite en base64"),
        ({"logo": b64encode(b"GIF89a").decode()}, "logo", "n’est pas une image PNG"),
        ({"logo": b64encode(bytes(200 * 1024 + 1)).decode()}, "logo", "dépasse 200 Ko"),
    ],
)
def test_un_reglage_impossible_se_dit(structure: Any, champs: Any, champ: str | None, phrase: str) -> None:
    client = client_de(structure, Role.RESPONSABLE)
    lues = fautes(rapiecer(client, f"structures/{structure.pk}/", champs, version=1))
    assert phrase in lues[champ].replace("\u00a0", " ")
    assert Structure.objects.get(pk=structure.pk).version == 1


def test_on_ne_regle_pas_une_autre_structure(structure: Any) -> None:
    client, ailleurs = client_de(structure, Role.RESPONSABLE), StructureFactory()
    assert rapiecer(client, f"structures/{ailleurs.pk}/", {"base_etp": 1}, version=1).status_code == 404
    assert poster(client, "structures/", {"nom": "x"}).status_code == 405


def test_les_utilisateurs_se_reduisent_aux_facilitateurs(structure: Any) -> None:
    client = client_de(structure)
    for role in (Role.RESPONSABLE, Role.LECTEUR):
        RattachementFactory(structure=structure, role=role)
    RattachementFactory()
    tous = lire(client, "utilisateurs/")["results"]
    assert len(tous) == 3
    assert set(tous[0]) == {"id", "nom", "prenom"}
    assert len(numeros(client, "utilisateurs/?facilitateurs=true")) == 2
    assert "facilitateurs" in fautes(client.get("/api/v1/utilisateurs/?facilitateurs=oui"))
    assert client_de(structure, Role.FINANCEUR).get("/api/v1/utilisateurs/").status_code == 403


def test_le_journal_se_lit_dans_sa_structure(structure: Any) -> None:
    marche = MarcheFactory(structure=structure)
    client = client_de(structure)
    rapiecer(client, f"marches/{marche.pk}/", {"objet": "Nouveau"}, version=1)
    (ecriture,) = lire(client, f"journal/?objet_type=marches.marche&objet_id={marche.pk}")["results"]
    assert (ecriture["action"], ecriture["avant"], ecriture["apres"]) == (
        "modifier le marché", {"objet": marche.objet}, {"objet": "Nouveau"},
    )  # fmt: skip
    assert numeros(client_de(StructureFactory()), "journal/") == []
    assert client_de(structure, Role.LECTEUR).get("/api/v1/journal/").status_code == 403


def test_le_journal_se_filtre_par_jour_de_paris(structure: Any) -> None:
    client, marche = client_de(structure), MarcheFactory(structure=structure)
    # Le 1er mars à Paris, encore le 28 février en temps universel.
    with time_machine.travel(datetime.datetime(2026, 2, 28, 23, 30, tzinfo=datetime.UTC), tick=False):
        rapiecer(client, f"marches/{marche.pk}/", {"objet": "Nouveau"}, version=1)
        assert len(numeros(client, "journal/?depuis=2026-03-01&nature=ECRITURE")) == 1
        assert numeros(client, "journal/?jusqu_au=2026-02-28") == []


def test_une_commune_se_cherche_sans_accent_ni_casse(structure: Any) -> None:
    client = client_de(structure, Role.FINANCEUR)
    (lue,) = lire(client, "communes/?nom=BAILLEULMONT")["results"]
    assert (lue["nom"], lue["departement"]) == ("Bailleulmont", "62")
    assert lire(client, f"communes/{lue['code_insee']}/") == lue
    accentuee = Commune.objects.filter(nom__contains="é").order_by("nom").first()
    assert accentuee is not None
    sans_accent = accentuee.nom.replace("é", "E").replace("è", "e")
    assert accentuee.pk in [c["code_insee"] for c in lire(client, f"communes/?nom={sans_accent}")["results"]]
    assert lire(client, "communes/?nom=----")["results"] == []


def test_les_communes_se_filtrent_par_intercommunalite(structure: Any) -> None:
    client = client_de(structure)
    lues = lire(client, f"communes/?epci={ARRAS}&taille=200&tri=nom")["results"]
    assert len(lues) == Commune.objects.filter(epci=ARRAS).count()
    assert {lue["epci"] for lue in lues} == {ARRAS}


def test_une_intercommunalite_se_lit_par_son_siren(structure: Any) -> None:
    client = client_de(structure)
    assert lire(client, f"intercommunalites/{ARRAS}/")["nom"] == Epci.objects.get(pk=ARRAS).nom
    assert [e["siren"] for e in lire(client, "intercommunalites/?nom=arras")["results"]] == [ARRAS]
    assert client.get("/api/v1/intercommunalites/000000000/").status_code == 404
    assert client.get("/api/v1/communes/%00/").status_code == 404
