"""L’historique d’une entrée dit qui a changé quoi, et rien de ce qui n’a pas changé."""

from __future__ import annotations

import datetime

from heures.lecture_fiche import avec_criteres
from heures.models import EntreeClause
from heures.versions import Changement, dossiers
from tests.factories import CritereEntreeFactory, EntreeClauseFactory, acteur

LE = datetime.date(2025, 12, 15)


def lire(premiere):
    entrees = EntreeClause.objects.filter(participant=premiere.participant).order_by("-numero", "-version")
    return dossiers(avec_criteres(entrees, acteur(premiere.structure)), le=LE, alerte_jours=60)


def test_chaque_version_dit_ce_qu_elle_change_a_la_precedente():
    premiere = EntreeClauseFactory(est_courante=False, qpv="NR", prescripteur="Mission locale")
    CritereEntreeFactory(entree=premiere, critere="RSA")
    seconde = EntreeClauseFactory(
        participant=premiere.participant, version=2, qpv="OUI", date_constat=datetime.date(2025, 1, 2),
        est_participant_plie=True,
    )  # fmt: skip
    CritereEntreeFactory(entree=seconde, critere="DELD")
    CritereEntreeFactory(entree=seconde, critere="RSA", est_principal=False)
    (dossier,) = lire(premiere)
    assert dossier.courante == seconde
    assert [version.entree for version in dossier.versions] == [seconde, premiere]
    assert dossier.versions[0].changements == [
        Changement("Date du constat d’éligibilité", "01/01/2025", "02/01/2025"),
        Changement("Réside en QPV", "Non renseigné", "Oui"),
        Changement("Participant PLIE", "non", "oui"),
        Changement("Prescripteur", "Mission locale", ""),
        Changement(
            "Critères",
            "Bénéficiaire du RSA (principal)",
            "Demandeur d’emploi de longue durée (principal), Bénéficiaire du RSA",
        ),
    ]
    assert dossier.versions[1].changements == []


def test_chaque_entree_a_son_dossier_la_derniere_d_abord():
    premiere = EntreeClauseFactory()
    derniere = EntreeClauseFactory(participant=premiere.participant, numero=2)
    assert [(d.courante, len(d.versions)) for d in lire(premiere)] == [(derniere, 1), (premiere, 1)]
    assert {d.piece.libelle for d in lire(premiere)} == {"Pièce à voir"}
