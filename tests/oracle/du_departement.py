"""Les feuilles du Département (A), attendues ligne à ligne ; plusieurs servent aux autres bilans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from heures.enums import (
    CriterePublic,
    DureeInscription,
    Modalite,
    Niveau,
    OuiNonInconnu,
    SituationSortie,
    TypeContrat,
)
from marches.enums import NatureActivite, TypeDonneurOrdre
from tests.oracle.classeur import DETAIL, SOUS_TOTAL, TOTAL, Feuille, Ligne, dresser
from tests.oracle.compte import Compte
from tests.oracle.sorties import CATEGORIES, PRESUMEE
from tests.oracle.structure import NR, jour
from tests.oracle.synthese import NOMS, objectifs, synthese

MESURES = {
    "Femmes": "femmes", "Hommes": "hommes", "Total": "total", "% des personnes": "part", "Nouveaux": "nouveaux",
    "Heures": "heures", "% des heures": "part_heures", "Heures moyennes": "heures_moyennes",
}  # fmt: skip
TERRITOIRES = {
    "Bénéficiaires": "beneficiaires", "dont BRSA": "beneficiaires_brsa", "% BRSA": "part_brsa",
    "Nouveaux": "nouveaux", "dont BRSA nouveaux": "nouveaux_brsa", "Heures": "heures",
    "dont heures BRSA": "heures_brsa", "% heures BRSA": "part_heures_brsa", "Sorties saisies": "sorties",
    "dont positives": "positives", "Sorties présumées": "presumees",
}  # fmt: skip
ACHETEURS = {
    "Marchés notifiés": "marches_notifies", "en cours": "marches_en_cours", "actifs": "marches_actifs",
    "Heures engagées cumul": "heures_engagees_cumul", "Heures période": "heures_periode",
    "Heures cumul": "heures_cumul", "Taux": "taux", "Bénéficiaires": "beneficiaires",
    "dont BRSA": "beneficiaires_brsa",
}  # fmt: skip
SORTIES = {
    "À la sortie": "sorties", "%": "part", "À 6 mois": "a_6_mois", "% à 6 mois": "part_6_mois",
    "À 12 mois": "a_12_mois", "% à 12 mois": "part_12_mois",
}  # fmt: skip
REPARTITION = {"Bénéficiaires": "beneficiaires", "Heures": "heures", "% des heures": "part_heures"}
QUALITE = {"À compléter": "nombre", "Sur": "sur", "%": "part", "Heures": "heures"}
CRITERES = {**dict(CriterePublic.choices), NR: "Non renseigné"}
AGES = {"MOINS_26": "Moins de 26 ans", "DE_26_A_49": "26 à 49 ans", "PLUS_50": "50 ans et plus", NR: "Non renseigné"}
RUBRIQUES = {
    "Âge": AGES,
    "Niveau de formation": dict(Niveau.choices),
    "Durée d’inscription": dict(DureeInscription.choices),
    "Bénéficiaire du RSA": dict(OuiNonInconnu.choices),
    "Réside en QPV": dict(OuiNonInconnu.choices),
    "Participant PLIE": dict(OuiNonInconnu.choices),
}
AILLEURS = {"AUTRE_DEPARTEMENT": "Reste du département", "HORS": "Hors territoire", NR: "Non renseigné"}
SITUATIONS = {PRESUMEE: "Sortie présumée, à saisir", **dict(SituationSortie.choices)}
TEXTES = {
    "faits_marquants": "Faits marquants de la période", "publics": "Publics et parcours",
    "acheteurs": "Acheteurs et commande publique", "entreprises": "Entreprises et structures d’insertion",
    "difficultes": "Difficultés et réponses apportées", "perspectives": "Perspectives",
}  # fmt: skip
CONTROLES = (
    "LIGNES_DECLAREE", "LIGNES_REFUSEE", "SANS_ENTREE", "SANS_CRITERE", "SANS_CONSTAT", "SANS_PIECE", "SANS_COMMUNE",
    "SANS_QPV", "SANS_NAISSANCE", "SORTIES_PRESUMEES", "SORTIES_NR", "ECHEANCES_6_NR", "ECHEANCES_12_NR",
    "MARCHES_SANS_ENGAGEMENT",
)  # fmt: skip
DU_COMITE_OU_D_UN_ACHETEUR = {"engagements_a_risque", "heures_en_risque", "nouveaux_chez"}


def feuilles(compte: Compte, avant: Compte, noms: Mapping[str, str]) -> dict[str, Feuille]:
    """`noms` : SIREN d’intercommunalité → nom."""
    cles = [cle for cle in NOMS if cle not in DU_COMITE_OU_D_UN_ACHETEUR]
    n1 = avant.indicateurs if avant.validees else {}
    visees = objectifs(compte.structure, compte.periode.du.year)
    au_moins_un = publics(compte, lambda p, code: code in compte.structure.profils[p].criteres)
    deux = (("principal", publics(compte)), ("au moins un", au_moins_un))
    titres = {"principal": "Publics\u00a0: critère principal", "au moins un": "Publics\u00a0: au moins un critère"}
    return {
        "A1 Synthèse": synthese(cles, compte.indicateurs, n1, visees),
        "A2 Publics": Feuille(
            ("Tableau", "Code"), [{"Tableau": titres[nom], **x} for nom, lignes in deux for x in lignes]
        ),
        "A3 Profil": profil(compte),
        "A4 Territoires": _territoires(compte, noms),
        "A5 Acheteurs": acheteurs(compte, par_type=True),
        "A6 Modalités": _modalites(compte),
        "A6 Heures": _matrice(compte, 0),
        "A6 Personnes": _matrice(compte, 1),
        "A7 Sorties": sorties(compte),
        "A8 Activité": _activite(compte),
        "A9 Analyse": _analyse(compte),
        "A10 Qualité": Feuille(
            ("Code",), [dresser(QUALITE, DETAIL, compte.qualite({"code": c}), Code=c) for c in CONTROLES]
        ),
    }


def publics(compte: Compte, a: Callable[[str, str], bool] | None = None) -> list[Ligne]:
    """Une ligne par critère, puis le total ; `a` : cette personne a-t-elle ce critère, le principal par défaut."""
    profils = compte.structure.profils
    juger = a or (lambda p, code: profils[p].principal == code)
    lignes = [
        dresser(
            MESURES, DETAIL, compte.mesures(lambda p, c=code: juger(p, c)), Code=code, **{"Critère principal": nom}
        )
        for code, nom in CRITERES.items()
    ]
    textes = {"Code": "TOTAL", "Critère principal": "Total (distinct)"}
    return [*lignes, dresser(MESURES, TOTAL, compte.mesures(lambda _: True), **textes)]


def profil(compte: Compte) -> Feuille:
    lignes = [
        dresser(MESURES, DETAIL, compte.profil({"rubrique": rubrique, "code": code}), Rubrique=rubrique, Code=code,
                Ligne=nom)
        for rubrique, choix in RUBRIQUES.items()
        for code, nom in choix.items()
    ]  # fmt: skip
    textes = {"Rubrique": "Ensemble", "Code": "TOTAL", "Ligne": "Total (distinct)"}
    return Feuille(("Rubrique", "Code"), [*lignes, dresser(MESURES, TOTAL, compte.mesures(lambda _: True), **textes)])


def _territoires(compte: Compte, noms: Mapping[str, str]) -> Feuille:
    codes = {code: noms[code] for code in compte.structure.epcis} | AILLEURS
    lignes = [
        dresser(TERRITOIRES, DETAIL, compte.territoires({code}), Code=code, **{"Territoire de résidence": nom})
        for code, nom in codes.items()
    ]
    textes = {"Code": "TOTAL", "Territoire de résidence": "Total"}
    return Feuille(("Code",), [*lignes, dresser(TERRITOIRES, TOTAL, compte.territoires(codes), **textes)])


def acheteurs(compte: Compte, *, par_type: bool) -> Feuille:
    fiches = {f["siret"]: f for f in compte.structure.feuilles["acheteurs"]}
    presents = compte.presents()
    lignes = [
        dresser(ACHETEURS, DETAIL, compte.acheteurs({siret}), Acheteur=fiches[siret]["nom"], SIRET=siret,
                Type=TypeDonneurOrdre(fiches[siret]["type"]).label, EPCI=fiches[siret]["epci_siren"])
        for siret in presents
    ]  # fmt: skip
    for type_acheteur in {fiches[siret]["type"] for siret in presents} if par_type else ():
        reunis = {siret for siret in presents if fiches[siret]["type"] == type_acheteur}
        nom = TypeDonneurOrdre(type_acheteur).label
        textes = {"Acheteur": f"Sous-total\u00a0: {nom}", "Type": nom}
        lignes.append(dresser(ACHETEURS, SOUS_TOTAL, compte.acheteurs(reunis), **textes))
    lignes.append(dresser(ACHETEURS, TOTAL, compte.acheteurs(presents), Acheteur="Total (distinct)"))
    return Feuille(("Acheteur", "SIRET"), lignes)


def _modalites(compte: Compte) -> Feuille:
    lignes = [
        dresser(REPARTITION, DETAIL, compte.repartir(lambda h, c=couple: compte.mode(h) == c), **_couple(*couple))
        for couple in {compte.mode(h) for h in compte.validees}
    ]
    textes = {"Code modalité": "TOTAL", "Modalité": "Total (distinct)"}
    total = dresser(REPARTITION, TOTAL, compte.repartir(lambda _: True), **textes)
    return Feuille(("Code modalité", "Code contrat"), [*lignes, total])


def _couple(modalite: str, contrat: str) -> dict[str, str]:
    return {
        "Code modalité": modalite, "Modalité": Modalite(modalite).label, "Code contrat": contrat,
        "Type de contrat": TypeContrat(contrat).label,
    }  # fmt: skip


def _matrice(compte: Compte, rang: int) -> Feuille:
    """Une case sans heures est vide, et non nulle."""
    couples = {compte.mode(h) for h in compte.validees}
    modalites, contrats = ({couple[place] for couple in couples} for place in (0, 1))
    lignes = []
    for modalite in (*modalites, ""):
        cases = {
            (TypeContrat(contrat).label if contrat else "Total"): compte.croisement(modalite, contrat)[rang]
            for contrat in (*contrats, "")
            if not (modalite and contrat) or (modalite, contrat) in couples
        }
        nom = Modalite(modalite).label if modalite else "Total"
        lignes.append({"Modalité": nom, **cases, "Niveau": DETAIL if modalite else TOTAL})
    return Feuille(("Modalité",), lignes)


def sorties(compte: Compte) -> Feuille:
    lignes = [
        dresser(SORTIES, DETAIL, x, Code=x["code"], Situation=SITUATIONS[x["code"]], Catégorie=x["categorie"])
        for x in compte.sorties.lignes()
    ]
    for x in compte.sorties.totaux():
        est_partiel = x["categorie"] in CATEGORIES
        situation = f"Sous-total\u00a0: {x['categorie'].lower()}" if est_partiel else "Total"
        textes = {"Catégorie": x["categorie"], "Code": x["code"], "Situation": situation}
        lignes.append(dresser(SORTIES, SOUS_TOTAL if est_partiel else TOTAL, x, **textes))
    return Feuille(("Catégorie", "Code"), lignes)


def _activite(compte: Compte) -> Feuille:
    annee = compte.periode.du.year
    colonnes = {f"T{n} {annee}": f"{annee}-T{n}" for n in (1, 2, 3, 4)} | {"Total": "total", "%": "part"}
    natures: Iterable[tuple[str, str]] = (*NatureActivite.choices, ("TOTAL", "Total"))
    lignes = [
        dresser(colonnes, TOTAL if code == "TOTAL" else DETAIL, compte.activite({"code": code}), Code=code,
                Activité=nom)
        for code, nom in natures
    ]  # fmt: skip
    return Feuille(("Code",), lignes)


def _analyse(compte: Compte) -> Feuille:
    """Les textes rédigés pour cette période exactement."""
    siennes: list[dict[str, Any]] = [
        ligne
        for ligne in compte.structure.feuilles["analyses"]
        if (jour(ligne["du"]), jour(ligne["au"])) == tuple(compte.periode)
    ]
    lignes = [
        {"Rubrique": titre, "Texte": analyse[nom], "Niveau": DETAIL}
        for analyse in siennes
        for nom, titre in TEXTES.items()
        if analyse[nom]
    ]
    return Feuille(("Rubrique",), lignes)
