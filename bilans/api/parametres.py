"""Ce que le responsable règle du bilan Département, et l’analyse qualitative qu’il en rédige."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from bilans import actions, parametres
from bilans.declarations import INDICATEURS
from bilans.enums import DefinitionBrsa
from bilans.forms.parametres import ANNEES, ParametresForm
from bilans.models import AnalyseQualitative
from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification, Porte
from clauses.comptes.models import Structure
from clauses.socle.api import filtres
from clauses.socle.api.champs import Booleen, Centiemes, Choix, Corps, Ecriture, Lecture
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion

OBJECTIF = "objectif_"
MASQUABLES = [(i.cle, i.nom) for i in INDICATEURS if i.cle != parametres.TOUJOURS]


class Objectifs(Corps):
    """Par indicateur, l’objectif de l’année : plus grand que zéro, en pour cent pour un taux."""

    def get_fields(self) -> dict[str, Any]:
        return {
            i.cle: Centiemes(required=False, allow_null=True, help_text=f"Objectif\u00a0: {i.nom}.")
            for i in INDICATEURS
        }


class ParametresEcriture(Corps):
    base_etp = serializers.IntegerField(help_text="Heures d’un équivalent temps plein\u00a0: 1820, 1600 ou 1607.")
    definition_brsa = Choix(choices=DefinitionBrsa.choices, help_text="Qui est bénéficiaire du RSA.")
    annexe_nominative = Booleen(help_text="La convention exige une annexe nominative.")
    lignes_masquees = serializers.ListField(
        child=Choix(choices=MASQUABLES),
        help_text="Les indicateurs que le bilan ne montre pas, tous.",
    )
    objectifs = Objectifs(help_text="Les objectifs à changer\u00a0; null en retire un, les autres restent.")


class ParametresLecture(serializers.Serializer[Any]):
    annee = serializers.IntegerField(help_text="L’année dont sont les objectifs\u00a0; le reste vaut pour toutes.")
    base_etp = serializers.IntegerField()
    definition_brsa = serializers.ChoiceField(choices=DefinitionBrsa.choices)
    annexe_nominative = serializers.BooleanField()
    lignes_masquees = serializers.ListField(child=serializers.CharField())
    objectifs = serializers.DictField(child=serializers.CharField())
    version = serializers.IntegerField(help_text="Zéro tant que rien n’est réglé.")


class ParametresViewSet(Porte, ViewSet):
    """Paramètres du bilan Département, et objectifs d’une année.

    Les lire ou les changer est un réglage de la structure, réservé au responsable connecté : aucune portée ne l’ouvre
    à un jeton.
    """

    etiquette = "paramètres du bilan"
    lookup_field = "annee"
    lookup_value_converter = "int"
    droit = Droit.GERER_STRUCTURE
    ecritures: ClassVar = {"partial_update": ParametresEcriture}
    reponses: ClassVar = dict.fromkeys(("retrieve", "partial_update"), ParametresLecture)

    def retrieve(self, request: Request, annee: int) -> Response:
        """Ce qui vaut pour tous les bilans Département, et les objectifs de cette année."""
        return self._rendre(annee)

    def partial_update(self, request: Request, annee: int) -> Response:
        """Règle le bilan : les champs reçus, et les seuls objectifs reçus, changent."""
        self._dans_les_bornes(annee)
        form = self._formulaire(annee, version=self.version_attendue(), voulu=self.corps(partiel=True))
        if not form.is_valid():
            raise ValidationError(_places(form))
        actions.regler_le_bilan(**form.saisie(), par=self.acteur)
        return self._rendre(annee)

    def _rendre(self, annee: int) -> Response:
        self._dans_les_bornes(annee)
        regles = parametres.trouver(self.acteur)
        rendus = {
            "annee": annee,
            "base_etp": self._structure().base_etp,
            "definition_brsa": regles.definition_brsa,
            "annexe_nominative": regles.annexe_nominative,
            "lignes_masquees": regles.lignes_masquees,
            "objectifs": regles.objectifs.get(str(annee), {}),
            "version": regles.version,
        }
        return Response(ParametresLecture(rendus).data, headers={"ETag": f'"{regles.version}"'})

    def _formulaire(self, annee: int, *, version: int, voulu: dict[str, Any]) -> ParametresForm:
        """Le formulaire de la page, rempli de ce qui est réglé et de ce que l’on veut changer."""
        regles, structure = parametres.trouver(self.acteur), self._structure()
        masquees = voulu.get("lignes_masquees", regles.lignes_masquees)
        objectifs = {**regles.objectifs.get(str(annee), {}), **voulu.get("objectifs", {})}
        envoi = {
            "version": version,
            "annee": annee,
            "base_etp": voulu.get("base_etp", structure.base_etp),
            "definition_brsa": voulu.get("definition_brsa", regles.definition_brsa),
            "annexe_nominative": voulu.get("annexe_nominative", regles.annexe_nominative),
            **{f"montrer_{i.cle}": i.cle not in masquees for i in INDICATEURS},
            **{f"{OBJECTIF}{cle}": "" if valeur is None else str(valeur) for cle, valeur in objectifs.items()},
        }
        return ParametresForm(envoi, enregistres=regles, base_etp=structure.base_etp, annee=annee)

    def _structure(self) -> Structure:
        return Structure.objects.visibles_par(self.acteur).get()

    def _dans_les_bornes(self, annee: int) -> None:
        if annee not in ANNEES:
            raise Http404


def _places(form: ParametresForm) -> dict[str, Any]:
    """Chaque faute du formulaire, au champ de l’API."""
    fautes: dict[str, Any] = {nom: list(dites) for nom, dites in form.errors.items() if not nom.startswith(OBJECTIF)}
    des_objectifs = {
        nom.removeprefix(OBJECTIF): list(dites) for nom, dites in form.errors.items() if nom.startswith(OBJECTIF)
    }
    return fautes | ({"objectifs": des_objectifs} if des_objectifs else {})


class AnalyseLecture(Lecture[AnalyseQualitative]):
    class Meta:
        model = AnalyseQualitative
        fields: ClassVar = ["id", "du", "au", *AnalyseQualitative.TEXTES, "version"]


class AnalyseCreation(Ecriture[AnalyseQualitative]):
    class Meta:
        model = AnalyseQualitative
        fields: ClassVar = ["du", "au", *AnalyseQualitative.TEXTES]


class AnalyseEcriture(Ecriture[AnalyseQualitative]):
    class Meta:
        model = AnalyseQualitative
        fields = AnalyseQualitative.TEXTES


class AnalyseFiltre(django_filters.FilterSet):
    du = filtres.Jour(label="Début de la période, exact")
    au = filtres.Jour(label="Fin de la période, exacte")


class AnalyseViewSet(Creation[AnalyseQualitative], Modification[AnalyseQualitative]):
    """Analyses qualitatives du bilan Département : six textes, pour une période exactement.

    Les lit qui lit les bilans, où elles paraissent. Les rédiger est réservé au responsable connecté : aucune portée ne
    l’ouvre à un jeton.
    """

    modele = AnalyseQualitative
    droit = Droit.CONSULTER_BILANS
    droits = dict.fromkeys(("create", "partial_update"), Droit.GERER_STRUCTURE)
    serializer_class = AnalyseLecture
    ecritures = {"create": AnalyseCreation, "partial_update": AnalyseEcriture}
    filterset_class = AnalyseFiltre
    tris = ("du",)

    def objets(self) -> QuerySet[AnalyseQualitative]:
        return AnalyseQualitative.objects.visibles_par(self.acteur)

    def creer(self, **donnees: Any) -> AnalyseQualitative:
        try:
            return actions.rediger_l_analyse(version=0, par=self.acteur, **donnees)
        except ConflitDeVersion as conflit:
            raise ActionImpossible("Cette période a déjà son analyse\u00a0: la modifier.") from conflit

    def modifier(self, objet: AnalyseQualitative, /, *, version: int, **donnees: Any) -> AnalyseQualitative:
        return actions.rediger_l_analyse(du=objet.du, au=objet.au, version=version, par=self.acteur, **donnees)
