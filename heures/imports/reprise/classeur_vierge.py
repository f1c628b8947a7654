"""Le classeur de reprise à remplir : ses feuilles, leurs listes déroulantes, et comment s’en servir."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from clauses.socle import exports
from heures.imports.reprise.colonnes import Colonne, Feuille
from heures.imports.reprise.lecture import LISEZ_MOI

CONSEILS = (
    "Remplir une feuille par sorte d’objet, sous sa ligne de titres, sans renommer ni titre ni feuille.",
    "Une feuille inutile peut rester vide ou être supprimée ; l’ordre des colonnes est libre.",
    "Dates : au format Date, ou AAAA-MM-JJ. Mois : AAAA-MM. Nombres : virgule ou point.",
    "SIRET : 14 chiffres, en texte. Codes : ceux des listes déroulantes, ou leur libellé.",
    "Une case vide n’est pas zéro : des heures nulles s’écrivent 0.",
    "Simuler d’abord : le rapport dit tout ce qui serait refusé, à la ligne et à la colonne près.",
    "Tout est repris, ou rien. Reprendre deux fois le même classeur ne crée rien de plus.",
)
COLONNES_LISEZ_MOI = (
    exports.Colonne("Feuille", "feuille", largeur=16),
    exports.Colonne("Colonne", "colonne", largeur=26),
    exports.Colonne("Obligatoire", "obligatoire", largeur=12),
    exports.Colonne("Aide", "aide", largeur=100),
)


def ecrire_classeur_vierge(fichier: IO[bytes], feuilles: Sequence[Feuille]) -> None:
    """Écrit le classeur vierge ; rendu tel quel à l’import, il est refusé parce que vide, et pour rien d’autre."""
    mode_d_emploi = exports.Feuille(LISEZ_MOI, COLONNES_LISEZ_MOI, _mode_d_emploi(feuilles))
    exports.ecrire_xlsx(fichier, [mode_d_emploi, *map(feuille_d_export, feuilles)])


def feuille_d_export(feuille: Feuille, lignes: Iterable[Mapping[str, Any]] = ()) -> exports.Feuille:
    """Une feuille du classeur, avec ses listes déroulantes ; une colonne absente d’une ligne reste vide."""
    noms = [colonne.nom for colonne in feuille.colonnes]
    return exports.Feuille(
        feuille.nom,
        [exports.Colonne(colonne.nom, colonne.nom, colonne.format) for colonne in feuille.colonnes],
        (tuple(ligne.get(nom) for nom in noms) for ligne in lignes),
        listes=[
            # Un libellé vaut son code : la liste propose, sans interdire.
            exports.Liste(colonne.nom, colonne.propositions, stricte=False)
            for colonne in feuille.colonnes
            if colonne.propositions
        ],
        lignes_a_remplir=20_000 if feuille.nom == "heures" else 5_000,
    )


def _mode_d_emploi(feuilles: Sequence[Feuille]) -> Iterator[tuple[str, str, str, str]]:
    for conseil in CONSEILS:
        yield "", "", "", conseil
    for feuille in feuilles:
        facultative = "Feuille facultative. " if feuille.est_facultative else ""
        yield feuille.nom, "", "", f"{facultative}{feuille.aide}"
        for colonne in feuille.colonnes:
            yield feuille.nom, colonne.nom, "oui" if colonne.obligatoire else "", _aide(colonne)


def _aide(colonne: Colonne) -> str:
    if colonne.propositions:
        return f"Valeurs : {', '.join(colonne.propositions)}."
    if colonne.nom.endswith("siret"):
        return "SIRET de 14 chiffres, en texte."
    if colonne.nom == "autres_criteres":
        return "Codes de critères séparés par des points-virgules."
    if colonne.nom == "mois":
        return "Mois travaillé, AAAA-MM."
    return {
        exports.Format.DATE: "Date, au format Date ou AAAA-MM-JJ.",
        exports.Format.HEURES: "Nombre, deux décimales au plus.",
        exports.Format.ENTIER: "Nombre entier.",
    }.get(colonne.format, "Texte.")
