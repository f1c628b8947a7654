"""« Ce mois-ci » et les gestes de la grille, au navigateur : clavier seul, collage, conflit, panne, annulation."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from heures.models import ContratTravail, LigneHeures, Participant, Releve
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    RattachementFactory,
)
from tests.parcours.outils import connecter, verifier_accessibilite, verifier_largeur

NOVEMBRE = datetime.date(2025, 11, 1)
TRAVAIL, FORMATION = 0, 1
COLLER = """texte => {
    const donnees = new DataTransfer();
    donnees.setData("text/plain", texte);
    document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: donnees, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(autouse=True)
def mi_decembre():
    with time_machine.travel(datetime.datetime(2025, 12, 15, 9, tzinfo=datetime.UTC), tick=True):
        yield


class Banc:
    """Deux entreprises : Alpha et ses deux salariées, Omega et la sienne ; novembre 2025 est dû pour les deux."""

    def __init__(self, page, live_server):
        self.page, self.live_server = page, live_server
        self.rattachement = RattachementFactory()
        self.structure = self.rattachement.structure
        self.alpha, self.omega = self.engagement("Alpha Toitures"), self.engagement("Omega Jardins")
        self.anne, self.berthe = self.contrat(self.alpha, "Anne"), self.contrat(self.alpha, "Berthe")
        self.zoe = self.contrat(self.omega, "Zoe")
        connecter(page, live_server, self.rattachement.utilisateur)

    def engagement(self, nom):
        return EngagementFactory(clause__lot__marche__structure=self.structure, entreprise__raison_sociale=nom)

    def contrat(self, engagement, nom):
        entree = EntreeClauseFactory(participant__structure=self.structure, participant__nom=nom)
        return ContratTravailFactory(participant=entree.participant, employeur=engagement.entreprise)

    def ouvrir(self, nom="mois", *arguments, suite="", page=None):
        (page or self.page).goto(self.live_server.url + reverse(f"heures:{nom}", args=arguments) + suite)

    def cellule(self, contrat, rang=TRAVAIL, engagement=None, page=None):
        engagement = engagement or (self.omega if contrat == self.zoe else self.alpha)
        return (page or self.page).locator(f"#c{engagement.pk}-{contrat.pk}-{rang}")

    def montrer(self, nom, engagement, suite=""):
        return self.page.locator(f"#{nom}{engagement.pk}{suite}")

    def taper(self, texte, touche):
        self.page.keyboard.type(texte)
        self.page.keyboard.press(touche)

    def attendre(self, page=None):
        expect((page or self.page).locator("#grille-statut")).to_have_text("Tout est enregistré.")

    def tabuler_jusqu_a(self, cible, *, au_plus):
        for _ in range(au_plus):
            self.page.keyboard.press("Tab")
            if cible.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"{cible} n’est pas à {au_plus} tabulations")


@pytest.fixture
def banc(page, live_server) -> Banc:
    return Banc(page, live_server)


def heures(**filtre):
    return sorted(
        LigneHeures.objects.filter(**filtre).values_list("contrat__participant__nom", "type_heures", "heures")
    )


def test_un_mois_entier_au_clavier_seul(banc):
    page = banc.page
    banc.ouvrir()
    expect(page.get_by_role("heading", level=1)).to_contain_text("novembre 2025")
    banc.tabuler_jusqu_a(banc.cellule(banc.anne), au_plus=30)
    banc.taper("120,5", "Enter")
    expect(banc.cellule(banc.berthe)).to_be_focused()
    banc.taper("35", "ArrowRight")
    expect(banc.cellule(banc.berthe, FORMATION)).to_be_focused()
    banc.attendre()
    page.keyboard.type("7h30")
    valider = banc.montrer("v", banc.alpha, "-2025-11")
    banc.tabuler_jusqu_a(valider, au_plus=3)
    banc.attendre()
    expect(valider).to_have_accessible_name(re.compile("Valider novembre.: 3 lignes, 163,00.h.* pour Alpha Toitures"))
    expect(banc.montrer("ta", banc.alpha)).to_have_text("163,00")
    expect(banc.montrer("ts", banc.alpha)).to_have_text("337,00")
    page.keyboard.press("Enter")
    expect(page.locator("#grille-annonce")).to_contain_text("3 lignes validées")
    expect(banc.cellule(banc.zoe)).to_be_focused()
    banc.tabuler_jusqu_a(banc.montrer("n", banc.omega, "-2025-11"), au_plus=3)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Tout est validé ou néant pour novembre 2025")
    statuts = dict(Releve.objects.values_list("engagement", "statut"))
    assert statuts == {banc.alpha.pk: "VALIDE", banc.omega.pk: "NEANT"}
    assert heures(statut="VALIDEE") == [
        ("Anne", "TRAVAIL", Decimal("120.50")),
        ("Berthe", "FORMATION", Decimal("7.50")),
        ("Berthe", "TRAVAIL", Decimal("35.00")),
    ]


def test_un_bloc_colle_traverse_les_engagements_sans_que_ses_cases_vides_n_effacent(banc):
    LigneHeuresFactory(engagement=banc.alpha, contrat=banc.berthe, mois=NOVEMBRE, heures=Decimal("12.00"))
    banc.ouvrir()
    banc.cellule(banc.anne).focus()
    banc.page.evaluate(COLLER, "100,25\t3,5\r\n\t4\r\n7h30\t\r\n99\t99\r\n")
    banc.attendre()
    expect(banc.page.locator("#x-collage")).to_contain_text("2 valeurs hors des cellules ouvertes")
    expect(banc.montrer("tc", banc.alpha, "-0")).to_have_text("112,25")
    expect(banc.page.locator("#tg0")).to_have_text("119,75")
    expect(banc.page.locator("#tg")).to_have_text("127,25")
    assert heures() == [
        ("Anne", "FORMATION", Decimal("3.50")),
        ("Anne", "TRAVAIL", Decimal("100.25")),
        ("Berthe", "FORMATION", Decimal("4.00")),
        ("Berthe", "TRAVAIL", Decimal("12.00")),
        ("Zoe", "TRAVAIL", Decimal("7.50")),
    ]
    banc.page.get_by_role("button", name="Annuler le dernier changement").click()
    expect(banc.page.locator("#tg")).to_have_text("12,00")
    assert heures() == [("Berthe", "TRAVAIL", Decimal("12.00"))]


def test_un_conflit_entre_deux_navigateurs_laisse_choisir(banc, navigateur):
    contexte = navigateur.new_context(locale="fr-FR")
    autre = contexte.new_page()
    connecter(autre, banc.live_server, RattachementFactory(structure=banc.structure).utilisateur)
    banc.ouvrir()
    banc.ouvrir(page=autre)
    banc.cellule(banc.zoe, page=autre).focus()
    autre.keyboard.type("20")
    autre.keyboard.press("Tab")
    banc.attendre(autre)
    banc.cellule(banc.zoe).focus()
    banc.taper("35", "Tab")
    probleme = banc.page.locator("#grille-problemes li.conflit")
    expect(probleme).to_contain_text("Omega Jardins")
    expect(probleme).to_contain_text("a enregistré 20,00 h pendant que vous tapiez 35")
    probleme.get_by_role("button", name=re.compile("Prendre l’autre")).click()
    expect(banc.cellule(banc.zoe)).to_have_value("20,00")
    expect(probleme).to_have_count(0)
    contexte.close()
    assert heures() == [("Zoe", "TRAVAIL", Decimal("20.00"))]


def test_hors_ligne_plusieurs_cellules_sont_gardees_et_repartent_seules(banc):
    banc.ouvrir()
    banc.page.context.set_offline(True)
    banc.cellule(banc.anne).focus()
    banc.taper("8,25", "Enter")
    banc.taper("9", "Enter")
    expect(banc.page.locator("#x-connexion")).to_contain_text("Le serveur ne répond pas.")
    banc.montrer("n", banc.alpha, "-2025-11").click()
    assert not LigneHeures.objects.exists()
    banc.page.context.set_offline(False)
    expect(banc.page.locator("#x-connexion")).to_have_count(0)
    expect(banc.page.locator(".messages")).to_contain_text("Des heures sont déjà notées")
    assert heures() == [("Anne", "TRAVAIL", Decimal("8.25")), ("Berthe", "TRAVAIL", Decimal("9.00"))]


@pytest.mark.parametrize("touches", ["Control+r", "Alt+ArrowRight"])
def test_remplir_a_droite_puis_annuler_d_un_coup(banc, touches):
    page = banc.page
    LigneHeuresFactory(
        engagement=banc.alpha, contrat=banc.anne, mois=datetime.date(2025, 6, 1), heures="99.00", validee=True
    )
    banc.ouvrir("grille", banc.alpha.pk, suite="?annee=2025")
    banc.cellule(banc.anne, 3).focus()
    page.keyboard.type("35")
    page.keyboard.press(touches)
    expect(page.locator("#grille-annonce")).to_have_text("8 cellules remplies avec 35.")
    banc.attendre()
    assert [ligne.mois.month for ligne in LigneHeures.objects.declarees().order_by("mois")] == [
        4, 5, 7, 8, 9, 10, 11, 12,
    ]  # fmt: skip
    expect(banc.montrer("ta", banc.alpha)).to_have_text("379,00")
    page.keyboard.press("Control+z")
    expect(page.locator("#grille-annonce")).to_have_text("Changement annulé : 8 cellules.")
    banc.attendre()
    expect(banc.montrer("ta", banc.alpha)).to_have_text("99,00")
    assert not LigneHeures.objects.declarees().exists()


def test_remplir_et_annuler_a_la_souris_par_la_meme_voie(banc):
    page = banc.page
    banc.ouvrir("grille_entreprise", banc.alpha.entreprise_id, suite="?annee=2025")
    banc.cellule(banc.anne, 10).click()
    page.keyboard.type("12")
    page.get_by_role("button", name="Remplir à droite").click()
    banc.attendre()
    expect(banc.cellule(banc.anne, 10)).to_be_focused()
    expect(page.locator("#tg")).to_have_text("24,00")
    page.get_by_role("button", name="Annuler le dernier changement").click()
    expect(page.locator("#tg")).to_have_text("12,00")
    page.get_by_role("button", name="Annuler le dernier changement").click()
    expect(page.locator("#tg")).to_have_text("0,00")
    expect(page.get_by_role("button", name="Annuler le dernier changement")).to_be_disabled()
    assert not LigneHeures.objects.exists()


def test_en_pleine_frappe_ctrl_z_ne_defait_que_la_frappe(banc):
    banc.ouvrir()
    banc.cellule(banc.anne).focus()
    banc.taper("10", "Enter")
    banc.attendre()
    banc.cellule(banc.berthe).focus()
    banc.taper("77", "Control+z")
    banc.page.keyboard.press("Escape")
    banc.attendre()
    assert heures() == [("Anne", "TRAVAIL", Decimal("10.00"))]


def test_une_personne_au_dela_d_un_mois_plein_se_voit_sur_toutes_ses_lignes(banc):
    ContratTravailFactory(participant=banc.zoe.participant, employeur=banc.alpha.entreprise)
    banc.ouvrir()
    ailleurs = banc.page.locator(f"#l{banc.alpha.pk} tr[data-p='{banc.zoe.participant_id}'] input").first
    banc.cellule(banc.zoe).focus()
    banc.taper("160", "Tab")
    banc.attendre()
    expect(ailleurs).to_have_accessible_description(re.compile("160,00 h ce mois-ci, tous engagements"))
    banc.cellule(banc.zoe).focus()
    banc.taper("100", "Tab")
    banc.attendre()
    expect(ailleurs).not_to_have_accessible_description(re.compile("tous engagements"))


def test_une_personne_neuve_s_ajoute_sans_perdre_la_frappe_en_cours(banc):
    page = banc.page
    ParticipantFactory(structure=banc.structure, nom="Dupont", prenom="Lou", date_naissance=datetime.date(1990, 5, 10))
    banc.ouvrir()
    page.context.set_offline(True)
    banc.cellule(banc.anne).focus()
    banc.taper("8", "Tab")
    expect(page.locator("#x-connexion")).to_contain_text("1 cellule gardée ici")
    page.context.set_offline(False)
    banc.cellule(banc.berthe).focus()
    page.keyboard.type("77,7x")
    page.locator("#grille").get_by_role("link", name="Ajouter une personne à Alpha").click()
    boite = page.get_by_role("dialog", name="Ajouter une personne à la grille")
    expect(boite.get_by_label("Nom, prénom ou identifiant")).to_be_focused()
    verifier_accessibilite(page)
    page.keyboard.press("Escape")
    expect(boite).to_have_count(0)
    expect(page.get_by_role("link", name="Ajouter une personne à Alpha")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Nouvelle personne et son contrat").click()
    remplir_la_fiche(page)
    expect(page.get_by_role("dialog")).to_contain_text("Cette personne a peut-être déjà sa fiche")
    verifier_accessibilite(page)
    page.get_by_role("button", name="Créer quand même").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    neuf = ContratTravail.objects.get(participant__nom="Dupont")
    expect(banc.cellule(neuf)).to_be_focused()
    expect(page.locator("#grille-problemes")).to_contain_text("sans entrée en clause")
    expect(banc.cellule(banc.berthe)).to_have_value("77,7x")
    banc.taper("10", "Tab")
    expect(banc.montrer("ta", banc.alpha)).to_have_text("18,00")
    assert Participant.objects.filter(nom="Dupont").count() == 2
    page.reload()
    expect(banc.cellule(neuf)).to_have_value("10,00")


def test_une_session_finie_se_dit_dans_la_boite_sans_rien_perdre(banc):
    page = banc.page
    banc.ouvrir()
    banc.cellule(banc.anne).focus()
    page.keyboard.type("8")
    page.context.clear_cookies()
    page.keyboard.press("Tab")
    # Le message décale la page : cliquer pendant qu’il paraît manquerait le lien.
    expect(page.locator("#x-connexion")).to_contain_text("reconnectez-vous dans un autre onglet")
    page.locator("#grille").get_by_role("link", name="Ajouter une personne à Alpha").click()
    expect(page.get_by_role("dialog")).to_contain_text("la session a pris fin")
    page.keyboard.press("Escape")
    expect(page.locator("#x-connexion")).to_contain_text("reconnectez-vous dans un autre onglet")
    expect(banc.cellule(banc.anne)).to_have_value("8")
    connecter(page, banc.live_server, banc.rattachement.utilisateur)
    page.get_by_role("button", name="Réessayer maintenant").click()
    banc.attendre()
    assert heures() == [("Anne", "TRAVAIL", Decimal("8.00"))]


def remplir_la_fiche(page):
    for champ, valeur in (
        ("nom", "Dupont"), ("prenom", "Lou"), ("date_naissance", "1990-05-10"), ("date_debut", "2025-10-01"),
    ):  # fmt: skip
        page.locator(f"dialog #id_{champ}").fill(valeur)
    for champ, valeur in (("sexe", "F"), ("type_contrat", "CDD"), ("modalite", "EMBAUCHE_DIRECTE")):
        page.locator(f"dialog #id_{champ}").select_option(valeur)
    page.get_by_role("button", name="Ajouter à la grille").click()


def test_un_contrat_connu_se_met_sur_la_grille_une_seule_fois(banc):
    page = banc.page
    connue = ContratTravailFactory(participant__structure=banc.structure, participant__nom="Connue")
    banc.ouvrir("grille", banc.alpha.pk, suite="?annee=2025")
    for _ in range(2):
        page.get_by_role("link", name="Ajouter une personne").click()
        page.get_by_label("Nom, prénom ou identifiant").fill("connue")
        page.keyboard.press("Enter")
        page.get_by_role("link", name=re.compile("Mettre sur la grille")).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(banc.cellule(connue, 0)).to_be_focused()
    expect(page.locator("#grille-annonce")).to_have_text("Ce contrat est déjà sur la grille.")
    expect(page.locator(f"tr[data-c='{connue.pk}']")).to_have_count(1)
    banc.taper("10", "Tab")
    banc.attendre()
    page.get_by_role("button", name=re.compile("Valider janvier")).click()
    expect(page.locator(".messages")).to_contain_text("1 ligne validée")
    expect(page.locator(f"tr[data-c='{connue.pk}']")).to_have_count(1)


def test_quitter_la_page_avec_une_cellule_refusee_demande_confirmation(banc):
    banc.ouvrir()
    banc.cellule(banc.anne).focus()
    banc.taper("abc", "Tab")
    expect(banc.page.locator("#grille-problemes li.erreur")).to_contain_text("n’est pas un nombre d’heures")
    with banc.page.expect_event("dialog") as demande:
        banc.page.close(run_before_unload=True)
    assert demande.value.type == "beforeunload"
    demande.value.accept()
    assert not LigneHeures.objects.exists()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_les_grilles_sont_accessibles_dans_tous_leurs_etats(banc, theme):
    page = banc.page
    LigneHeuresFactory(engagement=banc.alpha, contrat=banc.anne, mois=NOVEMBRE, validee=True, heures="160.00")
    LigneHeuresFactory(engagement=banc.alpha, contrat=banc.berthe, mois=NOVEMBRE, refusee=True)
    finie = banc.contrat(banc.alpha, "Finie")
    finie.participant.entrees.update(date_entree=datetime.date(2023, 10, 1))
    page.emulate_media(color_scheme=theme)
    for largeur in (360, 1440):
        page.set_viewport_size({"width": largeur, "height": 900})
        for nom, arguments in (("mois", ()), ("grille_entreprise", (banc.alpha.entreprise_id,))):
            banc.ouvrir(nom, *arguments)
            verifier_accessibilite(page)
            verifier_largeur(page)
