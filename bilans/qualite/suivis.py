"""Ce qui attend dans les heures, les sorties, les marchés et les relevés. Un nombre constant de requêtes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from bilans import agregats, perimetre
from bilans.faits import Periode
from bilans.qualite.definitions import PAR_CLE, Cas, Defaut, Perimetre
from bilans.qualite.personnes import Personnes, lignes_de_la_periode
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.mois import ajouter_mois, dernier_jour, en_lettres, mois_entre, premier_jour
from heures import suivi
from heures.construction import retard_du_releve
from heures.enums import SituationSortie, StatutLigne
from heures.grille import Bornes, ReleveLu
from heures.models import Releve, Sortie
from marches.enums import StatutMarche
from marches.models import Engagement, Marche

MARCHE = "clause__lot__marche"


def _dans(ou: Perimetre, engagement: str = "") -> Q:
    """Le périmètre, vu d’un engagement (`engagement` : le chemin qui y mène, vide si l’on y est)."""
    prefixe = f"{engagement}__" if engagement else ""
    regle = perimetre.regle(ou.acheteur, f"{prefixe}{MARCHE}__acheteur__")
    return regle & (Q(**{f"{prefixe}pk": ou.engagement}) if ou.engagement is not None else Q())


def lignes_non_validees(acteur: Acteur, ou: Perimetre) -> Defaut:
    lignes = lignes_de_la_periode(acteur, ou).filter(_dans(ou, "engagement"))
    declarees = lignes.filter(statut=StatutLigne.DECLAREE).select_related(
        "participant", "engagement__entreprise", f"engagement__{MARCHE}"
    )
    cas = [
        Cas(
            f"{ligne.participant} ({ligne.participant.identifiant})",
            f"{en_lettres(ligne.mois).capitalize()}, {ligne.engagement.entreprise}, "
            f"{ligne.engagement.clause.lot.marche.reference}.",
            f"{reverse('heures:grille', args=[ligne.engagement_id])}?{urlencode({'annee': ligne.mois.year})}",
            ligne.heures,
            (ou.le - timezone.localdate(ligne.declaree_le)).days,
        )
        for ligne in declarees.order_by("declaree_le", "pk")
    ]
    return Defaut(PAR_CLE["lignes_non_validees"], cas, lignes.count())


def sorties_sans_situation(acteur: Acteur, ou: Perimetre, structure: Structure, personnes: Personnes) -> Defaut:
    """Les sorties notées « non renseigné », puis celles que personne n’a notées."""
    notees = Sortie.objects.visibles_par(acteur).select_related("participant").order_by("date", "pk")
    de_la_periode = [
        sortie
        for sortie in notees.filter(date__gte=ou.periode.du, date__lte=ou.fin)
        if _concerne(ou, personnes, sortie.participant_id)
    ]
    muettes = [
        Cas(
            f"{sortie.participant} ({sortie.participant.identifiant})",
            f"Sortie du {sortie.date:%d/%m/%Y}, situation non renseignée.",
            reverse("heures:sortie_modifier", args=[sortie.pk]),
        )
        for sortie in de_la_periode
        if sortie.situation == SituationSortie.NON_RENSEIGNE
    ]
    presumees = list(_sorties_presumees(acteur, ou, structure, personnes))
    return Defaut(PAR_CLE["sorties_sans_situation"], [*muettes, *presumees], len(de_la_periode) + len(presumees))


def _concerne(ou: Perimetre, personnes: Personnes, participant: int) -> bool:
    """Toute la structure, ou les seuls bénéficiaires d’un périmètre plus étroit."""
    return participant in personnes.noms or not (ou.acheteur or ou.engagement is not None)


def _sorties_presumees(acteur: Acteur, ou: Perimetre, structure: Structure, personnes: Personnes) -> Iterator[Cas]:
    """Les sorties que personne n’a saisies, à ce jour ; la règle est celle des bilans (`bilans.sorties`)."""
    delai = structure.delai_sortie_mois
    lues = agregats.lire_sorties(acteur, structure, Periode(ou.periode.du, ou.fin, ou.le))
    presumees = {s.participant: s.date for s in lues if s.est_presumee and s.date >= ou.periode.du}
    for participant, nom in personnes.noms.items():
        if le := presumees.get(participant):
            detail = f"Dernier contrat fini le {le:%d/%m/%Y}, aucune heure depuis {delai} mois."
            yield Cas(nom, detail, reverse("heures:sortie_creer", args=[participant]))


def echeances(acteur: Acteur, ou: Perimetre, personnes: Personnes) -> Defaut:
    """Les situations à 6 et à 12 mois échues dans la période ; la règle est celle du suivi des personnes."""
    depuis, jusqu_a = ajouter_mois(ou.periode.du, -max(suivi.DELAIS) - 1), ajouter_mois(ou.fin, -min(suivi.DELAIS))
    lues = Sortie.objects.visibles_par(acteur).filter(date__gte=depuis, date__lte=jusqu_a)
    cas, attendues = [], 0
    for sortie in lues.select_related("participant").order_by("date", "pk"):
        if not _concerne(ou, personnes, sortie.participant_id):
            continue
        tombees = [mois for mois in suivi.DELAIS if ou.periode.du <= ajouter_mois(sortie.date, mois) <= ou.fin]
        manquantes = set(tombees) & set(suivi.echeances_manquantes(sortie, le=ou.fin))
        attendues += len(tombees)
        cas += [
            Cas(
                f"{sortie.participant} ({sortie.participant.identifiant})",
                f"Sortie du {sortie.date:%d/%m/%Y}, situation à {mois} mois.",
                reverse("heures:sortie_modifier", args=[sortie.pk]),
                age=(ou.le - ajouter_mois(sortie.date, mois)).days,
            )
            for mois in sorted(manquantes)
        ]
    return Defaut(PAR_CLE["echeances"], cas, attendues)


def marches_sans_engagement(acteur: Acteur, ou: Perimetre) -> Defaut:
    if ou.engagement is not None:
        return Defaut(PAR_CLE["marches_sans_engagement"], [], 0)
    connus = Q(date_notification=None) | Q(date_notification__lte=ou.periode.au)
    visibles = Marche.objects.visibles_par(acteur).filter(connus, perimetre.regle(ou.acheteur, "acheteur__"))
    incomplets = visibles.a_completer().select_related("acheteur").order_by("reference", "pk")
    cas = [
        Cas(f"{marche.reference} – {marche.acheteur}", marche.objet, reverse("marches:fiche", args=[marche.pk]))
        for marche in incomplets
    ]
    en_cours = visibles.filter(statut__in=[StatutMarche.NOTIFIE, StatutMarche.EN_COURS])
    return Defaut(PAR_CLE["marches_sans_engagement"], cas, en_cours.count())


def releves_en_retard(acteur: Acteur, ou: Perimetre, structure: Structure) -> Defaut:
    """Engagement × mois : la règle est celle de la grille, échéance propre du relevé comprise."""
    engagements = Engagement.objects.visibles_par(acteur).ouverts().avec_marche().filter(_dans(ou)).order_by("pk")
    dates = Q(mois__gte=premier_jour(ou.periode.du), mois__lte=ou.periode.au)
    releves = {
        (pk, mois): ReleveLu(statut, echeance)
        for pk, mois, statut, echeance in Releve.objects.visibles_par(acteur)
        .filter(dates)
        .order_by()
        .values_list("engagement", "mois", "statut", "echeance")
    }
    saisis = set(lignes_de_la_periode(acteur, ou).values_list("engagement", "mois").distinct())
    cas, attendus = [], 0
    for engagement in engagements:
        for mois in _mois_dus(engagement, ou):
            lu = releves.get((engagement.pk, mois))
            options: dict[str, Any] = {"jour_echeance": structure.jour_echeance_releve, "aujourd_hui": ou.le}
            attendu = ReleveLu("ATTENDU", lu.echeance) if lu else None
            if not retard_du_releve(mois, attendu, **options):
                continue
            attendus += 1
            if (engagement.pk, mois) not in saisis and retard_du_releve(mois, lu, **options):
                cas.append(_releve(engagement, mois, ou))
    return Defaut(PAR_CLE["releves_en_retard"], cas, attendus)


def _mois_dus(engagement: Engagement, ou: Perimetre) -> Iterator[datetime.date]:
    """Les mois de la période que touche l’engagement ; sans début connu, il n’attend rien."""
    bornes = Bornes(engagement.debut, engagement.fin, ou.le)
    if engagement.debut is not None:
        yield from (
            mois
            for mois in mois_entre(max(ou.periode.du, premier_jour(engagement.debut)), ou.fin)
            if bornes.ouvrent(mois)
        )


def _releve(engagement: Engagement, mois: datetime.date, ou: Perimetre) -> Cas:
    return Cas(
        f"{engagement.entreprise} – {engagement.clause.lot.marche.reference}",
        f"Relevé de {en_lettres(mois)} non reçu.",
        f"{reverse('heures:grille', args=[engagement.pk])}?{urlencode({'annee': mois.year})}",
        age=(ou.le - dernier_jour(mois)).days,
    )
