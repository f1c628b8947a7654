"""Qui a accès, et où en est chaque accès : invité, ouvert, échu, fermé. Deux requêtes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.enums import EtatAcces
from clauses.comptes.models import Invitation, Rattachement, RattachementQuerySet


@dataclass(frozen=True, slots=True)
class Acces:
    """Un rattachement et son état. `quand` : ce qui s’est passé en dernier, en clair ; vide si rien n’est daté."""

    rattachement: Rattachement
    etat: EtatAcces
    quand: str

    @property
    def est_ouvert(self) -> bool:
        return self.etat is EtatAcces.OUVERT

    @property
    def est_en_attente(self) -> bool:
        return self.etat in (EtatAcces.INVITE, EtatAcces.EXPIREE)

    @property
    def rang(self) -> tuple[int, str, int]:
        return (0 if self.est_ouvert or self.est_en_attente else 1, str(self.rattachement.utilisateur).lower(),
                self.rattachement.pk)  # fmt: skip


def rattachements_de_personnes(par: Acteur) -> RattachementQuerySet:
    """Ceux que voit `par`, intégrations exclues, avec la personne et l’organisation."""
    visibles = Rattachement.objects.visibles_par(par).filter(utilisateur__est_integration=False)
    return visibles.select_related("utilisateur", "structure", "acheteur", "entreprise").defer("structure__logo")


def acces_de(par: Acteur, **clef: Any) -> list[Acces]:
    """Les accès des personnes, ouverts d’abord ; `clef` : `acheteur_id` ou `entreprise_id` pour ceux d’un seul."""
    dernieres: dict[int, Invitation] = {}
    for invitation in Invitation.objects.visibles_par(par).order_by("envoyee_le", "pk").defer("secret"):
        dernieres[invitation.rattachement_id] = invitation
    instant = timezone.now()
    return sorted(
        (
            _acces(rattachement, dernieres.get(rattachement.pk), instant)
            for rattachement in rattachements_de_personnes(par).filter(**clef)
        ),
        key=lambda acces: acces.rang,
    )


def etat_de(rattachement: Rattachement, derniere: Invitation | None, instant: datetime.datetime) -> EtatAcces:
    """L’état d’un accès à un instant, d’après la dernière invitation qui lui a été envoyée."""
    if not rattachement.utilisateur.is_active:
        return EtatAcces.DESACTIVE
    if rattachement.est_actif:
        return EtatAcces.OUVERT
    if derniere is None or derniere.acceptee_le:
        return EtatAcces.FERME
    if derniere.annulee_le:
        return EtatAcces.ANNULEE
    return EtatAcces.EXPIREE if derniere.valable_jusqu_au <= instant else EtatAcces.INVITE


def _acces(rattachement: Rattachement, derniere: Invitation | None, instant: datetime.datetime) -> Acces:
    etat = etat_de(rattachement, derniere, instant)
    return Acces(rattachement, etat, _quand(etat, derniere))


def _quand(etat: EtatAcces, derniere: Invitation | None) -> str:
    if derniere is None:
        return ""
    match etat:
        case EtatAcces.OUVERT:
            return f"depuis le {_jour(derniere.acceptee_le)}" if derniere.acceptee_le else ""
        case EtatAcces.ANNULEE:
            return f"le {_jour(derniere.annulee_le)}" if derniere.annulee_le else ""
        case EtatAcces.EXPIREE:
            return f"le {_jour(derniere.valable_jusqu_au)}"
        case EtatAcces.INVITE:
            return f"le {_jour(derniere.envoyee_le)}, jusqu’au {_jour(derniere.valable_jusqu_au)}"
        case _:
            return ""


def _jour(instant: datetime.datetime) -> str:
    return f"{timezone.localtime(instant):%d/%m/%Y}"
