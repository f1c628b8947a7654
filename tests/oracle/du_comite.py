"""Les feuilles du comité de pilotage (B), attendues ligne à ligne."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from tests.oracle import du_departement as departement
from tests.oracle.classeur import DETAIL, TOTAL, Feuille, Ligne, dresser
from tests.oracle.comite import Comite
from tests.oracle.synthese import synthese

REPRIS = (
    "heures_realisees", "heures_brsa", "taux_heures_brsa", "beneficiaires", "nouveaux_entrants", "beneficiaires_brsa",
    "femmes", "moins_26_ans", "qpv", "participants_plie", "contrats", "etp", "marches_actifs", "marches_notifies",
    "marches_en_cours", "heures_engagees_cumul", "heures_realisees_cumul", "taux_cumul", "acheteurs_actifs",
    "entreprises_actives", "siae_mobilisees", "siae_heures", "taux_siae_heures", "sorties_toutes",
    "sorties_positives", "taux_sorties_positives",
)  # fmt: skip
A_RISQUE = ("engagements_a_risque", "heures_en_risque")
OBJECTIFS = {"taux_sorties_positives": Decimal("0.5")}
HEURES = {
    "Heures": "heures_realisees", "dont BRSA": "heures_brsa", "% BRSA": "taux_heures_brsa", "ETP": "etp",
    "Marchés notifiés": "marches_notifies", "Marchés actifs": "marches_actifs", "Acheteurs actifs": "acheteurs_actifs",
}  # fmt: skip
SIAE = {
    "SIAE mobilisées": "siae_mobilisees", "Heures en SIAE": "siae_heures", "Heures hors SIAE": "heures_hors_siae",
    "% en SIAE": "taux_siae_heures",
}  # fmt: skip
PERSONNES = {
    "Bénéficiaires": "beneficiaires", "Nouveaux entrants": "nouveaux_entrants", "BRSA": "beneficiaires_brsa",
    "Femmes": "femmes", "% femmes": "taux_femmes", "Habitants de QPV": "qpv", "Heures moyennes": "heures_moyennes",
}  # fmt: skip
PLIE = {
    "Participants PLIE": "participants_plie", "% des bénéficiaires": "part_plie", "Heures PLIE": "heures_plie",
    "Heures hors PLIE": "heures_hors_plie", "Heures sans entrée": "heures_plie_nr", "% des heures": "taux_heures_plie",
}  # fmt: skip
SORTIES = {
    "Sorties": "sorties_toutes", "dont présumées": "sorties_presumees", "dont positives": "sorties_positives",
    "% positives": "taux_sorties_positives", "Objectif": "objectif", "Écart à l’objectif": "ecart",
    "Échéances à six mois": "echeances_6_mois", "dont positives à six mois": "positives_6_mois",
}  # fmt: skip
TERRITOIRES = {
    "Code": "code", "Population": "population", "Heures des acheteurs": "heures_acheteur",
    "Heures des habitants": "heures_residence", "Bénéficiaires": "beneficiaires_residence",
    "dont BRSA": "brsa_residence", "Pour 1\u202f000 habitants": "heures_pour_mille",
}  # fmt: skip
PREMIERS = {
    "SIRET": "siret", "Heures": "heures", "% des heures": "part_heures", "Bénéficiaires": "beneficiaires",
    "dont BRSA": "beneficiaires_brsa",
}  # fmt: skip
RISQUES = {
    "Engagées": "heures_engagees", "Réalisées": "heures_realisees", "Taux": "taux", "Attendues": "heures_attendues",
    "Projetées": "heures_projetees", "Manque": "heures_manquantes", "Fin": "fin",
}  # fmt: skip
NOMMES = {"Engagement": "libelle", "Acheteur": "acheteur", "Entreprise": "entreprise", "Situation": "situation"}


def feuilles(comite: Comite, noms: Mapping[str, str]) -> dict[str, Feuille]:
    """`noms` : SIREN d’intercommunalité → nom."""
    maintenant = comite.compte.indicateurs | comite.risques()
    avant = comite.comptes[comite.annee - 1]
    n1 = {cle: avant.indicateurs[cle] for cle in REPRIS} if avant.validees else {}
    publics = [x for x in departement.publics(comite.compte) if x["Heures"] != "0.00"]
    return {
        "Synthèse": synthese((*REPRIS, *A_RISQUE), maintenant, n1, OBJECTIFS),
        "B1 Heures": _par_an(HEURES, comite.serie()),
        "B2 SIAE": _par_an(SIAE, comite.serie_siae()),
        "B3 Personnes": _par_an(PERSONNES, comite.serie_personnes()),
        "B4 Publics": Feuille(("Code",), publics),
        "B5 Territoires": _territoires(comite, noms),
        "B6 PLIE": _par_an(PLIE, comite.serie_plie()),
        "B7 Sorties par an": _par_an(SORTIES, comite.serie_sorties()),
        "B8 Sorties": departement.sorties(comite.compte),
        "B9 Acheteurs": _premiers(comite, 1),
        "B10 Entreprises": _premiers(comite, 3),
        "B11 À risque": _risques(comite),
    }


def _par_an(colonnes: Mapping[str, str], lignes: Iterable[Ligne]) -> Feuille:
    return Feuille(("Année",), [dresser(colonnes, DETAIL, x, Année=x["annee"]) for x in lignes])


def _territoires(comite: Comite, noms: Mapping[str, str]) -> Feuille:
    connus = {**noms, **departement.AILLEURS}
    lignes = [dresser(TERRITOIRES, DETAIL, x, Territoire=connus[x["code"]]) for x in comite.territoires()]
    totaux = [dresser(TERRITOIRES, TOTAL, x, Territoire="Total") for x in comite.total_des_territoires()]
    return Feuille(("Code",), [*lignes, *totaux])


def _premiers(comite: Comite, place: int) -> Feuille:
    """`place` : celle de l’acheteur, ou de l’entreprise, dans la clef d’un engagement."""
    colonne = {1: "Acheteur", 3: "Entreprise"}[place]
    connus = comite.noms | {siret: fiche["nom"] for siret, fiche in comite.acheteurs.items()}
    lues = comite.premiers_acheteurs() if place == 1 else comite.premieres_entreprises()
    lignes = [dresser(PREMIERS, DETAIL, x, **{colonne: connus[x["siret"]]}) for x in lues]
    nombre = len({h.engagement[place] for h in comite.compte.validees})
    nom = {colonne: f"Total des {nombre} (distinct)"}
    return Feuille(("SIRET",), [*lignes, *(dresser(PREMIERS, TOTAL, x, **nom) for x in comite.total_des_premiers())])


def _risques(comite: Comite) -> Feuille:
    lignes = [dresser(RISQUES | NOMMES, DETAIL, x) for x in comite.engagements_a_risque()]
    nom = f"Total des {len(lignes)} engagements" if len(lignes) > 1 else "Total"
    totaux = [dresser(RISQUES, TOTAL, x, Engagement=nom) for x in comite.total_des_risques()]
    return Feuille(("Engagement", "Entreprise"), [*lignes, *totaux])
