"""Les feuilles du bilan par acheteur, ou par intercommunalité (C), attendues ligne à ligne."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from heures.enums import Modalite, TypeContrat
from marches.enums import NatureEvenement, Secteur, StatutPenalite
from tests.oracle import du_departement as departement
from tests.oracle.classeur import DETAIL, TOTAL, Feuille, Ligne, dresser
from tests.oracle.compte import Compte
from tests.oracle.contrats import Contrats, en_euros
from tests.oracle.structure import NR, Heure, Structure, premiers_mois, taux
from tests.oracle.synthese import NOMS, synthese

SANS = {
    "acheteurs_actifs", "acheteurs_nouveaux", "sorties", "sorties_toutes", "sorties_presumees", "sorties_positives",
    "taux_sorties_positives", "echeances_6_mois", "positives_6_mois", "taux_6_mois", "echeances_12_mois",
    "positives_12_mois", "taux_12_mois", "etp_facilitateurs", "heures_par_etp_facilitateur",
    "beneficiaires_par_etp_facilitateur", "engagements_a_risque", "heures_en_risque",
}  # fmt: skip
CONTRAT = {
    "N°": "numero", "Objet": "objet", "Titulaires": "titulaires", "Notif.": "notification", "Fin": "fin",
    "Montant": "montant_ht", "Nature": "nature", "Article": "article", "Situation": "situation",
}  # fmt: skip
LOT = {
    "H initiales": "heures_initiales", "Avenants": "avenants", "H engagées": "heures_engagees",
    "H avant": "heures_avant", "H période": "heures_periode", "H cumul": "heures_cumul", "Taux": "taux",
    "Reste": "reste", "Bénéf.": "beneficiaires", "Pénalité proposée": "penalite_proposee", "Montant": "montant_ht",
}  # fmt: skip
SECTEURS = {"Heures": "heures", "% des heures": "part_heures", "Bénéficiaires": "beneficiaires"}
SUITES = {
    "N°": "numero", "Entreprise": "entreprise", "Étape": "etape", "Date": "date", "Réponse attendue": "echeance",
    "Montant": "montant",
}  # fmt: skip
CONSIDERATIONS = {
    "CLAUSE": ("Clause sociale", ("a_clause_sociale",)),
    "CRITERE": ("Critère social", ("a_critere_social",)),
    "RESERVE": ("Marché réservé", ("est_reserve",)),
    "AU_MOINS_UNE": (
        "Au moins une considération sociale",
        ("a_clause_sociale", "a_critere_social", "est_reserve"),
    ),
}


def chez(structure: Structure, sirets: Collection[str]) -> Structure:
    """La même, réduite aux marchés de ces acheteurs ; « nouveau » s’y juge toujours sur toute la structure."""
    feuilles = {
        nom: [ligne for ligne in lignes if ligne.get("acheteur_siret") in (None, *sirets)]
        for nom, lignes in structure.feuilles.items()
    }
    return replace(structure, feuilles=feuilles, heures=[h for h in structure.heures if h.engagement[1] in sirets])


def feuilles(compte: Compte, avant: Compte, *, est_epci: bool) -> dict[str, Feuille]:
    """`compte`, `avant` : la structure réduite à ces acheteurs, la période et un an plus tôt."""
    cles = [cle for cle in NOMS if cle not in SANS]
    maintenant = {**compte.hors_sorties, "nouveaux_chez": _nouveaux_chez(compte, lambda _: True)}
    n1 = {**avant.hors_sorties, "nouveaux_chez": _nouveaux_chez(avant, lambda _: True)} if avant.validees else {}
    acheteurs = {"C1 Acheteurs": departement.acheteurs(compte, par_type=False)} if est_epci else {}
    contrats = Contrats(compte)
    return acheteurs | {
        "A1 Synthèse": synthese(cles, maintenant, n1, {}),
        "C2 Marchés": _marches(compte, contrats, est_epci=est_epci),
        "C3 Publics": _publics(compte),
        "C4 Profil": departement.profil(compte),
        "C5 Modalités": _repartir(compte, "Modalité", dict(Modalite.choices), lambda h: compte.mode(h)[0]),
        "C6 Contrats": _repartir(compte, "Type de contrat", dict(TypeContrat.choices), lambda h: compte.mode(h)[1]),
        "C7 Secteurs": _secteurs(compte, contrats),
        "C8 Suites": _suites(contrats),
        "C9 SPASER": _considerations(compte),
    }


def _nouveaux_chez(compte: Compte, retenir: Callable[[str], bool]) -> int:
    premiers = premiers_mois(compte.structure.heures)
    gens = compte.personnes(h for h in compte.validees if retenir(h.personne))
    return sum(p in premiers and compte.periode.contient(premiers[p]) for p in gens)


def _publics(compte: Compte) -> Feuille:
    profils = compte.structure.profils
    lignes = departement.publics(compte)
    for ligne in lignes:
        codes = {ligne["Code"]} if ligne["Code"] != "TOTAL" else {*departement.CRITERES}
        ligne["Nouveaux chez l’acheteur"] = _nouveaux_chez(compte, lambda p, c=codes: profils[p].principal in c)
    return Feuille(("Code",), lignes)


def _marches(compte: Compte, contrats: Contrats, *, est_epci: bool) -> Feuille:
    lignes = []
    for cle in contrats.lots:
        lu = contrats.lot(cle)
        textes = {"Acheteur": contrats.acheteurs[cle[1]]} if est_epci else {}
        lignes.append(dresser(CONTRAT | LOT, DETAIL, lu, **textes))
    total = contrats.total([contrats.lot(cle) for cle in contrats.lots])
    lignes.append(dresser(LOT, TOTAL, total, **{"N°": "Total (distinct)"}))
    return Feuille(("N°", "Acheteur"), lignes)


def _repartir(compte: Compte, titre: str, noms: Mapping[str, str], code: Callable[[Heure], str]) -> Feuille:
    lignes = [
        dresser(departement.REPARTITION, DETAIL, compte.repartir(lambda h, c=c: code(h) == c), Code=c,
                **{titre: noms[c]})
        for c in {code(h) for h in compte.validees}
    ]  # fmt: skip
    textes = {"Code": "TOTAL", titre: "Total (distinct)"}
    total = dresser(departement.REPARTITION, TOTAL, compte.repartir(lambda _: True), **textes)
    return Feuille(("Code",), [*lignes, total])


def _secteurs(compte: Compte, contrats: Contrats) -> Feuille:
    noms = {**dict(Secteur.choices), NR: "Non renseigné"}

    def secteur(heure: Heure) -> str:
        return contrats.fiches[heure.engagement[:3]]["secteur"] or NR

    par_lot = compte.sommes(compte.validees, lambda h: (h.engagement[:3], secteur(h)))
    actifs = [code for (_, code), total in par_lot.items() if total >= 100]
    lignes: list[Ligne] = []
    for code in {secteur(h) for h in compte.validees}:
        lu = compte.repartir(lambda h, c=code: secteur(h) == c)
        textes: dict[str, Any] = {"Code": code, "Secteur du lot": noms[code], "Lots actifs": actifs.count(code)}
        lignes.append(dresser(SECTEURS, DETAIL, lu, **textes))
    textes = {"Code": "TOTAL", "Secteur du lot": "Total (distinct)", "Lots actifs": len(actifs)}
    return Feuille(("Code",), [*lignes, dresser(SECTEURS, TOTAL, compte.repartir(lambda _: True), **textes)])


def _suites(contrats: Contrats) -> Feuille:
    etapes = dict(NatureEvenement.choices)
    decisions = {code: f"Décision\u00a0: {nom.lower()}" for code, nom in StatutPenalite.choices}
    lignes = [dresser(SUITES, DETAIL, x) for x in contrats.suites(etapes, decisions)]
    return Feuille(("N°", "Entreprise", "Étape", "Date", "Montant"), lignes)


def _considerations(compte: Compte) -> Feuille:
    notifies = [compte.marches[cle] for cle in compte.notifies()]
    lignes = []
    for code, (nom, champs) in {**CONSIDERATIONS, "TOTAL": ("Tous les marchés suivis", ())}.items():
        siens = [m for m in notifies if not champs or any(m[champ] == "oui" for champ in champs)]
        montants = [m["montant_ht"] for m in siens if m["montant_ht"] is not None]
        lignes.append(
            {
                "Code": code,
                "Marchés notifiés dans la période": nom,
                "Marchés": len(siens),
                "% des marchés suivis": taux(len(siens), len(notifies)),
                "Montant": en_euros(montants),
                "Niveau": DETAIL if champs else TOTAL,
            }
        )
    return Feuille(("Code",), lignes)
