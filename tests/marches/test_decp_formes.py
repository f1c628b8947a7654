"""XML, CSV plat, CSV tabulaire : chaque forme se reconnaît seule, se lit en flux, et dit ses défauts."""

from __future__ import annotations

import datetime
import io
import itertools
from decimal import Decimal

import pytest

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.courant import Courant
from marches.enums import RoleEntreprise
from marches.imports.decp.csv_plat import lister
from marches.imports.decp.lecture import SourceDecp, inventorier
from marches.imports.decp.lecture_json import suivre_json
from marches.imports.decp.lecture_xml import suivre_xml
from marches.imports.decp.neutre import Consideration, FormatDecp
from tests.factories import siret
from tests.marches.decp import ACHETEUR, COTRAITANT, JOUR, TITULAIRE, contrat, ecarts, fichier, lire

MARCHE_XML = f"""<marche><id>X1</id><acheteur><id>{ACHETEUR}</id></acheteur><nature>Marché</nature>
<objet>Voirie &amp; réseaux</objet><codeCPV>45233140</codeCPV><procedure>Procédure adaptée</procedure>
<ccag>Travaux</ccag><dureeMois>12</dureeMois><dateNotification>2024-05-22</dateNotification><montant>40000.125</montant>
<titulaires><titulaire><id>{TITULAIRE}</id><typeIdentifiant>SIRET</typeIdentifiant></titulaire>
<titulaire><id>{COTRAITANT}</id><typeIdentifiant>SIRET</typeIdentifiant></titulaire></titulaires>
<typeGroupementOperateurs>Solidaire</typeGroupementOperateurs>
<considerationsSociales><considerationSociale>Clause sociale</considerationSociale>
<considerationSociale>Critère social</considerationSociale></considerationsSociales>
<modifications><modification><id>1</id><dateNotificationModification>2024-09-01</dateNotificationModification>
<montant>55000</montant></modification></modifications></marche>"""

PLAT = "titulaire_id_1;titulaire_typeIdentifiant_1;titulaire_id_2;id;objet;montant;dureeMois;dateNotification;"
PLAT += "acheteur.id;considerationsSociales;idActeSousTraitance;idSousTraitant;typeIdentifiantSousTraitant;"
PLAT += "idModification;montantModification;dateNotificationModificationModification\n"


def xml(*contrats: str) -> bytes:
    return f"<marches>{''.join(contrats)}</marches>".encode()


def plat(*lignes: str) -> bytes:
    return ("\ufeff" + PLAT + "\n".join(lignes)).encode()


def tabulaire(*lignes: str) -> bytes:
    entete = "uid,id,codeCPV,acheteur_id,acheteur_nom,titulaire_id,titulaire_nom,montant,dateNotification,dureeMois\n"
    return (entete + "\n".join(lignes)).encode()


def test_un_marche_en_xml_se_lit_comme_en_json():
    lu = lire(xml(MARCHE_XML), "essai.txt")
    assert lu.format is FormatDecp.XML_2022
    (un,) = lu.contrats
    assert (un.objet, un.montant_initial, un.montant_ht) == ("Voirie & réseaux", Decimal("40000.13"), Decimal(55000))
    assert [a.role for a in un.attributions] == [RoleEntreprise.MANDATAIRE, RoleEntreprise.COTRAITANT]
    assert un.considerations == (Consideration.CLAUSE, Consideration.CRITERE)
    assert [m.date for m in un.modifications] == [datetime.date(2024, 9, 1)]


@pytest.mark.parametrize(
    ("octets", "phrase"),
    [
        (b'<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><marches>&b;</marches>', "déclaration DOCTYPE"),
        (b'<!DOCTYPE m SYSTEM "file:///etc/passwd"><marches/>', "déclaration DOCTYPE"),
        (b"<marches><marche>", "n’est pas un XML lisible : erreur ligne 1"),
        (b"<marches>" + b"<a>" * 200, "imbrique plus de 30 niveaux"),
        (b"<marches><marche>" + b"<a/>" * 25_000, "plus de 20\u202f000 balises"),
        (b"<marches><marche><objet>" + b"x" * 3_000_000, "dépasse 1 Mo : il n’est pas lu"),
        (b'<?xml version="1.0" encoding="inconnu"?><marches/>', "XML"),
        (b"<rss/>", "n’a pas « marches » pour racine"),
        (b"<marches>\n</marches>", "ne contient aucun contrat"),
    ],
)
def test_un_xml_hostile_ou_abime_est_refuse_d_une_phrase(octets, phrase):
    with pytest.raises(FichierRefuse, match=phrase):
        lire(octets)


def test_un_element_xml_etranger_est_explique_et_n_empeche_pas_les_autres():
    lus = lire(xml("<autre><id>1</id></autre>", "<marche/>", MARCHE_XML)).contrats
    assert "ni un marché ni un contrat de concession" in lus[0].refus[0]
    assert "est vide" in lus[1].refus[0]
    assert lus[2].refus == ()


def test_les_lignes_d_un_contrat_plat_se_reunissent_meme_separees():
    debut = f"{TITULAIRE};SIRET;CDL;A1;Voirie;100.0;12;2024-05-22;{ACHETEUR};['Clause sociale'];"
    autre = f"{TITULAIRE};SIRET;CDL;B1;Autre;9.0;NC;2024-05-22;{ACHETEUR};['Pas de considération sociale'];"
    lu = lire(
        plat(
            debut + f"1;{siret(7)};SIRET;1;150.0;2024-08-01",
            autre + "CDL;CDL;CDL;CDL;CDL;CDL",
            debut + f"2;{siret(8)};SIRET;2;180.0;2024-09-01",
            debut + f"2;{siret(8)};SIRET;1;150.0;2024-08-01",
        )
    )
    assert lu.format is FormatDecp.CSV_PLAT
    b1, a1 = lu.contrats
    assert (b1.identifiant, b1.lignes, b1.duree_mois) == ("B1", 1, None)
    assert (a1.identifiant, a1.lignes) == ("A1", 3)
    assert [m.montant_ht for m in a1.modifications] == [Decimal(150), Decimal(180)]
    assert (a1.montant_initial, a1.montant_ht) == (Decimal(100), Decimal(180))
    assert [(a.entreprise.siret, a.role) for a in a1.attributions] == [
        (TITULAIRE, RoleEntreprise.TITULAIRE),
        (siret(7), RoleEntreprise.SOUS_TRAITANT),
        (siret(8), RoleEntreprise.SOUS_TRAITANT),
    ]


def test_des_lots_publies_sous_un_meme_numero_restent_deux_contrats():
    fin = f";2024-05-22;{ACHETEUR};['Clause sociale'];CDL;CDL;CDL;CDL;CDL;CDL"
    lu = lire(plat(f"{TITULAIRE};SIRET;;A1;Lot 1;1.0;12{fin}", f"{COTRAITANT};SIRET;;A1;Lot 2;2.0;12{fin}"))
    assert [(c.objet, c.identifiant) for c in lu.contrats] == [("Lot 1", "A1"), ("Lot 2", "A1")]


def test_une_valeur_inexploitable_garde_sa_valeur_et_se_dit():
    fin = f";2024-05-22;{ACHETEUR};['Clause sociale'];CDL;CDL;CDL;CDL;CDL;CDL"
    (lu,) = lire(plat(f"{TITULAIRE};SIRET;MQ;INX A1;" + '"D&#8217;un lot";1.0;12' + fin)).contrats
    assert (lu.identifiant, lu.objet) == ("A1", "D’un lot")
    assert "inexploitable (INX)" in ecarts(lu)
    assert "ont été rétablis" in ecarts(lu)


def test_une_ligne_trop_longue_est_expliquee_et_un_guillemet_ouvert_refuse():
    ligne = f"{TITULAIRE};SIRET;;A1;x;1.0;12;2024-05-22;{ACHETEUR};['Clause sociale'];CDL;CDL;CDL;CDL;CDL;CDL"
    lus = lire(plat(f"{ligne};de;trop", ligne)).contrats
    assert "18 cellules, mais l’en-tête en a 16" in lus[0].refus[0]
    assert lus[1].refus == ()
    with pytest.raises(FichierRefuse, match="guillemet est ouvert"):
        lire(plat(ligne, ligne.replace("x", '"x')))


def test_un_csv_repasse_par_un_tableur_se_lit_en_cp1252():
    ligne = f"{TITULAIRE};SIRET;;A1;Réfection;1.0;12;2024-05-22;{ACHETEUR};['Critère social'];CDL;CDL;CDL;CDL;CDL;CDL"
    (lu,) = lire((PLAT + ligne).encode("cp1252")).contrats
    assert (lu.objet, lu.considerations) == ("Réfection", (Consideration.CRITERE,))


@pytest.mark.parametrize(
    ("texte", "elements"),
    [
        ("['Clause sociale', 'Critère social']", ["Clause sociale", "Critère social"]),
        ("""["Critère d'accès", 'l\\'autre']""", ["Critère d'accès", "l'autre"]),
        ("[]", []),
        ("", []),
        ("Clause sociale", ["Clause sociale"]),
        ("[" * 100_000, []),
    ],
)
def test_une_liste_a_la_python_se_lit_sans_rien_evaluer(texte, elements):
    assert lister(texte) == elements


def test_les_versions_d_un_contrat_tabulaire_deviennent_des_modifications():
    (lu,) = lire(
        tabulaire(
            f"u,C1,45214200,{ACHETEUR},Ville,{TITULAIRE},Bâtir,150,2024-12-17,7",
            f"u,C1,45214200,{ACHETEUR},Ville,{TITULAIRE},Bâtir,100,2024-10-22,7",
            f"u,C1,45214200,{ACHETEUR},Ville,{TITULAIRE},Bâtir,100,2024-11-05,7",
        )
    ).contrats
    assert (lu.acheteur.nom, lu.attributions[0].entreprise.nom, lu.lignes) == ("Ville", "Bâtir", 3)
    assert (lu.date_notification, lu.montant_initial) == (datetime.date(2024, 10, 22), Decimal(100))
    assert [(m.date, m.montant_ht) for m in lu.modifications] == [(datetime.date(2024, 12, 17), Decimal(150))]
    assert "dateNotification [2024-11-05] le contrat est répété" in ecarts(lu)
    assert not lu.dit_les_considerations


def test_des_versions_sans_titulaire_commun_sont_deux_contrats():
    lus = lire(
        tabulaire(
            f"u,C1,45214200,{ACHETEUR},Ville,{TITULAIRE},Bâtir,150,2024-12-17,7",
            f"u,C1,45214200,{ACHETEUR},Ville,{COTRAITANT},Peindre,90,2024-10-22,7",
        )
    ).contrats
    assert [(c.montant_ht, len(c.attributions)) for c in lus] == [(Decimal(150), 1), (Decimal(90), 1)]


def sans_fin(debut: bytes, element: bytes, separateur: bytes):
    """Un fichier qui n’a pas de fin : le lire en liste ne rendrait jamais rien."""

    class SansFin(io.RawIOBase):
        def __init__(self):
            self.suite = itertools.chain([debut + element], itertools.repeat(separateur + element))
            self.reste = b""

        def read(self, taille=-1):
            while len(self.reste) < taille:
                self.reste += next(self.suite)
            bloc, self.reste = self.reste[:taille], self.reste[taille:]
            return bloc

    return Courant(SansFin(), octets_max=2**40, element_max=2**20)


@pytest.mark.parametrize(
    ("suivre", "debut", "element", "separateur"),
    [
        (suivre_json, b'{"marches": {"marche": [', b'{"id": "1"}', b","),
        (suivre_json, b"[", b'{"id": "1"}', b",\n"),
        (suivre_xml, b"<marches>", b"<marche><id>1</id></marche>", b"\n"),
    ],
)
def test_la_lecture_est_un_flux_elle_rend_les_premiers_contrats_d_un_fichier_sans_fin(
    suivre, debut, element, separateur
):
    contrats = suivre(sans_fin(debut, element, separateur))
    assert [dict(un) for un in itertools.islice(contrats, 30_000)] == [{"id": "1"}] * 30_000


def test_un_contrat_a_cheval_sur_deux_lectures_est_entier(monkeypatch):
    monkeypatch.setattr("marches.imports.decp.lecture_json.BLOC", 7)
    lus = lire(fichier(contrat(id="un"), contrat(id="deux", objet="é" * 50), contrat(id="trois", montant=12345.678)))
    assert [(c.identifiant, c.ecarts) for c in lus.contrats] == [("un", ()), ("deux", ()), ("trois", ())]


def test_un_fichier_coupe_est_refuse_avant_toute_ecriture():
    octets = fichier(contrat(), contrat(id="2"))[:-40]
    with pytest.raises(FichierRefuse, match="n’est pas un JSON lisible"):
        inventorier(SourceDecp(io.BytesIO(octets), "x.json", JOUR))


def test_l_inventaire_compte_nomme_la_forme_et_trouve_les_doublons():
    octets = fichier(contrat(), contrat(id="2"), contrat())
    lu = inventorier(SourceDecp(io.BytesIO(octets), "x.json", JOUR), cherches={"2", "absent"})
    assert (lu.nombre, lu.format, lu.presents) == (3, FormatDecp.JSON_2022, {"2"})
    premier = next(SourceDecp(io.BytesIO(octets), "x.json", JOUR).contrats())
    assert lu.rangs(premier) == [1, 3]
