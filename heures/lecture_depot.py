"""Ce que montre un relevé à l’entreprise, par son lien ou son compte : les personnes de l’engagement ce mois-là et
leurs heures.

Ni critère, ni entrée en clause, ni heure d’un autre engagement : de l’éligibilité, on ne lit que la date de fin
(domaine.md §8). Le nombre de requêtes ne dépend pas du nombre de personnes.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from clauses.comptes.acteurs import Acteur
from clauses.socle.mois import dernier_jour
from heures.actions.depots import fermeture
from heures.calculs import fin_eligibilite
from heures.enums import NatureLigne, OrigineLigne, StatutAttente, StatutLigne, StatutReleve, TypeHeures
from heures.models import (
    ContratTravail,
    DemandeReleve,
    EntreeClause,
    LigneEnAttente,
    LigneHeures,
    Prolongation,
    Releve,
)

ZERO = Decimal(0)
MESSAGE_MONTRE = (StatutReleve.A_COMPLETER, StatutReleve.REFUSE)


@dataclass(frozen=True, slots=True)
class CaseLue:
    """Les heures d’une personne pour un type : ce qui est connu, et ce que l’entreprise peut y faire."""

    heures: Decimal | None = None
    libelle: str = ""
    motif: str = ""
    est_validee: bool = False
    est_refusee: bool = False

    @property
    def proposee(self) -> Decimal | None:
        """La valeur déjà dans le champ ; une heure refusée se ressaisit."""
        return None if self.est_refusee else self.heures


@dataclass(frozen=True, slots=True)
class PersonneLue:
    contrat_id: int
    nom: str
    contrat: str
    eligible_jusqu_au: datetime.date | None
    travail: CaseLue
    formation: CaseLue

    @property
    def cases(self) -> tuple[CaseLue, CaseLue]:
        return self.travail, self.formation


@dataclass(frozen=True, slots=True)
class ReleveLu:
    """`attentes` : personnes ajoutées, à vérifier ; `refusees` : lignes que le facilitateur a refusées."""

    releve: Releve
    personnes: Sequence[PersonneLue]
    attentes: Sequence[LigneEnAttente]
    refusees: Sequence[LigneEnAttente]
    depot: DemandeReleve | None
    ferme: str

    @property
    def message(self) -> str:
        return self.releve.message if self.releve.statut in MESSAGE_MONTRE else ""

    @property
    def est_neant(self) -> bool:
        return self.releve.statut == StatutReleve.NEANT

    @property
    def notees(self) -> list[PersonneLue]:
        """Les personnes qui ont des heures, d’un type au moins."""
        return [p for p in self.personnes if any(case.heures is not None for case in p.cases)]

    @property
    def total(self) -> Decimal:
        """Heures du relevé, à vérifier comprises, refusées exclues."""
        notees = [case.proposee for personne in self.personnes for case in personne.cases]
        return sum(filter(None, [*notees, *(attente.heures for attente in self.attentes)]), ZERO)

    @property
    def nombre_nommees(self) -> int:
        return len(self.personnes) + len(self.attentes) + len(self.refusees)


def lire(demande: DemandeReleve, *, par: Acteur) -> ReleveLu:
    """Le relevé d’une demande, tel que l’entreprise le voit ; `par` est devant ce relevé."""
    releve = demande.releve
    contrats = _contrats(releve, par)
    attentes = list(
        LigneEnAttente.objects.visibles_par(par).exclude(statut=StatutAttente.REPRISE).select_related("contrat")
    )
    cases = _cases(contrats, [a for a in attentes if a.statut == StatutAttente.EN_ATTENTE], par)
    fins = _fins_d_eligibilite(releve, {contrat.participant_id for contrat in contrats})
    return ReleveLu(
        releve=releve,
        personnes=[
            PersonneLue(
                contrat.pk,
                str(contrat.participant),
                _contrat_en_clair(contrat),
                fins.get(contrat.participant_id),
                cases.get((contrat.pk, TypeHeures.TRAVAIL), CaseLue()),
                cases.get((contrat.pk, TypeHeures.FORMATION), CaseLue()),
            )
            for contrat in contrats
        ],
        attentes=[a for a in attentes if a.statut == StatutAttente.EN_ATTENTE and a.contrat_id is None],
        refusees=[a for a in attentes if a.statut == StatutAttente.REFUSEE],
        depot=DemandeReleve.objects.visibles_par(par).exclude(deposee_le=None).order_by("-deposee_le").first(),
        ferme=fermeture(releve),
    )


def _contrats(releve: Releve, par: Acteur) -> list[ContratTravail]:
    """Contrats de la liste : ouverts ce mois-là, ou qui y ont déjà des heures."""
    du_mois = LigneHeures.objects.visibles_par(par).values("contrat")
    ouverts = ContratTravail.objects.visibles_par(par).ouverts(du=releve.mois, au=dernier_jour(releve.mois))
    return list(
        ContratTravail.objects.visibles_par(par)
        .filter(Q(pk__in=ouverts.values("pk")) | Q(pk__in=du_mois))
        .select_related("participant", "employeur")
        .order_by("participant__nom", "participant__prenom", "date_debut", "pk")
    )


def _contrat_en_clair(contrat: ContratTravail) -> str:
    fin = f" au {contrat.date_fin:%d/%m/%Y}" if contrat.date_fin else ""
    debut = "du" if fin else "depuis le"
    return f"{contrat.get_type_contrat_display()} {debut} {contrat.date_debut:%d/%m/%Y}{fin}, {contrat.employeur}"


def _cases(
    contrats: Iterable[ContratTravail], attentes: Iterable[LigneEnAttente], par: Acteur
) -> dict[tuple[int, str], CaseLue]:
    """La case de chaque (contrat, type) ; une ligne en attente prime sur ce qu’elle contredit."""
    vives = LigneHeures.objects.visibles_par(par).filter(
        contrat__in=contrats, nature=NatureLigne.ORDINAIRE, annulation=None
    )
    cases = {(ligne.contrat_id, ligne.type_heures): _case(ligne) for ligne in vives.order_by("rang")}
    for attente in attentes:
        if attente.contrat_id is not None:
            cases[attente.contrat_id, attente.type_heures] = CaseLue(
                attente.heures, "à vérifier par votre facilitateur"
            )
    return cases


def _case(ligne: LigneHeures) -> CaseLue:
    match ligne.statut:
        case StatutLigne.VALIDEE:
            return CaseLue(ligne.heures, "validées", est_validee=True)
        case StatutLigne.REFUSEE:
            return CaseLue(ligne.heures, "refusées", ligne.motif, est_refusee=True)
        case _ if ligne.origine == OrigineLigne.ENTREPRISE:
            return CaseLue(ligne.heures, "déposées")
        case _:
            return CaseLue(ligne.heures, "notées par votre facilitateur")


def _fins_d_eligibilite(releve: Releve, participants: set[int]) -> dict[int, datetime.date | None]:
    """Fin d’éligibilité par personne. Les entrées ne s’ouvrent pas au lien : on n’en lit ici que la date."""
    duree = releve.engagement.clause.duree_eligibilite_mois or releve.structure.duree_eligibilite_mois
    entrees = EntreeClause.objects.courantes().filter(participant__in=participants).order_by("numero")
    prolongations: dict[int, list[datetime.date]] = {}
    for participant, jusqu_au in (
        Prolongation.objects.filter(participant__in=participants).order_by().values_list("participant", "jusqu_au")
    ):
        prolongations.setdefault(participant, []).append(jusqu_au)
    return {
        participant: fin_eligibilite(entree, duree, prolongations.get(participant, ()))
        for participant, entree in entrees.values_list("participant", "date_entree")
    }
