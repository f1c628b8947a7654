"""Import en masse de relevés reçus : mêmes règles que la saisie, écriture par paquets, tout ou rien (formats.md §3).

Les règles sont celles de `heures.calculs`, encadrées par `heures.actions.cadres`. À la différence de la reprise, un
marché clos et une imputation sans convention de globalisation sont refusés : ces heures arrivent, elles ne sont pas
déjà tenues ailleurs. Le journal porte une écriture par engagement, et une par ligne remplacée, avec ce qu’elle valait.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier
from clauses.comptes.journal import etat, journaliser
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import en_lettres
from clauses.socle.nombres import en_heures
from heures import calculs
from heures.actions.cadres import PAQUET, Cadres, LigneVive, LigneVoulue, par_engagement
from heures.annonces import annoncer_des_releves
from heures.enums import OrigineLigne, StatutLigne, StatutReleve
from heures.models import Correspondance, ImportHeures, LigneHeures, Releve
from heures.querysets import LigneHeuresQuerySet
from marches.enums import CLOS

ZERO = Decimal(0)
# Au-delà, lire toutes les lignes des mois du fichier coûte moins que de nommer chaque personne.
PERSONNES_NOMMEES = 500
SUIVIS = ("heures", "statut", "motif", "origine")


@dataclass(frozen=True, slots=True)
class FichierRecu:
    """Le fichier importé : son nom, l’empreinte qui le fait reconnaître, et combien de lignes y ont été lues."""

    nom: str
    empreinte: str
    nombre_lignes: int


@dataclass
class LignesImportees:
    """Ce que l’import fait, ou ferait, de chaque ligne voulue."""

    creees: list[LigneVoulue] = field(default_factory=list)
    remplacees: list[tuple[LigneVoulue, LigneVive]] = field(default_factory=list)
    deja: list[LigneVoulue] = field(default_factory=list)
    refus: list[tuple[LigneVoulue, str]] = field(default_factory=list)
    avertissements: list[tuple[LigneVoulue, str]] = field(default_factory=list)

    @property
    def signature(self) -> str:
        """Change si une ligne, son issue ou la valeur qu’elle remplace changent : ce qui est confirmé a été vu."""
        vu = [
            *(("creee", ligne.cellule, ligne.heures, 0) for ligne in self.creees),
            *(("remplacee", ligne.cellule, ligne.heures, vive.version) for ligne, vive in self.remplacees),
            *(("deja", ligne.cellule, ligne.heures, 0) for ligne in self.deja),
            *(("refusee", ligne.cellule, ligne.heures, 0) for ligne, _ in self.refus),
        ]
        return hashlib.sha256(repr(sorted(vu, key=repr)).encode()).hexdigest()


class _Cadres(Cadres):
    """Les cadres d’un import, et l’issue de chaque ligne."""

    def lignes_en_base(self, mois: Collection[datetime.date]) -> LigneHeuresQuerySet:
        lignes = super().lignes_en_base(mois)
        return lignes.filter(participant__in=self.personnes) if len(self.personnes) <= PERSONNES_NOMMEES else lignes

    def trier(self, lignes: Sequence[LigneVoulue]) -> LignesImportees:
        """Juge chaque ligne, dans l’ordre du fichier."""
        resultat = LignesImportees()
        a_ecrire = [ligne for ligne in lignes if not self._connue(ligne, resultat)]
        for ligne in a_ecrire:
            self.ajouter(ligne)
        for ligne in a_ecrire:
            self._juger(ligne, resultat)
        return resultat

    def _connue(self, ligne: LigneVoulue, resultat: LignesImportees) -> bool:
        """Vrai si la cellule dit déjà la même chose, ou si elle est validée et dit autre chose."""
        vive = self.en_base.get(ligne.cellule)
        if vive is None:
            return False
        if vive.heures == ligne.heures:
            resultat.deja.append(ligne)
            if vive.statut == StatutLigne.REFUSEE:
                phrase = "Ces heures ont déjà été reçues et refusées : elles le restent. Les noter dans la grille."
                resultat.avertissements.append((ligne, phrase))
            return True
        if vive.statut == StatutLigne.VALIDEE:
            raison = (
                f"{en_lettres(ligne.mois).capitalize()} est déjà validé pour cette personne, avec "
                f"{en_heures(vive.heures)} h : la ligne se rectifie dans la grille, avec un motif."
            )
            resultat.refus.append((ligne, raison))
            return True
        return False

    def _juger(self, ligne: LigneVoulue, resultat: LignesImportees) -> None:
        regles = self.regles(ligne, self.fin_eligibilite(ligne))
        raison = (
            self._refus_de_marche(ligne)
            or calculs.refus(ligne.mois, ligne.heures, regles)
            or self.refus_de_globalisation(ligne)
        )
        if raison:
            resultat.refus.append((ligne, raison))
            return
        vive = self.en_base.get(ligne.cellule)
        if vive is None:
            resultat.creees.append(ligne)
        else:
            resultat.remplacees.append((ligne, vive))
        resultat.avertissements.extend((ligne, phrase) for phrase in self.avertissements(ligne, regles))

    def _refus_de_marche(self, ligne: LigneVoulue) -> str | None:
        marche = self.engagements[ligne.engagement_id].clause.lot.marche
        if marche.statut not in CLOS:
            return None
        return (
            f"Le marché {marche.reference} est {marche.get_statut_display().lower()} : rouvrir le marché avant d’y "
            "noter des heures."
        )


def juger_lignes(lignes: Sequence[LigneVoulue], *, par: Acteur) -> LignesImportees:
    """Dit ce que l’import ferait de ces lignes, sans rien écrire ni verrouiller ; au plus une ligne par cellule."""
    par.exiger(Droit.IMPORTER)
    return _Cadres(lignes, par, verrouiller=False).trier(lignes) if lignes else LignesImportees()


def importer_lignes(
    lignes: Sequence[LigneVoulue], *, fichier: FichierRecu, par: Acteur, attendu: str | None = None
) -> Generator[tuple[int, int], None, LignesImportees]:
    """Déclare toutes ces lignes, ou aucune s’il y a un refus ; une ligne au plus par cellule, heures ≥ 0.

    Une ligne déjà là est laissée ; déclarée ou refusée avec d’autres heures, elle est remplacée. `attendu` : la
    signature du résultat que l’auteur a vu. Lève `ActionImpossible` si le résultat n’est plus celui-là, ou si un
    contrat ou un engagement n’est plus dans le périmètre.

    Avance par paquets, en rendant combien de lignes sont écrites, et sur combien ; abandonnée en chemin (l’appelant
    ferme le générateur, ou meurt), elle n’a rien écrit.
    """
    par.exiger(Droit.IMPORTER)
    par.exiger(Droit.SAISIR_HEURES)
    with transaction.atomic():
        return (yield from _importer(lignes, fichier, par, attendu)) if lignes else LignesImportees()


def _importer(
    lignes: Sequence[LigneVoulue], fichier: FichierRecu, par: Acteur, attendu: str | None
) -> Generator[tuple[int, int], None, LignesImportees]:
    cadres = _Cadres(lignes, par, verrouiller=True)
    resultat = cadres.trier(lignes)
    if attendu is not None and resultat.signature != attendu:
        raise ActionImpossible(
            "Des heures ont changé depuis cet aperçu : rien n’est importé. Vérifier le nouvel aperçu, puis importer."
        )
    if not resultat.refus and (resultat.creees or resultat.remplacees):
        try:
            with transaction.atomic():
                yield from _ecrire(resultat, cadres, fichier, par)
        except IntegrityError as erreur:
            raise ActionImpossible(
                "Des heures de cette structure ont changé pendant l’import : rien n’est importé. Recommencer."
            ) from erreur
    return resultat


def _ecrire(
    resultat: LignesImportees, cadres: _Cadres, fichier: FichierRecu, par: Acteur
) -> Generator[tuple[int, int], None, None]:
    total = len(resultat.creees) + len(resultat.remplacees)
    for debut in range(0, len(resultat.creees), PAQUET):
        paquet = resultat.creees[debut : debut + PAQUET]
        LigneHeures.objects.bulk_create([_ligne(ligne, cadres, par) for ligne in paquet])
        yield debut + len(paquet), total
    _remplacer(resultat.remplacees, par)
    ecrites = [*resultat.creees, *(ligne for ligne, _ in resultat.remplacees)]
    _recevoir({(ligne.engagement_id, ligne.mois) for ligne in ecrites}, par)
    for engagement_id, siennes in par_engagement(ecrites):
        apres = {
            "heures": str(sum((ligne.heures for ligne in siennes), ZERO)),
            "du": f"{min(ligne.mois for ligne in siennes):%Y-%m}",
            "au": f"{max(ligne.mois for ligne in siennes):%Y-%m}",
        }
        journaliser(
            par=par,
            action="importer un relevé",
            objet=cadres.engagements[engagement_id],
            apres=apres,
            nombre=len(siennes),
        )
    _garder_la_trace(resultat, fichier, par)
    yield total, total


def _ligne(ligne: LigneVoulue, cadres: _Cadres, par: Acteur) -> LigneHeures:
    contrat = cadres.contrats[ligne.contrat_id]
    return LigneHeures(
        structure_id=par.structure_id,
        engagement_id=ligne.engagement_id,
        contrat_id=contrat.pk,
        participant_id=contrat.participant_id,
        modalite=contrat.modalite,
        mois=ligne.mois,
        type_heures=ligne.type_heures,
        heures=ligne.heures,
        statut=StatutLigne.DECLAREE,
        origine=OrigineLigne.IMPORT,
        declaree_par_id=par.utilisateur_id,
    )


def _remplacer(remplacees: Sequence[tuple[LigneVoulue, LigneVive]], par: Acteur) -> None:
    """Écrit les nouvelles heures à la place des anciennes ; le journal garde, ligne à ligne, ce qu’elles valaient."""
    voulues = {vive.pk: ligne for ligne, vive in remplacees}
    clefs = sorted(voulues)
    for debut in range(0, len(clefs), PAQUET):
        tenues = LigneHeures.objects.visibles_par(par).select_for_update(of=("self",))
        paquet = list(tenues.filter(pk__in=clefs[debut : debut + PAQUET]).order_by("pk"))
        avant = {ligne.pk: etat(ligne, SUIVIS) for ligne in paquet}
        for ligne in paquet:
            ligne.heures, ligne.statut, ligne.motif = voulues[ligne.pk].heures, StatutLigne.DECLAREE, ""
            ligne.origine, ligne.version = OrigineLigne.IMPORT, ligne.version + 1
        LigneHeures.objects.bulk_update(paquet, [*SUIVIS, "version"], batch_size=PAQUET // 2)
        for ligne in paquet:
            journaliser(
                par=par,
                action="remplacer des heures déclarées",
                objet=ligne,
                avant=avant[ligne.pk],
                apres=etat(ligne, SUIVIS),
            )


def _recevoir(touches: set[tuple[int, datetime.date]], par: Acteur) -> None:
    """Tout mois touché est reçu : des heures y attendent d’être validées."""
    presents = {
        (engagement, mois): (pk, statut)
        for pk, engagement, mois, statut in Releve.objects.visibles_par(par)
        .select_for_update(of=("self",))
        .filter(engagement__in={engagement for engagement, _ in touches}, mois__in={mois for _, mois in touches})
        .order_by("pk")
        .values_list("pk", "engagement", "mois", "statut")
    }
    neufs = [
        Releve(structure_id=par.structure_id, engagement_id=engagement, mois=mois, statut=StatutReleve.RECU)
        for engagement, mois in sorted(touches - presents.keys())
    ]
    Releve.objects.bulk_create(neufs, batch_size=PAQUET)
    changes = [pk for clef, (pk, statut) in presents.items() if clef in touches and statut != StatutReleve.RECU]
    for debut in range(0, len(changes), PAQUET):
        a_changer = Releve.objects.visibles_par(par).filter(pk__in=changes[debut : debut + PAQUET])
        a_changer.update(statut=StatutReleve.RECU, version=F("version") + 1)
    annoncer_des_releves(touches, structure_id=par.structure_id)


def _garder_la_trace(resultat: LignesImportees, fichier: FichierRecu, par: Acteur) -> None:
    lignes = [*resultat.creees, *(ligne for ligne, _ in resultat.remplacees), *resultat.deja]
    trace = ImportHeures(
        structure_id=par.structure_id,
        nom_fichier=fichier.nom[:200],
        empreinte=fichier.empreinte,
        nombre_lignes=fichier.nombre_lignes,
        nombre_creees=len(resultat.creees),
        nombre_remplacees=len(resultat.remplacees),
        nombre_deja=len(resultat.deja),
        heures=sum((ligne.heures for ligne in lignes), ZERO),
        importe_par_id=par.utilisateur_id,
    )
    creer(trace, par=par, action="importer un fichier de relevés")


@transaction.atomic
def enregistrer_correspondance(
    *, nom: str, colonnes: Mapping[str, Any], par: Acteur, version: int | None = None
) -> Correspondance:
    """Retient les colonnes d’un expéditeur ; celles qu’il avait déjà sont remplacées.

    `version` : celle de la correspondance lue, 0 si l’expéditeur n’en avait pas, `None` pour remplacer. Lève
    `ConflitDeVersion` si ce n’est plus celle-là.
    """
    par.exiger(Droit.IMPORTER)
    connues = Correspondance.objects.visibles_par(par).select_for_update(of=("self",))
    connue: Correspondance | None = connues.filter(nom=nom).first()
    if connue is None:
        neuve = Correspondance(structure_id=par.structure_id, nom=nom, colonnes=dict(colonnes))
        return creer(neuve, par=par, action="retenir les colonnes d’un expéditeur")
    champs = {"colonnes": dict(colonnes)}
    return modifier(connue, champs, par=par, action="changer les colonnes d’un expéditeur", version=version)
