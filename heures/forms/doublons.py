"""Formulaires des doublons : chercher l’autre fiche, choisir celle que l’on garde."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from clauses.comptes.acteurs import Acteur
from clauses.socle.formulaires import Formulaire
from heures.forms.champs import SansNirMixin
from heures.models import Participant


class AutreFicheForm(Formulaire):
    """Chercher la seconde fiche, quand rien ne la propose (un nom d’usage, par exemple)."""

    q = forms.CharField(
        label="Nom, prénom ou identifiant de l’autre fiche",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )


class FicheGardee(forms.ModelChoiceField):  # type: ignore[type-arg]  # ne s’indice pas à l’exécution
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}, {obj.identifiant}"


class FusionForm(SansNirMixin, Formulaire):
    gardee = FicheGardee(
        label="Fiche gardée",
        queryset=Participant.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        help_text="Son nom, sa naissance et son identifiant restent ; l’autre fiche disparaît des listes.",
    )
    motif = forms.CharField(
        label="Motif", max_length=500, required=False, help_text="Facultatif : comment vous l’avez su."
    )

    def __init__(self, *args: Any, fiches: Sequence[Participant], acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        proposees = Participant.objects.visibles_par(acteur).filter(pk__in=[fiche.pk for fiche in fiches])
        self.fields["gardee"].queryset = proposees.order_by("pk")
