"""Les onze feuilles de l’AVE (E), attendues ligne à ligne."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.ave import GRILLE, CompteAve
from tests.oracle.classeur import DETAIL, SOUS_TOTAL, TOTAL, Feuille, Ligne, dresser

MARCHES, CONTRATS = {"Marchés actifs": "marches_actifs"}, {"Contrats": "contrats"}
HEURES = {"Heures": "heures", "% des heures": "part_heures"}
PERSONNES = {"Bénéficiaires": "beneficiaires", "Femmes": "femmes"}
HOMMES, NOUVEAUX, ETP = {"Hommes": "hommes"}, {"Nouveaux": "nouveaux"}, {"ETP": "etp"}
# Par feuille : le tableau (plusieurs, par leur titre) et ses colonnes.
FEUILLES = {
    "2 Acheteurs": ({"": "acheteurs"}, {"Acheteurs actifs": "acheteurs_actifs", **MARCHES, **HEURES, **PERSONNES}),
    "3 Nature de clause": ({"": "clauses"}, {**MARCHES, **HEURES, **PERSONNES}),
    "4 Montants": ({"": "montants"}, {**MARCHES, **HEURES, **PERSONNES}),
    "5 Secteurs": ({"": "secteurs"}, {**MARCHES, **HEURES, **PERSONNES}),
    "6 Modalités": ({"": "modalites"}, {**HEURES, **ETP, **PERSONNES, **CONTRATS}),
    "7 Contrats": ({"": "contrats"}, {**CONTRATS, **HEURES, **ETP, **PERSONNES}),
    "8 Situation avant": (
        {
            "Situation avant\u00a0: critère principal": "situation_avant",
            "Situation avant\u00a0: quartier prioritaire (QPV), à part": "situation_qpv",
        },
        {**HEURES, **PERSONNES, **HOMMES, **NOUVEAUX},
    ),
    "9 Âge et niveau": ({"": "age_niveau"}, {**HEURES, **PERSONNES, **HOMMES}),
    "10 Devenir": ({"": "devenir"}, {"Sorties": "sorties", "%": "part"}),
}
# Par ligne : la colonne de son unité, et l’indicateur.
CHIFFRES = {
    "heures": ("Heures", "heures_realisees"), "etp": ("ETP", "etp"), "beneficiaires": ("Nombre", "beneficiaires"),
    "nouveaux": ("Nombre", "nouveaux_entrants"), "femmes": ("Nombre", "femmes"),
    "brsa": ("Nombre", "beneficiaires_brsa"), "heures_moyennes": ("Heures", "heures_moyennes"),
    "contrats": ("Nombre", "contrats"), "marches_actifs": ("Nombre", "marches_actifs"),
    "marches_notifies": ("Nombre", "marches_notifies"), "heures_engagees": ("Heures", "heures_engagees_cumul"),
    "acheteurs": ("Nombre", "acheteurs_actifs"), "entreprises": ("Nombre", "entreprises_actives"),
}  # fmt: skip
STRUCTURE = {
    "etp_facilitateurs": "ETP", "heures_par_etp": "Heures", "beneficiaires_par_etp": "Heures",
    "marches_en_cours": "Nombre", "acheteurs_nouveaux": "Nombre",
}  # fmt: skip


def feuilles(ave: CompteAve) -> dict[str, Feuille]:
    cles, structure, tableaux = ave.chiffres_cles(), ave.structure(), ave.tableaux()
    attendues = {
        "1 Chiffres clés": Feuille(
            ("Code",), [{"Code": code, u: cles[cle], "Niveau": DETAIL} for code, (u, cle) in CHIFFRES.items()]
        ),
        "11 Structure": Feuille(
            ("Code",), [{"Code": code, u: structure[code], "Niveau": DETAIL} for code, u in STRUCTURE.items()]
        ),
    }
    for nom, (reunis, colonnes) in FEUILLES.items():
        lignes = [
            dresser(colonnes, x["niveau"], tableaux[cle][x["code"]], Code=x["code"], Groupe=x["groupe"], Tableau=titre)
            for titre, cle in reunis.items()
            for x in _lignes(cle)
        ]
        attendues[nom] = Feuille(("Tableau", "Code"), lignes)
    return attendues


def _lignes(tableau: str) -> Iterator[Ligne]:
    """Code, groupe et niveau de chaque ligne."""
    for groupe, siennes in GRILLE[tableau].items():
        for code in siennes:
            yield {"code": code, "groupe": groupe, "niveau": DETAIL}
        if groupe:
            yield {"code": f"groupe:{groupe}", "groupe": groupe, "niveau": SOUS_TOTAL}
    yield {"code": "NON_RATTACHE", "groupe": "", "niveau": DETAIL}
    yield {"code": "TOTAL", "groupe": "", "niveau": TOTAL}
