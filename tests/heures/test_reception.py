"""Traiter ce qui est reçu : accepter, refuser, demander un complément, rouvrir (domaine.md §2)."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clauses.comptes.acteurs import Role
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from heures import actions
from heures.enums import StatutAttente, StatutLigne, StatutReleve, TypeHeures
from heures.models import LigneHeures
from marches.enums import StatutMarche
from tests.factories import ContratTravailFactory, EngagementFactory, StructureFactory, acteur
from tests.factories_releves import ConventionGlobalisationFactory
from tests.heures.banc_reception import FEVRIER, MARS, Banc

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")


@pytest.fixture
def banc() -> Banc:
    return Banc()


def ecourter(contrat) -> None:
    """Le contrat finit avant mars, après coup : la ligne déclarée n’est plus tenue par les règles."""
    contrat.date_fin = datetime.date(2025, 2, 28)
    contrat.save()


def test_accepter_une_ligne_ne_valide_qu_elle(banc):
    travail, formation = banc.declarer("10.00"), banc.declarer("3.00", type_heures=TypeHeures.FORMATION)
    actions.valider_ligne(travail, version=1, par=banc.par)
    assert LigneHeures.objects.get(pk=travail.pk).validee_par_id == banc.par.utilisateur_id
    assert banc.releve.statut == StatutReleve.RECU
    actions.valider_ligne(formation, version=1, par=banc.par)
    assert banc.releve.statut == StatutReleve.VALIDE
    with pytest.raises(ActionImpossible, match="déjà été traitée"):
        actions.valider_ligne(formation, version=2, par=banc.par)


def test_on_n_accepte_que_les_heures_qu_on_a_lues(banc):
    ligne = banc.declarer("10.00")
    banc.declarer("100.00")
    with pytest.raises(ConflitDeVersion, match="100,00 h"):
        actions.valider_ligne(ligne, version=1, par=banc.par)
    assert LigneHeures.objects.get().statut == StatutLigne.DECLAREE


@pytest.mark.parametrize(
    "geste",
    [
        lambda banc, ligne: actions.valider_ligne(ligne, version=1, par=banc.par),
        lambda banc, ligne: actions.valider_mois(banc.engagement, mois=MARS, par=banc.par),
        lambda banc, ligne: actions.accepter_releve(banc.releve, vu=banc.empreinte, par=banc.par),
    ],
    ids=["la ligne", "le mois", "le relevé"],
)
def test_une_regle_qui_n_est_plus_tenue_bloque_toute_acceptation(banc, geste):
    ligne = banc.declarer()
    ecourter(banc.contrat)
    with pytest.raises(ActionImpossible, match=r"le 28/02/2025\. Lever cet obstacle"):
        geste(banc, ligne)
    assert LigneHeures.objects.get().statut == StatutLigne.DECLAREE


def test_un_marche_clos_n_accepte_plus_rien(banc):
    ligne = banc.declarer()
    marche = banc.engagement.clause.lot.marche
    marche.statut = StatutMarche.SOLDE
    marche.save()
    with pytest.raises(ActionImpossible, match="rouvrir le marché"):
        actions.valider_ligne(ligne, version=1, par=banc.par)
    assert LigneHeures.objects.get().statut == StatutLigne.DECLAREE


def test_accepter_un_releve_valide_ses_lignes_et_laisse_celles_a_verifier(banc):
    banc.declarer("10.00")
    banc.declarer("3.00", type_heures=TypeHeures.FORMATION)
    attente = banc.attente()
    assert actions.accepter_releve(banc.releve, vu=banc.empreinte, par=banc.par) == 2
    attente.refresh_from_db()
    assert (attente.statut, banc.releve.statut) == (StatutAttente.EN_ATTENTE, StatutReleve.RECU)


def test_un_releve_change_depuis_l_affichage_n_est_pas_accepte(banc):
    banc.declarer("10.00")
    vu = banc.empreinte
    banc.declarer("140.00")
    with pytest.raises(ActionImpossible, match="a changé depuis qu’il est affiché"):
        actions.accepter_releve(banc.releve, vu=vu, par=banc.par)
    assert not LigneHeures.objects.validees().exists()


def test_plusieurs_releves_chacun_en_entier_ou_pas_du_tout(banc):
    """Le premier est net, le deuxième porte une anomalie, le troisième a changé : un seul est accepté."""
    anomalie, change = Banc(banc.structure), Banc(banc.structure)
    for un in (banc, anomalie, change):
        un.declarer("10.00")
        un.declarer("2.00", type_heures=TypeHeures.FORMATION)
    ContratTravailFactory(participant=anomalie.contrat.participant)
    vus = {un.releve: un.empreinte for un in (banc, anomalie, change)}
    change.declarer("11.00")
    acceptations = actions.valider_releves(vus, par=banc.par)
    assert [(a.nombre, a.raison) for a in acceptations] == [
        (2, ""),
        (0, "Ce relevé porte une anomalie : l’ouvrir pour juger chaque ligne."),
        (0, "Ce relevé a changé depuis qu’il est affiché : le relire, puis l’accepter."),
    ]
    assert {ligne.engagement for ligne in LigneHeures.objects.validees()} == {banc.engagement}
    assert [un.releve.statut for un in (banc, anomalie, change)] == ["VALIDE", "RECU", "RECU"]


def test_refuser_rend_le_motif_a_l_entreprise_et_tient_le_releve(banc):
    ligne = banc.declarer("10.00")
    actions.refuser(ligne, motif="Relevé illisible", par=banc.par)
    attendu = f"{ligne.participant}, 10,00 h refusées : Relevé illisible"
    assert (banc.releve.statut, banc.releve.message) == (StatutReleve.REFUSE, attendu)
    autre = banc.declarer("3.00", type_heures=TypeHeures.FORMATION)
    actions.valider_ligne(autre, version=1, par=banc.par)
    assert banc.releve.statut == StatutReleve.VALIDE


def test_un_complement_demande_tient_jusqu_a_la_reponse(banc):
    banc.declarer("10.00")
    formation = banc.declarer("3.00", type_heures=TypeHeures.FORMATION)
    actions.demander_complement(banc.releve, message="  Il manque la feuille de Camille. ", par=banc.par)
    assert (banc.releve.statut, banc.releve.message) == ("A_COMPLETER", "Il manque la feuille de Camille.")
    actions.valider_ligne(formation, version=1, par=banc.par)
    assert banc.releve.statut == StatutReleve.A_COMPLETER
    banc.declarer("12.00")
    assert banc.releve.statut == StatutReleve.RECU


def test_accepter_tout_le_releve_clot_la_demande_de_complement(banc):
    banc.declarer("10.00")
    actions.demander_complement(banc.releve, message="Signature ?", par=banc.par)
    actions.accepter_releve(banc.releve, vu=banc.empreinte, par=banc.par)
    assert banc.releve.statut == StatutReleve.VALIDE


def test_un_complement_se_motive_et_suppose_un_releve_recu(banc):
    ligne = banc.declarer()
    with pytest.raises(ActionImpossible, match="écrire le message"):
        actions.demander_complement(banc.releve, message=" \n", par=banc.par)
    actions.effacer(ligne, version=1, par=banc.par)
    with pytest.raises(ActionImpossible, match="Rien n’est encore reçu"):
        actions.demander_complement(banc.releve, message="Alors ?", par=banc.par)


def test_rouvrir_remet_en_jeu_les_refus_et_leve_le_complement(banc):
    ligne, attente = banc.declarer("10.00"), banc.attente()
    validee = banc.declarer("3.00", type_heures=TypeHeures.FORMATION)
    actions.valider_ligne(validee, version=1, par=banc.par)
    actions.refuser(ligne, motif="Erreur", par=banc.par)
    actions.refuser_attente(attente, motif="Inconnue", par=banc.par)
    actions.demander_complement(banc.releve, message="À revoir", par=banc.par)
    actions.rouvrir(banc.releve, par=banc.par)
    attente.refresh_from_db()
    statuts = dict(LigneHeures.objects.values_list("pk", "statut"))
    assert statuts == {ligne.pk: StatutLigne.DECLAREE, validee.pk: StatutLigne.VALIDEE}
    assert (attente.statut, attente.motif, attente.traitee_par) == (StatutAttente.EN_ATTENTE, "", None)
    assert (banc.releve.statut, banc.releve.message) == (StatutReleve.RECU, "")
    with pytest.raises(ActionImpossible, match="il n’y a rien à rouvrir"):
        actions.rouvrir(banc.releve, par=banc.par)


def test_rouvrir_ne_passe_pas_par_dessus_les_regles(banc):
    ligne = banc.declarer("10.00")
    actions.refuser(ligne, motif="Erreur", par=banc.par)
    ecourter(banc.contrat)
    with pytest.raises(ActionImpossible, match="suit la fin du contrat"):
        actions.rouvrir(banc.releve, par=banc.par)
    assert (LigneHeures.objects.get().statut, banc.releve.statut) == (StatutLigne.REFUSEE, StatutReleve.REFUSE)


def test_un_neant_ne_cache_pas_une_ligne_a_verifier(banc):
    banc.attente()
    with pytest.raises(ActionImpossible, match="sont à vérifier"):
        actions.declarer_neant(banc.engagement, mois=MARS, par=banc.par)
    assert banc.releve.statut == StatutReleve.RECU


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR, Role.ENTREPRISE])
def test_un_role_sans_droit_ne_traite_rien(banc, role):
    ligne, attente = banc.declarer(), banc.attente()
    organisation = {"entreprise": banc.engagement.entreprise} if role is Role.ENTREPRISE else {}
    par = acteur(banc.structure, role, **organisation)
    gestes = (
        lambda: actions.valider_ligne(ligne, version=1, par=par),
        lambda: actions.refuser(ligne, motif="Non", par=par),
        lambda: actions.accepter_releve(banc.releve, vu=banc.empreinte, par=par),
        lambda: actions.valider_releves({banc.releve: banc.empreinte}, par=par),
        lambda: actions.demander_complement(banc.releve, message="Non", par=par),
        lambda: actions.rouvrir(banc.releve, par=par),
        lambda: actions.reprendre_attente(attente, contrat=banc.contrat, par=par),
        lambda: actions.refuser_attente(attente, motif="Non", par=par),
    )
    for geste in gestes:
        with pytest.raises(PermissionDenied):
            geste()
    assert (LigneHeures.objects.get().statut, banc.releve.statut) == (StatutLigne.DECLAREE, StatutReleve.RECU)


def test_une_autre_structure_ne_traite_rien_ici(banc):
    ligne, ailleurs = banc.declarer(), acteur(StructureFactory())
    with pytest.raises(ActionImpossible, match="n’y avez plus accès"):
        actions.valider_ligne(ligne, version=1, par=ailleurs)
    with pytest.raises(ActionImpossible, match="n’y avez plus accès"):
        actions.accepter_releve(banc.releve, vu=banc.empreinte, par=ailleurs)
    assert LigneHeures.objects.get().statut == StatutLigne.DECLAREE


# --- Ce que la base dit des anomalies --------------------------------------------------------------------------------


def test_une_personne_en_regle_n_a_aucune_anomalie(banc):
    assert banc.codes(banc.declarer()) == set()
    assert banc.lu().est_sans_anomalie


def test_les_heures_se_comparent_au_mois_d_avant_sur_le_meme_engagement(banc):
    banc.declarer("40.00", mois=FEVRIER)
    assert banc.codes(banc.declarer("80.01")) == {"HAUSSE"}
    assert banc.codes(banc.declarer("80.00")) == set()


def test_qui_avait_des_heures_et_n_en_a_plus_est_signale(banc):
    parti, fini = banc.embaucher(), banc.embaucher(date_fin=datetime.date(2025, 2, 28))
    for contrat in (banc.contrat, parti, fini):
        banc.declarer("10.00", contrat=contrat, mois=FEVRIER)
    banc.declarer("10.00")
    (absence,) = banc.lu().absences
    assert absence.constat == f"{parti.participant} avait 10,00 h le mois d’avant, et aucune en mars 2025."
    banc.attente(contrat=parti)
    assert banc.lu().absences == []


def test_une_ligne_refusee_n_est_pas_une_absence(banc):
    banc.declarer("10.00", mois=FEVRIER)
    actions.refuser(banc.declarer("10.00"), motif="Non signée", par=banc.par)
    assert banc.lu().absences == []


def test_les_totaux_de_la_personne_comptent_ses_autres_engagements(banc):
    autre = EngagementFactory(clause__lot__marche=banc.engagement.clause.lot.marche)
    ligne = banc.declarer("100.00")
    assert banc.codes(ligne) == set()
    actions.declarer(contrat=banc.contrat, engagement=autre, mois=MARS, heures=Decimal("51.68"), par=banc.par)
    assert banc.codes(ligne) == {"MOIS_PLEIN"}


def test_une_convention_supprimee_bloque_la_ligne_qu_elle_permettait(banc):
    ailleurs = EngagementFactory(clause__lot__marche__structure=banc.structure, entreprise=banc.engagement.entreprise)
    actions.declarer(contrat=banc.contrat, engagement=ailleurs, mois=FEVRIER, heures=Decimal("10.00"), par=banc.par)
    convention = ConventionGlobalisationFactory(
        structure=banc.structure, entreprise=banc.engagement.entreprise, engagements=[ailleurs, banc.engagement]
    )
    ligne = banc.declarer("10.00")
    assert banc.codes(ligne) == set()
    convention.delete()
    assert banc.codes(ligne) == {"GLOBALISATION"}


def test_le_plafond_de_formation_se_lit_sur_tout_l_engagement(banc):
    clause = banc.engagement.clause
    clause.plafond_formation = Decimal("20.00")
    clause.save()
    banc.declarer("15.00", mois=FEVRIER, type_heures=TypeHeures.FORMATION)
    ligne = banc.declarer("5.01", type_heures=TypeHeures.FORMATION)
    assert "FORMATION" in banc.codes(ligne)
    banc.declarer("5.00", type_heures=TypeHeures.FORMATION)
    assert "FORMATION" not in banc.codes(ligne)


@pytest.mark.parametrize("avec_traitees", [False, True])
def test_une_ligne_coute_autant_de_requetes_que_onze(banc, avec_traitees):
    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            banc.lu(avec_traitees=avec_traitees)
        return len(requetes)

    banc.declarer()
    banc.attente(contrat=banc.contrat)
    avec_une = compter()
    for _ in range(10):
        contrat = banc.embaucher()
        banc.declarer(contrat=contrat)
        banc.attente(contrat=contrat)
    assert compter() == avec_une
