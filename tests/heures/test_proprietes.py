"""Quelle que soit la suite des gestes, aucune heure n’est perdue, comptée deux fois, ou comptée sans être validée.

Un modèle de quelques lignes – une valeur et un état par cellule – joue les mêmes gestes que la base ; après chacun, la
grille, l’avancement, le bilan et les relevés doivent dire la même chose que lui.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bilans import agregats
from bilans.faits import Periode
from bilans.indicateurs import compter
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible
from heures import actions, calculs, grille, lecture_grille, lecture_reception, lecture_totaux
from heures.enums import StatutAttente, StatutLigne, StatutReleve, TypeHeures
from heures.models import LigneEnAttente, LigneHeures, Releve
from marches.models import Engagement
from tests.factories import ContratTravailFactory, EngagementFactory, EntreeClauseFactory, StructureFactory, acteur
from tests.factories_releves import LigneEnAttenteFactory

JOUR = datetime.date(2025, 12, 15)
MOIS = (datetime.date(2025, 3, 1), datetime.date(2025, 4, 1))
ANNEE = Periode(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31), datetime.date(2025, 12, 31))
ZERO = Decimal(0)
DECLAREE, VALIDEE, REFUSEE = StatutLigne.DECLAREE, StatutLigne.VALIDEE, StatutLigne.REFUSEE

# Un engagement et un mois reviennent plus que les autres : les gestes s’y rencontrent.
engagements, mois = st.sampled_from([0, 0, 0, 1]), st.sampled_from([MOIS[0], MOIS[0], MOIS[1]])
contrats = st.integers(0, 2)
types = st.sampled_from(list(TypeHeures))
# De zéro jusqu’au-dessus du plafond de 250 h : les refus font partie des suites éprouvées.
quantites = st.sampled_from([Decimal(n) for n in ("0.00", "0.01", "7.50", "35.25", "99.99", "125.01", "250.01")])


class Heures(RuleBasedStateMachine):
    @initialize()
    def preparer(self) -> None:
        self.essai = transaction.atomic()
        self.essai.__enter__()
        structure = StructureFactory()
        self.par = acteur(structure)
        premier = EngagementFactory(clause__lot__marche__structure=structure)
        self.engagements = [premier, EngagementFactory(clause__lot__marche=premier.clause.lot.marche)]
        entrees = [EntreeClauseFactory(participant__structure=structure) for _ in range(2)]
        # Deux contrats d’une même personne, qui partagent son plafond, et une autre personne.
        self.contrats = [
            ContratTravailFactory(participant=entree.participant, employeur=premier.entreprise)
            for entree in (entrees[0], entrees[0], entrees[1])
        ]
        self.cellules: dict[tuple[Any, ...], tuple[Decimal, str]] = {}
        self.neants: set[tuple[int, datetime.date]] = set()
        self.complements: set[tuple[int, datetime.date]] = set()
        self.attentes: dict[int, tuple[tuple[Any, ...], Decimal, str]] = {}
        # De quoi juger dès le premier geste : un mois de travail et de formation pour deux des contrats.
        for contrat, type_heures, heures in (
            (0, "TRAVAIL", "70.25"),
            (0, "FORMATION", "7.00"),
            (2, "TRAVAIL", "35.10"),
        ):
            self.declarer(contrat, 0, MOIS[0], TypeHeures(type_heures), Decimal(heures))

    def teardown(self) -> None:
        if not hasattr(self, "essai"):
            return
        try:
            self.la_grille_dit_le_modele()
            self.seules_les_heures_validees_comptent_et_une_seule_fois()
            self.la_boite_montre_tout_ce_qui_attend()
        finally:
            transaction.set_rollback(True)
            self.essai.__exit__(None, None, None)

    # --- Lire le modèle ----------------------------------------------------------------------------------------------

    def du_mois(self, engagement: int, un_mois: datetime.date) -> dict[tuple[Any, ...], tuple[Decimal, str]]:
        return {clef: cellule for clef, cellule in self.cellules.items() if clef[1:3] == (engagement, un_mois)}

    def somme(self, *statuts: str, **conditions: Any) -> Decimal:
        rangs = {"contrat": 0, "engagement": 1, "mois": 2, "type": 3}
        return sum(
            (
                heures
                for clef, (heures, statut) in self.cellules.items()
                if statut in statuts and all(clef[rangs[nom]] == valeur for nom, valeur in conditions.items())
            ),
            ZERO,
        )

    def une_ligne(self, donnees: Any) -> tuple[tuple[Any, ...], LigneHeures]:
        """Une cellule du modèle, et la ligne vive que la base y montre."""
        clef = donnees.draw(st.sampled_from(sorted(self.cellules)))
        contrat, engagement, un_mois, type_heures = clef
        ligne = lecture_totaux.ligne_vive(
            self.engagements[engagement],
            contrat=self.contrats[contrat].pk,
            mois=un_mois,
            type_heures=type_heures,
            par=self.par,
        )
        assert ligne is not None
        return clef, ligne

    def plafond_franchi(self, clef: tuple[Any, ...], heures: Decimal) -> bool:
        """La règle, redite sans le code : 250 h par personne et par mois, heures refusées exclues."""
        personne = {0, 1} if clef[0] in (0, 1) else {2}
        autres = sum(
            (
                nombre
                for autre, (nombre, statut) in self.cellules.items()
                if autre != clef and autre[0] in personne and autre[2] == clef[2] and statut != REFUSEE
            ),
            ZERO,
        )
        return heures + autres > 250

    def tenter(self, geste: Any, *, permis: bool) -> None:
        """Le geste passe si le modèle le permet ; sinon il est refusé par une phrase."""
        if permis:
            geste()
        else:
            with pytest.raises(ActionImpossible):
                geste()

    # --- Les gestes --------------------------------------------------------------------------------------------------

    @rule(contrat=contrats, engagement=engagements, un_mois=mois, type_heures=types, heures=quantites)
    def declarer(self, contrat, engagement, un_mois, type_heures, heures) -> None:
        clef = (contrat, engagement, un_mois, type_heures)
        statut = self.cellules.get(clef, (ZERO, ""))[1]
        permis = statut != VALIDEE and not self.plafond_franchi(clef, heures)
        self.tenter(
            lambda: actions.declarer(
                contrat=self.contrats[contrat],
                engagement=self.engagements[engagement],
                mois=un_mois,
                heures=heures,
                type_heures=type_heures,
                par=self.par,
            ),
            permis=permis,
        )
        if permis:
            self.noter(clef, heures, DECLAREE)

    def noter(self, clef: tuple[Any, ...], heures: Decimal, statut: str) -> None:
        """Une heure déclarée est une réponse : ni néant, ni complément attendu, ne lui survivent."""
        self.cellules[clef] = (heures, statut)
        self.complements.discard(clef[1:3])
        self.neants.discard(clef[1:3])

    @precondition(lambda self: self.cellules)
    @rule(donnees=st.data())
    def effacer(self, donnees) -> None:
        clef, ligne = self.une_ligne(donnees)
        permis = self.cellules[clef][1] != VALIDEE
        self.tenter(lambda: actions.effacer(ligne, version=ligne.version, par=self.par), permis=permis)
        if permis:
            del self.cellules[clef]

    @precondition(lambda self: DECLAREE in {statut for _, statut in self.cellules.values()})
    @rule(engagement=engagements, un_mois=mois)
    def valider_le_mois(self, engagement, un_mois) -> None:
        declarees = [clef for clef, (_, statut) in self.du_mois(engagement, un_mois).items() if statut == DECLAREE]
        self.tenter(
            lambda: actions.valider_mois(self.engagements[engagement], mois=un_mois, par=self.par),
            permis=bool(declarees),
        )
        for clef in declarees:
            self.cellules[clef] = (self.cellules[clef][0], VALIDEE)
            self.complements.discard((engagement, un_mois))

    @precondition(lambda self: self.cellules)
    @rule(donnees=st.data(), accepter=st.booleans())
    def juger_une_ligne(self, donnees, accepter) -> None:
        clef, ligne = self.une_ligne(donnees)
        permis = self.cellules[clef][1] == DECLAREE
        if accepter:
            self.tenter(lambda: actions.valider_ligne(ligne, version=ligne.version, par=self.par), permis=permis)
        else:
            self.tenter(lambda: actions.refuser(ligne, motif="Essai", par=self.par), permis=permis)
        if permis:
            self.cellules[clef] = (self.cellules[clef][0], VALIDEE if accepter else REFUSEE)

    @precondition(lambda self: VALIDEE in {statut for _, statut in self.cellules.values()})
    @rule(donnees=st.data(), heures=quantites)
    def rectifier(self, donnees, heures) -> None:
        clef, ligne = self.une_ligne(donnees)
        actuelles, statut = self.cellules[clef]
        permis = statut == VALIDEE and heures != actuelles and not self.plafond_franchi(clef, heures)
        self.tenter(lambda: actions.rectifier(ligne, heures=heures, motif="Essai", par=self.par), permis=permis)
        if permis:
            self.cellules[clef] = (heures, VALIDEE)

    @rule(engagement=engagements, un_mois=mois)
    def noter_neant(self, engagement, un_mois) -> None:
        notees = [statut for _, statut in self.du_mois(engagement, un_mois).values() if statut != REFUSEE]
        attend = any(
            clef[1:3] == (engagement, un_mois) and statut == StatutAttente.EN_ATTENTE
            for clef, _, statut in self.attentes.values()
        )
        permis = not notees and not attend
        self.tenter(
            lambda: actions.declarer_neant(self.engagements[engagement], mois=un_mois, par=self.par), permis=permis
        )
        if permis:
            self.neants.add((engagement, un_mois))
            self.complements.discard((engagement, un_mois))

    @rule(engagement=engagements, un_mois=mois)
    def demander_un_complement(self, engagement, un_mois) -> None:
        releve = Releve.objects.filter(engagement=self.engagements[engagement], mois=un_mois).first()
        if releve is None:
            return
        permis = releve.statut != StatutReleve.ATTENDU
        self.tenter(lambda: actions.demander_complement(releve, message="Essai", par=self.par), permis=permis)
        if permis:
            self.complements.add((engagement, un_mois))
            self.neants.discard((engagement, un_mois))

    @rule(contrat=contrats, engagement=engagements, un_mois=mois, type_heures=types, heures=quantites)
    def recevoir_une_ligne_a_verifier(self, contrat, engagement, un_mois, type_heures, heures) -> None:
        """L’entreprise répond : le relevé qu’elle remplit est déjà ouvert."""
        clef = (contrat, engagement, un_mois, type_heures)
        releve = Releve.objects.filter(engagement=self.engagements[engagement], mois=un_mois).first()
        deja = any(c == clef and s == StatutAttente.EN_ATTENTE for c, _, s in self.attentes.values())
        if releve is None or deja or releve.statut in {StatutReleve.A_COMPLETER, StatutReleve.NEANT}:
            return
        attente = LigneEnAttenteFactory(
            releve=releve, contrat=self.contrats[contrat], type_heures=type_heures, heures=heures
        )
        releve.statut = StatutReleve.RECU
        releve.save()
        self.attentes[attente.pk] = (clef, heures, StatutAttente.EN_ATTENTE)

    @precondition(lambda self: self.attentes)
    @rule(donnees=st.data(), reprendre=st.booleans(), remplacer=st.booleans())
    def traiter_une_attente(self, donnees, reprendre, remplacer) -> None:
        pk = donnees.draw(st.sampled_from(sorted(self.attentes)))
        clef, heures, etat = self.attentes[pk]
        attente = LigneEnAttente.objects.select_related("releve").get(pk=pk)
        vivante, statut = etat == StatutAttente.EN_ATTENTE, self.cellules.get(clef, (ZERO, ""))[1]
        if not reprendre:
            self.tenter(lambda: actions.refuser_attente(attente, motif="Essai", par=self.par), permis=vivante)
            self.attentes[pk] = (clef, heures, StatutAttente.REFUSEE if vivante else etat)
            return
        libre = statut != VALIDEE and (statut != DECLAREE or remplacer)
        permis = vivante and libre and not self.plafond_franchi(clef, heures)
        self.tenter(lambda: actions.reprendre_attente(attente, remplacer=remplacer, par=self.par), permis=permis)
        if permis:
            self.attentes[pk] = (clef, heures, StatutAttente.REPRISE)
            self.noter(clef, heures, DECLAREE)

    # --- Ce qui reste vrai : les relevés après chaque geste, les totaux à la fin de chaque suite ---------------------

    def la_grille_dit_le_modele(self) -> None:
        for rang, engagement in self.lus():
            for type_heures in TypeHeures:
                axes = grille.axes_de_l_annee(2025, type_heures)
                lecture = lecture_grille.Lecture([engagement], axes, (), est_groupee=False, le=JOUR, par=self.par)
                (bloc,) = lecture_grille.lire_les_blocs(lecture)
                ici = {"engagement": rang, "type": type_heures}
                assert bloc.grille.total == self.somme(DECLAREE, VALIDEE, **ici)
                assert sum((ligne.total for ligne in bloc.grille.lignes), ZERO) == bloc.grille.total
                par_mois = {colonne.axe.mois: colonne.total for colonne in bloc.grille.colonnes}
                assert sum(par_mois.values(), ZERO) == bloc.grille.total
                assert all(par_mois[m] == self.somme(DECLAREE, VALIDEE, mois=m, **ici) for m in MOIS)
                assert bloc.resume.validees == self.somme(VALIDEE, engagement=rang)
                assert bloc.resume.declarees == self.somme(DECLAREE, engagement=rang)

    def seules_les_heures_validees_comptent_et_une_seule_fois(self) -> None:
        for rang, engagement in self.lus():
            assert engagement.heures_realisees == self.somme(VALIDEE, engagement=rang)
        faits = agregats.lire(self.par, Structure.objects.get(pk=self.par.structure_id), ANNEE)
        assert compter(faits)["heures_realisees"] == self.somme(VALIDEE)

    @invariant()
    def chaque_releve_suit_ses_lignes(self) -> None:
        releves = Releve.objects.filter(engagement__in=[e.pk for e in self.engagements]).select_related(
            *lecture_reception.RELEVE
        )
        for releve in releves:
            clef = ([e.pk for e in self.engagements].index(releve.engagement_id), releve.mois)
            assert releve.statut == calculs.statut_du_releve(
                {statut for _, statut in self.du_mois(*clef).values()},
                attentes={statut for cellule, _, statut in self.attentes.values() if cellule[1:3] == clef},
                complement_attendu=clef in self.complements,
                est_neant=clef in self.neants,
            )

    def la_boite_montre_tout_ce_qui_attend(self) -> None:
        visibles = lecture_reception.avec_reception(Releve.objects.visibles_par(self.par), par=self.par)
        a_traiter = lecture_reception.par_age(lecture_reception.a_traiter(visibles, par=self.par))
        lus = lecture_reception.lire(list(a_traiter), le=JOUR, par=self.par)
        en_attente = [h for _, h, statut in self.attentes.values() if statut == StatutAttente.EN_ATTENTE]
        assert sum((recu.heures for recu in lus), ZERO) == self.somme(DECLAREE) + sum(en_attente, ZERO)
        declarees = [clef for clef, (_, statut) in self.cellules.items() if statut == DECLAREE]
        assert sum(recu.nombre for recu in lus) == len(declarees) + len(en_attente)

    def lus(self) -> Iterator[tuple[int, Engagement]]:
        for rang, engagement in enumerate(self.engagements):
            yield rang, Engagement.objects.avec_marche().avec_avancement(au=JOUR).get(pk=engagement.pk)


@pytest.mark.usefixtures("mi_decembre_2025")
def test_aucune_suite_de_gestes_ne_perd_ni_ne_double_une_heure():
    run_state_machine_as_test(
        Heures,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
