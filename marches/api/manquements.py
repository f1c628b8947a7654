"""La suite d’un engagement qui n’est pas tenu : événements, propositions de pénalité et décisions, barèmes."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation
from clauses.socle.api.champs import Centiemes, Choix, Corps, Ecriture, HeuresAuCentieme, Jour, Lecture
from clauses.socle.api.filtres import Jour as FiltreJour
from marches import actions
from marches.actions.manquements import ECRITS
from marches.api.grand_livre import DUnEngagement
from marches.enums import CodeBareme, FormulePenalite, NatureEvenement, StatutPenalite
from marches.models import Bareme, Engagement, Evenement, PropositionPenalite

ETAPES = [(nature.value, nature.label) for nature in ECRITS]
DECISIONS = [choix for choix in StatutPenalite.choices if choix[0] != StatutPenalite.PROPOSEE]
# Ce que l’on écrit d’un événement ou d’un motif : assez pour dire, pas pour recopier un dossier.
NOTE_AU_PLUS = 1000


class EvenementLecture(Lecture[Evenement]):
    marche = serializers.IntegerField(source="engagement.clause.lot.marche_id")
    lettre = serializers.IntegerField(allow_null=True, help_text="Document émis et non annulé.")
    inscrit_par_nom = serializers.CharField(source="inscrit_par")

    class Meta:
        model = Evenement
        fields: ClassVar = [
            "id", "marche", "engagement", "nature", "date", "echeance", "texte", "lettre", "inscrit_le",
            "inscrit_par", "inscrit_par_nom",
        ]  # fmt: skip


class EvenementEcriture(Ecriture[Evenement]):
    nature = Choix(choices=ETAPES)

    class Meta:
        model = Evenement
        fields: ClassVar = ["engagement", "nature", "date", "texte"]
        extra_kwargs: ClassVar = {"texte": {"max_length": NOTE_AU_PLUS}}


class EvenementFiltre(DUnEngagement):
    nature = django_filters.ChoiceFilter(label="Nature", choices=NatureEvenement.choices)


class EvenementViewSet(Creation[Evenement]):
    """Étapes de la suite graduée, que seuls les agents lisent : échanges, relances, mises en demeure."""

    modele = Evenement
    droit = Droit.CONSULTER_ANNUAIRE
    droits: ClassVar = {"create": Droit.GERER_MARCHES}
    serializer_class = EvenementLecture
    ecritures = {"create": EvenementEcriture}
    filterset_class = EvenementFiltre
    tris = ("date",)

    def objets(self) -> QuerySet[Evenement]:
        visibles = Evenement.objects.visibles_par(self.acteur).avec_lettre()
        return visibles.select_related("engagement__clause__lot", "inscrit_par")

    def creer(self, *, engagement: Engagement, **donnees: Any) -> Evenement:  # type: ignore[override]
        return actions.noter_evenement(engagement, par=self.acteur, **donnees)


class TermeSerializer(serializers.Serializer[Any]):
    """Un terme du calcul, tel que la proposition l’a gardé ; euros."""

    formule = serializers.ChoiceField(choices=FormulePenalite.choices)
    calcul = serializers.CharField()
    avant_plafond = HeuresAuCentieme()
    montant = HeuresAuCentieme()
    plafond = HeuresAuCentieme(allow_null=True, default=None)
    article = serializers.CharField(default="")


class PropositionLecture(Lecture[PropositionPenalite]):
    marche = serializers.IntegerField(source="engagement.clause.lot.marche_id")
    entreprise_siret = serializers.CharField(source="engagement.entreprise.siret")
    entreprise_nom = serializers.CharField(source="engagement.entreprise.raison_sociale")
    calcul = TermeSerializer(many=True)
    reserves = frozenset({"proposee_par", "decidee_par"})

    class Meta:
        model = PropositionPenalite
        fields: ClassVar = [
            "id", "marche", "engagement", "entreprise_siret", "entreprise_nom", "arretee_au", "montant", "calcul",
            "statut", "montant_decide", "motif", "proposee_le", "proposee_par", "decidee_le", "decidee_par",
            "courrier_date", "courrier_reference", "version",
        ]  # fmt: skip


class PropositionEcriture(Ecriture[PropositionPenalite]):
    """Ce que les heures ne disent pas : jours ouvrés de retard d’une pièce, absences constatées."""

    jours_de_retard = serializers.IntegerField(min_value=0, max_value=2000, default=0)
    absences = serializers.IntegerField(min_value=0, max_value=1000, default=0)

    class Meta:
        model = PropositionPenalite
        fields: ClassVar = ["engagement", "jours_de_retard", "absences"]


class DecisionEcriture(Corps):
    """`montant`, en euros : seulement pour une réduction."""

    statut = Choix(choices=DECISIONS)
    montant = Centiemes(required=False, allow_null=True)
    motif = serializers.CharField(max_length=NOTE_AU_PLUS)


class DecisionRecueEcriture(DecisionEcriture):
    courrier_date = Jour()
    courrier_reference = serializers.CharField(max_length=120)


class PropositionFiltre(DUnEngagement):
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutPenalite.choices)
    depuis = FiltreJour(field_name="arretee_au", lookup_expr="gte", label="Arrêtée depuis le, inclus")
    jusqu_au = FiltreJour(field_name="arretee_au", lookup_expr="lte", label="Arrêtée jusqu’au, inclus")


class PropositionViewSet(Creation[PropositionPenalite]):
    """Pénalités que le facilitateur calcule à ce jour et propose, et que l’acheteur décide."""

    modele = PropositionPenalite
    droit = Droit.CONSULTER_MARCHES
    droits: ClassVar = {
        "create": Droit.GERER_MARCHES,
        "decider": Droit.DECIDER_PENALITE,
        "decision_recue": Droit.GERER_MARCHES,
    }
    serializer_class = PropositionLecture
    ecritures = {
        "create": PropositionEcriture,
        "decider": DecisionEcriture,
        "decision_recue": DecisionRecueEcriture,
    }
    gestes_versionnes = ("decider", "decision_recue")
    filterset_class = PropositionFiltre
    tris = ("arretee_au", "proposee_le")

    def objets(self) -> QuerySet[PropositionPenalite]:
        visibles = PropositionPenalite.objects.visibles_par(self.acteur)
        return visibles.select_related("engagement__entreprise", "engagement__clause__lot")

    def creer(self, *, engagement: Engagement, **donnees: Any) -> PropositionPenalite:  # type: ignore[override]
        return actions.proposer_penalite(engagement, au=timezone.localdate(), par=self.acteur, **donnees)

    @action(detail=True, methods=["post"])
    def decider(self, request: Request, pk: int) -> Response:
        """L’acheteur applique, réduit, remet ou classe, avec son motif."""
        proposition = self.get_object()
        actions.decider_penalite(proposition, version=self.version_attendue(), par=self.acteur, **self.corps())
        return self.relire(proposition.pk)

    @action(detail=True, methods=["post"], url_path="decision-recue")
    def decision_recue(self, request: Request, pk: int) -> Response:
        """Inscrit la décision qu’un acheteur a prise par courrier."""
        proposition = self.get_object()
        actions.inscrire_decision_recue(proposition, version=self.version_attendue(), par=self.acteur, **self.corps())
        return self.relire(proposition.pk)


class BaremeLecture(Lecture[Bareme]):
    class Meta:
        model = Bareme
        fields: ClassVar = ["id", "code", "date_debut", "valeur", "source"]


class BaremeEcriture(Ecriture[Bareme]):
    class Meta:
        model = Bareme
        fields: ClassVar = ["code", "date_debut", "valeur", "source"]


class BaremeFiltre(django_filters.FilterSet):
    code = django_filters.ChoiceFilter(label="Barème", choices=CodeBareme.choices)


class BaremeViewSet(Creation[Bareme]):
    """Valeurs publiques datées, communes à l’instance ; une valeur ne change plus, une autre la suit."""

    modele = Bareme
    droit = None
    droits: ClassVar = {"create": Droit.GERER_STRUCTURE}
    serializer_class = BaremeLecture
    ecritures = {"create": BaremeEcriture}
    filterset_class = BaremeFiltre
    tris = ("date_debut",)

    def objets(self) -> QuerySet[Bareme]:
        return Bareme.objects.visibles_par(self.acteur)

    def creer(self, **donnees: Any) -> Bareme:
        return actions.ajouter_bareme(par=self.acteur, **donnees)
