"""Une valeur de bilan selon son unité : en JSON, en classeur, à l’écran. Le même arrondi partout."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from bilans.calculs import arrondir
from bilans.definitions import Unite
from bilans.mesures import Quotient
from bilans.secret import Secret
from clauses.socle.exports import Format
from clauses.socle.nombres import en_euros, en_heures, en_nombre, en_taux

Nombre = Decimal | int | None
Chiffre = Nombre | Secret
Valeur = Chiffre | str | datetime.date
Termes = tuple[Nombre, Nombre]
"""Numérateur et dénominateur d’un rapport."""

DECIMALES = {Unite.HEURES: 2, Unite.TAUX: 4, Unite.ETP: 3, Unite.EUROS: 2, Unite.POINTS: 4}
FORMATS = {
    Unite.TEXTE: Format.TEXTE,
    Unite.NOMBRE: Format.ENTIER,
    Unite.HEURES: Format.HEURES,
    Unite.TAUX: Format.TAUX,
    Unite.ETP: Format.ETP,
    Unite.EUROS: Format.EUROS,
    Unite.DATE: Format.DATE,
    Unite.POINTS: Format.TAUX,
}


def en_json(valeur: Valeur, unite: Unite) -> str | int | None:
    """Heures, taux et ETP en chaînes décimales, dates ISO 8601, comptes en entiers, vide en `null` (formats.md §4).

    Une valeur tue est la chaîne « secret » : `null` dirait qu’elle n’est pas renseignée (docs/adr/0023).
    """
    if isinstance(valeur, Decimal) and unite in DECIMALES:
        return str(arrondir(valeur, DECIMALES[unite]))
    if isinstance(valeur, datetime.date):
        return valeur.isoformat()
    return str(valeur) if isinstance(valeur, Decimal | Secret) else valeur


def en_points(valeur: Decimal) -> str:
    """Une différence de taux, signée : « −20,00 pt »."""
    signe = "+" if valeur > 0 else "−" if valeur < 0 else ""
    return f"{signe}{en_taux(abs(valeur))}".replace("\u202f%", "\u00a0pt")


def en_texte(valeur: Valeur, unite: Unite) -> str:
    """À la française ; un tiret quand la valeur manque."""
    if valeur is None or valeur == "":
        return "–"
    if isinstance(valeur, Secret):
        return str(valeur)
    if isinstance(valeur, datetime.date):
        return f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, Decimal):
        if unite is Unite.EUROS:
            return en_euros(valeur)
        if unite is Unite.TAUX:
            return en_taux(valeur)
        if unite is Unite.POINTS:
            return en_points(valeur)
        if unite is Unite.ETP:
            return str(arrondir(valeur, 3)).replace(".", ",")
        return en_heures(valeur)
    return en_nombre(valeur) if isinstance(valeur, int) else valeur


def termes(quotient: Quotient | None, valeurs: Mapping[str, Chiffre]) -> Termes | None:
    """Les deux termes d’un rapport ; `None` si ce n’en est pas un, ou si l’un des deux est tu."""
    if quotient is None:
        return None
    numerateur, denominateur = valeurs[quotient.numerateur], valeurs[quotient.denominateur]
    if isinstance(numerateur, Secret) or isinstance(denominateur, Secret):
        return None
    return numerateur, denominateur
