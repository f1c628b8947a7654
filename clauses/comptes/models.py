"""Utilisateurs, structures, rattachements et journal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from clauses.comptes.acteurs import Acteur, Droit, Role
from clauses.comptes.enums import NatureEcriture
from clauses.comptes.modele_idempotence import ClefIdempotence as ClefIdempotence
from clauses.comptes.modele_invitation import Invitation as Invitation
from clauses.comptes.modele_jeton import CompteurApi as CompteurApi
from clauses.comptes.modele_jeton import Jeton as Jeton
from clauses.comptes.perimetre import PerimetreQuerySet, StructureQuerySet
from clauses.socle.champs import HeuresField
from clauses.territoires.models import Epci


class UtilisateurQuerySet(PerimetreQuerySet["Utilisateur"]):
    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        if not acteur.est_de_la_structure:
            return Q(pk=acteur.utilisateur_id)
        return Q(pk__in=Rattachement.objects.filter(structure_id=acteur.structure_id).values("utilisateur"))

    def facilitateurs(self) -> Self:
        return self.filter(
            is_active=True,
            pk__in=Rattachement.objects.filter(role__in=[Role.FACILITATEUR, Role.RESPONSABLE], est_actif=True).values(
                "utilisateur"
            ),
        )


class UtilisateurManager(BaseUserManager.from_queryset(UtilisateurQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **champs: Any) -> Utilisateur:
        """Crée un compte ; l’adresse est gardée en minuscules, le mot de passe haché (inutilisable s’il manque)."""
        utilisateur: Utilisateur = self.model(email=self.normalize_email(email).lower(), **champs)
        utilisateur.set_password(password)
        utilisateur.full_clean()
        utilisateur.save(using=self._db)
        return utilisateur


class Utilisateur(AbstractBaseUser):
    email = models.EmailField("adresse de courriel", unique=True)
    nom = models.CharField("nom", max_length=100, blank=True)
    prenom = models.CharField("prénom", max_length=100, blank=True)
    is_active = models.BooleanField("actif", default=True)
    est_integration = models.BooleanField("intégration", default=False, editable=False)

    objects: ClassVar[Any] = UtilisateurManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    CLASSIFICATION = {
        "id": "interne",
        "email": "identifiant",
        "nom": "identifiant",
        "prenom": "identifiant",
        "is_active": "interne",
        "est_integration": "interne",
        "password": "sensible9",
        "last_login": "interne",
    }

    class Meta:
        verbose_name = "utilisateur"
        ordering = ["nom", "prenom", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="utilisateur_courriel_unique",
                violation_error_message="Cette adresse de courriel a déjà un compte.",
            ),
            models.CheckConstraint(
                name="utilisateur_integration_sans_connexion",
                condition=Q(est_integration=False) | Q(is_active=False),
                violation_error_message="Le compte d’une intégration ne se connecte pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}".strip() or self.email


class ReglesStructureQuerySet(PerimetreQuerySet["Structure"]):
    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        return Q(pk=acteur.structure_id)


class Structure(models.Model):
    """Le locataire : PLIE ou maison de l’emploi (domaine.md §1). Tout ce qui est réglable y est."""

    sigle = models.CharField("sigle", max_length=20, unique=True)
    nom = models.CharField("nom", max_length=200)
    base_etp = models.PositiveSmallIntegerField("base ETP (heures par an)", default=1820)
    duree_eligibilite_mois = models.PositiveSmallIntegerField("durée d’éligibilité (mois)", default=24)
    delai_sortie_mois = models.PositiveSmallIntegerField("délai de sortie sans heure (mois)", default=3)
    seuil_avertissement_heures = HeuresField("avertissement au-delà de (h par mois)", default=Decimal("151.67"))
    seuil_refus_heures = HeuresField("refus au-delà de (h par mois)", default=Decimal("250.00"))
    jour_echeance_releve = models.PositiveSmallIntegerField("relevé attendu le (jour du mois suivant)", default=10)
    relance_1_apres_jours = models.PositiveSmallIntegerField("relance 1, jours après l’échéance", default=5)
    relance_2_apres_jours = models.PositiveSmallIntegerField("relance 2, jours après la relance 1", default=7)
    duree_lien_jours = models.PositiveSmallIntegerField("durée d’un lien de relevé (jours)", default=60)
    seuil_retard_points = models.PositiveSmallIntegerField("retard au-delà de (points sous l’attendu)", default=20)
    alerte_fin_mois = models.PositiveSmallIntegerField("à risque dans les derniers (mois)", default=6)
    taux_risque_pourcent = models.PositiveSmallIntegerField("à risque sous un taux de (%)", default=80)
    delai_reponse_jours = models.PositiveSmallIntegerField("réponse attendue à une relance (jours)", default=15)
    alerte_fin_marche_mois = models.PositiveSmallIntegerField("fin de marché annoncée (mois avant)", default=3)
    alerte_eligibilite_jours = models.PositiveSmallIntegerField(
        "éligibilité ou pièce qui finit, annoncée (jours avant)", default=60
    )
    seuil_completude_pourcent = models.PositiveSmallIntegerField("complétude exigée d’un bilan final (%)", default=90)
    etp_facilitateurs = HeuresField("ETP de facilitateur", null=True, blank=True)
    adresse = models.TextField("adresse", max_length=400, blank=True, help_text="Portée en tête des courriers.")
    signataire_nom = models.CharField("nom du signataire", max_length=120, blank=True)
    signataire_fonction = models.CharField("fonction du signataire", max_length=120, blank=True)
    logo = models.BinaryField("logo", null=True, blank=True, editable=True)
    departement = models.CharField("département", max_length=3, default="62")
    territoire = models.ManyToManyField(Epci, verbose_name="intercommunalités du territoire", blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = ReglesStructureQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(("sigle", "nom", "adresse", "logo", "departement", "territoire"), "public"),
        "signataire_nom": "identifiant",
        **dict.fromkeys(
            (
                "id", "base_etp", "duree_eligibilite_mois", "delai_sortie_mois", "seuil_avertissement_heures",
                "seuil_refus_heures", "jour_echeance_releve", "relance_1_apres_jours", "relance_2_apres_jours",
                "duree_lien_jours", "seuil_retard_points", "alerte_fin_mois", "taux_risque_pourcent",
                "delai_reponse_jours", "alerte_fin_marche_mois", "alerte_eligibilite_jours",
                "seuil_completude_pourcent", "etp_facilitateurs", "signataire_fonction", "version",
            ),
            "interne",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = "structure"
        ordering = ["sigle"]
        constraints = [
            models.CheckConstraint(
                name="structure_base_etp_positive",
                condition=Q(base_etp__gt=0),
                violation_error_message="La base ETP est un nombre d’heures par an, supérieur à zéro.",
            ),
            models.CheckConstraint(
                name="structure_seuils_dans_l_ordre",
                condition=Q(seuil_avertissement_heures__gt=0)
                & Q(seuil_refus_heures__gte=models.F("seuil_avertissement_heures")),
                violation_error_message="Le seuil de refus est au moins égal au seuil d’avertissement.",
            ),
            models.CheckConstraint(
                name="structure_seuils_de_situation",
                condition=Q(
                    seuil_retard_points__range=(1, 99),
                    alerte_fin_mois__range=(1, 24),
                    taux_risque_pourcent__range=(1, 100),
                ),
                violation_error_message="Les seuils de situation : retard de 1 à 99 points, 1 à 24 mois avant la fin, "
                "taux de 1 à 100 pour cent.",
            ),
            models.CheckConstraint(
                name="structure_alertes",
                condition=Q(
                    delai_reponse_jours__range=(1, 90),
                    alerte_fin_marche_mois__range=(1, 24),
                    alerte_eligibilite_jours__range=(1, 365),
                ),
                violation_error_message="Les alertes : 1 à 90 jours pour répondre à une relance, 1 à 24 mois avant "
                "une fin de marché, 1 à 365 jours avant la fin d’une éligibilité ou d’une pièce.",
            ),
            models.CheckConstraint(
                name="structure_seuil_de_completude",
                condition=Q(seuil_completude_pourcent__range=(0, 100)),
                violation_error_message="La complétude exigée d’un bilan final va de 0 (rien n’est exigé) à 100.",
            ),
            models.CheckConstraint(
                name="structure_jour_echeance",
                condition=Q(jour_echeance_releve__range=(1, 28)),
                violation_error_message="Le relevé est attendu un jour du mois de 1 à 28.",
            ),
            models.CheckConstraint(
                name="structure_delais_de_relance",
                condition=Q(relance_1_apres_jours__range=(1, 60), relance_2_apres_jours__range=(1, 60)),
                violation_error_message="Un délai de relance va de 1 à 60 jours.",
            ),
            models.CheckConstraint(
                name="structure_duree_lien",
                condition=Q(duree_lien_jours__range=(7, 365)),
                violation_error_message="Un lien de relevé vit de 7 à 365 jours.",
            ),
        ]

    def __str__(self) -> str:
        return self.sigle


class RattachementQuerySet(StructureQuerySet["Rattachement"]):
    def actifs(self) -> Self:
        actifs = self.filter(est_actif=True, utilisateur__is_active=True)
        # Lu à chaque requête : sans le logo, qui pèse jusqu’à 200 Ko.
        return actifs.select_related("structure", "acheteur", "entreprise").defer("structure__logo")


class Rattachement(models.Model):
    """Un utilisateur, un rôle, une structure ; un acheteur ou une entreprise selon le rôle."""

    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="utilisateur", on_delete=models.PROTECT, related_name="rattachements"
    )
    structure = models.ForeignKey(
        Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="rattachements"
    )
    role = models.CharField("rôle", max_length=20, choices=Role.choices)
    acheteur = models.ForeignKey(
        "marches.Acheteur", verbose_name="acheteur", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entreprise = models.ForeignKey(
        "entreprises.Entreprise",
        verbose_name="entreprise",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    est_actif = models.BooleanField("actif", default=True)

    objects = RattachementQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        ("id", "utilisateur", "structure", "role", "acheteur", "entreprise", "est_actif"), "interne"
    )

    class Meta:
        verbose_name = "rattachement"
        ordering = ["structure", "role", "pk"]
        constraints = [
            models.CheckConstraint(
                name="rattachement_organisation_selon_role",
                condition=Q(role=Role.ACHETEUR, acheteur__isnull=False, entreprise=None)
                | Q(role=Role.ENTREPRISE, entreprise__isnull=False, acheteur=None)
                | (~Q(role__in=[Role.ACHETEUR, Role.ENTREPRISE]) & Q(acheteur=None, entreprise=None)),
                violation_error_message="Un acheteur est rattaché à un acheteur, une entreprise à une entreprise, "
                "les autres rôles à la seule structure.",
            ),
            # Une contrainte par cas : SQLite ne sait pas tenir deux vides pour égaux.
            models.UniqueConstraint(
                fields=["utilisateur", "structure", "role"],
                condition=Q(acheteur=None, entreprise=None),
                name="rattachement_unique_structure",
                violation_error_message="Ce rattachement existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["utilisateur", "structure", "acheteur"],
                condition=Q(acheteur__isnull=False),
                name="rattachement_unique_acheteur",
                violation_error_message="Ce rattachement existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["utilisateur", "structure", "entreprise"],
                condition=Q(entreprise__isnull=False),
                name="rattachement_unique_entreprise",
                violation_error_message="Ce rattachement existe déjà.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} – {self.organisation}"

    @property
    def organisation(self) -> models.Model:
        """Pour qui la personne agit : un acheteur, une entreprise, sinon la structure."""
        return self.acheteur or self.entreprise or self.structure

    @classmethod
    def siens(cls, utilisateur: Utilisateur) -> RattachementQuerySet:
        """Rattachements en vigueur de l’utilisateur lui-même : le choix précède l’acteur, donc le périmètre."""
        return cls.objects.filter(utilisateur=utilisateur).actifs()

    def acteur(self) -> Acteur:
        return Acteur(
            utilisateur_id=self.utilisateur_id,
            role=Role(self.role),
            structure_id=self.structure_id,
            acheteur_id=self.acheteur_id,
            entreprise_id=self.entreprise_id,
        )


class EcritureJournalQuerySet(PerimetreQuerySet["EcritureJournal"]):
    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        return Q(structure_id=acteur.structure_id) if acteur.peut(Droit.CONSULTER_JOURNAL) else None

    def sur(self, objet: models.Model) -> Self:
        return self.filter(objet_type=objet._meta.label_lower, objet_id=str(objet.pk))


class EcritureJournal(models.Model):
    """Une ligne du journal : jamais modifiée (la base le refuse), sans nom ni donnée sensible."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    nature = models.CharField("nature", max_length=10, choices=NatureEcriture.choices)
    action = models.CharField("action", max_length=60)
    objet_type = models.CharField("type d’objet", max_length=60)
    objet_id = models.CharField("identifiant de l’objet", max_length=40, blank=True)
    avant = models.JSONField("avant", null=True, blank=True)
    apres = models.JSONField("après", null=True, blank=True)
    nombre = models.PositiveIntegerField("nombre d’objets", default=1)
    role = models.CharField("rôle", max_length=20, choices=Role.choices)
    inscrite_le = models.DateTimeField("inscrite le", auto_now_add=True)
    inscrite_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="inscrite par", on_delete=models.PROTECT, related_name="+"
    )

    objects = EcritureJournalQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        (
            "id", "structure", "nature", "action", "objet_type", "objet_id", "avant", "apres", "nombre", "role",
            "inscrite_le", "inscrite_par",
        ),
        "interne",
    )  # fmt: skip

    class Meta:
        verbose_name = "écriture du journal"
        verbose_name_plural = "écritures du journal"
        ordering = ["-inscrite_le", "-pk"]
        indexes = [
            models.Index(fields=["objet_type", "objet_id", "-inscrite_le"], name="journal_par_objet"),
            models.Index(fields=["structure", "-inscrite_le"], name="journal_par_structure"),
        ]

    def __str__(self) -> str:
        return f"{self.action} – {self.objet_type} {self.objet_id}"

    @property
    def objet(self) -> str:
        """Ce que le geste touchait, en clair ; plusieurs objets : leur nombre."""
        modele = apps.get_model(self.objet_type)
        if self.objet_id:
            return f"{modele._meta.verbose_name} n° {self.objet_id}"
        nom = modele._meta.verbose_name_plural if self.nombre > 1 else modele._meta.verbose_name
        return f"{self.nombre} {nom}"

    @property
    def changements(self) -> list[tuple[str, str, str]]:
        """(champ, avant, après) en clair : libellés des champs et des codes, comme sur les fiches."""
        modele = apps.get_model(self.objet_type)
        return [
            (
                nom_du_champ(modele, nom),
                en_clair(modele, nom, (self.avant or {}).get(nom)),
                en_clair(modele, nom, valeur),
            )
            for nom, valeur in (self.apres or {}).items()
            if nom != "structure"
        ]


def champ_de(modele: type[models.Model], nom: str) -> Any:
    return next((champ for champ in modele._meta.get_fields() if champ.name == nom), None)


def nom_du_champ(modele: type[models.Model], nom: str) -> str:
    return str(getattr(champ_de(modele, nom), "verbose_name", nom))


def en_clair(modele: type[models.Model], nom: str, valeur: Any) -> str:
    """Une valeur gardée au journal, telle qu’une page l’écrit."""
    if valeur is None or valeur == "":
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, dict):
        return ", ".join(f"{clef} : {contenu}" for clef, contenu in sorted(valeur.items()))
    if isinstance(valeur, list):
        return " ; ".join(en_clair(modele, nom, element) for element in valeur)
    champ = champ_de(modele, nom)
    if getattr(champ, "is_relation", False):
        return f"n° {valeur}"
    libelles = dict(getattr(champ, "flatchoices", ()))
    return str(libelles.get(valeur, valeur))
