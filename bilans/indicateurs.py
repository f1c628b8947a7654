"""Les indicateurs de la synthèse, comptés sur les faits d’une période. Pur : ni base, ni date du jour."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bilans import calculs, selections, sorties
from bilans.calculs import en_decimal, grouper, mesurer, rapport
from bilans.etats import ACTIF, EN_COURS, NOTIFIE, NOUVEAU, POSITIVE
from bilans.faits import AUTRE_DEPARTEMENT, HORS, NON, NR, OUI, TERRITOIRE, Faits
from bilans.mesures import Mesure
from heures.enums import StatutLigne

Valeurs = dict[str, Decimal | int | None]
VIDE = calculs.Groupe()


def compter(faits: Faits) -> Valeurs:
    """Tous les indicateurs, dans l’ordre de leur déclaration par rubrique ; clefs de `declarations.INDICATEURS`."""
    heures = calculs.par_participant(faits.cellules)
    tous = mesurer(faits, heures)
    return {
        **_publics(faits, heures, tous),
        **_residences(faits, heures),
        **_marches(faits),
        **_employeurs(faits, tous),
        **_sorties(faits),
        **_moyens(faits, tous),
    }


def _publics(faits: Faits, heures: Mapping[int, int], tous: calculs.Groupe) -> Valeurs:
    par_sexe, par_qpv = grouper(faits, heures, "sexe"), grouper(faits, heures, "qpv")
    femmes, qpv = par_sexe.get("F", VIDE), par_qpv.get(OUI, VIDE)
    plie = grouper(faits, heures, "plie").get(OUI, VIDE)
    jeunes = grouper(faits, heures, "age").get(calculs.MOINS_26, VIDE)
    return {
        "heures_realisees": tous.heures,
        "heures_brsa": tous.heures_brsa,
        "taux_heures_brsa": rapport(tous.heures_brsa, tous.heures),
        "beneficiaires": tous.total,
        "nouveaux_entrants": tous.nouveaux,
        "beneficiaires_brsa": tous.brsa,
        "taux_beneficiaires_brsa": rapport(tous.brsa, tous.total),
        "nouveaux_brsa": tous.nouveaux_brsa,
        "moins_26_ans": jeunes.total,
        "femmes": femmes.total,
        "taux_femmes": rapport(femmes.total, tous.total),
        "heures_femmes": femmes.heures,
        "taux_heures_femmes": rapport(femmes.heures, tous.heures),
        "qpv": qpv.total,
        "taux_qpv": rapport(qpv.total, tous.total),
        "heures_qpv": qpv.heures,
        "taux_heures_qpv": rapport(qpv.heures, tous.heures),
        "participants_plie": plie.total,
        "heures_plie": plie.heures,
    }


def _residences(faits: Faits, heures: Mapping[int, int]) -> Valeurs:
    zones = grouper(faits, heures, "zone")
    return {
        "residents_territoire": zones.get(TERRITOIRE, VIDE).total,
        "residents_departement": zones.get(AUTRE_DEPARTEMENT, VIDE).total,
        "residents_hors": zones.get(HORS, VIDE).total,
        "residents_nr": zones.get(NR, VIDE).total,
    }


def _marches(faits: Faits) -> Valeurs:
    engagees, realisees = sum(faits.engagees.values()), sum(faits.realisees.values())
    return {
        "marches_actifs": len(selections.marches(faits, {"etat": ACTIF})),
        "marches_notifies": len(selections.marches(faits, {"etat": NOTIFIE})),
        "marches_en_cours": len(selections.marches(faits, {"etat": EN_COURS})),
        "heures_engagees_cumul": en_decimal(engagees),
        "heures_realisees_cumul": en_decimal(realisees),
        "taux_cumul": rapport(realisees, engagees),
        "acheteurs_actifs": len(selections.acheteurs(faits, {"etat": ACTIF})),
        "acheteurs_nouveaux": len(selections.acheteurs(faits, {"etat": NOUVEAU})),
        "entreprises_actives": len(selections.entreprises(faits)),
    }


def _employeurs(faits: Faits, tous: calculs.Groupe) -> Valeurs:
    heures = en_decimal(sum(c.centiemes for c in calculs.retenir(faits, {"siae": OUI})))
    return {
        "contrats": len(selections.contrats(faits, {})),
        "siae_mobilisees": len(selections.employeurs(faits, {"siae": OUI})),
        "siae_heures": heures,
        "taux_siae_heures": rapport(heures, tous.heures),
    }


def _sorties(faits: Faits) -> Valeurs:
    toutes = len(sorties.retenir(faits, {}, Mesure.SORTIES))
    positives = len(sorties.retenir(faits, {"categorie": POSITIVE}, Mesure.SORTIES))
    valeurs: Valeurs = {
        "sorties_toutes": toutes,
        "sorties": len(sorties.retenir(faits, {"presumee": NON}, Mesure.SORTIES)),
        "sorties_presumees": len(sorties.retenir(faits, {"presumee": OUI}, Mesure.SORTIES)),
        "sorties_positives": positives,
        "taux_sorties_positives": rapport(positives, toutes),
    }
    for mesure, mois in sorties.ECHEANCES.items():
        echues = len(sorties.retenir(faits, {}, mesure))
        restees = len(sorties.retenir(faits, {"categorie": POSITIVE}, mesure))
        valeurs |= {
            f"echeances_{mois}_mois": echues,
            f"positives_{mois}_mois": restees,
            f"taux_{mois}_mois": rapport(restees, echues),
        }
    return valeurs


def _moyens(faits: Faits, tous: calculs.Groupe) -> Valeurs:
    facilitateurs = faits.etp_facilitateurs or Decimal(0)
    return {
        "heures_moyennes": rapport(tous.heures, tous.total, 2),
        "etp": rapport(tous.heures, faits.base_etp, 3),
        "etp_facilitateurs": faits.etp_facilitateurs,
        "heures_par_etp_facilitateur": rapport(tous.heures, facilitateurs, 2),
        "beneficiaires_par_etp_facilitateur": rapport(tous.total, facilitateurs, 2),
        "heures_declarees": en_decimal(faits.hors_compte.get(StatutLigne.DECLAREE, 0)),
        "heures_refusees": en_decimal(faits.hors_compte.get(StatutLigne.REFUSEE, 0)),
    }
