"""Les contrats de travail."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification
from clauses.socle.api.champs import Ecriture, Lecture
from clauses.socle.api.filtres import Jour, Numero
from heures import actions, combinaisons, embauches
from heures.api.commun import Nominative, proposer_les_semblables
from heures.api.embauches import PersonneEtContrat
from heures.forms.contrats import ContratForm
from heures.models import ContratTravail

CHAMPS = ContratForm.Meta.fields
LUS = ["id", "identifiant", "participant", *CHAMPS]


class ContratTravailListe(Lecture[ContratTravail]):
    employeur_siret = serializers.CharField(source="employeur.siret")

    class Meta:
        model = ContratTravail
        fields: ClassVar = [*LUS, "employeur_siret", "version"]


class ContratTravailLecture(ContratTravailListe):
    avertissements = serializers.SerializerMethodField()

    class Meta(ContratTravailListe.Meta):
        fields: ClassVar = [*LUS, "employeur_siret", "avertissements", "version"]

    def get_avertissements(self, contrat: ContratTravail) -> list[str]:
        """Ce qui est inhabituel, ou fait douter de l’embauche ; n’interdit rien."""
        return [
            *combinaisons.avertissements(
                type_employeur=contrat.employeur.type_employeur,
                type_contrat=contrat.type_contrat,
                modalite=contrat.modalite,
            ),
            *embauches.du_contrat(contrat, par=self.context["request"].acteur),
        ]


class ContratTravailModification(Ecriture[ContratTravail]):
    class Meta:
        model = ContratTravail
        fields: ClassVar = CHAMPS


class ContratTravailCreation(Ecriture[ContratTravail]):
    class Meta:
        model = ContratTravail
        fields: ClassVar = ["participant", *CHAMPS]


class ContratFiltre(django_filters.FilterSet):
    participant = Numero(field_name="participant_id", label="Numéro de la personne")
    employeur = Numero(field_name="employeur_id", label="Numéro de l’entreprise qui emploie")
    employeur_siret = django_filters.CharFilter(field_name="employeur__siret", label="SIRET de l’employeur")
    identifiant = django_filters.CharFilter(label="Identifiant exact", max_length=40)
    ouvert_depuis = Jour(method="depuis", label="Encore ouvert à cette date, ou ouvert ensuite")
    ouvert_jusqu_au = Jour(field_name="date_debut", lookup_expr="lte", label="Commencé au plus tard à cette date")

    def depuis(self, objets: Any, nom: str, valeur: Any) -> Any:
        return objets.exclude(date_fin__lt=valeur)


class ContratViewSet(Nominative[ContratTravail], Creation[ContratTravail], Modification[ContratTravail]):
    """Contrats de travail des personnes de la structure."""

    modele = ContratTravail
    droit = Droit.CONSULTER_PERSONNES
    droits = dict.fromkeys(("create", "avec_personne", "partial_update"), Droit.GERER_PERSONNES)
    serializer_class = ContratTravailLecture
    serializer_liste = ContratTravailListe
    ecritures = {
        "create": ContratTravailCreation,
        "avec_personne": PersonneEtContrat,
        "partial_update": ContratTravailModification,
    }
    gestes_createurs = ("avec_personne",)
    filterset_class = ContratFiltre
    tris = ("date_debut", "identifiant")
    au_journal = ("lister les contrats de travail", "ouvrir un contrat de travail")

    def objets(self) -> QuerySet[ContratTravail]:
        visibles: QuerySet[ContratTravail] = ContratTravail.objects.visibles_par(self.acteur)
        return visibles.select_related("employeur")

    def creer(self, **donnees: Any) -> ContratTravail:
        return actions.creer_contrat(donnees.pop("participant"), par=self.acteur, **donnees)

    def modifier(self, objet: ContratTravail, /, *, version: int, **donnees: Any) -> ContratTravail:
        return actions.modifier_contrat(objet, version=version, par=self.acteur, **donnees)

    @action(detail=False, methods=["post"], url_path="avec-personne")
    def avec_personne(self, request: Request) -> Response:
        """Ouvre la fiche d’une personne et enregistre son contrat, tout ou rien. Sans entrée en clause : l’ajouter."""
        return self.creer_par(self._embaucher)

    def _embaucher(self, *, personne: dict[str, Any], contrat: dict[str, Any], confirmer: bool) -> ContratTravail:
        if not confirmer:
            proposer_les_semblables(personne, par=self.acteur)
        return actions.creer_personne_et_contrat(personne, contrat, par=self.acteur)
