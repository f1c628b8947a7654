"""L’histoire publiée d’un marché : ses totaux d’origine, puis chaque modification datée et le nouveau total."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clauses.comptes.acteurs import Acteur
from clauses.socle.nombres import CENTIEME
from marches.models import Marche, ModificationMarche, PublicationDecp


@dataclass(frozen=True, slots=True)
class Etape:
    """Totaux à compter d’une date ; `None` : la source ne le dit pas. `lot` : celui du contrat publié."""

    lot: Any
    date: datetime.date | None
    libelle: str
    montant_ht: Decimal | None
    duree_mois: int | None


def historique(marche: Marche, *, acteur: Acteur) -> list[Etape]:
    """Étapes de chaque contrat publié du marché qui a été modifié, dans l’ordre ; vide sans modification."""
    modifications = ModificationMarche.objects.visibles_par(acteur).filter(publication__marche=marche)
    par_publication: dict[int, list[ModificationMarche]] = {}
    for modification in modifications.order_by("date", "pk"):
        par_publication.setdefault(modification.publication_id, []).append(modification)
    publications = PublicationDecp.objects.visibles_par(acteur).filter(pk__in=par_publication).select_related("lot")
    etapes = []
    for publication in publications.order_by("lot__numero", "pk"):
        etapes.append(_origine(publication))
        etapes += [
            Etape(publication.lot, m.date, "Modification", m.montant_ht, m.duree_mois)
            for m in par_publication[publication.pk]
        ]
    return etapes


def _origine(publication: PublicationDecp) -> Etape:
    valeurs = publication.valeurs
    montant, date = valeurs.get("montant_initial"), valeurs.get("date_notification")
    return Etape(
        publication.lot,
        datetime.date.fromisoformat(date) if date else None,
        "Origine",
        Decimal(montant).quantize(CENTIEME) if montant else None,
        valeurs.get("duree_initiale"),
    )
