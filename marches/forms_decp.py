"""Formulaires de l’import DECP : le fichier, puis les contrats choisis et les noms à compléter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clauses.comptes.acteurs import Acteur
from clauses.socle.conversions import ValeurRefusee, vers_texte
from clauses.socle.formulaires import Formulaire
from marches.imports.decp.apercu import NomACompleter, PageApercu, Situation
from marches.imports.decp.lecture import A_L_ECRAN, MEGA
from marches.models import Marche, PublicationDecp

PREFIXE = "nom-"


class TeleversementForm(Formulaire):
    fichier = forms.FileField(
        label="Fichier DECP",
        max_length=255,
        help_text=f"JSON ou XML réglementaire (2019, 2022), CSV plat ou tabulaire : la forme est reconnue. "
        f"{A_L_ECRAN.octets // MEGA}\u00a0Mo au plus.",
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.xml,.csv"}),
        error_messages={
            "required": "Choisir un fichier.",
            "empty": "Ce fichier est vide. Vérifier le fichier choisi.",
        },
    )


class SaisieNom(forms.CharField):
    """Un nom à compléter ; vide, il reste « à compléter »."""

    def __init__(self, manquant: NomACompleter) -> None:
        contrats = f"{manquant.contrats} contrat{'s' if manquant.contrats > 1 else ''}"
        super().__init__(
            label=f"SIRET {manquant.siret}",
            help_text=contrats,
            initial=manquant.propose,
            required=False,
            max_length=255,
        )

    def clean(self, value: Any) -> str:
        texte: str = super().clean(value)
        try:
            return vers_texte(texte) if texte else ""
        except ValeurRefusee as refus:
            raise ValidationError(str(refus)) from refus


class ChoixForm(Formulaire):
    """Les contrats à importer parmi ceux de la page, et les noms saisis : un champ par SIRET, jamais par contrat."""

    choix = forms.TypedMultipleChoiceField(
        label="Contrats",
        coerce=int,
        error_messages={
            "required": "Cocher au moins un contrat.",
            "invalid_choice": "Le contrat n° %(value)s ne peut pas être importé depuis cette page.",
        },
    )

    def __init__(self, *args: Any, page: PageApercu, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        # Un marché déjà là reste un choix valable : confirmer deux fois rend le rapport, et ne crée rien.
        choisissables = [ligne.contrat for ligne in page.page if ligne.situation is not Situation.REFUSE]
        choix: Any = self.fields["choix"]
        choix.choices = [(str(contrat.rang), contrat.identifiant) for contrat in choisissables]
        for manquant in (*page.acheteurs, *page.entreprises):
            self.fields[f"{PREFIXE}{manquant.siret}"] = SaisieNom(manquant)

    @cached_property
    def cochees(self) -> set[int]:
        """Rangs cochés : ceux de la saisie, sinon ceux que l’aperçu coche d’avance."""
        saisie: Any = self.data
        rangs = saisie.getlist("choix") if self.is_bound else self.page.cochees
        return {int(rang) for rang in rangs if rang.isascii() and rang.isdigit() and len(rang) < 10}

    @property
    def acheteurs(self) -> list[forms.BoundField]:
        return self._champs(self.page.acheteurs)

    @property
    def entreprises(self) -> list[forms.BoundField]:
        return self._champs(self.page.entreprises)

    def _champs(self, manquants: Sequence[NomACompleter]) -> list[forms.BoundField]:
        return [self[f"{PREFIXE}{manquant.siret}"] for manquant in manquants]

    def saisie(self) -> dict[str, Any]:
        """Paramètres de `importer_choisis`."""
        noms = {
            nom.removeprefix(PREFIXE): valeur
            for nom, valeur in self.cleaned_data.items()
            if nom.startswith(PREFIXE) and valeur
        }
        return {"rangs": set(self.cleaned_data["choix"]), "noms": noms}


class RegroupementForm(Formulaire):
    """Les marchés à réunir, la référence et l’objet du marché qui les réunit."""

    marches = forms.ModelMultipleChoiceField(
        label="Marchés",
        queryset=Marche.objects.none(),
        error_messages={
            "required": "Cocher au moins deux marchés à regrouper.",
            "invalid_choice": "Le marché n° %(value)s n’est plus à regrouper. Recharger la page.",
            "invalid_pk_value": "Le marché « %(pk)s » n’existe pas. Recharger la page.",
        },
    )
    reference = forms.CharField(label="Référence du marché", max_length=60)
    objet = forms.CharField(label="Objet du marché", max_length=1000)

    def __init__(self, *args: Any, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["marches"]
        champ.queryset = Marche.objects.visibles_par(acteur).filter(
            pk__in=PublicationDecp.objects.visibles_par(acteur).values("marche")
        )

    def saisie(self) -> dict[str, Any]:
        """Paramètres de `regrouper_en_lots`."""
        return {**self.cleaned_data, "marches": list(self.cleaned_data["marches"])}
