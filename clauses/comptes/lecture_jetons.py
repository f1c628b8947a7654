"""Les jetons d’une personne, les intégrations d’une structure, et leur état en clair. Une requête chacune."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.enums import EtatJeton
from clauses.comptes.modele_jeton import JetonQuerySet
from clauses.comptes.models import Jeton, Rattachement


@dataclass(frozen=True, slots=True)
class JetonLu:
    """Un jeton et son état. `quand` : le jour où il a cessé de servir ; vide s’il sert encore."""

    jeton: Jeton
    etat: EtatJeton
    quand: datetime.datetime | None
    est_ouvert: bool
    """L’accès qu’il sert est ouvert : il peut se renouveler."""

    @property
    def est_en_vigueur(self) -> bool:
        return self.etat is EtatJeton.EN_COURS


def siens(par: Acteur) -> list[JetonLu]:
    """Les jetons de la personne dans la structure, ceux qui servent d’abord, puis du plus récent au plus ancien."""
    instant = timezone.now()
    jetons = Jeton.objects.visibles_par(par).filter(rattachement__utilisateur_id=par.utilisateur_id)
    lus = [_lire(jeton, instant) for jeton in avec_leur_acces(jetons)]
    return sorted(lus, key=lambda lu: not lu.est_en_vigueur)


def integrations(par: Acteur) -> list[JetonLu]:
    """Chaque intégration par son dernier jeton, les ouvertes d’abord."""
    instant = timezone.now()
    derniers: dict[int, JetonLu] = {}
    jetons = Jeton.objects.visibles_par(par).filter(rattachement__utilisateur__est_integration=True)
    for jeton in avec_leur_acces(jetons):
        derniers.setdefault(jeton.rattachement_id, _lire(jeton, instant))
    return sorted(derniers.values(), key=lambda lu: (not lu.est_ouvert, lu.jeton.nom.lower()))


def avec_leur_acces(jetons: JetonQuerySet) -> JetonQuerySet:
    acces = ("utilisateur", "structure", "acheteur", "entreprise")
    return jetons.select_related(*(f"rattachement__{nom}" for nom in acces)).defer(
        "empreinte", "rattachement__structure__logo"
    )


def etat_de(jeton: Jeton, instant: datetime.datetime) -> EtatJeton:
    """Si ce jeton sert à cet instant, ou pourquoi il ne sert plus."""
    if jeton.revoque_le is not None:
        return EtatJeton.REVOQUE
    if not _est_ouvert(jeton.rattachement):
        return EtatJeton.ACCES_FERME
    return EtatJeton.EXPIRE if jeton.valable_jusqu_au <= instant else EtatJeton.EN_COURS


def _est_ouvert(acces: Rattachement) -> bool:
    return acces.est_actif and (acces.utilisateur.is_active or acces.utilisateur.est_integration)


def _lire(jeton: Jeton, instant: datetime.datetime) -> JetonLu:
    etat = etat_de(jeton, instant)
    quand = {EtatJeton.REVOQUE: jeton.revoque_le, EtatJeton.EXPIRE: jeton.valable_jusqu_au}.get(etat)
    return JetonLu(jeton, etat, quand, est_ouvert=_est_ouvert(jeton.rattachement))
