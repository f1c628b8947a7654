"""L’état final d’un engagement : ce qui était dû, ce qui a été fait, mois par mois, et la suite donnée.

Il va à l’acheteur comme à l’entreprise : aucun identifiant, et un nombre de personnes de 1 à 4 est masqué
(bilans.md, « Secret »).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum

from bilans.documents.dossier import Dossier, en_date
from bilans.documents.piece import Bloc, Chiffres, Paragraphe, Piece, Tableau, Titre
from clauses.socle.nombres import en_euros, en_heures, en_nombre, en_taux
from heures.models import LigneHeures
from heures.querysets import LigneHeuresQuerySet
from marches import calculs
from marches.models import Evenement, PropositionPenalite

ZERO = Decimal(0)
SECRET = 5
MOIS_COURTS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def composer(dossier: Dossier) -> Piece:
    prevue = dossier.prevision
    taux = calculs.taux(prevue.realise, prevue.engage)
    return Piece(
        titre="État final de l’engagement d’insertion",
        surtitre=f"Arrêté au {en_date(dossier.au)}",
        entete=dossier.entete,
        date=dossier.lieu_et_date,
        references=[
            *dossier.references,
            ("Entreprise", f"{dossier.entreprise} (SIRET {dossier.engagement.entreprise.siret})"),
            ("Durée", dossier.borne),
        ],
        blocs=[
            Chiffres(
                [
                    ("Engagées", f"{en_heures(prevue.engage)} h"),
                    ("Retenues", f"{en_heures(prevue.realise)} h"),
                    ("Réalisation", "–" if taux is None else en_taux(taux)),
                    ("Situation", prevue.situation.label),
                    ("Personnes", _personnes(dossier)),
                ]
            ),
            Titre("Heures validées, par mois travaillé"),
            _par_mois(dossier),
            Titre("Engagement"),
            _grand_livre(dossier),
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


def _par_mois(dossier: Dossier) -> Tableau:
    """Une ligne par année, une colonne par mois : l’engagement entier tient sur une page."""
    annees: dict[int, dict[int, Decimal]] = defaultdict(dict)
    sommes = _validees(dossier).order_by("mois").values_list("mois").annotate(somme=Sum("heures"))
    for mois, somme in sommes:
        annees[mois.year][mois.month] = somme
    rangees = [
        [str(annee), *(_heures(par_mois.get(mois)) for mois in range(1, 13)), en_heures(sum(par_mois.values(), ZERO))]
        for annee, par_mois in sorted(annees.items())
    ]
    total = sum((somme for par_mois in annees.values() for somme in par_mois.values()), ZERO)
    return Tableau(
        "Heures validées, travail et formation",
        ["Année", *MOIS_COURTS, "Total"],
        rangees or [["–"] * 14],
        nombres=range(1, 14),
        largeurs=(0, *(1,) * 12, 0),
        total=["Total", *[""] * 12, en_heures(total)],
        est_dense=True,
    )


def _heures(valeur: Decimal | None) -> str:
    return "" if not valeur else en_heures(valeur)


def _grand_livre(dossier: Dossier) -> Tableau:
    return Tableau(
        "Grand livre : chaque mouvement daté des heures engagées",
        ["Date", "Mouvement", "Motif", "Heures", "Total"],
        [
            [
                en_date(mouvement.date),
                mouvement.get_nature_display(),
                mouvement.motif or "–",
                f"{'+' if mouvement.heures > 0 else '−'}{en_heures(abs(mouvement.heures))}",
                en_heures(cumul),
            ]
            for mouvement, cumul in dossier.suivi.livre
            if mouvement.date <= dossier.au
        ]
        or [["–", "Aucun mouvement", "–", "–", "–"]],
        nombres=[3, 4],
        largeurs=[0, 2, 3, 0, 0],
    )


def _suites(dossier: Dossier) -> list[Bloc]:
    """La suite graduée et la décision : les étapes seulement, jamais les notes."""
    engagement = dossier.engagement.pk
    evenements = Evenement.objects.visibles_par(dossier.par).filter(engagement=engagement, date__lte=dossier.au)
    etapes: list[tuple[datetime.date, str]] = [
        (evenement.date, evenement.get_nature_display()) for evenement in evenements.order_by("date", "pk")
    ]
    propositions = PropositionPenalite.objects.visibles_par(dossier.par).filter(engagement=engagement)
    for proposition in propositions.order_by("proposee_le", "pk"):
        decide = proposition.montant_decide
        suite = "décision attendue" if decide is None else f"{en_euros(decide)}"
        texte = (
            f"Pénalité proposée {en_euros(proposition.montant)} – {proposition.get_statut_display().lower()}, {suite}"
        )
        etapes.append((proposition.arretee_au, texte))
    if not etapes:
        return [Paragraphe("Aucun manquement n’a donné lieu à une étape de la suite graduée.", "note")]
    lignes = [[en_date(jour), texte] for jour, texte in sorted(etapes)]
    return [Titre("Suite donnée"), Tableau("Étapes et décisions", ["Date", "Étape"], lignes, largeurs=[0, 1])]
