"""Préparer et envoyer les courriels aux entreprises, et garder la trace de ce qui est parti."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.models import Structure, Utilisateur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import en_lettres
from entreprises.models import Contact
from heures.actions.liens import ouvrir_lien
from heures.courriels import D_ORIGINE, LIEN_MASQUE, Texte, composer
from heures.enums import NatureEnvoi, StatutEnvoi
from heures.liens import adresse_du_lien
from heures.models import DemandeReleve, Envoi, ModeleCourriel, Releve

MARCHE_MAX = 120
PANNES = (smtplib.SMTPException, OSError)
# Secondes après lesquelles ce qui reste d’un lot n’est plus tenté : qui envoie attend devant sa page.
DUREE_D_UN_LOT = 20
TROP_LENT = "Le serveur de courriel est trop lent : ce courriel n’a pas été tenté. Le renvoyer."


@dataclass(frozen=True, slots=True)
class Courrier:
    """Un envoi enregistré, et de quoi l’écrire : le texte, les variables (lien compris), à qui répondre."""

    envoi: Envoi
    texte: Texte
    valeurs: dict[str, str]
    repondre_a: str


@dataclass(slots=True)
class LotDEnvois:
    """Ce qu’un lot a donné : un envoi par relevé, un courriel par adresse ; les relevés impossibles, et pourquoi."""

    envois: list[Envoi] = field(default_factory=list)
    nombre_courriels: int = 0
    refus: list[tuple[Releve, str]] = field(default_factory=list)


@transaction.atomic
def preparer(releve: Releve, *, nature: NatureEnvoi, par: Acteur, adresse: str, details: str = "") -> Envoi:
    """Enregistre un courriel à l’entreprise du relevé ; il part une fois la transaction acquise.

    Destinataire : le contact actif qui reçoit les demandes, à défaut celui de la demande en vigueur. `adresse` est la
    racine publique de l’application ; `details`, ce qui manque ou pourquoi un refus. Un envoi raté devient
    `StatutEnvoi.ECHEC` avec sa raison, et se renvoie. Lève `ActionImpossible` si personne n’est à joindre.
    """
    par.exiger(Droit.SAISIR_HEURES)
    courrier = _courrier(releve, nature, par, adresse, details)
    transaction.on_commit(partial(_expedier, [[courrier]], par), robust=True)
    return courrier.envoi


@transaction.atomic
def preparer_lot(releves: Iterable[Releve], *, nature: NatureEnvoi, par: Acteur, adresse: str) -> LotDEnvois:
    """Prépare un envoi par relevé ; ceux d’une même adresse partent en un seul courriel qui liste ses liens.

    Un relevé sans personne à joindre n’arrête pas les autres : il est rendu avec la phrase qui dit pourquoi.
    """
    par.exiger(Droit.SAISIR_HEURES)
    lot = LotDEnvois()
    groupes: dict[str, list[Courrier]] = {}
    for releve in releves:
        try:
            with transaction.atomic():
                courrier = _courrier(releve, nature, par, adresse, "")
        except ActionImpossible as refus:
            lot.refus.append((releve, str(refus)))
        else:
            lot.envois.append(courrier.envoi)
            groupes.setdefault(courrier.envoi.destinataire, []).append(courrier)
    lot.nombre_courriels = len(groupes)
    if groupes:
        transaction.on_commit(partial(_expedier, list(groupes.values()), par), robust=True)
    return lot


@transaction.atomic
def renvoyer(envoi: Envoi, *, par: Acteur, adresse: str) -> Envoi:
    """Renvoie tel quel un courriel qui n’est pas parti, avec le lien en vigueur. Lève `ActionImpossible` sinon."""
    par.exiger(Droit.SAISIR_HEURES)
    courrier = _reprendre(envoi, par, adresse)
    transaction.on_commit(partial(_expedier, [[courrier]], par), robust=True)
    return courrier.envoi


@transaction.atomic
def renvoyer_lot(envois: Iterable[Envoi], *, par: Acteur, adresse: str) -> LotDEnvois:
    """Renvoie tous ces courriels, sur une connexion ; celui qui ne peut pas repartir n’arrête pas les autres."""
    par.exiger(Droit.SAISIR_HEURES)
    lot = LotDEnvois()
    groupes: list[list[Courrier]] = []
    for envoi in envois:
        try:
            with transaction.atomic():
                courrier = _reprendre(envoi, par, adresse)
        except ActionImpossible as refus:
            lot.refus.append((envoi.releve, str(refus)))
        else:
            lot.envois.append(courrier.envoi)
            groupes.append([courrier])
    lot.nombre_courriels = len(groupes)
    if groupes:
        transaction.on_commit(partial(_expedier, groupes, par), robust=True)
    return lot


def _reprendre(envoi: Envoi, par: Acteur, adresse: str) -> Courrier:
    relu = verrouiller(Envoi.objects.select_related("releve"), envoi.pk, par=par)
    if relu.statut == StatutEnvoi.ENVOYE:
        raise ActionImpossible("Ce courriel est déjà parti : pour écrire de nouveau, relancer l’entreprise.")
    releve = _releve_complet(relu.releve, par)
    demande = ouvrir_lien(releve, destinataire=relu.destinataire, par=par)
    valeurs = _valeurs(releve, demande, par, adresse, "")
    texte = Texte(relu.objet, relu.corps.replace(LIEN_MASQUE, "{lien}"))
    a_envoyer = modifier(relu, {"statut": StatutEnvoi.A_ENVOYER, "erreur": ""}, par=par, action="renvoyer un courriel")
    return Courrier(a_envoyer, texte, valeurs, _facilitateur(releve, par).email)


def _courrier(releve: Releve, nature: NatureEnvoi, par: Acteur, adresse: str, details: str) -> Courrier:
    complet = _releve_complet(releve, par)
    destinataire = _destinataire(complet, par)
    demande = ouvrir_lien(complet, destinataire=destinataire, par=par)
    valeurs = _valeurs(complet, demande, par, adresse, details)
    texte = texte_de(nature, par=par)
    trace = composer(texte, [valeurs | {"lien": LIEN_MASQUE}])
    envoi = Envoi(
        structure_id=par.structure_id,
        releve=complet,
        nature=nature,
        destinataire=destinataire,
        objet=trace.objet,
        corps=trace.corps,
        prepare_par_id=par.utilisateur_id,
    )
    creer(envoi, par=par, action="préparer un courriel")
    return Courrier(envoi, texte, valeurs, _facilitateur(complet, par).email)


def texte_de(nature: NatureEnvoi, *, par: Acteur) -> Texte:
    """Le modèle de la structure, à défaut le texte d’origine."""
    modele = ModeleCourriel.objects.visibles_par(par).filter(nature=nature).first()
    return Texte(modele.objet, modele.corps) if modele else D_ORIGINE[nature]


def _releve_complet(releve: Releve, par: Acteur) -> Releve:
    lus = Releve.objects.visibles_par(par).select_related(
        "structure", "engagement__entreprise", "engagement__clause__lot__marche__facilitateur"
    )
    complet = lus.filter(pk=releve.pk).first()
    if complet is None:
        raise ActionImpossible("Ce relevé n’existe plus, ou vous n’y avez plus accès.")
    return complet


def _destinataire(releve: Releve, par: Acteur) -> str:
    entreprise = releve.engagement.entreprise
    contact = (
        Contact.objects.visibles_par(par)
        .filter(entreprise=entreprise, est_actif=True, recoit_demandes=True)
        .order_by("nom", "pk")
        .first()
    )
    if contact is not None:
        return contact.courriel
    demande = DemandeReleve.objects.visibles_par(par).filter(releve=releve, revoquee_le=None).first()
    if demande is not None:
        return demande.destinataire
    raise ActionImpossible(
        f"Aucun contact de {entreprise} ne reçoit les demandes de relevé : l’indiquer sur la fiche de l’entreprise, "
        "rubrique « Contacts »."
    )


def _facilitateur(releve: Releve, par: Acteur) -> Utilisateur:
    facilitateur: Utilisateur | None = releve.engagement.clause.lot.marche.facilitateur
    return facilitateur or Utilisateur.objects.get(pk=par.utilisateur_id)


def _valeurs(releve: Releve, demande: DemandeReleve, par: Acteur, adresse: str, details: str) -> dict[str, str]:
    lot = releve.engagement.clause.lot
    marche = f"{lot.marche.reference} ({lot.marche.objet})"
    structure: Structure = releve.structure
    return {
        "entreprise": str(releve.engagement.entreprise),
        "mois": en_lettres(releve.mois),
        "marche": marche if len(marche) <= MARCHE_MAX else f"{marche[: MARCHE_MAX - 2]}…)",
        "lot": f"{lot.numero} – {lot.intitule}" if lot.intitule else lot.numero,
        "echeance": f"{releve.echeance:%d/%m/%Y}" if releve.echeance else "plus tôt possible",
        "lien": adresse_du_lien(demande, adresse),
        "details": details.strip(),
        "facilitateur": str(_facilitateur(releve, par)),
        "structure": structure.nom,
    }


def _expedier(groupes: Sequence[Sequence[Courrier]], par: Acteur) -> None:
    """Envoie un courriel par groupe, sur une seule connexion ; note pour chaque envoi s’il est parti.

    Une connexion perdue ou un serveur trop lent laisse la suite à renvoyer, sans la tenter.
    """
    fin = time.monotonic() + DUREE_D_UN_LOT
    connexion = get_connection()
    panne = ""
    try:
        connexion.open()
    except PANNES as erreur:
        panne = _raison(erreur)
    for groupe in groupes:
        if not panne and time.monotonic() > fin:
            panne = TROP_LENT
        erreur_du_groupe = panne or _envoyer(groupe, connexion)
        champs = {"statut": StatutEnvoi.ECHEC, "erreur": erreur_du_groupe}
        if not erreur_du_groupe:
            champs = {"statut": StatutEnvoi.ENVOYE, "erreur": ""}
        for courrier in groupe:
            with transaction.atomic():
                relu = verrouiller(Envoi.objects.all(), courrier.envoi.pk, par=par)
                modifier(relu, champs, par=par, action="envoyer un courriel")
    connexion.close()


def _envoyer(groupe: Sequence[Courrier], connexion: BaseEmailBackend) -> str:
    """Rend la raison d’un échec ; vide si le courriel est parti."""
    premier = groupe[0]
    ecrit = composer(premier.texte, [courrier.valeurs for courrier in groupe])
    message = EmailMessage(
        subject=ecrit.objet,
        body=ecrit.corps,
        to=[premier.envoi.destinataire],
        reply_to=list(dict.fromkeys(courrier.repondre_a for courrier in groupe)),
        connection=connexion,
    )
    try:
        message.send()
    except PANNES as erreur:
        return _raison(erreur)
    return ""


def _raison(erreur: Exception) -> str:
    """Une phrase qui ne répète pas le message du serveur : il cite souvent l’adresse du destinataire."""
    match erreur:
        case smtplib.SMTPRecipientsRefused():
            return "Le serveur de courriel refuse cette adresse : la vérifier sur la fiche de l’entreprise."
        case smtplib.SMTPAuthenticationError():
            return "Le serveur de courriel refuse le compte de l’application : prévenir qui l’administre."
        case smtplib.SMTPResponseException():
            return f"Le serveur de courriel a répondu par une erreur ({erreur.smtp_code}). Renvoyer plus tard."
        case _:
            return "Le serveur de courriel ne répond pas. Renvoyer plus tard."
