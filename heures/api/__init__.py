"""L’API des personnes et des heures. Les adresses sont dans `clauses.api`."""

from __future__ import annotations

from heures.api.attentes import AttenteViewSet
from heures.api.contrats import ContratViewSet
from heures.api.conventions import ConventionViewSet
from heures.api.correspondances import CorrespondanceViewSet
from heures.api.demandes import DemandeViewSet
from heures.api.doublons import DoublonEcarteViewSet, DoublonProbableViewSet
from heures.api.entrees import EntreeViewSet
from heures.api.envois import EnvoiViewSet
from heures.api.fusions import FusionViewSet
from heures.api.imports import ImportViewSet
from heures.api.lignes import LigneViewSet
from heures.api.modeles import ModeleCourrielViewSet
from heures.api.modeles_releve import ModeleDeReleveViewSet
from heures.api.parcours import ProlongationViewSet, SortieViewSet
from heures.api.participants import ParticipantViewSet
from heures.api.releves import ReleveViewSet

ROUTES = (
    ("participants", ParticipantViewSet, "participant"),
    ("entrees", EntreeViewSet, "entree"),
    ("prolongations", ProlongationViewSet, "prolongation"),
    ("sorties", SortieViewSet, "sortie"),
    ("fusions", FusionViewSet, "fusion"),
    ("doublons-probables", DoublonProbableViewSet, "doublon-probable"),
    ("doublons-ecartes", DoublonEcarteViewSet, "doublon-ecarte"),
    ("contrats", ContratViewSet, "contrat"),
    ("lignes", LigneViewSet, "ligne"),
    ("releves", ReleveViewSet, "releve"),
    ("lignes-en-attente", AttenteViewSet, "attente"),
    ("demandes-de-releve", DemandeViewSet, "demande"),
    ("modeles-de-releve", ModeleDeReleveViewSet, "modele-releve"),
    ("envois", EnvoiViewSet, "envoi"),
    ("modeles-de-courriel", ModeleCourrielViewSet, "modele-courriel"),
    ("imports-de-releves", ImportViewSet, "import-heures"),
    ("correspondances", CorrespondanceViewSet, "correspondance"),
    ("conventions", ConventionViewSet, "convention"),
)
