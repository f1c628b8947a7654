"""L’attestation (rapport D) et l’état final : ce qui compte, ce qui s’additionne, ce qui n’y est jamais."""

from __future__ import annotations

import datetime
import hashlib
import threading
from dataclasses import replace
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from bilans import actions
from bilans.documents.codes import ALPHABET, en_groupes
from bilans.documents.composition import Demande, preparer
from bilans.documents.consolidation import verifier_la_somme
from bilans.enums import NatureDocument
from bilans.models import Document
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible
from heures.models import LigneHeures
from marches.models import Attribution
from tests.bilans.documents.conftest import noter
from tests.bilans.documents.outils import ADRESSE, LE_15, emettre, texte_de
from tests.factories import EngagementFactory, LigneHeuresFactory, acteur
from tests.factories_conformite import EvenementFactory, PropositionPenaliteFactory
from tests.factories_releves import LigneEnAttenteFactory

INTERMEDIAIRE, DEFINITIVE = NatureDocument.ATTESTATION_INTERMEDIAIRE, NatureDocument.ATTESTATION_DEFINITIVE
# Ce qu’aucun document ne dit d’une personne : nom, naissance, critère, santé.
SECRETS = ("NOMSECRET", "Prenomsecret", "10/05/1990", "1990-05-10", "BOETH", "handicap", "RSA", "critère", "QPV")


def solder(engagement) -> None:
    """Plus rien à valider, et un engagement tenu."""
    LigneHeures.objects.filter(engagement=engagement, statut="DECLAREE").delete()
    engagement.mouvements.all().delete()


def test_l_attestation_ne_compte_que_les_heures_validees_et_les_detaille(engagement, par):
    lu = texte_de(emettre(engagement, INTERMEDIAIRE, par=par))
    for mots in (
        "Attestation intermédiaire – n° 2025-001", "Bâtisseurs fictifs (SIRET", "187,17 heures d’insertion",
        "entre le 1er janvier 2025 et le 15 décembre 2025", "500,00 h", "37,43 %", "Directrice Camille Fictif",
        "janvier 2025 Bâtisseurs fictifs Embauche directe CDD P-001 151,67",
        "mars 2025 Intérim d’insertion fictif Embauche directe CDD P-002 35,50", "Total 187,17", ADRESSE,
    ):  # fmt: skip
        assert mots in lu, mots
    assert "P-003" not in lu


def test_la_somme_de_l_annexe_est_le_total(engagement, par):
    noter(engagement, "P-004", "2025-05-01", "0.01")
    lue = preparer(engagement, Demande(INTERMEDIAIRE, LE_15), par=par).attestation
    assert sum(ligne.heures for ligne in lue.lignes) == lue.heures == Decimal("187.18")
    assert lue.totaux()["heures"] == "187.18"


def test_une_rectification_se_lit_en_net(engagement, par):
    ligne = LigneHeures.objects.get(engagement=engagement, mois="2025-03-01", statut="VALIDEE")
    reste = {"contrat": ligne.contrat, "engagement": engagement, "mois": ligne.mois, "validee": True}
    LigneHeuresFactory(**reste, heures=Decimal("-35.50"), nature="ANNULATION", annule=ligne, rang=1)
    LigneHeuresFactory(**reste, heures=Decimal("30.25"), rang=2)
    lue = preparer(engagement, Demande(INTERMEDIAIRE, LE_15), par=par).attestation
    assert [ligne.heures for ligne in lue.lignes] == [Decimal("151.67"), Decimal("30.25")]


def test_la_formation_se_distingue_et_son_coefficient_se_dit(engagement, par):
    clause = engagement.clause
    clause.coefficient_formation, clause.plafond_formation = Decimal("0.50"), Decimal("5.00")
    clause.save()
    contrat = LigneHeures.objects.get(engagement=engagement, mois="2025-01-01").contrat
    LigneHeuresFactory(
        engagement=engagement, contrat=contrat, mois=datetime.date(2025, 2, 1), heures=Decimal("20.00"),
        type_heures="FORMATION", validee=True,
    )  # fmt: skip
    lu = texte_de(emettre(engagement, INTERMEDIAIRE, par=par))
    assert "Embauche directe, formation CDD P-001 20,00" in lu
    assert "Total 207,17" in lu
    # 187,17 h de travail et 20 h de formation comptées pour moitié, cinq au plus.
    assert "192,17 h" in lu
    assert "une heure de formation compte pour 0,50, dans la limite de 5,00 h" in lu


def test_la_periode_se_compte_en_mois_entiers(engagement, par):
    document = emettre(
        engagement, INTERMEDIAIRE, par=par, du=datetime.date(2025, 3, 20), au=datetime.date(2025, 3, 31)
    )
    assert (document.totaux["du"], document.totaux["au"], document.totaux["heures"]) == (
        "2025-03-01", "2025-03-31", "35.50",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        ({"du": datetime.date(2025, 7, 1)}, "Aucune heure validée du 01/07/2025 au 15/12/2025"),
        ({"au": datetime.date(2024, 12, 31)}, "Aucune heure validée jusqu’au 31/12/2024"),
        ({"au": datetime.date(2025, 12, 16)}, "le 16/12/2025 est à venir"),
        ({"du": datetime.date(2025, 5, 1), "au": datetime.date(2025, 4, 30)}, "La fin de la période précède"),
        ({"est_consolidee": True}, "n’a qu’une entreprise engagée"),
    ],
)
def test_une_attestation_sans_objet_est_refusee_et_ne_prend_pas_de_numero(engagement, par, options, phrase):
    with pytest.raises(ActionImpossible, match=phrase):
        emettre(engagement, INTERMEDIAIRE, par=par, **options)
    assert not Document.objects.exists()


@pytest.mark.parametrize("nature", [DEFINITIVE, NatureDocument.ETAT_FINAL])
def test_un_document_definitif_ne_laisse_rien_en_suspens(engagement, par, nature):
    with pytest.raises(ActionImpossible, match="court jusqu’au 31/12/2026 et n’est pas tenu"):
        emettre(engagement, nature, par=par)
    engagement.mouvements.all().delete()
    with pytest.raises(ActionImpossible, match=r"heures déclarées attendent une décision \(1 lignes, 40,00 h\)"):
        emettre(engagement, nature, par=par)
    solder(engagement)
    attente = LigneEnAttenteFactory(releve=engagement.releves.first())
    with pytest.raises(ActionImpossible, match=r"attendent une vérification \(1\)"):
        emettre(engagement, nature, par=par)
    attente.delete()
    assert emettre(engagement, nature, par=par).nature == nature


def test_une_seule_definitive_vaut_a_la_fois(engagement, par):
    solder(engagement)
    premiere = emettre(engagement, DEFINITIVE, par=par)
    with pytest.raises(ActionImpossible, match="2025-001 » vaut déjà"):
        emettre(engagement, DEFINITIVE, par=par)
    actions.annuler(premiere, par=par)
    assert emettre(engagement, DEFINITIVE, par=par).numero == 2


def test_les_numeros_se_suivent_par_structure_et_par_annee(engagement, par):
    with transaction.atomic(), pytest.raises(ActionImpossible):
        emettre(engagement, INTERMEDIAIRE, par=par, du=datetime.date(2025, 7, 1))
    numeros = [emettre(engagement, INTERMEDIAIRE, par=par).numero for _ in range(3)]
    emettre(engagement, NatureDocument.RELANCE_1, par=par)
    autre = EngagementFactory()
    noter(autre, "P-900", "2025-03-01", "10.00")
    ailleurs = emettre(autre, INTERMEDIAIRE, par=acteur(autre.structure)).numero
    assert (numeros, ailleurs) == ([1, 2, 3], 1)


def test_l_annee_suivante_recommence_a_un(engagement, par):
    emettre(engagement, INTERMEDIAIRE, par=par)
    with time_machine.travel(datetime.datetime(2026, 1, 1, 0, 30, tzinfo=datetime.UTC), tick=False):
        document = emettre(engagement, INTERMEDIAIRE, par=par)
    assert (document.annee, document.numero) == (2026, 1)


def test_un_document_est_fige_par_la_base(engagement, par):
    document = emettre(engagement, INTERMEDIAIRE, par=par)
    for champ, valeur in {"contenu": b"faux", "numero": 9, "totaux": {"heures": "1"}, "empreinte": "0"}.items():
        with pytest.raises(IntegrityError, match="ne se modifie pas"), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(**{champ: valeur})
    document.refresh_from_db()
    assert document.numero == 1


def test_l_empreinte_est_celle_du_contenu_et_le_journal_le_dit(engagement, par):
    document = emettre(engagement, INTERMEDIAIRE, par=par)
    document.refresh_from_db()
    assert document.empreinte == hashlib.sha256(bytes(document.contenu)).hexdigest()
    ecriture = EcritureJournal.objects.get(action="émettre un document")
    assert ecriture.apres["empreinte"] == document.empreinte
    assert ecriture.apres["code"] == "(modifié)"
    assert document.code not in str(ecriture.apres)


def test_annuler_garde_le_numero_et_ne_se_fait_qu_une_fois(engagement, par):
    document = actions.annuler(emettre(engagement, INTERMEDIAIRE, par=par), par=par)
    assert (document.numero, document.annule_par_id, document.annule_le) == (1, par.utilisateur_id, timezone.now())
    with pytest.raises(ActionImpossible, match="déjà annulé"):
        actions.annuler(document, par=par)
    assert emettre(engagement, INTERMEDIAIRE, par=par).numero == 2


def test_le_code_est_tire_au_sort_dans_un_alphabet_sans_ambiguite(engagement, par):
    codes = {emettre(engagement, INTERMEDIAIRE, par=par).code for _ in range(3)}
    assert len(codes) == 3
    assert all(len(code) == 16 and set(code) <= set(ALPHABET) for code in codes)
    assert not set("ILOU") & set(ALPHABET)


@pytest.fixture
def groupement(engagement):
    """Un cotraitant du même lot : 200 h dues, 50 h validées ; le premier engagement est au mandataire."""
    Attribution.objects.filter(lot=engagement.clause.lot).update(role="MANDATAIRE")
    cotraitant = EngagementFactory(clause=engagement.clause, entreprise__raison_sociale="Peinture fictive", heures=200)
    noter(cotraitant, "P-777", "2025-04-01", "50.00", employeur=cotraitant.entreprise)
    return cotraitant


def test_la_consolidee_additionne_les_membres_sans_identifiant(engagement, par, groupement):
    document = emettre(groupement, INTERMEDIAIRE, par=par, est_consolidee=True)
    lu = texte_de(document)
    for mots in (
        "Attestation intermédiaire consolidée du groupement – n° 2025-001", "le groupement de 2 entreprises",
        "237,17 heures", "Bâtisseurs fictifs 500,00 187,17 187,17", "Peinture fictive 200,00 50,00 50,00",
        "Groupement 700,00 237,17 237,17", "Total 237,17", "avril 2025 Peinture fictive Peinture fictive",
    ):  # fmt: skip
        assert mots in lu, mots
    assert not [secret for secret in ("P-001", "P-002", "P-777") if secret in lu]
    # Elle se range avec le mandataire, d’où qu’on l’émette.
    assert document.engagement == engagement


def test_chaque_membre_a_la_sienne(engagement, par, groupement):
    siennes = [emettre(membre, INTERMEDIAIRE, par=par) for membre in (engagement, groupement)]
    assert [d.totaux["heures"] for d in siennes] == ["187.17", "50.00"]
    assert "P-777" not in texte_de(siennes[0])
    assert "P-001" not in texte_de(siennes[1])


def test_deux_membres_du_meme_nom_ne_se_melangent_pas(engagement, par, groupement):
    entreprise = groupement.entreprise
    entreprise.raison_sociale = engagement.entreprise.raison_sociale
    entreprise.save()
    lue = preparer(engagement, Demande(INTERMEDIAIRE, LE_15, est_consolidee=True), par=par).attestation
    assert [membre.periode for membre in lue.membres] == [Decimal("187.17"), Decimal("50.00")]


def test_definitive_du_membre_et_definitive_consolidee_ne_se_genent_pas(engagement, par, groupement):
    for membre in (engagement, groupement):
        solder(membre)
    emettre(engagement, DEFINITIVE, par=par)
    consolidee = emettre(engagement, DEFINITIVE, par=par, est_consolidee=True)
    assert consolidee.titre == "Attestation définitive consolidée n°\u00a02025-002"


def test_la_consolidee_refuse_de_contredire_une_attestation_deja_remise(engagement, par, groupement):
    remise = emettre(groupement, INTERMEDIAIRE, par=par, du=datetime.date(2025, 1, 1))
    noter(groupement, "P-778", "2025-05-01", "7.25", employeur=groupement.entreprise)
    periode = {"du": datetime.date(2025, 1, 1), "est_consolidee": True}
    with pytest.raises(ActionImpossible, match="2025-001 » atteste 50,00 h, la consolidée en compterait 57,25"):
        emettre(engagement, INTERMEDIAIRE, par=par, **periode)
    # Une autre période, ou une attestation annulée, ne se compare pas.
    emettre(engagement, INTERMEDIAIRE, par=par, **periode | {"du": datetime.date(2025, 5, 1)})
    actions.annuler(remise, par=par)
    assert emettre(engagement, INTERMEDIAIRE, par=par, **periode).totaux["heures"] == "244.42"


def test_la_consolidee_refuse_une_annexe_qui_ne_fait_pas_la_somme_des_membres(engagement, par, groupement):
    lue = preparer(engagement, Demande(INTERMEDIAIRE, LE_15, est_consolidee=True), par=par).attestation
    with pytest.raises(ActionImpossible, match="compte 151,67 h, ses heures validées en font 187,17"):
        verifier_la_somme(replace(lue, lignes=[ligne for ligne in lue.lignes if ligne.heures != Decimal("35.50")]))


def test_l_etat_final_dit_le_decompte_entier(engagement, par):
    LigneHeures.objects.filter(engagement=engagement, statut="DECLAREE").delete()
    marche = engagement.clause.lot.marche
    marche.statut = "SOLDE"
    marche.save()
    contrat = LigneHeures.objects.get(engagement=engagement, mois="2025-01-01").contrat
    LigneHeuresFactory(
        engagement=engagement, contrat=contrat, mois=datetime.date(2024, 12, 1), heures=Decimal("20.00"),
        type_heures="FORMATION", validee=True,
    )  # fmt: skip
    PropositionPenaliteFactory(
        engagement=engagement, arretee_au=LE_15, montant=Decimal("8606.00"), statut="REDUITE", motif="Chantier arrêté",
        montant_decide=Decimal("1200.50"), decidee_le=timezone.now(), decidee_par_id=par.utilisateur_id,
        courrier_date=LE_15, courrier_reference="Arrivée 118",
    )  # fmt: skip
    emettre(engagement, DEFINITIVE, par=par)
    actions.annuler(emettre(engagement, INTERMEDIAIRE, par=par), par=par)
    lu = texte_de(emettre(engagement, NatureDocument.ETAT_FINAL, par=par))
    for mots in (
        "Reste à réaliser 292,83 h", "2024 2025 Total Part", "Embauche directe 187,17 187,17 90,35 %",
        "Embauche directe, formation 20,00 20,00 9,65 %", "Total 20,00 187,17 207,17 100,00 %",
        "Attestation définitive n° 2025-001 15/12/2025 01/12/2024 au 15/12/2025 207,17",
        "15/12/2025 8 606 € réduite Chantier arrêté – Décision reçue par courrier du 15/12/2025 (Arrivée 118), "
        "inscrite le 15/12/2025 par le facilitateur. 1 200,50 €", "Total décidé 1 200,50 €",
    ):  # fmt: skip
        assert mots in lu, mots
    assert "2025-002" not in lu


def test_l_etat_final_dit_les_heures_par_mois_le_grand_livre_et_la_suite(engagement, par):
    LigneHeures.objects.filter(engagement=engagement, statut="DECLAREE").delete()
    marche = engagement.clause.lot.marche
    marche.statut = "SOLDE"
    marche.save()
    EvenementFactory(engagement=engagement, texte="NOMSECRET a appelé")
    lu = texte_de(emettre(engagement, NatureDocument.ETAT_FINAL, par=par))
    for mots in (
        "500,00 h", "187,17 h", "37,43 %", "2025 151,67 35,50 187,17", "Total 187,17",
        "01/01/2025 Engagement initial – +500,00 500,00", "Étapes : relance 1 le 02/06/2025.", "< 5",
    ):  # fmt: skip
        assert mots in lu, mots
    assert not [identifiant for identifiant in ("P-001", "P-002") if identifiant in lu]


@pytest.mark.parametrize("nature", sorted(NatureDocument))
def test_aucun_document_ne_dit_qui_est_la_personne(engagement, par, nature):
    EvenementFactory(engagement=engagement, texte="NOMSECRET BOETH")
    PropositionPenaliteFactory(
        engagement=engagement, montant=Decimal("606.00"),
        calcul=[{"formule": "JOUR_RETARD", "calcul": "12 × 50,50 €", "avant_plafond": "606.00", "montant": "606.00"}],
    )  # fmt: skip
    if nature in {DEFINITIVE, NatureDocument.ETAT_FINAL}:
        solder(engagement)
        engagement.releves.all().delete()
    document = emettre(engagement, nature, par=par)
    # Un code tiré au sort peut, lui, épeler « QPV ».
    lu = texte_de(document).replace(en_groupes(document.code), "") if document.code else texte_de(document)
    assert "Bâtisseurs fictifs" in lu
    assert not [secret for secret in SECRETS if secret in lu]


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR])
def test_emettre_et_annuler_demandent_le_droit(engagement, par, role):
    autre = acteur(engagement.structure, role)
    document = emettre(engagement, INTERMEDIAIRE, par=par)
    with pytest.raises(PermissionDenied):
        emettre(engagement, INTERMEDIAIRE, par=autre)
    with pytest.raises(PermissionDenied):
        actions.annuler(document, par=autre)


@pytest.mark.django_db(transaction=True)
def test_deux_emissions_au_meme_instant_prennent_deux_numeros_qui_se_suivent(engagement, par):
    depart, erreurs = threading.Barrier(2), []

    def jouer() -> None:
        try:
            depart.wait(timeout=10)
            emettre(engagement, INTERMEDIAIRE, par=par)
        except ActionImpossible as refus:
            erreurs.append(str(refus))
        finally:
            connection.close()

    fils = [threading.Thread(target=jouer) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=30)
    assert not erreurs
    assert sorted(Document.objects.values_list("numero", flat=True)) == [1, 2]
