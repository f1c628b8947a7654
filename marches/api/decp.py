"""Importer un fichier DECP par l’API : la même lecture et le même rapport que la commande et l’écran.

Le fichier arrive en base64 dans le corps JSON, comme tout le reste : une seule forme de corps, aussi stricte.
"""

from __future__ import annotations

import io
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from clauses.comptes.acteurs import Acteur
from clauses.socle.api.champs import Booleen, Corps, Octets
from clauses.socle.api.corps import JsonStrict
from clauses.socle.conversions import ValeurRefusee, vers_texte
from clauses.socle.erreurs import FichierRefuse
from marches.imports.decp.comparaison import Difference, Sort
from marches.imports.decp.d_un_coup import importer_d_un_coup
from marches.imports.decp.lecture import A_L_ECRAN, lire_decp
from marches.imports.decp.neutre import Ecart, FichierLu
from marches.imports.decp.rapport import Issue, LigneRapport, Rapport

CHOIX_AU_PLUS = 2000
DEUX_CHOIX = "Dire « choix » ou « tous », pas les deux."


class FichierEnJson(JsonStrict):
    """Le base64 pèse un tiers de plus que le fichier ; le reste du corps tient dans la marge."""

    borne = A_L_ECRAN.octets * 3 // 2


class NomRecu(serializers.CharField):
    """Le nom d’un organisme, sur une ligne, contrôlé comme à l’aperçu."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return vers_texte(super().to_internal_value(data))
        except ValeurRefusee as refus:
            raise serializers.ValidationError(str(refus)) from refus


class ImportEcriture(Corps):
    """`contenu` : le fichier en base64, JSON ou XML réglementaire, CSV plat ou tabulaire, 5\u00a0Mo au plus.

    `choix` : identifiants des contrats à importer, eux seuls ; sans choix, ceux à considération sociale, ou `tous`.
    `noms` : par SIRET, le nom qui manque au fichier. `essai` : le même rapport, sans rien enregistrer. Une demande
    fait entrer deux cents contrats au plus.
    """

    nom = serializers.CharField(max_length=255)
    contenu = Octets()
    choix = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, allow_empty=False, max_length=CHOIX_AU_PLUS
    )
    tous = Booleen(required=False, default=False)
    noms = serializers.DictField(child=NomRecu(max_length=255), required=False)
    essai = Booleen(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["tous"] and attrs.get("choix"):
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


class RapportLu(serializers.Serializer[Rapport]):
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


def importer(
    *,
    nom: str,
    contenu: bytes,
    essai: bool,
    tous: bool,
    par: Acteur,
    choix: list[str] | None = None,
    noms: dict[str, str] | None = None,
) -> Any:
    """Le rapport de l’import, tel que l’API le rend. Lève `ValidationError` si le fichier ne se lit pas."""
    try:
        fichier = lire_decp(io.BytesIO(contenu), nom=nom, jour=timezone.localdate(), bornes=A_L_ECRAN)
    except FichierRefuse as refus:
        raise serializers.ValidationError({"contenu": [str(refus)]}) from refus
    rapport = importer_d_un_coup(
        fichier, choix=frozenset(choix or ()), sans_tri=tous, noms=noms or {}, essai=essai, par=par
    )
    return RapportLu(rapport, context={"essai": essai, "fichier": fichier}).data
