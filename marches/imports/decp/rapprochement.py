"""Rapprocher des contrats lus de ce que l’on connaît déjà : marchés de la structure, annuaire. Ne fait que lire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from clauses.comptes.acteurs import Acteur
from entreprises.models import Entreprise
from marches.enums import Origine
from marches.imports.decp.neutre import ContratLu
from marches.models import Acheteur, Attribution, Lot, Marche, PublicationDecp

PAR_LOT = 500


@dataclass(frozen=True, slots=True)
class MarcheConnu:
    """Un marché enregistré, le lot du contrat et les SIRET de ses attributaires.

    `publication` : ce que la source en disait, `None` pour un marché saisi à la main. `est_regroupe` : le marché
    réunit plusieurs contrats publiés, celui-ci n’en est qu’un lot.
    """

    marche: Marche
    attributaires: frozenset[str]
    lot: Lot | None = None
    publication: PublicationDecp | None = None
    est_regroupe: bool = False
    valeurs: Mapping[str, Any] = field(default_factory=dict)


def marches_connus(contrats: Sequence[ContratLu], *, par: Acteur) -> dict[tuple[str, str], MarcheConnu]:
    """Marchés déjà enregistrés, par clef de contrat : reconnus par leur publication, sinon par la référence.

    Le nombre de requêtes ne dépend que du nombre de contrats, par tranches.
    """
    clefs = sorted({contrat.clef for contrat in contrats if contrat.clef})
    publications = _publications(clefs, par=par)
    marches = _marches(clefs, par=par) | {clef: pub.marche for clef, pub in publications.items()}
    pks = sorted({marche.pk for marche in marches.values()})
    lots = _lots(pks, par=par)
    nombres = dict(
        PublicationDecp.objects.visibles_par(par)
        .filter(marche__in=pks)
        .order_by()
        .values_list("marche")
        .annotate(nombre=Count("pk"))
    )
    attributaires = _attributaires(pks, par=par)
    connus = {}
    for clef, marche in marches.items():
        publication = publications.get(clef)
        siens = lots.get(marche.pk, [])
        lot = publication.lot if publication else siens[0] if len(siens) == 1 else None
        regroupe = publication is not None and nombres.get(marche.pk, 0) > 1
        sirets = (
            attributaires.get((marche.pk, lot.pk), set())
            if regroupe and lot
            else set().union(*(attributaires.get((marche.pk, un.pk), set()) for un in siens))
        )
        connus[clef] = MarcheConnu(
            marche, frozenset(sirets), lot, publication, regroupe, publication.valeurs if publication else {}
        )
    return connus


def _publications(clefs: Sequence[tuple[str, str]], *, par: Acteur) -> dict[tuple[str, str], PublicationDecp]:
    trouvees: dict[tuple[str, str], PublicationDecp] = {}
    publications = PublicationDecp.objects.visibles_par(par).select_related("marche__acheteur", "lot").order_by()
    for lot in _par_lots(clefs):
        sources = {"/".join(clef): clef for clef in lot}
        for publication in publications.filter(source_identifiant__in=sources):
            trouvees[sources[publication.source_identifiant]] = publication
    return trouvees


def _marches(clefs: Sequence[tuple[str, str]], *, par: Acteur) -> dict[tuple[str, str], Marche]:
    marches = Marche.objects.visibles_par(par).select_related("acheteur").order_by()
    trouves: dict[tuple[str, str], Marche] = {}
    for lot in _par_lots(clefs):
        references, sirets = {reference for _, reference in lot}, {siret for siret, _ in lot}
        for marche in marches.filter(reference__in=references, acheteur__siret__in=sirets):
            trouves[marche.acheteur.siret, marche.reference] = marche
        sources = {"/".join(clef): clef for clef in lot}
        for marche in marches.filter(origine=Origine.DECP, source_identifiant__in=sources):
            trouves[sources[marche.source_identifiant]] = marche
    voulues = set(clefs)
    return {clef: marche for clef, marche in trouves.items() if clef in voulues}


def _lots(marches: Sequence[int], *, par: Acteur) -> dict[int, list[Lot]]:
    lots: dict[int, list[Lot]] = {}
    for tranche in _par_lots(marches):
        for lot in Lot.objects.visibles_par(par).filter(marche__in=tranche).order_by("numero", "pk"):
            lots.setdefault(lot.marche_id, []).append(lot)
    return lots


def _attributaires(marches: Sequence[int], *, par: Acteur) -> dict[tuple[int, int], set[str]]:
    sirets: dict[tuple[int, int], set[str]] = {}
    for tranche in _par_lots(marches):
        attributions = Attribution.objects.visibles_par(par).filter(lot__marche__in=tranche).order_by()
        for marche, lot, siret in attributions.values_list("lot__marche", "lot", "entreprise__siret"):
            sirets.setdefault((marche, lot), set()).add(siret)
    return sirets


def rangs_par_clef(contrats: Sequence[ContratLu]) -> dict[tuple[str, str], list[int]]:
    """Rangs des contrats d’un fichier, par clef ; plus d’un : un doublon, ou des lots publiés sous un même numéro."""
    rangs: dict[tuple[str, str], list[int]] = {}
    for contrat in contrats:
        if contrat.clef:
            rangs.setdefault(contrat.clef, []).append(contrat.rang)
    return rangs


def doublon(contrat: ContratLu, rangs: Sequence[int]) -> str:
    """Ce qu’il faut dire d’un contrat dont la clef se répète dans le fichier, aux `rangs` donnés ; vide sinon."""
    autres = [str(rang) for rang in rangs if rang != contrat.rang]
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
