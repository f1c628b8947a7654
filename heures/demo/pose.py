"""Écrit un plan en base, par paquets : une démonstration se pose d’un bloc, les contraintes de la base en filet.

Seul endroit, avec la reprise en masse, qui n’appelle pas les actions une à une : 5 millions de lignes y passent. Les
règles des heures y tiennent par construction, et un test les vérifie sur chaque ligne posée.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.journal import journaliser
from clauses.comptes.models import Structure
from clauses.socle.mois import ajouter_mois, dernier_jour
from entreprises.models import Entreprise
from heures.demo import noms
from heures.demo.plan import CONTRATS, MODALITES, EngagementPrevu, LotPrevu, MarchePrevu, Plan, siret_fictif
from heures.enums import VALIDITE_PIECE_MOIS
from heures.models import ContratTravail, CritereEntree, EntreeClause, LigneHeures, Participant, Releve, Sortie
from marches.models import (
    Acheteur,
    Attribution,
    Clause,
    Engagement,
    Lot,
    Marche,
    MouvementEngagement,
    Operation,
    ReglePenalite,
)

M = TypeVar("M", bound=models.Model)
PAQUET = 1000
SITUATIONS = ("CDI", "CDD", "FORMATION_QUALIFIANTE", "RECHERCHE", "ABANDON", "DEMENAGEMENT", "INJOIGNABLE")


def annuaire() -> tuple[list[Acheteur], list[Entreprise]]:
    """Acheteurs et entreprises fictifs, communs à toutes les structures ; rejouable."""
    acheteurs = [
        Acheteur.objects.get_or_create(
            siret=siret_fictif(rang),
            defaults={"nom": a.nom, "type": a.type, "commune_insee": a.commune, "epci_siren": a.epci},
        )[0]
        for rang, a in enumerate(noms.ACHETEURS, start=100)
    ]
    entreprises = [
        Entreprise.objects.get_or_create(
            siret=siret_fictif(rang),
            defaults={"raison_sociale": e.nom, "type_employeur": e.type, "commune_insee": e.commune},
        )[0]
        for rang, e in enumerate((*noms.ENTREPRISES, *noms.EMPLOYEURS), start=200)
    ]
    return acheteurs, entreprises


def ajouter(objets: Iterable[M], modele: type[M]) -> list[M]:
    return modele._default_manager.bulk_create(objets, batch_size=PAQUET)


@transaction.atomic
def poser(plan: Plan, structure: Structure, *, par: Acteur) -> int:
    """Écrit tout le plan dans la structure ; rend le nombre de lignes d’heures."""
    acheteurs, entreprises = annuaire()
    pose = Pose(plan, structure, par, acheteurs, entreprises)
    pose.marches()
    pose.personnes()
    pose.contrats()
    nombre = pose.lignes()
    journaliser(par=par, action="poser des données fictives", objet=structure, nombre=nombre)
    return nombre


class Pose:
    """La pose d’une structure, étape par étape ; garde la correspondance entre plan et objets écrits."""

    def __init__(
        self,
        plan: Plan,
        structure: Structure,
        par: Acteur,
        acheteurs: list[Acheteur],
        entreprises: list[Entreprise],
    ) -> None:
        self.plan = plan
        self.structure = structure
        self.par = par
        self.acheteurs = acheteurs
        self.entreprises = entreprises
        self.engagements: dict[EngagementPrevu, Engagement] = {}
        self.participants: dict[int, Participant] = {}
        self.contrat: dict[int, ContratTravail] = {}

    def marches(self) -> None:
        operation = Operation.objects.create(
            structure=self.structure, nom="Renouvellement urbain (fictif)", est_npnru=True
        )
        marches = ajouter([self._marche(m, operation) for m in self.plan.marches], Marche)
        for prevu, marche in zip(self.plan.marches, marches, strict=True):
            for lot_prevu in prevu.lots:
                self._lot(prevu, marche, lot_prevu)

    def _marche(self, prevu: MarchePrevu, operation: Operation) -> Marche:
        est_reserve = prevu.numero % 13 == 5
        return Marche(
            structure=self.structure,
            acheteur=self.acheteurs[prevu.acheteur],
            operation=operation if prevu.numero % 10 == 3 else None,
            reference=f"F{prevu.notification:%Y}-{prevu.numero:03d}",
            objet=prevu.objet,
            procedure="ADAPTEE",
            ccag="TRAVAUX" if prevu.secteur in {"BATIMENT", "TRAVAUX_PUBLICS"} else "FCS",
            montant_ht=sum((lot.montant for lot in prevu.lots), Decimal(0)),
            date_notification=prevu.notification,
            date_debut=prevu.notification,
            date_fin=prevu.fin,
            duree_mois=prevu.duree,
            commune_execution_insee="62041",
            a_clause_sociale=not est_reserve,
            est_reserve=est_reserve,
            statut=prevu.statut,
            facilitateur_id=self.par.utilisateur_id,
            origine="DECP" if prevu.numero % 4 == 0 else "SAISIE",
        )

    def _lot(self, prevu: MarchePrevu, marche: Marche, lot_prevu: LotPrevu) -> None:
        lot = Lot.objects.create(
            structure=self.structure,
            marche=marche,
            numero=lot_prevu.numero,
            intitule=lot_prevu.intitule,
            montant_ht=lot_prevu.montant,
            secteur=prevu.secteur,
        )
        clause = Clause.objects.create(
            structure=self.structure,
            lot=lot,
            nature_clause="RESERVE_SIAE" if marche.est_reserve else "COND_EXEC",
            perimetre="Toutes les prestations du lot." if prevu.numero % 3 else "",
            publics_admis="Publics de l’article 1 du cahier des clauses sociales (fictif)."
            if prevu.numero % 2
            else "",
            nomme_facilitateur=prevu.numero % 5 != 0,
        )
        if prevu.numero % 2:
            ReglePenalite.objects.create(
                structure=self.structure, clause=clause, formule="H_X_EUROS", valeur=Decimal(40), article="Article 6"
            )
        for engagement_prevu in lot_prevu.engagements:
            self._engagement(prevu, lot, clause, engagement_prevu)

    def _engagement(self, prevu: MarchePrevu, lot: Lot, clause: Clause, engagement_prevu: EngagementPrevu) -> None:
        entreprise = self.entreprises[engagement_prevu.entreprise]
        Attribution.objects.create(
            structure=self.structure, lot=lot, entreprise=entreprise, role=engagement_prevu.role
        )
        engagement = Engagement.objects.create(structure=self.structure, clause=clause, entreprise=entreprise)
        self.engagements[engagement_prevu] = engagement
        mouvements = [("INITIAL", prevu.notification, engagement_prevu.heures, "")]
        if engagement_prevu.avenant:
            jour = prevu.notification + datetime.timedelta(days=20)
            mouvements.append(("AVENANT", jour, engagement_prevu.avenant, "Avenant n° 1 (fictif)"))
        for nature, date, heures, motif in mouvements:
            MouvementEngagement.objects.create(
                structure=self.structure,
                engagement=engagement,
                date=date,
                nature=nature,
                heures=heures,
                motif=motif,
                inscrit_par_id=self.par.utilisateur_id,
            )

    def personnes(self) -> None:
        participants = ajouter(
            [
                Participant(
                    structure=self.structure,
                    identifiant=f"F{p.numero:05d}",
                    nom=p.nom,
                    prenom=p.prenom,
                    sexe=p.sexe,
                    date_naissance=p.naissance,
                    commune_insee=p.commune,
                    est_participant_plie=p.est_plie,
                )
                for p in self.plan.personnes
            ],
            Participant,
        )
        self.participants = {p.numero: o for p, o in zip(self.plan.personnes, participants, strict=True)}
        self._entrees()
        self._sorties()

    def _entrees(self) -> None:
        entrees: list[EntreeClause] = []
        criteres: list[CritereEntree] = []
        for personne in self.plan.personnes:
            if personne.entree is None:
                continue
            participant = self.participants[personne.numero]
            entree = EntreeClause(
                structure=self.structure,
                participant=participant,
                date_entree=personne.entree,
                date_constat=personne.entree - datetime.timedelta(days=personne.numero % 20),
                commune_insee=personne.commune,
                qpv=personne.qpv,
                niveau=personne.niveau,
                duree_inscription="DE_12_A_23" if personne.critere == "DELD" else "NR",
                brsa="OUI" if "RSA" in (personne.critere, *personne.autres) else "NON",
                est_participant_plie=personne.est_plie,
                prescripteur="France Travail (fictif)" if personne.numero % 2 else "Maison des solidarités (fictif)",
                enregistree_par_id=self.par.utilisateur_id,
                **self._piece(personne.critere, personne.entree, personne.numero),
            )
            entrees.append(entree)
            criteres.extend(
                CritereEntree(
                    structure=self.structure, entree=entree, critere=critere, est_principal=critere == personne.critere
                )
                for critere in dict.fromkeys((personne.critere, *personne.autres))
            )
        ajouter(entrees, EntreeClause)
        ajouter(criteres, CritereEntree)

    def _piece(self, critere: str, entree: datetime.date, numero: int) -> dict[str, Any]:
        """Une pièce vue pour neuf personnes sur dix, visée pour la plupart d’entre elles."""
        if numero % 10 == 7:
            return {}
        type_piece = noms.PIECES.get(critere, "PIECE_IDENTITE")
        validite = VALIDITE_PIECE_MOIS.get(type_piece)  # type: ignore[call-overload]
        est_visee = numero % 8 != 0
        return {
            "piece_type": type_piece,
            "piece_date": entree,
            "piece_vue_le": entree,
            "piece_vue_par_id": self.par.utilisateur_id,
            "piece_valable_jusqu_au": ajouter_mois(entree, validite) if validite else None,
            "visa_le": _midi(entree) if est_visee else None,
            "visa_par_id": self.par.utilisateur_id if est_visee else None,
        }

    def _sorties(self) -> None:
        limite = ajouter_mois(timezone.localdate(), -4)
        partis = [p for p in self.plan.personnes if p.dernier_mois and p.dernier_mois < limite and p.numero % 3]
        sorties = []
        for personne in partis:
            date = dernier_jour(personne.dernier_mois)  # type: ignore[arg-type]
            situation = SITUATIONS[personne.numero % len(SITUATIONS)]
            a_six_mois = situation if ajouter_mois(date, 6) < timezone.localdate() and personne.numero % 2 else ""
            sorties.append(
                Sortie(
                    structure=self.structure,
                    participant=self.participants[personne.numero],
                    date=date,
                    situation=situation,
                    situation_6_mois=a_six_mois,
                )
            )
        ajouter(sorties, Sortie)

    def contrats(self) -> None:
        contrats = ajouter(
            [
                ContratTravail(
                    structure=self.structure,
                    participant=self.participants[c.personne.numero],
                    employeur=self.entreprises[c.employeur],
                    identifiant=f"FC{c.numero:06d}",
                    type_contrat=CONTRATS[c.type_employeur],
                    modalite=MODALITES.get(c.type_employeur, "MISE_A_DISPOSITION"),
                    date_debut=c.debut,
                    date_fin=c.fin,
                )
                for c in self.plan.contrats
            ],
            ContratTravail,
        )
        self.contrat = {c.numero: o for c, o in zip(self.plan.contrats, contrats, strict=True)}

    def lignes(self) -> int:
        lignes = []
        for prevue in self.plan.lignes:
            contrat = self.contrat[prevue.contrat.numero]
            est_validee = prevue.statut == "VALIDEE"
            lignes.append(
                LigneHeures(
                    structure=self.structure,
                    engagement=self.engagements[prevue.engagement],
                    contrat=contrat,
                    participant_id=contrat.participant_id,
                    modalite=contrat.modalite,
                    mois=prevue.mois,
                    type_heures=prevue.type_heures,
                    heures=prevue.heures,
                    statut=prevue.statut,
                    motif="Relevé non signé (fictif)" if prevue.statut == "REFUSEE" else "",
                    origine="SAISIE",
                    declaree_par_id=self.par.utilisateur_id,
                    validee_le=_midi(ajouter_mois(prevue.mois, 1)) if est_validee else None,
                    validee_par_id=self.par.utilisateur_id if est_validee else None,
                )
            )
        ajouter(lignes, LigneHeures)
        self._releves(lignes)
        return len(lignes)

    def _releves(self, lignes: list[LigneHeures]) -> None:
        """Un relevé par engagement et mois : à traiter tant qu’une ligne y est déclarée."""
        etats: dict[tuple[int, datetime.date], str] = {}
        for ligne in lignes:
            clef = (ligne.engagement_id, ligne.mois)
            if ligne.statut == "DECLAREE":
                etats[clef] = "RECU"
            else:
                etats.setdefault(clef, "VALIDE")
        ajouter(
            [
                Releve(structure=self.structure, engagement_id=engagement, mois=mois, statut=statut)
                for (engagement, mois), statut in etats.items()
            ],
            Releve,
        )


def _midi(jour: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(jour, datetime.time(12)))
