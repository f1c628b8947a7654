"""Un bilan émis s’annonce par son empreinte, et aucun chiffre."""

from __future__ import annotations

import json

from clauses.crochets.models import Livraison
from tests.bilans.emission.outils import emettre
from tests.factories import LigneHeuresFactory, StructureFactory, acteur
from tests.factories_crochets import CrochetFactory


def test_un_bilan_emis_s_annonce_par_son_empreinte_et_aucun_chiffre():
    structure = StructureFactory()
    LigneHeuresFactory(engagement__clause__lot__marche__structure=structure, validee=True)
    CrochetFactory(structure=structure)
    emis = emettre(acteur(structure), 2025)
    annonce = json.loads(Livraison.objects.get().corps)
    assert annonce["evenement"] == "bilan.emis"
    assert annonce["objet"] == {
        "bilan": emis.bilan,
        "nature": "INTERMEDIAIRE",
        "version": 1,
        "du": "2025-01-01",
        "au": "2025-12-31",
        "arrete_au": "2025-12-31",
        "empreinte": emis.empreinte,
    }
