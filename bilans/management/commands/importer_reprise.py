"""Commande : reprendre une structure entière depuis un tableur (formats.md §2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from bilans.reprise import TOUTES
from clauses.comptes.actions import acteur_systeme
from clauses.comptes.commandes import trouver_structure
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.nombres import en_nombre
from heures.imports.reprise.enregistrement import reprendre
from heures.imports.reprise.rapport import Rapport

PAS = 25


class Command(BaseCommand):
    help = "Reprend marchés, personnes et heures d’une structure depuis un classeur : tout ou rien, rejouable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("classeur", type=Path, metavar="CLASSEUR.xlsx")
        parser.add_argument("--structure", required=True, metavar="SIGLE")
        parser.add_argument("--simuler", action="store_true", help="Contrôle tout et n’enregistre rien.")
        parser.add_argument(
            "--rapport", type=Path, metavar="FICHIER.xlsx", help="Écrit aussi le rapport dans un classeur."
        )

    def handle(self, *, classeur: Path, structure: str, simuler: bool, rapport: Path | None, **_: Any) -> None:
        rendu = self.reprendre(classeur, trouver_structure(structure), simuler=simuler)
        for phrase in rendu.phrases():
            self.stdout.write(phrase)
        if rapport is not None:
            self.ecrire(rendu, rapport)
        if not rendu.accepte:
            raise CommandError(rendu.conclusion())

    def reprendre(self, classeur: Path, structure: Structure, *, simuler: bool) -> Rapport:
        try:
            with transaction.atomic():
                rendu = reprendre(
                    classeur, par=acteur_systeme(structure), etapes=TOUTES, simulation=simuler, avancer=self.avancer
                )
                transaction.set_rollback(simuler or not rendu.accepte)
        except FileNotFoundError as erreur:
            raise CommandError(f"Le fichier « {classeur} » n’existe pas. Vérifier le chemin.") from erreur
        except OSError as erreur:
            raise CommandError(f"Le fichier « {classeur} » ne peut pas être lu : {erreur.strerror}.") from erreur
        except ActionImpossible as refus:
            raise CommandError(f"{refus} Rien n’est enregistré.") from refus
        return rendu

    def ecrire(self, rendu: Rapport, chemin: Path) -> None:
        try:
            with chemin.open("wb") as fichier:
                rendu.ecrire(fichier)
        except OSError as erreur:
            raise CommandError(f"Le rapport « {chemin} » ne peut pas être écrit : {erreur.strerror}.") from erreur
        self.stdout.write(f"Rapport écrit dans {chemin}.")

    def avancer(self, feuille: str, fait: int, total: int) -> None:
        """Une ligne réécrite sur place, seulement si quelqu’un regarde un terminal."""
        if not self.stderr.isatty() or (fait % PAS and fait != total):
            return
        fin = "\n" if fait == total else ""
        self.stderr.write(f"\r{feuille} : {en_nombre(fait)} / {en_nombre(total)}", lambda texte: texte, ending=fin)
        self.stderr.flush()
