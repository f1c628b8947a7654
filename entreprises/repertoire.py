"""Le répertoire national des entreprises, par l’API publique « Recherche d’entreprises » de l’État.

Éteint tant que `CLAUSES_RECHERCHE_ENTREPRISES` est vide. Ne sert qu’à proposer : rien n’est écrit ici, et une panne
laisse la saisie à la main. On demande la réponse minimale, sans dirigeants : aucune personne n’en revient.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from clauses.socle.champs import valider_siret
from clauses.socle.connexion import Connexion
from clauses.socle.erreurs import ActionImpossible
from entreprises.models import FORME_CODE_INSEE

DELAI = 5.0
OCTETS_MAX = 1_000_000
# Celui de l’API : plus court, elle refuse.
LETTRES_MIN = 3
LETTRES_MAX = 100
PROPOSITIONS_MAX = 20
FORME_APE = re.compile(r"[0-9]{2}\.[0-9]{2}[A-Z]")
A_LA_MAIN = "Remplir la fiche à la main, ou réessayer plus tard."


class RepertoireIndisponible(ActionImpossible):
    """Le répertoire n’a pas répondu comme prévu ; la phrase dit pourquoi, et que la saisie reste possible."""

    def __init__(self, raison: str) -> None:
        super().__init__(f"{raison} {A_LA_MAIN}")


@dataclass(frozen=True, slots=True)
class Etablissement:
    """Un établissement en activité, au SIRET juste ; `ape` et `commune` vides s’ils manquent ou sont fautifs."""

    siret: str
    nom: str
    commune: str
    nom_commune: str
    ape: str

    @property
    def parametres(self) -> str:
        """De quoi préremplir le formulaire d’ajout, dans une adresse."""
        return urlencode({"siret": self.siret, "nom": self.nom, "ape": self.ape, "commune": self.commune})


class Repertoire:
    """La seule porte vers l’API ; `adresse` : sa racine, celle du réglage par défaut."""

    def __init__(self, adresse: str | None = None, *, delai: float = DELAI) -> None:
        self.adresse = settings.CLAUSES_RECHERCHE_ENTREPRISES if adresse is None else adresse
        self.delai = delai

    @property
    def est_ouvert(self) -> bool:
        return bool(self.adresse)

    def chercher(self, texte: str) -> list[Etablissement]:
        """Les établissements qui répondent à un nom, un SIREN ou un SIRET. Lève `RepertoireIndisponible`."""
        cherche = " ".join(texte.split())[:LETTRES_MAX]
        if len(cherche) < LETTRES_MIN:
            return []
        vus: dict[str, Etablissement] = {}
        for etablissement in _lire(self._demander(cherche)):
            vus.setdefault(etablissement.siret, etablissement)
        return list(vus.values())[:PROPOSITIONS_MAX]

    def _demander(self, cherche: str) -> bytes:
        """Le corps de la réponse ; un SIRET ou un SIREN s’envoie sans espace."""
        compact = cherche.replace(" ", "")
        parametres = {
            "q": compact if compact.isdigit() else cherche,
            "per_page": "10",
            "minimal": "true",
            "include": "siege,matching_etablissements",
        }
        connexion, racine = self._connexion()
        entetes = {"Accept": "application/json", "User-Agent": "Clauses"}
        try:
            with connexion.bornee():
                connexion.request("GET", f"{racine}/search?{urlencode(parametres)}", headers=entetes)
                with connexion.getresponse() as reponse:
                    corps = reponse.read(OCTETS_MAX + 1)
        except (OSError, http.client.HTTPException, ValueError) as erreur:
            raise RepertoireIndisponible("Le répertoire national ne répond pas.") from erreur
        if connexion.est_coupee:
            raise RepertoireIndisponible("Le répertoire national ne répond pas.")
        _exiger_un_succes(reponse.status, corps)
        return corps

    def _connexion(self) -> tuple[Connexion, str]:
        try:
            lue = urlsplit(self.adresse)
            hote, port, est_chiffree = lue.hostname or "", lue.port, lue.scheme == "https"
        except ValueError as erreur:
            raise RepertoireIndisponible("L’adresse du répertoire national est mal réglée.") from erreur
        port = port or (443 if est_chiffree else 80)
        connexion = Connexion(hote, port, adresses=[hote], est_chiffree=est_chiffree, delai=self.delai)
        return connexion, lue.path.rstrip("/")


def _exiger_un_succes(code: int, corps: bytes) -> None:
    match code:
        case 200 if len(corps) <= OCTETS_MAX:
            return
        case 200:
            raise RepertoireIndisponible("Le répertoire national a répondu trop longuement.")
        case 429:
            raise RepertoireIndisponible("Le répertoire national reçoit trop de demandes en ce moment.")
        case _ if code >= 500:
            raise RepertoireIndisponible(f"Le répertoire national est en panne ({code}).")
        case _:
            raise RepertoireIndisponible(f"Le répertoire national a refusé la demande ({code}).")


def _lire(corps: bytes) -> Iterator[Etablissement]:
    """Siège d’abord, puis les établissements qui répondent ; un fermé, un sans nom, un SIRET faux sont laissés."""
    try:
        lu = json.loads(corps)
    except (ValueError, RecursionError) as erreur:
        raise RepertoireIndisponible("Le répertoire national a répondu autre chose que prévu.") from erreur
    resultats = lu.get("results") if isinstance(lu, dict) else None
    if not isinstance(resultats, list):
        raise RepertoireIndisponible("Le répertoire national a répondu autre chose que prévu.")
    for unite in resultats:
        if isinstance(unite, dict):
            suite = unite.get("matching_etablissements")
            for etablissement in (unite.get("siege"), *(suite if isinstance(suite, list) else ())):
                trouve = _etablissement(unite, etablissement) if isinstance(etablissement, dict) else None
                if trouve is not None:
                    yield trouve


def _etablissement(unite: dict[str, Any], lu: dict[str, Any]) -> Etablissement | None:
    siret = _texte(lu, "siret")
    nom = _texte(unite, "nom_raison_sociale") or _texte(unite, "nom_complet")
    if not nom or lu.get("etat_administratif") not in (None, "A"):
        return None
    try:
        valider_siret(siret)
    except ValidationError:
        return None
    ape, commune = _texte(lu, "activite_principale"), _texte(lu, "commune")
    return Etablissement(
        siret=siret,
        nom=nom,
        commune=commune if re.match(FORME_CODE_INSEE, commune) else "",
        nom_commune=_texte(lu, "libelle_commune"),
        ape=ape if FORME_APE.fullmatch(ape) else "",
    )


def _texte(objet: dict[str, Any], clef: str) -> str:
    """Un texte d’une ligne, ou rien : l’API rend `null` pour ce qu’elle ignore."""
    valeur = objet.get(clef)
    return " ".join(valeur.split())[:255] if isinstance(valeur, str) else ""
