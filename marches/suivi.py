"""Ce que montre la page d’un engagement : sa prévision, sa courbe et son grand livre, à une date."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from clauses.comptes.acteurs import Acteur
from clauses.socle.mois import ajouter_mois
from marches.avancement import seuils_de
from marches.avancements import projetee
from marches.calculs import cumuls, heures_retenues, mentions_manquantes
from marches.courbe import Courbe, serie, tracer
from marches.encourues import encourues, heures_manquantes
from marches.models import Engagement, Facture, MouvementEngagement
from marches.objectifs_lus import obligation_de
from marches.obligation import Obligation
from marches.penalites import Calcul
from marches.previsions import (
    MOIS_DU_RYTHME,
    Compte,
    Jalon,
    Prevision,
    dernier_mois_acheve,
    heures_attendues,
    prevoir,
)

ZERO = Decimal(0)
Mois = dict[datetime.date, tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class JalonLu:
    """Un point de l’échéancier, en heures sur l’engagement du jour ; `None` s’il est sorti des dates."""

    date: datetime.date
    part: int
    heures: Decimal | None


@dataclass(frozen=True, slots=True)
class Suivi:
    engagement: Engagement
    prevision: Prevision
    courbe: Courbe
    livre: list[tuple[MouvementEngagement, Decimal]]
    obligation: Obligation
    manquantes: list[str]
    penalite: Calcul
    penalite_projetee: Calcul | None
    jalons: list[JalonLu]


def suivre(engagement: Any, *, au: datetime.date, par: Acteur) -> Suivi:
    """`engagement` vient de `avec_marche().avec_avancement(au=au)`, dans le périmètre de l’acteur. Six requêtes."""
    par_mois = _heures_par_mois(engagement, par, au)
    regle = {
        "coefficient": engagement.clause.coefficient_formation,
        "plafond": engagement.clause.plafond_formation,
    }

    def retenues(jusqu_a: datetime.date) -> Decimal:
        faites = [heures for mois, heures in par_mois.items() if mois <= jusqu_a]
        return heures_retenues(
            travail=sum((travail for travail, _ in faites), ZERO),
            formation=sum((formation for _, formation in faites), ZERO),
            **regle,
        )

    acheve = dernier_mois_acheve(au)
    compte = Compte(
        engage=engagement.heures_engagees,
        realise=retenues(au),
        au_rythme=retenues(acheve),
        avant_rythme=retenues(ajouter_mois(acheve, -MOIS_DU_RYTHME)),
        debut=engagement.debut,
        fin=engagement.fin,
        jalons=engagement.echeancier,
    )
    prevue = prevoir(compte, au=au, seuils=seuils_de(engagement.structure))
    penalites = encourues(par=par, au=au)
    manquantes = heures_manquantes(engage=prevue.engage, realise=prevue.realise, fin=engagement.fin, au=au)
    return Suivi(
        engagement,
        prevue,
        tracer(serie(par_mois, compte, prevue, **regle, au=au), engage=compte.engage),
        grand_livre(engagement, par=par),
        obligation_de(engagement.clause, facture=_facture(engagement, par, au)),
        _mentions_manquantes(engagement, par),
        penalites.pour(engagement, manquantes=manquantes),
        projetee(engagement, prevue.engage, prevue.projection, penalites),
        [_lire_jalon(jalon, compte) for jalon in compte.jalons],
    )


def _lire_jalon(jalon: Jalon, compte: Compte) -> JalonLu:
    debut, fin = compte.debut, compte.fin
    est_dedans = debut is not None and fin is not None and debut <= jalon.date < fin
    heures = heures_attendues(compte.engage, debut, fin, jalon.date, compte.jalons) if est_dedans else None
    return JalonLu(jalon.date, jalon.part, heures)


def grand_livre(engagement: Engagement, *, par: Acteur) -> list[tuple[MouvementEngagement, Decimal]]:
    """Mouvements de l’engagement, dans l’ordre des dates, chacun avec le total engagé après lui. Une requête."""
    mouvements = list(
        MouvementEngagement.objects.visibles_par(par).filter(engagement=engagement).select_related("inscrit_par")
    )
    return list(zip(mouvements, cumuls(m.heures for m in mouvements), strict=True))


def _facture(engagement: Engagement, par: Acteur, au: datetime.date) -> Decimal:
    """Montants de la clause à la date, tels que l’acteur les voit."""
    visibles = Facture.objects.visibles_par(par).filter(engagement__clause=engagement.clause_id, date__lte=au)
    return visibles.aggregate(somme=Sum("montant_ht"))["somme"] or ZERO


def _mentions_manquantes(engagement: Engagement, par: Acteur) -> list[str]:
    """Mentions du CCAG qui manquent à la clause ; l’entreprise, qui n’y peut rien, n’en sait rien.

    Le volume horaire est celui de la clause entière : un cotraitant sans heures ne la rend pas incomplète.
    """
    clause = engagement.clause
    if not (par.est_de_la_structure or par.acheteur_id):
        return []
    mouvements = MouvementEngagement.objects.visibles_par(par).filter(engagement__clause=clause)
    heures = mouvements.aggregate(somme=Sum("heures"))["somme"] or ZERO
    return mentions_manquantes(
        perimetre=clause.perimetre,
        nomme_facilitateur=clause.nomme_facilitateur,
        publics=clause.publics_admis,
        heures=heures,
    )


def _heures_par_mois(engagement: Engagement, par: Acteur, au: datetime.date) -> Mois:
    """Heures validées de chaque mois, (travail, formation) : des totaux, jamais une personne."""
    lignes = (
        Engagement.objects.visibles_par(par)
        .filter(pk=engagement.pk, lignes__statut="VALIDEE", lignes__mois__lte=au)
        .order_by()
        .values_list("lignes__mois")
        .annotate(
            travail=Sum("lignes__heures", filter=Q(lignes__type_heures="TRAVAIL")),
            formation=Sum("lignes__heures", filter=Q(lignes__type_heures="FORMATION")),
        )
    )
    return {mois: (travail or ZERO, formation or ZERO) for mois, travail, formation in lignes}
