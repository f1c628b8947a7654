"""Le texte d’un courriel : objet et corps, avec leurs variables."""

from __future__ import annotations

from django import forms

from clauses.socle.formulaires import Formulaire
from heures.courriels import Texte
from heures.forms.champs import SansNirMixin


class ModeleForm(SansNirMixin, Formulaire):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    objet = forms.CharField(
        label="Objet", max_length=150, help_text="Sans nom de personne : d’autres que le destinataire peuvent le lire."
    )
    corps = forms.CharField(
        label="Corps",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="Le paragraphe qui porte {lien} est répété quand un courriel réunit plusieurs relevés.",
    )

    def texte(self) -> Texte:
        return Texte(self.cleaned_data["objet"], self.cleaned_data["corps"])
