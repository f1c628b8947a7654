"""Les agrégats d’un financeur : un bilan de toute la structure, dont rien d’une à quatre personnes ne se retrouve.

Le financeur ne voit aucune ligne (`visibles_par` n’en rend aucune) : la lecture se fait au titre d’un lecteur de la
structure, fabriqué ici seulement, et il n’en sort que des valeurs masquées (docs/adr/0023).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bilans import agregats, calculs, declarations, definitions, masquage, rapport, tableaux
from bilans.calculs import en_decimal
from bilans.calculs import rapport as quotient
from bilans.definitions import ColonneBilan, TableauBilan
from bilans.faits import Faits
from bilans.indicateurs import compter
from bilans.rapport import Bilan, Demande, Entete, LigneSynthese, Tableau
from bilans.secret import SECRET, SEUIL
from bilans.semestres import Semestre
from bilans.tableaux import DETAIL, SOUS_TOTAL, TOTAL, Rangee
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible
from heures.enums import Modalite

NOM = "agregats"
TITRE = "Agrégats"
INDICATEURS = (
    "heures_realisees", "heures_brsa", "taux_heures_brsa", "beneficiaires", "nouveaux_entrants", "beneficiaires_brsa",
    "taux_beneficiaires_brsa", "femmes", "taux_femmes", "heures_femmes", "taux_heures_femmes", "moins_26_ans", "qpv",
    "heures_qpv", "participants_plie", "heures_plie", "heures_moyennes", "etp", "marches_notifies", "marches_en_cours",
    "marches_actifs", "acheteurs_actifs", "entreprises_actives", "sorties", "sorties_positives",
    "taux_sorties_positives",
)  # fmt: skip
EN_AVANT = ("heures_realisees", "beneficiaires", "beneficiaires_brsa", "nouveaux_entrants")
# Croisements à trois dimensions, ou sorties par territoire : presque toujours sous cinq.
SANS = {"nouveaux_brsa", "sorties", "positives"}
TERRITOIRES = replace(
    definitions.TERRITOIRES, colonnes=tuple(c for c in definitions.TERRITOIRES.colonnes if c.cle not in SANS)
)
_CODE_ET_TYPE = (ColonneBilan("code", "Code"), ColonneBilan("libelle", "Type d’acheteur"))
_DES_ACHETEURS = (
    "marches_notifies", "marches_en_cours", "marches_actifs", "heures_engagees_cumul", "heures_periode",
    "beneficiaires", "beneficiaires_brsa",
)  # fmt: skip
TYPES_D_ACHETEUR = TableauBilan(
    "acheteurs",
    "Acheteurs, par type",
    "A5 Acheteurs",
    (*_CODE_ET_TYPE, *(c for c in definitions.ACHETEURS.colonnes if c.cle in _DES_ACHETEURS)),
    definitions.ACHETEURS.note,
)
MODALITES = replace(
    definitions.MODALITES,
    titre="Modalités",
    colonnes=tuple(c for c in definitions.MODALITES.colonnes if "type_contrat" not in c.cle),
    est_a_l_ecran=True,
)
REGLES: tuple[tuple[str, str, str], ...] = (
    (
        "Secret",
        f"Un effectif de 1 à {SEUIL - 1} personnes ne se publie pas, ni ses heures, ni ses parts. D’autres valeurs se "
        "taisent avec lui, pour qu’aucune soustraction ne le redonne. Toutes se lisent «\u00a0secret\u00a0», sans "
        "dire lesquelles sont petites.",
        "ADR 0023",
    ),
    (
        "Semestres",
        "Les périodes sont des semestres civils achevés. Un cumul qui recouvrirait un semestre, soustrait de lui, "
        "montrerait quelques personnes.",
        "ADR 0023",
    ),
)


def etablir(acteur: Acteur, semestre: Semestre) -> Bilan:
    """Les agrégats masqués de la structure de l’acteur. Lève `PermissionDenied` sans le droit de les consulter.

    Lève `ActionImpossible` sous cinq bénéficiaires : la même phrase qu’il y en ait quatre ou aucun.
    """
    lecteur = acteur.lecteur_d_agregats()
    demande = Demande(NOM, semestre.periode())
    structure = Structure.objects.visibles_par(lecteur).get()
    faits = agregats.lire(lecteur, structure, demande.periode)
    entete = rapport.entete(TITRE, structure, demande, par=acteur)
    masque = masquage.masquer(_assembler(faits, entete, demande), faits)
    if masque.indicateurs["beneficiaires"] in {SECRET, 0}:
        raise ActionImpossible(
            f"Moins de cinq bénéficiaires au {semestre}\u00a0: rien ne peut en être montré. Choisir un autre semestre."
        )
    return _sans_ouverture(masque)


def _assembler(faits: Faits, entete: Entete, demande: Demande) -> Bilan:
    """Le bilan avant masquage : il ne sort pas de ce module."""
    retenus = [i for i in declarations.INDICATEURS if i.cle in INDICATEURS]
    compte = compter(faits)
    indicateurs = {indicateur.cle: compte[indicateur.cle] for indicateur in retenus}
    construits = [
        Tableau(definitions.PUBLICS, tableaux.publics(faits)),
        Tableau(definitions.PROFIL, [r for r in tableaux.profil(faits) if "brsa" not in r.filtre]),
        Tableau(TERRITOIRES, tableaux.territoires(faits)),
        Tableau(TYPES_D_ACHETEUR, list(types_d_acheteur(faits))),
        Tableau(MODALITES, list(modalites(faits))),
        Tableau(definitions.SORTIES, tableaux.sorties(faits)),
    ]
    return Bilan(
        entete=entete,
        demande=demande,
        indicateurs=indicateurs,
        synthese=list(rapport.synthese(retenus, indicateurs, {})),
        tableaux={tableau.definition.cle: tableau for tableau in construits},
        methode=[*REGLES, *rapport.methode(entete, retenus, [t.definition for t in construits])],
        en_avant=EN_AVANT,
    )


def types_d_acheteur(faits: Faits) -> Iterable[Rangee]:
    """Les sous-totaux du tableau des acheteurs : aucun acheteur n’y est nommé."""
    for rangee in tableaux.acheteurs(faits):
        if rangee.niveau == DETAIL:
            continue
        code, libelle = rangee.valeurs["type"], rangee.valeurs["type_libelle"]
        debut = {"code": code or "TOTAL", "libelle": libelle or "Total (distinct)"}
        niveau = DETAIL if rangee.niveau == SOUS_TOTAL else TOTAL
        yield Rangee({**debut, **{cle: rangee.valeurs[cle] for cle in _DES_ACHETEURS}}, rangee.filtre, niveau)


def modalites(faits: Faits) -> Iterable[Rangee]:
    """Une ligne par modalité qui porte des heures, tous contrats réunis."""
    par_modalite = calculs.par_cle(faits.cellules, lambda c: c.modalite)
    tous = calculs.par_participant(faits.cellules)
    for code, libelle in Modalite.choices:
        if code in par_modalite:
            yield Rangee(_modalite(code, libelle, par_modalite[code], tous), {"modalite": code})
    yield Rangee(_modalite("TOTAL", "Total (distinct)", tous, tous), niveau=TOTAL)


def _modalite(code: str, libelle: str, heures: dict[int, int], tous: dict[int, int]) -> dict[str, object]:
    return {
        "modalite": code,
        "modalite_libelle": libelle,
        "beneficiaires": len(calculs.beneficiaires(heures)),
        "heures": en_decimal(sum(heures.values())),
        "part_heures": quotient(sum(heures.values()), sum(tous.values())),
    }


def _sans_ouverture(bilan: Bilan) -> Bilan:
    """Aucun chiffre ne s’ouvre : il n’y a pas de lignes à montrer."""
    return replace(
        bilan,
        synthese=[LigneSynthese(replace(x.indicateur, ouvre=None), x.realise, None, None) for x in bilan.synthese],
        tableaux={
            cle: replace(tableau, definition=_fermer(tableau.definition)) for cle, tableau in bilan.tableaux.items()
        },
    )


def _fermer(definition: TableauBilan) -> TableauBilan:
    colonnes = tuple(replace(c, ouvre=None) for c in definition.colonnes)
    return replace(definition, colonnes=colonnes, dessin=None)
