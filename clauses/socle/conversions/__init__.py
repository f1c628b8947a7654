"""D’une cellule ou d’une saisie à une valeur typée : fonctions pures, qui convertissent ou refusent d’une phrase.

La phrase de `ValeurRefusee` ne nomme pas le champ : l’appelant le fait. Une valeur vide est toujours refusée ; qui
l’accepte demande d’abord `vide(valeur)`.
"""

from __future__ import annotations

from clauses.socle.conversions.dates import vers_date, vers_mois
from clauses.socle.conversions.identifiants import vers_code_insee, vers_siret
from clauses.socle.conversions.nombres import HeuresLues, vers_entier, vers_heures, vers_montant
from clauses.socle.conversions.textes import (
    ValeurRefusee,
    normaliser,
    texte_mal_decode,
    vers_choix,
    vers_oui_non,
    vers_texte,
    vide,
)

__all__ = [
    "HeuresLues",
    "ValeurRefusee",
    "normaliser",
    "texte_mal_decode",
    "vers_choix",
    "vers_code_insee",
    "vers_date",
    "vers_entier",
    "vers_heures",
    "vers_mois",
    "vers_montant",
    "vers_oui_non",
    "vers_siret",
    "vers_texte",
    "vide",
]
