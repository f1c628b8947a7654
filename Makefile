.DELETE_ON_ERROR:
.DEFAULT_GOAL := aide
SHELL := /bin/bash

PYTHON ?= python3
PORT ?= 8000
CIBLE ?=
B := .venv/bin
PAQUETS := clauses entreprises marches heures bilans tests mesures manage.py
TIRER_UNE_CLEF = $(shell $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))')

.PHONY: aide installer lancer demo qualite corriger migrations test test-postgres parcours mesures ci captures

aide: ## Lister les cibles
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

installer: .venv/.installe ## Construire .venv/ avec l’application et ses outils

# Rien à refaire tant que pyproject.toml ne change pas.
.venv/.installe: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Il faut Python 3.11 ou plus récent (PYTHON=…).' >&2; exit 1; }
	@test -x $(B)/python || $(PYTHON) -m venv .venv || { echo 'Le module venv manque : apt-get install python3-venv.' >&2; exit 1; }
	@$(B)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(B)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

lancer: installer ## Serveur de développement (PORT=8000)
	$(B)/python manage.py migrate
	$(B)/python manage.py runserver 127.0.0.1:$(PORT)

# La démonstration tourne avec les réglages de production, sauf TLS : elle ne sort pas de cette machine.
demo: export CLAUSES_DEMO = 1
demo: export DEBUG = 0
demo: export CLAUSES_SANS_TLS = 1
demo: export ALLOWED_HOSTS = localhost,127.0.0.1,[::1]
demo: export DATABASE_URL = sqlite:///$(CURDIR)/demo/clauses.sqlite3
demo: export SECRET_KEY = $(TIRER_UNE_CLEF)
demo: installer ## Base de démonstration neuve, servie sur 127.0.0.1 (PORT=8000, DEMO_MOT_DE_PASSE=…)
	@mkdir -p demo
	@rm -f demo/clauses.sqlite3 demo/clauses.sqlite3-wal demo/clauses.sqlite3-shm
	@$(B)/python manage.py migrate --verbosity 0
	@$(B)/python manage.py collectstatic --noinput --verbosity 0
	@$(B)/python manage.py demo
	@echo; echo "Clauses de démonstration : http://127.0.0.1:$(PORT)   (Ctrl-C pour arrêter)"
	@exec $(B)/gunicorn clauses.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --threads 2 --timeout 60 --log-level warning

qualite: installer ## Vérifier sans rien modifier : style, gabarits, sens des imports, types
	$(B)/ruff format --check $(PAQUETS)
	$(B)/ruff check $(PAQUETS)
	$(B)/djlint --quiet --check --lint templates
	$(B)/lint-imports
	$(B)/mypy

corriger: installer ## Réparer ce qui se répare seul
	$(B)/ruff check --fix $(PAQUETS)
	$(B)/ruff format $(PAQUETS)
	$(B)/djlint --quiet --reformat templates

migrations: installer ## Aucune migration manquante ; réglages de production sans avertissement
	$(B)/python manage.py makemigrations --check --dry-run --noinput
	DEBUG=0 SECRET_KEY=$(TIRER_UNE_CLEF) ALLOWED_HOSTS=clauses.exemple.fr $(B)/python manage.py check --deploy --fail-level WARNING

test: installer ## Toute la suite (CIBLE=tests/heures pour une partie) ; sans Chromium, les parcours sont sautés et nommés
	$(B)/pytest -n 3 --dist worksteal -q -rs $(CIBLE)

test-postgres: installer ## La suite, parcours exceptés, sur un PostgreSQL privé monté pour l’occasion
	tests/outils/postgres.sh $(B)/pytest -n 2 --dist worksteal -q -rs -m 'not parcours and not sur_sqlite' $(CIBLE)

parcours: installer ## Parcours complets dans Chromium
	$(B)/pytest -q -rs tests/parcours

mesures: installer ## Bancs de mesure, hors de la suite de tests
	$(B)/python -m mesures

captures: installer ## Photographier chaque page à 360 et 1440 px (captures/) et les images du README (docs/captures/)
	$(B)/python -m tests.outils.captures

ci: ## Ce que fait l’intégration continue, à l’identique
	.ci/run
