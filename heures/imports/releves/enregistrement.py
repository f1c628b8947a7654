"""Un relevé reçu, de ses octets à ses heures : lu, rapproché, jugé, puis écrit en entier ou pas du tout."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from clauses.comptes.acteurs import Acteur, Droit
from clauses.socle.lecteur import BORNES, Bornes
from clauses.socle.mois import en_lettres
from heures.actions.cadres import LigneVoulue
from heures.actions.importation import FichierRecu, LignesImportees, importer_lignes, juger_lignes
from heures.enums import TypeHeures
from heures.imports.releves.colonnes import Choix, Plan, correspondances, planifier, titres_retenus
from heures.imports.releves.lecture import LecteurTableau, LigneReleve
from heures.imports.releves.rapport import Issue, LigneRapport, Rapport
from heures.imports.releves.rapprochement import Rapprochement
from heures.imports.releves.tableau import FichierLu, lire
from heures.models import ImportHeures
from marches.models import Engagement

SANS_CHOIX = Choix()
PAS = 100
OCCUPEE = "La base est restée occupée par un autre enregistrement. Recommencer dans une minute."


class Etape(NamedTuple):
    """Où en est un import : `total` à 0, l’étape ne se compte pas ; `est_acquis`, tout est enregistré."""

    nom: str
    fait: int = 0
    total: int = 0
    est_acquis: bool = False


LECTURE, CONTROLE = Etape("lecture du fichier"), Etape("contrôle des règles")
RAPPORT = Etape("heures enregistrées, rapport en préparation", est_acquis=True)


@dataclass(frozen=True, slots=True)
class _Volume:
    """Une ligne d’heures voulue, et d’où elle vient."""

    ligne: LigneReleve
    personne: str
    engagement: Engagement
    type_heures: TypeHeures
    heures: Decimal


def importer(octets: bytes, *, montrer: Callable[[Etape], None] = lambda etape: None, **options: Any) -> Rapport:
    """Importe d’un trait, comme `importer_par_etapes` ; `montrer` reçoit chaque étape."""
    etapes = importer_par_etapes(octets, **options)
    while True:
        try:
            etape = next(etapes)
        except StopIteration as fin:
            rapport: Rapport = fin.value
            return rapport
        montrer(etape)


def importer_par_etapes(
    octets: bytes,
    *,
    nom: str,
    par: Acteur,
    choix: Choix = SANS_CHOIX,
    simulation: bool = False,
    attendu: str | None = None,
    bornes: Bornes = BORNES,
) -> Generator[Etape, None, Rapport]:
    """Importe un relevé dans la structure de l’acteur, étape après étape, et rend le rapport complet.

    Tous les refus sont rapportés en une passe ; s’il y en a un, s’il reste un doute, ou en simulation, rien n’est
    écrit. Le même fichier, avec les mêmes choix d’engagement et de mois, n’est importé qu’une fois. Lève
    `FichierRefuse` (illisible, sans titres, NIR), `ColonnesInconnues`, ou `ActionImpossible` si la base a changé
    depuis l’aperçu dont `attendu` est la signature.
    """
    par.exiger(Droit.IMPORTER)
    yield LECTURE
    connues = correspondances(par)
    fichier = lire(octets, nom=nom, titres_connus=titres_retenus(connues), bornes=bornes)
    rapport = Rapport(simulation)
    empreinte = _empreinte(fichier, choix)
    rapport.deja_importe = deja_importe(empreinte, par)
    if rapport.deja_importe is not None:
        return rapport
    volumes = yield from _preparer(planifier(fichier, choix, connues), choix, rapport, par)
    voulues = [_voulue(repere, contrat, volume) for repere, (contrat, volume) in enumerate(volumes)]
    yield CONTROLE
    if simulation or not rapport.accepte:
        resultat = juger_lignes(voulues, par=par)
    else:
        recu = FichierRecu(nom, empreinte, rapport.lues)
        ecriture = importer_lignes(voulues, fichier=recu, par=par, attendu=attendu)
        resultat = yield from _nommer("écriture", ecriture)
    _rapporter([volume for _, volume in volumes], resultat, rapport)
    return rapport


def _nommer(
    nom: str, ecriture: Generator[tuple[int, int], None, LignesImportees]
) -> Generator[Etape, None, LignesImportees]:
    """Les mêmes étapes, nommées ; fermée, elle ferme l’écriture, qui s’annule."""
    try:
        while True:
            yield Etape(nom, *next(ecriture))
    except StopIteration as fin:
        resultat: LignesImportees = fin.value
        return resultat
    finally:
        ecriture.close()


def deja_importe(empreinte: str, par: Acteur) -> ImportHeures | None:
    imports = ImportHeures.objects.visibles_par(par).filter(empreinte=empreinte).select_related("importe_par")
    return imports.order_by("importe_le", "pk").first()


def _empreinte(fichier: FichierLu, choix: Choix) -> str:
    """Le même fichier destiné à un autre engagement, ou à un autre mois, n’est pas le même import."""
    if choix.engagement_id is None and choix.mois is None:
        return fichier.empreinte
    return hashlib.sha256(f"{fichier.empreinte} {choix.engagement_id} {choix.mois}".encode()).hexdigest()


def _preparer(
    plan: Plan, choix: Choix, rapport: Rapport, par: Acteur
) -> Generator[Etape, None, list[tuple[int, _Volume]]]:
    """Les heures du fichier, chacune avec la clef de son contrat ; ce qui ne mène à rien est dans le rapport."""
    rapport.source = plan.source
    for phrase in plan.non_lus:
        rapport.avertir("", None, phrase)
    rapprochement = Rapprochement(choix, rapport, par)
    total = sum(len(tableau.corps) for tableau, _ in plan.tableaux)
    volumes: list[tuple[int, _Volume]] = []
    premieres: dict[tuple[object, ...], LigneReleve] = {}
    for tableau, colonnes in plan.tableaux:
        for rang, ligne in enumerate(LecteurTableau(tableau, colonnes, rapport, choix.mois).lignes()):
            if rang % PAS == 0:
                yield Etape("rapprochement", rapport.lues, total)
            trouves = rapprochement.resoudre(ligne)
            if trouves is None:
                continue
            contrat, engagement = trouves
            personne = rapprochement.personnes.nommer(rapprochement.personnes.gardee(contrat.participant_id))
            for type_heures, heures in ligne.volumes:
                premiere = premieres.setdefault((contrat.pk, engagement.pk, ligne.mois, type_heures), ligne)
                if premiere is not ligne:
                    _refuser_le_double(ligne, premiere, personne, rapport)
                    continue
                volumes.append((contrat.pk, _Volume(ligne, personne, engagement, type_heures, heures)))
    yield Etape("rapprochement", total, total)
    return volumes


def _refuser_le_double(ligne: LigneReleve, premiere: LigneReleve, personne: str, rapport: Rapport) -> None:
    feuille = f" de la feuille « {premiere.feuille} »" if premiere.feuille != ligne.feuille else ""
    raison = (
        f"la ligne {premiere.numero}{feuille} dit déjà les heures de {personne} en {en_lettres(ligne.mois)}, pour le "
        "même engagement. Réunir les deux lignes en une, ou supprimer celle de trop."
    )
    rapport.refuser(ligne.feuille, ligne.numero, raison)


def _voulue(repere: int, contrat_id: int, volume: _Volume) -> LigneVoulue:
    return LigneVoulue(
        contrat_id=contrat_id,
        engagement_id=volume.engagement.pk,
        mois=volume.ligne.mois,
        type_heures=volume.type_heures,
        heures=volume.heures,
        repere=repere,
    )


def _rapporter(volumes: Sequence[_Volume], resultat: LignesImportees, rapport: Rapport) -> None:
    issues: dict[int, tuple[Issue, Decimal | None, str]] = {}
    issues.update({ligne.repere: (Issue.CREEE, None, "") for ligne in resultat.creees})
    issues.update({ligne.repere: (Issue.REMPLACEE, vive.heures, "") for ligne, vive in resultat.remplacees})
    issues.update({ligne.repere: (Issue.DEJA, None, "") for ligne in resultat.deja})
    issues.update({ligne.repere: (Issue.REFUSEE, None, raison) for ligne, raison in resultat.refus})
    for repere, volume in enumerate(volumes):
        issue, ancienne, raison = issues[repere]
        ligne = volume.ligne
        rapport.heures.append(
            LigneRapport(
                ligne.feuille, ligne.numero, volume.personne, volume.engagement, ligne.mois, volume.type_heures,
                volume.heures, issue, ancienne, raison,
            )
        )  # fmt: skip
        if issue is Issue.REFUSEE:
            rapport.refuser(ligne.feuille, ligne.numero, raison)
    for voulue, phrase in resultat.avertissements:
        ligne = volumes[voulue.repere].ligne
        rapport.avertir(ligne.feuille, ligne.numero, phrase)
    rapport.signature = resultat.signature
