"""La suite du parcours : éligibilité prolongée, sortie, et ce que la personne est devenue.

Les listes disent les dates ; la raison d’une prolongation et la situation d’une personne se lisent fiche à fiche.
"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification, Suppression
from clauses.socle.api.champs import Ecriture, Lecture
from clauses.socle.api.filtres import Jour, Numero, OuiNon
from heures import actions, suivi
from heures.api.commun import Nominative, SansNir
from heures.forms.participants import SortieForm
from heures.models import Prolongation, Sortie


class ProlongationListe(Lecture[Prolongation]):
    class Meta:
        model = Prolongation
        fields: ClassVar = ["id", "participant", "jusqu_au", "accordee_le"]


class ProlongationLecture(Lecture[Prolongation]):
    class Meta:
        model = Prolongation
        fields: ClassVar = ["id", "participant", "jusqu_au", "motif", "accordee_le"]


class ProlongationEcriture(SansNir, Ecriture[Prolongation]):
    class Meta:
        model = Prolongation
        fields: ClassVar = ["participant", "jusqu_au", "motif"]


class ProlongationFiltre(django_filters.FilterSet):
    participant = Numero(field_name="participant_id", label="Numéro de la personne")


class ProlongationViewSet(Nominative[Prolongation], Creation[Prolongation]):
    """Prolongations d’éligibilité, motivées ; accordées, elles ne se modifient pas."""

    modele = Prolongation
    droit = Droit.CONSULTER_PERSONNES
    droits = {"create": Droit.GERER_PERSONNES}
    serializer_class = ProlongationLecture
    serializer_liste = ProlongationListe
    ecritures = {"create": ProlongationEcriture}
    filterset_class = ProlongationFiltre
    tris = ("jusqu_au",)
    au_journal = ("lister les prolongations", "ouvrir une prolongation")

    def objets(self) -> QuerySet[Prolongation]:
        return Prolongation.objects.visibles_par(self.acteur)

    def creer(self, **donnees: Any) -> Prolongation:
        return actions.prolonger(donnees.pop("participant"), par=self.acteur, **donnees)


class SortieListe(Lecture[Sortie]):
    class Meta:
        model = Sortie
        fields: ClassVar = ["id", "participant", "date", "version"]


class SortieLecture(Lecture[Sortie]):
    class Meta:
        model = Sortie
        fields: ClassVar = ["id", "participant", *SortieForm.Meta.fields, "version"]


class SortieModification(Ecriture[Sortie]):
    class Meta:
        model = Sortie
        fields: ClassVar = SortieForm.Meta.fields


class SortieCreation(Ecriture[Sortie]):
    class Meta:
        model = Sortie
        fields: ClassVar = ["participant", *SortieForm.Meta.fields]


class SortieFiltre(django_filters.FilterSet):
    participant = Numero(field_name="participant_id", label="Numéro de la personne")
    depuis = Jour(field_name="date", lookup_expr="gte", label="Sortie depuis le, inclus")
    jusqu_au = Jour(field_name="date", lookup_expr="lte", label="Sortie jusqu’au, inclus")
    devenir_attendu = OuiNon(label="Situation à 6 ou à 12 mois échue et qui manque, ou non", method="a_recueillir")

    def a_recueillir(self, objets: Any, nom: str, valeur: bool) -> Any:
        attendues = suivi.devenirs(self.request.acteur, le=timezone.localdate()).order_by().values("pk")
        return objets.filter(pk__in=attendues) if valeur else objets.exclude(pk__in=attendues)


class SortieViewSet(Nominative[Sortie], Creation[Sortie], Modification[Sortie], Suppression[Sortie]):
    """Sorties du parcours ; notée par erreur, une sortie se retire."""

    modele = Sortie
    droit = Droit.CONSULTER_PERSONNES
    droits = dict.fromkeys(("create", "partial_update", "destroy"), Droit.GERER_PERSONNES)
    serializer_class = SortieLecture
    serializer_liste = SortieListe
    ecritures = {"create": SortieCreation, "partial_update": SortieModification}
    filterset_class = SortieFiltre
    tris = ("date",)
    au_journal = ("lister les sorties", "ouvrir une sortie")

    def objets(self) -> QuerySet[Sortie]:
        return Sortie.objects.visibles_par(self.acteur)

    def creer(self, **donnees: Any) -> Sortie:
        return actions.noter_sortie(donnees.pop("participant"), par=self.acteur, **donnees)

    def modifier(self, objet: Sortie, /, *, version: int, **donnees: Any) -> Sortie:
        return actions.modifier_sortie(objet, version=version, par=self.acteur, **donnees)

    def supprimer(self, objet: Sortie, /, *, version: int) -> None:
        actions.retirer_sortie(objet, version=version, par=self.acteur)
