"""L’état final d’un engagement, son décompte : ce qui était dû, ce qui a été fait, ce qui reste, et la suite donnée.

Il va à l’acheteur comme à l’entreprise : aucun identifiant, et un nombre de personnes de 1 à 4 est masqué
(bilans.md, « Secret »). D’une attestation liée il ne donne que le numéro et les totaux, jamais le code.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from bilans.documents.attestations import libelle_de_modalite
from bilans.documents.dossier import Dossier, en_date
from bilans.documents.piece import Bloc, Chiffres, Paragraphe, Piece, Tableau, Titre
from bilans.documents.propositions import provenance
from bilans.enums import ATTESTATIONS
from bilans.models import Document
from clauses.socle.nombres import en_euros, en_heures, en_nombre, en_taux
from heures.models import LigneHeures
from heures.querysets import LigneHeuresQuerySet
from marches import calculs
from marches.enums import NatureEvenement
from marches.models import Evenement, PropositionPenalite

ZERO = Decimal(0)
SECRET = 5
ANNEES_DE_FRONT = 6
MOIS_COURTS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
# La proposition et la décision ont leur tableau : les étapes ne les redisent pas.
ETAPES = (
    NatureEvenement.CONTACT,
    NatureEvenement.RELANCE_1,
    NatureEvenement.RELANCE_2,
    NatureEvenement.MISE_EN_DEMEURE,
)


def composer(dossier: Dossier) -> Piece:
    prevue = dossier.prevision
    taux = calculs.taux(prevue.realise, prevue.engage)
    par_mois, validees = _par_mois(dossier)
    return Piece(
        titre="État final de l’engagement d’insertion",
        surtitre=f"Arrêté au {en_date(dossier.au)}",
        entete=dossier.entete,
        date=dossier.lieu_et_date,
        references=[
            *dossier.references,
            dossier.reference_entreprise,
            ("Durée", dossier.borne),
            ("Situation", f"{prevue.situation.label.lower()} ; personnes employées : {_personnes(dossier)}"),
        ],
        blocs=[
            Chiffres(
                [
                    ("Engagées", f"{en_heures(prevue.engage)} h"),
                    ("Retenues", f"{en_heures(prevue.realise)} h"),
                    ("Reste à réaliser", f"{en_heures(max(prevue.engage - prevue.realise, ZERO))} h"),
                    ("Réalisation", "–" if taux is None else en_taux(taux)),
                ]
            ),
            *_retenues(dossier, validees),
            Titre("Engagement"),
            _grand_livre(dossier),
            Titre("Heures validées"),
            par_mois,
            _par_modalite(dossier),
            Titre("Attestations"),
            _attestations(dossier),
            *_suites(dossier),
        ],
        signatures=[dossier.signature],
        pied=f"{dossier.structure.nom} – {dossier.marche.reference}, lot {dossier.lot.numero}",
    )


def _personnes(dossier: Dossier) -> str:
    lignes = _validees(dossier).order_by().values("participant").annotate(somme=Sum("heures"))
    nombre = sum(1 for ligne in lignes if ligne["somme"] > 0)
    return f"< {SECRET}" if 0 < nombre < SECRET else en_nombre(nombre)


def _validees(dossier: Dossier) -> LigneHeuresQuerySet:
    lignes = LigneHeures.objects.visibles_par(dossier.par).validees()
    return lignes.filter(engagement=dossier.engagement.pk, mois__lte=dossier.au)


def _retenues(dossier: Dossier, validees: Decimal) -> list[Bloc]:
    """Pourquoi les heures retenues ne sont pas les heures validées, quand elles diffèrent."""
    retenues = dossier.prevision.realise
    if retenues == validees:
        return []
    texte = f"{en_heures(validees)} h sont validées, {en_heures(retenues)} h sont retenues pour l’engagement."
    return [Paragraphe(f"{texte} {dossier.regle_de_formation}".strip(), "note")]


def _par_mois(dossier: Dossier) -> tuple[Tableau, Decimal]:
    """Une ligne par année, une colonne par mois : l’engagement entier tient sur une page. Et le total."""
    annees: dict[int, dict[int, Decimal]] = defaultdict(dict)
    sommes = _validees(dossier).order_by("mois").values_list("mois").annotate(somme=Sum("heures"))
    for mois, somme in sommes:
        annees[mois.year][mois.month] = somme
    rangees = [
        [str(annee), *(_heures(par_mois.get(mois)) for mois in range(1, 13)), en_heures(sum(par_mois.values(), ZERO))]
        for annee, par_mois in sorted(annees.items())
    ]
    total = sum((somme for par_mois in annees.values() for somme in par_mois.values()), ZERO)
    tableau = Tableau(
        "Par mois travaillé, travail et formation",
        ["Année", *MOIS_COURTS, "Total"],
        rangees or [["–"] * 14],
        nombres=range(1, 14),
        largeurs=(0, *(1,) * 12, 0),
        total=["Total", *[""] * 12, en_heures(total)],
        est_dense=True,
    )
    return tableau, total


def _par_modalite(dossier: Dossier) -> Tableau:
    """Une ligne par modalité, une colonne par année ; au-delà de six ans, les plus anciennes se réunissent."""
    clefs = ("mois", "modalite", "type_heures")
    cases: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for mois, modalite, type_heures, somme in (
        _validees(dossier).order_by(*clefs).values_list(*clefs).annotate(somme=Sum("heures"))
    ):
        cases[libelle_de_modalite(modalite, type_heures)][mois.year] += somme
    annees = sorted({annee for par_annee in cases.values() for annee in par_annee})
    anciennes, recentes = annees[:-ANNEES_DE_FRONT], annees[-ANNEES_DE_FRONT:]
    colonnes = [*([anciennes] if anciennes else []), *([annee] for annee in recentes)]
    sommes = {annee: sum((par_annee.get(annee, ZERO) for par_annee in cases.values()), ZERO) for annee in annees}
    total = sum(sommes.values(), ZERO)
    return Tableau(
        "Par modalité",
        ["Modalité", *(_periode(colonne) for colonne in colonnes), "Total", "Part"],
        [[libelle, *_rangee(par_annee, colonnes, total)] for libelle, par_annee in sorted(cases.items())]
        or [["–"] * (len(colonnes) + 3)],
        nombres=range(1, len(colonnes) + 3),
        total=["Total", *_rangee(sommes, colonnes, total)],
        est_dense=True,
    )


def _periode(annees: list[int]) -> str:
    return str(annees[0]) if len(annees) == 1 else f"{annees[0]} à {annees[-1]}"


def _rangee(par_annee: Mapping[int, Decimal], colonnes: list[list[int]], total: Decimal) -> list[str]:
    somme = sum(par_annee.values(), ZERO)
    part = calculs.taux(somme, total)
    heures = [_heures(sum((par_annee.get(annee, ZERO) for annee in colonne), ZERO)) for colonne in colonnes]
    return [*heures, en_heures(somme), "–" if part is None else en_taux(part)]


def _heures(valeur: Decimal | None) -> str:
    return "" if not valeur else en_heures(valeur)


def _grand_livre(dossier: Dossier) -> Tableau:
    return Tableau(
        "Grand livre : chaque mouvement daté des heures engagées",
        ["Date", "Mouvement", "Motif et pièce", "Heures", "Total"],
        [
            [
                en_date(mouvement.date),
                mouvement.get_nature_display(),
                " – ".join(filter(None, (mouvement.motif, mouvement.piece))) or "–",
                f"{'+' if mouvement.heures > 0 else '−'}{en_heures(abs(mouvement.heures))}",
                en_heures(cumul),
            ]
            for mouvement, cumul in dossier.suivi.livre
            if mouvement.date <= dossier.au
        ]
        or [["–", "Aucun mouvement", "–", "–", "–"]],
        nombres=[3, 4],
        largeurs=[0, 2, 3, 0, 0],
        est_dense=True,
    )


def _attestations(dossier: Dossier) -> Bloc:
    """Celles qui valent encore ; une annulée n’atteste plus rien."""
    liees = (
        Document.objects.visibles_par(dossier.par)
        .filter(engagement=dossier.engagement.pk, nature__in=sorted(ATTESTATIONS), annule_le=None)
        .defer("contenu")
        .order_by("emis_le", "pk")
    )
    lignes = [
        [
            attestation.titre,
            en_date(timezone.localdate(attestation.emis_le)),
            " au ".join(en_date(datetime.date.fromisoformat(attestation.totaux[borne])) for borne in ("du", "au")),
            en_heures(Decimal(attestation.totaux["heures"])),
        ]
        for attestation in liees
    ]
    if not lignes:
        return Paragraphe("Aucune attestation n’a été émise pour cet engagement.", "note")
    return Tableau(
        "Attestations émises et valables",
        ["Attestation", "Émise le", "Période", "Heures"],
        lignes,
        nombres=[3],
        largeurs=[1, 0, 0, 0],
        est_dense=True,
    )


def _suites(dossier: Dossier) -> list[Bloc]:
    """La suite graduée et la décision : les étapes seulement, jamais les notes."""
    engagement = dossier.engagement.pk
    evenements = Evenement.objects.visibles_par(dossier.par).filter(
        engagement=engagement, date__lte=dossier.au, nature__in=ETAPES
    )
    etapes = [f"{e.get_nature_display().lower()} le {en_date(e.date)}" for e in evenements.order_by("date", "pk")]
    propositions = PropositionPenalite.objects.visibles_par(dossier.par).filter(
        engagement=engagement, arretee_au__lte=dossier.au
    )
    penalites = list(propositions.order_by("proposee_le", "pk"))
    blocs: list[Bloc] = [Titre("Suite donnée")]
    if not etapes and not penalites:
        return [*blocs, Paragraphe("Aucun manquement n’a donné lieu à une étape de la suite graduée.", "note")]
    if etapes:
        blocs.append(Paragraphe(f"Étapes : {', '.join(etapes)}."))
    return [*blocs, _penalites(penalites)]


def _penalites(penalites: list[PropositionPenalite]) -> Bloc:
    if not penalites:
        return Paragraphe("Aucune pénalité n’a été proposée.", "note")
    decides = [p.montant_decide for p in penalites if p.montant_decide is not None]
    return Tableau(
        "Pénalités proposées par le facilitateur et décidées par l’acheteur",
        ["Arrêtée au", "Proposée", "Décision", "Motif", "Décidée"],
        [
            [
                en_date(penalite.arretee_au),
                en_euros(penalite.montant),
                "attendue" if penalite.decidee_le is None else penalite.get_statut_display().lower(),
                " – ".join(filter(None, (penalite.motif, *provenance(penalite)))) or "–",
                "–" if penalite.montant_decide is None else en_euros(penalite.montant_decide),
            ]
            for penalite in penalites
        ],
        nombres=[1, 4],
        largeurs=[0, 0, 0, 1, 0],
        total=["Total décidé", "", "", "", en_euros(sum(decides, ZERO)) if decides else "–"],
        est_dense=True,
    )
