"""Une portée donne une part d’un rôle, jamais plus : ni au jeton, ni à ce qui agit à sa place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from clauses.comptes.acteurs import CONSULTER, DROITS, Acteur, Droit, Role
from clauses.comptes.portees import DROITS_DE, SANS_PORTEE, Portee, droits_de, portees_de


def test_tout_droit_est_dans_une_portee_ou_dit_qu_il_n_en_a_pas():
    portes = frozenset().union(*DROITS_DE.values())
    assert set(DROITS_DE) == set(Portee)
    assert portes | SANS_PORTEE == set(Droit)
    assert not portes & SANS_PORTEE


@pytest.mark.parametrize("role", Role)
def test_un_role_ne_propose_que_ce_qu_il_possede(role):
    proposees = portees_de(role)
    assert proposees
    assert droits_de(proposees) <= DROITS[role]
    assert droits_de(proposees) | SANS_PORTEE >= DROITS[role]  # et tout ce qu’il possède s’y trouve


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("portee", Portee)
def test_un_jeton_n_a_que_ce_que_le_role_et_la_portee_donnent_tous_deux(role, portee):
    acteur = Acteur(1, role, 1, portees=droits_de([portee]))
    assert {droit for droit in Droit if acteur.peut(droit)} == DROITS[role] & DROITS_DE[portee]
    for droit in SANS_PORTEE:
        with pytest.raises(PermissionDenied):
            acteur.exiger(droit)


def test_un_code_disparu_ne_donne_rien():
    assert droits_de(["PORTEE_DISPARUE"]) == frozenset()
    sans_rien = Acteur(1, Role.RESPONSABLE, 1, portees=droits_de(["PORTEE_DISPARUE"]))
    assert not any(sans_rien.peut(droit) for droit in Droit)


def test_sans_jeton_un_role_garde_tous_ses_droits():
    assert all({d for d in Droit if Acteur(1, role, 1).peut(d)} == DROITS[role] for role in Role)


def test_devant_un_releve_un_jeton_garde_ses_portees():
    acteur = Acteur(1, Role.ENTREPRISE, 1, entreprise_id=1, portees=droits_de([Portee.LIRE_MARCHES]))
    assert acteur.devant(9).portees == {Droit.CONSULTER_MARCHES}


@pytest.mark.parametrize(
    ("role", "portee", "passage"),
    [
        (Role.FINANCEUR, Portee.LIRE_AGREGATS, Acteur.lecteur_d_agregats),
        (Role.ACHETEUR, Portee.LIRE_SON_BILAN, Acteur.lecteur_de_son_bilan),
    ],
)
def test_lire_toute_la_structure_pour_des_valeurs_masquees_demande_la_portee(role, portee, passage):
    """Le lecteur qui calcule sait lire, et rien d’autre : ni écrire, ni créer un jeton."""
    etroit = Acteur(1, role, 1, acheteur_id=1 if role is Role.ACHETEUR else None, portees=droits_de([portee]))
    assert {droit for droit in Droit if passage(etroit).peut(droit)} == CONSULTER
    with pytest.raises(PermissionDenied):
        passage(replace(etroit, portees=droits_de([Portee.LIRE_MARCHES])))
