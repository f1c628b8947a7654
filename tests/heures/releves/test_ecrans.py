"""L’import à l’écran : téléverser, désigner les colonnes, trancher, confirmer, relire le rapport."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from clauses.comptes.models import EcritureJournal
from heures.imports.releves import enregistrement
from heures.models import Correspondance, ImportHeures, LigneHeures
from tests.factories import LigneHeuresFactory, RattachementFactory
from tests.heures.releves.outils import ANNE, JEAN, TITRES, csv, dire, en_base

IMPORTER = reverse("heures:importer")
TITRES_INCONNUS = ("Qui", "Affaire", "Tranche", "Quand", "Combien")
ANNE_INCONNUE = ("Lefèvre Anne-Marie", *ANNE[2:])


@pytest.fixture
def client(scene) -> Client:
    client = Client()
    client.force_login(scene.agent)
    return client


def deposer(client: Client, *lignes, nom: str = "releve.csv", **champs: object):
    fichier = SimpleUploadedFile(nom, csv(*lignes))
    return client.post(IMPORTER, {"fichier": fichier, **champs}, follow=True)


def texte(reponse) -> str:
    contenu = b"".join(reponse) if reponse.streaming else reponse.content
    return dire(" ".join(contenu.decode().split()))


def jeton(reponse) -> str:
    return reponse.context["depose"].jeton


def lancer(client: Client, reponse):
    """Confirme ; rien ne s’importe tant que la page ne se lit pas."""
    adresse = reverse("heures:import_apercu", args=[jeton(reponse)])
    signature = reponse.context["confirmation"].initial["signature"]
    return client.post(adresse, {"signature": signature}, follow=True)


def confirmer(client: Client, reponse) -> str:
    """La page de l’import, lue jusqu’au bout."""
    return texte(lancer(client, reponse))


def test_un_releve_se_televerse_se_relit_et_s_importe(client):
    apercu = deposer(client, TITRES, ANNE, JEAN)
    assert "Importer 2 lignes d’heures" in texte(apercu)
    assert en_base() == []
    page = confirmer(client, apercu)
    assert "Rapprochement : 2 / 2" in page
    assert "Écriture : 2 / 2" in page
    assert "2 lignes d’heures importées" in page.partition("Écriture : 2 / 2")[2]
    assert [ligne[0] for ligne in en_base()] == ["Lefèvre", "Dupont"]
    assert "releve.csv" in texte(client.get(IMPORTER))


def test_confirmer_deux_fois_n_importe_qu_une_fois(client):
    apercu = deposer(client, TITRES, ANNE)
    confirmer(client, apercu)
    assert "Ce fichier a déjà été importé le 15/12/2025" in confirmer(client, apercu)
    assert (LigneHeures.objects.count(), ImportHeures.objects.count()) == (1, 1)


def test_un_apercu_ne_touche_a_rien_et_s_inscrit_comme_consultation(client):
    deposer(client, TITRES, ANNE, JEAN)
    consultation = EcritureJournal.objects.get(action="montrer l’aperçu d’un relevé")
    assert (consultation.nature, consultation.nombre) == ("LECTURE", 2)
    assert en_base() == []


def test_un_refus_empeche_d_importer(client):
    apercu = deposer(client, TITRES, ANNE, (*JEAN[:5], "beaucoup"))
    assert "1 point à régler avant d’importer." in texte(apercu)
    assert "n’est pas un nombre d’heures" in texte(apercu)
    assert "Importer 1 ligne" not in texte(apercu)
    assert "1 point à régler" in confirmer(client, apercu)
    assert en_base() == []


def test_un_nom_douteux_se_choisit_a_l_ecran(client, scene):
    apercu = deposer(client, TITRES, ("Lefèvres", "Anne-Marie", *ANNE[2:]), ("Inconnue", "Zoé", *ANNE[2:]))
    assert "2 à choisir" in texte(apercu)
    proche, inconnue = apercu.context["rapport"].personnes_a_choisir
    adresse = reverse("heures:import_apercu", args=[jeton(apercu)])
    choix = {f"personne-{proche.clef}": scene.anne.pk, f"personne-{inconnue.clef}": 0}
    repris = client.post(adresse, choix, follow=True)
    assert "Importer 1 ligne d’heures" in texte(repris)
    confirmer(client, repris)
    assert [ligne[0] for ligne in en_base()] == ["Lefèvre"]


def test_une_fiche_etrangere_ne_se_choisit_pas(client, scene):
    apercu = deposer(client, TITRES, ("Lefèvres", "Anne-Marie", *ANNE[2:]))
    (doute,) = apercu.context["rapport"].personnes_a_choisir
    adresse = reverse("heures:import_apercu", args=[jeton(apercu)])
    reponse = client.post(adresse, {f"personne-{doute.clef}": scene.jean.pk})
    assert "Sélectionnez un choix valide" in texte(reponse)


def designer(client: Client, page, **champs: object):
    colonnes = ("nom_prenom", "marche_reference", "lot_numero", "mois", "heures_travail")
    envoi = {f"colonne-{rang}": champ for rang, champ in enumerate(colonnes)} | champs
    return client.post(reverse("heures:import_colonnes", args=[jeton(page)]), envoi, follow=True)


def test_des_colonnes_inconnues_se_designent_et_sont_retenues(client):
    page = deposer(client, TITRES_INCONNUS, ANNE_INCONNUE)
    assert "Désigner les colonnes" in texte(page)
    assert "Lefèvre Anne-Marie" in texte(page)
    apercu = designer(client, page, expediteur="Agence")
    assert "Importer 1 ligne d’heures" in texte(apercu)
    assert Correspondance.objects.get().colonnes["heures_travail"] == "Combien"
    suivant = deposer(client, TITRES_INCONNUS, (*ANNE_INCONNUE[:3], "2025-04", "12"))
    assert "Correspondance « Agence »" in texte(suivant)


def test_retenir_de_nouveau_remplace_les_colonnes_de_l_expediteur(client):
    for _ in range(2):
        designer(client, deposer(client, TITRES_INCONNUS, ANNE_INCONNUE), expediteur="Agence")
    assert Correspondance.objects.count() == 1


@pytest.mark.parametrize(
    ("champs", "raison"),
    [
        ({"colonne-4": ""}, "Désigner la colonne des heures"),
        ({"colonne-1": ""}, "Désigner la référence du marché"),
        ({"colonne-3": ""}, "Désigner le mois"),
        ({"colonne-0": "nom"}, "Désigner la personne"),
        ({"colonne-3": "lot_numero"}, "est déjà « Lot ». Choisir une seule des deux."),
        ({"colonne-0": "inventé"}, "Sélectionnez un choix valide"),
        ({"expediteur": "1 85 05 78 006 084 36"}, "numéro de sécurité sociale"),
    ],
)
def test_des_colonnes_insuffisantes_se_disent(client, champs, raison):
    page = designer(client, deposer(client, TITRES_INCONNUS, ANNE_INCONNUE), **champs)
    assert raison in texte(page)
    assert Correspondance.objects.count() == 0


def test_l_engagement_et_le_mois_se_choisissent_avec_le_fichier(client, scene):
    apercu = deposer(
        client, ("Nom", "Prénom", "Heures"), (*ANNE[:2], "35,5"), engagement=scene.engagement.pk, mois="2025-03"
    )
    assert "Importer 1 ligne d’heures" in texte(apercu)


@pytest.mark.parametrize(
    ("contenu", "nom", "raison"),
    [
        (b"", "releve.csv", "Ce fichier est vide"),
        (b"%PDF-1.7", "releve.pdf", "Ce fichier est un PDF"),
        (b"Nom;Pr\xc3\xa9nom\n1 85 05 78 006 084 36;x\n", "releve.csv", "numéro de sécurité sociale"),
        (b"a;b\n1;2\n3;4;5\n", "releve.csv", "3 cellules, mais l’en-tête en a 2"),
        (b"Dupont;Jean;35\n", "releve.csv", "Aucune ligne de titres"),
    ],
)
def test_un_fichier_illisible_est_refuse_d_une_phrase(client, contenu, nom, raison):
    reponse = client.post(IMPORTER, {"fichier": SimpleUploadedFile(nom, contenu)})
    assert reponse.status_code == 200
    assert raison in texte(reponse)


@pytest.mark.parametrize("nom", ["../../x.csv", "é😀.csv", f"{'x' * 240}.csv", "con.csv"])
def test_un_nom_de_fichier_etrange_s_importe_sans_dommage(client, nom):
    confirmer(client, deposer(client, TITRES, ANNE, nom=nom))
    assert len(ImportHeures.objects.get().nom_fichier) <= 200


def test_le_rapport_se_telecharge_avant_et_apres(client):
    apercu = deposer(client, TITRES, ANNE, (*JEAN[:5], ""))
    adresse = reverse("heures:import_rapport", args=[jeton(apercu)])

    def issues() -> list[str]:
        reponse = client.get(adresse)
        assert reponse["Content-Disposition"] == 'attachment; filename="rapport-import.xlsx"'
        feuille = openpyxl.load_workbook(io.BytesIO(reponse.content))["Heures"]
        return [ligne[10] for ligne in feuille.iter_rows(min_row=2, values_only=True)]

    assert issues() == ["à créer"]
    confirmer(client, apercu)
    assert issues() == ["créée"]


def test_des_heures_changees_depuis_l_apercu_le_font_revoir(client, scene):
    apercu = deposer(client, TITRES, ANNE)
    LigneHeuresFactory(engagement=scene.engagement, contrat=scene.anne.contrats.get(), heures=20)
    assert "Des heures ont changé depuis cet aperçu" in confirmer(client, apercu)
    adresse = reverse("heures:import_apercu", args=[jeton(apercu)])
    assert "au lieu de 20,00 h" in texte(client.get(adresse))


@pytest.mark.django_db(transaction=True)
def test_fermer_la_page_en_pleine_ecriture_n_importe_rien(client, scene):
    reponse = lancer(client, deposer(client, TITRES, ANNE, JEAN))
    lu = next(morceau for morceau in reponse if "Écriture" in morceau.decode())
    assert LigneHeures.objects.count() == 2, dire(lu.decode())
    reponse.close()
    assert en_base() == []
    assert ImportHeures.objects.count() == 0


def test_une_base_restee_occupee_se_dit_et_rien_n_est_importe(client, monkeypatch):
    def occupee(*args: object, **options: object):
        raise OperationalError("database is locked")
        yield

    monkeypatch.setattr(enregistrement, "importer_lignes", occupee)
    page = confirmer(client, deposer(client, TITRES, ANNE))
    assert "Rien n’est importé" in page
    assert "La base est restée occupée par un autre enregistrement." in page
    assert en_base() == []


def test_l_apercu_d_un_collegue_est_introuvable(client, scene):
    apercu = deposer(client, TITRES, ANNE)
    collegue = Client()
    collegue.force_login(RattachementFactory(structure=scene.structure).utilisateur)
    for nom in ("import_apercu", "import_colonnes", "import_rapport"):
        assert collegue.get(reverse(f"heures:{nom}", args=[jeton(apercu)])).status_code == 404


def test_un_apercu_perime_renvoie_au_televersement(client):
    apercu = deposer(client, TITRES, ANNE)
    cache.clear()
    assert "il est gardé deux heures" in confirmer(client, apercu)


def test_cent_lignes_coutent_autant_de_requetes_que_dix(client, django_assert_max_num_queries):
    for nombre in (1, 11):
        lignes = [(*ANNE[:4], f"2025-{mois:02}", "1") for mois in range(1, nombre + 1)]
        adresse = reverse("heures:import_apercu", args=[jeton(deposer(client, TITRES, *lignes))])
        with django_assert_max_num_queries(26):
            assert client.get(adresse).status_code == 200
