"""Le jeu de comptage passe dans le bilan Département en JSON, classeur, CSV et à l’écran, au centième."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from bilans import definitions
from bilans.definitions import Unite
from bilans.valeurs import en_texte
from tests.bilans import jeu
from tests.bilans.outils import classeur, connecte, contenu, decimal, en_json, feuille, parametres

# L’exemple de formats.md §4, à la lettre.
CONTRAT = {
    "heures_realisees": "988.84", "heures_brsa": "240.00", "beneficiaires": 6, "nouveaux_entrants": 5,
    "beneficiaires_brsa": 2, "nouveaux_brsa": 1, "moins_26_ans": 2, "femmes": 2, "heures_femmes": "215.50",
    "qpv": 1, "heures_qpv": "180.00", "participants_plie": 0, "contrats": 7, "marches_actifs": 3,
    "marches_notifies": 2, "marches_en_cours": 3, "heures_engagees_cumul": "2200.00",
    "heures_realisees_cumul": "1198.84", "acheteurs_actifs": 3, "siae_heures": "525.50", "sorties": 0, "etp": "0.543",
}  # fmt: skip
CLES = {
    "acheteurs": "acheteur siret type marches_notifies marches_en_cours marches_actifs heures_engagees_cumul "
    "heures_periode heures_cumul taux beneficiaires beneficiaires_brsa",
    "territoires": "code libelle beneficiaires beneficiaires_brsa nouveaux nouveaux_brsa heures heures_brsa sorties "
    "positives",
    "publics": "code libelle femmes hommes total nouveaux heures",
    "publics_au_moins_un": "code libelle femmes hommes total nouveaux heures",
    "modalites": "modalite type_contrat beneficiaires heures",
}
TABLEAUX = ("publics", "publics_au_moins_un", "profil", "territoires", "acheteurs", "modalites", "sorties")


def test_le_json_est_celui_du_contrat():
    lu = en_json(connecte(jeu.poser().structure), 2025)
    assert {cle: lu["indicateurs"][cle] for cle in CONTRAT} == CONTRAT
    assert set(TABLEAUX) <= set(lu["tableaux"])
    for tableau, cles in CLES.items():
        assert lu["tableaux"][tableau], tableau
        assert all(set(cles.split()) <= set(ligne) for ligne in lu["tableaux"][tableau]), tableau
    residence = {ligne["code"]: ligne["heures"] for ligne in lu["tableaux"]["territoires"]}
    assert residence["200033579"] == "483.34"
    assert [ligne["taux"] for ligne in lu["tableaux"]["acheteurs"]] == ["0.9584", "0.5100", "0.3819"]
    assert (lu["bilan"], lu["base_etp"]) == ("departement", 1820)


def test_le_csv_porte_chaque_valeur_du_json():
    client = connecte(jeu.poser().structure)
    lu = en_json(client, 2025)
    texte = contenu(client.get("/bilans/departement/export/", {**parametres(2025), "format": "csv"}))
    lignes = list(csv.DictReader(io.StringIO(texte.decode("utf-8-sig")), delimiter=";"))
    synthese = {ligne["Ligne"]: ligne["Valeur"] for ligne in lignes if ligne["Tableau"] == "synthese"}
    assert set(synthese) == set(lu["indicateurs"])
    for cle, valeur in lu["indicateurs"].items():
        assert en_decimal(synthese[cle]) == (None if valeur is None else decimal(valeur)), cle
    for tableau, rangees in lu["tableaux"].items():
        chiffres = [
            valeur for rangee in rangees for cle, valeur in rangee.items() if cle in chiffrees(lignes, tableau)
        ]
        assert [en_decimal(une["Valeur"]) for une in lignes if une["Tableau"] == tableau] == [
            None if valeur is None else decimal(valeur) for valeur in chiffres
        ], tableau


def chiffrees(lignes, tableau):
    return {ligne["Colonne"] for ligne in lignes if ligne["Tableau"] == tableau}


def en_decimal(texte):
    return Decimal(texte.replace(",", ".")) if texte else None


def test_le_classeur_et_l_ecran_portent_chaque_cellule_du_json():
    client = connecte(jeu.poser().structure)
    lu, page = en_json(client, 2025), client.get("/bilans/departement/", parametres(2025))
    ecran = {tableau.cle: tableau for tableau in page.context["tableaux"]}
    document = classeur(client, 2025)
    for definition in definitions.TABLEAUX:
        du_classeur = [
            ligne
            for ligne in feuille(document, definition.feuille)
            if ligne.get("Tableau", definition.titre) == definition.titre and ligne["Niveau"] == "detail"
        ]
        nombres = [colonne for colonne in definition.colonnes if colonne.unite is not Unite.TEXTE]
        for ecrite, attendue in zip(du_classeur, lu["tableaux"][definition.cle], strict=True):
            for colonne in nombres:
                valeur = attendue[colonne.cle]
                assert ecrite[colonne.nom] == (None if valeur is None else float(valeur)), (
                    definition.cle,
                    colonne.cle,
                )
        if definition.cle not in ecran:
            continue
        montrees = [ligne for ligne in lu["tableaux"][definition.cle] if definition.garde_les_vides or non_vide(ligne)]
        rangees = [rangee for rangee in ecran[definition.cle].rangees if rangee.niveau == "detail"]
        for rangee, attendue in zip(rangees, montrees, strict=True):
            textes = [cellule.texte for cellule in rangee.cellules if cellule.est_nombre]
            assert textes == [
                en_texte(attendue[c.cle] if c.unite is Unite.NOMBRE else en_nombre(attendue[c.cle]), c.unite)
                for c in nombres
            ], definition.cle


def en_nombre(valeur):
    return None if valeur is None else decimal(valeur)


def non_vide(ligne):
    return any(
        decimal(v) for cle, v in ligne.items() if cle not in {"code", "libelle", "rubrique", "siret"} and est_nombre(v)
    )


def est_nombre(valeur):
    return isinstance(valeur, int) or (isinstance(valeur, str) and valeur.replace(".", "").isdigit())
