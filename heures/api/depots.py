"""Le relevé que l’entreprise connectée remplit : les personnes et leurs cases, puis le dépôt, tout ou rien.

Le formulaire de la page contrôle le corps : mêmes bornes, mêmes phrases, replacées aux champs de l’API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from clauses.socle.api.champs import Booleen, Centiemes, Choix, Corps, HeuresAuCentieme, Jour, NumeroDeFiche
from heures.acces_releve import AccesReleve
from heures.enums import TypeHeures
from heures.forms.depot import AJOUTS_MAX, DepotForm
from heures.lecture_depot import CaseLue, PersonneLue, ReleveLu

PREFIXES = {TypeHeures.TRAVAIL: "travail", TypeHeures.FORMATION: "formation"}
# Le nom d’un champ de la page, et celui de l’API.
D_UNE_PERSONNE = {"nom": "nom", "prenom": "prenom", "naissance": "date_naissance", "heures": "heures"}


# --- Lire ------------------------------------------------------------------------------------------------------------
class CaseDuReleve(serializers.Serializer[CaseLue]):
    heures = HeuresAuCentieme(allow_null=True)
    libelle = serializers.CharField()
    motif = serializers.CharField()
    est_validee = serializers.BooleanField()
    est_refusee = serializers.BooleanField()


class PersonneDuReleve(serializers.Serializer[PersonneLue]):
    """`contrat` : le numéro à rendre dans le dépôt ; `detail` : ce contrat en toutes lettres."""

    contrat = serializers.IntegerField(source="contrat_id")
    nom = serializers.CharField()
    detail = serializers.CharField(source="contrat")
    eligible_jusqu_au = serializers.DateField(allow_null=True)
    travail = CaseDuReleve()
    formation = CaseDuReleve()


class PersonneAVerifier(serializers.Serializer[Any]):
    nom = serializers.CharField()
    prenom = serializers.CharField()
    heures = HeuresAuCentieme()


class ReleveARemplir(serializers.Serializer[ReleveLu]):
    """`ferme` : pourquoi le relevé n’admet plus de dépôt, vide s’il en admet ; l’ETag est la version du dépôt."""

    releve = serializers.IntegerField(source="releve.pk")
    ferme = serializers.CharField()
    message = serializers.CharField()
    est_neant = serializers.BooleanField()
    depose_le = serializers.DateTimeField(source="depot.deposee_le", default=None, allow_null=True)
    total = HeuresAuCentieme()
    personnes = PersonneDuReleve(many=True)
    a_verifier = PersonneAVerifier(source="attentes", many=True)


# --- Déposer ---------------------------------------------------------------------------------------------------------
class HeuresDuDepot(Corps):
    contrat = NumeroDeFiche()
    type_heures = Choix(choices=TypeHeures.choices, default=TypeHeures.TRAVAIL)
    heures = Centiemes(min_value=0)


class PersonneDuDepot(Corps):
    nom = serializers.CharField(max_length=100)
    prenom = serializers.CharField(max_length=100)
    date_naissance = Jour()
    heures = Centiemes(min_value=0)


class DepotDuReleve(Corps):
    """Un dépôt remplace le précédent ; `neant` seul dit qu’il n’y a pas eu d’heures ce mois-là."""

    heures = serializers.ListField(child=HeuresDuDepot(), required=False, max_length=500)
    personnes = serializers.ListField(child=PersonneDuDepot(), required=False, max_length=AJOUTS_MAX)
    neant = Booleen(required=False)
    commentaire = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    deposant = serializers.CharField(required=False, max_length=120)

    def validate_heures(self, lues: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        cases = [(lue["contrat"], lue["type_heures"]) for lue in lues]
        if len(set(cases)) < len(cases):
            raise serializers.ValidationError("Un contrat et un type d’heures y sont deux fois.")
        return lues


def deposer(lu: ReleveLu, acces: AccesReleve, donnees: Mapping[str, Any], *, version: int) -> None:
    """Dépose par le formulaire de la page et l’action de l’entrée. Lève `ValidationError`, une faute par champ."""
    noms, saisie = _saisie(donnees, acces.deposant)
    plafond = acces.demande.releve.structure.seuil_refus_heures
    form = DepotForm(lu, saisie | {"version": str(version)}, version=version, plafond=plafond)
    if form.is_valid():
        acces.deposer(form.depot(), version)
        return
    raise serializers.ValidationError(_fautes(form, noms))


def _saisie(donnees: Mapping[str, Any], deposant: str) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Le corps, dit comme la page l’enverrait ; et pour chaque champ de la page, le chemin de celui de l’API."""
    personnes = donnees.get("personnes", [])
    saisie = {
        "ajouts": str(max(1, len(personnes))),
        "commentaire": donnees.get("commentaire", ""),
        "deposant": donnees.get("deposant", deposant),
        **({"neant": "on"} if donnees.get("neant") else {}),
    }
    noms: dict[str, tuple[str, ...]] = {}
    for rang, lue in enumerate(donnees.get("heures", [])):
        nom = f"{PREFIXES[TypeHeures(lue['type_heures'])]}_{lue['contrat']}"
        noms[nom] = ("heures", str(rang), "heures")
        saisie[nom] = str(lue["heures"])
    for rang, personne in enumerate(personnes):
        for de_la_page, de_l_api in D_UNE_PERSONNE.items():
            noms[f"{de_la_page}_{rang}"] = ("personnes", str(rang), de_l_api)
            saisie[f"{de_la_page}_{rang}"] = str(personne[de_l_api])
    return noms, saisie


def _fautes(form: DepotForm, noms: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {
        ".".join(noms.get(champ, (champ,))) if champ != "__all__" else "non_field_errors": [str(m) for m in messages]
        for champ, messages in form.errors.items()
    }
