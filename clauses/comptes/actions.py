"""Ce qui crée et change comptes, structures, rattachements et jetons."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit, Role
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.invitations import DUREE
from clauses.comptes.jetons import ecrire, empreinte, tirer
from clauses.comptes.journal import journaliser
from clauses.comptes.models import Invitation, Jeton, Rattachement, Structure, Utilisateur
from clauses.comptes.portees import portees_de
from clauses.socle.erreurs import ActionImpossible
from clauses.territoires.models import Epci

# Compte technique, inactif : il ne se connecte jamais ; il signe ce qu’une commande écrit.
COURRIEL_SYSTEME = "commandes@clauses.invalid"
# De même : il signe ce qu’une entreprise dépose par un lien, sans compte.
COURRIEL_DES_LIENS = "lien@clauses.invalid"
OCTETS_DU_SECRET = 24
JETONS_AU_PLUS = 20
DUREE_AU_PLUS_JOURS = 365
ROLES_D_INTEGRATION = (Role.LECTEUR, Role.FACILITATEUR)
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

    Chaque requête relit l’accès : celle qui suit, dans toute session ouverte, est refusée. Ses jetons sont révoqués :
    rouvrir l’accès ne les rouvre pas.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    relu = verrouiller(Rattachement.objects.all(), rattachement.pk, par=par)
    if relu.utilisateur_id == par.utilisateur_id:
        raise ActionImpossible("On ne se retire pas soi-même : demander à une autre personne responsable.")
    _annuler_les_invitations(relu, par)
    _revoquer_les_jetons(relu, par)
    return modifier(relu, {"est_actif": False}, par=par, action="retirer de la structure")


@transaction.atomic
def creer_jeton(*, nom: str, portees: Sequence[str], jours: int, par: Acteur) -> tuple[Jeton, str]:
    """Crée un jeton de l’accès au titre duquel `par` agit, valable `jours` jours ; rend le jeton et son texte.

    Le texte n’est gardé nulle part. Lève `ActionImpossible` si une portée n’est pas de son rôle, si la durée n’est pas
    de 1 à 365 jours, ou s’il a déjà vingt jetons en cours.
    """
    par.exiger(Droit.GERER_SES_JETONS)
    clefs: dict[str, Any] = {
        "utilisateur_id": par.utilisateur_id,
        "role": par.role,
        "acheteur_id": par.acheteur_id,
        "entreprise_id": par.entreprise_id,
        "est_actif": True,
    }
    sien = Rattachement.objects.filter(structure_id=par.structure_id, **clefs).select_for_update(of=("self",)).first()
    if sien is None:
        raise ActionImpossible("Votre accès vient d’être fermé : aucun jeton n’est créé.")
    return _emettre_jeton(sien, nom, portees, jours, par)


@transaction.atomic
def creer_integration(*, nom: str, role: str, portees: Sequence[str], jours: int, par: Acteur) -> tuple[Jeton, str]:
    """Ouvre un accès à un programme : un compte technique qui ne se connecte pas, son rattachement, son jeton.

    Il survit au départ de qui l’a créé ; le journal le nomme. Lève `ActionImpossible` si une intégration ouverte porte
    déjà ce nom, et dans les cas de `creer_jeton`.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    if role not in ROLES_D_INTEGRATION:
        raise ActionImpossible("Une intégration agit comme lecteur ou comme facilitateur.")
    signature = f"Intégration\u00a0: {nom}"
    ouvertes = Rattachement.objects.visibles_par(par).filter(est_actif=True, utilisateur__est_integration=True)
    if ouvertes.filter(utilisateur__nom=signature).exists():
        raise ActionImpossible(f"Une intégration « {nom} » est déjà ouverte : la renouveler, ou choisir un autre nom.")
    compte = Utilisateur.objects.create_user(
        f"integration-{secrets.token_hex(8)}@clauses.invalid", nom=signature, is_active=False, est_integration=True
    )
    rattachement = Rattachement(utilisateur=compte, structure_id=par.structure_id, role=role)
    creer(rattachement, par=par, action="ouvrir une intégration")
    return _emettre_jeton(rattachement, nom, portees, jours, par)


@transaction.atomic
def renouveler_integration(rattachement: Rattachement, *, par: Acteur) -> tuple[Jeton, str]:
    """Remplace le jeton d’une intégration ouverte par un neuf, de mêmes portées et de même durée ; l’ancien cesse."""
    par.exiger(Droit.GERER_STRUCTURE)
    relu = verrouiller(Rattachement.objects.select_related("utilisateur"), rattachement.pk, par=par)
    dernier = Jeton.objects.visibles_par(par).filter(rattachement=relu).first()
    if not (relu.utilisateur.est_integration and relu.est_actif and dernier):
        raise ActionImpossible("Cette intégration est révoquée : en créer une autre.")
    _revoquer_les_jetons(relu, par)
    jours = (dernier.valable_jusqu_au - dernier.cree_le).days
    return _emettre_jeton(relu, dernier.nom, dernier.portees, jours, par)


@transaction.atomic
def revoquer_jeton(jeton: Jeton, *, par: Acteur) -> None:
    """Le jeton ne sert plus, à l’instant. Celui d’une intégration ferme aussi son rattachement."""
    par.exiger(Droit.GERER_SES_JETONS)
    relu = verrouiller(Jeton.objects.select_related("rattachement__utilisateur"), jeton.pk, par=par)
    if relu.rattachement.utilisateur.est_integration:
        detacher(relu.rattachement, par=par)
    else:
        _revoquer(relu, par)


def _emettre_jeton(
    rattachement: Rattachement, nom: str, portees: Sequence[str], jours: int, par: Acteur
) -> tuple[Jeton, str]:
    permises = portees_de(Role(rattachement.role))
    if not portees or not set(portees) <= set(permises):
        raise ActionImpossible("Choisir au moins une portée, parmi celles du rôle.")
    if not 1 <= jours <= DUREE_AU_PLUS_JOURS:
        raise ActionImpossible("Un jeton vaut d’un jour à un an.")
    instant = timezone.now()
    if Jeton.objects.filter(rattachement=rattachement).en_vigueur(le=instant).count() >= JETONS_AU_PLUS:
        raise ActionImpossible(f"{JETONS_AU_PLUS} jetons sont déjà en cours : en révoquer un d’abord.")
    prefixe, secret = tirer()
    jeton = Jeton(
        structure_id=par.structure_id, rattachement=rattachement, nom=nom, prefixe=prefixe,
        empreinte=empreinte(secret), portees=[portee for portee in permises if portee in portees],
        valable_jusqu_au=instant + datetime.timedelta(days=jours), cree_le=instant, cree_par_id=par.utilisateur_id,
    )  # fmt: skip
    return creer(jeton, par=par, action="créer un jeton"), ecrire(prefixe, secret)


def _revoquer_les_jetons(rattachement: Rattachement, par: Acteur) -> None:
    valables = Jeton.objects.filter(rattachement=rattachement, revoque_le=None)
    for jeton in valables.select_for_update(of=("self",)).order_by("pk"):
        _revoquer(jeton, par)


def _revoquer(jeton: Jeton, par: Acteur) -> None:
    if jeton.revoque_le is None:
        revocation = {"revoque_le": timezone.now(), "revoque_par": Utilisateur.objects.get(pk=par.utilisateur_id)}
        modifier(jeton, revocation, par=par, action="révoquer un jeton")


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
