"""Le bilan Département, recompté : la règle de bilans.md écrite une seconde fois, en Python nu."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from tests.oracle.sorties import POSITIVES, PRESUMEE, Sorties
from tests.oracle.structure import NR, Heure, Structure, centiemes, cle_d_engagement, jour, taux

SIAE = {"EI", "ETTI", "AI", "ACI", "EITI"}
INTERIMS = {"INTERIM", "INTERIM_INSERTION"}
CLOS = {"SOLDE", "RESILIE", "SANS_SUITE"}
PAR_RUBRIQUE = {
    "Niveau de formation": "niveau",
    "Durée d’inscription": "duree",
    "Bénéficiaire du RSA": "brsa",
    "Réside en QPV": "qpv",
    "Participant PLIE": "plie",
}
HORS_TERRITOIRE = {"AUTRE_DEPARTEMENT", "HORS", NR}


class Periode(NamedTuple):
    """Mois « AAAA-MM » et dates, bornes comprises."""

    du: datetime.date
    au: datetime.date

    def contient(self, mois: str) -> bool:
        return f"{self.du:%Y-%m-%d}" <= f"{mois}-01" <= f"{self.au:%Y-%m-%d}"


def en_heures(total: int) -> str:
    return str(Decimal(total).scaleb(-2))


class Compte:
    """Les chiffres d’une structure pour une période arrêtée à sa fin."""

    def __init__(self, structure: Structure, periode: Periode) -> None:
        self.structure, self.periode = structure, periode
        en_vigueur = [h for h in structure.heures if h.statut == "VALIDEE" and h.centiemes]
        self.validees = [h for h in en_vigueur if periode.contient(h.mois)]
        self.toutes = [h for h in en_vigueur if f"{h.mois}-01" <= f"{periode.au}"]
        self.marches = {(m["reference"], m["acheteur_siret"]): m for m in structure.feuilles["marches"]}
        self.en_cours = {
            cle
            for cle, m in self.marches.items()
            if m["statut"] not in CLOS and (notifie := jour(m["date_notification"])) and notifie <= periode.au
        }
        self.engagees = self._engagees()
        self.reglages = structure.feuilles["structure"][0]

    @cached_property
    def sorties(self) -> Sorties:
        return Sorties(self.structure, *self.periode)

    def _engagees(self) -> dict[tuple[str, ...], int]:
        engagees: dict[tuple[str, ...], int] = defaultdict(int)
        mouvements = [
            (cle_d_engagement(m), jour(m["date"]), m["heures"]) for m in self.structure.feuilles["mouvements"]
        ]
        mouvements += [
            (cle_d_engagement(c), jour(c["date_engagement"]), c["heures_initiales"])
            for c in self.structure.feuilles["clauses"]
        ]
        for cle, date, heures in mouvements:
            if date is not None and date <= self.periode.au and cle[:2] in self.en_cours:
                engagees[cle] += centiemes(heures)
        return engagees

    def sommes(self, heures: Iterable[Heure], cle: Callable[[Heure], Any]) -> dict[Any, int]:
        sommes: dict[Any, int] = defaultdict(int)
        for heure in heures:
            sommes[cle(heure)] += heure.centiemes
        return sommes

    def personnes(self, heures: Iterable[Heure]) -> set[str]:
        """Au moins une heure dans ces lignes."""
        return {personne for personne, total in self.sommes(heures, lambda h: h.personne).items() if total >= 100}

    def nouveau(self, personne: str) -> bool:
        premier = self.structure.premiers_mois.get(personne)
        return premier is not None and self.periode.contient(premier)

    def age(self, personne: str) -> str:
        naissance, premier = self.structure.profils[personne].naissance, self.structure.premiers_mois.get(personne)
        if naissance is None or premier is None:
            return NR
        annee, mois = (int(morceau) for morceau in premier.split("-"))
        ans = annee - naissance.year - ((mois, 1) < (naissance.month, naissance.day))
        return "MOINS_26" if ans < 26 else "DE_26_A_49" if ans < 50 else "PLUS_50"

    def groupe(self, retenir: Callable[[str], bool], heures: Iterable[Heure] | None = None) -> dict[str, Any]:
        """Les mesures d’un groupe de personnes, sur toutes les lignes de la période ou sur celles données."""
        siennes = [h for h in (self.validees if heures is None else heures) if retenir(h.personne)]
        gens = self.personnes(siennes)
        profils = self.structure.profils
        brsa = {p for p in gens if profils[p].brsa == "OUI"}
        return {
            "femmes": sum(profils[p].sexe == "F" for p in gens),
            "hommes": sum(profils[p].sexe == "H" for p in gens),
            "total": len(gens),
            "nouveaux": sum(map(self.nouveau, gens)),
            "brsa": len(brsa),
            "nouveaux_brsa": sum(map(self.nouveau, brsa)),
            "centiemes": sum(h.centiemes for h in siennes),
            "centiemes_brsa": sum(h.centiemes for h in siennes if profils[h.personne].brsa == "OUI"),
        }

    # Les tableaux : une ligne attendue pour chaque ligne du bilan, clef par clef.

    def mesures(self, retenir: Callable[[str], bool]) -> dict[str, Any]:
        un, tous = self.groupe(retenir), self.groupe(lambda _: True)
        return {
            **{nom: un[nom] for nom in ("femmes", "hommes", "total", "nouveaux")},
            "part": taux(un["total"], tous["total"]),
            "heures": en_heures(un["centiemes"]),
            "part_heures": taux(un["centiemes"], tous["centiemes"]),
            "heures_moyennes": taux(un["centiemes"], un["total"] * 100, 2),
        }

    def publics(self, ligne: dict[str, Any]) -> dict[str, Any]:
        return self.mesures(lambda p: self.structure.profils[p].principal == ligne["code"])

    def publics_au_moins_un(self, ligne: dict[str, Any]) -> dict[str, Any]:
        return self.mesures(lambda p: ligne["code"] in self.structure.profils[p].criteres)

    def profil(self, ligne: dict[str, Any]) -> dict[str, Any]:
        if ligne["rubrique"] == "Âge":
            return self.mesures(lambda p: self.age(p) == ligne["code"])
        champ = PAR_RUBRIQUE[ligne["rubrique"]]
        return self.mesures(lambda p: getattr(self.structure.profils[p], champ) == ligne["code"])

    def territoires(self, codes: Collection[str]) -> dict[str, Any]:
        """Les habitants de ces territoires réunis."""
        un = self.groupe(lambda p: self.structure.profils[p].territoire in codes)
        sorties = [
            s.situation for p, s in self.sorties.de_la_periode.items() if self.structure.profils[p].territoire in codes
        ]
        return {
            "beneficiaires": un["total"],
            "beneficiaires_brsa": un["brsa"],
            "part_brsa": taux(un["brsa"], un["total"]),
            "nouveaux": un["nouveaux"],
            "nouveaux_brsa": un["nouveaux_brsa"],
            "heures": en_heures(un["centiemes"]),
            "heures_brsa": en_heures(un["centiemes_brsa"]),
            "part_heures_brsa": taux(un["centiemes_brsa"], un["centiemes"]),
            "sorties": len(sorties) - sorties.count(PRESUMEE),
            "positives": sum(s in POSITIVES for s in sorties),
            "presumees": sorties.count(PRESUMEE),
        }

    def presents(self) -> set[str]:
        """Les acheteurs qui ont des heures, un marché notifié ou un marché en cours."""
        return {cle[1] for cle in (*(h.engagement for h in self.validees), *self.notifies(), *self.en_cours)}

    def acheteurs(self, sirets: Collection[str]) -> dict[str, Any]:
        """Ces acheteurs réunis."""
        siennes = [h for h in self.validees if h.engagement[1] in sirets]
        un = self.groupe(lambda _: True, siennes)
        par_marche = self.sommes(siennes, lambda h: h.engagement[:2])
        engagees = sum(total for cle, total in self.engagees.items() if cle[1] in sirets)
        realisees = sum(h.centiemes for h in self._cumul() if h.engagement[1] in sirets)
        return {
            "marches_notifies": sum(cle[1] in sirets for cle in self.notifies()),
            "marches_en_cours": sum(cle[1] in sirets for cle in self.en_cours),
            "marches_actifs": sum(total >= 100 for total in par_marche.values()),
            "heures_engagees_cumul": en_heures(engagees),
            "heures_periode": en_heures(un["centiemes"]),
            "heures_cumul": en_heures(realisees),
            "taux": taux(realisees, engagees),
            "beneficiaires": un["total"],
            "beneficiaires_brsa": un["brsa"],
        }

    def repartir(self, retenir: Callable[[Heure], bool]) -> dict[str, Any]:
        """Ces heures : combien, de combien de personnes, et quelle part du tout."""
        siennes = [h for h in self.validees if retenir(h)]
        total = sum(h.centiemes for h in siennes)
        return {
            "beneficiaires": len(self.personnes(siennes)),
            "heures": en_heures(total),
            "part_heures": taux(total, sum(h.centiemes for h in self.validees)),
        }

    def croisement(self, modalite: str, type_contrat: str) -> tuple[str, int]:
        """Heures et personnes d’une case des matrices de A6 ; un code vide est toute la ligne, ou toute la colonne."""
        siennes = [
            h for h in self.validees if modalite in ("", self.mode(h)[0]) and type_contrat in ("", self.mode(h)[1])
        ]
        return en_heures(sum(h.centiemes for h in siennes)), len(self.personnes(siennes))

    def activite(self, ligne: dict[str, Any]) -> dict[str, Any]:
        """A8 : une nature par trimestre civil, de la feuille « activites »."""
        lues = [
            (f"{d.year}-T{(d.month + 2) // 3}", a["nature"])
            for a in self.structure.feuilles["activites"]
            if (d := jour(a["date"])) and self.periode.du <= d <= self.periode.au
        ]
        siennes = [trimestre for trimestre, nature in lues if ligne["code"] in (nature, "TOTAL")]
        trimestres = {f"{self.periode.du.year}-T{n}": 0 for n in (1, 2, 3, 4)}
        comptes = {t: siennes.count(t) for t in trimestres}
        return {**comptes, "total": len(siennes), "part": taux(len(siennes), len(lues))}

    def qualite(self, ligne: dict[str, Any]) -> dict[str, Any]:
        """A10 : un contrôle, ce qui lui manque, sur combien."""
        code = ligne["code"]
        if code.startswith("LIGNES_"):
            siennes = [h for h in self.structure.heures if h.statut == code[7:] and self.periode.contient(h.mois)]
            return {
                "nombre": len(siennes),
                "sur": None,
                "part": None,
                "heures": en_heures(sum(h.centiemes for h in siennes)),
            }
        if code.startswith("SANS_"):
            un = self.groupe(lambda p: code[5:] in self.structure.manques[p])
            sur = len(self.personnes(self.validees))
            return {
                "nombre": un["total"],
                "sur": sur,
                "part": taux(un["total"], sur),
                "heures": en_heures(un["centiemes"]),
            }
        sorties = {
            "SORTIES_PRESUMEES": (self.sorties.situations(), PRESUMEE),
            "SORTIES_NR": (self.sorties.situations(), "NON_RENSEIGNE"),
            "ECHEANCES_6_NR": (self.sorties.a(6), "NON_RENSEIGNE"),
            "ECHEANCES_12_NR": (self.sorties.a(12), "NON_RENSEIGNE"),
        }
        if code in sorties:
            situations, cherchee = sorties[code]
            nombre, sur = situations.count(cherchee), len(situations)
        else:
            engages = {cle_d_engagement(c)[:2] for c in self.structure.feuilles["clauses"]}
            nombre, sur = len(self.en_cours - engages), len(self.en_cours)
        return {"nombre": nombre, "sur": sur, "part": taux(nombre, sur), "heures": None}

    def mode(self, heure: Heure) -> tuple[str, str]:
        contrat = self.structure.contrats[heure.contrat]
        return contrat["modalite"], contrat["type_contrat"]

    def _cumul(self) -> list[Heure]:
        return [h for h in self.toutes if h.engagement[:2] in self.en_cours]

    def notifies(self) -> list[tuple[str, str]]:
        return [
            cle
            for cle, m in self.marches.items()
            if (notifie := jour(m["date_notification"])) and self.periode.du <= notifie <= self.periode.au
        ]

    @cached_property
    def indicateurs(self) -> dict[str, Any]:
        return {**self.hors_sorties, **self._sorties()}

    @cached_property
    def hors_sorties(self) -> dict[str, Any]:
        tous = self.groupe(lambda _: True)
        profils = self.structure.profils
        femmes = self.groupe(lambda p: profils[p].sexe == "F")
        qpv = self.groupe(lambda p: profils[p].qpv == "OUI")
        plie = self.groupe(lambda p: profils[p].plie == "OUI")
        zones = {p: profils[p].territoire for p in self.personnes(self.validees)}
        contrats = self.sommes(self.validees, self.contrat_compte)
        en_siae = [h for h in self.validees if self.employeur(h)[1] in SIAE]
        siae = self.sommes(en_siae, lambda h: self.employeur(h)[0])
        heures_siae = sum(h.centiemes for h in en_siae)
        engagees, realisees = sum(self.engagees.values()), sum(h.centiemes for h in self._cumul())
        acheteurs = self.sommes(self.validees, lambda h: h.engagement[1])
        entreprises = self.sommes(self.validees, lambda h: h.engagement[3])
        marches = self.sommes(self.validees, lambda h: h.engagement[:2])
        a_part = {
            statut: sum(
                h.centiemes for h in self.structure.heures if h.statut == statut and self.periode.contient(h.mois)
            )
            for statut in ("DECLAREE", "REFUSEE")
        }
        return {
            "heures_realisees": en_heures(tous["centiemes"]),
            "heures_brsa": en_heures(tous["centiemes_brsa"]),
            "taux_heures_brsa": taux(tous["centiemes_brsa"], tous["centiemes"]),
            "beneficiaires": tous["total"],
            "nouveaux_entrants": tous["nouveaux"],
            "beneficiaires_brsa": tous["brsa"],
            "taux_beneficiaires_brsa": taux(tous["brsa"], tous["total"]),
            "nouveaux_brsa": tous["nouveaux_brsa"],
            "moins_26_ans": sum(self.age(p) == "MOINS_26" for p in zones),
            "femmes": femmes["total"],
            "taux_femmes": taux(femmes["total"], tous["total"]),
            "heures_femmes": en_heures(femmes["centiemes"]),
            "taux_heures_femmes": taux(femmes["centiemes"], tous["centiemes"]),
            "qpv": qpv["total"],
            "taux_qpv": taux(qpv["total"], tous["total"]),
            "heures_qpv": en_heures(qpv["centiemes"]),
            "taux_heures_qpv": taux(qpv["centiemes"], tous["centiemes"]),
            "participants_plie": plie["total"],
            "heures_plie": en_heures(plie["centiemes"]),
            "residents_territoire": sum(zone not in HORS_TERRITOIRE for zone in zones.values()),
            "residents_departement": sum(zone == "AUTRE_DEPARTEMENT" for zone in zones.values()),
            "residents_hors": sum(zone == "HORS" for zone in zones.values()),
            "residents_nr": sum(zone == NR for zone in zones.values()),
            "contrats": sum(total >= 100 for total in contrats.values()),
            "heures_moyennes": taux(tous["centiemes"], tous["total"] * 100, 2),
            "marches_actifs": sum(total >= 100 for total in marches.values()),
            "marches_notifies": len(self.notifies()),
            "marches_en_cours": len(self.en_cours),
            "heures_engagees_cumul": en_heures(engagees),
            "heures_realisees_cumul": en_heures(realisees),
            "taux_cumul": taux(realisees, engagees),
            "acheteurs_actifs": sum(total >= 100 for total in acheteurs.values()),
            "acheteurs_nouveaux": self._acheteurs_nouveaux(),
            "entreprises_actives": sum(total >= 100 for total in entreprises.values()),
            "siae_mobilisees": sum(total >= 100 for total in siae.values()),
            "siae_heures": en_heures(heures_siae),
            "taux_siae_heures": taux(heures_siae, tous["centiemes"]),
            **self._moyens(tous),
            "heures_declarees": en_heures(a_part["DECLAREE"]),
            "heures_refusees": en_heures(a_part["REFUSEE"]),
        }

    def _moyens(self, tous: dict[str, Any]) -> dict[str, Any]:
        facilitateurs = centiemes(self.reglages["etp_facilitateurs"])
        return {
            "etp": taux(tous["centiemes"], self.reglages["base_etp"] * 100, 3),
            "etp_facilitateurs": en_heures(facilitateurs) if facilitateurs else None,
            "heures_par_etp_facilitateur": taux(tous["centiemes"], facilitateurs, 2),
            "beneficiaires_par_etp_facilitateur": taux(tous["total"] * 100, facilitateurs, 2),
        }

    def _acheteurs_nouveaux(self) -> int:
        """Ceux dont aucun marché n’est notifié avant la période, et un au moins pendant."""
        notifies = [(cle[1], le) for cle, m in self.marches.items() if (le := jour(m["date_notification"]))]
        anciens = {siret for siret, le in notifies if le < self.periode.du}
        return len({siret for siret, le in notifies if le <= self.periode.au} - anciens)

    def _sorties(self) -> dict[str, Any]:
        situations = self.sorties.situations()
        positives = sum(s in POSITIVES for s in situations)
        comptes: dict[str, Any] = {
            "sorties_toutes": len(situations),
            "sorties": len(situations) - situations.count(PRESUMEE),
            "sorties_presumees": situations.count(PRESUMEE),
            "sorties_positives": positives,
            "taux_sorties_positives": taux(positives, len(situations)),
        }
        for mois in (6, 12):
            echues = self.sorties.a(mois)
            bonnes = sum(s in POSITIVES for s in echues)
            comptes |= {
                f"echeances_{mois}_mois": len(echues),
                f"positives_{mois}_mois": bonnes,
                f"taux_{mois}_mois": taux(bonnes, len(echues)),
            }
        return comptes

    def employeur(self, heure: Heure) -> tuple[str, str]:
        siret = self.structure.contrats[heure.contrat]["employeur_siret"]
        return siret, self.structure.employeurs[siret]

    def contrat_compte(self, heure: Heure) -> tuple[str, ...]:
        """Les missions d’intérim, ou les contrats d’un ACI, chez un même employeur n’en font qu’un."""
        siret, type_employeur = self.employeur(heure)
        if self.mode(heure)[1] in INTERIMS or type_employeur == "ACI":
            return heure.personne, siret
        return (heure.contrat,)
