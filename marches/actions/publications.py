"""Rattacher un contrat publié (DECP) à un marché, suivre ses republications, le veiller, le regrouper en lots."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.journal import etat, journaliser
from clauses.socle.erreurs import ActionImpossible
from marches.models import (
    Acheteur,
    Activite,
    ContratAVeiller,
    Lot,
    Marche,
    ModificationMarche,
    PublicationDecp,
)

Totaux = tuple[datetime.date, Decimal | None, int | None]
"""Date d’une modification, nouveau montant HT (euros), nouvelle durée (mois) ; `None` : inchangé."""

DRAPEAUX = ("a_clause_sociale", "a_critere_social", "est_reserve")


@transaction.atomic
def rattacher_publication(
    lot: Lot, *, modifications: Sequence[Totaux] = (), par: Acteur, **champs: Any
) -> PublicationDecp:
    """Note de quel contrat publié vient un lot, avec son historique ; le contrat n’est plus à veiller."""
    par.exiger(Droit.GERER_MARCHES)
    relu: Lot = verrouiller(Lot.objects.select_related("marche"), lot.pk, par=par)
    publication = creer(
        PublicationDecp(structure_id=par.structure_id, marche=relu.marche, lot=relu, **champs),
        par=par,
        action="rattacher la publication",
    )
    _completer_l_historique(publication, modifications, par=par)
    siret, _, identifiant = publication.source_identifiant.partition("/")
    cesser_de_veiller(siret, identifiant, par=par)
    return publication


@transaction.atomic
def mettre_a_jour(
    marche: Marche,
    *,
    version: int,
    champs: dict[str, Any],
    lot: Lot,
    champs_du_lot: dict[str, Any],
    par: Acteur,
) -> Marche:
    """Applique à un marché ce que sa source a changé et que personne n’avait corrigé.

    Le montant d’un lot unique suit celui du marché tant qu’ils étaient égaux ; celui d’un marché regroupé reste la
    somme de ses lots tant qu’il l’était. Lève `ConflitDeVersion` si le marché a changé depuis la comparaison.
    """
    par.exiger(Droit.GERER_MARCHES)
    relu: Marche = verrouiller(Marche.objects.all(), marche.pk, par=par)
    sien: Lot = verrouiller(Lot.objects.all(), lot.pk, par=par)
    champs, champs_du_lot = dict(champs), dict(champs_du_lot)
    lots = Lot.objects.filter(marche=relu)
    if "montant_ht" in champs and sien.montant_ht == relu.montant_ht and lots.count() == 1:
        champs_du_lot["montant_ht"] = champs["montant_ht"]
    elif "montant_ht" in champs_du_lot and _somme(lots) == relu.montant_ht:
        champs["montant_ht"] = (relu.montant_ht or 0) - (sien.montant_ht or 0) + champs_du_lot["montant_ht"]
    action = "mettre à jour d’après la source (DECP)"
    modifier(sien, champs_du_lot, par=par, action=action)
    return modifier(relu, champs, par=par, action=action, version=version)


@transaction.atomic
def noter_la_lecture(
    publication: PublicationDecp, *, modifications: Sequence[Totaux], par: Acteur, **champs: Any
) -> PublicationDecp:
    """Retient ce que la source dit maintenant, et complète l’historique des modifications ; rejouable."""
    par.exiger(Droit.GERER_MARCHES)
    relue: PublicationDecp = verrouiller(PublicationDecp.objects.all(), publication.pk, par=par)
    _completer_l_historique(relue, modifications, par=par)
    return modifier(relue, champs, par=par, action="noter ce que dit la source (DECP)")


@transaction.atomic
def veiller(acheteur: Acheteur, *, identifiant: str, par: Acteur, **champs: Any) -> ContratAVeiller:
    """Note, ou met à jour, un contrat à veiller (article 35) ; rejouable."""
    par.exiger(Droit.GERER_MARCHES)
    connus = ContratAVeiller.objects.visibles_par(par).select_for_update(of=("self",))
    connu: ContratAVeiller | None = connus.filter(acheteur=acheteur, identifiant=identifiant).first()
    if connu is not None:
        return modifier(connu, champs, par=par, action="mettre à jour le contrat à veiller")
    neuf = ContratAVeiller(structure_id=par.structure_id, acheteur=acheteur, identifiant=identifiant, **champs)
    return creer(neuf, par=par, action="veiller le contrat")


@transaction.atomic
def cesser_de_veiller(siret: str, identifiant: str, *, par: Acteur) -> None:
    """Retire de la veille un contrat devenu un marché, ou publié depuis avec une considération sociale."""
    par.exiger(Droit.GERER_MARCHES)
    connus = ContratAVeiller.objects.visibles_par(par).filter(acheteur__siret=siret, identifiant=identifiant)
    for connu in connus:
        journaliser(par=par, action="cesser de veiller le contrat", objet=connu, avant={"identifiant": identifiant})
        connu.delete()


@transaction.atomic
def regrouper_en_lots(marches: Collection[Marche], *, reference: str, objet: str, par: Acteur) -> Marche:
    """Réunit des marchés d’un même acheteur, chacun publié comme un contrat, en un seul marché à plusieurs lots.

    Le premier dans l’ordre des références garde sa fiche, et prend `reference` et `objet` ; les lots des autres lui
    viennent avec leurs clauses, engagements et heures, intitulés d’après l’objet d’origine. Montant : la somme. Les
    fiches vidées sont retirées, leur contenu au journal. Lève `ActionImpossible` si les marchés ne vont pas ensemble.
    """
    par.exiger(Droit.GERER_MARCHES)
    choisis = sorted({marche.pk: marche for marche in marches}.values(), key=lambda marche: marche.reference)
    relus = [verrouiller(Marche.objects.all(), marche.pk, par=par) for marche in choisis]
    if len(relus) < 2:
        raise ActionImpossible("Choisir au moins deux marchés à regrouper.")
    publies = set(PublicationDecp.objects.filter(marche__in=relus).values_list("marche_id", flat=True))
    if saisis := [marche.reference for marche in relus if marche.pk not in publies]:
        raise ActionImpossible(f"Seuls des marchés venus des DECP se regroupent : {', '.join(saisis)} n’en vient pas.")
    if len({marche.acheteur_id for marche in relus}) > 1:
        raise ActionImpossible("Des marchés de plusieurs acheteurs ne se regroupent pas.")
    garde: Marche = relus[0]
    autres = relus[1:]
    nombre = 0
    for marche in relus:
        for lot in Lot.objects.filter(marche=marche).order_by("numero", "pk"):
            nombre += 1
            _deplacer(lot, garde, nombre, marche, par=par)
    commun = {
        "montant_ht": sum((m.montant_ht for m in relus if m.montant_ht is not None), Decimal(0)) or None,
        "date_fin": max((m.date_fin for m in relus if m.date_fin), default=None),
        "date_notification": min((m.date_notification for m in relus if m.date_notification), default=None),
        "objet": objet,
        **{nom: any(getattr(marche, nom) for marche in relus) for nom in DRAPEAUX},
    }
    for marche in autres:
        _retirer(marche, garde, par=par)
    return modifier(garde, commun | {"reference": reference}, par=par, action="regrouper en lots")


def _deplacer(lot: Lot, garde: Marche, nombre: int, origine: Marche, *, par: Acteur) -> None:
    """Le lot reçoit son rang ; deux numéros ne se croisent jamais, celui d’attente porte la clef du lot."""
    intitule = lot.intitule or origine.objet[:500]
    modifier(lot, {"numero": f"attente-{lot.pk}"[:20]}, par=par, action="regrouper en lots")
    modifier(lot, {"marche": garde, "numero": str(nombre), "intitule": intitule}, par=par, action="regrouper en lots")
    for publication in PublicationDecp.objects.filter(lot=lot):
        modifier(publication, {"marche": garde}, par=par, action="regrouper en lots")


def _retirer(marche: Marche, garde: Marche, *, par: Acteur) -> None:
    for activite in Activite.objects.filter(marche=marche):
        modifier(activite, {"marche": garde}, par=par, action="regrouper en lots")
    noms = [champ.name for champ in marche._meta.concrete_fields if champ.editable and not champ.primary_key]
    journaliser(par=par, action="retirer le marché regroupé", objet=marche, avant=etat(marche, noms))
    marche.delete()


def _completer_l_historique(publication: PublicationDecp, totaux: Sequence[Totaux], *, par: Acteur) -> None:
    connues = set(
        ModificationMarche.objects.filter(publication=publication).values_list("date", "montant_ht", "duree_mois")
    )
    for date, montant, duree in totaux:
        if (date, montant, duree) not in connues:
            connues.add((date, montant, duree))
            neuve = ModificationMarche(
                structure_id=par.structure_id,
                publication=publication,
                date=date,
                montant_ht=montant,
                duree_mois=duree,
            )
            creer(neuve, par=par, action="inscrire la modification du marché")


def _somme(lots: Any) -> Decimal | None:
    somme: Decimal | None = lots.aggregate(somme=Sum("montant_ht"))["somme"]
    return somme
