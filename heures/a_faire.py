"""« À qui le tour » : ce qui attend le facilitateur, calculé à une date. Lecture seule.

Chaque rubrique rend au plus `MONTREES` lignes, les plus urgentes d’abord, et le nombre total.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Min, Sum
from django.urls import reverse

from clauses.comptes.acteurs import Acteur
from clauses.socle.mois import ajouter_mois, de, en_lettres, mois_entre
from clauses.socle.nombres import en_heures, en_taux
from heures import suivi
from heures.attendus import attendus, derniers_mois
from heures.eligibilite import JOURS_D_ALERTE
from heures.enums import StatutAttente
from heures.models import LigneEnAttente, LigneHeures
from heures.suivi_demandes import relances_dues
from marches.enums import NatureEvenement, Situation, StatutMarche
from marches.manquements import avec_derniere_etape, etape_suivante
from marches.models import Engagement, Marche

MONTREES = 5
MOIS_AVANT_FIN_DE_MARCHE = 3
URGENCES = {Situation.A_RISQUE: 0, Situation.EN_RETARD: 1}


@dataclass(frozen=True, slots=True)
class Tache:
    """Une ligne à traiter : ce que c’est, pourquoi, et où aller."""

    libelle: str
    detail: str
    url: str
    etat: str = ""
    gravite: str = ""


@dataclass(frozen=True, slots=True)
class Rubrique:
    titre: str
    vide: str
    nombre: int
    taches: Sequence[Tache]
    est_nominative: bool = False
    url: str = ""
    """Où tout voir ; vide si la rubrique n’a pas de page."""

    @property
    def reste(self) -> int:
        return self.nombre - len(self.taches)


def rubrique(titre: str, vide: str, taches: Sequence[Tache]) -> Rubrique:
    return Rubrique(titre, vide, len(taches), taches[:MONTREES])


def nominative(onglet: str, vide: str, taches: Sequence[Tache]) -> Rubrique:
    """Une rubrique qui nomme des personnes, et mène à l’onglet du suivi qui les montre toutes."""
    url = reverse(f"heures:{onglet}")
    return Rubrique(suivi.ONGLETS[onglet], vide, len(taches), taches[:MONTREES], est_nominative=True, url=url)


def toutes(acteur: Acteur, *, le: datetime.date) -> list[Rubrique]:
    """Les rubriques de l’accueil d’un agent de la structure, à la date `le`."""
    ouverts = Engagement.objects.visibles_par(acteur).ouverts().avec_marche().avec_avancement(au=le)
    engagements = list(avec_derniere_etape(ouverts, par=acteur))
    return [
        a_valider(acteur),
        releves_manquants(acteur, le),
        relances_a_faire(acteur, le),
        en_difficulte(engagements, le),
        eligibilites(acteur, le),
        pieces(acteur, le),
        visas(acteur, le),
        fins_de_marche(acteur, le),
        a_completer(acteur),
        sorties_a_recueillir(acteur, le),
    ]


def nom_de(engagement: Engagement) -> str:
    return f"{engagement.entreprise} – {engagement.clause.lot.marche.reference}"


def a_valider(acteur: Acteur) -> Rubrique:
    """Ce qui attend dans la boîte de réception, par engagement : le plus ancien mois d’abord."""
    recus: dict[int, _Recu] = {}
    declarees = LigneHeures.objects.visibles_par(acteur).declarees()
    for ligne in _par_engagement(declarees, "engagement", "mois"):
        recus[ligne["clef"]] = _Recu(**ligne)
    en_attente = LigneEnAttente.objects.visibles_par(acteur).filter(statut=StatutAttente.EN_ATTENTE)
    for ligne in _par_engagement(en_attente, "releve__engagement", "releve__mois"):
        recu = recus.get(ligne["clef"], _Recu(**ligne | {"nombre": 0, "total": Decimal(0)}))
        recus[ligne["clef"]] = replace(recu, a_verifier=ligne["nombre"], depuis=min(recu.depuis, ligne["depuis"]))
    boite = reverse("heures:reception")
    taches = [
        Tache(f"{recu.entreprise} – {recu.reference}", recu.en_clair, f"{boite}?{urlencode({'q': recu.reference})}")
        for recu in sorted(recus.values(), key=lambda r: (r.depuis, r.clef))
    ]
    return replace(rubrique("Heures à valider", "Tout ce qui a été déclaré est validé.", taches), url=boite)


@dataclass(frozen=True, slots=True)
class _Recu:
    """Ce qu’un engagement a de reçu et pas encore traité."""

    clef: int
    entreprise: str
    reference: str
    nombre: int
    total: Decimal
    depuis: datetime.date
    a_verifier: int = 0

    @property
    def en_clair(self) -> str:
        parts = [f"{self.nombre} ligne{'s' if self.nombre > 1 else ''}, {en_heures(self.total)} h"] * bool(self.nombre)
        parts += [f"{self.a_verifier} à vérifier"] * bool(self.a_verifier)
        return f"{', '.join(parts)}, depuis {en_lettres(self.depuis)}"


def _par_engagement(lignes: Any, engagement: str, mois: str) -> Any:
    return (
        lignes.order_by()
        .values(
            clef=F(engagement),
            entreprise=F(f"{engagement}__entreprise__raison_sociale"),
            reference=F(f"{engagement}__clause__lot__marche__reference"),
        )
        .annotate(nombre=Count("pk"), total=Sum("heures"), depuis=Min(mois))
    )


def releves_manquants(acteur: Acteur, le: datetime.date) -> Rubrique:
    """Engagements en cours sans relevé pour le dernier mois achevé."""
    mois = derniers_mois(le)[-1]
    ouverts = Engagement.objects.visibles_par(acteur).ouverts().avec_marche()
    taches = [
        Tache(
            nom_de(engagement),
            f"relevé {de(en_lettres(mois))} non reçu",
            f"{reverse('heures:grille', args=[engagement.pk])}?annee={mois.year}",
        )
        for engagement in attendus(ouverts, mois, par=acteur)
    ]
    return rubrique(f"Relevés {de(en_lettres(mois))} attendus", "Tous les relevés du mois sont arrivés.", taches)


def relances_a_faire(acteur: Acteur, le: datetime.date) -> Rubrique:
    """Relevés demandés dont la relance est due, selon les délais de la structure."""
    taches = [
        Tache(
            nom_de(releve.engagement),
            f"{suite.etape} {de(en_lettres(releve.mois))}, prévue le {suite.prevue_le:%d/%m/%Y}",
            f"{reverse('heures:demandes')}?mois={releve.mois:%Y-%m}",
        )
        for releve, suite in relances_dues(le=le, par=acteur)
    ]
    return rubrique("Relances à faire", "Aucune entreprise à relancer aujourd’hui.", taches)


def en_difficulte(engagements: Sequence[Engagement], le: datetime.date) -> Rubrique:
    """Engagements à risque, puis en retard ; les plus loin du compte d’abord."""
    suivis = [(engagement, engagement.avancement(au=le)) for engagement in engagements]
    classes = sorted(
        (URGENCES[etat.situation], etat.taux or Decimal(0), engagement.pk, engagement, etat)
        for engagement, etat in suivis
        if etat.situation in URGENCES
    )
    taches = [
        Tache(
            nom_de(engagement),
            f"{en_taux(rapport, 0)} de {en_heures(etat.engage)} h"
            + (f", fin le {engagement.fin:%d/%m/%Y}" if engagement.fin else "")
            + _derniere_etape(engagement),
            reverse("marches:engagement", args=[engagement.pk]),
            etat.situation.label,
            etat.situation.couleur,
        )
        for _, rapport, _, engagement, etat in classes
    ]
    return rubrique("Engagements en difficulté", "Aucun engagement en retard ni à risque.", taches)


def _derniere_etape(engagement: Any) -> str:
    """Ce qui a été fait en dernier, et l’étape qui vient : la page de l’engagement l’offre en un clic."""
    suivante = etape_suivante(engagement.derniere_etape)
    faite = (
        f" – {NatureEvenement(engagement.derniere_etape).label.lower()} le {engagement.derniere_etape_le:%d/%m/%Y}"
        if engagement.derniere_etape
        else ""
    )
    return f"{faite} – {'à faire : ' + suivante.label.lower() if suivante else 'l’acheteur décide'}"


def eligibilites(acteur: Acteur, le: datetime.date) -> Rubrique:
    """Personnes sous contrat dont l’éligibilité finit bientôt, ou est finie."""
    duree = suivi.duree(acteur)
    suivies = suivi.personnes(acteur, le=le, duree_mois=duree).filter(est_sous_contrat=True)
    echeances = [
        (fin, personne)
        for personne in suivi.eligibilites(suivies, le=le, duree_mois=duree)
        if (fin := suivi.fin_de(personne))
    ]
    taches = [
        Tache(
            str(personne),
            f"éligible jusqu’au {fin:%d/%m/%Y}",
            reverse("heures:participant", args=[personne.pk]),
            "Échue" if fin < le else "Bientôt",
            "rouge" if fin < le else "orange",
        )
        for fin, personne in sorted(echeances, key=lambda e: (e[0], e[1].pk))
    ]
    vide = f"Aucune éligibilité ne finit dans les {JOURS_D_ALERTE} jours."
    return nominative("suivi_eligibilites", vide, taches)


def pieces(acteur: Acteur, le: datetime.date) -> Rubrique:
    """Personnes sous contrat sans pièce vue, ou dont la pièce est périmée ou va l’être."""
    suivies = suivi.personnes(acteur, le=le, duree_mois=suivi.duree(acteur)).filter(est_sous_contrat=True)
    taches = [
        Tache(
            str(personne),
            f"valable jusqu’au {personne.piece_valable:%d/%m/%Y}"
            if personne.piece_valable
            else f"entrée du {personne.entree_le:%d/%m/%Y}",
            reverse("heures:participant", args=[personne.pk]),
            *suivi.etat_de_piece(personne.piece, personne.piece_valable, le=le),
        )
        for personne in suivi.pieces(suivies, le=le)
    ]
    return nominative("suivi_pieces", "Chaque personne sous contrat a une pièce vue et valable.", taches)


def visas(acteur: Acteur, le: datetime.date) -> Rubrique:
    """Personnes sous contrat dont l’entrée n’est pas visée."""
    suivies = suivi.personnes(acteur, le=le, duree_mois=suivi.duree(acteur)).filter(est_sous_contrat=True)
    taches = [
        Tache(
            str(personne),
            f"entrée du {personne.entree_le:%d/%m/%Y}",
            reverse("heures:participant", args=[personne.pk]),
        )
        for personne in suivi.visas(suivies)
    ]
    return nominative("suivi_visas", "Chaque personne sous contrat a son visa.", taches)


def fins_de_marche(acteur: Acteur, le: datetime.date) -> Rubrique:
    limite = ajouter_mois(le, MOIS_AVANT_FIN_DE_MARCHE)
    marches = (
        Marche.objects.visibles_par(acteur)
        .ouverts()
        .filter(date_fin__lte=limite)
        .select_related("acheteur")
        .order_by("date_fin", "pk")
    )
    taches = [
        Tache(
            f"{marche.reference} – {marche.acheteur}",
            f"fin le {marche.date_fin:%d/%m/%Y}",
            reverse("marches:fiche", args=[marche.pk]),
            "À solder" if marche.date_fin and marche.date_fin < le else "",
            "orange",
        )
        for marche in marches
    ]
    return rubrique("Fins de marché", "Aucun marché ne finit dans les trois mois.", taches)


def a_completer(acteur: Acteur) -> Rubrique:
    marches = Marche.objects.visibles_par(acteur).a_completer().select_related("acheteur")
    taches = [
        Tache(
            f"{marche.reference} – {marche.acheteur}",
            f"{StatutMarche(marche.statut).label.lower()}, sans engagement d’heures",
            reverse("marches:fiche", args=[marche.pk]),
        )
        for marche in marches
    ]
    return rubrique("Marchés à compléter", "Tous les marchés en cours portent un engagement.", taches)


def sorties_a_recueillir(acteur: Acteur, le: datetime.date) -> Rubrique:
    """Situations à 6 et à 12 mois dont l’échéance est passée."""
    taches = [
        Tache(
            str(sortie.participant),
            f"sortie le {sortie.date:%d/%m/%Y}",
            reverse("heures:participant", args=[sortie.participant_id]),
            "À 6 mois" if not sortie.situation_6_mois else "À 12 mois",
        )
        for sortie in suivi.devenirs(acteur, le=le)
    ]
    return nominative("suivi_devenirs", "Aucune situation à 6 ou 12 mois n’attend.", taches)


@dataclass(frozen=True, slots=True)
class MoisDeLAnnee:
    """Une barre du graphique de l’année : heures validées et hauteur en centièmes de la plus haute."""

    mois: datetime.date
    heures: Decimal
    hauteur: int
    x: int

    @property
    def y(self) -> int:
        return 100 - self.hauteur


@dataclass(frozen=True, slots=True)
class Annee:
    barres: Sequence[MoisDeLAnnee]
    total: Decimal
    precedente: Decimal


def annee(acteur: Acteur, *, le: datetime.date) -> Annee:
    """Heures validées par mois depuis janvier, et le total de la même période un an plus tôt."""
    debut = le.replace(month=1, day=1)
    validees = LigneHeures.objects.visibles_par(acteur).validees()
    par_mois: dict[datetime.date, Decimal] = dict(
        validees.travaillees(du=debut, au=le).order_by().values_list("mois").annotate(total=Sum("heures"))
    )
    avant = validees.travaillees(du=ajouter_mois(debut, -12), au=ajouter_mois(le, -12)).aggregate(total=Sum("heures"))
    plus_haute = max(par_mois.values(), default=Decimal(0)) or Decimal(1)
    barres = [
        MoisDeLAnnee(
            mois, par_mois.get(mois, Decimal(0)), int(par_mois.get(mois, Decimal(0)) * 100 / plus_haute), rang * 50
        )
        for rang, mois in enumerate(mois_entre(debut, debut.replace(month=12)))
    ]
    return Annee(barres, sum(par_mois.values(), Decimal(0)), avant["total"] or Decimal(0))


def derniere_saisie(acteur: Acteur) -> LigneHeures | None:
    """La dernière ligne notée par l’acteur : « reprendre où j’en étais »."""
    return (
        LigneHeures.objects.visibles_par(acteur)
        .filter(declaree_par=acteur.utilisateur_id)
        .select_related("engagement__entreprise", "engagement__clause__lot__marche")
        .order_by("-declaree_le", "-pk")
        .first()
    )
