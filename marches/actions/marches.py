"""Écrire des acheteurs, marchés, lots, clauses et engagements, et compléter le grand livre."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.socle.erreurs import ActionImpossible
from entreprises.actions import creer_entreprise
from entreprises.models import Entreprise
from marches.actions.operations import nommer_operation
from marches.actions.penalites import ajouter_regle
from marches.calculs import considerations
from marches.enums import CLOS, NatureMouvement, RoleEntreprise
from marches.models import Acheteur, Attribution, Clause, Engagement, Lot, Marche, MouvementEngagement

# Une fiche de l’annuaire déjà connue, ou les champs de celle qu’il faut y ajouter.
ChoixAcheteur = Acheteur | dict[str, Any]
ChoixEntreprise = Entreprise | dict[str, Any]


class RefusEtape(ActionImpossible):
    """Refus survenu à une étape d’une création composée ; `erreur` garde le détail, champ par champ."""

    def __init__(self, etape: str, erreur: ActionImpossible | ValidationError) -> None:
        self.etape = etape
        self.erreur = erreur
        super().__init__(" ".join(erreur.messages) if isinstance(erreur, ValidationError) else str(erreur))


@contextmanager
def _etape(nom: str) -> Iterator[None]:
    try:
        yield
    except (ActionImpossible, ValidationError) as erreur:
        raise RefusEtape(nom, erreur) from erreur


@transaction.atomic
def creer_acheteur(*, par: Acteur, **champs: Any) -> Acheteur:
    """Ajoute un acheteur à l’annuaire. Lève `ValidationError` : SIRET faux ou déjà présent."""
    par.exiger(Droit.GERER_ANNUAIRE)
    return creer(Acheteur(**champs), par=par, action="créer l’acheteur")


@transaction.atomic
def modifier_acheteur(acheteur: Acheteur, *, version: int, par: Acteur, **champs: Any) -> Acheteur:
    par.exiger(Droit.GERER_ANNUAIRE)
    relu: Acheteur = verrouiller(Acheteur.objects.all(), acheteur.pk, par=par)
    return modifier(relu, champs, par=par, action="modifier l’acheteur", version=version)


@transaction.atomic
def completer_acheteur(acheteur: Acheteur, *, par: Acteur, **champs: Any) -> Acheteur:
    """Remplit ce qui manque, n’écrase rien (formats.md §2)."""
    par.exiger(Droit.GERER_ANNUAIRE)
    relu: Acheteur = verrouiller(Acheteur.objects.all(), acheteur.pk, par=par)
    manquants = {nom: valeur for nom, valeur in champs.items() if valeur and not getattr(relu, nom)}
    return modifier(relu, manquants, par=par, action="compléter l’acheteur")


@transaction.atomic
def creer_marche(*, acheteur: Acheteur, par: Acteur, **champs: Any) -> Marche:
    """Ouvre un marché sans lot, dans la structure. Lève `ValidationError` si la référence est déjà prise."""
    par.exiger(Droit.GERER_MARCHES)
    return creer(Marche(structure_id=par.structure_id, acheteur=acheteur, **champs), par=par, action="créer le marché")


@transaction.atomic
def modifier_marche(
    marche: Marche, *, version: int, par: Acteur, nouvelle_operation: str = "", est_npnru: bool = False, **champs: Any
) -> Marche:
    """Modifie la fiche ; `nouvelle_operation` : le nom d’une opération, créée au besoin, qui remplace la sienne."""
    par.exiger(Droit.GERER_MARCHES)
    if nouvelle_operation:
        champs["operation"] = nommer_operation(nom=nouvelle_operation, est_npnru=est_npnru, par=par)
    relu: Marche = verrouiller(Marche.objects.all(), marche.pk, par=par)
    return modifier(relu, champs, par=par, action="modifier le marché", version=version)


@transaction.atomic
def ajouter_lot(marche: Marche, *, par: Acteur, **champs: Any) -> Lot:
    par.exiger(Droit.GERER_MARCHES)
    relu: Marche = verrouiller(Marche.objects.all(), marche.pk, par=par)
    return creer(Lot(structure_id=par.structure_id, marche=relu, **champs), par=par, action="ajouter le lot")


@transaction.atomic
def modifier_lot(lot: Lot, *, version: int, par: Acteur, **champs: Any) -> Lot:
    par.exiger(Droit.GERER_MARCHES)
    relu: Lot = verrouiller(Lot.objects.all(), lot.pk, par=par)
    return modifier(relu, champs, par=par, action="modifier le lot", version=version)


@transaction.atomic
def attribuer(
    lot: Lot, entreprise: Entreprise, *, par: Acteur, role: RoleEntreprise = RoleEntreprise.TITULAIRE
) -> Attribution:
    """Note qu’une entreprise est attributaire d’un lot ; rejouable : rend l’attribution déjà présente."""
    par.exiger(Droit.GERER_MARCHES)
    relu: Lot = verrouiller(Lot.objects.all(), lot.pk, par=par)
    presente: Attribution | None = Attribution.objects.filter(lot=relu, entreprise=entreprise).first()
    if presente is not None:
        return presente
    attribution = Attribution(structure_id=par.structure_id, lot=relu, entreprise=entreprise, role=role)
    return creer(attribution, par=par, action="attribuer le lot")


@transaction.atomic
def definir_clause(lot: Lot, *, par: Acteur, penalites: Sequence[dict[str, Any]] = (), **champs: Any) -> Clause:
    """Définit la clause d’un lot ; le marché prend les considérations sociales qu’elle implique (domaine.md §6).

    `penalites` : champs de chaque règle de pénalité à poser avec elle (`ajouter_regle`).
    """
    par.exiger(Droit.GERER_MARCHES)
    relu: Lot = verrouiller(Lot.objects.select_related("marche"), lot.pk, par=par)
    clause = creer(Clause(structure_id=par.structure_id, lot=relu, **champs), par=par, action="définir la clause")
    impliquees = {nom: True for nom, presente in considerations(clause.nature_clause).items() if presente}
    modifier(relu.marche, impliquees, par=par, action="reporter les considérations sociales")
    for regle in penalites:
        ajouter_regle(clause, par=par, **regle)
    return clause


@transaction.atomic
def modifier_clause(clause: Clause, *, version: int, par: Acteur, **champs: Any) -> Clause:
    """Change ce que dit la clause ; le coefficient de formation vaut pour toutes les heures, passées comprises."""
    par.exiger(Droit.GERER_MARCHES)
    relu: Clause = verrouiller(Clause.objects.all(), clause.pk, par=par)
    return modifier(relu, champs, par=par, action="modifier la clause", version=version)


@transaction.atomic
def engager(
    clause: Clause,
    entreprise: Entreprise,
    *,
    heures: Decimal,
    date: datetime.date,
    par: Acteur,
    role: RoleEntreprise = RoleEntreprise.TITULAIRE,
    **champs: Any,
) -> Engagement:
    """Rend une entreprise redevable d’heures (≥ 0) à une date ; l’attribution du lot suit, le grand livre s’ouvre.

    Zéro heure : l’engagement existe sans mouvement (l’objectif viendra). Lève `ActionImpossible` si la clause du lot
    engage déjà cette entreprise.
    """
    par.exiger(Droit.GERER_MARCHES)
    relue = verrouiller(Clause.objects.select_related("lot"), clause.pk, par=par)
    if Engagement.objects.filter(clause__lot=relue.lot, entreprise=entreprise).exists():
        raise ActionImpossible(f"{entreprise} a déjà un engagement sur ce lot.")
    attribuer(relue.lot, entreprise, par=par, role=role)
    engagement = creer(
        Engagement(structure_id=par.structure_id, clause=relue, entreprise=entreprise, **champs),
        par=par,
        action="engager l’entreprise",
    )
    if heures:
        inscrire_mouvement(engagement, nature=NatureMouvement.INITIAL, heures=heures, date=date, par=par)
    return engagement


@transaction.atomic
def inscrire_mouvement(
    engagement: Engagement,
    *,
    nature: NatureMouvement,
    heures: Decimal,
    date: datetime.date,
    par: Acteur,
    motif: str = "",
    piece: str = "",
) -> MouvementEngagement:
    """Complète le grand livre (jamais modifié). Heures signées, au centième.

    Lève `ActionImpossible` si le total engagé deviendrait négatif, `ValidationError` si le mouvement est nul.
    """
    par.exiger(Droit.GERER_MARCHES)
    relu: Engagement = verrouiller(Engagement.objects.all(), engagement.pk, par=par)
    total = sum((m.heures for m in MouvementEngagement.objects.filter(engagement=relu)), Decimal(0))
    if total + heures < 0:
        raise ActionImpossible(
            f"Ce mouvement rendrait l’engagement négatif : {total} h engagées, {heures} h de mouvement."
        )
    mouvement = MouvementEngagement(
        structure_id=par.structure_id,
        engagement=relu,
        nature=nature,
        heures=heures,
        date=date,
        motif=motif,
        piece=piece,
        inscrit_par_id=par.utilisateur_id,
    )
    return creer(mouvement, par=par, action="inscrire le mouvement")


@transaction.atomic
def changer_statut(marche: Marche, *, statut: str, version: int, par: Acteur) -> Marche:
    """Change le statut du marché ; clore suppose une date de notification."""
    par.exiger(Droit.GERER_MARCHES)
    relu: Marche = verrouiller(Marche.objects.all(), marche.pk, par=par)
    if statut in CLOS and relu.date_notification is None and statut != "SANS_SUITE":
        raise ActionImpossible("Un marché soldé ou résilié a une date de notification : la compléter d’abord.")
    return modifier(relu, {"statut": statut}, par=par, action="changer le statut du marché", version=version)


def _acheteur(choix: ChoixAcheteur, *, par: Acteur) -> Acheteur:
    return choix if isinstance(choix, Acheteur) else creer_acheteur(**choix, par=par)


def _entreprise(choix: ChoixEntreprise, *, par: Acteur) -> Entreprise:
    return choix if isinstance(choix, Entreprise) else creer_entreprise(**choix, par=par)


@transaction.atomic
def ouvrir_marche(*, acheteur: ChoixAcheteur, marche: dict[str, Any], par: Acteur) -> Marche:
    """Ouvre un marché sans lot, et au besoin son acheteur. Lève `RefusEtape` ; rien n’est alors enregistré."""
    par.exiger(Droit.GERER_MARCHES)
    with _etape("acheteur"):
        connu = _acheteur(acheteur, par=par)
    with _etape("marche"):
        return creer_marche(acheteur=connu, par=par, **marche)


@transaction.atomic
def ouvrir_marche_simple(
    *,
    acheteur: ChoixAcheteur,
    marche: dict[str, Any],
    lot: dict[str, Any],
    clause: dict[str, Any],
    entreprise: ChoixEntreprise,
    heures: Decimal,
    date: datetime.date | None,
    par: Acteur,
) -> Marche:
    """Ouvre d’un geste le cas courant : un marché, un lot, une clause, un titulaire et ses heures (> 0).

    `date` : celle de l’engagement ; à défaut, la notification du marché. Tout ou rien. Lève `RefusEtape`, qui nomme
    l’étape : acheteur, marche, lot, clause, entreprise ou engagement.
    """
    par.exiger(Droit.GERER_MARCHES)
    ouvert = ouvrir_marche(acheteur=acheteur, marche={**considerations(clause["nature_clause"]), **marche}, par=par)
    with _etape("lot"):
        unique = ajouter_lot(ouvert, par=par, **lot)
    with _etape("clause"):
        definie = definir_clause(unique, par=par, **clause)
    with _etape("entreprise"):
        titulaire = _entreprise(entreprise, par=par)
    with _etape("engagement"):
        if heures <= 0:
            raise ActionImpossible("L’engagement initial est un nombre d’heures supérieur à zéro.")
        effet = date or ouvert.date_notification
        if effet is None:
            raise ValidationError({"date": "Donner la date d’effet, ou la date de notification du marché."})
        engager(definie, titulaire, heures=heures, date=effet, par=par)
    return ouvert


@transaction.atomic
def ajouter_au_groupement(lot: Lot, *, entreprise: ChoixEntreprise, role: RoleEntreprise, par: Acteur) -> Attribution:
    """Donne à une entreprise un rôle dans le lot. Lève `ActionImpossible` si elle en a déjà un."""
    par.exiger(Droit.GERER_MARCHES)
    relu: Lot = verrouiller(Lot.objects.all(), lot.pk, par=par)
    with _etape("entreprise"):
        choisie = _entreprise(entreprise, par=par)
    presente = Attribution.objects.filter(lot=relu, entreprise=choisie).first()
    if presente is not None:
        raise ActionImpossible(f"{choisie} est déjà attributaire de ce lot ({presente.get_role_display()}).")
    return attribuer(relu, choisie, role=role, par=par)


@transaction.atomic
def engager_entreprise(
    clause: Clause,
    *,
    entreprise: ChoixEntreprise,
    heures: Decimal | None,
    date: datetime.date,
    role: RoleEntreprise,
    par: Acteur,
    **champs: Any,
) -> Engagement:
    """Engage une entreprise, connue ou nouvelle ; sans heures, l’objectif viendra d’un mouvement ultérieur."""
    par.exiger(Droit.GERER_MARCHES)
    with _etape("entreprise"):
        choisie = _entreprise(entreprise, par=par)
    return engager(clause, choisie, heures=heures or Decimal(0), date=date, role=role, par=par, **champs)
