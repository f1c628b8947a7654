"""Le modèle prérempli d’un relevé : un engagement, un mois, les contrats connus ; il revient et se lit tel quel.

Il part chez l’entreprise : ni critère, ni date de naissance, ni commune.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Q

from clauses.comptes.acteurs import Acteur
from clauses.socle.exports import Colonne, Feuille, Format, Liste, Saisie
from clauses.socle.mois import dernier_jour, en_lettres
from heures.enums import NatureLigne, StatutLigne, TypeContrat, TypeHeures
from heures.imports.releves.champs import Champ
from heures.imports.releves.tableau import LISEZ_MOI
from heures.models import ContratTravail, LigneHeures
from marches.models import Engagement

LIGNES_LIBRES = 15
COLONNES = (
    Colonne("Contrat", Champ.IDENTIFIANT_CONTRAT, largeur=14),
    Colonne("Nom", Champ.NOM),
    Colonne("Prénom", Champ.PRENOM, largeur=18),
    Colonne("Employeur", Champ.EMPLOYEUR, largeur=26),
    Colonne("Type de contrat", Champ.TYPE_CONTRAT, largeur=20),
    Colonne("Marché", Champ.MARCHE, largeur=18),
    Colonne("Lot", Champ.LOT, largeur=8),
    Colonne("Acheteur SIRET", Champ.ACHETEUR, largeur=18),
    Colonne("Titulaire SIRET", Champ.TITULAIRE, largeur=18),
    Colonne("Mois", Champ.MOIS, Format.MOIS),
    Colonne("Heures de travail", Champ.TRAVAIL, Format.HEURES, largeur=14),
    Colonne("Heures de formation", Champ.FORMATION, Format.HEURES, largeur=14),
)
CONSEILS = (
    "Remplir les cases jaunes : les heures de travail et de formation de chaque personne pour ce mois.",
    "Heures au centième (35,50) ou en heures et minutes (35h30).",
    "Laisser vide la ligne d’une personne qui n’a pas travaillé ce mois-ci ; écrire 0 pour le déclarer.",
    "Les lignes vides du bas servent aux personnes pas encore connues : nom, prénom, type de contrat, heures.",
    "Ne renommer ni les titres ni la feuille. Enregistrer au format .xlsx, puis renvoyer le fichier.",
    "N’écrire nulle part un numéro de sécurité sociale : le fichier serait refusé.",
)


def feuilles(engagement: Engagement, mois: datetime.date, *, par: Acteur) -> list[Feuille]:
    """Les feuilles du modèle ; `engagement` vient de `avec_marche()`, `mois` est un premier jour."""
    mode_d_emploi = [
        (f"Relevé de {en_lettres(mois)}, {engagement.entreprise}",),
        *((conseil,) for conseil in CONSEILS),
    ]
    return [
        Feuille(
            "Relevé",
            COLONNES,
            list(_lignes(engagement, mois, par)),
            listes=[Liste(Champ.TYPE_CONTRAT, TypeContrat.labels, stricte=False)],
            lignes_a_remplir=1,
            protegee=True,
        ),
        Feuille(LISEZ_MOI, [Colonne("Comment remplir ce relevé", "aide", largeur=110)], mode_d_emploi, protegee=True),
    ]


def _lignes(engagement: Engagement, mois: datetime.date, par: Acteur) -> Iterator[tuple[object, ...]]:
    lot = engagement.clause.lot
    imputation = (lot.marche.reference, lot.numero, lot.marche.acheteur.siret, engagement.entreprise.siret, mois)
    deja = _heures_notees(engagement, mois, par)
    for contrat in contrats_connus(engagement, mois, par=par):
        personne = contrat.participant
        yield (
            contrat.identifiant, personne.nom, personne.prenom, contrat.employeur.raison_sociale,
            contrat.get_type_contrat_display(), *imputation,
            *(Saisie(deja.get((contrat.pk, nature))) for nature in (TypeHeures.TRAVAIL, TypeHeures.FORMATION)),
        )  # fmt: skip
    for _ in range(LIGNES_LIBRES):
        yield None, Saisie(), Saisie(), Saisie(), Saisie(), *imputation, Saisie(), Saisie()


def contrats_connus(engagement: Engagement, mois: datetime.date, *, par: Acteur) -> list[ContratTravail]:
    """Les contrats ouverts ce mois-là que la grille montre : chez l’entreprise, ou déjà imputés à l’engagement."""
    contrats = ContratTravail.objects.visibles_par(par)
    imputes = LigneHeures.objects.visibles_par(par).filter(engagement=engagement).values("contrat")
    return list(
        contrats.ouverts(du=mois, au=dernier_jour(mois))
        .filter(Q(employeur=engagement.entreprise_id) | Q(pk__in=imputes))
        .select_related("participant", "employeur")
        .order_by("participant__nom", "participant__prenom", "date_debut", "pk")
    )


def _heures_notees(engagement: Engagement, mois: datetime.date, par: Acteur) -> dict[tuple[int, str], Decimal]:
    """Ce qui est déjà noté ce mois-là, pour ne pas le redemander."""
    lignes = LigneHeures.objects.visibles_par(par).filter(
        engagement=engagement, mois=mois, nature=NatureLigne.ORDINAIRE
    )
    vives = lignes.filter(annulation=None).exclude(statut=StatutLigne.REFUSEE).order_by("rang")
    return {
        (contrat, nature): heures for contrat, nature, heures in vives.values_list("contrat", "type_heures", "heures")
    }
