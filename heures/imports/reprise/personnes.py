"""Reprise des personnes, de leur profil à l’entrée, de leurs contrats et de leurs sorties."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from heures import actions
from heures.actions.cadres import Avancement
from heures.enums import CriterePublic, OuiNonInconnu
from heures.imports.reprise.colonnes import Feuille
from heures.imports.reprise.contexte import Contexte, ecarts
from heures.imports.reprise.etapes import une_a_une
from heures.imports.reprise.feuilles import CONTRATS, PARTICIPANTS, SORTIES
from heures.imports.reprise.lecture import Ligne
from heures.models import ContratTravail, CritereEntree, EntreeClause, Participant, Sortie
from heures.noms import Nom

FICHE = ("nom", "prenom", "date_naissance", "sexe", "commune_insee")
DE_L_ENTREE = {"commune_insee": "commune_insee", "est_participant_plie": "participant_plie"}
PROFIL = (
    "qpv", "niveau", "date_constat", "prescripteur", "duree_inscription",
    "piece_type", "piece_date", "piece_valable_jusqu_au", "piece_vue_le",
)  # fmt: skip
AVIS_ANTERIEUR = "Avis motivé donné avant la reprise du tableur : motif et auteur à compléter."


class Personnes:
    """Reprise des participants ; garde de quoi dater leur entrée et repérer les doublons probables."""

    def __init__(self, ctx: Contexte) -> None:
        self.ctx = ctx
        self.embauches = _premieres_dates(
            (contrat["participant_identifiant"], contrat["date_debut"]) for contrat in ctx.lues["contrats"]
        )
        titulaires = {contrat["identifiant"]: contrat["participant_identifiant"] for contrat in ctx.lues["contrats"]}
        self.premiers_mois = _premieres_dates(
            (titulaires.get(heures["contrat_identifiant"]), heures["mois"]) for heures in ctx.lues["heures"]
        )
        self.semblables: dict[tuple[object, ...], set[str]] = defaultdict(set)
        for connu in ctx.objets["participants"].values():
            self.semblables[Nom(connu.nom, connu.prenom).mots, connu.date_naissance].add(connu.identifiant)

    def reprendre(self, ligne: Ligne) -> None:
        """La fiche et l’entrée en clause. Une personne déjà connue par son identifiant doit être la même.

        Un critère dit « inconnu », sans date d’entrée : la fiche seule, l’entrée reste à ouvrir.
        """
        self._signaler_doublon(ligne)
        fiche = _fiche(ligne)
        connu: Participant | None = self.ctx.objets["participants"].get((ligne["identifiant"],))
        if connu is not None and connu.identifiant != ligne["identifiant"]:
            raison = f"fiche fusionnée avec {connu.identifiant}, qui porte ses contrats et ses heures."
            self.ctx.avertir(PARTICIPANTS, ligne, raison, colonne="identifiant")
            self.ctx.constater(PARTICIPANTS, ligne, {})
            return
        sans_entree = ligne["critere_principal"] == "" and ligne["date_entree"] is None
        if connu is not None:
            entrees = EntreeClause.objects.courantes().filter(participant=connu).order_by("-numero")
            # Une fiche qui en a absorbé une autre a plusieurs entrées : la ligne est connue si l’une lui ressemble.
            profils = [ecarts_de_profil(entree, ligne) for entree in entrees]
            differences = _ecarts_de_fiche(connu, fiche) | min(profils, key=len, default={})
            if differences or profils or sans_entree:
                self.ctx.constater(PARTICIPANTS, ligne, differences)
                return
        date_entree = self._date_d_entree(ligne)
        if date_entree is None and not sans_entree:
            raison = (
                "ni contrat, ni date de constat, ni heures : l’entrée en clause n’a pas de date. Renseigner "
                "« date_constat », ou ajouter le contrat de cette personne."
            )
            self.ctx.refuser(PARTICIPANTS, ligne, raison, colonne="date_constat")
            return

        def ouvrir() -> Participant:
            personne = connu or actions.creer_participant(par=self.ctx.par, identifiant=ligne["identifiant"], **fiche)
            if not sans_entree:
                profil = self._profil(ligne)
                actions.reprendre_entree(personne, par=self.ctx.par, numero=1, date_entree=date_entree, **profil)
            return personne

        self.ctx.creer(PARTICIPANTS, ligne, ouvrir)

    def _profil(self, ligne: Ligne) -> dict[str, Any]:
        profil = lire_profil(self.ctx, PARTICIPANTS, ligne)
        # L’action passe ce marqueur à « oui » quand le RSA est parmi les critères.
        profil["brsa"] = ligne["brsa"] or OuiNonInconnu.NON
        profil["version"] = ligne["version_entree"] or 1
        return profil

    def _date_d_entree(self, ligne: Ligne) -> datetime.date | None:
        """Celle du classeur, sinon l’embauche du premier contrat, le constat, le premier mois d’heures."""
        identifiant = ligne["identifiant"]
        deduites = (self.embauches.get(identifiant), ligne["date_constat"], self.premiers_mois.get(identifiant))
        return ligne["date_entree"] or next((date for date in deduites if date is not None), None)

    def _signaler_doublon(self, ligne: Ligne) -> None:
        homonymes = self.semblables[Nom(ligne["nom"], ligne["prenom"]).mots, ligne["date_naissance"]]
        autres = sorted(homonymes - {ligne["identifiant"]})
        if autres:
            raison = f"doublon probable de {', '.join(autres)} (mêmes nom, prénom et naissance) : vérifier les fiches."
            self.ctx.avertir(PARTICIPANTS, ligne, raison, colonne="identifiant")
        homonymes.add(ligne["identifiant"])


def reprendre_participants(ctx: Contexte, lignes: list[Ligne], avancer: Avancement) -> None:
    personnes = Personnes(ctx)
    une_a_une(lambda _, ligne: personnes.reprendre(ligne))(ctx, lignes, avancer)


def _fiche(ligne: Ligne) -> dict[str, Any]:
    """Ce que la fiche dit aujourd’hui : commune et marqueur PLIE peuvent ne plus être ceux de l’entrée."""
    fiche = ligne.donnees(*FICHE)
    if ligne["commune_actuelle_insee"] is not None:
        fiche["commune_insee"] = ligne["commune_actuelle_insee"]
    plie = ligne["participant_plie"] if ligne["plie_actuel"] is None else ligne["plie_actuel"]
    return fiche if plie is None else {**fiche, "est_participant_plie": plie}


def lire_profil(ctx: Contexte, feuille: Feuille, ligne: Ligne) -> dict[str, Any]:
    """Le profil d’une entrée : ce que « participants » et « entrees » disent avec les mêmes colonnes."""
    autres = ligne["autres_criteres"] or ()
    profil: dict[str, Any] = {
        **ligne.donnees(*PROFIL, "brsa", "motif", "visa_le"),
        **{champ: ligne[nom] for champ, nom in DE_L_ENTREE.items() if ligne[nom] is not None},
        "critere_principal": ligne["critere_principal"],
        "autres_criteres": autres,
        "piece_vue_par_id": ctx.compte(feuille, ligne, "piece_vue_par"),
        "visa_par_id": ctx.compte(feuille, ligne, "visa_par"),
    }
    if CriterePublic.AUTRE_AVIS_MOTIVE in {ligne["critere_principal"], *autres} and not ligne["motif"]:
        profil["motif"] = AVIS_ANTERIEUR
        raison = "public sur avis motivé : le motif et l’auteur de l’avis restent à compléter sur la fiche."
        ctx.avertir(feuille, ligne, raison, colonne="critere_principal")
    return profil


def _premieres_dates(paires: Iterable[tuple[str | None, datetime.date | None]]) -> dict[str, datetime.date]:
    premieres: dict[str, datetime.date] = {}
    for identifiant, jour in paires:
        if identifiant is not None and jour is not None:
            premieres[identifiant] = min(jour, premieres.get(identifiant, jour))
    return premieres


def _ecarts_de_fiche(connu: Participant, fiche: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    differences = ecarts(connu, fiche)
    if "est_participant_plie" in differences:
        differences["participant_plie"] = differences.pop("est_participant_plie")
    return differences


def ecarts_de_profil(entree: EntreeClause, ligne: Ligne) -> dict[str, tuple[Any, Any]]:
    differences = ecarts(entree, ligne.donnees(*PROFIL))
    constats = list(CritereEntree.objects.filter(entree=entree))
    principal = next((constat.critere for constat in constats if constat.est_principal), None)
    autres = {constat.critere for constat in constats if not constat.est_principal}
    if ligne["critere_principal"] != (principal or ""):
        differences["critere_principal"] = (principal, ligne["critere_principal"])
    lus = ligne["autres_criteres"]
    if lus is not None and set(lus) - {ligne["critere_principal"]} != autres:
        differences["autres_criteres"] = (autres, lus)
    return differences


def reprendre_contrat(ctx: Contexte, ligne: Ligne) -> None:
    participant = ctx.renvoi(
        CONTRATS, ligne, "participant_identifiant", "participants", ligne["participant_identifiant"]
    )
    employeur = ctx.renvoi(CONTRATS, ligne, "employeur_siret", "entreprises", ligne["employeur_siret"])
    if participant is None or employeur is None:
        return
    donnees = ligne.donnees("type_contrat", "modalite", "date_debut", "date_fin", "quotite", "nombre_missions")
    contrat: ContratTravail | None = ctx.objets["contrats"].get(ligne.cle(CONTRATS.cle))
    if contrat is None:
        ctx.creer(
            CONTRATS,
            ligne,
            lambda: actions.creer_contrat(
                participant, employeur=employeur, par=ctx.par, identifiant=ligne["identifiant"], **donnees
            ),
        )
        return
    differences = ecarts(contrat, donnees)
    if contrat.participant_id != participant.pk:
        differences["participant_identifiant"] = (contrat.participant.identifiant, participant.identifiant)
    if contrat.employeur_id != employeur.pk:
        differences["employeur_siret"] = (contrat.employeur.siret, employeur.siret)
    ctx.constater(CONTRATS, ligne, differences)


def reprendre_sortie(ctx: Contexte, ligne: Ligne) -> None:
    participant = ctx.renvoi(
        SORTIES, ligne, "participant_identifiant", "participants", ligne["participant_identifiant"]
    )
    if participant is None:
        return
    donnees = ligne.donnees("situation", "situation_6_mois", "situation_12_mois")
    sortie = Sortie.objects.visibles_par(ctx.par).filter(participant=participant, date=ligne["date"]).first()
    if sortie is not None:
        ctx.constater(SORTIES, ligne, ecarts(sortie, donnees))
    else:
        ctx.creer(
            SORTIES, ligne, lambda: actions.noter_sortie(participant, par=ctx.par, date=ligne["date"], **donnees)
        )
