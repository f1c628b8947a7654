"""Demander un relevé à une entreprise, la relancer, lui donner un lien neuf."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import de, dernier_jour, en_lettres, premier_jour
from heures import relances
from heures.actions.depots import fermeture
from heures.actions.envois import preparer, preparer_lot
from heures.actions.liens import ouvrir_lien, revoquer
from heures.enums import NatureEnvoi, StatutReleve
from heures.models import DemandeReleve, Envoi, Releve
from marches.enums import CLOS
from marches.models import Engagement

RANG_DE_RELANCE = {NatureEnvoi.RELANCE_1: 1, NatureEnvoi.RELANCE_2: 2}


@dataclass(slots=True)
class LotDeDemandes:
    """Ce qu’un lot a donné : envois préparés, courriels (un par adresse), engagements impossibles et pourquoi."""

    envois: list[Envoi] = field(default_factory=list)
    nombre_courriels: int = 0
    refus: list[tuple[Engagement, str]] = field(default_factory=list)

    @property
    def nombre(self) -> int:
        return len(self.envois)


@transaction.atomic
def demander(
    engagement: Engagement,
    *,
    mois: datetime.date,
    par: Acteur,
    adresse: str,
    nature: NatureEnvoi = NatureEnvoi.DEMANDE,
) -> Envoi:
    """Demande le relevé d’un mois, ou relance (`nature`) ; le courriel part une fois la transaction acquise.

    Lève `ActionImpossible` : mois à venir ou hors de l’engagement, marché clos, relevé déjà reçu ou déjà demandé,
    relance hors de son tour, personne à joindre.
    """
    par.exiger(Droit.SAISIR_HEURES)
    lot = demander_lot([engagement], mois=mois, nature=nature, par=par, adresse=adresse)
    for _, raison in lot.refus:
        raise ActionImpossible(raison)
    return lot.envois[0]


@transaction.atomic
def demander_lot(
    engagements: Iterable[Engagement], *, mois: datetime.date, nature: NatureEnvoi, par: Acteur, adresse: str
) -> LotDeDemandes:
    """Demande ou relance plusieurs engagements pour un mois : ce qui est impossible n’arrête pas le reste."""
    par.exiger(Droit.SAISIR_HEURES)
    lot = LotDeDemandes()
    releves = []
    for engagement in engagements:
        try:
            with transaction.atomic():
                releves.append(_releve_a_demander(engagement, premier_jour(mois), nature, par))
        except ActionImpossible as refus:
            lot.refus.append((engagement, str(refus)))
    envois = preparer_lot(releves, nature=nature, par=par, adresse=adresse)
    lot.envois, lot.nombre_courriels = envois.envois, envois.nombre_courriels
    lot.refus += [(releve.engagement, raison) for releve, raison in envois.refus]
    if rang := RANG_DE_RELANCE.get(nature):
        for envoi in envois.envois:
            releve = verrouiller(Releve.objects.all(), envoi.releve_id, par=par)
            modifier(releve, {"nombre_relances": rang}, par=par, action="relancer l’entreprise")
    return lot


@transaction.atomic
def renouveler(demande: DemandeReleve, *, par: Acteur, adresse: str) -> Envoi:
    """Remplace le lien d’un relevé par un neuf, envoyé de nouveau ; l’ancien ne s’ouvre plus.

    Lève `ActionImpossible` si le relevé n’admet plus de dépôt.
    """
    par.exiger(Droit.SAISIR_HEURES)
    relue = verrouiller(DemandeReleve.objects.all(), demande.pk, par=par)
    complets = Releve.objects.visibles_par(par).select_related("engagement__clause__lot__marche")
    releve = complets.get(pk=relue.releve_id)
    if fermeture(releve):
        raise ActionImpossible("Ce relevé n’attend plus rien de l’entreprise : un lien neuf n’ouvrirait rien.")
    for ouverte in DemandeReleve.objects.visibles_par(par).filter(releve=releve, revoquee_le=None):
        revoquer(ouverte, par=par)
    # À défaut de contact, l’adresse de l’ancien lien est celle du nouveau.
    ouvrir_lien(releve, destinataire=relue.destinataire, par=par)
    return preparer(releve, nature=NatureEnvoi.DEMANDE, par=par, adresse=adresse)


def _releve_a_demander(engagement: Engagement, mois: datetime.date, nature: NatureEnvoi, par: Acteur) -> Releve:
    relu: Engagement = verrouiller(Engagement.objects.avec_marche(), engagement.pk, par=par)
    if raison := _refus_de_mois(relu, mois):
        raise ActionImpossible(raison)
    releve = Releve.objects.visibles_par(par).select_for_update(of=("self",)).filter(engagement=relu, mois=mois)
    trouve = releve.first() or _ouvrir(relu, mois, par)
    if raison := _refus_d_envoi(trouve, nature, par):
        raise ActionImpossible(raison)
    if trouve.echeance is None:
        trouve = modifier(trouve, {"echeance": _echeance(mois, par)}, par=par, action="fixer l’échéance du relevé")
    return trouve


def _ouvrir(engagement: Engagement, mois: datetime.date, par: Acteur) -> Releve:
    neuf = Releve(structure_id=par.structure_id, engagement=engagement, mois=mois, echeance=_echeance(mois, par))
    return creer(neuf, par=par, action="ouvrir le relevé")


def _echeance(mois: datetime.date, par: Acteur) -> datetime.date:
    jour = Structure.objects.get(pk=par.structure_id).jour_echeance_releve
    return relances.echeance(mois, jour=jour, le=timezone.localdate())


def _refus_de_mois(engagement: Engagement, mois: datetime.date) -> str | None:
    nom = en_lettres(mois).capitalize()
    marche = engagement.clause.lot.marche
    if marche.statut in CLOS:
        return f"Ce marché est {marche.get_statut_display().lower()} : plus aucun relevé n’y est attendu."
    if mois > timezone.localdate():
        return f"{nom} n’est pas commencé : le relevé se demande une fois le mois travaillé."
    if engagement.debut and dernier_jour(mois) < engagement.debut:
        return f"{nom} précède le début de l’engagement, le {engagement.debut:%d/%m/%Y}."
    if engagement.fin and mois > engagement.fin:
        return f"{nom} suit la fin de l’engagement, le {engagement.fin:%d/%m/%Y}."
    return None


def _refus_d_envoi(releve: Releve, nature: NatureEnvoi, par: Acteur) -> str | None:
    """Chacun son tour : demander, relance 1, relance 2 ; et seulement ce qui est encore attendu."""
    if releve.statut != StatutReleve.ATTENDU:
        return f"Le relevé {de(en_lettres(releve.mois))} n’est plus attendu : {releve.get_statut_display().lower()}."
    demande = DemandeReleve.objects.visibles_par(par).filter(releve=releve, revoquee_le=None).first()
    if nature == NatureEnvoi.DEMANDE:
        if demande is None:
            return None
        return f"Déjà demandé le {timezone.localdate(demande.demandee_le):%d/%m/%Y} : relancer, ou renouveler le lien."
    if demande is None:
        return "Aucun lien n’est en vigueur : demander d’abord le relevé."
    if releve.nombre_relances != RANG_DE_RELANCE[nature] - 1:
        faites = ("aucune relance n’est faite", "la relance 1 est déjà faite", "les deux relances sont déjà faites")
        return f"Ce n’est pas le tour de cette relance : {faites[min(releve.nombre_relances, 2)]}."
    return None
