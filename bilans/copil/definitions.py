"""Ce que montre le comité de pilotage : ses indicateurs, ses tableaux, leurs dessins (bilans.md, B)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bilans import definitions
from bilans.definitions import (
    HEURES,
    PERSONNES,
    ColonneBilan,
    Dessin,
    H,
    Indicateur,
    Mesure,
    N,
    Ouverture,
    T,
    TableauBilan,
    Unite,
    heures_de,
    personnes_de,
)
from bilans.faits import NON, NR, OUI

SOURCE = "bilans.md, B"
OBJECTIF_DE_SORTIES = Decimal("0.5")
PREMIERS = 8

REPRIS = (
    "heures_realisees", "heures_brsa", "taux_heures_brsa", "beneficiaires", "nouveaux_entrants", "beneficiaires_brsa",
    "femmes", "moins_26_ans", "qpv", "participants_plie", "contrats", "etp", "marches_actifs", "marches_notifies",
    "marches_en_cours", "heures_engagees_cumul", "heures_realisees_cumul", "taux_cumul", "acheteurs_actifs",
    "entreprises_actives", "siae_mobilisees", "siae_heures", "taux_siae_heures", "sorties", "sorties_positives",
    "taux_sorties_positives",
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
    ),
    Indicateur(
        "heures_en_risque",
        "heures qui leur manqueraient",
        H,
        f"H{_MANQUE[1:]}",
        "domaine.md §4",
    ),
)
INDICATEURS = (
    *(indicateur for cle in REPRIS for indicateur in definitions.INDICATEURS if indicateur.cle == cle),
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
        ColonneBilan("heures_realisees", "Heures", H, HEURES),
        ColonneBilan("heures_brsa", "dont BRSA", H, heures_de(brsa=OUI)),
        ColonneBilan("taux_heures_brsa", "% BRSA", T),
        ColonneBilan("etp", "ETP", Unite.ETP),
        ColonneBilan("marches_notifies", "Marchés notifiés", N),
        ColonneBilan("marches_actifs", "Marchés actifs", N),
        ColonneBilan("acheteurs_actifs", "Acheteurs actifs", N),
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
        ColonneBilan("beneficiaires", "Bénéficiaires", N, PERSONNES),
        ColonneBilan("nouveaux_entrants", "Nouveaux entrants", N, personnes_de(nouveau=OUI)),
        ColonneBilan("beneficiaires_brsa", "BRSA", N, personnes_de(brsa=OUI)),
        ColonneBilan("femmes", "Femmes", N, personnes_de(sexe="F")),
        ColonneBilan("taux_femmes", "% femmes", T),
        ColonneBilan("qpv", "Habitants de QPV", N, personnes_de(qpv=OUI)),
        ColonneBilan("heures_moyennes", "Heures moyennes", H),
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
        ColonneBilan("population", "Population", N),
        ColonneBilan("heures_acheteur", "Heures des acheteurs", H, Ouverture(Mesure.LIGNES, sauf="territoire")),
        ColonneBilan("heures_residence", "Heures des habitants", H, Ouverture(Mesure.LIGNES, sauf=_ACHETEUR)),
        ColonneBilan("beneficiaires_residence", "Bénéficiaires", N, Ouverture(Mesure.PERSONNES, sauf=_ACHETEUR)),
        ColonneBilan("brsa_residence", "dont BRSA", N, Ouverture(Mesure.PERSONNES, {"brsa": OUI}, _ACHETEUR)),
        ColonneBilan("heures_pour_mille", "Pour 1\u202f000 habitants", H),
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
        ColonneBilan("siae_mobilisees", "SIAE mobilisées", N),
        ColonneBilan("siae_heures", "Heures en SIAE", H, heures_de(siae=OUI)),
        ColonneBilan("heures_hors_siae", "Heures hors SIAE", H, heures_de(siae=NON)),
        ColonneBilan("taux_siae_heures", "% en SIAE", T),
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
        ColonneBilan("participants_plie", "Participants PLIE", N, personnes_de(plie=OUI)),
        ColonneBilan("part_plie", "% des bénéficiaires", T),
        ColonneBilan("heures_plie", "Heures PLIE", H, heures_de(plie=OUI)),
        ColonneBilan("heures_hors_plie", "Heures hors PLIE", H, heures_de(plie=NON)),
        ColonneBilan("heures_plie_nr", "Heures sans entrée", H, heures_de(plie=NR)),
        ColonneBilan("taux_heures_plie", "% des heures", T),
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
        ColonneBilan("sorties", "Sorties", N),
        ColonneBilan("sorties_positives", "dont positives", N),
        ColonneBilan("taux_sorties_positives", "% positives", T),
        ColonneBilan("objectif", "Objectif", T),
        ColonneBilan("ecart", "Écart à l’objectif", Unite.POINTS),
        ColonneBilan("echeances_6_mois", "Échéances à six mois", N),
        ColonneBilan("positives_6_mois", "dont positives à six mois", N),
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
    ColonneBilan("part_heures", "% des heures", T),
    ColonneBilan("beneficiaires", "Bénéficiaires", N, PERSONNES),
    ColonneBilan("beneficiaires_brsa", "dont BRSA", N, personnes_de(brsa=OUI)),
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
        ColonneBilan("heures_engagees", "Engagées", H),
        ColonneBilan("heures_realisees", "Réalisées", H),
        ColonneBilan("taux", "Taux", T),
        ColonneBilan("heures_attendues", "Attendues", H),
        ColonneBilan("heures_projetees", "Projetées", H),
        ColonneBilan("heures_manquantes", "Manque", H),
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
