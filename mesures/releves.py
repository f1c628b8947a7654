"""V5 bis : importer 10 000 lignes de relevés, contre leur seule lecture bornée et la seule insertion."""

from __future__ import annotations

import io

from django.db import transaction

from clauses.comptes.acteurs import Acteur
from clauses.comptes.actions import acteur_systeme
from clauses.comptes.models import Structure
from clauses.socle.exports import Colonne, Feuille, Format, ecrire_xlsx
from clauses.socle.lecteur import lire_fichier
from heures.enums import StatutLigne
from heures.imports.releves.enregistrement import importer
from heures.models import LigneHeures, Participant, Prolongation
from marches.enums import CLOS, StatutMarche
from marches.models import Marche
from mesures.banc import Mesure, comparer

COLONNES = (
    Colonne("Contrat", "contrat"),
    Colonne("Nom", "nom"),
    Colonne("Prénom", "prenom"),
    Colonne("Marché", "marche"),
    Colonne("Lot", "lot"),
    Colonne("Titulaire SIRET", "titulaire"),
    Colonne("Mois", "mois", Format.MOIS),
    Colonne("Heures de travail", "heures", Format.HEURES),
)
ELIGIBLES_JUSQU_AU = "2099-12-31"


def rendre_importables(structure: Structure, lignes: list[LigneHeures]) -> None:
    """Les règles laisseront entrer ces lignes : marchés rouverts, personnes prolongées."""
    Marche.objects.filter(structure=structure, statut__in=CLOS).update(statut=StatutMarche.EN_COURS)
    par = acteur_systeme(structure)
    Prolongation.objects.bulk_create(
        Prolongation(
            structure=structure, participant_id=pk, jusqu_au=ELIGIBLES_JUSQU_AU, motif="mesure",
            accordee_par_id=par.utilisateur_id,
        )
        for pk in {ligne.participant_id for ligne in lignes}
    )  # fmt: skip


def releve(lignes: list[LigneHeures]) -> bytes:
    noms = {p.pk: p for p in Participant.objects.filter(pk__in={ligne.participant_id for ligne in lignes})}
    fichier = io.BytesIO()
    ecrire_xlsx(fichier, [Feuille("Relevé", COLONNES, [_rangee(ligne, noms) for ligne in lignes])])
    return fichier.getvalue()


def _rangee(ligne: LigneHeures, noms: dict[int, Participant]) -> tuple[object, ...]:
    lot, personne = ligne.engagement.clause.lot, noms[ligne.participant_id]
    return (
        ligne.contrat.identifiant, personne.nom, personne.prenom, lot.marche.reference, lot.numero,
        ligne.engagement.entreprise.siret, ligne.mois, ligne.heures,
    )  # fmt: skip


def lire_et_inserer(contenu: bytes, lignes: list[LigneHeures]) -> None:
    lire_fichier(io.BytesIO(contenu), ligne_entete=None, nom="releve.xlsx")
    champs = [champ.attname for champ in LigneHeures._meta.concrete_fields if not champ.primary_key]
    neuves = [
        LigneHeures(
            **{champ: getattr(ligne, champ) for champ in champs}
            | {"statut": StatutLigne.DECLAREE, "motif": "", "validee_le": None, "validee_par_id": None}
        )
        for ligne in lignes
    ]
    with transaction.atomic():
        LigneHeures.objects.bulk_create(neuves, batch_size=1000)
        transaction.set_rollback(True)


def importer_puis_annuler(contenu: bytes, par: Acteur, attendues: int) -> None:
    with transaction.atomic():
        rapport = importer(contenu, nom="releve.xlsx", par=par)
        transaction.set_rollback(True)
    if rapport.a_ecrire != attendues:
        raise RuntimeError("\n".join([rapport.conclusion(), *map(str, rapport.tous_les_refus[:5])]))


def mesurer(structure: Structure, lignes: list[LigneHeures]) -> Mesure:
    rendre_importables(structure, lignes)
    contenu = releve(lignes)
    par = acteur_systeme(structure)
    return comparer(
        "V5 import de 10 000 lignes de relevés",
        etalon=lambda: lire_et_inserer(contenu, lignes),
        nous=lambda: importer_puis_annuler(contenu, par, len(lignes)),
        objectif=1.6,
    )
