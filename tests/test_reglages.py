"""Réglages : en-têtes de toute réponse, refus des réglages dangereux, base et cache tels qu’en service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from clauses.socle import controles
from tests.factories import MarcheFactory, RattachementFactory

RACINE = Path(__file__).resolve().parent.parent
CLEF = "k9fJ2-xQ7vLmB4cTz8WnR6yHs1pDa3EgUoVi5NjKqXbYtMwZr0SdFhGl_u"


def reponses(client):
    """Une réponse de chaque sorte : 200, 302, 403, 404, 405, avec et sans session."""
    yield 302, client.get(reverse("marches:liste"))
    yield 200, client.get(reverse("account_login"))
    lecteur = RattachementFactory(lecteur=True)
    client.force_login(lecteur.utilisateur)
    yield 200, client.get(reverse("entreprises:liste"))
    yield 403, client.get(reverse("entreprises:creer"))
    yield 404, client.get(reverse("marches:fiche", args=[MarcheFactory().pk]))
    yield 404, client.get("/nulle-part/")
    yield 405, client.post(reverse("entreprises:liste"))
    yield 200, client.get(reverse("api:marche-list"))


def test_toute_reponse_porte_les_en_tetes_de_securite(client):
    for statut, reponse in reponses(client):
        assert reponse.status_code == statut
        politique = reponse.headers["Content-Security-Policy"]
        assert "unsafe-" not in politique
        for directive in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in politique
        assert reponse.headers["X-Content-Type-Options"] == "nosniff"
        assert reponse.headers["Referrer-Policy"] == "same-origin"
        assert reponse.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert reponse.headers["X-Frame-Options"] == "DENY"
        assert "camera=()" in reponse.headers["Permissions-Policy"]


def test_une_page_connectee_ne_reste_pas_en_cache(client):
    client.force_login(RattachementFactory().utilisateur)
    for adresse in (reverse("entreprises:liste"), reverse("entreprises:liste") + "?export=xlsx", "/nulle-part/"):
        reponse = client.get(adresse)
        assert reponse.headers["Cache-Control"] == "no-store"
        b"".join(reponse)  # un classeur se lit en flux : le lire jusqu’au bout le ferme


@pytest.mark.parametrize(
    ("nom", "statut", "phrase"),
    [
        ("400.html", 400, "n’a pas pu être lue"),
        ("403.html", 403, "Votre rôle ne permet pas"),
        ("404.html", 404, "Cette adresse n’existe pas"),
        ("403_jeton.html", 403, "rechargez la page"),
        ("429.html", 429, "Attendez quelques minutes"),
        ("500.html", 500, "Rien n’a été enregistré à moitié"),
    ],
)
def test_une_page_d_erreur_se_rend_sans_contexte(nom, statut, phrase):
    """La page 500 se rend quand tout a échoué : elle ne dépend d’aucune variable."""
    assert phrase in render_to_string(nom)


def test_une_adresse_illisible_a_sa_page(client):
    client.force_login(RattachementFactory().utilisateur)
    page = client.get("/nulle-part/").content.decode()
    assert "Page introuvable" in page


def test_un_formulaire_sans_jeton_est_refuse_en_francais():
    client = Client(enforce_csrf_checks=True)
    reponse = client.post(reverse("account_login"), {"login": "a@exemple.invalid", "password": "x"})
    assert reponse.status_code == 403
    assert "Formulaire périmé" in reponse.content.decode()


@pytest.mark.parametrize(
    "clef",
    [settings.CLEF_DE_DEVELOPPEMENT, "courte", "a" * 60],
    ids=["développement", "courte", "répétée"],
)
def test_une_clef_faible_empeche_de_servir(settings, clef):
    settings.DEBUG, settings.SECRET_KEY = False, clef
    assert [m.id for m in controles.clef_secrete()] == ["clauses.E001"]


@pytest.mark.parametrize("hotes", [[], ["*"], ["clauses.exemple.fr", "*"]])
def test_tout_hote_accepte_empeche_de_servir(settings, hotes):
    settings.DEBUG, settings.ALLOWED_HOSTS = False, hotes
    assert [m.id for m in controles.hotes()] == ["clauses.E002"]


def test_sans_tls_ne_vaut_que_sur_la_boucle_locale(settings):
    settings.DEBUG, settings.CLAUSES_SANS_TLS = False, True
    settings.ALLOWED_HOSTS = ["clauses.exemple.fr"]
    assert [m.id for m in controles.sans_tls()] == ["clauses.E003"]
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    assert controles.sans_tls() == []


def test_un_autre_moteur_de_base_empeche_de_servir(monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.mysql")
    assert [m.id for m in controles.base_de_donnees()] == ["clauses.E004"]


def controler(**environnement: str) -> subprocess.CompletedProcess[str]:
    """`check --deploy` dans un processus neuf, qui lit ses réglages au démarrage et n’hérite rien des autres tests."""
    reglages = ("CLAUSES_", "DEBUG", "SECRET", "ALLOWED", "DJANGO_")
    propre = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith(reglages)}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=RACINE, env=propre | environnement, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_les_reglages_de_production_passent_sans_avertissement():
    assert controler(DEBUG="0", SECRET_KEY=CLEF, ALLOWED_HOSTS="clauses.exemple.fr").returncode == 0


def test_une_production_sans_clef_ne_demarre_pas():
    refus = controler(DEBUG="0", ALLOWED_HOSTS="clauses.exemple.fr")
    assert refus.returncode == 1
    assert "clauses.E001" in refus.stderr


@pytest.mark.parametrize(
    ("environnement", "phrase"),
    [
        ({}, "SECRET_KEY manque"),
        ({"SECRET_KEY": CLEF, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": CLEF, "ALLOWED_HOSTS": "clauses.exemple.fr", "CLAUSES_SANS_TLS": "1"}, "CLAUSES_SANS_TLS"),
    ],
)
def test_le_serveur_refuse_de_servir_sous_un_reglage_dangereux(environnement, phrase):
    base = {clef: valeur for clef, valeur in os.environ.items() if not clef.startswith(("SECRET_", "ALLOWED_"))}
    essai = subprocess.run(
        [sys.executable, "-c", "import clauses.wsgi"],
        cwd=RACINE,
        env={**base, "DEBUG": "0", "DJANGO_SETTINGS_MODULE": "clauses.settings", **environnement},
        capture_output=True,
        text=True,
        check=False,
    )
    assert essai.returncode == 1
    assert phrase in essai.stderr


def test_les_cookies_de_production_sont_clos():
    code = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT)"
    )
    environnement = os.environ | {"DEBUG": "0", "SECRET_KEY": CLEF, "DJANGO_SETTINGS_MODULE": "clauses.settings"}
    sortie = subprocess.run(
        [sys.executable, "-c", code], cwd=RACINE, env=environnement, capture_output=True, text=True, check=True
    )
    assert sortie.stdout.split() == [
        "__Host-session",
        "__Host-csrf",
        "True",
        "True",
        "True",
        "Lax",
        "31536000",
        "True",
    ]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="propre à SQLite")
def test_sqlite_tourne_en_wal_immediate_et_tient_ses_clefs_etrangeres():
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    with connection.cursor() as curseur:
        valeurs = [
            curseur.execute(f"PRAGMA {p}").fetchone()[0] for p in ("journal_mode", "foreign_keys", "synchronous")
        ]
    assert valeurs == ["wal", 1, 2]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="propre à PostgreSQL")
def test_postgresql_borne_la_duree_d_une_requete():
    with connection.cursor() as curseur:
        curseur.execute("SHOW statement_timeout")
        assert curseur.fetchone()[0] == "30s"


def test_le_cache_est_partage_entre_processus():
    """Les limites d’essais de connexion y vivent : un cache par processus les multiplierait."""
    cache.set("essai", "valeur", 60)
    with connection.cursor() as curseur:
        curseur.execute("SELECT COUNT(*) FROM cache_clauses WHERE cache_key LIKE %s", ["%essai%"])
        assert curseur.fetchone()[0] == 1


def test_toute_requete_est_une_transaction():
    assert connection.settings_dict["ATOMIC_REQUESTS"] is True
