"""Le code de vérification : tiré au sort, écrit sans signe ambigu, lu sans chicaner sur la casse ou les tirets."""

from __future__ import annotations

import re
import secrets

# L’alphabet de Crockford : ni I, ni L, ni O, ni U. Seize signes : quatre-vingts bits, non devinables.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LONGUEUR = 16
GROUPE = 4
SEPARATEURS = re.compile(r"[\s\-\u2010-\u2015\u2212._]+")
CONFONDUS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def tirer() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR))


def normaliser(saisie: str) -> str:
    """Le code tapé ou collé, sans espaces ni tirets, en capitales ; vide s’il n’a pas la forme d’un code."""
    code = SEPARATEURS.sub("", saisie).upper().translate(CONFONDUS)
    return code if len(code) == LONGUEUR and set(code) <= set(ALPHABET) else ""


def en_groupes(code: str) -> str:
    """« 7K2M-9QX4-… », comme sur le document."""
    return "-".join(code[rang : rang + GROUPE] for rang in range(0, len(code), GROUPE))
