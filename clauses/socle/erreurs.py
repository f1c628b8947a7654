"""Les refus du métier : des phrases que l’on montre telles quelles."""

from __future__ import annotations


class ActionImpossible(Exception):
    """Refus du métier ; son texte est une phrase française complète, destinée à la personne qui agit."""


class FichierRefuse(ActionImpossible):
    """Fichier reçu qui ne sera pas lu ; la phrase nomme l’endroit, la borne et le remède."""
