"""Revenir à la page d’où un geste a été fait : l’adresse voyage dans le formulaire, et ne mène jamais au-dehors."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def revenir(request: HttpRequest, defaut: str) -> HttpResponseRedirect:
    """La page que l’envoi nomme par `retour`, un chemin de ce site ; sinon `defaut`."""
    demandee = request.POST.get("retour", "")
    est_d_ici = demandee.startswith("/") and url_has_allowed_host_and_scheme(demandee, allowed_hosts=None)
    return HttpResponseRedirect(demandee if est_d_ici else defaut)
