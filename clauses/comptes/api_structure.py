"""L’API de la structure de l’appelant : ses réglages, ses utilisateurs, son journal."""

from __future__ import annotations

from io import BytesIO
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes import actions
from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Modification, VueObjets
from clauses.comptes.enums import NatureEcriture
from clauses.comptes.models import EcritureJournal, Structure, Utilisateur
from clauses.socle.api.champs import Code, Ecriture, Lecture, Octets
from clauses.socle.api.filtres import Jour, Numero
from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.image import lire_png

PUBLICS = ["nom", "departement", "adresse", "territoire"]
REGLAGES = [
    "etp_facilitateurs", "signataire_nom", "signataire_fonction", "seuil_avertissement_heures", "seuil_refus_heures",
    "duree_eligibilite_mois", "delai_sortie_mois", "base_etp", "jour_echeance_releve", "duree_lien_jours",
    "relance_1_apres_jours", "relance_2_apres_jours", "delai_reponse_jours", "alerte_fin_marche_mois",
    "alerte_eligibilite_jours", "seuil_retard_points", "alerte_fin_mois", "taux_risque_pourcent",
    "seuil_completude_pourcent",
]  # fmt: skip


class StructureLecture(Lecture[Structure]):
    """Les réglages ne se lisent que de qui les change, comme à leur page."""

    selon_le_droit: ClassVar = dict.fromkeys(REGLAGES, Droit.GERER_STRUCTURE)

    class Meta:
        model = Structure
        fields: ClassVar = ["id", "sigle", *PUBLICS, *REGLAGES, "version"]


@extend_schema_field(
    {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png", "maxLength": 273068}
)
class Logo(Octets):
    """Une image PNG, en base64 ; `null` : pas de logo."""

    default_error_messages = {"invalid": "Une image PNG, écrite en base64\u00a0; null pour retirer le logo."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_null": True, **options})

    def to_internal_value(self, data: Any) -> bytes:
        try:
            return lire_png(BytesIO(super().to_internal_value(data)))
        except FichierRefuse as refus:
            raise serializers.ValidationError(str(refus)) from refus


class StructureEcriture(Ecriture[Structure]):
    """`logo` : une image PNG en base64, 200\u00a0Ko et 2\u202f000 points de côté au plus ; `null` le retire."""

    serializer_related_field = Code
    logo = Logo(required=False)

    class Meta:
        model = Structure
        fields: ClassVar = [*PUBLICS, *REGLAGES, "logo"]


class LogoLecture(serializers.Serializer[Structure]):
    logo = Logo(read_only=True)


class StructureViewSet(Modification[Structure]):
    """La structure au titre de laquelle on agit, seule de sa liste ; ses réglages, pour qui la gère."""

    modele = Structure
    droit = None
    droits: ClassVar = dict.fromkeys(("partial_update", "logo"), Droit.GERER_STRUCTURE)
    serializer_class = StructureLecture
    ecritures: ClassVar = {"partial_update": StructureEcriture}
    reponses: ClassVar = {"logo": LogoLecture}

    def objets(self) -> QuerySet[Structure]:
        return Structure.objects.visibles_par(self.acteur).defer("logo").prefetch_related("territoire")

    def modifier(self, objet: Structure, /, *, version: int, **donnees: Any) -> Structure:
        return actions.modifier_structure(objet, version=version, par=self.acteur, **donnees)

    @action(detail=True, methods=["get"])
    def logo(self, request: Request, pk: int) -> Response:
        """Le logo des courriers, en base64, ou `null` ; à part de la fiche, qu’il alourdirait."""
        return Response(LogoLecture(self.get_object()).data)


class UtilisateurLecture(Lecture[Utilisateur]):
    class Meta:
        model = Utilisateur
        fields: ClassVar = ["id", "nom", "prenom"]


class UtilisateurFiltre(django_filters.FilterSet):
    facilitateurs = django_filters.ChoiceFilter(
        label="« true » : ceux que l’on peut désigner facilitateur",
        choices=[("true", "Facilitateurs et responsables en activité")],
        method="en_activite",
    )

    def en_activite(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.facilitateurs()


class UtilisateurViewSet(VueObjets[Utilisateur]):
    """Les personnes qui ont, ou ont eu, accès à la structure : pour désigner un facilitateur."""

    modele = Utilisateur
    droit = Droit.CONSULTER_ANNUAIRE
    serializer_class = UtilisateurLecture
    filterset_class = UtilisateurFiltre
    tris = ("nom",)

    def objets(self) -> QuerySet[Utilisateur]:
        visibles: QuerySet[Utilisateur] = Utilisateur.objects.visibles_par(self.acteur)
        return visibles


@extend_schema_field({"type": ["object", "null"], "additionalProperties": {}})
class Etat(serializers.JSONField):
    """Valeurs par nom de champ ; celles qui identifient ou révèlent y sont masquées."""


class EcritureLecture(Lecture[EcritureJournal]):
    avant = Etat()
    apres = Etat()
    inscrite_par_nom = serializers.CharField(source="inscrite_par")

    class Meta:
        model = EcritureJournal
        fields: ClassVar = [
            "id", "inscrite_le", "inscrite_par", "inscrite_par_nom", "role", "nature", "action", "objet_type",
            "objet_id", "nombre", "avant", "apres",
        ]  # fmt: skip


class EcritureFiltre(django_filters.FilterSet):
    nature = django_filters.ChoiceFilter(label="Nature", choices=NatureEcriture.choices)
    objet_type = django_filters.CharFilter(label="Type d’objet exact : marches.marche", max_length=60)
    objet_id = django_filters.CharFilter(label="Numéro exact de l’objet", max_length=40)
    inscrite_par = Numero(field_name="inscrite_par_id", label="Numéro de l’auteur")
    depuis = Jour(field_name="inscrite_le", lookup_expr="date__gte", label="Inscrite depuis le, inclus")
    jusqu_au = Jour(field_name="inscrite_le", lookup_expr="date__lte", label="Inscrite jusqu’au, inclus")


class JournalViewSet(VueObjets[EcritureJournal]):
    """Le journal de la structure : toute écriture, toute consultation de données nominatives."""

    modele = EcritureJournal
    droit = Droit.CONSULTER_JOURNAL
    serializer_class = EcritureLecture
    filterset_class = EcritureFiltre
    tris = ("inscrite_le",)

    def objets(self) -> QuerySet[EcritureJournal]:
        return EcritureJournal.objects.visibles_par(self.acteur).select_related("inscrite_par")
