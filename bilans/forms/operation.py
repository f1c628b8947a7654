"""Choix d’un bilan par opération."""

from __future__ import annotations

from dataclasses import replace

from django import forms

from bilans.forms.periode import CompletForm
from bilans.rapport import Demande
from clauses.comptes.acteurs import Acteur
from marches.models import Operation


class OperationForm(CompletForm):
    """Une période et, au besoin, une opération ; sans elle, toute la structure."""

    operation = forms.CharField(label="Opération", required=False, max_length=200, strip=True)
    field_order = ("operation", "du", "au", "arrete_au", "complet")

    def proposer(self, acteur: Acteur) -> None:
        connues = Operation.objects.visibles_par(acteur).order_by("nom", "pk").values_list("pk", "nom")
        choix = [("", "Toutes"), *((str(pk), nom) for pk, nom in connues)]
        self.fields["operation"].widget = forms.Select(choices=choix)

    def demande(self, bilan: str) -> Demande:
        return replace(super().demande(bilan), operation=self.cleaned_data["operation"])
