"""Avancement de tous les engagements, grand livre, engagement modifié et article 35, depuis les pages."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.territoires.models import Epci
from marches.enums import NatureMouvement
from marches.models import Engagement, Marche, MouvementEngagement
from tests.factories import (
    AcheteurFactory,
    EngagementFactory,
    LigneHeuresFactory,
    MarcheFactory,
    MouvementEngagementFactory,
    RattachementFactory,
    StructureFactory,
)
from tests.factories_conformite import ReglePenaliteFactory

D = Decimal
AVANCEMENT, AU = "marches:avancement", "2025-06-30"


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def client(client: Client, structure) -> Client:
    client.force_login(RattachementFactory(structure=structure).utilisateur)
    return client


def engager(structure, *, heures: str = "500", faites: str = "", **marche) -> Engagement:
    engagement: Engagement = EngagementFactory(
        clause__lot__marche=MarcheFactory(structure=structure, **marche), heures=heures
    )
    if faites:
        LigneHeuresFactory(engagement=engagement, heures=D(faites), validee=True)
    return engagement


def montres(client: Client, **filtre: object) -> set[str]:
    reponse = client.get(reverse(AVANCEMENT), {"au": AU, **filtre})
    assert reponse.status_code == 200
    return {ligne.record.clause.lot.marche.reference for ligne in reponse.context["table"].rows}


def test_les_filtres_se_croisent(client, structure):
    facilitateur = RattachementFactory(structure=structure).utilisateur
    acheteur, osartis = AcheteurFactory(), Epci.objects.get(siren="200044048")
    commune = osartis.communes.order_by("pk").first()
    engager(structure, reference="A", acheteur=acheteur, facilitateur=facilitateur, faites="480")
    engager(structure, reference="B", commune_execution_insee=commune.pk, statut="SOLDE")
    engager(structure, reference="C", commune_execution_insee="62041")
    assert montres(client) == {"A", "B", "C"}
    assert montres(client, acheteur=acheteur.pk) == {"A"}
    assert montres(client, facilitateur=facilitateur.pk) == {"A"}
    assert montres(client, situation="EN_AVANCE") == {"A"}
    assert montres(client, situation="EN_RETARD") == {"B", "C"}
    assert montres(client, epci=osartis.pk) == {"B"}
    assert montres(client, marches="OUVERTS") == {"A", "C"}
    assert montres(client, q="Acheteur", epci=osartis.pk) == {"B"}


def test_un_filtre_inconnu_ne_montre_rien(client, structure):
    engager(structure)
    reponse = client.get(reverse(AVANCEMENT), {"au": AU, "inconnu": "1"})
    assert reponse.status_code == 400
    assert reponse.context["table"].paginator.count == 0


@pytest.mark.parametrize("tri", ["engagement", "-taux", "heures_engagees", "attendues", "-projection", "par_mois"])
def test_la_liste_se_trie(client, structure, tri):
    engager(structure, reference="A", faites="100")
    engager(structure, reference="B", heures="0")
    assert client.get(reverse(AVANCEMENT), {"au": AU, "sort": tri}).status_code == 200


def test_l_acheteur_n_a_ni_filtre_acheteur_ni_les_engagements_des_autres(structure):
    mien = engager(structure, reference="MIEN")
    engager(structure, reference="AUTRE")
    client = Client()
    client.force_login(
        RattachementFactory(
            structure=structure, role=Role.ACHETEUR, acheteur=mien.clause.lot.marche.acheteur
        ).utilisateur
    )
    assert montres(client) == {"MIEN"}
    assert "acheteur" not in client.get(reverse(AVANCEMENT)).context["filtre"].form.fields


@pytest.mark.parametrize("export", ["", "xlsx"])
def test_un_engagement_coute_autant_de_requetes_que_onze(client, structure, export):
    def charger(nombre: int) -> None:
        for _ in range(nombre):
            engagement = engager(structure, faites="30")
            ReglePenaliteFactory(clause=engagement.clause)

    def lire() -> int:
        with CaptureQueriesContext(connection) as requetes:
            reponse = client.get(reverse(AVANCEMENT), {"au": AU} | ({"export": export} if export else {}))
            if export:
                b"".join(reponse)
        return len(requetes)

    charger(1)
    lire()
    un = lire()
    charger(10)
    assert lire() == un


def test_le_grand_livre_s_exporte_avec_son_total_courant(client, structure):
    engagement = engager(structure)
    MouvementEngagementFactory(
        engagement=engagement, nature=NatureMouvement.AVENANT, heures=D("-80.50"), date="2025-09-01", motif="=Avenant"
    )
    adresse = reverse("marches:grand_livre_export", args=[engagement.pk])
    titres, *lignes = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(adresse)))).active.values
    assert [dict(zip(titres, ligne, strict=True))["Total engagé"] for ligne in lignes] == [500, 419.5]
    assert lignes[1][1:5] == ("Avenant", -80.5, 419.5, "=Avenant")
    assert titres[-1] == "Inscrit par"


def test_l_acheteur_exporte_le_grand_livre_sans_les_agents(structure):
    engagement = engager(structure)
    client = Client()
    acheteur = engagement.clause.lot.marche.acheteur
    client.force_login(RattachementFactory(structure=structure, role=Role.ACHETEUR, acheteur=acheteur).utilisateur)
    reponse = client.get(reverse("marches:grand_livre_export", args=[engagement.pk]))
    titres = next(iter(openpyxl.load_workbook(io.BytesIO(b"".join(reponse))).active.values))
    assert "Inscrit par" not in titres


@pytest.mark.parametrize(
    ("nature", "heures", "motif", "champ", "phrase"),
    [
        ("SUPPRESSION", "80", "Accord", "heures", "avec le signe −"),
        ("SUSPENSION", "80", "Accord", "heures", "avec le signe −"),
        ("TRANCHE_AFFERMIE", "-80", "", "heures", "ajoute des heures"),
        ("MARCHE_SUBSEQUENT", "-80", "", "heures", "ajoute des heures"),
        ("RECONDUCTION", "-80", "", "heures", "ajoute des heures"),
        ("ADAPTATION", "-80", "", "motif", "dire pourquoi"),
        ("SUPPRESSION", "-80", "", "motif", "dire pourquoi"),
    ],
)
def test_chaque_nature_a_son_sens_et_son_motif(client, structure, nature, heures, motif, champ, phrase):
    engagement = engager(structure)
    saisie = {"nature": nature, "heures": heures, "date": "01/10/2025", "motif": motif}
    reponse = client.post(reverse("marches:mouvement_creer", args=[engagement.pk]), saisie)
    assert phrase in reponse.context["form"].errors[champ][0]
    assert MouvementEngagement.objects.count() == 1


@pytest.mark.parametrize("nature", [n for n in NatureMouvement.values if n != "INITIAL"])
def test_toute_nature_de_mouvement_s_inscrit(client, structure, nature):
    engagement = engager(structure)
    heures = "-80" if nature in {"SUSPENSION", "SUPPRESSION"} else "80"
    saisie = {"nature": nature, "heures": heures, "date": "01/10/2025", "motif": "Décision du 01/10", "piece": "P-1"}
    reponse = client.post(reverse("marches:mouvement_creer", args=[engagement.pk]), saisie, follow=True)
    assert NatureMouvement(nature).label in reponse.content.decode()
    assert MouvementEngagement.objects.get(nature=nature).heures == D(heures)


def test_les_dates_d_un_engagement_changent_sans_laisser_d_heures_dehors(client, structure):
    engagement = engager(structure, faites="30")  # en mars 2025
    adresse = reverse("marches:engagement_modifier", args=[engagement.pk])
    tard = client.post(adresse, {"version": "1", "date_debut": "2025-04-01"})
    assert "mars 2025, avant ce début" in tard.content.decode()
    tot = client.post(adresse, {"version": "1", "date_fin": "2025-02-28"})
    assert "mars 2025, après cette fin" in tot.content.decode()
    assert Engagement.objects.get(pk=engagement.pk).date_fin is None
    assert client.post(adresse, {"version": "1", "date_fin": "2025-03-31"}).status_code == 302
    assert Engagement.objects.get(pk=engagement.pk).date_fin == datetime.date(2025, 3, 31)


def test_la_page_d_un_engagement_nomme_ce_qui_manque_a_la_clause(client, structure):
    engagement = engager(structure)
    page = client.get(reverse("marches:engagement", args=[engagement.pk])).content.decode()
    assert "Clause à compléter : le périmètre, le facilitateur, les publics admis" in page


def test_les_marches_se_filtrent_par_position_article_35(client, structure):
    for rang, (position, motif) in enumerate(
        [("NON_CONCERNE", ""), ("DEROGATION_1", "Catalogue"), ("DEROGATION_4", "Quatre mois")]
    ):
        MarcheFactory(structure=structure, reference=f"R{rang}", position_art35=position, motif_art35=motif)

    def references(position: str) -> set[str]:
        lignes = client.get(reverse("marches:liste"), {"art35": position}).context["table"].rows
        return {ligne.record.reference for ligne in lignes}

    assert references("DEROGATIONS") == {"R1", "R2"}
    assert references("DEROGATION_4") == {"R2"}
    assert references("NON_CONCERNE") == {"R0"}


@pytest.mark.parametrize("position", [f"DEROGATION_{rang}" for rang in range(1, 5)])
def test_une_derogation_sans_motif_est_refusee(client, structure, position):
    marche = MarcheFactory(structure=structure)
    adresse = reverse("marches:modifier", args=[marche.pk])
    form = client.get(adresse).context["form"]
    saisie = {champ.name: champ.value() or "" for champ in form if champ.name not in form.errors}
    saisie |= {"acheteur": marche.acheteur.siret, "position_art35": position, "motif_art35": "  "}
    refus = client.post(adresse, saisie)
    assert refus.context["form"].errors["motif_art35"] == ["Une dérogation à l’article 35 porte son motif."]
    assert client.post(adresse, saisie | {"motif_art35": "Fourniture sur étagère"}).status_code == 302
    assert Marche.objects.get(pk=marche.pk).position_art35 == position
