"""Codes des marchés, clauses et engagements (domaine.md §6). Le code est stable en base, le libellé se lit."""

from __future__ import annotations

from django.db import models


class TypeDonneurOrdre(models.TextChoices):
    COMMUNE = "COMMUNE", "Commune"
    INTERCOMMUNALITE = "INTERCOMMUNALITE", "Intercommunalité"
    DEPARTEMENT = "DEPARTEMENT", "Département"
    REGION = "REGION", "Région"
    ETAT = "ETAT", "État"
    ETAB_PUBLIC = "ETAB_PUBLIC", "Établissement public"
    BAILLEUR_SOCIAL = "BAILLEUR_SOCIAL", "Bailleur social"
    SYNDICAT_SEM = "SYNDICAT_SEM", "Syndicat ou société d’économie mixte"
    SECU_SOCIALE = "SECU_SOCIALE", "Sécurité sociale"
    PRIVE = "PRIVE", "Donneur d’ordre privé"
    AUTRE = "AUTRE", "Autre"


class NatureMarche(models.TextChoices):
    MARCHE = "MARCHE", "Marché"
    PARTENARIAT = "PARTENARIAT", "Marché de partenariat"
    DEFENSE = "DEFENSE", "Marché de défense ou de sécurité"
    CONCESSION = "CONCESSION", "Concession"


class Procedure(models.TextChoices):
    ADAPTEE = "ADAPTEE", "Procédure adaptée"
    APPEL_OFFRES_OUVERT = "APPEL_OFFRES_OUVERT", "Appel d’offres ouvert"
    APPEL_OFFRES_RESTREINT = "APPEL_OFFRES_RESTREINT", "Appel d’offres restreint"
    NEGOCIATION = "NEGOCIATION", "Procédure avec négociation"
    SANS_PUBLICITE = "SANS_PUBLICITE", "Marché passé sans publicité ni mise en concurrence préalable"
    DIALOGUE = "DIALOGUE", "Dialogue compétitif"


class Technique(models.TextChoices):
    ACCORD_CADRE = "ACCORD_CADRE", "Accord-cadre"
    CONCOURS = "CONCOURS", "Concours"
    QUALIFICATION = "QUALIFICATION", "Système de qualification"
    ACQUISITION_DYNAMIQUE = "ACQUISITION_DYNAMIQUE", "Système d’acquisition dynamique"
    CATALOGUE = "CATALOGUE", "Catalogue électronique"
    ENCHERE = "ENCHERE", "Enchère électronique"
    SANS_OBJET = "SANS_OBJET", "Sans objet"


class Ccag(models.TextChoices):
    TRAVAUX = "TRAVAUX", "Travaux"
    MAITRISE_OEUVRE = "MAITRISE_OEUVRE", "Maîtrise d’œuvre"
    FCS = "FCS", "Fournitures courantes et services"
    INDUSTRIELS = "INDUSTRIELS", "Marchés industriels"
    PI = "PI", "Prestations intellectuelles"
    TIC = "TIC", "Techniques de l’information et de la communication"
    AUCUN = "AUCUN", "Pas de CCAG"


class StatutMarche(models.TextChoices):
    ETUDE = "ETUDE", "À l’étude"
    CONSULTATION = "CONSULTATION", "En consultation"
    NOTIFIE = "NOTIFIE", "Notifié"
    EN_COURS = "EN_COURS", "En cours"
    SUSPENDU = "SUSPENDU", "Suspendu"
    SOLDE = "SOLDE", "Soldé"
    RESILIE = "RESILIE", "Résilié"
    SANS_SUITE = "SANS_SUITE", "Sans suite"


CLOS = frozenset({StatutMarche.SOLDE, StatutMarche.RESILIE, StatutMarche.SANS_SUITE})


class Origine(models.TextChoices):
    SAISIE = "SAISIE", "Saisie"
    DECP = "DECP", "Données essentielles (DECP)"
    REPRISE = "REPRISE", "Reprise d’un tableur"


class PositionArt35(models.TextChoices):
    """Position d’un marché au regard de l’article L2112-2-1 du code de la commande publique (domaine.md §7).

    Source : article 35 de la loi n° 2021-1104 du 22 août 2021, applicable au plus tard le 22 août 2026. I : au-dessus
    des seuils européens, l’acheteur prévoit une condition d’exécution sociale. II : il peut s’en dispenser, en le
    motivant, dans les quatre cas que nomment les dérogations 1 à 4 (1° à 4°). Le 3° réunit la concurrence restreinte
    et l’exécution rendue techniquement ou économiquement difficile ; le libellé du 4° dit la durée, sans trancher la
    nature du marché : le texte reste à relire sur Légifrance avant de s’en prévaloir.
    """

    A_DETERMINER = "A_DETERMINER", "À déterminer"
    NON_CONCERNE = "NON_CONCERNE", "Non concerné"
    CONCERNE_CLAUSE = "CONCERNE_CLAUSE", "Concerné, clause prévue"
    DEROGATION_1 = "DEROGATION_1", "Dérogation 1, solution immédiatement disponible"
    DEROGATION_2 = "DEROGATION_2", "Dérogation 2, pas de lien suffisant avec l’objet"
    DEROGATION_3 = "DEROGATION_3", "Dérogation 3, concurrence restreinte ou exécution difficile"
    DEROGATION_4 = "DEROGATION_4", "Dérogation 4, durée inférieure à six mois"


class Secteur(models.TextChoices):
    BATIMENT = "BATIMENT", "Bâtiment"
    TRAVAUX_PUBLICS = "TRAVAUX_PUBLICS", "Travaux publics"
    ESPACES_VERTS = "ESPACES_VERTS", "Espaces verts"
    NETTOYAGE = "NETTOYAGE", "Nettoyage"
    EAU_DECHETS = "EAU_DECHETS", "Eau et déchets"
    RESTAURATION = "RESTAURATION", "Restauration"
    PRESTATIONS_INTELLECTUELLES = "PRESTATIONS_INTELLECTUELLES", "Prestations intellectuelles"
    INDUSTRIE = "INDUSTRIE", "Industrie"
    ACTION_SOCIALE = "ACTION_SOCIALE", "Action sociale"
    AUTRES_SERVICES = "AUTRES_SERVICES", "Autres services"


class RoleEntreprise(models.TextChoices):
    TITULAIRE = "TITULAIRE", "Titulaire"
    MANDATAIRE = "MANDATAIRE", "Mandataire"
    COTRAITANT = "COTRAITANT", "Cotraitant"
    SOUS_TRAITANT = "SOUS_TRAITANT", "Sous-traitant"


class NatureClause(models.TextChoices):
    COND_EXEC = "COND_EXEC", "Condition d’exécution (L2112-2)"
    COND_EXEC_ET_CRITERE = "COND_EXEC_ET_CRITERE", "Condition d’exécution et critère (L2112-2, R2152-7)"
    CRITERE_SEUL = "CRITERE_SEUL", "Critère d’attribution seul (R2152-7)"
    RESERVE_EA_ESAT = "RESERVE_EA_ESAT", "Réservé EA et ESAT (L2113-12)"
    RESERVE_SIAE = "RESERVE_SIAE", "Réservé SIAE (L2113-13)"
    RESERVE_PENITENTIAIRE = "RESERVE_PENITENTIAIRE", "Réservé activité pénitentiaire (L2113-13-1)"
    RESERVE_MIXTE = "RESERVE_MIXTE", "Réservé mixte (L2113-14)"
    RESERVE_ESS = "RESERVE_ESS", "Réservé économie sociale et solidaire (L2113-15)"
    MARCHE_INSERTION = "MARCHE_INSERTION", "Marché d’insertion"
    CONCESSION = "CONCESSION", "Concession (L3114-2)"
    PRIVE = "PRIVE", "Achat privé"
    AIDE_CONDITIONNEE = "AIDE_CONDITIONNEE", "Aide conditionnée"
    FORMATION_SCOLAIRE = "FORMATION_SCOLAIRE", "Formation de scolaires"
    VOLONTAIRE = "VOLONTAIRE", "Engagement volontaire"


class TypeObjectif(models.TextChoices):
    HEURES_FIXES = "HEURES_FIXES", "Nombre d’heures fixé"
    PCT_HEURES_TRAVAILLEES = "PCT_HEURES_TRAVAILLEES", "Part des heures travaillées"
    HEURES_PAR_TRANCHE_MONTANT = "HEURES_PAR_TRANCHE_MONTANT", "Heures par tranche de montant facturé"
    NB_PERSONNES_OU_ETP = "NB_PERSONNES_OU_ETP", "Nombre de personnes ou d’ETP"
    OFFRE_TITULAIRE = "OFFRE_TITULAIRE", "Offre du titulaire"
    INTEGRAL = "INTEGRAL", "Intégral (réservé ou d’insertion)"
    LIBRE = "LIBRE", "Libre"


class FormulePenalite(models.TextChoices):
    H_X_EUROS = "H_X_EUROS", "Euros par heure non réalisée"
    H_X_SMIC = "H_X_SMIC", "Heures × coefficient × SMIC horaire"
    H_X_PLAFOND_SS = "H_X_PLAFOND_SS", "Heures × coefficient × plafond horaire de sécurité sociale"
    PCT_MONTANT = "PCT_MONTANT", "Pourcentage du montant"
    JOUR_RETARD = "JOUR_RETARD", "Euros par jour de retard"
    FORFAIT_ABSENCE = "FORFAIT_ABSENCE", "Forfait par absence"


class Periodicite(models.TextChoices):
    MENSUELLE = "MENSUELLE", "Mensuelle"
    TRIMESTRIELLE = "TRIMESTRIELLE", "Trimestrielle"
    SEMESTRIELLE = "SEMESTRIELLE", "Semestrielle"


class NatureMouvement(models.TextChoices):
    INITIAL = "INITIAL", "Engagement initial"
    AVENANT = "AVENANT", "Avenant"
    TRANCHE_AFFERMIE = "TRANCHE_AFFERMIE", "Tranche affermie"
    BON_COMMANDE = "BON_COMMANDE", "Bon de commande"
    MARCHE_SUBSEQUENT = "MARCHE_SUBSEQUENT", "Marché subséquent"
    RECONDUCTION = "RECONDUCTION", "Reconduction"
    SUSPENSION = "SUSPENSION", "Suspension"
    SUPPRESSION = "SUPPRESSION", "Suppression"
    ADAPTATION = "ADAPTATION", "Adaptation"
    RECALCUL = "RECALCUL", "Recalcul"


class Situation(models.TextChoices):
    """Situation d’un engagement : toujours calculée, jamais saisie (domaine.md §4)."""

    SANS_ENGAGEMENT = "SANS_ENGAGEMENT", "Sans engagement"
    NON_DEMARRE = "NON_DEMARRE", "Non démarré"
    EN_AVANCE = "EN_AVANCE", "En avance"
    CONFORME = "CONFORME", "Conforme"
    EN_RETARD = "EN_RETARD", "En retard"
    A_RISQUE = "A_RISQUE", "À risque"
    ATTEINT = "ATTEINT", "Atteint"
    DEPASSE = "DEPASSE", "Dépassé"
    NON_ATTEINT = "NON_ATTEINT", "Non atteint"

    @property
    def couleur(self) -> str:
        """Couleur de l’étiquette ; le libellé dit toujours la même chose que la couleur."""
        match self:
            case Situation.EN_AVANCE | Situation.CONFORME | Situation.ATTEINT:
                return "vert"
            case Situation.DEPASSE:
                return "bleu"
            case Situation.EN_RETARD:
                return "orange"
            case Situation.A_RISQUE | Situation.NON_ATTEINT:
                return "rouge"
            case _:
                return "gris"


class CodeBareme(models.TextChoices):
    SMIC_HORAIRE = "SMIC_HORAIRE", "SMIC horaire brut"
    PLAFOND_SS_HORAIRE = "PLAFOND_SS_HORAIRE", "Plafond horaire de la sécurité sociale"


class NatureEvenement(models.TextChoices):
    """Ce qui s’est passé avec une entreprise qui tarde, dans l’ordre de la suite graduée (domaine.md §5)."""

    CONTACT = "CONTACT", "Appel ou échange"
    RELANCE_1 = "RELANCE_1", "Relance 1"
    RELANCE_2 = "RELANCE_2", "Relance 2"
    MISE_EN_DEMEURE = "MISE_EN_DEMEURE", "Mise en demeure"
    PROPOSITION = "PROPOSITION", "Proposition de pénalité"
    DECISION = "DECISION", "Décision de l’acheteur"


class QuiAgit(models.TextChoices):
    """De qui l’on attend le prochain geste sur un engagement qui tarde."""

    FACILITATEUR = "FACILITATEUR", "au facilitateur"
    ENTREPRISE = "ENTREPRISE", "à l’entreprise"
    ACHETEUR = "ACHETEUR", "l’acheteur décide"


class StatutPenalite(models.TextChoices):
    PROPOSEE = "PROPOSEE", "Proposée"
    APPLIQUEE = "APPLIQUEE", "Appliquée"
    REDUITE = "REDUITE", "Réduite"
    REMISE = "REMISE", "Remise"
    CLASSEE = "CLASSEE", "Classée sans suite"


class NatureActivite(models.TextChoices):
    """Le journal d’activité du facilitateur, rubriques du bilan du Département (bilans.md A8)."""

    ACHETEUR_SENSIBILISE = "ACHETEUR_SENSIBILISE", "Acheteur sensibilisé"
    MARCHE_ETUDIE = "MARCHE_ETUDIE", "Marché étudié"
    AVIS = "AVIS", "Avis rendu"
    MARCHE_CLAUSE = "MARCHE_CLAUSE", "Marché clausé"
    REUNION = "REUNION", "Réunion"
    ENTREPRISE_ACCOMPAGNEE = "ENTREPRISE_ACCOMPAGNEE", "Entreprise accompagnée"
    MISE_EN_RELATION = "MISE_EN_RELATION", "Mise en relation"
    CONTROLE = "CONTROLE", "Contrôle"
