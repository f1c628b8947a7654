"""La page sans compte où une entreprise dépose son relevé."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def releve(request: HttpRequest, jeton: str) -> HttpResponse:
    return render(request, "depots/ferme.html", status=404)
