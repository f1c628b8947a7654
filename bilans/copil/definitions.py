"""Ce que montre le comité de pilotage : ses indicateurs, ses tableaux, leurs dessins (bilans.md, B)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bilans import declarations, definitions
from bilans.definitions import ColonneBilan, Dessin, H, Indicateur, N, T, TableauBilan, Unite
from bilans.faits import NON, NR, OUI
from bilans.mesures import HEURES, Mesure, Ouverture, Quotient, heures_de

SOURCE = "bilans.md, B"
OBJECTIF_DE_SORTIES = Decimal("0.5")
PREMIERS = 8

REPRIS = (
    "heures_realisees", "heures_brsa", "taux_heures_brsa", "beneficiaires", "nouveaux_entrants", "beneficiaires_brsa",
    "femmes", "moins_26_ans", "qpv", "participants_plie", "contrats", "etp", "marches_actifs", "marches_notifies",
    "marches_en_cours", "heures_engagees_cumul", "heures_realisees_cumul", "taux_cumul", "acheteurs_actifs",
    "entreprises_actives", "siae_mobilisees", "siae_heures", "taux_siae_heures", "sorties_toutes",
    "sorties_positives", "taux_sorties_positives",
)  # fmt: skip
_MANQUE = (
    "heures engagées moins heures projetées à la fin, au rythme des six derniers mois\u00a0; moins heures réalisées "
    "quand on ne sait pas projeter."
)
A_RISQUE = (
    Indicateur(
        "engagements_a_risque",
        "Engagements à risque",
        N,
        "Engagements des marchés en cours à la date d’arrêté dont la situation est «\u00a0en retard\u00a0», "
        "«\u00a0à risque\u00a0» ou «\u00a0non atteint\u00a0», aux seuils de la structure.",
        "domaine.md §4",
        dispense="Le tableau des engagements à risque en est la liste.",
    ),
    Indicateur(
        "heures_en_risque",
        "heures qui leur manqueraient",
        H,
        f"H{_MANQUE[1:]}",
        "domaine.md §4",
        dispense="Le tableau des engagements à risque en est la liste.",
    ),
)
INDICATEURS = (
    *(indicateur for cle in REPRIS for indicateur in declarations.INDICATEURS if indicateur.cle == cle),
    *A_RISQUE,
)

_ANNEE = ColonneBilan("annee", "Année")
_MEME_PERIODE = (
    "Chaque année est prise aux mêmes jours que la période. Une année sans heure validée est vide, pas nulle. "
    "Les années ne s’additionnent pas\u00a0: une personne peut être présente plusieurs années."
)
SERIE = TableauBilan(
    "serie",
    "Heures sur cinq ans",
    "B1 Heures",
    (
        _ANNEE,
        declarations.colonne_de("heures_realisees", "Heures"),
        declarations.colonne_de("heures_brsa", "dont BRSA"),
        declarations.colonne_de("taux_heures_brsa", "% BRSA"),
        declarations.colonne_de("etp", "ETP"),
        declarations.colonne_de("marches_notifies", "Marchés notifiés"),
        declarations.colonne_de("marches_actifs", "Marchés actifs"),
        declarations.colonne_de("acheteurs_actifs", "Acheteurs actifs"),
    ),
    _MEME_PERIODE,
    SOURCE,
    Dessin("column", "Heures d’insertion réalisées, par année", "annee", ("heures_realisees",)),
    garde_les_vides=True,
    chapitre="L’activité",
)
PERSONNES_PAR_AN = TableauBilan(
    "serie_personnes",
    "Personnes sur cinq ans",
    "B3 Personnes",
    (
        _ANNEE,
        declarations.colonne_de("beneficiaires", "Bénéficiaires"),
        declarations.colonne_de("nouveaux_entrants", "Nouveaux entrants"),
        declarations.colonne_de("beneficiaires_brsa", "BRSA"),
        declarations.colonne_de("femmes", "Femmes"),
        declarations.colonne_de("taux_femmes", "% femmes"),
        declarations.colonne_de("qpv", "Habitants de QPV"),
        declarations.colonne_de("heures_moyennes", "Heures moyennes"),
    ),
    "",
    SOURCE,
    Dessin(
        "column",
        "Bénéficiaires, nouveaux entrants et BRSA, par année",
        "annee",
        ("beneficiaires", "nouveaux_entrants", "beneficiaires_brsa"),
    ),
    garde_les_vides=True,
    chapitre="Les personnes",
)
_ACHETEUR = "epci_acheteur"
TERRITOIRES = TableauBilan(
    "territoires",
    "Les intercommunalités, selon l’acheteur et selon la résidence",
    "B5 Territoires",
    (
        ColonneBilan("code", "Code"),
        ColonneBilan("libelle", "Territoire"),
        ColonneBilan("population", "Population", N, dispense="Référentiel des communes."),
        ColonneBilan("heures_acheteur", "Heures des acheteurs", H, Ouverture(Mesure.LIGNES, sauf="territoire")),
        ColonneBilan("heures_residence", "Heures des habitants", H, Ouverture(Mesure.LIGNES, sauf=_ACHETEUR)),
        ColonneBilan("beneficiaires_residence", "Bénéficiaires", N, Ouverture(Mesure.PERSONNES, sauf=_ACHETEUR)),
        ColonneBilan("brsa_residence", "dont BRSA", N, Ouverture(Mesure.PERSONNES, {"brsa": OUI}, _ACHETEUR)),
        ColonneBilan(
            "heures_pour_mille",
            "Pour 1\u202f000 habitants",
            H,
            dispense="Heures des habitants × 1\u202f000 ÷ population, deux colonnes voisines.",
        ),
    ),
    "Deux clefs, un même total\u00a0: l’intercommunalité de la fiche de l’acheteur, et celle où la personne habite à "
    "son entrée. Population municipale du référentiel\u00a0; pour 1\u202f000 habitants\u00a0: heures des habitants.",
    SOURCE,
    Dessin("bar", "Heures selon l’acheteur et selon la résidence", "libelle", ("heures_acheteur", "heures_residence")),
    garde_les_vides=True,
    chapitre="Territoires et PLIE",
)
PUBLICS = replace(
    definitions.PUBLICS,
    feuille="B4 Publics",
    source=SOURCE,
    dessin=Dessin("bar", "Bénéficiaires par critère principal", "libelle", ("total",)),
    chapitre="Les personnes",
)
SIAE = TableauBilan(
    "serie_siae",
    "Clause et insertion par l’activité économique",
    "B2 SIAE",
    (
        _ANNEE,
        declarations.colonne_de("siae_mobilisees", "SIAE mobilisées"),
        declarations.colonne_de("siae_heures", "Heures en SIAE"),
        ColonneBilan("heures_hors_siae", "Heures hors SIAE", H, heures_de(siae=NON)),
        declarations.colonne_de("taux_siae_heures", "% en SIAE"),
    ),
    "SIAE\u00a0: l’employeur est une EI, une ETTI, une AI, un ACI ou une EITI.",
    SOURCE,
    Dessin("empile", "Heures en SIAE et hors SIAE, par année", "annee", ("siae_heures", "heures_hors_siae")),
    garde_les_vides=True,
    chapitre="L’activité",
)
PLIE = TableauBilan(
    "serie_plie",
    "Clause et PLIE",
    "B6 PLIE",
    (
        _ANNEE,
        declarations.colonne_de("participants_plie", "Participants PLIE"),
        ColonneBilan("part_plie", "% des bénéficiaires", T, quotient=Quotient("participants_plie", "beneficiaires")),
        declarations.colonne_de("heures_plie", "Heures PLIE"),
        ColonneBilan("heures_hors_plie", "Heures hors PLIE", H, heures_de(plie=NON)),
        ColonneBilan("heures_plie_nr", "Heures sans entrée", H, heures_de(plie=NR)),
        ColonneBilan("taux_heures_plie", "% des heures", T, quotient=Quotient("heures_plie", "heures_realisees")),
    ),
    "Participant PLIE\u00a0: marqueur à l’entrée. Heures sans entrée\u00a0: celles de qui n’a pas d’entrée saisie.",
    SOURCE,
    Dessin(
        "empile", "Heures des participants PLIE et des autres, par année", "annee", ("heures_plie", "heures_hors_plie")
    ),
    garde_les_vides=True,
    chapitre="Territoires et PLIE",
)
SORTIES_PAR_AN = TableauBilan(
    "serie_sorties",
    "Sorties positives et objectif",
    "B7 Sorties par an",
    (
        _ANNEE,
        declarations.colonne_de("sorties_toutes", "Sorties"),
        declarations.colonne_de("sorties_presumees", "dont présumées"),
        declarations.colonne_de("sorties_positives", "dont positives"),
        declarations.colonne_de("taux_sorties_positives", "% positives"),
        ColonneBilan("objectif", "Objectif", T, dispense="La moitié des sorties."),
        ColonneBilan("ecart", "Écart à l’objectif", Unite.POINTS, dispense="Différence des deux colonnes voisines."),
        declarations.colonne_de("echeances_6_mois", "Échéances à six mois"),
        declarations.colonne_de("positives_6_mois", "dont positives à six mois"),
    ),
    "Objectif\u00a0: la moitié des sorties sont positives. Sans sortie, le taux est vide.",
    SOURCE,
    Dessin(
        "line",
        "Taux de sorties positives, et objectif de 50\u202f%",
        "annee",
        ("taux_sorties_positives", "objectif"),
        repere="objectif",
    ),
    garde_les_vides=True,
    chapitre="Les sorties",
)
SORTIES = replace(
    definitions.SORTIES,
    titre="Situations à la sortie",
    feuille="B8 Sorties",
    source=SOURCE,
    chapitre="Les sorties",
)
_PREMIERS = (
    ColonneBilan("heures", "Heures", H, HEURES),
    ColonneBilan("part_heures", "% des heures", T, quotient=Quotient("heures", "heures", du_total=True)),
    declarations.colonne_de("beneficiaires", "Bénéficiaires"),
    declarations.colonne_de("beneficiaires_brsa", "dont BRSA"),
)
ACHETEURS = TableauBilan(
    "premiers_acheteurs",
    "Premiers acheteurs",
    "B9 Acheteurs",
    (ColonneBilan("acheteur", "Acheteur"), ColonneBilan("siret", "SIRET"), *_PREMIERS),
    f"Les {PREMIERS} premiers par leurs heures de la période. {definitions.PLUS_QUE_LE_TOTAL}",
    SOURCE,
    Dessin("bar", "Heures des premiers acheteurs", "acheteur", ("heures",)),
    chapitre="Acheteurs et entreprises",
)
ENTREPRISES = TableauBilan(
    "premieres_entreprises",
    "Premières entreprises",
    "B10 Entreprises",
    (ColonneBilan("entreprise", "Entreprise"), ColonneBilan("siret", "SIRET"), *_PREMIERS),
    f"Entreprises redevables, les {PREMIERS} premières par leurs heures de la période.",
    SOURCE,
    Dessin("bar", "Heures des premières entreprises", "entreprise", ("heures",)),
    chapitre="Acheteurs et entreprises",
)
_FICHE = "La fiche de l’engagement, que la ligne ouvre, le détaille."
RISQUES = TableauBilan(
    "engagements_a_risque",
    "Engagements à risque",
    "B11 À risque",
    (
        ColonneBilan("libelle", "Engagement"),
        ColonneBilan("acheteur", "Acheteur"),
        ColonneBilan("entreprise", "Entreprise"),
        ColonneBilan("situation", "Situation"),
        ColonneBilan("fin", "Fin", Unite.DATE),
        ColonneBilan("heures_engagees", "Engagées", H, dispense="Total\u00a0: la somme des lignes."),
        ColonneBilan("heures_realisees", "Réalisées", H, dispense=_FICHE),
        ColonneBilan("taux", "Taux", T, quotient=Quotient("heures_realisees", "heures_engagees")),
        ColonneBilan("heures_attendues", "Attendues", H, dispense=_FICHE),
        ColonneBilan("heures_projetees", "Projetées", H, dispense=_FICHE),
        ColonneBilan("heures_manquantes", "Manque", H, dispense=_FICHE),
    ),
    f"{A_RISQUE[0].regle} Attendues\u00a0: au prorata du temps écoulé, ou selon l’échéancier. Manque\u00a0: {_MANQUE}",
    SOURCE,
    Dessin("bar", "Heures qui manqueraient à la fin", "libelle", ("heures_manquantes",), au_plus=PREMIERS),
    chapitre="Engagements à risque",
    lignes_en_pdf=10,
)
TABLEAUX = (
    SERIE,
    SIAE,
    PERSONNES_PAR_AN,
    PUBLICS,
    TERRITOIRES,
    PLIE,
    SORTIES_PAR_AN,
    SORTIES,
    ACHETEURS,
    ENTREPRISES,
    RISQUES,
)
