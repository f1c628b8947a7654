"""Pages et exports des bilans : mêmes chiffres partout, chacun s’ouvre, personne d’autre n’entre."""

from __future__ import annotations

import dataclasses
import datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.core.management import CommandError, call_command

from bilans import presentation
from bilans.catalogue import RAPPORTS
from bilans.declarations import INDICATEURS
from bilans.definitions import Unite
from bilans.departement import NOM
from bilans.exports import document
from bilans.rapport import Demande
from bilans.valeurs import en_texte
from clauses.comptes.models import EcritureJournal
from tests.bilans import jeu
from tests.bilans.outils import annee, bilan, classeur, connecte, contenu, decimal, en_json, feuille, parametres
from tests.factories import LigneHeuresFactory, StructureFactory

PAGE = "/bilans/departement/"
EXPORT = "/bilans/departement/export/"
LIGNES = "/bilans/lignes/"
FEUILLES = [
    "A1 Synthèse", "A2 Publics", "A3 Profil", "A4 Territoires", "A5 Acheteurs", "A6 Modalités", "A6 Heures",
    "A6 Personnes", "A7 Sorties", "A8 Activité", "A9 Analyse", "A10 Qualité", "Méthode",
]  # fmt: skip


@pytest.mark.parametrize("numero", [2024, 2025, 2026])
def test_ecran_json_et_classeur_portent_les_memes_chiffres(numero):
    pose = jeu.poser()
    client = connecte(pose.structure)
    indicateurs = en_json(client, numero)["indicateurs"]
    synthese = {ligne["Indicateur"]: ligne["Réalisé N"] for ligne in feuille(classeur(client, numero), FEUILLES[0])}
    page = client.get(PAGE, parametres(numero))
    montres = {ligne["nom"]: ligne["realise"] for ligne in page.context["synthese"]}
    for indicateur in INDICATEURS:
        lu = indicateurs[indicateur.cle]
        if lu is None:
            assert synthese[indicateur.nom] is None
            assert montres[indicateur.nom] == "–"
            continue
        assert decimal(synthese[indicateur.nom]) == decimal(lu)
        valeur = lu if indicateur.unite is Unite.NOMBRE else decimal(lu)
        assert montres[indicateur.nom] == en_texte(valeur, indicateur.unite)
        assert montres[indicateur.nom] in page.content.decode()


def test_les_tableaux_du_classeur_sont_ceux_du_json():
    pose = jeu.poser()
    client = connecte(pose.structure)
    lu, ecrit = classeur(client, 2025), en_json(client, 2025)["tableaux"]
    assert lu.sheetnames == FEUILLES
    for nom, cle, colonne, champ in (
        ("A3 Profil", "profil", "Heures", "heures"),
        ("A4 Territoires", "territoires", "Heures", "heures"),
        ("A5 Acheteurs", "acheteurs", "Heures période", "heures_periode"),
        ("A6 Modalités", "modalites", "Heures", "heures"),
    ):
        details = [decimal(ligne[colonne]) for ligne in feuille(lu, nom) if ligne["Niveau"] == "detail"]
        assert details == [decimal(ligne[champ]) for ligne in ecrit[cle]]


def test_le_classeur_n_a_ni_fusion_ni_nombre_en_texte():
    lu = classeur(connecte(jeu.poser().structure), 2025)
    assert not any(onglet.merged_cells.ranges for onglet in lu.worksheets)
    synthese = feuille(lu, FEUILLES[0])
    assert all(isinstance(ligne["Réalisé N"], int | float | None) for ligne in synthese)


def test_le_json_n_a_pas_de_ligne_de_total_et_les_totaux_sont_a_part():
    lu = document(bilan(jeu.poser().par, 2025))
    codes = {ligne.get("code") for tableau in lu["tableaux"].values() for ligne in tableau}
    assert "TOTAL" not in codes
    assert lu["totaux"]["publics_au_moins_un"][0]["total"] == 6
    assert [ligne["sorties"] for ligne in lu["tableaux"]["sorties"] if ligne["code"] == "PRESUMEE"] == [5]


def test_la_feuille_methode_imprime_chaque_regle_et_la_base():
    methode = {
        ligne["Terme"]: ligne["Définition"]
        for ligne in feuille(classeur(connecte(jeu.poser().structure), 2025), "Méthode")
    }
    assert all(methode[indicateur.nom] == indicateur.regle for indicateur in INDICATEURS)
    assert "la somme des lignes peut dépasser le total" in methode["Totaux"].lower()
    assert methode["Base ETP"] == "1820 heures par an"


def test_ouvrir_un_chiffre_montre_les_personnes_et_s_inscrit_au_journal():
    pose = jeu.poser()
    client = connecte(pose.structure)
    page = client.get(LIGNES, {**parametres(2025), "mesure": "personnes", "brsa": "OUI"}).content.decode()
    assert "FICTIVE Alma" in page
    assert "IMAGINÉ Côme" not in page
    ecriture = EcritureJournal.objects.filter(action__startswith="ouvrir un chiffre de bilan").get()
    assert (ecriture.nombre, ecriture.nature) == (2, "LECTURE")


def test_une_longue_liste_de_lignes_se_pagine_et_garde_sa_somme():
    structure = StructureFactory()
    for _ in range(101):
        LigneHeuresFactory(engagement__clause__lot__marche__structure=structure, validee=True)
    client = connecte(structure)
    page = client.get(LIGNES, {**parametres(2025), "mesure": "lignes", "page": "2"})
    ouvert = page.context["ouvert"]
    assert (len(ouvert.objets), ouvert.nombre, ouvert.heures) == (1, 101, decimal("3585.50"))
    assert "Précédente" in page.content.decode()


@pytest.mark.parametrize(
    "faute",
    [
        {"couleur": "bleu"}, {"du": "hier"}, {"du": "2026-01-01"}, {"mesure": "tout"}, {"brsa": "PEUTETRE"},
        {"acheteur": "00000000000000"}, {"bilan": "inconnu"}, {"territoire": "123456789"}, {"critere": "<script>"},
    ],
    ids=lambda faute: next(iter(faute)),
)  # fmt: skip
def test_un_parametre_faux_est_refuse_d_une_phrase(faute):
    client = connecte(jeu.poser().structure)
    reponse = client.get(LIGNES, {**parametres(2025), **faute})
    assert reponse.status_code == 400
    assert reponse.context["phrase"].endswith(".")
    assert "<script>" not in reponse.content.decode().partition("<main")[2]


@pytest.mark.parametrize(
    "faute", [{"couleur": "bleu"}, {"du": "2026-01-01"}, {"au": ""}, {"du": "2023-01-01", "au": "2023-12-31"}]
)
def test_une_periode_impossible_rend_le_formulaire_et_sa_raison(faute):
    client = connecte(jeu.poser().structure)
    reponse = client.get(PAGE, {**parametres(2025), "arrete_au": "", **faute})
    assert reponse.status_code == 400
    assert reponse.context["bilan"] is None
    assert reponse.context["phrase"] or reponse.context["refus"]


@pytest.mark.parametrize("faute", [{"format": "docx"}, {"au": "2024-12-31"}, {"tri": "oui"}])
def test_un_export_impossible_est_refuse_d_une_phrase(faute):
    client = connecte(jeu.poser().structure)
    assert client.get(EXPORT, {**parametres(2025), **faute}).status_code == 400


@pytest.mark.parametrize("role", ["pour_acheteur", "pour_entreprise", "financeur"])
@pytest.mark.parametrize("page", [PAGE, EXPORT, LIGNES])
def test_un_partenaire_n_ouvre_aucun_bilan(role, page):
    client = connecte(StructureFactory(), **{role: True})
    assert client.get(page, parametres(2025)).status_code == 403


def test_une_autre_structure_ne_voit_ni_chiffre_ni_acheteur_d_ailleurs():
    pose = jeu.poser()
    autre = StructureFactory()
    LigneHeuresFactory(engagement__clause__lot__marche__structure=autre, validee=True)
    client = connecte(autre)
    siret = next(iter(bilan(pose.par, 2025).tableaux["acheteurs"].details()))["siret"]
    assert client.get(LIGNES, {**parametres(2025), "acheteur": siret}).status_code == 400
    assert en_json(client, 2025)["indicateurs"]["heures_realisees"] == "35.50"


def test_sans_periode_la_page_prend_l_annee_jusqu_au_dernier_mois_ecoule():
    pose = jeu.poser()
    client = connecte(pose.structure)
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        page = client.get(PAGE)
    assert page.context["bilan"].entete.periode == (
        datetime.date(2026, 1, 1), datetime.date(2026, 5, 31), datetime.date(2026, 5, 31),
    )  # fmt: skip


def test_une_structure_sans_heure_ouvre_la_page_sur_une_explication():
    page = connecte(StructureFactory()).get(PAGE)
    assert page.status_code == 200
    assert "Aucune heure validée" in page.content.decode()


def test_une_page_coute_autant_de_requetes_pour_une_ligne_que_pour_onze(django_assert_max_num_queries):
    structure = StructureFactory()
    for _ in range(11):
        LigneHeuresFactory(engagement__clause__lot__marche__structure=structure, validee=True)
    client = connecte(structure)
    with django_assert_max_num_queries(30):
        client.get(LIGNES, {**parametres(2025), "mesure": "lignes"})


def test_le_csv_reprend_la_synthese():
    client = connecte(jeu.poser().structure)
    texte = contenu(client.get(EXPORT, {**parametres(2025), "format": "csv"})).decode("utf-8-sig")
    assert "synthese;heures_realisees;Heures d’insertion réalisées;realise;988,84;heures" in texte


def test_un_lien_de_chiffre_porte_la_periode_et_son_filtre():
    url = presentation.liens_d_ouverture(Demande(NOM, annee(2025)), {"brsa": "OUI"})["lignes"]
    assert dict(parse_qsl(urlsplit(url).query)) == {
        "bilan": NOM, **parametres(2025), "mesure": "lignes", "brsa": "OUI",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"structure": "INCONNUE"}, "Aucune structure"),
        ({"du": "01/01/2025"}, "n’est pas une date"),
        ({"au": "2024-01-01"}, "avant de commencer"),
        ({"acheteur": "20000000000000"}, "--acheteur"),
        ({"sortie": "/absent/bilan.json"}, "ne peut pas être écrit"),
    ],
)
def test_la_commande_refuse_d_une_phrase(tmp_path, changes, phrase):
    jeu.poser()
    options = {"structure": "MEMPA", "du": "2025-01-01", "au": "2025-12-31", "format": "json"}
    with pytest.raises(CommandError, match=phrase):
        call_command("exporter_bilan", "departement", **{**options, "sortie": str(tmp_path / "b.json"), **changes})
    assert not list(tmp_path.iterdir())


def test_le_graphique_des_territoires_ne_dessine_pas_le_total():
    document = classeur(connecte(jeu.poser().structure), 2025)
    (dessin,) = document["A1 Synthèse"]._charts
    assert dessin.series[0].val.numRef.f == "'A4 Territoires'!$H$2:$H$8"
    assert document["A4 Territoires"]["B9"].value == "Total"


def test_un_bilan_ne_s_ecrit_que_dans_ses_formats(monkeypatch, tmp_path):
    seul = dataclasses.replace(RAPPORTS[NOM], formats=("json",))
    monkeypatch.setitem(RAPPORTS, NOM, seul)
    jeu.poser()
    options = {"structure": "MEMPA", "du": "2025-01-01", "au": "2025-12-31", "sortie": str(tmp_path / "bilan.pdf")}
    with pytest.raises(CommandError, match="Formats possibles : json"):
        call_command("exporter_bilan", NOM, **options)
