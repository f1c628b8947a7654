"""Ce qu’un acheteur ou une entreprise lit de ses engagements : où ils en sont, ce qui manque, les relevés demandés.

Des totaux, des mois et des états, jamais une personne : les heures se lisent à travers l’engagement. Le nombre de
requêtes ne dépend pas du nombre d’engagements.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max, Sum

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from heures.actions.depots import fermeture
from heures.attendus import mois_echus
from heures.enums import StatutLigne, StatutReleve
from heures.models import Releve
from marches.avancements import LigneAvancement, avancements, lire
from marches.encourues import encourues
from marches.enums import CLOS, Situation
from marches.models import Engagement

ZERO = Decimal(0)
# De ce qui demande un regard à ce qui va bien ; le reste garde l’ordre des dates de fin.
RANGS = {
    situation: rang
    for rang, situation in enumerate(
        (Situation.NON_ATTEINT, Situation.A_RISQUE, Situation.EN_RETARD, Situation.SANS_ENGAGEMENT)
    )
}
EN_DIFFICULTE = frozenset({Situation.NON_ATTEINT, Situation.A_RISQUE, Situation.EN_RETARD})


@dataclass(frozen=True, slots=True)
class EngagementSuivi:
    """Un engagement ouvert, son avancement du jour et ce qui y manque.

    `mois_manquants` : relevés dus et non reçus, du plus ancien au plus récent. `a_valider` : heures déclarées que le
    facilitateur n’a pas encore contrôlées, au centième.
    """

    engagement: Engagement
    lue: LigneAvancement
    mois_manquants: Sequence[datetime.date]
    a_valider: Decimal

    @property
    def est_en_difficulte(self) -> bool:
        return self.lue.avancement.situation in EN_DIFFICULTE

    @property
    def manque(self) -> bool:
        return bool(self.mois_manquants or self.a_valider)

    @property
    def urgence(self) -> tuple[int, datetime.date, int]:
        engagement: Any = self.engagement
        return RANGS.get(self.lue.avancement.situation, len(RANGS)), engagement.fin or datetime.date.max, engagement.pk


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Les totaux de plusieurs engagements."""

    nombre: int
    engage: Decimal
    realise: Decimal
    difficultes: int
    incomplets: int

    @property
    def taux(self) -> Decimal | None:
        return self.realise / self.engage if self.engage > 0 else None


def engagements_suivis(*, par: Acteur, le: datetime.date) -> list[EngagementSuivi]:
    """Engagements ouverts de l’acteur, ceux qui demandent un regard d’abord. Sept requêtes."""
    penalites = encourues(par=par, au=le)
    engagements = list(avancements(par=par, au=le).ouverts())
    jour = Structure.objects.visibles_par(par).get().jour_echeance_releve
    recus, declarees = _mois_recus(par), _heures_declarees(par)
    suivis = [
        EngagementSuivi(
            engagement=engagement,
            lue=lire(engagement, penalites=penalites, au=le),
            mois_manquants=[
                mois
                for mois in mois_echus(engagement.debut, engagement.fin, au=le, jour_echeance=jour)
                if mois not in recus.get(engagement.pk, ())
            ],
            a_valider=declarees.get(engagement.pk, ZERO),
        )
        for engagement in engagements
    ]
    return sorted(suivis, key=lambda suivi: suivi.urgence)


def ensemble(suivis: Sequence[EngagementSuivi]) -> Ensemble:
    return Ensemble(
        nombre=len(suivis),
        engage=sum((suivi.lue.avancement.engage for suivi in suivis), ZERO),
        realise=sum((suivi.lue.avancement.realise for suivi in suivis), ZERO),
        difficultes=sum(suivi.est_en_difficulte for suivi in suivis),
        incomplets=sum(suivi.manque for suivi in suivis),
    )


def _mois_recus(par: Acteur) -> Mapping[int, set[datetime.date]]:
    """Par engagement, les mois dont quelque chose est arrivé : des heures ou un néant."""
    recus: dict[int, set[datetime.date]] = defaultdict(set)
    releves = Engagement.objects.visibles_par(par).ouverts().filter(releves__isnull=False).order_by()
    for engagement, mois, statut in releves.values_list("pk", "releves__mois", "releves__statut"):
        if statut != StatutReleve.ATTENDU:
            recus[engagement].add(mois)
    return recus


def _heures_declarees(par: Acteur) -> dict[int, Decimal]:
    """Par engagement, les heures déclarées qui attendent leur contrôle : un total, jamais une personne."""
    lignes = Engagement.objects.visibles_par(par).ouverts().filter(lignes__statut=StatutLigne.DECLAREE)
    return dict(lignes.order_by().values_list("pk").annotate(somme=Sum("lignes__heures")))


@dataclass(frozen=True, slots=True)
class ReleveDemande:
    """Un relevé demandé à l’entreprise : où il en est, et ce qu’elle peut y faire.

    `est_a_faire` : la balle est chez l’entreprise. `message` : ce que le facilitateur lui a écrit, quand il attend une
    réponse. `depose_le` : son dernier dépôt.
    """

    releve: Releve
    etat: str
    couleur: str
    est_a_faire: bool
    est_ouvert: bool
    est_en_retard: bool
    message: str
    depose_le: datetime.datetime | None


ETATS = {
    StatutReleve.ATTENDU: ("À remplir", "orange"),
    StatutReleve.A_COMPLETER: ("À compléter", "orange"),
    StatutReleve.REFUSE: ("Refusé", "rouge"),
    StatutReleve.RECU: ("Envoyé", "bleu"),
    StatutReleve.VALIDE: ("Accepté", "vert"),
    StatutReleve.NEANT: ("Néant", "gris"),
}
A_FAIRE = frozenset({StatutReleve.ATTENDU, StatutReleve.A_COMPLETER, StatutReleve.REFUSE})
A_REPONDRE = frozenset({StatutReleve.A_COMPLETER, StatutReleve.REFUSE})


def releves_demandes(*, par: Acteur, le: datetime.date) -> list[ReleveDemande]:
    """Les relevés demandés à l’entreprise, le mois le plus récent d’abord. Une requête."""
    releves = (
        Releve.objects.visibles_par(par)
        .filter(demandes__isnull=False)
        .select_related("engagement__entreprise", "engagement__clause__lot__marche")
        .annotate(depose_le=Max("demandes__deposee_le"))
        .order_by("-mois", "pk")
    )
    return [_demande(releve, le) for releve in releves]


def message_lisible(releve: Releve) -> str:
    """Ce que le facilitateur a écrit à l’entreprise, tant qu’il attend une réponse et que le relevé en admet une."""
    return releve.message if releve.statut in A_REPONDRE and not fermeture(releve) else ""


def _demande(releve: Any, le: datetime.date) -> ReleveDemande:
    statut = StatutReleve(releve.statut)
    est_ouvert = not fermeture(releve)
    a_faire = est_ouvert and statut in A_FAIRE
    etat, couleur = ETATS[statut]
    if releve.engagement.clause.lot.marche.statut in CLOS and statut in A_FAIRE:
        etat, couleur = "Marché clos", "gris"
    en_retard = a_faire and statut not in A_REPONDRE and releve.echeance is not None and releve.echeance < le
    return ReleveDemande(
        releve=releve,
        etat="En retard" if en_retard else etat,
        couleur="rouge" if en_retard else couleur,
        est_a_faire=a_faire,
        est_ouvert=est_ouvert,
        est_en_retard=en_retard,
        message=message_lisible(releve),
        depose_le=releve.depose_le,
    )
