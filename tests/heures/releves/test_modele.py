"""Le modèle prérempli : il part, revient rempli, et s’importe sans qu’on ait rien à désigner."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from openpyxl.workbook import Workbook

from clauses.comptes.models import EcritureJournal
from heures.imports.releves.modele import LIGNES_LIBRES
from tests.factories import LigneHeuresFactory
from tests.heures.releves.conftest import personne
from tests.heures.releves.outils import en_base, importer_xlsx

MARS = datetime.date(2025, 3, 1)


def telecharger(scene, **parametres: str) -> tuple[str, Workbook]:
    """Le nom du modèle, et le modèle ouvert."""
    client = Client()
    client.force_login(scene.agent)
    reponse = client.get(reverse("heures:modele_releve", args=[scene.engagement.pk]), parametres)
    contenu = b"".join(reponse.streaming_content)
    return reponse["Content-Disposition"], openpyxl.load_workbook(io.BytesIO(contenu))


@pytest.fixture
def classeur(scene):
    """Le modèle de mars, ouvert comme le ferait l’entreprise ; Anne et Jean y ont déjà travaillé en janvier."""
    for participant in (scene.anne, scene.jean):
        LigneHeuresFactory(
            engagement=scene.engagement,
            contrat=participant.contrats.get(),
            mois=datetime.date(2025, 1, 1),
            validee=True,
        )
    nom, ouvert = telecharger(scene, mois="2025-03")
    assert nom == 'attachment; filename="releve-M-2025-1-2025-03.xlsx"'
    return ouvert


def renvoyer(classeur) -> bytes:
    sortie = io.BytesIO()
    classeur.save(sortie)
    return sortie.getvalue()


def test_le_modele_nomme_les_contrats_connus_et_aucun_critere(classeur):
    feuille = classeur["Relevé"]
    assert classeur.sheetnames == ["Relevé", "Lisez-moi", "Listes"]
    assert [cellule.value for cellule in feuille[1]] == [
        "Contrat", "Nom", "Prénom", "Employeur", "Type de contrat", "Marché", "Lot", "Acheteur SIRET",
        "Titulaire SIRET", "Mois", "Heures de travail", "Heures de formation",
    ]  # fmt: skip
    assert [feuille.cell(rang, 2).value for rang in (2, 3)] == ["Dupont", "Lefèvre"]
    assert feuille.max_row == 1 + 2 + LIGNES_LIBRES
    textes = {str(cellule.value) for ligne in feuille.iter_rows() for cellule in ligne}
    assert not textes & {"RSA", "1990-05-10", "62041"}


def test_seules_les_cellules_a_remplir_se_modifient(classeur):
    feuille = classeur["Relevé"]
    assert feuille.protection.sheet
    libres = {c.coordinate for ligne in feuille.iter_rows(max_row=4) for c in ligne if not c.protection.locked}
    assert libres == {"K2", "L2", "K3", "L3", "B4", "C4", "D4", "E4", "K4", "L4"}
    assert [str(validation.sqref) for validation in feuille.data_validations.dataValidation] == [
        f"E2:E{1 + 2 + LIGNES_LIBRES}"
    ]


def test_rempli_il_s_importe_sans_correspondance(classeur, scene):
    feuille = classeur["Relevé"]
    feuille["K2"], feuille["K3"], feuille["L3"] = 120, "35h30", 7
    rapport = importer_xlsx(scene.par, renvoyer(classeur))
    assert rapport.accepte
    assert not rapport.ecartees
    assert [(nom, nature, str(heures)) for nom, mois, nature, heures, _ in en_base() if mois == "2025-03"] == [
        ("Dupont", "TRAVAIL", "120.00"),
        ("Lefèvre", "TRAVAIL", "35.50"),
        ("Lefèvre", "FORMATION", "7.00"),
    ]


def test_une_personne_ajoutee_en_bas_est_proposee(classeur, scene):
    personne(scene, "Nouvelle", "Zoé", identifiant="P-3")
    feuille = classeur["Relevé"]
    feuille["B4"], feuille["C4"], feuille["K4"] = "NOUVEL", "Zoé", 10
    (doute,) = importer_xlsx(scene.par, renvoyer(classeur)).doutes
    assert doute.intitule == "NOUVEL Zoé"


def test_une_ligne_laissee_vide_est_ecartee(classeur, scene):
    classeur["Relevé"]["K2"] = 120
    rapport = importer_xlsx(scene.par, renvoyer(classeur))
    assert rapport.accepte
    assert len(rapport.ecartees) == 1


def test_les_heures_deja_notees_sont_reprises_dans_le_modele(scene):
    LigneHeuresFactory(engagement=scene.engagement, contrat=scene.anne.contrats.get(), mois=MARS)
    feuille = telecharger(scene, mois="2025-03")[1]["Relevé"]
    assert (feuille["B2"].value, feuille["K2"].value) == ("Lefèvre", 35.5)


def test_le_telechargement_s_inscrit_au_journal(classeur, scene):
    ecriture = EcritureJournal.objects.get(action="télécharger un modèle de relevé")
    assert (ecriture.nature, ecriture.nombre) == ("LECTURE", 2)
    assert ecriture.apres == {"filtre": f"engagement {scene.engagement.pk}, 2025-03"}


def test_un_mois_faux_est_refuse(scene):
    client = Client()
    client.force_login(scene.agent)
    adresse = reverse("heures:modele_releve", args=[scene.engagement.pk])
    assert client.get(adresse, {"mois": "2025-13"}).status_code == 400
    assert telecharger(scene)[0] == 'attachment; filename="releve-M-2025-1-2025-11.xlsx"'
