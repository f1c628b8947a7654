"""Règles des gabarits et des fichiers statiques : sourds, accessibles, sans rien en ligne ni au dehors."""

from __future__ import annotations

import re

import pytest

from tests.test_architecture import GABARITS, MODULES, STATIQUES, acces_inverses, nom

# Rien ici ne tient à la base.
pytestmark = pytest.mark.sur_sqlite

SECTION = re.compile(r'<section[^>]*aria-labelledby="([^"]+)"')
COMMENTAIRE = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)


def lire(gabarit) -> str:
    return COMMENTAIRE.sub("", gabarit.read_text(encoding="utf-8"))


@pytest.mark.parametrize("gabarit", GABARITS, ids=nom)
def test_un_gabarit_ne_remonte_pas_une_relation(gabarit):
    """Ni `marche.lots` ni `lot.clauses.all` : la vue donne des listes déjà prises dans le périmètre."""
    expressions = re.findall(r"\{\{.*?\}\}|\{%.*?%\}", lire(gabarit))
    relations = "|".join(sorted(acces_inverses()))
    # Un gestionnaire de relation ne se parcourt pas seul : il est toujours suivi d’une méthode.
    methodes = "all|count|exists|first|last|get_queryset|latest|earliest|values"
    assert not [e for e in expressions if re.search(rf"\.({relations})\.({methodes})\b|_set\b|\.objects\b", e)]


@pytest.mark.parametrize("gabarit", GABARITS, ids=nom)
def test_un_gabarit_n_a_rien_en_ligne(gabarit):
    """La CSP refuserait `style=`, `onclick=`, `<script>` et `<style>` en ligne : la page serait cassée en silence."""
    texte = lire(gabarit)
    assert not re.findall(r"<[^>{]*\s(?:style|on[a-z]+)\s*=", texte)
    assert not re.findall(r"<style\b", texte)
    assert not re.findall(r"<script(?![^>]*\bsrc=)", texte)
    assert "javascript:" not in texte


@pytest.mark.parametrize("gabarit", GABARITS, ids=nom)
def test_tout_tableau_a_une_legende(gabarit):
    texte = lire(gabarit)
    assert texte.count("<table") == texte.count("<caption")


@pytest.mark.parametrize("gabarit", GABARITS, ids=nom)
def test_tout_formulaire_envoye_porte_son_jeton(gabarit):
    for formulaire in re.findall(r"<form\b.*?</form>", lire(gabarit), re.DOTALL):
        if re.search(r"method=[\"']?post", formulaire, re.IGNORECASE):
            assert "{% csrf_token %}" in formulaire


@pytest.mark.parametrize("fichier", [*GABARITS, *STATIQUES], ids=nom)
def test_aucune_adresse_exterieure(fichier):
    """Ni CDN, ni police, ni mesure d’audience : la page ne parle qu’à son serveur."""
    texte = fichier.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
    assert not re.findall(r"https?://|[\"'(]//", texte)


@pytest.mark.parametrize("gabarit", GABARITS, ids=nom)
def test_un_gabarit_ne_desactive_pas_l_echappement(gabarit):
    assert not re.findall(r"\|\s*safe\b|autoescape off|\|\s*safeseq\b", lire(gabarit))


def test_aucune_colonne_n_est_seulement_cachee():
    """`visible=False` de django-tables2 n’empêche pas l’export : une colonne interdite se retire."""
    assert not [nom(f) for f in MODULES if re.search(r"visible\s*=\s*False", f.read_text(encoding="utf-8"))]


def test_aucun_texte_n_est_declare_sur_sans_echappement():
    assert not [nom(f) for f in MODULES if re.search(r"\bmark_safe\b|\bSafeString\(", f.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("gabarit", GABARITS, ids=nom)
def test_une_region_ne_porte_pas_le_nom_de_sa_section(gabarit):
    """Deux repères de même nom ne se distinguent pas à l’oreille ; le second n’est là que si la liste est garnie."""
    texte = lire(gabarit)
    noms = {
        titre.strip()
        for ancre in SECTION.findall(texte)
        for titre in re.findall(rf'id="{re.escape(ancre)}"[^>]*>([^<{{]+)<', texte)
    }
    regions = set(re.findall(r'role="region"[^>]*aria-label="([^"{]+)"', texte))
    assert not noms & regions
