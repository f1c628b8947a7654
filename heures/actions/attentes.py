"""Actions sur une ligne en attente : la rattacher à un contrat, la reprendre, la refuser."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import controler, enregistrer, verrouiller
from clauses.comptes.journal import etat, journaliser
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.nombres import en_heures
from entreprises.models import Entreprise
from heures.actions.lignes import Declaration, declarer
from heures.actions.personnes import creer_contrat, creer_participant
from heures.enums import OrigineLigne, StatutAttente, StatutLigne, TypeHeures
from heures.models import ContratTravail, LigneEnAttente, LigneHeures, Participant
from heures.releves import dire_a_l_entreprise, tenir_le_releve
from marches.models import Engagement


def _en_attente(attente: LigneEnAttente, par: Acteur) -> LigneEnAttente:
    # L’engagement d’abord, comme à la déclaration : deux gestes qui se croisent ne s’attendent pas l’un l’autre.
    verrouiller(Engagement.objects.all(), attente.releve.engagement_id, par=par)
    objets = LigneEnAttente.objects.select_related("releve__engagement", "contrat__participant")
    relue: LigneEnAttente = verrouiller(objets, attente.pk, par=par)
    if relue.statut != StatutAttente.EN_ATTENTE:
        raise ActionImpossible("Cette ligne a déjà été traitée.")
    return relue


@transaction.atomic
def reprendre_attente(
    attente: LigneEnAttente, *, par: Acteur, contrat: ContratTravail | None = None, remplacer: bool = False
) -> Declaration:
    """Déclare les heures d’une ligne en attente, l’obstacle levé ; `contrat` la rattache à un contrat connu.

    `remplacer` : les heures déjà déclarées pour ce contrat et ce mois cèdent la place, en connaissance de cause. Lève
    `ActionImpossible` si une règle dit encore non, ou si des heures y sont déjà.
    """
    par.exiger(Droit.VALIDER_HEURES)
    relue = _en_attente(attente, par)
    contrat = contrat or relue.contrat
    if contrat is None:
        raise ActionImpossible(
            "Cette ligne n’est rattachée à aucun contrat : choisir une personne connue, ou ouvrir sa fiche."
        )
    releve = relue.releve
    _exiger_la_place(relue, contrat, remplacer)
    faite = declarer(
        contrat=contrat,
        engagement=releve.engagement,
        mois=releve.mois,
        heures=relue.heures,
        type_heures=TypeHeures(relue.type_heures),
        origine=OrigineLigne(relue.origine),
        par=par,
    )
    _traiter(relue, {"statut": StatutAttente.REPRISE, "contrat": contrat}, "reprendre une ligne en attente", par)
    tenir_le_releve(releve.engagement, releve.mois, par=par)
    return faite


def _exiger_la_place(attente: LigneEnAttente, contrat: ContratTravail, remplacer: bool) -> None:
    deja = LigneHeures.objects.filter(
        contrat=contrat,
        engagement=attente.releve.engagement_id,
        mois=attente.releve.mois,
        type_heures=attente.type_heures,
        statut=StatutLigne.DECLAREE,
    ).first()
    if deja is not None and not remplacer:
        raise ActionImpossible(
            f"Ce contrat porte déjà {en_heures(deja.heures)} h déclarées ce mois-ci : refuser cette ligne, ou cocher "
            f"« remplacer » pour garder les {en_heures(attente.heures)} h reçues."
        )


@transaction.atomic
def ouvrir_et_reprendre(
    attente: LigneEnAttente,
    *,
    personne: dict[str, Any],
    employeur: Entreprise,
    contrat: dict[str, Any],
    par: Acteur,
) -> Declaration:
    """Ouvre la fiche d’une personne reçue, son contrat, et déclare ses heures : tout, ou rien.

    `personne` et `contrat` : les champs de `creer_participant` et de `creer_contrat`.
    """
    par.exiger(Droit.VALIDER_HEURES)
    fiche = creer_participant(**personne, par=par)
    return reprendre_attente(attente, contrat=creer_contrat(fiche, employeur=employeur, **contrat, par=par), par=par)


@transaction.atomic
def embaucher_et_reprendre(
    attente: LigneEnAttente, *, participant: Participant, employeur: Entreprise, contrat: dict[str, Any], par: Acteur
) -> Declaration:
    """Enregistre un nouveau contrat d’une personne connue et déclare ses heures : tout, ou rien."""
    par.exiger(Droit.VALIDER_HEURES)
    neuf = creer_contrat(participant, employeur=employeur, **contrat, par=par)
    return reprendre_attente(attente, contrat=neuf, par=par)


@transaction.atomic
def refuser_attente(attente: LigneEnAttente, *, motif: str, par: Acteur) -> LigneEnAttente:
    """Refuse une ligne en attente ; le motif va aussi dans le message du relevé, que l’entreprise lit."""
    par.exiger(Droit.VALIDER_HEURES)
    relue = _en_attente(attente, par)
    if not motif.strip():
        raise ActionImpossible("Un refus porte son motif.")
    champs = {"statut": StatutAttente.REFUSEE, "motif": motif.strip()}
    refusee = _traiter(relue, champs, "refuser une ligne en attente", par)
    releve = tenir_le_releve(relue.releve.engagement, relue.releve.mois, par=par)
    phrase = f"{relue.personne}, {en_heures(relue.heures)} h refusées : {motif.strip()}"
    dire_a_l_entreprise(releve, phrase, par=par)
    return refusee


def _traiter(attente: LigneEnAttente, champs: dict[str, Any], action: str, par: Acteur) -> LigneEnAttente:
    avant = etat(attente, champs)
    for nom, valeur in champs.items():
        setattr(attente, nom, valeur)
    attente.traitee_le = timezone.now()
    attente.traitee_par_id = par.utilisateur_id
    attente.version += 1
    controler(attente)
    enregistrer(attente, update_fields=[*champs, "traitee_le", "traitee_par", "version"])
    journaliser(par=par, action=action, objet=attente, avant=avant, apres=etat(attente, champs))
    return attente
