"""La courbe d’un engagement : points, projection et géométrie, sans base."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from clauses.socle.echelle import palier
from marches.courbe import BAS, DROITE, GAUCHE, HAUT, HAUTEUR, LARGEUR, MOIS_AU_PLUS, serie, tracer
from marches.previsions import Compte, Seuils, prevoir

JUIN = datetime.date(2025, 6, 30)
REGLE = {"coefficient": Decimal("0.50"), "plafond": Decimal("30.00")}


def mois(rang: int) -> datetime.date:
    return datetime.date(2025, rang, 1)


def points_de(par_mois, compte, au=JUIN):
    return serie(par_mois, compte, prevoir(compte, au=au, seuils=Seuils()), **REGLE, au=au)


COMPTE = Compte(
    engage=Decimal("1200.00"),
    realise=Decimal("300.00"),
    au_rythme=Decimal("300.00"),
    avant_rythme=Decimal("0.00"),
    debut=datetime.date(2025, 1, 1),
    fin=datetime.date(2025, 12, 31),
)
PAR_MOIS = {mois(2): (Decimal("100.00"), Decimal("20.00")), mois(5): (Decimal("170.00"), Decimal("80.00"))}


def test_les_points_vont_du_debut_a_la_fin_et_cumulent_les_heures_retenues():
    points = points_de(PAR_MOIS, COMPTE)
    assert [point.mois.month for point in points] == list(range(1, 13))
    assert [point.fait for point in points[:6]] == [
        Decimal("0.00"),
        Decimal("110.00"),  # 100 + 20 × 0,5
        Decimal("110.00"),
        Decimal("110.00"),
        Decimal("300.00"),  # 270 + 100 × 0,5, plafonné à 30
        Decimal("300.00"),
    ]
    assert {point.fait for point in points[6:]} == {None}
    assert points[-1].attendu == COMPTE.engage


def test_la_projection_part_de_ce_qui_est_fait_et_finit_a_la_prevision():
    points = points_de(PAR_MOIS, COMPTE)
    assert [point.projete for point in points[:5]] == [None] * 5
    assert (points[5].projete, points[11].projete) == (Decimal("300.00"), Decimal("600.00"))


def test_sans_date_de_fin_la_courbe_s_arrete_a_aujourd_hui_sans_projection():
    compte = Compte(COMPTE.engage, COMPTE.realise, COMPTE.au_rythme, COMPTE.avant_rythme, COMPTE.debut, None)
    points = points_de(PAR_MOIS, compte)
    assert points[-1].mois == mois(6)
    assert {(point.attendu, point.projete) for point in points} == {(None, None)}


def test_un_marche_interminable_ne_fait_pas_une_page_interminable():
    fin = datetime.date(2099, 12, 31)
    compte = Compte(COMPTE.engage, COMPTE.realise, COMPTE.au_rythme, COMPTE.avant_rythme, COMPTE.debut, fin)
    assert len(points_de(PAR_MOIS, compte)) == MOIS_AU_PLUS


def test_le_dessin_tient_dans_son_cadre():
    courbe = tracer(points_de(PAR_MOIS, COMPTE), engage=COMPTE.engage)
    poses = [tuple(map(int, p.split(","))) for p in f"{courbe.fait} {courbe.attendu} {courbe.projete}".split()]
    assert len(poses) == 6 + 12 + 7
    assert all(GAUCHE <= x <= LARGEUR - DROITE and HAUT <= y <= HAUTEUR - BAS for x, y in poses)
    assert poses[0] == (GAUCHE, HAUTEUR - BAS)
    assert [repere.libelle for repere in courbe.graduations] == ["0", "500", "1\u202f000", "1\u202f500"]


def test_un_engagement_sans_heures_ni_objectif_se_dessine():
    vide = Compte(Decimal(0), Decimal(0), Decimal(0), Decimal(0), None, None)
    courbe = tracer(points_de({}, vide), engage=Decimal(0))
    assert (courbe.objectif, courbe.fait) == (None, f"{GAUCHE},{HAUTEUR - BAS}")


@pytest.mark.parametrize(
    ("plus_haute", "pas"), [("1", "1"), ("5", "1"), ("6", "2"), ("11", "5"), ("26", "10"), ("1200", "500")]
)
def test_l_echelle_avance_par_pas_ronds(plus_haute, pas):
    assert palier(Decimal(plus_haute)) == Decimal(pas)
