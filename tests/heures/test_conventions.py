"""Les conventions de globalisation : enregistrer, modifier sans découvrir des heures, refuser en disant quoi faire."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible
from heures import actions
from heures.models import ConventionGlobalisation
from tests.factories import (
    AcheteurFactory,
    ContratTravailFactory,
    EngagementFactory,
    EntrepriseFactory,
    ParticipantFactory,
    RattachementFactory,
)
from tests.factories_releves import ConventionGlobalisationFactory

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
JOUR = datetime.date
LISTE = "/heures/conventions/"
MARS, JUIN = JOUR(2025, 3, 1), JOUR(2025, 6, 1)


class Monde:
    """Une entreprise engagée sur trois marchés de trois acheteurs."""

    def __init__(self, client) -> None:
        self.client = client
        self.agent = RattachementFactory()
        self.par = self.agent.acteur()
        client.force_login(self.agent.utilisateur)
        self.entreprise = EntrepriseFactory(raison_sociale="Bâti fictif")
        self.engagements = [self.engager(f"M-{rang}") for rang in (1, 2, 3)]
        self.acheteurs = [e.clause.lot.marche.acheteur for e in self.engagements]

    def engager(self, reference: str, **champs):
        return EngagementFactory(
            entreprise=champs.pop("entreprise", self.entreprise),
            clause__lot__marche__structure=self.agent.structure,
            clause__lot__marche__reference=reference,
            **champs,
        )

    def enregistrer(self, **champs):
        valeurs = {
            "entreprise": self.entreprise, "reference": "CG-1", "date_debut": JOUR(2025, 1, 1),
            "date_fin": JOUR(2025, 12, 31), "engagements": self.engagements[:2], "signataires": self.acheteurs[:2],
            "par": self.par, **champs,
        }  # fmt: skip
        return actions.creer_convention(**valeurs)

    def modifier(self, convention, **champs):
        valeurs = {
            "version": convention.version, "reference": convention.reference, "date_debut": convention.date_debut,
            "date_fin": convention.date_fin, "engagements": self.engagements[:2], "signataires": self.acheteurs[:2],
            "par": self.par, **champs,
        }  # fmt: skip
        return actions.modifier_convention(convention, **valeurs)

    def noter(self, mois=JUIN, **contrat):
        """Un contrat né sur M-1, dont des heures de ce mois vont sur M-2, par convention."""
        personne = ParticipantFactory(structure=self.agent.structure)
        embauche = ContratTravailFactory(participant=personne, employeur=self.entreprise, **contrat)
        for engagement, quand, heures in ((self.engagements[0], MARS, "10.00"), (self.engagements[1], mois, "35.50")):
            actions.declarer(contrat=embauche, engagement=engagement, mois=quand, heures=Decimal(heures), par=self.par)

    def saisie(self, **champs):
        return {
            "reference": "CG-1", "date_debut": "2025-01-01", "date_fin": "2025-12-31",
            "engagements": [e.pk for e in self.engagements[:2]], "signataires": [a.pk for a in self.acheteurs[:2]],
            **champs,
        }  # fmt: skip

    def url_creer(self) -> str:
        return f"{reverse('heures:convention_creer')}?entreprise={self.entreprise.siret}"


@pytest.fixture
def monde(client) -> Monde:
    return Monde(client)


def test_la_convention_enregistree_permet_les_heures_sur_l_autre_marche(monde):
    with pytest.raises(ActionImpossible, match="enregistrer une convention de globalisation"):
        monde.noter()
    convention = monde.enregistrer()
    monde.noter()
    assert set(convention.engagements.all()) == set(monde.engagements[:2])
    assert convention.enregistree_par_id == monde.par.utilisateur_id


def test_le_journal_dit_ce_qu_elle_relie(monde):
    monde.enregistrer()
    ecriture = EcritureJournal.objects.get(action="nommer engagements et signataires")
    assert ecriture.apres == {
        "engagements": sorted(e.pk for e in monde.engagements[:2]),
        "signataires": sorted(a.pk for a in monde.acheteurs[:2]),
    }


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        (lambda m: {"engagements": m.engagements[:1], "signataires": m.acheteurs[:1]}, "au moins deux engagements"),
        (lambda m: {"signataires": []}, "au moins un acheteur signataire"),
        (lambda m: {"signataires": m.acheteurs}, "n’achète aucun des engagements choisis"),
        (
            lambda m: {"engagements": [m.engagements[0], m.engager("M-9", entreprise=EntrepriseFactory())]},
            "que des engagements de son entreprise",
        ),
        (
            lambda m: {"engagements": [m.engagements[0], EngagementFactory(entreprise=m.entreprise)]},
            "que des engagements de son entreprise",
        ),
    ],
)
def test_une_convention_bancale_est_refusee(monde, champs, phrase):
    with pytest.raises(ActionImpossible, match=phrase):
        monde.enregistrer(**champs(monde))
    assert not ConventionGlobalisation.objects.exists()


@pytest.mark.parametrize(
    "champs",
    [
        lambda m: {"date_fin": JOUR(2025, 5, 31)},
        lambda m: {"date_debut": JOUR(2025, 7, 1)},
        lambda m: {"engagements": m.engagements[1:], "signataires": m.acheteurs[1:]},
        lambda m: {"engagements": m.engagements[::2], "signataires": m.acheteurs[::2]},
        lambda m: {"signataires": m.acheteurs[:1]},
    ],
)
def test_une_modification_qui_decouvre_des_heures_est_refusee_en_les_citant(monde, champs):
    convention = monde.enregistrer()
    monde.noter()
    with pytest.raises(
        ActionImpossible, match=r"n’auraient plus de convention : 35,50 h de juin 2025 au marché M-2\."
    ):
        monde.modifier(convention, **champs(monde))
    convention.refresh_from_db()
    assert (convention.version, set(convention.engagements.all())) == (1, set(monde.engagements[:2]))


def test_elle_est_permise_si_une_autre_convention_couvre_ces_heures(monde):
    convention = monde.enregistrer()
    monde.noter()
    monde.enregistrer(reference="CG-2", date_debut=JOUR(2025, 6, 1), date_fin=JOUR(2025, 6, 30))
    assert monde.modifier(convention, date_fin=JOUR(2025, 2, 28)).date_fin == JOUR(2025, 2, 28)


def test_elle_est_permise_quand_les_heures_n_avaient_pas_besoin_de_convention(monde):
    convention = monde.enregistrer()
    monde.noter(type_contrat="INTERIM")
    assert monde.modifier(convention, date_fin=JOUR(2025, 2, 28)).version == 2


def test_ajouter_un_engagement_change_la_version(monde):
    convention = monde.enregistrer()
    changee = monde.modifier(convention, engagements=monde.engagements, signataires=monde.acheteurs)
    assert (changee.version, changee.engagements.count()) == (2, 3)
    assert monde.modifier(changee, engagements=monde.engagements, signataires=monde.acheteurs).version == 2


def test_les_exemples_sont_trois_et_le_reste_se_compte(monde):
    convention = monde.enregistrer()
    for mois in range(4, 9):
        monde.noter(mois=JOUR(2025, mois, 1))
    with pytest.raises(ActionImpossible, match="juin 2025 au marché M-2, et 2 autres"):
        monde.modifier(convention, date_fin=JOUR(2025, 1, 31))


def test_l_ecran_choisit_l_entreprise_puis_propose_engagements_et_signataires(monde):
    monde.engager("M-AUTRE", entreprise=EntrepriseFactory())
    choix = monde.client.get(reverse("heures:convention_creer")).content.decode()
    assert "D’abord l’entreprise" in choix
    page = monde.client.get(monde.url_creer())
    texte = page.content.decode()
    assert all(f"M-{rang} lot" in texte for rang in (1, 2, 3))
    assert "M-AUTRE" not in texte
    assert all(str(acheteur) in texte for acheteur in monde.acheteurs)
    assert "checked" not in texte
    assert monde.client.post(monde.url_creer(), monde.saisie()).url == LISTE
    liste = monde.client.get(LISTE).content.decode()
    assert all(attendu in liste for attendu in ("CG-1", "Bâti fictif", "M-1 lot", "M-2 lot", "En cours"))
    assert "M-3" not in liste


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"reference": ""}, "obligatoire"),
        ({"date_fin": "2024-12-31"}, "La fin de la convention précède son début."),
        ({"engagements": []}, "obligatoire"),
        ({"engagements": ["abc"]}, "valeur"),
        ({"signataires": []}, "obligatoire"),
    ],
)
def test_une_saisie_fausse_se_dit_a_l_ecran(monde, champs, phrase):
    page = monde.client.post(monde.url_creer(), monde.saisie(**champs))
    assert page.status_code == 200
    assert phrase in page.content.decode()
    assert not ConventionGlobalisation.objects.exists()


def test_une_reference_deja_prise_se_dit_a_l_ecran(monde):
    monde.enregistrer()
    page = monde.client.post(monde.url_creer(), monde.saisie()).content.decode()
    assert "déjà une convention de cette référence" in page


def test_une_entreprise_a_un_seul_engagement_le_dit(monde):
    seule = EntrepriseFactory()
    monde.engager("M-SEUL", entreprise=seule)
    page = monde.client.get(reverse("heures:convention_creer"), {"entreprise": seule.siret}).content.decode()
    assert "cette entreprise en a 1" in page


def test_un_acheteur_non_signataire_avertit(monde):
    page = monde.client.post(monde.url_creer(), monde.saisie(signataires=[monde.acheteurs[0].pk]), follow=True)
    assert f"Sans la signature de {monde.acheteurs[1]}" in " ".join(str(m) for m in page.context["messages"])


def test_modifier_a_l_ecran_et_le_refus_y_reste(monde):
    convention = monde.enregistrer()
    monde.noter()
    url = reverse("heures:convention_modifier", args=[convention.pk])
    assert monde.client.get(url).content.decode().count("checked") == 4
    refusee = monde.client.post(url, monde.saisie(version=1, date_fin="2025-03-31"))
    assert "n’auraient plus de convention" in refusee.content.decode()
    assert monde.client.post(url, monde.saisie(version=1, reference="CG-bis")).url == LISTE
    perimee = monde.client.post(url, monde.saisie(version=1, reference="CG-ter")).content.decode()
    assert "modifiée par quelqu’un d’autre" in perimee
    convention.refresh_from_db()
    assert convention.reference == "CG-bis"


def test_la_liste_coute_autant_de_requetes_a_1_qu_a_11_conventions(monde):
    monde.enregistrer()
    with CaptureQueriesContext(connection) as une:
        monde.client.get(LISTE)
    for rang in range(10):
        monde.enregistrer(reference=f"CG-{rang + 2}")
    with CaptureQueriesContext(connection) as onze:
        assert len(monde.client.get(LISTE).context["conventions"]) == 11
    assert len(onze) == len(une)


def test_la_liste_vide_dit_quand_il_en_faut_une(monde):
    ConventionGlobalisationFactory()
    assert "Aucune convention. Il en faut une quand" in monde.client.get(LISTE).content.decode()


def test_un_lecteur_lit_la_liste_sans_rien_modifier(monde):
    convention = monde.enregistrer(signataires=[monde.acheteurs[0]])
    monde.client.force_login(RattachementFactory(structure=monde.agent.structure, role=Role.LECTEUR).utilisateur)
    page = monde.client.get(LISTE).content.decode()
    assert "CG-1" in page
    assert "Modifier" not in page
    assert monde.client.get(monde.url_creer()).status_code == 403
    url = reverse("heures:convention_modifier", args=[convention.pk])
    assert monde.client.post(url, monde.saisie(version=1)).status_code == 403


def test_un_acheteur_etranger_au_formulaire_est_refuse(monde):
    page = monde.client.post(monde.url_creer(), monde.saisie(signataires=[AcheteurFactory().pk]))
    assert page.status_code == 200
    assert not ConventionGlobalisation.objects.exists()
