"""Tout champ est classé : ce qui identifie ou révèle n’entre jamais en clair dans le journal."""

from __future__ import annotations

import pytest
from django.apps import apps

from clauses.comptes.enums import Sensibilite
from clauses.comptes.journal import MASQUE, etat
from clauses.socle.recherche import RechercheField
from heures.models import CritereEntree, EntreeClause, Participant
from tests.test_perimetre import METIER

MODELES = [m for m in apps.get_models() if m._meta.app_label in (*METIER, "territoires")]


@pytest.mark.parametrize("modele", MODELES, ids=lambda m: m.__name__)
def test_tout_champ_est_classe_et_tout_classement_est_un_champ(modele):
    champs = {c.name for c in modele._meta.get_fields() if c.concrete}
    assert set(modele.CLASSIFICATION) == champs


@pytest.mark.parametrize("modele", MODELES, ids=lambda m: m.__name__)
def test_un_classement_est_une_des_quatre_sensibilites(modele):
    assert set(modele.CLASSIFICATION.values()) <= set(Sensibilite.values)


# Leur « nom » est celui d’une organisation, d’un lieu ou d’un programme.
SANS_PERSONNE = {"Acheteur", "Structure", "Epci", "Commune", "Operation", "Jeton"}


@pytest.mark.parametrize("modele", [m for m in MODELES if m.__name__ not in SANS_PERSONNE], ids=lambda m: m.__name__)
def test_un_nom_de_personne_n_est_jamais_public(modele):
    """Nom, prénom, naissance, téléphone, courriel sont des identifiants."""
    motifs = ("nom", "prenom", "date_naissance", "telephone", "email")
    clairs = {c for c in modele.CLASSIFICATION if c in motifs and modele.CLASSIFICATION[c] in ("public", "interne")}
    assert not clairs


ORDRE = [Sensibilite.PUBLIC, Sensibilite.INTERNE, Sensibilite.IDENTIFIANT, Sensibilite.SENSIBLE9]


def test_un_texte_de_recherche_est_aussi_sensible_que_ses_sources():
    vus = 0
    for modele in MODELES:
        for champ in modele._meta.concrete_fields:
            if isinstance(champ, RechercheField):
                vus += 1
                rangs = [ORDRE.index(modele.CLASSIFICATION[source]) for source in champ.sources]
                assert ORDRE.index(modele.CLASSIFICATION[champ.name]) >= max(rangs), modele
    assert vus == 4


def test_les_criteres_et_la_sante_sont_sensibles():
    assert CritereEntree.CLASSIFICATION["critere"] == Sensibilite.SENSIBLE9
    assert EntreeClause.CLASSIFICATION["brsa"] == Sensibilite.SENSIBLE9


def test_le_journal_masque_ce_qui_identifie():
    participant = Participant(identifiant="P1", nom="Secretnom", prenom="Secretprenom")
    traces = etat(participant, ["nom", "prenom"])
    assert traces == {"nom": MASQUE, "prenom": MASQUE}


def test_un_champ_non_classe_est_masque_par_defaut():
    class Inconnu:
        nom = "Secretnom"

    assert etat(Inconnu(), ["nom"]) == {"nom": MASQUE}
