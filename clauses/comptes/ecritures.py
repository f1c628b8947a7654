"""Les gestes communs à toutes les actions : créer, relire et verrouiller, modifier sans perdre l’écriture d’un autre.

Aucun bord (vue, formulaire, sérialiseur) n’importe ce module : il sert aux `actions.py`.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from clauses.comptes.acteurs import Acteur
from clauses.comptes.journal import etat, journaliser
from clauses.comptes.perimetre import PerimetreQuerySet
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from clauses.socle.recherche import derives

M = TypeVar("M", bound=models.Model)


def creer(objet: M, *, par: Acteur, action: str) -> M:
    """Contrôle, enregistre et journalise un objet neuf. Lève `ValidationError` si une règle de la base dit non."""
    controler(objet)
    enregistrer(objet, force_insert=True)
    noms = [champ.name for champ in objet._meta.concrete_fields if champ.editable and not champ.primary_key]
    journaliser(par=par, action=action, objet=objet, apres=etat(objet, noms))
    return objet


def concerne(contrainte: models.BaseConstraint, changes: Collection[str]) -> bool:
    """Vrai si la contrainte lit un des champs changés ; une contrainte dont on ne sait rien concerne toujours."""
    match contrainte:
        case models.CheckConstraint(condition=models.Q() as condition):
            return not condition.referenced_base_fields.isdisjoint(changes)
        case models.UniqueConstraint(condition=None, fields=champs) if champs:
            return not set(champs).isdisjoint(changes)
    return True


def controler(objet: models.Model, changes: Collection[str] | None = None) -> None:
    """`full_clean`, sans relire chaque clef étrangère.

    Les clefs viennent d’objets pris dans le périmètre, et la base vérifie qu’ils existent. Lève `ValidationError`,
    toutes les fautes ensemble, chacune à son champ. `changes` : les champs modifiés ; les contraintes qu’aucun ne
    touche ne sont pas revérifiées (une requête chacune).
    """
    presentes = {
        champ.name
        for champ in objet._meta.concrete_fields
        if champ.is_relation and getattr(objet, champ.attname) is not None
    }
    fautes: dict[str, Any] = {}
    for verifier, sauf in (
        (objet.clean_fields, presentes),
        (lambda exclude: objet.clean(), set()),
        (objet.validate_unique, set()),
        (partial(_valider_contraintes, objet, changes), set()),
    ):
        try:
            verifier(exclude=sauf | set(fautes))
        except ValidationError as erreur:
            fautes = erreur.update_error_dict(fautes)
    if fautes:
        raise ValidationError(fautes)


def _valider_contraintes(objet: models.Model, changes: Collection[str] | None, exclude: Collection[str]) -> None:
    fautes: dict[str, Any] = {}
    for modele, contraintes in objet.get_constraints():
        for contrainte in contraintes:
            if changes is None or concerne(contrainte, changes):
                try:
                    contrainte.validate(modele, objet, exclude=exclude)  # type: ignore[attr-defined]
                except ValidationError as erreur:
                    fautes = erreur.update_error_dict(fautes)
    if fautes:
        raise ValidationError(fautes)


def enregistrer(objet: models.Model, **options: Any) -> None:
    """Enregistre ; si la base refuse ce que `full_clean` avait admis (deux écritures au même instant), le dit."""
    try:
        with transaction.atomic():
            objet.save(**options)
    except IntegrityError as erreur:
        violees = [c for c in objet._meta.constraints if c.name in str(erreur)]
        raison = violees[0].violation_error_message if violees else "Une fiche identique vient d’être enregistrée."
        raise ActionImpossible(f"{raison} Recharger la page, puis recommencer.") from erreur


def verrouiller(objets: PerimetreQuerySet[M], pk: Any, *, par: Acteur) -> M:
    """Relit un objet dans le périmètre et le verrouille jusqu’à la fin de la transaction."""
    trouve = objets.visibles_par(par).select_for_update(of=("self",)).filter(pk=pk).first()
    if trouve is None:
        raise ActionImpossible("Cette fiche n’existe plus, ou vous n’y avez plus accès.")
    return trouve


def modifier(objet: M, champs: dict[str, Any], *, par: Acteur, action: str, version: int | None = None) -> M:
    """Modifie un objet déjà verrouillé ; ne fait rien si rien ne change.

    `version` : celle que l’auteur avait sous les yeux (`None` si le geste ne dépend pas de l’ancien état). Lève
    `ConflitDeVersion` si elle est dépassée, `ValidationError` si une règle dit non.
    """
    changes = [nom for nom, valeur in champs.items() if getattr(objet, nom) != valeur]
    if version is not None and version != objet.version:  # type: ignore[attr-defined]
        raise ConflitDeVersion(
            objet.version,  # type: ignore[attr-defined]
            [
                (
                    str(objet._meta.get_field(nom).verbose_name),  # type: ignore[union-attr]
                    _montrer(objet, nom, getattr(objet, nom)),
                    _montrer(objet, nom, champs[nom]),
                )
                for nom in changes
            ],
        )
    if not changes:
        return objet
    avant = etat(objet, changes)
    for nom in changes:
        setattr(objet, nom, champs[nom])
    ecrits = list(changes)
    if hasattr(objet, "version"):
        objet.version += 1
        ecrits.append("version")
    ecrits += derives(objet, changes)
    controler(objet, changes)
    enregistrer(objet, update_fields=ecrits)
    journaliser(par=par, action=action, objet=objet, avant=avant, apres=etat(objet, changes))
    return objet


def _montrer(objet: models.Model, nom: str, valeur: Any) -> str:
    """Une valeur telle que la page l’écrit : libellé d’un choix, date et nombre à la française."""
    match valeur:
        case None | "":
            return "vide"
        case bool():
            return "oui" if valeur else "non"
        case bytes() | memoryview():
            return f"un fichier de {len(valeur)} octets"
        case list():
            return f"une liste de longueur {len(valeur)}"
        case datetime.date():
            return f"{valeur:%d/%m/%Y}"
        case Decimal():
            return str(valeur).replace(".", ",")
        case list() | dict():
            return f"{len(valeur)} élément{'s' if len(valeur) > 1 else ''}"
    libelles = dict(getattr(objet._meta.get_field(nom), "flatchoices", ()))
    return str(libelles.get(valeur, valeur))
