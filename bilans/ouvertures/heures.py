"""Les listes qui se somment en heures : lignes de la période, lignes hors compte, cumul, mouvements."""

from __future__ import annotations

import datetime
from collections.abc import Sequence, Set
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from bilans import agregats, calculs, selections
from bilans.calculs import Filtre
from bilans.etats import INITIAL
from bilans.faits import Faits
from bilans.ouvertures.composition import DE_HEURES, EN_HEURES, ColonneOuverte, Composition, Element, Trouve
from clauses.comptes.acteurs import Acteur
from heures.enums import StatutLigne
from heures.models import LigneHeures
from marches.enums import NatureMouvement
from marches.models import MouvementEngagement

DE_LOT = frozenset({"lot", "engagement", "acheteur"})
ZERO = Decimal("0.00")


def chercher_lignes(acteur: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    """Lignes validées de la période, par mois puis par saisie."""
    retenues = {cellule[:4] for cellule in calculs.retenir(faits, filtre)}
    lues = (
        agregats.lignes_validees(acteur, faits.periode)
        .order_by("mois", "pk")
        .values_list("pk", "engagement_id", "participant_id", "modalite", "contrat_id", "heures")
    )
    cles, total = [], ZERO
    for pk, *cle, heures in lues.iterator(chunk_size=5000):
        if tuple(cle) in retenues:
            cles.append(pk)
            total += heures
    return Trouve(cles, total)


def chercher_hors_compte(acteur: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    """Lignes déclarées ou refusées de la période."""
    lues = agregats.hors_compte(acteur, faits.periode, faits.perimetre).filter(statut=filtre["statut"])
    return _additionner(lues.order_by("mois", "pk").values_list("pk", "heures"))


def chercher_cumul(acteur: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    """Lignes validées des marchés en cours, depuis leur notification jusqu’à la date d’arrêté."""
    engagements = set(selections.engagements(faits, filtre))
    lues = agregats.lignes_jusqu_au(acteur, faits.periode.arrete_au).order_by("mois", "pk")
    return _de_ces_engagements(lues, engagements)


def chercher_mouvements(acteur: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    """Mouvements du grand livre des marchés en cours, jusqu’à la date d’arrêté."""
    engagements = set(selections.engagements(faits, filtre))
    lus = agregats.mouvements_jusqu_au(acteur, faits.periode.arrete_au).order_by("date", "pk")
    return _de_ces_engagements(lus, engagements)


def chercher_mouvements_suivis(acteur: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    """Mouvements du grand livre des marchés suivis, soldés compris, jusqu’à la date d’arrêté."""
    engagements = set(selections.engagements_suivis(faits, filtre))
    lus = agregats.mouvements_jusqu_au(acteur, faits.periode.arrete_au).order_by("date", "pk")
    return _de_ces_engagements(lus, engagements)


def chercher_mouvements_des_lots(acteur: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    """Mouvements du grand livre des lots montrés, jusqu’à la date d’arrêté : l’engagement initial, ou la suite."""
    engagements = set(selections.engagements_des_lots(faits, filtre))
    lus = agregats.mouvements_jusqu_au(acteur, faits.periode.arrete_au).order_by("date", "pk")
    quoi = filtre.get("mouvement")
    if quoi is not None:
        est_initial = Q(nature=NatureMouvement.INITIAL)
        lus = lus.filter(est_initial if quoi == INITIAL else ~est_initial)
    return _de_ces_engagements(lus, engagements)


def chercher_lignes_des_lots(acteur: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    """Lignes validées des lots montrés, depuis le début : jusqu’à la date d’arrêté, ou avant la période."""
    du, _, arrete_au = faits.periode
    engagements = set(selections.engagements_des_lots(faits, filtre))
    jusqu_au = du - datetime.timedelta(days=1) if "quand" in filtre else arrete_au
    lues = agregats.lignes_jusqu_au(acteur, jusqu_au).order_by("mois", "pk")
    return _de_ces_engagements(lues, engagements)


def _de_ces_engagements(lus: QuerySet[Any], engagements: Set[int]) -> Trouve:
    """Un filtre en Python : une liste de milliers de clefs ne tient pas dans une requête."""
    couples = lus.values_list("pk", "heures", "engagement_id").iterator(chunk_size=5000)
    return _additionner((pk, heures) for pk, heures, engagement in couples if engagement in engagements)


def _additionner(couples: Any) -> Trouve:
    cles, total = [], ZERO
    for pk, heures in couples:
        cles.append(pk)
        total += heures
    return Trouve(cles, total)


def lire_lignes(acteur: Acteur, _: Trouve, page: Sequence[int]) -> list[Element]:
    visibles = LigneHeures.objects.visibles_par(acteur).filter(pk__in=page)
    lues = visibles.select_related(
        "participant", "contrat__employeur", "engagement__clause__lot__marche__acheteur", "engagement__entreprise"
    )
    return [Element(ligne, ligne.heures) for ligne in lues.order_by("mois", "pk")]


def lire_mouvements(acteur: Acteur, _: Trouve, page: Sequence[int]) -> list[Element]:
    visibles = MouvementEngagement.objects.visibles_par(acteur).filter(pk__in=page)
    lus = visibles.select_related("engagement__clause__lot__marche__acheteur", "engagement__entreprise")
    return [Element(mouvement, mouvement.heures) for mouvement in lus.order_by("date", "pk")]


def _marche(element: Element) -> Any:
    return element.fiche.engagement.clause.lot.marche


MARCHE = ColonneOuverte("Marché", lambda e: _marche(e).reference, lambda e: e.fiche.engagement.get_absolute_url())
ACHETEUR = ColonneOuverte("Acheteur", lambda e: str(_marche(e).acheteur))
COLONNES_LIGNES = (
    ColonneOuverte("Personne", lambda e: str(e.fiche.participant), lambda e: e.fiche.participant.get_absolute_url()),
    ColonneOuverte("Mois", lambda e: f"{e.fiche.mois:%m/%Y}"),
    EN_HEURES,
    MARCHE,
    ACHETEUR,
    ColonneOuverte("Employeur", lambda e: str(e.fiche.contrat.employeur)),
    ColonneOuverte("Modalité", lambda e: e.fiche.get_modalite_display()),
    ColonneOuverte("Contrat", lambda e: e.fiche.contrat.get_type_contrat_display()),
    ColonneOuverte("Nature", lambda e: e.fiche.get_nature_display()),
)

LIGNES = Composition(
    ("ligne d’heures validées", "lignes d’heures validées"),
    DE_HEURES,
    chercher_lignes,
    lire_lignes,
    COLONNES_LIGNES,
)
HORS_COMPTE = Composition(
    ("ligne d’heures hors compte", "lignes d’heures hors compte"),
    frozenset({"statut"}),
    chercher_hors_compte,
    lire_lignes,
    (*COLONNES_LIGNES, ColonneOuverte("Statut", lambda e: e.fiche.get_statut_display())),
    requis={"statut": frozenset({StatutLigne.DECLAREE, StatutLigne.REFUSEE})},
)
CUMUL = Composition(
    ("ligne d’heures validées depuis la notification", "lignes d’heures validées depuis la notification"),
    selections.DE_MARCHE,
    chercher_cumul,
    lire_lignes,
    COLONNES_LIGNES,
    est_cumul=True,
)
MOUVEMENTS = Composition(
    ("mouvement du grand livre", "mouvements du grand livre"),
    selections.DE_MARCHE,
    chercher_mouvements,
    lire_mouvements,
    (
        MARCHE,
        ColonneOuverte("Date", lambda e: f"{e.fiche.date:%d/%m/%Y}"),
        EN_HEURES,
        ColonneOuverte("Nature", lambda e: e.fiche.get_nature_display()),
        ACHETEUR,
        ColonneOuverte("Entreprise redevable", lambda e: str(e.fiche.engagement.entreprise)),
    ),
    est_nominative=False,
    est_cumul=True,
)
MOUVEMENTS_SUIVIS = replace(MOUVEMENTS, chercher=chercher_mouvements_suivis, est_cumul=False)
MOUVEMENTS_DES_LOTS = replace(MOUVEMENTS, dimensions=DE_LOT | {"mouvement"}, chercher=chercher_mouvements_des_lots)
LIGNES_DES_LOTS = replace(CUMUL, dimensions=DE_LOT | {"quand"}, chercher=chercher_lignes_des_lots)
