"""À qui un bilan se restreint : un acheteur, ou tous ceux d’une intercommunalité."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible
from clauses.territoires.models import Epci
from marches.models import Acheteur, Marche

LONGUEUR_SIREN = 9


@dataclass(frozen=True, slots=True)
class Perimetre:
    """`code` : le SIRET de l’acheteur, ou le SIREN de l’intercommunalité."""

    code: str
    nom: str
    acheteurs: frozenset[int]

    @property
    def est_epci(self) -> bool:
        return len(self.code) == LONGUEUR_SIREN

    @property
    def en_clair(self) -> tuple[str, str]:
        return ("Intercommunalité" if self.est_epci else "Acheteur", self.nom)


def regle(code: str, acheteur: str = "") -> Q:
    """Ce qui est d’un acheteur (SIRET) ou d’une intercommunalité (SIREN) ; `acheteur` : le chemin qui y mène."""
    champ = "epci_siren" if len(code) == LONGUEUR_SIREN else "siret"
    return Q(**{f"{acheteur}{champ}": code}) if code else Q()


def fiches(acteur: Acteur) -> list[tuple[int, str, str, str]]:
    """(clef, nom, SIRET, SIREN de l’intercommunalité) des acheteurs qui ont un marché dans la structure."""
    siens = Marche.objects.visibles_par(acteur).order_by().values("acheteur")
    visibles = Acheteur.objects.visibles_par(acteur).filter(pk__in=siens)
    return list(visibles.order_by("nom", "pk").values_list("pk", "nom", "siret", "epci_siren"))


def trouver(acteur: Acteur, code: str) -> Perimetre:
    """L’acheteur (SIRET) ou l’intercommunalité (SIREN) de ce code ; lève `ActionImpossible` s’il n’a aucun marché."""
    if not code:
        raise ActionImpossible(
            "Choisir un acheteur (son SIRET, --acheteur) ou une intercommunalité (son SIREN)\u00a0: "
            "ce bilan ne porte que sur elle ou sur lui."
        )
    connues = fiches(acteur)
    if len(code) == LONGUEUR_SIREN:
        siens = frozenset(pk for pk, _, _, epci in connues if epci == code)
        noms = {epci.siren: epci.nom for epci in Epci.objects.filter(siren=code)}
        nom = noms.get(code, code)
    else:
        siens = frozenset(pk for pk, _, siret, _ in connues if siret == code)
        nom = next((nom for _, nom, siret, _ in connues if siret == code), "")
    if not siens:
        raise ActionImpossible(
            f"Aucun acheteur «\u00a0{code[:14]}\u00a0» n’a de marché dans la structure\u00a0: donner le SIRET d’un "
            "acheteur (14 chiffres), ou le SIREN d’une intercommunalité (9 chiffres)."
        )
    return Perimetre(code, nom, siens)


def choix(acteur: Acteur) -> list[tuple[str, list[tuple[str, str]]]]:
    """Ce que propose le formulaire : les intercommunalités, puis les acheteurs."""
    connues = fiches(acteur)
    sirens = {epci for _, _, _, epci in connues if epci}
    noms = {epci.siren: epci.nom for epci in Epci.objects.filter(siren__in=sirens)}
    epcis = sorted((noms.get(siren, siren), siren) for siren in sirens)
    return [
        ("Acheteurs", [(siret, nom) for _, nom, siret, _ in connues]),
        ("Intercommunalités, tous leurs acheteurs", [(siren, nom) for nom, siren in epcis]),
    ]
