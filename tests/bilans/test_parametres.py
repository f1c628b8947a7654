"""Ce que la structure règle du bilan Département, son analyse, et son annexe nominative."""

from __future__ import annotations

import dataclasses
import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from bilans import actions, annexe
from bilans.models import AnalyseQualitative, ParametresBilan
from bilans.views import parametres as vues
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from heures.models import LigneHeures
from tests.bilans import jeu
from tests.bilans.outils import annee, bilan, classeur, connecte, contenu, en_json, feuille, parametres
from tests.factories import StructureFactory, acteur
from tests.factories_conformite import ParametresBilanFactory

PAGE = "/bilans/departement/parametres/"
ANALYSE = "/bilans/departement/analyse/"
ANNEXE = "/bilans/departement/annexe/"
DEFAUTS = {
    "version": 0, "annee": 2025, "base_etp": 1820, "definition_brsa": "A_L_ENTREE", "annexe_nominative": False,
    "lignes_masquees": [], "objectifs": {},
}  # fmt: skip


@pytest.fixture
def pose():
    """Le jeu de comptage, dans les mains de son responsable."""
    garni = jeu.poser()
    return dataclasses.replace(garni, par=acteur(garni.structure, Role.RESPONSABLE))


def regler(pose, **changes):
    return actions.regler_le_bilan(**{**DEFAUTS, **changes}, par=pose.par)


def ligne(document, cle):
    return next(ligne for ligne in document.synthese if ligne.indicateur.cle == cle)


def test_un_objectif_remplit_sa_colonne_et_son_taux_d_atteinte(pose):
    regler(pose, objectifs={"heures_realisees": Decimal("2000.00"), "beneficiaires": Decimal("12.00"),
                            "taux_heures_brsa": Decimal("50.00")})  # fmt: skip
    lu = bilan(pose.par, 2025)
    heures, gens, part = (ligne(lu, cle) for cle in ("heures_realisees", "beneficiaires", "taux_heures_brsa"))
    assert (heures.objectif, heures.taux_atteinte) == (Decimal("2000.00"), Decimal("0.4944"))
    assert (gens.objectif, gens.taux_atteinte) == (12, Decimal("0.5000"))
    assert (part.objectif, part.taux_atteinte) == (Decimal("0.5000"), Decimal("0.4854"))
    assert ligne(lu, "femmes").objectif is None
    assert ligne(bilan(pose.par, 2026), "heures_realisees").objectif is None


def test_l_objectif_est_dans_chaque_format(pose):
    regler(pose, objectifs={"heures_realisees": Decimal("2000.00")})
    client = connecte(pose.structure)
    premiere = feuille(classeur(client, 2025), "A1 Synthèse")[0]
    assert (premiere["Objectif"], premiere["Taux d’atteinte"]) == (2000, 0.4944)
    ecrite = en_json(client, 2025)["synthese"][0]
    assert (ecrite["objectif"], ecrite["taux_atteinte"]) == ("2000.00", "0.4944")
    montree = client.get("/bilans/departement/", parametres(2025)).context["synthese"][0]
    assert (montree["objectif"], montree["taux_atteinte"]) == ("2\u202f000,00", "49,44\u202f%")


def test_une_ligne_masquee_n_est_dans_aucun_format_et_la_premiere_reste(pose):
    regler(pose, lignes_masquees=["femmes", "beneficiaires", "heures_realisees"])
    client = connecte(pose.structure)
    lu = en_json(client, 2025)
    assert not {"femmes", "beneficiaires"} & set(lu["indicateurs"])
    assert lu["indicateurs"]["heures_realisees"] == "988.84"
    assert lu["indicateurs"]["taux_femmes"] == "0.3333"
    noms = {une["Indicateur"] for une in feuille(classeur(client, 2025), "A1 Synthèse")}
    assert "dont femmes" not in noms
    page = client.get("/bilans/departement/", parametres(2025))
    assert "dont femmes" not in {une["nom"] for une in page.context["synthese"]}
    assert len(page.context["chiffres"]) == 3


def test_la_base_etp_est_une_seule_dans_le_document(pose):
    regler(pose, base_etp=1607)
    lu = bilan(pose.par, 2025)
    assert (lu.entete.base_etp, lu.indicateurs["etp"]) == (1607, Decimal("0.615"))
    assert ligne(lu, "etp").termes == (Decimal("988.84"), 1607)
    with pytest.raises(ActionImpossible, match="base ETP"):
        regler(pose, base_etp=1700, version=1)


def test_la_definition_du_brsa_change_qui_l_est_et_s_imprime(pose):
    """P5 et P1 ont le RSA pour critère principal : l’ajouter à P3 en second ne compte que dans la définition large."""
    entree = pose.personnes["P3"].entrees.get()
    entree.criteres.create(structure=pose.structure, critere="RSA")
    assert bilan(pose.par, 2025).indicateurs["beneficiaires_brsa"] == 3
    regler(pose, definition_brsa="PRINCIPAL")
    lu = bilan(pose.par, 2025)
    assert lu.indicateurs["beneficiaires_brsa"] == 2
    methode = {terme: texte for terme, texte, _ in lu.methode}
    assert methode["Définition du BRSA"].startswith("Critère RSA principal")


def test_regler_s_inscrit_au_journal_et_refuse_une_version_depassee(pose):
    regles = regler(pose, annexe_nominative=True)
    ecriture = EcritureJournal.objects.filter(action="régler le bilan du Département").get()
    assert ecriture.apres["annexe_nominative"] is True
    regler(pose, version=regles.version, objectifs={"femmes": Decimal("3.00")})
    with pytest.raises(ConflitDeVersion):
        regler(pose, version=regles.version - 1)
    with pytest.raises(PermissionDenied):
        actions.regler_le_bilan(**DEFAUTS, par=acteur(pose.structure, Role.FACILITATEUR))


def formulaire(client):
    """Ce que la page enverrait telle quelle : le champ caché, les cases cochées, les objectifs."""
    form = client.get(PAGE, {"annee": "2025"}).context["form"]
    valeurs = {champ.html_name: champ.value() for champ in form}
    return {
        nom: valeur for nom, valeur in valeurs.items() if valeur is not None and valeur is not False and valeur != ""
    }


def test_la_page_garde_ce_que_l_on_y_change(pose):
    client = connecte(pose.structure, role=Role.RESPONSABLE)
    envoi = formulaire(client) | {"objectif_heures_realisees": "1 500,50", "base_etp": "1600"}
    del envoi["montrer_femmes"]
    assert client.post(PAGE, envoi).status_code == 302
    gardes = ParametresBilan.objects.get()
    assert gardes.objectifs == {"2025": {"heures_realisees": "1500.50"}}
    assert gardes.lignes_masquees == ["femmes"]
    pose.structure.refresh_from_db()
    assert pose.structure.base_etp == 1600
    relu = formulaire(client)
    assert relu["objectif_heures_realisees"] == "1500,50"
    assert "montrer_femmes" not in relu


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [("objectif_femmes", "2,5"), ("objectif_femmes", "-1"), ("objectif_femmes", "douze"), ("base_etp", "1700"),
     ("definition_brsa", "AUTRE"), ("annee", "1850")],
)  # fmt: skip
def test_une_saisie_fausse_nomme_son_champ_et_n_enregistre_rien(champ, valeur, client_responsable):
    reponse = client_responsable.post(PAGE, formulaire(client_responsable) | {champ: valeur})
    assert reponse.status_code == 200
    assert reponse.context["form"].errors[champ]
    assert not ParametresBilan.objects.exists()


@pytest.fixture
def client_responsable():
    return connecte(StructureFactory(), role=Role.RESPONSABLE)


def test_l_analyse_d_une_periode_entre_dans_son_bilan_et_dans_aucun_autre(pose):
    client = connecte(pose.structure, role=Role.RESPONSABLE)
    adresse = f"{ANALYSE}?du=2025-01-01&au=2025-12-31&arrete_au=2025-12-31"
    assert (
        client.post(adresse, {"version": 0, "publics": "Les publics.", "perspectives": "La suite."}).status_code == 302
    )
    assert [(une["rubrique"], une["texte"]) for une in en_json(client, 2025)["tableaux"]["analyse"]] == [
        ("Publics et parcours", "Les publics."), ("Perspectives", "La suite."),
    ]  # fmt: skip
    assert [une["Texte"] for une in feuille(classeur(client, 2025), "A9 Analyse")] == ["Les publics.", "La suite."]
    assert en_json(client, 2026)["tableaux"]["analyse"] == []
    ecriture = EcritureJournal.objects.filter(action="rédiger l’analyse qualitative").get()
    assert "Les publics." not in str(ecriture.apres)
    assert client.post(adresse, {"version": 1, "publics": "Corrigé."}).status_code == 302
    assert AnalyseQualitative.objects.get().publics == "Corrigé."
    assert client.post(adresse, {"version": 1, "publics": "Trop tard."}).status_code == 200
    assert AnalyseQualitative.objects.get().publics == "Corrigé."


def exporter(client):
    return client.get(ANNEXE, parametres(2025))


def test_l_annexe_a_deux_feuilles_dont_les_heures_sont_la_premiere_ligne_du_bilan(pose):
    ParametresBilanFactory(structure=pose.structure, annexe_nominative=True)
    reponse = exporter(connecte(pose.structure, role=Role.RESPONSABLE))
    assert reponse["Content-Disposition"].endswith('"bilan-departement-annexe-MEMPA-2025-01-01-2025-12-31.xlsx"')
    lu = openpyxl.load_workbook(io.BytesIO(reponse.content))
    premiere = feuille(lu, "A1 Synthèse")[0]["Réalisé N"]
    personnes, contrats = feuille(lu, "Annexe personnes"), feuille(lu, "Annexe contrats")
    assert (len(personnes), len(contrats)) == (6, 7)
    for lignes in (personnes, contrats):
        assert sum(Decimal(str(une["Heures"])) for une in lignes) == Decimal(str(premiere)) == Decimal("988.84")
    alma = next(une for une in personnes if une["Identifiant"] == "P1")
    assert (alma["Nom"], alma["Bénéficiaire du RSA"], alma["Nouvel entrant"]) == ("Fictive", "Oui", "non")
    assert not {"Critère principal", "Niveau"} & set(alma)


def test_l_export_est_au_journal_avant_que_rien_ne_parte(pose, monkeypatch):
    ParametresBilanFactory(structure=pose.structure, annexe_nominative=True)

    def envoyer(*_, **__):
        assert EcritureJournal.objects.filter(action="exporter l’annexe nominative du bilan", nombre=6).exists()
        raise RuntimeError("rien ne part")

    monkeypatch.setattr(vues, "repondre", envoyer)
    with pytest.raises(RuntimeError, match="rien ne part"):
        exporter(connecte(pose.structure, role=Role.RESPONSABLE))


def test_l_annexe_se_refuse_sans_convention_ou_sans_le_droit(pose):
    reponse = exporter(connecte(pose.structure, role=Role.RESPONSABLE))
    assert reponse.status_code == 400
    assert "convention" in reponse.context["phrase"]
    ParametresBilanFactory(structure=pose.structure, annexe_nominative=True)
    for role in (Role.FACILITATEUR, Role.LECTEUR):
        assert exporter(connecte(pose.structure, role=role)).status_code == 403
        with pytest.raises(PermissionDenied):
            annexe.composer(acteur(pose.structure, role), annee(2025))


def oublier_une_personne(_pose, monkeypatch):
    """Une personne qui n’est plus visible quand l’annexe se lit."""
    lire = annexe.lire_personnes
    monkeypatch.setattr(annexe, "lire_personnes", lambda *args: lire(*args)[1:])


def alterer_une_ligne_en_route(pose, monkeypatch):
    """Une ligne change entre le bilan et l’annexe : le centième d’écart suffit."""
    lire = annexe.lire_contrats

    def changer(*args):
        LigneHeures.objects.filter(contrat=pose.contrats["C4"], mois="2025-03-01").update(heures=Decimal("70.01"))
        return lire(*args)

    monkeypatch.setattr(annexe, "lire_contrats", changer)


def doubler_une_ligne(_pose, monkeypatch):
    """Une ligne écrite deux fois."""
    lire = annexe.lire_contrats
    monkeypatch.setattr(annexe, "lire_contrats", lambda *args: [*lire(*args), lire(*args)[0]])


@pytest.mark.parametrize("alterer", [oublier_une_personne, alterer_une_ligne_en_route, doubler_une_ligne])
def test_une_annexe_dont_les_heures_different_est_refusee(pose, monkeypatch, alterer):
    ParametresBilanFactory(structure=pose.structure, annexe_nominative=True)
    annexe.composer(pose.par, annee(2025))
    alterer(pose, monkeypatch)
    with pytest.raises(ActionImpossible, match="elle n’est pas établie"):
        annexe.composer(pose.par, annee(2025))


def test_aucun_nom_ne_sort_des_autres_formats(pose):
    ParametresBilanFactory(structure=pose.structure, annexe_nominative=True)
    client = connecte(pose.structure, role=Role.RESPONSABLE)
    for format_ in ("json", "csv"):
        texte = contenu(client.get("/bilans/departement/export/", {**parametres(2025), "format": format_})).decode()
        assert not [p for p in pose.personnes.values() if p.nom in texte or p.identifiant in texte.split(";")]
    assert not [nom for nom in classeur(client, 2025).sheetnames if "Annexe" in nom]


def test_la_page_ouvre_l_annee_demandee_sinon_l_annee_en_cours(client_responsable):
    with time_machine.travel(datetime.datetime(2026, 6, 15, tzinfo=datetime.UTC), tick=False):
        lues = {
            texte: client_responsable.get(PAGE, {"annee": texte}).context["annee"] for texte in ("2024", "hier", "")
        }
    assert lues == {"2024": 2024, "hier": 2026, "": 2026}
