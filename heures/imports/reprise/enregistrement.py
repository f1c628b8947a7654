"""La reprise entière, dans une transaction : tout est enregistré, ou rien."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO

from django.db import IntegrityError, transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.lecteur import Bornes
from heures.imports.reprise.colonnes import Feuille
from heures.imports.reprise.contexte import Cle, Contexte
from heures.imports.reprise.etapes import Etape, dans_l_ordre
from heures.imports.reprise.feuilles import HEURES, MOUVEMENTS
from heures.imports.reprise.lecture import BORNES_REPRISE, Ligne, lire
from heures.imports.reprise.rapport import Rapport

Avancement = Callable[[str, int, int], None]


def sans_avancement(feuille: str, fait: int, total: int) -> None:
    """Ne montre rien."""


def reprendre(
    source: IO[bytes] | Path,
    *,
    par: Acteur,
    etapes: Sequence[Etape],
    simulation: bool = False,
    avancer: Avancement = sans_avancement,
    bornes: Bornes = BORNES_REPRISE,
) -> Rapport:
    """Reprend un classeur dans la structure de l’acteur et rend le rapport complet.

    Tous les refus du classeur sont rapportés en une passe ; s’il y en a un, ou en simulation, rien ne reste en base.
    Rejouable : ce qui est déjà là à l’identique n’est pas recréé. Lève `FichierRefuse` si le fichier n’est pas un
    classeur lisible ou ne contient rien, `ActionImpossible` si la base a changé pendant la reprise. `avancer` reçoit
    la feuille, le nombre de lignes faites et leur total.
    """
    par.exiger(Droit.IMPORTER)
    rapport = Rapport(simulation)
    lues = lire(source, rapport, dans_l_ordre(etapes), bornes=bornes)
    if not rapport.mal_forme:
        _enregistrer_ou_annuler(par, rapport, lues, etapes, avancer)
    rapport.compter_les_refus()
    return rapport


def _enregistrer_ou_annuler(
    par: Acteur,
    rapport: Rapport,
    lues: Mapping[str, list[Ligne]],
    etapes: Sequence[Etape],
    avancer: Avancement,
) -> None:
    """La simulation passe par le même chemin que la reprise : ses refus sont exactement ceux qu’elle aurait."""
    try:
        with transaction.atomic():
            _enregistrer(Contexte(par, rapport, lues), etapes, avancer)
            transaction.set_rollback(rapport.simulation or not rapport.accepte)
    except IntegrityError as erreur:
        raise ActionImpossible(
            "Des données de cette structure ont changé pendant la reprise. Relancer : ce qui est déjà là sera reconnu."
        ) from erreur


def _enregistrer(ctx: Contexte, etapes: Sequence[Etape], avancer: Avancement) -> None:
    for etape in etapes:
        feuille = etape.feuille
        lignes = _sans_doublon(ctx, feuille, _saines(ctx, feuille))
        etape.reprendre(ctx, lignes, partial(avancer, feuille.nom))


def _saines(ctx: Contexte, feuille: Feuille) -> list[Ligne]:
    """Les lignes sans cellule refusée ; les autres sont notées, pour suspendre ce qui en dépend."""
    ctx.refusees[feuille.nom].update(ligne.cle(feuille.cle) for ligne in ctx.lues[feuille.nom] if not ligne.saine)
    return [ligne for ligne in ctx.lues[feuille.nom] if ligne.saine]


def _sans_doublon(ctx: Contexte, feuille: Feuille, lignes: Iterable[Ligne]) -> list[Ligne]:
    """Deux lignes du classeur ne désignent pas le même objet : la seconde est refusée en nommant la première."""
    premieres: dict[Cle, int] = {}
    gardees = []
    for ligne in lignes:
        cles = _cles(feuille, ligne)
        deja = next((premieres[cle] for cle in cles if cle in premieres), None)
        if deja is None:
            premieres.update(dict.fromkeys(cles, ligne.numero))
            gardees.append(ligne)
            continue
        remede = ", ou les distinguer par le motif" if feuille is MOUVEMENTS else ""
        raison = f"ligne en double : la ligne {deja} porte déjà {_citer(feuille)}. N’en garder qu’une{remede}."
        colonne = feuille.cle[0]
        ctx.rapport.refuser(feuille.nom, raison, ligne=ligne.numero, colonne=colonne, valeur=ligne[colonne])
    return gardees


def _cles(feuille: Feuille, ligne: Ligne) -> list[Cle]:
    """Travail et formation du même mois peuvent tenir sur une ligne ou sur deux (domaine.md §3.4)."""
    cle = ligne.cle(feuille.cle)
    if feuille is not HEURES:
        return [cle]
    return [(*cle, colonne) for colonne in ("heures_travail", "heures_formation") if ligne[colonne] is not None]


def _citer(feuille: Feuille) -> str:
    if len(feuille.cle) == 1:
        return f"cette valeur de « {feuille.cle[0]} »"
    return f"les mêmes valeurs de {', '.join(feuille.cle)}"
