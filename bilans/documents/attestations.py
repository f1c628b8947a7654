"""L’attestation de réalisation (bilans.md, rapport D) : une entreprise et un lot, ou tous les membres d’un groupement.

Heures **validées** seulement, au mois travaillé. L’état annexé désigne une personne par son identifiant : ni nom, ni
critère, ni RSA, ni handicap, ni naissance. L’état d’une attestation consolidée n’a pas d’identifiant : un membre du
groupement n’apprend rien des salariés d’un autre (docs/adr/0018).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from bilans.documents.codes import en_groupes
from bilans.documents.dossier import Dossier, en_date, en_toutes_lettres
from bilans.documents.piece import Bloc, Chiffres, Encadre, Fiche, Paragraphe, Piece, Tableau, Titre
from bilans.enums import NatureDocument
from clauses.socle.conversions import normaliser
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import en_lettres, premier_jour
from clauses.socle.nombres import en_heures, en_taux
from heures.enums import Modalite, TypeContrat, TypeHeures
from heures.models import LigneHeures
from marches import calculs

ZERO = Decimal(0)
# Au-delà, l’annexe prend sa page ; en deçà, elle suit la signature, ou passe entière à la page suivante.
LIGNES_ENSEMBLE = 24
CLEFS = (
    "engagement__entreprise__raison_sociale", "engagement", "contrat__employeur__raison_sociale", "modalite",
    "contrat__type_contrat", "type_heures",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LigneAnnexe:
    """Les heures d’un contrat, un mois, pour un type d’heures ; rectifications comprises."""

    engagement: int
    mois: datetime.date
    entreprise: str
    employeur: str
    modalite: str
    contrat: str
    identifiant: str
    heures: Decimal


@dataclass(frozen=True, slots=True)
class Membre:
    """La part d’une entreprise : heures engagées, retenues depuis le début, et validées sur la période."""

    entreprise: str
    engage: Decimal
    retenues: Decimal
    periode: Decimal


@dataclass(frozen=True, slots=True)
class Attestation:
    """Ce qu’atteste le document. `du` : premier jour d’un mois ; le mois de `au` compte entier."""

    nature: NatureDocument
    dossiers: Sequence[Dossier]
    du: datetime.date
    au: datetime.date
    lignes: Sequence[LigneAnnexe]

    @property
    def est_consolidee(self) -> bool:
        return len(self.dossiers) > 1

    @property
    def heures(self) -> Decimal:
        return sum((ligne.heures for ligne in self.lignes), ZERO)

    @property
    def membres(self) -> list[Membre]:
        return [
            Membre(
                dossier.entreprise,
                dossier.prevision.engage,
                dossier.prevision.realise,
                sum((ligne.heures for ligne in self.lignes if ligne.engagement == dossier.engagement.pk), ZERO),
            )
            for dossier in self.dossiers
        ]

    def totaux(self) -> dict[str, Any]:
        """Ce que montre la page publique de vérification, et rien d’autre."""
        dossier = self.dossiers[0]
        return {
            "structure": dossier.structure.nom,
            "entreprise": ", ".join(d.entreprise for d in self.dossiers),
            "marche": dossier.marche.reference,
            "lot": dossier.lot.numero,
            "acheteur": dossier.marche.acheteur.nom,
            "du": self.du.isoformat(),
            "au": self.au.isoformat(),
            "heures": str(self.heures),
            "est_consolidee": self.est_consolidee,
        }


@dataclass(frozen=True, slots=True)
class Marque:
    """Ce qui rend l’attestation unique et vérifiable : son numéro, son code, et où le saisir."""

    numero: str
    code: str
    adresse: str


def lire_attestation(
    nature: NatureDocument, dossiers: Sequence[Dossier], *, du: datetime.date | None, au: datetime.date
) -> Attestation:
    """Les heures validées des engagements sur des mois entiers ; sans `du`, depuis le premier mois validé.

    Lève `ActionImpossible` si la période est vide : une attestation de rien n’atteste rien.
    """
    lignes = _annexe(dossiers, du, au)
    if not lignes:
        periode = f"du {en_date(du)} au {en_date(au)}" if du else f"jusqu’au {en_date(au)}"
        raise ActionImpossible(
            f"Aucune heure validée {periode} : il n’y a rien à attester. Valider les heures déclarées, ou choisir une "
            "autre période."
        )
    debut = premier_jour(du) if du else min(ligne.mois for ligne in lignes)
    return Attestation(nature, dossiers, debut, au, lignes)


def _annexe(dossiers: Sequence[Dossier], du: datetime.date | None, au: datetime.date) -> list[LigneAnnexe]:
    engagements = [dossier.engagement.pk for dossier in dossiers]
    lignes = LigneHeures.objects.visibles_par(dossiers[0].par).validees().filter(engagement__in=engagements)
    lignes = lignes.filter(mois__lte=au) if du is None else lignes.travaillees(du=premier_jour(du), au=au)
    clefs = ("mois", *CLEFS) if len(dossiers) > 1 else ("mois", *CLEFS, "participant__identifiant")
    sommes = lignes.order_by().values(*clefs).annotate(somme=Sum("heures"))
    # Trié ici : l’ordre des accents n’est pas le même dans toutes les bases.
    return sorted((_ligne(valeurs) for valeurs in sommes if valeurs["somme"]), key=_rang)


def _rang(ligne: LigneAnnexe) -> tuple[object, ...]:
    textes = (ligne.entreprise, ligne.employeur, ligne.modalite, ligne.contrat, ligne.identifiant)
    return (ligne.mois, *(normaliser(texte) for texte in textes), ligne.engagement)


def libelle_de_modalite(modalite: str, type_heures: str) -> str:
    """« Embauche directe, formation » : la modalité, et la formation quand elle ne la dit pas."""
    libelle = str(Modalite(modalite).label)
    est_precise = type_heures == TypeHeures.FORMATION and modalite != Modalite.FORMATION
    return f"{libelle}, formation" if est_precise else libelle


def _ligne(valeurs: dict[str, Any]) -> LigneAnnexe:
    return LigneAnnexe(
        engagement=valeurs["engagement"],
        mois=valeurs["mois"],
        entreprise=valeurs["engagement__entreprise__raison_sociale"],
        employeur=valeurs["contrat__employeur__raison_sociale"],
        modalite=libelle_de_modalite(valeurs["modalite"], valeurs["type_heures"]),
        contrat=TypeContrat(valeurs["contrat__type_contrat"]).label,
        identifiant=valeurs.get("participant__identifiant", ""),
        heures=valeurs["somme"],
    )


def composer(attestation: Attestation, marque: Marque | None) -> Piece:
    """L’attestation et son état annexé. Sans `marque`, c’est un projet : ni numéro, ni code, et « PROJET » en fond."""
    dossier = attestation.dossiers[0]
    qualite = "définitive" if attestation.nature is NatureDocument.ATTESTATION_DEFINITIVE else "intermédiaire"
    consolidee = " consolidée du groupement" if attestation.est_consolidee else ""
    rang = f" – n° {marque.numero}" if marque else " – projet"
    return Piece(
        titre="Attestation de réalisation d’heures d’insertion",
        surtitre=f"Attestation {qualite}{consolidee}{rang}",
        entete=dossier.entete,
        date=dossier.lieu_et_date,
        references=[
            *dossier.references,
            ("Nature de la clause", dossier.engagement.clause.get_nature_clause_display()),
        ],
        blocs=[*_corps(attestation, qualite), *_verification(marque)],
        signatures=[dossier.signature],
        annexe=_etat(attestation),
        pied=f"{dossier.structure.nom} – attestation {qualite}{f' n° {marque.numero}' if marque else ''}",
        est_projet=marque is None,
    )


def _corps(attestation: Attestation, qualite: str) -> list[Bloc]:
    dossier, qui = attestation.dossiers[0], _qui(attestation)
    periode = f"entre le {en_toutes_lettres(attestation.du)} et le {en_toutes_lettres(attestation.au)}"
    engage = sum((m.engage for m in attestation.membres), ZERO)
    retenues = sum((m.retenues for m in attestation.membres), ZERO)
    taux = calculs.taux(retenues, engage)
    nombres = [
        ("Validées sur la période", f"{en_heures(attestation.heures)} h"),
        ("Retenues depuis le début", f"{en_heures(retenues)} h"),
        ("Engagées", f"{en_heures(engage)} h"),
        ("Réalisation", "–" if taux is None else en_taux(taux)),
    ]
    blocs: list[Bloc] = [
        Paragraphe(
            f"{dossier.structure.nom}, facilitateur de la clause sociale d’insertion de ce marché, atteste que {qui} "
            f"a fait réaliser {en_heures(attestation.heures)} heures d’insertion {periode}."
        ),
        Chiffres(nombres),
    ]
    if attestation.est_consolidee:
        blocs.append(_membres(attestation))
    blocs.append(Paragraphe(_regle(attestation, qualite), "note"))
    return blocs


def _qui(attestation: Attestation) -> str:
    engagements = [dossier.engagement for dossier in attestation.dossiers]
    if not attestation.est_consolidee:
        return f"l’entreprise {engagements[0].entreprise.raison_sociale} (SIRET {engagements[0].entreprise.siret})"
    return f"le groupement de {len(engagements)} entreprises titulaire du lot"


def _regle(attestation: Attestation, qualite: str) -> str:
    portee = (
        "Elle solde l’engagement d’insertion au titre de ce lot."
        if attestation.nature is NatureDocument.ATTESTATION_DEFINITIVE
        else "Elle ne préjuge pas du solde de l’engagement."
    )
    formation = attestation.dossiers[0].regle_de_formation
    return (
        f"Cette attestation est {qualite}. {portee} Seules comptent les heures contrôlées et validées par le "
        f"facilitateur, au mois où elles ont été travaillées ; l’état annexé les détaille. {formation}"
    )


def _membres(attestation: Attestation) -> Tableau:
    lignes = [
        [m.entreprise, en_heures(m.engage), en_heures(m.retenues), en_heures(m.periode)] for m in attestation.membres
    ]
    parts = ((m.engage, m.retenues, m.periode) for m in attestation.membres)
    sommes = [sum(colonne, ZERO) for colonne in zip(*parts, strict=True)]
    return Tableau(
        "Part de chaque membre du groupement, en heures",
        ["Entreprise", "Engagées", "Retenues depuis le début", "Validées sur la période"],
        lignes,
        nombres=[1, 2, 3],
        largeurs=[3, 0, 0, 0],
        total=["Groupement", *(en_heures(somme) for somme in sommes)],
    )


def _verification(marque: Marque | None) -> list[Bloc]:
    if marque is None:
        return []
    return [
        Encadre(
            f"Code de vérification : {en_groupes(marque.code)}",
            [f"À saisir sur {marque.adresse} pour contrôler ce document et ses totaux, sans compte."],
        )
    ]


def _etat(attestation: Attestation) -> list[Bloc]:
    if attestation.est_consolidee:
        entetes = ["Mois", "Entreprise", "Employeur", "Modalité", "Contrat", "Heures"]
        lignes = [
            [en_lettres(li.mois), li.entreprise, li.employeur, li.modalite, li.contrat, en_heures(li.heures)]
            for li in attestation.lignes
        ]
        largeurs = [0, 3, 3, 3, 2, 0]
    else:
        entetes = ["Mois", "Employeur", "Modalité", "Contrat", "Identifiant", "Heures"]
        lignes = [
            [en_lettres(li.mois), li.employeur, li.modalite, li.contrat, li.identifiant, en_heures(li.heures)]
            for li in attestation.lignes
        ]
        largeurs = [0, 4, 3, 3, 0, 0]
    return [
        Titre("Annexe – état mensuel des heures validées", nouvelle_page=len(lignes) > LIGNES_ENSEMBLE),
        Fiche(
            [
                ("Période", f"du {en_date(attestation.du)} au {en_date(attestation.au)}"),
                ("Lignes", str(len(lignes))),
            ]
        ),
        Tableau(
            "Heures validées par mois, employeur et contrat",
            entetes,
            lignes,
            nombres=[5],
            largeurs=largeurs,
            total=["Total", "", "", "", "", en_heures(attestation.heures)],
            est_dense=True,
        ),
    ]
