"""Rapprocher des contrats lus de ce que l’on connaît déjà : marchés de la structure, annuaire. Ne fait que lire."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clauses.comptes.acteurs import Acteur
from clauses.socle.conversions.textes import MONTRES, montrer
from clauses.socle.nombres import en_euros
from entreprises.models import Entreprise
from marches.enums import Origine
from marches.imports.decp.neutre import Consideration, ContratLu
from marches.models import Acheteur, Attribution, Marche

PAR_LOT = 500
COMPARES = (
    "objet", "nature", "procedure", "technique", "ccag", "cpv", "montant_ht", "date_notification", "duree_mois",
    "date_fin", "commune_execution_insee",
)  # fmt: skip
DRAPEAUX = {
    "a_clause_sociale": Consideration.CLAUSE,
    "a_critere_social": Consideration.CRITERE,
    "est_reserve": Consideration.RESERVE,
}


def champs_du_marche(contrat: ContratLu) -> dict[str, Any]:
    """Ce que le contrat dit du marché, en champs du modèle ; ce qu’il ne dit pas est vide."""
    drapeaux = {nom: consideration in contrat.considerations for nom, consideration in DRAPEAUX.items()}
    return {nom: getattr(contrat, nom) for nom in (*COMPARES, "date_debut")} | drapeaux


@dataclass(frozen=True, slots=True)
class Difference:
    """Ce que le fichier dit autrement que le marché enregistré ; rien n’est écrasé (formats.md §5)."""

    champ: str
    enregistre: str
    lu: str

    def __str__(self) -> str:
        return f"{self.champ} : {self.enregistre} est enregistré, le fichier dit {self.lu}"


@dataclass(frozen=True, slots=True)
class MarcheConnu:
    """Un marché enregistré et les SIRET des attributaires de tous ses lots."""

    marche: Marche
    attributaires: frozenset[str]


def comparer(contrat: ContratLu, connu: MarcheConnu) -> list[Difference]:
    """Différences entre un contrat et son marché enregistré.

    Ce que le fichier ne dit pas n’est pas une différence : le facilitateur a pu le compléter.
    """
    lus = champs_du_marche(contrat)
    compares = [*COMPARES, *(DRAPEAUX if contrat.dit_les_considerations else ())]
    differences = [
        Difference(_libelle(nom), *_opposer(_en_clair(nom, getattr(connu.marche, nom)), _en_clair(nom, lus[nom])))
        for nom in compares
        if lus[nom] not in (None, "") and lus[nom] != getattr(connu.marche, nom)
    ]
    return differences + [
        Difference("attributaire", "rien", _montrer(lue.entreprise.siret))
        for lue in contrat.attributions
        if lue.entreprise.siret not in connu.attributaires
    ]


def marches_connus(contrats: Sequence[ContratLu], *, par: Acteur) -> dict[tuple[str, str], MarcheConnu]:
    """Marchés déjà enregistrés, par clef de contrat : reconnus par l’identifiant d’origine, sinon par la référence."""
    clefs = sorted({contrat.clef for contrat in contrats if contrat.clef})
    marches = Marche.objects.visibles_par(par).select_related("acheteur").order_by()
    trouves: dict[tuple[str, str], Marche] = {}
    for lot in _par_lots(clefs):
        references, sirets = {reference for _, reference in lot}, {siret for siret, _ in lot}
        for marche in marches.filter(reference__in=references, acheteur__siret__in=sirets):
            trouves[marche.acheteur.siret, marche.reference] = marche
    for lot in _par_lots(clefs):
        sources = {"/".join(clef): clef for clef in lot}
        for marche in marches.filter(origine=Origine.DECP, source_identifiant__in=sources):
            trouves[sources[marche.source_identifiant]] = marche
    sirets_par_marche = _attributaires([trouves[clef].pk for clef in clefs if clef in trouves], par=par)
    return {
        clef: MarcheConnu(trouves[clef], frozenset(sirets_par_marche.get(trouves[clef].pk, ())))
        for clef in clefs
        if clef in trouves
    }


def _attributaires(marches: Sequence[int], *, par: Acteur) -> dict[int, set[str]]:
    sirets: dict[int, set[str]] = {}
    for lot in _par_lots(marches):
        attributions = Attribution.objects.visibles_par(par).filter(lot__marche__in=lot).order_by()
        for marche, siret in attributions.values_list("lot__marche", "entreprise__siret"):
            sirets.setdefault(marche, set()).add(siret)
    return sirets


def rangs_par_clef(contrats: Sequence[ContratLu]) -> dict[tuple[str, str], list[int]]:
    """Rangs des contrats d’un fichier, par clef ; plus d’un : un doublon, ou des lots publiés sous un même numéro."""
    rangs: dict[tuple[str, str], list[int]] = {}
    for contrat in contrats:
        if contrat.clef:
            rangs.setdefault(contrat.clef, []).append(contrat.rang)
    return rangs


def doublon(contrat: ContratLu, rangs: Mapping[tuple[str, str], Sequence[int]]) -> str:
    """Ce qu’il faut dire d’un contrat dont la clef se répète dans le fichier ; vide sinon."""
    autres = [str(rang) for rang in rangs.get(contrat.clef or ("", ""), ()) if rang != contrat.rang]
    if not autres:
        return ""
    lequel = f"du contrat n° {autres[0]}" if len(autres) == 1 else f"des contrats n° {', '.join(autres)}"
    return f"même acheteur et même identifiant que ceux {lequel} du fichier : doublon, ou lots à saisir à la main"


def noms_connus(contrats: Sequence[ContratLu], *, par: Acteur) -> tuple[dict[str, str], dict[str, str]]:
    """Noms de l’annuaire, par SIRET : (acheteurs, entreprises)."""
    acheteurs = {contrat.acheteur.siret for contrat in contrats if contrat.acheteur}
    entreprises = {lue.entreprise.siret for contrat in contrats for lue in contrat.attributions}
    return (
        _noms(Acheteur.objects.visibles_par(par), "nom", acheteurs),
        _noms(Entreprise.objects.visibles_par(par), "raison_sociale", entreprises),
    )


def _noms(fiches: Any, champ: str, sirets: set[str]) -> dict[str, str]:
    noms: dict[str, str] = {}
    for lot in _par_lots(sorted(sirets)):
        noms.update(fiches.filter(siret__in=lot).order_by().values_list("siret", champ))
    return noms


def _par_lots(valeurs: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for debut in range(0, len(valeurs), PAR_LOT):
        yield valeurs[debut : debut + PAR_LOT]


def _libelle(nom: str) -> str:
    return str(Marche._meta.get_field(nom).verbose_name)  # type: ignore[union-attr]


def _opposer(enregistre: str, lu: str) -> tuple[str, str]:
    """Deux valeurs à comparer de l’œil : deux longs textes se montrent à partir de là où ils divergent."""
    if max(len(enregistre), len(lu)) <= MONTRES:
        return _montrer(enregistre), _montrer(lu)
    pareils = next((rang for rang, (a, b) in enumerate(zip(enregistre, lu, strict=False)) if a != b), len(lu))
    commun = max(pareils - MONTRES // 2, 0)
    debut = "…" if commun else ""
    return _montrer(debut + enregistre[commun:]), _montrer(debut + lu[commun:])


def _en_clair(nom: str, valeur: Any) -> str:
    """Une valeur du marché comme on la lit à l’écran : libellé d’un code, euros, date, oui ou non."""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, Decimal):
        return en_euros(valeur)
    if isinstance(valeur, datetime.date):
        return f"{valeur:%d/%m/%Y}"
    libelles = dict(Marche._meta.get_field(nom).flatchoices)  # type: ignore[union-attr]
    return "" if valeur is None else str(libelles.get(valeur, valeur))


def _montrer(texte: str) -> str:
    return montrer(texte) if texte else "rien"
