"""Le bilan à l’écran : chaque cellule avec son texte et le lien qui ouvre son chiffre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from bilans.definitions import ColonneBilan, Indicateur, Unite
from bilans.dessins.tableau import DessinTrace, dessiner
from bilans.mesures import Mesure, Ouverture
from bilans.rapport import Bilan, Demande, LigneSynthese, Tableau
from bilans.secret import SECRET
from bilans.tableaux import DETAIL, Rangee
from bilans.totaux import ecarts
from bilans.valeurs import Termes, Valeur, en_texte

# Codes du classeur et du JSON que le libellé voisin, ou le sous-total, dit déjà à l’écran.
CACHEES = {"code", "dimension", "modalite", "type_contrat", "siret", "type_libelle", "epci", "categorie"}
# Un même filtre s’ouvre en heures ou en personnes : on passe de l’un à l’autre.
CROISEES = (Mesure.LIGNES, Mesure.PERSONNES)


@dataclass(frozen=True, slots=True)
class CelluleEcran:
    texte: str
    url: str = ""
    est_nombre: bool = True
    termes: str = ""
    """D’un rapport, son numérateur et son dénominateur."""


@dataclass(frozen=True, slots=True)
class RangeeEcran:
    titre: str
    cellules: list[CelluleEcran]
    niveau: str = DETAIL
    url: str = ""


@dataclass(frozen=True, slots=True)
class TableauEcran:
    cle: str
    titre: str
    colonnes: list[ColonneBilan]
    rangees: list[RangeeEcran]
    note: str
    vides: int = 0
    ecarts: Sequence[str] = ()
    """Ce que les totaux distincts ont de moins, ou de plus, que la somme des lignes."""
    si_vide: str = ""
    dessin: DessinTrace | None = None


def parametres(demande: Demande) -> dict[str, str]:
    """Ce qui redonne le même bilan : la période, et le périmètre s’il n’est pas toute la structure."""
    jours = {nom: jour.isoformat() for nom, jour in zip(("du", "au", "arrete_au"), demande.periode, strict=True)}
    perimetre = {nom: code for nom in ("acheteur", "operation") if (code := getattr(demande, nom))}
    return jours | perimetre | ({"complet": "on"} if demande.complet else {})


def requete(demande: Demande) -> str:
    """Les paramètres de la demande, prêts à suivre un « ? »."""
    return urlencode(parametres(demande))


def liens_d_ouverture(demande: Demande, filtre: Mapping[str, str], *, est_stock: bool = False) -> dict[str, str]:
    """Par mesure, l’adresse de la même ouverture : on passe des heures aux personnes sans perdre le filtre."""
    ouvertures = [Ouverture(mesure, est_stock=est_stock) for mesure in CROISEES]
    return {ouvre.mesure.value: url_d_ouverture(demande, ouvre, filtre, 1) for ouvre in ouvertures}


def url_d_ouverture(demande: Demande, ouvre: Ouverture | None, filtre: Mapping[str, str], valeur: Valeur) -> str:
    """Lien vers ce qui compose un chiffre ; un chiffre nul, vide ou tu ne s’ouvre pas."""
    if ouvre is None or not valeur or valeur is SECRET:
        return ""
    stock = {"stock": "on"} if ouvre.est_stock else {}
    mesure = {"mesure": ouvre.mesure.value, **stock}
    criteres = {"bilan": demande.bilan, **parametres(demande), **mesure, **ouvre.retenir(filtre)}
    return f"{reverse('bilans:lignes')}?{urlencode(criteres)}"


def url_d_indicateur(bilan: Bilan, indicateur: Indicateur) -> str:
    return url_d_ouverture(bilan.demande, indicateur.ouvre, {}, bilan.indicateurs[indicateur.cle])


def url_d_indicateur_n1(bilan: Bilan, ligne: LigneSynthese) -> str:
    """La même ouverture, sur la période d’un an plus tôt."""
    avant = replace(bilan.demande, periode=bilan.demande.periode.un_an_plus_tot())
    return url_d_ouverture(avant, ligne.indicateur.ouvre, {}, ligne.realise_n1)


def en_termes(termes: Termes | None) -> str:
    """« 240,00 ÷ 988,84 »."""
    if termes is None or termes[0] is None or termes[1] is None:
        return ""
    return " ÷ ".join(en_texte(terme, Unite.NOMBRE) for terme in termes)


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
            "termes": en_termes(ligne.termes),
            "realise_n1": en_texte(ligne.realise_n1, ligne.indicateur.unite),
            "url_n1": url_d_indicateur_n1(bilan, ligne),
            "termes_n1": en_termes(ligne.termes_n1),
            "evolution": evolution(ligne),
            "regle": ligne.indicateur.regle,
        }
        for ligne in bilan.synthese
    ]


def evolution(ligne: LigneSynthese) -> str:
    """Variation signée ; en points pour un taux."""
    if ligne.evolution is None:
        return "–"
    if ligne.indicateur.unite is Unite.TAUX:
        return en_texte(ligne.evolution, Unite.POINTS)
    texte = en_texte(ligne.evolution, Unite.TAUX)
    return f"+{texte}" if ligne.evolution > 0 else texte.replace("-", "−")


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
        rangees=[_rangee(bilan.demande, donnees, rangee, textes, nombres) for rangee in montrees],
        note=donnees.definition.note,
        vides=len(donnees.rangees) - len(montrees),
        ecarts=ecarts(donnees),
        si_vide=donnees.definition.si_vide,
        dessin=dessiner(donnees),
    )


def _rangee(
    demande: Demande,
    donnees: Tableau,
    rangee: Rangee,
    textes: Iterable[ColonneBilan],
    nombres: Iterable[ColonneBilan],
) -> RangeeEcran:
    titre, *suite = (str(rangee.valeurs[c.cle]) for c in textes)
    cellules = [CelluleEcran(texte, est_nombre=False) for texte in suite]
    for colonne in nombres:
        valeur = rangee.valeurs[colonne.cle]
        termes = "" if valeur is None else en_termes(donnees.termes(rangee, colonne))
        url = url_de_cellule(demande, rangee, colonne)
        cellules.append(CelluleEcran(en_texte(valeur, colonne.unite), url, termes=termes))
    return RangeeEcran(titre, cellules, rangee.niveau, rangee.url)


def url_de_cellule(demande: Demande, rangee: Rangee, colonne: ColonneBilan) -> str:
    """Lien vers ce qui compose une cellule, à la période de sa ligne."""
    sienne = replace(demande, periode=rangee.periode or demande.periode)
    ouvre = rangee.ouvertures.get(colonne.cle, colonne.ouvre)
    return url_d_ouverture(sienne, ouvre, rangee.filtre, rangee.valeurs[colonne.cle])
