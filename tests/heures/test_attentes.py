"""Les lignes en attente : reprendre, rattacher, ouvrir une fiche, refuser ; rien n’est perdu, rien n’est deviné."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible
from heures import actions
from heures.enums import OrigineLigne, StatutAttente, StatutReleve
from heures.models import ContratTravail, LigneHeures, Participant
from heures.noms import Nom
from heures.semblables import semblables
from tests.factories import ContratTravailFactory, ParticipantFactory, StructureFactory
from tests.heures.banc_reception import MARS, Banc

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
PERSONNE = {"nom": "Nouvelle", "prenom": "Dominique", "sexe": "F", "date_naissance": datetime.date(1994, 7, 2)}
CONTRAT = {"type_contrat": "CDD", "modalite": "EMBAUCHE_DIRECTE", "date_debut": datetime.date(2025, 3, 3)}


@pytest.fixture
def banc() -> Banc:
    return Banc()


def test_reprendre_declare_les_heures_recues_et_garde_leur_origine(banc):
    attente = banc.attente(contrat=banc.contrat, heures=Decimal("35.25"))
    ligne = actions.reprendre_attente(attente, par=banc.par).ligne
    attente.refresh_from_db()
    assert (ligne.heures, ligne.origine, ligne.contrat) == (Decimal("35.25"), OrigineLigne.ENTREPRISE, banc.contrat)
    assert (attente.statut, attente.traitee_par_id) == (StatutAttente.REPRISE, banc.par.utilisateur_id)
    assert banc.releve.statut == StatutReleve.RECU
    with pytest.raises(ActionImpossible, match="déjà été traitée"):
        actions.reprendre_attente(attente, par=banc.par)


def test_tant_que_l_obstacle_demeure_la_ligne_attend(banc):
    attente = banc.attente(contrat=banc.embaucher(date_fin=datetime.date(2025, 2, 28)))
    with pytest.raises(ActionImpossible, match="suit la fin du contrat"):
        actions.reprendre_attente(attente, par=banc.par)
    attente.refresh_from_db()
    assert attente.statut == StatutAttente.EN_ATTENTE
    assert not LigneHeures.objects.exists()


def test_une_ligne_sans_contrat_se_rattache_a_un_contrat_connu(banc):
    attente = banc.attente()
    with pytest.raises(ActionImpossible, match="rattachée à aucun contrat"):
        actions.reprendre_attente(attente, par=banc.par)
    ligne = actions.reprendre_attente(attente, contrat=banc.contrat, par=banc.par).ligne
    attente.refresh_from_db()
    assert (attente.contrat, ligne.participant) == (banc.contrat, banc.contrat.participant)


def test_un_contrat_d_une_autre_structure_ne_se_rattache_pas(banc):
    etranger = ContratTravailFactory(participant__structure=StructureFactory())
    with pytest.raises(ActionImpossible, match="n’y avez plus accès"):
        actions.reprendre_attente(banc.attente(), contrat=etranger, par=banc.par)
    assert not LigneHeures.objects.exists()


def test_des_heures_deja_declarees_ne_sont_pas_ecrasees_en_silence(banc):
    banc.declarer("10.00")
    attente = banc.attente(contrat=banc.contrat, heures=Decimal("35.00"))
    with pytest.raises(ActionImpossible, match="porte déjà 10,00 h déclarées"):
        actions.reprendre_attente(attente, par=banc.par)
    assert LigneHeures.objects.get().heures == Decimal("10.00")
    actions.reprendre_attente(attente, remplacer=True, par=banc.par)
    assert LigneHeures.objects.get().heures == Decimal("35.00")


def test_ouvrir_une_fiche_et_son_contrat_reprend_les_heures_ou_rien(banc):
    attente = banc.attente(heures=Decimal("35.00"))
    avant = Participant.objects.count(), ContratTravail.objects.count()
    tardif = CONTRAT | {"date_debut": datetime.date(2025, 4, 1)}
    communs = {"personne": PERSONNE, "employeur": banc.engagement.entreprise, "par": banc.par}
    with pytest.raises(ActionImpossible, match="précède l’embauche"):
        actions.ouvrir_et_reprendre(attente, contrat=tardif, **communs)
    assert (Participant.objects.count(), ContratTravail.objects.count()) == avant
    ligne = actions.ouvrir_et_reprendre(attente, contrat=CONTRAT, **communs).ligne
    assert (str(ligne.participant), ligne.heures) == ("NOUVELLE Dominique", Decimal("35.00"))


def test_un_contrat_neuf_d_une_personne_connue_reprend_les_heures(banc):
    connue = ParticipantFactory(structure=banc.structure)
    ligne = actions.embaucher_et_reprendre(
        banc.attente(), participant=connue, employeur=banc.engagement.entreprise, contrat=CONTRAT, par=banc.par
    ).ligne
    assert (ligne.participant, ligne.contrat.date_debut) == (connue, datetime.date(2025, 3, 3))


def test_refuser_une_attente_se_motive_et_revient_a_l_entreprise(banc):
    attente = banc.attente(nom="Dupont", prenom="Alex", heures=Decimal("35.00"))
    with pytest.raises(ActionImpossible, match="porte son motif"):
        actions.refuser_attente(attente, motif=" ", par=banc.par)
    actions.refuser_attente(attente, motif="Personne inconnue", par=banc.par)
    releve = banc.releve
    assert (releve.statut, releve.message) == (
        StatutReleve.REFUSE, "DUPONT Alex, 35,00 h refusées : Personne inconnue",
    )  # fmt: skip
    ecriture = EcritureJournal.objects.get(action="refuser une ligne en attente")
    assert ecriture.apres == {"statut": "REFUSEE", "motif": "(modifié)"}


def proches(attente, banc):
    return semblables(Nom(attente.nom, attente.prenom), attente.date_naissance, par=banc.par)


@pytest.mark.parametrize(
    ("nom", "prenom", "naissance"),
    [
        ("MARTIN-DUPRÉ", "Zoé", datetime.date(1990, 5, 10)),
        ("martin dupre", "zoe", None),
        ("Zoé", "Martin Dupré", None),
        ("Dupré", "Zoé Martin", None),
        ("Martin", "Zoé", datetime.date(1990, 5, 10)),
        ("Martin-Dupret", "Zoé", datetime.date(1990, 5, 10)),
        ("Martin-Dupré", "Zoé", datetime.date(1991, 5, 10)),
    ],
)
def test_une_personne_connue_est_proposee_malgre_accents_ordre_ou_une_lettre(banc, nom, prenom, naissance):
    connue = ParticipantFactory(structure=banc.structure, nom="Martin-Dupré", prenom="Zoé")
    ParticipantFactory(structure=banc.structure, nom="Bernard", prenom="Zoé")
    attente = banc.attente(nom=nom, prenom=prenom, date_naissance=naissance)
    assert proches(attente, banc) == [connue]


def test_ni_une_homonyme_d_ailleurs_ni_une_fiche_absorbee_n_est_proposee(banc):
    gardee = ParticipantFactory(structure=banc.structure, nom="Martin", prenom="Zoé")
    ParticipantFactory(structure=banc.structure, nom="Martin", prenom="Zoé", fusionnee_avec=gardee)
    ParticipantFactory(nom="Martin", prenom="Zoé")
    attente = banc.attente(nom="Martin", prenom="Zoé", date_naissance=None)
    assert proches(attente, banc) == [gardee]


def test_la_naissance_range_les_homonymes_sans_les_exclure(banc):
    autre = ParticipantFactory(
        structure=banc.structure, nom="Martin", prenom="Zoé", date_naissance=datetime.date(1970, 1, 1)
    )
    juste = ParticipantFactory(
        structure=banc.structure, nom="Martin", prenom="Zoé", date_naissance=datetime.date(1994, 7, 2)
    )
    attente = banc.attente(nom="Martin", prenom="Zoé", date_naissance=datetime.date(1994, 7, 2))
    assert proches(attente, banc) == [juste, autre]


def test_le_releve_d_une_attente_reprise_se_lit_au_bon_mois(banc):
    ligne = actions.reprendre_attente(banc.attente(contrat=banc.contrat), par=banc.par).ligne
    assert (ligne.mois, ligne.engagement) == (MARS, banc.engagement)
