"""Actions sur les personnes : fiche, entrée en clause, contrat de travail, prolongation, sortie."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import controler, creer, modifier, verrouiller
from clauses.comptes.journal import journaliser
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import ajouter_mois, dernier_jour
from entreprises.models import Entreprise
from heures.enums import VALIDITE_PIECE_MOIS, CriterePublic, OuiNonInconnu
from heures.models import ContratTravail, CritereEntree, EntreeClause, LigneHeures, Participant, Prolongation, Sortie


def identifiant_suivant(structure_id: int, modele: type[Participant] | type[ContratTravail], prefixe: str) -> str:
    """Un identifiant libre, lisible et jamais réutilisé : préfixe et numéro sur cinq chiffres."""
    dernier = modele._default_manager.filter(structure_id=structure_id).aggregate(plus_grand=Max("pk"))["plus_grand"]
    numero = (dernier or 0) + 1
    while modele._default_manager.filter(structure_id=structure_id, identifiant=f"{prefixe}{numero:05d}").exists():
        numero += 1
    return f"{prefixe}{numero:05d}"


@transaction.atomic
def creer_participant(*, par: Acteur, identifiant: str = "", **champs: Any) -> Participant:
    """Ouvre la fiche d’une personne ; l’identifiant est attribué s’il est vide. Lève `ValidationError`."""
    par.exiger(Droit.GERER_PERSONNES)
    identifiant = identifiant or identifiant_suivant(par.structure_id, Participant, "P")
    participant = Participant(structure_id=par.structure_id, identifiant=identifiant, **champs)
    return creer(participant, par=par, action="ouvrir la fiche de la personne")


@transaction.atomic
def modifier_participant(participant: Participant, *, version: int, par: Acteur, **champs: Any) -> Participant:
    par.exiger(Droit.GERER_PERSONNES)
    relu: Participant = verrouiller(Participant.objects.all(), participant.pk, par=par)
    return modifier(relu, champs, par=par, action="modifier la fiche de la personne", version=version)


def photographier(
    entree: EntreeClause, *, critere_principal: str, autres_criteres: Sequence[str], par: Acteur, action: str
) -> EntreeClause:
    """Enregistre une version d’entrée et ses critères ; déduit ce qui se déduit (RSA, validité de la pièce)."""
    par.exiger(Droit.GERER_PERSONNES)
    criteres = list(dict.fromkeys([critere_principal, *autres_criteres]))
    if CriterePublic.AUTRE_AVIS_MOTIVE in criteres and not entree.motif:
        raise ActionImpossible("Un public « autre, sur avis motivé » porte le motif et l’auteur de l’avis.")
    if CriterePublic.RSA in criteres:
        entree.brsa = OuiNonInconnu.OUI
    validite = VALIDITE_PIECE_MOIS.get(entree.piece_type)  # type: ignore[call-overload]
    if entree.piece_date and validite and not entree.piece_valable_jusqu_au:
        entree.piece_valable_jusqu_au = ajouter_mois(entree.piece_date, validite)
    creer(entree, par=par, action=action)
    for critere in filter(None, criteres):
        constat = CritereEntree(
            structure_id=par.structure_id,
            entree=entree,
            critere=critere,
            est_principal=critere == critere_principal,
        )
        creer(constat, par=par, action="constater un critère")
    return entree


@transaction.atomic
def enregistrer_entree(
    participant: Participant,
    *,
    critere_principal: str,
    autres_criteres: Sequence[str] = (),
    par: Acteur,
    **champs: Any,
) -> EntreeClause:
    """Photographie le profil d’une personne à son entrée en clause (immuable ensuite).

    `piece_vue_par` est l’acteur quand une pièce est donnée. Lève `ActionImpossible` ou `ValidationError`.
    """
    par.exiger(Droit.GERER_PERSONNES)
    relu = verrouiller(Participant.objects.all(), participant.pk, par=par)
    dernier = EntreeClause.objects.filter(participant=relu).aggregate(dernier=Max("numero"))["dernier"] or 0
    champs.setdefault("commune_insee", relu.commune_insee)
    champs.setdefault("est_participant_plie", relu.est_participant_plie)
    entree = EntreeClause(
        structure_id=par.structure_id,
        participant=relu,
        numero=dernier + 1,
        enregistree_par_id=par.utilisateur_id,
        piece_vue_par_id=par.utilisateur_id if champs.get("piece_type") else None,
        **champs,
    )
    return photographier(
        entree,
        critere_principal=critere_principal,
        autres_criteres=autres_criteres,
        par=par,
        action="enregistrer l’entrée en clause",
    )


@transaction.atomic
def corriger_entree(
    entree: EntreeClause,
    *,
    version: int,
    motif: str,
    critere_principal: str,
    autres_criteres: Sequence[str] = (),
    par: Acteur,
    **champs: Any,
) -> EntreeClause:
    """Corrige un profil par une nouvelle version tracée ; l’ancienne reste lisible. Le visa est à redonner."""
    par.exiger(Droit.GERER_PERSONNES)
    relue = verrouiller(EntreeClause.objects.select_related("participant"), entree.pk, par=par)
    if not relue.est_courante or relue.version != version:
        raise ActionImpossible("Cette entrée a déjà été corrigée : rouvrir la fiche pour voir la version courante.")
    if not motif:
        raise ActionImpossible("Une correction porte sa raison.")
    relue.est_courante = False
    relue.save(update_fields=["est_courante"])
    nouvelle = EntreeClause(
        structure_id=par.structure_id,
        participant=relue.participant,
        numero=relue.numero,
        version=relue.version + 1,
        motif=motif,
        enregistree_par_id=par.utilisateur_id,
        piece_vue_par_id=par.utilisateur_id if champs.get("piece_type") else None,
        **champs,
    )
    return photographier(
        nouvelle,
        critere_principal=critere_principal,
        autres_criteres=autres_criteres,
        par=par,
        action="corriger l’entrée en clause",
    )


@transaction.atomic
def viser_entree(entree: EntreeClause, *, par: Acteur) -> EntreeClause:
    """Pose le visa du facilitateur sur la version courante d’une entrée ; suppose une pièce vue."""
    par.exiger(Droit.GERER_PERSONNES)
    relue: EntreeClause = verrouiller(EntreeClause.objects.all(), entree.pk, par=par)
    if not relue.est_courante:
        raise ActionImpossible("Cette version de l’entrée n’est plus la version courante.")
    if relue.visa_le is not None:
        raise ActionImpossible("Cette entrée est déjà visée.")
    if not relue.piece_type:
        raise ActionImpossible("Le visa suppose une pièce vue : la noter d’abord, en corrigeant l’entrée.")
    relue.visa_le = timezone.now()
    relue.visa_par_id = par.utilisateur_id
    controler(relue)
    relue.save(update_fields=["visa_le", "visa_par"])
    journaliser(par=par, action="viser l’entrée en clause", objet=relue)
    return relue


@transaction.atomic
def creer_contrat(
    participant: Participant, *, employeur: Entreprise, par: Acteur, identifiant: str = "", **champs: Any
) -> ContratTravail:
    par.exiger(Droit.GERER_PERSONNES)
    relu = verrouiller(Participant.objects.all(), participant.pk, par=par)
    contrat = ContratTravail(
        structure_id=par.structure_id,
        participant=relu,
        employeur=employeur,
        identifiant=identifiant or identifiant_suivant(par.structure_id, ContratTravail, "C"),
        **champs,
    )
    return creer(contrat, par=par, action="enregistrer le contrat de travail")


@transaction.atomic
def creer_personne_et_contrat(personne: dict[str, Any], contrat: dict[str, Any], *, par: Acteur) -> ContratTravail:
    """Ouvre une fiche et enregistre son contrat, tout ou rien.

    `personne` et `contrat` : les champs de `creer_participant` et de `creer_contrat`. Lève `ValidationError`.
    """
    par.exiger(Droit.GERER_PERSONNES)
    return creer_contrat(creer_participant(par=par, **personne), par=par, **contrat)


@transaction.atomic
def modifier_contrat(contrat: ContratTravail, *, version: int, par: Acteur, **champs: Any) -> ContratTravail:
    """Modifie un contrat ; refuse des dates qui laisseraient dehors des heures déjà notées."""
    par.exiger(Droit.GERER_PERSONNES)
    relu: ContratTravail = verrouiller(ContratTravail.objects.all(), contrat.pk, par=par)
    bornes = LigneHeures.objects.filter(contrat=relu).aggregate(premier=Min("mois"), dernier=Max("mois"))
    debut, fin = champs.get("date_debut", relu.date_debut), champs.get("date_fin", relu.date_fin)
    if bornes["premier"] and debut > dernier_jour(bornes["premier"]):
        raise ActionImpossible(f"Des heures sont notées dès {bornes['premier']:%m/%Y}, avant cette date d’embauche.")
    if bornes["dernier"] and fin and fin < bornes["dernier"]:
        raise ActionImpossible(f"Des heures sont notées jusqu’en {bornes['dernier']:%m/%Y}, après cette date de fin.")
    return modifier(relu, champs, par=par, action="modifier le contrat de travail", version=version)


@transaction.atomic
def prolonger(participant: Participant, *, jusqu_au: datetime.date, motif: str, par: Acteur) -> Prolongation:
    """Accorde une prolongation motivée d’éligibilité (domaine.md §3.5)."""
    par.exiger(Droit.GERER_PERSONNES)
    relu = verrouiller(Participant.objects.all(), participant.pk, par=par)
    prolongation = Prolongation(
        structure_id=par.structure_id,
        participant=relu,
        jusqu_au=jusqu_au,
        motif=motif,
        accordee_par_id=par.utilisateur_id,
    )
    return creer(prolongation, par=par, action="prolonger l’éligibilité")


@transaction.atomic
def noter_sortie(participant: Participant, *, par: Acteur, **champs: Any) -> Sortie:
    par.exiger(Droit.GERER_PERSONNES)
    relu = verrouiller(Participant.objects.all(), participant.pk, par=par)
    return creer(Sortie(structure_id=par.structure_id, participant=relu, **champs), par=par, action="noter la sortie")


@transaction.atomic
def modifier_sortie(sortie: Sortie, *, version: int, par: Acteur, **champs: Any) -> Sortie:
    """Complète ou corrige une sortie : situations à 6 et à 12 mois (domaine.md §6)."""
    par.exiger(Droit.GERER_PERSONNES)
    relue = verrouiller(Sortie.objects.all(), sortie.pk, par=par)
    return modifier(relue, champs, par=par, action="compléter la sortie", version=version)
