"""Routeur de l’API : la seule carte de ses adresses, sous /api/v1/."""

from __future__ import annotations

from django.urls import path, re_path
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from bilans.api import ROUTES as DES_BILANS
from clauses.comptes.api_acces import AccesViewSet, InvitationViewSet
from clauses.comptes.api_jetons import IntegrationViewSet, JetonViewSet
from clauses.comptes.api_structure import JournalViewSet, StructureViewSet, UtilisateurViewSet
from clauses.comptes.api_territoires import CommuneViewSet, EpciViewSet
from clauses.crochets.api import ROUTES as DES_NOTIFICATIONS
from clauses.schema import schema_servi
from entreprises.api import ROUTES as DES_ENTREPRISES
from heures.api import ROUTES as DES_HEURES
from marches.api import ROUTES as DES_MARCHES

app_name = "api"
DE_LA_STRUCTURE = (
    ("structures", StructureViewSet, "structure"),
    ("utilisateurs", UtilisateurViewSet, "utilisateur"),
    ("acces", AccesViewSet, "acces"),
    ("invitations", InvitationViewSet, "invitation"),
    ("jetons", JetonViewSet, "jeton"),
    ("integrations", IntegrationViewSet, "integration"),
    ("journal", JournalViewSet, "ecriture"),
    ("communes", CommuneViewSet, "commune"),
    ("intercommunalites", EpciViewSet, "epci"),
)


class Introuvable(APIView):
    """Toute autre adresse sous /api/v1/ : un problème, comme le reste, et non une page."""

    schema = None
    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options"]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound


class DocumentOpenApi(APIView):
    """Le document OpenAPI 3.1 de cette API."""

    schema = None

    def get(self, request: Request) -> Response:
        return Response(schema_servi())


routeur = SimpleRouter(use_regex_path=False)
for prefixe, vue, nom in (
    *DE_LA_STRUCTURE,
    *DES_NOTIFICATIONS,
    *DES_ENTREPRISES,
    *DES_MARCHES,
    *DES_HEURES,
    *DES_BILANS,
):
    routeur.register(prefixe, vue, basename=nom)
urlpatterns = [
    *routeur.urls,
    path("openapi.json", DocumentOpenApi.as_view(), name="openapi"),
    re_path("", Introuvable.as_view(), name="introuvable"),
]
