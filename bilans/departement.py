"""Le bilan Département : assemble faits, calculs et définitions en un document (bilans.md, A)."""

from __future__ import annotations

from bilans import activite, agregats, definitions, matrices, rapport, tableaux
from bilans.indicateurs import compter
from bilans.rapport import Bilan, Demande, Tableau
from clauses.comptes.acteurs import Acteur

NOM = "departement"
TITRE = "Bilan du Département"


def etablir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le bilan complet de la structure de l’acteur. Heures en `Decimal` au centième, taux à quatre décimales.

    Lève `ActionImpossible` si les dates se contredisent ou si aucune heure n’est validée, `PermissionDenied` sans le
    droit de consulter les bilans.
    """
    rapport.refuser_un_acheteur(demande)
    structure, faits = rapport.lire_faits(acteur, demande.periode)
    avant = agregats.lire(acteur, structure, demande.periode.un_an_plus_tot())
    indicateurs = compter(faits)
    precedents = compter(avant) if avant.cellules else {}
    entete = rapport.entete(TITRE, structure, demande, par=acteur)
    construits = [Tableau(d, tableaux.CONSTRUCTEURS[d.cle](faits)) for d in definitions.TABLEAUX]
    rang = definitions.TABLEAUX.index(definitions.MODALITES) + 1
    construits[rang:rang] = [Tableau(*matrices.construire(faits, m)) for m in matrices.MATRICES]
    suivie = Tableau(*activite.construire(activite.lire(demande.periode, par=acteur), demande.periode))
    construits.append(suivie)
    return Bilan(
        entete=entete,
        demande=demande,
        indicateurs=indicateurs,
        synthese=list(rapport.synthese(definitions.INDICATEURS, indicateurs, precedents)),
        tableaux={tableau.definition.cle: tableau for tableau in construits},
        methode=list(rapport.methode(entete, definitions.INDICATEURS, [*definitions.TABLEAUX, suivie.definition])),
        en_avant=("heures_realisees", "beneficiaires", "beneficiaires_brsa", "taux_cumul"),
    )
