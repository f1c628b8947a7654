"""Pages d’assemblage : accueil de chacun et formulaire périmé."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bilans.models import Document
from bilans.views import agregats
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from heures import a_faire
from heures.annee import annee, derniere_saisie
from heures.forms.portee import PorteeForm
from heures.lecture_espace import engagements_suivis, ensemble, releves_demandes
from heures.models import Participant, Releve
from heures.taches import regarder
from marches.avancement import avancement_du_marche
from marches.models import Marche, PropositionPenalite

# Au-delà, l’accueil d’un partenaire renvoie à la liste entière.
MONTRES = 12
RELEVES_MONTRES = 6
DOCUMENTS_MONTRES = 8


@require_safe
def accueil(request: RequeteActeur) -> HttpResponse:
    """Un agent voit ce qui l’attend ; un acheteur ou une entreprise, son espace ; un financeur, ses agrégats."""
    if request.acteur.acheteur_id:
        return espace_acheteur(request)
    if request.acteur.entreprise_id:
        return espace_entreprise(request)
    if not request.acteur.est_de_la_structure:
        return agregats.page(request)
    jour, form = timezone.localdate(), PorteeForm(request.GET, acteur=request.acteur)
    if not form.is_valid():
        raise BadRequest("Ces filtres ne sont pas lisibles : les choisir dans les listes de l’accueil.")
    portee, ouverte = form.portee(), form.cleaned_data["ouverte"]
    rubriques = a_faire.toutes(regarder(request.acteur, le=jour, portee=portee, ouverte=ouverte))
    nommees = sum(len(rubrique.taches) for rubrique in rubriques if rubrique.est_nominative)
    journaliser_lecture(par=request.acteur, action="consulter l’accueil", modele=Participant, nombre=nommees)
    contexte = {
        "premiere": rubriques[0],
        "pleines": [rubrique for rubrique in rubriques[1:] if rubrique.nombre],
        "vides": [rubrique for rubrique in rubriques[1:] if not rubrique.nombre],
        "annee": annee(request.acteur, le=jour, portee=portee),
        "derniere": derniere_saisie(request.acteur),
        "jour": jour,
        "form": form,
        "portee": portee,
        "ouverte": ouverte,
        "moi": request.acteur.utilisateur_id if request.acteur.peut(Droit.GERER_MARCHES) else None,
        "est_a_moi": portee.facilitateur is not None and portee.facilitateur.pk == request.acteur.utilisateur_id,
        "retour": request.get_full_path(),
    }
    return render(request, "accueil.html", contexte)


def espace_acheteur(request: RequeteActeur) -> HttpResponse:
    """Décisions attendues, engagements et ce qui y manque, marchés, documents : aucune personne."""
    contexte = partage(request.acteur) | {"marches": marches_ouverts(request.acteur)}
    return render(request, "espaces/acheteur.html", contexte)


def espace_entreprise(request: RequeteActeur) -> HttpResponse:
    """Relevés à remplir, engagements et ce qu’il reste à faire, pénalités, documents."""
    releves = releves_demandes(par=request.acteur, le=timezone.localdate())
    a_remplir = [releve for releve in releves if releve.est_a_faire]
    messages = sum(1 for releve in a_remplir if releve.message)
    if messages:
        # Le message du facilitateur est un texte libre : il peut nommer un salarié.
        journaliser_lecture(
            par=request.acteur, action="lire les messages de ses relevés", modele=Releve, nombre=messages
        )
    autres = [releve for releve in releves if not releve.est_a_faire]
    contexte = partage(request.acteur) | {
        "a_remplir": sorted(a_remplir, key=lambda demande: (demande.releve.mois, demande.releve.pk)),
        "autres": autres[:RELEVES_MONTRES],
        "nombre_autres": len(autres),
    }
    return render(request, "espaces/entreprise.html", contexte)


def partage(acteur: Acteur) -> dict[str, Any]:
    """Ce que montrent les deux espaces, chacun dans son périmètre."""
    jour = timezone.localdate()
    suivis = engagements_suivis(par=acteur, le=jour)
    propositions = PropositionPenalite.objects.visibles_par(acteur).select_related(
        "engagement__entreprise", "engagement__clause__lot__marche"
    )
    documents = Document.objects.visibles_par(acteur).defer("contenu")
    return {
        "jour": jour,
        "suivis": suivis[:MONTRES],
        "reste": max(len(suivis) - MONTRES, 0),
        "ensemble": ensemble(suivis),
        "decisions": [proposition for proposition in propositions if proposition.decidee_le is None],
        "decidees": [proposition for proposition in propositions if proposition.decidee_le is not None],
        "documents": documents.select_related("engagement__entreprise", "engagement__clause__lot__marche")[
            :DOCUMENTS_MONTRES
        ],
    }


def marches_ouverts(acteur: Acteur) -> dict[str, Any]:
    """Les marchés ouverts les plus récents, chacun avec son avancement du jour, et leur nombre."""
    jour = timezone.localdate()
    ouverts = Marche.objects.visibles_par(acteur).ouverts()
    lus = ouverts.avec_avancement(au=jour, pour=acteur)[:MONTRES]
    return {
        "lus": [(marche, avancement_du_marche(marche, au=jour)) for marche in lus],
        "nombre": ouverts.count(),
    }


def jeton_perime(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Formulaire envoyé sans jeton valable : session expirée, ou page ouverte depuis trop longtemps."""
    return render(request, "403_jeton.html", status=403)


def trop_d_essais(request: HttpRequest) -> HttpResponse:
    """Limite d’essais atteinte (connexion, mot de passe oublié)."""
    reponse = render(request, "429.html", status=429)
    reponse["Retry-After"] = "300"
    return reponse
