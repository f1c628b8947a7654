"""Le lien de dépôt : il ouvre son relevé et rien d’autre ; tout lien qui n’ouvre rien donne la même page."""

from __future__ import annotations

import datetime
import logging
from decimal import Decimal

import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.models import EcritureJournal
from clauses.socle.traces import SansLien
from heures import actions
from heures.enums import OrigineLigne, StatutAttente
from heures.liens import jeton
from heures.models import LigneEnAttente, LigneHeures, Prolongation
from tests.factories import (
    CritereEntreeFactory,
    EngagementFactory,
    LigneHeuresFactory,
    RattachementFactory,
    UtilisateurFactory,
)
from tests.factories_releves import LigneEnAttenteFactory
from tests.heures.depots import NOVEMBRE, Banc, creer_banc
from tests.test_perimetre import MODELES, aplatir

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
OUVERTS_PAR_UN_LIEN = {
    "Utilisateur", "Structure", "Entreprise", "Marche", "Lot", "Attribution", "Clause", "Engagement",
    "MouvementEngagement", "Releve", "DemandeReleve", "LigneEnAttente", "Participant", "ContratTravail", "LigneHeures",
}  # fmt: skip


@pytest.fixture(autouse=True)
def debit_neuf() -> None:
    cache.clear()


@pytest.fixture
def banc() -> Banc:
    return creer_banc()


def page(adresse: str) -> tuple[int, bytes]:
    reponse = Client().get(adresse)
    return reponse.status_code, reponse.content


def test_le_lien_montre_les_personnes_de_l_engagement_et_leur_eligibilite(banc):
    banc.contrat("Durand")
    contenu = Client().get(banc.adresse).content.decode()
    assert "DURAND Zoé" in contenu
    assert "CDD depuis le 01/01/2025" in contenu
    assert "Éligible jusqu’au 01/01/2027" in contenu
    assert "10 décembre 2025" in contenu


def test_la_page_ne_montre_aucun_critere_ni_aucune_autre_personne(banc):
    """Canaris : critères, prescripteur, motifs, naissance, autres engagements, import du facilitateur."""
    contrat = banc.contrat("Durand")
    participant = contrat.participant
    participant.entrees.update(motif="CANARI", prescripteur="CANARI", brsa="OUI")
    participant.date_naissance = datetime.date(1971, 7, 17)
    participant.save()
    CritereEntreeFactory(entree=participant.entrees.get(), critere="BOETH")
    Prolongation.objects.create(
        structure=banc.engagement.structure, participant=participant, jusqu_au="2027-12-31", motif="CANARI",
        accordee_par=UtilisateurFactory(),
    )  # fmt: skip
    LigneHeuresFactory(engagement=banc.engagement, contrat=contrat, mois=datetime.date(2025, 10, 1), heures=77)
    marche = {"clause__lot__marche": banc.engagement.clause.lot.marche}
    voisin = EngagementFactory(entreprise=banc.engagement.entreprise, **marche)
    LigneHeuresFactory(engagement=voisin, contrat=banc.contrat("Canarivoisin"), mois=NOVEMBRE)
    LigneHeuresFactory(engagement=EngagementFactory(**marche), contrat=banc.contrat("Canariautre"), mois=NOVEMBRE)
    LigneEnAttenteFactory(releve=banc.releve, nom="Canariimport", origine=OrigineLigne.IMPORT)
    LigneEnAttenteFactory(
        releve=banc.releve, nom="", prenom="", contrat=contrat, type_heures="FORMATION", raison="CANARI"
    )
    for adresse in (banc.adresse, reverse("lien:recu", args=[banc.jeton])):
        contenu = Client().get(adresse, follow=True).content.decode()
        assert "DURAND" in contenu
        assert "CANARI" not in contenu.upper()
        assert not [m for m in ("BOETH", "RQTH", "handicap", "RSA", "1971", "77,00") if m in contenu]


def test_le_recu_montre_le_depot_et_rien_avant_lui(banc):
    contrat = banc.contrat("Durand")
    recu = reverse("lien:recu", args=[banc.jeton])
    assert Client().get(recu).headers["Location"] == banc.adresse
    banc.deposer(**{f"travail_{contrat.pk}": "35"}, **banc.ajout(), commentaire="Feuilles jointes.")
    contenu = Client().get(recu).content.decode()
    assert [m for m in ("35,00", "PETIT Ana", "12,50", "47,50 h", "Léa Comptable", "Feuilles jointes.")
            if m not in contenu] == []  # fmt: skip


def test_la_raison_d_une_attente_reste_chez_le_facilitateur(banc):
    """Elle peut dire les heures de la personne sur un autre engagement."""
    contrat = banc.contrat("Durand")
    LigneHeuresFactory(engagement=banc.engagement, contrat=contrat, mois=datetime.date(2025, 10, 1))
    LigneHeuresFactory(
        engagement=EngagementFactory(clause__lot__marche__structure=banc.engagement.structure),
        contrat=contrat,
        mois=NOVEMBRE,
        heures=Decimal("240.00"),
    )
    banc.deposer(**{f"travail_{contrat.pk}": "20"})
    attente = LigneEnAttente.objects.get()
    contenu = Client().get(banc.adresse).content.decode()
    assert "plafond" in attente.raison or "compte déjà" in attente.raison
    assert "20,00 h à vérifier par votre facilitateur" in contenu
    assert attente.raison not in contenu
    assert "240" not in contenu


def test_un_refus_et_le_message_du_facilitateur_se_lisent(banc):
    LigneEnAttenteFactory(
        releve=banc.releve, nom="Petit", prenom="Ana", statut=StatutAttente.REFUSEE, motif="Contrat absent",
        traitee_le=datetime.datetime(2025, 12, 1, tzinfo=datetime.UTC), traitee_par=UtilisateurFactory(),
    )  # fmt: skip
    banc.releve.statut, banc.releve.message = "A_COMPLETER", "Il manque la feuille de DURAND."
    banc.releve.save()
    contenu = Client().get(banc.adresse).content.decode()
    assert "Contrat absent" in contenu
    assert "Il manque la feuille de DURAND." in contenu


# --- Ce qui n’ouvre rien --------------------------------------------------------------------------------------------


def alteres(vrai: str) -> list[str]:
    """Le jeton, un caractère changé à chaque endroit."""
    return [f"{vrai[:i]}{'A' if vrai[i] != 'A' else 'B'}{vrai[i + 1 :]}" for i in range(len(vrai))]


def test_un_jeton_altere_d_un_seul_caractere_n_ouvre_rien(banc, settings):
    settings.CLAUSES_DEBIT_DES_LIENS = {}
    reponses = {page(reverse("lien:releve", args=[faux])) for faux in alteres(banc.jeton)}
    assert len(reponses) == 1
    assert reponses.pop()[0] == 404


def test_le_secret_d_une_demande_n_en_ouvre_pas_une_autre(banc):
    autre = creer_banc()
    autre.demande.secret = banc.demande.secret
    assert page(reverse("lien:releve", args=[jeton(autre.demande)]))[0] == 404


def test_un_lien_faux_revoque_echu_ou_absent_donne_exactement_la_meme_page(banc):
    faux = page(reverse("lien:releve", args=["n-importe-quoi"]))
    enorme = page(reverse("lien:releve", args=["9" * 4000]))
    inexistant = banc.jeton
    echu, revoque = creer_banc(), creer_banc()
    actions.revoquer(revoque.demande, par=revoque.agent)
    banc.demande.delete()
    with time_machine.travel(datetime.datetime(2026, 2, 14, 12, tzinfo=datetime.UTC), tick=False):
        pages = [page(adresse) for adresse in (echu.adresse, revoque.adresse)]
    pages += [
        page(reverse("lien:releve", args=[inexistant])),
        page(reverse("lien:recu", args=[revoque.jeton])),
        enorme,
    ]
    assert {faux, *pages} == {faux}
    assert faux[0] == 404


def test_un_lien_vit_autant_que_la_structure_l_a_regle(banc):
    with time_machine.travel(datetime.datetime(2026, 2, 13, 11, 59, tzinfo=datetime.UTC), tick=False):
        assert page(banc.adresse)[0] == 200
    with time_machine.travel(datetime.datetime(2026, 2, 13, 12, tzinfo=datetime.UTC), tick=False):
        assert page(banc.adresse)[0] == 404
        assert banc.deposer(neant="on").status_code == 404


def test_revoquer_ferme_aussi_le_depot(banc):
    adresse = banc.adresse
    actions.revoquer(banc.demande, par=banc.agent)
    assert Client().post(adresse, {"neant": "on", "deposant": "x", "version": 1, "ajouts": 1}).status_code == 404


def test_la_session_de_qui_ouvre_le_lien_n_y_change_rien(banc):
    """Un agent d’une autre structure, ou un compte sans rattachement, voit ce que voit l’entreprise."""
    contrat = banc.contrat("Durand")
    for utilisateur in (RattachementFactory().utilisateur, UtilisateurFactory()):
        client = Client()
        client.force_login(utilisateur)
        assert "DURAND Zoé" in client.get(banc.adresse).content.decode()
    client.post(banc.adresse, banc.saisie(**{f"travail_{contrat.pk}": "35"}))
    assert LigneHeures.objects.get().declaree_par.email == "lien@clauses.invalid"


# --- La porte --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ouvre", [True, False])
def test_ni_cache_ni_referent_ni_moteur_de_recherche(banc, ouvre):
    en_tetes = Client().get(banc.adresse if ouvre else reverse("lien:releve", args=["faux"])).headers
    assert en_tetes["Cache-Control"] == "no-store"
    assert en_tetes["Referrer-Policy"] == "no-referrer"
    assert en_tetes["X-Robots-Tag"] == "noindex, nofollow"
    assert "unsafe-inline" not in en_tetes["Content-Security-Policy"]


def test_un_depot_passe_avec_l_origine_nulle_que_donne_no_referrer(banc):
    client = Client(enforce_csrf_checks=True)
    assert client.post(banc.adresse, banc.saisie(neant="on"), headers={"origin": "null"}).status_code == 302


def test_le_debit_est_limite_par_lien_et_par_adresse(banc, settings):
    settings.CLAUSES_DEBIT_DES_LIENS = {"lien": "4/m/ip,2/m/key"}
    autre = creer_banc()
    statuts = [page(banc.adresse)[0] for _ in range(3)]
    assert statuts == [200, 200, 429]
    assert page(autre.adresse)[0] == 200
    bloquee = Client().get(autre.adresse)
    assert (bloquee.status_code, bloquee.headers["Retry-After"]) == (429, "300")
    assert bloquee.headers["Referrer-Policy"] == "no-referrer"


def test_le_journal_du_serveur_ne_garde_pas_le_jeton(banc, caplog):
    actions.revoquer(banc.demande, par=banc.agent)
    caplog.handler.addFilter(SansLien())
    with caplog.at_level(logging.WARNING, logger="django.request"):
        Client().get(banc.adresse)
    assert "Not Found: /releve/[lien]/" in caplog.text
    assert banc.demande.secret not in caplog.text


def test_ouvrir_le_lien_est_inscrit_au_journal_sans_le_jeton(banc):
    banc.contrat("Durand")
    Client().get(banc.adresse)
    lecture = EcritureJournal.objects.get(nature="LECTURE")
    assert lecture.inscrite_par.email == "lien@clauses.invalid"
    assert (lecture.action, lecture.nombre) == ("ouvrir un relevé par son lien", 1)
    assert (lecture.objet_type, lecture.objet_id) == ("heures.demandereleve", str(banc.demande.pk))


def test_la_page_coute_autant_pour_une_personne_que_pour_onze(banc):
    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert Client().get(banc.adresse).status_code == 200
        return len(requetes)

    banc.contrat("Durand")
    compter()
    une = compter()
    for rang in range(10):
        banc.contrat(f"Personne{rang}")
    assert compter() == une


# --- Le périmètre d’un lien ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("modele", MODELES, ids=lambda m: m.__name__)
def test_un_lien_n_ouvre_que_ce_qui_touche_un_releve(banc, modele):
    regle = modele._default_manager.all().regle_de_visibilite(banc.par)
    assert (regle is not None) == (modele.__name__ in OUVERTS_PAR_UN_LIEN)
    if regle is not None and any(champ.name == "structure" for champ in modele._meta.concrete_fields):
        assert ("structure_id", banc.par.structure_id) in aplatir(regle)


def test_un_lien_ne_voit_que_son_releve_ses_lignes_et_ses_personnes(banc):
    contrat = banc.contrat("Durand")
    sienne = LigneHeuresFactory(engagement=banc.engagement, contrat=contrat, mois=NOVEMBRE)
    LigneHeuresFactory(engagement=banc.engagement, contrat=contrat, mois=datetime.date(2025, 10, 1))
    ailleurs = EngagementFactory(
        entreprise=banc.engagement.entreprise, clause__lot__marche__structure=banc.engagement.structure
    )
    LigneHeuresFactory(engagement=ailleurs, contrat=banc.contrat("Ailleurs"), mois=NOVEMBRE)
    creer_banc().contrat("Étrangère")
    vus = {
        nom: list(apps.get_model("heures", nom).objects.visibles_par(banc.par))
        for nom in ("Releve", "DemandeReleve", "LigneHeures", "ContratTravail", "Participant")
    }
    assert vus == {
        "Releve": [banc.releve],
        "DemandeReleve": [banc.demande],
        "LigneHeures": [sienne],
        "ContratTravail": [contrat],
        "Participant": [contrat.participant],
    }
