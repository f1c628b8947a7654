"""Ce que les heures annoncent au dehors : un relevé reçu d’une entreprise, sans nommer personne (docs/adr/0039).

Des heures que le facilitateur note lui-même ne s’annoncent pas : rien n’a été reçu.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from clauses.crochets.annonces import annoncer_tous
from clauses.crochets.enums import Annonce
from heures.enums import StatutLigne
from heures.models import LigneHeures, Releve

ZERO = Decimal("0.00")
Mois = tuple[int, datetime.date]


def annoncer_des_releves(recus: Iterable[Mois], *, structure_id: int) -> int:
    """Annonce chaque (engagement, mois) reçu, une fois ses lignes écrites ; à appeler dans la transaction du geste."""
    return annoncer_tous(Annonce.RELEVE_RECU, structure_id=structure_id, objets=_objets(recus, structure_id))


def _objets(recus: Iterable[Mois], structure_id: int) -> Iterator[dict[str, Any]]:
    """Deux requêtes, quel que soit le nombre de relevés ; `heures` : déclarées et validées, rien de refusé."""
    voulus = set(recus)
    ou = {"engagement__in": {engagement for engagement, _ in voulus}, "mois__in": {mois for _, mois in voulus}}
    lignes = LigneHeures.objects.filter(structure=structure_id, **ou).exclude(statut=StatutLigne.REFUSEE).order_by()
    heures = {
        (engagement, mois): total
        for engagement, mois, total in lignes.values_list("engagement", "mois").annotate(total=Sum("heures"))
    }
    releves = Releve.objects.filter(structure=structure_id, **ou).order_by("engagement", "mois")
    for pk, engagement, mois in releves.values_list("pk", "engagement", "mois"):
        if (engagement, mois) in voulus:
            yield {
                "releve": pk,
                "engagement": engagement,
                "mois": f"{mois:%Y-%m}",
                "heures": str(heures.get((engagement, mois), ZERO)),
                "liens": {
                    "releve": f"/api/v1/releves/{pk}/",
                    "engagement": f"/api/v1/engagements/{engagement}/",
                },
            }
