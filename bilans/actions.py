"""Ce qui écrit dans « bilans » : émettre un document figé, l’annuler ; régler le bilan, rédiger son analyse."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from bilans.documents import codes
from bilans.documents.attestations import Marque
from bilans.documents.composition import Demande, Prepare, preparer
from bilans.documents.moteur import en_pdf
from bilans.documents.piece import Piece
from bilans.documents.traitement import en_docx
from bilans.enums import ATTESTATIONS, MODIFIABLES, FormatDocument, NatureDocument
from bilans.models import AnalyseQualitative, Document, ParametresBilan
from bilans.parametres import BASES_ETP
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.models import Structure, Utilisateur
from clauses.socle.erreurs import ActionImpossible
from marches.models import Engagement


@transaction.atomic
def emettre(
    engagement: Engagement,
    demande: Demande,
    *,
    par: Acteur,
    adresse: str,
    format_: FormatDocument = FormatDocument.PDF,
) -> Document:
    """Fige un document : contenu, empreinte SHA-256, totaux vérifiables. `adresse` : la page publique de vérification.

    Une attestation prend le numéro suivant de la structure et de l’année, sous le verrou de la structure : ni trou,
    ni doublon. Une consolidée se range avec l’engagement du mandataire. Lève `ActionImpossible` si le document n’a pas
    lieu d’être (bilans.md, rapport D ; domaine.md §5).
    """
    par.exiger(Droit.GERER_MARCHES)
    relu: Engagement = verrouiller(Engagement.objects.avec_marche(), engagement.pk, par=par)
    if format_ is FormatDocument.DOCX and demande.nature not in MODIFIABLES:
        raise ActionImpossible("Ce document fait foi : il ne s’émet qu’en PDF.")
    prepare = preparer(relu, demande, par=par)
    if demande.nature in ATTESTATIONS:
        return _emettre_attestation(prepare, par=par, adresse=adresse)
    return _figer(prepare, prepare.piece, format_, titre=demande.nature.label, par=par)


def _emettre_attestation(prepare: Prepare, *, par: Acteur, adresse: str) -> Document:
    structure = verrouiller(Structure.objects.all(), par.structure_id, par=par)
    _refuser_seconde_definitive(prepare)
    annee = timezone.localdate().year
    deja = Document.objects.filter(structure=structure, annee=annee).aggregate(dernier=Max("numero"))["dernier"] or 0
    numero, code = deja + 1, codes.tirer()
    reference = f"{annee}-{numero:03d}"
    consolidee = " consolidée" if prepare.demande.est_consolidee else ""
    return _figer(
        prepare,
        prepare.marquer(Marque(reference, code, adresse)),
        FormatDocument.PDF,
        titre=f"{prepare.demande.nature.label}{consolidee} n°\u00a0{reference}",
        par=par,
        numero=numero,
        code=code,
    )


def _refuser_seconde_definitive(prepare: Prepare) -> None:
    """Une seule attestation définitive vaut à la fois, consolidée à part."""
    if prepare.demande.nature is not NatureDocument.ATTESTATION_DEFINITIVE:
        return
    presentes = Document.objects.filter(
        engagement=prepare.engagement, nature=NatureDocument.ATTESTATION_DEFINITIVE, annule_le=None
    )
    for presente in presentes.defer("contenu"):
        if presente.totaux["est_consolidee"] == prepare.demande.est_consolidee:
            raise ActionImpossible(
                f"« {presente.titre} » vaut déjà pour cet engagement : l’annuler avant d’en émettre une autre."
            )


def _figer(
    prepare: Prepare,
    piece: Piece,
    format_: FormatDocument,
    *,
    titre: str,
    par: Acteur,
    numero: int | None = None,
    code: str | None = None,
) -> Document:
    instant = timezone.now()
    contenu = en_docx(piece, instant=instant) if format_ is FormatDocument.DOCX else en_pdf(piece, instant=instant)
    document = Document(
        structure_id=par.structure_id,
        engagement=prepare.engagement,
        nature=prepare.demande.nature,
        titre=titre,
        annee=timezone.localdate(instant).year,
        numero=numero,
        code=code,
        totaux=prepare.attestation.totaux() if prepare.attestation else {"au": prepare.demande.au.isoformat()},
        format=format_,
        contenu=contenu,
        empreinte=hashlib.sha256(contenu).hexdigest(),
        emis_par_id=par.utilisateur_id,
    )
    return creer(document, par=par, action="émettre un document")


@transaction.atomic
def annuler(document: Document, *, par: Acteur) -> Document:
    """Annule un document émis : il reste, avec son numéro, et la page publique le dit annulé."""
    par.exiger(Droit.GERER_MARCHES)
    relu: Document = verrouiller(Document.objects.defer("contenu"), document.pk, par=par)
    if relu.annule_le is not None:
        raise ActionImpossible("Ce document est déjà annulé.")
    geste = {"annule_le": timezone.now(), "annule_par": Utilisateur.objects.get(pk=par.utilisateur_id)}
    return modifier(relu, geste, par=par, action="annuler un document")


@transaction.atomic
def regler_le_bilan(
    *,
    version: int,
    annee: int,
    base_etp: int,
    definition_brsa: str,
    annexe_nominative: bool,
    lignes_masquees: Collection[str],
    objectifs: Mapping[str, Decimal],
    par: Acteur,
) -> ParametresBilan:
    """Règle le bilan Département de la structure : `objectifs` de l’année, un taux en pour cent (bilans.md, A).

    `version` : celle que l’auteur avait sous les yeux, zéro s’il n’y en avait pas encore. Lève `ConflitDeVersion` si
    quelqu’un d’autre a réglé entre-temps.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    structure = verrouiller(Structure.objects.all(), par.structure_id, par=par)
    if base_etp not in {*BASES_ETP, structure.base_etp}:
        raise ActionImpossible("La base ETP est de 1\u202f820, 1\u202f600 ou 1\u202f607 heures par an.")
    relus = ParametresBilan.objects.visibles_par(par).first()
    par_annee = dict(relus.objectifs) if relus else {}
    par_annee.pop(str(annee), None)
    if objectifs:
        par_annee[str(annee)] = {cle: str(valeur) for cle, valeur in sorted(objectifs.items())}
    champs = {
        "definition_brsa": definition_brsa,
        "annexe_nominative": annexe_nominative,
        "lignes_masquees": sorted(lignes_masquees),
        "objectifs": par_annee,
    }
    action = "régler le bilan du Département"
    if relus is None:
        regles = creer(ParametresBilan(structure=structure, **champs), par=par, action=action)
    else:
        regles = modifier(relus, champs, par=par, action=action, version=version)
    modifier(structure, {"base_etp": base_etp}, par=par, action="modifier les réglages")
    return regles


@transaction.atomic
def rediger_l_analyse(
    *, du: datetime.date, au: datetime.date, version: int, par: Acteur, **textes: str
) -> AnalyseQualitative:
    """Garde les six textes d’une période ; le journal dit lesquels ont changé, jamais ce qu’ils disent."""
    par.exiger(Droit.GERER_STRUCTURE)
    structure = verrouiller(Structure.objects.all(), par.structure_id, par=par)
    relue = AnalyseQualitative.objects.visibles_par(par).filter(du=du, au=au).first()
    action = "rédiger l’analyse qualitative"
    if relue is None:
        return creer(AnalyseQualitative(structure=structure, du=du, au=au, **textes), par=par, action=action)
    return modifier(relue, textes, par=par, action=action, version=version)
