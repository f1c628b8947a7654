"""Lots, clauses, groupement, engagements répartis et grand livre, depuis les pages."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from clauses.comptes.models import EcritureJournal, Structure
from entreprises.models import Entreprise
from marches.enums import NatureMouvement, RoleEntreprise
from marches.models import Attribution, Clause, Engagement, Lot, Marche, MouvementEngagement
from tests.factories import (
    AcheteurFactory,
    AttributionFactory,
    ClauseFactory,
    EngagementFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    RattachementFactory,
    StructureFactory,
    siret,
)


@pytest.fixture
def structure() -> Structure:
    return StructureFactory()


@pytest.fixture
def client(client: Client, structure: Structure) -> Client:
    client.force_login(RattachementFactory(structure=structure).utilisateur)
    return client


@pytest.fixture
def marche(structure: Structure) -> Marche:
    return MarcheFactory(structure=structure)


@pytest.fixture
def lot(marche: Marche) -> Lot:
    return LotFactory(marche=marche, numero="1")


@pytest.fixture
def clause(lot: Lot) -> Clause:
    return ClauseFactory(lot=lot)


def test_un_lot_s_ajoute_et_son_numero_ne_se_prend_pas_deux_fois(client: Client, marche: Marche, lot: Lot) -> None:
    adresse = reverse("marches:lot_creer", args=[marche.pk])
    saisie = {"numero": "2", "intitule": "Peinture", "secteur": "BATIMENT", "montant_ht": "12 000"}
    assert client.post(adresse, saisie).status_code == 302
    assert marche.lots.get(numero="2").montant_ht == Decimal(12000)
    refus = client.post(adresse, saisie)
    assert refus.context["form"].errors["numero"] == ["Ce marché a déjà un lot qui porte ce numéro."]
    assert marche.lots.count() == 2


def test_une_clause_se_definit_et_sa_nature_est_unique_dans_le_lot(client: Client, lot: Lot) -> None:
    adresse = reverse("marches:clause_creer", args=[lot.pk])
    saisie = {
        "nature_clause": "COND_EXEC",
        "type_objectif": "HEURES_FIXES",
        "periodicite": "MENSUELLE",
        "coefficient_formation": "1",
        "perimetre": "Tous travaux",
        "publics_admis": "RSA",
        "nomme_facilitateur": "on",
    }
    assert client.post(adresse, saisie).status_code == 302
    clause = lot.clauses.get()
    assert (clause.perimetre, clause.publics_admis, clause.nomme_facilitateur) == ("Tous travaux", "RSA", True)
    refus = client.post(adresse, saisie)
    assert refus.context["form"].errors["nature_clause"] == ["Ce lot porte déjà une clause de cette nature."]


def ajouter(client: Client, lot: Lot, entreprise: Entreprise, role: RoleEntreprise):
    saisie = {"entreprise-entreprise": entreprise.siret, "role-role": role.value}
    return client.post(reverse("marches:attribuer", args=[lot.pk]), saisie)


def test_un_groupement_se_compose_d_affilee(client: Client, lot: Lot) -> None:
    mandataire, cotraitant, sous_traitant = (EntrepriseFactory(siret=siret(n)) for n in (1, 2, 3))
    for entreprise, role in (
        (mandataire, RoleEntreprise.MANDATAIRE),
        (cotraitant, RoleEntreprise.COTRAITANT),
        (sous_traitant, RoleEntreprise.SOUS_TRAITANT),
    ):
        reponse = ajouter(client, lot, entreprise, role)
        assert reponse["Location"] == reverse("marches:attribuer", args=[lot.pk])
    roles = dict(Attribution.objects.filter(lot=lot).values_list("entreprise", "role"))
    assert roles == {mandataire.pk: "MANDATAIRE", cotraitant.pk: "COTRAITANT", sous_traitant.pk: "SOUS_TRAITANT"}
    assert EcritureJournal.objects.filter(action="attribuer le lot").count() == 3


def test_un_lot_n_a_qu_un_mandataire(client: Client, lot: Lot) -> None:
    ajouter(client, lot, EntrepriseFactory(siret=siret(1)), RoleEntreprise.MANDATAIRE)
    refus = ajouter(client, lot, EntrepriseFactory(siret=siret(2)), RoleEntreprise.MANDATAIRE)
    assert "Ce lot a déjà un mandataire." in refus.content.decode()
    assert Attribution.objects.filter(lot=lot).count() == 1


def test_une_entreprise_n_est_pas_attributaire_deux_fois(client: Client, lot: Lot) -> None:
    presente = AttributionFactory(lot=lot, entreprise=EntrepriseFactory(siret=siret(1)))
    refus = ajouter(client, lot, presente.entreprise, RoleEntreprise.COTRAITANT)
    assert "déjà attributaire de ce lot (Titulaire)" in refus.content.decode()
    presente.refresh_from_db()
    assert presente.role == RoleEntreprise.TITULAIRE


def test_une_entreprise_nouvelle_refusee_au_groupement_n_entre_pas_dans_l_annuaire(client: Client, lot: Lot) -> None:
    ajouter(client, lot, EntrepriseFactory(siret=siret(1)), RoleEntreprise.MANDATAIRE)
    saisie = {
        "entreprise-siret": siret(2),
        "entreprise-raison_sociale": "Seconde",
        "entreprise-type_employeur": "ENTREPRISE",
        "role-role": "MANDATAIRE",
    }
    refus = client.post(reverse("marches:attribuer", args=[lot.pk]), saisie)
    assert refus.status_code == 200
    assert list(Entreprise.objects.values_list("siret", flat=True)) == [siret(1)]


def engager(client: Client, clause: Clause, **changes: str):
    saisie = {"engagement-heures": "400", "engagement-date": "2025-01-01", "engagement-role": "COTRAITANT", **changes}
    return client.post(reverse("marches:engager", args=[clause.pk]), saisie)


def test_des_engagements_se_repartissent_entre_cotraitants(client: Client, clause: Clause) -> None:
    un, deux = EntrepriseFactory(siret=siret(1)), EntrepriseFactory(siret=siret(2))
    engager(client, clause, **{"entreprise-entreprise": un.siret})
    engager(client, clause, **{"entreprise-entreprise": deux.siret, "engagement-heures": "7h30"})
    heures = MouvementEngagement.objects.values_list("engagement__entreprise", "heures")
    assert dict(heures) == {un.pk: Decimal(400), deux.pk: Decimal("7.50")}
    assert set(Attribution.objects.values_list("role", flat=True)) == {"COTRAITANT"}


def test_un_engagement_sans_heures_attend_ses_bons_de_commande(client: Client, clause: Clause) -> None:
    entreprise = EntrepriseFactory(siret=siret(1))
    engager(client, clause, **{"entreprise-entreprise": entreprise.siret, "engagement-heures": ""})
    assert Engagement.objects.get().mouvements.count() == 0


@pytest.mark.parametrize("heures", ["0", "-1", "beaucoup"])
def test_des_heures_nulles_ou_illisibles_n_engagent_personne(client: Client, clause: Clause, heures: str) -> None:
    entreprise = EntrepriseFactory(siret=siret(1))
    refus = engager(client, clause, **{"entreprise-entreprise": entreprise.siret, "engagement-heures": heures})
    assert refus.context["etapes"]["engagement"].errors["heures"]
    assert not Engagement.objects.exists()
    assert not Attribution.objects.exists()


def test_une_entreprise_ne_s_engage_pas_deux_fois_sur_un_lot(client: Client, clause: Clause) -> None:
    entreprise = EngagementFactory(clause=clause, entreprise=EntrepriseFactory(siret=siret(1))).entreprise
    refus = engager(client, clause, **{"entreprise-entreprise": entreprise.siret})
    assert "a déjà un engagement sur ce lot" in refus.content.decode()
    assert Engagement.objects.count() == 1


def test_la_fin_d_un_engagement_ne_precede_pas_son_debut(client: Client, clause: Clause) -> None:
    dates = {"engagement-date_debut": "2025-06-01", "engagement-date_fin": "2025-01-01"}
    refus = engager(client, clause, **{"entreprise-entreprise": EntrepriseFactory(siret=siret(1)).siret, **dates})
    assert "La fin de l’engagement précède son début." in refus.content.decode()
    assert not Engagement.objects.exists()


def test_l_attributaire_seul_a_engager_est_propose(client: Client, clause: Clause) -> None:
    mandataire = AttributionFactory(lot=clause.lot, role=RoleEntreprise.MANDATAIRE).entreprise
    page = client.get(reverse("marches:engager", args=[clause.pk])).content.decode()
    assert f'value="{mandataire} – {mandataire.siret}"' in page
    assert 'value="2025-01-01"' in page


def inscrire(client: Client, engagement: Engagement, **saisie: str):
    complete = {"nature": "AVENANT", "heures": "-100", "date": "01/06/2025", "motif": "", "piece": "", **saisie}
    return client.post(reverse("marches:mouvement_creer", args=[engagement.pk]), complete)


@pytest.mark.parametrize(
    ("ecrit", "heures"), [("-80", "-80"), ("− 7h30", "-7.50"), ("+120,50", "120.50"), ("40", "40")]
)
def test_le_signe_d_un_mouvement_se_lit_sous_toutes_ses_formes(
    client: Client, clause: Clause, ecrit: str, heures: str
) -> None:
    engagement = EngagementFactory(clause=clause, heures="500")
    assert inscrire(client, engagement, heures=ecrit).status_code == 302
    assert engagement.mouvements.get(nature=NatureMouvement.AVENANT).heures == Decimal(heures)


def test_un_avenant_s_inscrit_au_grand_livre(client: Client, clause: Clause) -> None:
    engagement = EngagementFactory(clause=clause, heures="500")
    assert inscrire(client, engagement, motif="Baisse du volume", piece="AV-1").status_code == 302
    avenant = engagement.mouvements.get(nature=NatureMouvement.AVENANT)
    assert (avenant.heures, avenant.date, avenant.piece) == (Decimal(-100), datetime.date(2025, 6, 1), "AV-1")


def test_un_avenant_ne_ramene_pas_l_engagement_sous_zero(client: Client, clause: Clause) -> None:
    engagement = EngagementFactory(clause=clause, heures="500")
    refus = inscrire(client, engagement, heures="-500,01")
    assert "rendrait l’engagement négatif" in refus.content.decode()
    assert engagement.mouvements.count() == 1


def test_un_mouvement_nul_est_refuse_sous_les_heures(client: Client, clause: Clause) -> None:
    engagement = EngagementFactory(clause=clause)
    refus = inscrire(client, engagement, heures="0")
    assert "zéro n’en est pas un" in refus.context["form"].errors["heures"][0]
    assert engagement.mouvements.count() == 1


def test_l_engagement_initial_n_est_propose_qu_une_fois(client: Client, clause: Clause) -> None:
    ouvert, vide = EngagementFactory(clause=clause), EngagementFactory(clause=clause, heures=0)

    def natures(engagement: Engagement) -> list[str]:
        page = client.get(reverse("marches:mouvement_creer", args=[engagement.pk]))
        return [code for code, _ in page.context["form"].fields["nature"].choices]

    assert "INITIAL" not in natures(ouvert)
    assert "INITIAL" in natures(vide)
    assert inscrire(client, ouvert, nature="INITIAL", heures="10").context["form"].errors["nature"]


def test_aucune_adresse_ne_modifie_un_mouvement() -> None:
    from marches.urls import urlpatterns

    noms = {motif.name for motif in urlpatterns if getattr(motif, "name", None) and "mouvement" in motif.name}
    assert noms == {"mouvement_creer"}


def test_un_conflit_sur_un_lot_montre_les_deux_valeurs_puis_laisse_choisir(client: Client, lot: Lot) -> None:
    adresse = reverse("marches:lot_modifier", args=[lot.pk])
    client.post(adresse, {"version": 1, "numero": "1", "intitule": "Première plume"})
    conflit = client.post(adresse, {"version": 1, "numero": "1", "intitule": "Seconde plume"})
    page = conflit.content.decode()
    assert "Première plume" in page
    assert "Seconde plume" in page
    lot.refresh_from_db()
    assert lot.intitule == "Première plume"
    assert 'name="version" value="2"' in page
    client.post(adresse, {"version": 2, "numero": "1", "intitule": "Seconde plume"})
    lot.refresh_from_db()
    assert lot.intitule == "Seconde plume"


def test_un_marche_change_d_acheteur_par_l_annuaire(client: Client, marche: Marche) -> None:
    autre = AcheteurFactory(siret=siret(61, "2"))
    saisie = {
        "version": 1,
        "reference": marche.reference,
        "objet": marche.objet,
        "nature": "MARCHE",
        "position_art35": "A_DETERMINER",
    }
    adresse = reverse("marches:modifier", args=[marche.pk])
    assert f'value="{marche.acheteur} – {marche.acheteur.siret}"' in client.get(adresse).content.decode()
    refus = client.post(adresse, {**saisie, "acheteur": "Introuvable"})
    assert "Rien dans l’annuaire" in refus.context["form"].errors["acheteur"][0]
    assert client.post(adresse, {**saisie, "acheteur": f"{autre} – {autre.siret}"}).status_code == 302
    marche.refresh_from_db()
    assert marche.acheteur == autre


def test_un_marche_se_modifie_et_une_derogation_se_motive(client: Client, marche: Marche) -> None:
    adresse = reverse("marches:modifier", args=[marche.pk])
    saisie = {
        "version": 1,
        "acheteur": str(marche.acheteur),
        "reference": marche.reference,
        "objet": "Objet précisé",
        "nature": "MARCHE",
        "date_notification": "2025-01-01",
        "date_debut": "2025-01-01",
        "date_fin": "2026-12-31",
        "position_art35": "DEROGATION_1",
    }
    refus = client.post(adresse, saisie)
    assert refus.context["form"].errors["motif_art35"] == ["Une dérogation à l’article 35 porte son motif."]
    for duree in ("0", "601"):
        refus = client.post(adresse, {**saisie, "duree_mois": duree})
        assert refus.context["form"].errors["duree_mois"] == ["La durée d’un marché va de 1 à 600 mois."]
    assert client.post(adresse, {**saisie, "motif_art35": "Sans lien avec l’objet"}).status_code == 302
    marche.refresh_from_db()
    assert (marche.objet, marche.position_art35, marche.version) == ("Objet précisé", "DEROGATION_1", 2)
