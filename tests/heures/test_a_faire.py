"""L’accueil dit ce qui attend, rien d’autre, et seulement dans la structure."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import EcritureJournal, Structure
from heures import a_faire, actions
from heures.annee import annee as annee_de
from heures.models import Prolongation
from heures.portee import PARTOUT, Portee
from heures.taches import Regard, regarder
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    MarcheFactory,
    RattachementFactory,
    ReleveFactory,
    SortieFactory,
    StructureFactory,
    acteur,
)
from tests.factories_releves import LigneEnAttenteFactory

JOUR = datetime.date(2026, 3, 15)


@pytest.fixture
def structure() -> Structure:
    return StructureFactory()


@pytest.fixture
def agent(structure: Structure) -> Acteur:
    return acteur(structure)


def vu(agent: Acteur, portee: Portee = PARTOUT) -> Regard:
    return regarder(agent, le=JOUR, portee=portee)


def engagement(structure: Structure, **options: object):
    return EngagementFactory(clause__lot__marche__structure=structure, **options)


def test_les_heures_declarees_sont_groupees_par_engagement_avec_leur_total(structure, agent):
    suivi = engagement(structure)
    LigneHeuresFactory(engagement=suivi, heures=Decimal("10.25"), mois=datetime.date(2026, 1, 1))
    LigneHeuresFactory(engagement=suivi, heures=Decimal("20.50"), mois=datetime.date(2026, 2, 1))
    LigneHeuresFactory(engagement=suivi, validee=True)
    LigneHeuresFactory()  # chez le voisin
    rubrique = a_faire.a_valider(vu(agent))
    assert rubrique.nombre == 1
    assert rubrique.taches[0].detail == "2 lignes, 30,75 h, depuis janvier 2026"


def test_les_lignes_a_verifier_attendent_aussi_et_tout_mene_a_la_boite(structure, agent):
    suivi, seul = engagement(structure), engagement(structure)
    LigneHeuresFactory(engagement=suivi, heures=Decimal("10.25"), mois=datetime.date(2026, 2, 1))
    LigneEnAttenteFactory(releve__engagement=suivi, releve__mois=datetime.date(2026, 1, 1))
    LigneEnAttenteFactory(releve__engagement=seul, releve__mois=datetime.date(2026, 2, 1))
    LigneEnAttenteFactory()  # chez le voisin
    rubrique = a_faire.a_valider(vu(agent))
    assert [tache.detail for tache in rubrique.taches] == [
        "1 ligne, 10,25 h, 1 à vérifier, depuis janvier 2026",
        "1 à vérifier, depuis février 2026",
    ]
    reference = suivi.clause.lot.marche.reference
    assert (rubrique.url, rubrique.taches[0].url) == ("/heures/reception/", f"/heures/reception/?q={reference}")


def test_un_releve_recu_n_est_plus_attendu(structure, agent):
    recu, attendu = engagement(structure), engagement(structure)
    ReleveFactory(engagement=recu, mois=datetime.date(2026, 2, 1), statut="VALIDE")
    rubrique = a_faire.releves_manquants(vu(agent))
    assert [tache.libelle for tache in rubrique.taches] == [a_faire.nom_de(attendu)]


def test_un_mois_vide_apres_coup_redevient_attendu(structure, agent):
    suivi = engagement(structure)
    ligne = LigneHeuresFactory(engagement=suivi, mois=datetime.date(2026, 2, 1))
    ReleveFactory(engagement=suivi, mois=datetime.date(2026, 2, 1), statut="RECU")
    assert a_faire.releves_manquants(vu(agent)).nombre == 0
    actions.effacer(ligne, version=1, par=agent)
    assert a_faire.releves_manquants(vu(agent)).nombre == 1


def test_un_engagement_a_risque_passe_avant_un_engagement_en_retard(structure, agent):
    engagement(structure, clause__lot__marche__date_fin=datetime.date(2026, 12, 31))
    engagement(structure, clause__lot__marche__date_fin=datetime.date(2026, 6, 30))
    rubriques = {r.titre: r for r in a_faire.toutes(vu(agent))}
    assert [t.etat for t in rubriques["Engagements en difficulté"].taches] == ["À risque", "En retard"]


def test_une_eligibilite_prolongee_n_alerte_plus(structure, agent):
    entrees = [
        EntreeClauseFactory(participant__structure=structure, date_entree=datetime.date(2024, 4, 1)) for _ in range(2)
    ]
    for entree in entrees:
        ContratTravailFactory(participant=entree.participant)
    Prolongation.objects.create(
        structure=structure,
        participant=entrees[0].participant,
        jusqu_au=datetime.date(2027, 1, 1),
        motif="Formation en cours",
        accordee_par=entrees[0].enregistree_par,
    )
    rubrique = a_faire.eligibilites(vu(agent))
    assert [t.libelle for t in rubrique.taches] == [str(entrees[1].participant)]
    assert rubrique.taches[0].detail == "éligible jusqu’au 01/04/2026"


def test_une_entree_sans_piece_d_une_personne_sous_contrat_attend(structure, agent):
    entree = EntreeClauseFactory(participant__structure=structure)
    EntreeClauseFactory(participant__structure=structure)  # sans contrat : rien ne presse
    ContratTravailFactory(participant=entree.participant)
    rubrique = a_faire.pieces(vu(agent))
    assert [(t.libelle, t.etat) for t in rubrique.taches] == [(str(entree.participant), "Pièce à voir")]


def test_un_marche_qui_finit_bientot_et_un_marche_sans_engagement_sont_montres(structure, agent):
    finit = MarcheFactory(structure=structure, date_fin=datetime.date(2026, 5, 1))
    MarcheFactory(structure=structure, statut="SOLDE", date_fin=datetime.date(2026, 5, 1))
    assert [t.detail for t in a_faire.fins_de_marche(vu(agent)).taches] == ["fin le 01/05/2026"]
    assert [t.libelle for t in a_faire.a_completer(vu(agent)).taches] == [f"{finit.reference} – {finit.acheteur}"]


def test_le_devenir_a_six_mois_est_a_recueillir_une_fois_echu(structure, agent):
    SortieFactory(participant__structure=structure, date=datetime.date(2025, 9, 15))
    SortieFactory(participant__structure=structure, date=datetime.date(2025, 9, 16))
    rubrique = a_faire.sorties_a_recueillir(vu(agent))
    assert [t.detail for t in rubrique.taches] == ["sortie le 15/09/2025"]


def test_l_annee_additionne_les_heures_validees_au_centieme(structure, agent):
    suivi = engagement(structure)
    for mois, heures in ((1, "10.10"), (2, "20.20")):
        LigneHeuresFactory(engagement=suivi, validee=True, mois=datetime.date(2026, mois, 1), heures=Decimal(heures))
    LigneHeuresFactory(engagement=suivi, validee=True, mois=datetime.date(2025, 2, 1), heures=Decimal("7.07"))
    LigneHeuresFactory(engagement=suivi, validee=True, mois=datetime.date(2025, 4, 1), heures=Decimal("99.00"))
    annee = annee_de(agent, le=JOUR)
    assert (annee.total, annee.precedente) == (Decimal("30.30"), Decimal("7.07"))
    assert [barre.hauteur for barre in annee.barres[:3]] == [50, 100, 0]


def test_au_plus_cinq_taches_sont_montrees_et_le_reste_est_compte(structure, agent):
    for _ in range(7):
        MarcheFactory(structure=structure)
    rubrique = a_faire.a_completer(vu(agent))
    assert (rubrique.nombre, len(rubrique.taches), rubrique.reste) == (7, 5, 2)


def test_l_accueil_inscrit_combien_de_personnes_il_nomme(client, structure):
    agent = RattachementFactory(structure=structure)
    SortieFactory(participant__structure=structure, date=datetime.date(2024, 1, 15))
    MarcheFactory(structure=structure)
    client.force_login(agent.utilisateur)
    page = client.get("/").content.decode()
    assert str(SortieFactory._meta.model.objects.get().participant) in page
    assert EcritureJournal.objects.get().nombre == 1
