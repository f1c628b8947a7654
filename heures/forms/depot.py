"""Le formulaire d’un relevé, que l’entreprise remplit : une rangée par personne, des personnes à ajouter, néant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clauses.socle.champs import SaisieHeures
from clauses.socle.conversions import ValeurRefusee, vers_texte
from clauses.socle.formulaires import Formulaire
from clauses.socle.nombres import en_heures
from heures.actions.depots import Depot, HeuresDeposees, PersonneDeposee
from heures.enums import TypeHeures
from heures.forms.champs import ChoixDeDate, sans_nir
from heures.forms.participants import age_plausible
from heures.lecture_depot import CaseLue, PersonneLue, ReleveLu

AJOUTS_MAX = 30
CHAMPS_D_AJOUT = ("nom", "prenom", "naissance", "heures")
_CASE = re.compile(r"(?:travail|formation)_[0-9]+")


class TexteVisible(forms.CharField):
    """Texte dont tout caractère se voit, ni contrôle ni renversement, et sans numéro de sécurité sociale."""

    default_validators = [sans_nir]

    def __init__(self, *, multiligne: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.multiligne = multiligne

    def to_python(self, value: Any) -> str:
        texte = super().to_python(value) or ""
        if not texte:
            return ""
        try:
            return vers_texte(texte, longueur_max=self.max_length or 255, multiligne=self.multiligne)
        except ValeurRefusee as refus:
            raise ValidationError(str(refus), code="invalide") from refus


class DepotForm(Formulaire):
    """Bâti sur le relevé lu : une case par personne et par type, sauf ce qui est validé.

    `plafond` : heures par personne et par mois au-delà desquelles la saisie est refusée (réglage de la structure).
    `deposant` : le nom proposé d’emblée.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    ajouts = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=AJOUTS_MAX)
    neant = forms.BooleanField(label="Aucune heure d’insertion ce mois-ci (néant)", required=False)
    commentaire = TexteVisible(
        label="Commentaire pour votre facilitateur",
        required=False,
        max_length=2000,
        multiligne=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Une absence, un départ, une question. N’écrivez rien sur la santé ni la situation d’une personne.",
    )
    deposant = TexteVisible(
        label="Votre nom",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="La personne qui répond de ce relevé.",
    )

    def __init__(
        self, lu: ReleveLu, *args: Any, version: int, plafond: Decimal, deposant: str = "", **kwargs: Any
    ) -> None:
        self.lu, self.plafond = lu, plafond
        super().__init__(*args, **kwargs)
        self.initial = {**self._etat(version, deposant), **self.initial}
        for personne in lu.personnes:
            self._case(f"travail_{personne.contrat_id}", "Travail (h)", personne.travail)
            self._case(f"formation_{personne.contrat_id}", "Formation (h)", personne.formation)
        for rang in range(self.nombre_ajouts):
            self._ajout(rang)
        # L’ordre de la page, que suit le résumé des refus : les personnes, puis le dépôt lui-même.
        fixes = ("neant", "commentaire", "deposant")
        self.order_fields([*(nom for nom in self.fields if nom not in fixes), *fixes])

    @property
    def nombre_ajouts(self) -> int:
        """Rangées de personnes à ajouter : le nombre envoyé s’il est plausible, sinon celui de l’état lu."""
        brut = str(self.data.get("ajouts", "") if self.is_bound else self.initial["ajouts"])
        return min(max(int(brut), 1), AJOUTS_MAX) if brut.isascii() and brut.isdigit() and len(brut) < 4 else 1

    def _etat(self, version: int, deposant: str) -> dict[str, Any]:
        """Ce que le relevé porte déjà, dans les champs ; `deposant` : qui est connecté, sinon vide."""
        etat: dict[str, Any] = {
            "version": version,
            "ajouts": min(len(self.lu.attentes) + 1, AJOUTS_MAX),
            "neant": self.lu.est_neant,
            "commentaire": self.lu.releve.commentaire,
            "deposant": deposant or (self.lu.depot.deposant if self.lu.depot else ""),
        }
        for rang, attente in enumerate(self.lu.attentes):
            etat |= {
                f"nom_{rang}": attente.nom,
                f"prenom_{rang}": attente.prenom,
                f"naissance_{rang}": attente.date_naissance,
                f"heures_{rang}": attente.heures,
            }
        return etat

    def _case(self, nom: str, libelle: str, case: CaseLue) -> None:
        if not case.est_validee:
            self.fields[nom] = SaisieHeures(label=libelle, required=False)
            self.initial.setdefault(nom, case.proposee)

    def _ajout(self, rang: int) -> None:
        for champ, libelle in (("nom", "Nom"), ("prenom", "Prénom")):
            # D’une autre personne que celle qui écrit : le navigateur n’a pas à le retenir.
            discret = forms.TextInput(attrs={"autocomplete": "off"})
            self.fields[f"{champ}_{rang}"] = TexteVisible(
                label=libelle, required=False, max_length=100, widget=discret
            )
        self.fields[f"naissance_{rang}"] = forms.DateField(
            label="Date de naissance", required=False, widget=ChoixDeDate(), validators=[age_plausible]
        )
        self.fields[f"heures_{rang}"] = SaisieHeures(label="Heures (h)", required=False)

    def rangees(self) -> Iterator[tuple[PersonneLue, list[tuple[CaseLue, Any]]]]:
        """Chaque personne, ses cases et leurs champs (`None` : validée, elle ne se saisit plus)."""
        for personne in self.lu.personnes:
            noms = (
                (personne.travail, f"travail_{personne.contrat_id}"),
                (personne.formation, f"formation_{personne.contrat_id}"),
            )
            yield personne, [(case, self[nom] if nom in self.fields else None) for case, nom in noms]

    def rangees_d_ajout(self) -> Iterator[list[Any]]:
        for rang in range(self.nombre_ajouts):
            yield [self[f"{champ}_{rang}"] for champ in CHAMPS_D_AJOUT]

    @property
    def ajouts_ouverts(self) -> bool:
        """Vrai si une personne est déjà écrite, ou refusée, dans les rangées à ajouter."""
        return any(champ.value() for rangee in self.rangees_d_ajout() for champ in rangee)

    @property
    def refus(self) -> list[tuple[str, str, str]]:
        """Comme celui du socle, chaque case nommée avec sa personne."""
        qui = {
            f"{prefixe}_{personne.contrat_id}": personne.nom
            for personne in self.lu.personnes
            for prefixe in ("travail", "formation")
        }
        for rang in range(self.nombre_ajouts):
            qui |= {f"{champ}_{rang}": f"Personne à vérifier {rang + 1}" for champ in CHAMPS_D_AJOUT}
        return [
            (
                champ.auto_id,
                f"{qui[champ.name]}, {champ.label}" if champ.name in qui else str(champ.label),
                str(message),
            )
            for champ in self
            for message in champ.errors
        ]

    def clean(self) -> dict[str, Any]:
        saisie: dict[str, Any] = super().clean() or {}
        self._refuser_les_disparues()
        for personne in self.lu.personnes:
            self._borner(saisie, personne)
        for rang in range(self.nombre_ajouts):
            self._completer(saisie, rang)
        if not self.errors:
            self._choisir_neant()
        return saisie

    def _refuser_les_disparues(self) -> None:
        """Une case affichée puis retirée entre-temps ne se perd pas en silence."""
        disparues = [nom for nom in self.data if _CASE.fullmatch(nom) and nom not in self.fields and self.data[nom]]
        if disparues:
            self.add_error(
                None,
                "Une personne affichée n’est plus à saisir dans ce relevé. Vérifiez la liste ci-dessous ; si elle y "
                "manque, ajoutez-la en bas de page, puis déposez de nouveau.",
            )

    def _borner(self, saisie: dict[str, Any], personne: PersonneLue) -> None:
        noms = (f"travail_{personne.contrat_id}", f"formation_{personne.contrat_id}")
        total = sum((saisie.get(nom) or Decimal(0) for nom in noms), Decimal(0))
        if total > self.plafond:
            champ = next(nom for nom in noms if saisie.get(nom))
            self.add_error(
                champ,
                f"{en_heures(total)} h en un mois : le plafond est de {en_heures(self.plafond)} h par personne. "
                "Vérifiez la valeur.",
            )

    def _completer(self, saisie: dict[str, Any], rang: int) -> None:
        """Une rangée commencée se complète ; vide, elle s’ignore."""
        noms = [f"{champ}_{rang}" for champ in CHAMPS_D_AJOUT]
        if not any(str(self.data.get(nom, "")).strip() for nom in noms):
            return
        for nom in noms:
            if saisie.get(nom) in (None, "") and nom not in self.errors:
                self.add_error(nom, "À compléter, ou vider toute la ligne de cette personne.")
        heures = saisie.get(f"heures_{rang}")
        if heures is not None and heures > self.plafond:
            self.add_error(
                f"heures_{rang}",
                f"{en_heures(heures)} h en un mois : le plafond est de {en_heures(self.plafond)} h par personne. "
                "Vérifiez la valeur.",
            )

    def _choisir_neant(self) -> None:
        notees = [d.heures for d in self._heures()] + [p.heures for p in self._personnes()]
        if self.cleaned_data["neant"] and any(notees):
            self.add_error("neant", "Vous notez des heures et cochez « néant » : gardez l’un des deux.")
        elif not self.cleaned_data["neant"] and not notees:
            self.add_error(None, "Notez des heures, ou cochez « néant » s’il n’y en a pas eu ce mois-ci.")

    def _heures(self) -> list[HeuresDeposees]:
        return [
            HeuresDeposees(personne.contrat_id, type_heures, heures)
            for personne in self.lu.personnes
            for prefixe, type_heures in (("travail", TypeHeures.TRAVAIL), ("formation", TypeHeures.FORMATION))
            if (heures := self.cleaned_data.get(f"{prefixe}_{personne.contrat_id}")) is not None
        ]

    def _personnes(self) -> list[PersonneDeposee]:
        trouvees = []
        for rang in range(self.nombre_ajouts):
            nom, prenom, naissance, heures = (self.cleaned_data.get(f"{champ}_{rang}") for champ in CHAMPS_D_AJOUT)
            if nom and prenom and naissance and heures is not None:
                trouvees.append(PersonneDeposee(nom, prenom, naissance, heures))
        return trouvees

    def depot(self) -> Depot:
        """Ce que l’action reçoit ; sous « néant », les zéros saisis ne sont pas des lignes."""
        est_neant = self.cleaned_data["neant"]
        return Depot(
            deposant=self.cleaned_data["deposant"],
            heures=[] if est_neant else self._heures(),
            personnes=[] if est_neant else self._personnes(),
            est_neant=est_neant,
            commentaire=self.cleaned_data["commentaire"],
        )
