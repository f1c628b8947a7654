"""La recherche : sans accents ni casse, pareille sur les deux bases, jamais « tout » pour un joker."""

from __future__ import annotations

import pytest

from clauses.socle.recherche import contient
from entreprises import actions
from entreprises.models import Entreprise
from heures.models import Participant
from marches.models import Marche
from tests.factories import (
    EntrepriseFactory,
    MarcheFactory,
    RattachementFactory,
    StructureFactory,
    acteur,
)


@pytest.mark.parametrize("cherche", ["électricité", "ELECTRICITE", "Électricité", "étoile-du", "etoile du", "É"])
def test_les_accents_et_la_casse_ne_comptent_pas(cherche: str):
    EntrepriseFactory(raison_sociale="ÉLECTRICITÉ Étoile-du-Nord")
    assert Entreprise.objects.filter(contient("recherche", cherche)).count() == 1


@pytest.mark.parametrize("cherche", ["%", "_", "' OR 1=1--", "\\", "   ", "étoile du sud"])
def test_un_joker_ou_un_autre_nom_ne_trouve_rien(cherche: str):
    EntrepriseFactory(raison_sociale="Étoile du Nord")
    assert not Entreprise.objects.filter(contient("recherche", cherche)).exists()


def test_le_texte_suit_une_modification():
    entreprise = EntrepriseFactory(raison_sociale="Ancien nom")
    actions.modifier_entreprise(entreprise, version=1, raison_sociale="Été neuf", par=acteur(StructureFactory()))
    assert Entreprise.objects.get().recherche == "ete neuf"


def test_le_texte_se_calcule_aussi_en_masse():
    structure = StructureFactory()
    Participant.objects.bulk_create(
        [Participant(structure=structure, identifiant="P1", nom="Lefèvre", prenom="Zoé", sexe="F")]
    )
    assert Participant.objects.get().recherche == "lefevre zoe p1"


def test_un_marche_se_trouve_par_sa_reference_et_son_objet():
    MarcheFactory(reference="F2025-031", objet="Réhabilitation de l’école")
    for cherche in ("f2025 031", "rehabilitation", "l'ecole"):
        assert Marche.objects.filter(contient("recherche", cherche)).count() == 1


def test_la_page_des_entreprises_trouve_sans_accent(client):
    EntrepriseFactory(raison_sociale="Électricité Scarpe")
    EntrepriseFactory(raison_sociale="Plomberie Crinchon")
    client.force_login(RattachementFactory().utilisateur)
    page = client.get("/entreprises/", {"q": "electricite"}).content.decode()
    assert "Électricité Scarpe" in page
    assert "Plomberie Crinchon" not in page
