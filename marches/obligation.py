"""Ce qu’une clause demande à l’entreprise, en une phrase et, quand il se chiffre, en heures (domaine.md §4).

Calcul pur, sans base de données. Heures au centième, montants en euros HT, parts en pourcentage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from clauses.socle.nombres import au_centieme, en_bref, en_euros, en_heures, en_pourcent
from marches.enums import NatureMouvement, TypeObjectif
from marches.objectif import Assiette, heures_par_tranche, repartir

ZERO, CENT, MOIS_PAR_AN = Decimal(0), Decimal(100), 12

# Mouvements que les montants facturés ou commandés font suivre ; les autres natures s’y ajoutent (docs/adr/0019).
SUIVIES = frozenset({NatureMouvement.INITIAL, NatureMouvement.BON_COMMANDE, NatureMouvement.RECALCUL})

# Champs de la clause que chaque type d’objectif emploie ; un formulaire ne demande que ceux-là.
CALCUL = ("objectif_montant", "objectif_exclu", "objectif_part", "objectif_taux", "objectif_cout_horaire")
CHAMPS_DU_TYPE: dict[str, tuple[str, ...]] = {
    TypeObjectif.HEURES_FIXES: CALCUL,
    TypeObjectif.PCT_HEURES_TRAVAILLEES: ("objectif_heures_totales", "objectif_part_heures"),
    TypeObjectif.HEURES_PAR_TRANCHE_MONTANT: ("objectif_tranche",),
    TypeObjectif.NB_PERSONNES_OU_ETP: ("objectif_personnes", "objectif_etp"),
    TypeObjectif.OFFRE_TITULAIRE: ("objectif_plancher", "objectif_offre"),
    TypeObjectif.INTEGRAL: (),
    TypeObjectif.LIBRE: ("objectif_texte",),
}
CHAMPS_D_OBJECTIF = tuple(nom for noms in CHAMPS_DU_TYPE.values() for nom in noms)


class Membre(Protocol):
    """Un engagement, réduit à ce que la répartition lit."""

    pk: Any
    part_groupement: Any


@dataclass(frozen=True, slots=True)
class Obligation:
    """`phrase` : ce que l’entreprise doit ; `heures` : l’objectif chiffré, `None` s’il ne se calcule pas."""

    phrase: str
    heures: Decimal | None = None
    etapes: Sequence[tuple[str, str]] = field(default_factory=tuple)


def obligation(clause: Any, *, base_etp: int, mois: int | None, facture: Decimal = ZERO) -> Obligation:
    """`base_etp` : heures par an d’un temps plein ; `mois` : durée du marché ; `facture` : montants à ce jour."""
    match clause.type_objectif:
        case TypeObjectif.PCT_HEURES_TRAVAILLEES:
            return _part_des_heures(clause)
        case TypeObjectif.HEURES_PAR_TRANCHE_MONTANT:
            return _par_tranche(clause, facture)
        case TypeObjectif.NB_PERSONNES_OU_ETP:
            return _personnes(clause, base_etp, mois)
        case TypeObjectif.OFFRE_TITULAIRE:
            return _offre(clause)
        case TypeObjectif.INTEGRAL:
            return Obligation("Toute l’exécution du lot est confiée aux publics admis : chaque heure validée compte.")
        case TypeObjectif.LIBRE:
            texte = clause.objectif_texte.strip()
            return Obligation(texte or "L’objectif s’écrit librement : le contrat n’a pas encore été recopié ici.")
        case _:
            return _heures_fixes(clause)


def assiette(clause: Any) -> Assiette | None:
    """Le calcul gardé sur une clause, ou `None` s’il n’y en a pas."""
    if clause.objectif_montant is None:
        return None
    return Assiette(
        montant=clause.objectif_montant,
        part=clause.objectif_part,
        taux=clause.objectif_taux,
        cout_horaire=clause.objectif_cout_horaire,
        exclu=clause.objectif_exclu or ZERO,
    )


def _heures_fixes(clause: Any) -> Obligation:
    calcul = assiette(clause)
    if calcul is None:
        return Obligation("L’entreprise doit le nombre d’heures inscrit au grand livre.")
    phrase = f"L’objectif du lot est de {_h(calcul.heures)}, d’après le calcul gardé ici ; le grand livre fait foi."
    return Obligation(phrase, calcul.heures, calcul.etapes)


def _part_des_heures(clause: Any) -> Obligation:
    part, totales = clause.objectif_part_heures, clause.objectif_heures_totales
    if part is None or totales is None:
        return Obligation("L’entreprise doit une part de ses heures travaillées : donner le total et le pourcentage.")
    heures = au_centieme(totales * part / CENT)
    phrase = f"L’entreprise réserve {en_pourcent(part)} de ses heures travaillées : {_h(heures)} sur {_h(totales)}."
    etapes = [("Heures travaillées", _h(totales)), ("Part réservée", f"× {en_pourcent(part)} = {_h(heures)}")]
    return Obligation(phrase, heures, etapes)


def _par_tranche(clause: Any, facture: Decimal) -> Obligation:
    tranche = clause.objectif_tranche
    if tranche is None:
        return Obligation("L’entreprise doit des heures selon ce qu’elle facture : donner le montant d’une heure.")
    heures = heures_par_tranche([facture], tranche)
    phrase = f"L’entreprise doit 1 h par {en_euros(tranche)} HT facturés : {_h(heures)} à ce jour."
    etapes = [("Facturé ou commandé", en_euros(facture)), ("Une heure par tranche", f"÷ {en_euros(tranche)}")]
    return Obligation(phrase, heures, [*etapes, ("Objectif", _h(heures))])


def _personnes(clause: Any, base_etp: int, mois: int | None) -> Obligation:
    nombre, etp = clause.objectif_personnes, clause.objectif_etp
    voulus = []
    if nombre is not None:
        voulus.append(f"{nombre} personne{'s' if nombre > 1 else ''}")
    if etp is not None:
        voulus.append(f"{en_bref(etp)} équivalent{'s' if etp >= 2 else ''} temps plein")
    if not voulus:
        return Obligation("L’entreprise doit employer des personnes : donner leur nombre, ou les temps pleins.")
    phrase = f"L’entreprise emploie {' et '.join(voulus)}"
    if etp is None:
        return Obligation(f"{phrase} ; les heures qui y répondent s’inscrivent au grand livre.")
    if mois is None:
        return Obligation(f"{phrase} ; donner les dates du marché pour en déduire les heures.")
    heures = au_centieme(etp * base_etp * mois / MOIS_PAR_AN)
    etapes = [
        ("Temps pleins", f"{en_bref(etp)} × {en_heures(Decimal(base_etp))}\u00a0h par an"),
        ("Durée", f"× {mois} mois ÷ {MOIS_PAR_AN}"),
        ("Objectif", _h(heures)),
    ]
    return Obligation(f"{phrase} pendant {mois} mois, soit {_h(heures)}.", heures, etapes)


def _offre(clause: Any) -> Obligation:
    """L’offre engage si elle dépasse le plancher (domaine.md §4)."""
    plancher, offre = clause.objectif_plancher, clause.objectif_offre
    if offre is None and plancher is None:
        return Obligation("L’entreprise doit ce qu’elle a offert : donner le plancher et l’offre.")
    if offre is None:
        return Obligation(f"L’entreprise doit le plancher de {_h(plancher)} : son offre n’est pas connue.", plancher)
    if plancher is None or offre > plancher:
        au_dela = f", au-delà du plancher de {_h(plancher)}" if plancher is not None else ""
        return Obligation(f"L’entreprise doit les {_h(offre)} de son offre{au_dela}.", offre)
    phrase = f"L’entreprise doit le plancher de {_h(plancher)} : son offre ({_h(offre)}) ne le dépasse pas."
    return Obligation(phrase, plancher)


def dues_par_engagement(
    tranche: Decimal, membres: Sequence[Membre], montants: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """Heures que les montants rendent dues, par engagement ; leur somme est celle de la clause, au centième.

    Les parts du groupement décident si chaque membre a la sienne ; sinon, ce que chacun a facturé : un membre sans
    montant n’est alors pas du partage, et garde son estimation initiale.
    """
    heures = heures_par_tranche(montants.values(), tranche) if tranche > 0 else ZERO
    factures = {membre.pk: max(montants[membre.pk], ZERO) for membre in membres if membre.pk in montants}
    parts = _parts(membres) or factures
    return dict.fromkeys(parts, ZERO) | repartir(heures, parts)


def repartir_l_objectif(
    heures: Decimal, membres: Sequence[Membre], engagees: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """Répartit un objectif commun : selon les parts du groupement, sinon les heures déjà engagées, sinon également."""
    deja = {membre.pk: max(engagees.get(membre.pk, ZERO), ZERO) for membre in membres}
    parts = _parts(membres) or (deja if any(deja.values()) else dict.fromkeys(deja, Decimal(1)))
    return dict.fromkeys(deja, ZERO) | repartir(heures, parts)


def _parts(membres: Sequence[Membre]) -> dict[int, Decimal]:
    parts = {membre.pk: membre.part_groupement for membre in membres}
    return {} if None in parts.values() else parts


def _h(heures: Decimal) -> str:
    return f"{en_heures(heures)}\u00a0h"
