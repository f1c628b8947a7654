"""Les grilles de plusieurs engagements : « Ce mois-ci » et tous ceux d’une entreprise."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from heures.grille import Etat
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

OCTOBRE, NOVEMBRE = datetime.date(2025, 10, 1), datetime.date(2025, 11, 1)


pytestmark = pytest.mark.usefixtures("mi_decembre_2025")


class Banc:
    def __init__(self, client):
        self.client = client
        self.rattachement = RattachementFactory()
        self.structure = self.rattachement.structure
        client.force_login(self.rattachement.utilisateur)

    def engagement(self, **champs):
        return EngagementFactory(clause__lot__marche__structure=self.structure, **champs)

    def contrat(self, engagement, **champs):
        entree = EntreeClauseFactory(participant__structure=self.structure)
        return ContratTravailFactory(
            **{"participant": entree.participant, "employeur": engagement.entreprise, **champs}
        )

    def lire(self, nom="mois", *arguments, **parametres):
        return self.client.get(reverse(f"heures:{nom}", args=arguments), parametres)

    def montres(self, nom="mois", *arguments, **parametres):
        """Les engagements de la page, dans l’ordre, et les contrats de chacun."""
        blocs = self.lire(nom, *arguments, **parametres).context["blocs"]
        return {bloc.engagement.pk: [ligne.contrat.pk for ligne in bloc.grille.lignes] for bloc in blocs}


@pytest.fixture
def banc(client) -> Banc:
    return Banc(client)


class TestCeMoisCi:
    def test_il_s_ouvre_sur_le_dernier_mois_acheve_et_va_jusqu_au_mois_courant(self, banc):
        contexte = banc.lire().context
        assert (contexte["mois"], contexte["mois_avant"]) == (NOVEMBRE, OCTOBRE)
        assert contexte["mois_apres"] == datetime.date(2025, 12, 1)
        assert banc.lire(mois="2025-12").context["mois_apres"] is None

    def test_est_du_tout_engagement_ouvert_ni_valide_ni_neant_meme_en_partie_saisi(self, banc):
        rien, saisi = banc.engagement(entreprise__raison_sociale="A"), banc.engagement(entreprise__raison_sociale="B")
        a_completer = banc.engagement(entreprise__raison_sociale="C")
        ReleveFactory(engagement=saisi, mois=NOVEMBRE, statut="RECU")
        ReleveFactory(engagement=a_completer, mois=NOVEMBRE, statut="A_COMPLETER")
        for statut in ("VALIDE", "NEANT"):
            ReleveFactory(engagement=banc.engagement(), mois=NOVEMBRE, statut=statut)
        banc.engagement(clause__lot__marche__statut=StatutMarche.SOLDE)
        banc.engagement(date_fin=datetime.date(2025, 10, 31))
        banc.engagement(date_debut=datetime.date(2025, 12, 1))
        reponse = banc.lire()
        assert list(banc.montres()) == [rien.pk, saisi.pk, a_completer.pk]
        assert reponse.context["nombre_ouverts"] == 5
        assert "3 relevés à finir sur\n                    5 engagements" in reponse.content.decode()

    def test_un_contrat_y_a_ses_heures_de_travail_et_de_formation(self, banc):
        engagement = banc.engagement()
        contrat = banc.contrat(engagement)
        for mois, type_heures, heures in (
            (NOVEMBRE, "TRAVAIL", "100.25"),
            (NOVEMBRE, "FORMATION", "7.50"),
            (OCTOBRE, "TRAVAIL", "99.00"),
        ):
            LigneHeuresFactory(
                engagement=engagement, contrat=contrat, mois=mois, type_heures=type_heures, heures=Decimal(heures)
            )
        contexte = banc.lire().context
        (bloc,) = contexte["blocs"]
        (ligne,) = bloc.grille.lignes
        assert [cellule.heures for cellule in ligne.cellules] == [Decimal("100.25"), Decimal("7.50")]
        assert (ligne.total, bloc.grille.total, contexte["total"]) == (Decimal("107.75"),) * 3
        assert contexte["totaux"] == [Decimal("100.25"), Decimal("7.50")]
        assert bloc.resume.reste_si_valide == Decimal("293.25")

    def test_un_contrat_qui_compte_deja_pour_un_engagement_ne_se_repete_pas_sous_les_autres(self, banc):
        premier = banc.engagement()
        second = banc.engagement(entreprise=premier.entreprise)
        impute, neuf = banc.contrat(premier), banc.contrat(premier)
        LigneHeuresFactory(engagement=second, contrat=impute, mois=datetime.date(2025, 9, 1))
        montres = {pk: set(contrats) for pk, contrats in banc.montres().items()}
        assert montres == {premier.pk: {neuf.pk}, second.pk: {impute.pk, neuf.pk}}
        ajoute = banc.montres(ligne=f"{premier.pk}-{impute.pk}")
        assert set(ajoute[premier.pk]) == {neuf.pk, impute.pk}

    def test_le_filtre_par_facilitateur_ne_garde_que_ses_marches(self, banc):
        sien = banc.engagement(clause__lot__marche__facilitateur=banc.rattachement.utilisateur)
        banc.engagement()
        assert list(banc.montres(facilitateur=banc.rattachement.utilisateur_id)) == [sien.pk]
        ailleurs = RattachementFactory().utilisateur
        assert banc.lire(facilitateur=ailleurs.pk).status_code == 400

    @pytest.mark.parametrize(
        "parametres",
        [{"mois": "2026-01"}, {"mois": "x"}, {"ligne": "1"}, {"ligne": "1-x"}, {"page": "0"}, {"mois": "0001-01"}],
    )
    def test_une_adresse_fausse_est_refusee(self, banc, parametres):
        assert banc.lire(**parametres).status_code == 400

    def test_l_absence_d_engagement_et_l_absence_d_attente_se_disent(self, banc):
        assert "Aucun engagement ouvert en novembre 2025" in banc.lire().content.decode()
        ReleveFactory(engagement=banc.engagement(), mois=NOVEMBRE, statut="NEANT")
        assert "Tout est validé ou néant pour novembre 2025" in banc.lire().content.decode()

    def test_un_engagement_sans_contrat_propose_d_ajouter_ou_de_noter_neant(self, banc):
        engagement = banc.engagement()
        page = banc.lire().content.decode()
        assert "Aucun contrat de travail ouvert" in page
        assert reverse("heures:grille_ajouter", args=[engagement.pk]) in page

    def test_au_dela_de_60_engagements_la_page_se_tourne(self, banc, monkeypatch):
        monkeypatch.setattr("heures.views.grille.PAR_PAGE", 2)
        tous = [banc.engagement(entreprise__raison_sociale=nom) for nom in "ABC"]
        assert list(banc.montres()) == [tous[0].pk, tous[1].pk]
        assert list(banc.montres(page=2)) == [tous[2].pk]
        assert "Page 1 sur 2" in banc.lire().content.decode()

    def test_valider_et_noter_neant_y_ramenent(self, banc):
        engagement = banc.engagement()
        LigneHeuresFactory(engagement=engagement, contrat=banc.contrat(engagement), mois=NOVEMBRE)
        autre = banc.engagement()
        retour = "?mois=2025-11&de=mois"
        url = reverse("heures:valider_mois", args=[engagement.pk]) + retour
        assert banc.client.post(url, {"mois": "2025-11"}).url == "/heures/mois/?mois=2025-11"
        url = reverse("heures:neant", args=[autre.pk]) + "?de=mois"
        assert banc.client.post(url, {"mois": "2025-11"}).url == "/heures/mois/"
        assert set(Releve.objects.values_list("statut", flat=True)) == {"VALIDE", "NEANT"}
        assert banc.montres() == {}

    def test_rectifier_depuis_le_mois_y_ramene(self, banc):
        engagement = banc.engagement()
        ligne = LigneHeuresFactory(
            engagement=engagement, contrat=banc.contrat(engagement), mois=NOVEMBRE, validee=True
        )
        url = reverse("heures:rectifier_ligne", args=[ligne.pk]) + "?de=mois&mois=2025-11"
        assert 'href="/heures/mois/?mois=2025-11">Revenir' in banc.client.get(url).content.decode()
        reponse = banc.client.post(url, {"heures": "7,5", "motif": "Erreur"})
        assert reponse.url == "/heures/mois/?mois=2025-11"

    def test_la_page_coute_autant_de_requetes_a_1_qu_a_11_engagements(self, banc):
        def remplir():
            engagement = banc.engagement()
            LigneHeuresFactory(engagement=engagement, contrat=banc.contrat(engagement), mois=NOVEMBRE)

        remplir()
        with CaptureQueriesContext(connection) as une:
            assert len(banc.montres()) == 1
        for _ in range(10):
            remplir()
        with CaptureQueriesContext(connection) as onze:
            assert len(banc.montres()) == 11
        assert len(onze) == len(une)

    def test_l_ouvrir_est_une_consultation_journalisee(self, banc):
        engagement = banc.engagement()
        banc.contrat(engagement)
        banc.contrat(engagement)
        banc.lire()
        ecriture = EcritureJournal.objects.get(action="ouvrir la grille d’heures")
        assert (ecriture.nature, ecriture.nombre, ecriture.apres) == ("LECTURE", 2, {"filtre": "mois 2025-11"})

    def test_un_lecteur_le_lit_sans_pouvoir_saisir(self, banc):
        engagement = banc.engagement()
        LigneHeuresFactory(engagement=engagement, contrat=banc.contrat(engagement), mois=NOVEMBRE)
        banc.client.force_login(RattachementFactory(structure=banc.structure, role=Role.LECTEUR).utilisateur)
        page = banc.lire().content.decode()
        assert "35,50" in page
        assert "<input id=" not in page
        assert page.count("sans pouvoir les saisir.</p>") == 1
        assert "Annuler le dernier changement" not in page

    def test_les_pages_y_menent(self, banc):
        for chemin in ("/", "/heures/"):
            assert 'href="/heures/mois/"' in banc.client.get(chemin).content.decode()


class TestEntreprise:
    def test_elle_montre_tous_ses_engagements_de_l_annee_marches_clos_compris(self, banc):
        ouvert = banc.engagement(clause__lot__marche__reference="M1")
        clos = banc.engagement(
            entreprise=ouvert.entreprise,
            clause__lot__marche__reference="M2",
            clause__lot__marche__statut=StatutMarche.SOLDE,
        )
        banc.engagement(entreprise=ouvert.entreprise, date_fin=datetime.date(2024, 12, 31), date_debut="2024-01-01")
        EngagementFactory(entreprise=ouvert.entreprise)
        banc.engagement()
        assert list(banc.montres("grille_entreprise", ouvert.entreprise_id, annee=2025)) == [ouvert.pk, clos.pk]
        page = banc.lire("grille_entreprise", ouvert.entreprise_id, annee=2025).content.decode()
        assert "Ce marché est soldé" in page

    def test_une_annee_sans_engagement_le_dit(self, banc):
        engagement = banc.engagement()
        page = banc.lire("grille_entreprise", engagement.entreprise_id, annee=2020)
        assert (page.context["blocs"], page.context["annee_avant"]) == ([], None)
        assert "n’a aucun engagement en 2020" in page.content.decode()

    def test_elle_s_ouvre_sur_l_annee_que_l_on_saisit_malgre_un_engagement_a_venir(self, banc):
        futur = banc.engagement(date_debut=datetime.date(2026, 6, 1))
        assert banc.lire("grille_entreprise", futur.entreprise_id).context["annee"] == 2026
        ancien = {"date_debut": datetime.date(2024, 1, 1), "date_fin": datetime.date(2024, 12, 31)}
        banc.engagement(entreprise=futur.entreprise, **ancien)
        assert banc.lire("grille_entreprise", futur.entreprise_id).context["annee"] == 2024
        banc.engagement(entreprise=futur.entreprise)
        assert banc.lire("grille_entreprise", futur.entreprise_id).context["annee"] == 2025

    def test_ses_totaux_additionnent_ceux_de_ses_engagements(self, banc):
        premier = banc.engagement()
        second = banc.engagement(entreprise=premier.entreprise)
        for engagement, heures in ((premier, "10.25"), (second, "20.50")):
            LigneHeuresFactory(
                engagement=engagement, contrat=banc.contrat(engagement), mois=NOVEMBRE, heures=Decimal(heures)
            )
        contexte = banc.lire("grille_entreprise", premier.entreprise_id, annee=2025).context
        assert (contexte["totaux"][10], contexte["total"]) == (Decimal("30.75"), Decimal("30.75"))
        assert [bloc.resume.declarees for bloc in contexte["blocs"]] == [Decimal("10.25"), Decimal("20.50")]

    def test_valider_y_ramene(self, banc):
        engagement = banc.engagement()
        LigneHeuresFactory(engagement=engagement, contrat=banc.contrat(engagement), mois=NOVEMBRE)
        url = reverse("heures:valider_mois", args=[engagement.pk]) + "?annee=2025&de=entreprise"
        reponse = banc.client.post(url, {"mois": "2025-11"})
        assert reponse.url == f"/heures/entreprises/{engagement.entreprise_id}/?annee=2025"
        assert LigneHeures.objects.validees().count() == 1

    def test_elle_coute_autant_de_requetes_a_1_qu_a_11_lignes(self, banc):
        engagement = banc.engagement()

        def remplir(cible):
            LigneHeuresFactory(engagement=cible, contrat=banc.contrat(cible), mois=NOVEMBRE)

        remplir(engagement)
        with CaptureQueriesContext(connection) as une:
            assert banc.lire("grille_entreprise", engagement.entreprise_id).status_code == 200
        for _ in range(5):
            remplir(engagement)
            remplir(banc.engagement(entreprise=engagement.entreprise))
        with CaptureQueriesContext(connection) as onze:
            assert len(banc.montres("grille_entreprise", engagement.entreprise_id)) == 6
        assert len(onze) == len(une)

    def test_la_fiche_et_la_grille_d_un_engagement_y_menent(self, banc):
        engagement = banc.engagement()
        url = reverse("heures:grille_entreprise", args=[engagement.entreprise_id])
        assert url in banc.client.get(engagement.entreprise.get_absolute_url()).content.decode()
        assert url not in banc.client.get(engagement.get_absolute_url()).content.decode()
        banc.engagement(entreprise=engagement.entreprise)
        assert url in banc.client.get(engagement.get_absolute_url()).content.decode()


class TestEtatsDesCellules:
    """Ce que la base dit d’une cellule, sur une page qui montre plusieurs engagements."""

    def test_un_mois_plein_se_compte_sur_tous_les_engagements_de_la_structure(self, banc):
        montre, ailleurs = banc.engagement(), banc.engagement(clause__lot__marche__statut=StatutMarche.SOLDE)
        contrat = banc.contrat(montre)
        LigneHeuresFactory(engagement=montre, contrat=contrat, mois=NOVEMBRE, heures=Decimal("100.00"))
        LigneHeuresFactory(engagement=ailleurs, contrat=contrat, mois=NOVEMBRE, heures=Decimal("51.68"))
        LigneHeuresFactory(engagement=ailleurs, contrat=contrat, mois=OCTOBRE, heures=Decimal("151.67"))
        reponse = banc.lire("grille", montre.pk, annee=2025)
        cellules = reponse.context["grille"].lignes[0].cellules
        assert cellules[10].plein == "151,68 h ce mois-ci, tous engagements : plus d’un mois plein (151,67 h)."
        assert cellules[9].plein == ""
        assert f'id="f{contrat.participant_id}-2025-11"' in reponse.content.decode()

    def test_une_heure_refusee_ne_remplit_pas_le_mois(self, banc):
        engagement = banc.engagement()
        contrat = banc.contrat(engagement)
        LigneHeuresFactory(engagement=engagement, contrat=contrat, mois=NOVEMBRE, heures="200.00", refusee=True)
        assert banc.lire().context["pleins"] == []

    def test_le_retard_suit_l_echeance_de_la_structure_et_celle_du_releve(self, banc):
        engagement = banc.engagement()
        banc.contrat(engagement)

        def etats():
            colonnes = banc.lire("grille", engagement.pk, annee=2025).context["grille"].colonnes
            return [bool(colonnes[rang].etat.retard) for rang in (9, 10, 11)]

        assert etats() == [True, True, False]
        banc.structure.jour_echeance_releve = 28
        banc.structure.save()
        assert etats() == [True, False, False]
        ReleveFactory(engagement=engagement, mois=OCTOBRE, echeance=datetime.date(2025, 12, 31))
        assert etats() == [False, False, False]

    def test_l_eligibilite_finie_se_distingue_et_se_dit(self, banc):
        engagement = banc.engagement()
        contrat = banc.contrat(engagement)
        contrat.participant.entrees.update(date_entree=datetime.date(2023, 10, 15))
        reponse = banc.lire("grille", engagement.pk, annee=2025)
        etats = [cellule.etat for cellule in reponse.context["grille"].lignes[0].cellules[9:]]
        assert etats == [Etat.VIDE, Etat.HORS_ELIGIBILITE, Etat.HORS_ELIGIBILITE]
        assert "L’éligibilité s’arrête le 15/10/2025" in reponse.content.decode()
