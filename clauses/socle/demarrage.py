"""Refus de servir sous un réglage dangereux."""

from __future__ import annotations

from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured


def exiger_des_reglages_surs() -> None:
    """Lève `ImproperlyConfigured`, avec la phrase et le remède, si un contrôle de sécurité est en erreur."""
    fautes = [f"{faute.msg} {faute.hint}" for faute in run_checks(tags=[Tags.security]) if faute.is_serious()]
    if fautes:
        raise ImproperlyConfigured(" ".join(fautes))
