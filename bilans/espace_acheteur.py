"""Le bilan qu’un acheteur lit du sien : masqué, sans rien qui s’ouvre, par année civile achevée (docs/adr/0029).

L’acheteur ne voit aucune ligne d’heures ni aucune personne : la lecture se fait au titre d’un lecteur de la structure,
fabriqué ici seulement, restreint à lui, et il n’en sort que des valeurs masquées.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from bilans import acheteur as bilan_acheteur
from bilans.faits import Periode
from bilans.perimetre import Perimetre
from bilans.rapport import Bilan, Demande
from clauses.comptes.acteurs import Acteur
from marches.models import Acheteur


def etablir(acteur: Acteur, periode: Periode) -> Bilan:
    """Le bilan masqué de l’acheteur que représente l’acteur, et de lui seul.

    Lève `PermissionDenied` sans le droit ou sans acheteur, `ActionImpossible` si aucune heure n’est validée.
    """
    lecteur = acteur.lecteur_de_son_bilan()
    lui = Acheteur.objects.visibles_par(acteur).filter(pk=acteur.acheteur_id).first()
    if lui is None:
        raise PermissionDenied
    perimetre = Perimetre(lui.siret, lui.nom, frozenset({lui.pk}))
    demande = Demande(bilan_acheteur.NOM, periode, lui.siret)
    return bilan_acheteur.dresser(lecteur, demande, perimetre, par=acteur, est_masque=True)
