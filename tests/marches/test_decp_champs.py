"""Lecture des contrats DECP, un défaut à la fois : ce qui est illisible reste vide et se dit."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pytest

from marches.enums import NatureMarche, RoleEntreprise, Technique
from marches.imports.decp.neutre import Consideration, FormatDecp
from tests.factories import siret
from tests.marches.decp import ACHETEUR, COTRAITANT, TITULAIRE, contrat, ecarts, fichier, lire, lire_un


def titulaire(numero: str, **autres: object) -> dict[str, object]:
    return {"titulaire": {"typeIdentifiant": "SIRET", "id": numero, **autres}}


@pytest.mark.parametrize(
    "titulaires",
    [
        [{"titulaire": {"typeIdentifiant": "SIRET", "id": TITULAIRE}}],
        [{"typeIdentifiant": "SIRET", "id": TITULAIRE}],
        {"titulaire": [{"typeIdentifiant": "SIRET", "id": TITULAIRE}]},
        {"titulaire": {"id": TITULAIRE}},
        {"id": TITULAIRE},
    ],
)
def test_toutes_les_enveloppes_de_titulaires_se_lisent(titulaires):
    lu = lire_un(titulaires=titulaires)
    assert [a.entreprise.siret for a in lu.attributions] == [TITULAIRE]
    assert lu.ecarts == ()


@pytest.mark.parametrize(
    "considerations",
    [
        {"considerationSociale": ["Critère social", "Clause sociale"]},
        ["Critère social", "Clause sociale"],
        [{"considerationSociale": "Clause sociale"}, {"considerationSociale": "Critère social"}],
        {"considerationSociale": ["CLAUSE SOCIALE", "critere social", "Pas de considération sociale"]},
    ],
)
def test_toutes_les_formes_de_considerations_se_lisent(considerations):
    assert lire_un(considerationsSociales=considerations).considerations == (
        Consideration.CLAUSE,
        Consideration.CRITERE,
    )


def test_une_consideration_inconnue_est_un_ecart():
    lu = lire_un(considerationsSociales=["Clause inventée"])
    assert lu.considerations == ()
    assert "considerationsSociales [Clause inventée] libellé inconnu" in ecarts(lu)


@pytest.mark.parametrize(
    ("montant", "raison"),
    [
        (0, "un montant nul ne dit rien"),
        (1e17, "montant laissé vide"),
        (10**40, "montant laissé vide"),
        (-5, "négatif"),
        ("NC", "montant laissé vide"),
        (True, "montant laissé vide"),
        ({"valeur": 3}, "montant laissé vide"),
        (None, "le montant manque"),
    ],
)
def test_un_montant_absurde_reste_vide_et_se_dit(montant, raison):
    lu = lire_un(montant=montant)
    assert lu.montant_ht is None
    assert raison in ecarts(lu)
    assert lu.refus == ()


def test_un_montant_non_fini_reste_vide_et_se_dit():
    lu = lire(fichier(contrat()).replace(b"40000", b"NaN")).contrats[0]
    assert lu.montant_ht is None
    assert "[NaN]" in ecarts(lu)


def test_un_montant_decimal_est_exact():
    assert lire(fichier(contrat()).replace(b"40000", b"123456.89")).contrats[0].montant_ht == Decimal("123456.89")


@pytest.mark.parametrize("duree", ["NC", 0, -3, 10_000, 2.5, [12]])
def test_une_duree_absurde_reste_vide_et_laisse_la_fin_inconnue(duree):
    lu = lire_un(dureeMois=duree)
    assert (lu.duree_mois, lu.date_fin) == (None, None)
    assert "durée laissée vide" in ecarts(lu)


def test_un_cpv_a_sept_chiffres_est_propose_et_non_devine():
    lu = lire_un(codeCPV="3114000")
    assert lu.cpv == ""
    assert "03114000" in ecarts(lu)


def test_un_cpv_avec_sa_clef_est_garde():
    assert lire_un(codeCPV="45000000-7").cpv == "45000000-7"


@pytest.mark.parametrize(
    ("numero", "raison"),
    [
        ("200033579", "est un SIREN"),
        ("20003357900012345", "17 chiffres"),
        (ACHETEUR[:-1] + str((int(ACHETEUR[-1]) + 1) % 10), "clef de contrôle fausse"),
        ("", "La valeur manque"),
        (None, "La valeur manque"),
        (["x"], "n’est pas un SIRET"),
    ],
)
def test_un_acheteur_sans_siret_valable_explique_le_refus_du_contrat(numero, raison):
    lu = lire_un(acheteur={"id": numero})
    assert lu.acheteur is None
    assert raison in lu.refus[0]


@pytest.mark.parametrize("acheteur", [None, "Mairie", [], {}])
def test_un_acheteur_absent_ou_illisible_explique_le_refus(acheteur):
    lu = lire_un(acheteur=acheteur)
    assert "L’acheteur ne peut pas être reconnu" in lu.refus[0]


@pytest.mark.parametrize(
    ("brut", "raison"),
    [
        ({"typeIdentifiant": "SIRET", "id": "4516603280007600023"}, "19 chiffres"),
        ({"typeIdentifiant": "TVA", "id": "FR12345678901"}, "identifié par « TVA »"),
        ({"typeIdentifiant": "HORS-UE", "id": "X1"}, "identifié par « HORS-UE »"),
        ("inconnu", "l’identité manque"),
        ({"typeIdentifiant": 3, "id": TITULAIRE}, "et non par un SIRET"),
    ],
)
def test_un_titulaire_sans_siret_est_ecarte_mais_le_contrat_reste(brut, raison):
    lu = lire_un(titulaires=[brut, titulaire(COTRAITANT)])
    assert [a.entreprise.siret for a in lu.attributions] == [COTRAITANT]
    assert lu.refus == ()
    assert raison in ecarts(lu)
    assert "entreprise non créée, à ajouter au marché" in ecarts(lu)


def test_un_groupement_a_son_mandataire_et_ses_cotraitants():
    lu = lire_un(typeGroupementOperateurs="Solidaire", titulaires=[titulaire(TITULAIRE), titulaire(COTRAITANT)])
    assert [a.role for a in lu.attributions] == [RoleEntreprise.MANDATAIRE, RoleEntreprise.COTRAITANT]
    assert lu.ecarts == ()


def test_plusieurs_titulaires_sans_groupement_sont_chacun_titulaire_et_cela_se_dit():
    lu = lire_un(titulaires=[titulaire(TITULAIRE), titulaire(COTRAITANT)])
    assert {a.role for a in lu.attributions} == {RoleEntreprise.TITULAIRE}
    assert "rôles à vérifier" in ecarts(lu)


def test_les_actes_de_sous_traitance_donnent_des_sous_traitants():
    acte = {"acteSousTraitance": {"id": 1, "sousTraitant": {"typeIdentifiant": "SIRET", "id": COTRAITANT}}}
    lu = lire_un(actesSousTraitance=[acte], modificationsActesSousTraitance=[{"modificationActeSousTraitance": {}}])
    assert [a.role for a in lu.attributions] == [RoleEntreprise.TITULAIRE, RoleEntreprise.SOUS_TRAITANT]


def test_un_titulaire_cite_deux_fois_n_a_qu_un_role():
    acte = {"sousTraitant": {"typeIdentifiant": "SIRET", "id": TITULAIRE}}
    lu = lire_un(actesSousTraitance=[acte])
    assert [a.role for a in lu.attributions] == [RoleEntreprise.TITULAIRE]
    assert "un seul rôle est gardé" in ecarts(lu)


@pytest.mark.parametrize("modifications", [[], None, {}, ""])
def test_sans_modification_rien_ne_change(modifications):
    assert lire_un(modifications=modifications).montant_ht == Decimal("40000.00")


def test_la_derniere_modification_datee_donne_le_nouveau_total():
    modifications = [
        {"modification": {"id": 2, "dateNotificationModification": "2024-09-01", "montant": 55000, "dureeMois": 18}},
        {"dateNotificationModification": "2024-07-01", "montant": 99000},
    ]
    lu = lire_un(modifications=modifications)
    assert (lu.montant_ht, lu.duree_mois) == (Decimal("55000.00"), 18)
    assert lu.date_fin == datetime.date(2025, 11, 22)


def test_une_modification_sans_date_ou_plus_courte_se_dit_sans_s_appliquer():
    modifications = [{"montant": 1}, {"dateNotificationModification": "2024-09-01", "dureeMois": 1}, "x"]
    lu = lire_un(modifications=modifications)
    assert (lu.montant_ht, lu.duree_mois) == (Decimal("40000.00"), 12)
    assert "modification sans date" in ecarts(lu)
    assert "plus courte que les 12 mois" in ecarts(lu)
    assert "cette modification est illisible" in ecarts(lu)


def test_une_modification_sans_montant_lisible_garde_le_montant():
    lu = lire_un(modifications=[{"dateNotificationModification": "2024-09-01", "montant": 0}])
    assert lu.montant_ht == Decimal("40000.00")
    assert "modifications (montant) [0] un montant nul" in ecarts(lu)


def test_les_noms_abimes_sont_gardes_et_signales():
    lu = lire_un(acheteur={"id": ACHETEUR, "nom": "Communaut\ufffd d’agglom\ufffdration"}, objet="RÃ©fection d’école")
    assert lu.acheteur is not None
    assert lu.acheteur.nom == "Communaut\ufffd d’agglom\ufffdration"
    assert lu.objet == "RÃ©fection d’école"
    assert "acheteur (nom) [Communaut\ufffd d’agglom\ufffdration] des lettres sont abîmées" in ecarts(lu)


def test_le_nom_d_un_budget_n_est_pas_celui_de_l_acheteur():
    lu = lire_un(acheteur={"id": ACHETEUR, "nom": "BUDGET PRINCIPAL"})
    assert lu.acheteur is not None
    assert lu.acheteur.nom == ""
    assert "acheteur (nom) [BUDGET PRINCIPAL] c’est le nom d’un budget" in ecarts(lu)


def test_un_texte_doublement_encode_est_signale_avec_sa_lecture_probable():
    assert "sans doute « Réfection »" in ecarts(lire_un(objet="RÃ©fection"))


def test_les_balises_br_deviennent_des_espaces_et_les_capitales_restent():
    lu = lire_un(objet="TRAVAUX<br />DE VOIRIE <BR> LOT 2")
    assert lu.objet == "TRAVAUX DE VOIRIE LOT 2"
    assert "balises « br »" in ecarts(lu)


def test_les_caracteres_de_controle_sont_retires_et_signales():
    lu = lire_un(objet="Voirie\x00 et\ud800 \u202eréseaux", id="A\x00B")
    assert (lu.objet, lu.identifiant) == ("Voirie et réseaux", "AB")
    assert "des caractères de contrôle ont été retirés" in ecarts(lu)


def test_un_objet_trop_long_est_coupe_et_un_objet_absent_reste_a_completer():
    assert len(lire_un(objet="x" * 3000).objet) == 1000
    vide = lire_un(objet=None)
    assert vide.objet == "Objet à compléter"
    assert "objet [] l’objet manque" in ecarts(vide)


@pytest.mark.parametrize(
    ("date", "attendue"),
    [
        ("2019-01-10+01:00", datetime.date(2019, 1, 10)),
        ("2019-01-10T00:00:00Z", datetime.date(2019, 1, 10)),
        ("10/01/2019", datetime.date(2019, 1, 10)),
        ("0019-01-10", None),
        ("2099-01-10", None),
        ("2024-02-31", None),
        ("bientôt", None),
        (20240522, None),
        (None, None),
    ],
)
def test_les_dates_absurdes_restent_vides_et_se_disent(date, attendue):
    lu = lire_un(dateNotification=date)
    assert lu.date_notification == attendue
    assert ("dateNotification" in ecarts(lu)) is (attendue is None)
    assert lu.refus == ()


@pytest.mark.parametrize(("identifiant", "raison"), [(None, "manque"), ("  ", "manque"), ("x" * 61, "dépasse 60")])
def test_un_identifiant_absent_ou_trop_long_refuse_le_contrat(identifiant, raison):
    assert raison in lire_un(id=identifiant).refus[0]


def test_un_identifiant_numerique_devient_un_texte():
    assert lire_un(id=20240012).identifiant == "20240012"


def test_une_clef_repetee_dans_un_contrat_se_dit():
    octets = fichier(contrat()).replace(b'"montant": 40000', b'"montant": 1, "montant": 40000')
    lu = lire(octets).contrats[0]
    assert lu.montant_ht == Decimal("40000.00")
    assert "clefs [montant] clef répétée" in ecarts(lu)


def test_la_commune_d_execution_ne_se_deduit_pas_d_un_code_postal():
    assert lire_un().commune_execution_insee == ""
    assert lire_un(lieuExecution={"code": "62041", "typeCode": "Code commune"}).commune_execution_insee == "62041"
    assert "lieuExecution" in ecarts(lire_un(lieuExecution={"code": "6204", "typeCode": "Code commune"}))


def test_une_concession_se_lit_avec_ses_propres_champs():
    concession = {
        "id": "C1",
        "autoriteConcedante": {"id": ACHETEUR},
        "nature": "Délégation de service public",
        "objet": "Restauration scolaire",
        "procedure": "Procédure négociée ouverte",
        "dureeMois": 60,
        "dateSignature": "2024-06-01",
        "dateDebutExecution": "2024-09-01",
        "valeurGlobale": 900000,
        "concessionnaires": [{"concessionnaire": {"typeIdentifiant": "SIRET", "id": TITULAIRE}}],
        "considerationsSociales": {"considerationSociale": ["Concession réservée"]},
    }
    lu = lire(json.dumps({"marches": {"contrat-concession": [concession]}}).encode()).contrats[0]
    assert (lu.nature, lu.montant_ht) == (NatureMarche.CONCESSION, Decimal("900000.00"))
    assert lu.date_fin == datetime.date(2029, 9, 1)
    assert lu.considerations == (Consideration.RESERVE,)
    assert [a.entreprise.siret for a in lu.attributions] == [TITULAIRE]
    assert "préciser" in ecarts(lu)


def test_un_accord_cadre_de_2019_garde_sa_technique_et_ses_noms():
    lu = lire(
        json.dumps(
            {
                "marches": [
                    {
                        "id": "2019A",
                        "uid": "x",
                        "acheteur": {"id": ACHETEUR, "nom": "Mairie de Test"},
                        "nature": "Accord-cadre",
                        "objet": "Nettoyage",
                        "titulaires": [{"id": siret(5), "denominationSociale": "PROPRE SARL"}],
                        "modifications": [],
                    }
                ]
            }
        ).encode()
    )
    assert lu.format is FormatDecp.JSON_2019
    assert lu.contrats[0].technique == Technique.ACCORD_CADRE
    assert lu.contrats[0].acheteur.nom == "Mairie de Test"
    assert lu.contrats[0].attributions[0].entreprise.nom == "PROPRE SARL"
