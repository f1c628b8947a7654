"""Écrire ce qui fait l’objectif : factures d’une clause à la tranche, groupement, repères de main-d’œuvre."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Q, Sum

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.journal import etat, journaliser
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from clauses.socle.mois import en_lettres, premier_jour
from clauses.socle.nombres import en_euros
from marches.actions.marches import inscrire_mouvement
from marches.enums import NatureMouvement, TypeObjectif
from marches.models import Clause, Engagement, Facture, MouvementEngagement, RepereMetier
from marches.obligation import SUIVIES, dues_par_engagement

ZERO = Decimal(0)


@transaction.atomic
def enregistrer_facture(
    engagement: Engagement,
    *,
    date: datetime.date,
    reference: str,
    montant_ht: Decimal,
    par: Acteur,
    nature: NatureMouvement = NatureMouvement.RECALCUL,
) -> Facture:
    """Enregistre un montant facturé, commandé ou rendu (avoir : négatif, en euros HT) ; le grand livre suit.

    Chaque engagement de la clause reçoit la différence entre les heures que les montants rendent dues et celles déjà
    inscrites à ce titre (domaine.md §4, docs/adr/0019). `nature` : RECALCUL pour une facture, BON_COMMANDE pour une
    commande. Lève `ActionImpossible` si la clause n’est pas à la tranche, `ValidationError` si la référence est prise.
    """
    par.exiger(Droit.GERER_MARCHES)
    clause: Clause = verrouiller(Clause.objects.all(), engagement.clause_id, par=par)
    if clause.type_objectif != TypeObjectif.HEURES_PAR_TRANCHE_MONTANT or clause.objectif_tranche is None:
        raise ActionImpossible(
            "L’objectif de cette clause ne dépend pas des montants facturés. Choisir d’abord le type « Heures par "
            "tranche de montant facturé », et donner le montant qui vaut une heure."
        )
    facture = Facture(
        structure_id=par.structure_id,
        engagement=engagement,
        date=date,
        reference=reference,
        montant_ht=montant_ht,
        enregistree_par_id=par.utilisateur_id,
    )
    creer(facture, par=par, action="enregistrer la facture")
    _suivre_les_montants(clause, facture, nature=nature, par=par)
    return facture


def _suivre_les_montants(clause: Clause, facture: Facture, *, nature: NatureMouvement, par: Acteur) -> None:
    """Inscrit à chaque engagement de la clause ce qui manque, ou ce qui est de trop, pour suivre les montants."""
    engagements = list(Engagement.objects.filter(clause=clause).order_by("pk"))
    dues = dues_par_engagement(clause.objectif_tranche or ZERO, engagements, _montants(clause))
    for engagement in engagements:
        if engagement.pk not in dues:
            continue
        au_titre, total = _inscrites(engagement)
        # Un avenant négatif a pu entamer ces heures : le total engagé ne passe jamais sous zéro.
        difference = max(dues[engagement.pk] - au_titre, -total)
        if difference:
            inscrire_mouvement(
                engagement,
                nature=nature if engagement.pk == facture.engagement_id else NatureMouvement.RECALCUL,
                heures=difference,
                date=facture.date,
                motif=f"1 h par {en_euros(clause.objectif_tranche or ZERO)} HT",
                piece=facture.reference,
                par=par,
            )


def _montants(clause: Clause) -> dict[int, Decimal]:
    sommes = Facture.objects.filter(engagement__clause=clause).order_by().values_list("engagement")
    return dict(sommes.annotate(somme=Sum("montant_ht")))


def _inscrites(engagement: Engagement) -> tuple[Decimal, Decimal]:
    """Heures du grand livre : celles que les montants ont fait inscrire, et toutes."""
    sommes = MouvementEngagement.objects.filter(engagement=engagement).aggregate(
        au_titre=Sum("heures", filter=Q(nature__in=SUIVIES)), total=Sum("heures")
    )
    return sommes["au_titre"] or ZERO, sommes["total"] or ZERO


@transaction.atomic
def modifier_engagement(engagement: Engagement, *, version: int, par: Acteur, **champs: Any) -> Engagement:
    """Change les dates d’un engagement ou sa part dans le groupement (en %).

    Lève `ActionImpossible` si des heures déjà enregistrées sortiraient des dates, ou si les parts du groupement
    dépassaient 100 %.
    """
    par.exiger(Droit.GERER_MARCHES)
    relu: Engagement = verrouiller(Engagement.objects.select_related("clause__lot__marche"), engagement.pk, par=par)
    modifie = modifier(relu, champs, par=par, action="modifier l’engagement", version=version)
    _refuser_des_heures_hors_des_dates(modifie)
    voisins = Engagement.objects.filter(clause=modifie.clause_id).exclude(pk=modifie.pk)
    parts = voisins.aggregate(somme=Sum("part_groupement"))["somme"] or ZERO
    if modifie.part_groupement is not None and parts + modifie.part_groupement > 100:
        reste = f"{100 - parts}".replace(".", ",")
        raise ActionImpossible(f"Les parts du groupement dépasseraient 100 % : il reste {reste} % à donner.")
    return modifie


def _refuser_des_heures_hors_des_dates(engagement: Engagement) -> None:
    bornes = Engagement.objects.filter(pk=engagement.pk).aggregate(
        premier=Min("lignes__mois", filter=~Q(lignes__statut="REFUSEE")),
        dernier=Max("lignes__mois", filter=~Q(lignes__statut="REFUSEE")),
    )
    premier, dernier = bornes["premier"], bornes["dernier"]
    if premier is not None and engagement.debut is not None and premier < premier_jour(engagement.debut):
        raise ActionImpossible(f"Des heures sont déjà enregistrées en {en_lettres(premier)}, avant ce début.")
    if dernier is not None and engagement.fin is not None and dernier > engagement.fin:
        raise ActionImpossible(f"Des heures sont déjà enregistrées en {en_lettres(dernier)}, après cette fin.")


@transaction.atomic
def creer_repere(*, metier: str, part: Decimal, source: str, par: Acteur) -> RepereMetier:
    """Ajoute un repère de main-d’œuvre (part en %) à la structure. Lève `ValidationError` si le métier en a un."""
    par.exiger(Droit.GERER_STRUCTURE)
    repere = RepereMetier(structure_id=par.structure_id, metier=metier, part=part, source=source)
    return creer(repere, par=par, action="ajouter un repère de métier")


@transaction.atomic
def modifier_repere(repere: RepereMetier, *, version: int, par: Acteur, **champs: Any) -> RepereMetier:
    par.exiger(Droit.GERER_STRUCTURE)
    relu: RepereMetier = verrouiller(RepereMetier.objects.all(), repere.pk, par=par)
    return modifier(relu, champs, par=par, action="modifier un repère de métier", version=version)


@transaction.atomic
def retirer_repere(repere: RepereMetier, *, version: int, par: Acteur) -> None:
    """Retire un repère de la structure ; le repère publié du même métier, s’il existe, revient."""
    par.exiger(Droit.GERER_STRUCTURE)
    relu: RepereMetier = verrouiller(RepereMetier.objects.all(), repere.pk, par=par)
    if relu.version != version:
        raise ConflitDeVersion(relu.version, [("repère", str(relu), "retiré")])
    avant = etat(relu, ["metier", "part", "source"])
    journaliser(par=par, action="retirer un repère de métier", objet=relu, avant=avant)
    relu.delete()
