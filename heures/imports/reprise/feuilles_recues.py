"""Feuilles facultatives de ce qui a été reçu : lignes à vérifier, contrats publiés (DECP), colonnes apprises."""

from __future__ import annotations

from functools import partial

from clauses.socle.conversions import ValeurRefusee, vers_choix, vers_mois, vers_texte
from heures.enums import OrigineLigne, StatutAttente, TypeHeures
from heures.imports.releves.champs import Champ
from heures.imports.releves.colonnes import IGNOREES
from heures.imports.reprise.colonnes import (
    Colonne,
    choix,
    date,
    entier,
    heures,
    libre,
    montant,
    personnel,
    siret,
    texte,
    vers_date_passee,
)
from heures.imports.reprise.feuilles import CLE_ENGAGEMENT, ENGAGEMENT, RANG
from heures.imports.reprise.feuilles_suite import LOT, facultative
from marches.enums import NatureMarche

CHAMPS = {**dict(Champ.choices), IGNOREES: "Colonne qui n’est pas lue"}


def vers_morceau(valeur: object) -> str:
    """Un morceau de JSON, tel quel : une espace au bord peut être au milieu d’une valeur."""
    if not isinstance(valeur, str):
        raise ValeurRefusee("Du JSON est attendu. Reprendre la cellule d’un classeur exporté.")
    vers_texte(valeur, longueur_max=10_000, multiligne=True)
    return valeur


A_VERIFIER = facultative(
    "lignes_a_verifier",
    "Une ligne reçue que les règles n’ont pas laissé déclarer : ce qui l’a arrêtée, et ce qu’elle est devenue.",
    (
        *ENGAGEMENT,
        Colonne("mois", vers_mois, True),
        personnel("contrat_identifiant", 40),
        libre("nom", 100),
        libre("prenom", 100),
        date("date_naissance", lire=vers_date_passee),
        choix("type_heures", TypeHeures, obligatoire=True),
        heures("heures", obligatoire=True),
        libre("raison", 500, obligatoire=True),
        choix("origine", OrigineLigne, obligatoire=True),
        choix("statut", StatutAttente, obligatoire=True),
        libre("motif", 500),
        date("date_reception", obligatoire=True, lire=vers_date_passee),
        texte("recue_par", 254),
        date("date_traitement", lire=vers_date_passee),
        texte("traitee_par", 254),
        RANG,
    ),
    (*CLE_ENGAGEMENT, "mois", "contrat_identifiant", "nom", "prenom", "date_naissance", "type_heures", "heures",
     "date_reception", "rang"),
)  # fmt: skip
PUBLICATIONS = facultative(
    "publications",
    "Un contrat publié (DECP) par ligne : le lot qui en vient, et ce que la source en disait, en JSON.",
    (
        *LOT,
        texte("source_identifiant", 120, obligatoire=True),
        texte("id_accord_cadre", 60),
        date("date_publication"),
        Colonne("valeurs", vers_morceau, obligatoire=True),
        # La place d’un morceau, à partir de 2, quand le JSON ne tient pas dans une cellule.
        entier("suite", 1_000, minimum=2),
    ),
    ("source_identifiant", "suite"),
)
MODIFICATIONS = facultative(
    "modifications_publiees",
    "Une modification publiée d’un contrat par ligne : ses nouveaux totaux à une date, jamais des écarts.",
    (
        texte("source_identifiant", 120, obligatoire=True),
        date("date", obligatoire=True),
        montant("montant_ht"),
        entier("duree_mois", 32_767, minimum=0),
        RANG,
    ),
    ("source_identifiant", "date", "montant_ht", "duree_mois", "rang"),
)
VEILLE = facultative(
    "veille",
    "Un contrat publié à veiller par ligne (article 35) : au-dessus du seuil, sans considération sociale, non suivi.",
    (
        siret("acheteur_siret"),
        texte("identifiant", 60, obligatoire=True),
        texte("objet", 1_000, obligatoire=True),
        choix("nature", NatureMarche, obligatoire=True),
        texte("cpv", 10),
        montant("montant_ht", obligatoire=True),
        date("date_notification"),
        montant("seuil_ht", obligatoire=True),
    ),
    ("acheteur_siret", "identifiant"),
)
CORRESPONDANCES = facultative(
    "correspondances",
    "Une colonne d’un expéditeur de relevés par ligne : le champ qu’elle dit, ou qu’on ne la lit pas.",
    (
        texte("expediteur", 80, obligatoire=True),
        Colonne("champ", partial(vers_choix, codes_et_libelles=CHAMPS), True, tuple(CHAMPS)),
        libre("titre", 5_000, obligatoire=True),
    ),
    ("expediteur", "champ", "titre"),
)
