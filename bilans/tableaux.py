"""Les tableaux A2 à A7, construits sur les faits d’une période. Pur : ni base, ni date du jour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bilans import calculs
from bilans.calculs import Groupe, beneficiaires, en_decimal, mesurer, rapport
from bilans.etats import CATEGORIES, POSITIVE, PRESUMEE, SITUATIONS, categorie
from bilans.faits import NR, Faits, Periode, Sortie
from bilans.mesures import Mesure, Ouverture
from bilans.sorties import comptees, compter
from bilans.valeurs import Termes
from heures.enums import (
    CriterePublic,
    DureeInscription,
    Modalite,
    Niveau,
    OuiNonInconnu,
    SituationSortie,
    TypeContrat,
)
from marches.enums import TypeDonneurOrdre

DETAIL, SOUS_TOTAL, TOTAL = "detail", "sous-total", "total"
VIDE = Groupe()
Choix = Sequence[tuple[str, str]]
NON_RENSEIGNE = (NR, "Non renseigné")
AGES: Choix = (
    (calculs.MOINS_26, "Moins de 26 ans"),
    (calculs.DE_26_A_49, "26 à 49 ans"),
    (calculs.PLUS_50, "50 ans et plus"),
    NON_RENSEIGNE,
)
CRITERES: Choix = (*CriterePublic.choices, NON_RENSEIGNE)
RUBRIQUES: tuple[tuple[str, str, Choix], ...] = (
    ("age", "Âge", AGES),
    ("niveau", "Niveau de formation", Niveau.choices),
    ("duree", "Durée d’inscription", DureeInscription.choices),
    ("brsa", "Bénéficiaire du RSA", OuiNonInconnu.choices),
    ("qpv", "Réside en QPV", OuiNonInconnu.choices),
    ("plie", "Participant PLIE", OuiNonInconnu.choices),
)

# Les trois moments où l’on regarde une sortie, par clef de colonne.
A_CHAQUE_DATE = {"sorties": Mesure.SORTIES, "a_6_mois": Mesure.ECHEANCES_6, "a_12_mois": Mesure.ECHEANCES_12}


@dataclass(frozen=True, slots=True)
class Rangee:
    """Une ligne de tableau, et le filtre qui ouvre ses chiffres. `niveau` distingue détail, sous-total et total.

    `periode` : celle de la ligne, quand elle n’est pas celle du bilan (une série d’années) ; `url` : la page de ce
    que la ligne nomme. `termes`, `dispenses` : par colonne, les deux termes de la cellule qui est un rapport, ou
    pourquoi elle ne s’ouvre pas, dans un tableau qui a un indicateur par ligne.
    """

    valeurs: Mapping[str, Any]
    filtre: Mapping[str, str] = field(default_factory=dict)
    niveau: str = DETAIL
    ouvertures: Mapping[str, Ouverture] = field(default_factory=dict)
    """Par colonne, ce qu’ouvre cette ligne quand ce n’est pas ce qu’ouvre la colonne."""
    periode: Periode | None = None
    url: str = ""
    termes: Mapping[str, Termes] = field(default_factory=dict)
    dispenses: Mapping[str, str] = field(default_factory=dict)

    @property
    def est_vide(self) -> bool:
        """Ligne où rien n’est compté : le classeur et le JSON la gardent, l’écran la replie."""
        return not any(valeur for valeur in self.valeurs.values() if not isinstance(valeur, str))


def _mesures(groupe: Groupe, tous: Groupe) -> dict[str, Any]:
    return {
        "femmes": groupe.femmes,
        "hommes": groupe.hommes,
        "total": groupe.total,
        "part": rapport(groupe.total, tous.total),
        "nouveaux": groupe.nouveaux,
        "heures": groupe.heures,
        "part_heures": rapport(groupe.heures, tous.heures),
        "heures_moyennes": rapport(groupe.heures, groupe.total, 2),
    }


def _par_dimension(faits: Faits, dimension: str, choix: Choix, **debut: str) -> Iterable[Rangee]:
    heures = calculs.par_participant(faits.cellules)
    tous, groupes = mesurer(faits, heures), calculs.grouper(faits, heures, dimension)
    for code, libelle in choix:
        valeurs = {**debut, "code": code, "libelle": libelle, **_mesures(groupes.get(code, VIDE), tous)}
        yield Rangee(valeurs, {dimension: code})


def _total(faits: Faits, **debut: str) -> Rangee:
    tous = mesurer(faits, calculs.par_participant(faits.cellules))
    return Rangee({**debut, "code": "TOTAL", "libelle": "Total (distinct)", **_mesures(tous, tous)}, niveau=TOTAL)


def publics(faits: Faits) -> list[Rangee]:
    return [*_par_dimension(faits, "critere_principal", CRITERES), _total(faits)]


def publics_au_moins_un(faits: Faits) -> list[Rangee]:
    return [*_par_dimension(faits, "critere", CRITERES), _total(faits)]


def profil(faits: Faits) -> list[Rangee]:
    rangees: list[Rangee] = []
    for dimension, rubrique, choix in RUBRIQUES:
        rangees += _par_dimension(faits, dimension, choix, rubrique=rubrique)
    return [*rangees, _total(faits, rubrique="Ensemble")]


def _territoire(code: str, libelle: str, groupe: Groupe, sortis: Sequence[Sortie]) -> dict[str, Any]:
    return {
        "code": code,
        "libelle": libelle,
        "beneficiaires": groupe.total,
        "beneficiaires_brsa": groupe.brsa,
        "part_brsa": rapport(groupe.brsa, groupe.total),
        "nouveaux": groupe.nouveaux,
        "nouveaux_brsa": groupe.nouveaux_brsa,
        "heures": groupe.heures,
        "heures_brsa": groupe.heures_brsa,
        "part_heures_brsa": rapport(groupe.heures_brsa, groupe.heures),
        "sorties": sum(not sortie.est_presumee for sortie in sortis),
        "positives": sum(categorie(sortie.situation) == POSITIVE for sortie in sortis),
        "presumees": sum(sortie.est_presumee for sortie in sortis),
    }


def territoires(faits: Faits) -> list[Rangee]:
    heures = calculs.par_participant(faits.cellules)
    groupes = calculs.grouper(faits, heures, "territoire")
    sortis: dict[str, list[Sortie]] = defaultdict(list)
    for sortie in comptees(faits, Mesure.SORTIES):
        sortis[faits.profils[sortie.participant].territoire].append(sortie)
    rangees = [
        Rangee(_territoire(code, libelle, groupes.get(code, VIDE), sortis[code]), {"territoire": code})
        for code, libelle in faits.territoires
    ]
    tous = [sortie for du_code in sortis.values() for sortie in du_code]
    total = _territoire("TOTAL", "Total", mesurer(faits, heures), tous)
    return [*rangees, Rangee(total, niveau=TOTAL)]


def acheteurs(faits: Faits) -> list[Rangee]:
    """Acheteurs présents dans la période ou en cours, groupés par type, avec sous-totaux distincts."""
    par_acheteur = _Acheteurs(faits)
    rangees = []
    for type_acheteur, libelle in TypeDonneurOrdre.choices:
        du_type = [pk for pk in par_acheteur.presents if faits.acheteurs[pk].type == type_acheteur]
        for pk in du_type:
            fiche = faits.acheteurs[pk]
            debut = {"acheteur": fiche.nom, "siret": fiche.siret, "epci": fiche.epci}
            valeurs = par_acheteur.mesurer({pk}, type_acheteur, libelle, **debut)
            rangees.append(Rangee(valeurs, {"acheteur": fiche.siret}))
        if du_type:
            debut = {"acheteur": f"Sous-total\u00a0: {libelle}", "siret": "", "epci": ""}
            valeurs = par_acheteur.mesurer(set(du_type), type_acheteur, libelle, **debut)
            rangees.append(Rangee(valeurs, {"type_acheteur": type_acheteur}, SOUS_TOTAL))
    debut = {"acheteur": "Total (distinct)", "siret": "", "epci": ""}
    total = par_acheteur.mesurer(set(par_acheteur.presents), "", "", **debut)
    return [*rangees, Rangee(total, niveau=TOTAL)]


class _Acheteurs:
    """Ce qui se compte par acheteur, groupé une fois."""

    def __init__(self, faits: Faits) -> None:
        du, au, arrete_au = faits.periode
        self.faits = faits
        self.heures = calculs.par_cle(
            faits.cellules, lambda c: faits.marches[faits.engagements[c.engagement].marche].acheteur
        )
        self.notifies = self._compter(pk for pk, m in faits.marches.items() if calculs.est_notifie(m, du, au))
        self.en_cours = self._compter(pk for pk, m in faits.marches.items() if calculs.est_en_cours(m, arrete_au))
        par_marche = calculs.totaux(faits.cellules, lambda c: faits.engagements[c.engagement].marche)
        self.actifs = self._compter(pk for pk, total in par_marche.items() if total >= calculs.UNE_HEURE)
        self.engagees = self._sommer(faits.engagees)
        self.realisees = self._sommer(faits.realisees)
        utiles = set(self.heures) | set(self.notifies) | set(self.en_cours)
        self.presents = [pk for pk in faits.acheteurs if pk in utiles]

    def _compter(self, marches: Iterable[Any]) -> dict[int, int]:
        comptes: dict[int, int] = defaultdict(int)
        for pk in marches:
            comptes[self.faits.marches[pk].acheteur] += 1
        return comptes

    def _sommer(self, par_engagement: Mapping[int, int]) -> dict[int, int]:
        sommes: dict[int, int] = defaultdict(int)
        for pk, centiemes in par_engagement.items():
            sommes[self.faits.marches[self.faits.engagements[pk].marche].acheteur] += centiemes
        return sommes

    def mesurer(self, parmi: set[int], type_acheteur: str, libelle: str, **debut: str) -> dict[str, Any]:
        heures: dict[int, int] = defaultdict(int)
        for pk in parmi:
            for personne, centiemes in self.heures.get(pk, {}).items():
                heures[personne] += centiemes
        groupe = mesurer(self.faits, heures)
        engagees, realisees = (sum(s.get(pk, 0) for pk in parmi) for s in (self.engagees, self.realisees))
        return {
            **debut,
            "type": type_acheteur,
            "type_libelle": libelle,
            "marches_notifies": sum(self.notifies.get(pk, 0) for pk in parmi),
            "marches_en_cours": sum(self.en_cours.get(pk, 0) for pk in parmi),
            "marches_actifs": sum(self.actifs.get(pk, 0) for pk in parmi),
            "heures_engagees_cumul": en_decimal(engagees),
            "heures_periode": groupe.heures,
            "heures_cumul": en_decimal(realisees),
            "taux": rapport(realisees, engagees),
            "beneficiaires": groupe.total,
            "beneficiaires_brsa": groupe.brsa,
        }


def modalites(faits: Faits) -> list[Rangee]:
    """Les couples modalité × type de contrat qui portent des heures, dans l’ordre des listes."""
    par_couple = calculs.par_cle(faits.cellules, lambda c: (c.modalite, faits.contrats[c.contrat].type_contrat))
    ensemble = calculs.par_participant(faits.cellules)
    rangees = []
    for modalite, nom_modalite in Modalite.choices:
        for contrat, nom_contrat in TypeContrat.choices:
            if (modalite, contrat) not in par_couple:
                continue
            heures = par_couple[modalite, contrat]
            valeurs = _modalite(modalite, nom_modalite, contrat, nom_contrat, heures, ensemble)
            rangees.append(Rangee(valeurs, {"modalite": modalite, "type_contrat": contrat}))
    total = _modalite("TOTAL", "Total (distinct)", "", "", ensemble, ensemble)
    return [*rangees, Rangee(total, niveau=TOTAL)]


def _modalite(
    modalite: str,
    nom_modalite: str,
    contrat: str,
    nom_contrat: str,
    heures: Mapping[int, int],
    ensemble: Mapping[int, int],
) -> dict[str, Any]:
    return {
        "modalite": modalite,
        "modalite_libelle": nom_modalite,
        "type_contrat": contrat,
        "type_contrat_libelle": nom_contrat,
        "beneficiaires": len(beneficiaires(heures)),
        "heures": en_decimal(sum(heures.values())),
        "part_heures": rapport(sum(heures.values()), sum(ensemble.values())),
    }


def sorties(faits: Faits) -> list[Rangee]:
    """Une ligne par situation, un sous-total par catégorie ; « non renseigné » et « injoignable » y sont toujours.

    Sans aucune sortie ni échéance, le tableau est vide.
    """
    comptes = {cle: compter(faits, mesure) for cle, mesure in A_CHAQUE_DATE.items()}
    if not any(comptes.values()):
        return []
    presentes = set().union(*comptes.values()) | {SituationSortie.NON_RENSEIGNE, SituationSortie.INJOIGNABLE}
    rangees: list[Rangee] = []
    for code_categorie, nom in CATEGORIES.items():
        codes = [c for c in (*SituationSortie.values, PRESUMEE) if c in presentes and categorie(c) == code_categorie]
        rangees += [Rangee(_sortie(nom, c, SITUATIONS[c], {c}, comptes), {"situation": c}) for c in codes]
        if codes:
            valeurs = _sortie(nom, "", f"Sous-total\u00a0: {nom.lower()}", set(codes), comptes)
            rangees.append(Rangee(valeurs, {"categorie": code_categorie}, SOUS_TOTAL))
    return [*rangees, Rangee(_sortie("Ensemble", "TOTAL", "Total", set(presentes), comptes), niveau=TOTAL)]


def _sortie(
    categorie: str, code: str, libelle: str, codes: set[str], comptes: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    valeurs: dict[str, Any] = {"categorie": categorie, "code": code, "libelle": libelle}
    for cle, par_situation in comptes.items():
        nombre = sum(par_situation.get(c, 0) for c in codes)
        part = "part" if cle == "sorties" else cle.replace("a_", "part_")
        valeurs |= {cle: nombre, part: rapport(nombre, sum(par_situation.values()))}
    return valeurs


CONSTRUCTEURS: dict[str, Callable[[Faits], list[Rangee]]] = {
    "publics": publics,
    "publics_au_moins_un": publics_au_moins_un,
    "profil": profil,
    "territoires": territoires,
    "acheteurs": acheteurs,
    "modalites": modalites,
    "sorties": sorties,
}
