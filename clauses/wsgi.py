"""Point d’entrée du serveur d’application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses.settings")
application = get_wsgi_application()
