"""Comparer, champ par champ, ce que dit la source, ce qu’elle disait, et ce que les gens ont saisi (formats.md §5)."""

from __future__ import annotations

import datetime
import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clauses.comptes.journal import en_json
from clauses.socle.conversions.textes import MONTRES, montrer
from clauses.socle.nombres import en_euros
from marches.imports.decp.neutre import Consideration, ContratLu
from marches.imports.decp.rapprochement import MarcheConnu
from marches.models import Lot, Marche

COMPARES = (
    "objet", "nature", "procedure", "technique", "ccag", "cpv", "montant_ht", "date_notification", "duree_mois",
    "date_fin", "commune_execution_insee",
)  # fmt: skip
DRAPEAUX = {
    "a_clause_sociale": Consideration.CLAUSE,
    "a_critere_social": Consideration.CRITERE,
    "est_reserve": Consideration.RESERVE,
}
ATTRIBUTAIRES = "attributaires"
MODIFICATIONS = "modifications"
MONTANTS = {"montant_ht", "montant_initial"}
DUREES = {"duree_mois", "duree_initiale"}
DATES = {"date_notification", "date_fin"}
_MONTANT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
INTITULE_MAX = 500


class Sort(enum.StrEnum):
    """Ce que l’on fait de ce que la source dit autrement."""

    APPLIQUE = "appliqué"
    GARDE = "gardé tel qu’ici"


@dataclass(frozen=True, slots=True)
class Difference:
    """Ce que le fichier dit autrement que le marché enregistré.

    `sort` : appliqué si personne ne l’avait corrigé, sinon ce qui est enregistré reste. `avant` : ce que la source
    disait à la lecture précédente, quand elle l’avait dit.
    """

    champ: str
    enregistre: str
    lu: str
    sort: Sort = Sort.GARDE
    avant: str = ""

    @property
    def couleur(self) -> str:
        return "vert" if self.sort is Sort.APPLIQUE else "orange"

    def __str__(self) -> str:
        avant = f" (la source disait {self.avant})" if self.avant else ""
        return f"{self.champ} : {self.enregistre} est enregistré{avant}, le fichier dit {self.lu} – {self.sort}"


@dataclass(frozen=True, slots=True)
class Comparaison:
    """Les différences montrées, et ce qu’il y a à écrire : champs du marché, du lot, attributaires par SIRET."""

    differences: tuple[Difference, ...] = ()
    marche: dict[str, Any] | None = None
    lot: dict[str, Any] | None = None
    attributaires: frozenset[str] = frozenset()

    @property
    def a_appliquer(self) -> bool:
        return any(difference.sort is Sort.APPLIQUE for difference in self.differences)

    def gardees(self) -> tuple[Difference, ...]:
        """Les mêmes différences, si rien ne s’applique."""
        return tuple(Difference(d.champ, d.enregistre, d.lu, Sort.GARDE, d.avant) for d in self.differences)


def champs_du_marche(contrat: ContratLu) -> dict[str, Any]:
    """Ce que le contrat dit du marché, en champs du modèle ; ce qu’il ne dit pas est vide."""
    drapeaux = {nom: consideration in contrat.considerations for nom, consideration in DRAPEAUX.items()}
    return {nom: getattr(contrat, nom) for nom in (*COMPARES, "date_debut")} | drapeaux


def valeurs_de_la_source(contrat: ContratLu) -> dict[str, Any]:
    """Ce que la source dit, à garder pour la prochaine comparaison ; ce qu’elle ne dit pas n’y est pas."""
    drapeaux = dict(_drapeaux(contrat))
    lus = {nom: getattr(contrat, nom) for nom in COMPARES if getattr(contrat, nom) not in (None, "")}
    autres = {
        ATTRIBUTAIRES: sorted(lue.entreprise.siret for lue in contrat.attributions),
        "montant_initial": contrat.montant_initial,
        "duree_initiale": contrat.duree_initiale,
        MODIFICATIONS: [[en_json(v) for v in (m.date, m.montant_ht, m.duree_mois)] for m in contrat.modifications],
    }
    return {nom: en_json(valeur) for nom, valeur in (lus | drapeaux | autres).items()}


def relire_valeurs(lues: Any) -> dict[str, Any]:
    """Les valeurs d’une source sorties d’un fichier, si elles ont la forme que `valeurs_de_la_source` leur donne.

    Lève `ValueError` sinon : une valeur d’une autre forme ferait échouer la prochaine comparaison.
    """
    if not isinstance(lues, dict) or not all(_a_sa_forme(nom, valeur) for nom, valeur in lues.items()):
        raise ValueError
    return lues


def _a_sa_forme(nom: str, valeur: Any) -> bool:
    if nom in DRAPEAUX:
        return isinstance(valeur, bool)
    if nom in DUREES:
        return valeur is None or type(valeur) is int
    if nom in MONTANTS:
        return valeur is None or (isinstance(valeur, str) and _MONTANT.fullmatch(valeur) is not None)
    if nom in DATES:
        return isinstance(valeur, str) and bool(datetime.date.fromisoformat(valeur))
    if nom == ATTRIBUTAIRES:
        return isinstance(valeur, list) and all(isinstance(siret, str) for siret in valeur)
    if nom == MODIFICATIONS:
        return isinstance(valeur, list) and all(isinstance(totaux, list) for totaux in valeur)
    return nom in COMPARES and isinstance(valeur, str)


def comparer(contrat: ContratLu, connu: MarcheConnu) -> Comparaison:
    """Oppose un contrat à son marché.

    Ce que le fichier ne dit pas n’est pas une différence : le facilitateur a pu le compléter. Ce qui est vide ici se
    complète ; ce qui vaut encore ce que la source disait suit la source ; tout le reste a été saisi, et reste.
    """
    if connu.est_regroupe and connu.lot is not None:
        lus: list[tuple[str, Any]] = [("intitule", contrat.objet[:INTITULE_MAX]), ("montant_ht", contrat.montant_ht)]
        anciens = {"intitule": str(connu.valeurs.get("objet", ""))[:INTITULE_MAX]}
        differences, champs = _opposer_champs(connu.lot, lus, {**connu.valeurs, **anciens})
        resultat: dict[str, Any] = {"lot": champs}
    else:
        lus = [(nom, getattr(contrat, nom)) for nom in COMPARES]
        differences, champs = _opposer_champs(connu.marche, [*lus, *_drapeaux(contrat)], connu.valeurs)
        resultat = {"marche": champs}
    attributaires, ajoutes = _opposer_attributaires(contrat, connu)
    return Comparaison((*differences, *attributaires), attributaires=ajoutes, **resultat)


def _drapeaux(contrat: ContratLu) -> Iterable[tuple[str, bool]]:
    if not contrat.dit_les_considerations:
        return []
    return [(nom, consideration in contrat.considerations) for nom, consideration in DRAPEAUX.items()]


def _opposer_champs(
    objet: Marche | Lot, lus: list[tuple[str, Any]], anciens: Any
) -> tuple[list[Difference], dict[str, Any]]:
    differences, champs = [], {}
    for nom, lu in lus:
        enregistre = getattr(objet, nom)
        if lu in (None, "") or lu == enregistre:
            continue
        suit = enregistre in (None, "") or (nom in anciens and anciens[nom] == en_json(enregistre))
        if suit:
            champs[nom] = lu
        avant = "" if suit or nom not in anciens else _ancien(objet, nom, anciens[nom], en_json(lu))
        ici, la = _opposer(_en_clair(objet, nom, enregistre), _en_clair(objet, nom, lu))
        differences.append(Difference(_libelle(objet, nom), ici, la, Sort.APPLIQUE if suit else Sort.GARDE, avant))
    return differences, champs


def _ancien(objet: Marche | Lot, nom: str, ancien: Any, lu: Any) -> str:
    """Ce que la source disait avant, si elle a changé depuis."""
    if ancien == lu:
        return ""
    return _montrer(_en_clair(objet, nom, objet._meta.get_field(nom).to_python(ancien)))  # type: ignore[union-attr]


def _opposer_attributaires(contrat: ContratLu, connu: MarcheConnu) -> tuple[list[Difference], frozenset[str]]:
    """Un attributaire nouveau s’ajoute ; retiré ici, il ne revient pas ; un marché saisi à la main garde les siens."""
    connus = set(connu.valeurs.get(ATTRIBUTAIRES, ()))
    saisi = connu.publication is None and bool(connu.attributaires)
    differences, ajoutes = [], set()
    for lue in contrat.attributions:
        siret = lue.entreprise.siret
        if siret in connu.attributaires:
            continue
        ajoute = siret not in connus and not saisi and connu.lot is not None
        if ajoute:
            ajoutes.add(siret)
        libelle = "attributaire" if lue.role != "SOUS_TRAITANT" else "sous-traitant"
        differences.append(Difference(libelle, "rien", _montrer(siret), Sort.APPLIQUE if ajoute else Sort.GARDE))
    return differences, frozenset(ajoutes)


def _libelle(objet: Marche | Lot, nom: str) -> str:
    return str(objet._meta.get_field(nom).verbose_name)  # type: ignore[union-attr]


def _opposer(enregistre: str, lu: str) -> tuple[str, str]:
    """Deux valeurs à comparer de l’œil : deux longs textes se montrent à partir de là où ils divergent."""
    if max(len(enregistre), len(lu)) <= MONTRES:
        return _montrer(enregistre), _montrer(lu)
    pareils = next((rang for rang, (a, b) in enumerate(zip(enregistre, lu, strict=False)) if a != b), len(lu))
    commun = max(pareils - MONTRES // 2, 0)
    debut = "…" if commun else ""
    return _montrer(debut + enregistre[commun:]), _montrer(debut + lu[commun:])


def _en_clair(objet: Marche | Lot, nom: str, valeur: Any) -> str:
    """Une valeur comme on la lit à l’écran : libellé d’un code, euros, date, oui ou non."""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, Decimal):
        return en_euros(valeur)
    if isinstance(valeur, datetime.date):
        return f"{valeur:%d/%m/%Y}"
    libelles = dict(getattr(objet._meta.get_field(nom), "flatchoices", ()))
    return "" if valeur is None else str(libelles.get(valeur, valeur))


def _montrer(texte: str) -> str:
    return montrer(texte) if texte else "rien"
