"""Ce qui écrit une table de correspondance : réécrire un tableau, revenir à celui que livre l’application."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from bilans.grilles.correspondance import verifier
from bilans.grilles.forme import LigneGrille, TableauGrille, livree
from bilans.models import CorrespondanceGrille
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.journal import etat, journaliser
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion


@transaction.atomic
def ecrire_tableau(
    nom: str, cle: str, lignes: Sequence[LigneGrille], *, version: int, par: Acteur
) -> CorrespondanceGrille:
    """Remplace les lignes d’un tableau ; une ligne sans clef est neuve. `version` : 0 pour le tableau livré.

    Lève `ActionImpossible` sur un code inconnu, rattaché à deux lignes, ou une ligne sans code (`correspondance`).
    """
    par.exiger(Droit.GERER_STRUCTURE)
    tableau = _tableau(nom, cle)
    # Une première écriture n’a pas encore de fiche à verrouiller : deux d’entre elles passent l’une après l’autre.
    verrouiller(Structure.objects.all(), par.structure_id, par=par)
    nommees = _nommer(lignes)
    verifier(replace(tableau, lignes=tuple(nommees)))
    donnees = [ligne.en_json() for ligne in nommees]
    sienne = _verrouillee(nom, cle, par)
    if sienne is None:
        if version:
            raise ConflitDeVersion(0, [])
        neuve = CorrespondanceGrille(structure_id=par.structure_id, grille=nom, tableau=cle, lignes=donnees)
        return creer(neuve, par=par, action="réécrire un tableau de grille")
    return modifier(sienne, {"lignes": donnees}, par=par, action="modifier un tableau de grille", version=version)


@transaction.atomic
def retablir_tableau(nom: str, cle: str, *, par: Acteur) -> None:
    """Revient au tableau livré ; le journal garde les lignes retirées."""
    par.exiger(Droit.GERER_STRUCTURE)
    sienne = _verrouillee(nom, cle, par)
    if sienne is None:
        raise ActionImpossible("Ce tableau est déjà celui que livre l’application.")
    avant = etat(sienne, ["grille", "tableau", "lignes"])
    journaliser(par=par, action="rétablir un tableau de grille", objet=sienne, avant=avant)
    sienne.delete()


def _tableau(nom: str, cle: str) -> TableauGrille:
    tableau = livree(nom).tableau(cle)
    if tableau is None:
        raise ActionImpossible(f"La grille n’a pas de tableau «\u00a0{cle}\u00a0».")
    return tableau


def _nommer(lignes: Sequence[LigneGrille]) -> list[LigneGrille]:
    """Une clef stable et unique à chaque ligne neuve, tirée de son libellé."""
    prises = {ligne.cle for ligne in lignes if ligne.cle}
    nommees = []
    for ligne in lignes:
        cle = ligne.cle
        if not cle:
            sans_accent = unicodedata.normalize("NFKD", ligne.libelle).encode("ascii", "ignore").decode().lower()
            base = re.sub(r"[^a-z0-9]+", "_", sans_accent).strip("_")[:40] or "ligne"
            rang = 1
            cle = base
            while cle in prises:
                rang += 1
                cle = f"{base}_{rang}"
            prises.add(cle)
        nommees.append(replace(ligne, cle=cle))
    return nommees


def _verrouillee(nom: str, cle: str, par: Acteur) -> CorrespondanceGrille | None:
    siennes = CorrespondanceGrille.objects.visibles_par(par).select_for_update(of=("self",))
    return siennes.filter(grille=nom, tableau=cle).first()
