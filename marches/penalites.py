"""Le calcul d’une pénalité : chaque règle de la clause, son terme, son plafond, et le total (domaine.md §5).

Pur et exact ; l’acheteur décide, ce calcul propose. Les montants sont en euros au centime, les heures au centième.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clauses.socle.jours import ajouter_jours_ouvres
from clauses.socle.nombres import au_centieme, en_bref, en_euros, en_heures
from marches.enums import CodeBareme, FormulePenalite

CENT = Decimal(100)
ZERO = Decimal(0)
BAREME_DE = {
    FormulePenalite.H_X_SMIC: CodeBareme.SMIC_HORAIRE,
    FormulePenalite.H_X_PLAFOND_SS: CodeBareme.PLAFOND_SS_HORAIRE,
}


@dataclass(frozen=True, slots=True)
class Regle:
    """Une règle de la clause, réduite à ce que le calcul lit."""

    formule: FormulePenalite
    valeur: Decimal
    plafond_euros: Decimal | None = None
    plafond_pourcent: Decimal | None = None
    article: str = ""


@dataclass(frozen=True, slots=True)
class Faits:
    """Ce qui s’est passé : heures manquantes, montant du lot, jours ouvrés de retard d’une pièce, absences."""

    heures_manquantes: Decimal
    montant: Decimal | None = None
    jours_de_retard: int = 0
    absences: int = 0


@dataclass(frozen=True, slots=True)
class Terme:
    """Une ligne du calcul. `avant_plafond` diffère de `montant` quand un plafond joue."""

    formule: FormulePenalite
    calcul: str
    avant_plafond: Decimal
    montant: Decimal
    plafond: Decimal | None
    article: str


@dataclass(frozen=True, slots=True)
class Calcul:
    termes: Sequence[Terme]
    impossibles: Sequence[str]
    """Règles qu’on n’a pas pu calculer, et pourquoi : montant du lot ou barème inconnu."""

    @property
    def total(self) -> Decimal:
        return sum((terme.montant for terme in self.termes), ZERO)


def calculer(regles: Sequence[Regle], faits: Faits, baremes: Mapping[str, Decimal]) -> Calcul:
    """`baremes` : valeur en vigueur à la date d’arrêté, par code. Une règle sans objet (zéro) n’a pas de terme."""
    termes, impossibles = [], []
    for regle in regles:
        brut = _brut(regle, faits, baremes)
        plafond = _plafond(regle, faits)
        if isinstance(brut, str):
            impossibles.append(brut)
        elif isinstance(plafond, str):
            impossibles.append(plafond)
        elif brut[0] > 0:
            montant = brut[0] if plafond is None else min(brut[0], plafond)
            termes.append(Terme(regle.formule, brut[1], brut[0], montant, plafond, regle.article))
    return Calcul(termes, impossibles)


def _brut(regle: Regle, faits: Faits, baremes: Mapping[str, Decimal]) -> tuple[Decimal, str] | str:
    """Le montant avant plafond et son calcul écrit, ou la phrase qui dit ce qui manque."""
    heures, valeur = faits.heures_manquantes, regle.valeur
    match regle.formule:
        case FormulePenalite.H_X_EUROS:
            return au_centieme(heures * valeur), f"{en_heures(heures)} h manquantes × {en_euros(valeur)}"
        case FormulePenalite.H_X_SMIC | FormulePenalite.H_X_PLAFOND_SS:
            code = BAREME_DE[regle.formule]
            bareme = baremes.get(code)
            if bareme is None:
                return f"{regle.formule.label} : aucun barème « {code.label} » à cette date. L’ajouter aux réglages."
            ecrit = f"{en_heures(heures)} h manquantes × {en_bref(valeur)} × {en_euros(bareme)}"
            return au_centieme(heures * valeur * bareme), ecrit
        case FormulePenalite.PCT_MONTANT:
            if faits.montant is None:
                return "Pourcentage du montant : le lot n’a pas de montant. Le renseigner sur le lot."
            if heures <= 0:
                return ZERO, ""
            ecrit = f"{en_bref(valeur)}\u202f% de {en_euros(faits.montant)}"
            return au_centieme(faits.montant * valeur / CENT), ecrit
        case FormulePenalite.JOUR_RETARD:
            jours = faits.jours_de_retard
            return au_centieme(valeur * jours), f"{jours} jours ouvrés de retard × {en_euros(valeur)}"
        case FormulePenalite.FORFAIT_ABSENCE:
            return au_centieme(valeur * faits.absences), f"{faits.absences} absences × {en_euros(valeur)}"


def _plafond(regle: Regle, faits: Faits) -> Decimal | str | None:
    plafonds = [] if regle.plafond_euros is None else [regle.plafond_euros]
    if regle.plafond_pourcent is not None:
        if faits.montant is None:
            return f"{regle.formule.label} : plafond en % du montant, mais le lot n’a pas de montant. Le renseigner."
        plafonds.append(au_centieme(faits.montant * regle.plafond_pourcent / CENT))
    return min(plafonds, default=None)


def fin_du_delai(mise_en_demeure: datetime.date, delai_jours: int) -> datetime.date:
    """Dernier jour ouvré laissé pour répondre ; la pénalité se propose à partir du lendemain."""
    return ajouter_jours_ouvres(mise_en_demeure, delai_jours)
