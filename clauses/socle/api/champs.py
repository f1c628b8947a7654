"""Sérialiseurs de l’API : `Lecture` rend les champs choisis, `Ecriture` refuse ce qu’elle ne connaît pas."""

from __future__ import annotations

import datetime
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, NoReturn, TypeVar

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clauses.socle.api.listes import champs_choisis
from clauses.socle.champs import CentiemesField, EurosField, HeuresField, MoisField
from clauses.socle.conversions.dates import LE_PLUS_TARD, LE_PLUS_TOT

M = TypeVar("M", bound=models.Model)
# Année de quatre chiffres, jamais 0000 : ce que `datetime.date` sait porter.
MOIS = re.compile(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])")


class HeuresAuCentieme(serializers.DecimalField):
    """Heures (ou euros) rendues en chaîne décimale, au centième : « 988.84 » (formats.md §4)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 17, "decimal_places": 2, "read_only": True, **options})


class Centiemes(serializers.DecimalField):
    """Heures, euros ou part, au centième : chaîne « 12.50 » ou nombre JSON ; jamais arrondis."""

    default_error_messages = {
        "max_decimal_places": "Deux décimales au plus : rien n’est arrondi.",
        "invalid": "Un nombre, par exemple 12.50.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 15, "decimal_places": 2, **options})

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$", "examples": ["2026-03"]})
class Mois(serializers.Field[datetime.date, str, str, Any]):
    """Un mois, « AAAA-MM » ; en Python, son premier jour."""

    default_error_messages = {
        "invalid": "Un mois, écrit AAAA-MM : 2026-03.",
        "annee": "L’année {annee} est impossible : vérifier le mois.",
    }

    def to_internal_value(self, data: Any) -> datetime.date:
        if not isinstance(data, str) or not MOIS.fullmatch(data):
            self.fail("invalid")
        mois = datetime.date.fromisoformat(f"{data}-01")
        if not LE_PLUS_TOT.year <= mois.year <= LE_PLUS_TARD.year:
            self.fail("annee", annee=mois.year)
        return mois

    def to_representation(self, value: datetime.date) -> str:
        return f"{value:%Y-%m}"


class Booleen(serializers.BooleanField):
    """`true` ou `false`, et rien qui y ressemble."""

    default_error_messages = {"invalid": "Écrire true ou false."}
    TRUE_VALUES = {True}
    FALSE_VALUES = {False}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Jour(serializers.DateField):
    """Une date plausible, comme dans un tableur reçu : de 1900 à 2100."""

    default_error_messages = {
        "invalid": "Une date, écrite AAAA-MM-JJ : 2026-03-15.",
        "datetime": "Une date sans heure, écrite AAAA-MM-JJ : 2026-03-15.",
        "annee": "L’année {annee} est impossible : vérifier la date.",
    }

    def to_internal_value(self, value: Any) -> datetime.date:
        jour: datetime.date = super().to_internal_value(value)
        if not LE_PLUS_TOT <= jour <= LE_PLUS_TARD:
            self.fail("annee", annee=jour.year)
        return jour


CHAMPS: dict[type[models.Field[Any, Any]], type[serializers.Field[Any, Any, Any, Any]]] = {
    **dict.fromkeys((CentiemesField, HeuresField, EurosField), Centiemes),
    MoisField: Mois,
    models.BooleanField: Booleen,
    models.DateField: Jour,
}


class Choix(serializers.ChoiceField):
    """Un code de la liste, écrit exactement ; la faute cite les codes."""

    def fail(self, key: str, **textes: Any) -> NoReturn:
        if key == "invalid_choice":
            codes = ", ".join(str(code) for code in self.choices if code != "")
            raise serializers.ValidationError(f"Code inconnu : {textes['input']}. Codes : {codes}.")
        super().fail(key, **textes)


class Reference(serializers.PrimaryKeyRelatedField[Any]):
    """Le numéro d’une fiche que l’appelant voit ; les autres n’existent pas pour lui.

    Hors d’un sérialiseur de modèle, se déclare sur un queryset vide (`.none()`) : seul son modèle compte.
    """

    default_error_messages = {
        "does_not_exist": "Aucune fiche n°\u00a0{pk_value} que vous puissiez voir.",
        "incorrect_type": "Le numéro d’une fiche est un nombre entier.",
    }

    def get_queryset(self) -> Any:
        declare: Any = super().get_queryset()
        tous = declare.model._default_manager.all()
        return tous.visibles_par(self.context["request"].acteur) if hasattr(tous, "visibles_par") else tous

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, int) or isinstance(data, bool) or not 0 < data < 2**63:
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)

    def use_pk_only_optimization(self) -> bool:
        return True


class NumeroDeFiche(serializers.IntegerField):
    """Le numéro d’une fiche, lu en groupe avec d’autres : c’est la vue qui la cherche dans le périmètre."""

    default_error_messages = {"invalid": "Le numéro d’une fiche est un nombre entier."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 2**63 - 1, **options})

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class References(serializers.ListField):
    """Les numéros de plusieurs fiches que l’appelant voit, sans double ; cherchées en une requête."""

    default_error_messages = {"does_not_exist": "Aucune fiche n°\u00a0{clefs} que vous puissiez voir."}

    def __init__(self, modele: type[models.Model], **options: Any) -> None:
        self.modele = modele
        super().__init__(**{"child": NumeroDeFiche(), "allow_empty": False, "max_length": 200, **options})

    def to_internal_value(self, data: Any) -> list[Any]:
        clefs = list(dict.fromkeys(super().to_internal_value(data)))
        visibles: Any = self.modele._default_manager.all()
        trouvees = visibles.visibles_par(self.context["request"].acteur).in_bulk(clefs)
        if manquent := [str(clef) for clef in clefs if clef not in trouvees]:
            self.fail("does_not_exist", clefs=", ".join(manquent))
        return [trouvees[clef] for clef in clefs]


class Lecture(serializers.ModelSerializer[M]):
    """Une fiche rendue : « ?champs= » la réduit aux champs demandés.

    `reserves` : les champs que seuls les agents de la structure lisent ; un partenaire ne sait pas qu’ils existent.
    `selon_le_droit` : ceux que ne lit que qui a ce droit, comme à la page ; pour les autres, ils n’existent pas.
    """

    reserves: ClassVar[frozenset[str]] = frozenset()
    selon_le_droit: ClassVar[Mapping[str, Any]] = {}

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | CHAMPS

    def get_fields(self) -> dict[str, Any]:
        champs = super().get_fields()
        for champ in champs.values():
            champ.read_only, champ.required = True, False
        requete = self.context.get("request")
        acteur = getattr(requete, "acteur", None)
        if requete is None or acteur is None:  # le schéma se tire des vues, sans appelant
            return champs
        if not acteur.est_de_la_structure:
            champs = {nom: champ for nom, champ in champs.items() if nom not in self.reserves}
        fermes = {nom for nom, droit in self.selon_le_droit.items() if not acteur.peut(droit)}
        champs = {nom: champ for nom, champ in champs.items() if nom not in fermes}
        est_incluse = self.parent is not None and not isinstance(self.parent, serializers.ListSerializer)
        return champs if est_incluse else {nom: champs[nom] for nom in champs_choisis(requete, list(champs))}


class Corps(serializers.Serializer[Any]):
    """Le corps d’un geste. Un champ inconnu ou en lecture seule se refuse : l’ignorer ferait croire qu’il a servi."""

    def to_internal_value(self, data: Any) -> Any:
        possibles = [nom for nom, champ in self.fields.items() if not champ.read_only]
        inconnus = set(data) - set(possibles) if isinstance(data, dict) else set()
        if inconnus:
            phrase = f"Champ inconnu, ou qui ne s’écrit pas. Possibles : {', '.join(possibles) or 'aucun'}."
            raise serializers.ValidationError({nom: [phrase] for nom in sorted(inconnus)})
        return super().to_internal_value(data)


class Rien(Corps):
    """Un geste sans corps : ce qu’on y mettrait se refuse."""


class Ecriture(Corps, serializers.ModelSerializer[M]):
    """Les champs qu’une action accepte ; les règles sont les siennes : rien n’est recontrôlé ici deux fois."""

    serializer_related_field = Reference
    serializer_choice_field = Choix
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | CHAMPS

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Sans les contrôles d’unicité de DRF, qui regardent hors du périmètre : l’action et la base les tiennent."""
        classe, options = super().build_standard_field(field_name, model_field)
        validateurs = [v for v in options.pop("validators", []) if not hasattr(v, "requires_context")]
        return classe, options | ({"validators": validateurs} if validateurs else {})

    def get_validators(self) -> list[Any]:
        return []


@extend_schema_field({"type": "string", "contentEncoding": "base64"})
class Octets(serializers.Field[bytes, str, str, Any]):
    """Le contenu d’un petit fichier, champ d’une fiche parmi d’autres, en base64."""

    default_error_messages = {"invalid": "Le contenu d’un fichier, écrit en base64."}

    def to_internal_value(self, data: Any) -> bytes:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return b64decode(data, validate=True)
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: bytes) -> str:
        return b64encode(bytes(value)).decode()


class Code(Reference):
    """Le code d’une fiche connue par un texte : SIREN d’une intercommunalité."""

    default_error_messages = {
        "does_not_exist": "Aucune fiche de code «\u00a0{pk_value}\u00a0».",
        "incorrect_type": "Un code est un texte.",
    }

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or "\x00" in data:
            self.fail("incorrect_type", data_type=type(data).__name__)
        return serializers.PrimaryKeyRelatedField.to_internal_value(self, data)
