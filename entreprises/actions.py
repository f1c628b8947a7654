"""Tout ce qui écrit dans l’annuaire des entreprises."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from entreprises.models import Entreprise


@transaction.atomic
def creer_entreprise(*, par: Acteur, **champs: Any) -> Entreprise:
    """Ajoute une entreprise à l’annuaire. Lève `ValidationError` : SIRET faux ou déjà présent."""
    par.exiger(Droit.GERER_ANNUAIRE)
    return creer(Entreprise(**champs), par=par, action="créer l’entreprise")


@transaction.atomic
def modifier_entreprise(entreprise: Entreprise, *, version: int, par: Acteur, **champs: Any) -> Entreprise:
    par.exiger(Droit.GERER_ANNUAIRE)
    relue = verrouiller(Entreprise.objects.all(), entreprise.pk, par=par)
    return modifier(relue, champs, par=par, action="modifier l’entreprise", version=version)


@transaction.atomic
def completer_entreprise(entreprise: Entreprise, *, par: Acteur, **champs: Any) -> Entreprise:
    """Remplit ce qui manque, n’écrase rien (formats.md §2)."""
    par.exiger(Droit.GERER_ANNUAIRE)
    relue = verrouiller(Entreprise.objects.all(), entreprise.pk, par=par)
    manquants = {nom: valeur for nom, valeur in champs.items() if valeur and not getattr(relue, nom)}
    return modifier(relue, manquants, par=par, action="compléter l’entreprise")
