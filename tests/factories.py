"""Fabriques à traits. Les SIRET commencent par 0 (le cas qui casse les entiers) et ont une clef juste."""

from __future__ import annotations

import datetime
from decimal import Decimal

import factory
from django.utils import timezone
from stdnum import luhn

from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.jetons import ecrire, empreinte
from clauses.comptes.models import Jeton, Rattachement, Structure, Utilisateur
from clauses.territoires.models import Epci
from entreprises.enums import TypeEmployeur
from entreprises.models import Entreprise
from heures.enums import Modalite, Sexe, StatutLigne, TypeContrat
from heures.models import ContratTravail, CritereEntree, EntreeClause, LigneHeures, Participant, Releve, Sortie
from marches.enums import NatureMouvement, StatutMarche, TypeDonneurOrdre
from marches.models import Acheteur, Attribution, Clause, Engagement, Lot, Marche, MouvementEngagement

MOT_DE_PASSE = "un mot de passe de test assez long"
SECRET_DE_TEST = "5e" * 32


def siret(numero: int, prefixe: str = "0") -> str:
    """Un SIRET valable, distinct pour chaque numéro."""
    siren = f"{prefixe}{numero:07d}"
    siren += luhn.calc_check_digit(siren)
    return f"{siren}0001{luhn.calc_check_digit(siren + '0001')}"


class StructureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Structure
        skip_postgeneration_save = True

    sigle = factory.Sequence(lambda n: f"S{n}")
    nom = factory.Sequence(lambda n: f"Structure fictive {n}")

    @factory.post_generation
    def territoire(self, create, extracted, **kwargs):
        if create:
            self.territoire.set(Epci.objects.all() if extracted is None else extracted)


class UtilisateurFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Utilisateur

    email = factory.Sequence(lambda n: f"agent{n}@exemple.invalid")
    nom = factory.Sequence(lambda n: f"Agent{n}")
    prenom = "Camille"
    password = factory.django.Password(MOT_DE_PASSE)


class EntrepriseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Entreprise

    class Params:
        etti = factory.Trait(type_employeur=TypeEmployeur.ETTI)
        aci = factory.Trait(type_employeur=TypeEmployeur.ACI)

    siret = factory.Sequence(lambda n: siret(n + 1, "0"))
    raison_sociale = factory.Sequence(lambda n: f"Entreprise fictive {n}")


class AcheteurFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Acheteur

    siret = factory.Sequence(lambda n: siret(n + 1, "2"))
    nom = factory.Sequence(lambda n: f"Acheteur fictif {n}")
    type = TypeDonneurOrdre.COMMUNE


class RattachementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Rattachement

    class Params:
        responsable = factory.Trait(role=Role.RESPONSABLE)
        lecteur = factory.Trait(role=Role.LECTEUR)
        integration = factory.Trait(utilisateur__is_active=False, utilisateur__est_integration=True)
        financeur = factory.Trait(role=Role.FINANCEUR)
        pour_acheteur = factory.Trait(role=Role.ACHETEUR, acheteur=factory.SubFactory(AcheteurFactory))
        pour_entreprise = factory.Trait(role=Role.ENTREPRISE, entreprise=factory.SubFactory(EntrepriseFactory))

    utilisateur = factory.SubFactory(UtilisateurFactory)
    structure = factory.SubFactory(StructureFactory)
    role = Role.FACILITATEUR


class JetonFactory(factory.django.DjangoModelFactory):
    """Un jeton en cours ; son texte se relit par `texte_de`."""

    class Meta:
        model = Jeton

    rattachement = factory.SubFactory(RattachementFactory)
    structure = factory.SelfAttribute("rattachement.structure")
    nom = factory.Sequence(lambda n: f"Programme {n}")
    prefixe = factory.Sequence(lambda n: "".join("abcdefghij"[int(chiffre)] for chiffre in f"{n:08d}"))
    empreinte = factory.LazyAttribute(lambda jeton: empreinte(SECRET_DE_TEST))
    portees = factory.LazyFunction(lambda: ["LIRE_MARCHES"])
    cree_le = factory.LazyFunction(timezone.now)
    valable_jusqu_au = factory.LazyAttribute(lambda jeton: jeton.cree_le + datetime.timedelta(days=90))
    cree_par = factory.SelfAttribute("rattachement.utilisateur")


def texte_de(jeton: Jeton) -> str:
    return ecrire(jeton.prefixe, SECRET_DE_TEST)


def acteur(structure: Structure, role: Role = Role.FACILITATEUR, **organisation: object) -> Acteur:
    """Un acteur neuf de la structure, avec son compte et son rattachement."""
    return RattachementFactory(structure=structure, role=role, **organisation).acteur()


class MarcheFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Marche

    structure = factory.SubFactory(StructureFactory)
    acheteur = factory.SubFactory(AcheteurFactory)
    reference = factory.Sequence(lambda n: f"M{n:04d}")
    objet = "Réfection d’un groupe scolaire"
    date_notification = datetime.date(2025, 1, 1)
    date_debut = datetime.date(2025, 1, 1)
    date_fin = datetime.date(2026, 12, 31)
    statut = StatutMarche.EN_COURS


class LotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lot

    marche = factory.SubFactory(MarcheFactory)
    structure = factory.SelfAttribute("marche.structure")
    numero = factory.Sequence(lambda n: str(n + 1))


class AttributionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attribution

    lot = factory.SubFactory(LotFactory)
    structure = factory.SelfAttribute("lot.structure")
    entreprise = factory.SubFactory(EntrepriseFactory)


class ClauseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Clause

    lot = factory.SubFactory(LotFactory)
    structure = factory.SelfAttribute("lot.structure")


class EngagementFactory(factory.django.DjangoModelFactory):
    """Un engagement, son attribution et, sauf `heures=0`, son mouvement initial (500 h)."""

    class Meta:
        model = Engagement
        skip_postgeneration_save = True

    clause = factory.SubFactory(ClauseFactory)
    structure = factory.SelfAttribute("clause.structure")
    entreprise = factory.SubFactory(EntrepriseFactory)

    @factory.post_generation
    def heures(self, create, extracted, **kwargs):
        Attribution.objects.get_or_create(
            lot=self.clause.lot, entreprise=self.entreprise, defaults={"structure": self.structure}
        )
        quantite = Decimal("500.00") if extracted is None else Decimal(extracted)
        if quantite:
            MouvementEngagementFactory(engagement=self, heures=quantite)


class MouvementEngagementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MouvementEngagement

    engagement = factory.SubFactory(EngagementFactory, heures=0)
    structure = factory.SelfAttribute("engagement.structure")
    date = datetime.date(2025, 1, 1)
    nature = NatureMouvement.INITIAL
    heures = Decimal("500.00")
    inscrit_par = factory.SubFactory(UtilisateurFactory)


class ParticipantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Participant

    structure = factory.SubFactory(StructureFactory)
    identifiant = factory.Sequence(lambda n: f"P{n:05d}")
    nom = factory.Sequence(lambda n: f"Nomfictif{n}")
    prenom = "Dominique"
    sexe = Sexe.FEMME
    date_naissance = datetime.date(1990, 5, 10)
    commune_insee = "62041"


class EntreeClauseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EntreeClause

    participant = factory.SubFactory(ParticipantFactory)
    structure = factory.SelfAttribute("participant.structure")
    date_entree = datetime.date(2025, 1, 1)
    date_constat = datetime.date(2025, 1, 1)
    commune_insee = "62041"
    enregistree_par = factory.SubFactory(UtilisateurFactory)


class CritereEntreeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CritereEntree

    entree = factory.SubFactory(EntreeClauseFactory)
    structure = factory.SelfAttribute("entree.structure")
    critere = "RSA"
    est_principal = True


class ContratTravailFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContratTravail

    participant = factory.SubFactory(ParticipantFactory)
    structure = factory.SelfAttribute("participant.structure")
    employeur = factory.SubFactory(EntrepriseFactory)
    identifiant = factory.Sequence(lambda n: f"C{n:05d}")
    type_contrat = TypeContrat.CDD
    modalite = Modalite.EMBAUCHE_DIRECTE
    date_debut = datetime.date(2025, 1, 1)


class LigneHeuresFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LigneHeures

    class Params:
        validee = factory.Trait(
            statut=StatutLigne.VALIDEE,
            validee_le=datetime.datetime(2025, 4, 10, tzinfo=datetime.UTC),
            validee_par=factory.SubFactory(UtilisateurFactory),
        )
        refusee = factory.Trait(statut=StatutLigne.REFUSEE, motif="Relevé illisible")

    engagement = factory.SubFactory(EngagementFactory)
    structure = factory.SelfAttribute("engagement.structure")
    contrat = factory.SubFactory(
        ContratTravailFactory, participant__structure=factory.SelfAttribute("...engagement.structure")
    )
    participant = factory.SelfAttribute("contrat.participant")
    modalite = factory.SelfAttribute("contrat.modalite")
    mois = datetime.date(2025, 3, 1)
    heures = Decimal("35.50")
    declaree_par = factory.SubFactory(UtilisateurFactory)


class ReleveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Releve

    engagement = factory.SubFactory(EngagementFactory)
    structure = factory.SelfAttribute("engagement.structure")
    mois = datetime.date(2025, 3, 1)


class SortieFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Sortie

    participant = factory.SubFactory(ParticipantFactory)
    structure = factory.SelfAttribute("participant.structure")
    date = datetime.date(2025, 6, 30)
    situation = "CDI"
