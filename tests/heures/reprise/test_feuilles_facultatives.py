"""Les feuilles facultatives, remplies à la main : ce qui ne va pas est dit à sa place, et rien n’est écrasé."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from bilans.models import CorrespondanceGrille, ParametresBilan
from clauses.comptes.models import Structure
from heures.models import LigneHeures, Participant
from marches.models import Clause, Engagement, Marche
from tests.heures.reprise.outils import Changement, changer, classeur, lancer, lancer_refusee, lieu
from tests.jeu_de_comptage import M1, M2, M3, Feuilles

CLE = ("marche_reference", "acheteur_siret", "lot_numero", "titulaire_siret")
JOUR = datetime.date


def avec(feuille: str, *lignes: dict[str, Any]) -> Changement:
    def changement(feuilles: Feuilles) -> None:
        feuilles[feuille] = list(lignes)

    return changement


def engagement(cle: tuple[str, str, str, str], **valeurs: Any) -> dict[str, Any]:
    return dict(zip(CLE, cle, strict=True)) | valeurs


CONDITION = engagement(M1, nature_clause="COND_EXEC")
del CONDITION["titulaire_siret"]
CONVENTION = {"reference": "C1", "date_debut": JOUR(2025, 1, 1), "acheteur_signataire": "oui"}
PROPOSITION = {"date_proposition": JOUR(2025, 9, 1), "arretee_au": JOUR(2025, 8, 31), "montant": 100}
REFUS = {
    "clause absente": (
        avec("penalites", CONDITION | {"formule": "H_X_EUROS", "valeur": 40}),
        lieu("penalites", 2, "nature_clause") + "marché 2024-M1",
    ),
    "règle en base": (
        avec("conditions", CONDITION | {"coefficient_formation": 0.5, "duree_eligibilite_mois": 300}),
        lieu("conditions", 2, "duree_eligibilite_mois") + "« 300 » n’est pas entre 1 et 120.",
    ),
    "jalon hors de l’engagement": (
        avec("echeanciers", engagement(M1, date=JOUR(2035, 1, 1), part=50)),
        lieu("echeanciers", 2) + "le 01/01/2035 n’est pas dans l’engagement",
    ),
    "dates d’une convention": (
        avec(
            "conventions",
            engagement(M1, date_fin=JOUR(2025, 12, 31), **CONVENTION),
            engagement((*M2[:3], M1[3]), date_fin=JOUR(2026, 12, 31), **CONVENTION),
        ),
        lieu("conventions", 3, "date_debut") + "la ligne 2 donne à cette convention d’autres dates. Les accorder.",
    ),
    "calcul illisible": (
        avec("propositions", engagement(M1, calcul="[{}]", statut="PROPOSEE", **PROPOSITION)),
        lieu("propositions", 2, "calcul") + "ce calcul ne se relit pas",
    ),
    "décision sans date": (
        avec(
            "propositions",
            engagement(
                M1,
                statut="REMISE",
                calcul='[{"formule": "H_X_EUROS", "calcul": "x", "avant_plafond": "1", "montant": "1", '
                '"plafond": null, "article": ""}]',
                **PROPOSITION,
            ),
        ),
        lieu("propositions", 2) + "une décision porte son montant, son motif, sa date et son auteur.",
    ),
    "personne inconnue": (
        avec("prolongations", {"participant_identifiant": "ABSENT", "jusqu_au": JOUR(2027, 1, 1), "motif": "Oui"}),
        lieu("prolongations", 2, "participant_identifiant") + "participant ABSENT : absent",
    ),
    "numéro de sécurité sociale": (
        avec(
            "prolongations",
            {"participant_identifiant": "P1", "jusqu_au": JOUR(2027, 1, 1), "motif": "1 90 05 62 041 123 45"},
        ),
        lieu("prolongations", 2, "motif") + "un numéro de sécurité sociale ne se garde pas ici.",
    ),
    "objectif nul": (
        avec("objectifs", {"annee": 2025, "indicateur": "beneficiaires", "valeur": 0}),
        lieu("objectifs", 2, "valeur") + "un objectif est plus grand que zéro.",
    ),
    "indicateur inconnu": (
        avec("objectifs", {"annee": 2025, "indicateur": "météo", "valeur": 3}),
        lieu("objectifs", 2, "indicateur") + "« météo » n’est pas une valeur de la liste.",
    ),
    "analyse à l’envers": (
        avec("analyses", {"du": JOUR(2025, 12, 31), "au": JOUR(2025, 1, 1), "perspectives": "Néant"}),
        lieu("analyses", 2) + "la période de l’analyse finit avant de commencer.",
    ),
    "opération absente": (
        changer("marches", 0, operation="Inconnue"),
        lieu("marches", 2, "operation") + "opération « Inconnue » : absente",
    ),
    "deux lignes de réglages": (
        avec("structure", {"base_etp": 1820}, {"base_etp": 1607}),
        lieu("structure", 3) + "une structure a ses réglages sur une seule ligne. N’en garder qu’une.",
    ),
    "intercommunalité inconnue": (
        avec("structure", {"base_etp": 1820, "territoire": "999999999"}),
        lieu("structure", 2, "territoire") + "intercommunalité absente du référentiel : 999999999.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("cas", REFUS)
def test_une_ligne_impossible_est_refusee_a_sa_place_et_n_enregistre_rien(tmp_path: Path, cas: str) -> None:
    changement, phrase = REFUS[cas]
    assert phrase in lancer_refusee(classeur(tmp_path, changement))[0]


def test_une_feuille_facultative_complete_un_classeur_rempli_a_la_main(tmp_path: Path) -> None:
    lancer(
        classeur(
            tmp_path,
            avec("conditions", CONDITION | {"publics_admis": "Demandeurs d’emploi", "coefficient_formation": 0.5}),
            avec("penalites", CONDITION | {"formule": "H_X_EUROS", "valeur": 40, "delai_jours": 8}),
            avec("echeanciers", engagement(M3, date=JOUR(2025, 6, 30), part=40)),
            avec("objectifs", {"annee": 2025, "indicateur": "beneficiaires", "valeur": "12"}),
        )
    )
    clause = Clause.objects.get(lot__marche__reference="2024-M1")
    assert (clause.publics_admis, clause.penalites.get().delai_jours) == ("Demandeurs d’emploi", 8)
    assert Engagement.objects.get(clause__lot__marche__reference="2025-M3").jalons.get().part == 40
    assert ParametresBilan.objects.get().objectifs == {"2025": {"beneficiaires": "12"}}


def test_un_reglage_deja_change_est_garde_avec_un_avertissement(tmp_path: Path, structure: Structure) -> None:
    Structure.objects.filter(pk=structure.pk).update(jour_echeance_releve=20)
    chemin = classeur(tmp_path, avec("structure", {"base_etp": 1607, "jour_echeance_releve": 12}))
    sortie = lancer(chemin)
    assert lieu("structure", 2, "jour_echeance_releve") + "la structure garde son réglage (« 20 »)" in sortie
    structure.refresh_from_db()
    assert (structure.base_etp, structure.jour_echeance_releve) == (1607, 20)


def test_une_feuille_qui_contredit_la_base_est_refusee_sans_l_ecraser(tmp_path: Path) -> None:
    lancer(classeur(tmp_path, avec("conditions", CONDITION | {"perimetre": "Tous les lots"})))
    sortie, _ = lancer_refusee(classeur(tmp_path, avec("conditions", CONDITION | {"perimetre": "Lot 1"})))
    assert lieu("conditions", 2, "perimetre") + "déjà enregistré avec une autre valeur (« Tous les lots »)" in sortie


def test_un_courriel_sans_compte_reprend_au_nom_de_qui_reprend_et_avertit_une_fois(tmp_path: Path) -> None:
    activite = {"date": JOUR(2025, 4, 8), "nature": "REUNION", "facilitateur_courriel": "partie@ailleurs.invalid"}
    lignes = [activite | {"objet": objet} for objet in ("Une", "Deux")]
    sortie = lancer(classeur(tmp_path, avec("activites", *lignes)))
    assert sortie.count("aucun compte de la structure n’a le courriel « partie@ailleurs.invalid »") == 1
    assert "activites : 2 lues, 2 créées" in sortie


def test_un_classeur_d_avant_entre_comme_avant(tmp_path: Path) -> None:
    assert "Reprise enregistrée" in lancer(classeur(tmp_path))
    assert (Marche.objects.count(), Participant.objects.count(), LigneHeures.objects.count()) == (3, 6, 13)
    assert set(Marche.objects.values_list("origine", "a_clause_sociale")) == {("REPRISE", True)}


def test_une_grille_plus_longue_que_dix_mille_caracteres_revient(tmp_path: Path) -> None:
    lignes = [{"cle": "tous", "libelle": "Acheteur fictif " * 800, "codes": ["*"]}]
    grille = {"grille": "ave-2025", "tableau": "acheteurs", "lignes": json.dumps(lignes)}
    assert 10_000 < len(grille["lignes"]) < 32_000
    lancer(classeur(tmp_path, avec("grilles", grille)))
    assert CorrespondanceGrille.objects.get().lignes[0]["libelle"] == lignes[0]["libelle"]
