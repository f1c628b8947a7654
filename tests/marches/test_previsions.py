"""Avancement et prévision d’un engagement : calcul pur, et annotation qui dit la même chose (domaine.md §4)."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clauses.socle.mois import ajouter_mois
from heures.models import LigneHeures
from marches.enums import NatureMouvement, Situation
from marches.models import Clause, Engagement, JalonEngagement, Lot, Marche, MouvementEngagement
from marches.previsions import Compte, Jalon, Seuils, dernier_mois_acheve, heures_attendues, prevoir
from tests.factories import (
    AcheteurFactory,
    ContratTravailFactory,
    EntrepriseFactory,
    StructureFactory,
    UtilisateurFactory,
)
from tests.outils.statistiques import tenir_les_statistiques

JUIN = datetime.date(2025, 6, 30)


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (datetime.date(2025, 6, 30), datetime.date(2025, 6, 1)),
        (datetime.date(2025, 6, 29), datetime.date(2025, 5, 1)),
        (datetime.date(2025, 1, 1), datetime.date(2024, 12, 1)),
        (datetime.date(2024, 2, 29), datetime.date(2024, 2, 1)),
    ],
)
def test_un_mois_est_acheve_le_soir_de_son_dernier_jour(jour, attendu):
    assert dernier_mois_acheve(jour) == attendu


def test_l_attendu_est_le_prorata_des_jours():
    annee = (datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
    assert heures_attendues(Decimal("365.00"), *annee, datetime.date(2025, 1, 1)) == Decimal("1.00")
    assert heures_attendues(Decimal("365.00"), *annee, JUIN) == Decimal("181.00")
    assert heures_attendues(Decimal("365.00"), *annee, datetime.date(2024, 12, 31)) == Decimal("0.00")
    assert heures_attendues(Decimal("365.00"), *annee, datetime.date(2027, 1, 1)) == Decimal("365.00")
    assert heures_attendues(Decimal("1.00"), *annee, datetime.date(2025, 1, 2)) == Decimal("0.01")  # 0,0055 h
    assert heures_attendues(Decimal("365.00"), None, annee[1], JUIN) is None
    assert heures_attendues(Decimal("365.00"), annee[1], annee[0], JUIN) is None


ANNEE = (datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
ECHEANCIER = [Jalon(datetime.date(2025, 3, 31), 10), Jalon(datetime.date(2025, 9, 30), 80)]


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (datetime.date(2024, 12, 31), "0.00"),
        # 10 % en 90 jours : un jour de janvier en vaut 1/90.
        (datetime.date(2025, 1, 9), "10.00"),
        (datetime.date(2025, 3, 31), "100.00"),
        # 70 % en 183 jours : le 30 juin en est à 91 jours.
        (JUIN, "448.09"),
        (datetime.date(2025, 9, 30), "800.00"),
        (datetime.date(2025, 12, 30), "997.83"),
        (datetime.date(2025, 12, 31), "1000.00"),
        (datetime.date(2026, 6, 1), "1000.00"),
    ],
)
def test_l_attendu_suit_l_echeancier_saisi(jour, attendu):
    assert heures_attendues(Decimal("1000.00"), *ANNEE, jour, ECHEANCIER) == Decimal(attendu)


def test_un_avenant_apres_l_echeancier_change_les_heures_pas_les_parts():
    """40 % de 1 000 h, puis de 1 500 h : l’échéancier n’est pas à refaire."""
    jalons = [Jalon(JUIN, 40)]
    assert heures_attendues(Decimal("1000.00"), *ANNEE, JUIN, jalons) == Decimal("400.00")
    assert heures_attendues(Decimal("1500.00"), *ANNEE, JUIN, jalons) == Decimal("600.00")


def test_un_jalon_sorti_des_dates_ne_compte_pas():
    hors = [Jalon(datetime.date(2024, 12, 31), 50), Jalon(datetime.date(2025, 12, 31), 60)]
    for jour in (ANNEE[0], JUIN, ANNEE[1]):
        sans = heures_attendues(Decimal("365.00"), *ANNEE, jour)
        assert heures_attendues(Decimal("365.00"), *ANNEE, jour, hors) == sans


def test_la_situation_se_juge_sur_l_echeancier():
    """300 h sur 1 200 au 30 juin : en retard au prorata d’un an, conforme si l’échéancier commence doucement."""
    bornes = {"debut": ANNEE[0], "fin": ANNEE[1]}
    seuils = Seuils(alerte_fin_mois=1)
    assert prevoir(compte(**bornes), au=JUIN, seuils=seuils).situation == Situation.EN_RETARD
    prevue = prevoir(compte(**bornes, jalons=[Jalon(JUIN, 30)]), au=JUIN, seuils=seuils)
    assert (prevue.situation, prevue.attendu, prevue.ecart) == (Situation.CONFORME, Decimal(360), Decimal(-60))


def compte(**champs: Any) -> Compte:
    communs = {
        "engage": Decimal("1200.00"),
        "realise": Decimal("300.00"),
        "au_rythme": Decimal("300.00"),
        "avant_rythme": Decimal("0.00"),
        "debut": datetime.date(2025, 1, 1),
        "fin": datetime.date(2026, 6, 30),
    }
    return Compte(**communs | champs)


def test_la_projection_prolonge_le_rythme_des_six_derniers_mois():
    prevue = prevoir(compte(), au=JUIN, seuils=Seuils())
    assert (prevue.rythme, prevue.mois_restants, prevue.projection) == (Decimal("50.00"), 12, Decimal("900.00"))
    assert (prevue.besoin_mensuel, prevue.tient) == (Decimal("75.00"), False)


def test_un_engagement_jeune_se_projette_sur_les_mois_vecus():
    jeune = compte(debut=datetime.date(2025, 5, 12), au_rythme=Decimal("200.00"), realise=Decimal("200.00"))
    prevue = prevoir(jeune, au=JUIN, seuils=Seuils())
    assert (prevue.rythme, prevue.projection, prevue.tient) == (Decimal("100.00"), Decimal("1400.00"), True)


def test_sans_date_ni_mois_vecu_on_ne_projette_pas():
    assert prevoir(compte(fin=None), au=JUIN, seuils=Seuils()).projection is None
    naissant = prevoir(compte(debut=datetime.date(2025, 7, 1)), au=JUIN, seuils=Seuils())
    assert (naissant.rythme, naissant.projection) == (None, None)
    assert naissant.tient is None


def test_le_mois_en_cours_compte_dans_le_realise_jamais_dans_le_rythme():
    au = datetime.date(2025, 6, 15)
    prevue = prevoir(compte(realise=Decimal("1500.00"), au_rythme=Decimal("250.00")), au=au, seuils=Seuils())
    assert prevue.rythme == Decimal("50.00")  # janvier à mai
    assert prevue.projection == Decimal("1500.00")  # jamais moins que ce qui est fait
    assert prevue.besoin_mensuel == Decimal("0.00")


@pytest.mark.parametrize(
    ("champs", "au", "attendue"),
    [
        ({"engage": Decimal(0)}, JUIN, Situation.SANS_ENGAGEMENT),
        ({"realise": Decimal(1200)}, JUIN, Situation.ATTEINT),
        ({"realise": Decimal("1200.01")}, JUIN, Situation.DEPASSE),
        ({}, datetime.date(2026, 7, 1), Situation.NON_ATTEINT),
        ({}, datetime.date(2026, 1, 1), Situation.A_RISQUE),
        ({"realise": Decimal("960.00")}, datetime.date(2026, 1, 1), Situation.CONFORME),
        ({"realise": Decimal(0)}, datetime.date(2024, 12, 1), Situation.NON_DEMARRE),
        ({"realise": Decimal(0)}, datetime.date(2025, 2, 1), Situation.NON_DEMARRE),
        ({"realise": Decimal(0)}, datetime.date(2025, 6, 1), Situation.EN_RETARD),
        ({"fin": None}, JUIN, Situation.CONFORME),
        ({"fin": None, "realise": Decimal(0)}, JUIN, Situation.NON_DEMARRE),
        ({"realise": Decimal("400.00")}, JUIN, Situation.CONFORME),
        ({"realise": Decimal("700.00")}, JUIN, Situation.EN_AVANCE),
    ],
)
def test_la_situation_suit_les_regles(champs, au, attendue):
    assert prevoir(compte(**champs), au=au, seuils=Seuils()).situation == attendue


def test_le_seuil_de_retard_est_juste_au_point_pres():
    """100 jours, la moitié écoulée : 30 % fait est conforme, un centième d’heure de moins est en retard."""
    bornes = {"debut": datetime.date(2025, 1, 1), "fin": datetime.date(2025, 4, 10), "engage": Decimal("100.00")}
    au, seuils = datetime.date(2025, 2, 19), Seuils(alerte_fin_mois=1)
    assert prevoir(compte(**bornes, realise=Decimal("30.00")), au=au, seuils=seuils).situation == Situation.CONFORME
    assert prevoir(compte(**bornes, realise=Decimal("29.99")), au=au, seuils=seuils).situation == Situation.EN_RETARD


def _engagements_generes(nombre: int, hasard: random.Random) -> None:
    """Des engagements de toutes formes : dates absentes ou contraires, formation plafonnée, mouvements négatifs."""
    structure, acheteur, auteur = StructureFactory(), AcheteurFactory(), UtilisateurFactory()
    entreprise = EntrepriseFactory()
    contrat = ContratTravailFactory(participant__structure=structure, employeur=entreprise)

    def date_au_hasard() -> datetime.date | None:
        if hasard.random() < 0.15:
            return None
        return datetime.date(2024, 1, 1) + datetime.timedelta(days=hasard.randrange(1100))

    def coefficient() -> Decimal:
        return Decimal(hasard.choice(["0.33", "0.50", "1.00", "1.00", "1.50"]))

    def bornes() -> dict[str, datetime.date | None]:
        debut, fin = date_au_hasard(), date_au_hasard()
        debut, fin = (fin, debut) if debut and fin and debut > fin else (debut, fin)
        return {"date_debut": debut, "date_fin": fin, "date_notification": date_au_hasard()}

    marches = Marche.objects.bulk_create(
        Marche(structure=structure, acheteur=acheteur, reference=f"G{n}", objet="Généré", **bornes())
        for n in range(nombre)
    )
    lots = Lot.objects.bulk_create(Lot(structure=structure, marche=marche, numero="1") for marche in marches)
    clauses = Clause.objects.bulk_create(
        Clause(
            structure=structure, lot=lot, coefficient_formation=coefficient(),
            plafond_formation=hasard.choice([None, None, Decimal("20.00")]),
        )
        for lot in lots
    )  # fmt: skip
    engagements = Engagement.objects.bulk_create(
        Engagement(structure=structure, clause=clause, entreprise=entreprise, date_debut=date_au_hasard())
        for clause in clauses
    )
    _mouvements_et_lignes(engagements, contrat, auteur, hasard)
    JalonEngagement.objects.bulk_create(
        JalonEngagement(structure=structure, engagement=engagement, date=date, part=part)
        for engagement in engagements
        for date, part in _jalons_au_hasard(hasard)
    )


def _jalons_au_hasard(hasard: random.Random) -> list[Jalon]:
    """Aucun jalon une fois sur deux ; sinon un à trois, parfois hors des dates de l’engagement."""
    nombre = hasard.choice([0, 0, 0, 1, 2, 3])
    jours = sorted(hasard.sample(range(1100), nombre))
    parts = sorted(hasard.randrange(101) for _ in jours)
    debut = datetime.date(2024, 1, 1)
    return [Jalon(debut + datetime.timedelta(days=jour), part) for jour, part in zip(jours, parts, strict=True)]


def _mouvements_et_lignes(engagements: list[Engagement], contrat: Any, auteur: Any, hasard: random.Random) -> None:
    debut = datetime.date(2024, 1, 1)
    MouvementEngagement.objects.bulk_create(
        MouvementEngagement(
            structure_id=engagement.structure_id,
            engagement=engagement,
            date=debut + datetime.timedelta(days=hasard.randrange(700)),
            nature=NatureMouvement.INITIAL if rang == 0 else NatureMouvement.AVENANT,
            heures=Decimal(hasard.randrange(1, 60000)) / 100 * (1 if rang == 0 else hasard.choice([1, -1])),
            inscrit_par=auteur,
        )
        for engagement in engagements
        for rang in range(hasard.randrange(3))
    )
    LigneHeures.objects.bulk_create(
        LigneHeures(
            structure_id=engagement.structure_id,
            engagement=engagement,
            contrat=contrat,
            participant_id=contrat.participant_id,
            modalite=contrat.modalite,
            mois=ajouter_mois(debut, rang),
            type_heures=hasard.choice(["TRAVAIL", "TRAVAIL", "FORMATION"]),
            heures=Decimal(hasard.randrange(1, 15167)) / 100,
            statut="VALIDEE",
            declaree_par=auteur,
            validee_par=auteur,
            validee_le=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        )
        for engagement in engagements
        for rang in hasard.sample(range(24), hasard.randrange(12))
    )


def _compte(
    engagement: Engagement,
    au: datetime.date,
    retenues: dict[datetime.date, dict[int, Decimal]],
    echeanciers: dict[int, list[Jalon]],
) -> Compte:
    """Le compte d’un engagement, ses heures retenues à chaque date étant lues une date à la fois."""
    mois = dernier_mois_acheve(au)
    return Compte(
        engage=engagement.heures_engagees,
        realise=retenues[au][engagement.pk],
        au_rythme=retenues[mois][engagement.pk],
        avant_rythme=retenues[ajouter_mois(mois, -6)][engagement.pk],
        debut=engagement.debut,
        fin=engagement.fin,
        jalons=echeanciers[engagement.pk],
    )


@pytest.mark.parametrize("graine", [1, 2])
def test_l_annotation_et_les_fonctions_pures_s_accordent_sur_mille_engagements(graine):
    _engagements_generes(1000, random.Random(graine))
    tenir_les_statistiques()
    seuils = Seuils(retard_points=20, alerte_fin_mois=6, taux_risque_pourcent=80)
    vues = set()
    echeanciers: dict[int, list[Jalon]] = defaultdict(list)
    for jalon in JalonEngagement.objects.all():
        echeanciers[jalon.engagement_id].append(Jalon(jalon.date, jalon.part))
    assert len(echeanciers) > 300
    for au in (datetime.date(2025, 2, 28), datetime.date(2025, 6, 15), datetime.date(2026, 1, 31)):
        mois = dernier_mois_acheve(au)
        retenues = {
            jour: {e.pk: e.heures_realisees for e in Engagement.objects.avec_avancement(au=jour)}
            for jour in (au, mois, ajouter_mois(mois, -6))
        }
        with CaptureQueriesContext(connection) as requetes:
            annotes = list(Engagement.objects.avec_marche().avec_prevision(au=au, seuils=seuils))
        assert len(requetes) == 1
        for engagement in annotes:
            pur = prevoir(_compte(engagement, au, retenues, echeanciers), au=au, seuils=seuils)
            vues.add(pur.situation)
            lu = (
                engagement.heures_attendues, engagement.heures_projetees, engagement.heures_par_mois,
                engagement.code_situation,
            )  # fmt: skip
            assert lu == (pur.attendu, pur.projection, pur.besoin_mensuel, pur.situation), engagement.pk
    assert len(vues) >= 7
