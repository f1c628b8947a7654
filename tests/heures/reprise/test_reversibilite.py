"""Quitter l’outil et y revenir : tout objet, toute date, tout statut, et les mêmes bilans au même SHA-256."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from bilans import actions, gel
from bilans.catalogue import RAPPORTS
from bilans.enums import NatureEmission
from bilans.models import BilanEmis
from bilans.rapport import Demande
from bilans.reprise import FEUILLES
from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.models import Structure
from marches.historique import historique
from marches.imports.decp.enregistrement import Enregistrement
from marches.imports.decp.rapport import Issue
from marches.models import Marche
from tests.bilans import jeu
from tests.bilans.outils import annee
from tests.factories import RattachementFactory, StructureFactory
from tests.heures.reprise.garnie import garnir, publier
from tests.heures.reprise.outils import lancer, photographie
from tests.heures.reprise.test_aller_retour import cases, exporter
from tests.marches import decp

ANNEES = (2025, 2026)
# Tout modèle d’une structure revient, ou dit ici pourquoi il ne revient pas (docs/adr/0037).
LAISSES = {
    "comptes.EcritureJournal": "le journal est celui de l’instance quittée",
    "comptes.Rattachement": "un compte s’ouvre par invitation",
    "comptes.ClefIdempotence": "une clef d’idempotence ne vaut qu’un jour, pour qui l’a tirée",
    "comptes.Invitation": "un compte s’ouvre par invitation",
    "comptes.Jeton": "un jeton est un secret, dont il ne reste que l’empreinte",
    "crochets.Crochet": "le secret se calcule de la clef de l’instance quittée",
    "crochets.Livraison": "une trace d’envoi est du journal",
    "marches.RetardConstate": "le premier constat le redit",
    "bilans.Document": "un document émis est figé, avec son code de vérification",
    "bilans.BilanEmis": "un bilan émis est figé : il se réémet, au même SHA-256",
    "heures.DemandeReleve": "un lien porte un secret",
    "heures.Envoi": "une trace d’envoi est du journal",
    "heures.ImportHeures": "une trace d’import est du journal",
    "heures.Fusion": "la fiche gardée revient, avec tout ce qu’elle porte",
}
# Qui a écrit et quand n’est pas la donnée : c’est le journal. Une reprise est l’origine de ce qu’elle écrit.
DU_JOURNAL = {"id", "structure", "version", "recherche", "accordee_le", "enregistree_le", "inscrit_le", "ecarte_le"}
PROPRES = {"heures.LigneHeures": {"origine"}}


@pytest.fixture
def garnie() -> tuple[Structure, Acteur]:
    posee = jeu.poser(Structure.objects.get(sigle="MEMPA"))
    par = garnir(posee)
    return posee.structure, par


def emettre(par: Acteur, nom: str, numero: int) -> BilanEmis:
    demande = Demande(nom, annee(numero))
    return actions.emettre_bilan(RAPPORTS[nom], demande, nature=NatureEmission.INTERMEDIAIRE, par=par)


def figes(par: Acteur) -> dict[tuple[str, int], tuple[str, str]]:
    """Chiffres et SHA-256 de chaque bilan émis ; ceux qui ne s’émettent pas se figent de même."""
    emis = {("departement", numero): emettre(par, "departement", numero) for numero in ANNEES}
    emis |= {(nom, 2025): emettre(par, nom, 2025) for nom in ("copil", "ave")}
    textes = {
        (nom, 2025): gel.geler(RAPPORTS[nom].etablir(par, Demande(nom, annee(2025), acheteur)))
        for nom, acheteur in (("qualite", ""), ("acheteur", jeu.source.CU_ARRAS), ("fse", ""))
    }
    lus = {cle: (bilan.chiffres, bilan.empreinte) for cle, bilan in emis.items()}
    return lus | {cle: (texte, gel.empreinte(texte)) for cle, texte in textes.items()}


def ailleurs(structure: Structure, par: Acteur) -> Acteur:
    """Une structure vide du même sigle et du même nom, où la même personne a un compte."""
    Structure.objects.filter(pk=structure.pk).update(sigle="ANCIENNE")
    neuve = StructureFactory(sigle="MEMPA", nom=structure.nom, territoire=structure.territoire.all())
    return RattachementFactory(structure=neuve, role=Role.RESPONSABLE, utilisateur_id=par.utilisateur_id).acteur()


def modeles_de_structure() -> dict[str, type[models.Model]]:
    return {
        modele._meta.label: modele
        for modele in apps.get_models()
        if any(champ.name == "structure" for champ in modele._meta.concrete_fields)
    }


def contenu(modele: type[models.Model], structure_id: int) -> list[str]:
    """Les lignes d’un modèle, sans leurs numéros."""
    ignores = DU_JOURNAL | PROPRES.get(modele._meta.label, set())
    champs = ["structure__nom"] + [
        c.name for c in modele._meta.concrete_fields if not c.is_relation and c.name not in ignores
    ]
    lues = modele._default_manager.filter(structure=structure_id)
    return sorted(repr([en_jour(valeur) for valeur in ligne]) for ligne in lues.order_by().values_list(*champs))


def en_jour(valeur: object) -> object:
    return timezone.localdate(valeur) if isinstance(valeur, datetime.datetime) else valeur


def test_exporter_puis_reprendre_rend_tout_et_emet_les_memes_bilans(
    tmp_path: Path, garnie: tuple[Structure, Acteur]
) -> None:
    structure, par = garnie
    avant = figes(par)
    un, deux = tmp_path / "un.xlsx", tmp_path / "deux.xlsx"
    exporter(un, structure)
    neuve = ailleurs(structure, par)
    assert "Reprise enregistrée" in lancer(un)
    assert figes(neuve) == avant
    for nom, modele in modeles_de_structure().items():
        if nom not in LAISSES:
            repris = contenu(modele, neuve.structure_id)
            assert repris, nom
            assert repris == contenu(modele, structure.pk), nom
    exporter(deux, Structure.objects.get(sigle="MEMPA"))
    assert cases(deux) == cases(un)
    assert "Tout était déjà enregistré" in lancer(un)


def test_apres_le_retour_le_meme_fichier_decp_n_apporte_rien(tmp_path: Path, garnie: tuple[Structure, Acteur]) -> None:
    structure, par = garnie
    exporter(tmp_path / "un.xlsx", structure)
    neuve = ailleurs(structure, par)
    lancer(tmp_path / "un.xlsx")
    suivis = ("marches.Marche", "marches.Lot", "marches.Attribution", "marches.Clause", "marches.ModificationMarche")
    avant = photographie()
    lignes = Enregistrement(neuve).traiter(decp.lire(publier()))
    assert [ligne.issue for ligne in lignes] == [Issue.DEJA_PRESENT] * 3
    apres = photographie()
    assert [nom for nom in suivis if apres[nom] != avant[nom]] == []
    modifie = Marche.objects.visibles_par(neuve).get(reference="2024-01")
    assert [(e.libelle, e.date, e.duree_mois) for e in historique(modifie, acteur=neuve)] == [
        ("Origine", datetime.date(2024, 5, 22), 12),
        ("Modification", datetime.date(2024, 9, 1), 14),
        ("Modification", datetime.date(2025, 1, 10), 14),
    ]


def test_chaque_feuille_de_l_export_porte_quelque_chose_et_revient_dans_sa_structure_sans_rien_changer(
    tmp_path: Path, garnie: tuple[Structure, Acteur]
) -> None:
    chemin = tmp_path / "un.xlsx"
    exporter(chemin, garnie[0])
    classeur = openpyxl.load_workbook(chemin)
    assert not [feuille.nom for feuille in FEUILLES if classeur[feuille.nom].max_row < 2]
    assert "Tout était déjà enregistré" in lancer(chemin)
