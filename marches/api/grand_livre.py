"""Le grand livre d’un engagement, jamais modifié : mouvements, et montants qui en font inscrire."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation
from clauses.socle.api.champs import Choix, Ecriture, Lecture
from clauses.socle.api.filtres import Jour, Numero
from marches import actions
from marches.enums import NatureMouvement
from marches.models import Engagement, Facture, MouvementEngagement
from marches.sens import fautes_de_sens

CHAMPS_DU_MOUVEMENT = ["nature", "heures", "date", "motif", "piece"]
PIECES = [
    (NatureMouvement.RECALCUL.value, "Facture ou avoir"),
    (NatureMouvement.BON_COMMANDE.value, "Bon de commande"),
]


class DUnEngagement(django_filters.FilterSet):
    """Filtres de ce qui appartient à un engagement et porte une date."""

    marche = Numero(field_name="engagement__clause__lot__marche_id", label="Numéro du marché")
    lot = Numero(field_name="engagement__clause__lot_id", label="Numéro du lot")
    engagement = Numero(field_name="engagement_id", label="Numéro de l’engagement")
    entreprise = Numero(field_name="engagement__entreprise_id", label="Numéro de l’entreprise")
    depuis = Jour(field_name="date", lookup_expr="gte", label="Depuis le, inclus")
    jusqu_au = Jour(field_name="date", lookup_expr="lte", label="Jusqu’au, inclus")


class MouvementLecture(Lecture[MouvementEngagement]):
    marche = serializers.IntegerField(source="engagement.clause.lot.marche_id")
    reserves = frozenset({"inscrit_le", "inscrit_par", "inscrit_par_nom"})
    inscrit_par_nom = serializers.CharField(source="inscrit_par")

    class Meta:
        model = MouvementEngagement
        fields: ClassVar = [
            "id", "marche", "engagement", *CHAMPS_DU_MOUVEMENT, "inscrit_le", "inscrit_par", "inscrit_par_nom",
        ]  # fmt: skip


class MouvementEcriture(Ecriture[MouvementEngagement]):
    class Meta:
        model = MouvementEngagement
        fields: ClassVar = ["engagement", *CHAMPS_DU_MOUVEMENT]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if fautes := fautes_de_sens(nature=attrs["nature"], heures=attrs["heures"], motif=attrs.get("motif", "")):
            raise serializers.ValidationError(fautes)
        return attrs


class MouvementFiltre(DUnEngagement):
    nature = django_filters.ChoiceFilter(label="Nature", choices=NatureMouvement.choices)


class MouvementViewSet(Creation[MouvementEngagement]):
    """Mouvements du grand livre : un mouvement inscrit ne change plus, un autre le corrige."""

    modele = MouvementEngagement
    droit = Droit.CONSULTER_MARCHES
    droits: ClassVar = {"create": Droit.GERER_MARCHES}
    serializer_class = MouvementLecture
    ecritures = {"create": MouvementEcriture}
    filterset_class = MouvementFiltre
    tris = ("date",)

    def objets(self) -> QuerySet[MouvementEngagement]:
        visibles = MouvementEngagement.objects.visibles_par(self.acteur)
        return visibles.select_related("engagement__clause__lot", "inscrit_par")

    def creer(self, *, engagement: Engagement, **donnees: Any) -> MouvementEngagement:  # type: ignore[override]
        return actions.inscrire_mouvement(engagement, par=self.acteur, **donnees)


class FactureLecture(Lecture[Facture]):
    marche = serializers.IntegerField(source="engagement.clause.lot.marche_id")
    clause = serializers.IntegerField(source="engagement.clause_id")
    reserves = frozenset({"enregistree_le", "enregistree_par", "enregistree_par_nom"})
    enregistree_par_nom = serializers.CharField(source="enregistree_par")

    class Meta:
        model = Facture
        fields: ClassVar = [
            "id", "marche", "clause", "engagement", "date", "reference", "montant_ht", "enregistree_le",
            "enregistree_par", "enregistree_par_nom",
        ]  # fmt: skip


class FactureEcriture(Ecriture[Facture]):
    """`nature` : celle du mouvement que le montant fera inscrire."""

    nature = Choix(choices=PIECES, default=NatureMouvement.RECALCUL)

    class Meta:
        model = Facture
        fields: ClassVar = ["engagement", "nature", "date", "reference", "montant_ht"]


class FactureFiltre(DUnEngagement):
    clause = Numero(field_name="engagement__clause_id", label="Numéro de la clause")
    reference = django_filters.CharFilter(label="Référence exacte", max_length=60)


class FactureViewSet(Creation[Facture]):
    """Montants facturés, commandés ou rendus d’une clause à la tranche ; le grand livre suit."""

    modele = Facture
    droit = Droit.CONSULTER_MARCHES
    droits: ClassVar = {"create": Droit.GERER_MARCHES}
    serializer_class = FactureLecture
    ecritures = {"create": FactureEcriture}
    filterset_class = FactureFiltre
    tris = ("date",)

    def objets(self) -> QuerySet[Facture]:
        visibles = Facture.objects.visibles_par(self.acteur)
        return visibles.select_related("engagement__clause__lot", "enregistree_par")

    def creer(self, *, engagement: Engagement, **donnees: Any) -> Facture:  # type: ignore[override]
        return actions.enregistrer_facture(engagement, par=self.acteur, **donnees)
