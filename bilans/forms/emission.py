"""Ce que l’on choisit en émettant un bilan."""

from __future__ import annotations

from django import forms

from bilans.enums import NatureEmission
from clauses.socle.formulaires import Formulaire


class NatureForm(Formulaire):
    nature = forms.ChoiceField(
        label="Nature",
        choices=NatureEmission.choices,
        initial=NatureEmission.INTERMEDIAIRE,
        widget=forms.RadioSelect,
        help_text="Final\u00a0: la structure le dit complet. Intermédiaire\u00a0: il porte ce qui reste à compléter.",
    )
