"""Employeur, contrat et modalité : une combinaison inhabituelle avertit, sans interdire (domaine.md §6)."""

from __future__ import annotations

from entreprises.enums import TypeEmployeur
from heures.enums import Modalite, TypeContrat

EMPLOYEURS_DU_CONTRAT = {
    TypeContrat.INTERIM: {TypeEmployeur.ETT, TypeEmployeur.EATT},
    TypeContrat.INTERIM_INSERTION: {TypeEmployeur.ETTI},
    TypeContrat.CDI_INTERIMAIRE: {TypeEmployeur.ETT, TypeEmployeur.ETTI, TypeEmployeur.EATT},
    TypeContrat.CDDI: {TypeEmployeur.EI, TypeEmployeur.ACI, TypeEmployeur.AI, TypeEmployeur.REGIE_QUARTIER},
    TypeContrat.CDI_INCLUSION: {TypeEmployeur.EI, TypeEmployeur.ACI, TypeEmployeur.AI, TypeEmployeur.ETTI},
    TypeContrat.CDDU: {TypeEmployeur.AI},
    TypeContrat.CDD_TREMPLIN: {TypeEmployeur.EA, TypeEmployeur.EATT},
    TypeContrat.CONTRAT_SOUTIEN_ESAT: {TypeEmployeur.ESAT},
}
METTENT_A_DISPOSITION = frozenset(
    {
        TypeEmployeur.ETT,
        TypeEmployeur.ETTI,
        TypeEmployeur.AI,
        TypeEmployeur.GEIQ,
        TypeEmployeur.EATT,
        TypeEmployeur.EA,
        TypeEmployeur.ESAT,
        TypeEmployeur.SEP,
        TypeEmployeur.AUTRE,
    }
)
NE_FONT_QUE_PRETER = frozenset({TypeEmployeur.ETT, TypeEmployeur.ETTI, TypeEmployeur.EATT, TypeEmployeur.AI})


def avertissements(*, type_employeur: str, type_contrat: str, modalite: str) -> list[str]:
    """Phrases à montrer, vides si la combinaison est courante."""
    employeur, contrat = TypeEmployeur(type_employeur), TypeContrat(type_contrat)
    trouves = []
    if contrat in EMPLOYEURS_DU_CONTRAT and employeur not in EMPLOYEURS_DU_CONTRAT[contrat]:
        trouves.append(
            f"Un contrat « {contrat.label} » est inhabituel chez un employeur « {employeur.label} » : "
            "vérifier les deux."
        )
    if modalite == Modalite.MISE_A_DISPOSITION and employeur not in METTENT_A_DISPOSITION:
        trouves.append(f"Un employeur « {employeur.label} » met rarement du personnel à disposition.")
    if modalite == Modalite.EMBAUCHE_DIRECTE and employeur in NE_FONT_QUE_PRETER:
        trouves.append(
            f"Un employeur « {employeur.label} » met d’ordinaire à disposition : l’embauche directe est inhabituelle."
        )
    return trouves
