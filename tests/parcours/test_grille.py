"""La grille des heures au clavier, dans un vrai navigateur : rien ne se perd, tout se dit."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from heures import actions
from heures.models import LigneHeures
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    RattachementFactory,
    acteur,
)
from tests.parcours.outils import connecter, verifier_accessibilite, verifier_largeur

MARS, AVRIL = datetime.date(2025, 3, 1), datetime.date(2025, 4, 1)


class Banc:
    """Un engagement de 500 h, deux personnes sous contrat, la grille de 2025 ouverte."""

    def __init__(self, page, live_server):
        self.page = page
        rattachement = RattachementFactory()
        self.structure = rattachement.structure
        self.engagement = EngagementFactory(clause__lot__marche__structure=self.structure)
        self.contrats = [self.contrat("Alpha"), self.contrat("Beta")]
        connecter(page, live_server, rattachement.utilisateur)
        self.url = live_server.url + reverse("heures:grille", args=[self.engagement.pk]) + "?annee=2025"
        page.goto(self.url)

    def contrat(self, nom):
        entree = EntreeClauseFactory(participant__structure=self.structure, participant__nom=nom)
        return ContratTravailFactory(participant=entree.participant, employeur=self.engagement.entreprise)

    def cellule(self, rang_contrat, mois):
        return self.page.locator(f"#c{self.engagement.pk}-{self.contrats[rang_contrat].pk}-{mois - 1}")

    def montrer(self, nom, rang=""):
        """Un total de l’engagement : `tc` avec le rang du mois, `ta`, `td`, `tr`, `ts`."""
        return self.page.locator(f"#{nom}{self.engagement.pk}{rang}")

    def attendre(self):
        expect(self.page.locator("#grille-statut")).to_have_text("Tout est enregistré.")


@pytest.fixture
def banc(page, live_server) -> Banc:
    return Banc(page, live_server)


def test_trois_cellules_au_clavier_un_refus_explique_et_rien_de_perdu(banc):
    page = banc.page
    banc.cellule(0, 3).focus()
    page.keyboard.type("7,5")
    page.keyboard.press("Enter")
    expect(banc.cellule(1, 3)).to_be_focused()
    page.keyboard.type("7h30")
    page.keyboard.press("ArrowRight")
    expect(banc.cellule(1, 4)).to_be_focused()
    page.keyboard.type("300")
    page.keyboard.press("Tab")
    fautive = banc.cellule(1, 4)
    expect(fautive).to_have_attribute("aria-invalid", "true")
    expect(fautive).to_have_value("300")
    explication = page.locator(f"#{fautive.get_attribute('aria-describedby').split()[0]}")
    expect(explication).to_contain_text("le plafond est de 250,00 h")
    expect(banc.montrer("tc", "-2")).to_have_text("15,00")
    expect(banc.montrer("td")).to_have_text("15,00")
    fautive.focus()
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    banc.attendre()
    expect(explication).to_have_count(0)
    expect(banc.montrer("ta")).to_have_text("45,00")
    expect(banc.montrer("ts")).to_have_text("455,00")
    page.reload()
    expect(banc.cellule(0, 3)).to_have_value("7,50")
    expect(banc.cellule(1, 3)).to_have_value("7,50")
    expect(banc.cellule(1, 4)).to_have_value("30,00")
    assert sum(LigneHeures.objects.values_list("heures", flat=True)) == Decimal("45.00")


def test_echap_retablit_la_valeur_et_vider_efface_la_ligne(banc):
    page, cellule = banc.page, banc.cellule(0, 3)
    cellule.focus()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    banc.attendre()
    cellule.focus()
    page.keyboard.type("99")
    page.keyboard.press("Escape")
    expect(cellule).to_have_value("12,00")
    page.keyboard.press("Delete")
    page.keyboard.press("Tab")
    expect(banc.montrer("tc", "-2")).to_have_text("")
    assert not LigneHeures.objects.exists()


def test_un_conflit_montre_les_deux_valeurs_et_laisse_choisir(banc):
    page, cellule = banc.page, banc.cellule(0, 3)
    autre = acteur(banc.structure)
    actions.declarer(
        contrat=banc.contrats[0], engagement=banc.engagement, mois=MARS, heures=Decimal("20.00"), par=autre
    )
    cellule.focus()
    page.keyboard.type("35")
    page.keyboard.press("Tab")
    probleme = page.locator("#grille-problemes li.conflit")
    expect(probleme).to_contain_text("20,00 h")
    expect(probleme).to_contain_text("35")
    expect(cellule).to_have_value("35")
    probleme.get_by_role("button", name=re.compile("Garder la mienne")).click()
    banc.attendre()
    assert LigneHeures.objects.get().heures == Decimal("35.00")


def test_hors_ligne_la_valeur_est_gardee_puis_repart_seule(banc):
    page, cellule = banc.page, banc.cellule(0, 3)
    page.context.set_offline(True)
    cellule.focus()
    page.keyboard.type("8,25")
    page.keyboard.press("Tab")
    expect(page.locator("#x-connexion")).to_contain_text("1 cellule gardée ici")
    expect(cellule).to_have_value("8,25")
    assert not LigneHeures.objects.exists()
    page.context.set_offline(False)
    banc.attendre()
    expect(page.locator("#x-connexion")).to_have_count(0)
    assert LigneHeures.objects.get().heures == Decimal("8.25")


def test_un_bloc_copie_d_un_tableur_se_repartit_dans_la_grille(banc):
    banc.cellule(0, 3).focus()
    banc.page.evaluate(
        """() => {
            const donnees = new DataTransfer();
            donnees.setData("text/plain", "10\\t20\\r\\n30\\t40\\r\\n");
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: donnees, bubbles: true, cancelable: true }));
        }"""
    )
    banc.attendre()
    assert sorted(LigneHeures.objects.values_list("mois", "heures")) == [
        (MARS, Decimal("10.00")),
        (MARS, Decimal("30.00")),
        (AVRIL, Decimal("20.00")),
        (AVRIL, Decimal("40.00")),
    ]


def test_valider_attend_que_la_derniere_cellule_soit_enregistree(banc):
    page = banc.page
    LigneHeuresFactory(engagement=banc.engagement, contrat=banc.contrats[0], mois=MARS, heures=Decimal("10.00"))
    page.reload()
    banc.cellule(1, 3).focus()
    page.keyboard.type("5,5")
    page.get_by_role("button", name=re.compile("Valider mars")).click()
    expect(page.locator(".messages")).to_contain_text(re.compile("Mars 2025.: 2 lignes validées"))
    assert LigneHeures.objects.validees().count() == 2


def test_la_grille_est_accessible_et_ne_deborde_pas(banc):
    LigneHeuresFactory(engagement=banc.engagement, contrat=banc.contrats[0], mois=MARS, validee=True)
    LigneHeuresFactory(engagement=banc.engagement, contrat=banc.contrats[1], mois=MARS, refusee=True)
    LigneHeuresFactory(engagement=banc.engagement, contrat=banc.contrats[1], mois=AVRIL)
    for largeur in (360, 1440):
        banc.page.set_viewport_size({"width": largeur, "height": 900})
        banc.page.reload()
        verifier_accessibilite(banc.page)
        verifier_largeur(banc.page)


def test_sans_le_script_aucune_cellule_ne_se_tape(banc):
    """Rien ne s’enregistrerait : la cellule reste lisible, en lecture seule."""
    banc.page.route("**/grille.js", lambda demande: demande.abort())
    banc.page.reload()
    banc.cellule(0, 3).focus()
    banc.page.keyboard.type("7,5")
    expect(banc.cellule(0, 3)).to_have_value("")
    expect(banc.cellule(0, 3)).not_to_be_editable()


def test_une_grille_de_500_lignes_accepte_la_frappe(banc):
    """La vitesse se mesure dans `make mesures` ; ici, la grille de 500 lignes se remplit comme les autres."""
    for rang in range(500):
        banc.contrat(f"Personne{rang:03d}")
    banc.page.reload()
    champ = banc.page.locator("#grille tbody input").first
    expect(champ).to_be_editable()
    champ.focus()
    banc.page.keyboard.type("7,5")
    banc.page.keyboard.press("Enter")
    banc.attendre()
    assert LigneHeures.objects.get().heures == Decimal("7.50")
