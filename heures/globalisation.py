"""Ce que la base dit de la globalisation : où un contrat impute ses heures, et quelles conventions le permettent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from heures.calculs import Convention, Imputation
from heures.enums import Modalite, StatutLigne, TypeContrat
from heures.models import ContratTravail, ConventionGlobalisation, LigneHeures
from marches.models import Engagement

# Chaque mission, ou mise à disposition, nomme son chantier : le contrat n’est pas attaché à une opération.
PAR_MISSIONS = frozenset(
    {TypeContrat.INTERIM, TypeContrat.INTERIM_INSERTION, TypeContrat.CDI_INTERIMAIRE, TypeContrat.CDDU}
)
SANS_OPERATION = frozenset({Modalite.MISE_A_DISPOSITION, Modalite.FORMATION})


def est_par_missions(contrat: ContratTravail) -> bool:
    return contrat.type_contrat in PAR_MISSIONS or contrat.modalite in SANS_OPERATION


def imputation(engagement: Engagement) -> Imputation:
    """`engagement` vient de `avec_marche()`."""
    marche = engagement.clause.lot.marche
    operation = ("operation", marche.operation_id) if marche.operation_id else ("marche", marche.pk)
    return Imputation(
        engagement_id=engagement.pk,
        operation=operation,
        acheteur_id=marche.acheteur_id,
        entreprise_id=engagement.entreprise_id,
        acheteur=str(marche.acheteur),
        reference=marche.reference,
    )


def premiere_imputation(contrat: ContratTravail) -> Imputation | None:
    """Là où le contrat a commencé d’imputer ses heures ; `None` pour un contrat par missions, ou sans heures."""
    if est_par_missions(contrat):
        return None
    return premieres_imputations([contrat.pk]).get(contrat.pk)


def premieres_imputations(contrats: Collection[int]) -> dict[int, Imputation]:
    """La première ligne non refusée de chaque contrat dit son opération. Une requête."""
    lignes = (
        LigneHeures.objects.filter(contrat__in=contrats)
        .exclude(statut=StatutLigne.REFUSEE)
        .order_by("-pk")
        .values_list(
            "contrat",
            "engagement",
            "engagement__entreprise",
            "engagement__clause__lot__marche",
            "engagement__clause__lot__marche__operation",
            "engagement__clause__lot__marche__acheteur",
            "engagement__clause__lot__marche__acheteur__nom",
            "engagement__clause__lot__marche__reference",
        )
    )
    # Du plus récent au plus ancien : la première ligne de chaque contrat est écrite la dernière.
    return {contrat: _lue(*reste) for contrat, *reste in lignes}


def _lue(
    engagement: int, entreprise: int, marche: int, operation: int | None, acheteur: int, nom: str, reference: str
) -> Imputation:
    clef = ("operation", operation) if operation else ("marche", marche)
    return Imputation(engagement, clef, acheteur, entreprise, nom, reference)


def conventions_de(structure_id: int, engagements: Collection[int], *, sauf: int | None = None) -> list[Convention]:
    """Les conventions, `sauf` une, qui nomment un de ces engagements. Trois requêtes, quel que soit leur nombre."""
    trouvees: Any = (
        ConventionGlobalisation.objects.filter(structure_id=structure_id, engagements__in=engagements)
        .exclude(pk__in=[sauf] if sauf else [])
        .distinct()
        .prefetch_related("engagements", "signataires")
    )
    return [en_calcul(convention) for convention in trouvees]


def en_calcul(convention: ConventionGlobalisation) -> Convention:
    """Une convention, réduite à ce que la règle lit."""
    engagements: Any = convention.engagements.all()
    signataires: Any = convention.signataires.all()
    return Convention(
        entreprise_id=convention.entreprise_id,
        debut=convention.date_debut,
        fin=convention.date_fin,
        engagements=frozenset(e.pk for e in engagements),
        signataires=frozenset(a.pk for a in signataires),
    )
