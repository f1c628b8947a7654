"""Déposer un relevé, par un lien ou depuis un compte : tout ou rien, rien de perdu, rien de validé touché.

Les deux portes mènent au même dépôt (docs/adr/0015 et 0022).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.journal import etat, journaliser
from clauses.comptes.models import Utilisateur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import en_lettres
from clauses.socle.nombres import en_heures
from heures.actions.lignes import declarer
from heures.annonces import annoncer_des_releves
from heures.enums import OrigineLigne, StatutAttente, StatutLigne, StatutReleve, TypeHeures
from heures.models import ContratTravail, DemandeReleve, LigneEnAttente, LigneHeures, Releve
from heures.releves import tenir_le_releve
from marches.enums import CLOS
from marches.models import Engagement

RAISON_MAX = 500
A_RAPPROCHER = (
    "Personne ajoutée par l’entreprise : la rapprocher d’une fiche et d’un contrat, ou vérifier son éligibilité."
)


@dataclass(frozen=True, slots=True)
class HeuresDeposees:
    """Les heures d’un contrat de la liste, au centième et ≥ 0."""

    contrat_id: int
    type_heures: TypeHeures
    heures: Decimal


@dataclass(frozen=True, slots=True)
class PersonneDeposee:
    """Une personne que l’entreprise ajoute, à vérifier avant qu’elle ne compte."""

    nom: str
    prenom: str
    date_naissance: datetime.date
    heures: Decimal


@dataclass(frozen=True, slots=True)
class Depot:
    """Ce qu’une entreprise envoie : des heures et des personnes, ou « néant »."""

    deposant: str
    heures: Sequence[HeuresDeposees] = ()
    personnes: Sequence[PersonneDeposee] = ()
    est_neant: bool = False
    commentaire: str = ""


def fermeture(releve: Releve) -> str:
    """Pourquoi un relevé n’admet plus de dépôt, dit à l’entreprise ; vide s’il en admet."""
    marche = releve.engagement.clause.lot.marche
    if releve.statut == StatutReleve.VALIDE:
        return "Ce relevé est validé : pour le corriger, écrivez à votre facilitateur."
    if marche.statut in CLOS:
        return f"Ce marché est {marche.get_statut_display().lower()} : plus aucun relevé ne s’y dépose."
    return ""


@transaction.atomic
def deposer(demande: DemandeReleve, depot: Depot, *, version: int, par: Acteur) -> DemandeReleve:
    """Enregistre un dépôt entier fait par un lien ; `par` tient ce lien. Règles et refus : `_deposer`.

    Lève aussi `ActionImpossible` si le lien est révoqué ou échu.
    """
    par.exiger(Droit.DEPOSER_RELEVE)
    relue = verrouiller(DemandeReleve.objects.all(), demande.pk, par=par)
    if relue.revoquee_le is not None or relue.valable_jusqu_au <= timezone.now():
        raise ActionImpossible("Ce lien vient d’arriver à son terme : demandez-en un nouveau. Rien n’est enregistré.")
    return _deposer(relue, depot, version=version, par=par, geste="déposer un relevé par lien")


@transaction.atomic
def deposer_depuis_un_compte(demande: DemandeReleve, depot: Depot, *, version: int, par: Acteur) -> DemandeReleve:
    """Enregistre un dépôt entier fait par une entreprise connectée. Règles et refus : `_deposer`.

    Son compte l’autorise : que le lien de la demande soit échu ou révoqué n’y change rien. Lève aussi
    `ActionImpossible` si le relevé n’est pas le sien.
    """
    par.exiger(Droit.REMPLIR_RELEVE)
    if not Releve.objects.visibles_par(par).filter(pk=demande.releve_id).exists():
        raise ActionImpossible("Ce relevé n’existe plus, ou vous n’y avez plus accès.")
    devant = par.devant(demande.releve_id)
    relue = verrouiller(DemandeReleve.objects.all(), demande.pk, par=devant)
    return _deposer(relue, depot, version=version, par=devant, geste="déposer un relevé depuis un compte")


def _deposer(relue: DemandeReleve, depot: Depot, *, version: int, par: Acteur, geste: str) -> DemandeReleve:
    """Un nouveau dépôt remplace le précédent, jamais une heure validée.

    Une ligne que les règles admettent devient une heure déclarée, origine entreprise ; une ligne qu’une règle refuse,
    qui contredit ce que le facilitateur a noté, ou dont la personne est inconnue, attend avec sa raison. `relue` : la
    demande verrouillée ; `version` : la sienne à l’écran. Lève `ActionImpossible` si le relevé est fermé, si un autre
    dépôt a eu lieu entre-temps, ou si « néant » contredit des heures déjà notées.
    """
    if relue.version != version:
        raise ActionImpossible(
            "Ce relevé a été déposé pendant votre saisie, depuis une autre page. Vérifiez vos valeurs, puis déposez "
            "de nouveau pour les garder."
        )
    # L’engagement d’abord, comme à la déclaration : deux gestes qui se croisent ne s’attendent pas l’un l’autre.
    verrouiller(Engagement.objects.all(), relue.releve.engagement_id, par=par)
    releve = verrouiller(
        Releve.objects.select_related("engagement__entreprise", "engagement__clause__lot__marche"),
        relue.releve_id,
        par=par,
    )
    if raison := fermeture(releve):
        raise ActionImpossible(raison)
    _retirer_le_depot_precedent(depot.heures, par)
    for deposees in depot.heures:
        _deposer_heures(releve, deposees, par)
    for personne in depot.personnes:
        _mettre_en_attente(
            releve, par, raison=A_RAPPROCHER, heures=personne.heures, nom=personne.nom, prenom=personne.prenom,
            date_naissance=personne.date_naissance,
        )  # fmt: skip
    _noter_l_etat(releve, depot, par)
    annoncer_des_releves([(releve.engagement_id, releve.mois)], structure_id=par.structure_id)
    deposant = {
        "deposee_le": timezone.now(),
        "deposee_par": Utilisateur.objects.get(pk=par.utilisateur_id),
        "deposant": depot.deposant,
    }
    return modifier(relue, deposant, par=par, action=geste)


def _retirer_le_depot_precedent(gardees: Collection[HeuresDeposees], par: Acteur) -> None:
    """Retire ce qu’un dépôt précédent avait laissé et que celui-ci ne reprend pas ; le journal en garde la trace."""
    reprises = {(deposees.contrat_id, deposees.type_heures) for deposees in gardees}
    declarees = LigneHeures.objects.visibles_par(par).declarees().filter(origine=OrigineLigne.ENTREPRISE)
    for ligne in declarees.select_for_update(of=("self",)).order_by("pk"):
        if (ligne.contrat_id, ligne.type_heures) not in reprises:
            _retirer(ligne, ["contrat", "engagement", "mois", "type_heures", "heures", "statut"], par)
    attentes = LigneEnAttente.objects.visibles_par(par).filter(statut=StatutAttente.EN_ATTENTE)
    for attente in attentes.select_for_update(of=("self",)).order_by("pk"):
        _retirer(attente, ["releve", "contrat", "nom", "prenom", "type_heures", "heures"], par)


def _retirer(objet: LigneHeures | LigneEnAttente, champs: list[str], par: Acteur) -> None:
    journaliser(par=par, action="retirer d’un dépôt", objet=objet, avant=etat(objet, champs))
    objet.delete()


def _deposer_heures(releve: Releve, deposees: HeuresDeposees, par: Acteur) -> None:
    contrat = ContratTravail.objects.visibles_par(par).filter(pk=deposees.contrat_id).first()
    if contrat is None:
        raise ActionImpossible(
            "Une personne n’est plus dans la liste de ce relevé : rouvrez-le, et au besoin ajoutez-la."
        )
    raison = _contradiction(deposees, par)
    if raison is None:
        try:
            declarer(
                contrat=contrat,
                engagement=releve.engagement,
                mois=releve.mois,
                heures=deposees.heures,
                type_heures=deposees.type_heures,
                origine=OrigineLigne.ENTREPRISE,
                par=par,
            )
        except ActionImpossible as refus:
            raison = str(refus)
        except ValidationError as erreur:
            raison = " ".join(erreur.messages)
    if raison:
        _mettre_en_attente(
            releve, par, raison=raison, heures=deposees.heures, contrat=contrat, type_heures=deposees.type_heures
        )


def _contradiction(deposees: HeuresDeposees, par: Acteur) -> str | None:
    """`None` : à déclarer. Sinon ce que le facilitateur a noté d’autre ; vide s’il a noté la même chose."""
    notee = (
        LigneHeures.objects.visibles_par(par)
        .declarees()
        .filter(contrat=deposees.contrat_id, type_heures=deposees.type_heures)
        .exclude(origine=OrigineLigne.ENTREPRISE)
        .first()
    )
    if notee is None:
        return None
    if notee.heures == deposees.heures:
        return ""
    return (
        f"{en_heures(notee.heures)} h sont déjà notées par ailleurs ({notee.get_origine_display().lower()}) ; "
        f"l’entreprise en déclare {en_heures(deposees.heures)}."
    )


def _mettre_en_attente(releve: Releve, par: Acteur, *, raison: str, **champs: object) -> None:
    attente = LigneEnAttente(
        structure_id=par.structure_id,
        releve=releve,
        raison=raison[:RAISON_MAX],
        origine=OrigineLigne.ENTREPRISE,
        recue_par_id=par.utilisateur_id,
        **champs,
    )
    creer(attente, par=par, action="mettre une ligne reçue en attente")


def _noter_l_etat(releve: Releve, depot: Depot, par: Acteur) -> None:
    """Le relevé est relu : déclarer une heure vient peut-être d’en changer l’état."""
    relu = verrouiller(Releve.objects.all(), releve.pk, par=par)
    if depot.est_neant and LigneHeures.objects.visibles_par(par).exclude(statut=StatutLigne.REFUSEE).exists():
        raise ActionImpossible(
            f"Des heures sont déjà notées en {en_lettres(relu.mois)} : ce mois n’est pas néant. Écrivez à votre "
            "facilitateur si elles sont fausses."
        )
    modifier(relu, {"commentaire": depot.commentaire}, par=par, action="recevoir un relevé")
    tenir_le_releve(relu.engagement, relu.mois, par=par, complement_attendu=False, est_neant=depot.est_neant)
