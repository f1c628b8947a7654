"""L’API de l’annuaire des entreprises, et des personnes que la structure y joint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification, Suppression
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api.champs import Ecriture, Lecture
from clauses.socle.api.filtres import Numero
from clauses.socle.recherche import nom_ou_siret
from entreprises import actions
from entreprises.enums import TypeEmployeur
from entreprises.forms import TELEPHONE
from entreprises.models import Contact, Entreprise

CHAMPS = ["siret", "raison_sociale", "type_employeur", "naf", "commune_insee"]
CHAMPS_DU_CONTACT = ["nom", "fonction", "courriel", "telephone", "recoit_demandes"]


class EntrepriseLecture(Lecture[Entreprise]):
    class Meta:
        model = Entreprise
        fields: ClassVar = ["id", *CHAMPS, "version"]


class EntrepriseEcriture(Ecriture[Entreprise]):
    class Meta:
        model = Entreprise
        fields = CHAMPS


class EntrepriseFiltre(django_filters.FilterSet):
    recherche = django_filters.CharFilter(label="Nom, ou début du SIRET", method="chercher", max_length=100)
    siret = django_filters.CharFilter(label="SIRET exact, 14 chiffres", max_length=14)
    type_employeur = django_filters.ChoiceFilter(label="Type d’employeur", choices=TypeEmployeur.choices)

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.filter(nom_ou_siret(valeur))


class EntrepriseViewSet(Creation[Entreprise], Modification[Entreprise]):
    """Entreprises de l’annuaire, commun à l’instance."""

    modele = Entreprise
    droit = Droit.CONSULTER_ANNUAIRE
    droits = dict.fromkeys(("create", "partial_update"), Droit.GERER_ANNUAIRE)
    serializer_class = EntrepriseLecture
    ecritures = {"create": EntrepriseEcriture, "partial_update": EntrepriseEcriture}
    filterset_class = EntrepriseFiltre
    tris = ("raison_sociale", "siret")

    def objets(self) -> QuerySet[Entreprise]:
        return Entreprise.objects.visibles_par(self.acteur)

    def creer(self, **donnees: Any) -> Entreprise:
        return actions.creer_entreprise(par=self.acteur, **donnees)

    def modifier(self, objet: Entreprise, /, *, version: int, **donnees: Any) -> Entreprise:
        return actions.modifier_entreprise(objet, version=version, par=self.acteur, **donnees)


class ContactLecture(Lecture[Contact]):
    class Meta:
        model = Contact
        fields: ClassVar = ["id", "entreprise", *CHAMPS_DU_CONTACT, "version"]


@extend_schema_field(
    {"type": "string", "maxLength": 30, "pattern": r"^(\+?[0-9 .()\-]{6,})?$", "examples": ["03 21 00 00 00"]}
)
class Telephone(serializers.CharField):
    """Un numéro en chiffres : la reprise d’un ancien tableur garde ce qu’elle lit, une saisie non."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 30, "validators": [TELEPHONE], **options})


class ContactEcriture(Ecriture[Contact]):
    telephone = Telephone(required=False, allow_blank=True)

    class Meta:
        model = Contact
        fields: ClassVar = CHAMPS_DU_CONTACT


class ContactCreation(ContactEcriture):
    class Meta:
        model = Contact
        fields: ClassVar = ["entreprise", *CHAMPS_DU_CONTACT]


class ContactFiltre(django_filters.FilterSet):
    entreprise = Numero(field_name="entreprise_id", label="Numéro de l’entreprise")
    courriel = django_filters.CharFilter(label="Adresse exacte", max_length=254)


class ContactViewSet(Creation[Contact], Modification[Contact], Suppression[Contact]):
    """Les personnes à joindre dans les entreprises, propres à la structure ; chaque lecture s’inscrit au journal."""

    modele = Contact
    droit = Droit.CONSULTER_ANNUAIRE
    droits = dict.fromkeys(("create", "partial_update", "destroy"), Droit.GERER_ANNUAIRE)
    serializer_class = ContactLecture
    ecritures = {"create": ContactCreation, "partial_update": ContactEcriture}
    filterset_class = ContactFiltre
    tris = ("nom",)

    def objets(self) -> QuerySet[Contact]:
        """Un contact retiré ne se montre plus."""
        return Contact.objects.visibles_par(self.acteur).filter(est_actif=True)

    def consulter(self, objets: Sequence[Contact]) -> None:
        if objets:
            action = "lire les contacts d’une entreprise"
            journaliser_lecture(par=self.acteur, action=action, modele=Contact, nombre=len(objets))

    def creer(self, *, entreprise: Entreprise, **donnees: Any) -> Contact:  # type: ignore[override]
        return actions.creer_contact(entreprise, par=self.acteur, **donnees)

    def modifier(self, objet: Contact, /, *, version: int, **donnees: Any) -> Contact:
        return actions.modifier_contact(objet, version=version, par=self.acteur, **donnees)

    def supprimer(self, objet: Contact, /, *, version: int) -> None:
        actions.retirer_contact(objet, version=version, par=self.acteur)


ROUTES = (
    ("entreprises", EntrepriseViewSet, "entreprise"),
    ("contacts", ContactViewSet, "contact"),
)
