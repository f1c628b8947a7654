"""L’ordre d’un bilan est le sien, jamais celui où la base rend ses lignes : mêmes chiffres, même texte figé."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine

from bilans import gel
from bilans.catalogue import RAPPORTS
from bilans.rapport import Demande
from clauses.comptes.acteurs import Acteur
from clauses.territoires.models import Epci
from tests.bilans import jeu
from tests.bilans.outils import annee
from tests.factories import StructureFactory
from tests.heures.reprise.garnie import garnir
from tests.outils.ordre import melanger

ACHETEUR = {"acheteur": jeu.source.CU_ARRAS}


@pytest.fixture
def responsable() -> Iterator[Acteur]:
    with time_machine.travel(datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC), tick=False):
        yield garnir(jeu.poser(StructureFactory(sigle="MEMPA", nom="Structure fictive")))


def figer(par: Acteur, nom: str) -> str:
    return gel.geler(RAPPORTS[nom].etablir(par, Demande(nom, annee(2025), **(ACHETEUR if nom == "acheteur" else {}))))


@pytest.mark.parametrize("nom", sorted(RAPPORTS))
def test_un_bilan_ne_depend_pas_de_l_ordre_ou_la_base_rend_ses_lignes(
    monkeypatch: pytest.MonkeyPatch, responsable: Acteur, nom: str
) -> None:
    attendu = figer(responsable, nom)
    for graine in range(3):
        with monkeypatch.context() as base:
            melanger(base, graine)
            assert figer(responsable, nom) == attendu, graine


def test_le_melange_se_voit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sans quoi le test d’avant passerait sur une base qui range tout."""
    sans_ordre = Epci.objects.order_by().values_list("pk", flat=True)
    rangees = list(Epci.objects.order_by("pk").values_list("pk", flat=True))
    melanger(monkeypatch, 1)
    assert sorted(sans_ordre.all()) == rangees
    assert list(sans_ordre.all()) != list(sans_ordre.all())
    assert list(sans_ordre.order_by("pk")) == rangees
