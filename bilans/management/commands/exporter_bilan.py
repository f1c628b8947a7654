"""Commande : écrire un bilan dans un fichier (formats.md §1)."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bilans.catalogue import RAPPORTS, Rapport, ecrire, inscrire_l_export
from bilans.faits import Periode
from bilans.rapport import Demande
from clauses.comptes.actions import acteur_systeme
from clauses.comptes.commandes import fichier_remplace, trouver_structure
from clauses.socle.erreurs import ActionImpossible

FORMATS = ("xlsx", "pdf", "csv", "json", "zip")


class Command(BaseCommand):
    help = "Écrit un bilan dans un fichier : mêmes chiffres qu’à l’écran, au centième."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("nom", choices=tuple(RAPPORTS), metavar="NOM", help=", ".join(RAPPORTS))
        parser.add_argument("--structure", required=True, metavar="SIGLE")
        parser.add_argument("--du", required=True, metavar="AAAA-MM-JJ")
        parser.add_argument("--au", required=True, metavar="AAAA-MM-JJ")
        parser.add_argument("--arrete-au", metavar="AAAA-MM-JJ", help="Par défaut, la fin de la période.")
        parser.add_argument(
            "--acheteur",
            default="",
            metavar="SIRET",
            help="Pour le bilan d’un acheteur (SIRET) ou d’une intercommunalité (SIREN).",
        )
        parser.add_argument("--operation", default="", metavar="NOM", help="Pour le bilan FSE+ d’une opération.")
        parser.add_argument(
            "--complet", action="store_true", help="Ne rien taire du bilan d’un acheteur : pour la structure seule."
        )
        parser.add_argument("--format", choices=FORMATS, help="Par défaut, l’extension du fichier.")
        parser.add_argument("--sortie", required=True, metavar="FICHIER")

    def handle(self, *, nom: str, structure: str, du: str, au: str, sortie: str, **options: Any) -> None:
        format_ = options["format"] or Path(sortie).suffix.lstrip(".").lower()
        rapport = trouver_rapport(nom, format_)
        fin = en_date(au, "--au")
        arrete_au = en_date(options["arrete_au"], "--arrete-au") if options["arrete_au"] else fin
        periode = Periode(en_date(du, "--du"), fin, arrete_au)
        par = acteur_systeme(trouver_structure(structure))
        try:
            demande = Demande(
                nom, periode, options["acheteur"], complet=options["complet"], operation=options["operation"]
            )
            bilan = rapport.pour_fichier(par, demande)
        except ActionImpossible as refus:
            raise CommandError(str(refus)) from refus
        inscrire_l_export(rapport, bilan, par=par)
        with fichier_remplace(Path(sortie)) as fichier:
            ecrire(format_, bilan, fichier)
        for fin_du_nom, ecrire_a_cote in rapport.a_cote.items() if format_ == "csv" else ():
            with fichier_remplace(Path(sortie).with_suffix(fin_du_nom)) as fichier:
                ecrire_a_cote(bilan, fichier)
        self.stdout.write(f"Bilan écrit dans {sortie}.")


def trouver_rapport(nom: str, format_: str) -> Rapport:
    """Le bilan de ce nom s’il s’écrit dans ce format ; lève `CommandError`."""
    rapport = RAPPORTS[nom]
    if format_ not in rapport.formats:
        possibles = ", ".join(rapport.formats)
        raise CommandError(f"Le bilan « {nom} » n’existe pas en « {format_} ». Formats possibles : {possibles}.")
    return rapport


def en_date(texte: str | datetime.date, option: str) -> datetime.date:
    if isinstance(texte, datetime.date):
        return texte
    try:
        return datetime.date.fromisoformat(texte)
    except ValueError as erreur:
        raise CommandError(f"{option} : « {texte} » n’est pas une date. L’écrire AAAA-MM-JJ.") from erreur
