"""Le bilan à l’écran : chaque cellule avec son texte et le lien qui ouvre son chiffre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from bilans.definitions import ColonneBilan, Indicateur, Mesure, Ouverture, Unite
from bilans.departement import Bilan, LigneSynthese, Tableau
from bilans.faits import Periode
from bilans.tableaux import DETAIL, Rangee
from bilans.valeurs import Valeur, en_texte

EN_TETE = ("heures_realisees", "beneficiaires", "beneficiaires_brsa", "taux_cumul")
# Codes du classeur et du JSON que le libellé voisin, ou le sous-total, dit déjà à l’écran.
CACHEES = {"code", "modalite", "type_contrat", "siret", "type_libelle", "epci"}


@dataclass(frozen=True, slots=True)
class CelluleEcran:
    texte: str
    url: str = ""
    est_nombre: bool = True


@dataclass(frozen=True, slots=True)
class RangeeEcran:
    titre: str
    cellules: list[CelluleEcran]
    niveau: str = DETAIL


@dataclass(frozen=True, slots=True)
class TableauEcran:
    cle: str
    titre: str
    colonnes: list[ColonneBilan]
    rangees: list[RangeeEcran]
    note: str
    vides: int = 0


def parametres(periode: Periode) -> dict[str, str]:
    return {nom: jour.isoformat() for nom, jour in zip(("du", "au", "arrete_au"), periode, strict=True)}


def requete(periode: Periode) -> str:
    """Les paramètres de période, prêts à suivre un « ? »."""
    return urlencode(parametres(periode))


def liens_d_ouverture(periode: Periode, filtre: Mapping[str, str]) -> dict[str, str]:
    """Par mesure, l’adresse de la même ouverture : on passe des heures aux personnes sans perdre le filtre."""
    return {mesure.value: url_d_ouverture(periode, Ouverture(mesure), filtre, 1) for mesure in Mesure}


def url_d_ouverture(periode: Periode, ouvre: Ouverture | None, filtre: Mapping[str, str], valeur: Valeur) -> str:
    """Lien vers ce qui compose un chiffre ; un chiffre nul ou vide ne s’ouvre pas."""
    if ouvre is None or not valeur:
        return ""
    criteres = {**parametres(periode), "mesure": ouvre.mesure.value, **filtre, **ouvre.filtre}
    return f"{reverse('bilans:lignes')}?{urlencode(criteres)}"


def url_d_indicateur(bilan: Bilan, indicateur: Indicateur) -> str:
    return url_d_ouverture(bilan.entete.periode, indicateur.ouvre, {}, bilan.indicateurs[indicateur.cle])


def chiffres(bilan: Bilan) -> list[dict[str, Any]]:
    """Les quatre grands chiffres en tête."""
    par_cle = {ligne.indicateur.cle: ligne for ligne in bilan.synthese}
    return [_chiffre(bilan, par_cle[cle]) for cle in EN_TETE]


def _chiffre(bilan: Bilan, ligne: LigneSynthese) -> dict[str, Any]:
    unite = ligne.indicateur.unite
    avant = "" if ligne.realise_n1 is None else en_texte(ligne.realise_n1, unite)
    nom = ligne.indicateur.nom.removeprefix("dont ")
    return {
        "nom": nom[0].upper() + nom[1:],
        "texte": en_texte(ligne.realise, unite),
        "unite": "h" if unite is Unite.HEURES else "",
        "url": url_d_indicateur(bilan, ligne.indicateur),
        "avant": avant,
    }


def synthese(bilan: Bilan) -> list[dict[str, Any]]:
    return [
        {
            "nom": ligne.indicateur.nom,
            "est_detail": not ligne.indicateur.nom[0].isupper(),
            "objectif": en_texte(ligne.objectif, ligne.indicateur.unite),
            "realise": en_texte(ligne.realise, ligne.indicateur.unite),
            "url": url_d_indicateur(bilan, ligne.indicateur),
            "taux_atteinte": en_texte(ligne.taux_atteinte, Unite.TAUX),
            "realise_n1": en_texte(ligne.realise_n1, ligne.indicateur.unite),
            "evolution": evolution(ligne),
            "regle": ligne.indicateur.regle,
        }
        for ligne in bilan.synthese
    ]


def evolution(ligne: LigneSynthese) -> str:
    """Variation signée ; en points pour un taux."""
    if ligne.evolution is None:
        return "–"
    texte = en_texte(ligne.evolution, Unite.TAUX)
    if ligne.indicateur.unite is Unite.TAUX:
        texte = texte.replace("\u202f%", "\u00a0pt")
    return f"+{texte}" if ligne.evolution > 0 else texte.replace("-", "−")


def barres(bilan: Bilan) -> list[dict[str, Any]]:
    """Heures par territoire de résidence, en part du plus grand."""
    rangees = [r.valeurs for r in bilan.tableaux["territoires"].rangees if r.niveau == DETAIL and r.valeurs["heures"]]
    plus_grand = max((v["heures"] for v in rangees), default=1)
    return [
        {
            "libelle": v["libelle"],
            "texte": en_texte(v["heures"], Unite.HEURES),
            "part": max(0, int(v["heures"] * 100 / plus_grand)),
        }
        for v in rangees
    ]


def tableaux(bilan: Bilan) -> list[TableauEcran]:
    """Les tableaux de l’écran ; les modalités s’y lisent en deux matrices, le classeur garde aussi la liste."""
    donnees: list[Tableau] = []
    for cle, lu in bilan.tableaux.items():
        donnees += bilan.matrices.values() if cle == "modalites" else [lu]
    return [tableau(bilan, lu) for lu in donnees]


def tableau(bilan: Bilan, donnees: Tableau) -> TableauEcran:
    """Un tableau prêt à montrer : codes repliés, lignes vides comptées et non montrées."""
    textes = [c for c in donnees.definition.colonnes if c.unite is Unite.TEXTE and c.cle not in CACHEES]
    nombres = [c for c in donnees.definition.colonnes if c.unite is not Unite.TEXTE]
    garder_vides = donnees.definition.cle == "territoires"
    montrees = [r for r in donnees.rangees if garder_vides or not r.est_vide]
    return TableauEcran(
        cle=donnees.definition.cle,
        titre=donnees.definition.titre,
        colonnes=[*textes, *nombres],
        rangees=[_rangee(bilan.entete.periode, rangee, textes, nombres) for rangee in montrees],
        note=donnees.definition.note,
        vides=len(donnees.rangees) - len(montrees),
    )


def _rangee(
    periode: Periode, rangee: Rangee, textes: Iterable[ColonneBilan], nombres: Iterable[ColonneBilan]
) -> RangeeEcran:
    titre, *suite = (str(rangee.valeurs[c.cle]) for c in textes)
    cellules = [CelluleEcran(texte, est_nombre=False) for texte in suite]
    for colonne in nombres:
        valeur = rangee.valeurs[colonne.cle]
        url = url_d_ouverture(periode, colonne.ouvre, rangee.filtre, valeur)
        cellules.append(CelluleEcran(en_texte(valeur, colonne.unite), url))
    return RangeeEcran(titre, cellules, rangee.niveau)


def liens(bilan: Bilan) -> list[tuple[str, Valeur, Mesure]]:
    """Tous les chiffres qui s’ouvrent : (adresse, valeur, ce qu’elle montre)."""
    periode = bilan.entete.periode
    trouves: list[tuple[str, Valeur, Mesure]] = []
    for ligne in bilan.synthese:
        ouvre = ligne.indicateur.ouvre
        if ouvre is not None and (url := url_d_indicateur(bilan, ligne.indicateur)):
            trouves.append((url, ligne.realise, ouvre.mesure))
    for donnees in (*bilan.tableaux.values(), *bilan.matrices.values()):
        for rangee in donnees.rangees:
            for colonne in donnees.definition.colonnes:
                valeur = rangee.valeurs[colonne.cle]
                url = url_d_ouverture(periode, colonne.ouvre, rangee.filtre, valeur)
                if colonne.ouvre is not None and url:
                    trouves.append((url, valeur, colonne.ouvre.mesure))
    return trouves
