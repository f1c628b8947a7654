"""Deux passes au même instant n’envoient pas deux fois ; un geste qui échoue n’annonce rien. Sur les deux bases."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from clauses.crochets import annonces, envois
from clauses.crochets.enums import Annonce, EtatLivraison
from clauses.crochets.models import Livraison
from tests.factories_crochets import CrochetFactory, LivraisonFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("horloge")]


def test_deux_passes_au_meme_instant_n_envoient_chaque_livraison_qu_une_fois(recepteur):
    crochet = CrochetFactory(adresse=recepteur.adresse)
    LivraisonFactory.create_batch(12, crochet=crochet)
    depart = threading.Barrier(3)

    def passer() -> None:
        try:
            depart.wait(timeout=10)
            envois.envoyer_ce_qui_attend()
        finally:
            connection.close()

    fils = [threading.Thread(target=passer) for _ in range(3)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    recues = [recu.entetes["Clauses-Livraison"] for recu in recepteur.recus]
    assert sorted(recues) == sorted(str(cle) for cle in Livraison.objects.values_list("cle", flat=True))
    assert set(Livraison.objects.values_list("etat", "nombre_tentatives")) == {(EtatLivraison.LIVREE, 1)}


def test_l_envoi_se_fait_hors_de_toute_transaction(recepteur, monkeypatch):
    """Sinon un destinataire lent tiendrait un verrou, et sur SQLite toute la base."""
    dans_une_transaction = []
    poster = envois.client.poster

    def observer(*arguments):
        dans_une_transaction.append(connection.in_atomic_block)
        return poster(*arguments)

    monkeypatch.setattr(envois.client, "poster", observer)
    LivraisonFactory(crochet__adresse=recepteur.adresse)
    envois.envoyer_ce_qui_attend()
    assert dans_une_transaction == [False]


def test_un_geste_annule_n_annonce_rien(recepteur):
    crochet = CrochetFactory(adresse=recepteur.adresse)
    with transaction.atomic():
        annonces.annoncer(Annonce.BILAN_EMIS, structure_id=crochet.structure_id, objet={})
        transaction.set_rollback(True)
    envois.envoyer_ce_qui_attend()
    assert (recepteur.recus, Livraison.objects.count()) == ([], 0)


def test_annoncer_hors_d_une_transaction_est_une_faute(recepteur):
    crochet = CrochetFactory(adresse=recepteur.adresse)
    with pytest.raises(transaction.TransactionManagementError, match="dans la transaction"):
        annonces.annoncer(Annonce.BILAN_EMIS, structure_id=crochet.structure_id, objet={})
    assert not Livraison.objects.exists()
