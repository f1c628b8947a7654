"""Feuilles facultatives de ce que les entreprises ont envoyé : lignes à vérifier, colonnes de leurs relevés."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from heures import actions
from heures.actions.cadres import Avancement
from heures.actions.importation import enregistrer_correspondance
from heures.enums import StatutAttente
from heures.imports.releves.colonnes import IGNOREES
from heures.imports.reprise import feuilles_recues as feuilles
from heures.imports.reprise.contexte import Cle, Contexte, ecarts
from heures.imports.reprise.etapes import Ecriture, Valeurs, champs, une_a_une
from heures.imports.reprise.feuilles import CLE_ENGAGEMENT
from heures.imports.reprise.lecture import Ligne
from heures.models import Correspondance, LigneEnAttente
from marches.models import Engagement

RECUE = ("nom", "prenom", "date_naissance", "type_heures", "heures")
TRAITEE = ("raison", "origine", "statut", "motif")


def reprendre_lignes_a_verifier(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    """Après les relevés : celui que le classeur ne dit pas suit ses lignes."""
    dits = {releve.cle((*CLE_ENGAGEMENT, "mois")) for releve in ctx.lues["releves"]}

    def reprendre(_: Contexte, ligne: Ligne) -> None:
        _reprendre(ctx, ligne, est_dit=ligne.cle((*CLE_ENGAGEMENT, "mois")) in dits)

    une_a_une(reprendre)(ctx, lignes, avancer)


def _reprendre(ctx: Contexte, ligne: Ligne, *, est_dit: bool) -> None:
    feuille = feuilles.A_VERIFIER
    engagement = ctx.renvoi_engagement(feuille, ligne)
    manques = list(_manques(ligne))
    for colonne, raison in manques:
        ctx.refuser(feuille, ligne, raison, colonne=colonne)
    if engagement is None or manques:
        return
    contrat = None
    if ligne["contrat_identifiant"] is not None:
        contrat = ctx.renvoi(feuille, ligne, "contrat_identifiant", "contrats", ligne["contrat_identifiant"])
        if contrat is None:
            return
    connue = _connue(ctx, ligne, engagement, contrat)
    donnees = {"motif": "", **ligne.donnees(*TRAITEE)}
    if connue is not None:
        ctx.constater(feuille, ligne, _differences(connue, ligne, contrat, donnees))
        return
    ctx.creer(
        feuille,
        ligne,
        lambda: actions.reprendre_ligne_a_verifier(
            engagement,
            mois=ligne["mois"],
            est_dit=est_dit,
            contrat=contrat,
            recue_le=ligne["date_reception"],
            recue_par_id=ctx.compte(feuille, ligne, "recue_par"),
            traitee_le=ligne["date_traitement"],
            traitee_par_id=ctx.compte(feuille, ligne, "traitee_par"),
            par=ctx.par,
            **donnees,
            **ligne.donnees(*RECUE),
        ),
    )


def _manques(ligne: Ligne) -> Iterator[tuple[str, str]]:
    """Les règles de la base, dites à leur colonne avec le remède."""
    est_traitee = ligne["date_traitement"] is not None
    if ligne["statut"] == StatutAttente.EN_ATTENTE and est_traitee:
        yield "date_traitement", "une ligne à vérifier n’est pas encore traitée. Vider la case, ou changer le statut."
    if ligne["statut"] != StatutAttente.EN_ATTENTE and not est_traitee:
        yield "date_traitement", "une ligne reprise ou refusée dit quand elle l’a été. Renseigner cette date."
    if ligne["statut"] == StatutAttente.REFUSEE and ligne["motif"] is None:
        yield "motif", "un refus porte son motif. Le renseigner."
    if ligne["contrat_identifiant"] is None and None in ligne.cle(("nom", "prenom")):
        raison = "une ligne désigne un contrat, ou une personne par son nom et son prénom. Renseigner l’un ou l’autre."
        yield "nom", raison


def _connue(ctx: Contexte, ligne: Ligne, engagement: Engagement, contrat: Any) -> LigneEnAttente | None:
    """La même ligne, reçue le même jour ; une personne nommée est la même, rattachée ou non depuis à un contrat."""
    recue = {"nom": "", "prenom": "", "date_naissance": None, **ligne.donnees(*RECUE)}
    if not recue["nom"]:
        recue["contrat"] = contrat
    pareilles = LigneEnAttente.objects.visibles_par(ctx.par).filter(
        releve__engagement=engagement, releve__mois=ligne["mois"], recue_le__date=ligne["date_reception"], **recue
    )
    rang = (ligne["rang"] or 1) - 1
    return pareilles.order_by("recue_le", "pk")[rang : rang + 1].first()


def _differences(
    connue: LigneEnAttente, ligne: Ligne, contrat: Any, donnees: dict[str, Any]
) -> dict[str, tuple[Any, Any]]:
    differences = ecarts(connue, donnees)
    traitee_le = timezone.localdate(connue.traitee_le) if connue.traitee_le else None
    if traitee_le != ligne["date_traitement"]:
        differences["date_traitement"] = (traitee_le, ligne["date_traitement"])
    if connue.contrat_id != (contrat.pk if contrat else None):
        rattachee = connue.contrat.identifiant if connue.contrat else None
        differences["contrat_identifiant"] = (rattachee, ligne["contrat_identifiant"])
    return differences


def ecrire_lignes_a_verifier(lu: Ecriture) -> Iterator[Valeurs]:
    deja: Counter[Cle] = Counter()
    for attente in LigneEnAttente.objects.visibles_par(lu.par).select_related("releve").order_by("recue_le", "pk"):
        contrat = lu.contrats[attente.contrat_id].identifiant if attente.contrat_id else None
        recue_le = timezone.localdate(attente.recue_le)
        # Le rang parmi celles que `_connue` confondrait.
        cle = (attente.releve_id, *champs(attente, *RECUE).values(), recue_le, attente.nom or contrat)
        deja[cle] += 1
        yield {
            **lu.cle_d_engagement(attente.releve.engagement_id),
            "mois": f"{attente.releve.mois:%Y-%m}",
            "contrat_identifiant": contrat,
            **champs(attente, *RECUE, *TRAITEE),
            "date_reception": recue_le,
            "recue_par": lu.courriels.get(attente.recue_par_id),
            "date_traitement": timezone.localdate(attente.traitee_le) if attente.traitee_le else None,
            "traitee_par": lu.courriels.get(attente.traitee_par_id) if attente.traitee_par_id else None,
            "rang": deja[cle] if deja[cle] > 1 else None,
        }


def reprendre_correspondances(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    """Toutes les colonnes d’un expéditeur à la fois."""
    groupes: dict[str, list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        groupes[ligne["expediteur"]].append(ligne)
    for fait, (nom, siennes) in enumerate(groupes.items(), start=1):
        _reprendre_correspondance(ctx, nom, siennes)
        avancer(fait, len(groupes))


def _reprendre_correspondance(ctx: Contexte, nom: str, lignes: list[Ligne]) -> None:
    feuille = feuilles.CORRESPONDANCES
    colonnes: dict[str, Any] = {}
    for ligne in lignes:
        if ligne["champ"] in colonnes:
            raison = f"ce champ a déjà sa colonne, « {colonnes[ligne['champ']]} ». N’en garder qu’une."
            ctx.refuser(feuille, ligne, raison, colonne="champ")
            return
        if ligne["champ"] != IGNOREES:
            colonnes[ligne["champ"]] = ligne["titre"]
    colonnes[IGNOREES] = [ligne["titre"] for ligne in lignes if ligne["champ"] == IGNOREES]
    connue = Correspondance.objects.visibles_par(ctx.par).filter(nom=nom).first()
    premiere, *suivantes = lignes
    if connue is None:
        neuve = ctx.creer(
            feuille, premiere, lambda: enregistrer_correspondance(nom=nom, colonnes=colonnes, par=ctx.par)
        )
        ctx.rapport.compte(feuille.nom).creees += len(suivantes) if neuve else 0
    elif {IGNOREES: [], **connue.colonnes} == colonnes:
        ctx.rapport.compte(feuille.nom).deja += len(lignes)
    else:
        raison = (
            "les colonnes de cet expéditeur sont déjà enregistrées, et ne sont pas celles-ci. La reprise n’écrase "
            "rien : corriger le classeur, ou les colonnes dans l’application."
        )
        ctx.refuser(feuille, premiere, raison, colonne="expediteur")


def ecrire_correspondances(lu: Ecriture) -> Iterator[Valeurs]:
    for connue in Correspondance.objects.visibles_par(lu.par).order_by("nom"):
        titres = [(champ, titre) for champ, titre in connue.colonnes.items() if champ != IGNOREES]
        titres += [(IGNOREES, titre) for titre in connue.colonnes.get(IGNOREES, ())]
        for champ, titre in titres:
            yield {"expediteur": connue.nom, "champ": champ, "titre": titre}
