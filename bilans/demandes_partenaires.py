"""Ce qu’un financeur ou un acheteur demande : un semestre, une année. Pages et API s’y servent."""

from __future__ import annotations

from django.http import QueryDict
from django.utils import timezone

from bilans import espace_acheteur, financeur
from bilans.catalogue import RAPPORTS
from bilans.forms.acheteur import AnneeForm, annees
from bilans.forms.agregats import SemestreForm
from bilans.rapport import Bilan
from bilans.semestres import Semestre, semestres_acheves
from clauses.comptes.acteurs import Acteur
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible
from marches.models import Acheteur

SEMESTRE, ANNEE = "periode", "annee"
FORMATS_DES_AGREGATS = ("xlsx", "csv", "json")
FORMATS_DE_SON_BILAN = RAPPORTS["acheteur"].formats


def formulaire_de_semestre(lus: QueryDict) -> SemestreForm:
    """Le semestre demandé, sinon le dernier achevé."""
    jour = timezone.localdate()
    return SemestreForm(lus if SEMESTRE in lus else {SEMESTRE: semestres_acheves(jour)[0].code}, jour=jour)


def formulaire_d_annee(lus: QueryDict) -> AnneeForm:
    """L’année demandée, sinon la dernière achevée."""
    jour = timezone.localdate()
    return AnneeForm(lus if ANNEE in lus else {ANNEE: annees(jour)[0]}, jour=jour)


def lire_les_agregats(lus: QueryDict, form: SemestreForm, *, connus: set[str], par: Acteur) -> tuple[Semestre, Bilan]:
    """Les agrégats demandés ; la consultation s’inscrit au journal de la structure.

    Lève `ActionImpossible` sur un paramètre inconnu ou un semestre hors de la liste.
    """
    _controler(lus, form, connus, "Revenir aux agrégats et recommencer.")
    semestre = form.semestre()
    bilan = financeur.etablir(par, semestre)
    journaliser_lecture(
        par=par,
        action="consulter les agrégats",
        modele=Structure,
        objet_id=par.structure_id,
        filtre=semestre.code,
    )
    return semestre, bilan


def lire_son_bilan(lus: QueryDict, form: AnneeForm, *, connus: set[str], par: Acteur) -> Bilan:
    """Le bilan de l’année ; lève `ActionImpossible` sur un paramètre inconnu. La consultation s’inscrit au journal."""
    _controler(lus, form, connus, "Revenir au bilan et recommencer.")
    bilan = espace_acheteur.etablir(par, form.periode())
    journaliser_lecture(
        par=par,
        action="consulter son bilan",
        modele=Acheteur,
        objet_id=par.acheteur_id,
        filtre=form.cleaned_data[ANNEE],
    )
    return bilan


def nom_des_agregats(bilan: Bilan, semestre: Semestre) -> str:
    return f"agregats-{bilan.entete.structure}-{semestre.code}"


def nom_de_son_bilan(bilan: Bilan) -> str:
    return f"bilan-{bilan.entete.structure}-{bilan.demande.acheteur}-{bilan.demande.periode.du.year}"


def _controler(lus: QueryDict, form: SemestreForm | AnneeForm, connus: set[str], remede: str) -> None:
    inconnus = sorted(set(lus) - connus)
    if inconnus:
        raise ActionImpossible(f"Paramètre inconnu\u00a0: {', '.join(inconnus)}. {remede}")
    if not form.is_valid():
        raise ActionImpossible(" ".join(f"{libelle}\u00a0: {message}" for _, libelle, message in form.refus))
