"""Ce que la grille lit en base, en un nombre de requêtes qui ne dépend ni des contrats ni des mois.

Lignes de la grille = contrats qui ont des heures sur l’engagement cette année-là, plus les contrats ouverts dans
l’année qui y ont déjà des heures ou dont l’employeur est l’entreprise redevable, plus ceux que l’on vient d’ajouter
(`?contrat=`). Un contrat sans heures peut donc apparaître ; un contrat d’une autre structure, jamais.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.models import Structure
from heures import calculs, grille
from heures.enums import NatureLigne, StatutLigne, TypeHeures
from heures.models import ContratTravail, EntreeClause, LigneHeures, Prolongation, Releve
from marches.calculs import heures_retenues
from marches.enums import CLOS
from marches.models import Engagement, MouvementEngagement

ZERO = Decimal(0)
SOMMES_DU_RESUME = {
    "travail_valide": Sum("heures", filter=Q(statut=StatutLigne.VALIDEE, type_heures=TypeHeures.TRAVAIL)),
    "formation_validee": Sum("heures", filter=Q(statut=StatutLigne.VALIDEE, type_heures=TypeHeures.FORMATION)),
    "travail_declare": Sum("heures", filter=Q(statut=StatutLigne.DECLAREE, type_heures=TypeHeures.TRAVAIL)),
    "formation_declaree": Sum("heures", filter=Q(statut=StatutLigne.DECLAREE, type_heures=TypeHeures.FORMATION)),
}
LECTURE_SEULE = "Vous consultez ces heures sans pouvoir les saisir."


def lire(
    engagement: Engagement,
    *,
    annee: int,
    type_heures: TypeHeures,
    ajoutes: Collection[int],
    le: datetime.date,
    par: Acteur,
) -> grille.Grille:
    """La grille d’une année ; `engagement` vient de `avec_marche()`, `ajoutes` sont des clefs de contrats."""
    contrats = _contrats(engagement, annee, ajoutes, par)
    return grille.construire(
        annee=annee,
        type_heures=type_heures,
        contrats=contrats,
        lignes=_lignes(engagement, annee, par),
        cadres=_cadres(engagement, contrats, le, par),
        releves=_releves(engagement, annee, par),
        bornes=grille.Bornes(engagement.debut, engagement.fin, le),
        fermee=fermeture(engagement, par),
        ajoutes=ajoutes,
    )


def fermeture(engagement: Engagement, par: Acteur) -> str:
    """Raison qui ferme toute saisie sur l’engagement ; vide s’il est ouvert à cet acteur."""
    marche = engagement.clause.lot.marche
    if marche.statut in CLOS:
        return f"Ce marché est {marche.get_statut_display().lower()} : plus aucune heure ne s’y note."
    return "" if par.peut(Droit.SAISIR_HEURES) else LECTURE_SEULE


def _contrats(engagement: Engagement, annee: int, ajoutes: Collection[int], par: Acteur) -> list[grille.ContratLu]:
    du, au = datetime.date(annee, 1, 1), datetime.date(annee, 12, 31)
    lignes = LigneHeures.objects.visibles_par(par).filter(engagement=engagement)
    ouverts = ContratTravail.objects.visibles_par(par).ouverts(du=du, au=au)
    trouves = (
        ContratTravail.objects.visibles_par(par)
        .filter(
            Q(pk__in=lignes.travaillees(du=du, au=au).values("contrat"))
            | Q(pk__in=ouverts.filter(employeur=engagement.entreprise_id).values("pk"))
            | Q(pk__in=ouverts.filter(pk__in=lignes.values("contrat")).values("pk"))
            | Q(pk__in=list(ajoutes))
        )
        .order_by("participant__nom", "participant__prenom", "date_debut", "pk")
        .values_list(
            "pk",
            "participant",
            "participant__nom",
            "participant__prenom",
            "employeur__raison_sociale",
            "type_contrat",
            "date_debut",
            "date_fin",
        )
    )
    return [grille.ContratLu(*valeurs) for valeurs in trouves]


def _lignes(engagement: Engagement, annee: int, par: Acteur) -> list[grille.HeuresLues]:
    lues = (
        LigneHeures.objects.visibles_par(par)
        .filter(engagement=engagement)
        .travaillees(du=datetime.date(annee, 1, 1), au=datetime.date(annee, 12, 31))
        .order_by("rang")
        .values_list(
            "pk",
            "contrat",
            "mois",
            "type_heures",
            "heures",
            "statut",
            "motif",
            "version",
            "nature",
            "annulation__pk",
        )
    )
    return [
        grille.HeuresLues(*lue[:8], lue[8] == NatureLigne.ORDINAIRE and lue[9] is None)  # type: ignore[call-arg]
        for lue in lues
    ]


def _releves(engagement: Engagement, annee: int, par: Acteur) -> dict[datetime.date, str]:
    releves = Releve.objects.visibles_par(par).filter(
        engagement=engagement, mois__range=(datetime.date(annee, 1, 1), datetime.date(annee, 12, 31))
    )
    return dict(releves.values_list("mois", "statut"))


def _cadres(
    engagement: Engagement, contrats: Sequence[grille.ContratLu], le: datetime.date, par: Acteur
) -> dict[int, calculs.Cadre]:
    """Le cadre de chaque contrat : ce qui décide si un mois est ouvert (mêmes règles qu’à la déclaration)."""
    structure = Structure.objects.visibles_par(par).get(pk=engagement.structure_id)
    personnes = {contrat.participant_id for contrat in contrats}
    entrees: dict[int, tuple[datetime.date, datetime.date | None]] = {}
    for participant, entree, constat in (
        EntreeClause.objects.visibles_par(par)
        .courantes()
        .filter(participant__in=personnes)
        .order_by("numero")
        .values_list("participant", "date_entree", "date_constat")
    ):
        entrees[participant] = (entree, constat)
    prolongations: dict[int, list[datetime.date]] = {}
    for participant, jusqu_au in (
        Prolongation.objects.visibles_par(par)
        .filter(participant__in=personnes)
        .order_by()
        .values_list("participant", "jusqu_au")
    ):
        prolongations.setdefault(participant, []).append(jusqu_au)
    duree = engagement.clause.duree_eligibilite_mois or structure.duree_eligibilite_mois
    cadres = {}
    for contrat in contrats:
        entree, constat = entrees.get(contrat.participant_id, (None, None))
        cadres[contrat.pk] = calculs.Cadre(
            embauche=contrat.debut,
            fin_contrat=contrat.fin,
            debut_engagement=engagement.debut,
            fin_engagement=engagement.fin,
            fin_eligibilite=calculs.fin_eligibilite(entree, duree, prolongations.get(contrat.participant_id, ())),
            date_constat=constat,
            notification=engagement.clause.lot.marche.date_notification,
            aujourd_hui=le,
            seuil_avertissement=structure.seuil_avertissement_heures,
            seuil_refus=structure.seuil_refus_heures,
        )
    return cadres


def resume(engagement: Engagement, *, le: datetime.date, par: Acteur) -> grille.Resume:
    """Heures engagées à la date `le`, validées et déclarées de tout l’engagement."""
    sommes = LigneHeures.objects.visibles_par(par).filter(engagement=engagement).aggregate(**SOMMES_DU_RESUME)
    return _resume(engagement, sommes, le, par)


def _resume(
    engagement: Engagement, sommes: dict[str, Decimal | None], le: datetime.date, par: Acteur
) -> grille.Resume:
    travail, formation = sommes["travail_valide"] or ZERO, sommes["formation_validee"] or ZERO
    travail_declare, formation_declaree = sommes["travail_declare"] or ZERO, sommes["formation_declaree"] or ZERO
    regle = {
        "coefficient": engagement.clause.coefficient_formation,
        "plafond": engagement.clause.plafond_formation,
    }
    return grille.Resume(
        engagees=_engagees(engagement, le, par),
        validees=travail + formation,
        declarees=travail_declare + formation_declaree,
        retenues=heures_retenues(travail=travail, formation=formation, **regle),
        retenues_si_valide=heures_retenues(
            travail=travail + travail_declare, formation=formation + formation_declaree, **regle
        ),
    )


def _engagees(engagement: Engagement, le: datetime.date, par: Acteur) -> Decimal:
    mouvements = MouvementEngagement.objects.visibles_par(par).filter(engagement=engagement, date__lte=le)
    return mouvements.aggregate(total=Sum("heures"))["total"] or ZERO


@dataclass(frozen=True, slots=True)
class Totaux:
    """Ce que touche une cellule : `ligne`, `colonne` et `annee` comptent les heures déclarées et validées du type."""

    ligne: Decimal
    colonne: Decimal
    annee: Decimal
    mois: grille.EtatDuMois
    resume: grille.Resume


def totaux(
    engagement: Engagement, *, contrat: int, mois: datetime.date, type_heures: str, le: datetime.date, par: Acteur
) -> Totaux:
    comptees = Q(type_heures=type_heures) & ~Q(statut=StatutLigne.REFUSEE)
    de_l_annee = comptees & Q(mois__range=(mois.replace(month=1), mois.replace(month=12)))
    declarees = Q(mois=mois, statut=StatutLigne.DECLAREE)
    sommes = (
        LigneHeures.objects.visibles_par(par)
        .filter(engagement=engagement)
        .aggregate(
            ligne=Sum("heures", filter=de_l_annee & Q(contrat=contrat)),
            colonne=Sum("heures", filter=comptees & Q(mois=mois)),
            annee=Sum("heures", filter=de_l_annee),
            du_mois=Sum("heures", filter=declarees),
            nombre_declarees=Count("pk", filter=declarees),
            nombre_notees=Count("pk", filter=Q(mois=mois) & ~Q(statut=StatutLigne.REFUSEE)),
            **SOMMES_DU_RESUME,
        )
    )
    return Totaux(
        ligne=sommes["ligne"] or ZERO,
        colonne=sommes["colonne"] or ZERO,
        annee=sommes["annee"] or ZERO,
        mois=grille.EtatDuMois(
            mois, sommes["nombre_declarees"], sommes["du_mois"] or ZERO, not sommes["nombre_notees"]
        ),
        resume=_resume(engagement, sommes, le, par),
    )


def ligne_vive(
    engagement: Engagement, *, contrat: int, mois: datetime.date, type_heures: str, par: Acteur
) -> LigneHeures | None:
    """La ligne que montre une cellule, ou `None` si elle est vide."""
    return (
        LigneHeures.objects.visibles_par(par)
        .filter(engagement=engagement, contrat=contrat, mois=mois, type_heures=type_heures)
        .filter(nature=NatureLigne.ORDINAIRE, annulation=None)
        .order_by("-rang")
        .first()
    )
