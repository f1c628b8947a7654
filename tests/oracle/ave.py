"""L’AVE, recomptée : sa grille écrite une seconde fois, ligne à ligne, et ses onze tableaux en Python nu."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.oracle.compte import Compte, en_heures, taux
from tests.oracle.structure import NR, Heure, cle_d_engagement

ANNEE_DE_1600_HEURES = 160_000
EN_SIAE = ["EI", "ETTI", "AI", "ACI", "EITI"]
ADAPTEES = ["EA", "ESAT", "EATT"]
NIVEAUX = {"infra": ["1_2"], "cap": ["3"], "bac": ["4"], "sup": ["5", "6", "7", "8"],
           "autre": ["ETRANGER_NON_RECONNU", NR]}  # fmt: skip
AGES = {"Moins de 26 ans": ("moins_26", "MOINS_26"), "26 à 49 ans": ("de_26_a_49", "DE_26_A_49"),
        "50 ans et plus": ("plus_50", "PLUS_50"), "Âge non renseigné": ("nr", NR)}  # fmt: skip

Lignes = dict[str, str | list[str]]
# Par tableau, par groupe (vide : sans groupe), les codes de chaque ligne.
GRILLE: dict[str, dict[str, Lignes]] = {
    "acheteurs": {
        "Collectivités": {"communes": "COMMUNE", "intercommunalites": "INTERCOMMUNALITE",
                          "departements": "DEPARTEMENT", "regions": "REGION"},
        "État et établissements": {"etat": "ETAT", "etablissements": "ETAB_PUBLIC",
                                   "securite_sociale": "SECU_SOCIALE"},
        "Autres acheteurs": {"bailleurs": "BAILLEUR_SOCIAL", "syndicats": "SYNDICAT_SEM", "prives": "PRIVE",
                             "autres": "AUTRE"},
    },
    "clauses": {
        "Clause sociale": {"execution": "COND_EXEC"},
        "Clause sociale et critère social": {"execution_critere": "COND_EXEC_ET_CRITERE"},
        "Critère social": {"critere": "CRITERE_SEUL"},
        "Marché réservé": {"reserve_ea": "RESERVE_EA_ESAT", "reserve_siae": "RESERVE_SIAE",
                           "reserve_penitentiaire": "RESERVE_PENITENTIAIRE", "reserve_mixte": "RESERVE_MIXTE",
                           "reserve_ess": "RESERVE_ESS"},
        "Hors considération DECP": {"insertion": "MARCHE_INSERTION", "concession": "CONCESSION", "prive": "PRIVE",
                                    "aide": "AIDE_CONDITIONNEE", "scolaires": "FORMATION_SCOLAIRE",
                                    "volontaire": "VOLONTAIRE"},
    },
    "montants": {"": {cle: cle for cle in ("moins_40", "de_40_a_90", "de_90_a_221", "de_221_a_1000", "de_1_a_5539",
                                           "plus", "nr")}},
    "secteurs": {"": {
        "batiment": "BATIMENT", "travaux_publics": "TRAVAUX_PUBLICS", "espaces_verts": "ESPACES_VERTS",
        "nettoyage": "NETTOYAGE", "eau_dechets": "EAU_DECHETS", "restauration": "RESTAURATION",
        "intellectuelles": "PRESTATIONS_INTELLECTUELLES", "industrie": "INDUSTRIE",
        "action_sociale": "ACTION_SOCIALE", "autres_services": "AUTRES_SERVICES", "nr": NR,
    }},
    "contrats": {"": {
        "cdi": ["CDI", "CDI_INCLUSION"], "cdd": ["CDD", "CDDU"], "cddi": ["CDDI", "CDD_TREMPLIN"],
        "interim": ["INTERIM", "CDI_INTERIMAIRE"], "interim_insertion": "INTERIM_INSERTION",
        "apprentissage": "APPRENTISSAGE", "professionnalisation": "PROFESSIONNALISATION", "stage": "STAGE",
        "esat": "CONTRAT_SOUTIEN_ESAT", "autre": "AUTRE",
    }},
    "situation_avant": {"": {
        "rsa": "RSA", "deld": "DELD", "minima": ["ASS", "AAH", "ALLOC_INSERTION", "INVALIDITE"], "boeth": "BOETH",
        "jeunes": ["JEUNE_26_SANS_QUALIF", "JEUNE_26_DIPLOME"], "seniors": "SENIOR_50",
        "iae": ["IAE", "GEIQ", "EA_ESAT", "REGIE_QUARTIER"], "dispositifs": ["EPIDE", "E2C", "PACEA_CEJ", "SMA_SMV"],
        "refugies": ["REFUGIE", "DEMANDEUR_ASILE"], "justice": "SOUS_MAIN_JUSTICE", "ase": "ASE", "qpv": "QPV",
        "autre": "AUTRE_AVIS_MOTIVE", "nr": NR,
    }},
    "situation_qpv": {"": {"oui": "OUI", "non": "NON", "nr": NR}},
    "age_niveau": {
        groupe: {f"{prefixe}_{cle}": [f"{age}/{niveau}" for niveau in niveaux] for cle, niveaux in NIVEAUX.items()}
        for groupe, (prefixe, age) in AGES.items()
    },
    "modalites": {
        "Embauche directe": {"directe": "EMBAUCHE_DIRECTE/"},
        "Mise à disposition": {
            **{f"mad_{un.lower()}": f"MISE_A_DISPOSITION/{un}" for un in ("ETT", "ETTI", "AI", "GEIQ", "EATT")},
            "mad_autres": "MISE_A_DISPOSITION/",
        },
        **{
            groupe: {f"{prefixe}_siae": [f"{modalite}/{un}" for un in EN_SIAE],
                     f"{prefixe}_ea": [f"{modalite}/{un}" for un in ADAPTEES], f"{prefixe}_autres": f"{modalite}/"}
            for groupe, prefixe, modalite in (("Sous-traitance", "st", "SOUS_TRAITANCE"),
                                              ("Cotraitance", "ct", "COTRAITANCE"))
        },
        "Formation": {"formation": "FORMATION/"},
    },
    "devenir": {
        "Sorties positives": {
            "cdi": "CDI", "cdd": ["CDD", "INTERIM_LD"], "aide": ["AIDE_MARCHAND", "AIDE_NON_MARCHAND"],
            "alternance": "ALTERNANCE", "creation": "CREATION", "formation": "FORMATION_QUALIFIANTE",
        },
        "Autres sorties": {"abandon": ["ABANDON", "N_ADHERE_PAS"], "dispositif": "DISPOSITIF_PLUS_ADAPTE",
                           "recherche": "RECHERCHE", "nr": "NON_RENSEIGNE", "injoignable": "INJOIGNABLE"},
        "Administratives": {"administratives": [
            "AI_LONGUE_DUREE", "INDISPONIBLE", "DECES", "DEMENAGEMENT", "RETRAITE", "INAPTITUDE", "MALADIE",
            "PARENTAL",
        ]},
    },
}  # fmt: skip
TRANCHES = ((40_000, "moins_40"), (90_000, "de_40_a_90"), (221_000, "de_90_a_221"), (1_000_000, "de_221_a_1000"),
            (5_538_000, "de_1_a_5539"))  # fmt: skip


class CompteAve:
    """Les onze tableaux d’une structure, d’après le second compte de ses heures."""

    def __init__(self, compte: Compte) -> None:
        self.compte = compte
        feuilles = compte.structure.feuilles
        self.types = {a["siret"]: a["type"] for a in feuilles["acheteurs"]}
        self.natures = {cle_d_engagement(c): c["nature_clause"] for c in feuilles["clauses"]}
        self.secteurs = {
            (x["marche_reference"], x["acheteur_siret"], x["numero"]): x["secteur"] or NR for x in feuilles["lots"]
        }
        self.montants = {cle: _tranche(marche["montant_ht"]) for cle, marche in compte.marches.items()}
        self.codes: dict[str, Callable[[Heure], str]] = {
            "acheteurs": lambda h: self.types[h.engagement[1]],
            "clauses": lambda h: self.natures[h.engagement],
            "montants": lambda h: self.montants[h.engagement[0], h.engagement[1]],
            "secteurs": lambda h: self.secteurs[h.engagement[0], h.engagement[1], h.engagement[2]],
            "modalites": lambda h: f"{compte.mode(h)[0]}/{compte.employeur(h)[1]}",
            "contrats": lambda h: compte.mode(h)[1],
            "situation_avant": lambda h: compte.structure.profils[h.personne].principal,
            "situation_qpv": lambda h: compte.structure.profils[h.personne].qpv,
            "age_niveau": lambda h: f"{compte.age(h.personne)}/{compte.structure.profils[h.personne].niveau}",
        }

    def tableaux(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Par tableau, par ligne (détail, « groupe:… », NON_RATTACHE, TOTAL), ses mesures."""
        tableaux = {
            nom: self._ranger(nom, self.compte.validees, code, self._heures) for nom, code in self.codes.items()
        }
        situations = ["NON_RENSEIGNE" if s == "PRESUMEE" else s for s in self.compte.sorties.situations()]
        tableaux["devenir"] = self._ranger("devenir", situations, str, self._sorties)
        return tableaux

    def _ranger(self, nom: str, objets: Iterable[Any], code: Callable[[Any], str], mesurer: Any) -> dict[str, Any]:
        toutes = list(objets)
        par_ligne: dict[str, list[Any]] = {"NON_RATTACHE": []}
        lignes = {cle: codes for groupe in GRILLE[nom].values() for cle, codes in groupe.items()}
        for objet in toutes:
            par_ligne.setdefault(_ligne(code(objet), lignes), []).append(objet)
        rendues = {cle: mesurer(par_ligne.get(cle, []), toutes) for cle in (*lignes, "NON_RATTACHE")}
        for groupe, siennes in GRILLE[nom].items():
            if groupe:
                reunis = [objet for cle in siennes for objet in par_ligne.get(cle, [])]
                rendues[f"groupe:{groupe}"] = mesurer(reunis, toutes)
        return {**rendues, "TOTAL": mesurer(toutes, toutes)}

    def _heures(self, siennes: list[Heure], toutes: list[Heure]) -> dict[str, Any]:
        compte = self.compte
        gens, total = compte.personnes(siennes), sum(h.centiemes for h in siennes)
        sexes = [compte.structure.profils[p].sexe for p in gens]

        def nombre(cle: Callable[[Heure], Any]) -> int:
            return sum(somme >= 100 for somme in compte.sommes(siennes, cle).values())

        return {
            "acheteurs_actifs": nombre(lambda h: h.engagement[1]),
            "marches_actifs": nombre(lambda h: h.engagement[:2]),
            "heures": en_heures(total),
            "part_heures": taux(total, sum(h.centiemes for h in toutes)),
            "etp": taux(total, ANNEE_DE_1600_HEURES, 3),
            "beneficiaires": len(gens),
            "femmes": sexes.count("F"),
            "hommes": sexes.count("H"),
            "nouveaux": sum(map(compte.nouveau, gens)),
            "contrats": nombre(compte.contrat_compte),
        }

    def _sorties(self, siennes: list[str], toutes: list[str]) -> dict[str, Any]:
        return {"sorties": len(siennes), "part": taux(len(siennes), len(toutes))}

    def chiffres_cles(self) -> dict[str, Any]:
        lus = self.compte.indicateurs
        repris = ("heures_realisees", "beneficiaires", "nouveaux_entrants", "femmes", "beneficiaires_brsa",
                  "heures_moyennes", "contrats", "marches_actifs", "marches_notifies", "heures_engagees_cumul",
                  "acheteurs_actifs", "entreprises_actives")  # fmt: skip
        return {**{cle: lus[cle] for cle in repris}, "etp": taux(self._total(), ANNEE_DE_1600_HEURES, 3)}

    def structure(self) -> dict[str, Any]:
        """Par ligne, son seul chiffre."""
        lus = self.compte.indicateurs
        return {
            "etp_facilitateurs": lus["etp_facilitateurs"],
            "heures_par_etp": lus["heures_par_etp_facilitateur"],
            "beneficiaires_par_etp": lus["beneficiaires_par_etp_facilitateur"],
            "marches_en_cours": lus["marches_en_cours"],
            "acheteurs_nouveaux": lus["acheteurs_nouveaux"],
        }

    def _total(self) -> int:
        return sum(h.centiemes for h in self.compte.validees)


def _tranche(montant: Any) -> str:
    if montant is None:
        return "nr"
    return next((cle for plafond, cle in TRANCHES if montant < plafond), "plus")


def _ligne(code: str, lignes: Mapping[str, str | list[str]]) -> str:
    """La ligne qui nomme ce code ; à défaut celle du reste de sa modalité, écrite « MODALITE/ »."""
    for voulu in (code, f"{code.partition('/')[0]}/"):
        for cle, codes in lignes.items():
            if voulu in ([codes] if isinstance(codes, str) else codes):
                return cle
    return "NON_RATTACHE"
