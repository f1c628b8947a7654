"""Une lettre est une étape : un seul geste émet et inscrit ; annulée, elle se voit sans s’effacer (docs/adr/0021)."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from bilans import actions
from bilans.enums import FormatDocument, NatureDocument
from bilans.models import Document
from clauses.comptes.acteurs import Role
from clauses.socle.erreurs import ActionImpossible
from marches import manquements
from marches.models import Evenement
from tests.bilans.documents.outils import ADRESSE, LE_15, emettre, texte_de
from tests.bilans.documents.test_pages import client_de
from tests.factories import acteur
from tests.factories_conformite import DocumentFactory, EvenementFactory, ReglePenaliteFactory

AVANT = datetime.date(2025, 11, 3)


def envoyer(engagement, nature, par):
    return actions.envoyer_lettre(engagement, NatureDocument(nature), par=par, adresse=ADRESSE)


def test_emettre_une_relance_inscrit_l_etape_a_l_echeance_de_la_lettre(engagement, par):
    engagement.structure.delai_reponse_jours = 20
    engagement.structure.save()
    lettre = envoyer(engagement, "RELANCE_1", par)
    etape = Evenement.objects.get()
    assert (etape.nature, etape.date, etape.echeance) == ("RELANCE_1", LE_15, datetime.date(2026, 1, 4))
    assert lettre.evenement == etape
    assert "avant le 04/01/2026" in texte_de(lettre)


def test_une_mise_en_demeure_porte_le_delai_du_contrat_jusque_dans_le_refus_de_proposer(engagement, par):
    ReglePenaliteFactory(clause=engagement.clause, delai_jours=10)
    EvenementFactory(engagement=engagement, date=AVANT)
    lettre = envoyer(engagement, "MISE_EN_DEMEURE", par)
    # Dix jours ouvrés après le 15 décembre, Noël passé.
    assert lettre.evenement.echeance == datetime.date(2025, 12, 30)


@pytest.mark.parametrize("nature", ["RELANCE_2", "MISE_EN_DEMEURE"])
def test_les_prealables_valent_pour_l_emission_et_rien_n_est_a_moitie_ecrit(engagement, par, nature):
    with pytest.raises(ActionImpossible, match="relance"):
        envoyer(engagement, nature, par)
    assert not Evenement.objects.exists()
    assert not Document.objects.exists()


def test_un_double_envoi_est_refuse(engagement, par):
    envoyer(engagement, "RELANCE_1", par)
    with pytest.raises(ActionImpossible, match="déjà inscrite aujourd’hui"):
        envoyer(engagement, "RELANCE_1", par)
    assert (Evenement.objects.count(), Document.objects.count()) == (1, 1)


def test_le_docx_et_le_pdf_du_meme_jour_sont_une_seule_etape(engagement, par):
    a_relire = emettre(engagement, NatureDocument.RELANCE_1, par=par, format_=FormatDocument.DOCX)
    assert emettre(engagement, NatureDocument.RELANCE_1, par=par).evenement == a_relire.evenement
    autre = emettre(engagement, NatureDocument.RELANCE_1, par=par, echeance=datetime.date(2026, 2, 1))
    assert autre.evenement != a_relire.evenement


def test_une_lettre_annulee_se_voit_et_son_etape_ne_compte_plus(engagement, par):
    actions.annuler(envoyer(engagement, "RELANCE_1", par), par=par)
    assert Evenement.objects.count() == 1
    assert manquements.suite(engagement, par=par).suivante == "RELANCE_1"
    page = client_de(engagement).get(reverse("marches:engagement", args=[engagement.pk])).content.decode()
    assert "lettre annulée" in page
    envoyer(engagement, "RELANCE_1", par)
    assert Evenement.objects.count() == 1
    assert manquements.suite(engagement, par=par).suivante == "RELANCE_2"


def test_seule_une_lettre_s_envoie_d_un_geste_et_seulement_par_qui_gere(engagement, par):
    with pytest.raises(ActionImpossible, match="Seules les relances"):
        envoyer(engagement, "ETAT_FINAL", par)
    with pytest.raises(PermissionDenied):
        envoyer(engagement, "RELANCE_1", acteur(engagement.structure, Role.LECTEUR))


def test_une_reponse_attendue_avant_le_courrier_est_refusee(engagement, par):
    with pytest.raises(ActionImpossible, match="choisir une date à venir"):
        emettre(engagement, NatureDocument.RELANCE_1, par=par, au=AVANT, echeance=datetime.date(2025, 12, 1))


def test_le_bouton_emet_inscrit_et_revient_avec_le_lien(engagement):
    client = client_de(engagement)
    reponse = client.post(
        reverse("bilans:lettre", args=[engagement.pk]), {"nature": "RELANCE_1", "retour": "/?ouverte=fins"}
    )
    assert reponse.url == "/?ouverte=fins"
    page = client.get(reponse.url).content.decode()
    assert "est émise et inscrite" in page
    assert f'href="{reverse("bilans:document", args=[Document.objects.get().pk])}"' in page
    assert (
        f"/bilans/documents/{Document.objects.get().pk}/"
        in client.get(reverse("marches:engagement", args=[engagement.pk])).content.decode()
    )


@pytest.mark.parametrize("retour", ["//ailleurs.invalid/", "https://ailleurs.invalid/", "javascript:alert(1)", ""])
def test_le_retour_ne_mene_jamais_au_dehors(engagement, retour):
    envoi = {"nature": "RELANCE_2", "retour": retour}
    reponse = client_de(engagement).post(reverse("bilans:lettre", args=[engagement.pk]), envoi)
    assert reponse.url == reverse("marches:engagement", args=[engagement.pk])


def test_la_base_garde_le_lien_de_la_lettre_a_son_etape():
    lettre = DocumentFactory()
    with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
        Document.objects.filter(pk=lettre.pk).update(evenement=EvenementFactory())
    assert Document.objects.defer("contenu").get().evenement is None
