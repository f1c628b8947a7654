"""Règles de lecture du code que ruff et import-linter ne savent pas dire (docs/adr/0002 et 0003)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from clauses.comptes.perimetre import PerimetreQuerySet

# Rien ici ne tient à la base.
pytestmark = pytest.mark.sur_sqlite

RACINE = Path(__file__).resolve().parent.parent
APPS = ("clauses", "entreprises", "marches", "heures", "bilans")
BORDS = {"views", "api", "forms", "filters", "tables", "exports", "pages"}
GESTIONNAIRES = {"objects", "_default_manager", "_base_manager"}
ECRITURES = {"save", "create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "delete"}
MODULES = sorted(f for app in APPS for f in (RACINE / app).rglob("*.py") if "migrations" not in f.parts)
GABARITS = sorted((RACINE / "templates").rglob("*.html"))
STATIQUES = sorted(f for f in (RACINE / "clauses" / "static").rglob("*") if f.suffix in {".js", ".css", ".svg"})


def nom(chemin: Path) -> str:
    return str(chemin.relative_to(RACINE))


def arbre(chemin: Path) -> ast.Module:
    return ast.parse(chemin.read_text(encoding="utf-8"))


def est_au_bord(chemin: Path) -> bool:
    """`views.py` comme `views/lots.py` : un fichier ou un dossier du même nom ; le socle ne connaît aucun modèle."""
    parties = chemin.relative_to(RACINE).parts
    return "socle" not in parties and bool(BORDS & {chemin.stem, *parties[:-1]})


MODULES_DE_BORD = [f for f in MODULES if est_au_bord(f)]
ACTIONS = [f for f in MODULES if "actions" in {f.stem, *f.parts}]


def acces_inverses() -> set[str]:
    """`lots`, `contrats`… : un parent dans le périmètre n’y met pas ses enfants."""
    return {
        relation.get_accessor_name()
        for modele in apps.get_models()
        for relation in modele._meta.related_objects
        if relation.get_accessor_name()
        and isinstance(relation.related_model._default_manager.all(), PerimetreQuerySet)
    }


def fonctions(chemin: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (n for n in ast.walk(arbre(chemin)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


# Objets calculés (jamais des modèles) dont un attribut est homonyme d’une relation inverse : `grille.lignes`.
OBJETS_CALCULES = {"grille", "lue", "bloc", "feuille"}


def racine(noeud: ast.expr) -> str:
    """Nom de la variable au départ d’une chaîne d’attributs et d’appels."""
    while isinstance(noeud, ast.Attribute | ast.Call | ast.Subscript):
        noeud = noeud.func if isinstance(noeud, ast.Call) else noeud.value
    return noeud.id if isinstance(noeud, ast.Name) else ""


def lectures_hors_perimetre(module: ast.Module) -> list[str]:
    """`Modele.objects` et `objet.lots` qui ne sont pas suivis de `.visibles_par(…)` (ou de `.none()`)."""
    permis = {
        id(n.value) for n in ast.walk(module) if isinstance(n, ast.Attribute) and n.attr in {"visibles_par", "none"}
    }
    importes = {
        alias.asname or alias.name.split(".")[0]
        for n in ast.walk(module)
        if isinstance(n, ast.Import | ast.ImportFrom)
        for alias in n.names
        if not alias.name[:1].isupper()
    }
    relations = acces_inverses()
    return [
        f"ligne {n.lineno} : {ast.unparse(n)}"
        for n in ast.walk(module)
        if isinstance(n, ast.Attribute)
        and id(n) not in permis
        and (n.attr in GESTIONNAIRES or (n.attr in relations and racine(n) not in OBJETS_CALCULES | importes))
    ]


@pytest.mark.parametrize("chemin", MODULES_DE_BORD, ids=nom)
def test_au_bord_on_ne_lit_que_dans_un_perimetre(chemin):
    assert not lectures_hors_perimetre(arbre(chemin))


@pytest.mark.parametrize(
    "faute",
    [
        "Marche.objects.all()",
        "get_object_or_404(Marche, pk=1) and Marche._default_manager",
        "marche.lots.all()",
        "lot.clauses",
        "get_object_or_404(lot.attributions, pk=pk)",
    ],
)
def test_une_lecture_sans_perimetre_serait_vue(faute):
    assert lectures_hors_perimetre(ast.parse(faute))


def test_une_lecture_dans_le_perimetre_passe():
    assert not lectures_hors_perimetre(ast.parse("Marche.objects.visibles_par(a).filter(x=1); m.lots.visibles_par(a)"))


@pytest.mark.parametrize("chemin", MODULES_DE_BORD, ids=nom)
def test_au_bord_on_n_ecrit_que_par_une_action(chemin):
    fautes = [
        f"{nom(chemin)}:{n.lineno} {ast.unparse(n.func)}"
        for n in ast.walk(arbre(chemin))
        if isinstance(n, ast.Call)
        and isinstance(n.func, ast.Attribute)
        and (n.func.attr in ECRITURES or (n.func.attr == "update" and "objects" in ast.unparse(n.func)))
    ]
    assert not fautes


@pytest.mark.parametrize("chemin", MODULES_DE_BORD, ids=nom)
def test_au_bord_on_n_importe_pas_les_gestes_d_ecriture(chemin):
    importes = [
        n.lineno
        for n in ast.walk(arbre(chemin))
        if isinstance(n, ast.ImportFrom) and n.module == "clauses.comptes.ecritures"
    ]
    assert not importes


@pytest.mark.parametrize("chemin", [f for f in MODULES_DE_BORD if "views" in {f.stem, *f.parts}], ids=nom)
def test_une_vue_ne_compare_pas_un_role(chemin):
    """Ce que permet un rôle se lit dans la table des droits, jamais dans une vue."""
    fautes = [
        f"{nom(chemin)}:{n.lineno}"
        for n in ast.walk(arbre(chemin))
        if isinstance(n, ast.Compare) and re.search(r"\brole\b|Role\.", ast.unparse(n))
    ]
    assert not fautes


def test_un_module_tient_en_400_lignes():
    tests = (RACINE / "tests").rglob("*.py")
    assert not [nom(f) for f in (*MODULES, *tests) if len(f.read_text(encoding="utf-8").splitlines()) > 400]


def test_une_fonction_tient_en_40_lignes():
    longues = [
        f"{nom(chemin)}:{f.name}"
        for chemin in MODULES
        for f in fonctions(chemin)
        if f.end_lineno and f.end_lineno - f.lineno >= 40
    ]
    assert not longues


def test_un_gabarit_tient_en_150_lignes():
    assert not [nom(g) for g in GABARITS if len(g.read_text(encoding="utf-8").splitlines()) > 150]


def test_aucun_save_n_est_redefini():
    redefinis = [f"{nom(c)}:{f.name}" for c in MODULES for f in fonctions(c) if f.name in {"save", "delete"}]
    assert not redefinis


def test_aucun_signal():
    """Ni `django.db.models.signals`, ni `receiver`, ni `connect` d’un signal d’une bibliothèque."""
    fautes = [
        f"{nom(chemin)}:{n.lineno}"
        for chemin in MODULES
        for n in ast.walk(arbre(chemin))
        if isinstance(n, ast.ImportFrom | ast.Import)
        and ("signals" in (getattr(n, "module", None) or "") or any("signals" in a.name for a in n.names))
    ]
    assert not fautes


def test_aucune_vue_api_ne_change_sa_permission():
    """La porte de l’API est la permission par défaut ; `permission_classes` l’ouvrirait sans bruit."""
    fautes = [
        f"{nom(chemin)}:{n.lineno}"
        for chemin in MODULES
        for n in ast.walk(arbre(chemin))
        if isinstance(n, ast.Name | ast.Attribute | ast.FunctionDef)
        and {"permission_classes", "get_permissions", "authentication_classes"}
        & {getattr(n, "id", ""), getattr(n, "attr", ""), getattr(n, "name", "")}
    ]
    assert not fautes


def test_aucun_commentaire_ne_remet_a_plus_tard():
    motif = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b|\{#.*\b(TODO|FIXME)\b", re.IGNORECASE)
    fautes = [
        f"{nom(f)}:{i}"
        for f in [*MODULES, *GABARITS]
        for i, ligne in enumerate(f.read_text(encoding="utf-8").splitlines(), 1)
        if motif.search(ligne)
    ]
    assert not fautes


def test_une_exception_de_controle_dit_sa_raison():
    """`# noqa` et `# type: ignore` nomment la règle écartée."""
    motif = re.compile(r"#\s*noqa(?!:)|#\s*type:\s*ignore(?!\[)")
    fautes = [
        f"{nom(f)}:{i}"
        for f in MODULES
        for i, ligne in enumerate(f.read_text(encoding="utf-8").splitlines(), 1)
        if motif.search(ligne)
    ]
    assert not fautes


def appels(chemin: Path) -> Iterator[tuple[int, str]]:
    for n in ast.walk(arbre(chemin)):
        if isinstance(n, ast.Call):
            yield n.lineno, ast.unparse(n.func)


def bibliotheques(noeud: ast.Import | ast.ImportFrom) -> set[str]:
    """Paquets de premier niveau nommés par une ligne d’import."""
    if isinstance(noeud, ast.ImportFrom):
        return {(noeud.module or "").split(".")[0]}
    return {alias.name.split(".")[0] for alias in noeud.names}


def test_seuls_les_exports_ecrivent_des_classeurs():
    """Une seule porte (`clauses.socle.exports`) garantit qu’aucune cellule ne devient une formule."""
    importeurs = {
        nom(chemin)
        for chemin in MODULES
        for n in ast.walk(arbre(chemin))
        if isinstance(n, ast.Import | ast.ImportFrom) and "xlsxwriter" in bibliotheques(n)
    }
    assert importeurs <= {"clauses/socle/exports.py"}
    assert not [f"{nom(c)}:{i}" for c in MODULES for i, appel in appels(c) if appel.endswith((".to_excel", ".to_csv"))]


def test_un_fichier_recu_se_lit_par_le_lecteur_borne():
    """Ni pandas.read_*, ni openpyxl, ni zipfile hors du lecteur : un fichier reçu peut être hostile."""
    reserves = {"openpyxl", "zipfile", "xml", "defusedxml", "python_calamine", "xlrd"}
    importeurs = {
        nom(chemin)
        for chemin in MODULES
        for n in ast.walk(arbre(chemin))
        if isinstance(n, ast.Import | ast.ImportFrom) and reserves & bibliotheques(n)
    }
    assert not {c for c in importeurs if not c.startswith("clauses/socle/lecteur/")} - LECTEURS_NOMMES
    assert not [f"{nom(c)}:{i}" for c in MODULES for i, appel in appels(c) if re.match(r"(pd|pandas)\.read_", appel)]


# Modules qui manipulent XML ou ZIP sans lire de classeur reçu ; chaque entrée dit pourquoi.
LECTEURS_NOMMES = {"clauses/socle/archives.py"}  # écrit une archive, n’en lit aucune


GESTES = ECRITURES | {"creer", "modifier", "enregistrer", "journaliser", "verrouiller", "update", "create_user"}


def ecrit(fonction: ast.FunctionDef) -> bool:
    appelees = {ast.unparse(n.func).rsplit(".", 1)[-1] for n in ast.walk(fonction) if isinstance(n, ast.Call)}
    return bool(appelees & GESTES) or any("atomic" in ast.unparse(d) for d in fonction.decorator_list)


@pytest.mark.parametrize("chemin", ACTIONS, ids=nom)
def test_une_action_nomme_son_auteur_et_exige_son_droit(chemin):
    """Une fonction publique qui écrit reçoit `par` en mot-clé ; son premier geste est `par.exiger(…)`."""
    fautes = []
    for f in arbre(chemin).body:
        if not isinstance(f, ast.FunctionDef) or f.name.startswith("_") or not ecrit(f):
            continue
        if f"{nom(chemin)}:{f.name}" in SANS_AUTEUR:
            continue
        corps = [n for n in f.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
        if "par" not in {a.arg for a in f.args.kwonlyargs}:
            fautes.append(f"{f.name} : `par` n’est pas un mot-clé")
        elif not ast.unparse(corps[0]).startswith("par.exiger("):
            fautes.append(f"{f.name} : le droit n’est pas exigé d’abord")
    assert not fautes


# Ouvrir une structure précède tout acteur (commande d’administration) ; les deux suivants fabriquent l’acteur ; qui
# accepte une invitation n’a pas encore d’accès, son lien l’autorise.
SANS_AUTEUR = {
    "clauses/comptes/actions.py:creer_structure",
    "clauses/comptes/actions.py:acteur_systeme",
    "clauses/comptes/actions.py:acteur_de_lien",
    "clauses/comptes/actions.py:accepter_invitation",
}


@pytest.mark.parametrize(
    "modele", [m for m in apps.get_models() if m._meta.app_label in APPS or m._meta.app_label == "comptes"]
)
def test_un_refus_de_la_base_se_dit_sans_signe_pour_cent(modele):
    """Django met ce message en forme avec `%` : un pourcentage ferait tomber la page au lieu de refuser."""
    assert not [
        c.name for c in modele._meta.constraints if "%" in str(c.violation_error_message).replace("%(name)s", "")
    ]
