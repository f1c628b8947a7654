"""Reprendre ce qu’une rectification a éteint : la valeur d’avant, et l’annulation qui la compense (domaine.md §3)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser
from clauses.socle.instants import a_midi
from heures.actions.cadres import PAQUET
from heures.enums import NatureLigne, OrigineLigne, StatutLigne
from heures.models import ContratTravail, LigneHeures
from marches.models import Engagement


@dataclass(frozen=True, slots=True, kw_only=True)
class ValeurEteinte:
    """Des heures validées puis annulées ; `rang` est celui de la ligne, l’annulation est au rang suivant."""

    contrat: ContratTravail
    engagement: Engagement
    mois: datetime.date
    type_heures: str
    rang: int
    heures: Decimal
    motif: str
    motif_annulation: str
    declaree_le: datetime.date
    validee_le: datetime.date
    annulee_le: datetime.date


@transaction.atomic
def reprendre_rectifications(valeurs: Sequence[ValeurEteinte], *, par: Acteur) -> None:
    """Garde chaque valeur éteinte et son annulation : leur somme est nulle, aucun chiffre n’en change.

    Contrats et engagements viennent du périmètre de l’acteur. Une écriture au journal pour toutes.
    """
    par.exiger(Droit.SAISIR_HEURES)
    par.exiger(Droit.VALIDER_HEURES)
    if not valeurs:
        return
    eteintes = LigneHeures.objects.bulk_create([_eteinte(valeur, par) for valeur in valeurs], batch_size=PAQUET)
    annulations = LigneHeures.objects.bulk_create(
        [_annulation(valeur, ligne, par) for valeur, ligne in zip(valeurs, eteintes, strict=True)], batch_size=PAQUET
    )
    for valeur, eteinte, annulation in zip(valeurs, eteintes, annulations, strict=True):
        eteinte.declaree_le = a_midi(valeur.declaree_le)
        annulation.declaree_le = a_midi(valeur.annulee_le)
    LigneHeures.objects.bulk_update([*eteintes, *annulations], ["declaree_le"], batch_size=PAQUET)
    journaliser(par=par, action="reprendre des rectifications", objet=eteintes[0], nombre=len(eteintes))


def _ligne(valeur: ValeurEteinte, par: Acteur) -> LigneHeures:
    return LigneHeures(
        structure_id=par.structure_id,
        engagement=valeur.engagement,
        contrat=valeur.contrat,
        participant_id=valeur.contrat.participant_id,
        modalite=valeur.contrat.modalite,
        mois=valeur.mois,
        type_heures=valeur.type_heures,
        statut=StatutLigne.VALIDEE,
        origine=OrigineLigne.REPRISE,
        declaree_par_id=par.utilisateur_id,
        validee_par_id=par.utilisateur_id,
    )


def _eteinte(valeur: ValeurEteinte, par: Acteur) -> LigneHeures:
    ligne = _ligne(valeur, par)
    ligne.heures, ligne.rang, ligne.motif = valeur.heures, valeur.rang, valeur.motif
    ligne.validee_le = a_midi(valeur.validee_le)
    return ligne


def _annulation(valeur: ValeurEteinte, eteinte: LigneHeures, par: Acteur) -> LigneHeures:
    ligne = _ligne(valeur, par)
    ligne.heures, ligne.rang, ligne.motif = -valeur.heures, valeur.rang + 1, valeur.motif_annulation
    ligne.nature, ligne.annule = NatureLigne.ANNULATION, eteinte
    ligne.validee_le = a_midi(valeur.annulee_le)
    return ligne
