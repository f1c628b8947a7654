"""Commande : remplir la base de données fictives, déterministes."""

from __future__ import annotations

import os
import secrets
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from bilans.demo import suites
from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.actions import creer_structure
from clauses.comptes.models import Rattachement, Structure, Utilisateur
from entreprises.models import Entreprise
from heures.demo.gestes import faire
from heures.demo.plan import tracer
from heures.demo.pose import annuaire, poser
from marches.models import Acheteur


class Taille(NamedTuple):
    structures: int
    marches: int
    personnes: int


TAILLES = {
    "petite": Taille(1, 40, 150),
    "territoire": Taille(1, 160, 600),
    "region": Taille(20, 160, 600),
    "nation": Taille(370, 320, 1200),
}
COMPTES = (
    ("facilitateur", Role.FACILITATEUR, "Camille", "Facilitatrice"),
    ("responsable", Role.RESPONSABLE, "Dominique", "Responsable"),
    ("lecteur", Role.LECTEUR, "Maxence", "Lecteur"),
    ("acheteur", Role.ACHETEUR, "Alix", "Acheteuse"),
    ("entreprise", Role.ENTREPRISE, "Sacha", "Entreprise"),
    ("financeur", Role.FINANCEUR, "Andrea", "Financeur"),
)


class Command(BaseCommand):
    help = "Remplit la base de données fictives : structures, marchés, personnes et trois ans d’heures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--taille", choices=TAILLES, default="petite")
        parser.add_argument("--graine", type=int, default=62)

    def handle(self, *, taille: str, graine: int, **_: Any) -> None:
        if Structure.objects.exists():
            raise CommandError("La base contient déjà une structure : la démonstration se pose dans une base vide.")
        forme = TAILLES[taille]
        total = 0
        for rang in range(forme.structures):
            total += self.poser_structure(rang, graine, forme)
        mot_de_passe = os.environ.get("DEMO_MOT_DE_PASSE") or secrets.token_urlsafe(15)
        acteurs = self.comptes(mot_de_passe)
        suites.poser(par=acteurs[Role.FACILITATEUR], acheteur=acteurs[Role.ACHETEUR])
        self.stdout.write(f"{total} lignes d’heures fictives dans {forme.structures} structure(s).")
        self.stdout.write(f"\nComptes de démonstration – mot de passe commun : {mot_de_passe}")
        for nom, role, *_reste in COMPTES:
            self.stdout.write(f"  {nom}@demo.invalid  ({role.label})")

    @transaction.atomic
    def poser_structure(self, rang: int, graine: int, forme: Taille) -> int:
        sigle, nom = (
            ("MEMPA", "PLIE en Pays d’Artois (données fictives)")
            if rang == 0
            else (
                f"PLIE{rang:03d}",
                f"Structure fictive n° {rang}",
            )
        )
        courriel = f"direction{rang}@demo.invalid"
        Utilisateur.objects.create_user(courriel, prenom="Maxime", nom="Direction")
        structure, responsable = creer_structure(sigle=sigle, nom=nom, responsable=courriel)
        par = Rattachement.objects.get(utilisateur=responsable, structure=structure).acteur()
        plan = tracer(
            graine + rang, timezone.localdate(), nombre_marches=forme.marches, nombre_personnes=forme.personnes
        )
        nombre = poser(plan, structure, par=par)
        faire(par=par)
        return nombre

    @transaction.atomic
    def comptes(self, mot_de_passe: str) -> dict[Role, Acteur]:
        """Un compte par rôle dans la première structure ; l’acheteur et l’entreprise y ont des marchés."""
        structure = Structure.objects.get(sigle="MEMPA")
        acheteurs, _entreprises = annuaire()
        entreprise = Entreprise.objects.filter(engagements__structure=structure).order_by("pk")[0]
        organisations: dict[Role, dict[str, Acheteur | Entreprise]] = {
            Role.ACHETEUR: {"acheteur": acheteurs[0]},
            Role.ENTREPRISE: {"entreprise": entreprise},
        }
        acteurs = {}
        for nom, role, prenom, nom_de_famille in COMPTES:
            utilisateur = Utilisateur.objects.create_user(
                f"{nom}@demo.invalid", mot_de_passe, prenom=prenom, nom=nom_de_famille
            )
            rattachement = Rattachement.objects.create(
                utilisateur=utilisateur, structure=structure, role=role, **organisations.get(role, {})
            )
            acteurs[role] = rattachement.acteur()
        return acteurs
