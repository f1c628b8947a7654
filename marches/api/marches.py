"""Marchés."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification
from clauses.socle.api.champs import Choix, Corps, Ecriture, HeuresAuCentieme, Lecture
from clauses.socle.api.filtres import Jour, Numero
from marches import actions
from marches.api.references import Facilitateur
from marches.enums import StatutMarche
from marches.models import Marche

CHAMPS = [
    "acheteur", "reference", "objet", "operation", "nature", "procedure", "technique", "ccag", "cpv", "montant_ht",
    "date_notification", "date_debut", "date_fin", "duree_mois", "commune_execution_insee", "a_clause_sociale",
    "a_critere_social", "est_reserve", "position_art35", "motif_art35", "facilitateur",
]  # fmt: skip


class MarcheLecture(Lecture[Marche]):
    acheteur_siret = serializers.CharField(source="acheteur.siret")
    acheteur_nom = serializers.CharField(source="acheteur.nom")
    considerations_sociales = serializers.ListField(child=serializers.CharField())
    heures_engagees = HeuresAuCentieme()
    heures_realisees = HeuresAuCentieme()
    reserves = frozenset(
        {"operation", "facilitateur", "position_art35", "motif_art35", "origine", "source_identifiant"}
    )

    class Meta:
        model = Marche
        fields: ClassVar = [
            "id", "acheteur_siret", "acheteur_nom", *CHAMPS, "statut", "considerations_sociales", "heures_engagees",
            "heures_realisees", "origine", "source_identifiant", "version",
        ]  # fmt: skip


class MarcheEcriture(Ecriture[Marche]):
    facilitateur = Facilitateur(required=False, allow_null=True)

    class Meta:
        model = Marche
        fields = CHAMPS


class StatutEcriture(Corps):
    statut = Choix(choices=StatutMarche.choices)


class MarcheFiltre(django_filters.FilterSet):
    acheteur = Numero(field_name="acheteur_id", label="Numéro de l’acheteur")
    acheteur_siret = django_filters.CharFilter(field_name="acheteur__siret", label="SIRET de l’acheteur")
    reference = django_filters.CharFilter(label="Référence exacte", max_length=60)
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutMarche.choices)
    notifie_depuis = Jour(field_name="date_notification", lookup_expr="gte", label="Notifié depuis le, inclus")
    notifie_jusqu_au = Jour(field_name="date_notification", lookup_expr="lte", label="Notifié jusqu’au, inclus")


class MarcheViewSet(Creation[Marche], Modification[Marche]):
    """Marchés, avec leur avancement du jour."""

    modele = Marche
    droit = Droit.CONSULTER_MARCHES
    droits = dict.fromkeys(("create", "partial_update", "statut"), Droit.GERER_MARCHES)
    serializer_class = MarcheLecture
    ecritures = {"create": MarcheEcriture, "partial_update": MarcheEcriture, "statut": StatutEcriture}
    gestes_versionnes = ("statut",)
    filterset_class = MarcheFiltre
    tris = ("reference",)

    def objets(self) -> QuerySet[Marche]:
        visibles = Marche.objects.visibles_par(self.acteur).select_related("acheteur")
        return visibles.avec_avancement(au=timezone.localdate(), pour=self.acteur)

    def creer(self, **donnees: Any) -> Marche:
        return actions.creer_marche(par=self.acteur, **donnees)

    def modifier(self, objet: Marche, /, *, version: int, **donnees: Any) -> Marche:
        return actions.modifier_marche(objet, version=version, par=self.acteur, **donnees)

    @action(detail=True, methods=["post"])
    def statut(self, request: Request, pk: int) -> Response:
        """Change le statut du marché ; clore suppose une date de notification."""
        marche = self.get_object()
        actions.changer_statut(marche, version=self.version_attendue(), par=self.acteur, **self.corps())
        return self.relire(marche.pk)
