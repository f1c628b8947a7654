"""Les refus du métier : des phrases que l’on montre telles quelles."""

from __future__ import annotations


class ActionImpossible(Exception):
    """Refus du métier ; son texte est une phrase française complète, destinée à la personne qui agit."""


class ConflitDeVersion(ActionImpossible):
    """La fiche a changé depuis qu’elle a été affichée ; `ecarts` donne (champ, valeur actuelle, valeur proposée)."""

    def __init__(self, version: int, ecarts: list[tuple[str, str, str]]) -> None:
        self.version = version
        self.ecarts = ecarts
        details = " ; ".join(
            f"{champ} : « {actuelle} » est enregistré, vous proposez « {proposee} »"
            for champ, actuelle, proposee in ecarts
        )
        super().__init__(
            "Cette fiche a été modifiée par quelqu’un d’autre pendant votre saisie. "
            + (f"{details}. " if details else "")
            + "Vérifiez vos valeurs, puis enregistrez de nouveau pour les garder."
        )


class FichierRefuse(ActionImpossible):
    """Fichier reçu qui ne sera pas lu ; la phrase nomme l’endroit, la borne et le remède."""
