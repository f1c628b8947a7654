"""L’API des notifications sortantes : à qui l’on annonce, quoi, et ce qu’il en est advenu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification, VueObjets
from clauses.crochets import actions
from clauses.crochets.enums import Annonce, EtatLivraison
from clauses.crochets.models import Crochet, Livraison
from clauses.crochets.signature import secret_de
from clauses.socle.api.champs import Ecriture, Lecture, Rien
from clauses.socle.api.filtres import Jour, Numero, OuiNon

CHAMPS = ["adresse", "releve_recu", "engagement_en_retard", "bilan_emis"]


class CrochetLecture(Lecture[Crochet]):
    """`precedent_jusqu_au` : jusqu’à quand l’ancien secret signe encore, après un renouvellement."""

    class Meta:
        model = Crochet
        fields: ClassVar = [
            "id", *CHAMPS, "est_actif", "suspension", "abandons_de_suite", "precedent_jusqu_au", "cree_le", "version",
        ]  # fmt: skip


class CrochetEcriture(Ecriture[Crochet]):
    """`adresse` : en https://, joignable depuis Internet ; au moins un événement à annoncer."""

    class Meta:
        model = Crochet
        fields = CHAMPS


class SecretLu(serializers.Serializer[Crochet]):
    """Le secret, dans cette seule réponse : aucune autre ne le montre."""

    secret = serializers.SerializerMethodField()
    precedent_jusqu_au = serializers.DateTimeField(allow_null=True)

    def get_secret(self, crochet: Crochet) -> str:
        return secret_de(crochet.sel)


class LivraisonLecture(Lecture[Livraison]):
    """`corps` : le texte envoyé et signé, au caractère près ; `code` : celui de la dernière réponse reçue."""

    class Meta:
        model = Livraison
        fields: ClassVar = [
            "id", "crochet", "cle", "evenement", "instant", "etat", "nombre_tentatives", "prochaine_tentative",
            "derniere_tentative", "code", "erreur", "corps",
        ]  # fmt: skip


class CrochetFiltre(django_filters.FilterSet):
    adresse = django_filters.CharFilter(label="Adresse exacte", max_length=500)
    est_actif = OuiNon(label="En service, ou suspendue")


class CrochetViewSet(Creation[Crochet], Modification[Crochet]):
    """Notifications sortantes : les adresses que la structure prévient, et de quoi.

    Réservées à une personne connectée qui gère la structure : aucune portée de jeton ne les ouvre. Créer une
    notification ne montre pas son secret ; `secret` en tire un et le rend, une seule fois.
    """

    modele = Crochet
    droit = Droit.GERER_STRUCTURE
    serializer_class = CrochetLecture
    ecritures: ClassVar = {
        "create": CrochetEcriture,
        "partial_update": CrochetEcriture,
        **dict.fromkeys(("suspendre", "reprendre", "secret", "essayer"), Rien),
    }
    reponses: ClassVar = {"secret": SecretLu, "essayer": LivraisonLecture}
    filterset_class = CrochetFiltre
    tris = ("adresse",)

    def objets(self) -> QuerySet[Crochet]:
        return Crochet.objects.visibles_par(self.acteur)

    def creer(self, **donnees: Any) -> Crochet:
        return actions.creer_crochet(par=self.acteur, **donnees)

    def modifier(self, objet: Crochet, /, *, version: int, **donnees: Any) -> Crochet:
        return actions.modifier_crochet(objet, version=version, par=self.acteur, **donnees)

    @action(detail=True, methods=["post"])
    def suspendre(self, request: Request, pk: int) -> Response:
        """N’annonce plus rien à cette adresse ; ce qui attendait attend encore."""
        return self._geste(actions.suspendre)

    @action(detail=True, methods=["post"])
    def reprendre(self, request: Request, pk: int) -> Response:
        """Annonce de nouveau ; le compte des abandons repart de zéro."""
        return self._geste(actions.reprendre)

    @action(detail=True, methods=["post"])
    def secret(self, request: Request, pk: int) -> Response:
        """Tire un nouveau secret et le rend, une seule fois ; l’ancien signe encore un jour."""
        crochet = self.get_object()
        self.corps()
        return Response(SecretLu(actions.renouveler_le_secret(crochet, par=self.acteur)).data)

    @action(detail=True, methods=["post"])
    def essayer(self, request: Request, pk: int) -> Response:
        """Envoie un essai, une seule fois, et rend sa livraison ; ce qu’il en advient se lit sur elle."""
        crochet = self.get_object()
        self.corps()
        livraison = actions.essayer(crochet, par=self.acteur)
        return Response(LivraisonLecture(livraison, context=self.get_serializer_context()).data)

    def _geste(self, geste: Callable[..., Crochet]) -> Response:
        crochet = self.get_object()
        self.corps()
        geste(crochet, par=self.acteur)
        return self.relire(crochet.pk)


class LivraisonFiltre(django_filters.FilterSet):
    crochet = Numero(field_name="crochet_id", label="Numéro de la notification")
    evenement = django_filters.ChoiceFilter(label="Événement", choices=Annonce.choices)
    etat = django_filters.ChoiceFilter(label="État", choices=EtatLivraison.choices)
    depuis = Jour(field_name="instant", lookup_expr="date__gte", label="Annoncée depuis le, inclus")
    jusqu_au = Jour(field_name="instant", lookup_expr="date__lte", label="Annoncée jusqu’au, inclus")


class LivraisonViewSet(VueObjets[Livraison]):
    """Livraisons des notifications : une annonce, figée, et ce qu’il en est advenu."""

    modele = Livraison
    droit = Droit.GERER_STRUCTURE
    serializer_class = LivraisonLecture
    ecritures: ClassVar = {"renvoyer": Rien}
    filterset_class = LivraisonFiltre
    tris = ("instant",)

    def objets(self) -> QuerySet[Livraison]:
        return Livraison.objects.visibles_par(self.acteur)

    @action(detail=True, methods=["post"])
    def renvoyer(self, request: Request, pk: int) -> Response:
        """Remet en envoi une livraison close, même corps et même identifiant, puis la tente aussitôt."""
        livraison = self.get_object()
        self.corps()
        actions.renvoyer(livraison, par=self.acteur)
        return self.relire(livraison.pk)


ROUTES = (
    ("notifications", CrochetViewSet, "crochet"),
    ("livraisons", LivraisonViewSet, "livraison"),
)
