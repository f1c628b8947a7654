"""Ce qui manque : mois dont le relevé est dû et n’est pas arrivé, engagements à saisir, heures à valider."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When

from clauses.comptes.acteurs import Acteur
from clauses.socle.champs import HeuresField
from clauses.socle.mois import ajouter_mois, dernier_jour, mois_entre, premier_jour
from heures.enums import StatutReleve
from heures.models import LigneHeures, Releve
from marches.annotations import DEBUT, FIN
from marches.querysets import EngagementQuerySet

MOIS_REGARDES = 3


def derniers_mois(le: datetime.date) -> Sequence[datetime.date]:
    """Les derniers mois achevés, du plus ancien au plus récent."""
    return [ajouter_mois(premier_jour(le), -n) for n in range(MOIS_REGARDES, 0, -1)]


def mois_echus(
    debut: datetime.date | None, fin: datetime.date | None, *, au: datetime.date, jour_echeance: int
) -> list[datetime.date]:
    """Les mois d’un engagement dont le relevé était dû à la date `au`, qu’il soit arrivé ou non.

    Le relevé d’un mois est dû le jour `jour_echeance` du mois suivant (réglage de la structure). Sans date de début,
    on ne sait pas quels mois étaient dus : aucun.
    """
    if debut is None:
        return []
    return [
        mois
        for mois in mois_entre(debut, min(fin or au, au))
        if au > ajouter_mois(premier_jour(mois), 1).replace(day=jour_echeance)
    ]


def ouverts_en(engagements: EngagementQuerySet, mois: datetime.date) -> EngagementQuerySet:
    """Engagements où des heures peuvent s’imputer ce mois-là, d’après leurs dates ou celles du marché."""
    trouves: EngagementQuerySet = engagements.annotate(debut_effectif=DEBUT, fin_effective=FIN).filter(
        Q(fin_effective=None) | Q(fin_effective__gte=mois), debut_effectif__lte=dernier_jour(mois)
    )
    return trouves


def attendus(engagements: EngagementQuerySet, mois: datetime.date, *, par: Acteur) -> EngagementQuerySet:
    """Engagements ouverts ce mois-là et dont rien n’est encore reçu : ni heures, ni néant."""
    recus = Releve.objects.visibles_par(par).exclude(statut=StatutReleve.ATTENDU).filter(mois=mois)
    return ouverts_en(engagements, mois).exclude(pk__in=recus.values("engagement"))


def dus(engagements: EngagementQuerySet, mois: datetime.date, *, par: Acteur) -> EngagementQuerySet:
    """Engagements ouverts ce mois-là dont le relevé n’est ni validé, ni néant, même s’il est en partie saisi."""
    finis = Releve.objects.visibles_par(par).filter(mois=mois, statut__in=[StatutReleve.VALIDE, StatutReleve.NEANT])
    return ouverts_en(engagements, mois).exclude(pk__in=finis.values("engagement"))


def avec_mois_manquants(engagements: EngagementQuerySet, *, le: datetime.date, par: Acteur) -> EngagementQuerySet:
    """Annote `manque_1` à `manque_3` (le plus récent : 1), `a_valider` (heures déclarées) et `debut_effectif`."""
    annotes = engagements.annotate(debut_effectif=DEBUT, fin_effective=FIN)
    for rang, mois in enumerate(reversed(derniers_mois(le)), start=1):
        releves = Releve.objects.visibles_par(par).exclude(statut=StatutReleve.ATTENDU)
        recu = Exists(releves.filter(engagement=OuterRef("pk"), mois=mois))
        ouvert = Q(debut_effectif__lte=dernier_jour(mois)) & (Q(fin_effective=None) | Q(fin_effective__gte=mois))
        annotes = annotes.annotate(
            **{f"manque_{rang}": Case(When(recu, then=Value(False)), When(ouvert, then=Value(True)), default=False)}
        )
    declarees = (
        LigneHeures.objects.visibles_par(par)
        .declarees()
        .filter(engagement=OuterRef("pk"))
        .order_by()
        .values("engagement")
        .annotate(somme=Sum("heures"))
        .values("somme")
    )
    tries: EngagementQuerySet = annotes.annotate(a_valider=Subquery(declarees, output_field=HeuresField())).order_by(
        F("a_valider").desc(nulls_last=True), "entreprise__raison_sociale", "pk"
    )
    return tries
