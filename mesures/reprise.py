"""V5 : reprendre 10 000 lignes d’heures d’un classeur, contre sa seule lecture bornée et la seule insertion."""

from __future__ import annotations

import io

from django.db import transaction

from bilans.reprise import TOUTES
from clauses.comptes.acteurs import Acteur
from clauses.comptes.actions import acteur_systeme
from clauses.comptes.models import Structure
from clauses.socle.exports import Colonne, Feuille, ecrire_xlsx
from clauses.socle.lecteur import lire_classeur
from heures.imports.reprise.enregistrement import reprendre
from heures.imports.reprise.feuilles import HEURES
from heures.imports.reprise.lecture import BORNES_REPRISE
from heures.models import ContratTravail, EntreeClause, LigneHeures, Participant
from mesures.banc import Mesure, comparer

LIGNES = 10_000
COPIES_AU_PLUS = 10
MODELES = LigneHeures.objects.filter(type_heures="TRAVAIL", rang=0, annulation=None).order_by("pk")


def classeur(lignes: list[LigneHeures]) -> bytes:
    """La feuille « heures » qui redonne ces lignes."""
    fichier = io.BytesIO()
    colonnes = [Colonne(colonne.nom, colonne.nom, colonne.format) for colonne in HEURES.colonnes]
    ecrire_xlsx(fichier, [Feuille(HEURES.nom, colonnes, map(_rangee, lignes))])
    return fichier.getvalue()


def _rangee(ligne: LigneHeures) -> tuple[object, ...]:
    lot = ligne.engagement.clause.lot
    return (
        ligne.contrat.identifiant, lot.marche.reference, lot.marche.acheteur.siret, lot.numero,
        ligne.engagement.entreprise.siret, f"{ligne.mois:%Y-%m}", ligne.heures, None, ligne.statut,
        ligne.validee_le.date() if ligne.validee_le else None,
    )  # fmt: skip


def lire_et_inserer(contenu: bytes, lignes: list[LigneHeures]) -> None:
    lire_classeur(io.BytesIO(contenu), bornes=BORNES_REPRISE)
    champs = [champ.attname for champ in LigneHeures._meta.concrete_fields if not champ.primary_key]
    neuves = [LigneHeures(**{champ: getattr(ligne, champ) for champ in champs}) for ligne in lignes]
    with transaction.atomic():
        LigneHeures.objects.bulk_create(neuves, batch_size=1000)
        transaction.set_rollback(True)


def reprendre_puis_annuler(contenu: bytes, par: Acteur) -> None:
    rapport = reprendre(io.BytesIO(contenu), par=par, etapes=TOUTES, simulation=True)
    if rapport.comptes[HEURES.nom].creees != LIGNES:
        raise RuntimeError(rapport.conclusion())


def copier_les_personnes(structure: Structure, copie: int) -> dict[int, ContratTravail]:
    """Double personnes, entrées et contrats : la même histoire, pour d’autres gens. Rend contrat → son double."""
    doubles: dict[int, Participant] = {}
    for personne in Participant.objects.filter(structure=structure, identifiant__startswith="F"):
        doubles[personne.pk] = personne
        personne.pk, personne.identifiant = None, f"{copie}-{personne.identifiant}"
    Participant.objects.bulk_create(doubles.values())
    entrees = list(EntreeClause.objects.courantes().filter(participant__in=doubles))
    contrats = {contrat.pk: contrat for contrat in ContratTravail.objects.filter(participant__in=doubles)}
    for objet in (*entrees, *contrats.values()):
        objet.pk, objet.participant_id = None, doubles[objet.participant_id].pk
    for contrat in contrats.values():
        contrat.identifiant = f"{copie}-{contrat.identifiant}"
    EntreeClause.objects.bulk_create(entrees)
    ContratTravail.objects.bulk_create(contrats.values())
    return contrats


def lignes_nouvelles(structure: Structure) -> list[LigneHeures]:
    """Les lignes de la démonstration, rejouées par les doubles jusqu’à en avoir assez ; aucune n’est en base."""
    relations = ("contrat", "engagement__entreprise", "engagement__clause__lot__marche__acheteur")
    lignes: list[LigneHeures] = []
    for copie in range(1, COPIES_AU_PLUS):
        contrats = copier_les_personnes(structure, copie)
        for ligne in MODELES.filter(structure=structure, contrat__in=contrats).select_related(*relations):
            ligne.contrat = contrats[ligne.contrat_id]
            ligne.participant_id = ligne.contrat.participant_id
            lignes.append(ligne)
        if len(lignes) >= LIGNES:
            break
    return lignes[:LIGNES]


def mesurer(structure: Structure, lignes: list[LigneHeures]) -> Mesure:
    contenu = classeur(lignes)
    par = acteur_systeme(structure)
    return comparer(
        "V5 reprise de 10 000 lignes d’heures",
        etalon=lambda: lire_et_inserer(contenu, lignes),
        nous=lambda: reprendre_puis_annuler(contenu, par),
        objectif=1.3,
    )
