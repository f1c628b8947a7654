"""Un fichier de relevés importé s’annonce relevé par relevé."""

from __future__ import annotations

import json

from clauses.crochets.models import Livraison
from tests.factories_crochets import CrochetFactory
from tests.heures.releves.outils import ANNE, JEAN, TITRES, importer_csv


def test_un_fichier_importe_annonce_chaque_releve_touche(par):
    CrochetFactory(structure_id=par.structure_id)
    importer_csv(par, TITRES, ANNE, JEAN, simulation=True)
    assert not Livraison.objects.exists()
    importer_csv(par, TITRES, ANNE, JEAN)
    assert json.loads(Livraison.objects.get().corps)["objet"]["heures"] == "155.50"
    importer_csv(par, TITRES, ANNE, JEAN)
    assert Livraison.objects.count() == 1
