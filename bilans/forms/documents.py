"""Formulaires des documents : ce qu’il faut pour émettre, et le code à vérifier."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from bilans.documents.composition import Demande
from bilans.enums import ATTESTATIONS, COURRIERS, MODIFIABLES, FormatDocument, NatureDocument
from clauses.socle.formulaires import Formulaire
from clauses.socle.mois import ajouter_mois, dernier_jour


def jour(libelle: str, aide: str = "", **options: Any) -> forms.DateField:
    champ = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=libelle, help_text=aide, widget=champ, **options)


class EmissionForm(Formulaire):
    """Ne demande que ce que la nature emploie : période d’une attestation, échéance et format d’un courrier."""

    def __init__(
        self, *args: Any, nature: NatureDocument, est_groupement: bool, le: datetime.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.nature = nature
        self.est_une_lettre = nature in MODIFIABLES
        if nature is NatureDocument.ATTESTATION_INTERMEDIAIRE:
            self.fields["du"] = jour("Du", "Vide\u00a0: depuis le premier mois validé.", required=False)
            fin = dernier_jour(ajouter_mois(le, -1))
            self.fields["au"] = jour("Au", "Les mois comptent entiers.", initial=fin)
        else:
            self.fields["au"] = jour("Arrêté au", initial=le)
        if nature in ATTESTATIONS and est_groupement:
            self.fields["est_consolidee"] = forms.BooleanField(
                label="Consolidée pour tout le groupement",
                help_text="Sans cela, l’attestation est celle de cette entreprise seule.",
                required=False,
            )
        if nature in COURRIERS:
            self.fields["adresse_postale"] = forms.CharField(
                label="Adresse du destinataire",
                help_text="Rue, code postal et ville, comme sur l’enveloppe. Vide\u00a0: la commune de l’annuaire.",
                max_length=300,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        if nature in MODIFIABLES:
            self.fields["echeance"] = jour("Réponse attendue le", "Vide\u00a0: le délai habituel.", required=False)
            self.fields["format"] = forms.ChoiceField(
                label="Format", choices=FormatDocument.choices, initial=FormatDocument.PDF, widget=forms.RadioSelect
            )

    def clean(self) -> None:
        super().clean()
        echeance, au = self.cleaned_data.get("echeance"), self.cleaned_data.get("au")
        if echeance and au and echeance < au:
            self.add_error("echeance", f"La réponse est attendue après la date d’arrêté, le {au:%d/%m/%Y}.")

    def demande(self) -> Demande:
        saisie = self.cleaned_data
        return Demande(
            self.nature,
            saisie["au"],
            du=saisie.get("du"),
            echeance=saisie.get("echeance"),
            est_consolidee=saisie.get("est_consolidee", False),
            adresse_postale=saisie.get("adresse_postale", ""),
        )

    def format(self) -> FormatDocument:
        return FormatDocument(self.cleaned_data.get("format", FormatDocument.PDF))


class CodeForm(Formulaire):
    code = forms.CharField(
        label="Code de vérification",
        max_length=80,
        strip=True,
        help_text="Seize signes, par exemple 7K2M-9QX4-TB3H-8WZA. Espaces, tirets et casse sont sans importance.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "Saisir le code imprimé sur l’attestation."},
    )
