"""Chargement du référentiel des communes ; la même commande sert pour la France entière.

Rejouable : un second passage ne change rien. Une commune absente du fichier reste : un participant, un acheteur ou un
marché peut porter son code, et les bilans l’y cherchent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clauses.territoires.formes import Lecture, lire

LIVRE = Path(__file__).parent / "donnees" / "communes.csv"
PAQUET = 1000


def charger(chemin: Path, *, commune: Any, epci: Any) -> int:
    """Crée ou met à jour communes et EPCI ; rend le nombre de communes lues.

    `commune` et `epci` sont les modèles (ceux de la migration ou ceux de l’application). Lève ce que lève `lire`.
    """
    lecture = lire(chemin)
    enregistrer(lecture, commune=commune, epci=epci)
    return len(lecture.communes)


def enregistrer(lecture: Lecture, *, commune: Any, epci: Any) -> None:
    """Ce que la forme du fichier ne dit pas (type, population, quartiers) reste comme il était."""
    epcis = {lue.epci: lue for lue in lecture.communes if lue.epci}
    epci.objects.bulk_create(
        [epci(siren=siren, nom=lue.epci_nom, type=lue.epci_type) for siren, lue in epcis.items()],
        batch_size=PAQUET,
        update_conflicts=True,
        unique_fields=["siren"],
        update_fields=["nom", *(["type"] if "epci_type" in lecture.connus else [])],
    )
    suivis = {"population": "population_municipale", "qpv": "a_qpv"}
    commune.objects.bulk_create(
        [
            commune(
                code_insee=lue.code,
                nom=lue.nom,
                epci_id=lue.epci or None,
                departement=lue.departement,
                population_municipale=lue.population,
                a_qpv=lue.qpv,
            )
            for lue in lecture.communes
        ],
        batch_size=PAQUET,
        update_conflicts=True,
        unique_fields=["code_insee"],
        update_fields=[
            "nom", "epci_id", "departement", *(champ for nom, champ in suivis.items() if nom in lecture.connus)
        ],
    )  # fmt: skip


def noter_les_disparues(lecture: Lecture, *, commune: Any) -> int:
    """Après une lecture complète, ôte sa population à toute commune absente, donc fusionnée ; rend leur nombre.

    Elle garde son nom et son intercommunalité, où ses résidents d’hier comptent toujours ; sa population est désormais
    celle de la commune nouvelle, et compterait deux fois dans l’intercommunalité.
    """
    presentes = {lue.code for lue in lecture.communes}
    peuplees = commune.objects.filter(population_municipale__isnull=False).order_by("pk").values_list("pk", flat=True)
    disparues = [code for code in peuplees if code not in presentes]
    for debut in range(0, len(disparues), PAQUET):
        commune.objects.filter(pk__in=disparues[debut : debut + PAQUET]).update(population_municipale=None)
    return len(disparues)
