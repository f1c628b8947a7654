"""Les modèles de courriel de la structure : le texte de chaque nature, réécrit ou d’origine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Porte
from clauses.comptes.models import Structure
from clauses.socle.api.champs import Rien
from heures import actions
from heures.api.commun import SansNir
from heures.courriels import D_ORIGINE, Texte, composer, exemple, refus_de_modele
from heures.enums import NatureEnvoi
from heures.models import ModeleCourriel


@dataclass(frozen=True, slots=True)
class ModeleLu:
    """Le texte en usage d’une nature ; `version` à 0 : celui d’origine."""

    nature: NatureEnvoi
    texte: Texte
    version: int

    @property
    def est_d_origine(self) -> bool:
        return self.version == 0


class ModeleLecture(serializers.Serializer[ModeleLu]):
    """`version` : 0 pour le texte d’origine ; c’est l’ETag de la fiche."""

    nature = serializers.ChoiceField(choices=NatureEnvoi.choices)
    objet = serializers.CharField(source="texte.objet")
    corps = serializers.CharField(source="texte.corps")
    est_d_origine = serializers.BooleanField()
    version = serializers.IntegerField()


class ModeleEcriture(SansNir):
    """Le texte, avec ses variables entre accolades ; un refus cite celles qui sont admises."""

    objet = serializers.CharField(max_length=150)
    corps = serializers.CharField(max_length=5000)


class Apercu(serializers.Serializer[Texte]):
    """Le courriel que ce texte donnerait, sur des valeurs fictives."""

    objet = serializers.CharField()
    corps = serializers.CharField()


class ModeleCourrielViewSet(Porte, ViewSet):
    """Modèles des courriels aux entreprises. Gérer la structure n’a pas de portée : une session, jamais un jeton."""

    modele = ModeleCourriel
    droit = Droit.GERER_STRUCTURE
    lookup_field = "nature"
    lookup_value_converter = "slug"
    ecritures = {"partial_update": ModeleEcriture, "apercu": ModeleEcriture, "origine": Rien}

    @extend_schema(responses=ModeleLecture(many=True))
    def list(self, request: Request) -> Response:
        """Le texte en usage de chaque nature de courriel."""
        lus: Any = [self._lu(nature) for nature in NatureEnvoi]
        return Response(ModeleLecture(lus, many=True).data)

    @extend_schema(responses=ModeleLecture)
    def retrieve(self, request: Request, nature: str) -> Response:
        """Le texte en usage d’une nature, réécrit ou d’origine ; son ETag sert à l’écrire."""
        return self._rendre(_nature(nature))

    @extend_schema(responses=ModeleLecture)
    def partial_update(self, request: Request, nature: str) -> Response:
        """Écrit le texte d’une nature, pour les prochains courriels."""
        laquelle = _nature(nature)
        version = self.version_attendue()
        actuel = self._lu(laquelle).texte
        champs = {"objet": actuel.objet, "corps": actuel.corps} | self.corps(partiel=True)
        actions.ecrire_modele(laquelle, version=version, par=self.acteur, **champs)
        return self._rendre(laquelle)

    @extend_schema(responses=Apercu)
    @action(detail=True, methods=["post"])
    def apercu(self, request: Request, nature: str) -> Response:
        """Le courriel que ce texte donnerait, sans rien enregistrer."""
        laquelle = _nature(nature)
        texte = Texte(**self.corps())
        if refus := refus_de_modele(texte, laquelle):
            raise refus
        structure = Structure.objects.visibles_par(self.acteur).get(pk=self.acteur.structure_id)
        return Response(Apercu(composer(texte, [exemple(structure.nom)])).data)

    @extend_schema(responses=ModeleLecture)
    @action(detail=True, methods=["post"])
    def origine(self, request: Request, nature: str) -> Response:
        """Retire le texte de la structure : celui d’origine revient."""
        laquelle = _nature(nature)
        self.corps()
        actions.revenir_au_texte_d_origine(laquelle, par=self.acteur)
        return self._rendre(laquelle)

    def _lu(self, nature: NatureEnvoi) -> ModeleLu:
        sien = ModeleCourriel.objects.visibles_par(self.acteur).filter(nature=nature).first()
        if sien is None:
            return ModeleLu(nature, D_ORIGINE[nature], 0)
        return ModeleLu(nature, Texte(sien.objet, sien.corps), sien.version)

    def _rendre(self, nature: NatureEnvoi) -> Response:
        lu: Any = self._lu(nature)
        return Response(ModeleLecture(lu).data, headers={"ETag": f'"{lu.version}"'})


def _nature(nature: str) -> NatureEnvoi:
    if nature not in NatureEnvoi.values:
        raise Http404
    return NatureEnvoi(nature)
