"""Les engagements qui tardent, sur l’accueil : à qui le tour, depuis quand, la dernière étape et la suivante."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from clauses.comptes.acteurs import Droit
from clauses.socle.nombres import en_euros, en_heures, en_taux
from heures.taches import Geste, Regard, Rubrique, Tache, rubrique
from marches.avancement import Avancement, seuils_de
from marches.enums import NatureEvenement, QuiAgit, Situation
from marches.manquements import etapes_de, propositions_en_attente
from marches.models import Engagement, PropositionPenalite
from marches.tour import Faite, Tour, tarde_depuis, tour

MONTREES = 8
URGENCES = {Situation.NON_ATTEINT: 0, Situation.A_RISQUE: 1, Situation.EN_RETARD: 2}
# Ce qui attend le facilitateur d’abord ; ce que l’acheteur tranche, en dernier.
PRESSES = {QuiAgit.FACILITATEUR: 0, QuiAgit.ENTREPRISE: 1, QuiAgit.ACHETEUR: 2}
LETTRES = (NatureEvenement.RELANCE_1, NatureEvenement.RELANCE_2, NatureEvenement.MISE_EN_DEMEURE)


def nom_de(engagement: Engagement) -> str:
    return f"{engagement.entreprise} – {engagement.clause.lot.marche.reference}"


def en_difficulte(regard: Regard) -> Rubrique:
    """Engagements non tenus, à risque ou en retard, et ceux dont une proposition attend. Trois requêtes.

    Ceux où le facilitateur doit agir d’abord, puis les plus graves, puis les plus loin du compte.
    """
    ouverts = (
        Engagement.objects.visibles_par(regard.acteur)
        .ouverts()
        .filter(regard.portee.engagements())
        .avec_marche()
        .avec_avancement(au=regard.le)
    )
    proposees = propositions_en_attente(par=regard.acteur)
    tardent = [
        (engagement, etat)
        for engagement in ouverts
        if (etat := engagement.avancement(au=regard.le)).situation in URGENCES or engagement.pk in proposees
    ]
    faites = etapes_de([engagement.pk for engagement, _ in tardent], par=regard.acteur)
    lues = []
    for engagement, etat in tardent:
        siennes, proposee = faites.get(engagement.pk, ()), proposees.get(engagement.pk)
        a_qui = _tour(engagement, etat, siennes, proposee, regard)
        rang = (
            PRESSES[a_qui.qui],
            URGENCES.get(etat.situation, len(URGENCES)),
            etat.taux or Decimal(0),
            engagement.pk,
        )
        lues.append((rang, _tache(engagement, etat, a_qui, siennes, proposee, regard)))
    return rubrique(
        regard,
        "difficultes",
        "Engagements en difficulté",
        "Aucun engagement en retard, à risque ni en attente d’une décision.",
        [tache for _, tache in sorted(lues, key=lambda lue: lue[0])],
        montrees=MONTREES,
    )


def _tour(
    engagement: Any, etat: Avancement, faites: Sequence[Any], proposee: PropositionPenalite | None, regard: Regard
) -> Tour:
    return tour(
        [Faite(NatureEvenement(etape.nature), etape.date, etape.echeance) for etape in faites],
        proposee_le=timezone.localdate(proposee.proposee_le) if proposee else None,
        tarde_depuis=tarde_depuis(
            etat.situation,
            engage=etat.engage,
            realise=etat.realise,
            debut=engagement.debut,
            fin=engagement.fin,
            seuils=seuils_de(engagement.structure),
        ),
        le=regard.le,
        delai=regard.regles.delai_reponse_jours,
    )


def _tache(
    engagement: Any,
    etat: Avancement,
    a_qui: Tour,
    faites: Sequence[Any],
    proposee: PropositionPenalite | None,
    regard: Regard,
) -> Tache:
    gere = regard.acteur.peut(Droit.GERER_MARCHES)
    return Tache(
        libelle=nom_de(engagement),
        detail=f"{en_taux(etat.taux or Decimal(0), 0)} de {en_heures(etat.engage)} h"
        + (f", fin le {engagement.fin:%d/%m/%Y}" if engagement.fin else ""),
        url=reverse("marches:engagement", args=[engagement.pk]),
        etat=etat.situation.label,
        gravite=etat.situation.couleur,
        qui=a_qui.qui.label,
        depuis=a_qui.depuis,
        jusqu_au=a_qui.jusqu_au,
        faite=_faite(faites, proposee),
        est_calme=a_qui.qui != QuiAgit.FACILITATEUR,
        gestes=_voir(proposee) if proposee else _gestes(engagement, etat, a_qui, faites, regard.le) if gere else (),
        appel=reverse("marches:contact_noter", args=[engagement.pk]) if gere else "",
    )


def _faite(faites: Sequence[Any], proposee: PropositionPenalite | None) -> str:
    if proposee is not None:
        return (
            f"Pénalité de {en_euros(proposee.montant)} proposée le {timezone.localdate(proposee.proposee_le):%d/%m/%Y}"
        )
    if not faites:
        return "Aucune action encore"
    return f"{NatureEvenement(faites[-1].nature).label} le {faites[-1].date:%d/%m/%Y}"


def _voir(proposee: PropositionPenalite) -> list[Geste]:
    return [Geste("Voir la proposition", reverse("marches:proposition", args=[proposee.pk]), est_lien=True)]


def _gestes(engagement: Any, etat: Avancement, a_qui: Tour, faites: Sequence[Any], le: datetime.date) -> list[Geste]:
    """L’étape qui vient, en un clic, et la lettre : celle émise, ou le projet de la suivante."""
    gestes: list[Geste] = []
    est_son_tour = a_qui.qui == QuiAgit.FACILITATEUR
    if a_qui.suivante in LETTRES:
        envoi, champs = reverse("bilans:lettre", args=[engagement.pk]), {"nature": str(a_qui.suivante)}
        gestes.append(Geste(a_qui.suivante.label, envoi, champs, est_principal=est_son_tour))
    elif a_qui.suivante is not None:
        page = reverse("marches:penalite_proposer", args=[engagement.pk])
        gestes.append(Geste("Proposer la pénalité", page, est_lien=True, est_principal=est_son_tour))
    elif etat.situation is Situation.NON_ATTEINT:
        page = reverse("marches:fiche", args=[engagement.clause.lot.marche_id])
        gestes.append(Geste("Solder le marché", page, est_lien=True, est_principal=True))
    emises = [etape.lettre for etape in faites if etape.lettre]
    if emises:
        gestes.append(Geste("Lettre", reverse("bilans:document", args=[emises[-1]]), est_lien=True))
    elif a_qui.suivante in LETTRES:
        demande = urlencode({"nature": a_qui.suivante, "au": le.isoformat(), "format": "pdf"})
        projet = f"{reverse('bilans:projet', args=[engagement.pk])}?{demande}"
        gestes.append(Geste("Projet", projet, est_lien=True))
    return gestes
