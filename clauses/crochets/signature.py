"""Le secret d’un crochet, et la signature qu’il donne à un envoi (docs/adr/0039).

Le secret n’est gardé nulle part : il se calcule d’un sel tiré au sort, en base, et de la clef de l’application. Qui
n’a que la base, ou que la clef, ne peut rien signer.
"""

from __future__ import annotations

import datetime
import hmac
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from clauses.crochets.models import Crochet

OCTETS_DU_SEL = 24
PREFIXE = "clauses_"
# Après un renouvellement, l’ancien secret signe encore : qui reçoit a le temps de changer le sien.
RECOUVREMENT = datetime.timedelta(hours=24)


def nouveau_sel() -> str:
    return secrets.token_urlsafe(OCTETS_DU_SEL)


def secret_de(sel: str, *, clef: str | None = None) -> str:
    """Le secret à remettre à qui reçoit ; `clef` : une ancienne clef de l’application, sinon celle en vigueur."""
    return PREFIXE + salted_hmac("crochets.secret", sel, secret=clef, algorithm="sha256").hexdigest()


def secrets_en_vigueur(crochet: Crochet, *, le: datetime.datetime) -> list[str]:
    """Le secret, celui d’avant s’il vaut encore, et les mêmes sous chaque ancienne clef gardée par l’application."""
    sels = [crochet.sel]
    if crochet.sel_precedent and crochet.precedent_jusqu_au and le < crochet.precedent_jusqu_au:
        sels.append(crochet.sel_precedent)
    return [secret_de(sel, clef=clef) for clef in (None, *settings.SECRET_KEY_FALLBACKS) for sel in sels]


def entete_de_signature(corps: bytes, *, secrets_: list[str], le: datetime.datetime) -> str:
    """« t=<secondes>,v1=<HMAC-SHA256 de “t.corps”> », un `v1` par secret."""
    instant = str(int(le.timestamp()))
    signe = instant.encode() + b"." + corps
    v1 = (hmac.digest(secret.encode(), signe, "sha256").hex() for secret in secrets_)
    return ",".join([f"t={instant}", *(f"v1={signature}" for signature in v1)])
