"""Le calculateur d’objectif : rien n’est enregistré."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Porte
from clauses.socle.api.champs import Centiemes, Corps
from marches.objectif import CENT, CENTIEME, Assiette, fautes_d_assiette

PARAMETRES = ("montant", "exclu", "part", "taux", "cout_horaire")


class Termes(Corps):
    """Montants HT et coût horaire en euros, part et taux en pourcentage."""

    montant = Centiemes(help_text="Montant HT du lot, ou de la part soumise à la clause.")
    exclu = Centiemes(default=Decimal(0), min_value=0, help_text="Ce que coûte le personnel repris, à exclure.")
    part = Centiemes(min_value=CENTIEME, max_value=CENT, help_text="Part de main-d’œuvre, en pourcentage.")
    taux = Centiemes(min_value=CENTIEME, max_value=CENT, help_text="Taux d’insertion, en pourcentage.")
    cout_horaire = Centiemes(help_text="Coût horaire, en euros : celui du métier, sans valeur par défaut.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        termes = {nom: attrs[nom] for nom in ("montant", "cout_horaire", "exclu")}
        if fautes := fautes_d_assiette(**termes):
            raise serializers.ValidationError(fautes)
        return attrs


class ObjectifCalcule(serializers.Serializer[Assiette]):
    heures = serializers.SerializerMethodField()
    main_d_oeuvre = serializers.SerializerMethodField()
    etapes = serializers.SerializerMethodField()

    def get_heures(self, assiette: Assiette) -> str:
        """L’objectif, au centième : « 988.84 »."""
        return str(assiette.heures)

    def get_main_d_oeuvre(self, assiette: Assiette) -> str:
        """Euros, au centime."""
        return str(assiette.main_d_oeuvre)

    def get_etapes(self, assiette: Assiette) -> list[str]:
        """Le calcul, étape par étape."""
        return [f"{etape}\u00a0: {valeur}" for etape, valeur in assiette.etapes]


class CalculViewSet(Porte, ViewSet):
    """Les calculs que l’application sait faire sans rien enregistrer."""

    etiquette = "calculs"
    droit = Droit.CONSULTER_MARCHES
    parametres = PARAMETRES

    @extend_schema(parameters=[Termes], responses=ObjectifCalcule)
    @action(detail=False, methods=["get"])
    def objectif(self, request: Request) -> Response:
        """Calcule un objectif d’heures : (montant − exclu) × part × taux ÷ coût horaire, arrondi une seule fois."""
        termes = Termes(data=request.query_params.dict())
        termes.is_valid(raise_exception=True)
        return Response(ObjectifCalcule(Assiette(**termes.validated_data)).data)
