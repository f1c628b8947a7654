"""La structure entière dans le classeur de reprise : ce qu’il faut pour la quitter, ou la reprendre ailleurs.

Les dix feuilles de formats.md §2, relues par `importer_reprise` : mêmes bilans au centième. Ce que le classeur ne sait
pas porter est compté (`Absents`), jamais tu.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.socle import exports
from entreprises.models import Contact, Entreprise
from heures.enums import NatureLigne, OuiNonInconnu, StatutLigne, TypeHeures
from heures.imports.reprise import feuilles
from heures.imports.reprise.classeur_vierge import feuille_d_export
from heures.models import (
    ContratTravail,
    ConventionGlobalisation,
    CritereEntree,
    EntreeClause,
    Fusion,
    LigneHeures,
    Participant,
    Prolongation,
    Sortie,
)
from marches.enums import NatureMouvement
from marches.models import (
    Acheteur,
    Activite,
    Clause,
    Engagement,
    Evenement,
    Lot,
    Marche,
    MouvementEngagement,
    PropositionPenalite,
    ReglePenalite,
)

Valeurs = Mapping[str, Any]
Absents = dict[str, int]
INCONNU = "inconnu"
OUI_NON_INCONNU = {OuiNonInconnu.OUI: "oui", OuiNonInconnu.NON: "non", OuiNonInconnu.NR: INCONNU}
VOLUMES = {TypeHeures.TRAVAIL: "heures_travail", TypeHeures.FORMATION: "heures_formation"}
CHAMPS_LIGNE = ("contrat_id", "engagement_id", "mois", "type_heures", "statut", "heures", "validee_le")


def ecrire_structure(fichier: IO[bytes], *, par: Acteur) -> Absents:
    """Écrit la structure de l’acteur ; rend, par nature, ce que le classeur ne porte pas.

    Le fichier nomme des personnes : il demande le droit de gérer la structure, et le journal le dit avant l’écriture.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    journaliser_lecture(
        par=par,
        action="exporter la structure entière",
        modele=Participant,
        nombre=Participant.objects.visibles_par(par).count(),
    )
    engagements = {e.pk: e for e in Engagement.objects.visibles_par(par).avec_marche().select_related("clause")}
    contrats = {c.pk: c for c in ContratTravail.objects.visibles_par(par).select_related("participant", "employeur")}
    lignes: dict[str, Callable[[], Iterator[Valeurs]]] = {
        "acheteurs": lambda: _acheteurs(par),
        "entreprises": lambda: _entreprises(par, engagements, contrats),
        "marches": lambda: _marches(par),
        "lots": lambda: _lots(par),
        "clauses": lambda: _clauses(par, engagements),
        "mouvements": lambda: _mouvements(par, engagements),
        "participants": lambda: _participants(par),
        "contrats": lambda: map(_contrat, contrats.values()),
        "heures": lambda: _heures(par, engagements, contrats),
        "sorties": lambda: _sorties(par),
    }
    exports.ecrire_xlsx(fichier, [feuille_d_export(f, lignes[f.nom]()) for f in feuilles.FEUILLES])
    return compter_les_absents(par)


def compter_les_absents(par: Acteur) -> Absents:
    """Ce que le classeur ne porte pas encore, par nature : à garder dans une sauvegarde de la base."""

    def nombre(lus: QuerySet[Any]) -> int:
        return lus.count()

    comptes = {
        "entrées en clause après la première": nombre(
            EntreeClause.objects.visibles_par(par).courantes().filter(numero__gt=1)
        ),
        "prolongations d’éligibilité sans heures validées": nombre(Prolongation.objects.visibles_par(par)),
        "conventions de globalisation": nombre(ConventionGlobalisation.objects.visibles_par(par)),
        "fusions de fiches": nombre(Fusion.objects.visibles_par(par).filter(annulee_le=None)),
        "règles de pénalité après la première": _regles_en_plus(par),
        "événements et courriers": nombre(Evenement.objects.visibles_par(par)),
        "propositions de pénalité": nombre(PropositionPenalite.objects.visibles_par(par)),
        "lignes du journal d’activité": nombre(Activite.objects.visibles_par(par)),
        "contacts d’entreprise": nombre(Contact.objects.visibles_par(par)),
    }
    return {nature: compte for nature, compte in comptes.items() if compte}


def _regles_en_plus(par: Acteur) -> int:
    regles = ReglePenalite.objects.visibles_par(par)
    return regles.count() - regles.values("clause").distinct().count()


def _champs(objet: Model, *noms: str) -> dict[str, Any]:
    return {nom: getattr(objet, nom) for nom in noms}


def _acheteurs(par: Acteur) -> Iterator[Valeurs]:
    cites = Marche.objects.visibles_par(par).values("acheteur")
    for acheteur in Acheteur.objects.visibles_par(par).filter(pk__in=cites).order_by("siret"):
        yield _champs(acheteur, "siret", "nom", "type", "commune_insee", "epci_siren")


def _entreprises(
    par: Acteur, engagements: Mapping[int, Any], contrats: Mapping[int, ContratTravail]
) -> Iterator[Valeurs]:
    """Les titulaires et les employeurs de la structure, et eux seuls : l’annuaire est commun à l’instance."""
    citees = {e.entreprise_id for e in engagements.values()} | {c.employeur_id for c in contrats.values()}
    for entreprise in Entreprise.objects.visibles_par(par).order_by("siret"):
        if entreprise.pk in citees:
            yield _champs(entreprise, "siret", "raison_sociale", "type_employeur", "naf", "commune_insee")


def _marches(par: Acteur) -> Iterator[Valeurs]:
    propres = (
        "reference", "objet", "date_notification", "date_debut", "date_fin", "duree_mois", "montant_ht", "procedure",
        "cpv", "commune_execution_insee", "statut",
    )  # fmt: skip
    lus = Marche.objects.visibles_par(par).select_related("acheteur", "facilitateur", "operation")
    for marche in lus.order_by("pk"):
        courriel = marche.facilitateur.email if marche.facilitateur else None
        yield _champs(marche, *propres) | {
            "acheteur_siret": marche.acheteur.siret,
            "facilitateur_courriel": courriel,
            "operation": marche.operation.nom if marche.operation else None,
            "operation_npnru": _oui_non(est=marche.operation.est_npnru) if marche.operation else None,
        }


def _cle_de_lot(lot: Lot) -> dict[str, str]:
    return {"marche_reference": lot.marche.reference, "acheteur_siret": lot.marche.acheteur.siret}


def _cle_d_engagement(engagement: Engagement) -> dict[str, str]:
    lot = engagement.clause.lot
    return _cle_de_lot(lot) | {"lot_numero": lot.numero, "titulaire_siret": engagement.entreprise.siret}


def _lots(par: Acteur) -> Iterator[Valeurs]:
    for lot in Lot.objects.visibles_par(par).select_related("marche__acheteur").order_by("pk"):
        yield _cle_de_lot(lot) | _champs(lot, "numero", "intitule", "montant_ht", "secteur")


def _clauses(par: Acteur, engagements: Mapping[int, Any]) -> Iterator[Valeurs]:
    """Une ligne par engagement ; l’ouverture du grand livre y est l’« initial », le reste dans « mouvements »."""
    initiaux: dict[int, MouvementEngagement] = {}
    premiers: dict[int, datetime.date] = {}
    for mouvement in MouvementEngagement.objects.visibles_par(par).order_by("date", "pk"):
        premiers.setdefault(mouvement.engagement_id, mouvement.date)
        if mouvement.nature == NatureMouvement.INITIAL:
            initiaux.setdefault(mouvement.engagement_id, mouvement)
    regles: dict[int, ReglePenalite] = {}
    for regle in ReglePenalite.objects.visibles_par(par).order_by("pk"):
        regles.setdefault(regle.clause_id, regle)
    for engagement in engagements.values():
        clause: Clause = engagement.clause
        initial, penalite = initiaux.get(engagement.pk), regles.get(clause.pk)
        ouverture = initial.date if initial else premiers.get(engagement.pk) or _debut(engagement)
        yield {
            **_cle_d_engagement(engagement),
            **_champs(clause, "nature_clause", "type_objectif", "duree_eligibilite_mois"),
            "heures_initiales": initial.heures if initial else Decimal(0),
            "date_engagement": ouverture,
            "penalite_formule": penalite.formule if penalite else None,
            "penalite_valeur": penalite.valeur if penalite else None,
        }


def _debut(engagement: Engagement) -> datetime.date:
    """Une date d’engagement est obligatoire, même sans mouvement : celle du marché, sinon aujourd’hui."""
    marche = engagement.clause.lot.marche
    return engagement.date_debut or marche.date_debut or marche.date_notification or timezone.localdate()


def _mouvements(par: Acteur, engagements: Mapping[int, Any]) -> Iterator[Valeurs]:
    """Le grand livre, moins l’ouverture que porte la feuille « clauses »."""
    ouverts: set[int] = set()
    for mouvement in MouvementEngagement.objects.visibles_par(par).order_by("date", "pk"):
        if mouvement.nature == NatureMouvement.INITIAL and mouvement.engagement_id not in ouverts:
            ouverts.add(mouvement.engagement_id)
            continue
        cle = _cle_d_engagement(engagements[mouvement.engagement_id])
        yield cle | _champs(mouvement, "date", "nature", "heures", "motif")


def _participants(par: Acteur) -> Iterator[Valeurs]:
    """La fiche et le profil de la première entrée, version courante ; une fiche absorbée suit celle qui l’a prise."""
    entrees: dict[int, EntreeClause] = {}
    for entree in EntreeClause.objects.visibles_par(par).courantes().order_by("participant", "numero"):
        entrees.setdefault(entree.participant_id, entree)
    criteres: dict[int, list[CritereEntree]] = defaultdict(list)
    for critere in CritereEntree.objects.visibles_par(par).order_by("pk"):
        criteres[critere.entree_id].append(critere)
    for personne in Participant.objects.visibles_par(par).filter(fusionnee_avec=None).order_by("pk"):
        fiche = _champs(personne, "identifiant", "nom", "prenom", "date_naissance", "sexe")
        entree = entrees.get(personne.pk)
        if entree is None:
            suite = {"commune_insee": personne.commune_insee, "critere_principal": INCONNU}
            yield fiche | suite | {"participant_plie": _oui_non(est=personne.est_participant_plie)}
        else:
            yield fiche | _profil(entree, criteres[entree.pk])


def _oui_non(*, est: bool) -> str:
    return "oui" if est else "non"


def _profil(entree: EntreeClause, criteres: list[CritereEntree]) -> dict[str, Any]:
    principal = next((c.critere for c in criteres if c.est_principal), "")
    autres = [c.critere for c in criteres if not c.est_principal]
    return {
        **_champs(entree, "commune_insee", "niveau", "date_constat", "prescripteur", "duree_inscription"),
        **_champs(entree, "date_entree", "piece_type", "piece_date", "piece_valable_jusqu_au", "piece_vue_le"),
        "qpv": OUI_NON_INCONNU[OuiNonInconnu(entree.qpv)],
        "brsa": OUI_NON_INCONNU[OuiNonInconnu(entree.brsa)],
        "critere_principal": principal or INCONNU,
        "participant_plie": _oui_non(est=entree.est_participant_plie),
        "autres_criteres": " ; ".join(autres) or None,
    }


def _contrat(contrat: ContratTravail) -> Valeurs:
    return {
        **_champs(contrat, "identifiant", "type_contrat", "modalite", "date_debut", "date_fin"),
        **_champs(contrat, "quotite", "nombre_missions"),
        "participant_identifiant": contrat.participant.identifiant,
        "employeur_siret": contrat.employeur.siret,
    }


def _heures(par: Acteur, engagements: Mapping[int, Any], contrats: Mapping[int, ContratTravail]) -> Iterator[Valeurs]:
    """Une ligne par cellule vive et par statut : une annulation et la ligne qu’elle éteint se compensent."""
    vives = LigneHeures.objects.visibles_par(par).filter(nature=NatureLigne.ORDINAIRE, annulation=None)
    lues = vives.order_by("contrat", "engagement", "mois", "rang", "pk").values_list(*CHAMPS_LIGNE)
    for contrat, engagement, mois, type_heures, statut, heures, validee_le in lues.iterator(chunk_size=5_000):
        yield {
            **_cle_d_engagement(engagements[engagement]),
            "contrat_identifiant": contrats[contrat].identifiant,
            "mois": f"{mois:%Y-%m}",
            VOLUMES[TypeHeures(type_heures)]: heures,
            "statut": statut,
            "date_validation": timezone.localdate(validee_le) if statut == StatutLigne.VALIDEE else None,
        }


def _sorties(par: Acteur) -> Iterator[Valeurs]:
    for sortie in Sortie.objects.visibles_par(par).select_related("participant").order_by("pk"):
        yield {
            **_champs(sortie, "date", "situation", "situation_6_mois", "situation_12_mois"),
            "participant_identifiant": sortie.participant.identifiant,
        }
