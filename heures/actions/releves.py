"""Actions sur un relevé reçu : l’accepter en entier, demander un complément, le rouvrir (domaine.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import modifier, verrouiller
from clauses.socle.erreurs import ActionImpossible
from heures import lecture_reception
from heures.actions.lignes import declarer, valider_mois
from heures.enums import NatureLigne, StatutAttente, StatutLigne, StatutReleve, TypeHeures
from heures.models import LigneEnAttente, LigneHeures, Releve
from heures.releves import tenir_le_releve
from marches.models import Engagement


@dataclass(frozen=True, slots=True)
class Acceptation:
    """Ce qu’il est advenu d’un relevé : le nombre de lignes validées, ou la raison qui l’a laissé tel quel."""

    releve: Releve
    nombre: int = 0
    raison: str = ""


@transaction.atomic
def accepter_releve(releve: Releve, *, vu: str, par: Acteur) -> int:
    """Valide toutes les lignes déclarées d’un relevé, tel qu’il a été lu ; rend leur nombre.

    `vu` : l’empreinte du relevé affiché (`ReleveRecu.empreinte`). Lève `ActionImpossible` s’il a changé depuis, si une
    ligne est bloquée, ou s’il n’y a rien à valider. Les lignes en attente restent à traiter.
    """
    par.exiger(Droit.VALIDER_HEURES)
    relu = _verrouille(releve, par)
    _tel_que_lu(relu, vu, par)
    return valider_mois(relu.engagement, mois=relu.mois, par=par)


@transaction.atomic
def valider_releves(vus: Mapping[Releve, str], *, par: Acteur) -> list[Acceptation]:
    """Accepte chaque relevé en entier, ou pas du tout, et rend compte de chacun ; `vus` donne leurs empreintes.

    Un relevé qui porte une anomalie, ou une ligne en attente, est laissé : il s’ouvre et se juge ligne à ligne.
    """
    par.exiger(Droit.VALIDER_HEURES)
    return [_accepter(releve, vu, par) for releve, vu in vus.items()]


def _accepter(releve: Releve, vu: str, par: Acteur) -> Acceptation:
    try:
        with transaction.atomic():
            relu = _verrouille(releve, par)
            if _tel_que_lu(relu, vu, par).nombre_anomalies:
                raise ActionImpossible("Ce relevé porte une anomalie : l’ouvrir pour juger chaque ligne.")
            return Acceptation(releve, valider_mois(relu.engagement, mois=relu.mois, par=par))
    except ActionImpossible as refus:
        return Acceptation(releve, raison=str(refus))


def _verrouille(releve: Releve, par: Acteur) -> Releve:
    """L’engagement d’abord, comme à la déclaration : deux gestes qui se croisent ne s’attendent pas l’un l’autre."""
    verrouiller(Engagement.objects.all(), releve.engagement_id, par=par)
    relu: Releve = verrouiller(Releve.objects.select_related("engagement"), releve.pk, par=par)
    return relu


def _tel_que_lu(releve: Releve, vu: str, par: Acteur) -> lecture_reception.ReleveRecu:
    (recu,) = lecture_reception.lire([releve], le=timezone.localdate(), par=par)
    if recu.empreinte != vu:
        raise ActionImpossible("Ce relevé a changé depuis qu’il est affiché : le relire, puis l’accepter.")
    return recu


@transaction.atomic
def demander_complement(releve: Releve, *, message: str, par: Acteur) -> Releve:
    """Laisse le relevé « à compléter », avec le message que l’entreprise lira (il remplace le précédent).

    Lève `ActionImpossible` sans message, ou si rien n’est encore reçu.
    """
    par.exiger(Droit.VALIDER_HEURES)
    if not message.strip():
        raise ActionImpossible("Une demande de complément dit ce qui manque : écrire le message à l’entreprise.")
    relu = _verrouille(releve, par)
    if relu.statut == StatutReleve.ATTENDU:
        raise ActionImpossible("Rien n’est encore reçu pour ce mois : demander le relevé, ou relancer l’entreprise.")
    modifier(relu, {"message": message.strip()}, par=par, action="demander un complément")
    return tenir_le_releve(relu.engagement, relu.mois, par=par, complement_attendu=True)


@transaction.atomic
def rouvrir(releve: Releve, *, par: Acteur) -> Releve:
    """Remet en jeu ce qui a été refusé, lève la demande de complément et efface le message à l’entreprise.

    Les lignes validées ne bougent pas : elles se rectifient. Lève `ActionImpossible` s’il n’y a rien à rouvrir, ou si
    une règle refuse désormais une des lignes.
    """
    par.exiger(Droit.VALIDER_HEURES)
    relu = _verrouille(releve, par)
    refusees = LigneHeures.objects.filter(
        engagement=relu.engagement_id, mois=relu.mois, statut=StatutLigne.REFUSEE, nature=NatureLigne.ORDINAIRE
    )
    attentes = LigneEnAttente.objects.select_for_update(of=("self",)).filter(releve=relu, statut=StatutAttente.REFUSEE)
    if relu.statut != StatutReleve.A_COMPLETER and not refusees.exists() and not attentes.exists():
        raise ActionImpossible("Ce relevé n’a ni ligne refusée, ni complément demandé : il n’y a rien à rouvrir.")
    for ligne in refusees.select_related("contrat").order_by("pk"):
        declarer(
            contrat=ligne.contrat,
            engagement=relu.engagement,
            mois=relu.mois,
            heures=ligne.heures,
            type_heures=TypeHeures(ligne.type_heures),
            par=par,
        )
    remise = {"statut": StatutAttente.EN_ATTENTE, "motif": "", "traitee_le": None, "traitee_par": None}
    for attente in attentes.order_by("pk"):
        modifier(attente, remise, par=par, action="remettre une ligne en attente")
    relu.refresh_from_db()
    modifier(relu, {"message": ""}, par=par, action="rouvrir le relevé")
    return tenir_le_releve(relu.engagement, relu.mois, par=par, complement_attendu=False)
