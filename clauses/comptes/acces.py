"""Qui a accès, et où en est chaque accès : invité, ouvert, échu, fermé. Deux requêtes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Invitation, Rattachement


@dataclass(frozen=True, slots=True)
class Acces:
    """Un rattachement et son état. `quand` : ce qui s’est passé en dernier, en clair ; vide si rien n’est daté."""

    rattachement: Rattachement
    etat: str
    couleur: str
    quand: str
    est_ouvert: bool
    est_en_attente: bool

    @property
    def rang(self) -> tuple[int, str, int]:
        return (0 if self.est_ouvert or self.est_en_attente else 1, str(self.rattachement.utilisateur).lower(),
                self.rattachement.pk)  # fmt: skip


def acces_de(par: Acteur, **clef: Any) -> list[Acces]:
    """Les accès des personnes, ouverts d’abord ; `clef` : `acheteur_id` ou `entreprise_id` pour ceux d’un seul."""
    rattachements = (
        Rattachement.objects.visibles_par(par)
        .filter(**clef, utilisateur__est_integration=False)
        .select_related("utilisateur", "structure", "acheteur", "entreprise")
        .defer("structure__logo")
    )
    dernieres: dict[int, Invitation] = {}
    for invitation in Invitation.objects.visibles_par(par).order_by("envoyee_le", "pk").defer("secret"):
        dernieres[invitation.rattachement_id] = invitation
    instant = timezone.now()
    return sorted(
        (_acces(rattachement, dernieres.get(rattachement.pk), instant) for rattachement in rattachements),
        key=lambda acces: acces.rang,
    )


def _acces(rattachement: Rattachement, derniere: Invitation | None, instant: datetime.datetime) -> Acces:
    if not rattachement.utilisateur.is_active:
        return Acces(rattachement, "Compte désactivé", "gris", "", est_ouvert=False, est_en_attente=False)
    if rattachement.est_actif:
        quand = f"depuis le {_jour(derniere.acceptee_le)}" if derniere and derniere.acceptee_le else ""
        return Acces(rattachement, "Ouvert", "vert", quand, est_ouvert=True, est_en_attente=False)
    if derniere is None or derniere.acceptee_le:
        return Acces(rattachement, "Fermé", "gris", "", est_ouvert=False, est_en_attente=False)
    if derniere.annulee_le:
        quand = f"le {_jour(derniere.annulee_le)}"
        return Acces(rattachement, "Invitation annulée", "gris", quand, est_ouvert=False, est_en_attente=False)
    if derniere.valable_jusqu_au <= instant:
        quand = f"le {_jour(derniere.valable_jusqu_au)}"
        return Acces(rattachement, "Invitation expirée", "rouge", quand, est_ouvert=False, est_en_attente=True)
    quand = f"le {_jour(derniere.envoyee_le)}, jusqu’au {_jour(derniere.valable_jusqu_au)}"
    return Acces(rattachement, "Invité", "orange", quand, est_ouvert=False, est_en_attente=True)


def _jour(instant: datetime.datetime) -> str:
    return f"{timezone.localtime(instant):%d/%m/%Y}"
