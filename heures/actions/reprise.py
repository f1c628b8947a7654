"""Reprise en masse de lignes d’heures déjà tenues ailleurs : mêmes règles que la saisie, écriture par paquets.

Comme la démonstration et l’import de relevés, n’appelle pas les actions une à une : 20 000 lignes y passent. Les
règles sont celles de `heures.calculs`, encadrées par `heures.actions.cadres`. Quatre écarts à la saisie, voulus parce
que l’histoire est déjà écrite :

- un marché clos reçoit des heures ;
- une ligne validée au-delà de l’éligibilité entre, avec un avertissement et une prolongation motivée « reprise » ;
- des heures imputées hors de l’opération de leur contrat, sans convention, entrent avec un avertissement ;
- le journal porte une écriture par engagement (nombre de lignes, heures, mois), et non une par ligne.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser
from clauses.socle.instants import a_midi
from clauses.socle.mois import dernier_jour, en_lettres
from clauses.socle.nombres import en_heures
from heures import calculs
from heures.actions.cadres import PAQUET, Avancement, Cadres, LigneVoulue, par_engagement
from heures.actions.personnes import prolonger
from heures.enums import OrigineLigne, StatutAttente, StatutLigne
from heures.models import LigneEnAttente, LigneHeures, Participant, Releve

ZERO = Decimal(0)
MOTIF_DE_REFUS = "Refusée avant la reprise"
MOTIF_DE_PROLONGATION = "reprise"
SANS_CONVENTION = "La reprise les garde ; l’application, elle, les refuserait."


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneAReprendre(LigneVoulue):
    """Une ligne d’heures à reprendre ; `repere` est sa ligne dans le tableur."""

    statut: StatutLigne
    validee_le: datetime.datetime | None
    motif: str = ""
    declaree_le: datetime.date | None = None
    rang: int = 0


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


class _Cadres(Cadres):
    """Les cadres d’une reprise, et les prolongations que ses lignes validées demandent."""

    def __init__(self, lignes: Sequence[LigneAReprendre], par: Acteur) -> None:
        super().__init__(lignes, par, verrouiller=True)
        self.a_prolonger: dict[int, datetime.date] = {}

    def connue(self, ligne: LigneAReprendre, resultat: LignesReprises) -> bool:
        """Vrai si la cellule est déjà en base : la ligne est alors laissée, ou refusée si elle dit autre chose."""
        vive = self.en_base.get(ligne.cellule)
        if vive is None:
            return False
        if (vive.heures, vive.statut) == (ligne.heures, ligne.statut):
            resultat.deja.append(ligne)
        else:
            dite = f"{en_heures(ligne.heures)} h, {StatutLigne(ligne.statut).label.lower()}"
            gardee = f"{en_heures(vive.heures)} h, {StatutLigne(vive.statut).label.lower()}"
            raison = (
                f"{en_lettres(ligne.mois).capitalize()} est déjà en base ({gardee}) ; cette ligne dit {dite}. "
                "La reprise n’écrase rien : corriger le classeur, ou rectifier la ligne dans l’application."
            )
            resultat.refus.append((ligne, raison))
        return True

    def additionner(self, lignes: Iterable[LigneAReprendre]) -> None:
        """Ajoute les lignes nouvelles aux totaux par personne et par mois, et aux états des relevés."""
        for ligne in lignes:
            self.statuts[ligne.engagement_id, ligne.mois].add(ligne.statut)
            if ligne.statut != StatutLigne.REFUSEE:
                self.ajouter(ligne)

    def juger(self, ligne: LigneAReprendre, resultat: LignesReprises) -> None:
        limite = self.fin_eligibilite(ligne)
        regles = self.regles(ligne, limite if ligne.statut == StatutLigne.DECLAREE else None)
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
            self._prolonger(ligne, limite, resultat)
        phrase = self.refus_de_globalisation(ligne)
        if phrase and self.une_fois((ligne.contrat_id, ligne.engagement_id, SANS_CONVENTION)):
            resultat.avertissements.append((ligne, f"{phrase} {SANS_CONVENTION}"))
        resultat.avertissements.extend((ligne, phrase) for phrase in self.avertissements(ligne, regles))

    def _prolonger(self, ligne: LigneAReprendre, limite: datetime.date, resultat: LignesReprises) -> None:
        participant_id = self.contrats[ligne.contrat_id].participant_id
        self.a_prolonger[participant_id] = max(ligne.mois, self.a_prolonger.get(participant_id, ligne.mois))
        phrase = (
            f"Éligibilité arrêtée le {limite:%d/%m/%Y} : {en_lettres(ligne.mois)}, déjà validé, entre avec une "
            f"prolongation motivée « {MOTIF_DE_PROLONGATION} »."
        )
        resultat.avertissements.append((ligne, phrase))


def _ecrire(lignes: Sequence[LigneAReprendre], cadres: _Cadres, par: Acteur, avancer: Avancement | None) -> None:
    for debut in range(0, len(lignes), PAQUET):
        paquet = lignes[debut : debut + PAQUET]
        creees = LigneHeures.objects.bulk_create([_ligne(ligne, cadres, par) for ligne in paquet])
        _dater(paquet, creees)
        if avancer is not None:
            avancer(debut + len(paquet), len(lignes))
    _tenir_les_releves({(ligne.engagement_id, ligne.mois) for ligne in lignes}, cadres, par)
    for engagement_id, siennes in par_engagement(lignes):
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


def _dater(lignes: Sequence[LigneAReprendre], creees: Sequence[LigneHeures]) -> None:
    """Une création porte l’instant présent : rend aux lignes leur jour de déclaration, un jour à la fois."""
    par_jour: dict[datetime.date, list[int]] = defaultdict(list)
    for ligne, creee in zip(lignes, creees, strict=True):
        if ligne.declaree_le is not None:
            par_jour[ligne.declaree_le].append(creee.pk)
    for jour, numeros in sorted(par_jour.items()):
        LigneHeures.objects.filter(pk__in=numeros).update(declaree_le=a_midi(jour))


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
        rang=ligne.rang,
        statut=ligne.statut,
        motif=ligne.motif or (MOTIF_DE_REFUS if ligne.statut == StatutLigne.REFUSEE else ""),
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
