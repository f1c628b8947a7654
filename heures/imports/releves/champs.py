"""Les champs d’un relevé, et les en-têtes qui les désignent d’un expéditeur à l’autre."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db import models

from clauses.socle.conversions import normaliser


class Champ(models.TextChoices):
    """Ce qu’une colonne peut dire ; l’ordre est celui du modèle prérempli."""

    IDENTIFIANT_CONTRAT = "identifiant_contrat", "Identifiant du contrat"
    IDENTIFIANT_PERSONNE = "identifiant_personne", "Identifiant de la personne"
    NOM = "nom", "Nom"
    PRENOM = "prenom", "Prénom"
    NOM_PRENOM = "nom_prenom", "Nom et prénom, dans une seule colonne"
    NAISSANCE = "date_naissance", "Date de naissance"
    EMPLOYEUR = "employeur", "Employeur (nom ou SIRET)"
    TYPE_CONTRAT = "type_contrat", "Type de contrat"
    MARCHE = "marche_reference", "Référence du marché"
    LOT = "lot_numero", "Lot"
    ACHETEUR = "acheteur", "Acheteur (nom ou SIRET)"
    TITULAIRE = "titulaire", "Entreprise titulaire (nom ou SIRET)"
    MOIS = "mois", "Mois travaillé"
    DEBUT = "date_debut", "Début de la période"
    FIN = "date_fin", "Fin de la période"
    TRAVAIL = "heures_travail", "Heures de travail"
    FORMATION = "heures_formation", "Heures de formation"


SYNONYMES: dict[Champ, tuple[str, ...]] = {
    Champ.IDENTIFIANT_CONTRAT: ("contrat", "identifiant contrat", "contrat identifiant", "id contrat", "n contrat",
                                "numero de contrat", "numero contrat", "reference contrat"),
    Champ.IDENTIFIANT_PERSONNE: ("identifiant", "identifiant personne", "participant identifiant",
                                 "identifiant participant", "id participant", "identifiant de la personne"),
    Champ.NOM: ("nom", "nom de famille", "nom usuel", "nom salarie", "nom du salarie", "nom de l interimaire",
                "nom interimaire", "nom du beneficiaire", "nom beneficiaire", "nom participant", "nom du participant",
                "patronyme"),
    Champ.PRENOM: ("prenom", "prenoms", "prenom salarie", "prenom du salarie", "prenom interimaire",
                   "prenom de l interimaire", "prenom beneficiaire", "prenom du beneficiaire", "prenom participant",
                   "prenom du participant"),
    Champ.NOM_PRENOM: ("nom prenom", "nom et prenom", "nom prenoms", "prenom nom", "prenom et nom", "salarie",
                       "salaries", "nom complet", "interimaire", "beneficiaire", "participant", "personne",
                       "nom et prenom du salarie", "nom prenom du salarie", "identite"),
    Champ.NAISSANCE: ("date de naissance", "naissance", "ne le", "ne e le", "date naissance", "ddn"),
    Champ.EMPLOYEUR: ("employeur", "siret employeur", "employeur siret", "siret de l employeur", "agence",
                      "entreprise de travail temporaire", "ett", "nom de l employeur"),
    Champ.TYPE_CONTRAT: ("type de contrat", "type contrat", "nature du contrat", "nature contrat"),
    Champ.MARCHE: ("marche", "reference marche", "reference du marche", "ref marche", "n marche", "numero de marche",
                   "numero du marche", "marche reference", "n de marche", "code marche"),
    Champ.LOT: ("lot", "n lot", "n du lot", "numero de lot", "numero du lot", "lot numero", "n de lot"),
    Champ.ACHETEUR: ("acheteur", "acheteur siret", "siret acheteur", "maitre d ouvrage", "donneur d ordre"),
    Champ.TITULAIRE: ("titulaire", "titulaire siret", "siret titulaire", "entreprise titulaire",
                      "titulaire du marche", "entreprise utilisatrice"),
    Champ.MOIS: ("mois", "mois travaille", "periode", "mois concerne", "mois de travail", "mois d execution"),
    Champ.DEBUT: ("debut", "date debut", "date de debut", "debut de periode", "debut periode", "du",
                  "date de debut de periode", "periode du", "date debut periode", "debut de la periode"),
    Champ.FIN: ("fin", "date fin", "date de fin", "fin de periode", "fin periode", "au", "date de fin de periode",
                "periode au", "date fin periode", "fin de la periode"),
    Champ.TRAVAIL: ("heures", "heures travail", "heures de travail", "heures travaillees", "nombre d heures",
                    "nb heures", "nb d heures", "nbre d heures", "nbre heures", "total heures", "heures effectuees",
                    "heures realisees", "heures d insertion", "heures insertion", "h travaillees", "nombre heures",
                    "nombre d heures travaillees", "nombre d heures effectuees", "heures mois", "heures du mois"),
    Champ.FORMATION: ("heures formation", "heures de formation", "h formation", "formation",
                      "nombre d heures de formation", "nb heures formation"),
}  # fmt: skip

# « n° » se réduit à « n », ou à « no » selon le signe employé ; les deux se lisent.
_PAR_TITRE = {
    forme: champ
    for champ, titres in SYNONYMES.items()
    for titre in titres
    for forme in (titre, re.sub(r"\bn\b", "no", titre))
}
_PRECISION = re.compile(r"\([^)]*\)|\*")


def forme(titre: object) -> str:
    """Un en-tête réduit à ce qui le fait reconnaître : ni accents, ni casse, ni ponctuation."""
    return normaliser(str(titre)) if titre is not None else ""


def reconnaitre(titre: object) -> Champ | None:
    """Le champ que désigne un en-tête, précisions entre parenthèses mises à part ; `None` s’il n’en désigne aucun."""
    if not isinstance(titre, str):
        return None
    return _PAR_TITRE.get(forme(titre)) or _PAR_TITRE.get(forme(_PRECISION.sub(" ", titre)))


def manques(champs: Collection[Champ], *, avec_engagement: bool, avec_mois: bool) -> list[str]:
    """Ce qu’il faut encore pour lire un relevé ; une phrase par manque.

    `avec_engagement`, `avec_mois` : choisis pour tout le fichier, leur colonne n’est plus nécessaire.
    """
    presents = set(champs)
    personne = (
        {Champ.IDENTIFIANT_CONTRAT},
        {Champ.IDENTIFIANT_PERSONNE},
        {Champ.NOM_PRENOM},
        {Champ.NOM, Champ.PRENOM},
    )
    trouves = []
    if not any(suffisant <= presents for suffisant in personne):
        trouves.append("Désigner la personne : nom et prénom, ou un identifiant.")
    if not presents & {Champ.TRAVAIL, Champ.FORMATION}:
        trouves.append("Désigner la colonne des heures, de travail ou de formation.")
    if not avec_mois and Champ.MOIS not in presents and not {Champ.DEBUT, Champ.FIN} <= presents:
        trouves.append("Désigner le mois, ou le début et la fin de la période ; à défaut, choisir le mois du fichier.")
    if not avec_engagement and Champ.MARCHE not in presents:
        trouves.append("Désigner la référence du marché ; à défaut, choisir l’engagement du fichier.")
    return trouves
