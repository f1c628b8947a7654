"""Importer un fichier DECP par l’API : la même lecture et le même rapport que la commande et l’écran."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from clauses.comptes.acteurs import Acteur
from clauses.socle.api.champs import Booleen, Corps
from clauses.socle.api.fichiers import FichierRecu
from clauses.socle.conversions import ValeurRefusee, vers_texte
from clauses.socle.erreurs import FichierRefuse
from marches.imports.decp.comparaison import Difference, Sort
from marches.imports.decp.d_un_coup import importer_d_un_coup
from marches.imports.decp.lecture import A_L_ECRAN, lire_decp
from marches.imports.decp.neutre import Ecart, FichierLu
from marches.imports.decp.rapport import Issue, LigneRapport, Rapport

CHOIX_AU_PLUS = 2000
DEUX_CHOIX = "Dire des identifiants ou « tous », pas les deux."


class NomRecu(serializers.CharField):
    """Le nom d’un organisme, sur une ligne, contrôlé comme à l’aperçu."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return vers_texte(super().to_internal_value(data))
        except ValeurRefusee as refus:
            raise serializers.ValidationError(str(refus)) from refus


class ChoixDeContrats(Corps):
    """`identifiants` : les contrats à importer, eux seuls ; `noms` : par SIRET, celui qui manque au fichier."""

    identifiants = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, allow_empty=False, max_length=CHOIX_AU_PLUS
    )
    noms = serializers.DictField(child=NomRecu(max_length=255), required=False)


class FichierDecp(Corps):
    """JSON ou XML réglementaire, CSV plat ou tabulaire, 5\u00a0Mo au plus ; deux cents contrats neufs au plus.

    Sans identifiant choisi, ceux à considération sociale, ou `tous`. `essai` : le même rapport, sans rien enregistrer.
    """

    fichier = FichierRecu()
    essai = Booleen(required=False, default=False)
    tous = Booleen(required=False, default=False)
    choix = ChoixDeContrats(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["tous"] and attrs.get("choix", {}).get("identifiants"):
            raise serializers.ValidationError({"tous": [DEUX_CHOIX]})
        return attrs


class EcartLu(serializers.Serializer[Ecart]):
    """Un défaut du fichier que la lecture a toléré, et ce qui en a été fait."""

    champ = serializers.CharField()
    valeur = serializers.CharField()
    raison = serializers.CharField()


class DifferenceLue(serializers.Serializer[Difference]):
    """Ce que le fichier dit autrement que le marché enregistré, et ce que l’on en a fait."""

    champ = serializers.CharField()
    enregistre = serializers.CharField()
    lu = serializers.CharField()
    avant = serializers.CharField()
    sort = serializers.ChoiceField(choices=[(sort.value, sort.value) for sort in Sort])


class ContratDuRapport(serializers.Serializer[LigneRapport]):
    """Un contrat et ce qu’il est devenu ; `marche` est nul tant qu’aucun n’est enregistré."""

    rang = serializers.IntegerField(source="contrat.rang")
    identifiant = serializers.CharField(source="contrat.identifiant")
    acheteur_siret = serializers.CharField(source="siret")
    objet = serializers.CharField(source="contrat.objet")
    issue = serializers.ChoiceField(choices=Issue.choices)
    raison = serializers.CharField()
    marche = serializers.SerializerMethodField()
    est_a_veiller = serializers.SerializerMethodField()
    ecarts = EcartLu(source="contrat.ecarts", many=True)
    differences = DifferenceLue(many=True)

    def get_marche(self, ligne: LigneRapport) -> int | None:
        est_defait = self.context["essai"] and ligne.issue is Issue.IMPORTE
        return None if ligne.marche is None or est_defait else ligne.marche.pk

    def get_est_a_veiller(self, ligne: LigneRapport) -> bool:
        """Au-dessus des seuils, sans considération sociale (article 35)."""
        return ligne.veille is not None


class RapportDecp(serializers.Serializer[Rapport]):
    """Chaque contrat lu y a une issue et une seule ; `comptes` : leur nombre, par issue."""

    essai = serializers.SerializerMethodField()
    format = serializers.SerializerMethodField()
    resume = serializers.CharField()
    lus = serializers.IntegerField()
    lignes_lues = serializers.IntegerField()
    a_veiller = serializers.IntegerField()
    comptes = serializers.DictField(child=serializers.IntegerField())
    contrats = ContratDuRapport(source="lignes", many=True)

    def get_essai(self, rapport: Rapport) -> bool:
        essai: bool = self.context["essai"]
        return essai

    def get_format(self, rapport: Rapport) -> str:
        """La forme reconnue."""
        lu: FichierLu = self.context["fichier"]
        return lu.format.value


def importer(donnees: Mapping[str, Any], *, par: Acteur) -> Any:
    """Le rapport de l’import, tel que l’API le rend. Lève `ValidationError` si le fichier ne se lit pas."""
    recu, essai, choix = donnees["fichier"], donnees["essai"], donnees.get("choix", {})
    try:
        fichier = lire_decp(recu, nom=recu.name, jour=timezone.localdate(), bornes=A_L_ECRAN)
    except FichierRefuse as refus:
        raise serializers.ValidationError({"fichier": [str(refus)]}) from refus
    rapport = importer_d_un_coup(
        fichier,
        choix=frozenset(choix.get("identifiants", ())),
        sans_tri=donnees["tous"],
        noms=choix.get("noms", {}),
        essai=essai,
        par=par,
    )
    return RapportDecp(rapport, context={"essai": essai, "fichier": fichier}).data
