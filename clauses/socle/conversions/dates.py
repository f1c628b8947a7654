"""Dates et mois, lus à la française ou en ISO 8601, jamais à l’américaine."""

from __future__ import annotations

import datetime
import re

from clauses.socle.conversions.textes import ValeurRefusee, exiger, montrer, normaliser
from clauses.socle.mois import NOMS, premier_jour

# Le tableur date du 1er janvier 1900 ce qui n’était pas une date : ce jour-là n’est pas plausible.
LE_PLUS_TOT = datetime.date(1900, 1, 2)
LE_PLUS_TARD = datetime.date(2100, 12, 31)
SIECLE_PRECEDENT = 70

_HEURE = r"(?:[ T][0-9]{1,2}[:h][0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)?"
_FRANCAISE = re.compile(rf"([0-9]{{1,2}})([/.\-])([0-9]{{1,2}})\2([0-9]{{4}}|[0-9]{{2}}){_HEURE}")
_ISO = re.compile(rf"([0-9]{{4}})([/\-])([0-9]{{1,2}})\2([0-9]{{1,2}}){_HEURE}")
_MOIS_ISO = re.compile(r"([0-9]{4})[/\-]([0-9]{1,2})")
_MOIS_FRANCAIS = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{4})")
_MOIS_EN_LETTRES = re.compile(r"([a-z]+) ([0-9]{4})")
_RANG_DES_MOIS = {normaliser(nom): rang for rang, nom in enumerate(NOMS, start=1)}


def vers_date(
    valeur: object, *, au_plus_tot: datetime.date = LE_PLUS_TOT, au_plus_tard: datetime.date = LE_PLUS_TARD
) -> datetime.date:
    """Date du tableur, `JJ/MM/AAAA` ou `AAAA-MM-JJ` ; une heure qui suit est ignorée.

    Une année à deux chiffres est celle de ce siècle, sauf à partir de 70 ou si elle passe `au_plus_tard`. Un nombre nu
    est refusé, même s’il peut être le numéro de série d’une date.
    """
    brut = exiger(valeur)
    if isinstance(brut, datetime.datetime):
        jour = brut.date()
    elif isinstance(brut, datetime.date):
        jour = brut
    elif isinstance(brut, str):
        jour = _date_ecrite(brut, au_plus_tard)
    else:
        raise ValeurRefusee(f"{montrer(brut)} n’est pas une date. Mettre la cellule au format Date.")
    if not au_plus_tot <= jour <= au_plus_tard:
        raise ValeurRefusee(
            f"{montrer(brut)} n’est pas plausible : une date entre le {au_plus_tot:%d/%m/%Y} et le "
            f"{au_plus_tard:%d/%m/%Y} est attendue."
        )
    return jour


def vers_mois(
    valeur: object, *, au_plus_tot: datetime.date = LE_PLUS_TOT, au_plus_tard: datetime.date = LE_PLUS_TARD
) -> datetime.date:
    """Premier jour du mois : `AAAA-MM`, `MM/AAAA`, « mars 2026 », ou le mois d’une date."""
    brut = exiger(valeur)
    if isinstance(brut, str):
        brut = _mois_ecrit(brut) or brut
    jour = vers_date(brut, au_plus_tot=premier_jour(au_plus_tot), au_plus_tard=au_plus_tard)
    return premier_jour(jour)


def _date_ecrite(texte: str, au_plus_tard: datetime.date) -> datetime.date:
    if trouve := _ISO.fullmatch(texte):
        annee, mois, jour = int(trouve[1]), int(trouve[3]), int(trouve[4])
    elif trouve := _FRANCAISE.fullmatch(texte):
        jour, mois, annee = int(trouve[1]), int(trouve[3]), int(trouve[4])
    else:
        raise ValeurRefusee(f"{montrer(texte)} n’est pas une date. Écrire JJ/MM/AAAA ou AAAA-MM-JJ.")
    courte = len(trouve[4]) == 2 and trouve.re is _FRANCAISE
    try:
        if not courte:
            return datetime.date(annee, mois, jour)
        recente = datetime.date(2000 + annee, mois, jour)
        if annee < SIECLE_PRECEDENT and recente <= au_plus_tard:
            return recente
        return datetime.date(1900 + annee, mois, jour)
    except ValueError as erreur:
        raise ValeurRefusee(f"{montrer(texte)} n’existe pas dans le calendrier. Écrire JJ/MM/AAAA.") from erreur


def _mois_ecrit(texte: str) -> datetime.date | None:
    """Le mois, ou `None` si le texte n’a pas la forme d’un mois seul."""
    if trouve := _MOIS_ISO.fullmatch(texte):
        annee, mois = int(trouve[1]), int(trouve[2])
    elif trouve := _MOIS_FRANCAIS.fullmatch(texte):
        mois, annee = int(trouve[1]), int(trouve[2])
    elif trouve := _MOIS_EN_LETTRES.fullmatch(normaliser(texte)):
        mois, annee = _RANG_DES_MOIS.get(trouve[1], 0), int(trouve[2])
    else:
        return None
    if not 1 <= mois <= 12 or annee == 0:
        raise ValeurRefusee(f"{montrer(texte)} n’est pas un mois. Écrire AAAA-MM ou MM/AAAA.")
    return datetime.date(annee, mois, 1)
