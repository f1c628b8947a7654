"""Ajouter une ligne à la grille : un contrat connu, un contrat neuf, ou une personne neuve et son contrat.

La recherche est une page ; dans la grille, htmx en fait une boîte de dialogue, et la ligne ajoutée revient seule, sans
recharger : `X-Ligne` nomme l’engagement et le contrat.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import est_fragment
from heures import actions, lecture_grille
from heures.attendus import derniers_mois
from heures.combinaisons import avertissements
from heures.forms.contrats import ContratForm, RechercheForm
from heures.forms.grille import AnneeForm, VueMoisForm
from heures.forms.personnes import PersonneEtContratForm
from heures.grille import Axe, Bornes, axes_de_l_annee, axes_du_mois, mois_pleins
from heures.lecture_grille import Lecture
from heures.models import ContratTravail, Participant
from heures.noms import Nom
from heures.semblables import doublons
from heures.views.lignes import adresse_de_la_grille
from marches.models import Engagement

TROUVES_MAX = 20
PROPRES = ("q", "mettre", "personne")
SANS_ENTREE = (
    "Fiche ouverte sans entrée en clause : noter le public, le constat et la pièce sur la fiche de la personne."
)


def _engagement(request: RequeteActeur, pk: int) -> Engagement:
    engagement: Engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    request.acteur.exiger(Droit.GERER_PERSONNES)
    return engagement


def _retour(request: RequeteActeur) -> str:
    """Les paramètres de la grille d’où l’on vient, sans ceux de l’ajout."""
    gardes = request.GET.copy()
    for nom in PROPRES:
        gardes.pop(nom, None)
    return gardes.urlencode()


def _adresses(request: RequeteActeur, engagement: Engagement) -> dict[str, Any]:
    retour = _retour(request)
    suite = f"?{retour}" if retour else ""
    return {
        "engagement": engagement,
        "dans_la_boite": est_fragment(request),
        "chercher": reverse("heures:grille_ajouter", args=[engagement.pk]),
        "nouvelle": reverse("heures:grille_nouvelle", args=[engagement.pk]) + suite,
        "contrat": reverse("heures:grille_contrat", args=[engagement.pk]),
        "retour": retour,
        "caches": [(nom, valeur) for nom, valeurs in request.GET.lists() if nom not in PROPRES for valeur in valeurs],
        "grille_url": _vers_la_grille(request, engagement),
    }


def _vers_la_grille(request: RequeteActeur, engagement: Engagement, contrat: int | None = None) -> str:
    """L’adresse de la grille d’où l’on vient, au besoin avec une ligne de plus."""
    adresse = adresse_de_la_grille(request, engagement, sauf=PROPRES)
    if contrat is None:
        return adresse
    ligne = f"ligne={engagement.pk}-{contrat}" if request.GET.get("de") else f"contrat={contrat}"
    return f"{adresse}{'&' if '?' in adresse else '?'}{ligne}"


@require_safe
def chercher(request: RequeteActeur, pk: int) -> HttpResponse:
    """Cherche une personne : ses contrats s’ajoutent (`?mettre=`), ou l’on en enregistre un, ou une fiche neuve."""
    engagement = _engagement(request, pk)
    if "mettre" in request.GET:
        contrats = ContratTravail.objects.visibles_par(request.acteur)
        return _rendre_la_ligne(request, engagement, _par_clef(contrats, request.GET["mettre"]))
    form = RechercheForm(request.GET if "q" in request.GET else None)
    trouves: list[Participant] = []
    if form.is_valid():
        visibles = Participant.objects.visibles_par(request.acteur).cherche(form.cleaned_data["q"])
        trouves = _avec_contrats(request, visibles)[:TROUVES_MAX]
        journaliser_lecture(
            par=request.acteur, action="chercher une personne pour la grille", modele=Participant, nombre=len(trouves)
        )
    contexte = {
        "form": form,
        "trouves": trouves,
        "a_cherche": form.is_bound and form.is_valid(),
        "complet": len(trouves) < TROUVES_MAX,
        "ouvrir": f"{reverse('heures:participant_creer')}?engagement={engagement.pk}",
        **_adresses(request, engagement),
    }
    return render(request, "heures/_ajout.html" if est_fragment(request) else "heures/ajouter.html", contexte)


def _par_clef(objets: QuerySet[Any], clef: str) -> Any:
    if not (clef.isascii() and clef.isdigit() and len(clef) <= 18):
        raise Http404
    return get_object_or_404(objets, pk=clef)


def _avec_contrats(request: RequeteActeur, personnes: Any) -> Any:
    contrats = ContratTravail.objects.visibles_par(request.acteur).select_related("employeur")
    return personnes.prefetch_related(Prefetch("contrats", queryset=contrats, to_attr="contrats_lus"))


@require_http_methods(["GET", "HEAD", "POST"])
def nouvelle(request: RequeteActeur, pk: int) -> HttpResponse:
    """Ouvre une fiche et enregistre le contrat d’un même envoi ; des fiches semblables se proposent d’abord."""
    engagement = _engagement(request, pk)
    if not est_fragment(request) and request.method != "POST":
        return redirect(f"{reverse('heures:participant_creer')}?engagement={engagement.pk}")
    form = PersonneEtContratForm(
        request.POST or None, initial={"employeur": engagement.entreprise}, acteur=request.acteur
    )
    proches: list[Participant] = []
    if form.is_valid():
        personne, contrat = form.saisies()
        proches = [] if form.cleaned_data["confirmer"] else _semblables(request, personne)
        neuf = None
        if not proches:
            neuf = soumettre(form, lambda: actions.creer_personne_et_contrat(personne, contrat, par=request.acteur))
        if neuf is not None:
            return _rendre_la_ligne(request, engagement, neuf, notes=[SANS_ENTREE, *_avertissements(neuf)])
    if proches:
        donnees = request.POST.copy()
        donnees["confirmer"] = "True"
        form.data = donnees
    contexte = {"form": form, "trouves": proches, "envoi": request.get_full_path(), "titre": "Nouvelle personne"}
    contexte["bouton"] = "Créer quand même" if proches else "Ajouter à la grille"
    return render(request, "heures/_ajout_formulaire.html", contexte | _adresses(request, engagement))


def _semblables(request: RequeteActeur, personne: dict[str, Any]) -> list[Participant]:
    ecrit = Nom(personne["nom"], personne["prenom"])
    trouvees = doublons(ecrit, personne["date_naissance"], par=request.acteur)
    clefs = [trouvee.pk for trouvee in trouvees]
    if clefs:
        journaliser_lecture(
            par=request.acteur, action="proposer des fiches semblables", modele=Participant, nombre=len(clefs)
        )
    return list(_avec_contrats(request, Participant.objects.visibles_par(request.acteur).filter(pk__in=clefs)))


@require_http_methods(["GET", "HEAD", "POST"])
def contrat(request: RequeteActeur, pk: int) -> HttpResponse:
    """Enregistre un contrat d’une personne connue (`?personne=`), dans la boîte de dialogue."""
    engagement = _engagement(request, pk)
    personne = _par_clef(Participant.objects.visibles_par(request.acteur), request.GET.get("personne", ""))
    if not est_fragment(request) and request.method != "POST":
        return redirect(f"{reverse('heures:contrat_creer', args=[personne.pk])}?engagement={engagement.pk}")
    form = ContratForm(request.POST or None, initial={"employeur": engagement.entreprise}, acteur=request.acteur)
    if form.is_valid():
        neuf = soumettre(form, lambda: actions.creer_contrat(personne, **form.saisie(), par=request.acteur))
        if neuf is not None:
            return _rendre_la_ligne(request, engagement, neuf, notes=_avertissements(neuf))
    journaliser_lecture(
        par=request.acteur, action="préparer un contrat depuis la grille", modele=Participant, objet_id=personne.pk
    )
    contexte = {
        "form": form,
        "trouves": (),
        "envoi": request.get_full_path(),
        "titre": f"Nouveau contrat de {personne}",
        "bouton": "Ajouter à la grille",
    }
    return render(request, "heures/_ajout_formulaire.html", contexte | _adresses(request, engagement))


def _avertissements(contrat: ContratTravail) -> list[str]:
    return avertissements(
        type_employeur=contrat.employeur.type_employeur,
        type_contrat=contrat.type_contrat,
        modalite=contrat.modalite,
    )


def _rendre_la_ligne(
    request: RequeteActeur, engagement: Engagement, contrat: ContratTravail, notes: list[str] | None = None
) -> HttpResponse:
    """La ligne de ce contrat, telle que la grille d’où l’on vient la montre ; sans htmx, on y retourne."""
    if not est_fragment(request):
        return redirect(_vers_la_grille(request, engagement, contrat.pk))
    est_groupee = bool(request.GET.get("de"))
    lecture = Lecture(
        [engagement],
        _axes(request, engagement),
        [(engagement.pk, contrat.pk)],
        est_groupee=est_groupee,
        le=timezone.localdate(),
        par=request.acteur,
    )
    lue = lecture_grille.lire_les_blocs(lecture)[0].grille
    journaliser_lecture(
        par=request.acteur,
        action="ajouter une ligne à la grille",
        modele=Participant,
        objet_id=contrat.participant_id,
    )
    contexte = {
        "ligne": next(ligne for ligne in lue.lignes if ligne.contrat.pk == contrat.pk),
        "e": engagement.pk,
        "fermee": lue.fermee,
        "est_groupee": est_groupee,
        "retour": _retour(request),
        "pleins": [plein for plein in mois_pleins([lue]) if plein[0] == contrat.participant_id],
        "notes": notes or [],
    }
    reponse = render(request, "heures/_ajout_ligne.html", contexte)
    reponse["X-Ligne"] = f"{engagement.pk}-{contrat.pk}"
    return reponse


def _axes(request: RequeteActeur, engagement: Engagement) -> list[Axe]:
    """Les colonnes de la grille d’où l’on vient."""
    jour = timezone.localdate()
    form: forms.Form
    if request.GET.get("de") == "mois":
        form = VueMoisForm(request.GET, acteur=request.acteur)
        if form.is_valid():
            return axes_du_mois(form.cleaned_data["mois"] or derniers_mois(jour)[-1])
    else:
        form = AnneeForm(request.GET)
        if form.is_valid():
            annee = form.cleaned_data["annee"] or Bornes(engagement.debut, engagement.fin, jour).annee_par_defaut
            return axes_de_l_annee(annee, form.cleaned_data["type"])
    raise BadRequest("Cette adresse de grille n’est pas lisible : l’année, le mois, le type ou une ligne y est faux.")
