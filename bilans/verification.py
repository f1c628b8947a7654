"""Contrôler une attestation par son code, sans compte : valide, annulée ou inconnue, et ses seuls totaux.

Un code mal formé et un code inconnu font le même chemin : même requête, même réponse, même temps.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from bilans.documents.codes import en_groupes, normaliser
from bilans.enums import NatureDocument
from bilans.models import Document


@dataclass(frozen=True, slots=True)
class Verdict:
    """Ce que l’on dit d’un code reconnu ; heures au centième."""

    code: str
    titre: str
    structure: str
    entreprise: str
    marche: str
    lot: str
    acheteur: str
    du: datetime.date
    au: datetime.date
    heures: Decimal
    emise_le: datetime.date
    annulee_le: datetime.date | None
    est_definitive: bool


def verifier(saisie: str) -> Verdict | None:
    """Le verdict, ou `None` si aucune attestation ne porte ce code."""
    trouvee = (
        Document.objects.filter(code=normaliser(saisie))
        .values("code", "titre", "nature", "totaux", "emis_le", "annule_le")
        .first()
    )
    return None if trouvee is None else _verdict(trouvee)


def _verdict(trouvee: dict[str, Any]) -> Verdict:
    totaux = trouvee["totaux"]
    annulee = trouvee["annule_le"]
    return Verdict(
        code=en_groupes(trouvee["code"]),
        titre=trouvee["titre"],
        du=datetime.date.fromisoformat(totaux["du"]),
        au=datetime.date.fromisoformat(totaux["au"]),
        heures=Decimal(totaux["heures"]),
        emise_le=timezone.localdate(trouvee["emis_le"]),
        annulee_le=None if annulee is None else timezone.localdate(annulee),
        est_definitive=trouvee["nature"] == NatureDocument.ATTESTATION_DEFINITIVE,
        **{nom: totaux[nom] for nom in ("structure", "entreprise", "marche", "lot", "acheteur")},
    )
