"""Ce que change une cellule enregistrée : les totaux qu’elle touche, son mois, la personne, l’engagement."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from heures import calculs, grille
from heures.construction import retard_du_releve
from heures.enums import NatureLigne, StatutLigne
from heures.lecture_grille import SOMMES_DU_RESUME, composer_le_resume
from heures.models import ContratTravail, LigneHeures, Releve
from marches.models import Engagement, MouvementEngagement

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Totaux:
    """Heures déclarées et validées que touche une cellule.

    `ligne`, `annee` : du type de la cellule, sur son année ; `colonne` : du type, sur le mois ; `ligne_du_mois`,
    `du_mois` : tous types, sur le mois. `plein` : la phrase d’une personne au-delà d’un mois plein ; vide sinon.
    """

    ligne: Decimal
    colonne: Decimal
    annee: Decimal
    ligne_du_mois: Decimal
    du_mois: Decimal
    etat: grille.EtatDuMois
    plein: str
    resume: grille.Resume


def totaux(
    engagement: Engagement,
    *,
    contrat: ContratTravail,
    mois: datetime.date,
    type_heures: str,
    le: datetime.date,
    par: Acteur,
) -> Totaux:
    sommes = _sommes(engagement, contrat, mois, type_heures, par)
    structure = Structure.objects.visibles_par(par).get(pk=par.structure_id)
    mouvements = MouvementEngagement.objects.visibles_par(par).filter(engagement=engagement, date__lte=le)
    engagees = mouvements.aggregate(total=Sum("heures"))["total"] or ZERO
    attend = not sommes["nombre_notees"] and grille.Bornes(engagement.debut, engagement.fin, le).ouvrent(mois)
    return Totaux(
        ligne=sommes["ligne"] or ZERO,
        colonne=sommes["colonne"] or ZERO,
        annee=sommes["annee"] or ZERO,
        ligne_du_mois=sommes["ligne_du_mois"] or ZERO,
        du_mois=sommes["du_mois"] or ZERO,
        etat=grille.EtatDuMois(
            mois,
            sommes["nombre_declarees"],
            sommes["declarees"] or ZERO,
            est_neant_possible=attend,
            retard=_retard(engagement, mois, structure, le, par) if attend and engagement.debut else "",
        ),
        plein=_plein(contrat, mois, structure, par),
        resume=composer_le_resume(engagement, sommes, engagees),
    )


def _sommes(
    engagement: Engagement, contrat: ContratTravail, mois: datetime.date, type_heures: str, par: Acteur
) -> dict[str, Any]:
    """Toutes les sommes d’un engagement que touche une cellule, en une requête."""
    comptees = ~Q(statut=StatutLigne.REFUSEE)
    du_type, du_mois, du_contrat = Q(type_heures=type_heures), Q(mois=mois), Q(contrat=contrat)
    de_l_annee = comptees & du_type & Q(mois__range=(mois.replace(month=1), mois.replace(month=12)))
    declarees = du_mois & Q(statut=StatutLigne.DECLAREE)
    return (
        LigneHeures.objects.visibles_par(par)
        .filter(engagement=engagement)
        .aggregate(
            ligne=Sum("heures", filter=de_l_annee & du_contrat),
            colonne=Sum("heures", filter=comptees & du_type & du_mois),
            annee=Sum("heures", filter=de_l_annee),
            ligne_du_mois=Sum("heures", filter=comptees & du_mois & du_contrat),
            du_mois=Sum("heures", filter=comptees & du_mois),
            declarees=Sum("heures", filter=declarees),
            nombre_declarees=Count("pk", filter=declarees),
            nombre_notees=Count("pk", filter=comptees & du_mois),
            **SOMMES_DU_RESUME,
        )
    )


def _retard(engagement: Engagement, mois: datetime.date, structure: Structure, le: datetime.date, par: Acteur) -> str:
    releve = Releve.objects.visibles_par(par).filter(engagement=engagement, mois=mois).first()
    lu = grille.ReleveLu(releve.statut, releve.echeance) if releve else None
    return retard_du_releve(mois, lu, jour_echeance=structure.jour_echeance_releve, aujourd_hui=le)


def _plein(contrat: ContratTravail, mois: datetime.date, structure: Structure, par: Acteur) -> str:
    lignes = LigneHeures.objects.visibles_par(par).filter(participant=contrat.participant_id, mois=mois)
    total = lignes.exclude(statut=StatutLigne.REFUSEE).aggregate(total=Sum("heures"))["total"] or ZERO
    return calculs.au_dela_d_un_mois_plein(total, structure.seuil_avertissement_heures) or ""


def ligne_vive(
    engagement: Engagement, *, contrat: ContratTravail, mois: datetime.date, type_heures: str, par: Acteur
) -> LigneHeures | None:
    """La ligne que montre une cellule, ou `None` si elle est vide."""
    return (
        LigneHeures.objects.visibles_par(par)
        .filter(engagement=engagement, contrat=contrat, mois=mois, type_heures=type_heures)
        .filter(nature=NatureLigne.ORDINAIRE, annulation=None)
        .order_by("-rang")
        .first()
    )
