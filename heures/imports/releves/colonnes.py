"""Quelle colonne dit quoi : choisie à l’écran, apprise d’un expéditeur, ou reconnue à ses en-têtes."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible
from heures.imports.releves.champs import Champ, forme, manques, reconnaitre
from heures.imports.releves.tableau import FichierLu, Tableau, lire
from heures.models import Correspondance

# Dans une correspondance retenue, les colonnes que l’on a choisi de ne pas lire.
IGNOREES = "ignorees"

Colonnes = Mapping[Champ, int]


@dataclass(frozen=True)
class Choix:
    """Ce que l’utilisateur a choisi pour tout un fichier ; `titres` : par champ, l’en-tête de sa colonne.

    `fiches_choisies` et `contrats_choisis` : par cas douteux, la clef choisie, ou 0 pour écarter ses lignes.
    """

    titres: Mapping[str, Any] | None = None
    correspondance: str = ""
    engagement_id: int | None = None
    mois: datetime.date | None = None
    fiches_choisies: Mapping[str, int] = field(default_factory=dict)
    contrats_choisis: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Les tableaux à lire et leurs colonnes ; `source` dit d’où elles viennent, `non_lus` ce qui reste dehors."""

    tableaux: tuple[tuple[Tableau, Colonnes], ...]
    source: str
    non_lus: tuple[str, ...]


class ColonnesInconnues(ActionImpossible):
    """Un tableau dont les colonnes ne suffisent pas ; `reconnues` est ce que l’on en sait déjà."""

    def __init__(self, tableau: Tableau, reconnues: Colonnes, raisons: Sequence[str]) -> None:
        self.tableau = tableau
        self.reconnues = reconnues
        self.raisons = tuple(raisons)
        titres = ", ".join(f"« {titre} »" for titre in tableau.titres if titre)
        super().__init__(
            f"Les colonnes de ce fichier ({tableau.lieu} : {titres}) restent à désigner. {' '.join(raisons)}"
        )


def correspondances(par: Acteur) -> list[Correspondance]:
    return list(Correspondance.objects.visibles_par(par).order_by("nom"))


def titres_retenus(connues: Iterable[Correspondance]) -> list[frozenset[str]]:
    """Par correspondance, les titres réduits qu’elle attend."""
    return [frozenset(forme(titre) for titre in _attendus(connue).values()) for connue in connues]


def fautes_des_titres(titres: Mapping[str, Any]) -> list[str]:
    """Ce qui empêche de retenir ces colonnes, une phrase par faute ; marché et mois peuvent se dire à l’import."""
    lues = {Champ(champ): titre for champ, titre in titres.items() if champ in Champ.values}
    nombres = Counter(forme(titre) for titre in lues.values())
    doubles = [
        f"Deux champs désignent la même colonne, «\u00a0{titre}\u00a0»\u00a0: en garder un."
        for titre in dict.fromkeys(lues.values())
        if nombres[forme(titre)] > 1
    ]
    return [*manques(lues, avec_engagement=True, avec_mois=True), *doubles]


def planifier(fichier: FichierLu, choix: Choix, connues: Sequence[Correspondance]) -> Plan:
    """Désigne les colonnes de chaque tableau.

    Lève `ColonnesInconnues` si aucun tableau ne peut être lu, `ActionImpossible` si la correspondance demandée
    n’existe pas ou ne colle pas.
    """
    retenus: list[tuple[Tableau, Colonnes]] = []
    inconnues: list[ColonnesInconnues] = []
    sources: list[str] = []
    for tableau in fichier.tableaux:
        try:
            colonnes, source = _colonnes(tableau, choix, connues)
        except ColonnesInconnues as refus:
            inconnues.append(refus)
        else:
            retenus.append((tableau, colonnes))
            sources.append(source)
    if not retenus:
        raise inconnues[0]
    non_lus = [f"Feuille « {nom} » : aucune ligne de titres, elle n’est pas lue." for nom in fichier.sans_titres]
    non_lus += [f"Feuille « {refus.tableau.feuille} » non lue. {' '.join(refus.raisons)}" for refus in inconnues]
    return Plan(tuple(retenus), sources[0], tuple(non_lus))


def colonnes_a_montrer(
    octets: bytes, nom: str, choix: Choix, *, par: Acteur
) -> tuple[Tableau, Colonnes, tuple[str, ...]]:
    """Le tableau dont les colonnes sont à désigner ou à revoir, ce qu’on en sait, et ce qui manque encore."""
    connues = correspondances(par)
    try:
        plan = planifier(lire(octets, nom=nom, titres_connus=titres_retenus(connues)), choix, connues)
    except ColonnesInconnues as refus:
        return refus.tableau, refus.reconnues, refus.raisons
    tableau, colonnes = plan.tableaux[0]
    return tableau, colonnes, ()


def _colonnes(tableau: Tableau, choix: Choix, connues: Sequence[Correspondance]) -> tuple[Colonnes, str]:
    if choix.titres is not None:
        colonnes, absents = _appliquer(tableau, {c: t for c, t in choix.titres.items() if c != IGNOREES})
        return _suffisantes(tableau, colonnes, choix, absents), "Colonnes choisies pour ce fichier"
    if choix.correspondance:
        colonnes, absents = _appliquer(tableau, _attendus(_demandee(choix.correspondance, connues)))
        return _suffisantes(tableau, colonnes, choix, absents), f"Correspondance « {choix.correspondance} »"
    for connue in sorted(connues, key=lambda connue: -len(connue.colonnes)):
        if _colle(tableau, connue):
            colonnes, absents = _appliquer(tableau, _attendus(connue))
            return _suffisantes(tableau, colonnes, choix, absents), f"Correspondance « {connue.nom} »"
    colonnes, doutes = _reconnues(tableau)
    return _suffisantes(tableau, colonnes, choix, doutes), "Colonnes reconnues à leurs titres"


def _demandee(nom: str, connues: Sequence[Correspondance]) -> Correspondance:
    for connue in connues:
        if connue.nom == nom:
            return connue
    noms = ", ".join(f"« {connue.nom} »" for connue in connues) or "aucune"
    raise ActionImpossible(f"Aucune correspondance ne porte le nom « {nom} ». Correspondances retenues : {noms}.")


def _attendus(connue: Correspondance) -> dict[str, str]:
    return {champ: titre for champ, titre in connue.colonnes.items() if champ in Champ.values}


def _colle(tableau: Tableau, connue: Correspondance) -> bool:
    """Tous ses titres sont là, chacun une fois, et aucune colonne reconnaissable ne lui est étrangère."""
    siens = {forme(titre) for titre in _attendus(connue).values()}
    ignores = {forme(titre) for titre in connue.colonnes.get(IGNOREES, ())}
    autres = [titre for titre in tableau.titres if titre and forme(titre) not in siens | ignores]
    uniques = all(len(tableau.rangs.get(titre, ())) == 1 for titre in siens)
    return bool(siens) and uniques and not any(reconnaitre(titre) for titre in autres)


def _appliquer(tableau: Tableau, titres: Mapping[str, str]) -> tuple[dict[Champ, int], list[str]]:
    colonnes, fautes = {}, []
    for champ, titre in titres.items():
        rangs = tableau.rangs.get(forme(titre), [])
        if len(rangs) == 1:
            colonnes[Champ(champ)] = rangs[0]
        elif rangs:
            fautes.append(f"Deux colonnes portent le titre « {titre} » : renommer l’une des deux dans le fichier.")
        else:
            fautes.append(f"La colonne « {titre} » ({Champ(champ).label.lower()}) manque.")
    return colonnes, fautes


def _reconnues(tableau: Tableau) -> tuple[dict[Champ, int], list[str]]:
    """Ce que disent les titres ; deux colonnes pour un même champ sont un doute, jamais un choix."""
    trouvees = [(reconnaitre(titre), rang) for rang, titre in enumerate(tableau.titres)]
    nombres = Counter(champ for champ, _ in trouvees if champ is not None)
    doutes = [
        f"Deux colonnes pourraient être « {champ.label.lower()} » : "
        f"{', '.join(f'« {tableau.titres[rang]} »' for vu, rang in trouvees if vu is champ)}. Choisir laquelle lire."
        for champ, nombre in nombres.items()
        if nombre > 1
    ]
    return {champ: rang for champ, rang in trouvees if champ is not None and nombres[champ] == 1}, doutes


def _suffisantes(
    tableau: Tableau, colonnes: dict[Champ, int], choix: Choix, fautes: Sequence[str]
) -> dict[Champ, int]:
    raisons = [
        *fautes,
        *manques(colonnes, avec_engagement=choix.engagement_id is not None, avec_mois=choix.mois is not None),
    ]
    if raisons:
        raise ColonnesInconnues(tableau, colonnes, raisons)
    return colonnes
