"""Le suivi des personnes : chaque onglet montre ce qui attend, compte juste, s’exporte, et se vide sur place."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from heures import a_faire, suivi
from heures.forms.suivi import MOTIFS
from heures.models import EntreeClause, Prolongation
from heures.taches import regarder
from tests.factories import (
    ContratTravailFactory,
    EntreeClauseFactory,
    ParticipantFactory,
    RattachementFactory,
    SortieFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
JOUR = datetime.date(2025, 12, 15)
ELIGIBILITES, PIECES, VISAS, DEVENIRS = (f"/heures/participants/suivi/{onglet}/" for onglet in (
    "eligibilites", "pieces", "visas", "devenirs",
))  # fmt: skip


@pytest.fixture
def agent(client):
    rattachement = RattachementFactory()
    client.force_login(rattachement.utilisateur)
    return rattachement


def entree(agent, nom="Nom", *, sous_contrat=True, **champs):
    """Une entrée d’une personne, sous contrat sauf mention ; `piece` : jour jusqu’auquel sa pièce vaut."""
    if "piece" in champs:
        champs |= {
            "piece_type": "ATTESTATION_RSA",
            "piece_vue_le": datetime.date(2025, 1, 2),
            "piece_vue_par": UtilisateurFactory(),
            "piece_valable_jusqu_au": champs.pop("piece"),
        }
    champs = {"date_entree": datetime.date(2024, 1, 1), **champs}
    faite = EntreeClauseFactory(participant__structure=agent.structure, participant__nom=nom, **champs)
    if sous_contrat:
        ContratTravailFactory(participant=faite.participant, employeur__raison_sociale=f"Employeur de {nom}")
    return faite


def noms(client, url, **parametres):
    return [
        getattr(ligne.record, "participant", ligne.record).nom
        for ligne in client.get(url, parametres).context["table"].rows
    ]


def lire_export(client, url, **parametres):
    reponse = client.get(url, {**parametres, "export": "xlsx"})
    feuille = openpyxl.load_workbook(io.BytesIO(b"".join(reponse.streaming_content))).active
    return list(feuille.iter_rows(values_only=True))


def test_les_eligibilites_qui_finissent_viennent_les_plus_anciennes_d_abord(client, agent):
    entree(agent, "Bientot", date_entree=datetime.date(2024, 2, 13))
    entree(agent, "Loin", date_entree=datetime.date(2024, 2, 14))
    entree(agent, "Finie", date_entree=datetime.date(2023, 6, 1))
    entree(agent, "Partie", date_entree=datetime.date(2023, 1, 1), sous_contrat=False)
    prolongee = entree(agent, "Prolongee", date_entree=datetime.date(2022, 1, 1))
    Prolongation.objects.create(
        structure=agent.structure,
        participant=prolongee.participant,
        jusqu_au=datetime.date(2025, 12, 31),
        motif="Formation",
        accordee_par=agent.utilisateur,
    )
    assert noms(client, ELIGIBILITES) == ["Finie", "Prolongee", "Bientot"]
    assert noms(client, ELIGIBILITES, contrat="TOUTES") == ["Partie", "Finie", "Prolongee", "Bientot"]
    assert noms(client, ELIGIBILITES, fin="-1") == ["Finie"]
    assert noms(client, ELIGIBILITES, fin="30") == ["Finie", "Prolongee"]
    assert noms(client, ELIGIBILITES, sort="-fin") == ["Bientot", "Prolongee", "Finie"]
    assert noms(client, ELIGIBILITES, sort="nom") == ["Bientot", "Finie", "Prolongee"]


def test_prolonger_en_un_clic_depuis_la_liste(client, agent):
    personne = entree(agent, date_entree=datetime.date(2024, 1, 10)).participant
    page = client.get(ELIGIBILITES, {"plie": "False"}).content.decode()
    adresse = f"{reverse('heures:prolonger', args=[personne.pk])}?suivi=suivi_eligibilites&plie=False"
    assert adresse.replace("&", "&amp;") in page
    assert 'name="jusqu_au" value="2026-07-10"' in page
    reponse = client.post(adresse, {"jusqu_au": "2026-07-10", "motif": MOTIFS[0]})
    assert reponse.url == f"{ELIGIBILITES}?plie=False"
    accordee = Prolongation.objects.get()
    assert (accordee.jusqu_au, accordee.motif) == (datetime.date(2026, 7, 10), MOTIFS[0])
    assert noms(client, ELIGIBILITES) == []


def test_une_eligibilite_deja_finie_se_prolonge_depuis_aujourd_hui():
    assert suivi.prolongation_proposee(datetime.date(2024, 1, 1), le=JOUR) == datetime.date(2026, 6, 15)


def test_les_pieces_a_voir_puis_perimees_puis_bientot(client, agent):
    entree(agent, "Perimee", piece=datetime.date(2025, 12, 14))
    entree(agent, "Bientot", piece=datetime.date(2026, 2, 13))
    entree(agent, "Valable", piece=datetime.date(2026, 2, 14))
    entree(agent, "Sans_fin", piece=None)
    entree(agent, "Absente")
    assert noms(client, PIECES) == ["Absente", "Perimee", "Bientot"]
    assert noms(client, PIECES, etat="a_voir") == ["Absente"]
    assert noms(client, PIECES, etat="perimee") == ["Perimee"]
    assert noms(client, PIECES, etat="bientot") == ["Bientot"]


@pytest.mark.parametrize(
    ("piece", "valable", "etat"),
    [
        ("", None, "Pièce à voir"),
        ("AUTRE", None, ""),
        ("AUTRE", datetime.date(2025, 12, 14), "Pièce périmée"),
        ("AUTRE", datetime.date(2025, 12, 15), "Pièce bientôt périmée"),
        ("AUTRE", datetime.date(2026, 2, 14), ""),
    ],
)
def test_l_etat_d_une_piece(piece, valable, etat):
    assert suivi.etat_de_piece(piece, valable, le=JOUR, alerte_jours=60)[0] == etat


def test_viser_depuis_la_liste_y_ramene(client, agent):
    vue = entree(agent, "Vue", piece=datetime.date(2026, 12, 31))
    entree(agent, "Nue", date_entree=datetime.date(2024, 3, 1))
    assert noms(client, VISAS) == ["Vue", "Nue"]
    assert (noms(client, VISAS, piece="vue"), noms(client, VISAS, piece="a_voir")) == (["Vue"], ["Nue"])
    reponse = client.post(f"{reverse('heures:viser', args=[vue.pk])}?suivi=suivi_visas&sort=nom")
    assert reponse.url == f"{VISAS}?sort=nom"
    assert noms(client, VISAS) == ["Nue"]


def test_un_retour_inconnu_ramene_a_la_fiche(client, agent):
    vue = entree(agent, piece=datetime.date(2026, 12, 31))
    reponse = client.post(f"{reverse('heures:viser', args=[vue.pk])}?suivi=https://ailleurs.invalid/")
    assert reponse.url == vue.participant.get_absolute_url()


def test_seule_la_derniere_entree_d_une_personne_compte(client, agent):
    ancienne = entree(agent, "Revenue", date_entree=datetime.date(2020, 1, 1))
    EntreeClauseFactory(participant=ancienne.participant, numero=2, date_entree=datetime.date(2025, 10, 1))
    assert noms(client, ELIGIBILITES) == []
    ligne = client.get(VISAS).context["table"].rows[0].record
    assert ligne.entree == EntreeClause.objects.get(numero=2).pk


def test_un_devenir_se_note_sur_place(client, agent):
    sortie = SortieFactory(participant__structure=agent.structure, date=datetime.date(2024, 6, 1))
    page = client.get(DEVENIRS).content.decode()
    adresse = reverse("heures:devenir", args=[sortie.pk])
    assert page.count(adresse) == 2
    reponse = client.post(
        f"{adresse}?suivi=suivi_devenirs&mois=6", {"mois": "6", "situation": "CDI", "version": sortie.version}
    )
    assert reponse.url == f"{DEVENIRS}?mois=6"
    sortie.refresh_from_db()
    assert (sortie.situation_6_mois, sortie.situation_12_mois) == ("CDI", "")
    assert client.get(DEVENIRS).content.decode().count(adresse) == 1


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        ({"situation": ""}, "choisir la situation"),
        ({"mois": "7"}, "choisir la situation"),
        ({"version": "9"}, "modifiée par quelqu’un d’autre"),
    ],
)
def test_un_devenir_faux_est_refuse_en_le_disant(client, agent, donnees, phrase):
    sortie = SortieFactory(participant__structure=agent.structure, date=datetime.date(2024, 6, 1))
    envoi = {"mois": "6", "situation": "CDI", "version": "1", **donnees}
    url = f"{reverse('heures:devenir', args=[sortie.pk])}?suivi=suivi_devenirs"
    assert phrase in client.post(url, envoi, follow=True).content.decode()
    sortie.refresh_from_db()
    assert sortie.situation_6_mois == ""


def test_les_devenirs_se_filtrent_par_echeance(client, agent):
    champs = {"participant__structure": agent.structure}
    SortieFactory(**champs, participant__nom="Six", date=datetime.date(2025, 6, 15))
    SortieFactory(**champs, participant__nom="Douze", date=datetime.date(2024, 12, 15), situation_6_mois="CDD")
    SortieFactory(**champs, participant__nom="Tot", date=datetime.date(2025, 6, 16))
    assert noms(client, DEVENIRS) == ["Douze", "Six"]
    assert (noms(client, DEVENIRS, mois="6"), noms(client, DEVENIRS, mois="12")) == (["Six"], ["Douze"])
    assert noms(client, DEVENIRS, q="douz") == ["Douze"]


def test_les_nombres_des_onglets_sont_ceux_des_listes_et_de_l_accueil(client, agent):
    entree(agent)
    entree(agent, piece=datetime.date(2026, 12, 31), date_entree=datetime.date(2025, 1, 1))
    entree(agent, sous_contrat=False)
    SortieFactory(participant__structure=agent.structure, date=datetime.date(2024, 6, 1))
    attendus = {"suivi_eligibilites": 1, "suivi_pieces": 1, "suivi_visas": 2, "suivi_devenirs": 1}
    assert client.get(VISAS).context["nombres"] == attendus
    par_onglet = {url: client.get(reverse(f"heures:{url}")).context["total"] for url in attendus}
    assert par_onglet == attendus
    rubriques = {r.url: r.nombre for r in a_faire.toutes(regarder(agent.acteur(), le=JOUR)) if "/suivi/" in r.url}
    assert rubriques == {reverse(f"heures:{onglet}"): nombre for onglet, nombre in attendus.items()}
    accueil = client.get("/").content.decode()
    assert all(f'href="{url}"' in accueil for url in rubriques)


@pytest.mark.parametrize("url", [ELIGIBILITES, PIECES, VISAS])
def test_une_liste_coute_autant_de_requetes_a_1_qu_a_11_personnes(client, agent, url):
    entree(agent)
    with CaptureQueriesContext(connection) as une:
        assert len(noms(client, url)) == 1
    for _ in range(10):
        entree(agent)
    with CaptureQueriesContext(connection) as onze:
        assert len(noms(client, url)) == 11
    assert len(onze) == len(une)


def test_les_devenirs_coutent_autant_de_requetes_a_1_qu_a_11(client, agent):
    SortieFactory(participant__structure=agent.structure, date=datetime.date(2024, 6, 1))
    with CaptureQueriesContext(connection) as une:
        assert len(noms(client, DEVENIRS)) == 1
    for _ in range(10):
        SortieFactory(participant__structure=agent.structure, date=datetime.date(2024, 6, 1))
    with CaptureQueriesContext(connection) as onze:
        assert len(noms(client, DEVENIRS)) == 11
    assert len(onze) == len(une)


def test_l_export_suit_les_filtres_dit_la_fin_et_se_journalise(client, agent):
    entree(agent, "=1+1", date_entree=datetime.date(2024, 1, 31))
    entree(agent, "Autre", participant__est_participant_plie=True)
    titres, ligne = lire_export(client, ELIGIBILITES, plie="False")
    lue = dict(zip(titres, ligne, strict=True))
    assert (lue["Nom"], lue["Éligible jusqu’au"].date()) == ("=1+1", datetime.date(2026, 1, 31))
    ecriture = EcritureJournal.objects.get(action="exporter : éligibilités qui finissent")
    assert (ecriture.nombre, ecriture.apres) == (1, {"filtre": "plie=False&export=xlsx"})


@pytest.mark.parametrize("url", [PIECES, VISAS, DEVENIRS])
def test_un_export_ne_dit_ni_piece_ni_situation(client, agent, url):
    entree(agent, piece=datetime.date(2025, 1, 1))
    SortieFactory(participant__structure=agent.structure, date=datetime.date(2024, 6, 1), situation="DECES")
    lignes = lire_export(client, url)
    assert len(lignes) == 2
    textes = " ".join(str(valeur) for ligne in lignes for valeur in ligne)
    assert not [mot for mot in ("RSA", "DECES", "Décès") if mot in textes]


@pytest.mark.parametrize("url", [ELIGIBILITES, PIECES, VISAS, DEVENIRS])
def test_un_lecteur_consulte_sans_geste_et_un_voisin_ne_voit_rien(client, agent, url):
    nom = ParticipantFactory(structure=agent.structure, nom="Canari")
    EntreeClauseFactory(participant=nom, date_entree=datetime.date(2023, 1, 1))
    ContratTravailFactory(participant=nom)
    SortieFactory(participant=nom, date=datetime.date(2024, 6, 1))
    client.force_login(RattachementFactory(structure=agent.structure, role=Role.LECTEUR).utilisateur)
    page = client.get(url).content.decode()
    assert "CANARI" in page
    assert 'action="/heures' not in page
    client.force_login(RattachementFactory().utilisateur)
    assert "CANARI" not in client.get(url).content.decode()


def test_un_filtre_inconnu_est_refuse(client, agent):
    assert client.get(PIECES, {"etat": "autre"}).status_code == 400
    assert client.get(PIECES, {"inconnu": "1"}).status_code == 400


def test_noter_la_piece_depuis_le_suivi_en_dit_deja_la_raison(client, agent):
    nue = entree(agent)
    url = reverse("heures:entree_corriger", args=[nue.pk])
    assert client.get(f"{url}?suivi=suivi_pieces").context["form"].initial["motif"] == "Pièce vue"
    assert client.get(f"{url}?suivi=autre").context["form"].initial["motif"] == ""


def test_prolonger_rappelle_la_fin_et_propose_six_mois_de_plus(client, agent):
    url = reverse("heures:prolonger", args=[entree(agent, date_entree=datetime.date(2024, 3, 31)).participant.pk])
    page = client.get(url)
    assert page.context["form"].initial["jusqu_au"] == datetime.date(2026, 9, 30)
    assert "Aujourd’hui, éligible jusqu’au 31/03/2026." in page.content.decode()
    sans = ParticipantFactory(structure=agent.structure)
    assert "à enregistrer d’abord" in client.get(reverse("heures:prolonger", args=[sans.pk])).content.decode()
