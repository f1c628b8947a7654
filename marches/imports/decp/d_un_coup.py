"""Importer d’un coup un fichier lu en entier, ou l’essayer : ce que l’API offre de la commande `importer_decp`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible
from marches.imports.decp.enregistrement import NON_CHOISI, Choix, Enregistrement, les_sociaux, tous
from marches.imports.decp.neutre import ContratLu, FichierLu
from marches.imports.decp.rapport import Rapport
from marches.imports.decp.rapprochement import marches_connus

# Ce qu’une demande écrit sans que l’appelant attende trop ; la commande et l’écran, eux, avancent contrat par contrat.
ENTREES_AU_PLUS = 200


def importer_d_un_coup(
    fichier: FichierLu, *, choix: Collection[str], sans_tri: bool, noms: Mapping[str, str], essai: bool, par: Acteur
) -> Rapport:
    """Importe les contrats d’identifiant choisi ; sans choix, ceux à considération sociale, ou tous (`sans_tri`).

    Une seule transaction : chaque contrat a son issue, et une panne n’en laisse aucun. `essai` : le même rapport, sans
    rien enregistrer. `noms` : par SIRET cité, le nom que le fichier ne donne pas. Lève `ActionImpossible` si un choix
    ou un nom ne répond à rien dans le fichier, ou si plus de `ENTREES_AU_PLUS` contrats entreraient à la fois.
    """
    _verifier(fichier, choix=choix, noms=noms)

    def choisi(contrat: ContratLu) -> bool:
        return contrat.identifiant in choix

    if choix:
        enregistrement = Enregistrement(par, choisi, choisi, NON_CHOISI, noms)
    else:
        enregistrement = Enregistrement(par, tous if sans_tri else les_sociaux, noms=noms)
    _borner(fichier, enregistrement.retenir, par=par)
    rapport = Rapport()
    with transaction.atomic():
        for ligne in enregistrement.traiter(fichier):
            rapport.noter(ligne)
        rapport.clore_le_fichier(len(fichier.contrats))
        if essai:
            transaction.set_rollback(True)
    return rapport


def _verifier(fichier: FichierLu, *, choix: Collection[str], noms: Mapping[str, str]) -> None:
    presents = {contrat.identifiant for contrat in fichier.contrats}
    if absents := sorted(set(choix) - presents):
        raise ActionImpossible(f"Choix introuvable dans le fichier : {', '.join(absents)}. Rien n’est importé.")
    cites = {contrat.acheteur.siret for contrat in fichier.contrats if contrat.acheteur}
    cites |= {lue.entreprise.siret for contrat in fichier.contrats for lue in contrat.attributions}
    if inconnus := sorted(set(noms) - cites):
        raise ActionImpossible(f"SIRET que le fichier ne cite pas : {', '.join(inconnus)}. Rien n’est importé.")


def _borner(fichier: FichierLu, retenir: Choix, *, par: Acteur) -> None:
    connus = marches_connus(fichier.contrats, par=par)
    nombre = sum(not lu.refus and lu.clef not in connus and retenir(lu) for lu in fichier.contrats)
    if nombre > ENTREES_AU_PLUS:
        raise ActionImpossible(
            f"{nombre} contrats entreraient d’un coup, {ENTREES_AU_PLUS} au plus : en choisir, en plusieurs demandes."
        )
