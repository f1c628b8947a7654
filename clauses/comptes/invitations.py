"""Le lien à usage unique par lequel une personne invitée choisit son mot de passe, et le courriel qui le porte."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from clauses.comptes.models import Structure, Utilisateur


def lien(utilisateur: Utilisateur, adresse: str) -> str:
    """Adresse complète, à usage unique ; `adresse` est la racine publique de l’application."""
    jeton = {"uidb36": user_pk_to_url_str(utilisateur), "key": default_token_generator.make_token(utilisateur)}
    return f"{adresse.rstrip('/')}{reverse('account_reset_password_from_key', kwargs=jeton)}"


def envoyer(utilisateur: Utilisateur, structure: Structure, adresse: str) -> None:
    """Envoie l’invitation. À appeler une fois la transaction acquise (`on_commit`)."""
    contexte = {"utilisateur": utilisateur, "structure": structure, "lien": lien(utilisateur, adresse)}
    send_mail(
        subject=f"[Clauses] Votre accès – {structure.sigle}",
        message=render_to_string("comptes/courriels/invitation.txt", contexte),
        from_email=None,
        recipient_list=[utilisateur.email],
    )
