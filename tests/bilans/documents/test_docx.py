"""Le DOCX : en français, aux titres vrais, ouvert par LibreOffice, sans page qui ne porte qu’une signature."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from bilans.documents import articles
from bilans.documents.dossier import entete_de
from bilans.documents.traitement import en_docx
from bilans.enums import MODIFIABLES, FormatDocument, NatureDocument
from heures.enums import CriterePublic
from marches.enums import NatureClause, Periodicite, TypeObjectif
from tests.bilans.documents.conftest import LE_15_DECEMBRE
from tests.bilans.documents.outils import emettre, en_ligne, lire_pdf
from tests.factories_conformite import EvenementFactory, ReglePenaliteFactory

WRITER = Path("/usr/lib/libreoffice/program/libswlo.so")
ARTICLES = "ARTICLES"
TITRES = {
    NatureDocument.RELANCE_1: ["Objet : clause sociale d’insertion, première relance"],
    NatureDocument.RELANCE_2: ["Objet : clause sociale d’insertion, seconde relance"],
    NatureDocument.MISE_EN_DEMEURE: ["Objet : clause sociale d’insertion, mise en demeure"],
}


@pytest.fixture
def fichiers(engagement, par) -> dict[str, bytes]:
    """Les trois courriers et les articles : tout ce que l’outil écrit en DOCX."""
    ReglePenaliteFactory(clause=engagement.clause, plafond_euros=Decimal(8000), article="CCAP 12.3")
    EvenementFactory(engagement=engagement)
    ecrits = {
        str(nature): bytes(emettre(engagement, nature, par=par, format_=FormatDocument.DOCX).contenu)
        for nature in sorted(MODIFIABLES)
    }
    choix = articles.Choix(
        NatureClause.COND_EXEC, TypeObjectif.HEURES_FIXES, [CriterePublic.RSA], Periodicite.MENSUELLE, 24
    )
    piece = articles.composer(choix, entete=entete_de(engagement.structure), date="Le 15 décembre 2025")
    return ecrits | {ARTICLES: en_docx(piece, instant=LE_15_DECEMBRE)}


def test_chaque_docx_a_sa_langue_son_titre_ses_styles_et_ses_tableaux_balises(fichiers):
    for nom, contenu in fichiers.items():
        lu = docx.Document(io.BytesIO(contenu))
        assert lu.core_properties.language == "fr-FR", nom
        assert lu.core_properties.title[0].isupper(), nom
        langues = [*lu.styles.element.iter(qn("w:lang")), *lu.settings.element.iter(qn("w:themeFontLang"))]
        assert {langue.get(qn("w:val")) for langue in langues} == {"fr-FR"}, nom
        titres = [en_ligne(p.text) for p in lu.paragraphs if p.style.name == "Heading 1"]
        assert titres == TITRES.get(nom, ["Clause sociale d’insertion : articles modèles"]), nom
        sections = [p.text for p in lu.paragraphs if p.style.name == "Heading 2"]
        assert len(sections) == (11 if nom == ARTICLES else 0), nom
        donnees = [t for t in lu.tables if t.style.name == "Table Grid"]
        assert all(t.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for t in donnees), nom
        assert all(r._tr.trPr.find(qn("w:cantSplit")) is not None for t in lu.tables for r in t.rows), nom
        champs = [c.get(qn("w:instr")) for c in lu.sections[0].footer._element.iter(qn("w:fldSimple"))]
        assert champs == ["PAGE", "NUMPAGES"], nom
        assert lu.element.body[-2].tag == qn("w:p"), nom


@pytest.mark.skipif(
    not WRITER.exists() and os.environ.get("CI") != "true",
    reason="LibreOffice Writer n’est pas installé : apt-get install libreoffice-writer",
)
def test_libreoffice_ouvre_chaque_docx_et_en_rend_le_texte(fichiers, tmp_path):
    for nom, contenu in fichiers.items():
        (tmp_path / f"{nom}.docx").write_bytes(contenu)
    commande = [shutil.which("soffice") or "soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profil"]
    subprocess.run(
        [*commande, "--convert-to", "pdf", *(f"{nom}.docx" for nom in fichiers)],
        cwd=tmp_path, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    for nom in fichiers:
        pages = [en_ligne(page.extract_text()) for page in lire_pdf((tmp_path / f"{nom}.pdf").read_bytes()).pages]
        # La police de remplacement est plus large : une page de plus, jamais deux.
        assert len(pages) <= (3 if nom == ARTICLES else 2), nom
        assert "PLIE fictif" in pages[0], nom
        assert f"sur {len(pages)}" in pages[-1], nom
        fin = "contrôler les totaux" if nom == ARTICLES else "Camille Fictif"
        assert fin in pages[-1], nom
        # La signature a toujours du texte avec elle.
        assert nom == ARTICLES or "salutations" in pages[-1] or "vos observations" in pages[-1], nom
