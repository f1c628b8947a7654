"""Lecture bornée du JSON réglementaire des DECP : d’un fichier reçu à des contrats neutres.

Rien n’est écrit ici. Un fichier illisible est refusé d’une phrase (`FichierRefuse`) ; un contrat défectueux garde ce
qui est lisible et porte ses écarts, sans faire tomber les autres.
"""

from __future__ import annotations

import datetime
import json
import re
from decimal import Decimal
from pathlib import Path, PurePath
from typing import IO, Any

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.enveloppe import Nature, reconnaitre
from clauses.socle.nombres import en_nombre
from marches.imports.decp.contrat import lire_contrat
from marches.imports.decp.enveloppes import ObjetLu
from marches.imports.decp.neutre import ContratLu, FichierLu, FormatDecp

OCTETS_MAX = 20 * 2**20
PROFONDEUR_MAX = 30
# Un contrat compte une centaine de valeurs : vingt mégaoctets de vrais contrats tiennent sous cette borne.
VALEURS_MAX = 1_500_000
CHIFFRES_MAX = 30
NOM_MONTRE = 80

_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},]', re.DOTALL)
_PROPRES_A_2022 = frozenset(
    {"considerationsSociales", "considerationsEnvironnementales", "techniques", "modalitesExecution", "offresRecues"}
)
_LISTES = ("marche", "contrat-concession")
SEUL_JSON = "Seul le JSON réglementaire est lu pour le moment"


def lire_decp(source: IO[bytes] | Path, *, nom: str, jour: datetime.date, octets_max: int = OCTETS_MAX) -> FichierLu:
    """Lit un fichier DECP ; `jour` borne les dates plausibles. Lève `FichierRefuse`."""
    racine = _analyser(_lire_octets(source, octets_max))
    bruts = _enregistrements(racine)
    if not bruts:
        raise FichierRefuse("Ce fichier ne contient aucun contrat : la liste « marches » est vide.")
    contrats = [
        lire_contrat(brut, rang=rang, format_lu=_format(brut), jour=jour) for rang, brut in enumerate(bruts, start=1)
    ]
    return FichierLu(nom_montrable(nom), _format_majoritaire(contrats), contrats)


def nom_montrable(nom: str) -> str:
    """Nom de fichier sans chemin ni caractère invisible, raccourci : il vient de l’extérieur et sera affiché."""
    court = "".join(c for c in PurePath(nom.replace("\\", "/")).name if c.isprintable()).strip()
    return court[:NOM_MONTRE] or "fichier sans nom"


def _lire_octets(source: IO[bytes] | Path, octets_max: int) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as flux:
            donnees = flux.read(octets_max + 1)
    else:
        donnees = source.read(octets_max + 1)
    if len(donnees) > octets_max:
        raise FichierRefuse(
            f"Ce fichier dépasse {octets_max // 2**20} Mo. Le partager en plusieurs, par acheteur ou par mois."
        )
    return donnees


def _analyser(donnees: bytes) -> Any:
    """Le contenu du JSON, nombres décimaux exacts ; les objets gardent la liste de leurs clefs répétées."""
    texte = _decoder(donnees)
    _borner(texte)
    try:
        return json.loads(
            texte, parse_float=_nombre, parse_int=_entier, parse_constant=str, object_pairs_hook=ObjetLu.de_paires
        )
    except json.JSONDecodeError as erreur:
        raise FichierRefuse(
            f"Ce fichier n’est pas un JSON lisible : erreur ligne {en_nombre(erreur.lineno)}, "
            f"colonne {en_nombre(erreur.colno)}. Le télécharger de nouveau."
        ) from erreur


def _decoder(donnees: bytes) -> str:
    nature = reconnaitre(donnees)
    if nature is Nature.VIDE:
        raise FichierRefuse("Ce fichier est vide. Vérifier le fichier choisi.")
    if nature in (Nature.XML, Nature.PAGE_WEB):
        raise FichierRefuse(f"Ce fichier est un document XML ou une page web. {SEUL_JSON}.")
    try:
        texte = donnees.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        raise FichierRefuse(
            f"Ce fichier n’est pas un texte en UTF-8 (octet {en_nombre(erreur.start + 1)}). {SEUL_JSON}, "
            "enregistré en UTF-8."
        ) from erreur
    if texte.lstrip()[:1] not in ("{", "["):
        raise FichierRefuse(f'Ce fichier n’est pas un JSON de marchés. {SEUL_JSON} : {{"marches": …}}.')
    return texte


def _borner(texte: str) -> None:
    """Compte crochets et virgules avant d’analyser : ni profondeur ni nombre de valeurs ne coûtent de mémoire."""
    profondeur = valeurs = 0
    for trouve in _STRUCTURE.finditer(texte):
        signe = trouve[0]
        if signe in ("[", "{"):
            profondeur += 1
            if profondeur > PROFONDEUR_MAX:
                raise FichierRefuse(
                    f"Ce fichier imbrique plus de {PROFONDEUR_MAX} niveaux : ce n’est pas un fichier de marchés."
                )
        elif signe in ("]", "}"):
            profondeur -= 1
            continue
        elif signe != ",":
            continue
        valeurs += 1
        if valeurs > VALEURS_MAX:
            raise FichierRefuse(f"Ce fichier dépasse {en_nombre(VALEURS_MAX)} valeurs. Le partager en plusieurs.")


def _nombre(texte: str) -> Decimal | str:
    """Nombre exact ; hors de toute mesure, il reste un texte que la lecture du champ refusera."""
    if len(texte) > CHIFFRES_MAX:
        return texte
    return Decimal(texte)


def _entier(texte: str) -> int | str:
    return texte if len(texte) > CHIFFRES_MAX else int(texte)


def _enregistrements(racine: Any) -> list[Any]:
    """Les contrats, quelle que soit l’enveloppe : objet par nature de contrat, ou liste."""
    marches = racine.get("marches") if isinstance(racine, dict) else racine
    if isinstance(marches, list):
        return marches
    if not isinstance(marches, dict):
        raise FichierRefuse("Ce JSON ne contient pas de liste « marches » : ce n’est pas un fichier DECP.")
    if not any(cle in marches for cle in _LISTES):
        raise FichierRefuse(
            "« marches » ne contient ni « marche » ni « contrat-concession » : ce n’est pas un fichier DECP."
        )
    bruts: list[Any] = []
    for cle in _LISTES:
        partie = marches.get(cle) or []
        bruts += partie if isinstance(partie, list) else [partie]
    return bruts


def _format(brut: Any) -> FormatDecp:
    propre = isinstance(brut, dict) and not _PROPRES_A_2022.isdisjoint(brut)
    return FormatDecp.JSON_2022 if propre else FormatDecp.JSON_2019


def _format_majoritaire(contrats: list[ContratLu]) -> FormatDecp:
    recents = sum(contrat.format is FormatDecp.JSON_2022 for contrat in contrats)
    return FormatDecp.JSON_2022 if 2 * recents >= len(contrats) else FormatDecp.JSON_2019
