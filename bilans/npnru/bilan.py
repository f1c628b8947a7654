"""Établir le bilan QPV et NPNRU : entier à l’écran d’un agent, effectifs masqués dans un fichier (docs/adr/0033)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bilans import calculs, rapport, selections
from bilans.calculs import en_decimal
from bilans.calculs import rapport as quotient
from bilans.definitions import TableauBilan
from bilans.faits import NR, OUI, Cellule, Faits
from bilans.npnru import masque
from bilans.npnru.definitions import (
    COMMUNES,
    INDICATEURS,
    MARCHES,
    OPERATIONS,
    PREFIXE,
    TABLEAUX,
    du_stock,
    est_de_la_periode,
    ouvrir_le_stock,
)
from bilans.npnru.lecture import Stock, avec_le_grand_livre, lire
from bilans.rapport import Bilan, Demande, Tableau
from bilans.tableaux import DETAIL, SOUS_TOTAL, TOTAL, Rangee
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible

NOM = "npnru"
TITRE = "Quartiers prioritaires et renouvellement urbain"
EN_AVANT = ("heures_stock", "personnes_stock", "qpv_stock", "npnru_heures_stock")


def etablir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le stock entier, chaque chiffre ouvert. Lève `ActionImpossible` s’il n’y a rien d’engagé ni de validé."""
    return dresser(acteur, demande, est_masque=False)


def sortir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le bilan d’un fichier : masqué, sauf si la demande le veut complet."""
    return dresser(acteur, demande, est_masque=not demande.complet)


def dresser(acteur: Acteur, demande: Demande, *, est_masque: bool) -> Bilan:
    acteur.exiger(Droit.CONSULTER_BILANS)
    rapport.refuser_un_acheteur(demande)
    rapport.verifier_periode(demande.periode)
    structure = Structure.objects.visibles_par(acteur).get()
    stock = lire(acteur, structure, demande.periode)
    suivis = marches_suivis(stock)
    if not suivis:
        raise ActionImpossible(
            f"Aucune heure engagée ni validée au {demande.periode.arrete_au:%d/%m/%Y}\u00a0: rien à mettre dans ce "
            "bilan. Choisir une date d’arrêté plus tardive, ou valider les heures déclarées."
        )
    quoi = "les petits effectifs sont tus" if est_masque else "complet, réservé à la structure"
    entete = replace(
        rapport.entete(TITRE, structure, demande, par=acteur), filtres=f"Toute la structure\u00a0; {quoi}"
    )
    bilan = _assembler(stock, suivis, demande, entete)
    if est_masque:
        return masque.masquer(bilan, stock, suivis)
    avant = lire(acteur, structure, demande.periode.un_an_plus_tot())
    precedents = compter(avant, marches_suivis(avant))
    declares = [ligne.indicateur for ligne in bilan.synthese]
    indicateurs = compter(stock, suivis)
    lignes = rapport.synthese(declares, indicateurs, precedents)
    return replace(bilan, synthese=rapport.avec_termes(lignes, indicateurs, precedents))


def restreindre(acteur: Acteur, _: Demande, faits: Faits, ligne: str) -> tuple[Faits, list[tuple[str, str]]]:
    """Les faits d’un chiffre que l’on ouvre : tous les marchés suivis, soldés compris."""
    rapport.refuser_une_ligne(ligne)
    return avec_le_grand_livre(acteur, faits), []


def marches_suivis(stock: Stock) -> list[int]:
    """Marchés qui ont des heures engagées ou validées, renouvellement urbain d’abord, par date de notification."""
    connus = selections.suivis(stock.faits)
    suivis = [pk for pk in stock.fiches if pk in connus]
    return sorted(suivis, key=lambda pk: not stock.faits.marches[pk].est_npnru)


def mesurer(stock: Stock, marches: Collection[int]) -> dict[str, Any]:
    """Toutes les mesures du stock de ces marchés."""
    engagees = sum(stock.engagees.get(pk, 0) for pk in marches)
    periode = sum(stock.de_la_periode.get(pk, 0) for pk in marches)
    dits = [pk for pk in marches if pk in stock.totales]
    totales = sum(stock.totales[pk] for pk in dits)
    mesures = _des_personnes(stock, _cellules(stock, marches))
    return {
        **mesures,
        "marches_stock": len(marches),
        "engagees_stock": en_decimal(engagees),
        "taux_stock": quotient(mesures["heures_stock"], en_decimal(engagees)),
        "heures_periode": en_decimal(periode),
        "heures_totales": en_decimal(totales) if dits else None,
        "part_anru": quotient(_des_personnes(stock, _cellules(stock, dits))["heures_qpv_stock"], en_decimal(totales)),
    }


def _cellules(stock: Stock, marches: Iterable[int]) -> list[Cellule]:
    return [cellule for pk in marches for cellule in stock.cellules.get(pk, ())]


def _des_personnes(stock: Stock, cellules: Iterable[Cellule]) -> dict[str, Any]:
    par_personne = calculs.par_participant(cellules)
    profils = stock.faits.profils
    comptees = calculs.beneficiaires(par_personne)
    qpv = sum(profils[p].qpv == OUI for p in comptees)
    heures = sum(par_personne.values())
    heures_qpv = sum(centiemes for p, centiemes in par_personne.items() if profils[p].qpv == OUI)
    return {
        "heures_stock": en_decimal(heures),
        "personnes_stock": len(comptees),
        "qpv_stock": qpv,
        "taux_qpv_stock": quotient(qpv, len(comptees)),
        "qpv_nr_stock": sum(profils[p].qpv == NR for p in comptees),
        "heures_qpv_stock": en_decimal(heures_qpv),
        "taux_heures_qpv_stock": quotient(heures_qpv, heures),
    }


def compter(stock: Stock, suivis: Collection[int]) -> dict[str, Any]:
    """Les indicateurs, par leur clef : le stock entier, puis celui du renouvellement urbain."""
    npnru = mesurer(stock, _npnru(stock, suivis))
    comptes = {**mesurer(stock, suivis), **{f"{PREFIXE}{cle}": valeur for cle, valeur in npnru.items()}}
    return {indicateur.cle: comptes[indicateur.cle] for indicateur in INDICATEURS}


def _npnru(stock: Stock, suivis: Collection[int]) -> list[int]:
    return [pk for pk in suivis if stock.faits.marches[pk].est_npnru]


def _assembler(stock: Stock, suivis: Collection[int], demande: Demande, entete: rapport.Entete) -> Bilan:
    declares = [i if est_de_la_periode(i.cle) else replace(i, ouvre=ouvrir_le_stock(i.ouvre)) for i in INDICATEURS]
    indicateurs = compter(stock, suivis)
    construits: list[tuple[TableauBilan, list[Rangee]]] = [
        (OPERATIONS, list(operations(stock, suivis))),
        (MARCHES, list(marches(stock, suivis))),
        (COMMUNES, list(communes(stock))),
    ]
    return Bilan(
        entete=entete,
        demande=demande,
        indicateurs=indicateurs,
        synthese=list(rapport.synthese(declares, indicateurs, {})),
        tableaux={d.cle: Tableau(du_stock(d), rangees) for d, rangees in construits},
        methode=list(rapport.methode(entete, INDICATEURS, TABLEAUX)),
        en_avant=EN_AVANT,
    )


def _rangee(
    definition: TableauBilan, valeurs: Mapping[str, Any], filtre: Mapping[str, str], niveau: str = DETAIL
) -> Rangee:
    """Les seules valeurs que le tableau montre : le masquage ne laisse rien à côté."""
    return Rangee({colonne.cle: valeurs[colonne.cle] for colonne in definition.colonnes}, filtre, niveau)


def operations(stock: Stock, suivis: Collection[int]) -> Iterable[Rangee]:
    """Une ligne par opération NPNRU, puis leur total ; vide sans marché NPNRU."""
    siens = _npnru(stock, suivis)
    par_operation: dict[int, list[int]] = {pk: [] for pk in stock.faits.operations}
    for marche in siens:
        par_operation[stock.faits.marches[marche].operation].append(marche)
    for operation, reunis in par_operation.items():
        if reunis:
            debut = {"code": str(operation), "libelle": stock.faits.operations[operation]}
            yield _rangee(OPERATIONS, {**debut, **mesurer(stock, reunis)}, {"operation": str(operation)})
    if siens:
        debut = {"code": "TOTAL", "libelle": "Total NPNRU (distinct)"}
        yield _rangee(OPERATIONS, {**debut, **mesurer(stock, siens)}, {"npnru": OUI}, TOTAL)


SANS_MARCHE: Mapping[str, Any] = dict.fromkeys(("numero", "acheteur", "operation", "est_npnru", "statut"), "")


def marches(stock: Stock, suivis: Collection[int]) -> Iterable[Rangee]:
    """Une ligne par marché ; sous-totaux du renouvellement urbain et des autres, quand il y a des deux ; total."""
    groupes = [
        ("OUI", "Sous-total\u00a0: renouvellement urbain", _npnru(stock, suivis)),
        ("NON", "Sous-total\u00a0: autres marchés", [m for m in suivis if not stock.faits.marches[m].est_npnru]),
    ]
    for code, libelle, siens in groupes:
        yield from (_rangee(MARCHES, _du_marche(stock, pk), {"marche": str(pk)}) for pk in siens)
        if siens and len(siens) < len(suivis):
            yield _rangee(MARCHES, _d_un_total(stock, libelle, siens), {"npnru": code}, SOUS_TOTAL)
    yield _rangee(MARCHES, _d_un_total(stock, "Total (distinct)", suivis), {}, TOTAL)


def _d_un_total(stock: Stock, libelle: str, reunis: Collection[int]) -> dict[str, Any]:
    return {**SANS_MARCHE, "notification": None, "numero": libelle, "libelle": "", **mesurer(stock, reunis)}


def _du_marche(stock: Stock, pk: int) -> dict[str, Any]:
    fiche, fait = stock.fiches[pk], stock.faits.marches[pk]
    return {
        "numero": fiche.reference,
        "libelle": fiche.objet,
        "acheteur": fiche.acheteur,
        "operation": stock.faits.operations.get(fait.operation, ""),
        "est_npnru": "oui" if fait.est_npnru else "non",
        "notification": fiche.notification,
        "statut": fiche.statut,
        **mesurer(stock, [pk]),
    }


def communes(stock: Stock) -> Iterable[Rangee]:
    """Une ligne par commune où réside quelqu’un : celles qui portent un quartier prioritaire d’abord."""
    faits = stock.faits
    par_commune: dict[str, list[Cellule]] = defaultdict(list)
    for cellule in faits.cellules:
        par_commune[faits.profils[cellule.participant].commune].append(cellule)
    connues = [code for code in stock.communes if code in par_commune]
    autres = sorted(code for code in par_commune if code not in stock.communes)
    for code in [*sorted(connues, key=lambda c: not stock.communes[c][1]), *autres]:
        nom, a_qpv = stock.communes.get(code, ("Non renseigné" if code == NR else f"Hors référentiel ({code})", False))
        debut = {"code": code, "libelle": nom, "porte_un_qpv": "oui" if a_qpv else "non"}
        yield _rangee(COMMUNES, {**debut, **_des_personnes(stock, par_commune[code])}, {"commune": code})
    if faits.cellules:
        debut = {"code": "TOTAL", "libelle": "Total", "porte_un_qpv": ""}
        yield _rangee(COMMUNES, {**debut, **_des_personnes(stock, faits.cellules)}, {}, TOTAL)
