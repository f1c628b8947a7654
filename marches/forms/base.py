"""Ce que les formulaires des marchés ont en commun : dates, refus à leur place, étapes d’une même page."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from clauses.socle.champs import SaisieDecimale
from clauses.socle.conversions import vers_montant
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import accrocher
from marches.actions import RefusEtape
from marches.forms.choix import ChoixOuAjout

R = TypeVar("R")
CENT = Decimal(100)
ANNEES = range(1990, 2101)


class SaisieDate(forms.DateField):
    """Une date, par le calendrier du navigateur ou « 31/12/2026 »."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": "Cette date est illisible : l’écrire jj/mm/aaaa, par exemple 31/12/2026."}

    def to_python(self, value: Any) -> datetime.date | None:
        jour = super().to_python(value)
        if jour is not None and jour.year not in ANNEES:
            raise ValidationError(f"L’année {jour.year} est impossible : vérifier la date.", code="annee")
        return jour


class PourcentageField(SaisieDecimale):
    """Un pourcentage, supérieur à zéro et d’au plus 100, à deux décimales."""

    convertir = staticmethod(vers_montant)

    def clean(self, value: Any) -> Any:
        lu: Decimal | None = super().clean(value)
        if lu is not None and not 0 < lu <= CENT:
            raise ValidationError("Ce pourcentage va de 0 (exclu) à 100.")
        return lu


class RefusPlaces:
    """Place sous son champ le refus d’une contrainte de la base ; `places` : nom de contrainte → champ.

    Nomme aussi le choix vide d’une liste : « Non renseigné » plutôt que des tirets.
    """

    places: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():  # type: ignore[attr-defined]
            if isinstance(champ, forms.TypedChoiceField):
                choix: Any = champ.choices
                champ.choices = [(code, libelle if code else "Non renseigné") for code, libelle in choix]

    def add_error(self, field: str | None, error: Any) -> None:
        if hasattr(error, "error_dict"):
            for champ, refus in error.error_dict.items():
                self.add_error(None if champ == NON_FIELD_ERRORS else champ, refus)
            return
        if field is not None:
            super().add_error(field, error)  # type: ignore[misc]
            return
        for refus in ValidationError(error).error_list:
            super().add_error(self._place(refus), refus)  # type: ignore[misc]

    def _place(self, refus: ValidationError) -> str | None:
        for contrainte in self._meta.model._meta.constraints:  # type: ignore[attr-defined]
            champ = self.places.get(contrainte.name)
            if contrainte.violation_error_message == refus.message and champ in self.fields:  # type: ignore[attr-defined]
                return champ
        return None


class Etapes:
    """Les formulaires d’une même page, un par étape de l’action qui les reçoit ; chacun garde ses saisies."""

    def __init__(self, **formulaires: Any) -> None:
        self.formulaires = formulaires

    def __getitem__(self, etape: str) -> Any:
        return self.formulaires[etape]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.formulaires.values())

    def sont_valides(self) -> bool:
        """Contrôle toutes les étapes, sans s’arrêter à la première en faute."""
        refuses = [formulaire for formulaire in self if not formulaire.is_valid()]
        return not refuses

    def soumettre(self, action: Callable[[], R]) -> R | None:
        """Exécute l’action ; un refus s’accroche à l’étape qui l’a causé, et l’on rend `None`."""
        try:
            return action()
        except RefusEtape as refus:
            _accrocher(self[refus.etape], refus.erreur)
        except (ActionImpossible, ValidationError) as refus:
            _accrocher(list(self)[-1], refus)
        return None

    @property
    def sections(self) -> list[tuple[str, Any, bool]]:
        """Pour la page : (ancre, formulaire, s’agit-il d’un choix dans l’annuaire)."""
        return [(f"etape-{nom}", f, isinstance(f, ChoixOuAjout)) for nom, f in self.formulaires.items()]

    @property
    def refus(self) -> list[tuple[str, str, str]]:
        """Résumé des refus de toutes les étapes : (ancre, libellé, message)."""
        resume: list[tuple[str, str, str]] = []
        for etape, formulaire in self.formulaires.items():
            resume += [(f"etape-{etape}", formulaire.titre, message) for message in formulaire.non_field_errors()]
            resume += [
                (ancre, f"{formulaire.titre}, {libelle}", message) for ancre, libelle, message in formulaire.refus
            ]
        return resume


def _accrocher(formulaire: Any, refus: ActionImpossible | ValidationError) -> None:
    if isinstance(refus, ValidationError):
        accrocher(formulaire, refus)
    else:
        formulaire.add_error(None, str(refus))
