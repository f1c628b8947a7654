"""Relire un bilan émis : depuis ses chiffres figés, jamais recalculés, et après avoir vérifié que rien n’y a bougé."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from django.utils import timezone

from bilans import comparaison, completude, gel
from bilans.comparaison import Changement
from bilans.gel import Circonstances
from bilans.mesures import Ouverture
from bilans.models import BilanEmis
from bilans.rapport import Bilan
from clauses.comptes.acteurs import Acteur
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.erreurs import ActionImpossible

SCELLES = (
    "structure_id", "bilan", "titre", "perimetre", "filtres", "version", "nature", "completude", "nomenclatures",
    "empreinte", "emis_par_id",
)  # fmt: skip
DATES = ("du", "au", "arrete_au")


class BilanAltere(ActionImpossible):
    """Les chiffres ou l’émission ne sont plus ceux que l’on a figés : quelqu’un a écrit dans la base."""


def sceller(emis: BilanEmis) -> str:
    """SHA-256 de tout ce que dit l’émission, empreinte des chiffres comprise : en changer un mot se voit."""
    dits = {nom: getattr(emis, nom) for nom in SCELLES}
    dits |= {nom: getattr(emis, nom).isoformat() for nom in DATES}
    dits["emis_le"] = emis.emis_le.astimezone(datetime.UTC).isoformat()
    texte = json.dumps(dits, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(texte.encode()).hexdigest()


def annonce(emis: BilanEmis) -> dict[str, Any]:
    """Ce que l’on annonce au dehors d’un bilan émis : de quoi le reconnaître, aucun de ses chiffres."""
    return {
        "bilan": emis.bilan,
        "nature": emis.nature,
        "version": emis.version,
        **{nom: getattr(emis, nom).isoformat() for nom in DATES},
        "empreinte": emis.empreinte,
    }


def verifier(emis: BilanEmis) -> None:
    """Lève `BilanAltere` si l’empreinte des chiffres ou le sceau de l’émission ne se retrouvent pas."""
    if gel.empreinte(emis.chiffres) != emis.empreinte:
        raise BilanAltere(
            f"{emis}\u00a0: ses chiffres ont été modifiés en base, leur empreinte n’est plus celle de l’émission. "
            "Ne pas s’en servir\u00a0; restaurer une sauvegarde, ou réémettre le bilan."
        )
    if sceller(emis) != emis.sceau:
        raise BilanAltere(
            f"{emis}\u00a0: son émission (date, auteur, version, nature ou complétude) a été modifiée en base. "
            "Ne pas s’en servir\u00a0; restaurer une sauvegarde, ou réémettre le bilan."
        )


def relire(emis: BilanEmis) -> Bilan:
    """Le bilan tel qu’il a été émis, avec sa version, son empreinte et la complétude d’alors.

    Masqué, il ne dit pas sa complétude : ce qui manque se compte en quelques personnes. `emis` est lu avec son auteur.
    Lève `BilanAltere`.
    """
    verifier(emis)
    circonstances = Circonstances(
        genere_le=timezone.localtime(emis.emis_le),
        genere_par=str(emis.emis_par),
        version=f"{emis.version}, {emis.get_nature_display().lower()}",
        empreinte=emis.empreinte,
    )
    bilan = gel.degeler(emis.chiffres, circonstances)
    controles = completude.de_texte(emis.completude)
    if not controles or bilan.est_masque:
        return bilan
    return replace(bilan, tableaux={**bilan.tableaux, completude.TABLEAU.cle: completude.tableau(controles)})


def sans_liens(bilan: Bilan) -> Bilan:
    """Le même bilan dont aucun chiffre ne s’ouvre : les lignes d’aujourd’hui ne sont plus celles d’alors."""
    ferme: Bilan = _fermer(bilan)
    return ferme


def _fermer(valeur: Any) -> Any:
    """Retire toute ouverture, où qu’elle soit déclarée : indicateur, colonne ou rangée."""
    match valeur:
        case Mapping():
            return {cle: _fermer(v) for cle, v in valeur.items() if not isinstance(v, Ouverture)}
        case list() | tuple() if not hasattr(valeur, "_fields"):
            return type(valeur)(_fermer(v) for v in valeur)
        case _ if is_dataclass(valeur) and not isinstance(valeur, type):
            changes = {champ.name: _fermer(getattr(valeur, champ.name)) for champ in fields(valeur)}
            return replace(valeur, **{nom: None if isinstance(v, Ouverture) else v for nom, v in changes.items()})
    return valeur


def versions(emis: BilanEmis, *, par: Acteur) -> list[BilanEmis]:
    """Toutes les versions du même bilan, la plus récente d’abord ; une requête, sans les chiffres."""
    memes = {nom: getattr(emis, nom) for nom in ("bilan", "du", "au", "perimetre")}
    visibles = BilanEmis.objects.visibles_par(par).filter(**memes).sans_chiffres()
    return list(visibles.select_related("emis_par").order_by("-version"))


@dataclass(frozen=True, slots=True)
class Comparaison:
    """Deux versions du même bilan, et ce qui a changé de la plus ancienne à la plus récente."""

    ancien: BilanEmis
    nouveau: BilanEmis
    changements: list[Changement]


def comparer(emis: BilanEmis, avec: str | None, *, par: Acteur) -> Comparaison:
    """Ce qui a changé entre ce bilan et la version `avec`, sinon la précédente ; la lecture s’inscrit au journal.

    Lève `ActionImpossible` si l’une n’existe pas, ou a été altérée.
    """
    voulue = str(emis.version - 1) if avec is None else avec
    memes = versions(emis, par=par)
    autre = next((v for v in memes if str(v.version) == voulue and v.version != emis.version), None)
    if autre is None:
        raise ActionImpossible(f"La version {voulue[:10]} de ce bilan n’existe pas\u00a0: choisir une autre version.")
    ancien, nouveau = sorted((emis, autre), key=lambda v: v.version)
    changements = comparaison.comparer(relire(ancien), relire(nouveau))
    journaliser_lecture(par=par, action="comparer deux bilans émis", modele=BilanEmis, objet_id=emis.pk)
    return Comparaison(ancien, nouveau, changements)
