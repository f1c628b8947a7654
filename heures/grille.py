"""La grille mensuelle d’un engagement : lignes (contrats) × mois × cellules, et leurs totaux. Construction pure.

Les totaux comptent les heures déclarées et validées ; une heure refusée se montre sans compter (domaine.md §3.3).
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clauses.socle.mois import NOMS, ajouter_mois, dernier_jour, en_lettres, premier_jour
from clauses.socle.nombres import en_heures, en_nombre
from heures import calculs
from heures.enums import StatutLigne, TypeContrat, TypeHeures

ZERO = Decimal(0)
ABREGES = (
    "janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip


class Etat(enum.StrEnum):
    """Ce qu’une cellule permet : `VIDE`, `DECLAREE` et `REFUSEE` se saisissent, les deux autres non."""

    VIDE = "vide"
    DECLAREE = "declaree"
    VALIDEE = "validee"
    REFUSEE = "refusee"
    FERMEE = "fermee"
    HORS_ELIGIBILITE = "hors"


OUVERTES = frozenset({Etat.VIDE, Etat.DECLAREE, Etat.REFUSEE})
FERMEES = frozenset({Etat.FERMEE, Etat.HORS_ELIGIBILITE})
ETAT_DE_STATUT = {
    StatutLigne.DECLAREE: Etat.DECLAREE,
    StatutLigne.VALIDEE: Etat.VALIDEE,
    StatutLigne.REFUSEE: Etat.REFUSEE,
}


@dataclass(frozen=True, slots=True)
class Axe:
    """Ce que note une colonne : les heures d’un mois et d’un type."""

    mois: datetime.date
    type_heures: TypeHeures

    @property
    def mois_iso(self) -> str:
        return f"{self.mois:%Y-%m}"


def axes_de_l_annee(annee: int, type_heures: TypeHeures) -> list[Axe]:
    return [Axe(mois, type_heures) for mois in mois_de(annee)]


def axes_du_mois(mois: datetime.date) -> list[Axe]:
    return [Axe(mois, type_heures) for type_heures in TypeHeures]


@dataclass(frozen=True, slots=True)
class ContratLu:
    """Ce que la grille montre d’un contrat."""

    pk: int
    participant_id: int
    nom: str
    prenom: str
    employeur: str
    type_contrat: str
    debut: datetime.date
    fin: datetime.date | None

    @property
    def personne(self) -> str:
        return f"{self.nom.upper()} {self.prenom}"

    @property
    def en_clair(self) -> str:
        """« CDD, 02/25 – 07/25, employeur » : ce qui distingue deux contrats d’une même personne."""
        fin = f" – {self.fin:%m/%y}" if self.fin else " –"
        return f"{TypeContrat(self.type_contrat).label}, {self.debut:%m/%y}{fin}, {self.employeur}"


@dataclass(frozen=True, slots=True)
class HeuresLues:
    """Une ligne d’heures ; `est_vive` : ordinaire et qu’aucune annulation n’a éteinte."""

    pk: int
    contrat_id: int
    mois: datetime.date
    type_heures: str
    heures: Decimal
    statut: str
    motif: str
    version: int
    est_vive: bool


@dataclass(frozen=True, slots=True)
class ReleveLu:
    """L’état d’un relevé ; sans échéance propre, celle de la structure vaut."""

    statut: str
    echeance: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Cellule:
    """`raison` : pourquoi la cellule est fermée, ou le motif d’un refus ; `version` 0 quand rien n’est noté.

    `plein` : la phrase qui dit que la personne dépasse un mois plein, tous engagements confondus.
    """

    mois: datetime.date
    etat: Etat
    heures: Decimal | None = None
    version: int = 0
    ligne: int | None = None
    raison: str = ""
    rang: int = 0
    plein: str = ""
    est_en_retard: bool = False

    @property
    def est_ouverte(self) -> bool:
        return self.etat in OUVERTES

    @property
    def est_fermee(self) -> bool:
        return self.etat in FERMEES

    @property
    def mois_iso(self) -> str:
        return f"{self.mois:%Y-%m}"

    @property
    def est_a_decrire(self) -> bool:
        return self.etat is not Etat.VIDE or bool(self.plein) or self.est_en_retard

    @property
    def infobulle(self) -> str:
        refus = f"Refusées\u00a0: {self.raison}" if self.etat is Etat.REFUSEE else ""
        return " ".join(filter(None, [refus, self.plein]))

    @property
    def en_clair(self) -> str:
        """L’état d’une cellule qui ne se saisit pas, pour qui ne voit ni sa couleur ni son signe."""
        etats = {Etat.DECLAREE: "déclarées, à valider", Etat.VALIDEE: "validées"}
        return " ".join(filter(None, [etats.get(self.etat, ""), self.infobulle]))


@dataclass(frozen=True, slots=True)
class Ligne:
    contrat: ContratLu
    cellules: Sequence[Cellule]
    total: Decimal

    @property
    def est_fermee(self) -> bool:
        """Rien de noté, et rien à noter dans ces colonnes."""
        return all(cellule.est_fermee for cellule in self.cellules)


@dataclass(frozen=True, slots=True)
class EtatDuMois:
    """Ce qu’un mois attend : des heures à valider (tous types), ou un néant si rien n’y est noté."""

    mois: datetime.date
    nombre_declarees: int = 0
    heures_declarees: Decimal = ZERO
    est_neant_possible: bool = False
    est_neant: bool = False
    retard: str = ""
    """La phrase qui dit quand le relevé était attendu, une fois l’échéance passée ; vide sinon."""

    @property
    def mois_iso(self) -> str:
        return f"{self.mois:%Y-%m}"

    @property
    def geste(self) -> str:
        """Le libellé complet du bouton : « Valider mars : 12 lignes, 1 234,50 h »."""
        pluriel = "s" if self.nombre_declarees > 1 else ""
        return (
            f"Valider {NOMS[self.mois.month - 1]}\u00a0: {en_nombre(self.nombre_declarees)} ligne{pluriel}, "
            f"{en_heures(self.heures_declarees)}\u00a0h"
        )

    @property
    def geste_neant(self) -> str:
        return f"Noter néant en {en_lettres(self.mois)}\u00a0: aucune heure faite"


@dataclass(frozen=True, slots=True)
class Colonne:
    axe: Axe
    total: Decimal
    etat: EtatDuMois
    est_ouverte: bool


@dataclass(frozen=True, slots=True)
class Resume:
    """Heures de tout l’engagement, tous mois et tous types : seules les validées comptent (domaine.md §3.3).

    `retenues` : celles qui éteignent l’engagement, la formation comptée à son coefficient et sous son plafond.
    """

    engagees: Decimal
    validees: Decimal
    declarees: Decimal
    retenues: Decimal
    retenues_si_valide: Decimal

    @property
    def reste(self) -> Decimal:
        """Ce qui reste à faire, négatif quand l’engagement est dépassé."""
        return self.engagees - self.retenues

    @property
    def reste_si_valide(self) -> Decimal:
        return self.engagees - self.retenues_si_valide

    @property
    def compte_autrement(self) -> bool:
        """Vrai si la formation ne compte pas heure pour heure."""
        return self.retenues != self.validees


@dataclass(frozen=True, slots=True)
class Bornes:
    """Début et fin de l’engagement (une date absente ne borne pas), et le jour où l’on regarde."""

    debut: datetime.date | None
    fin: datetime.date | None
    aujourd_hui: datetime.date

    def ouvrent(self, mois: datetime.date) -> bool:
        """Vrai pour un mois commencé qui touche l’engagement."""
        return (
            mois <= self.aujourd_hui
            and (self.debut is None or dernier_jour(mois) >= self.debut)
            and (self.fin is None or mois <= self.fin)
        )

    def touchent(self, annee: int) -> bool:
        """Vrai si l’engagement court au moins un jour de cette année."""
        return (self.debut is None or self.debut.year <= annee) and (self.fin is None or annee <= self.fin.year)

    @property
    def annee_par_defaut(self) -> int:
        """L’année du dernier mois achevé (en janvier on saisit décembre), ramenée dans celles de l’engagement."""
        visee = ajouter_mois(self.aujourd_hui, -1).year
        if self.fin is not None:
            visee = min(visee, self.fin.year)
        return max(visee, self.debut.year) if self.debut is not None else visee


@dataclass(frozen=True, slots=True)
class Grille:
    lignes: Sequence[Ligne]
    colonnes: Sequence[Colonne]
    total: Decimal
    fermee: str
    """Raison qui ferme toute la grille (marché clos, lecture seule) ; vide si l’on peut saisir."""

    @property
    def etats(self) -> Sequence[EtatDuMois]:
        """Un état par mois montré, même quand un mois a plusieurs colonnes."""
        return list({colonne.axe.mois: colonne.etat for colonne in self.colonnes}.values())


@dataclass(frozen=True, slots=True)
class Lu:
    """Ce qu’une grille a lu d’un engagement : tous ses mois montrés, tous types d’heures.

    `cadres` donne le cadre de chaque contrat ; `pleins`, la phrase des personnes au-delà d’un mois plein, par
    personne et par mois. Un contrat sans heures dont tous les mois sont fermés ne se montre que s’il est ajouté.
    """

    contrats: Sequence[ContratLu]
    lignes: Sequence[HeuresLues]
    cadres: Mapping[int, calculs.Cadre]
    releves: Mapping[datetime.date, ReleveLu]
    bornes: Bornes
    jour_echeance: int
    pleins: Mapping[tuple[int, datetime.date], str]
    fermee: str = ""
    ajoutes: Container[int] = ()


@dataclass(frozen=True, slots=True)
class Entete:
    """L’en-tête d’une colonne, commun à tous les engagements de la page."""

    axe: Axe
    libelle: str
    lieu: str
    """La colonne dite hors du tableau : « mars 2025 », « formation, novembre 2025 »."""
    est_courante: bool
    est_ouverte: bool


def entetes(axes: Sequence[Axe], grilles: Sequence[Grille], aujourd_hui: datetime.date) -> list[Entete]:
    """Les en-têtes des colonnes ; un mois est ouvert s’il l’est pour un engagement au moins."""
    est_un_mois = len({axe.mois for axe in axes}) == 1
    return [
        Entete(
            axe,
            axe.type_heures.label if est_un_mois else ABREGES[axe.mois.month - 1],
            f"{axe.type_heures.label.lower()}, {en_lettres(axe.mois)}" if est_un_mois else en_lettres(axe.mois),
            axe.mois == premier_jour(aujourd_hui) and not est_un_mois,
            any(grille.colonnes[rang].est_ouverte for grille in grilles),
        )
        for rang, axe in enumerate(axes)
    ]


def mois_de(annee: int) -> list[datetime.date]:
    return [datetime.date(annee, rang, 1) for rang in range(1, 13)]


def mois_pleins(grilles: Sequence[Grille]) -> list[tuple[int, str, str]]:
    """Les personnes montrées au-delà d’un mois plein : (personne, « 2025-03 », phrase), chacune une fois."""
    phrases = {
        (ligne.contrat.participant_id, cellule.mois_iso): cellule.plein
        for grille in grilles
        for ligne in grille.lignes
        for cellule in ligne.cellules
        if cellule.plein
    }
    return [(personne, mois, phrase) for (personne, mois), phrase in phrases.items()]
