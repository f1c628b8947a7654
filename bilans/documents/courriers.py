"""Les courriers à l’entreprise qui tarde : relances et mise en demeure (domaine.md §5, suite graduée).

Les mêmes phrases servent au PDF et au DOCX. Un courrier sans objet est refusé : rien ne manque, rien à relancer.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from bilans.documents.dossier import Dossier, courriers_precedents, destinataire, en_date, mois_sans_releve
from bilans.documents.piece import Bloc, Liste, Paragraphe, Piece, Tableau
from bilans.enums import NatureDocument
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.jours import ajouter_jours_ouvres
from clauses.socle.mois import en_lettres
from clauses.socle.nombres import en_euros, en_heures
from marches.enums import FormulePenalite
from marches.models import ReglePenalite

ZERO = Decimal(0)
MOIS_NOMMES = 6
DELAI_PAR_DEFAUT = 15
OBJETS = {
    NatureDocument.RELANCE_1: "clause sociale d’insertion, première relance",
    NatureDocument.RELANCE_2: "clause sociale d’insertion, seconde relance",
    NatureDocument.MISE_EN_DEMEURE: "clause sociale d’insertion, mise en demeure",
}
# Ce qu’un courrier rappelle, dans l’ordre : les étapes qui le précèdent, jamais lui-même émis une seconde fois.
RAPPELES: dict[NatureDocument, tuple[NatureDocument, ...]] = {
    NatureDocument.RELANCE_1: (),
    NatureDocument.RELANCE_2: (NatureDocument.RELANCE_1,),
    NatureDocument.MISE_EN_DEMEURE: (NatureDocument.RELANCE_1, NatureDocument.RELANCE_2),
}
LETTRE_RECOMMANDEE = "Lettre recommandée avec demande d’avis de réception"


def delai_de_reponse(
    nature: NatureDocument, regles: Sequence[ReglePenalite], *, le: datetime.date, jours: int
) -> datetime.date:
    """La réponse attendue d’un courrier daté du jour `le`.

    `jours` (réglage de la structure) pour une relance, le délai du contrat en jours ouvrés pour une mise en demeure.
    """
    if nature is not NatureDocument.MISE_EN_DEMEURE:
        return le + datetime.timedelta(days=jours)
    delais = [regle.delai_jours for regle in regles if regle.exige_mise_en_demeure]
    return ajouter_jours_ouvres(le, max(delais, default=DELAI_PAR_DEFAUT))


def echeance_de(dossier: Dossier, nature: NatureDocument, demandee: datetime.date | None) -> datetime.date:
    """Jusqu’à quand répondre. Lève `ActionImpossible` si l’échéance demandée précède le courrier."""
    jour = timezone.localdate()
    if demandee is not None and demandee < jour:
        raise ActionImpossible(
            f"La réponse serait attendue le {en_date(demandee)}, avant le courrier : choisir une date à venir."
        )
    jours = dossier.structure.delai_reponse_jours
    return demandee or delai_de_reponse(nature, dossier.regles, le=jour, jours=jours)


def composer(dossier: Dossier, nature: NatureDocument, *, limite: datetime.date, adresse_postale: str = "") -> Piece:
    """Le courrier, réponse attendue le `limite`.

    Lève `ActionImpossible` s’il n’a pas d’objet, ou si une étape de la suite manque.
    """
    manquants = mois_sans_releve(dossier)
    if manquants == [] and not _est_en_retard(dossier):
        raise ActionImpossible(
            "Rien à relancer : les heures attendues à cette date sont réalisées et aucun relevé ne manque."
        )
    faits = courriers_precedents(dossier)
    precedents = {autre: jour for autre, jour in faits.items() if autre in RAPPELES[nature]}
    if nature is NatureDocument.RELANCE_2 and NatureDocument.RELANCE_1 not in precedents:
        raise ActionImpossible("Aucune première relance pour cet engagement : l’émettre, ou la noter, avant celle-ci.")
    regles = dossier.regles
    est_demeure = nature is NatureDocument.MISE_EN_DEMEURE
    corps = _mise_en_demeure if est_demeure else _relance
    return Piece(
        titre=OBJETS[nature],
        entete=dossier.entete,
        date=dossier.lieu_et_date,
        destinataire=destinataire(
            dossier.entreprise,
            "À l’attention de la direction",
            adresse_postale=adresse_postale,
            commune_insee=dossier.engagement.entreprise.commune_insee,
        ),
        mentions=[LETTRE_RECOMMANDEE] if est_demeure else [],
        references=[*dossier.references, dossier.reference_entreprise],
        blocs=corps(dossier, _rappel(precedents, nature), manquants, limite, regles),
        signatures=_signatures(dossier, nature),
        copies=[f"Copie : {dossier.marche.acheteur.nom}"] if nature is NatureDocument.RELANCE_2 else [],
        pied=f"{dossier.structure.nom} – {dossier.marche.reference}, lot {dossier.lot.numero}",
    )


def _est_en_retard(dossier: Dossier) -> bool:
    """Sans dates, on ne sait pas ce qui est attendu : tant que l’engagement n’est pas tenu, un courrier a un objet."""
    prevue = dossier.prevision
    return prevue.realise < (prevue.engage if prevue.attendu is None else prevue.attendu)


def _faits(dossier: Dossier, manquants: Sequence[datetime.date]) -> list[Bloc]:
    prevue = dossier.prevision
    colonnes = [("Engagées", en_heures(prevue.engage))]
    if prevue.attendu is not None:
        colonnes.append(("Attendues à ce jour", en_heures(prevue.attendu)))
    colonnes.append(("Réalisées et validées", en_heures(prevue.realise)))
    if prevue.ecart is not None:
        colonnes.append(("Écart", en_heures(prevue.ecart).replace("-", "−")))
    colonnes.append(("Reste à réaliser", en_heures(max(prevue.engage - prevue.realise, ZERO))))
    entetes, valeurs = zip(*colonnes, strict=True)
    blocs: list[Bloc] = [
        Paragraphe(
            f"Au titre du marché cité en référence, votre entreprise s’est engagée à faire réaliser "
            f"{en_heures(prevue.engage)} heures d’insertion {dossier.borne}. "
            f"Voici où en est cet engagement au {en_date(dossier.au)}."
        ),
        Tableau(
            f"Heures d’insertion au {en_date(dossier.au)}",
            entetes,
            [valeurs],
            nombres=range(len(entetes)),
            largeurs=[max(len(entete), 12) for entete in entetes],
        ),
    ]
    if manquants:
        blocs.append(Paragraphe(f"{_releves_manquants(manquants)} Seules les heures relevées puis validées comptent."))
    return blocs


def _releves_manquants(mois: Sequence[datetime.date]) -> str:
    nommes = [en_lettres(jour) for jour in mois[-MOIS_NOMMES:]]
    if len(mois) == 1:
        return f"Le relevé d’heures de {nommes[0]} ne nous est pas parvenu."
    autres = len(mois) - len(nommes)
    suite = f", ainsi que {autres} plus anciens," if autres > 1 else ", ainsi qu’un plus ancien," if autres else ""
    return f"Les relevés d’heures de {', '.join(nommes[:-1])} et {nommes[-1]}{suite} ne nous sont pas parvenus."


def _rappel(precedents: dict[str, datetime.date], nature: NatureDocument) -> str:
    dates = [precedents[rappelee] for rappelee in RAPPELES[nature] if rappelee in precedents]
    if not dates:
        return ""
    if len(dates) == 1:
        return f"notre courrier du {en_date(dates[0])}"
    return f"nos courriers du {en_date(dates[0])} et du {en_date(dates[1])}"


def _relance(
    dossier: Dossier,
    rappel: str,
    manquants: Sequence[datetime.date],
    limite: datetime.date,
    regles: Sequence[ReglePenalite],
) -> list[Bloc]:
    est_seconde = bool(rappel)
    blocs: list[Bloc] = [Paragraphe("Madame, Monsieur,")]
    if est_seconde:
        blocs.append(Paragraphe(f"Sauf erreur de notre part, {rappel} est resté sans suite suffisante."))
    blocs += _faits(dossier, manquants)
    blocs.append(Paragraphe(f"Nous vous demandons, avant le {en_date(limite)}, de :"))
    blocs.append(Liste(_demandes(dossier, manquants)))
    if est_seconde and regles:
        blocs.append(
            Paragraphe(
                "À défaut, nous en informerons l’acheteur, qui pourra engager la procédure prévue au marché : mise en "
                "demeure, puis pénalité."
            )
        )
    blocs.append(
        Paragraphe(
            "Une difficulté de recrutement, un calendrier décalé, une tâche qui se prête mal à l’insertion : "
            "dites-le-nous, nous cherchons avec vous. Nous pouvons vous adresser des candidatures et vous mettre en "
            "relation avec les structures d’insertion du territoire."
        )
    )
    blocs.append(Paragraphe("Nous vous prions d’agréer, Madame, Monsieur, nos salutations distinguées."))
    return blocs


def _demandes(dossier: Dossier, manquants: Sequence[datetime.date]) -> list[str]:
    demandes = []
    if manquants:
        demandes.append("nous transmettre les relevés d’heures manquants, même sans aucune heure (« néant ») ;")
    if _est_en_retard(dossier):
        besoin = dossier.prevision.besoin_mensuel
        rythme = f" (tenir l’engagement demande désormais {en_heures(besoin)} heures par mois)" if besoin else ""
        demandes.append(f"nous dire comment vous comptez rattraper le retard{rythme} ;")
    demandes.append("nous indiquer la personne à joindre pour la suite de cet engagement.")
    return demandes


def _mise_en_demeure(
    dossier: Dossier,
    rappel: str,
    manquants: Sequence[datetime.date],
    limite: datetime.date,
    regles: Sequence[ReglePenalite],
) -> list[Bloc]:
    malgre = f"Malgré {rappel}, l’engagement" if rappel else "L’engagement"
    blocs: list[Bloc] = [
        Paragraphe("Madame, Monsieur,"),
        Paragraphe(f"{malgre} d’insertion pris par votre entreprise n’est pas tenu."),
        *_faits(dossier, manquants),
        Paragraphe(
            f"En conséquence, votre entreprise est mise en demeure, au plus tard le {en_date(limite)}, de :", "fort"
        ),
        Liste(_exigences(dossier, manquants)),
    ]
    if regles:
        blocs += [
            Paragraphe("À défaut, l’acheteur pourra appliquer ce que le marché prévoit, vous entendu :"),
            _penalites_prevues(regles),
        ]
    else:
        blocs.append(Paragraphe("À défaut, l’acheteur pourra appliquer les sanctions que le marché prévoit."))
    blocs.append(
        Paragraphe(
            "Vous pouvez, dans le même délai, présenter vos observations par écrit. Le facilitateur reste à votre "
            "disposition pour trouver une solution d’exécution."
        )
    )
    return blocs


def _exigences(dossier: Dossier, manquants: Sequence[datetime.date]) -> list[str]:
    exigences = []
    if manquants:
        exigences.append("transmettre les relevés d’heures manquants ;")
    if _est_en_retard(dossier):
        exigences.append(
            "justifier des embauches, mises à disposition ou sous-traitances qui permettront de réaliser les "
            f"{en_heures(dossier.prevision.engage - dossier.prevision.realise)} heures restantes ;"
        )
    return [*exigences, "en rendre compte par écrit au facilitateur."]


def _penalites_prevues(regles: Sequence[ReglePenalite]) -> Tableau:
    return Tableau(
        "Pénalités prévues au marché",
        ["Règle", "Article", "Valeur", "Plafond"],
        [[regle.get_formule_display(), regle.article or "–", _valeur(regle), _plafond(regle)] for regle in regles],
        nombres=[2, 3],
        largeurs=[3, 2, 0, 0],
    )


def _valeur(regle: ReglePenalite) -> str:
    match regle.formule:
        case FormulePenalite.H_X_SMIC | FormulePenalite.H_X_PLAFOND_SS:
            return f"coefficient {en_heures(regle.valeur)}"
        case FormulePenalite.PCT_MONTANT:
            return f"{en_heures(regle.valeur)}\u202f%"
        case _:
            return en_euros(regle.valeur)


def _plafond(regle: ReglePenalite) -> str:
    plafonds = []
    if regle.plafond_euros is not None:
        plafonds.append(en_euros(regle.plafond_euros))
    if regle.plafond_pourcent is not None:
        plafonds.append(f"{en_heures(regle.plafond_pourcent)}\u202f% du lot")
    return " ; ".join(plafonds) or "–"


def _signatures(dossier: Dossier, nature: NatureDocument) -> list[list[str]]:
    """Une mise en demeure engage l’acheteur : le facilitateur la prépare, tous deux la signent (domaine.md §5)."""
    if nature is NatureDocument.MISE_EN_DEMEURE:
        return [dossier.signature, [f"Pour {dossier.marche.acheteur.nom},", "nom, qualité et signature"]]
    return [dossier.signature]
