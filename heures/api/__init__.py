"""L’API des personnes et des heures. Les adresses sont dans `clauses.api`."""

from __future__ import annotations

from heures.api.attentes import AttenteViewSet
from heures.api.contrats import ContratViewSet
from heures.api.conventions import ConventionViewSet
from heures.api.entrees import EntreeViewSet
from heures.api.fusions import FusionViewSet
from heures.api.lignes import LigneViewSet
from heures.api.parcours import ProlongationViewSet, SortieViewSet
from heures.api.participants import ParticipantViewSet
from heures.api.releves import ReleveViewSet

ROUTES = (
    ("participants", ParticipantViewSet, "participant"),
    ("entrees", EntreeViewSet, "entree"),
    ("prolongations", ProlongationViewSet, "prolongation"),
    ("sorties", SortieViewSet, "sortie"),
    ("fusions", FusionViewSet, "fusion"),
    ("contrats", ContratViewSet, "contrat"),
    ("lignes", LigneViewSet, "ligne"),
    ("releves", ReleveViewSet, "releve"),
    ("lignes-en-attente", AttenteViewSet, "attente"),
    ("conventions", ConventionViewSet, "convention"),
)
