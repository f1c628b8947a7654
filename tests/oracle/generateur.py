"""Une structure de 500 personnes, engendrée par une graine, où chaque colonne des bilans a de quoi compter.

Le plan des données fictives donne marchés, personnes et heures ; s’y ajoute ici ce qu’il n’a pas : activités,
suites, pénalités, objectifs, analyse, rectifications, montants absents, natures de clause, considérations, acheteur
nouveau.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from clauses.socle.mois import ajouter_mois
from heures.demo.plan import siret_fictif, tracer
from heures.demo.pose import poser
from heures.models import LigneHeures, Participant, Sortie
from marches.enums import NatureActivite, NatureClause
from marches.models import (
    Acheteur,
    Activite,
    Attribution,
    Clause,
    Engagement,
    Evenement,
    Lot,
    Marche,
    PropositionPenalite,
)
from tests.factories_conformite import AnalyseQualitativeFactory, ParametresBilanFactory
from tests.outils.statistiques import tenir_les_statistiques

JOUR = datetime.date(2026, 3, 15)
ANNEE = 2025
OBJECTIFS = {
    "heures_realisees": "60000", "taux_beneficiaires_brsa": "40", "beneficiaires": "150", "taux_cumul": "62.5",
    "etp": "33.33", "acheteurs_nouveaux": "2", "heures_par_etp_facilitateur": "20000", "sorties_positives": "30",
}  # fmt: skip
NATURES = ("CRITERE_SEUL", "COND_EXEC_ET_CRITERE", "MARCHE_INSERTION", "VOLONTAIRE", "RESERVE_ESS")
SUITE = (("CONTACT", 10, 0), ("RELANCE_1", 31, 15), ("RELANCE_2", 62, 15), ("MISE_EN_DEMEURE", 93, 30))


def engendrer(graine: int, structure: Any, *, par: Any) -> None:
    plan = tracer(graine, JOUR, nombre_marches=60, nombre_personnes=500)
    for ligne in plan.lignes[graine % 7 :: 15]:
        ligne.type_heures = "FORMATION"
    for personne in plan.personnes[graine % 19 :: 19]:
        personne.entree = None  # ses heures restent : il lui manque la photographie de son entrée
    poser(plan, structure, par=par)
    marches = list(Marche.objects.filter(structure=structure).order_by("pk"))
    engagements = list(Engagement.objects.filter(structure=structure).order_by("pk"))
    _varier_les_marches(marches, graine)
    _varier_les_lots(structure, graine)
    _varier_les_personnes(structure, graine)
    _rectifier_des_heures(structure, graine)
    _noter_des_activites(structure, par, graine)
    _donner_des_suites(engagements[graine % 3 :: 5], par)
    _proposer_des_penalites(engagements[graine % 4 :: 6], par)
    definition = "PRINCIPAL" if graine % 3 == 2 else "A_L_ENTREE"
    ParametresBilanFactory(structure=structure, objectifs={str(ANNEE): OBJECTIFS}, definition_brsa=definition)
    AnalyseQualitativeFactory(
        structure=structure, publics=f"Texte fictif n° {graine}.", acheteurs="Fictif.", perspectives="Fictives."
    )
    tenir_les_statistiques()


def _changer(objets: Sequence[Any], **valeurs: Any) -> None:
    if objets:
        type(objets[0]).objects.filter(pk__in=[objet.pk for objet in objets]).update(**valeurs)


def _varier_les_marches(marches: Sequence[Marche], graine: int) -> None:
    """Un acheteur nouveau, sans intercommunalité ; des critères sociaux, des montants et des fins qui manquent."""
    region = {"nom": "Région imaginaire (fictif)", "type": "REGION"}
    nouveau, _ = Acheteur.objects.get_or_create(siret=siret_fictif(150), defaults=region)
    _changer([m for m in marches if m.date_notification.year == ANNEE][graine % 2 :: 2], acheteur=nouveau)
    _changer(marches[graine % 5 :: 5], a_critere_social=True)
    _changer(marches[graine % 13 :: 13], montant_ht=None)
    _changer(marches[graine % 11 :: 11], montant_ht=Decimal("85000.40"))
    _changer(marches[graine % 17 :: 17], date_fin=None)


def _varier_les_lots(structure: Any, graine: int) -> None:
    """Montants et secteurs qui manquent, natures diverses, deux clauses sur un lot, un lot sans attributaire."""
    lots = list(Lot.objects.filter(structure=structure).order_by("pk"))
    _changer(lots[graine % 3 :: 3], montant_ht=None)
    _changer(lots[graine % 9 :: 9], secteur="")
    clauses = list(Clause.objects.filter(structure=structure).order_by("pk"))
    for rang, nature in enumerate(NATURES):
        _changer(clauses[rang + graine % 3 :: 16], nature_clause=nature)
    for lot in lots[graine % 4 :: 12]:
        Clause.objects.create(structure=structure, lot=lot, nature_clause=NatureClause.AIDE_CONDITIONNEE)
    Attribution.objects.filter(lot__in=lots[graine % 8 :: 10]).delete()


def _varier_les_personnes(structure: Any, graine: int) -> None:
    """Des naissances inconnues, des situations connues à douze mois, et d’autres façons de sortir."""
    personnes = list(Participant.objects.filter(structure=structure).order_by("pk"))
    _changer(personnes[graine % 9 :: 9], date_naissance=None)
    sorties = list(Sortie.objects.filter(structure=structure).order_by("pk"))
    anciennes = [s for s in sorties if ajouter_mois(s.date, 12) < JOUR]
    for rang, situation in enumerate(("CDI", "INTERIM_LD", "RECHERCHE", "RETRAITE")):
        _changer(anciennes[rang::7], situation_12_mois=situation)
    for rang, situation in enumerate(("NON_RENSEIGNE", "ALTERNANCE", "N_ADHERE_PAS", "CREATION")):
        _changer(sorties[rang + graine % 4 :: 19], situation=situation)


def _rectifier_des_heures(structure: Any, graine: int) -> None:
    """Des mois validés qu’une annulation éteint, et que d’autres heures remplacent une fois sur deux."""
    validees = LigneHeures.objects.filter(structure=structure, statut="VALIDEE").order_by("pk")
    eteintes = list(validees[graine % 6 :: 24])
    LigneHeures.objects.bulk_create(
        _rectification(ligne, heures=-ligne.heures, nature="ANNULATION", annule=ligne, rang=1) for ligne in eteintes
    )
    LigneHeures.objects.bulk_create(
        _rectification(ligne, heures=ligne.heures - Decimal("3.21"), rang=2) for ligne in eteintes[::2]
    )


def _rectification(ligne: LigneHeures, **changes: Any) -> LigneHeures:
    repris = ("structure_id", "engagement_id", "contrat_id", "participant_id", "modalite", "mois", "type_heures",
              "statut", "origine", "declaree_par_id", "validee_le", "validee_par_id")  # fmt: skip
    return LigneHeures(**{nom: getattr(ligne, nom) for nom in repris}, motif="Fictif", **changes)


def _noter_des_activites(structure: Any, par: Any, graine: int) -> None:
    """Vingt, dans l’année et autour, de natures inégales."""
    Activite.objects.bulk_create(
        Activite(
            structure=structure,
            date=datetime.date(ANNEE - 1, 11, 15) + datetime.timedelta(days=23 * n + graine),
            nature=NatureActivite.values[n * n % 7],
            objet="Réunion fictive",
            facilitateur_id=par.utilisateur_id,
        )
        for n in range(20)
    )


def _donner_des_suites(engagements: Sequence[Engagement], par: Any) -> None:
    """De une à quatre étapes par engagement, dont certaines après l’arrêté."""
    debut = datetime.date(ANNEE, 3, 3)
    Evenement.objects.bulk_create(
        Evenement(
            structure_id=engagement.structure_id,
            engagement=engagement,
            nature=nature,
            date=(date := debut + datetime.timedelta(days=jours + 20 * rang)),
            echeance=date + datetime.timedelta(days=delai) if delai else None,
            inscrit_par_id=par.utilisateur_id,
        )
        for rang, engagement in enumerate(engagements)
        for nature, jours, delai in SUITE[: rang % 4 + 1]
    )


def _proposer_des_penalites(engagements: Sequence[Engagement], par: Any) -> None:
    """En attente ; réduite puis reproposée ; appliquée après l’arrêté ; proposée après l’arrêté."""
    for rang, engagement in enumerate(engagements):
        montant = Decimal(1000 + 37 * rang) + Decimal("0.55")
        match rang % 4:
            case 0:
                _proposer(engagement, par, datetime.date(ANNEE, 6, 2), montant)
            case 1:
                _proposer(engagement, par, datetime.date(ANNEE, 2, 3), montant, "REDUITE", datetime.date(ANNEE, 4, 1))
                _proposer(engagement, par, datetime.date(ANNEE, 11, 3), montant * 2)
            case 2:
                apres = datetime.date(ANNEE + 1, 1, 20)
                _proposer(engagement, par, datetime.date(ANNEE, 9, 8), montant, "APPLIQUEE", apres)
            case _:
                _proposer(engagement, par, datetime.date(ANNEE + 1, 2, 2), montant)


def _proposer(
    engagement: Engagement,
    par: Any,
    le: datetime.date,
    montant: Decimal,
    statut: str = "PROPOSEE",
    decidee_le: datetime.date | None = None,
) -> None:
    """Sa date d’inscription est celle du jour : elle se recule ensuite."""
    decision = {
        "statut": statut,
        "montant_decide": montant - 100,
        "motif": "Fictif",
        "decidee_le": _midi(decidee_le),
        "decidee_par_id": par.utilisateur_id,
    }
    proposition = PropositionPenalite.objects.create(
        structure_id=engagement.structure_id,
        engagement=engagement,
        arretee_au=le,
        montant=montant,
        calcul=[],
        proposee_par_id=par.utilisateur_id,
        **(decision if decidee_le else {}),
    )
    PropositionPenalite.objects.filter(pk=proposition.pk).update(proposee_le=_midi(le))


def _midi(jour: datetime.date | None) -> datetime.datetime | None:
    return timezone.make_aware(datetime.datetime.combine(jour, datetime.time(12))) if jour else None
