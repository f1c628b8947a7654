"""Ce qui, dans une ligne reçue, empêche de l’accepter ou demande une vérification. Fonctions pures, sans base.

Chaque règle a son titre, son énoncé (domaine.md, § cité), ce que la ligne montre (`constater`, par les fonctions de
`calculs`) et son remède : un lien qui mène là où cela se corrige.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from clauses.socle.mois import dernier_jour, en_lettres
from clauses.socle.nombres import en_heures
from heures import calculs, combinaisons
from heures.enums import VALIDITE_PIECE_MOIS, TypeHeures

ZERO = Decimal(0)
HAUSSE = 2  # au-delà de ce rapport entre deux mois, les heures sont à confirmer


class Gravite(enum.StrEnum):
    BLOQUE = "bloque"
    A_VERIFIER = "a_verifier"

    @property
    def label(self) -> str:
        return "Bloque" if self is Gravite.BLOQUE else "À vérifier"


@dataclass(frozen=True, slots=True)
class Anomalie:
    """`constat` : ce que montre cette ligne ; `regle` : la règle en une phrase ; `remede` et `url` : où agir."""

    code: str
    gravite: Gravite
    titre: str
    constat: str
    regle: str
    remede: str
    url: str

    @property
    def est_bloquante(self) -> bool:
        return self.gravite is Gravite.BLOQUE


@dataclass(frozen=True, slots=True)
class AutreContrat:
    """Un autre contrat de la même personne."""

    employeur: str
    debut: datetime.date
    fin: datetime.date | None
    quotite: Decimal | None


@dataclass(frozen=True, slots=True)
class Contexte:
    """Tout ce qui permet de juger une ligne. Heures au centième ; `objets` : les clefs où mènent les remèdes."""

    mois: datetime.date
    heures: Decimal
    type_heures: str
    cadre: calculs.Cadre
    type_employeur: str
    type_contrat: str
    modalite: str
    alerte_jusqu_au: datetime.date
    """Une éligibilité qui finit d’ici là se signale."""
    objets: Mapping[str, int | None]
    siret_redevable: str
    emploi: calculs.Emploi
    autres_emplois: Sequence[calculs.Emploi] = field(default_factory=tuple)
    date_entree: datetime.date | None = None
    piece_type: str = ""
    piece_valable_jusqu_au: datetime.date | None = None
    refus_de_globalisation: str | None = None
    autres_contrats: Sequence[AutreContrat] = field(default_factory=tuple)
    heures_du_mois: Decimal = ZERO
    """De la personne sur cet engagement, cette ligne comprise."""
    heures_d_avant: Decimal = ZERO
    """De la personne sur cet engagement, le mois précédent."""
    plafond_formation: Decimal | None = None
    formation_totale: Decimal = ZERO
    """Heures de formation de tout l’engagement, cette ligne comprise."""


@dataclass(frozen=True, slots=True)
class Regle:
    """`mener` : la page où l’anomalie se corrige ; `constater` : ce que la ligne en montre, ou rien."""

    code: str
    gravite: Gravite
    titre: str
    enonce: str
    remede: str
    mener: Callable[[Contexte], str]
    constater: Callable[[Contexte], str | None]

    def appliquer(self, contexte: Contexte) -> Anomalie | None:
        constat = self.constater(contexte)
        if constat is None:
            return None
        url = self.mener(contexte)
        return Anomalie(self.code, self.gravite, self.titre, constat, self.enonce, self.remede, url)


def _vers(vue: str, objet: str) -> Callable[[Contexte], str]:
    """Une entrée qui n’existe pas ne se corrige pas : la fiche de la personne est le repli."""

    def mener(contexte: Contexte) -> str:
        clef = contexte.objets[objet]
        return reverse(vue, args=[clef]) if clef else reverse("heures:participant", args=[contexte.objets[PERSONNE]])

    return mener


def _vers_la_convention(contexte: Contexte) -> str:
    return f"{reverse('heures:convention_creer')}?{urlencode({'entreprise': contexte.siret_redevable})}"


PERSONNE, CONTRAT, ENTREE, ENGAGEMENT, MARCHE = "personne", "contrat", "entree", "engagement", "marche"


def _mois_a_venir(contexte: Contexte) -> str | None:
    if contexte.mois <= contexte.cadre.aujourd_hui:
        return None
    return f"{en_lettres(contexte.mois).capitalize()} n’est pas commencé."


def _eligibilite_qui_finit(contexte: Contexte) -> str | None:
    """Finit dans le mois travaillé, ou bientôt : de quoi prolonger à temps (domaine.md §3.5)."""
    fin = contexte.cadre.fin_eligibilite
    if fin is None or fin < contexte.mois:
        return None
    finit_bientot = contexte.cadre.aujourd_hui <= fin <= contexte.alerte_jusqu_au
    if fin > dernier_jour(contexte.mois) and not finit_bientot:
        return None
    return f"L’éligibilité s’arrête le {fin:%d/%m/%Y}."


def _sans_entree(contexte: Contexte) -> str | None:
    return "Cette personne n’a aucune entrée en clause enregistrée." if contexte.date_entree is None else None


def _sans_piece(contexte: Contexte) -> str | None:
    if contexte.date_entree is None or contexte.piece_type:
        return None
    return f"L’entrée du {contexte.date_entree:%d/%m/%Y} ne porte aucune pièce vue."


def _piece_perimee(contexte: Contexte) -> str | None:
    """Une attestation datée vaut à l’entrée ; un titre à durée propre, pendant le mois travaillé (domaine.md §6)."""
    limite = contexte.piece_valable_jusqu_au
    if contexte.date_entree is None or limite is None:
        return None
    est_datee = contexte.piece_type in VALIDITE_PIECE_MOIS
    attendue = contexte.date_entree if est_datee else contexte.mois
    if limite >= attendue:
        return None
    quand = f"à l’entrée, le {attendue:%d/%m/%Y}" if est_datee else f"en {en_lettres(attendue)}"
    return f"La pièce vue, valable jusqu’au {limite:%d/%m/%Y}, était périmée {quand}."


def _combinaison(contexte: Contexte) -> str | None:
    phrases = combinaisons.avertissements(
        type_employeur=contexte.type_employeur, type_contrat=contexte.type_contrat, modalite=contexte.modalite
    )
    return " ".join(phrases) or None


def _hausse(contexte: Contexte) -> str | None:
    if not contexte.heures_d_avant or contexte.heures_du_mois <= HAUSSE * contexte.heures_d_avant:
        return None
    return (
        f"{en_heures(contexte.heures_du_mois)} h ce mois-ci, "
        f"{en_heures(contexte.heures_d_avant)} h le mois d’avant sur cet engagement."
    )


def _formation_plafonnee(contexte: Contexte) -> str | None:
    plafond = contexte.plafond_formation
    if contexte.type_heures != TypeHeures.FORMATION or plafond is None or contexte.formation_totale <= plafond:
        return None
    return (
        f"{en_heures(contexte.formation_totale)} h de formation sur cet engagement, "
        f"pour un plafond de {en_heures(plafond)} h."
    )


def meme_temps(mois: datetime.date, quotite: Decimal | None, autres: Sequence[AutreContrat]) -> list[AutreContrat]:
    """Les autres contrats d’une personne qui chevauchent celui-ci un mois donné.

    Deux temps partiels peuvent se chevaucher ; deux temps pleins, ou inconnus, se vérifient.
    """
    fin = dernier_jour(mois)
    presents = [autre for autre in autres if autre.debut <= fin and (autre.fin is None or autre.fin >= mois)]
    quotites = [quotite, *(autre.quotite for autre in presents)]
    est_permis = None not in quotites and sum((q for q in quotites if q is not None), ZERO) <= 1
    return [] if est_permis else presents


def _chevauchement(contexte: Contexte) -> str | None:
    autres = meme_temps(contexte.mois, contexte.cadre.quotite, contexte.autres_contrats)
    if not autres:
        return None
    noms = ", ".join(sorted({autre.employeur for autre in autres}))
    return f"Un autre contrat de cette personne court en {en_lettres(contexte.mois)}, chez {noms}."


def _deja_salarie(contexte: Contexte) -> str | None:
    """Nouvelle embauche, pas un salarié déjà présent (domaine.md §3.5) ; le constat tardif dit déjà le reste."""
    if phrase := calculs.deja_salarie(contexte.emploi, contexte.autres_emplois):
        return phrase
    if contexte.date_entree is None or calculs.constat_tardif(contexte.cadre):
        return None
    if contexte.emploi.est_continu or contexte.emploi.debut >= contexte.date_entree:
        return None
    return (
        f"Embauche du {contexte.emploi.debut:%d/%m/%Y}, avant l’entrée en clause du {contexte.date_entree:%d/%m/%Y}."
    )


BLOQUE, A_VERIFIER = Gravite.BLOQUE, Gravite.A_VERIFIER
REGLES = (
    Regle(
        "MOIS_A_VENIR", BLOQUE, "Mois à venir",
        "Les heures se notent une fois travaillées.",
        "Ouvrir la grille", _vers("heures:grille", ENGAGEMENT),
        _mois_a_venir,
    ),
    Regle(
        "HORS_CONTRAT", BLOQUE, "Mois hors du contrat de travail",
        "Un mois travaillé tient entre l’embauche et la fin du contrat.",
        "Corriger le contrat", _vers("heures:contrat_modifier", CONTRAT),
        lambda c: calculs.hors_contrat(c.mois, c.cadre),
    ),
    Regle(
        "HORS_ENGAGEMENT", BLOQUE, "Mois hors de l’engagement",
        "Un mois travaillé tient entre le début et la fin de l’engagement, à défaut du marché.",
        "Voir le marché", _vers("marches:fiche", MARCHE),
        lambda c: calculs.hors_engagement(c.mois, c.cadre),
    ),
    Regle(
        "ELIGIBILITE_FINIE", BLOQUE, "Éligibilité finie",
        "Au-delà de l’éligibilité, les heures ne comptent que si une prolongation motivée est accordée.",
        "Prolonger l’éligibilité", _vers("heures:prolonger", PERSONNE),
        lambda c: calculs.hors_eligibilite(c.mois, c.cadre),
    ),
    Regle(
        "PLAFOND", BLOQUE, "Plafond mensuel dépassé",
        "Une personne ne peut pas dépasser le plafond mensuel, tous engagements confondus.",
        "Voir les heures de la personne", _vers("heures:participant", PERSONNE),
        lambda c: calculs.refus_de_volume(c.heures, c.cadre),
    ),
    Regle(
        "GLOBALISATION", BLOQUE, "Convention de globalisation manquante",
        "Un contrat embauché pour une opération n’en nourrit une autre que par une convention de globalisation.",
        "Enregistrer la convention", _vers_la_convention,
        lambda c: c.refus_de_globalisation,
    ),
    Regle(
        "SANS_ENTREE", A_VERIFIER, "Pas d’entrée en clause",
        "Les heures d’une personne comptent à partir d’une entrée en clause, qui dit son éligibilité.",
        "Enregistrer l’entrée", _vers("heures:entree_creer", PERSONNE),
        _sans_entree,
    ),
    Regle(
        "ELIGIBILITE_QUI_FINIT", A_VERIFIER, "Éligibilité qui finit",
        "Passé ce jour, les heures ne comptent plus sans prolongation motivée.",
        "Prolonger l’éligibilité", _vers("heures:prolonger", PERSONNE),
        _eligibilite_qui_finit,
    ),
    Regle(
        "SANS_PIECE", A_VERIFIER, "Pièce manquante",
        "L’éligibilité se constate sur une pièce vue, notée à l’entrée.",
        "Noter la pièce vue", _vers("heures:entree_corriger", ENTREE),
        _sans_piece,
    ),
    Regle(
        "PIECE_PERIMEE", A_VERIFIER, "Pièce périmée",
        "Une attestation est valable à l’entrée ; une reconnaissance ou un titre, tant que la personne travaille.",
        "Corriger l’entrée", _vers("heures:entree_corriger", ENTREE),
        _piece_perimee,
    ),
    Regle(
        "CONSTAT_TARDIF", A_VERIFIER, "Constat après l’embauche",
        "L’éligibilité se constate avant l’embauche.",
        "Corriger l’entrée", _vers("heures:entree_corriger", ENTREE),
        lambda c: calculs.constat_tardif(c.cadre),
    ),
    Regle(
        "EMBAUCHE_AVANT_NOTIFICATION", A_VERIFIER, "Embauche avant la notification",
        "La clause vise des embauches nouvelles, faites pour le marché une fois notifié.",
        "Corriger le contrat", _vers("heures:contrat_modifier", CONTRAT),
        lambda c: calculs.embauche_prematuree(c.cadre),
    ),
    Regle(
        "DEJA_SALARIE", A_VERIFIER, "Salarié déjà présent",
        "La clause compte une nouvelle embauche, pas un salarié déjà présent chez l’employeur.",
        "Voir les contrats de la personne", _vers("heures:participant", PERSONNE),
        _deja_salarie,
    ),
    Regle(
        "CHEVAUCHEMENT", A_VERIFIER, "Contrats qui se chevauchent",
        "Deux contrats d’une même personne ne couvrent le même mois qu’à temps partiel.",
        "Corriger le contrat", _vers("heures:contrat_modifier", CONTRAT),
        _chevauchement,
    ),
    Regle(
        "MOIS_PLEIN", A_VERIFIER, "Plus d’un mois plein",
        "Un mois plein compte 151,67 h, tous engagements confondus ; au-delà, le nombre est à confirmer.",
        "Voir les heures de la personne", _vers("heures:participant", PERSONNE),
        lambda c: calculs.au_dela_du_mois_plein(c.heures, c.cadre),
    ),
    Regle(
        "HEURES_PAYEES", A_VERIFIER, "Plus d’heures que la quotité n’en paie",
        "Des heures réparties sur plusieurs engagements ne dépassent pas les heures payées du mois.",
        "Corriger le contrat", _vers("heures:contrat_modifier", CONTRAT),
        lambda c: calculs.au_dela_des_heures_payees(c.heures, c.cadre),
    ),
    Regle(
        "HAUSSE", A_VERIFIER, "Heures plus que doublées",
        "Des heures plus que doublées d’un mois sur l’autre sont à confirmer.",
        "Voir la grille", _vers("heures:grille", ENGAGEMENT),
        _hausse,
    ),
    Regle(
        "FORMATION", A_VERIFIER, "Formation au-delà du plafond",
        "La clause plafonne les heures de formation retenues ; au-delà, elles n’éteignent rien.",
        "Voir le marché et sa clause", _vers("marches:fiche", MARCHE),
        _formation_plafonnee,
    ),
    Regle(
        "COMBINAISON", A_VERIFIER, "Combinaison inhabituelle",
        "Employeur, type de contrat et modalité vont d’ordinaire ensemble.",
        "Corriger le contrat", _vers("heures:contrat_modifier", CONTRAT),
        _combinaison,
    ),
)  # fmt: skip
"""Règles de domaine.md : §3.8 (mois, plafond, mois plein, constat, notification), §3.5 (éligibilité, embauche),
§3.4 (globalisation, heures payées), §3.6 (formation), §6 (pièces, combinaisons)."""


def examiner(contexte: Contexte) -> list[Anomalie]:
    """Les anomalies d’une ligne, celles qui bloquent d’abord."""
    return list(_appliquees(contexte))


def _appliquees(contexte: Contexte) -> Iterator[Anomalie]:
    for regle in REGLES:
        if anomalie := regle.appliquer(contexte):
            yield anomalie


def disparition(personne: str, participant_id: int, mois: datetime.date, heures_d_avant: Decimal) -> Anomalie:
    """Une personne dont le contrat court encore avait des heures le mois d’avant, et n’en a plus."""
    return Anomalie(
        "DISPARITION",
        Gravite.A_VERIFIER,
        "Personne absente du relevé",
        f"{personne} avait {en_heures(heures_d_avant)} h le mois d’avant, et aucune en {en_lettres(mois)}.",
        "Une personne sous contrat qui cesse d’avoir des heures est à confirmer : oubli, absence ou sortie.",
        "Voir la personne",
        reverse("heures:participant", args=[participant_id]),
    )
