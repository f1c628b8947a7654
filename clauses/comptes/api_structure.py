"""L’API de la structure de l’appelant : ses réglages, ses utilisateurs, son journal."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clauses.comptes import actions
from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Modification, VueObjets
from clauses.comptes.enums import NatureEcriture
from clauses.comptes.models import EcritureJournal, Structure, Utilisateur
from clauses.socle.api.champs import Code, Ecriture, Lecture
from clauses.socle.api.filtres import Jour, Numero

PUBLICS = ["nom", "departement", "adresse", "territoire"]
REGLAGES = [
    "etp_facilitateurs", "signataire_nom", "signataire_fonction", "seuil_avertissement_heures", "seuil_refus_heures",
    "duree_eligibilite_mois", "delai_sortie_mois", "base_etp", "jour_echeance_releve", "duree_lien_jours",
    "relance_1_apres_jours", "relance_2_apres_jours", "delai_reponse_jours", "alerte_fin_marche_mois",
    "alerte_eligibilite_jours", "seuil_retard_points", "alerte_fin_mois", "taux_risque_pourcent",
    "seuil_completude_pourcent",
]  # fmt: skip


class StructureLecture(Lecture[Structure]):
    reserves = frozenset(REGLAGES)

    class Meta:
        model = Structure
        fields: ClassVar = ["id", "sigle", *PUBLICS, *REGLAGES, "version"]


class StructureEcriture(Ecriture[Structure]):
    serializer_related_field = Code

    class Meta:
        model = Structure
        fields: ClassVar = [*PUBLICS, *REGLAGES]


class StructureViewSet(Modification[Structure]):
    """La structure au titre de laquelle on agit, seule de sa liste."""

    modele = Structure
    droit = None
    droits: ClassVar = {"partial_update": Droit.GERER_STRUCTURE}
    serializer_class = StructureLecture
    ecritures: ClassVar = {"partial_update": StructureEcriture}

    def objets(self) -> QuerySet[Structure]:
        return Structure.objects.visibles_par(self.acteur).defer("logo").prefetch_related("territoire")

    def modifier(self, objet: Structure, /, *, version: int, **donnees: Any) -> Structure:
        return actions.modifier_structure(objet, version=version, par=self.acteur, **donnees)


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
