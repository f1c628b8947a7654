"""Tableaux des marchés et des acheteurs."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html

from clauses.comptes.acteurs import Role
from clauses.socle.nombres import en_heures
from marches.avancement import Avancement, avancement_du_marche
from marches.models import Acheteur, Marche

# Sur un téléphone la liste garde le marché, son taux et sa situation ; la fiche donne le reste.
LARGE = "d-none d-md-table-cell"
SUR_ECRAN_LARGE = {genre: {"class": LARGE} for genre in ("th", "td")}
NOMBRE = {"td": {"class": "nombre"}, "th": {"class": "nombre"}}


class ColonneHeures(tables.Column):
    """Heures au centième, alignées à droite."""

    def __init__(self, **kwargs: Any) -> None:
        classe = {"class": f"nombre {LARGE}"}
        super().__init__(attrs={"td": classe, "th": classe}, **kwargs)

    def render(self, value: Any) -> str:
        return en_heures(value)


class MarcheTable(tables.Table):
    """Les marchés et leur avancement au jour de la consultation."""

    legende = "Marchés et avancement de leurs engagements"

    marche = tables.Column(verbose_name="Marché", accessor="reference", order_by=("reference", "pk"))
    acheteur = tables.Column(order_by=("acheteur__nom", "reference"), attrs=SUR_ECRAN_LARGE)
    date_notification = tables.DateColumn(verbose_name="Notification", format="d/m/Y", attrs=SUR_ECRAN_LARGE)
    heures_engagees = ColonneHeures(verbose_name="Engagées (h)")
    heures_realisees = ColonneHeures(verbose_name="Réalisées (h)")
    taux = tables.Column(verbose_name="Taux", accessor="pk", attrs={"td": {"class": "taux"}})
    situation = tables.Column(verbose_name="Situation", accessor="pk", orderable=False)

    class Meta:
        model = Marche
        fields = ("marche", "acheteur", "date_notification")
        empty_text = (
            "Aucun marché ne répond à cette recherche. Élargissez-la, ou ouvrez un marché : à la main, "
            "ou depuis les données essentielles de la commande publique."
        )

    def __init__(self, *args: Any, request: Any, sans_acheteur: bool = False, **kwargs: Any) -> None:
        # Un acheteur ne voit que ses marchés : sa propre colonne ne lui apprend rien.
        exclues = ("acheteur",) if sans_acheteur or request.acteur.role is Role.ACHETEUR else ()
        super().__init__(*args, request=request, exclude=exclues, **kwargs)
        self.au = timezone.localdate()

    def _avancement(self, marche: Marche) -> Avancement:
        return avancement_du_marche(marche, au=self.au)

    def render_marche(self, record: Marche) -> str:
        return format_html(
            '<a class="code" href="{}">{}</a><div class="sous-titre objet">{}</div>',
            record.get_absolute_url(),
            record.reference,
            record.objet,
        )

    def render_taux(self, record: Marche) -> str:
        return render_to_string("marches/_jauge.html", {"avancement": self._avancement(record)})

    def order_taux(self, objets: Any, descendant: bool) -> tuple[Any, bool]:
        """Sans engagement, pas de taux : ces marchés restent en fin de liste, quel que soit le sens."""
        taux = F("taux_en_dix_milliemes")
        ordre = taux.desc(nulls_last=True) if descendant else taux.asc(nulls_last=True)
        return objets.avec_taux().order_by(ordre, "-pk"), True

    def render_situation(self, record: Marche) -> str:
        situation = self._avancement(record).situation
        return format_html('<span class="etat etat-{}">{}</span>', situation.couleur, situation.label)


class AcheteurTable(tables.Table):
    legende = "Acheteurs de l’annuaire"

    nom = tables.Column(linkify=True)
    siret = tables.Column(attrs={"td": {"class": "code"}})
    nombre_marches = tables.Column(verbose_name="Marchés suivis", attrs=NOMBRE)

    class Meta:
        model = Acheteur
        fields = ("nom", "type", "siret", "commune_insee", "nombre_marches")
        empty_text = "Aucun acheteur ne répond à cette recherche. Élargissez-la, ou ajoutez l’acheteur par son SIRET."
