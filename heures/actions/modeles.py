"""Les modèles de courriel de la structure : les réécrire, revenir au texte d’origine."""

from __future__ import annotations

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier
from clauses.comptes.journal import etat, journaliser
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from heures.courriels import Texte, refus_de_modele
from heures.enums import NatureEnvoi
from heures.models import ModeleCourriel


@transaction.atomic
def ecrire_modele(nature: NatureEnvoi, *, objet: str, corps: str, version: int, par: Acteur) -> ModeleCourriel:
    """Enregistre le texte d’un courriel ; `version` : celle du modèle à l’écran, 0 pour le texte d’origine.

    Lève `ValidationError` (variable inconnue, lien absent, nom de personne dans l’objet) ou `ConflitDeVersion`.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    if refus := refus_de_modele(Texte(objet, corps), nature):
        raise refus
    modele = _verrouille(nature, par)
    if modele is None:
        if version:
            raise ConflitDeVersion(0, [])
        neuf = ModeleCourriel(structure_id=par.structure_id, nature=nature, objet=objet, corps=corps)
        return creer(neuf, par=par, action="écrire un modèle de courriel")
    champs = {"objet": objet, "corps": corps}
    return modifier(modele, champs, par=par, action="modifier un modèle de courriel", version=version)


@transaction.atomic
def revenir_au_texte_d_origine(nature: NatureEnvoi, *, par: Acteur) -> None:
    """Retire le modèle de la structure ; le journal garde son texte. Lève `ActionImpossible` s’il n’y en a pas."""
    par.exiger(Droit.GERER_STRUCTURE)
    modele = _verrouille(nature, par)
    if modele is None:
        raise ActionImpossible("Ce courriel est déjà celui d’origine.")
    avant = etat(modele, ["nature", "objet", "corps"])
    journaliser(par=par, action="revenir au courriel d’origine", objet=modele, avant=avant)
    modele.delete()


def _verrouille(nature: NatureEnvoi, par: Acteur) -> ModeleCourriel | None:
    modeles = ModeleCourriel.objects.visibles_par(par).select_for_update(of=("self",))
    return modeles.filter(nature=nature).first()
