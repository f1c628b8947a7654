"""Reprise en masse de lignes d’heures déjà tenues ailleurs : mêmes règles que la saisie, écriture par paquets.

Avec la démonstration, seul endroit qui n’appelle pas les actions une à une : 20 000 lignes y passent. Les règles sont
celles de `heures.calculs` ; ce qui les encadre est lu en quelques requêtes, les contraintes d’unicité sont tenues par
dictionnaire et la base reste en filet. Trois écarts à la saisie, voulus parce que l’histoire est déjà écrite :

- un marché clos reçoit des heures ;
- une ligne validée au-delà de l’éligibilité entre, avec un avertissement et une prolongation motivée « reprise » ;
- le journal porte une écriture par engagement (nombre de lignes, heures, mois), et non une par ligne.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import dernier_jour, en_lettres
from clauses.socle.nombres import en_heures
from heures import calculs
from heures.actions.personnes import prolonger
from heures.enums import NatureLigne, OrigineLigne, StatutAttente, StatutLigne, TypeHeures
from heures.models import (
    ContratTravail,
    EntreeClause,
    LigneEnAttente,
    LigneHeures,
    Participant,
    Prolongation,
    Releve,
)
from marches.models import Engagement

ZERO = Decimal(0)
PAQUET = 1000
MOTIF_DE_REFUS = "Refusée avant la reprise"
MOTIF_DE_PROLONGATION = "reprise"

Cellule = tuple[int, int, datetime.date, str]
Personne = tuple[int, datetime.date]
Avancement = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LigneAReprendre:
    """Une ligne d’heures à reprendre ; `repere` la désigne à qui lit le résultat (sa ligne dans le tableur)."""

    contrat_id: int
    engagement_id: int
    mois: datetime.date
    type_heures: TypeHeures
    heures: Decimal
    statut: StatutLigne
    validee_le: datetime.datetime | None
    repere: int

    @property
    def cellule(self) -> Cellule:
        return self.contrat_id, self.engagement_id, self.mois, self.type_heures


@dataclass
class LignesReprises:
    """Ce que la reprise a fait : lignes créées, déjà là, et des phrases par ligne."""

    creees: list[LigneAReprendre] = field(default_factory=list)
    deja: list[LigneAReprendre] = field(default_factory=list)
    refus: list[tuple[LigneAReprendre, str]] = field(default_factory=list)
    avertissements: list[tuple[LigneAReprendre, str]] = field(default_factory=list)


@transaction.atomic
def reprendre_lignes(
    lignes: Sequence[LigneAReprendre], *, par: Acteur, avancer: Avancement | None = None
) -> LignesReprises:
    """Reprend des lignes d’heures, toutes ou aucune ; heures au centième, ≥ 0, une ligne au plus par cellule.

    Une ligne déjà en base avec les mêmes heures et le même statut est laissée ; avec d’autres, elle est refusée. S’il
    y a un refus, rien n’est écrit. Lève `ActionImpossible` si un contrat ou un engagement n’est pas dans le périmètre.
    """
    par.exiger(Droit.SAISIR_HEURES)
    par.exiger(Droit.VALIDER_HEURES)
    resultat = LignesReprises()
    if not lignes:
        return resultat
    cadres = _Cadres(lignes, par)
    nouvelles = [ligne for ligne in lignes if not cadres.connue(ligne, resultat)]
    cadres.additionner(nouvelles)
    for ligne in nouvelles:
        cadres.juger(ligne, resultat)
    if resultat.refus or not nouvelles:
        return resultat
    for participant_id, mois in cadres.a_prolonger.items():
        personne = Participant.objects.visibles_par(par).get(pk=participant_id)
        prolonger(personne, jusqu_au=dernier_jour(mois), motif=MOTIF_DE_PROLONGATION, par=par)
    _ecrire(nouvelles, cadres, par, avancer)
    resultat.creees.extend(nouvelles)
    return resultat


class _Cadres:
    """Tout ce qui encadre les lignes, lu une fois : contrats, engagements, éligibilité, heures déjà en base."""

    def __init__(self, lignes: Sequence[LigneAReprendre], par: Acteur) -> None:
        self.structure = Structure.objects.get(pk=par.structure_id)
        self.aujourd_hui = timezone.localdate()
        self.contrats = ContratTravail.objects.visibles_par(par).in_bulk({ligne.contrat_id for ligne in lignes})
        verrouilles = Engagement.objects.visibles_par(par).avec_marche().select_for_update(of=("self",))
        self.engagements = verrouilles.in_bulk({ligne.engagement_id for ligne in lignes})
        for ligne in lignes:
            if ligne.contrat_id not in self.contrats or ligne.engagement_id not in self.engagements:
                raise ActionImpossible("Un contrat ou un engagement n’existe plus, ou vous n’y avez plus accès.")
        entrees = EntreeClause.objects.visibles_par(par).courantes().order_by("numero")
        self.entrees = {
            participant: (entree, constat)
            for participant, entree, constat in entrees.values_list("participant", "date_entree", "date_constat")
        }
        self.prolongations: dict[int, list[datetime.date]] = defaultdict(list)
        accordees = Prolongation.objects.visibles_par(par).values_list("participant", "jusqu_au")
        for participant, jusqu_au in accordees:
            self.prolongations[participant].append(jusqu_au)
        self.en_base: dict[Cellule, tuple[Decimal, str]] = {}
        self.totaux: dict[Personne, Decimal] = defaultdict(Decimal)
        self.statuts: dict[tuple[int, datetime.date], set[str]] = defaultdict(set)
        self._lire_les_lignes({ligne.mois for ligne in lignes}, par)
        self.a_prolonger: dict[int, datetime.date] = {}
        self._eligibilites: dict[tuple[int, int], datetime.date | None] = {}
        self._dits: set[tuple[object, ...]] = set()

    def _lire_les_lignes(self, mois: set[datetime.date], par: Acteur) -> None:
        """La ligne vive de chaque cellule : la dernière ligne ordinaire qu’aucune annulation n’a éteinte."""
        lignes = LigneHeures.objects.visibles_par(par).travaillees(du=min(mois), au=max(mois))
        annulees = set(lignes.exclude(annule=None).values_list("annule", flat=True))
        champs = (
            "pk", "contrat", "engagement", "mois", "type_heures", "participant", "heures", "statut", "nature",
        )  # fmt: skip
        for pk, contrat, engagement, un_mois, type_heures, participant, heures, statut, nature in (
            lignes.order_by("rang").values_list(*champs).iterator()
        ):
            if statut != StatutLigne.REFUSEE:
                self.totaux[participant, un_mois] += heures
            if nature == NatureLigne.ORDINAIRE and pk not in annulees:
                self.en_base[contrat, engagement, un_mois, type_heures] = (heures, statut)
                self.statuts[engagement, un_mois].add(statut)

    def connue(self, ligne: LigneAReprendre, resultat: LignesReprises) -> bool:
        """Vrai si la cellule est déjà en base : la ligne est alors laissée, ou refusée si elle dit autre chose."""
        if ligne.cellule not in self.en_base:
            return False
        heures, statut = self.en_base[ligne.cellule]
        if (heures, statut) == (ligne.heures, ligne.statut):
            resultat.deja.append(ligne)
        else:
            dite = f"{en_heures(ligne.heures)} h, {StatutLigne(ligne.statut).label.lower()}"
            gardee = f"{en_heures(heures)} h, {StatutLigne(statut).label.lower()}"
            raison = (
                f"{en_lettres(ligne.mois).capitalize()} est déjà en base ({gardee}) ; cette ligne dit {dite}. "
                "La reprise n’écrase rien : corriger le classeur, ou rectifier la ligne dans l’application."
            )
            resultat.refus.append((ligne, raison))
        return True

    def additionner(self, lignes: Iterable[LigneAReprendre]) -> None:
        """Ajoute les lignes nouvelles aux totaux par personne et par mois, et aux états des relevés."""
        for ligne in lignes:
            self.statuts[ligne.engagement_id, ligne.mois].add(ligne.statut)
            if ligne.statut != StatutLigne.REFUSEE:
                self.totaux[self.contrats[ligne.contrat_id].participant_id, ligne.mois] += ligne.heures

    def juger(self, ligne: LigneAReprendre, resultat: LignesReprises) -> None:
        contrat = self.contrats[ligne.contrat_id]
        limite = self._fin_eligibilite(contrat, self.engagements[ligne.engagement_id])
        regles = self._cadre(ligne, contrat, limite if ligne.statut == StatutLigne.DECLAREE else None)
        if ligne.statut == StatutLigne.REFUSEE:
            raison = calculs.refus_de_mois(ligne.mois, regles)
        else:
            raison = calculs.refus(ligne.mois, ligne.heures, regles)
        if raison:
            resultat.refus.append((ligne, raison))
            return
        if ligne.statut == StatutLigne.REFUSEE:
            return
        if limite and ligne.mois > limite:
            self._prolonger(contrat.participant_id, ligne, limite, resultat)
        self._avertir(ligne, contrat, regles, resultat)

    def _cadre(
        self, ligne: LigneAReprendre, contrat: ContratTravail, fin_eligibilite: datetime.date | None
    ) -> calculs.Cadre:
        engagement = self.engagements[ligne.engagement_id]
        entree = self.entrees.get(contrat.participant_id)
        return calculs.Cadre(
            embauche=contrat.date_debut,
            fin_contrat=contrat.date_fin,
            debut_engagement=engagement.debut,
            fin_engagement=engagement.fin,
            fin_eligibilite=fin_eligibilite,
            date_constat=entree[1] if entree else None,
            notification=engagement.clause.lot.marche.date_notification,
            aujourd_hui=self.aujourd_hui,
            seuil_avertissement=self.structure.seuil_avertissement_heures,
            seuil_refus=self.structure.seuil_refus_heures,
            autres_heures=self.totaux[contrat.participant_id, ligne.mois] - ligne.heures,
        )

    def _fin_eligibilite(self, contrat: ContratTravail, engagement: Engagement) -> datetime.date | None:
        cle = (contrat.participant_id, engagement.pk)
        if cle not in self._eligibilites:
            entree = self.entrees.get(contrat.participant_id)
            self._eligibilites[cle] = calculs.fin_eligibilite(
                entree[0] if entree else None,
                engagement.clause.duree_eligibilite_mois or self.structure.duree_eligibilite_mois,
                self.prolongations[contrat.participant_id],
            )
        return self._eligibilites[cle]

    def _prolonger(
        self, participant_id: int, ligne: LigneAReprendre, limite: datetime.date, resultat: LignesReprises
    ) -> None:
        self.a_prolonger[participant_id] = max(ligne.mois, self.a_prolonger.get(participant_id, ligne.mois))
        phrase = (
            f"Éligibilité arrêtée le {limite:%d/%m/%Y} : {en_lettres(ligne.mois)}, déjà validé, entre avec une "
            f"prolongation motivée « {MOTIF_DE_PROLONGATION} »."
        )
        resultat.avertissements.append((ligne, phrase))

    def _avertir(
        self, ligne: LigneAReprendre, contrat: ContratTravail, regles: calculs.Cadre, resultat: LignesReprises
    ) -> None:
        """Dit une fois ce qui tient à la personne et au mois, une fois ce qui tient au contrat."""
        depasse = ligne.heures + regles.autres_heures > regles.seuil_avertissement
        for rang, phrase in enumerate(calculs.avertissements(ligne.heures, regles)):
            du_mois = depasse and rang == 0
            cle = (contrat.participant_id, ligne.mois, phrase) if du_mois else (contrat.pk, phrase)
            if cle not in self._dits:
                self._dits.add(cle)
                resultat.avertissements.append((ligne, phrase))


def _ecrire(lignes: Sequence[LigneAReprendre], cadres: _Cadres, par: Acteur, avancer: Avancement | None) -> None:
    for debut in range(0, len(lignes), PAQUET):
        paquet = lignes[debut : debut + PAQUET]
        LigneHeures.objects.bulk_create([_ligne(ligne, cadres, par) for ligne in paquet])
        if avancer is not None:
            avancer(debut + len(paquet), len(lignes))
    _tenir_les_releves({(ligne.engagement_id, ligne.mois) for ligne in lignes}, cadres, par)
    for engagement_id, siennes in _par_engagement(lignes):
        apres = {
            "heures": str(sum((ligne.heures for ligne in siennes), ZERO)),
            "du": f"{min(ligne.mois for ligne in siennes):%Y-%m}",
            "au": f"{max(ligne.mois for ligne in siennes):%Y-%m}",
        }
        journaliser(
            par=par,
            action="reprendre des heures",
            objet=cadres.engagements[engagement_id],
            apres=apres,
            nombre=len(siennes),
        )


def _ligne(ligne: LigneAReprendre, cadres: _Cadres, par: Acteur) -> LigneHeures:
    contrat = cadres.contrats[ligne.contrat_id]
    validee = ligne.statut == StatutLigne.VALIDEE
    return LigneHeures(
        structure_id=par.structure_id,
        engagement_id=ligne.engagement_id,
        contrat_id=contrat.pk,
        participant_id=contrat.participant_id,
        modalite=contrat.modalite,
        mois=ligne.mois,
        type_heures=ligne.type_heures,
        heures=ligne.heures,
        statut=ligne.statut,
        motif=MOTIF_DE_REFUS if ligne.statut == StatutLigne.REFUSEE else "",
        origine=OrigineLigne.REPRISE,
        declaree_par_id=par.utilisateur_id,
        validee_le=(ligne.validee_le or timezone.now()) if validee else None,
        validee_par_id=par.utilisateur_id if validee else None,
    )


def _tenir_les_releves(touches: set[tuple[int, datetime.date]], cadres: _Cadres, par: Acteur) -> None:
    """Crée ou met à jour l’état de chaque mois touché, d’après toutes ses lignes, celles en attente comprises."""
    attentes: dict[tuple[int, datetime.date], set[str]] = defaultdict(set)
    for engagement_id, mois in (
        LigneEnAttente.objects.visibles_par(par)
        .filter(statut=StatutAttente.EN_ATTENTE, releve__engagement__in=cadres.engagements)
        .values_list("releve__engagement", "releve__mois")
    ):
        attentes[engagement_id, mois].add(StatutAttente.EN_ATTENTE)
    presents = {
        (releve.engagement_id, releve.mois): releve
        for releve in Releve.objects.visibles_par(par).filter(engagement__in=cadres.engagements)
    }
    neufs, changes = [], []
    for engagement_id, mois in sorted(touches):
        releve = presents.get((engagement_id, mois))
        statut = calculs.statut_du_releve(cadres.statuts[engagement_id, mois], attentes=attentes[engagement_id, mois])
        if releve is None:
            neufs.append(Releve(structure_id=par.structure_id, engagement_id=engagement_id, mois=mois, statut=statut))
        elif releve.statut != statut:
            releve.statut, releve.version = statut, releve.version + 1
            changes.append(releve)
    Releve.objects.bulk_create(neufs, batch_size=PAQUET)
    Releve.objects.bulk_update(changes, ["statut", "version"], batch_size=PAQUET)


def _par_engagement(lignes: Sequence[LigneAReprendre]) -> Iterator[tuple[int, list[LigneAReprendre]]]:
    groupes: dict[int, list[LigneAReprendre]] = defaultdict(list)
    for ligne in lignes:
        groupes[ligne.engagement_id].append(ligne)
    yield from sorted(groupes.items())
