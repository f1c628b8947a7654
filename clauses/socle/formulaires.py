"""Gestes communs des formulaires : soumettre à une action, porter la version lue, montrer le refus à sa place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from clauses.socle.erreurs import ActionImpossible

R = TypeVar("R")


def soumettre(form: forms.BaseForm, action: Callable[[], R]) -> R | None:
    """Exécute l’action d’un formulaire valide ; rend son résultat, ou `None` et le refus accroché au formulaire."""
    try:
        return action()
    except ActionImpossible as refus:
        form.add_error(None, str(refus))
        actualiser_version(form, refus)
    except ValidationError as erreur:
        accrocher(form, erreur)
    return None


def accrocher(form: forms.BaseForm, erreur: ValidationError) -> None:
    """Place chaque message sous son champ ; ceux d’un champ absent du formulaire vont en tête."""
    if not hasattr(erreur, "error_dict"):
        form.add_error(None, erreur)
        return
    for champ, messages in erreur.error_dict.items():
        cible = champ if champ in form.fields and champ != NON_FIELD_ERRORS else None
        form.add_error(cible, messages)


def actualiser_version(form: forms.BaseForm, refus: ActionImpossible) -> None:
    """Après un conflit, le formulaire porte la version actuelle : l’enregistrer de nouveau est un choix éclairé."""
    version = getattr(refus, "version", None)
    if version is not None and "version" in form.fields:
        envoi: Any = form.data
        form.data = envoi.copy()
        form.data["version"] = str(version)  # type: ignore[index]


class PresentationMixin:
    """Rendu commun : libellés au-dessus, erreurs reliées au champ, balise <form> écrite par le gabarit."""

    disposition: Layout | None = None

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        if self.disposition is not None:
            helper.layout = self.disposition
        return helper

    @property
    def refus(self) -> list[tuple[str, str, str]]:
        """Ce qui est refusé, champ par champ : (ancre, libellé, message), pour le résumé en tête de page."""
        return [
            (champ.auto_id, str(champ.label), message)
            for champ in self  # type: ignore[attr-defined]
            for message in champ.errors
        ]


class Formulaire(PresentationMixin, forms.Form):
    """Formulaire simple de l’application."""


class FormulaireModele(PresentationMixin, forms.ModelForm):
    """Formulaire d’un modèle ; n’enregistre jamais lui-même (`save` est l’affaire des actions).

    Les contraintes de la base sont vérifiées par l’action, sur l’objet complet : le formulaire ne fait que les champs.
    """

    def validate_constraints(self) -> None:
        return

    def validate_unique(self) -> None:
        return

    def saisie(self) -> dict[str, Any]:
        """Valeurs saisies, prêtes pour l’action."""
        return dict(self.cleaned_data)


class FormulaireVersionne(FormulaireModele):
    """Formulaire de modification : porte la version de la fiche affichée (aucune écriture perdue en silence)."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        self.initial["version"] = self.instance.version
