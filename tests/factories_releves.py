"""Fabriques de ce qui entoure les relevés : contacts, demandes, courriels, imports, conventions, fusions."""

from __future__ import annotations

import datetime
from decimal import Decimal

import factory

from entreprises.models import Contact
from heures.models import (
    ConventionGlobalisation,
    Correspondance,
    DemandeReleve,
    DoublonEcarte,
    Envoi,
    Fusion,
    ImportHeures,
    LigneEnAttente,
    ModeleCourriel,
)
from tests.factories import (
    EntrepriseFactory,
    ParticipantFactory,
    ReleveFactory,
    StructureFactory,
    UtilisateurFactory,
)


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    entreprise = factory.SubFactory(EntrepriseFactory)
    structure = factory.SubFactory(StructureFactory)
    nom = "Alex Fictif"
    courriel = factory.Sequence(lambda n: f"contact{n}@entreprise.invalid")
    recoit_demandes = True


class ConventionGlobalisationFactory(factory.django.DjangoModelFactory):
    """Une convention d’un an ; `engagements=[…]` la remplit, et en fait signer tous les acheteurs."""

    class Meta:
        model = ConventionGlobalisation
        skip_postgeneration_save = True

    structure = factory.SubFactory(StructureFactory)
    entreprise = factory.SubFactory(EntrepriseFactory)
    reference = factory.Sequence(lambda n: f"CG-{n}")
    date_debut = datetime.date(2025, 1, 1)
    date_fin = datetime.date(2025, 12, 31)
    enregistree_par = factory.SubFactory(UtilisateurFactory)

    @factory.post_generation
    def engagements(self, create, extracted, **kwargs):
        if extracted:
            self.engagements.set(extracted)
            self.signataires.set({e.clause.lot.marche.acheteur for e in extracted})


class DemandeReleveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DemandeReleve

    releve = factory.SubFactory(ReleveFactory)
    structure = factory.SelfAttribute("releve.structure")
    destinataire = "contact@entreprise.invalid"
    secret = factory.Sequence(lambda n: f"secret-{n}")
    valable_jusqu_au = datetime.datetime(2099, 12, 31, tzinfo=datetime.UTC)
    demandee_par = factory.SubFactory(UtilisateurFactory)


class LigneEnAttenteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LigneEnAttente

    releve = factory.SubFactory(ReleveFactory)
    structure = factory.SelfAttribute("releve.structure")
    nom = "Nomfictif"
    prenom = "Dominique"
    heures = Decimal("35.00")
    raison = "Personne à vérifier."
    recue_par = factory.SubFactory(UtilisateurFactory)


class EnvoiFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Envoi

    releve = factory.SubFactory(ReleveFactory)
    structure = factory.SelfAttribute("releve.structure")
    nature = "DEMANDE"
    destinataire = "contact@entreprise.invalid"
    objet = "Relevé d’heures"
    corps = "Bonjour,"
    statut = "ENVOYE"
    prepare_par = factory.SubFactory(UtilisateurFactory)


class ModeleCourrielFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ModeleCourriel

    structure = factory.SubFactory(StructureFactory)
    nature = "DEMANDE"
    objet = "Relevé de {mois}"
    corps = "Bonjour, voici le lien : {lien}"


class CorrespondanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Correspondance

    structure = factory.SubFactory(StructureFactory)
    nom = factory.Sequence(lambda n: f"Expéditeur {n}")
    colonnes = factory.LazyFunction(lambda: {"nom": "Nom", "heures_travail": "Heures"})


class ImportHeuresFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportHeures

    structure = factory.SubFactory(StructureFactory)
    nom_fichier = "releve.csv"
    empreinte = "0" * 64
    nombre_lignes = 1
    nombre_creees = 1
    nombre_remplacees = 0
    nombre_deja = 0
    heures = Decimal("10.00")
    importe_par = factory.SubFactory(UtilisateurFactory)


class FusionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Fusion

    gardee = factory.SubFactory(ParticipantFactory)
    structure = factory.SelfAttribute("gardee.structure")
    absorbee = factory.SubFactory(ParticipantFactory, structure=factory.SelfAttribute("..structure"))
    deplaces = factory.LazyFunction(
        lambda: {nom: [] for nom in ("entrees", "contrats", "sorties", "prolongations", "lignes")}
    )
    fusionnee_par = factory.SubFactory(UtilisateurFactory)


class DoublonEcarteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DoublonEcarte

    premiere = factory.SubFactory(ParticipantFactory)
    structure = factory.SelfAttribute("premiere.structure")
    seconde = factory.SubFactory(ParticipantFactory, structure=factory.SelfAttribute("..structure"))
    ecarte_par = factory.SubFactory(UtilisateurFactory)
