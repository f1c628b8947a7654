"""La lettre qui vient, en un geste : l’accueil et la page d’un engagement l’envoient, et en reviennent."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from bilans import actions
from bilans.views.documents import lire_engagement, lire_nature
from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.retour import revenir


@require_POST
def envoyer(request: RequeteActeur, pk: int) -> HttpResponse:
    """Émet la relance ou la mise en demeure et inscrit l’étape ; le message mène au document."""
    engagement = lire_engagement(request, pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    adresse = request.build_absolute_uri(reverse("verifier"))
    try:
        lettre = actions.envoyer_lettre(engagement, lire_nature(request), par=request.acteur, adresse=adresse)
    except ActionImpossible as refus:
        messages.error(request, f"{engagement.entreprise}\u00a0: {refus}")
    else:
        telecharger = reverse("bilans:document", args=[lettre.pk])
        messages.success(
            request,
            format_html(
                "{}\u00a0: «\u00a0{}\u00a0» est émise et inscrite. "
                '<a class="alert-link" href="{}">Télécharger la lettre</a>',
                engagement.entreprise,
                lettre.titre,
                telecharger,
            ),
        )
    return revenir(request, reverse("marches:engagement", args=[pk]))
