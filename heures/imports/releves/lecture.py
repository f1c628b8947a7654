"""Des lignes d’un tableau aux valeurs d’un relevé : chaque cellule convertie ou refusée, chaque total reconnu."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from clauses.socle.cellules import LigneLue
from clauses.socle.conversions import (
    HeuresLues,
    ValeurRefusee,
    normaliser,
    texte_mal_decode,
    vers_date,
    vers_heures,
    vers_mois,
    vers_texte,
    vide,
)
from clauses.socle.conversions.textes import montrer
from clauses.socle.mois import NOMS, en_lettres, premier_jour
from clauses.socle.nombres import en_heures
from heures.enums import TypeHeures
from heures.imports.releves.champs import Champ
from heures.imports.releves.colonnes import Colonnes
from heures.imports.releves.rapport import Rapport
from heures.imports.releves.tableau import Tableau

HEURES_D_UN_MOIS = Decimal(744)
PERSONNE = (Champ.IDENTIFIANT_CONTRAT, Champ.IDENTIFIANT_PERSONNE, Champ.NOM, Champ.PRENOM, Champ.NOM_PRENOM)
VOLUMES = {TypeHeures.TRAVAIL: Champ.TRAVAIL, TypeHeures.FORMATION: Champ.FORMATION}
_TOTAUX = {"total", "totaux", "cumul"}
_AUTOUR_D_UN_TOTAL = _TOTAUX | {normaliser(nom) for nom in NOMS} | {
    "sous", "general", "generaux", "generale", "heures", "heure", "h", "mois", "mensuel", "du", "des", "de", "d", "la",
    "le", "les", "par", "et", "page", "periode", "travail", "travaillees", "formation", "salaries", "salarie",
    "personnes", "personne", "effectif", "chantier", "marche", "lot",
}  # fmt: skip
_ANNEE = re.compile(r"[0-9]{1,4}")


class Identite(NamedTuple):
    """Ce que la ligne dit de la personne."""

    contrat: str | None
    personne: str | None
    nom: str
    prenom: str
    naissance: datetime.date | None

    def __str__(self) -> str:
        nom = f"{self.nom} {self.prenom}".strip()
        if self.naissance is not None:
            nom += f", naissance {self.naissance:%d/%m/%Y}"
        return nom or (f"contrat {self.contrat}" if self.contrat else f"personne {self.personne}")


class Imputation(NamedTuple):
    """Ce que la ligne dit du marché ; vide, c’est l’engagement choisi pour tout le fichier."""

    marche: str | None
    lot: str | None
    acheteur: str | None
    titulaire: str | None


@dataclass(frozen=True, slots=True)
class LigneReleve:
    """Une ligne convertie : au moins une personne, un mois et un volume d’heures au centième."""

    feuille: str
    numero: int
    identite: Identite
    imputation: Imputation
    mois: datetime.date
    volumes: tuple[tuple[TypeHeures, Decimal], ...]
    employeur: str | None
    type_contrat: str | None


@dataclass(frozen=True, slots=True)
class _Refus:
    raison: str


@dataclass(frozen=True, slots=True)
class _MalDecode:
    texte: str
    avertissement: str


def _lire_texte(valeur: object) -> str:
    return vers_texte(valeur, longueur_max=255)


def _lire_nom(valeur: object) -> str:
    return vers_texte(valeur, longueur_max=200)


def _lire_mois(valeur: object) -> datetime.date:
    try:
        return vers_mois(valeur)
    except ValeurRefusee as refus:
        if not isinstance(valeur, str):
            raise
        raise ValeurRefusee(f"{montrer(valeur)} n’est pas un mois. Écrire 2025-03, 03/2025 ou mars 2025.") from refus


def _lire_heures(valeur: object) -> HeuresLues:
    return vers_heures(valeur, maximum=HEURES_D_UN_MOIS)


_LECTEURS: Mapping[Champ, Any] = {
    **dict.fromkeys(Champ, _lire_texte),
    **dict.fromkeys((Champ.NOM, Champ.PRENOM, Champ.NOM_PRENOM), _lire_nom),
    **dict.fromkeys((Champ.NAISSANCE, Champ.DEBUT, Champ.FIN), vers_date),
    Champ.MOIS: _lire_mois,
    **dict.fromkeys((Champ.TRAVAIL, Champ.FORMATION), _lire_heures),
}


class LecteurTableau:
    """Lit un tableau ; une valeur déjà vue dans sa colonne n’est pas reconvertie."""

    def __init__(self, tableau: Tableau, colonnes: Colonnes, rapport: Rapport, mois: datetime.date | None) -> None:
        self.tableau = tableau
        self.colonnes = list(colonnes.items())
        self.rapport = rapport
        self.mois = mois
        self.vues: list[dict[tuple[type, object], Any]] = [{} for _ in self.colonnes]
        self.sommes = {champ: Decimal(0) for champ in VOLUMES.values()}
        self.depuis_le_total = dict(self.sommes)
        self.autour_d_un_total: dict[str, bool] = {}

    def lignes(self) -> Iterator[LigneReleve]:
        for lue in self.tableau.corps:
            self.rapport.lues += 1
            ligne = self._ligne(lue)
            if ligne is not None:
                yield ligne

    def _ligne(self, lue: LigneLue) -> LigneReleve | None:
        if self._deborde(lue):
            return None
        valeurs, refus, avertissements = self._convertir(lue)
        if self._est_a_part(lue, valeurs, refus):
            return None
        for champ, valeur, raison in avertissements:
            self._avertir(lue, raison, champ, valeur)
        mois = self._mois(valeurs, refus)
        for champ, valeur, raison in refus:
            self.rapport.refuser(self.tableau.feuille, lue.numero, raison, champ.label if champ else "", valeur)
        if refus or mois is None:
            return None
        volumes = _volumes(valeurs)
        for type_heures, heures in volumes:
            self.sommes[VOLUMES[type_heures]] += heures
            self.depuis_le_total[VOLUMES[type_heures]] += heures
        return LigneReleve(
            feuille=self.tableau.feuille,
            numero=lue.numero,
            identite=_identite(valeurs),
            imputation=Imputation(
                *(valeurs.get(c) for c in (Champ.MARCHE, Champ.LOT, Champ.ACHETEUR, Champ.TITULAIRE))
            ),
            mois=mois,
            volumes=volumes,
            employeur=valeurs.get(Champ.EMPLOYEUR),
            type_contrat=valeurs.get(Champ.TYPE_CONTRAT),
        )

    def _deborde(self, lue: LigneLue) -> bool:
        """Une cellule remplie sans titre au-dessus d’elle a pu être décalée : la ligne n’est pas lue au jugé."""
        if any(not vide(valeur) for valeur in lue.valeurs[len(self.tableau.titres) :]):
            raison = "des cellules débordent de la ligne de titres. Donner un titre à leur colonne, ou les vider."
            self.rapport.refuser(self.tableau.feuille, lue.numero, raison)
            return True
        return False

    def _convertir(self, lue: LigneLue) -> tuple[dict[Champ, Any], list[Any], list[Any]]:
        valeurs: dict[Champ, Any] = {}
        refus, avertissements = [], []
        for vues, (champ, rang) in zip(self.vues, self.colonnes, strict=True):
            valeur = lue.valeurs[rang] if rang < len(lue.valeurs) else None
            cle = (valeur.__class__, valeur)
            if cle not in vues:
                vues[cle] = None if vide(valeur) else _convertie(champ, valeur)
            lu = vues[cle]
            if lu is None:
                continue
            if lu.__class__ is _Refus:
                refus.append((champ, valeur, lu.raison))
            elif lu.__class__ is HeuresLues:
                valeurs[champ] = lu.valeur
                if lu.avertissement:
                    avertissements.append((champ, valeur, lu.avertissement))
            elif lu.__class__ is _MalDecode:
                valeurs[champ] = lu.texte
                avertissements.append((champ, valeur, lu.avertissement))
            else:
                valeurs[champ] = lu
        return valeurs, refus, avertissements

    def _est_a_part(self, lue: LigneLue, valeurs: Mapping[Champ, Any], refus: list[Any]) -> bool:
        """Total, titres répétés, ligne sans heures : écartés en le disant ; une ligne où l’on ne lit rien se tait."""
        if (
            tuple(str(v) if v is not None else "" for v in lue.valeurs[: len(self.tableau.titres)])
            == self.tableau.titres
        ):
            self._ecarter(lue, "ligne de titres répétée.")
            return True
        heures = {champ: valeurs[champ] for champ in self.sommes if champ in valeurs}
        if self._est_un_total(lue, valeurs, heures):
            self._ecarter_le_total(lue, heures)
            return True
        if any(champ in self.sommes for champ, _, _ in refus):
            return False
        personne = any(champ in valeurs for champ in PERSONNE)
        if not heures:
            if personne or refus:
                self._ecarter(lue, "ligne sans heures : une case vide n’est pas zéro. Pour déclarer zéro, écrire 0.")
            return True
        if not personne:
            raison = "des heures, mais aucune personne. Nommer la personne, ou supprimer la ligne."
            refus.append((None, None, raison))
        elif (
            not valeurs.keys() & {*PERSONNE[:2], Champ.NOM_PRENOM} and not {Champ.NOM, Champ.PRENOM} <= valeurs.keys()
        ):
            manque = Champ.PRENOM if Champ.NOM in valeurs else Champ.NOM
            if manque not in {champ for champ, _, _ in refus}:
                refus.append((manque, None, f"le {manque.label.lower()} manque. Le renseigner."))
        return False

    def _est_un_total(self, lue: LigneLue, valeurs: Mapping[Champ, Any], heures: Mapping[Champ, Decimal]) -> bool:
        """Une ligne qui le dit, ou une ligne sans personne dont chaque nombre est la somme de ce qui précède."""
        personne = [str(valeurs[champ]) for champ in PERSONNE if champ in valeurs]
        for texte in personne:
            if texte not in self.autour_d_un_total:
                self.autour_d_un_total[texte] = _entoure_un_total(texte)
            if not self.autour_d_un_total[texte]:
                return False
        if any(_dit_un_total(valeur) for valeur in lue.valeurs if isinstance(valeur, str)):
            return True
        sommes = (self.sommes, self.depuis_le_total)
        return bool(heures and not personne) and any(
            all(somme[champ] == nombre for champ, nombre in heures.items()) for somme in sommes
        )

    def _ecarter_le_total(self, lue: LigneLue, heures: Mapping[Champ, Decimal]) -> None:
        dit = ", ".join(f"{en_heures(nombre)} h" for nombre in heures.values())
        self._ecarter(lue, f"ligne de total ({dit})." if dit else "ligne de total.")
        for champ, nombre in heures.items():
            if nombre not in (self.sommes[champ], self.depuis_le_total[champ]):
                phrase = (
                    f"ce total dit {en_heures(nombre)} h, les lignes lues au-dessus en font "
                    f"{en_heures(self.depuis_le_total[champ])}. Vérifier qu’aucune ligne ne manque."
                )
                self._avertir(lue, phrase, champ, nombre)
        self.depuis_le_total = dict.fromkeys(self.sommes, Decimal(0))

    def _mois(self, valeurs: Mapping[Champ, Any], refus: list[Any]) -> datetime.date | None:
        """Le mois écrit, ou celui où tiennent les deux dates, ou celui du fichier. Un refus s’ajoute à `refus`."""
        if Champ.MOIS in valeurs:
            lu: datetime.date = valeurs[Champ.MOIS]
            return lu
        en_faute = {champ for champ, _, _ in refus}
        debut, fin = valeurs.get(Champ.DEBUT), valeurs.get(Champ.FIN)
        if debut is None and fin is None:
            if self.mois is None and not en_faute & {Champ.MOIS, Champ.DEBUT, Champ.FIN}:
                refus.append((Champ.MOIS, None, "le mois manque. Le renseigner sur cette ligne."))
            return self.mois
        if debut is None or fin is None:
            if not en_faute & {Champ.DEBUT, Champ.FIN}:
                champ = Champ.DEBUT if debut is None else Champ.FIN
                refus.append((champ, None, "une période a un début et une fin. Renseigner les deux dates."))
            return None
        if fin < debut:
            refus.append(
                (Champ.FIN, fin, f"la période finit avant son début, le {debut:%d/%m/%Y}. Corriger les dates.")
            )
        elif premier_jour(debut) != premier_jour(fin):
            raison = (
                f"la période du {debut:%d/%m/%Y} au {fin:%d/%m/%Y} est à cheval sur {en_lettres(debut)} et "
                f"{en_lettres(fin)}. Partager ses heures en une ligne par mois."
            )
            refus.append((Champ.FIN, fin, raison))
        return premier_jour(debut)

    def _ecarter(self, lue: LigneLue, raison: str) -> None:
        self.rapport.ecarter(self.tableau.feuille, lue.numero, raison)

    def _avertir(self, lue: LigneLue, raison: str, champ: Champ, valeur: object) -> None:
        self.rapport.avertir(self.tableau.feuille, lue.numero, raison, champ.label, valeur)


def _convertie(champ: Champ, valeur: object) -> object:
    try:
        lu = _LECTEURS[champ](valeur)
    except ValeurRefusee as refus:
        return _Refus(str(refus))
    if isinstance(lu, str) and (probable := texte_mal_decode(lu)):
        return _MalDecode(lu, f"{montrer(lu)} semble mal décodé ; lecture probable : {montrer(probable)}.")
    return lu


def _entoure_un_total(texte: str) -> bool:
    return all(mot in _AUTOUR_D_UN_TOTAL or _ANNEE.fullmatch(mot) for mot in normaliser(texte).split())


def _dit_un_total(texte: str) -> bool:
    return bool(_TOTAUX.intersection(normaliser(texte).split())) and _entoure_un_total(texte)


def _volumes(valeurs: Mapping[Champ, Any]) -> tuple[tuple[TypeHeures, Decimal], ...]:
    """Les heures données. Un zéro à côté d’heures ne dit rien ; seul, il vaut « néant » et se garde."""
    donnees = [(nature, valeurs[champ]) for nature, champ in VOLUMES.items() if champ in valeurs]
    return tuple([donnee for donnee in donnees if donnee[1]] or donnees[:1])


def _identite(valeurs: Mapping[Champ, Any]) -> Identite:
    return Identite(
        contrat=valeurs.get(Champ.IDENTIFIANT_CONTRAT),
        personne=valeurs.get(Champ.IDENTIFIANT_PERSONNE),
        nom=valeurs.get(Champ.NOM) or valeurs.get(Champ.NOM_PRENOM, ""),
        prenom=valeurs.get(Champ.PRENOM, ""),
        naissance=valeurs.get(Champ.NAISSANCE),
    )
