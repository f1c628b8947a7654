"""Le rapport d’un import de relevé, en JSON : les mêmes lignes, refus et doutes que la page et la commande."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clauses.socle.api.champs import HeuresAuCentieme, Mois
from heures.enums import TypeHeures
from heures.imports.releves.rapport import Candidat, Doute, Issue, LigneRapport, Rapport, Remarque


class RemarqueDuRapport(serializers.Serializer[Remarque]):
    """Où le tableur la montre, et pourquoi ; `raison` finit par le remède."""

    feuille = serializers.CharField(allow_blank=True)
    ligne = serializers.IntegerField(allow_null=True)
    colonne = serializers.CharField(allow_blank=True)
    valeur = serializers.CharField(allow_blank=True)
    raison = serializers.CharField()


class HeuresDuRapport(serializers.Serializer[LigneRapport]):
    """Une ligne d’heures du fichier et ce qu’il en advient ; `ancienne` : les heures qu’elle remplace."""

    feuille = serializers.CharField(allow_blank=True)
    ligne = serializers.IntegerField(source="numero")
    personne = serializers.CharField()
    engagement = serializers.IntegerField(source="engagement.pk")
    mois = Mois(read_only=True)
    type_heures = serializers.ChoiceField(choices=TypeHeures.choices)
    heures = HeuresAuCentieme()
    issue = serializers.ChoiceField(choices=Issue.choices)
    ancienne = HeuresAuCentieme(allow_null=True)
    raison = serializers.CharField(allow_blank=True)


class CandidatDuDoute(serializers.Serializer[Candidat]):
    numero = serializers.IntegerField(source="clef")
    libelle = serializers.CharField()


class NumeroDeLigne(serializers.IntegerField):
    """Une ligne du fichier, sans sa feuille."""

    def to_representation(self, value: Any) -> int:
        _, numero = value
        return int(numero)


class DouteDuRapport(serializers.Serializer[Doute]):
    """Un cas que l’import ne tranche pas : renvoyer `clef` dans « choix », avec le numéro d’un candidat, ou 0."""

    clef = serializers.CharField()
    intitule = serializers.CharField()
    raison = serializers.CharField()
    candidats = CandidatDuDoute(many=True)
    lignes = serializers.ListField(child=NumeroDeLigne())
    choisi = serializers.IntegerField(allow_null=True)


class RapportLu(serializers.Serializer[Rapport]):
    """`signature` : à rendre pour n’importer que ce qui a été lu ; `deja_importe` : l’import déjà fait de ce fichier.

    `provenance` : d’où viennent les colonnes ; `conclusion` : ce que la page et la commande en disent.
    """

    essai = serializers.BooleanField(source="simulation")
    accepte = serializers.BooleanField()
    provenance = serializers.CharField(source="source", allow_blank=True)
    lues = serializers.IntegerField()
    signature = serializers.CharField(allow_blank=True)
    heures = HeuresDuRapport(many=True)
    refus = RemarqueDuRapport(many=True)
    avertissements = RemarqueDuRapport(many=True)
    ecartees = RemarqueDuRapport(many=True)
    personnes_a_choisir = DouteDuRapport(many=True)
    contrats_a_choisir = DouteDuRapport(many=True)
    deja_importe = serializers.IntegerField(source="deja_importe.pk", default=None, allow_null=True)
    conclusion = serializers.CharField()
