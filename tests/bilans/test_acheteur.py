"""Le bilan par acheteur (C) : le jeu de comptage dans chaque format, le masquage, et l’espace de l’acheteur."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from bilans import acheteur as bilan_acheteur
from bilans import agregats, espace_acheteur
from bilans.definitions import Unite
from bilans.rapport import Bilan, Demande, Entete
from bilans.secret import SECRET
from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.models import EcritureJournal
from heures.models import LigneHeures
from marches.models import Acheteur, Marche
from tests.bilans import jeu
from tests.bilans.attaquant import Attaquant
from tests.bilans.documents.outils import en_ligne, lire_pdf
from tests.bilans.outils import annee, connecte, contenu, decimal, feuille, liens, parametres
from tests.bilans.test_masquage import GROUPES, faits, partitions, publier
from tests.factories import (
    ContratTravailFactory,
    CritereEntreeFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    LotFactory,
    StructureFactory,
    acteur,
)
from tests.factories_conformite import EvenementFactory, PropositionPenaliteFactory
from tests.jeu_de_comptage import CU_ARRAS, DEPARTEMENT, VILLE_ARRAS

PAGE, EXPORT = "/bilans/acheteur/", "/bilans/acheteur/export/"
VOTRE, VOTRE_EXPORT = "/bilans/votre-bilan/", "/bilans/votre-bilan/export/"
EPCI = "200033579"
CANARI = "CANARIPERSONNE"
ATTENDUS = {
    CU_ARRAS: ("300.00", 2, 1, 1, "1000.00", "210.00", "510.00", "0.5100", "490.00"),
    VILLE_ARRAS: ("383.34", 2, 1, 2, "400.00", "0.00", "383.34", "0.9584", "16.66"),
    DEPARTEMENT: ("305.50", 3, 3, 3, "800.00", "0.00", "305.50", "0.3819", "494.50"),
}


@pytest.fixture
def pose() -> jeu.Jeu:
    """Le jeu de comptage ; la CU et la Ville sont de la communauté urbaine d’Arras."""
    pose = jeu.poser()
    Acheteur.objects.filter(siret__in=[CU_ARRAS, VILLE_ARRAS]).update(epci_siren=EPCI)
    return pose


def etablir(par: Acteur, code: str, numero: int = 2025) -> Bilan:
    return bilan_acheteur.etablir(par, Demande("acheteur", annee(numero), code))


def exporter(client: Any, code: str, format_: str, **reste: str) -> bytes:
    return contenu(client.get(EXPORT, {**parametres(2025), "acheteur": code, "format": format_, **reste}))


def test_chaque_acheteur_a_ses_chiffres_dans_chaque_format(pose):
    client = connecte(pose.structure)
    for code, (heures, gens, nouveaux, chez, engagees, avant, cumul, taux, reste) in ATTENDUS.items():
        lu = json.loads(exporter(client, code, "json", complet="on"))
        cles = ("heures_realisees", "beneficiaires", "nouveaux_entrants", "nouveaux_chez")
        assert [lu["indicateurs"][c] for c in cles] == [
            heures, gens, nouveaux, chez,
        ]  # fmt: skip
        (lot,) = lu["tableaux"]["marches"]
        cles = ("heures_engagees", "heures_avant", "heures_periode", "heures_cumul", "taux", "reste", "beneficiaires")
        assert [lot[c] for c in cles] == [engagees, avant, heures, cumul, taux, reste, gens]
        ecrit = openpyxl.load_workbook(io.BytesIO(exporter(client, code, "xlsx", complet="on")))
        du_classeur = feuille(ecrit, "C2 Marchés")[0]
        assert [decimal(du_classeur[c]) for c in ("H engagées", "H période", "H cumul", "Reste", "Bénéf.")] == [
            decimal(valeur) for valeur in (engagees, heures, cumul, reste, gens)
        ]
        assert du_classeur["Notif."].year in {2024, 2025}
        csv = exporter(client, code, "csv", complet="on").decode("utf-8-sig")
        assert f"marches;{lot['numero']};{lot['acheteur']};heures_periode;{heures.replace('.', ',')};heures" in csv
        page = client.get(PAGE, {**parametres(2025), "acheteur": code})
        montres = {ligne["nom"]: ligne["realise"] for ligne in page.context["synthese"]}
        assert (montres["Heures d’insertion réalisées"], montres["Bénéficiaires"]) == (
            heures.replace(".", ","), str(gens),
        )  # fmt: skip
        pages = lire_pdf(exporter(client, code, "pdf", complet="on")).pages
        papier = en_ligne(" ".join(page.extract_text() for page in pages))
        assert f"Heures d’insertion réalisées {heures.replace('.', ',')}" in papier
        assert f"Bénéficiaires {gens}" in papier
        assert not [h for h in (cumul, reste) if h.replace(".", ",") not in papier]


def test_les_avenants_sont_a_part_et_l_annee_precedente_se_compare(pose):
    lot = etablir(pose.par, DEPARTEMENT).tableaux["marches"].details()[0]
    assert [str(lot[c]) for c in ("heures_initiales", "avenants", "heures_engagees")] == ["600.00", "200.00", "800.00"]
    assert (lot["nature"], lot["article"], lot["titulaires"]) == (
        "Condition d’exécution", "L2112-2", "Routes inventées",
    )  # fmt: skip
    synthese = {ligne.indicateur.cle: ligne for ligne in etablir(pose.par, CU_ARRAS).synthese}
    assert str(synthese["heures_realisees"].realise_n1) == "210.00"
    assert str(synthese["heures_realisees"].evolution) == "0.4286"


def test_une_intercommunalite_compte_des_personnes_distinctes(pose):
    """P1 a travaillé chez les deux : deux et deux font trois."""
    bilan = etablir(pose.par, EPCI)
    assert (str(bilan.indicateurs["heures_realisees"]), bilan.indicateurs["beneficiaires"]) == ("683.34", 3)
    assert [ligne["beneficiaires"] for ligne in bilan.tableaux["acheteurs"].details()] == [2, 2]
    assert [ligne["beneficiaires"] for ligne in bilan.tableaux["acheteurs"].totaux()] == [3]
    assert bilan.indicateurs["nouveaux_chez"] == 2


def test_nouveau_chez_l_acheteur_n_est_pas_nouveau_dans_la_structure(pose):
    """P1, entrée chez la CU en 2024, est nouvelle à la Ville en 2025."""
    publics = {ligne["code"]: ligne for ligne in etablir(pose.par, VILLE_ARRAS).tableaux["publics"].details()}
    assert (publics["RSA"]["nouveaux"], publics["RSA"]["nouveaux_chez"]) == (0, 1)


def test_un_chiffre_sur_huit_s_ouvre_par_son_adresse(pose):
    """Chaque cellule est ouverte dans `test_ouvertures` ; ici, l’adresse que la page en donne."""
    client = connecte(pose.structure)
    ouverts = list(dict.fromkeys(liens(etablir(pose.par, EPCI))))
    assert len(ouverts) > 60
    for url, valeur, unite in ouverts[::8]:
        ouvert = client.get(url).context["ouvert"]
        assert (ouvert.heures if unite is Unite.HEURES else ouvert.nombre) == valeur, url


def test_un_fichier_est_masque_sauf_demande_et_l_ecran_ne_l_est_pas(pose, tmp_path):
    client = connecte(pose.structure)
    masque = json.loads(exporter(client, EPCI, "json"))
    assert masque["indicateurs"]["heures_realisees"] == "683.34"
    assert masque["indicateurs"]["beneficiaires"] == "secret"
    assert {ligne["total"] for ligne in masque["tableaux"]["publics"]} == {"secret"}
    assert {ligne["beneficiaires"] for ligne in masque["tableaux"]["marches"]} == {"secret"}
    assert "petits effectifs sont tus" in masque["filtres"]
    for reste, effectif in (({}, "secret"), ({"complet": "on"}, "3")):
        pages = lire_pdf(exporter(client, EPCI, "pdf", **reste)).pages
        texte = en_ligne(" ".join(page.extract_text() for page in pages))
        assert "Heures d’insertion réalisées 683,34 210,00 +225,40 % " in texte
        assert f" Bénéficiaires {effectif} " in texte
        assert f" dont femmes {'secret' if effectif == 'secret' else '1'} " in texte
    for option, attendu in ((False, "secret"), (True, 2)):
        sortie = tmp_path / "b.json"
        call_command(
            "exporter_bilan", "acheteur", structure="MEMPA", du="2025-01-01", au="2025-12-31", acheteur=CU_ARRAS,
            complet=option, format="json", sortie=str(sortie),
        )  # fmt: skip
        assert json.loads(sortie.read_text(encoding="utf-8"))["indicateurs"]["beneficiaires"] == attendu


@pytest.mark.parametrize("code", ["", "00000000000000", "123456789", "<script>"])
def test_un_acheteur_absent_est_refuse_d_une_phrase(pose, tmp_path, code):
    reponse = connecte(pose.structure).get(PAGE, {**parametres(2025), "acheteur": code})
    assert reponse.status_code == 400
    assert reponse.context["phrase"].endswith(".")
    with pytest.raises(CommandError, match="SIRET"):
        call_command(
            "exporter_bilan", "acheteur", structure="MEMPA", du="2025-01-01", au="2025-12-31", acheteur=code,
            sortie=str(tmp_path / "b.json"),
        )  # fmt: skip


def test_les_suites_disent_les_etapes_sans_le_texte_libre(pose):
    engagement = pose.engagements["2025-M2"]
    EvenementFactory(engagement=engagement, date=datetime.date(2025, 6, 2), nature="RELANCE_1", texte=CANARI)
    with time_machine.travel(datetime.datetime(2025, 9, 1, 12, tzinfo=datetime.UTC), tick=False):
        proposition = PropositionPenaliteFactory(engagement=engagement)
    bilan = etablir(pose.par, VILLE_ARRAS)
    suites = [(ligne["date"], ligne["etape"]) for ligne in bilan.tableaux["suites"].details()]
    assert suites == [
        (datetime.date(2025, 6, 2), "Relance 1"),
        (datetime.date(2025, 9, 1), "Pénalité proposée"),
    ]
    assert bilan.tableaux["marches"].details()[0]["penalite_proposee"] == proposition.montant
    assert CANARI not in str(bilan)
    assert etablir(pose.par, CU_ARRAS).tableaux["suites"].rangees == []


def test_un_lot_retenu_seul_n_a_pas_le_montant_d_un_marche_qui_en_a_d_autres(pose):
    """Le marché est soldé : son autre lot, sans heure dans la période, n’est pas au bilan."""
    marche = Marche.objects.get(acheteur__siret=CU_ARRAS)
    Marche.objects.filter(pk=marche.pk).update(statut="SOLDE", montant_ht=Decimal("1200000.00"))
    marche.lots.update(montant_ht=None)
    montants = [etablir(pose.par, CU_ARRAS).tableaux["marches"].details()[0]["montant_ht"]]
    LotFactory(structure=pose.structure, marche=marche, numero="2")
    lus = etablir(pose.par, CU_ARRAS).tableaux["marches"].details()
    assert (len(lus), [*montants, lus[0]["montant_ht"]]) == (1, [Decimal("1200000.00"), None])


def test_une_lecture_sans_acheteur_est_celle_d_avant(pose):
    faits = agregats.lire(pose.par, pose.structure, annee(2025))
    assert (len(faits.acheteurs), faits.premiers_chez) == (3, {})


# --- L’espace de l’acheteur ------------------------------------------------------------------------------------------


@pytest.fixture
def chez_lui() -> Any:
    """Neuf personnes sur un lot de l’acheteur, deux sur l’autre ; trois des neuf ont le RSA pour critère."""
    structure = StructureFactory(sigle="MEMPA")
    lui = EngagementFactory(
        clause__lot__marche__structure=structure, clause__lot__marche__acheteur__nom="Acheteur à lui"
    )
    second = EngagementFactory(clause__lot__marche=lui.clause.lot.marche)
    voisin = EngagementFactory(
        clause__lot__marche__structure=structure,
        clause__lot__marche__objet="CANARIVOISIN",
        clause__lot__marche__acheteur__nom="CANARIVOISIN",
    )
    for rang in range(12):
        contrat = ContratTravailFactory(
            participant__structure=structure, participant__nom=CANARI, participant__prenom=CANARI,
            participant__identifiant=f"{CANARI}{rang}",
        )  # fmt: skip
        CritereEntreeFactory(
            entree=EntreeClauseFactory(participant=contrat.participant), critere="RSA" if rang < 3 else "DELD"
        )
        engagement = voisin if rang == 11 else second if rang > 8 else lui
        LigneHeuresFactory(engagement=engagement, contrat=contrat, validee=True, mois=datetime.date(2025, 4, 1))
    return lui


@pytest.fixture
def client(chez_lui) -> Any:
    with time_machine.travel(datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC), tick=False):
        yield connecte(chez_lui.structure, role=Role.ACHETEUR, acheteur=chez_lui.clause.lot.marche.acheteur)


def test_l_acheteur_lit_son_bilan_masque_et_rien_d_autre(client, chez_lui):
    lu = json.loads(contenu(client.get(VOTRE_EXPORT, {"annee": "2025", "format": "json"})))
    indicateurs = lu["indicateurs"]
    assert (indicateurs["heures_realisees"], indicateurs["beneficiaires"]) == ("390.50", 11)
    assert (indicateurs["beneficiaires_brsa"], indicateurs["heures_brsa"]) == ("secret", "secret")
    assert [ligne["heures_periode"] for ligne in lu["tableaux"]["marches"]] == ["319.50", "71.00"]
    assert [ligne["beneficiaires"] for ligne in lu["tableaux"]["marches"]] == ["secret", "secret"]
    publics = {ligne["code"]: ligne["total"] for ligne in lu["tableaux"]["publics"]}
    assert (publics["RSA"], publics["DELD"]) == ("secret", "secret")
    ecriture = EcritureJournal.objects.get(action="consulter son bilan")
    assert (ecriture.nature, ecriture.objet_id) == ("LECTURE", str(chez_lui.clause.lot.marche.acheteur_id))


@pytest.mark.parametrize("format_", ["xlsx", "pdf", "csv", "json", "page"])
def test_ni_personne_ni_voisin_ni_lien_vers_des_lignes(client, format_):
    if format_ == "page":
        texte = client.get(VOTRE).content.decode()
        assert "Acheteur à lui" in texte
        assert "/bilans/lignes/" not in texte
    elif format_ == "xlsx":
        lu = openpyxl.load_workbook(io.BytesIO(contenu(client.get(VOTRE_EXPORT, {"annee": "2025"}))))
        texte = str([ligne for onglet in lu.worksheets for ligne in onglet.iter_rows(values_only=True)])
    elif format_ == "pdf":
        pages = lire_pdf(contenu(client.get(VOTRE_EXPORT, {"annee": "2025", "format": "pdf"}))).pages
        texte = en_ligne(" ".join(page.extract_text() for page in pages))
        assert "Acheteur à lui" in texte
        assert "dont bénéficiaires du RSA secret" in texte
    else:
        texte = contenu(client.get(VOTRE_EXPORT, {"annee": "2025", "format": format_})).decode()
    assert CANARI not in texte
    assert "CANARIVOISIN" not in texte


@pytest.mark.parametrize(
    "parametre", [{"acheteur": "00000000000000"}, {"annee": "2026"}, {"annee": "2025-06"}, {"complet": "on"}]
)
def test_l_acheteur_ne_choisit_ni_un_autre_ni_une_periode_ni_le_complet(client, parametre):
    assert client.get(VOTRE, parametre).status_code == 400
    assert client.get(VOTRE_EXPORT, {"format": "json", **parametre}).status_code == 400


def test_l_acheteur_d_une_autre_structure_n_y_lit_rien(client, chez_lui):
    autre = connecte(StructureFactory(), role=Role.ACHETEUR, acheteur=chez_lui.clause.lot.marche.acheteur)
    page = autre.get(VOTRE)
    assert page.context["bilan"] is None
    assert "Aucune heure validée" in page.content.decode()


@pytest.mark.parametrize("role", [Role.FINANCEUR, Role.ENTREPRISE, Role.RESPONSABLE])
def test_qui_n_est_pas_acheteur_n_ouvre_pas_cette_porte(chez_lui, role):
    qui = Acteur(1, role, chez_lui.structure_id, acheteur_id=chez_lui.clause.lot.marche.acheteur_id)
    with pytest.raises(PermissionDenied):
        espace_acheteur.etablir(qui, annee(2025))
    with pytest.raises(PermissionDenied):
        espace_acheteur.etablir(Acteur(1, Role.ACHETEUR, chez_lui.structure_id), annee(2025))


def test_nouveaux_chez_l_acheteur_se_tait_si_l_ecart_compterait_quelques_personnes(chez_lui):
    """Une personne connue d’un autre acheteur en 2024 : onze nouveaux chez lui, dix dans la structure."""
    par = acteur(chez_lui.structure)
    code = chez_lui.clause.lot.marche.acheteur.siret
    masque = bilan_acheteur.sortir(par, Demande("acheteur", annee(2025), code))
    assert (masque.indicateurs["nouveaux_entrants"], masque.indicateurs["nouveaux_chez"]) == (11, 11)
    ligne = LigneHeures.objects.filter(engagement=chez_lui).earliest("pk")
    LigneHeuresFactory(
        engagement__clause__lot__marche__structure=chez_lui.structure, contrat=ligne.contrat, validee=True,
        mois=datetime.date(2024, 11, 1),
    )  # fmt: skip
    masque = bilan_acheteur.sortir(par, Demande("acheteur", annee(2025), code))
    assert masque.indicateurs["nouveaux_chez"] is SECRET


@pytest.mark.parametrize(("nombre", "graine"), [(25, 1), (60, 2)])
def test_le_solveur_ne_retrouve_aucun_effectif_du_bilan_masque(nombre, graine):
    lus = faits(nombre, graine)
    demande = Demande("acheteur", lus.periode, CU_ARRAS)
    maintenant = datetime.datetime(2026, 1, 15, tzinfo=datetime.UTC)
    entete = Entete("acheteur", "Bilan", "S", "Structure", lus.periode, 1820, maintenant, "Quelqu’un")
    vrai = bilan_acheteur._assembler(lus, entete, demande, est_masque=True)
    masque = bilan_acheteur._masquer(vrai, lus)
    trouves = {
        nom: Attaquant(publier(lignes, *totaux)).decouvertes()
        for nom, lignes, *totaux in partitions(vrai, masque, ("publics", "profil"))
    }
    assert len(trouves) == 6
    assert not any(trouves.values()), trouves
    effectifs = [r.valeurs.get(c) for t in masque.tableaux.values() for r in t.rangees for c in GROUPES]
    assert not [valeur for valeur in effectifs if valeur in (1, 2, 3, 4)]
    assert not [valeur for cle, valeur in masque.indicateurs.items() if cle in COMPTES and valeur in (1, 2, 3, 4)]


COMPTES = {
    "beneficiaires", "nouveaux_entrants", "nouveaux_chez", "beneficiaires_brsa", "femmes", "qpv", "participants_plie",
    "moins_26_ans",
}  # fmt: skip


def test_une_page_coute_autant_de_requetes_pour_un_lot_que_pour_onze(client, chez_lui, django_assert_max_num_queries):
    for _ in range(9):
        EngagementFactory(clause__lot__marche=chez_lui.clause.lot.marche)
    with django_assert_max_num_queries(65):
        assert len(client.get(VOTRE).context["bilan"].tableaux["marches"].details()) == 11
