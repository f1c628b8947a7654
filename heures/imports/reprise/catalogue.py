"""Les étapes d’une reprise, dans l’ordre où elles se lisent : chacune ne renvoie qu’à celles d’avant."""

from __future__ import annotations

from heures.imports.reprise import classeur_plein as plein
from heures.imports.reprise import (
    feuilles,
    marches,
    personnes,
    suite_heures,
    suite_marches,
    suite_personnes,
    suite_publications,
    suite_receptions,
    suite_structure,
)
from heures.imports.reprise import feuilles_recues as recues
from heures.imports.reprise import feuilles_suite as suite
from heures.imports.reprise.etapes import Etape, une_a_une
from heures.imports.reprise.lignes import reprendre_heures

ETAPES: tuple[Etape, ...] = (
    Etape(suite.STRUCTURE, une_a_une(suite_structure.reprendre_structure), suite_structure.ecrire_structure),
    Etape(feuilles.ACHETEURS, une_a_une(marches.reprendre_acheteur), plein.ecrire_acheteurs),
    Etape(feuilles.ENTREPRISES, une_a_une(marches.reprendre_entreprise), plein.ecrire_entreprises),
    Etape(suite.OPERATIONS, une_a_une(suite_marches.reprendre_operation), suite_marches.ecrire_operations),
    Etape(feuilles.MARCHES, une_a_une(marches.reprendre_marche), plein.ecrire_marches),
    Etape(feuilles.LOTS, une_a_une(marches.reprendre_lot), plein.ecrire_lots),
    Etape(suite.ATTRIBUTIONS, une_a_une(suite_marches.reprendre_attribution), suite_marches.ecrire_attributions),
    Etape(suite.CONDITIONS, une_a_une(suite_marches.reprendre_conditions), suite_marches.ecrire_conditions),
    Etape(suite.PENALITES, une_a_une(suite_marches.reprendre_penalite), suite_marches.ecrire_penalites),
    Etape(feuilles.CLAUSES, marches.reprendre_clauses, plein.ecrire_clauses),
    Etape(feuilles.MOUVEMENTS, marches.reprendre_mouvements, plein.ecrire_mouvements),
    Etape(suite.ECHEANCIERS, suite_marches.reprendre_echeanciers, suite_marches.ecrire_echeanciers),
    Etape(suite.FACTURES, une_a_une(suite_marches.reprendre_facture), suite_marches.ecrire_factures),
    Etape(suite.EVENEMENTS, une_a_une(suite_marches.reprendre_evenement), suite_marches.ecrire_evenements),
    Etape(suite.PROPOSITIONS, une_a_une(suite_marches.reprendre_proposition), suite_marches.ecrire_propositions),
    Etape(suite.CONVENTIONS, suite_marches.reprendre_conventions, suite_marches.ecrire_conventions),
    Etape(feuilles.PARTICIPANTS, personnes.reprendre_participants, plein.ecrire_participants),
    Etape(suite.ENTREES, une_a_une(suite_personnes.reprendre_entree), suite_personnes.ecrire_entrees),
    Etape(feuilles.CONTRATS, une_a_une(personnes.reprendre_contrat), plein.ecrire_contrats),
    Etape(
        suite.PROLONGATIONS, une_a_une(suite_personnes.reprendre_prolongation), suite_personnes.ecrire_prolongations
    ),
    Etape(feuilles.HEURES, reprendre_heures, plein.ecrire_heures),
    Etape(feuilles.SORTIES, une_a_une(personnes.reprendre_sortie), plein.ecrire_sorties),
    Etape(suite.RECTIFICATIONS, suite_heures.reprendre, suite_heures.ecrire),
    Etape(suite.RELEVES, suite_personnes.reprendre_releves, suite_personnes.ecrire_releves),
    Etape(suite.DOUBLONS, une_a_une(suite_personnes.reprendre_doublon), suite_personnes.ecrire_doublons),
    Etape(suite.CONTACTS, une_a_une(suite_structure.reprendre_contact), suite_structure.ecrire_contacts),
    Etape(suite.ACTIVITES, une_a_une(suite_structure.reprendre_activite), suite_structure.ecrire_activites),
    Etape(suite.REPERES, une_a_une(suite_structure.reprendre_repere), suite_structure.ecrire_reperes),
    Etape(suite.MODELES, une_a_une(suite_structure.reprendre_modele), suite_structure.ecrire_modeles),
    Etape(recues.A_VERIFIER, suite_receptions.reprendre_lignes_a_verifier, suite_receptions.ecrire_lignes_a_verifier),
    Etape(recues.PUBLICATIONS, suite_publications.reprendre_publications, suite_publications.ecrire_publications),
    Etape(
        recues.MODIFICATIONS,
        une_a_une(suite_publications.reprendre_modification),
        suite_publications.ecrire_modifications,
    ),
    Etape(recues.VEILLE, une_a_une(suite_publications.reprendre_veille), suite_publications.ecrire_veille),
    Etape(
        recues.CORRESPONDANCES,
        suite_receptions.reprendre_correspondances,
        suite_receptions.ecrire_correspondances,
    ),
)
