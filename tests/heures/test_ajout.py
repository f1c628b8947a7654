"""Ajouter une ligne à la grille : la boîte de dialogue (htmx), et la page qui la remplace sans JavaScript."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from heures.models import ContratTravail, Participant
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    RattachementFactory,
)

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
HTMX = {"HX-Request": "true"}


class Banc:
    def __init__(self, client):
        self.client = client
        rattachement = RattachementFactory()
        self.structure = rattachement.structure
        self.engagement = EngagementFactory(clause__lot__marche__structure=self.structure)
        client.force_login(rattachement.utilisateur)

    def url(self, nom, **parametres):
        suite = "&".join(f"{nom}={valeur}" for nom, valeur in parametres.items())
        return reverse(f"heures:{nom}", args=[self.engagement.pk]) + (f"?{suite}" if suite else "")

    def fiche(self, **champs):
        return {
            "nom": "Neuve",
            "prenom": "Zoé",
            "sexe": "F",
            "date_naissance": "1990-05-10",
            "employeur": self.engagement.entreprise.siret,
            "type_contrat": "CDD",
            "modalite": "EMBAUCHE_DIRECTE",
            "date_debut": "2025-03-01",
            "nombre_missions": "1",
            **champs,
        }

    def creer(self, *, suite=None, **champs):
        return self.client.post(self.url("grille_nouvelle", **(suite or {})), self.fiche(**champs), headers=HTMX)


@pytest.fixture
def banc(client) -> Banc:
    return Banc(client)


def test_une_personne_neuve_et_son_contrat_rendent_la_ligne_de_la_grille(banc):
    reponse = banc.creer(suite={"annee": 2025, "type": "TRAVAIL"})
    contrat = ContratTravail.objects.get()
    assert (contrat.participant.nom, contrat.employeur) == ("Neuve", banc.engagement.entreprise)
    assert reponse["X-Ligne"] == f"{banc.engagement.pk}-{contrat.pk}"
    page = reponse.content.decode()
    assert f'id="c{banc.engagement.pk}-{contrat.pk}-2"' in page
    assert "sans entrée en clause" in page
    assert "<html" not in page


def test_la_ligne_a_les_colonnes_de_la_grille_d_ou_l_on_vient(banc):
    page = banc.creer(suite={"de": "mois", "mois": "2025-11"}).content.decode()
    assert page.count("<input id=") == 2
    assert "annee=" not in page


@pytest.mark.parametrize("suite", [{"annee": "x"}, {"de": "mois", "mois": "2026-06"}])
def test_une_grille_d_origine_illisible_est_refusee(banc, suite):
    sien = ContratTravailFactory(participant__structure=banc.structure)
    assert banc.client.get(banc.url("grille_ajouter", mettre=sien.pk, **suite), headers=HTMX).status_code == 400


def test_un_contrat_faux_n_enregistre_pas_la_personne(banc):
    reponse = banc.creer(date_fin="2025-01-31")
    assert "La fin du contrat précède l’embauche." in reponse.content.decode()
    assert "X-Ligne" not in reponse.headers
    assert not Participant.objects.exists()


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("nom", "", "obligatoire"),
        ("type_contrat", "", "obligatoire"),
        ("date_naissance", "1850-01-01", "vérifier l’année"),
        ("employeur", "introuvable", "Rien dans l’annuaire"),
        ("prenom", "1 85 05 78 006 084 36", "numéro de sécurité sociale"),
        ("quotite", "3", "quotité"),
    ],
)
def test_une_faute_se_dit_dans_la_boite_et_rien_n_est_enregistre(banc, champ, valeur, phrase):
    assert phrase in banc.creer(**{champ: valeur}).content.decode()
    assert not Participant.objects.exists()


def test_une_personne_semblable_se_propose_avec_ses_contrats_avant_d_en_creer_une_autre(banc):
    connue = ParticipantFactory(
        structure=banc.structure, nom="NEUVE", prenom="Zoe", date_naissance=datetime.date(1990, 5, 10)
    )
    sien = ContratTravailFactory(participant=connue)
    page = banc.creer().content.decode()
    assert "a peut-être déjà sa fiche" in page
    assert f"mettre={sien.pk}" in page
    assert "Créer quand même" in page
    assert Participant.objects.count() == 1
    assert EcritureJournal.objects.get(action="proposer des fiches semblables").nombre == 1
    assert "X-Ligne" in banc.creer(confirmer="True").headers
    assert Participant.objects.count() == 2


def test_une_combinaison_inhabituelle_s_annonce_avec_la_ligne(banc):
    page = banc.creer(modalite="MISE_A_DISPOSITION").content.decode()
    assert "met rarement du personnel à disposition" in page


def test_chercher_dans_la_boite_rend_un_fragment_qui_garde_la_grille_d_origine(banc):
    sien = ContratTravailFactory(participant__structure=banc.structure, participant__nom="Connue")
    reponse = banc.client.get(banc.url("grille_ajouter", q="connue", annee=2025, de="entreprise"), headers=HTMX)
    page = reponse.content.decode()
    assert "<html" not in page
    assert f"mettre={sien.pk}&amp;annee=2025&amp;de=entreprise" in page
    assert '<input type="hidden" name="de" value="entreprise" />' in page


def test_un_contrat_connu_rend_sa_ligne(banc):
    sien = ContratTravailFactory(participant__structure=banc.structure)
    LigneHeuresFactory(
        engagement__clause__lot__marche__structure=banc.structure,
        contrat=sien,
        mois=datetime.date(2025, 11, 1),
        heures="160.00",
    )
    reponse = banc.client.get(banc.url("grille_ajouter", mettre=sien.pk, annee=2025), headers=HTMX)
    assert reponse["X-Ligne"] == f"{banc.engagement.pk}-{sien.pk}"
    assert f'<span id="f{sien.participant_id}-2025-11">160,00 h' in reponse.content.decode()


@pytest.mark.parametrize(
    ("suite", "adresse"),
    [
        ({}, "/heures/{e}/?contrat={c}"),
        ({"annee": 2025}, "/heures/{e}/?annee=2025&contrat={c}"),
        ({"de": "mois", "mois": "2025-11"}, "/heures/mois/?mois=2025-11&ligne={e}-{c}"),
    ],
)
def test_sans_javascript_mettre_un_contrat_ramene_a_la_grille(banc, suite, adresse):
    sien = ContratTravailFactory(participant__structure=banc.structure)
    reponse = banc.client.get(banc.url("grille_ajouter", mettre=sien.pk, **suite))
    assert reponse.url == adresse.format(e=banc.engagement.pk, c=sien.pk)
    assert banc.client.get(reponse.url).status_code == 200


@pytest.mark.parametrize("clef", ["x", "", "9" * 30, "\u0661"])
def test_un_contrat_inconnu_est_introuvable(banc, clef):
    assert banc.client.get(banc.url("grille_ajouter", mettre=clef), headers=HTMX).status_code == 404


def test_le_contrat_ou_la_personne_d_une_autre_structure_est_introuvable(banc):
    etranger = ContratTravailFactory()
    for nom, clef in (("grille_ajouter", {"mettre": etranger.pk}), ("grille_contrat", {"personne": etranger.pk})):
        assert banc.client.get(banc.url(nom, **clef), headers=HTMX).status_code == 404


def test_un_contrat_neuf_d_une_personne_connue_rend_sa_ligne(banc):
    personne = ParticipantFactory(structure=banc.structure, nom="Connue")
    url = banc.url("grille_contrat", personne=personne.pk, annee=2025)
    page = banc.client.get(url, headers=HTMX)
    assert "Nouveau contrat de CONNUE" in page.content.decode()
    assert page.context["form"]["employeur"].value().endswith(banc.engagement.entreprise.siret)
    assert "obligatoire" in banc.client.post(url, {"date_fin": ""}, headers=HTMX).content.decode()
    reponse = banc.client.post(url, banc.fiche(), headers=HTMX)
    assert reponse["X-Ligne"] == f"{banc.engagement.pk}-{ContratTravail.objects.get(participant=personne).pk}"
    assert banc.client.get(url).url.startswith(reverse("heures:contrat_creer", args=[personne.pk]))


@pytest.mark.parametrize("nom", ["grille_ajouter", "grille_nouvelle", "grille_contrat"])
def test_un_lecteur_n_ajoute_personne(banc, nom):
    banc.client.force_login(RattachementFactory(structure=banc.structure, role=Role.LECTEUR).utilisateur)
    assert banc.client.get(banc.url(nom), headers=HTMX).status_code == 403
