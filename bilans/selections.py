"""Ce qu’un filtre retient quand on ne compte ni des heures ni des personnes : contrats, marchés, acheteurs… Pur.

Les indicateurs comptent ces sélections, les ouvertures les montrent : un chiffre et sa liste ne peuvent pas diverger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable

from bilans import calculs
from bilans.calculs import Filtre, atteindre_une_heure, totaux
from bilans.etats import ACTIF, EN_COURS, NOTIFIE, NOUVEAU, SANS_ENGAGEMENT, SUIVI
from bilans.faits import NON, OUI, Acheteur, Activite, Faits, Marche

DE_MARCHE = frozenset({"acheteur", "type_acheteur", "marche", "operation", "npnru"})


def contrats(faits: Faits, filtre: Filtre) -> dict[Hashable, list[int]]:
    """Contrats d’au moins une heure : clef (un contrat, ou une personne et son employeur) → contrats réunis."""
    cellules = calculs.retenir(faits, filtre)
    sommes = totaux(cellules, lambda c: calculs.cle_de_contrat(c.contrat, faits.contrats[c.contrat]))
    retenus = atteindre_une_heure(sommes)
    reunis: dict[Hashable, list[int]] = defaultdict(list)
    for numero in sorted({c.contrat for c in cellules}):
        cle = calculs.cle_de_contrat(numero, faits.contrats[numero])
        if cle in retenus:
            reunis[cle].append(numero)
    return dict(reunis)


def actifs(faits: Faits) -> set[Hashable]:
    """Marchés d’au moins une heure validée dans la période."""
    return atteindre_une_heure(totaux(faits.cellules, lambda c: faits.engagements[c.engagement].marche))


def marches(faits: Faits, filtre: Filtre) -> list[int]:
    """Marchés dans l’état demandé (`etat`), d’un acheteur ou d’un type d’acheteur au besoin."""
    du, au, arrete_au = faits.periode
    utiles, connus, sociale = actifs(faits), suivis(faits), filtre.get("consideration")
    engages = {engagement.marche for engagement in faits.engagements.values()}
    est: dict[str, Callable[[int, Marche], bool]] = {
        NOTIFIE: lambda _, m: calculs.est_notifie(m, du, au),
        EN_COURS: lambda _, m: calculs.est_en_cours(m, arrete_au),
        ACTIF: lambda pk, _: pk in utiles,
        SANS_ENGAGEMENT: lambda pk, m: calculs.est_en_cours(m, arrete_au) and pk not in engages,
        SUIVI: lambda pk, _: pk in connus,
    }
    return [
        pk
        for pk, marche in faits.marches.items()
        if est[filtre["etat"]](pk, marche)
        and _chez(faits.acheteurs[marche.acheteur], filtre)
        and _est_ce_marche(pk, marche, filtre)
        and (sociale is None or sociale in marche.considerations)
    ]


def suivis(faits: Faits) -> set[int]:
    """Marchés qui ont des heures engagées, ou des heures validées."""
    engagees: dict[int, int] = defaultdict(int)
    for pk, centiemes in faits.engagees.items():
        engagees[faits.engagements[pk].marche] += centiemes
    travailles = {faits.engagements[cellule.engagement].marche for cellule in faits.cellules}
    return {pk for pk, centiemes in engagees.items() if centiemes} | travailles


def engagements_suivis(faits: Faits, filtre: Filtre) -> list[int]:
    """Engagements des marchés suivis dont le grand livre compte, d’un marché ou d’une opération au besoin."""
    siens = set(marches(faits, {**filtre, "etat": SUIVI}))
    return [pk for pk in faits.engagees if faits.engagements[pk].marche in siens]


def _est_ce_marche(pk: int, marche: Marche, filtre: Filtre) -> bool:
    lus = {"marche": str(pk), "operation": str(marche.operation), "npnru": OUI if marche.est_npnru else NON}
    return all(filtre.get(nom, code) == code for nom, code in lus.items())


def _chez(acheteur: Acheteur, filtre: Filtre) -> bool:
    return filtre.get("acheteur", acheteur.siret) == acheteur.siret and (
        filtre.get("type_acheteur", acheteur.type) == acheteur.type
    )


def acheteurs(faits: Faits, filtre: Filtre) -> list[int]:
    """Acheteurs actifs (une heure validée dans la période), ou nouveaux (premier marché notifié dans la période)."""
    du, au, _ = faits.periode
    if filtre["etat"] == NOUVEAU:
        premieres = calculs.premiere_notification(faits.marches.values())
        return [pk for pk, premiere in premieres.items() if du <= premiere <= au]
    heures = totaux(faits.cellules, lambda c: faits.marches[faits.engagements[c.engagement].marche].acheteur)
    retenus = atteindre_une_heure(heures)
    return [pk for pk in faits.acheteurs if pk in retenus]


def entreprises(faits: Faits) -> set[Hashable]:
    """Entreprises redevables d’au moins une heure validée dans la période."""
    return atteindre_une_heure(totaux(faits.cellules, lambda c: faits.engagements[c.engagement].entreprise))


def employeurs(faits: Faits, filtre: Filtre) -> set[Hashable]:
    """Employeurs d’au moins une heure validée dans la période et le filtre."""
    cellules = calculs.retenir(faits, filtre)
    return atteindre_une_heure(totaux(cellules, lambda c: faits.contrats[c.contrat].employeur))


def engagements(faits: Faits, filtre: Filtre) -> list[int]:
    """Engagements des marchés en cours à la date d’arrêté, chez un acheteur au besoin."""
    en_cours = set(marches(faits, {**filtre, "etat": EN_COURS}))
    return [pk for pk, engagement in faits.engagements.items() if engagement.marche in en_cours]


def lots(faits: Faits, filtre: Filtre) -> list[int]:
    """Lots d’au moins une heure validée dans la période, d’un secteur au besoin."""
    cellules = calculs.retenir(faits, filtre)
    retenus = atteindre_une_heure(totaux(cellules, lambda c: faits.engagements[c.engagement].lot))
    return sorted({faits.engagements[c.engagement].lot for c in cellules} & retenus)


def engagements_des_lots(faits: Faits, filtre: Filtre) -> list[int]:
    """Engagements des lots qu’un bilan montre : en cours, notifiés dans la période, ou qui y ont des heures."""
    du, au, arrete_au = faits.periode
    actifs_ = {faits.engagements[cellule.engagement].lot for cellule in faits.cellules}
    return [
        pk
        for pk, engagement in faits.engagements.items()
        if filtre.get("lot", str(engagement.lot)) == str(engagement.lot)
        and filtre.get("engagement", str(pk)) == str(pk)
        and (
            engagement.lot in actifs_
            or calculs.est_en_cours(faits.marches[engagement.marche], arrete_au)
            or calculs.est_notifie(faits.marches[engagement.marche], du, au)
        )
    ]


def trimestre(activite: Activite) -> str:
    """« 2025-T1 »."""
    return f"{activite.date.year}-T{(activite.date.month + 2) // 3}"


def activites(faits: Faits, filtre: Filtre) -> list[Activite]:
    """Activités d’une nature, d’un trimestre, ou toutes."""
    return [
        a
        for a in faits.activites
        if filtre.get("nature", a.nature) == a.nature and filtre.get("trimestre", trimestre(a)) == trimestre(a)
    ]
