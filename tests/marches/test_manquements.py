"""La suite graduée : étapes datées, proposition calculée, décision de l’acheteur (domaine.md §5)."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from marches import actions, manquements
from marches.models import Engagement, Evenement, PropositionPenalite
from tests.factories import EngagementFactory, LigneHeuresFactory, RattachementFactory, acteur
from tests.factories_conformite import EvenementFactory, PropositionPenaliteFactory, ReglePenaliteFactory

JOUR = datetime.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC), tick=False):
        yield


class Banc:
    """Un engagement de 500 h fini fin 2025, 400 h faites ; 40 € par heure manquante, mise en demeure de 15 jours."""

    def __init__(self) -> None:
        self.engagement = EngagementFactory(clause__lot__marche__date_fin=datetime.date(2025, 12, 31))
        self.marche = self.engagement.clause.lot.marche
        LigneHeuresFactory(engagement=self.engagement, validee=True, heures=Decimal("400.00"))
        self.regle = ReglePenaliteFactory(clause=self.engagement.clause, article="8.3")
        self.par = acteur(self.engagement.structure)
        self.acheteur = acteur(self.engagement.structure, Role.ACHETEUR, acheteur=self.marche.acheteur)

    def noter(self, nature: str, date: datetime.date = JOUR, **champs: object) -> Evenement:
        return actions.noter_evenement(self.engagement, nature=nature, date=date, par=self.par, **champs)

    def mettre_en_demeure(self, date: datetime.date) -> Evenement:
        self.noter("RELANCE_1", date)
        return self.noter("MISE_EN_DEMEURE", date)

    def proposer(self, **champs: int) -> PropositionPenalite:
        return actions.proposer_penalite(self.engagement, au=JOUR, par=self.par, **champs)


@pytest.fixture
def banc() -> Banc:
    return Banc()


def test_les_etapes_se_suivent(banc):
    assert manquements.etape_suivante([]) == "RELANCE_1"
    with pytest.raises(ActionImpossible, match="suppose une « relance 1 »"):
        banc.noter("RELANCE_2")
    banc.noter("RELANCE_1", datetime.date(2026, 1, 12), texte="Appel sans réponse")
    banc.noter("RELANCE_2", datetime.date(2026, 1, 26))
    assert manquements.suite(banc.engagement, par=banc.par).suivante == "MISE_EN_DEMEURE"


def test_une_mise_en_demeure_porte_la_fin_de_son_delai(banc):
    faite = banc.mettre_en_demeure(datetime.date(2026, 2, 2))
    assert faite.echeance == datetime.date(2026, 2, 23)  # quinze jours ouvrés


def test_une_etape_a_venir_ou_reservee_est_refusee(banc):
    with pytest.raises(ActionImpossible, match="une fois passé"):
        banc.noter("CONTACT", datetime.date(2026, 3, 3))
    with pytest.raises(ActionImpossible, match="se fait sur la page prévue"):
        banc.noter("DECISION")
    assert not Evenement.objects.exists()


def test_la_proposition_garde_chaque_terme(banc):
    banc.mettre_en_demeure(datetime.date(2026, 2, 2))
    proposition = banc.proposer()
    assert proposition.montant == Decimal("4000.00")
    assert proposition.calcul == [
        {
            "formule": "H_X_EUROS", "calcul": "100,00 h manquantes × 40\u00a0€", "avant_plafond": "4000.00",
            "montant": "4000.00", "plafond": None, "article": "8.3",
        }
    ]  # fmt: skip
    assert Evenement.objects.order_by("pk").last().nature == "PROPOSITION"
    assert EcritureJournal.objects.filter(action="proposer une pénalité").count() == 1


def test_absences_et_retards_s_ajoutent(banc):
    ReglePenaliteFactory(
        clause=banc.engagement.clause, formule="FORFAIT_ABSENCE", valeur=Decimal(500), exige_mise_en_demeure=False
    )
    banc.mettre_en_demeure(datetime.date(2026, 2, 2))
    assert banc.proposer(absences=2).montant == Decimal("5000.00")


@pytest.mark.parametrize(
    ("preparer", "phrase"),
    [
        (lambda banc: None, "exige une mise en demeure préalable"),
        (lambda banc: banc.mettre_en_demeure(datetime.date(2026, 2, 20)), "laisse jusqu’au 13/03/2026 pour répondre"),
        (lambda banc: banc.regle.delete(), "Rien à proposer"),
        (
            lambda banc: LigneHeuresFactory(engagement=banc.engagement, validee=True, heures=Decimal(100)),
            "Rien à proposer",
        ),
    ],
)
def test_une_proposition_hors_de_propos_est_refusee(banc, preparer, phrase):
    preparer(banc)
    with pytest.raises(ActionImpossible, match=phrase):
        banc.proposer()
    assert not PropositionPenalite.objects.exists()


def test_une_seule_proposition_attend_a_la_fois(banc):
    banc.mettre_en_demeure(datetime.date(2026, 2, 2))
    banc.proposer()
    with pytest.raises(ActionImpossible, match="attend déjà la décision"):
        banc.proposer()


@pytest.mark.parametrize(
    ("statut", "montant", "decide"),
    [("APPLIQUEE", None, "4000.00"), ("REDUITE", "1500.00", "1500.00"), ("REMISE", None, "0.00"),
     ("CLASSEE", "12.00", "0.00")],
)  # fmt: skip
def test_l_acheteur_decide_avec_son_motif(banc, statut, montant, decide):
    proposition = PropositionPenaliteFactory(engagement=banc.engagement)
    decidee = actions.decider_penalite(
        proposition,
        statut=statut,
        montant=None if montant is None else Decimal(montant),
        motif="Effort constaté en fin de chantier",
        version=1,
        par=banc.acheteur,
    )
    assert (decidee.statut, decidee.montant_decide) == (statut, Decimal(decide))
    assert Evenement.objects.get().nature == "DECISION"


@pytest.mark.parametrize("montant", [None, "0", "4000.00", "4000.01", "-1"])
def test_une_reduction_reduit(banc, montant):
    proposition = PropositionPenaliteFactory(engagement=banc.engagement)
    with pytest.raises(ActionImpossible, match="supérieur à zéro et inférieur"):
        actions.decider_penalite(
            proposition,
            statut="REDUITE",
            montant=None if montant is None else Decimal(montant),
            motif="x",
            version=1,
            par=banc.acheteur,
        )
    assert PropositionPenalite.objects.get().statut == "PROPOSEE"


def test_on_ne_decide_pas_deux_fois_ni_sans_avoir_lu(banc):
    proposition = PropositionPenaliteFactory(engagement=banc.engagement)
    options = {"statut": "REMISE", "motif": "Accord", "par": banc.acheteur}
    with pytest.raises(ConflitDeVersion):
        actions.decider_penalite(proposition, version=7, **options)
    actions.decider_penalite(proposition, version=1, **options)
    with pytest.raises(ActionImpossible, match="déjà remise"):
        actions.decider_penalite(proposition, version=2, **options)


def test_le_facilitateur_ne_decide_pas_et_l_acheteur_ne_propose_pas(banc):
    proposition = PropositionPenaliteFactory(engagement=banc.engagement)
    with pytest.raises(PermissionDenied):
        actions.decider_penalite(proposition, statut="REMISE", motif="x", version=1, par=banc.par)
    with pytest.raises(PermissionDenied):
        actions.proposer_penalite(banc.engagement, au=JOUR, par=banc.acheteur)


COURRIER = {
    "statut": "REDUITE", "montant": Decimal("1500.00"), "motif": "Chantier arrêté", "version": 1,
    "courrier_date": JOUR, "courrier_reference": "Arrivée 2026-118",
}  # fmt: skip


def test_une_decision_recue_par_courrier_reste_celle_de_l_acheteur(banc):
    proposition = PropositionPenaliteFactory(engagement=banc.engagement)
    with pytest.raises(PermissionDenied):
        actions.inscrire_decision_recue(proposition, **COURRIER, par=banc.acheteur)
    inscrite = actions.inscrire_decision_recue(proposition, **COURRIER, par=banc.par)
    trace = "décision reçue par courrier du 02/03/2026 (Arrivée 2026-118), inscrite le 02/03/2026"
    assert (inscrite.statut, inscrite.montant_decide, inscrite.trace_du_courrier) == ("REDUITE", Decimal(1500), trace)
    assert inscrite.decidee_par_id == banc.par.utilisateur_id
    etape = Evenement.objects.get()
    assert (etape.nature, etape.date, etape.texte) == ("DECISION", JOUR, f"Réduite, {trace}")
    assert EcritureJournal.objects.filter(action="inscrire une décision reçue par courrier").count() == 1
    assert not EcritureJournal.objects.filter(action="décider d’une pénalité").exists()
    with pytest.raises(ActionImpossible, match="déjà réduite"):
        actions.inscrire_decision_recue(proposition, **COURRIER | {"version": 2}, par=banc.par)


@pytest.mark.parametrize("date", [datetime.date(2026, 3, 1), datetime.date(2026, 3, 3)])
def test_le_courrier_repond_a_la_proposition(banc, date):
    proposition = PropositionPenaliteFactory(engagement=banc.engagement)
    with pytest.raises(ActionImpossible, match="répond à la proposition du 02/03/2026"):
        actions.inscrire_decision_recue(proposition, **COURRIER | {"courrier_date": date}, par=banc.par)
    assert PropositionPenalite.objects.get().statut == "PROPOSEE"


@pytest.mark.parametrize("champs", [{"courrier_date": JOUR}, {"courrier_reference": "118"}])
def test_la_base_refuse_un_courrier_sans_date_ou_sans_reference(banc, champs):
    proposition = PropositionPenaliteFactory(engagement=banc.engagement)
    with pytest.raises(IntegrityError), transaction.atomic():
        PropositionPenalite.objects.filter(pk=proposition.pk).update(**champs)


def test_inscrire_depuis_la_page_et_le_lire_sans_croire_que_l_acheteur_a_clique(banc):
    agent, proposition = connecte(banc), PropositionPenaliteFactory(engagement=banc.engagement)
    page, envoi = reverse("marches:proposition", args=[proposition.pk]), {**COURRIER, "montant": "1500"}
    inscrire = reverse("marches:decision_recue", args=[proposition.pk])
    assert inscrire in agent.get(page).content.decode()
    fausse = agent.post(inscrire, {**envoi, "courrier_date": "2026-03-02", "courrier_reference": ""})
    assert fausse.context["form"].errors["courrier_reference"]
    assert agent.post(inscrire, {**envoi, "courrier_date": "2026-03-02"}).url == page
    lue = agent.get(page).content.decode()
    assert "décision reçue par courrier du 02/03/2026 (Arrivée 2026-118), inscrite le 02/03/2026 par" in lue
    acheteur = connecte(banc, pour_acheteur=True, acheteur=banc.marche.acheteur)
    vue = acheteur.get(page).content.decode()
    assert "inscrite le 02/03/2026." in vue
    assert "Décidée dans son espace" not in vue


def connecte(banc: Banc, **options: object) -> Client:
    client = Client()
    client.force_login(RattachementFactory(structure=banc.engagement.structure, **options).utilisateur)
    return client


def test_de_la_relance_a_la_decision_par_les_pages(banc):
    agent, pk = connecte(banc), banc.engagement.pk
    page = reverse("marches:engagement", args=[pk])
    assert "Émettre : relance 1" in agent.get(page).content.decode()
    noter = reverse("marches:evenement_creer", args=[pk])
    for nature, date in (("RELANCE_1", "2026-01-05"), ("RELANCE_2", "2026-01-19"), ("MISE_EN_DEMEURE", "2026-02-02")):
        assert agent.post(noter, {"nature": nature, "date": date, "texte": ""}).status_code == 302
    assert "Proposer une pénalité" in agent.get(page).content.decode()
    proposer = reverse("marches:penalite_proposer", args=[pk])
    assert "4\u202f000\u00a0€" in agent.get(proposer).content.decode()
    envoi = agent.post(proposer, {"jours_de_retard": "", "absences": "", "proposer": "1"})
    proposition = PropositionPenalite.objects.get()
    assert envoi.url == reverse("marches:proposition", args=[proposition.pk])
    acheteur = connecte(banc, pour_acheteur=True, acheteur=banc.marche.acheteur)
    assert "1 décision à prendre" in acheteur.get(reverse("accueil")).content.decode()
    lue = acheteur.get(envoi.url).content.decode()
    assert "100,00 h manquantes × 40" in lue
    assert "Votre décision" in lue
    decision = {"version": 1, "statut": "REDUITE", "montant": "1 500", "motif": "Chantier perturbé"}
    assert acheteur.post(envoi.url, decision).status_code == 302
    proposition.refresh_from_db()
    assert (proposition.statut, proposition.montant_decide) == ("REDUITE", Decimal("1500.00"))
    assert "Chantier perturbé" in agent.get(envoi.url).content.decode()


def test_un_refus_revient_sur_la_page_sans_rien_perdre(banc):
    agent = connecte(banc)
    envoi = agent.post(
        reverse("marches:evenement_creer", args=[banc.engagement.pk]),
        {"nature": "RELANCE_2", "date": "2026-02-02", "texte": "Message laissé"},
    )
    lue = envoi.content.decode()
    assert "suppose une « relance 1 »" in lue
    assert "Message laissé" in lue


def test_l_acheteur_ne_voit_pas_les_notes_du_facilitateur(banc):
    EvenementFactory(engagement=banc.engagement, texte="Note interne")
    acheteur = connecte(banc, pour_acheteur=True, acheteur=banc.marche.acheteur)
    assert (
        "Note interne" not in acheteur.get(reverse("marches:engagement", args=[banc.engagement.pk])).content.decode()
    )


def test_les_etapes_se_lisent_par_engagement_dans_l_ordre_des_dates(banc):
    for nature, jour in (("CONTACT", 9), ("RELANCE_1", 5)):
        EvenementFactory(engagement=banc.engagement, nature=nature, date=datetime.date(2026, 1, jour))
    EvenementFactory()  # chez le voisin
    lues = manquements.etapes_de(Engagement.objects.values_list("pk", flat=True), par=banc.par)
    assert {pk: [etape.nature for etape in etapes] for pk, etapes in lues.items()} == {
        banc.engagement.pk: ["RELANCE_1", "CONTACT"]
    }
    assert manquements.suite(banc.engagement, par=banc.par).suivante == "RELANCE_2"
