"""Quelques gestes faits par les vraies actions, pour que la démonstration montre aussi leurs traces au journal."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.socle.mois import ajouter_mois, premier_jour
from heures import actions
from heures.enums import TypeHeures
from heures.models import ContratTravail, LigneHeures
from marches.models import Engagement


def faire(*, par: Acteur) -> None:
    """Une rectification, une formation, un mois néant et une prolongation motivée."""
    dernier = ajouter_mois(premier_jour(timezone.localdate()), -1)
    validees = (
        LigneHeures.objects.visibles_par(par).validees().exclude(engagement__clause__lot__marche__statut="SOLDE")
    )
    ligne = validees.filter(heures__gt=20).order_by("-mois", "pk")[0]
    actions.rectifier(
        ligne, heures=ligne.heures - Decimal("3.50"), motif="Feuille d’heures corrigée (fictif)", par=par
    )
    contrat = ContratTravail.objects.visibles_par(par).get(pk=ligne.contrat_id)
    actions.declarer(
        contrat=contrat,
        engagement=ligne.engagement,
        mois=ligne.mois,
        heures=Decimal("14.00"),
        type_heures=TypeHeures.FORMATION,
        par=par,
    )
    sans_heures = Engagement.objects.visibles_par(par).ouverts().exclude(lignes__mois=dernier).order_by("pk")
    actions.declarer_neant(sans_heures[0], mois=dernier, par=par)
    actions.prolonger(
        contrat.participant,
        jusqu_au=ajouter_mois(timezone.localdate(), 12),
        motif="Formation qualifiante en cours, avis du facilitateur (fictif)",
        par=par,
    )
