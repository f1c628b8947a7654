"""La proposition de pénalité remise à l’acheteur : chaque terme, son plafond, et le total (domaine.md §5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bilans.documents.dossier import Dossier, courriers_precedents, destinataire, en_date
from bilans.documents.piece import Bloc, Chiffres, Encadre, Paragraphe, Piece, Tableau
from bilans.enums import NatureDocument
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.nombres import en_euros, en_heures
from marches.enums import FormulePenalite
from marches.models import PropositionPenalite
from marches.penalites import Terme

ZERO = Decimal(0)
ETAPES = (NatureDocument.RELANCE_1, NatureDocument.RELANCE_2, NatureDocument.MISE_EN_DEMEURE)


def lire_terme(ecrit: Mapping[str, Any]) -> Terme:
    """Un terme de `PropositionPenalite.calcul` : les champs de `Terme`, nombres en texte décimal."""
    plafond = ecrit.get("plafond")
    return Terme(
        formule=FormulePenalite(ecrit["formule"]),
        calcul=ecrit["calcul"],
        avant_plafond=Decimal(ecrit["avant_plafond"]),
        montant=Decimal(ecrit["montant"]),
        plafond=None if plafond is None else Decimal(plafond),
        article=ecrit.get("article", ""),
    )


def derniere_proposition(dossier: Dossier) -> PropositionPenalite:
    """La plus récente. Lève `ActionImpossible` s’il n’y en a pas, ou si son calcul ne fait pas son montant."""
    propositions = PropositionPenalite.objects.visibles_par(dossier.par).filter(engagement=dossier.engagement.pk)
    proposition: PropositionPenalite | None = propositions.order_by("-proposee_le", "-pk").first()
    if proposition is None:
        raise ActionImpossible(
            "Aucune pénalité n’est proposée pour cet engagement : la calculer et la proposer d’abord."
        )
    if sum((lire_terme(ecrit).montant for ecrit in proposition.calcul), ZERO) != proposition.montant:
        raise ActionImpossible(
            "Le calcul enregistré avec cette proposition ne fait pas son montant : refaire la proposition."
        )
    return proposition


def composer(dossier: Dossier, proposition: PropositionPenalite, *, adresse_postale: str = "") -> Piece:
    return Piece(
        titre="clause sociale d’insertion, proposition de pénalité",
        entete=dossier.entete,
        date=dossier.lieu_et_date,
        destinataire=destinataire(
            dossier.marche.acheteur.nom,
            adresse_postale=adresse_postale,
            commune_insee=dossier.marche.acheteur.commune_insee,
        ),
        references=[*dossier.references, dossier.reference_entreprise],
        blocs=[*_faits(dossier, proposition), *_calcul(proposition), *_decision(proposition)],
        signatures=[dossier.signature],
        pied=f"{dossier.structure.nom} – {dossier.marche.reference}, lot {dossier.lot.numero}",
    )


def _faits(dossier: Dossier, proposition: PropositionPenalite) -> list[Bloc]:
    prevue = dossier.prevision
    suite = "la décision vous appartient" if proposition.decidee_le is None else "votre décision y est rappelée"
    blocs: list[Bloc] = [
        Paragraphe("Madame, Monsieur,"),
        Paragraphe(
            f"L’entreprise {dossier.entreprise} n’a pas tenu l’engagement d’insertion pris au titre de ce lot "
            f"{dossier.borne}. Nous vous proposons la pénalité calculée ci-dessous, arrêtée au "
            f"{en_date(proposition.arretee_au)} ; {suite}."
        ),
        Chiffres(
            [
                ("Engagées", f"{en_heures(prevue.engage)} h"),
                ("Réalisées et validées", f"{en_heures(prevue.realise)} h"),
                ("Manquantes", f"{en_heures(max(prevue.engage - prevue.realise, ZERO))} h"),
            ]
        ),
    ]
    courriers = courriers_precedents(dossier)
    suivis = [f"{nature.label.lower()} le {en_date(courriers[nature])}" for nature in ETAPES if nature in courriers]
    if suivis:
        blocs.append(Paragraphe(f"Courriers restés sans suite suffisante : {', '.join(suivis)}."))
    return blocs


def _calcul(proposition: PropositionPenalite) -> list[Bloc]:
    termes = [lire_terme(ecrit) for ecrit in proposition.calcul]
    return [
        Tableau(
            f"Calcul de la pénalité, arrêté au {en_date(proposition.arretee_au)}",
            ["Règle du marché", "Article", "Calcul", "Avant plafond", "Plafond", "Montant"],
            [
                [
                    terme.formule.label,
                    terme.article or "–",
                    terme.calcul,
                    en_euros(terme.avant_plafond),
                    "–" if terme.plafond is None else en_euros(terme.plafond),
                    en_euros(terme.montant),
                ]
                for terme in termes
            ],
            nombres=[3, 4, 5],
            largeurs=[4, 0, 5, 0, 0, 0],
            est_dense=True,
            total=["Pénalité proposée", "", "", "", "", en_euros(proposition.montant)],
        ),
    ]


def provenance(proposition: PropositionPenalite) -> list[str]:
    """Une décision reçue par courrier le dit ; l’agent qui l’a inscrite n’est nommé que dans l’outil."""
    trace = proposition.trace_du_courrier
    return [f"{trace[:1].upper()}{trace[1:]} par le facilitateur."] if trace else []


def _decision(proposition: PropositionPenalite) -> list[Bloc]:
    if proposition.montant_decide is not None:
        return [
            Encadre(
                f"Décision de l’acheteur : {proposition.get_statut_display().lower()}",
                [
                    f"Montant décidé : {en_euros(proposition.montant_decide)}",
                    f"Motif : {proposition.motif}",
                    *provenance(proposition),
                ],
            )
        ]
    return [
        Encadre(
            "Décision de l’acheteur (à compléter)",
            [
                "[   ] appliquée    [   ] réduite à ………………… €    [   ] remise    [   ] classée sans suite",
                "Motif : ………………………………………………………………………………………………………",
                "Date, nom, qualité et signature : ……………………………………………………………………",
            ],
        )
    ]
