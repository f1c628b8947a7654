"""Périmètres et lectures des marchés, lots, clauses et engagements."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Max, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.perimetre import PerimetreQuerySet, StructureQuerySet
from clauses.socle.champs import HeuresField
from marches.annotations import bases_de_la_prevision, heures_retenues, prevision, situation
from marches.enums import CLOS, StatutMarche
from marches.previsions import Seuils

M = TypeVar("M", bound=models.Model, covariant=True)


class PartageQuerySet(PerimetreQuerySet[M]):
    """Objets d’une structure que l’acheteur du marché et l’entreprise engagée voient aussi, chacun pour sa part.

    Un marché visible n’ouvre pas ses enfants : chaque modèle dit par quels chemins on l’atteint.
    """

    chemin_acheteur: ClassVar[str]
    chemin_entreprise: ClassVar[str]
    ouvre_par_lien: ClassVar[bool] = False
    """Vrai si le porteur d’un lien de dépôt, qui n’a pas de compte, en a besoin pour remplir son relevé."""

    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        de_la_structure = Q(structure_id=acteur.structure_id)
        match acteur.role:
            case Role.FACILITATEUR | Role.RESPONSABLE | Role.LECTEUR:
                return de_la_structure
            case Role.ACHETEUR:
                return de_la_structure & Q(**{self.chemin_acheteur: acteur.acheteur_id})
            case Role.ENTREPRISE if acteur.releve_id is not None and not self.ouvre_par_lien:
                return None
            case Role.ENTREPRISE:
                siens = self.model._base_manager.filter(**{self.chemin_entreprise: acteur.entreprise_id})
                return de_la_structure & Q(pk__in=siens.values("pk"))
            case _:
                return None

    def _somme(self, chemin: str, parmi: Q | None = None, **conditions: Any) -> Coalesce:
        """Somme d’heures par objet, en sous-requête : deux sommes d’un même objet ne se multiplient pas."""
        filtre = Q(**{f"{chemin}__{c}": v for c, v in conditions.items()}) & (parmi or Q())
        somme = (
            self.model._base_manager.filter(pk=OuterRef("pk"))
            .order_by()
            .values("pk")
            .annotate(somme=Sum(f"{chemin}__heures", filter=filtre))
            .values("somme")
        )
        champ = HeuresField()
        return Coalesce(Subquery(somme, output_field=champ), Value(0, output_field=HeuresField()), output_field=champ)


class AvancementQuerySet(PartageQuerySet[M]):
    """Ajoute l’avancement : heures engagées (grand livre) et réalisées (lignes validées, retenues) à une date."""

    def avec_taux(self) -> Self:
        """Annote `taux_en_dix_milliemes` (entier, pour trier) d’après l’avancement ; nul sans engagement."""
        entier: models.BigIntegerField[Any, Any] = models.BigIntegerField()
        realisees, engagees = Cast("heures_realisees", entier), Cast("heures_engagees", entier)
        dix_mille, zero = Value(10_000, output_field=entier), Value(0, output_field=entier)
        return self.annotate(taux_en_dix_milliemes=realisees * dix_mille / NullIf(engagees, zero))


class RegroupementQuerySet(AvancementQuerySet[M]):
    """Objets qui regroupent plusieurs engagements : leur avancement dépend de qui regarde."""

    chemin_engagements: ClassVar[str]
    chemin_depuis_engagement: ClassVar[str]

    def avec_avancement(self, *, au: datetime.date, pour: Acteur) -> Self:
        """Annote `heures_engagees` et `heures_realisees`, en heures, à la date `au` comprise (bilans.md).

        Une entreprise ne compte que ses propres engagements, jamais ceux de ses cotraitants ni des lots voisins.
        """
        siens = {"entreprise": pour.entreprise_id} if pour.role is Role.ENTREPRISE else {}
        parmi = Q(**{f"{self.chemin_engagements}__{nom}": valeur for nom, valeur in siens.items()})
        somme = (
            apps.get_model("marches", "Engagement")
            ._base_manager.filter(**{self.chemin_depuis_engagement: OuterRef("pk")}, **siens)
            .order_by()
            .values(self.chemin_depuis_engagement)
            .annotate(somme=Sum(heures_retenues(OuterRef("pk"), au)))
            .values("somme")
        )
        return (
            self.select_related("structure")
            .defer("structure__logo")
            .annotate(
                heures_engagees=self._somme(f"{self.chemin_engagements}__mouvements", parmi, date__lte=au),
                heures_realisees=Coalesce(
                    Subquery(somme, output_field=HeuresField()),
                    Value(0, output_field=HeuresField()),
                    output_field=HeuresField(),
                ),
            )
        )


class AcheteurQuerySet(PerimetreQuerySet[Any]):
    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        match acteur.role:
            case Role.FACILITATEUR | Role.RESPONSABLE | Role.LECTEUR:
                return Q()
            case Role.ACHETEUR:
                return Q(pk=acteur.acheteur_id)
            case _:
                return None

    def avec_nombre_marches(self, marches: models.QuerySet[Any]) -> Self:
        """Annote `nombre_marches`, compté parmi les marchés donnés (ceux que l’on peut voir)."""
        compte = marches.filter(acheteur=OuterRef("pk")).order_by().values("acheteur").annotate(n=Count("pk"))
        return self.annotate(nombre_marches=Coalesce(Subquery(compte.values("n")), 0))


class MarcheQuerySet(RegroupementQuerySet[Any]):
    ouvre_par_lien = True
    chemin_acheteur = "acheteur"
    chemin_entreprise = "lots__attributions__entreprise"
    chemin_engagements = "lots__clauses__engagements"
    chemin_depuis_engagement = "clause__lot__marche"

    def notifies(self, *, du: datetime.date, au: datetime.date) -> Self:
        return self.filter(date_notification__range=(du, au))

    def en_cours(self, *, le: datetime.date) -> Self:
        """Notifiés au plus tard à cette date et non clos (bilans.md, définitions)."""
        return self.filter(date_notification__lte=le).exclude(statut__in=CLOS)

    def ouverts(self) -> Self:
        return self.exclude(statut__in=CLOS)

    def a_completer(self) -> Self:
        """Marchés en cours dont aucun lot ne porte d’engagement."""
        return self.filter(statut__in=[StatutMarche.NOTIFIE, StatutMarche.EN_COURS]).exclude(
            pk__in=self.model._base_manager.filter(lots__clauses__engagements__isnull=False).values("pk")
        )


class LotQuerySet(RegroupementQuerySet[Any]):
    ouvre_par_lien = True
    chemin_acheteur = "marche__acheteur"
    chemin_entreprise = "attributions__entreprise"
    chemin_engagements = "clauses__engagements"
    chemin_depuis_engagement = "clause__lot"


class AttributionQuerySet(PartageQuerySet[Any]):
    ouvre_par_lien = True
    chemin_acheteur = "lot__marche__acheteur"
    chemin_entreprise = "entreprise"


class ClauseQuerySet(PartageQuerySet[Any]):
    ouvre_par_lien = True
    chemin_acheteur = "lot__marche__acheteur"
    chemin_entreprise = "engagements__entreprise"

    def incompletes(self) -> Self:
        """Clauses où manque l’une des quatre mentions du CCAG de 2021 (domaine.md §2)."""
        return self.annotate(volume_horaire=self._somme("engagements__mouvements")).filter(
            Q(perimetre="") | Q(publics_admis="") | Q(nomme_facilitateur=False) | Q(volume_horaire__lte=Decimal(0))
        )


class EngagementQuerySet(AvancementQuerySet[Any]):
    ouvre_par_lien = True
    chemin_acheteur = "clause__lot__marche__acheteur"
    chemin_entreprise = "entreprise"

    def avec_avancement(self, *, au: datetime.date) -> Self:
        """Annote `heures_engagees` et `heures_realisees`, en heures, à la date `au` comprise (bilans.md).

        Lit d’avance l’échéancier, dont dépend la situation : une requête de plus, quel que soit le nombre de lignes.
        """
        return self._avec_heures(au).prefetch_related("jalons")

    def _avec_heures(self, au: datetime.date) -> Self:
        return (
            self.select_related("structure")
            .defer("structure__logo")
            .annotate(
                heures_engagees=self._somme("mouvements", date__lte=au),
                heures_realisees=ExpressionWrapper(heures_retenues(OuterRef("pk"), au), output_field=HeuresField()),
            )
        )

    def avec_prevision(self, *, au: datetime.date, seuils: Seuils) -> Self:
        """Annote l’avancement, puis `heures_attendues`, `heures_projetees`, `heures_par_mois` et `code_situation`.

        Heures au centième, nulles là où `previsions.prevoir` rend `None` ; `seuils` : ceux de la structure.
        """
        heures = {
            "heures_attendues": "centiemes_attendus",
            "heures_projetees": "centiemes_projetes",
            "heures_par_mois": "centiemes_par_mois",
        }
        return (
            self._avec_heures(au)
            .annotate(**bases_de_la_prevision(au))
            .annotate(**prevision(au))
            .annotate(
                **{nom: ExpressionWrapper(F(brut), output_field=HeuresField()) for nom, brut in heures.items()},
                code_situation=situation(au, seuils),
            )
        )

    def avec_marche(self) -> Self:
        return self.select_related("entreprise", "structure", "clause__lot__marche__acheteur")

    def ouverts(self) -> Self:
        return self.exclude(clause__lot__marche__statut__in=CLOS)


class MouvementQuerySet(PartageQuerySet[Any]):
    ouvre_par_lien = True
    chemin_acheteur = "engagement__clause__lot__marche__acheteur"
    chemin_entreprise = "engagement__entreprise"


class JalonQuerySet(PartageQuerySet[Any]):
    chemin_acheteur = "engagement__clause__lot__marche__acheteur"
    chemin_entreprise = "engagement__entreprise"


class FactureQuerySet(PartageQuerySet[Any]):
    chemin_acheteur = "engagement__clause__lot__marche__acheteur"
    chemin_entreprise = "engagement__entreprise"


class ReglePenaliteQuerySet(PartageQuerySet[Any]):
    """Un terme du contrat : l’acheteur du lot et l’entreprise engagée le lisent."""

    chemin_acheteur = "clause__lot__marche__acheteur"
    chemin_entreprise = "clause__engagements__entreprise"


class PenaliteQuerySet(PartageQuerySet[Any]):
    """L’acheteur décide, l’entreprise sait ce qui est proposé : chacun voit les propositions qui le touchent."""

    chemin_acheteur = "engagement__clause__lot__marche__acheteur"
    chemin_entreprise = "engagement__entreprise"


class EvenementQuerySet(StructureQuerySet[Any]):
    """La suite graduée, réservée à la structure ; chaque étape connaît ses lettres (`bilans.Document.evenement`)."""

    def avec_lettre(self) -> Self:
        """Annote `lettre`, la dernière lettre émise et non annulée, et `lettre_annulee` (clefs de document)."""
        return self.annotate(
            lettre=Max("lettres__pk", filter=Q(lettres__annule_le=None)),
            lettre_annulee=Max("lettres__pk", filter=Q(lettres__annule_le__isnull=False)),
        )

    def en_vigueur(self) -> Self:
        """Les étapes qui comptent : notées à la main, ou dont une lettre au moins n’est pas annulée."""
        emises = self.model._base_manager.filter(lettres__isnull=False).values("pk")
        valables = self.model._base_manager.filter(lettres__isnull=False, lettres__annule_le=None).values("pk")
        return self.exclude(Q(pk__in=emises) & ~Q(pk__in=valables))


class BaremeQuerySet(PerimetreQuerySet[Any]):
    """Des valeurs publiques : tout rôle les lit, un lien de dépôt n’en a pas l’usage."""

    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        return Q() if acteur.releve_id is None else None

    def en_vigueur(self, code: str, *, le: datetime.date) -> Self:
        """La valeur applicable à une date vient en premier."""
        return self.filter(code=code, date_debut__lte=le).order_by("-date_debut")
