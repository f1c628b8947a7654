"""Les modèles de relevé préremplis, à envoyer aux entreprises : un classeur, ou l’archive d’un mois."""

from __future__ import annotations

import datetime
import io

from django import forms
from django.core.exceptions import ValidationError as FautesDuModele
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Porte
from clauses.socle.api.fichiers import UnFichier
from clauses.socle.api.filtres import SaisieNumero
from clauses.socle.archives import ecrire_zip
from clauses.socle.exports import ecrire_xlsx
from clauses.socle.fichiers import Fichier, repondre
from clauses.socle.listes import XLSX
from heures import modeles_releve
from heures.api.demandes import DU_MOIS, MoisDemande
from heures.api.lots import INTROUVABLE
from heures.imports.releves.modele import Modele, feuilles
from marches.models import Engagement

ZIP = "application/zip"


class DUnEngagement(forms.Form):
    engagement = SaisieNumero()


class ModeleDeReleveViewSet(Porte, ViewSet):
    """Modèles de relevé\u00a0: les personnes d’un engagement y sont déjà, l’entreprise n’a que des heures à noter."""

    etiquette = "modèles de relevé"
    droit = Droit.CONSULTER_HEURES
    content_negotiation_class = UnFichier

    def parametres_connus(self) -> set[str]:
        return {"mois", "engagement"} if self.action == "classeur" else {"mois"}

    @extend_schema(
        parameters=[
            OpenApiParameter("engagement", int, required=True, description="Numéro de l’engagement."),
            DU_MOIS,
        ],
        responses={(200, XLSX): OpenApiTypes.BINARY},
    )
    @action(detail=False, methods=["get"])
    def classeur(self, request: Request) -> HttpResponse:
        """Le modèle d’un engagement pour un mois, en classeur. Le télécharger s’inscrit au journal."""
        prepare = modeles_releve.d_un_engagement(self._engagement(), self._mois(), par=self.acteur)
        return repondre(Fichier(_classeur(prepare), f"{prepare.nom}.xlsx", XLSX))

    @extend_schema(parameters=[DU_MOIS], responses={(200, ZIP): OpenApiTypes.BINARY})
    @action(detail=False, methods=["get"])
    def archive(self, request: Request) -> HttpResponse:
        """Le modèle de chaque engagement attendu un mois, en une archive. La télécharger s’inscrit au journal."""
        mois = self._mois()
        prepares = modeles_releve.de_tout_le_mois(mois, par=self.acteur)
        if not prepares:
            raise ParseError("Aucun engagement n’attend de relevé ce mois-là\u00a0: il n’y a pas de modèle à envoyer.")
        archive = io.BytesIO()
        ecrire_zip(archive, {f"{prepare.nom_dans_le_lot}.xlsx": _classeur(prepare) for prepare in prepares})
        return repondre(Fichier(archive.getvalue(), f"releves-{mois:%Y-%m}.zip", ZIP))

    def _engagement(self) -> Engagement:
        form = DUnEngagement(self.request.query_params)
        if not form.is_valid():
            raise FautesDuModele(form.errors.as_data())
        clef = form.cleaned_data["engagement"]
        visibles = Engagement.objects.visibles_par(self.acteur).avec_marche()
        trouve: Engagement | None = visibles.filter(pk=clef).first()
        if trouve is None:
            raise FautesDuModele({"engagement": INTROUVABLE.format(clef=clef)})
        return trouve

    def _mois(self) -> datetime.date:
        lus = self.request.query_params.dict()
        return MoisDemande.lire({nom: lu for nom, lu in lus.items() if nom == "mois"})


def _classeur(prepare: Modele) -> bytes:
    fichier = io.BytesIO()
    ecrire_xlsx(fichier, feuilles(prepare))
    return fichier.getvalue()
