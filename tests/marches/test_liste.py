"""Liste des marchés : recherche, filtres, tri, export, colonnes et filtres par rôle, coût constant."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import Structure, Utilisateur
from marches.enums import NatureMouvement, StatutMarche, TypeDonneurOrdre
from marches.models import Clause, Marche
from tests.factories import (
    AcheteurFactory,
    ClauseFactory,
    EngagementFactory,
    EntrepriseFactory,
    LigneHeuresFactory,
    LotFactory,
    MarcheFactory,
    MouvementEngagementFactory,
    RattachementFactory,
    StructureFactory,
)

URL = "marches:liste"
JOUR = datetime.datetime(2025, 12, 31, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(JOUR, tick=False):
        yield


@pytest.fixture
def structure() -> Structure:
    return StructureFactory()


@pytest.fixture
def facilitateur(structure: Structure) -> Utilisateur:
    return RattachementFactory(structure=structure).utilisateur


@pytest.fixture
def client(client: Client, facilitateur: Utilisateur) -> Client:
    client.force_login(facilitateur)
    return client


def engage(structure: Structure, *, heures: str = "500", validees: str = "", **marche: Any) -> Marche:
    """Un marché engagé, et au besoin des heures validées."""
    engagement = EngagementFactory(clause__lot__marche=MarcheFactory(structure=structure, **marche), heures=heures)
    if validees:
        LigneHeuresFactory(engagement=engagement, heures=Decimal(validees), validee=True)
    resultat: Marche = engagement.clause.lot.marche
    return resultat


def lues(reponse: Any) -> list[list[Any]]:
    """Cellules d’un classeur reçu ; les dates y perdent leur heure."""
    lignes = openpyxl.load_workbook(io.BytesIO(b"".join(reponse))).active.values
    return [[v.date() if isinstance(v, datetime.datetime) else v for v in ligne] for ligne in lignes]


def references(client: Client, **parametres: str) -> list[str]:
    reponse = client.get(reverse(URL), parametres)
    assert reponse.status_code == 200
    return [ligne.record.reference for ligne in reponse.context["table"].rows]


def test_la_liste_montre_heures_taux_et_situation_du_jour(client: Client, structure: Structure) -> None:
    marche = engage(structure, reference="R1", heures="500", validees="125")
    engagement = marche.lots.get().clauses.get().engagements.get()
    LigneHeuresFactory(engagement=engagement, heures=Decimal(40))
    MouvementEngagementFactory(
        engagement=engagement, nature=NatureMouvement.AVENANT, heures=Decimal(999), date=datetime.date(2026, 1, 1)
    )
    page = client.get(reverse(URL)).content.decode()
    assert "R1" in page
    assert "500,00" in page
    assert "125,00" in page
    assert "25,00\u202f%" in page
    assert "En retard" in page
    assert "1\u202f499,00" not in page


def test_un_marche_sans_engagement_n_a_pas_de_taux(client: Client, structure: Structure) -> None:
    MarcheFactory(structure=structure)
    page = client.get(reverse(URL)).content.decode()
    assert "Sans engagement" in page
    assert "progress" not in page


def test_la_recherche_porte_sur_reference_objet_acheteur_et_titulaire(client: Client, structure: Structure) -> None:
    engage(structure, reference="AAA-1", objet="Voirie")
    EngagementFactory(
        clause__lot__marche=MarcheFactory(structure=structure, reference="B-2", objet="Peinture du collège"),
        entreprise=EntrepriseFactory(raison_sociale="Couleurs du Nord"),
    )
    MarcheFactory(structure=structure, reference="C-3", acheteur=AcheteurFactory(nom="Office public de l’habitat"))
    assert references(client, q="aaa") == ["AAA-1"]
    assert references(client, q="collège") == ["B-2"]
    assert references(client, q="couleurs") == ["B-2"]
    assert references(client, q="office public") == ["C-3"]
    assert references(client, q="introuvable") == []


def test_les_filtres_restreignent_la_liste(client: Client, structure: Structure, facilitateur: Utilisateur) -> None:
    bailleur = AcheteurFactory(type=TypeDonneurOrdre.BAILLEUR_SOCIAL)
    MarcheFactory(structure=structure, reference="A", acheteur=bailleur, date_notification=datetime.date(2024, 3, 1))
    MarcheFactory(structure=structure, reference="B", statut=StatutMarche.SUSPENDU)
    MarcheFactory(structure=structure, reference="C", facilitateur=facilitateur)
    assert references(client, type="BAILLEUR_SOCIAL") == ["A"]
    assert references(client, acheteur=str(bailleur.pk)) == ["A"]
    assert references(client, annee="2024") == ["A"]
    assert references(client, statut="SUSPENDU") == ["B"]
    assert references(client, facilitateur=str(facilitateur.pk)) == ["C"]


def test_le_filtre_clause_a_completer_trouve_chaque_mention_manquante(client: Client, structure: Structure) -> None:
    def clause(reference: str, **mentions: Any) -> Clause:
        complete = {"perimetre": "Tout", "publics_admis": "RSA", "nomme_facilitateur": True, **mentions}
        marche = MarcheFactory(structure=structure, reference=reference, date_notification=None)
        return ClauseFactory(lot__marche=marche, **complete)

    EngagementFactory(clause=clause("0-complete"))
    EngagementFactory(clause=clause("1-perimetre", perimetre=""))
    EngagementFactory(clause=clause("2-publics", publics_admis=""))
    EngagementFactory(clause=clause("3-facilitateur", nomme_facilitateur=False))
    clause("4-volume")
    LotFactory(marche=MarcheFactory(structure=structure, reference="5-sans-clause"))
    MarcheFactory(structure=structure, reference="6-sans-lot")
    MarcheFactory(structure=structure, reference="7-solde", statut=StatutMarche.SOLDE)
    trouvees = sorted(references(client, clause="a_completer"))
    assert trouvees == ["1-perimetre", "2-publics", "3-facilitateur", "4-volume", "5-sans-clause", "6-sans-lot"]


def test_le_tri_par_taux_garde_les_marches_sans_engagement_en_fin_de_liste(
    client: Client, structure: Structure
) -> None:
    engage(structure, reference="demi", heures="100", validees="50")
    engage(structure, reference="dixieme", heures="500", validees="50")
    engage(structure, reference="plein", heures="40", validees="50")
    MarcheFactory(structure=structure, reference="rien")
    assert references(client, sort="taux") == ["dixieme", "demi", "plein", "rien"]
    assert references(client, sort="-taux") == ["plein", "demi", "dixieme", "rien"]


@pytest.mark.parametrize("colonne", ["marche", "acheteur", "date_notification", "heures_engagees", "heures_realisees"])
def test_chaque_colonne_se_trie_dans_les_deux_sens(client: Client, structure: Structure, colonne: str) -> None:
    engage(structure, reference="A", heures="10", validees="1", date_notification=datetime.date(2024, 1, 1))
    engage(structure, reference="B", heures="20", validees="2", date_notification=datetime.date(2025, 1, 1))
    assert references(client, sort=colonne) == ["A", "B"]
    assert references(client, sort=f"-{colonne}") == ["B", "A"]


def test_un_filtre_inconnu_ou_faux_ne_montre_rien(client: Client, structure: Structure) -> None:
    MarcheFactory(structure=structure, reference="VISIBLE")
    for parametres in ({"stuctre": "1"}, {"statut": "INVENTE"}, {"acheteur": "999999"}):
        reponse = client.get(reverse(URL), parametres)
        assert reponse.status_code == 400
        assert "VISIBLE" not in reponse.content.decode()


def test_la_liste_vide_dit_quoi_faire(client: Client) -> None:
    assert "ouvrez un marché" in client.get(reverse(URL)).content.decode()


def test_les_choix_des_filtres_restent_dans_le_perimetre(client: Client, structure: Structure) -> None:
    ici = MarcheFactory(structure=structure)
    MarcheFactory()
    RattachementFactory()
    formulaire = client.get(reverse(URL)).context["filtre"].form
    assert list(formulaire.fields["acheteur"].queryset) == [ici.acheteur]
    assert formulaire.fields["facilitateur"].queryset.count() == 1


def test_l_export_donne_chaque_cellule_de_ce_qui_est_affiche(client: Client, structure: Structure) -> None:
    marche = engage(
        structure,
        reference="=1+1",
        objet="+Objet",
        heures="300",
        validees="100",
        montant_ht=Decimal("12500.40"),
        acheteur=AcheteurFactory(nom="@Acheteur"),
    )
    engage(structure, reference="écarté", statut=StatutMarche.SOLDE)
    reponse = client.get(reverse(URL), {"statut": "EN_COURS", "export": "xlsx"})
    assert lues(reponse) == [
        [
            "Référence", "Acheteur", "SIRET de l’acheteur", "Objet", "Notification", "Début", "Fin", "Montant HT",
            "Statut", "Heures engagées", "Heures réalisées", "Taux",
        ],
        [
            "=1+1", "@Acheteur", marche.acheteur.siret, "+Objet", datetime.date(2025, 1, 1), datetime.date(2025, 1, 1),
            datetime.date(2026, 12, 31), 12500.4, "En cours", 300, 100, pytest.approx(1 / 3),
        ],
    ]  # fmt: skip


def test_l_export_d_un_marche_sans_engagement_laisse_le_taux_vide(client: Client, structure: Structure) -> None:
    MarcheFactory(structure=structure, montant_ht=None, date_debut=None)
    reponse = client.get(reverse(URL), {"export": "xlsx"})
    _, ligne = lues(reponse)
    assert (ligne[5], ligne[7], ligne[9], ligne[11]) == (None, None, 0, None)


def test_onze_marches_coutent_autant_de_requetes_qu_un(client: Client, structure: Structure) -> None:
    engage(structure, validees="10")
    client.get(reverse(URL))
    with CaptureQueriesContext(
        connection,
    ) as un:
        client.get(reverse(URL))
    for _ in range(10):
        engage(structure, validees="10")
    with CaptureQueriesContext(connection) as onze:
        client.get(reverse(URL))
    assert len(onze) == len(un)


@pytest.mark.parametrize(
    ("role", "retires"),
    [
        (Role.ACHETEUR, {"acheteur", "type", "facilitateur"}),
        (Role.ENTREPRISE, {"acheteur", "type", "facilitateur", "clause"}),
    ],
)
def test_les_filtres_d_un_partenaire_sont_reduits_et_les_autres_refuses(
    structure: Structure, role: Role, retires: set[str]
) -> None:
    engagement = EngagementFactory(clause__lot__marche=MarcheFactory(structure=structure))
    organisation = (
        {"acheteur": engagement.clause.lot.marche.acheteur}
        if role is Role.ACHETEUR
        else {"entreprise": engagement.entreprise}
    )
    partenaire = Client()
    partenaire.force_login(RattachementFactory(structure=structure, role=role, **organisation).utilisateur)
    reponse = partenaire.get(reverse(URL))
    assert not retires & set(reponse.context["filtre"].form.fields)
    assert reponse.context["total"] == 1
    for nom in retires:
        assert partenaire.get(reverse(URL), {nom: "1"}).status_code == 400


def test_l_acheteur_n_a_pas_la_colonne_acheteur(structure: Structure) -> None:
    marche = engage(structure)
    acheteur = Client()
    rattachement = RattachementFactory(structure=structure, role=Role.ACHETEUR, acheteur=marche.acheteur)
    acheteur.force_login(rattachement.utilisateur)
    colonnes = acheteur.get(reverse(URL)).context["table"].columns.names()
    assert "acheteur" not in colonnes
    assert "situation" in colonnes
