"""Les lots d’un acheteur, ce que chacun doit et a fait, et les suites données : lectures du bilan C (bilans.md)."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet, Sum
from django.utils import timezone

from bilans import calculs
from bilans.calculs import en_decimal, rapport
from bilans.faits import Faits, Periode
from bilans.tableaux import TOTAL, Rangee
from clauses.comptes.acteurs import Acteur
from heures.models import LigneHeures
from marches.avancement import avancement
from marches.enums import NatureEvenement, NatureMouvement, StatutPenalite
from marches.models import (
    Attribution,
    Clause,
    Engagement,
    Evenement,
    Lot,
    Marche,
    MouvementEngagement,
    PropositionPenalite,
)

CENTIEMES: BigIntegerField[int, int] = BigIntegerField()
HEURES = (
    "heures_initiales", "avenants", "heures_engagees", "heures_avant", "heures_periode", "heures_cumul", "reste",
)  # fmt: skip
DECIDEES_AILLEURS = (NatureEvenement.PROPOSITION, NatureEvenement.DECISION)


def lire_lots(acteur: Acteur, faits: Faits, acheteurs: Collection[int]) -> list[Lot]:
    """Lots des marchés en cours à la date d’arrêté, notifiés dans la période, ou qui y ont des heures."""
    periode = faits.periode
    marches = Marche.objects.visibles_par(acteur).order_by()
    en_cours, notifies = marches.en_cours(le=periode.arrete_au), marches.notifies(du=periode.du, au=periode.au)
    actifs = {faits.engagements[cellule.engagement].lot for cellule in faits.cellules}
    retenus = Q(marche__in=en_cours.values("pk")) | Q(marche__in=notifies.values("pk")) | Q(pk__in=actifs)
    visibles = Lot.objects.visibles_par(acteur).filter(retenus, marche__acheteur__in=acheteurs)
    return list(
        visibles.avec_avancement(au=periode.arrete_au, pour=acteur)
        .select_related("structure", "marche__acheteur")
        .order_by("marche__acheteur__nom", "marche__date_notification", "marche__reference", "numero", "pk")
    )


def compter_les_lots(acteur: Acteur, lots: Sequence[Lot]) -> Counter[int]:
    """Par marché, tous ses lots, y compris ceux que le bilan ne retient pas."""
    marches = {lot.marche_id for lot in lots}
    return Counter(Lot.objects.visibles_par(acteur).filter(marche__in=marches).values_list("marche_id", flat=True))


def lire_clauses(acteur: Acteur, lots: Sequence[Lot]) -> dict[int, list[str]]:
    clauses: dict[int, list[str]] = defaultdict(list)
    for clause in Clause.objects.visibles_par(acteur).filter(lot__in=lots).order_by("lot", "pk"):
        clauses[clause.lot_id].append(clause.get_nature_clause_display())
    return clauses


def lire_titulaires(acteur: Acteur, lots: Sequence[Lot]) -> dict[int, list[str]]:
    """Les attributaires de chaque lot ; à défaut, les entreprises qui y sont engagées."""
    noms: dict[int, list[str]] = defaultdict(list)
    attributions = Attribution.objects.visibles_par(acteur).filter(lot__in=lots).order_by("lot", "pk")
    for lot, nom in attributions.values_list("lot_id", "entreprise__raison_sociale"):
        noms[lot].append(nom)
    engagements = Engagement.objects.visibles_par(acteur).filter(clause__lot__in=lots).order_by("pk")
    engagees: dict[int, list[str]] = defaultdict(list)
    for lot, nom in engagements.values_list("clause__lot_id", "entreprise__raison_sociale"):
        engagees[lot].append(nom)
    return {lot.pk: list(dict.fromkeys(noms[lot.pk] or engagees[lot.pk])) for lot in lots}


def lire_mouvements(acteur: Acteur, lots: Sequence[Lot], au: datetime.date) -> dict[int, tuple[int, int]]:
    """Par lot, centièmes d’heure du grand livre à cette date : (engagement initial, tout le reste)."""
    initial = Q(nature=NatureMouvement.INITIAL)
    lus = MouvementEngagement.objects.visibles_par(acteur).filter(engagement__clause__lot__in=lots, date__lte=au)
    sommes = (
        lus.order_by()
        .values_list("engagement__clause__lot_id")
        .annotate(initiales=somme(initial), suivantes=somme(~initial))
    )
    return {lot: (int(initiales or 0), int(suivantes or 0)) for lot, initiales, suivantes in sommes}


def lire_heures(acteur: Acteur, lots: Sequence[Lot], periode: Periode) -> dict[int, tuple[int, int, int]]:
    """Par lot, centièmes d’heure validées : avant la période, dans la période, jusqu’à la date d’arrêté."""
    lues = LigneHeures.objects.visibles_par(acteur).validees().filter(engagement__clause__lot__in=lots)
    sommes = (
        lues.order_by()
        .values_list("engagement__clause__lot_id")
        .annotate(
            avant=somme(Q(mois__lt=periode.du)),
            pendant=somme(Q(mois__range=(periode.du, periode.au))),
            cumul=somme(Q(mois__lte=periode.arrete_au)),
        )
    )
    return {lot: (int(avant or 0), int(pendant or 0), int(cumul or 0)) for lot, avant, pendant, cumul in sommes}


def somme(filtre: Q) -> Sum:
    return Sum("heures", filter=filtre, output_field=CENTIEMES)


def lire_propositions(acteur: Acteur, lots: Sequence[Lot], au: datetime.date) -> list[PropositionPenalite]:
    """Les pénalités proposées jusqu’à cette date, de la plus ancienne à la plus récente."""
    visibles = PropositionPenalite.objects.visibles_par(acteur).filter(
        engagement__clause__lot__in=lots, proposee_le__date__lte=au
    )
    return list(visibles.select_related("engagement__entreprise", "engagement__clause").order_by("proposee_le", "pk"))


def marches(
    acteur: Acteur, faits: Faits, lots: Sequence[Lot], propositions: Iterable[PropositionPenalite], *, est_epci: bool
) -> list[Rangee]:
    """Une ligne par lot, puis le total ; le filtre d’une ligne nomme aussi l’acheteur quand il y en a plusieurs."""
    clauses, titulaires = lire_clauses(acteur, lots), lire_titulaires(acteur, lots)
    mouvements = lire_mouvements(acteur, lots, faits.periode.arrete_au)
    heures = lire_heures(acteur, lots, faits.periode)
    penalites = penalites_proposees(propositions)
    personnes = calculs.par_cle(faits.cellules, lambda c: faits.engagements[c.engagement].lot)
    nombre = compter_les_lots(acteur, lots)
    rangees = []
    for lot in lots:
        valeurs = {
            **_contrat(lot, clauses.get(lot.pk, []), titulaires[lot.pk], est_seul=nombre[lot.marche_id] == 1),
            **_heures(mouvements.get(lot.pk), heures.get(lot.pk, (0, 0, 0))),
            "beneficiaires": len(calculs.beneficiaires(personnes.get(lot.pk, {}))),
            "situation": _situation(lot, faits.periode.arrete_au),
            "penalite_proposee": penalites.get(lot.pk),
        }
        filtre = {"acheteur": lot.marche.acheteur.siret} if est_epci else {}
        rangees.append(Rangee(valeurs, {**filtre, "lot": str(lot.pk)}))
    return [*rangees, _total(faits, [rangee.valeurs for rangee in rangees])]


def numero(lot: Lot) -> str:
    return f"{lot.marche.reference}, lot {lot.numero}"


def _contrat(lot: Lot, clauses: Sequence[str], titulaires: Sequence[str], *, est_seul: bool) -> dict[str, Any]:
    """Ce que dit le contrat. « Condition d’exécution (L2112-2) » : la nature, puis l’article entre parenthèses."""
    coupees = [clause.rstrip(")").partition(" (") for clause in clauses]
    marche = lot.marche
    return {
        "acheteur": marche.acheteur.nom,
        "numero": numero(lot),
        "objet": f"{marche.objet}\u00a0: {lot.intitule}" if lot.intitule else marche.objet,
        "titulaires": " ; ".join(titulaires),
        "notification": marche.date_notification,
        "fin": marche.date_fin,
        "montant_ht": marche.montant_ht if lot.montant_ht is None and est_seul else lot.montant_ht,
        "nature": " ; ".join(nature for nature, _, _ in coupees),
        "article": " ; ".join(article for _, _, article in coupees if article),
    }


def _heures(mouvements: tuple[int, int] | None, heures: tuple[int, int, int]) -> dict[str, Any]:
    """Un lot sans aucun mouvement n’a pas d’engagement : vide, et non zéro."""
    avant, pendant, cumul = heures
    initiales, avenants = mouvements or (0, 0)
    engagees = initiales + avenants
    return {
        "heures_initiales": en_decimal(initiales) if mouvements else None,
        "avenants": en_decimal(avenants) if mouvements else None,
        "heures_engagees": en_decimal(engagees) if mouvements else None,
        "heures_avant": en_decimal(avant),
        "heures_periode": en_decimal(pendant),
        "heures_cumul": en_decimal(cumul),
        "taux": rapport(cumul, engagees),
        "reste": en_decimal(max(engagees - cumul, 0)) if mouvements else None,
    }


def _situation(lot: Lot, au: datetime.date) -> str:
    marche = lot.marche
    debut = marche.date_debut or marche.date_notification
    return str(avancement(lot, debut=debut, fin=marche.date_fin, au=au).situation.label)


def penalites_proposees(propositions: Iterable[PropositionPenalite]) -> dict[int, Decimal]:
    """Par lot, la dernière proposition de chaque engagement, additionnées."""
    dernieres = {p.engagement_id: p for p in propositions}
    sommes: dict[int, Decimal] = defaultdict(Decimal)
    for proposition in dernieres.values():
        sommes[proposition.engagement.clause.lot_id] += proposition.montant
    return sommes


def _total(faits: Faits, lignes: Sequence[Mapping[str, Any]]) -> Rangee:
    textes = ("acheteur", "objet", "titulaires", "nature", "article", "situation")
    valeurs: dict[str, Any] = {**dict.fromkeys(textes, ""), "numero": "Total (distinct)"}
    for cle in (*HEURES, "montant_ht", "penalite_proposee"):
        connues = [ligne[cle] for ligne in lignes if ligne[cle] is not None]
        valeurs[cle] = sum(connues, Decimal("0.00")) if connues else None
    valeurs["taux"] = rapport(valeurs["heures_cumul"] or 0, valeurs["heures_engagees"] or 0)
    valeurs["beneficiaires"] = len(calculs.beneficiaires(calculs.par_participant(faits.cellules)))
    return Rangee({**valeurs, "notification": None, "fin": None}, niveau=TOTAL)


def suites(
    acteur: Acteur, lots: Sequence[Lot], propositions: Iterable[PropositionPenalite], au: datetime.date
) -> list[Rangee]:
    """Ce qui s’est passé jusqu’à la date d’arrêté : étapes, propositions, décisions. Aucun texte libre."""
    par_lot = {lot.pk: numero(lot) for lot in lots}
    datees = [
        (e.date, _suite(par_lot, e, e.get_nature_display(), echeance=e.echeance)) for e in _etapes(acteur, lots, au)
    ]
    for proposition in propositions:
        proposee, decidee = timezone.localdate(proposition.proposee_le), proposition.decidee_le
        valeurs = _suite(par_lot, proposition, "Pénalité proposée", montant=proposition.montant)
        datees.append((proposee, valeurs))
        if decidee is not None and timezone.localdate(decidee) <= au:
            etape = f"Décision\u00a0: {StatutPenalite(proposition.statut).label.lower()}"
            valeurs = _suite(par_lot, proposition, etape, montant=proposition.montant_decide)
            datees.append((timezone.localdate(decidee), valeurs))
    datees.sort(key=lambda datee: datee[0])
    return [Rangee({**valeurs, "date": date}) for date, valeurs in datees]


def _etapes(acteur: Acteur, lots: Sequence[Lot], au: datetime.date) -> QuerySet[Evenement]:
    visibles: QuerySet[Evenement] = (
        Evenement.objects.visibles_par(acteur)
        .en_vigueur()
        .filter(engagement__clause__lot__in=lots, date__lte=au)
        .exclude(nature__in=DECIDEES_AILLEURS)
    )
    return visibles.select_related("engagement__entreprise", "engagement__clause").order_by("date", "pk")


def _suite(par_lot: Mapping[int, str], objet: Any, etape: str, **montrees: Any) -> dict[str, Any]:
    return {
        "numero": par_lot[objet.engagement.clause.lot_id],
        "entreprise": str(objet.engagement.entreprise),
        "etape": etape,
        "echeance": None,
        "montant": None,
        **montrees,
    }
