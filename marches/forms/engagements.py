"""Formulaires des engagements et de leur grand livre."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError

from clauses.comptes.acteurs import Acteur
from clauses.socle.champs import SaisieHeures
from clauses.socle.formulaires import Formulaire, FormulaireModele, FormulaireVersionne
from marches.enums import NatureMouvement, RoleEntreprise
from marches.forms.base import PourcentageField, RefusPlaces, SaisieDate
from marches.models import Engagement, MouvementEngagement
from marches.sens import fautes_de_sens

POSITIVES = "L’engagement est un nombre d’heures supérieur à zéro."


SIGNES = {"-": -1, "−": -1, "+": 1}


class SaisieSignee(forms.CharField):
    """Un nombre signé : « -80 », « + 120,50 », « −7h30 » (le clavier numérique d’un téléphone n’a pas de signe)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["inputmode"] = "text"

    def to_python(self, value: Any) -> Any:
        texte = str(value or "").strip()
        signe = SIGNES.get(texte[:1])
        nombre: Any = super().to_python(texte if signe is None else texte[1:].lstrip())
        return nombre * signe if nombre is not None and signe is not None else nombre


class SaisieMouvement(SaisieSignee, SaisieHeures):
    """Des heures qui s’ajoutent ou se retirent."""


class HeuresInitialesForm(Formulaire):
    """Les heures engagées à l’ouverture, et leur date."""

    titre = "Engagement"
    disposition = Layout(Row(Column("heures", css_class="col-md-6"), Column("date", css_class="col-md-6")))

    heures = SaisieHeures(label="Heures d’insertion engagées", help_text="Par exemple 833 ou 1 820,50.")
    date = SaisieDate(label="Date d’effet", required=False, help_text="Vide : la notification du marché.")

    def clean_heures(self) -> Decimal | None:
        heures: Decimal | None = self.cleaned_data["heures"]
        if heures is not None and heures <= 0:
            raise ValidationError(POSITIVES)
        return heures


class EngagementForm(HeuresInitialesForm):
    """Engager une entreprise de plus sur une clause."""

    disposition = Layout(
        Row(*(Column(nom, css_class="col-md-4") for nom in ("heures", "date", "role"))),
        Row(Column("date_debut", css_class="col-md-4"), Column("date_fin", css_class="col-md-4")),
    )

    heures = SaisieHeures(
        label="Heures engagées",
        required=False,
        help_text="Vide si l’objectif viendra d’un bon de commande ou d’un marché subséquent.",
    )
    date = SaisieDate(label="Date d’effet", help_text="En général, la notification du marché.")
    role = forms.ChoiceField(
        label="Rôle dans le lot",
        choices=RoleEntreprise.choices,
        help_text="Sans effet si l’entreprise est déjà attributaire du lot.",
    )
    date_debut = SaisieDate(label="Début", required=False, help_text="Vide : celui du marché.")
    date_fin = SaisieDate(label="Fin", required=False, help_text="Vide : celle du marché.")


class MouvementForm(RefusPlaces, FormulaireModele):
    """Un mouvement du grand livre ; l’engagement initial, s’il existe déjà, n’est plus proposé."""

    titre = "Mouvement"
    disposition = Layout(
        Row(*(Column(nom, css_class="col-md-4") for nom in ("nature", "heures", "date"))),
        Row(Column("motif", css_class="col-md-8"), Column("piece", css_class="col-md-4")),
    )
    places = {"mouvement_non_nul": "heures", "mouvement_initial_positif": "heures", "mouvement_un_initial": "nature"}

    heures = SaisieMouvement(
        label="Heures (+ ou −)", help_text="« 120 » ajoute, « -80 » retire. Le total ne peut pas passer sous zéro."
    )

    class Meta:
        model = MouvementEngagement
        fields = ["nature", "heures", "date", "motif", "piece"]
        field_classes = {"date": SaisieDate}

    def __init__(
        self, *args: Any, engagement: Engagement, acteur: Acteur, propose: dict[str, Any], **kwargs: Any
    ) -> None:
        """`propose` : valeurs d’un mouvement que le calcul d’objectif suggère ; on les corrige avant d’inscrire."""
        super().__init__(*args, **kwargs)
        mouvements = MouvementEngagement.objects.visibles_par(acteur).filter(engagement=engagement)
        if mouvements.filter(nature=NatureMouvement.INITIAL).exists():
            autres = [choix for choix in NatureMouvement.choices if choix[0] != NatureMouvement.INITIAL]
            nature: Any = self.fields["nature"]
            nature.choices = autres
            self.initial["nature"] = NatureMouvement.AVENANT
        else:
            self.initial["nature"] = NatureMouvement.INITIAL
        self.initial.update(propose)

    def clean(self) -> dict[str, Any]:
        """Sens et motif de chaque nature : la page les exige, la reprise d’un ancien tableur ne les a pas toujours."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        fautes = fautes_de_sens(
            nature=donnees.get("nature"), heures=donnees.get("heures"), motif=donnees.get("motif") or ""
        )
        for champ, faute in fautes.items():
            self.add_error(champ, faute)
        return donnees


class EngagementModificationForm(RefusPlaces, FormulaireVersionne):
    """Dates d’un engagement, et part de l’entreprise dans son groupement."""

    titre = "Engagement"
    disposition = Layout(
        "version", Row(*(Column(nom, css_class="col-md-4") for nom in ("date_debut", "date_fin", "part_groupement")))
    )
    places = {"engagement_debut_avant_fin": "date_fin", "engagement_part_groupement": "part_groupement"}

    part_groupement = PourcentageField(
        label="Part dans le groupement (%)",
        required=False,
        help_text="Répartit l’objectif entre les entreprises engagées ; vide : selon ce que chacune facture.",
    )

    class Meta:
        model = Engagement
        fields = ["date_debut", "date_fin", "part_groupement"]
        field_classes = {"date_debut": SaisieDate, "date_fin": SaisieDate}
