"""Les fichiers des documents : celui que l’on a émis, et le projet de celui que l’on émettrait."""

from __future__ import annotations

from django.utils import timezone

from bilans.documents.composition import Demande, preparer, verifier_le_format
from bilans.documents.moteur import en_pdf
from bilans.documents.traitement import en_docx
from bilans.enums import ATTESTATIONS, FormatDocument
from bilans.models import Document
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.fichiers import Fichier
from marches.models import Engagement

TYPES = {
    FormatDocument.PDF: "application/pdf",
    FormatDocument.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def en_fichier(contenu: bytes, format_: FormatDocument, nom: str) -> Fichier:
    return Fichier(contenu, f"{nom.replace('_', '-')}.{format_}", TYPES[format_])


def fichier_emis(document: Document, *, par: Acteur) -> Fichier:
    """Le fichier tel qu’émis ; le télécharger s’inscrit au journal."""
    journaliser_lecture(par=par, action="télécharger un document", modele=Document, objet_id=document.pk)
    rang = f"{document.annee}-{document.numero:03d}" if document.numero else f"{document.annee}-d{document.pk}"
    return en_fichier(bytes(document.contenu), FormatDocument(document.format), f"{document.nature.lower()}-{rang}")


def projet(engagement: Engagement, demande: Demande, *, format_: FormatDocument, par: Acteur) -> Fichier:
    """Le document tel qu’il serait émis, marqué « projet » : rien n’est enregistré, rien n’est numéroté.

    Lève `ActionImpossible` s’il n’a pas lieu d’être. Celui d’une attestation désigne des personnes : le voir s’inscrit
    au journal.
    """
    par.exiger(Droit.GERER_MARCHES)
    verifier_le_format(demande.nature, format_)
    piece = preparer(engagement, demande, par=par).projet()
    ecrire = en_docx if format_ is FormatDocument.DOCX else en_pdf
    contenu = ecrire(piece, instant=timezone.now())
    if demande.nature in ATTESTATIONS:
        journaliser_lecture(par=par, action="voir un projet d’attestation", modele=Engagement, objet_id=engagement.pk)
    return en_fichier(contenu, format_, f"projet-{demande.nature.lower()}-{engagement.pk}")
