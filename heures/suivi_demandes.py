"""Où en sont les demandes d’un mois, quelles relances sont dues : lecture seule, nombre constant de requêtes."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Max, Q
from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.enums import NatureEcriture
from clauses.comptes.models import EcritureJournal, Structure
from entreprises.models import Contact
from heures.attendus import ouverts_en
from heures.enums import NatureEnvoi, StatutEnvoi, StatutReleve
from heures.models import DemandeReleve, Envoi, Releve
from heures.relances import NATURE_DE_L_ETAPE, Delais, Etape, Suite, suite
from marches.models import Engagement

TOUS = Q()
TITRES = {
    Etape.A_DEMANDER: ("À demander", "Demander les relevés cochés"),
    Etape.RELANCE_1: ("Demandés, sans réponse", "Envoyer la relance 1"),
    Etape.RELANCE_2: ("Relancés une fois", "Envoyer la relance 2"),
    Etape.SANS_REPONSE: ("Relancés deux fois", ""),
    Etape.A_COMPLETER: ("À compléter par l’entreprise", ""),
    Etape.RECU: ("Reçus", ""),
}


@dataclass(frozen=True, slots=True)
class Rangee:
    """Un engagement attendu ce mois-là, et tout ce que l’on sait de son relevé."""

    engagement: Engagement
    releve: Releve | None
    demande: DemandeReleve | None
    contact: Contact | None
    suite: Suite
    relance_le: datetime.date | None
    ouvert_le: datetime.datetime | None
    echec: Envoi | None
    est_due: bool

    @property
    def est_cochee(self) -> bool:
        """Proposé d’office : à demander s’il y a quelqu’un à joindre, à relancer le jour venu."""
        if self.suite.etape == Etape.A_DEMANDER:
            return self.contact is not None
        return self.est_due

    @property
    def est_echue(self) -> bool:
        return self.demande is not None and self.demande.valable_jusqu_au <= timezone.now()

    @property
    def joindre(self) -> str:
        """L’adresse à laquelle un courriel partirait ; vide s’il n’y en a pas."""
        if self.contact is not None:
            return self.contact.courriel
        return self.demande.destinataire if self.demande is not None else ""


@dataclass(frozen=True, slots=True)
class Section:
    """Les rangées d’une même étape ; `bouton` vide : rien ne s’y fait en lot."""

    etape: Etape
    titre: str
    bouton: str
    rangees: Sequence[Rangee]

    @property
    def nature(self) -> NatureEnvoi | None:
        return NATURE_DE_L_ETAPE.get(self.etape)

    @property
    def a_relancer(self) -> bool:
        return self.etape in {Etape.RELANCE_1, Etape.RELANCE_2}

    @property
    def ancre(self) -> str:
        return self.etape.name.lower()


def sections(mois: datetime.date, *, le: datetime.date, par: Acteur) -> list[Section]:
    """Toutes les étapes qui ont des rangées, dans l’ordre du travail."""
    toutes = rangees(mois, le=le, par=par)
    return [
        Section(etape, titre, bouton, siennes)
        for etape, (titre, bouton) in TITRES.items()
        if (siennes := [rangee for rangee in toutes if rangee.suite.etape == etape])
    ]


def rangees(mois: datetime.date, *, le: datetime.date, par: Acteur, parmi: Q = TOUS) -> list[Rangee]:
    """Les engagements dont un relevé est attendu ce mois-là, par entreprise ; `parmi` : ceux que l’on regarde."""
    engagements = list(
        ouverts_en(Engagement.objects.visibles_par(par).ouverts().filter(parmi).avec_marche(), mois).order_by(
            "entreprise__raison_sociale", "clause__lot__marche__reference", "pk"
        )
    )
    releves = {
        releve.engagement_id: releve
        for releve in Releve.objects.visibles_par(par).filter(mois=mois, engagement__in=engagements)
    }
    clefs = [releve.pk for releve in releves.values()]
    demandes = {
        demande.releve_id: demande
        for demande in DemandeReleve.objects.visibles_par(par).filter(releve__in=clefs, revoquee_le=None)
    }
    contacts = _contacts({engagement.entreprise_id for engagement in engagements}, par)
    relancees, echecs = _relances(clefs, par), _echecs(clefs, par)
    ouvertures = _ouvertures([demande.pk for demande in demandes.values()], par)
    delais = _delais(par)
    trouvees = []
    for engagement in engagements:
        releve = releves.get(engagement.pk)
        demande = demandes.get(releve.pk) if releve else None
        relance_le = relancees.get(releve.pk) if releve else None
        prochaine = _suite(releve, demande, relance_le, delais)
        trouvees.append(
            Rangee(
                engagement=engagement,
                releve=releve,
                demande=demande,
                contact=contacts.get(engagement.entreprise_id),
                suite=prochaine,
                relance_le=relance_le,
                ouvert_le=ouvertures.get(demande.pk) if demande else None,
                echec=echecs.get(releve.pk) if releve else None,
                est_due=prochaine.est_due(le),
            )
        )
    return trouvees


def relances_dues(*, le: datetime.date, par: Acteur, parmi: Q = TOUS) -> list[tuple[Releve, Suite]]:
    """Les relevés demandés dont une relance est à faire à cette date, la plus ancienne d’abord."""
    releves = list(
        Releve.objects.visibles_par(par)
        .filter(parmi, statut=StatutReleve.ATTENDU, nombre_relances__lt=2, echeance__lt=le)
        .filter(pk__in=DemandeReleve.objects.visibles_par(par).filter(revoquee_le=None).values("releve"))
        .filter(engagement__in=Engagement.objects.visibles_par(par).ouverts().values("pk"))
        .select_related("engagement__entreprise", "engagement__clause__lot__marche")
    )
    relancees, delais = _relances([releve.pk for releve in releves], par), _delais(par)
    suites = [(releve, _suite_demandee(releve, relancees.get(releve.pk), delais)) for releve in releves]
    dues = [(releve, prochaine) for releve, prochaine in suites if prochaine.est_due(le)]
    return sorted(dues, key=lambda due: (due[1].prevue_le or le, due[0].pk))


def _suite(
    releve: Releve | None, demande: DemandeReleve | None, relance_le: datetime.date | None, delais: Delais
) -> Suite:
    if releve is None:
        return Suite(Etape.A_DEMANDER)
    if demande is None and releve.statut == StatutReleve.ATTENDU:
        return Suite(Etape.A_DEMANDER)
    return _suite_demandee(releve, relance_le, delais)


def _suite_demandee(releve: Releve, relance_le: datetime.date | None, delais: Delais) -> Suite:
    return suite(
        statut=releve.statut,
        est_demande=True,
        attendu_le=releve.echeance,
        nombre_relances=releve.nombre_relances,
        relance_1_le=relance_le,
        delais=delais,
    )


def _delais(par: Acteur) -> Delais:
    structure = Structure.objects.visibles_par(par).get()
    return Delais(structure.relance_1_apres_jours, structure.relance_2_apres_jours)


def _contacts(entreprises: Collection[int], par: Acteur) -> dict[int, Contact]:
    """Le contact à qui les demandes partent, par entreprise : le même que celui de l’envoi."""
    actifs = Contact.objects.visibles_par(par).filter(entreprise__in=entreprises, est_actif=True, recoit_demandes=True)
    return {contact.entreprise_id: contact for contact in actifs.order_by("-nom", "-pk")}


def _relances(releves: Collection[int], par: Acteur) -> dict[int, datetime.date]:
    """Jour de la dernière relance, par relevé."""
    faites = (
        Envoi.objects.visibles_par(par)
        .filter(releve__in=releves, nature__in=[NatureEnvoi.RELANCE_1, NatureEnvoi.RELANCE_2])
        .order_by()
        .values_list("releve")
        .annotate(derniere=Max("prepare_le"))
    )
    return {releve: timezone.localdate(derniere) for releve, derniere in faites}


def echecs(mois: datetime.date, par: Acteur) -> list[Envoi]:
    """Les courriels du mois qui ne sont pas partis, du plus ancien au plus récent."""
    releves = Releve.objects.visibles_par(par).filter(mois=mois).values_list("pk", flat=True)
    return list(_echecs(list(releves), par).values())


def _echecs(releves: Collection[int], par: Acteur) -> dict[int, Envoi]:
    """Le dernier envoi de chaque relevé, s’il n’est pas parti."""
    derniers: dict[int, Envoi] = {}
    envois = Envoi.objects.visibles_par(par).filter(releve__in=releves).defer("corps")
    for envoi in envois.order_by("prepare_le", "pk"):
        derniers[envoi.releve_id] = envoi
    return {releve: envoi for releve, envoi in derniers.items() if envoi.statut != StatutEnvoi.ENVOYE}


def _ouvertures(demandes: Collection[int], par: Acteur) -> dict[int, datetime.datetime]:
    """Première ouverture de chaque lien : le journal des consultations en garde la trace."""
    lues = (
        EcritureJournal.objects.visibles_par(par)
        .filter(
            objet_type=DemandeReleve._meta.label_lower, nature=NatureEcriture.LECTURE,
            objet_id__in=[str(clef) for clef in demandes],
        )
        .order_by("-inscrite_le", "-pk")
        .values_list("objet_id", "inscrite_le")
    )  # fmt: skip
    return {int(clef): instant for clef, instant in lues}
