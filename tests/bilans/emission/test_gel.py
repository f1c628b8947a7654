"""Le gel : un bilan en texte canonique et retour, à l’identique, quels que soient ses tableaux."""

from __future__ import annotations

import dataclasses
import datetime
import io
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilans import gel, nomenclatures
from bilans.catalogue import RAPPORTS
from bilans.definitions import ColonneBilan, Dessin, TableauBilan, Unite
from bilans.exports import ECRIVAINS
from bilans.faits import Periode
from bilans.gel import Circonstances
from bilans.mesures import HEURES, Mesure
from bilans.rapport import EN_TETE, Demande, Tableau
from bilans.tableaux import TOTAL, Rangee
from clauses.socle.erreurs import ActionImpossible
from heures.enums import Modalite
from tests.bilans import jeu
from tests.bilans.emission.outils import en_tuples
from tests.bilans.outils import annee, bilan
from tests.factories import StructureFactory
from tests.factories_conformite import bilan_vide
from tests.jeu_de_comptage import CU_ARRAS

PERIODE = annee(2025)


def circonstances(lu):
    return Circonstances(lu.entete.genere_le, lu.entete.genere_par, lu.entete.version, lu.entete.empreinte)


def relu(lu):
    return gel.degeler(gel.geler(lu), circonstances(lu))


def test_tout_bilan_qui_s_emet_se_relit_a_l_identique():
    pose = jeu.poser()
    for nom in (nom for nom, rapport in RAPPORTS.items() if rapport.est_emis):
        demande = Demande(nom, PERIODE, CU_ARRAS if nom == "acheteur" else "")
        lu = RAPPORTS[nom].pour_fichier(pose.par, demande)
        assert en_tuples(relu(lu)) == en_tuples(gel.sans_clefs(lu)), nom
        assert gel.geler(relu(lu)) == gel.geler(lu), nom


def test_un_bilan_relu_s_exporte_comme_l_original():
    lu = bilan(jeu.poser().par, 2025)
    for format_ in ("json", "csv"):
        ecrits = []
        for document in (lu, relu(lu)):
            fichier = io.BytesIO()
            ECRIVAINS[format_](document, fichier)
            ecrits.append(fichier.getvalue())
        assert ecrits[0] == ecrits[1]


def test_ni_l_instant_ni_l_auteur_ne_changent_l_empreinte():
    lu = bilan(jeu.poser().par, 2025)
    plus_tard = dataclasses.replace(
        lu.entete, genere_le=lu.entete.genere_le + datetime.timedelta(days=40), genere_par="Quelqu’un d’autre"
    )
    methode = [
        (terme, "autre" if terme.startswith("Généré") else texte, source) for terme, texte, source in lu.methode
    ]
    autre = dataclasses.replace(lu, entete=plus_tard, methode=methode)
    assert gel.geler(autre) == gel.geler(lu)
    assert lu.entete.genere_par not in gel.geler(lu)


def test_un_chiffre_de_plus_change_l_empreinte():
    lu = bilan(jeu.poser().par, 2025)
    autre = dataclasses.replace(lu, indicateurs={**lu.indicateurs, "heures_realisees": Decimal("988.85")})
    assert gel.empreinte(gel.geler(autre)) != gel.empreinte(gel.geler(lu))


def test_le_texte_fige_ne_porte_aucune_clef_de_la_base():
    """Exportée puis reprise dans une base vide, une structure rend la même empreinte."""
    premier = jeu.poser()
    texte = gel.geler(bilan(premier.par, 2025))
    second = jeu.poser(StructureFactory(sigle="AUTRE", nom=premier.structure.nom))
    assert gel.geler(bilan(second.par, 2025)) == texte.replace("MEMPA", "AUTRE")


textes = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
valeurs = st.one_of(
    textes,
    st.integers(-(10**6), 10**6),
    st.none(),
    st.decimals(-(10**6), 10**6, allow_nan=False, allow_infinity=False, places=3),
    st.dates(),
    st.booleans(),
    st.sampled_from([Unite.HEURES, Mesure.PERSONNES]),
)
colonnes = st.builds(ColonneBilan, textes, textes, st.sampled_from(Unite), st.sampled_from([None, HEURES]))
definitions = st.builds(
    TableauBilan,
    textes,
    textes,
    textes,
    st.lists(colonnes, max_size=4).map(tuple),
    dessin=st.sampled_from([None, Dessin("bar", "Titre", "a", ("b", "c"))]),
    est_a_l_ecran=st.booleans(),
)
rangees = st.builds(
    Rangee, st.dictionaries(textes, valeurs, max_size=4), st.dictionaries(textes, textes, max_size=2), st.just(TOTAL)
)
tableaux = st.builds(Tableau, definitions, st.lists(rangees, max_size=4))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(textes, tableaux, max_size=3), st.dictionaries(textes, valeurs, max_size=4))
def test_aller_retour_exact(donnes, indicateurs):
    lu = dataclasses.replace(bilan_vide("Bilan", "S", PERIODE), tableaux=donnes, indicateurs=indicateurs)
    assert en_tuples(relu(lu)) == en_tuples(lu)


@pytest.mark.parametrize("valeur", [1.5, Decimal("NaN"), {"a": 1}, object()])
def test_ce_qui_ne_se_relirait_pas_ne_se_fige_pas(valeur):
    lu = dataclasses.replace(bilan_vide("Bilan", "S", PERIODE), indicateurs={"h": valeur})
    with pytest.raises(TypeError, match="ne se fige pas"):
        gel.geler(lu)


def test_un_code_de_liste_se_fige_en_texte():
    lu = dataclasses.replace(bilan_vide("Bilan", "S", PERIODE), indicateurs={"m": Modalite.FORMATION})
    assert relu(lu).indicateurs == {"m": "FORMATION"}


def test_une_forme_inconnue_est_refusee_d_une_phrase():
    texte = gel.geler(bilan_vide("Bilan", "S", PERIODE)).replace('"forme":1', '"forme":2')
    with pytest.raises(ActionImpossible, match="version plus récente"):
        gel.degeler(texte, Circonstances(datetime.datetime.now(datetime.UTC), "", "", ""))


def test_un_champ_ne_apres_l_emission_prend_son_defaut():
    lu = bilan_vide("Bilan", "S", PERIODE)
    ancien = json.loads(gel.geler(lu))
    del ancien["bilan"]["en_avant"]
    assert gel.degeler(json.dumps(ancien), circonstances(lu)).en_avant == ()


def test_un_champ_sans_defaut_qui_manque_est_refuse_d_une_phrase():
    lu = bilan_vide("Bilan", "S", PERIODE)
    ampute = json.loads(gel.geler(lu))
    del ampute["bilan"]["entete"]["base_etp"]
    with pytest.raises(ActionImpossible, match="base_etp"):
        gel.degeler(json.dumps(ampute), circonstances(lu))


def test_l_en_tete_de_la_methode_est_celle_de_l_emission():
    lu = bilan(jeu.poser().par, 2025)
    emise = Circonstances(datetime.datetime(2026, 2, 1, tzinfo=datetime.UTC), "Camille Fictif", "3, final", "a" * 64)
    dite = {terme: texte for terme, texte, source in gel.degeler(gel.geler(lu), emise).methode if source == EN_TETE}
    assert (dite["Généré par"], dite["Version"]) == ("Camille Fictif", "3, final")
    assert dite["Empreinte des chiffres (SHA-256)"] == "a" * 64


def test_la_version_des_nomenclatures_suit_les_codes(monkeypatch):
    avant = nomenclatures.version()
    assert avant == nomenclatures.version()
    nomenclatures.version.cache_clear()
    monkeypatch.setattr(nomenclatures, "MODULES", ("heures.enums",))
    assert nomenclatures.version() != avant
    nomenclatures.version.cache_clear()


def test_le_perimetre_ne_dit_que_ce_qui_restreint():
    periode = Periode(*PERIODE)
    assert gel.perimetre(Demande("acheteur", periode)) == "{}"
    assert gel.perimetre(Demande("acheteur", periode, "01234567800011")) == '{"acheteur":"01234567800011"}'
