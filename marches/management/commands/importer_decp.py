"""Commande : importer des marchés depuis les données essentielles de la commande publique (formats.md §1 et §5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from clauses.comptes.actions import acteur_systeme
from clauses.comptes.commandes import trouver_structure
from clauses.socle.erreurs import FichierRefuse
from clauses.socle.exports import ecrire_xlsx
from clauses.socle.nombres import en_nombre
from marches.imports.decp.enregistrement import Choix, Enregistrement, les_sociaux
from marches.imports.decp.lecture import lire_decp
from marches.imports.decp.neutre import ContratLu, FichierLu
from marches.imports.decp.rapport import Issue, Rapport, feuilles

PAS = 10
LARGEUR = 30
ECARTS_MONTRES = 40


class Command(BaseCommand):
    help = "Importe des marchés depuis des fichiers DECP : chaque contrat est importé, ou expliqué dans le rapport."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "fichiers", nargs="+", type=Path, metavar="FICHIER", help="JSON réglementaire 2019 ou 2022."
        )
        parser.add_argument("--structure", required=True, metavar="SIGLE", help="Structure qui reçoit les marchés.")
        parser.add_argument("--simuler", action="store_true", help="Écrit le même rapport sans rien enregistrer.")
        parser.add_argument(
            "--tous", action="store_true", help="Importe aussi les marchés sans considération sociale."
        )
        parser.add_argument(
            "--choisir", action="append", default=[], metavar="ID", help="Importe aussi ce contrat ; à répéter."
        )
        parser.add_argument(
            "--choix",
            type=Path,
            metavar="FICHIER",
            help="Importe aussi les contrats listés, un identifiant par ligne.",
        )
        parser.add_argument(
            "--rapport", type=Path, metavar="FICHIER.xlsx", help="Écrit le rapport contrat par contrat."
        )

    def handle(
        self,
        *,
        fichiers: list[Path],
        structure: str,
        simuler: bool,
        tous: bool,
        choisir: list[str],
        choix: Path | None,
        rapport: Path | None,
        **_: Any,
    ) -> None:
        cible = trouver_structure(structure)
        compte_rendu = Rapport()
        lus = self.lire(fichiers, compte_rendu)
        choisis = {identifiant.strip() for identifiant in choisir} | lire_choix(choix)
        verifier_choix(choisis, lus)
        with transaction.atomic() if simuler else nullcontext():
            par = acteur_systeme(cible)
            enregistrement = Enregistrement(par, retenir=selon(tous, choisis))
            for fichier in lus:
                lignes = enregistrement.traiter(fichier, avancer=self.progression(len(fichier.contrats)))
                compte_rendu.ajouter(len(fichier.contrats), lignes)
            if simuler:
                transaction.set_rollback(True)
        self.dire(compte_rendu, simuler=simuler)
        if rapport is not None:
            ecrire_rapport(rapport, compte_rendu)
        if compte_rendu.a_des_refus:
            raise CommandError("Tout n’a pas été lu ou importé : voir les refus ci-dessus.")

    def lire(self, fichiers: Sequence[Path], rapport: Rapport) -> list[FichierLu]:
        """Lit les fichiers ; celui qui est refusé est noté et n’empêche pas les autres."""
        lus = []
        for chemin in fichiers:
            try:
                lus.append(lire_decp(chemin, nom=chemin.name, jour=timezone.localdate()))
            except FichierRefuse as refus:
                rapport.fichiers_refuses.append((chemin.name, str(refus)))
            except OSError as erreur:
                rapport.fichiers_refuses.append((chemin.name, f"Fichier impossible à ouvrir ({erreur.strerror})."))
        return lus

    def progression(self, total: int) -> Callable[[], None]:
        """Une barre sur le terminal ; rien quand la sortie est un fichier."""
        fait = 0

        def avancer() -> None:
            nonlocal fait
            fait += 1
            if not self.stderr.isatty() or (fait % PAS and fait != total):
                return
            plein = LARGEUR * fait // total
            barre = f"\r[{'█' * plein}{'·' * (LARGEUR - plein)}] {en_nombre(fait)} / {en_nombre(total)}"
            self.stderr.write(barre, lambda texte: texte, ending="\n" if fait == total else "")
            self.stderr.flush()

        return avancer

    def dire(self, rapport: Rapport, *, simuler: bool) -> None:
        for nom, phrase in rapport.fichiers_refuses:
            self.stdout.write(f"Fichier refusé – {nom} : {phrase}")
        self.stdout.write(rapport.resume())
        for ligne in rapport.de(Issue.REFUSE):
            self.stdout.write(
                f"Refusé – contrat n° {ligne.contrat.rang} ({ligne.contrat.identifiant}) : {ligne.raison}"
            )
        for ligne in rapport.de(Issue.DIFFERENT):
            differences = " ; ".join(map(str, ligne.differences))
            note = f" ({ligne.raison})" if ligne.raison else ""
            self.stdout.write(f"Différent – contrat {ligne.contrat.identifiant}{note} : {differences}.")
        groupes = rapport.ecarts_groupes()
        if groupes:
            self.stdout.write("Écarts tolérés :")
        for champ, raison, nombre, exemples in groupes[:ECARTS_MONTRES]:
            suite = "…" if nombre > len(exemples) else ""
            self.stdout.write(f"  {nombre} × {champ} – {raison} ({', '.join(exemples)}{suite})")
        if len(groupes) > ECARTS_MONTRES:
            self.stdout.write(f"  et {len(groupes) - ECARTS_MONTRES} autres sortes d’écarts : voir --rapport.")
        if simuler:
            self.stdout.write("Simulation : rien n’a été enregistré.")


def selon(tous: bool, choisis: Collection[str]) -> Choix:
    def retenir(contrat: ContratLu) -> bool:
        return tous or les_sociaux(contrat) or contrat.identifiant in choisis

    return retenir


def lire_choix(chemin: Path | None) -> set[str]:
    if chemin is None:
        return set()
    try:
        lignes = chemin.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as erreur:
        raise CommandError(
            f"Le fichier de choix {chemin.name} ne se lit pas : un texte en UTF-8 est attendu."
        ) from erreur
    return {ligne.strip() for ligne in lignes if ligne.strip()}


def verifier_choix(choisis: Collection[str], lus: Sequence[FichierLu]) -> None:
    presents = {contrat.identifiant for fichier in lus for contrat in fichier.contrats}
    absents = sorted(set(choisis) - presents)
    if absents:
        raise CommandError(f"Choix introuvable dans les fichiers lus : {', '.join(absents)}. Rien n’est importé.")


def ecrire_rapport(chemin: Path, rapport: Rapport) -> None:
    try:
        with chemin.open("wb") as flux:
            ecrire_xlsx(flux, feuilles(rapport))
    except OSError as erreur:
        raise CommandError(f"Le rapport {chemin.name} ne peut pas être écrit ({erreur.strerror}).") from erreur
