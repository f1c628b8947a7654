"""Ce qu’une lecture de DECP rend, quel que soit le format : des contrats neutres et leurs écarts."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, field
from decimal import Decimal

from marches.enums import NatureMarche, RoleEntreprise


class FormatDecp(enum.StrEnum):
    """Format reconnu ; la valeur est ce qu’on en dit à l’utilisateur."""

    JSON_2022 = "JSON réglementaire 2022"
    JSON_2019 = "JSON réglementaire 2019"
    XML_2022 = "XML réglementaire 2022"
    XML_2019 = "XML réglementaire 2019"
    CSV_PLAT = "CSV plat (data.economie)"
    CSV_TABULAIRE = "CSV tabulaire (decp.info)"


class Consideration(enum.StrEnum):
    """Considération sociale d’un contrat (domaine.md §6), dans l’ordre où on les écrit."""

    CLAUSE = "Clause sociale"
    CRITERE = "Critère social"
    RESERVE = "Marché réservé"


@dataclass(frozen=True, slots=True)
class Ecart:
    """Un défaut du fichier que la lecture a toléré : où, quoi, et ce qui en a été fait."""

    champ: str
    valeur: str
    raison: str

    def __str__(self) -> str:
        return f"{self.champ} : {self.raison}"


@dataclass(frozen=True, slots=True)
class OrganismeLu:
    """Un acheteur ou une entreprise ; le nom est vide quand le format n’en donne pas."""

    siret: str
    nom: str = ""


@dataclass(frozen=True, slots=True)
class AttributionLue:
    entreprise: OrganismeLu
    role: RoleEntreprise


@dataclass(frozen=True, slots=True)
class ModificationLue:
    """Une modification datée ; `montant_ht` et `duree_mois` sont de nouveaux totaux, `None` s’ils ne changent pas."""

    date: datetime.date
    montant_ht: Decimal | None = None
    duree_mois: int | None = None


@dataclass(frozen=True, slots=True)
class ContratLu:
    """Un enregistrement du fichier : un marché attribué, souvent un lot.

    `rang` : sa place dans le fichier, à partir de 1. `refus` : pourquoi il ne peut pas entrer (vide s’il le peut).
    Le montant est en euros hors taxes, toutes modifications appliquées ; `montant_initial` et `duree_initiale` sont
    ceux d’avant. `dit_les_considerations` : faux quand la forme du fichier n’en porte pas. `publie_le` : dernière
    publication, modifications et actes compris. `lignes` : lignes du CSV qu’il réunit.
    """

    rang: int
    format: FormatDecp
    identifiant: str = ""
    acheteur: OrganismeLu | None = None
    objet: str = ""
    nature: str = NatureMarche.MARCHE
    procedure: str = ""
    technique: str = ""
    ccag: str = ""
    cpv: str = ""
    montant_ht: Decimal | None = None
    date_notification: datetime.date | None = None
    date_debut: datetime.date | None = None
    date_fin: datetime.date | None = None
    duree_mois: int | None = None
    commune_execution_insee: str = ""
    considerations: tuple[Consideration, ...] = ()
    attributions: tuple[AttributionLue, ...] = ()
    montant_initial: Decimal | None = None
    duree_initiale: int | None = None
    modifications: tuple[ModificationLue, ...] = ()
    id_accord_cadre: str = ""
    publie_le: datetime.date | None = None
    dit_les_considerations: bool = True
    lignes: int = 1
    ecarts: tuple[Ecart, ...] = ()
    refus: tuple[str, ...] = ()

    @property
    def clef(self) -> tuple[str, str] | None:
        """(SIRET de l’acheteur, identifiant) ; `None` si l’un des deux manque."""
        return (self.acheteur.siret, self.identifiant) if self.acheteur and self.identifiant else None

    @property
    def source_identifiant(self) -> str:
        return "/".join(self.clef) if self.clef else ""

    @property
    def est_social(self) -> bool:
        return bool(self.considerations)


@dataclass(frozen=True, slots=True)
class FichierLu:
    nom: str
    format: FormatDecp
    contrats: list[ContratLu] = field(default_factory=list)
