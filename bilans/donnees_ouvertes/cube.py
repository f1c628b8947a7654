"""Les lignes publiables d’une année : total, marges d’une dimension, croisements des quatre (docs/adr/0033). Pur.

Les marges se protègent entre elles (`secret`). Un croisement ne s’ajoute que si toutes ses marges se lisent, et si ce
qu’il laisse dans chacune n’est personne, ou cinq personnes ou plus : le soustraire ne montre aucun petit groupe. Les
petits croisements, qui ne s’écrivent pas, gardent chacun un témoin (`temoins`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bilans import calculs
from bilans.calculs import en_decimal
from bilans.donnees_ouvertes import temoins
from bilans.donnees_ouvertes.definitions import DIMENSIONS, TOUS
from bilans.donnees_ouvertes.temoins import Codes, Publication, Temoin
from bilans.faits import Cellule, Faits
from bilans.secret import SECRET, SEUIL, Colonne, Ligne, Masques, Personne, Tableau, est_petit, masquer
from bilans.valeurs import Chiffre

CLES = tuple(dimension.cle for dimension in DIMENSIONS)
TOTAL: Codes = (TOUS,) * len(CLES)
EFFECTIF = Colonne("effectif", a_des_heures=True)


@dataclass(frozen=True, slots=True)
class LigneCube:
    """`codes` : un par dimension, `TOUS` pour celles qui ne sont pas croisées."""

    annee: int
    codes: Codes
    beneficiaires: Chiffre
    heures: Chiffre


def lignes(faits: Faits, annee: int) -> list[LigneCube]:
    """Ce qui se publie de l’année, dans l’ordre des listes ; vide sous cinq bénéficiaires."""
    cube = _Cube(faits)
    if cube.masques.tout:
        return []
    return [LigneCube(annee, codes, *cube.valeurs(codes)) for codes in cube.publiees()]


def marge(rang: int, code: str) -> Codes:
    return tuple(code if n == rang else TOUS for n in range(len(CLES)))


class _Cube:
    def __init__(self, faits: Faits) -> None:
        self.heures: dict[Codes, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        """Par ligne, les centièmes d’heure de chacun ; total, marges et croisements."""
        for cellule in faits.cellules:
            codes = _codes(faits, cellule)
            for ligne in (TOTAL, codes, *(marge(rang, code) for rang, code in enumerate(codes))):
                self.heures[ligne][cellule.participant] += cellule.centiemes
        self.masques = self._proteger_les_marges()
        self.petits = self._chercher_les_petits()
        self.libres = self._chercher_les_libres()
        self.tus = tuple(
            frozenset(x[rang] for x in self._marges(rang) if any(self._tues(x))) for rang in range(len(CLES))
        )
        self.temoins = self._temoigner(self.petits, set())
        self.croisements = self._choisir()

    def _marges(self, rang: int) -> list[Codes]:
        """Dans l’ordre de la liste de codes."""
        candidates = (marge(rang, code) for code, _ in DIMENSIONS[rang].choix)
        return [codes for codes in candidates if codes in self.heures]

    def _proteger_les_marges(self) -> Masques:
        """Chaque dimension est un tableau, et son total est commun à toutes."""
        decomptes = [
            Tableau(cle, (EFFECTIF,), tuple(Ligne(x[rang], frozenset({x[rang]})) for x in self._marges(rang)))
            for rang, cle in enumerate(CLES)
        ]
        comptees = calculs.beneficiaires(self.heures[TOTAL])
        pleines: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        miettes: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for rang, cle in enumerate(CLES):
            for codes in self._marges(rang):
                for personne, centiemes in self.heures[codes].items():
                    ou = pleines if centiemes >= calculs.UNE_HEURE else miettes
                    ou[personne][cle].add(codes[rang])
        return masquer(
            decomptes,
            [
                Personne(frozenset(), _figer(pleines[p]), _figer(miettes[p]), compte=p in comptees)
                for p in self.heures[TOTAL]
            ],
        )

    def valeurs(self, codes: Codes) -> tuple[Chiffre, Chiffre]:
        par_personne = self.heures[codes]
        effectif, heures = len(calculs.beneficiaires(par_personne)), en_decimal(sum(par_personne.values()))
        tait, tait_les_heures = self._tues(codes)
        return SECRET if tait else effectif, SECRET if tait_les_heures else heures

    def _tues(self, codes: Codes) -> tuple[bool, bool]:
        """L’effectif, les heures ; seules les marges se taisent, le total se lit et un croisement s’écrit ou non."""
        croisees = [rang for rang, code in enumerate(codes) if code != TOUS]
        if len(croisees) != 1:
            return False, False
        ou = (CLES[croisees[0]], codes[croisees[0]], EFFECTIF.cle)
        return self.masques.tait(*ou), self.masques.tait_les_heures(*ou)

    def publiees(self) -> Iterator[Codes]:
        yield TOTAL
        for rang in range(len(CLES)):
            yield from self._marges(rang)
        yield from sorted(self.croisements, key=_ordre)

    # --- Croisements ---------------------------------------------------------------------------------------------
    def _choisir(self) -> list[Codes]:
        """Les croisements que l’on peut ajouter, le plus lourd en heures d’abord."""
        if self.masques.tout:
            return []
        possibles = [codes for codes in self.heures if TOUS not in codes and self._est_publiable(codes)]
        possibles.sort(key=lambda codes: (-sum(self.heures[codes].values()), codes))
        dans = {ligne: self._dans(ligne) for codes in possibles for ligne in self._touchees(codes)}
        retenus: set[Codes] = set()
        for codes in possibles:
            essai = retenus | {codes}
            assez = all(self._laisse_assez(ligne, dans[ligne], essai) for ligne in self._touchees(codes))
            if assez and self._garde_ses_temoins(essai, codes):
                retenus = essai
        return list(retenus)

    def _garde_ses_temoins(self, publies: set[Codes], ajoute: Codes) -> bool:
        """Chaque petit croisement garde un témoin, ou en trouve un autre sans toucher à celui que l’on ajoute.

        Un petit qui n’en a jamais eu n’admet près de lui, dans aucune de ses marges, de croisement publié.
        """
        sans = [petit for petit in self.petits if petit not in self.temoins]
        if any(any(map(str.__eq__, petit, ajoute)) for petit in sans):
            return False
        perdus = [petit for petit, temoin in self.temoins.items() if ajoute in temoin.touches]
        trouves = self._temoigner(perdus, publies)
        if len(trouves) < len(perdus):
            return False
        self.temoins |= trouves
        return True

    def _temoigner(self, petits: Iterable[Codes], publies: set[Codes]) -> dict[Codes, Temoin]:
        """Un témoin par petit croisement qui en trouve ; qui a plusieurs croisements ne bouge pas, et peut manquer."""
        lu = Publication(frozenset(publies), self.tus)
        trouves = {petit: temoins.chercher(petit, self.petits[petit], self.libres, lu) for petit in petits}
        return {petit: temoin for petit, temoin in trouves.items() if temoin is not None}

    def _chercher_les_petits(self) -> dict[Codes, int]:
        """Croisements d’une à quatre personnes, heures sous une heure comprises : ce qui y manque pour cinq."""
        croisements = [codes for codes in self.heures if TOUS not in codes]
        return {codes: SEUIL - len(self.heures[codes]) for codes in croisements if est_petit(len(self.heures[codes]))}

    def _chercher_les_libres(self) -> Counter[Codes]:
        """Par croisement, les personnes qui n’ont que lui, pour une heure au moins."""
        siens: dict[int, list[Codes]] = defaultdict(list)
        for codes, par_personne in self.heures.items():
            if TOUS not in codes:
                for personne in par_personne:
                    siens[personne].append(codes)
        comptees = calculs.beneficiaires(self.heures[TOTAL])
        return Counter(codes[0] for personne, codes in siens.items() if len(codes) == 1 and personne in comptees)

    @staticmethod
    def _touchees(codes: Codes) -> list[Codes]:
        return [TOTAL, *(marge(rang, code) for rang, code in enumerate(codes))]

    def _dans(self, ligne: Codes) -> list[Codes]:
        return [
            codes
            for codes in self.heures
            if TOUS not in codes and all(vu in {TOUS, code} for vu, code in zip(ligne, codes, strict=True))
        ]

    def _est_publiable(self, codes: Codes) -> bool:
        """Cinq personnes ou plus, et aucune marge tue : ce qu’elle cache ne se borne pas par ce croisement."""
        assez = len(calculs.beneficiaires(self.heures[codes])) >= SEUIL
        return assez and not any(any(self._tues(marge(rang, code))) for rang, code in enumerate(codes))

    def _laisse_assez(self, ligne: Codes, croisements: Sequence[Codes], publies: set[Codes]) -> bool:
        """Hors des croisements publiés, la ligne ne tient personne, ou cinq ; l’écart des effectifs non plus."""
        reste: dict[int, int] = defaultdict(int)
        montres = 0
        for codes in croisements:
            if codes in publies:
                montres += len(calculs.beneficiaires(self.heures[codes]))
                continue
            for personne, centiemes in self.heures[codes].items():
                reste[personne] = max(reste[personne], centiemes)
        ecart = len(calculs.beneficiaires(self.heures[ligne])) - montres
        comptees = len(calculs.beneficiaires(reste))
        return not (est_petit(len(reste)) or est_petit(comptees) or est_petit(ecart) or (reste and not comptees))


def _codes(faits: Faits, cellule: Cellule) -> Codes:
    profil = faits.profils[cellule.participant]
    return (*(calculs.PAR_CELLULE[cle](faits, cellule) for cle in CLES[:-1]), profil.principal)


def _ordre(codes: Codes) -> tuple[int, ...]:
    """Le rang de chaque code dans sa liste."""
    rangs = (RANGS[cle] for cle in CLES)
    return tuple(rang[code] for rang, code in zip(rangs, codes, strict=True))


RANGS: Mapping[str, Mapping[str, int]] = {
    d.cle: {code: rang for rang, (code, _) in enumerate(d.choix)} for d in DIMENSIONS
}


def _figer(lus: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {cle: frozenset(siens) for cle, siens in lus.items()}
