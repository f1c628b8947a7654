"""URL d’essai de l’API : une vue qui exige un droit, dit qui agit, et se trompe à la demande."""

from __future__ import annotations

from django.http import Http404
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser
from clauses.comptes.models import Structure
from clauses.urls import urlpatterns as vraies


class Moi(APIView):
    def get(self, request: Request) -> Response:
        acteur = request._request.acteur
        if droit := request.query_params.get("droit"):
            acteur.exiger(Droit[droit])
        if "ecrire" in request.query_params:
            Structure.objects.update(nom="Changé par un GET")
        if "absent" in request.query_params:
            raise Http404
        return Response({"utilisateur": acteur.utilisateur_id, "structure": acteur.structure_id, "role": acteur.role})

    def post(self, request: Request) -> Response:
        acteur = request._request.acteur
        journaliser(par=acteur, action="essai", objet=Structure.objects.visibles_par(acteur).get())
        return Response(status=201)


urlpatterns = [path("api/v1/essai/", Moi.as_view(), name="essai"), *vraies]
