"""Formulaires du bilan Département : ses paramètres, et son analyse qualitative."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from bilans import parametres
from bilans.declarations import INDICATEURS
from bilans.definitions import Indicateur, Unite
from bilans.enums import DefinitionBrsa
from bilans.models import AnalyseQualitative, ParametresBilan
from clauses.socle.champs import SaisieHeures
from clauses.socle.formulaires import Formulaire, FormulaireVersionne
from clauses.socle.nombres import en_nombre

ANNEES = range(2000, 2101)
"""Les années dont on règle les objectifs."""
UNITES = {Unite.HEURES: "heures", Unite.NOMBRE: "nombre", Unite.TAUX: "%", Unite.ETP: "ETP"}


class ParametresForm(Formulaire):
    """Ce qui vaut pour tous les bilans, puis, ligne par ligne, l’objectif de l’année et sa présence."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    annee = forms.IntegerField(widget=forms.HiddenInput, min_value=ANNEES[0], max_value=ANNEES[-1])
    base_etp = forms.TypedChoiceField(
        label="Base ETP", coerce=int, help_text="Une seule par document\u00a0: elle est imprimée en tête."
    )
    definition_brsa = forms.ChoiceField(label="Bénéficiaire du RSA", choices=DefinitionBrsa.choices)
    annexe_nominative = forms.BooleanField(
        label="La convention exige une annexe nominative",
        required=False,
        help_text="Seul un responsable peut l’exporter\u00a0; chaque export s’inscrit au journal avant l’envoi.",
    )
    disposition = Layout("version", "annee", "base_etp", "definition_brsa", "annexe_nominative")

    def __init__(self, envoi: Any, *, enregistres: ParametresBilan, base_etp: int, annee: int) -> None:
        gardes = enregistres.objectifs.get(str(annee), {})
        initial = {
            "version": enregistres.version,
            "annee": annee,
            "base_etp": base_etp,
            "definition_brsa": enregistres.definition_brsa,
            "annexe_nominative": enregistres.annexe_nominative,
            **{f"montrer_{i.cle}": i.cle not in enregistres.lignes_masquees for i in INDICATEURS},
            **{f"objectif_{cle}": Decimal(valeur) for cle, valeur in gardes.items()},
        }
        super().__init__(envoi, initial=initial)
        bases = dict.fromkeys((*parametres.BASES_ETP, base_etp))
        choix: Any = self.fields["base_etp"]
        choix.choices = [(base, f"{en_nombre(base)} heures par an") for base in bases]
        for indicateur in INDICATEURS:
            self.fields[f"objectif_{indicateur.cle}"] = SaisieHeures(
                label=f"Objectif\u00a0: {indicateur.nom}", required=False
            )
            if indicateur.cle != parametres.TOUJOURS:
                self.fields[f"montrer_{indicateur.cle}"] = forms.BooleanField(
                    label=f"Montrer\u00a0: {indicateur.nom}", required=False
                )

    @property
    def lignes(self) -> list[tuple[Indicateur, str, Any, Any]]:
        """(indicateur, unité, champ de l’objectif, champ « montrer ») ; la première ligne se montre toujours."""
        return [
            (
                indicateur,
                UNITES[indicateur.unite],
                self[f"objectif_{indicateur.cle}"],
                self[f"montrer_{indicateur.cle}"] if indicateur.cle != parametres.TOUJOURS else None,
            )
            for indicateur in INDICATEURS
        ]

    def clean(self) -> None:
        super().clean()
        for indicateur in INDICATEURS:
            champ = f"objectif_{indicateur.cle}"
            valeur = self.cleaned_data.get(champ)
            if valeur is not None and valeur <= 0:
                self.add_error(champ, "Un objectif est plus grand que zéro ; laisser vide s’il n’y en a pas.")
            elif valeur is not None and indicateur.unite is Unite.NOMBRE and valeur != int(valeur):
                self.add_error(champ, "Un nombre entier.")

    def saisie(self) -> dict[str, Any]:
        """Paramètres de `regler_le_bilan`."""
        donnees = self.cleaned_data
        return {
            **{n: donnees[n] for n in ("version", "annee", "base_etp", "definition_brsa", "annexe_nominative")},
            "lignes_masquees": [
                i.cle for i in INDICATEURS if i.cle != parametres.TOUJOURS and not donnees[f"montrer_{i.cle}"]
            ],
            "objectifs": {i.cle: valeur for i in INDICATEURS if (valeur := donnees[f"objectif_{i.cle}"]) is not None},
        }


class AnalyseForm(FormulaireVersionne):
    """Les six textes d’une période."""

    disposition = Layout("version", *AnalyseQualitative.TEXTES)

    class Meta:
        model = AnalyseQualitative
        fields = AnalyseQualitative.TEXTES
        widgets = {nom: forms.Textarea(attrs={"rows": 5}) for nom in AnalyseQualitative.TEXTES}


def annee_demandee(texte: str | None, jour: datetime.date) -> int:
    """L’année dont on règle les objectifs ; l’année en cours si la demande n’en est pas une."""
    annee = int(texte) if texte and texte.isascii() and texte.isdecimal() and len(texte) == 4 else jour.year
    return min(max(annee, ANNEES[0]), ANNEES[-1])
