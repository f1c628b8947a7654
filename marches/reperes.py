"""Les repères de main-d’œuvre : ceux de la structure, et ceux qui sont publiés pour les autres métiers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from clauses.comptes.acteurs import Acteur
from clauses.socle.conversions import normaliser
from marches.models import RepereMetier
from marches.objectif import REPERES, SOURCE_DES_REPERES


@dataclass(frozen=True, slots=True)
class Repere:
    """`part` en % ; `propre` : le repère que la structure a fixé, `None` pour un repère publié."""

    metier: str
    part: Decimal
    source: str
    propre: RepereMetier | None = None


def reperes_de(acteur: Acteur) -> list[Repere]:
    """Par métier ; un repère de la structure remplace le repère publié du même nom. Une requête."""
    propres = [Repere(r.metier, r.part, r.source, r) for r in RepereMetier.objects.visibles_par(acteur)]
    connus = {normaliser(repere.metier) for repere in propres}
    publies = [
        Repere(metier, part, SOURCE_DES_REPERES) for metier, part in REPERES if normaliser(metier) not in connus
    ]
    return sorted([*propres, *publies], key=lambda repere: normaliser(repere.metier))
