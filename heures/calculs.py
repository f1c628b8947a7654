"""Règles des heures, en fonctions pures : dates et nombres exacts, sans base de données (domaine.md §3).

Un refus est une phrase, ou `None` ; les avertissements sont une liste de phrases.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from clauses.socle.mois import ajouter_mois, dernier_jour, en_lettres, premier_jour
from clauses.socle.nombres import au_centieme, en_heures
from heures.enums import StatutAttente, StatutLigne, StatutReleve


@dataclass(frozen=True, slots=True)
class Cadre:
    """Ce qui encadre une ligne d’heures. Heures au centième ; une date absente ne borne pas."""

    embauche: datetime.date
    fin_contrat: datetime.date | None
    debut_engagement: datetime.date | None
    fin_engagement: datetime.date | None
    fin_eligibilite: datetime.date | None
    date_constat: datetime.date | None
    notification: datetime.date | None
    aujourd_hui: datetime.date
    seuil_avertissement: Decimal
    seuil_refus: Decimal
    autres_heures: Decimal = Decimal(0)
    """Heures de la personne ce mois-là, tous engagements, hors la ligne examinée."""
    quotite: Decimal | None = None
    autres_heures_du_contrat: Decimal = Decimal(0)
    """Heures du même contrat ce mois-là, imputées à d’autres engagements."""


@dataclass(frozen=True, slots=True)
class Emploi:
    """Un contrat d’une personne : chez qui, de quand à quand (`fin` absente : en cours), et de quelle sorte.

    `est_continu` : ses missions ou renouvellements chez le même employeur sont un seul contrat (domaine.md §2).
    """

    employeur_id: int
    debut: datetime.date
    fin: datetime.date | None
    est_continu: bool

    def court(self, jour: datetime.date) -> bool:
        return self.debut <= jour and (self.fin is None or jour <= self.fin)


@dataclass(frozen=True, slots=True)
class Imputation:
    """À quoi s’imputent des heures : l’engagement, son opération (à défaut son marché) et l’acheteur qui paie."""

    engagement_id: int
    operation: tuple[str, int]
    acheteur_id: int
    entreprise_id: int
    acheteur: str
    reference: str


@dataclass(frozen=True, slots=True)
class Convention:
    """Une convention de globalisation, réduite à ce que la règle lit ; bornes comprises."""

    entreprise_id: int
    debut: datetime.date
    fin: datetime.date
    engagements: frozenset[int]
    signataires: frozenset[int]

    def permet(self, vers: Imputation, depuis: Imputation, mois: datetime.date) -> bool:
        return (
            self.entreprise_id == vers.entreprise_id
            and self.debut <= dernier_jour(mois)
            and mois <= self.fin
            and {vers.engagement_id, depuis.engagement_id} <= self.engagements
            and vers.acheteur_id in self.signataires
        )


def fin_eligibilite(
    entree: datetime.date | None, duree_mois: int, prolongations: Iterable[datetime.date] = ()
) -> datetime.date | None:
    """Dernier jour où les heures comptent : entrée + durée, ou la plus lointaine prolongation (domaine.md §3.5)."""
    if entree is None:
        return None
    return max([ajouter_mois(entree, duree_mois), *prolongations])


def sortie_presumee(
    fin_du_dernier_contrat: datetime.date | None, dernier_mois: datetime.date, *, delai_mois: int, le: datetime.date
) -> datetime.date | None:
    """Date de sortie d’une personne que personne n’a notée : dernier contrat terminé, et `delai_mois` sans heure.

    `None` tant qu’un contrat court (fin absente) ou que le délai n’est pas passé (bilans.md, « Sortie »).
    """
    if fin_du_dernier_contrat is None or fin_du_dernier_contrat >= le:
        return None
    derniere = max(fin_du_dernier_contrat, dernier_jour(dernier_mois))
    return fin_du_dernier_contrat if ajouter_mois(derniere, delai_mois) < le else None


def refus_de_mois(mois: datetime.date, cadre: Cadre) -> str | None:
    """Le mois travaillé tient dans le passé, le contrat de travail, l’engagement et l’éligibilité."""
    return refus_de_dates(mois, cadre) or hors_eligibilite(mois, cadre)


def refus_de_dates(mois: datetime.date, cadre: Cadre) -> str | None:
    """Le mois travaillé tient dans le passé, le contrat de travail et l’engagement."""
    if mois > cadre.aujourd_hui:
        return f"{en_lettres(mois).capitalize()} n’est pas commencé : les heures se notent une fois travaillées."
    return hors_contrat(mois, cadre) or hors_engagement(mois, cadre)


def hors_contrat(mois: datetime.date, cadre: Cadre) -> str | None:
    nom = en_lettres(mois).capitalize()
    if mois < premier_jour(cadre.embauche):
        return f"{nom} précède l’embauche du {cadre.embauche:%d/%m/%Y}."
    if cadre.fin_contrat and mois > cadre.fin_contrat:
        return f"{nom} suit la fin du contrat de travail, le {cadre.fin_contrat:%d/%m/%Y}."
    return None


def hors_engagement(mois: datetime.date, cadre: Cadre) -> str | None:
    nom = en_lettres(mois).capitalize()
    if cadre.debut_engagement and dernier_jour(mois) < cadre.debut_engagement:
        return f"{nom} précède le début de l’engagement, le {cadre.debut_engagement:%d/%m/%Y}."
    if cadre.fin_engagement and mois > cadre.fin_engagement:
        return f"{nom} suit la fin de l’engagement, le {cadre.fin_engagement:%d/%m/%Y}."
    return None


def hors_eligibilite(mois: datetime.date, cadre: Cadre) -> str | None:
    """Les heures comptent jusqu’à la fin d’éligibilité, prolongations comprises (domaine.md §3.5)."""
    if cadre.fin_eligibilite and mois > cadre.fin_eligibilite:
        return (
            f"L’éligibilité s’arrête le {cadre.fin_eligibilite:%d/%m/%Y} : "
            f"pour compter {en_lettres(mois)}, accorder une prolongation motivée sur la fiche de la personne."
        )
    return None


def refus_de_volume(heures: Decimal, cadre: Cadre) -> str | None:
    """Ni négatives, ni au-delà du plafond mensuel de la personne, tous engagements confondus (domaine.md §3.8)."""
    if heures < 0:
        return "Des heures ne peuvent pas être négatives : pour corriger un mois validé, utiliser la rectification."
    total = heures + cadre.autres_heures
    if total > cadre.seuil_refus:
        return (
            f"Cette personne aurait {en_heures(total)} h ce mois-ci, tous engagements confondus : "
            f"le plafond est de {en_heures(cadre.seuil_refus)} h. Vérifier la saisie."
        )
    return None


def refus_de_globalisation(
    mois: datetime.date, vers: Imputation, depuis: Imputation | None, conventions: Iterable[Convention]
) -> str | None:
    """Un contrat embauché pour une opération n’en nourrit une autre que par convention (domaine.md §3.4).

    `depuis` : là où le contrat a commencé d’imputer ses heures ; `None` si nulle part, ou si le contrat se fait par
    missions, chacune nommant son chantier (docs/adr/0012).
    """
    if depuis is None or depuis.operation == vers.operation:
        return None
    if any(convention.permet(vers, depuis, mois) for convention in conventions):
        return None
    return (
        f"Ce contrat de travail compte déjà pour le marché {depuis.reference} : pour imputer ses heures de "
        f"{en_lettres(mois)} au marché {vers.reference}, enregistrer une convention de globalisation signée par "
        f"{vers.acheteur}, qui nomme les deux engagements."
    )


def perd_sa_convention(
    mois: datetime.date,
    vers: Imputation,
    depuis: Imputation | None,
    *,
    avant: Iterable[Convention],
    apres: Iterable[Convention],
) -> bool:
    """Vrai si des heures que les conventions d’avant permettaient ne le sont plus par celles d’après."""
    return (
        refus_de_globalisation(mois, vers, depuis, avant) is None
        and refus_de_globalisation(mois, vers, depuis, apres) is not None
    )


def refus(mois: datetime.date, heures: Decimal, cadre: Cadre) -> str | None:
    return refus_de_mois(mois, cadre) or refus_de_volume(heures, cadre)


def avertissements(heures: Decimal, cadre: Cadre) -> list[str]:
    """Ce qui choque sans être interdit : plus d’un mois plein, constat tardif, embauche avant notification."""
    phrases = (
        au_dela_du_mois_plein(heures, cadre),
        au_dela_des_heures_payees(heures, cadre),
        constat_tardif(cadre),
        embauche_prematuree(cadre),
    )
    return [phrase for phrase in phrases if phrase]


def avertissements_d_embauche(
    emploi: Emploi,
    *,
    autres: Iterable[Emploi],
    constats: Iterable[datetime.date],
    notification: datetime.date | None,
) -> list[str]:
    """Ce qui fait douter d’une nouvelle embauche, en phrases ; vide si rien (domaine.md §3.5 et §3.8).

    `autres` : les autres contrats de la personne ; `constats` : ses dates de constat d’éligibilité ; `notification` :
    celle du marché où le contrat impute ses heures, si on le connaît. Une personne déjà salariée du même employeur la
    veille n’est pas une nouvelle embauche, sauf missions successives ou renouvellements en chantier d’insertion.
    """
    doutes = (
        deja_salarie(emploi, autres),
        _constat_tardif(emploi.debut, constats),
        _embauche_prematuree(emploi.debut, notification),
    )
    return [phrase for phrase in doutes if phrase]


def deja_salarie(emploi: Emploi, autres: Iterable[Emploi]) -> str | None:
    """Déjà au même employeur la veille, missions et renouvellements exceptés (domaine.md §3.5)."""
    veille = emploi.debut - datetime.timedelta(days=1)
    present = any(
        autre.employeur_id == emploi.employeur_id and not autre.est_continu and autre.court(veille) for autre in autres
    )
    if emploi.est_continu or not present:
        return None
    return (
        f"Cette personne était déjà salariée de cet employeur le {veille:%d/%m/%Y} : ce n’est pas une nouvelle "
        "embauche. Si c’est le même contrat qui continue, prolonger sa date de fin."
    )


def au_dela_du_mois_plein(heures: Decimal, cadre: Cadre) -> str | None:
    return au_dela_d_un_mois_plein(heures + cadre.autres_heures, cadre.seuil_avertissement)


def au_dela_d_un_mois_plein(total: Decimal, seuil: Decimal) -> str | None:
    """La phrase d’une personne au-delà du seuil, tous engagements confondus (domaine.md §3.8)."""
    if total <= seuil:
        return None
    return f"{en_heures(total)} h ce mois-ci, tous engagements : plus d’un mois plein ({en_heures(seuil)} h)."


def constat_tardif(cadre: Cadre) -> str | None:
    return _constat_tardif(cadre.embauche, [cadre.date_constat] if cadre.date_constat else [])


def _constat_tardif(embauche: datetime.date, constats: Iterable[datetime.date]) -> str | None:
    """Une personne revenue a plusieurs constats : le premier suffit."""
    premier = min(constats, default=None)
    if premier is None or premier <= embauche:
        return None
    return f"Éligibilité constatée le {premier:%d/%m/%Y}, après l’embauche."


def embauche_prematuree(cadre: Cadre) -> str | None:
    return _embauche_prematuree(cadre.embauche, cadre.notification)


def _embauche_prematuree(embauche: datetime.date, notification: datetime.date | None) -> str | None:
    if notification is None or embauche >= notification:
        return None
    return f"Embauche avant la notification du marché, le {notification:%d/%m/%Y}."


def au_dela_des_heures_payees(heures: Decimal, cadre: Cadre) -> str | None:
    """Des heures réparties sur plusieurs engagements ne dépassent pas les heures payées du mois (domaine.md §3.4)."""
    if cadre.quotite is None or not cadre.autres_heures_du_contrat:
        return None
    payees = au_centieme(cadre.quotite * cadre.seuil_avertissement)
    reparties = heures + cadre.autres_heures_du_contrat
    if reparties <= payees:
        return None
    return (
        f"Ce contrat répartit {en_heures(reparties)} h sur plusieurs engagements ce mois-ci, "
        f"pour {en_heures(payees)} h payées d’après sa quotité."
    )


def statut_du_releve(
    lignes: Collection[str],
    *,
    attentes: Collection[str] = (),
    complement_attendu: bool = False,
    est_neant: bool = False,
) -> StatutReleve:
    """L’état d’un relevé d’après ses lignes et ses lignes en attente, par leurs statuts (domaine.md §2).

    Une demande de complément tient jusqu’à ce que l’entreprise réponde, ou qu’on la lève ; un néant, tant que rien
    n’est déclaré ni validé.
    """
    if complement_attendu:
        return StatutReleve.A_COMPLETER
    if StatutLigne.DECLAREE in lignes or StatutAttente.EN_ATTENTE in attentes:
        return StatutReleve.RECU
    if StatutLigne.VALIDEE in lignes:
        return StatutReleve.VALIDE
    if est_neant:
        return StatutReleve.NEANT
    if StatutLigne.REFUSEE in lignes or StatutAttente.REFUSEE in attentes:
        return StatutReleve.REFUSE
    return StatutReleve.ATTENDU
