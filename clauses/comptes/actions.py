"""Ce qui crée et change comptes, structures et rattachements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit, Role
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.journal import journaliser
from clauses.comptes.models import Rattachement, Structure, Utilisateur
from clauses.socle.erreurs import ActionImpossible
from clauses.territoires.models import Epci

# Compte technique, inactif : il ne se connecte jamais ; il signe ce qu’une commande écrit.
COURRIEL_SYSTEME = "commandes@clauses.invalid"
# De même : il signe ce qu’une entreprise dépose par un lien, sans compte.
COURRIEL_DES_LIENS = "lien@clauses.invalid"


def acteur_systeme(structure: Structure) -> Acteur:
    """L’acteur d’une commande d’administration : il agit dans une structure, avec les droits d’un responsable."""
    utilisateur = Utilisateur.objects.filter(email=COURRIEL_SYSTEME).first()
    if utilisateur is None:
        utilisateur = Utilisateur.objects.create_user(COURRIEL_SYSTEME, nom="Commande du système", is_active=False)
    return Acteur(utilisateur_id=utilisateur.pk, role=Role.RESPONSABLE, structure_id=structure.pk)


def acteur_de_lien(*, structure_id: int, entreprise_id: int, releve_id: int) -> Acteur:
    """Qui tient un lien de dépôt : une entreprise, devant un seul relevé, sous le compte technique des liens."""
    utilisateur = Utilisateur.objects.filter(email=COURRIEL_DES_LIENS).first()
    if utilisateur is None:
        utilisateur = Utilisateur.objects.create_user(COURRIEL_DES_LIENS, nom="Dépôt par lien", is_active=False)
    return Acteur(
        utilisateur_id=utilisateur.pk,
        role=Role.ENTREPRISE,
        structure_id=structure_id,
        entreprise_id=entreprise_id,
        releve_id=releve_id,
    )


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


@transaction.atomic
def rattacher(*, email: str, nom: str, prenom: str, role: str, par: Acteur) -> Rattachement:
    """Donne à une personne un rôle dans la structure ; crée son compte au besoin, sans mot de passe.

    Les rôles d’acheteur et d’entreprise s’ouvrent depuis leur fiche, pas ici. Lève `ActionImpossible` si la personne a
    déjà ce rôle.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    if role in {Role.ACHETEUR, Role.ENTREPRISE}:
        raise ActionImpossible("Un accès d’acheteur ou d’entreprise s’ouvre depuis la fiche de l’organisation.")
    utilisateur = Utilisateur.objects.filter(email=email.lower()).first()
    if utilisateur is None:
        utilisateur = Utilisateur.objects.create_user(email, nom=nom, prenom=prenom)
    ancien = Rattachement.objects.filter(utilisateur=utilisateur, structure=par.structure_id, role=role).first()
    if ancien is None:
        neuf = Rattachement(utilisateur=utilisateur, structure_id=par.structure_id, role=role)
        return creer(neuf, par=par, action="rattacher à la structure")
    if ancien.est_actif:
        raise ActionImpossible(f"{utilisateur} a déjà le rôle « {ancien.get_role_display()} » dans la structure.")
    return modifier(ancien, {"est_actif": True}, par=par, action="rattacher de nouveau à la structure")


@transaction.atomic
def inviter_partenaire(
    *,
    email: str,
    nom: str,
    prenom: str,
    par: Acteur,
    acheteur_id: int | None = None,
    entreprise_id: int | None = None,
) -> Rattachement:
    """Ouvre l’espace d’un acheteur ou d’une entreprise à une personne ; crée son compte au besoin, sans mot de passe.

    Une seule des deux clefs est donnée. Lève `ActionImpossible` si la personne a déjà cet accès.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    utilisateur = Utilisateur.objects.filter(email=email.lower()).first()
    if utilisateur is None:
        utilisateur = Utilisateur.objects.create_user(email, nom=nom, prenom=prenom)
    clefs = {
        "utilisateur": utilisateur,
        "structure_id": par.structure_id,
        "role": Role.ACHETEUR if acheteur_id else Role.ENTREPRISE,
        "acheteur_id": acheteur_id,
        "entreprise_id": entreprise_id,
    }
    ancien = Rattachement.objects.filter(**clefs).first()
    if ancien is None:
        return creer(Rattachement(**clefs), par=par, action="ouvrir un espace partenaire")
    if ancien.est_actif:
        raise ActionImpossible(f"{utilisateur} a déjà accès pour {ancien.organisation}.")
    return modifier(ancien, {"est_actif": True}, par=par, action="rouvrir un espace partenaire")


@transaction.atomic
def detacher(rattachement: Rattachement, *, par: Acteur) -> Rattachement:
    """Retire un rôle, sans délai : la requête suivante de la personne est refusée. Le compte et le journal restent."""
    par.exiger(Droit.GERER_STRUCTURE)
    relu = verrouiller(Rattachement.objects.all(), rattachement.pk, par=par)
    if relu.utilisateur_id == par.utilisateur_id:
        raise ActionImpossible("On ne se retire pas soi-même : demander à une autre personne responsable.")
    return modifier(relu, {"est_actif": False}, par=par, action="retirer de la structure")


@transaction.atomic
def modifier_structure(structure: Structure, *, version: int, par: Acteur, **champs: Any) -> Structure:
    """Change les réglages de la structure : seuils, durées, base ETP, territoire."""
    par.exiger(Droit.GERER_STRUCTURE)
    relue = verrouiller(Structure.objects.all(), structure.pk, par=par)
    territoire = champs.pop("territoire", None)
    relue = modifier(relue, champs, par=par, action="modifier les réglages", version=version)
    if territoire is not None and set(territoire) != set(relue.territoire.all()):
        avant = sorted(epci.siren for epci in relue.territoire.all())
        relue.territoire.set(territoire)
        apres = sorted(epci.siren for epci in territoire)
        journaliser(
            par=par,
            action="modifier le territoire",
            objet=relue,
            avant={"territoire": avant},
            apres={"territoire": apres},
        )
    return relue
