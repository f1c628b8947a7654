"""La règle qui rapproche deux noms : ce qui ne compte pas, ce qui rapproche, ce qui sépare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heures.noms import Ecart, Nom, ecart

MOTS = st.text("ab -é", max_size=8)


@pytest.mark.parametrize(
    ("un", "autre", "attendu"),
    [
        (("LEFÈVRE", "Anne-Marie"), ("lefevre", "anne marie"), Ecart.AUCUN),
        (("Lefèvre", "Zoé"), ("Zoé", "Lefèvre"), Ecart.ORDRE),
        (("Lefèvre Zoé", ""), ("Lefèvre", "Zoé"), Ecart.ORDRE),
        (("Martin-Dupré", "Zoé"), ("Dupré Martin", "Zoé"), Ecart.ORDRE),
        (("Le Fèvre", "Zoé"), ("Lefèvre", "Zoé"), Ecart.LETTRE),
        (("De La Fontaine", "Zoé"), ("Delafontaine", "Zoé"), Ecart.LETTRE),
        (("de La Fontaine", "Zoé"), ("Fontaine", "Zoé"), Ecart.LETTRE),
        (("d’Artois", "Zoé"), ("Dartois", "Zoé"), Ecart.LETTRE),
        (("Souza", "Ana"), ("Ana", "de Sousa"), Ecart.LETTRE),
        (("Leferve", "Zoé"), ("Zoé", "Lefevre"), Ecart.LETTRE),
        (("Martin", "Zoé"), ("Martin-Dupré", "Zoé"), Ecart.PARTIE),
        (("Martin", "Zoé"), ("Bernard", "Zoé"), Ecart.MOT),
        (("Le", "Thi"), ("Thi", "Zoé"), Ecart.MOT),
        (("Martin", "Zoé"), ("Bernard", "Alex"), None),
        (("", ""), ("", ""), None),
        (("–", ""), ("A", ""), None),
    ],
)
def test_ce_qui_separe_deux_noms(un, autre, attendu):
    assert ecart(Nom(*un), Nom(*autre)) is attendu


@given(MOTS, MOTS, MOTS, MOTS)
def test_l_ecart_se_lit_dans_les_deux_sens_et_une_forme_amputee_trouve_les_voisins(
    nom, prenom, autre_nom, autre_prenom
):
    un, autre = Nom(nom, prenom), Nom(autre_nom, autre_prenom)
    separe = ecart(un, autre)
    assert separe == ecart(autre, un)
    assert separe is None or separe > Ecart.LETTRE or un.mots == autre.mots or un.amputees & autre.amputees
