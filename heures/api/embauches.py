"""Une personne et son contrat de travail dans un même corps : ouvrir l’une, enregistrer l’autre, tout ou rien."""

from __future__ import annotations

from typing import ClassVar

from clauses.socle.api.champs import Booleen, Corps, Ecriture, Reference
from heures.api.participants import PersonneNeuve
from heures.forms.contrats import ContratForm
from heures.models import ContratTravail, Participant


class ContratDeLaPersonne(Ecriture[ContratTravail]):
    """Les champs d’un contrat de travail, moins la personne."""

    class Meta:
        model = ContratTravail
        fields: ClassVar = ContratForm.Meta.fields


class PersonneEtContrat(Corps):
    """`confirmer` : la personne ressemble à une autre, et c’est bien quelqu’un d’autre."""

    personne = PersonneNeuve()
    contrat = ContratDeLaPersonne()
    confirmer = Booleen(required=False, default=False)


class Embauche(Corps):
    """Une personne connue, et son nouveau contrat."""

    participant = Reference(queryset=Participant.objects.none())
    contrat = ContratDeLaPersonne()
