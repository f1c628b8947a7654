"""Ce que l’accueil montre : tout, ou la part d’un facilitateur, d’un acheteur, d’une intercommunalité d’exécution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Utilisateur
from clauses.territoires.models import Epci
from heures.models import LigneHeures
from marches.lieux import communes_de
from marches.models import Acheteur

DU_LOT = "clause__lot__marche__"


@dataclass(frozen=True, slots=True)
class Portee:
    """Les filtres de l’accueil ; vides, tout est montré."""

    facilitateur: Utilisateur | None = None
    acheteur: Acheteur | None = None
    epci: Epci | None = None

    @property
    def est_totale(self) -> bool:
        return self == PARTOUT

    @property
    def parametres(self) -> str:
        """Les filtres tels que l’adresse les porte ; vide s’il n’y en a pas."""
        choix = {"facilitateur": self.facilitateur, "acheteur": self.acheteur, "epci": self.epci}
        return urlencode({nom: valeur.pk for nom, valeur in choix.items() if valeur is not None})

    def marches(self, chemin: str = "") -> Q:
        """La condition, sur un marché atteint par `chemin` (avec ses `__`)."""
        condition = Q()
        if self.facilitateur is not None:
            condition &= Q(**{f"{chemin}facilitateur": self.facilitateur})
        if self.acheteur is not None:
            condition &= Q(**{f"{chemin}acheteur": self.acheteur})
        if self.epci is not None:
            condition &= Q(**{f"{chemin}commune_execution_insee__in": communes_de(self.epci)})
        return condition

    def engagements(self, chemin: str = "") -> Q:
        return self.marches(f"{chemin}{DU_LOT}")

    def personnes(self, par: Acteur, chemin: str = "pk") -> Q:
        """Une personne suit les engagements où elle a des heures ; `chemin` : sa clef dans la liste filtrée."""
        if self.est_totale:
            return Q()
        lignes: QuerySet[Any] = LigneHeures.objects.visibles_par(par).filter(self.engagements("engagement__"))
        return Q(**{f"{chemin}__in": lignes.order_by().values("participant")})


PARTOUT = Portee()
