"""Les articles d’une clause sociale d’insertion, à remplir et à relire avec l’acheteur (domaine.md §2 à §5, §7).

Texte écrit pour cet outil. Ce qui n’est pas donné reste « [à compléter] », surligné dans le DOCX.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bilans.documents.piece import Bloc, Entete, Liste, Paragraphe, Piece, Titre
from bilans.documents.traitement import A_COMPLETER
from clauses.socle.nombres import en_euros, en_heures
from heures.enums import CriterePublic
from marches.enums import FormulePenalite, NatureClause, Periodicite, TypeObjectif

FONDEMENTS = {
    NatureClause.COND_EXEC: "Le présent marché comporte une condition d’exécution à caractère social, prise en "
    "application de l’article L2112-2 du code de la commande publique.",
    NatureClause.COND_EXEC_ET_CRITERE: "Le présent marché comporte une condition d’exécution à caractère social "
    "(article L2112-2 du code de la commande publique) et la performance d’insertion de l’offre est un critère "
    "d’attribution (article R2152-7).",
    NatureClause.CRITERE_SEUL: "La performance d’insertion de l’offre est un critère d’attribution du présent marché "
    "(article R2152-7 du code de la commande publique). Les engagements pris par le titulaire dans son offre "
    "deviennent contractuels.",
    NatureClause.RESERVE_EA_ESAT: "Le présent marché est réservé, en application de l’article L2113-12 du code de la "
    "commande publique, aux entreprises adaptées et aux établissements et services d’accompagnement par le travail.",
    NatureClause.RESERVE_SIAE: "Le présent marché est réservé, en application de l’article L2113-13 du code de la "
    "commande publique, aux structures d’insertion par l’activité économique et aux structures équivalentes.",
    NatureClause.RESERVE_MIXTE: "Le présent marché est réservé, en application de l’article L2113-14 du code de la "
    "commande publique, aux opérateurs relevant à la fois des articles L2113-12 et L2113-13.",
    NatureClause.RESERVE_PENITENTIAIRE: "Le présent marché est réservé, en application de l’article L2113-13-1 du "
    "code de la commande publique, aux opérateurs qui emploient des personnes détenues.",
    NatureClause.RESERVE_ESS: "Le présent marché est réservé, en application de l’article L2113-15 du code de la "
    "commande publique, aux entreprises de l’économie sociale et solidaire.",
    NatureClause.MARCHE_INSERTION: "Le présent marché a pour objet l’insertion : la prestation est le support d’un "
    "parcours d’accompagnement vers l’emploi.",
    NatureClause.CONCESSION: "Le présent contrat de concession comporte une condition d’exécution à caractère social, "
    "prise en application de l’article L3114-2 du code de la commande publique.",
    NatureClause.PRIVE: "Le maître d’ouvrage demande au titulaire de contribuer à l’insertion professionnelle de "
    "personnes éloignées de l’emploi, dans les conditions ci-après.",
}
# Comment un marché nomme chaque public : au pluriel, sans sigle nu.
PUBLICS = {
    CriterePublic.RSA: "les bénéficiaires du revenu de solidarité active (RSA)",
    CriterePublic.DELD: "les demandeurs d’emploi de longue durée",
    CriterePublic.ASS: "les bénéficiaires de l’allocation de solidarité spécifique",
    CriterePublic.AAH: "les bénéficiaires de l’allocation aux adultes handicapés",
    CriterePublic.ALLOC_INSERTION: "les bénéficiaires d’une allocation temporaire d’attente ou d’insertion",
    CriterePublic.INVALIDITE: "les titulaires d’une pension d’invalidité",
    CriterePublic.BOETH: "les bénéficiaires de l’obligation d’emploi des travailleurs handicapés",
    CriterePublic.JEUNE_26_SANS_QUALIF: "les jeunes de moins de 26 ans sans qualification",
    CriterePublic.JEUNE_26_DIPLOME: "les jeunes diplômés de moins de 26 ans en recherche d’emploi",
    CriterePublic.SENIOR_50: "les demandeurs d’emploi de 50 ans et plus",
    CriterePublic.IAE: "les personnes en parcours d’insertion par l’activité économique",
    CriterePublic.GEIQ: "les salariés d’un groupement d’employeurs pour l’insertion et la qualification",
    CriterePublic.EA_ESAT: "les personnes accompagnées par une entreprise adaptée ou un établissement "
    "d’accompagnement par le travail",
    CriterePublic.REGIE_QUARTIER: "les salariés en insertion d’une régie de quartier",
    CriterePublic.EPIDE: "les jeunes suivis par un établissement pour l’insertion dans l’emploi (EPIDE)",
    CriterePublic.E2C: "les stagiaires d’une école de la deuxième chance",
    CriterePublic.PACEA_CEJ: "les jeunes en parcours contractualisé ou en contrat d’engagement jeune",
    CriterePublic.SMA_SMV: "les volontaires du service militaire adapté ou volontaire",
    CriterePublic.REFUGIE: "les réfugiés et bénéficiaires de la protection subsidiaire",
    CriterePublic.DEMANDEUR_ASILE: "les demandeurs d’asile autorisés à travailler",
    CriterePublic.SOUS_MAIN_JUSTICE: "les personnes sous main de justice",
    CriterePublic.ASE: "les jeunes suivis ou anciennement suivis par l’aide sociale à l’enfance",
    CriterePublic.QPV: "les habitants d’un quartier prioritaire de la politique de la ville",
    CriterePublic.AUTRE_AVIS_MOTIVE: "toute autre personne, sur avis motivé du facilitateur",
}
MODES = (
    "l’embauche directe d’une personne éligible, en contrat à durée déterminée, indéterminée ou en alternance ;",
    "la mise à disposition par une entreprise de travail temporaire, d’insertion ou non, un groupement d’employeurs "
    "pour l’insertion et la qualification ou une association intermédiaire ;",
    "la sous-traitance ou la cotraitance avec une structure d’insertion, une entreprise adaptée ou un établissement "
    "d’accompagnement par le travail.",
)
PERIODES = {
    Periodicite.MENSUELLE: "chaque mois",
    Periodicite.TRIMESTRIELLE: "chaque trimestre",
    Periodicite.SEMESTRIELLE: "chaque semestre",
}


@dataclass(frozen=True, slots=True)
class Choix:
    """Ce que l’on sait de la clause à écrire ; une valeur absente restera à compléter."""

    nature: NatureClause
    objectif: TypeObjectif
    publics: Sequence[CriterePublic]
    periodicite: Periodicite
    duree_eligibilite: int
    heures: Decimal | None = None
    taux: Decimal | None = None
    tranche: Decimal | None = None
    acheteur: str = ""
    objet: str = ""
    formule: FormulePenalite | None = None
    valeur: Decimal | None = None
    delai: int | None = None


def composer(choix: Choix, *, entete: Entete, date: str) -> Piece:
    """Onze articles numérotés, du fondement à l’attestation."""
    articles = [
        ("Objet", _objet(choix)),
        ("Engagement du titulaire", _engagement(choix)),
        ("Personnes éligibles", _publics(choix)),
        ("Comment réaliser les heures", _modes()),
        ("Heures qui comptent", _heures(choix)),
        ("Le facilitateur", _facilitateur(entete.structure)),
        ("Suivi", _suivi(choix)),
        ("Difficultés d’exécution", _difficultes()),
        ("Manquements", _manquements(choix)),
        ("Données personnelles", _donnees()),
        ("Fin d’exécution", _fin()),
    ]
    blocs: list[Bloc] = [
        Paragraphe(
            "Modèle à adapter au marché et à relire avec le service juridique de l’acheteur. Les mentions surlignées "
            "sont à compléter.",
            "note",
        )
    ]
    for numero, (titre, contenu) in enumerate(articles, start=1):
        blocs += [Titre(f"Article {numero} – {titre}"), *contenu]
    return Piece(
        titre="Clause sociale d’insertion : articles modèles",
        entete=entete,
        date=date,
        references=[("Acheteur", choix.acheteur or A_COMPLETER), ("Objet du marché", choix.objet or A_COMPLETER)],
        blocs=blocs,
        pied=f"{entete.structure} – articles modèles d’une clause sociale d’insertion",
    )


def _objet(choix: Choix) -> list[Bloc]:
    return [
        Paragraphe(FONDEMENTS[choix.nature]),
        Paragraphe(
            "Elle s’applique au périmètre suivant (lots, tranches, prestations) : [à compléter]. Une offre qui ne "
            "l’accepterait pas serait irrégulière."
        ),
    ]


def _engagement(choix: Choix) -> list[Bloc]:
    heures = en_heures(choix.heures) if choix.heures is not None else A_COMPLETER
    match choix.objectif:
        case TypeObjectif.PCT_HEURES_TRAVAILLEES:
            taux = en_heures(choix.taux) if choix.taux is not None else A_COMPLETER
            obligation = f"au moins {taux}\u202f% du total des heures travaillées pour l’exécution du marché"
        case TypeObjectif.HEURES_PAR_TRANCHE_MONTANT:
            tranche = en_euros(choix.tranche) if choix.tranche is not None else A_COMPLETER
            obligation = f"au moins une heure d’insertion par tranche de {tranche} hors taxes facturés"
        case TypeObjectif.OFFRE_TITULAIRE:
            obligation = f"le nombre d’heures d’insertion inscrit dans son offre, sans descendre sous {heures} heures"
        case TypeObjectif.NB_PERSONNES_OU_ETP:
            obligation = "l’emploi du nombre de personnes suivant, en équivalents temps plein : [à compléter]"
        case _:
            obligation = f"au moins {heures} heures d’insertion"
    return [
        Paragraphe(f"Le titulaire s’engage à faire réaliser, pendant l’exécution du marché, {obligation}."),
        Paragraphe(
            "En cas de groupement, l’acte d’engagement répartit les heures entre les membres ; à défaut, le "
            "mandataire en répond. Un avenant, une tranche affermie, une reconduction ou un bon de commande qui "
            "change le volume du marché change les heures dues dans la même proportion, à la date de l’acte."
        ),
    ]


def _publics(choix: Choix) -> list[Bloc]:
    return [
        Paragraphe(
            "Sont éligibles les personnes rencontrant des difficultés d’accès ou de retour à l’emploi, notamment :"
        ),
        Liste(_enumerer([PUBLICS[public] for public in choix.publics] or [A_COMPLETER])),
        Paragraphe(
            "L’éligibilité est vérifiée par le facilitateur avant l’embauche, sur pièce, et ne bénéficie pas aux "
            "salariés déjà présents dans l’entreprise. Le titulaire n’a connaissance que d’une date : « éligible "
            "jusqu’au ». Le motif de l’éligibilité ne lui est jamais communiqué."
        ),
    ]


def _enumerer(elements: Sequence[str]) -> list[str]:
    return [*(f"{element} ;" for element in elements[:-1]), f"{elements[-1]}."]


def _modes() -> list[Bloc]:
    return [Paragraphe("Le titulaire choisit librement une ou plusieurs de ces voies :"), Liste(MODES)]


def _heures(choix: Choix) -> list[Bloc]:
    return [
        Paragraphe(
            "Seules comptent les heures de travail et de formation effectuées pour le marché, relevées puis validées "
            "par le facilitateur, au mois où elles ont été travaillées. Les absences, même payées, ne comptent pas. "
            "Une heure ne compte que pour un seul engagement."
        ),
        Paragraphe(
            f"Les heures d’une personne comptent pendant {choix.duree_eligibilite} mois à partir de son entrée dans "
            "le dispositif, sauf prolongation accordée par le facilitateur et motivée."
        ),
    ]


def _facilitateur(structure: str) -> list[Bloc]:
    return [
        Paragraphe(
            f"{structure} est le facilitateur de la clause. Sans frais pour le titulaire, il l’informe, vérifie "
            "l’éligibilité des personnes, propose des candidatures, met en relation avec les structures d’insertion, "
            "contrôle et valide les heures, et rend compte à l’acheteur."
        ),
        Paragraphe(
            "Dans les quinze jours qui suivent la notification, le titulaire désigne un correspondant et prend "
            "contact avec le facilitateur pour arrêter les modalités d’exécution."
        ),
    ]


def _suivi(choix: Choix) -> list[Bloc]:
    return [
        Paragraphe(
            f"{PERIODES[choix.periodicite].capitalize()}, et au plus tard le dixième jour qui suit, le titulaire "
            "transmet au facilitateur le relevé des heures effectuées, par personne et par contrat. Un mois sans "
            "heure se déclare aussi. Le facilitateur peut demander toute pièce qui justifie les heures ; les "
            "bulletins de paie et le numéro de sécurité sociale ne sont pas conservés."
        ),
        Paragraphe("Le titulaire signale sans attendre tout départ, toute fin de contrat et toute difficulté."),
    ]


def _difficultes() -> list[Bloc]:
    return [
        Paragraphe(
            "Le titulaire qui rencontre une difficulté économique ou d’exécution en informe l’acheteur et le "
            "facilitateur par écrit. Ensemble, ils cherchent une autre voie de réalisation ; l’acheteur peut, par une "
            "décision écrite, suspendre, étaler, adapter ou supprimer tout ou partie de l’engagement."
        )
    ]


def _manquements(choix: Choix) -> list[Bloc]:
    delai = str(choix.delai) if choix.delai is not None else A_COMPLETER
    return [
        Paragraphe(
            f"En cas de manquement, le facilitateur relance le titulaire. Sans réponse suffisante, l’acheteur le met "
            f"en demeure de remplir ses obligations dans un délai de {delai} jours ouvrés, et de présenter ses "
            "observations."
        ),
        Paragraphe(
            f"À l’issue de ce délai, l’acheteur peut appliquer la pénalité suivante : {_penalite(choix)}. Il peut la "
            "réduire ou y renoncer, par une décision motivée, si le manquement n’est pas imputable au titulaire."
        ),
    ]


def _penalite(choix: Choix) -> str:
    valeur = choix.valeur
    nombre = A_COMPLETER if valeur is None else en_heures(valeur)
    euros = A_COMPLETER if valeur is None else en_euros(valeur)
    match choix.formule:
        case None:
            return A_COMPLETER
        case FormulePenalite.H_X_EUROS:
            return f"{euros} par heure d’insertion non réalisée"
        case FormulePenalite.H_X_SMIC:
            return f"heures non réalisées × {nombre} × SMIC horaire brut en vigueur à la date d’arrêté"
        case FormulePenalite.H_X_PLAFOND_SS:
            return f"heures non réalisées × {nombre} × plafond horaire de la sécurité sociale en vigueur"
        case FormulePenalite.PCT_MONTANT:
            return f"{nombre}\u202f% du montant hors taxes du lot"
        case FormulePenalite.JOUR_RETARD:
            return f"{euros} par jour ouvré de retard dans la remise d’une pièce"
        case FormulePenalite.FORFAIT_ABSENCE:
            return f"{euros} par absence à une réunion de suivi"


def _donnees() -> list[Bloc]:
    return [
        Paragraphe(
            "Les données des personnes ne servent qu’au suivi de la clause. L’acheteur ne reçoit que des heures et "
            "des effectifs, sans identité ; le titulaire ne reçoit pas le motif d’éligibilité. Les données sont "
            "anonymisées à l’issue de leur durée de conservation, les heures restant comptées."
        )
    ]


def _fin() -> list[Bloc]:
    return [
        Paragraphe(
            "À la fin du marché, le facilitateur remet au titulaire une attestation des heures réalisées, et à "
            "l’acheteur un état final de l’engagement. L’attestation porte un code qui permet d’en contrôler les "
            "totaux."
        )
    ]
