"""Ce qu’une colonne de grille compte, sur les heures d’une ligne. Pur, sans base."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bilans import calculs
from bilans.calculs import rapport
from bilans.definitions import ColonneBilan, Unite
from bilans.etats import ACTIF
from bilans.faits import OUI, Cellule
from bilans.grilles.dimensions import Source
from bilans.mesures import HEURES, PERSONNES, Ouverture, Quotient, marches_de, personnes_de
from bilans.mesures import Mesure as Liste
from bilans.valeurs import Nombre

FEMME = "F"
N, H, T = Unite.NOMBRE, Unite.HEURES, Unite.TAUX


@dataclass(frozen=True, slots=True)
class Lot:
    """Les heures d’une ligne, et celles de tout le tableau."""

    source: Source
    cellules: Sequence[Cellule]
    toutes: Sequence[Cellule]

    @property
    def personnes(self) -> set[int]:
        return calculs.beneficiaires(calculs.par_participant(self.cellules))

    @property
    def centiemes(self) -> int:
        return sum(cellule.centiemes for cellule in self.cellules)

    def de_sexe(self, sexe: str) -> int:
        return sum(self.source.faits.profils[p].sexe == sexe for p in self.personnes)


@dataclass(frozen=True, slots=True)
class Mesure:
    """`trait` : qui la colonne compte (vide : tout le monde). `publique` : elle ne compte personne."""

    colonne: ColonneBilan
    compter: Callable[[Lot], Nombre]
    trait: str = ""
    avec: bool = True
    est_en_heures: bool = False
    publique: bool = False


def _contrats(lot: Lot) -> int:
    contrats = lot.source.faits.contrats
    heures = calculs.totaux(lot.cellules, lambda c: calculs.cle_de_contrat(c.contrat, contrats[c.contrat]))
    return len(calculs.atteindre_une_heure(heures))


def _marches(lot: Lot) -> int:
    engagements = lot.source.faits.engagements
    return len(calculs.atteindre_une_heure(calculs.totaux(lot.cellules, lambda c: engagements[c.engagement].marche)))


def _acheteurs(lot: Lot) -> int:
    faits = lot.source.faits
    heures = calculs.totaux(lot.cellules, lambda c: calculs.acheteur_de(faits, c).siret)
    return len(calculs.atteindre_une_heure(heures))


_DECLAREES = (
    Mesure(
        ColonneBilan("acheteurs_actifs", "Acheteurs actifs", N, Ouverture(Liste.ACHETEURS, {"etat": ACTIF})),
        _acheteurs,
        publique=True,
    ),
    Mesure(ColonneBilan("marches_actifs", "Marchés actifs", N, marches_de(ACTIF)), _marches, publique=True),
    Mesure(
        ColonneBilan("heures", "Heures", H, HEURES),
        lambda lot: calculs.en_decimal(lot.centiemes),
        est_en_heures=True,
    ),
    Mesure(
        ColonneBilan("part_heures", "% des heures", T, quotient=Quotient("heures", "heures", du_total=True)),
        lambda lot: rapport(lot.centiemes, sum(c.centiemes for c in lot.toutes)),
        est_en_heures=True,
    ),
    Mesure(
        ColonneBilan("etp", "ETP", Unite.ETP, dispense="Heures de la ligne ÷ base ETP de la grille."),
        lambda lot: rapport(calculs.en_decimal(lot.centiemes), lot.source.faits.base_etp, 3),
        est_en_heures=True,
    ),
    Mesure(ColonneBilan("beneficiaires", "Bénéficiaires", N, PERSONNES), lambda lot: len(lot.personnes)),
    Mesure(ColonneBilan("femmes", "Femmes", N, personnes_de(sexe=FEMME)), lambda lot: lot.de_sexe(FEMME), "sexe"),
    Mesure(
        ColonneBilan("hommes", "Hommes", N, personnes_de(sexe="H")), lambda lot: lot.de_sexe("H"), "sexe", avec=False
    ),
    Mesure(
        ColonneBilan("nouveaux", "Nouveaux", N, personnes_de(nouveau=OUI)),
        lambda lot: sum(calculs.est_nouveau(lot.source.faits, p) for p in lot.personnes),
        "nouveau",
    ),
    Mesure(
        ColonneBilan("beneficiaires_brsa", "dont BRSA", N, personnes_de(brsa=OUI)),
        lambda lot: sum(lot.source.faits.profils[p].brsa == OUI for p in lot.personnes),
        "brsa",
    ),
    Mesure(ColonneBilan("contrats", "Contrats", N, Ouverture(Liste.CONTRATS)), _contrats),
)  # fmt: skip
MESURES: dict[str, Mesure] = {mesure.colonne.cle: mesure for mesure in _DECLAREES}
