"""La commande `importer_decp`, sur des fichiers fabriqués et sur les vrais fichiers publics."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from marches.enums import NatureClause, RoleEntreprise
from marches.imports.decp.rapport import Issue
from marches.models import Acheteur, Attribution, Clause, Engagement, Lot, Marche
from tests.factories import StructureFactory
from tests.marches.decp import contrat, fichier


@pytest.fixture
def structure():
    return StructureFactory(sigle="MEMPA")


@pytest.fixture
def ecrire(tmp_path):
    def poser(*contrats, nom="essai.json"):
        chemin = tmp_path / nom
        chemin.write_bytes(fichier(*contrats))
        return chemin

    return poser


def lancer(*fichiers, **options):
    sortie = io.StringIO()
    call_command("importer_decp", *map(str, fichiers), structure="MEMPA", stdout=sortie, **options)
    return sortie.getvalue()


def compter(sortie):
    """Comptes du résumé, dans l’ordre : lus, puis une valeur par issue ; leur somme est vérifiée."""
    ligne = next(ligne for ligne in sortie.splitlines() if " contrats lus" in ligne)
    lus, _, reste = ligne.partition(" contrats lus\u00a0= ")
    nombres = [int(partie.split()[0]) for partie in reste.split(" + ")]
    assert int(lus) == sum(nombres)
    assert len(nombres) == len(Issue)
    return int(lus), *nombres


def test_la_commande_dit_ce_qu_elle_a_fait(structure, ecrire):
    sortie = lancer(ecrire(contrat(), contrat(id="2", considerationsSociales=None, montant=0)))
    assert compter(sortie) == (2, 1, 0, 0, 0, 1, 0)
    assert "1 × montant – un montant nul ne dit rien : laissé vide (2)" in sortie


def test_une_simulation_dit_la_meme_chose_et_n_enregistre_rien(structure, ecrire):
    chemin = ecrire(contrat(), contrat())
    simulee = lancer(chemin, simuler=True)
    assert not Marche.objects.exists()
    assert not Acheteur.objects.exists()
    reelle = lancer(chemin)
    assert simulee == reelle + "Simulation : rien n’a été enregistré.\n"
    assert Marche.objects.count() == 1


def test_un_contrat_refuse_donne_un_code_de_sortie_sans_empecher_les_autres(structure, ecrire, capsys):
    sortie = io.StringIO()
    chemin = ecrire(contrat(acheteur={"id": "1"}), contrat())
    with pytest.raises(CommandError) as erreur:
        call_command("importer_decp", str(chemin), structure="MEMPA", stdout=sortie)
    assert erreur.value.returncode == 1
    assert "Refusé – contrat n° 1 (2024-01) : L’acheteur ne peut pas être reconnu" in sortie.getvalue()
    assert Marche.objects.count() == 1


def test_un_contrat_non_concerne_et_defectueux_ne_fait_pas_echouer(structure, ecrire):
    sortie = lancer(ecrire(contrat(acheteur={"id": "1"}, considerationsSociales=None)))
    assert compter(sortie) == (1, 0, 0, 0, 0, 1, 0)


def test_un_fichier_illisible_n_empeche_pas_les_autres(structure, ecrire, tmp_path):
    mauvais = tmp_path / "mauvais.json"
    mauvais.write_bytes(b"{")
    sortie = io.StringIO()
    with pytest.raises(CommandError):
        call_command(
            "importer_decp",
            *map(str, (mauvais, tmp_path / "absent.json", ecrire(contrat()))),
            structure="MEMPA",
            stdout=sortie,
        )
    assert "Fichier refusé – mauvais.json : Ce fichier n’est pas un JSON lisible" in sortie.getvalue()
    assert "Fichier refusé – absent.json : Fichier impossible à ouvrir" in sortie.getvalue()
    assert Marche.objects.count() == 1


def test_choisir_fait_entrer_un_contrat_sans_consideration(structure, ecrire, tmp_path):
    sans = [contrat(id=rang, considerationsSociales=None) for rang in "abc"]
    choix = tmp_path / "choix.txt"
    choix.write_text("\ufeffc\n\n")
    assert compter(lancer(ecrire(*sans), choisir=["a"], choix=choix)) == (3, 2, 0, 0, 0, 1, 0)
    assert sorted(Marche.objects.values_list("reference", flat=True)) == ["a", "c"]


def test_un_choix_introuvable_arrete_tout(structure, ecrire):
    with pytest.raises(CommandError, match=r"Choix introuvable dans les fichiers lus : zzz\. Rien n’est importé\."):
        lancer(ecrire(contrat()), choisir=["zzz"])
    assert not Marche.objects.exists()


def test_tous_fait_entrer_tous_les_contrats(structure, ecrire):
    assert compter(lancer(ecrire(contrat(considerationsSociales=None)), tous=True)) == (1, 1, 0, 0, 0, 0, 0)


def test_une_structure_inconnue_est_refusee(ecrire):
    with pytest.raises(CommandError, match="Aucune structure ne porte le sigle « MEMPA »"):
        lancer(ecrire(contrat()))


def test_le_rapport_donne_contrat_par_contrat_et_ecart_par_ecart(structure, ecrire, tmp_path):
    chemin = tmp_path / "rapport.xlsx"
    lancer(ecrire(contrat(objet="=1+1"), contrat(id="2", considerationsSociales=None, montant=0)), rapport=chemin)
    classeur = openpyxl.load_workbook(chemin)
    assert classeur.sheetnames == ["Comptes", "Contrats", "Écarts"]
    assert [ligne[1].value for ligne in classeur["Comptes"].iter_rows(min_row=2)] == [2, 1, 0, 0, 0, 1, 0]
    contrats = list(classeur["Contrats"].iter_rows(min_row=2))
    assert [ligne[5].value for ligne in contrats] == ["importé", "non retenu"]
    assert (contrats[0][4].value, contrats[0][4].data_type) == ("=1+1", "s")
    assert contrats[0][7].value == Marche.objects.get().pk
    ecart = [cellule.value for cellule in next(classeur["Écarts"].iter_rows(min_row=2))]
    assert ecart == ["essai.json", 2, "2", "écart", "montant", "0", "un montant nul ne dit rien : laissé vide"]


def test_135_marches_reels_a_consideration_sociale_entrent_tous(structure, donnees):
    chemin = donnees / "decp" / "decp2022_considerations_sociales.json"
    assert compter(lancer(chemin)) == (135, 135, 0, 0, 0, 0, 0)
    assert (Marche.objects.count(), Lot.objects.count(), Clause.objects.count()) == (135, 135, 135)
    assert Marche.objects.filter(a_clause_sociale=True).count() == 83
    assert Marche.objects.filter(a_critere_social=True).count() == 70
    assert Marche.objects.filter(est_reserve=True).count() == 11
    assert Clause.objects.filter(nature_clause=NatureClause.RESERVE_MIXTE).count() == 11
    assert not Engagement.objects.exists()
    attributions = Attribution.objects.count()
    assert compter(lancer(chemin)) == (135, 0, 0, 135, 0, 0, 0)
    assert (Marche.objects.count(), Attribution.objects.count()) == (135, attributions)


@pytest.mark.parametrize(
    ("nom", "comptes", "second"),
    [
        ("decp2022_quotidien_1.json", (137, 14, 0, 0, 0, 123, 0), (137, 0, 0, 14, 0, 123, 0)),
        ("decp2022_quotidien_2.json", (143, 7, 0, 0, 2, 134, 0), (143, 0, 0, 7, 2, 134, 0)),
    ],
)
def test_un_fichier_quotidien_reel_est_explique_en_entier(structure, donnees, nom, comptes, second):
    chemin = donnees / "decp" / nom
    assert compter(lancer(chemin)) == comptes
    assert compter(lancer(chemin)) == second


def test_255_marches_reels_de_2019_demandent_un_choix(structure, donnees):
    chemin = donnees / "decp" / "decp2019_pas_de_calais.json"
    assert compter(lancer(chemin)) == (255, 0, 0, 0, 0, 255, 0)
    # Un marché de la communauté urbaine d’Arras, un autre dont un titulaire a un SIRET impossible.
    choisis = ["201800012500", "2018748518TX00"]
    sortie = lancer(chemin, choisir=choisis)
    assert compter(sortie) == (255, 2, 0, 0, 0, 253, 0)
    assert "acheteur (nom) – c’est le nom d’un budget : nom à compléter" in sortie
    arras = Marche.objects.get(acheteur__siret="20003357900018")
    assert arras.acheteur.nom == "À compléter (SIRET 20003357900018)"
    assert Attribution.objects.filter(lot__marche=arras).count() == 1
    sans_titulaire = Marche.objects.get(reference="2018748518TX00")
    assert not Attribution.objects.filter(lot__marche=sans_titulaire).exists()
    assert compter(lancer(chemin, choisir=choisis)) == (255, 0, 0, 2, 0, 253, 0)


def test_255_marches_reels_de_2019_entrent_tous_sur_demande(structure, donnees):
    sortie = lancer(donnees / "decp" / "decp2019_pas_de_calais.json", tous=True)
    assert compter(sortie) == (255, 255, 0, 0, 0, 0, 0)
    assert "62 × dateNotification – la date de notification manque" in sortie
    assert not Clause.objects.exists()


def test_l_exemple_officiel_est_lu_et_son_acheteur_impossible_refuse(structure, donnees):
    with pytest.raises(CommandError):
        lancer(donnees / "decp" / "exemple_officiel_modifications.json")
    assert str(Marche.objects.get().montant_ht) == "123457.87"


@pytest.mark.parametrize(
    ("nom", "comptes", "phrase"),
    [
        ("exemple_officiel_marche.xml", (2, 1, 0, 1, 0, 0, 0), "un SIRET en compte 14"),
        ("exemple_officiel_v1.5.xml", (4, 0, 0, 0, 0, 4, 0), "identifié par « TVA »"),
        ("plat_b_2022.csv", (9, 1, 0, 0, 0, 8, 0), "des signes écrits comme dans une page web"),
        ("tabulaire_c_2024.csv", (104, 0, 0, 0, 0, 104, 0), "104 × objet – l’objet manque : à compléter"),
    ],
)
def test_les_xml_et_les_csv_reels_sont_expliques_en_entier(structure, donnees, nom, comptes, phrase):
    sortie = lancer(donnees / "decp" / nom)
    assert compter(sortie) == comptes
    assert phrase in sortie.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("nom", "comptes"),
    [
        ("exemple_officiel_v1.5.xml", (4, 4, 0, 0, 0, 0, 0)),
        ("plat_b_2022.csv", (9, 9, 0, 0, 0, 0, 0)),
        ("tabulaire_c_2024.csv", (104, 100, 0, 0, 4, 0, 0)),
    ],
)
def test_les_xml_et_les_csv_reels_entrent_tous_sur_demande(structure, donnees, nom, comptes):
    assert compter(lancer(donnees / "decp" / nom, tous=True)) == comptes


@pytest.mark.parametrize("nom", ["schema_v1.5.0.json", "schema_v2.0.3.json"])
def test_un_schema_n_est_pas_un_fichier_de_marches(structure, donnees, nom):
    sortie = io.StringIO()
    with pytest.raises(CommandError):
        call_command("importer_decp", str(donnees / "decp" / nom), structure="MEMPA", stdout=sortie)
    assert "ne contient pas de liste « marches »" in sortie.getvalue()


def test_deux_quotidiens_puis_le_premier_de_nouveau_ne_defont_rien(structure, donnees):
    premier, second = (donnees / "decp" / f"decp2022_quotidien_{rang}.json" for rang in (1, 2))
    assert compter(lancer(premier)) == (137, 14, 0, 0, 0, 123, 0)
    # Un marché du premier, sans considération sociale, republié par le second avec un acte de sous-traitance de plus.
    assert compter(lancer(premier, choisir=["23-239"])) == (137, 1, 0, 14, 0, 122, 0)
    sous_traitants = Attribution.objects.filter(lot__marche__reference="23-239", role=RoleEntreprise.SOUS_TRAITANT)
    avant = sous_traitants.count()
    sortie = lancer(second)
    assert compter(sortie) == (143, 7, 1, 0, 2, 133, 0)
    assert "Mis à jour – contrat 23-239" in sortie
    assert sous_traitants.count() == avant + 1
    assert compter(lancer(premier)) == (137, 0, 0, 15, 0, 122, 0)
    assert sous_traitants.count() == avant + 1
