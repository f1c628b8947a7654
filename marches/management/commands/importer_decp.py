"""Commande : importer des marchés depuis les données essentielles de la commande publique (formats.md §1 et §5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
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
from marches.imports.decp.lecture import Inventaire, SourceDecp, inventorier, nom_montrable
from marches.imports.decp.neutre import ContratLu
from marches.imports.decp.rapport import Carnet, Issue, LigneRapport, Rapport, feuilles, ouvrir_carnet

PAS = 10
LARGEUR = 30
ECARTS_MONTRES = 40


class Command(BaseCommand):
    help = "Importe des marchés depuis des fichiers DECP : chaque contrat est importé, ou expliqué dans le rapport."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "fichiers",
            nargs="+",
            type=Path,
            metavar="FICHIER",
            help="JSON ou XML réglementaire (2019, 2022), CSV plat ou tabulaire : la forme est reconnue.",
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
        choisis = {identifiant.strip() for identifiant in choisir} | lire_choix(choix)
        with ouvrir_carnet() if rapport else nullcontext() as carnet:
            compte_rendu = Rapport(garder=False, carnet=carnet)
            lus = self.inventorier(fichiers, compte_rendu, choisis)
            verifier_choix(choisis, [inventaire for _source, inventaire in lus])
            with transaction.atomic() if simuler else nullcontext():
                enregistrement = Enregistrement(acteur_systeme(cible), retenir=selon(tous, choisis))
                phrases = [
                    phrase
                    for source, inventaire in lus
                    for phrase in self.importer(source, inventaire, enregistrement, compte_rendu)
                ]
                if simuler:
                    transaction.set_rollback(True)
            self.dire(compte_rendu, phrases, simuler=simuler)
            if rapport is not None and carnet is not None:
                ecrire_rapport(rapport, compte_rendu, carnet)
        if compte_rendu.a_des_refus:
            raise CommandError("Tout n’a pas été lu ou importé : voir les refus ci-dessus.")

    def importer(
        self, source: SourceDecp, inventaire: Inventaire, enregistrement: Enregistrement, rapport: Rapport
    ) -> Iterator[str]:
        """Importe un fichier contrat par contrat ; rend ce qu’il faut en dire."""
        avancer = self.progression(f"{inventaire.nom} : import", inventaire.nombre)
        for ligne in enregistrement.suivre(source.contrats(), nom=inventaire.nom, rangs=inventaire.rangs):
            rapport.noter(ligne)
            yield from a_dire(ligne)
            avancer()
        rapport.clore_le_fichier(inventaire.nombre)

    def inventorier(
        self, fichiers: Sequence[Path], rapport: Rapport, choisis: Collection[str]
    ) -> list[tuple[SourceDecp, Inventaire]]:
        """Un premier parcours de chaque fichier ; celui qui est refusé est noté et n’empêche pas les autres."""
        lus = []
        for chemin in fichiers:
            source = SourceDecp(chemin, chemin.name, timezone.localdate())
            try:
                avancer = self.progression(f"{nom_montrable(chemin.name)} : lecture")
                lus.append((source, inventorier(source, cherches=choisis, avancer=avancer)))
            except FichierRefuse as refus:
                rapport.fichiers_refuses.append((chemin.name, str(refus)))
            except OSError as erreur:
                rapport.fichiers_refuses.append((chemin.name, f"Fichier impossible à ouvrir ({erreur.strerror})."))
        return lus

    def progression(self, etape: str, total: int | None = None) -> Callable[[], None]:
        """Une barre au terminal, ou un compte si le total n’est pas connu ; rien quand la sortie est un fichier."""
        fait = 0

        def avancer() -> None:
            nonlocal fait
            fait += 1
            if not self.stderr.isatty() or (fait % PAS and fait != total):
                return
            plein = LARGEUR * fait // total if total else 0
            barre = f"[{'█' * plein}{'·' * (LARGEUR - plein)}] " if total else ""
            compte = f"{en_nombre(fait)} / {en_nombre(total)}" if total else f"{en_nombre(fait)} contrats"
            fini = "\n" if fait == total else ""
            self.stderr.write(f"\r{etape} {barre}{compte}", lambda texte: texte, ending=fini)
            self.stderr.flush()

        return avancer

    def dire(self, rapport: Rapport, phrases: Sequence[str], *, simuler: bool) -> None:
        for nom, phrase in rapport.fichiers_refuses:
            self.stdout.write(f"Fichier refusé – {nom} : {phrase}")
        self.stdout.write(rapport.resume())
        if rapport.lignes_lues != rapport.lus:
            self.stdout.write(f"Soit {en_nombre(rapport.lignes_lues)} lignes lues, réunies par contrat.")
        if rapport.a_veiller:
            self.stdout.write(f"Contrats à veiller (article 35) : {en_nombre(rapport.a_veiller)}.")
        for phrase in phrases:
            self.stdout.write(phrase)
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


def a_dire(ligne: LigneRapport) -> list[str]:
    """Ce que la commande écrit d’un contrat refusé, mis à jour ou différent."""
    contrat = ligne.contrat
    if ligne.issue is Issue.REFUSE:
        return [f"Refusé – contrat n° {contrat.rang} ({contrat.identifiant}) : {ligne.raison}"]
    if ligne.issue not in (Issue.MIS_A_JOUR, Issue.DIFFERENT):
        return []
    debut = "Mis à jour" if ligne.issue is Issue.MIS_A_JOUR else "Différent"
    note = f" ({ligne.raison})" if ligne.raison else ""
    return [f"{debut} – contrat {contrat.identifiant}{note} : {' ; '.join(map(str, ligne.differences))}."]


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


def verifier_choix(choisis: Collection[str], lus: Sequence[Inventaire]) -> None:
    absents = sorted(set(choisis).difference(*(inventaire.presents for inventaire in lus)))
    if absents:
        raise CommandError(f"Choix introuvable dans les fichiers lus : {', '.join(absents)}. Rien n’est importé.")


def ecrire_rapport(chemin: Path, rapport: Rapport, carnet: Carnet) -> None:
    try:
        with chemin.open("wb") as flux:
            ecrire_xlsx(flux, feuilles(rapport, carnet))
    except OSError as erreur:
        raise CommandError(f"Le rapport {chemin.name} ne peut pas être écrit ({erreur.strerror}).") from erreur
