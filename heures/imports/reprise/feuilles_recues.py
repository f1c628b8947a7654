"""Feuilles facultatives de ce qui a été reçu : lignes à vérifier d’une entreprise."""

from __future__ import annotations

from clauses.socle.conversions import vers_mois
from heures.enums import OrigineLigne, StatutAttente, TypeHeures
from heures.imports.reprise.colonnes import (
    Colonne,
    choix,
    date,
    heures,
    libre,
    personnel,
    texte,
    vers_date_passee,
)
from heures.imports.reprise.feuilles import CLE_ENGAGEMENT, ENGAGEMENT, RANG
from heures.imports.reprise.feuilles_suite import facultative

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
