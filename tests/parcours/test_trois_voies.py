"""Quarante relevés, trois voies, trois bases : le même bilan au centième."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.outils.chromium import CHROMIUM
from tests.trois_voies import jeu
from tests.trois_voies.__main__ import RACINE, VOIES


def _jouer(voie: str, dossier: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Le bilan d’une voie, et ses gestes."""
    chez_elle = dossier / voie
    chez_elle.mkdir()
    bilan = chez_elle / "bilan.json"
    milieu = os.environ | {
        "DATABASE_URL": f"sqlite:///{chez_elle / 'base.sqlite3'}",
        "DEBUG": "1",
        "CLAUSES_SANS_TLS": "1",
        "CLAUSES_DERRIERE_MANDATAIRE": "1",
        "CLAUSES_CHROMIUM": str(CHROMIUM),
    }
    faite = subprocess.run(
        [sys.executable, "-m", "tests.trois_voies", voie, "--bilan", str(bilan)],
        cwd=RACINE, env=milieu, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert faite.returncode == 0, faite.stderr[-4000:]
    return json.loads(bilan.read_text(encoding="utf-8")), json.loads(faite.stdout)


def test_les_trois_voies_donnent_le_meme_bilan(navigateur, tmp_path):
    with ThreadPoolExecutor(max_workers=len(VOIES)) as ensemble:
        faites = dict(zip(VOIES, ensemble.map(lambda voie: _jouer(voie, tmp_path), VOIES), strict=True))
    # Tout ce que le bilan compte ; ni l’instant où il est produit, ni le nom de qui le demande.
    chiffres = [{clef: bilan[clef] for clef in ("indicateurs", "tableaux")} for bilan, _ in faites.values()]
    assert chiffres[0] == chiffres[1] == chiffres[2]
    indicateurs = chiffres[0]["indicateurs"]
    assert Decimal(indicateurs["heures_realisees"]) == jeu.total()
    assert indicateurs["beneficiaires"] == len(jeu.tous())
    gestes = {voie: compte for voie, (_, compte) in faites.items()}
    assert gestes["grille"]["facilitateur"] < 10
    assert gestes["fichier"]["facilitateur"] < 10
    assert gestes["lien"]["facilitateur"] < 10
