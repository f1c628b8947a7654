"""Les fiches qui se ressemblent, côte à côte, et les fusions que l’on peut encore défaire."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.mois import en_lettres
from clauses.socle.nombres import en_heures
from heures import communes, doublons
from heures.actions import DELAI_JOURS, annulable_jusqu_au
from heures.enums import StatutLigne
from heures.models import (
    ContratTravail,
    DoublonEcarte,
    EntreeClause,
    Fusion,
    LigneHeures,
    Participant,
    Prolongation,
    Sortie,
)
from heures.noms import Nom
from heures.semblables import doublons as chercher_doublons

ZERO = Decimal(0)
CHAMPS = ("pk", "nom", "prenom", "date_naissance")


@dataclass(frozen=True, slots=True)
class PaireLue:
    premiere: Participant
    seconde: Participant
    raison: str


def probables(par: Acteur) -> list[PaireLue]:
    """Toutes les paires probables de la structure, hors celles déjà écartées."""
    lues = Participant.objects.visibles_par(par).order_by().values_list(*CHAMPS)
    fiches = (doublons.FicheLue(pk, Nom(nom, prenom), naissance) for pk, nom, prenom, naissance in lues)
    paires = doublons.paires_probables(fiches, ecartees=_ecartees(par))
    numeros = {numero for paire in paires for numero in (paire.premiere, paire.seconde)}
    connues = {fiche.pk: fiche for fiche in Participant.objects.visibles_par(par).filter(pk__in=numeros)}
    return [PaireLue(connues[p.premiere], connues[p.seconde], p.raison) for p in paires]


def semblables(participant: Participant, par: Acteur) -> list[Participant]:
    """Les doublons probables de cette fiche, hors ceux déjà écartés."""
    ecrit = Nom(participant.nom, participant.prenom)
    proches = chercher_doublons(ecrit, participant.date_naissance, pk=participant.pk, par=par)
    deux_personnes = {numero for paire in _ecartees(par, participant) for numero in paire}
    return [fiche for fiche in proches if fiche.pk not in deux_personnes]


def _ecartees(par: Acteur, participant: Participant | None = None) -> set[tuple[int, int]]:
    connues = DoublonEcarte.objects.visibles_par(par)
    if participant is not None:
        connues = connues.filter(Q(premiere=participant) | Q(seconde=participant))
    return set(connues.values_list("premiere", "seconde"))


@dataclass(frozen=True, slots=True)
class LigneComparee:
    """Ce que dit chaque fiche ; un texte, ou une liste de textes."""

    libelle: str
    valeurs: Sequence[Sequence[str]]

    @property
    def differe(self) -> bool:
        """Vrai si les deux fiches ne disent pas la même chose ; majuscules et minuscules se valent."""
        une, autre = ([valeur.casefold() for valeur in valeurs] for valeurs in self.valeurs)
        return une != autre


@dataclass(frozen=True, slots=True)
class Comparaison:
    fiches: Sequence[Participant]
    identite: Sequence[LigneComparee]
    parcours: Sequence[LigneComparee]
    avertissements: Sequence[str]


def comparer(une: Participant, autre: Participant, *, par: Acteur) -> Comparaison:
    """Deux fiches côte à côte, et ce que leur réunion ferait remarquer. Nombre de requêtes constant."""
    fiches = (une, autre)
    structure = Structure.objects.visibles_par(par).get(pk=une.structure_id)
    lignes = LigneHeures.objects.visibles_par(par).filter(participant__in=fiches)
    return Comparaison(
        fiches,
        [LigneComparee(libelle, [[texte] for texte in textes]) for libelle, textes in _identite(fiches)],
        [LigneComparee(libelle, textes) for libelle, textes in _parcours(fiches, lignes, par)],
        doublons.avertissements_de_fusion(
            _mois_reunis(fiches, lignes), plafond=structure.seuil_refus_heures, communes=_communes(lignes)
        ),
    )


def _identite(fiches: Sequence[Participant]) -> list[tuple[str, list[str]]]:
    def naissance(fiche: Participant) -> str:
        return f"{fiche.date_naissance:%d/%m/%Y}" if fiche.date_naissance else "non renseignée"

    return [
        ("Nom", [fiche.nom for fiche in fiches]),
        ("Prénom", [fiche.prenom for fiche in fiches]),
        ("Date de naissance", [naissance(fiche) for fiche in fiches]),
        ("Sexe", [fiche.get_sexe_display() for fiche in fiches]),
        ("Commune", [communes.en_clair(fiche.commune_insee) or "non renseignée" for fiche in fiches]),
        ("Accompagnée par le PLIE", ["Oui" if fiche.est_participant_plie else "Non" for fiche in fiches]),
    ]


def _parcours(fiches: Sequence[Participant], lignes: Any, par: Acteur) -> list[tuple[str, list[list[str]]]]:
    entrees = EntreeClause.objects.visibles_par(par).courantes().filter(participant__in=fiches)
    contrats = ContratTravail.objects.visibles_par(par).filter(participant__in=fiches).select_related("employeur")
    prolongations = Prolongation.objects.visibles_par(par).filter(participant__in=fiches)
    sorties = Sortie.objects.visibles_par(par).filter(participant__in=fiches)
    sommes = lignes.validees().order_by().values_list("participant").annotate(total=Sum("heures"))
    return [
        ("Entrées", _ranger(fiches, entrees.order_by("date_entree", "pk"), lambda e: f"{e.date_entree:%d/%m/%Y}")),
        ("Contrats", _ranger(fiches, contrats.order_by("date_debut", "pk"), _contrat_en_clair)),
        ("Heures validées", _heures(fiches, dict(sommes))),
        ("Prolongations", _ranger(fiches, prolongations.order_by("jusqu_au", "pk"), str)),
        ("Sorties", _ranger(fiches, sorties.order_by("date", "pk"), str)),
    ]


def _ranger(fiches: Sequence[Participant], objets: Any, ecrire: Any) -> list[list[str]]:
    par_fiche: dict[int, list[str]] = defaultdict(list)
    for objet in objets:
        par_fiche[objet.participant_id].append(ecrire(objet))
    return [par_fiche[fiche.pk] for fiche in fiches]


def _heures(fiches: Sequence[Participant], sommes: dict[int, Decimal]) -> list[list[str]]:
    return [[f"{en_heures(sommes[fiche.pk])} h"] if sommes.get(fiche.pk) else [] for fiche in fiches]


def _contrat_en_clair(contrat: ContratTravail) -> str:
    fin = f" – {contrat.date_fin:%d/%m/%Y}" if contrat.date_fin else ", en cours"
    return f"{contrat}, {contrat.date_debut:%d/%m/%Y}{fin}"


def _mois_reunis(fiches: Sequence[Participant], lignes: Any) -> list[doublons.MoisReuni]:
    une, autre = fiches
    sommes: dict[datetime.date, dict[int, Decimal]] = defaultdict(dict)
    comptees = lignes.exclude(statut=StatutLigne.REFUSEE).order_by()
    for fiche, mois, total in comptees.values_list("participant", "mois").annotate(total=Sum("heures")):
        sommes[mois][fiche] = total
    return [
        doublons.MoisReuni(mois, par_fiche.get(une.pk, ZERO), par_fiche.get(autre.pk, ZERO))
        for mois, par_fiche in sorted(sommes.items())
    ]


def _communes(lignes: Any) -> list[str]:
    """Engagements et mois où les deux fiches ont des heures : peut-être les mêmes, notées deux fois."""
    comptees = lignes.exclude(statut=StatutLigne.REFUSEE).order_by("mois", "engagement")
    vues: dict[tuple[datetime.date, int, str], set[int]] = defaultdict(set)
    for mois, engagement, reference, fiche in comptees.values_list(
        "mois", "engagement", "engagement__clause__lot__marche__reference", "participant"
    ):
        vues[mois, engagement, reference].add(fiche)
    return [
        f"{en_lettres(mois).capitalize()}, marché {reference}"
        for (mois, _, reference), fiches in vues.items()
        if len(fiches) == 2
    ]


@dataclass(frozen=True, slots=True)
class FusionLue:
    fusion: Fusion
    annulable_jusqu_au: datetime.date


def recentes(par: Acteur) -> list[FusionLue]:
    """Fusions que l’on peut encore défaire, de la plus récente à la plus ancienne."""
    # Un jour de marge : la limite est un jour, l’instant de la fusion une heure.
    depuis = timezone.now() - datetime.timedelta(days=DELAI_JOURS + 1)
    vives = (
        Fusion.objects.visibles_par(par)
        .filter(annulee_le=None, fusionnee_le__gte=depuis)
        .select_related("gardee", "absorbee", "fusionnee_par")
        .order_by("-fusionnee_le", "-pk")
    )
    aujourd_hui = timezone.localdate()
    lues = (FusionLue(fusion, annulable_jusqu_au(fusion)) for fusion in vives)
    return [lue for lue in lues if lue.annulable_jusqu_au >= aujourd_hui]


def fiche_gardee(pk: int, par: Acteur) -> Participant | None:
    """La fiche qui a absorbé celle-ci, s’il y en a une dans le périmètre."""
    fusion = Fusion.objects.visibles_par(par).filter(absorbee=pk, annulee_le=None).select_related("gardee").first()
    return fusion.gardee if fusion else None
