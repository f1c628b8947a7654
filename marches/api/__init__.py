"""L’API des marchés et de ce qu’ils portent. Les adresses sont dans `clauses.api`."""

from __future__ import annotations

from marches.api.acheteurs import AcheteurViewSet
from marches.api.activites import ActiviteViewSet, OperationViewSet, RepereViewSet
from marches.api.calculs import CalculViewSet
from marches.api.clauses import ClauseViewSet, ReglePenaliteViewSet
from marches.api.echeances import JalonViewSet, RetardViewSet
from marches.api.engagements import EngagementViewSet
from marches.api.grand_livre import FactureViewSet, MouvementViewSet
from marches.api.lots import AttributionViewSet, LotViewSet
from marches.api.manquements import BaremeViewSet, EvenementViewSet, PropositionViewSet
from marches.api.marches import MarcheViewSet
from marches.api.publications import ContratAVeillerViewSet, ModificationViewSet, PublicationViewSet

ROUTES = (
    ("acheteurs", AcheteurViewSet, "acheteur"),
    ("marches", MarcheViewSet, "marche"),
    ("lots", LotViewSet, "lot"),
    ("attributions", AttributionViewSet, "attribution"),
    ("clauses", ClauseViewSet, "clause"),
    ("regles-de-penalite", ReglePenaliteViewSet, "regle"),
    ("engagements", EngagementViewSet, "engagement"),
    ("jalons", JalonViewSet, "jalon"),
    ("retards", RetardViewSet, "retard"),
    ("mouvements", MouvementViewSet, "mouvement"),
    ("factures", FactureViewSet, "facture"),
    ("evenements", EvenementViewSet, "evenement"),
    ("propositions-de-penalite", PropositionViewSet, "proposition"),
    ("baremes", BaremeViewSet, "bareme"),
    ("reperes", RepereViewSet, "repere"),
    ("operations", OperationViewSet, "operation"),
    ("activites", ActiviteViewSet, "activite"),
    ("calculs", CalculViewSet, "calcul"),
    ("publications", PublicationViewSet, "publication"),
    ("modifications", ModificationViewSet, "modification"),
    ("contrats-a-veiller", ContratAVeillerViewSet, "contrat-a-veiller"),
)
