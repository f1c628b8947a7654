"""Les documents d’un engagement : les lire, en voir le projet, les émettre, en télécharger le fichier, les annuler."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from bilans import actions
from bilans.documents import fichiers
from bilans.documents.composition import Demande
from bilans.enums import MODIFIABLES, FormatDocument, NatureDocument
from bilans.forms.documents import EmissionForm
from bilans.models import Document
from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Porte
from clauses.socle.api.champs import Booleen, Choix, Corps, Jour, Lecture, Reference, Rien
from clauses.socle.api.fichiers import UnFichier
from clauses.socle.api.filtres import Numero
from clauses.socle.fichiers import repondre
from marches.models import Engagement

LETTRES = [(nature.value, nature.label) for nature in NatureDocument if nature in MODIFIABLES]
OUI_NON = {"true": True, "false": False}


class DocumentLecture(Lecture[Document]):
    est_annule = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields: ClassVar = [
            "id", "engagement", "nature", "titre", "annee", "numero", "format", "empreinte", "emis_le", "est_annule",
        ]  # fmt: skip

    def get_est_annule(self, document: Document) -> bool:
        return document.annule_le is not None


class DocumentDemande(Corps):
    """Ce que l’on choisit d’un document ; chaque nature n’emploie que ses champs, et refuse les autres."""

    nature = Choix(choices=NatureDocument.choices, help_text="Nature du document.")
    au = Jour(help_text="Date d’arrêté ; fin de la période d’une attestation intermédiaire.")
    du = Jour(
        required=False,
        help_text="Début de la période d’une attestation intermédiaire ; sans lui, le premier mois validé.",
    )
    echeance = Jour(
        required=False, help_text="Réponse attendue à une relance ou à une mise en demeure ; sinon le délai habituel."
    )
    est_consolidee = Booleen(
        required=False, help_text="D’une attestation : pour tout le groupement, et non cette entreprise seule."
    )
    adresse_postale = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=300,
        help_text="D’un courrier, l’adresse du destinataire ; sinon la commune de l’annuaire.",
    )
    format = Choix(
        choices=FormatDocument.choices, required=False, help_text="« pdf » sans le dire ; « docx » pour une lettre."
    )


class DocumentEcriture(DocumentDemande):
    engagement = Reference(queryset=Engagement.objects.none())


class LettreEcriture(Corps):
    engagement = Reference(queryset=Engagement.objects.none())
    nature = Choix(choices=LETTRES)


class DocumentFiltre(django_filters.FilterSet):
    engagement = Numero(field_name="engagement_id", label="Numéro de l’engagement")
    nature = django_filters.ChoiceFilter(label="Nature", choices=NatureDocument.choices)


class DocumentViewSet(Creation[Document]):
    """Documents émis : ceux de la structure ; à un partenaire, ceux qui lui sont destinés.

    En créer un le fige, le numérote si c’est une attestation, et inscrit l’étape si c’est une lettre.
    """

    modele = Document
    droit = Droit.CONSULTER_MARCHES
    droits = dict.fromkeys(("create", "lettre", "annuler"), Droit.GERER_MARCHES)
    serializer_class = DocumentLecture
    ecritures = {"create": DocumentEcriture, "lettre": LettreEcriture, "annuler": Rien}
    gestes_createurs = ("lettre",)
    filterset_class = DocumentFiltre

    def objets(self) -> QuerySet[Document]:
        return Document.objects.visibles_par(self.acteur).defer("contenu")

    def creer(self, **donnees: Any) -> Document:
        engagement = donnees.pop("engagement")
        demande, format_ = lire_la_demande(**donnees)
        return actions.emettre(engagement, demande, par=self.acteur, adresse=self._verification(), format_=format_)

    @extend_schema(responses={201: DocumentLecture})
    @action(detail=False, methods=["post"])
    def lettre(self, request: Request) -> Response:
        """L’étape suivante d’un geste : la relance ou la mise en demeure du jour, en PDF, et son étape inscrite.

        Une même étape ne s’inscrit qu’une fois par jour.
        """
        return self.creer_par(self._envoyer)

    @extend_schema(
        responses={(200, type_): OpenApiTypes.BINARY for type_ in fichiers.TYPES.values()},
        description="Le fichier tel qu’émis. Le télécharger s’inscrit au journal.",
    )
    @action(detail=True, methods=["get"], content_negotiation_class=UnFichier)
    def fichier(self, request: Request, pk: int) -> HttpResponse:
        """Le fichier tel qu’émis."""
        document = get_object_or_404(Document.objects.visibles_par(self.acteur), pk=pk)
        return repondre(fichiers.fichier_emis(document, par=self.acteur))

    @action(detail=True, methods=["post"])
    def annuler(self, request: Request, pk: int) -> Response:
        """Annule le document : il reste, avec son numéro, et la page de vérification le dit annulé."""
        document = self.get_object()
        self.corps()
        actions.annuler(document, par=self.acteur)
        return self.relire(document.pk)

    def _envoyer(self, engagement: Engagement, nature: str) -> Document:
        return actions.envoyer_lettre(
            engagement, NatureDocument(nature), par=self.acteur, adresse=self._verification()
        )

    def _verification(self) -> str:
        """L’adresse de la page publique de vérification, imprimée sur une attestation."""
        adresse: str = self.request.build_absolute_uri(reverse("verifier"))
        return adresse


class ProjetViewSet(Porte, ViewSet):
    """Le projet d’un document, avant de l’émettre."""

    etiquette = "documents"
    lookup_value_converter = "int"
    droit = Droit.GERER_MARCHES
    parametres = tuple(DocumentDemande().fields)
    lectures_refusables = ("projet",)

    @extend_schema(
        parameters=[DocumentDemande],
        responses={(200, type_): OpenApiTypes.BINARY for type_ in fichiers.TYPES.values()},
        description="Le document tel qu’il serait émis, marqué « projet » : rien n’est enregistré, rien n’est "
        "numéroté. Voir celui d’une attestation s’inscrit au journal.",
    )
    @action(detail=True, methods=["get"], url_path="projet", url_name="document", content_negotiation_class=UnFichier)
    def projet(self, request: Request, pk: int) -> HttpResponse:
        """Le projet d’un document de cet engagement."""
        engagement = get_object_or_404(Engagement.objects.visibles_par(self.acteur).avec_marche(), pk=pk)
        lus: dict[str, Any] = request.query_params.dict()
        if lus.get("est_consolidee") in OUI_NON:
            lus["est_consolidee"] = OUI_NON[lus["est_consolidee"]]
        voulu = DocumentDemande(data=lus)
        voulu.is_valid(raise_exception=True)
        demande, format_ = lire_la_demande(**voulu.validated_data)
        return repondre(fichiers.projet(engagement, demande, format_=format_, par=self.acteur))


def lire_la_demande(*, nature: str, format: str = FormatDocument.PDF, **voulus: Any) -> tuple[Demande, FormatDocument]:
    """La demande et son format, contrôlés par le formulaire de la page. Lève `ValidationError`, à chaque champ."""
    form = EmissionForm(
        {**voulus, "format": format}, nature=NatureDocument(nature), est_groupement=True, le=timezone.localdate()
    )
    if en_trop := [nom for nom in voulus if nom not in form.fields]:
        employes = ", ".join(nom for nom in form.fields if nom != "format")
        phrase = f"Cette nature de document ne l’emploie pas. Employés\u00a0: {employes}."
        raise ValidationError({nom: [phrase] for nom in en_trop})
    if not form.is_valid():
        raise ValidationError({nom: [str(faute) for faute in fautes] for nom, fautes in form.errors.items()})
    return form.demande(), FormatDocument(format)
