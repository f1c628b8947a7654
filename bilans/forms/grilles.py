"""Les lignes d’un tableau de grille : libellé, groupe et codes rattachés."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from bilans.grilles.forme import LigneGrille
from clauses.socle.formulaires import Formulaire

LIGNES_MAX = 120
LIGNES_NEUVES = 2


class LigneForm(forms.Form):
    cle = forms.SlugField(required=False, max_length=60, widget=forms.HiddenInput)
    libelle = forms.CharField(label="Libellé", required=False, max_length=120)
    groupe = forms.CharField(label="Groupe", required=False, max_length=80)
    codes = forms.CharField(label="Codes rattachés", required=False, max_length=2000)
    retirer = forms.BooleanField(label="Retirer", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Une ligne inchangée se relit comme les autres : Django la sauterait, et elle serait perdue.
        super().__init__(*args, **{**kwargs, "empty_permitted": False})

    def clean(self) -> dict[str, Any]:
        donnees = dict(super().clean() or self.cleaned_data)
        if donnees.get("codes") and not donnees.get("libelle") and not donnees.get("retirer"):
            self.add_error("libelle", "Nommer la ligne, ou la retirer.")
        return donnees

    @property
    def est_vide(self) -> bool:
        """À ne pas garder : cochée « retirer », ou ligne neuve laissée vide."""
        lue = self.cleaned_data
        return bool(lue["retirer"]) or not (lue["cle"] or lue["libelle"] or lue["codes"])

    def ligne(self) -> LigneGrille:
        lue = self.cleaned_data
        codes = tuple(code for code in re.split(r"[\s,;]+", lue["codes"]) if code)
        return LigneGrille(lue["cle"], lue["libelle"], codes, lue["groupe"])


def refus(lignes: forms.BaseFormSet[Any]) -> list[str]:
    """Chaque refus, avec le numéro de sa ligne et le nom de son champ."""
    dits = [
        f"Ligne {rang}, {str(champ.label).lower()}\u00a0: {message}"
        for rang, une in enumerate(lignes.forms, 1)
        for champ in une
        for message in champ.errors
    ]
    return dits if lignes.forms else ["La page est incomplète\u00a0: la rouvrir, puis reprendre la modification."]


LignesFormSet = forms.formset_factory(
    LigneForm, extra=LIGNES_NEUVES, max_num=LIGNES_MAX, validate_max=True, absolute_max=LIGNES_MAX
)


class VersionForm(Formulaire):
    """La version du tableau à l’écran : 0 pour celui que livre l’application."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
