"""Un bilan masqué, tableau par tableau, devant l’attaquant : effectifs, heures, parts, et ce qu’un fichier emporte."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from bilans import definitions, financeur, masquage, matrices, rapport
from bilans.exports import document
from bilans.faits import Acheteur, Cellule, Contrat, Engagement, Faits, Marche, Profil, Sortie
from bilans.indicateurs import compter
from bilans.rapport import Bilan, Demande, Entete, Tableau
from bilans.secret import SECRET, Secret
from bilans.semestres import Semestre
from bilans.tableaux import CONSTRUCTEURS, DETAIL, SOUS_TOTAL, TOTAL
from heures.enums import TypeContrat
from tests.bilans.attaquant import Attaquant, Publie

SEMESTRE = Semestre(2025, 2)
TERRITOIRES = [("T1", "Un"), ("T2", "Deux"), ("T3", "Trois"), ("HORS", "Hors"), ("NR", "Non renseigné")]
TYPES = ("COMMUNE", "DEPARTEMENT", "BAILLEUR_SOCIAL")


def faits(nombre: int, graine: int) -> Faits:
    """Une population inventée, inégalement répartie : chaque tableau y a ses petites lignes."""
    hasard = random.Random(graine)
    periode = SEMESTRE.periode()

    def parmi(*codes: str) -> str:
        return hasard.choices(codes, [1 / (rang + 1) ** 1.6 for rang in range(len(codes))])[0]

    profils, premiers, cellules = {}, {}, []
    for n in range(nombre):
        principal = parmi("RSA", "DELD", "JEUNE_26_DIPLOME", "BOETH", "SENIOR_50", "NR")
        profils[n] = Profil(
            sexe=parmi("H", "F"),
            age=hasard.choice([22, 30, 41, 55, None]),
            territoire=parmi("T1", "T2", "HORS", "T3", "NR"),
            zone="TERRITOIRE",
            qpv=parmi("NON", "OUI", "NR"),
            niveau=parmi("3", "4", "1_2", "NR"),
            duree=parmi("PLUS_24", "MOINS_6"),
            brsa="OUI" if principal == "RSA" else parmi("NON", "OUI", "NR"),
            plie=parmi("NON", "OUI"),
            principal=principal,
            criteres=frozenset({principal}),
        )
        premiers[n] = datetime.date(2025, hasard.choice([3, 8]), 1)
        for engagement in {int(parmi("0", "1", "2")) for _ in range(hasard.choice([1, 1, 2]))}:
            centiemes = hasard.choice([60, 3500, 15167, 42000])
            cellules.append(
                Cellule(engagement, n, parmi("MISE_A_DISPOSITION", "EMBAUCHE_DIRECTE", "FORMATION"), n, centiemes)
            )
    situations = [parmi("CDI", "RECHERCHE", "CDD", "ABANDON", "RETRAITE") for _ in range(nombre // 2)]
    return Faits(
        periode=periode,
        cellules=cellules,
        premiers_mois=premiers,
        profils=profils,
        contrats={n: Contrat(n, 1, "CDD", "EI") for n in range(nombre)},
        engagements={n: Engagement(n, n) for n in range(3)},
        marches={n: Marche(n, datetime.date(2025, 1, 1), est_clos=False) for n in range(3)},
        acheteurs={n: Acheteur(f"ACHETEUR{n}", f"2000000000000{n}", TYPES[n], "") for n in range(3)},
        engagees=dict.fromkeys(range(3), 100_000),
        realisees={},
        sorties=[Sortie(n, periode.du, code, "") for n, code in enumerate(situations)],
        hors_compte={},
        territoires=TERRITOIRES,
        base_etp=1820,
        etp_facilitateurs=None,
    )


def bilans(nombre: int, graine: int) -> tuple[Bilan, Bilan]:
    """Le même bilan, vrai puis masqué."""
    lus = faits(nombre, graine)
    demande = Demande(financeur.NOM, SEMESTRE.periode())
    maintenant = datetime.datetime(2026, 1, 15, tzinfo=datetime.UTC)
    entete = Entete(financeur.NOM, "Agrégats", "S", "Structure", demande.periode, 1820, maintenant, "Quelqu’un")
    vrai = financeur._assembler(lus, entete, demande)
    return vrai, masquage.masquer(vrai, lus)


POPULATIONS = [(nombre, graine) for nombre in (25, 60, 140) for graine in (1, 2)]


@pytest.fixture(params=POPULATIONS, ids=lambda p: f"{p[0]} personnes, tirage {p[1]}", scope="module")
def paire(request: pytest.FixtureRequest) -> tuple[Bilan, Bilan]:
    return bilans(*request.param)


# Colonne → (trait, qui l’a) ; écrit ici une seconde fois, à la main.
GROUPES = {
    "total": ("", True), "beneficiaires": ("", True), "sorties": ("", True), "femmes": ("F", True),
    "hommes": ("F", False), "nouveaux": ("N", True), "beneficiaires_brsa": ("B", True),
}  # fmt: skip


def partitions(
    vrai: Bilan, masque: Bilan, cles: tuple[str, ...] = ("publics", "profil", "territoires")
) -> Iterator[tuple[str, list[tuple[str, dict, dict]], dict, dict]]:
    """(nom, lignes de détail, total) de chaque partage de la population : publics, chaque rubrique, territoires."""
    for cle in cles:
        paires = list(zip(vrai.tableaux[cle].rangees, masque.tableaux[cle].rangees, strict=True))
        totaux = next((v.valeurs, m.valeurs) for v, m in paires if v.niveau == TOTAL)
        rubriques = list(dict.fromkeys(v.valeurs.get("rubrique", "") for v, _ in paires if v.niveau == DETAIL))
        for rubrique in rubriques:
            lignes = [
                (v.valeurs["code"], dict(v.valeurs), dict(m.valeurs))
                for v, m in paires
                if v.niveau == DETAIL and v.valeurs.get("rubrique", "") == rubrique
            ]
            yield f"{cle} {rubrique}", lignes, *map(dict, totaux)


def publier(lignes: list[tuple[str, dict, dict]], total_vrai: dict, total_masque: dict) -> Publie:
    """Ce que voit l’attaquant d’un tableau ; les compléments non publiés sont aussi des groupes à protéger."""
    traits = sorted({GROUPES[cle][0] for cle in total_masque if cle in GROUPES and GROUPES[cle][0]})
    cellules: dict[Any, int | None] = {}
    vraies: dict[Any, int] = {}
    for tableau, code, vrai, masque in [("", "", total_vrai, total_masque), *(("t", *ligne) for ligne in lignes)]:
        for cle, (trait, avec) in GROUPES.items():
            if cle in masque:
                cellules[tableau, code, trait, avec] = None if masque[cle] is SECRET else masque[cle]
                vraies[tableau, code, trait, avec] = vrai[cle]
        for trait in traits:
            tous, porteurs = vraies[tableau, code, "", True], vraies[tableau, code, trait, True]
            vraies[tableau, code, trait, False] = tous - porteurs
    details = {code: frozenset({code}) for code, _, _ in lignes}
    return Publie(lignes={"t": details}, traits=traits, cellules=cellules, vraies=vraies)


def test_aucun_effectif_ne_se_retrouve(paire):
    vrai, masque = paire
    trouves = {
        nom: Attaquant(publier(lignes, *totaux)).decouvertes() for nom, lignes, *totaux in partitions(vrai, masque)
    }
    assert len(trouves) == 7
    assert not any(trouves.values()), trouves


def test_des_heures_tues_ne_se_retrouvent_pas_par_le_total(paire):
    """Deux heures tues au moins par colonne : une seule se lirait dans la somme."""
    for nom, lignes, _, _ in partitions(*paire):
        for colonne in ("heures", "heures_brsa"):
            if colonne in lignes[0][1]:
                nombre = sum(masque[colonne] is SECRET for _, _, masque in lignes)
                assert nombre != 1, (nom, colonne)


def test_les_heures_de_qui_n_est_pas_brsa_ne_se_retrouvent_pas(paire):
    """Heures − heures des BRSA : si l’autre groupe a de 1 à 4 personnes, l’un des deux chiffres se tait."""
    vrai, masque = paire
    for v, m in zip(vrai.tableaux["territoires"].rangees, masque.tableaux["territoires"].rangees, strict=True):
        autres = v.valeurs["beneficiaires"] - v.valeurs["beneficiaires_brsa"]
        if 0 < autres < 5:
            assert SECRET in {m.valeurs["heures"], m.valeurs["heures_brsa"]}


def test_un_petit_groupe_ne_laisse_ni_heures_ni_part_ni_moyenne(paire):
    vrai, masque = paire
    petites = 0
    for cle, tableau in vrai.tableaux.items():
        for v, m in zip(tableau.rangees, masque.tableaux[cle].rangees, strict=True):
            total = v.valeurs.get("total", v.valeurs.get("beneficiaires", v.valeurs.get("sorties")))
            if 0 < total < 5:
                petites += 1
                suites = {"total", "beneficiaires", "sorties", "heures", "heures_periode", "part", "part_heures",
                          "heures_moyennes"} & set(m.valeurs)  # fmt: skip
                assert {m.valeurs[suite] for suite in suites} == {SECRET}
    assert petites > 0


def test_aucun_effectif_publie_n_est_de_un_a_quatre(paire):
    _, masque = paire
    effectifs = {*GROUPES}
    for tableau in masque.tableaux.values():
        for rangee in tableau.rangees:
            assert not [c for c in effectifs & set(rangee.valeurs) if rangee.valeurs[c] in (1, 2, 3, 4)]


def test_le_masque_n_emporte_pas_tout():
    """Taire tout serait sûr et inutile : les grandes lignes restent."""
    vrai, masque = bilans(140, 1)
    rangees = [r for t in masque.tableaux.values() for r in t.rangees if not r.est_vide and r.niveau == DETAIL]
    valeurs = [v for r in rangees for v in r.valeurs.values() if not isinstance(v, str)]
    assert sum(v is not SECRET for v in valeurs) > len(valeurs) / 2
    assert masque.indicateurs["beneficiaires"] == vrai.indicateurs["beneficiaires"]


def test_les_sous_totaux_des_sorties_ne_redonnent_pas_une_ligne(paire):
    """Une seule ligne tue sous un sous-total publié se lirait dans la différence ; de même des sous-totaux."""
    _, masque = paire
    par_categorie: dict[str, list[Any]] = {}
    for rangee in masque.tableaux["sorties"].rangees:
        niveau = "" if rangee.niveau == SOUS_TOTAL else rangee.valeurs["categorie"]
        if rangee.niveau != TOTAL:
            par_categorie.setdefault(niveau, []).append(rangee.valeurs["sorties"])
    sous_totaux = {r.valeurs["categorie"]: r.valeurs["sorties"] for r in masque.tableaux["sorties"].rangees
                   if r.niveau == SOUS_TOTAL}  # fmt: skip
    for categorie, valeurs in par_categorie.items():
        if sous_totaux.get(categorie) is not SECRET:
            assert sum(v is SECRET for v in valeurs) != 1, categorie


def test_le_json_ne_porte_que_ce_que_le_masque_laisse(paire):
    """Les valeurs qu’aucune colonne ne montre (croisements, codes de calcul) n’y sont pas non plus."""
    _, masque = paire
    ecrit = json.dumps(document(masque), ensure_ascii=False)
    lu = json.loads(ecrit)
    assert "nouveaux_brsa" not in ecrit
    assert "positives" not in lu["tableaux"]["territoires"][0]
    assert "secret" in ecrit
    assert "ACHETEUR" not in ecrit
    tues = [r["heures"] for r in lu["tableaux"]["territoires"] if r["beneficiaires"] == "secret"]
    assert set(tues) <= {"secret"}


def test_une_valeur_tue_n_est_ni_un_nombre_ni_un_texte():
    assert not isinstance(SECRET, str | int | Decimal)
    assert str(SECRET) == "secret"
    assert list(Secret) == [SECRET]


def test_le_bilan_du_departement_se_masque_par_la_meme_fonction():
    """Ce qu’il a de plus (sous-totaux, croisements, matrices, « au moins un critère ») se tait, faute de témoin."""
    lus = faits(140, 1)
    demande = Demande("departement", SEMESTRE.periode())
    maintenant = datetime.datetime(2026, 1, 15, tzinfo=datetime.UTC)
    entete = Entete("departement", "Bilan", "S", "Structure", demande.periode, 1820, maintenant, "Quelqu’un")
    construits = [Tableau(d, CONSTRUCTEURS[d.cle](lus)) for d in definitions.TABLEAUX]
    construits += [Tableau(*matrices.construire(lus, m)) for m in matrices.MATRICES]
    compte = compter(lus)
    synthese = list(rapport.synthese(definitions.INDICATEURS, compte, compte))
    vrai = Bilan(entete, demande, compte, synthese, {t.definition.cle: t for t in construits})
    masque = masquage.masquer(vrai, lus)
    trouves = {n: Attaquant(publier(lignes, *t)).decouvertes() for n, lignes, *t in partitions(vrai, masque)}
    assert not any(trouves.values()), trouves
    for cle in ("publics_au_moins_un", "modalites"):
        details = [r for r in masque.tableaux[cle].rangees if r.niveau == DETAIL]
        assert {v for r in details for v in r.valeurs.values() if not isinstance(v, str)} <= {SECRET, None}
    croisees = [r.valeurs for m in matrices.MATRICES for r in masque.tableaux[m.cle].rangees]
    assert {v for valeurs in croisees for c, v in valeurs.items() if c in dict(TypeContrat.choices)} == {SECRET}
    assert masque.tableaux["territoires"].totaux()[0]["nouveaux_brsa"] is SECRET
    assert {ligne.realise_n1 for ligne in masque.synthese} == {None}
    assert masque.indicateurs["heures_realisees"] == compte["heures_realisees"]
