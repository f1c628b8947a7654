"""Commande : constater les engagements passés en retard, à lancer chaque jour (docs/exploitation.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from clauses.comptes.actions import acteur_systeme
from clauses.comptes.commandes import trouver_structure
from clauses.comptes.models import Structure
from marches.actions import constater_les_retards


class Command(BaseCommand):
    help = "Constate les engagements passés en retard et les annonce, une fois chacun."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--structure", metavar="SIGLE", help="Une seule structure ; toutes sinon.")

    def handle(self, *, structure: str | None, **_: Any) -> None:
        structures = [trouver_structure(structure)] if structure else Structure.objects.defer("logo").order_by("sigle")
        for une in structures:
            nombre = constater_les_retards(au=timezone.localdate(), par=acteur_systeme(une))
            accord = "s passés" if nombre > 1 else " passé"
            self.stdout.write(f"{une.sigle} : {nombre} engagement{accord} en retard.")
