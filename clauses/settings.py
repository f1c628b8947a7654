"""Réglages de Clauses : un seul fichier, piloté par l’environnement.

Variables lues : DATABASE_URL, SECRET_KEY, SECRET_KEY_FALLBACKS, DEBUG, ALLOWED_HOSTS et CLAUSES_*.
Sans variable, l’application démarre en développement sur un fichier SQLite à la racine.
Les valeurs dangereuses en production sont refusées par `clauses/socle/controles.py`.
"""

from __future__ import annotations

from pathlib import Path

import environ
from csp.constants import NONE, SELF

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", default=True)
# En développement seulement : `controles.py` refuse cette clef dès que DEBUG est faux.
CLEF_DE_DEVELOPPEMENT = "clef-de-developpement-sans-valeur-a-remplacer-en-production"
SECRET_KEY = env.str("SECRET_KEY", default=CLEF_DE_DEVELOPPEMENT)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CLAUSES_ORIGINES", default=[])
# Derrière un mandataire qui pose X-Forwarded-Proto ; sinon l’en-tête d’un visiteur serait cru sur parole.
if env.bool("CLAUSES_DERRIERE_MANDATAIRE", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
# « make demo » sert en HTTP sur la boucle locale : le seul usage prévu de cette variable.
CLAUSES_SANS_TLS = env.bool("CLAUSES_SANS_TLS", default=DEBUG)
CLAUSES_DEMO = env.bool("CLAUSES_DEMO", default=False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "bootstrap",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "rest_framework",
    "drf_spectacular",
    "clauses.socle",
    "clauses.territoires",
    "clauses.comptes",
    "clauses.crochets",
    "entreprises",
    "marches",
    "heures",
    "bilans",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clauses.socle.sans_cache.sans_cache",
    "clauses.comptes.middleware.acteur",
    "clauses.comptes.middleware_api.api",
    "clauses.socle.lecture_seule.lecture_seule",
]

ROOT_URLCONF = "clauses.urls"
WSGI_APPLICATION = "clauses.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clauses.comptes.contexte.acteur",
                "clauses.navigation.navigation",
            ],
            "builtins": ["clauses.socle.templatetags.francais"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Base de données -------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'clauses.sqlite3'}")}
BASE = DATABASES["default"]
BASE["ATOMIC_REQUESTS"] = True
if BASE["ENGINE"] == "django.db.backends.sqlite3":
    # WAL et IMMEDIATE ensemble : sans l’un des deux, des écritures simultanées échouent (docs/adr/0005).
    BASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-32000; PRAGMA mmap_size=134217728;"
        ),
    }
else:
    BASE["CONN_MAX_AGE"] = env.int("CLAUSES_DUREE_CONNEXION", default=60)
    BASE["CONN_HEALTH_CHECKS"] = True
    # Compiler le plan (jit) coûtait plus que l’exécuter : 28 s contre 4 s pour prévoir mille engagements.
    BASE["OPTIONS"] = {"options": "-c statement_timeout=30s -c lock_timeout=5s -c jit=off"}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache partagé entre les processus : les limites d’essais de connexion y vivent.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_clauses",
        "OPTIONS": {"MAX_ENTRIES": 10_000},  # au-delà, des entrées encore utiles (aperçus d’import) seraient purgées
    }
}

# --- Comptes ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "comptes.Utilisateur"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "nom", "prenom"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accueil"
ACCOUNT_ADAPTER = "clauses.comptes.adaptateur.AdaptateurComptes"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Pas de courriel à une adresse sans compte : il renverrait vers une inscription qui n’existe pas.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
# Celui d’allauth écrit une adresse en base pendant un GET ; celui de Django lie déjà le lien au mot de passe et à
# l’adresse du compte.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 — un chemin de classe
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Clauses] "
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "5/5m/key,20/m/ip", "reset_password": "10/h/ip,3/h/key"}
# Ouvrir ou déposer un relevé par son lien : par adresse IP, puis par lien.
CLAUSES_DEBIT_DES_LIENS = {"lien": "120/m/ip,30/m/key"}
# Qui devine des codes d’attestation est arrêté bien avant d’en trouver un.
CLAUSES_DEBIT_DE_VERIFICATION = {"verifier": "10/m/ip,60/h/ip"}
# Demandes à l’API, par minute, pour un jeton ou pour un compte connecté.
CLAUSES_DEBIT_DE_L_API = {
    "lecture": env.int("CLAUSES_API_LECTURES_PAR_MINUTE", default=600),
    "ecriture": env.int("CLAUSES_API_ECRITURES_PAR_MINUTE", default=120),
}
EMAIL_CONFIG = env.email_url("CLAUSES_COURRIEL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # un serveur de courriel muet ne retient pas la page de qui envoie
DEFAULT_FROM_EMAIL = env.str("CLAUSES_EXPEDITEUR", default="clauses@localhost")

# Répertoire national des entreprises : vide, rien ne sort et rien n’est proposé (entreprises/repertoire.py).
CLAUSES_RECHERCHE_ENTREPRISES = env.str("CLAUSES_RECHERCHE_ENTREPRISES", default="")

# --- Sessions et en-têtes --------------------------------------------------------------------------------------------
SESSION_COOKIE_AGE = env.int("CLAUSES_DUREE_SESSION", default=12 * 3600)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "clauses.pages.jeton_perime"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not CLAUSES_SANS_TLS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # les pictogrammes de Bootstrap sont des SVG « data: » de sa feuille de style
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["clauses.socle.televersement.TeleversementBorne"]

# --- Langue, heure, fichiers statiques -------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
STATIC_URL = "statiques/"
STATIC_ROOT = BASE_DIR / "statiques"
# Fixés par l’environnement et non par le DEBUG du moment : les tests le coupent.
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_USE_FINDERS = DEBUG
STATICFILES_DIRS = [BASE_DIR / "clauses" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Bibliothèques ---------------------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
DJANGO_TABLES2_TEMPLATE = "composants/tableau.html"
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["clauses.comptes.permissions.ActeurConnu"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "clauses.comptes.authentification.ParJeton",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["clauses.comptes.limites.ParMinute"],
    "EXCEPTION_HANDLER": "clauses.socle.api.problemes.repondre",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["clauses.socle.api.corps.JsonStrict"],
    "DEFAULT_PAGINATION_CLASS": "clauses.socle.api.listes.Curseur",
    "DEFAULT_SCHEMA_CLASS": "clauses.socle.api.schema.Schema",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "API de Clauses",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,
    "POSTPROCESSING_HOOKS": ["clauses.socle.api.schema.decrire_le_probleme"],
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"liens": {"()": "clauses.socle.traces.SansLien"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["liens"]}},
    "root": {"handlers": ["console"], "level": env.str("CLAUSES_NIVEAU_JOURNAL", default="WARNING")},
}
