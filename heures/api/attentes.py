"""Les lignes reçues que les règles, ou l’identité de la personne, ne laissent pas déclarer telles quelles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import VueObjets
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api.champs import Booleen, Corps, Lecture, Reference
from clauses.socle.api.filtres import Mois as FiltreMois
from clauses.socle.api.filtres import Numero
from heures import actions
from heures.api.commun import MotifDeRefusRecu, prevenir, proposer_les_semblables
from heures.api.embauches import Embauche, PersonneEtContrat
from heures.api.lignes import LigneLecture
from heures.enums import NatureEnvoi, StatutAttente
from heures.models import ContratTravail, LigneEnAttente, Participant


class AttenteLecture(Lecture[LigneEnAttente]):
    class Meta:
        model = LigneEnAttente
        fields: ClassVar = [
            "id", "releve", "contrat", "nom", "prenom", "date_naissance", "type_heures", "heures", "raison", "origine",
            "statut", "motif", "recue_le", "traitee_le", "version",
        ]  # fmt: skip


class Reprise(Corps):
    """`contrat` : à rattacher, si la ligne n’en a pas ; `remplacer` : les heures déjà déclarées cèdent la place."""

    contrat = Reference(queryset=ContratTravail.objects.none(), required=False, allow_null=True, default=None)
    remplacer = Booleen(required=False, default=False)


class AttenteFiltre(django_filters.FilterSet):
    releve = Numero(field_name="releve_id", label="Numéro du relevé")
    engagement = Numero(field_name="releve__engagement_id", label="Numéro de l’engagement")
    contrat = Numero(field_name="contrat_id", label="Numéro du contrat de travail")
    mois = FiltreMois(field_name="releve__mois", label="Mois du relevé")
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutAttente.choices)


class AttenteViewSet(VueObjets[LigneEnAttente]):
    """Lignes reçues d’une entreprise ou d’un import, à vérifier, reprises ou refusées."""

    modele = LigneEnAttente
    droit = Droit.CONSULTER_HEURES
    droits = dict.fromkeys(("reprendre", "ouvrir", "embaucher", "refuser"), Droit.VALIDER_HEURES)
    serializer_class = AttenteLecture
    ecritures = {
        "reprendre": Reprise, "ouvrir": PersonneEtContrat, "embaucher": Embauche, "refuser": MotifDeRefusRecu,
    }  # fmt: skip
    reponses = dict.fromkeys(("reprendre", "ouvrir", "embaucher"), LigneLecture)
    filterset_class = AttenteFiltre
    tris = ("recue_le",)

    def objets(self) -> QuerySet[LigneEnAttente]:
        return LigneEnAttente.objects.visibles_par(self.acteur).select_related("releve__engagement")

    def consulter(self, objets: Sequence[LigneEnAttente]) -> None:
        """Une ligne nomme quelqu’un qui n’a pas toujours sa fiche."""
        en_liste = self.action == "list"
        journaliser_lecture(
            par=self.acteur,
            action="lister les lignes en attente" if en_liste else "ouvrir une ligne en attente",
            modele=Participant,
            nombre=len(objets),
            filtre=self.request.query_params.urlencode() if en_liste else f"ligne en attente {objets[0].pk}",
        )

    @action(detail=True, methods=["post"])
    def reprendre(self, request: Request, pk: int) -> Response:
        """Déclare les heures de la ligne, sur son contrat ou sur celui qui est donné ; rend la ligne d’heures."""
        attente = self.get_object()
        return self._reprise(actions.reprendre_attente(attente, par=self.acteur, **self.corps()))

    @action(detail=True, methods=["post"])
    def ouvrir(self, request: Request, pk: int) -> Response:
        """Ouvre la fiche de la personne, enregistre son contrat et déclare ses heures, tout ou rien. Demande
        aussi le droit de gérer les personnes ; rend la ligne d’heures.
        """
        attente = self.get_object()
        donnees = self.corps()
        self.acteur.exiger(Droit.GERER_PERSONNES)
        if not donnees["confirmer"]:
            proposer_les_semblables(donnees["personne"], par=self.acteur)
        contrat = donnees["contrat"]
        employeur = contrat.pop("employeur")
        faite = actions.ouvrir_et_reprendre(
            attente, personne=donnees["personne"], employeur=employeur, contrat=contrat, par=self.acteur
        )
        return self._reprise(faite)

    @action(detail=True, methods=["post"])
    def embaucher(self, request: Request, pk: int) -> Response:
        """Enregistre un nouveau contrat d’une personne connue et déclare les heures de la ligne, tout ou rien. Demande
        aussi le droit de gérer les personnes ; rend la ligne d’heures.
        """
        attente = self.get_object()
        donnees = self.corps()
        contrat = donnees["contrat"]
        employeur = contrat.pop("employeur")
        faite = actions.embaucher_et_reprendre(
            attente, participant=donnees["participant"], employeur=employeur, contrat=contrat, par=self.acteur
        )
        return self._reprise(faite)

    def _reprise(self, faite: actions.Declaration) -> Response:
        return Response(LigneLecture(faite.ligne, context=self.get_serializer_context()).data)

    @action(detail=True, methods=["post"])
    def refuser(self, request: Request, pk: int) -> Response:
        """Refuse la ligne ; l’entreprise en lit le motif sur son relevé, et par courriel à la demande."""
        attente = self.get_object()
        donnees = self.corps()
        actions.refuser_attente(attente, motif=donnees["motif"], par=self.acteur)
        if donnees["prevenir"]:
            prevenir(
                attente.releve,
                nature=NatureEnvoi.REFUS,
                details=donnees["motif"],
                par=self.acteur,
                adresse=request.build_absolute_uri("/"),
            )
        return self.relire(attente.pk)
