"""Textes, choix dans une liste, oui ou non ; et ce que toutes les conversions partagent."""

from __future__ import annotations

import datetime
import difflib
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from clauses.socle.cellules import CelluleEnErreur
from clauses.socle.nombres import en_nombre

MONTRES = 40
PRECISION_DU_TABLEUR = 15
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
_SEPARE = re.compile(r"[\W_]+")
# Un texte qui change le sens de lecture de ce qui l’entoure peut faire lire autre chose que ce qui est enregistré.
_RENVERSANTS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_OUI_NON = {
    **dict.fromkeys(("oui", "o", "vrai", "true", "x", "1"), True),
    **dict.fromkeys(("non", "n", "faux", "false", "0"), False),
}


class ValeurRefusee(ValueError):
    """Valeur impossible à convertir ; son texte est une phrase française, sans le nom du champ."""


def vide(valeur: object) -> bool:
    """Vrai pour `None` et pour un texte sans rien de visible ; zéro et faux sont des valeurs."""
    return valeur is None or (isinstance(valeur, str) and not _visible(valeur))


def montrer(valeur: object) -> str:
    """Cite une valeur dans une phrase : une ligne, à la française, raccourcie."""
    if isinstance(valeur, bool):
        texte = "VRAI" if valeur else "FAUX"
    elif isinstance(valeur, datetime.datetime):
        texte = valeur.strftime("%d/%m/%Y %H:%M")
    elif isinstance(valeur, datetime.date):
        texte = valeur.strftime("%d/%m/%Y")
    elif isinstance(valeur, datetime.timedelta):
        heures, reste = divmod(round(valeur.total_seconds()), 3600)
        texte = f"{heures}:{reste // 60:02}"
    elif isinstance(valeur, float | Decimal):
        texte = str(valeur).replace(".", ",")
    else:
        texte = " ".join("".join(c if c.isprintable() else " " for c in str(valeur)[: 2 * MONTRES]).split())
    return f"« {texte if len(texte) <= MONTRES else texte[: MONTRES - 1] + '…'} »"


def est_fini(nombre: float | Decimal) -> bool:
    """Vrai pour tout entier, même trop grand pour un flottant."""
    return Decimal(nombre).is_finite()


def exiger(valeur: object) -> object:
    """Rend la valeur, un texte débarrassé de ce qui ne se voit pas ; refuse le vide et l’erreur."""
    if isinstance(valeur, CelluleEnErreur):
        raise ValeurRefusee(f"La cellule est en erreur ({valeur.texte}). La corriger dans le tableur.")
    if vide(valeur):
        raise ValeurRefusee("La valeur manque.")
    return _visible(valeur) if isinstance(valeur, str) else valeur


def vers_texte(valeur: object, *, longueur_max: int = 255, multiligne: bool = False) -> str:
    """Texte en NFC, espaces de bord retirées, toute espace insécable devenue ordinaire.

    Les caractères sans largeur (tiret conditionnel, U+200B, U+FEFF…) sont retirés ; les caractères de contrôle et ceux
    qui renversent le sens de lecture (U+202E…) sont refusés. Un nombre entier du tableur s’écrit sans décimale. Une
    date ou un vrai/faux est refusé : le tableur a déjà perdu ce qui avait été tapé.
    """
    brut = exiger(valeur)
    if isinstance(brut, str):
        texte = _controler(brut, multiligne=multiligne)
    elif isinstance(brut, int | float | Decimal) and not isinstance(brut, bool):
        texte = _nombre_en_texte(brut)
    else:
        raise ValeurRefusee(
            f"{montrer(brut)} n’est pas un texte : le tableur l’a converti. Mettre la colonne au format Texte, puis "
            "retaper la valeur."
        )
    if len(texte) > longueur_max:
        raise ValeurRefusee(
            f"{montrer(texte)} compte {en_nombre(len(texte))} caractères, pour {en_nombre(longueur_max)} au plus."
        )
    return texte


def normaliser(texte: str) -> str:
    """Forme de rapprochement : sans accents ni casse, ponctuation, tirets et espaces réduits à une espace.

    « LE-FÈVRE  d’Artois » et « le fevre d artois » se valent.
    """
    decompose = unicodedata.normalize("NFKD", texte.translate(_LIGATURES))
    return _SEPARE.sub(" ", "".join(c for c in decompose if not unicodedata.combining(c)).casefold()).strip()


def texte_mal_decode(texte: str) -> str | None:
    """Lecture probable d’un texte UTF-8 pris pour du CP1252 (« Ã©tÃ© » donne « été »), sinon `None`."""
    if texte.isascii():
        return None
    try:
        return texte.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def vers_oui_non(valeur: object) -> bool:
    """Oui, o, vrai, true, x (case cochée) et 1 ; non, n, faux, false et 0 ; sans égard à la casse."""
    brut = exiger(valeur)
    if isinstance(brut, bool):
        return brut
    reponse = _OUI_NON.get(vers_texte(brut).casefold())
    if reponse is None:
        raise ValeurRefusee(f"{montrer(brut)} n’est ni oui ni non. Écrire « oui » ou « non ».")
    return reponse


def vers_choix(valeur: object, codes_et_libelles: Mapping[str, str]) -> str:
    """Rend le code choisi, donné par son code ou son libellé, sans égard à la casse, aux accents et aux espaces."""
    texte = vers_texte(valeur)
    cherche = normaliser(texte)
    connus = {normaliser(libelle): code for code, libelle in codes_et_libelles.items()}
    connus |= {normaliser(code): code for code in codes_et_libelles}
    if cherche in connus:
        return connus[cherche]
    proches = dict.fromkeys(connus[nom] for nom in difflib.get_close_matches(cherche, connus, n=3, cutoff=0.6))
    if proches:
        conseil = "Valeurs proches : "
    elif len(codes_et_libelles) <= 12:
        proches, conseil = dict.fromkeys(codes_et_libelles), "Valeurs admises : "
    else:
        raise ValeurRefusee(f"{montrer(texte)} n’est pas une valeur de la liste. Reprendre un code du modèle fourni.")
    propositions = ", ".join(
        code if normaliser(code) == normaliser(codes_et_libelles[code]) else f"{code} ({codes_et_libelles[code]})"
        for code in proches
    )
    raise ValeurRefusee(f"{montrer(texte)} n’est pas une valeur de la liste. {conseil}{propositions}.")


def _visible(texte: str) -> str:
    """Retire les caractères sans largeur et les espaces de bord, ramène toute espace à l’ordinaire."""
    if texte.isascii():
        return texte.strip()
    garde = (
        " " if unicodedata.category(c) == "Zs" else c
        for c in texte
        if unicodedata.category(c) != "Cf" or c in _RENVERSANTS
    )
    return "".join(garde).strip()


def _controler(texte: str, *, multiligne: bool) -> str:
    lignes = [" ".join(ligne.split("\t")) for ligne in texte.splitlines()]
    propre = ("\n" if multiligne else " ").join(lignes)
    for c in propre:
        if c in _RENVERSANTS or (c != "\n" and unicodedata.category(c) in ("Cc", "Cs")):
            raise ValeurRefusee(
                f"{montrer(texte)} contient un caractère invisible interdit (U+{ord(c):04X}). Retaper cette valeur."
            )
    return unicodedata.normalize("NFC", propre)


def _nombre_en_texte(nombre: float | Decimal) -> str:
    if not est_fini(nombre) or abs(nombre) >= 10**PRECISION_DU_TABLEUR:
        raise ValeurRefusee(
            f"{montrer(nombre)} a trop de chiffres : le tableur l’a arrondi. Mettre la colonne au format Texte, puis "
            "retaper la valeur."
        )
    return str(int(nombre)) if nombre == int(nombre) else str(nombre)
