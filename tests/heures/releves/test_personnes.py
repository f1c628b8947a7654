"""Rapprocher les personnes et les contrats : sûr, il est pris ; douteux, il est proposé, jamais deviné."""

from __future__ import annotations

import datetime

import pytest

from heures import actions
from heures.imports.releves import personnes as rapprochement
from heures.imports.releves.colonnes import Choix
from heures.models import LigneHeures
from tests.factories import ContratTravailFactory, EngagementFactory, EntrepriseFactory, ParticipantFactory
from tests.heures.releves.conftest import personne
from tests.heures.releves.outils import ANNE, TITRES, dire, en_base, importer_csv, raisons

SUITE = ANNE[2:]


def noms(doute) -> list[str]:
    return [candidat.libelle.split(",")[0] for candidat in doute.candidats]


@pytest.mark.parametrize(
    ("nom", "prenom"),
    [("LEFEVRE", "ANNE MARIE"), ("lefèvre", "anne-marie"), ("Anne-Marie", "Lefèvre"),
     ("LEFE\u0300VRE", "Anne\u2011Marie"),
     (" Lefèvre\u00a0", "Anne  Marie")],
)  # fmt: skip
def test_accents_casse_tirets_et_ordre_ne_comptent_pas(par, nom, prenom):
    assert importer_csv(par, TITRES, (nom, prenom, *SUITE)).accepte
    assert [ligne[0] for ligne in en_base()] == ["Lefèvre"]


def test_deux_homonymes_sont_proposes(scene):
    jumeau = personne(scene, "LEFEVRE", "Anne Marie", identifiant="P-3")
    rapport = importer_csv(scene.par, TITRES, ANNE)
    (doute,) = rapport.doutes
    assert doute.raison == rapprochement.HOMONYMES
    assert {candidat.clef for candidat in doute.candidats} == {scene.anne.pk, jumeau.pk}
    assert en_base() == []


AVEC_NAISSANCE = (*TITRES, "Né(e) le")


def test_la_naissance_departage_deux_homonymes(scene):
    autre = personne(scene, "Lefèvre", "Anne-Marie", identifiant="P-3", date_naissance=datetime.date(2001, 2, 3))
    assert importer_csv(scene.par, AVEC_NAISSANCE, (*ANNE, "03/02/2001")).accepte
    assert LigneHeures.objects.get().participant == autre


def test_une_autre_naissance_est_un_doute(par):
    (doute,) = importer_csv(par, AVEC_NAISSANCE, (*ANNE, "03/02/2001")).doutes
    assert doute.raison == rapprochement.NAISSANCE_DIFFERENTE
    assert noms(doute) == ["LEFÈVRE Anne-Marie"]


def test_des_homonymes_nes_le_meme_jour_restent_a_choisir(scene):
    personne(scene, "Lefèvre", "Anne-Marie", identifiant="P-3")
    (doute,) = importer_csv(scene.par, AVEC_NAISSANCE, (*ANNE, "10/05/1990")).doutes
    assert doute.raison == rapprochement.HOMONYMES


def test_une_fiche_sans_naissance_au_nom_unique_est_reconnue(scene):
    personne(scene, "Sansdate", "Lou", identifiant="P-3", date_naissance=None)
    assert importer_csv(scene.par, AVEC_NAISSANCE, ("Sansdate", "Lou", *SUITE, "10/05/1990")).accepte


@pytest.mark.parametrize(
    ("nom", "prenom"),
    [("Lefèvres", "Anne-Marie"), ("Lefèvr", "Anne-Marie"), ("Lefebvre", "Anne-Marie"), ("Lefevre", "Anna-Marie"),
     ("Lefèvre", "Anne-Mraie"), ("Lefèvre", "Anne"), ("Lefèvre Dumont", "Anne-Marie"), ("Le Fèvre", "Anne-Marie")],
)  # fmt: skip
def test_un_nom_proche_est_propose_et_rien_n_est_ecrit(par, nom, prenom):
    (doute,) = importer_csv(par, TITRES, (nom, prenom, *SUITE)).doutes
    assert doute.raison == rapprochement.PROCHE
    assert noms(doute) == ["LEFÈVRE Anne-Marie"]
    assert en_base() == []


def test_une_inconnue_est_un_doute_sans_candidat(par):
    (doute,) = importer_csv(par, TITRES, ("Inconnue", "Zoé", *SUITE)).doutes
    assert (doute.raison, doute.candidats) == (rapprochement.INCONNUE, ())


def test_la_personne_d_une_autre_structure_est_inconnue(par):
    ParticipantFactory(nom="Ailleurs", prenom="Zoé")
    (doute,) = importer_csv(par, TITRES, ("Ailleurs", "Zoé", *SUITE)).doutes
    assert (doute.raison, doute.candidats) == (rapprochement.INCONNUE, ())


def test_un_choix_tranche_le_doute(scene):
    lignes = TITRES, ("Lefèvres", "Anne-Marie", *SUITE)
    (doute,) = importer_csv(scene.par, *lignes).doutes
    rapport = importer_csv(scene.par, *lignes, choix=Choix(fiches_choisies={doute.clef: scene.anne.pk}))
    assert rapport.accepte
    assert LigneHeures.objects.get().participant == scene.anne


def test_un_choix_hors_des_candidats_ne_vaut_rien(scene):
    lignes = TITRES, ("Lefèvres", "Anne-Marie", *SUITE)
    (doute,) = importer_csv(scene.par, *lignes).doutes
    rapport = importer_csv(scene.par, *lignes, choix=Choix(fiches_choisies={doute.clef: scene.jean.pk}))
    assert not rapport.accepte
    assert en_base() == []


def test_ecarter_une_inconnue_laisse_importer_le_reste(par):
    lignes = TITRES, ANNE, ("Inconnue", "Zoé", *SUITE)
    (doute,) = importer_csv(par, *lignes).doutes
    rapport = importer_csv(par, *lignes, choix=Choix(fiches_choisies={doute.clef: 0}))
    assert rapport.accepte
    assert [dire(remarque) for remarque in rapport.ecartees] == ["Ligne 3 : ligne écartée à votre demande."]
    assert [ligne[0] for ligne in en_base()] == ["Lefèvre"]


def test_une_fiche_absorbee_mene_a_la_fiche_gardee(scene):
    absorbee = personne(scene, "Ancienne", "Anne", identifiant="P-9", contrat=False)
    actions.fusionner(scene.anne, absorbee=absorbee, motif="Même personne", par=scene.par)
    assert importer_csv(scene.par, TITRES, ("Ancienne", "Anne", *SUITE)).accepte
    assert LigneHeures.objects.get().participant == scene.anne


PAR_CONTRAT = ("Contrat", *TITRES)
PAR_PERSONNE = ("Identifiant", *TITRES)


def test_l_identifiant_du_contrat_suffit(par):
    assert importer_csv(par, ("Contrat", *TITRES[2:]), ("C-P-1", *SUITE)).accepte
    assert [ligne[0] for ligne in en_base()] == ["Lefèvre"]


def test_l_identifiant_de_la_personne_suffit(par):
    assert importer_csv(par, ("Identifiant", *TITRES[2:]), ("p-1", *SUITE)).accepte
    assert [ligne[0] for ligne in en_base()] == ["Lefèvre"]


@pytest.mark.parametrize(("titres", "identifiant"), [(PAR_CONTRAT, "C-P-2"), (PAR_PERSONNE, "P-2")])
def test_un_identifiant_que_le_nom_contredit_est_un_doute(par, titres, identifiant):
    (doute,) = importer_csv(par, titres, (identifiant, *ANNE)).doutes
    assert "est celui de DUPONT Jean, la ligne nomme quelqu’un d’autre" in doute.raison
    assert noms(doute) == ["DUPONT Jean", "LEFÈVRE Anne-Marie"]


@pytest.mark.parametrize(("titres", "identifiant"), [(PAR_CONTRAT, "C-X"), (PAR_PERSONNE, "X")])
def test_un_identifiant_inconnu_propose_d_apres_le_nom(par, titres, identifiant):
    (doute,) = importer_csv(par, titres, (identifiant, *ANNE)).doutes
    assert "est inconnu" in doute.raison
    assert noms(doute) == ["LEFÈVRE Anne-Marie"]


def test_le_contrat_d_une_autre_structure_est_inconnu_comme_un_autre(par):
    ContratTravailFactory(identifiant="C-AILLEURS")
    (doute,) = importer_csv(par, ("Contrat", *TITRES[2:]), ("C-AILLEURS", *SUITE)).doutes
    assert dire(doute.raison) == "le contrat « C-AILLEURS » est inconnu. Corriger l’identifiant."
    assert doute.candidats == ()


def second_contrat(scene, **champs):
    employeur = EntrepriseFactory(raison_sociale="Chantier-École Fictif")
    return ContratTravailFactory(participant=scene.anne, **{"employeur": employeur, "identifiant": "C-2", **champs})


def test_deux_contrats_ouverts_restent_a_choisir(scene):
    second_contrat(scene)
    (doute,) = importer_csv(scene.par, TITRES, ANNE).doutes
    assert doute.raison == "plusieurs contrats sont ouverts en mars 2025. Choisir le bon."
    assert len(doute.candidats) == 2
    choisi = next(c.clef for c in doute.candidats if "C-2" in c.libelle)
    assert importer_csv(scene.par, TITRES, ANNE, choix=Choix(contrats_choisis={doute.clef: choisi})).accepte
    assert LigneHeures.objects.get().contrat_id == choisi


@pytest.mark.parametrize("employeur", ["Chantier École FICTIF", "SAS Chantier-école fictif", None])
def test_l_employeur_departage_les_contrats(scene, employeur):
    second = second_contrat(scene)
    dit = employeur or second.employeur.siret
    assert importer_csv(scene.par, (*TITRES, "Employeur"), (*ANNE, dit)).accepte
    assert LigneHeures.objects.get().contrat == second


@pytest.mark.parametrize("dit", ["CDD", "cdd"])
def test_le_type_de_contrat_departage(scene, dit):
    second = second_contrat(scene, employeur=scene.employeur, type_contrat="CDD")
    assert importer_csv(scene.par, (*TITRES, "Type de contrat"), (*ANNE, dit)).accepte
    assert LigneHeures.objects.get().contrat == second


def test_un_type_de_contrat_inconnu_avertit_et_ne_choisit_pas(scene):
    second_contrat(scene)
    rapport = importer_csv(scene.par, (*TITRES, "Type de contrat"), (*ANNE, "bénévolat"))
    assert len(rapport.doutes) == 1
    assert "n’est pas reconnu" in rapport.avertissements[0].raison


def test_un_employeur_que_le_seul_contrat_contredit_est_un_doute(par):
    (doute,) = importer_csv(par, (*TITRES, "Employeur"), (*ANNE, "Autre Agence")).doutes
    assert "le fichier dit « Autre Agence », mais aucun de ses contrats" in dire(doute.raison)


def test_sans_contrat_ouvert_la_ligne_est_refusee(par):
    rapport = importer_csv(par, TITRES, (*ANNE[:4], "2024-12", "10"))
    assert raisons(rapport) == [
        "Ligne 2 : aucun contrat de travail de LEFÈVRE Anne-Marie n’est ouvert en décembre 2024. Noter son contrat "
        "sur sa fiche, ou corriger le mois."
    ]


def test_un_marche_inconnu_est_refuse(par):
    EngagementFactory(clause__lot__marche__reference="AILLEURS")
    rapport = importer_csv(par, TITRES, (*ANNE[:2], "AILLEURS", *ANNE[3:]))
    assert raisons(rapport) == [
        "Ligne 2, colonne « Référence du marché » : aucun engagement sur un marché de cette référence. La corriger."
    ]


def test_un_lot_sans_engagement_nomme_les_lots_connus(par):
    rapport = importer_csv(par, TITRES, (*ANNE[:3], "7", *ANNE[4:]))
    assert raisons(rapport) == [
        "Ligne 2, colonne « Lot » : ce marché n’a pas d’engagement qui y réponde. Connus : M-2025-1 lot 1, "
        "Bâtisseurs Fictifs."
    ]


def deux_titulaires(scene):
    return EngagementFactory(clause=scene.engagement.clause, entreprise__raison_sociale="Cotraitant Fictif", heures=0)


def test_deux_titulaires_du_meme_lot_sont_a_preciser(scene):
    deux_titulaires(scene)
    (raison,) = raisons(importer_csv(scene.par, TITRES, ANNE))
    assert "plusieurs engagements répondent" in raison
    assert "Préciser le lot ou le titulaire, ou choisir l’engagement du fichier." in raison


def test_le_titulaire_ou_le_choix_du_fichier_departage(scene):
    second = deux_titulaires(scene)
    assert importer_csv(scene.par, (*TITRES, "Titulaire"), (*ANNE, "cotraitant fictif")).accepte
    assert LigneHeures.objects.get().engagement == second
    choix = Choix(engagement_id=scene.engagement.pk)
    assert importer_csv(scene.par, TITRES, ANNE, choix=choix).accepte
    assert LigneHeures.objects.filter(engagement=scene.engagement).count() == 1
