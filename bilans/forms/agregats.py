"""Choix du semestre d’un document masqué : rien d’autre ne se choisit."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from bilans.semestres import Semestre, semestres_acheves
from clauses.socle.formulaires import Formulaire


class SemestreForm(Formulaire):
    periode = forms.ChoiceField(
        label="Semestre",
        error_messages={"invalid_choice": "Ce semestre n’est pas proposé. En choisir un de la liste."},
    )

    def __init__(self, *args: Any, jour: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.semestres = {semestre.code: semestre for semestre in semestres_acheves(jour)}
        choix = [(code, str(semestre)) for code, semestre in self.semestres.items()]
        self.fields["periode"].choices = choix  # type: ignore[attr-defined]

    def semestre(self) -> Semestre:
        return self.semestres[self.cleaned_data["periode"]]
