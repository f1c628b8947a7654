"""D’une ligne de relevé à son contrat de travail et à son engagement : trouvés, proposés, ou refusés d’une phrase."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence

from clauses.comptes.acteurs import Acteur
from clauses.socle.conversions import ValeurRefusee, normaliser, vers_choix
from clauses.socle.mois import dernier_jour, en_lettres
from heures.enums import TypeContrat
from heures.imports.releves.champs import Champ
from heures.imports.releves.colonnes import Choix
from heures.imports.releves.lecture import Imputation, LigneReleve
from heures.imports.releves.personnes import Personnes
from heures.imports.releves.rapport import ECARTER, Candidat, Doute, Rapport, nommer
from heures.models import ContratTravail
from marches.models import Engagement

A_VOTRE_DEMANDE = "ligne écartée à votre demande."
# Ce que disent les agences, à côté des libellés de l’application.
AUTRES_NOMS_DE_CONTRAT = {
    "ctt": TypeContrat.INTERIM,
    "contrat de mission": TypeContrat.INTERIM,
    "mission": TypeContrat.INTERIM,
    "mission d interim": TypeContrat.INTERIM,
    "cdii": TypeContrat.CDI_INTERIMAIRE,
    "contrat d apprentissage": TypeContrat.APPRENTISSAGE,
    "contrat de professionnalisation": TypeContrat.PROFESSIONNALISATION,
}
_FORMES_JURIDIQUES = frozenset(
    {"sa", "sas", "sasu", "sarl", "eurl", "sci", "scop", "association", "asso", "ste", "societe"}
)
_LOT = re.compile(r"^(?:lot )?(?:no? )?0*(?=.)")


class Rapprochement:
    """Tout ce qui se rapproche, lu une fois : personnes, contrats, engagements du périmètre."""

    def __init__(self, choix: Choix, rapport: Rapport, par: Acteur) -> None:
        self.choix = choix
        self.rapport = rapport
        self.personnes = Personnes(par)
        contrats = ContratTravail.objects.visibles_par(par).select_related("employeur").order_by("pk")
        self.contrats: dict[int, list[ContratTravail]] = defaultdict(list)
        self.par_identifiant: dict[str, ContratTravail] = {}
        for contrat in contrats:
            self.contrats[self.personnes.gardee(contrat.participant_id)].append(contrat)
            self.par_identifiant[contrat.identifiant.casefold()] = contrat
        self.engagements: dict[str, list[Engagement]] = defaultdict(list)
        self.choisi: Engagement | None = None
        for engagement in Engagement.objects.visibles_par(par).avec_marche().order_by("pk"):
            self.engagements[normaliser(engagement.clause.lot.marche.reference)].append(engagement)
            if engagement.pk == choix.engagement_id:
                self.choisi = engagement
        self._imputations: dict[Imputation, Engagement | tuple[Champ, str | None, str]] = {}
        self._doutes: dict[str, Doute] = {}
        self._types: dict[str, TypeContrat | None] = {}

    def resoudre(self, ligne: LigneReleve) -> tuple[ContratTravail, Engagement] | None:
        """Le contrat et l’engagement de la ligne ; `None` quand elle est refusée, douteuse ou écartée."""
        engagement = self._engagement(ligne)
        participant = self._participant(ligne)
        if participant is None:
            return None
        contrat = self._contrat(ligne, participant)
        return None if engagement is None or contrat is None else (contrat, engagement)

    # Personnes ---------------------------------------------------------------------------------------------------

    def _participant(self, ligne: LigneReleve) -> int | None:
        identite = ligne.identite
        designe = self.par_identifiant.get(identite.contrat.casefold()) if identite.contrat else None
        reponse = self.personnes.trouver(identite, du_contrat=designe.participant_id if designe else None)
        if reponse.sure is not None:
            return reponse.sure
        candidats = tuple(self.personnes.candidat(pk) for pk in reponse.possibles)
        clef = _clef("personne", *identite)
        doute = self._douter(clef, str(identite), reponse.raison, candidats, self.rapport.personnes_a_choisir)
        return self._trancher(doute, self.choix.fiches_choisies.get(clef), ligne)

    # Contrats ----------------------------------------------------------------------------------------------------

    def _contrat(self, ligne: LigneReleve, participant: int) -> ContratTravail | None:
        if ligne.identite.contrat is not None:
            designe = self.par_identifiant.get(ligne.identite.contrat.casefold())
            if designe is not None and self.personnes.gardee(designe.participant_id) == participant:
                return designe
        ouverts = [contrat for contrat in self.contrats[participant] if _est_ouvert(contrat, ligne)]
        if not ouverts:
            raison = (
                f"aucun contrat de travail de {self.personnes.nommer(participant)} n’est ouvert en "
                f"{en_lettres(ligne.mois)}. Noter son contrat sur sa fiche, ou corriger le mois."
            )
            self.rapport.refuser(ligne.feuille, ligne.numero, raison)
            return None
        retenus, raison = self._departager(ouverts, ligne)
        if len(retenus) == 1 and not raison:
            return retenus[0]
        candidats = tuple(Candidat(contrat.pk, _nommer_contrat(contrat)) for contrat in retenus)
        clef = _clef("contrat", participant, ligne.employeur, ligne.type_contrat, *(c.pk for c in retenus))
        intitule = self.personnes.nommer(participant)
        doute = self._douter(clef, intitule, raison, candidats, self.rapport.contrats_a_choisir)
        choisi = self._trancher(doute, self.choix.contrats_choisis.get(clef), ligne)
        return next((contrat for contrat in retenus if contrat.pk == choisi), None)

    def _departager(self, ouverts: list[ContratTravail], ligne: LigneReleve) -> tuple[list[ContratTravail], str]:
        """Les contrats possibles, et pourquoi l’import ne choisit pas (`""` s’il n’en reste qu’un, sûr)."""
        mois = en_lettres(ligne.mois)
        retenus = ouverts
        if ligne.employeur:
            retenus = [c for c in ouverts if designe(ligne.employeur, c.employeur.siret, c.employeur.raison_sociale)]
            if not retenus:
                return ouverts, (
                    f"le fichier dit « {ligne.employeur} », mais aucun de ses contrats ouverts en {mois} n’est chez "
                    "cet employeur. Choisir le contrat, ou noter le bon sur sa fiche."
                )
        if len(retenus) > 1 and (nature := self._type_contrat(ligne)) is not None:
            retenus = [contrat for contrat in retenus if contrat.type_contrat == nature] or retenus
        return retenus, "" if len(retenus) == 1 else f"plusieurs contrats sont ouverts en {mois}. Choisir le bon."

    def _type_contrat(self, ligne: LigneReleve) -> TypeContrat | None:
        texte = ligne.type_contrat
        if not texte:
            return None
        if texte not in self._types:
            self._types[texte] = AUTRES_NOMS_DE_CONTRAT.get(normaliser(texte)) or _type_de_la_liste(texte)
        if self._types[texte] is None:
            raison = "ce type de contrat n’est pas reconnu : il ne sert pas à choisir le contrat."
            self.rapport.avertir(ligne.feuille, ligne.numero, raison, Champ.TYPE_CONTRAT.label, texte)
        return self._types[texte]

    # Engagements -------------------------------------------------------------------------------------------------

    def _engagement(self, ligne: LigneReleve) -> Engagement | None:
        dite = ligne.imputation
        if dite not in self._imputations:
            self._imputations[dite] = self._imputer(dite)
        trouve = self._imputations[dite]
        if isinstance(trouve, Engagement):
            return trouve
        champ, valeur, raison = trouve
        self.rapport.refuser(ligne.feuille, ligne.numero, raison, champ.label, valeur)
        return None

    def _imputer(self, dite: Imputation) -> Engagement | tuple[Champ, str | None, str]:
        if dite.marche is None:
            if self.choisi is not None:
                return self.choisi
            return (
                Champ.MARCHE,
                None,
                "la référence du marché manque. La renseigner, ou choisir l’engagement du fichier.",
            )
        du_marche = self.engagements.get(normaliser(dite.marche), [])
        if not du_marche:
            return Champ.MARCHE, dite.marche, "aucun engagement sur un marché de cette référence. La corriger."
        trouves = du_marche
        for champ, valeur, repond in (
            (Champ.LOT, dite.lot, lambda e, v: _lot(e.clause.lot.numero) == _lot(v)),
            (Champ.ACHETEUR, dite.acheteur, _est_de_l_acheteur),
            (
                Champ.TITULAIRE,
                dite.titulaire,
                lambda e, v: designe(v, e.entreprise.siret, e.entreprise.raison_sociale),
            ),
        ):
            if valeur is None:
                continue
            restants = [engagement for engagement in trouves if repond(engagement, valeur)]
            if not restants:
                return champ, valeur, f"ce marché n’a pas d’engagement qui y réponde. Connus : {_citer(trouves)}."
            trouves = restants
        if len(trouves) == 1:
            return trouves[0]
        if self.choisi in trouves:
            return self.choisi
        raison = (
            f"plusieurs engagements répondent : {_citer(trouves)}. Préciser le lot ou le titulaire, ou choisir "
            "l’engagement du fichier."
        )
        return Champ.MARCHE, dite.marche, raison

    # Doutes ------------------------------------------------------------------------------------------------------

    def _douter(
        self, clef: str, intitule: str, raison: str, candidats: tuple[Candidat, ...], liste: list[Doute]
    ) -> Doute:
        if clef not in self._doutes:
            self._doutes[clef] = Doute(clef, intitule, raison, candidats)
            liste.append(self._doutes[clef])
        return self._doutes[clef]

    def _trancher(self, doute: Doute, choix: int | None, ligne: LigneReleve) -> int | None:
        """La clef choisie par l’utilisateur ; un choix qui n’est plus proposé ne vaut rien."""
        doute.lignes.append((ligne.feuille, ligne.numero))
        if choix == ECARTER:
            doute.choisi = ECARTER
            self.rapport.ecarter(ligne.feuille, ligne.numero, A_VOTRE_DEMANDE)
            return None
        if choix in {candidat.clef for candidat in doute.candidats}:
            doute.choisi = choix
        return doute.choisi


def designe(texte: str, siret: str, nom: str) -> bool:
    """Vrai si le texte est le SIRET, le SIREN ou le nom d’une organisation, forme juridique et accents mis à part."""
    chiffres = "".join(texte.split())
    if chiffres.isdigit():
        return chiffres.lstrip("0") in (siret.lstrip("0"), siret[:9].lstrip("0"))
    dits, siens = (set(normaliser(t).split()) - _FORMES_JURIDIQUES for t in (texte, nom))
    return bool(dits and siens) and (dits <= siens or siens <= dits)


def _est_de_l_acheteur(engagement: Engagement, texte: str) -> bool:
    acheteur = engagement.clause.lot.marche.acheteur
    return designe(texte, acheteur.siret, acheteur.nom)


def _est_ouvert(contrat: ContratTravail, ligne: LigneReleve) -> bool:
    fini = contrat.date_fin is not None and contrat.date_fin < ligne.mois
    return contrat.date_debut <= dernier_jour(ligne.mois) and not fini


def _nommer_contrat(contrat: ContratTravail) -> str:
    fin = f" au {contrat.date_fin:%d/%m/%Y}" if contrat.date_fin else ""
    return f"{contrat}, du {contrat.date_debut:%d/%m/%Y}{fin}, {contrat.identifiant}"


def _type_de_la_liste(texte: str) -> TypeContrat | None:
    try:
        return TypeContrat(vers_choix(texte, dict(TypeContrat.choices)))
    except ValeurRefusee:
        return None


def _lot(numero: str) -> str:
    """« Lot n° 02 » et « 2 » se valent."""
    return _LOT.sub("", normaliser(numero))


def _citer(engagements: Sequence[Engagement]) -> str:
    return " ; ".join(nommer(engagement) for engagement in engagements[:8])


def _clef(*parties: object) -> str:
    """Désigne un cas douteux dans un formulaire sans y écrire de nom."""
    return hashlib.sha256(repr(parties).encode()).hexdigest()[:20]
