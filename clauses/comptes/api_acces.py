"""L’API des accès : qui a accès à la structure, à l’espace d’un acheteur ou d’une entreprise ; inviter, retirer."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes import actions, invitations
from clauses.comptes.acces import etat_de, rattachements_de_personnes
from clauses.comptes.acteurs import Droit, Role
from clauses.comptes.api import Creation, VueObjets
from clauses.comptes.enums import EtatAcces
from clauses.comptes.forms import ROLES_INVITABLES
from clauses.comptes.models import Invitation, Rattachement
from clauses.socle.api.champs import Choix, Ecriture, Lecture, Rien
from clauses.socle.api.filtres import Numero, OuiNon

DU_ROLE = [(role.value, role.label) for role in ROLES_INVITABLES]
UN_SEUL_ACCES = "Dire un seul accès\u00a0: un rôle dans la structure, ou le numéro d’un acheteur, ou d’une entreprise."


class AccesLecture(Lecture[Rattachement]):
    """`organisation` : pour qui la personne agit ; `invite_jusqu_au` : quand finit l’invitation qui l’attend."""

    nom = serializers.CharField(source="utilisateur.nom")
    prenom = serializers.CharField(source="utilisateur.prenom")
    courriel = serializers.CharField(source="utilisateur.email")
    organisation = serializers.CharField()
    etat = serializers.SerializerMethodField()
    invite_jusqu_au = serializers.SerializerMethodField()

    class Meta:
        model = Rattachement
        fields: ClassVar = [
            "id", "utilisateur", "nom", "prenom", "courriel", "role", "organisation", "acheteur", "entreprise", "etat",
            "invite_jusqu_au",
        ]  # fmt: skip

    def _derniere(self, rattachement: Any) -> Invitation | None:
        return next(iter(rattachement.invitations_vues), None)

    @extend_schema_field(serializers.ChoiceField(choices=EtatAcces.choices))
    def get_etat(self, rattachement: Rattachement) -> str:
        return etat_de(rattachement, self._derniere(rattachement), timezone.now()).value

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_invite_jusqu_au(self, rattachement: Rattachement) -> str | None:
        derniere = self._derniere(rattachement)
        if derniere is None or derniere.acceptee_le or derniere.annulee_le:
            return None
        return timezone.localtime(derniere.valable_jusqu_au).isoformat()


class InvitationLecture(Lecture[Invitation]):
    """Le lien de l’invitation n’est que dans le courriel : rien ici ne l’ouvre."""

    acces = serializers.IntegerField(source="rattachement_id")
    courriel = serializers.CharField(source="rattachement.utilisateur.email")

    class Meta:
        model = Invitation
        fields: ClassVar = [
            "id", "acces", "courriel", "envoyee_le", "envoyee_par", "valable_jusqu_au", "acceptee_le", "annulee_le",
        ]  # fmt: skip


class InvitationEcriture(Ecriture[Rattachement]):
    """`role`, pour un agent ou un financeur ; sinon `acheteur` ou `entreprise`, dont on ouvre l’espace."""

    courriel = serializers.EmailField(max_length=254)
    nom = serializers.CharField(max_length=100)
    prenom = serializers.CharField(max_length=100)
    role = Choix(choices=DU_ROLE, required=False)

    class Meta:
        model = Rattachement
        fields: ClassVar = ["courriel", "nom", "prenom", "role", "acheteur", "entreprise"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(attrs.get(nom) is not None for nom in ("role", "acheteur", "entreprise")) != 1:
            raise serializers.ValidationError(UN_SEUL_ACCES)
        return attrs


class AccesFiltre(django_filters.FilterSet):
    role = django_filters.ChoiceFilter(label="Rôle", choices=Role.choices)
    acheteur = Numero(field_name="acheteur_id", label="Numéro de l’acheteur")
    entreprise = Numero(field_name="entreprise_id", label="Numéro de l’entreprise")
    est_actif = OuiNon(label="Accès ouvert")


class AccesViewSet(VueObjets[Rattachement]):
    """Qui a accès : chaque personne, son rôle, pour quelle organisation, et où en est son accès.

    Réservé à une personne connectée qui gère la structure : aucune portée de jeton ne l’ouvre.
    """

    modele = Rattachement
    etiquette = "accès"
    droit = Droit.GERER_STRUCTURE
    serializer_class = AccesLecture
    ecritures: ClassVar = dict.fromkeys(("retirer", "renvoyer"), Rien)
    reponses: ClassVar = {"renvoyer": InvitationLecture}
    filterset_class = AccesFiltre

    def objets(self) -> QuerySet[Rattachement]:
        lues = Invitation.objects.visibles_par(self.acteur).order_by("-envoyee_le", "-pk").defer("secret")
        rattachements: QuerySet[Rattachement] = rattachements_de_personnes(self.acteur)
        return rattachements.prefetch_related(Prefetch("invitations", lues, to_attr="invitations_vues"))

    @action(detail=True, methods=["post"])
    def retirer(self, request: Request, pk: int) -> Response:
        """Ferme un accès sans délai, ou annule l’invitation qui devait l’ouvrir ; le compte et le journal restent."""
        acces = self.get_object()
        self.corps()
        actions.detacher(acces, par=self.acteur)
        return self.relire(acces.pk)

    @action(detail=True, methods=["post"])
    def renvoyer(self, request: Request, pk: int) -> Response:
        """Envoie une invitation neuve, pour un accès qui n’est pas ouvert ; l’ancien lien ne sert plus."""
        acces = self.get_object()
        self.corps()
        invitation = actions.renvoyer_invitation(acces, par=self.acteur)
        invitations.envoyer_apres(invitation, request.build_absolute_uri("/"))
        return Response(InvitationLecture(invitation, context=self.get_serializer_context()).data)


class InvitationFiltre(django_filters.FilterSet):
    acces = Numero(field_name="rattachement_id", label="Numéro de l’accès")
    en_attente = OuiNon(label="Ni acceptée ni annulée ; échue comprise", method="filtrer_en_attente")

    def filtrer_en_attente(self, objets: Any, nom: str, valeur: bool) -> Any:
        return objets.en_attente() if valeur else objets.exclude(acceptee_le=None, annulee_le=None)


class InvitationViewSet(Creation[Invitation]):
    """Invitations à ouvrir un accès. En créer une envoie un courriel ; son lien, valable sept jours, n’est que là.

    Réservées à une personne connectée qui gère la structure : aucune portée de jeton ne les ouvre.
    """

    modele = Invitation
    droit = Droit.GERER_STRUCTURE
    serializer_class = InvitationLecture
    ecritures: ClassVar = {"create": InvitationEcriture}
    filterset_class = InvitationFiltre
    tris = ("envoyee_le",)

    def objets(self) -> QuerySet[Invitation]:
        visibles = Invitation.objects.visibles_par(self.acteur).select_related("rattachement__utilisateur")
        return visibles.defer("secret")

    def creer(self, *, courriel: str, role: str | None = None, **donnees: Any) -> Invitation:  # type: ignore[override]
        acheteur, entreprise = donnees.pop("acheteur", None), donnees.pop("entreprise", None)
        qui: dict[str, Any] = {"email": courriel, "par": self.acteur, **donnees}
        if role is not None:
            invitation = actions.rattacher(role=role, **qui)
        elif acheteur is not None:
            invitation = actions.inviter_partenaire(acheteur_id=acheteur.pk, **qui)
        else:
            invitation = actions.inviter_partenaire(entreprise_id=entreprise.pk, **qui)
        invitations.envoyer_apres(invitation, self.request.build_absolute_uri("/"))
        return invitation
