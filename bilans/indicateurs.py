"""Les indicateurs de la synthèse, comptés sur les faits d’une période. Pur : ni base, ni date du jour."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bilans import calculs
from bilans.calculs import en_decimal, grouper, mesurer, rapport
from bilans.faits import AUTRE_DEPARTEMENT, HORS, NR, OUI, TERRITOIRE, Faits
from clauses.socle.mois import ajouter_mois
from entreprises.enums import SIAE
from heures.enums import POSITIVES, StatutLigne

Valeurs = dict[str, Decimal | int | None]
VIDE = calculs.Groupe()


def compter(faits: Faits) -> Valeurs:
    """Tous les indicateurs, dans l’ordre de leur déclaration par rubrique ; clefs de `definitions.INDICATEURS`."""
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
    du, au, arrete_au = faits.periode
    par_marche = calculs.totaux(faits.cellules, lambda c: faits.engagements[c.engagement].marche)
    par_acheteur = calculs.totaux(faits.cellules, lambda c: calculs.acheteur_de(faits, c).siret)
    par_entreprise = calculs.totaux(faits.cellules, lambda c: faits.engagements[c.engagement].entreprise)
    marches = faits.marches.values()
    premieres = calculs.premiere_notification(marches).values()
    engagees, realisees = sum(faits.engagees.values()), sum(faits.realisees.values())
    return {
        "marches_actifs": calculs.atteignent_une_heure(par_marche),
        "marches_notifies": sum(calculs.est_notifie(m, du, au) for m in marches),
        "marches_en_cours": sum(calculs.est_en_cours(m, arrete_au) for m in marches),
        "heures_engagees_cumul": en_decimal(engagees),
        "heures_realisees_cumul": en_decimal(realisees),
        "taux_cumul": rapport(realisees, engagees),
        "acheteurs_actifs": calculs.atteignent_une_heure(par_acheteur),
        "acheteurs_nouveaux": sum(du <= premiere <= au for premiere in premieres),
        "entreprises_actives": calculs.atteignent_une_heure(par_entreprise),
    }


def _employeurs(faits: Faits, tous: calculs.Groupe) -> Valeurs:
    contrats = calculs.totaux(faits.cellules, lambda c: calculs.cle_de_contrat(c.contrat, faits.contrats[c.contrat]))
    en_siae = [c for c in faits.cellules if faits.contrats[c.contrat].type_employeur in SIAE]
    employeurs = calculs.totaux(en_siae, lambda c: faits.contrats[c.contrat].employeur)
    heures = en_decimal(sum(c.centiemes for c in en_siae))
    return {
        "contrats": calculs.atteignent_une_heure(contrats),
        "siae_mobilisees": calculs.atteignent_une_heure(employeurs),
        "siae_heures": heures,
        "taux_siae_heures": rapport(heures, tous.heures),
    }


def _sorties(faits: Faits) -> Valeurs:
    du, au, _ = faits.periode
    sorties = calculs.dernieres_sorties(faits.sorties, du, au).values()
    positives = sum(s.situation in POSITIVES for s in sorties)
    echues = [s for s in faits.sorties if du <= ajouter_mois(s.date, 6) <= au]
    return {
        "sorties": len(sorties),
        "sorties_positives": positives,
        "taux_sorties_positives": rapport(positives, len(sorties)),
        "echeances_6_mois": len(echues),
        "positives_6_mois": sum(s.situation_6_mois in POSITIVES for s in echues),
    }


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
