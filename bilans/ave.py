"""L’AVE, consolidation nationale (bilans.md, E) : onze tableaux, tous d’une table de correspondance, masqués."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

from bilans import declarations, definitions, rapport
from bilans.definitions import Indicateur, TableauBilan, Unite
from bilans.exports import ecrire_classeur
from bilans.faits import Cellule, Faits, Sortie
from bilans.grilles import ligne as lignes_de_grille
from bilans.grilles.calcul import MOMENTS, Compte, avertissement, compter_heures, compter_sorties, lister_indicateurs
from bilans.grilles.dimensions import PUBLIC, TRAITS, Source, lire_complements
from bilans.grilles.forme import AVE, Grille, TableauGrille
from bilans.grilles.lecture import grille_de
from bilans.grilles.masque import appliquer, chercher, masquer_sorties
from bilans.indicateurs import compter as compter_indicateurs
from bilans.rapport import Bilan, Demande, Entete, LigneSynthese, Tableau
from bilans.secret import SECRET, Masques
from bilans.valeurs import Chiffre, termes
from clauses.comptes.acteurs import Acteur
from clauses.socle.exports import Colonne, Format, ecrire_csv

NOM = "ave"
TITRE = "Bilan national (AVE)"
CHIFFRES = "chiffres_cles"
Ligne = tuple[str, str, str]
"""Une ligne de méthode : terme, définition, source."""
Filtre = tuple[str, str]
"""(ce que l’on filtre, sa valeur), en toutes lettres."""
REGLES = (
    (
        "Secret statistique",
        "Un groupe de 1 à 4 personnes ne se publie pas et ne se retrouve pas par soustraction\u00a0: sa valeur est "
        "«\u00a0secret\u00a0». Les effectifs de la structure sont dans le bilan du Département.",
        "docs/adr/0023",
    ),
    (
        "Table de correspondance",
        "Chaque ligne réunit des codes de l’application\u00a0; ce qu’aucune ne prend est «\u00a0non rattaché\u00a0», "
        "et la somme des lignes et du non rattaché est le total, en heures.",
        "docs/adr/0030",
    ),
)


@dataclass(frozen=True, slots=True)
class Comptes:
    """Les chiffres de la grille avant masquage : ils ne sortent pas de la structure."""

    grille: Grille
    entete: Entete
    faits: Faits
    indicateurs: Mapping[str, Chiffre]
    heures: Mapping[str, Compte[Cellule]]
    sorties: Mapping[str, Compte[Sortie]]

    def valeurs(self) -> dict[str, Chiffre]:
        """Les indicateurs, et la base ETP qui en divise."""
        return {**self.indicateurs, "base_etp": self.grille.base_etp}


def compter(acteur: Acteur, demande: Demande) -> Comptes:
    """Lève `ActionImpossible` si les dates se contredisent ou si aucune heure n’est validée."""
    rapport.refuser_un_acheteur(demande)
    structure, lus = rapport.lire_faits(acteur, demande.periode)
    grille = grille_de(acteur, AVE)
    faits = replace(lus, base_etp=grille.base_etp)
    source = Source(faits, lire_complements(acteur))
    return Comptes(
        grille=grille,
        entete=replace(rapport.entete(TITRE, structure, demande, par=acteur), base_etp=grille.base_etp),
        faits=faits,
        indicateurs=compter_indicateurs(faits),
        heures={t.cle: compter_heures(t, source) for t in grille.tableaux if t.dimension not in A_PART},
        sorties={t.cle: compter_sorties(t, source) for t in grille.tableaux if t.dimension in MOMENTS},
    )


A_PART = {"indicateur", *MOMENTS}


def restreindre(acteur: Acteur, demande: Demande, faits: Faits, ligne: str) -> tuple[Faits, list[Filtre]]:
    """Les faits d’une ligne de la grille, pour ouvrir ses chiffres ; lève `ActionImpossible` si elle n’existe pas."""
    rapport.refuser_sans_heure(faits)
    return lignes_de_grille.restreindre(acteur, faits, AVE, ligne)


def etablir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le document qui sort de la structure : mêmes chiffres, effectifs de 1 à 4 tus."""
    return assembler(masquer(compter(acteur, demande)), demande)


def masquer(comptes: Comptes) -> Comptes:
    masques = chercher(list(comptes.heures.values()), comptes.faits)
    return replace(
        comptes,
        indicateurs=_taire(comptes.indicateurs, masques),
        heures={cle: appliquer(compte, masques) for cle, compte in comptes.heures.items()},
        sorties={cle: masquer_sorties(compte) for cle, compte in comptes.sorties.items()},
    )


def _taire(indicateurs: Mapping[str, Chiffre], masques: Masques) -> dict[str, Chiffre]:
    return {cle: SECRET if _se_tait(cle, masques) else valeur for cle, valeur in indicateurs.items()}


def _se_tait(cle: str, masques: Masques) -> bool:
    trait = TRAITS.get(cle, "")
    return cle not in TRAITS or (trait is not PUBLIC and masques.tait_le_total(trait))


def assembler(comptes: Comptes, demande: Demande) -> Bilan:
    declares = {i.cle: i for i in declarations.INDICATEURS}
    chiffres, tableaux = _chiffres(comptes, declares), _tableaux(comptes, declares)
    montres = [ligne.indicateur for ligne in chiffres]
    notes = [t.definition for t in tableaux.values() if t.definition.note]
    return Bilan(
        entete=comptes.entete,
        demande=demande,
        indicateurs={ligne.indicateur.cle: ligne.realise for ligne in chiffres},
        synthese=chiffres,
        tableaux=tableaux,
        methode=rapport.en_tete_d_abord(
            rapport.methode(comptes.entete, montres, notes), [*REGLES, *_avertir(comptes)]
        ),
        est_masque=True,
        en_avant=[
            cle
            for cle in ("heures_realisees", "beneficiaires", "etp", "marches_actifs")
            if cle in {i.cle for i in montres}
        ],
    )


def _chiffres(comptes: Comptes, declares: Mapping[str, Indicateur]) -> list[LigneSynthese]:
    tableau = comptes.grille.tableau(CHIFFRES)
    base = f"Heures réalisées ÷ {comptes.grille.base_etp}, la base ETP de la grille."
    return [
        LigneSynthese(
            replace(lu, nom=ligne.libelle, regle=base if lu.unite is Unite.ETP else lu.regle),
            comptes.indicateurs[code],
            None,
            None,
            termes=None if comptes.indicateurs[code] is SECRET else termes(lu.quotient, comptes.valeurs()),
        )
        for ligne in (tableau.lignes if tableau else ())
        for code in ligne.codes[:1]
        for lu in [declares[code]]
    ]


def _tableaux(comptes: Comptes, declares: Mapping[str, Indicateur]) -> dict[str, Tableau]:
    """Dans l’ordre de la grille ; à l’écran et en JSON, les chiffres clés sont la synthèse."""
    tableaux = {t.cle: _tableau(t, comptes, declares) for t in comptes.grille.tableaux}
    cles = tableaux[CHIFFRES]
    definition = replace(cles.definition, est_a_l_ecran=False, est_en_json=False)
    return {**tableaux, CHIFFRES: replace(cles, definition=definition)}


def _tableau(tableau: TableauGrille, comptes: Comptes, declares: Mapping[str, Indicateur]) -> Tableau:
    if tableau.cle in comptes.heures:
        return Tableau(comptes.heures[tableau.cle].definition, comptes.heures[tableau.cle].rangees)
    if tableau.cle in comptes.sorties:
        return Tableau(comptes.sorties[tableau.cle].definition, comptes.sorties[tableau.cle].rangees)
    en_etp = replace(declares["etp_facilitateurs"], unite=Unite.ETP)
    return Tableau(*lister_indicateurs(tableau, comptes.valeurs(), {**declares, en_etp.cle: en_etp}))


def _avertir(comptes: Comptes) -> Iterable[Ligne]:
    par_tableau: list[tuple[TableauGrille, Sequence[str]]] = [
        *((compte.grille, compte.non_rattaches) for compte in comptes.heures.values()),
        *((compte.grille, compte.non_rattaches) for compte in comptes.sorties.values()),
    ]
    for tableau, codes in par_tableau:
        if codes:
            yield f"À vérifier\u00a0: {tableau.titre}", avertissement(codes).strip(), "grille"


COLONNES_CSV = (
    Colonne("annee", "annee"),
    Colonne("table", "table"),
    Colonne("ligne", "ligne"),
    Colonne("colonne", "colonne"),
    Colonne("valeur", "valeur", Format.HEURES),
    Colonne("unite", "unite"),
)


def lignes_csv(bilan: Bilan) -> Iterable[tuple[Any, ...]]:
    """Une valeur par ligne, sous-totaux et totaux compris (bilans.md, E)."""
    annee = str(bilan.entete.periode.au.year)
    for ligne in bilan.synthese:
        yield annee, CHIFFRES, ligne.indicateur.cle, "valeur", ligne.realise, ligne.indicateur.unite.value
    for cle, tableau in bilan.tableaux.items():
        if cle == CHIFFRES:
            continue
        for rangee in tableau.rangees:
            for colonne in nombres(tableau.definition):
                yield annee, cle, rangee.valeurs["code"], colonne.cle, rangee.valeurs[colonne.cle], colonne.unite.value


def nombres(definition: TableauBilan) -> list[definitions.ColonneBilan]:
    return [colonne for colonne in definition.colonnes if colonne.unite is not Unite.TEXTE]


def ecrire_classeur_ave(bilan: Bilan, fichier: IO[bytes]) -> None:
    """Les onze feuilles de la grille et la méthode : les chiffres clés y sont un tableau, non une comparaison."""
    ecrire_classeur(replace(bilan, synthese=()), fichier)


def ecrire_csv_ave(bilan: Bilan, fichier: IO[bytes]) -> None:
    ecrire_csv(fichier, COLONNES_CSV, lignes_csv(bilan))
