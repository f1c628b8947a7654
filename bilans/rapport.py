"""Ce qu’est un bilan, quel qu’il soit : une demande, un en-tête, des indicateurs, des tableaux et leur méthode.

Écran, classeur, PDF, CSV et JSON en sortent tous (`presentation`, `exports`) ; chaque bilan n’écrit que ses calculs.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from bilans import agregats, definitions
from bilans.calculs import evolution
from bilans.definitions import ColonneBilan, Indicateur, TableauBilan, Unite
from bilans.faits import Faits, Periode
from bilans.secret import SECRET
from bilans.tableaux import DETAIL, Rangee
from bilans.valeurs import Chiffre, Nombre, Termes, termes
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.models import Structure, Utilisateur
from clauses.socle.erreurs import ActionImpossible

# La source des lignes de méthode qui redisent l’en-tête : elles changent à chaque fois que l’on établit le bilan.
EN_TETE = "en-tête"


@dataclass(frozen=True, slots=True)
class Demande:
    """Ce que l’on demande : un bilan (son nom), sa période, et l’acheteur (SIRET, ou SIREN d’une
    intercommunalité) quand il ne porte que sur lui."""

    bilan: str
    periode: Periode
    acheteur: str = ""
    complet: bool = False
    """Écrire un fichier sans rien taire, quand le bilan se masque en sortant de la structure."""
    operation: str = ""
    """Le nom ou le numéro de l’opération, quand le bilan se restreint à ses marchés."""


@dataclass(frozen=True, slots=True)
class Entete:
    nom: str
    titre: str
    structure: str
    nom_structure: str
    periode: Periode
    base_etp: int
    genere_le: datetime.datetime
    genere_par: str
    filtres: str = "Aucun filtre\u00a0: toute la structure"
    version: str = "Document de travail, non émis"
    empreinte: str = ""


@dataclass(frozen=True, slots=True)
class LigneSynthese:
    """Une ligne de A1. Un objectif vide n’est pas zéro."""

    indicateur: Indicateur
    realise: Chiffre
    realise_n1: Chiffre
    evolution: Decimal | None
    objectif: Nombre = None
    taux_atteinte: Decimal | None = None
    termes: Termes | None = None
    """Numérateur et dénominateur d’un rapport."""
    termes_n1: Termes | None = None


@dataclass(frozen=True, slots=True)
class Tableau:
    definition: TableauBilan
    rangees: Sequence[Rangee]

    def details(self) -> list[Mapping[str, Any]]:
        """Les lignes de détail, sans sous-total ni total."""
        return [rangee.valeurs for rangee in self.rangees if rangee.niveau == DETAIL]

    def totaux(self) -> list[Mapping[str, Any]]:
        return [rangee.valeurs for rangee in self.rangees if rangee.niveau != DETAIL]

    def termes(self, rangee: Rangee, colonne: ColonneBilan) -> Termes | None:
        """Numérateur et dénominateur d’une cellule qui est un rapport ; rien si elle, ou l’un d’eux, est tu."""
        quotient = colonne.quotient
        if rangee.valeurs[colonne.cle] is SECRET:
            return None
        if quotient is None:
            return rangee.termes.get(colonne.cle)
        au_dessous = self.rangees[-1] if quotient.du_total else rangee
        lus = rangee.valeurs[quotient.numerateur], au_dessous.valeurs[quotient.denominateur]
        return None if SECRET in lus else lus


@dataclass(frozen=True, slots=True)
class Bilan:
    """`en_avant` : les clefs des indicateurs que l’on montre en grand."""

    entete: Entete
    demande: Demande
    indicateurs: Mapping[str, Chiffre]
    synthese: Sequence[LigneSynthese]
    tableaux: Mapping[str, Tableau]
    methode: Sequence[tuple[str, str, str]] = field(default_factory=tuple)
    en_avant: Sequence[str] = ()
    feuille_de_synthese: str = definitions.SYNTHESE.feuille
    est_masque: bool = False
    """Ses petits effectifs sont tus ; il ne dit donc ni correction, ni complétude : elles en compteraient."""

    @property
    def se_compare(self) -> bool:
        """Faux pour un bilan masqué qui ne dit rien d’un an plus tôt : l’écart à un chiffre tu le redonnerait."""
        return not self.est_masque or any(ligne.realise_n1 is not None for ligne in self.synthese)


def verifier_periode(periode: Periode) -> None:
    """Lève `ActionImpossible` si les dates se contredisent."""
    du, au, arrete_au = periode
    if au < du:
        raise ActionImpossible(f"La période finit le {au:%d/%m/%Y}, avant de commencer le {du:%d/%m/%Y}.")
    if du.year < 1900 or max(au, arrete_au).year > 2200:
        raise ActionImpossible("Les dates du bilan sortent du calendrier\u00a0: vérifier les années.")
    if arrete_au < du:
        raise ActionImpossible(
            f"La date d’arrêté, le {arrete_au:%d/%m/%Y}, précède le début de la période, le {du:%d/%m/%Y}."
        )


def lire_faits(acteur: Acteur, periode: Periode, acheteurs: Collection[int] | None = None) -> tuple[Structure, Faits]:
    """Faits de la période dans le périmètre de l’acteur ; refuse une période sans aucune heure validée."""
    structure, faits = lire_les_faits(acteur, periode, acheteurs)
    refuser_sans_heure(faits)
    return structure, faits


def lire_les_faits(
    acteur: Acteur, periode: Periode, acheteurs: Collection[int] | None = None
) -> tuple[Structure, Faits]:
    """Les mêmes, quand même rien n’y est validé."""
    acteur.exiger(Droit.CONSULTER_BILANS)
    verifier_periode(periode)
    structure = Structure.objects.visibles_par(acteur).get()
    return structure, agregats.lire(acteur, structure, periode, acheteurs)


def refuser_sans_heure(faits: Faits) -> None:
    """Lève `ActionImpossible` quand rien n’est validé dans la période."""
    if not faits.cellules:
        raise ActionImpossible(
            f"Aucune heure validée entre le {faits.periode.du:%d/%m/%Y} et le {faits.periode.au:%d/%m/%Y}\u00a0: "
            "rien à mettre dans ce bilan. Choisir une autre période, ou valider les heures déclarées."
        )


def entete(titre: str, structure: Structure, demande: Demande, *, par: Acteur) -> Entete:
    """L’en-tête d’un bilan établi maintenant par `par`."""
    return Entete(
        nom=demande.bilan,
        titre=titre,
        structure=structure.sigle,
        nom_structure=structure.nom,
        periode=demande.periode,
        base_etp=structure.base_etp,
        genere_le=timezone.localtime(),
        genere_par=auteur(par),
    )


def refuser_un_acheteur(demande: Demande) -> None:
    """Un bilan de toute la structure ne se restreint pas : lève `ActionImpossible`."""
    if demande.acheteur:
        raise ActionImpossible("Ce bilan porte sur toute la structure\u00a0: retirer l’acheteur (--acheteur).")


def refuser_une_ligne(ligne: str) -> None:
    """Les lignes de ce bilan s’ouvrent par un filtre : lève `ActionImpossible`."""
    if ligne:
        raise ActionImpossible("Ce bilan n’ouvre pas une ligne par son nom\u00a0: revenir au bilan et recommencer.")


def auteur(acteur: Acteur) -> str:
    utilisateur = Utilisateur.objects.visibles_par(acteur).filter(pk=acteur.utilisateur_id).first()
    return str(utilisateur) if utilisateur else "Commande du système"


def synthese(
    declares: Iterable[Indicateur], indicateurs: Mapping[str, Nombre], precedents: Mapping[str, Nombre]
) -> Iterable[LigneSynthese]:
    """Une ligne par indicateur déclaré, avec la même période un an plus tôt."""
    for indicateur in declares:
        actuel, ancien = indicateurs[indicateur.cle], precedents.get(indicateur.cle)
        variation = evolution(actuel, ancien, est_taux=indicateur.unite is Unite.TAUX)
        yield LigneSynthese(indicateur, actuel, ancien, variation)


def avec_termes(
    lignes: Iterable[LigneSynthese], valeurs: Mapping[str, Chiffre], precedents: Mapping[str, Chiffre]
) -> list[LigneSynthese]:
    """Les mêmes lignes, chaque rapport avec ses deux termes ; sans `precedents`, ceux de l’année seulement."""
    return [
        replace(
            ligne,
            termes=termes(ligne.indicateur.quotient, valeurs),
            termes_n1=termes(ligne.indicateur.quotient, precedents) if precedents else None,
        )
        for ligne in lignes
    ]


def entete_en_clair(entete: Entete) -> list[tuple[str, str]]:
    du, au, arrete_au = entete.periode
    return [
        ("Titre", entete.titre),
        ("Structure", f"{entete.nom_structure} ({entete.structure})"),
        ("Période", f"du {du:%d/%m/%Y} au {au:%d/%m/%Y}"),
        ("Arrêté au", f"{arrete_au:%d/%m/%Y}"),
        ("Filtres", entete.filtres),
        ("Base ETP", f"{entete.base_etp} heures par an"),
        ("Généré le", f"{entete.genere_le:%d/%m/%Y à %H:%M}"),
        ("Généré par", entete.genere_par),
        ("Version", entete.version),
        *([("Empreinte des chiffres (SHA-256)", entete.empreinte)] if entete.empreinte else []),
    ]


def methode(
    entete: Entete, indicateurs: Iterable[Indicateur], tableaux: Iterable[TableauBilan]
) -> Iterable[tuple[str, str, str]]:
    """L’en-tête, les lectures communes, puis la règle de chaque indicateur et la note de chaque tableau."""
    for terme, texte in entete_en_clair(entete):
        yield terme, texte, EN_TETE
    for terme, texte in definitions.LECTURES:
        yield terme, texte, "bilans.md, définitions"
    for indicateur in indicateurs:
        yield indicateur.nom, indicateur.regle, indicateur.source
    for tableau in tableaux:
        yield f"Tableau «\u00a0{tableau.titre}\u00a0»", tableau.note, tableau.source


def en_tete_d_abord(
    lignes: Iterable[tuple[str, str, str]], siennes: Iterable[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """L’en-tête, comme dans tout bilan qui s’émet, puis ce qu’un bilan a de propre, puis le reste."""
    lues = list(lignes)
    tete = [ligne for ligne in lues if ligne[2] == EN_TETE]
    return [*tete, *siennes, *lues[len(tete) :]]
