"""L’opération d’un marché se nomme sur sa fiche, et survit à un aller-retour par le classeur."""

from __future__ import annotations

from django.core.management import call_command

from clauses.comptes.models import EcritureJournal
from marches.actions import modifier_marche, nommer_operation
from marches.models import Marche, Operation
from tests.factories import MarcheFactory, StructureFactory, acteur


def test_un_nom_nouveau_cree_l_operation_et_un_nom_connu_la_reprend():
    par = acteur(StructureFactory())
    premier, second = (MarcheFactory(structure_id=par.structure_id) for _ in range(2))
    modifier_marche(premier, version=premier.version, nouvelle_operation="Quartier fictif", par=par)
    modifier_marche(second, version=second.version, nouvelle_operation="Quartier fictif", est_npnru=True, par=par)
    operation = Operation.objects.get()
    assert operation.est_npnru is True
    assert set(operation.marches.all()) == {premier, second}
    nommer_operation(nom="Quartier fictif", est_npnru=False, par=par)
    operation.refresh_from_db()
    assert operation.est_npnru is True
    assert EcritureJournal.objects.filter(action="marquer l’opération NPNRU").count() == 1


def test_l_operation_survit_a_un_aller_retour_par_le_classeur(tmp_path):
    depart, arrivee = StructureFactory(sigle="DEPART"), StructureFactory(sigle="ARRIVEE")
    par = acteur(depart)
    marche = MarcheFactory(structure=depart)
    modifier_marche(marche, version=marche.version, nouvelle_operation="Quartier fictif", est_npnru=True, par=par)
    classeur = str(tmp_path / "structure.xlsx")
    call_command("exporter_reprise", classeur, structure="DEPART")
    call_command("importer_reprise", classeur, structure="ARRIVEE")
    repris = Marche.objects.get(structure=arrivee)
    assert repris.operation is not None
    assert (repris.operation.nom, repris.operation.est_npnru, repris.operation.structure) == (
        "Quartier fictif", True, arrivee,
    )  # fmt: skip
