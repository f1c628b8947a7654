"""Le rapport qualité : chaque défaut compté, avec sa liste et son remède ; rien d’autre n’est un défaut."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bilans.catalogue import RAPPORTS
from bilans.enums import NatureDocument
from bilans.exports import document
from bilans.qualite.definitions import DEFINITIONS, Perimetre
from bilans.qualite.lecture import completude, lire
from bilans.rapport import Demande
from clauses.comptes.acteurs import Role
from clauses.socle.erreurs import ActionImpossible
from heures.calculs import sortie_presumee
from heures.models import ContratTravail, EntreeClause, LigneHeures
from tests.bilans import jeu
from tests.bilans.documents.outils import emettre as emettre_document
from tests.bilans.outils import annee
from tests.factories import (
    ContratTravailFactory,
    CritereEntreeFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    MarcheFactory,
    ReleveFactory,
    SortieFactory,
    UtilisateurFactory,
    acteur,
)

LE = datetime.date(2026, 6, 15)
H = Decimal


@pytest.fixture
def engagement():
    """Une personne complète, un mois d’heures et son relevé, sur un engagement d’un seul mois : aucun défaut."""
    du = EngagementFactory(date_debut=datetime.date(2025, 3, 1), date_fin=datetime.date(2025, 3, 31))
    ligne = noter(du)
    ReleveFactory(engagement=du, mois=ligne.mois, statut="VALIDE")
    return du


@pytest.fixture
def par(engagement):
    return acteur(engagement.structure)


def noter(du, *, est_complete=True, heures="35.50", mois=datetime.date(2025, 3, 1), **contrat):
    ligne = LigneHeuresFactory(
        engagement=du, validee=True, mois=mois, heures=H(heures),
        contrat=ContratTravailFactory(participant__structure=du.structure, **contrat),
    )  # fmt: skip
    if est_complete:
        entree = EntreeClauseFactory(
            participant=ligne.participant, qpv="NON", piece_type="ATTESTATION_RSA", piece_vue_par=UtilisateurFactory(),
            piece_vue_le=datetime.date(2025, 1, 1),
        )  # fmt: skip
        CritereEntreeFactory(entree=entree)
    return ligne


def trouves(par, **perimetre):
    """Par contrôle qui a des cas : leur nombre."""
    return {d.definition.cle: d.nombre for d in lire(par, Perimetre(annee(2025), LE, **perimetre)) if d.nombre}


def cas(par, cle, **perimetre):
    return next(d for d in lire(par, Perimetre(annee(2025), LE, **perimetre)) if d.definition.cle == cle)


def test_une_structure_complete_n_a_aucun_defaut_et_atteint_tout(par):
    assert trouves(par) == {}
    assert all(controle.taux == 1 for controle in completude(par, Perimetre(annee(2025), LE)))


def test_une_ligne_declaree_donne_son_nombre_ses_heures_et_son_age(engagement, par):
    ligne = LigneHeuresFactory(
        engagement=engagement, heures=H("12.25"), contrat__participant__structure=engagement.structure
    )
    LigneHeures.objects.filter(pk=ligne.pk).update(declaree_le=datetime.datetime(2026, 6, 5, tzinfo=datetime.UTC))
    defaut = cas(par, "lignes_non_validees")
    assert (defaut.nombre, defaut.heures, defaut.age, defaut.attendus) == (1, H("12.25"), 10, 2)
    assert defaut.cas[0].url == f"{reverse('heures:grille', args=[engagement.pk])}?annee=2025"


CHAMPS = {
    "sans_piece": {"piece_type": "", "piece_vue_le": None, "piece_vue_par": None},
    "sans_constat": {"date_constat": None},
    "sans_commune": {"commune_insee": ""},
    "sans_qpv": {"qpv": "NR"},
}


@pytest.mark.parametrize("cle", CHAMPS)
def test_ce_qui_manque_a_l_entree_est_un_defaut_que_l_entree_corrige(engagement, par, cle):
    EntreeClause.objects.update(**CHAMPS[cle])
    assert trouves(par) == {cle: 1}
    entree = EntreeClause.objects.get()
    assert cas(par, cle).cas[0].url == reverse("heures:entree_corriger", args=[entree.pk])


def test_un_critere_secondaire_n_est_pas_un_critere_principal(par):
    EntreeClause.objects.get().criteres.update(est_principal=False)
    assert trouves(par) == {"sans_critere": 1}


def test_sans_entree_tout_manque_et_le_remede_est_de_l_enregistrer(engagement, par):
    ligne = noter(engagement, est_complete=False)
    cles = ("sans_critere", "sans_piece", "sans_constat", "sans_commune", "sans_qpv")
    assert trouves(par) == dict.fromkeys(cles, 1)
    adresse = reverse("heures:entree_creer", args=[ligne.participant_id])
    assert {cas(par, cle).cas[0].url for cle in cles} == {adresse}


def test_qui_n_atteint_pas_une_heure_n_est_pas_beneficiaire_et_n_est_pas_un_defaut(engagement, par):
    noter(engagement, est_complete=False, heures="0.99")
    assert trouves(par) == {}


def test_le_profil_se_lit_a_la_premiere_entree_la_piece_a_la_derniere(par):
    premiere = EntreeClause.objects.get()
    EntreeClauseFactory(participant=premiere.participant, numero=2, commune_insee="", date_constat=None)
    assert trouves(par) == {"sans_piece": 1, "sans_constat": 1}


def test_plus_d_un_mois_plein_tous_engagements_confondus(engagement, par):
    contrat = ContratTravail.objects.get()
    autre = EngagementFactory(
        clause__lot__marche__structure=engagement.structure, date_debut=engagement.date_debut,
        date_fin=engagement.date_fin,
    )  # fmt: skip
    ligne = LigneHeuresFactory(engagement=autre, contrat=contrat, validee=True, heures=H("116.17"))
    assert trouves(par) == {}
    LigneHeures.objects.filter(pk=ligne.pk).update(heures=H("116.18"))
    defaut = cas(par, "mois_pleins")
    assert (defaut.nombre, defaut.heures) == (1, H("151.68"))
    assert "151,68 h ce mois-ci" in defaut.cas[0].detail


@pytest.mark.parametrize(
    ("quotites", "nombre"), [((None, None), 1), ((H("0.5"), H("0.5")), 0), ((H("1"), H("0.5")), 1)]
)
def test_deux_contrats_se_chevauchent_sauf_a_temps_partiel(engagement, par, quotites, nombre):
    contrat = ContratTravail.objects.get()
    ContratTravailFactory(participant=contrat.participant, quotite=quotites[1], date_debut=datetime.date(2025, 3, 15))
    ContratTravail.objects.filter(pk=contrat.pk).update(quotite=quotites[0])
    assert trouves(par).get("chevauchements", 0) == nombre
    assert [c.url for c in cas(par, "chevauchements").cas] == [
        reverse("heures:contrat_modifier", args=[contrat.pk])
    ] * nombre


def test_une_sortie_non_renseignee_et_une_sortie_presumee(engagement, par):
    contrat = ContratTravail.objects.get()
    contrat.date_fin = datetime.date(2025, 3, 31)
    contrat.save()
    defaut = cas(par, "sorties_sans_situation")
    assert [c.url for c in defaut.cas] == [reverse("heures:sortie_creer", args=[contrat.participant_id])]
    sortie = SortieFactory(participant=contrat.participant, date=datetime.date(2025, 4, 1), situation="NON_RENSEIGNE")
    defaut = cas(par, "sorties_sans_situation")
    assert ([c.url for c in defaut.cas], defaut.attendus) == ([reverse("heures:sortie_modifier", args=[sortie.pk])], 1)


@pytest.mark.parametrize(
    ("fin", "dernier_mois", "le", "attendue"),
    [
        (None, "2025-03-01", "2026-01-01", None),
        ("2025-03-31", "2025-03-01", "2025-06-30", None),
        ("2025-03-31", "2025-03-01", "2025-07-01", "2025-03-31"),
        ("2025-03-31", "2025-05-01", "2025-07-01", None),
        ("2026-03-31", "2025-05-01", "2026-01-01", None),
    ],
)
def test_une_sortie_presumee_attend_la_fin_du_contrat_et_le_delai_sans_heure(fin, dernier_mois, le, attendue):
    jour = datetime.date.fromisoformat
    lue = sortie_presumee(jour(fin) if fin else None, jour(dernier_mois), delai_mois=3, le=jour(le))
    assert lue == (jour(attendue) if attendue else None)


def test_les_situations_a_6_et_12_mois_echues_dans_la_periode(par):
    personne = ContratTravail.objects.get().participant
    SortieFactory(participant=personne, date=datetime.date(2024, 9, 10), situation="CDI", situation_6_mois="CDI")
    SortieFactory(participant=personne, date=datetime.date(2025, 5, 10), situation="CDI")
    SortieFactory(participant=personne, date=datetime.date(2025, 8, 10), situation="CDI")
    defaut = cas(par, "echeances")
    assert [c.detail for c in defaut.cas] == [
        "Sortie du 10/09/2024, situation à 12 mois.", "Sortie du 10/05/2025, situation à 6 mois.",
    ]  # fmt: skip
    assert defaut.attendus == 3


def test_un_marche_en_cours_sans_engagement(engagement, par):
    marche = MarcheFactory(structure=engagement.structure, statut="EN_COURS")
    MarcheFactory(structure=engagement.structure, statut="SOLDE")
    assert [c.url for c in cas(par, "marches_sans_engagement").cas] == [reverse("marches:fiche", args=[marche.pk])]


def test_un_releve_en_retard_se_compte_par_engagement_et_par_mois(engagement, par):
    engagement.date_fin = datetime.date(2025, 6, 30)
    engagement.save()
    ReleveFactory(engagement=engagement, mois=datetime.date(2025, 4, 1), statut="NEANT")
    ReleveFactory(engagement=engagement, mois=datetime.date(2025, 5, 1), echeance=datetime.date(2026, 12, 31))
    defaut = cas(par, "releves_en_retard")
    assert ([c.detail for c in defaut.cas], defaut.attendus) == (["Relevé de juin 2025 non reçu."], 3)


def test_un_perimetre_ne_compte_que_les_siens(engagement, par):
    ailleurs = EngagementFactory(
        clause__lot__marche__structure=engagement.structure, date_debut=engagement.date_debut,
        date_fin=engagement.date_fin,
    )  # fmt: skip
    noter(ailleurs, est_complete=False)
    assert trouves(par)["sans_critere"] == 1
    assert trouves(par, engagement=engagement.pk) == {}
    assert trouves(par, acheteur=engagement.clause.lot.marche.acheteur.siret) == {}
    assert trouves(par, acheteur=ailleurs.clause.lot.marche.acheteur.siret)["sans_critere"] == 1
    assert trouves(par, engagement=ailleurs.pk)["sans_commune"] == 1


def test_une_autre_structure_ne_compte_pas(par):
    noter(EngagementFactory(), est_complete=False)
    assert trouves(par) == {}


def test_le_rapport_a_un_tableau_par_controle_et_le_json_ses_comptes(engagement, par):
    noter(engagement, est_complete=False)
    lu = document(RAPPORTS["qualite"].etablir(par, Demande("qualite", annee(2025))))
    assert [ligne["code"] for ligne in lu["tableaux"]["controles"]] == [d.cle for d in DEFINITIONS]
    critere = next(ligne for ligne in lu["tableaux"]["controles"] if ligne["code"] == "sans_critere")
    assert (critere["defauts"], critere["attendus"], critere["taux"]) == (1, 2, "0.5000")
    assert len(lu["tableaux"]["sans_critere"]) == 1


def test_le_jeu_de_comptage_dit_les_heures_de_p6_et_de_p4():
    pose = jeu.poser()
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        defauts = {d.definition.cle: d for d in lire(pose.par, Perimetre(annee(2025), LE))}
    assert (defauts["mois_pleins"].nombre, defauts["mois_pleins"].heures) == (1, H("200.00"))
    assert (defauts["lignes_non_validees"].nombre, defauts["lignes_non_validees"].heures) == (1, H("40.00"))


def test_le_rapport_demande_le_droit_de_lire_les_identites(engagement):
    with pytest.raises(PermissionDenied):
        RAPPORTS["qualite"].etablir(acteur(engagement.structure, Role.FINANCEUR), Demande("qualite", annee(2025)))


def test_trois_personnes_coutent_autant_de_requetes_qu_une(engagement, par):
    def requetes() -> int:
        with CaptureQueriesContext(connection) as lues:
            lire(par, Perimetre(annee(2025), LE))
        return len(lues)

    noter(engagement, est_complete=False, date_fin=datetime.date(2025, 3, 31))
    une = requetes()
    for _ in range(2):
        ligne = noter(engagement, est_complete=False, heures="152.00", date_fin=datetime.date(2025, 3, 31))
        SortieFactory(participant=ligne.participant, date=datetime.date(2025, 5, 1), situation="NON_RENSEIGNE")
        LigneHeuresFactory(engagement=engagement, contrat__participant__structure=engagement.structure)
        MarcheFactory(structure=engagement.structure)
    assert requetes() == une
    assert une <= 45


def test_une_attestation_definitive_obeit_au_seuil_sur_son_engagement(engagement, par):
    ailleurs = EngagementFactory(clause__lot__marche__structure=engagement.structure)
    noter(ailleurs, est_complete=False)
    incomplete = noter(engagement, est_complete=False)
    with time_machine.travel(datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.UTC), tick=False):
        engagement.mouvements.all().delete()
        with pytest.raises(ActionImpossible) as refus:
            emettre_document(engagement, NatureDocument.ATTESTATION_DEFINITIVE, par=par, au=LE)
        assert "Personnes sans critère\u00a0: 1 sur 2 à compléter (50,00\u202f%)" in str(refus.value)
        assert "attestation intermédiaire" in str(refus.value)
        assert "commune" not in str(refus.value)
        complete = noter(engagement)
        EntreeClause.objects.filter(participant=complete.participant).update(participant=incomplete.participant)
        LigneHeures.objects.filter(pk=complete.pk).delete()
        emis = emettre_document(engagement, NatureDocument.ATTESTATION_DEFINITIVE, par=par, au=LE)
    assert emis.nature == NatureDocument.ATTESTATION_DEFINITIVE
