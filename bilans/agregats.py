"""Lectures des bilans : un nombre constant de requêtes, toutes prises dans le périmètre de l’acteur.

Les heures se pré-agrègent par (engagement, personne, modalité, contrat) sur l’index couvrant `ligne_bilan` ; profils,
contrats et marchés se joignent après, en mémoire (performance.md, choix 1 et 2).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import BigIntegerField, Min, Q, QuerySet, Sum

from bilans import calculs
from bilans.faits import (
    AUTRE_DEPARTEMENT,
    HORS,
    NON,
    NR,
    OUI,
    Acheteur,
    Cellule,
    Contrat,
    Engagement,
    Faits,
    Marche,
    Periode,
    Profil,
    Sortie,
)
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.mois import age_au, ajouter_mois
from clauses.territoires.models import Commune
from heures import models as modeles_heures
from heures.enums import CriterePublic, StatutLigne
from marches import models as modeles_marches
from marches.enums import CLOS

ECHEANCE_MOIS = 6
CHAMPS_SORTIE = ("participant_id", "date", "situation", "situation_6_mois")


def lignes_validees(acteur: Acteur, periode: Periode) -> QuerySet[modeles_heures.LigneHeures]:
    visibles: QuerySet[modeles_heures.LigneHeures] = (
        modeles_heures.LigneHeures.objects.visibles_par(acteur)
        .validees()
        .travaillees(du=periode.du, au=periode.au)
        .order_by()
    )
    return visibles


def somme() -> Sum:
    """Somme d’heures en centièmes entiers : exacte, et sans un `Decimal` par groupe."""
    return Sum("heures", output_field=BigIntegerField())


def lire(acteur: Acteur, structure: Structure, periode: Periode, acheteurs: Collection[int] | None = None) -> Faits:
    """Tout ce qu’un bilan compte pour cette période, dans le périmètre de l’acteur.

    `acheteurs` restreint aux marchés de ces acheteurs ; « nouveau » se juge toujours sur toute la structure.
    """
    lignes = lignes_validees(acteur, periode).filter(chez("engagement__clause__lot__marche__", acheteurs))
    sorties = lire_sorties(acteur, periode)
    if acheteurs is not None:
        sorties = sorties.filter(participant__in=lignes.values("participant"))
    premiers = premiers_mois(acteur, lignes)
    epcis = [(epci.siren, epci.nom) for epci in structure.territoire.all()]
    marches, fiches = lire_marches(acteur, acheteurs)
    visibles = modeles_marches.Marche.objects.visibles_par(acteur).filter(chez("", acheteurs))
    en_cours = visibles.en_cours(le=periode.arrete_au).values("pk")
    return Faits(
        periode=periode,
        cellules=lire_cellules(lignes),
        premiers_mois=premiers,
        profils=lire_profils(acteur, structure, lignes, sorties, premiers, {code for code, _ in epcis}),
        contrats=lire_contrats(acteur, lignes),
        engagements=lire_engagements(acteur, lignes, en_cours),
        marches=marches,
        acheteurs=fiches,
        engagees=heures_engagees(acteur, periode.arrete_au, en_cours),
        realisees=heures_realisees(acteur, periode.arrete_au, en_cours),
        sorties=[Sortie(*valeurs) for valeurs in sorties.values_list(*CHAMPS_SORTIE)],
        hors_compte=heures_hors_compte(acteur, periode, acheteurs),
        territoires=[
            *epcis,
            (AUTRE_DEPARTEMENT, "Reste du département"),
            (HORS, "Hors territoire"),
            (NR, "Non renseigné"),
        ],
        base_etp=structure.base_etp,
        etp_facilitateurs=structure.etp_facilitateurs,
        premiers_chez={} if acheteurs is None else premiers_mois(acteur, lignes, acheteurs),
        operations=lire_operations(acteur),
    )


def chez(chemin: str, acheteurs: Collection[int] | None) -> Q:
    """Ce qui touche les marchés de ces acheteurs ; `None` : tout."""
    return Q() if acheteurs is None else Q(**{f"{chemin}acheteur__in": acheteurs})


def lire_cellules(lignes: QuerySet[Any]) -> list[Cellule]:
    groupes = lignes.values_list("engagement_id", "participant_id", "modalite", "contrat_id").annotate(total=somme())
    return [
        Cellule(engagement, participant, modalite, contrat, int(total))
        for engagement, participant, modalite, contrat, total in groupes
    ]


def premiers_mois(
    acteur: Acteur, lignes: QuerySet[Any], acheteurs: Collection[int] | None = None
) -> dict[int, datetime.date]:
    """Premier mois de toujours où chaque personne de la période garde des heures validées.

    Un mois entièrement annulé ne compte pas : les personnes qui ont une annulation se recomptent mois par mois.
    """
    siennes = (
        modeles_heures.LigneHeures.objects.visibles_par(acteur)
        .validees()
        .filter(chez("engagement__clause__lot__marche__", acheteurs), participant__in=lignes.values("participant"))
        .order_by()
    )
    lus = siennes.values_list("participant").annotate(
        premier=Min("mois", filter=Q(heures__gt=0)), plus_petite=Min("heures", output_field=BigIntegerField())
    )
    premiers, rectifiees = {}, []
    for personne, premier, plus_petite in lus:
        if premier is not None:
            premiers[personne] = premier
        if plus_petite < 0:
            rectifiees.append(personne)
    premiers = {p: m for p, m in premiers.items() if p not in set(rectifiees)}
    par_mois = siennes.filter(participant__in=rectifiees).values_list("participant", "mois").annotate(total=somme())
    for personne, mois, total in par_mois:
        if total > 0:
            premiers[personne] = min(mois, premiers.get(personne, mois))
    return premiers


def lire_sorties(acteur: Acteur, periode: Periode) -> QuerySet[modeles_heures.Sortie]:
    depuis = ajouter_mois(periode.du, -ECHEANCE_MOIS)
    return modeles_heures.Sortie.objects.visibles_par(acteur).filter(date__gte=depuis, date__lte=periode.au).order_by()


def lire_profils(
    acteur: Acteur,
    structure: Structure,
    lignes: QuerySet[Any],
    sorties: QuerySet[Any],
    premiers: dict[int, datetime.date],
    epcis: set[str],
) -> dict[int, Profil]:
    """Profil de chaque personne : version courante de sa première entrée ; sans entrée, « non renseigné »."""
    concernes = Q(participant__in=lignes.values("participant")) | Q(participant__in=sorties.values("participant"))
    visibles = modeles_heures.EntreeClause.objects.visibles_par(acteur).courantes().filter(concernes)
    entrees: dict[int, Any] = {}
    for entree in visibles.order_by("participant", "numero").values_list(
        "participant_id", "pk", "commune_insee", "qpv", "niveau", "duree_inscription", "brsa", "est_participant_plie"
    ):
        entrees.setdefault(entree[0], entree[1:])
    criteres = lire_criteres(acteur, concernes)
    communes = lire_communes({entree[1] for entree in entrees.values()})
    personnes = modeles_heures.Participant.objects.visibles_par(acteur).filter(
        Q(pk__in=lignes.values("participant")) | Q(pk__in=sorties.values("participant"))
    )
    profils = {}
    for pk, sexe, naissance in personnes.order_by().values_list("pk", "sexe", "date_naissance"):
        age = age_au(naissance, premiers[pk]) if naissance and pk in premiers else None
        entree = entrees.get(pk)
        if entree is None:
            profils[pk] = Profil(sexe, age, NR, NR, NR, NR, NR, NR, NR, NR, frozenset({NR}))
            continue
        code = calculs.zone(entree[1], communes, epcis, structure.departement)
        profils[pk] = _profil(sexe, age, code, entree, criteres.get(entree[0], []))
    return profils


def _profil(sexe: str, age: int | None, code: str, entree: Any, criteres: list[tuple[str, bool]]) -> Profil:
    _, commune, qpv, niveau, duree, brsa, est_participant_plie = entree
    codes = frozenset(critere for critere, _ in criteres)
    return Profil(
        sexe=sexe,
        age=age,
        territoire=code,
        zone=calculs.zone_large(code),
        qpv=qpv,
        niveau=niveau,
        duree=duree,
        brsa=OUI if CriterePublic.RSA in codes else brsa,
        plie=OUI if est_participant_plie else NON,
        principal=next((critere for critere, principal in criteres if principal), NR),
        criteres=codes or frozenset({NR}),
        commune=commune or NR,
    )


def lire_criteres(acteur: Acteur, concernes: Q) -> dict[int, list[tuple[str, bool]]]:
    entrees = modeles_heures.EntreeClause.objects.visibles_par(acteur).courantes().filter(concernes)
    lus = modeles_heures.CritereEntree.objects.visibles_par(acteur).filter(entree__in=entrees.values("pk"))
    criteres: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for entree, critere, est_principal in lus.order_by().values_list("entree_id", "critere", "est_principal"):
        criteres[entree].append((critere, est_principal))
    return criteres


def lire_communes(codes: set[str]) -> dict[str, tuple[str, str]]:
    lues = Commune.objects.filter(code_insee__in=codes).values_list("code_insee", "epci_id", "departement")
    return {code: (epci or "", departement) for code, epci, departement in lues.order_by()}


def lire_contrats(acteur: Acteur, lignes: QuerySet[Any]) -> dict[int, Contrat]:
    lus = modeles_heures.ContratTravail.objects.visibles_par(acteur).filter(pk__in=lignes.values("contrat"))
    champs = ("pk", "participant_id", "employeur_id", "type_contrat", "employeur__type_employeur")
    return {valeurs[0]: Contrat(*valeurs[1:]) for valeurs in lus.order_by().values_list(*champs)}


def lire_engagements(acteur: Acteur, lignes: QuerySet[Any], en_cours: QuerySet[Any]) -> dict[int, Engagement]:
    lus = modeles_marches.Engagement.objects.visibles_par(acteur).filter(
        Q(pk__in=lignes.values("engagement")) | Q(clause__lot__marche__in=en_cours)
    )
    champs = ("pk", "clause__lot__marche_id", "entreprise_id", "clause__lot_id", "clause__lot__secteur")
    numero = ("clause__lot__marche__reference", "clause__lot__numero")
    return {
        pk: Engagement(marche, entreprise, lot, secteur, f"{reference}, lot {rang}")
        for pk, marche, entreprise, lot, secteur, reference, rang in lus.order_by().values_list(*champs, *numero)
    }


def lire_marches(
    acteur: Acteur, acheteurs: Collection[int] | None = None
) -> tuple[dict[int, Marche], dict[int, Acheteur]]:
    lus = modeles_marches.Marche.objects.visibles_par(acteur).filter(chez("", acheteurs)).order_by()
    champs = ("pk", "acheteur_id", "date_notification", "statut", "operation_id", "operation__est_npnru")
    marches = {
        pk: Marche(acheteur, notifie_le, statut in CLOS, operation or 0, bool(est_npnru))
        for pk, acheteur, notifie_le, statut, operation, est_npnru in lus.values_list(*champs)
    }
    visibles = modeles_marches.Acheteur.objects.visibles_par(acteur).filter(pk__in=lus.values("acheteur"))
    fiches = visibles.order_by("nom", "pk").values_list("pk", "nom", "siret", "type", "epci_siren")
    return marches, {valeurs[0]: Acheteur(*valeurs[1:]) for valeurs in fiches}


def lire_operations(acteur: Acteur) -> dict[int, str]:
    visibles = modeles_marches.Operation.objects.visibles_par(acteur).order_by("nom", "pk")
    return dict(visibles.values_list("pk", "nom"))


def heures_engagees(acteur: Acteur, au: datetime.date, en_cours: QuerySet[Any]) -> dict[int, int]:
    """Grand livre des marchés en cours, à la date d’arrêté : centièmes par engagement."""
    mouvements = modeles_marches.MouvementEngagement.objects.visibles_par(acteur).filter(
        date__lte=au, engagement__clause__lot__marche__in=en_cours
    )
    return {pk: int(total) for pk, total in mouvements.order_by().values_list("engagement").annotate(total=somme())}


def heures_realisees(acteur: Acteur, au: datetime.date, en_cours: QuerySet[Any]) -> dict[int, int]:
    """Heures validées des marchés en cours depuis leur notification, à la date d’arrêté."""
    engagements = modeles_marches.Engagement.objects.visibles_par(acteur).filter(clause__lot__marche__in=en_cours)
    lignes = (
        modeles_heures.LigneHeures.objects.visibles_par(acteur)
        .validees()
        .filter(mois__lte=au, engagement__in=engagements.order_by().values("pk"))
    )
    return {pk: int(total) for pk, total in lignes.order_by().values_list("engagement").annotate(total=somme())}


def heures_hors_compte(acteur: Acteur, periode: Periode, acheteurs: Collection[int] | None = None) -> dict[str, int]:
    """Heures déclarées ou refusées de la période : montrées à part, jamais comptées."""
    lignes = (
        modeles_heures.LigneHeures.objects.visibles_par(acteur)
        .filter(
            chez("engagement__clause__lot__marche__", acheteurs),
            statut__in=[StatutLigne.DECLAREE, StatutLigne.REFUSEE],
        )
        .travaillees(du=periode.du, au=periode.au)
    )
    return {s: int(total) for s, total in lignes.order_by().values_list("statut").annotate(total=somme())}
