"""Fabriques de la conformité : objectifs, manquements, activités et documents."""

from __future__ import annotations

import datetime
from decimal import Decimal

import factory
from django.utils import timezone

from bilans import emissions, gel, nomenclatures
from bilans.faits import Periode
from bilans.models import AnalyseQualitative, BilanEmis, Document, ParametresBilan
from bilans.rapport import Bilan, Demande, Entete
from marches.models import (
    Activite,
    Bareme,
    ContratAVeiller,
    Evenement,
    Facture,
    ModificationMarche,
    Operation,
    PropositionPenalite,
    PublicationDecp,
    ReglePenalite,
    RepereMetier,
)
from tests.factories import (
    AcheteurFactory,
    ClauseFactory,
    EngagementFactory,
    LotFactory,
    StructureFactory,
    UtilisateurFactory,
)


class RepereMetierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RepereMetier

    structure = factory.SubFactory(StructureFactory)
    metier = factory.Sequence(lambda n: f"Métier fictif {n}")
    part = Decimal("50.00")


class OperationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Operation

    structure = factory.SubFactory(StructureFactory)
    nom = factory.Sequence(lambda n: f"Opération fictive {n}")


class BaremeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Bareme

    code = "SMIC_HORAIRE"
    date_debut = factory.Sequence(lambda n: datetime.date(2001, 1, 1) + datetime.timedelta(days=n))
    valeur = Decimal("11.88")
    source = "Décret fictif"


class PublicationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PublicationDecp

    lot = factory.SubFactory(LotFactory)
    marche = factory.SelfAttribute("lot.marche")
    structure = factory.SelfAttribute("lot.structure")
    source_identifiant = factory.Sequence(lambda n: f"20000000000000/{n}")
    valeurs = factory.LazyFunction(lambda: {"objet": "Travaux", "montant_initial": "100000.00"})


class ModificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ModificationMarche

    publication = factory.SubFactory(PublicationFactory)
    structure = factory.SelfAttribute("publication.structure")
    date = datetime.date(2025, 9, 1)
    montant_ht = Decimal("120000.00")


class ContratAVeillerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContratAVeiller

    structure = factory.SubFactory(StructureFactory)
    acheteur = factory.SubFactory(AcheteurFactory)
    identifiant = factory.Sequence(lambda n: f"2025V{n:03d}")
    objet = "Fournitures fictives"
    montant_ht = Decimal("300000.00")
    seuil_ht = Decimal("221000.00")


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


def bilan_vide(titre: str, structure: str, periode: Periode) -> Bilan:
    """Un bilan sans tableau : de quoi le figer sans l’établir."""
    entete = Entete("departement", titre, structure, structure, periode, 1820, timezone.now(), "Commande")
    return Bilan(entete, Demande("departement", periode), {}, [], {})


class BilanEmisFactory(factory.django.DjangoModelFactory):
    """Un bilan émis dont l’empreinte et le sceau se vérifient."""

    class Meta:
        model = BilanEmis

    structure = factory.SubFactory(StructureFactory)
    bilan = "departement"
    titre = "Bilan du Département"
    du = datetime.date(2025, 1, 1)
    au = datetime.date(2025, 12, 31)
    arrete_au = datetime.date(2025, 12, 31)
    perimetre = "{}"
    filtres = "Aucun filtre"
    version = 1
    nature = "INTERMEDIAIRE"
    completude = "[]"
    chiffres = factory.LazyAttribute(
        lambda emis: gel.geler(bilan_vide(emis.titre, emis.structure.sigle, Periode(emis.du, emis.au, emis.arrete_au)))
    )
    empreinte = factory.LazyAttribute(lambda emis: gel.empreinte(emis.chiffres))
    nomenclatures = factory.LazyFunction(nomenclatures.version)
    emis_le = datetime.datetime(2026, 1, 15, 9, 30, tzinfo=datetime.UTC)
    emis_par = factory.SubFactory(UtilisateurFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        emis = model_class(*args, **kwargs)
        emis.sceau = emissions.sceller(emis)
        emis.save(force_insert=True)
        return emis


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
