"""Les actions sur les heures, en base : déclarer, effacer, valider, refuser, rectifier (domaine.md §3)."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from heures import actions
from heures.enums import NatureLigne, StatutLigne, StatutReleve, TypeHeures
from heures.models import LigneHeures, Releve
from marches.enums import StatutMarche
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    StructureFactory,
    acteur,
)

MARS = datetime.date(2025, 3, 1)


pytestmark = pytest.mark.usefixtures("mi_decembre_2025")


class Banc:
    def __init__(self):
        self.structure = StructureFactory()
        self.par = acteur(self.structure)
        self.engagement = EngagementFactory(clause__lot__marche__structure=self.structure)
        entree = EntreeClauseFactory(participant__structure=self.structure)
        self.contrat = ContratTravailFactory(participant=entree.participant, employeur=self.engagement.entreprise)

    def declarer(self, heures="10.00", **options):
        champs = {"contrat": self.contrat, "engagement": self.engagement, "mois": MARS, "par": self.par, **options}
        return actions.declarer(heures=Decimal(heures), **champs)


@pytest.fixture
def banc() -> Banc:
    return Banc()


def test_une_heure_declaree_ouvre_le_releve_et_s_inscrit_au_journal(banc):
    ligne = banc.declarer("7.50").ligne
    assert (ligne.heures, ligne.statut, ligne.version) == (Decimal("7.50"), StatutLigne.DECLAREE, 1)
    assert (ligne.participant, ligne.modalite) == (banc.contrat.participant, banc.contrat.modalite)
    assert Releve.objects.get().statut == StatutReleve.RECU
    assert EcritureJournal.objects.filter(action="déclarer des heures", objet_id=str(ligne.pk)).count() == 1


def test_un_jour_quelconque_est_ramene_a_son_mois(banc):
    assert banc.declarer(mois=datetime.date(2025, 3, 27)).ligne.mois == MARS


def test_declarer_de_nouveau_corrige_la_meme_ligne(banc):
    banc.declarer("10.00")
    faite = banc.declarer("12.25", version=1)
    assert (faite.ligne.heures, faite.ligne.version) == (Decimal("12.25"), 2)
    assert LigneHeures.objects.count() == 1


def test_une_version_depassee_est_un_conflit_qui_dit_les_deux_valeurs(banc):
    banc.declarer("10.00")
    with pytest.raises(ConflitDeVersion) as conflit:
        banc.declarer("12.00", version=0)
    assert conflit.value.version == 1
    assert "« 10,00 h » est enregistré, vous proposez « 12,00 h »" in str(conflit.value)
    assert LigneHeures.objects.get().heures == Decimal("10.00")


def test_travail_et_formation_sont_deux_lignes(banc):
    banc.declarer("10.00")
    banc.declarer("3.00", type_heures=TypeHeures.FORMATION)
    assert LigneHeures.objects.count() == 2


def test_le_plafond_compte_les_heures_des_autres_engagements(banc):
    autre = EngagementFactory(clause__lot__marche=banc.engagement.clause.lot.marche)
    banc.declarer("200.00", engagement=autre)
    with pytest.raises(ActionImpossible, match="250,01 h ce mois-ci, tous engagements confondus"):
        banc.declarer("50.01")
    (phrase,) = banc.declarer("50.00").avertissements
    assert phrase.startswith("250,00 h ce mois-ci, tous engagements")


def test_une_eligibilite_finie_refuse_et_une_prolongation_rouvre(banc):
    entree = banc.contrat.participant.entrees.get()
    entree.date_entree = datetime.date(2023, 1, 1)
    entree.save()
    with pytest.raises(ActionImpossible, match="L’éligibilité s’arrête le 01/01/2025"):
        banc.declarer()
    actions.prolonger(
        banc.contrat.participant, jusqu_au=datetime.date(2025, 3, 31), motif="Formation longue", par=banc.par
    )
    assert banc.declarer().ligne is not None


@pytest.mark.parametrize("statut", [StatutMarche.SOLDE, StatutMarche.RESILIE, StatutMarche.SANS_SUITE])
def test_un_marche_clos_ne_recoit_plus_d_heures(banc, statut):
    marche = banc.engagement.clause.lot.marche
    marche.statut = statut
    marche.save()
    with pytest.raises(ActionImpossible, match="rouvrir le marché avant d’y noter des heures"):
        banc.declarer()
    assert not LigneHeures.objects.exists()


def test_une_autre_structure_ne_declare_rien_ici(banc):
    with pytest.raises(ActionImpossible, match="n’y avez plus accès"):
        banc.declarer(par=acteur(StructureFactory()))


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR])
def test_un_role_sans_droit_ne_declare_pas(banc, role):
    with pytest.raises(PermissionDenied):
        banc.declarer(par=acteur(banc.structure, role))


def test_effacer_retire_la_ligne_et_le_journal_garde_ce_qu_elle_portait(banc):
    ligne = banc.declarer("7.50").ligne
    actions.effacer(ligne, version=1, par=banc.par)
    assert not LigneHeures.objects.exists()
    assert EcritureJournal.objects.get(action="effacer des heures déclarées").avant["heures"] == "7.50"


def test_sur_un_marche_clos_rien_ne_s_efface(banc):
    ligne = banc.declarer().ligne
    marche = banc.engagement.clause.lot.marche
    marche.statut = StatutMarche.SOLDE
    marche.save()
    with pytest.raises(ActionImpossible, match="rouvrir le marché"):
        actions.effacer(ligne, version=1, par=banc.par)
    assert LigneHeures.objects.count() == 1


def test_vider_la_derniere_heure_d_un_mois_le_rend_attendu(banc):
    ligne = banc.declarer().ligne
    formation = banc.declarer(type_heures=TypeHeures.FORMATION).ligne
    actions.effacer(ligne, version=1, par=banc.par)
    assert Releve.objects.get().statut == StatutReleve.RECU
    actions.effacer(formation, version=1, par=banc.par)
    assert Releve.objects.get().statut == StatutReleve.ATTENDU


def test_effacer_une_ligne_changee_entre_temps_est_un_conflit(banc):
    ligne = banc.declarer("7.50").ligne
    banc.declarer("8.00")
    with pytest.raises(ConflitDeVersion, match="8,00 h"):
        actions.effacer(ligne, version=1, par=banc.par)
    assert LigneHeures.objects.get().heures == Decimal("8.00")


def test_valider_un_mois_valide_toutes_ses_lignes_et_le_releve(banc):
    banc.declarer("10.00")
    banc.declarer("3.00", type_heures=TypeHeures.FORMATION)
    banc.declarer("5.00", mois=datetime.date(2025, 4, 1))
    assert actions.valider_mois(banc.engagement, mois=MARS, par=banc.par) == 2
    assert LigneHeures.objects.validees().count() == 2
    assert LigneHeures.objects.validees().filter(validee_par=banc.par.utilisateur_id).count() == 2
    assert Releve.objects.get(mois=MARS).statut == StatutReleve.VALIDE


def test_valider_deux_fois_dit_qu_il_n_y_a_plus_rien(banc):
    banc.declarer()
    actions.valider_mois(banc.engagement, mois=MARS, par=banc.par)
    with pytest.raises(ActionImpossible, match="Aucune heure déclarée à valider en mars 2025"):
        actions.valider_mois(banc.engagement, mois=MARS, par=banc.par)


def test_apres_validation_on_ne_modifie_ni_n_efface_on_rectifie(banc):
    ligne = banc.declarer().ligne
    actions.valider_mois(banc.engagement, mois=MARS, par=banc.par)
    with pytest.raises(ActionImpossible, match="Mars 2025 est validé pour cette personne"):
        banc.declarer("11.00")
    with pytest.raises(ActionImpossible, match="ne s’effacent pas"):
        actions.effacer(ligne, version=2, par=banc.par)
    assert LigneHeures.objects.get().heures == Decimal("10.00")


def test_rectifier_annule_et_remplace_sans_toucher_l_ancienne(banc):
    banc.declarer("10.00")
    actions.valider_mois(banc.engagement, mois=MARS, par=banc.par)
    origine = LigneHeures.objects.get()
    nouvelle = actions.rectifier(origine, heures=Decimal("12.50"), motif="Erreur de relevé", par=banc.par)
    lignes = list(LigneHeures.objects.order_by("rang").values_list("nature", "heures", "statut"))
    assert lignes == [
        (NatureLigne.ORDINAIRE, Decimal("10.00"), StatutLigne.VALIDEE),
        (NatureLigne.ANNULATION, Decimal("-10.00"), StatutLigne.VALIDEE),
        (NatureLigne.ORDINAIRE, Decimal("12.50"), StatutLigne.VALIDEE),
    ]
    assert LigneHeures.objects.get(rang=1).annule == origine
    assert nouvelle.motif == "Erreur de relevé"
    with pytest.raises(ActionImpossible, match="a déjà été rectifiée"):
        actions.rectifier(origine, heures=Decimal("1.00"), motif="Encore", par=banc.par)
    assert actions.rectifier(nouvelle, heures=Decimal(0), motif="Doublon", par=banc.par).rang == 4


@pytest.mark.parametrize(
    ("heures", "motif", "phrase"),
    [
        ("12.00", "  ", "Une rectification porte son motif"),
        ("10.00", "Erreur", "La ligne porte déjà 10,00 h"),
        ("251.00", "Erreur", "le plafond est de 250,00 h"),
    ],
)
def test_une_rectification_sans_motif_ou_hors_des_regles_est_refusee(banc, heures, motif, phrase):
    banc.declarer("10.00")
    actions.valider_mois(banc.engagement, mois=MARS, par=banc.par)
    with pytest.raises(ActionImpossible, match=phrase):
        actions.rectifier(LigneHeures.objects.get(), heures=Decimal(heures), motif=motif, par=banc.par)
    assert LigneHeures.objects.count() == 1


def test_une_ligne_declaree_ne_se_rectifie_pas(banc):
    ligne = banc.declarer().ligne
    with pytest.raises(ActionImpossible, match="Seule une ligne validée se rectifie"):
        actions.rectifier(ligne, heures=Decimal(1), motif="Erreur", par=banc.par)


def test_refuser_porte_un_motif_et_redeclarer_remet_la_ligne_en_jeu(banc):
    ligne = banc.declarer().ligne
    with pytest.raises(ActionImpossible, match="Un refus porte son motif"):
        actions.refuser(ligne, motif=" ", par=banc.par)
    refusee = actions.refuser(ligne, motif="Relevé illisible", par=banc.par)
    assert (refusee.statut, refusee.motif) == (StatutLigne.REFUSEE, "Relevé illisible")
    with pytest.raises(ActionImpossible, match="déjà été traitée"):
        actions.refuser(ligne, motif="Encore", par=banc.par)
    reprise = banc.declarer("9.00", version=2).ligne
    assert (reprise.pk, reprise.statut, reprise.motif) == (ligne.pk, StatutLigne.DECLAREE, "")


def test_un_mois_neant_se_note_s_il_est_vide(banc):
    actions.declarer_neant(banc.engagement, mois=MARS, par=banc.par)
    assert Releve.objects.get().statut == StatutReleve.NEANT
    banc.declarer()
    assert Releve.objects.get().statut == StatutReleve.RECU
    with pytest.raises(ActionImpossible, match="Des heures sont déjà notées en mars 2025"):
        actions.declarer_neant(banc.engagement, mois=MARS, par=banc.par)


def test_reduire_un_contrat_sous_ses_heures_est_refuse(banc):
    banc.declarer()
    with pytest.raises(ActionImpossible, match="Des heures sont notées jusqu’en 03/2025"):
        actions.modifier_contrat(banc.contrat, date_fin=datetime.date(2025, 2, 28), version=1, par=banc.par)


def test_la_somme_des_lignes_d_un_engagement_est_exacte(banc):
    for mois in range(1, 12):
        banc.declarer("0.10", mois=datetime.date(2025, mois, 1))
    LigneHeuresFactory(
        engagement=banc.engagement, contrat=banc.contrat, mois=datetime.date(2025, 12, 1), heures="0.01"
    )
    assert sum(LigneHeures.objects.values_list("heures", flat=True)) == Decimal("1.11")
