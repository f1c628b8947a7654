"""Une requête POST, bornée de partout : dix secondes en tout, adresse vérifiée, aucun renvoi suivi, aucun corps lu.

`http.client` plutôt qu’une bibliothèque : il ne suit pas de renvoi, n’obéit à aucun mandataire de l’environnement, et
laisse choisir l’adresse IP de la connexion, ce que les clients usuels n’offrent qu’en détournant leurs adaptateurs.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from typing import NamedTuple

from clauses.crochets.destinations import Destination, DestinationRefusee, lire_adresse, resoudre

DELAI = 10.0


class Reponse(NamedTuple):
    """`code` : celui de la réponse, s’il y en a eu une ; `erreur` : pourquoi c’est un échec, vide pour un succès."""

    code: int | None
    erreur: str


class Connexion(http.client.HTTPConnection):
    """Se connecte aux adresses déjà vérifiées ; TLS contrôle le certificat du nom d’hôte, non de l’adresse."""

    def __init__(self, destination: Destination, adresses: list[str], *, delai: float) -> None:
        super().__init__(destination.hote, destination.port, timeout=delai)
        self.destination = destination
        self.adresses = adresses
        self.fin = time.monotonic() + delai
        self.est_coupee = False
        # Sans quoi l’en-tête « Host » répéterait le port ordinaire.
        self.default_port = 443 if destination.est_chiffree else 80

    def connect(self) -> None:
        self.sock = self._ouvrir()
        if self.destination.est_chiffree:
            contexte = ssl.create_default_context()
            chiffree = contexte.wrap_socket(
                self.sock, server_hostname=self.destination.hote, do_handshake_on_connect=False
            )
            self.sock = chiffree
            chiffree.do_handshake()

    def _ouvrir(self) -> socket.socket:
        derniere: OSError = OSError("aucune adresse")
        for adresse in self.adresses:
            reste = self.fin - time.monotonic()
            if reste <= 0:
                raise TimeoutError
            try:
                return socket.create_connection((adresse, self.destination.port), timeout=reste)
            except OSError as erreur:
                derniere = erreur
        raise derniere

    def couper(self) -> None:
        """Réveille une lecture qui traîne : le délai d’une prise vaut pour un octet, celui-ci pour tout l’échange."""
        self.est_coupee = True
        if isinstance(self.sock, socket.socket):
            with contextlib.suppress(OSError):
                # Celui de la prise nue : l’autre défait TLS sous les pieds de qui lit.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def poster(adresse: str, corps: bytes, entetes: Mapping[str, str], *, delai: float | None = None) -> Reponse:
    """Envoie le corps et rend ce qu’il en est ; ne lève rien. Succès : un code 2xx."""
    secondes = DELAI if delai is None else delai
    try:
        destination = lire_adresse(adresse)
        connexion = Connexion(destination, resoudre(destination), delai=secondes)
    except DestinationRefusee as refus:
        return Reponse(None, str(refus))
    minuterie = threading.Timer(secondes, connexion.couper)
    minuterie.daemon = True
    minuterie.start()
    try:
        connexion.request("POST", destination.chemin, body=corps, headers=dict(entetes))
        code = connexion.getresponse().status
        # Coupée au milieu des en-têtes, une réponse se lit quand même : elle n’est pas arrivée pour autant.
        return Reponse(None, _trop_lente(secondes)) if connexion.est_coupee else _juger(code)
    except (OSError, http.client.HTTPException, ValueError) as erreur:
        return Reponse(None, _raison(erreur, connexion, secondes))
    finally:
        minuterie.cancel()
        connexion.close()


def _juger(code: int) -> Reponse:
    if 200 <= code < 300:
        return Reponse(code, "")
    if 300 <= code < 400:
        return Reponse(code, f"L’adresse renvoie ailleurs ({code}) : donner l’adresse définitive.")
    return Reponse(code, f"L’adresse a répondu par une erreur ({code}).")


def _trop_lente(secondes: float) -> str:
    return f"L’adresse n’a pas répondu en {secondes:g} secondes."


def _raison(erreur: Exception, connexion: Connexion, secondes: float) -> str:
    match erreur:
        case _ if connexion.est_coupee or isinstance(erreur, TimeoutError):
            return _trop_lente(secondes)
        case ssl.SSLCertVerificationError():
            return "Le certificat de l’adresse n’est pas valable : son nom, sa date ou son autorité."
        case ssl.SSLError():
            return "La connexion chiffrée n’a pas abouti."
        case http.client.HTTPException():
            return "L’adresse a répondu autre chose que du HTTP."
        case _:
            return "L’adresse ne répond pas."
