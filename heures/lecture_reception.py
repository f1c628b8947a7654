"""La boîte de réception : ce qui est reçu et pas encore traité, avec ses anomalies, en un nombre constant de requêtes.

Un relevé est à traiter tant qu’une de ses lignes est déclarée, ou en attente, quelle qu’en soit l’origine.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.perimetre import StructureQuerySet
from heures import lecture_anomalies
from heures.anomalies import Anomalie
from heures.enums import NatureLigne, OrigineLigne, StatutAttente, StatutLigne, StatutReleve
from heures.models import LigneEnAttente, LigneHeures, Releve

ZERO = Decimal(0)
RELEVE = ("engagement__entreprise", "engagement__clause__lot__marche__acheteur")


@dataclass(frozen=True, slots=True)
class LigneRecue:
    """Une ligne d’heures du relevé ; ses anomalies ne se lisent que tant qu’elle est déclarée."""

    ligne: LigneHeures
    anomalies: Sequence[Anomalie]

    @property
    def est_a_traiter(self) -> bool:
        return self.ligne.statut == StatutLigne.DECLAREE

    @property
    def est_bloquee(self) -> bool:
        return any(anomalie.est_bloquante for anomalie in self.anomalies)


@dataclass(frozen=True, slots=True)
class AttenteRecue:
    """Une ligne en attente ; ses anomalies sont celles qu’elle aurait, reprise sur son contrat."""

    attente: LigneEnAttente
    anomalies: Sequence[Anomalie]

    @property
    def est_a_traiter(self) -> bool:
        return self.attente.statut == StatutAttente.EN_ATTENTE

    @property
    def est_reprenable(self) -> bool:
        """Le contrat est connu et plus aucune règle ne s’oppose à la déclaration."""
        return self.attente.contrat_id is not None and not any(a.est_bloquante for a in self.anomalies)


@dataclass(frozen=True, slots=True)
class ReleveRecu:
    """Un relevé et ce qu’il porte. `lignes` : déclarées d’abord ; les traitées ne sont lues qu’à la demande."""

    releve: Releve
    le: datetime.date
    lignes: Sequence[LigneRecue]
    attentes: Sequence[AttenteRecue]
    absences: Sequence[Anomalie]

    @property
    def a_valider(self) -> list[LigneRecue]:
        return [recue for recue in self.lignes if recue.est_a_traiter]

    @property
    def en_attente(self) -> list[AttenteRecue]:
        return [recue for recue in self.attentes if recue.est_a_traiter]

    @property
    def nombre(self) -> int:
        return len(self.a_valider) + len(self.en_attente)

    @property
    def heures(self) -> Decimal:
        """Heures à traiter : déclarées et en attente."""
        return sum((r.ligne.heures for r in self.a_valider), sum((r.attente.heures for r in self.en_attente), ZERO))

    @property
    def heures_a_valider(self) -> Decimal:
        return sum((r.ligne.heures for r in self.a_valider), ZERO)

    @property
    def titres(self) -> list[tuple[str, bool]]:
        """Les anomalies, une fois chacune, dans l’ordre où elles se lisent : titre, et si elle bloque."""
        trouvees = [anomalie for recue in self.a_valider for anomalie in recue.anomalies] + list(self.absences)
        a_verifier = [("Ligne à vérifier", False)] if self.en_attente else []
        return list(dict.fromkeys([*a_verifier, *((a.titre, a.est_bloquante) for a in trouvees)]))

    @property
    def nombre_anomalies(self) -> int:
        return sum(len(recue.anomalies) for recue in self.a_valider) + len(self.en_attente) + len(self.absences)

    @property
    def est_bloque(self) -> bool:
        """Une ligne déclarée au moins ne peut pas être acceptée telle quelle."""
        return any(recue.est_bloquee for recue in self.a_valider)

    @property
    def est_sans_anomalie(self) -> bool:
        return bool(self.a_valider) and not self.nombre_anomalies

    @property
    def empreinte(self) -> str:
        """Change dès qu’une ligne à traiter est ajoutée, corrigée, rattachée ou traitée."""
        lues = sorted([(r.ligne.pk, r.ligne.version) for r in self.a_valider])
        attendues = sorted([(r.attente.pk, r.attente.version) for r in self.en_attente])
        return hashlib.sha256(repr((self.releve.pk, lues, attendues)).encode()).hexdigest()[:16]

    @property
    def attend_un_complement(self) -> bool:
        return self.releve.statut == StatutReleve.A_COMPLETER

    @property
    def a_un_refus(self) -> bool:
        return any(recue.ligne.statut == StatutLigne.REFUSEE for recue in self.lignes) or any(
            recue.attente.statut == StatutAttente.REFUSEE for recue in self.attentes
        )

    @property
    def origines(self) -> list[str]:
        codes = {recue.ligne.origine for recue in self.lignes} | {recue.attente.origine for recue in self.attentes}
        return [origine.label for origine in OrigineLigne if origine in codes]

    @property
    def personnes(self) -> int:
        """Combien de personnes la page nomme."""
        connues = {recue.ligne.participant_id for recue in self.lignes}
        return len(connues) + len(self.attentes) + len(self.absences)

    @property
    def recu_depuis(self) -> int | None:
        """Jours depuis la plus ancienne réception encore à traiter."""
        recus = [r.ligne.declaree_le for r in self.a_valider] + [r.attente.recue_le for r in self.en_attente]
        return (self.le - timezone.localdate(min(recus))).days if recus else None


def a_traiter(releves: StructureQuerySet[Releve], *, par: Acteur) -> StructureQuerySet[Releve]:
    """Les relevés dont une ligne est déclarée ou en attente."""
    return releves.filter(Exists(_declarees(par)) | Exists(_en_attente(par)))


def avec_reception(releves: StructureQuerySet[Releve], *, par: Acteur) -> StructureQuerySet[Releve]:
    """Annote `recu_le` : la plus ancienne réception encore à traiter ; nul s’il n’y en a pas."""
    ligne = Subquery(_declarees(par).values("engagement").annotate(le=Min("declaree_le")).values("le"))
    attente = Subquery(_en_attente(par).values("releve").annotate(le=Min("recue_le")).values("le"))
    annotes: Any = releves.annotate(
        ligne_recue_le=ligne,
        attente_recue_le=attente,
        # SQLite rend nul le plus petit d’un nul et d’une date : chacun se replie sur l’autre.
        recu_le=Least(Coalesce("ligne_recue_le", "attente_recue_le"), Coalesce("attente_recue_le", "ligne_recue_le")),
    )
    lus: StructureQuerySet[Releve] = annotes.select_related(*RELEVE)
    return lus


def _declarees(par: Acteur) -> Any:
    return (
        LigneHeures.objects.visibles_par(par)
        .declarees()
        .filter(engagement=OuterRef("engagement"), mois=OuterRef("mois"))
        .order_by()
    )


def _en_attente(par: Acteur) -> Any:
    attentes = LigneEnAttente.objects.visibles_par(par).filter(statut=StatutAttente.EN_ATTENTE)
    return attentes.filter(releve=OuterRef("pk")).order_by()


def d_origine(releves: StructureQuerySet[Releve], origine: str, *, par: Acteur) -> StructureQuerySet[Releve]:
    """Les relevés dont une ligne à traiter vient de cette origine."""
    return releves.filter(
        Exists(_declarees(par).filter(origine=origine)) | Exists(_en_attente(par).filter(origine=origine))
    )


def par_age(releves: StructureQuerySet[Releve]) -> StructureQuerySet[Releve]:
    return releves.order_by(F("recu_le").asc(nulls_last=True), "mois", "pk")


def par_entreprise(releves: StructureQuerySet[Releve]) -> StructureQuerySet[Releve]:
    return releves.order_by("engagement__entreprise__raison_sociale", "mois", "pk")


def lire(
    releves: Collection[Releve], *, le: datetime.date, par: Acteur, avec_traitees: bool = False
) -> list[ReleveRecu]:
    """Chaque relevé avec ses lignes à traiter et leurs anomalies, dans l’ordre donné.

    `avec_traitees` : les lignes validées, refusées ou reprises aussi. Le nombre de requêtes ne dépend pas des lignes.
    """
    if not releves:
        return []
    lignes, attentes = _lignes(releves, avec_traitees, par), _attentes(releves, avec_traitees, par)
    declarees = [ligne for ligne in lignes if ligne.statut == StatutLigne.DECLAREE]
    vives = [attente for attente in attentes if attente.statut == StatutAttente.EN_ATTENTE]
    anomalies = lecture_anomalies.lire(declarees, le=le, par=par)
    obstacles = lecture_anomalies.lire_attentes(vives, le=le, par=par)
    absences = lecture_anomalies.disparues(releves, vives, par=par)
    par_mois: dict[tuple[int, datetime.date], list[LigneRecue]] = defaultdict(list)
    for ligne in lignes:
        par_mois[ligne.engagement_id, ligne.mois].append(LigneRecue(ligne, anomalies.get(ligne.pk, ())))
    par_releve: dict[int, list[AttenteRecue]] = defaultdict(list)
    for attente in attentes:
        par_releve[attente.releve_id].append(AttenteRecue(attente, obstacles.get(attente.pk, ())))
    return [
        ReleveRecu(
            releve,
            le,
            par_mois[releve.engagement_id, releve.mois],
            par_releve[releve.pk],
            absences[releve.pk],
        )
        for releve in releves
    ]


def _lignes(releves: Collection[Releve], avec_traitees: bool, par: Acteur) -> list[LigneHeures]:
    """Les lignes montrées : déclarées d’abord, puis par nom. Une rectification se lit sur la grille."""
    clefs = {(releve.engagement_id, releve.mois) for releve in releves}
    trouvees = (
        LigneHeures.objects.visibles_par(par)
        .filter(
            engagement__in={engagement for engagement, _ in clefs},
            mois__in={mois for _, mois in clefs},
            nature=NatureLigne.ORDINAIRE,
            annulation=None,
        )
        .filter(Q() if avec_traitees else Q(statut=StatutLigne.DECLAREE))
        .select_related("participant", "contrat__employeur")
        .order_by("participant__nom", "participant__prenom", "type_heures", "pk")
    )
    du_releve = [ligne for ligne in trouvees if (ligne.engagement_id, ligne.mois) in clefs]
    return sorted(du_releve, key=lambda ligne: ligne.statut != StatutLigne.DECLAREE)


def _attentes(releves: Collection[Releve], avec_traitees: bool, par: Acteur) -> list[LigneEnAttente]:
    trouvees = (
        LigneEnAttente.objects.visibles_par(par)
        .filter(releve__in=[releve.pk for releve in releves])
        .filter(Q() if avec_traitees else Q(statut=StatutAttente.EN_ATTENTE))
        .select_related("releve", "contrat__participant", "contrat__employeur")
        .order_by("recue_le", "pk")
    )
    return sorted(trouvees, key=lambda attente: attente.statut != StatutAttente.EN_ATTENTE)
