"""Le sens et le motif de chaque mouvement : ce qu’une saisie exige, et qu’un ancien tableur n’a pas toujours."""

from __future__ import annotations

from decimal import Decimal

from marches.enums import NatureMouvement

AJOUTENT = {
    NatureMouvement.TRANCHE_AFFERMIE,
    NatureMouvement.MARCHE_SUBSEQUENT,
    NatureMouvement.RECONDUCTION,
}
RETIRENT = {NatureMouvement.SUSPENSION, NatureMouvement.SUPPRESSION}
MOTIVEES = {NatureMouvement.SUSPENSION, NatureMouvement.SUPPRESSION, NatureMouvement.ADAPTATION}


def fautes_de_sens(*, nature: str | None, heures: Decimal | None, motif: str) -> dict[str, str]:
    """Par champ, ce qui ne va pas avec la nature du mouvement ; vide si tout va, ou si l’on ne sait pas encore."""
    fautes: dict[str, str] = {}
    if nature is None:
        return fautes
    libelle = NatureMouvement(nature).label
    if heures is not None and nature in AJOUTENT and heures < 0:
        fautes["heures"] = f"{libelle} : ce mouvement ajoute des heures."
    if heures is not None and nature in RETIRENT and heures > 0:
        fautes["heures"] = f"{libelle} : écrire les heures retirées avec le signe −."
    if nature in MOTIVEES and not motif:
        fautes["motif"] = f"{libelle} : dire pourquoi, et qui l’a décidé."
    return fautes
