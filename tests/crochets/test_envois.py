"""La boîte d’envoi : signature, reprises, abandon, suspension, passes bornées. Horloge arrêtée, récepteur réel."""

from __future__ import annotations

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clauses.comptes.models import EcritureJournal
from clauses.crochets import actions, annonces, envois
from clauses.crochets.enums import Annonce, EtatLivraison
from clauses.crochets.models import Crochet, Livraison
from clauses.crochets.signature import secret_de
from tests import recepteur as recepteurs
from tests.factories import StructureFactory, acteur
from tests.factories_crochets import INSTANT, CrochetFactory, LivraisonFactory

MINUTE, HEURE = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)


@pytest.fixture
def crochet(recepteur, horloge) -> Crochet:
    return CrochetFactory(adresse=recepteur.adresse, structure__sigle="MEMPA")


def responsable(crochet: Crochet):
    return acteur(crochet.structure, role="RESPONSABLE")


def passer(**options) -> str:
    sortie = StringIO()
    call_command("envoyer_notifications", stdout=sortie, **options)
    return sortie.getvalue()


def test_une_annonce_part_signee_et_porte_le_json_exact(crochet, recepteur):
    objet = {"engagement": 7, "mois": "2026-02", "heures": "988.84", "nom": "Société d’Épreuve"}
    assert annonces.annoncer(Annonce.RELEVE_RECU, structure_id=crochet.structure_id, objet=objet) == 1
    assert passer() == "Notifications livrées : 1 ; en échec : 0.\n"
    livraison, (recu,) = Livraison.objects.get(), recepteur.recus
    assert recu.corps.decode() == (
        f'{{"id":"{livraison.cle}","evenement":"releve.recu","le":"2026-03-02T08:00:00+00:00","structure":"MEMPA",'
        '"objet":{"engagement":7,"mois":"2026-02","heures":"988.84","nom":"Société d’Épreuve"}}'
    )
    assert recu.entetes["Clauses-Evenement"] == "releve.recu"
    assert recu.entetes["Clauses-Livraison"] == str(livraison.cle)
    assert recu.entetes["Clauses-Signature"].startswith(f"t={int(INSTANT.timestamp())},v1=")
    assert recepteurs.est_signe(recu, secret_de(crochet.sel))
    assert not recepteurs.est_signe(recu._replace(corps=recu.corps + b" "), secret_de(crochet.sel))
    assert not recepteurs.est_signe(recu, secret_de("autre sel"))
    assert (livraison.etat, livraison.code, livraison.nombre_tentatives) == (EtatLivraison.LIVREE, 204, 1)
    assert livraison.prochaine_tentative is None


def test_rien_a_envoyer_ne_dit_rien(crochet):
    assert passer() == ""


def test_les_reprises_s_espacent_puis_la_livraison_est_abandonnee(crochet, recepteur, horloge):
    recepteur.repondre = recepteurs.code(500)
    livraison = LivraisonFactory(crochet=crochet)
    for rang, delai in enumerate([MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HEURE, 12 * HEURE, 24 * HEURE], 1):
        passer()
        livraison.refresh_from_db()
        assert (livraison.nombre_tentatives, livraison.etat) == (rang, EtatLivraison.A_ENVOYER)
        assert livraison.prochaine_tentative == timezone.now() + delai
        horloge.shift(delai - datetime.timedelta(seconds=1))
        passer()
        assert len(recepteur.recus) == rang
        horloge.shift(1)
    passer()
    livraison.refresh_from_db()
    assert (livraison.nombre_tentatives, livraison.etat, livraison.code) == (7, EtatLivraison.ABANDONNEE, 500)
    assert livraison.erreur == "L’adresse a répondu par une erreur (500)."
    corps = {recu.corps for recu in recepteur.recus}
    assert corps == {livraison.corps.encode()}
    assert len({recu.entetes["Clauses-Livraison"] for recu in recepteur.recus}) == 1
    assert len({recu.entetes["Clauses-Signature"] for recu in recepteur.recus}) == 7


def abandonner(crochet: Crochet, nombre: int) -> None:
    for _ in range(nombre):
        livraison = LivraisonFactory(crochet=crochet, nombre_tentatives=6, prochaine_tentative=timezone.now())
        envois.envoyer_une(livraison.pk)


def test_trois_abandons_de_suite_suspendent_le_crochet(crochet, recepteur):
    recepteur.repondre = recepteurs.code(503)
    abandonner(crochet, 2)
    crochet.refresh_from_db()
    assert crochet.est_actif
    abandonner(crochet, 1)
    crochet.refresh_from_db()
    assert not crochet.est_actif
    assert crochet.suspension == "3 livraisons abandonnées de suite : l’adresse ne répond plus."
    assert EcritureJournal.objects.sur(crochet).filter(action="suspendre une notification").count() == 1


def test_un_succes_remet_le_compte_des_abandons_a_zero(crochet, recepteur):
    recepteur.repondre = recepteurs.code(503)
    abandonner(crochet, 2)
    recepteur.repondre = recepteurs.code(200)
    envois.envoyer_une(LivraisonFactory(crochet=crochet).pk)
    recepteur.repondre = recepteurs.code(503)
    abandonner(crochet, 2)
    crochet.refresh_from_db()
    assert (crochet.est_actif, crochet.abandons_de_suite) == (True, 2)


def test_un_crochet_suspendu_garde_ce_qui_attend_puis_l_envoie(crochet, recepteur):
    LivraisonFactory(crochet=crochet)
    par = responsable(crochet)
    actions.suspendre(crochet, par=par)
    passer()
    assert annonces.annoncer(Annonce.BILAN_EMIS, structure_id=crochet.structure_id, objet={}) == 0
    assert recepteur.recus == []
    actions.reprendre(crochet, par=par)
    passer()
    assert len(recepteur.recus) == 1


def test_une_adresse_en_panne_n_est_essayee_qu_une_fois_par_passe_et_ne_retient_pas_les_autres(crochet, recepteur):
    sourd = CrochetFactory(adresse="http://127.0.0.1:9/", structure=crochet.structure)
    for rang in range(3):
        avant = INSTANT - datetime.timedelta(minutes=rang)
        LivraisonFactory(crochet=sourd, prochaine_tentative=avant)
        LivraisonFactory(crochet=crochet)
    assert passer() == "Notifications livrées : 3 ; en échec : 1.\n"
    assert sorted(sourd.livraisons.values_list("nombre_tentatives", flat=True)) == [0, 0, 1]


def test_une_passe_est_bornee(crochet, recepteur, monkeypatch):
    monkeypatch.setattr(envois, "LIVRAISONS_PAR_PASSE", 2)
    LivraisonFactory.create_batch(3, crochet=crochet)
    passer()
    assert len(recepteur.recus) == 2
    monkeypatch.setattr(envois, "SECONDES_PAR_PASSE", 0)
    passer()
    assert len(recepteur.recus) == 2


def test_une_passe_morte_en_route_rend_sa_livraison_apres_le_bail(crochet, recepteur, horloge, monkeypatch):
    livraison = LivraisonFactory(crochet=crochet)
    monkeypatch.setattr(envois.client, "poster", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        passer()
    monkeypatch.undo()
    assert envois.envoyer_une(livraison.pk) is None
    horloge.shift(envois.BAIL)
    assert envois.envoyer_une(livraison.pk) is True
    livraison.refresh_from_db()
    assert (livraison.nombre_tentatives, livraison.etat) == (2, EtatLivraison.LIVREE)


def test_un_resultat_qui_arrive_apres_le_bail_n_ecrase_pas_la_tentative_suivante(crochet, recepteur, horloge):
    """Le premier envoi traîne, un second le remplace et réussit ; l’échec tardif du premier ne défait rien."""
    livraison = LivraisonFactory(crochet=crochet)

    def second_envoi(poste) -> None:
        poste.server.repondre = recepteurs.code(204)
        recepteurs.code(500)(poste)

    recepteur.repondre = second_envoi
    premiere = envois._reserver(pk=livraison.pk)
    horloge.shift(envois.BAIL)
    recepteur.repondre = recepteurs.code(204)
    assert envois.envoyer_une(livraison.pk) is True
    recepteur.repondre = recepteurs.code(500)
    assert envois._envoyer(premiere) is False
    livraison.refresh_from_db()
    assert (livraison.etat, livraison.code) == (EtatLivraison.LIVREE, 204)


def test_une_seule_livraison_s_envoie_par_son_numero(crochet, recepteur):
    une, autre = LivraisonFactory.create_batch(2, crochet=crochet)
    assert passer(une_livraison=une.pk) == f"Livraison n° {une.pk} : 204.\n"
    assert [recu.entetes["Clauses-Livraison"] for recu in recepteur.recus] == [str(une.cle)]
    with pytest.raises(CommandError, match="n’est pas à envoyer"):
        passer(une_livraison=une.pk)
    recepteur.repondre = recepteurs.code(500)
    with pytest.raises(CommandError, match=r"a échoué. L’adresse a répondu par une erreur \(500\)"):
        passer(une_livraison=autre.pk)


def test_un_secret_renouvele_signe_des_deux_mains_pendant_vingt_quatre_heures(crochet, recepteur, horloge):
    ancien = secret_de(crochet.sel)
    nouveau = secret_de(actions.renouveler_le_secret(crochet, par=responsable(crochet)).sel)
    assert ancien != nouveau
    for decalage in (0, 24 * 3600 - 1, 1):
        horloge.shift(decalage)
        envois.envoyer_une(LivraisonFactory(crochet=crochet).pk)
    signes = [(recepteurs.est_signe(r, ancien), recepteurs.est_signe(r, nouveau)) for r in recepteur.recus]
    assert signes == [(True, True), (True, True), (False, True)]
    assert [len(recepteurs.v1(recu)) for recu in recepteur.recus] == [2, 2, 1]


def test_changer_la_clef_de_l_application_garde_le_secret_le_temps_de_la_rotation(crochet, recepteur, settings):
    remis = secret_de(crochet.sel)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    envois.envoyer_une(LivraisonFactory(crochet=crochet).pk)
    settings.SECRET_KEY_FALLBACKS = []
    envois.envoyer_une(LivraisonFactory(crochet=crochet).pk)
    assert [recepteurs.est_signe(recu, remis) for recu in recepteur.recus] == [True, False]


def test_ce_qui_est_clos_depuis_longtemps_s_efface_ce_qui_attend_reste(crochet, recepteur, horloge):
    horloge.shift(envois.CONSERVATION + MINUTE)
    vieille = LivraisonFactory(crochet=crochet, livree=True)
    recente = LivraisonFactory(crochet=crochet, livree=True, instant=timezone.now() - envois.CONSERVATION)
    suspendu = CrochetFactory(structure=crochet.structure, suspendu=True)
    en_attente = LivraisonFactory(crochet=suspendu)
    passer()
    assert set(Livraison.objects.values_list("pk", flat=True)) == {recente.pk, en_attente.pk}
    assert not Livraison.objects.filter(pk=vieille.pk).exists()


def test_un_essai_n_est_tente_qu_une_fois_et_ne_compte_pas_comme_abandon(
    crochet, recepteur, django_capture_on_commit_callbacks
):
    recepteur.repondre = recepteurs.code(500)
    for _ in range(4):
        with django_capture_on_commit_callbacks(execute=True):
            livraison = actions.essayer(crochet, par=responsable(crochet))
    livraison.refresh_from_db()
    crochet.refresh_from_db()
    assert (livraison.etat, livraison.nombre_tentatives, crochet.est_actif) == (EtatLivraison.ABANDONNEE, 1, True)
    assert json.loads(recepteur.recus[0].corps)["objet"] == {"message": "Essai demandé depuis Clauses."}


def test_une_livraison_renvoyee_garde_son_corps_et_son_identifiant(
    crochet, recepteur, django_capture_on_commit_callbacks
):
    livraison = LivraisonFactory(crochet=crochet, livree=True)
    with django_capture_on_commit_callbacks(execute=True):
        actions.renvoyer(livraison, par=responsable(crochet))
    (recu,) = recepteur.recus
    assert (recu.corps.decode(), recu.entetes["Clauses-Livraison"]) == (livraison.corps, str(livraison.cle))
    livraison.refresh_from_db()
    assert (livraison.etat, livraison.nombre_tentatives) == (EtatLivraison.LIVREE, 1)


def test_sans_crochet_rien_ne_se_calcule(django_assert_num_queries):
    def objets():
        raise AssertionError("calculé pour personne")
        yield {}

    structure = StructureFactory()
    with django_assert_num_queries(1):
        assert annonces.annoncer_tous(Annonce.RELEVE_RECU, structure_id=structure.pk, objets=objets()) == 0
