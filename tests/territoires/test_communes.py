"""Le référentiel territorial : livré par une migration, remplaçable par un fichier national de même forme."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from clauses.territoires.models import Commune, Epci

EPCIS = {"200033579": 46, "200035442": 64, "200069482": 96, "200044048": 49}
QPV = {"62041", "62004", "62764", "62753"}
ENTETE = "epci_siren,epci_nom,epci_type,commune_insee,commune_nom,population_municipale,departement\n"


def test_la_migration_livre_les_255_communes_et_les_4_intercommunalites():
    assert Commune.objects.count() == 255
    assert {epci.pk: epci.communes.count() for epci in Epci.objects.all()} == EPCIS
    assert set(Commune.objects.filter(a_qpv=True).values_list("pk", flat=True)) == QPV


def test_les_communes_livrees_sont_celles_de_la_source_publique(donnees: Path):
    with (donnees / "territoire" / "communes_pays_artois.csv").open(encoding="utf-8-sig", newline="") as fichier:
        source = {
            ligne["commune_insee"]: (ligne["commune_nom"], ligne["epci_siren"], int(ligne["population_municipale"]))
            for ligne in csv.DictReader(fichier)
        }
    assert source == {c.pk: (c.nom, c.epci_id, c.population_municipale) for c in Commune.objects.all()}


def test_un_fichier_national_ajoute_et_met_a_jour_sans_rien_doubler(tmp_path: Path):
    fichier = tmp_path / "france.csv"
    fichier.write_text(
        ENTETE
        + "200033579,CU d’Arras,CU,62041,Arras,43000,62\n"
        + "200093201,Métropole européenne de Lille,METRO,59350,Lille,236710,59\n"
        + ",,,2A004,Ajaccio,73822,2A\n",
        encoding="utf-8",
    )
    for _ in range(2):
        call_command("charger_communes", str(fichier))
    assert Commune.objects.count() == 257
    assert Commune.objects.get(pk="62041").population_municipale == 43000
    assert set(Commune.objects.filter(a_qpv=True).values_list("pk", flat=True)) == QPV  # sans colonne, rien ne change
    assert Commune.objects.get(pk="59350").epci.nom == "Métropole européenne de Lille"
    assert Commune.objects.get(pk="2A004").epci is None


def test_une_colonne_manquante_est_nommee_et_rien_ne_change(tmp_path: Path):
    fichier = tmp_path / "incomplet.csv"
    fichier.write_text("commune_insee,commune_nom\n59350,Lille\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"Colonnes manquantes dans incomplet\.csv : departement, epci_nom"):
        call_command("charger_communes", str(fichier))
    assert Commune.objects.count() == 255


@pytest.mark.parametrize(
    ("ligne", "phrase"),
    [
        (",,,59350,Lille,beaucoup,59", "« beaucoup » n’est pas une population"),
        (",,,5935,Lille,10,59", "code INSEE ou un SIREN impossible"),
    ],
)
def test_une_valeur_impossible_est_refusee_d_une_phrase(tmp_path: Path, ligne: str, phrase: str):
    fichier = tmp_path / "faux.csv"
    fichier.write_text(ENTETE + ligne + "\n", encoding="utf-8")
    with pytest.raises(CommandError, match=phrase):
        call_command("charger_communes", str(fichier))
    assert Commune.objects.count() == 255


def test_un_fichier_absent_est_dit(tmp_path: Path):
    with pytest.raises(CommandError, match=r"absent\.csv"):
        call_command("charger_communes", str(tmp_path / "absent.csv"))


@pytest.mark.parametrize("code", ["6204", "ABCDE", "6X041", "2C004"])
def test_un_code_insee_impossible_est_refuse_par_la_base(code: str):
    with pytest.raises(IntegrityError, match="commune_code_insee"), transaction.atomic():
        Commune.objects.create(code_insee=code, nom="Nulle part", departement="62")
