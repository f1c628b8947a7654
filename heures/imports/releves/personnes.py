"""Reconnaître une personne à ce qu’un relevé en dit : accents, casse, tirets et ordre des noms mis à part.

Unique et sûre, elle est reconnue ; sinon des fiches sont proposées, jamais devinées (formats.md §3). Une fiche
absorbée par une fusion mène à la fiche gardée.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from clauses.comptes.acteurs import Acteur
from heures.imports.releves.lecture import Identite
from heures.imports.releves.rapport import Candidat
from heures.models import Fusion, Participant
from heures.noms import Ecart, Nom, ecart

PROPOSEES_AU_PLUS = 8
HOMONYMES = "plusieurs fiches portent ce nom. Choisir la bonne."
NAISSANCE_DIFFERENTE = "une fiche porte ce nom, avec une autre date de naissance. Vérifier, puis choisir."
PROCHE = "aucune fiche ne porte exactement ce nom, mais une fiche lui ressemble. Vérifier, puis choisir."
INCONNUE = "aucune fiche ne porte ce nom. Ouvrir sa fiche dans l’application, ou retirer ses lignes."


@dataclass(frozen=True, slots=True)
class Reponse:
    """`sure` : la fiche reconnue ; à défaut, des fiches possibles et pourquoi l’import ne tranche pas."""

    sure: int | None
    possibles: tuple[int, ...] = ()
    raison: str = ""


@dataclass(frozen=True, slots=True)
class _Fiche:
    identifiant: str
    ecrit: Nom
    naissance: datetime.date | None


class Personnes:
    """Toutes les fiches de la structure, lues en deux requêtes, par identifiant et par nom."""

    def __init__(self, par: Acteur) -> None:
        champs = ("identifiant", "nom", "prenom", "date_naissance")
        lues = Participant.objects.visibles_par(par).order_by("pk").values_list("pk", *champs)
        # Une fiche absorbée n’est plus une personne, mais son ancien nom peut encore venir dans un relevé.
        fusions = Fusion.objects.visibles_par(par).filter(annulee_le=None).order_by("pk")
        absorbees = list(fusions.values_list("absorbee", *(f"absorbee__{champ}" for champ in champs), "gardee"))
        self._fusions = {pk: vers for pk, *_, vers in absorbees}
        self.fiches = {
            pk: _Fiche(identifiant, Nom(nom, prenom), naissance)
            for pk, identifiant, nom, prenom, naissance in [*lues, *(absorbee[:-1] for absorbee in absorbees)]
        }
        self._par_identifiant: dict[str, set[int]] = defaultdict(set)
        self._par_mots: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._noms: dict[int, list[Nom]] = defaultdict(list)
        self._naissances: dict[int, set[datetime.date]] = defaultdict(set)
        for pk, fiche in self.fiches.items():
            gardee = self.gardee(pk)
            self._par_identifiant[fiche.identifiant.casefold()].add(gardee)
            self._par_mots[fiche.ecrit.mots].add(gardee)
            self._noms[gardee].append(fiche.ecrit)
            if fiche.naissance is not None:
                self._naissances[gardee].add(fiche.naissance)
        self._vues: dict[tuple[Identite, int | None], Reponse] = {}

    def gardee(self, pk: int) -> int:
        """La fiche que désigne aujourd’hui une fiche fusionnée ; une boucle ne tourne pas sans fin."""
        for _ in self._fusions:
            if pk not in self._fusions:
                break
            pk = self._fusions[pk]
        return pk

    def nommer(self, pk: int) -> str:
        ecrit = self.fiches[pk].ecrit
        return f"{ecrit.nom.upper()} {ecrit.prenom}"

    def candidat(self, pk: int) -> Candidat:
        fiche = self.fiches[pk]
        naissance = f"naissance {fiche.naissance:%d/%m/%Y}" if fiche.naissance else "naissance inconnue"
        return Candidat(pk, f"{self.nommer(pk)}, {naissance}, {fiche.identifiant}")

    def trouver(self, identite: Identite, *, du_contrat: int | None) -> Reponse:
        """`du_contrat` : la personne du contrat que la ligne désigne par son identifiant, s’il est connu."""
        cle = (identite, du_contrat)
        if cle not in self._vues:
            self._vues[cle] = self._trouver(identite, du_contrat)
        return self._vues[cle]

    def _trouver(self, identite: Identite, du_contrat: int | None) -> Reponse:
        if identite.contrat is not None:
            if du_contrat is None:
                return self._malgre(
                    identite, f"le contrat « {identite.contrat} » est inconnu. Corriger l’identifiant."
                )
            return self._designee(identite, self.gardee(du_contrat), f"le contrat « {identite.contrat} »")
        if identite.personne is not None:
            designees = self._par_identifiant.get(identite.personne.casefold(), set())
            if len(designees) != 1:
                raison = f"l’identifiant « {identite.personne} » est inconnu. Le corriger."
                return self._malgre(identite, raison)
            return self._designee(identite, next(iter(designees)), f"l’identifiant « {identite.personne} »")
        return self._par_le_nom(identite)

    def _designee(self, identite: Identite, pk: int, quoi: str) -> Reponse:
        """Un identifiant désigne une fiche ; si le nom écrit à côté en dit une autre, l’import ne tranche pas."""
        ecrit = Nom(identite.nom, identite.prenom)
        if not ecrit.mots or self._est_proche(identite, ecrit, pk):
            return Reponse(pk)
        autre = self._par_le_nom(identite)
        possibles = dict.fromkeys((pk, *([autre.sure] if autre.sure is not None else autre.possibles)))
        raison = f"{quoi} est celui de {self.nommer(pk)}, la ligne nomme quelqu’un d’autre. Choisir la bonne fiche."
        return Reponse(None, tuple(possibles), raison)

    def _malgre(self, identite: Identite, raison: str) -> Reponse:
        """L’identifiant ne mène à rien : le nom propose, sans décider."""
        par_nom = self._par_le_nom(identite) if Nom(identite.nom, identite.prenom).mots else Reponse(None)
        return Reponse(None, (par_nom.sure,) if par_nom.sure is not None else par_nom.possibles, raison)

    def _par_le_nom(self, identite: Identite) -> Reponse:
        ecrit = Nom(identite.nom, identite.prenom)
        exactes = self._par_mots.get(ecrit.mots, set())
        if identite.naissance is not None and exactes:
            memes = {pk for pk in exactes if identite.naissance in self._naissances[pk]}
            if len(memes) == 1:
                return Reponse(next(iter(memes)))
            if memes:
                return Reponse(None, tuple(sorted(memes)), HOMONYMES)
            if any(self._naissances[pk] for pk in exactes):
                return Reponse(None, tuple(sorted(exactes)), NAISSANCE_DIFFERENTE)
        if len(exactes) == 1:
            return Reponse(next(iter(exactes)))
        if exactes:
            return Reponse(None, tuple(sorted(exactes)), HOMONYMES)
        proches = self._proches(identite, ecrit)[:PROPOSEES_AU_PLUS]
        return Reponse(None, tuple(proches), PROCHE if proches else INCONNUE)

    def _proches(self, identite: Identite, ecrit: Nom) -> list[int]:
        """Les fiches voisines : trouvées par une forme ou un mot en commun, retenues par la règle."""
        clefs = (*ecrit.amputees, *ecrit.mots)
        candidates = set().union(*(self._voisines.get(clef, ()) for clef in clefs))
        return sorted(pk for pk in candidates if self._est_proche(identite, ecrit, pk))

    def _est_proche(self, identite: Identite, ecrit: Nom, pk: int) -> bool:
        """Jusqu’à une partie d’un nom composé ; avec la même naissance, un mot en commun suffit."""
        limite = Ecart.MOT if identite.naissance in self._naissances[pk] else Ecart.PARTIE
        ecarts = (ecart(ecrit, autre) for autre in self._noms[pk])
        return any(separe is not None and separe <= limite for separe in ecarts)

    @cached_property
    def _voisines(self) -> dict[str, set[int]]:
        """Par forme amputée et par mot ; bâti au premier nom que rien ne reconnaît."""
        index: dict[str, set[int]] = defaultdict(set)
        for pk, fiche in self.fiches.items():
            for clef in (*fiche.ecrit.amputees, *fiche.ecrit.mots):
                index[clef].add(self.gardee(pk))
        return index
