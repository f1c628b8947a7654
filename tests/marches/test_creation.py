"""Ouvrir un marché : le cas courant en une page, tout ou rien."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from clauses.comptes.models import EcritureJournal, Structure
from entreprises.models import Entreprise
from marches.enums import NatureMouvement
from marches.models import Acheteur, Attribution, Clause, Engagement, Lot, Marche, MouvementEngagement
from tests.factories import (
    AcheteurFactory,
    EntrepriseFactory,
    MarcheFactory,
    RattachementFactory,
    StructureFactory,
    siret,
)

URL = "marches:creer"
OBJETS = (Acheteur, Entreprise, Marche, Lot, Attribution, Clause, Engagement, MouvementEngagement, EcritureJournal)


@pytest.fixture
def structure() -> Structure:
    return StructureFactory()


@pytest.fixture
def facilitateur(client: Client, structure: Structure) -> Client:
    client.force_login(RattachementFactory(structure=structure).utilisateur)
    return client


def saisie(**changes: str) -> dict[str, str]:
    """Une saisie complète et juste, avec un acheteur et une entreprise nouveaux."""
    return {
        "acheteur-acheteur": "",
        "acheteur-siret": siret(101, "2"),
        "acheteur-nom": "Ville fictive",
        "acheteur-type": "COMMUNE",
        "marche-reference": "2026-01",
        "marche-objet": "Réfection de l’école",
        "marche-date_notification": "2026-01-15",
        "marche-date_debut": "01/02/2026",
        "marche-date_fin": "2027-01-31",
        "marche-montant_ht": "1 250 000,50",
        "marche-commune_execution_insee": "62041",
        "lot-secteur": "BATIMENT",
        "clause-nature_clause": "COND_EXEC_ET_CRITERE",
        "clause-duree_eligibilite_mois": "18",
        "clause-penalite_formule": "H_X_EUROS",
        "clause-penalite_valeur": "45",
        "entreprise-entreprise": "",
        "entreprise-siret": siret(102),
        "entreprise-raison_sociale": "Peintures fictives",
        "entreprise-type_employeur": "ENTREPRISE",
        "engagement-heures": "833,25",
        "engagement-date": "2026-01-15",
        **changes,
    }


def decompte() -> list[int]:
    return [modele.objects.count() for modele in OBJETS]


def test_une_seule_page_ouvre_tout_le_marche(facilitateur: Client, structure: Structure) -> None:
    reponse = facilitateur.post(reverse(URL), saisie())
    marche = Marche.objects.get()
    assert reponse.status_code == 302
    assert reponse["Location"] == marche.get_absolute_url()
    assert (marche.reference, marche.structure, marche.acheteur.siret) == ("2026-01", structure, siret(101, "2"))
    assert marche.date_debut == datetime.date(2026, 2, 1)
    assert marche.montant_ht == Decimal("1250000.50")
    assert marche.considerations_sociales == ["Clause sociale", "Critère social"]
    engagement = Engagement.objects.get()
    assert engagement.entreprise.raison_sociale == "Peintures fictives"
    assert engagement.clause.lot.marche == marche
    assert engagement.clause.lot.secteur == "BATIMENT"
    assert engagement.clause.duree_eligibilite_mois == 18
    regle = engagement.clause.penalites.get()
    assert (regle.formule, regle.valeur) == ("H_X_EUROS", Decimal(45))
    mouvement = MouvementEngagement.objects.get()
    assert (mouvement.nature, mouvement.heures) == (NatureMouvement.INITIAL, Decimal("833.25"))
    assert Attribution.objects.get().role == "TITULAIRE"


def test_chaque_geste_de_l_ouverture_est_au_journal(facilitateur: Client) -> None:
    facilitateur.post(reverse(URL), saisie())
    actions = set(EcritureJournal.objects.values_list("action", flat=True))
    assert actions == {
        "créer l’acheteur",
        "créer le marché",
        "ajouter le lot",
        "définir la clause",
        "ajouter la règle de pénalité",
        "créer l’entreprise",
        "attribuer le lot",
        "engager l’entreprise",
        "inscrire le mouvement",
    }


@pytest.mark.parametrize("ecriture", ["{nom}", "{siret}", "{nom} – {siret}", "{siret_espace}"])
def test_acheteur_et_entreprise_connus_se_choisissent_par_nom_ou_siret(facilitateur: Client, ecriture: str) -> None:
    acheteur, entreprise = AcheteurFactory(siret=siret(7, "2")), EntrepriseFactory(siret=siret(8))

    def ecrit(fiche: Acheteur | Entreprise) -> str:
        s = fiche.siret
        return ecriture.format(nom=fiche, siret=s, siret_espace=f"{s[:3]} {s[3:6]} {s[6:9]} {s[9:]}")

    choisis = {
        "acheteur-acheteur": ecrit(acheteur),
        "acheteur-siret": "",
        "acheteur-nom": "",
        "entreprise-entreprise": ecrit(entreprise),
        "entreprise-siret": "",
        "entreprise-raison_sociale": "",
    }
    reponse = facilitateur.post(reverse(URL), saisie(**choisis))
    assert reponse.status_code == 302
    assert Marche.objects.get().acheteur == acheteur
    assert Engagement.objects.get().entreprise == entreprise
    assert (Acheteur.objects.count(), Entreprise.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("acheteur-siret", "12345678901234", "clef de contrôle fausse"),
        ("acheteur-siret", "1234", "un SIRET en compte 14"),
        ("acheteur-siret", "", "Le SIRET manque"),
        ("acheteur-acheteur", "Inconnue au bataillon", "Rien dans l’annuaire"),
        ("entreprise-siret", "00000000000000", "SIRET d’aucun établissement"),
        ("entreprise-raison_sociale", "", "Le nom manque"),
        ("marche-reference", "", "obligatoire"),
        ("marche-date_fin", "2026-01-01", "précède sa date de début"),
        ("marche-date_fin", "31/02/2026", "date est illisible"),
        ("marche-date_notification", "0026-01-01", "année 26 est impossible"),
        ("marche-montant_ht", "-5", "est négatif"),
        ("marche-montant_ht", "beaucoup", "beaucoup"),
        ("marche-commune_execution_insee", "Arras", "code INSEE"),
        ("clause-penalite_valeur", "", "va avec la formule"),
        ("clause-penalite_valeur", "0", "supérieure à zéro"),
        ("clause-penalite_formule", "", "va avec cette valeur"),
        ("clause-duree_eligibilite_mois", "121", "1 à 120 mois"),
        ("engagement-heures", "0", "supérieur à zéro"),
        ("engagement-heures", "-1", "négati"),
        ("engagement-heures", "", "obligatoire"),
        ("engagement-date", "hier", "date est illisible"),
    ],
)
def test_un_refus_se_lit_sous_son_champ_et_ne_laisse_rien_en_base(
    facilitateur: Client, champ: str, valeur: str, phrase: str
) -> None:
    avant = decompte()
    reponse = facilitateur.post(reverse(URL), saisie(**{champ: valeur}))
    assert reponse.status_code == 200
    assert decompte() == avant
    etape, nom = champ.split("-")
    erreurs = reponse.context["etapes"][etape].errors[nom]
    assert phrase in " ".join(erreurs)
    assert f'href="#id_{champ}"' in reponse.content.decode()


def test_une_reference_deja_prise_est_refusee_sous_la_reference(facilitateur: Client, structure: Structure) -> None:
    acheteur = AcheteurFactory(siret=siret(7, "2"))
    MarcheFactory(structure=structure, acheteur=acheteur, reference="2026-01")
    avant = decompte()
    choisi = {"acheteur-acheteur": acheteur.siret, "acheteur-siret": "", "acheteur-nom": ""}
    reponse = facilitateur.post(reverse(URL), saisie(**choisi))
    assert decompte() == avant
    assert reponse.context["etapes"]["marche"].errors["reference"] == [
        "Cet acheteur a déjà un marché qui porte cette référence."
    ]


def test_sans_date_d_effet_l_engagement_part_de_la_notification(facilitateur: Client) -> None:
    assert facilitateur.post(reverse(URL), saisie(**{"engagement-date": ""})).status_code == 302
    assert MouvementEngagement.objects.get().date == datetime.date(2026, 1, 15)


def test_sans_date_d_effet_ni_notification_l_engagement_est_refuse(facilitateur: Client) -> None:
    avant = decompte()
    vides = {"engagement-date": "", "marche-date_notification": ""}
    reponse = facilitateur.post(reverse(URL), saisie(**vides))
    assert "date de notification du marché" in reponse.context["etapes"]["engagement"].errors["date"][0]
    assert decompte() == avant


def test_les_saisies_refusees_sont_rendues_telles_quelles(facilitateur: Client) -> None:
    reponse = facilitateur.post(reverse(URL), saisie(**{"engagement-heures": "0"}))
    page = reponse.content.decode()
    for valeur in ("Réfection de l’école", "Ville fictive", "Peintures fictives", "1 250 000,50"):
        assert f'value="{valeur}"' in page


def test_un_siret_deja_connu_renvoie_a_la_fiche_de_l_annuaire(facilitateur: Client) -> None:
    AcheteurFactory(siret=siret(101, "2"), nom="Ville déjà connue")
    avant = decompte()
    reponse = facilitateur.post(reverse(URL), saisie())
    assert decompte() == avant
    assert "déjà dans l’annuaire : Ville déjà connue" in reponse.context["etapes"]["acheteur"].errors["siret"][0]


def test_choisir_et_ajouter_a_la_fois_est_refuse(facilitateur: Client) -> None:
    entreprise = EntrepriseFactory(siret=siret(9))
    avant = decompte()
    reponse = facilitateur.post(reverse(URL), saisie(**{"entreprise-entreprise": entreprise.siret}))
    assert decompte() == avant
    assert "pas les deux" in reponse.context["etapes"]["entreprise"].non_field_errors()[0]
    assert 'href="#etape-entreprise"' in reponse.content.decode()


def test_la_poste_est_un_acheteur_acceptable(facilitateur: Client) -> None:
    reponse = facilitateur.post(reverse(URL), saisie(**{"acheteur-siret": "356 000 000 00048"}))
    assert reponse.status_code == 302
    assert Acheteur.objects.get().siret == "35600000000048"


def test_le_marche_seul_s_ouvre_sans_lot(facilitateur: Client) -> None:
    reponse = facilitateur.post(reverse("marches:creer_seul"), saisie())
    marche = Marche.objects.get()
    assert reponse["Location"] == f"{marche.get_absolute_url()}?onglet=lots"
    assert Lot.objects.count() == 0


def test_un_lecteur_ne_peut_pas_ouvrir_de_marche(client: Client, structure: Structure) -> None:
    client.force_login(RattachementFactory(structure=structure, lecteur=True).utilisateur)
    assert client.get(reverse(URL)).status_code == 403
    assert client.post(reverse(URL), saisie()).status_code == 403
    assert Marche.objects.count() == 0


def test_la_page_vide_s_affiche_avec_le_facilitateur_propose(facilitateur: Client) -> None:
    reponse = facilitateur.get(reverse(URL))
    assert reponse.status_code == 200
    assert reponse.context["etapes"]["marche"].initial["facilitateur"] is not None
    assert "Pas encore dans l’annuaire" in reponse.content.decode()
