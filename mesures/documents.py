"""V11 : l’attestation en PDF, contre Typst nu qui écrit le même contenu sans modèle ni données à part."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import typst
from django.db.models import Count
from django.utils import timezone

from bilans.documents.composition import Demande, preparer
from bilans.documents.moteur import en_pdf, polices
from bilans.documents.piece import Bloc, Chiffres, Encadre, Fiche, Liste, Paragraphe, Piece, Tableau, Titre
from bilans.enums import NatureDocument
from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.models import Rattachement, Structure
from marches.models import Engagement
from mesures.banc import Mesure, comparer


def chaine(texte: str) -> str:
    """Un texte en chaîne Typst ; JSON et Typst échappent guillemets et barres obliques de la même façon."""
    return json.dumps(texte, ensure_ascii=False)


def source_nue(piece: Piece) -> bytes:
    """Ce qu’on écrirait à la main : le même texte, les mêmes tableaux, le même pied de page, sans habillage."""
    sortie = [
        f"#set document(title: {chaine(piece.titre)})",
        '#set text(lang: "fr", font: "Libertinus Serif")',
        f'#set page(paper: "a4", footer: context [#{chaine(piece.pied)} Page #counter(page).display() sur '
        "#counter(page).final().first()])",
        f"#heading(level: 1, {chaine(piece.titre)})",
    ]
    tete = [piece.surtitre, piece.date, piece.entete.structure, *piece.entete.adresse]
    sortie += [_paragraphe(texte) for texte in tete]
    sortie += [_paragraphe(f"{libelle} : {valeur}") for libelle, valeur in piece.references]
    signatures = [Paragraphe(" ".join(signature)) for signature in piece.signatures]
    sortie += [_nu(bloc) for bloc in (*piece.blocs, *signatures, *piece.annexe)]
    return "\n\n".join(sortie).encode()


def _paragraphe(texte: str) -> str:
    return f"#par({chaine(texte)})"


def _nu(bloc: Bloc) -> str:
    match bloc:
        case Tableau():
            cellules = [cellule for rangee in (*bloc.lignes, bloc.total) for cellule in rangee]
            entetes, corps = ", ".join(map(chaine, bloc.entetes)), ", ".join(map(chaine, cellules))
            table = f"table(columns: {len(bloc.entetes)}, table.header({entetes}), {corps})"
            return f"#figure(caption: {chaine(bloc.legende)}, {table})"
        case Titre():
            return f"#heading(level: 2, {chaine(bloc.texte)})"
        case Paragraphe():
            return _paragraphe(bloc.texte)
        case Fiche(lignes=couples) | Chiffres(nombres=couples):
            return "\n\n".join(_paragraphe(f"{libelle} : {valeur}") for libelle, valeur in couples)
        case Encadre():
            return "\n\n".join(_paragraphe(texte) for texte in (bloc.titre, *bloc.lignes))
        case Liste():
            return "\n\n".join(_paragraphe(texte) for texte in bloc.elements)


def acteur_de(structure: Structure) -> Acteur:
    rattachements = Rattachement.objects.filter(structure=structure, role=Role.RESPONSABLE)
    return rattachements.order_by("pk")[0].acteur()


def mesurer(structure: Structure) -> Mesure:
    """L’attestation la plus longue ; elle change à chaque passe, car Typst garde en mémoire ce qu’il a composé."""
    par, au = acteur_de(structure), timezone.localdate()
    engagements = Engagement.objects.filter(structure=structure, lignes__statut="VALIDEE")
    engagement = engagements.annotate(nombre=Count("lignes")).order_by("-nombre", "pk")[0]
    piece = preparer(engagement, Demande(NatureDocument.ATTESTATION_INTERMEDIAIRE, au), par=par).piece
    rangs = itertools.count()

    def changer() -> Piece:
        return replace(piece, titre=f"{piece.titre} {next(rangs)}")

    def typst_nu() -> None:
        typst.compile(
            source_nue(changer()),
            format="pdf",
            pdf_standards=["ua-1"],
            font_paths=polices(),
            ignore_system_fonts=True,
            timestamp=0,
        )

    return comparer(
        "V11 attestation PDF",
        etalon=typst_nu,
        nous=lambda: en_pdf(changer(), instant=timezone.now()),
        objectif=1.5,
    )
