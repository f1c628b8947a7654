"""Le Chromium de la machine, et les options sous lesquelles il ne parle à personne."""

from __future__ import annotations

import os
import shutil

CHROMIUM = os.environ.get("CLAUSES_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
