"""Le comité de pilotage : cinq années, deux clefs de territoire, ce qui tient et ce qui risque de manquer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from django.db.models import Sum

from bilans import rapport, tableaux
from bilans.calculs import rapport as diviser
from bilans.copil import definitions, risques, serie
from bilans.copil import tableaux as construire
from bilans.copil.serie import Annee
from bilans.faits import Faits
from bilans.rapport import Bilan, Demande, LigneSynthese, Tableau
from bilans.tableaux import DETAIL, Rangee
from bilans.valeurs import Nombre
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.models import Structure
from clauses.territoires.models import Commune

NOM = "copil"
TITRE = "Comité de pilotage"
EN_AVANT = (
    "heures_realisees",
    "beneficiaires",
    "nouveaux_entrants",
    "beneficiaires_brsa",
    "taux_cumul",
    "taux_sorties_positives",
)


def etablir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le bilan du comité. Heures en `Decimal` au centième, taux à quatre décimales.

    Lève `ActionImpossible` si les dates se contredisent, si la période dépasse un an ou si aucune heure n’y est
    validée, `PermissionDenied` sans le droit de consulter les bilans.
    """
    rapport.refuser_un_acheteur(demande)
    acteur.exiger(Droit.CONSULTER_BILANS)
    rapport.verifier_periode(demande.periode)
    serie.verifier_duree(demande.periode)
    structure = Structure.objects.visibles_par(acteur).get()
    annees = serie.lire(acteur, structure, demande.periode)
    rapport.refuser_sans_heure(annees[-1].faits)
    a_risque = risques.lire(acteur, demande.periode.arrete_au)
    indicateurs = {**_repris(annees[-1]), **_compter_les_risques(a_risque)}
    entete = rapport.entete(TITRE, structure, demande, par=acteur)
    rangees = _rangees(annees, a_risque, _populations(annees[-1].faits))
    return Bilan(
        entete=entete,
        demande=demande,
        indicateurs=indicateurs,
        synthese=_synthese(indicateurs, _repris(annees[-2]) if annees[-2].indicateurs else {}, structure.base_etp),
        tableaux={d.cle: Tableau(d, rangees[d.cle]) for d in definitions.TABLEAUX},
        methode=list(rapport.methode(entete, definitions.INDICATEURS, definitions.TABLEAUX)),
        en_avant=EN_AVANT,
        feuille_de_synthese="Synthèse",
    )


def _repris(annee: Annee) -> dict[str, Nombre]:
    return {cle: annee.indicateurs[cle] for cle in definitions.REPRIS}


def _compter_les_risques(rangees: Sequence[Rangee]) -> dict[str, Nombre]:
    manques = [rangee.valeurs["heures_manquantes"] for rangee in rangees if rangee.niveau == DETAIL]
    return {"engagements_a_risque": len(manques), "heures_en_risque": sum(manques, risques.ZERO)}


def _synthese(
    indicateurs: Mapping[str, Nombre], precedents: Mapping[str, Nombre], base_etp: int
) -> list[LigneSynthese]:
    """L’objectif de sorties positives est le seul que le comité ait d’office."""
    base = {"base_etp": base_etp}
    lues = rapport.synthese(definitions.INDICATEURS, indicateurs, precedents)
    lignes = rapport.avec_termes(lues, {**indicateurs, **base}, {**precedents, **base} if precedents else {})
    objectif, realise = definitions.OBJECTIF_DE_SORTIES, indicateurs["taux_sorties_positives"]
    atteint = None if realise is None else diviser(realise, objectif)
    return [
        dataclasses.replace(ligne, objectif=objectif, taux_atteinte=atteint)
        if ligne.indicateur.cle == "taux_sorties_positives"
        else ligne
        for ligne in lignes
    ]


def _populations(faits: Faits) -> dict[str, int]:
    """Habitants par intercommunalité, sur les communes du référentiel chargé ; absente si rien n’y est renseigné."""
    codes = [code for code, _ in faits.territoires]
    sommes = (
        Commune.objects.filter(epci__in=codes).order_by().values_list("epci").annotate(Sum("population_municipale"))
    )
    return {code: population for code, population in sommes if population}


def _rangees(
    annees: Sequence[Annee], a_risque: Sequence[Rangee], populations: Mapping[str, int]
) -> dict[str, Sequence[Rangee]]:
    """Par clef de tableau, ses lignes."""
    faits = annees[-1].faits
    return {
        "serie": construire.serie(annees),
        "serie_personnes": construire.personnes(annees),
        "territoires": construire.territoires(faits, populations),
        # Vingt-cinq critères, dont la plupart sans personne : le graphique du classeur en serait illisible.
        "publics": [rangee for rangee in tableaux.publics(faits) if not rangee.est_vide],
        "serie_siae": construire.siae(annees),
        "serie_plie": construire.plie(annees),
        "serie_sorties": construire.sorties(annees),
        "sorties": tableaux.sorties(faits),
        "premiers_acheteurs": construire.premiers_acheteurs(faits),
        "premieres_entreprises": construire.premieres_entreprises(faits),
        "engagements_a_risque": a_risque,
    }
