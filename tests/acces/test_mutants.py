"""Le moteur de la matrice voit-il une fuite ? On retire `structure_id` d’une règle, une à une : il doit rougir."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Q

from heures.models import LigneHeures
from tests.acces.monde import creer_monde, lignes_de, references_croisees
from tests.acces.moteur import examiner

# Rien ici ne tient à la base.
pytestmark = pytest.mark.sur_sqlite

# modèle dont la règle perd sa structure → la ligne de la matrice qui doit s’en apercevoir
MUTANTS = {
    "marches.Marche": ("marches:fiche", "get"),
    "marches.Lot": ("marches:lot_modifier", "get"),
    "marches.Clause": ("marches:clause_modifier", "get"),
    "marches.Engagement": ("marches:mouvement_creer", "get"),
    "heures.Participant": ("heures:participant", "get"),
    "heures.EntreeClause": ("heures:entree_corriger", "get"),
    "heures.ContratTravail": ("heures:contrat_modifier", "get"),
    "heures.LigneHeures": ("heures:refuser_ligne", "get"),
    "heures.Releve": ("heures:releve", "get"),
    "heures.LigneEnAttente": ("heures:attente", "get"),
    "comptes.EcritureJournal": ("journal", "get"),
    "comptes.Rattachement": ("rattachement_retirer", "post"),
}
LISTES = {
    "marches.Marche": ("marches:liste", "get"),
    "marches.Engagement": ("heures:engagements", "get"),
    "heures.Participant": ("heures:participants", "get"),
    "heures.LigneHeures": ("bilans:lignes", "get"),
}


def sans_structure(regle: Q) -> Q:
    """La même règle, sans la condition sur la structure."""
    enfants = [
        sans_structure(enfant) if isinstance(enfant, Q) else enfant
        for enfant in regle.children
        if not (isinstance(enfant, tuple) and enfant[0] == "structure_id")
    ]
    return Q(*[e for e in enfants if not (isinstance(e, Q) and not e.children)], _connector=regle.connector)


def muter(monkeypatch, modele: str) -> None:
    objets = type(apps.get_model(modele)._default_manager.all())
    intacte = objets.regle_de_visibilite

    def mutante(self, acteur):
        regle = intacte(self, acteur)
        return None if regle is None else sans_structure(regle)

    monkeypatch.setattr(objets, "regle_de_visibilite", mutante)


@pytest.mark.parametrize(
    ("modele", "clef"),
    [*MUTANTS.items(), *LISTES.items()],
    ids=lambda v: v if isinstance(v, str) else "-".join(v),
)
def test_une_regle_sans_structure_est_vue(monkeypatch, modele, clef):
    monde = creer_monde()
    assert not examiner(monde, clef)
    muter(monkeypatch, modele)
    assert examiner(monde, clef)


def test_une_ligne_d_autrui_touchee_et_une_reference_croisee_se_voient():
    """Les deux photographies du moteur, sur une faute écrite à la main."""
    monde = creer_monde()
    avant = lignes_de(monde.b.structure)
    assert len(avant["heures.LigneHeures"]) == 2
    assert references_croisees() == []
    etrangere = monde.b.objets["ligne"]
    LigneHeures.objects.filter(pk=etrangere.pk).update(engagement=monde.a.objets["engagement"])
    apres = lignes_de(monde.b.structure)
    assert {nom for nom in apres if apres[nom] != avant[nom]} == {"heures.LigneHeures"}
    assert references_croisees() == [f"LigneHeures.engagement {etrangere.pk}"]
