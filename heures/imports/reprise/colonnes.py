"""De quoi décrire une feuille du classeur de reprise : colonnes, conversions, listes déroulantes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Choices
from django.utils import timezone

from clauses.socle.conversions import (
    ValeurRefusee,
    normaliser,
    vers_choix,
    vers_code_insee,
    vers_date,
    vers_entier,
    vers_heures,
    vers_montant,
    vers_oui_non,
    vers_siret,
    vers_texte,
)
from clauses.socle.exports import Format
from heures.enums import CriterePublic, OuiNonInconnu
from heures.nir import contient_nir

Conversion = Callable[[object], Any]
_SIREN = re.compile(r"[0-9]{9}")
OUI_NON = ("oui", "non")
TERMES = ("formule", "calcul", "avant_plafond", "montant", "plafond", "article")
INCONNU = {"inconnu", "nr", "non renseigne", "ne sait pas"}


@dataclass(frozen=True, slots=True)
class Colonne:
    """Une colonne : son nom exact, sa conversion, et ce que propose la liste déroulante du classeur vierge."""

    nom: str
    lire: Conversion
    obligatoire: bool = False
    propositions: tuple[str, ...] = ()
    format: Format = Format.TEXTE


@dataclass(frozen=True, slots=True)
class Feuille:
    """Une feuille ; `cle` nomme les colonnes qui désignent l’objet, `aide` dit ce que tient une ligne.

    `est_facultative` : née après le contrat des dix feuilles, elle le complète et vient à leur suite.
    """

    nom: str
    aide: str
    colonnes: tuple[Colonne, ...]
    cle: tuple[str, ...]
    est_facultative: bool = False

    @property
    def par_nom(self) -> Mapping[str, Colonne]:
        return {colonne.nom: colonne for colonne in self.colonnes}


def vers_siren(valeur: object) -> str:
    texte = "".join(vers_texte(valeur).split())
    if not _SIREN.fullmatch(texte):
        raise ValeurRefusee(f"« {texte} » n’est pas un SIREN : 9 chiffres sont attendus, par exemple 200033579.")
    return texte


def vers_sirens(valeur: object) -> tuple[str, ...]:
    """SIREN séparés par des points-virgules, sans répétition."""
    morceaux = [morceau for morceau in vers_texte(valeur, longueur_max=10_000).split(";") if morceau.strip()]
    return tuple(sorted({vers_siren(morceau) for morceau in morceaux}))


def vers_termes(valeur: object) -> list[dict[str, Any]]:
    """Les termes d’un calcul de pénalité, en JSON, tels que la proposition les garde."""
    try:
        lus = json.loads(_texte_fidele(valeur, longueur_max=20_000))
        termes = [{nom: terme[nom] for nom in TERMES} for terme in lus]
        montants = [Decimal(terme[nom]) for terme in termes for nom in ("avant_plafond", "montant")]
    except (ValueError, TypeError, KeyError, ArithmeticError) as erreur:
        raise ValeurRefusee(
            f"Ce calcul ne se relit pas : une liste JSON de termes est attendue, chacun avec {', '.join(TERMES)}. "
            "Reprendre la cellule d’un classeur exporté."
        ) from erreur
    if not termes or not all(montant.is_finite() for montant in montants):
        raise ValeurRefusee("Ce calcul n’a aucun terme. Reprendre la cellule d’un classeur exporté.")
    return termes


def vers_oui_non_inconnu(valeur: object) -> str:
    if isinstance(valeur, str) and normaliser(valeur) in INCONNU:
        return OuiNonInconnu.NR
    try:
        return OuiNonInconnu.OUI if vers_oui_non(valeur) else OuiNonInconnu.NON
    except ValeurRefusee as refus:
        raise ValeurRefusee(str(refus).replace("ni oui ni non", "ni oui, ni non, ni inconnu")) from refus


def vers_criteres(valeur: object) -> tuple[str, ...]:
    """Critères séparés par des points-virgules, dans l’ordre, sans répétition."""
    morceaux = [morceau for morceau in vers_texte(valeur).split(";") if morceau.strip()]
    codes = dict(CriterePublic.choices)
    return tuple(dict.fromkeys(vers_choix(morceau, codes) for morceau in morceaux))


def vers_critere_principal(valeur: object) -> str:
    """Un critère ; « inconnu » se dit, une case vide ne dit rien."""
    if isinstance(valeur, str) and normaliser(valeur) in INCONNU:
        return ""
    return vers_choix(valeur, dict(CriterePublic.choices))


def vers_date_passee(valeur: object) -> Any:
    return vers_date(valeur, au_plus_tard=timezone.localdate())


def texte(nom: str, longueur: int, *, obligatoire: bool = False) -> Colonne:
    return Colonne(nom, partial(vers_texte, longueur_max=longueur), obligatoire)


def _texte_sur_une_personne(valeur: object, *, longueur_max: int, multiligne: bool = False) -> str:
    lu = vers_texte(valeur, longueur_max=longueur_max, multiligne=multiligne)
    if contient_nir(lu):
        raise ValeurRefusee("Un numéro de sécurité sociale ne se garde pas ici. L’effacer de cette cellule.")
    return lu


def personnel(nom: str, longueur: int, *, obligatoire: bool = False) -> Colonne:
    """Texte sur une personne : un NIR y est refusé (domaine.md §8)."""
    return Colonne(nom, partial(_texte_sur_une_personne, longueur_max=longueur), obligatoire)


def choix(nom: str, codes: type[Choices], *, obligatoire: bool = False) -> Colonne:
    return Colonne(nom, partial(vers_choix, codes_et_libelles=dict(codes.choices)), obligatoire, tuple(codes.values))


def siret(nom: str, *, obligatoire: bool = True) -> Colonne:
    return Colonne(nom, vers_siret, obligatoire)


def date(nom: str, *, obligatoire: bool = False, lire: Conversion = vers_date) -> Colonne:
    return Colonne(nom, lire, obligatoire, format=Format.DATE)


def heures(nom: str, *, obligatoire: bool = False, negatif: bool = False) -> Colonne:
    return Colonne(nom, partial(vers_heures, negatif=negatif), obligatoire, format=Format.HEURES)


def montant(nom: str, *, obligatoire: bool = False, negatif: bool = False) -> Colonne:
    return Colonne(nom, partial(vers_montant, negatif=negatif), obligatoire, format=Format.HEURES)


def entier(nom: str, maximum: int, *, minimum: int = 1, obligatoire: bool = False) -> Colonne:
    lire = partial(vers_entier, minimum=minimum, maximum=maximum)
    return Colonne(nom, lire, obligatoire, format=Format.ENTIER)


def oui_non(nom: str) -> Colonne:
    return Colonne(nom, vers_oui_non, propositions=OUI_NON)


def oui_non_inconnu(nom: str) -> Colonne:
    return Colonne(nom, vers_oui_non_inconnu, propositions=(*OUI_NON, "inconnu"))


def critere_principal(*, obligatoire: bool) -> Colonne:
    propositions = (*CriterePublic.values, "inconnu")
    return Colonne("critere_principal", vers_critere_principal, obligatoire, propositions)


def _texte_fidele(valeur: object, *, longueur_max: int) -> str:
    """Tel qu’il est écrit, espaces insécables et retours à la ligne compris ; mêmes refus que `vers_texte`."""
    lu = _texte_sur_une_personne(valeur, longueur_max=longueur_max, multiligne=True)
    return valeur if isinstance(valeur, str) and len(valeur) <= longueur_max else lu


def libre(nom: str, longueur: int, *, obligatoire: bool = False) -> Colonne:
    """Un texte rédigé : il revient au caractère près ; un NIR y est refusé."""
    return Colonne(nom, partial(_texte_fidele, longueur_max=longueur), obligatoire)


def vers_commune_ou_inconnue(valeur: object) -> str:
    """« inconnue » se dit : la fiche n’a pas de commune, même si l’entrée en a une."""
    if isinstance(valeur, str) and normaliser(valeur) in {"inconnue", *INCONNU}:
        return ""
    return vers_code_insee(valeur)


def commune(nom: str) -> Colonne:
    return Colonne(nom, vers_code_insee)
