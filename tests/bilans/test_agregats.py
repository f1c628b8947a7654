"""L’espace du financeur : des agrégats masqués, des semestres, aucune ligne, aucun nom, tout au journal."""

from __future__ import annotations

import ast
import datetime
import io
import itertools
import json
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from bilans import financeur, masquage
from bilans.secret import SECRET
from bilans.semestres import Semestre, semestres_acheves
from clauses.comptes import actions as comptes
from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.models import EcritureJournal, Invitation, Rattachement, Structure
from tests.bilans.outils import connecte, contenu
from tests.factories import (
    ContratTravailFactory,
    CritereEntreeFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    StructureFactory,
)
from tests.test_architecture import MODULES, arbre, nom

PAGE, EXPORT = "/bilans/agregats/", "/bilans/agregats/export/"
SEMESTRE = Semestre(2025, 1)
CANARI = "CANARIPERSONNE"


@pytest.fixture(autouse=True)
def a_l_ete_2025():
    with time_machine.travel(datetime.datetime(2025, 8, 20, 12, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def structure() -> Structure:
    """Sept personnes sur un chantier, deux sur un autre ; trois des neuf ont le RSA pour critère."""
    structure = StructureFactory(sigle="MEMPA")
    grand = EngagementFactory(
        clause__lot__marche__structure=structure,
        clause__lot__marche__objet=CANARI,
        clause__lot__marche__acheteur__nom=CANARI,
        clause__lot__marche__acheteur__type="COMMUNE",
        entreprise__raison_sociale=CANARI,
    )
    petit = EngagementFactory(
        clause__lot__marche__structure=structure, clause__lot__marche__acheteur__type="DEPARTEMENT"
    )
    for rang in range(9):
        contrat = ContratTravailFactory(
            participant__structure=structure, participant__nom=CANARI, participant__prenom=CANARI,
            participant__identifiant=f"{CANARI}{rang}",
        )  # fmt: skip
        entree = EntreeClauseFactory(participant=contrat.participant)
        CritereEntreeFactory(entree=entree, critere="RSA" if rang < 3 else "DELD")
        LigneHeuresFactory(
            engagement=petit if rang > 6 else grand, contrat=contrat, validee=True, mois=datetime.date(2025, 4, 1)
        )
    return structure


@pytest.fixture
def client(structure) -> Client:
    return connecte(structure, role=Role.FINANCEUR)


def fichier(client: Client, format_: str, **parametres: str) -> bytes:
    return contenu(client.get(EXPORT, {"format": format_, "periode": SEMESTRE.code, **parametres}))


def test_l_accueil_d_un_financeur_est_la_page_de_ses_agregats(client):
    page = client.get("/")
    assert page.context["semestre"] == SEMESTRE
    texte = page.content.decode()
    assert "<h1>Agrégats</h1>" in texte
    assert 'href="/bilans/agregats/"' in texte
    assert "n’ont aucun mois en commun" in texte


def test_trois_brsa_sur_neuf_ne_se_lisent_nulle_part(client, structure):
    lu = json.loads(fichier(client, "json"))
    assert lu["indicateurs"]["beneficiaires"] == 9
    assert {lu["indicateurs"][cle] for cle in ("beneficiaires_brsa", "heures_brsa", "taux_beneficiaires_brsa")} == {
        "secret"
    }
    publics = {ligne["code"]: ligne["total"] for ligne in lu["tableaux"]["publics"]}
    assert (publics["RSA"], publics["DELD"], publics["BOETH"]) == ("secret", "secret", 0)
    types = {ligne["code"]: ligne["beneficiaires"] for ligne in lu["tableaux"]["acheteurs"]}
    assert types == {"COMMUNE": "secret", "DEPARTEMENT": "secret"}


def test_les_trois_formats_et_la_page_taisent_les_memes_valeurs(client):
    lu = json.loads(fichier(client, "json"))
    classeur = openpyxl.load_workbook(io.BytesIO(fichier(client, "xlsx")))
    csv = fichier(client, "csv").decode("utf-8-sig")
    titres, *lignes = classeur["A2 Publics"].iter_rows(values_only=True)
    du_classeur = {ligne[0]: ligne[titres.index("Total")] for ligne in lignes}
    for ligne in lu["tableaux"]["publics"]:
        assert du_classeur[ligne["code"]] == ligne["total"]
        assert f"publics;{ligne['code']};{ligne['libelle']};total;{ligne['total']};nombre" in csv
    assert "synthese;beneficiaires_brsa;dont bénéficiaires du RSA;realise;secret;nombre" in csv
    page = client.get(PAGE, {"periode": SEMESTRE.code})
    synthese = {ligne["nom"]: ligne["realise"] for ligne in page.context["synthese"]}
    assert synthese["dont bénéficiaires du RSA"] == "secret"


@pytest.mark.parametrize("format_", ["xlsx", "csv", "json", "page"])
def test_aucun_nom_ni_de_personne_ni_d_acheteur_ni_d_entreprise(client, format_):
    if format_ == "page":
        texte = client.get(PAGE).content.decode()
    elif format_ == "xlsx":
        classeur = openpyxl.load_workbook(io.BytesIO(fichier(client, "xlsx")))
        texte = str([list(onglet.iter_rows(values_only=True)) for onglet in classeur])
    else:
        texte = fichier(client, format_).decode()
    assert "9" in texte
    assert CANARI not in texte
    assert "lignes/?" not in texte


def test_une_valeur_tue_n_a_pas_de_barre(client):
    """Une barre se mesure : sa longueur dirait le chiffre."""
    dessins = {dessin["cle"]: dessin["barres"] for dessin in client.get(PAGE).context["dessins"]}
    assert {barre.texte: (barre.longueur, barre.part) for barre in dessins["publics"]} == {"secret": (None, None)}


def test_moins_de_cinq_personnes_se_dit_comme_aucune(structure):
    autre = StructureFactory()
    deux_phrases = []
    for qui in (autre, structure):
        if qui is structure:
            LigneHeuresFactory(
                engagement__clause__lot__marche__structure=autre, validee=True, mois=datetime.date(2025, 4, 1)
            )
        page = connecte(autre, role=Role.FINANCEUR).get(PAGE)
        assert page.status_code == 200
        deux_phrases.append(page.context["phrase"])
    assert deux_phrases[0] == deux_phrases[1]
    assert "Moins de cinq bénéficiaires" in deux_phrases[0]


@pytest.mark.parametrize(
    ("parametres", "phrase"),
    [
        ({"periode": "2025-S2"}, "Ce semestre n’est pas proposé"),
        ({"periode": "2025"}, "Ce semestre n’est pas proposé"),
        ({"periode": "2025-S1", "du": "2025-04-01"}, "Paramètre inconnu"),
        ({"du": "2025-01-01", "au": "2025-03-31"}, "Paramètre inconnu"),
    ],
)
def test_seul_un_semestre_acheve_se_demande(client, parametres, phrase):
    page = client.get(PAGE, parametres)
    assert page.status_code == 400
    assert phrase in page.content.decode()
    export = client.get(EXPORT, {**parametres, "format": "json"})
    assert export.status_code == 400


def test_un_format_inconnu_se_refuse(client):
    reponse = client.get(EXPORT, {"format": "pdf"})
    assert reponse.status_code == 400
    assert "n’existe pas" in reponse.content.decode()


def test_les_semestres_proposes_n_ont_aucun_mois_en_commun():
    semestres = semestres_acheves(datetime.date(2025, 7, 1))
    assert [s.code for s in semestres] == ["2025-S1", "2024-S2", "2024-S1", "2023-S2", "2023-S1", "2022-S2"]
    assert semestres_acheves(datetime.date(2025, 6, 30))[0].code == "2024-S2"
    for recent, ancien in itertools.pairwise(semestres):
        assert ancien.periode().au + datetime.timedelta(days=1) == recent.periode().du


def test_chaque_consultation_est_au_journal_au_nom_du_financeur(client, structure):
    client.get(PAGE)
    fichier(client, "csv")
    ecritures = EcritureJournal.objects.filter(action="consulter les agrégats")
    assert [(e.role, e.structure, e.apres) for e in ecritures] == [
        (Role.FINANCEUR, structure, {"filtre": "2025-S1"})
    ] * 2


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_personnes(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        client.get(PAGE)


@pytest.mark.parametrize("role", [Role.ACHETEUR, Role.ENTREPRISE])
def test_qui_n_a_pas_le_droit_ne_lit_rien(structure, role):
    qui = Acteur(1, role, structure.pk, acheteur_id=1, entreprise_id=1)
    with pytest.raises(PermissionDenied):
        financeur.etablir(qui, SEMESTRE)


@pytest.mark.parametrize(
    ("methode", "seul"),
    [
        ("lecteur_d_agregats", "bilans/financeur.py"),
        ("lecteur_de_son_bilan", "bilans/espace_acheteur.py"),
        ("_lecteur", "clauses/comptes/acteurs.py"),
    ],
)
def test_qui_lit_toute_la_structure_n_est_fabrique_qu_a_un_endroit(methode, seul):
    """Ailleurs, il ouvrirait à un partenaire des lignes nominatives."""
    appels = {
        nom(chemin)
        for chemin in MODULES
        for n in ast.walk(arbre(chemin))
        if isinstance(n, ast.Attribute) and n.attr == methode
    }
    assert appels == {seul}


def test_un_acteur_ne_se_fabrique_qu_a_des_endroits_connus():
    fabriques = {
        nom(chemin)
        for chemin in MODULES
        for n in ast.walk(arbre(chemin))
        if isinstance(n, ast.Call) and ast.unparse(n.func).rsplit(".", 1)[-1] == "Acteur"
    }
    assert fabriques == {"clauses/comptes/actions.py", "clauses/comptes/models.py"}


def test_sans_le_masquage_la_page_dirait_tout(client, monkeypatch):
    """Mutation : le test des trois BRSA voit un masquage débranché."""
    monkeypatch.setattr(masquage, "masquer", lambda bilan, faits: bilan)
    lu: Any = json.loads(fichier(client, "json"))
    assert lu["indicateurs"]["beneficiaires_brsa"] == 3


def test_la_structure_voit_ce_que_voit_le_financeur(structure, client):
    attendu = json.loads(fichier(client, "json"))
    lu = json.loads(fichier(connecte(structure, role=Role.RESPONSABLE), "json"))
    assert (lu["indicateurs"], lu["tableaux"]) == (attendu["indicateurs"], attendu["tableaux"])


def test_un_responsable_invite_un_financeur_qui_lit_ses_agregats(structure, django_capture_on_commit_callbacks):
    responsable = connecte(structure, role=Role.RESPONSABLE)
    saisie = {"prenom": "Alix", "nom": "Fictive", "email": "alix@departement.invalid", "role": "FINANCEUR"}
    with django_capture_on_commit_callbacks(execute=True):
        assert responsable.post(reverse("utilisateurs"), saisie).status_code == 302
    assert [courriel.to for courriel in mail.outbox] == [["alix@departement.invalid"]]
    acces = Rattachement.objects.get(role=Role.FINANCEUR)
    client = Client()
    client.force_login(acces.utilisateur)
    assert client.get("/").status_code == 403  # l’accès ne s’ouvre qu’à l’acceptation
    comptes.accepter_invitation(
        Invitation.objects.get(rattachement=acces), mot_de_passe="un long mot de passe inventé"
    )
    acces.utilisateur.refresh_from_db()  # un mot de passe choisi ferme les sessions d’avant
    client.force_login(acces.utilisateur)
    assert client.get("/").context["bilan"].indicateurs["beneficiaires"] == 9
    responsable.post(reverse("rattachement_retirer", args=[acces.pk]))
    assert client.get("/").status_code == 403


def test_un_financeur_ne_voit_pas_une_autre_structure(structure):
    page = connecte(StructureFactory(), role=Role.FINANCEUR).get(PAGE)
    assert page.context["bilan"] is None


def test_le_bilan_rendu_n_ouvre_aucun_chiffre(structure):
    bilan = financeur.etablir(Acteur(1, Role.FINANCEUR, structure.pk), SEMESTRE)
    assert not [c for t in bilan.tableaux.values() for c in t.definition.colonnes if c.ouvre]
    assert not [x for x in bilan.synthese if x.indicateur.ouvre or x.realise_n1 is not None]
    assert bilan.indicateurs["beneficiaires_brsa"] is SECRET
