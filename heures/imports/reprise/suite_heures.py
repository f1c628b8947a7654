"""Feuille facultative des rectifications : les heures validées qu’une annulation a éteintes depuis."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from heures.actions.cadres import Avancement
from heures.actions.reprise_rectifications import ValeurEteinte, reprendre_rectifications
from heures.enums import NatureLigne
from heures.imports.reprise import feuilles_suite as feuilles
from heures.imports.reprise.contexte import Contexte, ecarts
from heures.imports.reprise.etapes import Ecriture, Valeurs, champs
from heures.imports.reprise.lecture import Ligne
from heures.models import LigneHeures


def reprendre(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    """Toutes ensemble, après les heures en vigueur ; une valeur éteinte déjà en base doit être la même."""
    feuille = feuilles.RECTIFICATIONS
    neuves = []
    for fait, ligne in enumerate(lignes, start=1):
        avancer(fait, len(lignes))
        contrat = ctx.renvoi(feuille, ligne, "contrat_identifiant", "contrats", ligne["contrat_identifiant"])
        engagement = ctx.renvoi_engagement(feuille, ligne) if contrat is not None else None
        if contrat is None or engagement is None:
            continue
        cle = ligne.donnees("mois", "type_heures", "rang")
        connues = LigneHeures.objects.visibles_par(ctx.par).filter(contrat=contrat, engagement=engagement, **cle)
        connue = connues.first()
        if connue is not None:
            ctx.constater(feuille, ligne, ecarts(connue, ligne.donnees("heures")))
            continue
        neuves.append(_valeur(ligne, contrat=contrat, engagement=engagement))
        ctx.rapport.compte(feuille.nom).creees += 1
    if ctx.rapport.accepte:
        reprendre_rectifications(neuves, par=ctx.par)


def _valeur(ligne: Ligne, **objets: object) -> ValeurEteinte:
    return ValeurEteinte(
        **objets,  # type: ignore[arg-type]
        **ligne.donnees("mois", "type_heures", "rang", "heures"),
        motif=ligne["motif"] or "",
        motif_annulation=ligne["motif_annulation"],
        declaree_le=ligne["date_declaration"],
        validee_le=ligne["date_validation"],
        annulee_le=ligne["date_annulation"],
    )


def ecrire(lu: Ecriture) -> Iterator[Valeurs]:
    eteintes = LigneHeures.objects.visibles_par(lu.par).filter(nature=NatureLigne.ORDINAIRE)
    for ligne in eteintes.exclude(annulation=None).select_related("annulation").order_by("pk"):
        yield {
            **lu.cle_d_engagement(ligne.engagement_id),
            **champs(ligne, "type_heures", "rang", "heures", "motif"),
            "contrat_identifiant": lu.contrats[ligne.contrat_id].identifiant,
            "mois": f"{ligne.mois:%Y-%m}",
            "motif_annulation": ligne.annulation.motif,
            "date_declaration": timezone.localdate(ligne.declaree_le),
            "date_validation": timezone.localdate(ligne.validee_le),
            "date_annulation": timezone.localdate(ligne.annulation.validee_le),
        }
