"""Reprise de l’annuaire, des marchés, des lots, des clauses et du grand livre."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clauses.comptes.models import Utilisateur
from clauses.socle.conversions import normaliser
from entreprises import actions as annuaire
from heures.actions.cadres import Avancement
from heures.imports.reprise.colonnes import Feuille
from heures.imports.reprise.contexte import Contexte, ecarts
from heures.imports.reprise.etapes import une_a_une
from heures.imports.reprise.feuilles import ACHETEURS, CLAUSES, ENTREPRISES, LOTS, MARCHES, MOUVEMENTS
from heures.imports.reprise.lecture import Ligne
from marches import actions
from marches.calculs import considerations
from marches.enums import NatureMouvement, Origine
from marches.models import Clause, Engagement, Lot, Marche, MouvementEngagement, ReglePenalite

LOT_UNIQUE = "1"
CONSIDERATIONS = ("a_clause_sociale", "a_critere_social", "est_reserve")


def reprendre_acheteur(ctx: Contexte, ligne: Ligne) -> None:
    """Reconnu par son SIRET et complété, jamais écrasé (formats.md §2)."""
    _reprendre_fiche(ctx, ACHETEURS, ligne, actions.creer_acheteur, actions.completer_acheteur)


def reprendre_entreprise(ctx: Contexte, ligne: Ligne) -> None:
    """Reconnue par son SIRET et complétée, jamais écrasée (formats.md §2)."""
    _reprendre_fiche(ctx, ENTREPRISES, ligne, annuaire.creer_entreprise, annuaire.completer_entreprise)


def _reprendre_fiche(
    ctx: Contexte, feuille: Feuille, ligne: Ligne, creer: Callable[..., Any], completer: Callable[..., Any]
) -> None:
    donnees = ligne.donnees(*feuille.par_nom)
    fiche = ctx.objets[feuille.nom].get((ligne["siret"],))
    if fiche is None:
        ctx.creer(feuille, ligne, lambda: creer(par=ctx.par, **donnees))
        return
    compte = ctx.rapport.compte(feuille.nom)
    for colonne, (en_base, lu) in ecarts(fiche, donnees).items():
        if en_base and normaliser(str(en_base)) != normaliser(str(lu)):
            raison = f"l’annuaire garde « {en_base} » ; la valeur du classeur n’est pas reprise."
            ctx.avertir(feuille, ligne, raison, colonne=colonne)
    completee = completer(fiche, par=ctx.par, **donnees)
    ctx.garder(feuille, ligne, completee)
    if completee.version != fiche.version:
        compte.completees += 1
    else:
        compte.deja += 1


def reprendre_marche(ctx: Contexte, ligne: Ligne) -> None:
    acheteur = ctx.renvoi(MARCHES, ligne, "acheteur_siret", "acheteurs", ligne["acheteur_siret"])
    if acheteur is None:
        return
    donnees = ligne.donnees(
        *(nom for nom in MARCHES.par_nom if nom not in {"acheteur_siret", "facilitateur_courriel", "operation"})
    )
    if ligne["operation"] is not None:
        donnees["operation"] = ctx.renvoi(MARCHES, ligne, "operation", "operations", ligne["operation"])
        if donnees["operation"] is None:
            return
    facilitateur = _facilitateur(ctx, ligne)
    if facilitateur is not None:
        donnees["facilitateur"] = facilitateur
    marche = ctx.objets["marches"].get(ligne.cle(MARCHES.cle))
    if marche is not None:
        differences = ecarts(marche, donnees)
        if "facilitateur" in differences:
            differences["facilitateur_courriel"] = differences.pop("facilitateur")
        ctx.constater(MARCHES, ligne, differences)
        return
    dites = ligne.donnees(*CONSIDERATIONS)
    champs = {"origine": Origine.REPRISE, **_considerations(ctx, ligne), **donnees}
    ouvert = ctx.creer(MARCHES, ligne, lambda: actions.creer_marche(acheteur=acheteur, par=ctx.par, **champs))
    if ouvert is not None and dites:
        ctx.considerations.append((ouvert, dites))


def _facilitateur(ctx: Contexte, ligne: Ligne) -> Utilisateur | None:
    numero = ctx.compte(MARCHES, ligne, "facilitateur_courriel")
    return Utilisateur.objects.visibles_par(ctx.par).get(pk=numero) if numero is not None else None


def _considerations(ctx: Contexte, marche: Ligne) -> dict[str, bool]:
    """Considérations sociales que donnent les clauses du classeur pour ce marché."""
    retenues: dict[str, bool] = {}
    for nature in ctx.natures.get(marche.cle(MARCHES.cle), ()):
        for nom, valeur in considerations(nature).items():
            retenues[nom] = retenues.get(nom, False) or valeur
    return retenues


def reprendre_lot(ctx: Contexte, ligne: Ligne) -> None:
    marche = ctx.renvoi(LOTS, ligne, "marche_reference", "marches", *ligne.cle(LOTS.cle[:2]))
    if marche is None:
        return
    donnees = ligne.donnees("numero", "intitule", "montant_ht", "secteur")
    lot = ctx.objets["lots"].get(ligne.cle(LOTS.cle))
    if lot is not None:
        ctx.constater(LOTS, ligne, ecarts(lot, donnees))
    else:
        ctx.creer(LOTS, ligne, lambda: actions.ajouter_lot(marche, par=ctx.par, **donnees))


def reprendre_clause(ctx: Contexte, ligne: Ligne) -> None:
    """La clause du lot (une par nature), l’attribution, l’engagement et son mouvement initial."""
    lot = lot_cite(ctx, CLAUSES, ligne)
    entreprise = ctx.renvoi(CLAUSES, ligne, "titulaire_siret", "entreprises", ligne["titulaire_siret"])
    if lot is None or entreprise is None:
        return
    if (ligne["penalite_formule"] is None) != (ligne["penalite_valeur"] is None):
        raison = "une pénalité se donne avec sa formule et sa valeur. Compléter les deux, ou vider les deux."
        ctx.refuser(CLAUSES, ligne, raison, colonne="penalite_formule")
        return
    regles = ligne.donnees("type_objectif", "duree_eligibilite_mois")
    penalite = ligne.donnees("penalite_formule", "penalite_valeur")
    propres = ligne.donnees("date_debut", "date_fin", "part_groupement")
    engagement = ctx.objets["clauses"].get(ligne.cle(CLAUSES.cle))
    if engagement is not None:
        regles["nature_clause"] = ligne["nature_clause"]
        differences = ecarts(engagement, propres) | ecarts(engagement.clause, regles)
        differences |= _ecarts_de_penalite(ctx, engagement.clause, penalite)
        ctx.constater(CLAUSES, ligne, differences | _ecarts_d_ouverture(engagement, ligne))
        return
    clause = Clause.objects.visibles_par(ctx.par).filter(lot=lot, nature_clause=ligne["nature_clause"]).first()
    if clause is not None and (differences := ecarts(clause, regles) | _ecarts_de_penalite(ctx, clause, penalite)):
        ctx.constater(CLAUSES, ligne, differences)
        return

    def engager() -> Engagement:
        definie = clause or actions.definir_clause(
            lot, par=ctx.par, nature_clause=ligne["nature_clause"], penalites=_penalites(penalite), **regles
        )
        heures, date = ligne["heures_initiales"], ligne["date_engagement"]
        return actions.engager(definie, entreprise, heures=heures, date=date, par=ctx.par, **propres)

    ctx.creer(CLAUSES, ligne, engager)


def reprendre_clauses(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    """Clauses et engagements, puis les considérations que le classeur dit d’un marché : elles l’emportent."""
    une_a_une(reprendre_clause)(ctx, lignes, avancer)
    for marche, dites in ctx.considerations:
        champs: dict[str, Any] = {**dites}
        relu = Marche.objects.visibles_par(ctx.par).get(pk=marche.pk)
        actions.modifier_marche(relu, version=relu.version, par=ctx.par, **champs)


def _penalites(penalite: dict[str, Any]) -> list[dict[str, Any]]:
    """La pénalité du classeur, telle que la clause la garde : une règle, ou aucune."""
    formule, valeur = penalite.get("penalite_formule"), penalite.get("penalite_valeur")
    return [{"formule": formule, "valeur": valeur}] if formule else []


def _ecarts_de_penalite(ctx: Contexte, clause: Clause, penalite: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Le classeur ne dit qu’une règle : elle doit être l’une de celles de la clause ; il peut ne rien en dire."""
    if not penalite.get("penalite_formule"):
        return {}
    regles = ReglePenalite.objects.visibles_par(ctx.par).filter(clause=clause)
    valeurs = dict(regles.values_list("formule", "valeur"))
    formule, valeur = penalite["penalite_formule"], penalite["penalite_valeur"]
    if formule not in valeurs:
        return {"penalite_formule": (", ".join(sorted(valeurs)), formule)}
    return {} if valeurs[formule] == valeur else {"penalite_valeur": (valeurs[formule], valeur)}


def _ecarts_d_ouverture(engagement: Engagement, ligne: Ligne) -> dict[str, tuple[Any, Any]]:
    """Zéro heure initiale ne dit rien : le mouvement initial a pu venir de la feuille « mouvements »."""
    if not ligne["heures_initiales"]:
        return {}
    initial = MouvementEngagement.objects.filter(engagement=engagement, nature=NatureMouvement.INITIAL).first()
    if initial is None:
        return {"heures_initiales": (None, ligne["heures_initiales"])}
    lus = {"heures_initiales": (initial.heures, ligne["heures_initiales"])}
    lus["date_engagement"] = (initial.date, ligne["date_engagement"])
    return {colonne: paire for colonne, paire in lus.items() if paire[0] != paire[1]}


def lot_cite(ctx: Contexte, feuille: Feuille, ligne: Ligne) -> Lot | None:
    """Le lot cité ; un marché sans aucun lot a un lot unique, numéroté 1, créé quand une clause le cite.

    C’est la seule création implicite de la reprise (domaine.md §2) : tout autre lot inconnu est refusé.
    """
    cle = ligne.cle(CLAUSES.cle[:3])
    marche: Marche | None = ctx.renvoi(feuille, ligne, "marche_reference", "marches", *cle[:2])
    if marche is None:
        return None
    if cle[2] == LOT_UNIQUE and cle[:2] not in ctx.allotis and cle not in ctx.objets["lots"]:
        ctx.objets["lots"][cle] = actions.ajouter_lot(marche, par=ctx.par, numero=LOT_UNIQUE)
    lot: Lot | None = ctx.renvoi(feuille, ligne, "lot_numero", "lots", *cle)
    return lot


def reprendre_mouvement(ctx: Contexte, ligne: Ligne) -> None:
    engagement = ctx.renvoi_engagement(MOUVEMENTS, ligne)
    if engagement is None:
        return
    if ligne["nature"] == NatureMouvement.INITIAL and ligne.cle(CLAUSES.cle) in ctx.ouvertures:
        raison = (
            "l’engagement initial est déjà donné par la colonne « heures_initiales » de la feuille « clauses ». "
            "Supprimer cette ligne, ou mettre 0 dans « heures_initiales »."
        )
        ctx.refuser(MOUVEMENTS, ligne, raison, colonne="nature")
        return
    textes = {nom: ligne[nom] or "" for nom in ("motif", "piece")}
    donnees = {**ligne.donnees("date", "nature", "heures"), **textes}
    pareils = MouvementEngagement.objects.visibles_par(ctx.par).filter(engagement=engagement, **donnees)
    ctx.ajouter(MOUVEMENTS, ligne, pareils, lambda: actions.inscrire_mouvement(engagement, par=ctx.par, **donnees))


def reprendre_mouvements(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    une_a_une(reprendre_mouvement)(ctx, sorted(lignes, key=ordre_du_grand_livre), avancer)


def ordre_du_grand_livre(ligne: Ligne) -> tuple[Any, ...]:
    """À date égale, ce qui ajoute passe avant ce qui retire : le total engagé ne devient jamais négatif."""
    return (ligne["date"], -ligne["heures"])
