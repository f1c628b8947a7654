"""Ce que l’aperçu montre avant d’importer : situation de chaque contrat, noms qui manquent. Ne fait que lire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db import models

from clauses.comptes.acteurs import Acteur
from clauses.socle.conversions import normaliser, texte_mal_decode
from marches.enums import RoleEntreprise
from marches.imports.decp.champs import REMPLACEMENT
from marches.imports.decp.comparaison import Comparaison, Difference, comparer
from marches.imports.decp.enregistrement import nom_a_completer, plus_ancienne
from marches.imports.decp.neutre import ContratLu, FichierLu, OrganismeLu
from marches.imports.decp.rapprochement import (
    MarcheConnu,
    doublon,
    marches_connus,
    noms_connus,
    rangs_par_clef,
)
from marches.models import Marche

# Un formulaire porte au plus 2 000 champs : une case par contrat et un champ par nom à compléter.
PAR_PAGE = 300
NOMS_PAR_PAGE = 1500


class Situation(models.TextChoices):
    NOUVEAU = "NOUVEAU", "Nouveau"
    A_METTRE_A_JOUR = "A_METTRE_A_JOUR", "À mettre à jour"
    DEJA_LA = "DEJA_LA", "Déjà là"
    DIFFERENT = "DIFFERENT", "Différent"
    REFUSE = "REFUSE", "Refusé"

    @property
    def couleur(self) -> str:
        return COULEURS[self]


COULEURS = {
    Situation.NOUVEAU: "bleu",
    Situation.A_METTRE_A_JOUR: "bleu",
    Situation.DEJA_LA: "vert",
    Situation.DIFFERENT: "orange",
    Situation.REFUSE: "rouge",
}


@dataclass(frozen=True, slots=True)
class LigneApercu:
    contrat: ContratLu
    situation: Situation
    acheteur: str
    titulaires: tuple[str, ...]
    remarques: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    marche: Marche | None = None

    @property
    def se_choisit(self) -> bool:
        return self.situation in (Situation.NOUVEAU, Situation.A_METTRE_A_JOUR)

    @property
    def nombre_remarques(self) -> int:
        return len(self.remarques) + len(self.differences)

    @property
    def recherche(self) -> str:
        """Ce sur quoi porte la recherche, normalisé ; chaque mot y suit une espace."""
        contrat = self.contrat
        siret = contrat.acheteur.siret if contrat.acheteur else ""
        mots = (contrat.identifiant, self.acheteur, siret, contrat.objet, *self.titulaires, self.situation.label)
        return f" {normaliser(' '.join(mots))}"

    @property
    def sirets(self) -> str:
        """SIRET que cite le contrat, pour ne montrer que les noms utiles aux contrats cochés."""
        cites = [lue.entreprise.siret for lue in self.contrat.attributions]
        return " ".join([self.contrat.acheteur.siret, *cites] if self.contrat.acheteur else cites)


@dataclass(frozen=True, slots=True)
class NomACompleter:
    """Un organisme sans nom sûr : `propose`, ce que le fichier en dit ; `contrats`, combien le citent."""

    siret: str
    propose: str
    contrats: int


@dataclass(frozen=True, slots=True)
class PageApercu:
    """Les contrats montrés ensemble, et les noms qui leur manquent."""

    page: Page[LigneApercu]
    acheteurs: list[NomACompleter]
    entreprises: list[NomACompleter]

    @property
    def cochees(self) -> list[str]:
        """Rangs cochés d’avance, un seul par clef : les nouveaux à considération sociale, et les mises à jour."""
        rangs: dict[object, str] = {}
        for ligne in self.page:
            if ligne.se_choisit and (ligne.contrat.est_social or ligne.marche):
                rangs.setdefault(ligne.contrat.clef, str(ligne.contrat.rang))
        return list(rangs.values())


@dataclass(frozen=True, slots=True)
class Apercu:
    """Le fichier entier, dans son ordre, et les noms connus de l’annuaire, par SIRET."""

    lignes: list[LigneApercu]
    noms_acheteurs: dict[str, str]
    noms_entreprises: dict[str, str]

    @property
    def comptes(self) -> list[tuple[Situation, int]]:
        nombres = Counter(ligne.situation for ligne in self.lignes)
        return [(situation, nombres[situation]) for situation in Situation]

    def montrer(self, *, cherche: str, numero: str | None) -> PageApercu:
        """Une page des contrats dont chaque mot cherché commence un mot."""
        mots = normaliser(cherche).split()
        trouvees = [ligne for ligne in self.lignes if all(f" {mot}" in ligne.recherche for mot in mots)]
        page = Paginator(trouvees, PAR_PAGE).get_page(numero)
        contrats = [ligne.contrat for ligne in page if ligne.se_choisit]
        acheteurs = _a_completer([c.acheteur for c in contrats if c.acheteur], self.noms_acheteurs)
        entreprises = _a_completer([lue.entreprise for c in contrats for lue in c.attributions], self.noms_entreprises)
        deja = {manquant.siret for manquant in acheteurs}
        restantes = [manquante for manquante in entreprises if manquante.siret not in deja]
        return PageApercu(page, acheteurs, restantes[: NOMS_PAR_PAGE - len(acheteurs)])


def preparer(fichier: FichierLu, *, par: Acteur) -> Apercu:
    """La situation de chaque contrat du fichier, vue par `par`."""
    connus = marches_connus(fichier.contrats, par=par)
    acheteurs, entreprises = noms_connus(fichier.contrats, par=par)
    rangs = rangs_par_clef(fichier.contrats)
    lignes = []
    for contrat in fichier.contrats:
        connu = connus.get(contrat.clef) if contrat.clef else None
        redit = doublon(contrat, rangs.get(contrat.clef or ("", ""), ()))
        ancienne = plus_ancienne(contrat, connu) if connu else ""
        comparaison = comparer(contrat, connu) if connu and not ancienne else Comparaison()
        lignes.append(
            LigneApercu(
                contrat,
                _situation(contrat, connu, comparaison, redit=redit),
                acheteur=_nom(contrat.acheteur, acheteurs) if contrat.acheteur else "",
                titulaires=tuple(_titulaires(contrat, entreprises)),
                remarques=(*contrat.refus, *filter(None, (redit, ancienne)), *map(str, contrat.ecarts)),
                differences=comparaison.gardees() if redit else comparaison.differences,
                marche=connu.marche if connu else None,
            )
        )
    return Apercu(lignes, acheteurs, entreprises)


def _a_completer(organismes: Sequence[OrganismeLu], connus: dict[str, str]) -> list[NomACompleter]:
    par_siret: dict[str, list[OrganismeLu]] = {}
    for organisme in organismes:
        if _a_nommer(organisme, connus):
            par_siret.setdefault(organisme.siret, []).append(organisme)
    manquants = [NomACompleter(siret, lus[0].nom, len(lus)) for siret, lus in par_siret.items()]
    return sorted(manquants, key=lambda manquant: (-manquant.contrats, manquant.siret))


def _a_nommer(organisme: OrganismeLu, connus: dict[str, str]) -> bool:
    """Vrai si ni l’annuaire ni le fichier n’en donnent un nom sûr."""
    connu = connus.get(organisme.siret)
    if connu is not None:
        return connu == nom_a_completer(organisme.siret)
    return not organisme.nom or REMPLACEMENT in organisme.nom or texte_mal_decode(organisme.nom) is not None


def _nom(organisme: OrganismeLu, connus: dict[str, str]) -> str:
    connu = connus.get(organisme.siret, "")
    return connu if connu and connu != nom_a_completer(organisme.siret) else organisme.nom


def _titulaires(contrat: ContratLu, connus: dict[str, str]) -> list[str]:
    """Noms, ou SIRET, des attributaires ; le rôle se dit quand ce n’est pas celui de titulaire."""
    noms = []
    for lue in contrat.attributions:
        role = "" if lue.role is RoleEntreprise.TITULAIRE else f" ({lue.role.label.lower()})"
        noms.append(f"{_nom(lue.entreprise, connus) or lue.entreprise.siret}{role}")
    return noms


def _situation(contrat: ContratLu, connu: MarcheConnu | None, comparaison: Comparaison, *, redit: str) -> Situation:
    if connu is None:
        return Situation.REFUSE if contrat.refus else Situation.NOUVEAU
    if comparaison.a_appliquer and not redit:
        return Situation.A_METTRE_A_JOUR
    return Situation.DIFFERENT if comparaison.differences else Situation.DEJA_LA
