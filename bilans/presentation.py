"""Le bilan à l’écran : chaque cellule avec son texte et le lien qui ouvre son chiffre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from bilans.definitions import ColonneBilan, Indicateur, Mesure, Ouverture, Unite
from bilans.rapport import Bilan, Demande, LigneSynthese, Tableau
from bilans.tableaux import DETAIL, Rangee
from bilans.valeurs import Valeur, en_texte

# Codes du classeur et du JSON que le libellé voisin, ou le sous-total, dit déjà à l’écran.
CACHEES = {"code", "dimension", "modalite", "type_contrat", "siret", "type_libelle", "epci"}


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


def parametres(demande: Demande) -> dict[str, str]:
    """Ce qui redonne le même bilan : la période, et le périmètre s’il n’est pas toute la structure."""
    jours = {nom: jour.isoformat() for nom, jour in zip(("du", "au", "arrete_au"), demande.periode, strict=True)}
    perimetre = {nom: code for nom in ("acheteur", "operation") if (code := getattr(demande, nom))}
    return jours | perimetre | ({"complet": "on"} if demande.complet else {})


def requete(demande: Demande) -> str:
    """Les paramètres de la demande, prêts à suivre un « ? »."""
    return urlencode(parametres(demande))


def liens_d_ouverture(demande: Demande, filtre: Mapping[str, str]) -> dict[str, str]:
    """Par mesure, l’adresse de la même ouverture : on passe des heures aux personnes sans perdre le filtre."""
    return {mesure.value: url_d_ouverture(demande, Ouverture(mesure), filtre, 1) for mesure in Mesure}


def url_d_ouverture(demande: Demande, ouvre: Ouverture | None, filtre: Mapping[str, str], valeur: Valeur) -> str:
    """Lien vers ce qui compose un chiffre ; un chiffre nul ou vide ne s’ouvre pas."""
    if ouvre is None or not valeur:
        return ""
    criteres = {"bilan": demande.bilan, **parametres(demande), "mesure": ouvre.mesure.value, **filtre, **ouvre.filtre}
    return f"{reverse('bilans:lignes')}?{urlencode(criteres)}"


def url_d_indicateur(bilan: Bilan, indicateur: Indicateur) -> str:
    return url_d_ouverture(bilan.demande, indicateur.ouvre, {}, bilan.indicateurs[indicateur.cle])


def chiffres(bilan: Bilan) -> list[dict[str, Any]]:
    """Les grands chiffres que le bilan met en avant."""
    par_cle = {ligne.indicateur.cle: ligne for ligne in bilan.synthese}
    return [_chiffre(bilan, par_cle[cle]) for cle in bilan.en_avant]


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


def dessins(bilan: Bilan) -> list[dict[str, Any]]:
    """Les tableaux à regarder plutôt qu’à lire : une barre par ligne de détail, en part de la plus grande."""
    return [
        {"cle": tableau.definition.cle, "titre": tableau.definition.dessin.titre, "barres": barres(tableau)}
        for tableau in bilan.tableaux.values()
        if tableau.definition.dessin is not None
    ]


def barres(tableau: Tableau) -> list[dict[str, Any]]:
    """La première série du dessin, sans les lignes à zéro."""
    dessin = tableau.definition.dessin
    assert dessin is not None
    serie = dessin.series[0]
    unite = next(colonne.unite for colonne in tableau.definition.colonnes if colonne.cle == serie)
    details = [valeurs for valeurs in tableau.details() if valeurs[serie]]
    plus_grand = max((valeurs[serie] for valeurs in details), default=1)
    return [
        {
            "libelle": valeurs[dessin.categories],
            "texte": en_texte(valeurs[serie], unite),
            "part": max(0, int(valeurs[serie] * 100 / plus_grand)),
        }
        for valeurs in details
    ]


def tableaux(bilan: Bilan) -> list[TableauEcran]:
    """Les tableaux de l’écran : la liste des modalités y laisse la place à ses deux matrices."""
    return [tableau(bilan, lu) for lu in bilan.tableaux.values() if lu.definition.est_a_l_ecran]


def tableau(bilan: Bilan, donnees: Tableau) -> TableauEcran:
    """Un tableau prêt à montrer : codes repliés, lignes vides comptées et non montrées."""
    textes = [c for c in donnees.definition.colonnes if c.unite is Unite.TEXTE and c.cle not in CACHEES]
    nombres = [c for c in donnees.definition.colonnes if c.unite is not Unite.TEXTE]
    montrees = [r for r in donnees.rangees if donnees.definition.garde_les_vides or not r.est_vide]
    return TableauEcran(
        cle=donnees.definition.cle,
        titre=donnees.definition.titre,
        colonnes=[*textes, *nombres],
        rangees=[_rangee(bilan.demande, rangee, textes, nombres) for rangee in montrees],
        note=donnees.definition.note,
        vides=len(donnees.rangees) - len(montrees),
    )


def _rangee(
    demande: Demande, rangee: Rangee, textes: Iterable[ColonneBilan], nombres: Iterable[ColonneBilan]
) -> RangeeEcran:
    titre, *suite = (str(rangee.valeurs[c.cle]) for c in textes)
    cellules = [CelluleEcran(texte, est_nombre=False) for texte in suite]
    for colonne in nombres:
        valeur = rangee.valeurs[colonne.cle]
        url = url_d_ouverture(demande, colonne.ouvre, rangee.filtre, valeur)
        cellules.append(CelluleEcran(en_texte(valeur, colonne.unite), url))
    return RangeeEcran(titre, cellules, rangee.niveau)


def liens(bilan: Bilan) -> list[tuple[str, Valeur, Mesure]]:
    """Tous les chiffres qui s’ouvrent : (adresse, valeur, ce qu’elle montre)."""
    trouves: list[tuple[str, Valeur, Mesure]] = []
    for ligne in bilan.synthese:
        ouvre = ligne.indicateur.ouvre
        if ouvre is not None and (url := url_d_indicateur(bilan, ligne.indicateur)):
            trouves.append((url, ligne.realise, ouvre.mesure))
    for donnees in bilan.tableaux.values():
        for rangee in donnees.rangees:
            for colonne in donnees.definition.colonnes:
                valeur = rangee.valeurs[colonne.cle]
                url = url_d_ouverture(bilan.demande, colonne.ouvre, rangee.filtre, valeur)
                if colonne.ouvre is not None and url:
                    trouves.append((url, valeur, colonne.ouvre.mesure))
    return trouves
