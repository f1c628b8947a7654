"""Une nouvelle embauche, et pas un salarié déjà présent (domaine.md §3.5)."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse

from heures import embauches
from heures.calculs import Emploi, avertissements_d_embauche
from heures.models import ContratTravail
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    EntrepriseFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    RattachementFactory,
)

JOUR = datetime.date
NEUF = Emploi(1, JOUR(2025, 3, 1), None, est_continu=False)


def avant(**champs):
    return Emploi(**{"employeur_id": 1, "debut": JOUR(2024, 1, 1), "fin": None, "est_continu": False, **champs})


def phrases(emploi=NEUF, autres=(), constats=(), notification=None):
    return avertissements_d_embauche(emploi, autres=autres, constats=constats, notification=notification)


@pytest.mark.parametrize("fin", [None, JOUR(2025, 2, 28), JOUR(2025, 6, 1)])
def test_un_salarie_present_la_veille_n_est_pas_une_nouvelle_embauche(fin):
    (phrase,) = phrases(autres=[avant(fin=fin)])
    assert phrase == (
        "Cette personne était déjà salariée de cet employeur le 28/02/2025 : ce n’est pas une nouvelle embauche. "
        "Si c’est le même contrat qui continue, prolonger sa date de fin."
    )


@pytest.mark.parametrize(
    "champs",
    [
        {"fin": JOUR(2025, 2, 27)},
        {"debut": JOUR(2025, 3, 1)},
        {"employeur_id": 2},
        {"est_continu": True},
    ],
)
def test_un_autre_employeur_un_trou_ou_des_missions_n_avertissent_pas(champs):
    assert phrases(autres=[avant(**champs)]) == []


def test_une_mission_chez_un_ancien_employeur_de_missions_n_avertit_pas():
    mission = Emploi(1, JOUR(2025, 3, 1), None, est_continu=True)
    assert phrases(mission, autres=[avant()]) == []


def test_un_seul_constat_avant_l_embauche_suffit():
    tardif, ancien = JOUR(2025, 3, 2), JOUR(2025, 3, 1)
    assert phrases(constats=[tardif]) == ["Éligibilité constatée le 02/03/2025, après l’embauche."]
    assert phrases(constats=[tardif, ancien]) == []


def test_une_embauche_avant_la_notification_avertit():
    assert phrases(notification=JOUR(2025, 3, 2)) == ["Embauche avant la notification du marché, le 02/03/2025."]
    assert phrases(notification=JOUR(2025, 3, 1)) == []


@pytest.mark.parametrize(
    ("champs", "continu"),
    [
        ({}, False),
        ({"type_contrat": "INTERIM"}, True),
        ({"type_contrat": "CDDU"}, True),
        ({"employeur__type_employeur": "ACI", "type_contrat": "CDDI"}, True),
        ({"employeur__type_employeur": "EI", "type_contrat": "CDDI"}, False),
    ],
)
def test_missions_et_chantiers_d_insertion_font_un_seul_contrat(champs, continu):
    assert embauches.emploi(ContratTravailFactory(**champs)).est_continu is continu


@pytest.mark.usefixtures("mi_decembre_2025")
class TestALEcran:
    @pytest.fixture(autouse=True)
    def monde(self, client):
        self.agent = RattachementFactory()
        client.force_login(self.agent.utilisateur)
        self.client = client
        self.personne = ParticipantFactory(structure=self.agent.structure)
        self.employeur = EntrepriseFactory()
        EntreeClauseFactory(participant=self.personne, date_constat=JOUR(2025, 5, 2))

    def saisie(self, **champs):
        return {
            "employeur": f"{self.employeur} – {self.employeur.siret}", "type_contrat": "CDD",
            "modalite": "EMBAUCHE_DIRECTE", "date_debut": "2025-05-01", "nombre_missions": "1", **champs,
        }  # fmt: skip

    def creer(self, suite="", **champs):
        url = reverse("heures:contrat_creer", args=[self.personne.pk]) + suite
        return [str(m) for m in self.client.post(url, self.saisie(**champs), follow=True).context["messages"]]

    def test_a_la_creation_les_doutes_se_disent_sans_interdire(self):
        ContratTravailFactory(participant=self.personne, employeur=self.employeur)
        dits = self.creer()
        assert [phrase[:30] for phrase in dits[1:]] == [
            "Cette personne était déjà sala", "Éligibilité constatée le 02/05",
        ]  # fmt: skip
        assert ContratTravail.objects.count() == 2

    def test_venue_de_la_grille_l_embauche_se_compare_au_marche(self):
        engagement = EngagementFactory(
            entreprise=self.employeur,
            clause__lot__marche__structure=self.agent.structure,
            clause__lot__marche__date_notification=JOUR(2025, 6, 1),
        )
        assert "Embauche avant la notification du marché, le 01/06/2025." in self.creer(f"?engagement={engagement.pk}")

    def test_a_la_modification_aussi(self):
        contrat = ContratTravailFactory(
            participant=self.personne, employeur=self.employeur, date_debut=JOUR(2025, 5, 10)
        )
        url = reverse("heures:contrat_modifier", args=[contrat.pk])
        page = self.client.post(url, self.saisie(version="1"), follow=True)
        assert "Éligibilité constatée le 02/05/2025, après l’embauche." in [str(m) for m in page.context["messages"]]

    def test_la_fiche_les_montre_sous_le_contrat(self):
        contrat = ContratTravailFactory(participant=self.personne, date_debut=JOUR(2025, 5, 10))
        engagement = EngagementFactory(
            clause__lot__marche__structure=self.agent.structure,
            clause__lot__marche__date_notification=JOUR(2025, 6, 1),
        )
        LigneHeuresFactory(contrat=contrat, engagement=engagement, mois=JOUR(2025, 6, 1))
        page = self.client.get(self.personne.get_absolute_url())
        assert [c.doutes for c in page.context["contrats"]] == [
            ["Embauche avant la notification du marché, le 01/06/2025."]
        ]
        assert "À vérifier" in page.content.decode()
