"""Le modèle prérempli : il part, revient rempli, et s’importe sans qu’on ait rien à désigner."""

from __future__ import annotations

import datetime
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from openpyxl.workbook import Workbook

from clauses.comptes.models import EcritureJournal
from heures.imports.releves.modele import LIGNES_LIBRES, feuilles, preparer
from heures.models import LigneHeures
from marches.models import Engagement
from tests.factories import EngagementFactory, LigneHeuresFactory, siret
from tests.heures.releves.conftest import personne
from tests.heures.releves.outils import en_base, importer_xlsx

SIRET = siret(7_000_001)
MARS = datetime.date(2025, 3, 1)


def telecharger(scene, **parametres: str) -> tuple[str, Workbook]:
    """Le nom du modèle, et le modèle ouvert."""
    client = Client()
    client.force_login(scene.agent)
    reponse = client.get(reverse("heures:modele_releve", args=[scene.engagement.pk]), parametres)
    contenu = b"".join(reponse.streaming_content)
    return reponse["Content-Disposition"], openpyxl.load_workbook(io.BytesIO(contenu))


def ont_travaille_en_janvier(scene) -> None:
    for participant in (scene.anne, scene.jean):
        LigneHeuresFactory(
            engagement=scene.engagement,
            contrat=participant.contrats.get(),
            mois=datetime.date(2025, 1, 1),
            validee=True,
        )


@pytest.fixture
def classeur(scene):
    """Le modèle de mars, ouvert comme le ferait l’entreprise ; Anne et Jean y ont déjà travaillé en janvier."""
    ont_travaille_en_janvier(scene)
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


def archive(scene, **parametres: str) -> tuple[str, zipfile.ZipFile]:
    client = Client()
    client.force_login(scene.agent)
    reponse = client.get(reverse("heures:modeles_du_mois"), parametres)
    return reponse["Content-Disposition"], zipfile.ZipFile(io.BytesIO(b"".join(reponse.streaming_content)))


def test_tous_les_modeles_du_mois_tiennent_en_une_archive_et_s_importent(scene):
    autre = EngagementFactory(
        clause__lot__marche__structure=scene.structure, clause__lot__marche__reference="É/2",
        clause__lot__numero="1 bis", entreprise__siret=SIRET,
    )  # fmt: skip
    EngagementFactory()  # d’une autre structure
    ont_travaille_en_janvier(scene)
    nom, archives = archive(scene, mois="2025-03")
    assert nom == 'attachment; filename="releves-2025-03.zip"'
    sien, second = archives.namelist()
    assert sien.startswith("releve-M-2025-1-2025-03-lot-")
    assert second == f"releve-2-2025-03-lot-1-bis-{SIRET}-{autre.pk}.xlsx"
    rempli = openpyxl.load_workbook(io.BytesIO(archives.read(sien)))
    assert [ligne[1] for ligne in rempli["Relevé"].iter_rows(min_row=2, max_row=3, values_only=True)] == [
        "Dupont", "Lefèvre",
    ]  # fmt: skip
    rempli["Relevé"]["K3"] = 35.5
    assert importer_xlsx(scene.par, renvoyer(rempli)).accepte
    assert LigneHeures.objects.get(mois=MARS).heures == Decimal("35.50")
    ecriture = EcritureJournal.objects.get(action="télécharger les modèles de relevé du mois")
    assert ecriture.nombre == 2


def test_preparer_onze_modeles_coute_autant_de_requetes_qu_un(scene, django_assert_num_queries):
    for _ in range(10):
        EngagementFactory(clause__lot__marche__structure=scene.structure)
    tous = list(Engagement.objects.visibles_par(scene.par).avec_marche())
    for engagements in (tous[:1], tous):
        with django_assert_num_queries(3):
            prepares = preparer(engagements, MARS, par=scene.par)
            assert [len(list(feuilles(un)[0].lignes)) >= LIGNES_LIBRES for un in prepares] == [True] * len(engagements)


def test_sans_engagement_attendu_la_page_des_demandes_le_dit(scene):
    client = Client()
    client.force_login(scene.agent)
    page = client.get(reverse("heures:modeles_du_mois"), {"mois": "1999-01"}, follow=True).content.decode()
    assert "Aucun engagement n’attend de relevé ce mois-là" in page
