"""L’action de reprise en masse : droits, périmètre, et les mêmes règles que la saisie."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from clauses.comptes.acteurs import Acteur, Role
from clauses.socle.erreurs import ActionImpossible
from heures import actions
from heures.actions.reprise import LigneAReprendre, reprendre_lignes
from heures.enums import StatutLigne, StatutReleve, TypeHeures
from heures.models import ContratTravail, LigneHeures, Releve
from marches.enums import StatutMarche
from marches.models import Engagement
from tests.factories import ContratTravailFactory, EngagementFactory, ReleveFactory, acteur

MARS = datetime.date(2025, 3, 1)


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory()


@pytest.fixture
def contrat(engagement: Engagement) -> ContratTravail:
    return ContratTravailFactory(participant__structure=engagement.structure)


@pytest.fixture
def par(engagement: Engagement) -> Acteur:
    return acteur(engagement.structure)


def ligne(contrat: ContratTravail, engagement: Engagement, **champs: object) -> LigneAReprendre:
    valeurs = {
        "contrat_id": contrat.pk,
        "engagement_id": engagement.pk,
        "mois": MARS,
        "type_heures": TypeHeures.TRAVAIL,
        "heures": Decimal("35.50"),
        "statut": StatutLigne.DECLAREE,
        "validee_le": None,
        "repere": 2,
    }
    return LigneAReprendre(**{**valeurs, **champs})


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR])
def test_reprendre_demande_le_droit_de_saisir_et_de_valider(
    contrat: ContratTravail, engagement: Engagement, role: Role
) -> None:
    with pytest.raises(PermissionDenied):
        reprendre_lignes([ligne(contrat, engagement)], par=acteur(engagement.structure, role))


def test_un_contrat_d_une_autre_structure_n_existe_pas(engagement: Engagement, par: Acteur) -> None:
    with pytest.raises(ActionImpossible, match="n’existe plus, ou vous n’y avez plus accès"):
        reprendre_lignes([ligne(ContratTravailFactory(), engagement)], par=par)
    assert not LigneHeures.objects.exists()


def test_un_engagement_d_une_autre_structure_n_existe_pas(contrat: ContratTravail, par: Acteur) -> None:
    with pytest.raises(ActionImpossible, match="n’existe plus, ou vous n’y avez plus accès"):
        reprendre_lignes([ligne(contrat, EngagementFactory())], par=par)


def test_un_refus_retient_toutes_les_lignes(contrat: ContratTravail, engagement: Engagement, par: Acteur) -> None:
    bonne, mauvaise = ligne(contrat, engagement), ligne(contrat, engagement, mois=datetime.date(2024, 12, 1), repere=3)
    resultat = reprendre_lignes([bonne, mauvaise], par=par)
    assert [refusee.repere for refusee, _ in resultat.refus] == [3]
    assert resultat.creees == []
    assert not LigneHeures.objects.exists()


def test_le_plafond_du_mois_compte_toutes_les_lignes_de_la_personne(
    contrat: ContratTravail, engagement: Engagement, par: Acteur
) -> None:
    autre = EngagementFactory(structure=engagement.structure, clause__lot__marche__structure=engagement.structure)
    actions.declarer(contrat=contrat, engagement=autre, mois=MARS, heures=Decimal("200.00"), par=par)
    passe = reprendre_lignes([ligne(contrat, engagement, heures=Decimal("50.00"))], par=par)
    refuse = reprendre_lignes(
        [ligne(contrat, engagement, heures=Decimal("0.01"), type_heures=TypeHeures.FORMATION)], par=par
    )
    assert passe.refus == []
    assert "250,01 h ce mois-ci" in refuse.refus[0][1]


def test_une_ligne_refusee_ne_compte_pas_dans_le_plafond(
    contrat: ContratTravail, engagement: Engagement, par: Acteur
) -> None:
    lignes = [
        ligne(contrat, engagement, heures=Decimal("240.00"), statut=StatutLigne.REFUSEE),
        ligne(contrat, engagement, heures=Decimal("100.00"), type_heures=TypeHeures.FORMATION),
    ]
    assert reprendre_lignes(lignes, par=par).refus == []
    assert LigneHeures.objects.get(statut=StatutLigne.REFUSEE).motif == "Refusée avant la reprise"


def test_une_ligne_rectifiee_se_compare_a_sa_derniere_valeur(
    contrat: ContratTravail, engagement: Engagement, par: Acteur
) -> None:
    validee = {"statut": StatutLigne.VALIDEE}
    reprendre_lignes([ligne(contrat, engagement, **validee)], par=par)
    actions.rectifier(LigneHeures.objects.get(), heures=Decimal("40.00"), motif="Relevé corrigé", par=par)
    identique = reprendre_lignes([ligne(contrat, engagement, heures=Decimal("40.00"), **validee)], par=par)
    ancienne = reprendre_lignes([ligne(contrat, engagement, **validee)], par=par)
    assert len(identique.deja) == 1
    assert "est déjà en base (40,00 h, validée) ; cette ligne dit 35,50 h, validée" in ancienne.refus[0][1].replace(
        "\u202f", " "
    )
    assert LigneHeures.objects.count() == 3


def test_un_marche_clos_recoit_les_heures_de_son_histoire(
    contrat: ContratTravail, engagement: Engagement, par: Acteur
) -> None:
    marche = engagement.clause.lot.marche
    marche.statut = StatutMarche.SOLDE
    marche.save(update_fields=["statut"])
    assert len(reprendre_lignes([ligne(contrat, engagement)], par=par).creees) == 1


def test_sans_date_de_validation_une_ligne_validee_l_est_maintenant(
    contrat: ContratTravail, engagement: Engagement, par: Acteur
) -> None:
    reprendre_lignes([ligne(contrat, engagement, statut=StatutLigne.VALIDEE)], par=par)
    reprise = LigneHeures.objects.get()
    assert reprise.validee_le == datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC)
    assert reprise.validee_par_id == par.utilisateur_id


def test_un_releve_attendu_passe_a_valide(contrat: ContratTravail, engagement: Engagement, par: Acteur) -> None:
    ReleveFactory(engagement=engagement, mois=MARS)
    reprendre_lignes([ligne(contrat, engagement, statut=StatutLigne.VALIDEE)], par=par)
    assert Releve.objects.get().statut == StatutReleve.VALIDE


def test_le_nombre_de_requetes_ne_suit_pas_le_nombre_de_lignes(
    contrat: ContratTravail, engagement: Engagement, par: Acteur, django_assert_max_num_queries
) -> None:
    mois = [datetime.date(2025, numero, 1) for numero in range(1, 13)]
    with django_assert_max_num_queries(16):
        reprendre_lignes([ligne(contrat, engagement, mois=un_mois) for un_mois in mois], par=par)
    assert LigneHeures.objects.count() == 12


def autre_marche(engagement: Engagement) -> Engagement:
    return EngagementFactory(
        entreprise=engagement.entreprise, clause__lot__marche__structure=engagement.structure, heures=0
    )


def test_une_imputation_sans_convention_entre_et_avertit_une_fois(
    contrat: ContratTravail, engagement: Engagement, par: Acteur
) -> None:
    ailleurs = autre_marche(engagement)
    voulues = [
        ligne(contrat, engagement),
        ligne(contrat, ailleurs, repere=3),
        ligne(contrat, ailleurs, repere=4, mois=datetime.date(2025, 4, 1)),
    ]
    resultat = reprendre_lignes(voulues, par=par)
    assert len(resultat.creees) == 3
    ((dite, phrase),) = [(d, p) for d, p in resultat.avertissements if "globalisation" in p]
    assert dite.repere == 3
    assert phrase.startswith(
        f"Ce contrat de travail compte déjà pour le marché {engagement.clause.lot.marche.reference}"
    )
    assert phrase.endswith("La reprise les garde ; l’application, elle, les refuserait.")


def test_un_contrat_par_missions_repris_sur_deux_marches_n_avertit_pas(engagement: Engagement, par: Acteur) -> None:
    interim = ContratTravailFactory(
        participant__structure=engagement.structure, type_contrat="INTERIM", modalite="MISE_A_DISPOSITION"
    )
    voulues = [ligne(interim, engagement), ligne(interim, autre_marche(engagement), repere=3)]
    assert not [p for _, p in reprendre_lignes(voulues, par=par).avertissements if "globalisation" in p]
