"""Les dix feuilles du classeur de reprise et leurs colonnes : le contrat de formats.md §2, en données.

Ajouter une colonne est libre ; en renommer ou en retirer une casse les classeurs déjà remplis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Choices
from django.utils import timezone

from clauses.socle.conversions import (
    ValeurRefusee,
    normaliser,
    vers_choix,
    vers_code_insee,
    vers_date,
    vers_entier,
    vers_heures,
    vers_mois,
    vers_montant,
    vers_oui_non,
    vers_siret,
    vers_texte,
)
from clauses.socle.exports import Format
from entreprises.enums import TypeEmployeur
from heures.enums import (
    CriterePublic,
    DureeInscription,
    Modalite,
    Niveau,
    OuiNonInconnu,
    Sexe,
    SituationSortie,
    StatutLigne,
    TypeContrat,
    TypePiece,
)
from heures.nir import contient_nir
from marches.enums import (
    FormulePenalite,
    NatureClause,
    NatureMouvement,
    Procedure,
    Secteur,
    StatutMarche,
    TypeDonneurOrdre,
    TypeObjectif,
)

Conversion = Callable[[object], Any]
_SIREN = re.compile(r"[0-9]{9}")
_OUI_NON = ("oui", "non")
INCONNU = {"inconnu", "nr", "non renseigne", "ne sait pas"}


@dataclass(frozen=True, slots=True)
class Colonne:
    """Une colonne : son nom exact, sa conversion, et ce que propose la liste déroulante du classeur vierge."""

    nom: str
    lire: Conversion
    obligatoire: bool = False
    propositions: tuple[str, ...] = ()
    format: Format = Format.TEXTE


@dataclass(frozen=True, slots=True)
class Feuille:
    """Une feuille ; `cle` nomme les colonnes qui désignent l’objet, `aide` dit ce que tient une ligne."""

    nom: str
    aide: str
    colonnes: tuple[Colonne, ...]
    cle: tuple[str, ...]

    @property
    def par_nom(self) -> Mapping[str, Colonne]:
        return {colonne.nom: colonne for colonne in self.colonnes}


def _siren(valeur: object) -> str:
    texte = "".join(vers_texte(valeur).split())
    if not _SIREN.fullmatch(texte):
        raise ValeurRefusee(f"« {texte} » n’est pas un SIREN : 9 chiffres sont attendus, par exemple 200033579.")
    return texte


def _oui_non_inconnu(valeur: object) -> str:
    if isinstance(valeur, str) and normaliser(valeur) in INCONNU:
        return OuiNonInconnu.NR
    try:
        return OuiNonInconnu.OUI if vers_oui_non(valeur) else OuiNonInconnu.NON
    except ValeurRefusee as refus:
        raise ValeurRefusee(str(refus).replace("ni oui ni non", "ni oui, ni non, ni inconnu")) from refus


def _criteres(valeur: object) -> tuple[str, ...]:
    """Critères séparés par des points-virgules, dans l’ordre, sans répétition."""
    morceaux = [morceau for morceau in vers_texte(valeur).split(";") if morceau.strip()]
    codes = dict(CriterePublic.choices)
    return tuple(dict.fromkeys(vers_choix(morceau, codes) for morceau in morceaux))


def _critere_principal(valeur: object) -> str:
    """Un critère ; « inconnu » se dit, une case vide ne dit rien."""
    if isinstance(valeur, str) and normaliser(valeur) in INCONNU:
        return ""
    return vers_choix(valeur, dict(CriterePublic.choices))


def _date_passee(valeur: object) -> Any:
    return vers_date(valeur, au_plus_tard=timezone.localdate())


def texte(nom: str, longueur: int, *, obligatoire: bool = False) -> Colonne:
    return Colonne(nom, partial(vers_texte, longueur_max=longueur), obligatoire)


def _texte_sur_une_personne(valeur: object, *, longueur_max: int) -> str:
    lu = vers_texte(valeur, longueur_max=longueur_max)
    if contient_nir(lu):
        raise ValeurRefusee("Un numéro de sécurité sociale ne se garde pas ici. L’effacer de cette cellule.")
    return lu


def personnel(nom: str, longueur: int, *, obligatoire: bool = False) -> Colonne:
    """Texte sur une personne : un NIR y est refusé (domaine.md §8)."""
    return Colonne(nom, partial(_texte_sur_une_personne, longueur_max=longueur), obligatoire)


def choix(nom: str, codes: type[Choices], *, obligatoire: bool = False) -> Colonne:
    return Colonne(nom, partial(vers_choix, codes_et_libelles=dict(codes.choices)), obligatoire, tuple(codes.values))


def siret(nom: str) -> Colonne:
    return Colonne(nom, vers_siret, True)


def date(nom: str, *, obligatoire: bool = False, lire: Conversion = vers_date) -> Colonne:
    return Colonne(nom, lire, obligatoire, format=Format.DATE)


def heures(nom: str, *, obligatoire: bool = False, negatif: bool = False) -> Colonne:
    return Colonne(nom, partial(vers_heures, negatif=negatif), obligatoire, format=Format.HEURES)


def montant(nom: str) -> Colonne:
    return Colonne(nom, vers_montant, format=Format.HEURES)


def entier(nom: str, maximum: int) -> Colonne:
    return Colonne(nom, partial(vers_entier, minimum=1, maximum=maximum), format=Format.ENTIER)


def commune(nom: str) -> Colonne:
    return Colonne(nom, vers_code_insee)


MARCHE = (texte("marche_reference", 60, obligatoire=True), siret("acheteur_siret"))
ENGAGEMENT = (*MARCHE, texte("lot_numero", 20, obligatoire=True), siret("titulaire_siret"))
CLE_ENGAGEMENT = ("marche_reference", "acheteur_siret", "lot_numero", "titulaire_siret")

ACHETEURS = Feuille(
    "acheteurs",
    "Un donneur d’ordre par ligne, reconnu par son SIRET.",
    (
        siret("siret"),
        texte("nom", 255, obligatoire=True),
        choix("type", TypeDonneurOrdre, obligatoire=True),
        commune("commune_insee"),
        Colonne("epci_siren", _siren),
    ),
    ("siret",),
)
ENTREPRISES = Feuille(
    "entreprises",
    "Une entreprise par ligne : titulaires et employeurs, reconnus par leur SIRET.",
    (
        siret("siret"),
        texte("raison_sociale", 255, obligatoire=True),
        choix("type_employeur", TypeEmployeur, obligatoire=True),
        texte("naf", 6),
        commune("commune_insee"),
    ),
    ("siret",),
)
MARCHES = Feuille(
    "marches",
    "Un marché par ligne, désigné par son acheteur et sa référence.",
    (
        texte("reference", 60, obligatoire=True),
        siret("acheteur_siret"),
        texte("objet", 1000, obligatoire=True),
        date("date_notification"),
        date("date_debut"),
        date("date_fin"),
        entier("duree_mois", 600),
        montant("montant_ht"),
        choix("procedure", Procedure),
        texte("cpv", 10),
        commune("commune_execution_insee"),
        choix("statut", StatutMarche),
        texte("facilitateur_courriel", 254),
        texte("operation", 200),
        Colonne("operation_npnru", vers_oui_non, propositions=_OUI_NON),
    ),
    ("reference", "acheteur_siret"),
)
LOTS = Feuille(
    "lots",
    "Un lot par ligne ; inutile pour un marché non alloti, dont le lot unique porte le numéro 1.",
    (*MARCHE, texte("numero", 20, obligatoire=True), texte("intitule", 500), montant("montant_ht"),
     choix("secteur", Secteur)),
    ("marche_reference", "acheteur_siret", "numero"),
)  # fmt: skip
CLAUSES = Feuille(
    "clauses",
    "Une entreprise redevable par ligne : la clause du lot, et les heures dues à l’origine.",
    (
        *ENGAGEMENT,
        choix("nature_clause", NatureClause, obligatoire=True),
        choix("type_objectif", TypeObjectif),
        heures("heures_initiales", obligatoire=True),
        date("date_engagement", obligatoire=True),
        choix("penalite_formule", FormulePenalite),
        montant("penalite_valeur"),
        entier("duree_eligibilite_mois", 120),
    ),
    CLE_ENGAGEMENT,
)
MOUVEMENTS = Feuille(
    "mouvements",
    "Ce qui a changé depuis : avenants, tranches, bons de commande… ; heures positives ou négatives.",
    (
        *ENGAGEMENT,
        date("date", obligatoire=True),
        choix("nature", NatureMouvement, obligatoire=True),
        heures("heures", obligatoire=True, negatif=True),
        texte("motif", 500),
    ),
    (*CLE_ENGAGEMENT, "date", "nature", "heures", "motif"),
)
PARTICIPANTS = Feuille(
    "participants",
    "Une personne par ligne, avec son profil à l’entrée. Ni numéro de sécurité sociale, ni pièce.",
    (
        personnel("identifiant", 40, obligatoire=True),
        personnel("nom", 100, obligatoire=True),
        personnel("prenom", 100, obligatoire=True),
        date("date_naissance", lire=_date_passee),
        choix("sexe", Sexe, obligatoire=True),
        commune("commune_insee"),
        Colonne("qpv", _oui_non_inconnu, propositions=(*_OUI_NON, "inconnu")),
        choix("niveau", Niveau),
        Colonne("critere_principal", _critere_principal, True, (*CriterePublic.values, "inconnu")),
        Colonne("autres_criteres", _criteres),
        date("date_constat"),
        Colonne("participant_plie", vers_oui_non, propositions=_OUI_NON),
        personnel("prescripteur", 120),
        date("date_entree", lire=_date_passee),
        choix("duree_inscription", DureeInscription),
        Colonne("brsa", _oui_non_inconnu, propositions=(*_OUI_NON, "inconnu")),
        choix("piece_type", TypePiece),
        date("piece_date"),
        date("piece_valable_jusqu_au"),
        date("piece_vue_le", lire=_date_passee),
    ),
    ("identifiant",),
)
CONTRATS = Feuille(
    "contrats",
    "Un contrat de travail par ligne ; les missions d’intérim chez un même employeur n’en font qu’un.",
    (
        personnel("identifiant", 40, obligatoire=True),
        personnel("participant_identifiant", 40, obligatoire=True),
        siret("employeur_siret"),
        choix("type_contrat", TypeContrat, obligatoire=True),
        choix("modalite", Modalite, obligatoire=True),
        date("date_debut", obligatoire=True),
        date("date_fin"),
        montant("quotite"),
        entier("nombre_missions", 1_000),
    ),
    ("identifiant",),
)
HEURES = Feuille(
    "heures",
    "Les heures d’un contrat pour un engagement et un mois travaillé. Une case vide n’est pas zéro.",
    (
        personnel("contrat_identifiant", 40, obligatoire=True),
        *ENGAGEMENT,
        Colonne("mois", vers_mois, True),
        heures("heures_travail"),
        heures("heures_formation"),
        choix("statut", StatutLigne, obligatoire=True),
        date("date_validation", lire=_date_passee),
    ),
    ("contrat_identifiant", *CLE_ENGAGEMENT, "mois"),
)
SORTIES = Feuille(
    "sorties",
    "Une sortie par ligne, et ce que la personne est devenue à 6 et à 12 mois.",
    (
        personnel("participant_identifiant", 40, obligatoire=True),
        date("date", obligatoire=True, lire=_date_passee),
        choix("situation", SituationSortie, obligatoire=True),
        choix("situation_6_mois", SituationSortie),
        choix("situation_12_mois", SituationSortie),
    ),
    ("participant_identifiant", "date"),
)
FEUILLES = (
    ACHETEURS, ENTREPRISES, MARCHES, LOTS, CLAUSES, MOUVEMENTS, PARTICIPANTS, CONTRATS, HEURES, SORTIES,
)  # fmt: skip
