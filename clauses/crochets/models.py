"""Un crochet : à qui l’on annonce, et quoi. Une livraison : une annonce, figée, avec ce qu’il en est advenu."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from clauses.crochets.destinations import valider_adresse
from clauses.crochets.enums import Annonce, EtatLivraison
from clauses.crochets.signature import nouveau_sel


class Crochet(models.Model):
    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    adresse = models.CharField("adresse", max_length=500, validators=[valider_adresse])
    releve_recu = models.BooleanField("relevé reçu", default=False)
    engagement_en_retard = models.BooleanField("engagement en retard", default=False)
    bilan_emis = models.BooleanField("bilan émis", default=False)
    sel = models.CharField("sel du secret", max_length=64, default=nouveau_sel, editable=False)
    sel_precedent = models.CharField("sel du secret précédent", max_length=64, blank=True, editable=False)
    precedent_jusqu_au = models.DateTimeField("secret précédent valable jusqu’au", null=True, blank=True)
    est_actif = models.BooleanField("actif", default=True)
    suspension = models.CharField("raison de la suspension", max_length=200, blank=True)
    abandons_de_suite = models.PositiveSmallIntegerField("livraisons abandonnées de suite", default=0, editable=False)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    cree_par = auteur("créé par")
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["Crochet"].as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "adresse", "releve_recu", "engagement_en_retard", "bilan_emis",
                "precedent_jusqu_au", "est_actif", "suspension", "abandons_de_suite", "cree_le", "cree_par", "version",
            ),
            "interne",
        ),
        **dict.fromkeys(("sel", "sel_precedent"), "sensible9"),
    }  # fmt: skip

    class Meta:
        verbose_name = "notification sortante"
        verbose_name_plural = "notifications sortantes"
        ordering = ["adresse", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "adresse"],
                name="crochet_adresse_unique",
                violation_error_message="Cette adresse reçoit déjà des notifications.",
            ),
            models.CheckConstraint(
                name="crochet_un_evenement_au_moins",
                condition=Q(releve_recu=True) | Q(engagement_en_retard=True) | Q(bilan_emis=True),
                violation_error_message="Choisir au moins un événement à annoncer.",
            ),
            models.CheckConstraint(
                name="crochet_suspendu_avec_raison",
                condition=Q(est_actif=True, suspension="") | (Q(est_actif=False) & ~Q(suspension="")),
                violation_error_message="Une suspension porte sa raison ; une notification active n’en porte pas.",
            ),
            models.CheckConstraint(
                name="crochet_secret_precedent_date",
                condition=Q(sel_precedent="", precedent_jusqu_au=None)
                | (~Q(sel_precedent="") & Q(precedent_jusqu_au__isnull=False)),
                violation_error_message="L’ancien secret porte la date où il cesse de valoir.",
            ),
        ]

    def __str__(self) -> str:
        return self.adresse

    def get_absolute_url(self) -> str:
        return reverse("crochets:fiche", args=[self.pk])

    @property
    def evenements(self) -> list[str]:
        """Ce qui s’annonce, en clair."""
        return [e.label for e in Annonce if getattr(self, e.champ, False)]


class Livraison(models.Model):
    """Le corps est figé à l’annonce, au caractère près : c’est lui que l’on signe, à chaque essai."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    crochet = models.ForeignKey(
        Crochet, verbose_name="notification sortante", on_delete=models.PROTECT, related_name="livraisons"
    )
    cle = models.UUIDField("identifiant de livraison", default=uuid.uuid4, unique=True, editable=False)
    evenement = models.CharField("événement", max_length=30, choices=Annonce.choices)
    corps = models.TextField("corps")
    etat = models.CharField("état", max_length=12, choices=EtatLivraison.choices, default=EtatLivraison.A_ENVOYER)
    nombre_tentatives = models.PositiveSmallIntegerField("tentatives", default=0)
    prochaine_tentative = models.DateTimeField("prochaine tentative", null=True, blank=True)
    derniere_tentative = models.DateTimeField("dernière tentative", null=True, blank=True)
    code = models.PositiveSmallIntegerField("code de la réponse", null=True, blank=True)
    erreur = models.CharField("raison de l’échec", max_length=200, blank=True)
    instant = models.DateTimeField("annoncée le")

    objects = StructureQuerySet["Livraison"].as_manager()

    CLASSIFICATION = dict.fromkeys(
        (
            "id", "structure", "crochet", "cle", "evenement", "corps", "etat", "nombre_tentatives",
            "prochaine_tentative", "derniere_tentative", "code", "erreur", "instant",
        ),
        "interne",
    )  # fmt: skip

    class Meta:
        verbose_name = "livraison"
        ordering = ["-instant", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="livraison_evenement",
                condition=Q(evenement__in=Annonce.values),
                violation_error_message="Cet événement n’existe pas.",
            ),
            models.CheckConstraint(
                name="livraison_a_envoyer_datee",
                condition=Q(etat=EtatLivraison.A_ENVOYER, prochaine_tentative__isnull=False)
                | Q(etat__in=[EtatLivraison.LIVREE, EtatLivraison.ABANDONNEE], prochaine_tentative=None),
                violation_error_message="Seule une livraison à envoyer porte la date de sa prochaine tentative.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["prochaine_tentative"], condition=Q(etat=EtatLivraison.A_ENVOYER), name="livraison_a_envoyer"
            ),
            models.Index(fields=["crochet", "-instant"], name="livraison_par_crochet"),
        ]

    def __str__(self) -> str:
        return f"{self.get_evenement_display()}, {self.cle}"

    @property
    def couleur(self) -> str:
        return EtatLivraison(self.etat).couleur
