"""Une personne neuve et son contrat de travail, d’un même formulaire."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import HTML, Layout

from heures.forms.contrats import DISPOSITION, ContratForm, EmployeurMixin, saisie_employeur
from heures.forms.participants import IDENTITE, ParticipantForm


class PersonneEtContratForm(EmployeurMixin, ParticipantForm):
    """Les champs des deux formulaires ; l’action qui les reçoit enregistre tout ou rien."""

    employeur = saisie_employeur()
    disposition = Layout("confirmer", *IDENTITE, HTML("<h3>Contrat de travail</h3>"), *DISPOSITION)

    class Meta(ParticipantForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nus = ContratForm(acteur=kwargs["acteur"]).fields
        self.fields.update({nom: champ for nom, champ in nus.items() if nom != "employeur"})

    def saisies(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Ce qui décrit la personne, et ce qui décrit son contrat."""
        saisie = self.saisie()
        contrat = {nom: saisie.pop(nom) for nom in ContratForm.Meta.fields}
        return saisie, contrat
