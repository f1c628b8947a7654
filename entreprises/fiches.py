"""Ce que montre la fiche d’une entreprise : ses engagements, et ses contrats en cours, comptés sans nommer personne.

L’annuaire ignore les marchés et les heures : il les atteint par leurs relations inverses, dans le périmètre.
"""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

from clauses.comptes.acteurs import Acteur
from entreprises.models import Contact, Entreprise


def engagements_de(entreprise: Entreprise, *, acteur: Acteur, au: datetime.date) -> list[tuple[Any, Any]]:
    """Les engagements de l’entreprise et leur avancement, du marché notifié le plus récemment au plus ancien."""
    engagements: Any = entreprise.engagements.visibles_par(acteur).avec_marche().avec_avancement(au=au)
    recents = engagements.order_by("-clause__lot__marche__date_notification", "-pk")
    return [(engagement, engagement.avancement(au=au)) for engagement in recents]


def contrats_en_cours(entreprise: Entreprise, *, acteur: Acteur, au: datetime.date) -> list[tuple[str, str, int]]:
    """Contrats ouverts à cette date : (type, modalité, nombre), jamais l’identité d’une personne."""
    contrats: Any = entreprise.contrats.visibles_par(acteur).ouverts(du=au, au=au)
    comptes = Counter((c.get_type_contrat_display(), c.get_modalite_display()) for c in contrats.iterator())
    return [(nature, modalite, nombre) for (nature, modalite), nombre in sorted(comptes.items())]


def contacts_de(entreprise: Entreprise, *, acteur: Acteur) -> list[Contact]:
    """Les contacts actifs que la structure de l’acteur connaît ; d’abord qui reçoit les demandes de relevé."""
    actifs = Contact.objects.visibles_par(acteur).filter(entreprise=entreprise, est_actif=True)
    return list(actifs.order_by("-recoit_demandes", "nom", "pk"))
