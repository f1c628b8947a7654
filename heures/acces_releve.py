"""Par où une entreprise entre pour remplir un relevé : page ou API, par son lien ou depuis son compte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.http import Http404
from django.shortcuts import get_object_or_404

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser_lecture
from heures.actions import Depot, deposer_depuis_un_compte
from heures.lecture_depot import ReleveLu
from heures.models import DemandeReleve, Releve


@dataclass(frozen=True, slots=True, kw_only=True)
class AccesReleve:
    """L’entreprise devant le seul relevé de sa demande.

    `deposer(depot, version)` : l’action, avec son droit ; `par_ou` : complète le geste au journal ; `deposant` : le
    nom proposé d’emblée.
    """

    demande: DemandeReleve
    acteur: Acteur
    par_ou: str
    deposer: Callable[[Depot, int], DemandeReleve]
    deposant: str = ""

    def journaliser(self, lu: ReleveLu, action: str) -> None:
        """Inscrit que ce relevé vient d’être montré, et combien de personnes il nomme."""
        journaliser_lecture(
            par=self.acteur,
            action=f"{action} {self.par_ou}",
            modele=DemandeReleve,
            objet_id=self.demande.pk,
            nombre=lu.nombre_nommees,
        )


def depuis_un_compte(pk: int, *, par: Acteur, deposant: str) -> AccesReleve:
    """Le relevé de l’entreprise (404), le droit de le remplir (403), puis sa demande (404 s’il n’est pas demandé)."""
    releve = get_object_or_404(Releve.objects.visibles_par(par), pk=pk)
    par.exiger(Droit.REMPLIR_RELEVE)
    devant = par.devant(releve.pk)
    demandes = DemandeReleve.objects.visibles_par(devant).select_related(
        "releve__structure", "releve__engagement__entreprise", "releve__engagement__clause__lot__marche"
    )
    demande = demandes.order_by("-demandee_le", "-pk").first()
    if demande is None:
        raise Http404
    deposer = partial(deposer_depuis_un_compte, demande, par=par)
    return AccesReleve(
        demande=demande,
        acteur=devant,
        par_ou="depuis son compte",
        deposer=lambda depot, version: deposer(depot, version=version),
        deposant=deposant,
    )
