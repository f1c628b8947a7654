"""Le lien à usage unique d’une invitation, ce qu’il désigne, et le courriel qui le porte (docs/adr/0022)."""

from __future__ import annotations

import datetime
from functools import partial

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core import signing
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from clauses.comptes.models import Invitation, Utilisateur

DUREE = datetime.timedelta(days=7)
SIGNATURE = signing.Signer(sep=".", salt="comptes.invitations")
# Plus grand qu’aucune clef de la base : au-delà, la recherche elle-même échouerait.
CHIFFRES_DE_CLEF = 18


def lien(utilisateur: Utilisateur, adresse: str) -> str:
    """Adresse complète, à usage unique, où le premier responsable d’une structure choisit son mot de passe."""
    jeton = {"uidb36": user_pk_to_url_str(utilisateur), "key": default_token_generator.make_token(utilisateur)}
    return f"{adresse.rstrip('/')}{reverse('account_reset_password_from_key', kwargs=jeton)}"


def jeton_de(invitation: Invitation) -> str:
    """« clef-secret.signature » : l’invitation, son secret, et la preuve que l’application les a réunis."""
    return SIGNATURE.sign(f"{invitation.pk}-{invitation.secret}")


def invitation_du_jeton(texte: str) -> Invitation | None:
    """L’invitation en vigueur que désigne un jeton ; `None` s’il est faux, échu, annulé ou déjà servi.

    Seule lecture qui précède l’acteur : la personne invitée n’a pas encore d’accès, son lien seul l’autorise.
    """
    try:
        clef, _, secret = SIGNATURE.unsign(texte).partition("-")
    except signing.BadSignature:
        return None
    if not (clef.isascii() and clef.isdigit() and len(clef) <= CHIFFRES_DE_CLEF):
        return None
    invitation = (
        Invitation.objects.en_attente()
        .filter(pk=int(clef), valable_jusqu_au__gt=timezone.now(), rattachement__utilisateur__is_active=True)
        .select_related(
            "rattachement__utilisateur",
            "rattachement__structure",
            "rattachement__acheteur",
            "rattachement__entreprise",
        )
        .first()
    )
    if invitation is None or not constant_time_compare(invitation.secret, secret):
        return None
    return invitation


def envoyer_apres(invitation: Invitation, adresse: str) -> None:
    """Le courriel part une fois l’invitation enregistrée ; `adresse` : la racine publique de l’application."""
    transaction.on_commit(partial(envoyer, invitation, adresse))


def envoyer(invitation: Invitation, adresse: str) -> None:
    rattachement = invitation.rattachement
    page = reverse("invitation", kwargs={"jeton": jeton_de(invitation)})
    contexte = {
        "rattachement": rattachement,
        "structure": rattachement.structure,
        "jusqu_au": invitation.valable_jusqu_au,
        "lien": f"{adresse.rstrip('/')}{page}",
    }
    send_mail(
        subject=f"[Clauses] Votre accès – {rattachement.structure.sigle}",
        message=render_to_string("comptes/courriels/invitation.txt", contexte),
        from_email=None,
        recipient_list=[rattachement.utilisateur.email],
    )
