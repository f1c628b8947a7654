import clauses.socle.champs
import clauses.socle.recherche
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("comptes", "0002_rattachements_journal"),
        ("entreprises", "0001_annuaire"),
        ("marches", "0001_marches_clauses_engagements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContratTravail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identifiant", models.CharField(max_length=40, verbose_name="identifiant")),
                (
                    "type_contrat",
                    models.CharField(
                        choices=[
                            ("CDI", "CDI"),
                            ("CDI_INCLUSION", "CDI inclusion"),
                            ("CDD", "CDD"),
                            ("CDDU", "CDD d’usage"),
                            ("CDDI", "CDD d’insertion"),
                            ("CDD_TREMPLIN", "CDD tremplin"),
                            ("INTERIM", "Intérim"),
                            ("INTERIM_INSERTION", "Intérim d’insertion"),
                            ("CDI_INTERIMAIRE", "CDI intérimaire"),
                            ("APPRENTISSAGE", "Apprentissage"),
                            ("PROFESSIONNALISATION", "Professionnalisation"),
                            ("STAGE", "Stage"),
                            ("CONTRAT_SOUTIEN_ESAT", "Contrat de soutien (ESAT)"),
                            ("AUTRE", "Autre contrat"),
                        ],
                        max_length=30,
                        verbose_name="type de contrat",
                    ),
                ),
                (
                    "modalite",
                    models.CharField(
                        choices=[
                            ("EMBAUCHE_DIRECTE", "Embauche directe"),
                            ("MISE_A_DISPOSITION", "Mise à disposition"),
                            ("SOUS_TRAITANCE", "Sous-traitance"),
                            ("COTRAITANCE", "Cotraitance"),
                            ("FORMATION", "Formation"),
                        ],
                        max_length=20,
                        verbose_name="modalité",
                    ),
                ),
                ("date_debut", models.DateField(verbose_name="date d’embauche")),
                ("date_fin", models.DateField(blank=True, null=True, verbose_name="date de fin")),
                (
                    "quotite",
                    clauses.socle.champs.CentiemesField(
                        blank=True, null=True, verbose_name="quotité (1 = temps plein)"
                    ),
                ),
                ("nombre_missions", models.PositiveSmallIntegerField(default=1, verbose_name="nombre de missions")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "employeur",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contrats",
                        to="entreprises.entreprise",
                        verbose_name="employeur",
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
                "verbose_name": "contrat de travail",
                "verbose_name_plural": "contrats de travail",
                "ordering": ["participant", "-date_debut", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identifiant", models.CharField(max_length=40, verbose_name="identifiant")),
                ("nom", models.CharField(max_length=100, verbose_name="nom")),
                ("prenom", models.CharField(max_length=100, verbose_name="prénom")),
                (
                    "sexe",
                    models.CharField(choices=[("F", "Femme"), ("H", "Homme")], max_length=1, verbose_name="sexe"),
                ),
                ("date_naissance", models.DateField(blank=True, null=True, verbose_name="date de naissance")),
                (
                    "commune_insee",
                    models.CharField(blank=True, max_length=5, verbose_name="commune de résidence (code INSEE)"),
                ),
                ("est_participant_plie", models.BooleanField(default=False, verbose_name="participant PLIE")),
                (
                    "recherche",
                    clauses.socle.recherche.RechercheField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=300,
                        sources=["nom", "prenom", "identifiant"],
                        verbose_name="texte de recherche",
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
                "verbose_name": "participant",
                "ordering": ["nom", "prenom", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LigneHeures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "modalite",
                    models.CharField(
                        choices=[
                            ("EMBAUCHE_DIRECTE", "Embauche directe"),
                            ("MISE_A_DISPOSITION", "Mise à disposition"),
                            ("SOUS_TRAITANCE", "Sous-traitance"),
                            ("COTRAITANCE", "Cotraitance"),
                            ("FORMATION", "Formation"),
                        ],
                        max_length=20,
                        verbose_name="modalité",
                    ),
                ),
                ("mois", clauses.socle.champs.MoisField(verbose_name="mois travaillé")),
                (
                    "type_heures",
                    models.CharField(
                        choices=[("TRAVAIL", "Travail"), ("FORMATION", "Formation")],
                        default="TRAVAIL",
                        max_length=10,
                        verbose_name="type d’heures",
                    ),
                ),
                ("heures", clauses.socle.champs.HeuresField(verbose_name="heures")),
                (
                    "statut",
                    models.CharField(
                        choices=[("DECLAREE", "Déclarée"), ("VALIDEE", "Validée"), ("REFUSEE", "Refusée")],
                        default="DECLAREE",
                        max_length=10,
                        verbose_name="statut",
                    ),
                ),
                (
                    "motif",
                    models.CharField(
                        blank=True,
                        help_text="Raison d’un refus ou d’une rectification.",
                        max_length=500,
                        verbose_name="motif",
                    ),
                ),
                (
                    "origine",
                    models.CharField(
                        choices=[
                            ("SAISIE", "Saisie"),
                            ("IMPORT", "Import d’un relevé"),
                            ("ENTREPRISE", "Déclaration de l’entreprise"),
                            ("REPRISE", "Reprise d’un tableur"),
                        ],
                        default="SAISIE",
                        max_length=12,
                        verbose_name="origine",
                    ),
                ),
                (
                    "nature",
                    models.CharField(
                        choices=[("ORDINAIRE", "Ordinaire"), ("ANNULATION", "Annulation")],
                        default="ORDINAIRE",
                        max_length=12,
                        verbose_name="nature",
                    ),
                ),
                ("rang", models.PositiveSmallIntegerField(default=0, verbose_name="rang")),
                ("declaree_le", models.DateTimeField(auto_now_add=True, verbose_name="déclarée le")),
                ("validee_le", models.DateTimeField(blank=True, null=True, verbose_name="validée le")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "annule",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annulation",
                        to="heures.ligneheures",
                        verbose_name="annule",
                    ),
                ),
                (
                    "contrat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lignes",
                        to="heures.contrattravail",
                        verbose_name="contrat de travail",
                    ),
                ),
                (
                    "declaree_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déclarée par",
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lignes",
                        to="marches.engagement",
                        verbose_name="engagement",
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
                    "validee_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="validée par",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lignes",
                        to="heures.participant",
                        verbose_name="participant",
                    ),
                ),
            ],
            options={
                "verbose_name": "ligne d’heures",
                "verbose_name_plural": "lignes d’heures",
                "ordering": ["mois", "pk"],
            },
        ),
        migrations.CreateModel(
            name="EntreeClause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("numero", models.PositiveSmallIntegerField(default=1, verbose_name="numéro d’entrée")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("est_courante", models.BooleanField(default=True, verbose_name="version courante")),
                ("date_entree", models.DateField(verbose_name="date d’entrée")),
                (
                    "date_constat",
                    models.DateField(blank=True, null=True, verbose_name="date du constat d’éligibilité"),
                ),
                (
                    "commune_insee",
                    models.CharField(blank=True, max_length=5, verbose_name="commune de résidence (code INSEE)"),
                ),
                (
                    "qpv",
                    models.CharField(
                        choices=[("OUI", "Oui"), ("NON", "Non"), ("NR", "Non renseigné")],
                        default="NR",
                        max_length=3,
                        verbose_name="réside en QPV",
                    ),
                ),
                (
                    "niveau",
                    models.CharField(
                        choices=[
                            ("1_2", "Aucun diplôme (niveaux 1 et 2)"),
                            ("3", "CAP, BEP (niveau 3)"),
                            ("4", "Bac (niveau 4)"),
                            ("5", "Bac + 2 (niveau 5)"),
                            ("6", "Bac + 3 et 4 (niveau 6)"),
                            ("7", "Bac + 5 (niveau 7)"),
                            ("8", "Doctorat (niveau 8)"),
                            ("ETRANGER_NON_RECONNU", "Diplôme étranger non reconnu"),
                            ("NR", "Non renseigné"),
                        ],
                        default="NR",
                        max_length=30,
                        verbose_name="niveau de formation",
                    ),
                ),
                (
                    "duree_inscription",
                    models.CharField(
                        choices=[
                            ("MOINS_6", "Moins de 6 mois"),
                            ("DE_6_A_11", "6 à 11 mois"),
                            ("DE_12_A_23", "12 à 23 mois"),
                            ("PLUS_24", "24 mois et plus"),
                            ("NON_INSCRIT", "Non inscrit"),
                            ("NR", "Non renseigné"),
                        ],
                        default="NR",
                        max_length=20,
                        verbose_name="durée d’inscription",
                    ),
                ),
                (
                    "brsa",
                    models.CharField(
                        choices=[("OUI", "Oui"), ("NON", "Non"), ("NR", "Non renseigné")],
                        default="NR",
                        max_length=3,
                        verbose_name="bénéficiaire du RSA",
                    ),
                ),
                ("est_participant_plie", models.BooleanField(default=False, verbose_name="participant PLIE")),
                ("prescripteur", models.CharField(blank=True, max_length=120, verbose_name="prescripteur")),
                (
                    "piece_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ATTESTATION_RSA", "Attestation RSA"),
                            ("ATTESTATION_FRANCE_TRAVAIL", "Attestation France Travail"),
                            ("ATTESTATION_AAH", "Attestation AAH"),
                            ("RECONNAISSANCE_HANDICAP", "Reconnaissance BOETH"),
                            ("TITRE_SEJOUR", "Titre de séjour"),
                            ("PIECE_IDENTITE", "Pièce d’identité"),
                            ("JUSTIFICATIF_DOMICILE_QPV", "Adresse vérifiée en QPV"),
                            ("ATTESTATION_JUSTICE", "Attestation du service de justice"),
                            ("ATTESTATION_ASE", "Attestation ASE"),
                            ("PRESCRIPTION_IAE", "PASS IAE ou prescription"),
                            ("AUTRE", "Autre pièce"),
                        ],
                        max_length=40,
                        verbose_name="pièce vue",
                    ),
                ),
                ("piece_date", models.DateField(blank=True, null=True, verbose_name="date de la pièce")),
                (
                    "piece_valable_jusqu_au",
                    models.DateField(blank=True, null=True, verbose_name="pièce valable jusqu’au"),
                ),
                ("piece_vue_le", models.DateField(blank=True, null=True, verbose_name="pièce vue le")),
                (
                    "motif",
                    models.TextField(
                        blank=True, help_text="Avis motivé, ou raison de la correction.", verbose_name="motif"
                    ),
                ),
                ("enregistree_le", models.DateTimeField(auto_now_add=True, verbose_name="enregistrée le")),
                ("visa_le", models.DateTimeField(blank=True, null=True, verbose_name="visa le")),
                (
                    "enregistree_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="enregistrée par",
                    ),
                ),
                (
                    "piece_vue_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="pièce vue par",
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
                    "visa_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="visa par",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entrees",
                        to="heures.participant",
                        verbose_name="participant",
                    ),
                ),
            ],
            options={
                "verbose_name": "entrée en clause",
                "verbose_name_plural": "entrées en clause",
                "ordering": ["participant", "numero", "-version"],
            },
        ),
        migrations.AddField(
            model_name="contrattravail",
            name="participant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contrats",
                to="heures.participant",
                verbose_name="participant",
            ),
        ),
        migrations.CreateModel(
            name="Prolongation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("jusqu_au", models.DateField(verbose_name="jusqu’au")),
                ("motif", models.CharField(max_length=500, verbose_name="motif")),
                ("accordee_le", models.DateTimeField(auto_now_add=True, verbose_name="accordée le")),
                (
                    "accordee_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="accordée par",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prolongations",
                        to="heures.participant",
                        verbose_name="participant",
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
                "verbose_name": "prolongation d’éligibilité",
                "verbose_name_plural": "prolongations d’éligibilité",
                "ordering": ["participant", "-jusqu_au"],
            },
        ),
        migrations.CreateModel(
            name="Releve",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mois", clauses.socle.champs.MoisField(verbose_name="mois")),
                (
                    "statut",
                    models.CharField(
                        choices=[
                            ("ATTENDU", "Attendu"),
                            ("RECU", "Reçu"),
                            ("A_COMPLETER", "À compléter"),
                            ("VALIDE", "Validé"),
                            ("REFUSE", "Refusé"),
                            ("NEANT", "Néant"),
                        ],
                        default="ATTENDU",
                        max_length=20,
                        verbose_name="statut",
                    ),
                ),
                ("echeance", models.DateField(blank=True, null=True, verbose_name="échéance")),
                ("nombre_relances", models.PositiveSmallIntegerField(default=0, verbose_name="nombre de relances")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releves",
                        to="marches.engagement",
                        verbose_name="engagement",
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
                "verbose_name": "relevé",
                "ordering": ["-mois", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Sortie",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="date de sortie")),
                (
                    "situation",
                    models.CharField(
                        choices=[
                            ("CDI", "CDI"),
                            ("CDD", "CDD"),
                            ("INTERIM_LD", "Intérim de longue durée"),
                            ("AIDE_MARCHAND", "Contrat aidé, secteur marchand"),
                            ("AIDE_NON_MARCHAND", "Contrat aidé, secteur non marchand"),
                            ("ALTERNANCE", "Alternance"),
                            ("CREATION", "Création d’activité"),
                            ("FORMATION_QUALIFIANTE", "Formation qualifiante"),
                            ("N_ADHERE_PAS", "N’adhère pas"),
                            ("ABANDON", "Abandon"),
                            ("DISPOSITIF_PLUS_ADAPTE", "Dispositif plus adapté"),
                            ("AI_LONGUE_DUREE", "Association intermédiaire de longue durée"),
                            ("INDISPONIBLE", "Indisponible"),
                            ("DECES", "Décès"),
                            ("DEMENAGEMENT", "Déménagement"),
                            ("RETRAITE", "Retraite"),
                            ("INAPTITUDE", "Inaptitude"),
                            ("MALADIE", "Maladie"),
                            ("PARENTAL", "Congé parental"),
                            ("RECHERCHE", "En recherche d’emploi"),
                            ("NON_RENSEIGNE", "Non renseigné"),
                            ("INJOIGNABLE", "Injoignable"),
                        ],
                        max_length=30,
                        verbose_name="situation à la sortie",
                    ),
                ),
                (
                    "situation_6_mois",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CDI", "CDI"),
                            ("CDD", "CDD"),
                            ("INTERIM_LD", "Intérim de longue durée"),
                            ("AIDE_MARCHAND", "Contrat aidé, secteur marchand"),
                            ("AIDE_NON_MARCHAND", "Contrat aidé, secteur non marchand"),
                            ("ALTERNANCE", "Alternance"),
                            ("CREATION", "Création d’activité"),
                            ("FORMATION_QUALIFIANTE", "Formation qualifiante"),
                            ("N_ADHERE_PAS", "N’adhère pas"),
                            ("ABANDON", "Abandon"),
                            ("DISPOSITIF_PLUS_ADAPTE", "Dispositif plus adapté"),
                            ("AI_LONGUE_DUREE", "Association intermédiaire de longue durée"),
                            ("INDISPONIBLE", "Indisponible"),
                            ("DECES", "Décès"),
                            ("DEMENAGEMENT", "Déménagement"),
                            ("RETRAITE", "Retraite"),
                            ("INAPTITUDE", "Inaptitude"),
                            ("MALADIE", "Maladie"),
                            ("PARENTAL", "Congé parental"),
                            ("RECHERCHE", "En recherche d’emploi"),
                            ("NON_RENSEIGNE", "Non renseigné"),
                            ("INJOIGNABLE", "Injoignable"),
                        ],
                        max_length=30,
                        verbose_name="situation à 6 mois",
                    ),
                ),
                (
                    "situation_12_mois",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CDI", "CDI"),
                            ("CDD", "CDD"),
                            ("INTERIM_LD", "Intérim de longue durée"),
                            ("AIDE_MARCHAND", "Contrat aidé, secteur marchand"),
                            ("AIDE_NON_MARCHAND", "Contrat aidé, secteur non marchand"),
                            ("ALTERNANCE", "Alternance"),
                            ("CREATION", "Création d’activité"),
                            ("FORMATION_QUALIFIANTE", "Formation qualifiante"),
                            ("N_ADHERE_PAS", "N’adhère pas"),
                            ("ABANDON", "Abandon"),
                            ("DISPOSITIF_PLUS_ADAPTE", "Dispositif plus adapté"),
                            ("AI_LONGUE_DUREE", "Association intermédiaire de longue durée"),
                            ("INDISPONIBLE", "Indisponible"),
                            ("DECES", "Décès"),
                            ("DEMENAGEMENT", "Déménagement"),
                            ("RETRAITE", "Retraite"),
                            ("INAPTITUDE", "Inaptitude"),
                            ("MALADIE", "Maladie"),
                            ("PARENTAL", "Congé parental"),
                            ("RECHERCHE", "En recherche d’emploi"),
                            ("NON_RENSEIGNE", "Non renseigné"),
                            ("INJOIGNABLE", "Injoignable"),
                        ],
                        max_length=30,
                        verbose_name="situation à 12 mois",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sorties",
                        to="heures.participant",
                        verbose_name="participant",
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
                "verbose_name": "sortie",
                "ordering": ["participant", "-date"],
            },
        ),
        migrations.CreateModel(
            name="CritereEntree",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "critere",
                    models.CharField(
                        choices=[
                            ("RSA", "Bénéficiaire du RSA"),
                            ("DELD", "Demandeur d’emploi de longue durée"),
                            ("ASS", "Allocation de solidarité spécifique"),
                            ("AAH", "Allocation aux adultes handicapés"),
                            ("ALLOC_INSERTION", "Allocation temporaire d’attente ou d’insertion"),
                            ("INVALIDITE", "Pension d’invalidité"),
                            ("BOETH", "Obligation d’emploi des travailleurs handicapés"),
                            ("JEUNE_26_SANS_QUALIF", "Moins de 26 ans sans qualification"),
                            ("JEUNE_26_DIPLOME", "Moins de 26 ans diplômé en recherche"),
                            ("SENIOR_50", "50 ans et plus"),
                            ("IAE", "Parcours d’insertion par l’activité économique"),
                            ("GEIQ", "Parcours en GEIQ"),
                            ("EA_ESAT", "Entreprise adaptée ou ESAT"),
                            ("REGIE_QUARTIER", "Régie de quartier"),
                            ("EPIDE", "Établissement pour l’insertion dans l’emploi"),
                            ("E2C", "École de la deuxième chance"),
                            ("PACEA_CEJ", "PACEA ou contrat d’engagement jeune"),
                            ("SMA_SMV", "Service militaire adapté ou volontaire"),
                            ("REFUGIE", "Réfugié ou protection subsidiaire"),
                            ("DEMANDEUR_ASILE", "Demandeur d’asile"),
                            ("SOUS_MAIN_JUSTICE", "Personne sous main de justice"),
                            ("ASE", "Aide sociale à l’enfance"),
                            ("QPV", "Habitant d’un quartier prioritaire"),
                            ("AUTRE_AVIS_MOTIVE", "Autre public, sur avis motivé"),
                        ],
                        max_length=30,
                        verbose_name="critère",
                    ),
                ),
                ("est_principal", models.BooleanField(default=False, verbose_name="principal")),
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
                    "entree",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="criteres",
                        to="heures.entreeclause",
                        verbose_name="entrée en clause",
                    ),
                ),
            ],
            options={
                "verbose_name": "critère d’entrée",
                "verbose_name_plural": "critères d’entrée",
                "ordering": ["-est_principal", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entree", "critere"),
                        name="critere_unique",
                        violation_error_message="Ce critère est déjà noté.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("est_principal", True)),
                        fields=("entree",),
                        name="critere_un_principal",
                        violation_error_message="Un seul critère est principal.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "critere__in",
                                [
                                    "RSA",
                                    "DELD",
                                    "ASS",
                                    "AAH",
                                    "ALLOC_INSERTION",
                                    "INVALIDITE",
                                    "BOETH",
                                    "JEUNE_26_SANS_QUALIF",
                                    "JEUNE_26_DIPLOME",
                                    "SENIOR_50",
                                    "IAE",
                                    "GEIQ",
                                    "EA_ESAT",
                                    "REGIE_QUARTIER",
                                    "EPIDE",
                                    "E2C",
                                    "PACEA_CEJ",
                                    "SMA_SMV",
                                    "REFUGIE",
                                    "DEMANDEUR_ASILE",
                                    "SOUS_MAIN_JUSTICE",
                                    "ASE",
                                    "QPV",
                                    "AUTRE_AVIS_MOTIVE",
                                ],
                            )
                        ),
                        name="critere_connu",
                        violation_error_message="Ce critère n’existe pas.",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(fields=["structure", "nom", "prenom"], name="participant_par_nom"),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(
                fields=("structure", "identifiant"),
                name="participant_identifiant_unique",
                violation_error_message="Cet identifiant est déjà celui d’une autre personne.",
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("sexe__in", ["F", "H"])),
                name="participant_sexe",
                violation_error_message="Le sexe se note F ou H.",
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("commune_insee__regex", "^(([0-9]{2}|2[AB])[0-9]{3})?$")),
                name="participant_code_insee",
                violation_error_message="Un code INSEE de commune comporte 5 caractères, par exemple 62041.",
            ),
        ),
        migrations.AddIndex(
            model_name="ligneheures",
            index=models.Index(
                fields=["structure", "statut", "mois", "engagement", "participant", "modalite", "contrat", "heures"],
                name="ligne_bilan",
            ),
        ),
        migrations.AddIndex(
            model_name="ligneheures",
            index=models.Index(fields=["engagement", "statut", "mois", "heures"], name="ligne_par_engagement"),
        ),
        migrations.AddIndex(
            model_name="ligneheures",
            index=models.Index(fields=["participant", "statut", "mois", "heures"], name="ligne_par_participant"),
        ),
        migrations.AddConstraint(
            model_name="ligneheures",
            constraint=models.UniqueConstraint(
                fields=("contrat", "engagement", "mois", "type_heures", "rang"),
                name="ligne_unique",
                violation_error_message="Ces heures sont déjà déclarées pour ce contrat, cet engagement et ce mois.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ligneheures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("annule", None), ("heures__gte", Decimal("0")), ("nature", "ORDINAIRE")),
                    models.Q(("annule__isnull", False), ("heures__lte", Decimal("0")), ("nature", "ANNULATION")),
                    _connector="OR",
                ),
                name="ligne_signe",
                violation_error_message="Des heures ne sont négatives que sur une ligne d’annulation.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ligneheures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("statut", "VALIDEE"), ("validee_le__isnull", False), ("validee_par__isnull", False)),
                    models.Q(
                        models.Q(("statut", "VALIDEE"), _negated=True), ("validee_le", None), ("validee_par", None)
                    ),
                    _connector="OR",
                ),
                name="ligne_validation_complete_ou_absente",
                violation_error_message="Une validation porte une date et un auteur.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ligneheures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("statut", "REFUSEE"), _negated=True),
                    models.Q(("motif", ""), _negated=True),
                    _connector="OR",
                ),
                name="ligne_refus_motive",
                violation_error_message="Un refus porte son motif.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ligneheures",
            constraint=models.CheckConstraint(
                condition=models.Q(("mois__day", 1)),
                name="ligne_mois_premier_jour",
                violation_error_message="Un mois est noté par son premier jour.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ligneheures",
            constraint=models.CheckConstraint(
                condition=models.Q(("statut__in", ["DECLAREE", "VALIDEE", "REFUSEE"])),
                name="ligne_statut",
                violation_error_message="Ce statut d’heures n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entreeclause",
            constraint=models.UniqueConstraint(
                fields=("participant", "numero", "version"),
                name="entree_version_unique",
                violation_error_message="Cette version d’entrée existe déjà.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entreeclause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("est_courante", True)),
                fields=("participant", "numero"),
                name="entree_une_courante",
                violation_error_message="Cette entrée a déjà une version courante.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entreeclause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("piece_type", ""), ("piece_vue_le", None), ("piece_vue_par", None)),
                    models.Q(
                        models.Q(("piece_type", ""), _negated=True),
                        ("piece_vue_le__isnull", False),
                        ("piece_vue_par__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="entree_piece_complete_ou_absente",
                violation_error_message="Une pièce vue porte son type, la date où elle a été vue et par qui.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entreeclause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("visa_le", None), ("visa_par", None)),
                    models.Q(("visa_le__isnull", False), ("visa_par__isnull", False)),
                    _connector="OR",
                ),
                name="entree_visa_complet_ou_absent",
                violation_error_message="Un visa porte une date et un auteur.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entreeclause",
            constraint=models.CheckConstraint(
                condition=models.Q(("commune_insee__regex", "^(([0-9]{2}|2[AB])[0-9]{3})?$")),
                name="entree_code_insee",
                violation_error_message="Un code INSEE de commune comporte 5 caractères, par exemple 62041.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contrattravail",
            constraint=models.UniqueConstraint(
                fields=("structure", "identifiant"),
                name="contrat_identifiant_unique",
                violation_error_message="Cet identifiant est déjà celui d’un autre contrat.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contrattravail",
            constraint=models.CheckConstraint(
                condition=models.Q(("date_fin", None), ("date_debut__lte", models.F("date_fin")), _connector="OR"),
                name="contrat_debut_avant_fin",
                violation_error_message="La fin du contrat précède l’embauche.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contrattravail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quotite", None), models.Q(("quotite__gt", 0), ("quotite__lte", 1)), _connector="OR"
                ),
                name="contrat_quotite",
                violation_error_message="La quotité va de 0,01 à 1 (temps plein).",
            ),
        ),
        migrations.AddConstraint(
            model_name="contrattravail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "type_contrat__in",
                        [
                            "CDI",
                            "CDI_INCLUSION",
                            "CDD",
                            "CDDU",
                            "CDDI",
                            "CDD_TREMPLIN",
                            "INTERIM",
                            "INTERIM_INSERTION",
                            "CDI_INTERIMAIRE",
                            "APPRENTISSAGE",
                            "PROFESSIONNALISATION",
                            "STAGE",
                            "CONTRAT_SOUTIEN_ESAT",
                            "AUTRE",
                        ],
                    )
                ),
                name="contrat_type",
                violation_error_message="Ce type de contrat n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contrattravail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "modalite__in",
                        ["EMBAUCHE_DIRECTE", "MISE_A_DISPOSITION", "SOUS_TRAITANCE", "COTRAITANCE", "FORMATION"],
                    )
                ),
                name="contrat_modalite",
                violation_error_message="Cette modalité n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="prolongation",
            constraint=models.CheckConstraint(
                condition=models.Q(("motif", ""), _negated=True),
                name="prolongation_motivee",
                violation_error_message="Une prolongation porte son motif.",
            ),
        ),
        migrations.AddConstraint(
            model_name="releve",
            constraint=models.UniqueConstraint(
                fields=("engagement", "mois"),
                name="releve_unique",
                violation_error_message="Ce mois a déjà son relevé pour cet engagement.",
            ),
        ),
        migrations.AddConstraint(
            model_name="releve",
            constraint=models.CheckConstraint(
                condition=models.Q(("mois__day", 1)),
                name="releve_mois_premier_jour",
                violation_error_message="Un mois est noté par son premier jour.",
            ),
        ),
        migrations.AddConstraint(
            model_name="releve",
            constraint=models.CheckConstraint(
                condition=models.Q(("statut__in", ["ATTENDU", "RECU", "A_COMPLETER", "VALIDE", "REFUSE", "NEANT"])),
                name="releve_statut",
                violation_error_message="Ce statut de relevé n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sortie",
            constraint=models.UniqueConstraint(
                fields=("participant", "date"),
                name="sortie_unique",
                violation_error_message="Une sortie est déjà notée à cette date.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sortie",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "situation__in",
                        [
                            "CDI",
                            "CDD",
                            "INTERIM_LD",
                            "AIDE_MARCHAND",
                            "AIDE_NON_MARCHAND",
                            "ALTERNANCE",
                            "CREATION",
                            "FORMATION_QUALIFIANTE",
                            "N_ADHERE_PAS",
                            "ABANDON",
                            "DISPOSITIF_PLUS_ADAPTE",
                            "AI_LONGUE_DUREE",
                            "INDISPONIBLE",
                            "DECES",
                            "DEMENAGEMENT",
                            "RETRAITE",
                            "INAPTITUDE",
                            "MALADIE",
                            "PARENTAL",
                            "RECHERCHE",
                            "NON_RENSEIGNE",
                            "INJOIGNABLE",
                        ],
                    )
                ),
                name="sortie_situation",
                violation_error_message="Cette situation de sortie n’existe pas.",
            ),
        ),
    ]
