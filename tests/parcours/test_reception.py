"""La boîte de réception dans un vrai navigateur : lire une anomalie, accepter, refuser avec motif, tout accepter."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from heures.enums import OrigineLigne, StatutLigne, StatutReleve
from heures.models import LigneHeures
from tests.factories import ContratTravailFactory, RattachementFactory
from tests.factories_releves import ContactFactory
from tests.heures.banc_reception import Banc
from tests.parcours.outils import connecter, verifier_accessibilite, verifier_largeur

LARGEURS = ((360, 800), (1440, 900))


@pytest.fixture
def bancs(page, live_server) -> tuple[Banc, Banc]:
    """Deux relevés reçus : un net, et un dont une ligne porte une anomalie, avec une personne à vérifier."""
    rattachement = RattachementFactory()
    net, douteux = Banc(rattachement.structure), Banc(rattachement.structure)
    for banc in (net, douteux):
        # L’horloge n’est pas arrêtée ici : une éligibilité de deux ans finirait bientôt, un jour ou l’autre.
        banc.engagement.clause.duree_eligibilite_mois = 120
        banc.engagement.clause.save()
    net.declarer("12.50", origine=OrigineLigne.ENTREPRISE)
    contrats = [douteux.contrat, douteux.embaucher(), douteux.embaucher()]
    for contrat, heures in zip(contrats, ("10.00", "20.00", "30.00"), strict=True):
        douteux.declarer(heures, contrat=contrat, origine=OrigineLigne.ENTREPRISE)
    ContratTravailFactory(participant=douteux.contrat.participant)
    douteux.attente(contrat=douteux.embaucher())
    ContactFactory(structure=rattachement.structure, entreprise=douteux.engagement.entreprise)
    connecter(page, live_server, rattachement.utilisateur)
    page.goto(live_server.url + reverse("heures:reception"))
    return net, douteux


def test_les_pages_de_la_reception_sont_accessibles_et_tiennent_dans_la_page(page, bancs, live_server):
    _, douteux = bancs
    ligne, attente = LigneHeures.objects.filter(engagement=douteux.engagement)[0], douteux.attente(nom="Autre")
    adresses = [
        reverse("heures:reception"),
        reverse("heures:releve", args=[douteux.releve.pk]),
        reverse("heures:releve_completer", args=[douteux.releve.pk]),
        reverse("heures:renvoyer_ligne", args=[ligne.pk]),
        reverse("heures:attente", args=[attente.pk]),
        reverse("heures:attente_ouvrir", args=[attente.pk]),
        reverse("heures:attente_refuser", args=[attente.pk]),
    ]
    for adresse in adresses:
        page.goto(live_server.url + adresse)
        for largeur, hauteur in LARGEURS:
            page.set_viewport_size({"width": largeur, "height": hauteur})
            verifier_largeur(page)
            verifier_accessibilite(page)
    assert page.url.endswith(adresses[-1])


def test_lire_une_anomalie_accepter_refuser_puis_tout_accepter(page, bancs):
    net, douteux = bancs
    releves = page.get_by_role("listitem").filter(has=page.get_by_role("heading", level=2))
    expect(releves).to_have_count(2)
    du_douteux = releves.filter(has_text=str(douteux.engagement.entreprise))
    expect(du_douteux).to_contain_text("Contrats qui se chevauchent")
    expect(du_douteux.get_by_role("button")).to_have_count(0)

    du_douteux.get_by_role("heading").get_by_role("link").click()
    premiere = page.locator(".recue").filter(has_text=str(douteux.contrat.participant))
    expect(premiere).to_contain_text("Deux contrats d’une même personne ne couvrent le même mois qu’à temps partiel.")
    expect(premiere.get_by_role("link", name="Corriger le contrat")).to_be_visible()
    premiere.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("status").first).to_contain_text("validées")

    page.locator(".recue").filter(has_text="20,00").get_by_role("link", name="Refuser").click()
    page.get_by_label("Motif du refus").fill("Feuille d’heures non signée")
    page.get_by_role("button", name="Refuser ces heures").click()
    expect(page.locator("main")).to_contain_text("20,00 h refusées : Feuille d’heures non signée")

    a_verifier = page.locator(".recue").filter(has_text="35,00")
    a_verifier.get_by_role("link", name="Reprendre").click()
    page.get_by_role("button", name="Reprendre ces heures").click()

    page.get_by_role("button", name="Accepter tout : 2 lignes, 65,00").click()
    expect(page.locator("main")).to_contain_text("Validé")

    page.get_by_role("link", name="À traiter").first.click()
    expect(releves).to_have_count(1)
    page.get_by_label("Choisir").check()
    page.get_by_role("button", name="Accepter les relevés cochés").click()
    expect(page.locator("main")).to_contain_text("Rien n’attend")
    statuts = set(LigneHeures.objects.values_list("statut", flat=True))
    assert statuts == {StatutLigne.VALIDEE, StatutLigne.REFUSEE}
    assert {net.releve.statut, douteux.releve.statut} == {StatutReleve.VALIDE}
