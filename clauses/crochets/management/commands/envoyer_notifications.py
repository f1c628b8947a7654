"""Commande : envoyer les notifications qui attendent. Une passe, à lancer chaque minute (docs/exploitation.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clauses.crochets.envois import envoyer_ce_qui_attend, envoyer_une
from clauses.crochets.models import Livraison


class Command(BaseCommand):
    help = "Envoie les notifications sortantes qui attendent, en une passe bornée."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--une-livraison", type=int, metavar="NUMERO", help="N’envoyer que celle-ci, si elle est due."
        )

    def handle(self, *, une_livraison: int | None, **_: Any) -> None:
        if une_livraison is not None:
            self._une(une_livraison)
            return
        passe = envoyer_ce_qui_attend()
        if passe.livrees or passe.echecs:
            self.stdout.write(f"Notifications livrées : {passe.livrees} ; en échec : {passe.echecs}.")

    def _une(self, numero: int) -> None:
        issue = envoyer_une(numero)
        if issue is None:
            raise CommandError(f"La livraison n° {numero} n’est pas à envoyer, ou une autre passe la tient.")
        livraison = Livraison.objects.get(pk=numero)
        if not issue:
            raise CommandError(f"La livraison n° {numero} a échoué. {livraison.erreur}")
        self.stdout.write(f"Livraison n° {numero} : {livraison.code}.")
