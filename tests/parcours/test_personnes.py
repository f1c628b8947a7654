"""Les gestes du suivi et des doublons dans Chromium, pages pleines : accessibles, étroites, et sans rien perdre."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from heures.models import Fusion, Participant, Prolongation, Sortie
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    EntrepriseFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    RattachementFactory,
    SortieFactory,
)
from tests.factories_releves import ConventionGlobalisationFactory
from tests.parcours.outils import connecter, verifier_accessibilite, verifier_largeur

JOUR = datetime.date
SUIVI = "/heures/participants/suivi"


def poser() -> Any:
    """Deux fiches semblables sous contrat, avec heures et sorties : de quoi remplir chaque page."""
    agent = RattachementFactory()
    entreprise = EntrepriseFactory()
    engagements = [
        EngagementFactory(entreprise=entreprise, clause__lot__marche__structure=agent.structure) for _ in range(2)
    ]
    for numero in range(2):
        fiche = ParticipantFactory(structure=agent.structure, nom="Lefèvre", prenom="Zoé")
        EntreeClauseFactory(participant=fiche, date_entree=JOUR(2023, 1, 1), date_constat=JOUR(2023, 1, 1))
        contrat = ContratTravailFactory(participant=fiche, employeur=entreprise)
        LigneHeuresFactory(contrat=contrat, engagement=engagements[0], validee=True)
        LigneHeuresFactory(
            contrat=contrat, engagement=engagements[0], validee=True, type_heures="FORMATION", heures="7.25"
        )
        SortieFactory(participant=fiche, date=JOUR(2024, 1 + numero, 1))
    ConventionGlobalisationFactory(structure=agent.structure, entreprise=entreprise, engagements=engagements)
    return agent, entreprise


@pytest.mark.parametrize(("largeur", "theme"), [(360, "light"), (1440, "light"), (1440, "dark")])
def test_les_pages_pleines_sont_accessibles_et_ne_debordent_pas(
    page: Page, live_server: Any, largeur: int, theme: str
):
    agent, entreprise = poser()
    une, autre = Participant.objects.order_by("pk")
    connecter(page, live_server, agent.utilisateur)
    page.set_viewport_size({"width": largeur, "height": 900})
    page.emulate_media(color_scheme=theme)
    for chemin in (
        *(f"{SUIVI}/{onglet}/" for onglet in ("eligibilites", "pieces", "visas", "devenirs")),
        "/heures/participants/doublons/",
        f"/heures/participants/{une.pk}/",
        f"/heures/participants/{une.pk}/fusionner/?q=lefevre",
        f"/heures/participants/{une.pk}/fusionner/?avec={autre.pk}",
        "/heures/conventions/",
        f"/heures/conventions/creer/?entreprise={entreprise.siret}",
    ):
        page.goto(live_server.url + chemin)
        page.evaluate("document.querySelectorAll('details').forEach(volet => volet.open = true)")
        verifier_accessibilite(page)
        verifier_largeur(page)


def test_prolonger_noter_un_devenir_fusionner_puis_defaire(page: Page, live_server: Any):
    agent, _ = poser()
    connecter(page, live_server, agent.utilisateur)
    page.goto(f"{live_server.url}{SUIVI}/eligibilites/")
    page.locator("tbody tr").first.get_by_role("button").click()
    page.wait_for_selector("text=éligibilité prolongée jusqu’au")
    assert Prolongation.objects.count() == 1
    page.goto(f"{live_server.url}{SUIVI}/devenirs/")
    ligne = page.locator("tbody tr").first
    ligne.get_by_label("à 6 mois").first.select_option("CDI")
    ligne.get_by_role("button").first.click()
    page.wait_for_selector("text=situation à 6 mois notée")
    assert Sortie.objects.filter(situation_6_mois="CDI").count() == 1
    page.goto(f"{live_server.url}/heures/participants/doublons/")
    page.get_by_role("link", name="Comparer").click()
    page.get_by_role("button", name="Fusionner", exact=True).click()
    page.wait_for_selector("text=Les deux fiches n’en font plus qu’une")
    assert Fusion.objects.get().annulee_le is None
    page.goto(f"{live_server.url}/heures/participants/doublons/")
    page.get_by_role("button", name="Défaire").click()
    page.wait_for_selector("text=Fusion défaite")
    assert Participant.objects.filter(fusionnee_avec=None).count() == 2
