"""Le bilan Département : assemble faits, calculs et définitions en un document (bilans.md, A)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bilans import activite, agregats, analyse, definitions, lacunes, matrices, parametres, rapport, tableaux
from bilans.calculs import rapport as diviser
from bilans.definitions import Indicateur
from bilans.enums import DefinitionBrsa
from bilans.faits import Faits
from bilans.indicateurs import compter
from bilans.parametres import Parametres
from bilans.rapport import Bilan, Demande, LigneSynthese, Tableau
from bilans.valeurs import Nombre
from clauses.comptes.acteurs import Acteur

NOM = "departement"
TITRE = "Bilan du Département"
EN_AVANT = ("heures_realisees", "beneficiaires", "beneficiaires_brsa", "taux_cumul")


def etablir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le bilan complet de la structure de l’acteur. Heures en `Decimal` au centième, taux à quatre décimales.

    Lève `ActionImpossible` si les dates se contredisent ou si aucune heure n’est validée, `PermissionDenied` sans le
    droit de consulter les bilans.
    """
    rapport.refuser_un_acheteur(demande)
    structure, faits = rapport.lire_faits(acteur, demande.periode)
    avant = agregats.lire(acteur, structure, demande.periode.un_an_plus_tot())
    regles = parametres.lire(acteur, demande.periode)
    visibles = regles.visibles()
    indicateurs = compter(faits)
    precedents = compter(avant) if avant.cellules else {}
    entete = rapport.entete(TITRE, structure, demande, par=acteur)
    textes = analyse.rangees(analyse.trouver(acteur, demande.periode))
    construits = construire(faits, Tableau(analyse.TABLEAU, textes))
    return Bilan(
        entete=entete,
        demande=demande,
        indicateurs={indicateur.cle: indicateurs[indicateur.cle] for indicateur in visibles},
        synthese=list(synthese(visibles, indicateurs, precedents, regles, structure.base_etp)),
        tableaux={tableau.definition.cle: tableau for tableau in construits},
        methode=[
            *rapport.methode(entete, visibles, [t.definition for t in construits if t.definition.note]),
            ("Définition du BRSA", DefinitionBrsa(regles.definition_brsa).label, "paramètres du bilan"),
        ],
        en_avant=[cle for cle in EN_AVANT if cle not in regles.lignes_masquees],
    )


def construire(faits: Faits, textes: Tableau) -> list[Tableau]:
    """Les tableaux A2 à A10, dans l’ordre ; `textes` est l’analyse qualitative."""
    construits = [Tableau(d, tableaux.CONSTRUCTEURS[d.cle](faits)) for d in definitions.TABLEAUX]
    rang = definitions.TABLEAUX.index(definitions.MODALITES) + 1
    construits[rang:rang] = [Tableau(*matrices.construire(faits, m)) for m in matrices.MATRICES]
    return [
        *construits,
        Tableau(*activite.construire(faits)),
        textes,
        Tableau(lacunes.TABLEAU, lacunes.rangees(faits)),
    ]


def synthese(
    declares: Iterable[Indicateur],
    indicateurs: Mapping[str, Nombre],
    precedents: Mapping[str, Nombre],
    regles: Parametres,
    base_etp: int,
) -> Iterable[LigneSynthese]:
    """A1 : chaque ligne avec son objectif, son taux d’atteinte, et les deux termes d’un rapport."""
    base = {"base_etp": base_etp}
    lues = rapport.synthese(declares, indicateurs, precedents)
    for ligne in rapport.avec_termes(lues, {**indicateurs, **base}, {**precedents, **base} if precedents else {}):
        objectif, realise = regles.objectifs.get(ligne.indicateur.cle), indicateurs[ligne.indicateur.cle]
        yield replace(
            ligne,
            objectif=None if objectif is None else parametres.dans_l_unite(objectif, ligne.indicateur),
            taux_atteinte=None if objectif is None or realise is None else diviser(realise, objectif),
        )
