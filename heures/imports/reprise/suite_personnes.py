"""Feuilles facultatives des personnes et des relevés : entrées suivantes, prolongations, états des mois, doublons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from heures import actions
from heures.actions.cadres import Avancement
from heures.enums import OuiNonInconnu
from heures.imports.reprise import feuilles_suite as feuilles
from heures.imports.reprise.contexte import Contexte, ecarts
from heures.imports.reprise.etapes import Ecriture, Valeurs, champs, numeroter, oui_non
from heures.imports.reprise.lecture import Ligne
from heures.imports.reprise.personnes import ecarts_de_profil, lire_profil
from heures.models import CritereEntree, DoublonEcarte, EntreeClause, Prolongation, Releve

INCONNU = "inconnu"
OUI_NON_INCONNU = {OuiNonInconnu.OUI: "oui", OuiNonInconnu.NON: "non", OuiNonInconnu.NR: INCONNU}
DU_RELEVE = ("statut", "echeance", "nombre_relances", "commentaire", "message")


class Entrees:
    """Les entrées en clause de la structure, lues une fois : la première courante de chacun, et toutes les autres."""

    def __init__(self, lu: Ecriture) -> None:
        self.lu = lu
        self.criteres: dict[int, list[CritereEntree]] = defaultdict(list)
        for critere in CritereEntree.objects.visibles_par(lu.par).order_by("pk"):
            self.criteres[critere.entree_id].append(critere)
        toutes = EntreeClause.objects.visibles_par(lu.par).select_related("participant")
        self.premieres: dict[int, EntreeClause] = {}
        self.autres: list[EntreeClause] = []
        for entree in toutes.order_by("participant", "numero", "-est_courante", "version"):
            if entree.est_courante and entree.participant_id not in self.premieres:
                self.premieres[entree.participant_id] = entree
            else:
                self.autres.append(entree)

    def profil(self, entree: EntreeClause) -> dict[str, Any]:
        constats = self.criteres[entree.pk]
        principal = next((c.critere for c in constats if c.est_principal), "")
        autres = [c.critere for c in constats if not c.est_principal]
        comptes = {nom: self.lu.courriels.get(getattr(entree, f"{nom}_id")) for nom in ("piece_vue_par", "visa_par")}
        return {
            **champs(entree, "commune_insee", "niveau", "date_constat", "prescripteur", "duree_inscription"),
            **champs(entree, "date_entree", "piece_type", "piece_date", "piece_valable_jusqu_au", "piece_vue_le"),
            **comptes,
            "motif": entree.motif or None,
            "visa_le": timezone.localdate(entree.visa_le) if entree.visa_le else None,
            "qpv": OUI_NON_INCONNU[OuiNonInconnu(entree.qpv)],
            "brsa": OUI_NON_INCONNU[OuiNonInconnu(entree.brsa)],
            "critere_principal": principal or INCONNU,
            "participant_plie": oui_non(est=entree.est_participant_plie),
            "autres_criteres": " ; ".join(autres) or None,
        }


def reprendre_entree(ctx: Contexte, ligne: Ligne) -> None:
    feuille = feuilles.ENTREES
    identifiant = ligne["participant_identifiant"]
    personne = ctx.renvoi(feuille, ligne, "participant_identifiant", "participants", identifiant)
    if personne is None:
        return
    cle = ligne.donnees("numero", "version")
    connue = EntreeClause.objects.visibles_par(ctx.par).filter(participant=personne, **cle).first()
    profil = lire_profil(ctx, feuille, ligne)
    if connue is not None:
        ctx.constater(feuille, ligne, ecarts_de_profil(connue, ligne) | ecarts(connue, ligne.donnees("date_entree")))
        return
    if ligne["commune_insee"] is None:
        profil["commune_insee"] = ""
    courante = ligne["est_courante"] is not False
    ctx.creer(
        feuille,
        ligne,
        lambda: actions.reprendre_entree(
            personne,
            par=ctx.par,
            est_courante=courante,
            date_entree=ligne["date_entree"],
            **cle,
            **profil,
        ),
    )


def ecrire_entrees(lu: Ecriture) -> Iterator[Valeurs]:
    entrees = Entrees(lu)
    for entree in sorted(entrees.autres, key=lambda e: (e.participant_id, e.numero, e.version)):
        yield {
            "participant_identifiant": entree.participant.identifiant,
            **champs(entree, "numero", "version"),
            "est_courante": oui_non(est=entree.est_courante),
            **entrees.profil(entree),
        }


def reprendre_prolongation(ctx: Contexte, ligne: Ligne) -> None:
    feuille = feuilles.PROLONGATIONS
    identifiant = ligne["participant_identifiant"]
    personne = ctx.renvoi(feuille, ligne, "participant_identifiant", "participants", identifiant)
    if personne is None:
        return
    donnees = ligne.donnees("jusqu_au", "motif")
    pareilles = Prolongation.objects.visibles_par(ctx.par).filter(participant=personne, **donnees)
    ctx.ajouter(feuille, ligne, pareilles, lambda: actions.prolonger(personne, par=ctx.par, **donnees))


def ecrire_prolongations(lu: Ecriture) -> Iterator[Valeurs]:
    lues = Prolongation.objects.visibles_par(lu.par).select_related("participant").order_by("pk")
    lignes = ({"participant_identifiant": p.participant.identifiant, **champs(p, "jusqu_au", "motif")} for p in lues)
    return numeroter(feuilles.PROLONGATIONS, lignes)


def reprendre_releves(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    """L’état de chaque mois, après les heures qui l’ont peut-être ouvert ; celui d’avant la reprise est constaté."""
    feuille = feuilles.RELEVES
    etats: dict[tuple[int, Any], dict[str, Any]] = {}
    engagements = []
    for fait, ligne in enumerate(lignes, start=1):
        engagement = ctx.renvoi_engagement(feuille, ligne)
        avancer(fait, len(lignes))
        if engagement is None:
            continue
        donnees = ligne.donnees(*DU_RELEVE)
        ancien = ctx.releves.get((engagement.pk, ligne["mois"]))
        if ancien is not None:
            ctx.constater(feuille, ligne, ecarts(ancien, donnees))
            continue
        engagements.append(engagement)
        etats[engagement.pk, ligne["mois"]] = donnees
        ctx.rapport.compte(feuille.nom).creees += 1
    if ctx.rapport.accepte:
        actions.reprendre_releves(etats, engagements=engagements, par=ctx.par)


def ecrire_releves(lu: Ecriture) -> Iterator[Valeurs]:
    for releve in Releve.objects.visibles_par(lu.par).order_by("engagement", "mois"):
        mois = {"mois": f"{releve.mois:%Y-%m}"}
        yield lu.cle_d_engagement(releve.engagement_id) | mois | champs(releve, *DU_RELEVE)


def reprendre_doublon(ctx: Contexte, ligne: Ligne) -> None:
    feuille = feuilles.DOUBLONS
    une, autre = (ctx.renvoi(feuille, ligne, colonne, "participants", ligne[colonne]) for colonne in feuille.par_nom)
    if une is None or autre is None:
        return
    premiere, seconde = sorted((une, autre), key=lambda fiche: fiche.pk)
    connus = DoublonEcarte.objects.visibles_par(ctx.par).filter(premiere=premiere, seconde=seconde)
    ctx.poser(feuille, ligne, connus.first(), {}, lambda: actions.ecarter_doublon(une, autre=autre, par=ctx.par))


def ecrire_doublons(lu: Ecriture) -> Iterator[Valeurs]:
    """Une fiche absorbée n’est pas dans le classeur : ce qui la distinguait d’une autre n’y a plus de sens."""
    lus = DoublonEcarte.objects.visibles_par(lu.par).select_related("premiere", "seconde").order_by("pk")
    for ecarte in lus.filter(premiere__fusionnee_avec=None, seconde__fusionnee_avec=None):
        yield {"identifiant": ecarte.premiere.identifiant, "autre_identifiant": ecarte.seconde.identifiant}
