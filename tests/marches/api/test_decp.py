"""Importer un fichier DECP par l’API, l’essayer, choisir ; puis regrouper ce qui va ensemble."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from marches.imports.decp import d_un_coup
from marches.models import Acheteur, Lot, Marche, PublicationDecp
from tests.factories import AcheteurFactory, MarcheFactory, StructureFactory
from tests.heures.api.porte import Porte, fautes, refus
from tests.marches.decp import ACHETEUR, TITULAIRE, contrat, fichier

SANS_CLAUSE = {"considerationSociale": ["Pas de considération sociale"]}


@pytest.fixture
def porte() -> Porte:
    return Porte(StructureFactory())


def envoyer(porte: Porte, *contrats: Any, **options: Any) -> Any:
    return porte.televerser("publications/importer/", fichier(*contrats), "decp.json", **options)


def importer(porte: Porte, *contrats: Any, **options: Any) -> Any:
    reponse = envoyer(porte, *contrats, **options)
    assert reponse.status_code == 200, reponse.content
    return reponse.json()


def issues(rapport: Any) -> dict[str, str]:
    return {lu["identifiant"]: lu["issue"] for lu in rapport["contrats"]}


def test_un_fichier_s_importe_et_chaque_contrat_a_son_issue(porte: Porte) -> None:
    rapport = importer(
        porte, contrat(id="A"), contrat(id="B", considerationsSociales=SANS_CLAUSE), contrat(id="C", acheteur=None)
    )
    assert issues(rapport) == {"A": "IMPORTE", "B": "NON_RETENU", "C": "REFUSE"}
    assert (rapport["lus"], rapport["essai"], rapport["format"]) == (3, False, "JSON réglementaire 2022")
    assert rapport["comptes"] == {
        "IMPORTE": 1, "MIS_A_JOUR": 0, "DEJA_PRESENT": 0, "DIFFERENT": 0, "NON_RETENU": 1, "REFUSE": 1,
    }  # fmt: skip
    marche = Marche.objects.get()
    (importe, _, refuse) = rapport["contrats"]
    assert (importe["marche"], importe["acheteur_siret"], importe["rang"]) == (marche.pk, ACHETEUR, 1)
    assert "L’acheteur ne peut pas être reconnu" in refuse["raison"]
    assert ("créer le marché", str(marche.pk), 1) in porte.journal("ECRITURE")


def test_redire_l_import_ne_cree_rien_et_suit_la_source(porte: Porte) -> None:
    importer(porte, contrat(id="A"))
    assert issues(importer(porte, contrat(id="A"))) == {"A": "DEJA_PRESENT"}
    suivi = importer(porte, contrat(id="A", montant=50000))
    assert issues(suivi) == {"A": "MIS_A_JOUR"}
    (difference,) = suivi["contrats"][0]["differences"]
    assert (difference["champ"], difference["sort"]) == ("montant HT", "appliqué")
    assert Marche.objects.count() == 1


def test_un_essai_rend_le_meme_rapport_sans_rien_ecrire(porte: Porte) -> None:
    essai = importer(porte, contrat(id="A"), essai=True)
    assert (issues(essai), essai["essai"], essai["contrats"][0]["marche"]) == ({"A": "IMPORTE"}, True, None)
    for modele in (Marche, Acheteur, PublicationDecp, EcritureJournal):
        assert not modele.objects.exists()
    fait = importer(porte, contrat(id="A"))
    sans_numero = [lu | {"marche": None} for lu in fait["contrats"]]
    assert (sans_numero, fait["resume"]) == (essai["contrats"], essai["resume"])


def test_on_choisit_les_contrats_ou_tous(porte: Porte) -> None:
    deux = (contrat(id="A"), contrat(id="B", considerationsSociales=SANS_CLAUSE))
    assert issues(importer(porte, *deux, choix={"identifiants": ["B"]})) == {"A": "NON_RETENU", "B": "IMPORTE"}
    assert issues(importer(porte, *deux, tous=True)) == {"A": "IMPORTE", "B": "DEJA_PRESENT"}
    lues = fautes(envoyer(porte, *deux, choix={"identifiants": ["A"]}, tous=True))
    assert "pas les deux" in lues["tous"]


def test_trop_de_contrats_neufs_d_un_coup_sont_refuses(porte: Porte, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(d_un_coup, "ENTREES_AU_PLUS", 2)
    trois = [contrat(id=identifiant) for identifiant in "ABC"]
    assert "3 contrats entreraient" in refus(envoyer(porte, *trois))
    assert not Marche.objects.exists()
    importer(porte, *trois, choix={"identifiants": ["A", "B"]})
    assert issues(importer(porte, *trois))["C"] == "IMPORTE"


def test_un_contrat_non_choisi_ne_suit_pas_sa_source(porte: Porte) -> None:
    importer(porte, contrat(id="A"), contrat(id="B"))
    assert (
        issues(importer(porte, contrat(id="A", montant=1), contrat(id="B"), choix={"identifiants": ["B"]}))["A"]
        == "DIFFERENT"
    )
    assert Marche.objects.get(reference="A").montant_ht == 40000


def test_un_choix_ou_un_nom_sans_reponse_se_dit(porte: Porte) -> None:
    assert "Choix introuvable dans le fichier : Z" in refus(
        envoyer(porte, contrat(id="A"), choix={"identifiants": ["Z"]})
    )
    noms = {"00000000000000": "Personne"}
    assert "ne cite pas" in refus(envoyer(porte, contrat(id="A"), choix={"noms": noms}))
    assert not Marche.objects.exists()


def test_les_noms_donnes_completent_ceux_du_fichier(porte: Porte) -> None:
    importer(porte, contrat(id="A"), choix={"noms": {ACHETEUR: "Ville fictive", TITULAIRE: "Peintures fictives"}})
    assert Acheteur.objects.get().nom == "Ville fictive"
    assert Lot.objects.get().attributions.get().entreprise.raison_sociale == "Peintures fictives"


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        (None, "il manque"),
        (b"", "vide"),
        (b"%PDF-1.7", "données essentielles"),
        (b'{"marches": []}', "aucun contrat"),
        (b" " * (5 * 2**20 + 1), "5"),
    ],
)
def test_un_fichier_qui_n_en_est_pas_un_se_dit(porte: Porte, contenu: bytes | None, phrase: str) -> None:
    lues = fautes(porte.televerser("publications/importer/", contenu, "decp.json"))
    assert phrase in lues["fichier"], lues
    assert not Marche.objects.exists()


@pytest.mark.parametrize(
    ("options", "champ", "phrase"),
    [
        ({"choix": {"identifiants": []}}, "choix.identifiants", "vide"),
        ({"choix": {"noms": {ACHETEUR: "\ufeff"}}}, f"choix.noms.{ACHETEUR}", ""),
        ({"essai": "oui"}, "essai", "true ou false"),
        ({"simuler": True}, "simuler", "Champ inconnu"),
    ],
)
def test_une_option_mal_dite_se_dit(porte: Porte, options: Any, champ: str, phrase: str) -> None:
    lues = fautes(envoyer(porte, contrat(), **options))
    assert phrase in lues[champ], lues
    assert not Marche.objects.exists()


@pytest.mark.parametrize("duree", [0, 601, 99999, "1e400", "-3", 10**30])
def test_une_duree_hors_borne_s_explique_et_le_contrat_entre(porte: Porte, duree: Any) -> None:
    (lu,) = importer(porte, contrat(id="A", dureeMois=duree))["contrats"]
    assert lu["issue"] == "IMPORTE"
    (ecart,) = [ecart for ecart in lu["ecarts"] if ecart["champ"] == "dureeMois"]
    assert "durée laissée vide" in ecart["raison"]
    assert Marche.objects.get().duree_mois is None


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR])
def test_importer_et_regrouper_demandent_le_droit_d_importer(porte: Porte, role: Role) -> None:
    autre = Porte(porte.structure, role)
    assert envoyer(autre, contrat()).status_code == 403
    assert autre.lire("marches/regroupements/").status_code == 403
    assert autre.poster("marches/regrouper/", {}).status_code == 403
    assert not Marche.objects.exists()


def test_un_regroupement_propose_se_confirme(porte: Porte) -> None:
    importer(porte, *(contrat(id=f"24MS016_L{n}", objet=f"Rénovation de l’école, lot {n}") for n in (1, 2)))
    (propose,) = porte.lire("marches/regroupements/").json()["propositions"]
    assert (propose["reference"], propose["objet"]) == ("24MS016", "Rénovation de l’école")
    assert sorted(propose["marches"]) == sorted(Marche.objects.values_list("pk", flat=True))
    garde = porte.poster("marches/regrouper/", {nom: propose[nom] for nom in ("marches", "reference", "objet")})
    assert (garde.status_code, garde.json()["reference"], garde.json()["montant_ht"]) == (200, "24MS016", "80000.00")
    assert (Marche.objects.count(), Lot.objects.count()) == (1, 2)
    assert porte.lire("marches/regroupements/").json() == {"propositions": []}


def test_un_regroupement_impossible_se_dit(porte: Porte) -> None:
    importer(porte, contrat(id="A"))
    marche, ailleurs = Marche.objects.get(), MarcheFactory()
    corps = {"reference": "R", "objet": "O"}
    for numeros in ([marche.pk], [marche.pk] * 2):
        assert "au moins deux" in refus(porte.poster("marches/regrouper/", corps | {"marches": numeros}))
    lues = fautes(porte.poster("marches/regrouper/", corps | {"marches": [marche.pk, ailleurs.pk]}))
    assert "Aucune fiche" in lues["marches"]
    assert Marche.objects.count() == 2


def test_un_annuaire_se_cherche_par_son_nom_ou_son_siret(porte: Porte) -> None:
    acheteur = AcheteurFactory(nom="Ville d’Étaples")
    AcheteurFactory(nom="Autre")
    for cherche in ("etaples", acheteur.siret[:11], f"{acheteur.siret[:3]} {acheteur.siret[3:12]}"):
        assert [lu["id"] for lu in porte.lus(f"acheteurs/?recherche={cherche}")] == [acheteur.pk]
    assert json.loads(porte.lire("entreprises/?recherche=rien").content)["results"] == []
