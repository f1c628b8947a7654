"""Ce que montre la fiche d’un marché, onglet par onglet, à qui la regarde."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.models import EcritureJournal
from marches.avancement import Avancement, avancement
from marches.calculs import cumuls, mentions_manquantes
from marches.enums import RoleEntreprise
from marches.models import (
    Attribution,
    Clause,
    Engagement,
    Facture,
    Lot,
    Marche,
    MouvementEngagement,
    ReglePenalite,
)
from marches.objectifs_lus import obligation_de
from marches.obligation import Obligation

ONGLETS = {
    "resume": "Résumé",
    "lots": "Lots et clauses",
    "titulaires": "Titulaires",
    "heures": "Heures",
    "journal": "Journal",
}
ECRITURES_MONTREES = 100


@dataclass(frozen=True, slots=True)
class BlocEngagement:
    """Un engagement, son avancement, et son grand livre avec le total après chaque mouvement."""

    engagement: Any
    avancement: Avancement
    livre: list[tuple[Any, Decimal]]

    @property
    def total(self) -> Decimal:
        return self.livre[-1][1] if self.livre else Decimal(0)


@dataclass(frozen=True, slots=True)
class BlocClause:
    """Une clause, ce qu’elle demande en une phrase, ses règles de pénalité et ses engagements."""

    clause: Any
    obligation: Obligation
    regles: list[Any]
    engagements: list[BlocEngagement]

    @property
    def manquantes(self) -> list[str]:
        return mentions_manquantes(
            perimetre=self.clause.perimetre,
            nomme_facilitateur=self.clause.nomme_facilitateur,
            publics=self.clause.publics_admis,
            heures=sum((bloc.total for bloc in self.engagements), Decimal(0)),
        )


@dataclass(frozen=True, slots=True)
class BlocLot:
    lot: Any
    avancement: Avancement
    attributions: list[Any]
    clauses: list[BlocClause]

    @property
    def engagements(self) -> list[BlocEngagement]:
        return [bloc for clause in self.clauses for bloc in clause.engagements]


def onglets(acteur: Acteur) -> dict[str, str]:
    """Onglets ouverts à l’acteur : le journal demande son droit."""
    return {
        nom: libelle for nom, libelle in ONGLETS.items() if nom != "journal" or acteur.peut(Droit.CONSULTER_JOURNAL)
    }


def lots_du_marche(marche: Marche, *, acteur: Acteur, au: datetime.date) -> list[BlocLot]:
    """Lots, clauses, engagements et grands livres visibles, en sept requêtes quel que soit leur nombre.

    Chaque niveau repart de l’acteur : un titulaire ne voit ni les lots voisins, ni ses cotraitants.
    """
    mouvements = MouvementEngagement.objects.visibles_par(acteur).filter(engagement__clause__lot__marche=marche)
    livres = grouper(mouvements.select_related("inscrit_par"), "engagement_id")
    engagements = Engagement.objects.visibles_par(acteur).filter(clause__lot__marche=marche).avec_marche()
    blocs: dict[int, list[BlocEngagement]] = defaultdict(list)
    for engagement in engagements.avec_avancement(au=au):
        livre = livres[engagement.pk]
        totaux = cumuls(mouvement.heures for mouvement in livre)
        blocs[engagement.clause_id].append(
            BlocEngagement(
                engagement,
                engagement.avancement(au=au),
                list(zip(livre, totaux, strict=True)),
            )
        )
    clauses = _clauses_du_marche(marche, blocs, acteur=acteur)
    attributions = grouper(
        Attribution.objects.visibles_par(acteur).filter(lot__marche=marche).select_related("entreprise"), "lot_id"
    )
    lots = Lot.objects.visibles_par(acteur).filter(marche=marche).avec_avancement(au=au, pour=acteur)
    debut = marche.date_debut or marche.date_notification
    return [
        BlocLot(
            lot,
            avancement(lot, debut=debut, fin=marche.date_fin, au=au),
            par_role(attributions[lot.pk]),
            clauses[lot.pk],
        )
        for lot in sorted(lots, key=ordre_naturel)
    ]


def _clauses_du_marche(
    marche: Marche, engagements: dict[int, list[BlocEngagement]], *, acteur: Acteur
) -> dict[int, list[BlocClause]]:
    """Clauses par lot : ce que chacune demande, ses pénalités, ses engagements. Trois requêtes."""
    factures = Facture.objects.visibles_par(acteur).filter(engagement__clause__lot__marche=marche).order_by()
    montants = dict(factures.values_list("engagement__clause").annotate(somme=Sum("montant_ht")))
    regles = grouper(ReglePenalite.objects.visibles_par(acteur).filter(clause__lot__marche=marche), "clause_id")
    clauses = Clause.objects.visibles_par(acteur).filter(lot__marche=marche)
    par_lot: dict[int, list[BlocClause]] = defaultdict(list)
    for clause in clauses.select_related("structure", "lot__marche"):
        due = obligation_de(clause, facture=montants.get(clause.pk, Decimal(0)))
        par_lot[clause.lot_id].append(BlocClause(clause, due, regles[clause.pk], engagements[clause.pk]))
    return par_lot


def grouper(objets: Iterable[Any], clef: str) -> dict[int, list[Any]]:
    groupes: dict[int, list[Any]] = defaultdict(list)
    for objet in objets:
        groupes[getattr(objet, clef)].append(objet)
    return groupes


def par_role(attributions: Iterable[Any]) -> list[Any]:
    """Titulaire ou mandataire d’abord, puis cotraitants et sous-traitants."""
    return sorted(attributions, key=lambda attribution: RoleEntreprise.values.index(attribution.role))


def ordre_naturel(lot: Any) -> tuple[int, str]:
    """Le lot 2 avant le lot 10, les numéros en lettres ensuite."""
    return (int(lot.numero) if lot.numero.isdecimal() else 10**20, lot.numero)


def journal_du_marche(marche: Marche, lots: list[BlocLot], *, acteur: Acteur) -> Any:
    """Écritures sur le marché et sur tout ce qu’il porte, de la plus récente à la plus ancienne."""
    objets: list[Any] = [marche]
    for bloc in lots:
        objets += [bloc.lot, *bloc.attributions, *(c.clause for c in bloc.clauses)]
        for engagement in bloc.engagements:
            objets += [engagement.engagement, *(mouvement for mouvement, _ in engagement.livre)]
    par_type = defaultdict(list)
    for objet in objets:
        par_type[objet._meta.label_lower].append(str(objet.pk))
    critere = Q()
    for objet_type, identifiants in par_type.items():
        critere |= Q(objet_type=objet_type, objet_id__in=identifiants)
    ecritures = EcritureJournal.objects.visibles_par(acteur).filter(critere).select_related("inscrite_par")
    return ecritures[:ECRITURES_MONTREES]
