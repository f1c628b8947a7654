"""Le jeu de comptage de bilans.md, posé par les actions de l’application : rien n’est écrit à côté des règles."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import time_machine

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.mois import dernier_jour
from entreprises.models import Entreprise
from heures import actions as personnes
from heures.models import ContratTravail, LigneHeures, Participant
from marches import actions as marches
from marches.enums import NatureMouvement
from marches.models import Acheteur, Engagement
from tests import jeu_de_comptage as source
from tests.bilans.memoire import rejouer
from tests.factories import AcheteurFactory, EntrepriseFactory, StructureFactory, acteur

AUJOURD_HUI = datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Jeu:
    structure: Structure
    par: Acteur
    personnes: dict[str, Participant]
    contrats: dict[str, ContratTravail]
    engagements: dict[str, Engagement]


MEMOIRE: dict[str, Any] = {}


def poser(structure: Structure | None = None) -> Jeu:
    """Le jeu entier dans une structure neuve (ou donnée), horloge fixée pour qu’aucun mois ne soit à venir.

    Dans une structure neuve et une base vierge, les lignes d’un premier jeu sont remises telles quelles.
    """
    if structure is not None:
        return _poser(structure)
    return rejouer(MEMOIRE, lambda: _poser(StructureFactory(sigle="MEMPA")))


def _poser(structure: Structure) -> Jeu:
    par = acteur(structure)
    donnees = source.feuilles()
    with time_machine.travel(AUJOURD_HUI, tick=False):
        engagements = _engagements(donnees, par)
        gens = {fiche["identifiant"]: _personne(fiche, par) for fiche in donnees["participants"]}
        contrats = {
            ligne["identifiant"]: personnes.creer_contrat(
                gens[ligne["participant_identifiant"]],
                employeur=_entreprise(donnees, ligne["employeur_siret"]),
                par=par,
                **{nom: ligne[nom] for nom in ("identifiant", "type_contrat", "modalite", "date_debut", "date_fin")},
            )
            for ligne in donnees["contrats"]
        }
        for ligne in donnees["heures"]:
            noter(
                contrats[ligne["contrat_identifiant"]],
                engagements[ligne["marche_reference"]],
                ligne["mois"],
                ligne["heures_travail"],
                par=par,
                valider=ligne["statut"] == "VALIDEE",
            )
    return Jeu(structure, par, gens, contrats, engagements)


def noter(
    contrat: ContratTravail, engagement: Engagement, mois: str, heures: Decimal, *, par: Acteur, valider: bool = True
) -> LigneHeures:
    """Déclare un mois d’heures, et le valide."""
    jour = datetime.date.fromisoformat(f"{mois}-01")
    declaration = personnes.declarer(contrat=contrat, engagement=engagement, mois=jour, heures=heures, par=par)
    if valider:
        personnes.valider_mois(engagement, mois=jour, par=par)
    assert declaration.ligne is not None
    declaration.ligne.refresh_from_db()
    return declaration.ligne


def _engagements(donnees: source.Feuilles, par: Acteur) -> dict[str, Engagement]:
    clauses = {clause["marche_reference"]: clause for clause in donnees["clauses"]}
    engagements = {}
    for ligne in donnees["marches"]:
        champs = {nom: ligne[nom] for nom in ("reference", "objet", "date_notification", "date_debut", "date_fin")}
        marche = marches.creer_marche(acheteur=_acheteur(donnees, ligne["acheteur_siret"]), par=par, **champs)
        lot = marches.ajouter_lot(marche, par=par, numero="1")
        titulaire = _entreprise(donnees, clauses[ligne["reference"]]["titulaire_siret"])
        engagements[ligne["reference"]] = marches.engager(
            marches.definir_clause(lot, par=par),
            titulaire,
            heures=clauses[ligne["reference"]]["heures_initiales"],
            date=clauses[ligne["reference"]]["date_engagement"],
            par=par,
        )
    for mouvement in donnees["mouvements"]:
        marches.inscrire_mouvement(
            engagements[mouvement["marche_reference"]],
            nature=NatureMouvement(mouvement["nature"]),
            heures=mouvement["heures"],
            date=mouvement["date"],
            motif=mouvement["motif"],
            par=par,
        )
    return engagements


def _personne(fiche: dict[str, Any], par: Acteur) -> Participant:
    personne = personnes.creer_participant(
        par=par,
        **{nom: fiche[nom] for nom in ("identifiant", "nom", "prenom", "sexe", "date_naissance", "commune_insee")},
    )
    personnes.enregistrer_entree(
        personne,
        critere_principal=fiche["critere_principal"],
        autres_criteres=[fiche["autres_criteres"]] if fiche["autres_criteres"] else [],
        par=par,
        date_entree=dernier_jour(fiche["date_constat"]),
        date_constat=fiche["date_constat"],
        qpv="OUI" if fiche["qpv"] == "oui" else "NON",
        niveau=fiche["niveau"],
        est_participant_plie=False,
    )
    return personne


def _entreprise(donnees: source.Feuilles, siret: str) -> Entreprise:
    fiche = next(ligne for ligne in donnees["entreprises"] if ligne["siret"] == siret)
    connue = Entreprise.objects.filter(siret=siret).first()
    return connue or EntrepriseFactory(
        siret=siret, raison_sociale=fiche["raison_sociale"], type_employeur=fiche["type_employeur"]
    )


def _acheteur(donnees: source.Feuilles, siret: str) -> Acheteur:
    fiche = next(ligne for ligne in donnees["acheteurs"] if ligne["siret"] == siret)
    connu = Acheteur.objects.filter(siret=siret).first()
    return connu or AcheteurFactory(siret=siret, nom=fiche["nom"], type=fiche["type"])
