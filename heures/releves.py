"""L’état d’un relevé, ramené à celui de ses lignes. Sert aux actions, qui exigent le droit ; jamais aux bords."""

from __future__ import annotations

import datetime

from clauses.comptes.acteurs import Acteur
from clauses.comptes.ecritures import creer, modifier
from heures import calculs
from heures.enums import StatutReleve
from heures.models import LigneEnAttente, LigneHeures, Releve
from marches.models import Engagement


def tenir_le_releve(
    engagement: Engagement,
    mois: datetime.date,
    *,
    par: Acteur,
    complement_attendu: bool | None = None,
    est_neant: bool | None = None,
) -> Releve:
    """Relit les lignes du mois et met le relevé dans leur état ; il naît à la première heure déclarée.

    `complement_attendu` et `est_neant` : `None` garde ce que le relevé dit déjà.
    """
    releve = Releve.objects.select_for_update(of=("self",)).filter(engagement=engagement, mois=mois).first()
    actuel = releve.statut if releve else StatutReleve.ATTENDU
    statut = calculs.statut_du_releve(
        set(LigneHeures.objects.filter(engagement=engagement, mois=mois).values_list("statut", flat=True)),
        attentes=set(LigneEnAttente.objects.filter(releve=releve).values_list("statut", flat=True)) if releve else (),
        complement_attendu=actuel == StatutReleve.A_COMPLETER if complement_attendu is None else complement_attendu,
        est_neant=actuel == StatutReleve.NEANT if est_neant is None else est_neant,
    )
    if releve is None:
        neuf = Releve(structure_id=par.structure_id, engagement=engagement, mois=mois, statut=statut)
        return creer(neuf, par=par, action="ouvrir le relevé")
    return modifier(releve, {"statut": statut}, par=par, action="changer l’état du relevé")


def dire_a_l_entreprise(releve: Releve, phrase: str, *, par: Acteur) -> Releve:
    """Ajoute une phrase au message du relevé, que l’entreprise lit ; une phrase n’y est qu’une fois."""
    phrases = releve.message.splitlines()
    if phrase in phrases:
        return releve
    message = "\n".join([*phrases, phrase])
    return modifier(releve, {"message": message}, par=par, action="écrire à l’entreprise sur son relevé")
