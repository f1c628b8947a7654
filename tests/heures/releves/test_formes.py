"""Les formes d’un relevé : codages, séparateurs, titres, dates, heures, totaux, feuilles. Chacune lue juste."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
from decimal import Decimal

import pytest

from clauses.socle.erreurs import FichierRefuse
from heures.imports.releves.colonnes import Choix, ColonnesInconnues
from heures.imports.releves.enregistrement import importer
from heures.models import LigneHeures
from tests.heures.releves.conftest import personne
from tests.heures.releves.outils import (
    ANNE,
    JEAN,
    TITRES,
    csv,
    dire,
    en_base,
    importer_csv,
    importer_xlsx,
    raisons,
    xlsx,
)
from tests.socle.fabrique import parties, zipper

ANNE_EN_BASE = ("Lefèvre", "2025-03", "TRAVAIL", Decimal("35.50"), "DECLAREE")
JEAN_EN_BASE = ("Dupont", "2025-03", "TRAVAIL", Decimal("120.00"), "DECLAREE")


@pytest.mark.parametrize("codage", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso8859-15"])
@pytest.mark.parametrize("separateur", [";", "\t", "|"])
def test_tout_codage_et_tout_separateur_se_lisent(par, codage, separateur):
    contenu = csv(TITRES, ANNE, JEAN, codage=codage, separateur=separateur)
    assert importer(contenu, nom="releve.csv", par=par).accepte
    assert en_base() == [ANNE_EN_BASE, JEAN_EN_BASE]


def test_un_csv_a_virgules_a_ses_heures_entre_guillemets(par):
    anne = (*ANNE[:5], '"35,5"')
    assert importer(csv(TITRES, anne, JEAN, separateur=","), nom="releve.csv", par=par).accepte
    assert en_base() == [ANNE_EN_BASE, JEAN_EN_BASE]


def test_un_csv_sous_des_lignes_de_titre_garde_son_separateur(par):
    titres = ("Agence Fictive, Arras",), ("Relevé, mars 2025",), ()
    assert importer_csv(par, *titres, TITRES, ANNE, JEAN).accepte
    assert en_base() == [ANNE_EN_BASE, JEAN_EN_BASE]


def test_un_classeur_sous_des_lignes_de_titre_fusionnees(par):
    lignes = [
        ["AGENCE FICTIVE", None, None, None, None, None],
        ["Relevé des heures d’insertion", None, None, None, None, None],
        [],
        ["NOM du salarié", "Prénom du salarié", "N° marché", "Lot n°", "Mois travaillé", "Heures travaillées (h)"],
        ["LEFEVRE", "ANNE MARIE", "m-2025-1", "Lot 01", datetime.date(2025, 3, 1), 35.5],
        ["DUPONT", "JEAN", "M-2025-1", 1, datetime.date(2025, 3, 31), 120],
    ]
    assert raisons(importer_xlsx(par, xlsx(lignes, fusions=["A1:F1", "A2:F2"]))) == []
    assert en_base() == [ANNE_EN_BASE, JEAN_EN_BASE]


@pytest.mark.parametrize(
    ("heures", "lues"),
    [("35,5", "35.50"), ("35.5", "35.50"), ("35h30", "35.50"), ("151.67", "151.67"), ("151,67 h", "151.67"),
     ("35:30", "35.50"), ("0", "0.00"), ("néant", "0.00")],
)  # fmt: skip
def test_les_heures_se_lisent_comme_on_les_ecrit(par, heures, lues):
    assert importer_csv(par, TITRES, (*ANNE[:5], heures)).accepte
    assert [ligne[3] for ligne in en_base()] == [Decimal(lues)]


@pytest.mark.parametrize("mois", ["2025-03", "03/2025", "mars 2025", "MARS 2025", "15/03/2025", "2025-03-15"])
def test_le_mois_se_lit_comme_on_l_ecrit(par, mois):
    assert importer_csv(par, TITRES, (*ANNE[:4], mois, "35,5")).accepte
    assert en_base() == [ANNE_EN_BASE]


PERIODE = ("Nom", "Prénom", "Marché", "Lot", "Du", "Au", "Heures")


def test_deux_dates_tiennent_lieu_de_mois(par):
    assert importer_csv(par, PERIODE, (*ANNE[:4], "03/03/2025", "28/03/2025", "35,5")).accepte
    assert en_base() == [ANNE_EN_BASE]


@pytest.mark.parametrize(
    ("du", "au", "raison"),
    [
        ("24/02/2025", "07/03/2025", "la période du 24/02/2025 au 07/03/2025 est à cheval sur février 2025 et mars "
         "2025. Partager ses heures en une ligne par mois."),
        ("28/03/2025", "03/03/2025", "la période finit avant son début, le 28/03/2025. Corriger les dates."),
    ],
)  # fmt: skip
def test_une_periode_impossible_est_refusee(par, du, au, raison):
    rapport = importer_csv(par, PERIODE, (*ANNE[:4], du, au, "35,5"))
    assert raisons(rapport) == [f"Ligne 2, colonne « Fin de la période » : {raison}"]


def test_une_periode_sans_fin_est_refusee(par):
    rapport = importer_csv(par, PERIODE, (*ANNE[:4], "03/03/2025", "", "35,5"))
    assert raisons(rapport) == [
        "Ligne 2, colonne « Fin de la période » : une période a un début et une fin. Renseigner les deux dates."
    ]


@pytest.mark.parametrize("nom", ["LEFEVRE Anne-Marie", "Anne Marie Lefèvre", "lefevre  anne-marie"])
def test_nom_et_prenom_tiennent_dans_une_colonne(par, nom):
    titres = ("Salarié", *TITRES[2:])
    assert importer_csv(par, titres, (nom, *ANNE[2:])).accepte
    assert en_base() == [ANNE_EN_BASE]


def test_travail_et_formation_font_deux_lignes_d_heures(par):
    titres = (*TITRES, "Heures de formation")
    assert importer_csv(par, titres, (*ANNE, "7"), (*JEAN, "0")).accepte
    assert en_base() == [
        ANNE_EN_BASE,
        ("Lefèvre", "2025-03", "FORMATION", Decimal("7.00"), "DECLAREE"),
        JEAN_EN_BASE,
    ]


@pytest.mark.parametrize(
    "total",
    [
        ("TOTAL", "", "", "", "", "155,50"),
        ("Total général", "", "", "", "", "155,50"),
        ("", "", "", "", "Total mars 2025", "155,50"),
        ("", "", "", "", "", "155,5"),
    ],
)
def test_une_ligne_de_total_est_ecartee_en_le_disant(par, total):
    rapport = importer_csv(par, TITRES, ANNE, JEAN, total)
    assert rapport.accepte
    assert [dire(remarque) for remarque in rapport.ecartees] == ["Ligne 4 : ligne de total (155,50 h)."]
    assert en_base() == [ANNE_EN_BASE, JEAN_EN_BASE]


def test_des_sous_totaux_puis_un_total_sont_ecartes(par):
    rapport = importer_csv(par, TITRES, ANNE, ("", "", "", "", "", "35,5"), JEAN, ("", "", "", "", "", "120"),
                           ("", "", "", "", "", "155,5"))  # fmt: skip
    assert rapport.accepte
    assert len(rapport.ecartees) == 3


def test_un_total_qui_ne_tombe_pas_juste_avertit(par):
    rapport = importer_csv(par, TITRES, ANNE, JEAN, ("TOTAL", "", "", "", "", "200"))
    assert [dire(remarque) for remarque in rapport.avertissements] == [
        "Ligne 4, colonne « Heures de travail » : ce total dit 200,00 h, les lignes lues au-dessus en font 155,50. "
        "Vérifier qu’aucune ligne ne manque."
    ]


def test_une_personne_nommee_total_n_est_pas_un_total(par):
    rapport = importer_csv(par, TITRES, ("Total", "Marie", *ANNE[2:]))
    assert [doute.intitule for doute in rapport.doutes] == ["Total Marie"]


def test_une_ligne_sans_heures_est_ecartee_elle_ne_vaut_pas_zero(par):
    rapport = importer_csv(par, TITRES, ANNE, (*JEAN[:5], ""))
    assert [dire(remarque) for remarque in rapport.ecartees] == [
        "Ligne 3 : ligne sans heures : une case vide n’est pas zéro. Pour déclarer zéro, écrire 0."
    ]
    assert en_base() == [ANNE_EN_BASE]


def test_des_heures_sans_personne_sont_refusees(par):
    rapport = importer_csv(par, TITRES, ANNE, ("", "", *JEAN[2:]))
    assert raisons(rapport) == [
        "Ligne 3 : des heures, mais aucune personne. Nommer la personne, ou supprimer la ligne."
    ]
    assert en_base() == []


def test_deux_feuilles_sont_lues(par):
    contenu = xlsx({"Mars": [TITRES, ANNE], "Avril": [TITRES, (*JEAN[:4], "2025-04", 10)], "Vide": []})
    assert importer_xlsx(par, contenu).accepte
    assert en_base() == [ANNE_EN_BASE, ("Dupont", "2025-04", "TRAVAIL", Decimal("10.00"), "DECLAREE")]


def test_une_feuille_sans_titres_n_est_pas_lue_et_le_rapport_le_dit(par):
    rapport = importer_xlsx(par, xlsx({"Mars": [TITRES, ANNE], "Notes": [["Rappeler l’agence"]]}))
    assert [dire(remarque) for remarque in rapport.avertissements] == [
        "Fichier : feuille « Notes » : aucune ligne de titres, elle n’est pas lue."
    ]


def test_un_en_tete_absent_est_refuse(par):
    with pytest.raises(FichierRefuse, match="Aucune ligne de titres n’a été trouvée dans ce fichier"):
        importer_csv(par, ANNE, JEAN)


def test_un_mois_illisible_est_refuse(par):
    rapport = importer_csv(par, TITRES, (*ANNE[:4], "le mois dernier", "35,5"), JEAN)
    assert raisons(rapport) == [
        "Ligne 2, colonne « Mois travaillé » : « le mois dernier » n’est pas un mois. "
        "Écrire 2025-03, 03/2025 ou mars 2025."
    ]
    assert en_base() == []


def test_un_nir_dans_une_colonne_refuse_le_fichier_sans_le_montrer(par):
    titres, nir = (*TITRES, "N° SS"), "1 85 05 78 006 084 36"
    with pytest.raises(FichierRefuse) as refus:
        importer_csv(par, titres, (*ANNE, nir))
    assert dire(refus.value).startswith("Ligne 2, colonne G : ce fichier contient un numéro de sécurité sociale")
    assert "85" not in str(refus.value)


def test_un_nir_devenu_nombre_est_vu(par):
    with pytest.raises(FichierRefuse, match="numéro de sécurité sociale"):
        importer_xlsx(par, xlsx([(*TITRES, "SS"), (*ANNE, 185057800608436)]))


def feuille(*rangees: str) -> bytes:
    lignes = "".join(f'<row r="{n}">{cellules}</row>' for n, cellules in enumerate(rangees, start=1))
    return zipper(parties(f"<worksheet><sheetData>{lignes}</sheetData></worksheet>"))


def cellule(colonne: str, ligne: int, texte: str) -> str:
    return f'<c r="{colonne}{ligne}" t="inlineStr"><is><t>{texte}</t></is></c>'


TITRES_XML = "".join(cellule("ABCDEF"[rang], 1, titre) for rang, titre in enumerate(TITRES))
ANNE_XML = "".join(cellule("ABCDE"[rang], 2, texte) for rang, texte in enumerate(ANNE[:5]))


@pytest.mark.parametrize(
    ("heures", "raison"),
    [
        ('<c r="F2"><f>10+25</f></c>',
         "La cellule est en erreur (formule sans résultat enregistré). La corriger dans le tableur."),
        ('<c r="F2" t="e"><v>#N/A</v></c>', "La cellule est en erreur (#N/A). La corriger dans le tableur."),
        ('<c r="F2" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
         "La cellule est en erreur (#DIV/0!). La corriger dans le tableur."),
    ],
)  # fmt: skip
def test_une_cellule_sans_valeur_fiable_est_refusee(par, heures, raison):
    rapport = importer_xlsx(par, feuille(TITRES_XML, ANNE_XML + heures))
    assert raisons(rapport) == [
        f"Ligne 2, colonne « Heures de travail » : {raison}".replace("Ligne", "Feuille « Feuil1 », ligne").replace(
            ": La", ": la"
        )
    ]
    assert en_base() == []


def test_une_formule_calculee_donne_sa_valeur(par):
    assert importer_xlsx(par, feuille(TITRES_XML, ANNE_XML + '<c r="F2"><f>30+5.5</f><v>35.5</v></c>')).accepte
    assert en_base() == [ANNE_EN_BASE]


def test_un_nom_qui_ressemble_a_une_formule_reste_un_texte(par):
    rapport = importer_csv(par, TITRES, ("=1+1", "@SUM(1)", *ANNE[2:]))
    assert [doute.intitule for doute in rapport.doutes] == ["=1+1 @SUM(1)"]


def test_une_ligne_qui_deborde_refuse_le_fichier(par):
    with pytest.raises(FichierRefuse, match="7 cellules, mais l’en-tête en a 6"):
        importer_csv(par, TITRES, ANNE, (*JEAN, "de trop"))


def test_deux_colonnes_possibles_restent_a_choisir(par):
    with pytest.raises(ColonnesInconnues) as refus:
        importer_csv(par, (*TITRES, "Heures effectuées"), (*ANNE, "35"))
    assert dire(refus.value.raisons[0]) == (
        "Deux colonnes pourraient être « heures de travail » : « Heures », « Heures effectuées ». "
        "Choisir laquelle lire."
    )


def test_sans_marche_ni_mois_l_engagement_et_le_mois_se_choisissent(scene):
    choix = Choix(engagement_id=scene.engagement.pk, mois=datetime.date(2025, 3, 1))
    lignes = ("Nom", "Prénom", "Heures"), (*ANNE[:2], "35,5")
    with pytest.raises(ColonnesInconnues, match="choisir le mois du fichier"):
        importer_csv(scene.par, *lignes)
    assert importer_csv(scene.par, *lignes, choix=choix).accepte
    assert en_base() == [ANNE_EN_BASE]
    assert LigneHeures.objects.get().engagement_id == scene.engagement.pk


@pytest.mark.skipif(
    shutil.which("soffice") is None and os.environ.get("CI") != "true",
    reason="LibreOffice (soffice) n’est pas installé : apt-get install libreoffice-calc",
)
def test_un_classeur_ecrit_par_libreoffice_se_lit(par, tmp_path):
    (tmp_path / "releve.csv").write_bytes(csv(TITRES, ANNE, JEAN))
    options = ["--infilter=CSV:59,34,76,1", "--convert-to", "xlsx", "--outdir", str(tmp_path)]
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profil", *options, "releve.csv"],
        cwd=tmp_path, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert importer_xlsx(par, (tmp_path / "releve.xlsx").read_bytes()).accepte
    assert en_base() == [ANNE_EN_BASE, JEAN_EN_BASE]


def test_un_texte_mal_decode_avertit(scene):
    personne(scene, "LefÃ¨vre", "Zoé", identifiant="P-3")
    rapport = importer_csv(scene.par, TITRES, ("LefÃ¨vre", "Zoé", *ANNE[2:]))
    assert [dire(remarque) for remarque in rapport.avertissements] == [
        "Ligne 2, colonne « Nom » : « LefÃ¨vre » semble mal décodé ; lecture probable : « Lefèvre »."
    ]


STYLES_DE_LIBREOFFICE = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="General"/><numFmt numFmtId="165" formatCode="mm/yyyy"/></numFmts>'
    '<cellXfs count="2"><xf numFmtId="164" applyFont="false"/><xf numFmtId="165" applyFont="false"/></cellXfs>'
    "</styleSheet>"
)


def a_la_libreoffice(*lignes: tuple[object, ...]) -> bytes:
    """La forme qu’écrit LibreOffice Calc 7 : textes partagés, `t="n"`, `aca`, cellules vides stylées, hauteurs.

    Fabriquée ici octet par octet, parce que LibreOffice n’est pas toujours installé ; un autre test l’emploie s’il
    l’est.
    """
    textes: list[str] = []
    rangees = []
    for numero, ligne in enumerate(lignes, start=1):
        cellules = ""
        for lettre, valeur in zip("ABCDEF", ligne, strict=True):
            adresse = f'r="{lettre}{numero}"'
            if isinstance(valeur, str):
                textes.append(valeur)
                cellules += f'<c {adresse} s="0" t="s"><v>{len(textes) - 1}</v></c>'
            elif isinstance(valeur, datetime.date):
                cellules += f'<c {adresse} s="1" t="n"><v>{(valeur - datetime.date(1899, 12, 30)).days}</v></c>'
            else:
                cellules += f'<c {adresse} s="0" t="n"><f aca="false">{valeur}+0</f><v>{valeur}</v></c>'
        rangees.append(
            f'<row r="{numero}" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0" '
            f'collapsed="false">{cellules}<c r="G{numero}" s="0"/></row>'
        )
    partages = "".join(f'<si><t xml:space="preserve">{texte}</t></si>' for texte in textes)
    feuille_xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetPr filterMode="false"><pageSetUpPr fitToPage="false"/></sheetPr><dimension ref="A1:G3"/>'
        f"<sheetData>{''.join(rangees)}</sheetData></worksheet>"
    )
    return zipper(parties(feuille_xml, textes=f"<sst>{partages}</sst>", styles=STYLES_DE_LIBREOFFICE))


def test_un_classeur_de_la_forme_de_libreoffice_se_lit(par):
    mars = datetime.date(2025, 3, 1)
    contenu = a_la_libreoffice(TITRES, (*ANNE[:4], mars, 35.5), (*JEAN[:3], 1, mars, 120))
    assert importer_xlsx(par, contenu).accepte
    assert en_base() == [ANNE_EN_BASE, JEAN_EN_BASE]
