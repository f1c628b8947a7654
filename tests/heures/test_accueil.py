"""L’accueil dit à qui d’agir et depuis quand, offre l’étape suivante d’un clic, et se filtre par son adresse."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import Rattachement
from heures import a_faire
from heures.models import Envoi
from heures.portee import Portee
from heures.taches import regarder
from marches.models import Engagement, Evenement
from tests.factories import (
    AcheteurFactory,
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    MarcheFactory,
    RattachementFactory,
)
from tests.factories_conformite import EvenementFactory, PropositionPenaliteFactory
from tests.factories_releves import ContactFactory, DemandeReleveFactory

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
JOUR = datetime.date(2025, 12, 15)


@pytest.fixture
def agent() -> Rattachement:
    return RattachementFactory()


@pytest.fixture
def connecte(client: Client, agent: Rattachement) -> Client:
    client.force_login(agent.utilisateur)
    return client


def en_retard(agent: Rattachement, **options: object) -> Engagement:
    """500 h du 1er janvier 2025 au 31 décembre 2026, aucune faite : en retard depuis le 27 mai."""
    options = {"clause__lot__marche__date_fin": datetime.date(2026, 12, 31), **options}
    return EngagementFactory(clause__lot__marche__structure=agent.structure, **options)


def noter(engagement: Engagement, nature: str, jours: int, **champs: object) -> Evenement:
    date = JOUR - datetime.timedelta(days=jours)
    return EvenementFactory(engagement=engagement, nature=nature, date=date, **champs)


def lire(agent: Rattachement, **options: object):
    return a_faire.en_difficulte(regarder(agent.acteur(), le=JOUR, **options))


def taches(agent: Rattachement) -> list[tuple[str, str, str, list[str]]]:
    return [
        (tache.qui, f"{tache.depuis:%d/%m/%Y}", tache.faite, [geste.libelle for geste in tache.gestes])
        for tache in lire(agent).taches
    ]


def test_un_engagement_que_personne_n_a_relance_attend_le_facilitateur_depuis_son_retard(agent):
    en_retard(agent)
    assert taches(agent) == [("au facilitateur", "27/05/2025", "Aucune action encore", ["Relance 1", "Projet"])]


def test_un_engagement_relance_recemment_ne_presse_plus_et_passe_apres(agent):
    calme, presse = en_retard(agent), en_retard(agent)
    noter(calme, "RELANCE_1", 15)
    noter(presse, "RELANCE_1", 16)
    assert [(t.libelle, t.est_calme) for t in lire(agent).taches] == [
        (a_faire.nom_de(presse), False),
        (a_faire.nom_de(calme), True),
    ]
    assert taches(agent) == [
        ("au facilitateur", "15/12/2025", "Relance 1 le 29/11/2025", ["Relance 2", "Projet"]),
        ("à l’entreprise", "30/11/2025", "Relance 1 le 30/11/2025", ["Relance 2", "Projet"]),
    ]


def test_le_nombre_de_jours_avant_de_relancer_se_regle(agent):
    noter(en_retard(agent), "RELANCE_1", 16)
    agent.structure.delai_reponse_jours = 16
    agent.structure.save()
    assert [t.est_calme for t in lire(agent).taches] == [True]


def test_une_proposition_attend_l_acheteur_meme_si_l_engagement_va_mieux(agent):
    tenu = en_retard(agent, heures=Decimal("10.00"))
    LigneHeuresFactory(engagement=tenu, validee=True, heures=Decimal("10.00"))
    PropositionPenaliteFactory(engagement=tenu)
    assert taches(agent) == [
        (
            "l’acheteur décide",
            "15/12/2025",
            "Pénalité de 4\u202f000\u00a0€ proposée le 15/12/2025",
            ["Voir la proposition"],
        )
    ]


def test_un_engagement_fini_sans_etre_tenu_passe_devant_et_se_solde_apres_la_decision(agent):
    en_retard(agent)
    fini = en_retard(agent, clause__lot__marche__date_fin=datetime.date(2025, 11, 30))
    lettre = noter(fini, "DECISION", 1)
    assert [(t.etat, t.gestes[0].libelle) for t in lire(agent).taches] == [
        ("Non atteint", "Solder le marché"),
        ("En retard", "Relance 1"),
    ]
    assert lettre.nature == "DECISION"


def test_appel_note_d_un_clic_avec_ou_sans_note_et_retour_sur_l_accueil_filtre(connecte, agent):
    engagement = en_retard(agent)
    retour = f"/?acheteur={engagement.clause.lot.marche.acheteur_id}"
    adresse = reverse("marches:contact_noter", args=[engagement.pk])
    assert f'action="{adresse}"' in connecte.get(retour).content.decode()
    for note in ("", "Le chef de chantier rappelle jeudi"):
        reponse = connecte.post(adresse, {"texte": note, "retour": retour}, follow=True)
        assert reponse.redirect_chain == [(retour, 302)]
        assert "appel noté au 15/12/2025" in reponse.content.decode()
    assert list(Evenement.objects.values_list("nature", "date", "texte")) == [
        ("CONTACT", JOUR, ""),
        ("CONTACT", JOUR, "Le chef de chantier rappelle jeudi"),
    ]
    trop_longue = connecte.post(adresse, {"texte": "x" * 1001}, follow=True).content.decode()
    assert "1000" in trop_longue
    assert Evenement.objects.count() == 2


def test_un_lecteur_voit_a_qui_le_tour_sans_aucun_bouton(client, agent):
    en_retard(agent)
    lecteur = RattachementFactory(structure=agent.structure, role=Role.LECTEUR)
    client.force_login(lecteur.utilisateur)
    page = client.get("/").content.decode()
    assert "Au facilitateur" in page
    assert "Appel noté" not in page
    assert "Relance 1" not in page
    assert "Les miens" not in page


def test_un_releve_manquant_se_demande_d_un_clic_et_devient_l_affaire_de_l_entreprise(connecte, agent):
    engagement = en_retard(agent)
    regard = regarder(agent.acteur(), le=JOUR)
    assert [g.libelle for g in a_faire.releves_manquants(regard).taches[0].gestes] == ["Ajouter un contact"]
    ContactFactory(structure=agent.structure, entreprise=engagement.entreprise)
    (geste,) = a_faire.releves_manquants(regard).taches[0].gestes
    reponse = connecte.post(geste.url, {**geste.champs, "retour": "/"}, follow=True)
    assert reponse.redirect_chain == [("/", 302)]
    assert "1 relevé demandé" in reponse.content.decode()
    (tache,) = a_faire.releves_manquants(regard).taches
    assert (tache.qui, tache.faite, tache.est_calme) == ("à l’entreprise", "Demandé le 15/12/2025", True)
    assert Envoi.objects.count() == 1


def test_une_relance_due_s_envoie_d_un_clic(connecte, agent):
    engagement = en_retard(agent)
    ContactFactory(structure=agent.structure, entreprise=engagement.entreprise)
    DemandeReleveFactory(
        releve__engagement=engagement,
        releve__mois=datetime.date(2025, 11, 1),
        releve__statut="ATTENDU",
        releve__echeance=datetime.date(2025, 12, 8),
        valable_jusqu_au=datetime.datetime(2026, 2, 1, tzinfo=datetime.UTC),
    )
    regard = regarder(agent.acteur(), le=JOUR)
    (tache,) = a_faire.relances_a_faire(regard).taches
    assert (tache.depuis, tache.faite) == (datetime.date(2025, 12, 13), "Relevé attendu le 08/12/2025")
    (geste,) = tache.gestes
    assert "1 relevé relancé" in connecte.post(geste.url, geste.champs, follow=True).content.decode()
    assert a_faire.relances_a_faire(regard).nombre == 0


def test_les_filtres_valent_pour_toutes_les_rubriques(agent):
    """Un engagement, son relevé, ses heures, sa personne et son marché : montrés ensemble, cachés ensemble."""
    acheteur = AcheteurFactory()
    vu = en_retard(agent, clause__lot__marche__acheteur=acheteur, clause__lot__marche__facilitateur=agent.utilisateur)
    vu.clause.lot.marche.commune_execution_insee = "62041"
    vu.clause.lot.marche.date_fin = datetime.date(2026, 1, 31)
    vu.clause.lot.marche.save()
    MarcheFactory(
        structure=agent.structure, acheteur=acheteur, facilitateur=agent.utilisateur, commune_execution_insee="62041"
    )
    entree = EntreeClauseFactory(participant__structure=agent.structure)
    contrat = ContratTravailFactory(participant=entree.participant)
    LigneHeuresFactory(engagement=vu, contrat=contrat)
    autre = EntreeClauseFactory(participant__structure=agent.structure)
    ContratTravailFactory(participant=autre.participant)
    arras = a_faire.Marche._meta.apps.get_model("territoires", "Commune").objects.get(pk="62041").epci
    ailleurs = type(arras).objects.exclude(pk=arras.pk).first()
    siennes, etrangeres = (
        [Portee(facilitateur=agent.utilisateur), Portee(acheteur=acheteur), Portee(epci=arras)],
        [
            Portee(facilitateur=RattachementFactory(structure=agent.structure).utilisateur),
            Portee(acheteur=AcheteurFactory()),
            Portee(epci=ailleurs),
        ],
    )
    pleines = {"difficultes", "a_valider", "releves", "fins", "a_completer", "suivi_pieces", "suivi_visas"}
    for portee in siennes:
        rubriques = a_faire.toutes(regarder(agent.acteur(), le=JOUR, portee=portee))
        assert {r.clef: r.nombre for r in rubriques if r.nombre} == dict.fromkeys(pleines, 1), portee
    for portee in etrangeres:
        rubriques = a_faire.toutes(regarder(agent.acteur(), le=JOUR, portee=portee))
        assert {r.clef: r.nombre for r in rubriques if r.nombre} == {}, portee


def test_l_accueil_retient_ses_filtres_et_offre_les_miens(connecte, agent):
    en_retard(agent, clause__lot__marche__facilitateur=agent.utilisateur)
    en_retard(agent)
    miens = f"/?facilitateur={agent.utilisateur_id}"
    assert f'href="{miens}"' in connecte.get("/").content.decode()
    assert connecte.get("/").context["premiere"].nombre == 2
    page = connecte.get(miens)
    assert page.context["premiere"].nombre == 1
    lue = page.content.decode()
    assert f'<option value="{agent.utilisateur_id}" selected>' in lue
    assert f'name="retour" value="{miens}"' in lue


@pytest.mark.parametrize("adresse", ["/?facilitateur=999999", "/?acheteur=x", "/?ouverte=inventee", "/?inconnu=1"])
def test_un_filtre_illisible_est_refuse_et_ramene_a_l_accueil(connecte, adresse):
    reponse = connecte.get(adresse)
    assert reponse.status_code == 400
    assert "Retour à l’accueil" in reponse.content.decode()


def test_l_acheteur_d_une_autre_structure_n_est_pas_un_choix(connecte):
    etranger = EngagementFactory().clause.lot.marche.acheteur
    assert connecte.get(f"/?acheteur={etranger.pk}").status_code == 400


def test_une_rubrique_s_ouvre_en_entier_sans_perdre_les_filtres(connecte, agent):
    for _ in range(9):
        en_retard(agent, clause__lot__marche__facilitateur=agent.utilisateur)
    miens = f"/?facilitateur={agent.utilisateur_id}"
    assert f"{miens}&amp;ouverte=difficultes#rubrique-difficultes" in connecte.get(miens).content.decode()
    ouverte = connecte.get(f"{miens}&ouverte=difficultes").context["premiere"]
    assert (len(ouverte.taches), ouverte.reste) == (9, 0)


def test_les_alertes_suivent_les_reglages_de_la_structure(agent):
    MarcheFactory(structure=agent.structure, date_fin=datetime.date(2026, 5, 15))
    entree = EntreeClauseFactory(participant__structure=agent.structure, date_entree=datetime.date(2024, 3, 1))
    ContratTravailFactory(participant=entree.participant)
    regard = regarder(agent.acteur(), le=JOUR)
    assert (a_faire.fins_de_marche(regard).nombre, a_faire.eligibilites(regard).nombre) == (0, 0)
    assert a_faire.fins_de_marche(regard).vide == "Aucun marché ne finit dans les 3 mois."
    agent.structure.alerte_fin_marche_mois, agent.structure.alerte_eligibilite_jours = 5, 90
    agent.structure.save()
    regard = regarder(agent.acteur(), le=JOUR)
    assert (a_faire.fins_de_marche(regard).nombre, a_faire.eligibilites(regard).nombre) == (1, 1)


def test_l_accueil_coute_autant_pour_une_ligne_que_pour_onze(connecte, agent, django_assert_num_queries):
    def remplir() -> None:
        engagement = en_retard(agent)
        noter(engagement, "RELANCE_1", 3)
        PropositionPenaliteFactory(engagement=engagement)
        LigneHeuresFactory(engagement=engagement)
        ContactFactory(structure=agent.structure, entreprise=engagement.entreprise)

    remplir()
    adresse = f"/?facilitateur={agent.utilisateur_id}&ouverte=difficultes"
    for chemin in ("/", adresse):
        connecte.get(chemin)
    with CaptureQueriesContext(connection) as une:
        connecte.get("/")
        connecte.get(adresse)
    for _ in range(10):
        remplir()
    with django_assert_num_queries(len(une)):
        connecte.get("/")
        connecte.get(adresse)
