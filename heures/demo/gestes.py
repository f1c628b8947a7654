"""Quelques gestes faits par les vraies actions, pour que la démonstration montre aussi leurs traces au journal."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.ecritures import creer
from clauses.socle.mois import ajouter_mois, premier_jour
from entreprises.actions import creer_contact
from entreprises.models import Entreprise
from heures import actions
from heures.demo import noms
from heures.enums import OrigineLigne, StatutReleve, TypeHeures
from heures.models import ContratTravail, LigneEnAttente, LigneHeures, Participant, Releve
from marches.models import Engagement


def faire(*, par: Acteur) -> None:
    """Une rectification, une formation, un néant, une prolongation motivée, des lignes à vérifier, des contacts."""
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
    _lignes_a_verifier(par=par)
    contacts(par=par)


def _lignes_a_verifier(*, par: Acteur) -> None:
    """Reçues d’une entreprise : une personne dont le nom est écrit de travers, une autre que personne ne connaît."""
    releve = Releve.objects.visibles_par(par).filter(statut=StatutReleve.RECU).order_by("-mois", "pk")[0]
    connue = Participant.objects.visibles_par(par).filter(contrats__employeur=releve.engagement.entreprise_id)[0]
    for nom, prenom, naissance in (
        (f"{connue.nom}e", connue.prenom, connue.date_naissance),
        ("Inconnue-Fictive", "Dominique", datetime.date(1994, 7, 2)),
    ):
        attente = LigneEnAttente(
            structure_id=par.structure_id,
            releve=releve,
            nom=nom,
            prenom=prenom,
            date_naissance=naissance,
            heures=Decimal("70.00"),
            raison="Aucune fiche ne porte ce nom et cette date de naissance.",
            origine=OrigineLigne.ENTREPRISE,
            recue_par_id=par.utilisateur_id,
        )
        creer(attente, par=par, action="recevoir une ligne à vérifier")


def contacts(*, par: Acteur) -> None:
    """Un contact dans trois entreprises engagées sur quatre : la dernière montre ce qui manque pour demander."""
    engagees = Entreprise.objects.visibles_par(par).filter(
        pk__in=Engagement.objects.visibles_par(par).values("entreprise")
    )
    for rang, entreprise in enumerate(engagees.order_by("pk")):
        if rang % 4 != 3:
            creer_contact(
                entreprise,
                nom=f"{noms.PRENOMS_F[rang % len(noms.PRENOMS_F)]} Fictif",
                fonction="Service paie" if rang % 2 else "Conduite de travaux",
                courriel=f"contact{rang}@entreprise.invalid",
                telephone="03 21 00 00 00",
                recoit_demandes=True,
                par=par,
            )
