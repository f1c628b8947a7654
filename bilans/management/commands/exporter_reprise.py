"""Commande : écrire la structure entière dans le classeur de reprise (formats.md §1 et §2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bilans.reprise import TOUTES
from clauses.comptes.actions import acteur_systeme
from clauses.comptes.commandes import fichier_remplace, trouver_structure
from heures.imports.reprise.classeur_plein import ecrire_structure


class Command(BaseCommand):
    help = "Écrit marchés, personnes et heures d’une structure dans un classeur que importer_reprise relit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("classeur", type=Path, metavar="CLASSEUR.xlsx")
        parser.add_argument("--structure", required=True, metavar="SIGLE")

    def handle(self, *, classeur: Path, structure: str, **_: Any) -> None:
        par = acteur_systeme(trouver_structure(structure))
        with fichier_remplace(classeur) as fichier:
            absents = ecrire_structure(fichier, par=par, etapes=TOUTES)
        self.stdout.write(f"Structure {structure} écrite dans {classeur}.")
        for nature, nombre in absents.items():
            self.stdout.write(f"Ne tient pas dans ce classeur : {nature} ({nombre}). La sauvegarde le garde.")
