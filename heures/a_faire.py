"""« À qui le tour » : ce qui attend le facilitateur, calculé à une date. Lecture seule.

Chaque rubrique rend ses lignes les plus urgentes d’abord, et le nombre total.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Min, Sum
from django.urls import reverse
from django.utils import timezone

from clauses.comptes.acteurs import Droit
from clauses.socle.mois import ajouter_mois, de, en_lettres
from clauses.socle.nombres import en_heures
from heures import suivi
from heures.attendus import derniers_mois
from heures.enums import StatutAttente
from heures.models import LigneEnAttente, LigneHeures, Releve
from heures.relances import NATURE_DE_L_ETAPE, Etape
from heures.suivi_demandes import Rangee, rangees, relances_dues
from heures.taches import Geste, Regard, Rubrique, Tache, nominative, rubrique
from heures.tardent import en_difficulte, nom_de
from marches.enums import QuiAgit, StatutMarche
from marches.models import Marche

UN_JOUR = datetime.timedelta(days=1)
MANQUANTS = (Etape.A_DEMANDER, Etape.RELANCE_1, Etape.RELANCE_2, Etape.SANS_REPONSE)


def toutes(regard: Regard) -> list[Rubrique]:
    """Les rubriques de l’accueil d’un agent de la structure : les engagements qui tardent, puis le courant."""
    return [
        en_difficulte(regard),
        a_valider(regard),
        relances_a_faire(regard),
        releves_manquants(regard),
        fins_de_marche(regard),
        a_completer(regard),
        eligibilites(regard),
        pieces(regard),
        visas(regard),
        sorties_a_recueillir(regard),
    ]


def a_valider(regard: Regard) -> Rubrique:
    """Ce qui attend dans la boîte de réception, par engagement : le plus ancien mois d’abord."""
    recus: dict[int, _Recu] = {}
    portee = regard.portee
    declarees = LigneHeures.objects.visibles_par(regard.acteur).declarees().filter(portee.engagements("engagement__"))
    for ligne in _par_engagement(declarees, "engagement", "mois"):
        recus[ligne["clef"]] = _Recu(**ligne)
    en_attente = LigneEnAttente.objects.visibles_par(regard.acteur).filter(
        portee.engagements("releve__engagement__"), statut=StatutAttente.EN_ATTENTE
    )
    for ligne in _par_engagement(en_attente, "releve__engagement", "releve__mois"):
        recu = recus.get(ligne["clef"], _Recu(**ligne | {"nombre": 0, "total": Decimal(0)}))
        recus[ligne["clef"]] = replace(recu, a_verifier=ligne["nombre"], depuis=min(recu.depuis, ligne["depuis"]))
    boite = reverse("heures:reception")
    taches = [
        Tache(f"{recu.entreprise} – {recu.reference}", recu.en_clair, f"{boite}?{urlencode({'q': recu.reference})}")
        for recu in sorted(recus.values(), key=lambda r: (r.depuis, r.clef))
    ]
    return rubrique(
        regard, "a_valider", "Heures à valider", "Tout ce qui a été déclaré est validé.", taches, url=boite
    )


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


def releves_manquants(regard: Regard) -> Rubrique:
    """Engagements en cours sans relevé pour le dernier mois achevé : à demander d’abord, puis sans réponse."""
    mois = derniers_mois(regard.le)[-1]
    attendues = [
        rangee
        for rangee in rangees(mois, le=regard.le, par=regard.acteur, parmi=regard.portee.engagements())
        if rangee.suite.etape in MANQUANTS
    ]
    attendues.sort(key=lambda rangee: (rangee.demande is not None and not rangee.est_due, nom_de(rangee.engagement)))
    page = f"{reverse('heures:demandes')}?mois={mois:%Y-%m}"
    return rubrique(
        regard,
        "releves",
        f"Relevés {de(en_lettres(mois))} attendus",
        "Tous les relevés du mois sont arrivés.",
        [_releve_manquant(rangee, mois, regard) for rangee in attendues],
        url=page,
    )


def _releve_manquant(rangee: Rangee, mois: datetime.date, regard: Regard) -> Tache:
    """Demandé, c’est à l’entreprise de répondre jusqu’à la relance ; sinon, au facilitateur de demander."""
    engagement, demande = rangee.engagement, rangee.demande
    attend = demande is not None and not rangee.est_due and rangee.suite.etape != Etape.SANS_REPONSE
    faite = rangee.relance_le or (timezone.localdate(demande.demandee_le) if demande else None)
    nature = "Relancé" if rangee.relance_le else "Demandé"
    return Tache(
        nom_de(engagement),
        "Non reçu" if rangee.joindre else "Personne à qui le demander",
        f"{reverse('heures:grille', args=[engagement.pk])}?annee={mois.year}",
        qui=QuiAgit.ENTREPRISE.label if attend else QuiAgit.FACILITATEUR.label,
        depuis=faite if attend else rangee.suite.prevue_le or ajouter_mois(mois, 1),
        faite=f"{nature} le {faite:%d/%m/%Y}" if faite else "",
        jusqu_au=rangee.suite.prevue_le if attend else None,
        est_calme=attend,
        gestes=_demander(rangee, mois, regard),
    )


def _demander(rangee: Rangee, mois: datetime.date, regard: Regard) -> list[Geste]:
    nature = NATURE_DE_L_ETAPE.get(rangee.suite.etape)
    if nature is None or not regard.acteur.peut(Droit.SAISIR_HEURES):
        return []
    if not rangee.joindre:
        contact = reverse("entreprises:contact_creer", args=[rangee.engagement.entreprise_id])
        return [Geste("Ajouter un contact", contact, est_lien=True)]
    libelle = "Demander" if rangee.suite.etape == Etape.A_DEMANDER else rangee.suite.etape.capitalize()
    return [
        _envoi(libelle, nature, rangee.engagement.pk, mois, est_principal=rangee.demande is None or rangee.est_due)
    ]


def _envoi(libelle: str, nature: str, engagement: int, mois: datetime.date, *, est_principal: bool) -> Geste:
    champs = {"mois": f"{mois:%Y-%m}", "nature": str(nature), "engagement": str(engagement)}
    return Geste(libelle, reverse("heures:demandes_envoyer"), champs, est_principal=est_principal)


def relances_a_faire(regard: Regard) -> Rubrique:
    """Relevés demandés dont la relance est due, selon les délais de la structure."""
    dues = relances_dues(le=regard.le, par=regard.acteur, parmi=regard.portee.engagements("engagement__"))
    envoie = regard.acteur.peut(Droit.SAISIR_HEURES)
    taches = [
        Tache(
            nom_de(releve.engagement),
            f"{suite.etape.capitalize()} {de(en_lettres(releve.mois))}",
            f"{reverse('heures:demandes')}?mois={releve.mois:%Y-%m}",
            qui=QuiAgit.FACILITATEUR.label,
            depuis=suite.prevue_le,
            faite=_deja_fait(releve),
            gestes=[_relancer(releve, suite.etape)] if envoie else (),
        )
        for releve, suite in dues
    ]
    vide = "Aucune entreprise à relancer pour un relevé aujourd’hui."
    return rubrique(regard, "relances", "Relances de relevés à faire", vide, taches, url=reverse("heures:demandes"))


def _deja_fait(releve: Releve) -> str:
    return f"Relevé attendu le {releve.echeance:%d/%m/%Y}" if releve.echeance else ""


def _relancer(releve: Releve, etape: Etape) -> Geste:
    return _envoi(etape.capitalize(), NATURE_DE_L_ETAPE[etape], releve.engagement_id, releve.mois, est_principal=True)


def _sous_contrat(regard: Regard) -> Any:
    """Les personnes sous contrat, dans la part regardée."""
    suivies = suivi.personnes(regard.acteur, le=regard.le, regles=regard.regles)
    return suivies.filter(regard.portee.personnes(regard.acteur), est_sous_contrat=True)


def eligibilites(regard: Regard) -> Rubrique:
    """Personnes sous contrat dont l’éligibilité finit bientôt, ou est finie."""
    le, regles = regard.le, regard.regles
    echeances = [
        (fin, personne)
        for personne in suivi.eligibilites(_sous_contrat(regard), le=le, regles=regles)
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
    vide = f"Aucune éligibilité ne finit dans les {regles.alerte_eligibilite_jours} jours."
    return nominative("suivi_eligibilites", vide, taches)


def pieces(regard: Regard) -> Rubrique:
    """Personnes sous contrat sans pièce vue, ou dont la pièce est périmée ou va l’être."""
    le, regles = regard.le, regard.regles
    taches = [
        Tache(
            str(personne),
            f"valable jusqu’au {personne.piece_valable:%d/%m/%Y}"
            if personne.piece_valable
            else f"entrée du {personne.entree_le:%d/%m/%Y}",
            reverse("heures:participant", args=[personne.pk]),
            *suivi.etat_de_piece(
                personne.piece, personne.piece_valable, le=le, alerte_jours=regles.alerte_eligibilite_jours
            ),
        )
        for personne in suivi.pieces(_sous_contrat(regard), le=le, regles=regles)
    ]
    return nominative("suivi_pieces", "Chaque personne sous contrat a une pièce vue et valable.", taches)


def visas(regard: Regard) -> Rubrique:
    """Personnes sous contrat dont l’entrée n’est pas visée."""
    taches = [
        Tache(
            str(personne),
            f"entrée du {personne.entree_le:%d/%m/%Y}",
            reverse("heures:participant", args=[personne.pk]),
        )
        for personne in suivi.visas(_sous_contrat(regard))
    ]
    return nominative("suivi_visas", "Chaque personne sous contrat a son visa.", taches)


def fins_de_marche(regard: Regard) -> Rubrique:
    """Marchés ouverts qui finissent bientôt, ou sont finis et restent à solder."""
    delai = regard.regles.alerte_fin_marche_mois
    marches = (
        Marche.objects.visibles_par(regard.acteur)
        .ouverts()
        .filter(regard.portee.marches(), date_fin__lte=ajouter_mois(regard.le, delai))
        .select_related("acheteur")
        .order_by("date_fin", "pk")
    )
    taches = [_fin(marche, marche.date_fin < regard.le) for marche in marches]
    vide = f"Aucun marché ne finit dans les {delai} mois."
    return rubrique(regard, "fins", "Fins de marché", vide, taches)


def _fin(marche: Marche, est_fini: bool) -> Tache:
    fin = marche.date_fin or datetime.date.max
    return Tache(
        f"{marche.reference} – {marche.acheteur}",
        f"fin le {fin:%d/%m/%Y}",
        reverse("marches:fiche", args=[marche.pk]),
        "À solder" if est_fini else "",
        "orange",
        qui=QuiAgit.FACILITATEUR.label if est_fini else "",
        depuis=fin + UN_JOUR if est_fini else None,
        est_calme=not est_fini,
    )


def a_completer(regard: Regard) -> Rubrique:
    incomplets = Marche.objects.visibles_par(regard.acteur).a_completer().filter(regard.portee.marches())
    marches = incomplets.select_related("acheteur")
    taches = [
        Tache(
            f"{marche.reference} – {marche.acheteur}",
            f"{StatutMarche(marche.statut).label.lower()}, sans engagement d’heures",
            reverse("marches:fiche", args=[marche.pk]),
        )
        for marche in marches
    ]
    return rubrique(
        regard, "a_completer", "Marchés à compléter", "Tous les marchés en cours portent un engagement.", taches
    )


def sorties_a_recueillir(regard: Regard) -> Rubrique:
    """Situations à 6 et à 12 mois dont l’échéance est passée."""
    attendues = suivi.devenirs(regard.acteur, le=regard.le)
    sorties = attendues.filter(regard.portee.personnes(regard.acteur, "participant"))
    taches = [
        Tache(
            str(sortie.participant),
            f"sortie le {sortie.date:%d/%m/%Y}",
            reverse("heures:participant", args=[sortie.participant_id]),
            "À 6 mois" if not sortie.situation_6_mois else "À 12 mois",
        )
        for sortie in sorties
    ]
    return nominative("suivi_devenirs", "Aucune situation à 6 ou 12 mois n’attend.", taches)
