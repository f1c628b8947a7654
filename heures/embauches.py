"""Ce que la base dit d’une embauche : les autres contrats de la personne, ses constats, le marché visé."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from clauses.comptes.acteurs import Acteur
from entreprises.enums import TypeEmployeur
from heures import calculs
from heures.enums import StatutLigne
from heures.globalisation import est_par_missions
from heures.models import ContratTravail, EntreeClause, LigneHeures


def emploi(contrat: ContratTravail) -> calculs.Emploi:
    """`contrat` est lu avec son employeur."""
    return calculs.Emploi(
        employeur_id=contrat.employeur_id,
        debut=contrat.date_debut,
        fin=contrat.date_fin,
        est_continu=est_par_missions(contrat) or contrat.employeur.type_employeur == TypeEmployeur.ACI,
    )


def avertissements(
    contrats: Sequence[ContratTravail],
    *,
    constats: Iterable[datetime.date],
    notifications: Mapping[int, datetime.date],
) -> dict[int, list[str]]:
    """Par contrat d’une même personne, ce qui fait douter de l’embauche. Aucune requête."""
    emplois = {contrat.pk: emploi(contrat) for contrat in contrats}
    constates = list(constats)
    return {
        contrat.pk: calculs.avertissements_d_embauche(
            emplois[contrat.pk],
            autres=[autre for pk, autre in emplois.items() if pk != contrat.pk],
            constats=constates,
            notification=notifications.get(contrat.pk),
        )
        for contrat in contrats
    }


def notifications(contrats: Sequence[ContratTravail], par: Acteur) -> dict[int, datetime.date]:
    """La notification du marché où chaque contrat a d’abord imputé ses heures. Une requête."""
    lignes = (
        LigneHeures.objects.visibles_par(par)
        .filter(contrat__in=[contrat.pk for contrat in contrats])
        .exclude(statut=StatutLigne.REFUSEE)
        .order_by("-pk")
        .values_list("contrat", "engagement__clause__lot__marche__date_notification")
    )
    # Du plus récent au plus ancien : la première ligne de chaque contrat est écrite la dernière.
    return {contrat: jour for contrat, jour in lignes if jour is not None}


def du_contrat(contrat: ContratTravail, *, par: Acteur, notification: datetime.date | None = None) -> list[str]:
    """Ce qui fait douter de cette embauche ; `notification` : celle du marché dont on vient, si l’on en vient."""
    siens = ContratTravail.objects.visibles_par(par).filter(participant=contrat.participant_id)
    contrats = list(siens.select_related("employeur"))
    constats = (
        EntreeClause.objects.visibles_par(par)
        .courantes()
        .filter(participant=contrat.participant_id, date_constat__isnull=False)
        .order_by()
        .values_list("date_constat", flat=True)
    )
    connues = notifications([contrat], par)
    if notification is not None:
        connues[contrat.pk] = notification
    return avertissements(contrats, constats=constats, notifications=connues)[contrat.pk]
