"""Filtres des engagements à saisir, des participants et de leur suivi."""

from __future__ import annotations

import datetime
from typing import Any

import django_filters
from django.db.models import Q
from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure, Utilisateur
from clauses.socle.mois import ajouter_mois, en_lettres, premier_jour
from clauses.socle.recherche import contient
from heures import lecture_reception
from heures.attendus import attendus, derniers_mois
from heures.eligibilite import finissant
from heures.enums import OrigineLigne, StatutReleve
from heures.models import Participant, Releve, Sortie
from marches.enums import CLOS
from marches.models import Engagement

TOUS = "TOUS"
TOUTES = "TOUTES"
A_VOIR = [
    ("eligibilite", "Éligibilité finie ou bientôt finie"),
    ("sans_entree", "Sans entrée en clause"),
    ("sans_piece", "Sans pièce vue"),
    ("sans_visa", "Sans visa"),
]
PLIE = [("True", "Accompagnées par le PLIE"), ("False", "Hors PLIE")]


class EngagementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Entreprise, marché ou acheteur", method="chercher", max_length=100)
    mois = django_filters.ChoiceFilter(label="Mois à saisir", method="a_saisir", empty_label="Peu importe")
    facilitateur = django_filters.ModelChoiceFilter(
        label="Facilitateur",
        field_name="clause__lot__marche__facilitateur",
        queryset=Utilisateur.objects.none(),
        empty_label="Tous",
    )
    marches = django_filters.ChoiceFilter(
        label="Marchés", choices=[(TOUS, "Tous, clos compris")], empty_label="Ouverts", method="rien"
    )

    class Meta:
        model = Engagement
        fields = ["q", "mois", "facilitateur", "marches"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acteur = self.request.acteur
        self.mois_proposes = {f"{mois:%Y-%m}": mois for mois in reversed(derniers_mois(timezone.localdate()))}
        self.filters["mois"].extra["choices"] = [
            (clef, en_lettres(mois).capitalize()) for clef, mois in self.mois_proposes.items()
        ]
        self.filters["facilitateur"].queryset = Utilisateur.objects.visibles_par(self.acteur).facilitateurs()

    def filter_queryset(self, queryset: Any) -> Any:
        trouves = super().filter_queryset(queryset)
        tous = self.form.cleaned_data["marches"] == TOUS
        return trouves if tous else trouves.exclude(clause__lot__marche__statut__in=CLOS)

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.filter(
            contient("entreprise__recherche", valeur)
            | Q(entreprise__siret__startswith="".join(valeur.split()))
            | contient("clause__lot__marche__recherche", valeur)
            | contient("clause__lot__marche__acheteur__recherche", valeur)
        )

    def a_saisir(self, objets: Any, nom: str, valeur: str) -> Any:
        return attendus(objets, self.mois_proposes[valeur], par=self.acteur)

    def rien(self, objets: Any, nom: str, valeur: str) -> Any:
        """Le choix « tous » lève la restriction aux marchés ouverts, posée par `filter_queryset`."""
        return objets


class ParticipantFilter(django_filters.FilterSet):
    """La liste porte déjà `entree_le`, `piece`, `visa` et `prolongee_au` (`avec_eligibilite`)."""

    q = django_filters.CharFilter(label="Nom, prénom ou identifiant", method="chercher", max_length=100)
    plie = django_filters.ChoiceFilter(
        label="PLIE",
        field_name="est_participant_plie",
        choices=PLIE,
        empty_label="Toutes",
    )
    suivi = django_filters.ChoiceFilter(
        label="À voir",
        method="a_voir",
        empty_label="Tout",
        choices=A_VOIR,
    )

    class Meta:
        model = Participant
        fields = ["q", "plie", "suivi"]

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.cherche(valeur)

    def a_voir(self, objets: Any, nom: str, valeur: str) -> Any:
        return a_voir(objets, valeur, par=self.request.acteur)


def a_voir(participants: Any, quoi: str, *, par: Acteur) -> Any:
    """Les personnes où quelque chose est à voir (`A_VOIR`), lues avec leur éligibilité."""
    if quoi == "eligibilite":
        structure = Structure.objects.visibles_par(par).get(pk=par.structure_id)
        limite = timezone.localdate() + datetime.timedelta(days=structure.alerte_eligibilite_jours)
        return finissant(participants, au_plus_tard=limite, duree_mois=structure.duree_eligibilite_mois)
    conditions = {
        "sans_entree": Q(entree_le=None),
        "sans_piece": Q(entree_le__isnull=False, piece=""),
        "sans_visa": Q(entree_le__isnull=False, visa=None),
    }
    return participants.filter(conditions[quoi])


class ReceptionFilter(django_filters.FilterSet):
    """Les relevés reçus ; `anomalie` se lit ligne à ligne, la vue l’applique."""

    MOIS_PROPOSES = 13

    q = django_filters.CharFilter(label="Entreprise ou marché", method="chercher", max_length=100)
    mois = django_filters.ChoiceFilter(label="Mois travaillé", method="du_mois", empty_label="Tous")
    facilitateur = django_filters.ModelChoiceFilter(
        label="Facilitateur",
        field_name="engagement__clause__lot__marche__facilitateur",
        queryset=Utilisateur.objects.none(),
        empty_label="Tous",
    )
    origine = django_filters.ChoiceFilter(
        label="Origine", choices=OrigineLigne.choices, method="d_origine", empty_label="Toutes"
    )
    anomalie = django_filters.ChoiceFilter(
        label="Anomalies",
        choices=[("avec", "Avec anomalie"), ("sans", "Sans anomalie")],
        method="rien",
        empty_label="Peu importe",
    )
    etat = django_filters.ChoiceFilter(
        label="Relevés",
        choices=[(StatutReleve.A_COMPLETER, "Complément demandé"), (StatutReleve.REFUSE, "Refusés")],
        method="rien",
        empty_label="À traiter",
    )
    tri = django_filters.ChoiceFilter(
        label="Ranger", choices=[("entreprise", "Par entreprise")], method="rien", empty_label="Le plus ancien d’abord"
    )

    class Meta:
        model = Releve
        fields = ["q", "mois", "facilitateur", "origine", "anomalie", "etat", "tri"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acteur = self.request.acteur
        courant = premier_jour(timezone.localdate())
        mois = [ajouter_mois(courant, -rang) for rang in range(self.MOIS_PROPOSES)]
        self.mois_proposes = {f"{m:%Y-%m}": m for m in mois}
        self.filters["mois"].extra["choices"] = [
            (clef, en_lettres(m).capitalize()) for clef, m in self.mois_proposes.items()
        ]
        self.filters["facilitateur"].queryset = Utilisateur.objects.visibles_par(self.acteur).facilitateurs()

    def filter_queryset(self, queryset: Any) -> Any:
        trouves = super().filter_queryset(queryset)
        etat = self.form.cleaned_data["etat"]
        trouves = trouves.filter(statut=etat) if etat else lecture_reception.a_traiter(trouves, par=self.acteur)
        par_entreprise = self.form.cleaned_data["tri"] == "entreprise"
        return lecture_reception.par_entreprise(trouves) if par_entreprise else lecture_reception.par_age(trouves)

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.filter(
            contient("engagement__entreprise__recherche", valeur)
            | contient("engagement__clause__lot__marche__recherche", valeur)
            | contient("engagement__clause__lot__marche__acheteur__recherche", valeur)
        )

    def du_mois(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.filter(mois=self.mois_proposes[valeur])

    def d_origine(self, objets: Any, nom: str, valeur: str) -> Any:
        return lecture_reception.d_origine(objets, valeur, par=self.acteur)

    def rien(self, objets: Any, nom: str, valeur: str) -> Any:
        """Ce choix ne restreint pas la requête : il range, change l’état regardé, ou se lit ligne à ligne."""
        return objets


class PersonneFilter(django_filters.FilterSet):
    """Les onglets du suivi : une personne sans contrat ouvert n’est montrée que si on le demande."""

    q = django_filters.CharFilter(label="Nom, prénom ou identifiant", method="chercher", max_length=100)
    plie = django_filters.ChoiceFilter(
        label="PLIE", field_name="est_participant_plie", choices=PLIE, empty_label="Toutes"
    )
    contrat = django_filters.ChoiceFilter(
        label="Contrat",
        choices=[(TOUTES, "Avec ou sans contrat")],
        empty_label="Sous contrat aujourd’hui",
        method="rien",
    )

    class Meta:
        model = Participant
        fields = ["q", "plie", "contrat"]

    def filter_queryset(self, queryset: Any) -> Any:
        trouves = super().filter_queryset(queryset)
        toutes = self.form.cleaned_data["contrat"] == TOUTES
        return trouves if toutes else trouves.filter(est_sous_contrat=True)

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.cherche(valeur)

    def rien(self, objets: Any, nom: str, valeur: str) -> Any:
        """Le choix lève la restriction aux personnes sous contrat, posée par `filter_queryset`."""
        return objets


class EligibiliteFilter(PersonneFilter):
    fin = django_filters.ChoiceFilter(
        label="Fin",
        choices=[("-1", "Déjà finie"), ("30", "Sous 30 jours, ou finie")],
        empty_label="Sous 60 jours, ou finie",
        method="finir",
    )

    class Meta(PersonneFilter.Meta):
        fields = ["q", "fin", "plie", "contrat"]

    def finir(self, objets: Any, nom: str, valeur: str) -> Any:
        limite = timezone.localdate() + datetime.timedelta(days=int(valeur))
        premier = objets.first()
        return finissant(objets, au_plus_tard=limite, duree_mois=premier.duree_mois) if premier else objets


class PieceFilter(PersonneFilter):
    etat = django_filters.ChoiceFilter(
        label="Pièce",
        choices=[("a_voir", "À voir"), ("perimee", "Périmée"), ("bientot", "Périme bientôt")],
        empty_label="Tout",
        method="etre",
    )

    class Meta(PersonneFilter.Meta):
        fields = ["q", "etat", "plie", "contrat"]

    def etre(self, objets: Any, nom: str, valeur: str) -> Any:
        aujourd_hui = timezone.localdate()
        conditions = {
            "a_voir": Q(piece=""),
            "perimee": Q(piece_valable__lt=aujourd_hui),
            "bientot": Q(piece_valable__gte=aujourd_hui),
        }
        return objets.filter(conditions[valeur])


class VisaFilter(PersonneFilter):
    piece = django_filters.ChoiceFilter(
        label="Pièce",
        choices=[("vue", "Vue : visa possible"), ("a_voir", "À voir d’abord")],
        empty_label="Tout",
        method="voir",
    )

    class Meta(PersonneFilter.Meta):
        fields = ["q", "piece", "plie", "contrat"]

    def voir(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.filter(piece="") if valeur == "a_voir" else objets.exclude(piece="")


class DevenirFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom, prénom ou identifiant", method="chercher", max_length=100)
    mois = django_filters.ChoiceFilter(
        label="Échéance", choices=[("6", "À 6 mois"), ("12", "À 12 mois")], empty_label="Toutes", method="attendre"
    )
    plie = django_filters.ChoiceFilter(
        label="PLIE", field_name="participant__est_participant_plie", choices=PLIE, empty_label="Toutes"
    )

    class Meta:
        model = Sortie
        fields = ["q", "mois", "plie"]

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.filter(*(contient("participant__recherche", mot) for mot in valeur.split()))

    def attendre(self, objets: Any, nom: str, valeur: str) -> Any:
        limite = ajouter_mois(timezone.localdate(), -int(valeur))
        return objets.filter(**{f"situation_{valeur}_mois": "", "date__lte": limite})
