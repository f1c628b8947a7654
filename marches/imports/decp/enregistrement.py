"""Enregistrer des contrats lus : chacun tout entier, ou expliqué (formats.md §5). Tout passe par les actions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

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
    mettre_a_jour,
    modifier_acheteur,
    noter_la_lecture,
    rattacher_publication,
)
from marches.enums import Origine, RoleEntreprise, StatutMarche
from marches.imports.decp.comparaison import Comparaison, champs_du_marche, comparer, valeurs_de_la_source
from marches.imports.decp.correspondances import nature_de_la_clause
from marches.imports.decp.neutre import ContratLu, FichierLu, FormatDecp, OrganismeLu
from marches.imports.decp.rapport import Issue, LigneRapport, Rapport
from marches.imports.decp.rapprochement import (
    PAR_LOT,
    MarcheConnu,
    doublon,
    marches_connus,
    rangs_par_clef,
)
from marches.imports.decp.veille import Veille
from marches.models import Acheteur

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


def tous(_contrat: ContratLu) -> bool:
    return True


@dataclass(slots=True)
class Enregistrement:
    """Un import en cours, d’un ou de plusieurs fichiers, dans la structure de `par` (droit d’importer exigé).

    `retenir` dit quels contrats neufs entrent, `suivre_la_source` quels marchés connus prennent ce que leur source a
    changé ; `noms` donne, par SIRET, les noms que l’utilisateur a saisis. Hors d’une transaction, chaque contrat est
    aussitôt acquis : un import interrompu se relance sans rien créer deux fois.
    """

    par: Acteur
    retenir: Choix = les_sociaux
    suivre_la_source: Choix = tous
    motif_du_rejet: str = ""
    noms: Mapping[str, str] = field(default_factory=dict)
    veille: Veille = field(init=False)
    _connus: dict[tuple[str, str], MarcheConnu] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.par.exiger(Droit.IMPORTER)
        self.veille = Veille(self.par)

    def traiter(self, fichier: FichierLu) -> list[LigneRapport]:
        """Une ligne de rapport par contrat d’un fichier lu en entier, dans son ordre."""
        rangs = rangs_par_clef(fichier.contrats)
        return list(self.suivre(fichier.contrats, nom=fichier.nom, rangs=lambda c: rangs.get(c.clef or ("", ""), ())))

    def suivre(
        self, contrats: Iterable[ContratLu], *, nom: str, rangs: Callable[[ContratLu], Sequence[int]]
    ) -> Iterator[LigneRapport]:
        """Une ligne par contrat, à mesure : une tranche seulement est en mémoire.

        `rangs` : ceux de tous les contrats du fichier qui ont la même clef.
        """
        suite = iter(contrats)
        while tranche := list(islice(suite, PAR_LOT)):
            self._connus = marches_connus(tranche, par=self.par)
            for contrat in tranche:
                yield self._traiter(contrat, nom, doublon(contrat, rangs(contrat)))

    def _traiter(self, contrat: ContratLu, fichier: str, redit: str) -> LigneRapport:
        connu = self._connus.get(contrat.clef) if contrat.clef else None
        if connu is not None:
            return self._reconnaitre(contrat, connu, fichier, redit)
        if not self.retenir(contrat):
            raison = self.motif_du_rejet or _sans_consideration(contrat)
            return LigneRapport(fichier, contrat, Issue.NON_RETENU, raison, veille=self.veille.noter(contrat))
        if contrat.refus:
            return LigneRapport(fichier, contrat, Issue.REFUSE, " ".join(contrat.refus))
        return self._importer(contrat, fichier, redit)

    def _reconnaitre(self, contrat: ContratLu, connu: MarcheConnu, fichier: str, redit: str) -> LigneRapport:
        """Le marché existe : ce que la source a changé et que personne n’a corrigé s’applique, le reste se dit."""
        ancienne = plus_ancienne(contrat, connu)
        if ancienne:
            return LigneRapport(fichier, contrat, Issue.DEJA_PRESENT, ancienne, marche=connu.marche)
        comparaison = comparer(contrat, connu)
        # Deux contrats sous un même numéro : rien ne dit lequel est le nôtre, aucun ne s’applique.
        if redit or not self.suivre_la_source(contrat):
            gardees = comparaison.gardees()
            issue = Issue.DIFFERENT if gardees else Issue.DEJA_PRESENT
            raison = redit or (self.motif_du_rejet if gardees else "")
            return LigneRapport(fichier, contrat, issue, raison, gardees, connu.marche)
        try:
            suivre_la_source(contrat, connu, comparaison, noms=self.noms, par=self.par)
        except (ActionImpossible, ValidationError) as refus:
            return LigneRapport(fichier, contrat, Issue.REFUSE, phrase(refus), comparaison.gardees(), connu.marche)
        differences = comparaison.differences
        issue = Issue.DIFFERENT if differences else Issue.DEJA_PRESENT
        return LigneRapport(
            fichier,
            contrat,
            Issue.MIS_A_JOUR if comparaison.a_appliquer else issue,
            differences=differences,
            marche=connu.marche,
        )

    def _importer(self, contrat: ContratLu, fichier: str, redit: str) -> LigneRapport:
        try:
            connu = enregistrer(contrat, noms=self.noms, par=self.par)
        except (ActionImpossible, ValidationError) as refus:
            return LigneRapport(fichier, contrat, Issue.REFUSE, phrase(refus))
        if contrat.clef:
            self._connus[contrat.clef] = connu
        a_verifier = nature_de_la_clause(contrat.considerations, contrat.nature)[1]
        raison = " ; ".join(filter(None, (a_verifier, redit)))
        return LigneRapport(fichier, contrat, Issue.IMPORTE, raison, marche=connu.marche)


def importer_choisis(
    fichier: FichierLu, *, rangs: Collection[int], noms: Mapping[str, str], par: Acteur
) -> Generator[int, None, Rapport]:
    """Importe, ou met à jour, les contrats choisis par leur rang dans le fichier ; rejouable.

    Rend la main après chaque contrat (combien sont faits), et finit par le rapport (docs/adr/0025).
    """
    connus = rangs_par_clef(fichier.contrats)

    def choisi(contrat: ContratLu) -> bool:
        return contrat.rang in rangs

    enregistrement = Enregistrement(par, retenir=choisi, suivre_la_source=choisi, motif_du_rejet=NON_CHOISI, noms=noms)
    rapport = Rapport()
    lignes = enregistrement.suivre(
        fichier.contrats, nom=fichier.nom, rangs=lambda contrat: connus.get(contrat.clef or ("", ""), ())
    )
    for fait, ligne in enumerate(lignes, start=1):
        rapport.noter(ligne)
        yield fait
    rapport.clore_le_fichier(len(fichier.contrats))
    return rapport


def _sans_consideration(contrat: ContratLu) -> str:
    if contrat.dit_les_considerations or contrat.refus:
        return SANS_CONSIDERATION
    return FORMAT_2019_MUET if contrat.format in (FormatDecp.JSON_2019, FormatDecp.XML_2019) else FORME_MUETTE


@transaction.atomic
def enregistrer(contrat: ContratLu, *, noms: Mapping[str, str], par: Acteur) -> MarcheConnu:
    """Crée le marché d’un contrat : lot unique, attributaires, clause sans engagement, publication et historique.

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
    publication = rattacher_publication(lot, par=par, **_publication(contrat), **_source(contrat))
    attributaires = frozenset(lue.entreprise.siret for lue in contrat.attributions)
    return MarcheConnu(marche, attributaires, lot, publication, valeurs=publication.valeurs)


@transaction.atomic
def suivre_la_source(
    contrat: ContratLu, connu: MarcheConnu, comparaison: Comparaison, *, noms: Mapping[str, str], par: Acteur
) -> None:
    """Applique ce que la source a changé, et retient ce qu’elle dit maintenant ; tout ou rien.

    Un marché saisi à la main dont le lot n’est pas unique ne se rattache pas : rien ne dit lequel est le sien.
    """
    if connu.lot is None:
        return
    if comparaison.marche or comparaison.lot:
        mettre_a_jour(
            connu.marche,
            version=connu.marche.version,
            champs=comparaison.marche or {},
            lot=connu.lot,
            champs_du_lot=comparaison.lot or {},
            par=par,
        )
    for lue in contrat.attributions:
        if lue.entreprise.siret in comparaison.attributaires:
            # Le mandataire du lot est déjà là : qui arrive ensuite est son cotraitant.
            arrive = lue.role is RoleEntreprise.MANDATAIRE and connu.attributaires
            role = RoleEntreprise.COTRAITANT if arrive else lue.role
            attribuer(connu.lot, _entreprise(lue.entreprise, noms, par=par), role=role, par=par)
    lue_maintenant = _publication(contrat)
    if connu.publication is None:
        rattacher_publication(connu.lot, par=par, **lue_maintenant, **_source(contrat))
    elif any(getattr(connu.publication, nom) != lue_maintenant[nom] for nom in ("valeurs", "date_publication")):
        noter_la_lecture(connu.publication, par=par, **lue_maintenant)


def plus_ancienne(contrat: ContratLu, connu: MarcheConnu) -> str:
    """Pourquoi rien ne s’applique d’une publication antérieure à celle déjà lue ; vide sinon."""
    derniere = connu.publication.date_publication if connu.publication else None
    if derniere is None or contrat.publie_le is None or contrat.publie_le >= derniere:
        return ""
    return (
        f"publié le {contrat.publie_le:%d/%m/%Y}, avant la publication du {derniere:%d/%m/%Y} déjà prise en compte : "
        "rien n’est changé"
    )


def phrase(refus: ActionImpossible | ValidationError) -> str:
    return " ".join(refus.messages) if isinstance(refus, ValidationError) else str(refus)


def _publication(contrat: ContratLu) -> dict[str, Any]:
    return {
        "valeurs": valeurs_de_la_source(contrat),
        "date_publication": contrat.publie_le,
        "modifications": [(lue.date, lue.montant_ht, lue.duree_mois) for lue in contrat.modifications],
    }


def _source(contrat: ContratLu) -> dict[str, Any]:
    return {"source_identifiant": contrat.source_identifiant, "id_accord_cadre": contrat.id_accord_cadre}


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
