"""Les relevés : ce qui est attendu, reçu, à valider. Une entreprise y lit ceux qu’on lui a demandés."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import VueObjets
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api.champs import Booleen, Corps, HeuresAuCentieme, Lecture, Mois, Reference, Rien
from clauses.socle.api.filtres import Jour, Numero
from clauses.socle.api.filtres import Mois as FiltreMois
from clauses.socle.erreurs import ConflitDeVersion
from heures import actions, lecture_espace, lecture_reception
from heures.acces_releve import AccesReleve, depuis_un_compte
from heures.api.acceptations import Acceptation, LotAccepte, LotDeReleves, releves_du_lot
from heures.api.commun import SansNir, prevenir
from heures.api.depots import DepotDuReleve, ReleveARemplir, deposer
from heures.enums import NatureEnvoi, StatutReleve
from heures.lecture_depot import lire as lire_le_releve
from heures.models import Participant, Releve
from marches.models import Engagement

DE_L_ENTREPRISE = ("a_remplir", "deposer")
LUS = [
    "id", "engagement", "marche", "entreprise_siret", "entreprise_nom", "mois", "statut", "echeance",
    "nombre_relances",
]  # fmt: skip


class ReleveListe(Lecture[Releve]):
    marche = serializers.IntegerField(source="engagement.clause.lot.marche_id")
    entreprise_siret = serializers.CharField(source="engagement.entreprise.siret")
    entreprise_nom = serializers.CharField(source="engagement.entreprise.raison_sociale")
    reserves = frozenset({"nombre_relances"})

    class Meta:
        model = Releve
        fields: ClassVar = [*LUS, "version"]


class AnomalieLue(serializers.Serializer[Any]):
    titre = serializers.CharField()
    bloque = serializers.BooleanField()


class ReleveLecture(ReleveListe):
    """`empreinte` : à rendre pour accepter le relevé tel qu’il a été lu."""

    message = serializers.SerializerMethodField()
    empreinte = serializers.SerializerMethodField()
    lignes_a_valider = serializers.SerializerMethodField()
    lignes_en_attente = serializers.SerializerMethodField()
    heures_a_valider = serializers.SerializerMethodField()
    anomalies = serializers.SerializerMethodField()
    reserves = ReleveListe.reserves | {
        "commentaire", "empreinte", "lignes_a_valider", "lignes_en_attente", "heures_a_valider", "anomalies"
    }  # fmt: skip

    class Meta(ReleveListe.Meta):
        fields: ClassVar = [
            *LUS, "commentaire", "message", "empreinte", "lignes_a_valider", "lignes_en_attente", "heures_a_valider",
            "anomalies", "version",
        ]  # fmt: skip

    def _recu(self, releve: Releve) -> lecture_reception.ReleveRecu:
        if not hasattr(self, "_lu"):
            acteur = self.context["request"].acteur
            (self._lu,) = lecture_reception.lire([releve], le=timezone.localdate(), par=acteur)
        return self._lu

    def get_message(self, releve: Releve) -> str:
        """Ce que le facilitateur a écrit à l’entreprise ; elle le lit tant qu’une réponse est attendue."""
        de_la_structure = self.context["request"].acteur.est_de_la_structure
        return releve.message if de_la_structure else lecture_espace.message_lisible(releve)

    def get_empreinte(self, releve: Releve) -> str:
        return self._recu(releve).empreinte

    def get_lignes_a_valider(self, releve: Releve) -> int:
        return len(self._recu(releve).a_valider)

    def get_lignes_en_attente(self, releve: Releve) -> int:
        return len(self._recu(releve).en_attente)

    def get_heures_a_valider(self, releve: Releve) -> str:
        """Au centième\u00a0: « 35.50 »."""
        return str(HeuresAuCentieme().to_representation(self._recu(releve).heures_a_valider))

    def get_anomalies(self, releve: Releve) -> list[dict[str, Any]]:
        return [{"titre": titre, "bloque": bloque} for titre, bloque in self._recu(releve).titres]


class Complement(SansNir):
    """`prevenir` : le message part aussi par courriel à l’entreprise."""

    message = serializers.CharField(max_length=2000)
    prevenir = Booleen(required=False, default=False)


class MoisNeant(Corps):
    engagement = Reference(queryset=Engagement.objects.none())
    mois = Mois()


class ReleveFiltre(django_filters.FilterSet):
    engagement = Numero(field_name="engagement_id", label="Numéro de l’engagement")
    marche = Numero(field_name="engagement__clause__lot__marche_id", label="Numéro du marché")
    mois = FiltreMois(label="Mois du relevé, AAAA-MM")
    mois_depuis = FiltreMois(field_name="mois", lookup_expr="gte", label="Mois depuis, inclus")
    mois_jusqu_au = FiltreMois(field_name="mois", lookup_expr="lte", label="Mois jusqu’à, inclus")
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutReleve.choices)
    echu_avant = Jour(field_name="echeance", lookup_expr="lt", label="Échéance avant le")


class ReleveViewSet(VueObjets[Releve]):
    """Relevés mensuels des engagements ; une entreprise lit ceux qui lui ont été demandés."""

    modele = Releve
    droit = Droit.CONSULTER_HEURES
    droits = dict.fromkeys(("accepter", "accepter_lot", "completer", "rouvrir"), Droit.VALIDER_HEURES) | {
        "neant": Droit.SAISIR_HEURES
    }
    serializer_class = ReleveLecture
    serializer_liste = ReleveListe
    ecritures = {
        "accepter": Acceptation,
        "accepter_lot": LotDeReleves,
        "completer": Complement,
        "rouvrir": Rien,
        "neant": MoisNeant,
        "deposer": DepotDuReleve,
    }
    reponses = {"a_remplir": ReleveARemplir, "deposer": ReleveARemplir, "accepter_lot": LotAccepte}
    gestes_versionnes = ("deposer",)
    filterset_class = ReleveFiltre
    tris = ("mois",)

    def droit_exige(self) -> Droit | None:
        """Chacun lit les relevés par le droit de sa propre page."""
        if self.action in DE_L_ENTREPRISE or not (self.action in self.droits or self.acteur.est_de_la_structure):
            return Droit.REMPLIR_RELEVE
        return super().droit_exige()

    def objets(self) -> QuerySet[Releve]:
        visibles = Releve.objects.visibles_par(self.acteur).select_related(*lecture_reception.RELEVE)
        return visibles if self.acteur.est_de_la_structure else visibles.filter(demandes__isnull=False).distinct()

    def consulter(self, objets: Sequence[Releve]) -> None:
        """La liste ne nomme personne ; les textes d’une fiche le peuvent."""
        if self.action != "list":
            filtre = ", ".join(f"relevé {releve.pk}" for releve in objets)
            journaliser_lecture(par=self.acteur, action="ouvrir un relevé", modele=Participant, filtre=filtre)

    @action(detail=True, methods=["get"], url_path="a-remplir")
    def a_remplir(self, request: Request, pk: int) -> Response:
        """Ce que l’entreprise remplit : les personnes du mois, leurs cases, ce qui est déjà déposé."""
        return self._montrer(self._acces(pk))

    @action(detail=True, methods=["post"])
    def deposer(self, request: Request, pk: int) -> Response:
        """Dépose le relevé entier, et remplace le dépôt d’avant. If-Match est l’ETag de « a-remplir »."""
        acces = self._acces(pk)
        version = self.version_attendue()
        if version != acces.demande.version:
            raise ConflitDeVersion(acces.demande.version, [])
        deposer(lire_le_releve(acces.demande, par=acces.acteur), acces, self.corps(), version=version)
        return self._montrer(self._acces(pk))

    def _acces(self, pk: int) -> AccesReleve:
        return depuis_un_compte(pk, par=self.acteur, deposant=str(self.request.user))

    def _montrer(self, acces: AccesReleve) -> Response:
        lu = lire_le_releve(acces.demande, par=acces.acteur)
        acces.journaliser(lu, "ouvrir un relevé")
        return Response(ReleveARemplir(lu).data, headers={"ETag": f'"{acces.demande.version}"'})

    @action(detail=True, methods=["post"])
    def accepter(self, request: Request, pk: int) -> Response:
        """Valide toutes les lignes déclarées du relevé, tel qu’il a été lu."""
        releve = self.get_object()
        actions.accepter_releve(releve, par=self.acteur, **self.corps())
        return self.relire(releve.pk)

    @action(detail=False, methods=["post"], url_path="accepter-lot")
    def accepter_lot(self, request: Request) -> Response:
        """Accepte plusieurs relevés, chacun en entier ou pas du tout ; dit de chacun ce qu’il en est."""
        vus = releves_du_lot(self.corps()["releves"], par=self.acteur)
        return Response(LotAccepte({"releves": actions.valider_releves(vus, par=self.acteur)}).data)

    @action(detail=True, methods=["post"])
    def completer(self, request: Request, pk: int) -> Response:
        """Demande un complément\u00a0: l’entreprise lira le message sur son relevé, et par courriel à la demande."""
        releve = self.get_object()
        donnees = self.corps()
        actions.demander_complement(releve, message=donnees["message"], par=self.acteur)
        if donnees["prevenir"]:
            prevenir(
                releve,
                nature=NatureEnvoi.COMPLEMENT,
                details=donnees["message"],
                par=self.acteur,
                adresse=request.build_absolute_uri("/"),
            )
        return self.relire(releve.pk)

    @action(detail=True, methods=["post"])
    def rouvrir(self, request: Request, pk: int) -> Response:
        """Remet en jeu ce qui a été refusé, et lève la demande de complément."""
        releve = self.get_object()
        self.corps()
        actions.rouvrir(releve, par=self.acteur)
        return self.relire(releve.pk)

    @action(detail=False, methods=["post"])
    def neant(self, request: Request) -> Response:
        """Note que l’entreprise n’a fait aucune heure ce mois-là ; rend le relevé."""
        donnees = self.corps()
        actions.declarer_neant(donnees["engagement"], mois=donnees["mois"], par=self.acteur)
        releve = self.get_queryset().get(**donnees)
        return self.relire(releve.pk)
