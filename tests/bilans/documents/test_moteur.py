"""Le PDF : accessible, reproductible, et dont les données ne sont jamais du code."""

from __future__ import annotations

import datetime
import unicodedata

import pytest

from bilans.documents.moteur import en_pdf
from bilans.documents.piece import (
    ECRIVABLES,
    Chiffres,
    Encadre,
    Entete,
    Fiche,
    Liste,
    Paragraphe,
    Piece,
    Tableau,
    Titre,
    ecrivable,
)
from clauses.socle.erreurs import ActionImpossible
from tests.bilans.documents.outils import en_ligne, lire_pdf

INSTANT = datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC)
HOSTILES = (
    '#panic("x")', "$x^2$", "\\ \\u{41}", "[a](b)", "]", "*gras*", "_it_", "`code`", "@ref", "<label>", "= titre",
    "// commentaire", "/* */", '"', "#eval(\"1\")", "#sys.inputs", "${x}", "#read(\"/etc/passwd\")", "~", "---",
)  # fmt: skip


def piece(**champs) -> Piece:
    base = {
        "titre": "Essai de document", "entete": Entete("Structure fictive", ["1 rue Fictive"]), "date": "Le 15",
        "blocs": [Paragraphe("Corps")],
    }  # fmt: skip
    return Piece(**{**base, **champs})


def partout(texte: str) -> Piece:
    """Le même texte dans chaque champ de la pièce."""
    blocs = [
        Titre(texte), Paragraphe(texte), Paragraphe(texte, "note"), Paragraphe(texte, "fort"), Liste([texte]),
        Fiche([(texte, texte)]), Chiffres([(texte, texte)]), Encadre(texte, [texte]),
        Tableau(texte, [texte, texte], [[texte, texte]], nombres=[1], total=[texte, texte]),
    ]  # fmt: skip
    return Piece(
        titre=texte, entete=Entete(texte, [texte]), date=texte, blocs=blocs, surtitre=texte, destinataire=[texte],
        mentions=[texte], references=[(texte, texte)], signatures=[[texte], [texte]], pied=texte, copies=[texte],
        annexe=blocs,
    )  # fmt: skip


def texte(contenu: bytes) -> str:
    return en_ligne("\n".join(page.extract_text() for page in lire_pdf(contenu).pages))


def test_le_pdf_est_balise_nomme_sa_langue_et_son_titre():
    lu = lire_pdf(en_pdf(partout("Titre d’essai"), instant=INSTANT))
    racine = lu.trailer["/Root"]
    assert racine["/MarkInfo"]["/Marked"]
    assert racine["/StructTreeRoot"]["/Type"] == "/StructTreeRoot"
    assert racine["/Lang"] == "fr-FR"
    assert racine["/ViewerPreferences"]["/DisplayDocTitle"]
    assert lu.metadata.title == "Titre d’essai"
    assert b"pdfuaid:part>1<" in racine["/Metadata"].get_data()


def balises(noeud) -> list[str]:
    """Noms des balises de l’arbre de structure."""
    objet = noeud.get_object() if hasattr(noeud, "get_object") else noeud
    if not hasattr(objet, "get"):
        return []
    enfants = objet.get("/K", [])
    enfants = enfants.get_object() if hasattr(enfants, "get_object") else enfants
    suite = enfants if isinstance(enfants, list) else [enfants]
    nom = [str(objet["/S"])] if "/S" in objet else []
    return nom + [balise for enfant in suite for balise in balises(enfant)]


def test_titres_tableaux_et_listes_sont_balises():
    lu = lire_pdf(en_pdf(partout("Texte"), instant=INSTANT))
    presentes = set(balises(lu.trailer["/Root"]["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/Table", "/THead", "/TH", "/TD", "/Caption", "/L", "/LI", "/P"} <= presentes


def test_toute_police_est_dans_le_fichier():
    lu = lire_pdf(en_pdf(partout("Texte"), instant=INSTANT))
    polices = [
        police.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in lu.pages
        for police in page["/Resources"]["/Font"].values()
    ]
    assert polices
    assert all({"/FontFile2", "/FontFile3"} & set(police) for police in polices)


def test_memes_donnees_memes_octets():
    assert en_pdf(partout("Texte"), instant=INSTANT) == en_pdf(partout("Texte"), instant=INSTANT)


@pytest.mark.parametrize("hostile", HOSTILES)
def test_une_donnee_n_est_jamais_du_code(hostile):
    """Le texte tapé se relit tel quel, partout où il est placé."""
    contenu = en_pdf(partout(f"avant {hostile} après"), instant=INSTANT)
    assert texte(contenu).count(en_ligne(f"avant {ecrivable(hostile)} après")) >= 15


@pytest.mark.parametrize(
    ("saisi", "ecrit"),
    [
        ("nul\x00cloche\x07", "nulcloche"),
        ("\u202eenvers\u200b\ufeff", "envers"),
        ("株式会社 😀", "????\u00a0?"),
        ("e\u0301te\u0301", "été"),
        ("Łódź œuvre Ж λ €", "Łódź œuvre Ж λ\u00a0€"),
        ("qui ? « oui »\u2009!\tbien", "qui\u00a0? «\u00a0oui\u00a0»\u00a0! bien"),
    ],
)
def test_un_caractere_sans_police_ne_fait_pas_tomber_le_document(saisi, ecrit):
    assert ecrivable(saisi) == ecrit
    assert en_ligne(ecrit) in texte(en_pdf(piece(blocs=[Paragraphe(saisi)]), instant=INSTANT))


def test_tout_caractere_admis_a_sa_police():
    admis = [
        chr(n)
        for n in range(32, 0x2300)
        if not ECRIVABLES.match(chr(n)) and unicodedata.category(chr(n)) not in {"Cc", "Cf", "Cs", "Cn", "Mn"}
    ]
    assert len(admis) > 1000
    contenu = en_pdf(piece(blocs=[Paragraphe(" ".join(admis))]), instant=INSTANT)
    assert contenu.startswith(b"%PDF-1")


def test_un_logo_illisible_est_une_phrase():
    with pytest.raises(ActionImpossible, match="Vérifier le logo"):
        en_pdf(piece(entete=Entete("Structure", logo=b"pas une image")), instant=INSTANT)


def test_un_projet_le_dit_sur_la_page():
    assert "PROJET" in texte(en_pdf(piece(est_projet=True), instant=INSTANT))
    assert "PROJET" not in texte(en_pdf(piece(), instant=INSTANT))


def test_un_long_tableau_repete_son_en_tete():
    lignes = [[f"mois {rang}", "12,00"] for rang in range(200)]
    lu = lire_pdf(en_pdf(piece(blocs=[Tableau("Heures", ["Mois", "Quantité"], lignes)]), instant=INSTANT))
    assert len(lu.pages) > 2
    assert all("Quantité" in page.extract_text() for page in lu.pages)
