"""Le journal : toute écriture, et toute consultation de données nominatives.

Ce qui identifie une personne ou révèle sa situation n’y entre pas : le nom du champ reste, la valeur devient
« (modifié) ». La classification des champs est portée par chaque modèle (`CLASSIFICATION`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models

from clauses.comptes.acteurs import Acteur
from clauses.comptes.enums import NatureEcriture, Sensibilite
from clauses.comptes.models import EcritureJournal
from clauses.socle.lecture_seule import journal_ouvert

MASQUE = "(modifié)"
MASQUEES = {Sensibilite.IDENTIFIANT, Sensibilite.SENSIBLE9}


def en_json(valeur: Any) -> Any:
    match valeur:
        case None | bool() | int() | str() | list() | dict():
            return valeur
        case Decimal() | datetime.date() | datetime.datetime():
            return str(valeur)
        case models.Model():
            return valeur.pk
        case bytes() | memoryview():
            return f"{len(valeur)} octets"
        case _:
            return str(valeur)


def etat(objet: models.Model, champs: Iterable[str]) -> dict[str, Any]:
    """Valeurs des champs, prêtes pour le journal : identifiants et données sensibles y sont masqués."""
    classification: Mapping[str, str] = getattr(objet, "CLASSIFICATION", {})
    return {
        champ: MASQUE
        if classification.get(champ, Sensibilite.SENSIBLE9) in MASQUEES
        else en_json(getattr(objet, objet._meta.get_field(champ).attname))  # type: ignore[union-attr]
        for champ in champs
    }


def journaliser(
    *,
    par: Acteur,
    action: str,
    objet: models.Model,
    avant: dict[str, Any] | None = None,
    apres: dict[str, Any] | None = None,
    nombre: int = 1,
) -> EcritureJournal:
    """Inscrit une écriture faite par `par` sur `objet` ; échoue avec l’action si le journal n’est pas disponible."""
    return EcritureJournal.objects.create(
        structure_id=par.structure_id,
        nature=NatureEcriture.ECRITURE,
        action=action,
        objet_type=objet._meta.label_lower,
        objet_id=str(objet.pk or ""),
        avant=avant,
        apres=apres,
        nombre=nombre,
        role=par.role,
        inscrite_par_id=par.utilisateur_id,
    )


def journaliser_lecture(
    *, par: Acteur, action: str, modele: type[models.Model], objet_id: Any = "", nombre: int = 1, filtre: str = ""
) -> None:
    """Inscrit une consultation de données nominatives : quelle fiche, ou combien de personnes et sous quel filtre."""
    with journal_ouvert():
        EcritureJournal.objects.create(
            structure_id=par.structure_id,
            nature=NatureEcriture.LECTURE,
            action=action,
            objet_type=modele._meta.label_lower,
            objet_id=str(objet_id),
            apres={"filtre": filtre} if filtre else None,
            nombre=nombre,
            role=par.role,
            inscrite_par_id=par.utilisateur_id,
        )
