"""Ouvrir une ligne de grille par son adresse, un chiffre tu, un stock ; ce qui ne s’ouvre pas le dit."""

from __future__ import annotations

import re

import pytest

from bilans import ave, fse
from bilans.catalogue import RAPPORTS
from bilans.npnru import bilan as npnru
from bilans.rapport import Demande
from bilans.secret import SECRET
from tests.bilans import jeu
from tests.bilans.outils import annee, connecte, liens, parametres

LIGNES = "/bilans/lignes/"
pytestmark = pytest.mark.django_db


def test_une_ligne_d_ave_s_ouvre_par_son_adresse_et_se_nomme():
    client = connecte(jeu.poser().structure)
    page = client.get(
        LIGNES, {**parametres(2025), "bilan": ave.NOM, "mesure": "lignes", "ligne": "acheteurs/communes"}
    )
    assert page.status_code == 200
    assert str(page.context["ouvert"].heures) == "383.34"
    assert page.context["filtres"] == [("Acheteurs par type", "Communes")]
    autre = client.get(page.context["liens"]["personnes"])
    assert autre.context["filtres"] == page.context["filtres"]


FAUTES = (
    {"bilan": ave.NOM, "ligne": "acheteurs/inventee"}, {"bilan": ave.NOM, "ligne": "inventee/communes"},
    {"bilan": ave.NOM, "ligne": "chiffres_cles/heures"}, {"bilan": npnru.NOM, "ligne": "acheteurs/communes"},
    {"ligne": "acheteurs/communes"}, {"bilan": fse.NOM, "operation": "Ailleurs"},
)  # fmt: skip


def test_une_ligne_inconnue_est_refusee_d_une_phrase():
    client = connecte(jeu.poser().structure)
    for faute in FAUTES:
        reponse = client.get(LIGNES, {**parametres(2025), **faute})
        assert reponse.status_code == 400, faute
        assert reponse.context["phrase"].endswith("."), faute


def test_un_chiffre_tu_ne_s_ouvre_pas_et_ne_montre_pas_ses_termes():
    pose = jeu.poser()
    lu = ave.etablir(pose.par, Demande(ave.NOM, annee(2025)))
    ouverts = liens(lu)
    assert len(ouverts) > 30
    assert SECRET not in [valeur for _, valeur, _ in ouverts]
    tues = [
        tableau.termes(rangee, colonne)
        for tableau in lu.tableaux.values()
        for rangee in tableau.rangees
        for colonne in tableau.definition.colonnes
        if rangee.valeurs[colonne.cle] is SECRET
    ]
    assert set(tues) == {None}
    page = connecte(pose.structure).get("/bilans/ave/", parametres(2025)).content.decode()
    assert "Un chiffre souligné s’ouvre" in page
    assert not re.search(r"<a [^>]*>\s*secret", page)
    assert "secret ÷" not in page
    assert "÷ secret" not in page


def test_le_stock_s_ouvre_depuis_toujours_et_ramene_a_sa_periode():
    pose = jeu.poser()
    client = connecte(pose.structure)
    lu = npnru.etablir(pose.par, Demande(npnru.NOM, annee(2025)))
    ouverts = {url for url, *_ in liens(lu) if "mesure=mouvements_suivis&stock=on" in url}
    page = client.get(min(ouverts))
    assert "Depuis toujours, jusqu’au 31/12/2025" in page.content.decode()
    assert "du=2025-01-01" in page.context["retour"]


def test_une_ligne_des_donnees_ouvertes_s_ouvre_par_son_adresse():
    pose = jeu.poser()
    client = connecte(pose.structure)
    ouverts = liens(RAPPORTS["ouvertes"].etablir(pose.par, Demande("ouvertes", annee(2025))))
    url, valeur, _ = next(lien for lien in ouverts if "mesure=lignes" in lien[0])
    assert client.get(url).context["ouvert"].heures == valeur
    assert (
        url.split("?")[1].replace("&", "&amp;") in client.get("/bilans/ouvertes/", parametres(2025)).content.decode()
    )
