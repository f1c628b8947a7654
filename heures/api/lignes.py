"""Les lignes d’heures : déclarer, une à une ou en lot ; effacer, valider, refuser, rectifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification, Suppression
from clauses.socle.api.champs import Booleen, Centiemes, Corps, Ecriture, Lecture, Mois, Reference, Rien
from clauses.socle.api.filtres import Mois as FiltreMois
from clauses.socle.api.filtres import Numero, OuiNon
from clauses.socle.api.problemes import RefusPlaces
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from heures import actions, lecture_totaux
from heures.actions.lignes import avertissements
from heures.api.commun import Motif, Nominative, SansNir, prevenir
from heures.api.lots import Lot, LotDeclare, heures_du_lot
from heures.enums import NatureEnvoi, NatureLigne, OrigineLigne, StatutLigne, TypeHeures
from heures.models import LigneHeures, Releve
from marches.models import Engagement

CELLULE = ["contrat", "engagement", "mois", "type_heures", "heures"]
LUS = [
    "id", *CELLULE, "participant", "modalite", "statut", "motif", "origine", "nature", "rang", "annule", "declaree_le",
    "validee_le",
]  # fmt: skip


class LigneListe(Lecture[LigneHeures]):
    class Meta:
        model = LigneHeures
        fields: ClassVar = [*LUS, "version"]


class LigneLecture(Lecture[LigneHeures]):
    avertissements = serializers.SerializerMethodField()

    class Meta:
        model = LigneHeures
        fields: ClassVar = [*LUS, "avertissements", "version"]

    def get_avertissements(self, ligne: LigneHeures) -> list[str]:
        """Ce qu’il faut savoir avant de valider ces heures ; vide pour une ligne déjà traitée."""
        return avertissements(ligne, par=self.context["request"].acteur)


class LigneEcriture(Ecriture[LigneHeures]):
    class Meta:
        model = LigneHeures
        fields: ClassVar = CELLULE
        extra_kwargs: ClassVar = {"heures": {"min_value": 0}}


class HeuresEcriture(Corps):
    heures = Centiemes(min_value=0)


class RectificationEcriture(SansNir):
    """Le nombre juste, 0 pour annuler, et pourquoi."""

    heures = Centiemes(min_value=0)
    motif = serializers.CharField(max_length=500)


class RefusEcriture(Motif):
    """`prevenir` : le motif part aussi par courriel à l’entreprise."""

    prevenir = Booleen(required=False, default=False)


class MoisAValider(Corps):
    engagement = Reference(queryset=Engagement.objects.none())
    mois = Mois()


class MoisValide(serializers.Serializer[Any]):
    nombre = serializers.IntegerField(help_text="Lignes validées.")


class LigneFiltre(django_filters.FilterSet):
    participant = Numero(field_name="participant_id", label="Numéro de la personne")
    contrat = Numero(field_name="contrat_id", label="Numéro du contrat de travail")
    engagement = Numero(field_name="engagement_id", label="Numéro de l’engagement")
    marche = Numero(field_name="engagement__clause__lot__marche_id", label="Numéro du marché")
    mois = FiltreMois(label="Mois travaillé")
    mois_depuis = FiltreMois(field_name="mois", lookup_expr="gte", label="Mois travaillé depuis, inclus")
    mois_jusqu_au = FiltreMois(field_name="mois", lookup_expr="lte", label="Mois travaillé jusqu’à, inclus")
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutLigne.choices)
    type_heures = django_filters.ChoiceFilter(label="Type d’heures", choices=TypeHeures.choices)
    origine = django_filters.ChoiceFilter(label="Origine", choices=OrigineLigne.choices)
    vive = OuiNon(label="La dernière valeur de chaque cellule, ou ce qu’une rectification a remplacé", method="vives")

    def vives(self, objets: Any, nom: str, valeur: bool) -> Any:
        dernieres = {"nature": NatureLigne.ORDINAIRE, "annulation": None}
        return objets.filter(**dernieres) if valeur else objets.exclude(**dernieres)


class LigneViewSet(
    Nominative[LigneHeures], Creation[LigneHeures], Modification[LigneHeures], Suppression[LigneHeures]
):
    """Lignes d’heures : un contrat, un engagement, un mois, un type. Des numéros, jamais un nom."""

    modele = LigneHeures
    droit = Droit.CONSULTER_HEURES
    droits = dict.fromkeys(("create", "partial_update", "destroy", "lot"), Droit.SAISIR_HEURES) | dict.fromkeys(
        ("valider", "refuser", "rectifier", "valider_mois"), Droit.VALIDER_HEURES
    )
    serializer_class = LigneLecture
    serializer_liste = LigneListe
    ecritures = {
        "create": LigneEcriture, "partial_update": HeuresEcriture, "lot": Lot, "valider": Rien,
        "refuser": RefusEcriture, "rectifier": RectificationEcriture, "valider_mois": MoisAValider,
    }  # fmt: skip
    reponses = {"lot": LotDeclare, "valider_mois": MoisValide}
    gestes_versionnes = ("valider",)
    filterset_class = LigneFiltre
    tris = ("mois", "declaree_le")
    au_journal = ("lister les heures", "ouvrir une ligne d’heures")

    def objets(self) -> QuerySet[LigneHeures]:
        visibles: QuerySet[LigneHeures] = LigneHeures.objects.visibles_par(self.acteur)
        return visibles.select_related("contrat", "engagement__clause__lot__marche")

    def consulter(self, objets: Sequence[LigneHeures]) -> None:
        """Ce que rend un geste est ce que l’appelant vient d’écrire : seules les lectures s’inscrivent."""
        if self.action in ("list", "retrieve"):
            super().consulter(objets)

    def creer(self, **donnees: Any) -> LigneHeures:
        """Déclare dans une cellule vide ; une valeur déjà notée se modifie par sa ligne, que le refus désigne."""
        try:
            return _ligne(actions.declarer(par=self.acteur, version=0, **_typees(donnees)))
        except ConflitDeVersion as conflit:
            raise ActionImpossible(self._deja_notee(donnees)) from conflit

    def _deja_notee(self, donnees: dict[str, Any]) -> str:
        clefs = {"contrat": donnees["contrat"], "mois": donnees["mois"], "par": self.acteur}
        type_heures = donnees.get("type_heures", TypeHeures.TRAVAIL)
        ligne = lecture_totaux.ligne_vive(donnees["engagement"], type_heures=type_heures, **clefs)
        quoi = "Ces heures sont déjà notées" if ligne is None else f"La ligne n°\u00a0{ligne.pk} les porte déjà"
        return f"{quoi}\u00a0: la lire, puis la modifier avec son ETag."

    def modifier(self, objet: LigneHeures, /, *, version: int, **donnees: Any) -> LigneHeures:
        """Change des heures encore déclarées, ou redéclare une ligne refusée."""
        return _ligne(
            actions.declarer(
                contrat=objet.contrat,
                engagement=objet.engagement,
                mois=objet.mois,
                type_heures=TypeHeures(objet.type_heures),
                heures=donnees.get("heures", objet.heures),
                version=version,
                par=self.acteur,
            )
        )

    def supprimer(self, objet: LigneHeures, /, *, version: int) -> None:
        actions.effacer(objet, version=version, par=self.acteur)

    @action(detail=False, methods=["post"])
    def lot(self, request: Request) -> Response:
        """Déclare jusqu’à 200 lignes, toutes ou aucune ; une ligne sans « version » remplace ce qui est déclaré."""
        lot = heures_du_lot(self.corps()["lignes"], par=self.acteur)
        try:
            faites = actions.declarer_lot(lot, par=self.acteur)
        except actions.LotRefuse as refus:
            fautes = {rang: {"heures": [phrase]} for rang, phrase in refus.fautes.items()}
            raise RefusPlaces({"lignes": fautes}) from refus
        return Response(LotDeclare({"lignes": faites}).data)

    @action(detail=True, methods=["post"])
    def valider(self, request: Request, pk: int) -> Response:
        """Valide la ligne telle qu’elle a été lue."""
        ligne = self.get_object()
        version = self.version_attendue()
        self.corps()
        actions.valider_ligne(ligne, version=version, par=self.acteur)
        return self.relire(ligne.pk)

    @action(detail=True, methods=["post"])
    def refuser(self, request: Request, pk: int) -> Response:
        """Refuse une ligne déclarée ; l’entreprise en lit le motif sur son relevé, et par courriel à la demande."""
        ligne = self.get_object()
        donnees = self.corps()
        actions.refuser(ligne, motif=donnees["motif"], par=self.acteur)
        if donnees["prevenir"]:
            prevenir(
                get_object_or_404(
                    Releve.objects.visibles_par(self.acteur), engagement=ligne.engagement_id, mois=ligne.mois
                ),
                nature=NatureEnvoi.REFUS,
                details=donnees["motif"],
                par=self.acteur,
                adresse=request.build_absolute_uri("/"),
            )
        return self.relire(ligne.pk)

    @action(detail=True, methods=["post"])
    def rectifier(self, request: Request, pk: int) -> Response:
        """Corrige une ligne validée par une annulation et une nouvelle ligne, qui est rendue."""
        ligne = self.get_object()
        nouvelle = actions.rectifier(ligne, par=self.acteur, **self.corps())
        return self.relire(nouvelle.pk)

    @action(detail=False, methods=["post"], url_path="valider-mois")
    def valider_mois(self, request: Request) -> Response:
        """Valide toutes les lignes déclarées d’un engagement pour un mois."""
        donnees = self.corps()
        nombre = actions.valider_mois(donnees["engagement"], mois=donnees["mois"], par=self.acteur)
        return Response(MoisValide({"nombre": nombre}).data, status=status.HTTP_200_OK)


def _typees(donnees: dict[str, Any]) -> dict[str, Any]:
    return donnees | {"type_heures": TypeHeures(donnees.get("type_heures", TypeHeures.TRAVAIL))}


def _ligne(faite: actions.Declaration) -> LigneHeures:
    assert faite.ligne is not None, "Déclarer garde toujours une ligne."
    return faite.ligne
