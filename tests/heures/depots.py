"""Un relevé demandé, son lien et ses gestes : ce que partagent les tests du dépôt."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from clauses.comptes.acteurs import Acteur
from clauses.comptes.actions import acteur_de_lien
from heures import actions
from heures.liens import jeton
from heures.models import ContratTravail, DemandeReleve, Releve
from marches.models import Engagement
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    ParticipantFactory,
    ReleveFactory,
    acteur,
)

NOVEMBRE = datetime.date(2025, 11, 1)


@dataclass
class Banc:
    """Un engagement, un facilitateur, un relevé de novembre 2025 demandé par lien."""

    engagement: Engagement
    releve: Releve
    demande: DemandeReleve
    agent: Acteur

    @property
    def jeton(self) -> str:
        return jeton(self.demande)

    @property
    def adresse(self) -> str:
        return reverse("lien:releve", args=[self.jeton])

    @property
    def par(self) -> Acteur:
        """L’acteur du lien."""
        return acteur_de_lien(
            structure_id=self.releve.structure_id,
            entreprise_id=self.engagement.entreprise_id,
            releve_id=self.releve.pk,
        )

    def contrat(self, nom: str, **champs: Any) -> ContratTravail:
        """Une personne éligible, embauchée par l’entreprise, encore sans heures."""
        participant = ParticipantFactory(structure=self.engagement.structure, nom=nom, prenom="Zoé")
        EntreeClauseFactory(participant=participant)
        options = {"employeur": self.engagement.entreprise} | champs
        return ContratTravailFactory(participant=participant, **options)

    def saisie(self, **valeurs: Any) -> dict[str, Any]:
        self.demande.refresh_from_db()
        return {"version": self.demande.version, "ajouts": 1, "deposant": "Léa Comptable"} | valeurs

    def deposer(self, client: Client | None = None, **valeurs: Any) -> Any:
        return (client or Client()).post(self.adresse, self.saisie(**valeurs))

    def ajout(self, rang: int = 0, **valeurs: Any) -> dict[str, Any]:
        personne = {"nom": "Petit", "prenom": "Ana", "naissance": "1995-04-03", "heures": "12,5"} | valeurs
        return {f"{champ}_{rang}": valeur for champ, valeur in personne.items()}


def creer_banc(**champs: Any) -> Banc:
    engagement = EngagementFactory(**champs)
    agent = acteur(engagement.structure)
    releve = ReleveFactory(engagement=engagement, mois=NOVEMBRE, echeance=datetime.date(2025, 12, 10))
    demande = actions.ouvrir_lien(releve, destinataire="contact@entreprise.invalid", par=agent)
    return Banc(engagement, releve, demande, agent)
