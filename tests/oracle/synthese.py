"""La synthèse d’un bilan, recomptée : objectif, réalisé, atteinte, un an plus tôt, évolution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.oracle.classeur import Feuille, Ligne
from tests.oracle.structure import Structure

NOMS = {
    "heures_realisees": "Heures d’insertion réalisées",
    "heures_brsa": "dont heures des BRSA",
    "taux_heures_brsa": "part des BRSA dans les heures",
    "beneficiaires": "Bénéficiaires",
    "nouveaux_entrants": "dont nouveaux entrants",
    "nouveaux_chez": "dont nouveaux chez l’acheteur",
    "beneficiaires_brsa": "dont bénéficiaires du RSA",
    "taux_beneficiaires_brsa": "part des BRSA dans les personnes",
    "nouveaux_brsa": "dont nouveaux entrants BRSA",
    "moins_26_ans": "dont moins de 26 ans",
    "femmes": "dont femmes",
    "taux_femmes": "part des femmes dans les personnes",
    "heures_femmes": "heures des femmes",
    "taux_heures_femmes": "part des femmes dans les heures",
    "qpv": "dont habitants d’un quartier prioritaire (QPV)",
    "taux_qpv": "part des habitants de QPV dans les personnes",
    "heures_qpv": "heures des habitants de QPV",
    "taux_heures_qpv": "part des habitants de QPV dans les heures",
    "participants_plie": "dont participants PLIE",
    "heures_plie": "heures des participants PLIE",
    "residents_territoire": "Résidents du territoire",
    "residents_departement": "Résidents du reste du département",
    "residents_hors": "Résidents hors territoire",
    "residents_nr": "Résidence non renseignée",
    "contrats": "Contrats de travail",
    "heures_moyennes": "Heures moyennes par bénéficiaire",
    "marches_actifs": "Marchés actifs",
    "marches_notifies": "Marchés notifiés",
    "marches_en_cours": "Marchés en cours",
    "heures_engagees_cumul": "Heures engagées, cumul des marchés en cours",
    "heures_realisees_cumul": "Heures réalisées, cumul des marchés en cours",
    "taux_cumul": "Taux de réalisation cumulé",
    "acheteurs_actifs": "Acheteurs actifs",
    "acheteurs_nouveaux": "Acheteurs nouveaux",
    "entreprises_actives": "Entreprises redevables actives",
    "siae_mobilisees": "SIAE mobilisées",
    "siae_heures": "heures portées par les SIAE",
    "taux_siae_heures": "part des SIAE dans les heures",
    "sorties_toutes": "Sorties, saisies et présumées",
    "sorties": "dont sorties saisies",
    "sorties_presumees": "dont sorties présumées, à saisir",
    "sorties_positives": "dont sorties positives",
    "taux_sorties_positives": "taux de sorties positives",
    "echeances_6_mois": "Échéances à six mois",
    "positives_6_mois": "dont situation positive à six mois",
    "taux_6_mois": "taux de situations positives à six mois",
    "echeances_12_mois": "Échéances à douze mois",
    "positives_12_mois": "dont situation positive à douze mois",
    "taux_12_mois": "taux de situations positives à douze mois",
    "etp": "Équivalents temps plein (ETP)",
    "etp_facilitateurs": "ETP de facilitateur",
    "heures_par_etp_facilitateur": "Heures par ETP de facilitateur",
    "beneficiaires_par_etp_facilitateur": "Bénéficiaires par ETP de facilitateur",
    "heures_declarees": "À part\u00a0: heures déclarées, non validées",
    "heures_refusees": "À part\u00a0: heures refusées",
    "engagements_a_risque": "Engagements à risque",
    "heures_en_risque": "heures qui leur manqueraient",
}


def est_un_taux(cle: str) -> bool:
    return cle.startswith("taux")


def arrondir(valeur: Decimal) -> str:
    return str(valeur.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))


def evolution(cle: str, maintenant: Any, avant: Any) -> str | None:
    """Variation relative ; pour un taux, différence."""
    if maintenant is None or avant is None:
        return None
    avant = Decimal(str(avant))
    ecart = Decimal(str(maintenant)) - avant
    if est_un_taux(cle):
        return arrondir(ecart)
    return arrondir(ecart / avant) if avant else None


def objectifs(structure: Structure, annee: int) -> dict[str, Decimal]:
    """Ceux de l’année ; un taux s’écrit en pour cent dans le classeur de reprise."""
    return {
        ligne["indicateur"]: Decimal(str(ligne["valeur"])) / (100 if est_un_taux(ligne["indicateur"]) else 1)
        for ligne in structure.feuilles["objectifs"]
        if ligne["annee"] == annee
    }


def synthese(
    cles: Iterable[str], maintenant: Mapping[str, Any], avant: Mapping[str, Any], visees: Mapping[str, Decimal]
) -> Feuille:
    return Feuille(("Indicateur",), [_ligne(c, maintenant[c], avant.get(c), visees.get(c)) for c in cles])


def _ligne(cle: str, maintenant: Any, avant: Any, objectif: Decimal | None) -> Ligne:
    est_vise = objectif is not None and maintenant is not None
    return {
        "Indicateur": NOMS[cle],
        "Objectif": objectif,
        "Réalisé N": maintenant,
        "Taux d’atteinte": arrondir(Decimal(str(maintenant)) / objectif) if est_vise else None,
        "N-1 même période": avant,
        "Évolution": evolution(cle, maintenant, avant),
    }
