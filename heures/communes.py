"""Communes du référentiel, pour les saisir par leur code ou par leur nom (domaine.md §9)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from clauses.comptes.models import Structure
from clauses.socle.conversions import ValeurRefusee, normaliser, vers_code_insee
from clauses.territoires.models import Commune

# « Arras (62041) » : ce que propose la liste de suggestions.
_SUGGESTION = re.compile(r"\(([0-9AB]{5})\)\s*$")


PROPOSEES_MAX = 1000


def proposees() -> list[tuple[str, str]]:
    """(code INSEE, nom) des communes des territoires de l’instance, par nom.

    Aucune au-delà de `PROPOSEES_MAX` : la page ne porte pas la France. Le nom et le code se tapent dans tous les cas.
    """
    territoires = Commune.objects.filter(epci__in=Structure.territoire.through.objects.values("epci"))
    trouvees = list(territoires.order_by("nom", "pk").values_list("code_insee", "nom")[: PROPOSEES_MAX + 1])
    return trouvees if len(trouvees) <= PROPOSEES_MAX else []


def noms(codes: Iterable[str]) -> dict[str, str]:
    return dict(Commune.objects.filter(pk__in=set(codes)).values_list("code_insee", "nom"))


def en_clair(code: str) -> str:
    """« Arras (62041) », ou le code seul d’une commune hors du référentiel."""
    return f"{nom} ({code})" if code and (nom := noms([code]).get(code)) else code


def vers_commune(texte: str) -> str:
    """Le code INSEE d’une commune donnée par son code, son nom exact ou les deux (accents et casse ignorés).

    Lève `ValeurRefusee` : nom inconnu ou porté par plusieurs communes, code mal formé.
    """
    if suggestion := _SUGGESTION.search(texte):
        texte = suggestion[1]
    if any(c.isdigit() for c in texte):
        return vers_code_insee(texte)
    cherche = normaliser(texte)
    connues = Commune.objects.order_by("nom", "pk").values_list("code_insee", "nom")
    trouvees = [(code, nom) for code, nom in connues.iterator(chunk_size=5000) if normaliser(nom) == cherche]
    if not trouvees:
        raise ValeurRefusee(f"Aucune commune connue ne s’appelle « {texte} » : donner son code INSEE, pas le postal.")
    if len(trouvees) > 1:
        codes = ", ".join(code for code, _ in trouvees)
        raise ValeurRefusee(f"Plusieurs communes s’appellent « {texte} » : choisir le code parmi {codes}.")
    return trouvees[0][0]
