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
        **_jalons(au),
        "retenues_au_rythme": heures_retenues(OuterRef("pk"), mois),
        "retenues_avant_rythme": heures_retenues(OuterRef("pk"), ajouter_mois(mois, -MOIS_DU_RYTHME)),
        "mois_restants": _au_moins(_mois("fin_effective") - rang, 0),
        "mois_observes": Least(
            Coalesce(entier(rang + 1) - _mois("debut_effectif"), entier(MOIS_DU_RYTHME), output_field=ENTIER),
            entier(MOIS_DU_RYTHME),
            output_field=ENTIER,
        ),
    }


def _jalons(au: datetime.date) -> dict[str, Any]:
    """Les points de l’échéancier qui encadrent la date ; nuls quand c’est le début ou la fin qui borne."""
    jalons = apps.get_model("marches", "JalonEngagement")._base_manager.filter(
        engagement=OuterRef("pk"), date__gte=OuterRef("debut_effectif"), date__lt=OuterRef("fin_effective")
    )
    avant, apres = jalons.filter(date__lte=au).order_by("-date"), jalons.filter(date__gt=au).order_by("date")
    return {
        "jalon_avant": Subquery(avant.values("date")[:1]),
        "part_avant": Coalesce(Cast(Subquery(avant.values("part")[:1]), ENTIER), entier(0)),
        "jalon_apres": Subquery(apres.values("date")[:1]),
        "part_apres": Coalesce(Cast(Subquery(apres.values("part")[:1]), ENTIER), entier(100)),
    }


def _part_attendue(au: datetime.date) -> tuple[Any, Any]:
    """Numérateur et dénominateur de `previsions.part_attendue` ; nuls si les dates manquent ou se contredisent."""
    depart = Coalesce("jalon_avant", "debut_effectif", output_field=models.DateField())
    arrivee = Coalesce("jalon_apres", "fin_effective", output_field=models.DateField())
    # Le début compte dès son matin, un jalon le soir.
    decalage = Case(When(jalon_avant=None, then=entier(1)), default=entier(0), output_field=ENTIER)
    jour = Value(au, output_field=models.DateField())
    duree = NullIf(_au_moins(Jours(arrivee, depart) + decalage, 0), entier(0))
    ecoules = Least(_au_moins(Jours(jour, depart) + decalage, 0), duree, output_field=ENTIER)
    return F("part_avant") * duree + (F("part_apres") - F("part_avant")) * ecoules, duree * 100


def prevision(au: datetime.date) -> dict[str, Any]:
    """Annotations suivantes, en centièmes : attendu, projection, besoin mensuel ; nulles comme dans `previsions`."""
    engage, realise = Cast("heures_engagees", ENTIER), Cast("heures_realisees", ENTIER)
    attendue, entiere = _part_attendue(au)
    recentes = F("retenues_au_rythme") - F("retenues_avant_rythme")
    projetees = F("retenues_au_rythme") + _quotient(recentes * F("mois_restants"), F("mois_observes"))
    return {
        "part_entiere": entiere,
        "part_attendue": attendue,
        "centiemes_attendus": _quotient(_au_moins(engage, 0) * attendue, entiere),
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
    marge = engage * F("part_entiere") * seuils.retard_points
    ecart = (realise * F("part_entiere") - engage * F("part_attendue")) * 100
    sans_dates = Q(part_entiere=None)
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
