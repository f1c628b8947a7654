"""Un bilan en texte canonique, et retour : ce que l’on fige à l’émission, et d’où l’on relit pour toujours.

Le texte suit les types déclarés (`rapport`, `definitions`, `tableaux`) : tout bilan du catalogue s’y prête, quels que
soient ses tableaux. Ni l’instant, ni l’auteur n’y sont : les mêmes chiffres font le même texte, au signe près.
"""

from __future__ import annotations

import datetime
import enum
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from bilans.definitions import Unite
from bilans.mesures import Mesure
from bilans.rapport import EN_TETE, Bilan, Demande, entete_en_clair
from bilans.secret import Secret
from bilans.tableaux import Rangee
from clauses.socle.erreurs import ActionImpossible

# Monte quand le texte change de forme : un bilan gelé avant se relit selon la sienne.
FORME = 1
# Ce qui change à chaque fois que l’on établit un bilan, et n’est pas un chiffre.
CIRCONSTANCES = ("genere_le", "genere_par", "version", "empreinte")
# De quoi distinguer deux bilans d’une même période : sur quoi ils portent, non comment on les présente.
PERIMETRES = ("acheteur", "epci", "operation")
# Les filtres d’une ligne qui nomment un objet par son numéro en base.
CLEFS_DE_BASE = {"lot", "engagement", "marche", "operation"}
# Les valeurs d’une énumération qu’une cellule peut porter sans être un texte.
ENUMERATIONS: Mapping[str, type[enum.Enum]] = {classe.__name__: classe for classe in (Unite, Mesure, Secret)}


@dataclass(frozen=True, slots=True)
class Circonstances:
    """Quand, par qui et sous quelle version un bilan a été émis : ce que les chiffres figés ne disent pas."""

    genere_le: datetime.datetime
    genere_par: str
    version: str
    empreinte: str


def geler(bilan: Bilan) -> str:
    """Le texte canonique des chiffres d’un bilan : indicateurs, tableaux avec définitions et règles, méthode.

    Nombres exacts (`Decimal` en chaîne). Lève `TypeError` sur ce qui ne se relirait pas à l’identique, un flottant
    par exemple.
    """
    reste = [ligne for ligne in bilan.methode if ligne[2] != EN_TETE]
    corps = _encoder(replace(sans_clefs(bilan), methode=reste), Bilan)
    for nom in CIRCONSTANCES:
        del corps["entete"][nom]
    return _canonique({"forme": FORME, "methode_dit_l_entete": len(reste) < len(bilan.methode), "bilan": corps})


def sans_clefs(bilan: Bilan) -> Bilan:
    """Le même bilan, sans ce qui désigne un objet par son numéro en base : reprise ailleurs, l’empreinte reste.

    Un bilan figé ne s’ouvre pas (`emissions.sans_liens`) : ces liens n’y servaient plus.
    """
    tableaux = {
        cle: replace(tableau, rangees=[_sans_clefs(rangee) for rangee in tableau.rangees])
        for cle, tableau in bilan.tableaux.items()
    }
    return replace(bilan, tableaux=tableaux)


def _sans_clefs(rangee: Rangee) -> Rangee:
    filtre = {nom: code for nom, code in rangee.filtre.items() if nom not in CLEFS_DE_BASE}
    ouvertures = {cle: ouvre for cle, ouvre in rangee.ouvertures.items() if not CLEFS_DE_BASE & set(ouvre.filtre)}
    return replace(rangee, filtre=filtre, ouvertures=ouvertures, url="")


def degeler(texte: str, circonstances: Circonstances) -> Bilan:
    """Le bilan de ces chiffres, avec l’en-tête de son émission ; les suites y sont des tuples.

    Lève `ActionImpossible` si le texte n’est pas d’une forme connue.
    """
    lu = json.loads(texte)
    if lu.get("forme") != FORME:
        raise ActionImpossible(
            "Ce bilan a été figé par une version plus récente de l’application\u00a0: la mettre à jour."
        )
    corps = lu["bilan"]
    corps["entete"] |= {nom: _encoder(getattr(circonstances, nom), type_) for nom, type_ in _circonstances()}
    bilan: Bilan = _decoder(corps, Bilan)
    if not lu["methode_dit_l_entete"]:
        return bilan
    tete = [(terme, phrase, EN_TETE) for terme, phrase in entete_en_clair(bilan.entete)]
    return replace(bilan, methode=(*tete, *bilan.methode))


def indicateurs(texte: str) -> dict[str, Any]:
    """Les seuls indicateurs d’un bilan figé, par leur clef."""
    return {cle: _decoder_libre(valeur) for cle, valeur in json.loads(texte)["bilan"]["indicateurs"].items()}


def empreinte(texte: str) -> str:
    """SHA-256 d’un texte canonique."""
    return hashlib.sha256(texte.encode()).hexdigest()


def perimetre(demande: Demande) -> str:
    """Sur quoi porte la demande, en texte canonique ; `{}` pour toute la structure."""
    return _canonique({nom: valeur for nom in PERIMETRES if (valeur := getattr(demande, nom, ""))})


def _canonique(objet: Any) -> str:
    return json.dumps(objet, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _circonstances() -> list[tuple[str, Any]]:
    return list(get_type_hints(Circonstances).items())


@functools.cache
def _champs(classe: Any) -> dict[str, Any]:
    """Nom et type de chaque champ d’une classe de données ou d’un n-uplet nommé ; vide pour tout autre type."""
    if not isinstance(classe, type) or not (is_dataclass(classe) or hasattr(classe, "_fields")):
        return {}
    return get_type_hints(classe)


def _non_vide(type_: Any) -> Any:
    """Le seul type d’une union avec `None` ; le type lui-même sinon."""
    if get_origin(type_) in (UnionType, Union):
        pleins = [membre for membre in get_args(type_) if membre is not NoneType]
        return pleins[0] if len(pleins) == 1 else type_
    return type_


def _est_suite(type_: Any) -> bool:
    origine = get_origin(type_)
    return isinstance(origine, type) and issubclass(origine, Sequence)


def _est_table(type_: Any) -> bool:
    origine = get_origin(type_)
    return isinstance(origine, type) and issubclass(origine, Mapping)


def _des_elements(type_: Any, nombre: int) -> list[Any]:
    """Le type de chaque élément d’une suite ; un tuple sans points de suspension a un type par place."""
    types = get_args(type_)
    if get_origin(type_) is tuple and types[-1] is not Ellipsis:
        return list(types)
    return [types[0]] * nombre


def _encoder(valeur: Any, type_: Any) -> Any:
    type_ = _non_vide(type_)
    if valeur is None:
        return None
    if champs := _champs(type_):
        if type(valeur) is not type_:
            raise TypeError(f"{type(valeur).__name__} au lieu de {type_.__name__} : ce bilan ne se fige pas.")
        return {nom: _encoder(getattr(valeur, nom), du_champ) for nom, du_champ in champs.items()}
    if _est_suite(type_):
        elements = list(valeur)
        types = _des_elements(type_, len(elements))
        return [_encoder(element, t) for element, t in zip(elements, types, strict=True)]
    if _est_table(type_):
        return {cle: _encoder(element, get_args(type_)[1]) for cle, element in valeur.items()}
    if isinstance(type_, type) and issubclass(type_, enum.Enum):
        return valeur.value
    return valeur.isoformat() if type_ in (datetime.date, datetime.datetime) else _encoder_libre(valeur)


def _encoder_libre(valeur: Any) -> Any:
    """Une valeur dont le type n’est pas fixé d’avance : ce qui n’est ni texte ni entier dit ce qu’il est."""
    match valeur:
        case enum.Enum() if type(valeur).__name__ in ENUMERATIONS:
            return {"code": [type(valeur).__name__, valeur.value]}
        case str():
            return str(valeur)
        case bool() | int():
            return valeur
        case Decimal() if valeur.is_finite():
            return {"decimal": str(valeur)}
        case datetime.datetime():
            return {"instant": valeur.isoformat()}
        case datetime.date():
            return {"jour": valeur.isoformat()}
    raise TypeError(f"{type(valeur).__name__} : cette valeur ne se fige pas.")


def _decoder(brut: Any, type_: Any) -> Any:
    type_ = _non_vide(type_)
    if brut is None:
        return None
    if champs := _champs(type_):
        absents = {c.name for c in fields(type_) if c.name not in brut} if is_dataclass(type_) else set()
        _refuser_les_absents(type_, absents)
        return type_(**{nom: _decoder(brut[nom], t) for nom, t in champs.items() if nom not in absents})
    if _est_suite(type_):
        return tuple(_decoder(element, t) for element, t in zip(brut, _des_elements(type_, len(brut)), strict=True))
    if _est_table(type_):
        return {cle: _decoder(element, get_args(type_)[1]) for cle, element in brut.items()}
    if isinstance(type_, type) and issubclass(type_, enum.Enum | datetime.date):
        return type_(brut) if issubclass(type_, enum.Enum) else type_.fromisoformat(brut)
    return _decoder_libre(brut)


def _refuser_les_absents(classe: Any, absents: Iterable[str]) -> None:
    """Un champ né après l’émission prend sa valeur par défaut ; sans défaut, ce bilan ne se relirait pas."""
    sans_defaut = {
        champ.name
        for champ in (fields(classe) if is_dataclass(classe) else ())
        if champ.default is MISSING and champ.default_factory is MISSING
    }
    if manquants := sans_defaut & set(absents):
        raise ActionImpossible(f"Ce bilan figé ne dit pas {', '.join(sorted(manquants))}\u00a0: il ne se relit pas.")


def _decoder_libre(brut: Any) -> Any:
    match brut:
        case {"decimal": texte}:
            return Decimal(texte)
        case {"jour": texte}:
            return datetime.date.fromisoformat(texte)
        case {"instant": texte}:
            return datetime.datetime.fromisoformat(texte)
        case {"code": [nom, valeur]}:
            return ENUMERATIONS[nom](valeur)
    return brut
