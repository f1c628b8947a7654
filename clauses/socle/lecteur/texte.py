"""Lecture bornée d’un fichier CSV reçu : codage et séparateur reconnus, aucune ligne avalée en silence."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from clauses.socle.cellules import LigneLue
from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.bornes import BORNES, Bornes, Compteur, completer, situer
from clauses.socle.lecteur.enveloppe import Nature, exiger_extension, lire_octets, reconnaitre
from clauses.socle.nombres import en_nombre

SEPARATEURS = ";\t,|"
ECHANTILLON = 50
_ENREGISTRER = "L’enregistrer de nouveau au format « CSV UTF-8 »."
# Octets d’une lettre française ou de l’euro en Latin-9, qui n’y sont en CP1252 que des signes sans emploi (¤, ¼, ½).
_LATIN_9 = frozenset(b"\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe")
_CP1252_SEUL = frozenset(range(0x80, 0xA0))
_ANNONCE = re.compile(r"sep=(.)(?:\r\n|\n|\r)", re.IGNORECASE)


def lire_csv(
    source: IO[bytes] | Path,
    *,
    ligne_entete: int | None = 1,
    nom: str | None = None,
    bornes: Bornes = BORNES,
) -> list[LigneLue]:
    """Lit un CSV ; les cellules sont des `str` telles quelles, ou `None` quand elles sont vides.

    `ligne_entete` fixe le nombre de colonnes : une ligne suivante qui déborde est refusée, plutôt que décalée. `None`
    n’impose rien, pour un fichier dont l’en-tête reste à chercher. Lève `FichierRefuse`.
    """
    donnees = lire_octets(source, bornes)
    nature = reconnaitre(donnees)
    if nature is not Nature.TEXTE:
        raise FichierRefuse(nature.value)
    texte = decoder_octets(donnees)
    if "\0" in texte:
        numero = texte.count("\n", 0, texte.index("\0")) + 1
        raise FichierRefuse(f"{situer('', numero)}ce fichier contient un caractère nul. {_ENREGISTRER}")
    annonce = _ANNONCE.match(texte)
    if annonce:
        texte = texte[annonce.end() :]
    separateur = annonce[1] if annonce else deviner_separateur(texte, bornes, ligne_entete)
    lignes = _lignes(texte, separateur, ligne_entete, Compteur(bornes))
    exiger_extension(source, nom, ".csv")
    return completer(lignes)


def decoder_octets(donnees: bytes) -> str:
    """Décode sans jamais remplacer un octet : UTF-8, UTF-16 annoncé, puis Latin-9 ou CP1252 selon les octets vus."""
    if donnees.startswith((b"\xff\xfe", b"\xfe\xff")):
        codage = "utf-16"
    else:
        try:
            return donnees.decode("utf-8-sig")
        except UnicodeDecodeError:
            presents = frozenset(donnees)
            codage = "iso8859-15" if presents & _LATIN_9 and not presents & _CP1252_SEUL else "cp1252"
    try:
        return donnees.decode(codage)
    except UnicodeDecodeError as erreur:
        numero = donnees.count(b"\n", 0, erreur.start) + 1
        raise FichierRefuse(
            f"{situer('', numero)}l’octet 0x{donnees[erreur.start]:02X} n’est un caractère dans aucun codage connu. "
            f"{_ENREGISTRER}"
        ) from erreur


def deviner_separateur(texte: str, bornes: Bornes, ligne_entete: int | None) -> str:
    """Celui dont le plus de lignes ont la largeur de l’en-tête, puis l’en-tête le plus large, puis `;` d’abord.

    Sans en-tête connu, celui qui découpe le plus de cellules en lignes de même largeur : au-dessus du tableau, un
    titre en toutes lettres n’a pas de séparateur, et une virgule décimale n’en est pas un.
    """
    debut = texte[: ECHANTILLON * bornes.caracteres_cellule]

    def note(separateur: str) -> tuple[bool, float, int]:
        largeurs: list[int] = []
        try:
            for rang, cellules in enumerate(_enregistrements(debut, separateur, bornes, strict=False), start=1):
                if rang >= (ligne_entete or 1) and any(cellules):
                    largeurs.append(len(cellules))
                if len(largeurs) == ECHANTILLON:
                    break
        except (csv.Error, FichierRefuse):
            return False, 0, 0
        if not largeurs:
            return False, 0, 0
        largeur = largeurs[0] if ligne_entete else max(set(largeurs), key=lambda vue: (largeurs.count(vue), vue))
        if largeur < 2:
            return False, 0, 0
        pareilles = largeurs.count(largeur)
        return True, pareilles / len(largeurs) if ligne_entete else pareilles * (largeur - 1), largeur

    return max(SEPARATEURS, key=note)


def _enregistrements(texte: str, separateur: str, bornes: Bornes, *, strict: bool) -> Iterator[list[str]]:
    """Découpe le texte ; une ligne aux séparateurs sans nombre est refusée avant d’être découpée."""

    def bornees() -> Iterator[str]:
        for numero, ligne in enumerate(io.StringIO(texte, newline=""), start=1):
            if ligne.count(separateur) > 100 * bornes.colonnes:
                raise FichierRefuse(
                    f"{situer('', numero)}plus de {en_nombre(100 * bornes.colonnes)} séparateurs. Vérifier le fichier."
                )
            yield ligne

    return csv.reader(bornees(), delimiter=separateur, strict=strict)


def _lignes(texte: str, separateur: str, ligne_entete: int | None, compteur: Compteur) -> list[LigneLue]:
    lignes: list[LigneLue] = []
    largeur = numero = 0
    try:
        for numero, cellules in enumerate(_enregistrements(texte, separateur, compteur.bornes, strict=True), start=1):
            valeurs = [cellule if cellule.strip() else None for cellule in cellules]
            while valeurs and valeurs[-1] is None:
                valeurs.pop()
            if not valeurs:
                continue
            _controler(valeurs, numero, compteur)
            if ligne_entete is not None and numero >= ligne_entete:
                largeur = largeur or len(valeurs)
                _controler_largeur(valeurs, numero, largeur, separateur)
            lignes.append(LigneLue(numero, tuple(valeurs)))
    except csv.Error as erreur:
        raise FichierRefuse(
            f"{situer('', numero + 1)}un guillemet est ouvert sans être fermé, ou mal placé : les lignes suivantes "
            "seraient avalées. Doubler les guillemets du texte, ou les retirer."
        ) from erreur
    return lignes


def _controler(valeurs: list[str | None], numero: int, compteur: Compteur) -> None:
    compteur.ligne("", numero)
    compteur.colonne("", numero, len(valeurs))
    compteur.remplies("", numero, sum(valeur is not None for valeur in valeurs))
    for colonne, valeur in enumerate(valeurs, start=1):
        if valeur is not None:
            compteur.texte(len(valeur), "", numero, colonne)


def _controler_largeur(valeurs: list[str | None], numero: int, largeur: int, separateur: str) -> None:
    """Refuse ce qui décalerait ou avalerait des colonnes.

    Une cellule qui franchit une fin de ligne en emportant au moins autant de séparateurs qu’une ligne entière a été
    ouverte par un guillemet oublié, refermé par celui d’une ligne suivante.
    """
    if len(valeurs) > largeur:
        raise FichierRefuse(
            f"{situer('', numero)}{len(valeurs)} cellules, mais l’en-tête en a {largeur}. Mettre entre guillemets "
            f"les textes qui contiennent le séparateur « {separateur} », ou compléter l’en-tête."
        )
    for colonne, valeur in enumerate(valeurs, start=1):
        if valeur and largeur > 1 and ("\n" in valeur or "\r" in valeur) and valeur.count(separateur) >= largeur - 1:
            raise FichierRefuse(
                f"{situer('', numero, colonne)}un guillemet ouvert ici se referme sur une autre ligne : des lignes "
                "entières seraient avalées. Doubler les guillemets du texte, ou les retirer."
            )
