"""Actions sur les conventions de globalisation : enregistrer, modifier (domaine.md §3.4, docs/adr/0012)."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.journal import journaliser
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import de, en_lettres
from clauses.socle.nombres import en_heures
from entreprises.models import Entreprise
from heures import calculs, globalisation
from heures.enums import StatutLigne
from heures.models import ContratTravail, ConventionGlobalisation, LigneHeures
from marches.models import Acheteur, Engagement

MONTREES = 3


@transaction.atomic
def creer_convention(
    *,
    entreprise: Entreprise,
    engagements: Collection[Engagement],
    signataires: Collection[Acheteur],
    par: Acteur,
    **champs: Any,
) -> ConventionGlobalisation:
    """Enregistre une convention (référence, période) ; au moins deux engagements de l’entreprise, et un signataire.

    Lève `ActionImpossible` si un engagement ou un signataire n’y a pas sa place, `ValidationError` si la référence est
    prise ou la période à l’envers.
    """
    par.exiger(Droit.GERER_MARCHES)
    _verifier(entreprise.pk, engagements, signataires, par)
    convention = ConventionGlobalisation(
        structure_id=par.structure_id, entreprise=entreprise, enregistree_par_id=par.utilisateur_id, **champs
    )
    creer(convention, par=par, action="enregistrer la convention")
    _lier(convention, engagements, signataires, par)
    return convention


@transaction.atomic
def modifier_convention(
    convention: ConventionGlobalisation,
    *,
    version: int,
    engagements: Collection[Engagement],
    signataires: Collection[Acheteur],
    par: Acteur,
    **champs: Any,
) -> ConventionGlobalisation:
    """Modifie une convention ; refuse ce qui laisserait sans convention des heures déjà notées.

    Lève `ConflitDeVersion` si elle a changé entre-temps, `ActionImpossible`, `ValidationError`.
    """
    par.exiger(Droit.GERER_MARCHES)
    relue: ConventionGlobalisation = verrouiller(ConventionGlobalisation.objects.all(), convention.pk, par=par)
    avant = globalisation.en_calcul(relue)
    modifiee = modifier(relue, champs, par=par, action="modifier la convention", version=version)
    _verifier(relue.entreprise_id, engagements, signataires, par)
    if _lier(modifiee, engagements, signataires, par) and modifiee.version == version:
        modifiee.version += 1
        modifiee.save(update_fields=["version"])
    _refuser_si_decouvertes(relue, avant)
    return modifiee


def _verifier(
    entreprise_id: int, engagements: Collection[Engagement], signataires: Collection[Acheteur], par: Acteur
) -> None:
    visibles = Engagement.objects.visibles_par(par).filter(entreprise=entreprise_id)
    siens = list(visibles.avec_marche().filter(pk__in=[engagement.pk for engagement in engagements]))
    if len(siens) < len(engagements):
        raise ActionImpossible("Une convention ne nomme que des engagements de son entreprise.")
    if len(siens) < 2:
        raise ActionImpossible("Une convention relie au moins deux engagements de l’entreprise : en choisir deux.")
    if not signataires:
        raise ActionImpossible(
            "Choisir au moins un acheteur signataire : sans sa signature, aucune heure ne peut venir sur son marché."
        )
    acheteurs = {engagement.clause.lot.marche.acheteur_id for engagement in siens}
    etrangers = [str(acheteur) for acheteur in signataires if acheteur.pk not in acheteurs]
    if etrangers:
        raise ActionImpossible(
            f"{', '.join(etrangers)} n’achète aucun des engagements choisis : choisir son engagement, ou le retirer "
            "des signataires."
        )


def _lier(
    convention: ConventionGlobalisation,
    engagements: Collection[Engagement],
    signataires: Collection[Acheteur],
    par: Acteur,
) -> bool:
    """Pose les engagements et les signataires ; vrai si quelque chose a changé."""
    voulus = {"engagements": sorted(e.pk for e in engagements), "signataires": sorted(a.pk for a in signataires)}
    liens: dict[str, Any] = {"engagements": convention.engagements, "signataires": convention.signataires}
    avant = {nom: sorted(lien.values_list("pk", flat=True)) for nom, lien in liens.items()}
    if avant == voulus:
        return False
    for nom, lien in liens.items():
        lien.set(voulus[nom])
    journaliser(
        par=par, action="nommer engagements et signataires", objet=convention, avant=dict(avant), apres=dict(voulus)
    )
    return True


@dataclass(frozen=True, slots=True)
class _Heures:
    contrat_id: int
    engagement_id: int
    mois: datetime.date
    total: Decimal


def _refuser_si_decouvertes(convention: ConventionGlobalisation, avant: calculs.Convention) -> None:
    """Refuse si des heures que la convention permettait ne le sont plus, par elle ni par une autre."""
    apres = globalisation.en_calcul(convention)
    autres = globalisation.conventions_de(convention.structure_id, avant.engagements, sauf=convention.pk)
    engagements = Engagement.objects.filter(pk__in=avant.engagements)
    imputations = {e.pk: globalisation.imputation(e) for e in engagements.avec_marche()}
    heures = _heures_sous(avant)
    premieres = globalisation.premieres_imputations({une.contrat_id for une in heures})
    decouvertes = [
        une
        for une in heures
        if calculs.perd_sa_convention(
            une.mois,
            imputations[une.engagement_id],
            premieres.get(une.contrat_id),
            avant=[*autres, avant],
            apres=[*autres, apres],
        )
    ]
    if decouvertes:
        exemples = [
            f"{en_heures(une.total)} h {de(en_lettres(une.mois))} au marché {imputations[une.engagement_id].reference}"
            for une in decouvertes[:MONTREES]
        ]
        reste = len(decouvertes) - MONTREES
        suite = f", et {reste} autre{'s' if reste > 1 else ''}" if reste > 0 else ""
        raise ActionImpossible(
            f"Des heures déjà notées n’auraient plus de convention : {', '.join(exemples)}{suite}. Garder leur "
            "période, leurs engagements et leurs signataires, ou enregistrer d’abord une autre convention qui les "
            "couvre."
        )


def _heures_sous(convention: calculs.Convention) -> list[_Heures]:
    """Heures non refusées des engagements d’une convention, par contrat et par mois, hors contrats par missions."""
    sommes = (
        LigneHeures.objects.filter(engagement__in=convention.engagements)
        .exclude(statut=StatutLigne.REFUSEE)
        .order_by("mois", "engagement", "contrat")
        .values_list("contrat", "engagement", "mois")
        .annotate(total=Sum("heures"))
    )
    lues = [_Heures(*valeurs) for valeurs in sommes if valeurs[-1]]
    contrats = ContratTravail.objects.in_bulk({une.contrat_id for une in lues})
    return [une for une in lues if not globalisation.est_par_missions(contrats[une.contrat_id])]
