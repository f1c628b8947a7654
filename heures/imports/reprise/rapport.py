"""Ce qu’une reprise dit d’elle-même : par feuille, ce qui est lu, créé, déjà là, refusé ; et pourquoi."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from clauses.socle.conversions.textes import montrer
from clauses.socle.exports import Colonne, Feuille, Format, ecrire_xlsx
from clauses.socle.nombres import en_nombre


@dataclass(frozen=True, slots=True)
class Remarque:
    """Un refus ou un avertissement, à l’endroit que montre le tableur ; `raison` finit par le remède."""

    feuille: str
    ligne: int | None
    colonne: str
    valeur: str
    raison: str

    def __str__(self) -> str:
        lieu = f"Feuille « {self.feuille} »" if self.feuille else "Classeur"
        if self.ligne is not None:
            lieu += f", ligne {self.ligne}"
        if self.colonne:
            lieu += f", colonne « {self.colonne} »"
        return f"{lieu} : {_en_minuscule(self.raison)}"


@dataclass(slots=True)
class Compte:
    """Bilan d’une feuille, en lignes du tableur.

    `creees` : celles qui l’auraient été, si la reprise est refusée ; `suspendues` : celles qui attendent qu’une autre,
    refusée, soit corrigée.
    """

    lues: int = 0
    creees: int = 0
    completees: int = 0
    deja: int = 0
    refusees: int = 0
    suspendues: int = 0


@dataclass
class Rapport:
    """Le rapport d’une reprise ; sans refus, elle est enregistrée, sauf simulation.

    `mal_forme` : une feuille ou une colonne est refusée, les renvois d’une feuille à l’autre ne sont pas contrôlés.
    """

    simulation: bool
    mal_forme: bool = False
    refus: list[Remarque] = field(default_factory=list)
    avertissements: list[Remarque] = field(default_factory=list)
    comptes: dict[str, Compte] = field(default_factory=dict)

    @property
    def accepte(self) -> bool:
        return not self.refus

    def compte(self, feuille: str) -> Compte:
        return self.comptes.setdefault(feuille, Compte())

    def refuser(
        self, feuille: str, raison: str, *, ligne: int | None = None, colonne: str = "", valeur: object = None
    ) -> None:
        self.refus.append(_remarque(feuille, raison, ligne, colonne, valeur))

    def avertir(
        self, feuille: str, raison: str, *, ligne: int | None = None, colonne: str = "", valeur: object = None
    ) -> None:
        self.avertissements.append(_remarque(feuille, raison, ligne, colonne, valeur))

    def compter_les_refus(self) -> None:
        """Une ligne qui porte plusieurs refus compte pour une ; une feuille mal formée est refusée en entier."""
        for feuille, compte in self.comptes.items():
            refusees = {r.ligne for r in self.refus if r.feuille == feuille and r.ligne is not None}
            compte.refusees = compte.refusees or len(refusees)

    def phrases(self) -> Iterator[str]:
        """Le compte rendu, une phrase par ligne : refus, avertissements, comptes par feuille, conclusion."""
        for titre, remarques in (("Refus", self.refus), ("Avertissements", self.avertissements)):
            if remarques:
                yield f"{titre} ({en_nombre(len(remarques))}) :"
                yield from (f"  {remarque}" for remarque in remarques)
        for feuille, compte in self.comptes.items():
            yield f"{feuille} : {_detail(compte, accepte=self.accepte)}"
        yield self.conclusion()

    def conclusion(self) -> str:
        if self.refus:
            phrase = f"{_accorder(len(self.refus), 'refus', 'refus')} : rien n’est enregistré."
            suite = " Corriger feuilles et colonnes : les renvois d’une feuille à l’autre seront contrôlés ensuite."
            return phrase + suite if self.mal_forme else phrase
        if self.simulation:
            return "Simulation : aucun refus, rien n’est enregistré."
        creees = sum(compte.creees + compte.completees for compte in self.comptes.values())
        if not creees:
            return "Tout était déjà enregistré : rien n’a été créé."
        return f"Reprise enregistrée : {_accorder(creees, 'ligne', 'lignes')} du classeur."

    def ecrire(self, fichier: IO[bytes]) -> None:
        """Le même rapport, en classeur : comptes, refus, avertissements."""
        ecrire_xlsx(
            fichier,
            [
                Feuille(
                    "Comptes",
                    _colonnes_des_comptes(accepte=self.accepte),
                    [_ligne(nom, compte) for nom, compte in self.comptes.items()],
                ),
                Feuille("Refus", COLONNES_REMARQUES, map(_cellules, self.refus)),
                Feuille("Avertissements", COLONNES_REMARQUES, map(_cellules, self.avertissements)),
            ],
        )


COLONNES_REMARQUES = (
    Colonne("Feuille", "feuille", largeur=16),
    Colonne("Ligne", "ligne", Format.ENTIER),
    Colonne("Colonne", "colonne"),
    Colonne("Valeur", "valeur"),
    Colonne("Raison", "raison", largeur=60),
)


def _colonnes_des_comptes(*, accepte: bool) -> list[Colonne]:
    creees = "Créées" if accepte else "Admises"
    titres = ("Lues", creees, "Complétées", "Déjà là", "Refusées", "En attente")
    return [Colonne("Feuille", "feuille"), *(Colonne(titre, titre, Format.ENTIER) for titre in titres)]


def _remarque(feuille: str, raison: str, ligne: int | None, colonne: str, valeur: object) -> Remarque:
    return Remarque(feuille, ligne, colonne, "" if valeur is None else montrer(valeur)[2:-2], raison)


def _ligne(nom: str, compte: Compte) -> tuple[Any, ...]:
    return (
        nom, compte.lues, compte.creees, compte.completees, compte.deja, compte.refusees, compte.suspendues,
    )  # fmt: skip


def _cellules(remarque: Remarque) -> tuple[Any, ...]:
    return remarque.feuille, remarque.ligne, remarque.colonne, remarque.valeur, _en_majuscule(remarque.raison)


def _en_minuscule(phrase: str) -> str:
    """La phrase à la suite de deux-points ; un sigle ou une référence garde ses capitales."""
    return phrase if phrase[1:2].isupper() or phrase[1:2].isdigit() else phrase[:1].lower() + phrase[1:]


def _en_majuscule(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def _accorder(nombre: int, singulier: str, pluriel: str) -> str:
    return f"{en_nombre(nombre)} {singulier if nombre < 2 else pluriel}"


def _detail(compte: Compte, *, accepte: bool) -> str:
    admises = ("créée", "créées") if accepte else ("admise", "admises")
    parties = [
        _accorder(compte.lues, "lue", "lues"),
        _accorder(compte.creees, *admises),
        _accorder(compte.deja, "déjà là", "déjà là"),
        _accorder(compte.refusees, "refusée", "refusées"),
    ]
    if compte.completees:
        parties.insert(2, _accorder(compte.completees, "complétée", "complétées"))
    if compte.suspendues:
        parties.append(f"{en_nombre(compte.suspendues)} en attente d’une ligne refusée")
    return ", ".join(parties)
