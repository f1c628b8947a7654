"""Les personnes : leur identité et la fin de leur éligibilité ; jamais leur critère, ni leur pièce."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification
from clauses.socle.api.champs import Booleen, Ecriture, Jour, Lecture
from clauses.socle.api.filtres import OuiNon
from heures import actions, filters, suivi
from heures.api.commun import CommuneInsee, Nominative, SansNir, proposer_les_semblables
from heures.eligibilite import avec_eligibilite
from heures.forms.participants import age_plausible
from heures.models import ContratTravail, Participant

# L’onglet « Pièces à voir ou périmées » du suivi ; les autres sont déjà parmi ce que la liste des personnes filtre.
PIECES = ("piece", "Pièce à voir, périmée ou bientôt périmée")
CHAMPS = ["nom", "prenom", "sexe", "date_naissance", "commune_insee", "identifiant", "est_participant_plie"]


class ParticipantLecture(Lecture[Participant]):
    entree_le = Jour(allow_null=True)
    prolongee_au = Jour(allow_null=True)
    eligible_jusqu_au = serializers.SerializerMethodField()

    class Meta:
        model = Participant
        fields: ClassVar = ["id", *CHAMPS, "entree_le", "prolongee_au", "eligible_jusqu_au", "version"]

    def get_eligible_jusqu_au(self, personne: Participant) -> datetime.date | None:
        """Dernier jour d’éligibilité, prolongations comprises ; nul sans entrée en clause."""
        return suivi.fin_de(personne)


class ParticipantEcriture(SansNir, Ecriture[Participant]):
    """Les champs d’une fiche. La naissance donne un âge plausible."""

    commune_insee = CommuneInsee()

    class Meta:
        model = Participant
        fields: ClassVar = CHAMPS
        extra_kwargs: ClassVar[dict[str, Any]] = {"date_naissance": {"validators": [age_plausible]}}


class PersonneNeuve(ParticipantEcriture):
    """Une personne à ouvrir ; `identifiant` vide : attribué."""

    class Meta(ParticipantEcriture.Meta):
        extra_kwargs: ClassVar[dict[str, Any]] = {
            **ParticipantEcriture.Meta.extra_kwargs,
            "identifiant": {"required": False, "allow_blank": True},
        }


class ParticipantCreation(PersonneNeuve):
    """`identifiant` vide : attribué. `confirmer` : elle ressemble à une autre, et c’est bien quelqu’un d’autre."""

    confirmer = Booleen(required=False, default=False)

    class Meta(PersonneNeuve.Meta):
        fields: ClassVar = [*CHAMPS, "confirmer"]


class ParticipantFiltre(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Début du nom, du prénom, de l’identifiant", method="chercher", max_length=100)
    identifiant = django_filters.CharFilter(label="Identifiant exact", max_length=40)
    plie = OuiNon(field_name="est_participant_plie", label="Accompagnée par le PLIE")
    suivi = django_filters.ChoiceFilter(
        label="Ce qui est à voir : éligibilité finie ou bientôt finie, entrée, pièce ou visa qui manquent",
        method="a_voir",
        choices=[*filters.A_VOIR, PIECES],
    )
    sous_contrat = OuiNon(label="Sous contrat aujourd’hui, ou non", method="employees")

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.cherche(valeur)

    def a_voir(self, objets: Any, nom: str, valeur: str) -> Any:
        if valeur == PIECES[0]:
            regles = suivi.reglages(self.request.acteur)
            return suivi.pieces(objets, le=timezone.localdate(), regles=regles)
        return filters.a_voir(objets, valeur, par=self.request.acteur)

    def employees(self, objets: Any, nom: str, valeur: bool) -> Any:
        jour = timezone.localdate()
        ouverts = ContratTravail.objects.visibles_par(self.request.acteur).ouverts(du=jour, au=jour)
        employees = Exists(ouverts.filter(participant=OuterRef("pk")))
        return objets.filter(employees if valeur else ~employees)


class ParticipantViewSet(Nominative[Participant], Creation[Participant], Modification[Participant]):
    """Personnes de la structure. Une fiche absorbée par une autre n’y est plus."""

    modele = Participant
    droit = Droit.CONSULTER_PERSONNES
    droits = dict.fromkeys(("create", "partial_update"), Droit.GERER_PERSONNES)
    serializer_class = ParticipantLecture
    ecritures = {"create": ParticipantCreation, "partial_update": ParticipantEcriture}
    filterset_class = ParticipantFiltre
    tris = ("nom", "identifiant")
    au_journal = ("lister les participants", "ouvrir la fiche")

    def objets(self) -> QuerySet[Participant]:
        visibles: QuerySet[Participant] = avec_eligibilite(
            Participant.objects.visibles_par(self.acteur), par=self.acteur
        )
        return visibles

    def personnes(self, objet: Participant) -> Iterable[int]:
        return [objet.pk]

    def creer(self, **donnees: Any) -> Participant:
        if not donnees.pop("confirmer"):
            proposer_les_semblables(donnees, par=self.acteur)
        return actions.creer_participant(par=self.acteur, **donnees)

    def modifier(self, objet: Participant, /, *, version: int, **donnees: Any) -> Participant:
        return actions.modifier_participant(objet, version=version, par=self.acteur, **donnees)
