"""V6 : une page de liste, contre la même page sur une table vide. V9 : une cellule de la grille, contre le SQL nu."""

from __future__ import annotations

import itertools
from decimal import Decimal

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.actions import creer_structure
from clauses.comptes.models import Rattachement, Structure
from heures.models import LigneHeures
from mesures.banc import Mesure, comparer


def client_de(structure: Structure) -> Client:
    client = Client()
    rattachement = Rattachement.objects.filter(structure=structure, role=Role.RESPONSABLE).order_by("pk")[0]
    client.force_login(rattachement.utilisateur)
    return client


def obtenir(client: Client, adresse: str) -> None:
    reponse = client.get(adresse)
    if reponse.status_code != 200:
        raise RuntimeError(f"{adresse} répond {reponse.status_code}.")


def liste(pleine: Structure) -> Mesure:
    vide, _responsable = creer_structure(sigle="VIDE", nom="Structure vide", responsable="vide@demo.invalid")
    sans_rien, remplie = client_de(vide), client_de(pleine)
    adresse = reverse("marches:liste")
    return comparer(
        "V6 liste des marchés, première page",
        etalon=lambda: obtenir(sans_rien, adresse),
        nous=lambda: obtenir(remplie, adresse),
        objectif=1.5,
    )


def cellule(structure: Structure) -> Mesure:
    """Une valeur nouvelle à chaque passe : la requête HTTP entière, règles et journal compris."""
    client = client_de(structure)
    ligne = LigneHeures.objects.filter(structure=structure).declarees().order_by("pk")[0]
    valeurs = itertools.cycle([Decimal("10.25"), Decimal("11.50")])
    vue_vide = reverse("account_inactive")

    def sql_nu_et_vue_vide() -> None:
        with transaction.atomic(), connection.cursor() as curseur:
            curseur.execute("UPDATE heures_ligneheures SET heures = heures + 0 WHERE id = %s", [ligne.pk])
        obtenir(Client(), vue_vide)

    def enregistrer() -> None:
        version = LigneHeures.objects.values_list("version", flat=True).get(pk=ligne.pk)
        reponse = client.post(
            reverse("heures:cellule"),
            {
                "contrat": ligne.contrat_id,
                "engagement": ligne.engagement_id,
                "mois": ligne.mois.isoformat(),
                "type": ligne.type_heures,
                "heures": str(next(valeurs)).replace(".", ","),
                "version": version,
            },
        )
        if reponse.status_code != 200:
            raise RuntimeError(f"La cellule répond {reponse.status_code} : {reponse.content.decode()[:200]}")

    return comparer("V9 enregistrer une cellule", etalon=sql_nu_et_vue_vide, nous=enregistrer, objectif=8)
