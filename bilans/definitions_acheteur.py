"""Les tableaux et l’indicateur propres au bilan par acheteur (bilans.md, C)."""

from __future__ import annotations

from dataclasses import replace

from bilans import definitions
from bilans.definitions import HEURES, PERSONNES, ColonneBilan, Indicateur, TableauBilan, Unite, personnes_de
from bilans.faits import OUI

SOURCE = "bilans.md, C"
N, H, T, D, E = Unite.NOMBRE, Unite.HEURES, Unite.TAUX, Unite.DATE, Unite.EUROS
NOUVEAUX_CHEZ = Indicateur(
    "nouveaux_chez",
    "dont nouveaux chez l’acheteur",
    N,
    "Bénéficiaires dont la première heure validée de toujours, chez cet acheteur (ou dans l’intercommunalité), est "
    "dans la période. Ils peuvent être connus de la structure depuis longtemps.",
    ouvre=personnes_de(nouveau_chez=OUI),
)
MARCHES = TableauBilan(
    "marches",
    "Marchés et lots",
    "C2 Marchés",
    (
        ColonneBilan("numero", "N°"),
        ColonneBilan("objet", "Objet"),
        ColonneBilan("titulaires", "Titulaires"),
        ColonneBilan("notification", "Notif.", D),
        ColonneBilan("fin", "Fin", D),
        ColonneBilan("montant_ht", "Montant", E),
        ColonneBilan("nature", "Nature"),
        ColonneBilan("article", "Article"),
        ColonneBilan("heures_initiales", "H initiales", H),
        ColonneBilan("avenants", "Avenants", H),
        ColonneBilan("heures_engagees", "H engagées", H),
        ColonneBilan("heures_avant", "H avant", H),
        ColonneBilan("heures_periode", "H période", H, HEURES),
        ColonneBilan("heures_cumul", "H cumul", H),
        ColonneBilan("taux", "Taux", T),
        ColonneBilan("reste", "Reste", H),
        ColonneBilan("beneficiaires", "Bénéf.", N, PERSONNES),
        ColonneBilan("situation", "Situation"),
        ColonneBilan("penalite_proposee", "Pénalité proposée", E),
    ),
    "Lots des marchés en cours à la date d’arrêté, notifiés dans la période, ou qui y ont des heures. Avenants\u00a0: "
    "tout mouvement du grand livre après l’engagement initial. Avant\u00a0: mois travaillés avant la période. Cumul, "
    "taux, reste et situation\u00a0: à la date d’arrêté. Montant\u00a0: celui du lot, ou du marché s’il n’en a qu’un. "
    f"Pénalité\u00a0: la dernière proposition de chaque engagement. {definitions.PLUS_QUE_LE_TOTAL}",
    SOURCE,
)
MARCHES_EPCI = replace(
    MARCHES, colonnes=(MARCHES.colonnes[0], ColonneBilan("acheteur", "Acheteur"), *MARCHES.colonnes[1:])
)
CHEZ = ColonneBilan("nouveaux_chez", "Nouveaux chez l’acheteur", N, personnes_de(nouveau_chez=OUI))
_REPARTITION = (
    ColonneBilan("beneficiaires", "Bénéficiaires", N, PERSONNES),
    ColonneBilan("heures", "Heures", H, HEURES),
    ColonneBilan("part_heures", "% des heures", T),
)
_CODE = ColonneBilan("code", "Code")
PUBLICS = replace(definitions.PUBLICS, feuille="C3 Publics", source=SOURCE)
PROFIL = replace(definitions.PROFIL, feuille="C4 Profil", source=SOURCE)
MODALITES = TableauBilan(
    "modalites",
    "Modalités",
    "C5 Modalités",
    (_CODE, ColonneBilan("libelle", "Modalité"), *_REPARTITION),
    definitions.PLUS_QUE_LE_TOTAL,
    SOURCE,
)
CONTRATS = TableauBilan(
    "contrats",
    "Types de contrat",
    "C6 Contrats",
    (_CODE, ColonneBilan("libelle", "Type de contrat"), *_REPARTITION),
    definitions.PLUS_QUE_LE_TOTAL,
    SOURCE,
)
SECTEURS = TableauBilan(
    "secteurs",
    "Secteurs d’activité",
    "C7 Secteurs",
    (
        _CODE,
        ColonneBilan("libelle", "Secteur du lot"),
        ColonneBilan("lots", "Lots actifs", N),
        ColonneBilan("heures_periode", "Heures", H, HEURES),
        ColonneBilan("part_periode", "% des heures", T),
        ColonneBilan("beneficiaires", "Bénéficiaires", N, PERSONNES),
    ),
    f"Lots actifs\u00a0: au moins une heure validée dans la période. {definitions.PLUS_QUE_LE_TOTAL}",
    SOURCE,
)
SUITES = TableauBilan(
    "suites",
    "Suites données",
    "C8 Suites",
    (
        ColonneBilan("numero", "N°"),
        ColonneBilan("entreprise", "Entreprise"),
        ColonneBilan("etape", "Étape"),
        ColonneBilan("date", "Date", D),
        ColonneBilan("echeance", "Réponse attendue", D),
        ColonneBilan("montant", "Montant", E),
    ),
    "Appels, relances, mises en demeure, pénalités proposées et décisions, jusqu’à la date d’arrêté.",
    SOURCE,
)
CONSIDERATIONS = TableauBilan(
    "considerations",
    "SPASER et PNAD\u00a0: considérations sociales",
    "C9 SPASER",
    (
        _CODE,
        ColonneBilan("libelle", "Marchés notifiés dans la période"),
        ColonneBilan("marches", "Marchés", N),
        ColonneBilan("part_marches", "% des marchés suivis", T),
        ColonneBilan("montant_ht", "Montant", E),
    ),
    "Un marché peut porter plusieurs considérations. La part porte sur les marchés suivis ici\u00a0: le SPASER et le "
    "plan national pour des achats durables (PNAD) demandent celle de tous les achats, que l’acheteur seul connaît. "
    "Les considérations environnementales ne sont pas suivies.",
    SOURCE,
)

ACHETEURS = replace(definitions.ACHETEURS, feuille="C1 Acheteurs", source=SOURCE)
TABLEAUX = (ACHETEURS, MARCHES, PUBLICS, PROFIL, MODALITES, CONTRATS, SECTEURS, SUITES, CONSIDERATIONS)
