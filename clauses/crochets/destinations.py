"""Où l’on accepte d’écrire : une adresse publique, en HTTPS, et l’adresse IP que l’on a soi-même vérifiée.

L’adresse d’un crochet est choisie par un utilisateur ; sans ces contrôles, il ferait écrire le serveur à lui-même, à
la base ou aux machines voisines (docs/adr/0039).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from clauses.socle.erreurs import ActionImpossible

BOUCLE_LOCALE = frozenset({"localhost", "127.0.0.1", "::1"})
# Ce qu’une requête HTTP porte sans codage : ni espace, ni accent, ni caractère de contrôle.
SANS_CODAGE = re.compile(r"[\x21-\x7e]+")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
ADRESSES_ESSAYEES = 3


class DestinationRefusee(ActionImpossible):
    """On n’écrit pas là ; la phrase dit pourquoi."""


class Destination(NamedTuple):
    """Une adresse découpée : `chemin` porte aussi les paramètres."""

    hote: str
    port: int
    chemin: str
    est_chiffree: bool


def locale_admise() -> bool:
    """En développement et en démonstration, un serveur de la même machine peut recevoir, sans TLS."""
    return bool(settings.DEBUG or settings.CLAUSES_DEMO)


def lire_adresse(adresse: str) -> Destination:
    """Découpe et contrôle une adresse, sans réseau. Lève `DestinationRefusee`."""
    if not SANS_CODAGE.fullmatch(adresse):
        raise DestinationRefusee(
            "Une adresse s’écrit sans espace ni accent : https://exemple.fr/clauses. Coder les autres caractères."
        )
    try:
        lue = urlsplit(adresse)
        hote, port = lue.hostname or "", lue.port
    except ValueError as erreur:
        raise DestinationRefusee("Cette adresse est mal formée : vérifier l’hôte et le port.") from erreur
    est_locale = hote in BOUCLE_LOCALE and locale_admise()
    if lue.scheme != "https" and not (lue.scheme == "http" and est_locale):
        raise DestinationRefusee("L’adresse commence par https:// : une notification ne circule pas en clair.")
    if not hote or port == 0:
        raise DestinationRefusee("L’adresse porte un nom d’hôte : https://exemple.fr/clauses.")
    if lue.username is not None or lue.fragment:
        raise DestinationRefusee(
            "L’adresse ne porte ni identifiant, ni mot de passe, ni « # » : la signature suffit à reconnaître l’envoi."
        )
    est_chiffree = lue.scheme == "https"
    chemin = (lue.path or "/") + (f"?{lue.query}" if lue.query else "")
    return Destination(hote, port or (443 if est_chiffree else 80), chemin, est_chiffree)


def valider_adresse(adresse: str) -> None:
    """Contrôle de champ : la forme de l’adresse, et son hôte s’il est déjà une adresse IP."""
    try:
        hote = lire_adresse(adresse).hote
        if _est_une_ip(hote) and not (hote in BOUCLE_LOCALE and locale_admise()):
            _exiger_publique(hote)
    except DestinationRefusee as refus:
        raise ValidationError(str(refus), code="adresse") from refus


def resoudre(destination: Destination) -> list[str]:
    """Les adresses IP où se connecter, toutes vérifiées. Lève `DestinationRefusee` si une seule est interne.

    Il faut s’y connecter telles quelles : résoudre de nouveau pourrait donner une autre réponse.
    """
    try:
        trouvees = socket.getaddrinfo(destination.hote, destination.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as erreur:
        raise DestinationRefusee(f"Le nom d’hôte « {destination.hote} » est introuvable.") from erreur
    adresses = list(dict.fromkeys(str(prise[0]) for *_, prise in trouvees))
    if not (destination.hote in BOUCLE_LOCALE and locale_admise()):
        for adresse in adresses:
            _exiger_publique(adresse)
    return adresses[:ADRESSES_ESSAYEES]


def _est_une_ip(hote: str) -> bool:
    try:
        ipaddress.ip_address(hote)
    except ValueError:
        return False
    return True


def _exiger_publique(adresse: str) -> None:
    ip = ipaddress.ip_address(adresse.partition("%")[0])
    portee = _ipv4_portee(ip) if isinstance(ip, ipaddress.IPv6Address) else None
    for examinee in (ip, portee):
        if examinee is not None and (not examinee.is_global or examinee.is_multicast):
            raise DestinationRefusee(
                "Cette adresse mène au serveur lui-même ou à un réseau interne : donner une adresse publique."
            )


def _ipv4_portee(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """L’adresse IPv4 qu’une adresse IPv6 atteint en fait : mappée, 6to4 ou NAT64."""
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
