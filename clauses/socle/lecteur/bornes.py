"""Les bornes d’une lecture, et les phrases qui les disent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clauses.socle.cellules import LigneLue
from clauses.socle.erreurs import FichierRefuse
from clauses.socle.nombres import en_nombre


@dataclass(frozen=True, slots=True)
class Bornes:
    """Limites d’une lecture ; elles tiennent la mémoire et le temps quel que soit le fichier."""

    octets: int = 5 * 2**20
    octets_deplies: int = 60 * 2**20
    entrees: int = 200
    taux: int = 200
    lignes: int = 20_000
    colonnes: int = 60
    cellules: int = 400_000
    caracteres_cellule: int = 10_000
    caracteres: int = 10_000_000


BORNES = Bornes()

# Réservé aux commandes : la reprise d’une structure entière dépasse ce qu’un navigateur a le droit d’envoyer.
BORNES_COMMANDE = Bornes(
    octets=50 * 2**20,
    octets_deplies=600 * 2**20,
    lignes=500_000,
    cellules=6_000_000,
    caracteres=120_000_000,
)


def nom_de_colonne(colonne: int) -> str:
    """Nomme une colonne comme le tableur : 1 donne A, 28 donne AB."""
    nom = ""
    while colonne:
        colonne, reste = divmod(colonne - 1, 26)
        nom = chr(ord("A") + reste) + nom
    return nom


def situer(feuille: str, ligne: int, colonne: int = 0) -> str:
    """Début d’une phrase de refus ; un CSV n’a pas de feuille."""
    debut = f"Feuille « {feuille} », ligne" if feuille else "Ligne"
    suite = f", colonne {nom_de_colonne(colonne)}" if colonne else ""
    return f"{debut} {en_nombre(ligne)}{suite} : "


class Compteur:
    """Tient les bornes d’un fichier entier : lignes et colonnes par feuille, cellules et caractères en tout."""

    def __init__(self, bornes: Bornes) -> None:
        self.bornes = bornes
        self.cellules = 0
        self.caracteres = 0

    def ligne(self, feuille: str, numero: int) -> None:
        if numero > self.bornes.lignes:
            raise FichierRefuse(
                f"{situer(feuille, numero)}la lecture s’arrête à {en_nombre(self.bornes.lignes)} lignes. "
                "Partager le fichier en plusieurs, ou supprimer les cellules égarées en bas de la feuille."
            )

    def colonne(self, feuille: str, numero: int, colonne: int) -> None:
        if colonne > self.bornes.colonnes:
            raise FichierRefuse(
                f"{situer(feuille, numero, colonne)}la lecture s’arrête à {self.bornes.colonnes} colonnes "
                f"(colonne {nom_de_colonne(self.bornes.colonnes)}). Supprimer les colonnes et les cellules égarées."
            )

    def remplies(self, feuille: str, numero: int, nombre: int) -> None:
        self.cellules += nombre
        if self.cellules > self.bornes.cellules:
            raise FichierRefuse(
                f"{situer(feuille, numero)}le fichier dépasse {en_nombre(self.bornes.cellules)} cellules remplies. "
                "Le partager en plusieurs."
            )

    def texte(self, longueur: int, feuille: str = "", numero: int = 0, colonne: int = 0) -> None:
        if longueur > self.bornes.caracteres_cellule:
            debut = situer(feuille, numero, colonne) if numero else ""
            phrase = f"une cellule dépasse {en_nombre(self.bornes.caracteres_cellule)} caractères. La raccourcir."
            raise FichierRefuse(f"{debut}{phrase}" if debut else phrase[0].upper() + phrase[1:])
        self.caracteres += longueur
        if self.caracteres > self.bornes.caracteres:
            raise FichierRefuse(
                f"Ce fichier dépasse {en_nombre(self.bornes.caracteres)} caractères. Le partager en plusieurs."
            )


def completer(lignes: Sequence[LigneLue]) -> list[LigneLue]:
    """Donne à toutes les lignes la largeur de la plus large : on les lit par numéro de colonne."""
    largeur = max((len(ligne.valeurs) for ligne in lignes), default=0)
    return [
        ligne
        if len(ligne.valeurs) == largeur
        else LigneLue(ligne.numero, ligne.valeurs + (None,) * (largeur - len(ligne.valeurs)))
        for ligne in lignes
    ]
