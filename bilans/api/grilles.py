"""Les tables de correspondance d’une grille : ses tableaux, leurs lignes et les codes que chacune réunit."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from bilans.forms.grilles import LIGNES_MAX
from bilans.grilles import actions
from bilans.grilles.correspondance import CODES_MAX, non_rattaches
from bilans.grilles.dimensions import DIMENSIONS
from bilans.grilles.forme import NOMS, Grille, TableauGrille, lire_ligne
from bilans.grilles.lecture import grille_de, reecrits
from bilans.models import CorrespondanceGrille
from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Porte
from clauses.socle.api.champs import Corps, Rien


class LigneDeGrille(serializers.Serializer[Any]):
    cle = serializers.CharField()
    libelle = serializers.CharField()
    groupe = serializers.CharField(allow_blank=True)
    codes = serializers.ListField(child=serializers.CharField())


class PartieDeCode(serializers.Serializer[Any]):
    nom = serializers.CharField()
    codes = serializers.DictField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="Code et libellé\u00a0; null\u00a0: un nombre, par intervalles.",
    )


class TableauDeGrille(serializers.Serializer[Any]):
    cle = serializers.CharField()
    titre = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    dimension = serializers.CharField()
    parties = PartieDeCode(many=True, help_text="Ce dont un code est fait, joint par «\u00a0/\u00a0».")
    lignes = LigneDeGrille(many=True)
    non_rattaches = serializers.ListField(
        child=serializers.CharField(), help_text="Les codes qu’aucune ligne ne prend."
    )
    est_reecrit = serializers.BooleanField()
    version = serializers.IntegerField(help_text="Zéro pour le tableau que livre l’application.")


class GrilleEntiere(serializers.Serializer[Any]):
    nom = serializers.CharField()
    titre = serializers.CharField()
    tableaux = TableauDeGrille(many=True)


class GrilleEnListe(serializers.Serializer[Any]):
    nom = serializers.CharField()
    titre = serializers.CharField()
    tableaux = serializers.ListField(child=serializers.CharField(), help_text="Clefs des tableaux.")


class LigneDeGrilleEcriture(Corps):
    cle = serializers.SlugField(
        required=False,
        allow_blank=True,
        max_length=60,
        default="",
        help_text="Celle de la ligne lue\u00a0; vide, neuve.",
    )
    libelle = serializers.CharField(max_length=120)
    groupe = serializers.CharField(required=False, allow_blank=True, max_length=80, default="")
    codes = serializers.ListField(
        child=serializers.CharField(max_length=100),
        allow_empty=False,
        max_length=CODES_MAX,
        help_text="Un code, «\u00a0*\u00a0», un intervalle «\u00a026..50\u00a0»\u00a0; ses parties jointes par « / ».",
    )


class TableauDeGrilleEcriture(Corps):
    lignes = serializers.ListField(
        child=LigneDeGrilleEcriture(),
        allow_empty=False,
        max_length=LIGNES_MAX,
        help_text="Toutes les lignes\u00a0: une ligne absente est retirée.",
    )


class GrilleViewSet(Porte, ViewSet):
    """Grilles de correspondance des bilans AVE et FSE+ : ce qui range une valeur dans une ligne.

    Les lire ou les réécrire est un réglage de la structure, réservé au responsable connecté : aucune portée ne l’ouvre
    à un jeton.
    """

    etiquette = "grilles de correspondance"
    lookup_field = "grille"
    lookup_value_converter = "slug"
    droit = Droit.GERER_STRUCTURE
    ecritures: ClassVar = {"ecrire": TableauDeGrilleEcriture, "origine": Rien}
    reponses: ClassVar = {
        "retrieve": GrilleEntiere,
        **dict.fromkeys(("tableau", "ecrire", "origine"), TableauDeGrille),
    }
    gestes_versionnes = ("ecrire",)

    @extend_schema(responses=GrilleEnListe(many=True))
    def list(self, request: Request) -> Response:
        """Les grilles, et les clefs de leurs tableaux."""
        grilles = [grille_de(self.acteur, nom) for nom in NOMS]
        lues = [{"nom": g.nom, "titre": g.titre, "tableaux": [t.cle for t in g.tableaux]} for g in grilles]
        return Response(GrilleEnListe(lues, many=True).data)

    def retrieve(self, request: Request, grille: str) -> Response:
        """Une grille : ses tableaux, ceux de la structure s’ils sont réécrits, et ce qu’aucune ligne ne prend."""
        trouvee, siens = self._trouver(grille), reecrits(self.acteur, grille)
        tableaux = [_montrer(tableau, siens.get(tableau.cle)) for tableau in trouvee.tableaux]
        return Response(GrilleEntiere({"nom": grille, "titre": trouvee.titre, "tableaux": tableaux}).data)

    @action(detail=True, methods=["get"], url_path="tableaux/<slug:cle>")
    def tableau(self, request: Request, grille: str, cle: str) -> Response:
        """Un tableau et ses lignes ; son ETag est à renvoyer pour le réécrire."""
        return self._rendre(grille, cle)

    @tableau.mapping.patch
    def ecrire(self, request: Request, grille: str, cle: str) -> Response:
        """Réécrit les lignes d’un tableau : rien n’est enregistré si un seul code est faux."""
        self._tableau(grille, cle)
        version = self.version_attendue()
        lignes = [lire_ligne(ligne) for ligne in self.corps()["lignes"]]
        actions.ecrire_tableau(grille, cle, lignes, version=version, par=self.acteur)
        return self._rendre(grille, cle)

    @extend_schema(responses=TableauDeGrille)
    @action(detail=True, methods=["post"], url_path="tableaux/<slug:cle>/origine")
    def origine(self, request: Request, grille: str, cle: str) -> Response:
        """Revient au tableau que livre l’application ; le journal garde les lignes retirées."""
        self._tableau(grille, cle)
        self.corps()
        actions.retablir_tableau(grille, cle, par=self.acteur)
        return self._rendre(grille, cle)

    def _rendre(self, grille: str, cle: str) -> Response:
        sien = reecrits(self.acteur, grille).get(cle)
        montre = _montrer(self._tableau(grille, cle), sien)
        return Response(TableauDeGrille(montre).data, headers={"ETag": f'"{montre["version"]}"'})

    def _trouver(self, grille: str) -> Grille:
        if grille not in NOMS:
            raise Http404
        return grille_de(self.acteur, grille)

    def _tableau(self, grille: str, cle: str) -> TableauGrille:
        tableau = self._trouver(grille).tableau(cle)
        if tableau is None:
            raise Http404
        return tableau


def _montrer(tableau: TableauGrille, sien: CorrespondanceGrille | None) -> dict[str, Any]:
    dimension = DIMENSIONS[tableau.dimension]
    return {
        "cle": tableau.cle,
        "titre": tableau.titre,
        "note": tableau.note,
        "dimension": dimension.libelle,
        "parties": [{"nom": partie.nom, "codes": partie.codes} for partie in dimension.parties],
        "lignes": tableau.en_json(),
        "non_rattaches": non_rattaches(tableau),
        "est_reecrit": sien is not None,
        "version": sien.version if sien else 0,
    }
