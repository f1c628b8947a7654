"""Ce qu’une adresse demande : un bilan et sa période, ou l’un de ses chiffres à ouvrir. Pages et API s’y servent."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone

from bilans import ouvrir
from bilans.catalogue import Rapport
from bilans.faits import Faits
from bilans.forms.periode import PeriodeForm
from bilans.mesures import Mesure
from bilans.perimetre import trouver
from bilans.rapport import Demande, lire_les_faits, refuser_sans_heure, refuser_une_ligne
from clauses.comptes.acteurs import Acteur
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.erreurs import ActionImpossible
from heures.models import Participant

PERIODE = {"du", "au", "arrete_au", "acheteur", "operation"}
# Ce qui dit un chiffre, hors son filtre : sa liste, sa ligne de grille, et s’il va depuis toujours.
D_UN_CHIFFRE = {"mesure", "ligne", "stock"}


def formulaire(lus: QueryDict, rapport: Rapport, *, par: Acteur) -> PeriodeForm:
    """Le formulaire du bilan, rempli de l’adresse, sinon de la période par défaut."""
    form = rapport.formulaire(lus if PERIODE & set(lus) else rapport.formulaire.par_defaut(timezone.localdate()))
    form.proposer(par)
    return form


def lire_demande(lus: QueryDict, rapport: Rapport, connus: set[str], *, par: Acteur) -> Demande:
    """La demande de l’adresse ; lève `ActionImpossible` sur un paramètre inconnu ou faux."""
    inconnus = sorted(set(lus) - connus)
    if inconnus:
        raise ActionImpossible(f"Paramètre inconnu\u00a0: {', '.join(inconnus)}. Revenir au bilan et recommencer.")
    form = formulaire(lus, rapport, par=par)
    if not form.is_valid():
        raise ActionImpossible(" ".join(f"{libelle}\u00a0: {message}" for _, libelle, message in form.refus))
    return form.demande(rapport.nom)


@dataclass(frozen=True, slots=True)
class Chiffre:
    """Un chiffre ouvert : la demande dont il est, son filtre (codes, puis en toutes lettres) et sa liste."""

    demande: Demande
    filtre: dict[str, str]
    en_clair: list[tuple[str, str]]
    est_stock: bool
    ouvert: ouvrir.Ouvert


def ouvrir_un_chiffre(lus: QueryDict, rapport: Rapport, *, par: Acteur, parametres: set[str]) -> Chiffre:
    """Ce qui compose le chiffre de cette adresse ; une liste de personnes s’inscrit au journal.

    `parametres` : ce que l’adresse porte de plus, la page voulue par exemple. Lève `ActionImpossible`.
    """
    filtre = {nom: str(code) for nom, code in lus.dict().items() if nom in ouvrir.NOMS}
    connus = PERIODE | set(rapport.formulaire.base_fields) | D_UN_CHIFFRE | set(ouvrir.NOMS) | parametres
    demande = lire_demande(lus, rapport, connus, par=par)
    mesure = _mesure(lus)
    if demande.acheteur:
        filtre.pop("acheteur", None)
    faits, perimetre = _faits(lus, rapport, demande, par=par)
    ouvrir.verifier_filtre(faits, filtre, mesure)
    ouvert = ouvrir.ouvrir(par, faits, filtre, mesure=mesure, page=lus.get("page", "1"))
    if ouvert.composition.est_nominative:
        journaliser_lecture(
            par=par,
            action=f"ouvrir un chiffre de bilan ({mesure})",
            modele=Participant,
            nombre=len(ouvert.objets),
            filtre=lus.urlencode(),
        )
    en_clair = [*perimetre, *ouvrir.en_clair(faits, filtre)]
    return Chiffre(demande, filtre | ligne_de(lus), en_clair, "stock" in lus, ouvert)


def _faits(lus: QueryDict, rapport: Rapport, demande: Demande, *, par: Acteur) -> tuple[Faits, list[tuple[str, str]]]:
    """Les faits dont le chiffre est fait, et ce à quoi ils se restreignent, en toutes lettres.

    Lève `ActionImpossible` sur un acheteur, une opération ou une ligne qui n’existe pas, ou sans heure validée.
    """
    periode = demande.periode.depuis_toujours() if "stock" in lus else demande.periode
    perimetre = trouver(par, demande.acheteur) if demande.acheteur else None
    _, faits = lire_les_faits(par, periode, perimetre.acheteurs if perimetre else None)
    ligne = ligne_de(lus).get("ligne", "")
    if rapport.restreindre is not None:
        return rapport.restreindre(par, demande, faits, ligne)
    refuser_une_ligne(ligne)
    refuser_sans_heure(faits)
    return faits, [perimetre.en_clair] if perimetre else []


def ligne_de(lus: QueryDict) -> dict[str, str]:
    """La ligne de grille que l’on ouvre (« tableau/cle »), quand il y en a une."""
    return {"ligne": ligne} if (ligne := lus.get("ligne", "")) else {}


def _mesure(lus: QueryDict) -> Mesure:
    demandee = lus.get("mesure", Mesure.LIGNES.value)
    if demandee not in list(Mesure):
        raise ActionImpossible(
            f"La mesure «\u00a0{demandee}\u00a0» n’existe pas\u00a0: revenir au bilan et recommencer."
        )
    return Mesure(demandee)
