"""Le bilan Département : chaque chiffre du jeu de comptage de bilans.md."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bilans.declarations import INDICATEURS
from bilans.departement import NOM, etablir
from bilans.faits import Periode
from bilans.rapport import Demande
from clauses.comptes.acteurs import Role
from clauses.socle.erreurs import ActionImpossible
from heures import actions
from marches.models import Marche
from tests import jeu_de_comptage as source
from tests.bilans import jeu
from tests.bilans.outils import annee, bilan
from tests.factories import (
    ContratTravailFactory,
    CritereEntreeFactory,
    EngagementFactory,
    EntreeClauseFactory,
    EntrepriseFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    SortieFactory,
    StructureFactory,
    acteur,
)

H = Decimal
ATTENDUS = {
    2024: {
        "heures_realisees": H("210.00"), "beneficiaires": 1, "nouveaux_entrants": 1, "marches_actifs": 1,
        "marches_notifies": 1, "marches_en_cours": 1, "contrats": 1, "heures_brsa": H("210.00"),
        "heures_engagees_cumul": H("1000.00"), "heures_realisees_cumul": H("210.00"), "taux_cumul": H("0.2100"),
    },
    2025: {
        "heures_realisees": H("988.84"), "heures_brsa": H("240.00"), "taux_heures_brsa": H("0.2427"),
        "beneficiaires": 6, "nouveaux_entrants": 5, "beneficiaires_brsa": 2, "taux_beneficiaires_brsa": H("0.3333"),
        "nouveaux_brsa": 1, "moins_26_ans": 2, "femmes": 2, "taux_femmes": H("0.3333"), "heures_femmes": H("215.50"),
        "taux_heures_femmes": H("0.2179"), "qpv": 1, "taux_qpv": H("0.1667"), "heures_qpv": H("180.00"),
        "taux_heures_qpv": H("0.1820"), "participants_plie": 0, "residents_territoire": 5, "residents_departement": 0,
        "residents_hors": 1, "residents_nr": 0, "contrats": 7, "heures_moyennes": H("164.81"), "marches_actifs": 3,
        "marches_notifies": 2, "marches_en_cours": 3, "heures_engagees_cumul": H("2200.00"),
        "heures_realisees_cumul": H("1198.84"), "taux_cumul": H("0.5449"), "acheteurs_actifs": 3,
        "acheteurs_nouveaux": 2, "entreprises_actives": 3, "siae_mobilisees": 3, "siae_heures": H("525.50"),
        "sorties": 0, "sorties_presumees": 5, "sorties_toutes": 5,
        "taux_sorties_positives": H("0.0000"), "etp": H("0.543"), "heures_declarees": H("40.00"),
    },
    2026: {
        "heures_realisees": H("120.00"), "beneficiaires": 1, "nouveaux_entrants": 0, "nouveaux_brsa": 0,
        "beneficiaires_brsa": 1, "marches_actifs": 1, "marches_notifies": 0, "marches_en_cours": 3,
    },
}  # fmt: skip


@pytest.mark.parametrize("numero", ATTENDUS)
def test_chaque_chiffre_du_jeu_de_comptage(numero):
    indicateurs = bilan(jeu.poser().par, numero).indicateurs
    assert {cle: indicateurs[cle] for cle in ATTENDUS[numero]} == ATTENDUS[numero]


def test_tout_indicateur_declare_est_compte_et_rien_de_plus():
    assert set(bilan(jeu.poser().par, 2025).indicateurs) == {indicateur.cle for indicateur in INDICATEURS}


@pytest.mark.parametrize(("base", "etp"), [(1820, "0.543"), (1607, "0.615"), (1600, "0.618")])
def test_les_etp_suivent_la_base_de_la_structure(base, etp):
    par = jeu.poser(StructureFactory(base_etp=base)).par
    assert bilan(par, 2025).indicateurs["etp"] == H(etp)


def lignes(document, tableau, cle):
    return {ligne[cle]: ligne for ligne in document.tableaux[tableau].details()}


def test_les_heures_par_territoire_de_residence():
    territoires = lignes(bilan(jeu.poser().par, 2025), "territoires", "code")
    assert {code: ligne["heures"] for code, ligne in territoires.items()} == {
        "200033579": H("483.34"),
        "200035442": H("210.00"),
        "200069482": H("35.50"),
        "200044048": H("60.00"),
        "AUTRE_DEPARTEMENT": H("0.00"),
        "HORS": H("200.00"),
        "NR": H("0.00"),
    }
    assert territoires["200033579"]["beneficiaires_brsa"] == 1
    assert territoires["200044048"]["nouveaux_brsa"] == 1


def test_les_acheteurs_leur_taux_et_le_total_distinct():
    document = bilan(jeu.poser().par, 2025)
    acheteurs = lignes(document, "acheteurs", "siret")
    lus = {
        s: (a["heures_periode"], a["heures_cumul"], a["heures_engagees_cumul"], a["taux"])
        for s, a in acheteurs.items()
    }
    assert lus == {
        source.CU_ARRAS: (H("300.00"), H("510.00"), H("1000.00"), H("0.5100")),
        source.VILLE_ARRAS: (H("383.34"), H("383.34"), H("400.00"), H("0.9584")),
        source.DEPARTEMENT: (H("305.50"), H("305.50"), H("800.00"), H("0.3819")),
    }
    assert sum(a["beneficiaires"] for a in acheteurs.values()) == 7
    assert document.tableaux["acheteurs"].totaux()[-1]["beneficiaires"] == 6


def test_le_critere_principal_fait_le_total_les_autres_le_depassent():
    document = bilan(jeu.poser().par, 2025)
    principal = {c: p["total"] for c, p in lignes(document, "publics", "code").items() if p["total"]}
    assert principal == {"RSA": 2, "JEUNE_26_SANS_QUALIF": 1, "DELD": 1, "BOETH": 1, "IAE": 1}
    tous = {c: p["total"] for c, p in lignes(document, "publics_au_moins_un", "code").items() if p["total"]}
    assert tous == {"RSA": 2, "DELD": 2, "JEUNE_26_SANS_QUALIF": 2, "BOETH": 1, "SENIOR_50": 1, "IAE": 1}
    assert sum(tous.values()) == 9


def test_les_modalites_par_contrat():
    couples = {
        (m["modalite"], m["type_contrat"]): (m["beneficiaires"], m["heures"])
        for m in bilan(jeu.poser().par, 2025).tableaux["modalites"].details()
    }
    assert couples == {
        ("EMBAUCHE_DIRECTE", "CDD"): (2, H("160.00")),
        ("MISE_A_DISPOSITION", "CDD"): (1, H("303.34")),
        ("MISE_A_DISPOSITION", "CDDU"): (1, H("210.00")),
        ("MISE_A_DISPOSITION", "CDDI"): (1, H("35.50")),
        ("MISE_A_DISPOSITION", "INTERIM_INSERTION"): (2, H("280.00")),
    }


def test_la_synthese_compare_a_la_meme_periode_un_an_plus_tot():
    synthese = {ligne.indicateur.cle: ligne for ligne in bilan(jeu.poser().par, 2025).synthese}
    heures = synthese["heures_realisees"]
    assert (heures.realise_n1, heures.evolution, heures.objectif) == (H("210.00"), H("3.7088"), None)


def test_une_periode_anterieure_sans_heure_laisse_n_moins_1_vide():
    synthese = bilan(jeu.poser().par, 2024).synthese
    assert {ligne.realise_n1 for ligne in synthese} == {None}


def test_un_avenant_posterieur_a_l_arrete_ne_compte_pas():
    par = jeu.poser().par
    document = etablir(par, Demande(NOM, annee(2025, datetime.date(2025, 9, 30))))
    assert document.indicateurs["heures_engagees_cumul"] == H("2000.00")
    assert document.indicateurs["heures_realisees"] == H("988.84")


def test_une_rectification_se_somme_et_la_personne_reste_nouvelle():
    pose = jeu.poser()
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        ligne = pose.contrats["C6"].lignes.get(mois=datetime.date(2025, 12, 1))
        actions.rectifier(ligne, heures=H("50.00"), motif="Erreur de relevé", par=pose.par)
    indicateurs = bilan(pose.par, 2025).indicateurs
    assert indicateurs["heures_realisees"] == H("978.84")
    assert indicateurs["nouveaux_entrants"] == 5


def test_un_premier_mois_entierement_annule_ne_fait_pas_l_entree():
    pose = jeu.poser()
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        ligne = pose.contrats["C6"].lignes.get(mois=datetime.date(2025, 12, 1))
        actions.rectifier(ligne, heures=H("0.00"), motif="Absence", par=pose.par)
    indicateurs = bilan(pose.par, 2026).indicateurs
    assert (indicateurs["nouveaux_entrants"], indicateurs["beneficiaires"]) == (1, 1)


def test_des_heures_entierement_annulees_n_ont_ni_ligne_ni_lot_dans_le_bilan():
    """Les seules heures en CDDI, et les seules du marché soldé, s’éteignent : leur ligne à zéro ne dirait rien."""
    pose = jeu.poser()
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        for nom in ("C5", "C1", "C7"):
            for ligne in pose.contrats[nom].lignes.filter(statut="VALIDEE", mois__year=2025):
                actions.rectifier(ligne, heures=H("0.00"), motif="Absence", par=pose.par)
    Marche.objects.filter(reference="2024-M1").update(statut="SOLDE")
    tableaux = bilan(pose.par, 2025).tableaux
    assert "CDDI" not in {ligne["type_contrat"] for ligne in tableaux["modalites"].details()}
    assert source.CU_ARRAS not in {ligne["siret"] for ligne in tableaux["acheteurs"].details()}


def test_moins_d_une_heure_ne_fait_pas_un_beneficiaire_mais_reste_dans_les_heures():
    structure = StructureFactory()
    ligne = LigneHeuresFactory(engagement=engagement_de(structure), validee=True, heures=H("0.99"))
    indicateurs = bilan(acteur(structure), 2025).indicateurs
    assert ligne.heures == indicateurs["heures_realisees"]
    assert (indicateurs["beneficiaires"], indicateurs["marches_actifs"], indicateurs["contrats"]) == (0, 0, 0)


def engagement_de(structure):
    return EngagementFactory(clause__lot__marche__structure=structure)


@pytest.mark.parametrize("aci", [True, False])
def test_les_contrats_en_aci_chez_le_meme_employeur_comptent_pour_un(aci):
    structure = StructureFactory()
    engagement, personne = engagement_de(structure), ParticipantFactory(structure=structure)
    employeur = EntrepriseFactory(aci=aci)
    for mois in (2, 3):
        contrat = ContratTravailFactory(participant=personne, employeur=employeur)
        LigneHeuresFactory(engagement=engagement, contrat=contrat, mois=datetime.date(2025, mois, 1), validee=True)
    assert bilan(acteur(structure), 2025).indicateurs["contrats"] == (1 if aci else 2)


def test_sans_entree_une_personne_est_non_renseignee_partout():
    structure = StructureFactory()
    LigneHeuresFactory(engagement=engagement_de(structure), validee=True)
    document = bilan(acteur(structure), 2025)
    assert lignes(document, "publics", "code")["NR"]["total"] == 1
    assert lignes(document, "territoires", "code")["NR"]["beneficiaires"] == 1
    nr = [p["total"] for p in document.tableaux["profil"].details() if p["code"] == "NR" and p["rubrique"] != "Âge"]
    assert nr == [1, 1, 1, 1, 1]


def test_une_personne_qui_revient_garde_le_profil_de_sa_premiere_entree():
    structure = StructureFactory()
    ligne = LigneHeuresFactory(engagement=engagement_de(structure), validee=True)
    premiere = EntreeClauseFactory(participant=ligne.participant, numero=1, commune_insee="62080")
    CritereEntreeFactory(entree=premiere, critere="RSA")
    seconde = EntreeClauseFactory(participant=ligne.participant, numero=2, commune_insee="62041")
    CritereEntreeFactory(entree=seconde, critere="DELD")
    document = bilan(acteur(structure), 2025)
    assert lignes(document, "publics", "code")["RSA"]["total"] == 1
    assert lignes(document, "territoires", "code")["200035442"]["beneficiaires_brsa"] == 1


def test_une_sortie_saisie_se_compte_avec_sa_situation():
    pose = jeu.poser()
    SortieFactory(participant=pose.personnes["P3"], date=datetime.date(2025, 6, 30), situation="CDI")
    SortieFactory(participant=pose.personnes["P4"], date=datetime.date(2025, 9, 30), situation="DECES")
    document = bilan(pose.par, 2025)
    lus = document.indicateurs
    # P3 sortie en CDI, P4 décédée ; P1, P2 et P6, dont le contrat est fini, sont présumées sorties.
    assert (lus["sorties"], lus["sorties_presumees"], lus["sorties_positives"]) == (2, 3, 1)
    assert lus["taux_sorties_positives"] == H("0.2000")
    # Échéances passées à six mois : P3, et P1 et P6 ; P4 et P2 ont la leur en 2026.
    assert (lus["echeances_6_mois"], lus["positives_6_mois"]) == (3, 0)
    assert lignes(document, "territoires", "code")["200035442"]["positives"] == 1
    assert lignes(document, "sorties", "code")["DECES"]["categorie"] == "Administratives"


def test_une_periode_sans_heure_validee_est_refusee_d_une_phrase():
    with pytest.raises(ActionImpossible, match="Aucune heure validée"):
        bilan(jeu.poser().par, 2023)


@pytest.mark.parametrize(
    ("dates", "phrase"),
    [
        (("2025-12-31", "2025-01-01", "2025-12-31"), "avant de commencer"),
        (("2025-01-01", "2025-12-31", "2024-12-31"), "date d’arrêté"),
        (("0001-01-01", "2025-12-31", "2025-12-31"), "calendrier"),
    ],
)
def test_des_dates_qui_se_contredisent_sont_refusees(dates, phrase):
    periode = Periode(*(datetime.date.fromisoformat(jour) for jour in dates))
    with pytest.raises(ActionImpossible, match=phrase):
        etablir(acteur(StructureFactory()), Demande(NOM, periode))


@pytest.mark.parametrize("role", [Role.FINANCEUR])
def test_un_role_sans_droit_n_etablit_rien(role):
    pose = jeu.poser()
    with pytest.raises(PermissionDenied):
        bilan(acteur(pose.structure, role), 2025)


def test_une_structure_ne_compte_rien_d_une_autre():
    jeu.poser()
    autre = StructureFactory()
    LigneHeuresFactory(engagement=engagement_de(autre), validee=True, heures=H("12.50"))
    indicateurs = bilan(acteur(autre), 2025).indicateurs
    assert (indicateurs["heures_realisees"], indicateurs["marches_en_cours"]) == (H("12.50"), 1)


def requetes(par) -> int:
    with CaptureQueriesContext(connection) as lues:
        bilan(par, 2025)
    return len(lues)


def test_trente_personnes_coutent_autant_de_requetes_qu_une():
    structure = StructureFactory()
    par = acteur(structure)
    premiere = LigneHeuresFactory(engagement=engagement_de(structure), validee=True)
    CritereEntreeFactory(entree__participant=premiere.participant)
    une = requetes(par)
    for _ in range(29):
        ligne = LigneHeuresFactory(engagement=engagement_de(structure), validee=True)
        CritereEntreeFactory(entree__participant=ligne.participant)
    assert requetes(par) == une
    assert une <= 41
