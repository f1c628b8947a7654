"""Indicateurs et tableaux du bilan QPV et NPNRU. « Stock » : depuis toujours, jusqu’à la date d’arrêté."""

from __future__ import annotations

from dataclasses import replace

from bilans.definitions import PLUS_QUE_LE_TOTAL, ColonneBilan, Dessin, Indicateur, TableauBilan, Unite
from bilans.etats import SUIVI
from bilans.faits import NR, OUI
from bilans.mesures import HEURES, PERSONNES, Mesure, Ouverture, Quotient, heures_de, marches_de, personnes_de

SOURCE, ANRU = "bilans.md, G", "domaine.md §7"
N, H, T, D = Unite.NOMBRE, Unite.HEURES, Unite.TAUX, Unite.DATE
STOCK = "Depuis toujours, jusqu’à la date d’arrêté\u00a0; "
NPNRU = "Marchés dont l’opération est de renouvellement urbain. "
QPV = "Résidence en QPV à l’entrée en clause (première entrée, version courante)"
TOTALES = "Total des heures que les clauses annoncent\u00a0: une donnée du marché, non le compte de lignes."
ANNONCEES = "Rapport sur les seuls marchés dont les clauses annoncent leurs heures travaillées."
MOUVEMENTS = Ouverture(Mesure.MOUVEMENTS_SUIVIS)
TAUX_STOCK = Quotient("heures_stock", "engagees_stock")
TAUX_QPV = Quotient("heures_qpv_stock", "heures_stock")
DANS_LA_PERIODE = {"heures_periode"}
# Ce que le stock des marchés NPNRU compte, à côté du stock entier : même clef, précédée de « npnru_ ».
PREFIXE = "npnru_"

INDICATEURS: tuple[Indicateur, ...] = (
    Indicateur("marches_stock", "Marchés suivis", N,
               "Marchés qui ont des heures engagées ou validées à la date d’arrêté, soldés compris.", SOURCE,
               marches_de(SUIVI)),
    Indicateur("engagees_stock", "Heures engagées", H,
               f"{STOCK}somme du grand livre de ces marchés, marchés sans suite exceptés\u00a0; jamais proratisée.",
               "domaine.md §2", MOUVEMENTS),
    Indicateur("heures_stock", "Heures réalisées", H, f"{STOCK}lignes validées, au mois travaillé.", "domaine.md §3",
               HEURES),
    Indicateur("taux_stock", "taux de réalisation", T, "Heures réalisées ÷ heures engagées, à la même date.", SOURCE,
               quotient=TAUX_STOCK),
    Indicateur("heures_periode", "dont heures de la période", H,
               "Lignes validées dont le mois est dans la période du bilan.", "domaine.md §3", HEURES),
    Indicateur("personnes_stock", "Bénéficiaires", N,
               f"{STOCK}personnes distinctes d’au moins une heure validée.", SOURCE, PERSONNES),
    Indicateur("qpv_stock", "dont habitants des QPV", N, f"{QPV}.", SOURCE, personnes_de(qpv=OUI)),
    Indicateur("taux_qpv_stock", "part des habitants des QPV", T, "Habitants des QPV ÷ bénéficiaires.", SOURCE,
               quotient=Quotient("qpv_stock", "personnes_stock")),
    Indicateur("qpv_nr_stock", "dont adresse non vérifiée", N, "QPV non renseigné à l’entrée, ou sans entrée.", SOURCE,
               personnes_de(qpv=NR)),
    Indicateur("heures_qpv_stock", "Heures des habitants des QPV", H, f"{STOCK}{QPV[0].lower()}{QPV[1:]}.", SOURCE,
               heures_de(qpv=OUI)),
    Indicateur("taux_heures_qpv_stock", "part dans les heures réalisées", T,
               "Heures des habitants des QPV ÷ heures réalisées.", SOURCE, quotient=TAUX_QPV),
    Indicateur("npnru_marches_stock", "NPNRU\u00a0: marchés suivis", N, f"{NPNRU}Comptés comme les marchés suivis.",
               SOURCE, Ouverture(Mesure.MARCHES, {"etat": SUIVI, "npnru": OUI})),
    Indicateur("npnru_engagees_stock", "heures engagées (NPNRU)", H, f"{NPNRU}{STOCK}somme du grand livre.", SOURCE,
               Ouverture(Mesure.MOUVEMENTS_SUIVIS, {"npnru": OUI})),
    Indicateur("npnru_heures_stock", "heures réalisées (NPNRU)", H, f"{NPNRU}{STOCK}lignes validées.", SOURCE,
               heures_de(npnru=OUI)),
    Indicateur("npnru_taux_stock", "taux de réalisation (NPNRU)", T, "Heures réalisées ÷ heures engagées.", SOURCE,
               quotient=Quotient("npnru_heures_stock", "npnru_engagees_stock")),
    Indicateur("npnru_heures_periode", "dont heures de la période (NPNRU)", H,
               f"{NPNRU}Lignes validées dont le mois est dans la période.", SOURCE, heures_de(npnru=OUI)),
    Indicateur("npnru_personnes_stock", "bénéficiaires (NPNRU)", N,
               f"{NPNRU}Personnes distinctes d’au moins une heure validée sur ces marchés.", SOURCE,
               personnes_de(npnru=OUI)),
    Indicateur("npnru_qpv_stock", "dont habitants des QPV (NPNRU)", N, f"{NPNRU}{QPV}.", SOURCE,
               personnes_de(npnru=OUI, qpv=OUI)),
    Indicateur("npnru_heures_qpv_stock", "heures des habitants des QPV (NPNRU)", H, f"{NPNRU}{QPV}.", SOURCE,
               heures_de(npnru=OUI, qpv=OUI)),
    Indicateur("npnru_heures_totales", "heures travaillées en tout (NPNRU)", H,
               f"{NPNRU}Heures travaillées en tout que les clauses donnent (objectif en part des heures)\u00a0; un "
               "lot compte une fois, un lot qui n’en donne pas n’y est pas.", ANRU, dispense=TOTALES),
    Indicateur("npnru_part_anru", "part réservée aux habitants des QPV (NPNRU)", T,
               "Heures des habitants des QPV ÷ heures travaillées en tout, sur les marchés qui les donnent. La charte "
               "de l’ANRU demande 5\u202f% des heures travaillées, 10\u202f% en gestion urbaine de proximité.", ANRU,
               dispense=ANNONCEES),
)  # fmt: skip

_MESURES = (
    ColonneBilan("engagees_stock", "Heures engagées", H, MOUVEMENTS),
    ColonneBilan("heures_stock", "Heures réalisées", H, HEURES),
    ColonneBilan("taux_stock", "Taux", T, quotient=TAUX_STOCK),
    ColonneBilan("heures_periode", "dont période", H, HEURES),
    ColonneBilan("personnes_stock", "Bénéf.", N, PERSONNES),
    ColonneBilan("qpv_stock", "dont QPV", N, personnes_de(qpv=OUI)),
    ColonneBilan("heures_qpv_stock", "Heures QPV", H, heures_de(qpv=OUI)),
    ColonneBilan("taux_heures_qpv_stock", "% QPV", T, quotient=TAUX_QPV),
    ColonneBilan("heures_totales", "Heures travaillées", H, dispense=TOTALES),
    ColonneBilan("part_anru", "Part ANRU", T, dispense=ANNONCEES),
)
_LECTURE = (
    "Réalisées, bénéficiaires et QPV\u00a0: stock à la date d’arrêté. Heures travaillées\u00a0: en tout, si la clause "
    "les donne. Part ANRU\u00a0: heures des habitants des QPV ÷ heures travaillées. "
)
OPERATIONS = TableauBilan(
    "operations",
    "Opérations de renouvellement urbain",
    "G2 Opérations",
    (
        ColonneBilan("code", "Code"),
        ColonneBilan("libelle", "Opération"),
        ColonneBilan("marches_stock", "Marchés", N, marches_de(SUIVI)),
        *_MESURES,
    ),
    f"{_LECTURE}{PLUS_QUE_LE_TOTAL}",
    SOURCE,
    dessin=Dessin("bar", "Heures réalisées par opération NPNRU", "libelle", ("heures_stock", "heures_qpv_stock")),
    garde_les_vides=True,
)
MARCHES = TableauBilan(
    "marches",
    "Marchés, renouvellement urbain d’abord",
    "G3 Marchés",
    (
        ColonneBilan("numero", "Référence"),
        ColonneBilan("libelle", "Objet"),
        ColonneBilan("acheteur", "Acheteur"),
        ColonneBilan("operation", "Opération"),
        ColonneBilan("est_npnru", "NPNRU"),
        ColonneBilan("notification", "Notif.", D),
        ColonneBilan("statut", "Statut"),
        *_MESURES,
    ),
    f"{_LECTURE}{PLUS_QUE_LE_TOTAL}",
    SOURCE,
    garde_les_vides=True,
)
COMMUNES = TableauBilan(
    "communes",
    "Communes de résidence",
    "G4 Communes",
    (
        ColonneBilan("code", "Code"),
        ColonneBilan("libelle", "Commune de résidence"),
        ColonneBilan("porte_un_qpv", "Porte un QPV"),
        ColonneBilan("personnes_stock", "Bénéficiaires", N, PERSONNES),
        ColonneBilan("qpv_stock", "dont QPV", N, personnes_de(qpv=OUI)),
        ColonneBilan("heures_stock", "Heures", H, HEURES),
        ColonneBilan("heures_qpv_stock", "dont heures QPV", H, heures_de(qpv=OUI)),
        ColonneBilan("taux_heures_qpv_stock", "% QPV", T, quotient=TAUX_QPV),
    ),
    "Clef\u00a0: la commune de résidence à l’entrée, jamais le lieu du chantier. La fiche dit si la personne habite "
    "un quartier prioritaire, pas lequel\u00a0: la commune est le plus fin que l’on sache.",
    SOURCE,
    garde_les_vides=True,
)
TABLEAUX = (OPERATIONS, MARCHES, COMMUNES)


def ouvrir_le_stock(ouvre: Ouverture | None) -> Ouverture | None:
    """La même ouverture, de toujours à la date d’arrêté plutôt que dans la période."""
    return replace(ouvre, est_stock=True) if ouvre else None


def est_de_la_periode(cle: str) -> bool:
    return cle.removeprefix(PREFIXE) in DANS_LA_PERIODE


def du_stock(tableau: TableauBilan) -> TableauBilan:
    """Le tableau, dont les chiffres du stock s’ouvrent de toujours à la date d’arrêté."""
    colonnes = tuple(
        c if est_de_la_periode(c.cle) else replace(c, ouvre=ouvrir_le_stock(c.ouvre)) for c in tableau.colonnes
    )
    return replace(tableau, colonnes=colonnes)
