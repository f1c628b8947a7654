"""Une valeur reconnaissable dans chaque champ qui identifie ou révèle, et de quoi la retrouver dans toute sortie.

Un texte reçoit « zqx<rang>xqz<clef> », propre à son champ. Un champ à choix, une date ou un code reçoit une valeur
rare, que l’on cherche sous toutes ses formes. La recherche ignore la casse et les blancs : une mise en page coupe où
elle veut.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import docx
import openpyxl
from django.apps import apps
from django.db import models
from django.db.models import CharField, F, Model, TextField, Value
from django.db.models.functions import Cast, Concat
from pypdf import PdfReader

from clauses.comptes.enums import Sensibilite
from tests.test_perimetre import METIER

CLASSES = {Sensibilite.IDENTIFIANT, Sensibilite.SENSIBLE9}
NAISSANCE, NAISSANCE_RECUE = datetime.date(1943, 2, 17), datetime.date(1944, 3, 18)


def formes(jour: datetime.date, en_lettres: str) -> tuple[str, ...]:
    return f"{jour:%d/%m/%Y}", f"{jour:%Y-%m-%d}", en_lettres


# Champs sans texte libre : la valeur posée, et les écritures auxquelles on la reconnaît.
RARES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "Participant.sexe": ("F", ("Femme",)),
    "Participant.date_naissance": (NAISSANCE, formes(NAISSANCE, "17 février 1943")),
    "Participant.commune_insee": ("97997", ("97997",)),
    "EntreeClause.commune_insee": ("97996", ("97996",)),
    "EntreeClause.niveau": ("8", ("Doctorat",)),
    "EntreeClause.duree_inscription": ("DE_12_A_23", ("12 à 23 mois", "DE_12_A_23")),
    "EntreeClause.piece_type": ("TITRE_SEJOUR", ("Titre de séjour", "TITRE_SEJOUR")),
    "EntreeClause.brsa": ("OUI", ("BRSA", '"brsa"')),
    "EntreeClause.qpv": ("OUI", ('"qpv"', "Habite un QPV", "Résident de QPV")),
    "CritereEntree.critere": ("EPIDE", ("EPIDE",)),
    "Sortie.situation": ("INAPTITUDE", ("Inaptitude",)),
    "Sortie.situation_6_mois": ("DEMENAGEMENT", ("Déménagement", "DEMENAGEMENT")),
    "Sortie.situation_12_mois": ("PARENTAL", ("Congé parental", "PARENTAL")),
    "LigneEnAttente.date_naissance": (NAISSANCE_RECUE, formes(NAISSANCE_RECUE, "18 mars 1944")),
}
# Ce qu’aucune valeur ne trahit seule, et ce qui en tient lieu.
SANS_CANARI = {
    "CritereEntree.est_principal": "un booléen ; le critère qu’il qualifie a son canari",
    "BilanEmis.chiffres": "figé par la base ; aucun rôle extérieur n’ouvre un bilan émis (matrice d’accès : 404)",
    "Document.contenu": "de vrais documents sont émis, et lus pour les canaris de tous les autres champs",
    "Document.code": "tiré au sort à l’émission ; son canari est le code même",
}


def champs_classes() -> Iterator[tuple[type[Model], str]]:
    for modele in apps.get_models():
        if modele._meta.app_label in METIER:
            for champ, sensibilite in modele.CLASSIFICATION.items():  # type: ignore[attr-defined]
                if sensibilite in CLASSES:
                    yield modele, champ


def nom_de(modele: type[Model], champ: str) -> str:
    return f"{modele.__name__}.{champ}"


def marques() -> dict[str, tuple[str, ...]]:
    """Par champ, ce que l’on cherche dans les sorties."""
    trouvees = {}
    for rang, (modele, champ) in enumerate(champs_classes()):
        nom = nom_de(modele, champ)
        if nom not in SANS_CANARI:
            trouvees[nom] = RARES[nom][1] if nom in RARES else (f"zqx{rang:02d}xqz",)
    return trouvees


def poser(*, sauf_utilisateurs: set[int]) -> None:
    """Donne son canari à chaque champ de chaque ligne ; qui se connecte garde son nom, que toute page lui montre."""
    for rang, (modele, champ) in enumerate(champs_classes()):
        nom = nom_de(modele, champ)
        if nom in SANS_CANARI:
            continue
        avec: dict[str, Any] = {}
        if nom == "EntreeClause.piece_type":
            # Une pièce vue porte sa date et qui l’a vue : la base le demande.
            avec = {"piece_vue_le": datetime.date(2025, 1, 1), "piece_vue_par": F("enregistree_par")}
        lignes = modele._base_manager.all()
        if nom.startswith("Utilisateur."):
            lignes = lignes.exclude(pk__in=sauf_utilisateurs)
        valeur = RARES[nom][0] if nom in RARES else _texte(modele, champ, f"zqx{rang:02d}xqz")
        lignes.update(**{champ: valeur}, **avec)


def _texte(modele: type[Model], champ: str, marque: str) -> Any:
    """La marque suivie de la clef de la ligne : un champ unique le reste, une adresse reste une adresse."""
    fin = "@exemple.invalid" if isinstance(modele._meta.get_field(champ), models.EmailField) else ""
    sortie: CharField[str, str] = CharField()
    return Concat(Value(marque), Cast(F("pk"), TextField()), Value(fin), output_field=sortie)


# --- Lire une réponse, quel que soit son format ----------------------------------------------------------------------


def du_classeur(octets: bytes) -> str:
    classeur = openpyxl.load_workbook(io.BytesIO(octets), data_only=True)
    cellules = (c for feuille in classeur for rangee in feuille.iter_rows(values_only=True) for c in rangee)
    return " ".join([*classeur.sheetnames, *(en_texte(cellule) for cellule in cellules if cellule is not None)])


def en_texte(cellule: Any) -> str:
    return f"{cellule:%Y-%m-%d}" if isinstance(cellule, datetime.date) else str(cellule)


def du_docx(octets: bytes) -> str:
    document = docx.Document(io.BytesIO(octets))
    tableaux = (c.text for t in document.tables for rangee in t.rows for c in rangee.cells)
    pieds = (p.text for section in document.sections for p in section.footer.paragraphs)
    return " ".join([*(p.text for p in document.paragraphs), *tableaux, *pieds])


def du_pdf(octets: bytes) -> str:
    if not octets.startswith(b"%PDF-1"):
        return octets.decode("utf-8", errors="replace")
    lu = PdfReader(io.BytesIO(octets))
    return " ".join([*(page.extract_text() for page in lu.pages), str(lu.metadata)])


def du_csv(octets: bytes) -> str:
    return " ".join(cellule for ligne in csv.reader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";")
                    for cellule in ligne)  # fmt: skip


def de_l_archive(octets: bytes) -> str:
    """Le nom et le contenu de chaque classeur d’une archive."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        noms = archive.namelist()
        assert all(nom.endswith(".xlsx") for nom in noms), noms
        return " ".join([*noms, *(du_classeur(archive.read(nom)) for nom in noms)])


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EN_JSON = ("application/json", "application/problem+json", "application/vnd.oai.openapi+json")
LECTEURS: dict[str, Callable[[bytes], str]] = {
    XLSX: du_classeur,
    DOCX: du_docx,
    "application/pdf": du_pdf,
    "application/zip": de_l_archive,
    "text/csv": du_csv,
    "text/html": lambda octets: octets.decode(),
    **dict.fromkeys(EN_JSON, lambda octets: json.dumps(json.loads(octets), ensure_ascii=False)),
}


def lire(reponse: Any) -> tuple[str, str]:
    """Format et texte d’une réponse, en-têtes compris ; un format que l’on ne sait pas lire est une faute."""
    octets = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
    genre = reponse.headers.get("Content-Type", "").split(";")[0]
    texte = LECTEURS[genre](octets) if octets else ""
    return genre, sans_blancs(f"{texte} {dict(reponse.headers)}")


def sans_blancs(texte: str) -> str:
    return "".join(texte.split()).casefold()
