"""L’attestation consolidée contre ses membres : elle n’est émise que si elle est leur somme (bilans.md, rapport D).

Deux contrôles : les heures de chaque membre, relues sans passer par l’état annexé ; et les attestations déjà remises à
un membre pour la même période, qui circulent et doivent dire le même nombre.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Sum

from bilans.documents.attestations import Attestation
from bilans.enums import ATTESTATIONS, NatureDocument
from bilans.models import Document
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.nombres import en_heures
from heures.models import LigneHeures

ZERO = Decimal(0)


def verifier_la_somme(consolidee: Attestation) -> None:
    """Lève `ActionImpossible` si la consolidée n’est pas, au centième, la somme de ses membres."""
    parts = {
        dossier.engagement.pk: membre.periode
        for dossier, membre in zip(consolidee.dossiers, consolidee.membres, strict=True)
    }
    validees = _heures_validees(consolidee)
    for dossier in consolidee.dossiers:
        part, lues = parts[dossier.engagement.pk], validees.get(dossier.engagement.pk, ZERO)
        if part != lues:
            raise ActionImpossible(
                f"{dossier.entreprise} : l’état annexé compte {en_heures(part)} h, ses heures validées en font "
                f"{en_heures(lues)}. L’attestation consolidée n’est pas émise : recommencer, puis le signaler."
            )
    if consolidee.heures != sum(validees.values(), ZERO):
        raise ActionImpossible("Le total du groupement n’est pas la somme de ses membres : l’attestation est refusée.")
    _comparer_aux_attestations(consolidee, parts)


def _heures_validees(consolidee: Attestation) -> dict[int, Decimal]:
    lignes = LigneHeures.objects.visibles_par(consolidee.dossiers[0].par).validees()
    siennes = lignes.filter(engagement__in=[dossier.engagement.pk for dossier in consolidee.dossiers])
    sommes = siennes.travaillees(du=consolidee.du, au=consolidee.au).order_by().values_list("engagement")
    return dict(sommes.annotate(somme=Sum("heures")))


def _comparer_aux_attestations(consolidee: Attestation, parts: Mapping[int, Decimal]) -> None:
    """Une définitive se compare aux définitives ; une intermédiaire, à celles de la même période."""
    remises = (
        Document.objects.visibles_par(consolidee.dossiers[0].par)
        .filter(engagement__in=parts, nature__in=sorted(ATTESTATIONS), annule_le=None)
        .select_related("engagement__entreprise")
        .defer("contenu")
        .order_by("emis_le", "pk")
    )
    periode = (consolidee.du.isoformat(), consolidee.au.isoformat())
    for remise in remises:
        totaux = remise.totaux
        est_comparable = (
            remise.nature == NatureDocument.ATTESTATION_DEFINITIVE
            if consolidee.nature is NatureDocument.ATTESTATION_DEFINITIVE
            else (totaux["du"], totaux["au"]) == periode
        )
        part, attestees = parts[remise.engagement_id], Decimal(totaux["heures"])
        if est_comparable and not totaux["est_consolidee"] and attestees != part:
            raise ActionImpossible(
                f"{remise.engagement.entreprise} : « {remise.titre} » atteste {en_heures(attestees)} h, "
                f"la consolidée en compterait {en_heures(part)}. L’annuler et la refaire avant de consolider."
            )
