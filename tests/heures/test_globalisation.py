"""Un contrat embauché pour une opération n’en nourrit une autre que par convention (domaine.md §3.4)."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from clauses.socle.erreurs import ActionImpossible
from heures import actions
from heures.calculs import Convention, Imputation, refus_de_globalisation
from heures.enums import Modalite, TypeContrat
from heures.models import LigneHeures
from marches.models import Operation
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntrepriseFactory,
    ParticipantFactory,
    StructureFactory,
    acteur,
)
from tests.factories_releves import ConventionGlobalisationFactory

MARS = datetime.date(2025, 3, 1)
DEPUIS = Imputation(1, ("marche", 10), 100, 7, "Ville d’Arras", "M-1")
VERS = Imputation(2, ("marche", 20), 200, 7, "Département", "M-2")
CONVENTION = Convention(
    7, datetime.date(2025, 1, 1), datetime.date(2025, 12, 31), frozenset({1, 2}), frozenset({100, 200})
)


def test_sans_convention_la_phrase_dit_le_remede():
    assert refus_de_globalisation(MARS, VERS, DEPUIS, []) == (
        "Ce contrat de travail compte déjà pour le marché M-1 : pour imputer ses heures de mars 2025 au marché M-2, "
        "enregistrer une convention de globalisation signée par Département, qui nomme les deux engagements."
    )


@pytest.mark.parametrize(
    ("vers", "depuis"), [(VERS, None), (VERS, replace(DEPUIS, operation=VERS.operation)), (DEPUIS, DEPUIS)]
)
def test_une_meme_operation_ou_un_contrat_par_missions_n_en_demande_pas(vers, depuis):
    assert refus_de_globalisation(MARS, vers, depuis, []) is None


def test_une_convention_qui_nomme_les_deux_permet():
    assert refus_de_globalisation(MARS, VERS, DEPUIS, [CONVENTION]) is None


@pytest.mark.parametrize(
    "faute",
    [
        {"entreprise_id": 8},
        {"fin": datetime.date(2025, 2, 28)},
        {"debut": datetime.date(2025, 4, 1)},
        {"engagements": frozenset({2})},
        {"engagements": frozenset({1})},
        {"signataires": frozenset({100})},
    ],
)
def test_une_convention_a_qui_il_manque_quelque_chose_ne_permet_pas(faute):
    assert refus_de_globalisation(MARS, VERS, DEPUIS, [replace(CONVENTION, **faute)]) is not None


@pytest.mark.usefixtures("mi_decembre_2025")
class TestEnBase:
    @pytest.fixture(autouse=True)
    def monde(self):
        self.structure = StructureFactory()
        self.par = acteur(self.structure)
        entreprise = EntrepriseFactory()
        self.un, self.deux = (
            EngagementFactory(entreprise=entreprise, clause__lot__marche__structure=self.structure) for _ in range(2)
        )
        self.contrat = ContratTravailFactory(
            participant=ParticipantFactory(structure=self.structure), employeur=entreprise
        )
        self.declarer(self.un)

    def declarer(self, engagement, heures="10.00"):
        return actions.declarer(
            contrat=self.contrat, engagement=engagement, mois=MARS, heures=Decimal(heures), par=self.par
        )

    def test_l_autre_marche_est_refuse_sans_convention(self):
        with pytest.raises(ActionImpossible, match="enregistrer une convention de globalisation"):
            self.declarer(self.deux)
        assert LigneHeures.objects.count() == 1

    def test_il_est_admis_avec_elle_et_le_premier_se_corrige_toujours(self):
        ConventionGlobalisationFactory(
            structure=self.structure, entreprise=self.un.entreprise, engagements=[self.un, self.deux]
        )
        self.declarer(self.deux)
        self.declarer(self.un, "12.00")
        assert sorted(LigneHeures.objects.values_list("heures", flat=True)) == [Decimal(10), Decimal(12)]

    def test_deux_marches_d_une_meme_operation_n_en_demandent_pas(self):
        operation = Operation.objects.create(structure=self.structure, nom="Quartier fictif")
        for engagement in (self.un, self.deux):
            marche = engagement.clause.lot.marche
            marche.operation = operation
            marche.save()
        self.declarer(self.deux)
        assert LigneHeures.objects.count() == 2

    @pytest.mark.parametrize(
        "champs", [{"type_contrat": TypeContrat.INTERIM}, {"modalite": Modalite.MISE_A_DISPOSITION}]
    )
    def test_un_contrat_par_missions_va_d_un_marche_a_l_autre(self, champs):
        for nom, valeur in champs.items():
            setattr(self.contrat, nom, valeur)
        self.contrat.save()
        self.declarer(self.deux)
        assert LigneHeures.objects.count() == 2

    def test_repartir_plus_que_ses_heures_payees_avertit(self):
        self.contrat.type_contrat, self.contrat.quotite = TypeContrat.INTERIM, Decimal("0.50")
        self.contrat.save()
        phrases = self.declarer(self.deux, "70.00").avertissements
        assert phrases == [
            "Ce contrat répartit 80,00 h sur plusieurs engagements ce mois-ci, pour 75,84 h payées d’après sa quotité."
        ]

    def test_a_une_seule_imputation_la_quotite_ne_dit_rien(self):
        self.contrat.quotite = Decimal("0.50")
        self.contrat.save()
        assert self.declarer(self.un, "90.00").avertissements == []
