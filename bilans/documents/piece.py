"""Le contenu d’un document, sans sa mise en page : en-tête, références, blocs, signatures.

Tout est texte, déjà écrit à la française : le PDF et le DOCX disent les mêmes mots et les mêmes nombres.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

# Ce que la police embarquée sait écrire : latin étendu, grec, cyrillique, ponctuation, monnaies, signes de calcul.
ECRIVABLES = re.compile(
    r"[^\n -~\u00a0-\u024f\u0300-\u0304\u0370-\u03ff\u0400-\u045f\u1e00-\u1eff\u2010-\u2026\u202f€№™−≤≥]"
)
REMPLACANT = "?"
ESPACES = re.compile(r"[\t\u2000-\u200a\u205f\u3000]")
INSECABLE = re.compile(r" (?=[;:!?»%€])|(?<=n°) |(?<=\d) (?=(?:h|heures?|mois|jours?)\b)|(?<=article) (?=[LR]\d)")
GUILLEMET = re.compile(r"« ")


@dataclass(frozen=True, slots=True)
class Paragraphe:
    texte: str
    style: Literal["normal", "fort", "note"] = "normal"
    sorte: str = "paragraphe"


@dataclass(frozen=True, slots=True)
class Titre:
    texte: str
    nouvelle_page: bool = False
    sorte: str = "titre"


@dataclass(frozen=True, slots=True)
class Liste:
    elements: Sequence[str]
    sorte: str = "liste"


@dataclass(frozen=True, slots=True)
class Fiche:
    """Des couples (libellé, valeur)."""

    lignes: Sequence[tuple[str, str]]
    sorte: str = "fiche"


@dataclass(frozen=True, slots=True)
class Chiffres:
    """Quelques grands nombres côte à côte : (libellé, nombre)."""

    nombres: Sequence[tuple[str, str]]
    sorte: str = "chiffres"


@dataclass(frozen=True, slots=True)
class Tableau:
    """`nombres` : rangs des colonnes alignées à droite ; `largeurs` : parts de la largeur, 0 pour « selon le texte ».

    La légende nomme le tableau pour qui l’écoute ; `total` est la dernière ligne.
    """

    legende: str
    entetes: Sequence[str]
    lignes: Sequence[Sequence[str]]
    nombres: Sequence[int] = ()
    largeurs: Sequence[int] = ()
    total: Sequence[str] = ()
    est_dense: bool = False
    sorte: str = "tableau"


@dataclass(frozen=True, slots=True)
class Encadre:
    """Ce qu’il faut voir d’abord : le code de vérification, la décision à rendre."""

    titre: str
    lignes: Sequence[str]
    sorte: str = "encadre"


Bloc = Paragraphe | Titre | Liste | Fiche | Chiffres | Tableau | Encadre


@dataclass(frozen=True, slots=True)
class Entete:
    """L’en-tête de courrier de la structure ; `logo` : octets PNG, vides sans logo."""

    structure: str
    adresse: Sequence[str] = ()
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class Piece:
    """Un document entier. `surtitre` et `destinataire` sont vides quand ils n’ont pas lieu d’être."""

    titre: str
    entete: Entete
    date: str
    blocs: Sequence[Bloc]
    surtitre: str = ""
    destinataire: Sequence[str] = ()
    mentions: Sequence[str] = ()
    references: Sequence[tuple[str, str]] = ()
    signatures: Sequence[Sequence[str]] = ()
    pied: str = ""
    est_projet: bool = False
    copies: Sequence[str] = ()
    annexe: Sequence[Bloc] = ()

    @property
    def intitule(self) -> str:
        """Le titre tel qu’il se lit en tête : un courrier a un objet."""
        return f"Objet : {self.titre}" if self.destinataire and not self.surtitre else self.titre

    @property
    def nom(self) -> str:
        """Le titre du fichier, que montrent la fenêtre et le lecteur d’écran : une majuscule l’ouvre toujours."""
        return f"{self.titre[:1].upper()}{self.titre[1:]}"

    def en_clair(self) -> dict[str, Any]:
        """La pièce en objets simples, chaque texte réduit à ce que le document sait écrire."""
        donnees: dict[str, Any] = asdict(self) | {"intitule": self.intitule, "nom": self.nom}
        donnees["entete"]["logo"] = list(self.entete.logo)
        epuree: dict[str, Any] = _epurer(donnees)
        return epuree


def _epurer(valeur: Any) -> Any:
    match valeur:
        case str():
            return ecrivable(valeur)
        case dict():
            return {nom: _epurer(contenu) for nom, contenu in valeur.items()}
        case list() | tuple() | range():
            return list(valeur) if valeur and isinstance(valeur[0], int) else [_epurer(contenu) for contenu in valeur]
        case _:
            return valeur


def ecrivable(texte: str) -> str:
    """Retire les caractères invisibles, remplace ceux qu’aucune police du document ne porte (PDF/UA l’exige).

    Les signes doubles, les guillemets, « n° », les unités et les articles de loi y prennent leur espace insécable.
    """
    compose = ESPACES.sub(" ", unicodedata.normalize("NFC", texte.replace("\r\n", "\n")))
    visible = "".join(c for c in compose if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return GUILLEMET.sub("«\u00a0", INSECABLE.sub("\u00a0", ECRIVABLES.sub(REMPLACANT, visible)))
