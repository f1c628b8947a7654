"""Deux dépôts, deux imports au même instant : rien en double, rien perdu, une phrase claire au second."""

from __future__ import annotations

from decimal import Decimal

import pytest

from heures import actions
from heures.actions import Depot, HeuresDeposees
from heures.enums import TypeHeures
from heures.models import ImportHeures, LigneHeures, Releve
from tests.heures.depots import creer_banc
from tests.heures.releves.outils import ANNE, JEAN, TITRES, dire, importer_csv
from tests.heures.test_simultane import ensemble

pytestmark = pytest.mark.django_db(transaction=True)


def test_deux_imports_du_meme_apercu_n_en_font_qu_un(par):
    vu = importer_csv(par, TITRES, ANNE, JEAN, simulation=True).signature
    rapports = []

    def importer() -> None:
        rapports.append(importer_csv(par, TITRES, ANNE, JEAN, attendu=vu))

    refus = ensemble(importer, importer)
    dits = [*refus, *(dire(rapport.conclusion()) for rapport in rapports if rapport.deja_importe)]
    assert len(dits) == 1
    assert dits[0].startswith(("Des heures ont changé depuis cet aperçu", "Ce fichier a déjà été importé"))
    assert sorted(LigneHeures.objects.values_list("heures", flat=True)) == [Decimal("35.50"), Decimal("120.00")]
    assert (ImportHeures.objects.count(), Releve.objects.count()) == (1, 1)


def test_deux_fichiers_differents_au_meme_instant_se_gardent_tous_deux(par):
    refus = ensemble(lambda: importer_csv(par, TITRES, ANNE), lambda: importer_csv(par, TITRES, JEAN))
    assert refus == []
    assert sorted(LigneHeures.objects.values_list("heures", flat=True)) == [Decimal("35.50"), Decimal("120.00")]
    assert (ImportHeures.objects.count(), Releve.objects.count()) == (2, 1)


def test_deux_depots_du_meme_lien_n_en_gardent_qu_un():
    banc = creer_banc()
    contrat = banc.contrat("Durand")

    def deposer(heures: str):
        depot = Depot("Léa", [HeuresDeposees(contrat.pk, TypeHeures.TRAVAIL, Decimal(heures))])
        return lambda: actions.deposer(banc.demande, depot, version=banc.demande.version, par=banc.par)

    refus = ensemble(deposer("20.00"), deposer("30.00"))
    assert len(refus) == 1
    assert refus[0].startswith("Ce relevé a été déposé pendant votre saisie")
    assert LigneHeures.objects.get().heures in {Decimal("20.00"), Decimal("30.00")}
    banc.demande.refresh_from_db()
    assert banc.demande.deposant == "Léa"
