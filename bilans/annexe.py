"""L’annexe nominative du bilan Département, quand la convention l’exige (bilans.md, A ; docs/adr/0026).

Deux feuilles, lues à part du bilan : que leurs heures fassent celles de sa première ligne prouve que rien ne manque ni
ne double. Elles ne disent d’une personne que ce que la convention suit : ni critère, ni handicap, ni pièce.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from bilans import agregats, departement, exports, parametres, presentation
from bilans.calculs import en_decimal, est_nouveau
from bilans.faits import Faits, Periode
from bilans.parametres import TOUJOURS
from bilans.rapport import Bilan, Demande, lire_faits
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.exports import Colonne, Feuille, Format, ecrire_xlsx
from clauses.socle.fichiers import Fichier
from clauses.socle.listes import XLSX
from clauses.socle.nombres import en_heures
from heures.enums import OuiNonInconnu, Sexe
from heures.models import ContratTravail, Participant
from marches.models import Marche

IDENTITE = (
    Colonne("Identifiant", "identifiant", largeur=16),
    Colonne("Nom", "nom"),
    Colonne("Prénom", "prenom"),
)
PAR_PERSONNE = (
    *IDENTITE,
    Colonne("Sexe", "sexe", largeur=10),
    Colonne("Date de naissance", "naissance", Format.DATE),
    Colonne("Territoire de résidence", "territoire", largeur=34),
    Colonne("Bénéficiaire du RSA", "brsa", largeur=16),
    Colonne("Réside en QPV", "qpv", largeur=16),
    Colonne("Participant PLIE", "plie", largeur=16),
    Colonne("Entrée en clause", "entree", Format.MOIS),
    Colonne("Nouvel entrant", "nouveau", largeur=12),
    Colonne("Heures", "heures", Format.HEURES),
)
PAR_CONTRAT = (
    *IDENTITE,
    Colonne("Employeur", "employeur", largeur=36),
    Colonne("Type de contrat", "type_contrat"),
    Colonne("Embauche", "debut", Format.DATE),
    Colonne("Fin", "fin", Format.DATE),
    Colonne("Marché", "marche", largeur=18),
    Colonne("Acheteur", "acheteur", largeur=36),
    Colonne("Heures", "heures", Format.HEURES),
)
Lignes = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Annexe:
    """Le bilan, les deux feuilles qui le suivent, et le nombre de personnes qu’elles nomment."""

    bilan: Bilan
    feuilles: Sequence[Feuille]
    personnes: int

    def ecrire(self, fichier: IO[bytes]) -> None:
        """Le classeur du bilan, suivi de son annexe : seul format qui porte des noms."""
        ecrire_xlsx(fichier, [*exports.feuilles(self.bilan), *self.feuilles])


def exporter(acteur: Acteur, demande: Demande) -> Fichier:
    """Le classeur prêt à partir : l’export est au journal avant que rien ne parte. Lève ce que lève `composer`."""
    composee = composer(acteur, demande.periode)
    classeur = io.BytesIO()
    composee.ecrire(classeur)
    journaliser_lecture(
        par=acteur,
        action="exporter l’annexe nominative du bilan",
        modele=Participant,
        nombre=composee.personnes,
        filtre=presentation.requete(demande),
    )
    du, au, _ = demande.periode
    nom = f"bilan-departement-annexe-{composee.bilan.entete.structure}-{du}-{au}.xlsx"
    return Fichier(classeur.getvalue(), nom, XLSX)


def composer(acteur: Acteur, periode: Periode) -> Annexe:
    """Le bilan et les deux feuilles de son annexe.

    Lève `PermissionDenied` sans le droit d’exporter des noms, `ActionImpossible` si la convention n’en veut pas ou si
    les heures des feuilles ne sont pas celles du bilan.
    """
    acteur.exiger(Droit.EXPORTER_NOMINATIF)
    if not parametres.lire(acteur, periode).annexe_nominative:
        raise ActionImpossible(
            "La convention ne prévoit pas d’annexe nominative. Si elle l’exige, le régler d’abord dans les paramètres "
            "du bilan."
        )
    bilan = departement.etablir(acteur, Demande(departement.NOM, periode))
    _, faits = lire_faits(acteur, periode)
    personnes, contrats = lire_personnes(acteur, faits), lire_contrats(acteur, periode)
    verifier(bilan, personnes, contrats)
    feuilles = [
        Feuille("Annexe personnes", PAR_PERSONNE, personnes),
        Feuille("Annexe contrats", PAR_CONTRAT, contrats),
    ]
    return Annexe(bilan, feuilles, len(personnes))


def verifier(bilan: Bilan, *feuilles: Lignes) -> None:
    """Lève `ActionImpossible` si la somme d’une feuille n’est pas, au centième, la première ligne de A1."""
    attendu = bilan.indicateurs[TOUJOURS]
    for lignes in feuilles:
        somme = sum((ligne["heures"] for ligne in lignes), Decimal("0.00"))
        if somme != attendu:
            assert isinstance(attendu, Decimal)
            raise ActionImpossible(
                f"L’annexe fait {en_heures(somme)}\u00a0h et le bilan {en_heures(attendu)}\u00a0h\u00a0: elle n’est "
                "pas établie. Chercher dans les anomalies une personne ou un contrat qui n’est plus visible."
            )


def lire_personnes(acteur: Acteur, faits: Faits) -> Lignes:
    """Une ligne par personne qui a des heures validées dans la période, dans l’ordre des noms."""
    totaux = agregats.lignes_validees(acteur, faits.periode).values_list("participant").annotate(t=agregats.somme())
    heures = dict(totaux)
    fiches = Participant.objects.visibles_par(acteur).filter(pk__in=heures).order_by("nom", "prenom", "pk")
    territoires = dict(faits.territoires)
    lignes = []
    for fiche in fiches:
        profil = faits.profils[fiche.pk]
        lignes.append(
            {
                **_identite(fiche),
                "sexe": Sexe(fiche.sexe).label,
                "naissance": fiche.date_naissance,
                "territoire": territoires[profil.territoire],
                "brsa": OuiNonInconnu(profil.brsa).label,
                "qpv": OuiNonInconnu(profil.qpv).label,
                "plie": OuiNonInconnu(profil.plie).label,
                "entree": faits.premiers_mois.get(fiche.pk),
                "nouveau": est_nouveau(faits, fiche.pk),
                "heures": en_decimal(heures[fiche.pk]),
            }
        )
    return lignes


def lire_contrats(acteur: Acteur, periode: Periode) -> Lignes:
    """Une ligne par personne, contrat et marché, dans l’ordre des noms puis des embauches."""
    sommes = list(
        agregats.lignes_validees(acteur, periode)
        .values_list("contrat", "engagement__clause__lot__marche")
        .annotate(t=agregats.somme())
    )
    visibles = ContratTravail.objects.visibles_par(acteur).filter(pk__in={contrat for contrat, _, _ in sommes})
    contrats = {c.pk: c for c in visibles.select_related("participant", "employeur").order_by()}
    lus = Marche.objects.visibles_par(acteur).filter(pk__in={marche for _, marche, _ in sommes})
    marches = {m.pk: m for m in lus.select_related("acheteur").order_by()}
    lignes = [
        _contrat(contrats[contrat], marches[marche], total) for contrat, marche, total in sommes if contrat in contrats
    ]
    return sorted(lignes, key=lambda ligne: [str(ligne[nom]) for nom in ("nom", "prenom", "identifiant", "debut")])


def _contrat(contrat: ContratTravail, marche: Marche, centiemes: int) -> dict[str, Any]:
    return {
        **_identite(contrat.participant),
        "employeur": str(contrat.employeur),
        "type_contrat": contrat.get_type_contrat_display(),
        "debut": contrat.date_debut,
        "fin": contrat.date_fin,
        "marche": marche.reference,
        "acheteur": str(marche.acheteur),
        "heures": en_decimal(centiemes),
    }


def _identite(fiche: Participant) -> dict[str, Any]:
    return {"identifiant": fiche.identifiant, "nom": fiche.nom, "prenom": fiche.prenom}
