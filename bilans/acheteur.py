"""Le bilan par acheteur, ou par intercommunalité (bilans.md, C) : entier à l’écran d’un agent, masqué dès qu’il sort.

Masqué, les heures des lots restent : ce sont les termes du contrat, que l’acheteur suit déjà (docs/adr/0029).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Count, Q, Sum

from bilans import agregats, calculs, declarations, etats, lots, masquage, rapport, tableaux
from bilans.calculs import en_decimal, evolution
from bilans.calculs import rapport as quotient
from bilans.definitions import Unite
from bilans.definitions_acheteur import (
    ACHETEURS,
    CHEZ,
    CONSIDERATIONS,
    CONTRATS,
    MARCHES,
    MARCHES_EPCI,
    MODALITES,
    NOUVEAUX_CHEZ,
    PROFIL,
    PUBLICS,
    SECTEURS,
    SOURCE,
    SUITES,
    TABLEAUX,
)
from bilans.faits import NR, OUI, Faits, Periode
from bilans.indicateurs import compter
from bilans.perimetre import Perimetre, trouver
from bilans.rapport import Bilan, Demande, Entete, LigneSynthese, Tableau
from bilans.secret import SECRET, est_petit
from bilans.tableaux import TOTAL, Choix, Rangee
from bilans.valeurs import Chiffre
from clauses.comptes.acteurs import Acteur
from heures.enums import Modalite, TypeContrat
from marches.enums import Secteur
from marches.models import Marche

NOM = "acheteur"
TITRE = "Bilan par acheteur"
EN_AVANT = ("heures_realisees", "beneficiaires", "nouveaux_entrants", "taux_cumul")
SANS = {
    "acheteurs_actifs", "acheteurs_nouveaux", "sorties", "sorties_toutes", "sorties_presumees", "sorties_positives",
    "taux_sorties_positives", "echeances_6_mois", "positives_6_mois", "taux_6_mois", "echeances_12_mois",
    "positives_12_mois", "taux_12_mois", "etp_facilitateurs", "heures_par_etp_facilitateur",
    "beneficiaires_par_etp_facilitateur",
}  # fmt: skip
# Ce qui se tairait toujours : des croisements, ou des comptes qu’aucune ligne ne montre.
SANS_SI_MASQUE = {
    "nouveaux_brsa", "contrats", "siae_heures", "taux_siae_heures", "heures_declarees", "heures_refusees",
    "residents_territoire", "residents_departement", "residents_hors", "residents_nr",
}  # fmt: skip
PUBLIQUES = frozenset(
    {
        "heures_realisees", "heures_realisees_cumul", "taux_cumul", *lots.HEURES, "taux", "montant_ht",
        "penalite_proposee", "notification", "fin", "date", "echeance", "montant", "lots", "part_periode", "marches",
        "part_marches",
    }
)  # fmt: skip


def etablir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le bilan entier de l’acheteur demandé (`demande.acheteur` : SIRET, ou SIREN d’une intercommunalité).

    Lève `ActionImpossible` sans acheteur connu ou sans aucune heure validée, `PermissionDenied` sans le droit.
    """
    return dresser(acteur, demande, trouver(acteur, demande.acheteur), par=acteur, est_masque=False)


def sortir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le bilan d’un fichier : masqué, sauf si la demande le veut complet."""
    return dresser(acteur, demande, trouver(acteur, demande.acheteur), par=acteur, est_masque=not demande.complet)


def dresser(lecteur: Acteur, demande: Demande, perimetre: Perimetre, *, par: Acteur, est_masque: bool) -> Bilan:
    """Le bilan de ces acheteurs, lu par `lecteur` et établi au nom de `par`."""
    structure, faits = rapport.lire_faits(lecteur, demande.periode, perimetre.acheteurs)
    avant = agregats.lire(lecteur, structure, demande.periode.un_an_plus_tot(), perimetre.acheteurs)
    quoi = "les petits effectifs sont tus" if est_masque else "complet, réservé à la structure"
    filtres = f"{perimetre.en_clair[0]}\u00a0: {perimetre.nom} ({perimetre.code})\u00a0; {quoi}"
    entete = replace(rapport.entete(TITRE, structure, demande, par=par), filtres=filtres)
    bilan = _assembler(faits, entete, demande, est_masque=est_masque)
    bilan = replace(bilan, tableaux={**_des_lots(lecteur, faits, perimetre), **bilan.tableaux})
    precedent = _assembler(avant, entete, demande, est_masque=est_masque)
    if est_masque:
        bilan, precedent = _masquer(bilan, faits), _masquer(precedent, avant)
    precedents = precedent.indicateurs if avant.cellules else {}
    compares = [_comparer(ligne, bilan.indicateurs, precedents) for ligne in bilan.synthese]
    base = {"base_etp": structure.base_etp}
    avant_lui = {**precedents, **base} if precedents else {}
    compares = rapport.avec_termes(compares, {**bilan.indicateurs, **base}, avant_lui)
    return replace(bilan, synthese=compares, tableaux=_ordonner(bilan.tableaux))


def _comparer(
    ligne: LigneSynthese, indicateurs: Mapping[str, Chiffre], precedents: Mapping[str, Chiffre]
) -> LigneSynthese:
    """La même ligne et la même période un an plus tôt ; une valeur tue ne se compare pas."""
    indicateur = ligne.indicateur
    actuel, ancien = indicateurs[indicateur.cle], precedents.get(indicateur.cle)
    if actuel is SECRET or ancien is SECRET:
        return LigneSynthese(indicateur, actuel, ancien, None)
    variation = evolution(actuel, ancien, est_taux=indicateur.unite is Unite.TAUX)
    return LigneSynthese(indicateur, actuel, ancien, variation)


def _assembler(faits: Faits, entete: Entete, demande: Demande, *, est_masque: bool) -> Bilan:
    """Ce qui se compte sur les faits seuls : synthèse et publics."""
    sans = SANS | (SANS_SI_MASQUE if est_masque else set())
    declares = [i for i in declarations.INDICATEURS if i.cle not in sans]
    rang = next(n for n, i in enumerate(declares) if i.cle == "nouveaux_entrants") + 1
    declares.insert(rang, NOUVEAUX_CHEZ)
    compte: dict[str, Any] = {**compter(faits), NOUVEAUX_CHEZ.cle: _nouveaux_chez(faits, {})}
    indicateurs = {indicateur.cle: compte[indicateur.cle] for indicateur in declares}
    construits = [_publics(faits, est_masque=est_masque), _profil(faits, est_masque=est_masque), *_repartitions(faits)]
    construits.append(_secteurs(faits, est_masque=est_masque))
    lignes = [LigneSynthese(indicateur, indicateurs[indicateur.cle], None, None) for indicateur in declares]
    regles = (*MASQUE, *COMMUNES) if est_masque else COMMUNES
    return Bilan(
        entete=entete,
        demande=demande,
        indicateurs=indicateurs,
        synthese=lignes,
        tableaux={tableau.definition.cle: tableau for tableau in construits},
        methode=rapport.en_tete_d_abord(rapport.methode(entete, declares, TABLEAUX), regles),
        en_avant=EN_AVANT,
    )


COMMUNES = (
    (
        "Nouveau",
        "«\u00a0Nouveau\u00a0» se juge sur toute la structure\u00a0; «\u00a0nouveau chez l’acheteur\u00a0», sur ses "
        "seuls marchés.",
        SOURCE,
    ),
)
MASQUE = (
    (
        "Secret",
        "Un effectif de 1 à 4 personnes ne se publie pas, ni ses heures, ni ses parts\u00a0; d’autres valeurs se "
        "taisent avec lui pour qu’aucune soustraction ne le redonne. Les heures des lots ne se taisent pas\u00a0: "
        "l’acheteur les suit au titre de son contrat.",
        "ADR 0023, ADR 0029",
    ),
)


def _ordonner(construits: Mapping[str, Tableau]) -> dict[str, Tableau]:
    """Dans l’ordre de bilans.md ; les acheteurs d’une intercommunalité d’abord."""
    return {d.cle: construits[d.cle] for d in TABLEAUX if d.cle in construits}


def _nouveaux_chez(faits: Faits, filtre: Mapping[str, str]) -> int:
    heures = calculs.par_participant(calculs.retenir(faits, {**filtre, "nouveau_chez": OUI}))
    return len(calculs.beneficiaires(heures))


def _publics(faits: Faits, *, est_masque: bool) -> Tableau:
    """Masqué, sans « nouveaux chez l’acheteur » : leur écart aux nouveaux compterait quelques personnes."""
    if est_masque:
        return Tableau(PUBLICS, tableaux.publics(faits))
    rang = next(n for n, colonne in enumerate(PUBLICS.colonnes) if colonne.cle == "nouveaux") + 1
    definition = replace(PUBLICS, colonnes=(*PUBLICS.colonnes[:rang], CHEZ, *PUBLICS.colonnes[rang:]))
    rangees = [
        replace(rangee, valeurs={**rangee.valeurs, CHEZ.cle: _nouveaux_chez(faits, rangee.filtre)})
        for rangee in tableaux.publics(faits)
    ]
    return Tableau(definition, rangees)


def _profil(faits: Faits, *, est_masque: bool) -> Tableau:
    """Masqué, le RSA est un trait de chaque ligne, pas une ligne."""
    return Tableau(PROFIL, [r for r in tableaux.profil(faits) if not (est_masque and "brsa" in r.filtre)])


def _repartitions(faits: Faits) -> Iterable[Tableau]:
    yield Tableau(MODALITES, list(_repartir(faits, "modalite", Modalite.choices)))
    yield Tableau(CONTRATS, list(_repartir(faits, "type_contrat", TypeContrat.choices)))


def _repartir(faits: Faits, dimension: str, choix: Choix) -> Iterable[Rangee]:
    """Une ligne par code qui porte des heures, puis le total distinct."""
    ranger = calculs.PAR_CELLULE[dimension]
    par_code = calculs.par_cle(faits.cellules, lambda c: ranger(faits, c))
    tous = calculs.par_participant(faits.cellules)
    for code, libelle in choix:
        if code in par_code:
            yield Rangee(_part(code, libelle, par_code[code], tous), {dimension: code})
    yield Rangee(_part("TOTAL", "Total (distinct)", tous, tous), niveau=TOTAL)


def _part(code: str, libelle: str, heures: Mapping[int, int], tous: Mapping[int, int]) -> dict[str, Any]:
    return {
        "code": code,
        "libelle": libelle,
        "beneficiaires": len(calculs.beneficiaires(heures)),
        "heures": en_decimal(sum(heures.values())),
        "part_heures": quotient(sum(heures.values()), sum(tous.values())),
    }


def _secteurs(faits: Faits, *, est_masque: bool) -> Tableau:
    """Masqué, sans bénéficiaires : un secteur additionne des lots, qui se masquent déjà."""
    par_lot = calculs.totaux(faits.cellules, lambda c: faits.engagements[c.engagement].lot)
    secteurs = {engagement.lot: engagement.secteur or NR for engagement in faits.engagements.values()}
    actifs = [secteur for lot, secteur in secteurs.items() if par_lot.get(lot, 0) >= calculs.UNE_HEURE]
    rangees = []
    for rangee in _repartir(faits, "secteur", [*Secteur.choices, tableaux.NON_RENSEIGNE]):
        nombre = len(actifs) if rangee.niveau == TOTAL else actifs.count(rangee.filtre["secteur"])
        lues = rangee.valeurs
        valeurs = {**lues, "lots": nombre, "heures_periode": lues["heures"], "part_periode": lues["part_heures"]}
        rangees.append(replace(rangee, valeurs=valeurs))
    if not est_masque:
        return Tableau(SECTEURS, rangees)
    colonnes = tuple(colonne for colonne in SECTEURS.colonnes if colonne.cle != "beneficiaires")
    return Tableau(replace(SECTEURS, colonnes=colonnes), rangees)


def _des_lots(lecteur: Acteur, faits: Faits, perimetre: Perimetre) -> dict[str, Tableau]:
    """Ce qui se lit des marchés : lots, acheteurs d’une intercommunalité, suites, considérations sociales."""
    lus = lots.lire_lots(lecteur, faits, perimetre.acheteurs)
    arrete_au = faits.periode.arrete_au
    propositions = lots.lire_propositions(lecteur, lus, arrete_au)
    rangees = lots.marches(lecteur, faits, lus, propositions, est_epci=perimetre.est_epci)
    trouves = [
        Tableau(MARCHES_EPCI if perimetre.est_epci else MARCHES, rangees),
        Tableau(SUITES, lots.suites(lecteur, lus, propositions, arrete_au)),
        Tableau(CONSIDERATIONS, _considerations(lecteur, perimetre, faits.periode)),
    ]
    if perimetre.est_epci:
        trouves.append(Tableau(ACHETEURS, [r for r in tableaux.acheteurs(faits) if r.niveau != tableaux.SOUS_TOTAL]))
    return {tableau.definition.cle: tableau for tableau in trouves}


def _considerations(lecteur: Acteur, perimetre: Perimetre, periode: Periode) -> list[Rangee]:
    notifies = Marche.objects.visibles_par(lecteur).notifies(du=periode.du, au=periode.au)
    clause, critere, reserve = Q(a_clause_sociale=True), Q(a_critere_social=True), Q(est_reserve=True)
    filtres = zip(etats.CONSIDERATIONS.items(), (clause, critere, reserve, clause | critere | reserve), strict=True)
    lignes = {code: (libelle, filtre) for (code, libelle), filtre in filtres} | {
        "TOTAL": ("Tous les marchés suivis", Q()),
    }
    mesures: dict[str, Any] = {f"{code}_nombre": Count("pk", filter=filtre) for code, (_, filtre) in lignes.items()}
    mesures |= {f"{code}_montant": Sum("montant_ht", filter=filtre) for code, (_, filtre) in lignes.items()}
    lues = notifies.filter(acheteur__in=perimetre.acheteurs).order_by().aggregate(**mesures)
    return [
        Rangee(
            {
                "code": code,
                "libelle": libelle,
                "marches": lues[f"{code}_nombre"],
                "part_marches": quotient(lues[f"{code}_nombre"], lues["TOTAL_nombre"]),
                "montant_ht": lues[f"{code}_montant"],
            },
            {} if code == "TOTAL" else {"consideration": code},
            TOTAL if code == "TOTAL" else tableaux.DETAIL,
        )
        for code, (libelle, _) in lignes.items()
    ]


def _masquer(bilan: Bilan, faits: Faits) -> Bilan:
    """Le bilan masqué, fermé, où l’on ne lit « nouveaux chez l’acheteur » que si aucun écart n’est petit."""
    masque = masquage.masquer(bilan, faits, PUBLIQUES)
    chez = bilan.indicateurs[NOUVEAUX_CHEZ.cle]
    montres = [masque.indicateurs[cle] for cle in ("beneficiaires", "nouveaux_entrants")]
    if isinstance(chez, int) and not _est_deductible(chez, montres):
        masque = replace(masque, indicateurs={**masque.indicateurs, NOUVEAUX_CHEZ.cle: chez})
    lignes = [LigneSynthese(replace(x.indicateur, ouvre=None), x.realise, None, None) for x in masque.synthese]
    fermes = {cle: _fermer(tableau) for cle, tableau in masque.tableaux.items()}
    return replace(masque, synthese=lignes, tableaux=fermes, est_masque=True)


def _est_deductible(chez: int, montres: Iterable[Chiffre]) -> bool:
    """Un groupe de 1 à 4 se lirait-il dans cette valeur, ou dans son écart à une autre qui est montrée ?"""
    ecarts = [valeur - chez if isinstance(valeur, int) else 1 for valeur in montres]
    return est_petit(chez) or any(est_petit(abs(ecart)) for ecart in ecarts)


def _fermer(tableau: Tableau) -> Tableau:
    """Aucun chiffre ne s’ouvre."""
    colonnes = tuple(replace(colonne, ouvre=None) for colonne in tableau.definition.colonnes)
    return replace(tableau, definition=replace(tableau.definition, colonnes=colonnes, dessin=None))
