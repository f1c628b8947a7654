"""Feuilles facultatives de la structure : réglages, contacts, journal d’activité, repères, courriels réécrits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clauses.comptes.actions import modifier_structure
from clauses.comptes.models import Structure
from clauses.territoires.models import Epci
from entreprises.actions import creer_contact
from entreprises.models import Contact
from heures import actions as heures_actions
from heures.imports.reprise import feuilles_suite as feuilles
from heures.imports.reprise.contexte import Contexte, nommer
from heures.imports.reprise.etapes import Ecriture, Valeurs, champs, numeroter, oui_non
from heures.imports.reprise.lecture import Ligne
from heures.models import ModeleCourriel
from marches import actions
from marches.models import Activite, RepereMetier

REGLAGES = tuple(nom for nom in feuilles.STRUCTURE.par_nom if nom != "territoire")
DU_CONTACT = ("nom", "fonction", "courriel", "telephone", "recoit_demandes", "est_actif")
DE_L_ACTIVITE = ("date", "nature", "objet")


def reprendre_structure(ctx: Contexte, ligne: Ligne) -> None:
    """Un réglage resté à sa valeur d’origine est repris ; un autre est gardé, avec un avertissement."""
    feuille = feuilles.STRUCTURE
    if ligne.numero != ctx.lues[feuille.nom][0].numero:
        ctx.refuser(feuille, ligne, "une structure a ses réglages sur une seule ligne. N’en garder qu’une.")
        return
    structure = Structure.objects.visibles_par(ctx.par).get()
    origine = Structure()
    voulus: dict[str, Any] = {}
    for nom, valeur in ligne.donnees(*REGLAGES).items():
        actuelle = getattr(structure, nom)
        if actuelle == valeur:
            continue
        if actuelle == getattr(origine, nom):
            voulus[nom] = valeur
        else:
            raison = f"la structure garde son réglage ({nommer(actuelle)}) ; celui du classeur n’est pas repris."
            ctx.avertir(feuille, ligne, raison, colonne=nom)
    territoire = _territoire(ctx, ligne, structure)
    if territoire is not None:
        voulus["territoire"] = territoire
    if not voulus:
        ctx.constater(feuille, ligne, {})
        return
    version = structure.version
    ctx.creer(feuille, ligne, lambda: modifier_structure(structure, version=version, par=ctx.par, **voulus))


def _territoire(ctx: Contexte, ligne: Ligne, structure: Structure) -> list[Epci] | None:
    """Les intercommunalités à donner à la structure ; `None` s’il n’y a rien à changer."""
    if ligne["territoire"] is None:
        return None
    connues = {epci.siren: epci for epci in Epci.objects.order_by("siren")}
    inconnues = [siren for siren in ligne["territoire"] if siren not in connues]
    if inconnues:
        raison = f"intercommunalité absente du référentiel : {', '.join(inconnues)}. Charger les communes, ou l’ôter."
        ctx.refuser(feuilles.STRUCTURE, ligne, raison, colonne="territoire")
        return None
    actuel = set(structure.territoire.values_list("siren", flat=True))
    if actuel == set(ligne["territoire"]):
        return None
    if actuel and actuel != set(connues):
        raison = "la structure garde son territoire ; celui du classeur n’est pas repris."
        ctx.avertir(feuilles.STRUCTURE, ligne, raison, colonne="territoire")
        return None
    return [connues[siren] for siren in ligne["territoire"]]


def ecrire_structure(lu: Ecriture) -> Iterator[Valeurs]:
    structure = Structure.objects.visibles_par(lu.par).get()
    sirens = structure.territoire.order_by("siren").values_list("siren", flat=True)
    yield champs(structure, *REGLAGES) | {"territoire": " ; ".join(sirens) or None}


def reprendre_contact(ctx: Contexte, ligne: Ligne) -> None:
    feuille = feuilles.CONTACTS
    entreprise = ctx.renvoi(feuille, ligne, "entreprise_siret", "entreprises", ligne["entreprise_siret"])
    if entreprise is None:
        return
    donnees = ligne.donnees(*DU_CONTACT)
    identite = {"nom": ligne["nom"], "courriel": ligne["courriel"] or ""}
    pareils = Contact.objects.visibles_par(ctx.par).filter(entreprise=entreprise, **identite)
    rang = (ligne["rang"] or 1) - 1
    connu = pareils.order_by("pk")[rang : rang + 1].first()
    ctx.poser(feuille, ligne, connu, donnees, lambda: creer_contact(entreprise, par=ctx.par, **donnees))


def ecrire_contacts(lu: Ecriture) -> Iterator[Valeurs]:
    lues = Contact.objects.visibles_par(lu.par).select_related("entreprise").order_by("pk")
    marques = ("recoit_demandes", "est_actif")
    lignes = (
        {
            "entreprise_siret": contact.entreprise.siret,
            **champs(contact, *DU_CONTACT),
            **{nom: oui_non(est=getattr(contact, nom)) for nom in marques},
        }
        for contact in lues
    )
    return numeroter(feuilles.CONTACTS, lignes)


def reprendre_activite(ctx: Contexte, ligne: Ligne) -> None:
    """Une activité sans facilitateur connu est notée au nom de qui reprend."""
    feuille = feuilles.ACTIVITES
    donnees: dict[str, Any] = {**ligne.donnees(*DE_L_ACTIVITE), "acheteur": None, "entreprise": None, "marche": None}
    renvois = {
        "acheteur_siret": ("acheteurs", (ligne["acheteur_siret"],)),
        "entreprise_siret": ("entreprises", (ligne["entreprise_siret"],)),
        "marche_reference": ("marches", ligne.cle(("marche_reference", "marche_acheteur_siret"))),
    }
    for colonne, (cible, cle) in renvois.items():
        if ligne[colonne] is None:
            continue
        trouve = ctx.renvoi(feuille, ligne, colonne, cible, *cle)
        if trouve is None:
            return
        donnees[colonne.partition("_")[0]] = trouve
    donnees["facilitateur_id"] = ctx.compte(feuille, ligne, "facilitateur_courriel") or ctx.par.utilisateur_id
    pareilles = Activite.objects.visibles_par(ctx.par).filter(**donnees)
    ctx.ajouter(feuille, ligne, pareilles, lambda: actions.noter_activite(par=ctx.par, **donnees))


def ecrire_activites(lu: Ecriture) -> Iterator[Valeurs]:
    relations = ("acheteur", "entreprise", "marche__acheteur")
    lues = Activite.objects.visibles_par(lu.par).select_related(*relations).order_by("date", "pk")
    lignes = (
        {
            **champs(activite, *DE_L_ACTIVITE),
            "acheteur_siret": activite.acheteur.siret if activite.acheteur else None,
            "entreprise_siret": activite.entreprise.siret if activite.entreprise else None,
            "marche_reference": activite.marche.reference if activite.marche else None,
            "marche_acheteur_siret": activite.marche.acheteur.siret if activite.marche else None,
            "facilitateur_courriel": lu.courriels.get(activite.facilitateur_id),
        }
        for activite in lues
    )
    return numeroter(feuilles.ACTIVITES, lignes)


def reprendre_repere(ctx: Contexte, ligne: Ligne) -> None:
    donnees = {"source": "", **ligne.donnees("metier", "part", "source")}
    connus = RepereMetier.objects.visibles_par(ctx.par).filter(metier=ligne["metier"])
    ctx.poser(feuilles.REPERES, ligne, connus.first(), donnees, lambda: actions.creer_repere(par=ctx.par, **donnees))


def ecrire_reperes(lu: Ecriture) -> Iterator[Valeurs]:
    for repere in RepereMetier.objects.visibles_par(lu.par).order_by("pk"):
        yield champs(repere, "metier", "part", "source")


def reprendre_modele(ctx: Contexte, ligne: Ligne) -> None:
    donnees = ligne.donnees("nature", "objet", "corps")
    connus = ModeleCourriel.objects.visibles_par(ctx.par).filter(nature=ligne["nature"])
    ctx.poser(
        feuilles.MODELES,
        ligne,
        connus.first(),
        donnees,
        lambda: heures_actions.ecrire_modele(version=0, par=ctx.par, **donnees),
    )


def ecrire_modeles(lu: Ecriture) -> Iterator[Valeurs]:
    for modele in ModeleCourriel.objects.visibles_par(lu.par).order_by("pk"):
        yield champs(modele, "nature", "objet", "corps")
