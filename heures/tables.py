"""Tableaux des engagements à saisir et des participants."""

from __future__ import annotations

import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from clauses.socle.nombres import en_heures, en_taux
from heures.attendus import derniers_mois
from heures.calculs import fin_eligibilite
from heures.eligibilite import JOURS_D_ALERTE
from heures.grille import ABREGES
from heures.models import Participant
from marches.calculs import taux
from marches.models import Engagement

NOMBRE = {"td": {"class": "nombre"}, "th": {"class": "nombre"}}
TIRET = "–"


class EngagementTable(tables.Table):
    legende = "Engagements à saisir"

    entreprise = tables.Column(order_by=("entreprise__raison_sociale",), verbose_name="Entreprise")
    marche = tables.Column(
        accessor="clause__lot", order_by=("clause__lot__marche__reference",), verbose_name="Marché et lot"
    )
    manquants = tables.Column(accessor="manque_1", orderable=False, verbose_name="Mois attendus")
    a_valider = tables.Column(attrs=NOMBRE, default=TIRET, verbose_name="À valider (h)")
    avancement = tables.Column(accessor="heures_realisees", orderable=False, verbose_name="Validées sur engagées (h)")

    class Meta:
        model = Engagement
        fields = ("entreprise", "marche", "manquants", "a_valider", "avancement")
        order_by_field = "sort"
        empty_text = (
            "Aucun engagement ne répond à cette recherche. Élargissez-la, ou engagez une entreprise sur un lot."
        )

    def render_entreprise(self, record: Any) -> str:
        annee = derniers_mois(timezone.localdate())[-1].year
        url = f"{reverse('heures:grille', args=[record.pk])}?annee={annee}"
        return format_html(
            '<a href="{}">{}</a>', url if _dans(record, annee) else url.split("?")[0], record.entreprise
        )

    def render_marche(self, record: Any) -> str:
        marche = record.clause.lot.marche
        return format_html(
            '{} lot {}<span class="sous-ligne">{}</span>', marche.reference, record.clause.lot.numero, marche.acheteur
        )

    def render_manquants(self, record: Any) -> str:
        mois = derniers_mois(timezone.localdate())
        attendus = [m for rang, m in zip((3, 2, 1), mois, strict=True) if getattr(record, f"manque_{rang}")]
        return (
            format_html_join(
                " ", '<span class="etat etat-orange">{}</span>', ((ABREGES[m.month - 1],) for m in attendus)
            )
            or TIRET
        )

    def render_a_valider(self, value: Any) -> str:
        return en_heures(value)

    def render_avancement(self, record: Any) -> str:
        rapport = taux(record.heures_realisees, record.heures_engagees)
        if rapport is None:
            return "Sans heures engagées"
        return format_html(
            '<span class="avancement"><progress class="jauge" max="100" value="{}" aria-hidden="true"></progress>'
            '<span class="nombre">{} sur {}</span><span class="sous-ligne">{}</span></span>',
            min(int(rapport * 100), 100),
            en_heures(record.heures_realisees),
            en_heures(record.heures_engagees),
            en_taux(rapport, 0),
        )


def _dans(engagement: Any, annee: int) -> bool:
    debut, fin = engagement.debut, engagement.fin
    return (debut is None or debut.year <= annee) and (fin is None or annee <= fin.year)


class ParticipantTable(tables.Table):
    legende = "Participants"

    nom = tables.Column(order_by=("nom", "prenom"), verbose_name="Personne")
    identifiant = tables.Column(attrs={"td": {"class": "code"}})
    est_participant_plie = tables.Column(verbose_name="PLIE")
    entree_le = tables.DateColumn(verbose_name="Entrée le", format="d/m/Y", default=TIRET)
    eligible = tables.Column(accessor="entree_le", orderable=False, default=TIRET, verbose_name="Éligible jusqu’au")
    suivi = tables.Column(accessor="entree_le", orderable=False, verbose_name="Pièce et visa", empty_values=())

    class Meta:
        model = Participant
        fields = ("nom", "identifiant", "est_participant_plie", "entree_le", "eligible", "suivi")
        empty_text = "Aucune personne ne répond à cette recherche. Élargissez-la, ou ouvrez une nouvelle fiche."

    def render_nom(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("heures:participant", args=[record.pk]), record)

    def render_est_participant_plie(self, value: bool) -> str:
        return "Oui" if value else TIRET

    def render_eligible(self, record: Any) -> str:
        prolongations = [record.prolongee_au] if record.prolongee_au else []
        fin = fin_eligibilite(record.entree_le, record.duree_mois, prolongations)
        if fin is None:
            return TIRET
        aujourd_hui = timezone.localdate()
        if fin < aujourd_hui:
            return format_html('{} <span class="etat etat-rouge">Finie</span>', f"{fin:%d/%m/%Y}")
        if fin <= aujourd_hui + datetime.timedelta(days=JOURS_D_ALERTE):
            return format_html('{} <span class="etat etat-orange">Bientôt</span>', f"{fin:%d/%m/%Y}")
        return f"{fin:%d/%m/%Y}"

    def render_suivi(self, record: Any) -> str:
        if record.entree_le is None:
            return format_html('<span class="etat">{}</span>', "Sans entrée")
        if not record.piece:
            return format_html('<span class="etat etat-orange">{}</span>', "Pièce à voir")
        if record.visa is None:
            return format_html('<span class="etat etat-bleu">{}</span>', "Visa à donner")
        return format_html('<span class="etat etat-vert">{}</span>', "Visée")
