"""Ce que montre la fiche d’une personne, en un nombre constant de requêtes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Sum

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from heures import embauches, frise
from heures.calculs import fin_eligibilite
from heures.enums import TypeHeures
from heures.grille import mois_de
from heures.models import ContratTravail, CritereEntree, EntreeClause, LigneHeures, Participant, Prolongation, Sortie
from heures.versions import dossiers

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class AnneeDHeures:
    """Heures validées d’une année, mois par mois ; `None` quand rien n’est noté."""

    annee: int
    mois: Sequence[Decimal | None]
    total: Decimal


def par_annee(sommes: dict[datetime.date, Decimal]) -> list[AnneeDHeures]:
    """Range des sommes mensuelles par année, la plus récente d’abord."""
    annees = sorted({mois.year for mois in sommes}, reverse=True)
    return [
        AnneeDHeures(
            annee,
            [sommes.get(mois) for mois in mois_de(annee)],
            sum((heures for mois, heures in sommes.items() if mois.year == annee), ZERO),
        )
        for annee in annees
    ]


def avec_criteres(entrees: Any, par: Acteur) -> Any:
    """Charge les critères de chaque entrée dans `criteres_lus`."""
    criteres = CritereEntree.objects.visibles_par(par)
    return entrees.prefetch_related(Prefetch("criteres", queryset=criteres, to_attr="criteres_lus"))


def contrats_avertis(participant: Participant, entrees: Sequence[EntreeClause], par: Acteur) -> list[ContratTravail]:
    """Les contrats d’une personne, chacun portant dans `doutes` ce qui fait douter de l’embauche."""
    siens = ContratTravail.objects.visibles_par(par).filter(participant=participant).select_related("employeur")
    contrats = list(siens)
    constats = [entree.date_constat for entree in entrees if entree.est_courante and entree.date_constat]
    phrases = embauches.avertissements(
        contrats, constats=constats, notifications=embauches.notifications(contrats, par)
    )
    for contrat in contrats:
        contrat.doutes = phrases[contrat.pk]  # lu par le gabarit de la fiche
    return contrats


def entrees_de(participant: Participant, par: Acteur) -> list[EntreeClause]:
    """Toutes les versions des entrées d’une personne, de la plus récente à la première, critères et auteurs lus."""
    siennes = EntreeClause.objects.visibles_par(par).filter(participant=participant)
    auteurs = ("enregistree_par", "piece_vue_par", "visa_par")
    return list(avec_criteres(siennes, par).select_related(*auteurs).order_by("-numero", "-version"))


def heures_par_mois(lignes: Any) -> dict[datetime.date, frise.HeuresDuMois]:
    """Heures validées de chaque mois, travail et formation ; un mois entièrement annulé disparaît. Une requête."""
    sommes: dict[datetime.date, dict[str, Decimal]] = {}
    for mois, type_heures, total in lignes.order_by().values_list("mois", "type_heures").annotate(total=Sum("heures")):
        sommes.setdefault(mois, {})[type_heures] = total
    lues = {
        mois: frise.HeuresDuMois(par_type.get(TypeHeures.TRAVAIL, ZERO), par_type.get(TypeHeures.FORMATION, ZERO))
        for mois, par_type in sommes.items()
    }
    return {mois: heures for mois, heures in lues.items() if heures.total}


def lire(participant: Participant, *, par: Acteur, le: datetime.date) -> dict[str, Any]:
    """Entrées, contrats, heures, prolongations, sorties d’une personne, et la frise qui les réunit, au jour `le`."""
    structure = Structure.objects.visibles_par(par).get(pk=participant.structure_id)
    entrees = entrees_de(participant, par)
    prolongations = list(
        Prolongation.objects.visibles_par(par).filter(participant=participant).select_related("accordee_par")
    )
    lignes = LigneHeures.objects.visibles_par(par).filter(participant=participant)
    heures = heures_par_mois(lignes.validees())
    totaux = {mois: du_mois.total for mois, du_mois in heures.items()}
    contrats = contrats_avertis(participant, entrees, par)
    sorties = list(Sortie.objects.visibles_par(par).filter(participant=participant))
    courantes = [entree for entree in entrees if entree.est_courante]
    derniere = courantes[0].date_entree if courantes else None
    duree = structure.duree_eligibilite_mois
    fin = fin_eligibilite(derniere, duree, [prolongation.jusqu_au for prolongation in prolongations])
    return {
        "entrees": dossiers(entrees, le=le, alerte_jours=structure.alerte_eligibilite_jours),
        "eligible_jusqu_au": fin,
        "prolongations": prolongations,
        "contrats": contrats,
        "annees": par_annee(totaux),
        "total": sum(totaux.values(), ZERO),
        "declarees": lignes.declarees().aggregate(total=Sum("heures"))["total"] or ZERO,
        "sorties": sorties,
        "frise": frise.tracer(
            frise.Parcours(
                aujourd_hui=le,
                entrees=[frise.EntreeLue(e.numero, e.date_entree, e.date_constat) for e in reversed(courantes)],
                contrats=[frise.ContratLu(str(c), c.date_debut, c.date_fin) for c in contrats],
                heures=heures,
                fin_initiale=fin_eligibilite(derniere, duree),
                fin_eligibilite=fin,
                sorties=[_sortie_lue(sortie) for sortie in sorties],
            )
        ),
    }


def _sortie_lue(sortie: Sortie) -> frise.SortieLue:
    return frise.SortieLue(
        sortie.date,
        sortie.get_situation_display(),
        sortie.get_situation_6_mois_display() if sortie.situation_6_mois else "",
        sortie.get_situation_12_mois_display() if sortie.situation_12_mois else "",
    )
