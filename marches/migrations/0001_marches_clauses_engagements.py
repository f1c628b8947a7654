import clauses.socle.champs
import clauses.socle.recherche
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("comptes", "0001_utilisateurs_structures"),
        ("entreprises", "0001_annuaire"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Acheteur",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "siret",
                    clauses.socle.champs.SiretField(
                        error_messages={"unique": "Ce SIRET est déjà dans l’annuaire."},
                        max_length=14,
                        unique=True,
                        verbose_name="SIRET",
                    ),
                ),
                ("nom", models.CharField(max_length=255, verbose_name="nom")),
                (
                    "recherche",
                    clauses.socle.recherche.RechercheField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=300,
                        sources=["nom"],
                        verbose_name="texte de recherche",
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("COMMUNE", "Commune"),
                            ("INTERCOMMUNALITE", "Intercommunalité"),
                            ("DEPARTEMENT", "Département"),
                            ("REGION", "Région"),
                            ("ETAT", "État"),
                            ("ETAB_PUBLIC", "Établissement public"),
                            ("BAILLEUR_SOCIAL", "Bailleur social"),
                            ("SYNDICAT_SEM", "Syndicat ou société d’économie mixte"),
                            ("SECU_SOCIALE", "Sécurité sociale"),
                            ("PRIVE", "Donneur d’ordre privé"),
                            ("AUTRE", "Autre"),
                        ],
                        default="AUTRE",
                        max_length=20,
                        verbose_name="type de donneur d’ordre",
                    ),
                ),
                ("commune_insee", models.CharField(blank=True, max_length=5, verbose_name="commune (code INSEE)")),
                ("epci_siren", models.CharField(blank=True, max_length=9, verbose_name="intercommunalité (SIREN)")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
            ],
            options={
                "verbose_name": "acheteur",
                "ordering": ["nom", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("siret__regex", "^[0-9]{14}$")),
                        name="acheteur_siret_14_chiffres",
                        violation_error_message="Un SIRET comporte 14 chiffres.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("commune_insee__regex", "^(([0-9]{2}|2[AB])[0-9]{3})?$")),
                        name="acheteur_code_insee",
                        violation_error_message="Un code INSEE de commune comporte 5 caractères, par exemple 62041.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("epci_siren__regex", "^([0-9]{9})?$")),
                        name="acheteur_epci_siren",
                        violation_error_message="Le SIREN d’une intercommunalité comporte 9 chiffres.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "type__in",
                                [
                                    "COMMUNE",
                                    "INTERCOMMUNALITE",
                                    "DEPARTEMENT",
                                    "REGION",
                                    "ETAT",
                                    "ETAB_PUBLIC",
                                    "BAILLEUR_SOCIAL",
                                    "SYNDICAT_SEM",
                                    "SECU_SOCIALE",
                                    "PRIVE",
                                    "AUTRE",
                                ],
                            )
                        ),
                        name="acheteur_type",
                        violation_error_message="Ce type de donneur d’ordre n’existe pas.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "nature_clause",
                    models.CharField(
                        choices=[
                            ("COND_EXEC", "Condition d’exécution (L2112-2)"),
                            ("COND_EXEC_ET_CRITERE", "Condition d’exécution et critère (L2112-2, R2152-7)"),
                            ("CRITERE_SEUL", "Critère d’attribution seul (R2152-7)"),
                            ("RESERVE_EA_ESAT", "Réservé EA et ESAT (L2113-12)"),
                            ("RESERVE_SIAE", "Réservé SIAE (L2113-13)"),
                            ("RESERVE_PENITENTIAIRE", "Réservé activité pénitentiaire (L2113-13-1)"),
                            ("RESERVE_MIXTE", "Réservé mixte (L2113-14)"),
                            ("RESERVE_ESS", "Réservé économie sociale et solidaire (L2113-15)"),
                            ("MARCHE_INSERTION", "Marché d’insertion"),
                            ("CONCESSION", "Concession (L3114-2)"),
                            ("PRIVE", "Achat privé"),
                            ("AIDE_CONDITIONNEE", "Aide conditionnée"),
                            ("FORMATION_SCOLAIRE", "Formation de scolaires"),
                            ("VOLONTAIRE", "Engagement volontaire"),
                        ],
                        default="COND_EXEC",
                        max_length=30,
                        verbose_name="nature de la clause",
                    ),
                ),
                (
                    "type_objectif",
                    models.CharField(
                        choices=[
                            ("HEURES_FIXES", "Nombre d’heures fixé"),
                            ("PCT_HEURES_TRAVAILLEES", "Part des heures travaillées"),
                            ("HEURES_PAR_TRANCHE_MONTANT", "Heures par tranche de montant facturé"),
                            ("NB_PERSONNES_OU_ETP", "Nombre de personnes ou d’ETP"),
                            ("OFFRE_TITULAIRE", "Offre du titulaire"),
                            ("INTEGRAL", "Intégral (réservé ou d’insertion)"),
                            ("LIBRE", "Libre"),
                        ],
                        default="HEURES_FIXES",
                        max_length=30,
                        verbose_name="type d’objectif",
                    ),
                ),
                ("perimetre", models.TextField(blank=True, verbose_name="périmètre de la clause")),
                ("publics_admis", models.TextField(blank=True, verbose_name="publics admis")),
                (
                    "nomme_facilitateur",
                    models.BooleanField(default=False, verbose_name="la clause nomme le facilitateur"),
                ),
                (
                    "duree_eligibilite_mois",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Vide : celle de la structure.",
                        null=True,
                        verbose_name="durée d’éligibilité (mois)",
                    ),
                ),
                (
                    "periodicite",
                    models.CharField(
                        choices=[
                            ("MENSUELLE", "Mensuelle"),
                            ("TRIMESTRIELLE", "Trimestrielle"),
                            ("SEMESTRIELLE", "Semestrielle"),
                        ],
                        default="MENSUELLE",
                        max_length=20,
                        verbose_name="périodicité des relevés",
                    ),
                ),
                (
                    "penalite_formule",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("H_X_EUROS", "Euros par heure non réalisée"),
                            ("H_X_SMIC", "Heures × coefficient × SMIC horaire"),
                            ("H_X_PLAFOND_SS", "Heures × coefficient × plafond horaire de sécurité sociale"),
                            ("PCT_MONTANT", "Pourcentage du montant"),
                            ("JOUR_RETARD", "Euros par jour de retard"),
                            ("FORFAIT_ABSENCE", "Forfait par absence"),
                        ],
                        max_length=20,
                        verbose_name="formule de pénalité",
                    ),
                ),
                (
                    "penalite_valeur",
                    clauses.socle.champs.CentiemesField(blank=True, null=True, verbose_name="valeur de la pénalité"),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.structure",
                        verbose_name="structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "clause",
                "ordering": ["lot", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Engagement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "date_debut",
                    models.DateField(blank=True, help_text="Vide : celui du marché.", null=True, verbose_name="début"),
                ),
                (
                    "date_fin",
                    models.DateField(blank=True, help_text="Vide : celle du marché.", null=True, verbose_name="fin"),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "clause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="engagements",
                        to="marches.clause",
                        verbose_name="clause",
                    ),
                ),
                (
                    "entreprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="engagements",
                        to="entreprises.entreprise",
                        verbose_name="entreprise redevable",
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.structure",
                        verbose_name="structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "engagement",
                "ordering": ["clause", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("numero", models.CharField(default="1", max_length=20, verbose_name="numéro")),
                ("intitule", models.CharField(blank=True, max_length=500, verbose_name="intitulé")),
                ("montant_ht", clauses.socle.champs.EurosField(blank=True, null=True, verbose_name="montant HT")),
                (
                    "secteur",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("BATIMENT", "Bâtiment"),
                            ("TRAVAUX_PUBLICS", "Travaux publics"),
                            ("ESPACES_VERTS", "Espaces verts"),
                            ("NETTOYAGE", "Nettoyage"),
                            ("EAU_DECHETS", "Eau et déchets"),
                            ("RESTAURATION", "Restauration"),
                            ("PRESTATIONS_INTELLECTUELLES", "Prestations intellectuelles"),
                            ("INDUSTRIE", "Industrie"),
                            ("ACTION_SOCIALE", "Action sociale"),
                            ("AUTRES_SERVICES", "Autres services"),
                        ],
                        max_length=30,
                        verbose_name="secteur d’activité",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.structure",
                        verbose_name="structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "lot",
                "ordering": ["marche", "numero", "pk"],
            },
        ),
        migrations.AddField(
            model_name="clause",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clauses",
                to="marches.lot",
                verbose_name="lot",
            ),
        ),
        migrations.CreateModel(
            name="Attribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("TITULAIRE", "Titulaire"),
                            ("MANDATAIRE", "Mandataire"),
                            ("COTRAITANT", "Cotraitant"),
                            ("SOUS_TRAITANT", "Sous-traitant"),
                        ],
                        default="TITULAIRE",
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                (
                    "entreprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attributions",
                        to="entreprises.entreprise",
                        verbose_name="entreprise",
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.structure",
                        verbose_name="structure",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attributions",
                        to="marches.lot",
                        verbose_name="lot",
                    ),
                ),
            ],
            options={
                "verbose_name": "attribution",
                "ordering": ["lot", "role", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Marche",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=60, verbose_name="référence")),
                ("objet", models.CharField(max_length=1000, verbose_name="objet")),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("MARCHE", "Marché"),
                            ("PARTENARIAT", "Marché de partenariat"),
                            ("DEFENSE", "Marché de défense ou de sécurité"),
                            ("CONCESSION", "Concession"),
                        ],
                        default="MARCHE",
                        max_length=20,
                        verbose_name="nature",
                    ),
                ),
                (
                    "procedure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ADAPTEE", "Procédure adaptée"),
                            ("APPEL_OFFRES_OUVERT", "Appel d’offres ouvert"),
                            ("APPEL_OFFRES_RESTREINT", "Appel d’offres restreint"),
                            ("NEGOCIATION", "Procédure avec négociation"),
                            ("SANS_PUBLICITE", "Marché passé sans publicité ni mise en concurrence préalable"),
                            ("DIALOGUE", "Dialogue compétitif"),
                        ],
                        max_length=30,
                        verbose_name="procédure",
                    ),
                ),
                (
                    "technique",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ACCORD_CADRE", "Accord-cadre"),
                            ("CONCOURS", "Concours"),
                            ("QUALIFICATION", "Système de qualification"),
                            ("ACQUISITION_DYNAMIQUE", "Système d’acquisition dynamique"),
                            ("CATALOGUE", "Catalogue électronique"),
                            ("ENCHERE", "Enchère électronique"),
                            ("SANS_OBJET", "Sans objet"),
                        ],
                        max_length=30,
                        verbose_name="technique d’achat",
                    ),
                ),
                (
                    "ccag",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TRAVAUX", "Travaux"),
                            ("MAITRISE_OEUVRE", "Maîtrise d’œuvre"),
                            ("FCS", "Fournitures courantes et services"),
                            ("INDUSTRIELS", "Marchés industriels"),
                            ("PI", "Prestations intellectuelles"),
                            ("TIC", "Techniques de l’information et de la communication"),
                            ("AUCUN", "Pas de CCAG"),
                        ],
                        max_length=20,
                        verbose_name="CCAG",
                    ),
                ),
                ("cpv", models.CharField(blank=True, max_length=10, verbose_name="code CPV")),
                ("montant_ht", clauses.socle.champs.EurosField(blank=True, null=True, verbose_name="montant HT")),
                ("date_notification", models.DateField(blank=True, null=True, verbose_name="date de notification")),
                ("date_debut", models.DateField(blank=True, null=True, verbose_name="date de début")),
                ("date_fin", models.DateField(blank=True, null=True, verbose_name="date de fin")),
                ("duree_mois", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="durée (mois)")),
                (
                    "commune_execution_insee",
                    models.CharField(blank=True, max_length=5, verbose_name="commune d’exécution (code INSEE)"),
                ),
                ("a_clause_sociale", models.BooleanField(default=False, verbose_name="clause sociale")),
                ("a_critere_social", models.BooleanField(default=False, verbose_name="critère social")),
                ("est_reserve", models.BooleanField(default=False, verbose_name="marché réservé")),
                (
                    "position_art35",
                    models.CharField(
                        choices=[
                            ("A_DETERMINER", "À déterminer"),
                            ("NON_CONCERNE", "Non concerné"),
                            ("CONCERNE_CLAUSE", "Concerné, clause prévue"),
                            ("DEROGATION_1", "Dérogation 1"),
                            ("DEROGATION_2", "Dérogation 2"),
                            ("DEROGATION_3", "Dérogation 3"),
                            ("DEROGATION_4", "Dérogation 4"),
                        ],
                        default="A_DETERMINER",
                        max_length=20,
                        verbose_name="position article 35",
                    ),
                ),
                ("motif_art35", models.TextField(blank=True, verbose_name="motif de dérogation")),
                (
                    "statut",
                    models.CharField(
                        choices=[
                            ("ETUDE", "À l’étude"),
                            ("CONSULTATION", "En consultation"),
                            ("NOTIFIE", "Notifié"),
                            ("EN_COURS", "En cours"),
                            ("SUSPENDU", "Suspendu"),
                            ("SOLDE", "Soldé"),
                            ("RESILIE", "Résilié"),
                            ("SANS_SUITE", "Sans suite"),
                        ],
                        default="EN_COURS",
                        max_length=20,
                        verbose_name="statut",
                    ),
                ),
                (
                    "origine",
                    models.CharField(
                        choices=[
                            ("SAISIE", "Saisie"),
                            ("DECP", "Données essentielles (DECP)"),
                            ("REPRISE", "Reprise d’un tableur"),
                        ],
                        default="SAISIE",
                        max_length=10,
                        verbose_name="origine",
                    ),
                ),
                (
                    "recherche",
                    clauses.socle.recherche.RechercheField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=1100,
                        sources=["reference", "objet"],
                        verbose_name="texte de recherche",
                    ),
                ),
                (
                    "source_identifiant",
                    models.CharField(blank=True, max_length=120, verbose_name="identifiant dans la source"),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "acheteur",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marches",
                        to="marches.acheteur",
                        verbose_name="acheteur",
                    ),
                ),
                (
                    "facilitateur",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="facilitateur",
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.structure",
                        verbose_name="structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "marché",
                "verbose_name_plural": "marchés",
                "ordering": ["-date_notification", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="lot",
            name="marche",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="marches.marche",
                verbose_name="marché",
            ),
        ),
        migrations.CreateModel(
            name="MouvementEngagement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="date")),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("INITIAL", "Engagement initial"),
                            ("AVENANT", "Avenant"),
                            ("TRANCHE_AFFERMIE", "Tranche affermie"),
                            ("BON_COMMANDE", "Bon de commande"),
                            ("MARCHE_SUBSEQUENT", "Marché subséquent"),
                            ("RECONDUCTION", "Reconduction"),
                            ("SUSPENSION", "Suspension"),
                            ("SUPPRESSION", "Suppression"),
                            ("ADAPTATION", "Adaptation"),
                            ("RECALCUL", "Recalcul"),
                        ],
                        max_length=20,
                        verbose_name="nature",
                    ),
                ),
                ("heures", clauses.socle.champs.HeuresField(verbose_name="heures (+ ou −)")),
                ("motif", models.CharField(blank=True, max_length=500, verbose_name="motif")),
                (
                    "piece",
                    models.CharField(
                        blank=True,
                        help_text="Référence de l’acte qui le justifie.",
                        max_length=200,
                        verbose_name="pièce",
                    ),
                ),
                ("inscrit_le", models.DateTimeField(auto_now_add=True, verbose_name="inscrit le")),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mouvements",
                        to="marches.engagement",
                        verbose_name="engagement",
                    ),
                ),
                (
                    "inscrit_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="inscrit par",
                    ),
                ),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.structure",
                        verbose_name="structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "mouvement d’engagement",
                "verbose_name_plural": "mouvements d’engagement",
                "ordering": ["date", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Operation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nom", models.CharField(max_length=200, verbose_name="nom")),
                ("est_npnru", models.BooleanField(default=False, verbose_name="renouvellement urbain (NPNRU)")),
                (
                    "structure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.structure",
                        verbose_name="structure",
                    ),
                ),
            ],
            options={
                "verbose_name": "opération",
                "ordering": ["nom"],
            },
        ),
        migrations.AddField(
            model_name="marche",
            name="operation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="marches",
                to="marches.operation",
                verbose_name="opération",
            ),
        ),
        migrations.AddConstraint(
            model_name="engagement",
            constraint=models.UniqueConstraint(
                fields=("clause", "entreprise"),
                name="engagement_unique",
                violation_error_message="Cette entreprise a déjà un engagement au titre de cette clause.",
            ),
        ),
        migrations.AddConstraint(
            model_name="engagement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("date_debut", None),
                    ("date_fin", None),
                    ("date_debut__lte", models.F("date_fin")),
                    _connector="OR",
                ),
                name="engagement_debut_avant_fin",
                violation_error_message="La fin de l’engagement précède son début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.UniqueConstraint(
                fields=("lot", "nature_clause"),
                name="clause_nature_unique",
                violation_error_message="Ce lot porte déjà une clause de cette nature.",
            ),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("penalite_formule", ""), ("penalite_valeur", None)),
                    models.Q(
                        models.Q(("penalite_formule", ""), _negated=True),
                        ("penalite_valeur__gt", 0),
                        ("penalite_valeur__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="clause_penalite_complete",
                violation_error_message="Une pénalité se donne avec sa formule et une valeur supérieure à zéro.",
            ),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("duree_eligibilite_mois", None), ("duree_eligibilite_mois__range", (1, 120)), _connector="OR"
                ),
                name="clause_duree_eligibilite",
                violation_error_message="La durée d’éligibilité va de 1 à 120 mois.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attribution",
            constraint=models.UniqueConstraint(
                fields=("lot", "entreprise"),
                name="attribution_unique",
                violation_error_message="Cette entreprise est déjà attributaire de ce lot.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attribution",
            constraint=models.UniqueConstraint(
                condition=models.Q(("role", "MANDATAIRE")),
                fields=("lot",),
                name="attribution_un_mandataire",
                violation_error_message="Ce lot a déjà un mandataire.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.UniqueConstraint(
                fields=("marche", "numero"),
                name="lot_numero_unique",
                violation_error_message="Ce marché a déjà un lot qui porte ce numéro.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("montant_ht", None), ("montant_ht__gte", 0), _connector="OR"),
                name="lot_montant_positif",
                violation_error_message="Le montant du lot ne peut pas être négatif.",
            ),
        ),
        migrations.AddIndex(
            model_name="mouvementengagement",
            index=models.Index(fields=["engagement", "date"], name="mouvement_par_date"),
        ),
        migrations.AddConstraint(
            model_name="mouvementengagement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("nature", "INITIAL")),
                fields=("engagement",),
                name="mouvement_un_initial",
                violation_error_message="Cet engagement a déjà son mouvement initial.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mouvementengagement",
            constraint=models.CheckConstraint(
                condition=models.Q(("heures", Decimal("0")), _negated=True),
                name="mouvement_non_nul",
                violation_error_message="Un mouvement ajoute ou retire des heures : zéro n’en est pas un.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mouvementengagement",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("nature", "INITIAL"), _negated=True), ("heures__gt", 0), _connector="OR"),
                name="mouvement_initial_positif",
                violation_error_message="L’engagement initial est un nombre d’heures supérieur à zéro.",
            ),
        ),
        migrations.AddConstraint(
            model_name="operation",
            constraint=models.UniqueConstraint(
                fields=("structure", "nom"),
                name="operation_nom_unique",
                violation_error_message="Une opération porte déjà ce nom.",
            ),
        ),
        migrations.AddIndex(
            model_name="marche",
            index=models.Index(fields=["structure", "-date_notification", "-id"], name="marche_par_notification"),
        ),
        migrations.AddConstraint(
            model_name="marche",
            constraint=models.UniqueConstraint(
                fields=("structure", "acheteur", "reference"),
                name="marche_reference_unique",
                violation_error_message="Cet acheteur a déjà un marché qui porte cette référence.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marche",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("date_debut", None),
                    ("date_fin", None),
                    ("date_debut__lte", models.F("date_fin")),
                    _connector="OR",
                ),
                name="marche_debut_avant_fin",
                violation_error_message="La date de fin du marché précède sa date de début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marche",
            constraint=models.CheckConstraint(
                condition=models.Q(("montant_ht", None), ("montant_ht__gte", 0), _connector="OR"),
                name="marche_montant_positif",
                violation_error_message="Le montant du marché ne peut pas être négatif.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marche",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("position_art35__startswith", "DEROGATION"), _negated=True),
                    models.Q(("motif_art35", ""), _negated=True),
                    _connector="OR",
                ),
                name="marche_derogation_motivee",
                violation_error_message="Une dérogation à l’article 35 porte son motif.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marche",
            constraint=models.CheckConstraint(
                condition=models.Q(("commune_execution_insee__regex", "^(([0-9]{2}|2[AB])[0-9]{3})?$")),
                name="marche_commune_execution",
                violation_error_message="Un code INSEE de commune comporte 5 caractères, par exemple 62041.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marche",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "statut__in",
                        ["ETUDE", "CONSULTATION", "NOTIFIE", "EN_COURS", "SUSPENDU", "SOLDE", "RESILIE", "SANS_SUITE"],
                    )
                ),
                name="marche_statut",
                violation_error_message="Ce statut de marché n’existe pas.",
            ),
        ),
    ]
