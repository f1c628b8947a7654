"""Les listes qui comptent des marchés, des organisations, des activités."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bilans import selections
from bilans.calculs import Filtre
from bilans.etats import ACTIF, EN_COURS, NOTIFIE, NOUVEAU, SANS_ENGAGEMENT, SUIVI
from bilans.faits import Faits
from bilans.ouvertures.composition import DE_HEURES, ColonneOuverte, Composition, Element, Trouve
from clauses.comptes.acteurs import Acteur
from entreprises.models import Entreprise
from marches.models import Acheteur, Activite, Lot, Marche


def chercher_marches(_: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    return Trouve(sorted(selections.marches(faits, filtre)))


def lire_marches(acteur: Acteur, _: Trouve, page: Sequence[int]) -> list[Element]:
    visibles = Marche.objects.visibles_par(acteur).filter(pk__in=page).select_related("acheteur").order_by("pk")
    return [Element(marche) for marche in visibles]


def chercher_acheteurs(_: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    return Trouve(sorted(selections.acheteurs(faits, filtre)))


def lire_acheteurs(acteur: Acteur, _: Trouve, page: Sequence[int]) -> list[Element]:
    return [Element(fiche) for fiche in Acheteur.objects.visibles_par(acteur).filter(pk__in=page).order_by("pk")]


def chercher_entreprises(_: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    return Trouve(sorted(selections.entreprises(faits)))


def chercher_employeurs(_: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    return Trouve(sorted(selections.employeurs(faits, filtre)))


def lire_entreprises(acteur: Acteur, _: Trouve, page: Sequence[int]) -> list[Element]:
    return [Element(fiche) for fiche in Entreprise.objects.visibles_par(acteur).filter(pk__in=page).order_by("pk")]


def chercher_activites(_: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    return Trouve([activite.numero for activite in selections.activites(faits, filtre)])


def lire_activites(acteur: Acteur, _: Trouve, page: Sequence[int]) -> list[Element]:
    visibles = Activite.objects.visibles_par(acteur).filter(pk__in=page)
    lues = visibles.select_related("acheteur", "entreprise", "marche", "facilitateur").order_by("date", "pk")
    return [Element(activite) for activite in lues]


def chercher_lots(_: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    return Trouve(selections.lots(faits, filtre))


def lire_lots(acteur: Acteur, _: Trouve, page: Sequence[int]) -> list[Element]:
    visibles = Lot.objects.visibles_par(acteur).filter(pk__in=page).select_related("marche__acheteur").order_by("pk")
    return [Element(lot) for lot in visibles]


def _url_du_marche(element: Element) -> str:
    return str(element.fiche.marche.get_absolute_url())


def _jour(date: Any) -> str:
    return f"{date:%d/%m/%Y}" if date else "–"


ORGANISATION = (
    ColonneOuverte("Nom", lambda e: str(e.fiche), lambda e: e.fiche.get_absolute_url()),
    ColonneOuverte("SIRET", lambda e: e.fiche.siret),
)
ENTREPRISE = (*ORGANISATION, ColonneOuverte("Type", lambda e: e.fiche.get_type_employeur_display()))
MARCHES = Composition(
    ("marché", "marchés"),
    selections.DE_MARCHE | {"etat", "consideration"},
    chercher_marches,
    lire_marches,
    (
        ColonneOuverte("Marché", lambda e: e.fiche.reference, lambda e: e.fiche.get_absolute_url()),
        ColonneOuverte("Objet", lambda e: e.fiche.objet),
        ColonneOuverte("Acheteur", lambda e: str(e.fiche.acheteur)),
        ColonneOuverte("Notifié le", lambda e: _jour(e.fiche.date_notification)),
        ColonneOuverte("Statut", lambda e: e.fiche.get_statut_display()),
    ),
    requis={"etat": frozenset({NOTIFIE, EN_COURS, ACTIF, SANS_ENGAGEMENT, SUIVI})},
    est_nominative=False,
)
ACHETEURS = Composition(
    ("acheteur", "acheteurs"),
    frozenset({"etat"}),
    chercher_acheteurs,
    lire_acheteurs,
    (*ORGANISATION, ColonneOuverte("Type", lambda e: e.fiche.get_type_display())),
    requis={"etat": frozenset({ACTIF, NOUVEAU})},
    est_nominative=False,
)
LOTS = Composition(
    ("lot", "lots"),
    DE_HEURES,
    chercher_lots,
    lire_lots,
    (
        ColonneOuverte("Lot", lambda e: f"{e.fiche.marche.reference}, lot {e.fiche.numero}", _url_du_marche),
        ColonneOuverte("Intitulé", lambda e: e.fiche.intitule),
        ColonneOuverte("Acheteur", lambda e: str(e.fiche.marche.acheteur)),
        ColonneOuverte("Secteur", lambda e: e.fiche.get_secteur_display()),
    ),
    est_nominative=False,
)
ENTREPRISES = Composition(
    ("entreprise redevable", "entreprises redevables"),
    frozenset(),
    chercher_entreprises,
    lire_entreprises,
    ENTREPRISE,
    est_nominative=False,
)
EMPLOYEURS = Composition(
    ("employeur", "employeurs"), DE_HEURES, chercher_employeurs, lire_entreprises, ENTREPRISE, est_nominative=False
)
ACTIVITES = Composition(
    ("activité", "activités"),
    frozenset({"nature", "trimestre"}),
    chercher_activites,
    lire_activites,
    (
        ColonneOuverte("Activité", lambda e: e.fiche.get_nature_display()),
        ColonneOuverte("Date", lambda e: _jour(e.fiche.date)),
        ColonneOuverte("Objet", lambda e: e.fiche.objet),
        ColonneOuverte("Acheteur", lambda e: str(e.fiche.acheteur or "")),
        ColonneOuverte("Entreprise", lambda e: str(e.fiche.entreprise or "")),
        ColonneOuverte("Facilitateur", lambda e: str(e.fiche.facilitateur)),
    ),
)
