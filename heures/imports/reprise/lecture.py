"""Du classeur reçu aux lignes typées : feuilles et colonnes reconnues, chaque cellule convertie ou refusée."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from clauses.socle.cellules import LigneLue
from clauses.socle.conversions import HeuresLues, ValeurRefusee, normaliser, texte_mal_decode, vide
from clauses.socle.conversions.textes import montrer
from clauses.socle.erreurs import FichierRefuse
from clauses.socle.exports import CARACTERES_MAX
from clauses.socle.lecteur import BORNES_COMMANDE, Bornes, lire_classeur, nom_de_colonne
from heures.imports.reprise.colonnes import Colonne, Feuille
from heures.imports.reprise.rapport import Rapport

# Une structure entière, dix ans d’heures compris, tient en moins de 10 Mo.
# Une cellule y tient ce que l’export peut y écrire : un tableau de grille, un calcul, ce que disait une source.
BORNES_REPRISE: Bornes = replace(BORNES_COMMANDE, octets=15 * 2**20, caracteres_cellule=CARACTERES_MAX)
LISEZ_MOI = "Lisez-moi"
_IGNOREES = {normaliser(LISEZ_MOI)}


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une ligne convertie ; une cellule vide vaut `None`. `saine` : aucune de ses cellules n’est refusée."""

    numero: int
    valeurs: dict[str, Any]
    saine: bool

    def __getitem__(self, colonne: str) -> Any:
        return self.valeurs[colonne]

    def cle(self, colonnes: Iterable[str]) -> tuple[Any, ...]:
        return tuple(self.valeurs[colonne] for colonne in colonnes)

    def donnees(self, *colonnes: str) -> dict[str, Any]:
        """Les valeurs présentes parmi ces colonnes : une case vide ne dit rien."""
        return {nom: self.valeurs[nom] for nom in colonnes if self.valeurs[nom] is not None}


def lire(
    source: IO[bytes] | Path, rapport: Rapport, feuilles: Sequence[Feuille], *, bornes: Bornes = BORNES_REPRISE
) -> dict[str, list[Ligne]]:
    """Lit le classeur ; rend les lignes de chaque feuille, vides si elle est absente.

    Tout défaut de feuille, de colonne ou de cellule est un refus du rapport, marqué `mal_forme` si c’est une feuille
    ou une colonne. Lève `FichierRefuse` si le fichier n’est pas un classeur lisible, ou s’il ne contient aucune ligne.
    """
    brutes = _reconnaitre_feuilles(lire_classeur(source, bornes=bornes), rapport, feuilles)
    rapport.mal_forme = not rapport.accepte
    lues = {feuille.nom: _lire_feuille(feuille, brutes.get(feuille.nom, []), rapport) for feuille in feuilles}
    if not any(lues.values()) and rapport.accepte:
        raise FichierRefuse(
            "Ce classeur ne contient aucune ligne à reprendre. Remplir au moins une feuille sous sa ligne de titres."
        )
    return lues


def _reconnaitre_feuilles(
    lues: Mapping[str, list[LigneLue]], rapport: Rapport, feuilles: Sequence[Feuille]
) -> dict[str, list[LigneLue]]:
    connues = {normaliser(feuille.nom): feuille.nom for feuille in feuilles}
    reconnues: dict[str, list[LigneLue]] = {}
    for nom, lignes in lues.items():
        forme = normaliser(nom)
        if forme in _IGNOREES or (forme not in connues and not lignes):
            continue
        if forme not in connues:
            conseil = _suggerer(forme, connues) or f"Les feuilles attendues : {', '.join(connues.values())}."
            rapport.refuser(nom, f"cette feuille n’est pas prévue. {conseil}")
        elif connues[forme] in reconnues:
            rapport.refuser(nom, f"deux feuilles portent le nom « {forme} ». Les réunir en une seule.")
        else:
            reconnues[connues[forme]] = lignes
    return reconnues


def _suggerer(forme: str, connues: Mapping[str, str]) -> str:
    proches = difflib.get_close_matches(forme, connues, n=1, cutoff=0.6)
    return f"Nom le plus proche : « {connues[proches[0]]} » ; la renommer ainsi." if proches else ""


def _reconnaitre_colonnes(feuille: Feuille, entete: LigneLue, rapport: Rapport) -> list[tuple[int, Colonne]]:
    """Le rang de chaque colonne reconnue. Les noms sont lus sans égard à la casse, aux accents ni aux espaces."""
    connues = {normaliser(colonne.nom): colonne for colonne in feuille.colonnes}
    noms = {forme: colonne.nom for forme, colonne in connues.items()}
    trouvees: dict[str, int] = {}
    for rang, titre in enumerate(entete.valeurs):
        if vide(titre):
            continue
        titre = " ".join(str(titre).split())
        forme = normaliser(titre)
        if forme in trouvees:
            rapport.refuser(
                feuille.nom,
                f"ce titre est porté par deux colonnes ({nom_de_colonne(trouvees[forme] + 1)} et "
                f"{nom_de_colonne(rang + 1)}). N’en garder qu’une.",
                ligne=entete.numero, colonne=titre, valeur=titre,
            )  # fmt: skip
        elif forme in connues:
            trouvees[forme] = rang
        else:
            conseil = _suggerer(forme, noms) or f"Les colonnes attendues : {', '.join(noms.values())}."
            rapport.refuser(
                feuille.nom,
                f"cette colonne n’est pas prévue. {conseil}",
                ligne=entete.numero, colonne=titre, valeur=titre,
            )  # fmt: skip
    for forme, colonne in connues.items():
        if colonne.obligatoire and forme not in trouvees:
            rapport.refuser(
                feuille.nom,
                "cette colonne obligatoire manque. L’ajouter à la ligne de titres.",
                ligne=entete.numero, colonne=colonne.nom,
            )  # fmt: skip
    return [(rang, connues[forme]) for forme, rang in trouvees.items()]


def _lire_feuille(feuille: Feuille, lignes: list[LigneLue], rapport: Rapport) -> list[Ligne]:
    compte = rapport.compte(feuille.nom)
    if not lignes:
        return []
    entete, *corps = lignes
    avant = len(rapport.refus)
    colonnes = _reconnaitre_colonnes(feuille, entete, rapport)
    compte.lues = len(corps)
    if len(rapport.refus) > avant:
        # Des colonnes mal nommées ou absentes feraient refuser chaque ligne pour la même raison.
        rapport.mal_forme = True
        compte.refusees = len(corps)
        return []
    lecteur = _Lecteur(feuille, colonnes, {rang for rang, titre in enumerate(entete.valeurs) if vide(titre)}, rapport)
    return [lecteur.ligne(ligne) for ligne in corps]


class _Lecteur:
    """Convertit les lignes d’une feuille ; une valeur déjà vue dans sa colonne n’est pas reconvertie."""

    def __init__(
        self, feuille: Feuille, colonnes: list[tuple[int, Colonne]], sans_titre: set[int], rapport: Rapport
    ) -> None:
        self.feuille = feuille
        self.colonnes = colonnes
        self.sans_titre = sans_titre
        self.rapport = rapport
        self.absentes = {colonne.nom: None for colonne in feuille.colonnes}
        self.vues: list[dict[tuple[type, object], object]] = [{} for _ in colonnes]

    def ligne(self, lue: LigneLue) -> Ligne:
        valeurs: dict[str, Any] = dict(self.absentes)
        avant = len(self.rapport.refus)
        for vues, (rang, colonne) in zip(self.vues, self.colonnes, strict=True):
            valeur = lue.valeurs[rang]
            cle = (valeur.__class__, valeur)
            if cle in vues:
                resultat = vues[cle]
            else:
                resultat = vues[cle] = None if vide(valeur) else _convertir(colonne, valeur)
            if resultat is None:
                if colonne.obligatoire:
                    self._refuser(lue, colonne, None, "la valeur manque. La renseigner, ou supprimer la ligne.")
                continue
            if resultat.__class__ is HeuresLues or resultat.__class__ is _Douteux or resultat.__class__ is _Refus:
                resultat = self._signaler(lue, colonne, valeur, resultat)
            valeurs[colonne.nom] = resultat
        for rang in self.sans_titre:
            if lue.valeurs[rang] is not None:
                raison = f"la colonne {nom_de_colonne(rang + 1)} n’a pas de titre. Lui en donner un, ou la vider."
                self.rapport.refuser(self.feuille.nom, raison, ligne=lue.numero, valeur=lue.valeurs[rang])
        return Ligne(lue.numero, valeurs, len(self.rapport.refus) == avant)

    def _refuser(self, lue: LigneLue, colonne: Colonne, valeur: object, raison: str) -> None:
        self.rapport.refuser(self.feuille.nom, raison, ligne=lue.numero, colonne=colonne.nom, valeur=valeur)

    def _signaler(self, lue: LigneLue, colonne: Colonne, valeur: object, resultat: object) -> object:
        match resultat:
            case _Refus(raison):
                self._refuser(lue, colonne, valeur, raison)
                return None
            case _Douteux(texte, raison):
                avertissement: str | None = raison
                lu: object = texte
            case HeuresLues(heures, phrase):
                avertissement, lu = phrase, heures
        if avertissement:
            self.rapport.avertir(self.feuille.nom, avertissement, ligne=lue.numero, colonne=colonne.nom, valeur=valeur)
        return lu


@dataclass(frozen=True, slots=True)
class _Refus:
    raison: str


@dataclass(frozen=True, slots=True)
class _Douteux:
    texte: str
    raison: str


def _convertir(colonne: Colonne, valeur: object) -> object:
    try:
        resultat = colonne.lire(valeur)
    except ValeurRefusee as refus:
        return _Refus(str(refus))
    if isinstance(resultat, str) and (probable := texte_mal_decode(resultat)):
        return _Douteux(resultat, f"{montrer(resultat)} semble mal décodé ; lecture probable : {montrer(probable)}.")
    return resultat
