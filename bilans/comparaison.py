"""Ce qui a changé entre deux versions d’un bilan émis, cellule par cellule, et rien d’autre. Pur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from bilans.definitions import METHODE, SYNTHESE, Unite
from bilans.presentation import CACHEES
from bilans.rapport import EN_TETE, Bilan, LigneSynthese, Tableau, entete_en_clair
from bilans.valeurs import FORMATS, en_json, en_texte
from clauses.socle.exports import Cellule as CelluleDeClasseur
from clauses.socle.exports import Colonne, Feuille

Cle = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cellule:
    """Une cellule d’un bilan, nommée : le tableau, la ligne, la colonne, et sa valeur dans son unité.

    `est_un_libelle` : un texte que les nombres de sa ligne accompagnent ; seul, il ne dirait qu’elle est neuve.
    """

    tableau: str
    ligne: str
    colonne: str
    valeur: Any
    unite: Unite
    est_un_libelle: bool = False


@dataclass(frozen=True, slots=True)
class Changement:
    """Une cellule qui n’a plus la même valeur ; `None` là où elle n’existait pas, ou n’existe plus."""

    tableau: str
    ligne: str
    colonne: str
    avant: Any
    apres: Any
    unite: Unite

    @property
    def ecart(self) -> Any:
        """Différence de deux nombres ; `None` autrement."""
        nombres = isinstance(self.avant, int | Decimal) and isinstance(self.apres, int | Decimal)
        return self.apres - self.avant if nombres else None

    @property
    def avant_en_texte(self) -> str:
        return _dire(self.avant, self.unite)

    @property
    def apres_en_texte(self) -> str:
        return _dire(self.apres, self.unite)

    @property
    def ecart_en_texte(self) -> str:
        """Signé ; en points pour un taux."""
        if self.ecart is None:
            return "–"
        texte = _dire(self.ecart, self.unite)
        if self.unite is Unite.TAUX:
            texte = texte.replace("\u202f%", "\u00a0pt")
        return f"+{texte}" if self.ecart > 0 else texte


def _dire(valeur: Any, unite: Unite) -> str:
    """Un nombre négatif porte un vrai signe moins ; un texte garde ses traits d’union."""
    texte = en_texte(valeur, unite)
    return texte if isinstance(valeur, str) else texte.replace("-", "−")


def comparer(ancien: Bilan, nouveau: Bilan) -> list[Changement]:
    """Les cellules qui diffèrent, dans l’ordre du nouveau bilan, puis celles qu’il n’a plus.

    Une ligne se reconnaît à ce qu’elle filtre, à défaut à ses libellés : un acheteur renommé reste la même ligne.
    """
    avant = dict(_cellules(ancien, ancien))
    apres = dict(_cellules(nouveau, ancien))
    return [
        Changement(dite.tableau, dite.ligne, dite.colonne, *valeurs, dite.unite)
        for cle in (*apres, *(cle for cle in avant if cle not in apres))
        for dite in [apres.get(cle) or avant[cle]]
        for valeurs in [(_valeur(avant.get(cle)), _valeur(apres.get(cle)))]
        if valeurs[0] != valeurs[1] and not (dite.est_un_libelle and None in valeurs)
    ]


def par_tableau(changements: Iterable[Changement]) -> list[tuple[str, list[Changement]]]:
    """Les changements, tableau par tableau, dans l’ordre."""
    return [(titre, list(les_siens)) for titre, les_siens in groupby(changements, key=lambda c: c.tableau)]


def _valeur(cellule: Cellule | None) -> Any:
    """Un texte vide et une cellule absente se montrent de même : ce n’est pas un changement."""
    return None if cellule is None or cellule.valeur == "" else cellule.valeur


def _cellules(bilan: Bilan, reference: Bilan) -> Iterator[tuple[Cle, Cellule]]:
    """Toutes les cellules, en-tête et méthode comprises, sauf les circonstances, prises à `reference`."""
    commun = reference.entete
    entete = replace(
        bilan.entete,
        genere_le=commun.genere_le,
        genere_par=commun.genere_par,
        version=commun.version,
        empreinte=commun.empreinte,
    )
    for terme, texte in entete_en_clair(entete):
        yield ("entete", terme), Cellule("En-tête", terme, "", texte, Unite.TEXTE)
    for ligne in bilan.synthese:
        yield from _de_synthese(ligne)
    for cle, tableau in bilan.tableaux.items():
        yield from _de_tableau(cle, tableau)
    for terme, texte, source in bilan.methode:
        if source != EN_TETE:
            yield ("methode", terme), Cellule(METHODE.titre, terme, "", texte, Unite.TEXTE)


def _de_synthese(ligne: LigneSynthese) -> Iterator[tuple[Cle, Cellule]]:
    taux = {"taux_atteinte", "evolution"}
    for colonne in SYNTHESE.colonnes:
        if colonne.cle in {"indicateur", "regle"}:
            continue
        unite = Unite.TAUX if colonne.cle in taux else ligne.indicateur.unite
        valeur = getattr(ligne, colonne.cle)
        dite = Cellule(SYNTHESE.titre, ligne.indicateur.nom, colonne.nom, valeur, unite)
        yield ("synthese", ligne.indicateur.cle, colonne.cle), dite


def _de_tableau(cle: str, tableau: Tableau) -> Iterator[tuple[Cle, Cellule]]:
    textes = [colonne.cle for colonne in tableau.definition.colonnes if colonne.unite is Unite.TEXTE]
    nombres = [colonne.cle for colonne in tableau.definition.colonnes if colonne.unite is not Unite.TEXTE]
    vues: Counter[Cle] = Counter()
    for rangee in tableau.rangees:
        dits = tuple(str(rangee.valeurs[nom]) for nom in textes)
        propre: Cle = (rangee.niveau, *sorted(rangee.filtre.items())) if rangee.filtre else (rangee.niveau, *dits)
        vues[propre] += 1
        montres = [str(rangee.valeurs[nom]) for nom in textes if nom not in CACHEES]
        libelle = ", ".join(filter(None, montres or dits))
        est_chiffree = any(rangee.valeurs[nom] is not None for nom in nombres)
        for colonne in tableau.definition.colonnes:
            dite = Cellule(
                tableau.definition.titre,
                libelle,
                colonne.nom,
                rangee.valeurs[colonne.cle],
                colonne.unite,
                est_un_libelle=colonne.unite is Unite.TEXTE and est_chiffree,
            )
            yield (cle, propre, vues[propre], colonne.cle), dite


def en_objet(un: Changement) -> dict[str, Any]:
    """Un changement en JSON : chaque valeur comme dans le document du bilan (formats.md §4)."""
    valeurs = {nom: en_json(getattr(un, nom), un.unite) for nom in ("avant", "apres", "ecart")}
    dits = {nom: getattr(un, nom) for nom in ("tableau", "ligne", "colonne")}
    return {**dits, **valeurs, "unite": un.unite.value}


COLONNES = (
    Colonne("Tableau", "tableau", largeur=34),
    Colonne("Ligne", "ligne", largeur=44),
    Colonne("Colonne", "colonne", largeur=26),
    Colonne("Ancienne valeur", "avant", largeur=20),
    Colonne("Nouvelle valeur", "apres", largeur=20),
    Colonne("Écart", "ecart", largeur=14),
    Colonne("Unité", "unite", largeur=12),
)


def feuille(changements: Iterable[Changement]) -> Feuille:
    """Les changements en classeur : de vrais nombres, dans le format de leur unité."""
    lignes = (
        (
            un.tableau,
            un.ligne,
            un.colonne,
            CelluleDeClasseur(un.avant, FORMATS[un.unite]),
            CelluleDeClasseur(un.apres, FORMATS[un.unite]),
            CelluleDeClasseur(un.ecart, FORMATS[un.unite]),
            un.unite.value,
        )
        for un in changements
    )
    return Feuille("Changements", COLONNES, lignes)
