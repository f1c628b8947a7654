"""La suite graduée d’un engagement qui n’est pas tenu : événements, proposition, décision (domaine.md §5).

Le facilitateur note, calcule et propose ; l’acheteur seul décide, dans l’outil ou par un courrier que l’on inscrit.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.models import Utilisateur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.nombres import en_euros
from marches import manquements
from marches.enums import NatureEvenement, StatutPenalite
from marches.models import Engagement, Evenement, PropositionPenalite, ReglePenalite
from marches.penalites import Calcul

ZERO = Decimal(0)
# Ce qui doit déjà être noté pour passer à l’étape suivante.
PREALABLES = {
    NatureEvenement.RELANCE_2: NatureEvenement.RELANCE_1,
    NatureEvenement.MISE_EN_DEMEURE: NatureEvenement.RELANCE_1,
}
ECRITS = (
    NatureEvenement.CONTACT,
    NatureEvenement.RELANCE_1,
    NatureEvenement.RELANCE_2,
    NatureEvenement.MISE_EN_DEMEURE,
)
SANS_MONTANT = (StatutPenalite.REMISE, StatutPenalite.CLASSEE)


@transaction.atomic
def noter_evenement(
    engagement: Engagement,
    *,
    nature: str,
    date: datetime.date,
    par: Acteur,
    texte: str = "",
    echeance: datetime.date | None = None,
) -> Evenement:
    """Note une étape datée : échange, relance, mise en demeure. Une mise en demeure porte la fin de son délai.

    Lève `ActionImpossible` : date à venir, étape préalable absente, étape qui ne se note pas à la main.
    """
    par.exiger(Droit.GERER_MARCHES)
    relu: Engagement = verrouiller(Engagement.objects.avec_marche(), engagement.pk, par=par)
    etape = NatureEvenement(nature)
    if etape not in ECRITS:
        raise ActionImpossible("Une proposition ou une décision ne se note pas : elle se fait sur la page prévue.")
    if date > timezone.localdate():
        raise ActionImpossible("Un événement se note une fois passé : choisir aujourd’hui ou une date antérieure.")
    prealable = PREALABLES.get(etape)
    if prealable and not _a_deja(relu, prealable, date):
        raise ActionImpossible(
            f"{etape.label} suppose une « {prealable.label.lower()} » à cette date ou avant : la noter d’abord."
        )
    if etape == NatureEvenement.MISE_EN_DEMEURE and echeance is None:
        regles = ReglePenalite.objects.visibles_par(par).filter(clause=relu.clause_id)
        echeance = manquements.fin_du_delai_de(regles, date)
    return _inscrire(relu, etape, date, par, texte=texte, echeance=echeance)


def _a_deja(engagement: Engagement, nature: NatureEvenement, date: datetime.date) -> bool:
    faites = Evenement.objects.filter(engagement=engagement, nature=nature, date__lte=date)
    return faites.en_vigueur().exists()


@transaction.atomic
def inscrire_lettre(engagement: Engagement, *, nature: str, echeance: datetime.date, par: Acteur) -> Evenement:
    """L’étape qu’est une lettre émise aujourd’hui, réponse attendue le `echeance` (docs/adr/0021).

    Une étape déjà notée ce jour, à la même échéance ou sans échéance, est celle de la lettre. Lève `ActionImpossible`
    si l’étape préalable manque.
    """
    par.exiger(Droit.GERER_MARCHES)
    jour = timezone.localdate()
    du_jour = Evenement.objects.visibles_par(par).filter(engagement=engagement, nature=nature, date=jour)
    deja = du_jour.filter(Q(echeance=None) | Q(echeance=echeance)).order_by("pk").last()
    return deja or noter_evenement(engagement, nature=nature, date=jour, echeance=echeance, par=par)


def _inscrire(
    engagement: Engagement,
    nature: NatureEvenement,
    date: datetime.date,
    par: Acteur,
    *,
    texte: str = "",
    echeance: datetime.date | None = None,
) -> Evenement:
    evenement = Evenement(
        structure_id=engagement.structure_id,
        engagement=engagement,
        nature=nature,
        date=date,
        echeance=echeance,
        texte=texte,
        inscrit_par_id=par.utilisateur_id,
    )
    return creer(evenement, par=par, action="noter un événement")


@transaction.atomic
def proposer_penalite(
    engagement: Engagement, *, au: datetime.date, par: Acteur, jours_de_retard: int = 0, absences: int = 0
) -> PropositionPenalite:
    """Calcule la pénalité à la date `au` et la propose à l’acheteur, chaque terme gardé tel que calculé.

    Lève `ActionImpossible` : rien à proposer, règle incalculable, mise en demeure absente ou délai non échu, ou
    proposition déjà en attente.
    """
    par.exiger(Droit.GERER_MARCHES)
    relu = verrouiller(Engagement.objects.avec_marche(), engagement.pk, par=par)
    if PropositionPenalite.objects.filter(engagement=relu, statut=StatutPenalite.PROPOSEE).exists():
        raise ActionImpossible("Une proposition attend déjà la décision de l’acheteur.")
    calcul = manquements.calculer_pour(relu, au=au, jours_de_retard=jours_de_retard, absences=absences, par=par)
    if calcul.impossibles:
        raise ActionImpossible(" ".join(calcul.impossibles))
    if calcul.total <= 0:
        raise ActionImpossible(
            "Rien à proposer à cette date : les heures sont faites, l’engagement court encore, ou la clause ne porte "
            "pas de pénalité."
        )
    if raison := manquements.refus_de_delai(relu, calcul, au=au, par=par):
        raise ActionImpossible(raison)
    proposition = PropositionPenalite(
        structure_id=relu.structure_id,
        engagement=relu,
        arretee_au=au,
        montant=calcul.total,
        calcul=_termes(calcul),
        proposee_par_id=par.utilisateur_id,
    )
    creer(proposition, par=par, action="proposer une pénalité")
    _inscrire(relu, NatureEvenement.PROPOSITION, timezone.localdate(), par, texte=en_euros(calcul.total))
    return proposition


def _termes(calcul: Calcul) -> list[dict[str, Any]]:
    return [
        {
            "formule": terme.formule.value,
            "calcul": terme.calcul,
            "avant_plafond": str(terme.avant_plafond),
            "montant": str(terme.montant),
            "plafond": None if terme.plafond is None else str(terme.plafond),
            "article": terme.article,
        }
        for terme in calcul.termes
    ]


@transaction.atomic
def decider_penalite(
    proposition: PropositionPenalite,
    *,
    statut: str,
    motif: str,
    version: int,
    par: Acteur,
    montant: Decimal | None = None,
) -> PropositionPenalite:
    """L’acheteur applique, réduit, remet ou classe, avec son motif. `montant` (euros) : pour une réduction seulement.

    Lève `ActionImpossible` si la décision est déjà prise ou si le montant ne va pas avec elle.
    """
    par.exiger(Droit.DECIDER_PENALITE)
    relue = _relire_en_attente(proposition, par)
    champs = _decision(relue, statut, montant, motif, par)
    decidee = modifier(relue, champs, par=par, action="décider d’une pénalité", version=version)
    _inscrire(
        relue.engagement, NatureEvenement.DECISION, timezone.localdate(), par, texte=decidee.get_statut_display()
    )
    return decidee


@transaction.atomic
def inscrire_decision_recue(
    proposition: PropositionPenalite,
    *,
    statut: str,
    motif: str,
    courrier_date: datetime.date,
    courrier_reference: str,
    version: int,
    par: Acteur,
    montant: Decimal | None = None,
) -> PropositionPenalite:
    """Inscrit la décision qu’un acheteur a prise par courrier : elle reste la sienne, l’agent n’a fait que l’inscrire.

    Mêmes règles que `decider_penalite`. Lève aussi `ActionImpossible` si le courrier précède la proposition ou est à
    venir (docs/adr/0024).
    """
    par.exiger(Droit.GERER_MARCHES)
    relue = _relire_en_attente(proposition, par)
    proposee = timezone.localdate(relue.proposee_le)
    if not proposee <= courrier_date <= timezone.localdate():
        raise ActionImpossible(
            f"Le courrier répond à la proposition du {proposee:%d/%m/%Y} : sa date va de ce jour à aujourd’hui."
        )
    courrier = {"courrier_date": courrier_date, "courrier_reference": courrier_reference.strip()}
    champs = _decision(relue, statut, montant, motif, par) | courrier
    inscrite = modifier(relue, champs, par=par, action="inscrire une décision reçue par courrier", version=version)
    texte = f"{inscrite.get_statut_display()}, {inscrite.trace_du_courrier}"
    _inscrire(relue.engagement, NatureEvenement.DECISION, courrier_date, par, texte=texte)
    return inscrite


def _relire_en_attente(proposition: PropositionPenalite, par: Acteur) -> PropositionPenalite:
    relue: PropositionPenalite = verrouiller(PropositionPenalite.objects.all(), proposition.pk, par=par)
    if relue.statut != StatutPenalite.PROPOSEE:
        raise ActionImpossible(f"Cette proposition est déjà {relue.get_statut_display().lower()}.")
    return relue


def _decision(
    proposition: PropositionPenalite, statut: str, montant: Decimal | None, motif: str, par: Acteur
) -> dict[str, Any]:
    decision = StatutPenalite(statut)
    return {
        "statut": decision,
        "montant_decide": _montant_decide(decision, montant, proposition.montant),
        "motif": motif.strip(),
        "decidee_le": timezone.now(),
        "decidee_par": Utilisateur.objects.get(pk=par.utilisateur_id),
    }


def _montant_decide(decision: StatutPenalite, montant: Decimal | None, propose: Decimal) -> Decimal:
    if decision in SANS_MONTANT:
        return ZERO
    if decision == StatutPenalite.APPLIQUEE:
        return propose
    if decision == StatutPenalite.PROPOSEE:
        raise ActionImpossible("Choisir une décision : appliquer, réduire, remettre ou classer.")
    if montant is None or not ZERO < montant < propose:
        raise ActionImpossible(
            f"Une réduction porte un montant supérieur à zéro et inférieur aux {en_euros(propose)} proposés."
        )
    return montant
