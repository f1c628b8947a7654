"""Les personnes : leur identité et la fin de leur éligibilité ; jamais leur critère, ni leur pièce."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification
from clauses.socle.api.champs import Booleen, Ecriture, Jour, Lecture
from clauses.socle.api.filtres import OuiNon
from clauses.socle.erreurs import ActionImpossible
from heures import actions, filters
from heures.api.commun import CommuneInsee, Nominative, SansNir
from heures.eligibilite import avec_eligibilite
from heures.forms.participants import age_plausible
from heures.models import Participant
from heures.noms import Nom
from heures.semblables import doublons
from heures.suivi import fin_de

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
        return fin_de(personne)


class ParticipantEcriture(SansNir, Ecriture[Participant]):
    """Les champs d’une fiche. La naissance donne un âge plausible."""

    commune_insee = CommuneInsee()

    class Meta:
        model = Participant
        fields: ClassVar = CHAMPS
        extra_kwargs: ClassVar[dict[str, Any]] = {"date_naissance": {"validators": [age_plausible]}}


class ParticipantCreation(ParticipantEcriture):
    """`identifiant` vide : attribué. `confirmer` : elle ressemble à une autre, et c’est bien quelqu’un d’autre."""

    confirmer = Booleen(required=False, default=False)

    class Meta(ParticipantEcriture.Meta):
        fields: ClassVar = [*CHAMPS, "confirmer"]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            **ParticipantEcriture.Meta.extra_kwargs,
            "identifiant": {"required": False, "allow_blank": True},
        }


class ParticipantFiltre(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Début du nom, du prénom, de l’identifiant", method="chercher", max_length=100)
    identifiant = django_filters.CharFilter(label="Identifiant exact", max_length=40)
    plie = OuiNon(field_name="est_participant_plie", label="Accompagnée par le PLIE")
    suivi = django_filters.ChoiceFilter(
        label="Ce qui est à voir : éligibilité finie ou bientôt finie, entrée, pièce ou visa qui manquent",
        method="a_voir",
        choices=filters.A_VOIR,
    )

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.cherche(valeur)

    def a_voir(self, objets: Any, nom: str, valeur: str) -> Any:
        return filters.a_voir(objets, valeur, par=self.request.acteur)


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
            self._proposer_les_semblables(donnees)
        return actions.creer_participant(par=self.acteur, **donnees)

    def _proposer_les_semblables(self, donnees: dict[str, Any]) -> None:
        """Lève `ActionImpossible` s’il existe des fiches semblables ; elle en dit les numéros, jamais les noms."""
        proches = doublons(Nom(donnees["nom"], donnees["prenom"]), donnees.get("date_naissance"), par=self.acteur)
        if proches:
            numeros = ", ".join(f"n°\u00a0{personne.pk}" for personne in proches)
            raise ActionImpossible(
                f"Cette personne ressemble à une fiche déjà ouverte ({numeros})\u00a0: la relire. Si c’est quelqu’un "
                "d’autre, renvoyer la demande avec « confirmer »\u00a0: true."
            )

    def modifier(self, objet: Participant, /, *, version: int, **donnees: Any) -> Participant:
        return actions.modifier_participant(objet, version=version, par=self.acteur, **donnees)
