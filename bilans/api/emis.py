"""Les bilans émis : figés, ils se relisent de leurs chiffres ; en émettre un fait la version suivante."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from bilans import actions, comparaison, emissions
from bilans.api.binaires import FICHIERS, FORMAT, format_demande
from bilans.api.formes import DocumentDeBilanEmis, VersionsComparees, parametre
from bilans.catalogue import RAPPORTS
from bilans.demandes import lire_demande
from bilans.enums import NatureEmission
from bilans.exports import document
from bilans.fichiers import fichier_d_un_emis, formats_d_un_emis
from bilans.models import BilanEmis
from bilans.rapport import Demande
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.api import Creation
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api import champs, filtres
from clauses.socle.api.fichiers import UnFichier
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.fichiers import repondre

AVEC = parametre("avec", "Numéro de l’autre version ; la précédente sans le dire.")
EMETTABLES = sorted(nom for nom, rapport in RAPPORTS.items() if rapport.est_emis)


class BilanEmisLecture(champs.Lecture[BilanEmis]):
    class Meta:
        model = BilanEmis
        fields: ClassVar = [
            "id", "bilan", "titre", "du", "au", "arrete_au", "filtres", "version", "nature", "empreinte", "emis_le",
        ]  # fmt: skip


class EmissionEcriture(champs.Corps):
    bilan = champs.Choix(choices=EMETTABLES)
    du = champs.Jour()
    au = champs.Jour()
    arrete_au = champs.Jour(required=False)
    acheteur = serializers.CharField(required=False, max_length=14)
    complet = champs.Booleen(required=False)
    nature = champs.Choix(choices=NatureEmission.choices)


class BilanEmisFiltre(django_filters.FilterSet):
    bilan = django_filters.ChoiceFilter(label="Nom du bilan", choices=[(nom, nom) for nom in EMETTABLES])
    nature = django_filters.ChoiceFilter(label="Nature", choices=NatureEmission.choices)
    du = filtres.Jour(label="Début de la période, exact")
    au = filtres.Jour(label="Fin de la période, exacte")


class BilanEmisViewSet(Creation[BilanEmis]):
    """Bilans émis de la structure. En créer un établit le bilan et le fige ; final, il exige la complétude."""

    modele = BilanEmis
    droit = Droit.CONSULTER_BILANS
    droits = {"create": Droit.EMETTRE_BILANS}
    serializer_class = BilanEmisLecture
    ecritures = {"create": EmissionEcriture}
    filterset_class = BilanEmisFiltre
    lectures_refusables = ("document", "fichier", "versions")

    def objets(self) -> QuerySet[BilanEmis]:
        return BilanEmis.objects.visibles_par(self.acteur).sans_chiffres()

    def creer(self, **donnees: Any) -> BilanEmis:
        nom, nature = donnees.pop("bilan"), NatureEmission(donnees.pop("nature"))
        demande = _demande(nom, donnees, par=self.acteur)
        return actions.emettre_bilan(RAPPORTS[nom], demande, nature=nature, par=self.acteur)

    @extend_schema(responses=DocumentDeBilanEmis)
    @action(detail=True, methods=["get"])
    def document(self, request: Request, pk: int) -> Response:
        """Les chiffres figés, tels qu’émis ; aucun ne s’ouvre : les lignes d’aujourd’hui ont pu changer."""
        emis = self.get_object()
        relu = emissions.relire(emis)
        journaliser_lecture(par=self.acteur, action="exporter un bilan émis", modele=BilanEmis, objet_id=emis.pk)
        return Response(document(relu))

    @extend_schema(
        parameters=[FORMAT],
        responses=FICHIERS,
        description="Le bilan émis, écrit depuis ses chiffres figés. L’export s’inscrit au journal.",
    )
    @action(detail=True, methods=["get"], content_negotiation_class=UnFichier)
    def fichier(self, request: Request, pk: int) -> HttpResponse:
        """Le bilan émis dans un fichier."""
        emis = get_object_or_404(BilanEmis.objects.visibles_par(self.acteur).select_related("emis_par"), pk=pk)
        format_ = format_demande(request.query_params, formats_d_un_emis(emis))
        return repondre(fichier_d_un_emis(emis, format_, par=self.acteur))

    @extend_schema(parameters=[AVEC], responses=VersionsComparees)
    @action(detail=True, methods=["get"])
    def versions(self, request: Request, pk: int) -> Response:
        """Ce qui a changé entre ce bilan et une autre de ses versions, et rien d’autre."""
        emis = self.get_object()
        lues = emissions.comparer(emis, request.query_params.get(AVEC.name), par=self.acteur)
        rendues = {
            "ancien": lues.ancien.version,
            "nouveau": lues.nouveau.version,
            "versions": [
                {"id": version.pk, "version": version.version} for version in emissions.versions(emis, par=self.acteur)
            ],
            "changements": [comparaison.en_objet(changement) for changement in lues.changements],
        }
        return Response(VersionsComparees(rendues).data)

    def parametres_connus(self) -> set[str]:
        propres = {"versions": {AVEC.name}, "fichier": {FORMAT.name}}
        return propres.get(self.action) or super().parametres_connus()


def _demande(nom: str, lus: dict[str, Any], *, par: Acteur) -> Demande:
    """La demande du corps, contrôlée comme celle de la page."""
    dits = {cle: valeur.isoformat() if isinstance(valeur, datetime.date) else valeur for cle, valeur in lus.items()}
    if dits.pop("complet", False):
        dits["complet"] = "on"
    rapport = RAPPORTS[nom]
    try:
        return lire_demande(QueryDict(urlencode(dits)), rapport, set(rapport.formulaire.base_fields), par=par)
    except ActionImpossible as refus:
        raise ParseError(str(refus)) from refus
