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

from django.db.models import Count, F, Min, Q, Sum
from django.urls import reverse

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.mois import ajouter_mois, en_lettres, mois_entre
from clauses.socle.nombres import en_heures, en_taux
from heures.attendus import attendus, derniers_mois
from heures.calculs import fin_eligibilite
from heures.eligibilite import JOURS_D_ALERTE, avec_eligibilite, finissant
from heures.enums import StatutAttente
from heures.models import ContratTravail, EntreeClause, LigneEnAttente, LigneHeures, Participant, Sortie
from heures.suivi_demandes import relances_dues
from marches.enums import Situation, StatutMarche
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


def rubrique(titre: str, vide: str, taches: Sequence[Tache], *, est_nominative: bool = False) -> Rubrique:
    return Rubrique(titre, vide, len(taches), taches[:MONTREES], est_nominative)


def toutes(acteur: Acteur, *, le: datetime.date) -> list[Rubrique]:
    """Les rubriques de l’accueil d’un agent de la structure, à la date `le`."""
    engagements = list(Engagement.objects.visibles_par(acteur).ouverts().avec_marche().avec_avancement(au=le))
    return [
        a_valider(acteur),
        releves_manquants(acteur, le),
        relances_a_faire(acteur, le),
        en_difficulte(engagements, le),
        eligibilites(acteur, le),
        pieces(acteur, le),
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
            f"relevé de {en_lettres(mois)} non reçu",
            f"{reverse('heures:grille', args=[engagement.pk])}?annee={mois.year}",
        )
        for engagement in attendus(ouverts, mois, par=acteur)
    ]
    return rubrique(f"Relevés de {en_lettres(mois)} attendus", "Tous les relevés du mois sont arrivés.", taches)


def relances_a_faire(acteur: Acteur, le: datetime.date) -> Rubrique:
    """Relevés demandés dont la relance est due, selon les délais de la structure."""
    taches = [
        Tache(
            nom_de(releve.engagement),
            f"{suite.etape} de {en_lettres(releve.mois)}, prévue le {suite.prevue_le:%d/%m/%Y}",
            f"{reverse('heures:demandes')}?mois={releve.mois:%Y-%m}",
        )
        for releve, suite in relances_dues(le=le, par=acteur)
    ]
    return rubrique("Relances à faire", "Aucune entreprise à relancer aujourd’hui.", taches)


def en_difficulte(engagements: Sequence[Engagement], le: datetime.date) -> Rubrique:
    """Engagements à risque, puis en retard ; les plus loin du compte d’abord."""
    suivis = [(engagement, engagement.avancement(au=le)) for engagement in engagements]
    classes = sorted(
        (URGENCES[suivi.situation], suivi.taux or Decimal(0), engagement.pk, engagement, suivi)
        for engagement, suivi in suivis
        if suivi.situation in URGENCES
    )
    taches = [
        Tache(
            nom_de(engagement),
            f"{en_taux(rapport, 0)} de {en_heures(suivi.engage)} h"
            + (f", fin le {engagement.fin:%d/%m/%Y}" if engagement.fin else ""),
            reverse("heures:grille", args=[engagement.pk]),
            suivi.situation.label,
            suivi.situation.couleur,
        )
        for _, rapport, _, engagement, suivi in classes
    ]
    return rubrique("Engagements en difficulté", "Aucun engagement en retard ni à risque.", taches)


def eligibilites(acteur: Acteur, le: datetime.date) -> Rubrique:
    """Personnes sous contrat dont l’éligibilité finit bientôt, ou est finie."""
    sous_contrat = ContratTravail.objects.visibles_par(acteur).ouverts(du=le, au=le).values("participant")
    personnes = avec_eligibilite(Participant.objects.visibles_par(acteur).filter(pk__in=sous_contrat), par=acteur)
    duree = Structure.objects.visibles_par(acteur).get().duree_eligibilite_mois
    limite = le + datetime.timedelta(days=JOURS_D_ALERTE)
    echeances = [
        (fin, personne)
        for personne in finissant(personnes, au_plus_tard=limite, duree_mois=duree)
        if (fin := fin_eligibilite(personne.entree_le, duree, filter(None, [personne.prolongee_au])))
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
    return rubrique(
        "Éligibilités qui finissent", "Aucune éligibilité ne finit dans les 60 jours.", taches, est_nominative=True
    )


def pieces(acteur: Acteur, le: datetime.date) -> Rubrique:
    """Entrées courantes sans pièce vue ou sans visa, pour des personnes sous contrat."""
    sous_contrat = ContratTravail.objects.visibles_par(acteur).ouverts(du=le, au=le).values("participant")
    entrees = (
        EntreeClause.objects.visibles_par(acteur)
        .courantes()
        .filter(Q(piece_type="") | Q(visa_le=None), participant__in=sous_contrat)
        .select_related("participant")
        .order_by("date_entree", "pk")
    )
    taches = [
        Tache(
            str(entree.participant),
            f"entrée du {entree.date_entree:%d/%m/%Y}",
            reverse("heures:participant", args=[entree.participant_id]),
            "Visa à donner" if entree.piece_type else "Pièce à voir",
            "bleu" if entree.piece_type else "orange",
        )
        for entree in entrees
    ]
    return rubrique(
        "Pièces et visas", "Chaque personne sous contrat a sa pièce vue et son visa.", taches, est_nominative=True
    )


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
    attendues = Q(date__lte=ajouter_mois(le, -6), situation_6_mois="") | Q(
        date__lte=ajouter_mois(le, -12), situation_12_mois=""
    )
    sorties = (
        Sortie.objects.visibles_par(acteur).filter(attendues).select_related("participant").order_by("date", "pk")
    )
    taches = [
        Tache(
            str(sortie.participant),
            f"sortie le {sortie.date:%d/%m/%Y}",
            reverse("heures:participant", args=[sortie.participant_id]),
            "À 6 mois" if not sortie.situation_6_mois else "À 12 mois",
        )
        for sortie in sorties
    ]
    return rubrique("Devenirs à recueillir", "Aucune situation à 6 ou 12 mois n’attend.", taches, est_nominative=True)


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
