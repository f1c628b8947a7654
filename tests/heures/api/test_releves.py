"""Relevés et lignes en attente par l’API ; une entreprise n’y lit que ses relevés demandés."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from heures.models import LigneEnAttente, LigneHeures, Releve
from tests.factories import ContratTravailFactory, EngagementFactory, LigneHeuresFactory, ReleveFactory
from tests.factories_releves import DemandeReleveFactory, LigneEnAttenteFactory
from tests.heures.api.porte import Porte, fautes, refus


@pytest.fixture
def releve(engagement: Any) -> Any:
    return ReleveFactory(engagement=engagement, statut="RECU", commentaire="Deux personnes", message="Il manque Alix")


def test_un_releve_dit_ce_qu_il_reste_a_valider(porte: Porte, releve: Any, contrat: Any) -> None:
    LigneHeuresFactory(engagement=releve.engagement, contrat=contrat)
    LigneEnAttenteFactory(releve=releve)
    fiche = porte.lire(f"releves/{releve.pk}/").json()
    assert (fiche["mois"], fiche["statut"], fiche["marche"]) == (
        "2025-03", "RECU", releve.engagement.clause.lot.marche_id,
    )  # fmt: skip
    assert (fiche["lignes_a_valider"], fiche["lignes_en_attente"], fiche["heures_a_valider"]) == (1, 1, "35.50")
    assert {"titre": "Ligne à vérifier", "bloque": False} in fiche["anomalies"]
    assert porte.journal() == [("ouvrir un relevé", "", 1)]


def test_la_liste_des_releves_ne_porte_aucun_texte_libre_et_ne_s_inscrit_pas(porte: Porte, releve: Any) -> None:
    (lu,) = porte.lus("releves/")
    assert not {"commentaire", "message"} & set(lu)
    assert porte.journal() == []


def test_un_releve_s_accepte_tel_qu_il_a_ete_lu(porte: Porte, releve: Any, contrat: Any) -> None:
    LigneHeuresFactory(engagement=releve.engagement, contrat=contrat)
    chemin = f"releves/{releve.pk}/"
    vu = porte.lire(chemin).json()["empreinte"]
    assert "vu" in fautes(porte.poster(f"{chemin}accepter/", {"vu": "x"}))
    assert "a changé" in refus(porte.poster(f"{chemin}accepter/", {"vu": "0" * 16}))
    assert LigneHeures.objects.get().statut == "DECLAREE"
    accepte = porte.poster(f"{chemin}accepter/", {"vu": vu})
    assert (accepte.status_code, accepte.json()["statut"]) == (200, "VALIDE")
    assert LigneHeures.objects.get().statut == "VALIDEE"


def test_un_complement_se_demande_puis_se_leve(porte: Porte, releve: Any, contrat: Any) -> None:
    LigneHeuresFactory(engagement=releve.engagement, contrat=contrat)
    chemin = f"releves/{releve.pk}/"
    assert "sécurité sociale" in fautes(porte.poster(f"{chemin}completer/", {"message": "290056204100112"}))["message"]
    lu = porte.poster(f"{chemin}completer/", {"message": "Il manque une personne"}).json()
    assert (lu["statut"], lu["message"]) == ("A_COMPLETER", "Il manque une personne")
    rouvert = porte.poster(f"{chemin}rouvrir/", None).json()
    assert (rouvert["statut"], rouvert["message"]) == ("RECU", "")
    assert "rien à rouvrir" in refus(porte.poster(f"{chemin}rouvrir/", {}))


def test_un_mois_sans_heures_se_note_neant(porte: Porte, engagement: Any, contrat: Any) -> None:
    corps = {"engagement": engagement.pk, "mois": "2025-04"}
    reponse = porte.poster("releves/neant/", corps)
    assert (reponse.status_code, reponse.json()["statut"], reponse.json()["mois"]) == (200, "NEANT", "2025-04")
    LigneHeuresFactory(engagement=engagement, contrat=contrat)
    assert "n’est pas néant" in refus(porte.poster("releves/neant/", corps | {"mois": "2025-03"}))
    autre = corps | {"engagement": EngagementFactory().pk}
    assert "engagement" in fautes(porte.poster("releves/neant/", autre))
    assert Releve.objects.count() == 1


def test_les_releves_se_filtrent(porte: Porte, releve: Any) -> None:
    mai = ReleveFactory(engagement=releve.engagement, mois="2025-05-01", echeance="2025-06-10")
    assert [r["id"] for r in porte.lus("releves/?statut=ATTENDU")] == [mai.pk]
    assert [r["id"] for r in porte.lus("releves/?mois=2025-03")] == [releve.pk]
    assert [r["id"] for r in porte.lus("releves/?mois_depuis=2025-04&mois_jusqu_au=2025-05")] == [mai.pk]
    assert [r["id"] for r in porte.lus("releves/?echu_avant=2025-06-11")] == [mai.pk]
    assert [r["id"] for r in porte.lus(f"releves/?tri=mois&engagement={releve.engagement_id}")] == [releve.pk, mai.pk]


class TestEntreprise:
    @pytest.fixture
    def entreprise(self, en: Any, engagement: Any) -> Porte:
        porte: Porte = en(Role.ENTREPRISE, entreprise=engagement.entreprise)
        return porte

    def test_elle_ne_lit_que_les_siens_et_ceux_qu_on_lui_demande(self, entreprise: Porte, releve: Any) -> None:
        DemandeReleveFactory(releve=releve, revoquee_le=None)
        non_demande = ReleveFactory(engagement=releve.engagement, mois=datetime.date(2025, 4, 1))
        autre = DemandeReleveFactory(
            releve__engagement__clause__lot__marche__structure=releve.structure,
        ).releve
        assert [r["id"] for r in entreprise.lus("releves/")] == [releve.pk]
        assert entreprise.lire(f"releves/{non_demande.pk}/").status_code == 404
        assert entreprise.lire(f"releves/{autre.pk}/").status_code == 404

    def test_deux_demandes_ne_font_pas_deux_releves(self, entreprise: Porte, releve: Any) -> None:
        ancienne = DemandeReleveFactory(releve=releve)
        ancienne.revoquee_le, ancienne.revoquee_par = datetime.datetime.now(tz=datetime.UTC), ancienne.demandee_par
        ancienne.save()
        DemandeReleveFactory(releve=releve)
        assert [r["id"] for r in entreprise.lus("releves/")] == [releve.pk]
        assert entreprise.lire(f"releves/{releve.pk}/").status_code == 200

    def test_elle_ne_lit_ni_anomalie_ni_relance(self, entreprise: Porte, releve: Any) -> None:
        DemandeReleveFactory(releve=releve)
        fiche = entreprise.lire(f"releves/{releve.pk}/").json()
        assert set(fiche) == {
            "id", "engagement", "marche", "entreprise_siret", "entreprise_nom", "mois", "statut", "echeance",
            "message", "version",
        }  # fmt: skip
        assert "empreinte" in fautes(entreprise.lire(f"releves/{releve.pk}/?champs=empreinte"))["champs"]

    @pytest.mark.parametrize(
        ("statut", "message"), [("RECU", ""), ("A_COMPLETER", "Il manque Alix"), ("REFUSE", "Il manque Alix")]
    )
    def test_elle_lit_le_message_tant_qu_on_attend_sa_reponse(
        self, entreprise: Porte, releve: Any, statut: str, message: str
    ) -> None:
        DemandeReleveFactory(releve=releve)
        Releve.objects.filter(pk=releve.pk).update(statut=statut)
        assert entreprise.lire(f"releves/{releve.pk}/").json()["message"] == message

    def test_elle_ne_fait_aucun_geste(self, entreprise: Porte, releve: Any) -> None:
        DemandeReleveFactory(releve=releve)
        for geste in ("accepter", "completer", "rouvrir"):
            assert entreprise.poster(f"releves/{releve.pk}/{geste}/", {}).status_code == 403
        assert entreprise.poster("releves/neant/", {}).status_code == 403


def test_un_acheteur_ne_lit_aucun_releve(en: Any, releve: Any) -> None:
    acheteur = en(Role.ACHETEUR, acheteur=releve.engagement.clause.lot.marche.acheteur)
    assert acheteur.lire("releves/").status_code == 403


class TestAttentes:
    @pytest.fixture
    def attente(self, releve: Any, contrat: Any) -> Any:
        return LigneEnAttenteFactory(releve=releve)

    def test_elle_nomme_la_personne_recue_et_se_journalise(self, porte: Porte, attente: Any) -> None:
        fiche = porte.lire(f"lignes-en-attente/{attente.pk}/").json()
        assert (fiche["nom"], fiche["heures"], fiche["statut"]) == ("Nomfictif", "35.00", "EN_ATTENTE")
        assert [a["id"] for a in porte.lus("lignes-en-attente/?statut=EN_ATTENTE&mois=2025-03")] == [attente.pk]
        assert porte.journal() == [("ouvrir une ligne en attente", "", 1), ("lister les lignes en attente", "", 1)]

    def test_elle_se_reprend_sur_un_contrat(self, porte: Porte, attente: Any, contrat: Any) -> None:
        chemin = f"lignes-en-attente/{attente.pk}/reprendre/"
        assert "rattachée à aucun contrat" in refus(porte.poster(chemin, {}))
        assert "contrat" in fautes(porte.poster(chemin, {"contrat": ContratTravailFactory().pk}))
        reponse = porte.poster(chemin, {"contrat": contrat.pk})
        assert (reponse.status_code, reponse.json()["contrat"]) == (200, contrat.pk)
        assert (reponse.json()["heures"], reponse.json()["origine"]) == ("35.00", "ENTREPRISE")
        attente.refresh_from_db()
        assert attente.statut == "REPRISE"
        assert "déjà été traitée" in refus(porte.poster(chemin, {"contrat": contrat.pk}))

    def test_elle_ne_remplace_des_heures_que_si_on_le_dit(self, porte: Porte, attente: Any, contrat: Any) -> None:
        LigneHeuresFactory(engagement=attente.releve.engagement, contrat=contrat)
        chemin = f"lignes-en-attente/{attente.pk}/reprendre/"
        assert "remplacer" in refus(porte.poster(chemin, {"contrat": contrat.pk}))
        assert porte.poster(chemin, {"contrat": contrat.pk, "remplacer": True}).json()["heures"] == "35.00"

    def test_elle_se_refuse_avec_un_motif(self, porte: Porte, attente: Any) -> None:
        chemin = f"lignes-en-attente/{attente.pk}/refuser/"
        assert "motif" in fautes(porte.poster(chemin, {"motif": "x" * 401}))
        refusee = porte.poster(chemin, {"motif": "Inconnue"}).json()
        assert (refusee["statut"], refusee["motif"]) == ("REFUSEE", "Inconnue")
        assert "Inconnue" in Releve.objects.get().message

    def test_un_lecteur_la_lit_sans_la_traiter(self, en: Any, attente: Any) -> None:
        lecteur = en(Role.LECTEUR)
        assert len(lecteur.lus("lignes-en-attente/")) == 1
        assert lecteur.poster(f"lignes-en-attente/{attente.pk}/refuser/", {"motif": "x"}).status_code == 403
        assert LigneEnAttente.objects.get().statut == "EN_ATTENTE"
