"""Écrire les règles de pénalité d’une clause, et les barèmes datés qu’elles emploient (domaine.md §5)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.journal import etat, journaliser
from clauses.socle.erreurs import ConflitDeVersion
from marches.models import Bareme, Clause, ReglePenalite

CHAMPS = [
    "clause", "formule", "valeur", "plafond_euros", "plafond_pourcent", "exige_mise_en_demeure", "delai_jours",
    "article",
]  # fmt: skip


@transaction.atomic
def ajouter_regle(clause: Clause, *, par: Acteur, **champs: Any) -> ReglePenalite:
    """Ajoute une règle à la clause. Lève `ValidationError` : formule déjà portée, valeur ou plafond impossible."""
    par.exiger(Droit.GERER_MARCHES)
    relue: Clause = verrouiller(Clause.objects.all(), clause.pk, par=par)
    regle = ReglePenalite(structure_id=par.structure_id, clause=relue, **champs)
    return creer(regle, par=par, action="ajouter la règle de pénalité")


@transaction.atomic
def modifier_regle(regle: ReglePenalite, *, version: int, par: Acteur, **champs: Any) -> ReglePenalite:
    par.exiger(Droit.GERER_MARCHES)
    relue: ReglePenalite = verrouiller(ReglePenalite.objects.all(), regle.pk, par=par)
    return modifier(relue, champs, par=par, action="modifier la règle de pénalité", version=version)


@transaction.atomic
def retirer_regle(regle: ReglePenalite, *, version: int, par: Acteur) -> None:
    """Retire une règle ; le journal garde ce qu’elle disait, les propositions déjà faites gardent leur calcul.

    Lève `ConflitDeVersion` si elle a changé depuis qu’on l’a affichée.
    """
    par.exiger(Droit.GERER_MARCHES)
    relue: ReglePenalite = verrouiller(ReglePenalite.objects.all(), regle.pk, par=par)
    if relue.version != version:
        raise ConflitDeVersion(relue.version, [("règle", str(relue), "retirée")])
    journaliser(par=par, action="retirer la règle de pénalité", objet=relue, avant=etat(relue, CHAMPS))
    relue.delete()


@transaction.atomic
def ajouter_bareme(*, code: str, date_debut: datetime.date, valeur: Decimal, source: str, par: Acteur) -> Bareme:
    """Ajoute une valeur datée (euros) à un barème commun à l’instance, avec sa source.

    Lève `ValidationError` si le barème a déjà une valeur à cette date : les calculs faits ne changent pas.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    bareme = Bareme(code=code, date_debut=date_debut, valeur=valeur, source=source)
    return creer(bareme, par=par, action="ajouter une valeur de barème")
