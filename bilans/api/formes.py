"""Ce que l’API rend d’un bilan et d’un chiffre ouvert, et les paramètres de leurs adresses."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from bilans.ouvrir import NOMS

PAGE = "page"


class LigneDuCatalogue(serializers.Serializer[Any]):
    bilan = serializers.CharField()
    titre = serializers.CharField()
    parametres = serializers.ListField(child=serializers.CharField())
    est_emis = serializers.BooleanField()
    lien = serializers.URLField()


class Periode(serializers.Serializer[Any]):
    du = serializers.DateField()
    au = serializers.DateField()


class Liens(serializers.Serializer[Any]):
    """L’adresse de la liste de chaque chiffre qui s’ouvre : indicateurs, puis tableaux, ligne à ligne."""

    indicateurs = serializers.DictField(child=serializers.URLField())
    indicateurs_n1 = serializers.DictField(child=serializers.URLField())
    tableaux = serializers.DictField(
        child=serializers.ListField(child=serializers.DictField(child=serializers.URLField()))
    )
    totaux = serializers.DictField(
        child=serializers.ListField(child=serializers.DictField(child=serializers.URLField()))
    )


class DocumentDeBilanEmis(serializers.Serializer[Any]):
    """Heures, taux et ETP en chaînes décimales, comptes en entiers, dates ISO 8601, « secret » pour une valeur tue."""

    bilan = serializers.CharField()
    structure = serializers.CharField()
    periode = Periode()
    arrete_au = serializers.DateField()
    base_etp = serializers.IntegerField()
    genere_le = serializers.DateTimeField()
    genere_par = serializers.CharField()
    filtres = serializers.CharField(allow_blank=True)
    version = serializers.CharField()
    empreinte = serializers.CharField(allow_null=True)
    indicateurs = serializers.DictField()
    synthese = serializers.ListField(child=serializers.DictField())
    tableaux = serializers.DictField(child=serializers.ListField(child=serializers.DictField()))
    totaux = serializers.DictField(child=serializers.ListField(child=serializers.DictField()))
    methode = serializers.ListField(child=serializers.DictField(child=serializers.CharField(allow_blank=True)))


class DocumentDeBilan(DocumentDeBilanEmis):
    liens = Liens()


@extend_schema_field({"type": ["string", "integer", "null"]})
class ValeurDeBilan(serializers.JSONField):
    """Chaîne décimale, compte entier, texte, ou rien."""


class Changement(serializers.Serializer[Any]):
    tableau = serializers.CharField()
    ligne = serializers.CharField(allow_blank=True)
    colonne = serializers.CharField(allow_blank=True)
    avant = ValeurDeBilan(allow_null=True)
    apres = ValeurDeBilan(allow_null=True)
    ecart = ValeurDeBilan(allow_null=True)
    unite = serializers.CharField()


class VersionDeBilan(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()


class VersionsComparees(serializers.Serializer[Any]):
    """Les cellules qui n’ont plus la même valeur de la version `ancien` à la version `nouveau`."""

    ancien = serializers.IntegerField()
    nouveau = serializers.IntegerField()
    versions = VersionDeBilan(many=True, help_text="Toutes les versions du même bilan, la plus récente d’abord.")
    changements = Changement(many=True)


class CelluleDeLigne(serializers.Serializer[Any]):
    colonne = serializers.CharField()
    texte = serializers.CharField(allow_blank=True)


class LignesDuChiffre(serializers.Serializer[Any]):
    """Ce qui compose un chiffre. `nombre` et `heures` portent sur toutes les pages : l’un d’eux est le chiffre."""

    mesure = serializers.CharField()
    titre = serializers.CharField()
    filtres = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))
    nombre = serializers.IntegerField()
    heures = serializers.DecimalField(max_digits=17, decimal_places=2, allow_null=True)
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    suivante = serializers.URLField(allow_null=True)
    lignes = serializers.ListField(child=CelluleDeLigne(many=True))


def parametre(nom: str, description: str, *, obligatoire: bool = False) -> OpenApiParameter:
    return OpenApiParameter(nom, str, description=description, required=obligatoire)


DE_LA_DEMANDE = [
    parametre("du", "Début de la période, AAAA-MM-JJ ; sans rien dire, la période que la page propose."),
    parametre("au", "Fin de la période, AAAA-MM-JJ."),
    parametre("arrete_au", "Date d’arrêté, AAAA-MM-JJ ; la fin de la période si elle manque."),
    parametre("acheteur", "SIRET d’un acheteur ou SIREN d’une intercommunalité, pour le bilan d’un acheteur."),
    parametre("operation", "Nom ou numéro d’une opération, pour le bilan FSE+."),
    parametre("engagement", "Numéro d’un engagement, pour le rapport qualité."),
    parametre("complet", "« on » : sans rien taire, pour un bilan qui se masque en sortant de la structure."),
    parametre("periode", "Semestre achevé, « 2025-S2 », pour les agrégats."),
    parametre("annee", "Année achevée, pour votre bilan."),
]
DU_CHIFFRE = [
    parametre("mesure", "Ce que la liste compte : LIGNES, PERSONNES, MARCHES…"),
    parametre("ligne", "La ligne de grille ouverte, « tableau/clef »."),
    parametre("stock", "« on » : depuis toujours, et non depuis le début de la période."),
    parametre(PAGE, "Page de la liste, à partir de 1."),
    *(
        parametre(nom, f"Filtre\u00a0: {libelle.lower()}.")
        for nom, libelle in NOMS.items()
        if nom not in {de_la_demande.name for de_la_demande in DE_LA_DEMANDE}
    ),
]
