"""Opérations, journal d’activité, repères et publications par l’API."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from marches.models import Activite, Marche, Operation, RepereMetier
from tests.appels import client_de, creee, fautes, gestes, lire, numeros, poster, rapiecer, retirer
from tests.factories import AcheteurFactory, MarcheFactory, RattachementFactory, StructureFactory
from tests.factories_conformite import (
    ActiviteFactory,
    ContratAVeillerFactory,
    ModificationFactory,
    OperationFactory,
    RepereMetierFactory,
)

ACTIVITE = {"date": "2026-03-02", "nature": "REUNION", "objet": "Réunion de lancement"}


@pytest.fixture
def structure() -> Any:
    return StructureFactory()


def test_une_operation_se_nomme_une_fois(structure: Any) -> None:
    client = client_de(structure)
    neuve = creee(poster(client, "operations/", {"nom": "Quartier fictif"}))
    assert neuve["est_npnru"] is False
    marquee = creee(poster(client, "operations/", {"nom": "Quartier fictif", "est_npnru": True}))
    assert marquee == neuve | {"est_npnru": True}
    assert Operation.objects.count() == 1
    assert gestes(structure) == ["créer l’opération", "marquer l’opération NPNRU"]


def test_une_operation_sans_nom_se_dit(structure: Any) -> None:
    assert set(fautes(poster(client_de(structure), "operations/", {"nom": ""}))) == {"nom"}


def test_une_activite_est_celle_de_qui_la_note(structure: Any) -> None:
    client = client_de(structure)
    moi = lire(client, "utilisateurs/")["results"][0]["id"]
    activite = creee(poster(client, "activites/", ACTIVITE))
    assert (activite["facilitateur"], activite["marche"]) == (moi, None)
    chemin = f"activites/{activite['id']}/"
    modifiee = rapiecer(client, chemin, {"nature": "AVIS"}, version=1).json()
    assert (modifiee["nature"], modifiee["facilitateur"], modifiee["version"]) == ("AVIS", moi, 2)
    assert rapiecer(client, chemin, {"nature": "AVIS"}, version=1).status_code == 412


def test_une_activite_ne_designe_que_ce_que_l_on_voit(structure: Any) -> None:
    ailleurs, etranger = MarcheFactory(), RattachementFactory().utilisateur
    corps = ACTIVITE | {"marche": ailleurs.pk, "facilitateur": etranger.pk}
    lues = fautes(poster(client_de(structure), "activites/", corps))
    assert "que vous puissiez voir" in lues["marche"]
    assert "Aucun facilitateur en activité" in lues["facilitateur"]
    assert not Activite.objects.exists()


def test_un_partenaire_n_est_le_facilitateur_de_rien(structure: Any) -> None:
    partenaire = RattachementFactory(structure=structure, pour_acheteur=True).utilisateur
    client = client_de(structure)
    assert "facilitateur" in fautes(poster(client, "activites/", ACTIVITE | {"facilitateur": partenaire.pk}))
    corps = {"acheteur": AcheteurFactory().pk, "reference": "1", "objet": "x", "facilitateur": partenaire.pk}
    assert "facilitateur" in fautes(poster(client, "marches/", corps))
    assert not Marche.objects.exists()


def test_lire_le_journal_d_activite_s_inscrit(structure: Any) -> None:
    activite = ActiviteFactory(structure=structure)
    client = client_de(structure)
    assert numeros(client, "activites/?nature=REUNION&depuis=2025-01-01") == [activite.pk]
    lire(client, f"activites/{activite.pk}/")
    assert gestes(structure) == ["consulter le journal d’activité"] * 2
    assert client_de(structure, Role.LECTEUR).get("/api/v1/activites/").status_code == 403


def test_un_repere_se_fixe_se_modifie_et_se_retire(structure: Any) -> None:
    responsable = client_de(structure, Role.RESPONSABLE)
    corps = {"metier": "Couverture fictive", "part": "45.5"}
    assert poster(client_de(structure), "reperes/", corps).status_code == 403
    repere = creee(poster(responsable, "reperes/", corps))
    assert (repere["part"], repere["source"]) == ("45.50", "")
    assert fautes(poster(responsable, "reperes/", corps)) == {None: "Ce métier a déjà son repère."}
    chemin = f"reperes/{repere['id']}/"
    assert "de 0 à 100" in fautes(rapiecer(responsable, chemin, {"part": "101"}, version=1))[None]
    assert rapiecer(responsable, chemin, {"part": "50"}, version=1).json()["version"] == 2
    assert retirer(responsable, chemin, version=1).status_code == 412
    assert retirer(responsable, chemin, version=2).status_code == 204
    assert not RepereMetier.objects.exists()


def test_le_repere_d_une_autre_structure_est_introuvable(structure: Any) -> None:
    ailleurs = RepereMetierFactory()
    responsable = client_de(structure, Role.RESPONSABLE)
    assert rapiecer(responsable, f"reperes/{ailleurs.pk}/", {"part": "5"}, version=1).status_code == 404
    assert retirer(responsable, f"reperes/{ailleurs.pk}/", version=1).status_code == 404


def test_les_publications_disent_l_histoire_d_un_marche(structure: Any) -> None:
    modification = ModificationFactory(publication__lot__marche__structure=structure)
    publication, client = modification.publication, client_de(structure, Role.LECTEUR)
    ModificationFactory()
    (lue,) = lire(client, f"publications/?marche={publication.marche_id}")["results"]
    assert (lue["lot"], lue["valeurs"]["montant_initial"]) == (publication.lot_id, "100000.00")
    (lue,) = lire(client, "modifications/?depuis=2025-09-01")["results"]
    assert (lue["marche"], lue["montant_ht"], lue["duree_mois"]) == (publication.marche_id, "120000.00", None)
    assert poster(client, "publications/", {}).status_code == 405


def test_les_contrats_a_veiller_sont_ceux_de_la_structure(structure: Any) -> None:
    contrat = ContratAVeillerFactory(structure=structure)
    ContratAVeillerFactory()
    client = client_de(structure, Role.LECTEUR)
    (lu,) = lire(client, "contrats-a-veiller/?tri=-montant_ht")["results"]
    assert (lu["acheteur_siret"], lu["montant_ht"]) == (contrat.acheteur.siret, "300000.00")
    partenaire = client_de(structure, Role.ACHETEUR, acheteur=contrat.acheteur)
    assert partenaire.get("/api/v1/contrats-a-veiller/").status_code == 403


def test_un_partenaire_ne_lit_pas_les_operations(structure: Any) -> None:
    marche = MarcheFactory(structure=structure, operation=OperationFactory(structure=structure))
    partenaire = client_de(structure, Role.ACHETEUR, acheteur=marche.acheteur)
    assert partenaire.get("/api/v1/operations/").status_code == 403
