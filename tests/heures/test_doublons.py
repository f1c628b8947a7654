"""Deux fiches pour une même personne : ce qui se ressemble, et ce qui ne se ressemble pas."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heures import doublons
from heures.doublons import FicheLue, MoisReuni, Raison, avertissements_de_fusion, paires_probables
from heures.noms import Nom, a_une_lettre

NAISSANCE = datetime.date(1990, 5, 10)
MOTS = st.text("abc", max_size=6)


def fiche(pk: int, nom: str, prenom: str, naissance: datetime.date | None = NAISSANCE) -> FicheLue:
    return FicheLue(pk, Nom(nom, prenom), naissance)


@pytest.mark.parametrize(
    ("nom", "prenom", "naissance", "raison"),
    [
        ("LEFEVRE", "zoé", NAISSANCE, Raison.IDENTIQUES),
        ("Le-Fèvre", "Zoé", NAISSANCE, Raison.UNE_LETTRE),
        ("Zoé", "Lefèvre", NAISSANCE, Raison.INVERSES),
        ("Lefebvre", "Zoé", NAISSANCE, Raison.UNE_LETTRE),
        ("Lefevre", "Zoée", NAISSANCE, Raison.UNE_LETTRE),
        ("Lefevre", "Ezo", NAISSANCE, None),
        ("Leferve", "Zoé", NAISSANCE, Raison.UNE_LETTRE),
        ("Zoé", "Lefebvre", NAISSANCE, Raison.UNE_LETTRE),
        ("Lefevre", "Zoé", None, Raison.SANS_NAISSANCE),
        ("Zoé", "Lefevre", None, Raison.SANS_NAISSANCE),
        ("Lefevre", "Zoé", datetime.date(1991, 5, 10), None),
        ("Lefebvre", "Zoé", None, None),
        ("Lefebvres", "Zoé", NAISSANCE, None),
        ("Martin", "Zoé", NAISSANCE, None),
    ],
)
def test_ce_qui_rapproche_deux_fiches(nom, prenom, naissance, raison):
    paires = paires_probables([fiche(1, "Lefèvre", "Zoé"), fiche(2, nom, prenom, naissance)])
    assert [paire.raison for paire in paires] == ([raison] if raison else [])


def test_une_paire_se_lit_dans_l_ordre_des_numeros_et_les_plus_sures_d_abord():
    paires = paires_probables(
        [fiche(9, "Petit", "Ana"), fiche(4, "Petitt", "Ana"), fiche(7, "Roux", "Léa"), fiche(2, "ROUX", "Lea")]
    )
    assert [(p.premiere, p.seconde, p.raison) for p in paires] == [
        (2, 7, Raison.IDENTIQUES),
        (4, 9, Raison.UNE_LETTRE),
    ]


def test_une_paire_ecartee_n_est_plus_proposee():
    fiches = [fiche(1, "Roux", "Léa"), fiche(2, "Roux", "Léa"), fiche(3, "Roux", "Léa")]
    paires = paires_probables(fiches, ecartees={(1, 2)})
    assert [(p.premiere, p.seconde) for p in paires] == [(1, 3), (2, 3)]


def test_mille_personnes_nees_le_meme_jour_ne_se_comparent_pas_toutes(monkeypatch):
    """Un million de comparaisons serait la méthode naïve ; le premier janvier est souvent noté faute de mieux."""
    faites = []
    vraie = doublons.ressemblance
    monkeypatch.setattr(doublons, "ressemblance", lambda une, autre: faites.append(1) or vraie(une, autre))
    lettres = "abcdefghij"
    noms = [f"{a * 3}{b * 3}{c * 3}" for a in lettres for b in lettres for c in lettres]
    fiches = [fiche(rang, nom, "Sam", datetime.date(1990, 1, 1)) for rang, nom in enumerate(noms)]
    paires = paires_probables([*fiches, fiche(5000, "aaabbbcccc", "Sam", datetime.date(1990, 1, 1))])
    assert [(noms[p.premiere], p.seconde) for p in paires] == [("aaabbbccc", 5000)]
    assert len(faites) < 1000


@given(MOTS, st.integers(0, 6), st.sampled_from("abc"))
def test_une_lettre_ajoutee_otee_ou_changee_se_voit_dans_les_deux_sens(mot, rang, lettre):
    rang = min(rang, len(mot))
    ajoutee, changee = mot[:rang] + lettre + mot[rang:], mot[:rang] + lettre + mot[rang + 1 :]
    assert all(a_une_lettre(un, autre) for un, autre in ((mot, ajoutee), (ajoutee, mot), (mot, changee)))


@given(MOTS, MOTS)
def test_deux_lettres_d_ecart_ne_suffisent_pas(un, autre):
    assert a_une_lettre(un, autre) == a_une_lettre(autre, un)
    assert a_une_lettre(un, autre) == (_distance(un, autre) <= 1)


def _distance(un: str, autre: str) -> int:
    """Distance de Damerau (voisines échangées), écrite simplement : la référence de ce test."""
    table = {(i, -1): i + 1 for i in range(-1, len(un))} | {(-1, j): j + 1 for j in range(-1, len(autre))}
    for i, a in enumerate(un):
        for j, b in enumerate(autre):
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a != b))
            if i and j and a == autre[j - 1] and un[i - 1] == b:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(un) - 1, len(autre) - 1]


def test_la_reunion_avertit_au_dela_du_plafond_et_des_heures_en_commun():
    mois = [
        MoisReuni(datetime.date(2025, 3, 1), Decimal("150.00"), Decimal("100.01")),
        MoisReuni(datetime.date(2025, 4, 1), Decimal("150.00"), Decimal("100.00")),
        MoisReuni(datetime.date(2025, 5, 1), Decimal("260.00"), Decimal(0)),
    ]
    assert avertissements_de_fusion(mois, plafond=Decimal(250), communes=["Mars 2025, marché M-1"]) == [
        "Mars 2025 : 150,00 h et 100,01 h feraient 250,01 h, au-delà du plafond de 250,00 h.",
        "Mars 2025, marché M-1 : les deux fiches ont des heures. Vérifier qu’elles ne sont pas notées deux fois.",
    ]


@given(
    st.lists(
        st.tuples(
            st.text("ab", min_size=1, max_size=3),
            st.text("ab", min_size=1, max_size=3),
            st.sampled_from([None, NAISSANCE, datetime.date(1991, 1, 1)]),
        ),
        max_size=8,
    )
)
def test_aucune_paire_n_est_oubliee_ni_inventee(identites):
    """La même chose que tout comparer à tout, ce que l’on ne fait pas."""
    fiches = [fiche(rang, *identite) for rang, identite in enumerate(identites)]
    naives = {
        (une.pk, autre.pk, raison)
        for rang, une in enumerate(fiches)
        for autre in fiches[rang + 1 :]
        if (raison := doublons.ressemblance(une, autre))
    }
    assert {(p.premiere, p.seconde, p.raison) for p in paires_probables(fiches)} == naives
