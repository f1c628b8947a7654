"""Aucun numéro de sécurité sociale n’entre dans l’application (domaine.md §8)."""

from __future__ import annotations

import re

from stdnum.fr import siret

# Sexe, année, mois (ou mois inconnu), département, commune, ordre ; la clef de deux chiffres manque parfois.
_NIR = re.compile(
    r"(?<![0-9])"
    r"(?P<numero>[1-478](?:S[0-9]){2}S(?:0S[1-9]|1S[0-2]|[2-9]S[0-9])S(?:[0-9]S[0-9]|2S[AB])(?:S[0-9]){6}"
    r"(?:S[0-9]){0,2})".replace("S", r"[ .\-\u00a0\u202f]?")
    + r"(?![0-9])",
    re.IGNORECASE,
)
CHIFFRES_SIRET = 14


def contient_nir(texte: str) -> bool:
    """Vrai si un nombre de 13 à 15 chiffres a la forme d’un NIR, séparé ou non ; un SIRET juste n’en est pas un."""
    for trouve in _NIR.finditer(texte):
        numero = re.sub(r"[^0-9A-Za-z]", "", trouve["numero"])
        if len(numero) != CHIFFRES_SIRET or not siret.is_valid(numero):
            return True
    return False
