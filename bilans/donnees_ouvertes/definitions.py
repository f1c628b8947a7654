"""Les dimensions, les indicateurs et les tableaux des données ouvertes ; le schéma et la description en sortent."""

from __future__ import annotations

from dataclasses import dataclass

from bilans import mesures
from bilans.definitions import PLUS_QUE_LE_TOTAL, ColonneBilan, Indicateur, TableauBilan, Unite
from bilans.tableaux import CRITERES, NON_RENSEIGNE, Choix
from heures.enums import Modalite
from marches.enums import Secteur, TypeDonneurOrdre

SOURCE = "bilans.md, H"
TOUS = "TOUS"
N, H = Unite.NOMBRE, Unite.HEURES


@dataclass(frozen=True, slots=True)
class Dimension:
    """`cle` : celle de `calculs`, et la colonne du fichier."""

    cle: str
    titre: str
    choix: Choix
    regle: str


DIMENSIONS = (
    Dimension("type_acheteur", "Type d’acheteur", TypeDonneurOrdre.choices, "Type du donneur d’ordre du marché."),
    Dimension("secteur", "Secteur d’activité", [*Secteur.choices, NON_RENSEIGNE], "Secteur d’activité du lot."),
    Dimension("modalite", "Modalité", Modalite.choices, "Modalité de mise en œuvre de la clause."),
    Dimension(
        "critere_principal",
        "Critère principal",
        CRITERES,
        "Critère principal de la personne à son entrée en clause (première entrée, version courante).",
    ),
)
BENEFICIAIRES = ColonneBilan("beneficiaires", "Bénéficiaires", N, mesures.PERSONNES)
HEURES = ColonneBilan("heures", "Heures", H, mesures.HEURES)
REGLES = {
    BENEFICIAIRES.cle: "Personnes distinctes qui totalisent au moins une heure validée dans l’année et sur la ligne. "
    + PLUS_QUE_LE_TOTAL,
    HEURES.cle: "Heures d’insertion validées, au mois travaillé, au centième d’heure.",
}
DES_ANNEES = "Le tableau des années, qui s’ouvre, en donne les termes."
DU_FICHIER = "Ce que contient le fichier, lisible dans ses tableaux."
INDICATEURS = (
    Indicateur("heures_realisees", "Heures d’insertion réalisées", H,
               f"{REGLES['heures']} Somme des années publiées.", "domaine.md §3", dispense=DES_ANNEES),
    Indicateur("annees", "Années publiées", N,
               "Années civiles achevées d’au moins cinq bénéficiaires\u00a0; une année qui en compte moins n’est pas "
               "publiée, qu’elle en ait quatre ou aucun.", SOURCE, dispense=DU_FICHIER),
    Indicateur("lignes", "Lignes publiées", N, "Lignes du fichier\u00a0: totaux, marges et croisements.", SOURCE,
               dispense=DU_FICHIER),
    Indicateur("croisements", "dont croisements", N,
               "Lignes qui croisent les quatre dimensions\u00a0; un croisement absent est nul ou tu.", SOURCE,
               dispense=DU_FICHIER),
    Indicateur("valeurs_tues", "Valeurs tues", N, "Effectifs et heures des marges qui se lisent « secret ».", SOURCE,
               dispense=DU_FICHIER),
)  # fmt: skip
ANNEE = ColonneBilan("annee", "Année")
CUBE = (ANNEE, *(ColonneBilan(d.cle, d.titre) for d in DIMENSIONS), BENEFICIAIRES, HEURES)
NOMMEES = tuple(ColonneBilan(f"{d.cle}_libelle", d.titre) for d in DIMENSIONS)
ANNEES = TableauBilan(
    "annees",
    "Années",
    "H1 Années",
    (ANNEE, BENEFICIAIRES, HEURES),
    "Les bénéficiaires de deux années ne s’additionnent pas\u00a0: une personne peut être des deux.",
    SOURCE,
    garde_les_vides=True,
)
MARGES = TableauBilan(
    "marges",
    "Par dimension",
    "H2 Marges",
    (
        ANNEE,
        ColonneBilan("dimension", "Code dimension"),
        ColonneBilan("dimension_libelle", "Dimension"),
        ColonneBilan("code", "Code"),
        ColonneBilan("libelle", "Ligne"),
        BENEFICIAIRES,
        HEURES,
    ),
    f"Une dimension à la fois. {PLUS_QUE_LE_TOTAL}",
    SOURCE,
    garde_les_vides=True,
)
CROISEMENTS = TableauBilan(
    "croisements",
    "Croisements",
    "H3 Croisements",
    (ANNEE, *NOMMEES, BENEFICIAIRES, HEURES),
    "Les quatre dimensions à la fois. Un croisement absent est nul ou tu\u00a0: son absence ne dit pas lequel.",
    SOURCE,
)
TABLEAUX = (ANNEES, MARGES, CROISEMENTS)
