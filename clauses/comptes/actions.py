"""Ce qui crée et change comptes, structures et rattachements."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit, Role
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.invitations import DUREE
from clauses.comptes.journal import journaliser
from clauses.comptes.models import Invitation, Rattachement, Structure, Utilisateur
from clauses.socle.erreurs import ActionImpossible
from clauses.territoires.models import Epci

# Compte technique, inactif : il ne se connecte jamais ; il signe ce qu’une commande écrit.
COURRIEL_SYSTEME = "commandes@clauses.invalid"
# De même : il signe ce qu’une entreprise dépose par un lien, sans compte.
COURRIEL_DES_LIENS = "lien@clauses.invalid"
OCTETS_DU_SECRET = 24
# Au-delà, le référentiel n’est plus celui d’un territoire : tout prendre ferait des résidents de la France entière.
EPCIS_D_UN_TERRITOIRE = 30


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

    `epcis` : SIREN des intercommunalités du territoire ; à défaut, toutes celles du référentiel, s’il est celui d’un
    territoire. Lève `ActionImpossible` si le sigle est pris, si un SIREN est inconnu, ou s’il faut les nommer.
    """
    if Structure.objects.filter(sigle=sigle).exists():
        raise ActionImpossible(f"La structure {sigle} existe déjà.")
    territoire = list(Epci.objects.filter(siren__in=epcis) if epcis else Epci.objects.all())
    if not epcis and len(territoire) > EPCIS_D_UN_TERRITOIRE:
        raise ActionImpossible(
            f"Le référentiel compte {len(territoire)} intercommunalités : nommer celles du territoire, par --epci."
        )
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
def rattacher(*, email: str, nom: str, prenom: str, role: str, par: Acteur) -> Invitation:
    """Invite une personne à prendre un rôle dans la structure ; crée son compte au besoin, sans mot de passe.

    Les rôles d’acheteur et d’entreprise s’ouvrent depuis leur fiche, pas ici. Lève `ActionImpossible` si la personne a
    déjà ce rôle, ou si une invitation l’attend.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    if role in {Role.ACHETEUR, Role.ENTREPRISE}:
        raise ActionImpossible("Un accès d’acheteur ou d’entreprise s’ouvre depuis la fiche de l’organisation.")
    utilisateur = _compte(email, nom, prenom)
    return _inviter({"utilisateur": utilisateur, "structure_id": par.structure_id, "role": role}, par)


@transaction.atomic
def inviter_partenaire(
    *,
    email: str,
    nom: str,
    prenom: str,
    par: Acteur,
    acheteur_id: int | None = None,
    entreprise_id: int | None = None,
) -> Invitation:
    """Invite une personne dans l’espace d’un acheteur ou d’une entreprise ; crée son compte au besoin.

    Une seule des deux clefs est donnée. Lève `ActionImpossible` si la personne a déjà cet accès, ou si une invitation
    l’attend.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    clefs = {
        "utilisateur": _compte(email, nom, prenom),
        "structure_id": par.structure_id,
        "role": Role.ACHETEUR if acheteur_id else Role.ENTREPRISE,
        "acheteur_id": acheteur_id,
        "entreprise_id": entreprise_id,
    }
    return _inviter(clefs, par)


def _compte(email: str, nom: str, prenom: str) -> Utilisateur:
    """Le compte de cette adresse ; neuf, il n’a pas de mot de passe."""
    connu: Utilisateur | None = Utilisateur.objects.filter(email=email.lower()).first()
    if connu is None:
        neuf: Utilisateur = Utilisateur.objects.create_user(email, nom=nom, prenom=prenom)
        return neuf
    if not connu.is_active:
        raise ActionImpossible("Ce compte est désactivé : il ne peut pas être invité.")
    return connu


def _inviter(clefs: dict[str, Any], par: Acteur) -> Invitation:
    """L’accès existe, fermé, jusqu’à ce que la personne accepte."""
    rattachement = Rattachement.objects.filter(**clefs).first()
    if rattachement is None:
        neuf = Rattachement(**clefs, est_actif=False)
        return _ouvrir_invitation(creer(neuf, par=par, action="préparer un accès"), par)
    relu = verrouiller(Rattachement.objects.all(), rattachement.pk, par=par)
    if relu.est_actif:
        raise ActionImpossible(
            f"{relu.utilisateur} a déjà accès pour {relu.organisation}, comme {relu.get_role_display().lower()}."
        )
    en_vigueur = Invitation.objects.filter(rattachement=relu, valable_jusqu_au__gt=timezone.now()).en_attente()
    if en_vigueur.exists():
        raise ActionImpossible(f"Une invitation attend déjà {relu.utilisateur} : la renvoyer depuis la liste.")
    return _ouvrir_invitation(relu, par)


def _ouvrir_invitation(rattachement: Rattachement, par: Acteur) -> Invitation:
    """Une invitation neuve ; le lien de toute autre ne sert plus."""
    _annuler_les_invitations(rattachement, par)
    invitation = Invitation(
        structure_id=par.structure_id,
        rattachement=rattachement,
        secret=secrets.token_urlsafe(OCTETS_DU_SECRET),
        valable_jusqu_au=timezone.now() + DUREE,
        envoyee_par_id=par.utilisateur_id,
    )
    return creer(invitation, par=par, action="inviter")


def _annuler_les_invitations(rattachement: Rattachement, par: Acteur) -> None:
    en_attente = Invitation.objects.filter(rattachement=rattachement).en_attente()
    for invitation in en_attente.select_for_update(of=("self",)).order_by("pk"):
        annulation = {"annulee_le": timezone.now(), "annulee_par": Utilisateur.objects.get(pk=par.utilisateur_id)}
        modifier(invitation, annulation, par=par, action="annuler une invitation")


@transaction.atomic
def renvoyer_invitation(rattachement: Rattachement, *, par: Acteur) -> Invitation:
    """Remplace l’invitation d’un accès qui n’est pas ouvert par une neuve. Lève `ActionImpossible` s’il est ouvert."""
    par.exiger(Droit.GERER_STRUCTURE)
    relu = verrouiller(Rattachement.objects.select_related("utilisateur"), rattachement.pk, par=par)
    if relu.est_actif:
        raise ActionImpossible(f"{relu.utilisateur} a déjà ouvert son accès : aucune invitation à renvoyer.")
    if not relu.utilisateur.is_active:
        raise ActionImpossible("Ce compte est désactivé : il ne peut pas être invité.")
    return _ouvrir_invitation(relu, par)


@transaction.atomic
def accepter_invitation(invitation: Invitation, *, mot_de_passe: str | None = None) -> Rattachement:
    """Ouvre l’accès d’une personne invitée, au nom de qui le geste s’inscrit ; elle choisit son mot de passe.

    `mot_de_passe` : contrôlé par le formulaire, ignoré si le compte en a déjà un. Lève `ActionImpossible` si
    l’invitation a été annulée, acceptée ou échue entre-temps.
    """
    relue = Invitation.objects.select_for_update(of=("self",)).en_attente().filter(pk=invitation.pk).first()
    if relue is None or relue.valable_jusqu_au <= timezone.now():
        raise ActionImpossible("Cette invitation ne sert plus : en demander une nouvelle à qui vous l’a envoyée.")
    rattachement = Rattachement.objects.select_for_update(of=("self",)).get(pk=relue.rattachement_id)
    utilisateur = Utilisateur.objects.select_for_update(of=("self",)).get(pk=rattachement.utilisateur_id)
    if not utilisateur.has_usable_password():
        if not mot_de_passe:
            raise ActionImpossible("Choisissez un mot de passe pour ouvrir votre accès.")
        utilisateur.set_password(mot_de_passe)
        utilisateur.save(update_fields=["password"])
    par = rattachement.acteur()
    acceptation = {"acceptee_le": timezone.now(), "acceptee_par": utilisateur}
    modifier(relue, acceptation, par=par, action="accepter une invitation")
    return modifier(rattachement, {"est_actif": True}, par=par, action="ouvrir un accès")


@transaction.atomic
def detacher(rattachement: Rattachement, *, par: Acteur) -> Rattachement:
    """Ferme un accès sans délai, ou annule l’invitation qui devait l’ouvrir. Le compte et le journal restent.

    Chaque requête relit l’accès : celle qui suit, dans toute session ouverte, est refusée.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    relu = verrouiller(Rattachement.objects.all(), rattachement.pk, par=par)
    if relu.utilisateur_id == par.utilisateur_id:
        raise ActionImpossible("On ne se retire pas soi-même : demander à une autre personne responsable.")
    _annuler_les_invitations(relu, par)
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
