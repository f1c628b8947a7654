"""Pages des bilans : le catalogue, chaque bilan, ses exports, et ce qui compose chacun de ses chiffres."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bilans import departement, ouvrir, presentation
from bilans.catalogue import RAPPORTS, Rapport, ecrire, inscrire_l_export
from bilans.faits import Faits
from bilans.forms.periode import PeriodeForm
from bilans.mesures import Mesure
from bilans.perimetre import trouver
from bilans.rapport import (
    Bilan,
    Demande,
    entete_en_clair,
    lire_les_faits,
    refuser_sans_heure,
    refuser_une_ligne,
)
from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.listes import XLSX
from heures.models import Participant

PERIODE = {"du", "au", "arrete_au", "acheteur", "operation"}
# Ce qui dit un chiffre, hors son filtre : sa liste, sa ligne de grille, et s’il va depuis toujours.
D_UN_CHIFFRE = {"mesure", "ligne", "stock"}
LIBELLES = {"xlsx": "Classeur (XLSX)", "pdf": "PDF", "csv": "CSV", "json": "JSON", "zip": "Archive (ZIP)"}
TYPES = {
    "xlsx": XLSX,
    "pdf": "application/pdf",
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}


def refuser(request: RequeteActeur, phrase: str) -> HttpResponse:
    return render(request, "bilans/refus.html", {"phrase": phrase}, status=400)


def en_fichier(bilan: Bilan, format_: str, nom: str) -> FileResponse:
    """Le bilan écrit dans ce format, à télécharger sous ce nom."""
    fichier = io.BytesIO()
    ecrire(format_, bilan, fichier)
    fichier.seek(0)
    return FileResponse(fichier, as_attachment=True, filename=nom, content_type=TYPES[format_])


def formulaire(request: RequeteActeur, rapport: Rapport) -> PeriodeForm:
    """Le formulaire du bilan, rempli de la requête, sinon de la période par défaut."""
    demandes = PERIODE & set(request.GET)
    form = rapport.formulaire(request.GET if demandes else rapport.formulaire.par_defaut(timezone.localdate()))
    form.proposer(request.acteur)
    return form


def lire_demande(request: RequeteActeur, rapport: Rapport, connus: set[str]) -> Demande:
    """La demande de la requête ; lève `ActionImpossible` sur un paramètre inconnu ou faux."""
    inconnus = sorted(set(request.GET) - connus)
    if inconnus:
        raise ActionImpossible(f"Paramètre inconnu\u00a0: {', '.join(inconnus)}. Revenir au bilan et recommencer.")
    form = formulaire(request, rapport)
    if not form.is_valid():
        raise ActionImpossible(" ".join(f"{libelle}\u00a0: {message}" for _, libelle, message in form.refus))
    return form.demande(rapport.nom)


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
    form = formulaire(request, rapport)
    contexte: dict[str, Any] = {"rapport": rapport, "form": form, "bilan": None, "refus": form.refus, "phrase": ""}
    try:
        demande = lire_demande(request, rapport, set(form.fields))
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
def exporter(request: RequeteActeur, nom: str) -> HttpResponse | FileResponse:
    """Le bilan dans un fichier (`?format=`), avec les chiffres de l’écran."""
    request.acteur.exiger(Droit.CONSULTER_BILANS)
    rapport = RAPPORTS[nom]
    format_ = request.GET.get("format", "xlsx")
    try:
        if format_ not in rapport.formats:
            possibles = ", ".join(rapport.formats)
            raise ActionImpossible(f"Le format «\u00a0{format_}\u00a0» n’existe pas. Choisir {possibles}.")
        demande = lire_demande(request, rapport, {*rapport.formulaire.base_fields, "format"})
        bilan = rapport.pour_fichier(request.acteur, demande)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    inscrire_l_export(rapport, bilan, par=request.acteur)
    nom_du_fichier = f"bilan-{nom}-{bilan.entete.structure}-{demande.periode.du}-{demande.periode.au}.{format_}"
    return en_fichier(bilan, format_, nom_du_fichier)


@require_safe
def lignes(request: RequeteActeur) -> HttpResponse:
    """Ce qui compose un chiffre : la liste de sa mesure, dont la somme ou le nombre est ce chiffre."""
    for droit in (Droit.CONSULTER_BILANS, Droit.CONSULTER_HEURES, Droit.CONSULTER_PERSONNES):
        request.acteur.exiger(droit)
    filtre = {nom: str(code) for nom, code in request.GET.dict().items() if nom in ouvrir.NOMS}
    try:
        rapport = lire_rapport(request)
        demande = lire_demande(request, rapport, PERIODE | {"bilan", "page", *D_UN_CHIFFRE, *ouvrir.NOMS})
        mesure, est_stock = lire_mesure(request), "stock" in request.GET
        if demande.acheteur:
            filtre.pop("acheteur", None)
        faits, perimetre = faits_du_chiffre(request, rapport, demande)
        ouvrir.verifier_filtre(faits, filtre, mesure)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    ouvert = ouvrir.ouvrir(request.acteur, faits, filtre, mesure=mesure, page=request.GET.get("page", "1"))
    if ouvert.composition.est_nominative:
        journaliser_lecture(
            par=request.acteur,
            action=f"ouvrir un chiffre de bilan ({mesure})",
            modele=Participant,
            nombre=len(ouvert.objets),
            filtre=request.GET.urlencode(),
        )
    contexte = {
        "ouvert": ouvert,
        "periode": demande.periode,
        "est_stock": est_stock,
        "rapport": rapport,
        "filtres": [*perimetre, *ouvrir.en_clair(faits, filtre)],
        "retour": f"{reverse(f'bilans:{rapport.nom}')}?{presentation.requete(demande)}",
        "liens": presentation.liens_d_ouverture(demande, filtre | ligne_de(request), est_stock=est_stock)
        if mesure in presentation.CROISEES
        else {},
    }
    return render(request, "bilans/lignes.html", contexte)


def faits_du_chiffre(
    request: RequeteActeur, rapport: Rapport, demande: Demande
) -> tuple[Faits, list[tuple[str, str]]]:
    """Les faits dont le chiffre est fait, et ce à quoi ils se restreignent, en toutes lettres.

    Lève `ActionImpossible` sur un acheteur, une opération ou une ligne qui n’existe pas, ou sans heure validée.
    """
    periode = demande.periode.depuis_toujours() if "stock" in request.GET else demande.periode
    perimetre = trouver(request.acteur, demande.acheteur) if demande.acheteur else None
    _, faits = lire_les_faits(request.acteur, periode, perimetre.acheteurs if perimetre else None)
    ligne = ligne_de(request).get("ligne", "")
    if rapport.restreindre is not None:
        return rapport.restreindre(request.acteur, demande, faits, ligne)
    refuser_une_ligne(ligne)
    refuser_sans_heure(faits)
    return faits, [perimetre.en_clair] if perimetre else []


def ligne_de(request: RequeteActeur) -> dict[str, str]:
    """La ligne de grille que l’on ouvre (« tableau/cle »), quand il y en a une."""
    return {"ligne": ligne} if (ligne := request.GET.get("ligne", "")) else {}


def lire_mesure(request: RequeteActeur) -> Mesure:
    demandee = request.GET.get("mesure", Mesure.LIGNES.value)
    if demandee not in list(Mesure):
        raise ActionImpossible(
            f"La mesure «\u00a0{demandee}\u00a0» n’existe pas\u00a0: revenir au bilan et recommencer."
        )
    return Mesure(demandee)


def lire_rapport(request: RequeteActeur) -> Rapport:
    """Le bilan d’où l’on ouvre un chiffre ; le bilan Département si rien ne le dit."""
    nom = request.GET.get("bilan", departement.NOM)
    if nom not in RAPPORTS:
        raise ActionImpossible(f"Le bilan «\u00a0{nom}\u00a0» n’existe pas\u00a0: revenir à la liste des bilans.")
    return RAPPORTS[nom]
