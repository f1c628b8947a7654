"""Chaque chiffre d’un bilan s’ouvre : la somme ou le nombre de sa liste est ce chiffre."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from bilans import acheteur, ave, definitions, departement, fse, ouvrir, presentation
from bilans.catalogue import RAPPORTS
from bilans.copil import bilan as copil
from bilans.definitions import Unite
from bilans.donnees_ouvertes import bilan as ouvertes
from bilans.faits import Periode
from bilans.mesures import Mesure, Ouverture
from bilans.npnru import bilan as npnru
from bilans.perimetre import trouver
from bilans.rapport import Bilan, Demande, lire_faits
from bilans.secret import SECRET
from clauses.comptes.models import EcritureJournal
from heures import actions as heures
from marches.models import Acheteur, Clause, Operation
from tests.bilans import jeu
from tests.bilans.outils import annee, bilan, connecte, parametres
from tests.factories import (
    AcheteurFactory,
    ContratTravailFactory,
    EngagementFactory,
    EntrepriseFactory,
    LigneHeuresFactory,
    MarcheFactory,
    SortieFactory,
    StructureFactory,
)
from tests.factories_conformite import ActiviteFactory
from tests.jeu_de_comptage import CU_ARRAS, VILLE_ARRAS

LIGNES = "/bilans/lignes/"
OPERATION = "Opération fictive"
# Les colonnes de A1 qui ne sont pas le compte d’une liste, et pourquoi ; `realise` et `realise_n1` s’ouvrent.
DISPENSES_DE_A1 = {
    "objectif": "réglage de la structure",
    "taux_atteinte": "rapport du réalisé à l’objectif, deux colonnes voisines",
    "evolution": "variation entre deux colonnes voisines",
}


# Les indicateurs qui ne sont ni un compte ni un rapport ; chacun dit pourquoi (`Indicateur.dispense`).
DISPENSES = {
    "etp_facilitateurs", "engagements_a_risque", "heures_en_risque", "npnru_heures_totales", "npnru_part_anru",
    "annees", "lignes", "croisements", "valeurs_tues",
}  # fmt: skip
# Ce que seul le bilan d’un acheteur, ou celui des quartiers, montre.
D_AILLEURS = {Mesure.LOTS, Mesure.MOUVEMENTS_DES_LOTS, Mesure.LIGNES_DES_LOTS, Mesure.MOUVEMENTS_SUIVIS}


@pytest.fixture
def garni() -> jeu.Jeu:
    """Le jeu de comptage, et de quoi garnir chaque tableau : sorties, échéances, activités, lignes hors compte."""
    pose = jeu.poser()
    sortie = {"situation": "CDI", "situation_6_mois": "CDI", "situation_12_mois": "INJOIGNABLE"}
    SortieFactory(participant=pose.personnes["P1"], date=datetime.date(2025, 3, 31), **sortie)
    SortieFactory(participant=pose.personnes["P2"], date=datetime.date(2025, 9, 30), situation="DECES")
    SortieFactory(participant=pose.personnes["P4"], date=datetime.date(2024, 10, 31), situation="ABANDON")
    for mois, nature in ((1, "REUNION"), (2, "REUNION"), (5, "AVIS"), (12, "CONTROLE")):
        ActiviteFactory(structure=pose.structure, date=datetime.date(2025, mois, 20), nature=nature)
    MarcheFactory(structure=pose.structure, date_notification=datetime.date(2025, 6, 2), acheteur=AcheteurFactory())
    aci, personne = EntrepriseFactory(aci=True), pose.personnes["P6"]
    for mois in (8, 9):
        contrat = ContratTravailFactory(participant=personne, employeur=aci, date_fin=datetime.date(2025, 9, 30))
        LigneHeuresFactory(
            engagement=pose.engagements["2024-M1"], contrat=contrat, mois=datetime.date(2025, mois, 1), validee=True
        )
    sans_fiche = LigneHeuresFactory(
        engagement=EngagementFactory(clause__lot__marche__structure=pose.structure), validee=True, heures="0.60"
    )
    LigneHeuresFactory(engagement=pose.engagements["2024-M1"], contrat=sans_fiche.contrat, heures="0.60", validee=True)
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        refusee = jeu.noter(
            pose.contrats["C5"], pose.engagements["2025-M3"], "2025-10", Decimal("12.00"), par=pose.par, valider=False
        )
        heures.refuser(refusee, motif="Relevé illisible", par=pose.par)
    rattacher(pose)
    return pose


def rattacher(pose: jeu.Jeu) -> None:
    """M1 et M2 à deux opérations, l’une de renouvellement urbain dont la clause annonce ses heures."""
    for nom, numero, est_npnru in ((OPERATION, "2025-M2", False), ("Quartier fictif", "2024-M1", True)):
        marche = pose.engagements[numero].clause.lot.marche
        marche.operation = Operation.objects.create(structure=pose.structure, nom=nom, est_npnru=est_npnru)
        marche.save(update_fields=["operation"])
    Clause.objects.filter(pk=pose.engagements["2024-M1"].clause.pk).update(
        objectif_heures_totales=Decimal("7800.00"), objectif_part_heures=Decimal("5.00")
    )


@dataclass(frozen=True)
class Chiffre:
    """Une cellule chiffrée : où elle est, ce qu’elle vaut, ce qu’elle ouvre et sur quelle période."""

    ou: str
    valeur: Any
    unite: Unite
    ouverture: Ouverture
    periode: Periode
    ligne: str = ""


def chiffres(lu: Bilan) -> Iterator[Chiffre]:
    """Toutes les cellules qui s’ouvrent, N-1 compris."""
    periode = lu.demande.periode
    for ligne in lu.synthese:
        if ligne.indicateur.ouvre is not None:
            for colonne, valeur, quand in (
                ("N", ligne.realise, periode),
                ("N-1", ligne.realise_n1, periode.un_an_plus_tot()),
            ):
                if valeur is not None and valeur is not SECRET:
                    ou = f"A1 {ligne.indicateur.cle} {colonne}"
                    yield Chiffre(ou, valeur, ligne.indicateur.unite, ligne.indicateur.ouvre, quand)
    for tableau in lu.tableaux.values():
        for numero, rangee in enumerate(tableau.rangees):
            for colonne in tableau.definition.colonnes:
                ouvre, valeur = rangee.ouvertures.get(colonne.cle, colonne.ouvre), rangee.valeurs[colonne.cle]
                if colonne.unite is Unite.TEXTE or ouvre is None or valeur is None or valeur is SECRET:
                    continue
                filtre = ouvre.retenir(rangee.filtre)
                ligne = filtre.pop("ligne", "")
                ou = f"{tableau.definition.cle} ligne {numero} {colonne.cle}"
                filtree = replace(ouvre, filtre=filtre)
                yield Chiffre(ou, valeur, colonne.unite, filtree, rangee.periode or periode, ligne)


Lus = dict[tuple[Periode, str], Any]


def ouvert(pose: jeu.Jeu, chiffre: Chiffre, faits: Lus, demande: Demande) -> ouvrir.Ouvert:
    """Comme la vue : les faits de la période ou du stock, restreints au périmètre du bilan et à la ligne."""
    periode = chiffre.periode.depuis_toujours() if chiffre.ouverture.est_stock else chiffre.periode
    if (periode, chiffre.ligne) not in faits:
        siens = trouver(pose.par, demande.acheteur).acheteurs if demande.acheteur else None
        lus = lire_faits(pose.par, periode, siens)[1]
        restreindre = RAPPORTS[demande.bilan].restreindre
        if restreindre is not None:
            lus, _ = restreindre(pose.par, demande, lus, chiffre.ligne)
        faits[periode, chiffre.ligne] = lus
    lus, filtre = faits[periode, chiffre.ligne], chiffre.ouverture.filtre
    ouvrir.verifier_filtre(lus, filtre, chiffre.ouverture.mesure)
    return ouvrir.ouvrir(pose.par, lus, filtre, mesure=chiffre.ouverture.mesure, page="1")


ANNEES = [(departement.NOM, "", 2025), (departement.NOM, "", 2026)]
COMITE = [(copil.NOM, "", 2025), (copil.NOM, "", 2026)]
EPCI = "200033579"
ACHETEURS = [(acheteur.NOM, CU_ARRAS, 2025), (acheteur.NOM, EPCI, 2025)]
ENTIERE = "entière"
GRILLES = [(ave.NOM, "", 2025), (ave.NOM, ENTIERE, 2025), (fse.NOM, "", 2025), (fse.NOM, OPERATION, 2025)]
QUARTIERS = [(npnru.NOM, "", 2025), (npnru.NOM, "", 2026)]
OUVERTES = [(ouvertes.NOM, "", 2025)]
TOUS = [*ANNEES, *COMITE, *ACHETEURS, *GRILLES, *QUARTIERS, *OUVERTES]


def etablir(pose: jeu.Jeu, nom: str, code: str, numero: int) -> Bilan:
    """Le bilan tel que l’écran l’établit ; l’AVE aussi telle qu’elle est avant d’être masquée."""
    Acheteur.objects.filter(siret__in=[CU_ARRAS, VILLE_ARRAS]).update(epci_siren=EPCI)
    if code == ENTIERE:
        demande = Demande(nom, annee(numero))
        return ave.assembler(ave.compter(pose.par, demande), demande)
    perimetre = {"operation" if nom == fse.NOM else "acheteur": code}
    return RAPPORTS[nom].etablir(pose.par, Demande(nom, annee(numero), **perimetre))


@pytest.mark.parametrize(("nom", "code", "numero"), TOUS)
def test_chaque_cellule_chiffree_est_la_somme_ou_le_nombre_de_sa_liste(garni, nom, code, numero):
    """Cellules vides ou nulles comprises ; les deux années, et la colonne N-1 de chacune."""
    faits: Lus = {}
    faux, vues = [], set()
    etabli = etablir(garni, nom, code, numero)
    for chiffre in chiffres(etabli):
        lu = ouvert(garni, chiffre, faits, etabli.demande)
        montres = [element.heures for element in lu.objets]
        if chiffre.unite is Unite.HEURES:
            trouve = (lu.heures, sum(montres, Decimal("0.00")))
        else:
            trouve = (lu.nombre, len(montres))
        if trouve != (chiffre.valeur, chiffre.valeur):
            faux.append((chiffre.ou, chiffre.valeur, trouve))
        if chiffre.valeur:
            vues.add(chiffre.ouverture.mesure)
        assert all(len(rangee) == len(lu.composition.colonnes) for rangee in lu.rangees)
    assert not faux
    assert len(vues) > (1 if nom == ouvertes.NOM else 3)
    if (nom, numero) == (departement.NOM, 2025):
        assert vues == set(Mesure) - D_AILLEURS


@pytest.mark.parametrize(("nom", "code", "numero"), TOUS)
def test_toute_colonne_chiffree_s_ouvre_est_un_rapport_ou_dit_pourquoi(garni, nom, code, numero):
    """Complet par construction : une colonne ou une ligne nouvelle sans ouverture ni dispense échoue ici."""
    lu = etablir(garni, nom, code, numero)
    muettes = [x.indicateur.cle for x in lu.synthese if not (x.indicateur.ouvre or x.indicateur.quotient)]
    for tableau in lu.tableaux.values():
        for colonne in tableau.definition.colonnes:
            if colonne.unite in (Unite.TEXTE, Unite.DATE) or colonne.ouvre or colonne.quotient or colonne.dispense:
                continue
            muettes += [
                f"{tableau.definition.cle}.{colonne.cle} ligne {numero}"
                for numero, rangee in enumerate(tableau.rangees)
                if rangee.valeurs[colonne.cle] is not None
                and not {colonne.cle} & {*rangee.ouvertures, *rangee.termes, *rangee.dispenses}
                and rangee.valeurs[colonne.cle] is not SECRET
            ]
    chiffrees = {c.cle for c in definitions.SYNTHESE.colonnes if c.unite is not Unite.TEXTE}
    dispenses = DISPENSES | ({"heures_realisees"} if nom == ouvertes.NOM else set())
    assert set(muettes) <= dispenses
    assert chiffrees == {"realise", "realise_n1", *DISPENSES_DE_A1}
    assert all(x.indicateur.dispense for x in lu.synthese if x.indicateur.cle in dispenses)


@pytest.mark.parametrize(("nom", "code", "numero"), TOUS)
def test_un_rapport_montre_ses_deux_termes(garni, nom, code, numero):
    """Le rapport écrit est celui des deux termes montrés, dans la synthèse comme dans les tableaux."""
    lu = etablir(garni, nom, code, numero)
    lus = [
        (ligne.indicateur.cle, valeur, termes)
        for ligne in lu.synthese
        for valeur, termes in ((ligne.realise, ligne.termes), (ligne.realise_n1, ligne.termes_n1))
        if ligne.indicateur.quotient is not None
    ]
    lus += [
        (f"{tableau.definition.cle}.{colonne.cle}", rangee.valeurs[colonne.cle], tableau.termes(rangee, colonne))
        for tableau in lu.tableaux.values()
        for rangee in tableau.rangees
        for colonne in tableau.definition.colonnes
        if colonne.quotient is not None
    ]
    vus = [(cle, valeur, termes) for cle, valeur, termes in lus if valeur is not None and valeur is not SECRET]
    assert not [cle for cle, _, termes in vus if termes is None]
    faux = [x for x in vus if abs(Decimal(x[2][0]) / Decimal(x[2][1]) - x[1]) >= Decimal("0.01")]
    assert not faux
    assert nom == ouvertes.NOM or len(vus) > (200 if (nom, numero) == (departement.NOM, 2025) else 10)


def test_l_ecran_lie_chaque_cellule_chiffree_qui_n_est_pas_nulle(garni):
    """Ce que la page lie est exactement ce que les définitions ouvrent."""
    lu = bilan(garni.par, 2025)
    attendus = sum(bool(c.valeur) for c in chiffres(lu) if not c.ou.startswith("modalites "))
    page = connecte(garni.structure).get("/bilans/departement/", parametres(2025)).content.decode()
    corps = page.partition('id="synthese-tableau"')[2]
    assert corps.count(f'href="{LIGNES}?') == attendus


def test_chaque_liste_se_montre_en_page_et_seules_les_nominatives_vont_au_journal(garni):
    filtres = {
        Mesure.HORS_COMPTE: {"statut": "DECLAREE"}, Mesure.MARCHES: {"etat": "ACTIF"},
        Mesure.ACHETEURS: {"etat": "NOUVEAU"}, Mesure.EMPLOYEURS: {"siae": "OUI"},
    }  # fmt: skip
    client = connecte(garni.structure)
    for mesure in Mesure:
        page = client.get(LIGNES, {**parametres(2025), "mesure": mesure, **filtres.get(mesure, {})})
        assert page.status_code == 200, mesure
        assert page.context["ouvert"].nombre > 0, mesure
        au_journal = EcritureJournal.objects.filter(action=f"ouvrir un chiffre de bilan ({mesure})")
        assert au_journal.exists() == ouvrir.COMPOSITIONS[mesure].est_nominative, mesure


SANS_SENS = (
    {"mesure": "marches"}, {"mesure": "marches", "etat": "NOUVEAU"}, {"mesure": "hors_compte"},
    {"mesure": "acheteurs", "etat": "EN_COURS"}, {"mesure": "mouvements", "sexe": "F"},
    {"mesure": "activites", "trimestre": "2031-T1"}, {"mesure": "sorties", "situation": "VACANCES"},
    {"mesure": "entreprises", "siae": "OUI"}, {"mesure": "lignes", "etat": "ACTIF"},
)  # fmt: skip


def test_un_filtre_sans_sens_pour_la_liste_est_refuse_d_une_phrase():
    client = connecte(jeu.poser().structure)
    for faute in SANS_SENS:
        reponse = client.get(LIGNES, {**parametres(2025), **faute})
        assert reponse.status_code == 400, faute
        assert reponse.context["phrase"].endswith("."), faute


def test_onze_elements_coutent_autant_de_requetes_qu_un(garni, django_assert_max_num_queries):
    client = connecte(garni.structure)
    for _ in range(11):
        contrat = ContratTravailFactory(participant__structure=garni.structure, date_fin=datetime.date(2025, 6, 30))
        LigneHeuresFactory(engagement=garni.engagements["2024-M1"], contrat=contrat, validee=True)
    for mesure in (Mesure.CONTRATS, Mesure.CUMUL, Mesure.MOUVEMENTS, Mesure.SORTIES, Mesure.ACTIVITES):
        with django_assert_max_num_queries(34):
            assert client.get(LIGNES, {**parametres(2025), "mesure": mesure}).status_code == 200


def test_un_chiffre_n_ouvre_rien_d_une_autre_structure(garni):
    autre = StructureFactory()
    LigneHeuresFactory(engagement__clause__lot__marche__structure=autre, validee=True)
    client = connecte(autre)
    for mesure in (Mesure.CUMUL, Mesure.MOUVEMENTS, Mesure.CONTRATS, Mesure.ENTREPRISES):
        lu = client.get(LIGNES, {**parametres(2025), "mesure": mesure}).context["ouvert"]
        assert lu.nombre == 1, mesure
    assert client.get(LIGNES, {**parametres(2025), "mesure": "activites"}).context["ouvert"].nombre == 0


def test_la_colonne_n_moins_1_s_ouvre_sur_la_periode_d_un_an_plus_tot():
    lu = bilan(jeu.poser().par, 2025)
    ligne = next(ligne for ligne in presentation.synthese(lu) if ligne["nom"] == "Heures d’insertion réalisées")
    assert "du=2024-01-01&au=2024-12-31&arrete_au=2024-12-31" in ligne["url_n1"]


def test_un_total_distinct_s_explique_la_ou_il_differe_et_pas_ailleurs():
    page = connecte(jeu.poser().structure).get("/bilans/departement/", parametres(2025))
    ecarts = {tableau.cle: list(tableau.ecarts) for tableau in page.context["tableaux"]}
    attendu = (
        "Total (distinct)\u00a0: Bénéficiaires 6 (somme des lignes\u00a0: 7), dont BRSA 2 (somme des lignes\u00a0: 3)."
    )
    assert ecarts["acheteurs"] == [attendu]
    assert ecarts["publics"] == []
    assert ecarts["territoires"] == []
    assert "Total 6 (somme des lignes\u00a0: 9)" in ecarts["publics_au_moins_un"][0]
    assert page.content.decode().count("Un total compte des personnes distinctes") == sum(map(bool, ecarts.values()))


def test_un_chiffre_du_bilan_demande_entier_s_ouvre_aussi() -> None:
    """« Fichiers complets » reste coché dans l’adresse de chaque chiffre."""
    pose = jeu.poser()
    client = connecte(pose.structure)
    page = client.get("/bilans/acheteur/", parametres(2025) | {"acheteur": CU_ARRAS, "complet": "on"}).content.decode()
    adresses = [adresse.replace("&amp;", "&") for adresse in re.findall(rf'href="({LIGNES}[^"]+)"', page)]
    assert adresses
    assert {client.get(adresse).status_code for adresse in adresses} == {200}
