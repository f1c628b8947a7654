"""Dessins à deux axes : colonnes côte à côte ou empilées, courbe ; les catégories vont de gauche à droite."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from bilans.dessins.formes import Donnees, Ligne, Rectangle, Rond, Serie, Texte, Trace, Trait, classe
from bilans.dessins.legende import legender
from clauses.socle.echelle import Echelle, abreger, couper, largeur_de
from clauses.socle.nombres import en_nombre, en_taux

HAUT_DU_CADRE, AU_DESSUS, AVANT_LIBELLE, INTERLIGNE = 160, 20, 18, 14
ENTRE_COLONNES = 4
SEGMENT_LISIBLE = 20
UN_CENTIEME = Decimal("0.01")


class Cadre:
    """La place du dessin : l’axe gradué à gauche, une part égale de largeur par catégorie."""

    def __init__(self, trace: Trace, donnees: Donnees, plus_hautes: Sequence[Decimal]) -> None:
        noms = [(s.nom, "repere" if s.est_repere else classe(rang)) for rang, s in enumerate(donnees.series)]
        self.haut = legender(trace, noms) + AU_DESSUS
        plus_petit = UN_CENTIEME if donnees.est_taux else Decimal(1)
        self.echelle = Echelle.contenant(plus_hautes, HAUT_DU_CADRE, plus_petit)
        self.bas = self.haut + HAUT_DU_CADRE
        ecrites = [(v, en_taux(v, 0) if donnees.est_taux else en_nombre(int(v))) for v in self.echelle.graduations()]
        self.gauche = max(largeur_de(texte) for _, texte in ecrites) + 6
        self.droite = trace.largeur
        self.part = (self.droite - self.gauche) // len(donnees.categories)
        libelles = [couper(libelle, self.part - 4) for libelle in donnees.categories]
        trace.hauteur = self.bas + AVANT_LIBELLE + INTERLIGNE * max(len(morceaux) for morceaux in libelles) - 8
        for valeur, texte in ecrites:
            trace.traits.append(
                Trait(self.gauche, self.y(valeur), self.droite, self.y(valeur), "grille" if valeur else "axe")
            )
            trace.textes.append(Texte(self.gauche - 6, self.y(valeur) + 4, texte, "end", "graduation"))
        for rang, morceaux in enumerate(libelles):
            for n, morceau in enumerate(morceaux):
                y = self.bas + AVANT_LIBELLE + INTERLIGNE * n
                trace.textes.append(Texte(self.milieu(rang), y, morceau, "middle"))

    def y(self, valeur: Decimal) -> int:
        return self.bas - self.echelle.points(valeur)

    def milieu(self, rang: int) -> int:
        return self.gauche + self.part * rang + self.part // 2


def colonnes(donnees: Donnees, largeur: int) -> Trace:
    """Colonnes côte à côte, chacune sous sa valeur."""
    trace = Trace(largeur)
    cadre = Cadre(trace, donnees, donnees.toutes)
    pleines = [s for s in donnees.series if not s.est_repere]
    epaisseur = min(72, (cadre.part * 7 // 8) // len(pleines) - ENTRE_COLONNES)
    place = epaisseur + ENTRE_COLONNES if len(pleines) > 1 else cadre.part
    for rang in range(len(donnees.categories)):
        x = cadre.milieu(rang) - (len(pleines) * (epaisseur + ENTRE_COLONNES) - ENTRE_COLONNES) // 2
        for numero, serie in enumerate(pleines):
            valeur = serie.valeurs[rang]
            if valeur is not None:
                y = cadre.y(valeur)
                trace.rectangles.append(Rectangle(x, y, epaisseur, cadre.bas - y, classe(numero)))
                _ecrire(trace, x + epaisseur // 2, y - 6, serie.textes[rang], valeur, place)
            x += epaisseur + ENTRE_COLONNES
    _reperes(trace, cadre, donnees.series)
    return trace


def _ecrire(trace: Trace, x: int, y: int, exact: str, valeur: Decimal, place: int) -> None:
    """La valeur exacte si elle tient, sinon à l’unité, sinon rien ; le tableau la redit toujours au centième."""
    for texte in (exact, en_nombre(arrondir(valeur))):
        if largeur_de(texte) + ENTRE_COLONNES <= place:
            trace.textes.append(Texte(x, y, texte, "middle", "valeur"))
            return


def arrondir(valeur: Decimal) -> int:
    return int(valeur.to_integral_value(ROUND_HALF_UP))


def empilees(donnees: Donnees, largeur: int) -> Trace:
    """Une colonne par catégorie, ses séries l’une sur l’autre, sous leur somme."""
    trace = Trace(largeur)
    sommes = [
        sum((s.valeurs[rang] or Decimal(0) for s in donnees.series), Decimal(0))
        for rang in range(len(donnees.categories))
    ]
    cadre = Cadre(trace, donnees, sommes)
    epaisseur = min(84, cadre.part * 3 // 5)
    for rang, somme in enumerate(sommes):
        if all(s.valeurs[rang] is None for s in donnees.series):
            continue
        x, cumul = cadre.milieu(rang) - epaisseur // 2, Decimal(0)
        for numero, serie in enumerate(donnees.series):
            valeur = serie.valeurs[rang] or Decimal(0)
            bas, haut = cadre.y(cumul), cadre.y(cumul + valeur)
            cumul += valeur
            if bas > haut:
                trace.rectangles.append(Rectangle(x, haut, epaisseur, bas - haut, classe(numero)))
            texte = abreger(en_nombre(arrondir(valeur)), epaisseur)
            if bas - haut >= SEGMENT_LISIBLE and "…" not in texte:
                milieu = (bas + haut) // 2 + 4
                trace.textes.append(Texte(x + epaisseur // 2, milieu, texte, "middle", f"dans-{classe(numero)}"))
        _ecrire(trace, cadre.milieu(rang), cadre.y(somme) - 6, en_nombre(arrondir(somme)), somme, cadre.part)
    return trace


def courbe(donnees: Donnees, largeur: int) -> Trace:
    """Une ligne brisée par série, interrompue là où rien n’est renseigné."""
    trace = Trace(largeur)
    cadre = Cadre(trace, donnees, [*donnees.toutes, *([Decimal(1)] if donnees.est_taux else [])])
    for numero, serie in enumerate(donnees.series):
        if serie.est_repere:
            continue
        for suite in _suites(serie):
            poses = [(cadre.milieu(rang), cadre.y(valeur)) for rang, valeur in suite]
            if len(poses) > 1:
                trace.lignes.append(Ligne(" ".join(f"{x},{y}" for x, y in poses), f"ligne {classe(numero)}"))
            for (rang, valeur), (x, y) in zip(suite, poses, strict=True):
                trace.ronds.append(Rond(x, y, classe(numero)))
                _ecrire(trace, x, y - 11, serie.textes[rang], valeur, cadre.part)
    _reperes(trace, cadre, donnees.series)
    return trace


def _suites(serie: Serie) -> list[list[tuple[int, Decimal]]]:
    """Les points qui se suivent sans trou."""
    suites: list[list[tuple[int, Decimal]]] = [[]]
    for rang, valeur in enumerate(serie.valeurs):
        if valeur is None:
            suites.append([])
        else:
            suites[-1].append((rang, valeur))
    return [suite for suite in suites if suite]


def _reperes(trace: Trace, cadre: Cadre, series: Sequence[Serie]) -> None:
    """Un objectif : un trait en travers du dessin, à la hauteur de sa dernière valeur."""
    for serie in series:
        connues = [v for v in serie.valeurs if v is not None]
        if serie.est_repere and connues:
            y = cadre.y(connues[-1])
            trace.traits.append(Trait(cadre.gauche, y, cadre.droite, y, "repere"))
