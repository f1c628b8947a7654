"""Le comité de pilotage : cinq années, deux clefs de territoire, les risques, et chaque format au centième."""

from __future__ import annotations

import csv
import datetime
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bilans import departement
from bilans.copil.bilan import NOM, etablir
from bilans.copil.definitions import REPRIS
from bilans.copil.risques import manque
from bilans.definitions import Unite
from bilans.exports import ECRIVAINS
from bilans.faits import Periode
from bilans.presentation import synthese, tableaux
from bilans.rapport import Bilan, Demande
from bilans.tableaux import DETAIL
from bilans.valeurs import FORMATS, en_json, en_texte
from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.exports import Format
from tests import jeu_de_comptage as source
from tests.bilans import jeu
from tests.bilans.documents.outils import en_ligne, lire_pdf
from tests.bilans.documents.test_moteur import balises
from tests.bilans.outils import annee, connecte, parametres
from tests.factories import EngagementFactory, LigneHeuresFactory, SortieFactory, StructureFactory, acteur

H = Decimal
DESSINS = 10
# Le jeu de comptage (bilans.md) tel qu’on le lit dans les PDF : lignes de la synthèse et des tableaux, mot à mot.
ATTENDUES_EN_A = (
    "Heures d’insertion réalisées 988,84 210,00 ", "Bénéficiaires 6 1 ", "dont nouveaux entrants 5 1 ",
    "dont heures des BRSA 240,00 ", "part des BRSA dans les heures 24,27 % ", "dont bénéficiaires du RSA 2 ",
    "part des femmes dans les personnes 33,33 % ", "heures des femmes 215,50 ",
    "heures des habitants de QPV 180,00 ", "dont moins de 26 ans 2 ", "Marchés actifs 3 ", "Marchés notifiés 2 ",
    "Heures engagées, cumul des marchés en cours 2 200,00 ", "Équivalents temps plein (ETP) 0,543 ",
)  # fmt: skip
ATTENDUES_EN_B = (
    "2024 210,00 ", "2025 988,84 240,00 24,27 % 0,543 2 3 3 ", "2026 120,00 ", "2025 6 5 2 2 33,33 % 1 ",
    "2025 3 525,50 463,34 53,14 % ",
)  # fmt: skip
HEURES = {"2024": H("210.00"), "2025": H("988.84"), "2026": H("120.00")}


def bilan(par: Acteur, numero: int) -> Bilan:
    return etablir(par, Demande(NOM, annee(numero)))


def lignes(document: Bilan, tableau: str, cle: str) -> dict:
    return {ligne[cle]: ligne for ligne in document.tableaux[tableau].details()}


def test_les_cinq_annees_et_les_risques_de_2026():
    """Au 31/12/2026, six mois sans heure : la projection est le réalisé. M2, à 95,84 %, n’est pas à risque."""
    par = jeu.poser().par
    document, precedent = bilan(par, 2026), bilan(par, 2025)
    serie = lignes(document, "serie", "annee")
    assert {nom: ligne["heures_realisees"] for nom, ligne in serie.items()} == {"2022": None, "2023": None} | HEURES
    assert not document.tableaux["serie"].totaux()
    personnes = lignes(document, "serie_personnes", "annee")
    lues = {a: (p["beneficiaires"], p["nouveaux_entrants"], p["femmes"], p["qpv"]) for a, p in personnes.items()}
    assert lues == {
        "2022": (None,) * 4, "2023": (None,) * 4, "2024": (1, 1, 1, 1), "2025": (6, 5, 2, 1), "2026": (1, 0, 0, 0),
    }  # fmt: skip
    # L’année d’avant est celle de son propre bilan, cumuls compris.
    communs = set(REPRIS) - {"marches_en_cours"}
    avant = {ligne.indicateur.cle: ligne.realise_n1 for ligne in document.synthese}
    assert {cle: avant[cle] for cle in communs} == {cle: precedent.indicateurs[cle] for cle in communs}
    risques = document.tableaux["engagements_a_risque"]
    lus = [(r["libelle"], r["situation"], r["heures_engagees"], r["heures_manquantes"]) for r in risques.details()]
    assert lus == [
        ("2024-M1, lot 1", "À risque", H("1000.00"), H("490.00")),
        ("2025-M3, lot 1", "À risque", H("800.00"), H("374.50")),
    ]
    assert document.indicateurs["engagements_a_risque"] == 2
    assert document.indicateurs["heures_en_risque"] == H("864.50") == risques.totaux()[0]["heures_manquantes"]


def test_les_tableaux_de_2025():
    pose = jeu.poser()
    dans, hors = (pose.engagements[reference].clause.lot.marche.acheteur for reference in ("2024-M1", "2025-M2"))
    dans.epci_siren, hors.epci_siren = "200033579", "200000000"
    for acheteur in (dans, hors):
        acheteur.save(update_fields=["epci_siren"])
    document = bilan(pose.par, 2025)
    territoires = lignes(document, "territoires", "code")
    lus = {c: (t["heures_acheteur"], t["heures_residence"], t["population"]) for c, t in territoires.items()}
    assert lus == {
        "200033579": (H("300.00"), H("483.34"), 109_781),
        "200035442": (H("0.00"), H("210.00"), 26_936),
        "200044048": (H("0.00"), H("60.00"), 42_814),
        "200069482": (H("0.00"), H("35.50"), 33_290),
        "AUTRE_DEPARTEMENT": (H("0.00"), H("0.00"), None),
        "HORS": (H("383.34"), H("200.00"), None),
        "NR": (H("305.50"), H("0.00"), None),
    }
    assert territoires["200033579"]["heures_pour_mille"] == H("4.40")
    assert territoires["HORS"]["heures_pour_mille"] is None
    siae = lignes(document, "serie_siae", "annee")["2025"]
    assert (siae["siae_heures"], siae["heures_hors_siae"], siae["taux_siae_heures"]) == (
        H("525.50"), H("463.34"), H("0.5314"),
    )  # fmt: skip
    plie = lignes(document, "serie_plie", "annee")["2025"]
    assert (plie["participants_plie"], plie["heures_plie"], plie["heures_hors_plie"]) == (0, H("0.00"), H("988.84"))
    acheteurs = lignes(document, "premiers_acheteurs", "siret")
    assert [(siret, ligne["heures"]) for siret, ligne in acheteurs.items()] == [
        (source.VILLE_ARRAS, H("383.34")), (source.DEPARTEMENT, H("305.50")), (source.CU_ARRAS, H("300.00")),
    ]  # fmt: skip
    (total,) = document.tableaux["premiers_acheteurs"].totaux()
    assert (total["heures"], total["beneficiaires"]) == (H("988.84"), 6)
    entreprises = lignes(document, "premieres_entreprises", "siret")
    assert entreprises[source.TITULAIRE_M2]["part_heures"] == H("0.3877")
    assert document.tableaux["engagements_a_risque"].rangees == []
    assert (document.indicateurs["engagements_a_risque"], document.indicateurs["heures_en_risque"]) == (0, H("0.00"))


def test_les_sorties_contre_l_objectif_de_moitie():
    pose = jeu.poser()
    SortieFactory(participant=pose.personnes["P3"], date=datetime.date(2025, 6, 30), situation="CDI")
    for nom in ("P4", "P2"):
        SortieFactory(participant=pose.personnes[nom], date=datetime.date(2025, 9, 30), situation="ABANDON")
    document = bilan(pose.par, 2025)
    sorties = lignes(document, "serie_sorties", "annee")
    # P1 et P6 n’ont plus ni contrat ni heure depuis trois mois : présumées sorties, elles comptent aussi.
    assert (sorties["2025"]["sorties_toutes"], sorties["2025"]["sorties_presumees"]) == (5, 2)
    assert (sorties["2025"]["taux_sorties_positives"], sorties["2025"]["ecart"]) == (H("0.2000"), H("-0.3000"))
    assert (sorties["2024"]["sorties_toutes"], sorties["2024"]["ecart"]) == (0, None)
    taux = next(ligne for ligne in document.synthese if ligne.indicateur.cle == "taux_sorties_positives")
    assert (taux.objectif, taux.taux_atteinte) == (H("0.5"), H("0.4000"))
    assert en_texte(sorties["2025"]["ecart"], Unite.POINTS) == "−30,00\u00a0pt"


@pytest.mark.parametrize(("projection", "attendu"), [(None, "60.00"), (H("70.00"), "30.00"), (H("120.00"), "0.00")])
def test_le_manque_se_mesure_a_la_projection_et_n_est_jamais_negatif(projection, attendu):
    assert manque(H("100.00"), H("40.00"), projection) == H(attendu)


def test_une_periode_de_plus_d_un_an_ferait_se_recouvrir_les_annees():
    periode = Periode(datetime.date(2025, 1, 1), datetime.date(2026, 1, 31), datetime.date(2026, 1, 31))
    with pytest.raises(ActionImpossible, match="un an au plus"):
        etablir(acteur(StructureFactory()), Demande(NOM, periode))


def test_une_periode_partielle_nomme_ses_mois():
    periode = Periode(datetime.date(2025, 2, 1), datetime.date(2025, 3, 31), datetime.date(2025, 3, 31))
    serie = lignes(etablir(jeu.poser().par, Demande(NOM, periode)), "serie", "annee")
    assert list(serie)[-2:] == ["02 à 03/2024", "02 à 03/2025"]
    assert serie["02 à 03/2025"]["heures_realisees"] == H("453.34")


def test_une_periode_sans_heure_est_refusee_meme_si_les_annees_d_avant_en_ont():
    structure = StructureFactory()
    LigneHeuresFactory(engagement=EngagementFactory(clause__lot__marche__structure=structure), validee=True)
    with pytest.raises(ActionImpossible, match="Aucune heure validée entre le 01/01/2027"):
        bilan(acteur(structure), 2027)


def requetes(par: Acteur) -> int:
    with CaptureQueriesContext(connection) as lues:
        bilan(par, 2025)
    return len(lues)


def test_onze_personnes_coutent_autant_de_requetes_qu_une():
    structure = StructureFactory()
    par = acteur(structure)

    def ajouter() -> None:
        engagement = EngagementFactory(clause__lot__marche__structure=structure)
        LigneHeuresFactory(engagement=engagement, validee=True)

    ajouter()
    une = requetes(par)
    for _ in range(10):
        ajouter()
    assert requetes(par) == une
    assert une <= 95


def ecrire(document: Bilan, format_: str) -> io.BytesIO:
    fichier = io.BytesIO()
    ECRIVAINS[format_](document, fichier)
    fichier.seek(0)
    return fichier


def test_toute_unite_a_son_format_de_classeur():
    assert set(FORMATS) == set(Unite)
    assert FORMATS[Unite.DATE] is Format.DATE


def verifier_les_formats(document: Bilan, papier: str) -> int:
    """Chaque valeur de chaque tableau, relue dans le JSON, le CSV, le classeur et le PDF ; rend leur nombre."""
    en_clair = json.load(ecrire(document, "json"))["tableaux"]
    classeur = openpyxl.load_workbook(ecrire(document, "xlsx"))
    _, *en_csv = csv.reader(io.TextIOWrapper(ecrire(document, "csv"), "utf-8-sig"), delimiter=";")
    relues = iter([ligne for ligne in en_csv if ligne[0] != "synthese"])
    comptees = 0
    for cle, tableau in document.tableaux.items():
        _, *cellules = classeur[tableau.definition.feuille].iter_rows(values_only=True)
        details = iter(en_clair[cle])
        for rangee, ligne in zip(tableau.rangees, cellules, strict=True):
            objet = next(details) if rangee.niveau == DETAIL else None
            est_montree = tableau.definition.garde_les_vides or not rangee.est_vide
            for colonne, cellule in zip(tableau.definition.colonnes, ligne, strict=False):
                valeur = rangee.valeurs[colonne.cle]
                if colonne.unite is Unite.TEXTE:
                    continue
                comptees += 1
                assert valeur == (H(str(cellule)) if isinstance(valeur, Decimal | int) else en_jour(cellule))
                assert not est_montree or en_ligne(en_texte(valeur, colonne.unite)) in papier
                if objet is not None:
                    assert objet[colonne.cle] == en_json(valeur, colonne.unite)
                    assert next(relues)[3:5] == [colonne.cle, texte_csv(valeur)]
    assert next(relues, None) is None
    return comptees


def en_jour(cellule):
    return cellule.date() if isinstance(cellule, datetime.datetime) else cellule


def texte_csv(valeur) -> str:
    if valeur is None:
        return ""
    return valeur.isoformat() if isinstance(valeur, datetime.date) else str(valeur).replace(".", ",")


def test_page_json_csv_classeur_et_pdf_disent_les_memes_chiffres():
    pose = jeu.poser()
    SortieFactory(participant=pose.personnes["P3"], date=datetime.date(2026, 6, 30), situation="CDI")
    document = bilan(pose.par, 2026)
    pdf = lire_pdf(ecrire(document, "pdf").getvalue())
    papier = en_ligne(" ".join(page.extract_text() for page in pdf.pages))
    assert verifier_les_formats(document, papier) > 250

    assert 6 <= len(pdf.pages) <= 8
    racine = pdf.trailer["/Root"]
    assert (racine["/Lang"], pdf.metadata.title) == ("fr-FR", f"Comité de pilotage, {pose.structure.nom}")
    assert b"pdfuaid:part>1<" in racine["/Metadata"].get_data()
    presentes = balises(racine["/StructTreeRoot"])
    assert {"/H1", "/H2", "/H3", "/Table", "/THead", "/TH", "/TD"} <= set(presentes)
    assert presentes.count("/Figure") == DESSINS
    for ligne in ATTENDUES_EN_B:
        assert ligne in papier
    for tableau in (document.tableaux["serie"], document.tableaux["serie_plie"]):
        for rangee in tableau.rangees:
            ecrits = [en_texte(rangee.valeurs[colonne.cle], colonne.unite) for colonne in tableau.definition.colonnes]
            assert en_ligne(" ".join(ecrits)) in papier

    page = connecte(pose.structure).get("/bilans/copil/", parametres(2026)).content.decode()
    # Chaque dessin y est deux fois, large et étroit ; la feuille n’en montre qu’un.
    assert page.count('role="img"') == page.count("<desc") == 2 * DESSINS
    assert f'href="{pose.engagements["2024-M1"].get_absolute_url()}"' in page
    assert "style=" not in page


def test_le_pdf_du_departement_dit_sa_synthese_et_chaque_tableau_de_l_ecran():
    """La même mise en page, sans chapitre : des tableaux larges, sur des pages couchées."""
    document = departement.etablir(jeu.poser().par, Demande(departement.NOM, annee(2025)))
    pdf = lire_pdf(ecrire(document, "pdf").getvalue())
    papier = en_ligne(" ".join(page.extract_text() for page in pdf.pages))
    for ligne in ATTENDUES_EN_A:
        assert ligne in papier
    for ligne in synthese(document):
        assert en_ligne(f"{ligne['nom']} {ligne['realise']} {ligne['realise_n1']} {ligne['evolution']}") in papier
    for tableau in tableaux(document):
        for rangee in tableau.rangees:
            assert en_ligne(" ".join(cellule.texte for cellule in rangee.cellules)) in papier
    tournees = {page.mediabox.width > page.mediabox.height for page in pdf.pages}
    assert tournees == {False, True}
