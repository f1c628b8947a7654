"""`python -m mesures` : remplir une base neuve, mesurer, imprimer le tableau. Sort en erreur si un objectif manque."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command


def main() -> int:
    from clauses.comptes.models import Structure  # les modèles ne s’importent qu’une fois Django prêt
    from mesures import documents, exports, pages, releves, reprise
    from mesures.banc import imprimer

    call_command("migrate", verbosity=0)
    call_command("demo", taille="territoire", stdout=io.StringIO())
    structure = Structure.objects.get(sigle="MEMPA")
    mesures = [exports.mesurer(), pages.liste(structure), pages.cellule(structure), documents.mesurer(structure)]
    lignes = reprise.lignes_nouvelles(structure)
    mesures += [reprise.mesurer(structure, lignes), releves.mesurer(structure, lignes)]
    imprimer(mesures)
    return 0 if all(mesure.est_tenu for mesure in mesures) else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="clauses-mesures-") as dossier:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses.settings")
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(dossier) / 'mesures.sqlite3'}")
        os.environ.setdefault("ALLOWED_HOSTS", "testserver")
        django.setup()
        sys.exit(main())
