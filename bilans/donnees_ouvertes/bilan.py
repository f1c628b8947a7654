"""Établir les données ouvertes : des années civiles achevées, chacune masquée à part."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from bilans import agregats, rapport
from bilans.donnees_ouvertes.cube import CLES, TOTAL, LigneCube, lignes
from bilans.donnees_ouvertes.definitions import (
    ANNEES,
    CROISEMENTS,
    DIMENSIONS,
    INDICATEURS,
    MARGES,
    TABLEAUX,
    TOUS,
)
from bilans.faits import Periode
from bilans.rapport import Bilan, Demande, Tableau
from bilans.secret import SECRET, SEUIL
from bilans.tableaux import Rangee
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible

NOM = "ouvertes"
TITRE = "Données ouvertes"
EN_AVANT = ("heures_realisees", "annees", "lignes", "valeurs_tues")
ANNEES_AU_PLUS = 20
LIBELLES = {d.cle: {TOUS: "Tous", **dict(d.choix)} for d in DIMENSIONS}
TITRES = {d.cle: d.titre for d in DIMENSIONS}
REGLES = (
    (
        "Secret",
        f"Un effectif de 1 à {SEUIL - 1} personnes ne se publie pas, ni ses heures\u00a0; d’autres valeurs se taisent "
        "avec lui, pour qu’aucune soustraction ne le redonne. Toutes se lisent «\u00a0secret\u00a0». Un croisement "
        "des quatre dimensions qui ne peut se lire n’est pas écrit.",
        "ADR 0023, ADR 0033",
    ),
    (
        "Années",
        "Des années civiles achevées\u00a0: deux périodes qui se recouvrent se soustrairaient. Aucun total ne réunit "
        "les bénéficiaires de deux années.",
        "ADR 0033",
    ),
)


def etablir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le bilan masqué, à l’écran comme en fichier.

    Lève `ActionImpossible` si la période n’est pas faite d’années civiles achevées, ou si aucune n’a cinq
    bénéficiaires : la même phrase qu’il y en ait quatre ou aucun.
    """
    acteur.exiger(Droit.CONSULTER_BILANS)
    rapport.refuser_un_acheteur(demande)
    rapport.verifier_periode(demande.periode)
    annees = lire_annees(demande.periode, jour=timezone.localdate())
    structure = Structure.objects.visibles_par(acteur).get()
    publiees: list[LigneCube] = []
    for annee in annees:
        publiees += lignes(agregats.lire(acteur, structure, _periode(annee)), annee)
    if not publiees:
        raise ActionImpossible(
            f"Moins de cinq bénéficiaires chaque année de {annees[0]} à {annees[-1]}\u00a0: rien ne peut être publié. "
            "Choisir d’autres années."
        )
    entete = rapport.entete(TITRE, structure, demande, par=acteur)
    return _assembler(publiees, demande, replace(entete, filtres="Toute la structure\u00a0; petits effectifs tus"))


def lire_annees(periode: Periode, *, jour: datetime.date) -> list[int]:
    """Les années civiles de la période ; lève `ActionImpossible` si l’une n’est pas entière, ou pas achevée."""
    du, au = periode.du, periode.au
    if (du.day, du.month, au.day, au.month) != (1, 1, 31, 12):
        raise ActionImpossible(
            "Les données ouvertes vont par années civiles entières\u00a0: choisir une période du 1er janvier au "
            "31 décembre."
        )
    if au >= jour:
        raise ActionImpossible(
            f"L’année {au.year} n’est pas achevée\u00a0: ses heures se publient à partir du 1er janvier {au.year + 1}."
        )
    if au.year - du.year >= ANNEES_AU_PLUS:
        raise ActionImpossible(
            f"{ANNEES_AU_PLUS} années au plus dans un fichier\u00a0: choisir une période plus courte."
        )
    return list(range(du.year, au.year + 1))


def _periode(annee: int) -> Periode:
    fin = datetime.date(annee, 12, 31)
    return Periode(datetime.date(annee, 1, 1), fin, fin)


def _assembler(publiees: Sequence[LigneCube], demande: Demande, entete: rapport.Entete) -> Bilan:
    rangees = {
        ANNEES.cle: [_rangee(ligne, {}) for ligne in publiees if ligne.codes == TOTAL],
        MARGES.cle: list(_marges(publiees)),
        CROISEMENTS.cle: list(_croisements(publiees)),
    }
    tues = sum(valeur is SECRET for ligne in publiees for valeur in (ligne.beneficiaires, ligne.heures))
    # Le total d’une année publiée se lit toujours.
    totaux = [h for ligne in publiees if ligne.codes == TOTAL and isinstance(h := ligne.heures, Decimal)]
    indicateurs = {
        "heures_realisees": sum(totaux),
        "annees": len(totaux),
        "lignes": len(publiees),
        "croisements": len(rangees[CROISEMENTS.cle]),
        "valeurs_tues": tues,
    }
    return Bilan(
        entete=entete,
        demande=demande,
        indicateurs=indicateurs,
        synthese=list(rapport.synthese(INDICATEURS, indicateurs, {})),
        tableaux={d.cle: Tableau(d, rangees[d.cle]) for d in TABLEAUX},
        methode=rapport.en_tete_d_abord(rapport.methode(entete, INDICATEURS, TABLEAUX), REGLES),
        est_masque=True,
        en_avant=EN_AVANT,
    )


def _rangee(ligne: LigneCube, dits: dict[str, Any]) -> Rangee:
    """Une ligne publiée, qui s’ouvre dans son année sur les codes qu’elle croise."""
    mesures = {"annee": str(ligne.annee), "beneficiaires": ligne.beneficiaires, "heures": ligne.heures}
    filtre = {cle: code for cle, code in zip(CLES, ligne.codes, strict=True) if code != TOUS}
    return Rangee({**mesures, **dits}, filtre, periode=_periode(ligne.annee))


def _marges(publiees: Iterable[LigneCube]) -> Iterable[Rangee]:
    for ligne in publiees:
        croisees = [cle for cle, code in zip(CLES, ligne.codes, strict=True) if code != TOUS]
        if len(croisees) != 1:
            continue
        cle, code = croisees[0], ligne.codes[CLES.index(croisees[0])]
        dite = {"dimension": cle, "dimension_libelle": TITRES[cle], "code": code, "libelle": LIBELLES[cle][code]}
        yield _rangee(ligne, dite)


def _croisements(publiees: Iterable[LigneCube]) -> Iterable[Rangee]:
    for ligne in publiees:
        if TOUS in ligne.codes:
            continue
        codes = dict(zip(CLES, ligne.codes, strict=True))
        libelles = {f"{cle}_libelle": LIBELLES[cle][code] for cle, code in codes.items()}
        yield _rangee(ligne, {**codes, **libelles})
