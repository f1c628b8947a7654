"""Commande : ouvrir une structure et inviter son responsable (formats.md §1)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from clauses.comptes import invitations
from clauses.comptes.actions import creer_structure
from clauses.socle.erreurs import ActionImpossible


class Command(BaseCommand):
    help = "Ouvre une structure et le compte de son responsable ; imprime le lien d’invitation à lui remettre."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sigle", required=True, help="Nom court et unique, par exemple MEMPA.")
        parser.add_argument("--nom", required=True, help="Nom entier de la structure.")
        parser.add_argument("--responsable", required=True, metavar="COURRIEL", help="Courriel du responsable.")
        parser.add_argument(
            "--epci",
            action="append",
            default=[],
            metavar="SIREN",
            help="Intercommunalité du territoire ; à répéter. Par défaut, toutes celles d’un petit référentiel.",
        )
        parser.add_argument(
            "--adresse", default="http://127.0.0.1:8000", metavar="URL", help="Adresse publique de l’application."
        )

    def handle(self, *, sigle: str, nom: str, responsable: str, epci: list[str], adresse: str, **_: Any) -> None:
        try:
            with transaction.atomic():
                structure, utilisateur = creer_structure(
                    sigle=sigle.strip(), nom=nom.strip(), responsable=responsable.strip(), epcis=epci
                )
        except ActionImpossible as refus:
            raise CommandError(str(refus)) from refus
        except ValidationError as refus:
            raise CommandError(" ".join(refus.messages)) from refus
        self.stdout.write(f"Structure {structure.sigle} ouverte : {structure.nom}.")
        territoire = ", ".join(intercommunalite.nom for intercommunalite in structure.territoire.all())
        self.stdout.write(f"Territoire : {territoire or 'à définir'}.")
        self.stdout.write(f"Responsable : {utilisateur.email}.")
        if utilisateur.has_usable_password():
            self.stdout.write("Ce compte existait déjà : il garde son mot de passe.")
        else:
            self.stdout.write("Invitation à remettre au responsable, à usage unique :")
            self.stdout.write(invitations.lien(utilisateur, adresse))
