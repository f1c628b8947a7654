"""Les entrées en clause : le profil photographié, ses critères, sa correction et son visa.

La liste dit les dates et le visa ; critères, pièce et profil, que la loi protège, ne se lisent que fiche à fiche.
"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation
from clauses.socle.api.champs import Choix, Ecriture, Lecture, Rien
from clauses.socle.api.filtres import Jour, Numero, OuiNon
from heures import actions
from heures.api.commun import CommuneInsee, Nominative, SansNir
from heures.enums import CriterePublic
from heures.forms.entrees import CHAMPS, fautes_de_la_piece
from heures.lecture_fiche import avec_criteres
from heures.models import EntreeClause
from heures.querysets import EntreeClauseQuerySet

COMMUNS = ["id", "participant", "numero", "version", "est_courante", "date_entree", "date_constat"]
VISA = ["visa_le", "enregistree_le"]


class EntreeListe(Lecture[EntreeClause]):
    class Meta:
        model = EntreeClause
        fields: ClassVar = [*COMMUNS, *VISA]


class EntreeLecture(Lecture[EntreeClause]):
    critere_principal = serializers.SerializerMethodField()
    autres_criteres = serializers.SerializerMethodField()

    class Meta:
        model = EntreeClause
        fields: ClassVar = [
            *COMMUNS, *(nom for nom in CHAMPS if nom not in COMMUNS), "critere_principal", "autres_criteres", *VISA,
        ]  # fmt: skip

    def get_critere_principal(self, entree: Any) -> str | None:
        """Le code du critère retenu ; nul sur une entrée reprise sans critère."""
        return next((constat.critere for constat in entree.criteres_lus if constat.est_principal), None)

    def get_autres_criteres(self, entree: Any) -> list[str]:
        return [constat.critere for constat in entree.criteres_lus if not constat.est_principal]


class EntreeEcriture(SansNir, Ecriture[EntreeClause]):
    """Le profil ce jour-là. Commune et PLIE sans être dits : ceux de la fiche de la personne."""

    commune_insee = CommuneInsee()
    critere_principal = Choix(choices=CriterePublic.choices)
    autres_criteres = serializers.ListField(
        child=Choix(choices=CriterePublic.choices), required=False, max_length=len(CriterePublic)
    )

    class Meta:
        model = EntreeClause
        fields: ClassVar = ["participant", *CHAMPS, "critere_principal", "autres_criteres"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if fautes := fautes_de_la_piece(attrs):
            raise serializers.ValidationError(fautes)
        return attrs


class EntreeCorrection(SansNir, Ecriture[EntreeClause]):
    """Ce qui change, et pourquoi ; ce qui n’est pas dit reste tel quel."""

    commune_insee = CommuneInsee()
    critere_principal = Choix(choices=CriterePublic.choices, required=False)
    autres_criteres = serializers.ListField(
        child=Choix(choices=CriterePublic.choices), required=False, max_length=len(CriterePublic)
    )

    class Meta:
        model = EntreeClause
        fields: ClassVar = [*CHAMPS, "critere_principal", "autres_criteres"]
        extra_kwargs: ClassVar = {
            **{nom: {"required": False} for nom in CHAMPS},
            "motif": {"required": True, "allow_blank": False},
        }


class EntreeFiltre(django_filters.FilterSet):
    participant = Numero(field_name="participant_id", label="Numéro de la personne")
    courante = OuiNon(field_name="est_courante", label="Version courante, ou versions corrigées")
    entree_depuis = Jour(field_name="date_entree", lookup_expr="gte", label="Entrée depuis le, inclus")
    entree_jusqu_au = Jour(field_name="date_entree", lookup_expr="lte", label="Entrée jusqu’au, inclus")
    visee = OuiNon(field_name="visa_le", lookup_expr="isnull", exclude=True, label="Visée, ou à viser")


class EntreeViewSet(Nominative[EntreeClause], Creation[EntreeClause]):
    """Entrées en clause, toutes versions : chacune est immuable, une correction en ajoute une."""

    modele = EntreeClause
    droit = Droit.CONSULTER_PERSONNES
    droits = dict.fromkeys(("create", "corriger", "viser"), Droit.GERER_PERSONNES)
    serializer_class = EntreeLecture
    serializer_liste = EntreeListe
    ecritures = {"create": EntreeEcriture, "corriger": EntreeCorrection, "viser": Rien}
    gestes_versionnes = ("corriger",)
    filterset_class = EntreeFiltre
    tris = ("date_entree",)
    au_journal = ("lister les entrées en clause", "ouvrir une entrée en clause")

    def objets(self) -> QuerySet[EntreeClause]:
        visibles: EntreeClauseQuerySet = EntreeClause.objects.visibles_par(self.acteur)
        lues: QuerySet[EntreeClause] = avec_criteres(visibles, self.acteur)
        return lues

    def creer(self, **donnees: Any) -> EntreeClause:
        return actions.enregistrer_entree(donnees.pop("participant"), par=self.acteur, **donnees)

    @action(detail=True, methods=["post"])
    def corriger(self, request: Request, pk: int) -> Response:
        """Corrige l’entrée par une nouvelle version, qui est rendue ; le visa est à redonner."""
        entree: Any = self.get_object()
        version = self.version_attendue()
        donnees = _en_l_etat(entree) | self.corps()
        if fautes := fautes_de_la_piece(donnees):
            raise serializers.ValidationError(fautes)
        nouvelle = actions.corriger_entree(entree, version=version, par=self.acteur, **donnees)
        return self.relire(nouvelle.pk)

    @action(detail=True, methods=["post"])
    def viser(self, request: Request, pk: int) -> Response:
        """Pose le visa sur la version courante ; suppose une pièce vue."""
        entree = self.get_object()
        self.corps()
        actions.viser_entree(entree, par=self.acteur)
        return self.relire(entree.pk)


def _en_l_etat(entree: Any) -> dict[str, Any]:
    """Ce que dit l’entrée, moins la raison de la correction."""
    criteres = [(constat.critere, constat.est_principal) for constat in entree.criteres_lus]
    return {
        **{nom: getattr(entree, nom) for nom in CHAMPS if nom != "motif"},
        "critere_principal": next((critere for critere, principal in criteres if principal), ""),
        "autres_criteres": [critere for critere, principal in criteres if not principal],
    }
