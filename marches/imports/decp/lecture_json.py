"""Le JSON réglementaire des DECP, contrat par contrat : le fichier n’est jamais tout entier en mémoire."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.courant import Courant
from clauses.socle.nombres import en_nombre
from marches.imports.decp.enveloppes import ObjetLu

BLOC = 64 * 2**10
PROFONDEUR_MAX = 30
CHIFFRES_MAX = 30
LISTES = ("marche", "contrat-concession")
PAS_DES_MARCHES = 'Ce fichier n’est pas un JSON de marchés : {"marches": …} est attendu.'

_BLANCS = re.compile(r"[ \t\r\n]*")
_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
# Une erreur à moins de cela de la fin du tampon peut n’être qu’une valeur coupée en deux.
_COUPE = 16


def suivre_json(courant: Courant) -> Iterator[Any]:
    """Les contrats, quelle que soit l’enveloppe : liste, ou objet par nature de contrat. Lève `FichierRefuse`."""
    lecteur = _LecteurJson(courant)
    signe = lecteur.signe()
    if signe == "[":
        yield from lecteur.elements()
    elif signe == "{":
        yield from _racine(lecteur)
    else:
        raise FichierRefuse(PAS_DES_MARCHES)
    lecteur.exiger_la_fin()


def _racine(lecteur: _LecteurJson) -> Iterator[Any]:
    vue = False
    for cle in lecteur.clefs():
        if cle != "marches":
            lecteur.valeur()
        elif lecteur.signe() == "[":
            vue = True
            yield from lecteur.elements()
        elif lecteur.signe() == "{":
            vue = True
            yield from _par_nature(lecteur)
        else:
            lecteur.valeur()
    if not vue:
        raise FichierRefuse("Ce JSON ne contient pas de liste « marches » : ce n’est pas un fichier DECP.")


def _par_nature(lecteur: _LecteurJson) -> Iterator[Any]:
    vue = False
    for cle in lecteur.clefs():
        if cle not in LISTES:
            lecteur.valeur()
            continue
        vue = True
        if lecteur.signe() == "[":
            yield from lecteur.elements()
        elif (seul := lecteur.valeur()) is not None:
            yield seul
    if not vue:
        raise FichierRefuse(
            "« marches » ne contient ni « marche » ni « contrat-concession » : ce n’est pas un fichier DECP."
        )


class _LecteurJson:
    """Avance dans le texte en n’en gardant que l’élément en cours."""

    def __init__(self, courant: Courant) -> None:
        self._courant = courant
        self._decodeur = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder(
            parse_float=_nombre, parse_int=_entier, parse_constant=str, object_pairs_hook=ObjetLu.de_paires
        )
        self._texte = ""
        self._position = 0
        self._ligne, self._colonne = 1, 0

    def signe(self) -> str:
        """Prochain signe qui ne soit pas un blanc, sans l’emporter ; vide à la fin."""
        while True:
            trouve = _BLANCS.match(self._texte, self._position)
            self._position = trouve.end() if trouve else self._position
            if self._position < len(self._texte):
                return self._texte[self._position]
            self._courant.element_fini()
            if not self._remplir():
                return ""

    def prendre(self, signe: str) -> None:
        if self.signe() != signe:
            raise self._refus(self._position)
        self._position += 1

    def elements(self) -> Iterator[Any]:
        yield from self._suite("[", "]", self.valeur)

    def clefs(self) -> Iterator[str]:
        """Les clefs d’un objet ; qui les parcourt lit la valeur de chacune avant de passer à la suivante."""
        yield from self._suite("{", "}", self._clef)

    def _suite(self, ouvrant: str, fermant: str, lire: Any) -> Iterator[Any]:
        self.prendre(ouvrant)
        if self.signe() == fermant:
            self._position += 1
            return
        while True:
            yield lire()
            if self.signe() == fermant:
                self._position += 1
                return
            self.prendre(",")

    def _clef(self) -> str:
        if self.signe() != '"':
            raise self._refus(self._position)
        clef: str = self.valeur()
        self.prendre(":")
        return clef

    def valeur(self) -> Any:
        """La valeur suivante, entière : nombres exacts, clefs répétées notées."""
        self.signe()
        while True:
            try:
                valeur, fin = self._json.raw_decode(self._texte, self._position)
            except json.JSONDecodeError as erreur:
                coupee = erreur.pos > len(self._texte) - _COUPE or erreur.msg.startswith("Unterminated string")
                refus = self._refus(erreur.pos)
                if coupee and self._remplir():
                    continue
                raise refus from erreur
            except RecursionError as erreur:
                raise FichierRefuse(TROP_PROFOND) from erreur
            # Un nombre qui touche la fin du tampon continue peut-être.
            if fin == len(self._texte) and self._remplir():
                continue
            _borner_la_profondeur(self._texte[self._position : fin])
            self._position = fin
            self._courant.element_fini()
            return valeur

    def exiger_la_fin(self) -> None:
        if self.signe():
            raise self._refus(self._position)

    def _remplir(self) -> bool:
        """Lit la suite, d’autant plus que l’élément en cours est long ; faux à la fin du fichier."""
        bloc = self._courant.read(max(BLOC, len(self._texte) - self._position))
        try:
            suite = self._decodeur.decode(bloc or b"", final=not bloc)
        except UnicodeDecodeError as erreur:
            raise FichierRefuse(
                "Ce fichier n’est pas un texte en UTF-8. Le télécharger de nouveau, ou l’enregistrer en UTF-8."
            ) from erreur
        lu = self._texte[: self._position]
        if lu:
            self._ligne += lu.count("\n")
            self._colonne = len(lu) - lu.rfind("\n") - 1 if "\n" in lu else self._colonne + len(lu)
        self._texte = self._texte[self._position :] + suite
        self._position = 0
        return bool(bloc)

    def _refus(self, position: int) -> FichierRefuse:
        avant = self._texte[:position]
        ligne = self._ligne + avant.count("\n")
        colonne = position - avant.rfind("\n") if "\n" in avant else self._colonne + position + 1
        return FichierRefuse(
            f"Ce fichier n’est pas un JSON lisible : erreur ligne {en_nombre(ligne)}, "
            f"colonne {en_nombre(colonne)}. Le télécharger de nouveau."
        )


TROP_PROFOND = f"Ce fichier imbrique plus de {PROFONDEUR_MAX} niveaux : ce n’est pas un fichier de marchés."


def _borner_la_profondeur(texte: str) -> None:
    if texte.count("[") + texte.count("{") <= PROFONDEUR_MAX:
        return
    profondeur = 0
    for trouve in _STRUCTURE.finditer(texte):
        if trouve[0] in ("[", "{"):
            profondeur += 1
        elif trouve[0] in ("]", "}"):
            profondeur -= 1
        if profondeur > PROFONDEUR_MAX:
            raise FichierRefuse(TROP_PROFOND)


def _nombre(texte: str) -> Decimal | str:
    """Nombre exact ; hors de toute mesure, il reste un texte que la lecture du champ refusera."""
    return texte if len(texte) > CHIFFRES_MAX else Decimal(texte)


def _entier(texte: str) -> int | str:
    return texte if len(texte) > CHIFFRES_MAX else int(texte)
