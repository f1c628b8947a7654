"""Ce qui range les heures, les sorties et les chiffres dans une grille : chaque dimension et ses codes admis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from bilans import calculs, declarations
from bilans.faits import NON, NR, OUI, Cellule, Faits
from clauses.comptes.acteurs import Acteur
from entreprises.enums import TypeEmployeur
from heures.enums import (
    CriterePublic,
    DureeInscription,
    Modalite,
    Niveau,
    OuiNonInconnu,
    Sexe,
    SituationSortie,
    TypeContrat,
)
from marches.enums import NatureClause, Secteur, TypeDonneurOrdre
from marches.models import Engagement

NON_RENSEIGNE = {NR: "Non renseigné"}
Valeur = str | int | Decimal
"""Un code, ou un nombre (âge, euros) ; `NR` quand rien n’est renseigné."""


class Complement(NamedTuple):
    """Ce que les faits d’un bilan ne disent pas d’un engagement. `montant` : celui du marché, en euros HT."""

    nature: str
    secteur: str
    montant: Decimal | None


def lire_complements(acteur: Acteur) -> dict[int, Complement]:
    """Une lecture, tous les engagements du périmètre."""
    champs = ("pk", "clause__nature_clause", "clause__lot__secteur", "clause__lot__marche__montant_ht")
    lus = Engagement.objects.visibles_par(acteur).order_by().values_list(*champs)
    return {pk: Complement(nature, secteur or NR, montant) for pk, nature, secteur, montant in lus}


@dataclass(frozen=True, slots=True)
class Source:
    faits: Faits
    complements: Mapping[int, Complement]


@dataclass(frozen=True, slots=True)
class Partie:
    """Une liste de codes, ou un nombre (`codes` absent) que des bornes découpent."""

    nom: str
    codes: Mapping[str, str] | None = None


Lire = Callable[[Source, Cellule], tuple[Valeur, ...]]


@dataclass(frozen=True, slots=True)
class Dimension:
    """`lire` range une cellule d’heures ; absent quand ce ne sont pas des heures que l’on range."""

    libelle: str
    parties: tuple[Partie, ...]
    lire: Lire | None = None


def _age(source: Source, cellule: Cellule) -> Valeur:
    age = source.faits.profils[cellule.participant].age
    return NR if age is None else age


def _montant(source: Source, cellule: Cellule) -> Valeur:
    montant = source.complements[cellule.engagement].montant
    return NR if montant is None else montant


def _criteres(*codes: str) -> Dimension:
    """Une partie par critère : oui s’il est à l’entrée, principal ou non ; `NR` si elle n’en porte aucun."""

    def lire(source: Source, cellule: Cellule) -> tuple[Valeur, ...]:
        siens = source.faits.profils[cellule.participant].criteres
        return tuple(NR if siens <= {NR} else OUI if code in siens else NON for code in codes)

    libelles = [str(CriterePublic(code).label) for code in codes]
    parties = tuple(Partie(f"Critère {libelle}", dict(OuiNonInconnu.choices)) for libelle in libelles)
    return Dimension(" et ".join(libelles), parties, lire)


# Ce qu’un chiffre de la grille compte : personne (public), tout le monde (vide), ou qui a un trait.
PUBLIC = None
TRAITS: dict[str, str | None] = {
    "heures_realisees": "", "etp": "", "beneficiaires": "", "nouveaux_entrants": "nouveau", "femmes": "sexe",
    "beneficiaires_brsa": "brsa", "heures_moyennes": "", "contrats": "", "marches_actifs": PUBLIC,
    "marches_notifies": PUBLIC, "marches_en_cours": PUBLIC, "heures_engagees_cumul": PUBLIC,
    "heures_realisees_cumul": "", "acheteurs_actifs": PUBLIC, "acheteurs_nouveaux": PUBLIC,
    "entreprises_actives": PUBLIC, "siae_mobilisees": PUBLIC, "etp_facilitateurs": PUBLIC,
    "heures_par_etp_facilitateur": "", "beneficiaires_par_etp_facilitateur": "",
}  # fmt: skip
AGE = Partie("Âge à l’entrée, en années")
NIVEAU = Partie("Niveau de formation", dict(Niveau.choices))
MODALITE = Partie("Modalité", dict(Modalite.choices))
EMPLOYEUR = Partie("Type d’employeur", dict(TypeEmployeur.choices))
SITUATION = Partie("Situation à la sortie", dict(SituationSortie.choices))
INDICATEUR = Partie("Indicateur", {i.cle: i.nom for i in declarations.INDICATEURS if i.cle in TRAITS})

DIMENSIONS: dict[str, Dimension] = {
    "indicateur": Dimension("Indicateur", (INDICATEUR,)),
    "situation_sortie": Dimension("Situation à la sortie", (SITUATION,)),
    "situation_6_mois": Dimension("Situation six mois après la sortie", (SITUATION,)),
    "handicap": _criteres(CriterePublic.BOETH, CriterePublic.AAH),
    "exil": _criteres(CriterePublic.REFUGIE, CriterePublic.DEMANDEUR_ASILE),
    "type_acheteur": Dimension(
        "Type d’acheteur",
        (Partie("Type d’acheteur", dict(TypeDonneurOrdre.choices)),),
        lambda s, c: (calculs.acheteur_de(s.faits, c).type,),
    ),
    "nature_clause": Dimension(
        "Nature de la clause",
        (Partie("Nature de la clause", dict(NatureClause.choices)),),
        lambda s, c: (s.complements[c.engagement].nature,),
    ),
    "montant_marche": Dimension(
        "Montant du marché", (Partie("Montant du marché, en euros HT"),), lambda s, c: (_montant(s, c),)
    ),
    "secteur": Dimension(
        "Secteur",
        (Partie("Secteur", {**dict(Secteur.choices), **NON_RENSEIGNE}),),
        lambda s, c: (s.complements[c.engagement].secteur,),
    ),
    "modalite_employeur": Dimension(
        "Modalité et type d’employeur",
        (MODALITE, EMPLOYEUR),
        lambda s, c: (c.modalite, s.faits.contrats[c.contrat].type_employeur),
    ),
    "type_contrat": Dimension(
        "Type de contrat",
        (Partie("Type de contrat", dict(TypeContrat.choices)),),
        lambda s, c: (s.faits.contrats[c.contrat].type_contrat,),
    ),
    "critere_principal": Dimension(
        "Critère principal",
        (Partie("Critère principal", {**dict(CriterePublic.choices), **NON_RENSEIGNE}),),
        lambda s, c: (s.faits.profils[c.participant].principal,),
    ),
    "qpv": Dimension(
        "Réside en QPV",
        (Partie("Réside en QPV", dict(OuiNonInconnu.choices)),),
        lambda s, c: (s.faits.profils[c.participant].qpv,),
    ),
    "sexe": Dimension(
        "Sexe", (Partie("Sexe", dict(Sexe.choices)),), lambda s, c: (s.faits.profils[c.participant].sexe,)
    ),
    "duree_inscription": Dimension(
        "Durée d’inscription",
        (Partie("Durée d’inscription", dict(DureeInscription.choices)),),
        lambda s, c: (s.faits.profils[c.participant].duree,),
    ),
    "age": Dimension("Âge à l’entrée", (AGE,), lambda s, c: (_age(s, c),)),
    "niveau": Dimension(
        "Niveau de formation", (NIVEAU,), lambda s, c: (s.faits.profils[c.participant].niveau,)
    ),
    "age_niveau": Dimension(
        "Âge et niveau", (AGE, NIVEAU), lambda s, c: (_age(s, c), s.faits.profils[c.participant].niveau)
    ),
}  # fmt: skip
