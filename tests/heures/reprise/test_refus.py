"""Mauvaises entrées de la reprise : une phrase précise à chaque fois, et la base inchangée au champ près."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests import jeu_de_comptage
from tests.factories import siret
from tests.heures.reprise.outils import Changement, ajouter, changer, classeur, lancer, lancer_refusee, lieu

JOUR = datetime.date
M1 = f"marché 2024-M1 de l’acheteur {jeu_de_comptage.CU_ARRAS}"
AUTRE = siret(5_000_099)


def renommer_feuille(avant: str, apres: str) -> Changement:
    def renommer(feuilles: jeu_de_comptage.Feuilles) -> None:
        feuilles[apres] = feuilles.pop(avant)

    return renommer


def renommer_colonne(feuille: str, avant: str, apres: str) -> Changement:
    def renommer(feuilles: jeu_de_comptage.Feuilles) -> None:
        feuilles[feuille] = [
            {apres if nom == avant else nom: valeur for nom, valeur in ligne.items()} for ligne in feuilles[feuille]
        ]

    return renommer


CELLULES = {
    "siret à la clef fausse": (
        changer("acheteurs", 0, siret="21620041700011"),
        lieu("acheteurs", 2, "siret") + "« 21620041700011 » a une clef de contrôle fausse.",
    ),
    "siret trop court": (
        changer("heures", 0, titulaire_siret="0500001160001"),
        lieu("heures", 2, "titulaire_siret") + "« 0500001160001 » a 13 chiffres : un SIRET en compte 14.",
    ),
    "siret en notation scientifique": (
        changer("contrats", 0, employeur_siret="2,5E+13"),
        lieu("contrats", 2, "employeur_siret") + "« 2,5E+13 » : le tableur a arrondi ce SIRET",
    ),
    "siren au lieu d’un siret": (
        changer("entreprises", 1, siret="050000116"),
        lieu("entreprises", 3, "siret") + "« 050000116 » est un SIREN",
    ),
    "mois impossible": (
        changer("heures", 0, mois="2025-13"),
        lieu("heures", 2, "mois") + "« 2025-13 » n’est pas un mois. Écrire AAAA-MM ou MM/AAAA.",
    ),
    "date impossible": (
        changer("marches", 0, date_notification="31/02/2025"),
        lieu("marches", 2, "date_notification") + "« 31/02/2025 » n’existe pas dans le calendrier.",
    ),
    "naissance à venir": (
        changer("participants", 0, date_naissance=JOUR(2027, 1, 1)),
        lieu("participants", 2, "date_naissance") + "« 01/01/2027 00:00 » n’est pas plausible",
    ),
    "numéro de sécurité sociale": (
        changer("participants", 0, prescripteur="Suivi 1 85 05 78 006 084 36"),
        lieu("participants", 2, "prescripteur") + "un numéro de sécurité sociale ne se garde pas ici.",
    ),
    "heures négatives": (
        changer("heures", 0, heures_travail=-5),
        lieu("heures", 2, "heures_travail") + "« -5 » est négatif. Écrire une valeur positive ou nulle.",
    ),
    "heures en toutes lettres": (
        changer("heures", 0, heures_travail="cent vingt"),
        lieu("heures", 2, "heures_travail") + "« cent vingt » n’est pas un nombre d’heures.",
    ),
    "heures vides": (
        changer("heures", 0, heures_travail=None),
        lieu("heures", 2, "heures_travail") + "ni heures de travail ni heures de formation : une "
        "case vide n’est pas zéro. Écrire 0 si le mois est néant, ou supprimer la ligne.",
    ),
    "formule en erreur": (
        changer("heures", 0, heures_travail="=1/0"),
        lieu("heures", 2, "heures_travail") + "la cellule est en erreur",
    ),
    "valeur obligatoire absente": (
        changer("participants", 2, nom=None),
        lieu("participants", 4, "nom") + "la valeur manque. La renseigner, ou supprimer la ligne.",
    ),
    "code hors liste": (
        changer("heures", 0, statut="VALIDE"),
        lieu("heures", 2, "statut") + "« VALIDE » n’est pas une valeur de la liste. Valeurs proches : VALIDEE",
    ),
    "critère secondaire inconnu": (
        changer("participants", 0, autres_criteres="DELD ; SENIORS_50"),
        lieu("participants", 2, "autres_criteres") + "« SENIORS_50 » n’est pas une valeur de la liste",
    ),
    "ni oui ni non": (
        changer("participants", 0, qpv="peut-être"),
        lieu("participants", 2, "qpv") + "« peut-être » n’est ni oui, ni non, ni inconnu.",
    ),
    "code postal au lieu du code commune": (
        changer("participants", 0, commune_insee="1234"),
        lieu("participants", 2, "commune_insee") + "« 1234 » n’a que quatre chiffres",
    ),
    "intercommunalité mal écrite": (
        changer("acheteurs", 0, epci_siren="20003357"),
        lieu("acheteurs", 2, "epci_siren") + "« 20003357 » n’est pas un SIREN",
    ),
    "texte trop long": (
        changer("marches", 0, reference="R" * 61),
        "Feuille « marches », ligne 2, colonne « reference »",
    ),
}
REGLES = {
    "mois avant l’embauche": (
        changer("heures", 0, mois="2024-10"),
        lieu("heures", 2, "heures_travail") + "octobre 2024 précède l’embauche du 04/11/2024.",
    ),
    "mois après la fin du contrat": (
        changer("heures", 0, mois="2025-02"),
        lieu("heures", 2, "heures_travail") + "février 2025 suit la fin du contrat de travail, le "
        "31/01/2025.",
    ),
    "mois avant l’engagement": (
        changer("heures", 0, marche_reference="2025-M2", acheteur_siret=jeu_de_comptage.VILLE_ARRAS,
                titulaire_siret=jeu_de_comptage.TITULAIRE_M2),
        lieu("heures", 2, "heures_travail") + "novembre 2024 précède le début de l’engagement",
    ),
    "mois à venir": (
        changer("heures", 11, mois="2026-12"),
        lieu("heures", 13, "heures_travail") + "décembre 2026 n’est pas commencé",
    ),
    "plus de 250 heures": (
        changer("heures", 12, heures_travail=Decimal("250.01")),
        lieu("heures", 14, "heures_travail") + "cette personne aurait 250,01 h ce mois-ci, tous "
        "engagements confondus : le plafond est de 250,00 h.",
    ),
    "éligibilité expirée": (
        lambda f: [changer("clauses", 2, duree_eligibilite_mois=1)(f), changer("heures", 9, mois="2025-08")(f)],
        lieu("heures", 11, "heures_travail") + "l’éligibilité s’arrête le 02/07/2025 : pour compter "
        "août 2025, accorder une prolongation motivée",
    ),
    "ligne en double": (
        ajouter("heures", 2),
        lieu("heures", 15, "contrat_identifiant") + "ligne en double : la ligne 4 porte déjà les mêmes "
        "valeurs de contrat_identifiant, marche_reference, acheteur_siret, lot_numero, titulaire_siret, mois. "
        "N’en garder qu’une.",
    ),
    "participant en double": (
        ajouter("participants", 1, nom="Autre"),
        lieu("participants", 8, "identifiant") + "ligne en double : la ligne 3 porte déjà cette valeur "
        "de « identifiant ». N’en garder qu’une.",
    ),
    "mouvement en double": (
        ajouter("mouvements", 0),
        lieu("mouvements", 3, "marche_reference") + "ligne en double : la ligne 2 porte déjà",
    ),
    "contrat inconnu": (
        changer("heures", 0, contrat_identifiant="C99"),
        lieu("heures", 2, "contrat_identifiant") + "contrat C99 : absent de la feuille « contrats » et "
        "de la base. L’ajouter, ou corriger le renvoi.",
    ),
    "marché inconnu": (
        changer("heures", 0, marche_reference="M9"),
        lieu("heures", 2, "marche_reference") + f"marché M9 de l’acheteur {jeu_de_comptage.CU_ARRAS} : "
        "absent de la feuille « marches » et de la base.",
    ),
    "lot inconnu": (
        changer("heures", 0, lot_numero="7"),
        lieu("heures", 2, "lot_numero") + f"{M1}, lot 7 : absent de la feuille « lots » et de la base.",
    ),
    "lot inconnu d’un marché alloti": (
        changer("lots", 0, numero="2"),
        lieu("clauses", 2, "lot_numero") + f"{M1}, lot 1 : absent de la feuille « lots »",
    ),
    "titulaire sans engagement": (
        changer("heures", 0, titulaire_siret=jeu_de_comptage.ETTI),
        lieu("heures", 2, "titulaire_siret") + f"{M1}, lot 1, titulaire {jeu_de_comptage.ETTI} : "
        "engagement absent de la feuille « clauses » et de la base.",
    ),
    "participant inconnu": (
        changer("contrats", 0, participant_identifiant="P99"),
        lieu("contrats", 2, "participant_identifiant") + "participant P99 : absent de la feuille "
        "« participants » et de la base.",
    ),
    "employeur inconnu": (
        changer("contrats", 0, employeur_siret=AUTRE),
        lieu("contrats", 2, "employeur_siret") + f"entreprise {AUTRE} : absente de la feuille "
        "« entreprises » et de la base.",
    ),
    "acheteur inconnu": (
        changer("marches", 0, acheteur_siret=AUTRE),
        lieu("marches", 2, "acheteur_siret") + f"acheteur {AUTRE} : absent de la feuille « acheteurs »",
    ),
    "fin avant début": (
        changer("marches", 0, date_fin=JOUR(2020, 1, 1)),
        lieu("marches", 2) + "la date de fin du marché précède sa date de début.",
    ),
    "pénalité sans valeur": (
        changer("clauses", 1, penalite_valeur=None),
        lieu("clauses", 3, "penalite_formule") + "une pénalité se donne avec sa formule et sa valeur.",
    ),
    "deux ouvertures": (
        changer("mouvements", 0, nature="INITIAL"),
        lieu("mouvements", 2, "nature") + "l’engagement initial est déjà donné par la colonne "
        "« heures_initiales » de la feuille « clauses ».",
    ),
    "engagement rendu négatif": (
        changer("mouvements", 0, heures=-601),
        lieu("mouvements", 2) + "ce mouvement rendrait l’engagement négatif",
    ),
    "mouvement nul": (
        changer("mouvements", 0, heures=0),
        lieu("mouvements", 2) + "un mouvement ajoute ou retire des heures : zéro n’en est pas un.",
    ),
    "personne sans date d’entrée": (
        ajouter("participants", 0, identifiant="P7", nom="Sansdate", date_constat=None),
        lieu("participants", 8, "date_constat") + "ni contrat, ni date de constat, ni heures",
    ),
}  # fmt: skip
FORMES = {
    "feuille mal orthographiée": (
        renommer_feuille("heures", "heurse"),
        "Feuille « heurse » : cette feuille n’est pas prévue. Nom le plus proche : « heures » ; la renommer ainsi.",
    ),
    "feuille inconnue": (
        renommer_feuille("lots", "bilan 2025"),
        "Feuille « bilan 2025 » : cette feuille n’est pas prévue. Les feuilles attendues : acheteurs, entreprises,",
    ),
    "colonne mal orthographiée": (
        renommer_colonne("heures", "heures_travail", "heure_travaill"),
        lieu("heures", 1, "heure_travaill") + "cette colonne n’est pas prévue. Nom le plus proche : "
        "« heures_travail » ; la renommer ainsi.",
    ),
    "colonne de trop": (
        changer("marches", 0, zzz="x"),
        lieu("marches", 1, "zzz") + "cette colonne n’est pas prévue. Les colonnes attendues : reference,",
    ),
    "colonne obligatoire absente": (
        lambda f: [ligne.pop("statut") for ligne in f["heures"]],
        lieu("heures", 1, "statut") + "cette colonne obligatoire manque. L’ajouter à la ligne de titres.",
    ),
    "colonne en double": (
        lambda f: [ligne.update({"Nom ": "x"}) for ligne in f["participants"]],
        lieu("participants", 1, "Nom") + "ce titre est porté par deux colonnes (B et N). N’en garder qu’une.",
    ),
    "colonne sans titre": (
        lambda f: [ligne.update({"": "perdue"}) for ligne in f["lots"]],
        lieu("lots", 2) + "la colonne G n’a pas de titre. Lui en donner un, ou la vider.",
    ),
}


@pytest.mark.parametrize("cas", CELLULES)
def test_une_cellule_impossible_est_refusee_a_sa_place(tmp_path: Path, cas: str) -> None:
    changement, phrase = CELLULES[cas]
    sortie, refus = lancer_refusee(classeur(tmp_path, changement))
    assert phrase in sortie
    assert "rien n’est enregistré" in refus


@pytest.mark.parametrize("cas", REGLES)
def test_une_regle_non_tenue_est_refusee_a_sa_place(tmp_path: Path, cas: str) -> None:
    changement, phrase = REGLES[cas]
    sortie, refus = lancer_refusee(classeur(tmp_path, changement))
    assert phrase in sortie
    assert "rien n’est enregistré" in refus


@pytest.mark.parametrize("cas", FORMES)
def test_une_feuille_ou_une_colonne_imprevue_est_refusee_avec_un_conseil(tmp_path: Path, cas: str) -> None:
    changement, phrase = FORMES[cas]
    sortie, _ = lancer_refusee(classeur(tmp_path, changement))
    assert phrase in sortie


def test_une_feuille_mal_nommee_n_accuse_pas_les_autres(tmp_path: Path) -> None:
    sortie, refus = lancer_refusee(classeur(tmp_path, renommer_feuille("marches", "marché")))
    assert sortie.count("Feuille « ") == 1
    assert refus == (
        "1 refus : rien n’est enregistré. Corriger feuilles et colonnes : les renvois d’une feuille à l’autre seront "
        "contrôlés ensuite."
    )


def test_toutes_les_erreurs_sont_dites_en_une_passe(tmp_path: Path) -> None:
    sortie, refus = lancer_refusee(
        classeur(
            tmp_path,
            changer("entreprises", 3, siret="12345678901234"),
            changer("participants", 1, sexe="X"),
            changer("heures", 3, mois="2025-00"),
            changer("heures", 6, heures_travail=None, statut="DECLARE"),
            changer("heures", 12, heures_travail=300),
            ajouter("contrats", 0),
            changer("mouvements", 0, heures="0,004"),
        )
    )
    lieux = (
        "« entreprises », ligne 5, colonne « siret »",
        "« participants », ligne 3, colonne « sexe »",
        "« heures », ligne 5, colonne « mois »",
        "« heures », ligne 8, colonne « statut »",
        "« mouvements », ligne 2, colonne « heures »",
        "« contrats », ligne 9, colonne « identifiant »",
    )
    assert [lieu for lieu in lieux if lieu not in sortie] == []
    assert refus.startswith(f"{sortie.count('  Feuille « ')} refus")


def test_ce_qui_depend_d_une_ligne_refusee_attend_sans_etre_accuse(tmp_path: Path) -> None:
    sortie, refus = lancer_refusee(classeur(tmp_path, changer("marches", 0, date_notification="hier")))
    assert refus == "1 refus : rien n’est enregistré."
    assert "clauses : 3 lues, 2 admises, 0 déjà là, 0 refusée, 1 en attente d’une ligne refusée" in sortie
    assert "heures : 13 lues, 9 admises, 0 déjà là, 0 refusée, 4 en attente d’une ligne refusée" in sortie


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        (
            changer("marches", 0, objet="Un autre objet"),
            lieu("marches", 2, "objet") + "déjà enregistré avec une autre valeur (« Construction d’un "
            "centre technique ») ; cette ligne dit « Un autre objet ». La reprise n’écrase rien",
        ),
        (
            changer("lots", 0, secteur="NETTOYAGE"),
            lieu("lots", 2, "secteur") + "déjà enregistré avec une autre valeur (« BATIMENT »)",
        ),
        (
            changer("clauses", 0, heures_initiales=1001),
            lieu("clauses", 2, "heures_initiales") + "déjà enregistré avec une autre valeur "
            "(« 1000,00 ») ; cette ligne dit « 1001,00 »",
        ),
        (
            changer("participants", 0, nom="Changée"),
            lieu("participants", 2, "nom") + "déjà enregistré avec une autre valeur (« Fictive »)",
        ),
        (
            changer("participants", 0, critere_principal="ASS"),
            lieu("participants", 2, "critere_principal") + "déjà enregistré avec une autre valeur "
            "(« RSA ») ; cette ligne dit « ASS »",
        ),
        (
            changer("participants", 4, autres_criteres="DELD"),
            "Feuille « participants », ligne 6, colonne « autres_criteres »",
        ),
        (
            changer("contrats", 0, participant_identifiant="P2"),
            lieu("contrats", 2, "participant_identifiant") + "déjà enregistré avec une autre valeur (« P1 »)",
        ),
        (
            changer("heures", 0, heures_travail=121),
            lieu("heures", 2, "heures_travail") + "novembre 2024 est déjà en base (120,00 h, validée) "
            "; cette ligne dit 121,00 h, validée. La reprise n’écrase rien",
        ),
        (
            changer("heures", 9, statut="VALIDEE"),
            lieu("heures", 11, "heures_travail") + "juillet 2025 est déjà en base (40,00 h, déclarée)",
        ),
    ],
)
def test_ce_qui_contredit_la_base_est_refuse_sans_l_ecraser(
    tmp_path: Path, changement: Changement, phrase: str
) -> None:
    lancer(classeur(tmp_path))
    sortie, _ = lancer_refusee(classeur(tmp_path, changement))
    assert phrase in sortie
