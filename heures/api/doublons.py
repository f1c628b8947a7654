"""Les doublons de personnes : ceux qui sont probables, et les paires dont on a dit que ce sont deux personnes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError as FautesDuModele
from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Porte
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api.champs import Ecriture, Lecture
from clauses.socle.api.filtres import Numero, SaisieNumero
from heures import actions, lecture_doublons
from heures.api.commun import Nominative
from heures.models import DoublonEcarte, Participant

PAR_PAGE = 200


class PaireProbable(serializers.Serializer[lecture_doublons.PaireLue]):
    """Deux numéros de fiche, et pourquoi elles se ressemblent."""

    premiere = serializers.IntegerField(source="premiere.pk")
    seconde = serializers.IntegerField(source="seconde.pk")
    raison = serializers.CharField()


@extend_schema_serializer(many=False)
class DoublonsProbables(serializers.Serializer[Any]):
    """`total` : toutes les paires, dont celles des autres pages."""

    total = serializers.IntegerField()
    paires = PaireProbable(many=True)


class DesProbables(forms.Form):
    participant = SaisieNumero(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)


class DoublonProbableViewSet(Porte, ViewSet):
    """Fiches qui se ressemblent, deux à deux, hors celles dont on a dit que ce sont deux personnes."""

    etiquette = "doublons probables"
    droit = Droit.CONSULTER_PERSONNES
    parametres = ("participant", "page")

    @extend_schema(
        parameters=[
            OpenApiParameter("participant", int, description="Seulement les paires où est cette fiche."),
            OpenApiParameter("page", int, description=f"Page, de {PAR_PAGE} paires ; la première sans le dire."),
        ],
        responses=DoublonsProbables,
    )
    def list(self, request: Request) -> Response:
        """Les paires probables. Un numéro de fiche, jamais un nom."""
        form = DesProbables(request.query_params)
        if not form.is_valid():
            raise FautesDuModele(form.errors.as_data())
        participant, debut = form.cleaned_data["participant"], PAR_PAGE * ((form.cleaned_data["page"] or 1) - 1)
        paires = [
            paire
            for paire in lecture_doublons.probables(self.acteur)
            if participant in (None, paire.premiere.pk, paire.seconde.pk)
        ]
        montrees = paires[debut : debut + PAR_PAGE]
        journaliser_lecture(
            par=self.acteur, action="lister les doublons probables", modele=Participant, nombre=2 * len(montrees)
        )
        return Response(DoublonsProbables({"total": len(paires), "paires": montrees}).data)


class DoublonEcarteLecture(Lecture[DoublonEcarte]):
    class Meta:
        model = DoublonEcarte
        fields: ClassVar = ["id", "premiere", "seconde", "ecarte_le"]


class DoublonEcarteEcriture(Ecriture[DoublonEcarte]):
    """Deux fiches, dans l’ordre que l’on veut."""

    class Meta:
        model = DoublonEcarte
        fields: ClassVar = ["premiere", "seconde"]


class DoublonEcarteFiltre(django_filters.FilterSet):
    participant = Numero(field_name="premiere_id", label="Numéro d’une des deux fiches", method="de_la_fiche")

    def de_la_fiche(self, objets: Any, nom: str, valeur: int) -> Any:
        return objets.filter(Q(premiere=valeur) | Q(seconde=valeur))


class DoublonEcarteViewSet(Nominative[DoublonEcarte], Creation[DoublonEcarte]):
    """Paires de fiches qui se ressemblent et sont deux personnes ; écarter de nouveau une paire rend la même."""

    modele = DoublonEcarte
    droit = Droit.CONSULTER_PERSONNES
    droits = {"create": Droit.GERER_PERSONNES}
    serializer_class = DoublonEcarteLecture
    ecritures = {"create": DoublonEcarteEcriture}
    filterset_class = DoublonEcarteFiltre
    tris = ("ecarte_le",)
    au_journal = ("lister les doublons écartés", "ouvrir un doublon écarté")

    def objets(self) -> QuerySet[DoublonEcarte]:
        return DoublonEcarte.objects.visibles_par(self.acteur)

    def personnes(self, objet: DoublonEcarte) -> Iterable[int]:
        return [objet.premiere_id, objet.seconde_id]

    def creer(self, **donnees: Any) -> DoublonEcarte:
        return actions.ecarter_doublon(donnees["premiere"], autre=donnees["seconde"], par=self.acteur)
