"""Une étape de la reprise : une feuille, ce qui la relit, ce qui l’écrit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Utilisateur
from heures.actions.cadres import Avancement
from heures.imports.reprise.colonnes import Feuille
from heures.imports.reprise.contexte import Contexte
from heures.imports.reprise.lecture import Ligne
from heures.models import ContratTravail
from marches.models import Engagement, Lot

Valeurs = Mapping[str, Any]


class Ecriture:
    """Ce que plusieurs feuilles d’un export lisent, lu une fois dans le périmètre de l’acteur."""

    def __init__(self, par: Acteur) -> None:
        self.par = par

    @cached_property
    def engagements(self) -> dict[int, Engagement]:
        lus = Engagement.objects.visibles_par(self.par).avec_marche().select_related("clause").order_by("pk")
        return {engagement.pk: engagement for engagement in lus}

    @cached_property
    def contrats(self) -> dict[int, ContratTravail]:
        lus = ContratTravail.objects.visibles_par(self.par).select_related("participant", "employeur").order_by("pk")
        return {contrat.pk: contrat for contrat in lus}

    @cached_property
    def courriels(self) -> dict[int, str]:
        """L’adresse de chaque compte de la structure."""
        comptes = Utilisateur.objects.visibles_par(self.par).order_by("pk")
        return dict(comptes.values_list("pk", "email"))

    def cle_d_engagement(self, numero: int) -> dict[str, str]:
        engagement = self.engagements[numero]
        lot = engagement.clause.lot
        return cle_de_lot(lot) | {"titulaire_siret": engagement.entreprise.siret}


@dataclass(frozen=True, slots=True)
class Etape:
    """`reprendre` reçoit toutes les lignes saines de la feuille ; `lignes` en rend le contenu à l’export."""

    feuille: Feuille
    reprendre: Callable[[Contexte, list[Ligne], Avancement], None]
    lignes: Callable[[Ecriture], Iterable[Valeurs]]


def une_a_une(geste: Callable[[Contexte, Ligne], None]) -> Callable[[Contexte, list[Ligne], Avancement], None]:
    """Le geste de chaque ligne, dans l’ordre de la feuille."""

    def reprendre(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
        for fait, ligne in enumerate(lignes, start=1):
            geste(ctx, ligne)
            avancer(fait, len(lignes))

    return reprendre


def dans_l_ordre(etapes: Sequence[Etape]) -> list[Feuille]:
    """Les feuilles du classeur : les dix du contrat, puis les facultatives."""
    return sorted((etape.feuille for etape in etapes), key=lambda feuille: feuille.est_facultative)


def champs(objet: Any, *noms: str) -> dict[str, Any]:
    return {nom: getattr(objet, nom) for nom in noms}


def oui_non(*, est: bool) -> str:
    return "oui" if est else "non"


def cle_de_lot(lot: Lot) -> dict[str, str]:
    return {
        "marche_reference": lot.marche.reference,
        "acheteur_siret": lot.marche.acheteur.siret,
        "lot_numero": lot.numero,
    }


def numeroter(feuille: Feuille, lignes: Iterable[Valeurs]) -> Iterator[Valeurs]:
    """Donne un rang à partir de 2 aux lignes que rien d’autre ne distingue : elles ne sont pas des doublons."""
    deja: Counter[tuple[Any, ...]] = Counter()
    for ligne in lignes:
        cle = tuple(ligne.get(nom) or None for nom in feuille.cle if nom != "rang")
        deja[cle] += 1
        yield {**ligne, "rang": deja[cle] if deja[cle] > 1 else None}
