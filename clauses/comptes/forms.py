"""Formulaires de la structure et de ses utilisateurs."""

from __future__ import annotations

from typing import Any, cast

from crispy_forms.layout import Column, Div, Fieldset, Layout, Row
from django import forms
from django.contrib.auth.password_validation import validate_password

from clauses.comptes.acteurs import Role
from clauses.comptes.models import Structure, Utilisateur
from clauses.comptes.portees import Portee, portees_de
from clauses.socle.erreurs import FichierRefuse
from clauses.socle.formulaires import Formulaire, FormulaireVersionne
from clauses.socle.lecteur.image import lire_png
from clauses.territoires.choix import epcis_a_proposer

ROLES_INVITABLES = (Role.FACILITATEUR, Role.RESPONSABLE, Role.LECTEUR, Role.FINANCEUR)


class StructureForm(FormulaireVersionne):
    disposition = Layout(
        "version",
        Fieldset("Identité", "nom", Row(Column("departement"), Column("etp_facilitateurs"))),
        Fieldset("Territoire", "territoire"),
        Fieldset(
            "Règles des heures",
            Row(Column("seuil_avertissement_heures"), Column("seuil_refus_heures")),
            Row(Column("duree_eligibilite_mois"), Column("delai_sortie_mois"), Column("base_etp")),
        ),
        Fieldset(
            "Accueil et relances",
            Row(Column("delai_reponse_jours"), Column("alerte_fin_marche_mois"), Column("alerte_eligibilite_jours")),
        ),
        Fieldset(
            "Situation des engagements",
            Row(Column("seuil_retard_points"), Column("alerte_fin_mois"), Column("taux_risque_pourcent")),
        ),
        Fieldset("Bilans", "seuil_completude_pourcent"),
        Fieldset(
            "Relevés des entreprises",
            Row(Column("jour_echeance_releve"), Column("duree_lien_jours")),
            Row(Column("relance_1_apres_jours"), Column("relance_2_apres_jours")),
        ),
    )

    class Meta:
        model = Structure
        fields = [
            "nom", "departement", "etp_facilitateurs", "territoire", "seuil_avertissement_heures",
            "seuil_refus_heures", "duree_eligibilite_mois", "delai_sortie_mois", "base_etp", "jour_echeance_releve",
            "seuil_retard_points", "alerte_fin_mois", "taux_risque_pourcent", "seuil_completude_pourcent",
            "duree_lien_jours", "relance_1_apres_jours", "relance_2_apres_jours", "delai_reponse_jours",
            "alerte_fin_marche_mois", "alerte_eligibilite_jours",
        ]  # fmt: skip
        widgets = {"territoire": forms.CheckboxSelectMultiple}
        help_texts = {
            "base_etp": "1\u202f820 pour le PLIE, 1\u202f600 pour la consolidation nationale, "
            "1\u202f607 au sens légal.",
            "delai_reponse_jours": "Portée sur les relances\u00a0; jusque-là, l’accueil ne presse plus l’engagement.",
            "seuil_completude_pourcent": "Chaque contrôle du rapport «\u00a0Qualité\u00a0» doit l’atteindre pour "
            "émettre un bilan final ou une attestation définitive. 0\u00a0: rien n’est exigé.",
            "territoire": "Les bilans comptent à part les résidents de ces intercommunalités. Sont proposées "
            "celles du département, et celles déjà choisies.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        structure: Structure = self.instance
        choisies = structure.territoire.order_by().values("pk")
        territoire: Any = self.fields["territoire"]
        territoire.queryset = epcis_a_proposer(departement=structure.departement, choisies=choisies)


class EnteteForm(FormulaireVersionne):
    """L’en-tête des courriers ; `logo` rend des octets vérifiés, vides pour le retirer."""

    disposition = Layout(
        "version",
        Fieldset("Adresse", "adresse"),
        Fieldset("Signature", Row(Column("signataire_nom"), Column("signataire_fonction"))),
        Fieldset("Logo", "fichier", "sans_logo"),
    )
    sans_retrait = Layout(*disposition.fields[:-1], Fieldset("Logo", "fichier"))

    fichier = forms.FileField(
        label="Nouveau logo",
        required=False,
        help_text="Image PNG, 200\u00a0Ko et 2\u202f000 points de côté au plus. Vide\u00a0: le logo ne change pas.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/png"}),
        error_messages={"empty": "Ce fichier est vide. Vérifier le fichier choisi."},
    )
    sans_logo = forms.BooleanField(label="Retirer le logo", required=False)

    class Meta:
        model = Structure
        fields = ["adresse", "signataire_nom", "signataire_fonction"]
        widgets = {"adresse": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            del self.fields["sans_logo"]
            self.disposition = self.sans_retrait

    def clean_fichier(self) -> bytes | None:
        recu = self.cleaned_data["fichier"]
        try:
            return lire_png(recu) if recu else None
        except FichierRefuse as refus:
            raise forms.ValidationError(str(refus)) from refus

    def saisie(self) -> dict[str, Any]:
        """Paramètres de `modifier_structure` : `logo` n’y est que s’il change."""
        champs = super().saisie()
        nouveau, retire = champs.pop("fichier"), champs.pop("sans_logo", False)
        if nouveau is not None:
            champs["logo"] = nouveau
        elif retire:
            champs["logo"] = None
        return champs


class PartenaireForm(Formulaire):
    """Une personne d’un acheteur ou d’une entreprise, à qui ouvrir son espace."""

    disposition = Layout(Row(Column("prenom"), Column("nom")), "email")

    prenom = forms.CharField(label="Prénom", max_length=100)
    nom = forms.CharField(label="Nom", max_length=100)
    email = forms.EmailField(label="Adresse de courriel", max_length=254)


class InvitationForm(Formulaire):
    """Ouvrir son accès : la personne invitée choisit un mot de passe, sauf si son compte en a déjà un."""

    mot_de_passe = forms.CharField(
        label="Mot de passe", max_length=128, strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    confirmation = forms.CharField(
        label="Le même, une seconde fois",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, utilisateur: Utilisateur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.utilisateur = utilisateur
        if utilisateur.has_usable_password():
            self.fields.clear()

    def clean_mot_de_passe(self) -> str:
        choisi: str = self.cleaned_data["mot_de_passe"]
        validate_password(choisi, self.utilisateur)
        return choisi

    def clean_confirmation(self) -> str:
        confirmation: str = self.cleaned_data["confirmation"]
        choisi = self.cleaned_data.get("mot_de_passe")
        if choisi is not None and choisi != confirmation:
            raise forms.ValidationError("Les deux mots de passe diffèrent : les taper de nouveau.")
        return confirmation


class RattachementForm(PartenaireForm):
    disposition = Layout(
        Row(Column("prenom"), Column("nom")),
        Row(Column("email", css_class="col-md-7"), Column("role", css_class="col-md-5")),
    )

    role = forms.ChoiceField(label="Rôle", choices=[(role.value, role.label) for role in ROLES_INVITABLES])


class JetonForm(Formulaire):
    """Un jeton neuf ; les portées proposées sont celles du rôle."""

    # L’ancre que vise le résumé des refus : un groupe de cases n’en a pas de lui-même.
    groupe = Div("portees", css_id="id_portees")
    disposition = Layout(Row(Column("nom", css_class="col-md-8"), Column("jours", css_class="col-md-4")), groupe)

    nom = forms.CharField(
        label="Nom", max_length=80, help_text="Ce qui s’en servira\u00a0: «\u00a0Tableau de bord\u00a0»."
    )
    jours = forms.TypedChoiceField(
        label="Valable",
        coerce=int,
        choices=[(30, "30 jours"), (90, "90 jours"), (180, "6 mois"), (365, "1 an")],
        initial=90,
    )
    portees = forms.MultipleChoiceField(
        label="Ce qu’il peut faire",
        widget=forms.CheckboxSelectMultiple,
        help_text="Le moins possible\u00a0: un jeton volé n’ouvre que cela. Il voit les mêmes fiches que vous.",
        error_messages={"required": "Choisir au moins une portée."},
    )

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        portees = cast("forms.MultipleChoiceField", self.fields["portees"])
        portees.choices = [(portee.value, portee.label) for portee in portees_de(role)]


class IntegrationForm(JetonForm):
    """Un accès pour un programme, qui n’est celui de personne."""

    disposition = Layout(
        Row(
            Column("nom", css_class="col-md-5"),
            Column("role", css_class="col-md-4"),
            Column("jours", css_class="col-md-3"),
        ),
        JetonForm.groupe,
    )

    role = forms.ChoiceField(
        label="Rôle", choices=[(role.value, role.label) for role in (Role.LECTEUR, Role.FACILITATEUR)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, role=Role.FACILITATEUR, **kwargs)
        self.fields[
            "portees"
        ].help_text = (
            "Le moins possible\u00a0: un jeton volé n’ouvre que cela. Un lecteur ne peut que «\u00a0lire\u00a0»."
        )

    def clean(self) -> dict[str, Any]:
        saisie: dict[str, Any] = super().clean() or {}
        if "role" in saisie:
            permises = portees_de(Role(saisie["role"]))
            hors = [Portee(code).label for code in saisie.get("portees", []) if code not in permises]
            if hors:
                refus = f"Un {Role(saisie['role']).label.lower()} ne peut pas\u00a0: {', '.join(hors).lower()}."
                self.add_error("portees", refus)
        return saisie
