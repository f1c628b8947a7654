"""Ce que la structure tient autour de ses marchés : opérations, journal d’activité, repères de main-d’œuvre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification, Suppression
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api.champs import Ecriture, HeuresAuCentieme, Lecture
from clauses.socle.api.filtres import Jour, Numero
from marches import actions
from marches.api.references import Facilitateur
from marches.enums import NatureActivite
from marches.models import Activite, Operation, RepereMetier
from marches.reperes import Repere, reperes_de

CHAMPS_DE_L_ACTIVITE = ["date", "nature", "objet", "marche", "acheteur", "entreprise", "facilitateur"]
CHAMPS_DU_REPERE = ["metier", "part", "source"]


class OperationLecture(Lecture[Operation]):
    class Meta:
        model = Operation
        fields: ClassVar = ["id", "nom", "est_npnru"]


class OperationEcriture(Ecriture[Operation]):
    class Meta:
        model = Operation
        fields: ClassVar = ["nom", "est_npnru"]


class OperationFiltre(django_filters.FilterSet):
    nom = django_filters.CharFilter(label="Nom exact", max_length=200)


class OperationViewSet(Creation[Operation]):
    """Opérations qui regroupent des marchés. Créer rend l’opération de ce nom si la structure l’a déjà."""

    modele = Operation
    droit = Droit.CONSULTER_ANNUAIRE
    droits: ClassVar = {"create": Droit.GERER_MARCHES}
    serializer_class = OperationLecture
    ecritures = {"create": OperationEcriture}
    filterset_class = OperationFiltre
    tris = ("nom",)

    def objets(self) -> QuerySet[Operation]:
        return Operation.objects.visibles_par(self.acteur)

    def creer(self, *, nom: str, est_npnru: bool = False) -> Operation:  # type: ignore[override]
        return actions.nommer_operation(nom=nom, est_npnru=est_npnru, par=self.acteur)


class ActiviteLecture(Lecture[Activite]):
    facilitateur_nom = serializers.CharField(source="facilitateur")

    class Meta:
        model = Activite
        fields: ClassVar = ["id", *CHAMPS_DE_L_ACTIVITE, "facilitateur_nom", "version"]


class ActiviteEcriture(Ecriture[Activite]):
    """Sans `facilitateur`, l’activité est celle de qui la note."""

    facilitateur = Facilitateur(required=False)

    class Meta:
        model = Activite
        fields = CHAMPS_DE_L_ACTIVITE


class ActiviteFiltre(django_filters.FilterSet):
    nature = django_filters.ChoiceFilter(label="Nature", choices=NatureActivite.choices)
    marche = Numero(field_name="marche_id", label="Numéro du marché")
    acheteur = Numero(field_name="acheteur_id", label="Numéro de l’acheteur")
    entreprise = Numero(field_name="entreprise_id", label="Numéro de l’entreprise")
    facilitateur = Numero(field_name="facilitateur_id", label="Numéro du facilitateur")
    depuis = Jour(field_name="date", lookup_expr="gte", label="Depuis le, inclus")
    jusqu_au = Jour(field_name="date", lookup_expr="lte", label="Jusqu’au, inclus")


class ActiviteViewSet(Creation[Activite], Modification[Activite]):
    """Le journal d’activité des facilitateurs ; un objet peut nommer quelqu’un, chaque lecture s’inscrit."""

    modele = Activite
    droit = Droit.GERER_MARCHES
    serializer_class = ActiviteLecture
    ecritures = {"create": ActiviteEcriture, "partial_update": ActiviteEcriture}
    filterset_class = ActiviteFiltre
    tris = ("date",)

    def objets(self) -> QuerySet[Activite]:
        return Activite.objects.visibles_par(self.acteur).select_related("facilitateur")

    def consulter(self, objets: Sequence[Activite]) -> None:
        if objets:
            action = "consulter le journal d’activité"
            journaliser_lecture(par=self.acteur, action=action, modele=Activite, nombre=len(objets))

    def creer(self, **donnees: Any) -> Activite:
        auteur = {} if "facilitateur" in donnees else {"facilitateur_id": self.acteur.utilisateur_id}
        return actions.noter_activite(par=self.acteur, **donnees, **auteur)

    def modifier(self, objet: Activite, /, *, version: int, **donnees: Any) -> Activite:
        return actions.modifier_activite(objet, version=version, par=self.acteur, **donnees)


class RepereLecture(Lecture[RepereMetier]):
    class Meta:
        model = RepereMetier
        fields: ClassVar = ["id", *CHAMPS_DU_REPERE, "version"]


class RepereEcriture(Ecriture[RepereMetier]):
    class Meta:
        model = RepereMetier
        fields = CHAMPS_DU_REPERE


class RepereFiltre(django_filters.FilterSet):
    metier = django_filters.CharFilter(label="Métier exact", max_length=80)


class RepereEnVigueur(serializers.Serializer[Repere]):
    """`repere` : le numéro de celui que la structure a fixé ; nul si c’est le repère publié."""

    metier = serializers.CharField()
    part = HeuresAuCentieme()
    source = serializers.CharField()  # type: ignore[assignment]  # le champ « source », non l’attribut de DRF
    repere = serializers.IntegerField(source="propre.pk", allow_null=True, default=None)


class ReperesEnVigueur(serializers.Serializer[Any]):
    reperes = RepereEnVigueur(many=True)


class RepereViewSet(Creation[RepereMetier], Modification[RepereMetier], Suppression[RepereMetier]):
    """Parts de main-d’œuvre que la structure a fixées, par métier ; sans elle, le repère publié du métier vaut."""

    modele = RepereMetier
    droit = Droit.CONSULTER_ANNUAIRE
    droits = dict.fromkeys(("create", "partial_update", "destroy"), Droit.GERER_STRUCTURE)
    serializer_class = RepereLecture
    ecritures = {"create": RepereEcriture, "partial_update": RepereEcriture}
    reponses: ClassVar = {"en_vigueur": ReperesEnVigueur}
    filterset_class = RepereFiltre
    tris = ("metier",)

    def objets(self) -> QuerySet[RepereMetier]:
        return RepereMetier.objects.visibles_par(self.acteur)

    def creer(self, *, source: str = "", **donnees: Any) -> RepereMetier:
        return actions.creer_repere(source=source, par=self.acteur, **donnees)

    def modifier(self, objet: RepereMetier, /, *, version: int, **donnees: Any) -> RepereMetier:
        return actions.modifier_repere(objet, version=version, par=self.acteur, **donnees)

    def supprimer(self, objet: RepereMetier, /, *, version: int) -> None:
        actions.retirer_repere(objet, version=version, par=self.acteur)

    @action(detail=False, methods=["get"], url_path="en-vigueur")
    def en_vigueur(self, request: Request) -> Response:
        """Un repère par métier : celui de la structure, sinon celui qui est publié."""
        return Response(ReperesEnVigueur({"reperes": reperes_de(self.acteur)}).data)
