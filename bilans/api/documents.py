"""Les documents émis au titre d’un engagement : les lire, en télécharger le fichier, les annuler."""

from __future__ import annotations

from typing import ClassVar, cast

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from bilans import actions
from bilans.enums import NatureDocument
from bilans.models import Document
from bilans.views.documents import TYPES, telecharger
from clauses.comptes.acteurs import Droit
from clauses.comptes.api import VueObjets
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.api.champs import Lecture
from clauses.socle.api.fichiers import UnFichier
from clauses.socle.api.filtres import Numero
from heures.api.commun import Rien


class DocumentLecture(Lecture[Document]):
    est_annule = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields: ClassVar = [
            "id", "engagement", "nature", "titre", "annee", "numero", "format", "empreinte", "emis_le", "est_annule",
        ]  # fmt: skip

    def get_est_annule(self, document: Document) -> bool:
        return document.annule_le is not None


class DocumentFiltre(django_filters.FilterSet):
    engagement = Numero(field_name="engagement_id", label="Numéro de l’engagement")
    nature = django_filters.ChoiceFilter(label="Nature", choices=NatureDocument.choices)


class DocumentViewSet(VueObjets[Document]):
    """Documents émis : ceux de la structure ; à un partenaire, ceux qui lui sont destinés."""

    modele = Document
    droit = Droit.CONSULTER_MARCHES
    droits = {"annuler": Droit.GERER_MARCHES}
    serializer_class = DocumentLecture
    ecritures = {"annuler": Rien}
    filterset_class = DocumentFiltre

    def objets(self) -> QuerySet[Document]:
        return Document.objects.visibles_par(self.acteur).defer("contenu")

    @extend_schema(
        responses={(200, type_): OpenApiTypes.BINARY for type_ in TYPES.values()},
        description="Le fichier tel qu’émis. Le télécharger s’inscrit au journal.",
    )
    @action(detail=True, methods=["get"], content_negotiation_class=UnFichier)
    def fichier(self, request: Request, pk: int) -> HttpResponse:
        """Le fichier tel qu’émis."""
        return telecharger(cast("RequeteActeur", request), pk)

    @action(detail=True, methods=["post"])
    def annuler(self, request: Request, pk: int) -> Response:
        """Annule le document : il reste, avec son numéro, et la page de vérification le dit annulé."""
        document = self.get_object()
        self.corps()
        actions.annuler(document, par=self.acteur)
        return self.relire(document.pk)
