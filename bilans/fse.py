"""Les indicateurs FSE+ d’une opération (bilans.md, F) : la grille FSE+, sur ses seuls participants (docs/adr/0034).

Entier à l’écran d’un agent, masqué dans un fichier. Sans opération, toute la structure.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from bilans import agregats, ave, rapport
from bilans.ave import A_PART, Comptes, Filtre
from bilans.faits import Faits, Periode
from bilans.grilles import ligne as lignes_de_grille
from bilans.grilles.calcul import MOMENTS, compter_heures, compter_sorties
from bilans.grilles.dimensions import Source, lire_complements
from bilans.grilles.forme import FSE
from bilans.grilles.lecture import grille_de
from bilans.indicateurs import compter as compter_indicateurs
from bilans.rapport import Bilan, Demande
from bilans.valeurs import Nombre
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible
from heures.models import LigneHeures
from marches.models import Operation

NOM = "fse"
TITRE = "Bilan FSE+ d’une opération"
EN_AVANT = ("beneficiaires", "nouveaux_entrants", "femmes", "heures_realisees")
OPERATION = (
    "Opération",
    "Participants, entrées et sorties sont ceux de l’opération choisie\u00a0: une entrée est la première heure "
    "validée sur ses marchés. Sans opération, ceux de toute la structure.",
    "docs/adr/0034",
)


def etablir(acteur: Acteur, demande: Demande) -> Bilan:
    """Les chiffres entiers. Lève `ActionImpossible` sans heure validée dans la période et l’opération."""
    return _dresser(acteur, demande, est_masque=False)


def sortir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le bilan d’un fichier : masqué, sauf si la demande le veut complet."""
    return _dresser(acteur, demande, est_masque=not demande.complet)


def _dresser(acteur: Acteur, demande: Demande, *, est_masque: bool) -> Bilan:
    comptes = compter(acteur, demande)
    quoi = "les petits effectifs sont tus" if est_masque else "complet, réservé à la structure"
    filtres = f"{_en_clair(acteur, demande)}\u00a0; {quoi}"
    comptes = replace(comptes, entete=replace(comptes.entete, filtres=filtres))
    bilan = ave.assembler(ave.masquer(comptes) if est_masque else comptes, demande)
    if not est_masque:
        declares = [ligne.indicateur for ligne in bilan.synthese]
        precedents = _precedents(acteur, demande)
        base = {"base_etp": comptes.grille.base_etp}
        indicateurs = compter_indicateurs(comptes.faits)
        lignes = rapport.synthese(declares, indicateurs, precedents)
        avant = {**precedents, **base} if precedents else {}
        bilan = replace(bilan, synthese=rapport.avec_termes(lignes, {**indicateurs, **base}, avant))
    methode = [ligne for ligne in bilan.methode if est_masque or "Secret" not in ligne[0]]
    montres = [cle for cle in EN_AVANT if cle in bilan.indicateurs]
    return replace(bilan, methode=[*methode, OPERATION], est_masque=est_masque, en_avant=montres)


def compter(acteur: Acteur, demande: Demande) -> Comptes:
    rapport.refuser_un_acheteur(demande)
    structure, lus = rapport.lire_faits(acteur, demande.periode)
    grille = grille_de(acteur, FSE)
    faits = replace(_avec_des_heures(acteur, lus, demande.operation), base_etp=grille.base_etp)
    source = Source(faits, lire_complements(acteur))
    return Comptes(
        grille=grille,
        entete=replace(rapport.entete(TITRE, structure, demande, par=acteur), base_etp=grille.base_etp),
        faits=faits,
        indicateurs=compter_indicateurs(faits),
        heures={t.cle: compter_heures(t, source) for t in grille.tableaux if t.dimension not in A_PART},
        sorties={t.cle: compter_sorties(t, source) for t in grille.tableaux if t.dimension in MOMENTS},
    )


def restreindre(acteur: Acteur, demande: Demande, faits: Faits, ligne: str) -> tuple[Faits, list[Filtre]]:
    """Les faits de l’opération, et d’une ligne de la grille ; lève `ActionImpossible` si l’une n’existe pas."""
    rapport.refuser_sans_heure(faits)
    siens = _avec_des_heures(acteur, faits, demande.operation)
    restreints, lus = lignes_de_grille.restreindre(acteur, siens, FSE, ligne)
    operation = [("Opération", str(trouver_operation(acteur, demande.operation)))] if demande.operation else []
    return restreints, [*operation, *lus]


def _avec_des_heures(acteur: Acteur, lus: Faits, code: str) -> Faits:
    """Les faits de l’opération ; lève `ActionImpossible` si elle n’a aucune heure dans la période."""
    faits = _restreindre(acteur, lus, code)
    if not faits.cellules:
        raise ActionImpossible(
            "Aucune heure validée dans la période sur cette opération\u00a0: choisir une autre période, ou lui "
            "rattacher des marchés."
        )
    return faits


def _precedents(acteur: Acteur, demande: Demande) -> Mapping[str, Nombre]:
    """Les mêmes indicateurs un an plus tôt ; vide si rien n’y est validé."""
    structure = Structure.objects.visibles_par(acteur).get()
    lus = agregats.lire(acteur, structure, demande.periode.un_an_plus_tot())
    faits = _restreindre(acteur, lus, demande.operation)
    return compter_indicateurs(faits) if faits.cellules else {}


def _en_clair(acteur: Acteur, demande: Demande) -> str:
    if not demande.operation:
        return "Toute la structure"
    return f"Opération\u00a0: {trouver_operation(acteur, demande.operation)}"


def trouver_operation(acteur: Acteur, code: str) -> Operation:
    """L’opération de ce numéro, ou de ce nom ; lève `ActionImpossible` s’il n’y en a pas dans la structure."""
    visibles = Operation.objects.visibles_par(acteur)
    trouvee: Operation | None = visibles.filter(nom=code).first()
    if trouvee is None and code.isdecimal() and len(code) < 10:
        trouvee = visibles.filter(pk=int(code)).first()
    if trouvee is None:
        raise ActionImpossible(
            f"Aucune opération «\u00a0{code[:80]}\u00a0» dans la structure\u00a0: donner son nom exact."
        )
    return trouvee


def _restreindre(acteur: Acteur, faits: Faits, code: str) -> Faits:
    """Les faits des seuls marchés de l’opération, entrées et sorties comprises."""
    if not code:
        return faits
    operation = trouver_operation(acteur, code)
    marches = {pk: marche for pk, marche in faits.marches.items() if marche.operation == operation.pk}
    engagements = {pk: e for pk, e in faits.engagements.items() if e.marche in marches}
    cellules = [cellule for cellule in faits.cellules if cellule.engagement in engagements]
    premiers = _premiers_mois(acteur, operation, faits.periode)
    return replace(
        faits,
        cellules=cellules,
        premiers_mois=premiers,
        engagements=engagements,
        marches=marches,
        engagees={pk: h for pk, h in faits.engagees.items() if pk in engagements},
        realisees={pk: h for pk, h in faits.realisees.items() if pk in engagements},
        sorties=[sortie for sortie in faits.sorties if sortie.participant in premiers],
    )


def _premiers_mois(acteur: Acteur, operation: Operation, periode: Periode) -> dict[int, datetime.date]:
    """Par personne, le premier mois où il lui reste des heures validées sur l’opération, jusqu’à la fin de période."""
    lignes = (
        LigneHeures.objects.visibles_par(acteur)
        .validees()
        .filter(engagement__clause__lot__marche__operation=operation, mois__lte=periode.au)
        .order_by()
    )
    mois: dict[int, list[datetime.date]] = defaultdict(list)
    for personne, jour, total in lignes.values_list("participant", "mois").annotate(total=agregats.somme()):
        if total > 0:
            mois[personne].append(jour)
    return {personne: min(jours) for personne, jours in mois.items()}
