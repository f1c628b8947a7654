"""Construire la grille d’un engagement à partir de ce qui en a été lu : états des cellules et totaux. Pur."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from clauses.socle.mois import ajouter_mois, de, dernier_jour, en_lettres
from heures import calculs
from heures.enums import StatutLigne, StatutReleve, TypeHeures
from heures.grille import (
    ETAT_DE_STATUT,
    ZERO,
    Axe,
    Cellule,
    Colonne,
    Etat,
    EtatDuMois,
    Grille,
    HeuresLues,
    Ligne,
    Lu,
    ReleveLu,
)

K = TypeVar("K", bound=Hashable)


def echeance(mois: datetime.date, jour: int) -> datetime.date:
    """Jour où le relevé d’un mois est attendu : le `jour` (1 à 28) du mois suivant, réglé par la structure."""
    return ajouter_mois(mois, 1).replace(day=jour)


def retard_du_releve(
    mois: datetime.date, releve: ReleveLu | None, *, jour_echeance: int, aujourd_hui: datetime.date
) -> str:
    """La phrase d’un relevé attendu et pas reçu, une fois son échéance passée ; vide sinon."""
    if releve is not None and releve.statut != StatutReleve.ATTENDU:
        return ""
    attendu = (releve and releve.echeance) or echeance(mois, jour_echeance)
    if attendu >= aujourd_hui or dernier_jour(mois) >= aujourd_hui:
        return ""
    return f"En retard\u00a0: relevé {de(en_lettres(mois))} attendu le {attendu:%d/%m/%Y}."


def somme(lignes: Iterable[HeuresLues]) -> Decimal:
    """Heures déclarées et validées ; les annulations, négatives, s’y compensent."""
    return sum((ligne.heures for ligne in lignes if ligne.statut != StatutLigne.REFUSEE), ZERO)


def construire(axes: Sequence[Axe], lu: Lu) -> Grille:
    """Assemble la grille d’un engagement."""
    par_mois = ranger(lu.lignes, lambda ligne: ligne.mois)
    etats = {axe.mois: _etat_du_mois(axe.mois, par_mois[axe.mois], lu) for axe in axes}
    montrees = [ligne for ligne in lu.lignes if Axe(ligne.mois, TypeHeures(ligne.type_heures)) in set(axes)]
    rangees = [
        rangee
        for rangee in _rangees(axes, montrees, etats, lu)
        if rangee.contrat.pk in lu.ajoutes or not rangee.est_fermee
    ]
    par_axe = ranger(montrees, lambda ligne: (ligne.mois, ligne.type_heures))
    colonnes = [
        Colonne(axe, somme(par_axe[axe.mois, axe.type_heures]), etats[axe.mois], lu.bornes.ouvrent(axe.mois))
        for axe in axes
    ]
    return Grille(rangees, colonnes, somme(montrees), lu.fermee)


def _rangees(
    axes: Sequence[Axe], lignes: Sequence[HeuresLues], etats: Mapping[datetime.date, EtatDuMois], lu: Lu
) -> Iterator[Ligne]:
    vives = {(ligne.contrat_id, ligne.mois, ligne.type_heures): ligne for ligne in lignes if ligne.est_vive}
    par_contrat = ranger(lignes, lambda ligne: ligne.contrat_id)
    for contrat in lu.contrats:
        cellules = [
            _cellule(
                axe.mois,
                rang,
                vives.get((contrat.pk, axe.mois, axe.type_heures)),
                lu.cadres[contrat.pk],
                fermee=lu.fermee,
                plein=lu.pleins.get((contrat.participant_id, axe.mois), ""),
                est_en_retard=bool(etats[axe.mois].retard),
            )
            for rang, axe in enumerate(axes)
        ]
        yield Ligne(contrat, cellules, somme(par_contrat[contrat.pk]))


def _cellule(
    mois: datetime.date,
    rang: int,
    vive: HeuresLues | None,
    cadre: calculs.Cadre,
    *,
    fermee: str,
    plein: str,
    est_en_retard: bool,
) -> Cellule:
    """Une heure notée reste visible et corrigeable, même si son mois n’est plus ouvert ; une cellule vide se ferme."""
    if vive is not None:
        etat = ETAT_DE_STATUT[StatutLigne(vive.statut)]
        raison = vive.motif if etat is Etat.REFUSEE else ""
        return Cellule(mois, etat, vive.heures, vive.version, vive.pk, raison, rang, plein)
    if raison := calculs.refus_de_dates(mois, cadre) or fermee:
        return Cellule(mois, Etat.FERMEE, raison=raison, rang=rang)
    if raison := calculs.hors_eligibilite(mois, cadre) or "":
        return Cellule(mois, Etat.HORS_ELIGIBILITE, raison=raison, rang=rang)
    return Cellule(mois, Etat.VIDE, rang=rang, plein=plein, est_en_retard=est_en_retard)


def ranger(lignes: Iterable[HeuresLues], clef: Callable[[HeuresLues], K]) -> defaultdict[K, list[HeuresLues]]:
    rangees: defaultdict[K, list[HeuresLues]] = defaultdict(list)
    for ligne in lignes:
        rangees[clef(ligne)].append(ligne)
    return rangees


def _etat_du_mois(mois: datetime.date, lignes: Sequence[HeuresLues], lu: Lu) -> EtatDuMois:
    """Tous types d’heures confondus : un relevé se valide, ou se note néant, en entier."""
    declarees = [ligne for ligne in lignes if ligne.statut == StatutLigne.DECLAREE]
    est_vide = all(ligne.statut == StatutLigne.REFUSEE for ligne in lignes)
    releve = lu.releves.get(mois)
    est_neant = releve is not None and releve.statut == StatutReleve.NEANT
    peut_attendre = est_vide and not lu.fermee and lu.bornes.ouvrent(mois)
    retard = retard_du_releve(mois, releve, jour_echeance=lu.jour_echeance, aujourd_hui=lu.bornes.aujourd_hui)
    return EtatDuMois(
        mois,
        len(declarees),
        somme(declarees),
        est_neant_possible=peut_attendre and not est_neant,
        est_neant=est_neant,
        # Un engagement sans début connu n’attend rien : même règle que `heures.attendus`.
        retard=retard if peut_attendre and lu.bornes.debut is not None else "",
    )
