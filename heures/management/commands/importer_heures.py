"""Commande : importer un relevé d’heures, CSV ou XLSX (formats.md §3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.commandes import trouver_structure
from clauses.comptes.models import Rattachement
from clauses.socle.conversions import ValeurRefusee, vers_mois
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.lecteur import BORNES_COMMANDE
from clauses.socle.nombres import en_nombre
from heures.imports.releves.colonnes import Choix
from heures.imports.releves.enregistrement import Etape, importer
from heures.imports.releves.rapport import Rapport
from marches.models import Engagement


class Command(BaseCommand):
    help = "Importe un relevé d’heures d’une entreprise ou d’une agence : tout ou rien, rejouable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", type=Path, metavar="FICHIER")
        parser.add_argument("--structure", required=True, metavar="SIGLE")
        parser.add_argument("--par", required=True, metavar="COURRIEL", help="Qui importe : un agent de la structure.")
        parser.add_argument(
            "--correspondance", default="", metavar="NOM", help="Les colonnes retenues de cet expéditeur."
        )
        parser.add_argument("--simuler", action="store_true", help="Contrôle tout et n’enregistre rien.")
        parser.add_argument("--engagement", type=int, metavar="N", help="L’engagement du fichier, s’il ne le dit pas.")
        parser.add_argument("--mois", metavar="AAAA-MM", help="Le mois du fichier, s’il ne le dit pas.")
        parser.add_argument("--rapport", type=Path, metavar="FICHIER.xlsx", help="Écrit aussi le rapport en classeur.")

    def handle(
        self, *, fichier: Path, structure: str, par: str, simuler: bool, rapport: Path | None, **o: Any
    ) -> None:
        acteur = self.trouver(structure, par)
        choix = Choix(
            correspondance=o["correspondance"],
            engagement_id=self.engagement(o["engagement"], acteur),
            mois=self.mois(o["mois"]),
        )
        rendu = self.importer(fichier, acteur, choix, simuler=simuler)
        for phrase in rendu.phrases():
            self.stdout.write(phrase)
        if rapport is not None:
            self.ecrire(rendu, rapport)
        if not rendu.accepte:
            raise CommandError(rendu.conclusion())

    def trouver(self, sigle: str, courriel: str) -> Acteur:
        structure = trouver_structure(sigle)
        rattachements = Rattachement.objects.actifs().filter(structure=structure, utilisateur__email=courriel.lower())
        for rattachement in rattachements.order_by("pk"):
            acteur = rattachement.acteur()
            if acteur.peut(Droit.IMPORTER):
                return acteur
        raise CommandError(
            f"Aucun compte actif « {courriel} » n’a le droit d’importer dans {sigle}. Vérifier l’adresse et son rôle."
        )

    def engagement(self, numero: int | None, par: Acteur) -> int | None:
        if numero is not None and not Engagement.objects.visibles_par(par).filter(pk=numero).exists():
            raise CommandError(
                f"L’engagement n° {numero} est inconnu. Reprendre le numéro qui finit l’adresse de sa grille."
            )
        return numero

    def mois(self, texte: str | None) -> Any:
        try:
            return vers_mois(texte) if texte is not None else None
        except ValeurRefusee as refus:
            raise CommandError(f"--mois : {refus}") from refus

    def importer(self, chemin: Path, par: Acteur, choix: Choix, *, simuler: bool) -> Rapport:
        try:
            with chemin.open("rb") as flux:
                octets = flux.read(BORNES_COMMANDE.octets + 1)
            with transaction.atomic():
                return importer(
                    octets,
                    nom=chemin.name,
                    par=par,
                    choix=choix,
                    simulation=simuler,
                    montrer=self.avancer,
                    bornes=BORNES_COMMANDE,
                )
        except FileNotFoundError as erreur:
            raise CommandError(f"Le fichier « {chemin} » n’existe pas. Vérifier le chemin.") from erreur
        except OSError as erreur:
            raise CommandError(f"Le fichier « {chemin} » ne peut pas être lu : {erreur.strerror}.") from erreur
        except ActionImpossible as refus:
            raise CommandError(f"{refus} Rien n’est enregistré.") from refus
        except OperationalError as erreur:
            raise CommandError(
                "La base est restée occupée. Rien n’est enregistré : recommencer plus tard."
            ) from erreur

    def ecrire(self, rendu: Rapport, chemin: Path) -> None:
        try:
            with chemin.open("wb") as fichier:
                rendu.ecrire(fichier)
        except OSError as erreur:
            raise CommandError(f"Le rapport « {chemin} » ne peut pas être écrit : {erreur.strerror}.") from erreur
        self.stdout.write(f"Rapport écrit dans {chemin}.")

    def avancer(self, etape: Etape) -> None:
        """Une ligne réécrite sur place, seulement si quelqu’un regarde un terminal."""
        if not self.stderr.isatty():
            return
        fin = "\n" if etape.fait == etape.total else ""
        compte = f" : {en_nombre(etape.fait)} / {en_nombre(etape.total)}" if etape.total else "…"
        self.stderr.write(f"\r{etape.nom}{compte}", lambda texte: texte, ending=fin)
        self.stderr.flush()
