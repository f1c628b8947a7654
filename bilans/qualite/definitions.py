"""Chaque contrôle de qualité, déclaré une fois : titre, règle, remède. Écran, classeur et JSON en sortent."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bilans.faits import Periode
from bilans.rapport import Demande
from heures.anomalies import REGLES

ANOMALIES = {regle.code: regle for regle in REGLES}


@dataclass(frozen=True, slots=True)
class Perimetre:
    """Une période, le jour où l’on regarde, et au besoin un acheteur (SIRET), un EPCI (SIREN) ou un engagement."""

    periode: Periode
    le: datetime.date
    acheteur: str = ""
    engagement: int | None = None

    @property
    def fin(self) -> datetime.date:
        """Rien n’est échu après le jour où l’on regarde."""
        return min(self.periode.au, self.le)


@dataclass(frozen=True, slots=True)
class DemandeDeQualite(Demande):
    """Le rapport qualité se restreint aussi à un engagement : il ne s’émet pas, sa demande ne se fige donc jamais."""

    engagement: int | None = None


@dataclass(frozen=True, slots=True)
class Cas:
    """Un défaut : de qui ou de quoi, ce qu’on en voit, et la page qui le corrige. `age` en jours."""

    sujet: str
    detail: str
    url: str
    heures: Decimal | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """Un contrôle. `est_exigible` : il compte dans la complétude ; sinon il avertit sans retenir un bilan final."""

    cle: str
    titre: str
    regle: str
    remede: str
    source: str = "bilans.md, I"
    est_exigible: bool = True
    nomme: bool = True


@dataclass(frozen=True, slots=True)
class Defaut:
    """Un contrôle et ses cas ; `attendus` : parmi combien, vide quand le contrôle n’a pas de dénominateur."""

    definition: Definition
    cas: Sequence[Cas]
    attendus: int | None = None

    @property
    def nombre(self) -> int:
        return len(self.cas)

    @property
    def heures(self) -> Decimal | None:
        connues = [cas.heures for cas in self.cas if cas.heures is not None]
        return sum(connues, Decimal("0.00")) if connues else None

    @property
    def age(self) -> int | None:
        """Le plus ancien, en jours."""
        return max((cas.age for cas in self.cas if cas.age is not None), default=None)


A_L_ENTREE = "Bénéficiaires de la période\u00a0; "
DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "lignes_non_validees", "Lignes d’heures à valider",
        "Lignes déclarées de la période qui attendent une décision\u00a0: elles ne comptent nulle part. "
        "L’âge se compte depuis la déclaration.",
        "Valider ou refuser", "domaine.md §3",
    ),
    Definition(
        "sans_critere", "Personnes sans critère",
        f"{A_L_ENTREE}aucun critère principal à la première entrée en clause, ou pas d’entrée.", "Noter le critère",
    ),
    Definition(
        "sans_piece", "Personnes sans pièce vue",
        f"{A_L_ENTREE}dernière entrée. {ANOMALIES['SANS_PIECE'].enonce}", ANOMALIES["SANS_PIECE"].remede,
        "domaine.md §6",
    ),
    Definition(
        "sans_constat", "Personnes sans date de constat",
        f"{A_L_ENTREE}dernière entrée. {ANOMALIES['CONSTAT_TARDIF'].enonce}", "Dater le constat", "domaine.md §3",
    ),
    Definition(
        "sans_commune", "Personnes sans commune de résidence",
        f"{A_L_ENTREE}commune absente à la première entrée, ou pas d’entrée\u00a0: la ligne "
        "«\u00a0non renseigné\u00a0» des territoires.", "Noter la commune", "domaine.md §9",
    ),
    Definition(
        "sans_qpv", "Personnes sans vérification QPV",
        f"{A_L_ENTREE}QPV «\u00a0non renseigné\u00a0» à la première entrée, ou pas d’entrée.", "Vérifier l’adresse",
    ),
    Definition(
        "mois_pleins", "Plus d’un mois plein", ANOMALIES["MOIS_PLEIN"].enonce, ANOMALIES["MOIS_PLEIN"].remede,
        "domaine.md §3", est_exigible=False,
    ),
    Definition(
        "chevauchements", "Contrats qui se chevauchent", ANOMALIES["CHEVAUCHEMENT"].enonce,
        ANOMALIES["CHEVAUCHEMENT"].remede, est_exigible=False,
    ),
    Definition(
        "sorties_sans_situation", "Sorties sans situation",
        "Sorties de la période notées «\u00a0non renseigné\u00a0», et sorties présumées, que nul n’a notées\u00a0: "
        "dernier contrat terminé, puis le délai sans heure réglé par la structure.", "Noter la sortie",
    ),
    Definition(
        "echeances", "Situations à 6 et à 12 mois échues",
        "Échéances tombées dans la période et dont la situation manque.", "Noter la situation",
    ),
    Definition(
        "marches_sans_engagement", "Marchés sans engagement",
        "Marchés notifiés ou en cours dont aucun lot ne porte d’engagement d’heures.", "Compléter le marché",
        nomme=False,
    ),
    Definition(
        "releves_en_retard", "Relevés en retard",
        "Mois de la période, engagement ouvert, dont l’échéance est passée sans heures ni néant.",
        "Saisir ou relancer", "domaine.md §2", nomme=False,
    ),
)  # fmt: skip
# Ce qu’atteste une attestation : des heures décidées, de personnes dont l’éligibilité est prouvée (bilans.md, D).
D_UNE_ATTESTATION = frozenset(
    {"lignes_non_validees", "sans_critere", "sans_piece", "sans_constat", "releves_en_retard"}
)
PAR_CLE = {definition.cle: definition for definition in DEFINITIONS}
