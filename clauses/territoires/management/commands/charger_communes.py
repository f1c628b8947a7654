"""Commande : charger les communes et EPCI, d’un territoire ou de la France entière (formes : `formes.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.nombres import en_nombre
from clauses.territoires.chargement import LIVRE, enregistrer, noter_les_disparues
from clauses.territoires.formes import lire
from clauses.territoires.models import Commune, Epci


class Command(BaseCommand):
    help = "Charge les communes et les EPCI depuis un CSV ou un classeur (par défaut, celui livré : Pays d’Artois)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "fichier", nargs="?", type=Path, default=LIVRE, help="Forme de Clauses, de l’Insee ou de la DGCL."
        )
        parser.add_argument(
            "--complet",
            action="store_true",
            help="Le fichier est la France entière : une commune absente a fusionné, elle perd sa population.",
        )

    @transaction.atomic
    def handle(self, *, fichier: Path, complet: bool, **_: Any) -> None:
        try:
            lecture = lire(fichier)
            enregistrer(lecture, commune=Commune, epci=Epci)
        except (OSError, ValueError, FichierRefuse) as refus:
            raise CommandError(str(refus)) from refus
        except DatabaseError as refus:
            raise CommandError(
                f"{fichier.name} contient un code INSEE ou un SIREN impossible : rien n’est chargé. Le corriger."
            ) from refus
        epcis = len({lue.epci for lue in lecture.communes if lue.epci})
        chargees = _compter(len(lecture.communes), "commune chargée", "communes chargées")
        self.stdout.write(f"{chargees}, {_compter(epcis, 'intercommunalité', 'intercommunalités')}.")
        if complet and (disparues := noter_les_disparues(lecture, commune=Commune)):
            absentes = _compter(disparues, "commune n’est plus", "communes ne sont plus")
            self.stdout.write(f"{absentes} dans ce fichier : gardées avec leur intercommunalité, sans population.")


def _compter(nombre: int, un: str, plusieurs: str) -> str:
    return f"{en_nombre(nombre)} {plusieurs if nombre > 1 else un}"
