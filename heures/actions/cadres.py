"""Ce qui encadre des lignes d’heures écrites en masse : tout est lu en quelques requêtes, les règles sont les mêmes.

Commun à la reprise et à l’import de relevés. Les règles restent dans `heures.calculs` ; les contraintes d’unicité sont
tenues par dictionnaire, et la base reste en filet.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from django.db import models
from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import PerimetreQuerySet
from clauses.socle.erreurs import ActionImpossible
from heures import calculs, globalisation
from heures.enums import NatureLigne, StatutLigne, TypeHeures
from heures.models import ContratTravail, EntreeClause, LigneHeures, Participant, Prolongation
from heures.querysets import LigneHeuresQuerySet
from marches.models import Engagement

PAQUET = 1000
CLEFS_PAR_REQUETE = 900

M = TypeVar("M", bound=models.Model)
L = TypeVar("L", bound="LigneVoulue")
Cellule = tuple[int, int, datetime.date, str]
Personne = tuple[int, datetime.date]
Avancement = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneVoulue:
    """Une ligne d’heures à écrire, au centième ; `repere` la désigne à qui lit le résultat."""

    contrat_id: int
    engagement_id: int
    mois: datetime.date
    type_heures: TypeHeures
    heures: Decimal
    repere: int

    @property
    def cellule(self) -> Cellule:
        return self.contrat_id, self.engagement_id, self.mois, self.type_heures


@dataclass(frozen=True, slots=True)
class LigneVive:
    """La ligne que l’on voit dans une cellule : la dernière ligne ordinaire qu’aucune annulation n’a éteinte."""

    pk: int
    heures: Decimal
    statut: str
    version: int


class Cadres:
    """Contrats, engagements, éligibilités et heures déjà en base, pour toutes les lignes voulues à la fois.

    `verrouiller` : engagements, contrats puis personnes sont tenus jusqu’à la fin de la transaction, dans l’ordre où
    la saisie les tient. Lève `ActionImpossible` si un contrat ou un engagement n’est pas dans le périmètre.
    """

    def __init__(self, lignes: Sequence[LigneVoulue], par: Acteur, *, verrouiller: bool) -> None:
        self.par = par
        self.structure = Structure.objects.get(pk=par.structure_id)
        self.aujourd_hui = timezone.localdate()
        engagements = Engagement.objects.visibles_par(par).avec_marche()
        contrats = ContratTravail.objects.visibles_par(par)
        self.engagements = _relire(engagements, {ligne.engagement_id for ligne in lignes}, verrouiller=verrouiller)
        self.contrats = _relire(contrats, {ligne.contrat_id for ligne in lignes}, verrouiller=verrouiller)
        for ligne in lignes:
            if ligne.contrat_id not in self.contrats or ligne.engagement_id not in self.engagements:
                raise ActionImpossible("Un contrat ou un engagement n’existe plus, ou vous n’y avez plus accès.")
        self.personnes = {contrat.participant_id for contrat in self.contrats.values()}
        if verrouiller:
            # Le plafond mensuel d’une personne se compte sur tous ses contrats.
            _relire(Participant.objects.visibles_par(par), self.personnes, verrouiller=True)
        self._lire_les_eligibilites()
        self.en_base: dict[Cellule, LigneVive] = {}
        self.totaux: dict[Personne, Decimal] = defaultdict(Decimal)
        self.statuts: dict[tuple[int, datetime.date], set[str]] = defaultdict(set)
        self.par_contrat: dict[tuple[int, datetime.date], Decimal] = defaultdict(Decimal)
        self.par_imputation: dict[tuple[int, int, datetime.date], Decimal] = defaultdict(Decimal)
        self._lire_les_lignes({ligne.mois for ligne in lignes})
        self._dits: set[tuple[object, ...]] = set()

    def _lire_les_eligibilites(self) -> None:
        entrees = EntreeClause.objects.visibles_par(self.par).courantes().order_by("numero")
        self.entrees = {
            participant: (entree, constat)
            for participant, entree, constat in entrees.values_list("participant", "date_entree", "date_constat")
        }
        self.prolongations: dict[int, list[datetime.date]] = defaultdict(list)
        accordees = Prolongation.objects.visibles_par(self.par).values_list("participant", "jusqu_au")
        for participant, jusqu_au in accordees:
            self.prolongations[participant].append(jusqu_au)
        self._eligibilites: dict[tuple[int, int], datetime.date | None] = {}

    def lignes_en_base(self, mois: Collection[datetime.date]) -> LigneHeuresQuerySet:
        """Les lignes à lire : toutes celles de la période, toutes personnes confondues."""
        lignes: LigneHeuresQuerySet = LigneHeures.objects.visibles_par(self.par)
        return lignes.travaillees(du=min(mois), au=max(mois))

    def _lire_les_lignes(self, mois: Collection[datetime.date]) -> None:
        lignes = self.lignes_en_base(mois)
        annulees = set(lignes.exclude(annule=None).values_list("annule", flat=True))
        champs = (
            "pk", "contrat", "engagement", "mois", "type_heures", "participant", "heures", "statut", "nature",
            "version",
        )  # fmt: skip
        for pk, contrat, engagement, un_mois, type_heures, participant, heures, statut, nature, version in (
            lignes.order_by("rang").values_list(*champs).iterator()
        ):
            if statut != StatutLigne.REFUSEE:
                self._compter(participant, contrat, engagement, un_mois, heures)
            if nature == NatureLigne.ORDINAIRE and pk not in annulees:
                self.en_base[contrat, engagement, un_mois, type_heures] = LigneVive(pk, heures, statut, version)
                self.statuts[engagement, un_mois].add(statut)

    def _compter(self, participant: int, contrat: int, engagement: int, mois: datetime.date, heures: Decimal) -> None:
        self.totaux[participant, mois] += heures
        self.par_contrat[contrat, mois] += heures
        self.par_imputation[contrat, engagement, mois] += heures

    def ajouter(self, ligne: LigneVoulue) -> None:
        """Compte une ligne voulue, à la place de la ligne vive qu’elle remplace."""
        participant = self.contrats[ligne.contrat_id].participant_id
        vive = self.en_base.get(ligne.cellule)
        retirees = vive.heures if vive is not None and vive.statut != StatutLigne.REFUSEE else Decimal(0)
        self._compter(participant, ligne.contrat_id, ligne.engagement_id, ligne.mois, ligne.heures - retirees)

    def regles(self, ligne: LigneVoulue, fin_eligibilite: datetime.date | None) -> calculs.Cadre:
        """Le cadre d’une ligne déjà ajoutée."""
        contrat, engagement = self.contrats[ligne.contrat_id], self.engagements[ligne.engagement_id]
        entree = self.entrees.get(contrat.participant_id)
        imputees = self.par_imputation[contrat.pk, engagement.pk, ligne.mois]
        return calculs.Cadre(
            embauche=contrat.date_debut,
            fin_contrat=contrat.date_fin,
            debut_engagement=engagement.debut,
            fin_engagement=engagement.fin,
            fin_eligibilite=fin_eligibilite,
            date_constat=entree[1] if entree else None,
            notification=engagement.clause.lot.marche.date_notification,
            aujourd_hui=self.aujourd_hui,
            seuil_avertissement=self.structure.seuil_avertissement_heures,
            seuil_refus=self.structure.seuil_refus_heures,
            autres_heures=self.totaux[contrat.participant_id, ligne.mois] - ligne.heures,
            quotite=contrat.quotite,
            autres_heures_du_contrat=self.par_contrat[contrat.pk, ligne.mois] - imputees,
        )

    def fin_eligibilite(self, ligne: LigneVoulue) -> datetime.date | None:
        participant, engagement = self.contrats[ligne.contrat_id].participant_id, self.engagements[ligne.engagement_id]
        cle = (participant, engagement.pk)
        if cle not in self._eligibilites:
            entree = self.entrees.get(participant)
            self._eligibilites[cle] = calculs.fin_eligibilite(
                entree[0] if entree else None,
                engagement.clause.duree_eligibilite_mois or self.structure.duree_eligibilite_mois,
                self.prolongations[participant],
            )
        return self._eligibilites[cle]

    @cached_property
    def _premieres(self) -> dict[int, calculs.Imputation]:
        attaches = [c.pk for c in self.contrats.values() if not globalisation.est_par_missions(c)]
        return globalisation.premieres_imputations(attaches)

    @cached_property
    def _imputations(self) -> dict[int, calculs.Imputation]:
        return {pk: globalisation.imputation(engagement) for pk, engagement in self.engagements.items()}

    @cached_property
    def _conventions(self) -> list[calculs.Convention]:
        return globalisation.conventions_de(self.structure.pk, self.engagements)

    def refus_de_globalisation(self, ligne: LigneVoulue) -> str | None:
        """La phrase d’une imputation hors de l’opération du contrat (docs/adr/0012).

        À demander dans l’ordre des lignes : sur un contrat encore sans heures, la première fixe l’opération.
        """
        if globalisation.est_par_missions(self.contrats[ligne.contrat_id]):
            return None
        vers = self._imputations[ligne.engagement_id]
        depuis = self._premieres.setdefault(ligne.contrat_id, vers)
        if depuis.operation == vers.operation:
            return None
        return calculs.refus_de_globalisation(ligne.mois, vers, depuis, self._conventions)

    def avertissements(self, ligne: LigneVoulue, regles: calculs.Cadre) -> Iterator[str]:
        """Dit une fois ce qui tient à la personne et au mois, une fois ce qui tient au contrat."""
        personne = self.contrats[ligne.contrat_id].participant_id
        depasse = ligne.heures + regles.autres_heures > regles.seuil_avertissement
        for rang, phrase in enumerate(calculs.avertissements(ligne.heures, regles)):
            du_mois = depasse and rang == 0
            if self.une_fois((personne, ligne.mois, phrase) if du_mois else (ligne.contrat_id, phrase)):
                yield phrase

    def une_fois(self, cle: tuple[object, ...]) -> bool:
        """Vrai la première fois qu’une chose est à dire."""
        if cle in self._dits:
            return False
        self._dits.add(cle)
        return True


def par_engagement(lignes: Iterable[L]) -> list[tuple[int, list[L]]]:
    groupes: dict[int, list[L]] = defaultdict(list)
    for ligne in lignes:
        groupes[ligne.engagement_id].append(ligne)
    return sorted(groupes.items())


def _relire(objets: PerimetreQuerySet[M], clefs: Collection[int], *, verrouiller: bool) -> dict[int, M]:
    """Par clef, les objets du périmètre ; verrouillés dans l’ordre des clefs, pour que deux imports s’attendent."""
    if verrouiller:
        objets = objets.select_for_update(of=("self",))
    triees = sorted(clefs)
    return {
        objet.pk: objet
        for debut in range(0, len(triees), CLEFS_PAR_REQUETE)
        for objet in objets.filter(pk__in=triees[debut : debut + CLEFS_PAR_REQUETE]).order_by("pk")
    }
