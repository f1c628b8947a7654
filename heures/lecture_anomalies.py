"""Ce que la base dit des lignes à examiner, en un nombre de requêtes qui ne dépend pas de leur nombre."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Max, Q, Sum

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.mois import ajouter_mois
from heures import calculs, globalisation
from heures.anomalies import Anomalie, AutreContrat, Contexte, disparition, examiner
from heures.embauches import emploi
from heures.enums import StatutLigne, TypeHeures
from heures.models import ContratTravail, EntreeClause, LigneEnAttente, LigneHeures, Prolongation, Releve
from marches.models import Engagement

ZERO = Decimal(0)
Mois = tuple[int, datetime.date]


@dataclass(frozen=True, slots=True)
class Sujet:
    """Une ligne à examiner ; `est_comptee` : elle est déjà dans les sommes de la base."""

    clef: int
    contrat_id: int
    engagement_id: int
    mois: datetime.date
    heures: Decimal
    type_heures: str
    est_comptee: bool


def lire(lignes: Iterable[LigneHeures], *, le: datetime.date, par: Acteur) -> dict[int, list[Anomalie]]:
    """Les anomalies de chaque ligne, par sa clef. `le` : le jour où l’on regarde."""
    return _examiner(
        [
            Sujet(
                ligne.pk,
                ligne.contrat_id,
                ligne.engagement_id,
                ligne.mois,
                ligne.heures,
                ligne.type_heures,
                ligne.statut != StatutLigne.REFUSEE,
            )
            for ligne in lignes
        ],
        le=le,
        par=par,
    )


def lire_attentes(attentes: Iterable[LigneEnAttente], *, le: datetime.date, par: Acteur) -> dict[int, list[Anomalie]]:
    """Les anomalies qu’auraient, une fois reprises, les lignes en attente dont le contrat est connu.

    `attentes` portent leur relevé (`select_related("releve")`).
    """
    return _examiner(
        [
            Sujet(
                attente.pk,
                attente.contrat_id,
                attente.releve.engagement_id,
                attente.releve.mois,
                attente.heures,
                attente.type_heures,
                est_comptee=False,
            )
            for attente in attentes
            if attente.contrat_id is not None
        ],
        le=le,
        par=par,
    )


def _examiner(sujets: Sequence[Sujet], *, le: datetime.date, par: Acteur) -> dict[int, list[Anomalie]]:
    if not sujets:
        return {}
    lecture = _Lecture(sujets, le, par)
    return {sujet.clef: examiner(lecture.contexte(sujet)) for sujet in sujets}


class _Lecture:
    """Tout ce qui encadre les sujets, lu une fois."""

    def __init__(self, sujets: Sequence[Sujet], le: datetime.date, par: Acteur) -> None:
        self.le = le
        self.structure = Structure.objects.visibles_par(par).get(pk=par.structure_id)
        engagements = {sujet.engagement_id for sujet in sujets}
        contrats = {sujet.contrat_id for sujet in sujets}
        self.engagements = Engagement.objects.visibles_par(par).avec_marche().in_bulk(engagements)
        visibles = ContratTravail.objects.visibles_par(par)
        personnes = visibles.filter(pk__in=contrats).values("participant")
        self.contrats = visibles.filter(participant__in=personnes).select_related("employeur").in_bulk()
        self.par_personne: dict[int, list[ContratTravail]] = defaultdict(list)
        for contrat in self.contrats.values():
            self.par_personne[contrat.participant_id].append(contrat)
        self._lire_les_entrees(par)
        self._lire_les_sommes({sujet.mois for sujet in sujets}, engagements, par)
        self.depuis = globalisation.premieres_imputations(contrats)
        self.conventions = globalisation.conventions_de(par.structure_id, engagements)

    def _lire_les_entrees(self, par: Acteur) -> None:
        entrees = EntreeClause.objects.visibles_par(par).courantes().filter(participant__in=list(self.par_personne))
        self.entrees = {entree.participant_id: entree for entree in entrees.order_by("numero")}
        self.prolongations: dict[int, list[datetime.date]] = defaultdict(list)
        accordees = Prolongation.objects.visibles_par(par).filter(participant__in=list(self.par_personne)).order_by()
        for participant, jusqu_au in accordees.values_list("participant", "jusqu_au"):
            self.prolongations[participant].append(jusqu_au)

    def _lire_les_sommes(self, mois: set[datetime.date], engagements: Collection[int], par: Acteur) -> None:
        comptees = LigneHeures.objects.visibles_par(par).exclude(statut=StatutLigne.REFUSEE).order_by()
        self.de_la_personne: dict[Mois, Decimal] = defaultdict(Decimal)
        self.sur_l_engagement: dict[tuple[int, int, datetime.date], Decimal] = defaultdict(Decimal)
        self.du_contrat: dict[Mois, Decimal] = defaultdict(Decimal)
        self.du_contrat_ici: dict[tuple[int, int, datetime.date], Decimal] = defaultdict(Decimal)
        sommes = comptees.filter(
            participant__in=list(self.par_personne), mois__in=mois | {ajouter_mois(m, -1) for m in mois}
        )
        for participant, contrat, engagement, un_mois, total in sommes.values_list(
            "participant", "contrat", "engagement", "mois"
        ).annotate(total=Sum("heures")):
            self.de_la_personne[participant, un_mois] += total
            self.sur_l_engagement[participant, engagement, un_mois] += total
            self.du_contrat[contrat, un_mois] += total
            self.du_contrat_ici[contrat, engagement, un_mois] += total
        formation = comptees.filter(engagement__in=engagements, type_heures=TypeHeures.FORMATION)
        self.formation = dict(formation.values_list("engagement").annotate(total=Sum("heures")))

    def contexte(self, sujet: Sujet) -> Contexte:
        contrat, engagement = self.contrats[sujet.contrat_id], self.engagements[sujet.engagement_id]
        entree = self.entrees.get(contrat.participant_id)
        personne, en_plus = contrat.participant_id, ZERO if sujet.est_comptee else sujet.heures
        est_formation = sujet.type_heures == TypeHeures.FORMATION
        return Contexte(
            mois=sujet.mois,
            heures=sujet.heures,
            type_heures=sujet.type_heures,
            cadre=self._cadre(sujet, contrat, engagement, entree),
            type_employeur=contrat.employeur.type_employeur,
            type_contrat=contrat.type_contrat,
            modalite=contrat.modalite,
            siret_redevable=engagement.entreprise.siret,
            emploi=emploi(contrat),
            autres_emplois=[emploi(c) for c in self.par_personne[personne] if c.pk != contrat.pk],
            alerte_jusqu_au=self.le + datetime.timedelta(days=self.structure.alerte_eligibilite_jours),
            objets={
                "personne": personne,
                "contrat": contrat.pk,
                "entree": entree.pk if entree else None,
                "engagement": engagement.pk,
                "marche": engagement.clause.lot.marche_id,
            },
            date_entree=entree.date_entree if entree else None,
            piece_type=entree.piece_type if entree else "",
            piece_valable_jusqu_au=entree.piece_valable_jusqu_au if entree else None,
            refus_de_globalisation=self._globalisation(sujet, contrat, engagement),
            autres_contrats=[autre_contrat(c) for c in self.par_personne[personne] if c.pk != contrat.pk],
            heures_du_mois=self.sur_l_engagement[personne, engagement.pk, sujet.mois] + en_plus,
            heures_d_avant=self.sur_l_engagement[personne, engagement.pk, ajouter_mois(sujet.mois, -1)],
            plafond_formation=engagement.clause.plafond_formation,
            formation_totale=self.formation.get(engagement.pk, ZERO) + (en_plus if est_formation else ZERO),
        )

    def _cadre(
        self, sujet: Sujet, contrat: ContratTravail, engagement: Engagement, entree: EntreeClause | None
    ) -> calculs.Cadre:
        personne, comptees = contrat.participant_id, sujet.heures if sujet.est_comptee else ZERO
        ici = self.du_contrat_ici[contrat.pk, engagement.pk, sujet.mois]
        return calculs.Cadre(
            embauche=contrat.date_debut,
            fin_contrat=contrat.date_fin,
            debut_engagement=engagement.debut,
            fin_engagement=engagement.fin,
            fin_eligibilite=calculs.fin_eligibilite(
                entree.date_entree if entree else None,
                engagement.clause.duree_eligibilite_mois or self.structure.duree_eligibilite_mois,
                self.prolongations[personne],
            ),
            date_constat=entree.date_constat if entree else None,
            notification=engagement.clause.lot.marche.date_notification,
            aujourd_hui=self.le,
            seuil_avertissement=self.structure.seuil_avertissement_heures,
            seuil_refus=self.structure.seuil_refus_heures,
            autres_heures=self.de_la_personne[personne, sujet.mois] - comptees,
            quotite=contrat.quotite,
            autres_heures_du_contrat=self.du_contrat[contrat.pk, sujet.mois] - ici,
        )

    def _globalisation(self, sujet: Sujet, contrat: ContratTravail, engagement: Engagement) -> str | None:
        depuis = None if globalisation.est_par_missions(contrat) else self.depuis.get(contrat.pk)
        vers = globalisation.imputation(engagement)
        return calculs.refus_de_globalisation(sujet.mois, vers, depuis, self.conventions)


def autre_contrat(contrat: ContratTravail) -> AutreContrat:
    """`contrat` est lu avec son employeur."""
    return AutreContrat(
        employeur=str(contrat.employeur),
        debut=contrat.date_debut,
        fin=contrat.date_fin,
        quotite=contrat.quotite,
    )


class _Presence(NamedTuple):
    """Les heures d’une personne un mois sur un engagement, et la fin de son dernier contrat (`None` : sans fin)."""

    personne: str
    heures: Decimal
    fin: datetime.date | None


def disparues(
    releves: Collection[Releve], attentes: Iterable[LigneEnAttente], *, par: Acteur
) -> Mapping[int, list[Anomalie]]:
    """Par relevé, les personnes sous contrat qui avaient des heures le mois d’avant et n’en ont plus.

    Une requête. `attentes` : les lignes en attente de ces relevés, avec leur contrat ; qui attend, ou vient
    d’être refusé, n’a pas disparu.
    """
    voisins = {(r.engagement_id, mois) for r in releves for mois in (r.mois, ajouter_mois(r.mois, -1))}
    lignes = (
        LigneHeures.objects.visibles_par(par)
        .filter(engagement__in={e for e, _ in voisins}, mois__in={m for _, m in voisins})
        .order_by("participant__nom", "participant__prenom", "participant")
        .values_list("engagement", "mois", "participant", "participant__nom", "participant__prenom")
        .annotate(
            total=Sum("heures", filter=~Q(statut=StatutLigne.REFUSEE)),
            fin=Max("contrat__date_fin"),
            sans_fin=Count("pk", filter=Q(contrat__date_fin=None)),
        )
    )
    par_mois: dict[Mois, dict[int, _Presence]] = defaultdict(dict)
    for engagement, mois, participant, nom, prenom, total, fin, sans_fin in lignes:
        presence = _Presence(f"{nom.upper()} {prenom}", total or ZERO, None if sans_fin else fin)
        par_mois[engagement, mois][participant] = presence
    attendus = {(a.releve_id, a.contrat.participant_id) for a in attentes if a.contrat is not None}
    return {
        releve.pk: [
            disparition(presence.personne, participant, releve.mois, presence.heures)
            for participant, presence in par_mois[releve.engagement_id, ajouter_mois(releve.mois, -1)].items()
            if presence.heures > 0
            and (presence.fin is None or presence.fin >= releve.mois)
            and participant not in par_mois[releve.engagement_id, releve.mois]
            and (releve.pk, participant) not in attendus
        ]
        for releve in releves
    }
