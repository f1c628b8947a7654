"""A10 : ce qui manque aux fiches et aux heures de la période, compté. Pur, comme `tableaux`.

Chaque compte s’ouvre sur ce qu’il faut compléter ; le rapport « Qualité » (bilans.md, I) en est l’écran de travail.
"""

from __future__ import annotations

from bilans import calculs, selections, sorties
from bilans.calculs import en_decimal, rapport
from bilans.definitions import ColonneBilan, TableauBilan, Unite
from bilans.etats import EN_COURS, MANQUES, PRESUMEE, SANS_ENGAGEMENT
from bilans.faits import Faits
from bilans.mesures import PERSONNES, Mesure, Ouverture, Quotient, heures_de, marches_de, personnes_de
from bilans.tableaux import Rangee
from heures.enums import SituationSortie, StatutLigne

NR = SituationSortie.NON_RENSEIGNE.value

TABLEAU = TableauBilan(
    "qualite",
    "Qualité des données",
    "A10 Qualité",
    (
        ColonneBilan("code", "Code"),
        ColonneBilan("libelle", "Contrôle"),
        ColonneBilan("nombre", "À compléter", Unite.NOMBRE),
        ColonneBilan("sur", "Sur", Unite.NOMBRE),
        ColonneBilan("part", "%", Unite.TAUX, quotient=Quotient("nombre", "sur")),
        ColonneBilan("heures", "Heures", Unite.HEURES),
    ),
    "Chaque compte s’ouvre sur ce qu’il faut compléter. Sur\u00a0: bénéficiaires, sorties, échéances ou marchés en "
    "cours, selon le contrôle.",
    garde_les_vides=True,
)


def rangees(faits: Faits) -> list[Rangee]:
    return [*_lignes(faits), *_fiches(faits), *_sorties(faits), _marches(faits)]


def _rangee(code: str, libelle: str, compte: tuple[int, int], ouvre: Ouverture, ouvre_sur: Ouverture) -> Rangee:
    """`compte` : combien à compléter, sur combien."""
    nombre, sur = compte
    part = rapport(nombre, sur)
    valeurs = {"code": code, "libelle": libelle, "nombre": nombre, "sur": sur, "part": part, "heures": None}
    return Rangee(valeurs, ouvertures={"nombre": ouvre, "sur": ouvre_sur})


def _lignes(faits: Faits) -> list[Rangee]:
    """Heures de la période que le bilan ne compte pas : à valider, ou refusées."""
    rangees = []
    for statut, libelle in (
        (StatutLigne.DECLAREE, "Lignes d’heures déclarées, non validées"),
        (StatutLigne.REFUSEE, "Lignes d’heures refusées"),
    ):
        ouvre = Ouverture(Mesure.HORS_COMPTE, {"statut": statut.value})
        valeurs = {
            "code": f"LIGNES_{statut}",
            "libelle": libelle,
            "nombre": faits.lignes_hors_compte.get(statut, 0),
            "sur": None,
            "part": None,
            "heures": en_decimal(faits.hors_compte.get(statut, 0)),
        }
        rangees.append(Rangee(valeurs, ouvertures={"nombre": ouvre, "heures": ouvre}))
    return rangees


def _fiches(faits: Faits) -> list[Rangee]:
    """Bénéficiaires dont la fiche ne dit pas tout, et leurs heures."""
    heures = calculs.par_participant(faits.cellules)
    groupes, tous = calculs.grouper(faits, heures, "manque"), calculs.mesurer(faits, heures)
    rangees = []
    for code, libelle in MANQUES.items():
        groupe = groupes.get(code, calculs.Groupe())
        valeurs = {
            "code": f"SANS_{code}",
            "libelle": f"Bénéficiaires {libelle}",
            "nombre": groupe.total,
            "sur": tous.total,
            "part": rapport(groupe.total, tous.total),
            "heures": groupe.heures,
        }
        ouvertures = {"nombre": personnes_de(manque=code), "sur": PERSONNES, "heures": heures_de(manque=code)}
        rangees.append(Rangee(valeurs, ouvertures=ouvertures))
    return rangees


def _sorties(faits: Faits) -> list[Rangee]:
    """Sorties à saisir, sans situation connue, échéances dont on ne sait rien."""
    suivies = (
        ("SORTIES_PRESUMEES", "Sorties présumées, à saisir", Mesure.SORTIES, PRESUMEE),
        ("SORTIES_NR", "Sorties sans situation", Mesure.SORTIES, NR),
        (
            "ECHEANCES_6_NR",
            "Échéances à 6 mois sans situation",
            Mesure.ECHEANCES_6,
            SituationSortie.NON_RENSEIGNE.value,
        ),
        (
            "ECHEANCES_12_NR",
            "Échéances à 12 mois sans situation",
            Mesure.ECHEANCES_12,
            SituationSortie.NON_RENSEIGNE.value,
        ),
    )
    return [
        _rangee(
            code,
            libelle,
            (len(sorties.retenir(faits, {"situation": situation}, mesure)), len(sorties.comptees(faits, mesure))),
            Ouverture(mesure, {"situation": situation}),
            Ouverture(mesure),
        )
        for code, libelle, mesure, situation in suivies
    ]


def _marches(faits: Faits) -> Rangee:
    return _rangee(
        "MARCHES_SANS_ENGAGEMENT",
        "Marchés en cours sans engagement",
        (
            len(selections.marches(faits, {"etat": SANS_ENGAGEMENT})),
            len(selections.marches(faits, {"etat": EN_COURS})),
        ),
        marches_de(SANS_ENGAGEMENT),
        marches_de(EN_COURS),
    )
