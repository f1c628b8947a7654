"""Tous les défauts d’un périmètre, lus dans celui de l’acteur, et la complétude que l’on en tire."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from bilans import agregats, calculs
from bilans.completude import EXIGEANTS, Controle
from bilans.faits import Acheteur, Cellule, Faits
from bilans.qualite import suivis
from bilans.qualite.definitions import DEFINITIONS, Defaut, Perimetre
from bilans.qualite.personnes import Personnes
from bilans.rapport import Demande
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure


def lire(acteur: Acteur, ou: Perimetre) -> list[Defaut]:
    """Chaque contrôle avec ses cas, dans l’ordre des définitions ; le nombre de requêtes ne dépend pas des cas."""
    structure = Structure.objects.visibles_par(acteur).get()
    faits = agregats.lire(acteur, structure, ou.periode)
    beneficiaires = calculs.beneficiaires(calculs.par_participant(_cellules(faits, ou)))
    personnes = Personnes(acteur, ou, faits, beneficiaires)
    lus = (
        suivis.lignes_non_validees(acteur, ou),
        *personnes.defauts(),
        personnes.mois_pleins(structure),
        personnes.chevauchements(),
        suivis.sorties_sans_situation(acteur, ou, structure, personnes),
        suivis.echeances(acteur, ou, personnes),
        suivis.marches_sans_engagement(acteur, ou),
        suivis.releves_en_retard(acteur, ou, structure),
    )
    par_cle = {defaut.definition.cle: defaut for defaut in lus}
    return [par_cle[definition.cle] for definition in DEFINITIONS]


def _cellules(faits: Faits, ou: Perimetre) -> list[Cellule]:
    return [
        c
        for c in faits.cellules
        if (not ou.acheteur or _est_chez(calculs.acheteur_de(faits, c), ou.acheteur))
        and (ou.engagement is None or c.engagement == ou.engagement)
    ]


def _est_chez(acheteur: Acheteur, code: str) -> bool:
    """L’acheteur de ce SIRET, ou de l’intercommunalité de ce SIREN."""
    return code in (acheteur.siret, acheteur.epci)


def controles(defauts: Iterable[Defaut], seuil: int) -> list[Controle]:
    """La complétude de chaque contrôle exigible ; ceux qui n’attendent rien n’en ont pas."""
    return [
        Controle(defaut.definition.cle, defaut.definition.titre, defaut.attendus, defaut.nombre, seuil)
        for defaut in defauts
        if defaut.definition.est_exigible and defaut.attendus
    ]


def exiges(demande: Demande, *, par: Acteur) -> list[Controle]:
    """Ce qu’un bilan doit à la complétude, constaté aujourd’hui ; rien s’il ne s’y engage pas (bilans.md, I)."""
    if demande.bilan not in EXIGEANTS:
        return []
    return completude(par, Perimetre(demande.periode, timezone.localdate(), demande.acheteur))


def completude(acteur: Acteur, ou: Perimetre) -> list[Controle]:
    """Les contrôles d’un périmètre, au seuil de la structure."""
    seuil = Structure.objects.visibles_par(acteur).values_list("seuil_completude_pourcent", flat=True).get()
    return controles(lire(acteur, ou), seuil)
