"""Filtres des marchés et des acheteurs ; ceux qui n’ont pas de sens pour un rôle lui sont retirés."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.models import Utilisateur
from clauses.socle.recherche import contient, nom_ou_siret
from marches.enums import CLOS, NatureActivite, PositionArt35, Situation, StatutMarche, TypeDonneurOrdre
from marches.forms.base import SaisieDate
from marches.lieux import communes_de, epcis_d_execution
from marches.models import Acheteur, Activite, Attribution, Clause, Engagement, Lot, Marche

RETIRES = {
    Role.ACHETEUR: ("acheteur", "type", "facilitateur"),
    Role.ENTREPRISE: ("acheteur", "type", "facilitateur", "clause", "art35"),
}
DEROGATIONS = "DEROGATIONS"


def acheteurs(request: HttpRequest | None) -> QuerySet[Acheteur]:
    """Acheteurs qui ont un marché dans le périmètre."""
    if request is None:
        return Acheteur.objects.none()
    acteur: Acteur = request.acteur  # type: ignore[attr-defined]
    siens = Marche.objects.visibles_par(acteur).order_by().values("acheteur")
    return Acheteur.objects.visibles_par(acteur).filter(pk__in=siens)


def facilitateurs(request: HttpRequest | None) -> Any:
    if request is None:
        return Utilisateur.objects.none()
    return Utilisateur.objects.visibles_par(request.acteur).facilitateurs()  # type: ignore[attr-defined]


class MarcheFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="Recherche",
        method="chercher",
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "Référence, objet, acheteur, titulaire"}),
    )
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutMarche.choices, empty_label="Tous")
    acheteur = django_filters.ModelChoiceFilter(label="Acheteur", queryset=acheteurs, empty_label="Tous")
    type = django_filters.ChoiceFilter(
        label="Donneur d’ordre", field_name="acheteur__type", choices=TypeDonneurOrdre.choices, empty_label="Tous"
    )
    facilitateur = django_filters.ModelChoiceFilter(label="Facilitateur", queryset=facilitateurs, empty_label="Tous")
    annee = django_filters.ChoiceFilter(
        label="Notifié en", field_name="date_notification__year", choices=(), empty_label="Toute année"
    )
    clause = django_filters.ChoiceFilter(
        label="Clause", choices=[("a_completer", "À compléter")], method="a_completer", empty_label="Toutes"
    )

    art35 = django_filters.ChoiceFilter(
        label="Article 35",
        method="position_art35",
        choices=[(DEROGATIONS, "Toute dérogation"), *PositionArt35.choices],
        empty_label="Toute position",
    )

    class Meta:
        model = Marche
        fields = ["q", "statut", "acheteur", "type", "facilitateur", "annee", "clause", "art35"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom in RETIRES.get(self.acteur.role, ()):
            del self.filters[nom]
        jours = Marche.objects.visibles_par(self.acteur).dates("date_notification", "year", order="DESC")
        self.filters["annee"].extra["choices"] = [(str(jour.year), str(jour.year)) for jour in jours]

    @property
    def acteur(self) -> Acteur:
        acteur: Acteur = self.request.acteur
        return acteur

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        """Cherche aussi les titulaires, mais seulement parmi les attributions que l’acteur voit."""
        attribues = Attribution.objects.visibles_par(self.acteur).filter(contient("entreprise__recherche", valeur))
        return objets.filter(
            contient("recherche", valeur)
            | contient("acheteur__recherche", valeur)
            | Q(pk__in=attribues.values("lot__marche"))
        )

    def position_art35(self, objets: Any, nom: str, valeur: str) -> Any:
        if valeur == DEROGATIONS:
            return objets.filter(position_art35__startswith="DEROGATION")
        return objets.filter(position_art35=valeur)

    def a_completer(self, objets: Any, nom: str, valeur: str) -> Any:
        """Marchés ouverts sans lot, dont un lot n’a pas de clause, ou dont une clause est incomplète."""
        incompletes = Clause.objects.visibles_par(self.acteur).incompletes().values("lot__marche")
        sans_clause = Lot.objects.visibles_par(self.acteur).filter(clauses=None).values("marche")
        return objets.ouverts().filter(Q(lots=None) | Q(pk__in=incompletes) | Q(pk__in=sans_clause))


class AcheteurFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom ou SIRET", method="chercher", max_length=100)
    type = django_filters.ChoiceFilter(
        label="Type de donneur d’ordre", choices=TypeDonneurOrdre.choices, empty_label="Tous"
    )

    class Meta:
        model = Acheteur
        fields = ["q", "type"]

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.filter(nom_ou_siret(valeur))


class FiltreDate(django_filters.DateFilter):
    field_class = SaisieDate


def epcis(request: HttpRequest | None) -> Any:
    return epcis_d_execution(request.acteur) if request is not None else Acheteur.objects.none()  # type: ignore[attr-defined]


class AvancementFilter(django_filters.FilterSet):
    """Engagements à une date ; la date est déjà dans l’annotation, le champ la montre et la contrôle."""

    au = FiltreDate(label="À la date du", method="rien")
    q = django_filters.CharFilter(label="Entreprise, marché ou acheteur", method="chercher", max_length=100)
    situation = django_filters.ChoiceFilter(
        label="Situation", field_name="code_situation", choices=Situation.choices, empty_label="Toutes"
    )
    acheteur = django_filters.ModelChoiceFilter(
        label="Acheteur", field_name="clause__lot__marche__acheteur", queryset=acheteurs, empty_label="Tous"
    )
    facilitateur = django_filters.ModelChoiceFilter(
        label="Facilitateur",
        field_name="clause__lot__marche__facilitateur",
        queryset=facilitateurs,
        empty_label="Tous",
    )
    epci = django_filters.ModelChoiceFilter(
        label="Intercommunalité d’exécution", method="executes_dans", queryset=epcis, empty_label="Toutes"
    )
    marches = django_filters.ChoiceFilter(
        label="Marchés", method="ouverts", choices=[("OUVERTS", "Ouverts")], empty_label="Tous, clos compris"
    )

    class Meta:
        model = Engagement
        fields = ["au", "q", "situation", "acheteur", "facilitateur", "epci", "marches"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom in {"acheteur", "facilitateur"} & set(RETIRES.get(self.request.acteur.role, ())):
            del self.filters[nom]

    def rien(self, objets: Any, nom: str, valeur: Any) -> Any:
        return objets

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.filter(
            contient("entreprise__recherche", valeur)
            | Q(entreprise__siret__startswith="".join(valeur.split()))
            | contient("clause__lot__marche__recherche", valeur)
            | contient("clause__lot__marche__acheteur__recherche", valeur)
        )

    def executes_dans(self, objets: Any, nom: str, valeur: Any) -> Any:
        return objets.filter(clause__lot__marche__commune_execution_insee__in=communes_de(valeur))

    def ouverts(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.exclude(clause__lot__marche__statut__in=CLOS)


class ActiviteFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Objet", field_name="objet", lookup_expr="icontains", max_length=100)
    nature = django_filters.ChoiceFilter(label="Nature", choices=NatureActivite.choices, empty_label="Toutes")
    du = FiltreDate(label="Du", field_name="date", lookup_expr="gte")
    au = FiltreDate(label="Au", field_name="date", lookup_expr="lte")
    facilitateur = django_filters.ModelChoiceFilter(label="Facilitateur", queryset=facilitateurs, empty_label="Tous")

    class Meta:
        model = Activite
        fields = ["q", "nature", "du", "au", "facilitateur"]
