"""Une France inventée, de la taille et des formes du fichier national : 34 935 communes, 1 254 intercommunalités.

Les codes et les noms sont fabriqués, sauf les cas qui ont cassé des lecteurs : Paris, Lyon, Marseille, la Corse,
l’outre-mer, les quatre îles sans intercommunalité, un code qui commence par zéro, des apostrophes et des accents.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

COMMUNES, EPCIS = 34_935, 1_254
METROPOLE = [f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B"]
OUTRE_MER = ["971", "972", "973", "974", "976"]
ILES = {"22016": "Île-de-Bréhat", "29083": "Île-de-Sein", "29155": "Ouessant", "85113": "L’Île-d’Yeu"}
REELLES = {
    "01001": "L’Abergement-Clémenciat", "13055": "Marseille", "2A004": "Ajaccio", "2B033": "Bastia", "69123": "Lyon",
    "75056": "Paris", "97411": "Saint-Denis", "97608": "Mamoudzou", "62041": "Arras",
    "80829": "Y", "50041": "La Hague", "67043": "Bischheim-lès-Œuvre", **ILES,
}  # fmt: skip
TITRES = ["Base des EPCI à fiscalité propre au 1er janvier", "", "Mise en ligne le : 1er janvier", "Géographie : fin"]
SANS, SANS_NOM = "ZZZZZZZZZ", "Sans objet"
Commune = tuple[str, str, str, str, str]


def communes(sauf: frozenset[str] = frozenset()) -> Iterator[Commune]:
    """(code, nom, département, SIREN, nom de l’intercommunalité), dans l’ordre des codes."""
    codes = set(REELLES)
    rang = 0
    departements = METROPOLE + OUTRE_MER
    while len(codes) < COMMUNES:
        departement = departements[rang % len(departements)]
        codes.add(f"{departement}{1 + rang // len(departements):0{5 - len(departement)}d}")
        rang += 1
        if rang // len(departements) > 90:  # l’outre-mer n’a que deux chiffres de commune
            departements = METROPOLE if len(departements) > len(METROPOLE) else departements
    for rang, code in enumerate(sorted(codes)):
        if code in sauf:
            continue
        departement = code[:3] if code.startswith("97") else code[:2]
        nom = REELLES.get(code, f"Saint-Épreuve-d’{code}")
        numero = rang % EPCIS
        epci = (SANS, SANS_NOM) if code in ILES else (f"{200_000_000 + numero}", f"CC de l’Essai n° {numero}")
        yield code, nom, departement, *epci


def en_insee(chemin: Path, **options: frozenset[str]) -> Path:
    """La feuille « Composition_communale », enregistrée en CSV : titre au-dessus, `;`, UTF-8 avec BOM."""
    flux = io.StringIO()
    ecrire = csv.writer(flux, delimiter=";")
    ecrire.writerows([titre] for titre in TITRES)
    ecrire.writerow(["CODGEO", "LIBGEO", "EPCI", "LIBEPCI", "DEP", "REG"])
    ecrire.writerows([code, nom, siren, epci, dep, "11"] for code, nom, dep, siren, epci in communes(**options))
    chemin.write_text(flux.getvalue(), encoding="utf-8-sig")
    return chemin


def en_classeur(chemin: Path) -> Path:
    """Le classeur de l’Insee : une feuille par objet, la composition en second."""
    with xlsxwriter.Workbook(chemin, {"constant_memory": True}) as classeur:
        liste = classeur.add_worksheet("EPCI")
        liste.write_row(0, 0, ["EPCI", "LIBEPCI", "NATURE_EPCI", "NB_COM"])
        liste.write_row(1, 0, ["200000000", "CC de l’Essai n° 0", "CC", 28])
        feuille = classeur.add_worksheet("Composition_communale")
        for rang, titre in enumerate(TITRES):
            feuille.write_string(rang, 0, titre)
        feuille.write_row(len(TITRES), 0, ["CODGEO", "LIBGEO", "EPCI", "LIBEPCI", "DEP", "REG"])
        for rang, (code, nom, dep, siren, epci) in enumerate(communes(), len(TITRES) + 1):
            feuille.write_row(rang, 0, [code, nom, siren, epci, dep, "11"])
    return chemin


def en_dgcl(chemin: Path) -> Path:
    """Le fichier de la DGCL : Latin-1, `;`, une ligne par membre, les communes des EPT deux fois, pas les îles."""
    flux = io.StringIO()
    ecrire = csv.writer(flux, delimiter=";")
    ecrire.writerow(
        ["dept", "siren", "raison_sociale", "nature_juridique", "mode_financ", "nb_membres", "total_pop_tot",
         "total_pop_mun", "dep_com", "insee", "siren_membre", "nom_membre"]
    )  # fmt: skip
    for code, nom, dep, siren, epci in communes():
        if siren != SANS:
            latin = [texte.replace("’", "'").replace("Œ", "OE") for texte in (epci, nom)]
            ecrire.writerow([dep, siren, latin[0], "CC", "FPU", "28", "1", "1", dep, code, "217500016", latin[1]])
            if dep == "93":
                ecrire.writerow(["93", "200058097", "Est d'Essai", "EPT", "", "9", "", "", dep, code, "", latin[1]])
    chemin.write_text(flux.getvalue(), encoding="iso8859-15")
    return chemin
