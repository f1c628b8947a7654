"""Les imports de relevés : ceux qui sont faits, et en faire un.

Importer prend un fichier, en formulaire (« multipart/form-data ») ; ses options s’y écrivent comme dans un corps JSON.
Il n’y a pas de clef d’idempotence : le fichier porte la sienne, et le même ne s’importe qu’une fois.
"""

from __future__ import annotations

import logging
from typing import Any, ClassVar, NoReturn

import django_filters
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import VueObjets
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api.champs import Booleen, Corps, Lecture, Mois, NumeroDeFiche, Reference
from clauses.socle.api.corps import Formulaire
from clauses.socle.api.fichiers import FichierRecu
from clauses.socle.api.filtres import Jour
from clauses.socle.api.problemes import RefusPlaces
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.lecteur import BORNES
from heures.api.correspondances import ColonnesRetenues
from heures.api.rapports import RapportLu
from heures.imports.releves.colonnes import Choix
from heures.imports.releves.enregistrement import OCCUPEE, importer
from heures.imports.releves.rapport import Rapport
from heures.models import ImportHeures, Participant
from marches.models import Engagement

journal = logging.getLogger(__name__)


class ImportLecture(Lecture[ImportHeures]):
    class Meta:
        model = ImportHeures
        fields: ClassVar = [
            "id", "nom_fichier", "empreinte", "nombre_lignes", "nombre_creees", "nombre_remplacees", "nombre_deja",
            "heures", "importe_le",
        ]  # fmt: skip


class Tranchees(serializers.DictField):
    """Par cas douteux, le numéro choisi parmi ses candidats, ou 0 pour ne pas importer ses lignes."""

    child = NumeroDeFiche(min_value=0)


class ChoixDuFichier(Corps):
    """Ce qui n’est pas dans le fichier\u00a0: ses colonnes, et les cas douteux que l’essai a montrés."""

    colonnes = ColonnesRetenues(required=False)
    personnes = Tranchees(required=False)
    contrats = Tranchees(required=False)


class FichierAImporter(Corps):
    """`engagement` et `mois` : à dire si le fichier ne les dit pas ; `signature` : celle de l’essai confirmé."""

    fichier = FichierRecu()
    essai = Booleen(required=False, default=False)
    engagement = Reference(queryset=Engagement.objects.none(), required=False)
    mois = Mois(required=False)
    correspondance = serializers.CharField(required=False, max_length=80)
    signature = serializers.CharField(required=False, max_length=64)
    choix = ChoixDuFichier(required=False)


class ImportFiltre(django_filters.FilterSet):
    empreinte = django_filters.CharFilter(label="SHA-256 du fichier", max_length=64)
    depuis = Jour(field_name="importe_le", lookup_expr="date__gte", label="Importé depuis le, inclus")


class ImportViewSet(VueObjets[ImportHeures]):
    """Fichiers de relevés importés, et l’import d’un fichier, essai compris."""

    modele = ImportHeures
    droit = Droit.IMPORTER
    serializer_class = ImportLecture
    parser_classes = (Formulaire,)
    ecritures = {"importer": FichierAImporter}
    reponses = {"importer": RapportLu}
    filterset_class = ImportFiltre
    tris = ("importe_le",)

    def objets(self) -> QuerySet[ImportHeures]:
        return ImportHeures.objects.visibles_par(self.acteur)

    @action(detail=False, methods=["post"])
    def importer(self, request: Request) -> Response:
        """Importe un relevé, CSV ou XLSX, en entier ou pas du tout. Avec « essai », dit ce qui serait fait et n’écrit
        rien ; sans, demande aussi le droit de saisir les heures. Au premier refus, ou doute, rien n’est importé.
        """
        donnees = self.corps()
        if not donnees["essai"]:
            self.acteur.exiger(Droit.SAISIR_HEURES)
        rapport = self._importer(donnees)
        if not rapport.simulation and (rapport.deja_importe is not None or not rapport.accepte):
            _refuser(rapport)
        geste = "l’aperçu d’un relevé" if rapport.simulation else "le rapport d’un import"
        journaliser_lecture(
            par=self.acteur, action=f"montrer {geste}", modele=Participant, nombre=rapport.nombre_personnes
        )
        return Response(RapportLu(rapport).data)

    def _importer(self, donnees: dict[str, Any]) -> Rapport:
        fichier = donnees["fichier"]
        try:
            with transaction.atomic():
                return importer(
                    fichier.read(BORNES.octets + 1),
                    nom=fichier.name,
                    par=self.acteur,
                    choix=_choix(donnees),
                    simulation=donnees["essai"],
                    attendu=donnees.get("signature"),
                )
        except OperationalError as erreur:
            journal.exception("Import abandonné : la base est restée occupée.")
            raise ActionImpossible(OCCUPEE) from erreur


def _choix(donnees: dict[str, Any]) -> Choix:
    dits = donnees.get("choix", {})
    engagement = donnees.get("engagement")
    return Choix(
        titres=dits.get("colonnes"),
        correspondance=donnees.get("correspondance", ""),
        engagement_id=None if engagement is None else engagement.pk,
        mois=donnees.get("mois"),
        fiches_choisies=dits.get("personnes", {}),
        contrats_choisis=dits.get("contrats", {}),
    )


def _refuser(rapport: Rapport) -> NoReturn:
    """Rien n’est écrit : chaque point à régler, ou la phrase qui dit que ce fichier est déjà importé."""
    if rapport.deja_importe is None:
        raise RefusPlaces({"fichier": [str(remarque) for remarque in rapport.tous_les_refus]})
    raise ActionImpossible(rapport.conclusion())
