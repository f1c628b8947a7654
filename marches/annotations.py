"""Expressions SQL des engagements : heures retenues, et prévision. Les mêmes règles que `calculs` et `previsions`.

Tout est en centièmes d’heure entiers : la division entière des deux bases, sur des nombres positifs, arrondit demi
vers le haut comme les calculs purs.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, ExtractMonth, ExtractYear, Greatest, Least, NullIf

from clauses.socle.mois import ajouter_mois
from marches.enums import Situation
from marches.previsions import MOIS_DU_RYTHME, Seuils, dernier_mois_acheve

SANS_PLAFOND = 10**17
# Les dates d’un engagement, à défaut celles du marché : comme `Engagement.debut` et `Engagement.fin`.
DEBUT = Coalesce("date_debut", "clause__lot__marche__date_debut", "clause__lot__marche__date_notification")
FIN = Coalesce("date_fin", "clause__lot__marche__date_fin")
ENTIER: models.BigIntegerField[Any, Any] = models.BigIntegerField()


class Jours(Func):
    """Nombre de jours d’une date à une autre, entier."""

    output_field = models.BigIntegerField()
    arity = 2
    template = "(%(expressions)s)"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **contexte: Any) -> Any:
        gabarit = "CAST(julianday(%(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=gabarit, arg_joiner=") - julianday(", **contexte)


def entier(nombre: int) -> Value:
    return Value(nombre, output_field=ENTIER)


def heures_retenues(engagement: OuterRef, au: datetime.date) -> Subquery:
    """Heures validées qui éteignent un engagement : travail, plus formation × coefficient, plafonnée.

    Même règle que `calculs.heures_retenues` : l’arrondi, demi vers le haut, se fait sur le total de l’engagement.
    """

    def somme(type_heures: str) -> Coalesce:
        validees = Q(lignes__mois__lte=au, lignes__statut="VALIDEE", lignes__type_heures=type_heures)
        return Coalesce(Cast(Sum("lignes__heures", filter=validees), ENTIER), entier(0))

    coefficient = Cast("clause__coefficient_formation", ENTIER)
    plafond = Coalesce(Cast("clause__plafond_formation", ENTIER), entier(SANS_PLAFOND))
    retenues = (
        apps.get_model("marches", "Engagement")
        ._base_manager.filter(pk=engagement)
        .order_by()
        .values("pk")
        .annotate(travail=somme("TRAVAIL"), formation=somme("FORMATION"))
        .annotate(retenues=F("travail") + Least(plafond, (F("formation") * coefficient + 50) / 100))
    )
    return Subquery(retenues.values("retenues"), output_field=ENTIER)


def _au_moins(nombre: Any, plancher: int) -> Greatest:
    return Greatest(nombre, entier(plancher), output_field=ENTIER)


def _quotient(numerateur: Any, diviseur: Any) -> Any:
    return (numerateur * 2 + diviseur) / (diviseur * 2)


def _mois(date: str) -> Any:
    return Cast(ExtractYear(date), ENTIER) * 12 + Cast(ExtractMonth(date), ENTIER)


def bases_de_la_prevision(au: datetime.date) -> dict[str, Any]:
    """Premières annotations : dates effectives, heures au rythme, mois observés et restants."""
    mois = dernier_mois_acheve(au)
    rang = mois.year * 12 + mois.month
    return {
        "debut_effectif": DEBUT,
        "fin_effective": FIN,
        "retenues_au_rythme": heures_retenues(OuterRef("pk"), mois),
        "retenues_avant_rythme": heures_retenues(OuterRef("pk"), ajouter_mois(mois, -MOIS_DU_RYTHME)),
        "mois_restants": _au_moins(_mois("fin_effective") - rang, 0),
        "mois_observes": Least(
            Coalesce(entier(rang + 1) - _mois("debut_effectif"), entier(MOIS_DU_RYTHME), output_field=ENTIER),
            entier(MOIS_DU_RYTHME),
            output_field=ENTIER,
        ),
    }


def prevision(au: datetime.date) -> dict[str, Any]:
    """Annotations suivantes, en centièmes : attendu, projection, besoin mensuel ; nulles comme dans `previsions`."""
    engage, realise = Cast("heures_engagees", ENTIER), Cast("heures_realisees", ENTIER)
    # Nul quand les dates manquent ou se contredisent.
    total = NullIf(_au_moins(Jours("fin_effective", "debut_effectif") + 1, 0), entier(0))
    jour = Value(au, output_field=models.DateField())
    ecoules = Least(_au_moins(Jours(jour, "debut_effectif") + 1, 0), total, output_field=ENTIER)
    recentes = F("retenues_au_rythme") - F("retenues_avant_rythme")
    projetees = F("retenues_au_rythme") + _quotient(recentes * F("mois_restants"), F("mois_observes"))
    return {
        "jours_en_tout": total,
        "jours_ecoules": ecoules,
        "centiemes_attendus": _quotient(_au_moins(engage, 0) * ecoules, total),
        "centiemes_projetes": Case(
            When(
                mois_observes__gt=0,
                fin_effective__isnull=False,
                then=Greatest(realise, projetees, output_field=ENTIER),
            ),
            output_field=ENTIER,
        ),
        "centiemes_par_mois": Case(
            When(
                mois_restants__gt=0,
                fin_effective__isnull=False,
                heures_engagees__gt=0,
                then=_quotient(_au_moins(engage - realise, 0), F("mois_restants")),
            ),
            output_field=ENTIER,
        ),
    }


def situation(au: datetime.date, seuils: Seuils) -> Case:
    """La situation, dans l’ordre de `previsions.situation` : la première condition vraie l’emporte."""
    engage, realise = Cast("heures_engagees", ENTIER), Cast("heures_realisees", ENTIER)
    marge = engage * F("jours_en_tout") * seuils.retard_points
    ecart = (realise * F("jours_en_tout") - engage * F("jours_ecoules")) * 100
    sans_dates = Q(jours_en_tout=None)
    texte: models.CharField[Any, Any] = models.CharField(max_length=20)
    limite = ajouter_mois(au, seuils.alerte_fin_mois)

    def dire(valeur: Situation) -> Value:
        return Value(valeur.value, output_field=texte)

    return Case(
        When(heures_engagees__lte=0, then=dire(Situation.SANS_ENGAGEMENT)),
        When(heures_realisees__gt=F("heures_engagees"), then=dire(Situation.DEPASSE)),
        When(heures_realisees=F("heures_engagees"), then=dire(Situation.ATTEINT)),
        When(fin_effective__lt=au, then=dire(Situation.NON_ATTEINT)),
        When(
            Q(fin_effective__lt=limite) & Q(_inferieur(realise * 100, engage * seuils.taux_risque_pourcent)),
            then=dire(Situation.A_RISQUE),
        ),
        When(sans_dates & Q(heures_realisees=0), then=dire(Situation.NON_DEMARRE)),
        When(sans_dates, then=dire(Situation.CONFORME)),
        When(_inferieur(ecart, -marge), then=dire(Situation.EN_RETARD)),
        When(heures_realisees=0, then=dire(Situation.NON_DEMARRE)),
        When(_inferieur(marge, ecart), then=dire(Situation.EN_AVANCE)),
        default=dire(Situation.CONFORME),
        output_field=texte,
    )


def _inferieur(gauche: Any, droite: Any) -> Any:
    return models.lookups.LessThan(gauche, droite)
