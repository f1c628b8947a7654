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
from clauses.socle.api.champs import Choix, Corps, Ecriture, HeuresAuCentieme, Lecture, References
from clauses.socle.api.filtres import Jour, Numero
from marches import actions
from marches.api.ouvertures import Ouverture, OuvertureSeule, refus_places
from marches.api.references import Facilitateur
from marches.enums import StatutMarche
from marches.imports.decp.lots import Proposition, proposer
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


class RegroupementEcriture(Corps):
    """Deux marchés au moins, d’un même acheteur ; `reference` et `objet` : ceux du marché qui les réunit."""

    marches = References(Marche)
    reference = serializers.CharField(max_length=60)
    objet = serializers.CharField(max_length=1000)


class RegroupementPropose(serializers.Serializer[Proposition]):
    """Des marchés qui sont sans doute les lots d’un seul ; `raison` dit pourquoi on le croit."""

    raison = serializers.CharField()
    reference = serializers.CharField()
    objet = serializers.CharField()
    acheteur = serializers.IntegerField(source="acheteur_id")
    marches = serializers.ListField(source="numeros", child=serializers.IntegerField())


class Regroupements(serializers.Serializer[Any]):
    propositions = RegroupementPropose(many=True)


class MarcheViewSet(Creation[Marche], Modification[Marche]):
    """Marchés, avec leur avancement du jour."""

    modele = Marche
    droit = Droit.CONSULTER_MARCHES
    droits: ClassVar = {
        **dict.fromkeys(("create", "partial_update", "statut", "ouvrir", "ouvrir_seul"), Droit.GERER_MARCHES),
        **dict.fromkeys(("regrouper", "regroupements"), Droit.IMPORTER),
    }
    serializer_class = MarcheLecture
    ecritures: ClassVar = {
        "create": MarcheEcriture,
        "partial_update": MarcheEcriture,
        "statut": StatutEcriture,
        "ouvrir": Ouverture,
        "ouvrir_seul": OuvertureSeule,
        "regrouper": RegroupementEcriture,
    }
    reponses: ClassVar = {"regroupements": Regroupements}
    gestes_versionnes = ("statut",)
    gestes_createurs = ("ouvrir", "ouvrir_seul")
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

    @action(detail=False, methods=["post"])
    def ouvrir(self, request: Request) -> Response:
        """Ouvre d’un geste le cas courant : marché, lot, clause, titulaire et ses heures ; tout ou rien.

        Un refus nomme sa section : « marche.reference ». L’acheteur et l’entreprise s’ajoutent au besoin à l’annuaire.
        """
        return self.creer_par(self._ouvrir)

    @action(detail=False, methods=["post"], url_path="ouvrir-seul")
    def ouvrir_seul(self, request: Request) -> Response:
        """Ouvre un marché sans lot, et au besoin son acheteur ; tout ou rien."""
        return self.creer_par(self._ouvrir_seul)

    def _ouvrir(self, *, engagement: dict[str, Any], lot: dict[str, Any] | None = None, **sections: Any) -> Marche:
        with refus_places():
            return actions.ouvrir_marche_simple(lot=lot or {}, par=self.acteur, **sections, **engagement)

    def _ouvrir_seul(self, **sections: Any) -> Marche:
        with refus_places():
            return actions.ouvrir_marche(par=self.acteur, **sections)

    @action(detail=False, methods=["post"])
    def regrouper(self, request: Request) -> Response:
        """Réunit en un marché à plusieurs lots des marchés publiés séparément ; rend celui qui reste.

        Les autres fiches sont retirées, leur contenu au journal ; clauses, engagements et heures suivent leur lot.
        """
        return self.relire(actions.regrouper_en_lots(par=self.acteur, **self.corps()).pk)

    @action(detail=False, methods=["get"])
    def regroupements(self, request: Request) -> Response:
        """Les regroupements proposés, à corriger et à confirmer : rien n’est décidé sans cela."""
        return Response(Regroupements({"propositions": proposer(par=self.acteur)}).data)
