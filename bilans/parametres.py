"""Ce que la structure a réglé du bilan Département : lignes masquées, objectifs, définitions (bilans.md, A)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bilans.declarations import INDICATEURS
from bilans.definitions import Indicateur, Unite
from bilans.enums import DefinitionBrsa
from bilans.faits import Periode
from bilans.models import ParametresBilan
from bilans.valeurs import Nombre
from clauses.comptes.acteurs import Acteur

BASES_ETP = (1820, 1600, 1607)
# Le premier chiffre est celui que l’annexe nominative doit retrouver : il ne se masque pas.
TOUJOURS = "heures_realisees"


@dataclass(frozen=True, slots=True)
class Parametres:
    """`objectifs` : clef d’indicateur → valeur, dans l’unité de l’indicateur (un taux est un rapport)."""

    definition_brsa: str = DefinitionBrsa.A_L_ENTREE
    annexe_nominative: bool = False
    lignes_masquees: frozenset[str] = frozenset()
    objectifs: Mapping[str, Decimal] = field(default_factory=dict)

    def visibles(self) -> list[Indicateur]:
        return [indicateur for indicateur in INDICATEURS if indicateur.cle not in self.lignes_masquees]


def trouver(acteur: Acteur) -> ParametresBilan:
    """Les paramètres enregistrés ; à défaut, ceux par défaut, de version zéro."""
    enregistres = ParametresBilan.objects.visibles_par(acteur).first()
    return enregistres or ParametresBilan(structure_id=acteur.structure_id, version=0)


def lire(acteur: Acteur, periode: Periode) -> Parametres:
    """Les paramètres d’une période ; les objectifs d’une année n’y sont que si elle y tient tout entière."""
    enregistres = trouver(acteur)
    annee = str(periode.du.year) if periode.du.year == periode.au.year else ""
    return Parametres(
        definition_brsa=enregistres.definition_brsa,
        annexe_nominative=enregistres.annexe_nominative,
        lignes_masquees=frozenset(enregistres.lignes_masquees) - {TOUJOURS},
        objectifs=objectifs(enregistres, annee),
    )


def objectifs(enregistres: ParametresBilan, annee: str) -> dict[str, Decimal]:
    """Objectifs d’une année, dans l’unité de chaque indicateur : un taux se garde en pour cent."""
    gardes: Mapping[str, str] = enregistres.objectifs.get(annee, {})
    return {
        indicateur.cle: Decimal(gardes[indicateur.cle]).scaleb(-2 if indicateur.unite is Unite.TAUX else 0)
        for indicateur in INDICATEURS
        if indicateur.cle in gardes
    }


def dans_l_unite(valeur: Decimal, indicateur: Indicateur) -> Nombre:
    """Un objectif de compte est un nombre entier quand il l’est ; les autres gardent leurs décimales."""
    return int(valeur) if indicateur.unite is Unite.NOMBRE and valeur == int(valeur) else valeur
