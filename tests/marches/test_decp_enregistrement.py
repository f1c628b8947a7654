"""Enregistrer des contrats DECP : chacun est importé tout entier, ou expliqué ; rien n’est écrasé."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from clauses.comptes.acteurs import Role
from clauses.socle.erreurs import ActionImpossible
from entreprises.models import Entreprise
from marches.actions import modifier_marche
from marches.enums import NatureClause, NatureMarche, Origine, RoleEntreprise, StatutMarche
from marches.historique import historique
from marches.imports.decp.correspondances import nature_de_la_clause
from marches.imports.decp.enregistrement import Enregistrement, importer_choisis, nom_a_completer
from marches.imports.decp.neutre import Consideration
from marches.imports.decp.rapport import Issue, Rapport
from marches.imports.decp.rapprochement import PAR_LOT
from marches.models import Acheteur, Attribution, Clause, Engagement, Lot, Marche, ModificationMarche
from tests.factories import (
    AcheteurFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    StructureFactory,
    acteur,
    siret,
)
from tests.marches.decp import ACHETEUR, COTRAITANT, TITULAIRE, contrat, fichier, lire

CLAUSE, CRITERE, RESERVE = Consideration.CLAUSE, Consideration.CRITERE, Consideration.RESERVE


@pytest.fixture
def par():
    return acteur(StructureFactory())


def importer(par, *contrats, **options):
    return Enregistrement(par, **options).traiter(lire(fichier(*contrats)))


def epuiser(etapes):
    """Le rapport que rend un générateur, une fois tous ses contrats faits."""
    while True:
        try:
            next(etapes)
        except StopIteration as fin:
            return fin.value


def issues(lignes):
    return [ligne.issue for ligne in lignes]


def test_un_contrat_devient_un_marche_a_lot_unique_avec_sa_clause_et_ses_attributaires(par):
    groupement = [{"id": TITULAIRE}, {"id": COTRAITANT}]
    acte = {"acteSousTraitance": {"sousTraitant": {"typeIdentifiant": "SIRET", "id": siret(202)}}}
    lignes = importer(
        par, contrat(typeGroupementOperateurs="Conjoint", titulaires=groupement, actesSousTraitance=[acte])
    )
    assert issues(lignes) == [Issue.IMPORTE]
    marche = Marche.objects.get()
    assert marche == lignes[0].marche
    assert (marche.structure_id, marche.acheteur.siret, marche.reference) == (par.structure_id, ACHETEUR, "2024-01")
    assert (marche.origine, marche.source_identifiant) == (Origine.DECP, f"{ACHETEUR}/2024-01")
    assert (marche.statut, marche.montant_ht) == (StatutMarche.EN_COURS, Decimal("40000.00"))
    assert marche.date_fin == datetime.date(2025, 5, 22)
    assert marche.considerations_sociales == ["Clause sociale"]
    lot = Lot.objects.get()
    assert (lot.numero, lot.montant_ht) == ("1", Decimal("40000.00"))
    assert [(a.entreprise.siret, a.role) for a in Attribution.objects.order_by("pk")] == [
        (TITULAIRE, RoleEntreprise.MANDATAIRE),
        (COTRAITANT, RoleEntreprise.COTRAITANT),
        (siret(202), RoleEntreprise.SOUS_TRAITANT),
    ]
    assert Clause.objects.get().nature_clause == NatureClause.COND_EXEC
    assert not Engagement.objects.exists()


def test_sans_nom_l_annuaire_recoit_un_nom_a_completer_et_le_connu_est_repris(par):
    AcheteurFactory(siret=ACHETEUR, nom="Communauté urbaine d’Arras")
    importer(par, contrat())
    assert Acheteur.objects.get().nom == "Communauté urbaine d’Arras"
    assert Entreprise.objects.get().raison_sociale == nom_a_completer(TITULAIRE)


def test_un_nom_saisi_puis_un_nom_du_fichier_remplacent_un_nom_a_completer_et_jamais_un_autre(par):
    importer(par, contrat())
    nomme = contrat(id="2", acheteur={"id": ACHETEUR, "nom": "Mairie"}, titulaires=[{"id": TITULAIRE}])
    importer(par, nomme, noms={TITULAIRE: "Bâtir SARL"})
    assert Acheteur.objects.get().nom == "Mairie"
    assert Entreprise.objects.get().raison_sociale == "Bâtir SARL"
    importer(par, contrat(id="3", acheteur={"id": ACHETEUR, "nom": "Autre"}), noms={TITULAIRE: "Autre SARL"})
    assert Acheteur.objects.get().nom == "Mairie"
    assert Entreprise.objects.get().raison_sociale == "Bâtir SARL"


def test_seuls_les_contrats_a_consideration_sociale_entrent(par):
    sans = contrat(id="2", considerationsSociales=["Pas de considération sociale"])
    lignes = importer(par, contrat(), sans)
    assert issues(lignes) == [Issue.IMPORTE, Issue.NON_RETENU]
    assert lignes[1].raison == "sans considération sociale : non retenu"
    assert Marche.objects.count() == 1


def test_un_contrat_choisi_sans_consideration_entre_sans_clause_et_cela_se_dit(par):
    lignes = importer(par, contrat(considerationsSociales=None), retenir=lambda contrat: True)
    assert issues(lignes) == [Issue.IMPORTE]
    assert "définir la clause" in lignes[0].raison
    assert not Clause.objects.exists()


def test_un_contrat_de_2019_sans_choix_est_explique(par):
    ancien = {"id": "A", "acheteur": {"id": ACHETEUR, "nom": "Mairie"}, "objet": "Voirie", "titulaires": []}
    lignes = importer(par, ancien)
    assert issues(lignes) == [Issue.NON_RETENU]
    assert "le format 2019 n’en publie pas" in lignes[0].raison


def test_un_second_passage_ne_cree_rien(par):
    importer(par, contrat())
    avant = [modele.objects.count() for modele in (Marche, Lot, Clause, Attribution, Acheteur, Entreprise)]
    lignes = importer(par, contrat())
    assert issues(lignes) == [Issue.DEJA_PRESENT]
    assert [modele.objects.count() for modele in (Marche, Lot, Clause, Attribution, Acheteur, Entreprise)] == avant


def test_ce_que_la_source_change_s_applique_la_ou_personne_n_a_corrige(par):
    importer(par, contrat())
    lignes = importer(par, contrat(montant=55000, titulaires=[{"id": TITULAIRE}, {"id": COTRAITANT}]))
    assert issues(lignes) == [Issue.MIS_A_JOUR]
    # Les espaces insécables de la phrase sont ramenées à l’ordinaire pour la comparer.
    dites = " ".join(" | ".join(map(str, lignes[0].differences)).split())
    assert "montant HT : « 40 000 € » est enregistré, le fichier dit « 55 000 € » – appliqué" in dites
    assert f"attributaire : rien est enregistré, le fichier dit « {COTRAITANT} » – appliqué" in dites
    assert Marche.objects.get().montant_ht == Decimal("55000.00")
    assert Lot.objects.get().montant_ht == Decimal("55000.00")
    assert Attribution.objects.count() == 2
    assert issues(importer(par, contrat(montant=55000))) == [Issue.DEJA_PRESENT]


def test_ce_que_quelqu_un_a_corrige_reste_et_se_montre_en_regard(par):
    importer(par, contrat())
    marche = Marche.objects.get()
    modifier_marche(
        marche, version=marche.version, montant_ht=Decimal(42000), objet="Groupe scolaire Pasteur", par=par
    )
    lignes = importer(par, contrat(montant=55000, dureeMois=18))
    assert issues(lignes) == [Issue.MIS_A_JOUR]
    sorts = {difference.champ: str(difference.sort) for difference in lignes[0].differences}
    assert sorts == {
        "objet": "gardé tel qu’ici",
        "montant HT": "gardé tel qu’ici",
        "durée (mois)": "appliqué",
        "date de fin": "appliqué",
    }
    montant = next(d for d in lignes[0].differences if d.champ == "montant HT")
    assert " ".join(montant.avant.split()) == "« 40 000 € »"
    marche.refresh_from_db()
    assert (marche.montant_ht, marche.objet, marche.duree_mois) == (Decimal(42000), "Groupe scolaire Pasteur", 18)
    # La correction continue de se voir à chaque lecture, sans rien changer.
    assert issues(importer(par, contrat(montant=55000, dureeMois=18))) == [Issue.DIFFERENT]


def test_une_publication_plus_ancienne_ne_defait_rien(par):
    importer(par, contrat(datePublicationDonnees="2024-06-01"))
    importer(par, contrat(datePublicationDonnees="2024-08-01", montant=55000))
    lignes = importer(par, contrat(datePublicationDonnees="2024-06-01"))
    assert issues(lignes) == [Issue.DEJA_PRESENT]
    assert "avant la publication du 01/08/2024" in lignes[0].raison
    assert Marche.objects.get().montant_ht == Decimal(55000)


def test_les_modifications_deviennent_un_historique_date_et_ne_s_inscrivent_qu_une_fois(par):
    premiere = {"dateNotificationModification": "2024-09-01", "montant": 55000}
    importer(par, contrat(modifications=[premiere]))
    seconde = {"dateNotificationModification": "2024-12-01", "montant": 70000, "dureeMois": 18}
    importer(par, contrat(modifications=[premiere, seconde]))
    importer(par, contrat(modifications=[premiere, seconde]))
    assert [(m.date.isoformat(), m.montant_ht, m.duree_mois) for m in ModificationMarche.objects.all()] == [
        ("2024-09-01", Decimal(55000), None),
        ("2024-12-01", Decimal(70000), 18),
    ]
    marche = Marche.objects.get()
    assert (marche.montant_ht, marche.duree_mois) == (Decimal(70000), 18)
    etapes = historique(marche, acteur=par)
    assert [(e.libelle, e.montant_ht) for e in etapes] == [
        ("Origine", Decimal(40000)),
        ("Modification", Decimal(55000)),
        ("Modification", Decimal(70000)),
    ]


def test_un_acte_de_sous_traitance_publie_plus_tard_devient_une_attribution(par):
    importer(par, contrat())
    acte = {"acteSousTraitance": {"sousTraitant": {"typeIdentifiant": "SIRET", "id": siret(202)}}}
    assert issues(importer(par, contrat(actesSousTraitance=[acte]))) == [Issue.MIS_A_JOUR]
    sous_traitant = Attribution.objects.get(entreprise__siret=siret(202))
    assert sous_traitant.role == RoleEntreprise.SOUS_TRAITANT


def test_un_attributaire_retire_ici_ne_revient_pas(par):
    importer(par, contrat(titulaires=[{"id": TITULAIRE}, {"id": COTRAITANT}]))
    Attribution.objects.filter(entreprise__siret=COTRAITANT).delete()
    lignes = importer(par, contrat(titulaires=[{"id": TITULAIRE}, {"id": COTRAITANT}]))
    assert issues(lignes) == [Issue.DIFFERENT]
    assert Attribution.objects.count() == 1


def test_une_mise_a_jour_refusee_ne_laisse_rien_a_moitie(par, monkeypatch):
    importer(par, contrat())

    def attribuer(*_, **__):
        raise ActionImpossible("Refus de l’attribution.")

    monkeypatch.setattr("marches.imports.decp.enregistrement.attribuer", attribuer)
    lignes = importer(par, contrat(montant=55000, titulaires=[{"id": TITULAIRE}, {"id": COTRAITANT}]))
    assert (issues(lignes), lignes[0].raison) == ([Issue.REFUSE], "Refus de l’attribution.")
    assert Marche.objects.get().montant_ht == Decimal(40000)


def test_ce_que_le_fichier_ne_dit_pas_n_est_pas_une_difference(par):
    importer(par, contrat())
    assert issues(importer(par, contrat(montant=0, codeCPV=None, dateNotification=None))) == [Issue.DEJA_PRESENT]


def test_deux_objets_longs_se_comparent_la_ou_ils_divergent(par):
    debut = "Construction de neuf logements rue des Lilas, "
    importer(par, contrat(objet=f"{debut}lot deux"))
    lignes = importer(par, contrat(objet=f"{debut}lot trois"))
    assert "lot trois" in str(lignes[0].differences[0])
    assert "lot deux" in str(lignes[0].differences[0])


def test_un_marche_saisi_a_la_main_est_reconnu_par_sa_reference(par):
    saisi = MarcheFactory(
        structure_id=par.structure_id, acheteur__siret=ACHETEUR, reference="2024-01", objet="Saisi ici", cpv=""
    )
    LotFactory(marche=saisi, structure_id=par.structure_id)
    lignes = importer(par, contrat())
    assert issues(lignes) == [Issue.MIS_A_JOUR]
    saisi.refresh_from_db()
    # Ce qui était vide se complète ; ce qui était saisi reste.
    assert (saisi.cpv, saisi.objet, Marche.objects.count()) == ("45210000", "Saisi ici", 1)


def test_un_marche_importe_puis_renomme_est_reconnu_par_son_origine(par):
    importer(par, contrat())
    Marche.objects.update(reference="Gymnase")
    assert issues(importer(par, contrat())) == [Issue.DEJA_PRESENT]
    assert Marche.objects.count() == 1


def test_le_marche_d_une_autre_structure_n_est_ni_vu_ni_touche(par):
    ailleurs = MarcheFactory(acheteur__siret=ACHETEUR, reference="2024-01", objet="Ailleurs")
    assert issues(importer(par, contrat())) == [Issue.IMPORTE]
    ailleurs.refresh_from_db()
    assert (ailleurs.objet, ailleurs.version) == ("Ailleurs", 1)


def test_un_doublon_du_fichier_est_signale_et_n_est_cree_qu_une_fois(par):
    lignes = importer(par, contrat(), contrat(id="2"), contrat(), contrat(objet="Lot 2"))
    assert issues(lignes) == [Issue.IMPORTE, Issue.IMPORTE, Issue.DEJA_PRESENT, Issue.DIFFERENT]
    assert "des contrats n° 3, 4 du fichier" in lignes[0].raison
    assert lignes[1].raison == ""
    assert "des contrats n° 1, 4 du fichier" in lignes[2].raison
    assert Marche.objects.count() == 2


def test_un_contrat_refuse_n_emporte_pas_les_autres_et_ne_laisse_rien(par, monkeypatch):
    def definir(lot, **champs):
        if lot.marche.reference == "2":
            raise ActionImpossible("Refus de la clause.")
        return Clause(lot=lot)

    monkeypatch.setattr("marches.imports.decp.enregistrement.definir_clause", definir)
    lignes = importer(par, contrat(), contrat(id="2", acheteur={"id": siret(7, "2")}), contrat(id="3"))
    assert issues(lignes) == [Issue.IMPORTE, Issue.REFUSE, Issue.IMPORTE]
    assert lignes[1].raison == "Refus de la clause."
    assert sorted(Marche.objects.values_list("reference", flat=True)) == ["2024-01", "3"]
    assert not Acheteur.objects.filter(siret=siret(7, "2")).exists()


def test_un_contrat_social_sans_acheteur_reconnu_est_refuse_et_explique(par):
    lignes = importer(par, contrat(acheteur={"id": "200033579"}), contrat())
    assert issues(lignes) == [Issue.REFUSE, Issue.IMPORTE]
    assert "L’acheteur ne peut pas être reconnu" in lignes[0].raison


def test_un_titulaire_deja_connu_n_est_pas_cree_deux_fois(par):
    EntrepriseFactory(siret=TITULAIRE, raison_sociale="Bâtir SARL")
    importer(par, contrat())
    assert Entreprise.objects.get().raison_sociale == "Bâtir SARL"


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR])
def test_sans_le_droit_d_importer_rien_ne_commence(role):
    with pytest.raises(PermissionDenied):
        Enregistrement(acteur(StructureFactory(), role))


def test_importer_des_rangs_choisis_ne_prend_que_ceux_la(par):
    lu = lire(fichier(contrat(), contrat(id="2"), contrat(id="3")))
    rapport = epuiser(importer_choisis(lu, rangs={2}, noms={ACHETEUR: "Mairie"}, par=par))
    assert Marche.objects.get().reference == "2"
    assert (rapport.lus, rapport.comptes[Issue.IMPORTE], rapport.comptes[Issue.NON_RETENU]) == (3, 1, 2)


def test_le_rapport_refuse_de_perdre_un_contrat(par):
    rapport = Rapport()
    rapport.noter(importer(par, contrat())[0])
    with pytest.raises(ActionImpossible, match="1 contrats sur 2 lus"):
        rapport.clore_le_fichier(2)


@pytest.mark.parametrize(
    ("considerations", "nature", "attendue"),
    [
        ((), NatureMarche.MARCHE, None),
        ((CLAUSE,), NatureMarche.MARCHE, NatureClause.COND_EXEC),
        ((CRITERE,), NatureMarche.MARCHE, NatureClause.CRITERE_SEUL),
        ((CLAUSE, CRITERE), NatureMarche.MARCHE, NatureClause.COND_EXEC_ET_CRITERE),
        ((RESERVE,), NatureMarche.MARCHE, NatureClause.RESERVE_MIXTE),
        ((CLAUSE, RESERVE), NatureMarche.MARCHE, NatureClause.RESERVE_MIXTE),
        ((CLAUSE,), NatureMarche.CONCESSION, NatureClause.CONCESSION),
        ((CLAUSE, CRITERE), NatureMarche.CONCESSION, NatureClause.CONCESSION),
    ],
)
def test_la_nature_de_la_clause_suit_les_considerations(considerations, nature, attendue):
    trouvee, a_verifier = nature_de_la_clause(considerations, nature)
    assert trouvee == attendue
    assert bool(a_verifier) is (attendue in (None, NatureClause.RESERVE_MIXTE))


def test_l_import_est_un_flux_une_tranche_suffit_pour_rendre_la_premiere_ligne(par):
    pris = []

    def sans_fin():
        for rang in itertools.count(1):
            pris.append(rang)
            yield dataclasses.replace(modele, rang=rang)

    (modele,) = lire(fichier(contrat(considerationsSociales=["Pas de considération sociale"]))).contrats
    lignes = Enregistrement(par).suivre(sans_fin(), nom="sans fin", rangs=lambda contrat: ())
    assert next(lignes).issue is Issue.NON_RETENU
    assert len(pris) == PAR_LOT
