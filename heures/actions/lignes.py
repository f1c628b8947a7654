"""Actions sur les heures : déclarer, effacer, valider, refuser, rectifier (domaine.md §3)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, Sum
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import controler, creer, modifier, verrouiller
from clauses.comptes.journal import etat, journaliser
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from clauses.socle.mois import en_lettres, premier_jour
from clauses.socle.nombres import en_heures
from heures import calculs, globalisation, lecture_anomalies
from heures.anomalies import Gravite
from heures.enums import NatureLigne, OrigineLigne, StatutAttente, StatutLigne, TypeHeures
from heures.models import ContratTravail, EntreeClause, LigneEnAttente, LigneHeures, Participant, Prolongation
from heures.releves import dire_a_l_entreprise, tenir_le_releve
from marches.enums import CLOS
from marches.models import Engagement

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Declaration:
    """Ce qu’une déclaration a fait : la ligne gardée (`None` si effacée) et ce qu’il faut savoir."""

    ligne: LigneHeures | None
    avertissements: list[str] = field(default_factory=list)


def cadre(
    contrat: ContratTravail, engagement: Engagement, mois: datetime.date, *, sauf: LigneHeures | None = None
) -> calculs.Cadre:
    """Lit ce qui encadre une ligne d’heures : dates, éligibilité, seuils, autres heures de la personne ce mois-là."""
    structure = Structure.objects.get(pk=engagement.structure_id)
    marche = engagement.clause.lot.marche
    entree = EntreeClause.objects.courantes().filter(participant=contrat.participant_id).order_by("-numero").first()
    prolongations = Prolongation.objects.filter(participant=contrat.participant_id).values_list("jusqu_au", flat=True)
    autres = LigneHeures.objects.filter(participant=contrat.participant_id, mois=mois).exclude(
        statut=StatutLigne.REFUSEE
    )
    if sauf is not None:
        autres = autres.exclude(pk=sauf.pk)
    sommes = autres.aggregate(
        total=Sum("heures"), du_contrat=Sum("heures", filter=Q(contrat=contrat) & ~Q(engagement=engagement))
    )
    return calculs.Cadre(
        embauche=contrat.date_debut,
        fin_contrat=contrat.date_fin,
        debut_engagement=engagement.debut,
        fin_engagement=engagement.fin,
        fin_eligibilite=calculs.fin_eligibilite(
            entree.date_entree if entree else None,
            engagement.clause.duree_eligibilite_mois or structure.duree_eligibilite_mois,
            prolongations,
        ),
        date_constat=entree.date_constat if entree else None,
        notification=marche.date_notification,
        aujourd_hui=timezone.localdate(),
        seuil_avertissement=structure.seuil_avertissement_heures,
        seuil_refus=structure.seuil_refus_heures,
        autres_heures=sommes["total"] or ZERO,
        quotite=contrat.quotite,
        autres_heures_du_contrat=sommes["du_contrat"] or ZERO,
    )


def avertissements(ligne: LigneHeures, *, par: Acteur) -> list[str]:
    """Ce qu’il faut savoir d’une ligne encore déclarée, telle que l’acteur la lit ; vide si elle est traitée."""
    par.exiger(Droit.CONSULTER_HEURES)
    if ligne.statut != StatutLigne.DECLAREE:
        return []
    return calculs.avertissements(ligne.heures, cadre(ligne.contrat, ligne.engagement, ligne.mois, sauf=ligne))


def _engagement_ouvert(engagement: Engagement, par: Acteur) -> Engagement:
    relu: Engagement = verrouiller(Engagement.objects.avec_marche(), engagement.pk, par=par)
    if relu.clause.lot.marche.statut in CLOS:
        statut = relu.clause.lot.marche.get_statut_display().lower()
        raise ActionImpossible(f"Ce marché est {statut} : rouvrir le marché avant d’y noter des heures.")
    return relu


def _ligne_vive(
    contrat: ContratTravail, engagement: Engagement, mois: datetime.date, type_heures: str
) -> LigneHeures | None:
    """La ligne que l’on voit dans la cellule : la dernière ligne ordinaire qu’aucune annulation n’a éteinte."""
    return (
        LigneHeures.objects.select_for_update(of=("self",))
        .filter(contrat=contrat, engagement=engagement, mois=mois, type_heures=type_heures)
        .filter(nature=NatureLigne.ORDINAIRE, annulation=None)
        .order_by("-rang")
        .first()
    )


def _verifier_version(ligne: LigneHeures | None, version: int | None, heures: Decimal) -> None:
    """`version` 0 : la cellule était vide à l’écran ; `None` : l’auteur ne lisait pas l’ancien état (import)."""
    actuelle = ligne.version if ligne else 0
    if version is not None and version != actuelle:
        enregistree = f"{en_heures(ligne.heures)} h" if ligne else "aucune heure"
        raise ConflitDeVersion(actuelle, [("heures", enregistree, f"{en_heures(heures)} h")])


def _contrat_verrouille(contrat: ContratTravail, par: Acteur) -> ContratTravail:
    """Relit le contrat et verrouille la personne : le plafond mensuel se compte sur tous ses contrats."""
    relu: ContratTravail = verrouiller(ContratTravail.objects.all(), contrat.pk, par=par)
    verrouiller(Participant.objects.all(), relu.participant_id, par=par)
    return relu


def _appliquer_les_regles(
    contrat: ContratTravail,
    engagement: Engagement,
    mois: datetime.date,
    heures: Decimal,
    *,
    sauf: LigneHeures | None,
) -> list[str]:
    """Lève `ActionImpossible` si une règle dit non ; rend les avertissements."""
    regles = cadre(contrat, engagement, mois, sauf=sauf)
    if raison := calculs.refus(mois, heures, regles) or _refus_de_globalisation(contrat, engagement, mois):
        raise ActionImpossible(raison)
    return calculs.avertissements(heures, regles)


def _refus_de_globalisation(contrat: ContratTravail, engagement: Engagement, mois: datetime.date) -> str | None:
    vers, depuis = globalisation.imputation(engagement), globalisation.premiere_imputation(contrat)
    if depuis is None or depuis.operation == vers.operation:
        return None
    conventions = globalisation.conventions_de(engagement.structure_id, [engagement.pk])
    return calculs.refus_de_globalisation(mois, vers, depuis, conventions)


@transaction.atomic
def declarer(
    *,
    contrat: ContratTravail,
    engagement: Engagement,
    mois: datetime.date,
    heures: Decimal,
    par: Acteur,
    type_heures: TypeHeures = TypeHeures.TRAVAIL,
    origine: OrigineLigne = OrigineLigne.SAISIE,
    version: int | None = None,
) -> Declaration:
    """Note les heures d’un contrat pour un engagement et un mois ; remplace une valeur encore déclarée.

    `heures` au centième, ≥ 0 ; `version` : celle de la cellule à l’écran (0 si elle était vide). Une déclaration
    d’entreprise demande le droit de déposer un relevé, toute autre celui de saisir des heures. Lève
    `ActionImpossible` (règle non tenue, mois validé), `ConflitDeVersion` (cellule changée entre-temps).
    """
    par.exiger(Droit.DEPOSER_RELEVE if origine == OrigineLigne.ENTREPRISE else Droit.SAISIR_HEURES)
    mois = premier_jour(mois)
    engagement = _engagement_ouvert(engagement, par)
    contrat = _contrat_verrouille(contrat, par)
    ligne = _ligne_vive(contrat, engagement, mois, type_heures)
    _verifier_version(ligne, version, heures)
    if ligne is not None and ligne.statut == StatutLigne.VALIDEE:
        raise ActionImpossible(
            f"{en_lettres(mois).capitalize()} est validé pour cette personne : la ligne se rectifie, avec un motif."
        )
    avertissements = _appliquer_les_regles(contrat, engagement, mois, heures, sauf=ligne)
    champs = {"heures": heures, "statut": StatutLigne.DECLAREE, "motif": ""}
    if ligne is None:
        cellule = {"contrat": contrat, "engagement": engagement, "mois": mois, "type_heures": type_heures}
        neuve = LigneHeures(**_reprises_du_contrat(contrat, par), **cellule, **champs, origine=origine)
        ligne = creer(neuve, par=par, action="déclarer des heures")
    else:
        if ligne.heures != heures:
            # L’origine est celle de la valeur : un dépôt par lien ne remplace que ce qu’un lien a déposé.
            champs["origine"] = origine
        ligne = modifier(ligne, champs, par=par, action="corriger des heures déclarées")
    tenir_le_releve(engagement, mois, par=par, complement_attendu=False)
    return Declaration(ligne, avertissements)


def _reprises_du_contrat(contrat: ContratTravail, par: Acteur) -> dict[str, Any]:
    """Ce qu’une ligne neuve tient de son contrat et de son auteur."""
    return {
        "structure_id": par.structure_id,
        "participant_id": contrat.participant_id,
        "modalite": contrat.modalite,
        "declaree_par_id": par.utilisateur_id,
    }


@transaction.atomic
def effacer(ligne: LigneHeures, *, version: int, par: Acteur) -> None:
    """Retire une ligne encore déclarée ou refusée (cellule vidée) ; le journal garde ce qu’elle portait.

    Un mois qui n’a plus d’heures redevient attendu. Lève `ConflitDeVersion`, ou `ActionImpossible` si la ligne est
    validée ou le marché clos.
    """
    par.exiger(Droit.SAISIR_HEURES)
    # L’engagement d’abord, comme partout : deux gestes qui se croisent s’attendent au lieu de se bloquer.
    engagement = _engagement_ouvert(ligne.engagement, par)
    relue = verrouiller(LigneHeures.objects.all(), ligne.pk, par=par)
    if relue.version != version:
        raise ConflitDeVersion(relue.version, [("heures", f"{en_heures(relue.heures)} h", "vide")])
    if relue.statut == StatutLigne.VALIDEE:
        raise ActionImpossible("Des heures validées ne s’effacent pas : elles se rectifient, avec un motif.")
    journaliser(
        par=par,
        action="effacer des heures déclarées",
        objet=relue,
        avant=etat(relue, ["contrat", "engagement", "mois", "type_heures", "heures", "statut"]),
    )
    relue.delete()
    tenir_le_releve(engagement, relue.mois, par=par)


@transaction.atomic
def valider_mois(engagement: Engagement, *, mois: datetime.date, par: Acteur) -> int:
    """Valide toutes les lignes déclarées d’un engagement pour un mois ; rend leur nombre.

    Lève `ActionImpossible` s’il n’y a rien à valider.
    """
    par.exiger(Droit.VALIDER_HEURES)
    mois = premier_jour(mois)
    engagement = _engagement_ouvert(engagement, par)
    lignes = list(
        LigneHeures.objects.visibles_par(par)
        .declarees()
        .select_for_update(of=("self",))
        .filter(engagement=engagement, mois=mois)
    )
    if not lignes:
        raise ActionImpossible(f"Aucune heure déclarée à valider en {en_lettres(mois)}.")
    _exiger_sans_obstacle(lignes, par)
    instant = timezone.now()
    for ligne in lignes:
        _valider(ligne, instant, par)
    tenir_le_releve(engagement, mois, par=par, complement_attendu=False)
    return len(lignes)


@transaction.atomic
def valider_ligne(ligne: LigneHeures, *, version: int, par: Acteur) -> LigneHeures:
    """Valide une seule ligne déclarée, telle que l’auteur l’a lue ; un complément demandé reste attendu.

    Lève `ConflitDeVersion`, ou `ActionImpossible` si la ligne est déjà traitée, si une règle dit non ou si le marché
    est clos.
    """
    par.exiger(Droit.VALIDER_HEURES)
    engagement = _engagement_ouvert(ligne.engagement, par)
    relue: LigneHeures = verrouiller(LigneHeures.objects.all(), ligne.pk, par=par)
    if relue.statut != StatutLigne.DECLAREE:
        raise ActionImpossible("Cette ligne a déjà été traitée.")
    if relue.version != version:
        raise ConflitDeVersion(relue.version, [("heures", f"{en_heures(relue.heures)} h", "accepter l’ancien nombre")])
    _exiger_sans_obstacle([relue], par)
    _valider(relue, timezone.now(), par)
    tenir_le_releve(engagement, relue.mois, par=par)
    return relue


def _exiger_sans_obstacle(lignes: Sequence[LigneHeures], par: Acteur) -> None:
    """Une règle a pu cesser d’être tenue depuis la déclaration (contrat écourté, entrée corrigée) : on la relit."""
    trouvees = lecture_anomalies.lire(lignes, le=timezone.localdate(), par=par)
    obstacles = [a for anomalies in trouvees.values() for a in anomalies if a.gravite is Gravite.BLOQUE]
    if obstacles:
        raise ActionImpossible(
            f"{obstacles[0].constat} Lever cet obstacle (boîte de réception), ou refuser la ligne, avant d’accepter."
        )


def _valider(ligne: LigneHeures, instant: datetime.datetime, par: Acteur) -> None:
    avant = etat(ligne, ["statut"])
    ligne.statut = StatutLigne.VALIDEE
    ligne.validee_le = instant
    ligne.validee_par_id = par.utilisateur_id
    ligne.version += 1
    controler(ligne)
    ligne.save(update_fields=["statut", "validee_le", "validee_par", "version"])
    journaliser(
        par=par, action="valider des heures", objet=ligne, avant=avant, apres=etat(ligne, ["statut", "heures"])
    )


@transaction.atomic
def refuser(ligne: LigneHeures, *, motif: str, par: Acteur) -> LigneHeures:
    """Refuse une ligne déclarée ; le motif va aussi dans le message du relevé, que l’entreprise lit.

    Lève `ActionImpossible` sans motif, ou si la ligne est déjà traitée.
    """
    par.exiger(Droit.VALIDER_HEURES)
    relue: LigneHeures = verrouiller(LigneHeures.objects.all(), ligne.pk, par=par)
    if relue.statut != StatutLigne.DECLAREE:
        raise ActionImpossible("Cette ligne a déjà été traitée.")
    if not motif.strip():
        raise ActionImpossible("Un refus porte son motif.")
    champs = {"statut": StatutLigne.REFUSEE, "motif": motif.strip()}
    refusee = modifier(relue, champs, par=par, action="refuser des heures")
    releve = tenir_le_releve(relue.engagement, relue.mois, par=par)
    phrase = f"{relue.participant}, {en_heures(relue.heures)} h refusées : {motif.strip()}"
    dire_a_l_entreprise(releve, phrase, par=par)
    return refusee


def _ligne_rectifiable(ligne: LigneHeures, heures: Decimal, par: Acteur) -> LigneHeures:
    """La ligne relue et verrouillée, si elle est validée, la plus récente, et que la valeur change."""
    relue: LigneHeures = verrouiller(LigneHeures.objects.select_related("contrat"), ligne.pk, par=par)
    if relue.statut != StatutLigne.VALIDEE or relue.nature != NatureLigne.ORDINAIRE:
        raise ActionImpossible("Seule une ligne validée se rectifie.")
    if LigneHeures.objects.filter(annule=relue).exists():
        raise ActionImpossible("Cette ligne a déjà été rectifiée : rectifier la plus récente.")
    if heures == relue.heures:
        raise ActionImpossible(f"La ligne porte déjà {en_heures(heures)} h : rien à rectifier.")
    return relue


@transaction.atomic
def rectifier(ligne: LigneHeures, *, heures: Decimal, motif: str, par: Acteur) -> LigneHeures:
    """Corrige une ligne validée sans la toucher : une annulation, puis une nouvelle ligne validée.

    `heures` : la valeur juste, au centième. Lève `ActionImpossible` sans motif, si rien ne change ou si une règle dit
    non. Rend la nouvelle ligne.
    """
    par.exiger(Droit.VALIDER_HEURES)
    if not motif.strip():
        raise ActionImpossible("Une rectification porte son motif.")
    engagement = _engagement_ouvert(ligne.engagement, par)
    relue = _ligne_rectifiable(ligne, heures, par)
    contrat = _contrat_verrouille(relue.contrat, par)
    _appliquer_les_regles(contrat, engagement, relue.mois, heures, sauf=relue)
    cellule = {
        "contrat": contrat,
        "engagement": engagement,
        "mois": relue.mois,
        "type_heures": relue.type_heures,
    }
    rang = LigneHeures.objects.filter(**cellule).aggregate(dernier=Max("rang"))["dernier"]
    communs = {
        **cellule,
        **_reprises_du_contrat(contrat, par),
        "modalite": relue.modalite,
        "statut": StatutLigne.VALIDEE,
        "motif": motif.strip(),
        "validee_le": timezone.now(),
        "validee_par_id": par.utilisateur_id,
    }
    annulation = LigneHeures(
        **communs, heures=-relue.heures, nature=NatureLigne.ANNULATION, annule=relue, rang=rang + 1
    )
    creer(annulation, par=par, action="annuler une ligne validée")
    return creer(LigneHeures(**communs, heures=heures, rang=rang + 2), par=par, action="rectifier une ligne validée")


@transaction.atomic
def declarer_neant(engagement: Engagement, *, mois: datetime.date, par: Acteur) -> None:
    """Note que l’entreprise n’a fait aucune heure ce mois-là. Lève `ActionImpossible` s’il y en a déjà."""
    par.exiger(Droit.SAISIR_HEURES)
    mois = premier_jour(mois)
    engagement = _engagement_ouvert(engagement, par)
    if LigneHeures.objects.filter(engagement=engagement, mois=mois).exclude(statut=StatutLigne.REFUSEE).exists():
        raise ActionImpossible(f"Des heures sont déjà notées en {en_lettres(mois)} : ce mois n’est pas néant.")
    attentes = LigneEnAttente.objects.filter(releve__engagement=engagement, releve__mois=mois)
    if attentes.filter(statut=StatutAttente.EN_ATTENTE).exists():
        raise ActionImpossible(
            f"Des lignes reçues pour {en_lettres(mois)} sont à vérifier : les traiter avant de noter néant."
        )
    tenir_le_releve(engagement, mois, par=par, complement_attendu=False, est_neant=True)
