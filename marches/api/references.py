"""Fiches que l’on désigne par leur numéro, choisies comme à la page."""

from __future__ import annotations

from typing import Any

from clauses.comptes.models import Utilisateur
from clauses.socle.api.champs import Reference


class Facilitateur(Reference):
    """Une personne de la structure, facilitateur ou responsable en activité."""

    default_error_messages = {"does_not_exist": "Aucun facilitateur en activité n°\u00a0{pk_value} dans la structure."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"queryset": Utilisateur.objects.none(), **options})

    def get_queryset(self) -> Any:
        return Utilisateur.objects.visibles_par(self.context["request"].acteur).facilitateurs()
