"""Entrée en clause immuable, corrigée par version, visée ; contrats de travail et ajout à la grille."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse

from heures.enums import OuiNonInconnu
from heures.models import ContratTravail, EntreeClause
from tests.factories import (
    ContratTravailFactory,
    CritereEntreeFactory,
    EngagementFactory,
    EntreeClauseFactory,
    EntrepriseFactory,
    ParticipantFactory,
    RattachementFactory,
    UtilisateurFactory,
)

ENTREE = {
    "date_entree": "2025-03-01",
    "date_constat": "2025-02-20",
    "commune_insee": "62041",
    "qpv": "OUI",
    "niveau": "3",
    "duree_inscription": "PLUS_24",
    "brsa": "NR",
    "prescripteur": "Mission locale",
    "critere_principal": "DELD",
    "autres_criteres": ["RSA", "QPV"],
    "piece_type": "ATTESTATION_RSA",
    "piece_date": "2025-02-15",
    "piece_vue_le": "2025-02-20",
    "piece_valable_jusqu_au": "",
    "motif": "",
}


pytestmark = pytest.mark.usefixtures("mi_decembre_2025")


@pytest.fixture
def structure(client):
    rattachement = RattachementFactory()
    client.force_login(rattachement.utilisateur)
    return rattachement.structure


@pytest.fixture
def participant(structure):
    return ParticipantFactory(structure=structure)


def test_une_entree_photographie_le_profil_et_ses_criteres(client, participant):
    client.post(reverse("heures:entree_creer", args=[participant.pk]), ENTREE)
    entree = EntreeClause.objects.get()
    criteres = list(entree.criteres.values_list("critere", "est_principal"))
    assert criteres == [("DELD", True), ("RSA", False), ("QPV", False)]
    assert entree.brsa == OuiNonInconnu.OUI
    assert entree.piece_valable_jusqu_au == datetime.date(2025, 5, 15)
    assert (entree.piece_vue_le, entree.piece_vue_par) == (datetime.date(2025, 2, 20), entree.enregistree_par)


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"critere_principal": "AUTRE_AVIS_MOTIVE"}, "porte le motif et l’auteur de l’avis"),
        ({"critere_principal": ""}, "obligatoire"),
        ({"piece_vue_le": ""}, "Noter le jour où la pièce a été vue"),
        ({"piece_type": ""}, "Choisir la pièce vue, ou effacer ses dates"),
        ({"motif": "Assuré 2 99 12 78 123 456"}, "numéro de sécurité sociale"),
        ({"prescripteur": "185057800608436"}, "numéro de sécurité sociale"),
        ({"date_entree": "31/02/2025"}, "date valide"),
    ],
)
def test_une_entree_fausse_est_refusee_en_disant_quoi_corriger(client, participant, champs, phrase):
    reponse = client.post(reverse("heures:entree_creer", args=[participant.pk]), {**ENTREE, **champs})
    assert phrase in reponse.content.decode()
    assert not EntreeClause.objects.exists()


@pytest.fixture
def entree(structure):
    critere = CritereEntreeFactory(
        entree__participant__structure=structure,
        entree__piece_type="AUTRE",
        entree__piece_vue_le=datetime.date(2025, 1, 2),
        entree__piece_vue_par=UtilisateurFactory(),
    )
    return critere.entree


def test_corriger_fait_une_nouvelle_version_et_garde_l_ancienne(client, entree):
    client.post(reverse("heures:viser", args=[entree.pk]))
    url = reverse("heures:entree_corriger", args=[entree.pk])
    client.post(url, {**ENTREE, "version": 1, "motif": "Niveau mal noté"})
    ancienne, nouvelle = EntreeClause.objects.order_by("version")
    assert (ancienne.est_courante, nouvelle.est_courante, nouvelle.version) == (False, True, 2)
    assert (ancienne.niveau, nouvelle.niveau) == ("NR", "3")
    assert list(ancienne.criteres.values_list("critere", flat=True)) == ["RSA"]
    assert ancienne.visa_le is not None
    assert nouvelle.visa_le is None
    page = client.get(entree.participant.get_absolute_url()).content.decode()
    assert "Historique du profil (2 versions)" in page
    assert "Motif : Niveau mal noté" in page
    assert "<dt>Niveau de formation</dt>" in page
    assert "Niveau mal noté" in page


def test_une_correction_sans_raison_ou_deja_faite_est_refusee(client, entree):
    url = reverse("heures:entree_corriger", args=[entree.pk])
    assert "obligatoire" in client.post(url, {**ENTREE, "version": 1}).content.decode()
    client.post(url, {**ENTREE, "version": 1, "motif": "Première"})
    refus = client.post(url, {**ENTREE, "version": 1, "motif": "Deuxième"}).content.decode()
    assert "a déjà été corrigée" in refus
    assert EntreeClause.objects.count() == 2


def test_le_formulaire_de_correction_part_du_profil_courant(client, entree):
    form = client.get(reverse("heures:entree_corriger", args=[entree.pk])).context["form"]
    assert form["critere_principal"].value() == "RSA"
    assert form["commune_insee"].value() == "Arras (62041)"
    assert form["motif"].value() in (None, "")


def test_viser_pose_le_visa_une_seule_fois(client, entree):
    url = reverse("heures:viser", args=[entree.pk])
    assert "Visa posé" in client.post(url, follow=True).content.decode()
    entree.refresh_from_db()
    assert entree.visa_par is not None
    assert "déjà visée" in client.post(url, follow=True).content.decode()


def test_viser_sans_piece_vue_est_refuse(client, structure):
    nue = EntreeClauseFactory(participant__structure=structure)
    assert "suppose une pièce vue" in client.post(reverse("heures:viser", args=[nue.pk]), follow=True).content.decode()
    nue.refresh_from_db()
    assert nue.visa_le is None


@pytest.mark.parametrize("nom", ["entree_corriger", "viser"])
def test_une_entree_d_une_autre_structure_est_introuvable(client, structure, nom):
    assert client.post(reverse(f"heures:{nom}", args=[EntreeClauseFactory().pk])).status_code == 404


def contrat(entreprise, **champs):
    return {
        "employeur": entreprise.siret,
        "type_contrat": "CDD",
        "modalite": "EMBAUCHE_DIRECTE",
        "date_debut": "2025-02-01",
        "date_fin": "",
        "quotite": "1",
        "nombre_missions": "1",
        **champs,
    }


def test_un_contrat_se_saisit_avec_le_siret_de_l_employeur_sans_javascript(client, participant):
    employeur = EntrepriseFactory()
    client.post(reverse("heures:contrat_creer", args=[participant.pk]), contrat(employeur))
    assert ContratTravail.objects.get().employeur == employeur


def test_l_employeur_se_cherche_par_son_nom(client, structure):
    EntrepriseFactory(raison_sociale="Toitures du Ternois")
    reponse = client.get(reverse("heures:employeurs_choix"), {"employeur": "ternois"})
    assert "Toitures du Ternois" in reponse.content.decode()


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"employeur": "Inconnue au bataillon"}, "Rien dans l’annuaire"),
        ({"employeur": ""}, "obligatoire"),
        ({"date_fin": "2025-01-31"}, "La fin du contrat précède l’embauche"),
        ({"quotite": "2"}, "quotité"),
        ({"type_contrat": "BENEVOLAT"}, "BENEVOLAT"),
    ],
)
def test_un_contrat_faux_est_refuse_en_disant_quoi_corriger(client, participant, champs, phrase):
    url = reverse("heures:contrat_creer", args=[participant.pk])
    reponse = client.post(url, contrat(EntrepriseFactory(), **champs))
    assert phrase in reponse.content.decode()
    assert not ContratTravail.objects.exists()


def test_une_combinaison_inhabituelle_avertit_sans_bloquer(client, participant):
    url = reverse("heures:contrat_creer", args=[participant.pk])
    page = client.post(url, contrat(EntrepriseFactory(), type_contrat="CDDI"), follow=True).content.decode()
    assert "est inhabituel chez un employeur" in page
    assert ContratTravail.objects.count() == 1


def test_un_contrat_enregistre_depuis_la_grille_y_revient_avec_sa_ligne(client, structure, participant):
    engagement = EngagementFactory(clause__lot__marche__structure=structure)
    url = reverse("heures:contrat_creer", args=[participant.pk]) + f"?engagement={engagement.pk}"
    assert client.get(url).context["form"]["employeur"].value().endswith(engagement.entreprise.siret)
    reponse = client.post(url, contrat(EntrepriseFactory()))
    neuf = ContratTravail.objects.get()
    assert reponse.url == f"{engagement.get_absolute_url()}?contrat={neuf.pk}"
    assert [rangee.contrat.pk for rangee in client.get(reponse.url).context["grille"].lignes] == [neuf.pk]


def test_une_personne_neuve_ouverte_depuis_la_grille_mene_a_son_contrat(client, structure):
    engagement = EngagementFactory(clause__lot__marche__structure=structure)
    url = reverse("heures:participant_creer") + f"?engagement={engagement.pk}"
    reponse = client.post(url, {"nom": "Neuve", "prenom": "Zoé", "sexe": "F", "date_naissance": "1990-01-01"})
    assert reponse.url.endswith(f"/contrats/ajouter/?engagement={engagement.pk}")


def test_chercher_une_personne_pour_la_grille_propose_ses_contrats(client, structure):
    engagement = EngagementFactory(clause__lot__marche__structure=structure)
    sien = ContratTravailFactory(participant__structure=structure, participant__nom="Trouvée")
    ContratTravailFactory(participant__nom="Trouvée")
    url = reverse("heures:grille_ajouter", args=[engagement.pk])
    participant = sien.participant
    page = client.get(url, {"q": participant.identifiant})
    assert [personne.pk for personne in page.context["trouves"]] == [participant.pk]
    assert f"?mettre={sien.pk}" in page.content.decode()
    assert client.get(url, {"mettre": sien.pk}).url == f"{engagement.get_absolute_url()}?contrat={sien.pk}"


def test_modifier_un_contrat(client, structure):
    sien = ContratTravailFactory(participant__structure=structure)
    url = reverse("heures:contrat_modifier", args=[sien.pk])
    assert "pas accès" not in client.get(url).content.decode()
    client.post(url, contrat(sien.employeur, date_debut="2025-01-01", date_fin="2025-12-31", version=1))
    sien.refresh_from_db()
    assert (sien.date_fin, sien.version) == (datetime.date(2025, 12, 31), 2)


def test_le_contrat_d_une_autre_structure_est_introuvable(client, structure):
    assert client.get(reverse("heures:contrat_modifier", args=[ContratTravailFactory().pk])).status_code == 404
