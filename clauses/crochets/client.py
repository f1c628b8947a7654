"""Une requête POST, bornée de partout : dix secondes en tout, adresse vérifiée, aucun renvoi suivi, aucun corps lu."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from typing import NamedTuple

from clauses.crochets.destinations import DestinationRefusee, lire_adresse, resoudre
from clauses.socle.connexion import Connexion

DELAI = 10.0


class Reponse(NamedTuple):
    """`code` : celui de la réponse, s’il y en a eu une ; `erreur` : pourquoi c’est un échec, vide pour un succès."""

    code: int | None
    erreur: str


def poster(adresse: str, corps: bytes, entetes: Mapping[str, str], *, delai: float = DELAI) -> Reponse:
    """Envoie le corps et rend ce qu’il en est ; ne lève rien. Succès : un code 2xx."""
    try:
        hote, port, chemin, est_chiffree = destination = lire_adresse(adresse)
        adresses = resoudre(destination)
    except DestinationRefusee as refus:
        return Reponse(None, str(refus))
    connexion = Connexion(hote, port, adresses=adresses, est_chiffree=est_chiffree, delai=delai)
    try:
        with connexion.bornee():
            connexion.request("POST", chemin, body=corps, headers=dict(entetes))
            with connexion.getresponse() as reponse:
                code = reponse.status
    except (OSError, http.client.HTTPException, ValueError) as erreur:
        return Reponse(None, _raison(erreur, connexion))
    return Reponse(None, _trop_lente(delai)) if connexion.est_coupee else _juger(code)


def _juger(code: int) -> Reponse:
    if 200 <= code < 300:
        return Reponse(code, "")
    if 300 <= code < 400:
        return Reponse(code, f"L’adresse renvoie ailleurs ({code}) : donner l’adresse définitive.")
    return Reponse(code, f"L’adresse a répondu par une erreur ({code}).")


def _trop_lente(delai: float) -> str:
    return f"L’adresse n’a pas répondu en {delai:g} secondes."


def _raison(erreur: Exception, connexion: Connexion) -> str:
    match erreur:
        case _ if connexion.est_coupee or isinstance(erreur, TimeoutError):
            return _trop_lente(connexion.delai)
        case ssl.SSLCertVerificationError():
            return "Le certificat de l’adresse n’est pas valable : son nom, sa date ou son autorité."
        case ssl.SSLError():
            return "La connexion chiffrée n’a pas abouti."
        case http.client.HTTPException():
            return "L’adresse a répondu autre chose que du HTTP."
        case _:
            return "L’adresse ne répond pas."
