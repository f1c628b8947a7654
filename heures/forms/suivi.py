"""Formulaires du suivi : un devenir à recueillir, les motifs proposés d’une prolongation."""

from __future__ import annotations

from django import forms

from heures.enums import SituationSortie

# Le premier est vrai de toute personne sous contrat, ce que la liste montre d’abord.
MOTIFS = (
    "Contrat de travail en cours",
    "Formation en cours",
    "Arrêt de travail ou congé à rattraper",
    "Agrément ou parcours IAE prolongé",
)


class DevenirForm(forms.Form):
    """La situation d’une personne sortie, à 6 ou à 12 mois ; `version` : celle de la sortie affichée."""

    mois = forms.TypedChoiceField(choices=[(6, "6 mois"), (12, "12 mois")], coerce=int)
    situation = forms.ChoiceField(choices=SituationSortie.choices)
    version = forms.IntegerField(min_value=1)
