"""Les listes qui comptent des personnes, leurs contrats, leurs sorties."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from bilans import calculs, selections, sorties
from bilans.calculs import PAR_PERSONNE, Filtre, en_decimal
from bilans.etats import SITUATIONS
from bilans.faits import Faits
from bilans.mesures import Mesure
from bilans.ouvertures.composition import DE_HEURES, EN_HEURES, ColonneOuverte, Composition, Element, Trouve
from clauses.comptes.acteurs import Acteur
from clauses.socle.mois import ajouter_mois
from heures.models import ContratTravail, Participant

DE_SORTIES = frozenset({"situation", "categorie", "presumee", *PAR_PERSONNE})


def chercher_personnes(acteur: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    """Bénéficiaires du chiffre, dans l’ordre des noms : au moins une heure dans le périmètre du filtre."""
    heures = calculs.par_participant(calculs.retenir(faits, filtre))
    comptees = calculs.beneficiaires(heures)
    visibles = Participant.objects.visibles_par(acteur).order_by("nom", "prenom", "pk")
    cles = [pk for pk in visibles.values_list("pk", flat=True) if pk in comptees]
    return Trouve(cles, en_decimal(sum(heures[pk] for pk in comptees)), heures)


def lire_personnes(acteur: Acteur, trouve: Trouve, page: Sequence[int]) -> list[Element]:
    fiches = Participant.objects.visibles_par(acteur).filter(pk__in=page).order_by("nom", "prenom", "pk")
    return [Element(fiche, en_decimal(trouve.details[fiche.pk])) for fiche in fiches]


def chercher_contrats(_: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    """Un élément par contrat compté ; ceux d’intérim ou d’ACI chez un même employeur y sont réunis."""
    reunis = selections.contrats(faits, filtre)
    cles = sorted(reunis, key=lambda cle: reunis[cle][0])
    return Trouve(cles, details=reunis)


def lire_contrats(acteur: Acteur, trouve: Trouve, page: Sequence[Any]) -> list[Element]:
    numeros = [numero for cle in page for numero in trouve.details[cle]]
    visibles = ContratTravail.objects.visibles_par(acteur).filter(pk__in=numeros)
    lus = {c.pk: c for c in visibles.select_related("participant", "employeur").order_by()}
    return [Element([lus[numero] for numero in trouve.details[cle]]) for cle in page]


def chercher_sorties(mesure: Mesure, _: Acteur, faits: Faits, filtre: Filtre) -> Trouve:
    retenues = sorties.retenir(faits, filtre, mesure)
    return Trouve(range(len(retenues)), details=dict(enumerate(retenues)))


def lire_sorties(acteur: Acteur, trouve: Trouve, page: Sequence[int]) -> list[Element]:
    """Chaque sortie avec la fiche de la personne."""
    lues = [trouve.details[rang] for rang in page]
    personnes = {sortie.participant for sortie in lues}
    fiches = Participant.objects.visibles_par(acteur).in_bulk(personnes)
    return [Element((fiches[sortie.participant], sortie)) for sortie in lues]


PERSONNES = Composition(
    ("personne d’au moins une heure validée", "personnes d’au moins une heure validée"),
    DE_HEURES,
    chercher_personnes,
    lire_personnes,
    (
        ColonneOuverte("Personne", lambda e: str(e.fiche), lambda e: e.fiche.get_absolute_url()),
        ColonneOuverte("Identifiant", lambda e: e.fiche.identifiant),
        EN_HEURES,
    ),
)
CONTRATS = Composition(
    ("contrat d’au moins une heure validée", "contrats d’au moins une heure validée"),
    DE_HEURES,
    chercher_contrats,
    lire_contrats,
    (
        ColonneOuverte(
            "Personne", lambda e: str(e.fiche[0].participant), lambda e: e.fiche[0].participant.get_absolute_url()
        ),
        ColonneOuverte("Employeur", lambda e: str(e.fiche[0].employeur)),
        ColonneOuverte("Type", lambda e: e.fiche[0].get_type_contrat_display()),
        ColonneOuverte("Contrats réunis", lambda e: ", ".join(contrat.identifiant for contrat in e.fiche)),
        ColonneOuverte("Du", lambda e: f"{min(c.date_debut for c in e.fiche):%d/%m/%Y}"),
    ),
)


def _date(mois: int, element: Element) -> str:
    return f"{ajouter_mois(element.fiche[1].date, mois):%d/%m/%Y}"


def _situation(mesure: Mesure, element: Element) -> str:
    return SITUATIONS[sorties.situation(element.fiche[1], mesure)]


def _de_sorties(mesure: Mesure, titre: tuple[str, str]) -> Composition:
    mois = sorties.ECHEANCES.get(mesure, 0)
    echeance = (ColonneOuverte(f"Échéance à {mois} mois", partial(_date, mois)),) if mois else ()
    return Composition(
        titre,
        DE_SORTIES,
        partial(chercher_sorties, mesure),
        lire_sorties,
        (
            ColonneOuverte("Personne", lambda e: str(e.fiche[0]), lambda e: e.fiche[0].get_absolute_url()),
            ColonneOuverte("Identifiant", lambda e: e.fiche[0].identifiant),
            ColonneOuverte("Sortie", partial(_date, 0)),
            *echeance,
            ColonneOuverte("Situation", partial(_situation, mesure)),
        ),
    )


SORTIES = _de_sorties(Mesure.SORTIES, ("sortie", "sorties"))
ECHEANCES_6 = _de_sorties(Mesure.ECHEANCES_6, ("échéance à six mois", "échéances à six mois"))
ECHEANCES_12 = _de_sorties(Mesure.ECHEANCES_12, ("échéance à douze mois", "échéances à douze mois"))
