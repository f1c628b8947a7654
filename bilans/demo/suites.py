"""Des engagements à chaque étape de la suite graduée, posés par les vraies actions : inventés, déterministes."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from bilans.actions import emettre, envoyer_lettre
from bilans.documents.composition import Demande
from bilans.enums import NatureDocument
from clauses.comptes.acteurs import Acteur
from clauses.socle.mois import ajouter_mois, dernier_jour
from marches.actions import decider_penalite, noter_activite, noter_evenement, proposer_penalite
from marches.enums import NatureActivite, NatureEvenement, Situation, StatutPenalite
from marches.models import Engagement, Marche

ADRESSE = "http://localhost/verifier/"
# Par engagement à risque ou en retard : (étape, jours avant aujourd’hui), dans l’ordre ; zéro, la lettre part ce jour.
APPELES = ((("CONTACT", 3),), (("RELANCE_1", 40),), (("RELANCE_1", 0),), (("RELANCE_1", 52), ("RELANCE_2", 30)))
DEMEURES = (
    (("RELANCE_1", 70), ("CONTACT", 55), ("RELANCE_2", 41), ("MISE_EN_DEMEURE", 6)),
    (("RELANCE_1", 33), ("CONTACT", 5)),
)
NON_TENUS = (("RELANCE_1", 150), ("RELANCE_2", 120), ("MISE_EN_DEMEURE", 90))
NOTE = "Le conducteur de travaux dit embaucher le mois prochain (fictif)."
ACTIVITES = (
    (NatureActivite.ACHETEUR_SENSIBILISE, 200, "Présentation de la clause au service achats (fictif)"),
    (NatureActivite.MARCHE_ETUDIE, 160, "Étude d’un marché d’entretien d’espaces verts (fictif)"),
    (NatureActivite.AVIS, 150, "Avis sur le volume d’heures du lot peinture (fictif)"),
    (NatureActivite.MARCHE_CLAUSE, 120, "Clause écrite avec l’acheteur (fictif)"),
    (NatureActivite.REUNION, 60, "Réunion de lancement de chantier (fictif)"),
    (NatureActivite.ENTREPRISE_ACCOMPAGNEE, 45, "Point sur les candidatures avec l’entreprise (fictif)"),
    (NatureActivite.MISE_EN_RELATION, 20, "Mise en relation avec une entreprise d’insertion (fictif)"),
    (NatureActivite.CONTROLE, 8, "Visite de chantier (fictif)"),
)


@transaction.atomic
def poser(*, par: Acteur, acheteur: Acteur) -> None:
    """Suites, lettres, propositions, une décision de `acheteur`, une attestation et huit activités.

    `par` devient le facilitateur de deux marchés sur trois : « les miens » n’est ni vide, ni tout.
    """
    jour = timezone.localdate()
    siens = Marche.objects.visibles_par(par).alias(reste=F("pk") % 3).exclude(reste=0)
    siens.update(facilitateur_id=par.utilisateur_id)
    par_situation = _par_situation(par, jour)
    for engagement, etapes in zip(par_situation[Situation.A_RISQUE], APPELES, strict=False):
        _suivre(engagement, etapes, jour, par)
    for engagement, etapes in zip(par_situation[Situation.EN_RETARD], DEMEURES, strict=False):
        _suivre(engagement, etapes, jour, par)
    _penaliser(par_situation[Situation.NON_ATTEINT], jour, par, acheteur)
    tenus = [*par_situation[Situation.CONFORME], *par_situation[Situation.EN_AVANCE]]
    attestation = Demande(NatureDocument.ATTESTATION_INTERMEDIAIRE, dernier_jour(ajouter_mois(jour, -1)))
    emettre(tenus[0], attestation, par=par, adresse=ADRESSE)
    _noter_des_activites(jour, par)


def _par_situation(par: Acteur, jour: datetime.date) -> dict[str, list[Any]]:
    lus = Engagement.objects.visibles_par(par).ouverts().avec_marche().avec_avancement(au=jour).order_by("pk")
    ranges: dict[str, list[Any]] = defaultdict(list)
    for engagement in lus:
        ranges[engagement.avancement(au=jour).situation].append(engagement)
    return ranges


def _suivre(engagement: Any, etapes: Sequence[tuple[str, int]], jour: datetime.date, par: Acteur) -> None:
    for nature, avant in etapes:
        if avant == 0:
            envoyer_lettre(engagement, NatureDocument(nature), par=par, adresse=ADRESSE)
            continue
        note = NOTE if nature == NatureEvenement.CONTACT else ""
        date = jour - datetime.timedelta(days=avant)
        noter_evenement(engagement, nature=nature, date=date, texte=note, par=par)


def _penaliser(non_tenus: Sequence[Any], jour: datetime.date, par: Acteur, acheteur: Acteur) -> None:
    """Le premier attend la décision, le deuxième l’a reçue, les autres en sont à la pénalité à proposer."""
    for rang, engagement in enumerate(non_tenus):
        _suivre(engagement, NON_TENUS, jour, par)
        if rang > 1:
            continue
        proposition = proposer_penalite(engagement, au=jour, par=par)
        if rang == 1 and engagement.clause.lot.marche.acheteur_id == acheteur.acheteur_id:
            decider_penalite(
                proposition,
                statut=StatutPenalite.REDUITE,
                montant=(proposition.montant / 2).quantize(Decimal("0.01")),
                motif="Chantier arrêté deux mois pour intempéries (fictif)",
                version=proposition.version,
                par=acheteur,
            )


def _noter_des_activites(jour: datetime.date, par: Acteur) -> None:
    marches = list(Marche.objects.visibles_par(par).select_related("acheteur").order_by("pk")[: len(ACTIVITES)])
    for (nature, avant, objet), marche in zip(ACTIVITES, marches, strict=False):
        noter_activite(
            date=jour - datetime.timedelta(days=avant),
            nature=nature,
            objet=objet,
            facilitateur_id=par.utilisateur_id,
            marche=marche,
            acheteur=marche.acheteur,
            par=par,
        )
