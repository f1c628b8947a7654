"""Accepter plusieurs relevés d’un coup, et prévenir l’entreprise d’un refus ou d’un complément."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from clauses.comptes.acteurs import Role
from clauses.comptes.portees import Portee
from heures.models import Envoi, LigneEnAttente, LigneHeures, Releve
from tests.factories import JetonFactory, ReleveFactory, texte_de
from tests.factories_releves import ContactFactory, LigneEnAttenteFactory
from tests.heures.api.porte import Porte, fautes, refus
from tests.heures.banc_reception import FEVRIER, MARS, Banc

LOT = "releves/accepter-lot/"


@pytest.fixture
def banc(structure: Any) -> Banc:
    return Banc(structure)


def vu(porte: Porte, mois: Any) -> dict[str, Any]:
    releve = Releve.objects.get(mois=mois)
    return {"releve": releve.pk, "vu": porte.lire(f"releves/{releve.pk}/").json()["empreinte"]}


def test_chaque_releve_est_accepte_en_entier_ou_laisse_tel_quel(porte: Porte, banc: Banc) -> None:
    banc.declarer(mois=FEVRIER)
    banc.declarer(mois=MARS)
    LigneEnAttenteFactory(releve=Releve.objects.get(mois=MARS))
    choisis = [vu(porte, FEVRIER), vu(porte, MARS)]
    rendus = porte.poster(LOT, {"releves": choisis}).json()["releves"]
    assert [(r["releve"], r["nombre"]) for r in rendus] == [(choisis[0]["releve"], 1), (choisis[1]["releve"], 0)]
    assert (rendus[0]["raison"], "anomalie" in rendus[1]["raison"]) == ("", True)
    assert [ligne.statut for ligne in LigneHeures.objects.order_by("mois")] == ["VALIDEE", "DECLAREE"]


def test_un_releve_qui_a_change_n_est_pas_accepte(porte: Porte, banc: Banc) -> None:
    banc.declarer()
    choisi = vu(porte, MARS) | {"vu": "0" * 16}
    (rendu,) = porte.poster(LOT, {"releves": [choisi]}).json()["releves"]
    assert "a changé" in rendu["raison"]
    assert LigneHeures.objects.get().statut == "DECLAREE"


def test_un_lot_faux_n_accepte_rien(porte: Porte, banc: Banc, en: Any) -> None:
    banc.declarer()
    bon = vu(porte, MARS)
    ailleurs = {"releve": ReleveFactory().pk, "vu": "0" * 16}
    lues = fautes(porte.poster(LOT, {"releves": [bon, ailleurs, bon]}))
    assert "que vous puissiez voir" in lues["releves.1.releve"]
    assert "déjà dans cet envoi" in lues["releves.2.releve"]
    assert "releves" in fautes(porte.poster(LOT, {"releves": []}))
    assert "200" in fautes(porte.poster(LOT, {"releves": [bon] * 201}))["releves"]
    assert en(Role.LECTEUR).poster(LOT, {"releves": [bon]}).status_code == 403
    assert LigneHeures.objects.get().statut == "DECLAREE"


def test_un_refus_et_un_complement_previennent_a_la_demande(
    porte: Porte, banc: Banc, django_capture_on_commit_callbacks: Any
) -> None:
    ContactFactory(structure=banc.structure, entreprise=banc.engagement.entreprise, courriel="paie@a.invalid")
    ligne, attente = banc.declarer(), banc.attente()
    gestes = {
        f"releves/{attente.releve_id}/completer/": {"message": "Il manque une feuille."},
        f"lignes-en-attente/{attente.pk}/refuser/": {"motif": "Personne inconnue."},
        f"lignes/{ligne.pk}/refuser/": {"motif": "Jamais venue."},
    }
    with django_capture_on_commit_callbacks(execute=True):
        for chemin, corps in gestes.items():
            assert porte.poster(chemin, corps | {"prevenir": True}).status_code == 200, chemin
    assert [e.nature for e in Envoi.objects.order_by("pk")] == ["COMPLEMENT", "REFUS", "REFUS"]
    assert [
        texte in courriel.body for texte, courriel in zip(("feuille", "inconnue", "Jamais"), mail.outbox, strict=True)
    ] == [True, True, True]


def test_sans_personne_a_joindre_le_geste_se_defait(porte: Porte, banc: Banc) -> None:
    ligne, attente = banc.declarer(), banc.attente()
    gestes = {
        f"releves/{attente.releve_id}/completer/": {"message": "Il manque une feuille."},
        f"lignes-en-attente/{attente.pk}/refuser/": {"motif": "Personne inconnue."},
        f"lignes/{ligne.pk}/refuser/": {"motif": "Jamais venue."},
    }
    avant = porte.journal("ECRITURE")
    for chemin, corps in gestes.items():
        assert "Rien n’est fait" in refus(porte.poster(chemin, corps | {"prevenir": True})), chemin
    assert (LigneHeures.objects.get().statut, LigneEnAttente.objects.get().statut) == ("DECLAREE", "EN_ATTENTE")
    assert Releve.objects.get().message == ""
    assert porte.journal("ECRITURE") == avant
    assert porte.poster(f"lignes/{ligne.pk}/refuser/", {"motif": "Jamais venue."}).status_code == 200
    assert not Envoi.objects.exists()


def test_prevenir_demande_aussi_de_saisir_les_heures(porte: Porte, banc: Banc) -> None:
    ligne = banc.declarer()
    jeton = JetonFactory(rattachement=porte.rattachement, portees=[Portee.VALIDER_HEURES])
    corps = {"motif": "Jamais venue.", "prevenir": True}
    entetes = {"Authorization": f"Bearer {texte_de(jeton)}"}
    assert porte.poster(f"lignes/{ligne.pk}/refuser/", corps, **entetes).status_code == 403
    assert LigneHeures.objects.get().statut == "DECLAREE"
