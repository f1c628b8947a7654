"""Lots et attributions par l’API : les gestes de la fiche, ses refus, et ce qu’un partenaire en voit."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from marches.models import Attribution, Lot
from tests.appels import client_de, creee, fautes, gestes, lire, numeros, poster, rapiecer, refus
from tests.factories import AttributionFactory, EngagementFactory, EntrepriseFactory, LotFactory, MarcheFactory


@pytest.fixture
def marche() -> Any:
    return MarcheFactory()


def test_un_lot_s_ajoute_a_son_marche(marche: Any) -> None:
    client = client_de(marche.structure)
    lot = creee(poster(client, "lots/", {"marche": marche.pk, "intitule": "Gros œuvre", "montant_ht": "1200.50"}))
    assert (lot["marche"], lot["numero"], lot["intitule"], lot["montant_ht"]) == (
        marche.pk, "1", "Gros œuvre", "1200.50",
    )  # fmt: skip
    assert gestes(marche.structure) == ["ajouter le lot"]
    assert lire(client, f"lots/{lot['id']}/") == lot


def test_un_lot_se_modifie_depuis_la_version_lue(marche: Any) -> None:
    client, lot = client_de(marche.structure), LotFactory(marche=marche)
    assert rapiecer(client, f"lots/{lot.pk}/", {"secteur": "NETTOYAGE"}).status_code == 428
    modifie = rapiecer(client, f"lots/{lot.pk}/", {"secteur": "NETTOYAGE"}, version=1).json()
    assert (modifie["secteur"], modifie["version"]) == ("NETTOYAGE", 2)
    depassee = rapiecer(client, f"lots/{lot.pk}/", {"secteur": "BATIMENT"}, version=1)
    assert depassee.status_code == 412
    assert depassee.json()["ecarts"] == [
        {"champ": "secteur d’activité", "enregistre": "Nettoyage", "propose": "Bâtiment"}
    ]


def test_un_lot_ne_change_pas_de_marche(marche: Any) -> None:
    lot, autre = LotFactory(marche=marche), MarcheFactory(structure=marche.structure)
    reponse = rapiecer(client_de(marche.structure), f"lots/{lot.pk}/", {"marche": autre.pk}, version=1)
    assert "ne s’écrit pas" in fautes(reponse)["marche"]


def test_un_numero_deja_pris_est_refuse(marche: Any) -> None:
    LotFactory(marche=marche, numero="3")
    lues = fautes(poster(client_de(marche.structure), "lots/", {"marche": marche.pk, "numero": "3"}))
    assert lues == {None: "Ce marché a déjà un lot qui porte ce numéro."}


def test_un_lot_ne_s_ajoute_pas_au_marche_d_une_autre_structure(marche: Any) -> None:
    ailleurs = MarcheFactory()
    lues = fautes(poster(client_de(marche.structure), "lots/", {"marche": ailleurs.pk}))
    assert "que vous puissiez voir" in lues["marche"]
    assert not Lot.objects.exists()


def test_une_entreprise_est_attributaire_une_seule_fois_du_lot(marche: Any) -> None:
    client, lot, entreprise = client_de(marche.structure), LotFactory(marche=marche), EntrepriseFactory()
    corps = {"lot": lot.pk, "entreprise": entreprise.pk, "role": "MANDATAIRE"}
    attribution = creee(poster(client, "attributions/", corps))
    assert (attribution["entreprise_siret"], attribution["role"]) == (entreprise.siret, "MANDATAIRE")
    assert "déjà attributaire de ce lot (Mandataire)" in refus(
        poster(client, "attributions/", corps | {"role": "COTRAITANT"})
    )
    assert Attribution.objects.count() == 1


def test_une_attribution_dit_son_role_et_son_lot(marche: Any) -> None:
    client, ailleurs = client_de(marche.structure), LotFactory()
    lues = fautes(poster(client, "attributions/", {"lot": ailleurs.pk, "entreprise": EntrepriseFactory().pk}))
    assert "que vous puissiez voir" in lues["lot"]
    assert "obligatoire" in lues["role"]
    assert not Attribution.objects.exists()


def test_un_second_mandataire_est_refuse(marche: Any) -> None:
    client, lot = client_de(marche.structure), LotFactory(marche=marche)
    AttributionFactory(lot=lot, role="MANDATAIRE")
    corps = {"lot": lot.pk, "entreprise": EntrepriseFactory().pk, "role": "MANDATAIRE"}
    assert fautes(poster(client, "attributions/", corps)) == {None: "Ce lot a déjà un mandataire."}


def test_une_entreprise_ne_voit_que_ses_lots_et_ses_attributions() -> None:
    sien = EngagementFactory(heures="100.00")
    lot = sien.clause.lot
    EngagementFactory(clause=sien.clause, heures="900.00")
    LotFactory(marche=lot.marche)
    client = client_de(sien.structure, Role.ENTREPRISE, entreprise=sien.entreprise)
    assert [(lu["id"], lu["heures_engagees"]) for lu in lire(client, "lots/")["results"]] == [(lot.pk, "100.00")]
    assert [lu["entreprise"] for lu in lire(client, "attributions/")["results"]] == [sien.entreprise_id]
    assert poster(client, "lots/", {"marche": lot.marche_id}).status_code == 403


def test_les_lots_se_filtrent_par_marche(marche: Any) -> None:
    lot = LotFactory(marche=marche)
    LotFactory(marche__structure=marche.structure)
    client = client_de(marche.structure)
    assert numeros(client, f"lots/?marche={marche.pk}") == [lot.pk]
    assert numeros(client, f"lots/?marche={MarcheFactory().pk}") == []
