"""Reconnaître une personne à ce qu’un relevé en dit : accents, casse, tirets et ordre des noms mis à part.

Unique et sûre, elle est reconnue ; sinon des fiches sont proposées, jamais devinées (formats.md §3). Une fiche
absorbée par une fusion mène à la fiche gardée.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from clauses.comptes.acteurs import Acteur
from clauses.socle.conversions import normaliser
from heures.imports.releves.lecture import Identite
from heures.imports.releves.rapport import Candidat
from heures.models import Fusion, Participant

Mots = tuple[str, ...]
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
    nom: str
    prenom: str
    naissance: datetime.date | None

    @property
    def mots(self) -> Mots:
        return tuple(normaliser(f"{self.nom} {self.prenom}").split())

    @property
    def mots_retournes(self) -> Mots:
        return tuple(normaliser(f"{self.prenom} {self.nom}").split())


class Personnes:
    """Toutes les fiches de la structure, lues en deux requêtes, par identifiant et par nom."""

    def __init__(self, par: Acteur) -> None:
        champs = ("identifiant", "nom", "prenom", "date_naissance")
        lues = Participant.objects.visibles_par(par).order_by("pk").values_list("pk", *champs)
        # Une fiche absorbée n’est plus une personne, mais son ancien nom peut encore venir dans un relevé.
        fusions = Fusion.objects.visibles_par(par).filter(annulee_le=None).order_by("pk")
        absorbees = list(fusions.values_list("absorbee", *(f"absorbee__{champ}" for champ in champs), "gardee"))
        self._fusions = {pk: vers for pk, *_, vers in absorbees}
        self.fiches = {pk: _Fiche(*reste) for pk, *reste in [*lues, *(absorbee[:-1] for absorbee in absorbees)]}
        self._par_identifiant: dict[str, set[int]] = defaultdict(set)
        self._par_nom: dict[Mots, set[int]] = defaultdict(set)
        self._noms: dict[int, set[Mots]] = defaultdict(set)
        self._naissances: dict[int, set[datetime.date]] = defaultdict(set)
        for pk, fiche in self.fiches.items():
            gardee, nom = self.gardee(pk), tuple(sorted(fiche.mots))
            self._par_identifiant[fiche.identifiant.casefold()].add(gardee)
            self._par_nom[nom].add(gardee)
            self._noms[gardee].add(nom)
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
        fiche = self.fiches[pk]
        return f"{fiche.nom.upper()} {fiche.prenom}"

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
        nom = _mots(identite)
        if not nom or tuple(sorted(nom)) in self._noms[pk] or pk in self._proches(identite):
            return Reponse(pk)
        autre = self._par_le_nom(identite)
        possibles = dict.fromkeys((pk, *([autre.sure] if autre.sure is not None else autre.possibles)))
        raison = f"{quoi} est celui de {self.nommer(pk)}, la ligne nomme quelqu’un d’autre. Choisir la bonne fiche."
        return Reponse(None, tuple(possibles), raison)

    def _malgre(self, identite: Identite, raison: str) -> Reponse:
        """L’identifiant ne mène à rien : le nom propose, sans décider."""
        par_nom = self._par_le_nom(identite) if _mots(identite) else Reponse(None)
        return Reponse(None, (par_nom.sure,) if par_nom.sure is not None else par_nom.possibles, raison)

    def _par_le_nom(self, identite: Identite) -> Reponse:
        exactes = self._par_nom.get(tuple(sorted(_mots(identite))), set())
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
        proches = sorted(self._proches(identite))[:PROPOSEES_AU_PLUS]
        return Reponse(None, tuple(proches), PROCHE if proches else INCONNUE)

    def _proches(self, identite: Identite) -> set[int]:
        """À une lettre près ; un nom composé dont une partie manque ; même naissance et un mot en commun."""
        mots = _mots(identite)
        if not mots:
            return set()
        trouvees = {pk for abime in _a_une_lettre("".join(mots)) for pk in self._abimes.get(abime, ())}
        siens = set(mots)
        for mot in siens:
            for pk, autres in self._par_mot.get(mot, ()):
                communs = siens & autres
                compose = len(communs) >= 2 and communs in (siens, autres)
                if compose or identite.naissance in self._naissances[pk]:
                    trouvees.add(pk)
        return trouvees

    @cached_property
    def _abimes(self) -> dict[str, set[int]]:
        """Par nom privé d’une lettre, dans les deux ordres : deux noms à une lettre près s’y rencontrent."""
        index: dict[str, set[int]] = defaultdict(set)
        for pk, fiche in self.fiches.items():
            for mots in {fiche.mots, fiche.mots_retournes}:
                for abime in _a_une_lettre("".join(mots)):
                    index[abime].add(self.gardee(pk))
        return index

    @cached_property
    def _par_mot(self) -> dict[str, list[tuple[int, set[str]]]]:
        index: dict[str, list[tuple[int, set[str]]]] = defaultdict(list)
        for pk, fiche in self.fiches.items():
            mots = set(fiche.mots)
            for mot in mots:
                index[mot].append((self.gardee(pk), mots))
        return index


def _mots(identite: Identite) -> Mots:
    return tuple(normaliser(f"{identite.nom} {identite.prenom}").split())


def _a_une_lettre(texte: str) -> Iterator[str]:
    yield texte
    for rang in range(len(texte)):
        yield texte[:rang] + texte[rang + 1 :]
