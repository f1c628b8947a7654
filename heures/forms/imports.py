"""Formulaires de l’import d’un relevé : le fichier, ses colonnes, les cas douteux."""

from __future__ import annotations

import dataclasses
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError

from clauses.comptes.acteurs import Acteur
from clauses.socle.champs import SaisieMois
from clauses.socle.formulaires import Formulaire
from clauses.socle.lecteur import BORNES, nom_de_colonne
from heures.forms.champs import SansNirMixin
from heures.imports.releves.champs import Champ, forme, manques
from heures.imports.releves.colonnes import IGNOREES, Choix, Colonnes
from heures.imports.releves.rapport import ECARTER, Doute, Rapport, nommer
from heures.imports.releves.tableau import Tableau
from marches.models import Engagement

# Un formulaire porte au plus 2 000 champs ; au-delà, la suite se montre une fois ces premiers cas tranchés.
DOUTES_MONTRES = 200
NE_PAS_LIRE = ""
MENU = {"class": "form-select"}


class ChoixEngagement(forms.ModelChoiceField):  # type: ignore[type-arg]  # ne s’indice pas à l’exécution
    """Un engagement, nommé par son marché, son lot et son entreprise."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Engagement.objects.none(), required=False, empty_label="Celui que dit le fichier", **kwargs
        )

    def label_from_instance(self, obj: Any) -> str:
        return nommer(obj)


class PourToutLeFichierMixin:
    """Engagement et mois, quand le fichier ne les dit pas."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ouverts = Engagement.objects.visibles_par(acteur).ouverts().avec_marche()
        self.fields["engagement"].queryset = ouverts.order_by(
            "clause__lot__marche__reference", "clause__lot__numero", "entreprise__raison_sociale", "pk"
        )


class TeleversementForm(PourToutLeFichierMixin, Formulaire):
    disposition = Layout(
        "fichier", Row(Column("engagement", css_class="col-md-8"), Column("mois", css_class="col-md-4"))
    )

    fichier = forms.FileField(
        label="Relevé reçu",
        max_length=255,
        help_text=f"Classeur .xlsx ou fichier .csv, {BORNES.octets // 2**20}\u00a0Mo et 20\u202f000 lignes au plus.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": "Choisir un fichier.",
            "empty": "Ce fichier est vide. Vérifier le fichier choisi.",
        },
    )
    engagement = ChoixEngagement(label="Engagement", help_text="À choisir si le fichier ne nomme pas le marché.")
    mois = SaisieMois(label="Mois travaillé", required=False, help_text="À choisir si le fichier ne le dit pas.")

    def choix(self) -> Choix:
        return _pour_tout_le_fichier(Choix(), self.cleaned_data)


class ColonnesForm(SansNirMixin, PourToutLeFichierMixin, Formulaire):
    """Pour chaque colonne du tableau, le champ qu’elle dit."""

    engagement = ChoixEngagement(label="Engagement", help_text="Si aucune colonne ne nomme le marché.")
    mois = SaisieMois(label="Mois travaillé", required=False, help_text="Si aucune colonne ne dit le mois.")
    expediteur = forms.CharField(
        label="Retenir ces colonnes pour l’expéditeur",
        required=False,
        max_length=80,
        help_text="Nom de l’agence ou de l’entreprise : son prochain fichier sera lu sans rien demander.",
    )

    def __init__(self, *args: Any, tableau: Tableau, reconnues: Colonnes, depuis: Choix, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tableau = tableau
        self.fields["engagement"].initial = depuis.engagement_id
        self.fields["mois"].initial = depuis.mois
        champs = {rang: champ for champ, rang in reconnues.items()}
        for rang, titre in enumerate(tableau.titres):
            if titre:
                self.fields[f"colonne-{rang}"] = forms.ChoiceField(
                    label=titre,
                    choices=[(NE_PAS_LIRE, "Ne pas lire"), *Champ.choices],
                    required=False,
                    initial=champs.get(rang, NE_PAS_LIRE),
                    widget=forms.Select(attrs=MENU),
                )

    @property
    def colonnes(self) -> list[dict[str, Any]]:
        """Pour la page : la lettre de chaque colonne, son titre, son choix et ses premières valeurs."""
        return [
            {
                "lettre": nom_de_colonne(rang + 1),
                "titre": titre,
                "champ": self[f"colonne-{rang}"],
                "exemples": self.tableau.exemples(rang),
            }
            for rang, titre in enumerate(self.tableau.titres)
            if titre
        ]

    def clean(self) -> dict[str, Any]:
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        choisis = self._choisis(donnees)
        vus: dict[str, str] = {}
        for nom, champ in choisis.items():
            if champ in vus:
                autre = self.fields[vus[champ]].label
                self.add_error(nom, f"« {autre} » est déjà « {Champ(champ).label} ». Choisir une seule des deux.")
            vus[champ] = nom
            if len(self.tableau.rangs[forme(self.fields[nom].label)]) > 1:
                self.add_error(nom, "Deux colonnes ont ce titre : renommer l’une des deux dans le fichier.")
        if not self.errors:
            champs = [Champ(champ) for champ in choisis.values()]
            avec = {"avec_engagement": donnees["engagement"] is not None, "avec_mois": donnees["mois"] is not None}
            for phrase in manques(champs, **avec):
                self.add_error(None, ValidationError(phrase))
        return donnees

    def _choisis(self, donnees: dict[str, Any]) -> dict[str, str]:
        return {nom: valeur for nom, valeur in donnees.items() if nom.startswith("colonne-") and valeur}

    def titres(self) -> dict[str, Any]:
        """Par champ, le titre de sa colonne ; et les titres que l’on choisit de ne pas lire."""
        choisis = self._choisis(self.cleaned_data)
        lues = {champ: str(self.fields[nom].label) for nom, champ in choisis.items()}
        ignorees = [titre for titre in self.tableau.titres if titre and titre not in lues.values()]
        return {**lues, IGNOREES: ignorees}

    def choix(self, depuis: Choix) -> Choix:
        return _pour_tout_le_fichier(dataclasses.replace(depuis, titres=self.titres()), self.cleaned_data)


class DoutesForm(Formulaire):
    """Chaque cas douteux, et ses candidats ; « à choisir » laisse le cas ouvert."""

    def __init__(self, *args: Any, rapport: Rapport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Les cas encore ouverts d’abord : ils sont toujours montrés, quel que soit leur nombre.
        personnes = [("personne", doute) for doute in rapport.personnes_a_choisir]
        contrats = [("contrat", doute) for doute in rapport.contrats_a_choisir]
        tries = sorted((*personnes, *contrats), key=lambda cas: cas[1].est_tranche)
        self.montres = tries[:DOUTES_MONTRES]
        self.caches = len(tries) - len(self.montres)
        for genre, doute in self.montres:
            self.fields[f"{genre}-{doute.clef}"] = forms.ChoiceField(
                label=doute.intitule,
                choices=[
                    ("", "À choisir"),
                    *((str(candidat.clef), candidat.libelle) for candidat in doute.candidats),
                    (str(ECARTER), "Ne pas importer ses lignes"),
                ],
                required=False,
                initial="" if doute.choisi is None else str(doute.choisi),
                widget=forms.Select(attrs=MENU),
            )

    @property
    def cas(self) -> list[tuple[Doute, Any]]:
        return [(doute, self[f"{genre}-{doute.clef}"]) for genre, doute in self.montres]

    def choix(self, depuis: Choix) -> Choix:
        """Les choix faits jusque-là, et ceux de cette page."""
        faits = {"personne": dict(depuis.fiches_choisies), "contrat": dict(depuis.contrats_choisis)}
        for genre, doute in self.montres:
            valeur = self.cleaned_data[f"{genre}-{doute.clef}"]
            if valeur:
                faits[genre][doute.clef] = int(valeur)
            else:
                faits[genre].pop(doute.clef, None)
        return dataclasses.replace(depuis, fiches_choisies=faits["personne"], contrats_choisis=faits["contrat"])


class ConfirmationForm(forms.Form):
    """L’aperçu que l’on confirme, désigné par sa signature."""

    signature = forms.CharField(max_length=64, widget=forms.HiddenInput)


def _pour_tout_le_fichier(choix: Choix, donnees: dict[str, Any]) -> Choix:
    engagement = donnees["engagement"]
    return dataclasses.replace(
        choix, engagement_id=engagement.pk if engagement is not None else None, mois=donnees["mois"]
    )
