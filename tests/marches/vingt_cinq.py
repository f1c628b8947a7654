"""Vingt-cinq engagements comptés à la main : grand livre, heures, et ce qu’on doit lire à trois dates.

Les trois dates : J1 = 30/06/2025 (juin est achevé), J2 = 15/01/2026 (décembre est le dernier mois achevé ; janvier
compte dans le réalisé, pas dans le rythme), J3 = 31/01/2027. Jours écoulés, bornes comprises :

- P1, du 01/01/2025 au 31/12/2026, 730 jours : 181 à J1, 380 à J2, 730 à J3 ; il reste 18, 12, 0 mois ;
- P2, année 2025, 365 jours : 181 à J1, puis tout ; il reste 6, 0, 0 mois ;
- P3, du 01/07/2025 au 30/06/2026, 365 jours : 0, 199, 365 ; il reste 12, 6, 0 mois ;
- P4, année 2026, 365 jours : 0, 15, 365 ; il reste 18, 12, 0 mois.

Engager 730 h sur P1 (365 h sur une année) fait une heure attendue par jour. Barèmes : SMIC 12,02 € et plafond horaire
30 € à J2 et J3. Une pénalité n’est exigible qu’après la fin, sur engagé − réalisé.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from clauses.socle.mois import mois_entre
from heures.models import LigneHeures
from marches.models import Engagement
from tests.factories import (
    ClauseFactory,
    ContratTravailFactory,
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    MouvementEngagementFactory,
    ParticipantFactory,
    UtilisateurFactory,
)
from tests.factories_conformite import ReglePenaliteFactory

J1, J2, J3 = datetime.date(2025, 6, 30), datetime.date(2026, 1, 15), datetime.date(2027, 1, 31)
DATES = (J1, J2, J3)
P1, P2 = ("2025-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31")
P3, P4 = ("2025-07-01", "2026-06-30"), ("2026-01-01", "2026-12-31")
SANS_FIN, SANS_DATE = ("2025-01-01", None), (None, None)
EUROS_40 = {"formule": "H_X_EUROS", "valeur": "40"}


@dataclass(frozen=True)
class Lu:
    """Ce qui doit se lire à une date ; `None` : rien à montrer."""

    engage: str
    realise: str
    taux: str | None
    attendu: str | None
    projection: str | None
    par_mois: str | None
    situation: str
    penalite: str = "0.00"


@dataclass(frozen=True)
class Cas:
    nom: str
    periode: tuple[str | None, str | None]
    livre: tuple[tuple[str, str, str], ...]
    lus: tuple[Lu, Lu, Lu]
    heures: tuple[tuple[str, str, str], ...] = ()
    """(premier mois, dernier mois, heures de travail validées par mois)"""
    formation: tuple[tuple[str, str, str], ...] = ()
    autres: tuple[tuple[str, str, str], ...] = ()
    """(mois, heures, statut) : déclarées ou refusées"""
    regles: tuple[dict[str, Any], ...] = ()
    montant: str | None = None
    clause: dict[str, Any] = field(default_factory=dict)
    propres: tuple[str, str] | None = None
    """dates de l’engagement, quand elles ne sont pas celles du marché"""


def initial(heures: str, le: str = "2025-01-01") -> tuple[str, str, str]:
    return (le, "INITIAL", heures)


# fmt: off
CAS = (
    # 30 h par mois : 24 mois en font 720. J1 : 180 + 180 × 18 ÷ 6 = 720 ; 550 ÷ 18 = 30,56. J2 : 13 mois faits.
    # J3 : il manque 10 h, × 40 €.
    Cas("régulier, presque au bout", P1, (initial("730"),), heures=(("2025-01", "2026-12", "30"),), regles=(EUROS_40,),
        lus=(Lu("730.00", "180.00", "0.2466", "181.00", "720.00", "30.56", "CONFORME"),
             Lu("730.00", "390.00", "0.5342", "380.00", "720.00", "28.33", "CONFORME"),
             Lu("730.00", "720.00", "0.9863", "730.00", "720.00", None, "NON_ATTEINT", "400.00"))),
    # Rien de fait : 24,8 points sous l’attendu à J1. J3 : 730 × 1,5 × 12,02.
    Cas("jamais commencé", P1, (initial("730"),), regles=({"formule": "H_X_SMIC", "valeur": "1.5"},),
        lus=(Lu("730.00", "0.00", "0.0000", "181.00", "0.00", "40.56", "EN_RETARD"),
             Lu("730.00", "0.00", "0.0000", "380.00", "0.00", "60.83", "EN_RETARD"),
             Lu("730.00", "0.00", "0.0000", "730.00", "0.00", None, "NON_ATTEINT", "13161.90"))),
    # Commence après J1 : ni rythme ni projection. J2 : fin sous six mois et 58,9 % < 80 % ; 180 + 180 × 6 ÷ 6.
    Cas("atteint à l’heure près", P3, (initial("365"),),
        heures=(("2025-07", "2025-12", "30"), ("2026-01", "2026-01", "35"), ("2026-02", "2026-06", "30")),
        lus=(Lu("365.00", "0.00", "0.0000", "0.00", None, "30.42", "NON_DEMARRE"),
             Lu("365.00", "215.00", "0.5890", "199.00", "360.00", "25.00", "A_RISQUE"),
             Lu("365.00", "365.00", "1.0000", "365.00", "365.00", None, "ATTEINT"))),
    # J1 : 365 × 181 ÷ 730 = 90,50 ; 360 + 360 × 3 = 1 440 ; 5 ÷ 18. J2 : 380 + 20 × 12 ÷ 6 ; plus rien à faire.
    Cas("dépassé", P1, (initial("365"),), heures=(("2025-01", "2025-06", "60"), ("2025-07", "2025-07", "20")),
        regles=({"formule": "H_X_EUROS", "valeur": "50"},),
        lus=(Lu("365.00", "360.00", "0.9863", "90.50", "1440.00", "0.28", "EN_AVANCE"),
             Lu("365.00", "380.00", "1.0411", "190.00", "420.00", "0.00", "DEPASSE"),
             Lu("365.00", "380.00", "1.0411", "365.00", "380.00", None, "DEPASSE"))),
    # L’avenant double l’engagement entre J1 et J2. J2 : 73,97 % pour 52,05 % du temps. J3 : 0,5 % de 500 000 €.
    Cas("avenant qui ajoute", P1, (initial("365"), ("2025-10-01", "AVENANT", "365")),
        heures=(("2025-01", "2025-12", "45"),), montant="500000",
        regles=({"formule": "PCT_MONTANT", "valeur": "0.5"},),
        lus=(Lu("365.00", "270.00", "0.7397", "90.50", "1080.00", "5.28", "EN_AVANCE"),
             Lu("730.00", "540.00", "0.7397", "380.00", "1080.00", "15.83", "EN_AVANCE"),
             Lu("730.00", "540.00", "0.7397", "730.00", "540.00", None, "NON_ATTEINT", "2500.00"))),
    # La suppression ramène l’engagement à zéro : ni taux, ni besoin, ni pénalité. J1 : 16,6 points de retard.
    Cas("supprimé en route", P1, (initial("730"), ("2025-09-01", "SUPPRESSION", "-730")),
        heures=(("2025-01", "2025-06", "10"),), regles=(EUROS_40,),
        lus=(Lu("730.00", "60.00", "0.0822", "181.00", "240.00", "37.22", "CONFORME"),
             Lu("0.00", "60.00", None, "0.00", "60.00", None, "SANS_ENGAGEMENT"),
             Lu("0.00", "60.00", None, "0.00", "60.00", None, "SANS_ENGAGEMENT"))),
    # Sans date de fin, rien n’est attendu, projeté ni exigible ; des heures faites : conforme.
    Cas("sans date de fin", SANS_FIN, (initial("100"),), heures=(("2025-01", "2025-01", "40"),), regles=(EUROS_40,),
        lus=(Lu("100.00", "40.00", "0.4000", None, None, None, "CONFORME"),
             Lu("100.00", "40.00", "0.4000", None, None, None, "CONFORME"),
             Lu("100.00", "40.00", "0.4000", None, None, None, "CONFORME"))),
    Cas("sans aucune date", SANS_DATE, (initial("100"),), regles=(EUROS_40,),
        lus=(Lu("100.00", "0.00", "0.0000", None, None, None, "NON_DEMARRE"),
             Lu("100.00", "0.00", "0.0000", None, None, None, "NON_DEMARRE"),
             Lu("100.00", "0.00", "0.0000", None, None, None, "NON_DEMARRE"))),
    # 200 h déclarées et 50 refusées ne comptent pas. J1 : 22,2 points de retard. J2 : 265 × 40 = 10 600, plafonné.
    Cas("déclarées et refusées à part", P2, (initial("365"),), heures=(("2025-03", "2025-03", "100"),),
        autres=(("2025-04", "200", "DECLAREE"), ("2025-05", "50", "REFUSEE")),
        regles=({**EUROS_40, "plafond_euros": "8000"},),
        lus=(Lu("365.00", "100.00", "0.2740", "181.00", "200.00", "44.17", "EN_RETARD"),
             Lu("365.00", "100.00", "0.2740", "365.00", "100.00", None, "NON_ATTEINT", "8000.00"),
             Lu("365.00", "100.00", "0.2740", "365.00", "100.00", None, "NON_ATTEINT", "8000.00"))),
    # 120 h de travail + 60 h de formation × 0,5 = 150. J3 : 580 × 4 × 30.
    Cas("formation à moitié", P1, (initial("730"),), heures=(("2025-01", "2025-06", "20"),),
        formation=(("2025-01", "2025-06", "10"),), clause={"coefficient_formation": "0.50"},
        regles=({"formule": "H_X_PLAFOND_SS", "valeur": "4"},),
        lus=(Lu("730.00", "150.00", "0.2055", "181.00", "600.00", "32.22", "CONFORME"),
             Lu("730.00", "150.00", "0.2055", "380.00", "150.00", "48.33", "EN_RETARD"),
             Lu("730.00", "150.00", "0.2055", "730.00", "150.00", None, "NON_ATTEINT", "69600.00"))),
    # 120 h de travail + 60 h de formation plafonnées à 25 = 145. J3 : 585 × 10 + 1 % de 200 000.
    Cas("formation plafonnée, deux pénalités", P1, (initial("730"),), heures=(("2025-01", "2025-06", "20"),),
        formation=(("2025-01", "2025-06", "10"),), clause={"plafond_formation": "25.00"}, montant="200000",
        regles=({"formule": "H_X_EUROS", "valeur": "10"}, {"formule": "PCT_MONTANT", "valeur": "1"}),
        lus=(Lu("730.00", "145.00", "0.1986", "181.00", "580.00", "32.50", "CONFORME"),
             Lu("730.00", "145.00", "0.1986", "380.00", "145.00", "48.75", "EN_RETARD"),
             Lu("730.00", "145.00", "0.1986", "730.00", "145.00", None, "NON_ATTEINT", "7850.00"))),
    # Le marché court sur P1, l’engagement sur P3 : ce sont ses dates à lui qui comptent. J3 : 5 × 40.
    Cas("dates propres à l’engagement", P1, (initial("365"),), propres=("2025-07-01", "2026-06-30"),
        heures=(("2025-07", "2025-12", "60"),), regles=(EUROS_40,),
        lus=(Lu("365.00", "0.00", "0.0000", "0.00", None, "30.42", "NON_DEMARRE"),
             Lu("365.00", "360.00", "0.9863", "199.00", "720.00", "0.83", "EN_AVANCE"),
             Lu("365.00", "360.00", "0.9863", "365.00", "360.00", None, "NON_ATTEINT", "200.00"))),
    # Tout en janvier 2026, mois non achevé à J2 : fait, sans rythme ; jamais moins que le fait. J3 : 30 × 12,02.
    Cas("le mois en cours", P1, (initial("730"),), heures=(("2026-01", "2026-01", "700"),),
        regles=({"formule": "H_X_SMIC", "valeur": "1"},),
        lus=(Lu("730.00", "0.00", "0.0000", "181.00", "0.00", "40.56", "EN_RETARD"),
             Lu("730.00", "700.00", "0.9589", "380.00", "700.00", "2.50", "EN_AVANCE"),
             Lu("730.00", "700.00", "0.9589", "730.00", "700.00", None, "NON_ATTEINT", "360.60"))),
    # La tranche affermie le lendemain de J2 ne se voit pas la veille. Sans règle, pas de pénalité.
    Cas("tranche affermie plus tard", P1, (initial("365"), ("2026-01-16", "TRANCHE_AFFERMIE", "365")),
        heures=(("2025-01", "2025-12", "20"),),
        lus=(Lu("365.00", "120.00", "0.3288", "90.50", "480.00", "13.61", "CONFORME"),
             Lu("365.00", "240.00", "0.6575", "190.00", "480.00", "10.42", "CONFORME"),
             Lu("730.00", "240.00", "0.3288", "730.00", "240.00", None, "NON_ATTEINT"))),
    # Trois bons de commande, sans initial. Retards de pièce et absences ne se déduisent pas des heures : zéro.
    Cas("bons de commande", P1,
        (("2025-02-01", "BON_COMMANDE", "100"), ("2025-08-01", "BON_COMMANDE", "100"),
         ("2026-05-01", "BON_COMMANDE", "165")),
        heures=(("2025-02", "2026-12", "15"),),
        regles=({"formule": "JOUR_RETARD", "valeur": "50"}, {"formule": "FORFAIT_ABSENCE", "valeur": "500"}),
        lus=(Lu("100.00", "75.00", "0.7500", "24.79", "300.00", "1.39", "EN_AVANCE"),
             Lu("200.00", "180.00", "0.9000", "104.11", "345.00", "1.67", "EN_AVANCE"),
             Lu("365.00", "345.00", "0.9452", "365.00", "345.00", None, "NON_ATTEINT"))),
    # Finit le jour J3 : 150, 349 puis 730 jours ; rien n’est encore exigible. 82,2 % ≥ 80 % : pas à risque.
    # J1 : 5 mois vécus, il en reste 19 : 125 + 125 × 19 ÷ 5. J2 : 275 + 150 × 13 ÷ 6.
    Cas("dernier jour, presque", ("2025-02-01", "2027-01-31"), (initial("730", "2025-02-01"),),
        heures=(("2025-02", "2027-01", "25"),), regles=(EUROS_40,),
        lus=(Lu("730.00", "125.00", "0.1712", "150.00", "600.00", "31.84", "CONFORME"),
             Lu("730.00", "300.00", "0.4110", "349.00", "600.00", "33.08", "CONFORME"),
             Lu("730.00", "600.00", "0.8219", "730.00", "600.00", None, "CONFORME"))),
    # Le même à 20 h par mois : 65,8 % < 80 % le dernier jour.
    Cas("dernier jour, à risque", ("2025-02-01", "2027-01-31"), (initial("730", "2025-02-01"),),
        heures=(("2025-02", "2027-01", "20"),), regles=(EUROS_40,),
        lus=(Lu("730.00", "100.00", "0.1370", "150.00", "480.00", "33.16", "CONFORME"),
             Lu("730.00", "240.00", "0.3288", "349.00", "480.00", "37.69", "CONFORME"),
             Lu("730.00", "480.00", "0.6575", "730.00", "480.00", None, "A_RISQUE"))),
    # 424 jours, 212 écoulés à J1 : 30 h sur 100, 20 points sous l’attendu exactement, pas encore en retard.
    # J2 : 411 ÷ 424. J3 : 70 × 40 = 2 800, plafonné à 1 % de 100 000 €.
    Cas("au bord du retard", ("2024-12-01", "2026-01-28"), (initial("100"),), heures=(("2025-06", "2025-06", "30"),),
        regles=({**EUROS_40, "plafond_pourcent": "1"},), montant="100000",
        lus=(Lu("100.00", "30.00", "0.3000", "50.00", "65.00", "10.00", "CONFORME"),
             Lu("100.00", "30.00", "0.3000", "96.93", "30.00", "70.00", "A_RISQUE"),
             Lu("100.00", "30.00", "0.3000", "100.00", "30.00", None, "NON_ATTEINT", "1000.00"))),
    # Un centième d’heure de moins : en retard. J1 : 29,99 + 34,99. J3 : 70,01 × 2 × 12,02 = 1 683,0404.
    Cas("un centième de trop peu", ("2024-12-01", "2026-01-28"), (initial("100"),),
        heures=(("2025-06", "2025-06", "29.99"),), regles=({"formule": "H_X_SMIC", "valeur": "2"},),
        lus=(Lu("100.00", "29.99", "0.2999", "50.00", "64.98", "10.00", "EN_RETARD"),
             Lu("100.00", "29.99", "0.2999", "96.93", "29.99", "70.01", "A_RISQUE"),
             Lu("100.00", "29.99", "0.2999", "100.00", "29.99", None, "NON_ATTEINT", "1683.04"))),
    # 2024 est bissextile : 731 jours, 547 à J1. Seules les heures de 2025 font le rythme. J2 : 191 × 2 × 30.
    Cas("année bissextile", ("2024-01-01", "2025-12-31"), (initial("731", "2024-01-01"),),
        heures=(("2024-01", "2024-12", "20"), ("2025-01", "2025-06", "50")),
        regles=({"formule": "H_X_PLAFOND_SS", "valeur": "2"},),
        lus=(Lu("731.00", "540.00", "0.7387", "547.00", "840.00", "31.83", "CONFORME"),
             Lu("731.00", "540.00", "0.7387", "731.00", "540.00", None, "NON_ATTEINT", "11460.00"),
             Lu("731.00", "540.00", "0.7387", "731.00", "540.00", None, "NON_ATTEINT", "11460.00"))),
    # La reconduction ajoute une année d’heures. Un pourcentage sans montant de lot ne se calcule pas : zéro.
    Cas("reconduit, lot sans montant", P1, (initial("365"), ("2026-01-01", "RECONDUCTION", "365")),
        heures=(("2025-01", "2026-12", "30"),), regles=({"formule": "PCT_MONTANT", "valeur": "2"},),
        lus=(Lu("365.00", "180.00", "0.4932", "90.50", "720.00", "10.28", "EN_AVANCE"),
             Lu("730.00", "390.00", "0.5342", "380.00", "720.00", "28.33", "CONFORME"),
             Lu("730.00", "720.00", "0.9863", "730.00", "720.00", None, "NON_ATTEINT"))),
    # Suspension le jour même de J1 : elle compte. J3 : 65 × 25.
    Cas("suspendu puis adapté", P1,
        (initial("1460"), ("2025-06-30", "SUSPENSION", "-730"), ("2026-06-01", "ADAPTATION", "-365")),
        heures=(("2025-01", "2025-12", "25"),), regles=({"formule": "H_X_EUROS", "valeur": "25"},),
        lus=(Lu("730.00", "150.00", "0.2055", "181.00", "600.00", "32.22", "CONFORME"),
             Lu("730.00", "300.00", "0.4110", "380.00", "600.00", "35.83", "CONFORME"),
             Lu("365.00", "300.00", "0.8219", "365.00", "300.00", None, "NON_ATTEINT", "1625.00"))),
    # Le recalcul ramène l’engagement à ce qui est fait : atteint sans une heure de plus. J1 : 500 × 181 ÷ 730.
    Cas("recalculé à la baisse", P1, (initial("500"), ("2025-12-31", "RECALCUL", "-250")),
        heures=(("2025-01", "2025-05", "50"),), regles=(EUROS_40,),
        lus=(Lu("500.00", "250.00", "0.5000", "123.97", "1000.00", "13.89", "EN_AVANCE"),
             Lu("250.00", "250.00", "1.0000", "130.14", "250.00", "0.00", "ATTEINT"),
             Lu("250.00", "250.00", "1.0000", "250.00", "250.00", None, "ATTEINT"))),
    # Deux mois vécus à J1 : 60 + 60 × 11 ÷ 2. J2 : 249 jours sur 365. J3 : 125 × 1,25 × 12,02 = 1 878,125.
    Cas("engagement jeune", ("2025-05-12", "2026-05-11"), (initial("365", "2025-05-12"),),
        heures=(("2025-05", "2025-05", "20"), ("2025-06", "2025-06", "40"), ("2025-07", "2025-12", "30")),
        regles=({"formule": "H_X_SMIC", "valeur": "1.25"},),
        lus=(Lu("365.00", "60.00", "0.1644", "50.00", "390.00", "27.73", "CONFORME"),
             Lu("365.00", "240.00", "0.6575", "249.00", "390.00", "25.00", "A_RISQUE"),
             Lu("365.00", "240.00", "0.6575", "365.00", "240.00", None, "NON_ATTEINT", "1878.13"))),
    # Engagé en 2026 : à J1 il ne doit encore rien. J2 : 15 jours, aucun mois achevé. J3 : 35 × 40.
    Cas("pas encore engagé", P4, (initial("365", "2026-01-01"),), heures=(("2026-02", "2026-12", "30"),),
        regles=(EUROS_40,),
        lus=(Lu("0.00", "0.00", None, "0.00", None, None, "SANS_ENGAGEMENT"),
             Lu("365.00", "0.00", "0.0000", "15.00", None, "30.42", "NON_DEMARRE"),
             Lu("365.00", "330.00", "0.9041", "365.00", "330.00", None, "NON_ATTEINT", "1400.00"))),
)
# fmt: on


def date(texte: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(texte) if texte else None


def poser(structure: Any, acheteur: Any) -> dict[str, Engagement]:
    """Pose les vingt-cinq engagements dans une structure, chez un acheteur ; rend chacun par le nom de son cas."""
    agent = UtilisateurFactory()
    poses = {cas.nom: _engagement(cas, rang, structure, acheteur, agent) for rang, cas in enumerate(CAS, start=1)}
    lignes = [ligne for cas in CAS for ligne in _lignes(cas, poses[cas.nom], agent)]
    LigneHeures.objects.bulk_create(lignes)
    return poses


def _engagement(cas: Cas, rang: int, structure: Any, acheteur: Any, agent: Any) -> Engagement:
    debut, fin = (date(jour) for jour in cas.periode)
    marche = MarcheFactory(
        structure=structure, acheteur=acheteur, reference=f"VC-{rang:02d}", objet=cas.nom, date_notification=debut,
        date_debut=debut, date_fin=fin,
    )  # fmt: skip
    lot = LotFactory(marche=marche, montant_ht=cas.montant)
    clause = ClauseFactory(lot=lot, **cas.clause)
    propres = dict(zip(("date_debut", "date_fin"), cas.propres or (), strict=False))
    engagement: Engagement = EngagementFactory(clause=clause, heures=0, **propres)
    for jour, nature, heures in cas.livre:
        MouvementEngagementFactory(
            engagement=engagement, date=jour, nature=nature, heures=Decimal(heures), inscrit_par=agent
        )
    for regle in cas.regles:
        ReglePenaliteFactory(clause=clause, **regle)
    return Engagement.objects.get(pk=engagement.pk)


def _lignes(cas: Cas, engagement: Engagement, agent: Any) -> Iterator[LigneHeures]:
    contrat = ContratTravailFactory(participant=ParticipantFactory(structure=engagement.structure))
    validee = {"statut": "VALIDEE", "validee_le": datetime.datetime(2027, 1, 5, tzinfo=datetime.UTC)}
    toutes = [
        (mois, type_heures, heures, {**validee, "validee_par": agent})
        for type_heures, plages in (("TRAVAIL", cas.heures), ("FORMATION", cas.formation))
        for premier, dernier, heures in plages
        for mois in mois_entre(date(f"{premier}-01"), date(f"{dernier}-01"))  # type: ignore[arg-type]
    ]
    for mois, heures, statut in cas.autres:
        motif = "Relevé illisible" if statut == "REFUSEE" else ""
        toutes.append((date(f"{mois}-01"), "TRAVAIL", heures, {"statut": statut, "motif": motif}))
    for mois, type_heures, heures, etat in toutes:
        yield LigneHeures(
            structure=engagement.structure, engagement=engagement, contrat=contrat, participant=contrat.participant,
            modalite=contrat.modalite, mois=mois, type_heures=type_heures, heures=Decimal(heures), declaree_par=agent,
            **etat,
        )  # fmt: skip
