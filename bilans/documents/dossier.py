"""Ce que tout document d’un engagement sait : qui doit quoi à qui, où il en est, ce qui lui a déjà été écrit."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from bilans.documents.piece import Entete
from bilans.models import Document
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.mois import en_lettres
from clauses.socle.nombres import en_heures
from clauses.territoires.models import Commune
from heures.attendus import mois_echus
from heures.enums import StatutReleve
from heures.models import Releve
from marches.models import Engagement, Evenement, Lot, Marche, ReglePenalite
from marches.previsions import Prevision
from marches.suivi import Suivi, suivre


def en_date(jour: datetime.date) -> str:
    return f"{jour:%d/%m/%Y}"


def en_toutes_lettres(jour: datetime.date) -> str:
    """« 1er mars 2025 »."""
    return f"{'1er' if jour.day == 1 else jour.day} {en_lettres(jour)}"


def entete_de(structure: Structure) -> Entete:
    lignes = tuple(ligne.strip() for ligne in structure.adresse.splitlines() if ligne.strip())
    return Entete(structure.nom, lignes, bytes(structure.logo or b""))


@dataclass(frozen=True, slots=True)
class Dossier:
    """Un engagement à une date, lu dans le périmètre de `par`. Heures au centième."""

    suivi: Suivi
    structure: Structure
    au: datetime.date
    par: Acteur

    @property
    def engagement(self) -> Any:
        return self.suivi.engagement

    @property
    def prevision(self) -> Prevision:
        return self.suivi.prevision

    @property
    def lot(self) -> Lot:
        return self.engagement.clause.lot  # type: ignore[no-any-return]

    @property
    def marche(self) -> Marche:
        return self.lot.marche

    @property
    def entete(self) -> Entete:
        return entete_de(self.structure)

    @property
    def lieu_et_date(self) -> str:
        return f"Le {en_toutes_lettres(timezone.localdate())}"

    @property
    def signature(self) -> list[str]:
        """Le bloc du signataire : ce qui manque aux réglages laisse la place d’écrire."""
        structure = self.structure
        return [f"Pour {structure.nom},", *filter(None, (structure.signataire_fonction, structure.signataire_nom))]

    @property
    def references(self) -> list[tuple[str, str]]:
        intitule = f" – {self.lot.intitule}" if self.lot.intitule else ""
        return [
            ("Marché", f"{self.marche.reference} – {self.marche.objet}"),
            ("Lot", f"{self.lot.numero}{intitule}"),
            ("Acheteur", self.marche.acheteur.nom),
        ]

    @property
    def reference_entreprise(self) -> tuple[str, str]:
        return ("Entreprise", f"{self.entreprise} (SIRET {self.engagement.entreprise.siret})")

    @property
    def entreprise(self) -> str:
        return str(self.engagement.entreprise.raison_sociale)

    @property
    def regles(self) -> list[ReglePenalite]:
        return list(ReglePenalite.objects.visibles_par(self.par).filter(clause=self.engagement.clause_id))

    @property
    def regle_de_formation(self) -> str:
        """Ce que vaut une heure de formation quand le contrat la compte autrement ; vide sinon."""
        clause = self.engagement.clause
        if clause.coefficient_formation == 1 and clause.plafond_formation is None:
            return ""
        plafond = clause.plafond_formation
        limite = "" if plafond is None else f", dans la limite de {en_heures(plafond)} h"
        return (
            f"Heures retenues : une heure de formation compte pour {en_heures(clause.coefficient_formation)}{limite}."
        )

    @property
    def borne(self) -> str:
        """« du … au … », ou ce que l’on en sait."""
        debut, fin = self.engagement.debut, self.engagement.fin
        if debut and fin:
            return f"du {en_date(debut)} au {en_date(fin)}"
        return f"à compter du {en_date(debut)}" if debut else "sur la durée du marché"


def destinataire(nom: str, *attention: str, adresse_postale: str, commune_insee: str) -> list[str]:
    """Le bloc d’adresse : celle donnée à l’émission ; à défaut la commune de l’annuaire, qui n’a pas de rue.

    Le SIRET n’y est pas : il n’aide pas le facteur, il se lit dans les références.
    """
    lignes = [ligne.strip() for ligne in adresse_postale.splitlines() if ligne.strip()]
    if not lignes:
        lignes = list(Commune.objects.filter(code_insee=commune_insee).values_list("nom", flat=True))
    return [nom, *attention, *lignes]


def lire_dossier(engagement: Engagement, *, au: datetime.date, par: Acteur) -> Dossier:
    """Neuf requêtes au plus, quel que soit le nombre d’heures."""
    lu = Engagement.objects.visibles_par(par).avec_marche().avec_avancement(au=au).get(pk=engagement.pk)
    structure = Structure.objects.visibles_par(par).get()
    return Dossier(suivre(lu, au=au, par=par), structure, au, par)


def mois_sans_releve(dossier: Dossier) -> list[datetime.date]:
    """Les mois de l’engagement dont le relevé était dû à la date du dossier et n’est pas arrivé."""
    recus = set(
        Releve.objects.visibles_par(dossier.par)
        .filter(engagement=dossier.engagement.pk)
        .exclude(statut=StatutReleve.ATTENDU)
        .values_list("mois", flat=True)
    )
    dus = mois_echus(
        dossier.engagement.debut,
        dossier.engagement.fin,
        au=dossier.au,
        jour_echeance=dossier.structure.jour_echeance_releve,
    )
    return [mois for mois in dus if mois not in recus]


def courriers_precedents(dossier: Dossier) -> dict[str, datetime.date]:
    """Par nature, la date du dernier courrier : l’étape notée fait foi, à défaut le document émis et non annulé."""
    engagement = dossier.engagement.pk
    emis = (
        Document.objects.visibles_par(dossier.par)
        .filter(engagement=engagement, annule_le=None)
        .order_by("emis_le", "pk")
        .values_list("nature", "emis_le")
    )
    dates = {nature: timezone.localdate(instant) for nature, instant in emis}
    notes = Evenement.objects.visibles_par(dossier.par).filter(engagement=engagement).en_vigueur()
    return dates | dict(notes.order_by("date", "pk").values_list("nature", "date"))
