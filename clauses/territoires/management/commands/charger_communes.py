"""Commande : charger les communes et EPCI depuis un CSV (France entière possible)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from clauses.territoires.chargement import LIVRE, charger
from clauses.territoires.models import Commune, Epci


class Command(BaseCommand):
    help = "Charge les communes et les EPCI depuis un CSV (par défaut, celui livré : Pays d’Artois)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", nargs="?", type=Path, default=LIVRE)

    @transaction.atomic
    def handle(self, *, fichier: Path, **_: Any) -> None:
        try:
            nombre = charger(fichier, commune=Commune, epci=Epci)
        except (OSError, ValueError) as refus:
            raise CommandError(str(refus)) from refus
        except IntegrityError as refus:
            raise CommandError(
                f"{fichier.name} contient un code INSEE ou un SIREN impossible : rien n’est chargé. Le corriger."
            ) from refus
        self.stdout.write(f"{nombre} communes chargées.")
