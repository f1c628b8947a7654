"""Masquer un bilan qui sort de la structure : des tableaux du bilan à ceux de `secret`, et retour (docs/adr/0023).

Ce que compte une colonne, ou une ligne, se lit dans ce qui l’ouvre (`Ouverture`, `Rangee.filtre`) : le chiffre montré
et le groupe protégé ne peuvent pas diverger. Une valeur dont le sens n’est pas déclaré se tait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bilans import calculs
from bilans.definitions import Mesure, Ouverture, Unite
from bilans.faits import OUI, Faits
from bilans.rapport import Bilan, LigneSynthese, Tableau
from bilans.secret import SECRET, Colonne, Ligne, Masques, Personne
from bilans.secret import Tableau as TableauSecret
from bilans.secret import masquer as chercher
from bilans.tableaux import DETAIL, SOUS_TOTAL, TOTAL, Rangee, categorie

# Ce qui partage en deux les personnes d’une ligne : la dimension, et le code de qui a le trait.
TRAITS = {"sexe": "F", "nouveau": OUI, "brsa": OUI}
DEUX_CODES = {"sexe"}
# Ce qui ne compte personne.
PUBLIQUES = {
    "marches_notifies", "marches_en_cours", "marches_actifs", "heures_engagees_cumul", "acheteurs_actifs",
    "acheteurs_nouveaux", "entreprises_actives", "siae_mobilisees",
}  # fmt: skip
# Ce qui se calcule d’autres valeurs de la même ligne, et se tait avec l’une d’elles.
DERIVEES = {
    "part": ("total", "sorties"),
    "part_heures": ("heures",),
    "heures_moyennes": ("total", "heures", "beneficiaires", "heures_realisees"),
    "part_brsa": ("beneficiaires", "beneficiaires_brsa"),
    "part_heures_brsa": ("heures", "heures_brsa"),
    "taux_heures_brsa": ("heures_realisees", "heures_brsa"),
    "taux_beneficiaires_brsa": ("beneficiaires", "beneficiaires_brsa"),
    "taux_femmes": ("beneficiaires", "femmes"),
    "taux_heures_femmes": ("heures_realisees", "heures_femmes"),
    "taux_qpv": ("beneficiaires", "qpv"),
    "taux_heures_qpv": ("heures_realisees", "heures_qpv"),
    "taux_sorties_positives": ("sorties", "sorties_positives"),
    "etp": ("heures_realisees",),
}
LES_SORTIES = "sorties"


@dataclass(frozen=True, slots=True)
class Sens:
    """Ce que compte une colonne : un trait (vide : tout le monde), et s’il s’agit d’heures."""

    trait: str
    avec: bool
    est_en_heures: bool

    @property
    def colonne(self) -> Colonne:
        return Colonne(f"{self.trait}:{self.avec}", self.trait, self.avec)


def sens(ouvre: Ouverture | None) -> Sens | None:
    """Le sens déclaré par une ouverture ; `None` pour un croisement, ou une dimension qui n’est pas un trait."""
    if ouvre is None or len(ouvre.filtre) > 1:
        return None
    est_en_heures = ouvre.mesure is Mesure.LIGNES
    for dimension, code in ouvre.filtre.items():
        avec = TRAITS.get(dimension) == code
        return Sens(dimension, avec, est_en_heures) if avec or dimension in DEUX_CODES else None
    return Sens("", True, est_en_heures)


def masquer(bilan: Bilan, faits: Faits, publiques: Collection[str] = ()) -> Bilan:
    """Le même bilan, où ce qu’il faut taire vaut `SECRET`. `faits` : ceux dont il est fait.

    `publiques` : les clefs que le lecteur connaît par ailleurs, et que l’on ne tait pas (docs/adr/0029).

    Sans comparaison à l’année précédente : un écart à un chiffre tu le redonnerait.
    """
    masqueur = _Masqueur(bilan, faits, PUBLIQUES | set(publiques))
    indicateurs = masqueur.indicateurs()
    return replace(
        bilan,
        indicateurs=indicateurs,
        synthese=[LigneSynthese(x.indicateur, indicateurs[x.indicateur.cle], None, None) for x in bilan.synthese],
        tableaux={cle: masqueur.tableau(tableau) for cle, tableau in bilan.tableaux.items()},
    )


class _Masqueur:
    def __init__(self, bilan: Bilan, faits: Faits, publiques: set[str]) -> None:
        self.bilan, self.faits, self.publiques = bilan, faits, publiques
        self.heures: dict[str, dict[str, dict[int, int]]] = defaultdict(dict)
        """Par dimension de ligne, par ligne, les centièmes d’heure de chacun."""
        self.masques = chercher(self._declarer(), self._personnes())
        self.sorties = self._chercher_sorties(bilan.tableaux.get(LES_SORTIES))

    def _declarer(self) -> list[TableauSecret]:
        """Un tableau d’effectifs par dimension de ligne, où qu’elle se lise dans le bilan : un seul masque pour elle.

        Une dimension plus fine qu’une autre (modalité et contrat, quand la modalité se lit aussi) ne se déclare pas :
        ses lignes s’additionnent à celles de l’autre, et se taisent.
        """
        lues = {dimensions(r) for t in self.bilan.tableaux.values() for r in t.rangees if r.niveau == DETAIL}
        colonnes: dict[str, dict[str, Colonne]] = defaultdict(dict)
        for tableau in self.bilan.tableaux.values():
            connus = [s for c in tableau.definition.colonnes if (s := sens(c.ouvre)) is not None]
            for rangee in tableau.rangees:
                siennes = dimensions(rangee)
                if rangee.niveau != DETAIL or not siennes or any(autre and autre < siennes for autre in lues):
                    continue
                self._ajouter(rangee)
                for lu in connus:
                    deja = colonnes[cle_de_tableau(rangee)].get(lu.colonne.cle)
                    heures = lu.est_en_heures or (deja is not None and deja.a_des_heures)
                    colonnes[cle_de_tableau(rangee)][lu.colonne.cle] = replace(lu.colonne, a_des_heures=heures)
        return [
            self._totaux(),
            *(
                TableauSecret(cle, tuple(siennes.values()), tuple(Ligne(x, frozenset({x})) for x in self.heures[cle]))
                for cle, siennes in colonnes.items()
            ),
        ]

    def _totaux(self) -> TableauSecret:
        """Les traits que seuls un indicateur ou un total montre : sans ligne, ils se taisent partout ou nulle part."""
        ouvertures = [ligne.indicateur.ouvre for ligne in self.bilan.synthese]
        ouvertures += [c.ouvre for tableau in self.bilan.tableaux.values() for c in tableau.definition.colonnes]
        connus = {lu.colonne.cle: lu.colonne for ouvre in ouvertures if (lu := sens(ouvre)) is not None and lu.trait}
        return TableauSecret("", tuple(connus.values()), ())

    def _ajouter(self, rangee: Rangee) -> None:
        lignes = self.heures[cle_de_tableau(rangee)]
        if cle_de_ligne(rangee) not in lignes:
            lignes[cle_de_ligne(rangee)] = calculs.par_participant(calculs.retenir(self.faits, rangee.filtre))

    def _personnes(self) -> list[Personne]:
        heures = calculs.par_participant(self.faits.cellules)
        comptees = calculs.beneficiaires(heures)
        details: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        sous_une_heure: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for tableau, lignes in self.heures.items():
            for ligne, par_personne in lignes.items():
                for personne, centiemes in par_personne.items():
                    ou = details if centiemes >= calculs.UNE_HEURE else sous_une_heure
                    ou[personne][tableau].add(ligne)
        return [
            Personne(self._traits(p), _figer(details[p]), _figer(sous_une_heure[p]), compte=p in comptees)
            for p in heures
        ]

    def _traits(self, personne: int) -> frozenset[str]:
        filtres = TRAITS.items()
        return frozenset(d for d, code in filtres if calculs.personne_retenue(self.faits, personne, {d: code}))

    def _chercher_sorties(self, tableau: Tableau | None) -> Masques:
        """Les sorties comptent d’autres personnes que les heures : leur tableau se masque à part."""
        periode = self.faits.periode
        retenues = calculs.dernieres_sorties(self.faits.sorties, periode.du, periode.au).values()
        codes = [r.valeurs["code"] for r in tableau.rangees if r.niveau == DETAIL] if tableau else []
        groupes: dict[str, set[str]] = defaultdict(set)
        for code in codes:
            groupes[categorie(code)].add(code)
        lignes = [Ligne(code, frozenset({code})) for code in codes]
        lignes += [Ligne(nom, frozenset(siens)) for nom, siens in groupes.items()]
        decompte = TableauSecret(LES_SORTIES, (Sens("", True, False).colonne,), tuple(lignes))
        personnes = [Personne(frozenset(), {LES_SORTIES: frozenset({s.situation})}) for s in retenues]
        return chercher([decompte], personnes)

    # --- Retour au bilan ---------------------------------------------------------------------------------------------
    def tableau(self, tableau: Tableau) -> Tableau:
        return replace(tableau, rangees=[self._rangee(tableau, rangee) for rangee in tableau.rangees])

    def _rangee(self, tableau: Tableau, rangee: Rangee) -> Rangee:
        tues = {
            c.cle
            for c in tableau.definition.colonnes
            if c.unite is not Unite.TEXTE
            and c.cle not in {*DERIVEES, *self.publiques}
            and self._se_tait(tableau, rangee, sens(c.ouvre))
        }
        connues = {c.cle for c in tableau.definition.colonnes}
        gardees = {cle: v for cle, v in rangee.valeurs.items() if cle in connues or isinstance(v, str)}
        return replace(rangee, valeurs=_taire(gardees, tues))

    def _se_tait(self, tableau: Tableau, rangee: Rangee, lu: Sens | None) -> bool:
        if tableau.definition.cle == LES_SORTIES:
            return self._sortie_se_tait(rangee)
        if lu is None:
            return True
        if rangee.niveau == TOTAL:
            return self.masques.tait_le_total(lu.trait)
        decompte = cle_de_tableau(rangee)
        if rangee.niveau == SOUS_TOTAL or decompte not in self.heures:
            return True
        tait = self.masques.tait_les_heures if lu.est_en_heures else self.masques.tait
        return tait(decompte, cle_de_ligne(rangee), lu.colonne.cle)

    def _sortie_se_tait(self, rangee: Rangee) -> bool:
        if rangee.niveau == TOTAL:
            return self.sorties.tait_le_total()
        ligne = rangee.valeurs["code"] if rangee.niveau == DETAIL else rangee.valeurs["categorie"]
        return self.sorties.tait(LES_SORTIES, ligne, Sens("", True, False).colonne.cle)

    def indicateurs(self) -> dict[str, Any]:
        """Chaque indicateur suit la ligne du total, ou la ligne de tableau que son ouverture désigne."""
        tus = set()
        for ligne in self.bilan.synthese:
            cle, ouvre = ligne.indicateur.cle, ligne.indicateur.ouvre
            if cle in DERIVEES or cle in self.publiques:
                continue
            if cle in {"sorties", "sorties_positives"}:
                tait = self._indicateur_de_sortie(cle)
            elif (lu := sens(ouvre)) is not None:
                tait = self.masques.tait_le_total(lu.trait)
            else:
                tait = self._ligne_se_tait(ouvre)
            if tait:
                tus.add(cle)
        return _taire(self.bilan.indicateurs, tus)

    def _indicateur_de_sortie(self, cle: str) -> bool:
        if cle == "sorties":
            return self.sorties.tait_le_total()
        return self.sorties.tout or self.sorties.tait(LES_SORTIES, "Positives", Sens("", True, False).colonne.cle)

    def _ligne_se_tait(self, ouvre: Ouverture | None) -> bool:
        """« dont moins de 26 ans » est la ligne du même filtre, dans le tableau qui la montre ; sans elle, rien."""
        if ouvre is None:
            return True
        ligne = cle_de_filtre(ouvre.filtre)
        decomptes = [cle for cle, lignes in self.heures.items() if ligne in lignes]
        tait = self.masques.tait_les_heures if ouvre.mesure is Mesure.LIGNES else self.masques.tait
        return not decomptes or any(tait(cle, ligne, Sens("", True, False).colonne.cle) for cle in decomptes)


def cle_de_filtre(filtre: Mapping[str, str]) -> str:
    return "&".join(f"{dimension}={code}" for dimension, code in sorted(filtre.items()))


def cle_de_ligne(rangee: Rangee) -> str:
    return cle_de_filtre(rangee.filtre)


def dimensions(rangee: Rangee) -> frozenset[str]:
    """Ce par quoi une ligne range les personnes ; vide si c’est aussi un trait, ou si les lignes se recouvrent."""
    siennes = frozenset(rangee.filtre)
    return frozenset() if siennes & {*TRAITS, "critere"} else siennes


def cle_de_tableau(rangee: Rangee) -> str:
    return "&".join(sorted(dimensions(rangee)))


def _figer(lignes: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {tableau: frozenset(siennes) for tableau, siennes in lignes.items()}


def _taire(valeurs: Mapping[str, Any], tues: set[str]) -> dict[str, Any]:
    """Les mêmes valeurs, `SECRET` là où il le faut ; ce qui s’en calcule se tait aussi."""
    suivies = {cle for cle, sources in DERIVEES.items() if tues & set(sources)}
    return {
        cle: SECRET if cle in tues or (cle in suivies and valeur is not None) else valeur
        for cle, valeur in valeurs.items()
    }


def tues(bilan: Bilan) -> int:
    """Combien de valeurs ce bilan tait."""
    rangees: Sequence[Rangee] = [r for tableau in bilan.tableaux.values() for r in tableau.rangees]
    valeurs = [*bilan.indicateurs.values(), *(v for r in rangees for v in r.valeurs.values())]
    return sum(valeur is SECRET for valeur in valeurs)
