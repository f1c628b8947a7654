"""Ce que la reprise connaît à chaque pas : objets de la base et objets déjà repris, renvois, refus."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Utilisateur
from clauses.comptes.perimetre import PerimetreQuerySet
from clauses.socle.conversions.textes import montrer
from clauses.socle.erreurs import ActionImpossible
from entreprises.models import Entreprise
from heures.imports.reprise.colonnes import Feuille
from heures.imports.reprise.feuilles import CLE_ENGAGEMENT
from heures.imports.reprise.lecture import Ligne
from heures.imports.reprise.rapport import Rapport
from heures.models import ContratTravail, Fusion, Participant, Releve
from marches.models import Acheteur, Clause, Engagement, Lot, Marche, Operation, PublicationDecp

M = TypeVar("M", bound=models.Model)
Cle = tuple[Any, ...]
PAQUET = 500
MARCHE = CLE_ENGAGEMENT[:2]
# Ce qu’on lit quand un renvoi ne mène à rien ; les trous sont les valeurs de la clef.
INCONNUS = {
    "acheteurs": "acheteur {} : absent",
    "entreprises": "entreprise {} : absente",
    "marches": "marché {} de l’acheteur {} : absent",
    "lots": "marché {} de l’acheteur {}, lot {} : absent",
    "clauses": "marché {} de l’acheteur {}, lot {}, titulaire {} : engagement absent",
    "operations": "opération « {} » : absente",
    "conditions": "marché {} de l’acheteur {}, lot {}, clause {} : absente",
    "participants": "participant {} : absent",
    "contrats": "contrat {} : absent",
    "publications": "contrat publié {} : absent",
}


class Contexte:
    """Par feuille, les objets désignés par leur clef, qu’ils viennent de la base ou du classeur.

    Les objets d’une autre structure n’y entrent jamais : hors du périmètre de l’acteur, tout est inconnu. Sont aussi
    retenus, par marché, les natures de ses clauses et s’il a des lots ; et les engagements que le classeur ouvre.
    """

    def __init__(self, par: Acteur, rapport: Rapport, lues: Mapping[str, list[Ligne]]) -> None:
        self.par = par
        self.rapport = rapport
        self.lues = lues
        self.refusees: dict[str, set[Cle]] = defaultdict(set)
        self.natures: dict[Cle, set[str]] = defaultdict(set)
        self.ouvertures: set[Cle] = set()
        for clause in lues["clauses"]:
            if clause.saine:
                self.natures[clause.cle(MARCHE)].add(clause["nature_clause"])
                if clause["heures_initiales"]:
                    self.ouvertures.add(clause.cle(CLE_ENGAGEMENT))
        engagements = Engagement.objects.visibles_par(par).avec_marche()
        clauses = Clause.objects.visibles_par(par).select_related("lot__marche__acheteur")
        marches = Marche.objects.visibles_par(par).select_related("acheteur")
        lots = Lot.objects.visibles_par(par).select_related("marche__acheteur")
        self.objets: dict[str, dict[Cle, Any]] = {
            "acheteurs": {(a.siret,): a for a in self._par_siret(Acheteur.objects.visibles_par(par))},
            "entreprises": {(e.siret,): e for e in self._par_siret(Entreprise.objects.visibles_par(par))},
            "marches": {(m.reference, m.acheteur.siret): m for m in marches},
            "lots": {(lot.marche.reference, lot.marche.acheteur.siret, lot.numero): lot for lot in lots},
            "operations": {(o.nom,): o for o in Operation.objects.visibles_par(par)},
            "conditions": {_cle_clause(clause): clause for clause in clauses},
            "clauses": {_cle_engagement(engagement): engagement for engagement in engagements},
            "participants": _participants(par),
            "contrats": {(c.identifiant,): c for c in ContratTravail.objects.visibles_par(par)},
        }
        if lues.get("publications") or lues.get("modifications_publiees"):
            publiees = PublicationDecp.objects.visibles_par(par)
            self.objets["publications"] = {(p.source_identifiant,): p for p in publiees}
        self.releves: dict[Cle, Releve] = {}
        if lues.get("releves"):
            self.releves = {(r.engagement_id, r.mois): r for r in Releve.objects.visibles_par(par)}
        self.comptes: dict[str, int | None] = {}
        self.considerations: list[tuple[Marche, dict[str, bool]]] = []
        self.allotis = {cle[:2] for cle in self.objets["lots"]} | {lot.cle(MARCHE) for lot in lues["lots"]}

    def _par_siret(self, fiches: PerimetreQuerySet[M]) -> Iterator[M]:
        """L’annuaire est commun à l’instance : seules les fiches citées par le classeur sont lues."""
        sirets = sorted(
            {
                valeur
                for lignes in self.lues.values()
                for ligne in lignes
                for nom, valeur in ligne.valeurs.items()
                if valeur is not None and nom.endswith("siret")
            }
        )
        for debut in range(0, len(sirets), PAQUET):
            yield from fiches.filter(siret__in=sirets[debut : debut + PAQUET])

    def renvoi(self, feuille: Feuille, ligne: Ligne, colonne: str, cible: str, *cle: str) -> Any:
        """L’objet désigné, ou `None` : le renvoi est alors refusé, ou la ligne suspendue si la cible est refusée."""
        objet = self.objets[cible].get(cle)
        if objet is not None:
            return objet
        if cle in self.refusees[cible]:
            self.suspendre(feuille, ligne)
        else:
            raison = (
                f"{INCONNUS[cible].format(*cle)} de la feuille « {cible} » et de la base. "
                "L’ajouter, ou corriger le renvoi."
            )
            self.refuser(feuille, ligne, raison, colonne=colonne)
        return None

    def compte(self, feuille: Feuille, ligne: Ligne, colonne: str) -> int | None:
        """Le compte actif de la structure que dit un courriel ; inconnu, il est averti une fois."""
        courriel = ligne[colonne]
        if courriel is None:
            return None
        adresse = courriel.lower()
        if adresse not in self.comptes:
            actifs = Utilisateur.objects.visibles_par(self.par).filter(email=adresse, is_active=True)
            self.comptes[adresse] = actifs.values_list("pk", flat=True).first()
            if self.comptes[adresse] is None:
                raison = (
                    f"aucun compte de la structure n’a le courriel « {courriel} » : ce qu’il a fait est repris au nom "
                    "de qui reprend."
                )
                self.avertir(feuille, ligne, raison, colonne=colonne)
        return self.comptes[adresse]

    def renvoi_engagement(self, feuille: Feuille, ligne: Ligne) -> Engagement | None:
        """L’engagement que désignent les quatre colonnes ; ce qui manque est nommé au bon étage."""
        cle = ligne.cle(CLE_ENGAGEMENT)
        trouve: Engagement | None = self.objets["clauses"].get(cle)
        if trouve is not None:
            return trouve
        if cle in self.refusees["clauses"]:
            self.suspendre(feuille, ligne)
            return None
        if self.renvoi(feuille, ligne, "marche_reference", "marches", *cle[:2]) is None:
            return None
        if self.renvoi(feuille, ligne, "lot_numero", "lots", *cle[:3]) is None:
            return None
        self.renvoi(feuille, ligne, "titulaire_siret", "clauses", *cle)
        return None

    def suspendre(self, feuille: Feuille, ligne: Ligne) -> None:
        """Une ligne qui dépend d’une ligne refusée n’est pas jugée : elle le sera une fois l’autre corrigée."""
        self.refusees[feuille.nom].add(ligne.cle(feuille.cle))
        self.rapport.compte(feuille.nom).suspendues += 1

    def refuser(self, feuille: Feuille, ligne: Ligne, raison: str, *, colonne: str = "") -> None:
        self.refusees[feuille.nom].add(ligne.cle(feuille.cle))
        valeur = ligne.valeurs.get(colonne)
        self.rapport.refuser(feuille.nom, raison, ligne=ligne.numero, colonne=colonne, valeur=valeur)

    def avertir(self, feuille: Feuille, ligne: Ligne, raison: str, *, colonne: str = "") -> None:
        valeur = ligne.valeurs.get(colonne)
        self.rapport.avertir(feuille.nom, raison, ligne=ligne.numero, colonne=colonne, valeur=valeur)

    def garder(self, feuille: Feuille, ligne: Ligne, objet: models.Model) -> None:
        self.objets.setdefault(feuille.nom, {})[ligne.cle(feuille.cle)] = objet

    def poser(
        self,
        feuille: Feuille,
        ligne: Ligne,
        connu: models.Model | None,
        donnees: Mapping[str, Any],
        geste: Callable[[], models.Model],
    ) -> None:
        """Constate l’objet déjà connu, ou le crée."""
        if connu is None:
            self.creer(feuille, ligne, geste)
        else:
            self.constater(feuille, ligne, ecarts(connu, donnees))

    def ajouter(
        self, feuille: Feuille, ligne: Ligne, pareils: models.QuerySet[Any], geste: Callable[[], models.Model]
    ) -> None:
        """Crée un objet que seul son contenu désigne, s’il n’y en a pas déjà autant de pareils que son rang."""
        if pareils.count() >= (ligne["rang"] or 1):
            self.constater(feuille, ligne, {})
        else:
            self.creer(feuille, ligne, geste)

    def creer(self, feuille: Feuille, ligne: Ligne, geste: Callable[[], M]) -> M | None:
        """Fait un geste ; son refus devient celui de la ligne, et rien de ce qu’il avait commencé ne reste."""
        try:
            with transaction.atomic():
                objet = geste()
        except ValidationError as refus:
            for colonne, raison in _phrases(refus, feuille):
                self.refuser(feuille, ligne, raison, colonne=colonne)
            return None
        except ActionImpossible as refus:
            self.refuser(feuille, ligne, str(refus))
            return None
        self.rapport.compte(feuille.nom).creees += 1
        self.garder(feuille, ligne, objet)
        return objet

    def constater(self, feuille: Feuille, ligne: Ligne, ecarts: Mapping[str, tuple[Any, Any]]) -> None:
        """Un objet déjà en base : identique, il est laissé ; différent, il est refusé colonne par colonne."""
        if not ecarts:
            self.rapport.compte(feuille.nom).deja += 1
        for colonne, (en_base, lu) in ecarts.items():
            raison = (
                f"déjà enregistré avec une autre valeur ({nommer(en_base)}) ; cette ligne dit {nommer(lu)}. "
                "La reprise n’écrase rien : corriger le classeur, ou la fiche dans l’application."
            )
            self.refuser(feuille, ligne, raison, colonne=colonne)


def ecarts(objet: models.Model, donnees: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Ce qui diffère : par champ, la valeur en base et celle du classeur."""
    return {nom: (getattr(objet, nom), valeur) for nom, valeur in donnees.items() if getattr(objet, nom) != valeur}


def nommer(valeur: Any) -> str:
    if valeur is None or valeur == "":
        return "vide"
    if isinstance(valeur, tuple | set | frozenset | list):
        return montrer(" ; ".join(sorted(valeur)))
    return montrer(valeur)


def _phrases(refus: ValidationError, feuille: Feuille) -> Iterator[tuple[str, str]]:
    if not hasattr(refus, "error_dict"):
        yield from (("", phrase) for phrase in refus.messages)
        return
    for champ, phrases in refus.message_dict.items():
        yield from ((champ if champ in feuille.par_nom else "", phrase) for phrase in phrases)


def _participants(par: Acteur) -> dict[Cle, Any]:
    """Les fiches par identifiant ; celui d’une fiche absorbée désigne la fiche qui l’a absorbée."""
    par_numero = Participant.objects.visibles_par(par).in_bulk()
    fiches: dict[Cle, Any] = {(fiche.identifiant,): fiche for fiche in par_numero.values()}
    vives = Fusion.objects.visibles_par(par).filter(annulee_le=None)
    suivantes = dict(vives.order_by().values_list("absorbee", "gardee"))
    for absorbee, identifiant in vives.order_by().values_list("absorbee", "absorbee__identifiant"):
        while absorbee in suivantes:
            absorbee = suivantes[absorbee]
        fiches[(identifiant,)] = par_numero[absorbee]
    return fiches


def _cle_clause(clause: Clause) -> Cle:
    lot = clause.lot
    return lot.marche.reference, lot.marche.acheteur.siret, lot.numero, clause.nature_clause


def _cle_engagement(engagement: Engagement) -> Cle:
    lot = engagement.clause.lot
    return lot.marche.reference, lot.marche.acheteur.siret, lot.numero, engagement.entreprise.siret
