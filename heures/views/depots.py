"""Remplir un relevé et en lire le reçu : les mêmes pages par un lien sans compte ou depuis un compte.

Une porte dit qui entre et où mènent les boutons ; ce que l’on montre et ce que l’on dépose n’en dépend pas
(docs/adr/0015 et 0022).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clauses.socle.formulaires import soumettre
from clauses.socle.mois import de, en_lettres
from heures.acces_releve import AccesReleve
from heures.collage import Collage, repartir
from heures.forms.depot import AJOUTS_MAX, DepotForm
from heures.lecture_depot import ReleveLu, lire
from heures.models import DemandeReleve


@dataclass(frozen=True, slots=True, kw_only=True)
class Porte:
    """Une entrée, et ce que ses pages montrent.

    `gabarit` : leur habillage ; `releve` et `recu` : leurs adresses.
    """

    acces: AccesReleve
    gabarit: str
    releve: str
    recu: str


def remplir(request: HttpRequest, porte: Porte) -> HttpResponse:
    """La page du relevé : ce qu’il porte, et de quoi le remplir ou le corriger."""
    acces = porte.acces
    demande = acces.demande
    lu = lire(demande, par=acces.acteur)
    options: dict[str, Any] = {
        "version": demande.version,
        "plafond": demande.releve.structure.seuil_refus_heures,
        "deposant": acces.deposant,
    }
    if "plus" in request.POST:
        # Une rangée de plus, sans contrôler ni enregistrer ce qui est déjà écrit.
        form = DepotForm(lu, initial=_avec_une_rangee(request), **options)
        return _page(request, porte, lu, form)
    if "repartir" in request.POST:
        champs = DepotForm(lu, **options).fields
        collage = repartir(request.POST.get("colle", ""), [(p.contrat_id, p.nom) for p in lu.personnes], champs)
        form = DepotForm(lu, initial=_saisie(request) | collage.valeurs, **options)
        return _page(request, porte, lu, form, collage=collage)
    form = DepotForm(lu, request.POST if request.method == "POST" else None, **options)
    if form.is_valid():
        version = form.cleaned_data["version"]
        if soumettre(form, lambda: acces.deposer(form.depot(), version)) is not None:
            return redirect(porte.recu)
        _porter_la_version(form, demande)
    return _page(request, porte, lu, form)


def _saisie(request: HttpRequest) -> dict[str, Any]:
    """Ce qui est déjà écrit dans la page, tel quel."""
    gestes = ("plus", "repartir", "colle")
    saisie: dict[str, Any] = {nom: valeur for nom, valeur in request.POST.items() if nom not in gestes}
    ajouts = str(saisie.get("ajouts", ""))
    rangees = int(ajouts) if ajouts.isascii() and ajouts.isdigit() and len(ajouts) < 4 else 1
    return saisie | {"ajouts": min(rangees, AJOUTS_MAX), "neant": "neant" in saisie}


def _avec_une_rangee(request: HttpRequest) -> dict[str, Any]:
    saisie = _saisie(request)
    return saisie | {"ajouts": min(saisie["ajouts"] + 1, AJOUTS_MAX)}


def _porter_la_version(form: DepotForm, demande: DemandeReleve) -> None:
    """Après un dépôt concurrent, déposer de nouveau est un choix éclairé : la page porte la version actuelle."""
    form.data = {**form.data.dict(), "version": str(demande.version)}  # type: ignore[attr-defined]


def _page(
    request: HttpRequest, porte: Porte, lu: ReleveLu, form: DepotForm, collage: Collage | None = None
) -> HttpResponse:
    porte.acces.journaliser(lu, "ouvrir un relevé")
    contexte = {"lu": lu, "form": form, "collage": collage or Collage(), **_cadre(porte)}
    return render(request, "depots/releve.html", contexte)


def montrer_le_recu(request: HttpRequest, porte: Porte) -> HttpResponse:
    """Ce qui a été déposé, par qui et quand ; sans dépôt, la page renvoie au relevé."""
    lu = lire(porte.acces.demande, par=porte.acces.acteur)
    if lu.depot is None:
        return redirect(porte.releve)
    porte.acces.journaliser(lu, "ouvrir le reçu d’un relevé")
    return render(request, "depots/recu.html", {"lu": lu, **_cadre(porte)})


def _cadre(porte: Porte) -> dict[str, Any]:
    """Ce dont il s’agit, nommé une fois pour toutes les pages du relevé."""
    releve = porte.acces.demande.releve
    engagement = releve.engagement
    return {
        "porte": porte,
        "releve": releve,
        "du_mois": de(en_lettres(releve.mois)),
        "structure": releve.structure,
        "entreprise": engagement.entreprise,
        "lot": engagement.clause.lot,
        "marche": engagement.clause.lot.marche,
    }
