"""Les fichiers réels, l’un après l’autre, par l’écran et par la commande : rien de perdu, et la même base au bout."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from clauses.comptes.models import Structure
from marches.imports.decp.apercu import Situation
from marches.models import Attribution, Engagement, Lot, Marche, ModificationMarche
from tests.factories import RattachementFactory, StructureFactory

# quotidien_1, puis _2, puis _1 encore : une republication plus ancienne ne défait rien.
SUITE = (
    "decp2019_pas_de_calais.json", "decp2022_considerations_sociales.json", "decp2022_quotidien_1.json",
    "decp2022_quotidien_2.json", "decp2022_quotidien_1.json", "exemple_officiel_marche.xml",
    "exemple_officiel_v1.5.xml", "exemple_officiel_modifications.json", "plat_b_2022.csv", "tabulaire_c_2024.csv",
)  # fmt: skip
CLEFS = ("acheteur__siret", "reference", "objet", "montant_ht", "date_notification", "a_clause_sociale", "statut")


def par_l_ecran(client: Client, chemin: Path) -> tuple[int, Counter[Situation], int]:
    """Téléverse, regarde l’aperçu, garde les cases cochées d’avance et confirme.

    Rend le nombre de contrats lus, combien par situation, et combien étaient cochés.
    """
    recu = SimpleUploadedFile(chemin.name, chemin.read_bytes())
    adresse = client.post("/marches/import-decp/", {"fichier": recu}).url
    apercu: Any = client.get(adresse)
    assert apercu.context["page"].paginator.num_pages == 1
    situations = Counter(dict(apercu.context["apercu"].comptes))
    cochees = apercu.context["form"].cochees
    if cochees:
        reponse: Any = client.post(adresse, {"choix": [str(rang) for rang in cochees]})
        page = b"".join(reponse.streaming_content).decode()
        assert re.search(r"importés?\b|mis à jour", page)
    return len(apercu.context["fichier"].contrats), situations, len(cochees)


def par_la_commande(structure: Structure, chemin: Path) -> None:
    try:
        call_command("importer_decp", str(chemin), structure=structure.sigle, stdout=io.StringIO())
    except CommandError:
        # Un contrat refusé fait dire l’échec ; les autres sont importés.
        return


def contenu(structure: Structure) -> dict[str, list[Any]]:
    return {
        "marches": sorted(map(repr, Marche.objects.filter(structure=structure).values_list(*CLEFS))),
        **{
            modele.__name__: [modele.objects.filter(structure=structure).count()]
            for modele in (Lot, Attribution, Engagement, ModificationMarche)
        },
    }


@pytest.fixture
def structures() -> tuple[Structure, Structure]:
    return StructureFactory(sigle="ECRAN"), StructureFactory(sigle="COMMANDE")


@pytest.mark.sur_sqlite
def test_chaque_fichier_reel_entre_par_l_ecran_comme_par_la_commande(
    donnees: Path, structures: tuple[Structure, Structure]
) -> None:
    ecran, commande = structures
    client = Client()
    client.force_login(RattachementFactory(structure=ecran).utilisateur)
    for nom in SUITE:
        chemin = donnees / "decp" / nom
        lus, situations, cochees = par_l_ecran(client, chemin)
        assert situations.total() == lus > 0, nom
        assert cochees <= situations[Situation.NOUVEAU] + situations[Situation.A_METTRE_A_JOUR]
        par_la_commande(commande, chemin)
        assert contenu(ecran) == contenu(commande), nom
    assert Marche.objects.filter(structure=ecran).count() > 130


def test_un_second_passage_par_l_ecran_ne_propose_plus_rien(
    donnees: Path, structures: tuple[Structure, Structure]
) -> None:
    client = Client()
    client.force_login(RattachementFactory(structure=structures[0]).utilisateur)
    chemin = donnees / "decp" / "decp2022_considerations_sociales.json"
    _, _, d_abord = par_l_ecran(client, chemin)
    lus, situations, ensuite = par_l_ecran(client, chemin)
    assert (d_abord, ensuite) == (135, 0)
    assert situations[Situation.DEJA_LA] == lus
