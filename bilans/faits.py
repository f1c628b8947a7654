"""Ce que la base donne à un bilan, en valeurs simples : `agregats` le lit, `calculs` le compte, sans se connaître."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from clauses.socle.mois import ajouter_mois, dernier_jour

NR = "NR"
OUI = "OUI"
NON = "NON"
TERRITOIRE = "TERRITOIRE"
AUTRE_DEPARTEMENT = "AUTRE_DEPARTEMENT"
HORS = "HORS"
DEPUIS_TOUJOURS = datetime.date(1900, 1, 1)


class Periode(NamedTuple):
    """Bornes comprises ; un mois compte quand son premier jour est dans la période."""

    du: datetime.date
    au: datetime.date
    arrete_au: datetime.date

    def un_an_plus_tot(self) -> Periode:
        return Periode(*(_un_an_plus_tot(jour) for jour in self))

    def depuis_toujours(self) -> Periode:
        """Tout ce qui précède la date d’arrêté : un stock."""
        return Periode(DEPUIS_TOUJOURS, self.arrete_au, self.arrete_au)


def _un_an_plus_tot(jour: datetime.date) -> datetime.date:
    """Même jour un an avant ; une fin de mois reste une fin de mois (28 février 2025 → 29 février 2024)."""
    avant = ajouter_mois(jour, -12)
    return dernier_jour(avant) if jour == dernier_jour(jour) else avant


class Cellule(NamedTuple):
    """Heures validées de la période, déjà sommées par engagement, personne, modalité et contrat."""

    engagement: int
    participant: int
    modalite: str
    contrat: int
    centiemes: int


class Profil(NamedTuple):
    """La personne à sa première entrée en clause ; `NR` partout où rien n’est renseigné."""

    sexe: str
    age: int | None
    territoire: str
    zone: str
    qpv: str
    niveau: str
    duree: str
    brsa: str
    plie: str
    principal: str
    criteres: frozenset[str]
    manques: frozenset[str] = frozenset()
    """Ce que la fiche ne dit pas (`bilans.etats.MANQUES`)."""
    commune: str = NR


class Contrat(NamedTuple):
    participant: int
    employeur: int
    type_contrat: str
    type_employeur: str


class Engagement(NamedTuple):
    marche: int
    entreprise: int
    lot: int = 0
    secteur: str = ""
    numero: str = ""
    """Référence du marché et numéro du lot, tels qu’on les lit."""
    siret: str = ""
    nom: str = ""
    """SIRET et raison sociale de l’entreprise redevable."""


class Marche(NamedTuple):
    acheteur: int
    notifie_le: datetime.date | None
    est_clos: bool
    considerations: frozenset[str] = frozenset()
    """Codes des considérations sociales qu’il porte (`bilans.etats.CONSIDERATIONS`)."""
    operation: int = 0
    est_npnru: bool = False


class Acheteur(NamedTuple):
    nom: str
    siret: str
    type: str
    epci: str


class Sortie(NamedTuple):
    """Une sortie saisie, ou présumée : celle-là n’a pas de situation tant que personne ne l’a notée."""

    participant: int
    date: datetime.date
    situation: str
    situation_6_mois: str = ""
    situation_12_mois: str = ""
    est_presumee: bool = False


class Activite(NamedTuple):
    numero: int
    date: datetime.date
    nature: str


@dataclass(frozen=True, slots=True)
class Faits:
    """Tout ce qu’un bilan compte, pour une structure et une période. Heures en centièmes entiers."""

    periode: Periode
    cellules: Sequence[Cellule]
    premiers_mois: Mapping[int, datetime.date]
    """Premier mois validé de toujours dans la structure, quel que soit l’acheteur."""
    profils: Mapping[int, Profil]
    contrats: Mapping[int, Contrat]
    engagements: Mapping[int, Engagement]
    marches: Mapping[int, Marche]
    acheteurs: Mapping[int, Acheteur]
    engagees: Mapping[int, int]
    """Par engagement d’un marché en cours à la date d’arrêté : heures engagées à cette date."""
    realisees: Mapping[int, int]
    sorties: Sequence[Sortie]
    """Sorties saisies et présumées de la période, et des douze mois qui la précèdent (échéances à 6 et à 12 mois)."""
    hors_compte: Mapping[str, int]
    """Heures déclarées et refusées de la période, par statut."""
    territoires: Sequence[tuple[str, str]]
    """(code, libellé) des lignes du tableau des territoires, dans l’ordre."""
    base_etp: int
    etp_facilitateurs: Decimal | None
    premiers_chez: Mapping[int, datetime.date] = field(default_factory=dict)
    """Premier mois validé chez les acheteurs auxquels la lecture se restreint ; vide sans restriction."""
    lignes_hors_compte: Mapping[str, int] = field(default_factory=dict)
    """Nombre de lignes déclarées et refusées de la période, par statut."""
    activites: Sequence[Activite] = ()
    perimetre: Collection[int] | None = None
    """Acheteurs auxquels la lecture se restreint ; `None` : tous."""
    operations: Mapping[int, str] = field(default_factory=dict)
    """Nom de chaque opération de la structure."""
