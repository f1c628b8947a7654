"""La page de la reprise : déposer, lire l’aperçu et le rapport, corriger, confirmer ; exporter la structure."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal, Structure
from heures.models import LigneHeures, Participant
from tests.factories import ParticipantFactory, RattachementFactory
from tests.heures.reprise.outils import changer, classeur, ordinaires


@pytest.fixture
def responsable(structure: Structure) -> Client:
    client = Client()
    client.force_login(RattachementFactory(structure=structure, role=Role.RESPONSABLE).utilisateur)
    return client


def envoyer(client: Client, chemin: Path) -> Any:
    fichier = SimpleUploadedFile("reprise.xlsx", chemin.read_bytes())
    return client.post("/reprise/", {"fichier": fichier})


def texte(reponse: Any) -> str:
    return ordinaires(reponse.content.decode())


def test_l_apercu_n_enregistre_rien_puis_la_confirmation_reprend_tout(tmp_path: Path, responsable: Client) -> None:
    depose = envoyer(responsable, classeur(tmp_path))
    assert not Participant.objects.exists()
    apercu = texte(responsable.get(depose.url))
    assert "Simulation : aucun refus" in apercu
    assert "Reprendre ce classeur" in apercu
    faite = responsable.post(depose.url, follow=True)
    assert LigneHeures.objects.count() == 13
    assert "Reprise faite" in texte(faite)
    assert "Reprendre ce classeur" not in texte(faite)
    actions = EcritureJournal.objects.filter(nature="LECTURE").values_list("action", flat=True)
    assert set(actions) == {"montrer l’aperçu d’une reprise"}


def test_un_refus_se_lit_a_sa_ligne_et_le_classeur_corrige_entre(tmp_path: Path, responsable: Client) -> None:
    faux = envoyer(responsable, classeur(tmp_path, changer("heures", 2, heures_travail=-3)))
    apercu = texte(responsable.get(faux.url))
    assert "1 refus : rien n’est enregistré." in apercu
    assert "Reprendre ce classeur" not in apercu
    rapport = openpyxl.load_workbook(io.BytesIO(responsable.get(f"{faux.url}rapport/").content))
    lues = list(rapport["Refus"].iter_rows(values_only=True))
    assert lues[1][:4] == ("heures", 4, "heures_travail", "-3")
    # Confirmé malgré tout, il ne laisse rien.
    responsable.post(faux.url)
    assert not Participant.objects.exists()
    juste = envoyer(responsable, classeur(tmp_path))
    responsable.post(juste.url)
    assert LigneHeures.objects.count() == 13
    encore = responsable.post(envoyer(responsable, classeur(tmp_path)).url, follow=True)
    assert "Tout était déjà enregistré" in texte(encore)


def test_un_fichier_qui_n_est_pas_un_classeur_est_refuse_d_une_phrase(tmp_path: Path, responsable: Client) -> None:
    (tmp_path / "faux.xlsx").write_bytes(b"pas un classeur")
    reponse = envoyer(responsable, tmp_path / "faux.xlsx")
    assert reponse.status_code == 200
    assert "Ce fichier est un texte (CSV) renommé" in texte(reponse)


def test_le_classeur_d_un_autre_est_introuvable(tmp_path: Path, responsable: Client, structure: Structure) -> None:
    adresse = envoyer(responsable, classeur(tmp_path)).url
    autre = Client()
    autre.force_login(RattachementFactory(structure=structure, role=Role.RESPONSABLE).utilisateur)
    assert [autre.get(adresse).status_code, autre.get(f"{adresse}rapport/").status_code] == [404, 404]


def test_l_export_porte_la_structure_et_elle_seule_et_s_inscrit_au_journal(
    responsable: Client, structure: Structure
) -> None:
    ParticipantFactory(structure=structure, nom="Fictive")
    ParticipantFactory(nom="Voisine")
    reponse = responsable.get("/reprise/export/")
    assert reponse.headers["Content-Disposition"] == 'attachment; filename="structure-MEMPA-2026-11-24.xlsx"'
    noms = [ligne[1] for ligne in openpyxl.load_workbook(io.BytesIO(reponse.content))["participants"].values]
    assert noms == ["nom", "Fictive"]
    assert EcritureJournal.objects.get().action == "exporter la structure entière"


def test_le_classeur_vierge_se_telecharge_avec_son_mode_d_emploi(responsable: Client) -> None:
    recu = openpyxl.load_workbook(io.BytesIO(responsable.get("/reprise/vierge/").content))
    assert recu.sheetnames[:3] == ["Lisez-moi", "acheteurs", "entreprises"]
    assert {"activites", "objectifs", "analyses"} < set(recu.sheetnames)
