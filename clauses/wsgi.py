"""Point d’entrée du serveur d’application : il ne sert pas sous un réglage dangereux."""

import os

from django.core.wsgi import get_wsgi_application

from clauses.socle.demarrage import exiger_des_reglages_surs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses.settings")
application = get_wsgi_application()
# gunicorn ne joue pas les contrôles de Django, que seules les commandes d’administration jouent.
exiger_des_reglages_surs()
