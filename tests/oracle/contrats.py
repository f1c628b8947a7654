"""Ce que dit chaque lot, ce qu’il a fait, et les suites données : recomptés depuis le classeur (C2, C8)."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from marches.enums import NatureClause
from tests.oracle.compte import Compte, en_heures
from tests.oracle.sorties import dans_n_mois
from tests.oracle.structure import centiemes, cle_d_engagement, jour, taux

Cle = tuple[str, ...]
HEURES = (
    "heures_initiales", "avenants", "heures_engagees", "heures_avant", "heures_periode", "heures_cumul", "reste",
)  # fmt: skip


def en_euros(montants: Collection[Any]) -> str | None:
    """La somme ; vide si aucun n’est connu."""
    return str(sum((Decimal(str(m)) for m in montants), Decimal(0))) if montants else None


class Contrats:
    """Les lots d’une structure, souvent réduite aux marchés d’un acheteur, à la fin de la période du compte."""

    def __init__(self, compte: Compte) -> None:
        self.compte, self.au = compte, compte.periode.au
        feuilles = compte.structure.feuilles
        self.acheteurs = {f["siret"]: f["nom"] for f in feuilles["acheteurs"]}
        self.entreprises = {f["siret"]: f["raison_sociale"] for f in feuilles["entreprises"]}
        self.fiches = {(x["marche_reference"], x["acheteur_siret"], x["numero"]): x for x in feuilles["lots"]}
        self.lots_du_marche = Counter(cle[:2] for cle in self.fiches)
        actifs = {h.engagement[:3] for h in compte.validees}
        suivis = {*compte.en_cours, *compte.notifies()}
        self.lots = [cle for cle in self.fiches if cle in actifs or cle[:2] in suivis]

    def _du_lot(self, feuille: str, cle: Cle) -> list[dict[str, Any]]:
        lignes: list[dict[str, Any]] = self.compte.structure.feuilles[feuille]
        return [x for x in lignes if (x["marche_reference"], x["acheteur_siret"], x["lot_numero"]) == cle]

    def lot(self, cle: Cle) -> dict[str, Any]:
        marche, fiche = self.compte.marches[cle[:2]], self.fiches[cle]
        heures = self._heures(cle)
        natures = [NatureClause(x["nature_clause"]).label for x in self._du_lot("conditions", cle)]
        montant = fiche["montant_ht"]
        if montant is None and self.lots_du_marche[cle[:2]] == 1:
            montant = marche["montant_ht"]
        return {
            **heures,
            "numero": f"{cle[0]}, lot {cle[2]}",
            "objet": f"{marche['objet']}\u00a0: {fiche['intitule']}" if fiche["intitule"] else marche["objet"],
            "titulaires": " ; ".join(self._titulaires(cle)),
            "notification": jour(marche["date_notification"]),
            "fin": jour(marche["date_fin"]),
            "montant_ht": montant,
            "nature": " ; ".join(nom.partition(" (")[0] for nom in natures),
            "article": " ; ".join(nom.partition(" (")[2].rstrip(")") for nom in natures if "(" in nom),
            "situation": self._situation(marche, heures),
            "penalite_proposee": self._penalite(cle),
        }

    def _titulaires(self, cle: Cle) -> list[str]:
        """Les attributaires, sinon les entreprises engagées ; chacune une fois."""
        attributaires = [x["entreprise_siret"] for x in self._du_lot("attributions", cle)]
        sirets = attributaires or [x["titulaire_siret"] for x in self._du_lot("clauses", cle)]
        return list(dict.fromkeys(self.entreprises[siret] for siret in sirets))

    def _heures(self, cle: Cle) -> dict[str, Any]:
        initiales = [
            centiemes(c["heures_initiales"])
            for c in self._du_lot("clauses", cle)
            if (d := jour(c["date_engagement"])) and d <= self.au
        ]
        avenants = [
            centiemes(m["heures"]) for m in self._du_lot("mouvements", cle) if (d := jour(m["date"])) and d <= self.au
        ]
        validees = [h for h in self.compte.toutes if h.engagement[:3] == cle]
        pendant = [h for h in validees if self.compte.periode.contient(h.mois)]
        cumul, engagees = sum(h.centiemes for h in validees), sum(initiales) + sum(avenants)
        est_engage = bool(initiales or avenants)
        return {
            "heures_initiales": en_heures(sum(initiales)) if est_engage else None,
            "avenants": en_heures(sum(avenants)) if est_engage else None,
            "heures_engagees": en_heures(engagees) if est_engage else None,
            "heures_avant": en_heures(cumul - sum(h.centiemes for h in pendant)),
            "heures_periode": en_heures(sum(h.centiemes for h in pendant)),
            "heures_cumul": en_heures(cumul),
            "taux": taux(cumul, engagees),
            "reste": en_heures(max(engagees - cumul, 0)) if est_engage else None,
            "beneficiaires": len(self.compte.personnes(pendant)),
        }

    def _situation(self, marche: Mapping[str, Any], heures: Mapping[str, Any]) -> str:
        """domaine.md §4, aux seuils par défaut : vingt points, six mois, 80 %."""
        engage, realise = centiemes(heures["heures_engagees"]), centiemes(heures["heures_cumul"])
        debut = jour(marche["date_debut"]) or jour(marche["date_notification"])
        fin = jour(marche["date_fin"])
        if engage <= 0:
            return "Sans engagement"
        if realise >= engage:
            return "Dépassé" if realise > engage else "Atteint"
        if fin and fin < self.au:
            return "Non atteint"
        if fin and fin < dans_n_mois(self.au, 6) and realise * 100 < engage * 80:
            return "À risque"
        ecart = Decimal(0)
        if debut and fin and debut <= fin:
            duree = (fin - debut).days + 1
            passes = min(max((self.au - debut).days + 1, 0), duree)
            ecart = Decimal(realise) / engage - Decimal(passes) / duree
        if ecart < Decimal("-0.2"):
            return "En retard"
        if not realise:
            return "Non démarré"
        return "En avance" if ecart > Decimal("0.2") else "Conforme"

    def _propositions(self, cle: Cle) -> list[dict[str, Any]]:
        return [x for x in self._du_lot("propositions", cle) if self._est_passee(x["date_proposition"])]

    def _est_passee(self, valeur: Any) -> bool:
        date = jour(valeur)
        return isinstance(date, datetime.date) and date <= self.au

    def _penalite(self, cle: Cle) -> str | None:
        """La dernière proposée à chaque entreprise."""
        dernieres: dict[Cle, dict[str, Any]] = {}
        for x in self._propositions(cle):
            autre = dernieres.get(cle_d_engagement(x))
            if autre is None or jour(autre["date_proposition"]) <= jour(x["date_proposition"]):
                dernieres[cle_d_engagement(x)] = x
        return en_euros([x["montant"] for x in dernieres.values()])

    def total(self, lignes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        connus: dict[str, list[Any]] = defaultdict(list)
        for ligne in lignes:
            for nom in (*HEURES, "montant_ht", "penalite_proposee"):
                if ligne[nom] is not None:
                    connus[nom].append(ligne[nom])
        sommes = {nom: en_euros(connus[nom]) for nom in (*HEURES, "montant_ht", "penalite_proposee")}
        part = taux(centiemes(sommes["heures_cumul"]), centiemes(sommes["heures_engagees"]))
        return {**sommes, "taux": part, "beneficiaires": len(self.compte.personnes(self.compte.validees))}

    def suites(self, etapes: Mapping[str, str], decisions: Mapping[str, str]) -> list[dict[str, Any]]:
        """Étapes, propositions et décisions jusqu’à l’arrêté ; une proposition et sa décision s’écrivent ailleurs."""
        lues = []
        for cle in self.lots:
            lues += [
                self._suite(cle, x, etapes[x["nature"]], x["date"], echeance=jour(x["echeance"]))
                for x in self._du_lot("evenements", cle)
                if self._est_passee(x["date"]) and x["nature"] not in ("PROPOSITION", "DECISION")
            ]
            for x in self._propositions(cle):
                propose = x["date_proposition"]
                lues.append(self._suite(cle, x, "Pénalité proposée", propose, montant=x["montant"]))
                if self._est_passee(x["date_decision"]):
                    decide, etape = x["date_decision"], decisions[x["statut"]]
                    lues.append(self._suite(cle, x, etape, decide, montant=x["montant_decide"]))
        return lues

    def _suite(self, cle: Cle, ligne: Mapping[str, Any], etape: str, date: Any, **montrees: Any) -> dict[str, Any]:
        return {
            "numero": f"{cle[0]}, lot {cle[2]}",
            "entreprise": self.entreprises[ligne["titulaire_siret"]],
            "etape": etape,
            "date": jour(date),
            "echeance": None,
            "montant": None,
            **montrees,
        }
