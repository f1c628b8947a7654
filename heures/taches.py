"""Les lignes de l’accueil : ce qui attend, à qui le tour et depuis quand, et les gestes offerts sur place."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from heures import suivi
from heures.portee import PARTOUT, Portee

MONTREES = 5
TOUTES = 200


@dataclass(frozen=True, slots=True)
class Regard:
    """Qui regarde l’accueil, quel jour, sur quelle part ; `ouverte` : la rubrique montrée en entier."""

    acteur: Acteur
    le: datetime.date
    regles: Structure
    portee: Portee = PARTOUT
    ouverte: str = ""


def regarder(acteur: Acteur, *, le: datetime.date, portee: Portee = PARTOUT, ouverte: str = "") -> Regard:
    """Une requête : les réglages de la structure."""
    return Regard(acteur, le, suivi.reglages(acteur), portee, ouverte)


@dataclass(frozen=True, slots=True)
class Geste:
    """Un bouton (envoi de `champs`) ou un lien vers une page ; le principal est l’étape qui vient."""

    libelle: str
    url: str
    champs: Mapping[str, str] = field(default_factory=dict)
    est_lien: bool = False
    est_principal: bool = False


@dataclass(frozen=True, slots=True)
class Tache:
    """Une ligne à traiter : ce que c’est, pourquoi, où aller ; à qui d’agir, depuis quand, ce qui a été fait.

    `jusqu_au` : le dernier jour laissé à l’entreprise. `appel` : l’adresse où noter un appel d’un clic. `est_calme` :
    la balle n’est pas ici, rien ne presse.
    """

    libelle: str
    detail: str
    url: str
    etat: str = ""
    gravite: str = ""
    qui: str = ""
    depuis: datetime.date | None = None
    jusqu_au: datetime.date | None = None
    faite: str = ""
    est_calme: bool = False
    gestes: Sequence[Geste] = ()
    appel: str = ""


@dataclass(frozen=True, slots=True)
class Rubrique:
    clef: str
    titre: str
    vide: str
    nombre: int
    taches: Sequence[Tache]
    est_nominative: bool = False
    url: str = ""
    """Où tout voir ; vide si la rubrique s’ouvre sur l’accueil."""

    @property
    def reste(self) -> int:
        return self.nombre - len(self.taches)


def rubrique(
    regard: Regard,
    clef: str,
    titre: str,
    vide: str,
    taches: Sequence[Tache],
    *,
    url: str = "",
    montrees: int = MONTREES,
) -> Rubrique:
    montrees = TOUTES if regard.ouverte == clef else montrees
    return Rubrique(clef, titre, vide, len(taches), taches[:montrees], url=url)


def nominative(onglet: str, vide: str, taches: Sequence[Tache]) -> Rubrique:
    """Une rubrique qui nomme des personnes, et mène à l’onglet du suivi qui les montre toutes."""
    url = reverse(f"heures:{onglet}")
    titre = suivi.ONGLETS[onglet]
    return Rubrique(onglet, titre, vide, len(taches), taches[:MONTREES], est_nominative=True, url=url)
