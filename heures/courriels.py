"""Les textes des courriels aux entreprises : variables, textes d’origine, composition. Fonctions pures.

Un texte porte des variables entre accolades. Plusieurs relevés d’une même adresse tiennent en un courriel : le
paragraphe qui porte `{lien}` y est répété pour chacun, les autres ne sont écrits qu’une fois.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from clauses.socle.mois import de
from heures.enums import NatureEnvoi

VARIABLES = {
    "entreprise": "raison sociale de l’entreprise",
    "mois": "mois travaillé, par exemple mars 2026",
    "marche": "référence et objet du marché",
    "lot": "numéro et intitulé du lot",
    "echeance": "date à laquelle le relevé est attendu",
    "lien": "lien personnel vers le relevé",
    "details": "ce que vous écrivez au moment d’un complément ou d’un refus",
    "facilitateur": "facilitateur du marché, à défaut la personne qui envoie",
    "structure": "nom de votre structure",
}
# L’objet d’un courriel se lit sur un écran verrouillé, dans un journal de serveur : aucun nom de personne n’y est.
HORS_DE_L_OBJET = ("lien", "details", "facilitateur")
LIEN_OBLIGATOIRE = (NatureEnvoi.DEMANDE, NatureEnvoi.RELANCE_1, NatureEnvoi.RELANCE_2)
LIEN_MASQUE = "[lien personnel]"
OBJET_MAX = 200

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_BLANCS = re.compile(r"[ \t\r\n]+")
_PARAGRAPHES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Texte:
    objet: str
    corps: str


_FIN = """
Ce lien est personnel : il n’ouvre que ce relevé, sans compte ni mot de passe. Ne le transmettez pas.

Pour toute question, répondez à ce message.

{facilitateur}
{structure}"""

D_ORIGINE: dict[NatureEnvoi, Texte] = {
    NatureEnvoi.DEMANDE: Texte(
        "Heures d’insertion de {mois} : votre relevé",
        """Bonjour,

Merci de déclarer les heures d’insertion de {mois} avant le {echeance}, ou d’indiquer qu’il n’y en a pas eu.

Marché {marche}, lot {lot} :
{lien}
"""
        + _FIN,
    ),
    NatureEnvoi.RELANCE_1: Texte(
        "Rappel – heures d’insertion de {mois} : votre relevé",
        """Bonjour,

Sauf erreur, nous n’avons pas reçu votre relevé des heures d’insertion de {mois}, attendu le {echeance}.

Marché {marche}, lot {lot} :
{lien}

S’il n’y a pas eu d’heures ce mois-là, une case permet de l’indiquer.
"""
        + _FIN,
    ),
    NatureEnvoi.RELANCE_2: Texte(
        "Second rappel – heures d’insertion de {mois} : votre relevé",
        """Bonjour,

Malgré un premier rappel, votre relevé des heures d’insertion de {mois}, attendu le {echeance}, nous manque toujours. \
La clause sociale du marché prévoit sa remise.

Marché {marche}, lot {lot} :
{lien}
"""
        + _FIN,
    ),
    NatureEnvoi.COMPLEMENT: Texte(
        "Heures d’insertion de {mois} : votre relevé est à compléter",
        """Bonjour,

Votre relevé des heures d’insertion de {mois} est à compléter.

{details}

Marché {marche}, lot {lot} :
{lien}
"""
        + _FIN,
    ),
    NatureEnvoi.REFUS: Texte(
        "Heures d’insertion de {mois} : une ligne de votre relevé est refusée",
        """Bonjour,

Une ligne de votre relevé des heures d’insertion de {mois} n’a pas pu être retenue.

{details}

Si c’est une erreur, vous pouvez la corriger. Marché {marche}, lot {lot} :
{lien}
"""
        + _FIN,
    ),
}


def fautes(texte: Texte, nature: NatureEnvoi) -> dict[str, list[str]]:
    """Ce qui empêche d’enregistrer un modèle, par champ ; vide s’il est bon."""
    connues = ", ".join(f"{{{nom}}}" for nom in VARIABLES)
    trouvees: dict[str, list[str]] = {}
    for champ, contenu in (("objet", texte.objet), ("corps", texte.corps)):
        inconnues = [nom for nom in dict.fromkeys(_VARIABLE.findall(contenu)) if nom not in VARIABLES]
        trouvees[champ] = [f"La variable {{{nom}}} n’existe pas. Variables admises : {connues}." for nom in inconnues]
    trouvees["objet"] += [
        f"{{{nom}}} n’a pas sa place dans l’objet, que d’autres peuvent lire : l’écrire dans le corps."
        for nom in HORS_DE_L_OBJET
        if f"{{{nom}}}" in texte.objet
    ]
    if nature in LIEN_OBLIGATOIRE and "{lien}" not in texte.corps:
        trouvees["corps"].append("Le corps doit porter {lien}, sans quoi l’entreprise ne peut pas répondre.")
    return {champ: phrases for champ, phrases in trouvees.items() if phrases}


def refus_de_modele(texte: Texte, nature: NatureEnvoi) -> ValidationError | None:
    """Les fautes d’un modèle, prêtes à lever ou à montrer sous leur champ."""
    trouvees = fautes(texte, nature)
    return ValidationError(trouvees) if trouvees else None


def exemple(structure: str) -> dict[str, str]:
    """Valeurs fictives pour l’aperçu d’un modèle."""
    return {
        "entreprise": "Entreprise Exemple",
        "mois": "mars 2026",
        "marche": "2026-T-014 (Réfection d’un groupe scolaire)",
        "lot": "3 – Peinture",
        "echeance": "10/04/2026",
        "lien": LIEN_MASQUE,
        "details": "La feuille d’heures de la deuxième quinzaine manque.",
        "facilitateur": "Camille Exemple",
        "structure": structure,
    }


def rendre(contenu: str, valeurs: Mapping[str, str]) -> str:
    """Remplace chaque variable en un seul passage : une valeur qui ressemble à une variable reste telle quelle.

    « de {mois} » s’élide : « d’octobre 2026 ».
    """
    mois = valeurs.get("mois", "")
    elide = contenu.replace("de {mois}", de(mois).replace(mois, "{mois}")) if mois else contenu
    return _VARIABLE.sub(lambda trouve: valeurs.get(trouve[1], trouve[0]), elide)


def composer(texte: Texte, releves: Sequence[Mapping[str, str]]) -> Texte:
    """Le courriel d’un ou de plusieurs relevés d’une même adresse ; `releves` : les variables de chacun.

    L’objet tient en une ligne de 200 caractères au plus. Un paragraphe vide (détails absents) disparaît.
    """
    communes = {
        nom: ("\n" if nom == "details" else ", ").join(dict.fromkeys(valeurs[nom] for valeurs in releves))
        for nom in VARIABLES
    }
    paragraphes: list[str] = []
    for paragraphe in _PARAGRAPHES.split(texte.corps.replace("\r\n", "\n").strip()):
        repetes = releves if "{lien}" in paragraphe else [communes]
        paragraphes += [rendu for valeurs in repetes if (rendu := rendre(paragraphe, valeurs).strip())]
    objet = _BLANCS.sub(" ", rendre(texte.objet, communes)).strip()
    if len(objet) > OBJET_MAX:
        objet = f"{objet[: OBJET_MAX - 1]}…"
    return Texte(objet, "\n\n".join(paragraphes))
