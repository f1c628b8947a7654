"""Les captures se prennent hors des tests, contre un serveur : rien n’y est prêt de ce que pytest prépare."""

from __future__ import annotations

import os
import subprocess
import sys


def test_les_captures_demarrent_sans_les_reglages_des_tests():
    sans_reglages = {nom: valeur for nom, valeur in os.environ.items() if nom != "DJANGO_SETTINGS_MODULE"}
    essai = [sys.executable, "-c", "from tests.outils.captures import PAGES; print(len(PAGES))"]
    fait = subprocess.run(essai, env=sans_reglages, capture_output=True, text=True, timeout=60, check=False)
    assert fait.returncode == 0, fait.stderr
    assert int(fait.stdout) > 50
