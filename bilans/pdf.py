"""Le bilan en PDF/UA-1 : les textes et les dessins de l’écran, mis en page pour le papier."""

from __future__ import annotations

import itertools
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import IO, Any

from bilans import presentation
from bilans.definitions import ColonneBilan, Unite
from bilans.dessins.tableau import en_svg
from bilans.documents import moteur
from bilans.documents.piece import epurer
from bilans.presentation import RangeeEcran, TableauEcran
from bilans.rapport import Bilan, Entete, Tableau
from bilans.tableaux import DETAIL
from clauses.socle.nombres import en_nombre

COLONNES_EN_PORTRAIT, COLONNES_EN_PAYSAGE = 9, 13
# Un tableau court ne se coupe pas entre deux pages.
LIGNES_D_UN_TENANT = 14
LETTRES_AU_MOINS, LETTRES_BREVES, LETTRES_AU_PLUS = 4, 14, 34


@lru_cache(maxsize=1)
def couleurs() -> str:
    """La feuille des dessins sur papier : le PDF n’a ni clair ni sombre."""
    return (moteur.MODELES / "dessin.css").read_text(encoding="utf-8")


def ecrire_pdf(bilan: Bilan, fichier: IO[bytes]) -> None:
    fichier.write(moteur.composer("bilan.typ", document(bilan), instant=bilan.entete.genere_le))


def document(bilan: Bilan) -> dict[str, Any]:
    """Ce que le modèle met en page, en objets simples."""
    entete = bilan.entete
    du, au, arrete_au = entete.periode
    periode = f"Du {du:%d/%m/%Y} au {au:%d/%m/%Y}, arrêté au {arrete_au:%d/%m/%Y}"
    epure: dict[str, Any] = epurer(
        {
            "titre": entete.titre,
            "structure": entete.nom_structure,
            "sous_titre": periode,
            "mentions": mentions(entete),
            "pied": f"{entete.titre} – {entete.structure} – {periode[0].lower()}{periode[1:]}",
            "chiffres": [_chiffre(chiffre, se_compare=_a_un_avant(bilan)) for chiffre in presentation.chiffres(bilan)],
            "synthese": synthese(bilan),
            "chapitres": chapitres(bilan),
            "methode": [(terme, texte) for terme, texte, _ in bilan.methode if texte],
        }
    )
    return epure


def mentions(entete: Entete) -> list[str]:
    """Sur quoi porte le document, et ce qu’il est : sa version, sa base, son auteur, son empreinte s’il est émis."""
    version = f"Version {entete.version}" if entete.empreinte else entete.version
    etabli = f"établi le {entete.genere_le:%d/%m/%Y à %H:%M} par {entete.genere_par}"
    base = f"base ETP\u00a0: {en_nombre(entete.base_etp)} heures par an"
    empreinte = [f"Empreinte des chiffres (SHA-256)\u00a0: {entete.empreinte}"] if entete.empreinte else []
    return [f"{entete.filtres}.", f"{version}, {etabli}\u00a0; {base}.", *empreinte]


def _a_un_avant(bilan: Bilan) -> bool:
    """Un bilan masqué, ou sans rien un an plus tôt, ne se compare pas."""
    return any(ligne.realise_n1 is not None for ligne in bilan.synthese)


def _chiffre(chiffre: dict[str, Any], *, se_compare: bool) -> tuple[str, str, str]:
    avant = f"{chiffre['avant']} un an plus tôt" if chiffre["avant"] else "Rien un an plus tôt" if se_compare else ""
    return chiffre["nom"], f"{chiffre['texte']}\u00a0{chiffre['unite']}".strip(), avant


def synthese(bilan: Bilan) -> dict[str, Any]:
    """La synthèse, sans la règle (elle est dans la méthode), ni objectif ni an d’avant quand rien ne les remplit."""
    colonnes = [
        ("nom", "Indicateur"),
        ("objectif", "Objectif"),
        ("realise", "Réalisé"),
        ("taux_atteinte", "Atteint"),
        ("realise_n1", "Un an plus tôt"),
        ("evolution", "Évolution"),
    ]
    if all(ligne.objectif is None for ligne in bilan.synthese):
        colonnes = [(cle, nom) for cle, nom in colonnes if cle not in {"objectif", "taux_atteinte"}]
    legende = "De la période, et de la même période un an plus tôt\u00a0; une évolution de taux est en points."
    if not _a_un_avant(bilan):
        colonnes = [(cle, nom) for cle, nom in colonnes if cle not in {"realise_n1", "evolution"}]
        legende = ""
    lignes = [
        Ligne([ligne[cle] for cle, _ in colonnes], est_detail=ligne["est_detail"])
        for ligne in presentation.synthese(bilan)
    ]
    return _tableau([nom for _, nom in colonnes], {0}, lignes, legende)


@dataclass(frozen=True, slots=True)
class Ligne:
    cellules: Sequence[str]
    est_total: bool = False
    est_detail: bool = False


def _tableau(entetes: Sequence[str], textes: Set[int], lignes: Sequence[Ligne], legende: str = "") -> dict[str, Any]:
    """`textes` : rangs des colonnes qui ne sont pas des nombres. La première colonne s’élargit toujours."""
    colonnes = []
    for rang, nom in enumerate(entetes):
        lettres = max(
            LETTRES_AU_MOINS,
            *(len(mot) for mot in nom.split(" ")),
            *(min(len(ligne.cellules[rang]), LETTRES_AU_PLUS) for ligne in lignes),
        )
        est_bref = rang > 0 and (rang not in textes or lettres <= LETTRES_BREVES)
        colonnes.append({"nom": nom, "est_nombre": rang not in textes, "est_bref": est_bref, "lettres": lettres})
    return {"legende": legende, "colonnes": colonnes, "lignes": [asdict(ligne) for ligne in lignes]}


def chapitres(bilan: Bilan) -> list[dict[str, Any]]:
    """Les tableaux de l’écran ; ceux d’un même chapitre ensemble, les autres à la suite."""
    lus = [tableau for tableau in bilan.tableaux.values() if tableau.definition.est_a_l_ecran]
    groupes = itertools.groupby(lus, key=lambda tableau: tableau.definition.chapitre)
    return [_chapitre(titre, [section(bilan, tableau) for tableau in tableaux]) for titre, tableaux in groupes]


def _chapitre(titre: str, sections: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"titre": titre, "sections": sections, "paysage": any(s["paysage"] for s in sections)}


def section(bilan: Bilan, donnees: Tableau) -> dict[str, Any]:
    """Un tableau, son dessin et sa note."""
    ecran = presentation.tableau(bilan, donnees)
    dessin = ecran.dessin
    rangees = _rangees(ecran, donnees.definition.lignes_en_pdf)
    lignes = [Ligne([r.titre, *(c.texte for c in r.cellules)], est_total=r.niveau != DETAIL) for r in rangees]
    return {
        "titre": ecran.titre,
        "titre_dessin": dessin.titre if dessin else "",
        "alt": f"{dessin.titre}. {dessin.description}" if dessin else "",
        "svg": _habiller(en_svg(dessin, dessin.large)) if dessin else "",
        "paysage": len(ecran.colonnes) > COLONNES_EN_PORTRAIT,
        "est_d_un_tenant": len(lignes) <= LIGNES_D_UN_TENANT and len(ecran.colonnes) <= COLONNES_EN_PAYSAGE,
        "note": ecran.note,
        "reste": _dire_le_reste(len(ecran.rangees) - len(rangees)),
        "vide": ecran.si_vide,
        "tableaux": [_extrait(ecran.colonnes, lignes, rangs) for rangs in parts(len(ecran.colonnes))]
        if lignes
        else [],
    }


def parts(nombre: int) -> list[list[int]]:
    """Les rangs des colonnes d’un tableau, coupé s’il déborde la page ; sa première colonne nomme chaque morceau."""
    if nombre <= COLONNES_EN_PAYSAGE:
        return [list(range(nombre))]
    morceaux, debut = [list(range(COLONNES_EN_PORTRAIT))], COLONNES_EN_PORTRAIT
    while debut < nombre:
        fin = min(debut + COLONNES_EN_PAYSAGE - 1, nombre)
        morceaux.append([0, *range(debut, fin)])
        debut = fin
    return morceaux


def _extrait(colonnes: Sequence[ColonneBilan], lignes: Sequence[Ligne], rangs: Sequence[int]) -> dict[str, Any]:
    """Quelques colonnes d’un tableau."""
    textes = {place for place, rang in enumerate(rangs) if colonnes[rang].unite is Unite.TEXTE}
    gardees = [replace(ligne, cellules=[ligne.cellules[rang] for rang in rangs]) for ligne in lignes]
    est_la_suite = 1 not in rangs and len(colonnes) > 1
    legende = "Les mêmes lignes, suite des colonnes." if est_la_suite else ""
    return _tableau([colonnes[rang].nom for rang in rangs], textes, gardees, legende)


def _habiller(svg: str) -> str:
    """Le SVG de la page avec les couleurs du papier."""
    debut, fin = svg.split(">", 1)
    return f"{debut}><style>{couleurs()}</style>{fin}"


def _rangees(ecran: TableauEcran, au_plus: int | None) -> list[RangeeEcran]:
    """Les lignes du papier : les premières de détail, et tous les totaux."""
    details = [rangee for rangee in ecran.rangees if rangee.niveau == DETAIL]
    gardees = {id(rangee) for rangee in details[:au_plus]}
    return [rangee for rangee in ecran.rangees if rangee.niveau != DETAIL or id(rangee) in gardees]


def _dire_le_reste(nombre: int) -> str:
    if not nombre:
        return ""
    return f"{nombre} autres lignes sont dans le classeur." if nombre > 1 else "Une autre ligne est dans le classeur."
