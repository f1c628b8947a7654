"""De quoi se déclare un bilan, et les tableaux du Département : écran, classeur, PDF et JSON en sortent.

La règle est imprimée telle quelle dans la feuille « Méthode » ; sa source est le texte qui la fonde (bilans.md).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

from bilans.etats import ACTIF, EN_COURS, NOTIFIE, POSITIVE
from bilans.faits import NON, OUI
from bilans.mesures import (
    HEURES,
    PERSONNES,
    Mesure,
    Ouverture,
    Quotient,
    heures_de,
    marches_de,
    personnes_de,
    sorties_de,
)


class Unite(enum.StrEnum):
    TEXTE = "texte"
    NOMBRE = "nombre"
    HEURES = "heures"
    TAUX = "taux"
    ETP = "etp"
    EUROS = "euros"
    DATE = "date"
    POINTS = "points"
    """Une différence de taux."""


@dataclass(frozen=True, slots=True)
class Indicateur:
    cle: str
    nom: str
    unite: Unite
    regle: str
    source: str = "bilans.md, définitions"
    ouvre: Ouverture | None = None
    quotient: Quotient | None = None
    dispense: str = ""
    """Pourquoi ce chiffre ne s’ouvre pas, quand il n’est ni un compte ni un rapport."""


@dataclass(frozen=True, slots=True)
class ColonneBilan:
    cle: str
    nom: str
    unite: Unite = Unite.TEXTE
    ouvre: Ouverture | None = None
    quotient: Quotient | None = None
    dispense: str = ""
    """Pourquoi un nombre de cette colonne ne s’ouvre pas, quand il n’est ni un compte ni un rapport."""


@dataclass(frozen=True, slots=True)
class Dessin:
    """Ce que l’on préfère regarder : les lignes de détail d’un tableau, dessinées à l’écran, en PDF et en classeur."""

    genre: Literal["column", "empile", "bar", "line", "pie"]
    titre: str
    categories: str
    series: tuple[str, ...]
    repere: str = ""
    """Celle des séries qui est un objectif : un trait en travers."""
    au_plus: int | None = None
    """Ne dessiner que les premières lignes de détail."""


@dataclass(frozen=True, slots=True)
class TableauBilan:
    """Un tableau : sa clef JSON, son titre, le nom de sa feuille et ses colonnes.

    Des tableaux de même feuille ont les mêmes colonnes ; ils s’y suivent, distingués par une colonne « Tableau ».
    """

    cle: str
    titre: str
    feuille: str
    colonnes: tuple[ColonneBilan, ...]
    note: str = ""
    source: str = "bilans.md, A"
    dessin: Dessin | None = None
    est_a_l_ecran: bool = True
    est_en_json: bool = True
    garde_les_vides: bool = False
    """À l’écran, montrer aussi les lignes où rien n’est compté."""
    si_vide: str = "Rien à compter dans ce tableau pour la période."
    chapitre: str = ""
    """Dans le PDF, les tableaux qui se suivent sous un même chapitre partagent une page."""
    lignes_en_pdf: int | None = None
    """Dans le PDF, les premières lignes seulement : une phrase y dit combien d’autres a le classeur."""


N, H, T = Unite.NOMBRE, Unite.HEURES, Unite.TAUX
PLUS_QUE_LE_TOTAL = "La somme des lignes peut dépasser le total\u00a0: chaque total compte des personnes distinctes."

SYNTHESE = TableauBilan(
    "synthese",
    "Synthèse",
    "A1 Synthèse",
    (
        ColonneBilan("indicateur", "Indicateur"),
        ColonneBilan("objectif", "Objectif", H),
        ColonneBilan("realise", "Réalisé N", H),
        ColonneBilan("taux_atteinte", "Taux d’atteinte", T),
        ColonneBilan("realise_n1", "N-1 même période", H),
        ColonneBilan("evolution", "Évolution", T),
        ColonneBilan("regle", "Règle"),
    ),
    "Évolution\u00a0: variation par rapport à la même période un an plus tôt\u00a0; en points pour un taux.",
)

_MESURES = (
    ColonneBilan("femmes", "Femmes", N, personnes_de(sexe="F")),
    ColonneBilan("hommes", "Hommes", N, personnes_de(sexe="H")),
    ColonneBilan("total", "Total", N, PERSONNES),
    ColonneBilan("part", "% des personnes", T, quotient=Quotient("total", "total", du_total=True)),
    ColonneBilan("nouveaux", "Nouveaux", N, personnes_de(nouveau=OUI)),
    ColonneBilan("heures", "Heures", H, HEURES),
    ColonneBilan("part_heures", "% des heures", T, quotient=Quotient("heures", "heures", du_total=True)),
    ColonneBilan("heures_moyennes", "Heures moyennes", H, quotient=Quotient("heures", "total")),
)
_CODE = ColonneBilan("code", "Code")

PUBLICS = TableauBilan(
    "publics",
    "Publics\u00a0: critère principal",
    "A2 Publics",
    (_CODE, ColonneBilan("libelle", "Critère principal"), *_MESURES),
    "Une personne est sur une seule ligne\u00a0: celle de son critère principal à l’entrée.",
)
PUBLICS_AU_MOINS_UN = TableauBilan(
    "publics_au_moins_un",
    "Publics\u00a0: au moins un critère",
    "A2 Publics",
    (_CODE, ColonneBilan("libelle", "Au moins un critère"), *_MESURES),
    "Une personne est sur autant de lignes qu’elle a de critères.",
)
PROFIL = TableauBilan(
    "profil",
    "Profil à l’entrée",
    "A3 Profil",
    (ColonneBilan("rubrique", "Rubrique"), _CODE, ColonneBilan("libelle", "Ligne"), *_MESURES),
    "Photographie à l’entrée en clause\u00a0; l’âge est pris au premier jour du mois de la première heure validée.",
)
TERRITOIRES = TableauBilan(
    "territoires",
    "Territoires de résidence et BRSA",
    "A4 Territoires",
    (
        _CODE,
        ColonneBilan("libelle", "Territoire de résidence"),
        ColonneBilan("beneficiaires", "Bénéficiaires", N, PERSONNES),
        ColonneBilan("beneficiaires_brsa", "dont BRSA", N, personnes_de(brsa=OUI)),
        ColonneBilan("part_brsa", "% BRSA", T, quotient=Quotient("beneficiaires_brsa", "beneficiaires")),
        ColonneBilan("nouveaux", "Nouveaux", N, personnes_de(nouveau=OUI)),
        ColonneBilan("nouveaux_brsa", "dont BRSA nouveaux", N, personnes_de(nouveau=OUI, brsa=OUI)),
        ColonneBilan("heures", "Heures", H, HEURES),
        ColonneBilan("heures_brsa", "dont heures BRSA", H, heures_de(brsa=OUI)),
        ColonneBilan("part_heures_brsa", "% heures BRSA", T, quotient=Quotient("heures_brsa", "heures")),
        ColonneBilan("sorties", "Sorties saisies", N, sorties_de(presumee=NON)),
        ColonneBilan("positives", "dont positives", N, sorties_de(categorie=POSITIVE)),
        ColonneBilan("presumees", "Sorties présumées", N, sorties_de(presumee=OUI)),
    ),
    "Clef\u00a0: la commune de résidence à l’entrée, jamais le lieu du chantier ni l’acheteur.",
    dessin=Dessin("bar", "Heures par territoire de résidence", "libelle", ("heures", "heures_brsa")),
    garde_les_vides=True,
)
ACHETEURS = TableauBilan(
    "acheteurs",
    "Acheteurs",
    "A5 Acheteurs",
    (
        ColonneBilan("acheteur", "Acheteur"),
        ColonneBilan("siret", "SIRET"),
        ColonneBilan("type_libelle", "Type"),
        ColonneBilan("epci", "EPCI"),
        ColonneBilan("marches_notifies", "Marchés notifiés", N, marches_de(NOTIFIE)),
        ColonneBilan("marches_en_cours", "en cours", N, marches_de(EN_COURS)),
        ColonneBilan("marches_actifs", "actifs", N, marches_de(ACTIF)),
        ColonneBilan("heures_engagees_cumul", "Heures engagées cumul", H, Ouverture(Mesure.MOUVEMENTS)),
        ColonneBilan("heures_periode", "Heures période", H, HEURES),
        ColonneBilan("heures_cumul", "Heures cumul", H, Ouverture(Mesure.CUMUL)),
        ColonneBilan("taux", "Taux", T, quotient=Quotient("heures_cumul", "heures_engagees_cumul")),
        ColonneBilan("beneficiaires", "Bénéficiaires", N, PERSONNES),
        ColonneBilan("beneficiaires_brsa", "dont BRSA", N, personnes_de(brsa=OUI)),
    ),
    "Engagé et réalisé cumulés\u00a0: marchés en cours à la date d’arrêté.",
)
MODALITES = TableauBilan(
    "modalites",
    "Modalités et types de contrat",
    "A6 Modalités",
    (
        ColonneBilan("modalite", "Code modalité"),
        ColonneBilan("modalite_libelle", "Modalité"),
        ColonneBilan("type_contrat", "Code contrat"),
        ColonneBilan("type_contrat_libelle", "Type de contrat"),
        ColonneBilan("beneficiaires", "Bénéficiaires", N, PERSONNES),
        ColonneBilan("heures", "Heures", H, HEURES),
        ColonneBilan("part_heures", "% des heures", T, quotient=Quotient("heures", "heures", du_total=True)),
    ),
    est_a_l_ecran=False,
)
SORTIES = TableauBilan(
    "sorties",
    "Sorties, et situation à 6 et à 12 mois",
    "A7 Sorties",
    (
        ColonneBilan("categorie", "Catégorie"),
        _CODE,
        ColonneBilan("libelle", "Situation"),
        ColonneBilan("sorties", "À la sortie", N, sorties_de()),
        ColonneBilan("part", "%", T, quotient=Quotient("sorties", "sorties", du_total=True)),
        ColonneBilan("a_6_mois", "À 6 mois", N, Ouverture(Mesure.ECHEANCES_6)),
        ColonneBilan("part_6_mois", "% à 6 mois", T, quotient=Quotient("a_6_mois", "a_6_mois", du_total=True)),
        ColonneBilan("a_12_mois", "À 12 mois", N, Ouverture(Mesure.ECHEANCES_12)),
        ColonneBilan("part_12_mois", "% à 12 mois", T, quotient=Quotient("a_12_mois", "a_12_mois", du_total=True)),
    ),
    "Sorties saisies et présumées de la période. À 6 et à 12 mois\u00a0: les sorties dont l’échéance tombe dans la "
    "période et est passée à l’arrêté\u00a0; ce sont d’autres personnes que celles de la première colonne.",
    garde_les_vides=True,
)
METHODE = TableauBilan(
    "methode",
    "Qualité et méthode",
    "Méthode",
    (ColonneBilan("terme", "Terme"), ColonneBilan("definition", "Définition"), ColonneBilan("source", "Source")),
)

TABLEAUX = (PUBLICS, PUBLICS_AU_MOINS_UN, PROFIL, TERRITOIRES, ACHETEURS, MODALITES, SORTIES)
LECTURES: tuple[tuple[str, str], ...] = (
    ("Période", "Un mois compte quand son premier jour est dans la période, bornes comprises."),
    ("Totaux", PLUS_QUE_LE_TOTAL),
    ("Taux", "Rapport exact, arrondi à quatre décimales au moment d’écrire (0,9584 pour 95,84\u202f%)."),
    ("Rectification", "Une annulation est une ligne validée négative\u00a0: elle se somme au mois qu’elle corrige."),
    ("Personne sous une heure", "Elle n’est pas bénéficiaire\u00a0; ses heures restent dans les heures réalisées."),
    ("Vide", "Une valeur non renseignée n’est pas zéro\u00a0: elle a sa ligne « non renseigné »."),
    (
        "Objectif",
        "Celui de l’année, réglé par la structure, même pour une période plus courte\u00a0; vide sans réglage.",
    ),
)
