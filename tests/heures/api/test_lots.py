"""Un lot d’heures par l’API : tout ou rien, chaque faute à sa ligne."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from heures.models import LigneHeures
from marches.enums import StatutMarche
from tests.factories import ContratTravailFactory, EngagementFactory, LigneHeuresFactory
from tests.heures.api.porte import Porte, fautes

LOT = "lignes/lot/"


def heures(contrat: Any, engagement: Any, mois: str = "2025-03", **champs: Any) -> dict[str, Any]:
    return {"contrat": contrat.pk, "engagement": engagement.pk, "mois": mois, "heures": "35.50"} | champs


def test_un_lot_se_declare_dans_son_ordre(porte: Porte, contrat: Any, engagement: Any) -> None:
    envoi = [
        heures(contrat, engagement, "2025-04", heures="180"),
        heures(contrat, engagement, "2025-03", type_heures="FORMATION"),
    ]
    reponse = porte.poster(LOT, {"lignes": envoi})
    assert reponse.status_code == 200, reponse.content
    lues = reponse.json()["lignes"]
    assert [(u["mois"], u["heures"], u["type_heures"], u["version"]) for u in lues] == [
        ("2025-04", "180.00", "TRAVAIL", 1),
        ("2025-03", "35.50", "FORMATION", 1),
    ]
    assert lues[0]["avertissements"]
    assert {u["id"] for u in lues} == set(LigneHeures.objects.values_list("pk", flat=True))


def test_un_lot_redit_ne_change_rien_et_un_lot_corrige_remplace(porte: Porte, contrat: Any, engagement: Any) -> None:
    porte.poster(LOT, {"lignes": [heures(contrat, engagement)]})
    (redite,) = porte.poster(LOT, {"lignes": [heures(contrat, engagement)]}).json()["lignes"]
    assert redite["version"] == 1
    (corrigee,) = porte.poster(LOT, {"lignes": [heures(contrat, engagement, heures="40")]}).json()["lignes"]
    assert (corrigee["id"], corrigee["version"]) == (redite["id"], 2)
    assert LigneHeures.objects.get().heures == 40


def test_une_seule_faute_du_metier_defait_tout_le_lot(porte: Porte, contrat: Any, engagement: Any) -> None:
    LigneHeuresFactory(contrat=contrat, engagement=engagement, validee=True, mois="2025-05-01")
    clos = EngagementFactory(
        clause__lot__marche__structure=engagement.structure, clause__lot__marche__statut=StatutMarche.SOLDE
    )
    envoi = [
        heures(contrat, engagement),
        heures(contrat, engagement, "2025-05"),
        heures(contrat, clos),
        heures(contrat, engagement, "2025-03", heures="12"),
        heures(contrat, engagement, "2025-04", version=3),
    ]
    lues = fautes(porte.poster(LOT, {"lignes": envoi}), code=409)
    assert "se rectifie" in lues["lignes.1.heures"]
    assert "rouvrir le marché" in lues["lignes.2.heures"]
    assert "déjà à la ligne 1" in lues["lignes.3.heures"]
    assert "aucune heure" in lues["lignes.4.heures"]
    assert set(lues) == {"lignes.1.heures", "lignes.2.heures", "lignes.3.heures", "lignes.4.heures"}
    assert LigneHeures.objects.count() == 1
    assert porte.journal("ECRITURE") == []


def test_chaque_valeur_fausse_se_dit_a_sa_ligne(porte: Porte, contrat: Any, engagement: Any) -> None:
    envoi = [
        heures(contrat, engagement),
        heures(contrat, engagement, heures="x"),
        heures(contrat, engagement, mois="mars") | {"nom": "x"},
    ]
    lues = fautes(porte.poster(LOT, {"lignes": envoi}))
    assert set(lues) == {"lignes.1.heures", "lignes.2.nom"}
    assert not LigneHeures.objects.exists()


def test_une_reference_d_une_autre_structure_se_dit_a_sa_ligne(porte: Porte, contrat: Any, engagement: Any) -> None:
    envoi = [heures(contrat, engagement), heures(ContratTravailFactory(), EngagementFactory())]
    lues = fautes(porte.poster(LOT, {"lignes": envoi}))
    assert set(lues) == {"lignes.1.contrat", "lignes.1.engagement"}
    assert not LigneHeures.objects.exists()


def test_un_lot_est_borne(porte: Porte, contrat: Any, engagement: Any) -> None:
    assert "lignes" in fautes(porte.poster(LOT, {"lignes": []}))
    assert "lignes" in fautes(porte.poster(LOT, {}))
    assert "lignes" in fautes(porte.poster(LOT, {"lignes": heures(contrat, engagement)}))
    assert "200" in fautes(porte.poster(LOT, {"lignes": [heures(contrat, engagement)] * 201}))["lignes"]
    assert not LigneHeures.objects.exists()


def test_un_lot_compte_ses_propres_lignes_dans_le_plafond(porte: Porte, contrat: Any, engagement: Any) -> None:
    second = EngagementFactory(clause=engagement.clause)
    moitie = engagement.structure.seuil_refus_heures * Decimal("0.60")
    envoi = [heures(contrat, e, heures=str(moitie.quantize(Decimal("0.01")))) for e in (engagement, second)]
    assert set(fautes(porte.poster(LOT, {"lignes": envoi}), code=409)) == {"lignes.1.heures"}
    assert not LigneHeures.objects.exists()


def test_les_fiches_d_un_lot_se_cherchent_en_deux_requetes(porte: Porte, contrat: Any, engagement: Any) -> None:
    faux = [heures(contrat, engagement) | {"contrat": 900_000 + rang} for rang in range(200)]
    with CaptureQueriesContext(connection) as deux_cents:
        porte.poster(LOT, {"lignes": faux})
    with CaptureQueriesContext(connection) as une:
        porte.poster(LOT, {"lignes": faux[:1]})
    assert len(deux_cents) == len(une)
