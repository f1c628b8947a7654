"""Importer un relevé par l’API : l’essai, l’import, ce qui l’empêche ; et les colonnes de chaque expéditeur."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.comptes.portees import Portee
from heures.models import Correspondance, ImportHeures, LigneHeures
from tests.factories import JetonFactory, LigneHeuresFactory, ParticipantFactory, texte_de
from tests.factories_releves import CorrespondanceFactory, ImportHeuresFactory
from tests.heures.api.porte import API, Porte, fautes, refus
from tests.heures.releves.conftest import personne, scene  # noqa: F401
from tests.heures.releves.outils import ANNE, JEAN, TITRES, csv, en_base, xlsx

IMPORTER = f"{API}imports-de-releves/importer/"
INCONNUS = ("Qui", "Affaire", "Tranche", "Quand", "Combien")
ANNE_INCONNUE = ("Lefèvre Anne-Marie", *ANNE[2:])
COLONNES = {
    "nom_prenom": "Qui", "marche_reference": "Affaire", "lot_numero": "Tranche", "mois": "Quand",
    "heures_travail": "Combien",
}  # fmt: skip


@pytest.fixture
def structure(scene: Any) -> Any:  # noqa: F811
    return scene.structure


def envoyer(porte: Porte, contenu: bytes | None, *, nom: str = "releve.csv", jeton: str = "", **champs: Any) -> Any:
    return porte.televerser("imports-de-releves/importer/", contenu, nom, jeton=jeton, **champs)


def essayer(porte: Porte, contenu: bytes, **champs: Any) -> Any:
    reponse = envoyer(porte, contenu, essai=True, **champs)
    assert reponse.status_code == 200, reponse.content
    return reponse.json()


def test_un_essai_dit_tout_et_n_ecrit_rien(porte: Porte) -> None:
    rapport = essayer(porte, csv(TITRES, ANNE, JEAN))
    assert (rapport["essai"], rapport["accepte"], rapport["lues"]) == (True, True, 2)
    assert [(h["mois"], h["heures"], h["issue"]) for h in rapport["heures"]] == [
        ("2025-03", "35.50", "CREEE"), ("2025-03", "120.00", "CREEE"),
    ]  # fmt: skip
    assert "rien n’est enregistré" in rapport["conclusion"]
    assert not LigneHeures.objects.exists()
    assert not ImportHeures.objects.exists()
    assert porte.journal() == [("montrer l’aperçu d’un relevé", "", 2)]


@pytest.mark.parametrize("nom", ["releve.csv", "releve.xlsx"])
def test_un_fichier_s_importe_une_fois(porte: Porte, nom: str) -> None:
    lignes = (TITRES, ANNE, JEAN)
    contenu = csv(*lignes) if nom.endswith("csv") else xlsx(lignes)
    signature = essayer(porte, contenu, nom=nom)["signature"]
    reponse = envoyer(porte, contenu, nom=nom, signature=signature)
    assert reponse.status_code == 200, reponse.content
    assert "2 lignes d’heures écrites" in reponse.json()["conclusion"]
    assert [(qui, str(heures), statut) for qui, _, _, heures, statut in en_base()] == [
        ("Lefèvre", "35.50", "DECLAREE"), ("Dupont", "120.00", "DECLAREE"),
    ]  # fmt: skip
    assert "déjà été importé" in refus(envoyer(porte, contenu, nom=nom))
    (fait,) = porte.lus("imports-de-releves/")
    assert (fait["nom_fichier"], fait["nombre_creees"], fait["heures"]) == (nom, 2, "155.50")
    assert porte.lire(f"imports-de-releves/{fait['id']}/").json() == fait
    assert essayer(porte, contenu, nom=nom)["deja_importe"] == fait["id"]
    assert EcritureJournal.objects.filter(action="importer un fichier de relevés").count() == 1


def test_un_refus_empeche_tout_et_chaque_point_se_dit(porte: Porte, structure: Any) -> None:
    contenu = csv(TITRES, ANNE, (*JEAN[:5], "900"))
    reponse = envoyer(porte, contenu)
    assert "ligne 3" in fautes(reponse, 409)["fichier"].lower()
    assert not LigneHeures.objects.exists()
    (remarque,) = essayer(porte, contenu)["refus"]
    assert (remarque["ligne"], bool(remarque["raison"])) == (3, True)


def test_un_cas_douteux_se_tranche_par_son_numero(porte: Porte, scene: Any) -> None:  # noqa: F811
    double = personne(scene, "Lefèvre", "Anne-Marie", identifiant="P-9")
    contenu = csv(TITRES, ANNE)
    assert "Lefèvre" in fautes(envoyer(porte, contenu), 409)["fichier"].title()
    (doute,) = essayer(porte, contenu)["personnes_a_choisir"]
    assert double.pk in {candidat["numero"] for candidat in doute["candidats"]}
    assert doute["lignes"] == [2]
    etrangere = {"personnes": {doute["clef"]: ParticipantFactory().pk}}
    assert envoyer(porte, contenu, choix=etrangere).status_code == 409
    assert envoyer(porte, contenu, choix={"personnes": {doute["clef"]: double.pk}}).status_code == 200
    assert LigneHeures.objects.get().participant == double


def test_une_ligne_ecartee_a_la_demande_n_entre_pas(porte: Porte, scene: Any) -> None:  # noqa: F811
    personne(scene, "Lefèvre", "Anne-Marie", identifiant="P-9")
    contenu = csv(TITRES, ANNE, JEAN)
    (doute,) = essayer(porte, contenu)["personnes_a_choisir"]
    assert envoyer(porte, contenu, choix={"personnes": {doute["clef"]: 0}}).status_code == 200
    assert LigneHeures.objects.get().participant == scene.jean


def test_engagement_et_mois_se_disent_quand_le_fichier_les_tait(porte: Porte, scene: Any) -> None:  # noqa: F811
    contenu = csv(("Nom", "Prénom", "Heures"), ("Lefèvre", "Anne-Marie", "12"))
    assert "restent à désigner" in refus(envoyer(porte, contenu))
    reponse = envoyer(porte, contenu, engagement=scene.engagement.pk, mois="2025-03")
    assert reponse.status_code == 200, reponse.content
    assert LigneHeures.objects.get().engagement == scene.engagement


def test_des_colonnes_se_designent_ou_se_retiennent(porte: Porte) -> None:
    contenu = csv(INCONNUS, ANNE_INCONNUE)
    assert "Qui" in refus(envoyer(porte, contenu))
    assert essayer(porte, contenu, choix={"colonnes": COLONNES})["accepte"]
    assert "Aucune correspondance" in refus(envoyer(porte, contenu, correspondance="Agence"))
    porte.poster("correspondances/", {"nom": "Agence", "colonnes": COLONNES})
    assert envoyer(porte, contenu, correspondance="Agence").json()["provenance"].startswith("Correspondance")
    assert len(en_base()) == 1


def test_des_heures_changees_depuis_l_essai_se_refusent(porte: Porte, scene: Any) -> None:  # noqa: F811
    contenu = csv(TITRES, ANNE)
    signature = essayer(porte, contenu)["signature"]
    LigneHeuresFactory(contrat=scene.anne.contrats.get(), engagement=scene.engagement, mois="2025-03-01", heures="20")
    assert "ont changé depuis cet aperçu" in refus(envoyer(porte, contenu, signature=signature))
    assert [str(ligne.heures) for ligne in LigneHeures.objects.all()] == ["20.00"]


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"essai": "oui"}, "essai"),
        ({"mois": "mars"}, "mois"),
        ({"engagement": 999_999}, "engagement"),
        ({"autre": "x"}, "autre"),
        ({"choix": {"rien": 1}}, "choix.rien"),
        ({"choix": {"personnes": {"a": -1}}}, "choix.personnes.a"),
        ({"choix": {"colonnes": {"nom": "Nom"}}}, "choix.colonnes"),
        ({"choix": "x"}, "choix"),
    ],
)
def test_une_option_fausse_se_dit(porte: Porte, champs: Any, champ: str) -> None:
    assert champ in fautes(envoyer(porte, csv(TITRES, ANNE), **champs))
    assert not LigneHeures.objects.exists()


def test_un_formulaire_faux_se_dit(porte: Porte) -> None:
    assert "fichier" in fautes(envoyer(porte, None, essai=True))
    assert "fichier" in fautes(envoyer(porte, None, fichier="texte"))
    assert "vide" in fautes(envoyer(porte, b""))["fichier"]
    deux = porte.client.post(IMPORTER, {"fichier": SimpleUploadedFile("a.csv", b"x"), "essai": ["true", "true"]})
    assert (deux.status_code, "deux fois" in deux.json()["detail"]) == (400, True)
    a, b = (SimpleUploadedFile(nom, b"x") for nom in ("a.csv", "b.csv"))
    assert "Un seul fichier" in porte.client.post(IMPORTER, {"fichier": a, "autre": b}).json()["detail"]
    casse = envoyer(porte, csv(TITRES, ANNE), choix="{")
    assert (casse.status_code, "JSON" in casse.json()["detail"]) == (400, True)
    en_json = porte.client.post(IMPORTER, "{}", content_type="application/json")
    assert (en_json.status_code, "multipart" in en_json.json()["detail"]) == (415, True)


@pytest.mark.parametrize(
    ("nom", "contenu", "phrase"),
    [
        ("releve.pdf", b"%PDF-1.4", ""),
        ("releve.csv", csv(TITRES, (*ANNE[:5], "290056204100112")), "sécurité sociale"),
        ("releve.csv", b"\x00\x01", ""),
        ("releve.csv", b"x" * (6 * 2**20), "Mo"),
    ],
)
def test_un_fichier_illisible_se_refuse_d_une_phrase(porte: Porte, nom: str, contenu: bytes, phrase: str) -> None:
    assert phrase in refus(envoyer(porte, contenu, nom=nom))
    assert not LigneHeures.objects.exists()


def test_une_base_occupee_se_dit(porte: Porte, monkeypatch: pytest.MonkeyPatch) -> None:
    def occupee(*args: Any, **options: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr("heures.api.imports.importer", occupee)
    assert "restée occupée" in refus(envoyer(porte, csv(TITRES, ANNE)))


def test_la_portee_d_import_essaie_et_il_faut_saisir_pour_ecrire(porte: Porte, en: Any) -> None:
    contenu = csv(TITRES, ANNE)
    importe = texte_de(JetonFactory(rattachement=porte.rattachement, portees=[Portee.IMPORTER]))
    assert envoyer(porte, contenu, jeton=importe, essai=True).status_code == 200
    assert envoyer(porte, contenu, jeton=importe).status_code == 403
    assert not LigneHeures.objects.exists()
    les_deux = JetonFactory(rattachement=porte.rattachement, portees=[Portee.IMPORTER, Portee.SAISIR_HEURES])
    assert envoyer(porte, contenu, jeton=texte_de(les_deux)).status_code == 200
    lecteur = en(Role.LECTEUR)
    assert envoyer(lecteur, contenu, essai=True).status_code == 403
    assert lecteur.lire("imports-de-releves/").status_code == 403


def test_les_colonnes_d_un_expediteur_se_retiennent_puis_se_changent(porte: Porte) -> None:
    creee = porte.poster("correspondances/", {"nom": "Agence", "colonnes": COLONNES | {"ignorees": ["Prime"]}})
    assert creee.status_code == 201, creee.content
    chemin = f"correspondances/{creee.json()['id']}/"
    assert "correspondance n°" in refus(porte.poster("correspondances/", {"nom": "Agence", "colonnes": COLONNES}))
    autres = {"nom_prenom": "Salarié", "heures_travail": "Heures"}
    assert porte.rapiecer(chemin, {"colonnes": autres}, version=None).status_code == 428
    assert porte.rapiecer(chemin, {"colonnes": autres}, version=0).status_code == 412
    assert porte.rapiecer(chemin, {"colonnes": autres}).json()["colonnes"] == autres
    assert [c["nom"] for c in porte.lus("correspondances/?nom=Agence")] == ["Agence"]
    assert [geste for geste, *_ in porte.journal("ECRITURE")] == [
        "retenir les colonnes d’un expéditeur", "changer les colonnes d’un expéditeur",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("colonnes", "phrase"),
    [
        ({"heures_travail": "Heures"}, "Désigner la personne"),
        ({"nom_prenom": "Qui"}, "colonne des heures"),
        ({"nom_prenom": "Qui", "heures_travail": "qui"}, "la même colonne"),
    ],
)
def test_des_colonnes_insuffisantes_ne_se_retiennent_pas(porte: Porte, colonnes: Any, phrase: str) -> None:
    lues = fautes(porte.poster("correspondances/", {"nom": "Agence", "colonnes": colonnes}))
    assert phrase in lues["colonnes"]
    assert not Correspondance.objects.exists()


def test_l_import_et_les_colonnes_d_une_autre_structure_n_existent_pas(porte: Porte) -> None:
    fait, colonnes = ImportHeuresFactory(), CorrespondanceFactory()
    assert porte.lire(f"imports-de-releves/{fait.pk}/").status_code == 404
    assert porte.rapiecer(f"correspondances/{colonnes.pk}/", {"colonnes": COLONNES}).status_code == 404
    assert porte.lus("imports-de-releves/") == porte.lus("correspondances/") == []
