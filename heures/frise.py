"""La frise du parcours d’une personne : géométrie pure, en points entiers, et le tableau qui dit la même chose.

L’abscisse est le temps : un mois fait `pas` points, un jour sa part du mois. Rien ici ne connaît la base ni le HTML.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clauses.socle.echelle import abreger
from clauses.socle.mois import ajouter_mois, dernier_jour, en_lettres, mois_entre, premier_jour
from clauses.socle.nombres import en_heures

LARGEUR_VISEE = 1100
PAS_MIN, PAS_MAX = 8, 44
HAUT_AXE, HAUT_BANDE, HAUT_HEURES, MARGE = 34, 22, 70, 10
MOIS_PLEIN = Decimal("151.67")
# En deçà, deux libellés de l’axe se toucheraient.
ECART_DE_LIBELLES = 36
TRIMESTRES = {4: "avr.", 7: "juil.", 10: "oct."}
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class EntreeLue:
    numero: int
    entree: datetime.date
    constat: datetime.date | None


@dataclass(frozen=True, slots=True)
class ContratLu:
    libelle: str
    debut: datetime.date
    fin: datetime.date | None


@dataclass(frozen=True, slots=True)
class SortieLue:
    """`a_6_mois`, `a_12_mois` : la situation notée ; vide si elle manque."""

    date: datetime.date
    situation: str
    a_6_mois: str
    a_12_mois: str


@dataclass(frozen=True, slots=True)
class HeuresDuMois:
    travail: Decimal = ZERO
    formation: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.travail + self.formation


@dataclass(frozen=True, slots=True)
class Parcours:
    """Tout ce que montre la frise ; `heures` : validées, par mois ; `fin_initiale` : sans les prolongations."""

    aujourd_hui: datetime.date
    entrees: Sequence[EntreeLue]
    contrats: Sequence[ContratLu]
    heures: Mapping[datetime.date, HeuresDuMois]
    fin_initiale: datetime.date | None
    fin_eligibilite: datetime.date | None
    sorties: Sequence[SortieLue]

    def dates(self) -> Iterator[datetime.date]:
        for entree in self.entrees:
            yield entree.entree
            if entree.constat:
                yield entree.constat
        for contrat in self.contrats:
            yield contrat.debut
            yield contrat.fin or self.aujourd_hui
        yield from self.heures
        if self.entrees and self.fin_eligibilite:
            yield self.fin_eligibilite
        for sortie in self.sorties:
            yield sortie.date
            yield ajouter_mois(sortie.date, 12)


@dataclass(frozen=True, slots=True)
class Graduation:
    x: int
    libelle: str
    est_annee: bool


@dataclass(frozen=True, slots=True)
class Piste:
    """Une rangée de la frise : son nom, et le milieu de sa hauteur."""

    nom: str
    y: int


@dataclass(frozen=True, slots=True)
class Bande:
    """Un rectangle : une durée (contrat, éligibilité) ou des heures ; `texte` tient dans sa largeur."""

    x: int
    y: int
    largeur: int
    hauteur: int
    sorte: str
    titre: str
    texte: str = ""

    @property
    def y_texte(self) -> int:
        return self.y + self.hauteur - 6


@dataclass(frozen=True, slots=True)
class Repere:
    """Un jour marquant ; `est_creux` : attendu, pas encore noté."""

    x: int
    y: int
    sorte: str
    titre: str
    est_creux: bool = False


@dataclass(frozen=True, slots=True)
class Evenement:
    date: datetime.date
    libelle: str


@dataclass(frozen=True, slots=True)
class Frise:
    largeur: int
    hauteur: int
    aujourd_hui: int
    graduations: Sequence[Graduation]
    pistes: Sequence[Piste]
    bandes: Sequence[Bande]
    reperes: Sequence[Repere]
    evenements: Sequence[Evenement]
    resume: str


@dataclass(frozen=True, slots=True)
class Echelle:
    """Du temps aux points : `debut` est un premier de mois, `pas` la largeur d’un mois."""

    debut: datetime.date
    fin: datetime.date
    pas: int

    @classmethod
    def couvrant(cls, dates: Iterable[datetime.date]) -> Echelle:
        toutes = sorted(dates)
        debut, fin = premier_jour(toutes[0]), dernier_jour(toutes[-1])
        nombre = sum(1 for _ in mois_entre(debut, fin))
        return cls(debut, fin, max(PAS_MIN, min(PAS_MAX, LARGEUR_VISEE // nombre)))

    @property
    def largeur(self) -> int:
        return self.x(self.fin + datetime.timedelta(days=1))

    def x(self, jour: datetime.date) -> int:
        mois = (jour.year - self.debut.year) * 12 + jour.month - self.debut.month
        return mois * self.pas + (jour.day - 1) * self.pas // dernier_jour(jour).day

    def etendue(self, du: datetime.date, au: datetime.date) -> tuple[int, int]:
        """Abscisse et largeur d’une durée, bornes comprises ; jamais moins de deux points."""
        x = self.x(du)
        return x, max(2, self.x(au + datetime.timedelta(days=1)) - x)

    def graduations(self) -> list[Graduation]:
        """Chaque année, et chaque trimestre qui a la place de son libellé ; une année l’emporte sur ce qui la gêne."""
        gardees: list[Graduation] = []
        for mois in mois_entre(self.debut, self.fin):
            est_annee = mois.month == 1 or mois == self.debut
            if not est_annee and mois.month not in TRIMESTRES:
                continue
            x = self.x(mois)
            if gardees and x - gardees[-1].x < ECART_DE_LIBELLES:
                if not est_annee:
                    continue
                gardees.pop()
            gardees.append(Graduation(x, str(mois.year) if est_annee else TRIMESTRES[mois.month], est_annee))
        return gardees


def tracer(parcours: Parcours) -> Frise | None:
    """La frise d’un parcours ; `None` quand il n’y a encore rien à montrer."""
    dates = list(parcours.dates())
    if not dates:
        return None
    echelle = Echelle.couvrant([*dates, parcours.aujourd_hui])
    pistes: list[Piste] = []
    bandes: list[Bande] = []
    reperes: list[Repere] = []
    y = HAUT_AXE
    for nom, dessiner in (
        ("Éligibilité", _eligibilite),
        ("Contrats", _contrats),
        ("Heures", _heures),
        ("Sorties", _sorties),
    ):
        siennes, siens, haut = dessiner(parcours, echelle, y)
        if not siennes and not siens:
            continue
        pistes.append(Piste(nom, y + min(haut, HAUT_HEURES) // 2 + 4))
        bandes += siennes
        reperes += siens
        y += haut + MARGE
    return Frise(
        largeur=echelle.largeur,
        hauteur=y,
        aujourd_hui=echelle.x(parcours.aujourd_hui),
        graduations=echelle.graduations(),
        pistes=pistes,
        bandes=bandes,
        reperes=reperes,
        evenements=sorted(_evenements(parcours), key=lambda e: e.date),
        resume=_resume(parcours),
    )


Dessin = tuple[list[Bande], list[Repere], int]


def _eligibilite(parcours: Parcours, echelle: Echelle, y: int) -> Dessin:
    """La dernière entrée ouvre la durée d’éligibilité ; les prolongations la continuent d’une autre couleur."""
    bandes, reperes = [], []
    initiale, fin = parcours.fin_initiale, parcours.fin_eligibilite
    if parcours.entrees and initiale and fin:
        x, largeur = echelle.etendue(parcours.entrees[-1].entree, initiale)
        titre = f"Éligible du {parcours.entrees[-1].entree:%d/%m/%Y} au {initiale:%d/%m/%Y}"
        bandes.append(Bande(x, y, largeur, HAUT_BANDE, "eligible", titre))
        if fin > initiale:
            suite, longueur = echelle.etendue(initiale + datetime.timedelta(days=1), fin)
            bandes.append(
                Bande(suite, y, longueur, HAUT_BANDE, "prolongee", f"Éligibilité prolongée jusqu’au {fin:%d/%m/%Y}")
            )
    # Constat et entrée tombent souvent le même jour : l’un au-dessus de l’autre.
    haut, bas = y + 5, y + HAUT_BANDE - 6
    for entree in parcours.entrees:
        if entree.constat:
            reperes.append(Repere(echelle.x(entree.constat), haut, "constat", f"Constat du {entree.constat:%d/%m/%Y}"))
        titre = f"Entrée n° {entree.numero} le {entree.entree:%d/%m/%Y}"
        reperes.append(Repere(echelle.x(entree.entree), bas, "entree", titre))
    return bandes, reperes, HAUT_BANDE


def _contrats(parcours: Parcours, echelle: Echelle, y: int) -> Dessin:
    """Une rangée par contrat simultané : deux contrats qui se suivent partagent la leur."""
    bandes: list[Bande] = []
    libres: list[datetime.date] = []
    for contrat in sorted(parcours.contrats, key=lambda c: c.debut):
        fin = contrat.fin or max(parcours.aujourd_hui, contrat.debut)
        rang = next((i for i, jour in enumerate(libres) if jour < contrat.debut), len(libres))
        libres[rang : rang + 1] = [fin]
        x, largeur = echelle.etendue(contrat.debut, fin)
        jusqu_a = f"au {contrat.fin:%d/%m/%Y}" if contrat.fin else "sans date de fin"
        sorte = "contrat" if contrat.fin else "contrat-ouvert"
        titre = f"{contrat.libelle}, du {contrat.debut:%d/%m/%Y} {jusqu_a}"
        bandes.append(
            Bande(
                x,
                y + rang * (HAUT_BANDE + 3),
                largeur,
                HAUT_BANDE,
                sorte,
                titre,
                abreger(contrat.libelle, largeur - 8),
            )
        )
    return bandes, [], max(1, len(libres)) * (HAUT_BANDE + 3)


def _heures(parcours: Parcours, echelle: Echelle, y: int) -> Dessin:
    """Une barre par mois, la formation posée sur le travail ; la hauteur pleine vaut le plus fort mois."""
    plus_fort = max([MOIS_PLEIN, *(heures.total for heures in parcours.heures.values())])
    bandes = []
    for mois, heures in sorted(parcours.heures.items()):
        bas = y + HAUT_HEURES
        for sorte, valeur, nom in (
            ("travail", heures.travail, "travail"),
            ("formation", heures.formation, "formation"),
        ):
            haut = int(valeur * HAUT_HEURES / plus_fort)
            if haut > 0:
                bas -= haut
                titre = f"{en_lettres(mois).capitalize()} : {en_heures(valeur)} h de {nom}"
                bandes.append(Bande(echelle.x(mois) + 1, bas, echelle.pas - 2, haut, sorte, titre))
    return bandes, [], HAUT_HEURES


def _sorties(parcours: Parcours, echelle: Echelle, y: int) -> Dessin:
    milieu = y + HAUT_BANDE // 2
    reperes = []
    for sortie in parcours.sorties:
        reperes.append(
            Repere(echelle.x(sortie.date), milieu, "sortie", f"Sortie le {sortie.date:%d/%m/%Y} : {sortie.situation}")
        )
        for jour, libelle, est_note in _devenirs(sortie, parcours.aujourd_hui):
            reperes.append(Repere(echelle.x(jour), milieu, "devenir", libelle, est_creux=not est_note))
    return [], reperes, HAUT_BANDE


def _devenirs(sortie: SortieLue, aujourd_hui: datetime.date) -> Iterator[tuple[datetime.date, str, bool]]:
    """Les échéances de 6 et 12 mois d’une sortie : le jour, ce que l’on en sait, et si c’est noté."""
    for delai, situation in ((6, sortie.a_6_mois), (12, sortie.a_12_mois)):
        jour = ajouter_mois(sortie.date, delai)
        attente = "situation à recueillir" if jour <= aujourd_hui else "à venir"
        yield jour, f"À {delai} mois : {situation or attente}", bool(situation)


def _evenements(parcours: Parcours) -> Iterator[Evenement]:
    """Tout ce que la frise dessine, en phrases datées."""
    for entree in parcours.entrees:
        if entree.constat:
            yield Evenement(entree.constat, "Constat d’éligibilité")
        yield Evenement(entree.entree, f"Entrée n° {entree.numero} en clause")
    for contrat in parcours.contrats:
        suite = "" if contrat.fin else ", sans date de fin"
        yield Evenement(contrat.debut, f"Embauche : {contrat.libelle}{suite}")
        if contrat.fin:
            yield Evenement(contrat.fin, f"Fin du contrat : {contrat.libelle}")
    for mois, heures in parcours.heures.items():
        formation = f", dont {en_heures(heures.formation)} h de formation" if heures.formation else ""
        yield Evenement(mois, f"{en_lettres(mois).capitalize()} : {en_heures(heures.total)} h validées{formation}")
    if parcours.entrees and parcours.fin_initiale and parcours.fin_eligibilite:
        if parcours.fin_eligibilite > parcours.fin_initiale:
            yield Evenement(parcours.fin_initiale, "Fin de l’éligibilité avant prolongation")
        yield Evenement(parcours.fin_eligibilite, "Fin de l’éligibilité")
    for sortie in parcours.sorties:
        yield Evenement(sortie.date, f"Sortie : {sortie.situation}")
        for jour, libelle, _ in _devenirs(sortie, parcours.aujourd_hui):
            yield Evenement(jour, libelle)
    yield Evenement(parcours.aujourd_hui, "Aujourd’hui")


def _compter(nombre: int, nom: str) -> str:
    return f"{nombre} {nom}{'s' if nombre > 1 else ''}"


def _resume(parcours: Parcours) -> str:
    """Une phrase pour qui n’a pas l’image."""
    total = sum((heures.total for heures in parcours.heures.values()), ZERO)
    morceaux = [
        _compter(len(parcours.entrees), "entrée"),
        _compter(len(parcours.contrats), "contrat"),
        f"{en_heures(total)} h validées sur {len(parcours.heures)} mois",
        _compter(len(parcours.sorties), "sortie"),
    ]
    if parcours.entrees and parcours.fin_eligibilite:
        morceaux.append(f"éligibilité jusqu’au {parcours.fin_eligibilite:%d/%m/%Y}")
    return f"{', '.join(morceaux)}. Le tableau qui suit dit la même chose, date par date."
