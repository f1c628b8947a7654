"""Fabriques de la conformité : objectifs, manquements, activités et documents."""

from __future__ import annotations

import datetime
from decimal import Decimal

import factory

from bilans.models import AnalyseQualitative, Document, ParametresBilan
from marches.models import Activite, Evenement, Facture, PropositionPenalite, ReglePenalite, RepereMetier
from tests.factories import ClauseFactory, EngagementFactory, StructureFactory, UtilisateurFactory


class RepereMetierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RepereMetier

    structure = factory.SubFactory(StructureFactory)
    metier = factory.Sequence(lambda n: f"Métier fictif {n}")
    part = Decimal("50.00")


class FactureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Facture

    engagement = factory.SubFactory(EngagementFactory)
    structure = factory.SelfAttribute("engagement.structure")
    date = datetime.date(2025, 4, 15)
    reference = factory.Sequence(lambda n: f"F-{n:04d}")
    montant_ht = Decimal("10000.00")
    enregistree_par = factory.SubFactory(UtilisateurFactory)


class ReglePenaliteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReglePenalite

    clause = factory.SubFactory(ClauseFactory)
    structure = factory.SelfAttribute("clause.structure")
    formule = "H_X_EUROS"
    valeur = Decimal("40.00")


class EvenementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Evenement

    engagement = factory.SubFactory(EngagementFactory)
    structure = factory.SelfAttribute("engagement.structure")
    nature = "RELANCE_1"
    date = datetime.date(2025, 6, 2)
    inscrit_par = factory.SubFactory(UtilisateurFactory)


class PropositionPenaliteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PropositionPenalite

    engagement = factory.SubFactory(EngagementFactory)
    structure = factory.SelfAttribute("engagement.structure")
    arretee_au = datetime.date(2025, 12, 31)
    montant = Decimal("4000.00")
    calcul = factory.LazyFunction(
        lambda: [
            {
                "formule": "H_X_EUROS",
                "calcul": "100,00 h manquantes × 40 €",
                "avant_plafond": "4000.00",
                "montant": "4000.00",
                "plafond": None,
                "article": "8.3",
            }
        ]
    )
    proposee_par = factory.SubFactory(UtilisateurFactory)


class ActiviteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Activite

    structure = factory.SubFactory(StructureFactory)
    date = datetime.date(2025, 4, 8)
    nature = "REUNION"
    objet = "Réunion fictive de chantier"
    facilitateur = factory.SubFactory(UtilisateurFactory)


class DocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Document

    class Params:
        attestation = factory.Trait(
            nature="ATTESTATION_INTERMEDIAIRE",
            titre="Attestation intermédiaire",
            numero=factory.Sequence(lambda n: n + 1),
            code=factory.Sequence(lambda n: f"{n:016d}"),
            totaux={
                "structure": "Structure fictive", "entreprise": "Entreprise fictive", "marche": "M0001", "lot": "1",
                "acheteur": "Acheteur fictif", "du": "2025-01-01", "au": "2025-12-31", "heures": "35.50",
                "est_consolidee": False,
            },
        )  # fmt: skip

    engagement = factory.SubFactory(EngagementFactory)
    structure = factory.SelfAttribute("engagement.structure")
    nature = "RELANCE_1"
    titre = "Relance 1"
    annee = 2025
    totaux = factory.LazyFunction(lambda: {"au": "2025-12-31"})
    format = "pdf"
    contenu = b"%PDF-fictif"
    empreinte = "0" * 64
    emis_par = factory.SubFactory(UtilisateurFactory)


class ParametresBilanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ParametresBilan

    structure = factory.SubFactory(StructureFactory)


class AnalyseQualitativeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AnalyseQualitative

    structure = factory.SubFactory(StructureFactory)
    du = datetime.date(2025, 1, 1)
    au = datetime.date(2025, 12, 31)
    faits_marquants = "Texte fictif."
