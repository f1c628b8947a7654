"""Heures, montants et entiers : exacts, jamais calculés en virgule flottante."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from clauses.socle.conversions.textes import PRECISION_DU_TABLEUR, ValeurRefusee, exiger, montrer, normaliser
from clauses.socle.nombres import CENTIEME, en_heures, en_nombre

TROP_GRAND = Decimal(10) ** 12

_DECIMAL = re.compile(r"([+\-\u2212]?) ?([0-9]{1,12}|[0-9]{1,3}(?: [0-9]{3})+)(?:[.,]([0-9]{1,20}))?")
_HEURES_MINUTES = re.compile(r"([0-9]{1,6}) ?(?:h|:) ?([0-9]{1,2})(?::([0-9]{2})| ?(?:min|mn|m))?")
_UNITE_HEURES = re.compile(r" ?(?:heures?|hrs?|h)$")
_UNITE_EUROS = re.compile(r" ?(?:€|euros?|eur)(?: ?ht)?$")


@dataclass(frozen=True, slots=True)
class HeuresLues:
    """Heures au centième, et ce qu’il faut dire à qui les a écrites quand elles ont été interprétées."""

    valeur: Decimal
    avertissement: str | None = None


def vers_heures(valeur: object, *, negatif: bool = False, maximum: Decimal | None = None) -> HeuresLues:
    """Heures décimales (`7,35`, `1 820,50 h`), heures et minutes (`7h30`, `7:30`) ou durée du tableur.

    Arrondies au centième, demi vers le haut, avec un avertissement dès que l’arrondi change la valeur. « néant » vaut
    zéro. Les heures négatives, réservées aux mouvements d’engagement, demandent `negatif=True`.
    """
    brut = exiger(valeur)
    texte = brut.lower() if isinstance(brut, str) else ""
    if isinstance(brut, str):
        exact = _heures_ecrites(brut, texte)
    elif isinstance(brut, datetime.timedelta):
        exact = Decimal(round(brut.total_seconds())) / 3600
    elif isinstance(brut, datetime.time):
        exact = Decimal(brut.hour * 3600 + brut.minute * 60 + brut.second) / 3600
    elif isinstance(brut, datetime.date):
        raise ValeurRefusee(
            f"{montrer(brut)} est une date, pas des heures. Au-delà de 24 heures, mettre la cellule au format [h]:mm "
            "ou écrire un nombre décimal."
        )
    else:
        exact = _nombre_du_tableur(brut)
    arrondi = exact.quantize(CENTIEME, rounding=ROUND_HALF_UP)
    if exact and not arrondi:
        raise ValeurRefusee(f"{montrer(brut)} devient zéro une fois arrondi au centième d’heure. Vérifier la valeur.")
    _borner(brut, arrondi, negatif=negatif, maximum=maximum, unite="heures")
    if exact != arrondi:
        return HeuresLues(arrondi, f"{montrer(brut)} est arrondi au centième d’heure : {en_heures(arrondi)}.")
    if _millier_possible(texte):
        return HeuresLues(arrondi, f"{montrer(brut)} est lu {en_heures(arrondi)}. Écrire un millier d’un bloc.")
    return HeuresLues(arrondi + 0)


def vers_montant(valeur: object, *, negatif: bool = False, maximum: Decimal | None = None) -> Decimal:
    """Euros au centime, demi vers le haut ; `12 500,50 €`, `12500.5`, `12 500 € HT`."""
    brut = exiger(valeur)
    if isinstance(brut, str):
        texte = _UNITE_EUROS.sub("", brut.lower())
        if _millier_possible(texte):
            raise ValeurRefusee(
                f"{montrer(brut)} est ambigu : trois chiffres suivent le séparateur. Écrire les milliers d’un bloc "
                "et les centimes après une virgule."
            )
        exact = _decimal_ecrit(texte, brut, "un montant", "12500,50")
    else:
        exact = _nombre_du_tableur(brut)
    arrondi = exact.quantize(CENTIEME, rounding=ROUND_HALF_UP) + 0
    _borner(brut, arrondi, negatif=negatif, maximum=maximum, unite="euros")
    return arrondi


def vers_entier(valeur: object, *, minimum: int = 0, maximum: int = 10**9) -> int:
    """Nombre entier entre deux bornes comprises ; `12`, `1 200`, `12,0`."""
    brut = exiger(valeur)
    exact = _decimal_ecrit(brut, brut, "un nombre entier", "12") if isinstance(brut, str) else _nombre_du_tableur(brut)
    if exact != exact.to_integral_value():
        raise ValeurRefusee(f"{montrer(brut)} n’est pas un nombre entier.")
    if not minimum <= exact <= maximum:
        raise ValeurRefusee(f"{montrer(brut)} n’est pas entre {en_nombre(minimum)} et {en_nombre(maximum)}.")
    return int(exact)


def _heures_ecrites(brut: str, texte: str) -> Decimal:
    if normaliser(texte) == "neant":
        return Decimal(0)
    trouve = _HEURES_MINUTES.fullmatch(texte)
    if trouve is None:
        return _decimal_ecrit(_UNITE_HEURES.sub("", texte), brut, "un nombre d’heures", "7,50 ou 7h30")
    heures, minutes, secondes = int(trouve[1]), trouve[2], int(trouve[3] or 0)
    if len(minutes) == 1:
        raise ValeurRefusee(f"{montrer(brut)} est ambigu. Écrire les minutes sur deux chiffres : 7h05 ou 7h50.")
    if int(minutes) > 59 or secondes > 59:
        raise ValeurRefusee(f"{montrer(brut)} a plus de 59 minutes. Pour des heures décimales, écrire une virgule.")
    return Decimal(heures * 3600 + int(minutes) * 60 + secondes) / 3600


def _decimal_ecrit(texte: str, brut: str, nature: str, exemple: str) -> Decimal:
    trouve = _DECIMAL.fullmatch(texte.strip())
    if trouve is None:
        raise ValeurRefusee(f"{montrer(brut)} n’est pas {nature}. Écrire par exemple {exemple}.")
    signe, entier, decimales = trouve.groups()
    nombre = Decimal(f"{entier.replace(' ', '')}.{decimales or 0}")
    return nombre if signe in ("", "+") else -nombre


def _nombre_du_tableur(brut: object) -> Decimal:
    """Le tableur ne garde que quinze chiffres significatifs : au-delà, c’est le bruit du calcul binaire."""
    if isinstance(brut, bool) or not isinstance(brut, int | float | Decimal):
        raise ValeurRefusee(f"{montrer(brut)} n’est pas un nombre.")
    nombre = Decimal(f"{brut:.{PRECISION_DU_TABLEUR}g}") if isinstance(brut, float) else Decimal(brut)
    if not nombre.is_finite() or abs(nombre) >= TROP_GRAND:
        raise ValeurRefusee(f"{montrer(brut)} n’est pas un nombre plausible.")
    return nombre


def _millier_possible(texte: str) -> bool:
    """« 1,820 » ou « 12.500 » : trois chiffres après un séparateur unique, qui peut être celui des milliers."""
    trouve = _DECIMAL.fullmatch(_UNITE_HEURES.sub("", texte).strip())
    return trouve is not None and len(trouve[3] or "") == 3 and len(trouve[2]) <= 3 and int(trouve[2]) > 0


def _borner(brut: object, valeur: Decimal, *, negatif: bool, maximum: Decimal | None, unite: str) -> None:
    if valeur < 0 and not negatif:
        raise ValeurRefusee(f"{montrer(brut)} est négatif. Écrire une valeur positive ou nulle.")
    if maximum is not None and abs(valeur) > maximum:
        raise ValeurRefusee(f"{montrer(brut)} dépasse le maximum de {en_heures(maximum)} {unite}.")
