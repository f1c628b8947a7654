"""Fabriques des notifications sortantes."""

from __future__ import annotations

import datetime

import factory

from clauses.crochets.enums import Annonce, EtatLivraison
from clauses.crochets.models import Crochet, Livraison
from tests.factories import StructureFactory, UtilisateurFactory

INSTANT = datetime.datetime(2026, 3, 2, 8, 0, tzinfo=datetime.UTC)


class CrochetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Crochet

    class Params:
        renouvele = factory.Trait(sel_precedent="ancien", precedent_jusqu_au=INSTANT)
        suspendu = factory.Trait(est_actif=False, suspension="À la demande du responsable.")

    structure = factory.SubFactory(StructureFactory)
    adresse = factory.Sequence(lambda n: f"https://recepteur{n}.exemple/clauses")
    releve_recu = True
    engagement_en_retard = True
    bilan_emis = True
    cree_par = factory.SubFactory(UtilisateurFactory)


class LivraisonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Livraison

    class Params:
        livree = factory.Trait(etat=EtatLivraison.LIVREE, prochaine_tentative=None, nombre_tentatives=1, code=204)

    crochet = factory.SubFactory(CrochetFactory)
    structure = factory.SelfAttribute("crochet.structure")
    evenement = Annonce.BILAN_EMIS
    corps = '{"id":"1"}'
    instant = INSTANT
    prochaine_tentative = INSTANT
