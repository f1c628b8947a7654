"""De la demande au document : ce qu’il faut savoir pour l’écrire, les règles qui le refusent, et son contenu."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Q, Sum
from django.utils import timezone

from bilans import completude
from bilans.completude import Controle
from bilans.documents import attestations, courriers, etats, propositions
from bilans.documents.attestations import Attestation, Marque
from bilans.documents.consolidation import verifier_la_somme
from bilans.documents.dossier import Dossier, en_date, lire_dossier
from bilans.documents.piece import Piece
from bilans.enums import ATTESTATIONS, FINAUX, MODIFIABLES, FormatDocument, NatureDocument
from bilans.faits import Periode
from bilans.qualite import lecture as qualite
from bilans.qualite.definitions import D_UNE_ATTESTATION, Perimetre
from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.nombres import en_heures
from heures.enums import StatutAttente
from heures.models import LigneEnAttente, LigneHeures
from marches.enums import CLOS, RoleEntreprise
from marches.models import Engagement


@dataclass(frozen=True, slots=True)
class Demande:
    """Ce que l’on demande : la nature, la date d’arrêté, et selon la nature la période, l’échéance, le groupement.

    `adresse_postale` : celle où part le courrier, une ligne par ligne ; l’annuaire ne connaît que la commune.
    """

    nature: NatureDocument
    au: datetime.date
    du: datetime.date | None = None
    echeance: datetime.date | None = None
    est_consolidee: bool = False
    adresse_postale: str = ""


@dataclass(frozen=True, slots=True)
class Prepare:
    """Un document prêt à écrire ; `attestation` n’est là que pour une attestation, qui attend encore sa marque.

    `limite` : la date de réponse d’un courrier.
    """

    demande: Demande
    engagement: Engagement
    piece: Piece
    attestation: Attestation | None = None
    limite: datetime.date | None = None

    def projet(self) -> Piece:
        return replace(self.piece, est_projet=True)

    def marquer(self, marque: Marque) -> Piece:
        return self.piece if self.attestation is None else attestations.composer(self.attestation, marque)


def preparer(engagement: Engagement, demande: Demande, *, par: Acteur) -> Prepare:
    """Compose le document demandé, sans rien écrire. Lève `ActionImpossible`, avec sa raison et son remède."""
    if demande.au > timezone.localdate():
        raise ActionImpossible(
            f"Un document s’arrête au plus tard aujourd’hui : le {en_date(demande.au)} est à venir."
        )
    if demande.du is not None and demande.du > demande.au:
        raise ActionImpossible("La fin de la période précède son début : corriger l’une des deux dates.")
    concernes = membres(engagement, par=par) if demande.est_consolidee else [engagement]
    if demande.est_consolidee and len(concernes) < 2:
        raise ActionImpossible("Ce lot n’a qu’une entreprise engagée : son attestation suffit, sans consolidation.")
    dossiers = [lire_dossier(concerne, au=demande.au, par=par) for concerne in concernes]
    if demande.nature in FINAUX:
        _exiger_la_fin(dossiers)
    if demande.nature is NatureDocument.ATTESTATION_DEFINITIVE:
        _exiger_la_completude(dossiers)
    dossier = dossiers[0]
    if demande.nature in ATTESTATIONS:
        lue = attestations.lire_attestation(demande.nature, dossiers, du=demande.du, au=demande.au)
        if lue.est_consolidee:
            verifier_la_somme(lue)
        return Prepare(demande, dossier.engagement, attestations.composer(lue, None), lue)
    if demande.nature is NatureDocument.PROPOSITION_PENALITE:
        proposition = propositions.derniere_proposition(dossier)
        arrete = lire_dossier(engagement, au=proposition.arretee_au, par=par)
        return Prepare(
            demande,
            dossier.engagement,
            propositions.composer(arrete, proposition, adresse_postale=demande.adresse_postale),
        )
    if demande.nature is NatureDocument.ETAT_FINAL:
        return Prepare(demande, dossier.engagement, etats.composer(dossier))
    limite = courriers.echeance_de(dossier, demande.nature, demande.echeance)
    piece = courriers.composer(dossier, demande.nature, limite=limite, adresse_postale=demande.adresse_postale)
    return Prepare(demande, dossier.engagement, piece, limite=limite)


def verifier_le_format(nature: NatureDocument, format_: FormatDocument) -> None:
    """Lève `ActionImpossible` : ce qui fait foi ne se donne pas à modifier."""
    if format_ is FormatDocument.DOCX and nature not in MODIFIABLES:
        raise ActionImpossible("Ce document fait foi : il ne s’émet qu’en PDF.")


def perimetre(engagement: Engagement, *, au: datetime.date) -> Perimetre:
    """L’engagement entier, de son premier jour à la date d’arrêté ; sans début connu, de sa notification."""
    debut = engagement.debut or engagement.clause.lot.marche.date_notification or au
    return Perimetre(Periode(min(debut, au), au, au), timezone.localdate(), engagement=engagement.pk)


def controles(engagement: Engagement, *, au: datetime.date, par: Acteur) -> list[Controle]:
    """Ce que l’attestation d’un engagement doit à la complétude, au seuil de la structure (bilans.md, D et I)."""
    tous = qualite.completude(par, perimetre(engagement, au=au))
    return [controle for controle in tous if controle.cle in D_UNE_ATTESTATION]


def _exiger_la_completude(dossiers: Sequence[Dossier]) -> None:
    """Une attestation définitive atteste de personnes éligibles : ce qui le prouve ne manque pas (bilans.md, I)."""
    for dossier in dossiers:
        restent = completude.insuffisants(controles(dossier.engagement, au=dossier.au, par=dossier.par))
        if restent:
            raise ActionImpossible(
                f"{dossier.entreprise} : {completude.phrase(restent, 'Une attestation définitive')} "
                "Compléter, ou émettre une attestation intermédiaire."
            )


def membres(engagement: Engagement, *, par: Acteur) -> list[Engagement]:
    """Les engagements du lot, le mandataire d’abord : c’est à lui que va l’attestation consolidée."""
    lot = engagement.clause.lot
    mandataires = Q(entreprise__attributions__lot=lot, entreprise__attributions__role=RoleEntreprise.MANDATAIRE)
    du_lot = Engagement.objects.visibles_par(par).filter(clause__lot=lot)
    mandataire = set(du_lot.filter(mandataires).values_list("pk", flat=True))
    return sorted(du_lot.select_related("entreprise"), key=lambda e: (e.pk not in mandataire, e.pk))


def _exiger_la_fin(dossiers: Sequence[Dossier]) -> None:
    """Un document définitif ne laisse rien en suspens : ni temps qui court, ni heures à valider ou à vérifier."""
    for dossier in dossiers:
        engagement = dossier.engagement
        fin, prevue = engagement.fin, dossier.prevision
        court_encore = dossier.marche.statut not in CLOS and (fin is None or fin > dossier.au)
        if court_encore and prevue.realise < prevue.engage:
            echeance = f"court jusqu’au {en_date(fin)}" if fin else "n’a pas de date de fin"
            raise ActionImpossible(
                f"{dossier.entreprise} : l’engagement {echeance} et n’est pas tenu. Émettre une attestation "
                "intermédiaire, ou solder le marché d’abord."
            )
        _exiger_rien_en_suspens(dossier)


def _exiger_rien_en_suspens(dossier: Dossier) -> None:
    engagement = dossier.engagement.pk
    declarees = LigneHeures.objects.visibles_par(dossier.par).declarees().filter(engagement=engagement)
    compte = declarees.aggregate(nombre=Count("pk"), somme=Sum("heures"))
    if compte["nombre"]:
        raise ActionImpossible(
            f"{dossier.entreprise} : des heures déclarées attendent une décision ({compte['nombre']} lignes, "
            f"{en_heures(compte['somme'])} h). Les valider ou les refuser avant un document définitif."
        )
    a_verifier = LigneEnAttente.objects.visibles_par(dossier.par).filter(
        releve__engagement=engagement, statut=StatutAttente.EN_ATTENTE
    )
    if nombre := a_verifier.count():
        raise ActionImpossible(
            f"{dossier.entreprise} : des lignes reçues attendent une vérification ({nombre}). Les reprendre ou les "
            "refuser avant un document définitif."
        )
