"""Corrections sur exercices antérieurs : ce qui a changé depuis dans une période déjà émise (domaine.md §3.7).

Le bilan qui suit le porte sur sa propre ligne : heures et bénéficiaires tels qu’émis, tels qu’aujourd’hui, et l’écart.
Seules comptent les périodes finies avant que la sienne commence ; contenue dans une autre, elle ne se redit pas.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bilans import agregats, emissions, gel, perimetre
from bilans.calculs import beneficiaires, en_decimal
from bilans.definitions import ColonneBilan, TableauBilan, Unite
from bilans.emissions import BilanAltere
from bilans.faits import Periode
from bilans.mesures import HEURES, PERSONNES
from bilans.models import BilanEmis
from bilans.rapport import Bilan, Demande, Tableau
from bilans.secret import SECRET
from bilans.tableaux import Rangee
from bilans.valeurs import Nombre
from clauses.comptes.acteurs import Acteur

N, H = Unite.NOMBRE, Unite.HEURES
TABLEAU = TableauBilan(
    "corrections",
    "Corrections sur exercices antérieurs",
    "Corrections",
    (
        ColonneBilan("code", "Code"),
        ColonneBilan("libelle", "Période déjà émise"),
        ColonneBilan("heures_emises", "Heures émises", H),
        ColonneBilan("heures", "Heures d’aujourd’hui", H, HEURES),
        ColonneBilan("ecart_heures", "Écart d’heures", H),
        ColonneBilan("beneficiaires_emis", "Bénéficiaires émis", N),
        ColonneBilan("beneficiaires", "Bénéficiaires d’aujourd’hui", N, PERSONNES),
        ColonneBilan("ecart_beneficiaires", "Écart de bénéficiaires", N),
    ),
    "Des lignes d’une période déjà émise ont changé depuis\u00a0: validation tardive, rectification, "
    "fusion de fiches. Ces heures ne sont pas dans celles de la période.",
    "domaine.md §3",
    garde_les_vides=True,
)
AUJOURD_HUI_TU = dict.fromkeys(("heures", "ecart_heures", "beneficiaires", "ecart_beneficiaires"), SECRET)
Etablir = Callable[[Acteur, Demande], Bilan]
Centiemes = Mapping[datetime.date, Mapping[int, int]]


def avec_corrections(etablir: Etablir) -> Etablir:
    """La même fonction, dont le bilan porte les corrections des exercices qui précèdent."""

    def etablir_et_porter(acteur: Acteur, demande: Demande) -> Bilan:
        return porter(etablir(acteur, demande), demande, par=acteur)

    return etablir_et_porter


def porter(bilan: Bilan, demande: Demande, *, par: Acteur) -> Bilan:
    """Le bilan, avec son tableau de corrections s’il y en a ; trois requêtes, quel que soit le nombre de périodes.

    Masqué, il dit qu’une période a changé, et tait de combien : l’écart serait celui de quelques personnes.
    """
    rangees = list(_rangees(demande, par=par)) if "heures_realisees" in bilan.indicateurs else []
    if bilan.est_masque:
        rangees = [replace(rangee, valeurs={**rangee.valeurs, **AUJOURD_HUI_TU}) for rangee in rangees]
    if not rangees:
        return bilan
    ligne = (f"Tableau «\u00a0{TABLEAU.titre}\u00a0»", TABLEAU.note, TABLEAU.source)
    return replace(
        bilan,
        tableaux={**bilan.tableaux, TABLEAU.cle: Tableau(TABLEAU, rangees)},
        methode=[*bilan.methode, ligne],
    )


def anterieurs(demande: Demande, *, par: Acteur) -> list[BilanEmis]:
    """La dernière version émise de chaque période antérieure, sur le même périmètre ; la plus ancienne d’abord."""
    emis = BilanEmis.objects.visibles_par(par).filter(
        bilan=demande.bilan, perimetre=gel.perimetre(demande), au__lt=demande.periode.du
    )
    dernieres = {(du, au): pk for du, au, pk in emis.order_by("version").values_list("du", "au", "pk")}
    gardees = [
        pk
        for (du, au), pk in sorted(dernieres.items())
        if not any(d <= du and au <= a and (d, a) != (du, au) for d, a in dernieres)
    ]
    par_pk = BilanEmis.objects.visibles_par(par).in_bulk(gardees)
    return [par_pk[pk] for pk in gardees]


def _rangees(demande: Demande, *, par: Acteur) -> Iterator[Rangee]:
    emis = anterieurs(demande, par=par)
    if not emis:
        return
    centiemes = _centiemes(demande, min(e.du for e in emis), max(e.au for e in emis), par=par)
    for un in emis:
        personnes = _sur(centiemes, un.du, un.au)
        try:
            emissions.verifier(un)
        except BilanAltere:
            yield _rangee(un, personnes, {}, " – chiffres émis altérés, non comparés")
            continue
        rangee = _rangee(un, personnes, gel.indicateurs(un.chiffres))
        if rangee.valeurs["ecart_heures"] or rangee.valeurs["ecart_beneficiaires"]:
            yield rangee


def _centiemes(demande: Demande, du: datetime.date, au: datetime.date, *, par: Acteur) -> Centiemes:
    """Centièmes d’heure validés par mois puis par personne, dans le périmètre de la demande."""
    regle = perimetre.regle(demande.acheteur, "engagement__clause__lot__marche__acheteur__")
    lignes = agregats.lignes_validees(par, Periode(du, au, au)).filter(regle)
    par_mois: dict[datetime.date, dict[int, int]] = defaultdict(dict)
    for mois, participant, total in lignes.values_list("mois", "participant").annotate(total=agregats.somme()):
        par_mois[mois][participant] = int(total)
    return par_mois


def _sur(centiemes: Centiemes, du: datetime.date, au: datetime.date) -> dict[int, int]:
    """Centièmes par personne sur une période."""
    sommes: dict[int, int] = defaultdict(int)
    for mois, personnes in centiemes.items():
        if du <= mois <= au:
            for personne, total in personnes.items():
                sommes[personne] += total
    return sommes


def _rangee(emis: BilanEmis, personnes: Mapping[int, int], lus: Mapping[str, Any], remarque: str = "") -> Rangee:
    """Un effectif émis sous le secret le reste : le nombre d’aujourd’hui le livrerait."""
    heures, nombre = en_decimal(sum(personnes.values())), len(beneficiaires(personnes))
    heures_emises, emis_alors = lus.get("heures_realisees"), lus.get("beneficiaires")
    valeurs = {
        "code": f"{emis.du}/{emis.au}",
        "libelle": f"Du {emis.du:%d/%m/%Y} au {emis.au:%d/%m/%Y}, version {emis.version}{remarque}",
        "heures_emises": heures_emises,
        "heures": _tu(heures_emises, heures),
        "ecart_heures": _ecart(heures_emises, heures),
        "beneficiaires_emis": emis_alors,
        "beneficiaires": _tu(emis_alors, nombre),
        "ecart_beneficiaires": _ecart(emis_alors, nombre),
    }
    dates = {"du": emis.du.isoformat(), "au": emis.au.isoformat(), "arrete_au": emis.arrete_au.isoformat()}
    return Rangee(valeurs, dates)


def _tu(emis: Any, actuel: Nombre) -> Any:
    return actuel if emis is None or isinstance(emis, int | Decimal) else emis


def _ecart(emis: Any, actuel: Any) -> Any:
    return actuel - emis if isinstance(emis, int | Decimal) else None
