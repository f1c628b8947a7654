"""Une connexion HTTP sortante, bornée dans le temps : tout l’échange tient dans le délai, ou il est coupé.

`http.client` plutôt qu’une bibliothèque : il ne suit aucun renvoi, n’obéit à aucun mandataire de l’environnement, et
laisse choisir l’adresse IP de la connexion, ce que les clients usuels n’offrent qu’en détournant leurs adaptateurs.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence


class Connexion(http.client.HTTPConnection):
    """Se connecte aux `adresses` données, dans l’ordre ; TLS contrôle le certificat de `hote`, non de l’adresse."""

    def __init__(self, hote: str, port: int, *, adresses: Sequence[str], est_chiffree: bool, delai: float) -> None:
        super().__init__(hote, port, timeout=delai)
        self.adresses = adresses
        self.est_chiffree = est_chiffree
        self.delai = delai
        self.fin = time.monotonic() + delai
        self.est_coupee = False
        # Sans quoi l’en-tête « Host » répéterait le port ordinaire.
        self.default_port = 443 if est_chiffree else 80

    def connect(self) -> None:
        self.sock = self._ouvrir()
        if self.est_chiffree:
            contexte = ssl.create_default_context()
            chiffree = contexte.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = chiffree
            chiffree.do_handshake()

    def _ouvrir(self) -> socket.socket:
        derniere: OSError = OSError("aucune adresse")
        for adresse in self.adresses:
            reste = self.fin - time.monotonic()
            if reste <= 0:
                raise TimeoutError
            try:
                return socket.create_connection((adresse, self.port), timeout=reste)
            except OSError as erreur:
                derniere = erreur
        raise derniere

    @contextlib.contextmanager
    def bornee(self) -> Iterator[None]:
        """Le temps de l’échange : passé le délai, la prise est coupée ; elle est fermée à la fin, quoi qu’il arrive.

        Une réponse coupée en route peut se lire quand même : c’est `est_coupee` qui dit qu’elle n’est pas arrivée.
        """
        minuterie = threading.Timer(self.delai, self._couper)
        minuterie.daemon = True
        minuterie.start()
        try:
            yield
        finally:
            minuterie.cancel()
            self.close()

    def _couper(self) -> None:
        """Réveille une lecture qui traîne : le délai d’une prise vaut pour un octet, celui-ci pour tout l’échange."""
        self.est_coupee = True
        if isinstance(self.sock, socket.socket):
            with contextlib.suppress(OSError):
                # Celui de la prise nue : l’autre défait TLS sous les pieds de qui lit.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
