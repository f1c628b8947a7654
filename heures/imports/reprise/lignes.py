"""Reprise de la feuille « heures » : renvois résolus ligne à ligne, règles et écriture en masse par l’action."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from clauses.socle.instants import a_midi
from heures.actions.cadres import Avancement
from heures.actions.reprise import LigneAReprendre, reprendre_lignes
from heures.enums import StatutLigne, TypeHeures
from heures.imports.reprise.contexte import Contexte
from heures.imports.reprise.feuilles import HEURES
from heures.imports.reprise.lecture import Ligne


def reprendre_heures(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    """Une ligne du tableur donne une ou deux lignes d’heures : travail, formation."""
    par_numero = {ligne.numero: ligne for ligne in lignes}
    voulues = [voulue for ligne in par_numero.values() for voulue in _lignes_a_reprendre(ctx, ligne)]
    resultat = reprendre_lignes(voulues, par=ctx.par, avancer=avancer)
    for voulue, raison in resultat.refus:
        ctx.refuser(HEURES, par_numero[voulue.repere], raison, colonne=_colonne(voulue))
    for voulue, phrase in resultat.avertissements:
        ctx.avertir(HEURES, par_numero[voulue.repere], phrase, colonne=_colonne(voulue))
    refusees = {voulue.repere for voulue, _ in resultat.refus}
    deja = {voulue.cellule for voulue in resultat.deja}
    neuves = {voulue.repere for voulue in voulues if voulue.cellule not in deja} - refusees
    compte = ctx.rapport.compte(HEURES.nom)
    compte.creees = len(neuves)
    compte.deja = len({voulue.repere for voulue in voulues} - neuves - refusees)


def _colonne(voulue: LigneAReprendre) -> str:
    return "heures_travail" if voulue.type_heures == TypeHeures.TRAVAIL else "heures_formation"


def _lignes_a_reprendre(ctx: Contexte, ligne: Ligne) -> Iterator[LigneAReprendre]:
    volumes = _volumes(ligne)
    if not volumes:
        raison = (
            "ni heures de travail ni heures de formation : une case vide n’est pas zéro. Écrire 0 si le mois est "
            "néant, ou supprimer la ligne."
        )
        ctx.refuser(HEURES, ligne, raison, colonne="heures_travail")
        return
    contrat = ctx.renvoi(HEURES, ligne, "contrat_identifiant", "contrats", ligne["contrat_identifiant"])
    engagement = ctx.renvoi_engagement(HEURES, ligne) if contrat is not None else None
    if contrat is None or engagement is None:
        return
    valide_le = ligne["date_validation"]
    if valide_le is not None and ligne["statut"] != StatutLigne.VALIDEE:
        ctx.avertir(HEURES, ligne, "date sans effet : la ligne n’est pas validée.", colonne="date_validation")
    for type_heures, heures in volumes:
        yield LigneAReprendre(
            contrat_id=contrat.pk,
            engagement_id=engagement.pk,
            mois=ligne["mois"],
            type_heures=type_heures,
            heures=heures,
            statut=ligne["statut"],
            validee_le=a_midi(valide_le) if valide_le is not None else None,
            motif=ligne["motif"] or "",
            declaree_le=ligne["date_declaration"],
            rang=ligne["rang"] or 0,
            repere=ligne.numero,
        )


def _volumes(ligne: Ligne) -> list[tuple[TypeHeures, Decimal]]:
    """Les heures données. Un zéro à côté d’heures ne dit rien ; seul, il vaut « néant » et se garde."""
    donnees = [
        (type_heures, ligne[colonne])
        for type_heures, colonne in (
            (TypeHeures.TRAVAIL, "heures_travail"),
            (TypeHeures.FORMATION, "heures_formation"),
        )
        if ligne[colonne] is not None
    ]
    return [donnee for donnee in donnees if donnee[1]] or donnees[:1]
