"""Ce qui crée et change comptes, structures et rattachements."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.ecritures import creer
from clauses.comptes.journal import journaliser
from clauses.comptes.models import Rattachement, Structure, Utilisateur
from clauses.socle.erreurs import ActionImpossible
from clauses.territoires.models import Epci

# Compte technique, inactif : il ne se connecte jamais ; il signe ce qu’une commande écrit.
COURRIEL_SYSTEME = "commandes@clauses.invalid"


def acteur_systeme(structure: Structure) -> Acteur:
    """L’acteur d’une commande d’administration : il agit dans une structure, avec les droits d’un responsable."""
    utilisateur = Utilisateur.objects.filter(email=COURRIEL_SYSTEME).first()
    if utilisateur is None:
        utilisateur = Utilisateur.objects.create_user(COURRIEL_SYSTEME, nom="Commande du système", is_active=False)
    return Acteur(utilisateur_id=utilisateur.pk, role=Role.RESPONSABLE, structure_id=structure.pk)


@transaction.atomic
def creer_structure(
    *, sigle: str, nom: str, responsable: str, epcis: Sequence[str] = ()
) -> tuple[Structure, Utilisateur]:
    """Ouvre une structure et le compte de son responsable (formats.md §1).

    `epcis` : SIREN des intercommunalités du territoire ; à défaut, toutes celles du référentiel livré. Lève
    `ActionImpossible` si le sigle est pris ou si un SIREN est inconnu.
    """
    if Structure.objects.filter(sigle=sigle).exists():
        raise ActionImpossible(f"La structure {sigle} existe déjà.")
    territoire = list(Epci.objects.filter(siren__in=epcis) if epcis else Epci.objects.all())
    if epcis and len(territoire) != len(set(epcis)):
        inconnus = set(epcis) - {epci.siren for epci in territoire}
        raise ActionImpossible(f"Intercommunalité inconnue : {', '.join(sorted(inconnus))}.")
    structure = Structure(sigle=sigle, nom=nom)
    structure.full_clean()
    structure.save()
    structure.territoire.set(territoire)
    par = acteur_systeme(structure)
    journaliser(par=par, action="créer la structure", objet=structure)
    utilisateur = Utilisateur.objects.filter(email=responsable.lower()).first()
    if utilisateur is None:
        utilisateur = Utilisateur.objects.create_user(responsable)
    creer(
        Rattachement(utilisateur=utilisateur, structure=structure, role=Role.RESPONSABLE),
        par=par,
        action="rattacher le responsable",
    )
    return structure, utilisateur
