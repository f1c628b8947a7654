"""Le suivi des personnes : ce qui finit, se périme, manque, ou reste à recueillir, à une date. Lecture seule.

L’accueil et la page « Suivi des personnes » lisent les mêmes listes : leurs nombres ne peuvent pas diverger.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import DateField, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.mois import ajouter_mois
from heures.calculs import fin_eligibilite
from heures.eligibilite import avec_eligibilite, finissant
from heures.models import ContratTravail, Participant, Sortie
from heures.querysets import ParticipantQuerySet

ONGLETS = {
    "suivi_eligibilites": "Éligibilités qui finissent",
    "suivi_pieces": "Pièces à voir ou périmées",
    "suivi_visas": "Visas à donner",
    "suivi_devenirs": "Devenirs à recueillir",
}
MOIS_DE_PROLONGATION = 6
# Seize mois moyens, en jours : l’échéance exacte se calcule en Python, la base ne fait que trier.
JOURS_DE_SEIZE_MOIS = 487
DELAIS = (6, 12)


def reglages(par: Acteur) -> Structure:
    """Les réglages de la structure, dont sa durée d’éligibilité et ses délais d’alerte."""
    return Structure.objects.visibles_par(par).defer("logo").get(pk=par.structure_id)


def personnes(par: Acteur, *, le: datetime.date, regles: Structure) -> ParticipantQuerySet:
    """Toutes les personnes, avec leur éligibilité, leur employeur du jour et `est_sous_contrat`."""
    ouverts = ContratTravail.objects.visibles_par(par).ouverts(du=le, au=le).filter(participant=OuterRef("pk"))
    annotees = avec_eligibilite(Participant.objects.visibles_par(par), par=par)
    approchee = ExpressionWrapper(
        F("entree_le") + datetime.timedelta(days=regles.duree_eligibilite_mois * JOURS_DE_SEIZE_MOIS // 16),
        output_field=DateTimeField(),
    )
    suivies: ParticipantQuerySet = annotees.annotate(
        est_sous_contrat=Exists(ouverts),
        employeur=Subquery(ouverts.order_by("-date_debut", "-pk").values("employeur__raison_sociale")[:1]),
    ).alias(fin_pour_trier=Greatest(approchee, Coalesce(F("prolongee_au"), F("entree_le")), output_field=DateField()))
    return suivies


def eligibilites(suivies: ParticipantQuerySet, *, le: datetime.date, regles: Structure) -> ParticipantQuerySet:
    """Éligibilités finies, ou qui finissent bientôt ; la plus ancienne d’abord."""
    limite = le + datetime.timedelta(days=regles.alerte_eligibilite_jours)
    return finissant(suivies, au_plus_tard=limite, duree_mois=regles.duree_eligibilite_mois).order_by(
        "fin_pour_trier", "pk"
    )


def pieces(suivies: ParticipantQuerySet, *, le: datetime.date, regles: Structure) -> ParticipantQuerySet:
    """Entrées sans pièce vue, ou dont la pièce est périmée ou va l’être ; sans pièce d’abord."""
    limite = le + datetime.timedelta(days=regles.alerte_eligibilite_jours)
    trouvees = suivies.filter(Q(piece="") | Q(piece_valable__lte=limite), entree_le__isnull=False)
    triees: ParticipantQuerySet = trouvees.order_by(F("piece_valable").asc(nulls_first=True), "entree_le", "pk")
    return triees


def visas(suivies: ParticipantQuerySet) -> ParticipantQuerySet:
    """Entrées sans visa, la plus ancienne d’abord."""
    triees: ParticipantQuerySet = suivies.filter(entree_le__isnull=False, visa=None).order_by("entree_le", "pk")
    return triees


def devenirs(par: Acteur, *, le: datetime.date) -> QuerySet[Any]:
    """Sorties dont la situation à 6 ou à 12 mois est échue et manque ; la plus ancienne d’abord."""
    attendues = Q(date__lte=ajouter_mois(le, -6), situation_6_mois="") | Q(
        date__lte=ajouter_mois(le, -12), situation_12_mois=""
    )
    sorties: QuerySet[Any] = Sortie.objects.visibles_par(par).filter(attendues)
    return sorties.select_related("participant").order_by("date", "pk")


def echeances_manquantes(sortie: Sortie, *, le: datetime.date) -> list[int]:
    """Délais (6, 12 mois) échus dont la situation manque."""
    notees = {6: sortie.situation_6_mois, 12: sortie.situation_12_mois}
    return [mois for mois in DELAIS if ajouter_mois(sortie.date, mois) <= le and not notees[mois]]


def fin_de(personne: Any) -> datetime.date | None:
    """Dernier jour d’éligibilité d’une personne lue par `personnes`."""
    return fin_eligibilite(personne.entree_le, personne.duree_mois, filter(None, [personne.prolongee_au]))


def fin_d_une_personne(personne: Participant, *, par: Acteur) -> datetime.date | None:
    """Dernier jour d’éligibilité d’une personne ; `None` sans entrée en clause."""
    return fin_de(avec_eligibilite(Participant.objects.visibles_par(par).filter(pk=personne.pk), par=par).get())


def prolongation_proposee(fin: datetime.date, *, le: datetime.date) -> datetime.date:
    """Six mois de plus, comptés de la fin, ou d’aujourd’hui si elle est passée."""
    return ajouter_mois(max(fin, le), MOIS_DE_PROLONGATION)


def etat_de_piece(
    piece: str, valable: datetime.date | None, *, le: datetime.date, alerte_jours: int
) -> tuple[str, str]:
    """(libellé, couleur) de l’état d’une pièce à une date ; vides quand rien n’est à faire.

    `alerte_jours` : combien de jours avant sa fin une pièce est dite bientôt périmée (réglage de la structure).
    """
    if not piece:
        return "Pièce à voir", "orange"
    if valable and valable < le:
        return "Pièce périmée", "rouge"
    if valable and valable <= le + datetime.timedelta(days=alerte_jours):
        return "Pièce bientôt périmée", "orange"
    return "", ""


def nombres(par: Acteur, *, le: datetime.date) -> dict[str, int]:
    """Ce que chaque onglet attend, personnes sous contrat seules : une requête par onglet."""
    regles = reglages(par)
    suivies = personnes(par, le=le, regles=regles).filter(est_sous_contrat=True)
    return {
        "suivi_eligibilites": eligibilites(suivies, le=le, regles=regles).count(),
        "suivi_pieces": pieces(suivies, le=le, regles=regles).count(),
        "suivi_visas": visas(suivies).count(),
        "suivi_devenirs": devenirs(par, le=le).count(),
    }
