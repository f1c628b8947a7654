"""Un engagement, une personne en règle, et ce qu’une entreprise en envoie : le banc des tests de la réception."""

from __future__ import annotations

import datetime
from decimal import Decimal

from heures import actions, lecture_reception
from heures.models import LigneEnAttente, Releve
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    ReleveFactory,
    StructureFactory,
    UtilisateurFactory,
    acteur,
)
from tests.factories_releves import LigneEnAttenteFactory

FEVRIER, MARS = datetime.date(2025, 2, 1), datetime.date(2025, 3, 1)
JOUR = datetime.date(2025, 12, 15)


class Banc:
    def __init__(self, structure=None):
        self.structure = structure or StructureFactory()
        self.par = acteur(self.structure)
        self.engagement = EngagementFactory(clause__lot__marche__structure=self.structure)
        self.contrat = self.embaucher()

    def embaucher(self, **options):
        """Une personne en règle : entrée, constat, pièce vue, contrat chez l’entreprise redevable."""
        entree = EntreeClauseFactory(
            participant__structure=self.structure,
            piece_type="PIECE_IDENTITE",
            piece_vue_le=datetime.date(2025, 1, 1),
            piece_vue_par=UtilisateurFactory(),
        )
        return ContratTravailFactory(participant=entree.participant, employeur=self.engagement.entreprise, **options)

    def declarer(self, heures="10.00", contrat=None, mois=MARS, **options):
        return actions.declarer(
            contrat=contrat or self.contrat,
            engagement=self.engagement,
            mois=mois,
            heures=Decimal(heures),
            par=self.par,
            **options,
        ).ligne

    def attente(self, **options) -> LigneEnAttente:
        releve = Releve.objects.filter(engagement=self.engagement, mois=MARS).first()
        releve = releve or ReleveFactory(engagement=self.engagement, mois=MARS, statut="RECU")
        return LigneEnAttenteFactory(releve=releve, **options)

    @property
    def releve(self) -> Releve:
        return Releve.objects.select_related(*lecture_reception.RELEVE).get(engagement=self.engagement, mois=MARS)

    def lu(self, le=JOUR, **options) -> lecture_reception.ReleveRecu:
        (recu,) = lecture_reception.lire([self.releve], le=le, par=self.par, **options)
        return recu

    @property
    def empreinte(self) -> str:
        return self.lu().empreinte

    def codes(self, ligne) -> set[str]:
        """Les codes d’anomalie d’une ligne déclarée du relevé."""
        (recue,) = [recue for recue in self.lu().a_valider if recue.ligne == ligne]
        return {anomalie.code for anomalie in recue.anomalies}
