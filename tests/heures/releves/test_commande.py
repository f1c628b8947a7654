"""La commande `importer_heures` : mêmes règles que l’écran, un code de sortie, une barre sur un terminal."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from heures.imports.releves import enregistrement
from heures.models import ContratTravail, LigneHeures
from tests.factories import ContratTravailFactory, EntreeClauseFactory, ParticipantFactory, RattachementFactory
from tests.factories_releves import CorrespondanceFactory
from tests.heures.releves.conftest import personne
from tests.heures.releves.outils import ANNE, JEAN, TITRES, csv, dire, en_base


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def lancer(scene, tmp_path):
    """Écrit le fichier et lance la commande ; rend ce qu’elle a dit."""

    def lancer(*lignes, nom="releve.csv", stderr=None, **options) -> str:
        chemin, sortie = tmp_path / nom, io.StringIO()
        chemin.write_bytes(csv(*lignes))
        arguments = {"structure": "MEMPA", "par": "agent@exemple.invalid", **options}
        call_command("importer_heures", str(chemin), **arguments, stdout=sortie, stderr=stderr or io.StringIO())
        return dire(sortie.getvalue())

    return lancer


def test_un_releve_s_importe_et_se_rejoue_sans_rien_creer(lancer, scene):
    assert lancer(TITRES, ANNE, JEAN).splitlines() == [
        "M-2025-1 lot 1, Bâtisseurs Fictifs : 2 lignes, 155,50 h",
        "2 lignes lues : 2 créées.",
        "Relevé importé : 2 lignes d’heures écrites.",
    ]
    assert LigneHeures.objects.filter(declaree_par=scene.agent).count() == 2
    assert lancer(TITRES, ANNE, JEAN).startswith("Ce fichier a déjà été importé le 15/12/2025")
    assert LigneHeures.objects.count() == 2


def test_simuler_n_enregistre_rien(lancer):
    assert lancer(TITRES, ANNE, simuler=True).endswith("Simulation : aucun refus, rien n’est enregistré.\n")
    assert en_base() == []


def test_un_refus_sort_en_erreur_et_ecrit_son_rapport(lancer, tmp_path):
    chemin = tmp_path / "rapport.xlsx"
    with pytest.raises(CommandError, match="1 point à régler"):
        lancer(TITRES, ANNE, (*JEAN[:5], "beaucoup"), rapport=chemin)
    classeur = openpyxl.load_workbook(chemin)
    assert classeur.sheetnames == ["Refus", "Avertissements", "Écartées", "Heures"]
    assert [cellule.value for cellule in classeur["Refus"][2]][1:4] == [3, "Heures de travail", "beaucoup"]
    assert en_base() == []


def test_un_doute_est_un_refus_qui_nomme_les_candidats(lancer, scene):
    personne(scene, "LEFEVRE", "Anne Marie", identifiant="P-3", date_naissance=None)
    sortie = io.StringIO()
    with pytest.raises(CommandError, match="1 point à régler"):
        lancer(TITRES, ANNE, rapport=None, stderr=sortie)
    assert en_base() == []


def test_les_candidats_d_un_doute_sont_dits(lancer, capsys, scene, tmp_path):
    personne(scene, "LEFEVRE", "Anne Marie", identifiant="P-3", date_naissance=None)
    (tmp_path / "releve.csv").write_bytes(csv(TITRES, ANNE))
    sortie = io.StringIO()
    with pytest.raises(CommandError):
        call_command(
            "importer_heures",
            str(tmp_path / "releve.csv"),
            structure="MEMPA",
            par="agent@exemple.invalid",
            stdout=sortie,
        )
    assert (
        "Ligne 2 : lefèvre Anne-Marie : plusieurs fiches portent ce nom. Choisir la bonne. Candidats : LEFÈVRE "
        "Anne-Marie, naissance 10/05/1990, P-1 ; LEFEVRE Anne Marie, naissance inconnue, P-3."
    ) in dire(sortie.getvalue())


def test_une_base_restee_occupee_se_dit(lancer, monkeypatch):
    def occupee(*args: object, **options: object):
        raise OperationalError("canceling statement due to lock timeout")
        yield

    monkeypatch.setattr(enregistrement, "importer_lignes", occupee)
    with pytest.raises(CommandError, match="La base est restée occupée"):
        lancer(TITRES, ANNE)


def test_la_barre_de_progression_se_montre_sur_un_terminal(lancer):
    terminal = Terminal()
    lancer(TITRES, ANNE, JEAN, stderr=terminal)
    assert "\rrapprochement : 2 / 2\n" in dire(terminal.getvalue())
    assert "\récriture : 2 / 2\n" in dire(terminal.getvalue())


TITRES_INCONNUS = ("Qui", "Affaire", "Tranche", "Quand", "Combien")
ANNE_INCONNUE = ("Lefèvre Anne-Marie", *ANNE[2:])
COLONNES = {"nom_prenom": "Qui", "marche_reference": "Affaire", "lot_numero": "Tranche", "mois": "Quand",
            "heures_travail": "Combien"}  # fmt: skip


def test_une_correspondance_nommee_lit_des_titres_inconnus(lancer, scene):
    with pytest.raises(CommandError, match="restent à désigner"):
        lancer(TITRES_INCONNUS, ANNE_INCONNUE)
    CorrespondanceFactory(structure=scene.structure, nom="Agence", colonnes=COLONNES)
    lancer(TITRES_INCONNUS, ANNE_INCONNUE, correspondance="Agence")
    assert [ligne[0] for ligne in en_base()] == ["Lefèvre"]


def test_une_correspondance_qui_colle_sert_sans_etre_nommee(lancer, scene):
    CorrespondanceFactory(structure=scene.structure, nom="Autre", colonnes={**COLONNES, "mois": "Mois payé"})
    CorrespondanceFactory(structure=scene.structure, nom="Agence", colonnes=COLONNES)
    lancer(TITRES_INCONNUS, ANNE_INCONNUE)
    assert [ligne[0] for ligne in en_base()] == ["Lefèvre"]


@pytest.mark.parametrize(
    ("options", "raison"),
    [
        ({"structure": "X"}, "Aucune structure ne porte le sigle"),
        ({"par": "inconnu@exemple.invalid"}, "Aucun compte actif"),
        ({"par": "lecteur@exemple.invalid"}, "n’a le droit d’importer"),
        ({"engagement": 999999}, "L’engagement n° 999999 est inconnu"),
        ({"mois": "bientôt"}, "n’est pas une date"),
        ({"correspondance": "Agence"}, "Aucune correspondance ne porte le nom"),
    ],
)
def test_une_option_fausse_se_dit(lancer, scene, options, raison):
    RattachementFactory(structure=scene.structure, utilisateur__email="lecteur@exemple.invalid", lecteur=True)
    with pytest.raises(CommandError, match=raison):
        lancer(TITRES, ANNE, **options)
    assert en_base() == []


def test_la_correspondance_d_une_autre_structure_est_inconnue(lancer):
    CorrespondanceFactory(nom="Agence", colonnes=COLONNES)
    with pytest.raises(CommandError, match=r"Correspondances retenues\s: aucune"):
        lancer(TITRES_INCONNUS, ANNE_INCONNUE, correspondance="Agence")


def test_un_fichier_absent_se_dit(scene, tmp_path):
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("importer_heures", str(tmp_path / "absent.csv"), structure="MEMPA", par="agent@exemple.invalid")


def test_mille_lignes_puis_le_meme_fichier(lancer, scene):
    """Cent personnes, dix mois : mille lignes créées, puis plus rien."""
    participants = ParticipantFactory.create_batch(100, structure=scene.structure)
    for participant in participants:
        EntreeClauseFactory(participant=participant)
        ContratTravailFactory(participant=participant, employeur=scene.employeur, type_contrat="INTERIM")
    lignes = [
        (p.nom, p.prenom, "M-2025-1", "1", f"2025-{mois:02}", "10") for mois in range(1, 11) for p in participants
    ]
    assert "1 000 lignes d’heures écrites" in lancer(TITRES, *lignes)
    assert "déjà été importé" in lancer(TITRES, *lignes)
    assert "1 000 déjà là" in lancer(TITRES, *reversed(lignes))
    assert LigneHeures.objects.count() == 1000
    assert ContratTravail.objects.count() == 102
