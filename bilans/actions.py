"""Ce qui écrit dans « bilans » : émettre ou annuler un document, émettre un bilan, le régler, rédiger son analyse."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from bilans import completude, emissions, gel, nomenclatures
from bilans.catalogue import Rapport
from bilans.completude import Controle
from bilans.documents import codes
from bilans.documents.attestations import Marque
from bilans.documents.composition import Demande, Prepare, preparer, verifier_le_format
from bilans.documents.moteur import en_pdf
from bilans.documents.piece import Piece
from bilans.documents.traitement import en_docx
from bilans.enums import ATTESTATIONS, MODIFIABLES, FormatDocument, NatureDocument, NatureEmission
from bilans.models import AnalyseQualitative, BilanEmis, Document, ParametresBilan
from bilans.parametres import BASES_ETP
from bilans.qualite.lecture import exiges
from bilans.rapport import Bilan
from bilans.rapport import Demande as DemandeDeBilan
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.models import Structure, Utilisateur
from clauses.crochets.annonces import annoncer
from clauses.crochets.enums import Annonce
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from marches.actions import inscrire_lettre
from marches.models import Engagement, Evenement


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
    ni doublon. Une consolidée se range avec l’engagement du mandataire. Une lettre inscrit son étape du même geste
    (docs/adr/0021). Lève `ActionImpossible` si le document n’a pas lieu d’être (bilans.md, rapport D ; domaine.md §5).
    """
    par.exiger(Droit.GERER_MARCHES)
    relu: Engagement = verrouiller(Engagement.objects.avec_marche(), engagement.pk, par=par)
    verifier_le_format(demande.nature, format_)
    prepare = preparer(relu, demande, par=par)
    if demande.nature in ATTESTATIONS:
        return _emettre_attestation(prepare, par=par, adresse=adresse)
    evenement = None
    if prepare.limite is not None:
        evenement = inscrire_lettre(relu, nature=demande.nature, echeance=prepare.limite, par=par)
    return _figer(prepare, prepare.piece, format_, titre=demande.nature.label, par=par, evenement=evenement)


@transaction.atomic
def envoyer_lettre(engagement: Engagement, nature: NatureDocument, *, par: Acteur, adresse: str) -> Document:
    """L’étape suivante en un geste : la lettre du jour, en PDF, et son étape inscrite.

    Lève `ActionImpossible` si ce n’est pas une lettre, si elle n’a pas d’objet, si l’étape préalable manque, ou si
    l’étape est déjà inscrite aujourd’hui (double envoi).
    """
    par.exiger(Droit.GERER_MARCHES)
    if nature not in MODIFIABLES:
        raise ActionImpossible("Seules les relances et la mise en demeure s’envoient d’un geste.")
    relu: Engagement = verrouiller(Engagement.objects.avec_marche(), engagement.pk, par=par)
    jour = timezone.localdate()
    if Evenement.objects.filter(engagement=relu, nature=nature, date=jour).en_vigueur().exists():
        raise ActionImpossible(f"« {nature.label} » est déjà inscrite aujourd’hui : ses documents la gardent.")
    return emettre(relu, Demande(nature, jour), par=par, adresse=adresse)


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
    evenement: Evenement | None = None,
) -> Document:
    instant = timezone.now()
    contenu = en_docx(piece, instant=instant) if format_ is FormatDocument.DOCX else en_pdf(piece, instant=instant)
    document = Document(
        structure_id=par.structure_id,
        engagement=prepare.engagement,
        evenement=evenement,
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
def emettre_bilan(rapport: Rapport, demande: DemandeDeBilan, *, nature: NatureEmission, par: Acteur) -> BilanEmis:
    """Établit un bilan tel qu’il sort, masqué s’il se masque, et le fige.

    Chiffres, complétude, version des nomenclatures, empreinte et sceau sont gardés pour toujours.
    Le verrou de la structure donne la version suivante du même bilan, sans trou ni doublon. Lève `ActionImpossible`
    si le bilan n’a rien à dire, ou si, final, un contrôle est sous le seuil de complétude (bilans.md, I). L’émission
    s’annonce au dehors (docs/adr/0039).
    """
    par.exiger(Droit.EMETTRE_BILANS)
    if not rapport.est_emis:
        raise ActionImpossible(f"«\u00a0{rapport.titre}\u00a0» est un écran de travail\u00a0: il ne s’émet pas.")
    verrouiller(Structure.objects.all(), par.structure_id, par=par)
    bilan = rapport.pour_fichier(par, demande)
    controles = exiges(demande, par=par)
    if nature is NatureEmission.FINAL and (restent := completude.insuffisants(controles)):
        remede = "Compléter, ou émettre un bilan intermédiaire\u00a0: il portera ce qui manque."
        raise ActionImpossible(f"{completude.phrase(restent, 'Un bilan final')} {remede}")
    emis = creer(_figer_le_bilan(bilan, controles, nature, par), par=par, action="émettre un bilan")
    annoncer(Annonce.BILAN_EMIS, structure_id=par.structure_id, objet=emissions.annonce(emis))
    return emis


def _figer_le_bilan(bilan: Bilan, controles: Sequence[Controle], nature: NatureEmission, par: Acteur) -> BilanEmis:
    chiffres = gel.geler(bilan)
    du, au, arrete_au = bilan.demande.periode
    serie = {"bilan": bilan.demande.bilan, "du": du, "au": au, "perimetre": gel.perimetre(bilan.demande)}
    deja = BilanEmis.objects.visibles_par(par).filter(**serie).aggregate(derniere=Max("version"))["derniere"] or 0
    emis = BilanEmis(
        **serie,
        structure_id=par.structure_id,
        arrete_au=arrete_au,
        titre=bilan.entete.titre,
        filtres=bilan.entete.filtres,
        version=deja + 1,
        nature=nature,
        chiffres=chiffres,
        completude=completude.en_texte(controles),
        nomenclatures=nomenclatures.version(),
        empreinte=gel.empreinte(chiffres),
        emis_le=timezone.now(),
        emis_par_id=par.utilisateur_id,
    )
    emis.sceau = emissions.sceller(emis)
    return emis


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
    if relus is None and version:
        raise ConflitDeVersion(0, [])
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
    if relue is None and version:
        raise ConflitDeVersion(0, [])
    if relue is None:
        return creer(AnalyseQualitative(structure=structure, du=du, au=au, **textes), par=par, action=action)
    return modifier(relue, textes, par=par, action=action, version=version)
