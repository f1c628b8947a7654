"""Chaque indicateur, chaque tableau, chaque colonne d’un bilan, déclaré une fois : écran, classeur et JSON en sortent.

La règle est imprimée telle quelle dans la feuille « Méthode » ; sa source est le texte qui la fonde (bilans.md).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bilans.faits import OUI


class Unite(enum.StrEnum):
    TEXTE = "texte"
    NOMBRE = "nombre"
    HEURES = "heures"
    TAUX = "taux"
    ETP = "etp"
    EUROS = "euros"
    DATE = "date"


class Mesure(enum.StrEnum):
    """Ce qui s’ouvre derrière un chiffre : ses lignes d’heures, ou les personnes qu’il compte."""

    LIGNES = "lignes"
    PERSONNES = "personnes"


@dataclass(frozen=True, slots=True)
class Ouverture:
    """Comment un chiffre s’ouvre : ce que l’on montre, et le filtre qui le compose."""

    mesure: Mesure
    filtre: Mapping[str, str] = field(default_factory=dict)


HEURES = Ouverture(Mesure.LIGNES)
PERSONNES = Ouverture(Mesure.PERSONNES)


def heures_de(**filtre: str) -> Ouverture:
    return Ouverture(Mesure.LIGNES, filtre)


def personnes_de(**filtre: str) -> Ouverture:
    return Ouverture(Mesure.PERSONNES, filtre)


@dataclass(frozen=True, slots=True)
class Indicateur:
    cle: str
    nom: str
    unite: Unite
    regle: str
    source: str = "bilans.md, définitions"
    ouvre: Ouverture | None = None


@dataclass(frozen=True, slots=True)
class ColonneBilan:
    cle: str
    nom: str
    unite: Unite = Unite.TEXTE
    ouvre: Ouverture | None = None


@dataclass(frozen=True, slots=True)
class Dessin:
    """Ce que l’on préfère regarder : les lignes de détail d’un tableau, dessinées à l’écran, en PDF et en classeur."""

    genre: Literal["column", "bar", "line", "pie"]
    titre: str
    categories: str
    series: tuple[str, ...]


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


N, H, T = Unite.NOMBRE, Unite.HEURES, Unite.TAUX
PLUS_QUE_LE_TOTAL = "La somme des lignes peut dépasser le total\u00a0: chaque total compte des personnes distinctes."
HEURES_VALIDEES = "Heures validées, au mois travaillé\u00a0; "
A_L_ENTREE = "à l’entrée en clause (première entrée, version courante)."

INDICATEURS: tuple[Indicateur, ...] = (
    Indicateur(
        "heures_realisees", "Heures d’insertion réalisées", H,
        "Lignes d’heures validées, comptées au mois travaillé\u00a0; déclarées et refusées sont comptées à part.",
        "domaine.md §3", HEURES,
    ),
    Indicateur("heures_brsa", "dont heures des BRSA", H,
               f"{HEURES_VALIDEES}bénéficiaires du RSA {A_L_ENTREE}", ouvre=heures_de(brsa=OUI)),
    Indicateur("taux_heures_brsa", "part des BRSA dans les heures", T, "Heures des BRSA ÷ heures réalisées."),
    Indicateur("beneficiaires", "Bénéficiaires", N,
               "Personnes distinctes qui totalisent au moins une heure validée dans la période et le périmètre.",
               ouvre=PERSONNES),
    Indicateur("nouveaux_entrants", "dont nouveaux entrants", N,
               "Bénéficiaires dont la première heure validée de toujours, dans la structure, est dans la période.",
               ouvre=personnes_de(nouveau=OUI)),
    Indicateur("beneficiaires_brsa", "dont bénéficiaires du RSA", N,
               f"Critère RSA, principal ou non, {A_L_ENTREE} Trois valeurs\u00a0: oui, non, non renseigné.",
               ouvre=personnes_de(brsa=OUI)),
    Indicateur("taux_beneficiaires_brsa", "part des BRSA dans les personnes", T, "BRSA ÷ bénéficiaires."),
    Indicateur("nouveaux_brsa", "dont nouveaux entrants BRSA", N, "Nouveaux entrants bénéficiaires du RSA.",
               ouvre=personnes_de(brsa=OUI, nouveau=OUI)),
    Indicateur("moins_26_ans", "dont moins de 26 ans", N,
               "Âge au premier jour du mois de la première heure validée dans la structure.",
               ouvre=personnes_de(age="MOINS_26")),
    Indicateur("femmes", "dont femmes", N, "Bénéficiaires de sexe féminin.", ouvre=personnes_de(sexe="F")),
    Indicateur("taux_femmes", "part des femmes dans les personnes", T, "Femmes ÷ bénéficiaires."),
    Indicateur("heures_femmes", "heures des femmes", H, f"{HEURES_VALIDEES}femmes.", ouvre=heures_de(sexe="F")),
    Indicateur("taux_heures_femmes", "part des femmes dans les heures", T, "Heures des femmes ÷ heures réalisées."),
    Indicateur("qpv", "dont habitants d’un quartier prioritaire (QPV)", N, f"Résidence en QPV {A_L_ENTREE}",
               ouvre=personnes_de(qpv=OUI)),
    Indicateur("taux_qpv", "part des habitants de QPV dans les personnes", T, "Habitants de QPV ÷ bénéficiaires."),
    Indicateur("heures_qpv", "heures des habitants de QPV", H, f"{HEURES_VALIDEES}résidents en QPV.",
               ouvre=heures_de(qpv=OUI)),
    Indicateur("taux_heures_qpv", "part des habitants de QPV dans les heures", T,
               "Heures des habitants de QPV ÷ heures réalisées."),
    Indicateur("participants_plie", "dont participants PLIE", N,
               f"Marqueur\u00a0: accompagnés par le PLIE {A_L_ENTREE}", ouvre=personnes_de(plie=OUI)),
    Indicateur("heures_plie", "heures des participants PLIE", H, f"{HEURES_VALIDEES}participants PLIE.",
               ouvre=heures_de(plie=OUI)),
    Indicateur("residents_territoire", "Résidents du territoire", N,
               f"Bénéficiaires dont la commune {A_L_ENTREE[:-1]} est dans une intercommunalité de la structure.",
               "domaine.md §9", personnes_de(zone="TERRITOIRE")),
    Indicateur("residents_departement", "Résidents du reste du département", N,
               "Commune du référentiel, même département que la structure, hors de ses intercommunalités.",
               "domaine.md §9", personnes_de(zone="AUTRE_DEPARTEMENT")),
    Indicateur("residents_hors", "Résidents hors territoire", N,
               "Toute autre commune, y compris une commune absente du référentiel chargé.", "domaine.md §9",
               personnes_de(zone="HORS")),
    Indicateur("residents_nr", "Résidence non renseignée", N, "Sans commune à l’entrée, ou sans entrée en clause.",
               "domaine.md §9", personnes_de(zone="NR")),
    Indicateur("contrats", "Contrats de travail", N,
               "Contrats distincts d’au moins une heure validée dans la période\u00a0; les missions d’intérim, ou les "
               "contrats chez un ACI, d’une même personne chez le même employeur comptent pour un."),
    Indicateur("heures_moyennes", "Heures moyennes par bénéficiaire", H, "Heures réalisées ÷ bénéficiaires."),
    Indicateur("marches_actifs", "Marchés actifs", N, "Marchés d’au moins une heure validée dans la période."),
    Indicateur("marches_notifies", "Marchés notifiés", N, "Marchés notifiés dans la période."),
    Indicateur("marches_en_cours", "Marchés en cours", N,
               "Notifiés au plus tard à la date d’arrêté et ni soldés, ni résiliés, ni sans suite. On n’additionne "
               "pas les marchés de deux années."),
    Indicateur("heures_engagees_cumul", "Heures engagées, cumul des marchés en cours", H,
               "Somme des mouvements du grand livre jusqu’à la date d’arrêté\u00a0; jamais proratisées.",
               "domaine.md §2"),
    Indicateur("heures_realisees_cumul", "Heures réalisées, cumul des marchés en cours", H,
               "Heures validées depuis la notification jusqu’à la date d’arrêté, sur les marchés en cours."),
    Indicateur("taux_cumul", "Taux de réalisation cumulé", T,
               "Cumul réalisé ÷ cumul engagé, à la même date, marchés en cours\u00a0; peut dépasser 100\u202f%."),
    Indicateur("acheteurs_actifs", "Acheteurs actifs", N, "Acheteurs d’au moins une heure validée dans la période."),
    Indicateur("acheteurs_nouveaux", "Acheteurs nouveaux", N,
               "Acheteurs dont le premier marché notifié l’est dans la période."),
    Indicateur("entreprises_actives", "Entreprises redevables actives", N,
               "Entreprises engagées d’au moins une heure validée dans la période."),
    Indicateur("siae_mobilisees", "SIAE mobilisées", N,
               "Employeurs EI, ETTI, AI, ACI ou EITI d’au moins une heure validée.", "domaine.md §6"),
    Indicateur("siae_heures", "heures portées par les SIAE", H,
               "Heures validées dont l’employeur est une EI, une ETTI, une AI, un ACI ou une EITI.", "domaine.md §6",
               heures_de(siae=OUI)),
    Indicateur("taux_siae_heures", "part des SIAE dans les heures", T, "Heures des SIAE ÷ heures réalisées."),
    Indicateur("sorties", "Sorties", N,
               "Personnes dont une sortie est saisie dans la période\u00a0; leur dernière sortie fait foi."),
    Indicateur("sorties_positives", "dont sorties positives", N,
               "CDI, CDD, intérim de longue durée, contrat aidé, alternance, création, formation qualifiante.",
               "domaine.md §6"),
    Indicateur("taux_sorties_positives", "taux de sorties positives", T, "Sorties positives ÷ sorties."),
    Indicateur("echeances_6_mois", "Échéances à six mois", N,
               "Sorties dont l’échéance à six mois tombe dans la période."),
    Indicateur("positives_6_mois", "dont situation positive à six mois", N,
               "Situation à six mois positive\u00a0; « non renseigné » et « injoignable » n’en sont pas."),
    Indicateur("etp", "Équivalents temps plein (ETP)", Unite.ETP,
               "Heures réalisées ÷ base ETP de la structure\u00a0; une seule base par document."),
    Indicateur("etp_facilitateurs", "ETP de facilitateur", H, "Réglage de la structure, vide s’il n’est pas donné.",
               "réglages"),
    Indicateur("heures_par_etp_facilitateur", "Heures par ETP de facilitateur", H,
               "Heures réalisées ÷ ETP de facilitateur."),
    Indicateur("beneficiaires_par_etp_facilitateur", "Bénéficiaires par ETP de facilitateur", H,
               "Bénéficiaires ÷ ETP de facilitateur."),
    Indicateur("heures_declarees", "À part\u00a0: heures déclarées, non validées", H,
               "Heures de la période encore à valider\u00a0; elles ne comptent dans aucun autre chiffre.",
               "domaine.md §3"),
    Indicateur("heures_refusees", "À part\u00a0: heures refusées", H,
               "Heures de la période refusées, avec leur motif\u00a0; elles ne comptent nulle part.", "domaine.md §3"),
)  # fmt: skip

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
    ColonneBilan("part", "% des personnes", T),
    ColonneBilan("nouveaux", "Nouveaux", N, personnes_de(nouveau=OUI)),
    ColonneBilan("heures", "Heures", H, HEURES),
    ColonneBilan("part_heures", "% des heures", T),
    ColonneBilan("heures_moyennes", "Heures moyennes", H),
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
    f"Une personne est sur autant de lignes qu’elle a de critères. {PLUS_QUE_LE_TOTAL}",
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
        ColonneBilan("part_brsa", "% BRSA", T),
        ColonneBilan("nouveaux", "Nouveaux", N, personnes_de(nouveau=OUI)),
        ColonneBilan("nouveaux_brsa", "dont BRSA nouveaux", N, personnes_de(nouveau=OUI, brsa=OUI)),
        ColonneBilan("heures", "Heures", H, HEURES),
        ColonneBilan("heures_brsa", "dont heures BRSA", H, heures_de(brsa=OUI)),
        ColonneBilan("part_heures_brsa", "% heures BRSA", T),
        ColonneBilan("sorties", "Sorties", N),
        ColonneBilan("positives", "dont positives", N),
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
        ColonneBilan("marches_notifies", "Marchés notifiés", N),
        ColonneBilan("marches_en_cours", "en cours", N),
        ColonneBilan("marches_actifs", "actifs", N),
        ColonneBilan("heures_engagees_cumul", "Heures engagées cumul", H),
        ColonneBilan("heures_periode", "Heures période", H, HEURES),
        ColonneBilan("heures_cumul", "Heures cumul", H),
        ColonneBilan("taux", "Taux", T),
        ColonneBilan("beneficiaires", "Bénéficiaires", N, PERSONNES),
        ColonneBilan("beneficiaires_brsa", "dont BRSA", N, personnes_de(brsa=OUI)),
    ),
    f"Engagé et réalisé cumulés\u00a0: marchés en cours à la date d’arrêté. {PLUS_QUE_LE_TOTAL}",
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
        ColonneBilan("part_heures", "% des heures", T),
    ),
    PLUS_QUE_LE_TOTAL,
    est_a_l_ecran=False,
)
SORTIES = TableauBilan(
    "sorties",
    "Sorties",
    "Sorties",
    (
        ColonneBilan("categorie", "Catégorie"),
        _CODE,
        ColonneBilan("libelle", "Situation à la sortie"),
        ColonneBilan("sorties", "Sorties", N),
        ColonneBilan("part", "%", T),
    ),
    "Sorties saisies dans la période\u00a0; la dernière sortie de chaque personne fait foi.",
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
    ("Objectif", "Vide tant que la convention n’en fixe pas."),
)
