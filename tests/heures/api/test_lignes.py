"""Les lignes d’heures par l’API, une à une : déclarer, modifier, effacer, valider, refuser, rectifier."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from heures.models import LigneHeures, Releve
from tests.factories import ContratTravailFactory, EngagementFactory, LigneHeuresFactory
from tests.heures.api.porte import Porte, fautes, refus


def heures(contrat: Any, engagement: Any, **champs: Any) -> dict[str, Any]:
    return {"contrat": contrat.pk, "engagement": engagement.pk, "mois": "2025-03", "heures": "35.50"} | champs


def test_une_declaration_rend_sa_ligne_et_ses_avertissements(porte: Porte, contrat: Any, engagement: Any) -> None:
    reponse = porte.poster("lignes/", heures(contrat, engagement, heures="180.00"))
    assert reponse.status_code == 201, reponse.content
    ligne = reponse.json()
    assert (ligne["heures"], ligne["mois"], ligne["statut"], ligne["type_heures"]) == (
        "180.00", "2025-03", "DECLAREE", "TRAVAIL",
    )  # fmt: skip
    assert (ligne["participant"], ligne["origine"]) == (contrat.participant_id, "SAISIE")
    assert ligne["avertissements"]
    assert ligne == porte.lire(f"lignes/{ligne['id']}/").json()
    assert Releve.objects.get().statut == "RECU"
    assert "déclarer des heures" in [geste for geste, *_ in porte.journal("ECRITURE")]


def test_des_heures_deja_notees_designent_leur_ligne(porte: Porte, contrat: Any, engagement: Any) -> None:
    ligne = porte.poster("lignes/", heures(contrat, engagement)).json()
    assert f"n°\u00a0{ligne['id']}" in refus(porte.poster("lignes/", heures(contrat, engagement, heures="40")))
    assert LigneHeures.objects.get().heures == 35.5
    autre_type = porte.poster("lignes/", heures(contrat, engagement, type_heures="FORMATION"))
    assert autre_type.status_code == 201


def test_des_heures_declarees_se_modifient_a_partir_de_leur_version(
    porte: Porte, contrat: Any, engagement: Any
) -> None:
    ligne = porte.poster("lignes/", heures(contrat, engagement)).json()
    chemin = f"lignes/{ligne['id']}/"
    modifiee = porte.rapiecer(chemin, {"heures": 40})
    assert (modifiee.json()["heures"], modifiee["ETag"]) == ("40.00", '"2"')
    depassee = porte.rapiecer(chemin, {"heures": "12.00"}, version=1)
    assert depassee.status_code == 412
    assert depassee.json()["ecarts"] == [{"champ": "heures", "enregistre": "40,00 h", "propose": "12,00 h"}]
    assert "mois" in fautes(porte.rapiecer(chemin, {"mois": "2025-04"}, version=2))


def test_une_ligne_s_efface_a_partir_de_sa_version(porte: Porte, contrat: Any, engagement: Any) -> None:
    ligne = porte.poster("lignes/", heures(contrat, engagement)).json()
    chemin = f"lignes/{ligne['id']}/"
    assert porte.effacer(chemin, version=None).status_code == 428
    assert porte.effacer(chemin, version=2).status_code == 412
    assert LigneHeures.objects.exists()
    assert porte.effacer(chemin, version=1).status_code == 204
    assert not LigneHeures.objects.exists()


def test_une_ligne_se_valide_puis_se_rectifie(porte: Porte, contrat: Any, engagement: Any) -> None:
    ligne = porte.poster("lignes/", heures(contrat, engagement)).json()
    chemin = f"lignes/{ligne['id']}/"
    assert porte.poster(f"{chemin}valider/", {}).status_code == 428
    assert porte.poster(f"{chemin}valider/", {}, version=2).status_code == 412
    assert porte.poster(f"{chemin}valider/", None, version=1).json()["statut"] == "VALIDEE"
    assert "se rectifient" in refus(porte.effacer(chemin, version=2))
    assert "se rectifie" in refus(porte.rapiecer(chemin, {"heures": "1"}, version=2))
    neuve = porte.poster(f"{chemin}rectifier/", {"heures": "30.00", "motif": "Bulletin relu"}).json()
    assert (neuve["heures"], neuve["statut"], neuve["avertissements"]) == ("30.00", "VALIDEE", [])
    assert [ligne["id"] for ligne in porte.lus("lignes/?vive=true")] == [neuve["id"]]
    assert sorted(ligne["heures"] for ligne in porte.lus("lignes/?vive=false")) == ["-35.50", "35.50"]
    assert "déjà été rectifiée" in refus(porte.poster(f"{chemin}rectifier/", {"heures": "1", "motif": "x"}))


def test_un_refus_porte_son_motif(porte: Porte, contrat: Any, engagement: Any) -> None:
    chemin = f"lignes/{porte.poster('lignes/', heures(contrat, engagement)).json()['id']}/refuser/"
    assert "motif" in fautes(porte.poster(chemin, {}))
    assert "motif" in fautes(porte.poster(chemin, {"motif": " "}))
    assert "sécurité sociale" in fautes(porte.poster(chemin, {"motif": "290056204100112"}))["motif"]
    refusee = porte.poster(chemin, {"motif": "Relevé illisible"}).json()
    assert (refusee["statut"], refusee["motif"]) == ("REFUSEE", "Relevé illisible")
    assert "déjà été traitée" in refus(porte.poster(chemin, {"motif": "x"}))
    redeclaree = porte.rapiecer(f"lignes/{refusee['id']}/", {"heures": "20"}, version=2).json()
    assert (redeclaree["statut"], redeclaree["motif"]) == ("DECLAREE", "")


def test_un_mois_se_valide_d_un_geste(porte: Porte, contrat: Any, engagement: Any) -> None:
    corps = {"engagement": engagement.pk, "mois": "2025-03"}
    assert "Aucune heure déclarée" in refus(porte.poster("lignes/valider-mois/", corps))
    porte.poster("lignes/", heures(contrat, engagement))
    reponse = porte.poster("lignes/valider-mois/", corps)
    assert (reponse.status_code, reponse.json()) == (200, {"nombre": 1})
    assert LigneHeures.objects.get().statut == "VALIDEE"


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"mois": "2025-13"}, "mois", "AAAA-MM"),
        ({"mois": "2025-03-01"}, "mois", "AAAA-MM"),
        ({"heures": "7h30"}, "heures", "Un nombre"),
        ({"heures": "1.005"}, "heures", "Deux décimales"),
        ({"heures": -1}, "heures", "supérieure ou égale"),
        ({"heures": None}, "heures", "nul"),
        ({"type_heures": "REPOS"}, "type_heures", "Codes : TRAVAIL, FORMATION"),
        ({"participant": 1}, "participant", "Champ inconnu"),
        ({"statut": "VALIDEE"}, "statut", "Champ inconnu"),
    ],
)
def test_une_valeur_fausse_se_dit_a_son_champ(
    porte: Porte, contrat: Any, engagement: Any, champs: dict[str, Any], champ: str, phrase: str
) -> None:
    assert phrase in fautes(porte.poster("lignes/", heures(contrat, engagement, **champs)))[champ]
    assert not LigneHeures.objects.exists()


def test_une_regle_des_heures_refuse_sans_rien_ecrire(porte: Porte, contrat: Any, engagement: Any) -> None:
    assert refus(porte.poster("lignes/", heures(contrat, engagement, mois="2024-12")))
    assert refus(porte.poster("lignes/", heures(contrat, engagement, heures="999.00")))
    assert not LigneHeures.objects.exists()
    assert porte.journal("ECRITURE") == []


def test_le_contrat_et_l_engagement_d_une_autre_structure_sont_inconnus(
    porte: Porte, contrat: Any, engagement: Any
) -> None:
    envoi = heures(ContratTravailFactory(), EngagementFactory())
    assert set(fautes(porte.poster("lignes/", envoi))) == {"contrat", "engagement"}
    ailleurs = {"engagement": EngagementFactory().pk, "mois": "2025-03"}
    assert set(fautes(porte.poster("lignes/valider-mois/", ailleurs))) == {"engagement"}
    assert not LigneHeures.objects.exists()


def test_un_lecteur_lit_les_heures_et_n_en_ecrit_pas(en: Any, contrat: Any, engagement: Any) -> None:
    ligne = LigneHeuresFactory(contrat=contrat, engagement=engagement)
    lecteur = en(Role.LECTEUR)
    assert [lue["id"] for lue in lecteur.lus("lignes/")] == [ligne.pk]
    assert lecteur.poster("lignes/", heures(contrat, engagement)).status_code == 403
    assert lecteur.poster("lignes/lot/", {"lignes": [heures(contrat, engagement)]}).status_code == 403
    assert lecteur.effacer(f"lignes/{ligne.pk}/").status_code == 403
    assert lecteur.poster(f"lignes/{ligne.pk}/valider/", {}, version=1).status_code == 403


def test_lire_des_heures_s_inscrit_au_journal_pas_les_declarer(porte: Porte, contrat: Any, engagement: Any) -> None:
    ligne = porte.poster("lignes/", heures(contrat, engagement)).json()
    assert porte.journal() == []
    porte.lire(f"lignes/{ligne['id']}/")
    porte.lus(f"lignes/?contrat={contrat.pk}")
    assert porte.journal() == [
        ("ouvrir une ligne d’heures", str(contrat.participant_id), 1),
        ("lister les heures", "", 1),
    ]


def test_les_heures_se_filtrent(porte: Porte, contrat: Any, engagement: Any) -> None:
    mars = LigneHeuresFactory(contrat=contrat, engagement=engagement)
    mai = LigneHeuresFactory(contrat=contrat, engagement=engagement, mois="2025-05-01", validee=True)
    LigneHeuresFactory()
    assert [ligne["id"] for ligne in porte.lus("lignes/?mois=2025-03")] == [mars.pk]
    assert [ligne["id"] for ligne in porte.lus("lignes/?mois_depuis=2025-04")] == [mai.pk]
    assert [ligne["id"] for ligne in porte.lus("lignes/?mois_jusqu_au=2025-04")] == [mars.pk]
    assert [ligne["id"] for ligne in porte.lus("lignes/?statut=VALIDEE")] == [mai.pk]
    tous = f"participant={contrat.participant_id}&engagement={engagement.pk}&marche={engagement.clause.lot.marche_id}"
    assert [ligne["id"] for ligne in porte.lus(f"lignes/?tri=mois&{tous}")] == [mars.pk, mai.pk]
    assert fautes(porte.lire("lignes/?mois=03/2025")) == {"mois": "Un mois, écrit AAAA-MM : 2026-03."}
    assert "vive" in fautes(porte.lire("lignes/?vive=1"))
