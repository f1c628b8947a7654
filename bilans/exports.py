"""Le bilan en classeur, en JSON (formats.md §4) et en CSV : les mêmes valeurs, des mêmes définitions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from bilans import definitions
from bilans.definitions import TableauBilan, Unite
from bilans.rapport import Bilan, LigneSynthese, Tableau
from bilans.tableaux import DETAIL
from bilans.valeurs import FORMATS, en_json
from clauses.socle.exports import Cellule, Colonne, Feuille, Format, Graphique, ecrire_csv, ecrire_xlsx

NIVEAU = Colonne("Niveau", "niveau", largeur=12)
LARGEURS = {
    "libelle": 48,
    "acheteur": 40,
    "indicateur": 48,
    "regle": 60,
    "definition": 60,
    "terme": 44,
    "rubrique": 24,
    "detail": 60,
    "remede": 26,
    "objet": 48,
    "titulaires": 36,
}


def colonnes(tableau: TableauBilan) -> list[Colonne]:
    return [Colonne(c.nom, c.cle, FORMATS[c.unite], LARGEURS.get(c.cle)) for c in tableau.colonnes]


def lignes_synthese(bilan: Bilan) -> Iterable[tuple[Any, ...]]:
    """Une ligne par indicateur ; chaque valeur porte le format de son unité."""
    for ligne in bilan.synthese:
        format_ = FORMATS[ligne.indicateur.unite]
        yield (
            ligne.indicateur.nom,
            Cellule(ligne.objectif, format_),
            Cellule(ligne.realise, format_),
            ligne.taux_atteinte,
            Cellule(ligne.realise_n1, format_),
            ligne.evolution,
            ligne.indicateur.regle,
        )


def lignes_tableau(tableau: Tableau) -> Iterable[tuple[Any, ...]]:
    for rangee in tableau.rangees:
        yield (*(rangee.valeurs[c.cle] for c in tableau.definition.colonnes), rangee.niveau)


def feuilles(bilan: Bilan) -> list[Feuille]:
    """La synthèse, une feuille par tableau (ou pour ceux qui la partagent), la méthode."""
    synthese = Feuille(definitions.SYNTHESE.feuille, colonnes(definitions.SYNTHESE), lignes_synthese(bilan))
    par_feuille: dict[str, list[Tableau]] = defaultdict(list)
    for tableau in bilan.tableaux.values():
        par_feuille[tableau.definition.feuille].append(tableau)
    methode = Feuille(definitions.METHODE.feuille, colonnes(definitions.METHODE), bilan.methode)
    return [
        *([synthese] if bilan.synthese else []),
        *(_feuille(reunis[0]) if len(reunis) == 1 else _feuille_partagee(reunis) for reunis in par_feuille.values()),
        methode,
    ]


def _feuille(tableau: Tableau) -> Feuille:
    dessin, graphiques = tableau.definition.dessin, []
    if dessin is not None:
        premieres = len(tableau.details())
        graphiques = [Graphique(dessin.genre, dessin.titre, dessin.categories, dessin.series, premieres)]
    return Feuille(
        tableau.definition.feuille,
        [*colonnes(tableau.definition), NIVEAU],
        lignes_tableau(tableau),
        graphiques=graphiques,
    )


def _feuille_partagee(reunis: Sequence[Tableau]) -> Feuille:
    """Plusieurs tableaux de mêmes colonnes, à la suite, distingués par leur titre."""
    premier = reunis[0].definition
    titres = [Colonne("Tableau", "tableau", largeur=30), *colonnes(premier), NIVEAU]
    lignes = [(tableau.definition.titre, *ligne) for tableau in reunis for ligne in lignes_tableau(tableau)]
    return Feuille(premier.feuille, titres, lignes)


def ecrire_classeur(bilan: Bilan, fichier: IO[bytes]) -> None:
    ecrire_xlsx(fichier, feuilles(bilan))


def _objet(valeurs: Mapping[str, Any], tableau: TableauBilan) -> dict[str, Any]:
    unites = {colonne.cle: colonne.unite for colonne in tableau.colonnes}
    return {cle: en_json(valeur, unites.get(cle, Unite.TEXTE)) for cle, valeur in valeurs.items()}


def _synthese(ligne: LigneSynthese) -> dict[str, Any]:
    unite = ligne.indicateur.unite
    return {
        "cle": ligne.indicateur.cle,
        "indicateur": ligne.indicateur.nom,
        "unite": unite.value,
        "objectif": en_json(ligne.objectif, unite),
        "realise": en_json(ligne.realise, unite),
        "realise_n1": en_json(ligne.realise_n1, unite),
        "evolution": en_json(ligne.evolution, Unite.TAUX),
        "regle": ligne.indicateur.regle,
    }


def document(bilan: Bilan) -> dict[str, Any]:
    """Le contrat de formats.md §4. Les tableaux n’ont que leurs lignes ; totaux distincts sous `totaux`."""
    du, au, arrete_au = bilan.entete.periode
    unites = {ligne.indicateur.cle: ligne.indicateur.unite for ligne in bilan.synthese}
    au_contrat = {cle: tableau for cle, tableau in bilan.tableaux.items() if tableau.definition.est_en_json}
    return {
        "bilan": bilan.entete.nom,
        "structure": bilan.entete.structure,
        "periode": {"du": du.isoformat(), "au": au.isoformat()},
        "arrete_au": arrete_au.isoformat(),
        "base_etp": bilan.entete.base_etp,
        "genere_le": bilan.entete.genere_le.isoformat(timespec="seconds"),
        "genere_par": bilan.entete.genere_par,
        "filtres": bilan.entete.filtres,
        "version": bilan.entete.version,
        "empreinte": bilan.entete.empreinte or None,
        "indicateurs": {cle: en_json(valeur, unites[cle]) for cle, valeur in bilan.indicateurs.items()},
        "synthese": [_synthese(ligne) for ligne in bilan.synthese],
        "tableaux": {
            cle: [_objet(ligne, tableau.definition) for ligne in tableau.details()]
            for cle, tableau in au_contrat.items()
        },
        "totaux": {
            cle: [_objet(ligne, tableau.definition) for ligne in tableau.totaux()]
            for cle, tableau in au_contrat.items()
        },
        "methode": [{"terme": terme, "definition": texte, "source": source} for terme, texte, source in bilan.methode],
    }


def ecrire_json(bilan: Bilan, fichier: IO[bytes]) -> None:
    fichier.write(json.dumps(document(bilan), ensure_ascii=False, indent=1).encode("utf-8") + b"\n")


COLONNES_CSV = (
    Colonne("Tableau", "tableau"),
    Colonne("Ligne", "ligne"),
    Colonne("Libellé", "libelle"),
    Colonne("Colonne", "colonne"),
    Colonne("Valeur", "valeur", Format.HEURES),
    Colonne("Unité", "unite"),
)
IDENTIFIANTS = ("numero", "rubrique", "code", "siret", "modalite", "type_contrat", "categorie", "type")
LIBELLES = ("libelle", "acheteur", "modalite_libelle", "type_contrat_libelle")


def lignes_csv(bilan: Bilan) -> Iterable[tuple[Any, ...]]:
    """Une valeur par ligne : synthèse puis lignes de détail des tableaux ; se filtre et se croise tel quel."""
    for ligne in bilan.synthese:
        indicateur = ligne.indicateur
        yield "synthese", indicateur.cle, indicateur.nom, "realise", ligne.realise, indicateur.unite.value
    for cle, tableau in bilan.tableaux.items():
        if not tableau.definition.est_en_json:
            continue
        for rangee in tableau.rangees:
            if rangee.niveau == DETAIL:
                yield from _valeurs_csv(cle, rangee.valeurs, tableau.definition)


def _valeurs_csv(cle: str, valeurs: Mapping[str, Any], tableau: TableauBilan) -> Iterable[tuple[Any, ...]]:
    ligne = _reunir(valeurs, IDENTIFIANTS)
    libelle = _reunir(valeurs, LIBELLES)
    for colonne in tableau.colonnes:
        if colonne.unite is not Unite.TEXTE:
            valeur = (
                en_json(valeurs[colonne.cle], colonne.unite) if colonne.unite is Unite.DATE else valeurs[colonne.cle]
            )
            yield cle, ligne, libelle, colonne.cle, valeur, colonne.unite.value


def _reunir(valeurs: Mapping[str, Any], cles: Sequence[str]) -> str:
    return " / ".join(str(valeurs[cle]) for cle in cles if valeurs.get(cle))


def ecrire_csv_long(bilan: Bilan, fichier: IO[bytes]) -> None:
    ecrire_csv(fichier, COLONNES_CSV, lignes_csv(bilan))


ECRIVAINS = {"xlsx": ecrire_classeur, "json": ecrire_json, "csv": ecrire_csv_long}
