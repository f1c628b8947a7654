"""Le comité de pilotage (B), recompté année par année : chaque cellule, depuis le même classeur, en Python nu."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from tests.oracle.compte import SIAE, Compte, Periode, en_heures
from tests.oracle.sorties import dans_n_mois
from tests.oracle.structure import NR, Heure, Structure, cle_d_engagement, jour, taux

ANNEES = 5
OBJECTIF = 5000
PREMIERS = 8
SITUATIONS = {"NON_ATTEINT": "Non atteint", "A_RISQUE": "À risque", "EN_RETARD": "En retard"}
Ligne = dict[str, Any]


def demi_vers_le_haut(numerateur: int, diviseur: int) -> int:
    return (2 * numerateur + diviseur) // (2 * diviseur)


def en_points(part: str | None) -> str | None:
    """L’écart d’un taux à l’objectif."""
    return None if part is None else str(Decimal(part) - Decimal(OBJECTIF).scaleb(-4))


class Comite:
    """Une structure et une année civile. `populations` : SIREN d’intercommunalité → habitants."""

    def __init__(self, structure: Structure, annee: int, populations: Mapping[str, int]) -> None:
        self.structure, self.annee, self.populations = structure, annee, populations
        periodes = {
            n: Periode(datetime.date(n, 1, 1), datetime.date(n, 12, 31)) for n in range(annee - ANNEES + 1, annee + 1)
        }
        self.comptes = {n: Compte(structure, periode) for n, periode in periodes.items()}
        self.compte = self.comptes[annee]
        self.noms = {ligne["siret"]: ligne["raison_sociale"] for ligne in structure.feuilles["entreprises"]}
        self.acheteurs = {ligne["siret"]: ligne for ligne in structure.feuilles["acheteurs"]}

    # Cinq années

    def _serie(self, mesurer: Callable[[Compte], Ligne], constantes: Mapping[str, Any] | None = None) -> list[Ligne]:
        """Une ligne par année ; sans heure validée, elle est vide hors ses constantes."""
        lues = [(n, mesurer(compte), bool(compte.validees)) for n, compte in self.comptes.items()]
        return [
            {"annee": str(n), **(mesures if est_pleine else dict.fromkeys(mesures)), **(constantes or {})}
            for n, mesures, est_pleine in lues
        ]

    def _repris(self, *cles: str, **constantes: Any) -> list[Ligne]:
        return self._serie(lambda compte: {cle: compte.indicateurs[cle] for cle in cles}, constantes)

    def serie(self) -> list[Ligne]:
        return self._repris(
            "heures_realisees", "heures_brsa", "taux_heures_brsa", "etp", "marches_notifies", "marches_actifs",
            "acheteurs_actifs",
        )  # fmt: skip

    def serie_personnes(self) -> list[Ligne]:
        return self._repris(
            "beneficiaires", "nouveaux_entrants", "beneficiaires_brsa", "femmes", "taux_femmes", "qpv",
            "heures_moyennes", "heures_realisees",
        )  # fmt: skip

    def serie_siae(self) -> list[Ligne]:
        def mesurer(compte: Compte) -> Ligne:
            hors = [h for h in compte.validees if self._type_d_employeur(h) not in SIAE]
            cles = ("siae_mobilisees", "siae_heures", "taux_siae_heures", "heures_realisees")
            lus = compte.indicateurs
            return {**{cle: lus[cle] for cle in cles}, "heures_hors_siae": _heures(hors)}

        return self._serie(mesurer)

    def _type_d_employeur(self, heure: Heure) -> str:
        return self.compte.employeur(heure)[1]

    def serie_plie(self) -> list[Ligne]:
        profils = self.structure.profils

        def mesurer(compte: Compte) -> Ligne:
            gens = compte.personnes(compte.validees)
            au_plie = [h for h in compte.validees if profils[h.personne].plie == "OUI"]
            nombre = sum(profils[p].plie == "OUI" for p in gens)
            return {
                "participants_plie": nombre,
                "beneficiaires": len(gens),
                "heures_realisees": _heures(compte.validees),
                "part_plie": taux(nombre, len(gens)),
                "heures_plie": _heures(au_plie),
                "heures_hors_plie": _heures(h for h in compte.validees if profils[h.personne].plie == "NON"),
                "heures_plie_nr": _heures(h for h in compte.validees if profils[h.personne].plie == NR),
                "taux_heures_plie": taux(_centiemes(au_plie), _centiemes(compte.validees)),
            }

        return self._serie(mesurer)

    def serie_sorties(self) -> list[Ligne]:
        return self._serie(self._sorties_d_une_annee, {"objectif": "0.5000"})

    def _sorties_d_une_annee(self, compte: Compte) -> Ligne:
        lus = compte.indicateurs
        cles = ("sorties_toutes", "sorties_presumees", "sorties_positives", "taux_sorties_positives")
        part = lus["taux_sorties_positives"]
        return {
            **{cle: lus[cle] for cle in cles},
            "ecart": en_points(part),
            "echeances_6_mois": lus["echeances_6_mois"],
            "positives_6_mois": lus["positives_6_mois"],
        }

    # L’année

    def publics(self) -> list[Ligne]:
        codes = {profil.principal for profil in self.structure.profils.values()}
        lues = [{"code": code, **self.compte.publics({"code": code})} for code in sorted(codes)]
        return [ligne for ligne in lues if ligne["heures"] != "0.00"]

    def total_des_publics(self) -> list[Ligne]:
        return [{"code": "TOTAL", **self.compte.mesures(lambda _: True)}]

    def territoires(self) -> list[Ligne]:
        codes = (*self.structure.epcis, "AUTRE_DEPARTEMENT", "HORS", NR)
        lues = [(code, self.compte.groupe(lambda p, c=code: self._habite(p) == c)) for code in codes]
        return [self._territoire(code, un, _centiemes(self._heures_de_l_epci(code))) for code, un in lues]

    def _habite(self, personne: str) -> str:
        return self.structure.profils[personne].territoire

    def total_des_territoires(self) -> list[Ligne]:
        tous = self.compte.groupe(lambda _: True)
        return [self._territoire("TOTAL", tous, tous["centiemes"])]

    def _heures_de_l_epci(self, code: str) -> list[Heure]:
        def epci(heure: Heure) -> str:
            siren = self.acheteurs[heure.engagement[1]]["epci_siren"]
            return NR if not siren else siren if siren in self.structure.epcis else "HORS"

        return [h for h in self.compte.validees if epci(h) == code]

    def _territoire(self, code: str, un: Mapping[str, Any], centiemes_acheteurs: int) -> Ligne:
        population = self.populations.get(code)
        return {
            "code": code,
            "population": population,
            "heures_acheteur": en_heures(centiemes_acheteurs),
            "heures_residence": en_heures(un["centiemes"]),
            "beneficiaires_residence": un["total"],
            "brsa_residence": un["brsa"],
            "heures_pour_mille": taux(un["centiemes"] * 1000, population * 100, 2) if population else None,
        }

    def sorties(self) -> list[Ligne]:
        return self.compte.sorties.lignes()

    def total_des_sorties(self) -> list[Ligne]:
        return self.compte.sorties.totaux()

    # Les premiers

    def premiers_acheteurs(self) -> list[Ligne]:
        return self._premiers(1, {siret: ligne["nom"] for siret, ligne in self.acheteurs.items()})

    def premieres_entreprises(self) -> list[Ligne]:
        return self._premiers(3, self.noms)

    def _premiers(self, place: int, noms: Mapping[str, str]) -> list[Ligne]:
        sommes = self.compte.sommes(self.compte.validees, lambda h: h.engagement[place])
        ordre = sorted(sommes, key=lambda siret: (-sommes[siret], noms[siret]))[:PREMIERS]
        return [
            self._premier(siret, [h for h in self.compte.validees if h.engagement[place] == siret]) for siret in ordre
        ]

    def total_des_premiers(self) -> list[Ligne]:
        return [self._premier("", self.compte.validees)]

    def _premier(self, siret: str, siennes: list[Heure]) -> Ligne:
        gens = self.compte.personnes(siennes)
        return {
            "siret": siret,
            "heures": _heures(siennes),
            "part_heures": taux(_centiemes(siennes), _centiemes(self.compte.validees)),
            "beneficiaires": len(gens),
            "beneficiaires_brsa": sum(self.structure.profils[p].brsa == "OUI" for p in gens),
        }

    # Les engagements à risque : seuils par défaut (20 points, 80 % à moins de six mois de la fin)

    def engagements_a_risque(self) -> list[Ligne]:
        cles = {cle_d_engagement(clause) for clause in self.structure.feuilles["clauses"]}
        lues = [ligne for cle in cles if cle[:2] in self.compte.en_cours and (ligne := self._risque(cle))]
        return sorted(lues, key=lambda r: (-Decimal(r["heures_manquantes"]), r["libelle"], r["entreprise"]))

    def _risque(self, cle: tuple[str, ...]) -> Ligne | None:
        au = self.compte.periode.au
        engage = self.compte.engagees.get(cle, 0)
        siennes = [h for h in self.compte.toutes if h.engagement == cle]
        realise = _centiemes(siennes)
        marche = self.compte.marches[cle[:2]]
        debut = jour(marche["date_debut"]) or jour(marche["date_notification"])
        fin = jour(marche["date_fin"])
        code = _situation(engage, realise, debut, fin, au)
        if code is None:
            return None
        projete = _projeter(siennes, debut, fin, au)
        attendu = None
        if debut and fin and debut <= fin:
            attendu = demi_vers_le_haut(engage * _ecoules(debut, fin, au), (fin - debut).days + 1)
        return {
            "libelle": f"{cle[0]}, lot {cle[2]}",
            "acheteur": self.acheteurs[cle[1]]["nom"],
            "entreprise": self.noms[cle[3]],
            "situation": SITUATIONS[code],
            "fin": fin.isoformat() if fin else None,
            "heures_engagees": en_heures(engage),
            "heures_realisees": en_heures(realise),
            "taux": taux(realise, engage),
            "heures_attendues": None if attendu is None else en_heures(attendu),
            "heures_projetees": None if projete is None else en_heures(projete),
            "heures_manquantes": en_heures(max(engage - (realise if projete is None else projete), 0)),
        }

    def total_des_risques(self) -> list[Ligne]:
        lus = self.engagements_a_risque()
        sommes = {
            cle: int(sum(Decimal(ligne[cle]) for ligne in lus) * 100)
            for cle in ("heures_engagees", "heures_realisees", "heures_manquantes")
        }
        vides = {"fin": None, "heures_attendues": None, "heures_projetees": None}
        part = taux(sommes["heures_realisees"], sommes["heures_engagees"])
        return [{**{cle: en_heures(total) for cle, total in sommes.items()}, "taux": part, **vides}][: len(lus)]

    # La synthèse

    def indicateurs(self, annee: int) -> Ligne:
        return self.comptes[annee].indicateurs

    def risques(self) -> Ligne:
        lus = self.engagements_a_risque()
        total = sum(Decimal(ligne["heures_manquantes"]) for ligne in lus)
        return {"engagements_a_risque": len(lus), "heures_en_risque": str(total or Decimal("0.00"))}


def _centiemes(heures: Iterable[Heure]) -> int:
    return sum(h.centiemes for h in heures)


def _heures(heures: Iterable[Heure]) -> str:
    return en_heures(_centiemes(heures))


def _ecoules(debut: datetime.date, fin: datetime.date, au: datetime.date) -> int:
    """Jours passés de l’engagement, le premier et le dernier compris."""
    return min(max((au - debut).days + 1, 0), (fin - debut).days + 1)


def _situation(
    engage: int, realise: int, debut: datetime.date | None, fin: datetime.date | None, au: datetime.date
) -> str | None:
    """Non atteint, à risque ou en retard ; `None` pour toute autre situation (domaine.md §4)."""
    if engage <= 0 or realise >= engage:
        return None
    if fin and fin < au:
        return "NON_ATTEINT"
    if fin and fin < dans_n_mois(au, 6) and realise * 10 < engage * 8:
        return "A_RISQUE"
    if not (debut and fin) or debut > fin:
        return None
    duree = (fin - debut).days + 1
    attendu = engage * _ecoules(debut, fin, au)
    return "EN_RETARD" if (attendu - realise * duree) * 100 > 20 * engage * duree else None


def _projeter(
    siennes: Iterable[Heure], debut: datetime.date | None, fin: datetime.date | None, au: datetime.date
) -> int | None:
    """Le rythme des six derniers mois (moins, s’il a commencé depuis) prolongé jusqu’au mois de la fin."""
    dernier = au.year * 12 + au.month
    siennes = list(siennes)
    observes = 6 if debut is None else min(dernier - (debut.year * 12 + debut.month) + 1, 6)
    if fin is None or observes <= 0:
        return None
    recents = {f"{(rang - 1) // 12}-{(rang - 1) % 12 + 1:02}" for rang in range(dernier - 5, dernier + 1)}
    restants = max(fin.year * 12 + fin.month - dernier, 0)
    rythme = _centiemes(h for h in siennes if h.mois in recents)
    return _centiemes(siennes) + demi_vers_le_haut(rythme * restants, observes)
