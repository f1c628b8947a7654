"""Identifiants publics : SIRET et code commune de l’INSEE, dont un tableur perd volontiers le zéro de tête."""

from __future__ import annotations

import re

from stdnum.exceptions import ValidationError
from stdnum.fr import siret as stdnum_siret

from clauses.socle.conversions.textes import ValeurRefusee, exiger, montrer

CHIFFRES_SIRET = 14
# Deux zéros de tête au plus : en deçà, ce nombre est autre chose qu’un SIRET abîmé par le tableur.
CHIFFRES_SIRET_MIN = 12

_SCIENTIFIQUE = re.compile(r"[0-9]+(?:[.,][0-9]*)?e[+\-]?[0-9]+", re.IGNORECASE)
_ENTIER = re.compile(r"[0-9]+")
_DECIMALES_NULLES = re.compile(r"(?<=[0-9])[.,]0+$")
_CODE_INSEE = re.compile(r"(?:0[1-9]|[1-9][0-9]|2[AB])[0-9]{3}")
_TEXTE = "Mettre la colonne au format Texte, puis retaper la valeur."


def vers_siret(valeur: object) -> str:
    """SIRET de 14 chiffres à la clef juste ; espaces ôtées.

    Un nombre du tableur est remis sur 14 chiffres (formats.md §2), sa clef prouvant qu’il n’a perdu que des zéros de
    tête ; un texte trop court est refusé. L’exception de La Poste est admise.
    """
    brut = exiger(valeur)
    if isinstance(brut, str):
        siret = _siret_ecrit(brut)
    elif isinstance(brut, int | float) and not isinstance(brut, bool) and 0 <= brut < 10**CHIFFRES_SIRET:
        siret = _siret_devenu_nombre(brut)
    else:
        raise ValeurRefusee(f"{montrer(brut)} n’est pas un SIRET de 14 chiffres. {_TEXTE}")
    if siret.startswith("0" * 9) or siret.endswith("0" * 5):
        raise ValeurRefusee(f"{montrer(siret)} n’est le SIRET d’aucun établissement. Reprendre les 14 chiffres.")
    if not _clef_juste(siret) and not isinstance(brut, str):
        raise ValeurRefusee(f"{montrer(brut)} remis sur 14 chiffres ({siret}) a une clef de contrôle fausse. {_TEXTE}")
    if not _clef_juste(siret):
        raise ValeurRefusee(f"{montrer(siret)} a une clef de contrôle fausse. Vérifier les 14 chiffres du SIRET.")
    return siret


def vers_code_insee(valeur: object) -> str:
    """Code commune de cinq caractères, `62041`, `2A004` ; un zéro de tête perdu est refusé, pas deviné."""
    brut = exiger(valeur)
    if isinstance(brut, int | float) and not isinstance(brut, bool) and brut == brut // 1:
        code = str(int(brut))
    elif isinstance(brut, str):
        code = "".join(brut.split()).upper()
    else:
        raise ValeurRefusee(f"{montrer(brut)} n’est pas un code commune. {_TEXTE}")
    if _CODE_INSEE.fullmatch(code):
        return code
    if len(code) == 4 and _CODE_INSEE.fullmatch(f"0{code}"):
        raise ValeurRefusee(
            f"{montrer(brut)} n’a que quatre chiffres : un zéro de tête s’est sans doute perdu (0{code}). {_TEXTE}"
        )
    raise ValeurRefusee(
        f"{montrer(brut)} n’est pas un code commune de l’INSEE : cinq caractères, comme 62041 ou 2A004."
    )


def _siret_ecrit(texte: str) -> str:
    compact = _DECIMALES_NULLES.sub("", "".join(texte.split()))
    if _SCIENTIFIQUE.fullmatch(compact):
        raise ValeurRefusee(f"{montrer(texte)} : le tableur a arrondi ce SIRET, des chiffres sont perdus. {_TEXTE}")
    if not _ENTIER.fullmatch(compact):
        raise ValeurRefusee(f"{montrer(texte)} n’est pas un SIRET : 14 chiffres sont attendus.")
    manquants = CHIFFRES_SIRET - len(compact)
    if manquants in (1, 2) and _clef_juste(compact.zfill(CHIFFRES_SIRET)):
        raise ValeurRefusee(
            f"{montrer(texte)} n’a que {len(compact)} chiffres : un zéro de tête s’est sans doute perdu "
            f"({compact.zfill(CHIFFRES_SIRET)}). {_TEXTE}"
        )
    if len(compact) == 9:
        raise ValeurRefusee(f"{montrer(texte)} est un SIREN : ajouter les 5 chiffres de l’établissement.")
    if manquants:
        raise ValeurRefusee(f"{montrer(texte)} a {len(compact)} chiffres : un SIRET en compte 14.")
    return compact


def _siret_devenu_nombre(nombre: float) -> str:
    if nombre != int(nombre) or len(str(int(nombre))) < CHIFFRES_SIRET_MIN:
        raise ValeurRefusee(f"{montrer(nombre)} n’est pas un SIRET de 14 chiffres. {_TEXTE}")
    siret = str(int(nombre)).zfill(CHIFFRES_SIRET)
    if siret.endswith("0" * 5):
        raise ValeurRefusee(f"{montrer(nombre)} : le tableur a arrondi ce SIRET, des chiffres sont perdus. {_TEXTE}")
    return siret


def _clef_juste(siret: str) -> bool:
    try:
        stdnum_siret.validate(siret)
    except ValidationError:
        return False
    return True
