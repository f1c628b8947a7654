"""La structure entière dans le classeur de reprise : ce qu’il faut pour la quitter, ou la reprendre ailleurs.

Les feuilles de formats.md §2, relues par `importer_reprise` : mêmes chiffres, au signe près. Ce que le classeur ne
porte pas est compté (`Absents`), jamais tu.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.models import Structure
from clauses.socle import exports
from entreprises.models import Contact, Entreprise
from heures.enums import NatureLigne, StatutLigne, TypeHeures
from heures.imports.reprise import feuilles
from heures.imports.reprise.classeur_vierge import feuille_d_export
from heures.imports.reprise.etapes import (
    Ecriture,
    Etape,
    Valeurs,
    champs,
    cle_de_lot,
    dans_l_ordre,
    numeroter,
    oui_non,
)
from heures.imports.reprise.marches import CONSIDERATIONS
from heures.imports.reprise.suite_personnes import INCONNU, Entrees
from heures.models import (
    DemandeReleve,
    EntreeClause,
    Envoi,
    Fusion,
    LigneHeures,
    Participant,
    Sortie,
)
from marches.enums import NatureMouvement
from marches.models import (
    Acheteur,
    Activite,
    Attribution,
    Clause,
    ContratAVeiller,
    Engagement,
    Evenement,
    Lot,
    Marche,
    MouvementEngagement,
    ReglePenalite,
)

Absents = dict[str, int]
VOLUMES = {TypeHeures.TRAVAIL: "heures_travail", TypeHeures.FORMATION: "heures_formation"}
CHAMPS_LIGNE = (
    "contrat_id", "engagement_id", "mois", "type_heures", "statut", "heures", "validee_le", "motif", "declaree_le",
    "rang",
)  # fmt: skip


def ecrire_structure(fichier: IO[bytes], *, par: Acteur, etapes: Sequence[Etape]) -> Absents:
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
    lu = Ecriture(par)
    lignes = {etape.feuille.nom: etape.lignes for etape in etapes}
    exports.ecrire_xlsx(fichier, [feuille_d_export(f, lignes[f.nom](lu)) for f in dans_l_ordre(etapes)])
    return compter_les_absents(par)


def compter_les_absents(par: Acteur) -> Absents:
    """Ce que le classeur ne porte pas, par nature : à garder dans une sauvegarde de la base (docs/adr/0037)."""

    def nombre(lus: QuerySet[Any]) -> int:
        return lus.count()

    evenements = Evenement.objects.visibles_par(par)
    comptes = {
        "fusions de fiches": nombre(Fusion.objects.visibles_par(par).filter(annulee_le=None)),
        "événements dont toutes les lettres sont annulées": nombre(evenements) - nombre(evenements.en_vigueur()),
        "demandes de relevé et liens": nombre(DemandeReleve.objects.visibles_par(par)),
        "courriels envoyés": nombre(Envoi.objects.visibles_par(par)),
        "logo de l’en-tête des courriers": nombre(
            Structure.objects.visibles_par(par).exclude(logo=None).exclude(logo=b"")
        ),
    }
    return {nature: compte for nature, compte in comptes.items() if compte}


def ecrire_acheteurs(lu: Ecriture) -> Iterator[Valeurs]:
    """Ceux que la structure cite, et eux seuls : l’annuaire est commun à l’instance."""
    cites = Q(pk__in=Marche.objects.visibles_par(lu.par).values("acheteur"))
    cites |= Q(pk__in=Activite.objects.visibles_par(lu.par).exclude(acheteur=None).values("acheteur"))
    cites |= Q(pk__in=ContratAVeiller.objects.visibles_par(lu.par).values("acheteur"))
    for acheteur in Acheteur.objects.visibles_par(lu.par).filter(cites).order_by("siret"):
        yield champs(acheteur, "siret", "nom", "type", "commune_insee", "epci_siren")


def ecrire_entreprises(lu: Ecriture) -> Iterator[Valeurs]:
    """Attributaires, redevables, employeurs et contacts de la structure, et eux seuls."""
    citees = {e.entreprise_id for e in lu.engagements.values()} | {c.employeur_id for c in lu.contrats.values()}
    citees |= set(Attribution.objects.visibles_par(lu.par).order_by().values_list("entreprise", flat=True))
    citees |= set(Contact.objects.visibles_par(lu.par).order_by().values_list("entreprise", flat=True))
    activites = Activite.objects.visibles_par(lu.par).exclude(entreprise=None)
    citees |= set(activites.order_by().values_list("entreprise", flat=True))
    for entreprise in Entreprise.objects.visibles_par(lu.par).order_by("siret"):
        if entreprise.pk in citees:
            yield champs(entreprise, "siret", "raison_sociale", "type_employeur", "naf", "commune_insee")


def ecrire_marches(lu: Ecriture) -> Iterator[Valeurs]:
    renvois = {"acheteur_siret", "facilitateur_courriel", "operation", *CONSIDERATIONS}
    propres = [nom for nom in feuilles.MARCHES.par_nom if nom not in renvois]
    lus = Marche.objects.visibles_par(lu.par).select_related("acheteur", "facilitateur", "operation")
    for marche in lus.order_by("pk"):
        yield champs(marche, *propres) | {
            "acheteur_siret": marche.acheteur.siret,
            "facilitateur_courriel": marche.facilitateur.email if marche.facilitateur else None,
            "operation": marche.operation.nom if marche.operation else None,
            **{nom: oui_non(est=getattr(marche, nom)) for nom in CONSIDERATIONS},
        }


def ecrire_lots(lu: Ecriture) -> Iterator[Valeurs]:
    for lot in Lot.objects.visibles_par(lu.par).select_related("marche__acheteur").order_by("pk"):
        yield cle_de_lot(lot) | champs(lot, "numero", "intitule", "montant_ht", "secteur")


def ecrire_clauses(lu: Ecriture) -> Iterator[Valeurs]:
    """Une ligne par engagement ; l’ouverture du grand livre y est l’« initial », le reste dans « mouvements »."""
    initiaux: dict[int, MouvementEngagement] = {}
    premiers: dict[int, datetime.date] = {}
    for mouvement in MouvementEngagement.objects.visibles_par(lu.par).order_by("date", "pk"):
        premiers.setdefault(mouvement.engagement_id, mouvement.date)
        if _est_ouverture(mouvement):
            initiaux[mouvement.engagement_id] = mouvement
    regles: dict[int, ReglePenalite] = {}
    for regle in ReglePenalite.objects.visibles_par(lu.par).order_by("pk"):
        regles.setdefault(regle.clause_id, regle)
    for engagement in lu.engagements.values():
        clause: Clause = engagement.clause
        initial, penalite = initiaux.get(engagement.pk), regles.get(clause.pk)
        ouverture = initial.date if initial else premiers.get(engagement.pk) or _debut(engagement)
        yield {
            **lu.cle_d_engagement(engagement.pk),
            **champs(clause, "nature_clause", "type_objectif", "duree_eligibilite_mois"),
            **champs(engagement, "date_debut", "date_fin", "part_groupement"),
            "heures_initiales": initial.heures if initial else Decimal(0),
            "date_engagement": ouverture,
            "penalite_formule": penalite.formule if penalite else None,
            "penalite_valeur": penalite.valeur if penalite else None,
        }


def _est_ouverture(mouvement: MouvementEngagement) -> bool:
    """Un initial sans motif ni pièce tient dans « clauses » ; un autre reste un mouvement."""
    return mouvement.nature == NatureMouvement.INITIAL and not (mouvement.motif or mouvement.piece)


def _debut(engagement: Engagement) -> datetime.date:
    """Une date d’engagement est obligatoire, même sans mouvement : celle du marché, sinon aujourd’hui."""
    marche = engagement.clause.lot.marche
    return engagement.date_debut or marche.date_debut or marche.date_notification or timezone.localdate()


def ecrire_mouvements(lu: Ecriture) -> Iterator[Valeurs]:
    """Le grand livre, moins l’ouverture que porte la feuille « clauses »."""
    lus = MouvementEngagement.objects.visibles_par(lu.par).order_by("date", "-heures", "pk")
    lignes = (
        lu.cle_d_engagement(m.engagement_id) | champs(m, "date", "nature", "heures", "motif", "piece")
        for m in lus
        if not _est_ouverture(m)
    )
    return numeroter(feuilles.MOUVEMENTS, lignes)


def ecrire_participants(lu: Ecriture) -> Iterator[Valeurs]:
    """La fiche et le profil de la première entrée, version courante ; une fiche absorbée suit celle qui l’a prise."""
    entrees = Entrees(lu)
    for personne in Participant.objects.visibles_par(lu.par).filter(fusionnee_avec=None).order_by("pk"):
        fiche = champs(personne, "identifiant", "nom", "prenom", "date_naissance", "sexe")
        entree = entrees.premieres.get(personne.pk)
        if entree is None:
            suite = {"commune_insee": personne.commune_insee, "critere_principal": INCONNU}
            yield fiche | suite | {"participant_plie": oui_non(est=personne.est_participant_plie)}
        else:
            yield fiche | entrees.profil(entree) | _depuis(personne, entree)


def _depuis(personne: Participant, entree: EntreeClause) -> dict[str, Any]:
    """Ce que la fiche dit aujourd’hui, quand ce n’est plus ce que dit l’entrée."""
    commune = (personne.commune_insee or "inconnue") if personne.commune_insee != entree.commune_insee else None
    change = personne.est_participant_plie != entree.est_participant_plie
    return {
        "version_entree": entree.version if entree.version > 1 else None,
        "commune_actuelle_insee": commune,
        "plie_actuel": oui_non(est=personne.est_participant_plie) if change else None,
    }


def ecrire_contrats(lu: Ecriture) -> Iterator[Valeurs]:
    for contrat in lu.contrats.values():
        yield {
            **champs(contrat, "identifiant", "type_contrat", "modalite", "date_debut", "date_fin"),
            **champs(contrat, "quotite", "nombre_missions"),
            "participant_identifiant": contrat.participant.identifiant,
            "employeur_siret": contrat.employeur.siret,
        }


def ecrire_heures(lu: Ecriture) -> Iterator[Valeurs]:
    """Une ligne par cellule vive : une annulation et la ligne qu’elle éteint se compensent."""
    vives = LigneHeures.objects.visibles_par(lu.par).filter(nature=NatureLigne.ORDINAIRE, annulation=None)
    for ligne in vives.order_by("pk").values(*CHAMPS_LIGNE).iterator(chunk_size=5_000):
        validee = ligne["statut"] == StatutLigne.VALIDEE
        yield {
            **lu.cle_d_engagement(ligne["engagement_id"]),
            "contrat_identifiant": lu.contrats[ligne["contrat_id"]].identifiant,
            "mois": f"{ligne['mois']:%Y-%m}",
            VOLUMES[TypeHeures(ligne["type_heures"])]: ligne["heures"],
            "statut": ligne["statut"],
            "date_validation": timezone.localdate(ligne["validee_le"]) if validee else None,
            "motif": ligne["motif"],
            "rang": ligne["rang"] or None,
            "date_declaration": timezone.localdate(ligne["declaree_le"]),
        }


def ecrire_sorties(lu: Ecriture) -> Iterator[Valeurs]:
    for sortie in Sortie.objects.visibles_par(lu.par).select_related("participant").order_by("pk"):
        yield {
            **champs(sortie, "date", "situation", "situation_6_mois", "situation_12_mois"),
            "participant_identifiant": sortie.participant.identifiant,
        }
