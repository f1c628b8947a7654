"""Feuilles facultatives des marchés : opérations, groupements, clauses en détail, échéanciers, suites données."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from heures import actions as heures_actions
from heures.actions.cadres import Avancement
from heures.imports.reprise import feuilles_suite as feuilles
from heures.imports.reprise.contexte import Cle, Contexte, ecarts
from heures.imports.reprise.etapes import Ecriture, Valeurs, champs, cle_de_lot, numeroter, oui_non
from heures.imports.reprise.feuilles import CLE_ENGAGEMENT
from heures.imports.reprise.lecture import Ligne
from heures.imports.reprise.marches import lot_cite
from heures.models import ConventionGlobalisation
from marches import actions
from marches.actions.echeancier import en_clair
from marches.models import (
    Attribution,
    Clause,
    Engagement,
    Evenement,
    Facture,
    JalonEngagement,
    Operation,
    PropositionPenalite,
    ReglePenalite,
)
from marches.previsions import Jalon

DE_LA_CLAUSE = tuple(nom for nom in feuilles.CONDITIONS.par_nom if nom not in feuilles.CLE_LOT)
DE_LA_REGLE = (
    "formule", "valeur", "plafond_euros", "plafond_pourcent", "exige_mise_en_demeure", "delai_jours", "article",
)  # fmt: skip
DE_L_EVENEMENT = ("nature", "date", "echeance", "texte")
DE_LA_PROPOSITION = (
    "arretee_au", "montant", "calcul", "statut", "montant_decide", "motif", "courrier_date", "courrier_reference",
)  # fmt: skip


def reprendre_operation(ctx: Contexte, ligne: Ligne) -> None:
    donnees = ligne.donnees("nom", "est_npnru")
    connue = ctx.objets["operations"].get((ligne["nom"],))
    ctx.poser(
        feuilles.OPERATIONS,
        ligne,
        connue,
        donnees,
        lambda: actions.nommer_operation(nom=ligne["nom"], est_npnru=bool(ligne["est_npnru"]), par=ctx.par),
    )


def ecrire_operations(lu: Ecriture) -> Iterator[Valeurs]:
    for operation in Operation.objects.visibles_par(lu.par).order_by("pk"):
        yield {"nom": operation.nom, "est_npnru": oui_non(est=operation.est_npnru)}


def reprendre_attribution(ctx: Contexte, ligne: Ligne) -> None:
    feuille = feuilles.ATTRIBUTIONS
    lot = lot_cite(ctx, feuille, ligne)
    entreprise = ctx.renvoi(feuille, ligne, "entreprise_siret", "entreprises", ligne["entreprise_siret"])
    if lot is None or entreprise is None:
        return
    donnees = ligne.donnees("role")
    connue = Attribution.objects.visibles_par(ctx.par).filter(lot=lot, entreprise=entreprise).first()
    ctx.poser(feuille, ligne, connue, donnees, lambda: actions.attribuer(lot, entreprise, par=ctx.par, **donnees))


def ecrire_attributions(lu: Ecriture) -> Iterator[Valeurs]:
    lues = Attribution.objects.visibles_par(lu.par).select_related("lot__marche__acheteur", "entreprise")
    for attribution in lues.order_by("pk"):
        yield cle_de_lot(attribution.lot) | {
            "entreprise_siret": attribution.entreprise.siret,
            "role": attribution.role,
        }


def reprendre_conditions(ctx: Contexte, ligne: Ligne) -> None:
    lot = lot_cite(ctx, feuilles.CONDITIONS, ligne)
    if lot is None:
        return
    donnees = ligne.donnees(*DE_LA_CLAUSE)
    connue = ctx.objets["conditions"].get(ligne.cle(feuilles.CLE_CLAUSE))
    ctx.poser(feuilles.CONDITIONS, ligne, connue, donnees, lambda: actions.definir_clause(lot, par=ctx.par, **donnees))


def ecrire_conditions(lu: Ecriture) -> Iterator[Valeurs]:
    lues = Clause.objects.visibles_par(lu.par).select_related("lot__marche__acheteur")
    for clause in lues.order_by("pk"):
        nomme = oui_non(est=clause.nomme_facilitateur)
        yield cle_de_lot(clause.lot) | champs(clause, *DE_LA_CLAUSE) | {"nomme_facilitateur": nomme}


def reprendre_penalite(ctx: Contexte, ligne: Ligne) -> None:
    feuille = feuilles.PENALITES
    clause = ctx.renvoi(feuille, ligne, "nature_clause", "conditions", *ligne.cle(feuilles.CLE_CLAUSE))
    if clause is None:
        return
    donnees = ligne.donnees(*DE_LA_REGLE)
    regles = ReglePenalite.objects.visibles_par(ctx.par).filter(clause=clause, formule=ligne["formule"])
    ctx.poser(feuille, ligne, regles.first(), donnees, lambda: actions.ajouter_regle(clause, par=ctx.par, **donnees))


def ecrire_penalites(lu: Ecriture) -> Iterator[Valeurs]:
    lues = ReglePenalite.objects.visibles_par(lu.par).select_related("clause__lot__marche__acheteur")
    for regle in lues.order_by("pk"):
        propres = champs(regle, *DE_LA_REGLE) | {"exige_mise_en_demeure": oui_non(est=regle.exige_mise_en_demeure)}
        yield cle_de_lot(regle.clause.lot) | {"nature_clause": regle.clause.nature_clause} | propres


def reprendre_echeanciers(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    """Un échéancier se fixe entier : toutes les lignes d’un engagement à la fois."""
    groupes: dict[Cle, list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        groupes[ligne.cle(CLE_ENGAGEMENT)].append(ligne)
    for fait, siennes in enumerate(groupes.values(), start=1):
        _reprendre_echeancier(ctx, siennes)
        avancer(fait, len(groupes))


def _reprendre_echeancier(ctx: Contexte, lignes: list[Ligne]) -> None:
    feuille, (premiere, *suivantes) = feuilles.ECHEANCIERS, lignes
    engagement = ctx.renvoi_engagement(feuille, premiere)
    if engagement is None:
        return
    jalons = sorted(Jalon(ligne["date"], ligne["part"]) for ligne in lignes)
    poses = JalonEngagement.objects.visibles_par(ctx.par).filter(engagement=engagement)
    gardes = [Jalon(*valeurs) for valeurs in poses.order_by("date").values_list("date", "part")]
    if gardes == jalons:
        for ligne in lignes:
            ctx.constater(feuille, ligne, {})
    elif gardes:
        ctx.constater(feuille, premiere, {"part": (en_clair(gardes), en_clair(jalons))})
    else:
        version = engagement.version
        pose = ctx.creer(
            feuille,
            premiere,
            lambda: actions.fixer_echeancier(engagement, jalons=jalons, version=version, par=ctx.par),
        )
        ctx.rapport.compte(feuille.nom).creees += len(suivantes) if pose else 0


def ecrire_echeanciers(lu: Ecriture) -> Iterator[Valeurs]:
    for jalon in JalonEngagement.objects.visibles_par(lu.par).order_by("engagement", "date"):
        yield lu.cle_d_engagement(jalon.engagement_id) | champs(jalon, "date", "part")


def reprendre_facture(ctx: Contexte, ligne: Ligne) -> None:
    engagement = ctx.renvoi_engagement(feuilles.FACTURES, ligne)
    if engagement is None:
        return
    donnees = ligne.donnees("reference", "date", "montant_ht")
    connues = Facture.objects.visibles_par(ctx.par).filter(engagement=engagement, reference=ligne["reference"])
    ctx.poser(
        feuilles.FACTURES,
        ligne,
        connues.first(),
        donnees,
        lambda: actions.reprendre_facture(engagement, par=ctx.par, **donnees),
    )


def ecrire_factures(lu: Ecriture) -> Iterator[Valeurs]:
    for facture in Facture.objects.visibles_par(lu.par).order_by("pk"):
        yield lu.cle_d_engagement(facture.engagement_id) | champs(facture, "reference", "date", "montant_ht")


def reprendre_evenement(ctx: Contexte, ligne: Ligne) -> None:
    engagement = ctx.renvoi_engagement(feuilles.EVENEMENTS, ligne)
    if engagement is None:
        return
    donnees: dict[str, Any] = {nom: ligne[nom] for nom in DE_L_EVENEMENT} | {"texte": ligne["texte"] or ""}
    pareils = Evenement.objects.visibles_par(ctx.par).filter(engagement=engagement, **donnees)
    ctx.ajouter(
        feuilles.EVENEMENTS,
        ligne,
        pareils,
        lambda: actions.reprendre_evenement(engagement, par=ctx.par, **donnees),
    )


def ecrire_evenements(lu: Ecriture) -> Iterator[Valeurs]:
    """Les étapes qui comptent : celle dont toutes les lettres sont annulées n’en est plus une."""
    lus = Evenement.objects.visibles_par(lu.par).en_vigueur().order_by("date", "pk")
    lignes = (lu.cle_d_engagement(e.engagement_id) | champs(e, *DE_L_EVENEMENT) for e in lus)
    return numeroter(feuilles.EVENEMENTS, lignes)


def reprendre_proposition(ctx: Contexte, ligne: Ligne) -> None:
    engagement = ctx.renvoi_engagement(feuilles.PROPOSITIONS, ligne)
    if engagement is None:
        return
    donnees = ligne.donnees(*DE_LA_PROPOSITION)
    dates = {nom: ligne[nom] for nom in ("date_proposition", "date_decision")}
    du_jour = PropositionPenalite.objects.visibles_par(ctx.par).filter(
        engagement=engagement, arretee_au=ligne["arretee_au"], proposee_le__date=ligne["date_proposition"]
    )
    rang = (ligne["rang"] or 1) - 1
    connue = du_jour.order_by("pk")[rang : rang + 1].first()
    ctx.poser(
        feuilles.PROPOSITIONS,
        ligne,
        connue,
        donnees,
        lambda: actions.reprendre_proposition(engagement, par=ctx.par, **dates, **donnees),
    )


def ecrire_propositions(lu: Ecriture) -> Iterator[Valeurs]:
    def lignes() -> Iterator[Valeurs]:
        for proposition in PropositionPenalite.objects.visibles_par(lu.par).order_by("proposee_le", "pk"):
            decidee = proposition.decidee_le
            yield {
                **lu.cle_d_engagement(proposition.engagement_id),
                **champs(proposition, *DE_LA_PROPOSITION),
                "calcul": json.dumps(proposition.calcul, ensure_ascii=False),
                "date_proposition": timezone.localdate(proposition.proposee_le),
                "date_decision": timezone.localdate(decidee) if decidee else None,
            }

    return numeroter(feuilles.PROPOSITIONS, lignes())


def reprendre_conventions(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    """Une convention relie plusieurs engagements d’une entreprise : toutes ses lignes à la fois."""
    groupes: dict[Cle, list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        groupes[ligne.cle(("titulaire_siret", "reference"))].append(ligne)
    for fait, siennes in enumerate(groupes.values(), start=1):
        _reprendre_convention(ctx, siennes)
        avancer(fait, len(groupes))


def _reprendre_convention(ctx: Contexte, lignes: list[Ligne]) -> None:
    feuille = feuilles.CONVENTIONS
    premiere, *suivantes = lignes
    dates = premiere.donnees("date_debut", "date_fin")
    for ligne in suivantes:
        if ligne.donnees("date_debut", "date_fin") != dates:
            raison = f"la ligne {premiere.numero} donne à cette convention d’autres dates. Les accorder."
            ctx.refuser(feuille, ligne, raison, colonne="date_debut")
            return
    trouves = [ctx.renvoi_engagement(feuille, ligne) for ligne in lignes]
    engagements = [engagement for engagement in trouves if engagement is not None]
    if len(engagements) < len(lignes):
        return
    entreprise, reference = engagements[0].entreprise, premiere["reference"]
    connues = ConventionGlobalisation.objects.visibles_par(ctx.par).filter(entreprise=entreprise, reference=reference)
    connue = connues.first()
    if connue is not None:
        _constater_convention(ctx, connue, lignes, engagements)
        return
    signataires = {
        ligne["acheteur_siret"]: ctx.objets["acheteurs"][(ligne["acheteur_siret"],)]
        for ligne in lignes
        if ligne["acheteur_signataire"]
    }
    dites: dict[str, Any] = {"engagements": engagements, "signataires": signataires.values(), **dates}
    neuve = ctx.creer(
        feuille,
        premiere,
        lambda: heures_actions.creer_convention(entreprise=entreprise, par=ctx.par, reference=reference, **dites),
    )
    ctx.rapport.compte(feuille.nom).creees += len(suivantes) if neuve else 0


def _constater_convention(
    ctx: Contexte, connue: ConventionGlobalisation, lignes: list[Ligne], engagements: list[Engagement]
) -> None:
    reliees = set(connue.engagements.visibles_par(ctx.par).values_list("pk", flat=True))
    signees = set(connue.signataires.visibles_par(ctx.par).values_list("siret", flat=True))
    for ligne, engagement in zip(lignes, engagements, strict=True):
        differences = ecarts(connue, ligne.donnees("date_debut", "date_fin"))
        if engagement.pk not in reliees:
            differences["lot_numero"] = ("", ligne["lot_numero"])
        signe, dit = ligne["acheteur_siret"] in signees, bool(ligne["acheteur_signataire"])
        if signe != dit:
            differences["acheteur_signataire"] = (oui_non(est=signe), oui_non(est=dit))
        ctx.constater(feuilles.CONVENTIONS, ligne, differences)


def ecrire_conventions(lu: Ecriture) -> Iterator[Valeurs]:
    lues = ConventionGlobalisation.objects.visibles_par(lu.par).prefetch_related("engagements", "signataires")
    for convention in lues.order_by("pk"):
        signees = {acheteur.siret for acheteur in convention.signataires.all()}
        for engagement in sorted(convention.engagements.all(), key=lambda e: e.pk):
            cle = lu.cle_d_engagement(engagement.pk)
            signataire = {"acheteur_signataire": oui_non(est=cle["acheteur_siret"] in signees)}
            yield cle | champs(convention, "reference", "date_debut", "date_fin") | signataire
