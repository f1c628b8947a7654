"""Tableaux des marchés et des acheteurs."""

from __future__ import annotations

import datetime
from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from clauses.comptes.acteurs import Role
from clauses.socle.nombres import en_euros, en_heures
from marches.avancement import Avancement, avancement_du_marche
from marches.avancements import LigneAvancement, lire
from marches.encourues import Encourues
from marches.models import Acheteur, Activite, Engagement, Marche

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
        return par_taux(objets, descendant), True

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


class ColonneCalculee(tables.Column):
    """Colonne d’une ligne d’avancement, alignée à droite, sur grand écran seulement."""

    def __init__(self, libelle: str, *, ordre: str = "") -> None:
        classe = {"class": f"nombre {LARGE}"}
        tri = {"order_by": (ordre, "pk")} if ordre else {"orderable": False}
        super().__init__(verbose_name=libelle, accessor="pk", attrs={"td": classe, "th": classe}, **tri)


class AvancementTable(tables.Table):
    """Tous les engagements, à la date choisie."""

    legende = "Avancement des engagements"

    engagement = tables.Column(
        verbose_name="Engagement", accessor="pk", order_by=("clause__lot__marche__reference", "clause__lot", "pk")
    )
    acheteur = tables.Column(
        verbose_name="Acheteur",
        accessor="clause__lot__marche__acheteur",
        order_by=("clause__lot__marche__acheteur__nom", "pk"),
        attrs=SUR_ECRAN_LARGE,
    )
    heures_engagees = ColonneHeures(verbose_name="Engagées", order_by=("heures_engagees", "pk"))
    heures_realisees = ColonneHeures(verbose_name="Réalisées", order_by=("heures_realisees", "pk"))
    taux = tables.Column(verbose_name="Taux", accessor="pk", attrs={"td": {"class": "taux"}})
    attendues = ColonneCalculee("Attendues", ordre="heures_attendues")
    ecart = ColonneCalculee("Écart")
    projection = ColonneCalculee("Projection", ordre="heures_projetees")
    par_mois = ColonneCalculee("Par mois", ordre="heures_par_mois")
    situation = tables.Column(verbose_name="Situation", accessor="pk", orderable=False)
    penalite = ColonneCalculee("Pénalité")

    class Meta:
        model = Engagement
        fields = ("engagement", "acheteur")
        order_by = ("engagement",)
        empty_text = "Aucun engagement ne répond à cette recherche à cette date. Élargissez-la, ou changez la date."

    def __init__(self, *args: Any, request: Any, penalites: Encourues, au: datetime.date, **kwargs: Any) -> None:
        exclues = ("acheteur",) if request.acteur.role is Role.ACHETEUR else ()
        super().__init__(*args, request=request, exclude=exclues, **kwargs)
        self.encourues, self.au = penalites, au

    def _lue(self, engagement: Engagement) -> LigneAvancement:
        return lire(engagement, penalites=self.encourues, au=self.au)

    def render_engagement(self, record: Engagement) -> str:
        lot = record.clause.lot
        return format_html(
            '<a href="{}?au={}">{}</a><div class="sous-titre"><span class="code">{}</span> lot {}</div>',
            reverse("marches:engagement", args=[record.pk]),
            f"{self.au:%Y-%m-%d}",
            record.entreprise,
            lot.marche.reference,
            lot.numero,
        )

    def render_taux(self, record: Engagement) -> str:
        return render_to_string("marches/_jauge.html", {"avancement": self._lue(record).avancement})

    def order_taux(self, objets: Any, descendant: bool) -> tuple[Any, bool]:
        return par_taux(objets, descendant), True

    def render_attendues(self, record: Engagement) -> str:
        return ou_tiret(self._lue(record).attendu)

    def render_ecart(self, record: Engagement) -> str:
        ecart = self._lue(record).ecart
        return f"+{en_heures(ecart)}" if ecart is not None and ecart > 0 else ou_tiret(ecart)

    def render_projection(self, record: Engagement) -> str:
        return ou_tiret(self._lue(record).projection)

    def render_par_mois(self, record: Engagement) -> str:
        return ou_tiret(self._lue(record).par_mois)

    def render_situation(self, record: Engagement) -> str:
        situation = self._lue(record).avancement.situation
        return format_html('<span class="etat etat-{}">{}</span>', situation.couleur, situation.label)

    def render_penalite(self, record: Engagement) -> str:
        total = self._lue(record).penalite.total
        return en_euros(total) if total else "–"


def ou_tiret(heures: Any) -> str:
    return "–" if heures is None else en_heures(heures)


def par_taux(objets: Any, descendant: bool) -> Any:
    """Sans engagement, pas de taux : ces lignes restent en fin de liste, quel que soit le sens."""
    taux = F("taux_en_dix_milliemes")
    ordre = taux.desc(nulls_last=True) if descendant else taux.asc(nulls_last=True)
    return objets.avec_taux().order_by(ordre, "-pk")


class ActiviteTable(tables.Table):
    legende = "Journal d’activité"

    date = tables.DateColumn(format="d/m/Y", order_by=("date", "pk"))
    objet = tables.Column(order_by=("objet", "pk"))
    acheteur = tables.Column(order_by=("acheteur__nom", "pk"), attrs=SUR_ECRAN_LARGE, default="")
    entreprise = tables.Column(order_by=("entreprise__raison_sociale", "pk"), attrs=SUR_ECRAN_LARGE, default="")
    marche = tables.Column(
        verbose_name="Marché",
        accessor="marche__reference",
        order_by=("marche__reference", "pk"),
        attrs=SUR_ECRAN_LARGE,
        default="",
    )
    facilitateur = tables.Column(order_by=("facilitateur__nom", "pk"), attrs=SUR_ECRAN_LARGE)

    class Meta:
        model = Activite
        fields = ("date", "nature", "objet", "acheteur", "entreprise", "marche", "facilitateur")
        empty_text = "Aucune activité ne répond à cette recherche. Notez la première ci-dessus."

    def render_objet(self, record: Activite) -> str:
        return format_html('<a href="{}">{}</a>', reverse("marches:activite_modifier", args=[record.pk]), record.objet)
