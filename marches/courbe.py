"""La courbe d’un engagement : heures faites, attendues et projetées, mois par mois. Géométrie pure, sans base.

Le dessin est un SVG de 720 × 280 unités ; une page l’étire à sa largeur. Chaque point se lit aussi dans le tableau.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clauses.socle.mois import ajouter_mois, dernier_jour, mois_entre, premier_jour
from clauses.socle.nombres import au_centieme, en_nombre
from marches.calculs import heures_retenues
from marches.previsions import Compte, Prevision, dernier_mois_acheve, heures_attendues

LARGEUR, HAUTEUR = 720, 280
GAUCHE, DROITE, HAUT, BAS = 64, 30, 14, 34
MOIS_AU_PLUS = 120
REPERES_AU_PLUS = 8
PALIERS = (1, 2, 5)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Point:
    """La fin d’un mois : heures cumulées faites, attendues, projetées ; `None` là où la courbe ne passe pas."""

    mois: datetime.date
    fait: Decimal | None
    attendu: Decimal | None
    projete: Decimal | None


@dataclass(frozen=True, slots=True)
class Repere:
    position: int
    libelle: str


@dataclass(frozen=True, slots=True)
class Courbe:
    """Tout ce que le gabarit dessine : polylignes (« x,y x,y »), graduations, et les points pour le tableau."""

    points: Sequence[Point]
    fait: str
    attendu: str
    projete: str
    objectif: int | None
    graduations: Sequence[Repere]
    reperes: Sequence[Repere]
    gauche: int = GAUCHE
    droite: int = LARGEUR - DROITE
    bas: int = HAUTEUR - BAS


def serie(
    par_mois: Mapping[datetime.date, tuple[Decimal, Decimal]],
    compte: Compte,
    prevue: Prevision,
    *,
    coefficient: Decimal,
    plafond: Decimal | None,
    au: datetime.date,
) -> list[Point]:
    """Les points d’un engagement. `par_mois` : heures validées (travail, formation) de chaque mois, au centième."""
    acheve = dernier_mois_acheve(au)
    travail = formation = ZERO
    points = []
    for mois in _etendue(par_mois, compte, au):
        heures = par_mois.get(mois, (ZERO, ZERO))
        travail, formation = travail + heures[0], formation + heures[1]
        fait = heures_retenues(travail=travail, formation=formation, coefficient=coefficient, plafond=plafond)
        attendu = heures_attendues(compte.engage, compte.debut, compte.fin, dernier_jour(mois), compte.jalons)
        points.append(Point(mois, fait if mois <= au else None, attendu, _projete(mois, acheve, compte, prevue)))
    return points


def _etendue(
    par_mois: Mapping[datetime.date, tuple[Decimal, Decimal]], compte: Compte, au: datetime.date
) -> Iterator[datetime.date]:
    premiers = [*par_mois, *([premier_jour(compte.debut)] if compte.debut else [])]
    derniers = [*par_mois, premier_jour(compte.fin or au)]
    debut = min(premiers, default=premier_jour(au))
    yield from mois_entre(debut, min(max(derniers), ajouter_mois(debut, MOIS_AU_PLUS - 1)))


def _projete(mois: datetime.date, acheve: datetime.date, compte: Compte, prevue: Prevision) -> Decimal | None:
    """Du dernier mois achevé à la fin, en ligne droite : de ce qui est fait à la projection."""
    if prevue.projection is None or not prevue.mois_restants or mois < acheve:
        return None
    passes = (mois.year - acheve.year) * 12 + mois.month - acheve.month
    chemin = (prevue.projection - compte.au_rythme) * passes / prevue.mois_restants
    return au_centieme(compte.au_rythme + chemin)


def tracer(points: Sequence[Point], *, engage: Decimal) -> Courbe:
    """Pose les points dans le cadre ; l’échelle monte au palier rond qui contient tout."""
    valeurs = [v for p in points for v in (p.fait, p.attendu, p.projete) if v is not None]
    plus_haute = max([engage, *valeurs, Decimal(1)])
    palier = _palier(plus_haute)
    sommet = palier * math.ceil(plus_haute / palier)

    def y(valeur: Decimal) -> int:
        return int(HAUTEUR - BAS - (HAUTEUR - BAS - HAUT) * valeur / sommet)

    def x(rang: int) -> int:
        return int(GAUCHE + Decimal(LARGEUR - GAUCHE - DROITE) * rang / max(len(points) - 1, 1))

    def ligne(nom: str) -> str:
        poses = [(x(rang), getattr(point, nom)) for rang, point in enumerate(points)]
        return " ".join(f"{abscisse},{y(valeur)}" for abscisse, valeur in poses if valeur is not None)

    pas = -(-len(points) // REPERES_AU_PLUS)
    return Courbe(
        points=points,
        fait=ligne("fait"),
        attendu=ligne("attendu"),
        projete=ligne("projete"),
        objectif=y(engage) if engage > 0 else None,
        graduations=[Repere(y(palier * n), en_nombre(int(palier * n))) for n in range(int(sommet / palier) + 1)],
        reperes=[Repere(x(rang), f"{p.mois:%m/%y}") for rang, p in enumerate(points) if rang % pas == 0],
    )


def _palier(plus_haute: Decimal) -> Decimal:
    """Le plus petit pas rond (1, 2 ou 5 × 10ⁿ) qui découpe l’échelle en cinq au plus."""
    puissance = Decimal(1)
    while True:
        for facteur in PALIERS:
            if plus_haute <= facteur * puissance * 5:
                return facteur * puissance
        puissance *= 10
