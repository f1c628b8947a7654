"""Lectures des bilans : un nombre constant de requêtes, toutes prises dans le périmètre de l’acteur.

Les heures se pré-agrègent par (engagement, personne, modalité, contrat) sur l’index couvrant `ligne_bilan` ; profils,
contrats et marchés se joignent après, en mémoire (performance.md, choix 1 et 2).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import BigIntegerField, Count, Max, Min, Q, QuerySet, Sum

from bilans import calculs, etats
from bilans.enums import DefinitionBrsa
from bilans.faits import (
    AUTRE_DEPARTEMENT,
    HORS,
    NON,
    NR,
    OUI,
    Acheteur,
    Activite,
    Cellule,
    Contrat,
    Engagement,
    Faits,
    Marche,
    Periode,
    Profil,
    Sortie,
)
from bilans.parametres import trouver
from bilans.sorties import presumer
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.mois import age_au, ajouter_mois
from clauses.territoires.models import Commune
from heures import models as modeles_heures
from heures.enums import CriterePublic, StatutLigne
from marches import models as modeles_marches
from marches.enums import CLOS

# La plus lointaine échéance que l’on regarde après une sortie.
ECHEANCE_MOIS = 12
SOCIALES = ("a_clause_sociale", "a_critere_social", "est_reserve")
AILLEURS = ((AUTRE_DEPARTEMENT, "Reste du département"), (HORS, "Hors territoire"), (NR, "Non renseigné"))
CHAMPS_SORTIE = ("participant_id", "date", "situation", "situation_6_mois", "situation_12_mois")


def lignes_validees(acteur: Acteur, periode: Periode) -> QuerySet[modeles_heures.LigneHeures]:
    visibles: QuerySet[modeles_heures.LigneHeures] = (
        modeles_heures.LigneHeures.objects.visibles_par(acteur)
        .validees()
        .travaillees(du=periode.du, au=periode.au)
        .order_by()
    )
    return visibles


CHAMPS_ENTREE = (
    "pk", "commune_insee", "qpv", "niveau", "duree_inscription", "brsa", "est_participant_plie", "date_constat",
    "piece_type",
)  # fmt: skip


def somme() -> Sum:
    """Somme d’heures en centièmes entiers : exacte, et sans un `Decimal` par groupe."""
    return Sum("heures", output_field=BigIntegerField())


def lire(acteur: Acteur, structure: Structure, periode: Periode, acheteurs: Collection[int] | None = None) -> Faits:
    """Tout ce qu’un bilan compte pour cette période, dans le périmètre de l’acteur.

    `acheteurs` restreint aux marchés de ces acheteurs ; « nouveau » se juge toujours sur toute la structure.
    """
    lignes = lignes_validees(acteur, periode).filter(chez("engagement__clause__lot__marche__", acheteurs))
    cellules = lire_cellules(lignes)
    sorties = lire_sorties(acteur, structure, periode)
    if acheteurs is not None:
        siennes = {cellule.participant for cellule in cellules}
        sorties = [sortie for sortie in sorties if sortie.participant in siennes]
    premiers = premiers_mois(acteur, lignes)
    hors_compte = compter_hors_compte(acteur, periode, acheteurs)
    epcis = [(epci.siren, epci.nom) for epci in structure.territoire.all()]
    marches, fiches = lire_marches(acteur, acheteurs)
    visibles = modeles_marches.Marche.objects.visibles_par(acteur).filter(chez("", acheteurs))
    en_cours = visibles.en_cours(le=periode.arrete_au).values("pk")
    suivis = visibles.suivis(du=periode.du, au=periode.au, le=periode.arrete_au).values("pk")
    return Faits(
        periode=periode,
        cellules=cellules,
        premiers_mois=premiers,
        profils=lire_profils(acteur, structure, lignes, sorties, premiers, {code for code, _ in epcis}),
        contrats=lire_contrats(acteur, lignes),
        engagements=lire_engagements(acteur, lignes, suivis),
        marches=marches,
        acheteurs=fiches,
        engagees=heures_engagees(acteur, periode.arrete_au, en_cours),
        realisees=heures_realisees(acteur, periode.arrete_au, en_cours),
        sorties=sorties,
        hors_compte={statut: heures for statut, (_, heures) in hors_compte.items()},
        territoires=[*epcis, *AILLEURS],
        base_etp=structure.base_etp,
        etp_facilitateurs=structure.etp_facilitateurs,
        premiers_chez={} if acheteurs is None else premiers_mois(acteur, lignes, acheteurs),
        lignes_hors_compte={statut: nombre for statut, (nombre, _) in hors_compte.items()},
        activites=lire_activites(acteur, periode),
        perimetre=acheteurs,
        operations=lire_operations(acteur),
    )


def chez(chemin: str, acheteurs: Collection[int] | None) -> Q:
    """Ce qui touche les marchés de ces acheteurs ; `None` : tout."""
    return Q() if acheteurs is None else Q(**{f"{chemin}acheteur__in": acheteurs})


def lire_cellules(lignes: QuerySet[Any]) -> list[Cellule]:
    """Un groupe que des annulations ont entièrement éteint n’a plus d’heures : il n’y est pas."""
    groupes = lignes.values_list("engagement_id", "participant_id", "modalite", "contrat_id").annotate(total=somme())
    return [
        Cellule(engagement, participant, modalite, contrat, int(total))
        for engagement, participant, modalite, contrat, total in groupes
        if total
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


def lire_sorties(acteur: Acteur, structure: Structure, periode: Periode) -> list[Sortie]:
    """Sorties saisies et présumées, de la période et des douze mois qui la précèdent."""
    depuis = ajouter_mois(periode.du, -ECHEANCE_MOIS)
    fins = fins_de_contrat(acteur, depuis, periode)
    visibles = modeles_heures.Sortie.objects.visibles_par(acteur)
    lues = visibles.filter(Q(date__gte=depuis) | Q(participant__in=list(fins))).order_by("date", "pk")
    saisies = [Sortie(*valeurs) for valeurs in lues.values_list(*CHAMPS_SORTIE)]
    presumees = presumer(
        fins,
        derniers_mois(acteur, list(fins), periode.arrete_au),
        saisies,
        delai_mois=structure.delai_sortie_mois,
        arrete_au=periode.arrete_au,
    )
    return [*(s for s in saisies if depuis <= s.date <= periode.au), *presumees]


def fins_de_contrat(acteur: Acteur, depuis: datetime.date, periode: Periode) -> dict[int, datetime.date]:
    """Fin du dernier contrat, entre `depuis` et la fin de la période, de qui n’en a plus d’ouvert à l’arrêté."""
    commences = modeles_heures.ContratTravail.objects.visibles_par(acteur).filter(date_debut__lte=periode.arrete_au)
    ouvert = Q(date_fin=None) | Q(date_fin__gt=periode.arrete_au)
    lus = commences.order_by().values("participant").annotate(fin=Max("date_fin"), ouverts=Count("pk", filter=ouvert))
    finis = lus.filter(ouverts=0, fin__gte=depuis, fin__lte=periode.au)
    return dict(finis.values_list("participant", "fin"))


def derniers_mois(acteur: Acteur, personnes: list[int], arrete_au: datetime.date) -> dict[int, datetime.date]:
    """Dernier mois d’heures, déclarées ou validées, de qui a des heures validées ; un mois annulé ne compte pas."""
    lignes = modeles_heures.LigneHeures.objects.visibles_par(acteur).exclude(statut=StatutLigne.REFUSEE)
    par_mois = (
        lignes.filter(participant__in=personnes, mois__lte=arrete_au)
        .order_by()
        .values_list("participant", "mois")
        .annotate(total=somme(), valide=Count("pk", filter=Q(statut=StatutLigne.VALIDEE)))
    )
    derniers: dict[int, datetime.date] = {}
    entrees = set()
    for personne, mois, total, valide in par_mois:
        if total > 0:
            derniers[personne] = max(mois, derniers.get(personne, mois))
            if valide:
                entrees.add(personne)
    return {personne: mois for personne, mois in derniers.items() if personne in entrees}


def lire_activites(acteur: Acteur, periode: Periode) -> list[Activite]:
    """Le journal d’activité de la période, bornes comprises."""
    lues = modeles_marches.Activite.objects.visibles_par(acteur).filter(date__range=(periode.du, periode.au))
    return [Activite(*valeurs) for valeurs in lues.order_by("date", "pk").values_list("pk", "date", "nature")]


def lire_profils(
    acteur: Acteur,
    structure: Structure,
    lignes: QuerySet[Any],
    sorties: list[Sortie],
    premiers: dict[int, datetime.date],
    epcis: set[str],
) -> dict[int, Profil]:
    """Profil de chaque personne : version courante de sa première entrée ; sans entrée, « non renseigné »."""
    sorties_de = list({sortie.participant for sortie in sorties})
    concernes = Q(participant__in=lignes.values("participant")) | Q(participant__in=sorties_de)
    visibles = modeles_heures.EntreeClause.objects.visibles_par(acteur).courantes().filter(concernes)
    entrees: dict[int, Any] = {}
    for entree in visibles.order_by("participant", "numero").values_list("participant_id", *CHAMPS_ENTREE):
        entrees.setdefault(entree[0], dict(zip(CHAMPS_ENTREE, entree[1:], strict=True)))
    criteres = lire_criteres(acteur, concernes)
    communes = lire_communes({entree["commune_insee"] for entree in entrees.values()})
    definition = trouver(acteur).definition_brsa
    personnes = modeles_heures.Participant.objects.visibles_par(acteur).filter(
        Q(pk__in=lignes.values("participant")) | Q(pk__in=sorties_de)
    )
    profils = {}
    for pk, sexe, naissance in personnes.order_by().values_list("pk", "sexe", "date_naissance"):
        age = age_au(naissance, premiers[pk]) if naissance and pk in premiers else None
        entree = entrees.get(pk)
        if entree is None:
            manques = frozenset({etats.ENTREE} if naissance else {etats.ENTREE, etats.NAISSANCE})
            profils[pk] = Profil(sexe, age, NR, NR, NR, NR, NR, NR, NR, NR, frozenset({NR}), manques)
            continue
        entree |= {
            "naissance": naissance,
            "territoire": calculs.zone(entree["commune_insee"], communes, epcis, structure.departement),
            "definition": definition,
        }
        profils[pk] = _profil(sexe, age, entree, criteres.get(entree["pk"], []))
    return profils


def _profil(sexe: str, age: int | None, entree: dict[str, Any], criteres: list[tuple[str, bool]]) -> Profil:
    codes = frozenset(critere for critere, _ in criteres)
    principal = next((critere for critere, principal in criteres if principal), NR)
    manques = {
        etats.CRITERE: principal == NR,
        etats.CONSTAT: entree["date_constat"] is None,
        etats.PIECE: not entree["piece_type"],
        etats.COMMUNE: not entree["commune_insee"],
        etats.QPV_INCONNU: entree["qpv"] == NR,
        etats.NAISSANCE: entree["naissance"] is None,
    }
    return Profil(
        sexe=sexe,
        age=age,
        territoire=entree["territoire"],
        zone=calculs.zone_large(entree["territoire"]),
        qpv=entree["qpv"],
        niveau=entree["niveau"],
        duree=entree["duree_inscription"],
        brsa=brsa(codes, principal, entree["brsa"], entree["definition"]),
        plie=OUI if entree["est_participant_plie"] else NON,
        principal=principal,
        criteres=codes or frozenset({NR}),
        manques=frozenset(manque for manque, absent in manques.items() if absent),
        commune=entree["commune_insee"] or NR,
    )


def brsa(codes: frozenset[str], principal: str, note: str, definition: str) -> str:
    """Bénéficiaire du RSA à l’entrée, selon la définition de la structure : oui, non, non renseigné."""
    if definition == DefinitionBrsa.PRINCIPAL:
        if principal == NR:
            return NR
        return OUI if principal == CriterePublic.RSA else NON
    return OUI if CriterePublic.RSA in codes else note


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


def lire_engagements(acteur: Acteur, lignes: QuerySet[Any], suivis: QuerySet[Any]) -> dict[int, Engagement]:
    """Engagements des marchés suivis, et de tout lot qui a des lignes dans la période."""
    lus = modeles_marches.Engagement.objects.visibles_par(acteur).filter(
        Q(clause__lot__in=lignes.values("engagement__clause__lot")) | Q(clause__lot__marche__in=suivis)
    )
    siennes = ("entreprise__siret", "entreprise__raison_sociale")
    champs = ("pk", "clause__lot__marche_id", "entreprise_id", "clause__lot_id", "clause__lot__secteur")
    numero = ("clause__lot__marche__reference", "clause__lot__numero")
    return {
        pk: Engagement(marche, entreprise, lot, secteur, f"{reference}, lot {rang}", siret, nom)
        for pk, marche, entreprise, lot, secteur, reference, rang, siret, nom in lus.order_by().values_list(
            *champs, *numero, *siennes
        )
    }


def _considerations(a_clause: bool, a_critere: bool, est_reserve: bool) -> frozenset[str]:
    portees = zip((etats.CLAUSE, etats.CRITERE_SOCIAL, etats.RESERVE), (a_clause, a_critere, est_reserve), strict=True)
    codes = frozenset(code for code, porte in portees if porte)
    return codes | {etats.AU_MOINS_UNE} if codes else codes


def lire_marches(
    acteur: Acteur, acheteurs: Collection[int] | None = None
) -> tuple[dict[int, Marche], dict[int, Acheteur]]:
    lus = modeles_marches.Marche.objects.visibles_par(acteur).filter(chez("", acheteurs)).order_by()
    champs = ("pk", "acheteur_id", "date_notification", "statut", "operation_id", "operation__est_npnru")
    marches = {
        pk: Marche(acheteur, notifie_le, statut in CLOS, _considerations(*sociales), operation or 0, bool(est_npnru))
        for pk, acheteur, notifie_le, statut, operation, est_npnru, *sociales in lus.values_list(*champs, *SOCIALES)
    }
    visibles = modeles_marches.Acheteur.objects.visibles_par(acteur).filter(pk__in=lus.values("acheteur"))
    fiches = visibles.order_by("nom", "pk").values_list("pk", "nom", "siret", "type", "epci_siren")
    return marches, {valeurs[0]: Acheteur(*valeurs[1:]) for valeurs in fiches}


def lire_operations(acteur: Acteur) -> dict[int, str]:
    visibles = modeles_marches.Operation.objects.visibles_par(acteur).order_by("nom", "pk")
    return dict(visibles.values_list("pk", "nom"))


def mouvements_jusqu_au(acteur: Acteur, au: datetime.date) -> QuerySet[modeles_marches.MouvementEngagement]:
    """Le grand livre jusqu’à une date, comprise."""
    lus: QuerySet[modeles_marches.MouvementEngagement] = modeles_marches.MouvementEngagement.objects.visibles_par(
        acteur
    ).filter(date__lte=au)
    return lus


def lignes_jusqu_au(acteur: Acteur, au: datetime.date) -> QuerySet[modeles_heures.LigneHeures]:
    """Les lignes validées des mois commencés à une date, comprise."""
    lignes: QuerySet[modeles_heures.LigneHeures] = (
        modeles_heures.LigneHeures.objects.visibles_par(acteur).validees().filter(mois__lte=au)
    )
    return lignes


def heures_engagees(acteur: Acteur, au: datetime.date, en_cours: QuerySet[Any]) -> dict[int, int]:
    """Grand livre des marchés en cours, à la date d’arrêté : centièmes par engagement."""
    mouvements = mouvements_jusqu_au(acteur, au).filter(engagement__clause__lot__marche__in=en_cours)
    return {pk: int(total) for pk, total in mouvements.order_by().values_list("engagement").annotate(total=somme())}


def heures_realisees(acteur: Acteur, au: datetime.date, en_cours: QuerySet[Any]) -> dict[int, int]:
    """Heures validées des marchés en cours depuis leur notification, à la date d’arrêté."""
    engagements = modeles_marches.Engagement.objects.visibles_par(acteur).filter(clause__lot__marche__in=en_cours)
    lignes = lignes_jusqu_au(acteur, au).filter(engagement__in=engagements.order_by().values("pk"))
    return {pk: int(total) for pk, total in lignes.order_by().values_list("engagement").annotate(total=somme())}


def hors_compte(
    acteur: Acteur, periode: Periode, acheteurs: Collection[int] | None = None
) -> QuerySet[modeles_heures.LigneHeures]:
    """Lignes déclarées ou refusées de la période : montrées à part, jamais comptées."""
    lignes: QuerySet[modeles_heures.LigneHeures] = (
        modeles_heures.LigneHeures.objects.visibles_par(acteur)
        .filter(
            chez("engagement__clause__lot__marche__", acheteurs),
            statut__in=[StatutLigne.DECLAREE, StatutLigne.REFUSEE],
        )
        .travaillees(du=periode.du, au=periode.au)
        .order_by()
    )
    return lignes


def compter_hors_compte(
    acteur: Acteur, periode: Periode, acheteurs: Collection[int] | None = None
) -> dict[str, tuple[int, int]]:
    """Par statut, le nombre de lignes hors compte et leurs centièmes d’heure."""
    lues = hors_compte(acteur, periode, acheteurs).values_list("statut").annotate(nombre=Count("pk"), total=somme())
    return {statut: (nombre, int(total)) for statut, nombre, total in lues}
