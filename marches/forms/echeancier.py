"""L’échéancier d’un engagement : des lignes date et part, dont les vides ne comptent pas."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clauses.socle.formulaires import Formulaire
from marches.forms.base import SaisieDate
from marches.models import Engagement
from marches.previsions import Jalon

LIGNES_LIBRES = 4
LIGNES_AU_PLUS = 24


class EcheancierForm(Formulaire):
    """Une ligne par jalon enregistré, et quelques libres ; vider une ligne retire son jalon."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = engagement.version
        jalons = engagement.echeancier
        self.rangs = range(1, min(len(jalons) + LIGNES_LIBRES, LIGNES_AU_PLUS) + 1)
        rangees = []
        for rang in self.rangs:
            jalon = jalons[rang - 1] if rang <= len(jalons) else None
            self.fields[f"date_{rang}"] = SaisieDate(
                label=f"Date {rang}", required=False, initial=jalon.date if jalon else None
            )
            self.fields[f"part_{rang}"] = forms.IntegerField(
                label=f"Part attendue {rang} (%)",
                required=False,
                min_value=0,
                max_value=100,
                initial=jalon.part if jalon else None,
            )
            rangees.append(Row(*(Column(f"{nom}_{rang}", css_class="col-6") for nom in ("date", "part"))))
        self.disposition = Layout("version", *rangees)

    def clean(self) -> None:
        super().clean()
        for rang in self.rangs:
            date, part = self.cleaned_data.get(f"date_{rang}"), self.cleaned_data.get(f"part_{rang}")
            if date is not None and part is None and not self.has_error(f"part_{rang}"):
                self.add_error(f"part_{rang}", "Dire quelle part est attendue à cette date.")
            if part is not None and date is None and not self.has_error(f"date_{rang}"):
                self.add_error(f"date_{rang}", "Dire à quelle date cette part est attendue.")

    def saisie(self) -> dict[str, Any]:
        lues = ((self.cleaned_data[f"date_{r}"], self.cleaned_data[f"part_{r}"]) for r in self.rangs)
        return {
            "jalons": [Jalon(date, part) for date, part in lues if date is not None],
            "version": self.cleaned_data["version"],
        }
