"""La France entière passe par la commande : nombre, second passage, formes officielles, fusions, mémoire."""

from __future__ import annotations

import tracemalloc
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clauses.comptes.actions import creer_structure
from clauses.comptes.forms import StructureForm
from clauses.socle.erreurs import ActionImpossible
from clauses.territoires.formes import departement_de, lire
from clauses.territoires.models import Commune, Epci
from heures import communes
from tests.factories import StructureFactory
from tests.territoires import france
from tests.territoires.france import COMMUNES, EPCIS, ILES

# Intercommunalités livrées par la migration, hors de la France inventée.
LIVRES = 4


@pytest.fixture(scope="module")
def insee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return france.en_insee(tmp_path_factory.mktemp("insee") / "composition.csv")


def charger(chemin: Path, *options: str) -> str:
    sortie = StringIO()
    call_command("charger_communes", str(chemin), *options, stdout=sortie)
    return sortie.getvalue()


def etat() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    return (
        list(Commune.objects.order_by("pk").values_list()),
        list(Epci.objects.order_by("pk").values_list()),
    )


def nouvelles() -> int:
    return Commune.objects.filter(pk__in=[code for code, *_ in france.communes()]).count()


def test_le_fichier_national_de_l_insee_se_charge_entier_et_un_second_passage_ne_change_rien(
    insee, django_assert_max_num_queries
):
    arras = Commune.objects.get(pk="62041")
    with django_assert_max_num_queries(300):
        assert charger(insee) == "34\u202f935 communes chargées, 1\u202f254 intercommunalités.\n"
    assert nouvelles() == COMMUNES
    assert Epci.objects.count() == EPCIS + LIVRES
    lues = {c.pk: c for c in Commune.objects.filter(pk__in=france.REELLES)}
    assert {code: commune.nom for code, commune in lues.items()} == france.REELLES
    assert {code for code, commune in lues.items() if commune.epci_id is None} == set(ILES)
    assert {lues[code].departement for code in ("01001", "2A004", "2B033", "75056", "97411", "97608")} == {
        "01", "2A", "2B", "75", "974", "976",
    }  # fmt: skip
    # Ce que l’Insee ne dit pas dans cette feuille reste : population et quartiers d’Arras.
    assert (lues["62041"].population_municipale, lues["62041"].a_qpv) == (arras.population_municipale, True)
    avant = etat()
    charger(insee)
    assert etat() == avant


def test_le_classeur_de_l_insee_se_lit_sans_l_enregistrer_en_csv(insee, tmp_path):
    assert lire(france.en_classeur(tmp_path / "EPCI_au_01-01.xlsx")) == lire(insee)


def test_le_fichier_de_la_dgcl_se_lit_et_un_ept_n_est_pas_une_intercommunalite(insee, tmp_path):
    lecture = lire(france.en_dgcl(tmp_path / "dgcl.csv"))
    assert len(lecture.communes) == COMMUNES - len(ILES)
    assert {lue.epci_type for lue in lecture.communes} == {"CC"}
    assert "200058097" not in {lue.epci for lue in lecture.communes}
    rattachees = {lue.code: (lue.epci, lue.departement) for lue in lecture.communes}
    assert rattachees == {lue.code: (lue.epci, lue.departement) for lue in lire(insee).communes if lue.epci}


def test_la_lecture_tient_en_memoire(insee):
    tracemalloc.start()
    try:
        lire(insee)
        pic = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert pic < 80 * 2**20


def test_une_commune_fusionnee_garde_son_intercommunalite_et_perd_sa_population(tmp_path):
    Commune.objects.filter(pk="62004").update(population_municipale=8000)
    fusion = frozenset({"62004"})
    chemin = france.en_insee(tmp_path / "apres.csv", sauf=fusion)
    avant = Commune.objects.get(pk="62004")
    assert "gardées" not in charger(chemin)
    assert Commune.objects.get(pk="62004").population_municipale == 8000
    sortie = charger(chemin, "--complet")
    assert "ne sont plus dans ce fichier : gardées avec leur intercommunalité, sans population" in sortie
    apres = Commune.objects.get(pk="62004")
    assert (apres.nom, apres.epci_id, apres.a_qpv) == (avant.nom, avant.epci_id, avant.a_qpv)
    assert apres.population_municipale is None
    assert Commune.objects.get(pk="62041").population_municipale is not None
    assert "gardées" not in charger(chemin, "--complet")


def test_une_commune_dite_deux_fois_differemment_est_refusee_et_rien_ne_change(tmp_path):
    avant = etat()
    chemin = tmp_path / "double.csv"
    entete = "CODGEO;LIBGEO;EPCI;LIBEPCI;DEP;REG\n"
    chemin.write_text(entete + "62041;Arras;200033579;CU d’Arras;62;32\n62041;Arras;200035442;Autre;62;32\n")
    with pytest.raises(CommandError, match=r"62041 \(Arras\) est dite deux fois"):
        charger(chemin)
    assert etat() == avant


def test_une_commune_repetee_a_l_identique_passe(tmp_path):
    chemin = tmp_path / "double.csv"
    chemin.write_text("CODGEO;LIBGEO;EPCI;LIBEPCI;DEP;REG\n" + "62041;Arras;200033579;CU d’Arras;62;32\n" * 2)
    assert charger(chemin).startswith("1 commune chargée, 1 intercommunalité.")


@pytest.mark.parametrize("ligne", ["1001;Bourg;200033579;CC;01;84", "62041;Arras;20003357;CC;62;32"])
def test_un_code_abime_par_un_tableur_est_refuse(tmp_path, ligne):
    avant = etat()
    chemin = tmp_path / "abime.csv"
    chemin.write_text(f"CODGEO;LIBGEO;EPCI;LIBEPCI;DEP;REG\n{ligne}\n")
    with pytest.raises(CommandError, match="code INSEE ou un SIREN impossible"):
        charger(chemin)
    assert etat() == avant


@pytest.mark.parametrize(
    ("code", "departement"), [("62041", "62"), ("2A004", "2A"), ("97411", "974"), ("98735", "987")]
)
def test_le_departement_se_lit_dans_le_code(code, departement):
    assert departement_de(code) == departement


def test_la_france_chargee_ni_un_formulaire_ni_un_territoire_ne_la_portent(insee):
    """1 254 cases à cocher, 34 935 suggestions, ou une structure dont tout le pays serait le territoire."""
    structure = StructureFactory()
    charger(insee)
    proposes = StructureForm(instance=structure).fields["territoire"].queryset
    du_pas_de_calais = set(Commune.objects.filter(departement="62").order_by().values_list("epci", flat=True))
    assert {epci.pk for epci in proposes} == du_pas_de_calais | set(structure.territoire.values_list("pk", flat=True))
    assert len(proposes) < EPCIS // 2
    assert 0 < len(communes.proposees()) <= communes.PROPOSEES_MAX
    assert communes.vers_commune("bischheim les oeuvre") == "67043"
    with pytest.raises(ActionImpossible, match="nommer celles du territoire, par --epci"):
        creer_structure(sigle="NEUVE", nom="Neuve", responsable="neuve@exemple.invalid")
    neuve, _ = creer_structure(sigle="NEUVE", nom="Neuve", responsable="neuve@exemple.invalid", epcis=["200000001"])
    assert [epci.pk for epci in neuve.territoire.all()] == ["200000001"]
    StructureFactory()  # toutes les intercommunalités : trop de communes pour les proposer
    assert communes.proposees() == []
