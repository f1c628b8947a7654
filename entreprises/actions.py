"""Tout ce qui écrit dans l’annuaire des entreprises."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from entreprises.models import Contact, Entreprise


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


@transaction.atomic
def creer_contact(entreprise: Entreprise, *, par: Acteur, **champs: Any) -> Contact:
    """Ajoute une personne à joindre dans l’entreprise, propre à la structure de l’auteur.

    Un contact retiré qui portait cette adresse reprend du service. Lève `ValidationError` : adresse déjà prise, ou
    absente de qui reçoit les demandes.
    """
    par.exiger(Droit.GERER_ANNUAIRE)
    relue = verrouiller(Entreprise.objects.all(), entreprise.pk, par=par)
    retire = (
        Contact.objects.visibles_par(par)
        .select_for_update(of=("self",))
        .filter(entreprise=relue, est_actif=False, courriel=champs.get("courriel") or None)
        .first()
    )
    if retire is not None:
        return modifier(retire, champs | {"est_actif": True}, par=par, action="reprendre le contact")
    neuf = Contact(structure_id=par.structure_id, entreprise=relue, **champs)
    return creer(neuf, par=par, action="ajouter le contact")


@transaction.atomic
def modifier_contact(contact: Contact, *, version: int, par: Acteur, **champs: Any) -> Contact:
    par.exiger(Droit.GERER_ANNUAIRE)
    relu = verrouiller(Contact.objects.all(), contact.pk, par=par)
    return modifier(relu, champs, par=par, action="modifier le contact", version=version)


@transaction.atomic
def retirer_contact(contact: Contact, *, par: Acteur, version: int | None = None) -> Contact:
    """Le contact ne reçoit plus rien et ne se montre plus ; ce qui lui a été envoyé reste dans l’historique.

    `version` : celle que l’on retire, si l’on y tient ; la page, qui montre le contact, n’en dit rien.
    """
    par.exiger(Droit.GERER_ANNUAIRE)
    relu = verrouiller(Contact.objects.all(), contact.pk, par=par)
    champs = {"est_actif": False, "recoit_demandes": False}
    return modifier(relu, champs, par=par, action="retirer le contact", version=version)
