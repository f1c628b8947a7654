"""Les bilans que l’on peut demander, par leur nom (formats.md §1) : pages, exports et commande s’y servent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import IO

from bilans import acheteur, ave, departement, fse
from bilans.copil import bilan as copil
from bilans.corrections import avec_corrections
from bilans.donnees_ouvertes import bilan as ouvertes
from bilans.donnees_ouvertes import fichiers
from bilans.exports import ECRIVAINS
from bilans.faits import Faits
from bilans.forms.acheteur import AcheteurForm
from bilans.forms.operation import OperationForm
from bilans.forms.periode import AnneesForm, CompletForm, PeriodeForm
from bilans.forms.qualite import QualiteForm
from bilans.npnru import bilan as npnru
from bilans.qualite import bilan as qualite
from bilans.rapport import Bilan, Demande
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser_lecture
from heures.models import Participant


@dataclass(frozen=True, slots=True)
class Rapport:
    """Un bilan au catalogue : ce qu’il dit, à qui il sert, ce que l’on en choisit et les formats qu’il écrit.

    `est_emis` : il s’émet et se fige ; un écran de travail, lui, ne vaut que le jour où on le regarde.
    `est_nominatif` : le fichier nomme des personnes, son export s’inscrit au journal avant de partir.
    """

    nom: str
    titre: str
    phrase: str
    etablir: Callable[[Acteur, Demande], Bilan]
    formats: tuple[str, ...] = ("xlsx", "pdf", "csv", "json")
    formulaire: type[PeriodeForm] = PeriodeForm
    ecrivains: Mapping[str, Callable[[Bilan, IO[bytes]], None]] = field(default_factory=dict)
    """Les formats que ce bilan écrit à sa façon ; les autres sont ceux de tous (`exports.ECRIVAINS`)."""
    pieces: Mapping[str, str] = field(default_factory=dict)
    """Ce qui accompagne ses fichiers et se télécharge seul : nom d’URL → libellé."""
    a_cote: Mapping[str, Callable[[Bilan, IO[bytes]], None]] = field(default_factory=dict)
    """Ce que la commande écrit à côté du CSV, par fin de nom."""
    est_emis: bool = True
    est_nominatif: bool = False
    restreindre: Callable[[Acteur, Demande, Faits, str], tuple[Faits, list[tuple[str, str]]]] | None = None
    """Les faits d’une seule de ses lignes (« tableau/cle », vide : tous), et leur filtre en toutes lettres ; quand un
    filtre par dimension ne suffit pas à ouvrir ses chiffres."""
    sortir: Callable[[Acteur, Demande], Bilan] | None = None
    """Ce que dit un fichier, quand il tait ce que l’écran montre ; sans lui, ce que dit `etablir`."""

    def pour_fichier(self, acteur: Acteur, demande: Demande) -> Bilan:
        return (self.sortir or self.etablir)(acteur, demande)

    gestes: tuple[tuple[Droit, str, str], ...] = ()
    """Ce que l’on peut faire de plus depuis sa page : (droit exigé, libellé, nom d’URL)."""


def _avec_corrections(rapport: Rapport) -> Rapport:
    """Un bilan qui s’émet porte ses corrections, à l’écran comme dans le fichier."""
    sortir = rapport.sortir and avec_corrections(rapport.sortir)
    return replace(rapport, etablir=avec_corrections(rapport.etablir), sortir=sortir)


RAPPORTS: dict[str, Rapport] = {
    rapport.nom: _avec_corrections(rapport) if rapport.est_emis else rapport
    for rapport in (
        Rapport(
            departement.NOM,
            departement.TITRE,
            "Heures, publics, territoires, acheteurs et sorties d’une période : ce que la convention demande.",
            departement.etablir,
            gestes=(
                (Droit.GERER_STRUCTURE, "Paramètres et objectifs", "bilans:departement_parametres"),
                (Droit.GERER_STRUCTURE, "Rédiger l’analyse", "bilans:departement_analyse"),
                (Droit.EXPORTER_NOMINATIF, "Annexe nominative (XLSX)", "bilans:departement_annexe"),
            ),
        ),
        Rapport(
            copil.NOM,
            copil.TITRE,
            "Cinq années d’activité, territoires, publics, sorties, et les engagements qui risquent de manquer.",
            copil.etablir,
        ),
        Rapport(
            ave.NOM,
            ave.TITRE,
            "Onze tableaux de consolidation nationale, d’une grille que l’on adapte\u00a0; effectifs de 1 à 4 tus.",
            ave.etablir,
            formats=("xlsx", "csv", "json"),
            restreindre=ave.restreindre,
            ecrivains={"csv": ave.ecrire_csv_ave, "xlsx": ave.ecrire_classeur_ave},
        ),
        Rapport(
            acheteur.NOM,
            acheteur.TITRE,
            "Les marchés et les lots d’un acheteur ou d’une intercommunalité, leurs publics et leurs suites.",
            acheteur.etablir,
            formulaire=AcheteurForm,
            sortir=acheteur.sortir,
        ),
        Rapport(
            npnru.NOM,
            npnru.TITRE,
            "Le stock à une date : heures et habitants des quartiers, par opération, par marché et par commune.",
            npnru.etablir,
            formulaire=CompletForm,
            sortir=npnru.sortir,
            restreindre=npnru.restreindre,
        ),
        Rapport(
            fse.NOM,
            fse.TITRE,
            "Participants, entrées et sorties d’une opération, d’une grille que l’on adapte.",
            fse.etablir,
            formats=("csv", "json"),
            formulaire=OperationForm,
            ecrivains={"csv": ave.ecrire_csv_ave},
            sortir=fse.sortir,
            restreindre=fse.restreindre,
            est_emis=False,
        ),
        Rapport(
            ouvertes.NOM,
            ouvertes.TITRE,
            "Des années achevées, par type d’acheteur, secteur, modalité et critère, à publier\u00a0; effectifs de 1 "
            "à 4 tus, schéma et description joints.",
            ouvertes.etablir,
            formats=("csv", "json", "zip"),
            formulaire=AnneesForm,
            ecrivains={
                "csv": fichiers.ecrire_csv_ouvert,
                "json": fichiers.ecrire_json_ouvert,
                "zip": fichiers.ecrire_archive,
            },
            pieces={"bilans:ouvertes_schema": "Schéma (JSON)"},
            a_cote={".schema.json": fichiers.ecrire_schema, ".lisez-moi.md": fichiers.ecrire_description},
            est_emis=False,
        ),
        Rapport(
            qualite.NOM,
            qualite.TITRE,
            "Ce qui manque ou choque dans les données, avec le remède de chaque défaut.",
            qualite.etablir,
            formats=("xlsx", "json"),
            formulaire=QualiteForm,
            est_emis=False,
            est_nominatif=True,
        ),
    )
}


def ecrire(format_: str, bilan: Bilan, fichier: IO[bytes]) -> None:
    """Écrit le bilan dans ce format, à la façon du sien s’il en a une ; `bilan` peut être relu d’une émission."""
    rapport = RAPPORTS.get(bilan.entete.nom)
    {**ECRIVAINS, **(rapport.ecrivains if rapport else {})}[format_](bilan, fichier)


def inscrire_l_export(rapport: Rapport, bilan: Bilan, *, par: Acteur) -> None:
    """Avant que le fichier parte : combien de lignes nomment quelqu’un, et sur quelle période."""
    if not rapport.est_nominatif:
        return
    du, au, _ = bilan.demande.periode
    journaliser_lecture(
        par=par,
        action="exporter un rapport nominatif",
        modele=Participant,
        nombre=sum(len(tableau.rangees) for tableau in bilan.tableaux.values()),
        filtre=f"bilan={rapport.nom}&du={du}&au={au}",
    )
