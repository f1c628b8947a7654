"""La page publique où l’on contrôle une attestation par son code."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bilans.forms.documents import CodeForm
from bilans.verification import verifier


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Le code ne passe jamais par l’adresse : ni historique, ni journal de serveur."""
    form = CodeForm(request.POST or None)
    contexte = {"form": form, "est_repondu": False, "verdict": None}
    if request.method == "POST":
        debit = settings.CLAUSES_DEBIT_DE_VERIFICATION
        if not ratelimit.consume(request, app="clauses", action="verifier", config=debit):
            reponse: HttpResponse = ratelimit.respond_429(request)
            return reponse
        if form.is_valid():
            contexte |= {"est_repondu": True, "verdict": verifier(form.cleaned_data["code"])}
    return render(request, "bilans/verifier.html", contexte)
