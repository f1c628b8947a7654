"""Ce que l’import accepte, remplace, laisse ou refuse ; tout ou rien, et jamais deux fois."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible
from heures.enums import OrigineLigne, StatutReleve
from heures.imports.releves.colonnes import Choix
from heures.imports.releves.rapport import Issue
from heures.models import ContratTravail, ImportHeures, LigneHeures, Releve
from marches.enums import StatutMarche
from tests.factories import EngagementFactory, LigneHeuresFactory, acteur
from tests.factories_releves import ConventionGlobalisationFactory
from tests.heures.releves.outils import ANNE, JEAN, TITRES, dire, en_base, importer_csv, raisons

MARS = datetime.date(2025, 3, 1)


def contrat(participant) -> ContratTravail:
    return ContratTravail.objects.get(participant=participant)


def noter(scene, **champs) -> LigneHeures:
    return LigneHeuresFactory(engagement=scene.engagement, contrat=contrat(scene.anne), mois=MARS, **champs)


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR])
def test_importer_demande_le_droit(scene, role):
    with pytest.raises(PermissionDenied):
        importer_csv(acteur(scene.structure, role), TITRES, ANNE)


def test_des_heures_importees_sont_declarees_et_le_releve_est_recu(scene):
    assert importer_csv(scene.par, TITRES, ANNE).conclusion() == "Relevé importé\u00a0: 1 ligne d’heures écrite."
    ligne = LigneHeures.objects.get()
    assert (ligne.statut, ligne.origine, ligne.modalite) == ("DECLAREE", OrigineLigne.IMPORT, "MISE_A_DISPOSITION")
    assert (ligne.declaree_par_id, ligne.contrat) == (scene.par.utilisateur_id, contrat(scene.anne))
    assert Releve.objects.get().statut == StatutReleve.RECU


def test_une_ligne_identique_est_deja_la(scene):
    noter(scene, heures=Decimal("35.50"))
    rapport = importer_csv(scene.par, TITRES, ANNE)
    assert [ligne.issue for ligne in rapport.heures] == [Issue.DEJA]
    assert rapport.conclusion() == "Toutes ces heures étaient déjà là\u00a0: rien n’a été créé."
    assert (LigneHeures.objects.count(), ImportHeures.objects.count()) == (1, 0)


@pytest.mark.parametrize("statut", [{}, {"refusee": True}])
def test_une_ligne_declaree_ou_refusee_est_remplacee_et_le_journal_garde_l_ancienne(scene, statut):
    ancienne = noter(scene, heures=Decimal("20.00"), **statut)
    rapport = importer_csv(scene.par, TITRES, ANNE)
    assert [(ligne.issue, ligne.ancienne) for ligne in rapport.heures] == [(Issue.REMPLACEE, Decimal("20.00"))]
    relue = LigneHeures.objects.get()
    assert (relue.pk, relue.heures, relue.statut, relue.motif) == (ancienne.pk, Decimal("35.50"), "DECLAREE", "")
    assert (relue.version, relue.origine) == (2, OrigineLigne.IMPORT)
    ecriture = EcritureJournal.objects.get(action="remplacer des heures déclarées")
    assert (ecriture.avant["heures"], ecriture.apres["heures"]) == ("20.00", "35.50")


def test_une_ligne_refusee_aux_memes_heures_le_reste_et_avertit(scene):
    noter(scene, heures=Decimal("35.50"), refusee=True)
    rapport = importer_csv(scene.par, TITRES, ANNE)
    assert LigneHeures.objects.get().statut == "REFUSEE"
    assert [dire(r) for r in rapport.avertissements] == [
        "Ligne 2 : ces heures ont déjà été reçues et refusées : elles le restent. Les noter dans la grille."
    ]


def test_une_ligne_validee_se_rectifie_elle_ne_se_remplace_pas(scene):
    noter(scene, heures=Decimal("20.00"), validee=True)
    assert raisons(importer_csv(scene.par, TITRES, ANNE)) == [
        "Ligne 2 : mars 2025 est déjà validé pour cette personne, avec 20,00 h : la ligne se rectifie dans la grille, "
        "avec un motif."
    ]
    assert LigneHeures.objects.get().heures == Decimal("20.00")


def test_deux_lignes_pour_la_meme_cellule_sont_nommees(par):
    assert raisons(importer_csv(par, TITRES, ANNE, JEAN, ANNE)) == [
        "Ligne 4 : la ligne 2 dit déjà les heures de LEFÈVRE Anne-Marie en mars 2025, pour le même engagement. Réunir "
        "les deux lignes en une, ou supprimer celle de trop."
    ]
    assert en_base() == []


@pytest.mark.parametrize("statut", [StatutMarche.SOLDE, StatutMarche.RESILIE])
def test_un_marche_clos_est_refuse(scene, statut):
    marche = scene.engagement.clause.lot.marche
    marche.statut = statut
    marche.save(update_fields=["statut"])
    (raison,) = raisons(importer_csv(scene.par, TITRES, ANNE))
    assert raison.startswith(f"Ligne 2 : le marché M-2025-1 est {marche.get_statut_display().lower()}")


@pytest.mark.parametrize(
    ("mois", "heures", "debut"),
    [
        ("2026-01", "10", "Ligne 3 : janvier 2026 n’est pas commencé"),
        ("2025-03", "250,01", "Ligne 3 : cette personne aurait 250,01 h ce mois-ci"),
        ("2025-03", "-1", "Ligne 3, colonne « Heures de travail » : « -1 » est négatif."),
        ("2025-03", "745", "Ligne 3, colonne « Heures de travail » : « 745 » dépasse le maximum de 744,00 heures."),
        ("2025-03", "1e400", "Ligne 3, colonne « Heures de travail » : « 1e400 » n’est pas un nombre d’heures."),
    ],
)
def test_une_regle_non_tenue_refuse_tout_le_fichier(par, mois, heures, debut):
    (raison,) = raisons(importer_csv(par, TITRES, JEAN, (*ANNE[:4], mois, heures)))
    assert raison.startswith(debut)
    assert en_base() == []


def test_le_plafond_se_compte_sur_tout_le_fichier_et_sur_la_base(scene):
    ailleurs = EngagementFactory(clause__lot__marche__structure=scene.structure, heures=0,
                                 clause__lot__marche__reference="M-2", clause__lot__numero="1")  # fmt: skip
    LigneHeuresFactory(engagement=ailleurs, contrat=contrat(scene.anne), mois=MARS, heures=Decimal("216.00"))
    (raison,) = raisons(importer_csv(scene.par, TITRES, ANNE))
    assert "cette personne aurait 251,50 h ce mois-ci" in raison


def test_remplacer_ne_compte_pas_deux_fois_les_heures_remplacees(scene):
    noter(scene, heures=Decimal("220.00"))
    assert importer_csv(scene.par, TITRES, (*ANNE[:5], "240")).accepte


@pytest.fixture
def cdd_sur_deux_marches(scene):
    """Anne en CDD, déjà imputée à M-2 : l’importer sur M-2025-1 demande une convention."""
    ContratTravail.objects.filter(participant=scene.anne).update(type_contrat="CDD", modalite="EMBAUCHE_DIRECTE")
    scene.autre = EngagementFactory(
        entreprise=scene.engagement.entreprise, clause__lot__marche__structure=scene.structure, heures=0,
        clause__lot__marche__reference="M-2",
    )  # fmt: skip
    LigneHeuresFactory(engagement=scene.autre, contrat=contrat(scene.anne), mois=datetime.date(2025, 2, 1))
    return scene


def test_sans_convention_de_globalisation_la_ligne_est_refusee(cdd_sur_deux_marches):
    (raison,) = raisons(importer_csv(cdd_sur_deux_marches.par, TITRES, ANNE))
    assert "Ce contrat de travail compte déjà pour le marché M-2".lower() in raison.lower()


def test_une_convention_de_globalisation_la_laisse_entrer(cdd_sur_deux_marches):
    scene = cdd_sur_deux_marches
    ConventionGlobalisationFactory(
        structure=scene.structure, entreprise=scene.engagement.entreprise, engagements=[scene.engagement, scene.autre]
    )
    assert importer_csv(scene.par, TITRES, ANNE).accepte


def test_la_premiere_ligne_du_fichier_fixe_l_operation_d_un_contrat_neuf(cdd_sur_deux_marches):
    scene = cdd_sur_deux_marches
    LigneHeures.objects.all().delete()
    numero = scene.autre.clause.lot.numero
    vers_m2 = (*ANNE[:2], "M-2", numero, "2025-04", "10")
    (raison,) = raisons(importer_csv(scene.par, TITRES, ANNE, vers_m2))
    assert raison.startswith("Ligne 3 : ce contrat de travail compte déjà pour le marché M-2025-1")


def test_tout_ou_rien(par):
    assert not importer_csv(par, TITRES, ANNE, (*JEAN[:5], "999")).accepte
    assert (en_base(), ImportHeures.objects.count(), Releve.objects.count()) == ([], 0, 0)


def test_simuler_dit_la_meme_chose_et_n_ecrit_rien(par):
    simule = importer_csv(par, TITRES, ANNE, JEAN, simulation=True)
    assert en_base() == []
    fait = importer_csv(par, TITRES, ANNE, JEAN)
    assert [ligne.issue for ligne in simule.heures] == [ligne.issue for ligne in fait.heures] == [Issue.CREEE] * 2
    assert simule.signature == fait.signature


def test_le_meme_fichier_rejoue_n_importe_rien_et_le_dit(scene):
    importer_csv(scene.par, TITRES, ANNE)
    trace = ImportHeures.objects.get()
    assert (trace.nom_fichier, trace.nombre_lignes, trace.nombre_creees, trace.heures) == (
        "releve.csv", 1, 1, Decimal("35.50"),
    )  # fmt: skip
    LigneHeures.objects.update(heures=Decimal("12.00"))
    rejoue = importer_csv(scene.par, TITRES, ANNE)
    assert dire(rejoue.conclusion()) == (
        f"Ce fichier a déjà été importé le 15/12/2025 à 13:00 par {scene.agent} : rien n’est importé."
    )
    assert [ligne[3] for ligne in en_base()] == [Decimal("12.00")]
    assert ImportHeures.objects.count() == 1


def test_le_meme_fichier_pour_un_autre_engagement_est_un_autre_import(scene):
    second = EngagementFactory(clause__lot__marche__structure=scene.structure, heures=0)
    titres, ligne = ("Nom", "Prénom", "Mois", "Heures"), (*ANNE[:2], *ANNE[4:])
    for engagement in (scene.engagement, second):
        assert importer_csv(scene.par, titres, ligne, choix=Choix(engagement_id=engagement.pk)).a_ecrire == 1


def test_une_base_changee_depuis_l_apercu_refuse_la_confirmation(scene):
    vu = importer_csv(scene.par, TITRES, ANNE, simulation=True).signature
    noter(scene, heures=Decimal("20.00"))
    with pytest.raises(ActionImpossible, match="Des heures ont changé depuis cet aperçu"):
        importer_csv(scene.par, TITRES, ANNE, attendu=vu)
    assert [ligne[3] for ligne in en_base()] == [Decimal("20.00")]


def test_l_import_tient_au_journal_par_engagement(scene):
    importer_csv(scene.par, TITRES, ANNE, JEAN)
    ecriture = EcritureJournal.objects.get(action="importer un relevé")
    assert (ecriture.objet_id, ecriture.nombre) == (str(scene.engagement.pk), 2)
    assert ecriture.apres == {"heures": "155.50", "du": "2025-03", "au": "2025-03"}
    trace = EcritureJournal.objects.get(action="importer un fichier de relevés")
    assert trace.apres["nom_fichier"] == "(modifié)"


def test_le_nombre_de_requetes_ne_suit_pas_le_nombre_de_lignes(par, django_assert_max_num_queries):
    mois = [f"2025-{numero:02}" for numero in range(1, 13)]
    with django_assert_max_num_queries(32):
        importer_csv(par, TITRES, *[(*ANNE[:4], un_mois, "10") for un_mois in mois])
    assert LigneHeures.objects.count() == 12
