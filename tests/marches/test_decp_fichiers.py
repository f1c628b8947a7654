"""Lecture des fichiers DECP : un fichier illisible se refuse d’une phrase, toutes les enveloppes se lisent."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal

import pytest

from clauses.socle.erreurs import FichierRefuse
from marches.enums import Ccag, NatureMarche, Procedure, RoleEntreprise
from marches.imports.decp.lecture import BornesDecp, lire_decp, nom_montrable
from marches.imports.decp.lecture_json import PROFONDEUR_MAX
from marches.imports.decp.neutre import Consideration, FormatDecp
from tests.marches.decp import ACHETEUR, JOUR, TITULAIRE, contrat, fichier, lire, lire_un


def test_un_contrat_sain_se_lit_sans_ecart():
    lu = lire_un()
    assert lu.ecarts == ()
    assert lu.refus == ()
    assert lu.clef == (ACHETEUR, "2024-01")
    assert (lu.montant_ht, lu.duree_mois) == (Decimal("40000.00"), 12)
    assert lu.date_notification == datetime.date(2024, 5, 22)
    assert lu.date_fin == datetime.date(2025, 5, 22)
    assert (lu.nature, lu.procedure, lu.ccag) == (NatureMarche.MARCHE, Procedure.ADAPTEE, Ccag.TRAVAUX)
    assert lu.considerations == (Consideration.CLAUSE,)
    assert [(a.entreprise.siret, a.role) for a in lu.attributions] == [(TITULAIRE, RoleEntreprise.TITULAIRE)]


@pytest.mark.parametrize(
    ("octets", "phrase"),
    [
        (b"", "Ce fichier est vide"),
        (b"\xef\xbb\xbf", "Ce fichier est vide"),
        (b"   \n", "Ce fichier est vide"),
        (b"12", "n’est ni le JSON, ni le XML, ni l’un des CSV"),
        (b'"marches"', "n’est ni le JSON, ni le XML, ni l’un des CSV"),
        (b"null", "n’est ni le JSON, ni le XML, ni l’un des CSV"),
        (b"NaN", "n’est ni le JSON, ni le XML, ni l’un des CSV"),
        (b"\x00", "Ce fichier est vide"),
        (b'{"marches": [\x00]}', "n’est pas un JSON lisible : erreur ligne 1, colonne 14"),
        (b'{"marches": [', "n’est pas un JSON lisible"),
        (b'{"marches": ["' + b'\\"' * 100_000, "n’est pas un JSON lisible"),
        (b"{}", "ne contient pas de liste « marches »"),
        (b'{"marches": 3}', "ne contient pas de liste « marches »"),
        (b'{"marches": {}}', "ni « marche » ni « contrat-concession »"),
        (b'{"marches": []}', "ne contient aucun contrat"),
        (b"[]", "ne contient aucun contrat"),
        (b"<marches></marches>", "ne contient aucun contrat"),
        (b"id;acheteur\n1;2\n", "n’est ni le JSON, ni le XML, ni l’un des CSV"),
        ('{"marches": ["é"]}'.encode("latin-1"), "n’est pas un texte en UTF-8"),
        (b"[" * 10_000 + b"]" * 10_000, f"imbrique plus de {PROFONDEUR_MAX} niveaux"),
    ],
)
def test_un_fichier_illisible_est_refuse_d_une_phrase(octets, phrase):
    with pytest.raises(FichierRefuse) as refus:
        lire(octets)
    assert phrase in str(refus.value)


def test_un_fichier_trop_gros_est_refuse_sans_etre_lu():
    flux = io.BytesIO(b" " * 3000)
    with pytest.raises(FichierRefuse, match="dépasse 0 Mo"):
        lire_decp(flux, nom="gros.json", jour=JOUR, bornes=BornesDecp(octets=1000))


def test_trop_de_contrats_sont_refuses_avant_d_etre_gardes():
    octets = b'{"marches": [' + b"[]," * 100 + b"[]]}"
    with pytest.raises(FichierRefuse, match="dépasse 100 contrats"):
        lire_decp(io.BytesIO(octets), nom="x.json", jour=JOUR, bornes=BornesDecp(contrats=100))


def test_les_crochets_d_un_texte_ne_comptent_pas_dans_la_profondeur():
    assert lire_un(objet="[" * 500).objet == "[" * 500


@pytest.mark.parametrize("brut", [None, 3, "marché", [], True])
def test_un_element_qui_n_est_pas_un_contrat_est_explique(brut):
    lus = lire(fichier(brut, contrat())).contrats
    assert "n’est pas un contrat" in lus[0].refus[0]
    assert lus[1].refus == ()


def test_le_bom_est_tolere():
    assert len(lire(b"\xef\xbb\xbf" + fichier(contrat())).contrats) == 1


@pytest.mark.parametrize(
    "racine",
    [
        {"marches": {"marche": [contrat()]}},
        {"marches": {"marche": contrat()}},
        {"marches": [contrat()]},
        [contrat()],
    ],
)
def test_toutes_les_enveloppes_de_fichier_se_lisent(racine):
    lus = lire(json.dumps(racine).encode())
    assert [lu.identifiant for lu in lus.contrats] == ["2024-01"]
    assert lus.format is FormatDecp.JSON_2022


@pytest.mark.parametrize(
    ("nom", "montre"),
    [
        ("../../etc/x.json", "x.json"),
        ("C:\\temp\\y.json", "y.json"),
        ("a\r\nX: y.json", "aX: y.json"),
        ("\u202enosj.x", "nosj.x"),
        ("", "fichier sans nom"),
        ("z" * 300, "z" * 80),
    ],
)
def test_le_nom_du_fichier_est_montre_sans_danger(nom, montre):
    assert nom_montrable(nom) == montre
