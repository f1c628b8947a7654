"""Un bilan écrit dans un fichier : les formats, leurs types et leur nom. Pages et API s’y servent."""

from __future__ import annotations

import io
from collections.abc import Collection

from bilans import emissions
from bilans.catalogue import RAPPORTS, ecrire
from bilans.models import BilanEmis
from bilans.rapport import Bilan
from clauses.comptes.acteurs import Acteur
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.fichiers import Fichier
from clauses.socle.listes import XLSX

COMMUNS = ("xlsx", "csv", "json")
TYPES = {
    "xlsx": XLSX,
    "pdf": "application/pdf",
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}


def verifier_le_format(format_: str, possibles: Collection[str]) -> None:
    """Lève `ActionImpossible` si ce bilan ne s’écrit pas dans ce format."""
    if format_ not in possibles:
        raise ActionImpossible(f"Le format «\u00a0{format_}\u00a0» n’existe pas. Choisir {', '.join(possibles)}.")


def en_fichier(bilan: Bilan, format_: str, nom: str) -> Fichier:
    """Le bilan écrit dans ce format, sous ce nom."""
    fichier = io.BytesIO()
    ecrire(format_, bilan, fichier)
    return Fichier(fichier.getvalue(), f"{nom}.{format_}", TYPES[format_])


def nom_d_un_bilan(bilan: Bilan) -> str:
    du, au, _ = bilan.demande.periode
    return f"bilan-{bilan.demande.bilan}-{bilan.entete.structure}-{du}-{au}"


def formats_d_un_emis(emis: BilanEmis) -> tuple[str, ...]:
    """Ceux de son rapport ; un rapport retiré du catalogue garde les formats communs."""
    rapport = RAPPORTS.get(emis.bilan)
    return rapport.formats if rapport else COMMUNS


def fichier_d_un_emis(emis: BilanEmis, format_: str, *, par: Acteur) -> Fichier:
    """Le bilan émis, depuis ses chiffres figés ; l’export s’inscrit au journal. Lève `ActionImpossible`."""
    verifier_le_format(format_, formats_d_un_emis(emis))
    bilan = emissions.relire(emis)
    journaliser_lecture(par=par, action="exporter un bilan émis", modele=BilanEmis, objet_id=emis.pk)
    nom = f"bilan-{emis.bilan}-{bilan.entete.structure}-{emis.du}-{emis.au}-v{emis.version}"
    return en_fichier(bilan, format_, nom)
