"""Le rapport qualité au catalogue : un tableau des contrôles, puis chaque défaut avec son remède."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils import timezone

from bilans import rapport
from bilans.calculs import rapport as quotient
from bilans.completude import Controle
from bilans.definitions import ColonneBilan, TableauBilan, Unite
from bilans.qualite.definitions import Defaut, DemandeDeQualite, Perimetre
from bilans.qualite.lecture import controles, lire
from bilans.rapport import EN_TETE, Bilan, Demande, Tableau, entete_en_clair
from bilans.tableaux import Rangee
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.models import Structure

NOM = "qualite"
TITRE = "Qualité des données"
CONTROLES = TableauBilan(
    "controles",
    "Contrôles",
    "Contrôles",
    (
        ColonneBilan("code", "Code"),
        ColonneBilan("libelle", "Contrôle"),
        ColonneBilan("defauts", "Défauts", Unite.NOMBRE),
        ColonneBilan("attendus", "Sur", Unite.NOMBRE),
        ColonneBilan("taux", "Complétude", Unite.TAUX),
        ColonneBilan("heures", "Heures", Unite.HEURES),
        ColonneBilan("age", "Le plus ancien (jours)", Unite.NOMBRE),
        ColonneBilan("remede", "Remède"),
    ),
    "Une complétude vide\u00a0: le contrôle avertit, ou n’attend rien dans la période.",
    "bilans.md, I",
    garde_les_vides=True,
)
COLONNES = (
    ColonneBilan("code", "Code"),
    ColonneBilan("libelle", "Personne, marché ou engagement"),
    ColonneBilan("detail", "Défaut"),
    ColonneBilan("heures", "Heures", Unite.HEURES),
    ColonneBilan("age", "Âge (jours)", Unite.NOMBRE),
    ColonneBilan("remede", "Remède"),
)


def etablir(acteur: Acteur, demande: Demande) -> Bilan:
    """Le rapport qualité d’une période, constaté aujourd’hui. Il nomme des personnes.

    Lève `ActionImpossible` si les dates se contredisent, `PermissionDenied` sans le droit de lire les identités.
    """
    for droit in (Droit.CONSULTER_BILANS, Droit.CONSULTER_PERSONNES):
        acteur.exiger(droit)
    rapport.verifier_periode(demande.periode)
    structure = Structure.objects.visibles_par(acteur).get()
    engagement = demande.engagement if isinstance(demande, DemandeDeQualite) else None
    defauts = lire(acteur, Perimetre(demande.periode, timezone.localdate(), demande.acheteur, engagement))
    entete = rapport.entete(TITRE, structure, demande, par=acteur)
    if engagement is not None:
        entete = replace(entete, filtres=f"Engagement n°\u00a0{engagement}")
    mesures = controles(defauts, structure.seuil_completude_pourcent)
    tableaux = [_controles(defauts, mesures), *(_defaut(defaut) for defaut in defauts)]
    regles = [(d.definition.titre, d.definition.regle, d.definition.source) for d in defauts]
    seuil = ("Seuil de complétude", f"{structure.seuil_completude_pourcent}\u202f%", "réglage de la structure")
    tete = [(terme, texte, EN_TETE) for terme, texte in entete_en_clair(entete)]
    return Bilan(
        entete=entete,
        demande=demande,
        indicateurs={},
        synthese=[],
        tableaux={tableau.definition.cle: tableau for tableau in tableaux},
        methode=[*tete, seuil, *regles],
    )


def _controles(defauts: Iterable[Defaut], mesures: Iterable[Controle]) -> Tableau:
    par_cle = {controle.cle: controle for controle in mesures}
    return Tableau(CONTROLES, [_rangee(defaut, par_cle.get(defaut.definition.cle)) for defaut in defauts])


def _rangee(defaut: Defaut, controle: Controle | None) -> Rangee:
    return Rangee(
        {
            "code": defaut.definition.cle,
            "libelle": defaut.definition.titre,
            "defauts": defaut.nombre,
            "attendus": defaut.attendus,
            "taux": quotient(controle.attendus - controle.manquants, controle.attendus) if controle else None,
            "heures": defaut.heures,
            "age": defaut.age,
            "remede": defaut.definition.remede,
        }
    )


def _defaut(defaut: Defaut) -> Tableau:
    """La liste d’un contrôle ; toutes partagent une feuille, où chacune garde son titre."""
    definition = TableauBilan(
        defaut.definition.cle, defaut.definition.titre, "Défauts", COLONNES, defaut.definition.regle
    )
    return Tableau(definition, rangees(defaut))


def rangees(defaut: Defaut) -> Sequence[Rangee]:
    return [
        Rangee(
            {
                "code": defaut.definition.cle,
                "libelle": cas.sujet,
                "detail": cas.detail,
                "heures": cas.heures,
                "age": cas.age,
                "remede": defaut.definition.remede,
            }
        )
        for cas in defaut.cas
    ]
