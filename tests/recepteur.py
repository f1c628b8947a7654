"""Un vrai récepteur HTTP sur la boucle locale, et une vérification de signature étrangère à l’application."""

from __future__ import annotations

import hashlib
import hmac
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Recu(NamedTuple):
    chemin: str
    entetes: dict[str, str]
    corps: bytes


class Recepteur(ThreadingHTTPServer):
    """`repondre` : ce que fait la réponse, par défaut un 204. `certificat` : le serveur parle TLS, et le présente."""

    daemon_threads = True

    def __init__(self, certificat: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Poste)
        if certificat is not None:
            self.socket = certificat.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.recus: list[Recu] = []
        self.repondre: Callable[[Any], None] = code(204)
        self.fini = threading.Event()
        self.fil = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def adresse(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/clauses?depuis=essai"

    def handle_error(self, *_: Any) -> None:
        """Un client qui refuse le certificat rompt : c’est ce que l’on éprouve, pas une panne."""

    def fermer(self) -> None:
        self.fini.set()
        self.shutdown()
        self.fil.join(timeout=10)
        self.server_close()


class Poste(BaseHTTPRequestHandler):
    server: Recepteur

    def do_POST(self) -> None:
        corps = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.recus.append(Recu(self.path, dict(self.headers.items()), corps))
        try:
            self.server.repondre(self)
        except OSError:
            self.close_connection = True

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: Any) -> None:
        """Silencieux."""


def code(valeur: int, **entetes: str) -> Callable[[Poste], None]:
    def repondre(poste: Poste) -> None:
        poste.send_response(valeur)
        for nom, contenu in entetes.items():
            poste.send_header(nom, contenu)
        poste.send_header("Content-Length", "0")
        poste.end_headers()

    return repondre


def texte(contenu: str | bytes, valeur: int = 200) -> Callable[[Poste], None]:
    octets = contenu.encode() if isinstance(contenu, str) else contenu

    def repondre(poste: Poste) -> None:
        poste.send_response(valeur)
        poste.send_header("Content-Type", "application/json")
        poste.send_header("Content-Length", str(len(octets)))
        poste.end_headers()
        poste.wfile.write(octets)

    return repondre


def sans_fin(poste: Poste) -> None:
    """Un 200, puis un corps qui ne finit pas tant qu’on l’écoute."""
    poste.send_response(200)
    poste.end_headers()
    while not poste.server.fini.is_set():
        poste.wfile.write(b"x" * 65536)


def goutte_a_goutte(poste: Poste) -> None:
    """Un octet d’en-tête à la fois : jamais muet assez longtemps pour le délai d’une prise."""
    poste.wfile.write(b"HTTP/1.1 200 OK\r\nX-Lent: ")
    while not poste.server.fini.wait(0.02):
        poste.wfile.write(b"x")


def pas_du_http(poste: Poste) -> None:
    poste.wfile.write(b"220 bonjour\r\n")
    poste.close_connection = True


def v1(recu: Recu) -> list[str]:
    morceaux = recu.entetes["Clauses-Signature"].split(",")
    return [morceau[3:] for morceau in morceaux if morceau.startswith("v1=")]


def est_signe(recu: Recu, secret: str) -> bool:
    """Ce que fera l’autre logiciel : recalculer, depuis ce qu’il a reçu et son secret."""
    instant = recu.entetes["Clauses-Signature"].split(",")[0].removeprefix("t=")
    attendue = hmac.new(secret.encode(), f"{instant}.".encode() + recu.corps, hashlib.sha256).hexdigest()
    return attendue in v1(recu)
