"""La reprise d’une structure depuis un tableur : justesse, rejeu, simulation, tout ou rien, étanchéité."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

from django.db.models import Sum

from clauses.comptes.models import EcritureJournal, Structure
from heures import actions
from heures.enums import OrigineLigne, OuiNonInconnu, StatutLigne, StatutReleve
from heures.models import ContratTravail, EntreeClause, LigneHeures, Participant, Releve
from marches.models import Engagement, Lot, Marche, MouvementEngagement
from tests import jeu_de_comptage
from tests.factories import (
    LigneHeuresFactory,
    acteur,
)
from tests.heures.reprise.outils import changer, classeur, lancer, lancer_refusee, lieu, photographie

JOUR = datetime.date


def heures(**filtre: object) -> Decimal:
    return LigneHeures.objects.filter(**filtre).aggregate(total=Sum("heures"))["total"] or Decimal(0)


def test_le_jeu_de_comptage_donne_les_heures_attendues(tmp_path: Path) -> None:
    lancer(classeur(tmp_path))
    validees = {"statut": StatutLigne.VALIDEE}
    assert heures(mois__year=2025, **validees) == Decimal("988.84")
    assert heures(mois__year=2024, **validees) == Decimal("210.00")
    assert heures(mois__year=2026, **validees) == Decimal("120.00")
    assert heures(statut=StatutLigne.DECLAREE) == Decimal("40.00")
    par_acheteur = {
        siret: heures(mois__year=2025, engagement__clause__lot__marche__acheteur__siret=siret, **validees)
        for siret in (jeu_de_comptage.CU_ARRAS, jeu_de_comptage.VILLE_ARRAS, jeu_de_comptage.DEPARTEMENT)
    }
    assert list(par_acheteur.values()) == [Decimal("300.00"), Decimal("383.34"), Decimal("305.50")]


def test_le_jeu_de_comptage_donne_les_engagements_attendus(tmp_path: Path) -> None:
    lancer(classeur(tmp_path))
    engages = {
        engagement.clause.lot.marche.reference: engagement.heures_engagees
        for engagement in Engagement.objects.avec_marche().avec_avancement(au=JOUR(2025, 12, 31))
    }
    assert engages == {"2024-M1": Decimal("1000.00"), "2025-M2": Decimal("400.00"), "2025-M3": Decimal("800.00")}
    initiaux = MouvementEngagement.objects.filter(nature="INITIAL").order_by("date")
    assert [m.date for m in initiaux] == [JOUR(2024, 9, 2), JOUR(2025, 1, 15), JOUR(2025, 3, 1)]
    marche = Marche.objects.get(reference="2024-M1")
    assert (marche.origine, marche.a_clause_sociale, marche.montant_ht) == ("REPRISE", True, Decimal("1200000.00"))


def test_le_jeu_de_comptage_donne_les_profils_attendus(tmp_path: Path) -> None:
    lancer(classeur(tmp_path))
    entree = EntreeClause.objects.get(participant__identifiant="P1")
    assert entree.date_entree == JOUR(2024, 11, 4)
    assert (entree.brsa, entree.qpv, entree.niveau) == (OuiNonInconnu.OUI, OuiNonInconnu.OUI, "3")
    assert [(c.critere, c.est_principal) for c in entree.criteres.all()] == [("RSA", True), ("DELD", False)]
    assert EntreeClause.objects.filter(brsa=OuiNonInconnu.OUI).count() == 2
    assert EntreeClause.objects.filter(brsa=OuiNonInconnu.NON).count() == 4
    assert Participant.objects.get(identifiant="P6").commune_insee == "59350"
    assert ContratTravail.objects.count() == 7


def test_une_ligne_garde_son_mois_et_sa_date_de_validation(tmp_path: Path) -> None:
    lancer(classeur(tmp_path))
    ligne = LigneHeures.objects.get(mois=JOUR(2024, 12, 1))
    assert ligne.validee_le == datetime.datetime(2025, 3, 10, 11, tzinfo=datetime.UTC)
    assert (ligne.origine, ligne.modalite) == (OrigineLigne.REPRISE, "EMBAUCHE_DIRECTE")
    assert ligne.validee_par.email == "commandes@clauses.invalid"


def test_les_releves_suivent_les_lignes(tmp_path: Path) -> None:
    lancer(classeur(tmp_path, changer("heures", 8, statut="REFUSEE", date_validation=None)))
    etats = {(r.engagement.entreprise.siret, r.mois): r.statut for r in Releve.objects.all()}
    assert etats[jeu_de_comptage.TITULAIRE_M3, JOUR(2025, 4, 1)] == StatutReleve.VALIDE
    assert etats[jeu_de_comptage.TITULAIRE_M3, JOUR(2025, 7, 1)] == StatutReleve.RECU
    assert etats[jeu_de_comptage.TITULAIRE_M3, JOUR(2025, 6, 1)] == StatutReleve.REFUSE
    assert LigneHeures.objects.get(statut=StatutLigne.REFUSEE).motif == "Refusée avant la reprise"


def test_chaque_engagement_a_son_ecriture_au_journal(tmp_path: Path) -> None:
    lancer(classeur(tmp_path))
    ecritures = EcritureJournal.objects.filter(action="reprendre des heures")
    assert sorted(ecriture.nombre for ecriture in ecritures) == [3, 4, 6]
    m1 = Engagement.objects.get(entreprise__siret=jeu_de_comptage.TITULAIRE_M1)
    assert EcritureJournal.objects.sur(m1).get(action="reprendre des heures").apres == {
        "heures": "510.00", "du": "2024-11", "au": "2025-05",
    }  # fmt: skip


def test_un_mois_de_plus_d_un_mois_plein_est_averti_a_sa_ligne(tmp_path: Path) -> None:
    sortie = lancer(classeur(tmp_path))
    assert "Avertissements (1)" in sortie
    assert lieu("heures", 14, "heures_travail") + "200,00 h ce mois-ci" in sortie


def test_le_compte_rendu_dit_par_feuille_lues_creees_deja_la_refusees(tmp_path: Path) -> None:
    sortie = lancer(classeur(tmp_path))
    assert "heures : 13 lues, 13 créées, 0 déjà là, 0 refusée" in sortie
    assert "Reprise enregistrée : 46 lignes du classeur." in sortie


def test_un_second_passage_ne_cree_rien(tmp_path: Path) -> None:
    chemin = classeur(tmp_path)
    lancer(chemin)
    avant = photographie()
    sortie = lancer(chemin)
    assert photographie() == avant
    assert "heures : 13 lues, 0 créée, 13 déjà là, 0 refusée" in sortie
    assert "Tout était déjà enregistré : rien n’a été créé." in sortie


def test_une_simulation_dit_la_meme_chose_et_n_enregistre_rien(tmp_path: Path) -> None:
    chemin = classeur(tmp_path)
    avant = photographie()
    simulee = lancer(chemin, "--simuler")
    assert photographie() == avant
    reelle = lancer(chemin)
    assert simulee.splitlines()[:-1] == reelle.splitlines()[:-1]
    assert simulee.splitlines()[-1] == "Simulation : aucun refus, rien n’est enregistré."


def test_une_simulation_refusee_sort_aussi_en_erreur(tmp_path: Path) -> None:
    _, refus = lancer_refusee(classeur(tmp_path, changer("heures", 0, mois="2025-13")), "--simuler")
    assert refus == "1 refus : rien n’est enregistré."


def test_une_erreur_parmi_cinq_cents_lignes_n_enregistre_rien(tmp_path: Path) -> None:
    contrats, lignes = [], []
    for numero in range(25):
        contrats.append((f"K{numero}", "P1", jeu_de_comptage.ETTI, "CDD", "EMBAUCHE_DIRECTE", JOUR(2025, 3, 1)))
        for rang in range(20):
            mois = f"{2025 + (2 + rang) // 12}-{(2 + rang) % 12 + 1:02d}"
            lignes.append((f"K{numero}", *jeu_de_comptage.M3, mois, Decimal("5.25"), None, "VALIDEE"))
    lignes[377] = (*lignes[377][:6], "beaucoup", *lignes[377][7:])

    def remplacer(feuilles: jeu_de_comptage.Feuilles) -> None:
        feuilles["contrats"] = jeu_de_comptage.lignes("contrats", *contrats)
        feuilles["heures"] = jeu_de_comptage.lignes("heures", *lignes)

    sortie, refus = lancer_refusee(classeur(tmp_path, remplacer))
    assert refus == "1 refus : rien n’est enregistré."
    assert lieu("heures", 379, "heures_travail") + "« beaucoup » n’est pas un nombre" in sortie
    assert "heures : 500 lues, 499 admises, 0 déjà là, 1 refusée" in sortie


def test_la_structure_voisine_reste_intacte(tmp_path: Path, structure: Structure) -> None:
    voisine = LigneHeuresFactory(validee=True).structure
    modeles = (Marche, Lot, Engagement, MouvementEngagement, Participant, ContratTravail, LigneHeures, Releve)
    avant = {m: list(m._base_manager.filter(structure=voisine).order_by("pk").values_list()) for m in modeles}
    lancer(classeur(tmp_path))
    apres = {m: list(m._base_manager.filter(structure=voisine).order_by("pk").values_list()) for m in modeles}
    assert apres == avant
    assert LigneHeures.objects.filter(structure=structure).count() == 13


def test_les_objets_d_une_autre_structure_sont_inconnus(tmp_path: Path) -> None:
    autre = LigneHeuresFactory(validee=True)
    marche = autre.engagement.clause.lot.marche
    voisin = {
        "contrat_identifiant": autre.contrat.identifiant,
        "marche_reference": marche.reference,
        "acheteur_siret": marche.acheteur.siret,
        "lot_numero": autre.engagement.clause.lot.numero,
        "titulaire_siret": autre.engagement.entreprise.siret,
    }
    sortie, _ = lancer_refusee(
        classeur(
            tmp_path,
            changer("heures", 0, contrat_identifiant=voisin["contrat_identifiant"]),
            changer("heures", 1, **{**voisin, "contrat_identifiant": "C1"}),
            changer("heures", 2, contrat_identifiant="INCONNU"),
        )
    )
    absent = "absent de la feuille « {} » et de la base. L’ajouter, ou corriger le renvoi."
    assert (
        f"ligne 2, colonne « contrat_identifiant » : contrat {autre.contrat.identifiant} : "
        + absent.format("contrats")
        in sortie
    )
    assert f"ligne 3, colonne « marche_reference » : marché {marche.reference} de l’acheteur" in sortie
    assert "ligne 4, colonne « contrat_identifiant » : contrat INCONNU : " + absent.format("contrats") in sortie


def test_une_fiche_absorbee_depuis_n_est_pas_recreee(tmp_path: Path, structure: Structure) -> None:
    """Son identifiant désigne désormais la fiche gardée : ses contrats et ses heures y sont reconnus."""
    chemin = classeur(tmp_path)
    lancer(chemin)
    gardee, absorbee = Participant.objects.get(identifiant="P1"), Participant.objects.get(identifiant="P2")
    actions.fusionner(gardee, absorbee=absorbee, par=acteur(structure))
    avant = heures()
    assert "fiche fusionnée avec P1" in lancer(chemin)
    assert heures() == avant
    assert not ContratTravail.objects.filter(participant=absorbee).exists()
