"""Où revenir après un geste : la fiche de la personne, ou l’onglet du suivi d’où l’on vient."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from heures.models import Participant
from heures.suivi import ONGLETS


def suite(request: HttpRequest, participant: Participant) -> HttpResponseRedirect:
    """`?suivi=` nomme l’onglet, et le reste de l’adresse ses filtres ; un onglet inconnu ramène à la fiche."""
    parametres = request.GET.copy()
    onglet = "".join(parametres.pop("suivi", []))
    if onglet not in ONGLETS:
        return HttpResponseRedirect(participant.get_absolute_url())
    filtres = parametres.urlencode()
    return HttpResponseRedirect(reverse(f"heures:{onglet}") + (f"?{filtres}" if filtres else ""))
