"""Tirer un jeton, et reconnaître celui qu’un programme présente (docs/adr/0038)."""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
import secrets

from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from clauses.comptes.models import Jeton

FORME = re.compile(r"clauses_([a-z2-7]{8})_([0-9a-f]{64})")
OCTETS_DU_PREFIXE, OCTETS_DU_SECRET = 5, 32
# Le dernier usage s’écrit à l’heure près : une demande sur mille écrit, non toutes.
PRECISION = datetime.timedelta(hours=1)


def tirer() -> tuple[str, str]:
    """Un préfixe, public, et un secret de 256 bits."""
    prefixe = base64.b32encode(secrets.token_bytes(OCTETS_DU_PREFIXE)).decode().lower()
    return prefixe, secrets.token_hex(OCTETS_DU_SECRET)


def ecrire(prefixe: str, secret: str) -> str:
    return f"clauses_{prefixe}_{secret}"


def empreinte(secret: str) -> str:
    """SHA-256 : un secret de 256 bits tirés au hasard ne se devine pas, le ralentir ne servirait à rien."""
    return hashlib.sha256(secret.encode()).hexdigest()


def reconnaitre(texte: str) -> Jeton | None:
    """Le jeton en vigueur que ce texte présente ; `None` s’il est mal formé, inconnu, échu, révoqué ou fermé.

    Lecture qui précède l’acteur : c’est le jeton qui dit qui agit.
    """
    lu = FORME.fullmatch(texte)
    if lu is None:
        return None
    prefixe, secret = lu.groups()
    jeton = (
        Jeton.objects.en_vigueur(le=timezone.now())
        .filter(prefixe=prefixe)
        .select_related("rattachement__utilisateur")
        .first()
    )
    return jeton if jeton is not None and constant_time_compare(jeton.empreinte, empreinte(secret)) else None


def noter_l_usage(jeton: Jeton) -> None:
    """Écrit l’instant, au plus une fois par heure, hors de toute transaction : aucune demande n’attend une autre."""
    instant = timezone.now()
    if jeton.dernier_usage is None or jeton.dernier_usage <= instant - PRECISION:
        perime = Q(dernier_usage=None) | Q(dernier_usage__lte=instant - PRECISION)
        Jeton.objects.filter(perime, pk=jeton.pk).update(dernier_usage=instant)
