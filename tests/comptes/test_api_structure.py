"""La structure, ses utilisateurs, son journal et le référentiel public, par l’API."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine

from clauses.comptes.acteurs import Role
from clauses.comptes.models import Structure
from clauses.territoires.models import Commune, Epci
from tests.appels import client_de, fautes, gestes, lire, numeros, poster, rapiecer
from tests.factories import MarcheFactory, RattachementFactory, StructureFactory

ARRAS = "200033579"


@pytest.fixture
def structure() -> Any:
    return StructureFactory()


def test_chacun_lit_sa_structure_et_elle_seule(structure: Any) -> None:
    StructureFactory()
    agent, financeur = client_de(structure, Role.LECTEUR), client_de(structure, Role.FINANCEUR)
    (lue,) = lire(agent, "structures/")["results"]
    assert (lue["id"], lue["base_etp"], lue["seuil_refus_heures"]) == (structure.pk, 1820, "250.00")
    assert set(lire(financeur, f"structures/{structure.pk}/")) == {
        "id", "sigle", "nom", "departement", "adresse", "territoire", "version",
    }  # fmt: skip


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
        ({"logo": "x"}, "logo", "ne s’écrit pas"),
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
