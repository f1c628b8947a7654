"""Les champs maison : centièmes exacts en base, Decimal en Python, SIRET en texte, mois au premier jour."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ExpressionWrapper, F, Sum
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from clauses.socle.champs import HeuresField, SaisieEuros, SaisieHeures, SaisieMois, valider_siret
from heures.models import LigneHeures, Releve
from tests.factories import EntrepriseFactory, LigneHeuresFactory, ReleveFactory, siret


def centiemes_en_base(ligne: LigneHeures) -> int:
    with connection.cursor() as curseur:
        curseur.execute("SELECT heures FROM heures_ligneheures WHERE id = %s", [ligne.pk])
        return curseur.fetchone()[0]


def test_les_heures_sont_des_centiemes_entiers_en_base():
    ligne = LigneHeuresFactory(heures=Decimal("151.67"))
    assert centiemes_en_base(ligne) == 15167
    assert LigneHeures.objects.get(pk=ligne.pk).heures == Decimal("151.67")


def test_dix_fois_un_dixieme_d_heure_font_une_heure():
    premiere = LigneHeuresFactory(heures=Decimal("0.10"))
    for mois in range(2, 11):
        LigneHeuresFactory(
            engagement=premiere.engagement,
            contrat=premiere.contrat,
            mois=datetime.date(2026, mois, 1),
            heures=Decimal("0.10"),
        )
    sommes = LigneHeures.objects.order_by().values("contrat").annotate(total=Sum("heures"))
    assert list(sommes.filter(total__gte=Decimal("1.00")).values_list("total", flat=True)) == [Decimal("1.00")]


def test_une_expression_typee_revient_en_heures():
    ligne = LigneHeuresFactory(heures=Decimal("0.10"))
    double = ExpressionWrapper(F("heures") + F("heures"), output_field=HeuresField())
    assert LigneHeures.objects.filter(pk=ligne.pk).annotate(double=double).get().double == Decimal("0.20")


@pytest.mark.parametrize("valeur", [0.1, "abc", Decimal("NaN"), Decimal("Infinity"), Decimal("1.005")])
def test_un_flottant_ou_trois_decimales_sont_refuses(valeur: object):
    champ = LigneHeures._meta.get_field("heures")
    with pytest.raises(ValidationError):
        champ.clean(valeur, None)


def test_un_nombre_demesure_est_refuse_avant_la_base():
    with pytest.raises(ValidationError, match="trop grand"):
        LigneHeures._meta.get_field("heures").clean(Decimal(10) ** 15, None)


class AllerRetour(TestCase):
    @given(st.integers(min_value=0, max_value=10**9))
    def test_toute_valeur_au_centieme_revient_identique(self, centiemes: int):
        valeur = Decimal(centiemes) / 100
        ligne = LigneHeuresFactory(heures=valeur)
        assert LigneHeures.objects.get(pk=ligne.pk).heures == valeur


@pytest.mark.parametrize(
    ("saisie", "attendu"),
    [("7,5", "7.50"), ("7h30", "7.50"), ("1 820,50", "1820.50"), ("1\u202f820,5", "1820.50"), ("151,675", "151.68")],
)
def test_la_saisie_d_heures_accepte_l_ecriture_francaise(saisie: str, attendu: str):
    assert SaisieHeures().clean(saisie) == Decimal(attendu)


def test_la_saisie_montre_une_virgule():
    assert SaisieEuros().prepare_value(Decimal("1250.40")) == "1250,40"


def test_une_saisie_inchangee_n_est_pas_un_changement():
    assert not SaisieHeures().has_changed(Decimal("7.50"), "7,50")
    assert SaisieHeures().has_changed(Decimal("7.50"), "7,51")


@pytest.mark.parametrize("saisie", ["2026-03", "03/2026", "2026-03-17"])
def test_un_mois_se_saisit_de_plusieurs_facons(saisie: str):
    assert SaisieMois().clean(saisie) == datetime.date(2026, 3, 1)


def test_un_mois_impossible_est_refuse_d_une_phrase():
    with pytest.raises(ValidationError) as refus:
        SaisieMois().clean("2026-13")
    assert "2026-13" in refus.value.messages[0]


def test_un_mois_est_ramene_a_son_premier_jour():
    releve = ReleveFactory(mois=datetime.date(2026, 3, 17))
    assert Releve.objects.get(pk=releve.pk).mois == datetime.date(2026, 3, 1)


@pytest.mark.parametrize("valeur", [siret(12), "35600000000048", "35600000049837"])
def test_un_siret_juste_passe_et_la_poste_aussi(valeur: str):
    assert valider_siret(valeur) is None


@pytest.mark.parametrize(
    ("valeur", "phrase"),
    [
        ("1234567890123", "14 chiffres"),
        ("123456789012345", "14 chiffres"),
        ("1234567890123A", "14 chiffres"),
        ("12345678901234", "clef de contrôle"),
        ("\u06601234567890123", "14 chiffres"),
    ],
)
def test_un_siret_faux_est_refuse_d_une_phrase(valeur: str, phrase: str):
    with pytest.raises(ValidationError) as refus:
        valider_siret(valeur)
    assert phrase in refus.value.messages[0]


def test_la_base_refuse_un_siret_trop_court():
    with pytest.raises(IntegrityError, match="entreprise_siret_14_chiffres"), transaction.atomic():
        EntrepriseFactory(siret="123")
