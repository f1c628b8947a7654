"""Ouvrir un marché : les étapes d’une page, dans l’ordre où on les remplit."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from clauses.comptes.acteurs import Acteur
from marches.forms.base import Etapes
from marches.forms.choix import ChoixAcheteurForm, ChoixEntrepriseForm, ChoixRedevableForm
from marches.forms.clauses import ClauseSimpleForm
from marches.forms.engagements import EngagementForm, HeuresInitialesForm
from marches.forms.lots import LotUniqueForm, RoleForm
from marches.forms.marches import MarcheSimpleForm


class OuvertureSimple(Etapes):
    """Le cas courant, en une page : un marché, un lot, une clause, un titulaire."""

    def __init__(self, donnees: QueryDict | None, *, acteur: Acteur) -> None:
        super().__init__(
            acheteur=ChoixAcheteurForm(donnees, prefix="acheteur", acteur=acteur),
            marche=MarcheSimpleForm(donnees, prefix="marche", acteur=acteur),
            lot=LotUniqueForm(donnees, prefix="lot"),
            clause=ClauseSimpleForm(donnees, prefix="clause"),
            entreprise=ChoixRedevableForm(donnees, prefix="entreprise", acteur=acteur),
            engagement=HeuresInitialesForm(donnees, prefix="engagement"),
        )

    def saisie(self) -> dict[str, Any]:
        """Paramètres de `actions.ouvrir_marche_simple`."""
        return {
            "acheteur": self["acheteur"].choix(),
            "marche": self["marche"].saisie(),
            "lot": self["lot"].saisie(),
            "clause": self["clause"].saisie(),
            "entreprise": self["entreprise"].choix(),
            **self["engagement"].cleaned_data,
        }


class Ouverture(Etapes):
    """Un marché seul ; ses lots, clauses et titulaires viennent ensuite."""

    def __init__(self, donnees: QueryDict | None, *, acteur: Acteur) -> None:
        super().__init__(
            acheteur=ChoixAcheteurForm(donnees, prefix="acheteur", acteur=acteur),
            marche=MarcheSimpleForm(donnees, prefix="marche", acteur=acteur),
        )

    def saisie(self) -> dict[str, Any]:
        """Paramètres de `actions.ouvrir_marche`."""
        return {"acheteur": self["acheteur"].choix(), "marche": self["marche"].saisie()}


class Groupement(Etapes):
    """Une entreprise et son rôle dans un lot."""

    def __init__(self, donnees: QueryDict | None, *, acteur: Acteur) -> None:
        super().__init__(
            entreprise=ChoixEntrepriseForm(donnees, prefix="entreprise", acteur=acteur),
            role=RoleForm(donnees, prefix="role"),
        )

    def saisie(self) -> dict[str, Any]:
        """Paramètres de `actions.ajouter_au_groupement`."""
        return {"entreprise": self["entreprise"].choix(), **self["role"].cleaned_data}


class NouvelEngagement(Etapes):
    """Une entreprise et les heures dont elle devient redevable."""

    def __init__(self, donnees: QueryDict | None, *, acteur: Acteur, initial: dict[str, Any]) -> None:
        super().__init__(
            entreprise=ChoixRedevableForm(donnees, prefix="entreprise", acteur=acteur, initial=initial),
            engagement=EngagementForm(donnees, prefix="engagement", initial=initial),
        )

    def saisie(self) -> dict[str, Any]:
        """Paramètres de `actions.engager_entreprise`."""
        return {"entreprise": self["entreprise"].choix(), **self["engagement"].cleaned_data}
