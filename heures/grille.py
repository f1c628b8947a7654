"""La grille mensuelle d’un engagement : lignes (contrats) × mois × cellules, et leurs totaux. Construction pure.

Les totaux comptent les heures déclarées et validées ; une heure refusée se montre sans compter (domaine.md §3.3).
"""

from __future__ import annotations

import datetime
import enum
from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from clauses.socle.mois import NOMS, ajouter_mois, dernier_jour, en_lettres, premier_jour
from clauses.socle.nombres import en_heures, en_nombre
from heures import calculs
from heures.enums import StatutLigne, StatutReleve, TypeContrat, TypeHeures

K = TypeVar("K", bound=Hashable)
ZERO = Decimal(0)
NEANT = StatutReleve.NEANT
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


ETAT_DE_STATUT = {
    StatutLigne.DECLAREE: Etat.DECLAREE,
    StatutLigne.VALIDEE: Etat.VALIDEE,
    StatutLigne.REFUSEE: Etat.REFUSEE,
}


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
class Cellule:
    """`raison` : pourquoi la cellule est fermée, ou le motif d’un refus ; `version` 0 quand rien n’est noté."""

    mois: datetime.date
    etat: Etat
    heures: Decimal | None = None
    version: int = 0
    ligne: int | None = None
    raison: str = ""
    rang: int = 0

    @property
    def est_ouverte(self) -> bool:
        return self.etat in (Etat.VIDE, Etat.DECLAREE, Etat.REFUSEE)


@dataclass(frozen=True, slots=True)
class Ligne:
    contrat: ContratLu
    cellules: Sequence[Cellule]
    total: Decimal

    @property
    def est_fermee(self) -> bool:
        """Rien de noté, et rien à noter cette année-là."""
        return all(cellule.etat is Etat.FERMEE for cellule in self.cellules)


@dataclass(frozen=True, slots=True)
class EtatDuMois:
    """Ce qu’un mois attend : des heures à valider (tous types), ou un néant si rien n’y est noté."""

    mois: datetime.date
    nombre_declarees: int = 0
    heures_declarees: Decimal = ZERO
    est_neant_possible: bool = False

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
    mois: datetime.date
    total: Decimal
    etat: EtatDuMois
    releve: str
    est_courante: bool
    est_ouverte: bool

    @property
    def abrege(self) -> str:
        return ABREGES[self.mois.month - 1]


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

    @property
    def annee_par_defaut(self) -> int:
        """L’année du dernier mois achevé (en janvier on saisit décembre), ramenée dans celles de l’engagement."""
        visee = ajouter_mois(self.aujourd_hui, -1).year
        if self.fin is not None:
            visee = min(visee, self.fin.year)
        return max(visee, self.debut.year) if self.debut is not None else visee


@dataclass(frozen=True, slots=True)
class Grille:
    annee: int
    type_heures: TypeHeures
    lignes: Sequence[Ligne]
    colonnes: Sequence[Colonne]
    total: Decimal
    fermee: str
    """Raison qui ferme toute la grille (marché clos, lecture seule) ; vide si l’on peut saisir."""


def mois_de(annee: int) -> list[datetime.date]:
    return [datetime.date(annee, rang, 1) for rang in range(1, 13)]


def somme(lignes: Iterable[HeuresLues]) -> Decimal:
    """Heures déclarées et validées ; les annulations, négatives, s’y compensent."""
    return sum((ligne.heures for ligne in lignes if ligne.statut != StatutLigne.REFUSEE), ZERO)


def cellule(mois: datetime.date, rang: int, vive: HeuresLues | None, cadre: calculs.Cadre, *, fermee: str) -> Cellule:
    """Une heure notée reste visible et corrigeable, même si son mois n’est plus ouvert ; une cellule vide se ferme."""
    if vive is not None:
        etat = ETAT_DE_STATUT[StatutLigne(vive.statut)]
        raison = vive.motif if etat is Etat.REFUSEE else ""
        return Cellule(mois, etat, vive.heures, vive.version, vive.pk, raison, rang)
    raison = calculs.refus_de_mois(mois, cadre) or fermee
    return Cellule(mois, Etat.FERMEE if raison else Etat.VIDE, raison=raison, rang=rang)


def construire(
    *,
    annee: int,
    type_heures: TypeHeures,
    contrats: Sequence[ContratLu],
    lignes: Sequence[HeuresLues],
    cadres: Mapping[int, calculs.Cadre],
    releves: Mapping[datetime.date, str],
    bornes: Bornes,
    fermee: str = "",
    ajoutes: Container[int] = (),
) -> Grille:
    """Assemble la grille d’une année. `lignes` : toutes celles de l’engagement cette année-là, tous types.

    `cadres` donne le cadre de chaque contrat. Un contrat sans heures dont tous les mois sont fermés ne se montre que
    si on l’a ajouté (`ajoutes`).
    """
    du_type = [ligne for ligne in lignes if ligne.type_heures == type_heures]
    rangees = _rangees(annee, contrats, du_type, cadres, fermee)
    montrees = [rangee for rangee in rangees if rangee.contrat.pk in ajoutes or not rangee.est_fermee]
    colonnes = _colonnes(annee, du_type, lignes, releves, bornes, est_fermee=bool(fermee))
    return Grille(annee, type_heures, montrees, colonnes, somme(du_type), fermee)


def _rangees(
    annee: int,
    contrats: Sequence[ContratLu],
    lignes: Sequence[HeuresLues],
    cadres: Mapping[int, calculs.Cadre],
    fermee: str,
) -> Iterator[Ligne]:
    vives = {(ligne.contrat_id, ligne.mois): ligne for ligne in lignes if ligne.est_vive}
    par_contrat = ranger(lignes, lambda ligne: ligne.contrat_id)
    for contrat in contrats:
        cellules = [
            cellule(mois, rang, vives.get((contrat.pk, mois)), cadres[contrat.pk], fermee=fermee)
            for rang, mois in enumerate(mois_de(annee))
        ]
        yield Ligne(contrat, cellules, somme(par_contrat[contrat.pk]))


def _colonnes(
    annee: int,
    du_type: Sequence[HeuresLues],
    lignes: Sequence[HeuresLues],
    releves: Mapping[datetime.date, str],
    bornes: Bornes,
    *,
    est_fermee: bool,
) -> list[Colonne]:
    par_mois, toutes = ranger(du_type, lambda ligne: ligne.mois), ranger(lignes, lambda ligne: ligne.mois)
    return [
        Colonne(
            mois,
            somme(par_mois[mois]),
            etat_du_mois(
                mois,
                toutes[mois],
                neant_permis=bornes.ouvrent(mois) and not est_fermee and releves.get(mois) != NEANT,
            ),
            releves.get(mois, ""),
            mois == premier_jour(bornes.aujourd_hui),
            bornes.ouvrent(mois),
        )
        for mois in mois_de(annee)
    ]


def ranger(lignes: Iterable[HeuresLues], clef: Callable[[HeuresLues], K]) -> defaultdict[K, list[HeuresLues]]:
    rangees: defaultdict[K, list[HeuresLues]] = defaultdict(list)
    for ligne in lignes:
        rangees[clef(ligne)].append(ligne)
    return rangees


def etat_du_mois(mois: datetime.date, lignes: Sequence[HeuresLues], *, neant_permis: bool) -> EtatDuMois:
    declarees = [ligne for ligne in lignes if ligne.statut == StatutLigne.DECLAREE]
    est_vide = all(ligne.statut == StatutLigne.REFUSEE for ligne in lignes)
    return EtatDuMois(mois, len(declarees), somme(declarees), est_vide and neant_permis)
