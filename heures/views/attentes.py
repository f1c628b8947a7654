"""Une ligne en attente : la rattacher à une personne connue, ouvrir sa fiche, la reprendre, la refuser."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre
from clauses.socle.mois import dernier_jour
from heures import actions, lecture_anomalies, lecture_reception
from heures.enums import NatureEnvoi, OrigineLigne, StatutAttente
from heures.forms.contrats import ContratForm
from heures.forms.participants import ParticipantForm
from heures.forms.reception import RechercheForm, RefusRecuForm, RepriseForm
from heures.lecture_reception import AttenteRecue
from heures.models import ContratTravail, LigneEnAttente, Participant
from heures.noms import Nom
from heures.semblables import semblables
from heures.views.reception import prevenir, vers_le_releve

TROUVES_MAX = 20
CHEMINS = ("contrat__participant", *(f"releve__{chemin}" for chemin in lecture_reception.RELEVE))


def attente_ou_404(request: RequeteActeur, pk: int) -> LigneEnAttente:
    """La ligne dans le périmètre (404), puis le droit de la traiter (403)."""
    lues = LigneEnAttente.objects.visibles_par(request.acteur).select_related(*CHEMINS)
    attente: LigneEnAttente = get_object_or_404(lues, pk=pk)
    request.acteur.exiger(Droit.VALIDER_HEURES)
    return attente


@require_safe
def attente(request: RequeteActeur, pk: int) -> HttpResponse:
    """La ligne reçue, ce qui l’empêche d’être déclarée, et les personnes connues qui lui ressemblent."""
    ligne = attente_ou_404(request, pk)
    if ligne.statut != StatutAttente.EN_ATTENTE:
        messages.error(request, "Cette ligne a déjà été traitée.")
        return vers_le_releve(ligne.releve_id)
    form = RechercheForm(request.GET or None)
    cherche = form.cleaned_data["q"] if form.is_valid() else ""
    proches = _avec_contrats(_semblables(ligne, request), ligne, request)
    trouves = [p for p in _cherchees(cherche, ligne, request) if p not in proches]
    anomalies = lecture_anomalies.lire_attentes([ligne], le=timezone.localdate(), par=request.acteur)
    journaliser_lecture(
        par=request.acteur,
        action="ouvrir une ligne en attente",
        modele=Participant,
        nombre=1 + len(proches) + len(trouves),
        filtre=f"ligne en attente {pk}",
    )
    contexte = {
        "recue": AttenteRecue(ligne, anomalies.get(ligne.pk, ())),
        "attente": ligne,
        "releve": ligne.releve,
        "form": form,
        "proches": proches,
        "trouves": trouves,
        "cherche": cherche,
    }
    return render(request, "heures/attente.html", contexte)


def _semblables(ligne: LigneEnAttente, request: RequeteActeur) -> list[Participant]:
    return semblables(Nom(ligne.nom, ligne.prenom), ligne.date_naissance, par=request.acteur)


def _cherchees(cherche: str, ligne: LigneEnAttente, request: RequeteActeur) -> list[Participant]:
    if not cherche:
        return []
    trouvees = Participant.objects.visibles_par(request.acteur).cherche(cherche)
    return _avec_contrats(list(trouvees[:TROUVES_MAX]), ligne, request)


def _avec_contrats(personnes: list[Participant], ligne: LigneEnAttente, request: RequeteActeur) -> list[Participant]:
    """Les mêmes personnes, chacune avec ses contrats ouverts ce mois-là dans `contrats_lus`."""
    mois = ligne.releve.mois
    ouverts = ContratTravail.objects.visibles_par(request.acteur).ouverts(du=mois, au=dernier_jour(mois))
    prefetch_related_objects(
        personnes, Prefetch("contrats", queryset=ouverts.select_related("employeur"), to_attr="contrats_lus")
    )
    return personnes


@require_POST
def reprendre(request: RequeteActeur, pk: int) -> HttpResponse:
    """Déclare les heures de la ligne, sur son contrat ou sur celui que l’on vient de choisir."""
    ligne = attente_ou_404(request, pk)
    form = RepriseForm(request.POST, acteur=request.acteur)
    try:
        if not form.is_valid():
            raise ActionImpossible(" ".join(str(m) for faute in form.errors.values() for m in faute))
        faite = actions.reprendre_attente(
            ligne,
            contrat=form.cleaned_data["contrat"],
            remplacer=form.cleaned_data["remplacer"],
            par=request.acteur,
        )
    except ActionImpossible as refus:
        messages.error(request, str(refus))
        return redirect("heures:attente", pk)
    return _reprise(request, ligne, faite)


def _reprise(request: RequeteActeur, ligne: LigneEnAttente, faite: actions.Declaration) -> HttpResponseRedirect:
    messages.success(request, "Heures reprises : elles sont déclarées, à accepter.")
    for phrase in faite.avertissements:
        messages.warning(request, phrase)
    return vers_le_releve(ligne.releve_id)


@require_http_methods(["GET", "HEAD", "POST"])
def ouvrir(request: RequeteActeur, pk: int) -> HttpResponse:
    """Ouvre la fiche de la personne reçue et son contrat ; `?personne=` : elle est connue, seul le contrat manque."""
    ligne = attente_ou_404(request, pk)
    connue = _personne_choisie(request)
    personne = None if connue else ParticipantForm(request.POST or None, initial=_identite(ligne))
    contrat = ContratForm(
        request.POST or None, initial={"employeur": ligne.releve.engagement.entreprise}, acteur=request.acteur
    )
    if contrat.is_valid() and (personne is None or personne.is_valid()):
        faite = soumettre(contrat, lambda: _embaucher(request, ligne, connue, personne, contrat))
        if faite is not None:
            return _reprise(request, ligne, faite)
    proches = [] if connue else _semblables(ligne, request)
    journaliser_lecture(
        par=request.acteur,
        action="ouvrir une fiche depuis une ligne en attente",
        modele=Participant,
        nombre=1 + len(proches),
        filtre=f"ligne en attente {pk}",
    )
    contexte = {
        "attente": ligne,
        "releve": ligne.releve,
        "connue": connue,
        "personne": personne,
        "contrat": contrat,
        "proches": proches,
    }
    return render(request, "heures/attente_ouvrir.html", contexte)


def _personne_choisie(request: RequeteActeur) -> Participant | None:
    clef = request.GET.get("personne", "")
    if not clef:
        return None
    if not clef.isascii() or not clef.isdecimal() or len(clef) > 18:
        clef = "0"
    choisie: Participant = get_object_or_404(Participant.objects.visibles_par(request.acteur), pk=clef)
    return choisie


def _identite(ligne: LigneEnAttente) -> dict[str, Any]:
    return {"nom": ligne.nom, "prenom": ligne.prenom, "date_naissance": ligne.date_naissance}


def _embaucher(
    request: RequeteActeur,
    ligne: LigneEnAttente,
    connue: Participant | None,
    personne: ParticipantForm | None,
    contrat: ContratForm,
) -> actions.Declaration:
    champs = contrat.saisie()
    communs = {"employeur": champs.pop("employeur"), "contrat": champs, "par": request.acteur}
    if connue is not None:
        return actions.embaucher_et_reprendre(ligne, participant=connue, **communs)
    assert personne is not None
    return actions.ouvrir_et_reprendre(ligne, personne=personne.saisie(), **communs)


@require_http_methods(["GET", "HEAD", "POST"])
def refuser(request: RequeteActeur, pk: int) -> HttpResponse:
    ligne = attente_ou_404(request, pk)
    de_l_entreprise = ligne.origine in (OrigineLigne.ENTREPRISE, OrigineLigne.IMPORT)
    form = RefusRecuForm(request.POST or None, initial={"prevenir": de_l_entreprise})
    if form.is_valid():
        motif = form.cleaned_data["motif"]
        if soumettre(form, lambda: actions.refuser_attente(ligne, motif=motif, par=request.acteur)) is not None:
            messages.success(request, "Ligne refusée : elle ne compte pas, et l’entreprise en lira le motif.")
            if form.cleaned_data["prevenir"]:
                prevenir(request, ligne.releve, NatureEnvoi.REFUS, motif)
            return vers_le_releve(ligne.releve_id)
    journaliser_lecture(
        par=request.acteur, action="ouvrir une ligne en attente", modele=Participant, filtre=f"ligne en attente {pk}"
    )
    contexte = {
        "form": form,
        "releve": ligne.releve,
        "ligne": None,
        "attente": ligne,
        "titre": "Refuser une ligne reçue",
        "bouton": "Refuser cette ligne",
    }
    return render(request, "heures/releve_geste.html", contexte)
