"""Le lien par lequel une entreprise dépose son relevé : un jeton signé, jamais enregistré (docs/adr/0015)."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from heures.models import DemandeReleve

SIGNATURE = signing.Signer(sep=".", salt="heures.liens")
# Plus grand qu’aucune clef de la base : au-delà, la recherche elle-même échouerait.
CHIFFRES_DE_CLEF = 18


def jeton(demande: DemandeReleve) -> str:
    """« clef-secret.signature » : la demande, son secret, et la preuve que l’application les a réunis."""
    return SIGNATURE.sign(f"{demande.pk}-{demande.secret}")


def adresse_du_lien(demande: DemandeReleve, racine: str) -> str:
    """Adresse complète du lien ; `racine` est la racine publique de l’application."""
    return f"{racine.rstrip('/')}{reverse('lien:releve', args=[jeton(demande)])}"


def demande_du_jeton(texte: str) -> DemandeReleve | None:
    """La demande en vigueur que désigne un jeton ; `None` s’il est faux, échu ou révoqué, sans dire lequel.

    Seule lecture qui précède l’acteur : c’est le jeton qui dit qui agit.
    """
    try:
        clef, _, secret = SIGNATURE.unsign(texte).partition("-")
    except signing.BadSignature:
        return None
    if not (clef.isascii() and clef.isdigit() and len(clef) <= CHIFFRES_DE_CLEF):
        return None
    demande = (
        DemandeReleve.objects.filter(pk=int(clef), revoquee_le=None, valable_jusqu_au__gt=timezone.now())
        .select_related(
            "releve__structure", "releve__engagement__entreprise", "releve__engagement__clause__lot__marche"
        )
        .first()
    )
    if demande is None or not constant_time_compare(demande.secret, secret):
        return None
    return demande
