"""Enregistrer des contrats lus : chacun tout entier, ou expliqué (formats.md §5). Tout passe par les actions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.socle.erreurs import ActionImpossible
from entreprises.actions import creer_entreprise, modifier_entreprise
from entreprises.models import Entreprise
from marches.actions import (
    ajouter_lot,
    attribuer,
    creer_acheteur,
    creer_marche,
    definir_clause,
    modifier_acheteur,
)
from marches.enums import Origine, StatutMarche
from marches.imports.decp.correspondances import nature_de_la_clause
from marches.imports.decp.neutre import ContratLu, FichierLu, FormatDecp, OrganismeLu
from marches.imports.decp.rapport import Issue, LigneRapport, Rapport
from marches.imports.decp.rapprochement import (
    MarcheConnu,
    champs_du_marche,
    comparer,
    doublon,
    marches_connus,
    rangs_par_clef,
)
from marches.models import Acheteur, Marche

Choix = Callable[[ContratLu], bool]

SANS_CONSIDERATION = "sans considération sociale : non retenu"
FORMAT_2019_MUET = f"{SANS_CONSIDERATION} (le format 2019 n’en publie pas : choisir le marché s’il en porte une)"
FORME_MUETTE = f"{SANS_CONSIDERATION} (ce fichier n’en publie pas : choisir le marché s’il en porte une)"

NON_CHOISI = "non choisi"


def nom_a_completer(siret: str) -> str:
    """Nom provisoire d’un organisme que le fichier ne nomme pas ; le premier vrai nom le remplace."""
    return f"À compléter (SIRET {siret})"


def les_sociaux(contrat: ContratLu) -> bool:
    """Choix par défaut : les contrats à considération sociale."""
    return contrat.est_social


@dataclass(slots=True)
class Enregistrement:
    """Un import en cours, d’un ou de plusieurs fichiers, dans la structure de `par` (droit d’importer exigé).

    `retenir` dit quels contrats entrent ; `noms` donne, par SIRET, les noms que l’utilisateur a saisis. Hors d’une
    transaction, chaque contrat est aussitôt acquis : un import interrompu se relance sans rien créer deux fois.
    """

    par: Acteur
    retenir: Choix = les_sociaux
    motif_du_rejet: str = ""
    noms: Mapping[str, str] = field(default_factory=dict)
    _connus: dict[tuple[str, str], MarcheConnu] = field(default_factory=dict)
    _rangs: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.par.exiger(Droit.IMPORTER)

    def traiter(self, fichier: FichierLu, *, avancer: Callable[[], None] = lambda: None) -> list[LigneRapport]:
        """Une ligne de rapport par contrat du fichier, dans son ordre ; `avancer` est appelé après chacun."""
        self._connus |= marches_connus(fichier.contrats, par=self.par)
        self._rangs = rangs_par_clef(fichier.contrats)
        lignes = []
        for contrat in fichier.contrats:
            lignes.append(self._traiter(contrat, fichier.nom))
            avancer()
        return lignes

    def _traiter(self, contrat: ContratLu, fichier: str) -> LigneRapport:
        connu = self._connus.get(contrat.clef) if contrat.clef else None
        if connu is not None:
            return self._reconnaitre(contrat, connu, fichier)
        if not self.retenir(contrat):
            return LigneRapport(
                fichier, contrat, Issue.NON_RETENU, self.motif_du_rejet or _sans_consideration(contrat)
            )
        if contrat.refus:
            return LigneRapport(fichier, contrat, Issue.REFUSE, " ".join(contrat.refus))
        return self._importer(contrat, fichier)

    def _reconnaitre(self, contrat: ContratLu, connu: MarcheConnu, fichier: str) -> LigneRapport:
        """Le marché existe : rien n’est écrasé, les différences sont dites."""
        differences = tuple(comparer(contrat, connu))
        issue = Issue.DIFFERENT if differences else Issue.DEJA_PRESENT
        return LigneRapport(fichier, contrat, issue, doublon(contrat, self._rangs), differences, connu.marche)

    def _importer(self, contrat: ContratLu, fichier: str) -> LigneRapport:
        try:
            marche = enregistrer(contrat, noms=self.noms, par=self.par)
        except ActionImpossible as refus:
            return LigneRapport(fichier, contrat, Issue.REFUSE, str(refus))
        except ValidationError as refus:
            return LigneRapport(fichier, contrat, Issue.REFUSE, " ".join(refus.messages))
        if contrat.clef:
            attributaires = frozenset(lue.entreprise.siret for lue in contrat.attributions)
            self._connus[contrat.clef] = MarcheConnu(marche, attributaires)
        a_verifier = nature_de_la_clause(contrat.considerations, contrat.nature)[1]
        raison = " ; ".join(filter(None, (a_verifier, doublon(contrat, self._rangs))))
        return LigneRapport(fichier, contrat, Issue.IMPORTE, raison, marche=marche)


def importer_choisis(fichier: FichierLu, *, rangs: Collection[int], noms: Mapping[str, str], par: Acteur) -> Rapport:
    """Importe les contrats choisis par leur rang dans le fichier ; rejouable."""
    enregistrement = Enregistrement(
        par, retenir=lambda contrat: contrat.rang in rangs, motif_du_rejet=NON_CHOISI, noms=noms
    )
    rapport = Rapport()
    rapport.ajouter(len(fichier.contrats), enregistrement.traiter(fichier))
    return rapport


def _sans_consideration(contrat: ContratLu) -> str:
    if contrat.dit_les_considerations or contrat.refus:
        return SANS_CONSIDERATION
    return FORMAT_2019_MUET if contrat.format in (FormatDecp.JSON_2019, FormatDecp.XML_2019) else FORME_MUETTE


@transaction.atomic
def enregistrer(contrat: ContratLu, *, noms: Mapping[str, str], par: Acteur) -> Marche:
    """Crée le marché d’un contrat : lot unique, attributaires, clause sans engagement.

    Tout ou rien. Lève `ActionImpossible` ou `ValidationError` si une règle refuse l’une des pièces.
    """
    if contrat.acheteur is None:
        raise ActionImpossible("Ce contrat n’a pas d’acheteur reconnu.")
    marche = creer_marche(
        acheteur=_acheteur(contrat.acheteur, noms, par=par),
        par=par,
        reference=contrat.identifiant,
        statut=StatutMarche.EN_COURS,
        origine=Origine.DECP,
        source_identifiant=contrat.source_identifiant,
        **champs_du_marche(contrat),
    )
    lot = ajouter_lot(marche, par=par, numero="1", montant_ht=contrat.montant_ht)
    for lue in contrat.attributions:
        attribuer(lot, _entreprise(lue.entreprise, noms, par=par), role=lue.role, par=par)
    nature, _a_verifier = nature_de_la_clause(contrat.considerations, contrat.nature)
    if nature is not None:
        definir_clause(lot, par=par, nature_clause=nature)
    return marche


def _acheteur(lu: OrganismeLu, noms: Mapping[str, str], *, par: Acteur) -> Acheteur:
    """L’acheteur de l’annuaire, sinon un nouveau ; un nom provisoire cède au premier vrai nom."""
    nom = noms.get(lu.siret) or lu.nom
    connu: Acheteur | None = Acheteur.objects.visibles_par(par).filter(siret=lu.siret).first()
    if connu is None:
        return creer_acheteur(siret=lu.siret, nom=nom or nom_a_completer(lu.siret), par=par)
    if nom and connu.nom == nom_a_completer(lu.siret):
        return modifier_acheteur(connu, version=connu.version, nom=nom, par=par)
    return connu


def _entreprise(lue: OrganismeLu, noms: Mapping[str, str], *, par: Acteur) -> Entreprise:
    nom = noms.get(lue.siret) or lue.nom
    connue: Entreprise | None = Entreprise.objects.visibles_par(par).filter(siret=lue.siret).first()
    if connue is None:
        return creer_entreprise(siret=lue.siret, raison_sociale=nom or nom_a_completer(lue.siret), par=par)
    if nom and connue.raison_sociale == nom_a_completer(lue.siret):
        return modifier_entreprise(connue, version=connue.version, raison_sociale=nom, par=par)
    return connue
