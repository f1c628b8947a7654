"""Pages des bilans : le catalogue, chaque bilan, ses exports, et ce qui compose chacun de ses chiffres."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bilans import departement, presentation
from bilans.catalogue import RAPPORTS, Rapport, inscrire_l_export
from bilans.demandes import formulaire, lire_demande, ouvrir_un_chiffre
from bilans.fichiers import en_fichier, nom_d_un_bilan, verifier_le_format
from bilans.rapport import Bilan, Demande, entete_en_clair
from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.fichiers import repondre

LIBELLES = {"xlsx": "Classeur (XLSX)", "pdf": "PDF", "csv": "CSV", "json": "JSON", "zip": "Archive (ZIP)"}


def refuser(request: RequeteActeur, phrase: str) -> HttpResponse:
    return render(request, "bilans/refus.html", {"phrase": phrase}, status=400)


@require_safe
def choisir(request: RequeteActeur) -> HttpResponse:
    """Les bilans que l’on peut établir."""
    request.acteur.exiger(Droit.CONSULTER_BILANS)
    return render(request, "bilans/choisir.html", {"rapports": RAPPORTS.values()})


@require_safe
def page(request: RequeteActeur, nom: str) -> HttpResponse:
    """Un bilan à l’écran ; une demande refusée rend le formulaire et sa phrase."""
    request.acteur.exiger(Droit.CONSULTER_BILANS)
    rapport = RAPPORTS[nom]
    form = formulaire(request.GET, rapport, par=request.acteur)
    contexte: dict[str, Any] = {"rapport": rapport, "form": form, "bilan": None, "refus": form.refus, "phrase": ""}
    try:
        demande = lire_demande(request.GET, rapport, set(form.fields), par=request.acteur)
        bilan = rapport.etablir(request.acteur, demande)
    except ActionImpossible as refus:
        contexte["phrase"] = "" if form.refus else str(refus)
        return render(request, "bilans/rapport.html", contexte, status=400 if request.GET else 200)
    emission = f"{reverse('bilans:emettre_bilan', args=[nom])}?{presentation.requete(demande)}"
    contexte |= montrer(bilan) | {
        "exports": liens_d_export(rapport, demande),
        "gestes": [
            (libelle, f"{reverse(nom_d_url)}?{presentation.requete(demande)}")
            for droit, libelle, nom_d_url in rapport.gestes
            if request.acteur.peut(droit)
        ],
        "emission": emission if rapport.est_emis else "",
    }
    return render(request, "bilans/rapport.html", contexte)


def montrer(bilan: Bilan) -> dict[str, Any]:
    """Ce qu’une page montre d’un bilan, établi à l’instant ou relu de ses chiffres figés."""
    return {
        "bilan": bilan,
        "chiffres": presentation.chiffres(bilan),
        "synthese": presentation.synthese(bilan),
        "tableaux": presentation.tableaux(bilan),
        "entete": entete_en_clair(bilan.entete),
    }


def liens_d_export(rapport: Rapport, demande: Demande) -> list[tuple[str, str]]:
    """(libellé, adresse) de chaque format que ce bilan écrit."""
    base = f"{reverse(f'bilans:{rapport.nom}_export')}?{presentation.requete(demande)}"
    fichiers = [(LIBELLES[format_], f"{base}&format={format_}") for format_ in rapport.formats]
    return [*fichiers, *((libelle, reverse(nom)) for nom, libelle in rapport.pieces.items())]


@require_safe
def exporter(request: RequeteActeur, nom: str) -> HttpResponse:
    """Le bilan dans un fichier (`?format=`), avec les chiffres de l’écran."""
    request.acteur.exiger(Droit.CONSULTER_BILANS)
    rapport = RAPPORTS[nom]
    format_ = request.GET.get("format", "xlsx")
    try:
        verifier_le_format(format_, rapport.formats)
        connus = {*rapport.formulaire.base_fields, "format"}
        demande = lire_demande(request.GET, rapport, connus, par=request.acteur)
        bilan = rapport.pour_fichier(request.acteur, demande)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    inscrire_l_export(rapport, bilan, par=request.acteur)
    return repondre(en_fichier(bilan, format_, nom_d_un_bilan(bilan)))


@require_safe
def lignes(request: RequeteActeur) -> HttpResponse:
    """Ce qui compose un chiffre : la liste de sa mesure, dont la somme ou le nombre est ce chiffre."""
    for droit in (Droit.CONSULTER_BILANS, Droit.CONSULTER_HEURES, Droit.CONSULTER_PERSONNES):
        request.acteur.exiger(droit)
    try:
        rapport = lire_rapport(request)
        chiffre = ouvrir_un_chiffre(request.GET, rapport, par=request.acteur, parametres={"bilan", "page"})
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    demande, est_stock = chiffre.demande, chiffre.est_stock
    contexte = {
        "ouvert": chiffre.ouvert,
        "periode": demande.periode,
        "est_stock": est_stock,
        "rapport": rapport,
        "filtres": chiffre.en_clair,
        "retour": f"{reverse(f'bilans:{rapport.nom}')}?{presentation.requete(demande)}",
        "liens": presentation.liens_d_ouverture(demande, chiffre.filtre, est_stock=est_stock)
        if chiffre.ouvert.mesure in presentation.CROISEES
        else {},
    }
    return render(request, "bilans/lignes.html", contexte)


def lire_rapport(request: RequeteActeur) -> Rapport:
    """Le bilan d’où l’on ouvre un chiffre ; le bilan Département si rien ne le dit."""
    nom = request.GET.get("bilan", departement.NOM)
    if nom not in RAPPORTS:
        raise ActionImpossible(f"Le bilan «\u00a0{nom}\u00a0» n’existe pas\u00a0: revenir à la liste des bilans.")
    return RAPPORTS[nom]
