"""Les pages de l’émission et de la qualité : confirmer, relire, exporter, comparer, ouvrir un défaut."""

from __future__ import annotations

import datetime
import io
import json

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from bilans.models import BilanEmis
from clauses.comptes.models import EcritureJournal, Structure
from heures.models import LigneHeures
from tests.bilans.emission.outils import emettre
from tests.bilans.emission.test_emission import alterer
from tests.bilans.outils import connecte, contenu, feuille, parametres
from tests.factories import EngagementFactory, LigneHeuresFactory, StructureFactory, acteur
from tests.factories_conformite import BilanEmisFactory

EMETTRE = "/bilans/departement/emettre/"
QUALITE = "/bilans/qualite/"


@pytest.fixture
def structure():
    """Une personne sans entrée en clause, trente-cinq heures et demie validées en mars 2025."""
    structure = StructureFactory(sigle="MEMPA")
    LigneHeuresFactory(engagement__clause__lot__marche__structure=structure, validee=True)
    return structure


@pytest.fixture
def client(structure):
    return connecte(structure)


@pytest.fixture
def par(structure):
    return acteur(structure)


def test_la_page_d_un_bilan_mene_a_son_emission(client):
    page = client.get("/bilans/departement/", parametres(2025))
    assert page.context["emission"] == f"{EMETTRE}?du=2025-01-01&au=2025-12-31&arrete_au=2025-12-31"
    assert "Émettre</a>" in page.content.decode()


def test_qui_ne_peut_pas_emettre_n_a_pas_de_bouton(structure):
    page = connecte(structure, lecteur=True).get("/bilans/departement/", parametres(2025)).content.decode()
    assert "Émettre</a>" not in page


def test_confirmer_montre_les_chiffres_ce_qui_manque_et_n_ecrit_rien(client):
    page = client.get(EMETTRE, parametres(2025))
    manquants = {ligne["controle"].cle: ligne["url"] for ligne in page.context["controles"]}
    assert manquants["sans_critere"] == f"{QUALITE}?du=2025-01-01&au=2025-12-31&defaut=sans_critere#liste"
    texte = page.content.decode()
    assert "35,50" in texte
    assert "version 1" in texte
    assert not BilanEmis.objects.exists()


def test_emettre_par_la_page_fige_puis_montre_le_bilan(client):
    reponse = client.post(EMETTRE, parametres(2025) | {"nature": "INTERMEDIAIRE"}, follow=True)
    emis = BilanEmis.objects.get()
    assert reponse.redirect_chain == [(reverse("bilans:bilan_emis", args=[emis.pk]), 302)]
    texte = reponse.content.decode()
    assert emis.empreinte in texte
    assert "vérifiée" in texte


def test_un_final_incomplet_est_refuse_sur_la_page_avec_un_lien_par_defaut(client):
    page = client.post(EMETTRE, parametres(2025) | {"nature": "FINAL"})
    texte = page.content.decode()
    assert page.status_code == 200
    assert "Il reste à compléter" in texte
    assert f"{QUALITE}?du=2025-01-01&amp;au=2025-12-31&amp;defaut=sans_critere#liste" in texte
    assert not BilanEmis.objects.exists()


@pytest.mark.parametrize("envoi", [{"nature": "DEFINITIF"}, {"nature": ""}])
def test_une_nature_inconnue_est_refusee_a_son_champ(client, envoi):
    page = client.post(EMETTRE, parametres(2025) | envoi)
    assert page.context["form"].errors["nature"]
    assert not BilanEmis.objects.exists()


@pytest.mark.parametrize("envoi", [{"du": "hier"}, {"du": "2026-01-01"}, {"du": "2023-01-01", "au": "2023-12-31"}])
def test_une_periode_fausse_est_refusee_d_une_phrase(client, envoi):
    assert client.post(EMETTRE, parametres(2025) | {"nature": "FINAL"} | envoi).status_code == 400
    assert client.get(EMETTRE, parametres(2025) | envoi).status_code == 400


@pytest.mark.parametrize("nom", ["qualite", "inconnu"])
def test_ce_qui_ne_s_emet_pas_n_a_pas_de_page(client, nom):
    assert client.get(f"/bilans/{nom}/emettre/", parametres(2025)).status_code == 404


def test_reemettre_les_memes_chiffres_le_dit(client, par):
    emettre(par, 2025)
    assert "exactement ceux de la version 1" in client.get(EMETTRE, parametres(2025)).content.decode()


def test_un_bilan_emis_s_exporte_de_ses_chiffres_figes(client, par):
    emis = emettre(par, 2025)
    adresse = reverse("bilans:bilan_emis_export", args=[emis.pk])
    avant = {format_: contenu(client.get(adresse, {"format": format_})) for format_ in ("json", "csv")}
    LigneHeures.objects.update(heures="1.00")
    apres = {format_: contenu(client.get(adresse, {"format": format_})) for format_ in ("json", "csv")}
    assert apres == avant
    lu = json.loads(apres["json"])
    assert (lu["indicateurs"]["heures_realisees"], lu["version"], lu["empreinte"]) == (
        "35.50", "1, intermédiaire", emis.empreinte,
    )  # fmt: skip
    assert "completude" in lu["tableaux"]
    reponse = client.get(adresse)
    assert reponse.headers["Content-Disposition"].endswith('bilan-departement-MEMPA-2025-01-01-2025-12-31-v1.xlsx"')
    classeur = openpyxl.load_workbook(io.BytesIO(contenu(reponse)))
    methode = {ligne["Terme"]: ligne["Définition"] for ligne in feuille(classeur, "Méthode")}
    assert methode["Empreinte des chiffres (SHA-256)"] == emis.empreinte
    assert feuille(classeur, "Complétude")[0]["Contrôle"] == "Lignes d’heures à valider"
    assert EcritureJournal.objects.filter(action="exporter un bilan émis").count() == 5


def test_un_chiffre_fige_ne_s_ouvre_pas(client, par):
    page = client.get(reverse("bilans:bilan_emis", args=[emettre(par, 2025).pk]))
    assert "/bilans/lignes/" not in page.content.decode()
    assert page.context["aujourd_hui"].startswith("/bilans/departement/?du=2025-01-01")


@pytest.mark.parametrize("format_", ["pdf", "exe"])
def test_un_format_inconnu_est_refuse_d_une_phrase(client, par, format_):
    adresse = reverse("bilans:bilan_emis_export", args=[BilanEmisFactory(structure_id=par.structure_id).pk])
    assert client.get(adresse, {"format": format_}).status_code == 400


def test_un_bilan_altere_ne_se_montre_ni_ne_s_exporte_et_la_page_le_dit(client, par):
    emis = alterer(emettre(par, 2025), "chiffres = replace(chiffres, '35.50', '99.99')")
    page = client.get(reverse("bilans:bilan_emis", args=[emis.pk]))
    assert page.status_code == 409
    assert "modifiés en base" in page.content.decode()
    assert "99,99" not in page.content.decode()
    assert client.get(reverse("bilans:bilan_emis_export", args=[emis.pk])).status_code == 400


def test_la_liste_range_par_bilan_et_par_periode_la_derniere_version_d_abord(client, par):
    for numero, version in ((2024, 1), (2025, 1), (2025, 2)):
        dates = {"du": datetime.date(numero, 1, 1), "au": datetime.date(numero, 12, 31)}
        BilanEmisFactory(structure_id=par.structure_id, version=version, chiffres="{}", **dates)
    series = client.get("/bilans/emis/").context["series"]
    assert [[ligne["emis"].version for ligne in serie["versions"]] for serie in series] == [[2, 1], [1]]


def test_sans_bilan_emis_la_liste_le_dit(client):
    assert "Aucun bilan n’a encore été émis" in client.get("/bilans/emis/").content.decode()


def test_onze_versions_coutent_autant_de_requetes_qu_une(client, par, django_assert_max_num_queries):
    for version in range(1, 12):
        BilanEmisFactory(structure_id=par.structure_id, version=version)
    with django_assert_max_num_queries(8):
        client.get("/bilans/emis/")


def test_ce_qui_a_change_entre_deux_versions_se_lit_et_s_exporte(client, par):
    emettre(par, 2025)
    LigneHeures.objects.update(heures="40.00")
    emis = emettre(par, 2025)
    page = client.get(reverse("bilans:versions", args=[emis.pk]))
    dits = [(c.ligne, c.colonne, str(c.ecart)) for c in page.context["changements"]]
    assert ("Heures d’insertion réalisées", "Réalisé N", "4.50") in dits
    assert not [dit for dit in dits if dit[0] == "Bénéficiaires"]
    reponse = client.get(reverse("bilans:versions_export", args=[emis.pk]), {"avec": "1"})
    lignes = feuille(openpyxl.load_workbook(io.BytesIO(contenu(reponse))), "Changements")
    assert len(lignes) == len(dits)
    assert (lignes[0]["Ancienne valeur"], lignes[0]["Nouvelle valeur"], lignes[0]["Écart"]) == (35.5, 40, 4.5)


@pytest.mark.parametrize("avec", ["9", "1", "x" * 300])
def test_comparer_avec_une_version_qui_n_existe_pas_est_refuse(client, par, avec):
    emis = BilanEmisFactory(structure_id=par.structure_id)
    for nom in ("versions", "versions_export"):
        assert client.get(reverse(f"bilans:{nom}", args=[emis.pk]), {"avec": avec}).status_code == 400


def test_la_qualite_compte_puis_ouvre_un_defaut_et_l_inscrit_au_journal(client, structure):
    page = client.get(QUALITE, {"du": "2025-01-01", "au": "2025-12-31"})
    assert page.context["ouvert"] is None
    assert not EcritureJournal.objects.filter(nature="LECTURE").exists()
    personne = LigneHeures.objects.get().participant
    assert str(personne) not in page.content.decode()
    url = next(ligne["url"] for ligne in page.context["lignes"] if ligne["defaut"].definition.cle == "sans_critere")
    ouverte = client.get(QUALITE + url.partition("#")[0]).content.decode()
    assert str(personne) in ouverte
    assert reverse("heures:entree_creer", args=[personne.pk]) in ouverte
    ecriture = EcritureJournal.objects.get(nature="LECTURE")
    assert (ecriture.action, ecriture.nombre) == ("ouvrir un défaut de qualité", 1)


def test_la_qualite_d_un_engagement_ou_d_un_acheteur_le_nomme(client, structure):
    engagement = LigneHeures.objects.get().engagement
    annee = {"du": "2025-01-01", "au": "2025-12-31"}
    assert (
        client.get(QUALITE, annee | {"engagement": engagement.pk}).context["portee"].startswith("Entreprise fictive")
    )
    siret = engagement.clause.lot.marche.acheteur.siret
    assert client.get(QUALITE, annee | {"acheteur": siret}).context["portee"].startswith("Acheteur fictif")
    ailleurs = EngagementFactory()
    page = client.get(QUALITE, annee | {"engagement": ailleurs.pk})
    assert (page.context["portee"], page.context["nombre"]) == ("Aucun engagement", 0)


@pytest.mark.parametrize(
    "faute",
    [
        {"couleur": "bleu"}, {"defaut": "inconnu"}, {"du": "hier"}, {"du": "2026-01-01"}, {"acheteur": "12"},
        {"engagement": "tout"}, {"engagement": "9" * 30}, {"du": "0001-01-01"},
    ],
    ids=lambda faute: f"{next(iter(faute))}-{next(iter(faute.values()))[:8]}",
)  # fmt: skip
def test_un_parametre_faux_de_la_qualite_est_refuse_d_une_phrase(client, faute):
    page = client.get(QUALITE, {"du": "2025-01-01", "au": "2025-12-31"} | faute)
    assert page.status_code == 400
    assert page.context["phrase"] or page.context["refus"]


def test_la_qualite_s_exporte_en_classeur_et_l_export_est_journalise_avant_de_partir(client):
    reponse = client.get("/bilans/qualite/export/", {"du": "2025-01-01", "au": "2025-12-31", "format": "xlsx"})
    assert EcritureJournal.objects.filter(action="exporter un rapport nominatif").count() == 1
    classeur = openpyxl.load_workbook(io.BytesIO(contenu(reponse)))
    assert classeur.sheetnames == ["Contrôles", "Défauts", "Méthode"]
    defauts = [ligne["Tableau"] for ligne in feuille(classeur, "Défauts")]
    assert defauts.count("Personnes sans critère") == 1


def test_la_commande_ecrit_le_rapport_qualite_et_le_journalise(structure, tmp_path):
    sortie = tmp_path / "qualite.json"
    options = {"structure": "MEMPA", "du": "2025-01-01", "au": "2025-12-31"}
    call_command("exporter_bilan", "qualite", sortie=str(sortie), **options)
    lu = json.loads(sortie.read_text())
    assert {ligne["code"]: ligne["defauts"] for ligne in lu["tableaux"]["controles"]}["sans_qpv"] == 1
    assert EcritureJournal.objects.filter(action="exporter un rapport nominatif").count() == 1
    with pytest.raises(CommandError, match="n’existe pas en « csv »"):
        call_command("exporter_bilan", "qualite", sortie=str(tmp_path / "qualite.csv"), **options)


def test_le_seuil_de_completude_se_regle(structure):
    client = connecte(structure, responsable=True)
    page = client.get(reverse("reglages")).content.decode()
    assert "complétude exigée d’un bilan final" in page.lower()
    assert Structure.objects.get(pk=structure.pk).seuil_completude_pourcent == 90
