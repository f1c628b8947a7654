"""Masquer le bilan QPV et NPNRU : effectifs, et heures des habitants des QPV (docs/adr/0023, docs/adr/0033).

Les heures engagées et réalisées d’un marché sont les termes du contrat : elles ne se taisent pas (docs/adr/0029).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bilans import calculs
from bilans.additions import completer
from bilans.faits import OUI, Cellule
from bilans.npnru.definitions import COMMUNES, MARCHES, PREFIXE
from bilans.npnru.lecture import Stock
from bilans.rapport import Bilan, LigneSynthese, Tableau, en_tete_d_abord
from bilans.secret import SECRET, Colonne, Ligne, Masques, Personne
from bilans.secret import Tableau as TableauSecret
from bilans.secret import masquer as chercher
from bilans.tableaux import Rangee

QPV = "qpv"
TOUS, LES_QPV = "tous", "qpv"
# Clef montrée → colonne du secret, et s’il s’agit d’heures. Absente : publique.
SENS = {
    "personnes_stock": (TOUS, False),
    "heures_stock": (TOUS, True),
    "qpv_stock": (LES_QPV, False),
    "heures_qpv_stock": (LES_QPV, True),
}
# Ce qui se calcule d’une autre valeur, et se tait avec elle.
DERIVEES = {
    "taux_qpv_stock": ("personnes_stock", "qpv_stock"),
    "taux_heures_qpv_stock": ("heures_stock", "heures_qpv_stock"),
    "part_anru": ("heures_qpv_stock",),
}
# Ce qui se tairait toujours.
SANS = {"qpv_nr_stock"}
# Taire une ligne sans heures de QPV apprend qu’il y en a peut-être ; taire le total prive les autres tableaux.
ZERO, DERNIER = 10**9, 10**12
SECRETS = (
    (
        "Secret",
        "Un effectif de 1 à 4 personnes ne se publie pas, ni les heures de ces habitants, ni leurs parts\u00a0; "
        "d’autres valeurs se taisent avec lui pour qu’aucune soustraction ne le redonne. Les heures des marchés ne se "
        "taisent pas\u00a0: ce sont les termes des contrats.",
        "ADR 0023, ADR 0029, ADR 0033",
    ),
)


def masquer(bilan: Bilan, stock: Stock, suivis: Collection[int]) -> Bilan:
    """Le même bilan, où ce qu’il faut taire vaut `SECRET`, et où aucun chiffre ne s’ouvre."""
    masqueur = _Masqueur(stock, suivis)
    indicateurs = masqueur.indicateurs(bilan.indicateurs)
    return replace(
        bilan,
        indicateurs={cle: valeur for cle, valeur in indicateurs.items() if cle not in SANS},
        synthese=[
            LigneSynthese(replace(x.indicateur, ouvre=None), indicateurs[x.indicateur.cle], None, None)
            for x in bilan.synthese
            if x.indicateur.cle not in SANS
        ],
        tableaux={cle: masqueur.tableau(tableau) for cle, tableau in bilan.tableaux.items()},
        methode=en_tete_d_abord(bilan.methode, SECRETS),
        est_masque=True,
    )


class _Masqueur:
    def __init__(self, stock: Stock, suivis: Collection[int]) -> None:
        self.stock = stock
        faits = stock.faits
        self.lignes = {MARCHES.cle: _lignes_des_marches(stock, suivis), COMMUNES.cle: _lignes_des_communes(stock)}
        self.miettes: set[str] = set()
        self.masques = self._chercher()
        heures_qpv: dict[str, int] = defaultdict(int)
        for cellule in faits.cellules:
            if faits.profils[cellule.participant].qpv == OUI:
                heures_qpv[str(faits.engagements[cellule.engagement].marche)] += cellule.centiemes
        siennes = self.lignes[MARCHES.cle]
        # Les heures du marché se lisent : celles des autres habitants en seraient la différence.
        tues = {cle for cle in siennes if self._tait_un_effectif(cle)}
        poids = {cle: sum(heures_qpv[d] for d in details) or ZERO for cle, details in siennes.items()}
        if self.masques.tait_le_total(QPV):
            self.heures_qpv_tues = {"", *siennes}
        else:
            total = {"": frozenset().union(*siennes.values())}
            self.heures_qpv_tues = completer({**siennes, **total}, tues, {**poids, "": DERNIER})

    def _tait_un_effectif(self, cle: str) -> bool:
        if cle in self.miettes:
            return True
        return self.masques.tait(MARCHES.cle, cle, TOUS) or self.masques.tait_les_heures(MARCHES.cle, cle, LES_QPV)

    def _chercher(self) -> Masques:
        colonnes = (Colonne(TOUS), Colonne(LES_QPV, QPV, a_des_heures=True))
        tableaux = [
            TableauSecret(MARCHES.cle, colonnes, _en_lignes(self.lignes[MARCHES.cle])),
            TableauSecret(
                COMMUNES.cle,
                (Colonne(TOUS, a_des_heures=True), colonnes[1]),
                _en_lignes(self.lignes[COMMUNES.cle]),
            ),
        ]
        return chercher(tableaux, list(self._personnes()))

    def _personnes(self) -> Iterable[Personne]:
        faits = self.stock.faits
        heures = calculs.par_participant(faits.cellules)
        comptees = calculs.beneficiaires(heures)
        par_marche: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for cellule in faits.cellules:
            par_marche[cellule.participant][_marche(self.stock, cellule)] += cellule.centiemes
        for personne, centiemes in heures.items():
            siens = par_marche[personne]
            comptes = {MARCHES.cle: frozenset(m for m, c in siens.items() if c >= calculs.UNE_HEURE)}
            seules = {MARCHES.cle: frozenset(m for m, c in siens.items() if c < calculs.UNE_HEURE)}
            ou = comptes if centiemes >= calculs.UNE_HEURE else seules
            ou[COMMUNES.cle] = frozenset({faits.profils[personne].commune})
            self._noter_les_miettes(siens, comptes[MARCHES.cle])
            traits = frozenset({QPV} if faits.profils[personne].qpv == OUI else ())
            yield Personne(traits, comptes, seules, compte=personne in comptees)

    def _noter_les_miettes(self, siens: Mapping[str, int], comptes: frozenset[str]) -> None:
        """Une heure faite de miettes sur plusieurs marchés compte dans leur réunion, sur aucun : elle s’y tait."""
        for cle, details in self.lignes[MARCHES.cle].items():
            if not details & comptes and sum(siens.get(d, 0) for d in details) >= calculs.UNE_HEURE:
                self.miettes.add(cle)

    def indicateurs(self, valeurs: Mapping[str, Any]) -> dict[str, Any]:
        npnru = {cle.removeprefix(PREFIXE): v for cle, v in valeurs.items() if cle.startswith(PREFIXE)}
        ensemble = {cle: v for cle, v in valeurs.items() if not cle.startswith(PREFIXE)}
        # Sans marché NPNRU, ou s’ils le sont tous, leur ligne est vide, ou c’est celle du total.
        cle_npnru = "npnru=OUI" if "npnru=OUI" in self.lignes[MARCHES.cle] else None
        tus = self._taire(npnru, MARCHES.cle, cle_npnru)
        return {**self._taire(ensemble, MARCHES.cle, None), **{f"{PREFIXE}{cle}": v for cle, v in tus.items()}}

    def tableau(self, tableau: Tableau) -> Tableau:
        definition = tableau.definition
        colonnes = tuple(replace(colonne, ouvre=None) for colonne in definition.colonnes)
        rangees = [self._rangee(definition.cle, rangee) for rangee in tableau.rangees]
        return Tableau(replace(definition, colonnes=colonnes, dessin=None), rangees)

    def _rangee(self, tableau: str, rangee: Rangee) -> Rangee:
        lu = COMMUNES.cle if tableau == COMMUNES.cle else MARCHES.cle
        cle = _cle(rangee)
        return replace(rangee, valeurs=self._taire(rangee.valeurs, lu, cle if cle in self.lignes[lu] else None))

    def _taire(self, valeurs: Mapping[str, Any], tableau: str, ligne: str | None) -> dict[str, Any]:
        """Les valeurs d’une ligne ; `None` : celle du total, commune à tout le document."""
        tues = {cle for cle in valeurs if cle in SENS and self._se_tait(tableau, ligne, *SENS[cle])}
        tues |= {cle for cle, sources in DERIVEES.items() if tues & set(sources)}
        return {cle: SECRET if cle in tues and valeur is not None else valeur for cle, valeur in valeurs.items()}

    def _se_tait(self, tableau: str, ligne: str | None, colonne: str, est_en_heures: bool) -> bool:
        if tableau == MARCHES.cle and est_en_heures:
            return colonne == LES_QPV and (ligne or "") in self.heures_qpv_tues
        if ligne is None:
            return self.masques.tait_le_total(QPV if colonne == LES_QPV else "")
        tait = self.masques.tait_les_heures if est_en_heures else self.masques.tait
        return tait(tableau, ligne, colonne) or ligne in self.miettes


def _marche(stock: Stock, cellule: Cellule) -> str:
    return str(stock.faits.engagements[cellule.engagement].marche)


def _cle(rangee: Rangee) -> str:
    return "&".join(f"{dimension}={code}" for dimension, code in rangee.filtre.items())


def _lignes_des_marches(stock: Stock, suivis: Collection[int]) -> dict[str, frozenset[str]]:
    """Chaque marché, chaque opération NPNRU, et les deux sous-totaux quand il y a des deux."""
    reunies: dict[str, set[str]] = defaultdict(set)
    for pk in suivis:
        fait = stock.faits.marches[pk]
        reunies[f"marche={pk}"].add(str(pk))
        if fait.est_npnru:
            reunies[f"operation={fait.operation}"].add(str(pk))
        reunies[f"npnru={'OUI' if fait.est_npnru else 'NON'}"].add(str(pk))
    deux = {"npnru=OUI", "npnru=NON"} <= set(reunies)
    return {cle: frozenset(siens) for cle, siens in reunies.items() if deux or not cle.startswith("npnru=")}


def _lignes_des_communes(stock: Stock) -> dict[str, frozenset[str]]:
    codes = {stock.faits.profils[c.participant].commune for c in stock.faits.cellules}
    return {f"commune={code}": frozenset({code}) for code in sorted(codes)}


def _en_lignes(lignes: Mapping[str, frozenset[str]]) -> tuple[Ligne, ...]:
    return tuple(Ligne(cle, details) for cle, details in lignes.items())
