"""Les pages connues, pour un responsable : sans faute d’accessibilité ni débordement, du téléphone au bureau."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import EngagementFactory, RattachementFactory
from tests.parcours.outils import connecter, verifier_accessibilite, verifier_largeur

PAGES = ("accueil", "entreprises:liste", "entreprises:creer", "journal", "reglages", "utilisateurs")
LARGEURS = (360, 1440)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_les_pages_connues_sont_accessibles_et_ne_debordent_pas(page, live_server, largeur):
    rattachement = RattachementFactory(responsable=True)
    EngagementFactory(clause__lot__marche__structure=rattachement.structure)
    connecter(page, live_server, rattachement.utilisateur)
    page.set_viewport_size({"width": largeur, "height": 900})
    for nom in PAGES:
        page.goto(live_server.url + reverse(nom))
        assert page.locator("h1").count() == 1, nom
        verifier_accessibilite(page)
        verifier_largeur(page)
