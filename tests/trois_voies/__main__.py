"""Noter les mêmes quarante relevés par collage, par fichier ou par lien, dans une base à soi, et en rendre le bilan.

    DATABASE_URL=sqlite:////tmp/voie.sqlite3 python -m tests.trois_voies grille|fichier|lien --bilan BILAN.json

Tout passe par les vraies commandes, un vrai serveur et un vrai navigateur. Le nombre de gestes (clics, touches, champs
remplis, collages, fichiers choisis, adresses ouvertes) est imprimé en JSON, ceux du facilitateur à part de ceux des
entreprises.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

RACINE = Path(__file__).resolve().parents[2]
VOIES = ("grille", "fichier", "lien")


def preparer_la_base(dossier: Path) -> Any:
    """Structure, marchés, personnes et contrats par les commandes ; pièces vues et contacts par les modèles."""
    from django.core.management import call_command

    from clauses.comptes.models import Utilisateur
    from tests.jeu_de_comptage import ecrire
    from tests.trois_voies import jeu

    call_command("migrate", verbosity=0)
    responsable = "responsable@exemple.invalid"
    call_command("creer_structure", sigle="VOIES", nom="Structure fictive", responsable=responsable, stdout=sys.stderr)
    classeur = ecrire(dossier / "voies.xlsx", jeu.feuilles())
    call_command("importer_reprise", str(classeur), structure="VOIES", stdout=sys.stderr)
    utilisateur = Utilisateur.objects.get(email=responsable)
    _completer(utilisateur)
    return utilisateur


def _completer(utilisateur: Any) -> None:
    from clauses.comptes.models import Structure
    from entreprises.models import Contact, Entreprise
    from heures.models import EntreeClause
    from tests.trois_voies import jeu

    structure = Structure.objects.get(sigle="VOIES")
    EntreeClause.objects.update(
        piece_type="ATTESTATION_RSA",
        piece_date=jeu.NOTIFICATION,
        piece_valable_jusqu_au=jeu.FIN,
        piece_vue_le=jeu.NOTIFICATION,
        piece_vue_par=utilisateur,
    )
    Contact.objects.bulk_create(
        Contact(
            structure=structure,
            entreprise=entreprise,
            nom="Contact fictif",
            courriel=f"contact{entreprise.pk}@exemple.invalid",
            recoit_demandes=True,
        )
        for entreprise in Entreprise.objects.filter(engagements__structure=structure)
    )


class Serveur:
    """Le serveur de développement, dans son propre processus, sur la base de la voie."""

    def __enter__(self) -> Serveur:
        with socket.socket() as prise:
            prise.bind(("127.0.0.1", 0))
            port = prise.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        commande = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"]
        self.processus = subprocess.Popen(commande, cwd=RACINE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                urlopen(f"{self.url}/compte/connexion/", timeout=5).close()
            except OSError:
                time.sleep(0.2)
            else:
                return self
        raise RuntimeError("Le serveur de la voie ne démarre pas.")

    def __exit__(self, *_: object) -> None:
        self.processus.terminate()
        self.processus.wait(timeout=20)


def jouer(voie: str, dossier: Path) -> dict[str, int]:
    from playwright.sync_api import sync_playwright

    from tests.outils.chromium import CHROMIUM, OPTIONS
    from tests.trois_voies import voies

    utilisateur = preparer_la_base(dossier)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with Serveur() as serveur, sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        gestes: dict[str, int] = getattr(voies, voie)(navigateur, serveur, utilisateur, dossier)
        navigateur.close()
    return gestes


def main() -> None:
    analyse = argparse.ArgumentParser(description=__doc__)
    analyse.add_argument("voie", choices=VOIES)
    analyse.add_argument("--bilan", type=Path, required=True)
    options = analyse.parse_args()

    os.environ["DJANGO_SETTINGS_MODULE"] = "clauses.settings"
    import django

    django.setup()
    from django.core.management import call_command

    gestes = jouer(options.voie, options.bilan.parent)
    call_command(
        "exporter_bilan", "departement", structure="VOIES", du="2025-10-01", au="2025-10-31", format="json",
        sortie=str(options.bilan), stdout=sys.stderr,
    )  # fmt: skip
    sys.stdout.write(json.dumps(gestes))


if __name__ == "__main__":
    main()
