"""Lire un champ d’un enregistrement DECP : ce qui est illisible est laissé vide et noté, jamais deviné."""

from __future__ import annotations

import datetime
import html
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from clauses.socle.conversions import (
    ValeurRefusee,
    normaliser,
    texte_mal_decode,
    vers_date,
    vers_entier,
    vers_montant,
    vers_siret,
    vers_texte,
    vide,
)
from clauses.socle.conversions.textes import montrer
from clauses.socle.nombres import en_nombre
from marches.imports.decp.neutre import Ecart, OrganismeLu
from marches.models.marches import DUREE_MOIS_MAX

T = TypeVar("T")

REMPLACEMENT = "\ufffd"
PREMIERE_DATE = datetime.date(1990, 1, 1)
MONTANT_MAX = Decimal(10) ** 11
_SAUT = re.compile(r"\s*<\s*/?\s*br\s*/?\s*>\s*", re.IGNORECASE)
_JOUR_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T+Z ].*)?", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_CPV = re.compile(r"[0-9]{8}(?:-[0-9])?")
_SANS_VALEUR = frozenset({"nc", "non communique", "non renseigne", "cdl", "mq", "inx", "null", "none", "nan"})


class LecteurDeChamps:
    """Les champs d’un enregistrement ; les défauts s’accumulent dans `ecarts`."""

    def __init__(self, *, jour: datetime.date) -> None:
        self.derniere_date = jour + datetime.timedelta(days=366)
        self.ecarts: list[Ecart] = []

    def noter(self, champ: str, valeur: object, raison: str) -> None:
        self.ecarts.append(Ecart(champ, "" if vide(valeur) else montrer(valeur)[1:-1].strip(), raison))

    def refuser(self, champ: str, valeur: object, refus: ValeurRefusee) -> None:
        """Note un refus de conversion, sans la valeur qu’il cite : elle a sa place, et les raisons se regroupent."""
        self.noter(champ, valeur, str(refus).removeprefix(montrer(valeur)).strip())

    def prolonger(self, suite: str) -> None:
        """Ajoute au dernier écart ce que son défaut entraîne."""
        dernier = self.ecarts[-1]
        self.ecarts[-1] = replace(dernier, raison=f"{dernier.raison.rstrip('.')} ; {suite}")

    def texte(self, champ: str, valeur: object, *, longueur_max: int) -> str:
        """Texte sur une ligne. `<br />` devient une espace ; les capitales restent ; un nom abîmé reste tel quel."""
        if isinstance(valeur, dict | list):
            self.noter(champ, valeur, "ce n’est pas un texte : laissé vide")
            return ""
        if vide(valeur):
            return ""
        brut = valeur if isinstance(valeur, str) else str(valeur)
        brut = self._retablir(champ, brut)
        propre = self._retirer_invisibles(champ, _SAUT.sub(" ", brut))
        if vide(propre):
            return ""
        if _SAUT.search(brut):
            self.noter(champ, brut, "les balises « br » sont devenues des espaces")
        texte = " ".join(vers_texte(propre, longueur_max=len(propre) + 1).split())
        self._signaler_abime(champ, texte)
        if len(texte) > longueur_max:
            self.noter(champ, texte, f"coupé à {en_nombre(longueur_max)} caractères, sur {en_nombre(len(texte))}")
            texte = f"{texte[: longueur_max - 1]}…"
        return texte

    def _retablir(self, champ: str, texte: str) -> str:
        """Rend leurs signes aux références d’une page web (« &#8217; »)."""
        retabli = html.unescape(texte) if _REFERENCE.search(texte) else texte
        if retabli != texte:
            self.noter(champ, texte, "des signes écrits comme dans une page web (« &#8217; ») ont été rétablis")
        return retabli

    def _retirer_invisibles(self, champ: str, texte: str) -> str:
        propre = "".join(c for c in texte if c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cs", "Cf"))
        # Un caractère sans largeur isolé est banal ; un octet nul ou un sens de lecture renversé se dit.
        if len(propre) != len(texte) and any(
            unicodedata.category(c) in ("Cc", "Cs") for c in set(texte) - set(propre)
        ):
            self.noter(champ, texte, "des caractères de contrôle ont été retirés")
        return propre

    def _signaler_abime(self, champ: str, texte: str) -> None:
        if REMPLACEMENT in texte:
            self.noter(champ, texte, "des lettres sont abîmées dans le fichier : à corriger")
        elif (probable := texte_mal_decode(texte)) is not None:
            self.noter(champ, texte, f"des accents sont abîmés (sans doute {montrer(probable)}) : à corriger")

    def code(self, champ: str, valeur: object, table: Mapping[str, T]) -> T | None:
        """Code d’un libellé ; `table` est indexée par libellé normalisé."""
        if vide(valeur):
            return None
        libelle = normaliser(valeur) if isinstance(valeur, str) else ""
        if libelle in table:
            return table[libelle]
        if libelle not in _SANS_VALEUR:
            self.noter(champ, valeur, "libellé inconnu : laissé vide")
        return None

    def siret(self, champ: str, valeur: object) -> str:
        try:
            return vers_siret(valeur)
        except ValeurRefusee as refus:
            self.refuser(champ, valeur, refus)
            return ""

    def date(self, champ: str, valeur: object) -> datetime.date | None:
        """Date `AAAA-MM-JJ` ; le fuseau ou l’heure qui suit (« +01:00 ») est ignoré."""
        if vide(valeur):
            return None
        iso = _JOUR_ISO.fullmatch(valeur.strip()) if isinstance(valeur, str) else None
        return self._convertir(
            champ, valeur, lambda: vers_date(iso[1] if iso else valeur, **self._bornes), "date laissée vide"
        )

    @property
    def _bornes(self) -> dict[str, datetime.date]:
        return {"au_plus_tot": PREMIERE_DATE, "au_plus_tard": self.derniere_date}

    def montant(self, champ: str, valeur: object) -> Decimal | None:
        """Euros hors taxes, au centime ; zéro et l’impossible laissent le montant vide."""
        if vide(valeur):
            self.noter(champ, valeur, "le montant manque")
            return None
        lu = self._convertir(champ, valeur, lambda: vers_montant(valeur, maximum=MONTANT_MAX), "montant laissé vide")
        if lu == 0:
            self.noter(champ, valeur, "un montant nul ne dit rien : laissé vide")
            return None
        return lu

    def duree(self, champ: str, valeur: object) -> int | None:
        if vide(valeur):
            self.noter(champ, valeur, "la durée manque")
            return None
        return self._convertir(
            champ, valeur, lambda: vers_entier(valeur, minimum=1, maximum=DUREE_MOIS_MAX), "durée laissée vide"
        )

    def cpv(self, champ: str, valeur: object) -> str:
        """Code CPV à huit chiffres, clef facultative ; un zéro de tête perdu est proposé, pas rétabli."""
        if vide(valeur):
            return ""
        code = "".join(str(valeur).split())
        if _CPV.fullmatch(code):
            return code
        propose = f"0{code}"
        if len(code.partition("-")[0]) == 7 and _CPV.fullmatch(propose):
            self.noter(champ, code, f"7 chiffres : un zéro de tête s’est sans doute perdu ({propose}) ; laissé vide")
        else:
            self.noter(champ, valeur, "un code CPV compte 8 chiffres : laissé vide")
        return ""

    def organisme(self, champ: str, valeur: object) -> OrganismeLu | None:
        """Un acheteur ou une entreprise ; `None`, écart noté, si aucun SIRET ne le désigne."""
        if not isinstance(valeur, dict):
            self.noter(champ, valeur, "l’identité manque")
            return None
        genre = valeur.get("typeIdentifiant")
        nom = valeur.get("nom") or valeur.get("denominationSociale")
        if not vide(genre) and normaliser(str(genre)) != "siret":
            self.noter(champ, valeur.get("id"), f"identifié par {montrer(genre)} et non par un SIRET")
            return None
        siret = self.siret(champ, valeur.get("id"))
        return OrganismeLu(siret, self._nom(f"{champ} (nom)", nom)) if siret else None

    def _nom(self, champ: str, valeur: object) -> str:
        """Nom d’un organisme ; celui d’un budget (« BUDGET PRINCIPAL », fichiers des trésoreries) n’en est pas un."""
        nom = self.texte(champ, valeur, longueur_max=255)
        if normaliser(nom).startswith("budget "):
            self.noter(champ, nom, "c’est le nom d’un budget : nom à compléter")
            return ""
        return nom

    def _convertir(self, champ: str, valeur: object, convertir: Callable[[], T], suite: str) -> T | None:
        try:
            return convertir()
        except ValeurRefusee as refus:
            self.refuser(champ, valeur, refus)
            self.prolonger(suite)
            return None
