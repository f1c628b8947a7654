"""Journal d’activité des facilitateurs : saisie rapide, filtres, modification, export, coût constant."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.journal import MASQUE
from clauses.comptes.models import EcritureJournal
from marches.models import Activite
from tests.factories import AcheteurFactory, EntrepriseFactory, MarcheFactory, RattachementFactory, StructureFactory
from tests.factories_conformite import ActiviteFactory

LISTE = "marches:activites"


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def facilitateur(structure):
    return RattachementFactory(structure=structure).utilisateur


@pytest.fixture
def client(client: Client, facilitateur) -> Client:
    client.force_login(facilitateur)
    return client


def saisie(facilitateur, **changes: str) -> dict[str, str]:
    communs = {"date": "12/12/2025", "nature": "AVIS", "objet": "Avis sur la clause", "facilitateur": facilitateur.pk}
    return communs | changes


def test_une_activite_se_note_d_une_ligne_puis_se_modifie(client, structure, facilitateur):
    marche = MarcheFactory(structure=structure, reference="2025-07")
    acheteur, entreprise = AcheteurFactory(), EntrepriseFactory()
    liens = {"marche": "2025-07", "acheteur": acheteur.siret, "entreprise": entreprise.siret}
    assert client.post(reverse("marches:activite_creer"), saisie(facilitateur, **liens)).status_code == 302
    activite = Activite.objects.get()
    assert (activite.marche, activite.acheteur, activite.entreprise) == (marche, acheteur, entreprise)
    assert activite.date == datetime.date(2025, 12, 12)
    modifier = reverse("marches:activite_modifier", args=[activite.pk])
    form = client.get(modifier).context["form"]
    assert form["marche"].value() == "2025-07"
    assert client.post(modifier, saisie(facilitateur, objet="Avis rendu", version="1")).status_code == 302
    activite.refresh_from_db()
    assert (activite.objet, activite.marche) == ("Avis rendu", None)


def test_la_saisie_propose_aujourd_hui_et_soi_meme(client, facilitateur):
    form = client.get(reverse(LISTE)).context["form"]
    assert form["date"].value() == datetime.date(2025, 12, 15)
    assert form["facilitateur"].value() == facilitateur.pk


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("objet", "", "obligatoire"),
        ("nature", "", "obligatoire"),
        ("date", "hier", "date est illisible"),
        ("marche", "INCONNU", "Aucun marché ne porte la référence « INCONNU »"),
        ("acheteur", "Nulle part", "Rien dans l’annuaire"),
    ],
)
def test_une_saisie_fausse_se_dit_sous_son_champ(client, facilitateur, champ, valeur, phrase):
    reponse = client.post(reverse("marches:activite_creer"), saisie(facilitateur, **{champ: valeur}))
    assert phrase in " ".join(reponse.context["form"].errors[champ])
    assert not Activite.objects.exists()


def test_une_reference_portee_par_deux_acheteurs_ne_se_devine_pas(client, structure, facilitateur):
    for _ in range(2):
        MarcheFactory(structure=structure, reference="2025-07")
    reponse = client.post(reverse("marches:activite_creer"), saisie(facilitateur, marche="2025-07"))
    assert "Deux acheteurs ont un marché" in reponse.context["form"].errors["marche"][0]


def test_le_marche_d_une_autre_structure_est_inconnu(client, facilitateur):
    MarcheFactory(reference="AILLEURS")
    reponse = client.post(reverse("marches:activite_creer"), saisie(facilitateur, marche="AILLEURS"))
    assert "Aucun marché" in reponse.context["form"].errors["marche"][0]


def test_la_liste_se_filtre_par_nature_dates_facilitateur_et_objet(client, structure, facilitateur):
    ActiviteFactory(structure=structure, facilitateur=facilitateur, objet="Comité", date="2025-03-01")
    ActiviteFactory(structure=structure, facilitateur=facilitateur, objet="Contrôle de paie", nature="CONTROLE")
    for filtre, attendus in (
        ({}, {"Comité", "Contrôle de paie"}),
        ({"nature": "CONTROLE"}, {"Contrôle de paie"}),
        ({"au": "2025-03-31"}, {"Comité"}),
        ({"q": "paie"}, {"Contrôle de paie"}),
    ):
        lignes = client.get(reverse(LISTE), filtre).context["table"].rows
        assert {ligne.record.objet for ligne in lignes} == attendus


def test_l_export_redit_la_liste_et_la_consultation_s_inscrit(client, structure, facilitateur):
    ActiviteFactory(structure=structure, facilitateur=facilitateur, objet="=1+1", nature="REUNION")
    reponse = client.get(reverse(LISTE), {"export": "xlsx"})
    titres, ligne = openpyxl.load_workbook(io.BytesIO(b"".join(reponse))).active.values
    lue = dict(zip(titres, ligne, strict=True))
    assert (lue["Nature"], lue["Objet"], lue["Facilitateur"]) == ("Réunion", "=1+1", facilitateur.nom)
    trace = EcritureJournal.objects.get(action="consulter le journal d’activité")
    assert (trace.nature, trace.nombre) == ("LECTURE", 1)


def test_le_journal_des_ecritures_masque_l_objet(client, facilitateur):
    client.post(reverse("marches:activite_creer"), saisie(facilitateur, objet="Entretien avec une personne"))
    assert EcritureJournal.objects.get(action="noter une activité").apres["objet"] == MASQUE


def test_une_activite_coute_autant_de_requetes_que_onze(client, structure, facilitateur):
    def noter(nombre: int) -> None:
        for _ in range(nombre):
            ActiviteFactory(
                structure=structure,
                facilitateur=facilitateur,
                acheteur=AcheteurFactory(),
                entreprise=EntrepriseFactory(),
                marche=MarcheFactory(structure=structure),
            )

    noter(1)
    client.get(reverse(LISTE))
    with CaptureQueriesContext(connection) as une:
        client.get(reverse(LISTE))
    noter(10)
    with CaptureQueriesContext(connection) as onze:
        client.get(reverse(LISTE))
    assert len(onze) == len(une)
