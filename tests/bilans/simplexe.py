"""Un simplexe exact, en fractions : assez pour borner une cellule de petit tableau, sans dépendance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

Equation = tuple[Mapping[str, int], int]
INFINI = None


class Impossible(Exception):
    """Aucun monde ne tient ces équations : le document publié serait faux."""


class Simplexe:
    """Maximise une somme d’inconnues positives sous des équations ; garde sa base d’une question à l’autre."""

    def __init__(self, noms: Sequence[str], equations: Sequence[Equation]) -> None:
        self.rang = {nom: i for i, nom in enumerate(noms)}
        self.n = len(noms)
        self.lignes: list[list[Fraction]] = []
        for termes, constante in equations:
            signe = -1 if constante < 0 else 1
            ligne = [Fraction(0)] * (self.n + len(equations) + 1)
            for nom, coefficient in termes.items():
                ligne[self.rang[nom]] += signe * coefficient
            ligne[self.n + len(self.lignes)] = Fraction(1)
            ligne[-1] = Fraction(signe * constante)
            self.lignes.append(ligne)
        self.base = [self.n + i for i in range(len(equations))]
        self._poser_une_base()

    def _poser_une_base(self) -> None:
        """Première phase : chasser les variables artificielles ; une ligne devenue nulle était superflue."""
        cout = [Fraction(0)] * self.n + [Fraction(-1)] * (len(self.lignes)) + [Fraction(0)]
        if self._monter(cout) != 0:
            raise Impossible
        for i in reversed(range(len(self.lignes))):
            if self.base[i] < self.n:
                continue
            entrante = next((j for j in range(self.n) if self.lignes[i][j]), None)
            if entrante is None:
                del self.lignes[i], self.base[i]
            else:
                self._pivoter(i, entrante)
        self.lignes = [[*ligne[: self.n], ligne[-1]] for ligne in self.lignes]

    def _monter(self, cout: list[Fraction]) -> Fraction | None:
        """Améliore jusqu’à l’optimum (règle de Bland : jamais de boucle) ; `None` : sans borne."""
        reduit = cout[:]
        for i, variable in enumerate(self.base):
            if reduit[variable]:
                _retrancher(reduit, reduit[variable], self.lignes[i])
        while True:
            entrante = next((j for j, r in enumerate(reduit[:-1]) if r > 0), None)
            if entrante is None:
                return -reduit[-1]
            rapports = [(x[-1] / x[entrante], self.base[i], i) for i, x in enumerate(self.lignes) if x[entrante] > 0]
            if not rapports:
                return INFINI
            i = min(rapports)[2]
            self._pivoter(i, entrante)
            _retrancher(reduit, reduit[entrante], self.lignes[i])

    def _pivoter(self, i: int, entrante: int) -> None:
        pivot = self.lignes[i][entrante]
        if pivot != 1:
            self.lignes[i] = [x / pivot if x else x for x in self.lignes[i]]
        pleines = [(j, x) for j, x in enumerate(self.lignes[i]) if x]
        for k, ligne in enumerate(self.lignes):
            if k != i and (facteur := ligne[entrante]):
                for j, x in pleines:
                    ligne[j] -= facteur * x
        self.base[i] = entrante

    def maximum(self, noms: Sequence[str], signe: int = 1) -> Fraction | None:
        cout = [Fraction(0)] * (self.n + 1)
        for nom in noms:
            cout[self.rang[nom]] += signe
        return self._monter(cout)

    def est_entier(self) -> bool:
        """Le monde atteint compte des personnes entières : ce n’est pas une borne, c’est un monde possible."""
        return all(ligne[-1].denominator == 1 for ligne in self.lignes)


def _retrancher(cout: list[Fraction], facteur: Fraction, ligne: Sequence[Fraction]) -> None:
    """Les lignes sont surtout faites de zéros : on ne calcule que le reste."""
    for j, x in enumerate(ligne):
        if x:
            cout[j] -= facteur * x
