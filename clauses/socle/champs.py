"""Champs maison : heures et euros au centième exact, SIRET, mois.

Les centièmes sont des entiers en base : aucune somme ne passe par un flottant, sur SQLite comme sur PostgreSQL
(conception « sécurité » §0.1). En Python, tout est `Decimal` à deux décimales.
"""

from __future__ import annotations

import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from stdnum.exceptions import ValidationError as NumeroInvalide
from stdnum.fr import siret as stdnum_siret

from clauses.socle.conversions import ValeurRefusee, vers_heures, vers_mois, vers_montant, vers_siret
from clauses.socle.nombres import CENTIEME, au_centieme

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.expressions import Combinable

SIREN_LA_POSTE = "356000000"


class CentiemesField(models.BigIntegerField):  # type: ignore[type-arg]
    """Nombre décimal exact à deux décimales, stocké en centièmes entiers.

    Une somme (`Sum`) revient en `Decimal`. Une expression arithmétique (`F("heures") + …`) est pour Django un entier :
    lui donner `output_field=HeuresField()`, sans quoi elle revient en centièmes.
    """

    # Lus par mypy seulement : ce que l’attribut d’un objet accepte et rend.
    _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]
    _pyi_lookup_exact_type: Decimal | int  # type: ignore[assignment]

    def from_db_value(self, valeur: Any, expression: Any, connection: BaseDatabaseWrapper) -> Decimal | None:
        return None if valeur is None else (Decimal(int(valeur)) / 100).quantize(CENTIEME)

    def to_python(self, valeur: Any) -> Decimal | None:
        if valeur is None or valeur == "":
            return None
        if isinstance(valeur, float):
            raise ValidationError(
                "Un nombre à virgule flottante n’est pas exact : donner un Decimal.", code="flottant"
            )
        try:
            decimal = valeur if isinstance(valeur, Decimal) else Decimal(str(valeur))
        except InvalidOperation as erreur:
            raise ValidationError(f"« {valeur} » n’est pas un nombre.", code="invalide") from erreur
        if not decimal.is_finite():
            raise ValidationError(f"« {valeur} » n’est pas un nombre.", code="invalide")
        if decimal != au_centieme(decimal):
            raise ValidationError("Deux décimales au plus.", code="decimales")
        return au_centieme(decimal)

    def get_prep_value(self, valeur: Any) -> Any:
        if valeur is None or hasattr(valeur, "resolve_expression"):
            return valeur
        decimal = self.to_python(valeur)
        return None if decimal is None else int(decimal * 100)

    @property
    def validators(self) -> list[Any]:
        # Les bornes d’entier de la base s’appliquent aux centièmes, pas au Decimal ; `limites` s’en charge.
        return [*self._validators, limites]  # type: ignore[attr-defined]

    def value_to_string(self, obj: models.Model) -> str:
        valeur = self.value_from_object(obj)
        return "" if valeur is None else str(valeur)


def limites(valeur: Decimal | None) -> None:
    """Refuse ce qu’un entier de 64 bits ne sait pas garder en centièmes."""
    if valeur is not None and abs(valeur) >= Decimal(10) ** 15:
        raise ValidationError("Ce nombre est trop grand.", code="trop_grand")


class SaisieDecimale(forms.CharField):
    """Saisie d’un nombre à la française (« 1 820,50 », « 7h30 » pour les heures), montrée avec une virgule."""

    convertir: Any = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        return str(value).replace(".", ",") if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        texte = super().to_python(value)
        if texte in self.empty_values:
            return None
        try:
            return type(self).convertir(texte)
        except ValeurRefusee as refus:
            raise ValidationError(str(refus), code="invalide") from refus


class SaisieHeures(SaisieDecimale):
    convertir = staticmethod(lambda texte: vers_heures(texte).valeur)


class SaisieEuros(SaisieDecimale):
    convertir = staticmethod(vers_montant)


class HeuresField(CentiemesField):
    """Heures d’insertion, en centièmes d’heure (« Heures » de domaine.md)."""

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return models.Field.formfield(self, **{"form_class": SaisieHeures, **kwargs})


class EurosField(CentiemesField):
    """Montant hors taxes, en centimes d’euro."""

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return models.Field.formfield(self, **{"form_class": SaisieEuros, **kwargs})


def valider_siret(valeur: str) -> None:
    """Contrôle un SIRET : 14 chiffres et clef, avec l’exception de La Poste (somme des chiffres multiple de 5)."""
    try:
        stdnum_siret.validate(valeur)
    except NumeroInvalide as erreur:
        if len(valeur) != 14 or not (valeur.isascii() and valeur.isdigit()):
            raise ValidationError("Un SIRET comporte 14 chiffres.", code="siret") from erreur
        raise ValidationError(
            f"Le SIRET {valeur} est impossible : sa clef de contrôle est fausse. Vérifier les 14 chiffres.",
            code="siret",
        ) from erreur


class SaisieSiret(forms.CharField):
    """Saisie d’un SIRET, espaces permises."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "max_length": 40})
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        texte = super().to_python(value)
        if texte in self.empty_values:
            return ""
        try:
            return vers_siret(texte)
        except ValeurRefusee as refus:
            raise ValidationError(str(refus), code="siret") from refus


class SiretField(models.CharField):  # type: ignore[type-arg]
    """SIRET : du texte, jamais un entier (il peut commencer par zéro)."""

    default_validators = [valider_siret]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 14
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        texte = super().to_python(value)
        return "".join(str(texte).split()) if texte else texte

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return super().formfield(**{"form_class": SaisieSiret, **kwargs})


class SaisieMois(forms.Field):
    """Saisie d’un mois : « 2026-03 », « 03/2026 » ; contrôle natif du navigateur quand il existe."""

    widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return vers_mois(value)
        except ValeurRefusee as refus:
            raise ValidationError(str(refus), code="invalide") from refus


class MoisField(models.DateField):  # type: ignore[type-arg]
    """Mois, stocké comme son premier jour ; une date quelconque y est ramenée avant l’écriture."""

    def to_python(self, value: Any) -> datetime.date | None:
        jour = super().to_python(value)
        return None if jour is None else jour.replace(day=1)

    def get_prep_value(self, value: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            return value
        return super().get_prep_value(self.to_python(value))

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return models.Field.formfield(self, **{"form_class": SaisieMois, **kwargs})
