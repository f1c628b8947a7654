"""Tableaux des engagements à saisir, des participants et de leur suivi."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from clauses.socle.nombres import en_heures, en_taux
from heures import suivi
from heures.attendus import derniers_mois
from heures.calculs import fin_eligibilite
from heures.enums import SituationSortie, TypePiece
from heures.forms.suivi import MOTIFS
from heures.grille import ABREGES
from heures.models import Participant, Sortie
from marches.calculs import taux
from marches.models import Engagement

NOMBRE = {"td": {"class": "nombre"}, "th": {"class": "nombre"}}
SECONDAIRE = {"td": {"class": "secondaire"}, "th": {"class": "secondaire"}}
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
        if fin <= aujourd_hui + datetime.timedelta(days=record.alerte_jours):
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


class Geste(tables.Column):
    """Une cellule rendue par un gabarit, avec le contexte de la page (jeton, droits) et celui de la ligne.

    Le gabarit reçoit le contexte déjà calculé : les processeurs de contexte ne tournent pas à chaque ligne.
    """

    def __init__(self, gabarit: str, contexte: Callable[[Any], dict[str, Any]], **options: Any) -> None:
        super().__init__(**{"orderable": False, "empty_values": (), "verbose_name": "Geste", **options})
        self.gabarit = gabarit
        self.contexte = contexte

    def render(self, record: Any, table: Any) -> Any:
        de_la_page = {
            nom: table.context.get(nom) for nom in ("csrf_token", "droits", "parametres") if nom in table.context
        }
        return get_template(self.gabarit).render({**de_la_page, "record": record, **self.contexte(record)})


class PersonneTable(tables.Table):
    nom = tables.Column(order_by=("nom", "prenom"), verbose_name="Personne")
    employeur = tables.Column(default=TIRET, verbose_name="Employeur du jour", attrs=SECONDAIRE)
    entree_le = tables.DateColumn(verbose_name="Entrée le", format="d/m/Y", default=TIRET, attrs=SECONDAIRE)

    class Meta:
        model = Participant
        fields = ("nom", "employeur", "entree_le")

    def render_nom(self, record: Any) -> str:
        return lien(record)


def lien(personne: Any) -> str:
    url = reverse("heures:participant", args=[personne.pk])
    return format_html('<a href="{}">{}</a><span class="tache-detail">{}</span>', url, personne, personne.identifiant)


def a_prolonger(personne: Any) -> dict[str, Any]:
    proposee = suivi.prolongation_proposee(suivi.fin_de(personne), le=timezone.localdate())  # type: ignore[arg-type]
    return {"jusqu_au": proposee, "motifs": MOTIFS}


class EligibiliteTable(PersonneTable):
    legende = "Personnes dont l’éligibilité finit, ou est finie"

    fin = tables.Column(accessor="entree_le", order_by=("fin_pour_trier",), verbose_name="Éligible jusqu’au")
    geste = Geste("heures/_suivi_prolonger.html", a_prolonger, verbose_name="Prolonger")

    class Meta(PersonneTable.Meta):
        sequence = ("nom", "employeur", "entree_le", "fin", "geste")
        empty_text = "Aucune éligibilité ne finit dans les 60 jours, pour ces filtres."

    def render_fin(self, record: Any) -> str:
        fin = suivi.fin_de(record)
        if fin is None:
            return TIRET
        couleur, libelle = ("rouge", "Finie") if fin < timezone.localdate() else ("orange", "Bientôt")
        return format_html('{} <span class="etat etat-{}">{}</span>', f"{fin:%d/%m/%Y}", couleur, libelle)


class PieceTable(PersonneTable):
    legende = "Personnes dont la pièce est à voir, périmée, ou va l’être"

    piece = tables.Column(verbose_name="Pièce vue", empty_values=(), order_by=("piece", "piece_valable"))
    piece_valable = tables.DateColumn(verbose_name="Valable jusqu’au", format="d/m/Y", default=TIRET, attrs=SECONDAIRE)
    geste = Geste("heures/_suivi_piece.html", lambda _: {}, verbose_name="Noter la pièce")

    class Meta(PersonneTable.Meta):
        sequence = ("nom", "employeur", "entree_le", "piece", "piece_valable", "geste")
        empty_text = "Chaque personne a une pièce vue et valable, pour ces filtres."

    def render_piece(self, record: Any) -> str:
        libelle, couleur = suivi.etat_de_piece(
            record.piece, record.piece_valable, le=timezone.localdate(), alerte_jours=record.alerte_jours
        )
        nom = TypePiece(record.piece).label if record.piece else ""
        return format_html('{} <span class="etat etat-{}">{}</span>', nom, couleur, libelle)


class VisaTable(PersonneTable):
    legende = "Personnes dont l’entrée n’est pas visée"

    piece = tables.Column(verbose_name="Pièce vue", empty_values=(), attrs=SECONDAIRE)
    geste = Geste("heures/_suivi_visa.html", lambda _: {}, verbose_name="Viser")

    class Meta(PersonneTable.Meta):
        sequence = ("nom", "employeur", "entree_le", "piece", "geste")
        empty_text = "Chaque entrée est visée, pour ces filtres."

    def render_piece(self, record: Any) -> str:
        return TypePiece(record.piece).label if record.piece else TIRET


def a_recueillir(sortie: Any) -> dict[str, Any]:
    manquantes = suivi.echeances_manquantes(sortie, le=timezone.localdate())
    return {"manquantes": manquantes, "situations": SituationSortie.choices}


class DevenirTable(tables.Table):
    legende = "Situations à 6 et à 12 mois échues, à recueillir"

    nom = tables.Column(
        accessor="participant", order_by=("participant__nom", "participant__prenom"), verbose_name="Personne"
    )
    date = tables.DateColumn(verbose_name="Sortie le", format="d/m/Y")
    situation = tables.Column(verbose_name="À la sortie", orderable=False, attrs=SECONDAIRE)
    situation_6_mois = tables.Column(verbose_name="À 6 mois", orderable=False, default=TIRET, attrs=SECONDAIRE)
    geste = Geste("heures/_suivi_devenir.html", a_recueillir, verbose_name="À recueillir")

    class Meta:
        model = Sortie
        fields = ("nom", "date", "situation", "situation_6_mois", "geste")
        empty_text = "Aucune situation à 6 ou 12 mois n’attend, pour ces filtres."

    def render_nom(self, value: Any) -> str:
        return lien(value)
