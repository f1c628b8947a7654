"""Les fusions de fiches : comparer deux fiches, les réunir, défaire ; jusqu’à quand cela se défait."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError as FautesDuModele
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api.champs import Ecriture, Lecture, Rien
from clauses.socle.api.filtres import Numero, OuiNon, SaisieNumero
from heures import actions, lecture_doublons
from heures.api.commun import Nominative, SansNir
from heures.api.lots import INTROUVABLE
from heures.models import Fusion, Participant

LES_DEUX = ("une", "autre")


class FusionLecture(Lecture[Fusion]):
    annulable_jusqu_au = serializers.SerializerMethodField()

    class Meta:
        model = Fusion
        fields: ClassVar = [
            "id", "gardee", "absorbee", "motif", "fusionnee_le", "annulable_jusqu_au", "annulee_le", "version",
        ]  # fmt: skip

    def get_annulable_jusqu_au(self, fusion: Fusion) -> datetime.date:
        """Dernier jour où la fusion se défait."""
        return actions.annulable_jusqu_au(fusion)


class FusionEcriture(SansNir, Ecriture[Fusion]):
    """`gardee` : son identité ne change pas, et tout ce que portait `absorbee` passe sur elle."""

    class Meta:
        model = Fusion
        fields: ClassVar = ["gardee", "absorbee", "motif"]


class FusionDefaite(serializers.Serializer[Any]):
    """`modifies` : ce qui revient à la fiche rendue avec des modifications faites depuis la fusion, à relire."""

    id = serializers.IntegerField()
    modifies = serializers.IntegerField()


class LigneDeComparaison(serializers.Serializer[lecture_doublons.LigneComparee]):
    """`valeurs` : ce que dit chaque fiche, dans leur ordre."""

    libelle = serializers.CharField()
    valeurs = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))
    differe = serializers.BooleanField()


class ComparaisonLue(serializers.Serializer[lecture_doublons.Comparaison]):
    """`avertissements` : ce que la réunion ferait remarquer."""

    identite = LigneDeComparaison(many=True)
    parcours = LigneDeComparaison(many=True)
    avertissements = serializers.ListField(child=serializers.CharField())


class LesDeux(forms.Form):
    une = SaisieNumero()
    autre = SaisieNumero()


class FusionFiltre(django_filters.FilterSet):
    gardee = Numero(field_name="gardee_id", label="Numéro de la fiche gardée")
    absorbee = Numero(field_name="absorbee_id", label="Numéro de la fiche absorbée")
    defaite = OuiNon(field_name="annulee_le", lookup_expr="isnull", exclude=True, label="Défaite, ou en vigueur")


class FusionViewSet(Nominative[Fusion], Creation[Fusion]):
    """Fusions de fiches d’une même personne : elles se défont pendant trente jours."""

    modele = Fusion
    droit = Droit.CONSULTER_PERSONNES
    droits = dict.fromkeys(("create", "comparer", "defaire"), Droit.GERER_PERSONNES)
    serializer_class = FusionLecture
    ecritures = {"create": FusionEcriture, "defaire": Rien}
    reponses = {"comparer": ComparaisonLue, "defaire": FusionDefaite}
    filterset_class = FusionFiltre
    tris = ("fusionnee_le",)
    au_journal = ("lister les fusions", "ouvrir une fusion")

    def objets(self) -> QuerySet[Fusion]:
        return Fusion.objects.visibles_par(self.acteur)

    def personnes(self, objet: Fusion) -> Iterable[int]:
        return [objet.gardee_id, objet.absorbee_id]

    def parametres_connus(self) -> set[str]:
        return set(LES_DEUX) if self.action == "comparer" else super().parametres_connus()

    def creer(self, **donnees: Any) -> Fusion:
        return actions.fusionner(donnees.pop("gardee"), par=self.acteur, **donnees)

    @extend_schema(
        parameters=[
            OpenApiParameter("une", int, required=True, description="Numéro d’une fiche."),
            OpenApiParameter("autre", int, required=True, description="Numéro de l’autre fiche."),
        ]
    )
    @action(detail=False, methods=["get"])
    def comparer(self, request: Request) -> Response:
        """Deux fiches côte à côte, et ce que leur réunion ferait remarquer\u00a0: à lire avant de fusionner."""
        une, autre = self._les_deux()
        journaliser_lecture(
            par=self.acteur, action="comparer deux fiches", modele=Participant, objet_id=une.pk, nombre=2
        )
        return Response(ComparaisonLue(lecture_doublons.comparer(une, autre, par=self.acteur)).data)

    def _les_deux(self) -> tuple[Participant, Participant]:
        form = LesDeux(self.request.query_params)
        if not form.is_valid():
            raise FautesDuModele(form.errors.as_data())
        une, autre = (form.cleaned_data[nom] for nom in LES_DEUX)
        lues = Participant.objects.visibles_par(self.acteur).in_bulk([une, autre])
        fautes = {nom: INTROUVABLE.format(clef=clef) for nom, clef in form.cleaned_data.items() if clef not in lues}
        if not fautes and une == autre:
            fautes = {"autre": "Une fiche ne se compare pas avec elle-même\u00a0: en choisir une autre."}
        if fautes:
            raise FautesDuModele(fautes)
        return lues[une], lues[autre]

    @action(detail=True, methods=["post"])
    def defaire(self, request: Request, pk: int) -> Response:
        """Rend à la fiche absorbée ce qu’elle portait ; ce qui a été ajouté depuis reste sur la fiche gardée."""
        fusion = self.get_object()
        self.corps()
        modifies = actions.defaire_fusion(fusion, par=self.acteur)
        return Response(FusionDefaite({"id": fusion.pk, "modifies": modifies}).data)
