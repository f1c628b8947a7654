"""La page de la grille, la liste des engagements, et les gestes sur un mois ou une ligne."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from heures.enums import StatutLigne
from heures.models import LigneHeures, Releve
from marches.enums import StatutMarche
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    RattachementFactory,
    ReleveFactory,
)

MARS = datetime.date(2025, 3, 1)


pytestmark = pytest.mark.usefixtures("mi_decembre_2025")


class Banc:
    def __init__(self, client):
        self.client = client
        rattachement = RattachementFactory()
        self.structure = rattachement.structure
        self.engagement = EngagementFactory(
            clause__lot__marche__structure=self.structure, entreprise__raison_sociale="Toitures fictives"
        )
        self.url = reverse("heures:grille", args=[self.engagement.pk])
        client.force_login(rattachement.utilisateur)

    def contrat(self, **champs):
        entree = EntreeClauseFactory(participant__structure=self.structure)
        champs = {"employeur": self.engagement.entreprise, **champs}
        return ContratTravailFactory(participant=entree.participant, **champs)

    def ligne(self, **champs):
        champs = {"contrat": champs.get("contrat") or self.contrat(), "mois": MARS, **champs}
        return LigneHeuresFactory(engagement=self.engagement, **champs)

    def grille(self, **parametres):
        return self.client.get(self.url, parametres)

    def lignes(self, **parametres):
        return [rangee.contrat.pk for rangee in self.grille(**parametres).context["grille"].lignes]


@pytest.fixture
def banc(client) -> Banc:
    return Banc(client)


def test_la_grille_montre_les_contrats_de_l_entreprise_et_ceux_qui_ont_des_heures(banc):
    sien = banc.contrat()
    interim = banc.ligne(contrat=banc.contrat(employeur=EngagementFactory().entreprise)).contrat
    etranger = banc.contrat(employeur=EngagementFactory().entreprise)
    assert set(banc.lignes(annee=2025)) == {sien.pk, interim.pk}
    assert etranger.pk in banc.lignes(annee=2025, contrat=etranger.pk)


def test_un_contrat_d_une_autre_structure_ne_s_ajoute_pas(banc):
    assert banc.lignes(annee=2025, contrat=ContratTravailFactory().pk) == []


def test_un_contrat_termine_avant_l_annee_n_encombre_pas_la_grille(banc):
    banc.contrat(date_fin=datetime.date(2025, 6, 30))
    assert banc.lignes(annee=2026) == []


def test_les_valeurs_se_lisent_sans_javascript(banc):
    banc.ligne(heures=Decimal("35.50"), refusee=True)
    banc.ligne(heures=Decimal("20.25"), validee=True)
    page = banc.grille(annee=2025).content.decode()
    assert 'value="35,50"' in page
    assert "Refusées\u00a0: Relevé illisible" in page
    assert "20,25" in page
    assert "La saisie dans la grille demande JavaScript" in page


def test_les_totaux_de_la_page_sont_ceux_de_la_base(banc):
    banc.ligne(heures=Decimal("20.25"), validee=True)
    banc.ligne(heures=Decimal("10.10"))
    contexte = banc.grille(annee=2025).context
    assert contexte["grille"].total == Decimal("30.35")
    assert (contexte["resume"].validees, contexte["resume"].declarees) == (Decimal("20.25"), Decimal("10.10"))
    assert (contexte["resume"].reste, contexte["resume"].reste_si_valide) == (Decimal("479.75"), Decimal("469.65"))


def test_ouvrir_la_grille_est_une_consultation_journalisee(banc):
    banc.contrat()
    banc.grille(annee=2025)
    ecriture = EcritureJournal.objects.get(action="ouvrir la grille d’heures")
    assert (ecriture.nature, ecriture.nombre) == ("LECTURE", 1)


@pytest.mark.parametrize("parametres", [{"annee": "abc"}, {"annee": 1999}, {"type": "REPOS"}, {"contrat": "1;2"}])
def test_une_adresse_de_grille_fausse_est_refusee(banc, parametres):
    assert banc.grille(**parametres).status_code == 400


def test_la_grille_coute_autant_de_requetes_a_1_qu_a_11_lignes(banc):
    banc.ligne()
    with CaptureQueriesContext(connection) as une:
        assert len(banc.lignes(annee=2025)) == 1
    for _ in range(10):
        banc.ligne()
    with CaptureQueriesContext(connection) as onze:
        assert len(banc.lignes(annee=2025)) == 11
    assert len(onze) == len(une)


def test_un_lecteur_lit_la_grille_sans_pouvoir_saisir(banc):
    banc.ligne(heures=Decimal("35.50"))
    banc.client.force_login(RattachementFactory(structure=banc.structure, role=Role.LECTEUR).utilisateur)
    page = banc.grille(annee=2025).content.decode()
    assert "35,50" in page
    assert "<input id=" not in page
    assert "Vous consultez ces heures sans pouvoir les saisir" in page


def test_un_marche_clos_ferme_la_grille_en_disant_pourquoi(banc):
    marche = banc.engagement.clause.lot.marche
    marche.statut = StatutMarche.SOLDE
    marche.save()
    banc.ligne()
    assert "Ce marché est soldé" in banc.grille(annee=2025).content.decode()


def test_la_grille_d_une_autre_structure_est_introuvable(banc):
    banc.url = reverse("heures:grille", args=[EngagementFactory().pk])
    assert banc.grille().status_code == 404


def test_l_acheteur_voit_l_engagement_mais_jamais_la_grille(banc):
    rattachement = RattachementFactory(
        structure=banc.structure, role=Role.ACHETEUR, acheteur=banc.engagement.clause.lot.marche.acheteur
    )
    banc.client.force_login(rattachement.utilisateur)
    assert banc.grille().status_code == 403


def test_valider_un_mois_depuis_la_grille(banc):
    banc.ligne(heures=Decimal("10.00"))
    banc.ligne(heures=Decimal("5.50"))
    url = reverse("heures:valider_mois", args=[banc.engagement.pk]) + "?annee=2025"
    reponse = banc.client.post(url, {"mois": "2025-03"}, follow=True)
    assert reponse.redirect_chain[-1][0] == f"{banc.url}?annee=2025"
    assert "Mars 2025\u00a0: 2 lignes validées." in reponse.content.decode()
    assert LigneHeures.objects.validees().count() == 2


@pytest.mark.parametrize(("mois", "phrase"), [("2025-04", "Aucune heure déclarée"), ("x", "n’est pas lisible")])
def test_un_mois_sans_rien_a_valider_le_dit(banc, mois, phrase):
    url = reverse("heures:valider_mois", args=[banc.engagement.pk])
    assert phrase in banc.client.post(url, {"mois": mois}, follow=True).content.decode()


def test_noter_neant_depuis_la_grille(banc):
    banc.contrat()
    url = reverse("heures:neant", args=[banc.engagement.pk])
    reponse = banc.client.post(url, {"mois": "2025-03"}, follow=True)
    assert "néant noté" in reponse.content.decode()
    assert Releve.objects.get().statut == "NEANT"


def test_refuser_une_ligne_demande_un_motif_sans_nir(banc):
    ligne = banc.ligne()
    url = reverse("heures:refuser_ligne", args=[ligne.pk]) + "?annee=2025"
    assert "obligatoire" in banc.client.post(url, {"motif": ""}).content.decode()
    refus = banc.client.post(url, {"motif": "Relevé de 1 85 05 78 006 084 36"})
    assert "numéro de sécurité sociale" in refus.content.decode()
    banc.client.post(url, {"motif": "Relevé illisible"})
    ligne.refresh_from_db()
    assert (ligne.statut, ligne.motif) == (StatutLigne.REFUSEE, "Relevé illisible")


def test_rectifier_une_ligne_validee_cree_l_annulation_et_la_nouvelle(banc):
    ligne = banc.ligne(heures=Decimal("35.50"), validee=True)
    url = reverse("heures:rectifier_ligne", args=[ligne.pk])
    assert "rien à rectifier" in banc.client.post(url, {"heures": "35,5", "motif": "Erreur"}).content.decode()
    banc.client.post(url, {"heures": "7h30", "motif": "Erreur de relevé"})
    assert list(LigneHeures.objects.order_by("rang").values_list("heures", flat=True)) == [
        Decimal("35.50"),
        Decimal("-35.50"),
        Decimal("7.50"),
    ]


@pytest.mark.parametrize("nom", ["refuser_ligne", "rectifier_ligne"])
def test_une_ligne_d_une_autre_structure_est_introuvable(banc, nom):
    assert banc.client.get(reverse(f"heures:{nom}", args=[LigneHeuresFactory().pk])).status_code == 404


@pytest.mark.parametrize("nom", ["valider_mois", "neant"])
def test_un_lecteur_ne_valide_ni_ne_note_neant(banc, nom):
    banc.client.force_login(RattachementFactory(structure=banc.structure, role=Role.LECTEUR).utilisateur)
    url = reverse(f"heures:{nom}", args=[banc.engagement.pk])
    assert banc.client.post(url, {"mois": "2025-03"}).status_code == 403


class TestListeDesEngagements:
    url = "/heures/"

    def noms(self, banc, **parametres):
        table = banc.client.get(self.url, parametres).context["table"]
        return [ligne.record.pk for ligne in table.rows]

    def test_un_marche_clos_ne_se_saisit_que_si_on_le_demande(self, banc):
        clos = EngagementFactory(
            clause__lot__marche__structure=banc.structure, clause__lot__marche__statut=StatutMarche.SOLDE
        )
        assert self.noms(banc) == [banc.engagement.pk]
        assert set(self.noms(banc, marches="TOUS")) == {banc.engagement.pk, clos.pk}

    def test_le_mois_a_saisir_ne_montre_que_ce_qui_manque(self, banc):
        ReleveFactory(engagement=banc.engagement, mois=datetime.date(2025, 11, 1), statut="RECU")
        ReleveFactory(engagement=banc.engagement, mois=datetime.date(2025, 10, 1), statut="ATTENDU")
        assert self.noms(banc, mois="2025-11") == []
        assert self.noms(banc, mois="2025-10") == [banc.engagement.pk]
        page = banc.client.get(self.url).content.decode()
        assert '<span class="etat etat-orange">oct.</span>' in page
        assert '<span class="etat etat-orange">nov.</span>' not in page

    def test_la_recherche_porte_sur_l_entreprise_et_le_marche(self, banc):
        reference = banc.engagement.clause.lot.marche.reference
        assert self.noms(banc, q="toitures") == self.noms(banc, q=reference) == [banc.engagement.pk]
        assert self.noms(banc, q="introuvable") == []

    def test_un_filtre_inconnu_ne_montre_rien(self, banc):
        reponse = banc.client.get(self.url, {"couleur": "bleu"})
        assert (reponse.status_code, len(reponse.context["table"].rows)) == (400, 0)

    def test_le_filtre_par_facilitateur_ne_propose_que_ceux_de_la_structure(self, banc):
        ailleurs = RattachementFactory().utilisateur
        proposes = banc.client.get(self.url).context["filtre"].form.fields["facilitateur"].queryset
        assert ailleurs not in proposes

    def test_l_export_reprend_les_heures_de_la_page(self, banc):
        banc.ligne(heures=Decimal("20.25"), validee=True)
        reponse = banc.client.get(self.url, {"export": "xlsx"})
        feuille = openpyxl.load_workbook(io.BytesIO(b"".join(reponse.streaming_content))).active
        titres, ligne = list(feuille.iter_rows(values_only=True))[:2]
        assert dict(zip(titres, ligne, strict=True))["Heures validées"] == 20.25

    def test_la_liste_coute_autant_de_requetes_a_1_qu_a_11_engagements(self, banc):
        with CaptureQueriesContext(connection) as une:
            self.noms(banc)
        for _ in range(10):
            EngagementFactory(clause__lot__marche__structure=banc.structure)
        with CaptureQueriesContext(connection) as onze:
            assert len(self.noms(banc)) == 11
        assert len(onze) == len(une)

    @pytest.mark.parametrize("trait", ["pour_acheteur", "pour_entreprise", "financeur"])
    def test_un_partenaire_n_ouvre_pas_la_liste(self, banc, trait):
        banc.client.force_login(RattachementFactory(structure=banc.structure, **{trait: True}).utilisateur)
        assert banc.client.get(self.url).status_code == 403
