"""Ouvrir un marché d’un geste : chaque étape de l’action est une section du corps, et ses refus y sont placés."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from rest_framework import serializers

from clauses.socle.api.champs import Centiemes, Corps, Ecriture, Jour, Reference
from clauses.socle.api.problemes import RefusPlaces, par_champ
from entreprises.models import Entreprise
from marches.actions import RefusEtape
from marches.api.clauses import ClauseEcriture, ReglePenaliteEcriture, selon_le_type
from marches.api.lots import LotEcriture
from marches.api.references import Facilitateur
from marches.enums import TypeObjectif
from marches.models import Acheteur, Marche

PENALITES_AU_PLUS = 20
DEUX_FICHES = "Désigner une fiche par son id, ou en décrire une nouvelle : pas les deux."


@contextmanager
def refus_places() -> Iterator[None]:
    """Place le refus d’une étape dans sa section : « marche.reference », « clause.penalites »."""
    try:
        yield
    except RefusEtape as refus:
        if isinstance(refus.erreur, ValidationError):
            raise serializers.ValidationError({refus.etape: par_champ(refus.erreur)}) from refus
        raise RefusPlaces({refus.etape: [str(refus)]}) from refus


def fiche_ou_ajout(lus: Mapping[str, Any], *, obligatoires: Mapping[str, str]) -> Any:
    """La fiche que désigne `id`, ou les champs de celle à ajouter ; jamais les deux. Lève `ValidationError`."""
    ajout = {champ: valeur for champ, valeur in lus.items() if champ != "id"}
    if "id" in lus:
        if ajout:
            raise serializers.ValidationError(DEUX_FICHES)
        return lus["id"]
    if not ajout:
        raise serializers.ValidationError(f"À indiquer : id, ou {' et '.join(obligatoires)} d’une fiche à ajouter.")
    if manquent := {champ: [phrase] for champ, phrase in obligatoires.items() if not ajout.get(champ)}:
        raise serializers.ValidationError(manquent)
    return ajout


class AcheteurChoisi(Ecriture[Acheteur]):
    """`id`, d’un acheteur de l’annuaire ; sinon `siret` et `nom` de celui à y ajouter."""

    id = Reference(queryset=Acheteur.objects.none(), required=False)

    class Meta:
        model = Acheteur
        fields: ClassVar = ["id", "siret", "nom", "type", "commune_insee", "epci_siren"]
        extra_kwargs: ClassVar = {"siret": {"required": False}, "nom": {"required": False}}

    def validate(self, attrs: dict[str, Any]) -> Any:
        return fiche_ou_ajout(attrs, obligatoires={"siret": "Le SIRET manque : 14 chiffres.", "nom": "Le nom manque."})


class EntrepriseChoisie(Ecriture[Entreprise]):
    """`id`, d’une entreprise de l’annuaire ; sinon `siret` et `raison_sociale` de celle à y ajouter."""

    id = Reference(queryset=Entreprise.objects.none(), required=False)

    class Meta:
        model = Entreprise
        fields: ClassVar = ["id", "siret", "raison_sociale", "type_employeur", "naf", "commune_insee"]
        extra_kwargs: ClassVar = {"siret": {"required": False}, "raison_sociale": {"required": False}}

    def validate(self, attrs: dict[str, Any]) -> Any:
        phrases = {"siret": "Le SIRET manque : 14 chiffres.", "raison_sociale": "La raison sociale manque."}
        return fiche_ou_ajout(attrs, obligatoires=phrases)


class MarcheOuvert(Ecriture[Marche]):
    """Sans `a_clause_sociale`, `a_critere_social` ni `est_reserve`, ce que la nature de la clause implique."""

    facilitateur = Facilitateur(required=False, allow_null=True)

    class Meta:
        model = Marche
        fields: ClassVar = [
            "reference", "objet", "operation", "nature", "procedure", "technique", "ccag", "cpv", "montant_ht",
            "date_notification", "date_debut", "date_fin", "duree_mois", "commune_execution_insee",
            "a_clause_sociale", "a_critere_social", "est_reserve", "position_art35", "motif_art35", "facilitateur",
        ]  # fmt: skip


class ClauseOuverte(ClauseEcriture):
    """`penalites` : les règles posées avec la clause."""

    penalites = serializers.ListField(child=ReglePenaliteEcriture(), required=False, max_length=PENALITES_AU_PLUS)

    class Meta(ClauseEcriture.Meta):
        fields = [*ClauseEcriture.Meta.fields, "penalites"]
        extra_kwargs = {"nature_clause": {"required": True}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return selon_le_type(attrs, attrs.get("type_objectif", TypeObjectif.HEURES_FIXES))


class EngagementOuvert(Corps):
    """`date` : à défaut, la notification du marché."""

    heures = Centiemes(min_value=Decimal("0.01"))
    date = Jour(required=False, allow_null=True, default=None)


class OuvertureSeule(Corps):
    acheteur = AcheteurChoisi()
    marche = MarcheOuvert()


class Ouverture(OuvertureSeule):
    """Le cas courant : un marché, un lot, une clause, un titulaire et ses heures."""

    lot = LotEcriture(required=False)
    clause = ClauseOuverte()
    entreprise = EntrepriseChoisie()
    engagement = EngagementOuvert()
