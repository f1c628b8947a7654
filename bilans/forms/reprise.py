"""Le classeur de reprise à envoyer."""

from __future__ import annotations

from crispy_forms.layout import Layout
from django import forms

from clauses.socle.formulaires import Formulaire
from clauses.socle.lecteur import BORNES


class ClasseurForm(Formulaire):
    disposition = Layout("fichier")

    fichier = forms.FileField(
        label="Classeur de reprise",
        max_length=255,
        help_text=(
            f"Fichier .xlsx, {BORNES.octets // 2**20}\u00a0Mo au plus\u00a0; une structure entière passe par la "
            "commande importer_reprise."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "Choisir un fichier.",
            "empty": "Ce fichier est vide. Vérifier le fichier choisi.",
        },
    )
