"""Ce qu’un import de relevé dit de lui-même : chaque ligne lue y a une issue, et ses raisons."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

from django.db import models
from django.utils.timezone import localtime

from clauses.socle.conversions.textes import montrer
from clauses.socle.exports import Colonne, Feuille, Format, ecrire_xlsx
from clauses.socle.nombres import en_heures, en_nombre
from heures.enums import TypeHeures
from heures.models import ImportHeures
from marches.models import Engagement

ECARTER = 0


class Issue(models.TextChoices):
    """Ce que devient une ligne d’heures."""

    CREEE = "CREEE", "à créer"
    REMPLACEE = "REMPLACEE", "à remplacer"
    DEJA = "DEJA", "déjà là"
    REFUSEE = "REFUSEE", "refusée"

    @property
    def faite(self) -> str:
        """Le même mot, une fois l’import enregistré."""
        return {Issue.CREEE: "créée", Issue.REMPLACEE: "remplacée"}.get(self, self.label)

    @property
    def couleur(self) -> str:
        return COULEURS[self]


COULEURS = {Issue.CREEE: "bleu", Issue.REMPLACEE: "orange", Issue.DEJA: "vert", Issue.REFUSEE: "rouge"}


@dataclass(frozen=True, slots=True)
class Remarque:
    """Un refus, un avertissement ou une ligne écartée, là où le tableur le montre ; `raison` finit par le remède."""

    feuille: str
    ligne: int | None
    colonne: str
    valeur: str
    raison: str

    @property
    def lieu(self) -> str:
        parties = [f"feuille « {self.feuille} »"] if self.feuille else []
        parties += [f"ligne {self.ligne}"] if self.ligne is not None else []
        parties += [f"colonne « {self.colonne} »"] if self.colonne else []
        lieu = ", ".join(parties) or "fichier"
        return lieu[:1].upper() + lieu[1:]

    def __str__(self) -> str:
        suite = self.raison if self.raison[1:2].isupper() else self.raison[:1].lower() + self.raison[1:]
        return f"{self.lieu} : {suite}"


@dataclass(frozen=True, slots=True)
class LigneRapport:
    """Une ligne d’heures du fichier : qui, où, combien, et ce qu’il en advient."""

    feuille: str
    numero: int
    personne: str
    engagement: Engagement
    mois: datetime.date
    type_heures: TypeHeures
    heures: Decimal
    issue: Issue
    ancienne: Decimal | None = None
    raison: str = ""


@dataclass(frozen=True, slots=True)
class Candidat:
    """Une fiche ou un contrat que l’on peut choisir pour un cas douteux."""

    clef: int
    libelle: str


@dataclass(slots=True)
class Doute:
    """Un cas que l’import ne tranche pas : ce que dit le fichier, pourquoi, et qui ce pourrait être."""

    clef: str
    intitule: str
    raison: str
    candidats: tuple[Candidat, ...]
    lignes: list[tuple[str, int]] = field(default_factory=list)
    choisi: int | None = None

    @property
    def est_tranche(self) -> bool:
        return self.choisi is not None

    @property
    def numeros(self) -> str:
        return ", ".join(str(numero) for _, numero in self.lignes[:8]) + (" …" if len(self.lignes) > 8 else "")

    @property
    def en_refus(self) -> str:
        """Le même doute, dit à une commande : il refuse, en nommant les candidats."""
        noms = " ; ".join(candidat.libelle for candidat in self.candidats)
        return f"{self.intitule} : {self.raison}" + (f" Candidats : {noms}." if noms else "")


@dataclass
class Rapport:
    """Le rapport d’un import ; sans refus ni doute, il est enregistré, sauf simulation."""

    simulation: bool
    source: str = ""
    lues: int = 0
    heures: list[LigneRapport] = field(default_factory=list)
    refus: list[Remarque] = field(default_factory=list)
    avertissements: list[Remarque] = field(default_factory=list)
    ecartees: list[Remarque] = field(default_factory=list)
    personnes_a_choisir: list[Doute] = field(default_factory=list)
    contrats_a_choisir: list[Doute] = field(default_factory=list)
    deja_importe: ImportHeures | None = None
    signature: str = ""

    @property
    def doutes(self) -> list[Doute]:
        """Les cas encore à trancher."""
        return [doute for doute in (*self.personnes_a_choisir, *self.contrats_a_choisir) if not doute.est_tranche]

    @property
    def accepte(self) -> bool:
        return not self.refus and not self.doutes

    @property
    def est_fait(self) -> bool:
        """Vrai si l’import est enregistré, et non seulement annoncé."""
        return self.accepte and not self.simulation

    @property
    def comptes(self) -> Counter[Issue]:
        return Counter(ligne.issue for ligne in self.heures)

    def comptes_dits(self, issues: Iterable[Issue]) -> list[tuple[Issue, int, str]]:
        """Chaque issue présente, son nombre, et le mot accordé : « 2, créées », « 3, à remplacer »."""
        dits = []
        for issue in issues:
            mot = issue.faite if self.est_fait else issue.label
            accorde = f"{mot}s" if self.comptes[issue] > 1 and mot.endswith("ée") else mot
            dits.append((issue, self.comptes[issue], accorde))
        return [dit for dit in dits if dit[1]]

    @property
    def nombre_personnes(self) -> int:
        """Combien de personnes le rapport nomme, pour le journal."""
        return len(
            {ligne.personne for ligne in self.heures}
            | {d.intitule for d in (*self.personnes_a_choisir, *self.contrats_a_choisir)}
        )

    @property
    def a_ecrire(self) -> int:
        return self.comptes[Issue.CREEE] + self.comptes[Issue.REMPLACEE]

    @property
    def totaux(self) -> list[tuple[Engagement, int, Decimal]]:
        """Par engagement : lignes et heures du fichier qui seront en base, déjà là comprises."""
        sommes: dict[int, tuple[Engagement, int, Decimal]] = {}
        for ligne in self.heures:
            if ligne.issue is not Issue.REFUSEE:
                _, nombre, heures = sommes.get(ligne.engagement.pk, (ligne.engagement, 0, Decimal(0)))
                sommes[ligne.engagement.pk] = (ligne.engagement, nombre + 1, heures + ligne.heures)
        return [sommes[clef] for clef in sorted(sommes)]

    def refuser(self, feuille: str, ligne: int | None, raison: str, colonne: str = "", valeur: object = None) -> None:
        self.refus.append(_remarque(feuille, ligne, raison, colonne, valeur))

    def avertir(self, feuille: str, ligne: int | None, raison: str, colonne: str = "", valeur: object = None) -> None:
        self.avertissements.append(_remarque(feuille, ligne, raison, colonne, valeur))

    def ecarter(self, feuille: str, ligne: int, raison: str) -> None:
        self.ecartees.append(_remarque(feuille, ligne, raison, "", None))

    @property
    def tous_les_refus(self) -> list[Remarque]:
        """Les refus, puis chaque doute à sa première ligne : ce qu’il reste à régler."""
        en_suspens = [
            Remarque(feuille, numero, "", "", doute.en_refus)
            for doute in self.doutes
            for feuille, numero in doute.lignes[:1]
        ]
        return [*self.refus, *en_suspens]

    def phrases(self) -> Iterator[str]:
        """Le compte rendu d’une commande, une phrase par ligne."""
        if self.deja_importe is None:
            for titre, remarques in (
                ("Refus", self.tous_les_refus),
                ("Avertissements", self.avertissements),
                ("Lignes écartées", self.ecartees),
            ):
                if remarques:
                    yield f"{titre} ({en_nombre(len(remarques))}) :"
                    yield from (f"  {remarque}" for remarque in remarques)
            for engagement, nombre, heures in self.totaux:
                yield f"{nommer(engagement)} : {_accorder(nombre, 'ligne', 'lignes')}, {en_heures(heures)} h"
            yield self.detail()
        yield self.conclusion()

    def detail(self) -> str:
        dits = [f"{en_nombre(nombre)} {libelle}" for _, nombre, libelle in self.comptes_dits(Issue)]
        return f"{_accorder(self.lues, 'ligne lue', 'lignes lues')} : {', '.join(dits) or 'aucune heure'}."

    def conclusion(self) -> str:
        if self.deja_importe is not None:
            trace = self.deja_importe
            return (
                f"Ce fichier a déjà été importé le {localtime(trace.importe_le):%d/%m/%Y à %H:%M} par "
                f"{trace.importe_par} : rien n’est importé."
            )
        nombre = len(self.tous_les_refus)
        if nombre:
            return f"{_accorder(nombre, 'point à régler', 'points à régler')} : rien n’est enregistré."
        if self.simulation:
            return "Simulation : aucun refus, rien n’est enregistré."
        if not self.a_ecrire:
            return "Toutes ces heures étaient déjà là : rien n’a été créé."
        return f"Relevé importé : {_accorder(self.a_ecrire, 'ligne d’heures écrite', 'lignes d’heures écrites')}."

    def ecrire(self, fichier: IO[bytes]) -> None:
        """Le même rapport, en classeur : lignes, refus, avertissements, lignes écartées."""
        ecrire_xlsx(
            fichier,
            [
                Feuille("Refus", COLONNES_REMARQUES, map(_cellules, self.tous_les_refus)),
                Feuille("Avertissements", COLONNES_REMARQUES, map(_cellules, self.avertissements)),
                Feuille("Écartées", COLONNES_REMARQUES, map(_cellules, self.ecartees)),
                Feuille("Heures", COLONNES_LIGNES, [_rangee(ligne, fait=self.est_fait) for ligne in self.heures]),
            ],
        )


COLONNES_REMARQUES = (
    Colonne("Feuille", "feuille", largeur=16),
    Colonne("Ligne", "ligne", Format.ENTIER),
    Colonne("Colonne", "colonne"),
    Colonne("Valeur", "valeur"),
    Colonne("Raison", "raison", largeur=60),
)
COLONNES_LIGNES = (
    Colonne("Feuille", "feuille", largeur=16),
    Colonne("Ligne", "ligne", Format.ENTIER),
    Colonne("Personne", "personne", largeur=28),
    Colonne("Marché", "marche"),
    Colonne("Lot", "lot", largeur=8),
    Colonne("Titulaire", "titulaire", largeur=28),
    Colonne("Mois", "mois", Format.MOIS),
    Colonne("Type d’heures", "type", largeur=14),
    Colonne("Heures", "heures", Format.HEURES),
    Colonne("Auparavant", "ancienne", Format.HEURES),
    Colonne("Issue", "issue", largeur=14),
    Colonne("Raison", "raison", largeur=60),
)


def nommer(engagement: Engagement) -> str:
    """« M-2025-1 lot 2, Entreprise » ; l’engagement vient de `avec_marche()`."""
    lot = engagement.clause.lot
    return f"{lot.marche.reference} lot {lot.numero}, {engagement.entreprise}"


def _remarque(feuille: str, ligne: int | None, raison: str, colonne: str, valeur: object) -> Remarque:
    return Remarque(feuille, ligne, colonne, "" if valeur is None else montrer(valeur)[2:-2], raison)


def _cellules(remarque: Remarque) -> tuple[Any, ...]:
    raison = remarque.raison[:1].upper() + remarque.raison[1:]
    return remarque.feuille, remarque.ligne, remarque.colonne, remarque.valeur, raison


def _rangee(ligne: LigneRapport, *, fait: bool) -> tuple[Any, ...]:
    lot = ligne.engagement.clause.lot
    return (
        ligne.feuille, ligne.numero, ligne.personne, lot.marche.reference, lot.numero,
        ligne.engagement.entreprise.raison_sociale, ligne.mois, ligne.type_heures.label, ligne.heures, ligne.ancienne,
        ligne.issue.faite if fait else ligne.issue.label, ligne.raison,
    )  # fmt: skip


def _accorder(nombre: int, singulier: str, pluriel: str) -> str:
    return f"{en_nombre(nombre)} {singulier if nombre < 2 else pluriel}"
