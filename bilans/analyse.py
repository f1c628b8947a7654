"""A9 : les six textes de l’analyse qualitative, rédigés pour une période exactement (bilans.md, A9)."""

from __future__ import annotations

from bilans.definitions import ColonneBilan, TableauBilan
from bilans.faits import Periode
from bilans.models import AnalyseQualitative
from bilans.tableaux import Rangee
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import nom_du_champ

TABLEAU = TableauBilan(
    "analyse",
    "Analyse qualitative",
    "A9 Analyse",
    (ColonneBilan("rubrique", "Rubrique"), ColonneBilan("texte", "Texte")),
    "Rédigée par la structure pour cette période.",
    si_vide="Aucun texte n’est rédigé pour cette période exactement.",
)


def trouver(acteur: Acteur, periode: Periode) -> AnalyseQualitative:
    """L’analyse de cette période ; à défaut, une analyse vide de version zéro."""
    gardee = AnalyseQualitative.objects.visibles_par(acteur).filter(du=periode.du, au=periode.au).first()
    return gardee or AnalyseQualitative(structure_id=acteur.structure_id, du=periode.du, au=periode.au, version=0)


def rangees(analyse: AnalyseQualitative) -> list[Rangee]:
    """Une ligne par texte rédigé ; sans aucun texte, le tableau est vide."""
    return [
        Rangee({"rubrique": titre(nom), "texte": texte})
        for nom in AnalyseQualitative.TEXTES
        if (texte := getattr(analyse, nom))
    ]


def titre(nom: str) -> str:
    libelle = nom_du_champ(AnalyseQualitative, nom)
    return libelle[0].upper() + libelle[1:]
