"""Le secret d’un document qui sort de la structure : quelles cellules taire (docs/adr/0023). Pur, sans base.

Un groupe de 1 à 4 personnes ne se publie pas, et ne se retrouve pas par soustraction. La preuve est un **témoin** :
une autre population, qui donnerait exactement ce qui est publié, et où le groupe compte cinq personnes ou plus. On la
fabrique en changeant de ligne quelques personnes ; les cellules que ce changement touche sont celles qu’il faut taire.
"""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

SEUIL = 5
COUT_DE_BASE, POIDS_DU_TOTAL, POIDS_DU_ZERO, POIDS_DU_SOUS_TOTAL = 10, 4, 1000, 3


class Secret(enum.Enum):
    """Une valeur tue. Un seul signe pour tous les motifs : deux signes diraient lesquelles sont de 1 à 4."""

    SECRET = "secret"  # noqa: S105 — le mot publié, pas un mot de passe

    def __str__(self) -> str:
        return self.value


SECRET = Secret.SECRET


@dataclass(frozen=True, slots=True)
class Colonne:
    """Un effectif : tout le monde (`trait` vide), ou qui a le trait, ou qui ne l’a pas (`avec` faux).

    `a_des_heures` : les heures de ce groupe se publient aussi ; elles se taisent avec lui.
    """

    cle: str
    trait: str = ""
    avec: bool = True
    a_des_heures: bool = False

    def compte(self, traits: frozenset[str]) -> bool:
        return not self.trait or (self.trait in traits) == self.avec


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une ligne publiée : les lignes de détail qu’elle réunit. Elle compte qui est dans l’une d’elles."""

    cle: str
    details: frozenset[str]

    @property
    def est_sous_total(self) -> bool:
        return len(self.details) > 1


@dataclass(frozen=True, slots=True)
class Tableau:
    """Des lignes et des colonnes d’effectifs. La ligne du total est commune à tout le document : elle n’y est pas."""

    cle: str
    colonnes: tuple[Colonne, ...]
    lignes: tuple[Ligne, ...]


@dataclass(frozen=True, slots=True)
class Personne:
    """Ses traits et, par tableau, les lignes de détail où elle compte.

    `heures_seules` : celles où elle a des heures sans y compter (moins d’une heure) ; ses heures sont à elle aussi.
    """

    traits: frozenset[str]
    details: Mapping[str, frozenset[str]]
    heures_seules: Mapping[str, frozenset[str]] = field(default_factory=dict)
    compte: bool = True
    """Compte sur la ligne du total."""


@dataclass(frozen=True, slots=True)
class Masques:
    """Ce qui se tait : tout le document, ou des cellules (tableau, ligne, colonne) avec leurs heures.

    `traits` : ceux qui se taisent partout, ligne du total comprise. `heures` : celles dont les heures seules se
    taisent.
    """

    tout: bool = False
    traits: frozenset[str] = frozenset()
    cellules: frozenset[tuple[str, str, str]] = frozenset()
    heures: frozenset[tuple[str, str, str]] = frozenset()

    def tait(self, tableau: str, ligne: str, colonne: str) -> bool:
        return self.tout or (tableau, ligne, colonne) in self.cellules

    def tait_les_heures(self, tableau: str, ligne: str, colonne: str) -> bool:
        return self.tait(tableau, ligne, colonne) or (tableau, ligne, colonne) in self.heures

    def tait_le_total(self, trait: str = "") -> bool:
        """Sur la ligne du total, commune à tous les tableaux."""
        return self.tout or trait in self.traits


def est_petit(nombre: int) -> bool:
    return 0 < nombre < SEUIL


def masquer(tableaux: Sequence[Tableau], personnes: Sequence[Personne]) -> Masques:
    """Les cellules à taire dans un document fait de ces tableaux, pour cette population.

    Sous cinq personnes en tout, rien ne se publie. Un trait porté par 1 à 4 personnes, ou par toutes sauf 1 à 4, se
    tait partout : aucune ligne n’en garde trace. Le reste se protège ligne à ligne.
    """
    comptees = [p for p in personnes if p.compte]
    if len(comptees) < SEUIL:
        return Masques(tout=True)
    connus = {colonne.trait for tableau in tableaux for colonne in tableau.colonnes if colonne.trait}
    tus = frozenset(trait for trait in connus for avec in (True, False) if _se_tait_partout(trait, avec, personnes))
    cellules: set[tuple[str, str, str]] = set()
    heures: set[tuple[str, str, str]] = set()
    for tableau in tableaux:
        cherche = _Tableau(tableau, personnes, tus)
        cellules |= {(tableau.cle, *cellule) for cellule in cherche.masquer()}
        heures |= {(tableau.cle, *cellule) for cellule in cherche.heures_a_taire()}
    return Masques(traits=tus, cellules=frozenset(cellules), heures=frozenset(heures))


def _se_tait_partout(trait: str, avec: bool, personnes: Sequence[Personne]) -> bool:
    """De 1 à 4 personnes ont le trait (ou ne l’ont pas), ou n’en sont que des heures sous une heure."""
    groupe = [p for p in personnes if (trait in p.traits) == avec]
    comptees = sum(p.compte for p in groupe)
    return est_petit(comptees) or (comptees == 0 and bool(groupe))


@dataclass(frozen=True, slots=True)
class _Sorte:
    """Des personnes que rien ne distingue dans un tableau."""

    details: frozenset[str]
    traits: frozenset[str]

    def deplacee(self, de: str, vers: str) -> _Sorte:
        return _Sorte(self.details - {de} | {vers}, self.traits)


@dataclass(frozen=True, slots=True)
class _Groupe:
    """Ce qui se protège : dans une ligne, tout le monde, qui a un trait, ou qui ne l’a pas."""

    ligne: Ligne
    colonne: Colonne

    def compte(self, sorte: _Sorte) -> bool:
        return bool(self.ligne.details & sorte.details) and self.colonne.compte(sorte.traits)


@dataclass(frozen=True, slots=True)
class _Echange:
    """Une personne entre dans la ligne ; au besoin une autre en sort, pour que le total de la ligne ne bouge pas."""

    entrante: _Sorte
    sortante: _Sorte | None
    de: str
    vers: str

    def effets(self) -> list[tuple[_Sorte, _Sorte]]:
        entree = (self.entrante, self.entrante.deplacee(self.de, self.vers))
        if self.sortante is None:
            return [entree]
        return [entree, (self.sortante, self.sortante.deplacee(self.vers, self.de))]


class _Tableau:
    """La recherche des témoins dans un tableau ; les autres tableaux ne bougent pas quand on change de ligne ici."""

    def __init__(self, tableau: Tableau, personnes: Sequence[Personne], tus: frozenset[str]) -> None:
        self.cle, self.lignes = tableau.cle, tableau.lignes
        self.colonnes = [colonne for colonne in tableau.colonnes if colonne.trait not in tus]
        self.tues = [colonne for colonne in tableau.colonnes if colonne.trait in tus]
        utiles = {colonne.trait for colonne in self.colonnes}
        self.sortes: Counter[_Sorte] = Counter()
        self.heures_seules: Counter[_Sorte] = Counter()
        for personne in personnes:
            traits = personne.traits & utiles
            self.sortes[_Sorte(personne.details.get(self.cle, frozenset()), traits)] += 1
            self.heures_seules[_Sorte(personne.heures_seules.get(self.cle, frozenset()), traits)] += 1
        self.masquees: set[tuple[str, str]] = set()
        self.valeurs = {
            (ligne.cle, colonne.cle): self.effectif(_Groupe(ligne, colonne), self.sortes)
            for ligne in self.lignes
            for colonne in self.colonnes
        }
        self.poids = {(x.cle, c.cle): self._poids(x, c) for x in self.lignes for c in self.colonnes}
        self._lignes: dict[frozenset[str], frozenset[str]] = {}

    @staticmethod
    def effectif(groupe: _Groupe, sortes: Counter[_Sorte]) -> int:
        return sum(nombre for sorte, nombre in sortes.items() if groupe.compte(sorte))

    def groupes(self) -> Iterator[_Groupe]:
        """Chaque effectif publié et son complément dans la ligne, que le total donnerait par soustraction."""
        avec_heures = {
            c.trait: any(x.trait == c.trait and x.a_des_heures for x in self.colonnes) for c in self.colonnes
        }
        for ligne in self.lignes:
            for trait, heures in sorted(avec_heures.items()):
                for avec in (True, False) if trait else (True,):
                    yield _Groupe(ligne, Colonne("", trait, avec, heures))

    def masquer(self) -> set[tuple[str, str]]:
        """Les cellules (ligne, colonne) à taire. Les lignes entières d’abord : leurs témoins servent aux colonnes."""
        sensibles = [groupe for groupe in self.groupes() if est_petit(self.effectif(groupe, self.sortes))]
        sensibles.sort(key=lambda g: (bool(g.colonne.trait), self.effectif(g, self.sortes), g.ligne.cle))
        for groupe in sensibles:
            self._proteger(groupe)
        # Un trait tu partout ne laisse de zéro que dans une ligne vide, où il ne dit rien.
        return self.masquees | {(x, colonne.cle) for x in self.lignes_vues(self.sortes) for colonne in self.tues}

    def lignes_vues(self, sortes: Counter[_Sorte]) -> set[str]:
        return {ligne for sorte in sortes for ligne in self.lignes_de(sorte.details)}

    def heures_a_taire(self) -> set[tuple[str, str]]:
        """Heures d’un groupe sans personne : quelqu’un en a fait moins d’une. Une seconde ligne les couvre."""
        par_colonne: dict[str, set[str]] = defaultdict(set)
        for groupe in self.groupes():
            personne = not self.effectif(groupe, self.sortes)
            if groupe.colonne.a_des_heures and personne and self.effectif(groupe, self.heures_seules):
                tue = next(c for c in self.colonnes if c.trait == groupe.colonne.trait and c.a_des_heures)
                par_colonne[tue.cle].add(groupe.ligne.cle)
        for colonne, lignes in par_colonne.items():
            autres = [(self.poids[x.cle, colonne], x.cle) for x in self.lignes if x.cle not in lignes]
            if len(lignes) == 1 and autres and not any((x, colonne) in self.masquees for _, x in autres):
                lignes.add(min(autres)[1])
        for tue in (c for c in self.tues if c.a_des_heures):
            par_colonne[tue.cle] |= self.lignes_vues(self.heures_seules)
        return {(ligne, colonne) for colonne, lignes in par_colonne.items() for ligne in lignes}

    def _proteger(self, groupe: _Groupe) -> None:
        """Masque ce que touche le témoin le moins coûteux : personne par personne, jusqu’à cinq dans le groupe."""
        monde = self.sortes.copy()
        manque = SEUIL - self.effectif(groupe, monde)
        while manque > 0:
            echange = self._meilleur(groupe, monde)
            if echange is None:
                # Plus personne à faire entrer : taire les colonnes du groupe sur toutes les lignes du tableau.
                self.masquees |= {(x.cle, c.cle) for x in self.lignes for c in self._colonnes_de(groupe)}
                return
            effets = echange.effets()
            fois = min([manque, *(monde[avant] for avant, _ in effets)])
            for avant, apres in effets:
                monde[avant] -= fois
                monde[apres] += fois
            self.masquees |= self.touchees(effets)
            manque -= fois

    def _colonnes_de(self, groupe: _Groupe) -> list[Colonne]:
        return [c for c in self.colonnes if c.trait in {"", groupe.colonne.trait}]

    def _meilleur(self, groupe: _Groupe, monde: Counter[_Sorte]) -> _Echange | None:
        possibles = self._echanges(groupe, [sorte for sorte, nombre in monde.items() if nombre > 0])
        return min(possibles, key=lambda e: (self._cout(e), _rang(e)), default=None)

    def _echanges(self, groupe: _Groupe, presentes: Sequence[_Sorte]) -> Iterator[_Echange]:
        details = groupe.ligne.details
        for entrante in presentes:
            if entrante.details & details or not groupe.colonne.compte(entrante.traits):
                continue
            for de in entrante.details:
                for vers in details:
                    yield _Echange(entrante, None, de, vers)
                    for sortante in presentes:
                        if vers in sortante.details and de not in sortante.details and not groupe.compte(sortante):
                            yield _Echange(entrante, sortante, de, vers)

    def touchees(self, effets: Sequence[tuple[_Sorte, _Sorte]]) -> set[tuple[str, str]]:
        """Cellules dont l’effectif change."""
        ecarts: Counter[tuple[str, str]] = Counter()
        for avant, apres in effets:
            colonnes = [c.cle for c in self.colonnes if c.compte(avant.traits)]
            quittees, gagnees = self.lignes_de(avant.details), self.lignes_de(apres.details)
            for lignes, signe in ((gagnees - quittees, 1), (quittees - gagnees, -1)):
                for ligne in lignes:
                    for colonne in colonnes:
                        ecarts[ligne, colonne] += signe
        return {cellule for cellule, ecart in ecarts.items() if ecart}

    def lignes_de(self, details: frozenset[str]) -> frozenset[str]:
        if details not in self._lignes:
            self._lignes[details] = frozenset(x.cle for x in self.lignes if x.details & details)
        return self._lignes[details]

    def _cout(self, echange: _Echange) -> int:
        return sum(self.poids[cellule] for cellule in self.touchees(echange.effets()) - self.masquees)

    def _poids(self, ligne: Ligne, colonne: Colonne) -> int:
        """Ce que l’on perd à taire une cellule. Un zéro ne sert qu’en dernier recours."""
        valeur = self.valeurs[ligne.cle, colonne.cle]
        poids = (COUT_DE_BASE + valeur) if valeur else POIDS_DU_ZERO
        return poids * (1 if colonne.trait else POIDS_DU_TOTAL) * (POIDS_DU_SOUS_TOTAL if ligne.est_sous_total else 1)


def _rang(echange: _Echange) -> tuple[object, ...]:
    """Un ordre fixe entre échanges de même coût : le même document donne toujours les mêmes masques."""
    sortes = (echange.entrante, *([echange.sortante] if echange.sortante else []))
    return (len(sortes), echange.de, echange.vers, *((sorted(s.details), sorted(s.traits)) for s in sortes))
