"""Ce qui manque aux personnes, et ce qui choque dans leurs contrats et leurs mois. Un nombre constant de requêtes."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from bilans.faits import NR, Faits, Profil
from bilans.qualite.definitions import PAR_CLE, Cas, Defaut, Perimetre
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.mois import en_lettres
from heures import calculs
from heures.anomalies import meme_temps
from heures.enums import StatutLigne
from heures.lecture_anomalies import autre_contrat
from heures.models import ContratTravail, EntreeClause, LigneHeures, Participant

PROFIL = {"sans_critere": "principal", "sans_commune": "territoire", "sans_qpv": "qpv"}
SANS_ENTREE = "Aucune entrée en clause."


@dataclass(frozen=True, slots=True)
class Entree:
    """Une entrée courante, réduite à ce que la qualité en regarde."""

    pk: int
    date: datetime.date
    piece: str
    date_constat: datetime.date | None

    @property
    def en_clair(self) -> str:
        return f"Entrée du {self.date:%d/%m/%Y}."


def lignes_de_la_periode(acteur: Acteur, ou: Perimetre) -> Any:
    """Toutes les lignes de la période que personne n’a refusées."""
    visibles = LigneHeures.objects.visibles_par(acteur).exclude(statut=StatutLigne.REFUSEE).order_by()
    return visibles.travaillees(du=ou.periode.du, au=ou.periode.au)


class Personnes:
    """Les bénéficiaires d’un périmètre, lus une fois : noms et entrées."""

    def __init__(self, acteur: Acteur, ou: Perimetre, faits: Faits, retenues: Collection[int]) -> None:
        self.acteur, self.ou, self.faits, self.retenues = acteur, ou, faits, set(retenues)
        concernees = lignes_de_la_periode(acteur, ou).values("participant")
        fiches = Participant.objects.visibles_par(acteur).filter(pk__in=concernees).order_by("nom", "prenom", "pk")
        self.noms = {fiche.pk: f"{fiche} ({fiche.identifiant})" for fiche in fiches if fiche.pk in self.retenues}
        entrees = EntreeClause.objects.visibles_par(acteur).courantes().filter(participant__in=concernees)
        lues = entrees.order_by("participant", "numero").values_list(
            "participant", "pk", "date_entree", "piece_type", "date_constat"
        )
        self.premieres: dict[int, Entree] = {}
        self.dernieres: dict[int, Entree] = {}
        for participant, *valeurs in lues:
            entree = Entree(*valeurs)
            self.premieres.setdefault(participant, entree)
            self.dernieres[participant] = entree

    def defauts(self) -> Iterator[Defaut]:
        yield from (self._de_profil(cle, champ) for cle, champ in PROFIL.items())
        yield self._d_entree("sans_piece", lambda entree: not entree.piece)
        yield self._d_entree("sans_constat", lambda entree: entree.date_constat is None)

    def _de_profil(self, cle: str, champ: str) -> Defaut:
        """Le « non renseigné » du bilan : le même profil, la même première entrée."""
        cas = [self._cas(pk, self.premieres.get(pk)) for pk in self.noms if _manque(self.faits.profils.get(pk), champ)]
        return Defaut(PAR_CLE[cle], cas, len(self.noms))

    def _d_entree(self, cle: str, manque: Any) -> Defaut:
        sans = [pk for pk in self.noms if pk not in self.dernieres or manque(self.dernieres[pk])]
        return Defaut(PAR_CLE[cle], [self._cas(pk, self.dernieres.get(pk)) for pk in sans], len(self.noms))

    def _cas(self, pk: int, entree: Entree | None) -> Cas:
        """Une entrée qui existe se corrige ; sans entrée, on l’enregistre."""
        if entree is None:
            return Cas(self.noms[pk], SANS_ENTREE, reverse("heures:entree_creer", args=[pk]))
        return Cas(self.noms[pk], entree.en_clair, reverse("heures:entree_corriger", args=[entree.pk]))

    def mois_pleins(self, structure: Structure) -> Defaut:
        seuil = structure.seuil_avertissement_heures
        sommes = lignes_de_la_periode(self.acteur, self.ou).values_list("participant", "mois")
        depasses = sommes.annotate(total=Sum("heures")).filter(total__gt=seuil).order_by("mois", "participant")
        cas = [
            Cas(
                self.noms[pk],
                f"{en_lettres(mois).capitalize()}\u00a0: {calculs.au_dela_d_un_mois_plein(total, seuil)}",
                reverse("heures:participant", args=[pk]),
                total,
            )
            for pk, mois, total in depasses
            if pk in self.noms
        ]
        return Defaut(PAR_CLE["mois_pleins"], cas)

    def chevauchements(self) -> Defaut:
        """Un cas par contrat qui a des heures pendant qu’un autre court, avec les mois concernés."""
        visibles = ContratTravail.objects.visibles_par(self.acteur)
        concernes = visibles.filter(participant__in=lignes_de_la_periode(self.acteur, self.ou).values("participant"))
        siens: dict[int, list[ContratTravail]] = defaultdict(list)
        for contrat in concernes.select_related("employeur").order_by("participant", "date_debut", "pk"):
            siens[contrat.participant_id].append(contrat)
        mois_par_contrat: dict[int, list[datetime.date]] = defaultdict(list)
        travailles = lignes_de_la_periode(self.acteur, self.ou).values_list("contrat", "mois").distinct()
        for contrat_id, mois in travailles.order_by("contrat", "mois"):
            mois_par_contrat[contrat_id].append(mois)
        cas = [
            trouve
            for pk in self.noms
            for contrat in siens[pk]
            for trouve in self._chevauchement(contrat, siens[pk], mois_par_contrat[contrat.pk])
        ]
        return Defaut(PAR_CLE["chevauchements"], cas)

    def _chevauchement(
        self, contrat: ContratTravail, siens: Iterable[ContratTravail], mois_travailles: Iterable[datetime.date]
    ) -> Iterator[Cas]:
        autres = [autre_contrat(autre) for autre in siens if autre.pk != contrat.pk]
        par_mois = {mois: meme_temps(mois, contrat.quotite, autres) for mois in mois_travailles}
        touches = [mois for mois, presents in par_mois.items() if presents]
        if not touches:
            return
        noms = sorted({autre.employeur for mois in touches for autre in par_mois[mois]})
        quand = (
            f"en {en_lettres(touches[0])}"
            if len(touches) == 1
            else f"{len(touches)} mois depuis {en_lettres(touches[0])}"
        )
        detail = f"Contrat chez {contrat.employeur}\u00a0: un autre court {quand}, chez {', '.join(noms)}."
        url = reverse("heures:contrat_modifier", args=[contrat.pk])
        yield Cas(self.noms[contrat.participant_id], detail, url)


def _manque(profil: Profil | None, champ: str) -> bool:
    return profil is None or getattr(profil, champ) == NR
