"""Ce que partagent les vues des personnes et des heures : journal des consultations, textes sans NIR, motif."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from django.db import models
from rest_framework import serializers

from clauses.comptes.acteurs import Acteur
from clauses.comptes.api import VueObjets
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api.champs import Booleen, Corps
from clauses.socle.conversions import ValeurRefusee, vers_code_insee
from clauses.socle.erreurs import ActionImpossible
from heures import actions
from heures.enums import NatureEnvoi
from heures.forms.champs import sans_nir
from heures.models import Participant, Releve
from heures.noms import Nom
from heures.semblables import doublons

M = TypeVar("M", bound=models.Model)
MOTIF_MAX = 500


class Nominative(VueObjets[M]):
    """Des fiches qui disent quelque chose d’une personne : les rendre est une consultation, inscrite au journal.

    `au_journal` : le geste inscrit pour la liste, et pour une fiche.
    """

    au_journal: ClassVar[tuple[str, str]]

    def personnes(self, objet: Any) -> Iterable[int]:
        """Les numéros des personnes dont parle cette fiche."""
        return [objet.participant_id]

    def consulter(self, objets: Sequence[M]) -> None:
        de_la_liste, de_la_fiche = self.au_journal
        lues = {pk for objet in objets for pk in self.personnes(objet)}
        if self.action == "list":
            filtre = self.request.query_params.urlencode()
            options: dict[str, Any] = {"action": de_la_liste, "nombre": len(lues), "filtre": filtre}
        else:
            options = {"action": de_la_fiche, "objet_id": min(lues), "nombre": len(lues)}
        journaliser_lecture(par=self.acteur, modele=Participant, **options)


class SansNir(Corps):
    """Aucun texte de ce corps n’accepte un numéro de sécurité sociale, comme à la page."""

    def get_fields(self) -> dict[str, Any]:
        champs: dict[str, Any] = super().get_fields()
        for champ in champs.values():
            if isinstance(champ, serializers.CharField):
                champ.validators = [*champ.validators, sans_nir]
        return champs


class Motif(SansNir):
    motif = serializers.CharField(max_length=MOTIF_MAX)


class MotifDeRefusRecu(SansNir):
    """Le motif d’un refus que l’entreprise lira sur son relevé ; `prevenir` le lui envoie aussi par courriel."""

    motif = serializers.CharField(max_length=400)
    prevenir = Booleen(required=False, default=False)


def prevenir(releve: Releve, *, nature: NatureEnvoi, details: str, par: Acteur, adresse: str) -> None:
    """Écrit à l’entreprise. Lève `ActionImpossible` si personne n’est à joindre : le geste demandé avec se défait."""
    try:
        actions.preparer(releve, nature=nature, par=par, adresse=adresse, details=details)
    except ActionImpossible as refus:
        raise ActionImpossible(f"{refus} Rien n’est fait\u00a0: redemander sans «\u00a0prevenir\u00a0».") from refus


def proposer_les_semblables(personne: dict[str, Any], *, par: Acteur) -> None:
    """Lève `ActionImpossible` s’il existe des fiches semblables ; elle en dit les numéros, jamais les noms."""
    proches = doublons(Nom(personne["nom"], personne["prenom"]), personne.get("date_naissance"), par=par)
    if proches:
        numeros = ", ".join(f"n°\u00a0{proche.pk}" for proche in proches)
        raise ActionImpossible(
            f"Cette personne ressemble à une fiche déjà ouverte ({numeros})\u00a0: la relire. Si c’est quelqu’un "
            "d’autre, renvoyer la demande avec « confirmer »\u00a0: true."
        )


class CommuneInsee(serializers.CharField):
    """Le code INSEE d’une commune ; jamais son code postal, ni un code à qui manque son zéro de tête."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "max_length": 5, **options})

    def to_internal_value(self, data: Any) -> str:
        texte = super().to_internal_value(data)
        try:
            return vers_code_insee(texte) if texte else ""
        except ValeurRefusee as refus:
            raise serializers.ValidationError(str(refus)) from refus
