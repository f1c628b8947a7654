"""Formulaires du journal d’activité."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Utilisateur
from clauses.socle.annuaire import SaisieAnnuaire
from clauses.socle.formulaires import FormulaireModele, FormulaireVersionne
from entreprises.models import Entreprise
from marches.forms.base import RefusPlaces, SaisieDate
from marches.models import Acheteur, Activite, Marche

ACTIVITE = [
    Row(
        Column("date", css_class="col-sm-6 col-lg-3"),
        Column("nature", css_class="col-sm-6 col-lg-3"),
        Column("objet", css_class="col-lg-6"),
    ),
    Row(*(Column(nom, css_class="col-sm-6 col-lg-3") for nom in ("marche", "acheteur", "entreprise", "facilitateur"))),
]


class SaisieMarche(forms.Field):
    """Un marché, par sa référence exacte ; `fiches` part vide, le formulaire y met ce que l’acteur voit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.texte = forms.CharField(required=False, max_length=60)
        self.fiches = Marche.objects.none()

    def prepare_value(self, value: Any) -> Any:
        return value.reference if isinstance(value, Marche) else value

    def to_python(self, value: Any) -> Any:
        reference = self.texte.clean(value)
        if not reference:
            return None
        trouves = list(self.fiches.filter(reference__iexact=reference)[:2])
        if not trouves:
            raise ValidationError(f"Aucun marché ne porte la référence « {reference} ».", code="inconnu")
        if len(trouves) > 1:
            raise ValidationError(
                f"Deux acheteurs ont un marché « {reference} » : laisser vide, et nommer l’acheteur.", code="ambigu"
            )
        return trouves[0]


class ActiviteForm(RefusPlaces, FormulaireModele):
    titre = "Activité"
    disposition = Layout(*ACTIVITE)
    places = {"activite_nature": "nature"}

    marche = SaisieMarche(label="Marché (référence)", required=False)
    acheteur = SaisieAnnuaire(modele=Acheteur, url="marches:acheteurs_choix", label="Acheteur", required=False)
    entreprise = SaisieAnnuaire(modele=Entreprise, url="entreprises:choix", label="Entreprise", required=False)
    facilitateur = forms.ModelChoiceField(Utilisateur.objects.none(), label="Facilitateur", empty_label=None)

    class Meta:
        model = Activite
        fields = ["date", "nature", "objet", "marche", "acheteur", "entreprise", "facilitateur"]
        field_classes: dict[str, Any] = {"date": SaisieDate}

    def __init__(self, *args: Any, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champs: dict[str, Any] = self.fields
        champs["marche"].fiches = Marche.objects.visibles_par(acteur)
        champs["acheteur"].fiches = Acheteur.objects.visibles_par(acteur)
        champs["entreprise"].fiches = Entreprise.objects.visibles_par(acteur)
        champs["facilitateur"].queryset = Utilisateur.objects.visibles_par(acteur).facilitateurs()
        if self.instance.pk:
            self.initial.update({nom: getattr(self.instance, nom) for nom in ("marche", "acheteur", "entreprise")})
        else:
            self.initial.setdefault("facilitateur", acteur.utilisateur_id)


class ActiviteModificationForm(ActiviteForm, FormulaireVersionne):
    disposition = Layout("version", *ACTIVITE)

    class Meta(ActiviteForm.Meta):
        pass
