"""Formulaires des conventions de globalisation."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clauses.comptes.acteurs import Acteur
from clauses.socle.annuaire import SaisieAnnuaire
from clauses.socle.formulaires import Formulaire, FormulaireModele, FormulaireVersionne
from entreprises.models import Entreprise
from heures.forms.champs import dates
from heures.models import ConventionGlobalisation
from marches.models import Acheteur, Engagement

DISPOSITION = (
    Row(
        Column("reference", css_class="col-md-6"),
        Column("date_debut", css_class="col-md-3"),
        Column("date_fin", css_class="col-md-3"),
    ),
    "engagements",
    "signataires",
)


class EntrepriseForm(Formulaire):
    """L’entreprise dont la convention reliera les engagements."""

    entreprise = SaisieAnnuaire(
        modele=Entreprise,
        url="entreprises:choix",
        label="Entreprise redevable",
        help_text="Taper quelques lettres du nom, ou le SIRET.",
    )

    def __init__(self, *args: Any, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entreprise"].fiches = Entreprise.objects.visibles_par(acteur)  # type: ignore[attr-defined]


class ChoixEngagements(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # ne s’indice pas à l’exécution
    def label_from_instance(self, obj: Any) -> str:
        lot = obj.clause.lot
        return f"{lot.marche.reference} lot {lot.numero} – {lot.marche.acheteur}"


class ConventionMixin:
    """Propose les engagements de l’entreprise, et leurs acheteurs comme signataires ; rien n’est coché d’avance."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, acteur: Acteur, entreprise: Entreprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        siens = Engagement.objects.visibles_par(acteur).filter(entreprise=entreprise)
        self.fields["engagements"].queryset = siens.avec_marche().order_by("clause__lot__marche__reference", "pk")
        self.fields["signataires"].queryset = Acheteur.objects.visibles_par(acteur).filter(
            pk__in=siens.values("clause__lot__marche__acheteur")
        )


def champ_engagements() -> ChoixEngagements:
    return ChoixEngagements(
        label="Engagements reliés",
        queryset=Engagement.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Au moins deux, de cette entreprise.",
    )


def champ_signataires() -> forms.ModelMultipleChoiceField:  # type: ignore[type-arg]  # ne s’indice pas à l’exécution
    return forms.ModelMultipleChoiceField(
        label="Acheteurs signataires",
        queryset=Acheteur.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Sans la signature d’un acheteur, les heures d’un autre marché ne peuvent pas venir sur le sien.",
    )


class ConventionForm(ConventionMixin, FormulaireModele):
    engagements = champ_engagements()
    signataires = champ_signataires()
    disposition = Layout(*DISPOSITION)

    class Meta:
        model = ConventionGlobalisation
        fields = ["reference", "date_debut", "date_fin", "engagements", "signataires"]
        widgets = dates("date_debut", "date_fin")


class ConventionModificationForm(ConventionMixin, FormulaireVersionne):
    engagements = champ_engagements()
    signataires = champ_signataires()
    disposition = Layout("version", *DISPOSITION)

    class Meta(ConventionForm.Meta):
        pass
