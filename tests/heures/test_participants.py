"""Les personnes à l’écran : liste, export, fiche, ouverture, doublon, journal de consultation."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from heures.models import Participant, Prolongation, Sortie
from tests.factories import (
    ContratTravailFactory,
    CritereEntreeFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    RattachementFactory,
    UtilisateurFactory,
)

LISTE = "/heures/participants/"
SAISIE = {
    "nom": "Lefèvre",
    "prenom": "Zoé",
    "sexe": "F",
    "date_naissance": "1990-05-10",
    "commune_insee": "Arras",
    "identifiant": "",
}


pytestmark = pytest.mark.usefixtures("mi_decembre_2025")


@pytest.fixture
def structure(client):
    rattachement = RattachementFactory()
    client.force_login(rattachement.utilisateur)
    return rattachement.structure


def personnes(client, **parametres):
    return [ligne.record.nom for ligne in client.get(LISTE, parametres).context["table"].rows]


def test_la_recherche_ignore_accents_et_casse(client, structure):
    ParticipantFactory(structure=structure, nom="Lefèvre")
    ParticipantFactory(structure=structure, nom="Autre")
    assert personnes(client, q="LEFEVRE") == personnes(client, q="lefè") == ["Lefèvre"]


def test_les_personnes_d_une_autre_structure_n_apparaissent_pas(client, structure):
    ParticipantFactory(nom="Ailleurs")
    assert personnes(client) == []


def test_le_filtre_plie(client, structure):
    ParticipantFactory(structure=structure, nom="Suivie", est_participant_plie=True)
    ParticipantFactory(structure=structure, nom="Libre")
    assert (personnes(client, plie="True"), personnes(client, plie="False")) == (["Suivie"], ["Libre"])


def test_les_eligibilites_qui_finissent_tiennent_compte_des_prolongations(client, structure):
    proche = EntreeClauseFactory(
        participant__structure=structure, participant__nom="Proche", date_entree=datetime.date(2024, 2, 13)
    )
    EntreeClauseFactory(
        participant__structure=structure, participant__nom="Lointaine", date_entree=datetime.date(2024, 2, 14)
    )
    assert personnes(client, suivi="eligibilite") == ["Proche"]
    Prolongation.objects.create(
        structure=structure,
        participant=proche.participant,
        jusqu_au=datetime.date(2026, 12, 31),
        motif="Formation",
        accordee_par=UtilisateurFactory(),
    )
    assert personnes(client, suivi="eligibilite") == []


def test_les_filtres_de_piece_et_de_visa(client, structure):
    ParticipantFactory(structure=structure, nom="Neuve")
    EntreeClauseFactory(participant__structure=structure, participant__nom="Nue")
    agent = UtilisateurFactory()
    piece = {"piece_type": "AUTRE", "piece_vue_le": datetime.date(2025, 1, 2), "piece_vue_par": agent}
    EntreeClauseFactory(participant__structure=structure, participant__nom="Vue", **piece)
    assert personnes(client, suivi="sans_entree") == ["Neuve"]
    assert personnes(client, suivi="sans_piece") == ["Nue"]
    assert personnes(client, suivi="sans_visa") == ["Nue", "Vue"]


def test_lister_est_journalise_avec_son_filtre(client, structure):
    ParticipantFactory(structure=structure)
    personnes(client, plie="False")
    ecriture = EcritureJournal.objects.get(action="lister les participants")
    assert (ecriture.nombre, ecriture.apres) == (1, {"filtre": "plie=False"})


def test_l_export_est_journalise_avant_l_envoi_et_ne_dit_aucun_critere(client, structure):
    critere = CritereEntreeFactory(
        entree__participant__structure=structure, entree__participant__nom="=1+1", critere="BOETH"
    )
    reponse = client.get(LISTE, {"export": "xlsx"})
    assert EcritureJournal.objects.get(action="exporter les participants").nombre == 1
    feuille = openpyxl.load_workbook(io.BytesIO(b"".join(reponse.streaming_content))).active
    titres, ligne = list(feuille.iter_rows(values_only=True))[:2]
    lue = dict(zip(titres, ligne, strict=True))
    assert lue["Identifiant"] == critere.entree.participant.identifiant
    assert lue["Sexe"] == "Femme"
    assert lue["Entrée le"].date() == datetime.date(2025, 1, 1)
    assert feuille["B2"].data_type == "s"
    textes = " ".join(str(v) for rangee in feuille.iter_rows(values_only=True) for v in rangee)
    assert "BOETH" not in textes
    assert "handicap" not in textes.lower()
    assert not [titre for titre in titres if "ritère" in titre or "ièce" in titre]


def test_la_liste_coute_autant_de_requetes_a_1_qu_a_11_personnes(client, structure):
    EntreeClauseFactory(participant__structure=structure)
    with CaptureQueriesContext(connection) as une:
        assert len(personnes(client)) == 1
    for _ in range(10):
        EntreeClauseFactory(participant__structure=structure)
    with CaptureQueriesContext(connection) as onze:
        assert len(personnes(client)) == 11
    assert len(onze) == len(une)


def test_la_fiche_reunit_le_parcours_et_se_journalise(client, structure):
    entree = EntreeClauseFactory(participant__structure=structure)
    CritereEntreeFactory(entree=entree)
    contrat = ContratTravailFactory(participant=entree.participant)
    LigneHeuresFactory(contrat=contrat, engagement__clause__lot__marche__structure=structure, validee=True)
    page = client.get(entree.participant.get_absolute_url())
    texte = page.content.decode()
    for attendu in ("Éligible jusqu’au 01/01/2027", "Bénéficiaire du RSA", str(contrat.employeur), "35,50", "Arras"):
        assert attendu in texte
    assert page.context["total"] == Decimal("35.50")
    ecriture = EcritureJournal.objects.get(action="ouvrir la fiche")
    assert (ecriture.nature, ecriture.objet_id) == ("LECTURE", str(entree.participant.pk))


def test_la_fiche_coute_autant_de_requetes_a_1_qu_a_11_entrees(client, structure):
    participant = ParticipantFactory(structure=structure)
    url = participant.get_absolute_url()
    EntreeClauseFactory(participant=participant)
    ContratTravailFactory(participant=participant)
    with CaptureQueriesContext(connection) as une:
        client.get(url)
    for numero in range(2, 12):
        CritereEntreeFactory(entree=EntreeClauseFactory(participant=participant, numero=numero))
        ContratTravailFactory(participant=participant)
    with CaptureQueriesContext(connection) as onze:
        client.get(url)
    assert len(onze) == len(une)


def test_ouvrir_une_fiche_attribue_un_identifiant_et_lit_la_commune(client, structure):
    reponse = client.post(reverse("heures:participant_creer"), SAISIE)
    participant = Participant.objects.get()
    assert reponse.url == participant.get_absolute_url()
    assert (participant.commune_insee, participant.recherche) == (
        "62041",
        f"lefevre zoe {participant.identifiant.lower()}",
    )


@pytest.mark.parametrize(
    "champs",
    [
        {"nom": "LEFEVRE", "prenom": "zoe"},
        {"nom": "Zoé", "prenom": "Lefèvre"},
        {"nom": "Lefèvre", "date_naissance": ""},
        {"nom": "Le Fèvre"},
    ],
)
def test_une_fiche_semblable_est_proposee_puis_creee_quand_meme(client, structure, champs):
    client.post(reverse("heures:participant_creer"), SAISIE)
    sosie = SAISIE | champs
    page = client.post(reverse("heures:participant_creer"), sosie)
    texte = page.content.decode()
    assert "a peut-être déjà sa fiche" in texte
    assert Participant.objects.get().get_absolute_url() in texte
    assert 'name="confirmer" value="True"' in texte
    client.post(reverse("heures:participant_creer"), {**sosie, "confirmer": "True"})
    assert Participant.objects.count() == 2


@pytest.mark.parametrize(
    "champs", [{"date_naissance": "1991-05-10"}, {"prenom": "Zora"}, {"prenom": "Zoé Marie"}, {"nom": "Lefebvres"}]
)
def test_une_personne_differente_n_est_pas_un_doublon(client, structure, champs):
    client.post(reverse("heures:participant_creer"), SAISIE)
    client.post(reverse("heures:participant_creer"), {**SAISIE, **champs})
    assert Participant.objects.count() == 2


def test_un_homonyme_d_une_autre_structure_n_est_jamais_revele(client, structure):
    ParticipantFactory(nom="Lefèvre", prenom="Zoé")
    client.post(reverse("heures:participant_creer"), SAISIE)
    assert Participant.objects.filter(structure=structure).count() == 1


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"date_naissance": "2090-01-01"}, "vérifier l’année"),
        ({"date_naissance": "1900-02-01"}, "vérifier l’année"),
        ({"commune_insee": "Nullepart"}, "Aucune commune connue"),
        ({"identifiant": "185057800608436"}, "numéro de sécurité sociale"),
        ({"nom": ""}, "obligatoire"),
        ({"sexe": "X"}, "sexe"),
    ],
)
def test_une_fiche_fausse_est_refusee_en_disant_quoi_corriger(client, structure, champs, phrase):
    reponse = client.post(reverse("heures:participant_creer"), {**SAISIE, **champs})
    assert phrase in reponse.content.decode()
    assert not Participant.objects.exists()


def test_modifier_une_fiche_changee_entre_temps_est_un_conflit(client, structure):
    participant = ParticipantFactory(structure=structure, version=2)
    url = reverse("heures:participant_modifier", args=[participant.pk])
    reponse = client.post(url, {**SAISIE, "identifiant": participant.identifiant, "version": 1})
    assert "modifiée par quelqu’un d’autre" in reponse.content.decode()
    client.post(url, {**SAISIE, "identifiant": participant.identifiant, "version": 2})
    participant.refresh_from_db()
    assert participant.nom == "Lefèvre"


def test_prolonger_et_noter_la_sortie(client, structure):
    participant = ParticipantFactory(structure=structure)
    client.post(reverse("heures:prolonger", args=[participant.pk]), {"jusqu_au": "2026-06-30", "motif": "Formation"})
    client.post(reverse("heures:sortie_creer", args=[participant.pk]), {"date": "2025-12-01", "situation": "CDI"})
    assert Prolongation.objects.get().jusqu_au == datetime.date(2026, 6, 30)
    assert Sortie.objects.get().situation == "CDI"


def test_une_prolongation_sans_motif_est_refusee(client, structure):
    participant = ParticipantFactory(structure=structure)
    client.post(reverse("heures:prolonger", args=[participant.pk]), {"jusqu_au": "2026-06-30", "motif": ""})
    assert not Prolongation.objects.exists()


DE_LA_PERSONNE = [
    "participant", "participant_modifier", "entree_creer", "prolonger", "sortie_creer", "contrat_creer",
]  # fmt: skip


@pytest.mark.parametrize("nom", DE_LA_PERSONNE)
def test_une_personne_d_une_autre_structure_est_introuvable(client, structure, nom):
    url = reverse(f"heures:{nom}", args=[ParticipantFactory().pk])
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("nom", DE_LA_PERSONNE[1:])
def test_un_lecteur_consulte_la_fiche_sans_la_modifier(client, structure, nom):
    participant = ParticipantFactory(structure=structure)
    client.force_login(RattachementFactory(structure=structure, role=Role.LECTEUR).utilisateur)
    assert client.get(participant.get_absolute_url()).status_code == 200
    assert client.get(reverse(f"heures:{nom}", args=[participant.pk])).status_code == 403


@pytest.mark.parametrize("trait", ["pour_acheteur", "pour_entreprise", "financeur"])
def test_un_partenaire_ne_voit_aucune_personne(client, structure, trait):
    participant = ParticipantFactory(structure=structure)
    client.force_login(RattachementFactory(structure=structure, **{trait: True}).utilisateur)
    assert client.get(LISTE).status_code == 403
    assert client.get(LISTE, {"export": "xlsx"}).status_code == 403
    assert client.get(reverse("heures:participant_creer")).status_code == 403
    assert client.get(participant.get_absolute_url()).status_code == 404
    assert not EcritureJournal.objects.filter(nature="LECTURE").exists()
