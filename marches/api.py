"""API des marchés et engagements : lecture seule, dans le périmètre de l’appelant."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers, viewsets

from clauses.comptes.models import Structure
from marches.avancement import seuils_de
from marches.models import Engagement, Marche


class HeuresAuCentieme(serializers.DecimalField):
    """Heures en chaîne décimale, au centième : « 988.84 » (formats.md §4)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=17, decimal_places=2, read_only=True, **options)


class MarcheSerializer(serializers.ModelSerializer[Marche]):
    acheteur_siret = serializers.CharField(source="acheteur.siret", read_only=True)
    acheteur_nom = serializers.CharField(source="acheteur.nom", read_only=True)
    heures_engagees = HeuresAuCentieme()
    heures_realisees = HeuresAuCentieme()

    class Meta:
        model = Marche
        fields: ClassVar = [
            "id", "reference", "objet", "acheteur_siret", "acheteur_nom", "statut", "date_notification", "date_debut",
            "date_fin", "considerations_sociales", "heures_engagees", "heures_realisees",
        ]  # fmt: skip


class MarcheViewSet(viewsets.ReadOnlyModelViewSet[Marche]):
    """Marchés du périmètre de l’appelant, avec leur avancement du jour."""

    serializer_class = MarcheSerializer

    def get_queryset(self) -> QuerySet[Marche]:
        acteur = self.request.acteur  # type: ignore[attr-defined]
        visibles = Marche.objects.visibles_par(acteur).select_related("acheteur")
        return visibles.avec_avancement(au=timezone.localdate(), pour=acteur)


class EngagementSerializer(serializers.ModelSerializer[Engagement]):
    marche = serializers.IntegerField(source="clause.lot.marche_id", read_only=True)
    lot_numero = serializers.CharField(source="clause.lot.numero", read_only=True)
    entreprise_siret = serializers.CharField(source="entreprise.siret", read_only=True)
    entreprise_nom = serializers.CharField(source="entreprise.raison_sociale", read_only=True)
    heures_engagees = HeuresAuCentieme()
    heures_realisees = HeuresAuCentieme()
    heures_attendues = HeuresAuCentieme()
    heures_projetees = HeuresAuCentieme()
    heures_par_mois = HeuresAuCentieme()
    situation = serializers.CharField(source="code_situation", read_only=True)

    class Meta:
        model = Engagement
        fields: ClassVar = [
            "id", "marche", "lot_numero", "entreprise_siret", "entreprise_nom", "heures_engagees", "heures_realisees",
            "heures_attendues", "heures_projetees", "heures_par_mois", "situation",
        ]  # fmt: skip


class EngagementViewSet(viewsets.ReadOnlyModelViewSet[Engagement]):
    """Engagements du périmètre de l’appelant, avec leur avancement et leur prévision ; jamais de personne."""

    serializer_class = EngagementSerializer

    def get_queryset(self) -> QuerySet[Engagement]:
        acteur = self.request.acteur  # type: ignore[attr-defined]
        seuils = seuils_de(Structure.objects.visibles_par(acteur).get())
        visibles = Engagement.objects.visibles_par(acteur).avec_marche()
        return visibles.avec_prevision(au=timezone.localdate(), seuils=seuils)
