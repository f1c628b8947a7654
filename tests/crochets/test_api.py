"""Les notifications sortantes, par l’API : régler, suspendre, essayer, et le secret une seule fois."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.crochets import actions
from clauses.crochets.models import Crochet, Livraison
from clauses.crochets.signature import secret_de
from tests.factories import StructureFactory
from tests.factories_crochets import CrochetFactory, LivraisonFactory
from tests.heures.api.porte import Porte, fautes, refus

CORPS = {"adresse": "https://recepteur.exemple/clauses", "releve_recu": True}


@pytest.fixture(autouse=True)
def a_l_heure(horloge: Any) -> None:
    """Tous ces tests se passent le 2 mars 2026."""


@pytest.fixture
def structure() -> Any:
    return StructureFactory()


@pytest.fixture
def porte(structure: Any) -> Porte:
    return Porte(structure, Role.RESPONSABLE)


@pytest.fixture
def crochet(structure: Any) -> Any:
    return CrochetFactory(structure=structure)


def test_creer_ne_montre_pas_le_secret_et_le_tirer_le_montre_une_fois(porte: Porte) -> None:
    creee = porte.poster("notifications/", CORPS)
    assert creee.status_code == 201, creee.content
    pk = creee.json()["id"]
    tire = porte.poster(f"notifications/{pk}/secret/", {})
    crochet = Crochet.objects.get()
    secret = secret_de(crochet.sel)
    assert (tire.json()["secret"], tire["Cache-Control"]) == (secret, "no-store")
    assert tire.json()["precedent_jusqu_au"] == "2026-03-03T09:00:00+01:00"
    lues = [porte.lire(chemin).content for chemin in ("notifications/", f"notifications/{pk}/", "journal/")]
    for lue in (creee.content, *lues):
        assert secret.encode() not in lue
        assert crochet.sel.encode() not in lue
    assert [geste for geste, *_ in porte.journal("ECRITURE")] == ["ajouter une notification", "renouveler un secret"]


def test_creer_est_rejouable(porte: Porte) -> None:
    premiere, redite = (porte.poster("notifications/", CORPS, **{"Idempotency-Key": "n-1"}) for _ in range(2))
    assert redite.json() == premiere.json()
    assert Crochet.objects.count() == 1


@pytest.mark.parametrize(
    ("corps", "champ", "phrase"),
    [
        ({"adresse": "http://recepteur.exemple/"}, "adresse", "https://"),
        ({"adresse": "https://10.0.0.1/"}, "adresse", "réseau interne"),
        ({"releve_recu": False}, None, "au moins un événement"),
        ({"releve_recu": "oui"}, "releve_recu", "true ou false"),
        ({"sel": "x"}, "sel", "ne s’écrit pas"),
        ({"est_actif": False}, "est_actif", "ne s’écrit pas"),
    ],
)
def test_une_notification_mal_ecrite_se_dit(porte: Porte, corps: Any, champ: str | None, phrase: str) -> None:
    assert phrase in fautes(porte.poster("notifications/", CORPS | corps))[champ]
    assert not Crochet.objects.exists()


def test_une_structure_previent_dix_adresses_au_plus_et_chacune_une_fois(porte: Porte, structure: Any) -> None:
    CrochetFactory(structure=structure, adresse=CORPS["adresse"])
    assert "reçoit déjà" in fautes(porte.poster("notifications/", CORPS))[None]
    CrochetFactory.create_batch(actions.CROCHETS_MAX - 1, structure=structure)
    assert "10 adresses au plus" in refus(
        porte.poster("notifications/", CORPS | {"adresse": "https://autre.exemple/"})
    )


def test_modifier_part_d_une_version(porte: Porte, crochet: Any) -> None:
    chemin = f"notifications/{crochet.pk}/"
    assert porte.rapiecer(chemin, {"bilan_emis": False}, version=None).status_code == 428
    assert porte.rapiecer(chemin, {"bilan_emis": False}, version=2).status_code == 412
    assert Crochet.objects.get().bilan_emis
    ecrite = porte.rapiecer(chemin, {"bilan_emis": False})
    assert (ecrite.json()["bilan_emis"], ecrite["ETag"]) == (False, '"2"')
    assert porte.journal("ECRITURE") == [("modifier une notification", str(crochet.pk), 1)]


def test_suspendre_puis_reprendre(porte: Porte, crochet: Any) -> None:
    chemin = f"notifications/{crochet.pk}"
    assert "n’est pas suspendue" in refus(porte.poster(f"{chemin}/reprendre/", {}))
    suspendue = porte.poster(f"{chemin}/suspendre/", {}).json()
    assert (suspendue["est_actif"], suspendue["suspension"]) == (False, "À la demande du responsable.")
    assert "déjà suspendue" in refus(porte.poster(f"{chemin}/suspendre/", {}))
    assert [lue["id"] for lue in porte.lus("notifications/?est_actif=false")] == [crochet.pk]
    assert porte.poster(f"{chemin}/reprendre/", {}).json()["est_actif"] is True
    assert "ne s’écrit pas" in fautes(porte.poster(f"{chemin}/suspendre/", {"motif": "x"}))["motif"]


def test_essayer_rend_la_livraison_et_l_envoie(
    porte: Porte, structure: Any, recepteur: Any, django_capture_on_commit_callbacks: Any
) -> None:
    crochet = CrochetFactory(structure=structure, adresse=f"{recepteur.adresse}/clauses")
    with django_capture_on_commit_callbacks(execute=True):
        essai = porte.poster(f"notifications/{crochet.pk}/essayer/", {}).json()
    assert (essai["evenement"], essai["etat"], essai["crochet"]) == ("essai", "A_ENVOYER", crochet.pk)
    assert [recu.corps.decode() for recu in recepteur.recus] == [essai["corps"]]
    lue = porte.lire(f"livraisons/{essai['id']}/").json()
    assert (lue["etat"], lue["nombre_tentatives"], lue["code"]) == ("LIVREE", 1, 204)


def test_les_livraisons_se_filtrent(porte: Porte, crochet: Any) -> None:
    attend, livree = LivraisonFactory(crochet=crochet), LivraisonFactory(crochet=crochet, livree=True)
    LivraisonFactory()
    assert [lue["id"] for lue in porte.lus("livraisons/?tri=instant")] == [livree.pk, attend.pk]
    assert [lue["id"] for lue in porte.lus("livraisons/?etat=LIVREE")] == [livree.pk]
    assert porte.lus(f"livraisons/?crochet={crochet.pk}&evenement=releve.recu") == []
    assert len(porte.lus("livraisons/?depuis=2026-03-02&jusqu_au=2026-03-02")) == 2
    assert porte.lus("livraisons/?depuis=2026-03-03") == []


def test_renvoyer_remet_en_envoi_une_livraison_close(porte: Porte, crochet: Any) -> None:
    close = LivraisonFactory(crochet=crochet, livree=True)
    renvoyee = porte.poster(f"livraisons/{close.pk}/renvoyer/", {}).json()
    assert (renvoyee["etat"], renvoyee["nombre_tentatives"], renvoyee["cle"]) == ("A_ENVOYER", 0, str(close.cle))
    assert "déjà en attente" in refus(porte.poster(f"livraisons/{close.pk}/renvoyer/", {}))
    assert porte.journal("ECRITURE") == [("renvoyer une livraison", str(close.pk), 1)]


@pytest.mark.parametrize("role", [Role.FACILITATEUR, Role.LECTEUR, Role.FINANCEUR])
def test_les_notifications_ne_sont_qu_a_qui_gere_la_structure(structure: Any, crochet: Any, role: Role) -> None:
    porte, livraison = Porte(structure, role), LivraisonFactory(crochet=crochet, livree=True)
    for chemin in ("notifications/", f"notifications/{crochet.pk}/", "livraisons/"):
        assert porte.lire(chemin).status_code == 403
    for geste in ("suspendre", "secret", "essayer"):
        assert porte.poster(f"notifications/{crochet.pk}/{geste}/", {}).status_code == 403
    assert porte.poster(f"livraisons/{livraison.pk}/renvoyer/", {}).status_code == 403
    assert not EcritureJournal.objects.exists()


def test_la_notification_d_une_autre_structure_n_existe_pas(porte: Porte) -> None:
    ailleurs = LivraisonFactory(livree=True)
    assert porte.rapiecer(f"notifications/{ailleurs.crochet.pk}/", {"bilan_emis": False}).status_code == 404
    for geste in ("suspendre", "reprendre", "secret", "essayer"):
        assert porte.poster(f"notifications/{ailleurs.crochet.pk}/{geste}/", {}).status_code == 404
    assert porte.poster(f"livraisons/{ailleurs.pk}/renvoyer/", {}).status_code == 404
    assert Livraison.objects.get().etat == "LIVREE"
