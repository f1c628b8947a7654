"""Codes des filtres d’un bilan qui ne sont ceux d’aucun modèle : état d’un marché, catégorie d’une sortie, manques."""

from __future__ import annotations

from heures.enums import ADMINISTRATIVES, POSITIVES, SituationSortie

# État d’un marché dans la période ; d’un acheteur, les deux qui ont un sens pour lui.
NOTIFIE, EN_COURS, ACTIF, NOUVEAU, SANS_ENGAGEMENT = "NOTIFIE", "EN_COURS", "ACTIF", "NOUVEAU", "SANS_ENGAGEMENT"
SUIVI = "SUIVI"
ETATS = {
    NOTIFIE: "notifié dans la période",
    EN_COURS: "en cours à la date d’arrêté",
    ACTIF: "au moins une heure validée dans la période",
    NOUVEAU: "premier marché notifié dans la période",
    SANS_ENGAGEMENT: "en cours, sans aucun engagement",
    SUIVI: "des heures engagées ou validées à la date d’arrêté",
}

# Ce qu’un marché porte de social ; un même marché peut en porter plusieurs.
CLAUSE, CRITERE_SOCIAL, RESERVE, AU_MOINS_UNE = "CLAUSE", "CRITERE", "RESERVE", "AU_MOINS_UNE"
CONSIDERATIONS = {
    CLAUSE: "Clause sociale",
    CRITERE_SOCIAL: "Critère social",
    RESERVE: "Marché réservé",
    AU_MOINS_UNE: "Au moins une considération sociale",
}

# Un mouvement du grand livre : celui qui engage, ou l’un de ceux qui suivent.
INITIAL, SUITE = "INITIAL", "SUITE"
MOUVEMENTS = {INITIAL: "engagement initial", SUITE: "après l’engagement initial"}
# Les mois travaillés d’un lot, par rapport à la période.
AVANT = "AVANT"
QUAND = {AVANT: "avant la période"}

# Une sortie présumée n’a pas de situation : personne ne l’a encore notée.
PRESUMEE = "PRESUMEE"
POSITIVE, AUTRE, ADMINISTRATIVE, SANS_SITUATION = "POSITIVE", "AUTRE", "ADMINISTRATIVE", "SANS_SITUATION"
CATEGORIES = {
    POSITIVE: "Positives",
    AUTRE: "Autres",
    ADMINISTRATIVE: "Administratives",
    SANS_SITUATION: "En recherche ou sans réponse",
}
SITUATIONS = {PRESUMEE: "Sortie présumée, à saisir", **dict(SituationSortie.choices)}
_SANS_SITUATION = frozenset(
    {PRESUMEE, SituationSortie.RECHERCHE, SituationSortie.NON_RENSEIGNE, SituationSortie.INJOIGNABLE}
)


def categorie(situation: str) -> str:
    """La catégorie d’une situation de sortie (domaine.md §6)."""
    if situation in POSITIVES:
        return POSITIVE
    if situation in ADMINISTRATIVES:
        return ADMINISTRATIVE
    return SANS_SITUATION if situation in _SANS_SITUATION else AUTRE


# Ce qu’une fiche devrait dire et ne dit pas.
ENTREE, CRITERE, CONSTAT, PIECE, COMMUNE, QPV_INCONNU, NAISSANCE = (
    "ENTREE", "CRITERE", "CONSTAT", "PIECE", "COMMUNE", "QPV", "NAISSANCE",
)  # fmt: skip
MANQUES = {
    ENTREE: "sans entrée en clause",
    CRITERE: "sans critère principal",
    CONSTAT: "sans date de constat",
    PIECE: "sans pièce vue",
    COMMUNE: "sans commune de résidence",
    QPV_INCONNU: "sans vérification QPV",
    NAISSANCE: "sans date de naissance",
}
