"""Inscription fermée : un compte naît d’une invitation de la structure, jamais d’un formulaire public."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AdaptateurComptes(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
