"""Le modèle prérempli d’un relevé : un engagement, un mois, les contrats connus ; il revient et se lit tel quel.

Il part chez l’entreprise : ni critère, ni date de naissance, ni commune.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from clauses.comptes.acteurs import Acteur
from clauses.socle.exports import Colonne, Feuille, Format, Liste, Saisie
from clauses.socle.mois import de, dernier_jour, en_lettres
from heures.enums import NatureLigne, StatutLigne, TypeContrat, TypeHeures
from heures.imports.releves.champs import Champ
from heures.imports.releves.tableau import LISEZ_MOI
from heures.models import ContratTravail, LigneHeures
from heures.querysets import LigneHeuresQuerySet
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


@dataclass(frozen=True, slots=True)
class Modele:
    """Ce que porte le modèle d’un engagement : ses contrats connus, et les heures déjà notées, à ne pas redemander."""

    engagement: Engagement
    mois: datetime.date
    contrats: Sequence[ContratTravail]
    deja: Mapping[tuple[int, str], Decimal]

    @property
    def personnes(self) -> set[int]:
        return {contrat.participant_id for contrat in self.contrats}

    @property
    def nom(self) -> str:
        """Le nom du fichier, sans nom de personne : le marché et le mois."""
        return f"releve-{_lettres_et_chiffres(self.engagement.clause.lot.marche.reference)}-{self.mois:%Y-%m}"

    @property
    def nom_dans_le_lot(self) -> str:
        """Distinct pour chaque engagement du mois ; le SIRET dit à qui l’envoyer."""
        lot = _lettres_et_chiffres(self.engagement.clause.lot.numero)
        return f"{self.nom}-lot-{lot}-{self.engagement.entreprise.siret}-{self.engagement.pk}"


def _lettres_et_chiffres(texte: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", texte).strip("-")


def preparer(engagements: Collection[Engagement], mois: datetime.date, *, par: Acteur) -> list[Modele]:
    """Le modèle de chaque engagement (venus de `avec_marche()`) ; `mois` est un premier jour. Trois requêtes.

    Les contrats connus sont ceux que la grille montre : ouverts ce mois-là chez l’entreprise, ou déjà imputés.
    """
    imputes = defaultdict(set)
    lignes = LigneHeures.objects.visibles_par(par).filter(engagement__in=engagements)
    for engagement, contrat in lignes.order_by().values_list("engagement", "contrat").distinct():
        imputes[engagement].add(contrat)
    entreprises = {engagement.entreprise_id for engagement in engagements}
    contrats = list(
        ContratTravail.objects.visibles_par(par)
        .ouverts(du=mois, au=dernier_jour(mois))
        .filter(Q(employeur__in=entreprises) | Q(pk__in=lignes.values("contrat")))
        .select_related("participant", "employeur")
        .order_by("participant__nom", "participant__prenom", "date_debut", "pk")
    )
    deja = _heures_notees(lignes, mois)
    return [
        Modele(
            engagement,
            mois,
            [c for c in contrats if c.employeur_id == engagement.entreprise_id or c.pk in imputes[engagement.pk]],
            deja[engagement.pk],
        )
        for engagement in engagements
    ]


def feuilles(modele: Modele) -> list[Feuille]:
    mode_d_emploi = [
        (f"Relevé {de(en_lettres(modele.mois))}, {modele.engagement.entreprise}",),
        *((conseil,) for conseil in CONSEILS),
    ]
    return [
        Feuille(
            "Relevé",
            COLONNES,
            list(_lignes(modele)),
            listes=[Liste(Champ.TYPE_CONTRAT, TypeContrat.labels, stricte=False)],
            lignes_a_remplir=1,
            protegee=True,
        ),
        Feuille(LISEZ_MOI, [Colonne("Comment remplir ce relevé", "aide", largeur=110)], mode_d_emploi, protegee=True),
    ]


def _lignes(modele: Modele) -> Iterator[tuple[object, ...]]:
    engagement, lot = modele.engagement, modele.engagement.clause.lot
    marche = lot.marche
    imputation = (marche.reference, lot.numero, marche.acheteur.siret, engagement.entreprise.siret, modele.mois)
    for contrat in modele.contrats:
        personne = contrat.participant
        yield (
            contrat.identifiant, personne.nom, personne.prenom, contrat.employeur.raison_sociale,
            contrat.get_type_contrat_display(), *imputation,
            *(Saisie(modele.deja.get((contrat.pk, nature))) for nature in (TypeHeures.TRAVAIL, TypeHeures.FORMATION)),
        )  # fmt: skip
    for _ in range(LIGNES_LIBRES):
        yield None, Saisie(), Saisie(), Saisie(), Saisie(), *imputation, Saisie(), Saisie()


def _heures_notees(
    lignes: LigneHeuresQuerySet, mois: datetime.date
) -> defaultdict[int, dict[tuple[int, str], Decimal]]:
    vives = lignes.filter(mois=mois, nature=NatureLigne.ORDINAIRE, annulation=None).exclude(statut=StatutLigne.REFUSEE)
    notees: defaultdict[int, dict[tuple[int, str], Decimal]] = defaultdict(dict)
    for engagement, contrat, nature, heures in vives.order_by("rang").values_list(
        "engagement", "contrat", "type_heures", "heures"
    ):
        notees[engagement][contrat, nature] = heures
    return notees
