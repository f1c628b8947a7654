"""D’un enregistrement DECP, 2019 ou 2022, marché ou concession, à un contrat neutre."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from clauses.socle.conversions import ValeurRefusee, normaliser, vers_code_insee, vide
from clauses.socle.mois import ajouter_mois
from marches.enums import NatureMarche, RoleEntreprise, Technique
from marches.imports.decp import correspondances as tables
from marches.imports.decp.champs import LecteurDeChamps
from marches.imports.decp.enveloppes import Illisible, ObjetLu, deballer
from marches.imports.decp.neutre import AttributionLue, Consideration, ContratLu, FormatDecp, ModificationLue

REFERENCE_MAX = 60
OBJET_MAX = 1000
OBJET_ABSENT = "Objet à compléter"

# Les deux orthographes se rencontrent (formats.md §5).
MODIFICATIONS_D_ACTES = (
    ("modificationsActesSousTraitance", "modificationActeSousTraitance"),
    ("modificationsActeSousTraitance", "modificationActeSousTraitance"),
    ("modificationActesSousTraitance", "modificationActeSousTraitance"),
)

NATURES = tables.indexer(tables.NATURES)
PROCEDURES = tables.indexer(tables.PROCEDURES)
TECHNIQUES = tables.indexer(tables.TECHNIQUES)
CCAG = tables.indexer(tables.CCAG)
CONSIDERATIONS = tables.indexer(tables.CONSIDERATIONS)


def lire_contrat(brut: Any, *, rang: int, format_lu: FormatDecp, jour: datetime.date) -> ContratLu:
    """Lit un enregistrement ; ne lève rien : les défauts sont des écarts, ou un refus si le contrat ne peut entrer."""
    if not isinstance(brut, dict):
        raison = brut.raison if isinstance(brut, Illisible) else "Cet élément n’est pas un contrat."
        return ContratLu(rang, format_lu, refus=(raison,))
    lecteur = LecteurDeChamps(jour=jour)
    contrat = ContratLu(rang, format_lu, dit_les_considerations="considerationsSociales" in brut)
    if isinstance(brut, ObjetLu):
        contrat = replace(contrat, lignes=brut.lignes)
        for note in brut.notes:
            lecteur.noter(*note)
    contrat = _identite(lecteur, brut, contrat)
    contrat = _passation(lecteur, brut, contrat)
    contrat = _calendrier(lecteur, brut, contrat)
    contrat = _modifications(lecteur, brut, contrat)
    contrat = replace(
        contrat,
        considerations=_considerations(lecteur, brut),
        attributions=_attributions(lecteur, brut),
        commune_execution_insee=_commune(lecteur, brut.get("lieuExecution")),
        id_accord_cadre=_accord_cadre(lecteur, brut),
        publie_le=_publie_le(brut, jour),
    )
    return replace(_fin(contrat), ecarts=tuple(lecteur.ecarts))


def _identite(lecteur: LecteurDeChamps, brut: dict[str, Any], contrat: ContratLu) -> ContratLu:
    """Clef du marché ; sans elle, le contrat ne peut pas entrer."""
    refus = []
    identifiant = lecteur.texte("id", brut.get("id"), longueur_max=10 * REFERENCE_MAX)
    if not identifiant:
        refus.append("L’identifiant du contrat (« id ») manque.")
    elif len(identifiant) > REFERENCE_MAX:
        refus.append(f"L’identifiant du contrat dépasse {REFERENCE_MAX} caractères.")
    connus = len(lecteur.ecarts)
    acheteur = lecteur.organisme("acheteur", brut.get("acheteur") or brut.get("autoriteConcedante"))
    if acheteur is None:
        ecart = lecteur.ecarts[connus]
        cite = f"« {ecart.valeur} » " if ecart.valeur else ""
        refus.append(f"L’acheteur ne peut pas être reconnu : {cite}{ecart.raison.rstrip('.')}.")
    objet = lecteur.texte("objet", brut.get("objet"), longueur_max=OBJET_MAX)
    if not objet:
        lecteur.noter("objet", "", "l’objet manque : à compléter")
    return replace(
        contrat,
        identifiant=identifiant[:REFERENCE_MAX],
        acheteur=acheteur,
        objet=objet or OBJET_ABSENT,
        refus=tuple(refus),
    )


def _passation(lecteur: LecteurDeChamps, brut: dict[str, Any], contrat: ContratLu) -> ContratLu:
    nature = lecteur.code("nature", brut.get("nature"), NATURES) or NatureMarche.MARCHE
    techniques = [
        code
        for libelle in deballer(brut.get("techniques"), "technique")
        if (code := lecteur.code("techniques", libelle, TECHNIQUES)) and code is not Technique.SANS_OBJET
    ]
    if brut.get("nature") == "Accord-cadre" and not techniques:
        techniques = [Technique.ACCORD_CADRE]
    if len(techniques) > 1:
        lecteur.noter(
            "techniques", ", ".join(t.label for t in techniques), "plusieurs techniques : la première est gardée"
        )
    return replace(
        contrat,
        nature=nature,
        technique=techniques[0] if techniques else "",
        procedure=_procedure(lecteur, brut, nature),
        ccag=lecteur.code("ccag", brut.get("ccag"), CCAG) or "",
        cpv=lecteur.cpv("codeCPV", brut.get("codeCPV")),
    )


def _procedure(lecteur: LecteurDeChamps, brut: dict[str, Any], nature: str) -> str:
    """Les procédures des concessions n’ont pas d’équivalent dans nos codes : laissées vides sans écart."""
    if nature == NatureMarche.CONCESSION:
        return ""
    return lecteur.code("procedure", brut.get("procedure"), PROCEDURES) or ""


def _calendrier(lecteur: LecteurDeChamps, brut: dict[str, Any], contrat: ContratLu) -> ContratLu:
    notification = brut.get("dateNotification") or brut.get("dateSignature")
    if vide(notification):
        lecteur.noter("dateNotification", "", "la date de notification manque")
    return replace(
        contrat,
        montant_ht=lecteur.montant("montant", brut.get("montant", brut.get("valeurGlobale"))),
        date_notification=lecteur.date("dateNotification", notification),
        date_debut=lecteur.date("dateDebutExecution", brut.get("dateDebutExecution")),
        duree_mois=lecteur.duree("dureeMois", brut.get("dureeMois")),
    )


def _modifications(lecteur: LecteurDeChamps, brut: dict[str, Any], contrat: ContratLu) -> ContratLu:
    """Applique les modifications dans l’ordre des dates : leur montant et leur durée sont les nouveaux totaux.

    Une durée plus courte que la précédente est sans doute un ajout mal publié : elle n’est pas appliquée, mais dite.
    """
    contrat = replace(contrat, montant_initial=contrat.montant_ht, duree_initiale=contrat.duree_mois)
    datees = []
    for modification in deballer(brut.get("modifications"), "modification"):
        if not isinstance(modification, dict):
            lecteur.noter("modifications", modification, "cette modification est illisible : ignorée")
            continue
        date = lecteur.date(
            "modifications (date)",
            modification.get("dateNotificationModification") or modification.get("dateSignatureModification"),
        )
        if date is None:
            lecteur.noter("modifications", modification.get("id"), "modification sans date : ignorée")
        else:
            datees.append((date, modification))
    for date, modification in sorted(datees, key=lambda datee: datee[0]):
        contrat = _appliquer(lecteur, date, modification, contrat)
    return contrat


def _appliquer(
    lecteur: LecteurDeChamps, date: datetime.date, modification: dict[str, Any], contrat: ContratLu
) -> ContratLu:
    montant = duree = None
    if not vide(valeur := modification.get("montant", modification.get("valeurGlobale"))):
        montant = lecteur.montant("modifications (montant)", valeur)
    if not vide(modification.get("dureeMois")):
        duree = lecteur.duree("modifications (dureeMois)", modification["dureeMois"])
        if duree is not None and duree < (contrat.duree_mois or 0):
            lecteur.noter(
                "modifications (dureeMois)",
                duree,
                f"plus courte que les {contrat.duree_mois} mois du contrat, gardés : durée à vérifier",
            )
            duree = None
    if modification.get("titulaires"):
        lecteur.noter("modifications (titulaires)", "", "une modification change les titulaires : à vérifier")
    lue = ModificationLue(date, montant, duree)
    return replace(
        contrat,
        montant_ht=contrat.montant_ht if montant is None else montant,
        duree_mois=contrat.duree_mois if duree is None else duree,
        modifications=(*contrat.modifications, *([lue] if lue not in contrat.modifications else [])),
    )


def _accord_cadre(lecteur: LecteurDeChamps, brut: dict[str, Any]) -> str:
    """Identifiant de l’accord-cadre ; un contrat qui se cite lui-même n’en a pas."""
    lu = lecteur.texte("idAccordCadre", brut.get("idAccordCadre"), longueur_max=REFERENCE_MAX)
    return "" if lu == brut.get("id") or normaliser(lu) in ("", "nc", "cdl", "mq", "sans objet") else lu


def _publie_le(brut: dict[str, Any], jour: datetime.date) -> datetime.date | None:
    """La plus récente des dates de publication du contrat, de ses modifications et de ses actes de sous-traitance.

    Lue sans écart : elle ne sert qu’à reconnaître une publication plus ancienne qu’une autre.
    """
    muet = LecteurDeChamps(jour=jour)
    parties = [
        brut,
        *deballer(brut.get("modifications"), "modification"),
        *deballer(brut.get("actesSousTraitance"), "acteSousTraitance"),
        *(acte for noms in MODIFICATIONS_D_ACTES for acte in deballer(brut.get(noms[0]), noms[1])),
    ]
    clefs = ("datePublicationDonnees", "datePublicationDonneesModification")
    dates = [muet.date("", partie.get(clef)) for partie in parties if isinstance(partie, dict) for clef in clefs]
    return max((date for date in dates if date), default=None)


def _considerations(lecteur: LecteurDeChamps, brut: dict[str, Any]) -> tuple[Consideration, ...]:
    libelles = deballer(brut.get("considerationsSociales"), "considerationSociale")
    lues = {lecteur.code("considerationsSociales", libelle, CONSIDERATIONS) for libelle in libelles}
    presentes = tuple(consideration for consideration in Consideration if consideration in lues)
    _nature, a_verifier = tables.nature_de_la_clause(presentes, NatureMarche.MARCHE)
    if presentes and a_verifier:
        lecteur.noter("considerationsSociales", ", ".join(presentes), a_verifier)
    return presentes


def _attributions(lecteur: LecteurDeChamps, brut: dict[str, Any]) -> tuple[AttributionLue, ...]:
    """Titulaires puis sous-traitants, chacun une fois ; qui n’a pas de SIRET est noté et laissé de côté."""
    titulaires = deballer(brut.get("titulaires") or brut.get("concessionnaires"), "titulaire", "concessionnaire")
    if not titulaires:
        lecteur.noter("titulaires", "", "aucun titulaire")
    genre = brut.get("typeGroupementOperateurs")
    groupement = isinstance(genre, str) and genre in ("Conjoint", "Solidaire")
    premier, suivants = (
        (RoleEntreprise.MANDATAIRE, RoleEntreprise.COTRAITANT)
        if groupement
        else (RoleEntreprise.TITULAIRE, RoleEntreprise.TITULAIRE)
    )
    if len(titulaires) > 1 and not groupement:
        lecteur.noter("titulaires", len(titulaires), "plusieurs titulaires sans groupement déclaré : rôles à vérifier")
    roles = [(titulaire, suivants if rang else premier) for rang, titulaire in enumerate(titulaires)]
    for acte in deballer(brut.get("actesSousTraitance"), "acteSousTraitance"):
        sous_traitant = acte.get("sousTraitant") if isinstance(acte, dict) else acte
        roles.append((sous_traitant, RoleEntreprise.SOUS_TRAITANT))
    return _sans_doublon(lecteur, roles)


def _sans_doublon(lecteur: LecteurDeChamps, roles: list[tuple[Any, RoleEntreprise]]) -> tuple[AttributionLue, ...]:
    retenues: dict[str, AttributionLue] = {}
    for brut, role in roles:
        champ = "sous-traitants" if role is RoleEntreprise.SOUS_TRAITANT else "titulaires"
        entreprise = lecteur.organisme(champ, brut)
        if entreprise is None:
            lecteur.prolonger("entreprise non créée, à ajouter au marché")
        elif entreprise.siret in retenues:
            if role is not retenues[entreprise.siret].role:
                lecteur.noter(champ, entreprise.siret, "déjà titulaire du même contrat : un seul rôle est gardé")
        else:
            retenues[entreprise.siret] = AttributionLue(entreprise, role)
    return tuple(retenues.values())


def _commune(lecteur: LecteurDeChamps, lieu: Any) -> str:
    """Commune d’exécution, si le lieu en est une ; jamais déduite d’un code postal (domaine.md §9)."""
    if not isinstance(lieu, dict) or lieu.get("typeCode") != "Code commune" or vide(lieu.get("code")):
        return ""
    try:
        return vers_code_insee(lieu["code"])
    except ValeurRefusee as refus:
        lecteur.refuser("lieuExecution", lieu["code"], refus)
        return ""


def _fin(contrat: ContratLu) -> ContratLu:
    """Fin = notification (ou début d’exécution) + durée, quand les deux sont connues."""
    debut = contrat.date_debut or contrat.date_notification
    if debut is None or contrat.duree_mois is None:
        return contrat
    return replace(contrat, date_fin=ajouter_mois(debut, contrat.duree_mois))
