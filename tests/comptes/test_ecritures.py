"""Les gestes communs des actions : créer, verrouiller, modifier sans rien perdre, journaliser sans rien dévoiler."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from clauses.comptes.acteurs import Role
from clauses.comptes.ecritures import concerne, creer, enregistrer
from clauses.comptes.journal import MASQUE
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from entreprises import actions as entreprises
from entreprises.models import Entreprise
from heures import actions as heures
from heures.models import Participant
from marches import actions as marches
from marches.models import Lot
from tests.factories import (
    EngagementFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    StructureFactory,
    acteur,
    siret,
)


@pytest.fixture
def agent():
    return acteur(StructureFactory())


def test_une_modification_garde_avant_et_apres(agent):
    entreprise = EntrepriseFactory(raison_sociale="Ancien nom")
    entreprises.modifier_entreprise(entreprise, version=1, raison_sociale="Nouveau nom", par=agent)
    ecriture = EcritureJournal.objects.sur(entreprise).get()
    assert (ecriture.avant, ecriture.apres) == ({"raison_sociale": "Ancien nom"}, {"raison_sociale": "Nouveau nom"})
    assert (ecriture.inscrite_par_id, ecriture.role) == (agent.utilisateur_id, Role.FACILITATEUR)


def test_un_conflit_montre_les_deux_valeurs_et_n_ecrit_rien(agent):
    entreprise = EntrepriseFactory(raison_sociale="Au départ")
    entreprises.modifier_entreprise(entreprise, version=1, raison_sociale="La sienne", par=agent)
    with pytest.raises(ConflitDeVersion) as conflit:
        entreprises.modifier_entreprise(entreprise, version=1, raison_sociale="La mienne", par=agent)
    assert conflit.value.ecarts == [("raison sociale", "La sienne", "La mienne")]
    assert "« La sienne » est enregistré, vous proposez « La mienne »" in str(conflit.value)
    assert Entreprise.objects.get().raison_sociale == "La sienne"


def test_la_version_actuelle_ecrase_en_connaissance_de_cause(agent):
    entreprise = EntrepriseFactory()
    entreprises.modifier_entreprise(entreprise, version=1, raison_sociale="La sienne", par=agent)
    relue = entreprises.modifier_entreprise(entreprise, version=2, raison_sociale="La mienne", par=agent)
    assert (relue.raison_sociale, relue.version) == ("La mienne", 3)


def test_ne_rien_changer_n_ecrit_rien(agent):
    entreprise = EntrepriseFactory()
    entreprises.modifier_entreprise(entreprise, version=1, raison_sociale=entreprise.raison_sociale, par=agent)
    assert Entreprise.objects.get().version == 1
    assert not EcritureJournal.objects.sur(entreprise).exists()


def test_l_identite_et_le_profil_n_entrent_pas_au_journal(agent):
    participant = heures.creer_participant(
        nom="Secretnom", prenom="Secretprenom", sexe="F", date_naissance=datetime.date(1990, 1, 1), par=agent
    )
    heures.enregistrer_entree(
        participant, critere_principal="BOETH", date_entree=datetime.date(2025, 1, 1), niveau="3", par=agent
    )
    traces = " ".join(str((e.avant, e.apres)) for e in EcritureJournal.objects.all())
    assert MASQUE in traces
    for secret in ("Secretnom", "secretnom", "Secretprenom", "1990", "BOETH", "'3'"):
        assert secret not in traces


def test_une_fiche_hors_perimetre_ne_se_verrouille_pas(agent):
    voisin = MarcheFactory()
    with pytest.raises(ActionImpossible, match="n’existe plus"):
        marches.ajouter_lot(voisin, numero="1", par=agent)
    assert not Lot.objects.exists()


def test_un_lecteur_n_ecrit_rien():
    lecteur = acteur(StructureFactory(), Role.LECTEUR)
    with pytest.raises(PermissionDenied):
        heures.creer_participant(nom="A", prenom="B", sexe="F", par=lecteur)
    assert not Participant.objects.exists()


def test_deux_creations_au_meme_instant_se_disent_en_une_phrase():
    """La seconde passe `full_clean` (autre transaction), la base la refuse : la phrase est celle de la contrainte."""
    lot = LotFactory(numero="1")
    double = Lot(structure=lot.structure, marche=lot.marche, numero="1")
    with pytest.raises(ActionImpossible, match=r"Ce marché a déjà un lot|vient d’être enregistrée"):
        enregistrer(double, force_insert=True)


def test_une_creation_refusee_ne_laisse_pas_de_trace(agent):
    with pytest.raises(ValidationError):
        creer(Entreprise(siret="123", raison_sociale="X"), par=agent, action="créer")
    assert not Entreprise.objects.exists()
    assert not EcritureJournal.objects.exists()


def test_completer_n_ecrase_jamais(agent):
    entreprise = EntrepriseFactory(siret=siret(77), naf="43.99C", commune_insee="")
    entreprises.completer_entreprise(entreprise, naf="81.21Z", commune_insee="62041", par=agent)
    relue = Entreprise.objects.get()
    assert (relue.naf, relue.commune_insee) == ("43.99C", "62041")


def test_une_modification_ne_reverifie_que_les_contraintes_touchees(agent):
    engagement = EngagementFactory(structure=StructureFactory())
    contraintes = {c.name: c for c in type(engagement)._meta.constraints}
    assert concerne(contraintes["engagement_debut_avant_fin"], ["date_fin"])
    assert not concerne(contraintes["engagement_debut_avant_fin"], ["version"])
    assert concerne(contraintes["engagement_unique"], ["entreprise"])
    assert not concerne(contraintes["engagement_unique"], ["date_fin"])


def test_une_modification_qui_enfreint_une_contrainte_est_refusee(agent):
    marche = MarcheFactory(structure_id=agent.structure_id, date_debut=datetime.date(2025, 1, 1))
    with pytest.raises(ValidationError, match="précède sa date de début"):
        marches.modifier_marche(marche, version=1, date_fin=datetime.date(2024, 12, 31), par=agent)


def test_toutes_les_fautes_sont_dites_ensemble(agent):
    with pytest.raises(ValidationError) as refus:
        creer(Entreprise(siret="123", raison_sociale="", commune_insee="ABCDE"), par=agent, action="créer")
    assert {"siret", "raison_sociale"} <= set(refus.value.message_dict)
