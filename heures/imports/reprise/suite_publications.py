"""Feuilles facultatives de la source publique (DECP) : contrats suivis, leurs modifications, contrats à veiller."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from heures.actions.cadres import Avancement
from heures.imports.reprise import feuilles_recues as feuilles
from heures.imports.reprise.contexte import Contexte, ecarts
from heures.imports.reprise.etapes import Ecriture, Valeurs, champs, cle_de_lot, numeroter
from heures.imports.reprise.lecture import Ligne
from heures.imports.reprise.marches import lot_cite
from marches import actions
from marches.imports.decp.comparaison import relire_valeurs
from marches.models import ContratAVeiller, ModificationMarche, PublicationDecp

DE_LA_PUBLICATION = ("id_accord_cadre", "date_publication")
DE_LA_MODIFICATION = ("date", "montant_ht", "duree_mois")
DE_LA_VEILLE = ("objet", "nature", "cpv", "montant_ht", "date_notification", "seuil_ht")
# Bien en deçà des 32 767 unités d’une cellule, où un caractère peut compter double.
MORCEAU = 8_000


def reprendre_publications(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    """Un contrat publié tient sur une ligne, ou sur plusieurs quand ce que dit la source est long."""
    refusees = ctx.refusees[feuilles.PUBLICATIONS.nom]
    # Les modifications citent le contrat, non ses morceaux.
    refusees |= {cle[:1] for cle in refusees}
    groupes: dict[str, list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        groupes[ligne["source_identifiant"]].append(ligne)
    for fait, (source, siennes) in enumerate(groupes.items(), start=1):
        if (source,) in refusees:
            for ligne in siennes:
                ctx.suspendre(feuilles.PUBLICATIONS, ligne)
        else:
            _reprendre_publication(ctx, siennes)
        avancer(fait, len(groupes))


def _reprendre_publication(ctx: Contexte, lignes: list[Ligne]) -> None:
    feuille = feuilles.PUBLICATIONS
    ordonnees = sorted(lignes, key=lambda ligne: ligne["suite"] or 1)
    premiere, *suivantes = ordonnees
    source = premiere["source_identifiant"]
    lot = lot_cite(ctx, feuille, premiere)
    valeurs = _valeurs(ctx, ordonnees)
    if lot is None or valeurs is None:
        ctx.refusees[feuille.nom].add((source,))
        return
    donnees: dict[str, Any] = {"valeurs": valeurs, **premiere.donnees(*DE_LA_PUBLICATION)}
    connue = ctx.objets["publications"].get((source,))
    if connue is not None:
        differences = ecarts(connue, donnees)
        if connue.lot_id != lot.pk:
            differences["lot_numero"] = (str(connue.lot), str(lot))
        ctx.constater(feuille, premiere, differences)
        ctx.rapport.compte(feuille.nom).deja += 0 if differences else len(suivantes)
        return
    neuve = ctx.creer(
        feuille,
        premiere,
        lambda: actions.rattacher_publication(lot, source_identifiant=source, par=ctx.par, **donnees),
    )
    if neuve is None:
        ctx.refusees[feuille.nom].add((source,))
        return
    ctx.objets["publications"][(source,)] = neuve
    ctx.rapport.compte(feuille.nom).creees += len(suivantes)


def _valeurs(ctx: Contexte, lignes: list[Ligne]) -> dict[str, Any] | None:
    """Ce que la source disait, ses morceaux réunis ; `None` s’ils ne se relisent pas : c’est alors refusé."""
    attendues = [None, *range(2, len(lignes) + 1)]
    if [ligne["suite"] for ligne in lignes] != attendues:
        raison = (
            "un morceau de ce contrat publié manque. Remettre toutes ses lignes : l’une sans « suite », puis 2, 3…"
        )
        ctx.refuser(feuilles.PUBLICATIONS, lignes[0], raison, colonne="suite")
        return None
    try:
        return relire_valeurs(json.loads("".join(ligne["valeurs"] for ligne in lignes)))
    except (ValueError, RecursionError):
        raison = (
            "ce que disait la source ne se relit pas : un objet JSON est attendu, avec les champs d’un contrat. "
            "Reprendre la cellule d’un classeur exporté."
        )
        ctx.refuser(feuilles.PUBLICATIONS, lignes[0], raison, colonne="valeurs")
        return None


def ecrire_publications(lu: Ecriture) -> Iterator[Valeurs]:
    lues = PublicationDecp.objects.visibles_par(lu.par).select_related("lot__marche__acheteur").order_by("pk")
    for publication in lues:
        source = {**cle_de_lot(publication.lot), "source_identifiant": publication.source_identifiant}
        texte = json.dumps(publication.valeurs, ensure_ascii=False, separators=(",", ":"))
        yield {**source, **champs(publication, *DE_LA_PUBLICATION), "valeurs": texte[:MORCEAU]}
        for place, debut in enumerate(range(MORCEAU, len(texte), MORCEAU), start=2):
            yield {**source, "valeurs": texte[debut : debut + MORCEAU], "suite": place}


def reprendre_modification(ctx: Contexte, ligne: Ligne) -> None:
    feuille = feuilles.MODIFICATIONS
    source = ligne["source_identifiant"]
    publication = ctx.renvoi(feuille, ligne, "source_identifiant", "publications", source)
    if publication is None:
        return
    donnees = {nom: ligne[nom] for nom in DE_LA_MODIFICATION}
    pareilles = ModificationMarche.objects.visibles_par(ctx.par).filter(publication=publication, **donnees)
    ctx.ajouter(
        feuille,
        ligne,
        pareilles,
        lambda: actions.reprendre_modification(publication, par=ctx.par, **donnees),
    )


def ecrire_modifications(lu: Ecriture) -> Iterator[Valeurs]:
    lues = ModificationMarche.objects.visibles_par(lu.par).select_related("publication").order_by("date", "pk")
    lignes = ({"source_identifiant": m.publication.source_identifiant, **champs(m, *DE_LA_MODIFICATION)} for m in lues)
    return numeroter(feuilles.MODIFICATIONS, lignes)


def reprendre_veille(ctx: Contexte, ligne: Ligne) -> None:
    """Un contrat devenu un marché depuis n’est plus à veiller : il est déjà là, mieux suivi."""
    feuille = feuilles.VEILLE
    siret, identifiant = ligne.cle(feuille.cle)
    acheteur = ctx.renvoi(feuille, ligne, "acheteur_siret", "acheteurs", siret)
    if acheteur is None:
        return
    if PublicationDecp.objects.visibles_par(ctx.par).filter(source_identifiant=f"{siret}/{identifiant}").exists():
        ctx.constater(feuille, ligne, {})
        return
    donnees = ligne.donnees(*DE_LA_VEILLE)
    connu = ContratAVeiller.objects.visibles_par(ctx.par).filter(acheteur=acheteur, identifiant=identifiant).first()
    ctx.poser(
        feuille,
        ligne,
        connu,
        donnees,
        lambda: actions.veiller(acheteur, identifiant=identifiant, par=ctx.par, **donnees),
    )


def ecrire_veille(lu: Ecriture) -> Iterator[Valeurs]:
    lus = ContratAVeiller.objects.visibles_par(lu.par).select_related("acheteur").order_by("pk")
    for contrat in lus:
        yield {"acheteur_siret": contrat.acheteur.siret, **champs(contrat, "identifiant", *DE_LA_VEILLE)}
