"""Choisir une fiche de l’annuaire, ou l’y ajouter sur place par son SIRET."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from clauses.comptes.acteurs import Acteur
from clauses.socle.annuaire import SaisieAnnuaire
from clauses.socle.champs import SaisieSiret
from clauses.socle.formulaires import Formulaire
from entreprises.enums import TypeEmployeur
from entreprises.models import Entreprise
from marches.enums import TypeDonneurOrdre
from marches.models import Acheteur

AIDE = "Taper quelques lettres du nom, ou le SIRET."


class ChoixOuAjout(Formulaire):
    """Une fiche connue, ou les champs d’une fiche nouvelle ; jamais les deux, jamais ni l’un ni l’autre."""

    titre: ClassVar[str]
    modele: ClassVar[Any]
    choisi: ClassVar[str]
    nomme: ClassVar[str]
    ajout: ClassVar[str]

    def __init__(self, *args: Any, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fiches = self.modele.objects.visibles_par(acteur)
        champ: Any = self.fields[self.choisi]
        champ.fiches = self.fiches

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or self.cleaned_data
        if self.errors:
            return donnees
        fiche, siret, nom = (donnees.get(champ) for champ in (self.choisi, "siret", self.nomme))
        if fiche and (siret or nom):
            raise ValidationError("Choisir dans l’annuaire, ou ajouter une fiche : pas les deux.")
        if not fiche and not siret and not nom:
            self.add_error(self.choisi, f"À indiquer : {self.ajout}.")
        elif not fiche:
            self._controler_ajout(siret, nom)
        return donnees

    def _controler_ajout(self, siret: str | None, nom: str | None) -> None:
        if not siret:
            self.add_error("siret", "Le SIRET manque : 14 chiffres.")
        if not nom:
            self.add_error(self.nomme, "Le nom manque.")
        connue = self.fiches.filter(siret=siret).first() if siret else None
        if connue is not None:
            self.add_error("siret", f"Ce SIRET est déjà dans l’annuaire : {connue}. Le choisir plus haut.")

    def choix(self) -> Any:
        """La fiche choisie, ou le dictionnaire de la fiche à ajouter, prêts pour l’action."""
        return self.cleaned_data[self.choisi] or {
            champ: valeur for champ, valeur in self.cleaned_data.items() if champ != self.choisi
        }

    @property
    def champ_choisi(self) -> forms.BoundField:
        return self[self.choisi]

    @property
    def champs_ajout(self) -> list[forms.BoundField]:
        return [champ for champ in self if champ.name != self.choisi]

    @property
    def ajout_ouvert(self) -> bool:
        """Le volet d’ajout reste ouvert quand il porte une saisie ou un refus."""
        return self.is_bound and any(self[nom].errors or self[nom].value() for nom in ("siret", self.nomme))


class ChoixAcheteurForm(ChoixOuAjout):
    titre = "Acheteur"
    modele, choisi, nomme = Acheteur, "acheteur", "nom"
    ajout = "un acheteur de l’annuaire, ou le SIRET et le nom d’un nouvel acheteur"

    acheteur = SaisieAnnuaire(
        modele=Acheteur, url="marches:acheteurs_choix", required=False, label="Acheteur", help_text=AIDE
    )
    siret = SaisieSiret(label="SIRET", required=False, help_text="14 chiffres, espaces permises.")
    nom = forms.CharField(label="Nom", required=False, max_length=255)
    type = forms.ChoiceField(label="Type de donneur d’ordre", choices=TypeDonneurOrdre.choices, required=False)


class ChoixEntrepriseForm(ChoixOuAjout):
    titre = "Entreprise"
    modele, choisi, nomme = Entreprise, "entreprise", "raison_sociale"
    ajout = "une entreprise de l’annuaire, ou le SIRET et la raison sociale d’une nouvelle entreprise"

    entreprise = SaisieAnnuaire(
        modele=Entreprise,
        url="entreprises:choix",
        required=False,
        label="Entreprise",
        help_text=AIDE,
    )
    siret = SaisieSiret(label="SIRET", required=False, help_text="14 chiffres, espaces permises.")
    raison_sociale = forms.CharField(label="Raison sociale", required=False, max_length=255)
    type_employeur = forms.ChoiceField(label="Type d’employeur", choices=TypeEmployeur.choices, required=False)


class ChoixRedevableForm(ChoixEntrepriseForm):
    titre = "Entreprise redevable"
