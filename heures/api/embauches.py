"""Une personne et son contrat de travail dans un même corps : ouvrir l’une, enregistrer l’autre, tout ou rien."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as FautesDuModele
from rest_framework import serializers
from rest_framework.settings import api_settings

from clauses.socle.api.champs import Booleen, Corps, Ecriture, Reference
from heures.api.participants import CHAMPS as DE_LA_PERSONNE
from heures.api.participants import PersonneNeuve
from heures.forms.contrats import ContratForm
from heures.models import ContratTravail, Participant

DU_CONTRAT = ContratForm.Meta.fields
OU = {**dict.fromkeys(DE_LA_PERSONNE, "personne"), **dict.fromkeys(DU_CONTRAT, "contrat")}


class ContratDeLaPersonne(Ecriture[ContratTravail]):
    """Les champs d’un contrat de travail, moins la personne."""

    class Meta:
        model = ContratTravail
        fields: ClassVar = DU_CONTRAT


class PersonneEtContrat(Corps):
    """`confirmer` : la personne ressemble à une autre, et c’est bien quelqu’un d’autre."""

    personne = PersonneNeuve()
    contrat = ContratDeLaPersonne()
    confirmer = Booleen(required=False, default=False)


class Embauche(Corps):
    """Une personne connue, et son nouveau contrat."""

    participant = Reference(queryset=Participant.objects.none())
    contrat = ContratDeLaPersonne()


@contextmanager
def fautes_placees() -> Iterator[None]:
    """Les fautes qu’une action trouve, dites au chemin du corps : « contrat.date_fin »."""
    try:
        yield
    except FautesDuModele as fautes:
        if not hasattr(fautes, "error_dict"):
            raise
        placees: dict[str, Any] = {}
        for nom, messages in fautes.message_dict.items():
            if nom == NON_FIELD_ERRORS:
                placees[api_settings.NON_FIELD_ERRORS_KEY] = messages
            else:
                placees[f"{OU[nom]}.{nom}" if nom in OU else nom] = messages
        raise serializers.ValidationError(placees) from fautes
