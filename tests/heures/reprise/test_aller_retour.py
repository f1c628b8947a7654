"""Quitter l’outil et y revenir : la structure exportée, puis reprise ailleurs, donne les mêmes bilans au centième."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from bilans.departement import NOM, etablir
from bilans.exports import document
from bilans.rapport import Demande
from bilans.reprise import TOUTES
from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.models import EcritureJournal, Structure
from heures import actions
from heures.enums import OuiNonInconnu, SituationSortie
from heures.imports.reprise.classeur_plein import ecrire_structure
from heures.models import EntreeClause, LigneHeures, Participant
from tests.bilans import jeu
from tests.bilans.outils import annee
from tests.factories import EntreeClauseFactory, ParticipantFactory, StructureFactory, acteur
from tests.heures.reprise.outils import lancer, ordinaires

ANNEES = (2024, 2025, 2026)
PROPRES_A_LA_STRUCTURE = ("structure", "genere_le", "genere_par", "methode")


def exporter(chemin: Path, structure: Structure) -> str:
    sortie = io.StringIO()
    call_command("exporter_reprise", str(chemin), structure=structure.sigle, stdout=sortie)
    return ordinaires(sortie.getvalue())


def chiffres(par: Acteur) -> list[dict[str, Any]]:
    """Tout ce que disent les bilans de trois ans, hors en-tête."""
    lus = [document(etablir(par, Demande(NOM, annee(numero)))) for numero in ANNEES]
    return [{cle: valeur for cle, valeur in lu.items() if cle not in PROPRES_A_LA_STRUCTURE} for lu in lus]


def compliquer(pose: jeu.Jeu) -> None:
    """Ce que la vie ajoute au jeu : rectification, refus, sortie, personne sans entrée, profil sans critère."""
    premiere = LigneHeures.objects.validees().order_by("pk").first()
    assert premiere is not None
    actions.rectifier(premiere, heures=Decimal("99.99"), motif="Bulletin reçu", par=pose.par)
    declaree = LigneHeures.objects.declarees().get()
    actions.refuser(declaree, motif="Relevé illisible", par=pose.par)
    actions.noter_sortie(
        pose.personnes["P1"], date=datetime.date(2025, 6, 30), situation=SituationSortie.CDI, par=pose.par
    )
    ParticipantFactory(structure=pose.structure, identifiant="SANS-ENTREE", nom="=1+1")
    EntreeClauseFactory(
        participant=ParticipantFactory(structure=pose.structure, identifiant="SANS-CRITERE"), brsa=OuiNonInconnu.NR
    )


@pytest.fixture
def pose() -> jeu.Jeu:
    posee = jeu.poser(Structure.objects.filter(sigle="MEMPA").first())
    compliquer(posee)
    return posee


def test_exporter_puis_reprendre_donne_les_memes_bilans_et_un_second_passage_ne_cree_rien(tmp_path, pose):
    assert exporter(tmp_path / "sortie.xlsx", pose.structure).startswith("Structure MEMPA écrite")
    ailleurs = StructureFactory(sigle="AILLEURS", territoire=pose.structure.territoire.all())
    assert "Reprise enregistrée" in lancer(tmp_path / "sortie.xlsx", structure="AILLEURS")
    assert chiffres(acteur(ailleurs)) == chiffres(pose.par)
    assert "Tout était déjà enregistré" in lancer(tmp_path / "sortie.xlsx", structure="AILLEURS")


def test_un_second_export_ecrit_le_meme_classeur(tmp_path, pose):
    exporter(tmp_path / "un.xlsx", pose.structure)
    StructureFactory(sigle="AILLEURS", territoire=pose.structure.territoire.all())
    lancer(tmp_path / "un.xlsx", structure="AILLEURS")
    exporter(tmp_path / "deux.xlsx", Structure.objects.get(sigle="AILLEURS"))
    assert cases(tmp_path / "deux.xlsx") == cases(tmp_path / "un.xlsx")


def cases(chemin: Path) -> dict[str, list[tuple[Any, ...]]]:
    lu = openpyxl.load_workbook(chemin)
    return {onglet.title: sorted(onglet.iter_rows(values_only=True), key=repr) for onglet in lu.worksheets}


def test_les_fiches_reviennent_champ_a_champ(tmp_path, pose):
    exporter(tmp_path / "sortie.xlsx", pose.structure)
    ailleurs = StructureFactory(sigle="AILLEURS")
    lancer(tmp_path / "sortie.xlsx", structure="AILLEURS")
    fiche = ("identifiant", "nom", "prenom", "sexe", "date_naissance", "est_participant_plie")
    profil = ("participant__identifiant", "date_entree", "date_constat", "commune_insee", "qpv", "niveau",
              "duree_inscription", "brsa", "est_participant_plie", "criteres__critere")  # fmt: skip
    ligne = ("contrat__identifiant", "engagement__entreprise", "mois", "type_heures", "heures", "statut", "modalite")
    for modele, champs in ((Participant, fiche), (EntreeClause, profil)):
        tous = modele.objects.order_by().values_list(*champs)
        assert sorted(tous.filter(structure=ailleurs), key=repr) == sorted(
            tous.filter(structure=pose.structure), key=repr
        )
    vives = LigneHeures.objects.filter(nature="ORDINAIRE", annulation=None).order_by().values_list(*ligne)
    assert sorted(vives.filter(structure=ailleurs)) == sorted(vives.filter(structure=pose.structure))


def test_l_export_est_reserve_a_qui_gere_la_structure_et_s_inscrit_au_journal_avant_d_ecrire(pose):
    with pytest.raises(PermissionDenied):
        ecrire_structure(io.BytesIO(), etapes=TOUTES, par=acteur(pose.structure, Role.FACILITATEUR))
    assert not EcritureJournal.objects.filter(action="exporter la structure entière").exists()
    ecrire_structure(io.BytesIO(), etapes=TOUTES, par=acteur(pose.structure, Role.RESPONSABLE))
    assert EcritureJournal.objects.get(action="exporter la structure entière").nombre == 8


def test_une_autre_structure_n_est_pas_dans_le_classeur(tmp_path, pose):
    ParticipantFactory(nom="VOISINE")
    exporter(tmp_path / "sortie.xlsx", pose.structure)
    assert "VOISINE" not in repr(cases(tmp_path / "sortie.xlsx"))


def fusionner_deux_fiches(pose: jeu.Jeu) -> None:
    double = ParticipantFactory(structure=pose.structure, identifiant="DOUBLE")
    actions.fusionner(pose.personnes["P2"], absorbee=double, par=pose.par)


def test_ce_que_le_classeur_ne_porte_pas_est_compte(tmp_path, pose):
    fusionner_deux_fiches(pose)
    assert "fusions de fiches (1)" in exporter(tmp_path / "sortie.xlsx", pose.structure)


def test_l_export_refuse_d_une_phrase_et_laisse_intact_le_fichier_d_avant(tmp_path, pose):
    with pytest.raises(CommandError, match="Aucune structure ne porte le sigle"):
        exporter(tmp_path / "x.xlsx", StructureFactory.build(sigle="ABSENTE"))
    with pytest.raises(CommandError, match="ne peut pas être écrit"):
        exporter(tmp_path / "absent" / "x.xlsx", pose.structure)
    assert not list(tmp_path.iterdir())
