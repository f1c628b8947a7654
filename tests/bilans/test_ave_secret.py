"""L’AVE masquée devant l’attaquant : tableau par tableau, puis réunis par leur total commun."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bilans import ave
from bilans.faits import Acheteur, Cellule, Contrat, Engagement, Faits, Marche, Sortie
from bilans.grilles.calcul import Compte, compter_heures, compter_sorties
from bilans.grilles.dimensions import Complement, Source
from bilans.grilles.forme import AVE, FSE, livree
from bilans.grilles.masque import masquer_sorties
from bilans.indicateurs import compter
from bilans.secret import SECRET
from bilans.tableaux import DETAIL, TOTAL
from clauses.socle.mois import ajouter_mois
from tests.bilans.attaquant import Attaquant, Publie
from tests.bilans.test_masquage import faits

MARCHES = (
    ("COMMUNE", "COND_EXEC", "BATIMENT", 30_000), ("COMMUNE", "COND_EXEC", "TRAVAUX_PUBLICS", 150_000),
    ("INTERCOMMUNALITE", "COND_EXEC", "NETTOYAGE", 700_000), ("DEPARTEMENT", "RESERVE_SIAE", "BATIMENT", None),
    ("ETAT", "RESERVE_ESS", "ESPACES_VERTS", 60_000), ("BAILLEUR_SOCIAL", "MARCHE_INSERTION", "NR", 6_000_000),
    ("ETAB_PUBLIC", "COND_EXEC_ET_CRITERE", "BATIMENT", 40_000), ("REGION", "PRIVE", "INDUSTRIE", 2_000_000),
)  # fmt: skip
CONTRATS = (("CDDI", "ACI"), ("INTERIM_INSERTION", "ETTI"), ("CDD", "ENTREPRISE"), ("CDI", "EI"), ("STAGE", "GEIQ"),
            ("INTERIM", "ETT"), ("CDD_TREMPLIN", "EA"))  # fmt: skip
MODALITES = ("MISE_A_DISPOSITION", "EMBAUCHE_DIRECTE", "SOUS_TRAITANCE", "COTRAITANCE", "FORMATION")
# Colonne → (trait, qui l’a) ; écrit ici une seconde fois, à la main.
GROUPES = {"beneficiaires": ("", True), "femmes": ("F", True), "hommes": ("F", False), "nouveaux": ("N", True),
           "sorties": ("", True)}  # fmt: skip
DES_CLEFS = {"beneficiaires": "", "femmes": "F", "nouveaux_entrants": "N"}
PARTAGES = ("situation_avant", "situation_qpv", "age_niveau")
"""Où une personne est sur une seule ligne, quoi qu’elle fasse."""


def population(nombre: int, graine: int, *, lignes: int) -> Source:
    """Des personnes inégalement réparties sur huit marchés ; chacune a de une à `lignes` lignes d’heures."""
    hasard = random.Random(graine)

    def parmi(choix: Sequence[Any]) -> Any:
        return hasard.choices(choix, [1 / (rang + 1) ** 1.5 for rang in range(len(choix))])[0]

    lus = faits(nombre, graine)
    contrats: dict[int, Contrat] = {}
    cellules = []
    for personne in range(nombre):
        for _ in range(hasard.randint(1, lignes)):
            contrat = len(contrats)
            contrats[contrat] = Contrat(personne, contrat, *parmi(CONTRATS))
            centiemes = hasard.choice([60, 3500, 15167, 42000])
            cellules.append(Cellule(parmi(range(len(MARCHES))), personne, parmi(MODALITES), contrat, centiemes))
    rangs = range(len(MARCHES))
    complets: Faits = replace(
        lus,
        cellules=cellules,
        contrats=contrats,
        engagements={n: Engagement(n, n) for n in rangs},
        marches={n: Marche(n, lus.periode.du, est_clos=False) for n in rangs},
        acheteurs={n: Acheteur(f"A{n}", f"2000000000000{n}", MARCHES[n][0], "") for n in rangs},
        base_etp=1600,
    )
    montants = [None if euros is None else Decimal(euros) for *_, euros in MARCHES]
    return Source(complets, {n: Complement(MARCHES[n][1], MARCHES[n][2], montants[n]) for n in rangs})


def comptes(source: Source) -> tuple[ave.Comptes, ave.Comptes]:
    """L’AVE entière, puis masquée."""
    grille = livree(AVE)
    entiers = ave.Comptes(
        grille=grille,
        entete=None,
        faits=source.faits,
        indicateurs=compter(source.faits),
        heures={t.cle: compter_heures(t, source) for t in grille.tableaux if t.dimension not in ave.A_PART},
        sorties={"devenir": compter_sorties(grille.tableau("devenir"), source)},
    )
    return entiers, ave.masquer(entiers)


def publier(vrais: ave.Comptes, masques: ave.Comptes, noms: Sequence[str], *, recouvrent: bool = False) -> Publie:
    """Ce que montrent ces tableaux ensemble ; une ligne qui ne compte visiblement personne ne s’attaque pas."""
    lignes: dict[str, dict[str, frozenset[str]]] = {}
    cellules, vraies = _total(vrais, masques)
    traits = sorted({t for nom in noms for t, _ in _colonnes(vrais.heures[nom])} - {""})
    for nom in noms:
        compte = vrais.heures[nom]
        paires = list(zip(compte.rangees, masques.heures[nom].rangees, strict=True))
        nuls = {v.valeurs["code"] for v, m in paires if _est_nul(m.valeurs)}
        par_groupe = {v.valeurs["code"]: v.valeurs["groupe"] for v, _ in paires if v.niveau == DETAIL}
        lignes[nom] = {}
        for v, m in paires:
            code = v.valeurs["code"]
            if v.niveau == TOTAL or code in nuls:
                continue
            siens = {code} if v.niveau == DETAIL else {c for c, g in par_groupe.items() if g == v.valeurs["groupe"]}
            caches = {f"cachés {code}"} if v.niveau != DETAIL and recouvrent else set()
            lignes[nom][code] = frozenset(siens - nuls | caches)
            _dire(cellules, vraies, nom, code, v.valeurs, m.valeurs)
        for code, nombre in (_caches(compte, vrais.faits) if recouvrent else {}).items():
            lignes[nom][code] = frozenset({code})
            vraies[nom, code, "", True] = nombre
    vraies = {c: v for c, v in vraies.items() if not c[2] or c[2] in traits}
    cellules = {c: v for c, v in cellules.items() if not c[2] or c[2] in traits}
    return Publie(lignes, traits, cellules, vraies, frozenset(noms if recouvrent else ()))


def _caches(compte: Compte[Cellule], lus: Faits) -> dict[str, int]:
    """Qui atteint une heure dans un sous-total, ou au total, et sur aucune de ses lignes."""
    ensembles = {
        f"groupe:{g}": {x.cle for x in compte.grille.lignes if x.groupe == g} for g in compte.grille.groupes()
    }
    par_ligne = {cle: _atteignent(cellules) for cle, cellules in compte.par_ligne.items()}
    caches = {}
    vus: set[int] = set().union(*par_ligne.values())
    for nom, lignes in ensembles.items():
        tous = _atteignent([c for cle in lignes for c in compte.par_ligne.get(cle, [])])
        caches[f"cachés {nom}"] = len(tous - set().union(*(par_ligne.get(cle, set()) for cle in lignes)))
        vus |= tous
    return {**caches, "cachés": len(_atteignent(lus.cellules) - vus)}


def _atteignent(cellules: Sequence[Cellule]) -> set[int]:
    sommes = Counter[int]()
    for cellule in cellules:
        sommes[cellule.participant] += cellule.centiemes
    return {personne for personne, centiemes in sommes.items() if centiemes >= 100}


def _colonnes(compte: Compte[Any]) -> set[tuple[str, bool]]:
    return {GROUPES[cle] for cle in compte.grille.colonnes if cle in GROUPES}


def _est_nul(valeurs: dict[str, Any]) -> bool:
    """Personne, ou aucun marché : le lecteur sait que la ligne est vide, même si l’effectif se tait."""
    return valeurs["beneficiaires"] == 0 or valeurs.get("marches_actifs") == 0


def _dire(cellules, vraies, nom: str, code: str, vrai: dict[str, Any], masque: dict[str, Any]) -> None:
    for cle, (trait, avec) in GROUPES.items():
        if cle in vrai:
            vraies[nom, code, trait, avec] = vrai[cle]
            if masque[cle] is not SECRET:
                cellules[nom, code, trait, avec] = masque[cle]
            else:
                cellules.setdefault((nom, code, trait, avec), None)
            if trait:
                vraies[nom, code, trait, not avec] = vrai["beneficiaires"] - vrai[cle]


def _total(vrais: ave.Comptes, masques: ave.Comptes) -> tuple[dict[Any, int | None], dict[Any, int]]:
    cellules: dict[Any, int | None] = {}
    vraies: dict[Any, int] = {}
    for cle, trait in DES_CLEFS.items():
        lu = masques.indicateurs[cle]
        cellules["", "", trait, True] = None if lu is SECRET else lu
        vraies["", "", trait, True] = vrais.indicateurs[cle]
        if trait:
            vraies["", "", trait, False] = vrais.indicateurs["beneficiaires"] - vrais.indicateurs[cle]
    return cellules, vraies


@pytest.mark.parametrize(("nombre", "graine"), [(25, 1), (60, 2), (140, 3)])
def test_aucun_effectif_de_l_ave_ne_se_retrouve_dans_un_tableau(nombre, graine):
    """Une ligne d’heures par personne : les neuf tableaux la partagent, toutes les additions sont vraies."""
    vrais, masques = comptes(population(nombre, graine, lignes=1))
    trouves = {nom: Attaquant(publier(vrais, masques, [nom])).decouvertes() for nom in vrais.heures}
    assert len(trouves) == 9
    assert not any(trouves.values()), trouves


@pytest.mark.parametrize(("nombre", "graine"), [(12, 2), (25, 4), (60, 5), (140, 6), (300, 9)])
def test_ni_entre_les_neuf_tableaux_qui_partagent_leur_total(nombre, graine):
    vrais, masques = comptes(population(nombre, graine, lignes=1))
    publie = publier(vrais, masques, list(vrais.heures))
    assert len(publie.lignes) == 9
    assert None in publie.cellules.values()
    assert Attaquant(publie).decouvertes() == []


def test_un_tableau_qui_ne_tairait_rien_trahirait_les_huit_autres():
    """Douze personnes dont deux femmes : leur nombre, tu au total, se lit dans un tableau et borne tous les autres."""
    vrais, masques = comptes(population(12, 2, lignes=1))
    montre = {**masques.heures, "situation_qpv": vrais.heures["situation_qpv"]}
    trouvees = Attaquant(publier(vrais, replace(masques, heures=montre), list(vrais.heures))).decouvertes()
    assert [une for une in trouvees if "situation_qpv" not in une]


DEVENIRS = ("RECHERCHE", "CDI", "ABANDON", "CDD", "NON_RENSEIGNE", "RETRAITE", "INTERIM_LD", "INJOIGNABLE",
            "FORMATION_QUALIFIANTE", "DISPOSITIF_PLUS_ADAPTE", "ALTERNANCE", "CREATION")  # fmt: skip


def devenir(nombre: int, graine: int) -> Compte[Sortie]:
    """Des sorties inégalement réparties ; un sixième des personnes en a deux, dont la dernière fait foi."""
    hasard = random.Random(graine)
    source = population(nombre, graine, lignes=1)
    du = source.faits.periode.du
    sorties = [
        Sortie(p, ajouter_mois(du, mois), hasard.choices(DEVENIRS, [1 / (n + 1) ** 1.3 for n in range(12)])[0], "")
        for p in range(nombre)
        for mois in ((1, 4) if p % 6 == 0 else (2,))
    ]
    source = replace(source, faits=replace(source.faits, sorties=sorties))
    return compter_sorties(livree(AVE).tableau("devenir"), source)


def publier_le_devenir(vrai: Compte[Sortie], montre: Compte[Sortie]) -> Publie:
    """Une seule colonne ; une ligne publiée à zéro n’a personne à cacher."""
    lignes: dict[str, frozenset[str]] = {}
    cellules: dict[Any, int | None] = {}
    vraies: dict[Any, int] = {}
    for vraie, montree in zip(vrai.rangees, montre.rangees, strict=True):
        code = vraie.valeurs["code"]
        cellule = ("", "", "", True) if vraie.niveau == TOTAL else ("devenir", code, "", True)
        vraies[cellule], lu = vraie.valeurs["sorties"], montree.valeurs["sorties"]
        cellules[cellule] = None if lu is SECRET else lu
        assert (montree.valeurs["part"] is SECRET) == (lu is SECRET)
        if vraie.niveau != TOTAL:
            siens = {x.cle for x in vrai.grille.lignes if f"groupe:{x.groupe}" == code}
            lignes[code] = frozenset(siens or {code})
    return Publie({"devenir": lignes}, [], cellules, vraies)


@pytest.mark.parametrize(("nombre", "graine"), [(4, 0), (9, 1), (25, 2), (60, 3), (60, 4), (140, 5), (300, 6)])
def test_aucune_sortie_du_devenir_ne_se_retrouve(nombre, graine):
    vrai = devenir(nombre, graine)
    publie = publier_le_devenir(vrai, masquer_sorties(vrai))
    assert publie.vraies["", "", "", True] == nombre
    assert None in publie.cellules.values()
    assert Attaquant(publie).decouvertes() == []


def test_sans_masque_l_attaquant_lirait_le_devenir_et_sans_secret_secondaire_il_le_deduirait():
    vrai = devenir(60, 3)
    assert Attaquant(publier_le_devenir(vrai, vrai)).decouvertes()
    petites = [
        replace(r, valeurs={**r.valeurs, "sorties": SECRET, "part": SECRET}) if 0 < r.valeurs["sorties"] < 5 else r
        for r in vrai.rangees
    ]
    assert Attaquant(publier_le_devenir(vrai, replace(vrai, rangees=petites))).decouvertes()


@pytest.mark.parametrize("nom", ["acheteurs", "contrats"])
def test_ni_quand_une_personne_est_sur_plusieurs_lignes(nom):
    vrais, masques = comptes(population(40, 8, lignes=3))
    assert Attaquant(publier(vrais, masques, [nom], recouvrent=True)).decouvertes() == []


def test_sans_masque_l_attaquant_trouverait():
    vrais, _ = comptes(population(60, 2, lignes=1))
    assert Attaquant(publier(vrais, vrais, ["situation_avant"])).decouvertes()


def test_une_personne_de_moins_d_une_heure_par_ligne_ne_se_lit_pas_au_sous_total():
    """Deux fois 36 minutes chez deux types d’acheteurs du même groupe : une personne au sous-total, et nulle part."""
    source = population(40, 8, lignes=1)
    ailleurs = [c._replace(engagement=4 + c.participant % 2) for c in source.faits.cellules if c.participant != 0]
    courtes = [Cellule(marche, 0, MODALITES[0], 0, 60) for marche in (0, 2)]
    source = replace(source, faits=replace(source.faits, cellules=[*ailleurs, *courtes]))
    vrais, masques = comptes(source)
    lues = {r.valeurs["code"]: r.valeurs["beneficiaires"] for r in vrais.heures["acheteurs"].rangees}
    assert (lues["communes"], lues["intercommunalites"], lues["groupe:Collectivités"]) == (0, 0, 1)
    sorties = {r.valeurs["code"]: r.valeurs for r in masques.heures["acheteurs"].rangees}
    assert sorties["groupe:Collectivités"]["beneficiaires"] is SECRET
    assert sorties["communes"]["heures"] is SECRET
    assert Attaquant(publier(vrais, masques, ["acheteurs"], recouvrent=True)).decouvertes() == []


def test_huit_echeances_de_quatre_personnes_se_taisent():
    """A7 compte les échéances ; c’est la personne que l’on protège."""
    source = population(40, 8, lignes=1)
    du = source.faits.periode.du
    sorties = [Sortie(p, ajouter_mois(du, mois - 6), "CDI", "CDI") for p in range(4) for mois in (1, 2)]
    source = replace(source, faits=replace(source.faits, sorties=sorties))
    compte = compter_sorties(livree(FSE).tableau("six_mois"), source)
    lus = [{r.valeurs["code"]: r.valeurs["sorties"] for r in c.rangees} for c in (compte, masquer_sorties(compte))]
    assert (lus[0]["emploi"], lus[0]["TOTAL"]) == (8, 8)
    assert (lus[1]["emploi"], lus[1]["TOTAL"]) == (SECRET, SECRET)
