"""Ce que la reprise d’une structure prend des bilans : paramètres, objectifs, analyses, grilles (formats.md §2).

Les autres feuilles sont dans `heures.imports.reprise`, qui ignore les bilans : c’est ici que le classeur est entier.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from bilans import actions, parametres
from bilans.declarations import INDICATEURS
from bilans.enums import DefinitionBrsa
from bilans.grilles.actions import ecrire_tableau
from bilans.grilles.forme import NOMS, LigneGrille, lire_ligne
from bilans.models import AnalyseQualitative, CorrespondanceGrille, ParametresBilan
from clauses.comptes.models import Structure
from clauses.socle.conversions import ValeurRefusee, vers_choix, vers_montant, vers_texte
from heures.imports.reprise.catalogue import ETAPES
from heures.imports.reprise.colonnes import Colonne, Feuille, choix, date, entier, libre, oui_non, texte
from heures.imports.reprise.contexte import Contexte
from heures.imports.reprise.etapes import Ecriture, Etape, Valeurs, champs, dans_l_ordre, une_a_une
from heures.imports.reprise.etapes import oui_non as en_oui_non
from heures.imports.reprise.lecture import Ligne

LIBELLES = {indicateur.cle: indicateur.nom for indicateur in INDICATEURS}
_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
REGLES = ("definition_brsa", "annexe_nominative", "lignes_masquees")


def _lignes_masquees(valeur: object) -> list[str]:
    """Clefs d’indicateurs séparées par des points-virgules."""
    morceaux = [m for m in vers_texte(valeur, longueur_max=5_000).split(";") if m.strip()]
    return sorted({vers_choix(morceau, LIBELLES) for morceau in morceaux})


def _objectif(valeur: object) -> Decimal:
    """Un nombre plus grand que zéro, avec les décimales qu’on lui a données : « 62,5 » n’est pas figé « 62,50 »."""
    arrondi = vers_montant(valeur)
    ecrit = valeur.strip().replace(",", ".") if isinstance(valeur, str) else ""
    exact = Decimal(ecrit) if _DECIMAL.fullmatch(ecrit) else arrondi
    if exact <= 0:
        raise ValeurRefusee("Un objectif est plus grand que zéro. Supprimer la ligne s’il n’y en a pas.")
    return exact


def _lignes_de_grille(valeur: object) -> list[LigneGrille]:
    """Les lignes d’un tableau de grille, en JSON, telles que l’export les écrit."""
    try:
        return [lire_ligne(donnees) for donnees in json.loads(vers_texte(valeur, longueur_max=32_000))]
    except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as refus:
        raise ValeurRefusee("Reprendre cette cellule d’un export : ce n’est pas une liste de lignes.") from refus


PARAMETRES = Feuille(
    "parametres_bilan",
    "Ce que la structure règle de son bilan, sur une ligne.",
    (
        choix("definition_brsa", DefinitionBrsa, obligatoire=True),
        oui_non("annexe_nominative"),
        Colonne("lignes_masquees", _lignes_masquees),
    ),
    ("definition_brsa",),
    est_facultative=True,
)
OBJECTIFS = Feuille(
    "objectifs",
    "L’objectif d’une ligne du bilan pour une année ; un taux en pour cent.",
    (
        entier("annee", 2100, minimum=2000, obligatoire=True),
        Colonne("indicateur", partial(vers_choix, codes_et_libelles=LIBELLES), True, tuple(LIBELLES)),
        Colonne("valeur", _objectif, True),
    ),
    ("annee", "indicateur"),
    est_facultative=True,
)
ANALYSES = Feuille(
    "analyses",
    "Les six textes de l’analyse qualitative d’une période.",
    (
        date("du", obligatoire=True),
        date("au", obligatoire=True),
        *(libre(nom, 4_000) for nom in AnalyseQualitative.TEXTES),
    ),
    ("du", "au"),
    est_facultative=True,
)


GRILLES = Feuille(
    "grilles",
    "Les tableaux de grille (AVE, FSE+) que la structure a réécrits\u00a0: une ligne par tableau.",
    (
        Colonne("grille", partial(vers_choix, codes_et_libelles={nom: nom for nom in NOMS}), True, NOMS),
        texte("tableau", 60, obligatoire=True),
        Colonne("lignes", _lignes_de_grille, True),
    ),
    ("grille", "tableau"),
    est_facultative=True,
)


def _regler(ctx: Contexte, **changes: Any) -> ParametresBilan:
    """Règle le bilan en ne changeant que ce qui est dit."""
    connus = parametres.trouver(ctx.par)
    base_etp = Structure.objects.visibles_par(ctx.par).values_list("base_etp", flat=True).get()
    annee = changes.setdefault("annee", 2000)
    gardes = {cle: Decimal(valeur) for cle, valeur in connus.objectifs.get(str(annee), {}).items()}
    champs_gardes = {**champs(connus, *REGLES), "objectifs": gardes, **changes}
    return actions.regler_le_bilan(version=connus.version, base_etp=base_etp, par=ctx.par, **champs_gardes)


def reprendre_parametres(ctx: Contexte, ligne: Ligne) -> None:
    if ligne.numero != ctx.lues[PARAMETRES.nom][0].numero:
        ctx.refuser(PARAMETRES, ligne, "le bilan se règle sur une seule ligne. N’en garder qu’une.")
        return
    donnees = ligne.donnees(*REGLES)
    connus = ParametresBilan.objects.visibles_par(ctx.par).first()
    ctx.poser(PARAMETRES, ligne, connus, donnees, lambda: _regler(ctx, **donnees))


def ecrire_parametres(lu: Ecriture) -> Iterator[Valeurs]:
    for regles in ParametresBilan.objects.visibles_par(lu.par).order_by("pk"):
        yield {
            "definition_brsa": regles.definition_brsa,
            "annexe_nominative": en_oui_non(est=regles.annexe_nominative),
            "lignes_masquees": " ; ".join(regles.lignes_masquees) or None,
        }


def reprendre_objectif(ctx: Contexte, ligne: Ligne) -> None:
    annee, cle, valeur = ligne.cle(("annee", "indicateur", "valeur"))
    gardes = parametres.trouver(ctx.par).objectifs.get(str(annee), {})
    if cle in gardes:
        garde = Decimal(gardes[cle])
        ctx.constater(OBJECTIFS, ligne, {"valeur": (garde, valeur)} if garde != valeur else {})
        return
    objectifs = {nom: Decimal(autre) for nom, autre in gardes.items()} | {cle: valeur}
    ctx.creer(OBJECTIFS, ligne, lambda: _regler(ctx, annee=annee, objectifs=objectifs))


def ecrire_objectifs(lu: Ecriture) -> Iterator[Valeurs]:
    for regles in ParametresBilan.objects.visibles_par(lu.par).order_by("pk"):
        for annee, gardes in sorted(regles.objectifs.items()):
            for cle, valeur in sorted(gardes.items()):
                yield {"annee": int(annee), "indicateur": cle, "valeur": valeur}


def reprendre_analyse(ctx: Contexte, ligne: Ligne) -> None:
    periode, textes = ligne.donnees("du", "au"), ligne.donnees(*AnalyseQualitative.TEXTES)
    connue = AnalyseQualitative.objects.visibles_par(ctx.par).filter(**periode).first()
    ctx.poser(
        ANALYSES,
        ligne,
        connue,
        textes,
        lambda: actions.rediger_l_analyse(version=0, par=ctx.par, **periode, **textes),
    )


def ecrire_analyses(lu: Ecriture) -> Iterator[Valeurs]:
    for analyse in AnalyseQualitative.objects.visibles_par(lu.par).order_by("du", "au"):
        yield champs(analyse, "du", "au", *AnalyseQualitative.TEXTES)


def reprendre_grille(ctx: Contexte, ligne: Ligne) -> None:
    nom, cle, lignes = ligne.cle(("grille", "tableau", "lignes"))
    connue = CorrespondanceGrille.objects.visibles_par(ctx.par).filter(grille=nom, tableau=cle).first()
    if connue is not None:
        avant = [lire_ligne(donnees) for donnees in connue.lignes]
        ctx.constater(GRILLES, ligne, {} if avant == lignes else {"lignes": (avant, lignes)})
        return
    ctx.creer(GRILLES, ligne, lambda: ecrire_tableau(nom, cle, lignes, version=0, par=ctx.par))


def ecrire_grilles(lu: Ecriture) -> Iterator[Valeurs]:
    for reecrite in CorrespondanceGrille.objects.visibles_par(lu.par).order_by("grille", "tableau"):
        lignes = json.dumps(reecrite.lignes, ensure_ascii=False, separators=(",", ":"))
        yield {**champs(reecrite, "grille", "tableau"), "lignes": lignes}


TOUTES: tuple[Etape, ...] = (
    *ETAPES,
    Etape(PARAMETRES, une_a_une(reprendre_parametres), ecrire_parametres),
    Etape(OBJECTIFS, une_a_une(reprendre_objectif), ecrire_objectifs),
    Etape(ANALYSES, une_a_une(reprendre_analyse), ecrire_analyses),
    Etape(GRILLES, une_a_une(reprendre_grille), ecrire_grilles),
)
FEUILLES: tuple[Feuille, ...] = tuple(dans_l_ordre(TOUTES))
