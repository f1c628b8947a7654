"""L’API des accès à l’API : les jetons d’une personne, les intégrations d’une structure (docs/adr/0038).

Aucune portée n’ouvre ces adresses : un jeton n’en crée pas un autre, il y faut une session. La page ne redemande pas
le mot de passe ; l’API non plus. Le texte d’un jeton n’est que dans la réponse qui le tire, jamais gardée en cache.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes import actions
from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation
from clauses.comptes.enums import EtatJeton
from clauses.comptes.lecture_jetons import avec_leur_acces, etat_de
from clauses.comptes.models import Jeton, Rattachement
from clauses.comptes.portees import Portee
from clauses.socle.api.champs import Choix, Corps, Lecture, Rien

ROLES = [(role.value, role.label) for role in actions.ROLES_D_INTEGRATION]


class JetonLecture(Lecture[Jeton]):
    """`debut` : ce que l’on montre d’un jeton, qui le nomme sans rien ouvrir."""

    debut = serializers.CharField()
    portees = serializers.ListField(child=serializers.CharField())
    etat = serializers.SerializerMethodField()

    class Meta:
        model = Jeton
        fields: ClassVar = [
            "id", "nom", "debut", "portees", "etat", "valable_jusqu_au", "dernier_usage", "cree_le", "revoque_le",
        ]  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=EtatJeton.choices))
    def get_etat(self, jeton: Jeton) -> str:
        return etat_de(jeton, timezone.now()).value


class AvecTexte(serializers.Serializer[Any]):
    """`texte` : le jeton à présenter, dans cette seule réponse ; nul si la demande est une redite."""

    texte = serializers.CharField(allow_null=True)


class JetonCree(AvecTexte, JetonLecture):
    class Meta(JetonLecture.Meta):
        fields: ClassVar = [*JetonLecture.Meta.fields, "texte"]


class JetonEcriture(Corps):
    """`nom` : ce qui s’en servira ; `portees` : parmi celles du rôle, le moins possible."""

    nom = serializers.CharField(max_length=80)
    portees = serializers.ListField(child=Choix(choices=Portee.choices), allow_empty=False, max_length=len(Portee))
    jours = serializers.IntegerField(min_value=1, max_value=actions.DUREE_AU_PLUS_JOURS, default=90)


class JetonViewSet(Creation[Jeton]):
    """Ses propres jetons, pour une personne connectée ; en créer un rend son texte, une seule fois.

    Aucune portée n’ouvre ces adresses : un jeton n’en crée ni n’en révoque un autre.
    """

    modele = Jeton
    droit = Droit.GERER_SES_JETONS
    serializer_class = JetonLecture
    ecritures: ClassVar = {"create": JetonEcriture, "revoquer": Rien}
    reponses: ClassVar = {"create": JetonCree}
    tris = ("cree_le",)
    texte: str | None = None

    def objets(self) -> QuerySet[Jeton]:
        visibles = Jeton.objects.visibles_par(self.acteur)
        return avec_leur_acces(visibles.filter(rattachement__utilisateur_id=self.acteur.utilisateur_id))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        reponse = super().create(request, *args, **kwargs)
        reponse.data["texte"] = self.texte
        return reponse

    def creer(self, **donnees: Any) -> Jeton:
        jeton, self.texte = actions.creer_jeton(par=self.acteur, **donnees)
        return jeton

    @action(detail=True, methods=["post"])
    def revoquer(self, request: Request, pk: int) -> Response:
        """Le jeton ne sert plus, à l’instant ; le révoquer de nouveau ne change rien."""
        jeton = self.get_object()
        self.corps()
        actions.revoquer_jeton(jeton, par=self.acteur)
        return self.relire(jeton.pk)


class IntegrationLecture(Lecture[Rattachement]):
    """`jeton` : le dernier de l’intégration, sans son texte."""

    nom = serializers.SerializerMethodField()
    jeton = serializers.SerializerMethodField()

    class Meta:
        model = Rattachement
        fields: ClassVar = ["id", "nom", "role", "est_actif", "jeton"]

    def get_nom(self, integration: Any) -> str:
        nom: str = integration.jetons_vus[0].nom
        return nom

    @extend_schema_field(JetonLecture)
    def get_jeton(self, integration: Any) -> Any:
        return JetonLecture(integration.jetons_vus[0]).data


class IntegrationCreee(AvecTexte, IntegrationLecture):
    class Meta(IntegrationLecture.Meta):
        fields: ClassVar = [*IntegrationLecture.Meta.fields, "texte"]


class IntegrationEcriture(JetonEcriture):
    role = Choix(choices=ROLES)


class IntegrationViewSet(Creation[Rattachement]):
    """Les programmes qui ont accès à la structure ; en créer un rend le texte de son jeton, une seule fois.

    Réservées à une personne connectée qui gère la structure : aucune portée de jeton ne les ouvre.
    """

    modele = Rattachement
    etiquette = "intégrations"
    droit = Droit.GERER_STRUCTURE
    serializer_class = IntegrationLecture
    ecritures: ClassVar = {"create": IntegrationEcriture, "renouveler": Rien, "revoquer": Rien}
    reponses: ClassVar = {"create": IntegrationCreee, "renouveler": IntegrationCreee}
    texte: str | None = None

    def objets(self) -> QuerySet[Rattachement]:
        jetons = avec_leur_acces(Jeton.objects.visibles_par(self.acteur)).order_by("-cree_le", "-pk")
        integrations = Rattachement.objects.visibles_par(self.acteur).filter(utilisateur__est_integration=True)
        avec_jeton = integrations.filter(pk__in=jetons.order_by().values("rattachement"))
        return avec_jeton.prefetch_related(Prefetch("jetons", jetons, to_attr="jetons_vus"))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._avec_le_texte(super().create(request, *args, **kwargs))

    def creer(self, **donnees: Any) -> Rattachement:
        jeton, self.texte = actions.creer_integration(par=self.acteur, **donnees)
        return jeton.rattachement

    @action(detail=True, methods=["post"])
    def renouveler(self, request: Request, pk: int) -> Response:
        """Remplace le jeton par un neuf, de mêmes portées et de même durée ; l’ancien cesse à l’instant."""
        integration = self.get_object()
        self.corps()
        _, self.texte = actions.renouveler_integration(integration, par=self.acteur)
        return self._avec_le_texte(self.relire(integration.pk, status.HTTP_200_OK))

    @action(detail=True, methods=["post"])
    def revoquer(self, request: Request, pk: int) -> Response:
        """Ferme l’intégration et son jeton, à l’instant ; fermée, une intégration ne se rouvre pas."""
        integration = self.get_object()
        self.corps()
        actions.detacher(integration, par=self.acteur)
        return self.relire(integration.pk)

    def _avec_le_texte(self, reponse: Response) -> Response:
        reponse.data["texte"] = self.texte
        return reponse
