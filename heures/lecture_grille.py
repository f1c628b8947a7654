"""Ce que les grilles lisent en base, en un nombre de requêtes qui ne dépend ni des engagements, ni des contrats.

Lignes d’un engagement = contrats qui y ont des heures dans la période, plus les contrats ouverts dans la période qui y
ont déjà des heures ou dont l’employeur est l’entreprise redevable, plus ceux que l’on vient d’ajouter. Quand la page
montre plusieurs engagements, un contrat qui compte déjà pour l’un ne se répète pas sous les autres de son employeur :
il s’y ajoute au besoin. Un contrat d’une autre structure n’apparaît jamais.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.models import Structure
from clauses.socle.mois import dernier_jour
from heures import calculs, grille
from heures.construction import construire
from heures.enums import NatureLigne, StatutLigne, TypeHeures
from heures.grille import Grille, Resume
from heures.models import ContratTravail, EntreeClause, LigneHeures, Prolongation, Releve
from marches.calculs import heures_retenues
from marches.enums import CLOS
from marches.models import Engagement, MouvementEngagement

ZERO = Decimal(0)
SOMMES_DU_RESUME = {
    "travail_valide": Sum("heures", filter=Q(statut=StatutLigne.VALIDEE, type_heures=TypeHeures.TRAVAIL)),
    "formation_validee": Sum("heures", filter=Q(statut=StatutLigne.VALIDEE, type_heures=TypeHeures.FORMATION)),
    "travail_declare": Sum("heures", filter=Q(statut=StatutLigne.DECLAREE, type_heures=TypeHeures.TRAVAIL)),
    "formation_declaree": Sum("heures", filter=Q(statut=StatutLigne.DECLAREE, type_heures=TypeHeures.FORMATION)),
}
LECTURE_SEULE = "Vous consultez ces heures sans pouvoir les saisir."
Paire = tuple[int, int]
"""Un engagement et un contrat de travail, par leurs clefs."""
Personne = tuple[int, datetime.date]
"""Une personne et un mois."""


@dataclass(frozen=True, slots=True)
class Bloc:
    """Un engagement et sa grille, telle qu’une page la montre."""

    engagement: Engagement
    grille: Grille
    resume: Resume


@dataclass(frozen=True, slots=True)
class Lecture:
    """Ce qu’une page de grille demande : ses engagements (`avec_marche()`), ses colonnes, le jour et qui lit.

    `ajoutes` : les lignes demandées en plus ; `est_groupee` : la page montre plusieurs engagements.
    """

    engagements: Sequence[Engagement]
    axes: Sequence[grille.Axe]
    ajoutes: Collection[Paire]
    est_groupee: bool
    le: datetime.date
    par: Acteur

    @property
    def du(self) -> datetime.date:
        return self.axes[0].mois

    @property
    def au(self) -> datetime.date:
        return dernier_jour(self.axes[-1].mois)

    @property
    def lignes(self) -> QuerySet[Any]:
        """Toutes les heures de ces engagements, tous mois."""
        return LigneHeures.objects.visibles_par(self.par).filter(engagement__in=[e.pk for e in self.engagements])


def lire_les_blocs(lecture: Lecture) -> list[Bloc]:
    """La grille et le résumé de chaque engagement, dans l’ordre donné."""
    if not lecture.engagements:
        return []
    lignes = _lignes(lecture)
    contrats = _contrats(lecture, lignes)
    releves = _releves(lecture)
    structure = Structure.objects.visibles_par(lecture.par).get(pk=lecture.par.structure_id)
    eligibilites = _eligibilites({c.participant_id for liste in contrats.values() for c in liste}, lecture)
    pleins = _pleins(list(eligibilites), structure, lecture)
    resumes = _resumes(lecture)
    return [
        Bloc(
            engagement,
            construire(
                lecture.axes,
                grille.Lu(
                    contrats=contrats[engagement.pk],
                    lignes=lignes[engagement.pk],
                    cadres={
                        c.pk: _cadre(engagement, c, structure, eligibilites[c.participant_id], lecture.le)
                        for c in contrats[engagement.pk]
                    },
                    releves=releves[engagement.pk],
                    bornes=grille.Bornes(engagement.debut, engagement.fin, lecture.le),
                    jour_echeance=structure.jour_echeance_releve,
                    pleins=pleins,
                    fermee=fermeture(engagement, lecture.par),
                    ajoutes={contrat for pk, contrat in lecture.ajoutes if pk == engagement.pk},
                ),
            ),
            resumes[engagement.pk],
        )
        for engagement in lecture.engagements
    ]


def fermeture(engagement: Engagement, par: Acteur) -> str:
    """Raison qui ferme toute saisie sur l’engagement ; vide s’il est ouvert à cet acteur."""
    marche = engagement.clause.lot.marche
    if marche.statut in CLOS:
        return f"Ce marché est {marche.get_statut_display().lower()} : plus aucune heure ne s’y note."
    return "" if par.peut(Droit.SAISIR_HEURES) else LECTURE_SEULE


def _contrats(
    lecture: Lecture, lignes: Mapping[int, Sequence[grille.HeuresLues]]
) -> dict[int, list[grille.ContratLu]]:
    """Les contrats que montre chaque engagement, par nom de personne."""
    dus = {(engagement, ligne.contrat_id) for engagement, lues in lignes.items() for ligne in lues}
    dus.update(lecture.ajoutes)
    entreprises = {engagement.entreprise_id for engagement in lecture.engagements}
    imputes = _imputations(lecture, entreprises)
    montres: dict[int, list[grille.ContratLu]] = {engagement.pk: [] for engagement in lecture.engagements}
    for employeur, *valeurs in _candidats(lecture, entreprises):
        contrat = grille.ContratLu(*valeurs)
        est_ouvert = contrat.debut <= lecture.au and (contrat.fin is None or contrat.fin >= lecture.du)
        for engagement in lecture.engagements:
            est_le_sien = engagement.pk in imputes[contrat.pk] or (
                engagement.entreprise_id == employeur and not (lecture.est_groupee and imputes[contrat.pk])
            )
            if (engagement.pk, contrat.pk) in dus or (est_ouvert and est_le_sien):
                montres[engagement.pk].append(contrat)
    return montres


def _candidats(lecture: Lecture, entreprises: Collection[int]) -> QuerySet[Any]:
    """Les contrats qu’un engagement au moins pourrait montrer : l’employeur, puis les champs de `ContratLu`."""
    contrats = ContratTravail.objects.visibles_par(lecture.par)
    ouverts = contrats.ouverts(du=lecture.du, au=lecture.au)
    return (
        contrats.filter(
            Q(pk__in=lecture.lignes.filter(mois__range=(lecture.du, lecture.au)).values("contrat"))
            | Q(pk__in=ouverts.filter(employeur__in=entreprises).values("pk"))
            | Q(pk__in=ouverts.filter(pk__in=lecture.lignes.values("contrat")).values("pk"))
            | Q(pk__in=[contrat for _, contrat in lecture.ajoutes])
        )
        .order_by("participant__nom", "participant__prenom", "date_debut", "pk")
        .values_list(
            "employeur",
            "pk",
            "participant",
            "participant__nom",
            "participant__prenom",
            "employeur__raison_sociale",
            "type_contrat",
            "date_debut",
            "date_fin",
        )
    )


def _imputations(lecture: Lecture, entreprises: Collection[int]) -> defaultdict[int, set[int]]:
    """Les engagements pour lesquels chaque contrat a déjà compté, tous mois confondus."""
    imputes: defaultdict[int, set[int]] = defaultdict(set)
    lignes = LigneHeures.objects.visibles_par(lecture.par).filter(
        Q(engagement__in=[e.pk for e in lecture.engagements]) | Q(contrat__employeur__in=entreprises)
    )
    for contrat, engagement in lignes.order_by().values_list("contrat", "engagement").distinct():
        imputes[contrat].add(engagement)
    return imputes


def _lignes(lecture: Lecture) -> defaultdict[int, list[grille.HeuresLues]]:
    """Les heures de la période, par engagement."""
    lues = (
        lecture.lignes.filter(mois__range=(lecture.du, lecture.au))
        .order_by("rang", "pk")
        .values_list(
            "engagement",
            "nature",
            "annulation__pk",
            "pk",
            "contrat",
            "mois",
            "type_heures",
            "heures",
            "statut",
            "motif",
            "version",
        )
    )
    lignes: defaultdict[int, list[grille.HeuresLues]] = defaultdict(list)
    for engagement, nature, annulation, *valeurs in lues:
        est_vive = nature == NatureLigne.ORDINAIRE and annulation is None
        lignes[engagement].append(grille.HeuresLues(*valeurs, est_vive))  # type: ignore[call-arg]
    return lignes


def _releves(lecture: Lecture) -> defaultdict[int, dict[datetime.date, grille.ReleveLu]]:
    lus: defaultdict[int, dict[datetime.date, grille.ReleveLu]] = defaultdict(dict)
    for engagement, mois, statut, echeance in (
        Releve.objects.visibles_par(lecture.par)
        .filter(engagement__in=[e.pk for e in lecture.engagements], mois__range=(lecture.du, lecture.au))
        .order_by()
        .values_list("engagement", "mois", "statut", "echeance")
    ):
        lus[engagement][mois] = grille.ReleveLu(statut, echeance)
    return lus


@dataclass(slots=True)
class _Eligibilite:
    """Ce qui borne l’éligibilité d’une personne : sa dernière entrée courante et ses prolongations."""

    entree: datetime.date | None = None
    constat: datetime.date | None = None
    prolongations: list[datetime.date] = field(default_factory=list)


def _eligibilites(personnes: Collection[int], lecture: Lecture) -> dict[int, _Eligibilite]:
    lues = {personne: _Eligibilite() for personne in personnes}
    for participant, entree, constat in (
        EntreeClause.objects.visibles_par(lecture.par)
        .courantes()
        .filter(participant__in=personnes)
        .order_by("numero")
        .values_list("participant", "date_entree", "date_constat")
    ):
        lues[participant].entree, lues[participant].constat = entree, constat
    for participant, jusqu_au in (
        Prolongation.objects.visibles_par(lecture.par)
        .filter(participant__in=personnes)
        .order_by()
        .values_list("participant", "jusqu_au")
    ):
        lues[participant].prolongations.append(jusqu_au)
    return lues


def _cadre(
    engagement: Engagement, contrat: grille.ContratLu, structure: Structure, lue: _Eligibilite, le: datetime.date
) -> calculs.Cadre:
    """Ce qui décide si un mois est ouvert : les mêmes règles qu’à la déclaration."""
    duree = engagement.clause.duree_eligibilite_mois or structure.duree_eligibilite_mois
    return calculs.Cadre(
        embauche=contrat.debut,
        fin_contrat=contrat.fin,
        debut_engagement=engagement.debut,
        fin_engagement=engagement.fin,
        fin_eligibilite=calculs.fin_eligibilite(lue.entree, duree, lue.prolongations),
        date_constat=lue.constat,
        notification=engagement.clause.lot.marche.date_notification,
        aujourd_hui=le,
        seuil_avertissement=structure.seuil_avertissement_heures,
        seuil_refus=structure.seuil_refus_heures,
    )


def _pleins(personnes: Collection[int], structure: Structure, lecture: Lecture) -> dict[Personne, str]:
    """La phrase de chaque personne au-delà d’un mois plein, tous engagements de la structure confondus."""
    seuil = structure.seuil_avertissement_heures
    sommes = (
        LigneHeures.objects.visibles_par(lecture.par)
        .filter(participant__in=personnes, mois__range=(lecture.du, lecture.au))
        .exclude(statut=StatutLigne.REFUSEE)
        .order_by()
        .values_list("participant", "mois")
        .annotate(total=Sum("heures"))
    )
    return {
        (personne, mois): phrase
        for personne, mois, total in sommes
        if (phrase := calculs.au_dela_d_un_mois_plein(total, seuil))
    }


def _resumes(lecture: Lecture) -> dict[int, Resume]:
    sommes = {
        somme.pop("engagement"): somme
        for somme in lecture.lignes.order_by().values("engagement").annotate(**SOMMES_DU_RESUME)
    }
    mouvements = MouvementEngagement.objects.visibles_par(lecture.par).filter(
        engagement__in=[e.pk for e in lecture.engagements], date__lte=lecture.le
    )
    engagees = dict(mouvements.order_by().values_list("engagement").annotate(total=Sum("heures")))
    rien: dict[str, Decimal | None] = dict.fromkeys(SOMMES_DU_RESUME)
    return {
        e.pk: composer_le_resume(e, sommes.get(e.pk, rien), engagees.get(e.pk) or ZERO) for e in lecture.engagements
    }


def composer_le_resume(engagement: Engagement, sommes: Mapping[str, Decimal | None], engagees: Decimal) -> Resume:
    """Le résumé d’un engagement, des sommes `SOMMES_DU_RESUME` et des heures engagées."""
    travail, formation = sommes["travail_valide"] or ZERO, sommes["formation_validee"] or ZERO
    travail_declare, formation_declaree = sommes["travail_declare"] or ZERO, sommes["formation_declaree"] or ZERO
    regle = {
        "coefficient": engagement.clause.coefficient_formation,
        "plafond": engagement.clause.plafond_formation,
    }
    return Resume(
        engagees=engagees,
        validees=travail + formation,
        declarees=travail_declare + formation_declaree,
        retenues=heures_retenues(travail=travail, formation=formation, **regle),
        retenues_si_valide=heures_retenues(
            travail=travail + travail_declare, formation=formation + formation_declaree, **regle
        ),
    )
