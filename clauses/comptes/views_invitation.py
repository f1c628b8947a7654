"""La page sans compte où une personne invitée ouvre son accès."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clauses.comptes import actions
from clauses.comptes.forms import InvitationForm
from clauses.comptes.invitations import invitation_du_jeton
from clauses.socle.formulaires import soumettre


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, jeton: str) -> HttpResponse:
    """Un lien faux, échu, annulé ou déjà servi donne la même page ; ouvrir le lien n’accepte rien."""
    debit = settings.CLAUSES_DEBIT_DES_LIENS
    if not ratelimit.consume(request, app="clauses", action="lien", config=debit, key=jeton, limit_get=True):
        reponse: HttpResponse = ratelimit.respond_429(request)
        return reponse
    invitation = invitation_du_jeton(jeton)
    if invitation is None:
        return render(request, "comptes/invitation_fermee.html", status=404)
    invite = invitation.rattachement.utilisateur
    form = InvitationForm(request.POST if request.method == "POST" else None, utilisateur=invite)
    if form.is_valid():
        choisi = form.cleaned_data.get("mot_de_passe")
        if soumettre(form, lambda: actions.accepter_invitation(invitation, mot_de_passe=choisi)) is not None:
            messages.success(request, "Votre accès est ouvert : connectez-vous avec votre adresse et ce mot de passe.")
            return redirect("account_login")
    contexte = {"form": form, "invitation": invitation, "invite": invite, "acces": invitation.rattachement}
    return render(request, "comptes/invitation.html", contexte)
