"""L’AVE : ses tableaux viennent d’une grille que l’on réécrit ; rien ne s’y perd, aucun petit effectif n’en sort."""

from __future__ import annotations

import csv
import datetime
import io
import json
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from bilans import ave
from bilans.actions import emettre_bilan
from bilans.catalogue import RAPPORTS
from bilans.emissions import relire
from bilans.enums import NatureEmission
from bilans.grilles import actions
from bilans.grilles.correspondance import NON_RATTACHE, admet, non_rattaches, verifier
from bilans.grilles.forme import AVE, LigneGrille, livree
from bilans.grilles.lecture import grille_de
from bilans.models import CorrespondanceGrille
from bilans.rapport import Demande
from bilans.secret import SECRET
from bilans.tableaux import DETAIL, TOTAL
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible
from heures import actions as personnes
from tests.bilans import jeu
from tests.bilans.outils import annee, connecte, contenu, feuille, parametres
from tests.factories import StructureFactory, acteur

pytestmark = pytest.mark.django_db
DEMANDE = Demande(ave.NOM, annee(2025))
ECRAN = "/bilans/grilles/ave-2025/contrats/"


def valeur(rangees, code, colonne):
    return next(r.valeurs[colonne] for r in rangees if r.valeurs["code"] == code)


def saisie(lignes, version=0):
    """Le formulaire d’un tableau, tel que la page l’envoie."""
    envoi = {"version": version, "lignes-TOTAL_FORMS": len(lignes), "lignes-INITIAL_FORMS": 0}
    for rang, ligne in enumerate(lignes):
        envoi |= {
            f"lignes-{rang}-cle": ligne.cle,
            f"lignes-{rang}-libelle": ligne.libelle,
            f"lignes-{rang}-groupe": ligne.groupe,
            f"lignes-{rang}-codes": " ".join(ligne.codes),
        }
    return envoi


def test_le_jeu_de_comptage_donne_ses_chiffres_sur_la_base_de_1_600_heures():
    bilan = ave.etablir(jeu.poser().par, DEMANDE)
    assert bilan.indicateurs["heures_realisees"] == Decimal("988.84")
    assert bilan.indicateurs["beneficiaires"] == 6
    assert bilan.indicateurs["etp"] == Decimal("0.618")
    assert bilan.entete.base_etp == 1600
    assert bilan.indicateurs["femmes"] is SECRET


def test_la_somme_des_lignes_et_du_non_rattache_est_le_total_de_chaque_tableau():
    comptes = ave.compter(jeu.poser().par, DEMANDE)
    assert len(comptes.heures) == 9
    for compte in comptes.heures.values():
        details = sum(r.valeurs["heures"] for r in compte.rangees if r.niveau == DETAIL)
        (total,) = [r.valeurs["heures"] for r in compte.rangees if r.niveau == TOTAL]
        assert details == total == Decimal("988.84"), compte.grille.cle


def test_les_acheteurs_et_les_ages_du_jeu_de_comptage():
    comptes = ave.compter(jeu.poser().par, DEMANDE).heures
    acheteurs = comptes["acheteurs"].rangees
    heures = [valeur(acheteurs, code, "heures") for code in ("intercommunalites", "communes", "departements")]
    assert heures == [Decimal("300.00"), Decimal("383.34"), Decimal("305.50")]
    assert valeur(acheteurs, "TOTAL", "beneficiaires") == 6
    assert valeur(comptes["age_niveau"].rangees, "groupe:Moins de 26 ans", "beneficiaires") == 2
    assert valeur(comptes["situation_avant"].rangees, "rsa", "heures") == Decimal("240.00")
    assert valeur(comptes["situation_qpv"].rangees, "oui", "heures") == Decimal("180.00")


def test_aucun_effectif_de_1_a_4_ne_sort():
    bilan = ave.etablir(jeu.poser().par, DEMANDE)
    effectifs = {"beneficiaires", "femmes", "hommes", "nouveaux", "contrats"}
    lus = [v for t in bilan.tableaux.values() for r in t.rangees for c, v in r.valeurs.items() if c in effectifs]
    assert SECRET in lus
    assert not [v for v in lus if v is not SECRET and 0 < v < 5]


def test_toute_la_grille_livree_est_valable_et_ne_laisse_aucun_code():
    grille = livree(AVE)
    assert len({t.feuille for t in grille.tableaux}) == 11
    for tableau in grille.tableaux:
        verifier(tableau)
        assert non_rattaches(tableau) == [], tableau.cle


@pytest.mark.parametrize(
    ("motif", "nombre", "attendu"),
    [("26..50", 26, True), ("26..50", 50, False), ("..26", 0, True), ("50..", 90, True), ("50..", 49, False)],
)
def test_un_intervalle_comprend_sa_borne_basse_et_exclut_la_haute(motif, nombre, attendu):
    assert admet(motif, nombre) is attendu


def test_des_heures_sans_ligne_restent_comptees_et_le_bilan_le_dit():
    pose = jeu.poser()
    acheteurs = livree(AVE).tableau("acheteurs")
    sans = [ligne for ligne in acheteurs.lignes if ligne.cle != "communes"]
    actions.ecrire_tableau(AVE, "acheteurs", sans, version=0, par=acteur(pose.structure, Role.RESPONSABLE))
    compte = ave.compter(pose.par, DEMANDE).heures["acheteurs"]
    assert valeur(compte.rangees, NON_RATTACHE, "heures") == Decimal("383.34")
    assert valeur(compte.rangees, "TOTAL", "heures") == Decimal("988.84")
    bilan = ave.etablir(pose.par, DEMANDE)
    assert "COMMUNE" in bilan.tableaux["acheteurs"].definition.note
    assert "À vérifier\u00a0: Acheteurs par type" in {terme for terme, *_ in bilan.methode}


@pytest.mark.parametrize(
    ("codes", "phrase"),
    [
        (("INVENTE",), "n’existe pas"), (("CDI", "CDD"), "rattaché à"), ((), "au moins un code"),
        (("CDI/ETT",), "partie"),
    ],
)  # fmt: skip
def test_une_correspondance_fausse_est_refusee_d_une_phrase(codes, phrase):
    par = acteur(StructureFactory(), Role.RESPONSABLE)
    cdi, *autres = livree(AVE).tableau("contrats").lignes
    with pytest.raises(ActionImpossible, match=phrase):
        actions.ecrire_tableau(AVE, "contrats", [replace(cdi, codes=codes), *autres], version=0, par=par)
    assert not CorrespondanceGrille.objects.exists()


def test_le_facilitateur_ne_reecrit_pas_la_grille():
    par = acteur(StructureFactory(), Role.FACILITATEUR)
    with pytest.raises(PermissionDenied):
        actions.ecrire_tableau(AVE, "contrats", livree(AVE).tableau("contrats").lignes, version=0, par=par)


def test_l_ecran_renomme_ajoute_et_retire_une_ligne_puis_revient_a_l_origine():
    structure = StructureFactory()
    client, par = connecte(structure, role=Role.RESPONSABLE), acteur(structure, Role.RESPONSABLE)
    cdi, *autres = livree(AVE).tableau("contrats").lignes
    neuves = [
        replace(cdi, libelle="Durable", codes=("CDI",)),
        *autres[:-1],
        LigneGrille("", "Inclusion", ("CDI_INCLUSION",)),
    ]
    assert client.get(ECRAN).status_code == 200
    assert client.post(ECRAN, saisie(neuves)).status_code == 302
    lignes = grille_de(par, AVE).tableau("contrats").lignes
    assert (lignes[0].libelle, lignes[-1].cle) == ("Durable", "inclusion")
    page = client.get(ECRAN).content.decode()
    assert "1 code sans ligne" in page
    assert EcritureJournal.objects.filter(action="réécrire un tableau de grille").count() == 1
    assert client.post(f"{ECRAN}origine/").status_code == 302
    assert grille_de(par, AVE) == livree(AVE)


def test_l_ecran_dit_le_code_inconnu_et_n_enregistre_rien():
    client = connecte(StructureFactory(), role=Role.RESPONSABLE)
    cdi, *autres = livree(AVE).tableau("contrats").lignes
    page = client.post(ECRAN, saisie([replace(cdi, codes=("FAUX",)), *autres]))
    assert "le code «\u00a0FAUX\u00a0» n’existe pas" in page.content.decode()
    assert not CorrespondanceGrille.objects.exists()


def test_deux_ecritures_de_la_meme_version_se_disent():
    par = acteur(StructureFactory(), Role.RESPONSABLE)
    lignes = livree(AVE).tableau("contrats").lignes
    actions.ecrire_tableau(AVE, "contrats", lignes, version=0, par=par)
    with pytest.raises(ActionImpossible, match="modifiée par quelqu’un"):
        actions.ecrire_tableau(AVE, "contrats", lignes[:-1], version=7, par=par)


def test_le_csv_est_long_et_ses_six_colonnes_sont_celles_du_contrat():
    client = connecte(jeu.poser().structure)
    reponse = client.get("/bilans/ave/export/", {**parametres(2025), "format": "csv"})
    lignes = list(csv.reader(io.StringIO(contenu(reponse).decode("utf-8-sig")), delimiter=";"))
    assert lignes[0] == ["annee", "table", "ligne", "colonne", "valeur", "unite"]
    assert ["2025", "chiffres_cles", "heures_realisees", "valeur", "988,84", "heures"] in lignes
    assert ["2025", "acheteurs", "TOTAL", "beneficiaires", "6", "nombre"] in lignes


def test_la_page_et_le_classeur_montrent_les_onze_feuilles():
    client = connecte(jeu.poser().structure)
    page = client.get("/bilans/ave/", parametres(2025)).content.decode()
    assert "Âge et niveau de formation" in page
    assert "secret" in page
    reponse = client.get("/bilans/ave/export/", {**parametres(2025), "format": "xlsx"})
    feuilles = openpyxl.load_workbook(io.BytesIO(contenu(reponse))).sheetnames
    assert feuilles[-1] == "Méthode"
    assert len(feuilles) == 12


def test_les_trois_fichiers_portent_les_chiffres_du_jeu_de_comptage():
    client = connecte(jeu.poser().structure)
    fichiers = {
        nom: contenu(client.get("/bilans/ave/export/", {**parametres(2025), "format": nom}))
        for nom in ("xlsx", "csv", "json")
    }
    lu = openpyxl.load_workbook(io.BytesIO(fichiers["xlsx"]))
    assert lu.sheetnames[0] == "1 Chiffres clés"
    cles = {ligne["Ligne"]: ligne for ligne in feuille(lu, "1 Chiffres clés")}
    assert (cles["Heures d’insertion réalisées"]["Heures"], cles["Bénéficiaires"]["Nombre"]) == (988.84, 6)
    assert (cles["ETP équivalents"]["ETP"], cles["Marchés actifs"]["Nombre"]) == (0.618, 3)
    assert cles["dont femmes"]["Nombre"] == "secret"
    longues = list(csv.reader(io.StringIO(fichiers["csv"].decode("utf-8-sig")), delimiter=";"))
    chiffres = {(table, ligne, colonne): valeur for _, table, ligne, colonne, valeur, _ in longues[1:]}
    assert len(chiffres) == len(longues) - 1
    assert chiffres["chiffres_cles", "heures_realisees", "valeur"] == "988,84"
    assert chiffres["chiffres_cles", "marches_notifies", "valeur"] == "2"
    assert chiffres["acheteurs", "TOTAL", "beneficiaires"] == "6"
    assert chiffres["situation_avant", "rsa", "heures"] == "secret"
    document = json.loads(fichiers["json"])
    assert (
        document["indicateurs"] | {"heures_realisees": "988.84", "beneficiaires": 6, "etp": "0.618"}
        == (document["indicateurs"])
    )
    assert document["totaux"]["acheteurs"][-1]["heures"] == "988.84"
    assert "chiffres_cles" not in document["tableaux"]


@pytest.mark.parametrize("codes", [("*",), ("heures_realisees", "etp"), ("taux_femmes",)])
def test_un_chiffre_cle_est_un_indicateur_et_un_seul(codes):
    par = acteur(StructureFactory(), Role.RESPONSABLE)
    premiere, *autres = livree(AVE).tableau("chiffres_cles").lignes
    with pytest.raises(ActionImpossible, match=r"un chiffre à la fois|n’existe pas"):
        actions.ecrire_tableau(AVE, "chiffres_cles", [replace(premiere, codes=codes), *autres], version=0, par=par)


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"lignes-1-libelle": "x" * 121}, "Ligne 2, libellé"),
        ({"lignes-0-libelle": ""}, "Ligne 1, libellé\u00a0: Nommer la ligne"),
        ({"lignes-1-cle": "cdi"}, "une clef réservée"),
        ({"lignes-1-cle": "TOTAL"}, "une clef réservée"),
        ({"lignes-TOTAL_FORMS": ""}, "La page est incomplète"),
        ({"lignes-0-codes": " ".join(f"X{n}" for n in range(301))}, "au plus 300 codes"),
        ({"lignes-0-codes": "CDI CDI_INCLUSION CDD"}, "rattaché à «\u00a0CDI\u00a0» et «\u00a0CDD\u00a0»"),
        ({"lignes-0-libelle": "CDD"}, "Deux lignes s’appellent «\u00a0CDD\u00a0»"),
    ],
)
def test_l_ecran_refuse_d_une_phrase_et_garde_la_saisie(change, phrase):
    client = connecte(StructureFactory(), role=Role.RESPONSABLE)
    envoi = {**saisie(livree(AVE).tableau("contrats").lignes), "lignes-4-libelle": "Mission d’insertion", **change}
    page = client.post(ECRAN, envoi).content.decode()
    assert phrase in page
    assert "TOTAL_FORMS" in str(change) or "Mission d’insertion" in page
    assert not CorrespondanceGrille.objects.exists()


def test_une_ave_emise_ne_dit_ni_la_completude_ni_l_ampleur_d_une_correction():
    """Chaque nombre manquant, chaque écart à un total déjà publié, compterait quelques personnes."""
    pose = jeu.poser()
    par = acteur(pose.structure, Role.RESPONSABLE)
    rapport = RAPPORTS[ave.NOM]
    emis = emettre_bilan(rapport, DEMANDE, nature=NatureEmission.INTERMEDIAIRE, par=par)
    assert relire(emis).tableaux.keys() == rapport.etablir(par, DEMANDE).tableaux.keys()
    personnes.valider_mois(pose.engagements["2025-M3"], mois=datetime.date(2025, 7, 1), par=pose.par)
    (corrige,) = rapport.etablir(par, Demande(ave.NOM, annee(2026))).tableaux["corrections"].rangees
    assert corrige.valeurs["heures_emises"] == Decimal("988.84")
    assert {corrige.valeurs[cle] for cle in ("heures", "ecart_heures", "ecart_beneficiaires")} == {SECRET}
