"""Ce que la reprise accepte et complète : annuaire connu, écritures admises, lots, prolongations, sorties."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.db.models import Sum

from clauses.comptes.models import Structure
from clauses.socle.lecteur import lire_fichier
from entreprises.models import Entreprise
from heures.enums import StatutLigne
from heures.models import LigneHeures, Participant, Prolongation, Sortie
from marches.models import Acheteur, Engagement, Lot, Marche, MouvementEngagement
from tests import jeu_de_comptage
from tests.factories import (
    AcheteurFactory,
    EngagementFactory,
    EntrepriseFactory,
    ParticipantFactory,
    RattachementFactory,
)
from tests.heures.reprise.outils import ajouter, changer, classeur, lancer, lancer_refusee, lieu

JOUR = datetime.date


def heures(**filtre: object) -> Decimal:
    return LigneHeures.objects.filter(**filtre).aggregate(total=Sum("heures"))["total"] or Decimal(0)


def test_un_acheteur_connu_est_complete_jamais_ecrase(tmp_path: Path) -> None:
    AcheteurFactory(siret=jeu_de_comptage.CU_ARRAS, nom="Nom de l’annuaire", type="INTERCOMMUNALITE", commune_insee="")
    sortie = lancer(classeur(tmp_path))
    acheteur = Acheteur.objects.get(siret=jeu_de_comptage.CU_ARRAS)
    assert (acheteur.nom, acheteur.commune_insee, acheteur.epci_siren) == ("Nom de l’annuaire", "62041", "200033579")
    assert "acheteurs : 3 lues, 2 créées, 1 complétée, 0 déjà là, 0 refusée" in sortie
    assert "ligne 2, colonne « nom » : l’annuaire garde « Nom de l’annuaire »" in sortie


def test_une_entreprise_connue_n_est_jamais_ecrasee(tmp_path: Path) -> None:
    EntrepriseFactory(siret=jeu_de_comptage.ETTI, raison_sociale="Raison connue", type_employeur="ETT", naf="7820Z")
    sortie = lancer(classeur(tmp_path))
    entreprise = Entreprise.objects.get(siret=jeu_de_comptage.ETTI)
    assert (entreprise.raison_sociale, entreprise.type_employeur) == ("Raison connue", "ETT")
    assert "colonne « type_employeur » : l’annuaire garde « ETT »" in sortie


def test_un_siret_devenu_nombre_est_remis_sur_quatorze_chiffres(tmp_path: Path) -> None:
    def en_nombres(feuilles: jeu_de_comptage.Feuilles) -> None:
        for lignes in feuilles.values():
            for ligne in lignes:
                ligne.update({nom: int(v) for nom, v in ligne.items() if nom.endswith("siret")})

    lancer(classeur(tmp_path, en_nombres))
    assert Entreprise.objects.filter(siret=jeu_de_comptage.TITULAIRE_M1).exists()
    assert jeu_de_comptage.TITULAIRE_M1.startswith("0")
    assert heures(mois__year=2025, statut=StatutLigne.VALIDEE) == Decimal("988.84")


@pytest.mark.parametrize("ecriture", ["151,67", "151.67", 151.67, "151,67 h"])
def test_virgule_ou_point_donnent_les_memes_heures(tmp_path: Path, ecriture: object) -> None:
    lancer(classeur(tmp_path, changer("heures", 4, heures_travail=ecriture)))
    assert heures(mois=JOUR(2025, 2, 1), contrat__identifiant="C3") == Decimal("151.67")


@pytest.mark.parametrize("ecriture", ["151,675", 151.675])
def test_trois_decimales_sont_arrondies_au_centieme_avec_un_avertissement(tmp_path: Path, ecriture: object) -> None:
    sortie = lancer(classeur(tmp_path, changer("heures", 4, heures_travail=ecriture)))
    assert heures(mois=JOUR(2025, 2, 1), contrat__identifiant="C3") == Decimal("151.68")
    lieu = "Feuille « heures », ligne 6, colonne « heures_travail »"
    assert f"{lieu} : « 151,675 » est arrondi au centième d’heure : 151,68." in sortie


def test_libelles_textes_et_ordre_des_colonnes_sont_admis(tmp_path: Path) -> None:
    def reecrire(feuilles: jeu_de_comptage.Feuilles) -> None:
        feuilles["contrats"] = [dict(reversed(ligne.items())) for ligne in feuilles["contrats"]]
        feuilles["contrats"][0].update(type_contrat="cdd", modalite="Embauche directe", date_debut="2024-11-04")
        feuilles["heures"][0].update(mois="11/2024", statut="Validée", date_validation="10/12/2024")
        feuilles["participants"][0].update(critere_principal="Bénéficiaire du RSA", qpv="Oui", participant_plie="x")

    lancer(classeur(tmp_path, reecrire))
    assert heures(mois__year=2024, statut=StatutLigne.VALIDEE) == Decimal("210.00")
    assert Participant.objects.get(identifiant="P1").est_participant_plie


def test_heures_de_travail_et_de_formation_font_deux_lignes(tmp_path: Path) -> None:
    lancer(classeur(tmp_path, changer("heures", 0, heures_travail=100, heures_formation="7h30")))
    lignes = LigneHeures.objects.filter(mois=JOUR(2024, 11, 1)).order_by("-type_heures")
    assert [(ligne.type_heures, ligne.heures) for ligne in lignes] == [
        ("TRAVAIL", Decimal("100.00")),
        ("FORMATION", Decimal("7.50")),
    ]


def test_un_zero_seul_est_garde_un_zero_a_cote_d_heures_ne_dit_rien(tmp_path: Path) -> None:
    lancer(
        classeur(
            tmp_path,
            changer("heures", 0, heures_travail=0),
            changer("heures", 1, heures_travail=90, heures_formation=0),
        )
    )
    assert list(LigneHeures.objects.filter(mois=JOUR(2024, 11, 1)).values_list("heures", flat=True)) == [Decimal(0)]
    assert LigneHeures.objects.get(mois=JOUR(2024, 12, 1)).type_heures == "TRAVAIL"


def test_un_marche_sans_lot_declare_recoit_son_lot_unique(tmp_path: Path) -> None:
    def sans_lots(feuilles: jeu_de_comptage.Feuilles) -> None:
        feuilles.pop("lots")

    chemin = classeur(tmp_path, sans_lots)
    lancer(chemin)
    assert list(Lot.objects.values_list("numero", flat=True)) == ["1", "1", "1"]
    assert "Tout était déjà enregistré" in lancer(chemin)


def test_les_heures_seules_s_ajoutent_a_une_structure_deja_reprise(tmp_path: Path) -> None:
    lancer(classeur(tmp_path))
    suite = {"heures": jeu_de_comptage.feuilles()["heures"][-3:-1]}
    suite["heures"].append({**suite["heures"][0], "mois": "2026-02", "heures_travail": Decimal("30.10")})
    sortie = lancer(jeu_de_comptage.ecrire(tmp_path / "suite.xlsx", suite))
    assert "heures : 3 lues, 1 créée, 2 déjà là, 0 refusée" in sortie
    assert heures(mois=JOUR(2026, 2, 1)) == Decimal("30.10")


def test_une_ligne_validee_hors_eligibilite_entre_avec_une_prolongation(tmp_path: Path) -> None:
    chemin = classeur(
        tmp_path, changer("clauses", 2, duree_eligibilite_mois=1), changer("contrats", 3, date_debut=JOUR(2025, 2, 15))
    )
    sortie = lancer(chemin)
    prolongation = Prolongation.objects.get()
    assert prolongation.participant.identifiant == "P3"
    assert (prolongation.jusqu_au, prolongation.motif) == (JOUR(2025, 4, 30), "reprise")
    assert (
        lieu("heures", 9, "heures_travail") + "éligibilité arrêtée le 15/03/2025 : avril 2025, déjà "
        "validé, entre avec une prolongation motivée « reprise »."
    ) in sortie
    assert "Tout était déjà enregistré" in lancer(chemin)


def test_les_sorties_sont_reprises_et_rejouables(tmp_path: Path) -> None:
    def sortir(feuilles: jeu_de_comptage.Feuilles) -> None:
        feuilles["sorties"] = jeu_de_comptage.lignes(
            "sorties", ("P2", JOUR(2025, 8, 31), "CDI", "CDI"), ("P3", JOUR(2025, 5, 1), "Déménagement")
        )

    chemin = classeur(tmp_path, sortir)
    lancer(chemin)
    assert list(Sortie.objects.order_by("date").values_list("situation", "situation_6_mois")) == [
        ("DEMENAGEMENT", ""),
        ("CDI", "CDI"),
    ]
    assert "sorties : 2 lues, 0 créée, 2 déjà là, 0 refusée" in lancer(chemin)


def test_un_mouvement_qui_retire_passe_apres_celui_qui_ajoute_le_meme_jour(tmp_path: Path) -> None:
    lancer(
        classeur(
            tmp_path,
            changer("mouvements", 0, heures=Decimal("-700"), motif="Retrait"),
            ajouter("mouvements", 0, heures=Decimal("150"), motif="Ajout"),
        )
    )
    assert sum(m.heures for m in MouvementEngagement.objects.filter(date=JOUR(2025, 10, 1))) == Decimal("-550.00")


def test_un_engagement_a_zero_heure_s_ouvre_sans_mouvement_puis_par_la_feuille_mouvements(tmp_path: Path) -> None:
    chemin = classeur(
        tmp_path, changer("clauses", 2, heures_initiales=0), changer("mouvements", 0, nature="INITIAL", motif=None)
    )
    lancer(chemin)
    m3 = Engagement.objects.get(entreprise__siret=jeu_de_comptage.TITULAIRE_M3)
    assert [(m.nature, m.heures) for m in m3.mouvements.all()] == [("INITIAL", Decimal("200.00"))]
    assert "Tout était déjà enregistré" in lancer(chemin)


def test_le_facilitateur_est_reconnu_par_son_courriel(tmp_path: Path, structure: Structure) -> None:
    agent = RattachementFactory(structure=structure, utilisateur__email="agent@exemple.invalid").utilisateur
    sortie = lancer(
        classeur(
            tmp_path,
            changer("marches", 0, facilitateur_courriel="Agent@Exemple.invalid"),
            changer("marches", 1, facilitateur_courriel="inconnue@exemple.invalid"),
        )
    )
    assert Marche.objects.get(reference="2024-M1").facilitateur == agent
    assert Marche.objects.get(reference="2025-M2").facilitateur is None
    assert "ligne 3, colonne « facilitateur_courriel » : aucun compte de la structure" in sortie


def test_une_personne_deja_connue_sous_un_autre_identifiant_est_signalee(tmp_path: Path, structure: Structure) -> None:
    ParticipantFactory(
        structure=structure, identifiant="A7", nom="FICTIVE", prenom="alma", date_naissance=JOUR(1990, 5, 10)
    )
    sortie = lancer(classeur(tmp_path))
    assert lieu("participants", 2, "identifiant") + "doublon probable de A7" in sortie
    assert Participant.objects.filter(structure=structure).count() == 7


def test_le_rapport_s_ecrit_dans_un_classeur(tmp_path: Path) -> None:
    rapport = tmp_path / "rapport.xlsx"
    lancer_refusee(classeur(tmp_path, changer("heures", 2, mois="2025-13")), "--rapport", str(rapport))
    feuilles = lire_fichier(rapport)
    assert feuilles["Refus"][1].valeurs[:4] == ("heures", 4, "mois", "2025-13")
    assert feuilles["Avertissements"][1].valeurs[:3] == ("heures", 14, "heures_travail")
    comptes = {ligne.valeurs[0]: ligne.valeurs[1] for ligne in feuilles["Comptes"][1:]}
    assert comptes["heures"] == 13


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_l_avancement_ne_se_montre_que_sur_un_terminal(tmp_path: Path) -> None:
    chemin = classeur(tmp_path)
    terminal, fichier = Terminal(), io.StringIO()
    for erreurs in (terminal, fichier):
        call_command(
            "importer_reprise", str(chemin), structure="MEMPA", simuler=True, stdout=io.StringIO(), stderr=erreurs
        )
    assert "\rheures\u00a0: 13 / 13\n" in terminal.getvalue()
    assert fichier.getvalue() == ""


def test_une_structure_inconnue_est_refusee_d_une_phrase(tmp_path: Path) -> None:
    _, refus = lancer_refusee(classeur(tmp_path), structure="XX")
    assert refus == "Aucune structure ne porte le sigle « XX ». Structures connues : MEMPA."


def test_un_fichier_absent_est_refuse_d_une_phrase(tmp_path: Path) -> None:
    _, refus = lancer_refusee(tmp_path / "absent.xlsx")
    assert refus == f"Le fichier « {tmp_path / 'absent.xlsx'} » n’existe pas. Vérifier le chemin."


def test_les_objets_partages_ne_sont_pas_recrees(tmp_path: Path) -> None:
    EngagementFactory()
    lancer(classeur(tmp_path))
    assert Acheteur.objects.count() == 4
    assert Entreprise.objects.count() == 8


def test_une_ecriture_concurrente_annule_toute_la_reprise_d_une_phrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heurter(*_: object, **__: object) -> None:
        raise IntegrityError

    monkeypatch.setattr("heures.imports.reprise.lignes.reprendre_lignes", heurter)
    _, refus = lancer_refusee(classeur(tmp_path))
    assert refus == (
        "Des données de cette structure ont changé pendant la reprise. Relancer : ce qui est déjà là sera reconnu. "
        "Rien n’est enregistré."
    )
