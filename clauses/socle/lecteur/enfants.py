"""Les enfants d’une racine XML, un à un : ni entité, ni DOCTYPE, ni arbre entier."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.courant import Courant
from clauses.socle.nombres import en_nombre

PROFONDEUR_MAX = 30
BALISES_MAX = 20_000

Contenu = str | dict[str, Any]
"""Le texte d’une balise, ou ses enfants par nom ; une balise répétée y devient une liste."""


def suivre_enfants(courant: Courant, *, racine: str) -> Iterator[tuple[str, Contenu]]:
    """Nom et contenu de chaque enfant de `<racine>`, oublié dès qu’il est rendu. Lève `FichierRefuse`."""
    try:
        yield from _suivre(courant, racine)
    except DefusedXmlException as erreur:
        raise FichierRefuse(
            "Ce fichier contient une déclaration DOCTYPE ou une entité, qu’aucun profil d’acheteur n’écrit : il n’est "
            "pas lu."
        ) from erreur
    except ParseError as erreur:
        ligne, colonne = erreur.position
        raise FichierRefuse(
            f"Ce fichier n’est pas un XML lisible : erreur ligne {en_nombre(ligne)}, colonne "
            f"{en_nombre(colonne + 1)}. Le télécharger de nouveau."
        ) from erreur
    except (LookupError, ValueError) as erreur:
        raise FichierRefuse("Ce fichier XML annonce un codage inconnu. L’enregistrer en UTF-8.") from erreur


def _suivre(courant: Courant, attendue: str) -> Iterator[tuple[str, Contenu]]:
    racine: Element | None = None
    profondeur = balises = 0
    for evenement, balise in iterparse(courant, events=("start", "end"), forbid_dtd=True):
        if evenement == "start":
            profondeur += 1
            balises += 1
            if racine is None:
                racine = balise
                if _nom(balise) != attendue:
                    raise FichierRefuse(f"Ce XML n’a pas « {attendue} » pour racine : ce n’est pas un fichier DECP.")
            if profondeur > PROFONDEUR_MAX:
                raise FichierRefuse(
                    f"Ce fichier imbrique plus de {PROFONDEUR_MAX} niveaux de balises : il n’est pas lu."
                )
            if balises > BALISES_MAX:
                raise FichierRefuse(f"Un élément de ce fichier compte plus de {en_nombre(BALISES_MAX)} balises.")
            continue
        profondeur -= 1
        if profondeur == 1 and racine is not None:
            yield _nom(balise), _contenu(balise)
            racine.clear()
            balises = 0
            courant.element_fini()


def _contenu(balise: Element) -> Contenu:
    if not len(balise):
        return (balise.text or "").strip()
    valeurs: dict[str, list[Any]] = {}
    for enfant in balise:
        valeurs.setdefault(_nom(enfant), []).append(_contenu(enfant))
    return {nom: lus if len(lus) > 1 else lus[0] for nom, lus in valeurs.items()}


def _nom(balise: Element) -> str:
    """Nom sans espace de noms."""
    return balise.tag.rpartition("}")[2]
